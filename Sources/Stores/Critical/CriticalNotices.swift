import Accounts
import Acts
import Database
import Letters
import PackagingFormats
import Policy
import Primitives
import Projects
import UTC

// What people are told about critical projects, in the transaction of what happened.

extension Transaction {
    /// Tells people what is due: one letter to each, whatever the number of projects.
    ///
    /// Doing it again tells nobody twice.
    ///
    /// - Parameter only: a person whom alone it is about; nil for everybody with a role on a critical project.
    package func tellOfMandate(only: UserID? = nil, at now: Timestamp) throws {
        let roles = try connection.rolesOnCriticalProjects(of: only)
        guard !roles.isEmpty else { return }
        let rule = try connection.mandateRule()
        guard rule.phase(at: now) != .off else { return }
        for (_, theirs) in Dictionary(grouping: roles, by: \.user.id).sorted(by: { $0.key.number < $1.key.number }) {
            try tell(theirs, rule, at: now)
        }
    }

    /// Tells everybody with a role on a project: it was not there for a while, and they may have missed something.
    package func tellHoldersOfMandate(on project: Project, at now: Timestamp) throws {
        guard try connection.isCritical(project.id) else { return }
        for holder in try connection.holders(of: project) { try tellOfMandate(only: holder.id, at: now) }
    }

    /// Forgets what people were told of a name, or one of them: what is asked anew is told anew.
    package func forgetNotices(about name: ProjectName, to user: UserID? = nil) throws {
        try execute(
            "DELETE FROM critical_notice WHERE normalized = $1 AND ($2 = 0 OR account_id = $2)", name.normalized,
            user?.number ?? 0)
    }

    /// What is due to one person, noted as told and put into a letter.
    private func tell(_ roles: [CriticalRole], _ rule: MandateRule, at now: Timestamp) throws {
        guard let user = roles.first?.user else { return }
        let told = try connection.notices(to: user.id)
        // Looked for only where something is due, which for most people on most days it is not.
        var found: [LiveToken]?
        func tokens() throws -> [LiveToken] {
            if let found { return found }
            let tokens = try connection.liveTokens(of: user.id, at: now)
            found = tokens
            return tokens
        }
        var known: [(role: Role, facts: MandateFacts, occasion: MandateNews.Occasion)] = []
        for role in roles {
            let name = role.project.designation.name
            let facts = try connection.mandateFacts(
                MandateFacts(
                    designation: role.project.designation, rule: rule, isInTopShare: role.project.isInTopShare,
                    demands: try connection.demands(on: name), requiredByOwners: role.requiredByOwners),
                on: name, of: user.id)
            var occasion = MandateNews.Occasion.beside
            for asked in facts.asked(at: now) {
                let what = asked.demand.what
                let due = try NoticePlan.due(
                    noticedAt: asked.demand.noticedAt, bindsAt: asked.from,
                    told: told["\(name.normalized) \(what.rawValue)"] ?? [:],
                    isLacking: Mandate.lacks(what, facts.holdings)
                        || what != .spare
                            && (facts.pendingFactor(on: name, at: now) != nil
                                || tokens().contains { $0.isTooWeak(for: name, needing: what.assurance) }),
                    at: now)
                for moment in due.over { try note(moment, of: what, at: name, to: user.id, at: now) }
                if due.tell != nil, occasion != .broughtForward {
                    occasion = due.isBroughtForward ? .broughtForward : .notice
                }
            }
            known.append((role.role, facts, occasion))
        }
        guard known.contains(where: { $0.occasion != .beside }), let holdings = known.first?.facts.holdings else {
            return
        }
        let letterTokens = try tokens()
        let person = try connection.wayFacts(of: user, at: now)
        let news = known.compactMap { entry -> MandateNews? in
            var facts = entry.facts
            facts.person = person
            let news = MandateNews(as: entry.role, on: entry.occasion, knowing: facts, letterTokens, at: now)
            return entry.occasion != .beside || news?.isOpen(holdings) ?? false ? news : nil
        }
        let letter = Letter(
            mandate: news, to: user.name, with: holdings,
            hasFreeKey: try connection.offersFreeKey(to: user.id, at: now), at: now)
        for address in try connection.addressesToTell(user, at: now) { try enqueue(letter, to: address, at: now) }
    }

    private func note(
        _ moment: NoticePlan.Moment, of what: Demand.Requirement, at name: ProjectName, to user: UserID,
        at now: Timestamp
    ) throws {
        try execute(
            """
            INSERT INTO critical_notice (account_id, normalized, what, moment, sent_at)
            VALUES ($1, $2, $3, $4, $5)
            ON CONFLICT (account_id, normalized, what, moment) DO UPDATE SET sent_at = excluded.sent_at
            """,
            user.number, name.normalized, what.rawValue, moment.rawValue, now.microseconds)
    }
}

/// Somebody's role on a critical project.
private struct CriticalRole {
    let user: User
    let role: Role
    let project: CriticalProject
    let requiredByOwners: Assurance
}

extension Connection {
    /// Everybody's roles on critical projects, or one person's.
    fileprivate func rolesOnCriticalProjects(of user: UserID?) throws -> [CriticalRole] {
        let query = """
            SELECT \(User.columns), o.role AS held_role, \(CriticalProject.columns), p.required_assurance
            FROM role o JOIN project p ON p.id = o.project_id JOIN critical_project c ON c.normalized = p.normalized
            JOIN account a ON a.id = o.account_id WHERE c.lifted_at IS NULL AND p.removed_at IS NULL
            """
        let found =
            if let user {
                try rows("\(query) AND o.account_id = $1 ORDER BY c.normalized", user.number)
            } else {
                try rows("\(query) ORDER BY c.normalized")
            }
        return try found.map { row in
            let required = try row.text("required_assurance")
            return CriticalRole(
                user: try User(row: row), role: try stored(Role(rawValue: row.text("held_role")), "role"),
                project: try CriticalProject(row: row),
                requiredByOwners: try stored(Assurance(rawValue: required), required))
        }
    }

    /// Whether a project's name is critical: one look by key.
    package func isCritical(_ project: ProjectID) throws -> Bool {
        try row(
            """
            SELECT p.id FROM project p JOIN critical_project c ON c.normalized = p.normalized
            WHERE p.id = $1 AND c.lifted_at IS NULL
            """,
            project.number) != nil
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

    /// Everybody who was told what critical projects ask for, or one of them.
    func peopleTold(of name: ProjectName? = nil) throws -> [User] {
        try rows(
            """
            SELECT \(User.columns) FROM account a WHERE a.id IN (
                SELECT n.account_id FROM critical_notice n WHERE $1 = '' OR n.normalized = $1)
            ORDER BY a.id
            """,
            name?.normalized ?? ""
        ).map(User.init(row:))
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
}
