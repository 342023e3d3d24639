import Accounts
import Foundation
import Journal
import Logging
import Policy
import Ports
import Server
import Stores
import Support
import Testing
import UTC

@Suite("A ceremony that fails") struct CeremonyEventTests {
    let server: TestServer
    let log = CollectedLog()

    init() async throws {
        let log = log
        server = try await TestServer(logger: Logger(label: "test") { _ in log })
    }

    /// Somebody who may add a first key: the link in the mail was followed.
    private func enroller(_ name: String) async throws -> (User, TestBrowser) {
        let user = try await server.addUser(name)
        let browser = TestBrowser(server)
        _ = try await browser.signIn(name)
        _ = try await browser.get("/manage/account/enrolment-link/")
        _ = try await browser.post("/manage/account/enrolment-link/")
        let link = try #require(try await server.mailedPath("/account/enrol/", to: "\(name)@example.org"))
        _ = try await browser.get(link)
        _ = try await browser.post(link)
        _ = try await browser.get("/manage/account/webauthn-provision/")
        return (user, browser)
    }

    private func challenge(_ browser: TestBrowser, _ path: String) async throws -> String {
        struct Options: Decodable { let challenge: String }
        let answer = try await browser.ask(path)
        return try JSONDecoder().decode(Options.self, from: Data(answer.body)).challenge
    }

    private func enrol(_ key: ScriptedKey, _ browser: TestBrowser, format: String = "none") async throws -> String {
        let challenge = try await challenge(browser, "/manage/account/webauthn-provision/options/")
        return key.registration(challenge, origin: server.baseURL, format: format)
    }

    /// Shows the password once more, for adding a key: signing in is more than five minutes ago.
    private func proveAnew(_ browser: TestBrowser) async throws {
        let page = "/manage/account/webauthn-provision/"
        let asked = try await browser.get(page).location
        #expect(asked.hasPrefix("/account/confirm/?action=security-key.add"))
        _ = try await browser.get(asked)
        #expect(try await browser.post(asked, ["proof_password": TestServer.password]).location == page)
        _ = try await browser.get(page)
    }

    private func validate(_ browser: TestBrowser, _ answer: String) async throws -> TestServer.Answer {
        try await browser.ask("/manage/account/webauthn-provision/validate/", answer)
    }

    /// The codes in an account's event log, the oldest first.
    private func codes(_ user: User) async throws -> [String] {
        try await server.index.stores.accounts.events(of: user.id, before: nil, limit: 100)
            .filter { $0.event.kind == .factorRefused }.reversed().compactMap { $0.event.record.details["code"] }
    }

    @Test("for want of its challenge is in the account's event log, whether it was never asked, expired or used up")
    func challengeGone() async throws {
        let (grace, browser) = try await enroller("grace")
        let key = ScriptedKey()
        let invented = key.registration("AAAA", origin: server.baseURL)
        #expect(try await validate(browser, invented).text.contains("factor.challenge-gone"))
        #expect(try await codes(grace) == ["7.1/8 challenge"])

        let late = try await enrol(key, browser)
        server.now = server.now + .seconds(301)
        #expect(try await validate(browser, late).text.contains("factor.challenge-gone"))
        #expect(try await codes(grace).count == 2)

        try await proveAnew(browser)
        let answer = try await enrol(key, browser)
        #expect(try await validate(browser, answer).status == 200)
        // The session has another secret now, and its pages another token.
        _ = try await browser.get("/manage/account/two-factor/")
        #expect(try await validate(browser, answer).status == 400)
        #expect(try await codes(grace) == Array(repeating: "7.1/8 challenge", count: 3))

        let second = TestBrowser(server)
        _ = try await second.signIn("grace")
        _ = try await second.get("/account/two-factor/")
        let use = try key.assertion("AAAA", origin: server.baseURL)
        #expect(try await second.ask("/account/two-factor/verify/", use).text.contains("factor.challenge-gone"))
        #expect(try await codes(grace).last == "7.2/11 challenge")
        let right = try key.assertion(
            try await challenge(second, "/account/two-factor/options/"), origin: server.baseURL)
        #expect(try await second.ask("/account/two-factor/verify/", right).status == 200)
        #expect(try await codes(grace).count == 4)
    }

    @Test("because somebody has the key, or its model is broken, is in the account's event log")
    func refusedKeys() async throws {
        let key = ScriptedKey()
        let (_, browser) = try await enroller("grace")
        #expect(try await validate(browser, try await enrol(key, browser)).status == 200)

        let (eve, other) = try await enroller("eve")
        #expect(try await validate(other, try await enrol(key, other)).text.contains("factor.key-taken"))
        #expect(try await codes(eve) == ["7.1/26 newCredential"])

        try await server.index.stores.authenticators.replace(
            [
                AuthenticatorModel(
                    aaguid: "64656667-6869-6a6b-6c6d-6e6f70717273", keyIDs: [], name: "Broken", breach: "REVOKED",
                    entry: nil)
            ],
            number: 1, nextUpdate: server.now.day, by: .operatorAtMachine, at: server.now)
        let broken = ScriptedKey()
        #expect(try await validate(other, try await enrol(broken, other)).text.contains("factor.model-refused"))
        #expect(try await codes(eve).last == "7.1/24 attestationTrust: revoked")
    }

    @Test("and names no account is in the server's log, and in nobody's event log")
    func nobody() async throws {
        let (grace, browser) = try await enroller("grace")
        let key = ScriptedKey()
        #expect(try await validate(browser, try await enrol(key, browser)).status == 200)

        let stranger = TestBrowser(server)
        let replay = try key.assertion("AAAA", origin: server.baseURL)
        #expect(try await stranger.ask("/account/login/passkey/", replay).status == 400)
        _ = try await challenge(stranger, "/account/login/passkey/options/")
        #expect(try await stranger.ask("/account/login/passkey/", "{}").status == 400)
        let unknown = try ScriptedKey().assertion(
            try await challenge(stranger, "/account/login/passkey/options/"), origin: server.baseURL)
        #expect(try await stranger.ask("/account/login/passkey/", unknown).status == 400)
        let said = log.lines.filter { $0.contains("passkey") }
        for (line, code) in zip(said, ["7.2/11 challenge", "7.2/1 response", "7.2/5 credential"]) {
            #expect(line.contains(code))
        }
        #expect(said.count == 3)
        #expect(try await codes(grace).isEmpty)
    }

    @Test("does not for a statement in a format that nobody reads: it is not demanded")
    func unknownFormat() async throws {
        let (grace, browser) = try await enroller("grace")
        let answer = try await enrol(ScriptedKey(), browser, format: "android-safetynet")
        #expect(try await validate(browser, answer).status == 200)
        let key = try #require(try await server.index.stores.factors.factors(of: grace.id).securityKeys.first)
        #expect(key.attestationFormat == "none" && !key.isAttested)
    }
}
