import Accounts
import Acts
import Foundation
import Policy
import Primitives
import Testing
import UTC
import Web

@testable import Administration
@testable import Site

@Suite("A chart over time") struct LineChartTests {
    static let first = Day(number: 20_000)

    static func chart(
        _ offsets: [Int], _ values: [Double?]..., scale: LineChart.Scale = .count,
        moments: [(day: Day, word: String)] = []
    ) throws -> LineChart {
        try #require(
            LineChart(
                "Cheese", id: "cheese", days: offsets.map { first + $0 },
                series: values.enumerated().map { .init(name: "series \($0)", values: $1) }, scale: scale,
                moments: moments))
    }

    @Test("has nothing to show before the first day")
    func empty() {
        #expect(
            LineChart("x", id: "x", days: [], series: [.init(name: "a", values: [])], scale: .count, moments: [])
                == nil)
    }

    // swift-format-ignore
    static let places: [(offset: Int, last: Int, x: Double)] = [
        (0, 10, 44), (10, 10, 354), (5, 10, 199), (1, 10, 75), (0, 0, 354),
    ]

    @Test("puts days as far apart as they are, and a single one at the right", arguments: places)
    func days(offset: Int, last: Int, x: Double) {
        #expect(abs(LineChart.x(of: Self.first + offset, from: Self.first, to: Self.first + last) - x) < 0.001)
    }

    // swift-format-ignore
    static let heights: [(value: Double, ceiling: Double, y: Double)] = [
        (0, 100, 174), (100, 100, 68), (50, 100, 121), (25, 100, 147.5), (120, 100, 68), (-1, 100, 174), (1, 1, 68),
    ]

    @Test("puts nothing at the bottom and the ceiling at the top", arguments: heights)
    func values(value: Double, ceiling: Double, y: Double) {
        #expect(LineChart.y(of: value, ceiling: ceiling) == y)
    }

    @Test("ends a line where nothing is known, and marks a day that stands alone")
    func gaps() throws {
        let chart = try Self.chart([0, 1, 2, 3, 4, 5], [1, 2, nil, 2, nil, 0])
        #expect(chart.lines[0].stretches == [.init(points: "44,121 106,68")])
        #expect(chart.lines[0].dots.map(\.dotX) == ["44", "106", "230", "354"])
        #expect(chart.lines[0].lineLatest == "0")
    }

    @Test("marks each of a few days, and of many only the last and those that stand alone")
    func dots() throws {
        let many = Array(0..<40)
        var values = [Double?](repeating: 1, count: 40)
        (values[9], values[11]) = (nil, nil)
        let chart = try Self.chart(many, values)
        #expect(chart.lines[0].dots.count == 2 && chart.lines[0].stretches.count == 2)
        #expect(try Self.chart(Array(0..<31), Array(repeating: 1, count: 31)).lines[0].dots.count == 31)
    }

    @Test("reaches up to a round number of things, and to 100 %")
    func ticks() throws {
        #expect(try Self.chart([0, 1], [3, 7]).ticks.map(\.tickText) == ["5", "10"])
        #expect(try Self.chart([0, 1], [4, 5]).ticks.map(\.tickText) == ["5"])
        #expect(try Self.chart([0, 1], [0, 0]).ticks.map(\.tickText) == ["1"])
        #expect(try Self.chart([0, 1], [1, 2], scale: .percent).ticks.map(\.tickText) == ["50 %", "100 %"])
        #expect(try Self.chart([0], [33.333], scale: .percent).lines[0].lineLatest == "33.3 %")
    }

    @Test("tells its lines apart without colour, and says in words what it shows")
    func words() throws {
        let chart = try Self.chart([0, 9], [1, 1_000], [nil, nil])
        #expect(chart.lines.map(\.isRound) == [true, false])
        #expect(chart.lines.map(\.lineClass) == ["line-first", "line-second"])
        #expect(
            chart.chartText
                == "series 0: 1 on 4 Oct 2024, 1,000 on 13 Oct 2024. series 1: nothing is known.")
        #expect(chart.lines[1].lineLatest == "–")
        #expect((chart.firstDay, chart.lastDay) == ("4 Oct 2024", "13 Oct 2024"))
        #expect(try Self.chart([3], [2]).firstDay == nil)
    }

    @Test("marks the day on which something began, if it is among its days")
    func moments() throws {
        let began = [(day: Self.first + 2, word: "announced"), (day: Self.first + 8, word: "enforced")]
        let chart = try Self.chart([0, 10], [1, 1], moments: began + [(day: Self.first + 11, word: "never")])
        #expect(chart.moments.map(\.momentText) == ["announced", "enforced"])
        #expect(chart.moments.map(\.momentAnchor) == ["start", "end"])
        // Above the drawing, each in a row of its own, below the key.
        let rows = chart.moments.compactMap { Double($0.momentTextY) }
        #expect(rows[0] + 11 <= rows[1] && rows[1] < LineChart.top && rows.allSatisfy { $0 > 32 + 8 })
        #expect(try Self.chart([0, 10], [1, 1], moments: [(day: Self.first, word: "x")]).moments.isEmpty)
    }

    // swift-format-ignore
    static let numbers: [(Double, String)] = [
        (0, "0"), (12, "12"), (12.34, "12.3"), (12.35, "12.4"), (99.96, "100"), (-0.5, "-0.5"), (-3, "-3"),
    ]

    @Test("writes numbers with one decimal where it says something", arguments: numbers)
    func decimals(number: Double, text: String) { #expect(tenths(number) == text) }
}

