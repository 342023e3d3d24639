import Accounts
import Leaving
import PackagingFormats
import Policy
import Primitives
import Projects
import UTC

/// Taking things out of the index, and bringing them back. What is removed is marked: rows and bytes stay, and the
/// address of a file keeps answering.
///
/// What is taken away, `DeparturePolicy` judges: it goes at once, or is asked for. Every method that changes something
/// judges it inside its transaction, and writes the journal there. If it throws, nothing has changed.
public protocol RemovalStore: Sendable {
    /// The numbers of the policy.
    func rule() async throws -> RemovalRule
    /// Sets them. Throws `AccessRefusal`.
    func set(_ rule: RemovalRule, by actor: Actor, at now: Timestamp) async throws

    // MARK: Taking away

    /// What would become of it that somebody wanted to take something away. Throws `RemovalRefusal` or
    /// `ReleaseRefusal` for what they could not.
    func decision(
        on departure: Departure, of name: ProjectName, by actor: Actor, at now: Timestamp
    ) async throws -> DepartureDecision
    /// Takes something away, or asks for it: everybody who holds a role hears of it, and of what is asked for also those
    /// who own what depends on it. Throws `AccessRefusal`, `RemovalRefusal` or `ReleaseRefusal`.
    ///
    /// - Parameters:
    ///   - reason: why, in the words of who wants it; a request has to have one.
    ///   - seen: the project's serial on the page where it was decided; nil where nobody looked.
    func remove(
        _ departure: Departure, of name: ProjectName, reason: String, seen: Serial?, by actor: Actor,
        from origin: RequestOrigin, at now: Timestamp
    ) async throws -> RemovalOutcome
    /// Agrees to a request. Throws `AccessRefusal` or `RemovalRefusal`.
    func confirm(
        _ request: RemovalRequestID, of name: ProjectName, seen: Serial?, by actor: Actor, from origin: RequestOrigin,
        at now: Timestamp
    ) async throws
    /// Stops a request; who asked takes it back so. Throws `AccessRefusal` or `RemovalRefusal`.
    func object(
        to request: RemovalRequestID, of name: ProjectName, reason: String, by actor: Actor,
        from origin: RequestOrigin, at now: Timestamp
    ) async throws
    /// Makes anyone with a role an owner, and ends a request. Throws `AccessRefusal` or `RemovalRefusal`.
    func takeOver(
        insteadOf request: RemovalRequestID, of name: ProjectName, by actor: Actor, from origin: RequestOrigin,
        at now: Timestamp
    ) async throws
    /// Carries out the requests whose day has come, and ends those that nobody confirmed. Returns how many of either.
    func carryOutRequests(at now: Timestamp) async throws -> Int
    /// What is asked for of a project, the next first.
    func requests(of name: ProjectName) async throws -> [RemovalRequest]
    /// What is asked for of all projects, the next first.
    func requests() async throws -> [RemovalRequest]
    /// The other projects whose newest releases need one, by name.
    func dependents(of name: ProjectName) async throws -> [ProjectName]

    // MARK: Statuses

    /// Sets a project's status for installers (PEP 792). Where it is another one, everybody who holds a role hears of it,
    /// and so do those who own what depends on the project. Throws `AccessRefusal`, `SettingsRefusal`, and
    /// `RemovalRefusal.hasToBeAsked` where others build on what is to be archived.
    func setStatus(
        _ status: ProjectStatus, reason: String?, of name: ProjectName, by actor: Actor, at now: Timestamp
    ) async throws

    // MARK: Quarantine

    /// Lets nobody have a file, a release or a project that may do harm. Everybody who holds a role hears of it. Throws
    /// `AccessRefusal`, `RemovalRefusal` or `ReleaseRefusal`.
    func quarantine(
        _ what: Departure, of name: ProjectName, reason: String, by actor: Actor, at now: Timestamp) async throws
    /// Lets everybody have it again, as it was. Throws `AccessRefusal`, `RemovalRefusal` or `ReleaseRefusal`.
    func liftQuarantine(of what: Departure, of name: ProjectName, by actor: Actor, at now: Timestamp) async throws

    /// What is in quarantine, by project.
    func withheld() async throws -> [WithheldContent]

    /// Frees the bytes of the files that were removed longer ago than they are retained: their addresses say so from then
    /// on, and their names stay used. Returns how many. Throws `AccessRefusal`.
    func eraseRetained(by actor: Actor, at now: Timestamp) async throws -> Int

    // MARK: Bringing back

    /// Brings back what the deletion of a project took out, also where the project was made again since. What was
    /// deleted by itself before stays out. Throws `AccessRefusal` or `RemovalRefusal`; and `ProposalRefusal` for an
    /// administrator where owners removed it, for then owners have a say in its return.
    func restore(_ name: ProjectName, by actor: Actor, from origin: RequestOrigin, at now: Timestamp) async throws
    /// Brings back a release as it was deleted; of a release that is there, the files that were. Throws
    /// `AccessRefusal`, `RemovalRefusal` or `ReleaseRefusal`.
    func restore(
        _ version: Version, of name: ProjectName, by actor: Actor, from origin: RequestOrigin, at now: Timestamp
    ) async throws
    /// Brings back a project for an owner, as it was when an owner deleted it, within `RemovalRule.retention`. Throws
    /// `AccessRefusal` or `RemovalRefusal`.
    func undoRemoval(of name: ProjectName, by actor: Actor, from origin: RequestOrigin, at now: Timestamp) async throws
    /// Brings back a release, or one file of it, for an owner, where an owner deleted that, within
    /// `RemovalRule.retention`. Throws `AccessRefusal`, `RemovalRefusal` or `ReleaseRefusal`.
    func undoRemoval(
        of version: Version, file: String?, of name: ProjectName, by actor: Actor, from origin: RequestOrigin,
        at now: Timestamp
    ) async throws

    /// The removed projects, the last removed first.
    func removedProjects() async throws -> [RemovedProject]
    /// The removed projects on which an account held a role, by name.
    func removedProjects(of user: UserID) async throws -> [RemovedProject]
    /// What was taken out of a project that is there, the last first.
    func removedParts(of name: ProjectName) async throws -> [RemovedPart]
}

extension RemovalStore {
    /// Takes a project out of the index, with its releases, or asks for it. Its name waits for its owners; invitations
    /// are void.
    @discardableResult
    public func deleteProject(
        _ name: ProjectName, reason: String = "", seen: Serial? = nil, by actor: Actor, from origin: RequestOrigin,
        at now: Timestamp
    ) async throws -> RemovalOutcome {
        try await remove(.project, of: name, reason: reason, seen: seen, by: actor, from: origin, at: now)
    }

    /// Takes a release out, with its files, or asks for it.
    @discardableResult
    public func deleteRelease(
        _ version: Version, of name: ProjectName, reason: String = "", seen: Serial? = nil, by actor: Actor,
        from origin: RequestOrigin, at now: Timestamp
    ) async throws -> RemovalOutcome {
        try await remove(.release(version), of: name, reason: reason, seen: seen, by: actor, from: origin, at: now)
    }

    /// Takes a file out, or asks for it. Its release stays, even where this was the last one.
    @discardableResult
    public func deleteFile(
        _ filename: String, of name: ProjectName, reason: String = "", seen: Serial? = nil, by actor: Actor,
        from origin: RequestOrigin, at now: Timestamp
    ) async throws -> RemovalOutcome {
        try await remove(.file(filename), of: name, reason: reason, seen: seen, by: actor, from: origin, at: now)
    }
}
