import Accounts
import Acts
import Database
import Journal
import Leaving
import LookAlikes
import PackagingFormats
import Policy
import Primitives
import Projects
import StageRows
import Staging
import UTC

// What a transaction changes about projects, each with the permit for it.

extension Transaction {
    /// The project that an upload goes to, which is made where it is not there, with the permit to upload.
    func project(
        at destination: Connection.Destination, named name: ProjectName, coming state: FileState, with permit: Permit
    ) throws -> (standing: Connection.Standing, permit: Permit) {
        let standing: Connection.Standing
        switch destination {
        case .project(let found):
            if !state.isAwaited { try appear(found, with: permit) }
            return (found, permit)
        case .former(let former, let reuse): standing = try recreate(former.project, reuse, with: permit)
        case .freeName(let likeness):
            standing = try create(name, isSeen: !state.isAwaited, with: permit)
            if let likeness { try note(likeness, of: name, at: permit.at) }
        }
        let upload = try connection.permit(
            .uploadFile, on: standing.project.name, to: permit.actor, knowing: standing.facts, at: permit.at)
        return (standing, upload)
    }

    /// Notes for a person that a new name is like one that others use.
    private func note(_ likeness: LookAlike, of name: ProjectName, at now: Timestamp) throws {
        let noted = NotedName(
            name: name, target: likeness.target ?? "", mechanism: likeness.mechanism?.code ?? "",
            verdict: likeness.verdict.rawValue)
        try record(AccessPolicy.permit(.noteName, to: .index, at: now), .nameNoted(noted))
    }

    /// - Parameter isSeen: whether everybody sees it. One that nobody sees is made on record when they do.
    private func create(_ name: ProjectName, isSeen: Bool, with permit: Permit) throws -> Connection.Standing {
        let (actor, now) = (permit.actor, permit.at)
        try execute(
            """
            INSERT INTO project (name, normalized, ultranormalized, created_at, status, serial, size)
            VALUES ($1, $2, $3, $4, $5, 0, 0)
            """,
            name.display, name.normalized, name.ultranormalized, now.microseconds, ProjectStatus.active.rawValue)
        if isSeen { try record(permit, .created(name, owner: actor.username)) }
        guard let project = try connection.project(named: name) else { throw AccessRefusal.noSuchProject(name) }
        if let owner = actor.userID { try setRole(.owner, on: project.id, of: owner, at: now) }
        return (project, try connection.projectFacts(name, actor))
    }

    /// Puts on record that a project was made of which nobody saw anything until now.
    package func appear(_ standing: Connection.Standing, with permit: Permit) throws {
        let project = standing.project
        let subject = permit.subject.journalName
        guard try !connection.isListed(project.id),
            try row(
                "SELECT serial FROM journal WHERE subject = $1 AND action = $2 LIMIT 1", subject,
                ProjectAct.createProject.rawValue) == nil
        else { return }
        let creation = try connection.permit(
            .createProject, on: project.name, to: permit.actor, knowing: standing.facts, at: permit.at)
        try execute("UPDATE project SET created_at = $1 WHERE id = $2", permit.at.microseconds, project.id.number)
        let owner = try connection.roles(on: project.id).first { $0.role == .owner }?.user
        try record(creation, .created(project.name, owner: owner))
    }

    /// Makes a removed project again. Its number, its name as it is written, what it requires and its history stay;
    /// what was removed stays removed.
    private func recreate(
        _ project: Project, _ reuse: RemovalPolicy.Reuse, with permit: Permit
    ) throws -> Connection.Standing {
        let (actor, now) = (permit.actor, permit.at)
        try execute(
            """
            UPDATE project SET removed_at = NULL, removed_by = NULL, freed_at = NULL, status = $1, status_reason = NULL
            WHERE id = $2
            """,
            ProjectStatus.active.rawValue, project.id.number)
        switch reuse {
        case .withItsRoles:
            try record(permit, .recreated(project.name))
            try tellHolders(
                of: project, .project(.recreated, project.name, by: actor.displayName), by: actor,
                from: RequestOrigin(), at: now)
            try tellHoldersOfMandate(on: project, at: now)
        case .asNewProject:
            // It is younger than what was removed of the former one, which therefore does not come back into it.
            try execute(
                "UPDATE project SET created_at = $1 WHERE id = $2", now.microseconds, project.id.number)
            try execute("DELETE FROM role WHERE project_id = $1", project.id.number)
            try execute("DELETE FROM lost_role WHERE project_id = $1", project.id.number)
            try forgetStages(of: project.id, by: actor.journalName, at: now)
            try forgetNotices(about: project.name)
            try record(permit, .created(project.name, owner: actor.username))
            if let owner = actor.userID { try setRole(.owner, on: project.id, of: owner, at: now) }
        }
        guard let standing = try connection.standing(of: actor, on: project.name) else {
            throw AccessRefusal.noSuchProject(project.name)
        }
        return standing
    }

