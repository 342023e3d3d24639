import Accounts
import Acts
import Database
import Journal
import Leaving
import PackagingFormats
import Policy
import Ports
import Primitives
import Projects
import Stores
import UTC

extension Stores {
    /// What the people who run the index propose, and somebody else has a say in.
    public var proposals: any ProposalStore { SQLProposals(database: database) }
}

/// Proposals in SQL: a row each, which is open until somebody answered or its day ended it.
struct SQLProposals: ProposalStore {
    let database: Database

    /// Does what an answer to a proposal is, where the policy lets somebody give it.
    ///
    /// - Parameter act: the answer's.
    func answer(
        _ answer: ProposalAnswer, _ act: ProjectAct, _ id: ProposalID, of name: ProjectName, seen: Serial? = nil,
        by actor: Actor, at now: Timestamp,
        _ body: @escaping @Sendable (Transaction, Project, Proposal, Permit) throws -> Void
    ) async throws {
        try await database.change(by: actor, at: now) { door, actor, now in
            let connection = door.connection
            let (project, permit) = try connection.authorizeIncludingRemoved(
                act, on: name, object: "\(name.normalized) \(id)", by: actor, at: now)
            guard
                let proposal = try connection.proposals("q.id = $1 AND q.project_id = $2", id.number, project.id.number)
                    .first
            else { throw ProposalRefusal.noSuchProposal(project.name) }
            try ProposalPolicy.decide(
                answer, to: proposal, by: actor, isCritical: try connection.wasCritical(project.name), at: now)
            if let seen, seen != project.serial { throw ProposalRefusal.changedSince(project.name) }
            try body(try door.open(with: permit), project, proposal, permit)
        }
    }

    func withdraw(
        _ id: ProposalID, of name: ProjectName, by actor: Actor, from origin: RequestOrigin, at now: Timestamp
    ) async throws {
        try await answer(.withdraw, .withdrawProposal, id, of: name, by: actor, at: now) {
            transaction, project, proposal, permit in
            try transaction.record(
                permit, .proposal(.withdrawn(proposal.matter.kind, scope: proposal.matter.scope)))
            try transaction.end(proposal, of: project, as: .withdrawn, by: permit, from: origin)
        }
    }

    func carryOutProposals(at now: Timestamp) async throws -> Int {
        let due = try await database.read { connection in
            try connection.proposals("q.outcome IS NULL AND q.due_at <= $1", now.microseconds)
        }
        var count = 0
        // One after the other, so that one that cannot be carried out is in nobody's way.
        for proposal in due where try await settle(proposal, at: now) { count += 1 }
        return count
    }

    /// Does what takes effect on its day, or ends it. False where it is over by now, or waits for somebody.
    private func settle(_ found: Proposal, at now: Timestamp) async throws -> Bool {
        try await database.change(by: .index, at: now) { door, actor, now in
            let connection = door.connection
            guard let proposal = try connection.proposals("q.id = $1 AND q.outcome IS NULL", found.id.number).first,
                proposal.dueAt <= now
            else { return false }
            let name = proposal.project
            let kind = proposal.matter.kind
            let isAtRest = try connection.isAtRest(name)
            switch ProposalPolicy.day(of: kind, isCritical: try connection.wasCritical(name)) {
            // One who owned it uses the name again: that is an answer, too.
            case .waits where kind != .nameRelease || isAtRest: return false
            case .takesEffect where isAtRest:
                let (project, permit) = try connection.authorizeIncludingRemoved(
                    .freeName, on: name, object: name.normalized, by: actor, at: now)
                try door.open(with: permit).free(project, by: proposal, with: permit, from: RequestOrigin())
            case .waits, .takesEffect, .ends:
                let (project, permit) = try connection.authorizeIncludingRemoved(
                    .lapseProposal, on: name, object: name.normalized, by: actor, at: now)
                let transaction = try door.open(with: permit)
                try transaction.record(permit, .proposal(.lapsed(kind, scope: proposal.matter.scope)))
                try transaction.end(proposal, of: project, as: .lapsed, by: permit, from: RequestOrigin())
            }
            return true
        }
    }

