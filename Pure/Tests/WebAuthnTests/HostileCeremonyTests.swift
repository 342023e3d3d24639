import Crypto
import CryptoExtras
import Testing
import VectorSupport

@testable import WebAuthn

/// What an attacker who holds everything but the private key could send: each has to fail at its step.
@Suite("A hostile authentication") struct HostileAuthenticationTests {
    private func verdict(
        _ authenticator: SoftAuthenticator = SoftAuthenticator(), expecting: (inout Expectations) -> Void = { _ in },
        stored: (inout StoredCredential) -> Void = { _ in }, _ bend: (inout AuthenticationResponse) throws -> Void
    ) throws -> String? {
        var response = try authenticator.authenticate()
        var expectations = authenticator.expectations
        expectations.userHandle = [1]
        expecting(&expectations)
        var credential = try authenticator.stored()
        stored(&credential)
        try bend(&response)
        return code { try VerifiedAssertion(verifying: response, by: credential, against: expectations) }
    }

    /// The two numbers of an ECDSA signature in DER.
    private static func numbers(_ signature: [UInt8]) -> (r: [UInt8], s: [UInt8]) {
        let length = Int(signature[3])
        return (Array(signature[4..<(4 + length)]), Array(signature[(6 + length)...]))
    }

    @Test("does not pass with an ECDSA signature in any other form than DER's")
    func signatureForms() throws {
        // Forms of one right signature. The columns are the point.
        // swift-format-ignore
        let forms: [(what: String, bend: ([UInt8], [UInt8]) -> [UInt8])] = [
            ("a byte after it",          { r, s in der(0x30, der(2, r) + der(2, s)) + [0] }),
            ("a byte within it",         { r, s in der(0x30, der(2, r) + der(2, s) + [0]) }),
            ("a third number",           { r, s in der(0x30, der(2, r) + der(2, s) + der(2, [1])) }),
            ("a padded r",               { r, s in der(0x30, der(2, [0, 0] + r) + der(2, s)) }),
            ("a padded s",               { r, s in der(0x30, der(2, r) + der(2, [0, 0] + s)) }),
            ("a long length",            { r, s in [0x30, 0x81, UInt8(r.count + s.count + 4)] + der(2, r) + der(2, s) }),
            ("an indefinite length",     { r, s in [0x30, 0x80] + der(2, r) + der(2, s) + [0, 0] }),
            ("a set",                    { r, s in der(0x31, der(2, r) + der(2, s)) }),
            ("r alone",                  { r, _ in der(0x30, der(2, r)) }),
            ("zeros",                    { _, _ in der(0x30, der(2, [0]) + der(2, [0])) }),
            ("ones",                     { _, _ in der(0x30, der(2, [1]) + der(2, [1])) }),
            ("a zero s",                 { r, _ in der(0x30, der(2, r) + der(2, [0])) }),
            ("a negative r",             { r, s in der(0x30, der(2, [0xff] + r) + der(2, s)) }),
            ("the order as r",           { _, s in der(0x30, der(2, [0] + Self.order) + der(2, s)) }),
            ("empty numbers",            { _, _ in der(0x30, der(2, []) + der(2, [])) }),
            ("an empty sequence",        { _, _ in der(0x30, []) }),
            ("the numbers alone",        { r, s in Array(r.suffix(32)) + Array(s.suffix(32)) }),
            ("numbers swapped",          { r, s in der(0x30, der(2, s) + der(2, r)) }),
        ]
        #expect(try verdict { _ in } == nil)
        for (what, bend) in forms {
            #expect(
                try verdict {
                    let (r, s) = Self.numbers($0.signature)
                    $0.signature = bend(r, s)
                } == "7.2/21 signature", "\(what)")
        }
    }

    /// The number of points of P-256.
    private static let order = hex("ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551")

    @Test("does not pass with an RSA signature of another length, padding or digest")
    func rsa() throws {
        let key = try _RSA.Signing.PrivateKey(keySize: .bits2048)
        let numbers = try key.publicKey.getKeyPrimitives()
        func cose(_ algorithm: Int) -> CBOR {
            .map([
                .integer(1): .integer(3), .integer(3): .integer(algorithm),
                .integer(-1): .bytes(Array(numbers.modulus)),
                .integer(-2): .bytes(Array(numbers.publicExponent)),
            ])
        }
        func verdict(_ algorithm: Int, _ sign: ([UInt8]) throws -> [UInt8]) throws -> String? {
            var authenticator = SoftAuthenticator()
            authenticator.coseKey = cose(algorithm)
            return try self.verdict(authenticator) {
                $0.signature = try sign($0.authenticatorData + Array(SHA256.hash(data: $0.clientDataJSON)))
            }
        }
        func signed(_ message: [UInt8], _ padding: _RSA.Signing.Padding) throws -> [UInt8] {
            Array(try key.signature(for: SHA256.hash(data: message), padding: padding).rawRepresentation)
        }
        let refusal = "7.2/21 signature"
        #expect(try verdict(-257) { try signed($0, .insecurePKCS1v1_5) } == nil)
        #expect(try verdict(-37) { try signed($0, .PSS) } == nil)
        #expect(try verdict(-37) { try signed($0, .insecurePKCS1v1_5) } == refusal)
        #expect(try verdict(-257) { try signed($0, .PSS) } == refusal)
        #expect(try verdict(-258) { try signed($0, .insecurePKCS1v1_5) } == refusal)
        #expect(try verdict(-257) { [0] + (try signed($0, .insecurePKCS1v1_5)) } == refusal)
        #expect(try verdict(-257) { Array(try signed($0, .insecurePKCS1v1_5).dropLast()) } == refusal)
        #expect(try verdict(-257) { try signed($0, .insecurePKCS1v1_5) + [0] } == refusal)
        for byte in [0x00, 0x01, 0xff] as [UInt8] {
            #expect(try verdict(-257) { _ in Array(repeating: byte, count: 256) } == refusal)
        }
        // The right signature with the modulus added: the same number to a careless reader.
        #expect(
            try verdict(-257) { message in
                var sum = try signed(message, .insecurePKCS1v1_5)
                var carry = 0
                for index in sum.indices.reversed() {
                    let value = Int(sum[index]) + Int(Array(numbers.modulus)[index]) + carry
                    (sum[index], carry) = (UInt8(value & 0xff), value >> 8)
                }
                return carry == 0 ? sum : [UInt8(carry)] + sum
            } == refusal)
    }

    @Test("does not pass with SHA-1, unless the server says so")
    func sha1() throws {
        let key = try _RSA.Signing.PrivateKey(keySize: .bits2048)
        let numbers = try key.publicKey.getKeyPrimitives()
        var authenticator = SoftAuthenticator()
        authenticator.coseKey = .map([
            .integer(1): .integer(3), .integer(3): .integer(-65_535), .integer(-1): .bytes(Array(numbers.modulus)),
            .integer(-2): .bytes(Array(numbers.publicExponent)),
        ])
        func verdict(_ sha1: Expectations.SHA1) throws -> String? {
            try self.verdict(authenticator, expecting: { $0.sha1 = sha1 }) {
                let message = $0.authenticatorData + Array(SHA256.hash(data: $0.clientDataJSON))
                let signature = try key.signature(
                    for: Insecure.SHA1.hash(data: message), padding: .insecurePKCS1v1_5)
                $0.signature = Array(signature.rawRepresentation)
            }
        }
        #expect(try verdict(.everywhere) == nil)
        #expect(try verdict(.tpmStatements) == "7.2/21 signature")
        #expect(try verdict(.refused) == "7.2/21 signature")
        let registration = try authenticator.register()
        var expectations = authenticator.expectations
        #expect(code { try RegisteredCredential(verifying: registration, against: expectations) } == "7.1/20 algorithm")
        expectations.algorithms.append(.rs1)
        #expect(code { try RegisteredCredential(verifying: registration, against: expectations) } == "7.1/20 algorithm")
        expectations.sha1 = .everywhere
        #expect(code { try RegisteredCredential(verifying: registration, against: expectations) } == nil)
    }

    @Test("does not pass with an EdDSA signature whose number is not the least, or that is another key's")
    func edwards() throws {
        let key = Curve25519.Signing.PrivateKey()
        var authenticator = SoftAuthenticator()
        authenticator.coseKey = .map([
            .integer(1): .integer(1), .integer(3): .integer(-8), .integer(-1): .integer(6),
            .integer(-2): .bytes(Array(key.publicKey.rawRepresentation)),
        ])
        func verdict(_ bend: (inout [UInt8]) -> Void) throws -> String? {
            try self.verdict(authenticator) {
                let message = $0.authenticatorData + Array(SHA256.hash(data: $0.clientDataJSON))
                var signature = Array(try key.signature(for: message))
                bend(&signature)
                $0.signature = signature
            }
        }
        // 2^252 + 27742317777372353535851937790883648493, from its lowest byte.
        let order = hex("edd3f55c1a631258d69cf7a2def9de1400000000000000000000000000000010")
        #expect(try verdict { _ in } == nil)
        #expect(
            try verdict { signature in
                var carry = 0
                for index in 0..<32 {
                    let value = Int(signature[32 + index]) + Int(order[index]) + carry
                    (signature[32 + index], carry) = (UInt8(value & 0xff), value >> 8)
                }
            } == "7.2/21 signature")
        #expect(try verdict { $0.append(0) } == "7.2/21 signature")
        #expect(try verdict { $0.removeLast() } == "7.2/21 signature")
        #expect(try verdict { $0 = Array(repeating: 0, count: 64) } == "7.2/21 signature")
        #expect(try verdict { $0 = [1] + Array(repeating: 0, count: 63) } == "7.2/21 signature")
    }

    @Test("does not pass with what a registration signed")
    func registration() throws {
        let authenticator = SoftAuthenticator()
        let registered = try authenticator.register(format: "packed") { data, hash in
            .map([
                .text("alg"): .integer(-7),
                .text("sig"): .bytes(Array(try authenticator.key.signature(for: data + hash).derRepresentation)),
            ])
        }
        let object = try CBOR(decoding: registered.attestationObject, form: .relaxed)
        let signature = try #require(object.map?[.text("attStmt")]?.map?[.text("sig")]?.bytes)
        let data = try #require(object.map?[.text("authData")]?.bytes)
        let verdict = try verdict(authenticator) {
            $0.clientDataJSON = registered.clientDataJSON
            $0.authenticatorData = data
            $0.signature = signature
        }
        #expect(verdict == "7.2/10 type")
    }

    // The columns are the point.
    // swift-format-ignore
    @Test("does not pass for another account, another credential or a copy of the key")
    func accounts() throws {
        #expect(try verdict(expecting: { $0.userHandle = [2] }) { _ in } == "7.2/6 owner")
        #expect(try verdict(stored: { $0.userHandle = [2] }) { _ in } == "7.2/6 owner")
        #expect(try verdict { $0.userHandle = [2] } == "7.2/6 owner")
        #expect(try verdict { $0.userHandle = [1, 0] } == "7.2/6 owner")
        #expect(try verdict { $0.userHandle = nil } == nil)
        #expect(try verdict { $0.userHandle = [] } == nil)
        #expect(try verdict(expecting: { $0.userHandle = nil }) { $0.userHandle = nil } == "7.2/6 owner")
        #expect(try verdict(expecting: { $0.userHandle = nil }) { $0.userHandle = [] } == "7.2/6 owner")
        #expect(try verdict(expecting: { $0.userHandle = nil }) { _ in } == nil)
        #expect(try verdict(expecting: { $0.allowedCredentials = [[9]] }) { _ in } == "7.2/5 allowedCredential")
        #expect(try verdict(stored: { $0.id = [9] }) { _ in } == "7.2/6 credentialID")
        #expect(try verdict(stored: { $0.signCount = 7 }) { _ in } == "7.2/22 counter")
        #expect(try verdict(stored: { $0.signCount = .max }) { _ in } == "7.2/22 counter")
        #expect(try verdict(stored: { $0.backupEligible = true }) { _ in } == "7.2/19 backupEligibility")
    }
}

