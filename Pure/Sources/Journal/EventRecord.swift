import Accounts
import Acts
import Giveaway
import PackagingFormats
import Policy
import Primitives
import UTC

/// How an event stands in the journal: the act that it belongs to, and what else belongs on record.
///
/// Values are texts, so that every version of the index reads the entries of every other, and so that a number is
/// written in one way only.
public struct EventRecord: Sendable, Hashable {
    /// The act's name, `file.upload`.
    public let act: String
    /// What else belongs on record, by name. Never secrets.
    public let details: [String: String]

    /// An entry as it was stored.
    public init(act: String, details: [String: String]) {
        self.act = act
        self.details = details
    }

    /// What is known of an act; what is nil is not written.
    init(_ act: Act, _ details: [Detail: (any RecordedValue)?] = [:]) { self.init(name: act.rawValue, details) }

    init(name: String, _ details: [Detail: (any RecordedValue)?]) {
        act = name
        self.details = Dictionary(
            uniqueKeysWithValues: details.compactMap { name, value in value.map { (name.rawValue, $0.recorded) } })
    }

    /// The record as one well-defined text: `{"act":"role.add","details":{"role":"owner","user":"ada"}}`.
    ///
    /// It is JSON as RFC 8785 ("JSON Canonicalization Scheme") writes it: no white space between tokens, the members of
    /// an object in the order of their names, a string with as few escapes as there can be, UTF-8. All values are
    /// strings.
    public var canonicalText: String { CanonicalJSON.object(["act": .string(act), "details": .texts(details)]) }

    /// The details in the same form, as they are stored.
    public var detailsText: String { CanonicalJSON.object(details.mapValues { .string($0) }) }

    /// A detail that has to be there.
    func read<Value: RecordedValue>(_ detail: Detail) throws(UnreadableEvent) -> Value {
        guard let value: Value = try readIfThere(detail) else { throw UnreadableEvent() }
        return value
    }

    /// A detail that need not be there.
    func readIfThere<Value: RecordedValue>(_ detail: Detail) throws(UnreadableEvent) -> Value? {
        guard let text = details[detail.rawValue] else { return nil }
        guard let value = Value(recorded: text) else { throw UnreadableEvent() }
        return value
    }

    /// Whether a detail is there.
    func has(_ detail: Detail) -> Bool { details[detail.rawValue] != nil }
}

/// An entry is not one of those that this version writes.
struct UnreadableEvent: Error {}

/// The names of details. The raw values are stored: they keep their meaning.
enum Detail: String, CaseIterable {
    // Of projects, releases and files.
    case name, owner, owners, version, filename, sha256, size, releases, files, status, reason, before, assurance
    // Of roles.
    case user, role, waits
    case invitedBy = "invited-by"
    // Of critical projects.
    case voided, rank, downloads, dependent, what, binds, until, lacking
    case asOf = "as-of"
    // Of what is proposed.
    case proposal, category, outcome
    // Of what waits.
    case approvals, approvers, statement
    case isOn = "on"
    // Of the rule of removal.
    case hours, wait, retention
    case criticalWait = "critical-wait"
    // Of accounts.
    case administrator, tokens, token, label, projects, expires, key, model, aaguid, app, factor, stored, received, left
    case due, bytes, limits, country, evidence, count
    case verifiedAddress = "verified-address"
    // Of an account's log.
    case means, code, client, by, address, approved, project, why, file
    // Of giveaways.
    case giveaway, sponsor, models, keys, countries, opens, closes, eligible, order, reopened, codes
    case keysPerCode = "keys-per-code"
    case criticalDays = "critical-days"
    // Of the index.
    case classifiers, critical, window, depth, announced, enforced, notice, required, stricter, spare, mail, again, read
    case metadata, names, root, removed, passwords, protected, allowed, added, changed, withdrawn
    case like, mechanism, verdict
    case leftOut = "left-out"
    case minimumCount = "minimum-count"
    // Of public records alone.
    case holder
}

/// A value that can be written into a record.
protocol WrittenValue: Sendable {
    /// As it is written.
    var recorded: String { get }
}

