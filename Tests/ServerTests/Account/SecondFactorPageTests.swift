import Accounts
import Acts
import Crypto
import Foundation
import HTTPTypes
import PackagingFormats
import Policy
import Ports
import Primitives
import Server
import Stores
import Support
import Testing
import UTC

@Suite("A second factor on the web") struct SecondFactorPageTests {
    let server: TestServer
    let browser: TestBrowser

    init() async throws {
        server = try await TestServer()
        try await server.addUser("grace")
        browser = TestBrowser(server)
        _ = try await browser.signIn("grace")
    }

    /// The code of an app (RFC 6238), as another implementation than ours computes it.
    static func code(_ secret: String, at now: Timestamp) throws -> String {
        let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567")
        var bits: [Bool] = []
        for letter in secret where letter != " " {
            let value = try #require(alphabet.firstIndex(of: letter))
            bits += (0..<5).map { value >> (4 - $0) & 1 == 1 }
        }
        let key = stride(from: 0, to: bits.count / 8 * 8, by: 8).map { start in
            bits[start..<(start + 8)].reduce(UInt8(0)) { $0 << 1 | ($1 ? 1 : 0) }
        }
        let counter = withUnsafeBytes(of: UInt64(now.seconds / 30).bigEndian) { Data($0) }
        let mac = Array(HMAC<Insecure.SHA1>.authenticationCode(for: counter, using: SymmetricKey(data: key)))
        let offset = Int(mac[19] & 15)
        let number = mac[offset..<(offset + 4)].reduce(UInt32(0)) { $0 << 8 | UInt32($1) } & 0x7FFF_FFFF
        let digits = String(number % 1_000_000)
        return String(repeating: "0", count: 6 - digits.count) + digits
    }

