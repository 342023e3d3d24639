import Database
import Downloads
import Foundation
import PackagingFormats
import Ports
import Stores
import Support
import UTC

/// The store with as many names and days as are asked for.
struct StoreBenchmark {
    let folder: String
    let names: Int
    let days: Int

    private static let window = 183
    private static let last = Day(number: 20_779)

    func run() async throws {
        let path = "\(folder)/store.sqlite"
        print("making \(names) names × \(days) days …")
        let filled = try Database(sqliteAt: path)
        let counts = try await fill(Stores(filled).downloads)
        // So that everything is in the file, and nothing in the memory of connections.
        try filled.close()
        let database = try Database(sqliteAt: path)
        let size = try FileManager.default.attributesOfItem(atPath: path)[.size] as? Int ?? 0
        print("on disk: \(size >> 20) MiB for \(days) days of \(names) names")

        let candidates = (0..<NameNumber(names)).map(\.self)
        let k = (names + 99) / 100
        let today = Self.last
        let window = (today - Self.window + 1)...today
        try await recount(database, window, candidates, k)
        inMemory(counts, candidates, k)
        try await newDays(database, candidates, k)
        try await ranked(database)
        print("most memory of this process, the making of the counts included: \(peakMemory() >> 20) MiB")
        try database.close()
    }

    /// The new days alone, of a store that `run` has made.
    func runDays() async throws {
        let database = try Database(sqliteAt: "\(folder)/store.sqlite")
        try await newDays(database, (0..<NameNumber(names)).map(\.self), (names + 99) / 100)
        try database.close()
    }

    /// Fills the store day by day, and returns the last days' columns; writes the same counts for DuckDB.
    private func fill(_ store: any DownloadStore) async throws -> [[UInt8]] {
        var skew = Skew(names: names)
        let texts = (0..<names).map { "project-\($0)" }
        var numbers = [NameNumber?](repeating: nil, count: names)
        var columns: [[UInt8]] = []
        let raw = try FileHandle.forWritingNew("\(folder)/counts.bin")
        var writing: Double = 0
        for day in 0..<days {
            let date = Self.last - (days - 1 - day)
            let counts = skew.day(day)
            let given = counts.enumerated().filter { $0.element > 0 }.map {
                (number: NameNumber($0.offset), count: $0.element)
            }
            let segment = DownloadSegment(
                kind: .history, digest: [UInt8](repeating: 0, count: 28) + bytes(UInt32(day)), fileDigest: [],
                fileSize: Int64(day), firstLine: bytes(UInt32(day)), size: 0, path: "day \(date)", lastDay: date,
                summary: LogSummary(), badLines: [])
            let start = cpuSeconds()
            let outcome = try await store.apply(
                segment,
                NamedCounts(
                    names: texts, numbers: numbers,
                    days: [DayCounts(kind: .downloads, day: date, counts: given)]),
                at: date.start)
            writing += cpuSeconds() - start
            if case .applied(let found) = outcome { numbers = found }
            if day >= days - Self.window {
                // By number, as the store has it.
                var byNumber = [UInt32](repeating: 0, count: names)
                for (place, count) in counts.enumerated() {
                    if let number = numbers[place] { byNumber[Int(number)] = UInt32(count) }
                }
                byNumber.withUnsafeBytes { raw.write(Data($0)) }
                columns += Self.columns(byNumber)
            }
        }
        try raw.close()
        print("adding a day of all names: \(two(writing / Double(days) * 1_000)) ms of CPU, on average")
        return columns
    }

    private func bytes(_ number: UInt32) -> [UInt8] { withUnsafeBytes(of: number.bigEndian) { Array($0) } }

    private static func columns(_ counts: [UInt32]) -> [[UInt8]] {
        stride(from: 0, to: counts.count, by: CountColumn.blockSize).map { start in
            var sums = BlockSums()
            for place in 0..<min(CountColumn.blockSize, counts.count - start) {
                sums[place] = UInt64(counts[start + place])
            }
            return CountColumn.encode(sums)
        }
    }

    private func recount(
        _ database: Database, _ window: ClosedRange<Day>, _ candidates: [NameNumber], _ k: Int
    ) async throws {
        var times: [Stopwatch.Time] = []
        var selecting: [Stopwatch.Time] = []
        var members = 0
        for _ in 0..<7 {
            let start = Stopwatch()
            let sums = try await database.read { try $0.recountedDownloadSums(over: window) }
            times.append(start.time)
            let then = Stopwatch()
            let top = TopRanks.select(k, of: candidates, by: sums.counts)
            selecting.append(then.time)
            members = top.members.count
            if times.count == 1 { try writeAnswer(top, sums) }
        }
        print(
            "full recount of \(Self.window) days from the database file: \(spread(times)); "
                + "the first of them \(two(times[0].wall)) ms")
        print("exact top 1 % (k = \(k), \(members) in): \(spread(selecting))")
    }

