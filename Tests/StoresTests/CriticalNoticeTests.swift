import Accounts
import Acts
import Bytes
import Downloads
import Giveaway
import Journal
import Letters
import PackagingFormats
import Policy
import Ports
import Removals
import Roles
import Secrets
import Stores
import Support
import Testing
import UTC

@Suite("Letters about critical projects") struct CriticalNoticeTests {
    let people: People
    let demo: ProjectName
    var index: TestIndex { people.index }
    var stores: Stores { people.stores }
    var now: Timestamp { people.now }
    var today: Day { now.day }

    init() async throws {
        people = try await People()
        demo = try ProjectName(parsing: "demo-pkg")
    }

    func set(
        enforced: Bool = false, notice: Int = 30, required: Assurance = .secondFactor,
        stricter: MandateRule.Stricter? = nil, spare: Bool = false, at moment: Timestamp? = nil
    ) async throws {
        try await stores.critical.set(
            CriticalSettings(
                critical: CriticalRule(extent: .number(1)),
                mandate: MandateRule(
                    announcedFrom: today, enforcedFrom: enforced ? today : nil, noticeDays: notice, required: required,
                    stricter: stricter, needsSpare: spare)),
            by: .operatorAtMachine, at: moment ?? now)
    }

    func designate() async throws {
        try await stores.critical.designate(demo, by: .operatorAtMachine, at: now)
    }

    /// What somebody was told of critical projects.
    func letters(to name: String = "ada") async throws -> [Letter] {
        try await stores.mail.due(at: now + .days(1_000), limit: 1_000)
            .filter { $0.mail.to.text == "\(name)@example.org" && $0.mail.letter.reason.hasPrefix("You hold a role") }
            .map(\.mail.letter)
    }

    @Test("come at once to anyone who gets a role by an upload under a critical name")
    func byUpload() async throws {
        try await stores.projects.reserve(demo, by: .operatorAtMachine, at: now)
        try await designate()
        try await stores.projects.unreserve(demo, by: .operatorAtMachine, at: now)
        try await set()
        #expect(try await letters().isEmpty)
        try await index.receive(.wheel())
        #expect(try await letters().map(\.subject) == ["demo-pkg: please add a second factor"])
        try await index.receive(.sourceDistribution())
        #expect(try await letters().count == 1)
    }

    @Test("come at once when a project comes back that became critical meanwhile", arguments: [true, false])
    func comesBack(isRestored: Bool) async throws {
        try await index.receive(.wheel())
        try await designate()
        let bob = try await people.user("bob")
        try await stores.projects.addRole(.owner, on: demo, to: bob.name, by: .operatorAtMachine, at: now)
        try await stores.removals.deleteProject(demo, by: .operatorAtMachine, from: people.origin, at: now)
        try await set()
        #expect(try await letters().isEmpty)
        if isRestored {
            try await stores.removals.restore(demo, by: .operatorAtMachine, from: people.origin, at: now)
        } else {
            try await index.receive(.sourceDistribution())
        }
        #expect(try await letters().count == 1)
        #expect(try await letters(to: "bob").count == 1)
    }

    @Test("come again to anyone who loses a role and gets one again, and to all when a lifted name is designated again")
    func again() async throws {
        try await index.receive(.wheel())
        try await designate()
        try await set()
        let bob = try await people.user("bob")
        for round in 1...2 {
            try await stores.projects.addRole(.maintainer, on: demo, to: bob.name, by: .operatorAtMachine, at: now)
            #expect(try await letters(to: "bob").count == round)
            try await stores.roles.removeRole(
                on: demo, from: bob.name, by: .operatorAtMachine, from: people.origin, at: now)
        }
        #expect(try await letters().count == 1)
        try await stores.critical.lift(demo, reason: "a test", by: .operatorAtMachine, at: now)
        try await designate()
        #expect(try await letters().count == 2)
    }

    @Test("are one letter when the most used are asked for more, not one now and one from the next computation")
    func topShare() async throws {
        try await index.receive(.wheel())
        try await stores.critical.set(
            CriticalSettings(critical: CriticalRule(extent: .number(1)), mandate: .usual), by: .operatorAtMachine,
            at: now)
        let digest: [UInt8] = [1]
        _ = try await stores.downloads.apply(
            DownloadSegment(
                kind: .history, digest: digest, fileDigest: digest, fileSize: 1, firstLine: digest, size: 1,
                path: "x", lastDay: today - 1, summary: LogSummary(), badLines: []),
            NamedCounts(
                names: ["demo-pkg"], numbers: [nil],
                days: [DayCounts(kind: .downloads, day: today - 1, counts: [(0, 9)])]), at: now)
        let first = try await stores.critical.compute(asOf: today, by: .index, at: now)
        #expect(first.designated.map(\.name) == [demo])
        try await set(
            enforced: true, stricter: .init(share: try Share(percent: "50"), assurance: .phishingResistant), spare: true
        )
        _ = try await stores.critical.compute(asOf: today, by: .index, at: now)
        let told = try await letters()
        #expect(told.count == 1)
        #expect(told.first?.facts.first?.value.contains("a security key or passkey") == true, "\(told)")
    }

