import PackagingFormats
import Testing
import UTC

@testable import Accounts
@testable import Acts
@testable import Letters
@testable import Policy

@Suite("A letter about critical projects") struct MandateLetterTests {
    /// A day's beginning: it is what demands bind from.
    static let now = Day(number: 20_000).start + .hours(12)
    static let nothing = FactorHoldings()
    static let app = FactorHoldings(strongest: .secondFactor)
    static let key = FactorHoldings(strongest: .phishingResistant, securityKeys: 1)

    static func day(_ days: Int64) -> Day { now.day + Int(days) }

    /// From the beginning of the day in so many days; nil for a day that is not set.
    static func from(_ days: Int64?) -> Timestamp? { days.map { day($0).start } }

    static func news(
        _ name: String, _ asked: [(Demand.Requirement, days: Int64?)], pendingFactor: PendingFactor? = nil,
        tokens: WeakTokens = .none,
        canDelay: Bool = false, on occasion: MandateNews.Occasion = .notice
    ) throws -> MandateNews {
        MandateNews(
            on: occasion,
            designation: Designation(
                name: try ProjectName(parsing: name), reason: .downloads(rank: 3, count: 4_567), asOf: now.day,
                windowDays: 183, designatedAt: now),
            role: .owner,
            asked: asked.map { what, days in
                DatedDemand(Demand(what, noticedAt: now, bindsAt: from(days) ?? now), from: from(days))
            }, pendingFactor: pendingFactor, tokens: tokens, canDelay: canDelay)
    }

    static func letter(
        _ news: [MandateNews], _ holdings: FactorHoldings, hasFreeKey: Bool = false
    ) throws -> Letter {
        Letter(mandate: news, to: try Username(parsing: "ada"), with: holdings, hasFreeKey: hasFreeKey, at: now)
    }

    static func text(_ letter: Letter) -> String {
        ([letter.subject] + letter.paragraphs + letter.facts.map { "\($0.name): \($0.value)" }
            + [letter.link?.label ?? ""] + letter.afterLink + (letter.pointers ?? []).flatMap { [$0.text] + $0.paths })
            .joined(
                separator: "\n")
    }

