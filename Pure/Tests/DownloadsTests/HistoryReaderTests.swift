import Downloads
import Testing
import UTC

/// What a table of these bytes says: the counts by name and day, or why none of it counts.
private func read(
    _ text: String, day: Day? = nil
) -> (counts: [String: UInt64]?, summary: LogSummary?, bad: [HistoryReader.BadRow]) {
    let reader = HistoryReader(now: now, day: day)
    Array(text.utf8).withUnsafeBytes { reader.read($0) }
    guard let found = reader.finish() else { return (nil, nil, reader.badRows) }
    var counts: [String: UInt64] = [:]
    for day in found.days {
        for (number, count) in day.counts { counts["\(reader.names[Int(number)]) \(day.day)", default: 0] += count }
    }
    return (counts, found.summary, reader.badRows)
}

@Suite("A table of downloads") struct HistoryReaderTests {
    static let limit: UInt64 = 1 << 32

    @Test(
        "adds up what does not fit into 32 bits",
        arguments: [
            [limit - 1], [limit], [limit + 1], [5_000_000_000], [limit - 1, 1], [limit - 1, 2], [1, limit - 1],
            [limit, limit], [limit + 1, limit - 1, 1], [5_000_000_000, 5_000_000_000], [1, 5_000_000_000, 1],
            [limit - 2, 1, 1, 1],
        ])
    func large(counts: [UInt64]) {
        let rows = counts.map { "demo,2026-11-21,\($0)\n" }.joined()
        let sum = counts.reduce(0, +)
        #expect(read(rows).counts == ["demo 2026-11-21": sum])
        #expect(read(rows).summary?.downloads == Int64(sum))
        // Another name beside it, and another day, are not touched.
        let among = "a,2026-11-21,1\n" + rows + "demo,2026-11-20,7\nb,2026-11-21,2\n"
        #expect(
            read(among).counts == [
                "a 2026-11-21": 1, "demo 2026-11-21": sum, "demo 2026-11-20": 7, "b 2026-11-21": 2,
            ])
    }

    @Test("of the most downloaded packages of a month has quoted columns and no day: that is said beside it")
    func topPackages() throws {
        let table = """
            "download_count","project"\r
            "1750326518","boto3"\r
            "991","Zope.Interface"\r
            12,flask_login\r

            """
        let day = try #require(Day(iso8601: "2026-10-31"))
        #expect(
            read(table, day: day).counts == [
                "boto3 2026-10-31": 1_750_326_518, "zope-interface 2026-10-31": 991, "flask-login 2026-10-31": 12,
            ])
        let without = read(table)
        #expect(without.counts == nil && without.bad.map(\.line) == [1])
        #expect(without.bad.first?.reason.contains("--day") == true)
    }
}
