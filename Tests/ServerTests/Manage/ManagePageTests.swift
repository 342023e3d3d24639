import Accounts
import Acts
import Foundation
import HTTPTypes
import PackagingFormats
import Policy
import Ports
import Projects
import Removals
import Roles
import Server
import Stores
import Support
import Testing
import UTC

/// An index with a project of grace's, on which bob is a maintainer, each at a browser.
private struct Office {
    let server: TestServer
    let grace: TestBrowser
    let bob: TestBrowser
    let project = "/manage/project/demo-pkg"
    var stores: Stores { server.index.stores }

    init() async throws {
        server = try await TestServer()
        try await server.upload(.wheel())
        for (role, name) in [(Role.owner, "grace"), (.maintainer, "bob")] {
            try await server.addUser(name)
            try await server.index.stores.projects.addRole(
                role, on: ProjectName(parsing: "demo-pkg"), to: Username(parsing: name), by: .operatorAtMachine,
                at: server.now)
        }
        // ada has no browser: what she owned is grace's alone.
        try await server.index.stores.roles.removeRole(
            on: ProjectName(parsing: "demo-pkg"), from: Username(parsing: "ada"), by: .operatorAtMachine,
            at: server.now)
        grace = TestBrowser(server)
        bob = TestBrowser(server)
        for (browser, name) in [(grace, "grace"), (bob, "bob")] {
            _ = try await browser.signIn(name)
            _ = try await browser.get("/manage/projects/")
        }
    }

    func demo() throws -> ProjectName { try ProjectName(parsing: "demo-pkg") }

    /// Somebody new at a browser.
    func person(_ name: String, isAdministrator: Bool = false) async throws -> TestBrowser {
        try await server.addUser(name, isAdministrator: isAdministrator)
        let browser = TestBrowser(server)
        _ = try await browser.signIn(name)
        if isAdministrator { try await server.raiseSessions(of: name) }
        _ = try await browser.get("/manage/projects/")
        return browser
    }

    func status(_ path: String) async throws -> Int { try await server.send(.get, path).status }
}

@Suite("The pages of a project, for those who look after it") struct ManagePageTests {
    private let office: Office
    private var server: TestServer { office.server }
    private var grace: TestBrowser { office.grace }
    private var bob: TestBrowser { office.bob }

    init() async throws { office = try await Office() }

    @Test("are for those who hold a role, under one spelling of the name or another")
    func who() async throws {
        let list = try await grace.get("/manage/projects/")
        #expect(list.text.contains("href=\"/manage/project/demo-pkg/releases/\""))
        #expect(try await grace.get("/manage/project/demo-pkg/").location == "/manage/project/demo-pkg/releases/")
        #expect(try await grace.get("\(office.project)/releases").location == "\(office.project)/releases/")
        for tab in ["releases", "collaboration", "settings", "history"] {
            for (browser, role) in [(grace, "Owner"), (bob, "Maintainer")] {
                let page = try await browser.get("\(office.project)/\(tab)/")
                #expect(page.status == 200 && page.text.contains("<span class=\"mark\">\(role)</span>"), "\(tab)")
            }
            let eve = TestBrowser(server)
            #expect(try await eve.get("\(office.project)/\(tab)/").location.hasPrefix("/account/login/?next="))
        }
        let eve = try await office.person("eve")
        #expect(try await eve.get("\(office.project)/releases/").status == 403)
        #expect(try await eve.get("/manage/project/nothing/releases/").status == 404)
        #expect(try await grace.get("/manage/project/Demo.Pkg/releases/").status == 200)
        // Forms are looked at by the act that they perform, whatever page they come from.
        for path in ["release/1.0/yank/", "collaboration/leave/", "settings/archive/", "settings/delete_project/"] {
            let refused = try await eve.post("\(office.project)/\(path)", ["confirm_project_name": "demo-pkg"])
            #expect(refused.status == 403, "\(path)")
        }
        #expect(try await office.status("/simple/demo-pkg/") == 200)
    }

    @Test("yank and un-yank a release, by maintainers too")
    func yank() async throws {
        let page = try await bob.get("\(office.project)/release/1.0/")
        #expect(page.text.contains("id=\"yank\"") && !page.text.contains("id=\"delete-release\""))
        let yanked = try await bob.post("\(office.project)/release/1.0/yank/", ["yanked_reason": " broken "])
        #expect(yanked.location == "\(office.project)/release/1.0/?flash=yanked")
        let simple = try await server.send(.get, "/simple/demo-pkg/")
        #expect(simple.text.contains("data-yanked=\"broken\""))
        #expect(try await bob.get("\(office.project)/releases/").text.contains("broken"))
        let unyanked = try await bob.post("\(office.project)/release/1.0/unyank/")
        #expect(unyanked.location == "\(office.project)/release/1.0/?flash=unyanked")
        #expect(try await !server.send(.get, "/simple/demo-pkg/").text.contains("data-yanked"))
        #expect(try await bob.post("\(office.project)/release/9.9/yank/").status == 404)
    }

