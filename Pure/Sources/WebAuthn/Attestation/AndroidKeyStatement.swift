import SwiftASN1

extension AttestationStatement {
    /// Section 8.4: Android's key store certifies the credential's own key, and says in the certificate what it may be
    /// used for.
    func verifyAndroidKey(_ members: [CBOR: CBOR]) throws(AttestationRefusal) -> Attestation.Kind {
        guard members.count == 3, let number = members[.text("alg")]?.integer,
            let signature = members[.text("sig")]?.bytes, let chain = members[.text("x5c")]
        else { throw .syntax }
        guard let algorithm = Algorithm(rawValue: number) else { throw .unsupportedAlgorithm(number) }
        guard algorithm == credential.publicKey.algorithm else { throw .algorithm }
        let chained = try CertificateList(chain)
        let key: KeyMaterial
        let description: AndroidKeyDescription
        do throws(CertificateRefusal) {
            key = try chained.first.key()
            description = try chained.first.androidKeyDescription()
            // Android's keys may certify others; what such a key says about them is not what the key store says.
            guard chained.issuers.allSatisfy({ $0.extensions[AndroidKeyDescription.identifier] == nil }) else {
                throw .keyDescription
            }
        } catch { throw .certificate(error) }
        guard key.verifies(signature, of: message, with: algorithm) else { throw .signature }
        guard key.isSameKey(as: credential.publicKey.material) else { throw .otherKey }
        guard areEqual(description.challenge, clientDataHash) else { throw .challenge }
        guard description.permitsSigningOnly else { throw .keyUse }
        return .certified(chained.encoded)
    }
}

/// What Android's key store says about a key.
///
/// Source: Android Open Source Project, "Key and ID attestation", schema of the extension, versions 1 to 400.
struct AndroidKeyDescription {
    /// 1.3.6.1.4.1.11129.2.1.17
    static let identifier: ObjectIdentifierBytes = [
        0x2b, 0x06, 0x01, 0x04, 0x01, 0xd6, 0x79, 0x02, 0x01, 0x11,
    ]

    /// What was asked to be attested.
    let challenge: [UInt8]
    /// Whether the key, and what vouches for it, are kept by hardware: a trusted environment or a chip of their own. A
    /// key store in software says 0 of itself.
    let isKeptInHardware: Bool
    private let lists: [AuthorizationList]

    init(parsing der: [UInt8]) throws(CertificateRefusal) {
        do throws(CertificateRefusal) {
            let fields = try DERValue.parse(der).children(.sequence)
            guard fields.count == 8 else { throw .keyDescription }
            isKeptInHardware = [fields[1], fields[3]].allSatisfy { level in
                (try? level.primitive(.enumerated)).map { [[1], [2]].contains($0) } ?? false
            }
            challenge = try fields[4].primitive(.octetString)
            lists = [try AuthorizationList(fields[6]), try AuthorizationList(fields[7])]
        } catch { throw .keyDescription }
    }

    /// In neither list the key is open to all applications. What the two together say of where it was made and what it
    /// is for is right: made where it is kept, and for signing. Verifying goes with that: it is what some devices say
    /// of a key that signs. What neither says cannot be wrong; the test vectors of WebAuthn have empty lists.
    var permitsSigningOnly: Bool {
        let purposes = Set(lists.flatMap(\.purposes))
        let hasPurposes = lists.contains(where: \.hasPurposes)
        return !lists.contains(where: \.isForAllApplications)
            && (!hasPurposes || purposes.contains(Self.signing))
            && purposes.isSubset(of: [Self.signing, Self.verifying])
            && lists.allSatisfy { $0.origin == nil || $0.origin == Self.generated }
    }

    private static let signing: [UInt8] = [2]
    private static let verifying: [UInt8] = [3]
    private static let generated: [UInt8] = [0]
}

/// What is enforced on a key, by software or by hardware. Integers are kept as DER has them.
private struct AuthorizationList {
    let purposes: [[UInt8]]
    let hasPurposes: Bool
    let isForAllApplications: Bool
    let origin: [UInt8]?

    init(_ node: ASN1Node) throws(CertificateRefusal) {
        var fields: [ASN1Identifier: ASN1Node] = [:]
        for field in try node.children(.sequence) {
            guard fields.updateValue(field, forKey: field.identifier) == nil else { throw .keyDescription }
        }
        isForAllApplications = fields[.explicit(600)] != nil
        origin = try fields[.explicit(702)].map { (field) throws(CertificateRefusal) in
            try field.onlyChild(.explicit(702)).primitive(.integer)
        }
        hasPurposes = fields[.explicit(1)] != nil
        var purposes: [[UInt8]] = []
        if let field = fields[.explicit(1)] {
            for purpose in try field.onlyChild(.explicit(1)).children(.set) {
                purposes.append(try purpose.primitive(.integer))
            }
        }
        self.purposes = purposes
    }
}

extension Attestation {
    /// Whether a statement in it says itself that software keeps the key: Android's key store says so where the device
    /// has nothing better. Such a statement may chain to an anchor, but there is no hardware that it speaks of.
    public var isOfSoftware: Bool {
        certifiedStatements.contains { statement in
            guard statement.format == .androidKey else { return false }
            let leaf = statement.certificates.first.flatMap { try? AttestationCertificate(parsing: $0) }
            return (try? leaf?.androidKeyDescription().isKeptInHardware) != true
        }
    }
}

extension AttestationCertificate {
    fileprivate func androidKeyDescription() throws(CertificateRefusal) -> AndroidKeyDescription {
        guard let description = extensions[AndroidKeyDescription.identifier] else { throw .keyDescription }
        return try AndroidKeyDescription(parsing: description.value)
    }
}
