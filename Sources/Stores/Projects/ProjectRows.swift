import Accounts
import Acts
import Database
import Foundation
import Leaving
import LookAlikes
import PackagingFormats
import Policy
import Ports
import Primitives
import Projects
import StageRows
import Staging
import UTC

// What a transaction reads about projects.

extension Connection {
    package func project(named name: ProjectName) throws -> Project? {
        try row(
            "SELECT \(Project.columns) FROM project p WHERE p.normalized = $1 AND p.removed_at IS NULL", name.normalized
        ).map(Project.init(row:))
    }

    /// What the policy must know about a project and who asks.
    package func projectFacts(_ name: ProjectName, _ actor: Actor) throws -> ProjectFacts {
        try standing(of: actor, on: name)?.facts ?? absentFacts(name, actor)
    }

    /// The same about a name under which there is no project: a designation is there all the same.
    package func absentFacts(_ name: ProjectName, _ actor: Actor) throws -> ProjectFacts {
        ProjectFacts(
            exists: false, role: nil,
            mandate: try mandateFacts(on: name, requiredByOwners: .password, of: actor.userID),
            lacksVerifiedAddress: try lacksVerifiedAddress(forActsOf: actor.userID))
    }

    /// A project with what the policy must know about it and who asks.
    package typealias Standing = (project: Project, facts: ProjectFacts)

    /// A project with what the policy must know about it and who asks; nil when there is none.
    package func standing(of actor: Actor, on name: ProjectName) throws -> Standing? {
        try row(
            "\(Self.standing) WHERE p.normalized = $2 AND p.removed_at IS NULL", actor.userID?.number, name.normalized
        ).map { try standing(of: actor, row: $0) }
    }

    /// The same for a project that was removed, as if it were there, and what decides who can use its name again; nil
    /// when there is none.
    package func former(
        of actor: Actor, on name: ProjectName
    ) throws -> (standing: Standing, facts: FormerProjectFacts)? {
        let found = try row(
            "\(Self.standing) WHERE p.normalized = $2 AND p.removed_at IS NOT NULL", actor.userID?.number,
            name.normalized)
        guard let found else { return nil }
        var standing = try standing(of: actor, row: found)
        // It begins again as an active one: its owners could not end what its status was.
        standing.facts.status = .active
        let facts = FormerProjectFacts(
            role: standing.facts.role, isFreed: try found.optionalInteger("freed_at") != nil,
            isReserved: try reservation(of: name) != nil)
        return (standing, facts)
    }

    private static let standing = """
        SELECT \(Project.columns), p.freed_at, o.role
        FROM project p LEFT JOIN role o ON o.project_id = p.id AND o.account_id = $1
        """

    private func standing(of actor: Actor, row found: Row) throws -> Standing {
        let project = try Project(row: found)
        let facts = ProjectFacts(
            exists: true, role: try found.optionalText("role").map { try stored(Role(rawValue: $0), "role") },
            status: project.status,
            mandate: try mandateFacts(
                on: project.name, requiredByOwners: project.requiredAssurance, of: actor.userID),
            lacksVerifiedAddress: try lacksVerifiedAddress(forActsOf: actor.userID))
        return (project, facts)
    }

    /// The project, and the permit to do something to it.
    package func judged(
        _ action: ProjectAct, on name: ProjectName, object: String = "", by actor: Actor, at now: Timestamp
    ) throws -> (Project, Permit) {
        let standing = try standing(of: actor, on: name)
        let permit = try self.permit(
            action, on: name, object: object, to: actor, knowing: try standing?.facts ?? absentFacts(name, actor),
            at: now)
        guard let project = standing?.project else { throw AccessRefusal.noSuchProject(name) }
        return (project, permit)
    }

    /// The project, removed or not, and the permit to do something to it.
    package func authorizeIncludingRemoved(
        _ action: ProjectAct, on name: ProjectName, object: String = "", by actor: Actor, at now: Timestamp
    ) throws -> (Project, Permit) {
        let found = try standing(of: actor, on: name) ?? former(of: actor, on: name)?.standing
        let permit = try self.permit(
            action, on: name, object: object, to: actor, knowing: try found?.facts ?? absentFacts(name, actor),
            at: now)
        guard let project = found?.project else { throw AccessRefusal.noSuchProject(name) }
        return (project, permit)
    }

