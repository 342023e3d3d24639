import Accounts
import Acts
import Foundation
import HTTPTypes
import PackagingFormats
import Policy
import Ports
import Server
import Stores
import Support
import Testing
import UTC

@Suite("Users, for administrators") struct UserPageTests {
    let server: TestServer
    let admin: TestBrowser

    init() async throws {
        server = try await TestServer()
        try await server.upload(.wheel())
        for name in ["root", "bob", "grace"] { try await server.addUser(name, isAdministrator: name == "root") }
        admin = TestBrowser(server)
        _ = try await admin.signIn("root")
        try await server.raiseSessions(of: "root")
    }

    @Test("are found, and one is shown with factors, tokens and roles")
    func read() async throws {
        let list = try await admin.get("/admin/users/?q=bo")
        #expect(list.text.contains("/admin/users/bob/") && !list.text.contains("/admin/users/grace/"))
        #expect(list.text.contains("no second factor"))
        let page = try await admin.get("/admin/users/ada/")
        #expect(page.text.contains("A password only") && page.text.contains("/admin/project/demo-pkg/who/"))
        #expect(page.text.contains("Made with a password"))
        #expect(try await admin.get("/admin/users/nobody/").status == 404)
    }

    @Test("are signed out, disabled with a reason, and enabled; nobody disables themselves")
    func disable() async throws {
        let bob = TestBrowser(server)
        _ = try await bob.signIn("bob")
        _ = try await admin.get("/admin/users/bob/")
        #expect(
            try await admin.post("/admin/users/bob/sign-out/").location == "/admin/users/bob/?flash=signed-out-user")
        #expect(try await bob.get("/manage/account/").status == 303)
        #expect(
            try await admin.post("/admin/users/bob/disable/", ["reason": "left the company"]).location
                == "/admin/users/bob/?flash=user-disabled")
        #expect(try await admin.get("/admin/users/bob/").text.contains("left the company"))
        let refused = try await bob.signIn("bob")
        #expect(refused.status == 403 && refused.problem.contains("left the company"))
        #expect(refused.problem.contains("Ask the people who run this index"))
        #expect(try await !bob.signIn("bob", "another password").problem.contains("left the company"))
        #expect(try await admin.post("/admin/users/bob/enable/").location == "/admin/users/bob/?flash=user-enabled")
        #expect(try await bob.signIn("bob").status == 303)
        let own = try await admin.post("/admin/users/root/disable/", ["reason": "by accident"])
        #expect(own.status == 409 && own.problem.contains("the account that you use"))
    }

    @Test(
        "who is disabled is mailed no link to set a password, and one that they have is refused before they think of one"
    )
    func reset() async throws {
        let bob = TestBrowser(server)
        func ask() async throws -> String? {
            _ = try await bob.get("/account/request-password-reset/")
            let answer = try await bob.post("/account/request-password-reset/", ["username_or_email": "bob"])
            // The same for everybody.
            #expect(answer.location.hasSuffix("flash=reset-mailed"))
            return try await server.mailedPath("/account/reset-password/", to: "bob@example.org")
        }
        let link = try #require(try await ask())
        let name = try Username(parsing: "bob")
        try await server.index.people.disable(name, reason: "left", by: .operatorAtMachine, at: server.now)
        server.now = server.now + .minutes(10)
        #expect(try await ask() == link)
        let page = try await bob.get(link)
        #expect(page.status == 403 && page.text.contains("This account is disabled"))
        let set = try await bob.post(link, ["new_password": "several words without reason"])
        #expect(set.status == 403 && set.text.contains("This account is disabled"))
        try await server.index.people.enable(name, by: .operatorAtMachine, at: server.now)
        #expect(try await ask() != link)
    }

    @Test("a token of a disabled account is refused with the reason, and restored")
    func token() async throws {
        let ada = try Username(parsing: "ada")
        try await server.index.people.disable(ada, reason: "left", by: .operatorAtMachine, at: server.now)
        let refused = try await server.upload(.sourceDistribution())
        #expect(refused.status == 403 && refused.text.contains("This account is disabled"))
        try await server.index.people.enable(ada, by: .operatorAtMachine, at: server.now)
        #expect(try await server.upload(.sourceDistribution()).status == 200)
    }

    @Test("with a password alone an administrator does none of it")
    func assurance() async throws {
        let weak = TestBrowser(server)
        _ = try await weak.signIn("root")
        for act in ["disable", "enable", "make-administrator", "unmake-administrator"] {
            _ = try await weak.get("/admin/users/bob/")
            let answer = try await weak.post("/admin/users/bob/\(act)/", ["reason": "because"])
            #expect(answer.status == 403 && answer.text.contains("This takes"), "\(act)")
        }
        _ = try await admin.get("/admin/users/bob/")
        let made = try await admin.post("/admin/users/bob/make-administrator/")
        #expect(made.status == 403 && made.text.contains("model is attested"))
    }

    @Test("who could publish is shown to a project's owners and to administrators, and to nobody else")
    func who() async throws {
        let demo = try ProjectName(parsing: "demo-pkg")
        for (name, role) in [("bob", Role.maintainer), ("grace", .owner)] {
            try await server.index.stores.projects.addRole(
                role, on: demo, to: Username(parsing: name), by: .operatorAtMachine, at: server.now)
        }
        let (bob, grace) = (TestBrowser(server), TestBrowser(server))
        _ = try await bob.signIn("bob")
        _ = try await grace.signIn("grace")
        let path = "/manage/project/demo-pkg/who/"
        #expect(try await bob.get(path).status == 403)
        let owners = try await grace.get(path)
        #expect(owners.text.contains("3 of 3") && owners.text.contains("<li>API token: accepted</li>"))
        // Ada's token is called "test", and has no end.
        for words in ["/admin/users/", "“test”", "made with", "without end", "last used", "never used"] {
            #expect(!owners.text.contains(words), "\(words)")
        }
        let all = try await admin.get("/admin/project/demo-pkg/who/")
        #expect(all.text.contains("/admin/users/ada/") && all.text.contains("“test”, made with a password"))
        #expect(all.text.contains("</time>: accepted"))
        #expect(try await admin.get("/admin/project/?name=Demo.Pkg").location == "/admin/project/demo-pkg/who/")
        #expect(try await grace.get("/admin/project/demo-pkg/who/").status == 403)
        #expect(try await grace.get("/manage/project/demo-pkg/settings/").text.contains(path))
        #expect(try await !bob.get("/manage/project/demo-pkg/settings/").text.contains(path))
        try await server.index.people.disable(
            Username(parsing: "bob"), reason: "seen at a rival's", by: .operatorAtMachine, at: server.now)
        let disabled = try await grace.get(path)
        #expect(disabled.text.contains("the account is disabled.") && !disabled.text.contains("rival"))
        #expect(try await admin.get("/admin/project/demo-pkg/who/").text.contains("the account is disabled: seen at"))
    }

    @Test("a recovery is cancelled by an administrator who says why, and nobody comes in by it")
    func cancelRecovery() async throws {
        let database = server.index.database
        try await database.byHand(
            "INSERT INTO account_recovery (account_id, requested_at, due_at) SELECT id, $1, $1 FROM account "
                + "WHERE normalized = 'ada'", server.now.microseconds)
        let page = try await admin.get("/admin/").text
        #expect(page.contains("ada lost every second factor, and can come in since") && page.contains("Cancel it"))
        let path = "/admin/users/ada/"
        #expect(try await admin.get(path).text.contains("\(path)cancel-recovery/"))
        #expect(try await admin.post("\(path)cancel-recovery/", ["reason": " "]).status == 400)
        #expect(
            try await admin.post("\(path)cancel-recovery/", ["reason": "Ada says it is a thief."]).location
                == "\(path)?flash=recovery-cancelled")
        let ada = try #require(try await server.index.stores.accounts.user(named: Username(parsing: "ada")))
        #expect(try await server.index.stores.recoveries.recovery(of: ada.id) == nil)
        #expect(try await !admin.get(path).text.contains("cancel-recovery/"))
    }

    @Test("what needs a decision stands first")
    func decisions() async throws {
        let page = try await admin.get("/admin/").text
        let first = try #require(page.range(of: "What needs a decision"))
        let rest = try #require(page.range(of: "People and projects"))
        #expect(first.lowerBound < rest.lowerBound)
        #expect(page.contains("There is one administrator."))
    }

    @Test("the head of people's own pages says who is signed in; public pages are the same for everybody")
    func head() async throws {
        #expect(try await admin.get("/manage/account/").text.contains("aria-label=\"Signed in as root\">root</a>"))
        let stranger = TestBrowser(server)
        #expect(try await stranger.get("/account/login/").text.contains(">Sign in</a>"))
        let (theirs, nobodys) = (try await admin.get("/"), try await stranger.get("/"))
        #expect(theirs.text == nobodys.text && theirs.text.contains("rind-name\""))
        let told = try await admin.get("/manage/account/").headers[values: .setCookie]
        #expect(told.contains { $0.contains("rind-name=root;") && !$0.contains("HttpOnly") })
        let left = try await admin.post("/account/logout/").headers[values: .setCookie]
        #expect(!left.contains { $0.contains("rind-name=root") })
    }
}
