import Testing
import UTC
import VectorSupport

@Suite("Moments and days in UTC") struct TimestampTests {
    // The columns are the point.
    // swift-format-ignore
    static let table: [(seconds: Int64, iso: String, http: String)] = [
        (0,              "1970-01-01T00:00:00.000000Z", "Thu, 01 Jan 1970 00:00:00 GMT"),
        (784_111_777,    "1994-11-06T08:49:37.000000Z", "Sun, 06 Nov 1994 08:49:37 GMT"),  // RFC 9110's own example
        (951_782_400,    "2000-02-29T00:00:00.000000Z", "Tue, 29 Feb 2000 00:00:00 GMT"),
        (-1,             "1969-12-31T23:59:59.000000Z", "Wed, 31 Dec 1969 23:59:59 GMT"),
        (4_107_542_400,  "2100-03-01T00:00:00.000000Z", "Mon, 01 Mar 2100 00:00:00 GMT"),
    ]

    @Test("are written as the Simple API and HTTP write them, and read back", arguments: table)
    func text(seconds: Int64, iso: String, http: String) {
        #expect(Timestamp(seconds: seconds).iso8601 == iso)
        #expect(Timestamp(seconds: seconds).httpDate == http)
        #expect(Timestamp(iso8601: iso) == Timestamp(seconds: seconds))
        #expect(Timestamp(seconds: seconds).hourAndMinute == iso.dropFirst(11).prefix(5))
    }

    @Test(
        "are refused when they do not exist or are written otherwise",
        arguments: [
            "", "2026-02-29T00:00:00Z", "2026-13-01T00:00:00Z", "2026-01-01T24:00:00Z", "2026-01-01 00:00:00Z",
            "2026-01-01T00:00:00", "2026-01-01T00:00:00.Z", "2026-01-01T00:00:00.1234567Z", "2026-01-01T00:00:00+00:00",
        ])
    func refused(text: String) { #expect(Timestamp(iso8601: text) == nil) }

    @Test("survive a round trip, whatever the moment", arguments: 0..<200 as Range<UInt64>)
    func roundTrip(seed: UInt64) {
        var random = SplitMix64(seed: seed)
        // The years 1 to 9999, which is what four digits can say.
        let moment = Timestamp(
            microseconds: Int64.random(in: -62_135_596_800_000_000..<253_402_300_800_000_000, using: &random))
        #expect(Timestamp(iso8601: moment.iso8601) == moment)
        #expect(Day(iso8601: moment.day.description) == moment.day)
        #expect(moment.day.start <= moment && moment < (moment.day + 1).start)
    }

    @Test(
        "do not trap at the ends of time",
        arguments: [Int64.min, .min + 1, -1, 0, 1, .max - 1, .max])
    func extremes(microseconds: Int64) {
        let moment = Timestamp(microseconds: microseconds)
        #expect(!moment.iso8601.isEmpty && !moment.httpDate.isEmpty && !moment.iso8601Seconds.isEmpty)
        #expect(moment + .seconds(1) >= moment || microseconds == .max)
        #expect(Timestamp(seconds: microseconds).seconds.signum() == microseconds.signum())
        #expect(moment.since(moment) == .zero)
        #expect(moment.since(Timestamp(microseconds: .max)) <= .zero)
    }

    @Test("a fraction of fewer digits counts tenths, not units")
    func fraction() {
        #expect(Timestamp(iso8601: "1970-01-01T00:00:01.5Z") == Timestamp(microseconds: 1_500_000))
    }
}
