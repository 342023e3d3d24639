import Accounts
import Letters
import PackagingFormats
import Testing
import UTC

@Suite("A mail that could not be sent") struct MailRetryTests {
    static let now = Timestamp(seconds: 1_000_000)
    static let minute = 60
    static let hour = 3_600

    // The columns are the point.
    // swift-format-ignore
    static let table: [(attempts: Int, isPermanent: Bool, secondsLater: Int?)] = [
        (1,  false, 1 * minute),
        (2,  false, 5 * minute),
        (3,  false, 30 * minute),
        (4,  false, 2 * hour),
        (5,  false, 6 * hour),
        (6,  false, 6 * hour),
        (15, false, 6 * hour),
        (16, false, nil),
        (17, false, nil),
        (1,  true,  nil),
        (5,  true,  nil),
    ]

    @Test("is tried again later and later, and given up in the end or when that cannot help", arguments: table)
    func fate(attempts: Int, isPermanent: Bool, secondsLater: Int?) {
        let next = MailRetryRule.next(
            after: MailFailure(reason: "no", isPermanent: isPermanent), attempts: attempts, at: Self.now)
        #expect(next == secondsLater.map { Self.now + .seconds($0) })
    }

    @Test("is given up after about three days")
    func threeDays() {
        var moment = Self.now
        var attempts = 1
        let failure = MailFailure(reason: "no", isPermanent: false)
        while let next = MailRetryRule.next(after: failure, attempts: attempts, at: moment) {
            (moment, attempts) = (next, attempts + 1)
        }
        #expect((.hours(60) ... .hours(72)).contains(moment.since(Self.now)))
    }

    @Test("is logged without what the server said, which may name people")
    func loggable() {
        let answered = MailFailure(reason: "550 no such user ada@example.org", code: 550, isPermanent: true)
        #expect(answered.loggable == "the mail server answered 550")
        #expect(MailFailure(reason: "connection refused", isPermanent: false).loggable == "connection refused")
    }
}

