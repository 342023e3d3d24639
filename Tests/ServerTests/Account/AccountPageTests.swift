import Accounts
import Acts
import Database
import Foundation
import HTTPTypes
import Identity
import Jobs
import Journal
import Letters
import Policy
import Ports
import Primitives
import Server
import Stores
import Support
import Testing
import UTC

@testable import Database

@Suite("An account's pages") struct AccountPageTests {
    let server: TestServer
    let browser: TestBrowser

    init() async throws {
        server = try await TestServer()
        try await server.addUser("grace")
        browser = TestBrowser(server)
        _ = try await browser.signIn("grace")
        _ = try await browser.get("/manage/account/")
    }

    @Test("show a token once, and it publishes; it is listed, and can be revoked")
    func tokens() async throws {
        let made = try await browser.post(
            "/manage/account/token/",
            ["description": " My  laptop ", "token_scope": "account", "expires": "90"])
        let token = try #require(made.text.firstMatch(of: /id="token">(rind-[A-Za-z0-9_-]+)</)).1
        #expect(made.status == 200 && made.headers[.cacheControl] == "no-store")
        #expect(try await server.upload(.wheel(), token: String(token)).status == 200)
        let list = try await browser.get("/manage/account/token/")
        #expect(!list.text.contains(token) && list.text.contains("My laptop") && list.text.contains("a password"))
        #expect(list.text.contains("demo-pkg") || list.text.contains("Demo"))

        let limited = try await browser.post(
            "/manage/account/token/",
            ["description": "one", "token_scope": "projects", "project": "demo-pkg", "expires": "never"])
        #expect(limited.text.contains("id=\"token\""))
        for wrong: KeyValuePairs in [
            ["description": "", "token_scope": "account", "expires": "90"],
            ["description": "x", "expires": "90"],
            ["description": "x", "token_scope": "projects", "expires": "90"],
            ["description": "x", "token_scope": "projects", "project": "not-mine", "expires": "90"],
            ["description": "x", "token_scope": "account", "expires": "1000000"],
        ] {
            let refused = try await browser.post("/manage/account/token/", wrong)
            #expect(refused.status == 400 && !refused.problem.isEmpty)
        }

        let id = try #require(list.text.firstMatch(of: /name="token" value="([^"]+)"/)).1
        try await server.addUser("mallory")
        let other = TestBrowser(server)
        _ = try await other.signIn("mallory")
        _ = try await other.get("/manage/account/")
        #expect(try await other.post("/manage/account/token/revoke/", ["token": String(id)]).status == 404)
        #expect(try await server.upload(.sourceDistribution(), token: String(token)).status == 200)
        #expect(
            try await browser.post("/manage/account/token/revoke/", ["token": String(id)]).location
                == "/manage/account/token/?flash=token-revoked")
        #expect(try await server.upload(.wheel(), token: String(token)).status == 403)
    }

    @Test("ask for the password again when the last time is more than five minutes ago, and then go on")
    func stepUp() async throws {
        server.now = server.now + .seconds(301)
        let asked = try await browser.post(
            "/manage/account/token/", ["description": "laptop", "token_scope": "account", "expires": "90"])
        #expect(asked.text.contains("make an API token") && asked.text.contains("id=\"password\""))
        let action = try #require(asked.text.firstMatch(of: /action="(\/account\/confirm\/[^"]*)"/))
            .1.description.replacing("&amp;", with: "&")
        let wrong = try await browser.post(action, ["description": "laptop", "proof_password": "wrong"])
        #expect(wrong.status == 400 && !wrong.text.contains("value=\"wrong\""))
        let right = try await browser.post(action, ["description": "laptop", "proof_password": TestServer.password])
        #expect(right.status == 307 && right.location.hasPrefix("/manage/account/token/?pass="))
        // What leads there without a form comes back to it.
        let page = try await browser.get("/manage/account/change-password/")
        #expect(page.location == "/account/confirm/?action=user.password&next=%2Fmanage%2Faccount%2Fchange-password%2F")
        _ = try await browser.get(page.location)
        let proven = try await browser.post(page.location, ["proof_password": TestServer.password])
        #expect(proven.location == "/manage/account/change-password/")
        #expect(try await browser.get(proven.location).text.contains("autocomplete=\"new-password\""))
    }

    @Test("list where one is signed in, and end one session or all others; nobody else's")
    func sessions() async throws {
        let second = TestBrowser(server)
        second.headers[.userAgent] = "Second <b>/2"
        _ = try await second.signIn("grace")
        let third = TestBrowser(server)
        _ = try await third.signIn("grace")
        let page = try await browser.get("/manage/account/sessions/")
        #expect(page.text.contains("This browser") && page.text.contains("Second &lt;b&gt;/2"))

        let number = try #require(
            page.text.firstMatch(of: /Second &lt;b[\s\S]*?name="session" value="([0-9]+)"/)
        ).1
        try await server.addUser("mallory")
        let other = TestBrowser(server)
        _ = try await other.signIn("mallory")
        _ = try await other.get("/manage/account/")
        #expect(try await other.post("/manage/account/sessions/end/", ["session": String(number)]).status == 404)
        #expect(try await second.get("/manage/account/").status == 200)

        _ = try await browser.post("/manage/account/sessions/end/", ["session": String(number)])
        #expect(try await second.get("/manage/account/").status == 303)
        #expect(try await third.get("/manage/account/").status == 200)
        _ = try await browser.get("/manage/account/sessions/")
        _ = try await browser.post("/manage/account/sessions/end-others/")
        #expect(try await third.get("/manage/account/").status == 303)
        #expect(try await browser.get("/manage/account/").status == 200)
        #expect(try await other.get("/manage/account/").status == 200)
    }

    @Test("change the password, which ends the other sessions")
    func password() async throws {
        let second = TestBrowser(server)
        _ = try await second.signIn("grace")
        _ = try await browser.get("/manage/account/change-password/")
        let weak = try await browser.post("/manage/account/change-password/", ["new_password": "password1"])
        #expect(weak.status == 400 && !weak.problem.isEmpty && !weak.text.contains("password1"))
        let changed = try await browser.post(
            "/manage/account/change-password/", ["new_password": "another set of five words"])
        #expect(changed.location == "/manage/account/?flash=password-changed")
        #expect(try await second.get("/manage/account/").status == 303)
        #expect(try await browser.get("/manage/account/").status == 200)
        #expect(try await TestBrowser(server).signIn("grace").status == 400)
        #expect(try await TestBrowser(server).signIn("grace", "another set of five words").status == 303)
    }

    @Test("add, verify, prefer and remove addresses")
    func addresses() async throws {
        _ = try await browser.post("/manage/account/addresses/add/", ["email": "g2@example.org"])
        let invalid = try await browser.post("/manage/account/addresses/add/", ["email": "no address"])
        #expect(invalid.status == 400 && invalid.text.contains("value=\"no address\""))
        let early = try await browser.post("/manage/account/addresses/primary/", ["address": "g2@example.org"])
        #expect(early.status == 409 && early.problem.contains("not verified"))
        let link = try #require(try await server.mailedPath("/account/verify-email/", to: "g2@example.org"))
        let page = try await TestBrowser(server).get(link)
        #expect(page.text.contains("g2@example.org") && page.headers[.init("Referrer-Policy")!] == "same-origin")
        #expect(try await browser.get("/manage/account/").text.contains("Not verified"))
        #expect(try await browser.post(link).location == "/manage/account/?flash=verified")
        #expect(try await browser.get(link).status == 404)
        let primary = try await browser.post("/manage/account/addresses/primary/", ["address": "g2@example.org"])
        #expect(primary.location == "/manage/account/?flash=primary-changed")
        #expect(
            try await browser.post("/manage/account/addresses/remove/", ["address": "g2@example.org"]).status == 409)
        #expect(
            try await browser.post("/manage/account/addresses/remove/", ["address": "grace@example.org"]).location
                == "/manage/account/?flash=address-removed")
    }

    @Test("tell what happened, from where, page by page")
    func events() async throws {
        let page = try await browser.get("/manage/account/events/")
        #expect(
            page.text.contains("Signed in with the password, in a new browser.")
                && page.text.contains("TestBrowser/1.0"))
        #expect(try await browser.get("/manage/account/events/?before=0").text.contains("Nothing more."))
        #expect(try await browser.get("/manage/account/events/?before=x").status == 200)
    }

    @Test("of administrators are for administrators")
    func administration() async throws {
        #expect(try await browser.get("/admin/").status == 403)
        #expect(try await browser.post("/admin/invite/", ["email": "new@example.org"]).status == 403)
        try await server.addUser("root", isAdministrator: true)
        let admin = TestBrowser(server)
        _ = try await admin.signIn("root")
        #expect(try await admin.get("/admin/").text.contains("Invite somebody"))
        #expect(
            try await admin.post("/admin/invite/", ["email": "new@example.org"]).location == "/admin/?flash=invited")
        let page = try await admin.get("/admin/")
        #expect(page.text.contains("new@example.org") && !page.text.contains("/account/register/"))
        #expect(try await server.mailedPath("/account/register/", to: "new@example.org") != nil)
    }
}