    func proposals() async throws -> [Proposal] {
        try await database.read { try $0.proposals("q.outcome IS NULL") }
    }

    func proposals(for user: UserID, endedAfter moment: Timestamp) async throws -> [Proposal] {
        try await database.read { connection in
            try connection.proposals(
                """
                q.kind <> 'erasure' AND p.freed_at IS NULL AND (q.outcome IS NULL OR q.ended_at > $1)
                    AND EXISTS (SELECT 1 FROM role o
                        WHERE o.project_id = p.id AND o.account_id = $2 AND o.role = 'owner')
                """,
                moment.microseconds, user.number
            ).reversed()
        }
    }

    func wasCritical(_ name: ProjectName) async throws -> Bool {
        try await database.read { try $0.wasCritical(name) }
    }

    func serial(of name: ProjectName) async throws -> Serial? {
        try await database.read { connection in
            try connection.row("SELECT serial FROM project WHERE normalized = $1", name.normalized)?.integer("serial")
        }
    }
}

extension Connection {
    /// The proposals that a condition on `q`, and on their projects `p`, is true of, the next first.
    func proposals(_ condition: String, _ values: any Bindable...) throws -> [Proposal] {
        try rows(
            """
            SELECT q.*, p.name AS project_name FROM proposal q JOIN project p ON p.id = q.project_id
            WHERE \(condition) ORDER BY q.due_at, q.id LIMIT 1000
            """,
            arguments: values
        ).map { row in
            let id = ProposalID(try row.integer("id"))
            let outcome = try row.optionalText("outcome").map { try stored(ProposalOutcome(rawValue: $0), $0) }
            let endedAt = try row.optionalInteger("ended_at").map { Timestamp(microseconds: $0) }
            return Proposal(
                id: id, project: try ProjectName(parsing: row.text("project_name")), matter: try matter(id, row),
                reason: try row.text("reason"), proposedBy: try row.text("proposed_by"),
                proposedAt: Timestamp(microseconds: try row.integer("proposed_at")),
                dueAt: Timestamp(microseconds: try row.integer("due_at")),
                end: outcome.flatMap { outcome in endedAt.map { Proposal.End(outcome, at: $0) } })
        }
    }

    private func matter(_ id: ProposalID, _ row: Row) throws -> Proposal.Matter {
        let (kind, what) = (try row.text("kind"), try row.text("what"))
        let scope = Departure(
            try stored(DepartureKind(rawValue: what), what),
            version: try row.optionalText("version").map { try Version(parsing: $0) },
            filename: try row.optionalText("filename"))
        switch try stored(ProposalKind(rawValue: kind), kind) {
        case .restoration: return .restoration(of: try stored(scope, what), files: try returningFiles(of: id))
        case .erasure:
            let category = try row.text("category")
            return .erasure(of: try stored(scope, what), try stored(ErasureCategory(rawValue: category), category))
        case .nameRelease: return .nameRelease
        }
    }

    private func returningFiles(of id: ProposalID) throws -> [ReturningFile] {
        try rows(
            """
            SELECT f.filename, f.sha256, g.is_given FROM proposal_file g JOIN file f ON f.id = g.file_id
            WHERE g.proposal_id = $1 ORDER BY f.filename
            """,
            id.number
        ).map { row in
            ReturningFile(
                filename: try row.text("filename"), sha256: try row.text("sha256"),
                isGiven: try row.bool("is_given"))
        }
    }

    /// A condition on the files `f` that a scope is, of a project as it is now: what was removed before its name was given
    /// to somebody else is not theirs. Throws where there is no such thing.
    func files(in scope: Departure, of project: Project) throws -> String {
        let all = "f.project_id = \(project.id.number)"
        switch scope {
        case .project, .archiving, .hiding, .lastRole: return all
        case .file(let filename):
            let file = try row(
                "SELECT id FROM file WHERE project_id = $1 AND filename = $2", project.id.number, filename)
            guard let file else { throw RemovalRefusal.noSuchFile(project.name, filename) }
            return "f.id = \(try file.integer("id"))"
        case .release(let version):
            let release = try row(
                "SELECT id FROM release WHERE project_id = $1 AND canonical = $2", project.id.number, version.canonical)
            guard let release else { throw ReleaseRefusal.noSuchRelease(project.name, version) }
            return "f.release_id = \(try release.integer("id"))"
        }
    }

