import Bytes
import Primitives
import UTC

/// The number of a giveaway.
public typealias GiveawayID = Identifier<GiveawayProgramme>

/// Keys that a sponsor gives to people of this index, by codes with which they order them.
public struct GiveawayProgramme: Sendable, Hashable {
    public var id: GiveawayID
    /// What administrators call it.
    public var name: GiveawayName
    public var terms: GiveawayTerms
    /// When it was made.
    public var createdAt: Timestamp
    /// When an administrator closed it before its time; nil when nobody did.
    public var closedAt: Timestamp?

    /// All of a giveaway.
    public init(
        id: GiveawayID, name: GiveawayName, terms: GiveawayTerms, createdAt: Timestamp, closedAt: Timestamp? = nil
    ) {
        self.id = id
        self.name = name
        self.terms = terms
        self.createdAt = createdAt
        self.closedAt = closedAt
    }

    /// Whether codes are given out.
    public enum Phase: String, Sendable {
        /// Not yet.
        case upcoming
        /// Now.
        case open
        /// No longer.
        case closed
    }

    /// The moment from which no more codes are given out.
    public var endsAt: Timestamp { closedAt.map { min($0, terms.closesAt) } ?? terms.closesAt }

    /// Whether codes are given out at a moment. The opening belongs to the time in which they are, the closing does
    /// not.
    public func phase(at now: Timestamp) -> Phase {
        if now >= endsAt { return .closed }
        return now < terms.opensAt ? .upcoming : .open
    }
}

/// What administrators call a giveaway, and what stands in the addresses of its pages: `titan-2022`.
public struct GiveawayName: Sendable, Hashable, CustomStringConvertible {
    /// The most characters of one.
    public static let maximumLength = 60

    /// 1 to 60 lower-case letters, digits and hyphens, a letter or digit at both ends.
    public let text: String

    /// Reads a name from outside; capitals count as small letters.
    public init(parsing text: String) throws(GiveawayTermsRefusal) {
        let lower = text.lowercased()
        let bytes = Array(lower.utf8)
        guard (1...Self.maximumLength).contains(bytes.count),
            bytes.allSatisfy({ $0.isASCIIAlphanumeric || $0 == UInt8(ascii: "-") }),
            bytes.first != UInt8(ascii: "-"), bytes.last != UInt8(ascii: "-")
        else { throw .name }
        self.text = lower
    }

    public var description: String { text }
}

/// Whom a giveaway is for.
public enum GiveawayEligibility: String, Sendable, CaseIterable {
    /// Owners and maintainers of critical projects who have no security key or passkey yet.
    case criticalWithoutKey = "critical-without-key"
    /// Owners and maintainers of critical projects.
    case critical
    /// Everybody with an account.
    case everybody

    /// In a sentence: `It is for …`.
    public var words: String {
        switch self {
        case .criticalWithoutKey: "owners and maintainers of critical projects who have no security key or passkey yet"
        case .critical: "owners and maintainers of critical projects"
        case .everybody: "everybody who has an account here"
        }
    }
}

extension Timestamp {
    /// Where something ends: `8 Jul 2022, 15:00 UTC`, or at midnight `the end of 7 Jul 2022, UTC`.
    public func readableAsEnd() -> String {
        day.start == self ? "the end of \((day - 1).readable), UTC" : readableMinute
    }
}
