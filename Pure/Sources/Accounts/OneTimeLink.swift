import Primitives
import UTC

/// A link that is mailed, or handed over, and works once.
public struct OneTimeLink: Sendable, Hashable {
    /// What a link is for.
    public enum Purpose: String, Sendable, CaseIterable {
        /// Set the password of an account that the operator made.
        case setPassword = "set-password"
        /// Reset a forgotten password.
        case resetPassword = "reset-password"
        /// Show that an address's mail arrives.
        case verifyAddress = "verify-address"
        /// Enrol the first factor of an account.
        case enrolFirstFactor = "enrol-first-factor"
        /// Register by invitation.
        case invitation

        /// How long one is good for.
        public var lifetime: Duration {
            switch self {
            case .setPassword, .invitation: .days(7)
            case .verifyAddress: .days(1)
            case .resetPassword: .hours(1)
            case .enrolFirstFactor: .hours(1)
            }
        }
    }

    /// What is mailed to anyone who asks for it, with nobody to judge them: no link that lets somebody in who was not.
    public enum Request: Sendable, Hashable {
        /// To set a forgotten password anew; it goes to where the account's links go.
        case resetPassword
        /// To enrol the first factor of an account; it goes there as well.
        case enrolFirstFactor
        /// To show that mail to this address arrives.
        case verifyAddress(EmailAddress)

        /// What the link is for.
        public var purpose: Purpose {
            switch self {
            case .resetPassword: .resetPassword
            case .enrolFirstFactor: .enrolFirstFactor
            case .verifyAddress: .verifyAddress
            }
        }
    }

    /// What it is for.
    public var purpose: Purpose
    /// Whose it is; nil for an invitation.
    public var user: User?
    /// What it is about: the address; empty where that says nothing.
    public var object: String
    public var expiresAt: Timestamp

    public init(purpose: Purpose, user: User?, object: String, expiresAt: Timestamp) {
        self.purpose = purpose
        self.user = user
        self.object = object
        self.expiresAt = expiresAt
    }
}

/// A link is unknown, was used, has expired, or is for something else.
public struct LinkNotValid: Refusal, Hashable {
    /// A link that is not valid.
    public init() {}
    /// Always `notFound`.
    public var kind: RefusalKind { .notFound }
    /// `account.link-invalid`
    public var code: String { "account.link-invalid" }
    public var explanation: String {
        "This link is not valid: it was used already, it has expired, or it belongs to another account. Ask for a new one."
    }
}
