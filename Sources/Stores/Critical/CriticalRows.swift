import Accounts
import Acts
import Database
import Downloads
import PackagingFormats
import Policy
import Primitives
import Projects
import UTC

// What a transaction reads about critical projects.

extension Connection {
    // MARK: The rule

    /// What the rule must know about a name and who acts. The many names that are not critical cost one look by key.
    func mandateFacts(on name: ProjectName, requiredByOwners: Assurance, of user: UserID?) throws -> MandateFacts {
        // In one query, for every upload asks it twice.
        let found = try rows(
            """
            SELECT \(Designation.columns), c.is_in_top_share, \(MandateRule.columns), d.what, d.noticed_at, d.binds_at
            FROM critical_project c LEFT JOIN critical_rule r ON r.id = 1
            LEFT JOIN critical_demand d ON d.normalized = c.normalized
            WHERE c.normalized = $1 AND c.lifted_at IS NULL ORDER BY d.binds_at, d.what
            """,
            name.normalized)
        var facts = MandateFacts(requiredByOwners: requiredByOwners)
        guard !found.isEmpty || requiredByOwners > .password else { return facts }
        if let row = found.first {
            facts.designation = try Designation(row: row)
            facts.isInTopShare = try row.bool("is_in_top_share")
            facts.rule = try MandateRule(row: row) ?? .usual
            facts.demands = try found.filter { try $0.optionalText("what") != nil }.map(Demand.init(row:))
        }
        if let user { try complete(&facts, on: name, with: user) }
        return facts
    }

    /// What the rule must know about another account, once the name's part is known.
    func mandateFacts(_ facts: MandateFacts, on name: ProjectName, of user: UserID) throws -> MandateFacts {
        var other = facts
        try complete(&other, on: name, with: user)
        return other
    }

    private func complete(_ facts: inout MandateFacts, on name: ProjectName, with user: UserID) throws {
        let found = try row(
            """
            SELECT \(Probation.columns), a.disowned_at, \(MandateDelay.columns), \(FactorHoldings.columns), EXISTS (
                SELECT 1 FROM role o JOIN project p ON p.id = o.project_id
                WHERE p.normalized = $1 AND o.account_id = a.probation_voucher AND o.role = 'owner') AS voucher_owns
            FROM account a LEFT JOIN critical_delay d ON d.account_id = a.id AND d.normalized = $1 WHERE a.id = $2
            """,
            name.normalized, user.number)
        guard let found else { return }
        facts.take(try Probation(row: found), voucherOwns: try found.bool("voucher_owns"))
        facts.disownedAt = try found.optionalInteger("disowned_at").map(Timestamp.init(microseconds:))
        facts.delay = try MandateDelay(row: found)
        facts.holdings = try FactorHoldings(row: found, heldFactors(of: user))
    }

    /// Whether an account could act on a project: otherwise it is given no role there. Throws `RoleRefusal.notReady` or
    /// `AccountRefusal.disabled`.
    package func requireReady(_ user: User, for project: Project, at now: Timestamp) throws {
        try requireReady(user, for: project.name, requiredByOwners: project.requiredAssurance, at: now)
    }

    /// The same of a name under which there may be no project yet.
    func requireReady(
        _ user: User, for name: ProjectName, requiredByOwners: Assurance, at now: Timestamp
    ) throws {
        if user.disabling != nil { throw AccountRefusal.disabled(user.name) }
        let facts = try mandateFacts(on: name, requiredByOwners: requiredByOwners, of: user.id)
        if case .refused(let refusal) = Mandate.judge(accountOn: name, knowing: facts, at: now) {
            throw RoleRefusal.notReady(user.name, refusal)
        }
    }

    /// The projects that require two factors now and on which an account holds a role, by name.
    func bindingProjects(of user: UserID, at now: Timestamp) throws -> [Project] {
        try protectedProjects(of: user).filter { project in
            let facts = try mandateFacts(on: project.name, requiredByOwners: project.requiredAssurance, of: user)
            return Mandate.required(knowing: facts, at: now) > .password
        }
    }

