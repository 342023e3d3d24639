import Acts
import Policy
import Testing
import UTC

@Suite("From when somebody is really refused") struct RefusalForecastTests {
    /// In the morning of a day, which is therefore no whole day of a notice.
    static let now = today.start + .hours(9)
    static let today = Day(number: 20_000)

    static func rule(
        announced: Int? = 0, enforced: Int?, notice: Int = 30, required: Assurance = .secondFactor,
        stricter: Assurance? = nil
    ) throws -> MandateRule {
        try MandateRule(
            announcedFrom: announced.map { today + $0 }, enforcedFrom: enforced.map { today + $0 }, noticeDays: notice,
            required: required,
            stricter: try stricter.map { MandateRule.Stricter(share: try Share(percent: "10"), assurance: $0) })
    }

    /// A second factor, of which people were told so many days ago with so many days of notice.
    static func told(_ ago: Int64, notice: Int64 = 30) -> Demand {
        Demand(.secondFactor, noticedAt: now - .days(ago), bindsAt: (today - Int(ago) + 1 + Int(notice)).start)
    }

    // Days from today on. The columns are the point.
    // swift-format-ignore
    static let table: [(
        String, before: (announced: Int?, enforced: Int?), after: (announced: Int?, enforced: Int?, notice: Int),
        told: Int64?, from: Int?
    )] = [
        ("off to enforced today: the whole notice first",        (nil, nil),  (0, 0, 30),    nil, 31),
        ("off to enforced on a day after the notice",            (nil, nil),  (0, 90, 30),   nil, 90),
        ("off to announced on a later day, and enforced then",   (nil, nil),  (10, 10, 30),  nil, 41),
        ("off to announced alone",                               (nil, nil),  (0, nil, 30),  nil, nil),
        ("off, without notice",                                  (nil, nil),  (0, 0, 0),     nil, 0),
        ("announced without a day, then enforced: anew",         (-20, nil),  (-20, 0, 30),  20,  31),
        ("as it was",                                            (-20, 90),   (-20, 90, 30), 20,  90),
        ("as it was, the notice after the day",                  (-20, -20),  (-20, -20, 30), 20, 11),
        ("brought forward: a new notice",                        (-20, 90),   (-20, 0, 30),  20,  31),
        ("brought forward to a day after the new notice",        (-20, 90),   (-20, 40, 30), 20,  40),
        ("brought forward within the new notice: as was told",   (-20, 25),   (-20, 5, 30),  20,  25),
        ("brought forward without notice: never before the first notice", (-20, 90), (-20, 0, 0), 20, 11),
        ("put off",                                              (-20, 25),   (-20, 60, 30), 20,  60),
        ("binds already, and is enforced from an earlier day",   (-50, -5),   (-50, -9, 30), 50,  -9),
        ("taken back",                                           (-20, 25),   (-20, nil, 30), 20, nil),
    ]

    @Test("is what the store would hold against people", arguments: table)
    func from(
        _ name: String, before: (announced: Int?, enforced: Int?),
        after: (announced: Int?, enforced: Int?, notice: Int), told: Int64?, from: Int?
    ) throws {
        let before = try Self.rule(announced: before.announced, enforced: before.enforced)
        let after = try Self.rule(announced: after.announced, enforced: after.enforced, notice: after.notice)
        let project = RefusalForecast.Project(told: told.map { [Self.told($0)] } ?? [], isInTopShare: false)
        let forecast = RefusalForecast(after, toldUnder: before, at: [project], now: Self.now)
        #expect(forecast.starts.map(\.from.day) == (from.map { [Self.today + $0] } ?? []), "\(name)")
    }

