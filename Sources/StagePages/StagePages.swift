import Accounts
import Acts
import Identity
import Letters
import PackagingFormats
import Policy
import Ports
import Primitives
import Projects
import Site
import Staging
import UTC
import Web

/// The pages on which people look at releases that wait, and let them out with a touch.
public struct StagePages: PersonalPages {
    let stages: any StageStore
    let findings: any StageFindings
    /// Where the index is, without a slash at its end: installers are told the whole address.
    let baseURL: String

    /// - Parameters:
    ///   - stages: what waits.
    ///   - findings: says what was found in it.
    ///   - baseURL: where the index is, without a slash at its end.
    public init(stages: any StageStore, findings: any StageFindings = NoStageFindings(), baseURL: String) {
        self.stages = stages
        self.findings = findings
        self.baseURL = baseURL
    }

    package func add(to router: AccountRouter, for site: ManageSite) {
        StageRoutes(site: site, pages: self).add(to: router)
    }
}

/// What somebody does on them.
struct StageRoutes: Sendable {
    let site: ManageSite
    let pages: StagePages
    private var stages: any StageStore { pages.stages }
    private var identity: Identity { site.account.identity }

    private static let all = Place.stages.path
    /// How many that ended are shown on a project's page.
    private static let mostEnded = 20

    func add(to router: AccountRouter) {
        let project = "/manage/project/{name}/stages"
        router.page("/manage/stages", guard: .signedIn, use: showAll)
        router.page(project, guard: .role(.maintainer), use: showProject)
        router.page("\(project)/{stage}", guard: .role(.maintainer), use: showOne)
        router.form(
            "/manage/stages/approve", guard: .signedIn, performs: .project(.approveStage), on: .at(Self.all),
            use: approve)
        router.ceremony(
            "/manage/stages/options", guard: .signedIn, performs: .project(.approveStage), on: .at(Self.all),
            use: options)
        router.ceremony(
            "/manage/stages/touch", guard: .signedIn, performs: .project(.approveStage), on: .at(Self.all), use: touch)
        router.form(
            "\(project)/{stage}/reject", guard: .role(.maintainer), performs: .project(.rejectStage), on: .above,
            use: reject)
        router.form(
            "\(project)/{stage}/address", guard: .role(.maintainer), performs: .project(.addressStage), on: .above,
            use: address)
        router.form(
            "/manage/stages/address", guard: .signedIn, performs: .project(.addressStage), on: .at(Self.all),
            use: addressOfAll)
        router.form(
            "\(project)/set", guard: .role(.owner), performs: .project(.setStaging), on: .above, use: set)
    }

    // MARK: Pages

    @Sendable func showAll(_ visit: SessionVisit) async throws -> Reply { try await allPage(visit) }

    private func allPage(
        _ visit: SessionVisit, refusal: (any Refusal)? = nil, address: String? = nil
    ) async throws -> Reply {
        let found = try await stages.stages(for: visit.session.user.id)
        let factors = try await identity.factors.factors(of: visit.session.user.id)
        let model = StagesPage(
            waiting: found, ended: [], setting: nil, head: nil, address: address, by: visit.session, factors,
            at: visit.now)
        return site.account.page(
            model, .stages, "Releases that wait", visit, section: .projects, refusal: refusal,
            problem: refusal == nil ? Self.problem(visit) : nil, asksKeys: model.touch?.takesKey == true)
    }

    @Sendable func showProject(_ visit: ProjectVisit) async throws -> Reply { try await projectPage(visit) }

    private func projectPage(_ visit: ProjectVisit, refusal: (any Refusal)? = nil) async throws -> Reply {
        let managed = visit.managed
        let found = try await stages.stages(of: managed.project.name)
        guard let outlook = try await stages.standing(of: managed.project.name, at: visit.now) else {
            throw NotFound()
        }
        let factors = try await identity.factors.factors(of: managed.session.user.id)
        let model = StagesPage(
            waiting: found.filter { $0.end == nil },
            ended: found.filter { $0.end != nil }.suffix(Self.mostEnded).reversed(),
            setting: StagesPage.Setting(outlook, isOwner: managed.isOwner, path: managed.path(.stages), at: visit.now),
            head: ProjectHead(managed, .stages), address: nil, by: managed.session, factors, at: visit.now)
        return site.account.page(
            model, .stages, "Waiting · \(managed.project.name.display)", visit, section: .projects, refusal: refusal,
            problem: refusal == nil ? Self.problem(visit) : nil, asksKeys: model.touch?.takesKey == true)
    }

