import Crypto
import CryptoExtras
import Testing

@testable import WebAuthn

@Suite("A credential's public key") struct KeyTests {
    static let x = Array(P256.Signing.PrivateKey().publicKey.x963Representation)
    static let message = Array("what is signed".utf8)

    static func p256(_ changes: [Int: CBOR?]) -> CBOR {
        var members: [CBOR: CBOR] = [
            .integer(1): .integer(2), .integer(3): .integer(-7), .integer(-1): .integer(1),
            .integer(-2): .bytes(Array(x[1..<33])), .integer(-3): .bytes(Array(x[33..<65])),
        ]
        for (label, value) in changes { members[.integer(label)] = value }
        return .map(members)
    }

    // The columns are the point.
    // swift-format-ignore
    static let curveKeys: [(what: String, changes: [Int: CBOR?], refusal: KeyRefusal)] = [
        ("no type",            [1: nil],                            .keyType),
        ("another type",       [1: .integer(3)],                    .keyType),
        ("no algorithm",       [3: nil],                            .member(3)),
        ("a named algorithm",  [3: .text("ES256")],                 .member(3)),
        ("ES256K",             [3: .integer(-47)],                  .unsupportedAlgorithm(-47)),
        ("RS1",                [3: .integer(-65535)],               .keyType),
        ("ES384 on P-256",     [3: .integer(-35)],                  .curve),
        ("EdDSA on P-256",     [3: .integer(-8)],                   .keyType),
        ("no curve",           [-1: nil],                           .member(-1)),
        ("P-384",              [-1: .integer(2)],                   .curve),
        ("no x",               [-2: nil],                           .member(-2)),
        ("no y",               [-3: nil],                           .member(-3)),
        ("a compressed point", [-3: .boolean(true)],                .member(-3)),
        ("a short x",          [-2: .bytes(Array(x[2..<33]))],      .point),
        ("a padded x",         [-2: .bytes([0] + x[1..<33])],       .point),
        ("a point off it",     [-3: .bytes(Array(x[1..<33]))],      .point),
        ("a zero point",       [-2: .bytes(Array(repeating: 0, count: 32)), -3: .bytes(Array(repeating: 0, count: 32))], .point),
        ("a private member",   [-4: .bytes([1])],                   .unexpectedMember),
        ("an optional member", [2: .bytes([1])],                    .unexpectedMember),
    ]

    @Test("on a curve has exactly its members, on the curve of its algorithm", arguments: curveKeys)
    func curveKey(what: String, changes: [Int: CBOR?], refusal: KeyRefusal) throws {
        #expect(throws: Never.self) { try CredentialPublicKey(decoding: Self.p256([:]).encoded) }
        #expect(throws: refusal) { try CredentialPublicKey(decoding: Self.p256(changes).encoded) }
    }

