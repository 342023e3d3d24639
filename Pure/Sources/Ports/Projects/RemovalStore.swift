import Accounts
import PackagingFormats
import Policy
import Projects
import UTC

/// Taking things out of the index, and bringing them back. What is removed is marked: rows and bytes stay, and the
/// address of a file keeps answering.
///
/// Every method that changes something judges it inside its transaction, and writes the journal there. If it throws,
/// nothing has changed.
public protocol RemovalStore: Sendable {
    /// Takes a project out of the index, with its releases. Its name waits for its owners; invitations are void.
    /// Everybody who holds a role hears of it. Throws `AccessRefusal` or `RemovalRefusal`.
    func deleteProject(
        _ name: ProjectName, by actor: Actor, from origin: RequestOrigin, at now: Timestamp) async throws
    /// Takes a release out, with its files. Throws `AccessRefusal`, `RemovalRefusal` or `ReleaseRefusal`.
    func deleteRelease(
        _ version: Version, of name: ProjectName, by actor: Actor, from origin: RequestOrigin, at now: Timestamp
    ) async throws
    /// Takes a file out. Its release stays, even where this was the last one. Throws `AccessRefusal` or
    /// `RemovalRefusal`.
    func deleteFile(
        _ filename: String, of name: ProjectName, by actor: Actor, from origin: RequestOrigin, at now: Timestamp
    ) async throws
    /// Brings back what the deletion of a project took out, also where the project was made again since. What was
    /// deleted by itself before stays out. Throws `AccessRefusal` or `RemovalRefusal`.
    func restore(_ name: ProjectName, by actor: Actor, from origin: RequestOrigin, at now: Timestamp) async throws
    /// Brings back a release as it was deleted; of a release that is there, the files that were. Throws
    /// `AccessRefusal`, `RemovalRefusal` or `ReleaseRefusal`.
    func restore(
        _ version: Version, of name: ProjectName, by actor: Actor, from origin: RequestOrigin, at now: Timestamp
    ) async throws
    /// Brings back a project for an owner who deleted it, as it was when it went, within `RemovalPolicy.undoTime`.
    /// Throws `AccessRefusal` or `RemovalRefusal`.
    func undoRemoval(of name: ProjectName, by actor: Actor, from origin: RequestOrigin, at now: Timestamp) async throws
    /// Brings back a release, or one file of it, for an owner who deleted that, within `RemovalPolicy.undoTime`. Throws
    /// `AccessRefusal`, `RemovalRefusal` or `ReleaseRefusal`.
    func undoRemoval(
        of version: Version, file: String?, of name: ProjectName, by actor: Actor, from origin: RequestOrigin,
        at now: Timestamp
    ) async throws
    /// Lets everybody have the name of a removed project. Throws `AccessRefusal` or `RemovalRefusal`.
    func free(_ name: ProjectName, by actor: Actor, at now: Timestamp) async throws

    /// The removed projects, the last removed first.
    func removedProjects() async throws -> [RemovedProject]
    /// The removed projects on which an account held a role, by name.
    func removedProjects(of user: UserID) async throws -> [RemovedProject]
    /// What was taken out of a project that is there, the last first.
    func removedParts(of name: ProjectName) async throws -> [RemovedPart]
}