    @Sendable func showOne(_ visit: ProjectVisit) async throws -> Reply { try await onePage(visit) }

    private func onePage(
        _ visit: ProjectVisit, refusal: (any Refusal)? = nil, address: String? = nil
    ) async throws -> Reply {
        let managed = visit.managed
        let stage = try await found(visit)
        let factors = try await identity.factors.factors(of: managed.session.user.id)
        let model = StagePage(
            stage, head: ProjectHead(managed, .stages), path: Self.path(of: stage),
            insteadOf: try await stages.latestVersion(of: stage.project),
            findings: try await pages.findings.findings(in: stage), address: address, by: managed.session, factors,
            at: visit.now)
        return site.account.page(
            model, .stage, "\(stage.version) · \(stage.project.display)", visit, section: .projects, refusal: refusal,
            problem: refusal == nil ? Self.problem(visit) : nil, asksKeys: model.touch?.takesKey == true)
    }

    /// The stage that a path names, where it is one of the project that it names.
    private func found(_ visit: ProjectVisit) async throws -> Stage {
        guard let number = Int64(try visit.parameter("stage")), let stage = try await stages.stage(StageID(number)),
            stage.project == visit.managed.project.name
        else { throw NotFound(what: "release that waits") }
        return stage
    }

    static func path(of stage: Stage) -> String { Place.stage(stage.project, number: stage.id.number).path }

    // MARK: Approving

    /// What was chosen, as it was seen: in the query of what the script asks, or in a form.
    private func chosen(_ texts: [String]) throws -> [SeenStage] {
        let seen = texts.flatMap { $0.split(separator: " ") }.compactMap { SeenStage(String($0)) }
        guard !seen.isEmpty else { throw StageRefusal.nothingChosen }
        guard seen.count <= ApprovalStatement.mostReleases else {
            throw StageRefusal.tooMany(ApprovalStatement.mostReleases)
        }
        return seen
    }

    /// The statement that is to be agreed to. Throws where what waits is not what was seen: nobody touches a key for it.
    private func statement(about seen: [SeenStage], by user: UserID) async throws -> ApprovalStatement {
        let mine = try await stages.stages(for: user)
        var found: [Stage] = []
        for one in seen {
            guard let stage = mine.first(where: { $0.id == one.id }) else {
                guard let over = try await stages.stage(one.id), let end = over.end else {
                    throw StageRefusal.noSuchStage
                }
                throw StageRefusal.over(over.project, over.version, end.outcome, end.at.day)
            }
            guard SeenStage(stage) == one else { throw StageRefusal.changed(stage.project, stage.version) }
            found.append(stage)
        }
        return ApprovalStatement(found)
    }

    /// Where a form leads afterwards: to the one release that it was about, or to the list.
    private func afterwards(_ seen: [SeenStage]) async throws -> String {
        guard seen.count == 1, let stage = try await stages.stage(seen[0].id) else { return Self.all }
        return Self.path(of: stage)
    }

    /// With a code of an app, or where a browser has no script: the gate asks for the proof, for these files alone.
    @Sendable func approve(_ visit: SessionVisit) async throws -> Reply {
        try await visit.attempt {
            let seen = try chosen(visit.form.fields.filter { $0.name == "stage" }.map(\.value))
            _ = try await statement(about: seen, by: visit.session.user.id)
            let path = try await afterwards(seen)
            _ = try await stages.approve(seen, by: visit.session.actor, at: visit.now)
            return .seeOther(path)
        } orShow: {
            try await allPage(visit, refusal: $0)
        }
    }

