import Acts
import Primitives
import UTC

/// The number of a factor.
public typealias FactorID = Identifier<Factor>

/// What an account is proven with beyond its password.
public enum Factor: Sendable, Hashable {
    /// A security key or a passkey (WebAuthn).
    case securityKey(SecurityKey)
    /// An app that shows codes of six digits (TOTP).
    case authenticatorApp(AuthenticatorApp)

    public var id: FactorID {
        switch self {
        case .securityKey(let key): key.id
        case .authenticatorApp(let app): app.id
        }
    }

    /// What its holder calls it.
    public var label: String {
        switch self {
        case .securityKey(let key): key.label
        case .authenticatorApp: "Authenticator app"
        }
    }
}

/// A WebAuthn credential as the index keeps it.
public struct SecurityKey: Sendable, Hashable {
    public var id: FactorID
    /// What its holder calls it.
    public var label: String
    /// What the authenticator calls it, 1 to 1023 bytes.
    public var credentialID: [UInt8]
    /// The key, as COSE wrote it.
    public var publicKey: [UInt8]
    /// The last counter that was accepted.
    public var signCount: UInt32
    /// Whether it can be copied to other devices: a synced passkey. It never changes.
    public var isBackupEligible: Bool
    /// Whether it was copied when it was last used.
    public var isBackedUp: Bool
    /// Whether the authenticator verified its holder at the enrolment: such a key is asked to do so again.
    public var verifiesUser: Bool
    /// Whether it can sign in alone, because it knows whose it is.
    public var isDiscoverable: Bool
    /// How it is reached: `usb`, `nfc`, `internal` …, as the browser said.
    public var transports: [String]
    /// The attestation statement's format: `none`, `packed` …
    public var attestationFormat: String
    /// Whether the attestation leads to a trusted anchor, and the model is not known to be broken.
    public var isAttested: Bool
    /// The model's AAGUID, `xxxxxxxx-xxxx-…`; nil where it has none.
    public var aaguid: String?
    /// SHA-1 of the attestation certificate's public key, by which the metadata know models from before AAGUIDs;
    /// hexadecimal.
    public var attestationKeyID: String?
    /// The model's name, where it is known.
    public var modelName: String?
    /// When it was enrolled.
    public var addedAt: Timestamp
    /// When it was last used.
    public var lastUsedAt: Timestamp?
    /// Since when it is not taken, because its counter went back: there may be a copy of it.
    public var frozenAt: Timestamp?
    /// Until when it is on probation, because it came by a recovery code or a recovery; nil where it did not.
    public var probationUntil: Timestamp?
    /// Whether the account was recovered without it, and it was not used since: it signs in, and what it could prove is
    /// not asked for.
    public var isLost: Bool

    /// All of a key.
    public init(
        id: FactorID, label: String, credentialID: [UInt8], publicKey: [UInt8], signCount: UInt32,
        isBackupEligible: Bool, isBackedUp: Bool, verifiesUser: Bool, isDiscoverable: Bool, transports: [String],
        attestationFormat: String, isAttested: Bool, aaguid: String?, attestationKeyID: String?, modelName: String?,
        addedAt: Timestamp, lastUsedAt: Timestamp? = nil, frozenAt: Timestamp? = nil,
        probationUntil: Timestamp? = nil, isLost: Bool = false
    ) {
        self.probationUntil = probationUntil
        self.isLost = isLost
        self.id = id
        self.label = label
        self.credentialID = credentialID
        self.publicKey = publicKey
        self.signCount = signCount
        self.isBackupEligible = isBackupEligible
        self.isBackedUp = isBackedUp
        self.verifiesUser = verifiesUser
        self.isDiscoverable = isDiscoverable
        self.transports = transports
        self.attestationFormat = attestationFormat
        self.isAttested = isAttested
        self.aaguid = aaguid
        self.attestationKeyID = attestationKeyID
        self.modelName = modelName
        self.addedAt = addedAt
        self.lastUsedAt = lastUsedAt
        self.frozenAt = frozenAt
    }

    /// As much of it as decides what it can prove.
    public var strength: KeyStrength {
        KeyStrength(
            isAttested: isAttested, isBackupEligible: isBackupEligible, verifiesUser: verifiesUser,
            isFrozen: frozenAt != nil, isLost: isLost)
    }

    /// Whether it can ever prove attested hardware.
    public var canProveHardware: Bool { strength.assurance == .attestedHardware }

    /// What a use of it proves.
    ///
    /// - Parameter userWasVerified: whether the authenticator verified its holder at this use.
    public func assurance(userWasVerified: Bool) -> Assurance {
        var strength = strength
        strength.verifiesUser = userWasVerified
        return strength.assurance
    }
}