    /// The permit of the index, for what follows from what somebody else was permitted.
    func permitOfIndex(_ act: ProjectAct, on project: Project, at now: Timestamp) throws -> Permit {
        try authorizeIncludingRemoved(act, on: project.name, object: project.name.normalized, by: .index, at: now).1
    }

    /// Whether a name is critical, or was.
    func wasCritical(_ name: ProjectName) throws -> Bool {
        try row(
            """
            SELECT 1 AS found WHERE EXISTS (SELECT 1 FROM critical_project WHERE normalized = $1)
                OR EXISTS (SELECT 1 FROM former_designation WHERE normalized = $1)
            """,
            name.normalized) != nil
    }

    /// Whether a name had a project, and waits for those who owned it.
    func isAtRest(_ name: ProjectName) throws -> Bool {
        try row(
            "SELECT id FROM project WHERE normalized = $1 AND removed_at IS NOT NULL AND freed_at IS NULL",
            name.normalized) != nil
    }
}

extension Transaction {
    /// Notes a proposal, unless the same is proposed already.
    func propose(
        _ matter: Proposal.Matter, of project: Project, files: [(id: Int64, isGiven: Bool)] = [], reason: String,
        wait: Duration, with permit: Permit
    ) throws -> Proposal {
        guard let reason = reasonGiven(reason) else { throw ProposalRefusal.reasonNeeded }
        let open = try connection.proposals("q.outcome IS NULL AND q.project_id = $1", project.id.number)
        let same = open.first {
            $0.matter.kind == matter.kind && ($0.matter.scope == matter.scope || $0.matter.scope == .project)
        }
        if let same { throw ProposalRefusal.alreadyProposed(project.name, until: same.dueAt.day) }
        let (scope, now, due) = (matter.scope, permit.at, permit.at + wait)
        let category: ErasureCategory? = if case .erasure(_, let category) = matter { category } else { nil }
        let row = try row(
            """
            INSERT INTO proposal
                (project_id, kind, what, version, filename, category, reason, proposed_by, proposed_at, due_at)
            VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) RETURNING id
            """,
            project.id.number, matter.kind.rawValue, scope.kind.rawValue, scope.version?.description, scope.filename,
            category?.rawValue, reason, permit.actor.journalName, now.microseconds, due.microseconds)
        guard let row else { throw ProposalRefusal.alreadyProposed(project.name, until: due.day) }
        let id = ProposalID(try row.integer("id"))
        for file in files {
            try execute(
                "INSERT INTO proposal_file (proposal_id, file_id, is_given) VALUES ($1, $2, $3)", id.number, file.id,
                file.isGiven ? 1 : 0)
        }
        return Proposal(
            id: id, project: project.name, matter: matter, reason: reason, proposedBy: permit.actor.journalName,
            proposedAt: now, dueAt: due)
    }

    /// Ends a proposal; those who own the project hear of it, unless it is about an erasure.
    func end(
        _ proposal: Proposal, of project: Project, as outcome: ProposalOutcome, by permit: Permit,
        from origin: RequestOrigin
    ) throws {
        try execute(
            "UPDATE proposal SET outcome = $1, ended_at = $2 WHERE id = $3", outcome.rawValue, permit.at.microseconds,
            proposal.id.number)
        guard proposal.matter.kind != .erasure else { return }
        try tellHolders(
            of: project, atLeast: .owner,
            .project(
                .proposalEnded(proposal.matter.kind, proposal.matter.scope, outcome), project.name,
                by: permit.actor.displayName),
            by: permit.actor, from: origin, at: permit.at)
    }
}
