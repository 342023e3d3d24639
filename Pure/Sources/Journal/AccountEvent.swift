import Accounts
import Acts
import Giveaway
import PackagingFormats
import Policy
import UTC

/// What was done to an account.
public enum AccountEvent: Sendable, Hashable {
    /// Somebody made it for themselves.
    case registered(isAdministrator: Bool)
    /// Somebody made it for another.
    case made(isAdministrator: Bool)
    /// Nobody can use it from now on, for a reason in somebody's words.
    case disabled(reason: String)
    /// Its holder can use it again.
    case enabled
    /// That it is deleted, and what became of that.
    case deletion(DeletionEvent)
    /// Its holder is an administrator from now on.
    case administratorMade
    /// Its holder is none any more.
    case administratorUnmade
    /// How much it may publish; nil is what everybody may.
    case allowanceSet(Allowance?)
    /// A link with which its password can be set was handed out.
    case passwordLinkOffered(until: Timestamp)
    /// Its password was set, which ended so many API tokens.
    case passwordSet(tokensEnded: Int)
    case address(AddressEvent)
    case token(TokenEvent)
    case factor(FactorEvent)
    /// Its recovery, after every factor was lost.
    case recovery(RecoveryEvent)
    /// It got a code for free security keys.
    case giveawayCodeIssued(GiveawayName, Country)
}

/// What became of it that an account is to be deleted.
public enum DeletionEvent: Sendable, Hashable {
    /// It is asked for, and to be done from a moment on.
    case asked(due: Timestamp)
    /// It is not to be; `reason` is the code of the refusal where something stood against it on its day.
    case stopped(reason: String?)
    /// It is done. So many API tokens ended.
    case done(tokensEnded: Int)
}

/// What was done to an address of an account. Which one is not on record here: the journal is for ever.
public enum AddressEvent: Sendable, Hashable { case added, removed, madePrimary, verified }

/// What was done to an API token.
public enum TokenEvent: Sendable, Hashable {
    case issued(id: String, label: String, projects: [ProjectName]?, expires: Timestamp?, Assurance)
    case revoked(id: String, label: String)
}

/// What was done to the second factors of an account.
public enum FactorEvent: Sendable, Hashable {
    /// A security key was enrolled. `first` is what became of it where it was the account's first factor.
    case keyAdded(
        FactorID, label: String, model: String?, aaguid: String?, first: FirstFactorEvidence.Outcome? = nil)
    /// A security key is called something else.
    case keyRenamed(FactorID, label: String)
    /// A security key was taken away, which ended so many API tokens.
    case keyRemoved(FactorID, label: String, tokensEnded: Int)
    /// A security key's counter went back; so many API tokens ended with it.
    case keyFrozen(FactorID, stored: UInt32, received: UInt32, tokensEnded: Int)
    /// An authenticator app was enrolled. `first` is what became of it where it was the account's first factor.
    case appAdded(FactorID, first: FirstFactorEvidence.Outcome? = nil)
    /// The authenticator app was taken away, which ended so many API tokens.
    case appRemoved(FactorID, label: String, tokensEnded: Int)
    /// Ten recovery codes were made.
    case codesMade
    /// A recovery code was used; so many are left.
    case codeUsed(left: Int)
    /// Somebody vouched for the first factor.
    case probationEnded
    /// Somebody said of the factors from this one on that they are not the holder's. So many were frozen, and so many
    /// API tokens ended.
    case disowned(from: FactorID, count: Int, tokensEnded: Int)
}

/// What became of the recovery of an account.
public enum RecoveryEvent: Sendable, Hashable {
    /// Its holder says that every factor is lost, and is let in from a moment on.
    case requested(due: Timestamp)
    /// Its holder says that it is not, or an administrator that it is not the holder who asks, and why.
    case cancelled(reason: String?)
    /// Somebody vouched for it.
    case approved
    /// Its holder was let in.
    case completed
}

// MARK: - As they stand in the journal

