import Accounts
import Acts
import Foundation
import HTTPTypes
import PackagingFormats
import Policy
import Ports
import Projects
import Server
import Stores
import Support
import Testing
import UTC
import VectorSupport
import Web

/// A kind of actor, of whom each asks every route.
private enum Asker: String, CaseIterable, Sendable {
    case nobody, token
    case secondFactorDue = "second-factor-due"
    case enrolmentOnly = "enrolment-only"
    case passwordChangeOnly = "password-change-only"
    case signedIn = "signed-in"
    case maintainer, owner, administrator

    /// The account whose session it is; nil for none.
    var account: String? {
        switch self {
        case .nobody, .token: nil
        case .secondFactorDue, .enrolmentOnly, .passwordChangeOnly, .signedIn: "eve"
        case .maintainer: "bob"
        case .owner: "grace"
        case .administrator: "root"
        }
    }

    /// What the session is held to.
    var restriction: SessionRestriction? { SessionRestriction(rawValue: rawValue) }

    /// What the session is proven with.
    var assurance: Assurance {
        switch self {
        case .nobody: .anonymous
        case .administrator: .secondFactor
        case .token, .secondFactorDue, .enrolmentOnly, .passwordChangeOnly, .signedIn, .maintainer, .owner: .password
        }
    }

    /// Whether it may do what a route does once it shows afresh who it is.
    func lacksOnlyProof(at route: Route) -> Bool {
        guard isAmong(route.audience), route.asksFreshProof, let act = route.action ?? route.prepared else {
            return false
        }
        // Whether the path names the project or the form, whose act it is is the role on it.
        if case .project(let act) = act, case .role(let least) = act.rule.holder, !isAmong(.role(least)) {
            return false
        }
        return assurance >= act.assurance
    }

    /// Whether a guard for an audience is to let it through.
    func isAmong(_ audience: Audience) -> Bool {
        switch audience {
        case .everybody, .monitoring: true
        case .token: self == .token
        case .signedIn(let held): account != nil && restriction.map(held.contains) ?? true
        // No account here has a factor, so nobody else has one to show.
        case .secondFactorDue, .factorToShow: self == .secondFactorDue
        case .role(.maintainer): self == .maintainer || self == .owner
        case .role(.owner): self == .owner
        // For Bob: Grace owns what Bob has a role on.
        case .voucher: self == .owner || self == .administrator
        case .administrator: self == .administrator
        }
    }
}

extension Route {
    /// Its method and path.
    fileprivate var name: String { "\(method.rawValue) \(path)" }
}

/// An index with a project, where one kind of actor has a browser, and showed a password ten minutes ago.
private struct Desk {
    let server: TestServer
    let browser: TestBrowser
    private let asker: Asker

    init(for asker: Asker) async throws {
        self.asker = asker
        server = try await TestServer()
        browser = TestBrowser(server)
        try await server.upload(.wheel())
        for name in ["eve", "bob", "grace", "root"] { try await server.addUser(name, isAdministrator: name == "root") }
        for (role, name) in [(Role.owner, "grace"), (.maintainer, "bob")] {
            try await server.index.stores.projects.addRole(
                role, on: ProjectName(parsing: "demo-pkg"), to: Username(parsing: name), by: .operatorAtMachine,
                at: server.now)
        }
        _ = try await browser.get("/account/login/")
        guard let account = asker.account else { return }
        _ = try await browser.signIn(account)
        _ = try await browser.get("/manage/projects/")
        if asker == .administrator { try await server.raiseSessions(of: account) }
        if let restriction = asker.restriction {
            try await server.index.database.byHand("UPDATE session SET restriction = $1", restriction.rawValue)
        }
        server.now = server.now + .minutes(10)
    }

