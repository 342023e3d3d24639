import Accounts
import Acts
import Database
import PackagingFormats
import Policy
import Primitives
import Projects
import UTC

// Critical projects with everybody who can change them, in a few queries however many they are.

/// A project with those who hold a role on it.
struct StaffedProject {
    /// Somebody with a role on it.
    struct Holder {
        let id: UserID
        let name: Username
        let role: Role
        let holdings: FactorHoldings
        let probation: Probation?
        /// That they put off what is asked there; nil where they did not.
        let delay: MandateDelay?
        /// When a factor of theirs was said not to be their own; nil where none was.
        let disownedAt: Timestamp?
    }

    let name: ProjectName
    let requiredByOwners: Assurance
    var holders: [Holder] = []

    /// What the rule must know about a holder, once the name's part is known.
    func facts(_ facts: MandateFacts, of holder: Holder) -> MandateFacts {
        var theirs = facts
        theirs.holdings = holder.holdings
        let owners = holders.filter { $0.role == .owner }.map(\.name)
        theirs.take(holder.probation, voucherOwns: holder.probation?.voucher.map(owners.contains) ?? false)
        theirs.delay = holder.delay
        theirs.disownedAt = holder.disownedAt
        return theirs
    }

    /// How far everybody is with what is asked.
    ///
    /// - Parameter facts: the name's part of what the rule must know.
    func readiness(knowing facts: MandateFacts, at now: Timestamp) -> [Readiness] {
        holders.map { readiness(of: $0, knowing: self.facts(facts, of: $0), at: now) }
    }

    func readiness(of holder: Holder, knowing facts: MandateFacts, at now: Timestamp) -> Readiness {
        Readiness(of: holder.name, as: holder.role, on: name, knowing: facts, at: now)
    }
}

extension Connection {
    /// Every critical project with everybody who can change it.
    func standings(at now: Timestamp) throws -> [CriticalProjectStanding] {
        let rule = try mandateRule()
        let told = try allDemands()
        let staffed = try staffedProjects(Self.criticalOnes)
        let tokens = try tokensForCriticalProjects(at: now)
        return try criticalProjects(includingLifted: false).map { project in
            let name = project.designation.name
            let demands = told[name.normalized] ?? []
            let dated = rule.dated(demands, isInTopShare: project.isInTopShare)
            guard let there = staffed[name.normalized] else {
                return CriticalProjectStanding(project: project, isThere: false, demands: dated, people: [])
            }
            let facts = MandateFacts(
                designation: project.designation, rule: rule, isInTopShare: project.isInTopShare, demands: demands,
                requiredByOwners: there.requiredByOwners)
            let people = there.holders.map { holder in
                let theirs = there.facts(facts, of: holder)
                let weak = WeakTokens(tokens[holder.id] ?? [], for: name, knowing: theirs, at: now)
                return CriticalProjectStanding.Person(
                    readiness: there.readiness(of: holder, knowing: theirs, at: now),
                    delayedUntil: theirs.delay?.until, weakTokens: weak.refused.count)
            }
            return CriticalProjectStanding(project: project, isThere: true, demands: dated, people: people)
        }
    }

    /// How far everybody with a role on a project is.
    ///
    /// - Parameter facts: the name's part of what the rule must know.
    func readiness(on project: Project, knowing facts: MandateFacts, at now: Timestamp) throws -> [Readiness] {
        try staffedProjects(named: [project.name.normalized])[project.name.normalized]?
            .readiness(knowing: facts, at: now) ?? []
    }

    /// Everybody with a role on one of some names, with what they would lack if all that a rule asks for were binding.
    ///
    /// - Parameter topShare: the names that are asked for more.
    func people(
        on designations: [Designation], inTopShare topShare: Set<String>, whenBinding rule: MandateRule,
        at now: Timestamp
    ) throws -> [Readiness] {
        let binding = try MandateRule(
            announcedFrom: now.day, enforcedFrom: now.day, noticeDays: 0, required: rule.required,
            stricter: rule.stricter, needsSpare: rule.needsSpare)
        let staffed = try staffedProjects(named: designations.map(\.name.normalized))
        return designations.flatMap { designation in
            guard let project = staffed[designation.name.normalized] else { return [Readiness]() }
            let isInTopShare = topShare.contains(designation.name.normalized)
            let asked = binding.asks(isInTopShare: isInTopShare)
            let facts = MandateFacts(
                designation: designation, rule: binding, isInTopShare: isInTopShare,
                demands: asked.map { Demand($0, noticedAt: now, bindsAt: now) },
                requiredByOwners: project.requiredByOwners)
            return project.readiness(knowing: facts, at: now)
        }
    }

    /// From when somebody would really be refused under a rule, by what people were told under the one that is in
    /// force.
    ///
    /// - Parameter topShare: which of the names are asked for more; normalized.
    func forecast(
        _ rule: MandateRule, at names: [ProjectName], inTopShare topShare: Set<String>, now: Timestamp
    ) throws -> RefusalForecast {
        let told = try allDemands()
        let projects = names.map { name in
            RefusalForecast.Project(
                told: told[name.normalized] ?? [], isInTopShare: topShare.contains(name.normalized))
        }
        return RefusalForecast(rule, toldUnder: try mandateRule(), at: projects, now: now)
    }

