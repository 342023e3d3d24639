import Acts
import UTC

/// One thing that is asked of everybody who holds a role on a critical project, and from when.
///
/// Each has its own notice: when the operator asks for more than before, or a project rises into the share that is
/// asked for more, people are told and given time again, and what was asked before goes on until then.
public struct Demand: Sendable, Hashable {
    /// What is asked.
    public enum Requirement: Sendable, Hashable, CaseIterable {
        /// A second factor of any kind.
        case secondFactor
        /// A security key or passkey.
        case phishingResistant
        /// A security key whose model is attested.
        case attestedHardware
        /// A way back in when a key is lost: two keys, or one key and printed codes.
        case spare

        /// As it is stored: `second-factor`.
        public var rawValue: String {
            switch self {
            case .spare: "spare"
            case .secondFactor, .phishingResistant, .attestedHardware: assurance.rawValue
            }
        }

        /// Reads what was stored; nil for anything else.
        public init?(rawValue: String) {
            guard let what = Self.allCases.first(where: { $0.rawValue == rawValue }) else { return nil }
            self = what
        }

        /// The demand for an assurance; nil for one that asks for nothing beyond a password.
        public init?(_ assurance: Assurance) {
            switch assurance {
            case .anonymous, .password: return nil
            case .secondFactor: self = .secondFactor
            case .phishingResistant: self = .phishingResistant
            case .attestedHardware: self = .attestedHardware
            }
        }

        /// The least that anyone who acts has to be proven with; a spare adds nothing to that.
        public var assurance: Assurance {
            switch self {
            case .spare: .password
            case .secondFactor: .secondFactor
            case .phishingResistant: .phishingResistant
            case .attestedHardware: .attestedHardware
            }
        }

        /// In a sentence: `This takes …`.
        public var words: String {
            switch self {
            case .spare: "two security keys, or one security key and printed recovery codes"
            case .secondFactor, .phishingResistant, .attestedHardware: assurance.words
            }
        }
    }

    public let what: Requirement
    /// When people were told.
    public let noticedAt: Timestamp
    /// From when it binds, provided that the rule is enforced by then.
    public let bindsAt: Timestamp

    /// A demand of which people were told.
    public init(_ what: Requirement, noticedAt: Timestamp, bindsAt: Timestamp) {
        self.what = what
        self.noticedAt = noticedAt
        self.bindsAt = bindsAt
    }
}
