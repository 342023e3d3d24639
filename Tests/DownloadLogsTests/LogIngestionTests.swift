import Compression
import Database
import DownloadLogs
import Downloads
import Foundation
import PackagingFormats
import Ports
import Stores
import Support
import Testing
import UTC
import VectorSupport

@Suite("Access logs") struct LogIngestionTests {
    let index: TestIndex
    var folder: URL { index.folder }
    var store: any DownloadStore { index.stores.downloads }
    /// 2026-11-22T12:00:00Z
    let now = Timestamp(seconds: 1_795_348_800)

    init() async throws { index = try await TestIndex() }

    static func line(_ file: String = "demo-1.0.tar.gz", day: Int = 21, agent: String = "pip/26.3") -> String {
        "192.0.2.1 - - [\(day)/Nov/2026:08:05:09 +0000] \"GET /packages/aa/\(file) HTTP/1.1\" 200 9 \"-\" \"\(agent)\"\n"
    }

    @discardableResult
    func write(_ bytes: [UInt8], to name: String) throws -> String {
        let path = folder.appending(path: name).path
        try Data(bytes).write(to: URL(filePath: path))
        return path
    }

    @discardableResult
    func write(_ text: String, to name: String) throws -> String { try write(Array(text.utf8), to: name) }

    func ingest(_ paths: String...) async throws -> [FileReport] {
        var reports: [FileReport] = []
        try await LogIngestion(store, rules: LogRules(now: now)).run(paths) { reports.append($0) }
        return reports
    }

    func downloads(_ name: String = "demo") async throws -> [String: Int64] {
        let days = try await store.perDay(of: ProjectName(parsing: name), since: now.day - 400)
        return Dictionary(uniqueKeysWithValues: days.map { ("\($0.day)", $0.count) })
    }

    static let packings: [(name: String, pack: @Sendable ([UInt8]) -> [UInt8])] = [
        ("log", { $0 }), ("log.gz", { Gzip.compress($0) }), ("log.zst", { Zstandard.compress($0) }),
        ("two.gz", { Gzip.compress(Array($0.prefix(100))) + Gzip.compress(Array($0.dropFirst(100))) }),
        ("padded.gz", { Gzip.compress($0) + [0, 0, 0, 0] }),
        ("two.zst", { Zstandard.compress(Array($0.prefix(100))) + Zstandard.compress(Array($0.dropFirst(100))) }),
        ("packed", { Gzip.compress($0) }),
    ]

    @Test("are counted once, whatever they are called and however they are packed", arguments: packings.indices)
    func once(packing: Int) async throws {
        let text = Self.line() + Self.line(day: 20) + Self.line("other-1.0.zip") + Self.line(agent: "bandersnatch/6.8")
        let (name, pack) = Self.packings[packing]
        let first = try #require(try await ingest(write(pack(Array(text.utf8)), to: name)).first)
        #expect(first.outcome == .applied && first.summary?.lines == 4 && first.summary?.downloads == 3)
        #expect(try await downloads() == ["2026-11-20": 1, "2026-11-21": 1])
        for (other, pack) in Self.packings + [("renamed.log", { @Sendable in $0 })] {
            let again = try #require(try await ingest(write(pack(Array(text.utf8)), to: other)).first)
            #expect(again.outcome == .known && !again.isFailure, "\(again)")
        }
        #expect(try await downloads() == ["2026-11-20": 1, "2026-11-21": 1])
        #expect(try await downloads("other") == ["2026-11-21": 1])
    }