    /// Adds an app with all that it takes, and returns its secret.
    func addApp(isLater: Bool = true) async throws -> String {
        _ = try await browser.get("/manage/account/enrolment-link/")
        #expect(try await browser.post("/manage/account/enrolment-link/").location.hasSuffix("flash=link-mailed"))
        let link = try #require(try await server.mailedPath("/account/enrol/", to: "grace@example.org"))
        _ = try await browser.get(link)
        #expect(try await browser.post(link).location == "/manage/account/two-factor/")
        let page = try await browser.get("/manage/account/totp-provision/")
        let secret = try #require(page.text.firstMatch(of: /id="totp-secret">([A-Z2-7 ]+)</)).1
        let offer = String(try #require(page.text.firstMatch(of: /name="offer" value="([0-9a-f]+)"/)).1)
        #expect(page.text.contains("<svg") && page.text.contains("otpauth://totp/"))
        // Another page has another secret, and asking for it changes nothing about this one.
        #expect(try await !browser.get("/manage/account/totp-provision/").text.contains(secret))
        let wrong = try await browser.post(
            "/manage/account/totp-provision/", ["totp_value": "000000", "offer": offer])
        #expect(wrong.status == 400 && wrong.text.contains(secret) && !wrong.problem.isEmpty)
        let code = try Self.code(String(secret), at: server.now)
        for other in ["", String(offer.reversed())] {
            let refused = try await browser.post(
                "/manage/account/totp-provision/", ["totp_value": code, "offer": other])
            #expect(refused.status == 400)
        }
        let added = try await browser.post(
            "/manage/account/totp-provision/", ["totp_value": code, "offer": offer])
        #expect(added.location == "/manage/account/two-factor/?flash=app-added")
        // What was just shown is not asked for again; most tests are about what is asked later.
        server.now = server.now + (isLater ? Proof.lifetime + .seconds(60) : .seconds(30))
        return String(secret)
    }

    @Test("that was just added is not asked for again by the page that comes next, and the session rests on it")
    func justAdded() async throws {
        let before = browser.secret
        _ = try await addApp(isLater: false)
        #expect(browser.secret != before)
        #expect(try await browser.get("/manage/account/token/").text.contains("proven with a second factor"))
        let made = try await browser.post(
            "/manage/account/token/", ["description": "laptop", "token_scope": "account", "expires": "30"])
        #expect(made.status == 200 && made.text.contains("id=\"token\""))
        let tokens = try await server.index.stores.tokens.tokens(of: Username(parsing: "grace"))
        #expect(tokens.map(\.assurance) == [.secondFactor])
        // A form of a page from before is another session's by now.
        browser.secret = before
        #expect(try await browser.get("/manage/account/").location.hasPrefix("/account/login/"))
    }

    @Test("is not added by anyone who has the password alone: it takes the link in the mail, once, in this session")
    func firstEnrolment() async throws {
        for path in ["/manage/account/totp-provision/", "/manage/account/webauthn-provision/"] {
            #expect(try await browser.get(path).location == "/manage/account/enrolment-link/")
        }
        _ = try await browser.get("/manage/account/")
        let options = try await browser.ask("/manage/account/webauthn-provision/options/")
        #expect(options.text == "{\"next\":\"/manage/account/enrolment-link/\"}")

        _ = try await browser.post("/manage/account/enrolment-link/")
        let link = try #require(try await server.mailedPath("/account/enrol/", to: "grace@example.org"))
        // Somebody else's session cannot use it, and does not use it up.
        try await server.addUser("mallory")
        let other = TestBrowser(server)
        _ = try await other.signIn("mallory")
        #expect(try await other.get(link).status == 404)
        _ = try await other.get("/manage/account/")
        #expect(try await other.post(link).text.contains("This link does not work"))
        // Looking does not use it up either.
        #expect(try await TestBrowser(server).get(link).location.hasPrefix("/account/login/?next="))
        #expect(try await browser.get(link).status == 200)
        let before = browser.secret
        #expect(try await browser.post(link).status == 303)
        #expect(browser.secret != before)
        _ = try await browser.get("/manage/account/")
        #expect(try await browser.post(link).status == 404)
        #expect(try await browser.get("/manage/account/webauthn-provision/").text.contains("id=\"key-label\""))
    }

    @Test("does not begin by itself where it would wait, and would count at once in a browser that is known for long")
    func telephone() async throws {
        server.now = server.now + .days(31)
        _ = try await browser.signIn("grace")
        _ = try await browser.get("/manage/account/enrolment-link/")
        _ = try await browser.post("/manage/account/enrolment-link/")
        let link = try #require(try await server.mailedPath("/account/enrol/", to: "grace@example.org"))
        let telephone = TestBrowser(server)
        _ = try await telephone.signIn("grace")
        let there = try await telephone.get(link).text
        #expect(there.contains("Go on here all the same") && there.contains("it counts at once: open the link there"))
        #expect(!there.contains("data-goes-on"))
        let here = try await browser.get(link).text
        #expect(here.contains("data-goes-on") && !here.contains("open the link there"))
    }

    @Test("is asked for after the password, and nothing is open before; then the browser gets another secret")
    func signIn() async throws {
        let secret = try await addApp()
        let second = TestBrowser(server)
        let due = try await second.signIn("grace")
        #expect(due.location == "/account/two-factor/?next=%2Fmanage%2Faccount%2F")
        for path in ["/manage/account/", "/manage/account/token/", "/manage/account/two-factor/"] {
            #expect(try await second.get(path).location.hasPrefix("/account/two-factor/"))
        }
        let page = try await second.get("/account/two-factor/?next=/manage/projects/")
        #expect(page.text.contains("id=\"totp-code\"") && !page.text.contains("id=\"use-security-key\""))
        let before = second.secret
        let wrong = try await second.post(
            "/account/two-factor/", ["totp_value": "000000", "next": "/manage/projects/"])
        #expect(wrong.status == 400 && !wrong.problem.isEmpty && wrong.text.contains("/manage/projects/"))
        let code = try Self.code(secret, at: server.now)
        let done = try await second.post(
            "/account/two-factor/", ["totp_value": "\(code.prefix(3)) \(code.suffix(3))", "next": "/manage/projects/"])
        #expect(done.location == "/manage/projects/" && second.secret != before)
        #expect(try await second.get("/manage/account/").text.contains("a second factor"))

        let replay = TestBrowser(server)
        _ = try await replay.signIn("grace")
        _ = try await replay.get("/account/two-factor/")
        #expect(try await replay.post("/account/two-factor/", ["totp_value": code]).status == 400)
    }

    @Test("is asked for again before an act, and what was typed goes along")
    func stepUp() async throws {
        let secret = try await addApp()
        _ = try await browser.get("/manage/account/")
        let asked = try await browser.post("/manage/account/addresses/add/", ["email": "second@example.org"])
        #expect(asked.status == 200 && asked.text.contains("add the mail address second@example.org"))
        #expect(asked.text.contains("name=\"email\" value=\"second@example.org\""))
        #expect(try await !browser.get("/manage/account/").text.contains("second@example.org"))

        let action = try #require(asked.text.firstMatch(of: /action="(\/account\/confirm\/[^"]*)"/))
            .1.description.replacing("&amp;", with: "&")
        let wrong = try await browser.post(action, ["email": "second@example.org", "proof_code": "123456"])
        #expect(wrong.status == 400 && wrong.text.contains("value=\"second@example.org\""))
        let before = browser.secret
        let right = try await browser.post(
            action, ["email": "second@example.org", "proof_code": try Self.code(secret, at: server.now)])
        #expect(right.status == 307 && right.location.hasPrefix("/manage/account/addresses/add/?pass="))
        // The pass is for this form in this browser, and for a minute.
        let kept = (browser.secret, server.now)
        browser.secret = before
        let thief = try await browser.post(right.location, ["email": "second@example.org"])
        #expect(thief.status == 403 || thief.location.hasPrefix("/account/login/"))
        browser.secret = kept.0
        server.now = server.now + .seconds(61)
        // Later it is the sender's to send once more.
        let late = try await browser.post(right.location, ["email": "second@example.org"])
        #expect(late.location == "/account/resume/")
        server.now = kept.1
        #expect(
            try await browser.post(right.location, ["email": "second@example.org", "proof_code": "1"]).location
                == "/manage/account/?flash=address-added")
        // Good for that act, and for no other.
        _ = try await browser.get("/manage/account/")
        #expect(
            try await browser.post("/manage/account/addresses/remove/", ["address": "second@example.org"]).text
                .contains("remove the address second@example.org"))
    }

    @Test("is never asked for on behalf of another page: the confirmation carries nothing that an address says")
    func confirmation() async throws {
        _ = try await addApp()
        let page = try await browser.get(
            "/account/confirm/?action=email.add&then=/manage/account/addresses/add/&email=evil@example.org&next=//evil")
        #expect(page.status == 200)
        #expect(!page.text.contains("evil") && !page.text.contains("addresses/add"))
        #expect(try await browser.get("/account/confirm/?action=index.read").status == 404)
        #expect(try await browser.get("/account/confirm/?action=nothing").status == 404)
        #expect(try await TestBrowser(server).get("/account/confirm/?action=email.add").status == 303)
    }

    @Test("that was lost is got around with a recovery code, once: a factor can be added, and nothing else done")
    func recoveryCodes() async throws {
        let secret = try await addApp()
        let asked = try await browser.get("/manage/account/recovery-codes/generate/")
        #expect(asked.status == 200)
        let confirm = try await browser.post("/manage/account/recovery-codes/generate/")
        let action = try #require(confirm.text.firstMatch(of: /action="(\/account\/confirm\/[^"]*)"/))
            .1.description.replacing("&amp;", with: "&")
        let proven = try await browser.post(action, ["proof_code": try Self.code(secret, at: server.now)])
        let shown = try await browser.post(proven.location)
        let codes = shown.text.matches(of: /<li><code>([^<]+)<\/code>/).map { String($0.1) }
        #expect(codes.count == 10 && shown.text.contains("href=\"data:text/plain"))
        #expect(try await !browser.get("/manage/account/recovery-codes/generate/").text.contains(codes[0]))

        let lost = TestBrowser(server)
        _ = try await lost.signIn("grace")
        #expect(try await lost.get("/account/recovery-code/").text.contains("id=\"recovery-code\""))
        let wrong = try await lost.post("/account/recovery-code/", ["recovery_code_value": "aaaa-bbbb-cccc-dddd"])
        #expect(wrong.status == 400 && wrong.problem.contains("recovery code"))
        let used = try await lost.post("/account/recovery-code/", ["recovery_code_value": codes[0].uppercased()])
        #expect(used.location == "/manage/account/two-factor/")
        #expect(try await lost.get("/manage/account/").location == "/manage/account/two-factor/")
        #expect(try await lost.get("/manage/account/token/").location == "/manage/account/two-factor/")
        #expect(try await lost.get("/manage/account/two-factor/").text.contains("Add a new second factor now"))
        #expect(try await lost.get("/manage/account/webauthn-provision/").status == 200)
        #expect(
            try await lost.post("/manage/account/two-factor/remove/", ["factor": "1"]).location
                == "/manage/account/two-factor/")

        let again = TestBrowser(server)
        _ = try await again.signIn("grace")
        _ = try await again.get("/account/recovery-code/")
        #expect(try await again.post("/account/recovery-code/", ["recovery_code_value": codes[0]]).status == 400)
    }

    @Test("that is another account's cannot be renamed or removed")
    func foreign() async throws {
        let secret = try await addApp()
        let grace = try #require(
            try await server.index.stores.accounts.user(named: Username(parsing: "grace")))
        let app = try #require(try await server.index.stores.factors.factors(of: grace.id).authenticatorApps.first)
        try await server.addUser("mallory")
        let other = TestBrowser(server)
        _ = try await other.signIn("mallory")
        _ = try await other.get("/manage/account/two-factor/")
        for path in ["remove", "remove-app", "rename"] {
            let refused = try await other.post(
                "/manage/account/two-factor/\(path)/", ["factor": app.id.description, "label": "x"])
            #expect(refused.status == 404 && refused.problem.contains("no such"))
        }
        #expect(try await server.index.stores.factors.factors(of: grace.id).authenticatorApps.count == 1)
        _ = secret
    }

    @Test("that is lost for good: recovery is asked for, can be cancelled by who is signed in, and completed when due")
    func recovery() async throws {
        _ = try await addApp()
        let lost = TestBrowser(server)
        _ = try await lost.signIn("grace")
        #expect(try await lost.get("/account/recover/").text.contains("Ask for recovery"))
        #expect(try await lost.post("/account/recover/complete/").status == 404)
        #expect(try await lost.post("/account/recover/").location == "/account/recover/?flash=recovery-requested")
        #expect(try await lost.get("/account/recover/").text.contains("Can be completed from"))
        #expect(try await lost.post("/account/recover/cancel/").location.hasPrefix("/account/two-factor/"))
        #expect(try await lost.post("/account/recover/complete/").status == 403)

        #expect(try await browser.get("/manage/account/").text.contains("A recovery of your account is under way"))
        #expect(try await browser.post("/account/recover/cancel/").location.hasSuffix("flash=recovery-cancelled"))
        _ = try await lost.post("/account/recover/")
        server.now = server.now + AccountRecovery.wait
        let later = TestBrowser(server)
        _ = try await later.signIn("grace")
        #expect(try await later.get("/account/recover/").text.contains("Recover my account"))
        let before = later.secret
        #expect(try await later.post("/account/recover/complete/").location == "/manage/account/two-factor/")
        #expect(later.secret != before)
        #expect(try await later.get("/manage/account/").location == "/manage/account/two-factor/")
        #expect(try await browser.get("/manage/account/").location.hasPrefix("/account/login/"))
    }

    @Test("is vouched for by a co-owner who has one, and by nobody else")
    func vouching() async throws {
        _ = try await addApp()
        try await server.addUser("mallory")
        let other = TestBrowser(server)
        _ = try await other.signIn("mallory")
        #expect(try await other.get("/account/vouch/grace/").status == 403)
        _ = try await other.get("/manage/account/")
        #expect(try await other.post("/account/vouch/grace/probation/").status == 403)
        #expect(try await browser.get("/account/vouch/grace/").status == 403)
        #expect(try await browser.get("/account/vouch/nobody/").status == 404)
        try await server.upload(.wheel())
        let demo = try ProjectName(parsing: "demo-pkg")
        for (role, name) in [(Role.owner, "mallory"), (.maintainer, "grace")] {
            try await server.index.stores.projects.addRole(
                role, on: demo, to: Username(parsing: name), by: .operatorAtMachine, at: server.now)
        }
        let page = try await other.get("/account/vouch/grace/")
        #expect(page.text.contains("The second factor of grace is new"))
        // A co-owner with a password alone cannot.
        #expect(try await other.post("/account/vouch/grace/probation/").status == 403)
    }
}
