import Accounts
import Acts
import Database
import Journal
import Letters
import PackagingFormats
import Policy
import Ports
import Primitives
import Projects
import UTC

/// Critical projects in SQL.
struct SQLCritical: CriticalStore {
    let database: Database

    // MARK: The operator's settings

    func settings() async throws -> CriticalSettings {
        try await database.read { try $0.criticalSettings() }
    }

    func firstFactorEvidence() async throws -> FirstFactorEvidence.Setting {
        try await database.lookUp { try $0.accountRule().firstFactorEvidence }
    }

    func set(_ settings: CriticalSettings, by actor: Actor, at now: Timestamp) async throws {
        try await database.change(by: actor, at: now) { door, actor, now in
            let connection = door.connection
            let before = try connection.criticalSettings()
            // Anyone who does not fulfil the rule that is in force does not change it.
            let strictest = max(before.mandate.required, before.mandate.stricter?.assurance ?? .anonymous)
            let inForce = before.mandate.phase(at: now) == .enforced ? strictest : .anonymous
            let permit = try AccessPolicy.permit(.setCriticalRule, to: actor, atLeast: inForce, at: now)
            let transaction = try door.open(with: permit)
            guard before != settings else { return }
            try transaction.store(settings)
            try transaction.record(permit, .criticalRuleSet(settings))
            if let easing = MandateEasing(from: before.mandate, to: settings.mandate, at: now) {
                for user in try connection.peopleTold() {
                    try transaction.tell(
                        .mandateEased(easing), about: user, from: RequestOrigin(),
                        in: connection.criticalProjects(of: user.id, after: easing, at: now), at: now)
                }
            }
            if settings.mandate.forgetsNotices(under: before.mandate, at: now) { try transaction.forgetDemands() }
            // By the ranks of the last computation, so that people are told once and not again by the next.
            try transaction.noteTopShare(settings.mandate)
            try transaction.makeDueDemands(toldUnder: before.mandate, at: now)
            try transaction.tellOfMandate(at: now)
        }
    }

    // MARK: Designation

    func compute(asOf day: Day, by actor: Actor, at now: Timestamp) async throws -> CriticalComputation {
        // Today's sums are kept, so that tomorrow's take a day more and a day less.
        if day == now.day {
            try await database.change(by: actor, at: now) { door, actor, now in
                try Self.requireComputer(actor, at: now)
                let rule = try door.connection.criticalSettings().critical
                _ = try door.open(for: .downloads).keepDownloadSums(over: rule.window(asOf: day))
            }
        }
        let (settings, ranking) = try await ranked(asOf: day, at: now)
        let done = try await designate(by: ranking, settings, asOf: day, by: actor, at: now)
        if let done { return done }
        // The rule was changed meanwhile.
        return try await compute(asOf: day, by: actor, at: now)
    }

    /// Anyone who has the rule applied could set it: what they make critical stays so.
    private static func requireComputer(_ actor: Actor, at now: Timestamp) throws {
        _ = try AccessPolicy.permit(.setCriticalRule, to: actor, at: now)
    }

    /// The rule, and what it counts. It looks at every name, so it is done on a reader: it rests on days that are over.
    func ranked(asOf day: Day, at now: Timestamp) async throws -> (CriticalSettings, Ranking) {
        try await database.read { connection in
            let settings = try connection.criticalSettings()
            let ranking = try connection.ranking(settings.critical, asOf: day, at: now)
            // Where those stand that others need, is asked once they are known.
            let needed = try connection.choices(settings.critical, ranking).map(\.name).filter { name in
                ranking.places(of: [name])[name] == .some(nil)
            }
            guard !needed.isEmpty else { return (settings, ranking) }
            return (
                settings, try connection.ranking(settings.critical, asOf: day, at: now, following: Set(needed))
            )
        }
    }

