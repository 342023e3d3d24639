import Database
import Downloads
import Foundation
import Model
import PackagingFormats
import Stores
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
        let database = try Database(sqliteAt: path)
        let store = try await Stores(database).downloads
        print("making \(names) names × \(days) days …")
        let counts = try await fill(store)
        _ = try await database.read { try $0.rows("SELECT 1") }
        try await checkpoint(database)
        let size = try FileManager.default.attributesOfItem(atPath: path)[.size] as? Int ?? 0
        print("on disk: \(size >> 20) MiB for \(days) days of \(names) names")

        let candidates = (0..<NameNumber(names)).map(\.self)
        let k = (names + 99) / 100
        let today = Self.last
        let window = (today - Self.window + 1)...today
        try await recount(database, window, candidates, k)
        inMemory(counts, candidates, k)
        try await newDays(database, candidates, k)
        print("most memory of this process, the making of the counts included: \(peakMemory() >> 20) MiB")
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

    private func checkpoint(_ database: Database) async throws {
        // What a quiet moment does: the log of the last transactions goes into the file.
        try await database.write { transaction in try transaction.execute("DELETE FROM download_unfolded") }
    }

    private func recount(
        _ database: Database, _ window: ClosedRange<Day>, _ candidates: [NameNumber], _ k: Int
    ) async throws {
        var times: [Double] = []
        var selecting: [Double] = []
        var members = 0
        for _ in 0..<7 {
            let start = ContinuousClock.now
            let sums = try await database.read { try $0.recountedDownloadSums(over: window) }
            times.append(seconds(ContinuousClock.now - start) * 1_000)
            let then = ContinuousClock.now
            let top = TopRanks.select(k, of: candidates, by: sums.counts)
            selecting.append(seconds(ContinuousClock.now - then) * 1_000)
            members = top.members.count
            if times.count == 1 { try writeAnswer(top, sums) }
        }
        print("full recount of \(Self.window) days from the database file: \(spread(times)); the first of them \(two(times[0])) ms")
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
        var times: [Double] = []
        for _ in 0..<5 {
            let start = ContinuousClock.now
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
            times.append(seconds(ContinuousClock.now - start) * 1_000)
        }
        print("full recount of \(days) days from columns in memory: \(spread(times))")
    }

    private func newDays(_ database: Database, _ candidates: [NameNumber], _ k: Int) async throws {
        let start = ContinuousClock.now
        let first = Self.last - 40
        _ = try await database.write { try $0.keepDownloadSums(over: (first - Self.window + 1)...first) }
        print("keeping the sums of a window for the first time: \(two(seconds(ContinuousClock.now - start) * 1_000)) ms")
        var reading: [Double] = []
        var durable: [Double] = []
        for step in 1...40 {
            let window = (first + step - Self.window + 1)...(first + step)
            var then = ContinuousClock.now
            let read = try await database.read { try $0.downloadSums(over: window) }
            let top = TopRanks.select(k, of: candidates, by: read.counts)
            reading.append(seconds(ContinuousClock.now - then) * 1_000)
            then = ContinuousClock.now
            let kept = try await database.write { try $0.keepDownloadSums(over: window) }
            let again = TopRanks.select(k, of: candidates, by: kept.counts)
            durable.append(seconds(ContinuousClock.now - then) * 1_000)
            guard top == again else { fatalError("the kept sums differ") }
        }
        let window = (Self.last - Self.window + 1)...Self.last
        let kept = try await database.read { try $0.downloadSums(over: window) }
        let recounted = try await database.read { try $0.recountedDownloadSums(over: window) }
        print("a new day and the exact top 1 %, from the file: \(spread(reading))")
        print("the same, and the new sums written and synced: \(spread(durable))")
        print("after forty days the kept sums equal a recount: \(kept == recounted)")
    }

    private func spread(_ times: [Double]) -> String {
        let sorted = times.sorted()
        return "median \(two(sorted[sorted.count / 2])) ms (\(two(sorted[0]))–\(two(sorted[sorted.count - 1])), \(times.count) runs)"
    }
}

extension FileHandle {
    static func forWritingNew(_ path: String) throws -> FileHandle {
        FileManager.default.createFile(atPath: path, contents: nil)
        return try FileHandle(forWritingTo: URL(filePath: path))
    }
}