    /// Something for every field of every form, so that acts are judged rather than forms refused.
    private static let fields: KeyValuePairs = [
        "username": "linus", "username_or_email": "linus", "role_name": "maintainer", "email": "linus@example.org",
        "address": "eve@example.org", "label": "blue", "description": "ci", "token_scope": "account", "expires": "30",
        "project": "demo-pkg", "reserved": "free", "name": "demo-pkg", "version": "1.0", "reason": "because",
        "assurance": "second-factor", "confirm_project_name": "demo-pkg", "confirm_delete_version": "1.0",
        "file": "demo_pkg-1.0-py3-none-any.whl", "factor": "1", "session": "1", "mail": "1", "token": "none",
        "wait": "on", "approvals": "1", "approvers": "owners", "country": "DE", "giveaway": "summer", "request": "1",
        "proposal": "1",
        "category": "secret", "proof_password": "", "totp_value": "000000",
    ]

    /// What is a field of another form, too, and would be taken for something else there.
    private static let fieldsOfOne: [String: KeyValuePairs<String, String>] = [
        "/manage/account/change-password": ["new_password": "several words without reason"],
        "/admin/critical/set": [
            "extent": "share", "share": "1", "window": "183", "depth": "0", "notice": "30", "required": "second-factor",
        ],
        "/admin/giveaways": [
            "name": "past", "sponsor": "Yubico", "models": "YubiKey 5", "keys": "10", "keys_per_code": "2",
            "countries": "AT", "opens": "2022-07-08", "closes": "2022-10-01", "order": "", "eligible": "critical",
        ],
    ]

    func answer(_ route: Route) async throws -> String {
        let path = try await path(of: route)
        guard asker == .token else {
            if let token = browser.token, let name = HTTPField.Name("X-CSRF-Token") { browser.headers[name] = token }
            return Self.word(
                try await route.method == .get
                    ? browser.get(path) : browser.post(path, Self.fieldsOfOne[route.path] ?? Self.fields))
        }
        let credentials = Data("__token__:\(server.token)".utf8).base64EncodedString()
        return Self.word(
            try await server.send(
                route.method, path, headers: [.authorization: "Basic \(credentials)", .contentType: "text/plain"]))
    }

    /// An address of the route, where there is something.
    private func path(of route: Route) async throws -> String {
        if route.path.hasPrefix("/packages/") {
            let snapshot = try await server.index.stores.projects.snapshot(of: ProjectName(parsing: "demo-pkg"))
            return try #require(snapshot?.releases.first?.files.first?.path)
        }
        if route.path.hasPrefix("/static/") {
            let page = try await server.send(.get, "/").text
            return String(try #require(page.firstMatch(of: /\/static\/[0-9a-f]+\/[a-z.-]+/)).0)
        }
        let values = [
            "name": route.path.hasPrefix("/user/") ? "bob" : "demo-pkg", "version": "1.0", "user": "bob",
            "stage": "1",
            "secret": String(repeating: "0", count: 64),
            "point": String(try await server.index.stores.journal.latestSerial()),
        ]
        let path = values.reduce(route.path) { $0.replacing("{\($1.key)}", with: $1.value) }
        return route.path.hasSuffix("/") || route.path.contains(".") || route.path.hasSuffix("json") ? path : "\(path)/"
    }

    /// Where a refusal leads that can be mended, or the status.
    private static func word(_ answer: TestServer.Answer) -> String {
        let location = answer.text.firstMatch(of: /^{"next":"([^"]*)"/).map { String($0.1) } ?? answer.location
        let remedies = [
            "/account/login/?next=": "sign-in", "/account/two-factor/": "second-factor",
            "/manage/account/two-factor/": "add-factor", "/manage/account/change-password/": "new-password",
            "/account/confirm/": "confirm", "/manage/account/enrolment-link/": "link",
        ]
        if !location.contains("flash="), let remedy = remedies.first(where: { location.hasPrefix($0.key) }) {
            return remedy.value
        }
        return answer.text.contains("<title>Confirm that it is you") ? "confirm" : String(answer.status)
    }
}

@Suite("Every route") struct RouteMatrixTests {
    /// What anyone who is not let through gets.
    private static let refusals: Set = ["sign-in", "second-factor", "add-factor", "new-password", "401", "403"]

