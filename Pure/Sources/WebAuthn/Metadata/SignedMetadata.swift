import Bytes
import Crypto
import SwiftASN1
import UTC

/// A JSON Web Signature in compact form whose signer's certificates come with it.
///
/// Source: RFC 7515, sections 3.1 and 4.1.6; RFC 7518, section 3.
struct CertifiedSignature {
    let payload: [UInt8]
    private let algorithm: String
    private let certificates: [[UInt8]]
    private let signed: [UInt8]
    private let signature: [UInt8]

    /// Far more than the metadata of all authenticators: 8 MB in 2024, most of them icons.
    static let maximumBytes = 128 << 20

    init(parsing token: [UInt8]) throws(MetadataRefusal) {
        guard token.count <= Self.maximumBytes else { throw .tooLong }
        var end = token.count
        while end > 0, [0x20, 0x09, 0x0a, 0x0d].contains(token[end - 1]) { end -= 1 }  // a file's last line
        let parts = token[..<end].split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        guard parts.count == 3, let header = Base64.url.bytes(parts[0], padding: .none),
            let payload = Base64.url.bytes(parts[1], padding: .none),
            let signature = Base64.url.bytes(parts[2], padding: .none),
            let members = try? JSON(parsing: header).object, let algorithm = members["alg"]?.string,
            members["crit"] == nil, let chain = members["x5c"]?.array, !chain.isEmpty
        else { throw .syntax }
        var certificates: [[UInt8]] = []
        for item in chain.prefix(Attestation.maximumCertificates) {
            guard let text = item.string, let bytes = Base64.standard.bytes(text.utf8, padding: .required) else {
                throw .syntax
            }
            certificates.append(bytes)
        }
        self.algorithm = algorithm
        self.certificates = certificates
        self.payload = payload
        self.signature = signature
        signed = Array(token[..<parts[1].endIndex])
    }

    /// Verifies that the first certificate is `signer`'s (nil takes anybody's), signed the payload, and chains to one
    /// of `roots` at `moment`.
    func verify(signer: String?, against roots: TrustAnchors, at moment: Timestamp) async throws(MetadataRefusal) {
        let leaf: AttestationCertificate
        let key: KeyMaterial
        do throws(CertificateRefusal) {
            leaf = try AttestationCertificate(parsing: certificates[0])
            key = try leaf.key()
        } catch { throw .certificate(error) }
        if let signer, !leaf.isNamed(signer) { throw .signer }
        do throws(TrustRefusal) {
            let path = CertificatePath(encoded: certificates)
            // Any use will do, and the name has just been looked at.
            _ = try await path.chain(
                to: roots.anchors(for: [.packed]), handling: AttestationChainPolicy.namesAndUses, at: moment)
        } catch { throw .trust(error) }
        guard verifies(by: key) else { throw .signature }
    }

    private func verifies(by key: KeyMaterial) -> Bool {
        switch (algorithm, key) {
        case ("RS256", .rsa): key.verifies(signature, of: signed, with: .rs256)
        case ("RS384", .rsa): key.verifies(signature, of: signed, with: .rs384)
        case ("RS512", .rsa): key.verifies(signature, of: signed, with: .rs512)
        case ("PS256", .rsa): key.verifies(signature, of: signed, with: .ps256)
        case ("PS384", .rsa): key.verifies(signature, of: signed, with: .ps384)
        case ("PS512", .rsa): key.verifies(signature, of: signed, with: .ps512)
        case ("EdDSA", .ed25519), ("Ed25519", .ed25519): key.verifies(signature, of: signed, with: .edDSA)
        // The two numbers of a fixed width, not DER as WebAuthn has it.
        case ("ES256", .p256(let key)):
            (try? P256.Signing.ECDSASignature(rawRepresentation: signature)).map {
                key.isValidSignature($0, for: signed)
            } ?? false
        case ("ES384", .p384(let key)):
            (try? P384.Signing.ECDSASignature(rawRepresentation: signature)).map {
                key.isValidSignature($0, for: signed)
            } ?? false
        case ("ES512", .p521(let key)):
            (try? P521.Signing.ECDSASignature(rawRepresentation: signature)).map {
                key.isValidSignature($0, for: signed)
            } ?? false
        default: false
        }
    }
}

extension AttestationCertificate {
    /// Whether `name` is one of the DNS names of the subject or, without any, its common name.
    fileprivate func isNamed(_ name: String) -> Bool {
        guard let alternatives = extensions[[0x55, 0x1d, 0x11]] else {
            return subject.contains { $0.type == [0x55, 0x04, 0x03] && $0.value.elementsEqual(name.utf8) }
        }
        guard let names = try? DERValue.parse(alternatives.value).children(.sequence) else { return false }
        return names.contains { (try? $0.primitive(.context(2)))?.elementsEqual(name.utf8) == true }
    }
}
