import Accounts
import Policy
import UTC

/// What a transaction wrote that has to be on record, and whether something is.
///
/// It asks for an entry, and not for the one that says all: which columns an act changes, the stores alone know.
final class Ledger {
    /// Who came in by the door of an act, and when; nil in a transaction that is kept.
    private let act: (actor: Actor, now: Timestamp)?
    private var exempt: Set<String> = []
    private var unrecorded: [String] = []
    private var isRecorded = false
    private var atEnd: ((Transaction) throws -> Void)?

    init(of act: (actor: Actor, now: Timestamp)? = nil) { self.act = act }

    func exempt(_ reason: Exemption) { exempt.formUnion(reason.columns) }

    /// Throws `PermitOfAnotherDoor` unless a permit was given here: to anyone who came in, to the index, or to somebody
    /// whom a link or a code let in, who has no credential that could have ended.
    func requireOwn(_ permit: Permit) throws(PermitOfAnotherDoor) {
        let isOfItself =
            switch permit.actor.identity {
            case .index, .user: permit.actor.session?.id == nil && permit.actor.token == nil
            case .anonymous, .operatorAtMachine: false
            }
        guard isOfItself || permit.actor == act?.actor, act.map({ $0.now == permit.at }) ?? true else {
            throw PermitOfAnotherDoor()
        }
    }

    func record(_ permit: Permit, atEnd: ((Transaction) throws -> Void)?) throws(PermitOfAnotherDoor) {
        try requireOwn(permit)
        isRecorded = true
        if let atEnd { self.atEnd = atEnd }
    }

    /// Ends a transaction whose body has run. Throws `UnrecordedChange`, and what is done at its end throws.
    func close(_ transaction: Transaction) throws {
        try requireRecord()
        try atEnd?(transaction)
    }

    /// Notes a statement that has changed rows.
    func note(_ sql: String) {
        guard !isRecorded else { return }
        guard let written = WrittenColumns(sql) else { return unrecorded.append(sql) }
        guard !exempt.contains(written.table) else { return }
        // Rows that come or go are exempt only where their whole table is.
        let names = written.columns.map { $0.map { "\(written.table).\($0)" } } ?? [written.table]
        unrecorded += names.filter { !exempt.contains($0) }
    }

    private func requireRecord() throws(UnrecordedChange) {
        guard isRecorded || unrecorded.isEmpty else { throw UnrecordedChange(columns: unrecorded) }
    }
}

extension Transaction {
    /// Exempts what a reason exempts, from here on.
    package func exempt(_ reason: Exemption) { ledger.exempt(reason) }

    /// Notes that the act of a permit is on record, so that all of this transaction is.
    ///
    /// Throws `PermitOfAnotherDoor` for a permit that was not given in it.
    ///
    /// - Parameter atEnd: what is still to be done when all of the change is done, once, however much it records.
    public func noteRecord(of permit: Permit, atEnd: ((Transaction) throws -> Void)? = nil) throws {
        try ledger.record(permit, atEnd: atEnd)
    }
}

/// What a statement writes, as our own SQL is written. Nil for what is no `INSERT INTO`, `UPDATE` or `DELETE FROM`.
struct WrittenColumns: Equatable {
    let table: String
    /// Those that an `UPDATE` sets; nil where whole rows come or go.
    let columns: [String]?

    init?(_ sql: String) {
        let words = sql.split(maxSplits: 3, whereSeparator: \.isWhitespace)
        guard words.count >= 3 else { return nil }
        switch (words[0], words[1], words[2]) {
        case ("INSERT", "INTO", let table), ("DELETE", "FROM", let table):
            self.table = String(table.prefix { $0 != "(" })
            columns = nil
        case ("UPDATE", let table, "SET") where words.count == 4:
            self.table = String(table)
            columns = Self.assigned(in: words[3])
        default: return nil
        }
    }

    /// The names before the equals signs of a list of assignments. A comma inside of brackets begins none.
    private static func assigned(in list: Substring) -> [String] {
        var depth = 0
        let assignments = list.split { character in
            if character == "(" { depth += 1 }
            if character == ")" { depth -= 1 }
            return character == "," && depth == 0
        }
        return assignments.compactMap { assignment in
            guard let end = assignment.firstIndex(of: "=") else { return nil }
            return String(assignment[..<end].filter { !$0.isWhitespace })
        }
    }
}