    /// The projects on which an account holds a role and whose owners ask for more than a password, or that are
    /// critical.
    ///
    /// - Parameter includesRemoved: whether those count, too, that its owners can make again.
    func protectedProjects(of user: UserID, includesRemoved: Bool = false) throws -> [Project] {
        try rows(
            """
            SELECT \(Project.columns) FROM role o JOIN project p ON p.id = o.project_id
            WHERE o.account_id = $1 AND (p.removed_at IS NULL OR ($2 = 1 AND p.freed_at IS NULL))
              AND (p.required_assurance <> 'password' OR EXISTS (
                SELECT 1 FROM critical_project c WHERE c.normalized = p.normalized AND c.lifted_at IS NULL))
            ORDER BY p.normalized
            """,
            user.number, includesRemoved
        ).map(Project.init(row:))
    }

    /// What was demanded of those who can change a name, the earliest first.
    func demands(on name: ProjectName) throws -> [Demand] {
        try rows(
            "SELECT what, noticed_at, binds_at FROM critical_demand WHERE normalized = $1 ORDER BY binds_at, what",
            name.normalized
        ).map(Demand.init(row:))
    }

    // MARK: Designation

    /// The order of all names that are ranked, as of a day.
    func ranking(
        _ rule: CriticalRule, asOf day: Day, at now: Timestamp, following: Set<String> = []
    ) throws -> Ranking {
        guard day <= now.day, now.day - CriticalRule.longestWindow <= rule.window(asOf: day).lowerBound else {
            throw CriticalRefusal.dayOutOfRange(day, today: now.day)
        }
        return try ranking(rule, by: try downloadSums(over: rule.window(asOf: day)), following: following)
    }

    /// The order of all names that are ranked, by their downloads in a window; with the place of each that is critical.
    func ranking(_ rule: CriticalRule, by sums: DownloadSums, following: Set<String> = []) throws -> Ranking {
        let known = try rows("SELECT normalized FROM critical_project").map { try $0.text("normalized") }
        let followed = try following.union(known).filter { try isRanked(ProjectName(parsing: $0)) }
            .map { ($0, try number(of: $0)) }
        let ranked = try rankedNames()
        return try Ranking(
            total: ranked.total, extent: rule.extent, candidates: ranked.numbers, counts: sums.counts,
            following: followed, names: names(of:))
    }

    /// Whether a name is ranked: there is a project, or was, or the name is reserved.
    func isRanked(_ name: ProjectName) throws -> Bool {
        try row("SELECT id FROM project WHERE normalized = $1", name.normalized) != nil || isReserved(name)
    }

    /// What a ranking designates newly, dependencies among it.
    func choices(_ rule: CriticalRule, _ ranking: Ranking) throws -> [DesignationPolicy.Choice] {
        let all = try criticalProjects(includingLifted: true)
        let known = Set(all.map(\.designation.name.normalized))
        var choices = DesignationPolicy.choices(from: ranking, known: known)
        guard rule.dependencyDepth > 0 else { return choices }
        var roots = try choices.map { try spelling(of: $0.name) }
        for project in all where project.lifting == nil {
            if case .dependency = project.designation.reason { continue }
            roots.append(project.designation.name)
        }
        choices += try DesignationPolicy.dependencies(
            of: roots, known: known.union(choices.map(\.name)), depth: rule.dependencyDepth, dependencies: needs)
        return choices
    }

    /// The projects here that the newest release of a name needs, extras left out; normalized.
    private func needs(_ normalized: String) throws -> [String] {
        let newest = try row(
            "SELECT r.metadata FROM project p JOIN release r ON r.id = p.latest_release_id WHERE p.normalized = $1",
            normalized)
        guard let newest else { return [] }
        return try ReleaseMetadata(json: newest.text("metadata")).needs.filter(isRanked).map(\.normalized)
    }

