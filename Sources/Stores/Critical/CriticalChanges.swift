import Accounts
import Acts
import Database
import Journal
import PackagingFormats
import Policy
import UTC

// What a transaction changes about critical projects.

extension Transaction {
    /// Stores a designation, and voids the invitations that were made before it.
    func designate(
        _ choice: DesignationPolicy.Choice, at place: Ranking.Place?, _ rule: CriticalRule, asOf day: Day,
        with permit: Permit
    ) throws -> Designation {
        let (name, now) = (try connection.spelling(of: choice.name), permit.at)
        let designation = Designation(
            name: name, reason: choice.reason, asOf: day, windowDays: rule.windowDays, designatedAt: now,
            rank: place?.rank, downloads: place?.downloads)
        let reason = StoredReason(choice.reason)
        try forgetNotices(about: name)
        try execute(
            """
            INSERT INTO critical_project
                (normalized, name, reason, rank, downloads, dependent, as_of, window_days, designated_at,
                 latest_rank, latest_downloads, is_in_top_share)
            VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, NULL, NULL, 0)
            """,
            name.normalized, name.display, reason.kind, designation.rank, designation.downloads,
            reason.dependent, Int(day.number), rule.windowDays, now.microseconds)
        var voided: [Username] = []
        if let project = try connection.project(named: name) {
            voided = try voidInvitations(
                to: project, because: .becameCritical, at: now)
        }
        try record(permit, .critical(.designated(DesignationRecord(designation, voided: voided))))
        try weigh(name)
        return designation
    }

    /// Notes where the critical names stand now, and which are asked for more.
    func note(_ ranking: Ranking, _ rule: MandateRule) throws {
        let places = ranking.places(
            of: try connection.criticalProjects(includingLifted: false).map(\.designation.name.normalized))
        for (name, place) in places {
            try execute(
                "UPDATE critical_project SET latest_rank = $1, latest_downloads = $2 WHERE normalized = $3",
                place?.rank, place?.downloads, name)
        }
        try noteTopShare(rule)
    }

    /// Notes which critical names are asked for more, by their latest ranks: once there, always there.
    func noteTopShare(_ rule: MandateRule) throws {
        guard let stricter = rule.stricter else { return }
        let projects = try connection.criticalProjects(includingLifted: false)
        let places = Dictionary(
            projects.map { project in
                let name = project.designation.name.normalized
                let place = project.latestRank.map {
                    Ranking.Place(rank: $0, name: name, downloads: project.latestDownloads ?? 0)
                }
                return (name, place)
            }
        ) { first, _ in first }
        for name in DesignationPolicy.topShare(of: places, share: stricter.share) {
            try execute("UPDATE critical_project SET is_in_top_share = 1 WHERE normalized = $1", name)
        }
    }

    /// Demands what the rule asks for and was not demanded yet, and no longer what it does not. People are told by the
    /// notices that follow.
    ///
    /// - Parameter former: the rule that was in force until now; nil where it has not changed.
    func makeDueDemands(toldUnder former: MandateRule? = nil, at now: Timestamp) throws {
        let rule = try connection.mandateRule()
        guard rule.phase(at: now) != .off else { return }
        let told = try connection.allDemands()
        for project in try connection.criticalProjects(includingLifted: false) {
            let name = project.designation.name
            let before = told[name.normalized] ?? []
            let kept = rule.kept(before, toldUnder: former ?? rule, at: now)
            let demands = rule.demands(told: kept, isInTopShare: project.isInTopShare, at: now)
            for demand in before where !demands.contains(where: { $0.what == demand.what }) {
                try execute(
                    "DELETE FROM critical_demand WHERE normalized = $1 AND what = $2", name.normalized,
                    demand.what.rawValue)
                // Asked for again, it is told of again.
                try execute(
                    "DELETE FROM critical_notice WHERE normalized = $1 AND what = $2", name.normalized,
                    demand.what.rawValue)
            }
            for demand in demands where !before.contains(demand) {
                let permit = try AccessPolicy.permit(
                    .demand, on: name, to: .index, knowing: ProjectFacts(exists: true, role: nil), at: now)
                try execute(
                    """
                    INSERT INTO critical_demand (normalized, what, noticed_at, binds_at) VALUES ($1, $2, $3, $4)
                    ON CONFLICT (normalized, what) DO UPDATE SET
                        noticed_at = excluded.noticed_at, binds_at = excluded.binds_at
                    """,
                    name.normalized, demand.what.rawValue, demand.noticedAt.microseconds, demand.bindsAt.microseconds)
                try record(permit, .critical(.demanded(demand.what, binds: demand.bindsAt)))
            }
        }
    }

    /// Forgets what was demanded of everybody, and that they were told.
    func forgetDemands() throws {
        try execute("DELETE FROM critical_demand")
        try execute("DELETE FROM critical_notice")
    }

    /// Notes the figures of a day, which the charts show.
    func noteFigures(of day: Day, _ ranking: Ranking, at now: Timestamp) throws {
        let figures = try connection.figures()
        try execute(
            """
            INSERT INTO critical_day
                (day, computed_at, projects, threshold, critical, people, with_factor, phishing_resistant)
            VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
            ON CONFLICT (day) DO UPDATE SET
                computed_at = excluded.computed_at, projects = excluded.projects, threshold = excluded.threshold,
                critical = excluded.critical, people = excluded.people, with_factor = excluded.with_factor,
                phishing_resistant = excluded.phishing_resistant
            """,
            Int(day.number), now.microseconds, ranking.total, ranking.threshold, figures.critical, figures.people,
            figures.withFactor, figures.phishingResistant)
    }

    func store(_ settings: CriticalSettings) throws {
        let share: Int64? = if case .share(let share) = settings.critical.extent { share.millionths } else { nil }
        let number: Int? = if case .number(let number) = settings.critical.extent { number } else { nil }
        let mandate = settings.mandate
        try execute("DELETE FROM critical_rule")
        try execute(
            """
            INSERT INTO critical_rule
                (id, share_millionths, number, window_days, dependency_depth, announced_from, enforced_from,
                 notice_days, required, stricter_millionths, stricter_assurance, needs_spare)
            VALUES (1, $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
            """,
            share, number, settings.critical.windowDays, settings.critical.dependencyDepth,
            mandate.announcedFrom.map { Int($0.number) }, mandate.enforcedFrom.map { Int($0.number) },
            mandate.noticeDays, mandate.required.rawValue, mandate.stricter?.share.millionths,
            mandate.stricter?.assurance.rawValue, mandate.needsSpare)
    }
}

extension Connection {
    func judgedDesignation(_ choice: DesignationPolicy.Choice, by actor: Actor, at now: Timestamp) throws -> Permit {
        let name = try spelling(of: choice.name)
        return try AccessPolicy.permit(
            .designate, on: name, object: name.normalized, to: actor, knowing: try projectFacts(name, actor), at: now)
    }
}

/// Why a name is critical, column by column.
private struct StoredReason {
    let kind: String
    var dependent: String?

    init(_ reason: Designation.Reason) {
        switch reason {
        case .downloads: kind = "downloads"
        case .dependency(let project):
            kind = "dependency"
            dependent = project.display
        case .named: kind = "named"
        }
    }
}
