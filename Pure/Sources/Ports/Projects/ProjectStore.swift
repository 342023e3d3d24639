import Accounts
import Acts
import PackagingFormats
import Policy
import Projects
import Search
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
    ) async throws -> UploadJudgement

    /// Judges whether `actor` could upload to `project`, before any byte of a file is read. Throws `AccessRefusal`,
    /// `NameRefusal` or `AllowanceRefusal`.
    func mayUpload(to project: ProjectName, by actor: Actor, at now: Timestamp) async throws

    /// Everything that a project's pages show; nil when there is no project.
    func snapshot(of name: ProjectName) async throws -> ProjectSnapshot?
    /// What was erased of a name for legal reasons, whether there is a project now or not: a sentence each, the last first.
    func tombstones(of name: ProjectName) async throws -> [String]
    /// A version as a project's release spells it (`1.0` where `1.0.0` is asked for); nil when there is no such
    /// release. By keys alone: it costs the same however much the project has, so that addresses are judged by it
    /// before anything is read.
    func spelling(of version: Version, in project: ProjectName) async throws -> Version?
    /// What a release says about itself; nil when there is no such release.
    func metadata(of release: ReleaseID) async throws -> ReleaseMetadata?
    /// Every project in the order of the normalized names.
    func listing() async throws -> IndexListing
    /// Every project with its own facts, in the order of the normalized names.
    func all() async throws -> [Project]
    /// Which of some normalized names belong to projects.
    func hosted(among names: Set<String>) async throws -> Set<String>
    /// The file with a name and a digest, whether everybody gets it or nobody does any more; nil when there is none, or
    /// it was never public.
    func file(named filename: String, sha256: String) async throws -> AddressedFile?
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
    /// The projects that a search finds, in the order that it asks for, with those that were meant where what was typed
    /// is the name of none. Projects that are quarantined are found by nobody.
    func search(_ query: SearchQuery) async throws -> SearchResults
    /// The projects that somebody may have meant who asked for one that is not there, the likeliest first.
    func suggestions(for text: String, limit: Int) async throws -> [FoundProject]
    /// Brings up to date what searches are ranked by and nothing announces: how much projects are downloaded, and which
    /// are critical. Done once a day; a project that changes is brought up to date with the change.
    func weighProjects() async throws

    /// Yanks a release (PEP 592). Throws `AccessRefusal` or `ReleaseRefusal`.
    func yank(
        _ version: Version, of project: ProjectName, reason: String?, by actor: Actor, at now: Timestamp) async throws
    /// Takes a yank back. Throws `AccessRefusal` or `ReleaseRefusal`.
    func unyank(_ version: Version, of project: ProjectName, by actor: Actor, at now: Timestamp) async throws
    /// Yanks one file of a project (PEP 592). Throws `AccessRefusal` or `RemovalRefusal`.
    func yank(
        file: String, of project: ProjectName, reason: String?, by actor: Actor, at now: Timestamp) async throws
    /// Takes that back. Throws `AccessRefusal` or `RemovalRefusal`.
    func unyank(file: String, of project: ProjectName, by actor: Actor, at now: Timestamp) async throws
    /// Gives an account a role, in place of the one it has, without asking its holder: for the operator. Throws
    /// `AccessRefusal`, `AccountRefusal` or `RoleRefusal`.
    ///
    /// - Parameter reason: why, for those who are told; nil where none was given.
    func addRole(
        _ role: Role, on project: ProjectName, to user: Username, because reason: String?, by actor: Actor,
        at now: Timestamp) async throws
    /// Whether an account could be given a role under a name, whether or not there is a project yet. Throws
    /// `AccountRefusal` or `RoleRefusal`, as `addRole` would.
    func requireReady(_ user: Username, for name: ProjectName, at now: Timestamp) async throws
    /// Sets what anyone who publishes to a project or changes it has to be proven with. Everybody who holds a role
    /// hears of it. Throws `AccessRefusal` or `SettingsRefusal`.
    func requireAssurance(
        _ assurance: Assurance, on project: ProjectName, by actor: Actor, at now: Timestamp) async throws
    /// Keeps a name from being taken by an upload. Throws `AccessRefusal`.
    func reserve(_ name: ProjectName, by actor: Actor, at now: Timestamp) async throws
    /// No longer keeps a name from being taken. Throws `AccessRefusal` or `NameRefusal`.
    func unreserve(_ name: ProjectName, by actor: Actor, at now: Timestamp) async throws
    /// The names that are kept from being taken, in their order.
    func reservedNames() async throws -> [ProjectName]
}
