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
        case signedIn = "signed-in"
        case signInFailed = "sign-in-failed"
        case factorRefused = "factor-refused"
        case signedOut = "signed-out"
        case sessionsEnded = "sessions-ended"
        case passwordChanged = "password-changed"
        case passwordReset = "password-reset"
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
        case mandateDelayed = "mandate-delayed"
        case giveawayCodeIssued = "giveaway-code-issued"
    }
}

/// An event as it was recorded.
public struct RecordedEvent: Sendable, Hashable {
    /// What happened.
    public var event: SecurityEvent
    /// When.
    public var at: Timestamp
    /// From where.
    public var origin: RequestOrigin

    /// An event as it was recorded.
    public init(event: SecurityEvent, at: Timestamp, origin: RequestOrigin) {
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
        case .registered, .signedIn, .signInFailed, .signedOut, .passwordResetAsked, .enrolmentAsked,
            .securityKeyRenamed:
            .nobody
        case .firstFactorAdded, .recoveryRequested, .recoveryCompleted, .mandateDelayed: .accountAndCoOwners
        case .addressVerified, .factorRefused, .sessionsEnded, .passwordChanged, .passwordReset, .addressAdded,
            .addressRemoved, .primaryAddressChanged,
            .securityKeyAdded, .securityKeyRemoved, .securityKeyFrozen, .authenticatorAppAdded,
            .authenticatorAppRemoved, .recoveryCodesMade, .recoveryCodeUsed, .probationEnded, .tokenIssued,
            .tokenRevoked, .recoveryCancelled, .recoveryApproved, .roleGiven, .roleTaken,
            .giveawayCodeIssued:
            .account
        }
    }
}
