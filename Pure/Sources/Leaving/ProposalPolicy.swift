import Accounts
import PackagingFormats
import Policy
import Primitives
import UTC

/// What somebody does about a proposal.
public enum ProposalAnswer: String, Sendable, CaseIterable {
    /// An owner lets it come back.
    case approve
    /// An owner does not.
    case decline
    /// The people who run the index bring it back without an answer.
    case decide
    /// Another administrator agrees to an erasure.
    case confirm
    /// Anyone who owned the project keeps its name.
    case object
    /// Another administrator lets everybody have a name that was critical.
    case release
    /// The people who run the index take it back.
    case withdraw

    /// What it answers; nil for every kind.
    public var kind: ProposalKind? {
        switch self {
        case .approve, .decline, .decide: .restoration
        case .confirm: .erasure
        case .object, .release: .nameRelease
        case .withdraw: nil
        }
    }
}

/// What becomes of a proposal that nobody ended until its day.
public enum ProposalDay: String, Sendable, CaseIterable {
    /// It is done.
    case takesEffect = "takes effect"
    /// The people who run the index decide.
    case waits
    /// Nothing comes of it.
    case ends
}

/// Decides what may be done about a proposal, by anybody who may do such a thing at all.
///
/// What is to come back, its owners decide about; where they do not answer, only what is critical comes back without
/// them. What is erased takes two administrators. A name is released when those who owned it had time to say no; one that
/// was critical not even then by itself.
public enum ProposalPolicy {
    /// How long another administrator is asked about an erasure.
    public static let confirmation = Duration.days(14)
    /// The most files that come back at once.
    public static let mostFiles = 2_000
    /// What everybody reads of a project that came back without an answer.
    public static let readOnly =
        "The people who run this index brought it back; its owners did not answer. It can be installed, and takes no "
        + "uploads."

    /// How long somebody else is asked.
    ///
    /// - Parameter isCritical: whether the name is critical, or was.
    public static func wait(for kind: ProposalKind, isCritical: Bool, under rule: RemovalRule) -> Duration {
        switch kind {
        case .restoration: rule.wait(isCritical: isCritical)
        case .erasure: confirmation
        // Who gets a name gets the trust that belongs to it: never sooner than what is critical goes.
        case .nameRelease: rule.wait(isCritical: true)
        }
    }

    /// What becomes of it on its day.
    public static func day(of kind: ProposalKind, isCritical: Bool) -> ProposalDay {
        switch kind {
        case .restoration: isCritical ? .waits : .ends
        case .erasure: .ends
        case .nameRelease: isCritical ? .waits : .takesEffect
        }
    }

    /// Decides whether somebody may give an answer now.
    ///
    /// - Parameter isCritical: whether the name is critical, or was.
    public static func decide(
        _ answer: ProposalAnswer, to proposal: Proposal, by actor: Actor, isCritical: Bool, at now: Timestamp
    ) throws(ProposalRefusal) {
        let project = proposal.project
        guard answer.kind ?? proposal.matter.kind == proposal.matter.kind else { throw .noSuchProposal(project) }
        if let end = proposal.end { throw .over(project, end.outcome, end.at.day) }
        let hasCome = proposal.dueAt <= now
        if hasCome, day(of: proposal.matter.kind, isCritical: isCritical) != .waits {
            throw .dayHasCome(project, proposal.dueAt.day)
        }
        switch answer {
        case .approve, .decline:
            // What an owner says nobody says for them.
            guard actor.userID != nil else { throw .ownersAnswer(project) }
        case .object:
            guard actor.userID != nil else { throw .ownersAnswer(project) }
            guard !hasCome else { throw .dayHasCome(project, proposal.dueAt.day) }
        case .decide:
            guard isCritical else { throw .notCritical(project) }
            guard hasCome else { throw .waitsUntil(project, proposal.dueAt.day) }
        case .confirm:
            guard actor.journalName != proposal.proposedBy else { throw .ownProposal(project) }
        case .release:
            // The day of one that was not critical frees it, and nobody has to.
            guard hasCome else { throw .waitsUntil(project, proposal.dueAt.day) }
            guard actor.journalName != proposal.proposedBy else { throw .ownProposal(project) }
        case .withdraw: break
        }
    }
}

