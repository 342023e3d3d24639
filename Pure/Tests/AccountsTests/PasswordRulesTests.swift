import Accounts
import Primitives
import Testing

@Suite("The rules for passwords") struct PasswordRulesTests {
    // The columns are the point.
    // swift-format-ignore
    static let table: [(characters: Int, bytes: Int, score: Int, breached: Bool, refusal: PasswordRefusal?)] = [
        (7,    7,     4, false, .length(8...1024)),
        (8,    8,     2, false, nil),
        (1024, 4096,  2, false, nil),
        (1025, 1025,  4, false, .length(8...1024)),
        (20,   4097,  4, false, .length(8...1024)),
        (8,    8,     1, false, .weak),
        (8,    8,     0, false, .weak),
        (8,    8,     4, true,  .breached),
        (8,    8,     0, true,  .breached),
        (7,    7,     0, true,  .length(8...1024)),
    ]

    @Test("are about its length, its strength and the breached lists", arguments: table)
    func rules(characters: Int, bytes: Int, score: Int, breached: Bool, expected: PasswordRefusal?) {
        let facts = PasswordFacts(characters: characters, bytes: bytes, score: score, isBreached: breached)
        do {
            try PasswordRules().check(facts)
            #expect(expected == nil)
        } catch {
            #expect(error == expected)
            #expect(error.kind == .invalid && error.code.hasPrefix("account.password-"))
            #expect(error.explanation.contains("Choose"))
        }
    }
}
