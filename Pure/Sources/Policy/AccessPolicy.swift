import Accounts
import Acts
import PackagingFormats
import Projects
import UTC

/// Who may do what: the one place that knows. What an act takes is a row of the table of acts.
public enum AccessPolicy {
    /// Judges an act on a project.
    ///
    /// - Parameter object: what of the project the act is about, as a step-up names it; empty where that says nothing.
    public static func permit(
        _ act: ProjectAct, on project: ProjectName, object: String = "", to actor: Actor, knowing facts: ProjectFacts,
        at now: Timestamp
    ) throws(AccessRefusal) -> Permit {
        var notice: MandateNotice?
        switch actor.identity {
        case .operatorAtMachine, .index: break
        case .anonymous: throw .notSignedIn
        case .user(_, let name, let isAdministrator):
            if case .administrator = act.rule.holder, !isAdministrator { throw .administratorsOnly }
            try requireStanding(actor, for: act, at: now)
            try requireVerifiedAddress(for: act, facts.lacksVerifiedAddress)
            if let projects = actor.projects, !projects.contains(project.normalized) { throw .outOfScope(project) }
            switch act.rule.holder {
            case .anybody, .administrator: break
            case .roleOrAdministrator where isAdministrator: break
            case .role(let least), .roleOrAdministrator(let least, _):
                guard facts.exists else { throw .noSuchProject(project) }
                guard let role = facts.role else { throw .noRole(name, project) }
                guard role >= least else { throw .ownersOnly(project) }
            }
            if act.has(.openProject), !facts.status.takesUploads { throw .takesNoUploads(project, facts.status) }
            notice = try requireMandate(act, on: project, actor, facts.mandate, at: now)
            try requireFreshProof(actor, for: act, object: object, at: now)
        }
        return Permit(granting: act.act, on: .project(project), to: actor, at: now, notice: notice)
    }