@Suite("An administrator's page") struct AdministrationPageTests {
    @Test("shows what mails say where no mail server takes them, puts on record who looked, and warns of old metadata")
    func outbox() async throws {
        let server = try await TestServer()
        try await server.addUser("root", isAdministrator: true)
        let admin = TestBrowser(server)
        _ = try await admin.signIn("root")
        try await server.raiseSessions(of: "root")
        _ = try await admin.get("/admin/")
        _ = try await admin.post("/admin/invite/", ["email": "new@example.org"])
        let stores = server.index.stores
        let mails = try await stores.mail.due(at: server.now, limit: 10)
        await server.server.jobs.doWhatIsDue()
        let invitation = try #require(mails.first { $0.mail.to.text == "new@example.org" })
        _ = try await admin.get("/admin/")
        let page = try await admin.post("/admin/mail/read/", ["mail": invitation.id.description])
        #expect(page.text.contains("root invites you") && page.text.contains("/account/register/"))
        #expect(!page.text.contains("text/html"))
        let last = try await stores.journal.entries(JournalQuery(limit: 1_000)).last
        #expect(last?.action == .index(.inspectMail) && last?.details["mail"] == invitation.id.description)
        #expect(try await admin.post("/admin/mail/read/", ["mail": "999"]).status == 404)

        try await server.addUser("mallory")
        let other = TestBrowser(server)
        _ = try await other.signIn("mallory")
        _ = try await other.get("/manage/account/")
        for path in ["/admin/mail/read/", "/admin/mail/retry/"] {
            #expect(try await other.post(path, ["mail": invitation.id.description]).status == 403)
        }

        #expect(try await !admin.get("/admin/").text.contains("good until"))
        try await stores.authenticators.replace(
            [], number: 1, nextUpdate: server.now.day, by: .operatorAtMachine, at: server.now)
        server.now = server.now + .days(2)
        _ = try await admin.signIn("root")
        #expect(try await admin.get("/admin/").text.contains("good until"))
    }

