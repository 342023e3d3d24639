import Testing
import UTC
import VectorSupport

@testable import OneTimeCodes

/// The secret that other programs were asked for codes of.
private let secretBytes: [UInt8] = [
    0x00, 0x11, 0x22, 0x33, 0x44, 0x55, 0x66, 0x77, 0x88, 0x99, 0xaa, 0xbb, 0xcc, 0xdd, 0xee, 0xff, 0x01, 0x23, 0x45,
    0x67,
]

@Suite("One-time codes", .enabled(if: Vectors.arePresent, "no ../shared/vectors beside the project"))
struct OneTimeCodeVectorTests {
    struct Examples: Decodable {
        struct HOTP: Decodable {
            let secret_hex: String
            let digits: Int
            let values: [String]
        }
        struct TOTP: Decodable {
            struct Row: Decodable {
                let time: Int64
                let counter_hex, algorithm, totp: String
            }
            let step: Int64, digits: Int, t0: Int64
            let secrets_hex, secrets_base32: [String: String]
            let rows: [Row]
        }
        let hotp: HOTP
        let totp: TOTP
    }

    private func examples() throws -> Examples {
        try Vectors.decode(Examples.self, from: "otp/otp_rfc4226_rfc6238.json")
    }

    @Test("are those of RFC 4226, appendix D")
    func hotp() throws {
        let hotp = try examples().hotp
        let format = OneTimeCode(digits: hotp.digits)
        #expect(hotp.values.count == 10)
        for (counter, value) in hotp.values.enumerated() {
            #expect(format.text(secret: bytes(hotp.secret_hex), counter: UInt64(counter)) == value)
        }
    }

    @Test("are those of RFC 6238, appendix B, with each of its hashes")
    func totp() throws {
        let totp = try examples().totp
        #expect(totp.rows.count == 18 && totp.t0 == 0 && totp.step == TOTPSecret.period)
        for row in totp.rows {
            let algorithm = try #require(
                ["SHA1": CodeAlgorithm.sha1, "SHA256": .sha256, "SHA512": .sha512][row.algorithm])
            let counter = UInt64(Timestamp(seconds: row.time).seconds / totp.step)
            #expect(counter == UInt64(row.counter_hex, radix: 16))
            let secret = bytes(try #require(totp.secrets_hex[row.algorithm]))
            #expect(
                OneTimeCode(digits: totp.digits, algorithm: algorithm).text(secret: secret, counter: counter)
                    == row.totp)
        }
    }

    @Test("have the secrets that apps are given in base32")
    func base32() throws {
        let totp = try examples().totp
        for (algorithm, text) in totp.secrets_base32 {
            let secret = bytes(try #require(totp.secrets_hex[algorithm]))
            #expect(Base32.rfc4648.encode(secret) == text)
            #expect(Base32.rfc4648.decode(text) == secret)
        }
    }

    @Test("of RFC 6238 are accepted at their time by their last six digits")
    func verified() throws {
        let totp = try examples().totp
        let seed = try #require(totp.secrets_hex["SHA1"])
        let secret = try #require(TOTPSecret(bytes: bytes(seed)))
        for row in totp.rows where row.algorithm == "SHA1" {
            let counter = try secret.verify(String(row.totp.suffix(6)), at: Timestamp(seconds: row.time), after: nil)
            #expect(counter == Int64(row.counter_hex, radix: 16))
        }
    }

    private func bytes(_ hex: String) -> [UInt8] {
        stride(from: 0, to: hex.utf8.count, by: 2).compactMap { UInt8(hex.dropFirst($0).prefix(2), radix: 16) }
    }
}

@Suite("An authenticator app's code") struct TOTPTests {
    let secret: TOTPSecret
    /// 2026-11-22T14:00:07Z, seven seconds into its period.
    static let now = Timestamp(seconds: 1_795_356_007)
    static let counter: Int64 = 59_845_200

