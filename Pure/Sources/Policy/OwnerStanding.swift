import Accounts
import UTC

/// Since when somebody owns a project, and others beside them.
///
/// An owner is new for 14 days: for as long nothing that they do takes a project out of the hands of those who owned it
/// before them. Somebody who got into an account for some minutes could otherwise make another account of theirs an owner,
/// and keep the owners out with it.
public struct OwnerStanding: Sendable, Hashable {
    /// Another owner, whose account can be used.
    public struct Other: Sendable, Hashable {
        public let user: Username
        public let since: Timestamp

        public init(_ user: Username, since: Timestamp) {
            self.user = user
            self.since = since
        }
    }

    /// For how long an owner is new.
    public static let settling = Duration.days(14)

    /// Since when they are an owner; nil where they are not.
    public var since: Timestamp?
    public var others: [Other]

    public init(since: Timestamp?, others: [Other] = []) {
        self.since = since
        self.others = others
    }

    /// Whether somebody who is an owner since a moment is a new one.
    public static func isNew(_ since: Timestamp, at now: Timestamp) -> Bool { now < since + settling }

    /// Those who were owners before them.
    public var older: [Username] { since.map { since in others.filter { $0.since < since }.map(\.user) } ?? [] }

    /// Until when they are a new owner beside older ones; nil where they are not.
    public func newUntil(at now: Timestamp) -> Timestamp? {
        guard let since, Self.isNew(since, at: now), !older.isEmpty else { return nil }
        return since + Self.settling
    }
}