@Suite("A hostile origin or challenge") struct HostileClientDataTests {
    // As many on a line as fit.
    // swift-format-ignore
    static let origins = [
        "http://example.org", "https://example.org.", "https://example.org:443", "https://example.org:8443", "https://example.org/",
        "HTTPS://example.org", "https://Example.org", "https://example.org@evil.example", "https://user@example.org", "https://evil.example",
        "https://evil.example.org", "https://example.org.evil.example", "https://example.or", "https://example.org#", "https://example.org?",
        " https://example.org", "https://example.org ", "https://example.org\\u0000", "https://example.org\\n", "example.org", "null", "", "*",
        "https://*.example.org", "https://xn--example.org", "https://ex\u{430}mple.org", "https://example\u{3002}org", "https://example.org\u{301}",
        "https:/example.org", "https:\\\\example.org", "file://", "android:apk-key-hash:AAAA", "https://127.0.0.1", "https://[::1]",
    ]

    @Test("is refused unless it is ours byte for byte", arguments: origins)
    func origin(_ origin: String) throws {
        var authenticator = SoftAuthenticator()
        authenticator.origin = origin
        let response = try authenticator.register()
        let verdict = code { try RegisteredCredential(verifying: response, against: SoftAuthenticator().expectations) }
        #expect(verdict == "7.1/9 origin")
    }