    @Test("is one canonical map and nothing after it")
    func canonical() throws {
        let encoded = Self.p256([:]).encoded
        #expect(throws: KeyRefusal.cbor(.trailingBytes)) { try CredentialPublicKey(decoding: encoded + [0]) }
        #expect(throws: KeyRefusal.notAMap) { try CredentialPublicKey(decoding: [0x80]) }
        #expect(throws: KeyRefusal.cbor(.notShortest)) {
            try CredentialPublicKey(decoding: [0xb8, 5] + encoded.dropFirst())
        }
        let swapped = [encoded[0]] + encoded[3..<5] + encoded[1..<3] + encoded[5...]
        // Authenticators have to write them in order; some libraries store them in another.
        #expect(throws: Never.self) { try CredentialPublicKey(decoding: swapped) }
        #expect(throws: KeyRefusal.cbor(.keyOrder)) {
            var bytes = swapped[...]
            return try CredentialPublicKey.read(from: &bytes)
        }
    }

    static func rsa(_ modulus: [UInt8], _ exponent: [UInt8], algorithm: Int = -257) -> [UInt8] {
        CBOR.map([
            .integer(1): .integer(3), .integer(3): .integer(algorithm), .integer(-1): .bytes(modulus),
            .integer(-2): .bytes(exponent),
        ]).encoded
    }

    static let modulus = [0xff] + [UInt8](repeating: 0x5a, count: 254) + [1]

    // The columns are the point.
    // swift-format-ignore
    static let rsaKeys: [(what: String, modulus: [UInt8], exponent: [UInt8], refusal: KeyRefusal?)] = [
        ("2048 bits, 65537",   modulus,                      [1, 0, 1],       nil),
        ("2^32 - 1",           modulus,                      [255, 255, 255, 255], nil),
        ("2047 bits",          [0x7f] + modulus.dropFirst(), [1, 0, 1],       .rsaModulus),
        ("1024 bits",          Array(modulus.suffix(128)),   [1, 0, 1],       .rsaModulus),
        ("a leading zero",     [0] + modulus,                [1, 0, 1],       .rsaModulus),
        ("an even modulus",    modulus.dropLast() + [2],     [1, 0, 1],       .rsaModulus),
        ("none",               [],                           [1, 0, 1],       .rsaModulus),
        ("8200 bits",          [0xff] + [UInt8](repeating: 1, count: 1024), [1, 0, 1], .rsaModulus),
        ("no exponent",        modulus,                      [],              .rsaExponent),
        ("1",                  modulus,                      [1],             .rsaExponent),
        ("3",                  modulus,                      [3],             .rsaExponent),
        ("65535",              modulus,                      [255, 255],      .rsaExponent),
        ("65538",              modulus,                      [1, 0, 2],       .rsaExponent),
        ("a padded exponent",  modulus,                      [0, 1, 0, 1],    .rsaExponent),
        ("2^32 + 1",           modulus,                      [1, 0, 0, 0, 1], .rsaExponent),
    ]

    @Test("of RSA has 2048 bits or more and a sane exponent", arguments: rsaKeys)
    func rsaKey(what: String, modulus: [UInt8], exponent: [UInt8], refusal: KeyRefusal?) throws {
        if let refusal {
            #expect(throws: refusal) { try CredentialPublicKey(decoding: Self.rsa(modulus, exponent)) }
        } else {
            #expect(throws: Never.self) { try CredentialPublicKey(decoding: Self.rsa(modulus, exponent)) }
        }
    }

    @Test("of RSA verifies with its own padding and hash only")
    func rsaSignatures() throws {
        let key = try _RSA.Signing.PrivateKey(keySize: .bits2048)
        let parts = try key.publicKey.getKeyPrimitives()
        let signatures: [(Int, [UInt8])] = [
            (-257, try bytes(key.signature(for: SHA256.hash(data: Self.message), padding: .insecurePKCS1v1_5))),
            (-258, try bytes(key.signature(for: SHA384.hash(data: Self.message), padding: .insecurePKCS1v1_5))),
            (-259, try bytes(key.signature(for: SHA512.hash(data: Self.message), padding: .insecurePKCS1v1_5))),
            (-37, try bytes(key.signature(for: SHA256.hash(data: Self.message), padding: .PSS))),
            (-38, try bytes(key.signature(for: SHA384.hash(data: Self.message), padding: .PSS))),
            (-39, try bytes(key.signature(for: SHA512.hash(data: Self.message), padding: .PSS))),
        ]
        for (signed, signature) in signatures {
            for (algorithm, _) in signatures {
                let encoded = Self.rsa(Array(parts.modulus), Array(parts.publicExponent), algorithm: algorithm)
                let verifier = try CredentialPublicKey(decoding: encoded)
                #expect(verifier.verifies(signature, of: Self.message) == (signed == algorithm))
                #expect(!verifier.verifies(signature, of: Self.message + [0]))
            }
        }
    }

    private func bytes(_ signature: _RSA.Signing.RSASignature) -> [UInt8] { Array(signature.rawRepresentation) }

    @Test("of every other algorithm verifies what its private key signed, and nothing else")
    func signatures() throws {
        let p384 = P384.Signing.PrivateKey()
        let p521 = P521.Signing.PrivateKey()
        let edwards = Curve25519.Signing.PrivateKey()
        let lattice65 = try MLDSA65.PrivateKey()
        let lattice87 = try MLDSA87.PrivateKey()
        let keys: [(CBOR, [UInt8])] = [
            (
                point(Array(p384.publicKey.x963Representation), algorithm: -35, curve: 2),
                Array(try p384.signature(for: Self.message).derRepresentation)
            ),
            (
                point(Array(p521.publicKey.x963Representation), algorithm: -36, curve: 3),
                Array(try p521.signature(for: Self.message).derRepresentation)
            ),
            (
                .map([
                    .integer(1): .integer(1), .integer(3): .integer(-8), .integer(-1): .integer(6),
                    .integer(-2): .bytes(Array(edwards.publicKey.rawRepresentation)),
                ]), Array(try edwards.signature(for: Self.message))
            ),
            (
                lattice(-49, Array(lattice65.publicKey.rawRepresentation)),
                Array(try lattice65.signature(for: Self.message))
            ),
            (
                lattice(-50, Array(lattice87.publicKey.rawRepresentation)),
                Array(try lattice87.signature(for: Self.message))
            ),
        ]
        for (key, signature) in keys {
            let verifier = try CredentialPublicKey(decoding: key.encoded)
            #expect(verifier.verifies(signature, of: Self.message), "\(verifier.algorithm)")
            #expect(!verifier.verifies(signature, of: Self.message + [0]), "\(verifier.algorithm)")
            #expect(!verifier.verifies(signature.dropLast(), of: Self.message), "\(verifier.algorithm)")
            #expect(!verifier.verifies([], of: Self.message), "\(verifier.algorithm)")
        }
    }

    /// The y of the points of small order, and of what is not below the modulus.
    static let noEdwardsKeys = [
        "0100000000000000000000000000000000000000000000000000000000000000",
        "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
        "0000000000000000000000000000000000000000000000000000000000000000",
        "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
        "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
        "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
        "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
        "ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
    ]

    @Test("of Ed25519 is none under which anybody can sign, with either sign of x", arguments: noEdwardsKeys)
    func smallOrder(y: String) throws {
        for sign in [0, 0x80] as [UInt8] {
            let raw = hex(y).dropLast() + [hex(y)[31] | sign]
            #expect(throws: KeyRefusal.point) { try KeyMaterial.ed25519(raw: Array(raw)) }
        }
    }

    @Test("of Ed25519 that is no point of the curve verifies nothing", arguments: [2, 7, 8, 11] as [UInt8])
    func noPoint(y: UInt8) throws {
        let key = try KeyMaterial.ed25519(raw: [y] + [UInt8](repeating: 0, count: 31))
        let neutral = [1] + [UInt8](repeating: 0, count: 63)
        let other = Array(try Curve25519.Signing.PrivateKey().signature(for: Self.message))
        for signature in [neutral, other, [UInt8](repeating: 0, count: 64)] {
            #expect(!key.verifies(signature, of: Self.message, with: .edDSA))
        }
    }

    private func point(_ x963: [UInt8], algorithm: Int, curve: Int) -> CBOR {
        let width = x963.count / 2
        return .map([
            .integer(1): .integer(2), .integer(3): .integer(algorithm), .integer(-1): .integer(curve),
            .integer(-2): .bytes(Array(x963[1...width])), .integer(-3): .bytes(Array(x963[(width + 1)...])),
        ])
    }

    private func lattice(_ algorithm: Int, _ key: [UInt8]) -> CBOR {
        .map([.integer(1): .integer(7), .integer(3): .integer(algorithm), .integer(-1): .bytes(key)])
    }

    @Test("of ML-DSA has the length of its kind")
    func latticeLength() {
        for algorithm in [-49, -50] {
            let key = lattice(algorithm, [UInt8](repeating: 1, count: 1_951)).encoded
            #expect(throws: KeyRefusal.latticeKey) { try CredentialPublicKey(decoding: key) }
        }
    }

    // The first two are of order 8, as published in many places; the others are 1, -1, 0 and encodings above p.
    // swift-format-ignore
    static let badEdwardsPoints: [(what: String, hex: String)] = [
        ("order 8",           "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05"),
        ("order 8",           "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a"),
        ("order 8, negative", "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc85"),
        ("the identity",      "0100000000000000000000000000000000000000000000000000000000000000"),
        ("order 2",           "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f"),
        ("order 4",           "0000000000000000000000000000000000000000000000000000000000000000"),
        ("order 4, negative", "0000000000000000000000000000000000000000000000000000000000000080"),
        ("p",                 "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f"),
        ("2^255 - 1",         "ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f"),
        ("31 bytes",          "03000000000000000000000000000000000000000000000000000000000000"),
    ]

    @Test(
        "of Ed25519 is not one of the few whose signatures anybody can make",
        arguments: badEdwardsPoints)
    func edwardsPoint(what: String, hex text: String) {
        let key = CBOR.map([
            .integer(1): .integer(1), .integer(3): .integer(-8), .integer(-1): .integer(6),
            .integer(-2): .bytes(hex(text)),
        ])
        #expect(throws: KeyRefusal.point) { try CredentialPublicKey(decoding: key.encoded) }
    }

    @Test("of Ed25519 is taken, whichever it is")
    func edwardsKeys() throws {
        for _ in 0..<200 {
            let raw = Array(Curve25519.Signing.PrivateKey().publicKey.rawRepresentation)
            let key = CBOR.map([
                .integer(1): .integer(1), .integer(3): .integer(-8), .integer(-1): .integer(6),
                .integer(-2): .bytes(raw),
            ])
            #expect(throws: Never.self) { try CredentialPublicKey(decoding: key.encoded) }
        }
    }
}