    /// Designates what is critical now by a ranking. Nil, and nothing has changed, where the rule is not the one any
    /// more by which was counted.
    func designate(
        by ranking: Ranking, _ settings: CriticalSettings, asOf day: Day, by actor: Actor, at now: Timestamp
    ) async throws -> CriticalComputation? {
        try await database.change(by: actor, at: now) { door, actor, now in
            try Self.requireComputer(actor, at: now)
            guard try door.connection.criticalSettings() == settings else { return nil }
            let isLatest = try door.connection.isLatest(day)
            let choices = try door.connection.choices(settings.critical, ranking)
            let permits = try choices.map { try door.connection.judgedDesignation($0, by: actor, at: now) }
            let places = ranking.places(of: choices.map(\.name))
            let transaction = door.open(for: .standings)
            let designated = try zip(choices, permits).map { choice, permit in
                try transaction.designate(
                    choice, at: places[choice.name] ?? nil, settings.critical, asOf: day, with: permit)
            }
            if isLatest { try transaction.note(ranking, settings.mandate) }
            try transaction.makeDueDemands(at: now)
            try transaction.tellOfMandate(at: now)
            if day == now.day { try transaction.noteFigures(of: day, ranking, at: now) }
            return CriticalComputation(day: day, ranking: ranking, designated: designated)
        }
    }

    func preview(
        _ settings: CriticalSettings, asOf day: Day, at now: Timestamp
    ) async throws -> CriticalPreview {
        try await database.read { connection in
            let ranking = try connection.ranking(settings.critical, asOf: day, at: now)
            let designated = try connection.choices(settings.critical, ranking).map { choice in
                Designation(
                    name: try connection.spelling(of: choice.name), reason: choice.reason, asOf: day,
                    windowDays: settings.critical.windowDays, designatedAt: now)
            }
            let remaining = try connection.criticalProjects(includingLifted: false)
            let critical = designated + remaining.map(\.designation)
            var topShare: Set<String> = []
            if let stricter = settings.mandate.stricter {
                let places = ranking.places(of: critical.map(\.name.normalized))
                topShare = DesignationPolicy.topShare(of: places, share: stricter.share)
                    .union(remaining.filter(\.isInTopShare).map(\.designation.name.normalized))
            }
            let people = try connection.people(
                on: critical, inTopShare: topShare, whenBinding: settings.mandate, at: now)
            return CriticalPreview(
                ranking: ranking, designated: designated, remaining: remaining, topShare: topShare, people: people,
                forecast: try connection.forecast(
                    settings.mandate, at: critical.map(\.name), inTopShare: topShare, now: now))
        }
    }

    func forecast(at now: Timestamp) async throws -> RefusalForecast {
        try await database.read { connection in
            let critical = try connection.criticalProjects(includingLifted: false)
            return try connection.forecast(
                connection.mandateRule(), at: critical.map(\.designation.name),
                inTopShare: Set(critical.filter(\.isInTopShare).map(\.designation.name.normalized)), now: now)
        }
    }

    func list(includingLifted: Bool) async throws -> [CriticalProject] {
        try await database.read { try $0.criticalProjects(includingLifted: includingLifted) }
    }

    func explain(_ name: ProjectName, asOf day: Day, at now: Timestamp) async throws -> CriticalExplanation {
        try await database.read { connection in
            let rule = try connection.criticalSettings().critical
            let ranking = try connection.ranking(rule, asOf: day, at: now, following: [name.normalized])
            let project = try connection.row(
                "SELECT \(CriticalProject.columns) FROM critical_project c WHERE c.normalized = $1", name.normalized
            ).map(CriticalProject.init(row:))
            let place = ranking.followed[name.normalized]
            guard project != nil || place != nil else { throw CriticalRefusal.unknownName(name) }
            return CriticalExplanation(
                name: try project?.designation.name ?? connection.spelling(of: name.normalized), project: project,
                former: try connection.formerDesignations(of: name), demands: try connection.demands(on: name),
                isRanked: place != nil, place: place,
                threshold: ranking.threshold, total: ranking.total, quota: ranking.quota)
        }
    }

    func critical(_ name: ProjectName) async throws -> (project: CriticalProject, demands: [Demand])? {
        try await database.lookUp { connection in
            try connection.row(
                """
                SELECT \(CriticalProject.columns) FROM critical_project c
                WHERE c.normalized = $1 AND c.lifted_at IS NULL
                """,
                name.normalized
            ).map { (try CriticalProject(row: $0), try connection.demands(on: name)) }
        }
    }