    @Test("A deadline that is brought forward binds nobody before the days of a notice are over", arguments: 0..<60)
    func anyDay(_ enforced: Int) throws {
        let before = try Self.rule(announced: -5, enforced: 80)
        let after = try Self.rule(announced: -5, enforced: enforced)
        let renewed = try #require(after.kept([Self.told(5)], toldUnder: before, at: Self.now).first)
        let binding = try #require(after.binding(of: renewed))
        #expect(binding >= (Self.today + 31).start && binding >= (Self.today + enforced).start)
        #expect(renewed.noticedAt == Self.now, "people are told anew")
        // Setting the same again is no news.
        #expect(after.kept([renewed], toldUnder: after, at: Self.now + .hours(1)) == [renewed])
    }

    @Test("An earlier day that changes nothing for anybody is not told")
    func noNews() throws {
        let before = try Self.rule(announced: -20, enforced: 25)
        let after = try Self.rule(announced: -20, enforced: 5)
        let kept = try #require(after.kept([Self.told(20)], toldUnder: before, at: Self.now).first)
        #expect(kept.noticedAt == Self.told(20).noticedAt && after.binding(of: kept) == (Self.today + 25).start)
    }

    @Test("What binds from this moment on stays as it was told, whatever the new rule says of days before")
    func bindsNow() throws {
        let before = try Self.rule(announced: -20, enforced: 0)
        let after = try Self.rule(announced: -20, enforced: -5)
        let told = Demand(.secondFactor, noticedAt: Self.today.start - .days(20), bindsAt: Self.today.start - .days(10))
        #expect(after.kept([told], toldUnder: before, at: Self.today.start) == [told])
    }

    @Test("What people were told is void where nothing is asked any more, or a day is set for the first time")
    func forgetting() throws {
        let (off, announced) = (try Self.rule(announced: nil, enforced: nil), try Self.rule(enforced: nil))
        let enforced = try Self.rule(announced: -20, enforced: 0)
        let told = [Self.told(5)]
        #expect(off.kept(told, toldUnder: enforced, at: Self.now) == [])
        #expect(off.kept(told, toldUnder: announced, at: Self.now) == [])
        #expect(enforced.kept(told, toldUnder: announced, at: Self.now) == [])
        #expect(announced.kept(told, toldUnder: announced, at: Self.now) == told)
        #expect(announced.kept(told, toldUnder: enforced, at: Self.now) == told)
    }

    @Test("is said for each thing that is asked, and why it is later than the day of enforcement")
    func sentences() throws {
        let off = try Self.rule(announced: nil, enforced: nil)
        let rule = try Self.rule(enforced: 0, stricter: .phishingResistant)
        func sentences(_ rule: MandateRule, _ projects: [RefusalForecast.Project]) -> [String] {
            RefusalForecast(rule, toldUnder: off, at: projects, now: Self.now).sentences(at: Self.now)
        }
        let (plain, top) = (
            RefusalForecast.Project(told: [], isInTopShare: false),
            RefusalForecast.Project(told: [], isInTopShare: true)
        )
        let day = (Self.today + 31).readable
        #expect(
            sentences(rule, [plain, plain, top]) == [
                "From \(day) on, people who lack a second factor are refused, at 3 critical projects.",
                "From \(day) on, people who lack a security key or passkey are refused, at 1 critical project.",
                "Nobody is refused on \(Self.today.readable) already: 30 days of notice come first.",
            ])
        // The notice is over by the day of enforcement, or was long ago: the day says all.
        let later = (Self.today + 90).readable
        #expect(
            sentences(try Self.rule(enforced: 90), [plain]) == [
                "From \(later) on, people who lack a second factor are refused, at 1 critical project."
            ])
        let old = try Self.rule(announced: -90, enforced: -30)
        let bound = RefusalForecast(
            old, toldUnder: old, at: [.init(told: [Self.told(50)], isInTopShare: false)], now: Self.now)
        #expect(bound.starts.map(\.from) == [(Self.today - 19).start])
        for moment in [(Self.today - 19).start, Self.now] { #expect(bound.sentences(at: moment).count == 1) }
        #expect(bound.sentences(at: (Self.today - 19).start - .microseconds(1)).count == 2)
        #expect(sentences(off, [plain]) == ["Nobody is refused: no day of enforcement is set."])
        #expect(sentences(rule, []) == ["Nobody is refused: no project is critical."])
        #expect(
            sentences(try Self.rule(enforced: 0, notice: 0), [plain]) == [
                "Since \(Self.today.readable), people who lack a second factor are refused, at 1 critical project."
            ])
    }
}