/// An authenticator app as the index keeps it.
public struct AuthenticatorApp: Sendable, Hashable {
    public var id: FactorID
    /// The secret, sealed with a key that is not in the database.
    public var sealedSecret: [UInt8]
    /// The last time step whose code was accepted; nil before the first.
    public var lastCounter: Int64?
    /// When it was enrolled.
    public var addedAt: Timestamp
    /// When it was last used.
    public var lastUsedAt: Timestamp?
    /// Until when it is on probation, because it came by a recovery code or a recovery; nil where it did not.
    public var probationUntil: Timestamp?

    /// All of an app.
    public init(
        id: FactorID, sealedSecret: [UInt8], lastCounter: Int64?, addedAt: Timestamp, lastUsedAt: Timestamp?,
        probationUntil: Timestamp? = nil
    ) {
        self.probationUntil = probationUntil
        self.id = id
        self.sealedSecret = sealedSecret
        self.lastCounter = lastCounter
        self.addedAt = addedAt
        self.lastUsedAt = lastUsedAt
    }
}

/// Everything that an account can be proven with beyond its password.
public struct AccountFactors: Sendable, Hashable {
    /// Its security keys and passkeys, oldest first.
    public var securityKeys: [SecurityKey]
    /// Its authenticator apps, oldest first: one, and those that were added after a recovery, which replace none.
    public var authenticatorApps: [AuthenticatorApp]
    /// How many recovery codes are left.
    public var recoveryCodesLeft: Int
    /// The bytes by which authenticators know the account, 64 random ones; nil before the first ceremony.
    public var userHandle: [UInt8]?
    /// Until when the account has no right on projects that require two factors; nil where it has.
    public var probation: Probation?
    /// What it had and was said not to be the holder's, oldest first. It proves nothing.
    public var disowned: [DisownedFactor]

    /// Everything that an account can be proven with.
    public init(
        securityKeys: [SecurityKey] = [], authenticatorApps: [AuthenticatorApp] = [], recoveryCodesLeft: Int = 0,
        userHandle: [UInt8]? = nil, probation: Probation? = nil, disowned: [DisownedFactor] = []
    ) {
        self.disowned = disowned
        self.securityKeys = securityKeys
        self.authenticatorApps = authenticatorApps
        self.recoveryCodesLeft = recoveryCodesLeft
        self.userHandle = userHandle
        self.probation = probation
    }

    /// Whether signing in takes a second factor. A frozen key still counts: anyone who copied it must not come in by
    /// the password alone.
    public var hasSecondFactor: Bool { !securityKeys.isEmpty || !authenticatorApps.isEmpty }

    /// How many factors there are. Recovery codes are none.
    public var count: Int { securityKeys.count + authenticatorApps.count }

    /// The numbers of all of them.
    public var all: [FactorID] { securityKeys.map(\.id) + authenticatorApps.map(\.id) }

    /// Until when a factor is on probation; nil where it is not.
    public func probation(of factor: FactorID, at now: Timestamp) -> Timestamp? {
        let until =
            securityKeys.first { $0.id == factor }?.probationUntil
            ?? authenticatorApps.first { $0.id == factor }?.probationUntil
        return until.flatMap { now < $0 ? $0 : nil }
    }

    /// The keys that are taken.
    public var usableKeys: [SecurityKey] { securityKeys.filter { $0.frozenAt == nil } }

    /// The strongest that its holder is asked to prove.
    public var strongest: Assurance {
        HeldFactors(keys: securityKeys.map(\.strength), hasApp: !authenticatorApps.isEmpty).strongestToAskFor
    }

    /// The keys whose use can prove as much as is asked for.
    public func keys(proving assurance: Assurance) -> [SecurityKey] {
        assurance == .attestedHardware ? usableKeys.filter(\.canProveHardware) : usableKeys
    }
}

/// A factor of which somebody said, by the link in the mail about it, that it was not the account's holder who added it.
///
/// It is as if it were not there, but that its holder sees it, and that no account can have the same key before it is
/// removed.
public struct DisownedFactor: Sendable, Hashable {
    public var id: FactorID
    /// What those who added it called it.
    public var label: String
    /// Whether it is an authenticator app; otherwise it is a security key.
    public var isApp: Bool
    public var addedAt: Timestamp
    /// When that was said.
    public var disownedAt: Timestamp

    public init(id: FactorID, label: String, isApp: Bool, addedAt: Timestamp, disownedAt: Timestamp) {
        self.id = id
        self.label = label
        self.isApp = isApp
        self.addedAt = addedAt
        self.disownedAt = disownedAt
    }
}

/// A time in which an account has no right on projects that require two factors, because its factor may be a thief's.
public struct Probation: Sendable, Hashable {
    /// How long it lasts.
    public static let length = Duration.hours(72)

