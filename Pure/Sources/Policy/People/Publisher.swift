import Accounts
import Acts
import PackagingFormats
import Primitives
import UTC

/// Somebody with a role on a project, and whether they could publish to it now, and with what.
///
/// The answer is that of the doors: the credential is renewed as they renew it, and the act is judged by the policy that
/// judges an upload.
public struct Publisher: Sendable {
    public let user: User
    public let role: Role
    public let factors: AccountFactors
    /// What would be answered to the best that their account can show on the web; nil where they would be let in.
    public let refusal: AccessRefusal?
    /// Their API tokens that are good and may act on the project, the oldest first.
    public let tokens: [Token]

    /// An API token, and whether it would be let in.
    public struct Token: Sendable {
        public let token: APIToken
        /// What would be answered to it; nil where it would be let in.
        public let refusal: AccessRefusal?
    }

    /// Whether they could publish with anything that they have.
    public var couldPublish: Bool { refusal == nil || tokens.contains { $0.refusal == nil } }

    /// Somebody with a role on a project.
    ///
    /// - Parameters:
    ///   - factors: what they have, with their probation as it holds on the project.
    ///   - tokens: their API tokens; those that have ended or are for other projects are left out.
    ///   - facts: about the project and them.
    public init(
        _ user: User, as role: Role, on project: ProjectName, factors: AccountFactors, tokens: [APIToken],
        knowing facts: ProjectFacts, at now: Timestamp
    ) {
        self.user = user
        self.role = role
        self.factors = factors
        let session = Session(bestOf: user, factors, at: now)
        refusal = Self.refusal { () throws(AccessRefusal) in
            let actor = try session.actor.renewed(by: session)
            _ = try AccessPolicy.permit(.uploadFile, on: project, to: actor, knowing: facts, at: now)
        }
        self.tokens = tokens.filter { $0.isLive(at: now) && $0.isFor(project) }.map { token in
            Token(
                token: token,
                refusal: Self.refusal { () throws(AccessRefusal) in
                    let actor = try token.actor.renewed(by: token, at: now)
                    _ = try AccessPolicy.permit(.uploadFile, on: project, to: actor, knowing: facts, at: now)
                })
        }
    }

    private static func refusal(_ attempt: () throws(AccessRefusal) -> Void) -> AccessRefusal? {
        do throws(AccessRefusal) {
            try attempt()
            return nil
        } catch {
            return error
        }
    }
}

extension APIToken {
    /// Whether it has not ended.
    public func isLive(at now: Timestamp) -> Bool {
        revokedAt == nil && expiresAt.map { now < $0 } ?? true
    }

    /// Whether it may act on a project.
    public func isFor(_ project: ProjectName) -> Bool {
        projects?.contains { $0.normalized == project.normalized } ?? true
    }

    /// Anyone who acts with it.
    fileprivate var actor: Actor {
        Actor(
            .user(owner.id, owner.name, isAdministrator: owner.isAdministrator), assurance: assurance,
            projects: projects.map { Set($0.map(\.normalized)) }, token: TokenStanding(id: id, expiresAt: expiresAt))
    }
}

extension Session {
    /// The best session that an account's holder could begin now.
    fileprivate init(bestOf user: User, _ factors: AccountFactors, at now: Timestamp) {
        self.init(
            id: SessionID(0), user: user, assurance: factors.strongest,
            standing: SessionStanding(
                proofs: [Proof(factors.strongest, at: now)], strongest: factors.strongest,
                probationUntil: factors.probation?.until),
            createdAt: now, lastSeenAt: now, expiresAt: now + SessionLifetime.longest(nil), origin: RequestOrigin())
    }
}

extension AccessRefusal {
    /// Why an upload of somebody would be refused, in a few words that are read by others: `takes a second factor`.
    public var whyNotPublished: String {
        switch self {
        case .mandate(let refusal):
            switch refusal.missing {
            case .assurance(_, accountHasIt: true): "takes \(refusal.missingWords), which the account has"
            case .assurance(_, accountHasIt: false): "takes \(refusal.missingWords), which the account has not"
            case .probation(let until): "the second factor counts from \(until.readableMinute) on"
            case .spare: "takes \(refusal.missingWords)"
            }
        case .accountDisabled(let disabling): "the account is disabled: \(disabling.reason)"
        case .addressNotVerified: "the account's primary address is not verified"
        case .takesNoUploads(_, let status): "the project is \(status.rawValue)"
        case .notSignedIn, .tooWeak, .restricted, .sessionNeeded, .tokenEnded, .freshProofNeeded, .enrolmentLinkNeeded,
            .outOfScope, .noSuchProject, .noRole, .ownersOnly, .administratorsOnly, .anothersAccount,
            .anotherHasToVouch,
            .coOwnersOnly, .vouchesTooEarly, .onProbation, .factorOnProbation:
            explanation
        }
    }
}
