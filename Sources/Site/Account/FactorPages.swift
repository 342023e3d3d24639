import Accounts
import Acts
import Foundation
import Giveaway
import Identity
import Letters
import PackagingFormats
import Policy
import Primitives
import UTC

/// What an account is proven with beyond its password.
struct FactorsPage {
    struct Key {
        let factorID: String
        let label: String
        let model: String
        let attestation: String
        let copies: String
        let facts: [Fact]
        let added: Moment
        let lastUsed: Moment?
        let frozen: Moment?
    }

    /// What is known of a key: a name and a value.
    struct Fact {
        let factName: String
        let factValue: String
    }

    struct App {
        let appID: String
        let appAdded: Moment
        let appLastUsed: Moment?
    }

    /// What the account had and was said not to be its holder's.
    struct Disowned {
        let disownedID: String
        let disownedLabel: String
        let disownedAt: Moment
        /// Where it is removed.
        let disownedPath: String
    }

    /// That the person can put off what a project asks, where their new factor does not count yet.
    struct Delay {
        let delayPath: String
        let delayProject: String
        let delayDay: String
    }

    let keys: [Key]
    let apps: [App]
    let delays: NonEmpty<Delay>?
    /// Whether it says nothing but what became of the factor that was just added, and what to do next.
    let isBrief: Bool
    let disowned: NonEmpty<Disowned>?
    let hasApps: Bool
    let codesLeft: String
    let hasNoCodes: Bool
    /// Whether there are none and this session can make some.
    let offersCodes: Bool
    let newCodes = Enrolment.recoveryCodeCount.inLetters
    let probation: ProbationWords?
    /// Whether the session was proven with less than the account has.
    let isWeaker: String?
    /// Keys that are to be had for nothing; nil where there are none for this person.
    let gift: Gift?

    /// Keys that a sponsor gives away.
    struct Gift {
        let giftText: String
        let giftLink: String
    }

    /// - Parameters:
    ///   - offers: the giveaways of which the person has a code, or would get one.
    ///   - answer: what is said to somebody who has just added one of them; nil to everybody else.
    ///   - vouchAddress: what they pass on to those who can vouch for them.
    ///   - obligations: what the rule for critical projects says of the person.
    ///   - wasPutOff: whether the person has just put off what one of them asks.
    init(
        _ session: Session, _ factors: AccountFactors, offers: [GiveawayStanding] = [], answer: String? = nil,
        vouchAddress: String, obligations: [Obligation] = [], wasPutOff: Bool = false, at now: Timestamp
    ) {
        keys = factors.securityKeys.map { key in
            Key(
                factorID: key.id.description, label: key.label,
                model: key.modelName ?? "Unknown model",
                attestation: key.isAttested ? "Its make is attested" : "Its make is not attested",
                copies: key.isBackupEligible
                    ? (key.isBackedUp ? "Synced to other devices" : "Can be synced to other devices")
                    : "Bound to one device",
                facts: Self.facts(of: key),
                added: Moment(key.addedAt), lastUsed: key.lastUsedAt.map { Moment(minuteOf: $0) },
                frozen: key.frozenAt.map { Moment(minuteOf: $0) })
        }
        apps = factors.authenticatorApps.map {
            App(
                appID: $0.id.description, appAdded: Moment($0.addedAt),
                appLastUsed: $0.lastUsedAt.map { Moment(minuteOf: $0) })
        }
        hasApps = !apps.isEmpty
        delays = NonEmpty(
            obligations.compactMap { obligation in
                guard let pending = obligation.pendingFactor, pending.from <= now,
                    let until = obligation.canDelayUntil
                else { return nil }
                return Delay(
                    delayPath: Place.delay(obligation.project).path,
                    delayProject: obligation.project.display, delayDay: until.day.readable)
            })
        disowned = NonEmpty(
            factors.disowned.map {
                Disowned(
                    disownedID: $0.id.description, disownedLabel: $0.label, disownedAt: Moment(minuteOf: $0.disownedAt),
                    disownedPath: $0.isApp
                        ? "/manage/account/two-factor/remove-app/" : "/manage/account/two-factor/remove/")
            })
        codesLeft = factors.recoveryCodesLeft.counted("recovery code")
        hasNoCodes = factors.recoveryCodesLeft == 0
        probation = ProbationWords(
            factors.probation, after: answer, isAdministrator: session.user.isAdministrator,
            vouchAddress: vouchAddress, obligations, at: now)
        let isRecovered = session.standing.factorProbationUntil.map { now < $0 } ?? false
        isBrief = wasPutOff || (answer != nil && (delays != nil || isRecovered || factors.count == 1))
        offersCodes = hasNoCodes && !isRecovered
        isWeaker =
            session.isLive && session.assurance < factors.strongest && session.assurance < .phishingResistant
            ? session.assurance.words : nil
        gift = Gift(offers, hasKey: !factors.securityKeys.isEmpty)
    }