@Suite("What is taken back of what people were told") struct MandateEasingTests {
    typealias Forecast = RefusalForecastTests

    // swift-format-ignore
    static let table: [(
        String, before: (announced: Int?, enforced: Int?, Assurance), after: (announced: Int?, enforced: Int?, Assurance),
        easing: MandateEasing?
    )] = [
        ("ended",                     (-9, -5, .secondFactor),  (nil, nil, .secondFactor), .ended),
        ("announced on a later day",  (-9, 5, .secondFactor),   (3, 5, .secondFactor),     .ended),
        ("no day any more",           (-9, 5, .secondFactor),   (-9, nil, .secondFactor),  .dayTakenBack),
        ("a later day",               (-9, 5, .secondFactor),   (-9, 8, .secondFactor),    .postponed(to: Forecast.today + 8)),
        ("an earlier day",            (-9, 5, .secondFactor),   (-9, 4, .secondFactor),    nil),
        ("another day that is over",  (-9, -5, .secondFactor),  (-9, -3, .secondFactor),   nil),
        ("less",                      (-9, 5, .phishingResistant), (-9, 5, .secondFactor), .lowered(to: .secondFactor)),
        ("more",                      (-9, 5, .secondFactor),   (-9, 5, .phishingResistant), nil),
        ("a day, where none was set", (-9, nil, .secondFactor), (-9, 5, .secondFactor),    nil),
        ("no day was set, nor is one", (-9, nil, .secondFactor), (-9, nil, .secondFactor), nil),
        ("less, and no day was set",  (-9, nil, .phishingResistant), (-9, nil, .secondFactor), .lowered(to: .secondFactor)),
        ("nothing was told",          (3, 5, .phishingResistant), (nil, nil, .secondFactor), nil),
    ]

    @Test("is told apart from what is asked newly", arguments: table)
    func easing(
        _ name: String, before: (announced: Int?, enforced: Int?, Assurance),
        after: (announced: Int?, enforced: Int?, Assurance), easing: MandateEasing?
    ) throws {
        let before = try Forecast.rule(announced: before.announced, enforced: before.enforced, required: before.2)
        let after = try Forecast.rule(announced: after.announced, enforced: after.enforced, required: after.2)
        #expect(MandateEasing(from: before, to: after, at: Forecast.now) == easing, "\(name)")
    }

    @Test("is less for the most used, too, and a spare that is not asked for any more")
    func rest() throws {
        let top = try Forecast.rule(announced: -9, enforced: 5, stricter: .attestedHardware)
        let plain = try Forecast.rule(announced: -9, enforced: 5)
        #expect(MandateEasing(from: top, to: plain, at: Forecast.now) == .lowered(to: .secondFactor))
        let spare = try MandateRule(
            announcedFrom: plain.announcedFrom, enforcedFrom: plain.enforcedFrom, needsSpare: true)
        #expect(MandateEasing(from: spare, to: plain, at: Forecast.now) == .lowered(to: .secondFactor))
        #expect(MandateEasing(from: plain, to: plain, at: Forecast.now) == nil)
        // Where the later day has begun, it puts nothing off.
        let (later, day) = (try Forecast.rule(announced: -9, enforced: 8), Forecast.today + 8)
        #expect(MandateEasing(from: plain, to: later, at: day.start - .microseconds(1)) == .postponed(to: day))
        #expect(MandateEasing(from: plain, to: later, at: day.start) == nil)
    }
}
