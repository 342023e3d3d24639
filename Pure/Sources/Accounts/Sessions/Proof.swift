import Acts
import UTC

/// That somebody just showed who they are: with what strength, when, and for what.
///
/// Signing in proves for everything; a step-up proves for the act that it was asked for and for the object of that act.
public struct Proof: Sendable, Hashable {
    /// How long a proof is fresh.
    public static let lifetime = Duration.minutes(5)

    /// What a proof is good for.
    public enum Scope: Sendable, Hashable {
        /// Every act: the person signed in.
        case everything
        /// One act on one object; the object is empty where the act has none.
        case act(Act, object: String)
    }

    /// How strong it is.
    public let assurance: Assurance
    /// When it was given.
    public let at: Timestamp
    /// What it is good for.
    public let scope: Scope

    /// A proof of this strength, given at this moment.
    public init(_ assurance: Assurance, at: Timestamp, scope: Scope = .everything) {
        self.assurance = assurance
        self.at = at
        self.scope = scope
    }

    /// Whether it is fresh and meant for an act on an object.
    public func covers(_ action: Act, object: String, at now: Timestamp) -> Bool {
        guard now >= at, now.since(at) <= Self.lifetime else { return false }
        if scope == .act(action, object: object) { return true }
        return scope == .everything && !action.has(.boundProof)
    }
}

/// What a session adds to who somebody is: what it may not do, and what was shown in it lately.
public struct SessionStanding: Sendable, Hashable {
    /// The session; nil where somebody acts by a link instead.
    public var id: SessionID?
    /// What the session is held to; nil where it is not.
    public var restriction: SessionRestriction?
    /// What was shown in it lately, stale proofs included.
    public var proofs: [Proof]
    /// The strongest that the account can be proven with: what a step-up asks for.
    public var strongest: Assurance
    /// Until when the account's first factor may be enrolled in it, because the link mailed for that was followed.
    public var firstEnrolmentUntil: Timestamp?
    /// Until when the account's factor may be a thief's, so that it counts for nothing that takes two; nil where it may
    /// not.
    public var probationUntil: Timestamp?
    /// The factor that vouches for the session; nil where a password alone does.
    public var factor: FactorID?
    /// Until when that factor is on probation, because it came by a recovery code or a recovery; nil where it is not.
    public var factorProbationUntil: Timestamp?
    /// Where the request comes from in which somebody acts: not where the session began.
    public var origin = RequestOrigin()

    public init(
        id: SessionID? = nil, restriction: SessionRestriction? = nil, proofs: [Proof] = [], strongest: Assurance,
        firstEnrolmentUntil: Timestamp? = nil, probationUntil: Timestamp? = nil, factor: FactorID? = nil,
        factorProbationUntil: Timestamp? = nil
    ) {
        self.factorProbationUntil = factorProbationUntil
        self.id = id
        self.restriction = restriction
        self.proofs = proofs
        self.strongest = strongest
        self.firstEnrolmentUntil = firstEnrolmentUntil
        self.probationUntil = probationUntil
        self.factor = factor
    }

    /// Whether what was shown lately is enough for an act that asks for a fresh proof.
    public func isFreshlyProven(for action: Act, object: String, at now: Timestamp) -> Bool {
        proofs.contains { $0.assurance >= strongest && $0.covers(action, object: object, at: now) }
    }
}

/// What a session is held to.
public enum SessionRestriction: String, Sendable, CaseIterable {
    /// The password was shown, the second factor was not: nobody is signed in yet.
    case secondFactorDue = "second-factor-due"
    /// A recovery code was used, or the account was recovered: a factor may be enrolled, and nothing else.
    case enrolmentOnly = "enrolment-only"
    /// The password is known to thieves: it must be changed before anything else.
    case passwordChangeOnly = "password-change-only"

    /// Whether a session held to this may do an act.
    public func allows(_ action: Act) -> Bool {
        if action == .account(.endSession) { return true }
        return switch self {
        case .secondFactorDue:
            [.account(.useRecoveryCode), .account(.requestRecovery), .account(.completeRecovery)].contains(action)
        case .enrolmentOnly: action.has(.enrolment)
        case .passwordChangeOnly: [.account(.setPassword), .account(.stepUp)].contains(action)
        }
    }
}
