import Accounts
import Foundation
import Letters
import Primitives
import Testing
import UTC

@testable import Mail

func message(
    subject: String = "A test", sender: MailSender? = nil, text: String = "Hello.\n", html: String = "<p>Hello.</p>\n"
) throws -> MailMessage {
    let mail = try OutgoingMail(
        to: EmailAddress(parsing: "ada@example.org"), subject: subject, text: text, html: html)
    return MailMessage(
        id: MailID(12), sender: try sender ?? MailSender(address: EmailAddress(parsing: "rind@packages.example.org")),
        mail: mail, date: Timestamp(seconds: 1_700_000_000))
}

@Suite("The header of a mail") struct MailHeaderTests {
    @Test("says from whom, to whom, what, when, and that a program wrote it")
    func whole() throws {
        let sender = try #require(MailSender(parsing: "Our \"packages\" <rind@packages.example.org>"))
        #expect(
            try MailHeader(message(sender: sender)).lines == [
                "From: \"Our \\\"packages\\\"\" <rind@packages.example.org>",
                "To: ada@example.org",
                "Subject: A test",
                "Date: Tue, 14 Nov 2023 22:13:20 +0000",
                "Message-ID: <12.1700000000000000@packages.example.org>",
                "Auto-Submitted: auto-generated",
            ])
    }

    @Test(
        "has words of at most 75 characters where the subject is not ASCII, and every one can be read for itself",
        arguments: [
            "Schlüssel hinzugefügt", "键" + String(repeating: "安全密钥 ", count: 30), "Looks =?utf-8?B?QQ==?= encoded",
            String(repeating: "long ", count: 150), "👩‍👩‍👧‍👦" + String(repeating: "é\u{301}", count: 60),
        ])
    func encodedWords(subject: String) throws {
        let line = try #require(try MailHeader(message(subject: subject)).lines.first { $0.hasPrefix("Subject: ") })
        let words = line.dropFirst("Subject: ".count).components(separatedBy: "\r\n ")
        #expect(words.allSatisfy { $0.utf8.count <= 75 && $0.hasPrefix("=?utf-8?B?") && $0.hasSuffix("?=") })
        let decoded = words.compactMap { word in
            Data(base64Encoded: String(word.dropFirst(10).dropLast(2))).flatMap { String(data: $0, encoding: .utf8) }
        }
        #expect(decoded.count == words.count)
        #expect(decoded.joined() == subject)
    }

    @Test("takes no field from a text")
    func injection() throws {
        let sender = MailSender(
            address: try EmailAddress(parsing: "rind@example.org"), name: "Rind\r\nBcc: eve@example.org")
        let message = try message(sender: sender)
        #expect(throws: MailFailure.self) { try MailHeader(message) }
    }

    // The columns are the point.
    // swift-format-ignore
    static let senders: [(String, String?, String?)] = [
        ("rind@example.org",                     "rind@example.org", nil),
        ("Our packages <rind@example.org>",      "rind@example.org", "Our packages"),
        ("\"Our <packages>\" <rind@example.org>", "rind@example.org", "Our <packages>"),
        ("<rind@example.org>",                   "rind@example.org", nil),
        ("Rind <rind@example.org> x",            nil, nil),
        ("Rind",                                 nil, nil),
        ("",                                     nil, nil),
        ("Rind\n<rind@example.org>",             nil, nil),
    ]

    @Test("begins with a sender as people write one", arguments: senders)
    func sender(text: String, address: String?, name: String?) {
        let sender = MailSender(parsing: text)
        #expect(sender?.address.text == address)
        #expect(sender?.name == name)
    }
}

@Suite("What a mail server says") struct SMTPRepliesTests {
    func replies(_ lines: [String]) -> SMTPReplies {
        var replies = SMTPReplies()
        for line in lines { replies.add(line: line + "\r\n") }
        return replies
    }

    @Test("is read reply by reply, the last refusal even before a goodbye")
    func several() {
        let said = replies([
            "220 hi", "250-mail.example.org", "250 SIZE", "250 OK", "550-5.1.1 No such", "550 user", "221 Bye",
        ])
        #expect(said.lastRefusal == SMTPReplies.Reply(code: 550, text: "550 5.1.1 No such user", number: 4))
        #expect(said.last?.text == "221 Bye")
    }

    @Test("is bounded, and noise is passed over")
    func bounded() {
        var lines = ["no reply", "999 x", "", "25"]
        lines += (0..<1_000).map { "250-\($0) \(String(repeating: "x", count: 100))" }
        lines += (0..<1_000).map { _ in "451 later" }
        let said = replies(lines)
        #expect(said.lastRefusal?.text == "451 later")
        #expect((said.last?.number ?? 0) == 1_001)
    }

    // The columns are the point.
    // swift-format-ignore
    static let table: [([String], Bool)] = [
        (["220 hi", "250 OK", "550 no such user"],     true),
        (["220 hi", "250 OK", "552 too big"],          true),
        (["220 hi", "250 OK", "554 spam"],             true),
        (["220 hi", "250 OK", "451 later"],            false),
        (["220 hi", "250 OK", "535 wrong password"],   false),
        (["220 hi", "250 OK", "530 sign in first"],    false),
        (["554 we do not talk to you"],                false),
        (["421 too busy"],                             false),
    ]

    @Test("is final only about the mail: what concerns us is mended by the operator", arguments: table)
    func final(lines: [String], isFinal: Bool) throws {
        let said = replies(lines)
        #expect(said.refusesTheMail(try #require(said.lastRefusal)) == isFinal)
    }
}

@Suite("A secret") struct SecretTests {
    @Test("is not printed, however it is tried")
    func printing() {
        let server = SMTPServer(
            host: "mail.example.org", port: 587, security: .startTLS, user: "rind", password: Secret("hunter2"))
        var dumped = ""
        dump(server, to: &dumped)
        for text in ["\(server)", String(reflecting: server), dumped] {
            #expect(text.contains("secret") && !text.contains("hunter2"))
        }
        #expect(server.password?.reveal() == "hunter2")
    }
}
