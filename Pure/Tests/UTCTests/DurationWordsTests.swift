import Testing
import UTC

@Suite("A duration") struct DurationWordsTests {
    // swift-format-ignore
    static let table: [(Duration, String)] = [
        (.zero, "a second"), (.milliseconds(300), "a second"), (.seconds(1), "a second"),
        (.milliseconds(1_001), "2 seconds"), (.seconds(89), "89 seconds"), (.seconds(90), "2 minutes"),
        (.seconds(300), "5 minutes"), (.seconds(301), "6 minutes"), (.seconds(5_399), "90 minutes"),
        (.seconds(5_400), "2 hours"), (.seconds(86_400), "24 hours"), (.seconds(172_799), "48 hours"),
        (.seconds(172_800), "2 days"), (.seconds(172_801), "3 days"), (.seconds(604_800), "7 days"),
    ]

    @Test("is told in words, never as less than it is", arguments: table)
    func words(duration: Duration, words: String) { #expect(duration.words == words) }

    @Test("of a rule is told in letters where its number is small")
    func letters() {
        #expect(Duration.minutes(5).inLetters == "five minutes" && Duration.hours(1).inLetters == "an hour")
        #expect(Duration.hours(12).inLetters == "twelve hours" && Duration.hours(13).inLetters == "13 hours")
        #expect(Duration.hours(72).inLetters == "three days" && Duration.hours(72).inHours == "72 hours")
        #expect(Duration.days(7).inLetters == "a week" && Duration.days(7).inDays == "seven days")
        #expect(Duration.days(30).inDays == "thirty days" && Duration.days(1).inDays == "a day")
        #expect(Duration.minutes(30).behindTheNext == "half hour" && Duration.minutes(20).behindTheNext == "20 minutes")
    }

    @Test("can be written in days, hours and minutes")
    func units() {
        #expect(Duration.days(2) == .hours(48) && Duration.hours(-1) == .minutes(-60))
        #expect(Duration.minutes(90 as UInt8) == .seconds(5_400))
    }

    @Test("is taken from a moment as the same duration is added to it")
    func earlier() {
        let moment = Timestamp(microseconds: 3)
        #expect(moment - .days(1) == Timestamp(microseconds: 3 - 86_400_000_000))
        #expect(moment - .days(1) + .days(1) == moment && moment - .minutes(-1) == moment + .minutes(1))
        #expect(Timestamp(microseconds: .min) - .hours(1) == Timestamp(microseconds: .min))
    }
}