/// A value that can stand in the journal, and be read from it.
protocol RecordedValue: WrittenValue {
    /// Reads what was written; nil for anything else.
    init?(recorded text: String)
}

extension WrittenValue where Self: LosslessStringConvertible { var recorded: String { description } }
extension WrittenValue where Self: RawRepresentable, RawValue == String { var recorded: String { rawValue } }

extension RecordedValue where Self: LosslessStringConvertible {
    init?(recorded text: String) { self.init(text) }
}

extension RecordedValue where Self: RawRepresentable, RawValue == String {
    init?(recorded text: String) { self.init(rawValue: text) }
}

extension String: RecordedValue {}
extension Int: RecordedValue {}
extension Int64: RecordedValue {}
extension UInt32: RecordedValue {}
extension UInt64: RecordedValue {}
extension Role: RecordedValue {}
extension Assurance: RecordedValue {}
extension ProjectStatus: RecordedValue {}
extension GiveawayEligibility: RecordedValue {}

/// That something is so; where it is not, nothing is written.
enum Yes: String, RecordedValue { case yes }

extension FirstFactorEvidence.Setting: RecordedValue {}
extension FirstFactorEvidence.Gap: RecordedValue {}

/// That there was enough evidence for a first factor.
private enum Enough: String, RecordedValue { case enough }

/// What became of a first factor: that it counts, or from when, and what lacked.
extension FirstFactorEvidence.Outcome {
    var details: [Detail: (any RecordedValue)?] {
        switch self {
        case .counts: [.evidence: Enough.enough]
        case .waits(let until, let gaps): [.until: until, .evidence: gaps.isEmpty ? nil : gaps]
        }
    }

    init(_ record: EventRecord) throws(UnreadableEvent) {
        guard let until: Timestamp = try record.readIfThere(.until) else {
            _ = try record.read(.evidence) as Enough
            self = .counts
            return
        }
        self = .waits(until: until, because: try record.readIfThere(.evidence) ?? [])
    }

    /// Nil where the record is of no first factor.
    static func ofFirst(in record: EventRecord) throws(UnreadableEvent) -> Self? {
        record.has(.evidence) || record.has(.until) ? try Self(record) : nil
    }
}

extension Demand.Requirement: RecordedValue {
    var recorded: String { rawValue }
    init?(recorded text: String) { self.init(rawValue: text) }
}

extension Username: RecordedValue {
    var recorded: String { normalized }
    init?(recorded text: String) { try? self.init(parsing: text) }
}

extension ProjectName: RecordedValue {
    var recorded: String { display }
    init?(recorded text: String) { try? self.init(parsing: text) }
}

extension Version: RecordedValue {
    var recorded: String { normalized }
    init?(recorded text: String) { try? self.init(parsing: text) }
}

extension DistributionFilename: RecordedValue {
    var recorded: String { text }
    init?(recorded text: String) { try? self.init(lenient: text) }
}

extension Timestamp: RecordedValue {
    var recorded: String { iso8601 }
    init?(recorded text: String) { self.init(iso8601: text) }
}

extension Day: RecordedValue {
    var recorded: String { description }
    init?(recorded text: String) { self.init(iso8601: text) }
}

extension Identifier: RecordedValue {
    var recorded: String { description }
    init?(recorded text: String) {
        guard let number = Int64(text) else { return nil }
        self.init(number)
    }
}

extension GiveawayName: RecordedValue {
    var recorded: String { text }
    init?(recorded text: String) { try? self.init(parsing: text) }
}

extension Country: RecordedValue {
    var recorded: String { code }
    init?(recorded text: String) { try? self.init(parsing: text) }
}

extension Allowance.Limit: RecordedValue {
    var recorded: String { text }
    init?(recorded text: String) { self.init(parsing: text, number: { Int64($0) }) }
}

/// Values without blanks in them, with blanks between.
extension Array: WrittenValue where Element: WrittenValue {
    var recorded: String { map(\.recorded).joined(separator: " ") }
}

extension Array: RecordedValue where Element: RecordedValue {
    init?(recorded text: String) {
        var values: [Element] = []
        for part in text.split(separator: " ") {
            guard let value = Element(recorded: String(part)) else { return nil }
            values.append(value)
        }
        self = values
    }
}
