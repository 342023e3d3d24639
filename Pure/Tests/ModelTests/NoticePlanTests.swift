import Model
import PackagingFormats
import Testing
import UTC

@Suite("What people are told of critical projects") struct NoticePlanTests {
    static let now = Day(number: 20_000).start + .seconds(12 * 3_600)

    static func days(_ days: Int64) -> Duration { .seconds(days * 86_400) }

    @Test("At once, then 30, 7 and 1 days before it binds, and when it does; each once")
    func wholeStory() {
        let bindsAt = Self.now + Self.days(40)
        var told: [NoticePlan.Moment: Timestamp] = [:]
        var story: [(Int64, NoticePlan.Moment)] = []
        for hour in 0..<(50 * 24) {
            let moment = Self.now + .seconds(Int64(hour) * 3_600)
            let due = NoticePlan.due(bindsAt: bindsAt, told: told, isLacking: true, at: moment)
            for over in due.over { told[over] = moment }
            if let tell = due.tell { story.append((Int64(hour / 24), tell)) }
        }
        #expect(story.map(\.0) == [0, 10, 33, 39, 40])
        #expect(story.map(\.1) == [.designated, .thirtyDays, .sevenDays, .oneDay, .binds])
    }

    @Test("A notice of thirty days is one letter, not two")
    func thirtyDays() {
        let due = NoticePlan.due(bindsAt: Self.now + Self.days(30), told: [:], isLacking: true, at: Self.now)
        #expect(due.tell == .designated)
        #expect(due.over == [.designated, .thirtyDays])
    }

    @Test("Who was not told in time is told of the last moment only")
    func missed() {
        let told: [NoticePlan.Moment: Timestamp] = [.designated: Self.now + Self.days(-60)]
        let due = NoticePlan.due(bindsAt: Self.now + Self.days(-1), told: told, isLacking: true, at: Self.now)
        #expect(due.tell == .binds)
        #expect(due.over == [.thirtyDays, .sevenDays, .oneDay, .binds])
    }

    @Test("Who has what is asked for is told the first time only")
    func ready() {
        let first = NoticePlan.due(bindsAt: Self.now + Self.days(30), told: [:], isLacking: false, at: Self.now)
        #expect(first.tell == .designated)
        let later = NoticePlan.due(
            bindsAt: Self.now, told: [.designated: Self.now + Self.days(-30)], isLacking: false, at: Self.now)
        #expect(later.tell == nil)
        #expect(later.over == [.thirtyDays, .sevenDays, .oneDay, .binds])
    }

    @Test("When the day moves, the moments before it come again")
    func moved() {
        let told = Dictionary(
            uniqueKeysWithValues: NoticePlan.Moment.allCases.map { ($0, Self.now + Self.days(-1)) })
        let bindsAt = Self.now + Self.days(8)
        #expect(NoticePlan.due(bindsAt: bindsAt, told: told, isLacking: true, at: Self.now).over.isEmpty)
        let week = NoticePlan.due(bindsAt: bindsAt, told: told, isLacking: true, at: Self.now + Self.days(1))
        #expect(week.tell == .sevenDays)
    }

    @Test("While no day is set there is the first letter and no other")
    func noDay() {
        let first = NoticePlan.due(bindsAt: nil, told: [:], isLacking: true, at: Self.now)
        #expect(first.tell == .designated)
        let later = NoticePlan.due(
            bindsAt: nil, told: [.designated: Self.now], isLacking: true, at: Self.now + Self.days(400))
        #expect(later.tell == nil && later.over.isEmpty)
    }

    // MARK: The letter

    static func news(
        _ name: String, isLacking: Bool, days: Int64? = 30, tokens: [String] = [], what: Demand.What = .secondFactor
    ) throws -> MandateNews {
        MandateNews(
            designation: Designation(
                name: try ProjectName(parsing: name), reason: .downloads(rank: 3, count: 4_567), asOf: now.day,
                windowDays: 183, designatedAt: now),
            role: .owner, what: what, bindsAt: days.map { now + Self.days($0) }, moment: .designated,
            isLacking: isLacking, weakTokens: tokens, canDelay: isLacking)
    }

    @Test("One letter says which projects, why, what is asked, by when, how, and where a free key is")
    func letter() throws {
        let letter = Letter(
            mandate: [
                try Self.news("demo", isLacking: true, tokens: ["“laptop”"]), try Self.news("other", isLacking: false),
            ], to: try Username(parsing: "ada"), hasFreeKeys: true, at: Self.now)
        #expect(letter.subject == "2 of your projects: please add a second factor by \((Self.now.day + 30).readable)")
        #expect(letter.facts.map(\.name) == ["demo", "other"])
        let all = ([letter.subject] + letter.paragraphs + letter.facts.map(\.value) + letter.afterLink).joined()
        for text in [
            "number 3 by downloads, 4,567 in 183 days", "Asked: a second factor",
            "from \((Self.now.day + 30).readable)",
            "/security-key-giveaway/", "“laptop”", "14 days", "/manage/project/demo/security/", "You are an owner",
        ] { #expect(all.contains(text), "\(text)") }
        #expect(letter.link?.path == "/manage/account/two-factor/")
    }

    @Test("Who has what is asked for is asked for nothing")
    func readyLetter() throws {
        let letter = Letter(
            mandate: [try Self.news("demo", isLacking: false)], to: try Username(parsing: "ada"), hasFreeKeys: true,
            at: Self.now)
        #expect(letter.subject == "demo is critical: you have what is asked for")
        #expect(!letter.paragraphs.joined().contains("giveaway"))
        #expect(letter.link?.path == "/security/")
    }

    @Test("From the day it binds the letter says so")
    func bindingLetter() throws {
        let letter = Letter(
            mandate: [try Self.news("demo", isLacking: true, days: 0, what: .phishingResistant)],
            to: try Username(parsing: "ada"), hasFreeKeys: false, at: Self.now)
        #expect(letter.subject == "Publishing to demo now takes a security key or passkey")
        #expect(letter.paragraphs.joined().contains("refused"))
    }
}