    @Test("that are cut short count nothing, are set aside, and count when they are whole", arguments: ["gz", "zst"])
    func truncated(packing: String) async throws {
        var random = SplitMix64(seed: 3)
        let text = (0..<3_000).map { _ in Self.line("demo-1.\(random.next()).tar.gz") }.joined()
        let whole = packing == "gz" ? Gzip.compress(Array(text.utf8)) : Zstandard.compress(Array(text.utf8))
        for cut in [whole.count - 1, whole.count - 9, whole.count / 2, 30] {
            let path = try write(Array(whole.prefix(cut)), to: "access.log.\(packing)")
            let report = try #require(try await ingest(path).first)
            #expect(report.outcome == .setAside && report.isFailure, "\(report)")
            #expect(try await store.filesSetAside().map(\.path) == [path])
            #expect(try Data(contentsOf: URL(filePath: path)).count == cut)
        }
        var damaged = whole
        damaged[whole.count / 2] ^= 0x10
        #expect(try await ingest(write(damaged, to: "damaged.\(packing)")).first?.outcome == .setAside)
        #expect(try await downloads().isEmpty)
        #expect(try await store.segments().isEmpty)
        let path = try write(whole, to: "access.log.\(packing)")
        #expect(try await ingest(path).first?.outcome == .applied)
        #expect(try await downloads() == ["2026-11-21": 3_000])
        #expect(
            try await store.filesSetAside().map { URL(filePath: $0.path).lastPathComponent } == ["damaged.\(packing)"])
    }

    @Test("that have grown are counted from where they ended, also in the middle of a line")
    func grown() async throws {
        let lines = (0..<40).map { Self.line("demo-1.\($0).tar.gz") }.joined()
        let bytes = Array(lines.utf8)
        let length = Int64(Self.line("demo-1.10.tar.gz").utf8.count)
        for end in [500, 1_500, 1_501, 1_500 + Int(length), bytes.count - 1, bytes.count] {
            let report = try #require(try await ingest(write(Array(bytes.prefix(end)), to: "access.log")).first)
            // Of a line that is still being written nothing is known yet; one that lacks only its end is whole.
            #expect(report.outcome == (end == 1_501 ? .known : .applied), "\(end): \(report)")
            let whole = bytes.prefix(end).count { $0 == 0x0A } + (end == bytes.count - 1 ? 1 : 0)
            #expect(try await downloads()["2026-11-21"] == Int64(whole), "\(end)")
            if end == 500 {
                #expect(report.summary?.bad == [.cut: 1] && report.note?.contains("ends within a line") == true)
            }
        }
        #expect(try await downloads()["2026-11-21"] == 40)
        #expect(try await ingest(write(Gzip.compress(bytes), to: "access.log.1.gz")).first?.outcome == .known)
    }

    @Test("that are the beginning of one that was counted change nothing, as long as that one is there")
    func beginning() async throws {
        let lines = (0..<40).map { Self.line("demo-1.\($0).tar.gz") }
        let long = try write(lines.joined(), to: "long.log")
        #expect(try await ingest(long).first?.outcome == .applied)
        let short = lines.prefix(30).joined()
        let report = try #require(try await ingest(write(short, to: "short.log")).first)
        #expect(report.outcome == .known && report.note?.contains("is the beginning of") == true)
        #expect(try await ingest(write(Gzip.compress(Array(short.utf8)), to: "short.gz")).first?.outcome == .known)
        // One that goes on otherwise is another log, though it begins with the same line.
        let other = try write(lines[0] + Self.line("demo-2.0.tar.gz"), to: "other.log")
        #expect(try await ingest(other).first?.outcome == .applied)
        #expect(try await downloads() == ["2026-11-21": 42])
        // What does not lie there any more cannot be compared with; that is the limit, and it is said.
        try FileManager.default.removeItem(atPath: long)
        #expect(try await ingest(other).first?.outcome == .known)
        #expect(try await ingest(write(lines.prefix(20).joined(), to: "short.log")).first?.outcome == .applied)
    }

    @Test("that are counted at the same time, one of them grown, count each line once", arguments: 0..<12)
    func atOnce(round: Int) async throws {
        let lines = (0..<3_000).map { Self.line("demo-1.\($0).tar.gz") }
        let versions = try [2_000, 2_010, 2_500, 3_000].map {
            try write(lines.prefix($0).joined(), to: "\($0).log")
        }
        try await withThrowingTaskGroup(of: [FileReport].self) { group in
            for version in round.isMultiple(of: 2) ? versions : versions.reversed() {
                group.addTask { try await ingest(version) }
            }
            for try await reports in group {
                #expect(reports.allSatisfy { !$0.isFailure })
            }
        }
        #expect(try await downloads() == ["2026-11-21": 3_000])
    }

    @Test("that were not compared with what was counted meanwhile are not counted, but read again")
    func overtaken() async throws {
        _ = try await ingest(write(Self.line() + Self.line(day: 20), to: "access.log"))
        let applied = try #require(try await store.segments().first)
        let line = try await firstLine(of: applied)
        func apply(_ number: UInt8, comparedWith: Set<[UInt8]>?) async throws -> SegmentOutcome {
            try await store.apply(
                DownloadSegment(
                    kind: .log, digest: [number], fileDigest: [number], fileSize: 1, firstLine: line, size: 1,
                    path: "grown.log", lastDay: now.day, summary: LogSummary(), badLines: [], comparedWith: comparedWith
                ),
                NamedCounts(
                    names: ["demo"], numbers: [nil],
                    days: [DayCounts(kind: .downloads, day: now.day, counts: [(0, 1)])]), at: now)
        }
        #expect(try await apply(1, comparedWith: []) == .overtaken)
        #expect(try await downloads()["\(now.day)"] == nil)
        let outcome = try await apply(1, comparedWith: [applied.digest])
        guard case .applied = outcome else { return #expect(Bool(false), "\(outcome)") }
        #expect(try await apply(2, comparedWith: [applied.digest]) == .overtaken)
        #expect(try await downloads()["\(now.day)"] == 1)
    }

    private func firstLine(of segment: AppliedSegment) async throws -> [UInt8] {
        try await index.database.read { connection in
            try #require(
                try connection.row("SELECT first_line FROM download_segment WHERE digest = $1", segment.digest)
            ).blob("first_line")
        }
    }

    @Test("in which no line can be read are no logs, and set aside", arguments: ["nonsense\n", "\u{0}\u{1}\n\u{2}"])
    func noLog(text: String) async throws {
        let report = try #require(try await ingest(write(text, to: "file")).first)
        #expect(report.outcome == .setAside)
    }

    @Test("that are not there or are of another kind do not keep others from being counted")
    func others() async throws {
        let good = try write(Self.line(), to: "good.log")
        let bad = try write([0x42, 0x5A, 0x68, 0x39], to: "log.bz2")
        let named = try write(Self.line(), to: "log.gz")
        let reports = try await ingest(folder.path + "/missing", folder.path, bad, named, good)
        #expect(reports.map(\.outcome) == [.refused, .setAside, .setAside, .setAside, .applied])
        #expect(try await downloads() == ["2026-11-21": 1])
    }

    @Test("without a line are logs of a quiet hour")
    func empty() async throws {
        let report = try #require(try await ingest(write("", to: "quiet.log")).first)
        #expect(report.outcome == .applied && report.summary?.lines == 0)
        #expect(try await ingest(write("", to: "quiet.log.gz")).first?.outcome == .setAside)
    }

    @Test("give back the bytes that were packed, in pieces of any size", arguments: 0..<12 as Range<UInt64>)
    func unpacking(seed: UInt64) throws {
        var random = SplitMix64(seed: seed)
        let words = (0..<50).map { _ in Self.line("p\(random.next() % 1_000)-1.0.zip") }
        var text: [UInt8] = []
        // Far more than a buffer, and so alike that a little input makes much output.
        for _ in 0..<Int.random(in: 1...40_000, using: &random) {
            text += (words.randomElement(using: &random) ?? "").utf8
        }
        for pack in [{ Gzip.compress($0, level: 9) }, { Zstandard.compress($0, level: 9) }, { $0 }]
            as [([UInt8]) -> [UInt8]]
        {
            let middle = Int.random(in: 0...text.count, using: &random)
            let packed = pack(Array(text[..<middle])) + pack(Array(text[middle...]))
            let file = try UnpackedFile(write(packed, to: "packed"))
            var unpacked: [UInt8] = []
            while let piece = try file.next() { unpacked += piece }
            #expect(unpacked == text)
            #expect(file.position == Int64(packed.count))
        }
    }
}

