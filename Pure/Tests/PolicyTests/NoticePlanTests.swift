import Policy
import Testing
import UTC

@Suite("What people are told of critical projects") struct NoticePlanTests {
    static let now = Day(number: 20_000).start + .hours(12)
    /// When the notice began.
    static let noticed = now - .days(60)

    @Test("At once, then 30, 7 and 1 days before it binds, and when it does; each once")
    func wholeStory() {
        let bindsAt = Self.now + .days(40)
        var told: [NoticePlan.Moment: Timestamp] = [:]
        var story: [(Int64, NoticePlan.Moment)] = []
        for hour in 0..<(50 * 24) {
            let moment = Self.now + .hours(hour)
            let due = NoticePlan.due(
                noticedAt: Self.noticed, bindsAt: bindsAt, told: told, isLacking: true, at: moment)
            for over in due.over { told[over] = moment }
            if let tell = due.tell { story.append((Int64(hour / 24), tell)) }
        }
        #expect(story.map(\.0) == [0, 10, 33, 39, 40])
        #expect(story.map(\.1) == [.designated, .thirtyDays, .sevenDays, .oneDay, .binds])
    }

    @Test("A notice of thirty days is one letter, not two")
    func thirtyDays() {
        let due = NoticePlan.due(
            noticedAt: Self.noticed, bindsAt: Self.now + .days(30), told: [:], isLacking: true, at: Self.now)
        #expect(due.tell == .designated)
        #expect(due.over == [.designated, .thirtyDays])
    }

    @Test("Who was not told in time is told of the last moment only")
    func missed() {
        let told: [NoticePlan.Moment: Timestamp] = [.designated: Self.now - .days(60)]
        let due = NoticePlan.due(
            noticedAt: Self.noticed, bindsAt: Self.now - .days(1), told: told, isLacking: true, at: Self.now)
        #expect(due.tell == .binds)
        #expect(due.over == [.thirtyDays, .sevenDays, .oneDay, .binds])
    }

    @Test("Who has what is asked for is told the first time only")
    func ready() {
        let first = NoticePlan.due(
            noticedAt: Self.noticed, bindsAt: Self.now + .days(30), told: [:], isLacking: false, at: Self.now)
        #expect(first.tell == .designated)
        let later = NoticePlan.due(
            noticedAt: Self.noticed, bindsAt: Self.now, told: [.designated: Self.now - .days(30)], isLacking: false,
            at: Self.now)
        #expect(later.tell == nil)
        #expect(later.over == [.thirtyDays, .sevenDays, .oneDay, .binds])
    }

    @Test("When the day moves, the moments before it come again")
    func moved() {
        let told = Dictionary(
            uniqueKeysWithValues: NoticePlan.Moment.allCases.map { ($0, Self.now - .days(1)) })
        let bindsAt = Self.now + .days(8)
        #expect(
            NoticePlan.due(
                noticedAt: Self.noticed, bindsAt: bindsAt, told: told, isLacking: true, at: Self.now
            ).over.isEmpty)
        let week = NoticePlan.due(
            noticedAt: Self.noticed, bindsAt: bindsAt, told: told, isLacking: true, at: Self.now + .days(1))
        #expect(week.tell == .sevenDays)
    }

    @Test("While no day is set there is the first letter and no other")
    func noDay() {
        let first = NoticePlan.due(
            noticedAt: Self.noticed, bindsAt: nil, told: [:], isLacking: true, at: Self.now)
        #expect(first.tell == .designated)
        let later = NoticePlan.due(
            noticedAt: Self.noticed, bindsAt: nil, told: [.designated: Self.now], isLacking: true,
            at: Self.now + .days(400))
        #expect(later.tell == nil && later.over.isEmpty)
    }

    @Test("What somebody lacks is looked at only where something is due")
    func nothingDue() {
        var looks = 0
        func isLacking() -> Bool {
            looks += 1
            return true
        }
        let told: [NoticePlan.Moment: Timestamp] = [.designated: Self.now]
        let bindsAt = Self.now + .days(31)
        #expect(
            NoticePlan.due(
                noticedAt: Self.noticed, bindsAt: bindsAt, told: told, isLacking: isLacking(), at: Self.now
            ).tell == nil)
        #expect(looks == 0)
        let due = NoticePlan.due(
            noticedAt: Self.noticed, bindsAt: bindsAt, told: told, isLacking: isLacking(), at: Self.now + .days(1))
        #expect(due.tell == .thirtyDays && looks == 1)
    }

    @Test("A day that was brought forward is a notice of its own, to those who lack something, once")
    func broughtForward() {
        let told: [NoticePlan.Moment: Timestamp] = [.designated: Self.now - .days(20)]
        let bindsAt = Self.now + .days(31)
        func due(_ told: [NoticePlan.Moment: Timestamp], isLacking: Bool, in days: Int64 = 0) -> NoticePlan.Due {
            NoticePlan.due(
                noticedAt: Self.now, bindsAt: bindsAt, told: told, isLacking: isLacking, at: Self.now + .days(days))
        }
        let news = due(told, isLacking: true)
        #expect(news.tell == .designated && news.isBroughtForward)
        #expect(news.over == [.designated, .thirtyDays])
        let ready = due(told, isLacking: false)
        #expect(ready.tell == nil && ready.over == news.over)
        // Who was told of nothing yet hears of it as of any demand.
        #expect(!due([:], isLacking: true).isBroughtForward)
        let heard = Dictionary(uniqueKeysWithValues: news.over.map { ($0, Self.now) })
        #expect(due(heard, isLacking: true).over.isEmpty)
        #expect(due(heard, isLacking: true, in: 24).tell == .sevenDays)
    }
}