    package func role(of user: UserID, on project: ProjectID) throws -> Role? {
        try row(
            "SELECT role FROM role WHERE project_id = $1 AND account_id = $2", project.number, user.number
        ).map { try stored(Role(rawValue: $0.text("role")), "role") }
    }

    package func roles(on project: ProjectID) throws -> [RoleHolder] {
        try rows(
            """
            SELECT a.name, o.role FROM role o JOIN account a ON a.id = o.account_id
            WHERE o.project_id = $1 ORDER BY a.normalized
            """,
            project.number
        ).map {
            RoleHolder(
                user: try Username(parsing: $0.text("name")), role: try stored(Role(rawValue: $0.text("role")), "role"))
        }
    }

    /// Throws where nobody else could act as an owner: one whose account is disabled could not.
    package func requireAnotherOwner(than user: User, of project: Project) throws {
        let others = try row(
            """
            SELECT COUNT(*) AS n FROM role o JOIN account a ON a.id = o.account_id
            WHERE o.project_id = $1 AND o.account_id <> $2 AND o.role = 'owner' AND a.disabled_at IS NULL
            """,
            project.id.number, user.id.number
        )?.integer("n")
        guard let others, others > 0 else { throw RoleRefusal.lastOwner(user.name, project.name) }
    }

    func isReserved(_ name: ProjectName) throws -> Bool {
        try row("SELECT normalized FROM reserved_name WHERE normalized = $1", name.normalized) != nil
    }

    /// The name that is kept, of this one or, failing that, of those that look the same.
    func reservation(of name: ProjectName) throws -> String? {
        try row(
            """
            SELECT normalized FROM reserved_name WHERE ultranormalized = $1
            ORDER BY CASE WHEN normalized = $2 THEN 0 ELSE 1 END LIMIT 1
            """,
            name.ultranormalized, name.normalized
        )?.text("normalized")
    }

    /// What the decision about a free name rests on.
    private func nameFacts(_ name: ProjectName, _ actor: Actor, _ names: (any NameJudging)?) throws -> NameFacts {
        // Removed projects count, too: who knew them would be confused. A freed name is not similar to itself.
        let similar = try row(
            "SELECT name FROM project WHERE ultranormalized = $1 AND normalized <> $2 LIMIT 1", name.ultranormalized,
            name.normalized)
        let reserved = try reservation(of: name)
        return NameFacts(
            isReserved: reserved == name.normalized, resemblesReserved: reserved != nil && reserved != name.normalized,
            similar: try similar.map { try ProjectName(parsing: $0.text("name")) },
            likeness: try names?.judge(name) { try owned(by: actor) }, lookAlikes: names?.setting ?? .off)
    }

    /// The normalized names of the projects that somebody owns.
    private func owned(by actor: Actor) throws -> Set<String> {
        guard let user = actor.userID else { return [] }
        return Set(
            try rows(
                "SELECT p.normalized FROM role o JOIN project p ON p.id = o.project_id WHERE o.account_id = $1 AND o.role = $2",
                user.number, Role.owner.rawValue
            ).map { try $0.text("normalized") })
    }

    /// What an upload goes to.
    enum Destination {
        case project(Standing)
        /// A project that was removed, which begins again.
        case former(Standing, RemovalPolicy.Reuse)
        /// A free name, which becomes a project of the uploader's; what is to be noted of it.
        case freeName(LookAlike?)

        /// Whether there will be a project that is not there.
        var isNew: Bool { if case .project = self { false } else { true } }
    }