@Suite("What is said of critical projects") struct CriticalWordsTests {
    typealias Pages = CriticalPagesUnderTest

    @Test("In public, what one or two people have is said nowhere")
    func few() throws {
        for people in [1, 2] {
            let report = try Pages.report(people: people)
            let page = SecurityPage(report, hosted: [], at: Pages.now)
            #expect(page.totals.withFactor == nil && page.totals.phishingResistant == nil && page.totals.isWithheld)
            let shares = try #require(page.charts?.drawings.last)
            #expect(shares.lines.allSatisfy { $0.dots.isEmpty && $0.stretches.isEmpty && $0.lineLatest == "–" })
            #expect(page.charts?.rows.allSatisfy { $0.rowFactor == "–" && $0.rowResistant == "–" } == true)
            let json = String(
                decoding: try jsonDocument(PublicCriticalDocument(report, at: Pages.now)), as: UTF8.self)
            #expect(json.contains("\"withFactor\":null") && !json.contains("\"withFactor\":0"))
            #expect(!CriticalAdminPage(report, [], try Pages.forecast(), at: Pages.now).totals.isWithheld)
        }
        #expect(try !SecurityPage(Pages.report(people: 5), hosted: [], at: Pages.now).totals.isWithheld)
        #expect(try !SecurityPage(Pages.report(people: 0), hosted: [], at: Pages.now).totals.isWithheld)
    }

