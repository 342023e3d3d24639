import Accounts
import Acts
import Database
import Journal
import Leaving
import PackagingFormats
import Policy
import Primitives
import Projects
import UTC

// What is asked for, what needs what, and what may be yanked: read here, for what is shown and for what takes away.

extension Connection {
    /// The numbers of the policy.
    package func removalRule() throws -> RemovalRule {
        var rule =
            try row("SELECT * FROM removal_rule WHERE id = 1").map { row in
                RemovalRule(
                    recentHours: Int(try row.integer("recent_hours")),
                    fewDownloads: Int(try row.integer("few_downloads")), waitDays: Int(try row.integer("wait_days")),
                    criticalWaitDays: Int(try row.integer("critical_wait_days")),
                    retentionDays: Int(try row.integer("retention_days")))
            } ?? .usual
        rule.promises = try rows("SELECT shortened_at, retention_days FROM retention_promise").map { row in
            .init(
                days: Int(try row.integer("retention_days")),
                shortenedAt: Timestamp(microseconds: try row.integer("shortened_at")))
        }
        return rule
    }

    /// What was erased of a name for legal reasons, the last first.
    package func tombstones(of name: ProjectName) throws -> [Tombstone] {
        try rows(
            """
            SELECT f.filename, r.version, e.category, e.erased_at FROM project p
            JOIN file f ON f.project_id = p.id AND f.\(FileState.unlisted)
            JOIN erased_file e ON e.file_id = f.id JOIN release r ON r.id = f.release_id
            WHERE p.normalized = $1 ORDER BY e.erased_at DESC, f.filename
            """,
            name.normalized
        ).map { row in
            let category = try row.text("category")
            return Tombstone(
                filename: try row.text("filename"), version: try Version(parsing: row.text("version")),
                category: try stored(ErasureCategory(rawValue: category), category),
                at: Timestamp(microseconds: try row.integer("erased_at")))
        }
    }

    /// Since when somebody is an owner, and others beside them whose accounts can be used.
    package func ownerStanding(_ user: UserID?, on project: ProjectID) throws -> OwnerStanding {
        let owners = try rows(
            """
            SELECT a.id, a.name, o.given_at FROM role o JOIN account a ON a.id = o.account_id
            WHERE o.project_id = $1 AND o.role = 'owner' AND (a.disabled_at IS NULL OR a.id = $2)
            ORDER BY o.given_at, a.normalized
            """,
            project.number, user?.number ?? 0
        ).map { row in
            (
                id: UserID(try row.integer("id")), name: try Username(parsing: row.text("name")),
                since: Timestamp(microseconds: try row.integer("given_at"))
            )
        }
        return OwnerStanding(
            since: owners.first { $0.id == user }?.since,
            others: owners.filter { $0.id != user }.map { .init($0.name, since: $0.since) })
    }

    /// The other projects whose newest releases need one, by name.
    package func dependents(of name: ProjectName) throws -> [ProjectName] { try needs(of: name).map(\.project) }

    /// The same, with the versions of it that they need.
    private func needs(of name: ProjectName) throws -> [YankFacts.Dependent] {
        try rows(
            """
            SELECT p.name, n.specifiers FROM needed_project n JOIN project p ON p.id = n.project_id
            WHERE n.normalized = $1 AND p.normalized <> $1 AND \(FileState.listedProject("p")) ORDER BY p.normalized
            """,
            name.normalized
        ).map { row in
            YankFacts.Dependent(
                try ProjectName(parsing: row.text("name")),
                try row.text("specifiers").split(separator: " ").map { try SpecifierSet(parsing: String($0)) })
        }
    }

    /// What is asked for of a project, the next first.
    package func openRequests(of project: Project) throws -> [RemovalRequest] {
        let requests = try rows(
            "\(RemovalRequest.query) WHERE q.project_id = $1 AND q.outcome IS NULL ORDER BY q.due_at, q.id",
            project.id.number
        ).map(RemovalRequest.init(row:))
        guard try !requests.isEmpty && isCritical(project.id) else { return requests }
        let rule = try removalRule()
        return requests.map { $0.waitingAsCritical(under: rule) }
    }

    /// Throws where somebody wants to yank the last that installers choose of a project that others build on.
    ///
    /// - Parameter yanked: what of a file `f` of a release `r` has the value where it is to be yanked.
    func judgeYank(of yanked: String, _ value: String, in project: Project, by actor: Actor) throws {
        let files = try rows(
            """
            SELECT DISTINCT r.version, (\(yanked) = $1) AS goes, (f.is_yanked = 0 AND r.is_yanked = 0) AS can_be_chosen
            FROM file f JOIN release r ON r.id = f.release_id WHERE f.project_id = $2 AND \(FileState.listed("f"))
            """,
            value, project.id.number
        ).map { row in
            YankFacts.Choice(
                version: try Version(parsing: row.text("version")), goes: try row.bool("goes"),
                canBeChosen: try row.bool("can_be_chosen"))
        }
        try YankPolicy.decide(
            project.name, by: actor,
            knowing: YankFacts(files, isCritical: isCritical(project.id), neededBy: needs(of: project.name)))
    }
}

extension RemovalRequest {
    /// What `init(row:)` reads; the request is `q` in it.
    package static let query = """
        SELECT q.id, q.kind, q.version, q.filename, q.reason, q.asked_at, q.due_at, q.confirmer, q.confirmed_by,
            q.confirmed_at, p.name AS project_name, a.name AS asker
        FROM removal_request q JOIN project p ON p.id = q.project_id JOIN account a ON a.id = q.asked_by
        """

    package init(row: Row) throws {
        let (kind, confirmer) = (try row.text("kind"), try row.text("confirmer"))
        let departure = Departure(
            try stored(DepartureKind(rawValue: kind), kind),
            version: try row.optionalText("version").map { try Version(parsing: $0) },
            filename: try row.optionalText("filename"))
        let confirmedAt = try row.optionalInteger("confirmed_at").map { Timestamp(microseconds: $0) }
        let confirmedBy = try row.optionalText("confirmed_by")
        self.init(
            id: RemovalRequestID(try row.integer("id")), project: try ProjectName(parsing: row.text("project_name")),
            departure: try stored(departure, kind), reason: try row.text("reason"),
            askedBy: try Username(parsing: row.text("asker")),
            askedAt: Timestamp(microseconds: try row.integer("asked_at")),
            dueAt: Timestamp(microseconds: try row.integer("due_at")),
            confirmer: try stored(DepartureTerms.Confirmer(rawValue: confirmer), confirmer),
            confirmation: confirmedAt.flatMap { at in confirmedBy.map { Confirmation(by: $0, at: at) } })
    }
}
