import Primitives
import UTC

/// That somebody who knows an account's password says that every factor is lost.
public struct AccountRecovery: Sendable, Hashable {
    /// How long everybody has to object.
    public static let wait = Duration.days(7)

    /// When it was asked for.
    public var requestedAt: Timestamp
    /// From when it can be completed.
    public var dueAt: Timestamp
    /// Who vouched for it, and so ended the wait; nil where nobody did.
    public var approvedBy: String?

    /// A recovery under way.
    public init(requestedAt: Timestamp, dueAt: Timestamp, approvedBy: String?) {
        self.requestedAt = requestedAt
        self.dueAt = dueAt
        self.approvedBy = approvedBy
    }
}

/// Why an account was not recovered.
public enum RecoveryRefusal: Refusal, Hashable {
    /// Nobody asked for one.
    case none
    /// The wait is not over.
    case tooEarly(until: Timestamp)

    /// What kind of no it is.
    public var kind: RefusalKind {
        switch self {
        case .none: .notFound
        case .tooEarly: .forbidden
        }
    }

    /// `recovery.…`
    public var code: String {
        switch self {
        case .none: "recovery.none"
        case .tooEarly: "recovery.too-early"
        }
    }

    /// What was refused, and what to do.
    public var explanation: String {
        switch self {
        case .none: "No recovery of this account is under way."
        case .tooEarly(let until):
            "The account can be recovered from \(until.day) \(until.hourAndMinute) UTC on. A co-owner or an administrator with a "
                + "security key can vouch for you before."
        }
    }
}
