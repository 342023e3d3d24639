import Past
import Primitives
import Testing
import UTC

@Suite("A point in time, as an address names it,") struct PointInTimeTests {
    private static func moment(_ text: String) throws -> Timestamp { try #require(Timestamp(iso8601: text)) }

    @Test("is a serial, a moment, a day, or so many days before today")
    func forms() throws {
        let moment = try Self.moment("2026-11-01T12:30:00Z")
        let day = try #require(Day(iso8601: "2026-11-01"))
        let table: [(String, PointInTime)] = [
            ("1", .serial(1)), ("4711", .serial(4711)), ("0004711", .serial(4711)), ("0", .serial(0)),
            ("20261101", .serial(20_261_101)),
            ("2026-11-01T12:30:00Z", .moment(moment)), ("2026-11-01t12:30:00z", .moment(moment)),
            ("2026-11-01T14:30:00+02:00", .moment(moment)), ("2026-11-01T03:00:00-09:30", .moment(moment)),
            ("2026-11-01T12:30:00.25Z", .moment(moment + .milliseconds(250))),
            ("2026-11-01", .day(day)), ("-7d", .daysAgo(7)), ("-0d", .daysAgo(0)), ("-36500d", .daysAgo(36_500)),
        ]
        for (text, point) in table { #expect(try PointInTime(parsing: text) == point, "\(text)") }
    }

    @Test(
        "is nothing else",
        arguments: [
            "", "x", "now", "-7", "7d", "-d", "--7d", "-36501d", "-7D", "-+7d", "+7d", "2026-11-31", "2026-13-01",
            "2026-11-1", "2026-11-01T", "2026-11-01T12:30Z", "2026-11-01T12:30:00", "2026-11-01T24:00:00Z",
            "2026-11-01T12:30:60Z", "2026-11-01 12:30:00Z", "2026-11-01T12:30:00+0200", "2026-11-01T12:30:00+24:00",
            "2026-11-01T12:30:00+02:60", "2026-11-01T12:30:00~02:00", "2026-11-01T12:30:00.1234567Z", "-1", "1.0",
            "1234567890123456789", "٣", "2026-11-01T12:30:00+-2:00", String(repeating: "1", count: 41),
        ])
    func malformed(text: String) {
        #expect(throws: PastRefusal.malformed) { try PointInTime(parsing: text) }
    }

    @Test(
        "reads back from what it is written as",
        arguments: ["4711", "2026-11-01T12:30:00Z", "2026-11-01T12:30:00.250000Z", "2026-11-01", "-7d"])
    func written(text: String) throws { #expect(try PointInTime(parsing: text).description == text) }

    @Test("means the beginning of a day, UTC; of a serial there is no moment")
    func moments() throws {
        let now = try Self.moment("2026-11-30T23:59:59Z")
        let table: [(String, String?)] = [
            ("2026-11-01", "2026-11-01T00:00:00Z"), ("-0d", "2026-11-30T00:00:00Z"), ("-7d", "2026-11-23T00:00:00Z"),
            ("-30d", "2026-10-31T00:00:00Z"), ("2026-11-01T12:30:00Z", "2026-11-01T12:30:00Z"), ("4711", nil),
        ]
        for (text, expected) in table {
            let point = try PointInTime(parsing: text)
            #expect(try point.moment(at: now) == expected.map(Self.moment), "\(text)")
            #expect(point.isOfADay == (text.hasSuffix("d") || text.count == 10), "\(text)")
        }
    }

    @Test("that goes by today holds for minutes, and until midnight at most; any other for an hour")
    func keeping() throws {
        let table: [(String, String, Int64)] = [
            ("-7d", "2026-11-30T23:59:59Z", 1), ("-7d", "2026-11-30T23:55:01Z", 299),
            ("-7d", "2026-11-30T23:55:00Z", 300), ("-7d", "2026-11-30T00:00:00Z", 300),
            ("2026-11-01", "2026-11-30T23:59:59Z", 3_600),
        ]
        for (text, now, seconds) in table {
            #expect(try PointInTime(parsing: text).secondsToKeep(at: Self.moment(now)) == seconds, "\(text) \(now)")
        }
    }

    @Test("that there is no index of is refused with what is wrong: a mistake in its form, or nothing there")
    func refusals() throws {
        let began = try Self.moment("2026-11-01T12:30:00Z")
        #expect(PastRefusal.malformed.kind == .invalid)
        for refusal in [PastRefusal.future, .beforeTheIndex(began: began), .beforeTheIndex(began: nil)] {
            #expect(refusal.kind == .notFound)
        }
        #expect(PastRefusal.beforeTheIndex(began: began).explanation.contains("2026-11-01T12:30:00Z"))
        #expect(PastRefusal.malformed.explanation.contains("-7d"))
    }
}
