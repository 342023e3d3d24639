import Foundation
import Identity
import Model
import UTC

/// What an account is proven with beyond its password.
struct FactorsPage {
    struct Key {
        let factorID: String
        let label: String
        let model: String
        let attestation: String
        let copies: String
        let added: Moment
        let lastUsed: Moment?
        let frozen: Moment?
    }

    struct App {
        let appID: String
        let appAdded: Moment
        let appLastUsed: Moment?
    }

    let keys: [Key]
    let app: App?
    let codesLeft: String
    let hasNoCodes: Bool
    let hasFactor: Bool
    let probation: ProbationWords?
    /// Whether the session was proven with less than the account has.
    let isWeaker: String?
    /// Whether everything but adding is out of reach, because the session comes from a recovery.
    let canOnlyAdd: Bool

    init(_ session: Session, _ factors: AccountFactors, at now: Timestamp) {
        keys = factors.securityKeys.map { key in
            Key(
                factorID: key.id.description, label: key.label,
                model: key.modelName ?? key.aaguid.map { "Model \($0)" } ?? "Unknown model",
                attestation: key.isAttested ? "Its make is attested" : "Its make is not attested",
                copies: key.isBackupEligible
                    ? (key.isBackedUp ? "Synced to other devices" : "Can be synced to other devices")
                    : "Bound to one device",
                added: Moment(key.addedAt), lastUsed: key.lastUsedAt.map { Moment(minuteOf: $0) },
                frozen: key.frozenAt.map { Moment(minuteOf: $0) })
        }
        app = factors.authenticatorApp.map {
            App(
                appID: $0.id.description, appAdded: Moment($0.addedAt),
                appLastUsed: $0.lastUsedAt.map { Moment(minuteOf: $0) })
        }
        codesLeft = factors.recoveryCodesLeft.counted("recovery code")
        hasNoCodes = factors.recoveryCodesLeft == 0
        hasFactor = factors.hasSecondFactor
        probation = ProbationWords(factors.probation, at: now)
        isWeaker =
            session.isLive && session.assurance < factors.strongest && session.assurance < .phishingResistant
            ? session.assurance.words : nil
        canOnlyAdd = session.standing.restriction == .enrolmentOnly
    }
}

/// Where a key is enrolled.
struct AddKeyPage {
    /// The address at which it will work.
    let origin: String
    /// Whether keys cannot work at this address: they are bound to names.
    let isNumber: Bool

    init(_ party: RelyingParty) {
        origin = party.origin
        isNumber = party.id.contains(":") || party.id.allSatisfy { $0.isNumber || $0 == "." }
    }
}

/// Where an app is set up.
struct AddAppPage {
    let secret: String
    let uri: String
    /// Our own drawing; nobody else's text is in it.
    let svg: String
}

/// Where recovery codes are made.
struct MakeCodesPage {
    let hasFactor: Bool
    let left: String?
}

/// Ten codes, once.
struct CodesPage {
    let codes: [String]
    /// The same as a file.
    let file: String

    init(_ codes: [String], of user: Username, host: String, at now: Timestamp) {
        self.codes = codes
        let lines =
            ["Recovery codes of \(user) on \(host), made \(now.readable)", "Each works once.", ""] + codes
        file = "data:text/plain;charset=utf-8," + Paths.percentEncoded(lines.joined(separator: "\n") + "\n")
    }
}