    @Test(
        "opens no mail of others to a password alone, nor to a factor that may be a thief's", arguments: [true, false])
    func assurance(onProbation: Bool) async throws {
        let server = try await TestServer()
        try await server.addUser("root", isAdministrator: true)
        try await server.addUser("grace")
        let admin = TestBrowser(server)
        _ = try await admin.get("/account/request-password-reset/")
        _ = try await admin.post("/account/request-password-reset/", ["username_or_email": "grace"])
        // As the server does every second.
        try await server.server.resets.answer()
        _ = try await admin.signIn("root")
        if onProbation {
            try await server.raiseSessions(of: "root")
            let until = (server.now + .seconds(60)).microseconds
            try await server.index.database.write { transaction in
                try transaction.execute("UPDATE account SET probation_until = $1 WHERE normalized = 'root'", until)
            }
        }
        _ = try await admin.get("/admin/")
        let mails = try await server.index.stores.mail.due(at: server.now, limit: 10)
        await server.server.jobs.doWhatIsDue()
        let reset = try #require(mails.first { $0.mail.to.text == "grace@example.org" })
        let serial = try await server.index.stores.journal.latestSerial()
        for path in ["/admin/mail/read/", "/admin/mail/retry/"] {
            let answer = try await admin.post(path, ["mail": reset.id.description])
            #expect(answer.status == 403 && !answer.text.contains("/account/reset-password/"))
            #expect(answer.text.contains(onProbation ? "Yours is too new" : "This takes a second factor"))
        }
        #expect(try await server.index.stores.journal.latestSerial() == serial)
    }

