import PackagingFormats
import UTC

/// The projects of the index.
///
/// Every method that changes something judges it by the pure policies inside its transaction, and writes the journal
/// there. If it throws, nothing has changed.
public protocol ProjectStore: Sendable {
    /// Makes a received file part of the index, and its release and project where they are new.
    ///
    /// The file's bytes must have been stored durably before. Calling it again with the same candidate is harmless.
    /// Throws `AccessRefusal`, `NameRefusal`, `AllowanceRefusal` or `UploadRefusal`.
    ///
    /// - Parameters:
    ///   - actor: as the first byte of the upload proved them. The credential is read again in the transaction: a token
    ///     that has ended since publishes nothing.
    ///   - now: when all of it had come. The file is uploaded at the time of the commit, which is not before.
    func upload(
        _ candidate: UploadCandidate, by actor: Actor, at now: Timestamp, limits: UploadLimits
    ) async throws -> UploadOutcome

    /// Judges a candidate and who sends it as `upload` will, and changes nothing. Throws as `upload` does.
    ///
    /// Asked before the bytes are stored durably, so that what is refused or there already is not stored in vain. The
    /// answer may be outdated at once: `upload` judges again.
    func judge(
        _ candidate: UploadCandidate, by actor: Actor, at now: Timestamp, limits: UploadLimits
    ) async throws -> UploadPolicy.Decision

    /// Judges whether `actor` could upload to `project`, before any byte of a file is read. Throws `AccessRefusal`,
    /// `NameRefusal` or `AllowanceRefusal`.
    func mayUpload(to project: ProjectName, by actor: Actor, at now: Timestamp) async throws

    /// Everything that a project's pages show; nil when there is no project.
    func snapshot(of name: ProjectName) async throws -> ProjectSnapshot?
    /// A version as a project's release spells it (`1.0` where `1.0.0` is asked for); nil when there is no such release. By
    /// keys alone: it costs the same however much the project has, so that addresses are judged by it before anything is read.
    func spelling(of version: Version, in project: ProjectName) async throws -> Version?
    /// What a release says about itself; nil when there is no such release.
    func metadata(of release: ReleaseID) async throws -> ReleaseMetadata?
    /// Every project in the order of the normalized names.
    func listing() async throws -> [ProjectListing]
    /// Every project with its own facts, in the order of the normalized names.
    func all() async throws -> [Project]
    /// Which of some normalized names belong to projects.
    func hosted(among names: Set<String>) async throws -> Set<String>
    /// The file with a name and a digest, and its project; nil when there is none.
    func file(named filename: String, sha256: String) async throws -> (file: DistributionFile, project: Project)?
    /// The file of a project with a name; nil when there is none, or it is removed.
    func file(named filename: String, in project: ProjectName) async throws -> DistributionFile?
    /// The projects on which an account holds a role, by name.
    func projects(of user: UserID) async throws -> [(project: Project, role: Role, summary: String?)]
    /// How many projects, releases and files there are.
    func totals() async throws -> IndexTotals
    /// The newest projects, newest first.
    func newestProjects(limit: Int) async throws -> [ReleaseSummary]
    /// The newest releases, newest first.
    func newestReleases(limit: Int) async throws -> [ReleaseSummary]
    /// The projects that a search finds, the best first.
    func search(_ query: SearchQuery) async throws -> SearchResults

    /// Yanks a release (PEP 592). Throws `AccessRefusal` or `ReleaseRefusal`.
    func yank(
        _ version: Version, of project: ProjectName, reason: String?, by actor: Actor, at now: Timestamp) async throws
    /// Takes a yank back. Throws `AccessRefusal` or `ReleaseRefusal`.
    func unyank(_ version: Version, of project: ProjectName, by actor: Actor, at now: Timestamp) async throws
    /// Gives an account a role, in place of the one it has, without asking its holder: for the operator. Throws
    /// `AccessRefusal`, `AccountRefusal` or `RoleRefusal`.
    func addRole(
        _ role: Role, on project: ProjectName, to user: Username, by actor: Actor, at now: Timestamp) async throws
    /// Whether an account could be given a role under a name, whether or not there is a project yet. Throws `AccountRefusal`
    /// or `RoleRefusal`, as `addRole` would.
    func requireReady(_ user: Username, for name: ProjectName, at now: Timestamp) async throws
    /// Takes an account's role away. Throws `AccessRefusal`, `AccountRefusal`, or `RoleRefusal` for the last owner.
    ///
    /// - Parameter from: where it was done.
    func removeRole(
        on project: ProjectName, from user: Username, by actor: Actor, from origin: RequestOrigin, at now: Timestamp
    ) async throws
    /// Sets what whoever publishes to a project or changes it has to be proven with. Everybody who holds a role hears of
    /// it. Throws `AccessRefusal` or `SettingsRefusal`.
    func requireAssurance(
        _ assurance: Assurance, on project: ProjectName, by actor: Actor, at now: Timestamp) async throws
    /// Keeps a name from being taken by an upload. Throws `AccessRefusal`.
    func reserve(_ name: ProjectName, by actor: Actor, at now: Timestamp) async throws
    /// No longer keeps a name from being taken. Throws `AccessRefusal` or `NameRefusal`.
    func unreserve(_ name: ProjectName, by actor: Actor, at now: Timestamp) async throws
    /// The names that are kept from being taken, in their order.
    func reservedNames() async throws -> [ProjectName]
    /// Sets a project's status for installers (PEP 792). Throws `AccessRefusal` or `SettingsRefusal`.
    func setStatus(
        _ status: ProjectStatus, reason: String?, of project: ProjectName, by actor: Actor, at now: Timestamp
    ) async throws
}

