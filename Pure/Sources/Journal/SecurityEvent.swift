import Accounts
import Acts
import Giveaway
import PackagingFormats
import Primitives
import UTC

/// Something about an account that its holder should be able to look up, and often be told.
public enum SecurityEvent: Sendable, Hashable {
    /// Who came in, or tried to.
    case access(Access)
    case password(PasswordChange)
    case address(AddressChange)
    case factor(FactorChange)
    /// An API token was made in a session with an assurance, or ended.
    case tokenIssued(label: String, Assurance)
    case tokenRevoked(label: String)
    /// Its recovery, after every factor was lost.
    case recovery(RecoveryStep)
    /// The holder's role on a project, or an invitation to take one. `by` is who decided it, as people are told of
    /// them.
    case ownRole(RoleChange, Role, on: ProjectName)
    /// What became of another's role on a project that the holder owns.
    case collaborator(CollaboratorChange, Username, Role, on: ProjectName)
    /// What somebody did to a project that the holder has a role on.
    case project(ProjectChange, ProjectName, by: String)
    /// The holder put off what a critical project asks.
    case mandateDelayed(ProjectName, until: Timestamp)
    /// The holder got a code for so many free security keys.
    case giveawayCodeIssued(GiveawayName, sponsor: String, Country, keys: Int)
    /// What this version has no word for: another one wrote it.
    case unknown(EventRecord)

    /// Who came in, or tried to.
    public enum Access: Sendable, Hashable {
        /// The account was made.
        case registered
        /// In a browser in which the account was before.
        case signedIn(Means)
        /// In one in which it never was.
        case signedInFromNewBrowser(Means)
        /// A wrong password, where the account was never signed in to.
        case signInFailed
        /// A wrong password in a browser, or a session, of its own.
        case passwordMistyped
        /// A second factor was refused, with the code of the refusal.
        case factorRefused(code: String)
        /// The password was right, where the account never was, and nothing came after it.
        case factorNotShown
        /// In the session itself.
        case signedOut
        /// From elsewhere. `client` is the browser, in words.
        case sessionEnded(client: String)
        case sessionsEnded
    }

    /// What was shown.
    public enum Means: Sendable, Hashable {
        case password
        case securityKey(label: String)
        case authenticatorApp
        case recoveryCode
        /// Nothing: the account was recovered.
        case recovery
    }

    /// What happened to the password.
    public enum PasswordChange: Sendable, Hashable {
        /// By its holder, which ended so many API tokens.
        case changed(tokensEnded: Int)
        /// By a link that was mailed.
        case reset(tokensEnded: Int)
        /// A link was handed out.
        case linkOffered(by: String)
        /// A link was asked for.
        case resetAsked
    }

    /// What happened to an address.
    public enum AddressChange: Sendable, Hashable {
        case added(EmailAddress)
        case removed(EmailAddress)
        case verified(EmailAddress)
        case primaryChanged(from: EmailAddress, to: EmailAddress)
    }

    /// What happened to the second factors.
    public enum FactorChange: Sendable, Hashable {
        /// The link to the first one was asked for.
        case enrolmentAsked
        /// The first one was added, and counts from a moment on.
        case firstAdded(label: String, counts: Timestamp)
        case keyAdded(label: String, model: String?)
        case keyRenamed(from: String, to: String)
        case keyRemoved(label: String)
        /// Its counter went back; so many API tokens ended with it.
        case keyFrozen(label: String, tokensEnded: Int)
        /// Its make turned out to be broken, or nobody vouches for it any more.
        case attestationDowngraded(label: String)
        case appAdded
        case appRemoved
        case codesMade
        case codeUsed(left: Int)
        /// Somebody vouched for the first one.
        case probationEnded(by: String)
    }

    /// What became of the recovery.
    public enum RecoveryStep: Sendable, Hashable {
        /// It was asked for, and will be done at a moment.
        case requested(due: Timestamp)
        case cancelled
        case approved(by: String)
        /// It was done, because somebody had vouched or because time had passed.
        case completed(wasApproved: Bool)
    }

    /// What became of a role of one's own.
    public enum RoleChange: Sendable, Hashable {
        case given(by: String)
        case taken(by: String)
        case offered(by: String, until: Timestamp)
        case invitationEnded(EndOfInvitation)
    }