extension AccountEvent {
    var record: EventRecord {
        switch self {
        case .registered(let isAdministrator):
            EventRecord(.account(.register), [.administrator: isAdministrator ? Yes.yes : nil])
        case .made(let isAdministrator):
            EventRecord(.account(.addUser), [.administrator: isAdministrator ? Yes.yes : nil])
        case .disabled(let reason): EventRecord(.account(.disableUser), [.reason: reason])
        case .enabled: EventRecord(.account(.enableUser))
        case .deletion(.asked(let due)): EventRecord(.account(.askDeletion), [.due: due])
        case .deletion(.stopped(let reason)): EventRecord(.account(.stopDeletion), [.reason: reason])
        case .deletion(.done(let ended)): EventRecord(.account(.deleteUser), [.tokens: ended])
        case .administratorMade: EventRecord(.account(.makeAdministrator))
        case .administratorUnmade: EventRecord(.account(.unmakeAdministrator))
        case .allowanceSet(let allowance):
            EventRecord(.account(.setAllowance), allowance?.details ?? [.limits: Usual.usual])
        case .passwordLinkOffered(let until): EventRecord(.account(.offerPasswordLink), [.until: until])
        case .passwordSet(let ended): EventRecord(.account(.setPassword), [.tokens: ended == 0 ? nil : ended])
        case .address(.added): EventRecord(.account(.addAddress))
        case .address(.removed): EventRecord(.account(.removeAddress))
        case .address(.madePrimary): EventRecord(.account(.setPrimaryAddress))
        case .address(.verified): EventRecord(.account(.verifyAddress))
        case .token(.issued(let id, let label, let projects, let expires, let assurance)):
            EventRecord(
                .account(.issueToken),
                [.token: id, .label: label, .projects: projects, .expires: expires, .assurance: assurance])
        case .token(.revoked(let id, let label)): EventRecord(.account(.revokeToken), [.token: id, .label: label])
        case .factor(let event): event.record
        case .recovery(.requested(let due)): EventRecord(.account(.requestRecovery), [.due: due])
        case .recovery(.cancelled(let reason)): EventRecord(.account(.cancelRecovery), [.reason: reason])
        case .recovery(.approved): EventRecord(.account(.approveRecovery))
        case .recovery(.completed): EventRecord(.account(.completeRecovery))
        case .giveawayCodeIssued(let giveaway, let country):
            EventRecord(.account(.issueGiveawayCode), [.giveaway: giveaway, .country: country])
        }
    }

