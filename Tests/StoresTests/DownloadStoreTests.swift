import Downloads
import Foundation
import PackagingFormats
import Policy
import Ports
import Primitives
import Projects
import Support
import Testing
import UTC
import VectorSupport

@testable import Database
@testable import Stores

@Suite("The store of downloads") struct DownloadStoreTests {
    let index: TestIndex
    var store: any DownloadStore { index.stores.downloads }
    var now: Timestamp { index.now }
    var today: Day { now.day }

    init() async throws { index = try await TestIndex() }

    func name(_ text: String) throws -> ProjectName { try ProjectName(parsing: text) }

    func segment(
        _ digest: UInt8, kind: DownloadSegment.Kind = .log, path: String = "/logs/access.log", lastDay: Day? = nil,
        bad: [BadLogLine] = []
    ) -> DownloadSegment {
        var summary = LogSummary()
        summary.lines = 7
        return DownloadSegment(
            kind: kind, digest: [UInt8](repeating: digest, count: 32),
            fileDigest: [UInt8](repeating: digest, count: 32),
            fileSize: Int64(digest), firstLine: [1], size: 100, path: path, lastDay: lastDay ?? today, summary: summary,
            badLines: bad)
    }

    func counts(_ counts: [String: [Day: UInt64]], kind: DownloadKind = .downloads) -> NamedCounts {
        let names = counts.keys.sorted()
        var days: [Day: [(number: NameNumber, count: UInt64)]] = [:]
        for (place, name) in names.enumerated() {
            for (day, count) in counts[name] ?? [:] { days[day, default: []].append((NameNumber(place), count)) }
        }
        return NamedCounts(
            names: names, numbers: names.map { _ in nil },
            days: days.map { DayCounts(kind: kind, day: $0, counts: $1) })
    }

    func sum(of text: String, over days: Int = 30) async throws -> UInt64 {
        let sums = try await store.sums(over: (today - days)...today)
        return sums[try await store.number(of: name(text))]
    }

    @Test("applies a segment with its mark, and once")
    func exactlyOnce() async throws {
        let counts = counts(["demo": [today: 3, today - 1: 4], "never-hosted": [today: 1]])
        let bad = [BadLogLine(line: 9, flaw: .cut, text: "192.0")]
        let first = try await store.apply(segment(1, bad: bad), counts, at: now)
        guard case .applied(let numbers) = first else {
            Issue.record("not applied: \(first)")
            return
        }
        #expect(numbers == [0, 1])
        let again = try await store.apply(segment(1, path: "/logs/renamed.log"), counts, at: now + .seconds(5))
        guard case .known(let applied) = again else {
            Issue.record("applied twice: \(again)")
            return
        }
        #expect(applied.path == "/logs/access.log" && applied.appliedAt == now && applied.summary.lines == 7)
        #expect(try await sum(of: "demo") == 7)
        #expect(try await sum(of: "never-hosted") == 1)
        #expect(try await store.segments() == [applied])
        #expect(try await store.badLines(of: applied.digest) == bad)
        #expect(try await store.segments(ofFileSize: 1) == [applied])
        #expect(try await store.segments(ofFileSize: 2).isEmpty)
        #expect(try await store.segments(beginningWith: [1]) == [applied])
        let perDay = try await store.perDay(of: name("Demo"), since: today - 9)
        #expect(perDay.map(\.day) == [today - 1, today] && perDay.map(\.count) == [4, 3])
    }