    /// A normalized name as its project's first uploader, or anyone who reserved it, wrote it.
    func spelling(of normalized: String) throws -> ProjectName {
        let found = try row(
            """
            SELECT name FROM project WHERE normalized = $1
            UNION ALL SELECT name FROM reserved_name WHERE normalized = $1 LIMIT 1
            """,
            normalized)
        return try ProjectName(parsing: found?.text("name") ?? normalized)
    }

    /// The names that are critical, by latest rank and then by name.
    func criticalProjects(includingLifted: Bool) throws -> [CriticalProject] {
        try rows(
            """
            SELECT \(CriticalProject.columns) FROM critical_project c WHERE $1 = 1 OR c.lifted_at IS NULL
            ORDER BY c.latest_rank IS NULL, c.latest_rank, c.normalized
            """,
            includingLifted
        ).map(CriticalProject.init(row:))
    }

    /// What designations a name had before the one that it has, the oldest first.
    func formerDesignations(of name: ProjectName) throws -> [CriticalProject] {
        try rows(
            """
            SELECT \(Designation.columns), NULL AS latest_rank, NULL AS latest_downloads, 0 AS is_in_top_share,
                c.lifted_at, c.lifted_by, c.lifted_reason
            FROM former_designation c WHERE c.normalized = $1 ORDER BY c.id
            """,
            name.normalized
        ).map(CriticalProject.init(row:))
    }

    // MARK: People

    /// Everybody with a role on a project, by name.
    func holders(of project: Project) throws -> [(id: UserID, name: Username, role: Role)] {
        try rows(
            """
            SELECT a.id, a.name, o.role FROM role o JOIN account a ON a.id = o.account_id
            WHERE o.project_id = $1 ORDER BY a.normalized
            """,
            project.id.number
        ).map { row in
            (
                UserID(try row.integer("id")), try Username(parsing: row.text("name")),
                try stored(Role(rawValue: row.text("role")), "role")
            )
        }
    }

    /// Whether no later day was computed: what was found of it is the latest that is known.
    func isLatest(_ day: Day) throws -> Bool {
        let last = try row("SELECT MAX(day) AS day FROM critical_day")?.optionalInteger("day")
        return last.map { $0 <= Int64(day.number) } ?? true
    }

    // MARK: Settings

    /// What the operator asks for.
    func mandateRule() throws -> MandateRule { try criticalSettings().mandate }

    /// All of the operator's settings; the usual ones where they set none.
    func criticalSettings() throws -> CriticalSettings {
        try row("SELECT * FROM critical_rule WHERE id = 1").map(CriticalSettings.init(row:)) ?? .usual
    }
}

extension Demand {
    init(row: Row) throws {
        let what = try row.text("what")
        self.init(
            try stored(Demand.Requirement(rawValue: what), what),
            noticedAt: Timestamp(microseconds: try row.integer("noticed_at")),
            bindsAt: Timestamp(microseconds: try row.integer("binds_at")))
    }
}

extension MandateDelay {
    /// What `init(row:)` reads of the table `critical_delay`, named `d` in the query, where there may be no row.
    static let columns = "d.until AS delayed_until, d.lacking AS delayed_lacking"

    init?(row: Row) throws {
        guard let until = try row.optionalInteger("delayed_until") else { return nil }
        let words = try row.text("delayed_lacking").split(separator: " ")
        self.init(
            until: Timestamp(microseconds: until),
            lacking: Set(try words.map { try stored(Demand.Requirement(rawValue: String($0)), String($0)) }))
    }

    /// As it is stored.
    var lackingWords: String { lacking.map(\.rawValue).sorted().joined(separator: " ") }
}

extension FactorHoldings {
    /// What `init(row:_:)` reads of an account, named `a` in the query.
    static let columns = "(SELECT COUNT(*) FROM recovery_code r WHERE r.account_id = a.id) AS recovery_codes"