    /// The release that a file belongs to; the first file of a version makes it.
    func release(
        of candidate: UploadCandidate, in project: Project, coming state: FileState, by actor: Actor,
        knowing facts: ProjectFacts, at now: Timestamp
    ) throws -> ReleaseID {
        let known = try row(
            "SELECT id, removed_at FROM release WHERE project_id = $1 AND canonical = $2",
            project.id.number, candidate.version.canonical)
        // What is imported may be older than what was imported before it.
        let made = min(candidate.publishedAt ?? now, now)
        if let known, try known.optionalInteger("removed_at") == nil {
            let id = ReleaseID(try known.integer("id"))
            if candidate.publishedAt != nil {
                try execute(
                    "UPDATE release SET created_at = $1 WHERE id = $2 AND created_at > $1", made.microseconds, id.number
                )
            }
            return id
        }
        let permit = try connection.permit(
            .createRelease, on: project.name, to: actor, knowing: facts, at: now)
        // What waits changes nothing that everybody sees, and is made on record when it is published.
        if let known, state.isAwaited { return ReleaseID(try known.integer("id")) }
        if let known {
            // A version that was removed begins again with this file. That it was yanked stays true.
            let id = ReleaseID(try known.integer("id"))
            try execute(
                """
                UPDATE release SET removed_at = NULL, removed_by = NULL, removal = NULL,
                    created_at = $1, requires_python = $2, summary = $3, metadata = $4
                WHERE id = $5
                """,
                now.microseconds, candidate.metadata.requiresPython, candidate.metadata.summary,
                try candidate.metadata.json, id.number)
            try record(permit, .content(.releaseCreated(candidate.version)))
            try refreshLatest(of: project, adding: id, candidate.metadata)
            return id
        }
        guard
            let id = try row(
                """
                INSERT INTO release
                    (project_id, version, canonical, created_at, is_yanked, requires_python, summary, metadata)
                VALUES ($1, $2, $3, $4, 0, $5, $6, $7) RETURNING id
                """,
                project.id.number, candidate.version.description, candidate.version.canonical, made.microseconds,
                candidate.metadata.requiresPython, candidate.metadata.summary, try candidate.metadata.json
            )?.integer("id")
        else { throw AccessRefusal.noSuchProject(project.name) }
        if state.isAwaited { return ReleaseID(id) }
        try record(permit, .content(.releaseCreated(candidate.version)))
        try refreshLatest(of: project, adding: ReleaseID(id), candidate.metadata)
        return ReleaseID(id)
    }

    func insert(
        _ candidate: UploadCandidate, in project: Project, _ release: ReleaseID, coming state: FileState,
        knowing facts: ProjectFacts, with permit: Permit
    ) throws -> Serial {
        let uploader: String? =
            if case .user(_, let name, _) = permit.actor.identity { name.display } else { nil }
        let published = min(candidate.publishedAt ?? permit.at, permit.at)
        try execute(
            """
            INSERT INTO file
                (release_id, project_id, filename, identity, package_type, python_tag, size, sha256, blake2b256, md5,
                 requires_python, uploaded_at, uploader, metadata_sha256, state)
            VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)
            """,
            release.number, project.id.number, candidate.filename.text, candidate.filename.identity,
            candidate.packageType.rawValue, candidate.pythonTag, candidate.size, candidate.digests.sha256,
            candidate.digests.blake2b256,
            candidate.digests.md5, candidate.metadata.requiresPython, published.microseconds, uploader,
            candidate.metadataSHA256, state.rawValue)
        for (position, note) in candidate.notes.enumerated() {
            try execute(
                """
                INSERT INTO file_note (file_id, position, note)
                VALUES ((SELECT id FROM file WHERE filename = $1), $2, $3)
                """,
                candidate.filename.text, position, note)
        }
        try execute("UPDATE project SET size = size + $1 WHERE id = $2", candidate.size, project.id.number)
        let file = FileOnRecord(
            version: candidate.version, filename: candidate.filename, sha256: candidate.digests.sha256)
        guard state.isAwaited else {
            return try record(permit, .content(.fileUploaded(file, size: candidate.size)))
        }
        let staging = try connection.permit(
            .stageFile, on: project.name, to: permit.actor, knowing: facts, at: permit.at)
        return try record(staging, .stage(.fileStaged(file, size: candidate.size)))
    }

    /// Notes that a file waits for a person.
    func stage(
        _ candidate: UploadCandidate, in project: Project, on terms: StagingSetting, by actor: Actor,
        at now: Timestamp
    ) throws -> UploadOutcome {
        let removed = try row(
            "SELECT id FROM release WHERE project_id = $1 AND canonical = $2 AND removed_at IS NOT NULL",
            project.id.number, candidate.version.canonical)
        let sender = StageSender(
            name: actor.journalName, tokenLabel: try actor.token.flatMap { try connection.token($0.id)?.label },
            assurance: actor.assurance)
        let stage = try stage(
            fileNamed: candidate.filename.text, of: candidate.version, in: project.id, on: terms, from: sender,
            saying: removed == nil ? nil : candidate.metadata.json, at: now)
        guard let stage else { throw StageRefusal.noSuchStage }
        return .waits(stage: stage.id.number, until: stage.dueAt)
    }

