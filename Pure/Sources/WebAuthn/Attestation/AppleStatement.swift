import Crypto
import SwiftASN1

extension AttestationStatement {
    /// Section 8.8: Apple certifies the credential's own key, once for each ceremony, which a digest in the certificate
    /// binds it to. The first devices also sent `alg`.
    func verifyApple(_ members: [CBOR: CBOR]) throws(AttestationRefusal) -> Attestation.Kind {
        guard let chain = members[.text("x5c")] else { throw .syntax }
        if let algorithm = members[.text("alg")] {
            guard members.count == 2, let number = algorithm.integer else { throw .syntax }
            guard number == credential.publicKey.algorithm.rawValue else { throw .algorithm }
        } else {
            guard members.count == 1 else { throw .syntax }
        }
        let chained = try CertificateList(chain)
        let key: KeyMaterial
        let nonce: [UInt8]
        do {
            nonce = try chained.first.appleNonce()
            key = try chained.first.key()
        } catch { throw .certificate(error) }
        guard areEqual(nonce, Array(SHA256.hash(data: message))) else { throw .challenge }
        guard key.isSameKey(as: credential.publicKey.material) else { throw .otherKey }
        return .certified(chained.encoded)
    }
}

extension AttestationCertificate {
    /// 1.2.840.113635.100.8.2: a sequence of one octet string, tagged 1.
    fileprivate func appleNonce() throws(CertificateRefusal) -> [UInt8] {
        let identifier: ObjectIdentifierBytes = [0x2a, 0x86, 0x48, 0x86, 0xf7, 0x63, 0x64, 0x08, 0x02]
        guard let nonce = extensions[identifier] else { throw .nonce }
        do throws(CertificateRefusal) {
            let tagged = try DERValue.parse(nonce.value).onlyChild(.sequence)
            return try tagged.onlyChild(.explicit(1)).primitive(.octetString)
        } catch { throw .nonce }
    }
}
