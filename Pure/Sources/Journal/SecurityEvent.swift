import Accounts
import Primitives
import UTC

/// Something about an account that its holder should be able to look up, and often be told.
public struct SecurityEvent: Sendable, Hashable {
    /// What happened.
    public var kind: Kind
    /// What belongs to it, by name. Never secrets.
    public var details: [String: String]

    /// Something that happened.
    public init(_ kind: Kind, _ details: [String: String] = [:]) {
        self.kind = kind
        self.details = details
    }

    /// What can happen. The raw values are stored: they keep their meaning.
    public enum Kind: String, Sendable, CaseIterable {
        case registered
        case addressVerified = "address-verified"
        /// In a browser in which the account was before.
        case signedIn = "signed-in"
        /// In one in which it never was.
        case signedInAnew = "signed-in-anew"
        /// Where the account was never signed in to.
        case signInFailed = "sign-in-failed"
        /// In a browser, or a session, of its own.
        case passwordMistyped = "password-mistyped"
        case factorRefused = "factor-refused"
        /// The password was right, where the account never was, and nothing came after it.
        case factorNotShown = "factor-not-shown"
        /// In the session itself.
        case signedOut = "signed-out"
        /// From elsewhere.
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
        /// Its make turned out to be broken, or nobody vouches for it any more.
        case securityKeyLowered = "security-key-lowered"
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
}

/// The number of an event in an account's log.
public typealias EventID = Identifier<RecordedEvent>

/// An event as it was recorded.
public struct RecordedEvent: Sendable, Hashable {
    /// How long one is kept: a year. An account's holder looks for what he did not do within days or weeks.
    public static let lifetime = Duration.days(366)

    /// Its number.
    public var id: EventID
    /// What happened.
    public var event: SecurityEvent
    /// When.
    public var at: Timestamp
    /// From where.
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
    /// Who hears of it by mail.
    public enum Audience: Sendable { case nobody, account, accountAndCoOwners }

    /// Who hears of it by mail.
    public var audience: Audience {
        switch self {
        // Of a new account its address hears by the link that verifies it. The others are what a person does day by day
        // in a browser of his own, and they give nobody anything.
        case .registered, .signedIn, .passwordMistyped, .signedOut: .nobody
        case .firstFactorAdded, .recoveryRequested, .recoveryCompleted, .mandateDelayed: .accountAndCoOwners
        case .signedInAnew, .signInFailed, .sessionEnded, .passwordLinkOffered, .passwordResetAsked, .enrolmentAsked,
            .addressVerified, .factorRefused, .factorNotShown, .sessionsEnded, .passwordChanged, .passwordReset,
            .addressAdded,
            .addressRemoved, .primaryAddressChanged, .securityKeyRenamed, .securityKeyLowered,
            .securityKeyAdded, .securityKeyRemoved, .securityKeyFrozen, .authenticatorAppAdded,
            .authenticatorAppRemoved, .recoveryCodesMade, .recoveryCodeUsed, .probationEnded, .tokenIssued,
            .tokenRevoked, .recoveryCancelled, .recoveryApproved, .roleGiven, .roleTaken,
            .giveawayCodeIssued, .roleOffered, .invitationEnded, .invitationDeclined, .collaboratorAdded,
            .collaboratorRemoved, .requirementRaised, .projectDeleted, .releaseDeleted, .fileDeleted,
            .projectRecreated, .projectRestored:
            .account
        }
    }

    /// Whether strangers can make it happen as often as they like: then only the first of a day is mailed.
    public var isMailedOnceADay: Bool { [.signInFailed, .factorRefused, .factorNotShown].contains(self) }
}