    /// How many projects are critical, how many people can change them, and what these have.
    func figures() throws -> CriticalFigures {
        let found = try row(
            """
            SELECT (SELECT COUNT(*) FROM account a WHERE a.id IN (\(Self.staff(of: Self.criticalOnes)))) AS people,
                (SELECT COUNT(*) FROM critical_project WHERE lifted_at IS NULL) AS critical
            """)
        let strongest = try heldFactors("f.account_id IN (\(Self.staff(of: Self.criticalOnes)))").values.map(
            \.strongest)
        return CriticalFigures(
            critical: Int(try found?.integer("critical") ?? 0), people: Int(try found?.integer("people") ?? 0),
            withFactor: strongest.count { $0 >= .secondFactor },
            phishingResistant: strongest.count { $0 >= .phishingResistant })
    }

    // MARK: What is read of many projects at once

    /// The projects that are critical, in a query that names a project `p`.
    private static let criticalOnes = """
        p.removed_at IS NULL AND EXISTS (SELECT 1 FROM critical_project c
                                         WHERE c.normalized = p.normalized AND c.lifted_at IS NULL)
        """

    /// The accounts with a role on some projects.
    ///
    /// - Parameter condition: which projects, named `p`.
    private static func staff(of condition: String) -> String {
        "SELECT o.account_id FROM role o JOIN project p ON p.id = o.project_id WHERE \(condition)"
    }

    /// Names that one query asks for: few enough for every engine, and always as many, so that the query is prepared
    /// once.
    private static let namesAtOnce = 250

    /// The projects that are there under some normalized names.
    private func staffedProjects(named names: [String]) throws -> [String: StaffedProject] {
        var found: [String: StaffedProject] = [:]
        var rest = names[...]
        while let first = rest.first {
            var part = Array(rest.prefix(Self.namesAtOnce))
            rest = rest.dropFirst(part.count)
            if names.count > 1 { part += [String](repeating: first, count: Self.namesAtOnce - part.count) }
            let places = part.indices.map { "$\($0 + 1)" }.joined(separator: ", ")
            found.merge(try staffedProjects("p.removed_at IS NULL AND p.normalized IN (\(places))", part)) { one, _ in
                one
            }
        }
        return found
    }

    /// - Parameter condition: which projects, named `p`; one of ours, never anything from outside.
    private func staffedProjects(_ condition: String, _ arguments: [String] = []) throws -> [String: StaffedProject] {
        var projects: [String: StaffedProject] = [:]
        for row in try rows(
            "SELECT p.name, p.required_assurance FROM project p WHERE \(condition)", arguments: arguments)
        {
            let name = try ProjectName(parsing: row.text("name"))
            projects[name.normalized] = StaffedProject(
                name: name,
                requiredByOwners: try stored(
                    Assurance(rawValue: row.text("required_assurance")), "required_assurance"))
        }
        let accounts = try accounts(withRoleOn: condition, arguments)
        for row in try rows(
            """
            SELECT p.normalized, o.account_id, o.role, \(MandateDelay.columns)
            FROM project p JOIN role o ON o.project_id = p.id JOIN account a ON a.id = o.account_id
            LEFT JOIN critical_delay d ON d.account_id = o.account_id AND d.normalized = p.normalized
            WHERE \(condition) ORDER BY a.normalized
            """,
            arguments: arguments)
        {
            let id = UserID(try row.integer("account_id"))
            guard let account = accounts[id] else { continue }
            projects[try row.text("normalized")]?.holders.append(
                StaffedProject.Holder(
                    id: id, name: account.name, role: try stored(Role(rawValue: row.text("role")), "role"),
                    holdings: account.holdings, probation: account.probation,
                    delay: try MandateDelay(row: row), disownedAt: account.disownedAt))
        }
        return projects
    }

    private struct Account {
        let name: Username
        let holdings: FactorHoldings
        let probation: Probation?
        let disownedAt: Timestamp?
    }

    private func accounts(withRoleOn condition: String, _ arguments: [String]) throws -> [UserID: Account] {
        var accounts: [UserID: Account] = [:]
        let held = try heldFactors("f.account_id IN (\(Self.staff(of: condition)))", arguments)
        for row in try rows(
            """
            SELECT a.id, a.name, a.disowned_at, \(Probation.columns), \(FactorHoldings.columns) FROM account a
            WHERE a.id IN (\(Self.staff(of: condition)))
            """,
            arguments: arguments)
        {
            let id = UserID(try row.integer("id"))
            accounts[id] = Account(
                name: try Username(parsing: row.text("name")),
                holdings: try FactorHoldings(row: row, held[id] ?? HeldFactors()),
                probation: try Probation(row: row),
                disownedAt: try row.optionalInteger("disowned_at").map(Timestamp.init(microseconds:)))
        }
        return accounts
    }

    /// The live tokens of everybody with a role on a critical project.
    private func tokensForCriticalProjects(at now: Timestamp) throws -> [UserID: [LiveToken]] {
        var tokens: [UserID: [LiveToken]] = [:]
        for row in try rows(
            """
            SELECT t.account_id, \(LiveToken.columns) FROM token t
            WHERE \(LiveToken.isLive) AND t.account_id IN (
                SELECT o.account_id FROM role o JOIN project p ON p.id = o.project_id WHERE \(Self.criticalOnes))
            ORDER BY t.created_at, t.id
            """,
            now.microseconds)
        {
            tokens[UserID(try row.integer("account_id")), default: []].append(try LiveToken(row: row))
        }
        return tokens
    }
}
