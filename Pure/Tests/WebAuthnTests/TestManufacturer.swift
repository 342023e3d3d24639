import Crypto
import UTC

@testable import WebAuthn

/// Who makes authenticators: a root, an authority below it, and an attestation key, whose certificates a test can bend.
struct TestManufacturer {
    var rootKey = P256.Signing.PrivateKey()
    var authorityKey = P256.Signing.PrivateKey()
    var key = P256.Signing.PrivateKey()
    var root: TestCertificate
    var authority: TestCertificate
    var leaf: TestCertificate
    /// Sent behind the authority.
    var more: [[UInt8]] = []

    /// A moment at which all of them are valid.
    static let moment = Timestamp(seconds: 1_893_456_000)  // 2030-01-01

    static let basicConstraints: [UInt8] = [0x55, 0x1d, 0x13]
    static let keyUsage: [UInt8] = [0x55, 0x1d, 0x0f]
    static let alternativeName: [UInt8] = [0x55, 0x1d, 0x11]
    static let extendedKeyUsage: [UInt8] = [0x55, 0x1d, 0x25]

    init() {
        func authorityNamed(_ name: String, _ key: P256.Signing.PrivateKey) -> TestCertificate {
            var certificate = TestCertificate(publicKey: Array(key.publicKey.derRepresentation))
            certificate.subject = [(type: [0x55, 4, 3], value: name)]
            certificate.extensions = [
                (Self.basicConstraints, true, TestCertificate.constraints(authority: true)),
                (Self.keyUsage, true, der(0x03, [2, 0x04])),
            ]
            return certificate
        }
        root = authorityNamed("Root", rootKey)
        authority = authorityNamed("Authority", authorityKey)
        leaf = TestCertificate(publicKey: Array(key.publicKey.derRepresentation))
    }

    /// The three certificates as they were signed once: signatures differ each time.
    private(set) var issued: [[UInt8]]?

    /// The certificate of the attestation key and the authority's.
    var chain: [[UInt8]] {
        (issued.map { Array($0.prefix(2)) } ?? [signedLeaf.encoded, signedAuthority.encoded]) + more
    }

    /// Signs all three, and has their certificates never change again.
    func sealed() -> TestManufacturer {
        var sealed = self
        sealed.issued = [signedLeaf.encoded, signedAuthority.encoded, signedRoot.encoded]
        return sealed
    }

    var signedLeaf: TestCertificate {
        var certificate = leaf
        certificate.issuer = leaf.issuer ?? authority.subject
        certificate.signer = leaf.signer ?? authorityKey
        return certificate
    }

    var signedAuthority: TestCertificate {
        var certificate = authority
        certificate.issuer = authority.issuer ?? root.subject
        certificate.signer = authority.signer ?? rootKey
        return certificate
    }

    var signedRoot: TestCertificate {
        var certificate = root
        certificate.signer = rootKey
        return certificate
    }

    var anchors: TrustAnchors {
        get throws { try TrustAnchors([signedRoot.encoded]) }
    }

    var x5c: CBOR { .array(chain.map { .bytes($0) }) }

    /// A registration with a packed statement.
    func packed(_ authenticator: SoftAuthenticator = SoftAuthenticator()) throws -> RegistrationResponse {
        try authenticator.register(format: "packed") { try packedStatement($0, $1) }
    }

    func packedStatement(_ data: [UInt8], _ hash: [UInt8]) throws -> CBOR {
        .map([
            .text("alg"): .integer(-7), .text("x5c"): x5c,
            .text("sig"): .bytes(Array(try key.signature(for: data + hash).derRepresentation)),
        ])
    }
}

/// A TPM and its driver, whose statement a test can bend.
struct TestTPM {
    var manufacturer = TestManufacturer()
    var authenticator = SoftAuthenticator()
    var version = "2.0"
    var algorithm = -7
    var magic: UInt64 = 0xff54_4347
    var type: UInt64 = 0x8017
    var extraData: [UInt8]?
    var name: [UInt8]?
    var nameAlgorithm: UInt64 = 0x000b
    var keyType: UInt64 = 0x0023
    var curve: UInt64 = 3
    var scheme: [UInt8] = [0x00, 0x10]
    var symmetric: [UInt8] = [0x00, 0x10]
    var keyDerivation: [UInt8] = [0x00, 0x10]
    /// The coordinates; nil for the credential's.
    var point: (x: [UInt8], y: [UInt8])?
    var areaTrailing: [UInt8] = []
    var infoTrailing: [UInt8] = []
    var more: [CBOR: CBOR?] = [:]

    init() {
        manufacturer.leaf.subject = []
        manufacturer.leaf.extensions = [
            (TestManufacturer.basicConstraints, true, TestCertificate.constraints(authority: false)),
            (TestManufacturer.alternativeName, true, Self.alternativeName("id:494E5443", "Model", "id:00010002")),
            (TestManufacturer.extendedKeyUsage, false, der(0x30, der(0x06, [0x67, 0x81, 0x05, 0x08, 0x03]))),
        ]
    }

    /// GeneralNames with one directory name; an attribute that is nil is left out.
    static func alternativeName(_ manufacturer: String?, _ model: String?, _ version: String?) -> [UInt8] {
        let attributes = zip([1, 2, 3] as [UInt8], [manufacturer, model, version]).compactMap { number, value in
            value.map { der(0x30, der(0x06, [0x67, 0x81, 0x05, 0x02, number]) + der(0x0c, Array($0.utf8))) }
        }
        return der(0x30, der(0xa4, der(0x30, der(0x31, attributes.flatMap(\.self)))))
    }

