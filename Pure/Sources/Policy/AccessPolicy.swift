import Accounts
import Acts
import PackagingFormats
import UTC

/// What the judgement of an act on a project rests on.
public struct ProjectFacts: Sendable, Hashable {
    /// Whether there is a project under the name.
    public var exists: Bool
    /// The actor's role on it.
    public var role: Role?
    /// Its status.
    public var status: ProjectStatus
    /// What the rule for critical projects, and the project's owners, ask for.
    public var mandate: MandateFacts
    /// Whether the operator asks for a verified primary address and the actor's account has none.
    public var lacksVerifiedAddress: Bool

    /// The facts about a project and an actor.
    public init(
        exists: Bool, role: Role?, status: ProjectStatus = .active, mandate: MandateFacts = .none,
        lacksVerifiedAddress: Bool = false
    ) {
        self.lacksVerifiedAddress = lacksVerifiedAddress
        self.exists = exists
        self.role = role
        self.status = status
        self.mandate = mandate
    }

    /// The facts about a name under which there is no project.
    public static let absent = ProjectFacts(exists: false, role: nil)
}

/// What the judgement of an act on an account rests on.
public struct AccountFacts: Sendable {
    /// Whether the account has a second factor, frozen ones included: what it had once is asked for ever.
    public var hasSecondFactor: Bool
    /// Whether the actor owns projects together with the account's holder, so that he can answer for him.
    public var actorCanVouch: Bool
    /// Until when the actor's own factor may be a thief's; nil where it may not.
    public var actorProbationUntil: Timestamp?
    /// What the act gives away here, where that is more than it always does.
    public var gain: Gain
    /// Whether the operator asks for a verified primary address and the actor's account has none.
    public var lacksVerifiedAddress: Bool
    /// What the rule for critical projects, and their owners, ask for where the act is about projects: a token that is
    /// made for them.
    public var mandates: [(project: ProjectName, facts: MandateFacts)]

    /// The facts about an account and an actor.
    public init(
        hasSecondFactor: Bool = false, actorCanVouch: Bool = false, actorProbationUntil: Timestamp? = nil,
        gain: Gain = .nothing, lacksVerifiedAddress: Bool = false,
        mandates: [(project: ProjectName, facts: MandateFacts)] = []
    ) {
        self.gain = gain
        self.lacksVerifiedAddress = lacksVerifiedAddress
        self.mandates = mandates
        self.hasSecondFactor = hasSecondFactor
        self.actorCanVouch = actorCanVouch
        self.actorProbationUntil = actorProbationUntil
    }
}

/// Who may do what: the one place that knows.
public enum AccessPolicy {
    /// Judges an act on a project.
    ///
    /// - Parameter object: what of the project the act is about, as a step-up names it; empty where that says nothing.
    public static func permit(
        _ action: Action, on project: ProjectName, object: String = "", to actor: Actor, knowing facts: ProjectFacts,
        at now: Timestamp
    ) throws(AccessRefusal) -> Permit {
        let permit = Permit(actor: actor, action: action, subject: .project(project), at: now)
        switch actor.identity {
        case .operatorAtMachine, .index: return permit
        case .anonymous: throw .notSignedIn
        case .user(_, let name, let isAdministrator):
            if case .administrator = requirement(of: action), !isAdministrator { throw .administratorsOnly }
            try requireStanding(actor, for: action, at: now)
            try requireVerifiedAddress(for: action, facts.lacksVerifiedAddress)
            if let projects = actor.projects, !projects.contains(project.normalized) { throw .outOfScope(project) }
            switch requirement(of: action) {
            case .nobody, .administrator: break
            case .role(let least):
                guard facts.exists else { throw .noSuchProject(project) }
                guard let role = facts.role else { throw .noRole(name, project) }
                guard role >= least else { throw .ownersOnly(project) }
            }
            if action == .uploadFile || action == .createRelease {
                guard facts.status.takesUploads else { throw .takesNoUploads(project, facts.status) }
            }
            let judgement = Mandate.judge(action, on: project, by: actor, knowing: facts.mandate, at: now)
            if case .refused(let refusal) = judgement { throw .mandate(refusal) }
            try requireFreshProof(actor, for: action, object: object, at: now)
            return permit
        }
    }

    /// Judges an act on an account.
    ///
    /// - Parameter object: what of the account the act is about, as a step-up names it: the number of a factor, for
    ///   example; empty where the act has none.
    public static func permit(
        _ action: Action, on user: Username, object: String = "", to actor: Actor, knowing facts: AccountFacts,
        at now: Timestamp
    ) throws(AccessRefusal) -> Permit {
        let permit = Permit(actor: actor, action: action, subject: .user(user), at: now)
        switch actor.identity {
        case .operatorAtMachine, .index: return permit
        case .anonymous:
            guard action == .register else { throw .notSignedIn }
            return permit
        case .user(_, let name, let isAdministrator):
            if case .administrator = holder(of: action), !isAdministrator { throw .administratorsOnly }
            try requireStanding(actor, for: action, at: now)
            guard actor.assurance >= facts.gain.leastAssurance else {
                throw .tooWeak(needs: facts.gain.leastAssurance)
            }
            switch holder(of: action) {
            case .administrator: break
            case .oneself:
                guard name == user else { throw .anothersAccount }
            case .oneselfOrAdministrator:
                guard name == user || isAdministrator else { throw .administratorsOnly }
            case .coOwnerOrAdministrator:
                guard name != user else { throw .anotherHasToVouch }
                guard facts.actorCanVouch || isAdministrator else { throw .coOwnersOnly(user) }
                // Otherwise two stolen accounts would vouch for each other.
                if let until = facts.actorProbationUntil, now < until { throw .vouchesTooEarly(until: until) }
            }
            try requireVerifiedAddress(for: action, facts.lacksVerifiedAddress)
            for (project, mandate) in facts.mandates where action == .issueToken {
                // What the token would be refused for later, its maker hears now.
                let judgement = Mandate.judge(.uploadFile, on: project, by: actor, knowing: mandate, at: now)
                if case .refused(let refusal) = judgement { throw .mandate(refusal) }
            }
            if action.isEnrolment {
                try requireEnrolmentRight(actor, action, facts, now)
            } else {
                if action == .issueGiveawayCode, actor.session == nil { throw .sessionNeeded }
                try requireFreshProof(actor, for: action, object: object, at: now)
            }
            return permit
        }
    }