    /// Gives a role, and tells anyone who gets it at once what a critical project asks of them.
    ///
    /// - Parameters:
    ///   - since: since when it is theirs; nil for now.
    ///   - isToldLater: whether the caller tells them, of several projects together.
    package func setRole(
        _ role: Role, on project: ProjectID, of user: UserID, since: Timestamp? = nil, isToldLater: Bool = false,
        at now: Timestamp
    ) throws {
        try execute(
            """
            INSERT INTO role (project_id, account_id, role, given_at) VALUES ($1, $2, $3, $4)
            ON CONFLICT (project_id, account_id) DO UPDATE SET role = excluded.role, given_at = excluded.given_at
            """,
            project.number, user.number, role.rawValue, (since ?? now).microseconds)
        if try !isToldLater && connection.isCritical(project) { try tellOfMandate(only: user, at: now) }
    }

    func setYank(_ yank: Yank?, _ version: Version, of project: Project, with permit: Permit) throws {
        try execute(
            """
            UPDATE release SET is_yanked = $1, yank_reason = $2
            WHERE project_id = $3 AND canonical = $4 AND removed_at IS NULL
            """,
            yank != nil, yank?.reason, project.id.number, version.canonical)
        guard changes > 0 else { throw ReleaseRefusal.noSuchRelease(project.name, version) }
        try record(permit, .content(yank.map { .yanked(version, reason: $0.reason) } ?? .unyanked(version)))
        try refreshLatest(of: project)
    }

    func setYank(_ yank: Yank?, file filename: String, of project: Project, with permit: Permit) throws {
        let file = try row(
            """
            UPDATE file SET is_yanked = $1, yank_reason = $2
            WHERE project_id = $3 AND filename = $4 AND \(FileState.listed("file")) RETURNING release_id, sha256
            """,
            yank != nil, yank?.reason, project.id.number, filename)
        let release = try file.flatMap { file in
            try row("SELECT version FROM release WHERE id = $1", try file.integer("release_id"))
        }
        guard let file, let release else { throw RemovalRefusal.noSuchFile(project.name, filename) }
        let onRecord = FileOnRecord(
            version: try Version(parsing: release.text("version")),
            filename: try DistributionFilename(lenient: filename),
            sha256: try file.text("sha256"))
        try record(
            permit,
            .content(yank.map { .fileYanked(onRecord, reason: $0.reason) } ?? .fileUnyanked(onRecord)))
    }

    /// Notes what the release of a project that is shown first needs, extras left out.
    private func noteNeeds(of project: Project, _ metadata: ReleaseMetadata) throws {
        try execute("DELETE FROM needed_project WHERE project_id = $1", project.id.number)
        for needed in metadata.requirements {
            try execute(
                "INSERT INTO needed_project (project_id, normalized, specifiers) VALUES ($1, $2, $3)",
                project.id.number, needed.project.normalized,
                needed.specifiers.map(\.text).joined(separator: " "))
        }
    }

    /// Notes which release is shown first, and lets the search find what that one says.
    package func refreshLatest(of project: Project) throws {
        let releases = try releases("project_id = $1", project.id.number)
        guard let latest = Release.toShowFirst(of: releases) else {
            try execute("UPDATE project SET latest_release_id = NULL WHERE id = $1", project.id.number)
            try noteNeeds(of: project, ReleaseMetadata())
            return try index(project, ReleaseMetadata())
        }
        let metadata = try connection.row("SELECT metadata FROM release WHERE id = $1", latest.id.number)
        guard let metadata else { return }
        try show(latest.id, ReleaseMetadata(json: metadata.text("metadata")), firstOf: project)
    }

    /// The same after a release was added: only the one that was shown first until now can be before it, however many
    /// there are.
    private func refreshLatest(of project: Project, adding new: ReleaseID, _ metadata: ReleaseMetadata) throws {
        let releases = try releases(
            "id IN ($1, (SELECT latest_release_id FROM project WHERE id = $2))", new.number, project.id.number)
        guard Release.toShowFirst(of: releases)?.id == new else { return }
        try show(new, metadata, firstOf: project)
    }

    /// Releases that are listed, as far as their order needs them, highest version first.
    private func releases(_ condition: String, _ arguments: Int64...) throws -> [Release] {
        try connection.rows(
            "SELECT id, version, is_yanked FROM release r WHERE \(condition) AND \(FileState.listedRelease("r"))",
            arguments: arguments
        ).map { row in
            Release(
                id: ReleaseID(try row.integer("id")), version: try Version(parsing: row.text("version")),
                createdAt: Timestamp(microseconds: 0), yank: try row.bool("is_yanked") ? Yank(reason: nil) : nil,
                requiresPython: nil, summary: nil, files: [])
        }.sorted { $0.version > $1.version }
    }

    private func show(_ release: ReleaseID, _ metadata: ReleaseMetadata, firstOf project: Project) throws {
        try execute(
            "UPDATE project SET latest_release_id = $1 WHERE id = $2", release.number, project.id.number)
        try noteNeeds(of: project, metadata)
        try index(project, metadata)
    }
}