    @Test("An administrator sees each person's state, and what would be refused today")
    func states() throws {
        let page = CriticalAdminPage(
            try Pages.report(), try Pages.standings(), try Pages.forecast(), at: Pages.now)
        let people = page.rows[0].projectPeople
        #expect(
            people.map(\.personState) == [
                "Ready", "Lacks a second factor", "Lacks a security key or passkey, asked from 22 Dec 2026 on",
                "Waits until 2 Dec 2026, 08:05 UTC: the factor is new or was recovered",
                "Lacks a second factor, asked from 2 Dec 2026 on",
            ])
        #expect(people.map(\.isRefused) == [false, true, false, true, false])
        #expect(people.map(\.isReady) == [true, false, false, false, false])
        #expect(people[0].personMore == "2 API tokens made with less, refused today")
        #expect(people[4].personMore == "put off until 2 Dec 2026")
        #expect(
            page.refusedToday
                == "2 people would be refused today, at 1 project; 2 API tokens of people who are ready would be, because "
                + "they were made with less.")
        #expect(page.lacking.map(\.lackName) == ["Bob", "Carla", "Eve"])
        #expect(page.rows[1].isReservedOnly && page.rows[1].projectPeople.isEmpty)
    }

    @Test("The table is cut into pages, and a page that is not there is the nearest one")
    func paging() throws {
        let standing = try Pages.standings()[0]
        let many = [CriticalProjectStanding](repeating: standing, count: 250)
        func page(_ number: Int) throws -> CriticalAdminPage {
            CriticalAdminPage(
                try Pages.report(), many, try Pages.forecast(), page: number, at: Pages.now)
        }
        #expect(try page(1).rows.count == 100 && page(3).rows.count == 50)
        #expect(try page(1).paging?.previousPath == nil && page(1).paging?.nextPath == "/admin/critical/?page=2")
        #expect(try page(99).paging?.position == "Page 3 of 3" && page(-5).paging?.position == "Page 1 of 3")
        #expect(try CriticalAdminPage(Pages.report(), Pages.standings(), Pages.forecast(), at: Pages.now).paging == nil)
    }

    @Test("A badge says why a project is critical, and what it takes to change it by now")
    func badge() throws {
        let project = try Pages.project("demo")
        func asked(_ rule: MandateRule) -> String? {
            CriticalBadge(project, demands: Pages.demands(), rule: rule, at: Pages.now).badgeAsked
        }
        let badge = CriticalBadge(project, demands: [], rule: .usual, at: Pages.now)
        #expect(badge.badgeWhy == "Number 3 by downloads: 1,234,567 in 183 days up to 12 Oct 2026.")
        #expect(badge.badgeAsked == nil && asked(.usual) == nil)
        #expect(asked(try Pages.rule()) == "Anyone who publishes to it or changes it needs a second factor.")
        let announced = try MandateRule(announcedFrom: Fixture.today, enforcedFrom: nil)
        #expect(
            asked(announced)
                == "Once the rule is enforced, anyone who publishes to it or changes it needs a second factor.")
        let later = try MandateRule(announcedFrom: Fixture.today, enforcedFrom: Fixture.today + 40)
        #expect(asked(later) == "From 1 Jan 2027 on, anyone who publishes to it or changes it needs a second factor.")
        #expect(try Pages.project("x", .named).designation.whyInSentence.hasPrefix("The people who run"))
    }

    @Test("The form of the settings reads back what it was filled with")
    func form() throws {
        let share = try Share(percent: "0.5")
        let settings = CriticalSettings(
            critical: try CriticalRule(extent: .number(350), windowDays: 90, dependencyDepth: 2),
            mandate: try MandateRule(
                announcedFrom: Fixture.today, enforcedFrom: Fixture.today + 30, noticeDays: 14, required: .secondFactor,
                stricter: .init(share: share, assurance: .attestedHardware), needsSpare: true))
        for settings in [settings, .usual] {
            let form = CriticalSettingsForm(settings)
            #expect(try form.settings() == settings)
            let query = form.fields.map { "\($0.fieldName)=\(Paths.percentEncoded($0.fieldValue))" }
            #expect(CriticalSettingsForm(FormFields(query.joined(separator: "&"))) == form)
        }
    }

    @Test("What binds at once binds those who are told from now on")
    func atOnce() throws {
        let settings = CriticalSettings(
            critical: .usual, mandate: try MandateRule(announcedFrom: nil, enforcedFrom: nil, noticeDays: 0))
        let asked = RuleWords(settings, .on, latest: nil, at: Pages.now).whatIsAsked.joined(separator: " ")
        #expect(asked.contains("as soon as they are told; anyone who was given a day before keeps it."))
    }

    // swift-format-ignore
    static let mistakes: [(any WritableKeyPath<CriticalSettingsForm, String> & Sendable, String, code: String)] = [
        (\.share, "200 %", "critical.share-out-of-range"), (\.share, "0", "critical.share-out-of-range"),
        (\.share, "", "critical.unreadable-share"), (\.share, "many", "critical.unreadable-share"),
        (\.window, "", "critical.form-number"), (\.window, "9999999999", "critical.form-number"),
        (\.window, "401", "critical.window-out-of-range"), (\.depth, "-1", "critical.depth-out-of-range"),
        (\.announced, "tomorrow", "critical.form-day"), (\.enforced, "2026-02-30", "critical.form-day"),
        (\.notice, "366", "critical.notice-out-of-range"), (\.required, "", "critical.form-required"),
        (\.required, "password", "critical.demands-nothing"), (\.topShare, "10 %", "critical.form-top"),
        (\.extent, "number", "critical.form-number"),
    ]

    @Test("What cannot be read, or cannot be, is refused with a reason", arguments: mistakes)
    func refused(
        field: any WritableKeyPath<CriticalSettingsForm, String> & Sendable, text: String, code: String
    ) throws {
        var form = CriticalSettingsForm(.usual)
        form[keyPath: field] = text
        do {
            _ = try form.settings()
            Issue.record("it was taken")
        } catch let refusal as any Refusal {
            #expect(refusal.code == code && refusal.kind == .invalid)
        }
    }
}
