import Database
import Downloads
import UTC

/// Where a column stands in the table. A block's days follow each other, so that a window is one range of rows for each
/// block, and so is a name's history.
private struct Place {
    /// From the place of a block to that of the next one, on the same day.
    static let betweenBlocks: Int64 = 1 << 24

    let number: Int64

    init(_ kind: DownloadKind, block: Int, day: Day) {
        number = Int64(kind.rawValue) << 48 | Int64(block) * Self.betweenBlocks | Int64(day.number)
    }
}

extension Day {
    /// Whether a column can be of it: at or after 1970, and before the 480th century.
    var canBeCounted: Bool { (0..<(1 << 24)).contains(number) }
}

extension Connection {
    /// The downloads of every name in a window.
    ///
    /// From the sums that are kept, when the window is near to theirs: what lies between is added and subtracted.
    /// Otherwise all its days are counted anew. Both give the same.
    public func downloadSums(over window: ClosedRange<Day>) throws -> DownloadSums {
        guard let kept = try keptWindow(), kept.isNear(window) else { return try recountedDownloadSums(over: window) }
        return DownloadSums(window: window, counts: try advancedSums(from: kept, to: window))
    }

    /// The sums of a window, from those that are kept of a window nearby.
    fileprivate func advancedSums(from kept: ClosedRange<Day>, to window: ClosedRange<Day>) throws -> [UInt64] {
        let blocks = try downloadBlocks()
        var sums = [UInt64](repeating: 0, count: blocks.count * CountColumn.blockSize)
        try forEach(
            "SELECT block, counts FROM download_window_sum WHERE block < $1 ORDER BY block", blocks.count
        ) { block, bytes in try CountColumn(bytes).add(toBlock: Int(block), of: &sums) }
        for day in window.without(kept) {
            try forEachColumn(.downloads, of: day, blocks) { block, column in column.add(toBlock: block, of: &sums) }
        }
        for day in kept.without(window) {
            try forEachColumn(.downloads, of: day, blocks) { block, column in
                column.subtract(fromBlock: block, of: &sums)
            }
        }
        return sums
    }

    /// The same from the days alone.
    public func recountedDownloadSums(over window: ClosedRange<Day>) throws -> DownloadSums {
        var counts: [UInt64] = []
        let blocks = try downloadBlocks()
        counts.reserveCapacity(blocks.count * CountColumn.blockSize)
        var total = ColumnTotal()
        for block in blocks {
            try forEachColumn(.downloads, block: block, in: window) { _, column in total.add(column) }
            total.drain(into: &counts)
        }
        return DownloadSums(window: window, counts: counts)
    }

    /// Downloads of a name on each day of a window that it has any on.
    func downloads(
        of number: NameNumber, _ kind: DownloadKind, in window: ClosedRange<Day>
    ) throws -> [(day: Day, count: Int64)] {
        let (block, place) = Int(number).quotientAndRemainder(dividingBy: CountColumn.blockSize)
        var days: [(day: Day, count: Int64)] = []
        try forEachColumn(kind, block: block, in: window) { day, column in
            let count = column.count(at: place)
            if count > 0 { days.append((day, Int64(clamping: count))) }
        }
        return days
    }

    fileprivate func downloadBlocks() throws -> Range<Int> {
        let size = CountColumn.blockSize
        return 0..<((Int(try countedNames()) + size - 1) / size)
    }

    private func forEachColumn(
        _ kind: DownloadKind, block: Int, in window: ClosedRange<Day>, _ body: (Day, CountColumn) throws -> Void
    ) throws {
        let first = Place(kind, block: block, day: max(window.lowerBound, Day(number: 0)))
        let last = Place(kind, block: block, day: min(window.upperBound, Day(number: 1 << 24 - 1)))
        guard first.number <= last.number else { return }
        try forEach(
            "SELECT place, counts FROM download_column WHERE place BETWEEN $1 AND $2 ORDER BY place",
            first.number, last.number
        ) { place, bytes in
            try body(Day(number: Int32(place & (1 << 24 - 1))), CountColumn(bytes))
        }
    }

    /// The columns of all blocks on one day, in one query: asking for each costs more than reading it.
    private func forEachColumn(
        _ kind: DownloadKind, of day: Day, _ blocks: Range<Int>, _ body: (_ block: Int, CountColumn) throws -> Void
    ) throws {
        guard day.canBeCounted else { return }
        try forEach(
            """
            WITH RECURSIVE block (n) AS (SELECT 0 UNION ALL SELECT n + 1 FROM block WHERE n + 1 < $1)
            SELECT n, counts FROM block JOIN download_column ON place = $2 + n * $3
            """,
            blocks.count, Place(kind, block: 0, day: day).number, Place.betweenBlocks
        ) { block, bytes in try body(Int(block), CountColumn(bytes)) }
    }

    /// The days that sums are kept of.
    func keptWindow() throws -> ClosedRange<Day>? {
        guard let row = try row("SELECT first_day, last_day FROM download_window WHERE only = 1") else { return nil }
        let first = Day(number: Int32(clamping: try row.integer("first_day")))
        let last = Day(number: Int32(clamping: try row.integer("last_day")))
        return first <= last ? first...last : nil
    }

