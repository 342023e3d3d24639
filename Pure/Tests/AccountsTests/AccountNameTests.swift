import Accounts
import PackagingFormats
import Testing
import UTC

@Suite("Names and addresses of accounts") struct AccountNameTests {
    @Test(
        "A name is letters, digits and some signs between",
        arguments: ["a", "Ada.L-1_x", String(repeating: "a", count: 50)])
    func valid(text: String) throws { #expect(try Username(parsing: text).display == text) }

    @Test(
        "Anything else is refused",
        arguments: ["", "-a", "a-", ".", "a b", "ä", "a/b", "a\n", String(repeating: "a", count: 51)])
    func invalid(text: String) { #expect(throws: InvalidUsername.self) { try Username(parsing: text) } }

    @Test("Case does not tell two accounts apart")
    func caseFolds() throws { #expect(try Username(parsing: "Ada") == Username(parsing: "aDA")) }

    @Test(
        "An address looks like one",
        arguments: [
            "a@b.org", "first.last+tag@mail.example.org", "ü@example.org", "\(String(repeating: "a", count: 64))@b.org",
            "a@\(String(repeating: "b.", count: 126))org",
        ])
    func address(text: String) throws { #expect(try EmailAddress(parsing: text).text == text) }

    @Test(
        "What a mail server would not take is refused",
        arguments: [
            "", "a", "@b.org", "a@", "a@b", "a b@c.org", "a@b..org", "a@-b.org", "a..b@c.org", "a@b.org\n", "a@b@c.org",
            "a@b.org@c.org", "\(String(repeating: "a", count: 65))@b.org",
            "a@\(String(repeating: "b.", count: 127))org",
            "a\u{7F}@b.org", "a\tb@c.org", "\"a\"@b.org", ".a@b.org", "a.@b.org", "a@b-.org", "a@b.org.", "a@localhost",
        ])
    func notAnAddress(text: String) { #expect(throws: InvalidEmailAddress.self) { try EmailAddress(parsing: text) } }
}
