import Accounts
import Acts
import PackagingFormats
import Primitives
import UTC

/// Why somebody may not do something.
public enum AccessRefusal: GuidingRefusal, Hashable {
    /// Nothing valid was shown.
    case notSignedIn
    /// What was shown is not enough for the act.
    case tooWeak(needs: Assurance)
    /// The session is held to something else first.
    case restricted(SessionRestriction)
    /// It takes a session; a token is not enough.
    case sessionNeeded
    /// The token ended while the request with it was under way.
    case tokenEnded(TokenEnd)
    /// Nobody can use the account.
    case accountDisabled(AccountDisabling)
    /// It takes a fresh proof.
    case freshProofNeeded(StepUp)
    /// The first factor of an account takes the link that is mailed for it.
    case enrolmentLinkNeeded
    /// The token is limited to other projects.
    case outOfScope(ProjectName)
    /// There is no such project.
    case noSuchProject(ProjectName)
    /// The account has no role on the project.
    case noRole(Username, ProjectName)
    /// It takes an owner.
    case ownersOnly(ProjectName)
    /// It takes an administrator.
    case administratorsOnly
    /// It is somebody else's account.
    case anothersAccount
    /// Nobody vouches for their own account.
    case anotherHasToVouch
    /// It takes somebody who owns a project together with the account's holder.
    case coOwnersOnly(Username)
    /// Nobody on probation vouches for others.
    case vouchesTooEarly(until: Timestamp)
    /// It takes two factors, and the account's are too new.
    case onProbation(until: Timestamp)
    /// The factor that was shown came by a recovery, and may be a thief's.
    case factorOnProbation(until: Timestamp)
    /// The account's primary address was never verified.
    case addressNotVerified
    /// The project is archived or quarantined.
    case takesNoUploads(ProjectName, ProjectStatus)
    /// The rule for critical projects, or the project's owners, ask for more.
    case mandate(MandateRefusal)

    /// Whether adding a factor is what helps.
    public var asksForFactor: Bool { remedy == .addFactor }

    /// Whether it helps to show a factor in the session: the account has what is asked for.
    public var asksToShowFactor: Bool {
        if case .mandate(let refusal) = self { refusal.asksToShowFactor } else { false }
    }

    public var remedy: Remedy? {
        switch self {
        case .notSignedIn, .sessionNeeded: .signIn
        case .tooWeak(let needed): needed >= .secondFactor ? .addFactor : .signIn
        case .restricted(.secondFactorDue): .showFactor
        case .restricted(.enrolmentOnly), .enrolmentLinkNeeded: .addFactor
        case .tokenEnded, .outOfScope: .newToken
        case .onProbation: .vouching
        case .mandate(let refusal): refusal.remedy
        case .restricted(.passwordChangeOnly), .accountDisabled, .freshProofNeeded, .noSuchProject, .noRole,
            .ownersOnly,
            .administratorsOnly, .anothersAccount, .anotherHasToVouch, .coOwnersOnly, .vouchesTooEarly,
            .factorOnProbation, .addressNotVerified, .takesNoUploads:
            nil
        }
    }

    public var otherWays: [Guidance] { if case .mandate(let refusal) = self { refusal.otherWays } else { [] } }

    /// What kind of no it is.
    public var kind: RefusalKind {
        switch self {
        case .notSignedIn: .unauthenticated
        case .noSuchProject: .notFound
        case .tooWeak, .restricted, .sessionNeeded, .tokenEnded, .accountDisabled, .freshProofNeeded,
            .enrolmentLinkNeeded, .outOfScope,
            .noRole, .ownersOnly, .administratorsOnly, .anothersAccount, .anotherHasToVouch, .coOwnersOnly,
            .vouchesTooEarly, .onProbation, .factorOnProbation, .addressNotVerified, .takesNoUploads:
            .forbidden
        case .mandate(let refusal): refusal.kind
        }
    }

    /// `access.…`
    public var code: String {
        switch self {
        case .notSignedIn: "access.not-signed-in"
        case .tooWeak: "access.too-weak"
        case .restricted: "access.restricted"
        case .sessionNeeded: "access.session-needed"
        case .tokenEnded: "access.token-ended"
        case .accountDisabled: "access.account-disabled"
        case .freshProofNeeded: "access.fresh-proof-needed"
        case .enrolmentLinkNeeded: "access.enrolment-link-needed"
        case .outOfScope: "access.out-of-scope"
        case .noSuchProject: "access.no-such-project"
        case .noRole: "access.no-role"
        case .ownersOnly: "access.owners-only"
        case .administratorsOnly: "access.administrators-only"
        case .anothersAccount: "access.anothers-account"
        case .anotherHasToVouch: "access.another-has-to-vouch"
        case .coOwnersOnly: "access.co-owners-only"
        case .vouchesTooEarly: "access.vouches-too-early"
        case .onProbation: "access.on-probation"
        case .factorOnProbation: "access.factor-on-probation"
        case .addressNotVerified: "access.address-not-verified"
        case .takesNoUploads: "access.takes-no-uploads"
        case .mandate(let refusal): refusal.code
        }
    }