extension ProjectStore {
    /// Takes an account's role away, from nowhere in particular.
    public func removeRole(
        on project: ProjectName, from user: Username, by actor: Actor, at now: Timestamp
    ) async throws {
        try await removeRole(on: project, from: user, by: actor, from: RequestOrigin(), at: now)
    }
}

/// How much there is.
public struct IndexTotals: Sendable, Hashable {
    /// Projects.
    public var projects: Int
    /// Releases.
    public var releases: Int
    /// Files.
    public var files: Int
    /// Accounts.
    public var users: Int

    /// How much there is.
    public init(projects: Int, releases: Int, files: Int, users: Int) {
        self.projects = projects
        self.releases = releases
        self.files = files
        self.users = users
    }
}

/// A release in a list or a feed.
public struct ReleaseSummary: Sendable, Hashable {
    /// Its project's name.
    public var project: ProjectName
    /// Its version; nil for a project without a release.
    public var version: Version?
    /// Its one-line summary, as long as is shown in a list.
    public let summary: String?
    /// When it, or its project, was made.
    public var createdAt: Timestamp

    /// A release in a list or a feed.
    public init(project: ProjectName, version: Version?, summary: String?, createdAt: Timestamp) {
        self.project = project
        self.version = version
        self.summary = summary?.cut(to: .line)
        self.createdAt = createdAt
    }
}

/// What is searched for.
public struct SearchQuery: Sendable, Hashable {
    /// What the person typed.
    public var text: String
    /// The page, 1 for the first.
    public var page: Int
    /// How many results a page has.
    public var pageSize: Int

    /// What is searched for.
    public init(text: String, page: Int = 1, pageSize: Int = 20) {
        self.text = text
        self.page = page
        self.pageSize = pageSize
    }
}

/// What a search found.
public struct SearchResults: Sendable, Hashable {
    /// One page of projects, each with its latest release.
    public var results: [ReleaseSummary]
    /// How many there are on all pages.
    public var total: Int

    /// What a search found.
    public init(results: [ReleaseSummary], total: Int) {
        self.results = results
        self.total = total
    }
}

/// Why something was not done to a release.
public enum ReleaseRefusal: Refusal, Hashable {
    /// The project has no such release.
    case noSuchRelease(ProjectName, Version)

    /// Always `notFound`.
    public var kind: RefusalKind { .notFound }
    /// `release.no-such-release`
    public var code: String { "release.no-such-release" }
    /// What is missing.
    public var explanation: String {
        switch self {
        case .noSuchRelease(let project, let version): "The project '\(project.display)' has no release \(version)."
        }
    }
}

/// Why something was not done to a role.
public enum RoleRefusal: Refusal, Hashable {
    /// A project keeps at least one owner.
    case lastOwner(Username, ProjectName)
    /// The account has no role to be taken away.
    case hasNoRole(Username, ProjectName)
    /// The account has a role already.
    case hasRole(Username, Role, ProjectName)
    /// The account was invited already, and can still accept.
    case isInvited(Username, ProjectName)
    /// The account was not invited, or the invitation has ended.
    case noInvitation(Username, ProjectName)
    /// The account lacks what the project asks for.
    case notReady(Username, MandateRefusal)
    /// The account was invited to the project again and again.
    case invitedTooOften(Username, ProjectName, retryAfterSeconds: Int)
    /// As many people as can be have an invitation.
    case tooManyInvitations(ProjectName)

    /// What kind of no it is.
    public var kind: RefusalKind {
        switch self {
        case .lastOwner, .notReady, .hasRole, .isInvited, .tooManyInvitations: .conflict
        case .invitedTooOften(_, _, let seconds): .tooMany(retryAfterSeconds: seconds)
        case .hasNoRole, .noInvitation: .notFound
        }
    }

    /// `role.…`
    public var code: String {
        switch self {
        case .lastOwner: "role.last-owner"
        case .hasNoRole: "role.has-no-role"
        case .hasRole: "role.has-role"
        case .isInvited: "role.is-invited"
        case .noInvitation: "role.no-invitation"
        case .notReady: "role.not-ready"
        case .invitedTooOften: "role.invited-too-often"
        case .tooManyInvitations: "role.too-many-invitations"
        }
    }

    /// What was refused, and what to do.
    public var explanation: String {
        switch self {
        case .lastOwner(let user, let project):
            "\(user) is the last owner of '\(project.display)', and a project keeps one. Make somebody else an owner first; "
                + "or delete the project, if nobody should publish it any more."
        case .hasNoRole(let user, let project): "\(user) has no role on '\(project.display)'."
        case .hasRole(let user, let role, let project):
            "\(user) is \(role.rawValue) of '\(project.display)' already. The role can be changed in the list."
        case .isInvited(let user, let project):
            "\(user) has an invitation to '\(project.display)' already. To invite anew, take that one back first."
        case .noInvitation(let user, let project):
            "There is no invitation of \(user) to '\(project.display)', or it has ended. Ask an owner for another one."
        case .notReady(let user, let refusal):
            "\(user) cannot be given a role there yet. \(refusal.explanation)"
        case .invitedTooOften(let user, let project, let seconds):
            "\(user) was invited to '\(project.display)' \(Invitation.mostADay) times within a day, and hears of each by mail. "
                + "Try again in \(Duration.seconds(seconds).words)."
        case .tooManyInvitations(let project):
            "\(Invitation.mostWaiting) people have an invitation to '\(project.display)' already. Wait for their answers, or "
                + "take some back."
        }
    }
}