    /// Judges an upload to a project, or to a name that may be free: the permit is for the first act of it, which may
    /// be to make the project.
    func requireUpload(
        to name: ProjectName, by actor: Actor, at now: Timestamp, judging names: (any NameJudging)?
    ) throws -> (destination: Destination, permit: Permit) {
        if let standing = try standing(of: actor, on: name) {
            let permit = try self.permit(
                .uploadFile, on: standing.project.name, to: actor, knowing: standing.facts, at: now)
            return (.project(standing), permit)
        }
        if let former = try former(of: actor, on: name) {
            let (reuse, permit) = try judgedReuse(
                of: former.standing.project.name, former.standing.facts, former.facts, by: actor, at: now, names)
            if reuse == .withItsRoles {
                _ = try self.permit(.uploadFile, on: name, to: actor, knowing: former.standing.facts, at: now)
            }
            return (.former(former.standing, reuse), permit)
        }
        let permit = try self.permit(
            .createProject, on: name, to: actor, knowing: try absentFacts(name, actor), at: now)
        return (.freeName(try NamePolicy.decide(name, by: actor, knowing: nameFacts(name, actor, names))), permit)
    }

    /// How the name of a removed project is used again, and the permit for it.
    private func judgedReuse(
        of name: ProjectName, _ facts: ProjectFacts, _ former: FormerProjectFacts, by actor: Actor, at now: Timestamp,
        _ names: (any NameJudging)?
    ) throws -> (RemovalPolicy.Reuse, Permit) {
        let reuse = try RemovalPolicy.decideReuse(of: name, by: actor, knowing: former)
        switch reuse {
        case .withItsRoles:
            return (reuse, try permit(.recreateProject, on: name, to: actor, knowing: facts, at: now))
        case .asNewProject:
            let permit = try self.permit(.createProject, on: name, to: actor, knowing: facts, at: now)
            try NamePolicy.decide(name, by: actor, knowing: nameFacts(name, actor, names))
            return (reuse, permit)
        }
    }

    /// What an upload is asked to wait for, and whether its release waits already.
    func stagingAsked(
        of destination: Destination, _ candidate: UploadCandidate, by actor: Actor, at now: Timestamp
    ) throws -> (setting: StagingSetting, joins: Bool) {
        switch destination {
        case .project(let there):
            let open = try openStage(of: candidate.version, in: there.project.id)
            let asked = try stagingAsked(of: there.project.id, knowing: there.facts.mandate, at: now)
            return (asked, open != nil)
        case .former(let there, let reuse):
            let project = reuse == .withItsRoles ? there.project.id : nil
            return (try stagingAsked(of: project, knowing: there.facts.mandate, at: now), false)
        case .freeName:
            return (try stagingAsked(of: nil, knowing: absentFacts(candidate.project, actor).mandate, at: now), false)
        }
    }

    /// Whether everybody sees a project.
    package func isListed(_ project: ProjectID) throws -> Bool {
        try row("SELECT id FROM project p WHERE id = $1 AND \(FileState.listedProject("p"))", project.number) != nil
    }

    /// Judges what is uploaded, anyone who does it.
    func judge(_ candidate: UploadCandidate, limits: UploadLimits) throws -> UploadPolicy.Decision {
        try UploadPolicy.decide(candidate, knowing: try uploadFacts(candidate), limits: limits)
    }

    /// What the decision about a file rests on.
    private func uploadFacts(_ candidate: UploadCandidate) throws -> UploadFacts {
        let project = try row(
            """
            SELECT p.size,
                (SELECT f.filename FROM release r JOIN file f ON f.release_id = r.id
                 WHERE r.project_id = p.id AND r.canonical = $1 AND f.package_type = $2 AND \(FileState.partOfRelease("f"))
                 LIMIT 1) AS source_distribution,
                (SELECT COUNT(*) FROM release r JOIN file f ON f.release_id = r.id
                 WHERE r.project_id = p.id AND r.canonical = $1 AND \(FileState.partOfRelease("f"))) AS release_files,
                (SELECT COUNT(*) FROM file f WHERE f.project_id = p.id) AS project_files
            FROM project p WHERE p.normalized = $3
            """,
            candidate.version.canonical, PackageType.sourceDistribution.rawValue, candidate.project.normalized)
        let sameName = try row(
            "SELECT filename, sha256, state FROM file WHERE identity = $1", candidate.filename.identity)
        return UploadFacts(
            sameName: try sameName.map { row in
                UploadFacts.KnownFile(
                    filename: try row.text("filename"), sha256: try row.text("sha256"),
                    isRemoved: try !FileState(row: row).isPartOfRelease)
            },
            sourceDistribution: try project?.optionalText("source_distribution"),
            projectSize: try project?.integer("size") ?? 0,
            releaseFiles: Int(try project?.integer("release_files") ?? 0),
            projectFiles: Int(try project?.integer("project_files") ?? 0))
    }