    /// What is wrong with the counts, in sentences: numbers of names with gaps, columns that cannot be read, kept sums
    /// that are not those of their days.
    func contradictionsOfCounts() throws -> [String] {
        var found: [String] = []
        let names = try row("SELECT COUNT(*) AS n, COALESCE(MAX(number) + 1, 0) AS next FROM counted_name")
        if let names, try names.integer("n") != names.integer("next") {
            found.append("download counts: the numbers of names have gaps")
        }
        var damaged = 0
        try forEach("SELECT place, counts FROM download_column") { _, bytes in
            do { _ = try CountColumn(bytes) } catch { damaged += 1 }
        }
        if damaged > 0 { found.append("download counts: \(damaged) columns are damaged") }
        guard damaged == 0, let kept = try keptWindow() else { return found }
        do {
            guard try downloadSums(over: kept) != recountedDownloadSums(over: kept) else { return found }
            found.append(
                "download counts: the sums of \(kept.lowerBound) to \(kept.upperBound) are not those of the days")
        } catch is DamagedColumn {
            found.append("download counts: the sums of \(kept.lowerBound) to \(kept.upperBound) are damaged")
        }
        return found
    }

    fileprivate func addKeptSums(of block: Int, to sums: inout BlockSums) throws {
        try forEach("SELECT block, counts FROM download_window_sum WHERE block = $1", block) { _, bytes in
            try CountColumn(bytes).add(to: &sums)
        }
    }
}

extension ClosedRange<Day> {
    /// Whether it takes fewer days to come here from the other window than to count anew.
    fileprivate func isNear(_ other: ClosedRange<Day>) -> Bool {
        guard overlaps(other) else { return false }
        let between =
            abs(Int(lowerBound.number) - Int(other.lowerBound.number))
            + abs(Int(upperBound.number) - Int(other.upperBound.number))
        return between <= other.upperBound.number - other.lowerBound.number
    }

    /// The days that the other has not.
    fileprivate func without(_ other: ClosedRange<Day>) -> [Day] {
        (lowerBound.number...upperBound.number).lazy.map { Day(number: $0) }.filter { !other.contains($0) }
    }
}

extension Transaction {
    /// The downloads of every name in a window, whose sums are kept from now on: the next day's take milliseconds.
    public func keepDownloadSums(over window: ClosedRange<Day>) throws -> DownloadSums {
        let kept = try connection.keptWindow()
        let sums = try connection.downloadSums(over: window)
        if kept == window { return sums }
        for block in try connection.downloadBlocks() {
            try keep(CountColumn.encode(block: block, of: sums.counts), of: block)
        }
        try execute(
            """
            INSERT INTO download_window (only, first_day, last_day) VALUES (1, $1, $2)
            ON CONFLICT (only) DO UPDATE SET first_day = excluded.first_day, last_day = excluded.last_day
            """,
            Int(window.lowerBound.number), Int(window.upperBound.number))
        return sums
    }

    private func keep(_ sums: [UInt8], of block: Int) throws {
        try execute(
            """
            INSERT INTO download_window_sum (block, counts) VALUES ($1, $2)
            ON CONFLICT (block) DO UPDATE SET counts = excluded.counts
            """,
            block, sums)
    }

    /// Adds counts to those that are there, and to the sums that are kept of their days.
    ///
    /// Rewrites one column for each kind, day and block of names.
    func add(_ days: [DayCounts]) throws {
        let kept = try connection.keptWindow()
        var toKept: [Int: BlockSums] = [:]
        var sums = BlockSums()
        for day in days where day.day.canBeCounted {
            let isKept = day.kind == .downloads && kept?.contains(day.day) == true
            let ordered = day.counts.sorted { $0.number < $1.number }
            var rest = ordered[...]
            while let first = rest.first {
                let block = Int(first.number) / CountColumn.blockSize
                let ofBlock = rest.prefix { Int($0.number) / CountColumn.blockSize == block }
                rest = rest[ofBlock.endIndex...]
                let place = Place(day.kind, block: block, day: day.day)
                sums.clear()
                try connection.forEach(
                    "SELECT place, counts FROM download_column WHERE place = $1", place.number
                ) { _, bytes in try CountColumn(bytes).add(to: &sums) }
                for one in ofBlock {
                    let position = Int(one.number) % CountColumn.blockSize
                    let room = CountColumn.largestCount - min(sums[position], CountColumn.largestCount)
                    let added = min(one.count, room)
                    sums[position] += added
                    if isKept { toKept[block, default: BlockSums()][position] += added }
                }
                try execute(
                    """
                    INSERT INTO download_column (place, counts) VALUES ($1, $2)
                    ON CONFLICT (place) DO UPDATE SET counts = excluded.counts
                    """,
                    place.number, CountColumn.encode(sums))
            }
        }
        for (block, added) in toKept {
            var sums = added
            try connection.addKeptSums(of: block, to: &sums)
            try keep(CountColumn.encode(sums), of: block)
        }
    }

    /// Forgets the counts of all days before one, and sums that they are in.
    func forgetColumns(before day: Day) throws {
        let kinds = DownloadKind.allCases
        for kind in kinds {
            for block in try connection.downloadBlocks() {
                try execute(
                    "DELETE FROM download_column WHERE place >= $1 AND place < $2",
                    Place(kind, block: block, day: Day(number: 0)).number, Place(kind, block: block, day: day).number)
            }
        }
        guard let kept = try connection.keptWindow(), kept.lowerBound < day else { return }
        try execute("DELETE FROM download_window")
        try execute("DELETE FROM download_window_sum")
    }
}