    func designate(_ name: ProjectName, by actor: Actor, at now: Timestamp) async throws {
        // As at a computation, where it stands is found on a reader.
        let place = try await database.read { connection in
            try connection.ranking(
                connection.criticalSettings().critical, asOf: now.day, at: now, following: [name.normalized]
            ).followed[name.normalized]
        }
        try await database.change(by: actor, at: now) { door, actor, now in
            let connection = door.connection
            let settings = try connection.criticalSettings()
            let choice = DesignationPolicy.Choice(name: name.normalized, reason: .named)
            let permit = try connection.judgedDesignation(choice, by: actor, at: now)
            guard try connection.isRanked(name) else { throw CriticalRefusal.unknownName(name) }
            let lifted = try connection.row(
                "SELECT lifted_at FROM critical_project WHERE normalized = $1", name.normalized)
            if let lifted, try lifted.optionalInteger("lifted_at") == nil {
                throw CriticalRefusal.alreadyCritical(name)
            }
            let transaction = try door.open(with: permit)
            try transaction.execute(
                """
                INSERT INTO former_designation
                    (normalized, name, reason, rank, downloads, dependent, as_of, window_days, designated_at,
                     lifted_at, lifted_by, lifted_reason)
                SELECT normalized, name, reason, rank, downloads, dependent, as_of, window_days, designated_at,
                    lifted_at, COALESCE(lifted_by, ''), COALESCE(lifted_reason, '')
                FROM critical_project WHERE normalized = $1
                """,
                name.normalized)
            try transaction.execute("DELETE FROM critical_demand WHERE normalized = $1", name.normalized)
            try transaction.execute("DELETE FROM critical_project WHERE normalized = $1", name.normalized)
            _ = try transaction.designate(choice, at: place, settings.critical, asOf: now.day, with: permit)
            try transaction.makeDueDemands(at: now)
            try transaction.tellOfMandate(at: now)
        }
    }

    func lift(_ name: ProjectName, reason: String, by actor: Actor, at now: Timestamp) async throws {
        try await database.change(by: actor, at: now) { door, actor, now in
            let connection = door.connection
            let permit = try AccessPolicy.permit(
                .liftDesignation, on: name, object: name.normalized, to: actor,
                knowing: try connection.projectFacts(name, actor), at: now)
            let transaction = try door.open(with: permit)
            guard reason.contains(where: { !$0.isWhitespace }) else { throw CriticalRefusal.reasonMissing }
            try transaction.execute(
                """
                UPDATE critical_project SET lifted_at = $1, lifted_by = $2, lifted_reason = $3
                WHERE normalized = $4 AND lifted_at IS NULL
                """,
                now.microseconds, actor.journalName, reason, name.normalized)
            guard transaction.changes > 0 else { throw CriticalRefusal.notCritical(name) }
            try transaction.record(permit, .critical(.lifted(reason: reason)))
            try transaction.weigh(name)
            for user in try connection.peopleTold(of: name) {
                try transaction.tell(
                    .project(.designationLifted(reason: reason), name, by: actor.displayName), about: user,
                    from: RequestOrigin(), at: now)
            }
        }
    }

    // MARK: What is asked