    @Test("has a mail that failed tried again")
    func retry() async throws {
        let server = try await TestServer()
        try await server.addUser("root", isAdministrator: true)
        let id = try #require(
            try await server.index.stores.mail.add(
                AddressedLetter(
                    Letter(subject: "Hello", name: nil, paragraphs: [], reason: "x"),
                    to: EmailAddress(parsing: "a@example.org")), at: server.now))
        let (outbox, job) = (server.index.stores.outbox, JobID(id.number))
        _ = try await outbox.claim(job, under: Lease(of: "test", from: server.now), at: server.now)
        try await outbox.end(
            job, with: .failed(reason: "550 no", logged: "no", then: .giveUp), heldBy: "test", at: server.now)
        let admin = TestBrowser(server)
        _ = try await admin.signIn("root")
        try await server.raiseSessions(of: "root")
        let page = try await admin.get("/admin/")
        #expect(page.text.contains("Try again now") && page.text.contains("550 no"))
        #expect(
            try await admin.post("/admin/mail/retry/", ["mail": id.description]).location
                == "/admin/?flash=mail-retried")
        #expect(try await server.index.stores.mail.record(of: id)?.state == .waiting)
    }
}

@Suite("An account on the web") struct RegistrationPageTests {
    static let form: KeyValuePairs = [
        "username": "new-one", "email": "new@example.org", "new_password": "several words without reason",
    ]

    @Test("is made by everybody where that is open, and its address is verified by a button")
    func open() async throws {
        let server = try await TestServer { $0.registration = .open }
        let browser = TestBrowser(server)
        #expect(try await browser.get("/account/register/").text.contains("id=\"username\""))
        let weak = try await browser.post(
            "/account/register/", ["username": "new-one", "email": "new@example.org", "new_password": "new-one1"])
        #expect(weak.status == 400 && weak.text.contains("value=\"new-one\"") && !weak.text.contains("new-one1"))
        let made = try await browser.post("/account/register/", Self.form)
        #expect(made.location == "/account/login/?flash=registered")
        let link = try #require(try await server.mailedPath("/account/verify-email/", to: "new@example.org"))
        #expect(try await browser.get(link).text.contains("Verify this address"))
        #expect(try await browser.post(link).location == "/account/login/?flash=verified")
        #expect(try await browser.signIn("new-one", "several words without reason").location == "/manage/account/")
    }

    @Test("is not told to anyone who asks about another's address")
    func known() async throws {
        let server = try await TestServer { $0.registration = .open }
        try await server.addUser("grace")
        let browser = TestBrowser(server)
        _ = try await browser.get("/account/register/")
        let answer = try await browser.post(
            "/account/register/",
            ["username": "new-one", "email": "grace@example.org", "new_password": "several words without reason"])
        #expect(answer.location == "/account/login/?flash=registered")
        // There is an account, but the address stays grace's, who hears of it; no link goes out that would verify it.
        let accounts = server.index.stores.accounts
        let new = try #require(try await accounts.user(named: Username(parsing: "new-one")))
        #expect(try await accounts.addresses(of: new.id).allSatisfy { $0.verifiedAt == nil })
        #expect(try await accounts.credentials(of: "grace@example.org")?.user.name.display == "grace")
        #expect(try await server.mailedPath("/account/verify-email/", to: "grace@example.org") == nil)
    }

    @Test("is made by invitation only, once, where the operator wants that")
    func invitation() async throws {
        let server = try await TestServer { $0.registration = .invitation }
        let browser = TestBrowser(server)
        #expect(try await browser.get("/account/register/").text.contains("by invitation"))
        #expect(try await browser.post("/account/register/", Self.form).status == 403)
        try await server.addUser("root", isAdministrator: true)
        let admin = TestBrowser(server)
        _ = try await admin.signIn("root")
        _ = try await admin.get("/admin/")
        _ = try await admin.post("/admin/invite/", ["email": "new@example.org"])
        let link = try #require(try await server.mailedPath("/account/register/", to: "new@example.org"))
        #expect(try await browser.get(link).text.contains("value=\"new@example.org\""))
        #expect(try await browser.post(link, Self.form).location == "/account/login/?flash=registered-invited")
        #expect(try await browser.post(link, Self.form).status == 404)
        #expect(try await browser.get("/account/register/\(String(repeating: "0", count: 64))/").status == 404)
    }

    @Test("is made by nobody where registration is closed")
    func closed() async throws {
        let server = try await TestServer { $0.registration = .closed }
        let browser = TestBrowser(server)
        #expect(try await browser.get("/account/register/").text.contains("made by its operator"))
        #expect(try await browser.post("/account/register/", Self.form).status == 403)
    }

