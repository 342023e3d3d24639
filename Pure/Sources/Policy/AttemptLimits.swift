import Primitives
import UTC

/// How many attempts fit into a span of time.
public struct AttemptLimit: Sendable, Hashable {
    /// That many are admitted
    public var attempts: Int
    /// within any span of this length.
    public var window: Duration

    /// `attempts` within any `window`.
    public init(_ attempts: Int, per window: Duration) {
        self.attempts = attempts
        self.window = window
    }
}

/// What attempts are counted for. Each has a ledger of its own: who tries passwords does not use up codes.
///
/// Signing in with a security key is not among them: there is nothing to guess, and so nobody can lock its owner out. A
/// key that cannot sign in alone comes after the password, though; so that strangers who guess at that cannot keep its
/// owner out either, what is typed where the account was signed in to before is counted apart from them.
public enum AttemptPurpose: String, Sendable, CaseIterable {
    /// Passwords tried on one account by strangers, all of them together.
    case passwordByAccount
    /// Passwords tried on one account from somewhere it was signed in to before: one browser, one network, one session.
    case passwordByPlace
    /// Passwords tried from one address.
    case passwordByAddress
    /// Passwords of one account, right ones too, by strangers together or from one place: each takes tens of
    /// milliseconds of a core.
    case signInByPlace
    /// Codes, of an app or for recovery, tried on one account by strangers, all of them together.
    case codeByAccount
    /// Codes tried on one account in one browser in which it was signed in to before, or in one session.
    case codeByPlace
    /// Codes tried from one address.
    case codeByAddress
    /// Sign-ins with a passkey begun from one address: each is a write.
    case passkeyByAddress
    /// Accounts made from one address.
    case registrationByAddress
    /// Mail that somebody without proof has us send to one account: resets, confirmations.
    case mailByAccount
    /// Codes of a giveaway asked for by one account. Not by address: a thousand who ask from one company are welcome.
    case giveawayByAccount

    /// PyPI's limits (warehouse/config.py, `warehouse.account.…_ratelimit_string`); those of mail are its two for
    /// verification and for resets together. Giveaways are ours.
    public var limits: [AttemptLimit] {
        switch self {
        case .passwordByAccount, .passwordByPlace, .passwordByAddress: [.init(10, per: .minutes(5))]
        // Four a second: no person and no program that means well, and a small part of what a core does.
        case .signInByPlace: [.init(1_200, per: .minutes(5))]
        case .codeByAccount, .codeByPlace:
            [.init(5, per: .minutes(5)), .init(20, per: .hours(1)), .init(50, per: .hours(24))]
        case .codeByAddress: [.init(10, per: .minutes(5)), .init(50, per: .hours(1))]
        case .passkeyByAddress: [.init(120, per: .minutes(5))]
        case .registrationByAddress: [.init(10, per: .minutes(5)), .init(30, per: .hours(1))]
        case .mailByAccount: [.init(3, per: .hours(6)), .init(5, per: .hours(24))]
        case .giveawayByAccount: [.init(20, per: .minutes(5))]
        }
    }
}

/// Too many attempts for now.
public struct TooManyAttempts: Refusal, Hashable {
    /// Whole seconds after which the next attempt is admitted, at least 1.
    public let retryAfterSeconds: Int

    /// Too many attempts for `retryAfterSeconds` more.
    public init(retryAfterSeconds: Int) { self.retryAfterSeconds = retryAfterSeconds }

    /// Always `tooMany`.
    public var kind: RefusalKind { .tooMany(retryAfterSeconds: retryAfterSeconds) }
    /// `attempts.too-many`
    public var code: String { "attempts.too-many" }
    /// When to come again.
    public var explanation: String {
        "There were too many attempts. Try again in \(Duration.seconds(retryAfterSeconds).words)."
    }
}
