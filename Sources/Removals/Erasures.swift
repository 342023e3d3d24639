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

// What has to go by law: two administrators erase it, and what is left says so.

extension SQLProposals {
    func proposeErasure(
        of scope: Departure, of name: ProjectName, because category: ErasureCategory, reason: String, by actor: Actor,
        at now: Timestamp
    ) async throws -> Proposal {
        try await database.change(by: actor, at: now) { door, actor, now in
            let connection = door.connection
            let (project, permit) = try connection.authorizeIncludingRemoved(
                .proposeErasure, on: name, object: name.normalized, by: actor, at: now)
            guard try !connection.erasable(scope, of: project).isEmpty else {
                throw ProposalRefusal.nothingToErase(project.name)
            }
            let transaction = try door.open(with: permit)
            let proposal = try transaction.propose(
                .erasure(of: scope, category), of: project, reason: reason,
                wait: ProposalPolicy.wait(for: .erasure, isCritical: false, under: connection.removalRule()),
                with: permit)
            try transaction.record(
                permit, .proposal(.erasureProposed(scope: scope, category, reason: proposal.reason)))
            return proposal
        }
    }

    func confirmErasure(
        _ id: ProposalID, of name: ProjectName, seen: Serial?, by actor: Actor, from origin: RequestOrigin,
        at now: Timestamp
    ) async throws {
        try await answer(.confirm, .confirmErasure, id, of: name, seen: seen, by: actor, at: now) {
            transaction, project, proposal, permit in
            guard case .erasure(let scope, let category) = proposal.matter else { return }
            let connection = transaction.connection
            let files = try connection.erasable(scope, of: project)
            guard !files.isEmpty else { throw ProposalRefusal.nothingToErase(project.name) }
            try transaction.record(
                permit, .proposal(.erasureConfirmed(scope: scope, category, files: files.count)))
            let erasing = try connection.permitOfIndex(.eraseFile, on: project, at: permit.at)
            for file in files {
                try transaction.erase(file, because: category, with: erasing)
            }
            try transaction.forgetText(of: scope, of: project)
            try transaction.refreshLatest(of: project)
            try transaction.end(proposal, of: project, as: .confirmed, by: permit, from: origin)
            try transaction.tellHolders(
                of: project, .project(.contentErased(scope, category), project.name, by: actor.displayName), by: actor,
                from: origin, at: permit.at)
        }
    }
}

extension Connection {
    /// A file that is to be erased.
    fileprivate struct Erasable {
        let id: Int64
        let file: FileOnRecord
    }

    fileprivate func erasable(_ scope: Departure, of project: Project) throws -> [Erasable] {
        try rows(
            """
            SELECT f.id, f.filename, f.sha256, r.version FROM file f JOIN release r ON r.id = f.release_id
            WHERE \(try files(in: scope, of: project)) AND \(FileState.erasableByLaw("f")) ORDER BY f.id
            """
        ).map { row in
            Erasable(
                id: try row.integer("id"),
                file: FileOnRecord(
                    version: try Version(parsing: row.text("version")),
                    filename: try DistributionFilename(lenient: row.text("filename")), sha256: try row.text("sha256")))
        }
    }
}

extension Transaction {
    fileprivate func erase(
        _ file: Connection.Erasable, because category: ErasureCategory, with permit: Permit
    ) throws {
        try execute(
            "UPDATE file SET state = $1, withheld_reason = $2 WHERE id = $3", FileState.erased.rawValue,
            Tombstone.reason(category, on: permit.at.day), file.id)
        try execute(
            "INSERT INTO erased_file (file_id, category, erased_at) VALUES ($1, $2, $3)", file.id, category.rawValue,
            permit.at.microseconds)
        try record(permit, .removal(.erased(file.file, category)))
    }

    /// Forgets what releases say about themselves: description, names and addresses of people.
    fileprivate func forgetText(of scope: Departure, of project: Project) throws {
        let condition: String
        switch scope {
        case .file, .archiving, .hiding, .lastRole: return
        case .project: condition = "project_id = \(project.id.number)"
        case .release(let version):
            let release = try row(
                "SELECT id FROM release WHERE project_id = $1 AND canonical = $2", project.id.number, version.canonical)
            guard let release else { return }
            condition = "id = \(try release.integer("id"))"
        }
        for row in try rows("SELECT id, metadata FROM release WHERE \(condition)") {
            let said = try ReleaseMetadata(json: row.text("metadata"))
            var kept = ReleaseMetadata()
            kept.metadataVersion = said.metadataVersion
            kept.requiresPython = said.requiresPython
            try execute(
                "UPDATE release SET summary = NULL, metadata = $1 WHERE id = $2", try kept.json,
                try row.integer("id"))
            // What it said before is not shown in the past, either: there it is what it says now.
            try execute(
                "UPDATE release_past SET summary = NULL, metadata = NULL WHERE release_id = $1",
                try row.integer("id"))
        }
    }
}