    func obligations(of user: UserID, at now: Timestamp) async throws -> [Obligation] {
        try await database.lookUp { connection in
            let rows = try connection.rows(
                """
                SELECT \(Project.columns), o.role FROM role o JOIN project p ON p.id = o.project_id
                WHERE o.account_id = $1 AND p.removed_at IS NULL AND (p.required_assurance <> 'password' OR EXISTS (
                    SELECT 1 FROM critical_project c WHERE c.normalized = p.normalized AND c.lifted_at IS NULL))
                ORDER BY p.normalized
                """,
                user.number
            )
            // Looked for once, and not at all for the many who have nothing to do with it.
            let tokens = rows.isEmpty ? [] : try connection.liveTokens(of: user, at: now)
            var person: WayFacts?
            return try rows.map { row in
                let project = try Project(row: row)
                let facts = try connection.mandateFacts(
                    on: project.name, requiredByOwners: project.requiredAssurance, of: nil)
                var theirs = try connection.mandateFacts(facts, on: project.name, of: user)
                if !Mandate.ways(ofAccountOn: project.name, knowing: theirs, at: now).isEmpty {
                    person = try person ?? connection.user(user).map { try connection.wayFacts(of: $0, at: now) }
                    theirs.person = person
                }
                let ways = Mandate.ways(ofAccountOn: project.name, knowing: theirs, at: now)
                return Obligation(
                    project: project.name, role: try stored(Role(rawValue: row.text("role")), "role"),
                    designation: facts.designation, demands: facts.demands,
                    required: Mandate.required(knowing: facts, at: now), holdings: theirs.holdings,
                    judgement: Mandate.judge(accountOn: project.name, knowing: theirs, at: now),
                    pendingFactor: theirs.pendingFactor(on: project.name, at: now),
                    tokens: WeakTokens(tokens, for: project.name, knowing: theirs, at: now),
                    delayedUntil: theirs.delay?.until,
                    canDelayUntil: ways.delayUntil, ways: ways)
            }
        }
    }

    func offersFreeKey(to user: UserID, at now: Timestamp) async throws -> Bool {
        try await database.lookUp { try $0.offersFreeKey(to: user, at: now) }
    }

    func readiness(of name: ProjectName, at now: Timestamp) async throws -> [Readiness] {
        try await database.read { connection in
            guard let project = try connection.project(named: name) else { return [] }
            let facts = try connection.mandateFacts(
                on: name, requiredByOwners: project.requiredAssurance, of: nil)
            return try connection.readiness(on: project, knowing: facts, at: now)
        }
    }

    func standings(at now: Timestamp) async throws -> [CriticalProjectStanding] {
        try await database.read { try $0.standings(at: now) }
    }

    func delay(
        _ name: ProjectName, by actor: Actor, from origin: RequestOrigin, at now: Timestamp
    ) async throws -> Timestamp {
        try await database.change(by: actor, at: now) { door, actor, now in
            let (project, permit) = try door.connection.judged(
                .delayMandate, on: name, object: name.normalized, by: actor, at: now)
            let transaction = try door.open(with: permit)
            guard let id = actor.userID, case .user(_, let user, _) = actor.identity else {
                throw AccessRefusal.sessionNeeded
            }
            let facts = try transaction.connection.mandateFacts(
                on: name, requiredByOwners: project.requiredAssurance, of: id)
            let delay = try Mandate.delay(of: project.name, knowing: facts, at: now)
            let until = delay.until
            try transaction.execute(
                """
                INSERT INTO critical_delay (account_id, normalized, requested_at, until, lacking)
                VALUES ($1, $2, $3, $4, $5)
                """,
                id.number, name.normalized, now.microseconds, until.microseconds, delay.lackingWords)
            try transaction.record(
                permit, .critical(.delayed(until: until, lacking: delay.lacking.sorted { $0.rawValue < $1.rawValue })))
            let holder = try transaction.connection.requireUser(named: user)
            let event = SecurityEvent.mandateDelayed(project.name, until: until)
            try transaction.tell(
                event, about: holder, from: origin,
                in: LetterContext(on: [project.name], knowing: [facts], bindsAt: until, at: now), at: now)
            return until
        }
    }

    // MARK: Figures

    func figures() async throws -> CriticalFigures {
        try await database.read { try $0.figures() }
    }

    func days(since day: Day) async throws -> [CriticalDay] {
        try await database.read { connection in
            try connection.rows("SELECT * FROM critical_day WHERE day >= $1 ORDER BY day", Int(day.number)).map { row in
                CriticalDay(
                    day: Day(number: Int32(clamping: try row.integer("day"))),
                    projects: Int(try row.integer("projects")), threshold: try row.integer("threshold"),
                    critical: Int(try row.integer("critical")), people: Int(try row.integer("people")),
                    withFactor: Int(try row.integer("with_factor")),
                    phishingResistant: Int(try row.integer("phishing_resistant")))
            }
        }
    }
}
