import Accounts
import Journal
import Letters
import PackagingFormats
import Testing
import UTC

@Suite("What an account's holder is told") struct SecurityEventTests {
    // swift-format-ignore: the columns are the point
    static let browsers: [(String, String)] = [
        ("Mozilla/5.0 (X11; Linux x86_64; rv:130.0) Gecko/20100101 Firefox/130.0", "Firefox on Linux"),
        (
            "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/129.0.0.0 Safari/537.36",
            "Chrome on Windows"
        ),
        (
            "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/129.0.0.0 Safari/537.36 Edg/129.0",
            "Edge on Windows"
        ),
        (
            "Mozilla/5.0 (Macintosh; Intel Mac OS X 14_6) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.6 Safari/605.1.15",
            "Safari on a Mac"
        ),
        (
            "Mozilla/5.0 (iPhone; CPU iPhone OS 17_6 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.6 Mobile/15E148 Safari/604.1",
            "Safari on an iPhone"
        ),
        (
            "Mozilla/5.0 (iPhone; CPU iPhone OS 17_6 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) CriOS/129.0 Mobile/15E148 Safari/604.1",
            "Chrome on an iPhone"
        ),
        (
            "Mozilla/5.0 (Linux; Android 14) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/129.0.0.0 Mobile Safari/537.36",
            "Chrome on Android"
        ),
        ("curl/8.5.0", "curl"),
        ("SomethingElse/1.0", "SomethingElse/1.0"),
        ("", "Unknown browser"),
    ]

    @Test("A browser is called as people call it", arguments: browsers)
    func words(client: String, words: String) {
        #expect(RequestOrigin(client: client).clientWords == words)
    }

    @Test("Only ASCII letters are folded")
    func folding() throws {
        #expect(try EmailAddress(parsing: "ADA.Lovelace@Example.ORG").normalized == "ada.lovelace@example.org")
        #expect("\u{212A}\u{130}\u{C4}".asciiLowercased == "\u{212A}\u{130}\u{C4}")
    }

    @Test(
        "Every event has a sentence, and a letter exactly when somebody is to hear of it",
        arguments: SecurityEvent.Kind.allCases)
    func letters(kind: SecurityEvent.Kind) throws {
        let ada = try Username(parsing: "ada")
        let event = SecurityEvent(kind, ["label": "Blue", "by": "bob", "until": "2026-01-01", "left": "9"])
        #expect(!event.sentence.isEmpty)
        let origin = RequestOrigin(address: "192.0.2.1", client: "Firefox")
        let letter = event.letter(to: ada, from: origin, at: Timestamp(seconds: 0))
        #expect((letter != nil) == (kind.audience != .nobody))
        #expect((event.letter(toCoOwner: ada, of: ada) != nil) == (kind.audience == .accountAndCoOwners))
        if let letter {
            #expect(letter.subject != "Your account" && letter.facts.contains { $0.value == "192.0.2.1" })
        }
    }
}
