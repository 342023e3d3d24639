import Crypto

extension Algorithm {
    /// The digest that goes with the algorithm; nil for those that have none of their own.
    fileprivate func digest(of message: [UInt8]) -> [UInt8]? {
        switch self {
        case .rs1: Array(Insecure.SHA1.hash(data: message))
        case .es256, .rs256, .ps256: Array(SHA256.hash(data: message))
        case .es384, .rs384, .ps384: Array(SHA384.hash(data: message))
        case .es512, .rs512, .ps512: Array(SHA512.hash(data: message))
        case .edDSA, .mlDSA65, .mlDSA87: nil
        }
    }
}

extension AttestationStatement {
    /// Section 8.3: a TPM's key, which a certificate authority knows to be one, certifies the credential's key.
    func verifyTPM(_ members: [CBOR: CBOR]) throws(AttestationRefusal) -> Attestation.Kind {
        guard members.count == 6, members[.text("ver")]?.text?.utf8.elementsEqual("2.0".utf8) == true,
            let number = members[.text("alg")]?.integer, let signature = members[.text("sig")]?.bytes,
            let info = members[.text("certInfo")]?.bytes, let area = members[.text("pubArea")]?.bytes,
            let chain = members[.text("x5c")]
        else { throw .syntax }
        guard let algorithm = Algorithm(rawValue: number) else { throw .unsupportedAlgorithm(number) }
        guard algorithm != .rs1 || sha1 != .refused else { throw .sha1 }
        let chained = try CertificateList(chain)
        let publicArea: TPMPublicArea
        let certification: TPMCertification
        do {
            publicArea = try TPMPublicArea(parsing: area)
            certification = try TPMCertification(parsing: info)
        } catch { throw .tpm(error) }
        guard credential.publicKey.material.isKey(of: publicArea) else { throw .otherKey }
        let key: KeyMaterial
        do {
            try chained.first.requireTPMProfile(aaguid: credential.aaguid)
            key = try chained.first.key()
        } catch { throw .certificate(error) }
        guard key.verifies(signature, of: info, with: algorithm) else { throw .signature }
        guard let digest = algorithm.digest(of: message) else { throw .unsupportedAlgorithm(number) }
        guard areEqual(certification.extraData, digest) else { throw .challenge }
        guard areEqual(certification.name, try name(of: area, publicArea.nameAlgorithm)) else { throw .otherKey }
        return .certified(chained.encoded)
    }

    /// The name of a key: its digest's number before the digest of its public area.
    ///
    /// Source: TCG, TPM 2.0 Library, Part 1, section 16.
    private func name(of area: [UInt8], _ algorithm: UInt16) throws(AttestationRefusal) -> [UInt8] {
        let digest: [UInt8]
        switch algorithm {
        case 0x0004:
            guard sha1 != .refused else { throw .sha1 }
            digest = Array(Insecure.SHA1.hash(data: area))
        case 0x000b: digest = Array(SHA256.hash(data: area))
        case 0x000c: digest = Array(SHA384.hash(data: area))
        case 0x000d: digest = Array(SHA512.hash(data: area))
        default: throw .tpm(.nameAlgorithm(algorithm))
        }
        return [UInt8(algorithm >> 8), UInt8(algorithm & 0xff)] + digest
    }
}

extension KeyMaterial {
    /// Whether a TPM's public area is of this key. Integers are compared as numbers: TPMs differ in leading zeros.
    fileprivate func isKey(of area: TPMPublicArea) -> Bool {
        switch (self, area.key) {
        case (.p256(let key), .ecc(0x0003, let x, let y)): Self.areCoordinates(x, y, of: key.rawRepresentation)
        case (.p384(let key), .ecc(0x0004, let x, let y)): Self.areCoordinates(x, y, of: key.rawRepresentation)
        case (.p521(let key), .ecc(0x0005, let x, let y)): Self.areCoordinates(x, y, of: key.rawRepresentation)
        case (.rsa(let key), .rsa(let modulus, let bits, let exponent)):
            Self.isRSA(key, modulus: modulus, bits: bits, exponent: exponent == 0 ? 65_537 : exponent)
        default: false
        }
    }

    private static func areCoordinates(_ x: [UInt8], _ y: [UInt8], of raw: some Collection<UInt8>) -> Bool {
        let width = raw.count / 2
        return isSameNumber(x, raw.prefix(width)) && isSameNumber(y, raw.suffix(width))
    }

    private static func isRSA(_ key: RSAKey, modulus: [UInt8], bits: Int, exponent: UInt32) -> Bool {
        let number = key.exponent.reduce(0 as UInt32) { $0 << 8 | UInt32($1) }
        return bits == key.modulus.count * 8 && number == exponent && isSameNumber(modulus, key.modulus)
    }

    private static func isSameNumber(_ left: some Collection<UInt8>, _ right: some Collection<UInt8>) -> Bool {
        areEqual(left.drop { $0 == 0 }, right.drop { $0 == 0 })
    }
}
