import Database
import Downloads
import UTC

/// Where a column stands in the table. A block's days follow each other, so that a window is one range of rows for each
/// block, and so is a name's history.
private struct Place {
    let number: Int64

    init(_ kind: DownloadKind, block: Int, day: Day) {
        number = Int64(kind.rawValue) << 48 | Int64(block) << 24 | Int64(day.number)
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
        var counts: [UInt64] = []
        for block in try downloadBlocks() { counts += try slid(block, from: kept, to: window).values }
        return DownloadSums(window: window, counts: counts)
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

    /// The days that sums are kept of.
    func keptWindow() throws -> ClosedRange<Day>? {
        guard let row = try row("SELECT first_day, last_day FROM download_window WHERE only = 1") else { return nil }
        let first = Day(number: Int32(clamping: try row.integer("first_day")))
        let last = Day(number: Int32(clamping: try row.integer("last_day")))
        return first <= last ? first...last : nil
    }

    fileprivate func keptSums(of block: Int) throws -> BlockSums {
        var sums = BlockSums()
        try forEach("SELECT block, counts FROM download_window_sum WHERE block = $1", block) { _, bytes in
            try CountColumn(bytes).add(to: &sums)
        }
        return sums
    }

    /// The sums of a block in a window, from those of a window nearby.
    fileprivate func slid(
        _ block: Int, from kept: ClosedRange<Day>, to window: ClosedRange<Day>
    ) throws -> BlockSums {
        var sums = try keptSums(of: block)
        for days in window.without(kept) {
            try forEachColumn(.downloads, block: block, in: days) { _, column in column.add(to: &sums) }
        }
        for days in kept.without(window) {
            try forEachColumn(.downloads, block: block, in: days) { _, column in column.subtract(from: &sums) }
        }
        return sums
    }
}

extension ClosedRange<Day> {
    /// Whether it takes fewer days to come here from the other window than to count anew.
    fileprivate func isNear(_ other: ClosedRange<Day>) -> Bool {
        guard overlaps(other) else { return false }
        let between = (without(other) + other.without(self)).map(\.days).reduce(0, +)
        return between < other.days
    }

    private var days: Int { Int(upperBound.number) - Int(lowerBound.number) + 1 }

    /// The days that the other has not: up to two ranges.
    fileprivate func without(_ other: ClosedRange<Day>) -> [ClosedRange<Day>] {
        guard overlaps(other) else { return [self] }
        var rest: [ClosedRange<Day>] = []
        if lowerBound < other.lowerBound { rest.append(lowerBound...(other.lowerBound - 1)) }
        if upperBound > other.upperBound { rest.append((other.upperBound + 1)...upperBound) }
        return rest
    }
}

extension Transaction {
    /// The downloads of every name in a window, whose sums are kept from now on: the next day's take milliseconds.
    public func keepDownloadSums(over window: ClosedRange<Day>) throws -> DownloadSums {
        let kept = try connection.keptWindow()
        var counts: [UInt64] = []
        if let kept, kept.isNear(window) {
            for block in try connection.downloadBlocks() {
                let sums = try connection.slid(block, from: kept, to: window)
                if kept != window { try keep(sums, of: block) }
                counts += sums.values
            }
        } else {
            let all = try connection.recountedDownloadSums(over: window)
            try execute("DELETE FROM download_window_sum")
            for block in 0..<(all.counts.count / CountColumn.blockSize) {
                var sums = BlockSums()
                for place in 0..<CountColumn.blockSize {
                    sums[place] = all.counts[block * CountColumn.blockSize + place]
                }
                try keep(sums, of: block)
            }
            counts = all.counts
        }
        try execute(
            """
            INSERT INTO download_window (only, first_day, last_day) VALUES (1, $1, $2)
            ON CONFLICT (only) DO UPDATE SET first_day = excluded.first_day, last_day = excluded.last_day
            """,
            Int(window.lowerBound.number), Int(window.upperBound.number))
        return DownloadSums(window: window, counts: counts)
    }

    private func keep(_ sums: BlockSums, of block: Int) throws {
        try execute(
            """
            INSERT INTO download_window_sum (block, counts) VALUES ($1, $2)
            ON CONFLICT (block) DO UPDATE SET counts = excluded.counts
            """,
            block, CountColumn.encode(sums))
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
            var sums = try connection.keptSums(of: block)
            sums.add(added)
            try keep(sums, of: block)
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

    /// Brings what was counted before there were columns into them. Does nothing the second time.
    func foldOldCounts() throws {
        let rows = try rows("SELECT number, kind, day, count FROM download_unfolded")
        if rows.isEmpty { return }
        var counts: [[Int64]: [(number: NameNumber, count: UInt64)]] = [:]
        for row in rows {
            let key = [try row.integer("kind"), try row.integer("day")]
            counts[key, default: []].append(
                (NameNumber(clamping: try row.integer("number")), UInt64(clamping: try row.integer("count"))))
        }
        try add(
            counts.compactMap { key, counts in
                DownloadKind(rawValue: Int(key[0])).map {
                    DayCounts(kind: $0, day: Day(number: Int32(clamping: key[1])), counts: counts)
                }
            })
        try execute("DELETE FROM download_unfolded")
    }
}
