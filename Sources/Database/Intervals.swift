// What rows were, by intervals of the journal's serials: the part of the schema that is called "What the index was".

extension Transaction {
    /// The tables whose rows have intervals; each has another one, `…_past`, with what they were.
    static let kept = ["project", "release", "file", "role", "removal_request"]

    /// Says of every row that this change has made another, from which serial on it is so, and until which it was as it was
    /// before: the serial of the last entry of the change. A reader of the index as it was at a serial before that sees
    /// nothing of the change, and all of it from there on.
    ///
    /// Triggers have written down what the rows were, with NULL for what is filled in here.
    package func closeIntervals() throws {
        guard let serial = try row("SELECT serial FROM journal_serial")?.integer("serial") else { return }
        for table in Self.kept {
            try execute("UPDATE \(table)_past SET until_serial = $1 WHERE until_serial IS NULL", serial)
            try execute("UPDATE \(table) SET since_serial = $1 WHERE since_serial IS NULL", serial)
        }
    }
}
