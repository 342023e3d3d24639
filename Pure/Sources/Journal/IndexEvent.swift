import Accounts
import Acts
import Giveaway
import Leaving
import PackagingFormats
import Policy
import Primitives
import TransparencyLog
import UTC

/// What was done to the index as a whole.
public enum IndexEvent: Sendable, Hashable {
    /// What is asked of accounts, and how much they may publish.
    case accountRuleSet(AccountRule)
    /// What can be removed at once, and how long a request waits, is another than before.
    case removalRuleSet(RemovalRule)
    /// Whether releases of critical projects wait for a person.
    case stagingRuleSet(criticalReleasesWait: Bool)
    /// Which projects are critical, and what is asked there.
    case criticalRuleSet(CriticalSettings)
    /// The list of classifiers was renewed; so many are beyond those that the index knows by itself.
    case classifiersSet(Int)
    /// Which names a new one may be a look-alike of.
    case knownNames(KnownNamesEvent)
    /// A new name is like one that others use.
    case nameNoted(NotedName)
    /// What is known to be bad is another than before.
    case advisories(AdvisoriesEvent)
    /// Which authenticators are trusted.
    case authenticators(AuthenticatorsEvent)
    /// Somebody was invited to register. Whom, only the mail says.
    case invited
    /// An administrator looked into a mail.
    case mailRead(MailID)
    /// A mail is tried again; nil for all that wait or were given up.
    case mailRetried(MailID?)
    /// Something beside the database, which decides who gets in.
    case beside(ChangeBeside)
    /// Keys that are given away.
    case giveaway(GiveawayName, GiveawayEvent)
}

/// A new name that is like one that others use, for a person to look at.
public struct NotedName: Sendable, Hashable {
    public let name: ProjectName
    /// The other name, normalized.
    public let target: String
    /// In what it is like it: `additional-key`.
    public let mechanism: String
    /// `review` or `hold`.
    public let verdict: String

    public init(name: ProjectName, target: String, mechanism: String, verdict: String) {
        self.name = name
        self.target = target
        self.mechanism = mechanism
        self.verdict = verdict
    }
}

/// What changed of what is known to be bad.
public struct AdvisoriesEvent: Sendable, Hashable {
    /// How many advisories are new.
    public var added: Int
    /// How many say something else than before, and hold.
    public var changed: Int
    /// How many do not hold any more.
    public var withdrawn: Int
    /// The projects of this index that those are about.
    public var projects: [ProjectName]

    public init(added: Int = 0, changed: Int = 0, withdrawn: Int = 0, projects: [ProjectName] = []) {
        self.added = added
        self.changed = changed
        self.withdrawn = withdrawn
        self.projects = projects
    }
}

/// What changed of the names that a new one may be a look-alike of.
public enum KnownNamesEvent: Sendable, Hashable {
    /// A list of so many came in.
    case listed(Int)
    /// A name or a brand is protected, whatever is downloaded of it.
    case protected(ProjectName)
    /// It is protected no longer.
    case unprotected(ProjectName)
    /// A name is nobody's look-alike, in the words of who decided it.
    case allowed(ProjectName, reason: String)
}

/// What was changed beside the database, and decides who gets in all the same.
public enum ChangeBeside: Sendable, Hashable {
    /// There is a new key for the secrets in the database; its identifier.
    case keysRotated(key: String)
    /// The verifiable log is signed with this key, and with the one before beside it while it takes its place.
    case logKeysSet(VerifierKey, beside: VerifierKey?)
    /// The list of passwords that nobody may use was replaced.
    case breachedPasswordsReplaced(passwords: UInt64, leftOut: UInt64, minimumCount: UInt64)

    public var action: IndexAct {
        switch self {
        case .keysRotated: .rotateKeys
        case .logKeysSet: .setLogKeys
        case .breachedPasswordsReplaced: .replaceBreachedPasswords
        }
    }
}

/// What was done to the list of trusted authenticators.
public enum AuthenticatorsEvent: Sendable, Hashable {
    /// Metadata of this number came in, with so many models.
    case metadata(number: Int, models: Int)
    /// So many models got names.
    case named(Int)
    /// A root certificate is trusted, under this label.
    case rootAdded(label: String)
    /// It is not any more.
    case rootRemoved(label: String)
}