    @Test("say which API tokens are too weak, by their identifier where they have no name, where nothing else lacks")
    func tokens() async throws {
        try await index.receive(.wheel())
        try await designate()
        for (id, label) in [("first-token", "laptop"), ("second-token", "")] {
            let token = NewAPIToken(
                id: id, rootKey: [1], owner: try Username(parsing: "ada"), label: label, projects: nil, expiresAt: nil)
            _ = try await stores.tokens.add(token, by: index.ada, from: people.origin, at: now)
        }
        let ada = try #require(index.ada.userID)
        try await TestGiveaway.addKey(to: ada, model: nil, in: index.database, at: now)
        try await set(enforced: true)
        let letter = try #require(try await letters().first)
        #expect(letter.subject.hasPrefix("demo-pkg: please make new API tokens before "))
        #expect(letter.link?.path == "/manage/account/token/")
        let text = letter.paragraphs.joined()
        #expect(text.contains("“laptop”, the one with the identifier second-token"))
        // They remind as what lacks does, and are told to the person on the web, and counted for administrators.
        let bindsAt = now + .days(31)
        _ = try await stores.critical.compute(asOf: bindsAt.day, by: .index, at: bindsAt)
        #expect(try await letters().last?.subject == "demo-pkg: API tokens of yours are refused")
        let obligation = try #require(try await stores.critical.obligations(of: ada, at: bindsAt).first)
        #expect(obligation.judgement == .allowed && obligation.tokens.refused.count == 2)
        #expect(try await stores.critical.standings(at: bindsAt).first?.people.first?.weakTokens == 2)
    }

    @Test("lead to free keys only those who could have some")
    func freeKeys() async throws {
        try await index.receive(.wheel())
        try await designate()
        let ada = try #require(index.ada.userID)
        #expect(try await !stores.critical.offersFreeKey(to: ada, at: now))
        let name = try GiveawayName(parsing: "titan")
        let week = Duration.days(GiveawayTerms.usualCriticalDays)
        _ = try await stores.giveaways.create(
            name, TestGiveaway.terms(around: now, closes: week + .seconds(60)), by: .operatorAtMachine, at: now)
        #expect(try await !stores.critical.offersFreeKey(to: ada, at: now), "there are no codes yet")
        _ = try await stores.giveaways.importCodes(
            [SealedGiveawayCode(line: 1, fingerprint: [1], formerFingerprint: [2], sealed: [1])], into: name,
            by: .operatorAtMachine, at: now)
        // Her project has just become critical: the giveaway is open for longer than she has to wait.
        #expect(try await stores.critical.offersFreeKey(to: ada, at: now))
        #expect(try await stores.critical.offersFreeKey(to: ada, at: now + week))
        #expect(try await !stores.critical.offersFreeKey(to: people.user("bob").id, at: now))
        for (end, isOffered) in [(week, false), (week + .seconds(60), true)] {
            _ = try await stores.giveaways.change(
                name, GiveawayChange(closesAt: now + end), by: .operatorAtMachine, at: now)
            #expect(try await stores.critical.offersFreeKey(to: ada, at: now) == isOffered, "it closes after \(end)")
        }
        try await set(spare: true)
        #expect(try await letters().first?.pointers?.map(\.paths).contains(["/security-key-giveaway/"]) == true)
        try await TestGiveaway.addKey(to: ada, model: nil, in: index.database, at: now)
        #expect(try await !stores.critical.offersFreeKey(to: ada, at: now))
    }

    /// Who was mailed that something is asked no more.
    func eased(_ subject: String) async throws -> [String] {
        try await people.recipients(subject).sorted()
    }

    @Test(
        "are followed by one that says so when what they told of is asked no more, to all who were told and nobody else"
    )
    func takenBack() async throws {
        try await index.receive(.wheel())
        let (bob, eve) = (try await people.user("bob"), try await people.user("eve"))
        try await stores.projects.addRole(.maintainer, on: demo, to: bob.name, by: .operatorAtMachine, at: now)
        _ = eve
        try await designate()
        try await set(enforced: true, required: .phishingResistant)
        let all = ["ada@example.org", "bob@example.org"]
        try await set(enforced: true)
        #expect(try await eased("Critical projects ask for less") == all)
        try await set(enforced: false)
        #expect(try await eased("Critical projects refuse nobody for now") == all)
        try await stores.critical.set(
            CriticalSettings(critical: CriticalRule(extent: .number(1)), mandate: .usual), by: .operatorAtMachine,
            at: now)
        #expect(try await eased("Critical projects ask for nothing any more") == all)
        #expect(try await people.events(bob).contains(.mandateEased))
        // Each names the projects of the one who is told.
        let easing = try await stores.mail.due(at: now, limit: 1_000).map(\.mail.letter)
            .filter { $0.subject.hasPrefix("Critical projects") }
        #expect(easing.count == 6 && easing.allSatisfy { $0.paragraphs[1].contains("of yours, for demo-pkg.") })
        // Nobody was told of anything since.
        try await stores.critical.lift(demo, reason: "a test", by: .operatorAtMachine, at: now)
        #expect(try await eased("demo-pkg is critical no more").isEmpty)
    }