    /// Why an invitation ended that nobody answered.
    public enum EndOfInvitation: Sendable, Hashable {
        case takenBack(by: String)
        case projectDeleted
        case becameCritical
    }

    /// What became of another's role.
    public enum CollaboratorChange: Sendable, Hashable {
        case added(by: String)
        case removed(by: String)
        case declined
    }

    /// What was done to a project.
    public enum ProjectChange: Sendable, Hashable {
        case requirementRaised(Assurance)
        case deleted
        case releaseDeleted(Version)
        case fileDeleted(DistributionFilename)
        case recreated
        case restored(Restored)
    }

    /// What was brought back.
    public enum Restored: Sendable, Hashable {
        case everything
        case release(Version)
        case file(DistributionFilename)
    }

    /// The kinds of events. The raw values are stored: they keep their meaning.
    public enum Kind: String, Sendable, CaseIterable {
        case registered
        case addressVerified = "address-verified"
        case signedIn = "signed-in"
        case signedInFromNewBrowser = "signed-in-anew"
        case signInFailed = "sign-in-failed"
        case passwordMistyped = "password-mistyped"
        case factorRefused = "factor-refused"
        case factorNotShown = "factor-not-shown"
        case signedOut = "signed-out"
        case sessionEnded = "session-ended"
        case sessionsEnded = "sessions-ended"
        case passwordChanged = "password-changed"
        case passwordReset = "password-reset"
        case passwordLinkOffered = "password-link-offered"
        case passwordResetAsked = "password-reset-asked"
        case addressAdded = "address-added"
        case addressRemoved = "address-removed"
        case primaryAddressChanged = "primary-address-changed"
        case enrolmentAsked = "enrolment-asked"
        case firstFactorAdded = "first-factor-added"
        case securityKeyAdded = "security-key-added"
        case securityKeyRenamed = "security-key-renamed"
        case securityKeyRemoved = "security-key-removed"
        case securityKeyFrozen = "security-key-frozen"
        case attestationDowngraded = "security-key-lowered"
        case authenticatorAppAdded = "authenticator-app-added"
        case authenticatorAppRemoved = "authenticator-app-removed"
        case recoveryCodesMade = "recovery-codes-made"
        case recoveryCodeUsed = "recovery-code-used"
        case probationEnded = "probation-ended"
        case tokenIssued = "token-issued"
        case tokenRevoked = "token-revoked"
        case recoveryRequested = "recovery-requested"
        case recoveryCancelled = "recovery-cancelled"
        case recoveryApproved = "recovery-approved"
        case recoveryCompleted = "recovery-completed"
        case roleGiven = "role-given"
        case roleTaken = "role-taken"
        case roleOffered = "role-offered"
        case invitationEnded = "invitation-ended"
        case invitationDeclined = "invitation-declined"
        case collaboratorAdded = "collaborator-added"
        case collaboratorRemoved = "collaborator-removed"
        case requirementRaised = "requirement-raised"
        case projectDeleted = "project-deleted"
        case releaseDeleted = "release-deleted"
        case fileDeleted = "file-deleted"
        case projectRecreated = "project-recreated"
        case projectRestored = "project-restored"
        case mandateDelayed = "mandate-delayed"
        case giveawayCodeIssued = "giveaway-code-issued"
    }

    /// Its kind; nil for what this version has no word for.
    public var kind: Kind? { Kind(rawValue: record.act) }
}

/// The number of an event in an account's log.
public typealias EventID = Identifier<RecordedEvent>

/// An event as it was recorded.
public struct RecordedEvent: Sendable, Hashable {
    /// How long one is kept: a year. An account's holder looks for what they did not do within days or weeks.
    public static let lifetime = Duration.days(366)

    public var id: EventID
    public var event: SecurityEvent
    public var at: Timestamp
    public var origin: RequestOrigin

    /// An event as it was recorded.
    public init(id: EventID, event: SecurityEvent, at: Timestamp, origin: RequestOrigin) {
        self.id = id
        self.event = event
        self.at = at
        self.origin = origin
    }
}

extension SecurityEvent.Kind {
    /// Whether strangers can make it happen as often as they like: then only the first of a day is mailed.
    public var isMailedOnceADay: Bool { [.signInFailed, .factorRefused, .factorNotShown].contains(self) }
}