    @Test("applies nothing of a segment whose transaction fails at its end")
    func failing() async throws {
        struct PowerCut: Error {}
        try await index.database.write { transaction in
            // Whatever comes last in the transaction meets this.
            try transaction.executeScript(
                """
                CREATE TRIGGER power_cut BEFORE INSERT ON download_column
                BEGIN SELECT RAISE(ABORT, 'power cut'); END;
                """)
        }
        await #expect(throws: (any Error).self) {
            try await store.apply(segment(1), counts(["demo": [today: 3]]), at: now)
        }
        #expect(try await store.segments().isEmpty)
        #expect(try await store.number(of: name("demo")) == nil)
        try await index.database.write { transaction in try transaction.executeScript("DROP TRIGGER power_cut;") }
        _ = try await store.apply(segment(1), counts(["demo": [today: 3]]), at: now)
        #expect(try await sum(of: "demo") == 3)
    }

    @Test("counts mirrors apart")
    func mirrors() async throws {
        _ = try await store.apply(segment(1), counts(["demo": [today: 3]], kind: .mirrors), at: now)
        #expect(try await sum(of: "demo") == 0)
        #expect(try await store.perDay(of: name("demo"), since: today).isEmpty)
    }

    @Test("keeps the counts of a name, whatever becomes of the project")
    func nameKeepsCounts() async throws {
        try await index.receive(.wheel())
        let file = try #require(try await index.files().first)
        var tally = DownloadTally()
        for _ in 0..<5 {
            let pip = Downloader.installer(Installer(name: "pip", version: "26.3"))
            _ = tally.add(file: file.id.number, on: today, by: pip)
        }
        let flush = tally.drain()
        try await store.add(flush, source: "run", sequence: 1)
        try await store.add(flush, source: "run", sequence: 1)
        #expect(try await sum(of: "demo-pkg") == 5)
        let (numbers, total) = try await store.rankedNames()
        #expect(numbers == [try #require(try await store.number(of: name("demo-pkg")))] && total == 1)
        try await index.database.write { transaction in
            for table in [
                "download", "file", "release", "role", "role_past", "search_entry", "needed_project", "project",
            ] {
                if table == "release" { try transaction.execute("UPDATE project SET latest_release_id = NULL") }
                try transaction.execute("DELETE FROM \(table)")
            }
        }
        #expect(try await sum(of: "demo-pkg") == 5)
        #expect(try await store.rankedNames().numbers.isEmpty)
        try await index.stores.projects.reserve(name("Demo.Pkg"), by: .operatorAtMachine, at: now)
        #expect(try await store.rankedNames().numbers.count == 1)
        #expect(try await store.rankedNames().total == 1)
    }

    @Test("ranks names that are hosted or reserved, and tells how many there are without a count")
    func ranked() async throws {
        _ = try await store.apply(segment(1), counts(["a": [today: 9], "b": [today: 3]]), at: now)
        #expect(try await store.rankedNames().numbers.isEmpty)
        for reserved in ["b", "c"] {
            try await index.stores.projects.reserve(name(reserved), by: .operatorAtMachine, at: now)
        }
        let (numbers, total) = try await store.rankedNames()
        #expect(try await store.names(of: numbers).values.sorted() == ["b"])
        #expect(total == 2)
    }

    @Test(
        "keeps sums that equal a recount, through days, late lines and other windows", arguments: 0..<8 as Range<UInt64>
    )
    func keptSums(seed: UInt64) async throws {
        var random = SplitMix64(seed: seed)
        var naive: [String: [Day: UInt64]] = [:]
        var length = Int.random(in: 1...12, using: &random)
        // Names beyond one block, so that blocks come into being later.
        var names = ["a", "b"]
        for step in 0..<30 {
            if Int.random(in: 0..<4, using: &random) == 0 {
                names += (0..<Int.random(in: 1...6_000, using: &random)).map { "n\(step)-\($0)" }
            }
            var added: [String: [Day: UInt64]] = [:]
            for _ in 0..<20 {
                let name = names.randomElement(using: &random) ?? "a"
                let day = today + step - Int.random(in: 0...15, using: &random)
                let count = UInt64.random(in: 1...(1 << UInt64.random(in: 0...40, using: &random)), using: &random)
                added[name, default: [:]][day, default: 0] += count
                naive[name, default: [:]][day, default: 0] += count
            }
            for name in names where naive[name] == nil && Int.random(in: 0..<3, using: &random) == 0 {
                added[name] = [today + step: 1]
                naive[name] = [today + step: 1]
            }
            _ = try await store.apply(segment(UInt8(step)), counts(added), at: now)
            if Int.random(in: 0..<9, using: &random) == 0 { length = Int.random(in: 1...12, using: &random) }
            let window = Day.window(of: length, before: today + step - Int.random(in: 0...2, using: &random))
            let kept =
                Bool.random(using: &random)
                ? try await store.keepSums(over: window) : try await store.sums(over: window)
            let recounted = try await index.database.read { try $0.recountedDownloadSums(over: window) }
            #expect(kept == recounted)
            for name in ["a", "b", names.randomElement(using: &random) ?? "a"] {
                let expected = (naive[name] ?? [:]).filter { window.contains($0.key) }.values.reduce(0, +)
                #expect(kept[try await store.number(of: self.name(name))] == expected)
            }
        }
    }

    @Test("forgets what is old: counts, marks, and sums that held it")
    func forget() async throws {
        let old = today - 401
        let counts = counts(["demo": [old: 3, today: 4]])
        _ = try await store.apply(segment(1, lastDay: old), counts, at: now)
        _ = try await store.apply(segment(2, lastDay: today), counts, at: now)
        _ = try await store.keepSums(over: old...today)
        try await store.forget(before: today - 400)
        #expect(try await sum(of: "demo", over: 500) == 8)
        #expect(try await store.segments().map(\.digest) == [[UInt8](repeating: 2, count: 32)])
    }

    @Test("that contradicts itself is found by the doctor")
    func doctor() async throws {
        _ = try await store.apply(segment(1), counts(["demo": [today: 3], "other": [today: 300]]), at: now)
        _ = try await store.keepSums(over: today - 9...today)
        #expect(try await index.stores.inventory.contradictionsOfCounts().isEmpty)
        let damages = [
            ("DELETE FROM download_window_sum", "not those of the days"),
            ("UPDATE download_column SET counts = x'0102'", "1 columns are damaged"),
            ("DELETE FROM counted_name WHERE number = 0", "gaps"),
        ]
        for (sql, words) in damages {
            try await index.database.write { transaction in try transaction.execute(sql) }
            let found = try await index.stores.inventory.contradictionsOfCounts()
            #expect(found.contains { $0.contains(words) }, "\(found)")
        }
    }

    @Test("sets a file aside until it is applied under the same path")
    func setAside() async throws {
        let file = FileSetAside(path: "/logs/access.log", at: now, reason: "it ends in the middle")
        try await store.setAside(file)
        try await store.setAside(file)
        #expect(try await store.filesSetAside() == [file])
        _ = try await store.apply(segment(1, path: "/logs/other.log"), counts([:]), at: now)
        #expect(try await store.filesSetAside() == [file])
        _ = try await store.apply(segment(2), counts([:]), at: now)
        #expect(try await store.filesSetAside().isEmpty)
    }
}