    /// Judges an act on the index as a whole.
    ///
    /// - Parameters:
    ///   - object: what the act is about, as a step-up names it; empty where that says nothing.
    ///   - least: what the actor has to be proven with where that is more than the act itself asks for.
    public static func permit(
        _ action: Action, object: String = "", to actor: Actor, atLeast least: Assurance = .anonymous, at now: Timestamp
    ) throws(AccessRefusal) -> Permit {
        let permit = Permit(actor: actor, action: action, subject: .index, at: now)
        switch actor.identity {
        case .operatorAtMachine, .index: return permit
        case .anonymous: throw .notSignedIn
        case .user(_, _, let isAdministrator):
            guard isAdministrator else { throw .administratorsOnly }
            try requireStanding(actor, for: action, at: now)
            guard actor.assurance >= least else { throw .tooWeak(needs: least) }
            try requireFreshProof(actor, for: action, object: object, at: now)
            return permit
        }
    }

    // MARK: What an act asks for

    private static func requireStanding(
        _ actor: Actor, for action: Action, at now: Timestamp
    ) throws(AccessRefusal) {
        guard actor.assurance >= action.assurance else {
            throw actor.assurance == .anonymous ? .notSignedIn : .tooWeak(needs: action.assurance)
        }
        if let restriction = actor.session?.restriction, !restriction.allows(action) { throw .restricted(restriction) }
        if action.takesAWayBack, let until = actor.session?.factorProbationUntil, now < until {
            throw .factorOnProbation(until: until)
        }
        // Otherwise a thief would enrol a factor of his own, and be an administrator with two.
        if action.assurance >= .secondFactor, !action.isVouching, let until = actor.session?.probationUntil, now < until
        {
            throw .onProbation(until: until)
        }
    }

    private static func requireVerifiedAddress(
        for action: Action, _ isLacking: Bool
    ) throws(AccessRefusal) {
        guard isLacking, action.needsVerifiedAddress else { return }
        throw .addressNotVerified
    }

    private static func requireFreshProof(
        _ actor: Actor, for action: Action, object: String, at now: Timestamp
    ) throws(AccessRefusal) {
        guard action.needsFreshProof else { return }
        guard let session = actor.session else { throw .sessionNeeded }
        guard session.isFreshlyProven(for: action, object: object, at: now) else {
            throw .freshProofNeeded(StepUp(action: action, object: object, assurance: session.strongest))
        }
    }

    /// First enrolment is not a way in: whoever has only the password of an account without a second factor has to
    /// follow the link that was mailed to its verified primary address.
    private static func requireEnrolmentRight(
        _ actor: Actor, _ action: Action, _ facts: AccountFacts, _ now: Timestamp
    ) throws(AccessRefusal) {
        guard let session = actor.session else { throw .sessionNeeded }
        // A recovery code, or a recovery that nobody objected to, is the proof.
        if session.restriction == .enrolmentOnly { return }
        if !facts.hasSecondFactor {
            guard let until = session.firstEnrolmentUntil, now < until else { throw .enrolmentLinkNeeded }
        }
        // The link says that the mailbox is the holder's; that the browser still is, only what is shown now.
        try requireFreshProof(actor, for: action, object: "", at: now)
    }

    // MARK: Whose act it is

    private enum Requirement {
        case nobody
        case role(atLeast: Role)
        case administrator
    }

    private static func requirement(of action: Action) -> Requirement {
        switch action {
        case .readIndex, .createProject: .nobody
        case .createRelease, .uploadFile, .yankRelease, .unyankRelease, .delayMandate: .role(atLeast: .maintainer)
        case .addRole, .removeRole, .changeProjectStatus, .requireAssurance: .role(atLeast: .owner)
        // Whether somebody was invited is a fact that the store finds.
        case .acceptRole, .declineRole: .nobody
        case .leaveProject: .role(atLeast: .maintainer)
        case .changeRole, .inviteCollaborator, .cancelInvitation: .role(atLeast: .owner)
        // Whether it was their act that is undone, `RemovalPolicy` says.
        case .deleteProject, .deleteRelease, .deleteFile, .recreateProject, .undoRemoval: .role(atLeast: .owner)
        // What is left is done to names, or to no project at all: whatever comes to it is an administrator's.
        default: .administrator
        }
    }

    private enum Holder {
        case oneself
        case oneselfOrAdministrator
        case administrator
        case coOwnerOrAdministrator
    }

    private static func holder(of action: Action) -> Holder {
        switch action {
        case .setPassword, .signIn, .stepUp, .addAddress, .removeAddress, .setPrimaryAddress, .verifyAddress: .oneself
        case .issueToken, .addSecurityKey, .renameSecurityKey, .removeSecurityKey, .addAuthenticatorApp,
            .removeAuthenticatorApp, .makeRecoveryCodes, .useRecoveryCode, .requestRecovery, .completeRecovery,
            .issueGiveawayCode:
            .oneself
        case .revokeToken, .endSession, .cancelRecovery: .oneselfOrAdministrator
        case .endProbation, .approveRecovery: .coOwnerOrAdministrator
        default: .administrator
        }
    }
}
