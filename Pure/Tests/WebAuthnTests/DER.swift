import Crypto
import CryptoExtras

/// A certificate for attestations, built from parts that a test can bend.
struct TestCertificate {
    var version: [UInt8]? = [2]
    var serialNumber: [UInt8] = [1]
    var subject: [(type: [UInt8], value: String)] = [
        (type: [0x55, 4, 6], value: "US"), (type: [0x55, 4, 0x0a], value: "Example"),
        (type: [0x55, 4, 0x0b], value: "Authenticator Attestation"), (type: [0x55, 4, 3], value: "Model 1"),
    ]
    /// Each extension's identifier, whether it is critical, and its value.
    var extensions: [(identifier: [UInt8], critical: Bool, value: [UInt8])] = [
        (identifier: [0x55, 0x1d, 0x13], critical: true, value: der(0x30, []))
    ]
    /// SubjectPublicKeyInfo.
    var publicKey: [UInt8]
    /// Behind the certificate.
    var trailing: [UInt8] = []
    /// Nil where it is the subject's own.
    var issuer: [(type: [UInt8], value: String)]?
    /// The issuer's name in DER, in place of `issuer`.
    var encodedIssuer: [UInt8]?
    /// Who signs; nil for bytes that are not a signature.
    var signer: P256.Signing.PrivateKey?
    /// Signs in place of `signer`, with PKCS #1 and SHA-256.
    var rsaSigner: _RSA.Signing.PrivateKey?
    /// How many bits of the signature's last byte it says that are unused.
    var unusedBits: UInt8 = 0
    var notBefore = "250101000000Z"
    var notAfter = "450101000000Z"

    /// The extension that says whether a certificate may issue others, and how many below it.
    static func constraints(authority: Bool, pathLength: UInt8? = nil) -> [UInt8] {
        der(0x30, (authority ? der(0x01, [0xff]) : []) + (pathLength.map { der(0x02, [$0]) } ?? []))
    }

    /// id-fido-gen-ce-aaguid.
    static let model: [UInt8] = [0x2b, 6, 1, 4, 1, 0x82, 0xe5, 0x1c, 1, 1, 4]

    var encoded: [UInt8] {
        func name(_ attributes: [(type: [UInt8], value: String)]) -> [UInt8] {
            der(0x30, attributes.flatMap { der(0x31, der(0x30, der(0x06, $0.type) + der(0x0c, Array($0.value.utf8)))) })
        }
        let algorithm =
            rsaSigner == nil
            ? der(0x30, der(0x06, [0x2a, 0x86, 0x48, 0xce, 0x3d, 4, 3, 2]))
            : der(0x30, der(0x06, [0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 1, 0x0b]) + [5, 0])
        let validity = der(0x30, der(0x17, Array(notBefore.utf8)) + der(0x17, Array(notAfter.utf8)))
        let list = extensions.flatMap {
            der(0x30, der(0x06, $0.identifier) + ($0.critical ? der(0x01, [0xff]) : []) + der(0x04, $0.value))
        }
        var body = version.map { der(0xa0, der(0x02, $0)) } ?? []
        body += der(0x02, serialNumber) + algorithm + (encodedIssuer ?? name(issuer ?? subject))
        body += validity + name(subject) + publicKey
        if !extensions.isEmpty { body += der(0xa3, der(0x30, list)) }
        let curved = signer.flatMap { try? $0.signature(for: der(0x30, body)) }.map { Array($0.derRepresentation) }
        let digest = SHA256.hash(data: der(0x30, body))
        let plain = rsaSigner.flatMap { try? $0.signature(for: digest, padding: .insecurePKCS1v1_5) }
        let signature = plain.map { Array($0.rawRepresentation) } ?? curved ?? [1]
        return der(0x30, der(0x30, body) + algorithm + der(0x03, [unusedBits] + signature)) + trailing
    }
}

/// One value in DER.
func der(_ tag: UInt8, _ content: [UInt8]) -> [UInt8] {
    let length: [UInt8] =
        switch content.count {
        case ..<0x80: [UInt8(content.count)]
        case ...0xff: [0x81, UInt8(content.count)]
        default: [0x82] + bigEndian(UInt64(content.count), 2)
        }
    return [tag] + length + content
}