    @Test("delete a file and a release: pages and lists lose them, their addresses stay")
    func deleteParts() async throws {
        try await server.index.stores.projects.addRole(
            .maintainer, on: office.demo(), to: Username(parsing: "ada"), by: .operatorAtMachine, at: server.now)
        try await server.upload(.sourceDistribution())
        let snapshot = try #require(try await office.stores.projects.snapshot(of: office.demo()))
        let files = try #require(snapshot.latest?.files)
        let wheel = try #require(files.first { $0.packageType == .wheel })
        #expect(files.count == 2)
        #expect(
            try await bob.post("\(office.project)/release/1.0/delete-file/", ["file": wheel.filename]).status == 403)
        let gone = try await grace.post("\(office.project)/release/1.0/delete-file/", ["file": wheel.filename])
        #expect(gone.location == "\(office.project)/release/1.0/?flash=file-deleted")
        let simple = try await server.send(.get, "/simple/demo-pkg/")
        #expect(!simple.text.contains(wheel.filename) && simple.text.contains("demo_pkg-1.0.tar.gz"))
        #expect(try await office.status(wheel.path) == 200)
        #expect(try await office.status("\(wheel.path).metadata") == 200)
        #expect(try await grace.get("\(office.project)/releases/").text.contains(wheel.filename))

        let refused = try await grace.post(
            "\(office.project)/release/1.0/delete/", ["confirm_delete_version": "2.0"])
        #expect(refused.status == 400 && refused.problem.contains("type ‘1.0’"))
        let deleted = try await grace.post(
            "\(office.project)/release/1.0/delete/", ["confirm_delete_version": "1.0.0"])
        #expect(deleted.location == "\(office.project)/releases/?flash=release-deleted")
        #expect(try await office.status("/project/demo-pkg/1.0/") == 404)
        #expect(try await office.status("/pypi/demo-pkg/1.0/json") == 404)
        #expect(try await office.status("/pypi/demo-pkg/json") == 404)
        #expect(try await office.status("/simple/demo-pkg/") == 200)
        #expect(try await office.status("/project/demo-pkg/") == 200)
        for file in files { #expect(try await office.status(file.path) == 200) }
        let again = try await server.upload(.wheel())
        #expect(again.status == 400 && again.reason.hasPrefix("File already exists"))
        #expect(again.text.contains("this filename has already been used"))
    }

    @Test("bring back by one button what their reader deleted, and offer it to nobody else")
    func bringBack() async throws {
        let releases = "\(office.project)/releases/"
        _ = try await grace.post("\(office.project)/release/1.0/delete/", ["confirm_delete_version": "1.0"])
        #expect(try await office.status("/project/demo-pkg/1.0/") == 404)
        #expect(try await grace.get(releases).text.contains("Bring it back"))
        #expect(try await !bob.get(releases).text.contains("Bring it back"))
        let other = try await bob.post("\(releases)restore/", ["version": "1.0", "file": ""])
        #expect(other.status == 403 || other.status == 400 || other.problem.contains("Only an owner"))
        #expect(try await office.status("/project/demo-pkg/1.0/") == 404)
        let back = try await grace.post("\(releases)restore/", ["version": "1.0", "file": ""])
        #expect(back.location == "\(releases)?flash=project-restored")
        #expect(try await office.status("/project/demo-pkg/1.0/") == 200)
        let twice = try await grace.post("\(releases)restore/", ["version": "1.0", "file": ""])
        #expect(twice.problem.contains("Nothing like that was deleted"))

        _ = try await grace.post("\(office.project)/settings/delete_project/", ["confirm_project_name": "demo-pkg"])
        #expect(try await office.status("/project/demo-pkg/") == 404)
        #expect(try await grace.get("/manage/projects/").text.contains("Bring it back"))
        #expect(try await !bob.get("/manage/projects/").text.contains("Bring it back"))
        #expect(try await bob.post("/manage/projects/restore/", ["project": "demo-pkg"]).location.isEmpty)
        #expect(try await office.status("/project/demo-pkg/") == 404)
        let whole = try await grace.post("/manage/projects/restore/", ["project": "demo-pkg"])
        #expect(whole.location == "/manage/projects/?flash=project-restored")
        #expect(try await office.status("/project/demo-pkg/") == 200)

        // Where it asks for more, it asks here, too.
        _ = try await grace.post("\(office.project)/release/1.0/delete/", ["confirm_delete_version": "1.0"])
        try await office.stores.projects.requireAssurance(
            .secondFactor, on: office.demo(), by: .operatorAtMachine, at: server.now)
        let refused = try await grace.post("\(releases)restore/", ["version": "1.0", "file": ""])
        #expect(!refused.location.contains("flash="))
        #expect(try await office.status("/project/demo-pkg/1.0/") == 404)
    }

