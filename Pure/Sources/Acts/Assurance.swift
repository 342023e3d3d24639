/// What an actor is proven with now. It belongs to the credential that was used, not to the account.
public enum Assurance: String, Sendable, CaseIterable, Comparable {
    /// Nothing was shown.
    case anonymous
    /// A password, or a token that was made with one.
    case password
    /// A time-based code or the like on top of it.
    case secondFactor = "second-factor"
    case phishingResistant = "phishing-resistant"
    /// A WebAuthn credential whose hardware is attested.
    case attestedHardware = "attested-hardware"

    private var rank: Int {
        switch self {
        case .anonymous: 0
        case .password: 1
        case .secondFactor: 2
        case .phishingResistant: 3
        case .attestedHardware: 4
        }
    }

    /// Proves less than.
    public static func < (left: Assurance, right: Assurance) -> Bool { left.rank < right.rank }
}

extension Assurance {
    /// In a sentence: `This takes …`.
    public var words: String {
        switch self {
        case .anonymous: "nothing"
        case .password: "a password"
        case .secondFactor: "a second factor"
        case .phishingResistant: "a security key or passkey"
        case .attestedHardware: "a security key whose model is attested"
        }
    }
}
