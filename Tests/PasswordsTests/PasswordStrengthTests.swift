import Accounts
import Passwords
import Testing

@Suite("The strength of a password") struct PasswordStrengthTests {
    // The columns are the point. The scores are those of zxcvbn 4.5 for Python, but for the last two rows.
    // swift-format-ignore
    static let table: [(password: String, score: Int)] = [
        ("password",                     0),
        ("12345678",                     0),
        ("aaaaaaaaaaaa",                 0),
        ("letmein1",                     0),
        ("iloveyou2",                    1),
        ("monkeybusiness",               1),
        ("kitten42",                     1),
        ("Tr0ub4dour&3",                 3),
        ("blue sky",                     2),
        ("zebra-lamp",                   3),
        ("correct horse battery staple", 4),
        ("",                             0),
        ("P@ssw0rd!",                    0),
    ]

    @Test("is what zxcvbn says", arguments: table)
    func scores(password: String, score: Int) {
        #expect(PasswordStrength(of: password).score == score)
    }

    @Test(
        "is less for anyone who knows the account",
        arguments: ["adalovelace", "Ada-Lovelace1", "AdaLovel4ce", "ecalevolada"])
    func known(password: String) {
        let words = ["ada", "ada.lovelace@example.org"]
        #expect(PasswordStrength(of: password, knowing: words).bits < PasswordStrength(of: password).bits - 8)
    }

    @Test("looks at the first hundred bytes, and takes its time for no more")
    func long() {
        let words = [String(repeating: "word", count: 20)]
        // A word of ours across the hundredth byte, which the library would follow out of its memory.
        for count in [99, 100, 101, 5_000] {
            let password = String(repeating: "wordy", count: 1_000).prefix(count)
            #expect(PasswordStrength(of: String(password), knowing: words).bits.isFinite)
        }
        let clock = ContinuousClock()
        let time = clock.measure { _ = PasswordStrength(of: String(repeating: "a", count: 1_000_000)) }
        #expect(time < .milliseconds(500))
    }

    @Test("is measured of any text", arguments: ["\u{0}", "a\u{0}b", "ä", "🧀🧀🧀🧀🧀🧀🧀🧀", "\u{7f}\u{80}", " "])
    func strange(password: String) {
        let strength = PasswordStrength(of: password, knowing: ["", "a", "\u{0}bc", "🧀🧀🧀"])
        #expect((0...4).contains(strength.score) && strength.bits >= 0)
    }

    @Test("is the same on many threads at once")
    func threads() async {
        let passwords = Self.table.map(\.password)
        let alone = passwords.map { PasswordStrength(of: $0, knowing: ["kitten"]).bits }
        await withTaskGroup(of: [Double].self) { group in
            for _ in 0..<16 {
                group.addTask { passwords.map { PasswordStrength(of: $0, knowing: ["kitten"]).bits } }
            }
            for await bits in group { #expect(bits == alone) }
        }
    }

    @Test("decides with the account's words whether it is taken")
    func rules() throws {
        func refusal(_ password: String) throws -> PasswordRefusal? {
            do {
                try PasswordRules().check(password, name: "ada", addresses: ["lovelace@example.org"], breached: nil)
                return nil
            } catch let refusal as PasswordRefusal {
                return refusal
            }
        }
        #expect(try refusal("short") == .length(8...1024))
        #expect(try refusal(String(repeating: "x", count: 1_025)) == .length(8...1024))
        // One character of a thousand bytes, eight times.
        #expect(
            try refusal(String(repeating: "e" + String(repeating: "\u{301}", count: 500), count: 8))
                == .length(8...1024))
        #expect(try refusal("password1") == .weak)
        #expect(try refusal("lovelace") == .weak)
        #expect(try refusal("zebra-lamp") == nil)
    }
}