    init() throws { secret = try #require(TOTPSecret(bytes: secretBytes)) }

    private func code(_ steps: Int64) -> String {
        OneTimeCode().text(secret: secretBytes, counter: UInt64(Self.counter + steps))
    }

    private func verdict(
        _ code: String, at now: Timestamp = now, after last: Int64? = nil
    ) -> Result<Int64, CodeRefusal> {
        do { return .success(try secret.verify(code, at: now, after: last)) } catch { return .failure(error) }
    }

    // What they print for this secret at these times; both of them the same.
    @Test(
        "is the one that oathtool 2.6.7 and pyotp 2 show",
        arguments: [
            (59, "994005"), (1_795_356_007, "316245"), (1_795_356_037, "550751"), (1_795_356_067, "135851"),
            (1_795_356_097, "132585"), (2_000_000_000, "033649"), (2_000_000_030, "481333"), (2_000_000_060, "601437"),
        ] as [(Int64, String)])
    func agreement(seconds: Int64, code: String) {
        #expect(verdict(code, at: Timestamp(seconds: seconds)) == .success(seconds / 30))
    }

    // The columns are the point: periods from now, the last accepted counter from now, what comes of it.
    // swift-format-ignore
    static let table: [(code: Int64, last: Int64?, verdict: Result<Int64, CodeRefusal>)] = [
        (0,   nil, .success(counter)),
        (-1,  nil, .success(counter - 1)),
        (1,   nil, .success(counter + 1)),
        (0,   -1,  .success(counter)),
        (1,   0,   .success(counter + 1)),
        (-1,  -2,  .success(counter - 1)),
        (0,   0,   .failure(.alreadyUsed)),
        (-1,  0,   .failure(.alreadyUsed)),
        (-1,  -1,  .failure(.alreadyUsed)),
        (1,   1,   .failure(.alreadyUsed)),
        (-5,  -5,  .failure(.alreadyUsed)),
        (-5,  -3,  .failure(.alreadyUsed)),
        (-2,  nil, .failure(.clockBehind(seconds: 60))),
        (-2,  -3,  .failure(.clockBehind(seconds: 60))),
        (-10, nil, .failure(.clockBehind(seconds: 300))),
        (-11, nil, .failure(.wrong)),
        (2,   nil, .failure(.clockAhead(seconds: 60, counter: counter + 2))),
        (0,   5,   .failure(.notAgainYet(seconds: 180))),
        (2,   0,   .failure(.clockAhead(seconds: 60, counter: counter + 2))),
        (10,  nil, .failure(.clockAhead(seconds: 300, counter: counter + 10))),
        (11,  nil, .failure(.wrong)),
    ]

    @Test("passes within one period, once, and tells which clock is off within ten", arguments: table)
    func window(steps: Int64, last: Int64?, expected: Result<Int64, CodeRefusal>) {
        #expect(verdict(code(steps), after: last.map { Self.counter + $0 }) == expected)
    }

    @Test("passes from thirty seconds before its period until thirty seconds after it")
    func edges() {
        let start = Self.counter * 30
        for (offset, passes) in [(-31, false), (-30, true), (0, true), (29, true), (59, true), (60, false)]
            as [(Int64, Bool)]
        {
            let verdict = verdict(code(0), at: Timestamp(seconds: start + offset))
            #expect((verdict == .success(Self.counter)) == passes, "\(offset)")
        }
    }

    @Test("passes only once of all the times that it is typed")
    func replay() throws {
        let accepted = try secret.verify(code(0), at: Self.now, after: nil)
        for seconds: Int64 in [0, 1, 22, 29, 30, 52, 60, 290] {
            #expect(verdict(code(0), at: Self.now + .seconds(seconds), after: accepted) == .failure(.alreadyUsed))
        }
    }

    @Test("that was guessed too early does not pass when its time has come")
    func burnt() throws {
        guard case .failure(let refusal) = verdict(code(4)) else { return #expect(Bool(false), "it passed") }
        let burnt = try #require(refusal.burntCounter)
        #expect(verdict(code(4), at: Self.now + .seconds(120), after: burnt) == .failure(.alreadyUsed))
        #expect(verdict(code(5), at: Self.now + .seconds(120), after: burnt) == .success(Self.counter + 5))
        for refusal in [CodeRefusal.malformed, .wrong, .alreadyUsed, .clockBehind(seconds: 60)] {
            #expect(refusal.burntCounter == nil)
        }
    }

    @Test("that two neighbouring periods share passes once, not once for each")
    func neighbours() throws {
        // One in a million pairs; these were searched for.
        let format = OneTimeCode()
        let counter: UInt64 = 50_208_104
        #expect(format.text(secret: secretBytes, counter: counter + 1) == "963940")
        let code = format.text(secret: secretBytes, counter: counter)
        let now = Timestamp(seconds: Int64(counter) * 30 + 15)
        let accepted = try secret.verify(code, at: now, after: nil)
        #expect(accepted == Int64(counter) + 1)
        #expect(verdict(code, at: now, after: accepted) == .failure(.alreadyUsed))
    }

    @Test("may have spaces and hyphens", arguments: ["316 245", " 316245\n", "316-245", "3 1 6 2 4 5", "316\u{a0}245"])
    func spaces(code: String) { #expect(verdict(code) == .success(Self.counter)) }

    @Test(
        "has six digits",
        arguments: [
            "", " ", "31624", "3162450", "31624x", "+31624", "-316245-1", "0x1f4a", "٣١٦٢٤٥", "316.245", "1e5",
            "316245\u{0}", String(repeating: " ", count: 100) + "316245",
        ])
    func malformed(code: String) { #expect(verdict(code) == .failure(.malformed)) }

    @Test("is judged at any moment that a clock can show", arguments: [Int64.min, -1, 0, 29, 299, .max])
    func moments(microseconds: Int64) {
        // Whether it passes is chance; that it is answered is not.
        _ = verdict("000000", at: Timestamp(microseconds: microseconds), after: .max)
        _ = verdict("000000", at: Timestamp(microseconds: microseconds), after: .min)
    }

    @Test("is refused with words that say what to do")
    func words() {
        #expect(CodeRefusal.clockBehind(seconds: 60).explanation.contains("60 seconds ago"))
        #expect(CodeRefusal.clockBehind(seconds: 300).explanation.contains("5 minutes ago"))
        #expect(CodeRefusal.clockAhead(seconds: 120, counter: 1).explanation.contains("2 minutes ahead"))
        let all = [
            CodeRefusal.malformed, .wrong, .alreadyUsed, .clockBehind(seconds: 60),
            .clockAhead(seconds: 60, counter: 1),
        ]
        #expect(Set(all.map(\.code)).count == all.count)
    }
}

@Suite("The secret of an authenticator app") struct TOTPSecretTests {
    let secret: TOTPSecret

    init() throws { secret = try #require(TOTPSecret(bytes: secretBytes)) }

    @Test("is shown in groups that can be typed")
    func text() {
        #expect(secret.text == "AAIS EM2E KVTH PCEZ VK54 ZXPO 74AS GRLH")
        #expect(Base32.rfc4648.decode(secret.text) == secretBytes)
    }

    // swift-format-ignore
    static let addresses = [
        ("Rind", "ada", "Rind:ada", "Rind"),
        ("Käse & Rinde", "ada@example.org", "K%C3%A4se%20%26%20Rinde:ada%40example.org", "K%C3%A4se%20%26%20Rinde"),
        ("packages.example.org", "a+b?d#e%f", "packages.example.org:a%2Bb%3Fd%23e%25f", "packages.example.org"),
        // No colon but the one between the two.
        ("127.0.0.1:8080", "ada", "127.0.0.1%208080:ada", "127.0.0.1%208080"),
    ]

    @Test("is carried by an address, the same as pyotp makes of it", arguments: addresses)
    func address(issuer: String, account: String, label: String, parameter: String) {
        let uri = secret.uri(issuer: issuer, account: account)
        #expect(uri == "otpauth://totp/\(label)?secret=AAISEM2EKVTHPCEZVK54ZXPO74ASGRLH&issuer=\(parameter)")
    }

    @Test("has twenty bytes", arguments: [0, 10, 19, 21, 32])
    func length(count: Int) { #expect(TOTPSecret(bytes: [UInt8](repeating: 1, count: count)) == nil) }

    @Test("is drawn from the generator, and prints nothing of itself")
    func random() {
        var generator = SplitMix64(seed: 1)
        let (one, other) = (TOTPSecret(using: &generator), TOTPSecret(using: &generator))
        #expect(one.bytes.count == 20 && one.bytes != other.bytes)
        #expect("\(one) \(String(reflecting: one))" == "‹secret› ‹secret›")
    }
}