    @Test("says which projects, why, what is asked, before when, how, and where a free key is")
    func whole() throws {
        let letter = try Self.letter(
            [
                try Self.news("demo", [(.phishingResistant, 30)], canDelay: true),
                try Self.news("other", [(.phishingResistant, 30)], canDelay: true),
                try Self.news("third", [(.secondFactor, 30)]),
            ], Self.app, hasFreeKey: true)
        #expect(
            letter.subject
                == "2 of your projects: please add a security key or passkey before \(Self.day(30).readable)")
        #expect(letter.facts.map(\.name) == ["demo", "other", "third"])
        let text = Self.text(letter)
        for part in [
            "number 3 by downloads, 4,567 in 183 days",
            "Asked: a security key or passkey (you lack it), from \(Self.day(30).readable) on.",
            "From \(Self.day(30).readable) on, publishing to demo and other", "You are an owner", "14 days",
            "once for each of these projects",
        ] { #expect(text.contains(part), "\(part)") }
        #expect(
            letter.pointers?.map(\.paths) == [
                ["/security-key-giveaway/"],
                ["/manage/project/demo/security/delay/", "/manage/project/other/security/delay/"],
            ])
        #expect(letter.link?.path == "/manage/account/two-factor/")
        // Whatever stands on a day is refused on it: nothing is due "by" it, and nothing begins "after" it.
        #expect(!text.contains(" by \(Self.day(30).readable)") && !text.contains("fter that day"))
    }

    @Test("asks for nothing where nothing lacks")
    func ready() throws {
        let letter = try Self.letter([try Self.news("demo", [(.secondFactor, 30)])], Self.key, hasFreeKey: true)
        #expect(letter.subject == "demo is critical: you have what is asked for")
        #expect(letter.pointers == nil && letter.link?.path == "/security/")
    }

    @Test("says now only of what binds now and lacks")
    func severalDemands() throws {
        // The second factor binds and is there; a spare is asked for later.
        let letter = try Self.letter([try Self.news("demo", [(.secondFactor, -1), (.spare, 30)])], Self.key)
        #expect(
            letter.subject == "demo: please add a spare for your security key before \(Self.day(30).readable)")
        #expect(!Self.text(letter).contains("now takes") && Self.text(letter).contains("until then nothing changes"))
        #expect(
            Self.text(letter).contains(
                "Asked: a second factor (you have it), since \(Self.day(-1).readable); two security keys"))
    }

    @Test("says what is refused already, beside what will be")
    func refusedAlready() throws {
        let letter = try Self.letter(
            [try Self.news("demo", [(.secondFactor, -9)]), try Self.news("other", [(.phishingResistant, 30)])],
            Self.nothing)
        #expect(letter.subject == "Publishing to demo now takes a second factor")
        let text = Self.text(letter)
        #expect(
            text.contains("Publishing to demo and changing it is refused until your account has a second factor (a "))
        #expect(
            text.contains(
                "From \(Self.day(30).readable) on, publishing to other and changing it also takes a security key or passkey."
            ))
        #expect(!text.contains("nothing changes for you"))
    }

    @Test("names the project that it is about, whatever is refused at others")
    func reminder() throws {
        // Ada put `demo` off, and is reminded of it; `other` binds by now.
        let letter = try Self.letter(
            [
                try Self.news("demo", [(.phishingResistant, 7)]),
                try Self.news("other", [(.phishingResistant, -7)], on: .beside),
                try Self.news("third", [(.phishingResistant, 3)], on: .beside),
            ], Self.app)
        #expect(letter.subject == "demo: please add a security key or passkey before \(Self.day(7).readable)")
        #expect(letter.paragraphs.first?.hasPrefix("Please add a security key or passkey before") == true)
        #expect(letter.paragraphs.last?.hasPrefix("Why: many others build on your project demo, so") == true)
        let text = Self.text(letter)
        #expect(text.contains("From \(Self.day(7).readable) on, publishing to demo and changing it is refused"))
        #expect(
            text.contains(
                "Besides, publishing to other and changing it is refused until your account has a security key or passkey."
            ))
        #expect(text.contains("From \(Self.day(3).readable) on, publishing to third and changing it also takes"))
        #expect(!text.contains("nothing changes for you"), "something is refused already")
        #expect(letter.facts.map(\.name) == ["demo", "other", "third"])
        #expect(letter.link?.path == "/manage/account/two-factor/")
    }

    @Test("leads to what lacks elsewhere where nothing lacks at the project that it is about")
    func lacksElsewhere() throws {
        let letter = try Self.letter(
            [
                try Self.news("demo", [(.secondFactor, 30)]),
                try Self.news("other", [(.phishingResistant, 40)], on: .beside),
            ], Self.app)
        #expect(letter.subject == "demo is critical: you have what is asked for")
        #expect(letter.link?.label == "Add a security key or passkey")
        #expect(!Self.text(letter).contains("There is nothing to do"))
    }

    @Test("says that uploads are answered with the same, for as long as they are not refused")
    func answered() throws {
        func says(_ days: Int64, _ holdings: FactorHoldings, tokens: WeakTokens = .none) throws -> Bool {
            try Self.letter([try Self.news("demo", [(.secondFactor, days)], tokens: tokens)], holdings).afterLink
                .contains { $0.contains("twine upload --verbose") && $0.contains("uv publish -vv") }
        }
        let later = WeakTokens(refused: [], later: ["“ci”"], from: Self.from(30), needed: .secondFactor)
        #expect(try says(30, Self.nothing) && says(30, Self.app, tokens: later))
        #expect(try !says(30, Self.app) && !says(-1, Self.nothing))
    }

    @Test("says that a day was brought forward, and which")
    func broughtForward() throws {
        let letter = try Self.letter(
            [try Self.news("demo", [(.secondFactor, 30)], on: .broughtForward)], Self.nothing)
        #expect(letter.subject == "demo: please add a second factor before \(Self.day(27).readable)")
        #expect(Self.text(letter).contains("For demo that is earlier than you were told before"))
    }

    @Test("names what binds now by what lacks, not by what comes")
    func whatLacks() throws {
        let letter = try Self.letter(
            [try Self.news("demo", [(.secondFactor, -9), (.phishingResistant, 30)])], Self.app)
        #expect(letter.subject == "demo: please add a security key or passkey before \(Self.day(30).readable)")
    }

    // swift-format-ignore
    static let spares: [(FactorHoldings, [Demand.Requirement], String)] = [
        (nothing, [.spare], "a security key and a spare"),
        (app,     [.spare], "a security key and a spare"),
        (key,     [.spare], "a spare for your security key"),
        (nothing, [.secondFactor, .spare], "a security key and a spare"),
        (app,     [.phishingResistant, .spare], "a security key and a spare"),
        (key,     [.attestedHardware, .spare], "a security key whose model is attested"),
        (app,     [.attestedHardware, .spare], "a security key whose model is attested, and a spare"),
    ]

    @Test("asks for what fulfils a spare with what the account has", arguments: spares)
    func spare(holdings: FactorHoldings, what: [Demand.Requirement], words: String) throws {
        let letter = try Self.letter([try Self.news("demo", what.map { ($0, days: 0) })], holdings)
        #expect(letter.subject == "Publishing to demo now takes \(words)")
        #expect(letter.link?.label == "Add \(words)")
        // Not everybody knows what these words mean, nor that an app is no key.
        let first = try #require(letter.paragraphs.first)
        #expect(first.contains("(a second key, or printed recovery codes)") == words.contains("spare"))
        #expect(letter.paragraphs.contains("Your authenticator app is not enough for that.") == (holdings == Self.app))
    }

    @Test("says in its first paragraph what a second factor is, and before the button what, why and by when")
    func order() throws {
        for days: Int64? in [-1, 30, nil] {
            let letter = try Self.letter([try Self.news("demo", [(.secondFactor, days)])], Self.nothing)
            #expect(
                letter.paragraphs.first?.contains("a second factor (a security key, a passkey or an authenticator app)")
                    == true)
            #expect(letter.paragraphs.last?.hasPrefix("Why: many others build on your project demo, so") == true)
        }
        let early = try Self.letter([try Self.news("demo", [(.secondFactor, 30)])], Self.nothing)
        #expect(early.paragraphs.first?.contains(" before \(Self.day(27).readable). ") == true, "as the subject says")
    }

    @Test("says that a first factor waits three days, and names the earlier day while there is time")
    func firstFactor() throws {
        let early = try Self.letter([try Self.news("demo", [(.secondFactor, 30)])], Self.nothing)
        #expect(early.subject == "demo: please add a second factor before \(Self.day(27).readable)")
        #expect(
            Self.text(early).contains(
                " before \(Self.day(27).readable). It takes about two minutes. From \(Self.day(30).readable) on"))
        #expect(Self.text(early).contains("Your second factor counts three days after it was added.\n"))
        #expect(Self.text(early).contains("From \(Self.day(30).readable) on"))
        let late = try Self.letter([try Self.news("demo", [(.secondFactor, 1)])], Self.nothing)
        #expect(late.subject == "demo: please add a second factor before \(Self.day(1).readable)")
        // Nobody is named who could not vouch.
        #expect(Self.text(late).contains("counts three days after it was added.\n"))
        #expect(!Self.text(late).contains("vouch"))
        let another = try Self.letter([try Self.news("demo", [(.phishingResistant, 30)])], Self.app)
        #expect(!Self.text(another).contains("three days"))
    }

    @Test("says from when a new factor counts, where that is later than it is asked for")
    func pendingFactor() throws {
        let until = Self.now + .days(2)
        let grace = try Username(parsing: "grace")
        let pendingFactor = PendingFactor(
            from: Self.now, until: until,
            ways: [.vouching(by: [grace], for: try Username(parsing: "ada")), .wait(until: until)])
        let letter = try Self.letter(
            [try Self.news("demo", [(.secondFactor, 0)], pendingFactor: pendingFactor)], Self.key)
        #expect(letter.subject == "demo: your second factor counts from \(until.day.readable) on")
        #expect(
            Self.text(letter).contains("Your second factor counts from \(until.readableMinute) on")
                && Self.text(letter).contains("Until then publishing to demo and changing it is refused."))
        #expect(
            Self.text(letter).contains("Ask grace to vouch for it") && Self.text(letter).contains("/account/vouch/ada/")
        )
        #expect(!Self.text(letter).contains("There is nothing to do"))
    }

    @Test("asks for nothing where a factor only has to wait")
    func waiting() throws {
        let until = Self.now + .days(2)
        let pending = PendingFactor(
            from: Self.now, until: until, ways: [.wait(until: until), .administrators(canVouch: false)])
        let letter = try Self.letter([try Self.news("demo", [(.secondFactor, 0)], pendingFactor: pending)], Self.key)
        #expect(letter.paragraphs.first?.hasSuffix(" is refused. It will count by itself.") == true)
        // New tokens can be made meanwhile; nobody has to guess whether that helps.
        let weak = WeakTokens(refused: ["“laptop”"], later: [], from: nil, needed: .secondFactor)
        let both = try Self.letter(
            [try Self.news("demo", [(.secondFactor, 0)], pendingFactor: pending, tokens: weak)], Self.key)
        #expect(
            both.paragraphs.contains {
                $0.hasSuffix(
                    "You can do that now: new ones are refused as long as your second factor waits, and count with it.")
            })
        #expect(
            try !Self.text(Self.letter([try Self.news("demo", [(.secondFactor, 0)], tokens: weak)], Self.key))
                .contains("You can do that now"))
    }

    @Test("says of each project from when a factor that waits is asked for there")
    func waitingAtSeveral() throws {
        let until = Self.now + .days(3)
        func news(_ name: String, _ days: Int64) throws -> MandateNews {
            try Self.news(
                name, [(.secondFactor, days)],
                pendingFactor: PendingFactor(from: Self.day(days).start, until: until, ways: [.wait(until: until)]))
        }
        let letter = try Self.letter([try news("late", 2), try news("demo", 0), try news("other", -5)], Self.key)
        #expect(
            letter.paragraphs.first?.contains("Until then publishing to demo and other and changing them is refused.")
                == true, "\(letter.paragraphs)")
        #expect(
            letter.paragraphs.first?.contains(
                "From \(Self.day(2).readable) on, publishing to late and changing it is refused until then, too.")
                == true)
    }

    @Test("says a day once that holds for several demands")
    func oneDay() throws {
        let letter = try Self.letter([try Self.news("demo", [(.secondFactor, 30), (.spare, 30)])], Self.nothing)
        let day = Self.day(30).readable
        #expect(
            letter.facts.first?.value.contains(
                "Asked: a second factor (you lack it); two security keys, or one security key and printed recovery codes "
                    + "(you lack it), from \(day) on."
            )
                == true)
    }

    @Test("is about tokens that are too weak, where nothing else lacks")
    func tokens() throws {
        let refused = WeakTokens(refused: ["“laptop”"], later: [], from: nil, needed: .secondFactor)
        let now = try Self.letter([try Self.news("demo", [(.secondFactor, 0)], tokens: refused)], Self.app)
        #expect(now.subject == "demo: API tokens of yours are refused")
        #expect(
            Self.text(now).contains(
                "API tokens that you made without a second factor are too weak. Refused already: “laptop”. Sign in with a "
                    + "second factor, make new ones, and"))
        #expect(now.link?.path == "/manage/account/token/")
        let later = WeakTokens(refused: [], later: ["“ci”"], from: Self.from(30), needed: .phishingResistant)
        let soon = try Self.letter([try Self.news("demo", [(.phishingResistant, 30)], tokens: later)], Self.key)
        #expect(soon.subject == "demo: please make new API tokens before \(Self.day(30).readable)")
        #expect(Self.text(soon).contains("Refused from \(Self.day(30).readable) on: “ci”."))
    }

    @Test("has whole addresses in both parts, and fits a phone whatever a project is called")
    func rendered() throws {
        let letter = try Self.letter(
            [try Self.news("demo", [(.phishingResistant, 30)], canDelay: true)], Self.app, hasFreeKey: true)
        let mail = letter.rendered(
            to: try EmailAddress(parsing: "ada@example.org"), from: LetterHead(baseURL: "https://packages.example.org"))
        for path in [
            "/manage/account/two-factor/", "/security-key-giveaway/", "/manage/project/demo/security/delay/",
        ] {
            #expect(mail.text.split(separator: "\n").contains { $0 == "https://packages.example.org\(path)" })
            #expect(mail.html.contains("href=\"https://packages.example.org\(path)\""))
            #expect(mail.html.contains(">https://packages.example.org\(path)</a>"), "where it leads is to be read")
        }
        #expect(mail.html.contains("overflow-wrap:anywhere") && mail.html.contains("table-layout:fixed"))
    }
}
