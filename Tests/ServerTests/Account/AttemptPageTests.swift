import Accounts
import Foundation
import HTTPTypes
import Passwords
import Policy
import Server
import Stores
import Support
import Testing
import UTC

@testable import Identity

@Suite("Guesses at passwords") struct AttemptPageTests {
    let server: TestServer

    init() async throws {
        server = try await TestServer()
        try await server.addUser("grace")
    }

    /// A browser in which grace was signed in before.
    private func home() async throws -> TestBrowser {
        let browser = TestBrowser(server)
        #expect(try await browser.signIn("grace").status == 303)
        #expect(browser.mark != nil)
        _ = try await browser.get("/manage/account/")
        _ = try await browser.post("/account/logout/")
        return browser
    }

    @Test("by strangers do not keep an account's holder out of a browser in which they signed in before")
    func strangers() async throws {
        let home = try await home()
        let stranger = TestBrowser(server)
        for _ in 0..<10 { #expect(try await stranger.signIn("grace", "wrong").status == 400) }
        // From one network, whatever is typed.
        #expect(try await TestBrowser(server).signIn("grace@example.org").status == 429)
        let stopped = try await TestBrowser(server).signIn("grace")
        #expect(stopped.status == 429 && stopped.text.contains("reset your password"))
        #expect(try await home.signIn("grace").status == 303)
    }

    @Test("in a known browser are stopped there, and nowhere else")
    func known() async throws {
        let (first, second) = (try await home(), try await home())
        for _ in 0..<10 { #expect(try await first.signIn("grace", "wrong").status == 400) }
        #expect(try await first.signIn("grace").status == 429)
        #expect(try await second.signIn("grace").status == 303)
        #expect(try await TestBrowser(server).signIn("grace").status == 303)
        // The cookie is worth nothing for another account.
        try await server.addUser("linus")
        _ = try await second.get("/manage/account/")
        _ = try await second.post("/account/logout/")
        for _ in 0..<10 { _ = try await second.signIn("linus", "wrong") }
        #expect(try await second.signIn("linus").status == 429)
    }

    @Test("do not keep out anyone who resets the password by the link that was mailed")
    func link() async throws {
        let owner = TestBrowser(server)
        _ = try await owner.get("/account/request-password-reset/")
        _ = try await owner.post("/account/request-password-reset/", ["username_or_email": "grace"])
        let link = try #require(try await server.mailedPath("/account/reset-password/", to: "grace@example.org"))
        _ = try await owner.get(link)
        #expect(try await owner.post(link, ["new_password": "several words without reason"]).status == 303)
        for _ in 0..<10 { _ = try await TestBrowser(server).signIn("grace", "wrong") }
        #expect(try await TestBrowser(server).signIn("grace", "several words without reason").status == 429)
        #expect(try await owner.signIn("grace", "several words without reason").status == 303)
    }

    @Test("that are right take no more than their share of the line from one network")
    func share() async throws {
        // So slow that it is not done with all of them while the last ones wait.
        let hasher = try PasswordHasher(
            parameters: PasswordParameters(memory: 65_536, iterations: 4), atOnce: 1, waiting: 13)
        let line = PasswordHashQueue(hasher)
        let crowd = Task {
            await withTaskGroup(of: Bool.self) { group in
                for _ in 0..<100 {
                    group.addTask {
                        (try? await line.hash("password", from: RequestOrigin(address: "192.0.2.1"))) != nil
                    }
                }
                return await group.reduce(into: [Bool]()) { $0.append($1) }
            }
        }
        try await Task.sleep(for: .milliseconds(200))
        // The line has room for two more than the crowd's share.
        #expect(try await !line.hash("password", from: RequestOrigin(address: "192.0.2.2")).isEmpty)
        let outcomes = await crowd.value
        #expect(outcomes.contains(true))
        // Its places are given back.
        #expect(try await !line.hash("password", from: RequestOrigin(address: "192.0.2.1")).isEmpty)
    }
}
