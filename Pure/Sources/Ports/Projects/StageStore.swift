import Accounts
import PackagingFormats
import Policy
import Projects
import Staging
import UTC

/// Releases that wait for a person.
///
/// What is answered is judged in the transaction that does it: by the credential, by the roles and by the files as they
/// are at the commit. If a method throws, nothing has changed. Who is concerned has a mail in the same transaction.
public protocol StageStore: Sendable {
    /// Whether the releases of a project wait; nil where there is no project.
    func standing(of project: ProjectName, at now: Timestamp) async throws -> StagingOutlook?
    /// Sets it. What asks for less binds after `StagingStanding.notice`, unless those who run the index set it. Throws
    /// `AccessRefusal` or `StageRefusal`.
    func set(_ setting: StagingSetting, on project: ProjectName, by actor: Actor, at now: Timestamp) async throws
    /// What the operator asks of critical projects.
    func rule() async throws -> StagingRule
    /// Sets that. Throws `AccessRefusal`.
    func ask(ofCriticalProjects isAsked: Bool, by actor: Actor, at now: Timestamp) async throws

    /// What waits in the projects on which somebody holds a role, the oldest first.
    func stages(for user: UserID) async throws -> [Stage]
    /// All that waits, the oldest first.
    func stages() async throws -> [Stage]
    /// What waits in a project, and what became of what waited, the oldest first.
    func stages(of project: ProjectName) async throws -> [Stage]
    /// One; nil where there is none.
    func stage(_ id: StageID) async throws -> Stage?
    /// The version that people get now; nil where there is none.
    func latestVersion(of project: ProjectName) async throws -> Version?

    /// Lets releases out, all or none: those that need nobody else are published in one commit. The actor's proof is for
    /// the statement about all of them (`ApprovalStatement`). Throws `AccessRefusal` or `StageRefusal`.
    func approve(_ seen: [SeenStage], by actor: Actor, at now: Timestamp) async throws -> [ApprovedStage]
    /// Ends a stage: nothing of it is published, and its version and file names are free. Throws `AccessRefusal` or
    /// `StageRefusal`.
    func reject(_ id: StageID, reason: String, by actor: Actor, at now: Timestamp) async throws
    /// Ends the stages whose time has come. Returns how many they were.
    func expire(at now: Timestamp) async throws -> Int
    /// Tells those who may let them out of the releases that came, once no more files of them come. Returns of how many.
    func tell(at now: Timestamp) async throws -> Int

    /// Makes an address to install what waits from, in place of those that the actor made before for any of it. Throws
    /// `AccessRefusal` or `StageRefusal`.
    ///
    /// - Parameter secretHash: SHA-256 of the secret in it.
    func makeAddress(
        secretHash: [UInt8], for ids: [StageID], by actor: Actor, at now: Timestamp) async throws
    /// What waits at an address: of that for which it was made, what waits still, as long as anyone who made it holds a
    /// role there. Nothing for an address that ended or never was.
    func stages(atAddress secretHash: [UInt8], at now: Timestamp) async throws -> [Stage]
    /// A project with its published files and those of stages, as it will be; nil where there is none.
    func snapshot(of project: ProjectName, with stages: [Stage]) async throws -> ProjectSnapshot?
}

/// Says what was found in releases that wait. There may be several; what one says is shown as it is.
public protocol StageFindings: Sendable {
    /// What was found in a stage, what matters most first.
    func findings(in stage: Stage) async throws -> [StageFinding]
}

/// Says nothing: where nothing looks.
public struct NoStageFindings: StageFindings {
    public init() {}
    /// Nothing.
    public func findings(in stage: Stage) async throws -> [StageFinding] { [] }
}