    /// Why an account is on probation.
    public enum Reason: String, Sendable {
        /// Its first factor was enrolled.
        case firstFactor = "first-factor"
        /// A recovery code was used.
        case recoveryCode = "recovery-code"
        /// It was recovered without any factor.
        case recovery

        /// Whether somebody else can end it by vouching: for a first factor only. After a recovery there is a thief to
        /// reckon with who can talk to others, too.
        public var canBeEnded: Bool { self == .firstFactor }
    }

    public var reason: Reason
    public var until: Timestamp
    /// Of a first factor, why the evidence was not enough.
    public var because: [FirstFactorEvidence.Gap]
    /// A co-owner who vouched: on the projects that they own it is over. Nil where none did. Where an administrator
    /// vouched, or who runs the index, there is no probation any more.
    public var voucher: Username?

    /// That an account is on probation.
    public init(
        _ reason: Reason, until: Timestamp, because: [FirstFactorEvidence.Gap] = [], voucher: Username? = nil
    ) {
        self.reason = reason
        self.until = until
        self.because = because
        self.voucher = voucher
    }

    /// What holds on a project.
    ///
    /// A co-owner's word covers what is theirs. Otherwise the thief of an account would have an accomplice vouch, and take a
    /// role elsewhere afterwards, as if all the time had passed.
    ///
    /// - Parameter voucherOwns: whether the one who vouched owns the project now.
    public func onProject(voucherOwns: Bool) -> Probation? { voucher != nil && voucherOwns ? nil : self }

    /// What holds from a moment on where this one begins and there was another: it ends no sooner than that would have,
    /// and what nobody can end stays so. Nobody has vouched for what is new.
    public func after(_ earlier: Probation?, at now: Timestamp) -> Probation {
        guard let earlier, now < earlier.until else { return self }
        let isFirm = !earlier.reason.canBeEnded
        return Probation(
            isFirm ? earlier.reason : reason, until: max(until, earlier.until), because: isFirm ? [] : because)
    }
}

/// Decides what happens to factors.
public enum FactorPolicy {
    /// The most security keys of an account.
    public static let maximumKeys = 20

    /// The most authenticator apps of an account that was recovered again and again.
    public static let maximumApps = 20

    /// Whether there is room for one more key.
    public static func requireRoomForKey(among factors: AccountFactors) throws(FactorRefusal) {
        guard factors.securityKeys.count < maximumKeys else { throw .tooManyKeys }
    }

    /// Whether an authenticator app can be added.
    ///
    /// An account has one. After a recovery another is added to the one that was lost, which may be an owner's whom a
    /// thief wants to lock out: it stays until a session without restriction removes it.
    public static func requireRoomForApp(
        among factors: AccountFactors, isRecovered: Bool
    ) throws(FactorRefusal) {
        guard factors.authenticatorApps.count < (isRecovered ? maximumApps : 1) else { throw .appExists }
    }

    /// Throws where a factor was there before the one that vouches for the actor, and that one is on probation: a thief
    /// who could call an owner's keys by another name would have them remove the right one.
    ///
    /// - Parameter probation: until when the actor's factor is on probation; nil where it is not.
    public static func requireLater(
        _ factor: FactorID, of factors: AccountFactors, actorOnProbation probation: Timestamp?, at now: Timestamp
    ) throws(FactorRefusal) {
        guard let until = probation, now < until, factors.probation(of: factor, at: now) == nil else { return }
        throw .earlierFactorStays(until: until)
    }

    /// Whether a factor may be taken away.
    ///
    /// - Parameters:
    ///   - bindingProjects: the projects that require two factors and on which the account holds a role.
    ///   - probation: until when the factor that vouches for the actor is on probation: it takes away none that was
    ///     there
    ///     before, for these may be the owner's, and it a thief's. Nil where it is not.
    public static func decideRemoval(
        of factor: FactorID, from factors: AccountFactors, bindingProjects: [String],
        actorOnProbation probation: Timestamp?,
        at now: Timestamp
    ) throws(FactorRefusal) {
        // Nobody loses anything by it.
        if factors.disowned.contains(where: { $0.id == factor }) { return }
        guard factors.all.contains(factor) else { throw .noSuchFactor }
        try requireLater(factor, of: factors, actorOnProbation: probation, at: now)
        // Nobody can sign in with a frozen key.
        let usable = factors.usableKeys.map(\.id) + factors.authenticatorApps.map(\.id)
        let remain = usable.filter { $0 != factor }
        if remain.isEmpty, !bindingProjects.isEmpty { throw .lastFactor(projects: bindingProjects) }
    }
}