    /// The releases of a project with their files, highest version first.
    package func releases(of project: ProjectID) throws -> [Release] {
        var files: [Int64: [DistributionFile]] = [:]
        for row in try rows(
            """
            SELECT f.release_id, \(DistributionFile.columns) FROM file f
            WHERE f.project_id = $1 AND \(FileState.listed("f")) ORDER BY f.filename
            """,
            project.number)
        {
            files[try row.integer("release_id"), default: []].append(try DistributionFile(row: row))
        }
        return try rows(
            """
            SELECT id, version, created_at, is_yanked, yank_reason, requires_python, summary FROM release r
            WHERE project_id = $1 AND \(FileState.listedRelease("r"))
            """,
            project.number
        ).map { row in
            Release(
                id: ReleaseID(try row.integer("id")), version: try Version(parsing: row.text("version")),
                createdAt: Timestamp(microseconds: try row.integer("created_at")),
                yank: try row.bool("is_yanked") ? Yank(reason: try row.optionalText("yank_reason")) : nil,
                requiresPython: try row.optionalText("requires_python"), summary: try row.optionalText("summary"),
                files: files[try row.integer("id")] ?? [])
        }.sorted { $0.version > $1.version }
    }
}

extension Project {
    /// What `init(row:)` reads of the table `project`, named `p` in the query.
    package static let columns = """
        p.id AS project_id, p.name AS project_name, p.created_at AS project_created_at, p.status AS project_status, \
        p.status_reason AS project_status_reason, p.serial AS project_serial, \
        p.required_assurance AS project_required_assurance
        """

    package init(row: Row) throws {
        let status = try row.text("project_status")
        let required = try row.text("project_required_assurance")
        self.init(
            id: ProjectID(try row.integer("project_id")), name: try ProjectName(parsing: row.text("project_name")),
            createdAt: Timestamp(microseconds: try row.integer("project_created_at")),
            status: try stored(ProjectStatus(rawValue: status), status),
            statusReason: try row.optionalText("project_status_reason"), serial: try row.integer("project_serial"),
            requiredAssurance: try stored(Assurance(rawValue: required), required))
    }
}

extension DistributionFile {
    /// What `init(row:)` reads of the table `file`, named `f` in the query.
    package static let columns = """
        f.id, f.filename, f.package_type, f.python_tag, f.size, f.sha256, f.blake2b256, f.md5, f.requires_python, \
        f.uploaded_at, f.uploader, f.metadata_sha256, f.is_yanked, f.yank_reason
        """

    package init(row: Row) throws {
        let type = try row.text("package_type")
        self.init(
            id: FileID(try row.integer("id")), filename: try row.text("filename"),
            packageType: try stored(PackageType(rawValue: type), type), pythonTag: try row.text("python_tag"),
            size: try row.integer("size"),
            digests: Digests(
                sha256: try row.text("sha256"), blake2b256: try row.text("blake2b256"), md5: try row.text("md5")),
            requiresPython: try row.optionalText("requires_python"),
            uploadedAt: Timestamp(microseconds: try row.integer("uploaded_at")),
            uploader: try row.optionalText("uploader").map { try Username(parsing: $0) },
            metadataSHA256: try row.optionalText("metadata_sha256"),
            yank: try row.bool("is_yanked") ? Yank(reason: try row.optionalText("yank_reason")) : nil)
    }
}

extension ReleaseSummary {
    init(row: Row) throws {
        self.init(
            project: try ProjectName(parsing: row.text("name")),
            version: try row.optionalText("version").map { try Version(parsing: $0) },
            summary: try row.optionalText("summary"),
            createdAt: Timestamp(microseconds: try row.integer("created_at")))
    }
}