    /// What was refused, and what to do.
    public var guidance: Guidance {
        switch self {
        case .notSignedIn:
            "Invalid or non-existent authentication information. Use the user name __token__ and an API token."
        case .tooWeak(let needed):
            "This takes \(needed.words). Sign in again with that"
                + (needed > .password ? "; who has none yet adds it at \(Place.factors)." : ".")
        case .restricted(.secondFactorDue):
            "Finish signing in first: show your second factor at \(Place.showFactor)."
        case .restricted(.enrolmentOnly):
            "After a recovery, add a security key or an authenticator app before you do anything else."
        case .restricted(.passwordChangeOnly):
            "Your password is known to thieves. Choose another one before you do anything else."
        case .sessionNeeded:
            "An API token cannot do this. Sign in on the web."
        case .tokenEnded(.revoked):
            "This API token was revoked before the request with it was complete, so nothing was changed. "
                + "Make a new token and send it again."
        case .tokenEnded(.expired(let end)):
            "This API token expired on \(end.day) at \(end.hourAndMinute) UTC, before the request with it was complete, "
                + "so nothing was changed. Make a new token and send it again."
        case .accountDisabled(let disabling):
            "This account is disabled since \(disabling.since.day.readable): \(disabling.reason.asSentence) Nobody can sign in "
                + "to it, and its API tokens are refused; nothing of it was deleted. Ask the people who run this index."
        case .freshProofNeeded(let stepUp):
            "Show once more that it is you, with \(stepUp.assurance.words): the last time is more than \(Proof.lifetime.inLetters) ago."
        case .enrolmentLinkNeeded:
            "The first security key or authenticator app of an account takes the link that we mail to your primary "
                + "address. Ask for it at \(Place.factors)."
        case .outOfScope(let project):
            "This API token is not valid for the project '\(project.display)'. Use one whose scope includes it."
        case .noSuchProject(let project):
            "There is no project named '\(project.display)'."
        case .noRole(let user, let project):
            "The user '\(user)' isn't allowed to upload to or change the project '\(project.display)'. "
                + "Ask one of its owners for a role, or choose another name."
        case .ownersOnly(let project):
            "Only an owner of '\(project.display)' can do this. Ask one."
        case .administratorsOnly:
            "Only an administrator of this index can do this."
        case .anothersAccount:
            "Only the holder of an account can do this."
        case .anotherHasToVouch:
            "Somebody else has to vouch for you: an owner of one of your projects."
        case .coOwnersOnly(let user):
            "Only an administrator can vouch for \(user), or somebody who owns each of their projects that ask for two "
                + "factors, or any of them where none does; of a project on which \(user) was an owner before them, for "
                + "\(OwnerStanding.settling.inDays) at least."
        case .vouchesTooEarly(let until):
            "Your own second factor is too new, or was recovered lately: you can vouch for others from "
                + "\(until.day) \(until.hourAndMinute) UTC on."
        case .onProbation(let until):
            "This takes two factors. Yours is too new or was recovered lately: it counts from "
                + "\(until.day) \(until.hourAndMinute) UTC. For a first factor, the operator can vouch before: `rind user vouch`."
        case .factorOnProbation(let until):
            "You signed in with a factor that was added after a recovery. Until \(until.day) \(until.hourAndMinute) UTC it "
                + "cannot do this, in case it is not yours. Sign in with an earlier factor, or wait. A new password is set by "
                + "the link that \"Forgot your password?\" mails."
        case .addressNotVerified:
            "Publishing, API tokens and roles take an account whose primary address is verified, and yours is not. Follow "
                + "the link that was mailed to it, or have it mailed again at \(Place.account)."
        case .takesNoUploads(let project, let status):
            "The project '\(project.display)' is \(status.rawValue) and takes no new files. "
                + "An owner or the operator can make it active again."
        case .mandate(let refusal): refusal.guidance
        }
    }
}

/// A proof that an act asks for: what to show, and for what.
public struct StepUp: Sendable, Hashable {
    /// What is to be done.
    public var action: Act
    /// To what of the account or project; empty where that says nothing.
    public var object: String
    /// The least to show: the strongest that the account has.
    public var assurance: Assurance

    /// A proof for an act on an object.
    public init(action: Act, object: String, assurance: Assurance) {
        self.action = action
        self.object = object
        self.assurance = assurance
    }
}

/// Why an API token is not good any more.
public enum TokenEnd: Sendable, Hashable {
    /// Its owner, the operator, or the end of what vouched for it, ended it.
    case revoked
    /// Its time is over.
    case expired(at: Timestamp)
}

extension String {
    /// With a full stop, where somebody wrote none.
    fileprivate var asSentence: String { last?.isPunctuation ?? false ? self : "\(self)." }
}