    /// Judges an act on an account.
    ///
    /// - Parameter object: what of the account the act is about, as a step-up names it: the number of a factor, for
    ///   example; empty where the act has none.
    public static func permit(
        _ act: AccountAct, on user: Username, object: String = "", to actor: Actor, knowing facts: AccountFacts,
        at now: Timestamp
    ) throws(AccessRefusal) -> Permit {
        switch (actor.identity, act.rule.holder) {
        case (.operatorAtMachine, _), (.index, _), (.anonymous, .newcomer): break
        case (.anonymous, _): throw .notSignedIn
        case (.user(_, let name, let isAdministrator), let holder):
            switch holder {
            case .newcomer, .administrator:
                guard isAdministrator else { throw .administratorsOnly }
            case .oneself, .oneselfOrAdministrator, .coOwnerOrAdministrator: break
            }
            try requireStanding(actor, for: act, at: now)
            guard actor.assurance >= facts.gain.leastAssurance else { throw .tooWeak(needs: facts.gain.leastAssurance) }
            switch holder {
            case .newcomer, .administrator: break
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
            try requireVerifiedAddress(for: act, facts.lacksVerifiedAddress)
            for (project, mandate) in facts.mandates where act == .issueToken {
                // What the token would be refused for later, its maker hears now.
                do { _ = try requireMandate(.uploadFile, on: project, actor, mandate, at: now) } catch {
                    // What only the session lacks is shown with the proof that is asked for anyway, and raises it.
                    if error.asksToShowFactor { try requireFreshProof(actor, for: act, object: object, at: now) }
                    throw error
                }
            }
            if act.has(.session) || act.has(.enrolment), actor.session == nil { throw .sessionNeeded }
            if act.has(.enrolment) {
                try requireEnrolmentRight(actor, act, facts, at: now)
            } else {
                try requireFreshProof(actor, for: act, object: object, at: now)
            }
        }
        return Permit(granting: act.act, on: .user(user), to: actor, at: now)
    }

    /// Judges an act on the index as a whole.
    ///
    /// - Parameters:
    ///   - object: what the act is about, as a step-up names it; empty where that says nothing.
    ///   - least: what the actor has to be proven with where that is more than the act itself asks for.
    public static func permit(
        _ act: IndexAct, object: String = "", to actor: Actor, atLeast least: Assurance = .anonymous, at now: Timestamp
    ) throws(AccessRefusal) -> Permit {
        switch actor.identity {
        case .operatorAtMachine, .index: break
        case .anonymous: throw .notSignedIn
        case .user(_, _, let isAdministrator):
            if case .administrator = act.rule.holder, !isAdministrator { throw .administratorsOnly }
            try requireStanding(actor, for: act, at: now)
            guard actor.assurance >= least else { throw .tooWeak(needs: least) }
            try requireFreshProof(actor, for: act, object: object, at: now)
        }
        return Permit(granting: act.act, on: .index, to: actor, at: now)
    }

    // MARK: What an act asks for

    private static func requireStanding(
        _ actor: Actor, for act: some SubjectAct, at now: Timestamp
    ) throws(AccessRefusal) {
        guard actor.assurance >= act.assurance else {
            throw actor.assurance == .anonymous ? .notSignedIn : .tooWeak(needs: act.assurance)
        }
        if let restriction = actor.session?.restriction, !restriction.allows(act.act) { throw .restricted(restriction) }
        // A password that thieves know is worth nothing to its holder, and the session is held to changing it.
        if act.has(.returnPath), actor.session?.restriction != .passwordChangeOnly,
            let until = actor.session?.factorProbationUntil, now < until
        {
            throw .factorOnProbation(until: until)
        }
        // Otherwise a thief would enrol a factor of their own, and be an administrator with two.
        if act.assurance >= .secondFactor, !act.isVouching, let until = actor.session?.probationUntil, now < until {
            throw .onProbation(until: until)
        }
    }

    private static func requireVerifiedAddress(for act: some SubjectAct, _ isLacking: Bool) throws(AccessRefusal) {
        guard isLacking, act.has(.verifiedAddress) else { return }
        throw .addressNotVerified
    }

    /// Returns what will be lacking later; nil for nothing.
    private static func requireMandate(
        _ act: ProjectAct, on project: ProjectName, _ actor: Actor, _ facts: MandateFacts, at now: Timestamp
    ) throws(AccessRefusal) -> MandateNotice? {
        switch Mandate.judge(act, on: project, by: actor, knowing: facts, at: now) {
        case .allowed: nil
        case .allowedWithNotice(let notice): notice
        case .refused(let refusal): throw .mandate(refusal)
        }
    }

    private static func requireFreshProof(
        _ actor: Actor, for act: some SubjectAct, object: String, at now: Timestamp
    ) throws(AccessRefusal) {
        guard act.has(.freshProof) else { return }
        guard let session = actor.session else { throw .sessionNeeded }
        guard session.isFreshlyProven(for: act.act, object: object, at: now) else {
            throw .freshProofNeeded(StepUp(action: act.act, object: object, assurance: session.strongest))
        }
    }

    /// First enrolment is not a way in: anyone who has only the password of an account without a second factor has to
    /// follow the link that was mailed to its verified primary address.
    private static func requireEnrolmentRight(
        _ actor: Actor, _ act: AccountAct, _ facts: AccountFacts, at now: Timestamp
    ) throws(AccessRefusal) {
        // A recovery code, or a recovery that nobody objected to, is the proof.
        if actor.session?.restriction == .enrolmentOnly { return }
        if !facts.hasSecondFactor {
            guard let until = actor.session?.firstEnrolmentUntil, now < until else { throw .enrolmentLinkNeeded }
        }
        // The link says that the mailbox is the holder's; that the browser still is, only what is shown now.
        try requireFreshProof(actor, for: act, object: "", at: now)
    }
}

/// The proof that an act was judged and allowed. Only `AccessPolicy`, in this file, can make one.
///
/// The door of the database opens for a permit, and the journal's entry is written from it: nothing changes without
/// having been judged, and every change is on record.
public struct Permit: Sendable, Hashable {
    public let actor: Actor
    public let action: Act
    public let subject: Subject
    /// When it was judged; the journal's time.
    public let at: Timestamp
    /// What the act will take later and does not yet; nil for nothing.
    public let notice: MandateNotice?

    fileprivate init(
        granting act: Act, on subject: Subject, to actor: Actor, at now: Timestamp, notice: MandateNotice? = nil
    ) {
        self.notice = notice
        self.actor = actor
        action = act
        self.subject = subject
        at = now
    }
}