    @Test("are followed by one that says what to add until the day to which it was put off")
    func postponed() async throws {
        try await index.receive(.wheel())
        try await designate()
        try await set(enforced: true)
        let day = Day(number: today.number + 90)
        try await stores.critical.set(
            CriticalSettings(
                critical: CriticalRule(extent: .number(1)),
                mandate: MandateRule(announcedFrom: today, enforcedFrom: day, noticeDays: 30, required: .secondFactor)),
            by: .operatorAtMachine, at: now)
        let letter = try #require(
            try await stores.mail.due(at: now, limit: 1_000).map(\.mail.letter)
                .first { $0.subject == "Critical projects refuse nobody before \(day.readable)" })
        #expect(letter.paragraphs[1].contains("of yours, for demo-pkg."))
        #expect(letter.link?.path == "/manage/account/two-factor/")
        #expect(
            letter.afterLink[0].contains(
                "Add a second factor (a security key, a passkey or an authenticator app) before"))
    }

    @Test("and nobody is said to be able to put it off whose factor was said not to be theirs")
    func disowned() async throws {
        try await index.receive(.wheel())
        let (ada, _, _) = try await people.withKey("ada")
        try await designate()
        try await set(enforced: true, notice: 0)
        func offersDelay() async throws -> Bool {
            let ways = try await stores.critical.readiness(of: demo, at: now).first?.refusal?.ways ?? []
            return ways.delayUntil != nil
        }
        #expect(try await offersDelay())
        let path = try await stores.mail.due(at: now, limit: 1_000).compactMap(\.mail.letter.link?.path)
            .first { $0.hasPrefix("/account/not-me/") }
        let secret = try #require(path?.split(separator: "/").last.flatMap { [UInt8](hexadecimal: $0) })
        _ = try await stores.factors.disown(by: SecretHash.of(secret), from: people.origin, at: now)
        #expect(try await stores.critical.readiness(of: demo, at: now).first?.user == ada.name)
        #expect(try await !offersDelay())
    }

    @Test("are followed by one that says so when the designation is lifted, with the reason")
    func lifted() async throws {
        try await index.receive(.wheel())
        try await designate()
        try await set(enforced: true)
        try await stores.critical.lift(demo, reason: "counted wrongly", by: .operatorAtMachine, at: now)
        let letter = try #require(
            try await stores.mail.due(at: now, limit: 100).map(\.mail.letter)
                .first { $0.subject == "demo-pkg is critical no more" })
        #expect(letter.paragraphs.first?.contains("counted wrongly") == true)
    }

    @Test("and everybody with a role hears when owners ask for less, or the project takes no uploads any more")
    func lowered() async throws {
        try await index.receive(.wheel())
        let bob = try await people.user("bob")
        try await stores.projects.addRole(.maintainer, on: demo, to: bob.name, by: .operatorAtMachine, at: now)
        let all = ["ada@example.org", "bob@example.org"]
        try await stores.projects.requireAssurance(.secondFactor, on: demo, by: .operatorAtMachine, at: now)
        try await stores.projects.requireAssurance(.password, on: demo, by: .operatorAtMachine, at: now)
        #expect(try await eased("demo-pkg asks for less") == all)
        for (status, subject) in [
            (ProjectStatus.archived, "demo-pkg was archived"), (.quarantined, "demo-pkg was put into quarantine"),
            (.active, "demo-pkg is active again"),
        ] {
            for _ in 0..<2 {
                try await stores.removals.setStatus(
                    status, reason: "why not", of: demo, by: .operatorAtMachine, at: now)
            }
            #expect(try await eased(subject) == all, "once")
        }
    }

    @Test("and lists say that somebody waits whose factor counts later than it is asked for")
    func pendingFactor() async throws {
        try await index.receive(.wheel())
        let (ada, _, _) = try await people.withKey("ada")
        try await designate()
        try await set(enforced: true, notice: 1)
        let readiness = try #require(try await stores.critical.readiness(of: demo, at: now).first)
        #expect(readiness.judgement == .allowed && readiness.refusal == nil && !readiness.isReady)
        #expect(readiness.pendingFactor?.until == now + Probation.length)
        #expect(try await letters().first?.subject.contains("your second factor counts from") == true)
        let bindsAt = now + .days(2)
        #expect(try await stores.critical.readiness(of: demo, at: bindsAt).first?.refusal != nil)
        let obligation = try await stores.critical.obligations(of: ada.id, at: bindsAt).first
        #expect(obligation?.pendingFactor != nil)
        #expect(try await stores.critical.readiness(of: demo, at: now + Probation.length).first?.isReady == true)
    }
}