/// What is known of a file that somebody gives, so that it comes back.
public struct GivenFileFacts: Sendable, Hashable {
    /// Of the bytes that are given.
    public var sha256: String
    /// By which digests lock files and mirrors name it; nil where none was asked.
    public var locked: Set<String>?
    /// By which digests the log names it, and the index itself.
    public var logged: Set<String>
    /// Why it was erased by law; nil where it was not.
    public var erasedFor: ErasureCategory?
    /// Whether its bytes are there.
    public var hasBytes: Bool

    public init(
        sha256: String, locked: Set<String>? = nil, logged: Set<String>, erasedFor: ErasureCategory? = nil,
        hasBytes: Bool = false
    ) {
        self.sha256 = sha256
        self.locked = locked
        self.logged = logged
        self.erasedFor = erasedFor
        self.hasBytes = hasBytes
    }
}

/// Decides whether bytes that somebody gives are those of a file that was published: nothing else comes back under its
/// name, no matter who says so.
public enum GivenFilePolicy {
    /// Decides about one file of a project.
    public static func decide(
        _ filename: String, of project: ProjectName, knowing facts: GivenFileFacts
    ) throws(ProposalRefusal) {
        guard !facts.logged.isEmpty else { throw .neverPublished(project, filename) }
        if let category = facts.erasedFor { throw .erasedByLaw(filename, category) }
        if let locked = facts.locked {
            guard !locked.isEmpty else { throw .notLocked(filename) }
            guard locked == [facts.sha256] else { throw .otherDigest(filename, in: .lockFiles) }
        }
        guard facts.logged == [facts.sha256] else { throw .otherDigest(filename, in: .log) }
        guard !facts.hasBytes else { throw .hasBytes(filename) }
    }
}

/// Why a proposal was not made, answered or carried out.
public enum ProposalRefusal: Refusal, Hashable {
    /// Who names a digest.
    public enum Witness: String, Sendable { case lockFiles, log }

    /// There is none, or it is another's.
    case noSuchProposal(ProjectName)
    /// It ended already, on a day.
    case over(ProjectName, ProposalOutcome, Day)
    /// The same is proposed already.
    case alreadyProposed(ProjectName, until: Day)
    case reasonNeeded
    /// What was shown is not so any more.
    case changedSince(ProjectName)
    /// Who proposed it is not the one who agrees.
    case ownProposal(ProjectName)
    case dayHasCome(ProjectName, Day)
    case waitsUntil(ProjectName, Day)
    case notCritical(ProjectName)
    /// Only those who own the project answer this.
    case ownersAnswer(ProjectName)
    /// There is nothing to bring back.
    case nothingToReturn(ProjectName)
    case tooManyFiles(ProjectName)
    /// There is nothing to erase.
    case nothingToErase(ProjectName)
    /// The name has a project, or everybody can have it already.
    case nameIsNotAtRest(ProjectName)
    /// What owners removed comes back with their approval.
    case askOwners(ProjectName)
    /// The project never had such a file.
    case neverPublished(ProjectName, String)
    case erasedByLaw(String, ErasureCategory)
    /// No lock file that was given names it.
    case notLocked(String)
    case otherDigest(String, in: Witness)
    case hasBytes(String)

    /// What kind of no it is.
    public var kind: RefusalKind {
        switch self {
        case .noSuchProposal: .notFound
        case .over, .alreadyProposed, .changedSince, .dayHasCome, .waitsUntil, .notCritical, .nothingToReturn,
            .nothingToErase, .nameIsNotAtRest, .hasBytes:
            .conflict
        case .reasonNeeded, .tooManyFiles, .neverPublished, .notLocked, .otherDigest: .invalid
        case .ownProposal, .ownersAnswer, .askOwners: .forbidden
        case .erasedByLaw: .gone
        }
    }

