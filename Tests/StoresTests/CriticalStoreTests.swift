import Accounts
import Acts
import Downloads
import Journal
import Letters
import PackagingFormats
import Policy
import Ports
import Removals
import Stores
import Support
import Testing
import UTC

@testable import Stores

@Suite("Critical projects in the store") struct CriticalStoreTests {
    let people: People
    var index: TestIndex { people.index }
    var stores: Stores { people.stores }
    var now: Timestamp { people.now }
    var today: Day { now.day }

    init() async throws { people = try await People() }

    /// Reserved names with so many downloads, spread over days before today.
    func count(_ counts: [(name: String, downloads: UInt64, daysAgo: Int)]) async throws {
        for (number, entry) in counts.enumerated() {
            try await stores.projects.reserve(
                ProjectName(parsing: entry.name), by: .operatorAtMachine, at: now)
            let digest = Array("\(entry.name) \(entry.daysAgo) \(number)".utf8)
            let day = DayCounts(kind: .downloads, day: today - entry.daysAgo, counts: [(0, entry.downloads)])
            _ = try await stores.downloads.apply(
                DownloadSegment(
                    kind: .history, digest: digest, fileDigest: digest, fileSize: 1, firstLine: digest, size: 1,
                    path: entry.name, lastDay: today - 1, summary: LogSummary(), badLines: []),
                NamedCounts(names: [entry.name], numbers: [nil], days: [day]), at: now)
        }
    }

    /// A project of ada's.
    func receive(_ name: String) async throws {
        let component = name.replacing("-", with: "_")
        var upload = TestUpload.wheel(TestWheel(component, "1.0"))
        upload["name"] = name
        upload.filename = "\(component)-1.0-py3-none-any.whl"
        try await index.receive(upload)
    }

    func set(
        number: Int = 1, announced: Day?, enforced: Day?, notice: Int = 30, required: Assurance = .secondFactor,
        stricter: MandateRule.Stricter? = nil, depth: Int = 0, spare: Bool = false, at moment: Timestamp? = nil
    ) async throws {
        try await stores.critical.set(
            CriticalSettings(
                critical: CriticalRule(extent: .number(number), dependencyDepth: depth),
                mandate: MandateRule(
                    announcedFrom: announced, enforcedFrom: enforced, noticeDays: notice, required: required,
                    stricter: stricter, needsSpare: spare)),
            by: .operatorAtMachine, at: moment ?? now)
    }

    func letters() async throws -> [(to: String, subject: String)] {
        try await stores.mail.due(at: now + .days(1_000), limit: 1_000).map {
            ($0.mail.to.text, $0.mail.letter.subject)
        }
    }

