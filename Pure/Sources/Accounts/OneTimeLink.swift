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
        /// Say that a first factor is not one's own, with everything that it made possible.
        case disownFactors = "disown-factors"
        /// Register by invitation.
        case invitation

        /// Where its link leads, without the secret.
        public var path: String {
            switch self {
            case .setPassword: "/account/password/"
            case .resetPassword: "/account/reset-password/"
            case .verifyAddress: "/account/verify-email/"
            case .enrolFirstFactor: "/account/enrol/"
            case .disownFactors: "/account/not-me/"
            case .invitation: "/account/register/"
            }
        }

        /// How long one is good for.
        public var lifetime: Duration {
            switch self {
            case .setPassword, .invitation: .days(7)
            // As long as everybody has to object to a recovery.
            case .disownFactors: AccountRecovery.wait
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

extension OneTimeLink {
    /// That a link was used: somebody opened it in one browser, and then in another.
    public struct Use: Sendable, Hashable {
        public let purpose: Purpose
        public let at: Timestamp
        /// Where, in the words of people: `Firefox on Linux`.
        public let client: String

        /// That a link was used.
        public init(_ purpose: Purpose, at: Timestamp, client: String) {
            self.purpose = purpose
            self.at = at
            self.client = client
        }

        /// When, where, and what to do, in whole sentences.
        public var explanation: String {
            "This link was used already, on \(at.day.readable) at \(at.hourAndMinute) UTC, in \(client). It works once, where "
                + "it is used first. \(advice)"
        }

        private var advice: String {
            switch purpose {
            case .enrolFirstFactor:
                "Add your second factor in that browser, or ask for another link and open it in this one."
            case .verifyAddress: "The address is verified, and there is nothing more to do."
            case .setPassword, .resetPassword:
                "The password was set there: sign in with it. If it was not you who set it, reset it."
            case .invitation: "The account was made there: sign in."
            case .disownFactors: "What it freezes is frozen, and there is nothing more to do with it."
            }
        }
    }
}

/// A link is unknown, was used, has expired, or is for something else.
public struct LinkNotValid: Refusal, Hashable {
    /// Where it was used; nil where that is not known.
    public let use: OneTimeLink.Use?
    /// A link that is not valid.
    public init(used use: OneTimeLink.Use? = nil) { self.use = use }
    /// Always `notFound`.
    public var kind: RefusalKind { .notFound }
    /// `account.link-invalid`
    public var code: String { "account.link-invalid" }
    public var explanation: String {
        use?.explanation
            ?? "This link is not valid: it was used already, it has expired, or it belongs to another account. Ask for a new one."
    }
}