    /// `proposal.…`
    public var code: String {
        switch self {
        case .noSuchProposal: "proposal.no-such"
        case .over: "proposal.over"
        case .alreadyProposed: "proposal.already-there"
        case .reasonNeeded: "proposal.reason-needed"
        case .changedSince: "proposal.changed-since"
        case .ownProposal: "proposal.own"
        case .dayHasCome: "proposal.day-has-come"
        case .waitsUntil: "proposal.waits"
        case .notCritical: "proposal.not-critical"
        case .ownersAnswer: "proposal.owners-answer"
        case .nothingToReturn: "proposal.nothing-to-return"
        case .tooManyFiles: "proposal.too-many-files"
        case .nothingToErase: "proposal.nothing-to-erase"
        case .nameIsNotAtRest: "proposal.name-not-at-rest"
        case .askOwners: "proposal.ask-owners"
        case .neverPublished: "proposal.never-published"
        case .erasedByLaw: "proposal.erased-by-law"
        case .notLocked: "proposal.not-locked"
        case .otherDigest: "proposal.other-digest"
        case .hasBytes: "proposal.has-bytes"
        }
    }

    /// What was refused, and what to do.
    public var explanation: String {
        switch self {
        case .noSuchProposal(let project):
            "There is no such proposal about '\(project.display)' that is yours to answer. Those that are, your page 'Proposals' "
                + "has."
        case .over(let project, let outcome, let day):
            "This proposal about '\(project.display)' \(outcome.words), on \(day). Nothing was changed now."
        case .alreadyProposed(let project, let day):
            "The same is proposed about '\(project.display)' already: somebody else is asked until \(day). Nothing was "
                + "changed."
        case .reasonNeeded: "Everybody whom it concerns is told why: give a reason. Nothing was changed."
        case .changedSince(let project):
            "Something changed in '\(project.display)' since you looked. Nothing was done: look again, and decide again."
        case .ownProposal(let project):
            "You proposed this about '\(project.display)' yourself: another administrator has to do it, or the operator at "
                + "the machine."
        case .dayHasCome(let project, let day):
            "The day of this proposal about '\(project.display)' has come: \(day). It can't be answered any more. Ask the "
                + "people who run this index."
        case .waitsUntil(let project, let day):
            "The owners of '\(project.display)' are asked until \(day). Nothing is decided without them before: do it "
                + "again then."
        case .notCritical(let project):
            "'\(project.display)' is not critical: without an answer from its owners nothing of it comes back. Ask them, "
                + "or take the proposal back."
        case .ownersAnswer(let project):
            "Only the owners of '\(project.display)' can answer this, in their own accounts."
        case .nothingToReturn(let project):
            "Nothing like that was removed of '\(project.display)' whose bytes are there, so nothing can come back. Give the "
                + "files themselves, where a lock file or a mirror has them."
        case .tooManyFiles(let project):
            "At most \(ProposalPolicy.mostFiles) files of '\(project.display)' come back at once: name a release."
        case .nothingToErase(let project):
            "'\(project.display)' has nothing like that whose bytes are there, so nothing can be erased. Look which files "
                + "it has."
        case .nameIsNotAtRest(let project):
            "The name '\(project.display)' has a project, or never had one, or everybody can have it already: there is "
                + "nothing to release."
        case .askOwners(let project):
            "Its owners removed this of '\(project.display)'. They can bring it back themselves; otherwise propose its return, "
                + "so that they are asked."
        case .neverPublished(let project, let filename):
            "'\(project.display)' never had a file '\(filename)' here: it can't come back."
        case .erasedByLaw(let filename, let category):
            "The file '\(filename)' was erased \(category.words), and never comes back."
        case .notLocked(let filename):
            "None of the lock files names '\(filename)': give one that does, or none. Nothing was proposed."
        case .otherDigest(let filename, let witness):
            switch witness {
            case .lockFiles:
                "The bytes of '\(filename)' do not have the one digest by which the lock files name it: find the file that "
                    + "has it. Nothing was proposed."
            case .log:
                "The bytes of '\(filename)' are not those that were published: the log has another digest. Find the file that "
                    + "has it. Nothing was proposed."
            }
        case .hasBytes(let filename):
            "The bytes of '\(filename)' are here: propose its return without giving it. Nothing was proposed."
        }
    }
}
