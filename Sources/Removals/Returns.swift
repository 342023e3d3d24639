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
import TransparencyLog
import UTC

// What was removed comes back, with the approval of an owner, or without an answer, to be installed only.

extension SQLProposals {
    func proposeReturn(
        of scope: Departure, of name: ProjectName, given: [GivenFile], reason: String, by actor: Actor,
        from origin: RequestOrigin, at now: Timestamp
    ) async throws -> Proposal {
        try await database.change(by: actor, at: now) { door, actor, now in
            let connection = door.connection
            let (project, permit) = try connection.authorizeIncludingRemoved(
                .proposeReturn, on: name, object: name.normalized, by: actor, at: now)
            let files = try connection.returning(scope, of: project, given: given)
            guard !files.isEmpty else { throw ProposalRefusal.nothingToReturn(project.name) }
            guard files.count <= ProposalPolicy.mostFiles else { throw ProposalRefusal.tooManyFiles(project.name) }
            let transaction = try door.open(with: permit)
            let isCritical = try connection.wasCritical(project.name)
            let proposal = try transaction.propose(
                .restoration(of: scope, files: files.map { $0.file }), of: project,
                files: files.map { (id: $0.id, isGiven: $0.file.isGiven) }, reason: reason,
                wait: ProposalPolicy.wait(for: .restoration, isCritical: isCritical, under: connection.removalRule()),
                with: permit)
            try transaction.record(
                permit,
                .proposal(
                    .returnProposed(
                        scope: scope, files: files.count, due: proposal.dueAt, reason: proposal.reason)))
            try transaction.tellHolders(
                of: project, atLeast: .owner,
                .project(
                    .proposed(
                        .restoration, scope, files: files.count, due: proposal.dueAt, reason: proposal.reason),
                    project.name, by: actor.displayName),
                by: actor, from: origin, at: now)
            return proposal
        }
    }

    func approve(
        _ id: ProposalID, of name: ProjectName, seen: Serial?, by actor: Actor, from origin: RequestOrigin,
        at now: Timestamp
    ) async throws {
        try await answer(.approve, .approveReturn, id, of: name, seen: seen, by: actor, at: now) {
            transaction, project, proposal, permit in
            let files = try transaction.filesToReturn(by: proposal, of: project)
            try transaction.record(
                permit, .proposal(.returnApproved(scope: proposal.matter.scope, files: files.count)))
            try transaction.bringBack(files, of: project, for: permit, from: origin)
            try transaction.end(proposal, of: project, as: .approved, by: permit, from: origin)
        }
    }

    func decline(
        _ id: ProposalID, of name: ProjectName, reason: String, by actor: Actor, from origin: RequestOrigin,
        at now: Timestamp
    ) async throws {
        try await answer(.decline, .declineReturn, id, of: name, by: actor, at: now) {
            transaction, project, proposal, permit in
            try transaction.record(
                permit,
                .proposal(.returnDeclined(scope: proposal.matter.scope, reason: reasonGiven(reason))))
            try transaction.end(proposal, of: project, as: .declined, by: permit, from: origin)
        }
    }

    func decide(
        _ id: ProposalID, of name: ProjectName, seen: Serial?, by actor: Actor, from origin: RequestOrigin,
        at now: Timestamp
    ) async throws {
        try await answer(.decide, .decideReturn, id, of: name, seen: seen, by: actor, at: now) {
            transaction, project, proposal, permit in
            let files = try transaction.filesToReturn(by: proposal, of: project)
            try transaction.record(
                permit, .proposal(.returnDecided(scope: proposal.matter.scope, files: files.count)))
            try transaction.bringBack(files, of: project, for: permit, from: origin)
            // Nobody publishes under it before somebody who owns it says so.
            let archiving = try transaction.connection.permitOfIndex(
                .changeProjectStatus, on: project, at: permit.at)
            try transaction.setStatus(.archived, reason: ProposalPolicy.readOnly, of: project, with: archiving)
            try transaction.end(proposal, of: project, as: .decided, by: permit, from: origin)
        }
    }

    func known(_ given: GivenFile, of name: ProjectName) async throws -> KnownArtifact? {
        try await database.read { connection in
            try connection.row("SELECT id FROM project WHERE normalized = $1", name.normalized).flatMap {
                try connection.known(given, ofProject: $0.integer("id"))
            }
        }
    }
}

extension Connection {
    /// What is known of a file that somebody gives: its row, and what the log says of its name.
    fileprivate func known(_ given: GivenFile, ofProject project: Int64) throws -> KnownArtifact? {
        let found = try row(
            """
            SELECT f.sha256, f.size, f.metadata_sha256, f.state, e.category
            FROM file f LEFT JOIN erased_file e ON e.file_id = f.id WHERE f.project_id = $1 AND f.filename = $2
            """,
            project, given.filename)
        guard let found else { return nil }
        var logged: Set<String> = [try found.text("sha256")]
        for row in try rows("SELECT entry FROM log_entry WHERE filename = $1", given.filename) {
            if let file = LogStatement(try row.blob("entry"))?.published { logged.insert(file.sha256) }
        }
        let state = try found.text("state")
        return KnownArtifact(
            facts: GivenFileFacts(
                sha256: given.sha256, locked: given.locked, logged: logged,
                erasedFor: try found.optionalText("category").map { try stored(ErasureCategory(rawValue: $0), $0) },
                hasBytes: try stored(FileState(rawValue: state), state).hasBytes),
            size: try found.integer("size"), metadataSHA256: try found.optionalText("metadata_sha256"))
    }

