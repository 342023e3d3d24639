import Accounts
import Leaving
import PackagingFormats
import Policy
import Primitives
import UTC

/// What the people who run the index propose about a project, and what becomes of it: the return of what was removed,
/// erasure for a legal reason, the release of a name.
///
/// Who may answer what and when, `ProposalPolicy` says. Every method that changes something judges it inside its
/// transaction, and writes the journal there. If it throws, nothing has changed.
public protocol ProposalStore: Sendable {
    // MARK: Return

    /// Proposes that what was removed comes back: its owners are asked, by mail. Throws `AccessRefusal` or
    /// `ProposalRefusal`.
    ///
    /// - Parameters:
    ///   - scope: a file, a release or the project; nothing else.
    ///   - given: files whose bytes were freed, and are stored again; until the proposal ends nobody collects them.
    func proposeReturn(
        of scope: Departure, of name: ProjectName, given: [GivenFile], reason: String, by actor: Actor,
        from origin: RequestOrigin, at now: Timestamp
    ) async throws -> Proposal
    /// Brings back what was proposed, for an owner. Throws `AccessRefusal` or `ProposalRefusal`.
    ///
    /// - Parameter seen: the project's serial on the page where it was decided; nil where nobody looked.
    func approve(
        _ proposal: ProposalID, of name: ProjectName, seen: Serial?, by actor: Actor, from origin: RequestOrigin,
        at now: Timestamp
    ) async throws
    /// Ends it, for an owner. Throws `AccessRefusal` or `ProposalRefusal`.
    func decline(
        _ proposal: ProposalID, of name: ProjectName, reason: String, by actor: Actor, from origin: RequestOrigin,
        at now: Timestamp
    ) async throws
    /// Brings it back, and archives the project: no owner answered, and others build on it. Throws `AccessRefusal` or
    /// `ProposalRefusal`.
    func decide(
        _ proposal: ProposalID, of name: ProjectName, seen: Serial?, by actor: Actor, from origin: RequestOrigin,
        at now: Timestamp
    ) async throws
    /// What is known of a file of a project, for bytes that somebody gives; nil where it never had such a file.
    ///
    /// - Parameter given: a digest of the bytes, and how lock files name them.
    func known(_ given: GivenFile, of name: ProjectName) async throws -> KnownArtifact?

    // MARK: Erasure

    /// Proposes that a file, a release or all of a project is erased. Nobody hears of it before it is done. Throws
    /// `AccessRefusal` or `ProposalRefusal`.
    func proposeErasure(
        of scope: Departure, of name: ProjectName, because category: ErasureCategory, reason: String, by actor: Actor,
        at now: Timestamp
    ) async throws -> Proposal
    /// Erases it: nobody gets the bytes from now on, and they are freed within minutes. Of a release, what it says about
    /// itself goes, too. Everybody who holds a role hears of it. Throws `AccessRefusal` or `ProposalRefusal`.
    func confirmErasure(
        _ proposal: ProposalID, of name: ProjectName, seen: Serial?, by actor: Actor, from origin: RequestOrigin,
        at now: Timestamp
    ) async throws

    // MARK: Names

    /// Proposes that everybody can have the name of a removed project: those who owned it are asked, by mail. Throws
    /// `AccessRefusal` or `ProposalRefusal`.
    func proposeRelease(
        of name: ProjectName, reason: String, by actor: Actor, from origin: RequestOrigin, at now: Timestamp
    ) async throws -> Proposal
    /// Keeps the name, for anyone who owned the project. Throws `AccessRefusal` or `ProposalRefusal`.
    func object(
        to proposal: ProposalID, of name: ProjectName, reason: String, by actor: Actor, from origin: RequestOrigin,
        at now: Timestamp
    ) async throws
    /// Lets everybody have a name that was critical, after its day. Throws `AccessRefusal` or `ProposalRefusal`.
    func release(
        _ proposal: ProposalID, of name: ProjectName, seen: Serial?, by actor: Actor, from origin: RequestOrigin,
        at now: Timestamp
    ) async throws

    // MARK: All of them

    /// Takes one back. Throws `AccessRefusal` or `ProposalRefusal`.
    func withdraw(
        _ proposal: ProposalID, of name: ProjectName, by actor: Actor, from origin: RequestOrigin, at now: Timestamp
    ) async throws
    /// Does what takes effect on its day, and ends what nothing comes of. Returns how many of either.
    func carryOutProposals(at now: Timestamp) async throws -> Int
    /// What is proposed and open, the next first.
    func proposals() async throws -> [Proposal]
    /// What was proposed about projects that somebody owns, or owned when they were removed: what is open, and what ended
    /// after a moment; the last first. Erasures are not among them.
    func proposals(for user: UserID, endedAfter moment: Timestamp) async throws -> [Proposal]
    /// Whether a name is critical, or was.
    func wasCritical(_ name: ProjectName) async throws -> Bool
    /// The serial of the last change of a project, removed or not; nil where there was none.
    func serial(of name: ProjectName) async throws -> Serial?
}

/// A file that somebody gives.
public struct GivenFile: Sendable, Hashable {
    public let filename: String
    /// Of its bytes, in lower-case hexadecimal.
    public let sha256: String
    /// By which digests lock files name it; nil where none was asked.
    public let locked: Set<String>?

    public init(filename: String, sha256: String, locked: Set<String>?) {
        self.filename = filename
        self.sha256 = sha256
        self.locked = locked
    }
}

/// What an index knows of a file whose bytes somebody gives.
public struct KnownArtifact: Sendable, Hashable {
    public let facts: GivenFileFacts
    public let size: Int64
    /// Of the METADATA that is served beside it; nil where there is none.
    public let metadataSHA256: String?

    public init(facts: GivenFileFacts, size: Int64, metadataSHA256: String?) {
        self.facts = facts
        self.size = size
        self.metadataSHA256 = metadataSHA256
    }
}