/// What was done to a giveaway of security keys.
public enum GiveawayEvent: Sendable, Hashable {
    /// It was made. `models` are the names of the models.
    case created(sponsor: String, models: String, keysPerCode: Int, GiveawayChange)
    /// Terms of it changed.
    case changed(GiveawayChange, isReopened: Bool)
    /// It was closed before its time, with so many codes left.
    case closed(left: Int)
    /// So many codes came in.
    case codesImported(Int)
}

// MARK: - As they stand in the journal

extension IndexEvent {
    var record: EventRecord {
        switch self {
        case .accountRuleSet(let rule):
            EventRecord(
                .index(.setAccountRule),
                rule.allowance.details.merging([
                    .verifiedAddress: Asked(rule.needsVerifiedAddress), .evidence: rule.firstFactorEvidence,
                ]) { _, new in new })
        case .removalRuleSet(let rule):
            EventRecord(
                .index(.setRemovalRule),
                [
                    .hours: rule.recentHours, .downloads: rule.fewDownloads, .wait: rule.waitDays,
                    .criticalWait: rule.criticalWaitDays, .retention: rule.retentionDays,
                ])
        case .stagingRuleSet(let isAsked): EventRecord(.index(.setStagingRule), [.waits: Asked(isAsked)])
        case .criticalRuleSet(let settings): EventRecord(.index(.setCriticalRule), settings.details)
        case .classifiersSet(let count): EventRecord(.index(.setClassifiers), [.classifiers: count])
        case .knownNames(.listed(let count)): EventRecord(.index(.setKnownNames), [.names: count])
        case .knownNames(.protected(let name)): EventRecord(.index(.setKnownNames), [.protected: name])
        case .knownNames(.unprotected(let name)): EventRecord(.index(.setKnownNames), [.removed: name])
        case .knownNames(.allowed(let name, let reason)):
            EventRecord(.index(.setKnownNames), [.allowed: name, .reason: reason])
        case .nameNoted(let noted):
            EventRecord(
                .index(.noteName),
                [
                    .name: noted.name, .like: noted.target, .mechanism: noted.mechanism, .verdict: noted.verdict,
                ])
        case .advisories(let event):
            EventRecord(
                .index(.setAdvisories),
                [
                    .added: event.added, .changed: event.changed, .withdrawn: event.withdrawn,
                    .projects: event.projects.isEmpty ? nil : event.projects,
                ])
        case .authenticators(.metadata(let number, let models)):
            EventRecord(.index(.setAuthenticators), [.metadata: number, .models: models])
        case .authenticators(.named(let count)): EventRecord(.index(.setAuthenticators), [.names: count])
        case .authenticators(.rootAdded(let label)): EventRecord(.index(.setAuthenticators), [.root: label])
        case .authenticators(.rootRemoved(let label)): EventRecord(.index(.setAuthenticators), [.removed: label])
        case .invited: EventRecord(.index(.invite))
        case .mailRead(let id): EventRecord(.index(.inspectMail), [.mail: id, .read: Yes.yes])
        case .mailRetried(let id): EventRecord(.index(.inspectMail), [.mail: id, .again: Yes.yes])
        case .beside(let change): EventRecord(.index(change.action), change.details)
        case .giveaway(let name, .created(let sponsor, let models, let keysPerCode, let terms)):
            EventRecord(
                .index(.createGiveaway),
                terms.details.merging([
                    .giveaway: name, .sponsor: sponsor, .models: models, .keysPerCode: keysPerCode,
                ]) { _, new in new })
        case .giveaway(let name, .changed(let change, let isReopened)):
            EventRecord(
                .index(.changeGiveaway),
                change.details.merging([.giveaway: name, .reopened: isReopened ? Yes.yes : nil]) { _, new in new })
        case .giveaway(let name, .closed(let left)):
            EventRecord(.index(.closeGiveaway), [.giveaway: name, .left: left])
        case .giveaway(let name, .codesImported(let codes)):
            EventRecord(.index(.importGiveawayCodes), [.giveaway: name, .codes: codes])
        }
    }