    @Test("delete the project, whose owner makes it again by an upload; others do not; an administrator brings it back")
    func deleteProject() async throws {
        let path = try #require(try await office.stores.projects.snapshot(of: office.demo())?.latest?.files.first?.path)
        let page = try await grace.get("\(office.project)/settings/")
        #expect(page.text.contains("id=\"delete-project\""))
        #expect(try await !bob.get("\(office.project)/settings/").text.contains("id=\"delete-project\""))
        for typed in ["", "demo", "other"] {
            let refused = try await grace.post(
                "\(office.project)/settings/delete_project/", ["confirm_project_name": typed])
            #expect(refused.status == 400 && refused.problem.contains("type ‘demo-pkg’"))
        }
        let deleted = try await grace.post(
            "\(office.project)/settings/delete_project/", ["confirm_project_name": "Demo_Pkg"])
        #expect(deleted.location == "/manage/projects/?flash=project-deleted")
        for gone in [
            "/simple/demo-pkg/", "/project/demo-pkg/", "/project/demo-pkg/1.0/", "/pypi/demo-pkg/json",
            "/pypi/demo-pkg/1.0/json", "/rss/project/demo-pkg/releases.xml",
        ] {
            #expect(try await office.status(gone) == 404, "\(gone)")
        }
        let lists = ["/simple/", "/rss/packages.xml", "/rss/updates.xml", "/", "/user/grace/"]
        for list in lists {
            #expect(try await !server.send(.get, list).text.contains("demo-pkg"), "\(list)")
        }
        #expect(try await server.send(.get, "/search/?q=demo").text.contains("href=\"/project/demo-pkg/\"") == false)
        #expect(try await office.status(path) == 200)
        #expect(try await server.send(.get, "/metrics").text.contains("rind_projects 0\n"))
        #expect(try await grace.get("/manage/projects/").text.contains("it is the same project again"))
        #expect(try await grace.get("\(office.project)/settings/").status == 404)

        // ada holds no role any more.
        var next = TestUpload.wheel(TestWheel("demo_pkg", "2.0"))
        next["version"] = "2.0"
        next.filename = "demo_pkg-2.0-py3-none-any.whl"
        let refused = try await server.upload(next)
        #expect(refused.status == 403 && refused.reason.contains("only its former owners can use it again"))
        let made = try await grace.post(
            "/manage/account/token/", ["description": "x", "token_scope": "account", "expires": "90"])
        let token = try #require(made.text.firstMatch(of: /id="token">(rind-[A-Za-z0-9_-]+)</)).1
        #expect(try await server.upload(next, token: String(token)).status == 200)
        #expect(try await office.status("/project/demo-pkg/2.0/") == 200)
        #expect(try await office.status("/project/demo-pkg/1.0/") == 404)
        #expect(try await bob.get("\(office.project)/releases/").status == 200, "bob has their role again")

        let root = try await office.person("root", isAdministrator: true)
        #expect(try await grace.get("/admin/projects/").status == 403)
        let alone = try await root.post("/admin/projects/restore/", ["project": "demo-pkg"])
        #expect(alone.status == 403 && alone.problem.contains("propose its return"))
        try await office.stores.removals.restore(
            office.demo(), by: .operatorAtMachine, from: RequestOrigin(), at: server.now)
        #expect(try await office.status("/project/demo-pkg/1.0/") == 200)
        let nothing = try await root.post("/admin/projects/restore/", ["project": "demo-pkg"])
        #expect(nothing.status == 409 && nothing.problem.contains("Nothing like that was deleted"))
    }