@Suite("Downloads counted elsewhere") struct HistoryImportTests {
    let index: TestIndex
    var store: any DownloadStore { index.stores.downloads }
    let now = Timestamp(seconds: 1_795_348_800)

    init() async throws { index = try await TestIndex() }

    func run(_ text: String, day: Day? = nil) async throws -> FileReport {
        let path = index.folder.appending(path: "history.csv").path
        try Data(text.utf8).write(to: URL(filePath: path))
        return try await HistoryImport(store, now: now).run(path, day: day)
    }

    func total(_ name: String) async throws -> Int64 {
        try await store.perDay(of: ProjectName(parsing: name), since: now.day - 400).map(\.count).reduce(0, +)
    }

    @Test(
        "come in with a header or without, and once",
        arguments: [
            "demo,2026-11-20,5\nDemo,2026-11-21,1000000\nother,2026-11-20,0\n",
            "name,day,count\r\ndemo,2026-11-20,5\r\ndemo,2026-11-21,1000000",
            "\u{FEFF}\"count\",\"x\",\"project\",\"date\"\n\"5\",\"a \"\"b\"\", c\",\"demo\",\"2026-11-20\"\n1000000,,demo,2026-11-21\n\n",
        ])
    func accepted(text: String) async throws {
        #expect(try await run(text).outcome == .applied)
        #expect(try await run(text).outcome == .known)
        #expect(try await total("demo") == 1_000_005)
    }