    /// The files that would come back: those that were removed and have their bytes, and those whose bytes are given.
    fileprivate func returning(
        _ scope: Departure, of project: Project, given: [GivenFile]
    ) throws -> [(id: Int64, file: ReturningFile)] {
        let condition = try files(in: scope, of: project)
        for file in given {
            guard let known = try known(file, ofProject: project.id.number) else {
                throw ProposalRefusal.neverPublished(project.name, file.filename)
            }
            try GivenFilePolicy.decide(file.filename, of: project.name, knowing: known.facts)
        }
        let names = Set(given.map(\.filename))
        let found = try rows(
            """
            SELECT f.id, f.filename, f.sha256, f.state FROM file f
            WHERE \(condition) AND f.removed_at >= $1
                AND (\(FileState.restorable("f")) OR f.state = '\(FileState.erased.rawValue)') ORDER BY f.filename
            """,
            project.createdAt.microseconds
        ).compactMap { row -> (id: Int64, file: ReturningFile)? in
            let (name, isGone) = (try row.text("filename"), try row.text("state") == FileState.erased.rawValue)
            guard !isGone || names.contains(name) else { return nil }
            return (
                try row.integer("id"),
                ReturningFile(filename: name, sha256: try row.text("sha256"), isGiven: isGone)
            )
        }
        // What was given and lies elsewhere would come back with nothing.
        let missing = names.subtracting(found.map { $0.file.filename }).sorted().first
        if let missing { throw ProposalRefusal.neverPublished(project.name, missing) }
        return found
    }
}

extension Transaction {
    /// A file that comes back.
    fileprivate struct Returned {
        let id: Int64, release: Int64
        let filename: DistributionFilename
        let version: Version
    }

    /// What of a proposal can still be done: an owner may have brought some of it back meanwhile.
    fileprivate func filesToReturn(by proposal: Proposal, of project: Project) throws -> [Returned] {
        let files = try rows(
            """
            SELECT f.id, f.release_id, f.filename, r.version FROM proposal_file g
            JOIN file f ON f.id = g.file_id JOIN release r ON r.id = f.release_id
            WHERE g.proposal_id = $1 AND f.removed_at >= $2
                AND NOT EXISTS (SELECT 1 FROM erased_file e WHERE e.file_id = f.id)
                AND ((g.is_given = 0 AND \(FileState.restorable("f")))
                    OR (g.is_given = 1 AND f.state = '\(FileState.erased.rawValue)'))
            ORDER BY f.filename
            """,
            proposal.id.number, project.createdAt.microseconds
        ).map { row in
            Returned(
                id: try row.integer("id"), release: try row.integer("release_id"),
                filename: try DistributionFilename(lenient: row.text("filename")),
                version: try Version(parsing: row.text("version")))
        }
        guard !files.isEmpty else { throw ProposalRefusal.nothingToReturn(project.name) }
        return files
    }

    /// Brings files back, with their releases and the project, and puts each on record.
    fileprivate func bringBack(
        _ files: [Returned], of project: Project, for answer: Permit, from origin: RequestOrigin
    ) throws {
        try execute(
            """
            UPDATE project SET removed_at = NULL, removed_by = NULL, freed_at = NULL
            WHERE id = $1 AND removed_at IS NOT NULL
            """,
            project.id.number)
        let wasRemoved = changes > 0
        let permit = try connection.permitOfIndex(.restore, on: project, at: answer.at)
        var releases = 0
        for release in Set(files.map(\.release)) {
            try execute(
                """
                UPDATE release SET removed_at = NULL, removed_by = NULL, removal = NULL
                WHERE id = $1 AND removed_at IS NOT NULL
                """,
                release)
            releases += changes
        }
        for file in files {
            try execute(
                "UPDATE file SET \(FileState.broughtBack), withheld_reason = NULL WHERE id = $1", file.id)
        }
        if wasRemoved { try recordReturn(of: project, releases: releases, files: files.count, with: permit) }
        // Each by itself, so that everybody can tell from the log which are back.
        for file in files {
            try record(permit, .removal(.restored(.file(file.filename, of: file.version, files: 1))))
        }
        try refreshLatest(of: project)
        try tellHolders(
            of: project, .project(.restored(.everything), project.name, by: answer.actor.displayName),
            by: answer.actor, from: origin, at: answer.at)
        if wasRemoved { try tellHoldersOfMandate(on: project, at: answer.at) }
    }

    /// Records that a removed project is there again: as it was, where all of it is, and made again where some stays away.
    private func recordReturn(of project: Project, releases: Int, files: Int, with permit: Permit) throws {
        let left = try row(
            "SELECT f.id FROM file f WHERE f.project_id = $1 AND \(FileState.restorable("f")) LIMIT 1",
            project.id.number)
        guard left != nil else {
            try record(permit, .removal(.restored(.project(releases: releases, files: files))))
            return
        }
        try execute(
            "UPDATE project SET status = $1, status_reason = NULL WHERE id = $2", ProjectStatus.active.rawValue,
            project.id.number)
        let again = try connection.permitOfIndex(.recreateProject, on: project, at: permit.at)
        try record(again, .recreated(project.name))
    }
}