    @Test("ask for a proof where the last is more than five minutes ago, and then go on with the form")
    func stepUp() async throws {
        _ = try await grace.get("\(office.project)/settings/")
        server.now = server.now + .seconds(301)
        let asked = try await grace.post(
            "\(office.project)/settings/delete_project/", ["confirm_project_name": "demo-pkg"])
        #expect(asked.status == 200 && asked.text.contains("delete the project demo-pkg"))
        #expect(asked.text.contains("name=\"confirm_project_name\" value=\"demo-pkg\""))
        #expect(try await office.status("/simple/demo-pkg/") == 200)
        let proved = try await grace.post(
            "/account/confirm/?action=project.delete&object=demo-pkg"
                + "&then=%2Fmanage%2Fproject%2Fdemo-pkg%2Fsettings%2Fdelete_project%2F",
            ["confirm_project_name": "demo-pkg", "proof_password": TestServer.password])
        #expect(proved.status == 307 && proved.location.hasPrefix("\(office.project)/settings/delete_project/?pass="))
        _ = try await grace.get("\(office.project)/settings/")
        // The proof is for this project and this act.
        let other = try await grace.post("\(office.project)/settings/archive/")
        #expect(other.text.contains("set the status of demo-pkg to archived"))
        let deleted = try await grace.post(
            "\(office.project)/settings/delete_project/", ["confirm_project_name": "demo-pkg"])
        #expect(deleted.location == "/manage/projects/?flash=project-deleted")
    }