    @Test("add to what is there, and leave out what is too old")
    func more() async throws {
        _ = try await run("demo,2026-11-20,5\n")
        let report = try await run("demo,2026-11-20,7\ndemo,2020-01-01,9\n")
        #expect(report.summary?.tooOld == 1 && report.summary?.downloads == 7)
        #expect(try await total("demo") == 12)
    }

    @Test("of one day need no column for it")
    func oneDay() async throws {
        let text = "\"download_count\",\"project\"\n\"1555000000\",\"boto3\"\n\"7\",\"urllib3\"\n"
        #expect(try await run(text).outcome == .refused)
        #expect(try await run(text, day: Day(iso8601: "2026-11-01")).outcome == .applied)
        #expect(try await total("boto3") == 1_555_000_000)
    }

    // The columns are the point.
    // swift-format-ignore
    static let bad: [(String, Int64, String)] = [
        ("demo,2026-11-20\n",                           1, "fields"),
        ("demo,2026-11-20,5\n,2026-11-20,5\n",          2, "name"),
        ("demo,2026-11-20,5\nde mo,2026-11-20,5\n",     2, "name"),
        ("name,day,count\ndemo,20.11.2026,5\n",         2, "day"),
        ("demo,2026-11-20,5\ndemo,2026-02-30,5\n",      2, "day"),
        ("demo,2026-11-20,5\ndemo,2026-11-23,5\n",      2, "to come"),
        ("demo,2026-11-20,-5\n",                        1, "number"),
        ("demo,2026-11-20,1.5\n",                       1, "number"),
        ("demo,2026-11-20,99999999999999999\n",         1, "number"),
        ("demo,2026-11-20,\n",                          1, "number"),
        ("demo,2026-11-20,5\n\n\n\"demo\n",             4, "quotation"),
        ("demo,2026-11-20,5\nde\"mo,2026-11-20,5\"\n",  2, "quotation"),
        ("demo,2026-11-20,5\n" + String(repeating: "x", count: 9_000) + "\n", 2, "longer"),
        ("\u{0}\u{1}\u{2},\u{FF},\n",                   1, "day"),
    ]

    @Test("count nothing when a row is bad, and say which", arguments: bad)
    func refused(text: String, line: Int64, reason: String) async throws {
        let report = try await run(text)
        #expect(report.outcome == .refused)
        #expect(report.badLines.map(\.line) == [line])
        #expect(report.badLines.first?.reason.contains(reason) == true, "\(report.badLines)")
        #expect(try await store.segments().isEmpty)
        #expect(try await store.number(of: ProjectName(parsing: "demo")) == nil)
    }
}