extension ReleaseMetadata {
    package init(json: String) throws { self = try JSONDecoder().decode(Self.self, from: Data(json.utf8)) }

    /// As stored.
    package var json: String {
        get throws { try jsonText(self) }
    }
}

/// What the model says of the states of files, as conditions of SQL: here alone.
extension FileState {
    /// On pages, in lists and in counts.
    package static func listed(_ file: String) -> String { condition(on: file, \.isListed) }
    /// At their addresses.
    static func served(_ file: String) -> String { condition(on: file, \.isServed) }
    /// With bytes in the index.
    static func withBytes(_ file: String) -> String { condition(on: file, \.hasBytes) }
    /// Counted when another one comes.
    static func partOfRelease(_ file: String) -> String { condition(on: file, \.isPartOfRelease) }
    /// What an owner can remove.
    package static func removable(_ file: String) -> String {
        condition(on: file) { FileMove.isAllowed(from: $0, to: .removed, by: .owner) }
    }
    /// What an administrator can put into quarantine.
    package static func canBeQuarantined(_ file: String) -> String {
        condition(on: file) { FileMove.isAllowed(from: $0, to: .quarantined, by: .administrator) }
    }
    /// Removed, and to be freed some day by an administrator.
    package static func erasable(_ file: String) -> String {
        condition(on: file) { $0 == .removed && FileMove.isAllowed(from: $0, to: .erased, by: .administrator) }
    }
    /// What an administrator can erase, for a legal reason.
    package static func erasableByLaw(_ file: String) -> String {
        condition(on: file) { FileMove.isAllowed(from: $0, to: .erased, by: .administrator) }
    }
    /// What an owner can bring back.
    package static func restorable(_ file: String) -> String {
        condition(on: file) { $0 == .removed && FileMove.isAllowed(from: $0, to: .published, by: .owner) }
    }
    /// Still to become public.
    static func awaited(_ file: String) -> String { condition(on: file, \.isAwaited) }
    /// Whether all that a release or a project has is still to be published: then it is in no list. What had a file that
    /// was removed, quarantined or erased stays, and so does what has none.
    ///
    /// - Parameters:
    ///   - column: of the file, which names its release or its project.
    ///   - owner: that release's or project's number.
    ///   - project: the number of the project.
    private static func allWait(_ column: String, _ owner: String, in project: String) -> String {
        // The first condition is met by next to none, and answered by the index `file_unlisted`.
        """
        (EXISTS (SELECT 1 FROM file w WHERE w.project_id = \(project) AND w.\(unlisted) AND w.\(column) = \(owner)
                AND \(awaited("w")))
            AND NOT EXISTS (SELECT 1 FROM file w WHERE w.\(column) = \(owner) AND NOT \(awaited("w"))))
        """
    }
    /// A release that is there, on pages and in lists.
    package static func listedRelease(_ release: String) -> String {
        "\(release).removed_at IS NULL AND NOT \(allWait("release_id", "\(release).id", in: "\(release).project_id"))"
    }
    /// A project that is there, in lists.
    static func listedProject(_ project: String) -> String {
        "\(project).removed_at IS NULL AND NOT \(allWait("project_id", "\(project).id", in: "\(project).id"))"
    }
    /// Files of what may be waiting as a whole: few, and found by an index.
    package static let waiting = "file w WHERE w.\(unlisted) AND \(awaited("w"))"
    /// All that is not listed, as the index `file_unlisted` writes it.
    static let unlisted = "state <> 'published'"
    /// What is set in a row that is brought back.
    package static let broughtBack =
        "state = '\(published.rawValue)', removed_at = NULL, removed_by = NULL, removal = NULL"

    private static func condition(on file: String, _ isMet: (FileState) -> Bool) -> String {
        let states = allCases.filter(isMet).map { "'\($0.rawValue)'" }
        return "\(file).state IN (\(states.joined(separator: ", ")))"
    }

    package init(row: Row) throws { self = try stored(FileState(rawValue: row.text("state")), "state") }
}
