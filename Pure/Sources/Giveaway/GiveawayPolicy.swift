import Primitives
import UTC

/// What is known of somebody who asks for a code.
public struct GiveawayPerson: Sendable, Hashable {
    /// Since when one of the critical projects is critical of which they are owner or maintainer, the earliest; nil
    /// where they are of none.
    public var criticalSince: Timestamp?
    /// Whether they can sign in with a security key or passkey: a factor that resists phishing.
    public var hasKey: Bool
    /// Whether they have a code of this giveaway.
    public var hasCode: Bool

    /// What is known of somebody.
    public init(criticalSince: Timestamp? = nil, hasKey: Bool = false, hasCode: Bool = false) {
        self.criticalSince = criticalSince
        self.hasKey = hasKey
        self.hasCode = hasCode
    }
}

/// Decides who gets a code: the one place that knows.
public enum GiveawayPolicy {
    /// What somebody gets.
    public enum Decision: Sendable, Hashable {
        /// A code that nobody has yet.
        case newCode
        /// The code that they have.
        case sameCode
    }

    /// Decides for a person at a moment.
    ///
    /// What can never be mended is said before what time or another country would mend, so that nobody waits in vain.
    ///
    /// - Parameters:
    ///   - person: nil for somebody who is not signed in.
    ///   - country: where they say that they are; nil where they have not been asked yet.
    ///   - codesLeft: how many codes nobody has.
    public static func decide(
        _ giveaway: GiveawayProgramme, for person: GiveawayPerson?, in country: Country?, codesLeft: Int,
        at now: Timestamp
    ) throws(GiveawayRefusal) -> Decision {
        guard let person else { throw .notSignedIn }
        // Whatever happened since: it is their, and they may have lost the page.
        if person.hasCode { return .sameCode }
        let terms = giveaway.terms
        if giveaway.phase(at: now) == .closed { throw .closed(giveaway.endsAt) }
        switch terms.eligibility {
        case .everybody: break
        case .critical:
            guard person.criticalSince != nil else { throw .notEligible }
        case .criticalWithoutKey:
            guard person.criticalSince != nil else { throw .notEligible }
            guard !person.hasKey else { throw .hasKey }
        }
        guard now >= terms.opensAt else { throw .notOpenYet(terms.opensAt) }
        if terms.eligibility != .everybody, let since = person.criticalSince {
            let from = since + .days(terms.criticalDays)
            guard now >= from else { throw .criticalTooShortly(days: terms.criticalDays, until: from) }
        }
        if let country, !terms.countries.contains(country) {
            throw .countryNotServed(country, sponsor: terms.sponsor, served: terms.countries)
        }
        guard codesLeft > 0 else { throw .noneLeft }
        return .newCode
    }
}

/// Why somebody gets no code.
public enum GiveawayRefusal: Refusal, Hashable {
    /// Nobody is signed in.
    case notSignedIn
    /// They are owner or maintainer of no critical project.
    case notEligible
    /// They have a security key or passkey.
    case hasKey
    /// Their project became critical only lately.
    case criticalTooShortly(days: Int, until: Timestamp)
    /// Nothing is sent there.
    case countryNotServed(Country, sponsor: String, served: [Country])
    /// It begins later.
    case notOpenYet(Timestamp)
    case closed(Timestamp)
    /// Others have them all.
    case noneLeft
    /// There is no giveaway.
    case none

    /// What kind of no it is.
    public var kind: RefusalKind {
        switch self {
        case .notSignedIn: .unauthenticated
        case .notEligible, .hasKey, .criticalTooShortly, .notOpenYet, .closed: .forbidden
        case .countryNotServed: .invalid
        case .noneLeft: .conflict
        case .none: .notFound
        }
    }

    /// `giveaway.…`
    public var code: String {
        switch self {
        case .notSignedIn: "giveaway.not-signed-in"
        case .notEligible: "giveaway.not-eligible"
        case .hasKey: "giveaway.has-key"
        case .criticalTooShortly: "giveaway.critical-too-shortly"
        case .countryNotServed: "giveaway.country-not-served"
        case .notOpenYet: "giveaway.not-open-yet"
        case .closed: "giveaway.closed"
        case .noneLeft: "giveaway.none-left"
        case .none: "giveaway.none"
        }
    }

    /// What was refused, and what to do.
    public var explanation: String {
        switch self {
        case .notSignedIn: "Sign in first: each code belongs to an account."
        case .notEligible:
            "These keys are for owners and maintainers of critical projects, and you are neither of any. Which projects "
                + "are critical is decided by their downloads, once a day. If one of yours becomes critical, you will be "
                + "told by mail."
        case .hasKey:
            "These keys are for people who have none, and your account has a security key or passkey already. You need "
                + "nothing more; a second key in another place is a good idea."
        case .criticalTooShortly(let days, let until):
            "These keys are for owners and maintainers of projects that have been critical for \(days) days, and yours became "
                + "so only lately. Come back from \(until.readableMinute) on."
        case .countryNotServed(let country, let sponsor, let served):
            "\(sponsor) does not send keys to \(country). It sends them to \(Self.listed(served)). Any other security "
                + "key that speaks FIDO2 or U2F is as good, and so is the passkey of a phone or laptop."
        case .notOpenYet(let opens):
            "Codes are given out from \(opens.readableMinute) on. Come back then."
        case .closed(let closed):
            "The giveaway closed at \(closed.readableAsEnd()), and no more codes are given out. Any security key that "
                + "speaks FIDO2 or U2F is as good, and so is the passkey of a phone or laptop."
        case .noneLeft:
            "There is no code to give out: none is left. Any security key that speaks FIDO2 or U2F is as good, and so is "
                + "the passkey of a phone or laptop."
        case .none: "No security keys are given away at the moment."
        }
    }

    /// What a person can do instead; nil where there is nothing but to wait.
    public enum Remedy: Sendable, Hashable {
        /// Sign in, and come back.
        case signIn
        /// See which projects they have a role on.
        case seeProjects
        /// Look at their factors, and add one.
        case seeFactors
    }

    /// What a person can do instead; nil where there is nothing but to wait.
    public var remedy: Remedy? {
        switch self {
        case .notSignedIn: .signIn
        case .notEligible: .seeProjects
        case .hasKey, .countryNotServed, .closed, .noneLeft: .seeFactors
        case .criticalTooShortly, .notOpenYet, .none: nil
        }
    }

    /// `Austria, Belgium and Canada`
    static func listed(_ countries: [Country]) -> String {
        let names = countries.map(\.name)
        guard let last = names.last, names.count > 1 else { return names.first ?? "" }
        return "\(names.dropLast().joined(separator: ", ")) and \(last)"
    }
}