/// Why something was not done to a factor, or with one.
public enum FactorRefusal: Refusal, Hashable {
    /// The account has no such factor.
    case noSuchFactor
    /// The account holds a role on projects that require two factors.
    case lastFactor(projects: [String])
    /// Some account has this credential.
    case keyTaken
    /// The account has as many keys as it can.
    case tooManyKeys
    /// A factor that came by a recovery takes away none that was there before, and does not call it by another name.
    case earlierFactorStays(until: Timestamp)
    /// Nobody can end the waiting period after a recovery.
    case probationStays(until: Timestamp)
    /// A passkey that came by a recovery signs in with the password only, until a moment.
    case passwordNeeded(until: Timestamp)
    /// Somebody else has vouched already, whose word holds on all that asks for two factors.
    case isVouchedFor(by: Username)
    /// The account has an authenticator app.
    case appExists
    /// The key's make cannot be trusted.
    case modelRefused
    /// The key did not answer as it must. One text for whatever went wrong; the event log has the step.
    case keyNotAccepted
    /// The key's counter went back, and it is frozen.
    case keyFrozen
    /// The code is wrong, or was used.
    case codeNotAccepted(hint: String?)
    /// The challenge was used up, has expired, or belongs to something else.
    case challengeGone
    /// What was shown is less than what is asked for.
    case notStrongEnough(Assurance)

    /// What kind of no it is.
    public var kind: RefusalKind {
        switch self {
        case .noSuchFactor: .notFound
        case .lastFactor, .keyTaken, .tooManyKeys, .appExists, .probationStays, .isVouchedFor,
            .earlierFactorStays:
            .conflict
        case .keyNotAccepted, .codeNotAccepted, .challengeGone, .modelRefused: .invalid
        case .keyFrozen, .notStrongEnough, .passwordNeeded: .forbidden
        }
    }

    /// `factor.…`
    public var code: String {
        switch self {
        case .noSuchFactor: "factor.no-such-factor"
        case .lastFactor: "factor.last"
        case .probationStays: "factor.probation-stays"
        case .passwordNeeded: "factor.password-needed"
        case .isVouchedFor: "factor.vouched-for"
        case .earlierFactorStays: "factor.earlier-stays"
        case .keyTaken: "factor.key-taken"
        case .tooManyKeys: "factor.too-many-keys"
        case .appExists: "factor.app-exists"
        case .modelRefused: "factor.model-refused"
        case .keyNotAccepted: "factor.key-not-accepted"
        case .keyFrozen: "factor.key-frozen"
        case .codeNotAccepted: "factor.code-not-accepted"
        case .challengeGone: "factor.challenge-gone"
        case .notStrongEnough: "factor.not-strong-enough"
        }
    }

    /// What was refused, and what to do.
    public var explanation: String {
        switch self {
        case .noSuchFactor: "There is no such security key or authenticator app on your account."
        case .probationStays(let until):
            "The account was recovered lately, or one of its recovery codes was used: nobody can vouch for it until "
                + "\(until.day.readable), \(until.hourAndMinute) UTC."
        case .passwordNeeded(let until):
            "This passkey was added after a recovery. Until \(until.day.readable), \(until.hourAndMinute) UTC it does not sign in "
                + "alone: type your password, and touch it then."
        case .isVouchedFor(let voucher):
            "\(voucher) has vouched for this account already: its second factor counts on all that asks for one. Nobody else "
                + "has to, for as long as that is so."
        case .earlierFactorStays(let until):
            "You signed in with a factor that was added after a recovery. It cannot remove or rename one that was "
                + "there before until \(until.day.readable), \(until.hourAndMinute) UTC. Sign in with an earlier "
                + "factor, or wait."
        case .lastFactor(let projects):
            "This is your last second factor, and you hold a role on \(projects.joined(separator: ", ")), which "
                + "requires one. Add another key or app first."
        case .keyTaken: "This security key is registered already. Use another one, or the one that you have."
        case .tooManyKeys: "An account has at most \(FactorPolicy.maximumKeys) security keys. Remove one first."
        case .appExists: "Your account has an authenticator app. Remove it before you set up another one."
        case .modelRefused:
            "Keys of this make are known to be broken, so this index does not take them. Use another one."
        case .keyNotAccepted: "Your security key's answer was not accepted. Try again, with a key of this account."
        case .keyFrozen:
            "This security key is not taken any more: its counter went back, so there may be a copy of it. Use another "
                + "key or a recovery code, and remove this one."
        case .codeNotAccepted(let hint):
            hint ?? "This code was not accepted: it is wrong, or was used already. Wait for the next one and type it."
        case .challengeGone: "That took too long, or was done twice. Start again."
        case .notStrongEnough(let needed): "This takes \(needed.words): the strongest that your account has."
        }
    }
}