    var area: [UInt8] {
        let raw = Array(authenticator.key.publicKey.rawRepresentation)
        let (x, y) = point ?? (Array(raw[..<32]), Array(raw[32...]))
        let head = bigEndian(keyType, 2) + bigEndian(nameAlgorithm, 2) + bigEndian(0x0006_0472, 4) + [0, 0]
        return head + symmetric + scheme + bigEndian(curve, 2) + keyDerivation + sized(x) + sized(y) + areaTrailing
    }

    func info(_ message: [UInt8]) -> [UInt8] {
        let digest = extraData ?? Array(SHA256.hash(data: message))
        let name = name ?? (bigEndian(nameAlgorithm, 2) + Array(SHA256.hash(data: area)))
        let clock = [UInt8](repeating: 7, count: 17 + 8)
        return bigEndian(magic, 4) + bigEndian(type, 2) + sized([1, 2]) + sized(digest) + clock + sized(name)
            + sized([3]) + infoTrailing
    }

    func register() throws -> RegistrationResponse {
        try authenticator.register(format: "tpm") { data, hash in
            let info = info(data + hash)
            let members: [CBOR: CBOR?] = [
                .text("ver"): .text(version), .text("alg"): .integer(algorithm), .text("x5c"): manufacturer.x5c,
                .text("sig"): .bytes(Array(try manufacturer.key.signature(for: info).derRepresentation)),
                .text("certInfo"): .bytes(info), .text("pubArea"): .bytes(area),
            ]
            return .map(members.merging(more) { $1 }.compactMapValues(\.self))
        }
    }

    private func sized(_ bytes: [UInt8]) -> [UInt8] { bigEndian(UInt64(bytes.count), 2) + bytes }
}

/// Android's key store, whose description of the credential's key a test can bend.
struct TestKeyStore {
    var manufacturer = TestManufacturer()
    var authenticator = SoftAuthenticator()
    var algorithm = -7
    var challenge: [UInt8]?
    /// Who says all this, and who keeps the key: 0 is software, 1 a trusted environment, 2 a chip of its own.
    var levels: (attestation: UInt8, key: UInt8) = (1, 1)
    var software: [UInt8] = []
    var hardware: [UInt8] = tagged(1, der(0x31, der(0x02, [2]))) + tagged(702, der(0x02, [0]))
    var certifiedKey: P256.Signing.PrivateKey?
    /// The identifier of the extension that describes the key; nil for none.
    var identifier: [UInt8]? = AndroidKeyDescription.identifier
    var trailing: [UInt8] = []
    var more: [CBOR: CBOR] = [:]

    /// An explicit tag of any number.
    static func tagged(_ number: Int, _ content: [UInt8]) -> [UInt8] {
        guard number > 30 else { return der(0xa0 | UInt8(number), content) }
        let low = UInt8(number & 0x7f)
        let tag: [UInt8] = [0xbf] + (number > 127 ? [0x80 | UInt8(number >> 7)] : []) + [low]
        return tag + der(0, content).dropFirst()
    }

    func description(_ hash: [UInt8]) -> [UInt8] {
        let fields =
            der(0x02, [3]) + der(0x0a, [levels.attestation]) + der(0x02, [4]) + der(0x0a, [levels.key])
            + der(0x04, challenge ?? hash) + der(0x04, []) + der(0x30, software) + der(0x30, hardware)
        return der(0x30, fields) + trailing
    }

    func register() throws -> RegistrationResponse {
        try authenticator.register(format: "android-key") { data, hash in
            var manufacturer = manufacturer
            manufacturer.leaf.publicKey = Array((certifiedKey ?? authenticator.key).publicKey.derRepresentation)
            if let identifier { manufacturer.leaf.extensions.append((identifier, false, description(hash))) }
            let signer = certifiedKey ?? authenticator.key
            return .map(
                [
                    .text("alg"): .integer(algorithm), .text("x5c"): manufacturer.x5c,
                    .text("sig"): .bytes(Array(try signer.signature(for: data + hash).derRepresentation)),
                ].merging(more) { $1 })
        }
    }
}

/// Apple's anonymous attestation, whose certificate a test can bend.
struct TestApple {
    var manufacturer = TestManufacturer()
    var authenticator = SoftAuthenticator()
    var nonce: [UInt8]?
    var certifiedKey: P256.Signing.PrivateKey?
    var hasNonce = true
    var more: [CBOR: CBOR] = [:]

    func register() throws -> RegistrationResponse {
        try authenticator.register(format: "apple") { data, hash in
            var manufacturer = manufacturer
            manufacturer.leaf.publicKey = Array((certifiedKey ?? authenticator.key).publicKey.derRepresentation)
            let nonce = nonce ?? Array(SHA256.hash(data: data + hash))
            let value = der(0x30, der(0xa1, der(0x04, nonce)))
            if hasNonce {
                manufacturer.leaf.extensions.append(
                    ([0x2a, 0x86, 0x48, 0x86, 0xf7, 0x63, 0x64, 0x08, 0x02], false, value))
            }
            return .map([.text("x5c"): manufacturer.x5c].merging(more) { $1 })
        }
    }
}