    @Test("The whole days before today count, ties are all in, and computing again designates nobody twice")
    func compute() async throws {
        try await count([
            ("a", 10, 1), ("b", 7, 183), ("c", 7, 100), ("d", 50, 184), ("e", 99, 0), ("f", 6, 1), ("b", 0, 1),
        ])
        try await set(number: 2, announced: nil, enforced: nil)
        let done = try await stores.critical.compute(asOf: today, by: .index, at: now)
        #expect(done.designated.map(\.name.normalized) == ["a", "b", "c"])
        #expect(done.ranking.threshold == 7 && done.ranking.total == 6)
        let again = try await stores.critical.compute(asOf: today, by: .index, at: now)
        #expect(again.designated.isEmpty)
        // A day later the count of b has left the window, and it stays critical all the same.
        let later = now + .days(1)
        let next = try await stores.critical.compute(asOf: today + 1, by: .index, at: later)
        #expect(next.designated.map(\.name.normalized) == ["e"])
        let list = try await stores.critical.list(includingLifted: false)
        #expect(list.map(\.designation.name.normalized) == ["e", "a", "c", "b"])
        #expect(list.last?.latestDownloads == 0)
        #expect(list.last?.designation.reason == .downloads(rank: 2, count: 7))
        let days = try await stores.critical.days(since: today)
        #expect(days.map(\.critical) == [3, 4])
        await #expect(throws: CriticalRefusal.self) {
            try await stores.critical.compute(asOf: today + 2, by: .index, at: later)
        }
    }

    @Test("A rule that was changed while names were counted designates nothing any more")
    func changedMeanwhile() async throws {
        try await count([("a", 10, 1), ("b", 7, 1)])
        try await set(number: 2, announced: nil, enforced: nil)
        let critical = SQLCritical(database: index.database)
        let (rule, ranking) = try await critical.ranked(asOf: today, at: now)
        try await set(number: 1, announced: nil, enforced: nil)
        #expect(try await critical.designate(by: ranking, rule, asOf: today, by: .index, at: now) == nil)
        #expect(try await stores.critical.list(includingLifted: true).isEmpty)
        let (ruleNow, rankingNow) = try await critical.ranked(asOf: today, at: now)
        let done = try await critical.designate(by: rankingNow, ruleNow, asOf: today, by: .index, at: now)
        #expect(done?.designated.map(\.name.normalized) == ["a"])
    }

    @Test("Anyone who could not set the rule does not have it applied, though there is nothing to designate")
    func computer() async throws {
        let ada = try await people.password(try await people.user("ada"))
        for (actor, refusal) in [
            (Actor.anonymous, AccessRefusal.notSignedIn), (ada.actor, .administratorsOnly),
        ] {
            for day in [today, today - 1] {
                await #expect(throws: refusal) { try await stores.critical.compute(asOf: day, by: actor, at: now) }
            }
        }
        #expect(try await stores.critical.days(since: today - 1).isEmpty)
    }

    @Test("A designation belongs to the name: no spelling and no new project is a way out of it")
    func evasion() async throws {
        let ada = index.ada
        try await stores.projects.reserve(ProjectName(parsing: "Demo_Pkg"), by: .operatorAtMachine, at: now)
        try await stores.critical.designate(ProjectName(parsing: "demo.pkg"), by: .operatorAtMachine, at: now)
        try await set(announced: today, enforced: today, notice: 0)
        // Anyone who makes a project under the name is held to it before it is there, in whichever spelling.
        for spelling in ["demo-pkg", "Demo_Pkg", "DEMO.PKG"] {
            let refusal = await #expect(throws: AccessRefusal.self) {
                try await stores.projects.mayUpload(to: ProjectName(parsing: spelling), by: ada, at: now)
            }
            #expect(refusal?.code == "access.project-requires")
        }
    }

    @Test("A project that is removed at the moment of counting is ranked and designated like one that is there")
    func removedAtTheCount() async throws {
        try await count([("a", 10, 1), ("b", 5, 1)])
        try await receive("gone")
        let name = try ProjectName(parsing: "gone")
        let digest: [UInt8] = [9, 9]
        _ = try await stores.downloads.apply(
            DownloadSegment(
                kind: .history, digest: digest, fileDigest: digest, fileSize: 1, firstLine: digest, size: 1,
                path: "gone", lastDay: today - 1, summary: LogSummary(), badLines: []),
            NamedCounts(
                names: ["gone"], numbers: [nil],
                days: [DayCounts(kind: .downloads, day: today - 1, counts: [(0, 99)])]), at: now)
        try await stores.removals.deleteProject(name, by: index.ada, from: people.origin, at: now)
        try await set(number: 1, announced: today, enforced: today, notice: 0)
        let done = try await stores.critical.compute(asOf: today, by: .index, at: now)
        #expect(done.ranking.total == 3 && done.designated.map(\.name.normalized) == ["gone"])
        // Made again, it is held to it.
        await #expect(throws: AccessRefusal.self) {
            try await stores.projects.mayUpload(to: name, by: index.ada, at: now)
        }
        #expect(try await stores.critical.explain(name, asOf: today, at: now).isRanked)
    }

    @Test("A designation has rank and count whatever its reason, and one that was lifted before stays on record")
    func history() async throws {
        try await count([("a", 10, 1), ("b", 30, 1)])
        try await set(number: 1, announced: nil, enforced: nil)
        let a = try ProjectName(parsing: "a")
        try await stores.critical.designate(a, by: .operatorAtMachine, at: now)
        let first = try #require(try await stores.critical.critical(a)).project.designation
        #expect(first.reason == .named && first.rank == 2 && first.downloads == 10)
        #expect(try await stores.critical.explain(a, asOf: today, at: now).former.isEmpty)
        try await stores.critical.lift(a, reason: "by mistake", by: .operatorAtMachine, at: now + .seconds(60))
        try await stores.critical.designate(a, by: .operatorAtMachine, at: now + .seconds(120))
        try await stores.critical.lift(a, reason: "again", by: .operatorAtMachine, at: now + .seconds(180))
        try await stores.critical.designate(a, by: .operatorAtMachine, at: now + .seconds(240))
        let explained = try await stores.critical.explain(a, asOf: today, at: now + .seconds(240))
        #expect(explained.former.map(\.lifting?.reason) == ["by mistake", "again"])
        #expect(explained.former.first?.designation == first && explained.former.first?.lifting?.by == "operator")
        #expect(explained.project?.lifting == nil)
        let entries = try await stores.journal.entries(JournalQuery(limit: 100)).filter {
            $0.action == .project(.designate)
        }
        #expect(entries.allSatisfy { $0.details["rank"] == "2" && $0.details["downloads"] == "10" })
    }

    @Test("Vouching asks about removed critical projects, too: their owners can make them again")
    func vouchingAboutRemoved() async throws {
        try await receive("core")
        try await receive("toy")
        let (core, toy) = try (ProjectName(parsing: "core"), ProjectName(parsing: "toy"))
        let mallory = try await people.user("mallory")
        let ada = try #require(index.ada.userID)
        try await stores.projects.addRole(.owner, on: toy, to: mallory.name, by: .operatorAtMachine, at: now)
        #expect(try await stores.accounts.canVouch(mallory.id, for: ada, at: now))
        try await stores.critical.designate(core, by: .operatorAtMachine, at: now)
        #expect(try await !stores.accounts.canVouch(mallory.id, for: ada, at: now))
        try await stores.removals.deleteProject(core, by: .operatorAtMachine, from: people.origin, at: now)
        #expect(try await !stores.accounts.canVouch(mallory.id, for: ada, at: now))
        try await stores.releaseName(core, at: now)
        #expect(try await stores.accounts.canVouch(mallory.id, for: ada, at: now))
    }

    @Test("A token for a project that asks for more is not made with less")
    func tokenForBoundProject() async throws {
        try await receive("core")
        let core = try ProjectName(parsing: "core")
        func make(_ id: String, _ projects: [ProjectName]?) async throws {
            _ = try await stores.tokens.add(
                NewAPIToken(
                    id: id, rootKey: [1], owner: Username(parsing: "ada"), label: "", projects: projects,
                    expiresAt: nil), by: index.ada, from: people.origin, at: now)
        }
        try await make("before", [core])
        try await stores.projects.requireAssurance(.secondFactor, on: core, by: .operatorAtMachine, at: now)
        let refusal = await #expect(throws: AccessRefusal.self) { try await make("weak", [core]) }
        #expect(refusal?.asksForFactor == true)
        try await make("all", nil)
        try await make("other", [ProjectName(parsing: "another")])
    }

    @Test("Lifting takes a reason, and a lifted name comes back by name only")
    func lift() async throws {
        try await count([("a", 10, 1)])
        try await set(announced: nil, enforced: nil)
        _ = try await stores.critical.compute(asOf: today, by: .index, at: now)
        let a = try ProjectName(parsing: "A")
        await #expect(throws: CriticalRefusal.reasonMissing) {
            try await stores.critical.lift(a, reason: " \n", by: .operatorAtMachine, at: now)
        }
        try await stores.critical.lift(a, reason: "our own monitoring", by: .operatorAtMachine, at: now)
        #expect(try await stores.critical.list(includingLifted: false).isEmpty)
        #expect(try await stores.critical.compute(asOf: today, by: .index, at: now).designated.isEmpty)
        let explained = try await stores.critical.explain(a, asOf: today, at: now)
        #expect(explained.project?.lifting?.reason == "our own monitoring")
        #expect(explained.place?.rank == 1)
        try await stores.critical.designate(a, by: .operatorAtMachine, at: now)
        #expect(try await stores.critical.list(includingLifted: false).map(\.designation.reason) == [.named])
        await #expect(throws: CriticalRefusal.alreadyCritical(a)) {
            try await stores.critical.designate(a, by: .operatorAtMachine, at: now)
        }
        let entries = try await stores.journal.entries(JournalQuery(after: 0, limit: 1_000))
        #expect(
            entries.map(\.action).filter { [.project(.designate), .project(.liftDesignation)].contains($0) } == [
                .project(.designate), .project(.liftDesignation), .project(.designate),
            ])
        // Nobody but an administrator does either.
        await #expect(throws: AccessRefusal.administratorsOnly) {
            try await stores.critical.lift(a, reason: "mine", by: index.ada, at: now)
        }
    }

    @Test("What a critical project needs is critical to the depth that is set")
    func dependencies() async throws {
        // demo-pkg needs leaf-pkg and, with a marker that is no extra, other-pkg.
        try await index.receive(.wheel())
        for name in ["leaf-pkg", "other-pkg", "unrelated"] {
            try await stores.projects.reserve(ProjectName(parsing: name), by: .operatorAtMachine, at: now)
        }
        try await set(announced: nil, enforced: nil, depth: 1)
        try await stores.critical.designate(ProjectName(parsing: "demo-pkg"), by: .operatorAtMachine, at: now)
        let done = try await stores.critical.compute(asOf: today, by: .index, at: now)
        let demo = try #require(done.designated.first)
        #expect(Set(done.designated.map(\.name.normalized)) == ["leaf-pkg", "other-pkg"])
        guard case .dependency(let dependent) = demo.reason else { return #expect(Bool(false)) }
        #expect(dependent.normalized == "demo-pkg")
    }

    @Test("An owner without a factor is told, refused from the day it binds, can wait once, and publishes with a key")
    func story() async throws {
        try await index.receive(.wheel())
        let demo = try ProjectName(parsing: "demo-pkg")
        try await stores.critical.designate(demo, by: .operatorAtMachine, at: now)
        #expect(try await letters().isEmpty)
        try await set(announced: today, enforced: today, notice: 30)
        let told = try await letters()
        #expect(told.count == 1)
        #expect(told.first?.to == "ada@example.org")
        #expect(told.first?.subject.contains("demo-pkg: please add a second factor before") == true)

        // Until then nothing changes, and afterwards everything that publishes is refused.
        let bindsAt = (today + 31).start
        try await stores.projects.mayUpload(to: demo, by: index.ada, at: bindsAt + .microseconds(-1))
        let refusal = await #expect(throws: AccessRefusal.self) {
            try await stores.projects.mayUpload(to: demo, by: index.ada, at: bindsAt)
        }
        #expect(refusal?.remedy == .addFactor)
        try await stores.projects.yank(Version(parsing: "1.0"), of: demo, reason: nil, by: index.ada, at: bindsAt)

        // Reminders come once each, and the whole run twice tells nobody twice.
        for day in 0...31 {
            let moment = now + .days(day)
            for _ in 0..<2 {
                _ = try await stores.critical.compute(asOf: moment.day, by: .index, at: moment)
            }
        }
        #expect(try await letters().count == 4)

        // The delay, once.
        let ada = try await people.user("ada")
        let session = try await people.password(ada, secret: 77, at: bindsAt)
        let until = try await stores.critical.delay(demo, by: session.actor, from: people.origin, at: bindsAt)
        #expect(until == bindsAt + .days(14))
        try await stores.projects.mayUpload(to: demo, by: index.ada, at: until + .microseconds(-1))
        await #expect(throws: AccessRefusal.self) {
            try await stores.projects.mayUpload(to: demo, by: index.ada, at: until)
        }
        await #expect(throws: CriticalRefusal.delayTaken(demo, until: until)) {
            try await stores.critical.delay(demo, by: session.actor, from: people.origin, at: bindsAt)
        }
        #expect(try await people.events(ada).contains(.mandateDelayed))
    }

    @Test("Asking for more, or for less, sets nobody free in between, and what is not asked any more is forgotten")
    func changesOfTheRule() async throws {
        try await index.receive(.wheel())
        let demo = try ProjectName(parsing: "demo-pkg")
        try await stores.critical.designate(demo, by: .operatorAtMachine, at: now)
        try await set(announced: today, enforced: today, notice: 0)
        func isRefused(_ moment: Timestamp) async -> Bool {
            do {
                try await stores.projects.mayUpload(to: demo, by: index.ada, at: moment)
                return false
            } catch { return true }
        }
        func demands() async throws -> [Demand.Requirement] {
            try #require(try await stores.critical.critical(demo)).demands.map(\.what).sorted {
                $0.assurance < $1.assurance
            }
        }
        #expect(await isRefused(now))
        try await set(announced: today, enforced: today, notice: 30, required: .phishingResistant)
        #expect(await isRefused(now))
        #expect(try await demands() == [.secondFactor, .phishingResistant])
        try await set(announced: today, enforced: today, notice: 30, required: .secondFactor)
        #expect(await isRefused(now))
        #expect(try await demands() == [.secondFactor])
        // A year later asked for again, it is told of again.
        let later = now + .days(365)
        try await set(announced: today, enforced: today, notice: 30, required: .phishingResistant, at: later)
        let again = try #require(try await stores.critical.critical(demo)?.demands.last)
        #expect(again.what == .phishingResistant && again.noticedAt == later)
    }

    @Test("Anyone who was told that no day is set has the whole notice from the day on which one is, and is told of it")
    func dayLater() async throws {
        try await index.receive(.wheel())
        let demo = try ProjectName(parsing: "demo-pkg")
        try await stores.critical.designate(demo, by: .operatorAtMachine, at: now)
        try await set(announced: today, enforced: nil, notice: 30)
        #expect(try await letters().count == 1)
        let later = now + .days(60)
        try await set(announced: today, enforced: later.day, notice: 30, at: later)
        #expect(try await letters().count == 2)
        let bindsAt = (later.day + 31).start
        try await stores.projects.mayUpload(to: demo, by: index.ada, at: bindsAt + .microseconds(-1))
        await #expect(throws: AccessRefusal.self) {
            try await stores.projects.mayUpload(to: demo, by: index.ada, at: bindsAt)
        }
        // Once it binds, another day changes nothing.
        let binding = bindsAt + .days(1)
        try await set(announced: today, enforced: binding.day, notice: 30, at: binding)
        await #expect(throws: AccessRefusal.self) {
            try await stores.projects.mayUpload(to: demo, by: index.ada, at: binding)
        }
        // Switched off and on again, it is as new.
        try await set(announced: nil, enforced: nil, at: binding)
        try await stores.projects.mayUpload(to: demo, by: index.ada, at: binding)
        let again = binding + .days(300)
        let told = try await letters().count
        try await set(announced: again.day, enforced: again.day, notice: 30, at: again)
        #expect(try await letters().count == told + 1)
        try await stores.projects.mayUpload(to: demo, by: index.ada, at: again)
    }

    @Test("A deadline that is brought forward is told anew, and anyone who then adds a factor at once is never refused")
    func broughtForward() async throws {
        try await index.receive(.wheel())
        let demo = try ProjectName(parsing: "demo-pkg")
        try await stores.critical.designate(demo, by: .operatorAtMachine, at: now)
        try await set(announced: today, enforced: today + 90, notice: 30)
        #expect(try await letters().count == 1)
        let later = now + .days(40)
        try await set(announced: today, enforced: later.day + 2, notice: 30, at: later)
        let told = try await letters()
        let bindsAt = (later.day + 31).start
        #expect(told.count == 2)
        #expect(told.last?.subject == "demo-pkg: please add a second factor before \((bindsAt.day - 3).readable)")
        #expect(try await stores.critical.forecast(at: later).starts.map(\.from) == [bindsAt])
        // Doing it again tells nobody twice, and moves nothing.
        _ = try await stores.critical.compute(asOf: later.day, by: .index, at: later)
        try await set(announced: today, enforced: later.day + 2, notice: 30, at: later + .hours(1))
        #expect(try await letters().count == 2)
        try await stores.projects.mayUpload(to: demo, by: index.ada, at: bindsAt + .microseconds(-1))
        await #expect(throws: AccessRefusal.self) {
            try await stores.projects.mayUpload(to: demo, by: index.ada, at: bindsAt)
        }
        // A day that is moved away and back is a new notice again: the last that they were told of counts.
        try await set(announced: today, enforced: later.day + 80, notice: 30, at: later + .hours(2))
        let back = later + .days(9)
        #expect(try await letters().last?.subject.hasPrefix("Critical projects refuse nobody before ") == true)
        try await set(announced: today, enforced: back.day, notice: 30, at: back)
        #expect(try await letters().count == 4)
        try await stores.projects.mayUpload(to: demo, by: index.ada, at: (back.day + 31).start + .microseconds(-1))
    }

    @Test("A reminder is about the project whose day comes, whatever else is refused after a delay")
    func reminderAfterADelay() async throws {
        let names = try ["demo-pkg", "other-pkg"].map(ProjectName.init(parsing:))
        for name in names {
            try await receive(name.display)
            try await stores.critical.designate(name, by: .operatorAtMachine, at: now)
        }
        try await set(number: 2, announced: today, enforced: today, notice: 30)
        let session = try await people.password(people.user("ada"), secret: 77)
        let until = try await stores.critical.delay(names[1], by: session.actor, from: people.origin, at: now)
        for day in 0..<45 {
            let moment = now + .days(day)
            guard moment < until else { break }
            _ = try await stores.critical.compute(asOf: moment.day, by: .index, at: moment)
        }
        let reminders = try await letters().map(\.subject).suffix(2)
        #expect(reminders.allSatisfy { $0.hasPrefix("other-pkg: please add a second factor before ") }, "\(reminders)")
    }

    @Test("Who looks after one project with somebody does not vouch for them on another")
    func vouching() async throws {
        try await index.receive(.wheel())
        let demo = try ProjectName(parsing: "demo-pkg")
        let (mallory, _, _) = try await people.withKey("mallory")
        let ada = try await people.user("ada")
        // An accomplice's project, which ada is made to join.
        try await TestGiveaway.designate("toy", maintainers: [ada.id], in: index.database, at: now)
        try await stores.critical.lift(ProjectName(parsing: "toy"), reason: "a toy", by: .operatorAtMachine, at: now)
        try await stores.projects.addRole(
            .owner, on: ProjectName(parsing: "toy"), to: mallory.name, by: .operatorAtMachine, at: now)
        #expect(try await stores.accounts.canVouch(mallory.id, for: ada.id, at: now))
        try await stores.critical.designate(demo, by: .operatorAtMachine, at: now)
        #expect(try await !stores.accounts.canVouch(mallory.id, for: ada.id, at: now))
        await #expect(throws: AccessRefusal.coOwnersOnly(ada.name)) {
            let actor = Actor(
                .user(mallory.id, mallory.name, isAdministrator: false), assurance: .phishingResistant,
                session: SessionStanding(
                    proofs: [Proof(.phishingResistant, at: now)], strongest: .phishingResistant))
            try await stores.factors.endProbation(of: ada.name, by: actor, from: people.origin, at: now)
        }
        try await stores.projects.addRole(.owner, on: demo, to: mallory.name, by: .operatorAtMachine, at: now)
        #expect(try await stores.accounts.canVouch(mallory.id, for: ada.id, at: now))
    }

    @Test("A role on a project that binds takes an account that has what is asked, and is told at once")
    func laterRoles() async throws {
        try await index.receive(.wheel())
        let demo = try ProjectName(parsing: "demo-pkg")
        try await stores.critical.designate(demo, by: .operatorAtMachine, at: now)
        try await set(announced: today, enforced: today, notice: 0, required: .phishingResistant)
        let bob = try await people.user("bob")
        let refusal = await #expect(throws: RoleRefusal.self) {
            try await stores.projects.addRole(.maintainer, on: demo, to: bob.name, by: .operatorAtMachine, at: now)
        }
        #expect(refusal?.code == "role.not-ready")
        let (carol, _, _) = try await people.withKey("carol")
        try await stores.projects.addRole(.maintainer, on: demo, to: carol.name, by: .operatorAtMachine, at: now)
        #expect(
            try await letters().contains {
                $0.to == "carol@example.org" && $0.subject.hasPrefix("demo-pkg: your second factor counts from ")
            }
        )
        let readiness = try await stores.critical.readiness(of: demo, at: now)
        #expect(readiness.map(\.user.normalized) == ["ada", "carol"])
        guard case .refused = readiness.first?.judgement, readiness.last?.judgement == .allowed else {
            return #expect(Bool(false), "\(readiness)")
        }
        let days = try await stores.critical.compute(asOf: today, by: .index, at: now)
        #expect(days.designated.isEmpty)
        let figures = try #require(try await stores.critical.days(since: today).last)
        #expect(figures.people == 2 && figures.withFactor == 1 && figures.phishingResistant == 1)
        #expect(try await stores.critical.obligations(of: carol.id, at: now).map(\.judgement) == [.allowed])
    }

    @Test("More for the top share is demanded once a project is there, and stays when it falls")
    func topShare() async throws {
        try await count([("a", 10, 183), ("b", 9, 1)])
        try await set(
            number: 2, announced: today, enforced: today,
            stricter: .init(share: try Share(percent: "50"), assurance: .phishingResistant))
        _ = try await stores.critical.compute(asOf: today, by: .index, at: now)
        func demands(_ name: String) async throws -> [String] {
            let found = try #require(try await stores.critical.critical(ProjectName(parsing: name)))
            return found.demands.map(\.what.rawValue).sorted()
        }
        #expect(try await demands("a") == ["phishing-resistant", "second-factor"])
        #expect(try await demands("b") == ["second-factor"])
        // Tomorrow b is the first.
        _ = try await stores.critical.compute(asOf: today + 1, by: .index, at: now + .days(1))
        #expect(try await demands("b") == ["phishing-resistant", "second-factor"])
        #expect(try await demands("a") == ["phishing-resistant", "second-factor"])
    }

    @Test("Computing an older day changes neither what is the latest nor what was noted of days")
    func olderDay() async throws {
        try await count([("a", 10, 50), ("a", 3, 1), ("b", 7, 1), ("old", 99, 200)])
        try await set(number: 1, announced: nil, enforced: nil)
        let yesterday = now - .days(1)
        _ = try await stores.critical.compute(asOf: yesterday.day, by: .index, at: yesterday)
        _ = try await stores.critical.compute(asOf: today, by: .index, at: now)
        let days = try await stores.critical.days(since: today - 400)
        let list = try await stores.critical.list(includingLifted: false)
        #expect(list.map(\.latestDownloads) == [13] && days.map(\.critical) == [1, 1])
        let (grace, _, _) = try await people.withKey("grace")
        try await index.receive(.wheel())
        let demo = try ProjectName(parsing: "demo-pkg")
        try await stores.critical.designate(demo, by: .operatorAtMachine, at: now)
        try await stores.projects.addRole(.owner, on: demo, to: grace.name, by: .operatorAtMachine, at: now)
        // Of a day for which there is a row, and of one for which there is none.
        for daysAgo in [1, 20, 100] {
            let done = try await stores.critical.compute(asOf: today - daysAgo, by: .index, at: now)
            #expect(done.designated.map(\.name.normalized) == (daysAgo == 20 ? ["old"] : []))
            #expect(try await stores.critical.days(since: today - 400) == days)
        }
        let after = try await stores.critical.list(includingLifted: false)
        #expect(after.first == list.first)
        // What an older day made critical has its place with the next computation of today.
        let old = try #require(after.first { $0.designation.name.normalized == "old" })
        #expect(old.designation.reason == .downloads(rank: 1, count: 99) && old.latestDownloads == nil)
        _ = try await stores.critical.compute(asOf: today, by: .index, at: now)
        #expect(try await stores.critical.list(includingLifted: false).map(\.latestDownloads) == [13, 0, 0])
        #expect(try await stores.critical.days(since: today).last?.people == 2)
    }

    @Test("A preview shows who would lack what the top share asks for, and which projects these are")
    func previewOfTopShare() async throws {
        try await index.receive(.wheel())
        try await receive("other-pkg")
        try await count([("demo-pkg", 10, 1), ("other-pkg", 9, 1), ("c", 8, 1)])
        let demo = try ProjectName(parsing: "demo-pkg")
        let (grace, _, _) = try await people.withKey("grace")
        try await stores.projects.addRole(.owner, on: demo, to: grace.name, by: .operatorAtMachine, at: now)
        func preview(_ share: String?) async throws -> CriticalPreview {
            let stricter = try share.map {
                MandateRule.Stricter(share: try Share(percent: $0), assurance: .phishingResistant)
            }
            return try await stores.critical.preview(
                CriticalSettings(
                    critical: CriticalRule(extent: .number(3)),
                    mandate: MandateRule(announcedFrom: nil, enforcedFrom: nil, stricter: stricter)),
                asOf: today, at: now)
        }
        func lacks(_ preview: CriticalPreview) -> [String] {
            preview.people.map { "\($0.user.display) \($0.project.normalized) \($0.judgement.missing ?? "-")" }
        }
        let second = Assurance.secondFactor.words
        let key = Assurance.phishingResistant.words
        let without = try await preview(nil)
        #expect(without.topShare.isEmpty)
        #expect(
            lacks(without) == ["ada demo-pkg \(second)", "grace demo-pkg -", "ada other-pkg \(second)"])
        let third = try await preview("33")
        #expect(third.topShare == ["demo-pkg"])
        #expect(lacks(third) == ["ada demo-pkg \(key)", "grace demo-pkg -", "ada other-pkg \(second)"])
        let all = try await preview("100")
        #expect(all.topShare == ["demo-pkg", "other-pkg", "c"])
        #expect(lacks(all) == ["ada demo-pkg \(key)", "grace demo-pkg -", "ada other-pkg \(key)"])
        // Once in it, always in it.
        try await set(
            number: 3, announced: nil, enforced: nil,
            stricter: .init(share: try Share(percent: "100"), assurance: .phishingResistant))
        _ = try await stores.critical.compute(asOf: today, by: .index, at: now)
        #expect(try await preview("33").topShare == ["demo-pkg", "other-pkg", "c"])
    }

    @Test("What is shown of all critical projects is what is known of each, however many there are")
    func standings() async throws {
        try await index.receive(.wheel())
        try await receive("other-pkg")
        let names = try ["demo-pkg", "other-pkg"].map(ProjectName.init(parsing:))
        let (grace, _, _) = try await people.withKey("grace")
        let bob = try await people.user("bob")
        try await stores.projects.addRole(.owner, on: names[0], to: grace.name, by: .operatorAtMachine, at: now)
        try await stores.projects.addRole(.maintainer, on: names[0], to: bob.name, by: .operatorAtMachine, at: now)
        try await stores.projects.addRole(.maintainer, on: names[1], to: grace.name, by: .operatorAtMachine, at: now)
        // More names than one query asks for.
        for number in 0..<260 {
            let name = try ProjectName(parsing: "reserved-\(number)")
            try await stores.projects.reserve(name, by: .operatorAtMachine, at: now)
            try await stores.critical.designate(name, by: .operatorAtMachine, at: now)
        }
        for name in names { try await stores.critical.designate(name, by: .operatorAtMachine, at: now) }
        try await set(announced: today, enforced: today, notice: 0)
        let standings = try await stores.critical.standings(at: now)
        #expect(standings.count == 262 && standings.count(where: \.isThere) == 2)
        for name in names {
            let standing = try #require(standings.first { $0.project.designation.name == name })
            #expect(try await standing.people.map(\.readiness) == stores.critical.readiness(of: name, at: now))
            #expect(standing.demands.map(\.demand.what) == [.secondFactor])
            for person in standing.people {
                // Grace's key is too new.
                let isReady = person.readiness.holdings.strongest > .password
                #expect((person.readiness.refusal?.missing == .probation(until: now + .hours(72))) == isReady)
            }
        }
        #expect(
            standings.first { $0.project.designation.name == names[0] }?.people.map(\.readiness.user.normalized)
                == ["ada", "bob", "grace"])
        let figures = try await stores.critical.figures()
        #expect(
            figures == CriticalFigures(critical: 262, people: 3, withFactor: 1, phishingResistant: 1))
        let preview = try await stores.critical.preview(
            stores.critical.settings(), asOf: today, at: now)
        #expect(preview.people.count == 5 && preview.remaining.count == 262)
    }

    @Test("A preview shows what would be and who lacks what, and changes nothing")
    func preview() async throws {
        try await index.receive(.wheel())
        try await count([("demo-pkg", 10, 1), ("b", 9, 1)])
        let before = try await stores.journal.latestSerial()
        let preview = try await stores.critical.preview(
            CriticalSettings(
                critical: CriticalRule(extent: .number(1)),
                mandate: MandateRule(announcedFrom: nil, enforcedFrom: nil, required: .phishingResistant)),
            asOf: today, at: now)
        #expect(preview.designated.map(\.name.normalized) == ["demo-pkg"])
        #expect(preview.people.map(\.user.normalized) == ["ada"])
        guard case .refused = preview.people.first?.judgement else { return #expect(Bool(false)) }
        #expect(try await stores.journal.latestSerial() == before)
        #expect(try await stores.critical.list(includingLifted: true).isEmpty)
        #expect(try await stores.critical.settings() == .usual)
    }
}