    @Test("invite, accept, decline, change, remove and leave")
    func collaboration() async throws {
        let linus = try await office.person("linus")
        let page = "\(office.project)/collaboration/"
        func invite(_ name: String, _ role: String = "Maintainer") async throws -> TestServer.Answer {
            try await grace.post(page, ["username": name, "role_name": role])
        }
        #expect(try await bob.post(page, ["username": "linus", "role_name": "owner"]).status == 403)
        #expect(try await invite("linus").location == "\(page)?flash=collaborator-invited")
        #expect(try await invite("linus").problem.contains("has an invitation"))
        #expect(try await invite("nobody").problem.contains("There is no account named nobody"))
        #expect(try await invite("bob").problem.contains("bob is maintainer"))
        #expect(try await invite("a b").status == 400)
        #expect(try await invite("linus", "king").status == 400)
        #expect(try await grace.get(page).text.contains("data-cancels=\"linus\""))
        #expect(try await !bob.get(page).text.contains("data-cancels"))

        #expect(try await linus.get("/manage/projects/").text.contains("data-accepts=\"demo-pkg\""))
        #expect(
            try await linus.post("/manage/projects/decline/", ["project": "demo-pkg"]).location
                == "/manage/projects/?flash=invitation-declined")
        #expect(try await invite("linus", "owner").location.hasSuffix("flash=collaborator-invited"))
        #expect(
            try await grace.post("\(page)revoke_invite/", ["username": "linus"]).location
                == "\(page)?flash=invitation-cancelled")
        let late = try await linus.post("/manage/projects/accept/", ["project": "demo-pkg"])
        #expect(late.status == 404 && late.problem.contains("There is no invitation of linus"))
        _ = try await invite("linus", "owner")
        #expect(
            try await linus.post("/manage/projects/accept/", ["project": "demo-pkg"]).location
                == "\(office.project)/releases/?flash=invitation-accepted")
        #expect(try await linus.get(page).text.contains("data-removes=\"grace\""))

        let changed = try await linus.post("\(page)change/", ["username": "grace", "role_name": "maintainer"])
        #expect(changed.location == "\(page)?flash=role-changed")
        #expect(try await linus.get(page).text.contains("the last owner cannot leave"))
        let refused = try await linus.post("\(page)leave/")
        #expect(refused.status == 409 && refused.problem.contains("Make somebody else an owner first"))
        #expect(
            try await linus.post("\(page)delete/", ["username": "bob"]).location == "\(page)?flash=role-removed")
        #expect(try await bob.get(page).status == 403)
        #expect(try await grace.post("\(page)leave/").location == "/manage/projects/?flash=project-left")
        #expect(try await office.stores.projects.snapshot(of: office.demo())?.roles.map(\.user.display) == ["linus"])

        let history = try await linus.get("\(office.project)/history/")
        for sentence in [
            "grace gave up the role of maintainer.", "linus took the role of maintainer from bob.",
            "linus became owner, invited by grace.", "grace took back the invitation of linus to be owner.",
            "linus declined to be maintainer.", "grace invited linus to be maintainer.",
            "The operator made grace owner.", "ada made the project.",
        ] {
            #expect(history.text.contains(sentence), "\(sentence)")
        }
    }

    @Test("ask for more, never for less, and for no more than is shown; archive and un-archive")
    func settings() async throws {
        let page = "\(office.project)/settings/"
        let refused = try await grace.post("\(page)require/", ["assurance": "second-factor"])
        #expect(refused.status == 403 && refused.problem.contains("You would lock yourself out"))
        #expect(try await grace.post("\(page)require/", ["assurance": "anonymous"]).status == 400)
        #expect(try await bob.post("\(page)require/", ["assurance": "second-factor"]).status == 403)
        #expect(try await office.stores.projects.snapshot(of: office.demo())?.project.requiredAssurance == .password)

        let archived = try await grace.post("\(page)archive/", ["reason": "use demo2"])
        #expect(archived.location == "\(page)?flash=archived")
        #expect(try await server.send(.get, "/project/demo-pkg/").text.contains("use demo2"))
        #expect(try await grace.get(page).text.contains("id=\"unarchive\""))
        #expect(try await grace.post("\(page)unarchive/").location == "\(page)?flash=unarchived")
        let deprecated = try await grace.post("\(page)deprecate/", ["reason": "use demo3"])
        #expect(deprecated.location == "\(page)?flash=deprecated")
        #expect(try await server.send(.get, "/simple/demo-pkg/").text.contains("use demo3"))
        #expect(try await grace.get(page).text.contains("id=\"undeprecate\""))
        #expect(try await bob.post("\(page)undeprecate/").status == 403)
        #expect(try await grace.post("\(page)undeprecate/").location == "\(page)?flash=undeprecated")
        try await office.stores.removals.setStatus(
            .quarantined, reason: "harm", of: office.demo(), by: .operatorAtMachine, at: server.now)
        let held = try await grace.post("\(page)unarchive/")
        #expect(held.status == 403 && held.problem.contains("for the people who run this index"))
        let kept = try await grace.post("\(page)delete_project/", ["confirm_project_name": "demo-pkg"])
        #expect(kept.status == 409 && kept.problem.contains("quarantined"))
        #expect(try await !grace.get(page).text.contains("id=\"delete-project\""))
    }

    @Test("show the history in pieces")
    func history() async throws {
        for number in 0..<60 {
            try await office.stores.removals.setStatus(
                number.isMultiple(of: 2) ? .deprecated : .active, reason: "\(number)", of: office.demo(),
                by: .operatorAtMachine, at: server.now)
        }
        let first = try await grace.get("\(office.project)/history/")
        #expect(first.text.contains("“59”") && !first.text.contains("“5”"))
        let older = try #require(first.text.firstMatch(of: /href="([^"]+\?before=[0-9]+)"/)).1
        let second = try await grace.get(String(older))
        #expect(second.text.contains("“5”") && second.text.contains("Newest") && !second.text.contains("“59”"))
    }

    @Test("let administrators reserve names and free those of deleted projects")
    func names() async throws {
        let root = try await office.person("root", isAdministrator: true)
        #expect(
            try await root.post("/admin/projects/reserve/", ["reserved": "acme-core"]).location
                == "/admin/projects/?flash=name-reserved")
        #expect(try await root.get("/admin/projects/").text.contains("acme-core"))
        #expect(try await root.post("/admin/projects/reserve/", ["reserved": "a b"]).status == 400)
        #expect(try await grace.post("/admin/projects/reserve/", ["reserved": "other"]).status == 403)
        #expect(
            try await root.post("/admin/projects/unreserve/", ["project": "acme-core"]).location
                == "/admin/projects/?flash=name-unreserved")
        let release = "/admin/proposals/release-name/"
        let fields: KeyValuePairs = ["project": "demo-pkg", "reason": "abandoned"]
        #expect(try await root.post(release, fields).status == 409)
        _ = try await grace.post("\(office.project)/settings/delete_project/", ["confirm_project_name": "demo-pkg"])
        #expect(try await root.get("/admin/projects/").text.contains("the name can be used by grace"))
        #expect(try await root.post(release, fields).location == "/admin/proposals/?flash=name-release-proposed")
        let queue = try await root.get("/admin/proposals/").text
        #expect(queue.contains("the release of the name demo-pkg") && queue.contains("abandoned"))
        #expect(try await root.post(release, fields).status == 409, "it is proposed already")
        try await server.index.database.byHand("UPDATE proposal SET due_at = proposed_at")
        #expect(try await office.stores.proposals.carryOutProposals(at: server.now) == 1)
        #expect(try await root.get("/admin/projects/").text.contains("the name can be used by everybody"))
    }
}