    /// The event that an entry stands for.
    init(_ act: IndexAct, _ record: EventRecord) throws(UnreadableEvent) {
        switch act {
        case .setAccountRule:
            let asked: Asked = try record.read(.verifiedAddress)
            self = .accountRuleSet(
                AccountRule(
                    needsVerifiedAddress: asked == .required, allowance: try Allowance(record),
                    firstFactorEvidence: try record.readIfThere(.evidence) ?? .on))
        case .setRemovalRule:
            self = .removalRuleSet(
                RemovalRule(
                    recentHours: try record.read(.hours), fewDownloads: try record.read(.downloads),
                    waitDays: try record.read(.wait), criticalWaitDays: try record.read(.criticalWait),
                    retentionDays: try record.read(.retention)))
        case .setStagingRule:
            self = .stagingRuleSet(criticalReleasesWait: try record.read(.waits) as Asked == .required)
        case .setCriticalRule: self = .criticalRuleSet(try CriticalSettings(record))
        case .setClassifiers: self = .classifiersSet(try record.read(.classifiers))
        case .setKnownNames:
            self =
                if let name: ProjectName = try record.readIfThere(.protected) {
                    .knownNames(.protected(name))
                } else if let name: ProjectName = try record.readIfThere(.removed) {
                    .knownNames(.unprotected(name))
                } else if let name: ProjectName = try record.readIfThere(.allowed) {
                    .knownNames(.allowed(name, reason: try record.read(.reason)))
                } else {
                    .knownNames(.listed(try record.read(.names)))
                }
        case .noteName:
            self = .nameNoted(
                NotedName(
                    name: try record.read(.name), target: try record.read(.like),
                    mechanism: try record.read(.mechanism), verdict: try record.read(.verdict)))
        case .setAdvisories:
            self = .advisories(
                AdvisoriesEvent(
                    added: try record.read(.added), changed: try record.read(.changed),
                    withdrawn: try record.read(.withdrawn), projects: try record.readIfThere(.projects) ?? []))
        case .setAuthenticators: self = .authenticators(try AuthenticatorsEvent(record))
        case .invite: self = .invited
        case .inspectMail:
            self =
                record.has(.again)
                ? .mailRetried(try record.readIfThere(.mail)) : .mailRead(try record.read(.mail))
        case .rotateKeys: self = .beside(.keysRotated(key: try record.read(.key)))
        case .setLogKeys:
            self = .beside(.logKeysSet(try record.read(.key), beside: try record.readIfThere(.before)))
        case .replaceBreachedPasswords:
            self = .beside(
                .breachedPasswordsReplaced(
                    passwords: try record.read(.passwords), leftOut: try record.read(.leftOut),
                    minimumCount: try record.read(.minimumCount)))
        case .createGiveaway:
            self = .giveaway(
                try record.read(.giveaway),
                .created(
                    sponsor: try record.read(.sponsor), models: try record.read(.models),
                    keysPerCode: try record.read(.keysPerCode), try GiveawayChange(record)))
        case .changeGiveaway:
            self = .giveaway(
                try record.read(.giveaway),
                .changed(try GiveawayChange(record), isReopened: record.has(.reopened)))
        case .closeGiveaway: self = .giveaway(try record.read(.giveaway), .closed(left: try record.read(.left)))
        case .importGiveawayCodes:
            self = .giveaway(try record.read(.giveaway), .codesImported(try record.read(.codes)))
        }
    }
}

extension VerifierKey: RecordedValue {
    var recorded: String { text }
    init?(recorded text: String) { self.init(parsing: text) }
}

/// Whether something is asked for.
enum Asked: String, RecordedValue {
    case required, optional

    init(_ isRequired: Bool) { self = isRequired ? .required : .optional }
}

extension ChangeBeside {
    fileprivate var details: [Detail: (any RecordedValue)?] {
        switch self {
        case .keysRotated(let key): [.key: key]
        case .logKeysSet(let key, let before): [.key: key, .before: before]
        case .breachedPasswordsReplaced(let passwords, let leftOut, let minimum):
            [.passwords: passwords, .leftOut: leftOut, .minimumCount: minimum]
        }
    }
}

