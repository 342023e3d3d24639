import Database
import Downloads
import PackagingFormats

extension Connection {
    /// The number that a name is counted by; nil for a name that was never counted.
    func number(of normalized: String) throws -> NameNumber? {
        try row("SELECT number FROM counted_name WHERE normalized = $1", normalized)
            .map { NameNumber(clamping: try $0.integer("number")) }
    }

    /// How many names were ever counted: the number that the next one gets.
    func countedNames() throws -> NameNumber {
        // Numbers have no gaps, and the last one is found at once; counting rows reads all of them.
        NameNumber(clamping: try row("SELECT COALESCE(MAX(number) + 1, 0) AS n FROM counted_name")?.integer("n") ?? 0)
    }

    /// The names of numbers.
    func names(of numbers: [NameNumber]) throws -> [NameNumber: String] {
        var names: [NameNumber: String] = [:]
        for number in numbers {
            let row = try row("SELECT normalized FROM counted_name WHERE number = $1", Int(number))
            names[number] = try row?.text("normalized")
        }
        return names
    }

    /// The numbers of all names that can be ranked: those of projects that the index hosts or hosted and of names that
    /// it reserves. A project that is removed at the moment is ranked as well: otherwise its owner would delete it,
    /// wait for the count and make it again, and it would be asked for nothing.
    ///
    /// `total` counts those without a number, too, which have no downloads.
    public func rankedNames() throws -> (numbers: [NameNumber], total: Int) {
        var isRanked = [Bool](repeating: false, count: Int(try countedNames()))
        // By name, as both indexes are sorted: what is looked up next lies beside what was looked up last.
        for names in ["project", "reserved_name"] {
            try forEach(
                """
                SELECT c.number, '' FROM (SELECT normalized FROM \(names)) n
                JOIN counted_name c ON c.normalized = n.normalized ORDER BY n.normalized
                """
            ) { number, _ in isRanked[Int(number)] = true }
        }
        let numbers = isRanked.indices.lazy.filter { isRanked[$0] }.map { NameNumber(clamping: $0) }
        let total = try row(
            """
            SELECT (SELECT COUNT(*) FROM project)
                 + (SELECT COUNT(*) FROM reserved_name WHERE NOT EXISTS
                       (SELECT 1 FROM project WHERE project.normalized = reserved_name.normalized)) AS n
            """
        )?.integer("n")
        return (Array(numbers), Int(total ?? 0))
    }
}

extension Transaction {
    /// The number that a name is counted by; it gets one when it has none.
    func numbered(_ normalized: String) throws -> NameNumber {
        if let number = try connection.number(of: normalized) { return number }
        var next = try nextNameNumber()
        return try added(normalized, next: &next)
    }

    /// The number that the next new name gets.
    func nextNameNumber() throws -> Int64 { Int64(try connection.countedNames()) }

    /// The number of a name that most likely has none yet.
    ///
    /// - Parameter next: the number that the next new name gets, counted up here.
    func added(_ normalized: String, next: inout Int64) throws -> NameNumber {
        try execute(
            "INSERT INTO counted_name (number, normalized) VALUES ($1, $2) ON CONFLICT (normalized) DO NOTHING",
            next, normalized)
        guard changes == 1 else { return try connection.number(of: normalized) ?? numbered(normalized) }
        defer { next += 1 }
        return NameNumber(clamping: next)
    }
}
