import Accounts
import Acts
import Database
import Journal
import Leaving
import PackagingFormats
import Policy
import Primitives
import Projects
import Stores
import UTC

// What the policy has to know.

extension Connection {
    /// A departure as the index writes it, with the version as that of the release.
    func spelled(_ departure: Departure, of project: Project) throws -> Departure {
        guard let version = departure.version else { return departure }
        let release = try row(
            "SELECT version FROM release WHERE project_id = $1 AND canonical = $2 AND removed_at IS NULL",
            project.id.number, version.canonical)
        return try release.map { .release(try Version(parsing: $0.text("version"))) } ?? departure
    }

    /// What becomes of it that somebody wants to take something away. Throws `RemovalRefusal` or `ReleaseRefusal`.
    func decision(
        on departure: Departure, of project: Project, by actor: Actor, at now: Timestamp
    ) throws -> DepartureDecision {
        try DeparturePolicy.decide(
            departure, of: project.name, by: actor,
            knowing: try facts(about: departure, of: project, by: actor, at: now),
            under: removalRule())
    }

    private func facts(
        about departure: Departure, of project: Project, by actor: Actor, at now: Timestamp
    ) throws -> DepartureFacts {
        let condition = try self.condition(naming: departure, of: project)
        let all = try use(of: "f.project_id = \(project.id.number)", at: now)
        let open = try openRequests(of: project)
        let same = open.first { $0.departure == departure || $0.departure == .project }
        // Downloads of a name are counted from logs, too.
        let counted = max(all.downloads, try keptDownloads(of: project.name))
        return DepartureFacts(
            status: project.status, use: try condition.map { try use(of: $0, at: now) } ?? all,
            projectUse: .init(age: all.age, downloads: counted),
            leavesNothing: try condition.map { try leavesNothing(without: $0, of: project) } ?? true,
            isCritical: try isCritical(project.id), dependents: try dependents(of: project.name),
            hasAnotherOwner: try hasTrustedOwner(besides: actor.userID, of: project, at: now),
            askedUntil: same?.dueAt.day)
    }

    /// A condition on the files `f` that are to go; nil where it is all of them, or none. Throws where there is no such
    /// thing.
    private func condition(naming departure: Departure, of project: Project) throws -> String? {
        switch departure {
        case .project, .archiving, .hiding, .lastRole: return nil
        case .release(let version):
            let release = try row(
                "SELECT id FROM release WHERE project_id = $1 AND canonical = $2 AND removed_at IS NULL",
                project.id.number, version.canonical)
            guard let release else { throw ReleaseRefusal.noSuchRelease(project.name, version) }
            return "f.release_id = \(try release.integer("id"))"
        case .file(let filename):
            let file = try row(
                "SELECT f.id FROM file f WHERE f.project_id = $1 AND f.filename = $2 AND \(FileState.listed("f"))",
                project.id.number, filename)
            guard let file else { throw RemovalRefusal.noSuchFile(project.name, filename) }
            return "f.id = \(try file.integer("id"))"
        }
    }

    private func use(of condition: String, at now: Timestamp) throws -> DepartureFacts.Use {
        let found = try row(
            """
            SELECT MIN(f.uploaded_at) AS first, (
                SELECT COALESCE(SUM(d.count), 0) FROM file f JOIN download d ON d.file_id = f.id
                WHERE \(condition) AND d.is_mirror = 0) AS downloads
            FROM file f WHERE \(condition)
            """)
        let first = try found?.optionalInteger("first").map { Timestamp(microseconds: $0) } ?? now
        return .init(
            age: .microseconds(max(0, now.microseconds - first.microseconds)),
            downloads: try found?.integer("downloads") ?? 0)
    }

    /// Whether nothing that is listed remains but what is to go.
    private func leavesNothing(without condition: String, of project: Project) throws -> Bool {
        try row(
            "SELECT f.id FROM file f WHERE f.project_id = $1 AND \(FileState.listed("f")) AND NOT (\(condition)) LIMIT 1",
            project.id.number) == nil
    }

    /// Whether there is another owner who could confirm what somebody asks for now.
    private func hasTrustedOwner(besides user: UserID?, of project: Project, at now: Timestamp) throws -> Bool {
        try ownerStanding(user, on: project.id).others.contains {
            RemovalRequestPolicy.isTrusted(ownerSince: $0.since, toConfirmWhatIsAskedAt: now)
        }
    }
}