    /// The answer, for another program to compare its own with.
    private func writeAnswer(_ top: TopRanks, _ sums: DownloadSums) throws {
        let total = sums.counts.reduce(0, +)
        let text = "\(top.threshold) \(top.members.count) \(total)\n"
        try text.write(toFile: "\(folder)/answer.txt", atomically: true, encoding: .utf8)
    }

    private func inMemory(_ columns: [[UInt8]], _ candidates: [NameNumber], _ k: Int) {
        let blocks = (names + CountColumn.blockSize - 1) / CountColumn.blockSize
        let days = columns.count / blocks
        var times: [Stopwatch.Time] = []
        for _ in 0..<5 {
            let start = Stopwatch()
            var counts: [UInt64] = []
            counts.reserveCapacity(blocks * CountColumn.blockSize)
            var total = ColumnTotal()
            for block in 0..<blocks {
                for day in 0..<days {
                    columns[day * blocks + block].withUnsafeBytes { bytes in
                        if let column = try? CountColumn(bytes) { total.add(column) }
                    }
                }
                total.drain(into: &counts)
            }
            times.append(start.time)
        }
        print("full recount of \(days) days from columns in memory: \(spread(times))")
    }

    private func newDays(_ database: Database, _ candidates: [NameNumber], _ k: Int) async throws {
        let start = Stopwatch()
        let first = Self.last - 40
        _ = try await database.keep(.downloads) { try $0.keepDownloadSums(over: (first - Self.window + 1)...first) }
        print("keeping the sums of a window for the first time: \(spread([start.time]))")
        var reading: [Stopwatch.Time] = []
        var durable: [Stopwatch.Time] = []
        for step in 1...40 {
            let window = (first + step - Self.window + 1)...(first + step)
            var then = Stopwatch()
            let read = try await database.read { try $0.downloadSums(over: window) }
            let top = TopRanks.select(k, of: candidates, by: read.counts)
            reading.append(then.time)
            then = Stopwatch()
            let kept = try await database.keep(.downloads) { try $0.keepDownloadSums(over: window) }
            let again = TopRanks.select(k, of: candidates, by: kept.counts)
            durable.append(then.time)
            // Figures of a wrong answer are none: it ends here, and loudly.
            guard top == again else { fatalError("the kept sums differ") }
        }
        let window = (Self.last - Self.window + 1)...Self.last
        let kept = try await database.read { try $0.downloadSums(over: window) }
        let recounted = try await database.read { try $0.recountedDownloadSums(over: window) }
        print("a new day and the exact top 1 %, from the file: \(spread(reading))")
        print("the same, and the new sums written and synced: \(spread(durable))")
        print("after forty days the kept sums equal a recount: \(kept == recounted)")
    }

    private func ranked(_ database: Database) async throws {
        try await database.byHand(
            """
            INSERT INTO reserved_name (normalized, ultranormalized, name, reserved_at)
            SELECT normalized, normalized, normalized, 0 FROM counted_name WHERE number % 50 = 0
            """)
        // In another order than they are counted in, as projects come.
        try await database.byHand(
            """
            INSERT INTO project (name, normalized, ultranormalized, created_at, status, serial, size)
            SELECT normalized, normalized, normalized, 0, 'active', 0, 0 FROM counted_name WHERE number % 50 <> 1
            ORDER BY number * 2654435761 % 4294967296
            """)
        let start = Stopwatch()
        let ranked = try await database.read { try $0.rankedNames() }
        print("which of \(ranked.total) names are ranked, by the tables: \(spread([start.time]))")
    }

    private func spread(_ times: [Stopwatch.Time]) -> String {
        let wall = times.map(\.wall).sorted()
        let cpu = times.map(\.cpu).sorted()
        return
            "median \(two(wall[wall.count / 2])) ms (\(two(wall[0]))–\(two(wall[wall.count - 1])), \(times.count) runs), "
            + "of CPU \(two(cpu[cpu.count / 2])) ms (least \(two(cpu[0])))"
    }
}

/// Milliseconds by the clock and of this process's CPU time: on a machine where others work, the second is the truer
/// one.
struct Stopwatch {
    struct Time {
        let wall: Double
        let cpu: Double
    }

    private let start = ContinuousClock.now
    private let used = cpuSeconds()

    var time: Time {
        Time(wall: seconds(ContinuousClock.now - start) * 1_000, cpu: (cpuSeconds() - used) * 1_000)
    }
}

extension FileHandle {
    static func forWritingNew(_ path: String) throws -> FileHandle {
        guard FileManager.default.createFile(atPath: path, contents: nil) else { throw CocoaError(.fileWriteUnknown) }
        return try FileHandle(forWritingTo: URL(filePath: path))
    }
}
