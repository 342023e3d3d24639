import Database
import Model
import PackagingFormats
import UTC

// What people are told about critical projects, in the transaction of what happened.

extension Transaction {
    /// Tells people what is due: one letter to each, whatever the number of projects.
    ///
    /// Doing it again tells nobody twice.
    ///
    /// - Parameter only: a person whom alone it is about; nil for everybody with a role on a critical project.
    func tellOfMandate(only: UserID? = nil, at now: Timestamp) throws {
        let rule = try connection.mandateRule()
        guard rule.phase(at: now) != .off else { return }
        let demands = try connection.allDemands()
        guard !demands.isEmpty else { return }
        let hasFreeKeys = try connection.givesKeysAway(at: now)
        for (_, standings) in Dictionary(
            grouping: try connection.standingsOnCriticalProjects(of: only), by: { $0.user.id })
        {
            guard let user = standings.first?.user else { continue }
            let told = try connection.notices(to: user.id)
            var news: [MandateNews] = []
            for standing in standings {
                news += try self.news(
                    for: standing, rule, demands[standing.designation.name.normalized] ?? [], told, at: now)
            }
            guard !news.isEmpty else { continue }
            let letter = Letter(mandate: news, to: user.name, hasFreeKeys: hasFreeKeys, at: now)
            for address in try connection.addressesToTell(user, at: now) { try enqueue(letter, to: address, at: now) }
        }
    }

    /// What is due about one project, noted as told.
    private func news(
        for standing: CriticalRole, _ rule: MandateRule, _ demands: [Demand],
        _ told: [String: [NoticePlan.Moment: Timestamp]], at now: Timestamp
    ) throws -> [MandateNews] {
        let name = standing.designation.name
        let facts = MandateFacts(
            designation: standing.designation, rule: rule, isInTopShare: standing.isInTopShare, demands: demands,
            delay: standing.delay,
            holdings: standing.holdings)
        let canDelay = (try? Mandate.delay(of: name, knowing: facts, at: now)) != nil
        var news: [MandateNews] = []
        for demand in rule.demands(told: demands, isInTopShare: standing.isInTopShare) {
            let bindsAt = Mandate.binding(of: demand, knowing: facts)
            let weakTokens = try connection.weakTokens(of: standing.user.id, on: name, for: demand.what, at: now)
            let isLacking = Mandate.lacks(demand.what, standing.holdings)
            let due = NoticePlan.due(
                bindsAt: bindsAt, told: told["\(name.normalized) \(demand.what.rawValue)"] ?? [:],
                isLacking: isLacking || !weakTokens.isEmpty, at: now)
            for moment in due.over {
                try execute(
                    """
                    INSERT INTO critical_notice (account_id, normalized, what, moment, sent_at)
                    VALUES ($1, $2, $3, $4, $5)
                    ON CONFLICT (account_id, normalized, what, moment) DO UPDATE SET sent_at = excluded.sent_at
                    """,
                    standing.user.id.number, name.normalized, demand.what.rawValue, moment.rawValue, now.microseconds)
            }
            guard let moment = due.tell else { continue }
            news.append(
                MandateNews(
                    designation: standing.designation, role: standing.role, what: demand.what, bindsAt: bindsAt,
                    moment: moment, isLacking: isLacking, weakTokens: weakTokens,
                    canDelay: canDelay))
        }
        return news
    }
}

/// Somebody's role on a critical project, with what his account has.
struct CriticalRole {
    let user: User
    let role: Role
    let designation: Designation
    let isInTopShare: Bool
    let delay: MandateDelay?
    let holdings: FactorHoldings
}

extension Connection {
    /// Everybody's roles on critical projects, or one person's.
    fileprivate func standingsOnCriticalProjects(of user: UserID?) throws -> [CriticalRole] {
        try rows(
            """
            SELECT \(User.columns), o.role AS held_role, \(CriticalProject.columns), \(MandateDelay.columns),
                \(FactorHoldings.columns)
            FROM critical_project c JOIN project p ON p.normalized = c.normalized AND p.removed_at IS NULL
            JOIN role o ON o.project_id = p.id JOIN account a ON a.id = o.account_id
            LEFT JOIN critical_delay d ON d.account_id = a.id AND d.normalized = c.normalized
            WHERE c.lifted_at IS NULL AND p.removed_at IS NULL AND ($1 = 0 OR a.id = $1) ORDER BY a.id, c.normalized
            """,
            user?.number ?? 0
        ).map { row in
            let critical = try CriticalProject(row: row)
            return CriticalRole(
                user: try User(row: row), role: try stored(Role(rawValue: row.text("held_role")), "role"),
                designation: critical.designation, isInTopShare: critical.isInTopShare,
                delay: try MandateDelay(row: row),
                holdings: try FactorHoldings(row: row))
        }
    }

    private func demandsByName() throws -> [(name: String, demand: Demand)] {
        try rows("SELECT normalized, what, noticed_at, binds_at FROM critical_demand ORDER BY binds_at, what").map {
            (try $0.text("normalized"), try Demand(row: $0))
        }
    }

    /// What people were told, by name.
    func allDemands() throws -> [String: [Demand]] {
        Dictionary(grouping: try demandsByName(), by: \.name).mapValues { $0.map(\.demand) }
    }

    /// What a person was told, by name and demand.
    fileprivate func notices(to user: UserID) throws -> [String: [NoticePlan.Moment: Timestamp]] {
        var told: [String: [NoticePlan.Moment: Timestamp]] = [:]
        for row in try rows(
            "SELECT normalized, what, moment, sent_at FROM critical_notice WHERE account_id = $1", user.number)
        {
            let moment = try row.text("moment")
            told["\(try row.text("normalized")) \(try row.text("what"))", default: [:]][
                try stored(NoticePlan.Moment(rawValue: moment), moment)] = Timestamp(
                    microseconds: try row.integer("sent_at"))
        }
        return told
    }

    /// The labels of a person's live tokens for a project that a demand will refuse.
    fileprivate func weakTokens(
        of user: UserID, on name: ProjectName, for what: Demand.What, at now: Timestamp
    ) throws -> [String] {
        guard what != .spare else { return [] }
        return try rows(
            """
            SELECT label, assurance FROM token
            WHERE account_id = $1 AND revoked_at IS NULL AND (expires_at IS NULL OR expires_at > $2)
              AND (projects IS NULL OR ' ' || projects || ' ' LIKE '% ' || $3 || ' %') ORDER BY created_at, id
            """,
            user.number, now.microseconds, name.normalized
        ).compactMap { row in
            let assurance = try row.text("assurance")
            return try stored(Assurance(rawValue: assurance), assurance) < what.assurance
                ? "“\(try row.text("label"))”" : nil
        }
    }

    /// Whether security keys are given away now.
    fileprivate func givesKeysAway(at now: Timestamp) throws -> Bool {
        try row(
            """
            SELECT g.id FROM giveaway g
            WHERE g.closed_at IS NULL AND g.opens_at <= $1 AND g.closes_at > $1 AND EXISTS (
                SELECT 1 FROM giveaway_code c WHERE c.giveaway_id = g.id AND c.account_id IS NULL) LIMIT 1
            """,
            now.microseconds) != nil
    }
}