    @Test("is refused where the challenge is written in another way, or is part of ours")
    func challenge() throws {
        let ours = base64URLText(SoftAuthenticator().challenge)
        let others = [
            ours + "=", ours + "==", ours.lowercased(), String(ours.dropLast()), ours + "A", " " + ours, "",
            ours.replacing("-", with: "+").replacing("_", with: "/"),
            // The last digit has two bits that mean nothing.
            String(ours.dropLast()) + "9",
        ]
        for text in others where text != ours {
            let authenticator = SoftAuthenticator()
            let client = #"{"type":"webauthn.create","challenge":"\#(text)","origin":"https://example.org"}"#
            var response = try authenticator.register()
            response.clientDataJSON = Array(client.utf8)
            #expect(
                code { try RegisteredCredential(verifying: response, against: authenticator.expectations) }
                    == "7.1/8 challenge", "\(text)")
        }
    }

    // One text a line.
    // swift-format-ignore
    static let texts: [String] = [
        #"["webauthn.create"]"#,
        #"null"#,
        #""#,
        #"{"type":"webauthn.create","challenge":"C","origin":"https://example.org"} {}"#,
        #"{"type":"webauthn.create","challenge":"C","origin":"https://example.org",}"#,
        #"{'type':'webauthn.create','challenge':'C','origin':'https://example.org'}"#,
        #"{"type":"webauthn.create","challenge":"C","origin":["https://example.org"]}"#,
        #"{"type":"webauthn.create","challenge":"C","origin":null}"#,
        #"{"type":"webauthn.create","challenge":["C"],"origin":"https://example.org"}"#,
        #"{"type":["webauthn.create"],"challenge":"C","origin":"https://example.org"}"#,
        #"{"type":"webauthn.create","challenge":"C","origin":"https://example.org","crossOrigin":1}"#,
        #"{"type":"webauthn.create","challenge":"C","origin":"https://example.org","crossOrigin":"true"}"#,
        #"{"type":"webauthn.create","challenge":"C","origin":"https://example.org","topOrigin":[]}"#,
        #"{"type":"webauthn.create","challenge":"C","origin":"https://example.org","origin":"https://example.org"}"#,
        #"{"type":"webauthn.create","challenge":"C","origin":"https://example.org","\u006frigin":"https://example.org"}"#,
        #"{"type":"webauthn.create","challenge":"C","origin":"https://example.org","x":"\ud800"}"#,
        #"{"type":"webauthn.create","challenge":"C","origin":"https://example.org","x":01}"#,
        #"{"type":"webauthn.create","challenge":"C","origin":"https://example.org","x":NaN}"#,
        #"{"type":"webauthn.create","challenge":"C","origin":"https://example.org"}/**/"#,
        #"{"challenge":"C","origin":"https://example.org"}"#,
        #"{"type":"webauthn.create","origin":"https://example.org"}"#,
        #"{"type":"webauthn.create","challenge":"C"}"#,
    ]

    @Test("is refused with client data that one reader could understand in another way", arguments: texts)
    func json(_ text: String) throws {
        let authenticator = SoftAuthenticator()
        var response = try authenticator.register()
        let challenge = base64URLText(authenticator.challenge)
        response.clientDataJSON = Array(text.replacing(#""C""#, with: #""\#(challenge)""#).utf8)
        let verdict = code { try RegisteredCredential(verifying: response, against: authenticator.expectations) }
        #expect(verdict == "7.1/6 clientData")
    }

    @Test("is refused with bytes that are no UTF-8")
    func utf8() throws {
        let authenticator = SoftAuthenticator()
        for bytes in [[0xff], [0xc0, 0xaf], [0xed, 0xa0, 0x80], [0xf4, 0x90, 0x80, 0x80]] as [[UInt8]] {
            var response = try authenticator.register()
            response.clientDataJSON =
                response.clientDataJSON.dropLast() + Array(#","x":""#.utf8) + bytes + Array(#""}"#.utf8)
            #expect(
                code { try RegisteredCredential(verifying: response, against: authenticator.expectations) }
                    == "7.1/6 clientData")
        }
    }
}

@Suite("A hostile registration") struct HostileRegistrationTests {
    /// Attestation objects made of the right parts in a wrong way.
    @Test("is refused where its object is not one plain map")
    func object() throws {
        let authenticator = SoftAuthenticator()
        let data = CBOR.bytes(authenticator.authenticatorData(withCredential: true)).encoded
        let (fmt, none) = (CBOR.text("fmt").encoded, CBOR.text("none").encoded)
        let (stmt, auth) = (CBOR.text("attStmt").encoded, CBOR.text("authData").encoded)
        let good = [0xa3] + fmt + none + stmt + [0xa0] + auth + data
        // The columns are the point.
        // swift-format-ignore
        let bent: [(what: String, bytes: [UInt8])] = [
            ("a format twice",        [0xa4] + fmt + none + fmt + none + stmt + [0xa0] + auth + data),
            ("data twice",            [0xa4] + fmt + none + stmt + [0xa0] + auth + data + auth + data),
            ("an indefinite map",     [0xbf] + good.dropFirst() + [0xff]),
            ("a long count",          [0xb8, 3] + good.dropFirst()),
            ("a long text",           [0xa3, 0x78, 3] + Array("fmt".utf8) + none + stmt + [0xa0] + auth + data),
            ("a chunked text",        [0xa3] + fmt + [0x7f] + none + [0xff] + stmt + [0xa0] + auth + data),
            ("a tag",                 [0xd9, 0xd9, 0xf7] + good),
            ("an array",              [0x83] + good.dropFirst()),
            ("too high a count",      [0xa4] + good.dropFirst()),
            ("a huge count",          [0xbb, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff]),
            ("a huge text",           [0xa3] + fmt + [0x7b, 0x7f, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff]),
            ("two of them",           good + good),
            ("a byte behind it",      good + [0]),
            ("bytes for the format",  [0xa3] + fmt + CBOR.bytes(Array("none".utf8)).encoded + stmt + [0xa0] + auth + data),
            ("a text for the data",   [0xa3] + fmt + none + stmt + [0xa0] + auth + CBOR.text("data").encoded),
            ("a float",               [0xa4] + good.dropFirst() + CBOR.text("x").encoded + [0xf9, 0, 0]),
            ("an undefined value",    [0xa4] + good.dropFirst() + CBOR.text("x").encoded + [0xf7]),
            ("one nested too deep",   [0xa4] + good.dropFirst() + CBOR.text("x").encoded + Array(repeating: 0x81, count: 5_000) + [0]),
            ("nothing",               []),
        ]
        var response = try authenticator.register()
        response.attestationObject = good
        #expect(code { try RegisteredCredential(verifying: response, against: authenticator.expectations) } == nil)
        for (what, bytes) in bent {
            response.attestationObject = bytes
            #expect(
                code { try RegisteredCredential(verifying: response, against: authenticator.expectations) }
                    == "7.1/13 attestationObject", "\(what)")
        }
    }

    @Test("is refused with a credential key that is weak, private or not where it says it is")
    func keys() throws {
        let point = Array(P256.Signing.PrivateKey().publicKey.rawRepresentation)
        let (x, y) = (CBOR.bytes(Array(point[..<32])), CBOR.bytes(Array(point[32...])))
        func ec(_ changes: [Int: CBOR]) -> CBOR {
            let members: [CBOR: CBOR] = [
                .integer(1): .integer(2), .integer(3): .integer(-7), .integer(-1): .integer(1), .integer(-2): x,
                .integer(-3): y,
            ]
            return .map(changes.reduce(into: members) { $0[.integer($1.key)] = $1.value })
        }
        func rsa(_ modulus: [UInt8], _ exponent: [UInt8]) -> CBOR {
            .map([
                .integer(1): .integer(3), .integer(3): .integer(-257), .integer(-1): .bytes(modulus),
                .integer(-2): .bytes(exponent),
            ])
        }
        let modulus = [0xff] + [UInt8](repeating: 0x5a, count: 254) + [1]
        func edwards(_ x: [UInt8]) -> CBOR {
            .map([
                .integer(1): .integer(1), .integer(3): .integer(-8), .integer(-1): .integer(6), .integer(-2): .bytes(x),
            ])
        }
        func lattice(_ algorithm: Int, _ bytes: Int) -> CBOR {
            .map([
                .integer(1): .integer(7), .integer(3): .integer(algorithm),
                .integer(-1): .bytes([UInt8](repeating: 0, count: bytes)),
            ])
        }
        // The columns are the point.
        // swift-format-ignore
        let keys: [(what: String, key: CBOR, code: String)] = [
            ("a private scalar",       ec([-4: .bytes([1])]),                    "7.1/13 authenticatorData"),
            ("a key id",               ec([2: .bytes([1])]),                     "7.1/13 authenticatorData"),
            ("key operations",         ec([4: .array([.integer(2)])]),           "7.1/13 authenticatorData"),
            ("another curve",          ec([-1: .integer(2)]),                    "7.1/13 authenticatorData"),
            ("secp256k1",              ec([-1: .integer(8)]),                    "7.1/13 authenticatorData"),
            ("ES256K",                 ec([3: .integer(-47), -1: .integer(8)]),  "7.1/20 algorithm"),
            ("ESP256",                 ec([3: .integer(-9)]),                    "7.1/20 algorithm"),
            ("HMAC",                   ec([3: .integer(5)]),                     "7.1/20 algorithm"),
            ("coordinates swapped",    ec([-2: y, -3: x]),                       "7.1/13 authenticatorData"),
            ("a zero point",           ec([-2: .bytes(Array(repeating: 0, count: 32)), -3: .bytes(Array(repeating: 0, count: 32))]), "7.1/13 authenticatorData"),
            ("x above the field",      ec([-2: .bytes(Array(repeating: 0xff, count: 32))]), "7.1/13 authenticatorData"),
            ("a sign for y",           ec([-3: .boolean(false)]),                "7.1/13 authenticatorData"),
            ("an exponent of one",     rsa(modulus, [1]),                        "7.1/13 authenticatorData"),
            ("an exponent of three",   rsa(modulus, [3]),                        "7.1/13 authenticatorData"),
            ("an even exponent",       rsa(modulus, [1, 0, 0]),                  "7.1/13 authenticatorData"),
            ("a huge exponent",        rsa(modulus, modulus),                    "7.1/13 authenticatorData"),
            ("1024 bits",              rsa(Array(modulus.suffix(127)) , [1, 0, 1]), "7.1/13 authenticatorData"),
            ("an even modulus",        rsa(modulus.dropLast() + [2], [1, 0, 1]), "7.1/13 authenticatorData"),
            ("a padded modulus",       rsa([0] + modulus, [1, 0, 1]),            "7.1/13 authenticatorData"),
            ("65536 bits",             rsa([UInt8](repeating: 0xff, count: 8_192), [1, 0, 1]), "7.1/13 authenticatorData"),
            ("Ed25519's neutral point", edwards([1] + [UInt8](repeating: 0, count: 31)), "7.1/13 authenticatorData"),
            ("zero",                   edwards([UInt8](repeating: 0, count: 32)), "7.1/13 authenticatorData"),
            ("order eight",            edwards(hex("26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05")), "7.1/13 authenticatorData"),
            ("y above the field",      edwards([UInt8](repeating: 0xff, count: 31) + [0x7f]), "7.1/13 authenticatorData"),
            ("31 bytes",               edwards([UInt8](repeating: 9, count: 31)), "7.1/13 authenticatorData"),
            ("a short ML-DSA-65 key",  lattice(-49, 1_951),                      "7.1/13 authenticatorData"),
            ("an ML-DSA-65 key for 87", lattice(-50, 1_952),                     "7.1/13 authenticatorData"),
            ("ML-DSA-44",              lattice(-48, 1_312),                      "7.1/20 algorithm"),
        ]
        for (what, key, expected) in keys {
            var authenticator = SoftAuthenticator()
            authenticator.coseKey = key
            let response = try authenticator.register()
            let verdict = code { try RegisteredCredential(verifying: response, against: authenticator.expectations) }
            #expect(verdict == expected, "\(what)")
        }
    }

    @Test("is refused where its id is another than the response's, or the algorithm was not offered")
    func identity() throws {
        let authenticator = SoftAuthenticator()
        var response = try authenticator.register()
        response.credentialID.append(0)
        #expect(
            code { try RegisteredCredential(verifying: response, against: authenticator.expectations) }
                == "7.1/25 credentialID")
        response = try authenticator.register()
        var expectations = authenticator.expectations
        expectations.algorithms = Algorithm.allCases.filter { $0 != .es256 }
        #expect(
            code { try RegisteredCredential(verifying: response, against: expectations) } == "7.1/20 algorithm")
    }
}