    @Test("gets a password by the operator's link, once, and keeps a used or expired link out")
    func passwordLink() async throws {
        let server = try await TestServer()
        let browser = TestBrowser(server)
        let path = try await server.passwordLink(for: "ada")
        let page = try await browser.get(path)
        #expect(page.text.contains("id=\"password\"") && page.headers[.cacheControl] == "no-store")
        #expect(try await browser.post(path, ["new_password": "short"]).status == 400)
        let set = try await browser.post(path, ["new_password": "several words without reason"])
        #expect(set.location == "/account/login/?flash=password-set")
        #expect(try await browser.post(path, ["new_password": "several words without reason"]).status == 404)
        #expect(try await browser.signIn("ada", "several words without reason").status == 303)
        let late = try await server.passwordLink(for: "ada")
        server.now = server.now + .days(8)
        let gone = try await browser.get(late)
        #expect(gone.status == 404 && gone.text.contains("This link does not work") && !gone.text.contains(late))
    }

    @Test("is asked for a new password with the same work, whether it is there, is not, or has had its share of mail")
    func resetWork() async throws {
        let server = try await TestServer()
        try await server.addUser("grace")
        let browser = TestBrowser(server)
        _ = try await browser.get("/account/request-password-reset/")
        /// What was written in the request: the log of the database has every page that was.
        func written(_ name: String) async throws -> Int {
            func size() throws -> Int {
                try Data(contentsOf: server.folder.appending(path: "index.sqlite-wal")).count
            }
            let before = try size()
            let answer = try await browser.post("/account/request-password-reset/", ["username_or_email": name])
            #expect(answer.status == 303 && answer.location.hasSuffix("flash=reset-mailed"))
            return try size() - before
        }
        func mails() async throws -> Int {
            try await server.index.stores.mail.due(at: server.now, limit: 100).count {
                $0.mail.letter.subject.contains("password")
            }
        }
        #expect(try await written("nobody") == 0)
        #expect(try await written("grace") == 0)
        #expect(try await mails() == 0)
        try await server.server.resets.answer()
        let afterOne = try await mails()
        #expect(afterOne > 0)
        // Until there is no more for grace: the answer and the work stay what they were.
        for _ in 0..<6 {
            #expect(try await written("grace") == 0)
            try await server.server.resets.answer()
        }
        let exhausted = try await mails()
        #expect(exhausted > afterOne && exhausted <= 3 * afterOne)
    }

    @Test("whose password changes loses the tokens that were made with a password only, and hears how many")
    func passwordTokens() async throws {
        let server = try await TestServer()
        try await server.addUser("grace")
        let token = try await TokenMint(
            accounts: server.index.stores.accounts, tokens: server.index.stores.tokens
        ).issue(
            for: Username(parsing: "grace"), label: "ci", projects: nil, expiresAt: nil, by: .operatorAtMachine,
            at: server.now
        )
        let browser = TestBrowser(server)
        _ = try await browser.signIn("grace")
        _ = try await browser.get("/manage/account/change-password/")
        let changed = try await browser.post(
            "/manage/account/change-password/", ["new_password": "several words without reason"])
        #expect(changed.status == 303)
        #expect(try await server.index.stores.tokens.token(token.record.id)?.revokedAt == server.now)
        #expect(try await server.upload(.wheel(), token: token.text).status == 403)
        let letter = try await server.index.stores.mail.due(at: server.now, limit: 100)
            .first { $0.mail.letter.subject.contains("password was changed") }
        #expect(letter?.mail.letter.paragraphs.contains { $0.hasSuffix("made with a password only: 1.") } == true)
    }

    @Test("whose password is forgotten gets a link; the reset ends its sessions and keeps its factors")
    func reset() async throws {
        let server = try await TestServer()
        try await server.addUser("grace")
        let there = TestBrowser(server)
        _ = try await there.signIn("grace")
        let browser = TestBrowser(server)
        _ = try await browser.get("/account/request-password-reset/")
        let known = try await browser.post("/account/request-password-reset/", ["username_or_email": "grace"])
        let unknown = try await browser.post("/account/request-password-reset/", ["username_or_email": "nobody"])
        #expect(known.location == unknown.location && known.status == 303)
        let link = try #require(try await server.mailedPath("/account/reset-password/", to: "grace@example.org"))
        #expect(try await browser.get(link).status == 200)
        #expect(try await there.get("/manage/account/").status == 200)
        _ = try await browser.post(link, ["new_password": "several words without reason"])
        #expect(try await there.get("/manage/account/").status == 303)
        #expect(try await browser.signIn("grace", "several words without reason").status == 303)
    }
}