extension AuthenticatorsEvent {
    fileprivate init(_ record: EventRecord) throws(UnreadableEvent) {
        if record.has(.metadata) {
            self = .metadata(number: try record.read(.metadata), models: try record.read(.models))
        } else if record.has(.names) {
            self = .named(try record.read(.names))
        } else if record.has(.root) {
            self = .rootAdded(label: try record.read(.root))
        } else {
            self = .rootRemoved(label: try record.read(.removed))
        }
    }
}

extension GiveawayChange {
    fileprivate var details: [Detail: (any RecordedValue)?] {
        [
            .keys: keys, .countries: countries, .opens: opensAt, .closes: closesAt, .eligible: eligibility,
            .order: orderAddress, .criticalDays: criticalDays,
        ]
    }

    fileprivate init(_ record: EventRecord) throws(UnreadableEvent) {
        self.init(
            opensAt: try record.readIfThere(.opens), closesAt: try record.readIfThere(.closes),
            keys: try record.readIfThere(.keys), countries: try record.readIfThere(.countries),
            eligibility: try record.readIfThere(.eligible), orderAddress: try record.readIfThere(.order),
            criticalDays: try record.readIfThere(.criticalDays))
    }

    /// All of a giveaway's terms that can change.
    public init(all terms: GiveawayTerms) {
        self.init(
            opensAt: terms.opensAt, closesAt: terms.closesAt, keys: terms.keys, countries: terms.countries,
            eligibility: terms.eligibility, orderAddress: terms.orderAddress, criticalDays: terms.criticalDays)
    }

    /// What of a giveaway's terms is another than before.
    public init(from before: GiveawayTerms, to after: GiveawayTerms) {
        func changed<Value: Equatable>(_ term: (GiveawayTerms) -> Value) -> Value? {
            term(before) == term(after) ? nil : term(after)
        }
        self.init(
            opensAt: changed(\.opensAt), closesAt: changed(\.closesAt), keys: changed(\.keys),
            countries: changed(\.countries), eligibility: changed(\.eligibility),
            orderAddress: changed { $0.orderAddress ?? "" }, criticalDays: changed(\.criticalDays))
    }
}

extension CriticalSettings {
    fileprivate var details: [Detail: (any RecordedValue)?] {
        [
            .critical: critical.extent, .window: critical.windowDays, .depth: critical.dependencyDepth,
            .announced: mandate.announcedFrom, .enforced: mandate.enforcedFrom, .notice: mandate.noticeDays,
            .required: mandate.required, .stricter: mandate.stricter, .spare: mandate.needsSpare ? Asked.required : nil,
        ]
    }

    fileprivate init(_ record: EventRecord) throws(UnreadableEvent) {
        let (window, depth): (Int, Int) = (try record.read(.window), try record.read(.depth))
        let extent: CriticalRule.Extent = try record.read(.critical)
        let (announced, enforced): (Day?, Day?) = (
            try record.readIfThere(.announced), try record.readIfThere(.enforced)
        )
        let (notice, required): (Int, Assurance) = (try record.read(.notice), try record.read(.required))
        let stricter: MandateRule.Stricter? = try record.readIfThere(.stricter)
        do {
            self.init(
                critical: try CriticalRule(extent: extent, windowDays: window, dependencyDepth: depth),
                mandate: try MandateRule(
                    announcedFrom: announced, enforcedFrom: enforced, noticeDays: notice, required: required,
                    stricter: stricter, needsSpare: record.has(.spare)))
        } catch { throw UnreadableEvent() }
    }
}

extension CriticalRule.Extent: RecordedValue {
    var recorded: String { words }
    init?(recorded text: String) {
        // `the top 1 %`, `the first 100`
        let words = text.split(separator: " ", maxSplits: 2).map(String.init)
        guard words.count == 3 else { return nil }
        if words[1] == "top", let share = try? Share(percent: words[2]) {
            self = .share(share)
        } else if words[1] == "first", let number = Int(words[2]) {
            self = .number(number)
        } else {
            return nil
        }
    }
}

extension MandateRule.Stricter: RecordedValue {
    var recorded: String { "\(share.words): \(assurance.rawValue)" }
    init?(recorded text: String) {
        let parts = text.split(separator: ": ")
        guard parts.count == 2, let share = try? Share(percent: String(parts[0])),
            let assurance = Assurance(rawValue: String(parts[1]))
        else { return nil }
        self.init(share: share, assurance: assurance)
    }
}