    /// What nobody here is sent to show afresh who they are for, though it asks that of others.
    private static let unreached: Set = [
        // An account's first factor takes a mailed link instead, or the recovery that went before; nobody here has one.
        "GET /manage/account/totp-provision", "POST /manage/account/totp-provision",
        "GET /manage/account/webauthn-provision", "POST /manage/account/webauthn-provision/options",
        "POST /manage/account/webauthn-provision/validate",
        // Nobody here signed in with a key, which it takes to vouch for a recovery and to make an administrator.
        "POST /account/vouch/{user}/recovery", "POST /admin/users/{user}/make-administrator",
        // No owner here has the second factor that it takes.
        "POST /manage/proposals/approve", "POST /manage/stages/approve", "POST /manage/stages/options",
        "POST /manage/stages/touch",
    ]

    /// What every route answers to one kind of actor, in their order.
    private static func column(_ asker: Asker) async throws -> [String] {
        var desk = try await Desk(for: asker)
        var words: [String] = []
        for route in desk.server.server.routes.sorted(by: { $0.description < $1.description }) {
            let word = try await desk.answer(route)
            words.append(word)
            #expect(
                asker.isAmong(route.audience) ? !["sign-in", "401"].contains(word) : refusals.contains(word),
                "\(route) answers \(word) to \(asker.rawValue)")
            let isReached = !unreached.contains(route.name)
            #expect(
                (word == "confirm") == (isReached && asker.lacksOnlyProof(at: route)),
                "\(route) answers \(word) to \(asker.rawValue), whose proof is old")
            #expect(!word.hasPrefix("5"), "\(route) fails for \(asker.rawValue)")
            // What was done is undone.
            if route.method != .get, !word.hasPrefix("4"), word != "confirm", !refusals.contains(word) {
                desk = try await Desk(for: asker)
            }
        }
        return words
    }

    @Test("that asks for a fresh proof asks it of a kind of actor here, or is one of those that none of them reaches")
    func reached() async throws {
        for route in try await TestServer().server.routes where route.asksFreshProof {
            let isReached = Asker.allCases.contains { $0.lacksOnlyProof(at: route) }
            let takesKey = route.action.map { $0.assurance >= .phishingResistant } ?? false
            let takesFactor = route.action.map { $0.assurance == .secondFactor && $0.gain == nil } ?? false
            #expect(isReached != (takesKey || takesFactor), "\(route)")
            let isFactor = (route.action ?? route.prepared)?.has(.enrolment) ?? false
            #expect(Self.unreached.contains(route.name) == (takesKey || takesFactor || isFactor), "\(route)")
        }
    }

    @Test(
        "has a guard as narrow as its act: an administrator's, a voucher's, or that of the role on the project of its path"
    )
    func guards() async throws {
        for route in try await TestServer().server.routes {
            if route.action?.holderWords == "administrator" { #expect(route.audience == .administrator, "\(route)") }
            if route.action?.isVouching == true { #expect(route.audience == .voucher, "\(route)") }
            if case .project(let act) = route.action, case .role(let least) = act.rule.holder,
                route.path.hasPrefix("/manage/project/{name}/")
            {
                #expect(route.audience == .role(least), "\(route)")
            }
        }
    }

    @Test("answers every kind of actor as its guard says: whom it is not for is refused")
    func matrix() async throws {
        let columns = try await withThrowingTaskGroup(of: (Asker, [String]).self) { group in
            for asker in Asker.allCases { group.addTask { (asker, try await Self.column(asker)) } }
            return try await group.reduce(into: [Asker: [String]]()) { $0[$1.0] = $1.1 }
        }
        let routes = try await TestServer().server.routes.map(\.description).sorted()
        let lines = routes.enumerated().map { number, route in
            let words = Asker.allCases.map { columns[$0]?[number] ?? "-" }
            return (route.split(separator: " ").prefix(2).map(String.init) + words).joined(separator: " ")
        }
        let head = (["method", "path"] + Asker.allCases.map(\.rawValue)).joined(separator: " ")
        try Golden.expect(([head] + lines).joined(separator: "\n") + "\n", "routes-actors.txt")
    }
}