    /// What the key is asked: a challenge for this statement.
    @Sendable func options(_ visit: SessionVisit) async throws -> Reply {
        let seen = try chosen([visit.query["chosen"] ?? ""])
        let statement = try await statement(about: seen, by: visit.session.user.id)
        return .json(
            try await identity.signIn.keyOptions(
                for: .stepUp(.project(.approveStage), object: statement.digest), in: visit.session, visit.browser))
    }

    /// One touch: proves for this statement, and publishes what it says.
    @Sendable func touch(_ visit: SessionVisit) async throws -> Reply {
        let seen = try chosen([visit.query["chosen"] ?? ""])
        let statement = try await statement(about: seen, by: visit.session.user.id)
        let proven = try await identity.signIn.key(
            visit.body, for: .stepUp(.project(.approveStage), object: statement.digest), in: visit.session,
            visit.browser)
        let token = CSRFTokens(keys: identity.keys).text(
            for: proven.secret, of: proven.session.user.id, mark: visit.mark)
        var path = try await afterwards(seen)
        // The browser has a new secret now, whatever comes of it.
        do {
            _ = try await stages.approve(seen, by: proven.session.actor, at: visit.now)
        } catch let refusal as any Refusal {
            path += "?refused=\(refusal.code)"
        }
        return .next(path, token: token).keeping(proven.secret)
    }

    /// What is said of an approval that was refused after the touch. Its code alone travels in the address.
    private static func problem(_ visit: some GuardedVisit) -> String? {
        visit.query["refused"].map {
            problems[$0] ?? "Nothing was published: it is not yours to approve as things are now."
        }
    }

    private static let problems = [
        "stage.changed": "The files were not those that you saw: nothing was published. Look at them as they are now.",
        "stage.over": "It had ended by then: nothing was published by you.",
        "stage.held": "A file is held until somebody has looked at what was found in it: nothing was published.",
    ]

    // MARK: The rest

    @Sendable func reject(_ visit: ProjectVisit) async throws -> Reply {
        let stage = try await found(visit)
        return try await visit.attempt {
            try await stages.reject(
                stage.id, reason: visit.form["reason"] ?? "", by: visit.managed.actor, at: visit.now)
            return .seeOther(visit.managed.path(.stages))
        } orShow: {
            try await onePage(visit, refusal: $0)
        }
    }

    @Sendable func address(_ visit: ProjectVisit) async throws -> Reply {
        let stage = try await found(visit)
        return try await visit.attempt {
            let secret = OneTimeSecret()
            try await stages.makeAddress(
                secretHash: secret.hash, for: [stage.id], by: visit.managed.actor, at: visit.now)
            return try await onePage(visit, address: address(secret))
        } orShow: {
            try await onePage(visit, refusal: $0)
        }
    }

    @Sendable func addressOfAll(_ visit: SessionVisit) async throws -> Reply {
        try await visit.attempt {
            let seen = try chosen(visit.form.fields.filter { $0.name == "stage" }.map(\.value))
            let secret = OneTimeSecret()
            try await stages.makeAddress(
                secretHash: secret.hash, for: seen.map(\.id), by: visit.session.actor, at: visit.now)
            return try await allPage(visit, address: address(secret))
        } orShow: {
            try await allPage(visit, refusal: $0)
        }
    }

    /// What installers are given.
    private func address(_ secret: OneTimeSecret) -> String { "\(pages.baseURL)/stage/\(secret.hex)/simple/" }

    @Sendable func set(_ visit: ProjectVisit) async throws -> Reply {
        try await visit.attempt {
            let setting = try StagingSetting(
                isOn: visit.form["wait"] == "on", approvals: Int(visit.form["approvals"] ?? "") ?? 0,
                approvers: visit.form["approvers"].flatMap(StagingSetting.Approvers.init) ?? .owners)
            try await stages.set(
                setting, on: visit.managed.project.name, by: visit.managed.actor, at: visit.now)
            return .seeOther(visit.managed.path(.stages))
        } orShow: {
            try await projectPage(visit, refusal: $0)
        }
    }
}