    /// The event that an entry stands for.
    init(_ act: AccountAct, _ record: EventRecord) throws(UnreadableEvent) {
        switch act {
        case .register: self = .registered(isAdministrator: record.has(.administrator))
        case .addUser: self = .made(isAdministrator: record.has(.administrator))
        case .disableUser: self = .disabled(reason: try record.read(.reason))
        case .enableUser: self = .enabled
        case .askDeletion: self = .deletion(.asked(due: try record.read(.due)))
        case .stopDeletion: self = .deletion(.stopped(reason: try record.readIfThere(.reason)))
        case .deleteUser: self = .deletion(.done(tokensEnded: try record.read(.tokens)))
        case .makeAdministrator: self = .administratorMade
        case .unmakeAdministrator: self = .administratorUnmade
        case .setAllowance: self = .allowanceSet(record.has(.limits) ? nil : try Allowance(record))
        case .offerPasswordLink: self = .passwordLinkOffered(until: try record.read(.until))
        case .setPassword: self = .passwordSet(tokensEnded: try record.readIfThere(.tokens) ?? 0)
        case .addAddress: self = .address(.added)
        case .removeAddress: self = .address(.removed)
        case .setPrimaryAddress: self = .address(.madePrimary)
        case .verifyAddress: self = .address(.verified)
        case .issueToken:
            self = .token(
                .issued(
                    id: try record.read(.token), label: try record.read(.label),
                    projects: try record.readIfThere(.projects), expires: try record.readIfThere(.expires),
                    try record.read(.assurance)))
        case .revokeToken: self = .token(.revoked(id: try record.read(.token), label: try record.read(.label)))
        case .addSecurityKey:
            self = .factor(
                .keyAdded(
                    try record.read(.key), label: try record.read(.label), model: try record.readIfThere(.model),
                    aaguid: try record.readIfThere(.aaguid), first: try .ofFirst(in: record)))
        case .renameSecurityKey:
            self = .factor(.keyRenamed(try record.read(.key), label: try record.read(.label)))
        case .removeSecurityKey:
            self = .factor(
                .keyRemoved(
                    try record.read(.factor), label: try record.read(.label), tokensEnded: try record.read(.tokens)))
        case .freezeSecurityKey:
            self = .factor(
                .keyFrozen(
                    try record.read(.key), stored: try record.read(.stored), received: try record.read(.received),
                    tokensEnded: try record.read(.tokens)))
        case .addAuthenticatorApp:
            self = .factor(.appAdded(try record.read(.app), first: try .ofFirst(in: record)))
        case .removeAuthenticatorApp:
            self = .factor(
                .appRemoved(
                    try record.read(.factor), label: try record.read(.label), tokensEnded: try record.read(.tokens)))
        case .makeRecoveryCodes: self = .factor(.codesMade)
        case .useRecoveryCode: self = .factor(.codeUsed(left: try record.read(.left)))
        case .endProbation: self = .factor(.probationEnded)
        case .disownFactors:
            self = .factor(
                .disowned(
                    from: try record.read(.factor), count: try record.read(.count),
                    tokensEnded: try record.read(.tokens)))
        case .requestRecovery: self = .recovery(.requested(due: try record.read(.due)))
        case .cancelRecovery: self = .recovery(.cancelled(reason: try record.readIfThere(.reason)))
        case .approveRecovery: self = .recovery(.approved)
        case .completeRecovery: self = .recovery(.completed)
        case .issueGiveawayCode:
            self = .giveawayCodeIssued(try record.read(.giveaway), try record.read(.country))
        // Sessions are on nobody's record.
        case .signIn, .endSession, .stepUp: throw UnreadableEvent()
        }
    }
}

/// That what everybody may is what an account may.
private enum Usual: String, RecordedValue { case usual }

extension FactorEvent {
    fileprivate var record: EventRecord {
        switch self {
        case .keyAdded(let id, let label, let model, let aaguid, let first):
            EventRecord(
                .account(.addSecurityKey),
                [.key: id, .label: label, .model: model, .aaguid: aaguid].merging(first?.details ?? [:]) { own, _ in
                    own
                })
        case .keyRenamed(let id, let label): EventRecord(.account(.renameSecurityKey), [.key: id, .label: label])
        case .keyRemoved(let id, let label, let ended):
            EventRecord(.account(.removeSecurityKey), [.factor: id, .label: label, .tokens: ended])
        case .keyFrozen(let id, let stored, let received, let ended):
            EventRecord(
                .account(.freezeSecurityKey), [.key: id, .stored: stored, .received: received, .tokens: ended])
        case .appAdded(let id, let first):
            EventRecord(.account(.addAuthenticatorApp), [.app: id].merging(first?.details ?? [:]) { own, _ in own })
        case .appRemoved(let id, let label, let ended):
            EventRecord(.account(.removeAuthenticatorApp), [.factor: id, .label: label, .tokens: ended])
        case .codesMade: EventRecord(.account(.makeRecoveryCodes))
        case .codeUsed(let left): EventRecord(.account(.useRecoveryCode), [.left: left])
        case .probationEnded: EventRecord(.account(.endProbation))
        case .disowned(let factor, let count, let ended):
            EventRecord(.account(.disownFactors), [.factor: factor, .count: count, .tokens: ended])
        }
    }
}

extension Allowance {
    var details: [Detail: (any RecordedValue)?] { [.projects: projects, .files: files, .bytes: bytes] }

    init(_ record: EventRecord) throws(UnreadableEvent) {
        self.init(
            projects: try record.read(.projects), files: try record.read(.files), bytes: try record.read(.bytes))
    }
}