@Suite("A letter") struct LetterTests {
    @Test("A letter says who answers questions, where somebody does")
    func contact() throws {
        let letter = Letter(subject: "s", name: "ada", paragraphs: ["p"], reason: "r")
        let address = try EmailAddress(parsing: "ada@example.org")
        for contact in ["help@example.org", nil] {
            let head = LetterHead(baseURL: "https://packages.example.org", contact: contact)
            let mail = letter.rendered(to: address, from: head)
            for part in [mail.text, mail.html] {
                #expect(
                    part.contains("Questions? Ask the people who run this index: help@example.org") == (contact != nil))
            }
        }
    }

    @Test("A letter speaks of the index by its name, where it has one, and never of another")
    func named() throws {
        let letter = Letter.invitation(by: "root", link: MailedLink(path: "/account/register/x/", secretHash: [1]))
        let address = try EmailAddress(parsing: "ada@example.org")
        let named = letter.rendered(
            to: address, from: LetterHead(baseURL: "https://packages.example.org", indexName: "Acme <packages>"))
        #expect(named.subject == "root invites you to Acme <packages>")
        #expect(named.text.contains("make an account at Acme <packages>,") && named.text.contains("Sent by Acme <pack"))
        #expect(named.html.contains("make an account at Acme &lt;packages&gt;,"))
        let nameless = letter.rendered(to: address, from: LetterHead(baseURL: "https://packages.example.org"))
        #expect(nameless.subject == "root invites you to this package index")
        #expect(nameless.text.contains("make an account at this package index,"))
    }

    let head = LetterHead(baseURL: "https://packages.example.org")

    func rendered(_ edit: (inout Letter) -> Void = { _ in }) throws -> OutgoingMail {
        var letter = Letter(
            subject: "A security key was added", name: "ada",
            paragraphs: ["A security key was added to your account. From now on you can sign in with it."],
            facts: [Letter.Fact("Key", "YubiKey 5C"), Letter.Fact("When", "22 Nov 2026, 14:05 UTC")],
            link: Letter.Link("See your keys", path: "/manage/account/?a=1&b=2"),
            afterLink: ["If it was not you, change your password."],
            reason: "This address belongs to the account ada.")
        edit(&letter)
        return letter.rendered(to: try EmailAddress(parsing: "ada@example.org"), from: head)
    }

    @Test("is plain text that a person would write")
    func text() throws {
        let mail = try rendered()
        #expect(mail.subject == "A security key was added")
        #expect(
            mail.text == """
                Hello ada,

                A security key was added to your account. From now on you can sign in
                with it.

                    Key: YubiKey 5C
                    When: 22 Nov 2026, 14:05 UTC

                See your keys:

                https://packages.example.org/manage/account/?a=1&b=2

                If it was not you, change your password.

                --\u{20}
                This address belongs to the account ada.
                Sent by packages.example.org,
                https://packages.example.org/

                """)
    }

    @Test("is HTML with the same words, a button, and nothing that is fetched")
    func html() throws {
        let html = try rendered().html
        for words in ["Hello ada,", "YubiKey 5C", "If it was not you", "This address belongs", "packages.example.org"] {
            #expect(html.contains(words))
        }
        #expect(html.contains("href=\"https://packages.example.org/manage/account/?a=1&amp;b=2\""))
        // Where a button leads, and who writes, is to be read.
        #expect(html.contains(">https://packages.example.org/manage/account/?a=1&amp;b=2</a>"))
        #expect(html.contains(">https://packages.example.org/</a>"))
        for fetched in ["<img", "<link", "<script", "src=", "url(", "@import"] { #expect(!html.contains(fetched)) }
        #expect(html.contains("prefers-color-scheme: dark"))
    }

    @Test("greets nobody by name where there is none, and has no button without a link")
    func bare() throws {
        let mail = try rendered { letter in
            (letter.name, letter.link, letter.facts, letter.afterLink) = (nil, nil, [], [])
        }
        #expect(mail.text.hasPrefix("Hello,\n\nA security key"))
        #expect(!mail.html.contains("class=\"button\"") && !mail.html.contains("<table"))
    }

    @Test(
        "is not rearranged by what strangers chose",
        arguments: [
            ("</p><script>alert(1)</script>", "&lt;/p&gt;&lt;script&gt;alert(1)&lt;/script&gt;"),
            ("\" onclick=\"x\"\u{301}", "&quot; onclick=&quot;x&quot;\u{301}"),
            ("a\r\nb\u{0}c", "a  b c"), ("a\u{202E}b", "a\u{FFFD}b"), ("tom & 'jerry'", "tom &amp; &#39;jerry&#39;"),
        ])
    func escaping(text: String, html: String) throws {
        let mail = try rendered { letter in
            letter.name = text
            letter.paragraphs = [text]
            letter.facts = [Letter.Fact(text, text)]
            letter.link = Letter.Link(text, path: "/\(text)")
            letter.afterLink = [text]
            letter.reason = text
        }
        #expect(mail.html.components(of: html) >= 7)
        #expect(!mail.html.contains("<script>") && !mail.html.contains("onclick=\"x"))
    }

    @Test("has one line for a subject, whatever was put into it")
    func subject() throws {
        let mail = try rendered { $0.subject = "Hello\r\nBcc: eve@example.org" }
        #expect(mail.subject == "Hello  Bcc: eve@example.org")
    }

    @Test("keeps its lines short, and addresses whole")
    func wrapping() throws {
        let word = String(repeating: "x", count: 100)
        let mail = try rendered { letter in
            letter.paragraphs = [Array(repeating: "word", count: 100).joined(separator: " "), "before \(word) after"]
            letter.link = Letter.Link("Go", path: "/\(word)")
        }
        let lines = mail.text.split(separator: "\n")
        #expect(lines.allSatisfy { $0.count <= 72 || $0.contains(word) })
        #expect(lines.contains("https://packages.example.org/\(word)"))
    }
}

@Suite("A mail's subject") struct SubjectTests {
    @Test(
        "is refused when it could bring a header field",
        arguments: ["a\nb", "a\r\nBcc: x", "a\u{0}", "a\u{2028}b", "\u{85}"])
    func refused(subject: String) throws {
        let address = try EmailAddress(parsing: "ada@example.org")
        #expect(throws: InvalidMailLine.self) {
            try OutgoingMail(to: address, subject: subject, text: "", html: "")
        }
    }
}

extension String {
    /// How often it holds another.
    fileprivate func components(of part: String) -> Int { ranges(of: part).count }

    @Test("One letter tells of all projects that an import gives somebody, and names as many as one can read")
    func gathered() throws {
        let ada = try Username(parsing: "ada")
        var projects = GatheredProjects()
        projects.add(try ProjectName(parsing: "Demo"))
        #expect(projects.letter(to: ada).subject == "You are now owner of the project Demo")
        for number in 1...1_500 { projects.add(try ProjectName(parsing: "p\(number)")) }
        let letter = projects.letter(to: ada)
        #expect(letter.subject == "You are now owner of 1,501 projects")
        #expect(
            letter.paragraphs[0].contains("Demo, p1, p2") && letter.paragraphs[0].hasSuffix("p499, and 1,001 more."))
        #expect(letter.gathered == projects)
    }
}
