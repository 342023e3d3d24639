import Primitives
import UTC

/// Why a giveaway cannot be as it was described.
public enum GiveawayTermsRefusal: Refusal, Hashable {
    /// It is not a name.
    case name
    /// There is a giveaway of that name.
    case nameTaken(GiveawayName)
    /// There is no giveaway of that name.
    case noSuchGiveaway(String)
    /// The sponsor is missing, or too long.
    case sponsor
    /// No make is named, or more than a hundred.
    case noModel
    /// A make's name is missing, or too long.
    case modelName
    /// This is no AAGUID.
    case aaguid(String)
    /// No model of that name is known.
    case unknownModel(String)
    /// This is no number.
    case number(String)
    /// The numbers do not go together.
    case keys(Int, perCode: Int)
    /// There would be more codes than keys for them.
    case fewerKeysThanCodes(keys: Int, codes: Int)
    /// No country is named.
    case noCountry
    /// This is no moment.
    case moment(String)
    /// It would never be open.
    case closesBeforeItOpens(opens: Timestamp, closes: Timestamp)
    /// The sponsor's page is missing, or none that people can be sent to.
    case orderAddress
    /// Nobody is meant by that.
    case eligibility
    /// Nobody waits for so many days.
    case criticalDays(Int)
    /// Nothing was to be changed.
    case nothingToChange
    /// It is closed already.
    case closedAlready

    /// What kind of no it is.
    public var kind: RefusalKind {
        switch self {
        case .noSuchGiveaway: .notFound
        case .nameTaken, .fewerKeysThanCodes, .closedAlready: .conflict
        case .name, .sponsor, .noModel, .modelName, .aaguid, .unknownModel, .number, .keys, .noCountry, .moment,
            .closesBeforeItOpens, .orderAddress, .eligibility, .criticalDays, .nothingToChange:
            .invalid
        }
    }

    /// `giveaway.…`
    public var code: String {
        switch self {
        case .name: "giveaway.name"
        case .nameTaken: "giveaway.name-taken"
        case .noSuchGiveaway: "giveaway.no-such-giveaway"
        case .sponsor: "giveaway.sponsor"
        case .noModel: "giveaway.no-model"
        case .modelName: "giveaway.model-name"
        case .aaguid: "giveaway.aaguid"
        case .unknownModel: "giveaway.unknown-model"
        case .number: "giveaway.number"
        case .keys: "giveaway.keys"
        case .fewerKeysThanCodes: "giveaway.fewer-keys-than-codes"
        case .noCountry: "giveaway.no-country"
        case .moment: "giveaway.moment"
        case .closesBeforeItOpens: "giveaway.closes-before-it-opens"
        case .orderAddress: "giveaway.order-address"
        case .eligibility: "giveaway.eligibility"
        case .criticalDays: "giveaway.critical-days"
        case .nothingToChange: "giveaway.nothing-to-change"
        case .closedAlready: "giveaway.closed-already"
        }
    }

    /// What was refused, and what to do.
    public var explanation: String {
        switch self {
        case .name:
            "A giveaway is named with 1 to \(GiveawayName.maximumLength) small letters, digits and hyphens, a letter or digit at both ends: titan-2022."
        case .nameTaken(let name): "There is a giveaway named \(name). Choose another name."
        case .noSuchGiveaway(let name): "There is no giveaway named “\(name.prefix(60))”."
        case .sponsor: "Say who gives the keys, in 1 to \(GiveawayTerms.maximumText) characters."
        case .noModel: "Name at least one model of key that is given away, and at most a hundred."
        case .modelName: "The name of a model has 1 to \(GiveawayTerms.maximumText) characters."
        case .aaguid(let text):
            "“\(text)” is no AAGUID. One is written 42b4fb4a-2866-43b2-9bf7-6c6669c2e5d3, and is not all zeros."
        case .unknownModel(let name):
            "No model of security key called “\(name)” is known here, so nobody could be found to have enrolled one. See "
                + "`rind authenticators list`, or name its AAGUID: \(name)=42b4fb4a-2866-43b2-9bf7-6c6669c2e5d3."
        case .number(let text): "“\(text.prefix(60))” is no number of keys. Write it in digits alone: 4000."
        case .keys(let keys, let perCode):
            "\(keys) keys with \(perCode) for each code do not go together: there have to be 1 to "
                + "\(GiveawayTerms.maximumKeys) keys, 1 to \(GiveawayTerms.maximumKeysPerCode) for each code, and enough for one code."
        case .fewerKeysThanCodes(let keys, let codes):
            "\(keys) keys are not enough for the \(codes) codes that there are."
        case .noCountry: "Name at least one country that the keys are sent to: AT, BE, CA."
        case .moment(let text):
            "“\(text)” is no date. Write 2022-07-08, or 2022-07-08T15:00, which is UTC."
        case .closesBeforeItOpens(let opens, let closes):
            "It would close (\(closes.readableAsEnd())) before it opens (\(opens.readableMinute)). Nothing was changed."
        case .orderAddress:
            "The sponsor's page on which a code is turned into keys is an address that begins with https://. Leave it out "
                + "where the sponsor tells people in another way."
        case .criticalDays(let days):
            "\(days) is no number of days from 0 to \(GiveawayTerms.maximumCriticalDays): for so long a project must have been critical."
        case .eligibility:
            "Whom it is for is one of \(GiveawayEligibility.allCases.map(\.rawValue).joined(separator: ", "))."
        case .nothingToChange: "Say what is to be changed."
        case .closedAlready: "It is closed already."
        }
    }
}