    init(row: Row, _ held: HeldFactors) throws {
        self.init(of: held, hasRecoveryCodes: try row.integer("recovery_codes") > 0)
    }
}

extension Designation {
    /// What `init(row:)` reads of the table `critical_project`, named `c` in the query.
    static let columns = """
        c.name AS critical_name, c.reason, c.rank, c.downloads, c.dependent, c.as_of, c.window_days, c.designated_at
        """

    init(row: Row) throws {
        let reason = try row.text("reason")
        let why: Designation.Reason =
            switch reason {
            case "downloads":
                .downloads(rank: Int(try row.integer("rank")), count: try row.integer("downloads"))
            case "dependency": .dependency(of: try ProjectName(parsing: row.text("dependent")))
            case "named": .named
            default: throw UnreadableValue(text: reason)
            }
        self.init(
            name: try ProjectName(parsing: row.text("critical_name")), reason: why,
            asOf: Day(number: Int32(clamping: try row.integer("as_of"))),
            windowDays: Int(try row.integer("window_days")),
            designatedAt: Timestamp(microseconds: try row.integer("designated_at")),
            rank: try row.optionalInteger("rank").map { Int($0) }, downloads: try row.optionalInteger("downloads"))
    }
}

extension CriticalProject {
    /// What `init(row:)` reads of the table `critical_project`, named `c` in the query.
    static let columns = """
        \(Designation.columns), c.latest_rank, c.latest_downloads, c.is_in_top_share, c.lifted_at, c.lifted_by, \
        c.lifted_reason
        """

    init(row: Row) throws {
        self.init(
            designation: try Designation(row: row),
            latestRank: try row.optionalInteger("latest_rank").map { Int($0) },
            latestDownloads: try row.optionalInteger("latest_downloads"),
            isInTopShare: try row.bool("is_in_top_share"),
            lifting: try row.optionalInteger("lifted_at").map { at in
                Lifting(
                    at: Timestamp(microseconds: at), by: try row.optionalText("lifted_by") ?? "",
                    reason: try row.optionalText("lifted_reason") ?? "")
            })
    }
}

extension MandateRule {
    /// What `init(row:)` reads of the table `critical_rule`, named `r` in the query, where there may be no row.
    static let columns = """
        r.announced_from, r.enforced_from, r.notice_days, r.required, r.stricter_millionths, r.stricter_assurance, \
        r.needs_spare
        """

    init?(row: Row) throws {
        guard let required = try row.optionalText("required") else { return nil }
        func day(_ column: String) throws -> Day? {
            try row.optionalInteger(column).map { Day(number: Int32(clamping: $0)) }
        }
        var stricter: Stricter?
        if let share = try row.optionalInteger("stricter_millionths"),
            let assurance = try row.optionalText("stricter_assurance")
        {
            stricter = Stricter(
                share: try stored(Share(millionths: share), "\(share)"),
                assurance: try stored(Assurance(rawValue: assurance), assurance))
        }
        try self.init(
            announcedFrom: day("announced_from"), enforcedFrom: day("enforced_from"),
            noticeDays: Int(row.integer("notice_days")), required: stored(Assurance(rawValue: required), required),
            stricter: stricter, needsSpare: row.bool("needs_spare"))
    }
}

extension CriticalSettings {
    init(row: Row) throws {
        let extent: CriticalRule.Extent
        if let number = try row.optionalInteger("number") {
            extent = .number(Int(number))
        } else {
            let share = try row.integer("share_millionths")
            extent = .share(try stored(Share(millionths: share), "\(share)"))
        }
        self.init(
            critical: try CriticalRule(
                extent: extent, windowDays: Int(try row.integer("window_days")),
                dependencyDepth: Int(try row.integer("dependency_depth"))),
            mandate: try MandateRule(row: row) ?? .usual)
    }
}