    private static func facts(of key: SecurityKey) -> [Fact] {
        let make: Fact =
            if let aaguid = key.aaguid {
                Fact(factName: "Model number (AAGUID)", factValue: aaguid)
            } else if let keyID = key.attestationKeyID {
                Fact(factName: "Attestation key", factValue: keyID)
            } else {
                Fact(factName: "Model number (AAGUID)", factValue: "none")
            }
        let words = ["usb": "USB", "nfc": "NFC", "ble": "Bluetooth", "internal": "built in", "hybrid": "by telephone"]
        let ways = key.transports.map { words[$0] ?? $0 }
        return [
            Fact(
                factName: "Make",
                factValue: key.isAttested
                    ? "attested (\(key.attestationFormat))" : "not attested (\(key.attestationFormat))"),
            make,
            Fact(factName: "Reached by", factValue: ways.isEmpty ? "not known" : ways.joined(separator: ", ")),
            Fact(factName: "Can be copied to other devices", factValue: key.isBackupEligible ? "yes" : "no"),
            Fact(factName: "Was copied when it was last used", factValue: key.isBackedUp ? "yes" : "no"),
            Fact(
                factName: "Asks for a PIN, a fingerprint or the like", factValue: key.verifiesUser ? "yes" : "no"),
            Fact(
                factName: "Signs in alone, as a passkey",
                factValue: key.isDiscoverable && key.verifiesUser ? "yes" : "no"),
            Fact(
                factName: "Counter", factValue: key.signCount == 0 ? "none, or not used yet" : String(key.signCount)),
        ]
    }
}

extension FactorsPage.Gift {
    /// A code that waits to be used comes before one that can be had. Anyone who has a key has used it, or needs none.
    init?(_ offers: [GiveawayStanding], hasKey: Bool) {
        if !hasKey, let own = offers.first(where: { $0.own != nil }) {
            let terms = own.giveaway.terms
            self.init(
                giftText: "You have a code that is good for \(terms.keysOfCode) from \(terms.sponsor).",
                giftLink: "See your code")
        } else if let open = offers.first(where: { $0.own == nil }) {
            let terms = open.giveaway.terms
            self.init(
                giftText: "\(terms.sponsor) gives \(terms.keysOfCode) each to \(terms.eligibility.words).",
                giftLink: "Get free keys")
        } else {
            return nil
        }
    }
}

/// Where a key is enrolled, and as the first factor as well an app: nobody has to choose before they see both.
struct AddKeyPage {
    /// The address at which it will work.
    let origin: String
    /// Whether keys cannot work at this address: they are bound to names.
    let isNumber: Bool
    /// Whether the account has no factor, or has lost it, so that an app would do as well.
    let isFirst: Bool
    /// What an app is set up with; nil where apps have a page of their own.
    let app: AddAppPage?
    /// Keys that are to be had for nothing; nil where there are none for this person.
    let gift: FactorsPage.Gift?
    /// Whether everything else is out of reach, because the session comes from a recovery.
    let isRecovered: Bool

    init(
        _ party: RelyingParty, isFirst: Bool = false, app: AddAppPage? = nil, gift: FactorsPage.Gift? = nil,
        isRecovered: Bool = false
    ) {
        origin = party.origin
        self.isFirst = isFirst
        self.isRecovered = isRecovered
        self.app = app
        self.gift = gift
        isNumber = party.id.contains(":") || party.id.allSatisfy { $0.isNumber || $0 == "." }
    }
}

/// Where an app is set up.
struct AddAppPage {
    let offer: String
    let secret: String
    let uri: String
    /// Our own drawing; nobody else's text is in it.
    let svg: String
    /// Whether nothing else can be added there.
    let isAlone: Bool

    init(_ setup: Enrolment.AppSetup, isAlone: Bool = true) {
        self.init(offer: setup.offer, secret: setup.secret, uri: setup.uri, svg: setup.svg, isAlone: isAlone)
    }

    init(offer: String, secret: String, uri: String, svg: String, isAlone: Bool) {
        self.offer = offer
        self.secret = secret
        self.uri = uri
        self.svg = svg
        self.isAlone = isAlone
    }
}

/// Where recovery codes are made.
struct MakeCodesPage {
    let number = Enrolment.recoveryCodeCount.inLetters
    let numberAtStart = Enrolment.recoveryCodeCount.inLetters.capitalized
    let hasFactor: Bool
    let left: String?
}

/// Where the link to add the first factor is asked for.
struct EnrolmentLinkPage {
    /// Whether it was mailed just now.
    let isMailed: Bool
    /// Keys that are to be had for nothing; nil where there are none for this person.
    let gift: FactorsPage.Gift?
    let linkLifetime = OneTimeLink.Purpose.enrolFirstFactor.lifetime.inLetters
    let standing = FirstEnrolment.standing.inLetters
    let probation = Probation.length.inHours
}

/// Where a recovery code is used.
struct RecoveryCodePage {
    let number = Enrolment.recoveryCodeCount.inLetters
    let probation = Probation.length.inHours
}

/// New codes, once.
struct CodesPage {
    let codes: [String]
    /// Whose they are, where, and since when: for the sheet of paper that they are printed on.
    let title: String
    /// The same as a file.
    let file: String

    init(_ codes: [String], of user: Username, host: String, at now: Timestamp) {
        self.codes = codes
        title = "Recovery codes of \(user) on \(host), made \(now.readable)"
        let lines = [title, "Each works once.", ""] + codes
        file = "data:text/plain;charset=utf-8," + Paths.percentEncoded(lines.joined(separator: "\n") + "\n")
    }
}
