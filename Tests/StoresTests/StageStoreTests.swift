import Accounts
import Acts
import Journal
import Letters
import PackagingFormats
import Policy
import Ports
import Primitives
import Projects
import Search
import Stages
import Staging
import Stores
import Support
import Testing
import UTC

@testable import Database

/// A project of ada's whose releases wait, with people around it.
private struct Waiting {
    let workshop: Workshop
    let ada: Actor
    let bob: Actor
    let eve: Actor
    var stores: Stores { workshop.index.stores }
    var stages: any StageStore { stores.stages() }
    var demo: ProjectName { workshop.demo }
    var now: Timestamp { workshop.now }

    /// - Parameter version: what everybody gets already; nil for nothing of the project.
    init(published version: String? = "1.0", approvals: Int = 1, _ approvers: StagingSetting.Approvers = .owners)
        async throws
    {
        workshop = try await Workshop()
        ada = workshop.index.ada
        bob = try await workshop.person("bob")
        eve = try await workshop.person("eve")
        guard let version else { return }
        try await workshop.upload(version, summary: "cheese")
        try await workshop.stores.projects.addRole(
            .maintainer, on: workshop.demo, to: Username(parsing: "bob"), by: .operatorAtMachine, at: workshop.now)
        try await workshop.stores.stages().set(
            StagingSetting(isOn: true, approvals: approvals, approvers: approvers), on: workshop.demo,
            by: .operatorAtMachine, at: workshop.now)
    }

    /// Asks for it of a name that is critical, at once.
    static func critical() async throws -> Waiting {
        let waiting = try await Waiting(published: nil)
        let day = waiting.now.day
        try await waiting.stores.critical.set(
            CriticalSettings(
                critical: .usual,
                mandate: try MandateRule(announcedFrom: day, enforcedFrom: day, noticeDays: 0)),
            by: .operatorAtMachine, at: waiting.now)
        // A name that nobody has is designated while it is reserved.
        try await waiting.stores.projects.reserve(waiting.demo, by: .operatorAtMachine, at: waiting.now)
        try await waiting.stores.critical.designate(waiting.demo, by: .operatorAtMachine, at: waiting.now)
        try await waiting.stores.projects.unreserve(waiting.demo, by: .operatorAtMachine, at: waiting.now)
        try await waiting.stages.ask(ofCriticalProjects: true, by: .operatorAtMachine, at: waiting.now)
        return waiting
    }

    func open() async throws -> [Stage] { try await stages.stages() }

    func stage(_ version: String = "2.0") async throws -> Stage {
        try #require(try await open().first { $0.version.description == version })
    }

    /// Somebody who has just touched their key for these releases.
    func touching(_ actor: Actor, _ stages: [Stage], at moment: Timestamp? = nil) -> Actor {
        let proof = Proof(
            .phishingResistant, at: moment ?? now,
            scope: .act(.project(.approveStage), object: ApprovalStatement(stages).digest))
        return Actor(
            actor.identity, assurance: .phishingResistant,
            session: SessionStanding(proofs: [proof], strongest: .phishingResistant))
    }

    @discardableResult
    func approve(_ found: [Stage], by actor: Actor? = nil, at moment: Timestamp? = nil) async throws -> [ApprovedStage]
    {
        try await stages.approve(
            found.map(SeenStage.init), by: touching(actor ?? ada, found, at: moment), at: moment ?? now)
    }

    func state(_ filename: String) async throws -> FileState? {
        try await workshop.index.database.read { connection in
            try connection.row("SELECT state FROM file WHERE filename = $1", filename).map { try FileState(row: $0) }
        }
    }

    func events() async throws -> [JournalEvent] {
        try await stores.journal.entries(JournalQuery(limit: 1_000)).map(\.event)
    }
}

@Suite("An upload to a project whose releases wait") struct StagedUploadTests {
    @Test("is stored, and is in nothing that lists, finds, counts or serves")
    func hidden() async throws {
        let waiting = try await Waiting()
        let before = try await waiting.stores.projects.totals()
        let outcome = try await waiting.workshop.upload("2.0", summary: "gouda")
        let stage = try await waiting.stage()
        #expect(outcome == .waits(stage: stage.id.number, until: waiting.now + .days(14)))
        let filename = "demo-2.0-py3-none-any.whl"
        #expect(try await waiting.state(filename) == .staged)
        #expect(try await waiting.workshop.versions() == ["1.0"])
        #expect(try await waiting.workshop.found("gouda") == [])
        #expect(try await waiting.workshop.found("cheese") == ["demo"])
        #expect(try await waiting.stores.projects.totals() == before)
        #expect(try await waiting.stores.projects.newestReleases(limit: 9).map(\.version?.description) == ["1.0"])
        #expect(try await waiting.stores.projects.file(named: filename, sha256: "of \(filename)") == nil)
        #expect(try await waiting.workshop.contradictions() == [])
        let last = try #require(try await waiting.workshop.lastEntry())
        #expect(last.action == .project(.stageFile))
        #expect(
            try last.publicRecord(
                isPublic: { _ in true }, salt: #require(Commitment.Salt(.init(repeating: 0, count: 32)))) == nil)
        #expect(stage.files.map(\.filename) == [filename] && stage.files.first?.sender.name == "user ada")
        // The same bytes again are there already; others are refused, for the name is taken.
        #expect(try await waiting.workshop.upload("2.0") == .alreadyThere)
        await #expect(throws: UploadRefusal.self) { try await waiting.workshop.upload("2.0", sha256: "other") }
    }

    @Test("joins the stage of its version, whatever was set since, and puts its day off")
    func joins() async throws {
        let waiting = try await Waiting()
        try await waiting.workshop.upload("2.0")
        try await waiting.stages.set(.off, on: waiting.demo, by: .operatorAtMachine, at: waiting.now)
        try await waiting.workshop.upload("2.0", "demo-2.0-cp314-cp314-win_amd64.whl")
        let stage = try await waiting.stage()
        #expect(try await waiting.open().count == 1 && stage.files.count == 2)
        // Another version does not, and is published as it comes now.
        try await waiting.workshop.upload("3.0")
        #expect(try await waiting.workshop.versions() == ["3.0", "1.0"])
        try await waiting.approve([stage])
        #expect(try await waiting.workshop.versions() == ["3.0", "2.0", "1.0"])
        #expect(try await waiting.workshop.contradictions() == [])
    }

    @Test("of a new name makes a project that nobody sees but its owner, and that everybody sees afterwards")
    func newProject() async throws {
        let waiting = try await Waiting.critical()
        // A name that is critical takes two factors.
        let ada = Actor(waiting.ada.identity, assurance: .phishingResistant, session: waiting.ada.session)
        try await waiting.workshop.upload("1.0", summary: "cheese", by: ada)
        let projects = waiting.stores.projects
        #expect(try await projects.snapshot(of: waiting.demo) == nil)
        #expect(try await projects.hosted(among: ["demo"]) == [])
        #expect(try await projects.listing().projects.isEmpty)
        #expect(try await projects.newestProjects(limit: 9).isEmpty)
        #expect(try await waiting.workshop.found("cheese") == [])
        #expect(try await waiting.workshop.found("demo") == [])
        #expect(try await projects.totals().projects == 0)
        let salt = try #require(Commitment.Salt(.init(repeating: 0, count: 32)))
        let entries = try await waiting.stores.journal.entries(JournalQuery(limit: 1_000))
        let said = entries.compactMap { $0.publicRecord(isPublic: { _ in true }, salt: salt) }
        let before: Set = ["name.reserve", "critical.designate", "name.unreserve"]
        #expect(said.allSatisfy { before.contains($0.act) || $0.project == nil })
        #expect(try await waiting.workshop.contradictions() == [])
        try await waiting.approve([try await waiting.stage("1.0")], by: ada)
        #expect(try await waiting.workshop.versions() == ["1.0"])
        #expect(try await projects.hosted(among: ["demo"]) == ["demo"])
        #expect(try await waiting.workshop.found("cheese") == ["demo"])
        #expect(try await waiting.events().contains(.project(.created(waiting.demo, owner: ada.username))))
        #expect(try await waiting.workshop.contradictions() == [])
    }
}

@Suite("A release that waits") struct StageStoreTests {
    @Test("is published with all its files at once, on record as if they had come then")
    func published() async throws {
        let waiting = try await Waiting()
        try await waiting.workshop.upload("2.0", summary: "gouda")
        try await waiting.workshop.upload("2.0", "demo-2.0-cp314-cp314-win_amd64.whl")
        let stage = try await waiting.stage()
        let later = waiting.now + .days(3)
        let done = try await waiting.approve([stage], at: later)
        #expect(done.map(\.progress) == [.published])
        #expect(try await waiting.workshop.versions() == ["2.0", "1.0"])
        let release = try #require(try await waiting.stores.projects.snapshot(of: waiting.demo)?.releases.first)
        // A release that waited does not look as if everybody had looked at it since.
        #expect(release.createdAt == later && release.files.allSatisfy { $0.uploadedAt == later })
        #expect(release.files.count == 2 && release.files.allSatisfy { $0.uploader?.display == "ada" })
        #expect(try await waiting.workshop.found("gouda") == ["demo"])
        let acts = try await waiting.stores.journal.entries(JournalQuery(limit: 1_000)).suffix(4).map(\.actionName)
        #expect(acts == ["stage.approve", "release.create", "file.upload", "file.upload"])
        #expect(try await waiting.workshop.contradictions() == [])
        #expect(try await waiting.open().isEmpty)
        #expect(try await waiting.workshop.told("demo 2.0 was approved, and is published").count == 2)
        // The next file of the version begins another stage.
        try await waiting.workshop.upload("2.0", "demo-2.0-cp314-cp314-macosx_11_0_arm64.whl")
        let next = try await waiting.stage()
        #expect(next.id != stage.id && next.files.count == 1)
        #expect(try await waiting.stores.projects.snapshot(of: waiting.demo)?.releases.first?.files.count == 2)
        try await waiting.approve([next])
        #expect(try await waiting.stores.projects.snapshot(of: waiting.demo)?.releases.first?.files.count == 3)
        #expect(try await waiting.workshop.contradictions() == [])
    }

    @Test("is let out together with others by one touch, or none of them is")
    func together() async throws {
        let waiting = try await Waiting()
        for number in 0..<20 {
            let name = "part-\(number)"
            try await waiting.workshop.upload("1.0", "part_\(number)-1.0-py3-none-any.whl", of: name)
            try await waiting.stages.set(
                StagingSetting(isOn: true), on: ProjectName(parsing: name), by: .operatorAtMachine, at: waiting.now)
            try await waiting.workshop.upload("2.0", "part_\(number)-2.0-py3-none-any.whl", of: name)
        }
        let all = try await waiting.open()
        #expect(all.count == 20)
        try await waiting.workshop.upload("2.0", "part_7-2.0-cp314-cp314-win_amd64.whl", of: "part-7")
        let part = try ProjectName(parsing: "part-7")
        await #expect(throws: StageRefusal.changed(part, try Version(parsing: "2.0"))) {
            try await waiting.approve(all)
        }
        #expect(try await waiting.open().count == 20, "not even the others")
        let seen = try await waiting.open()
        let serial = try await waiting.stores.journal.latestSerial()
        #expect(try await waiting.approve(seen).count == 20)
        #expect(try await waiting.open().isEmpty)
        let statement = ApprovalStatement(seen).digest
        let approvals = try await waiting.stores.journal.entries(JournalQuery(limit: 1_000)).filter {
            $0.serial > serial && $0.record.details["statement"] == statement
        }
        #expect(approvals.count == 20)
        #expect(try await waiting.workshop.contradictions() == [])
    }

    @Test("is let out with a touch for these files: not by signing in, and not by a touch for others")
    func boundToFiles() async throws {
        let waiting = try await Waiting()
        try await waiting.workshop.upload("2.0")
        try await waiting.workshop.upload("3.0")
        let (two, three) = (try await waiting.stage("2.0"), try await waiting.stage("3.0"))
        let signedIn = Actor(
            waiting.ada.identity, assurance: .phishingResistant,
            session: SessionStanding(
                proofs: [Proof(.phishingResistant, at: waiting.now)], strongest: .phishingResistant))
        for actor in [signedIn, waiting.touching(waiting.ada, [three]), waiting.touching(waiting.ada, [two, three])] {
            await #expect(throws: AccessRefusal.self) {
                _ = try await waiting.stages.approve([SeenStage(two)], by: actor, at: waiting.now)
            }
        }
        // With a password it is not let out at all.
        let weak = Actor(
            waiting.ada.identity, assurance: .password,
            session: SessionStanding(
                proofs: [
                    Proof(
                        .password, at: waiting.now,
                        scope: .act(.project(.approveStage), object: ApprovalStatement(two).digest))
                ], strongest: .password))
        await #expect(throws: AccessRefusal.tooWeak(needs: .secondFactor)) {
            _ = try await waiting.stages.approve([SeenStage(two)], by: weak, at: waiting.now)
        }
        #expect(try await waiting.open().count == 2)
        _ = try await waiting.stages.approve(
            [SeenStage(two)], by: waiting.touching(waiting.ada, [two]), at: waiting.now)
    }

    @Test("of which one file was exchanged or added after it was seen is not published")
    func exchanged() async throws {
        let waiting = try await Waiting()
        try await waiting.workshop.upload("2.0")
        let stage = try await waiting.stage()
        let refusal = StageRefusal.changed(waiting.demo, stage.version)
        try await waiting.workshop.index.database.write {
            try $0.execute("UPDATE file SET sha256 = 'ff' WHERE filename = 'demo-2.0-py3-none-any.whl'")
        }
        await #expect(throws: refusal) { try await waiting.approve([stage]) }
        #expect(try await waiting.workshop.versions() == ["1.0"])
        try await waiting.workshop.index.database.write {
            try $0.execute(
                "UPDATE file SET sha256 = 'of ' || filename WHERE filename = 'demo-2.0-py3-none-any.whl'")
        }
        try await waiting.workshop.upload("2.0", "demo-2.0-cp314-cp314-win_amd64.whl")
        await #expect(throws: refusal) { try await waiting.approve([stage]) }
        try await waiting.approve([try await waiting.stage()])
    }

    @Test("that is held in part is published by nobody's touch")
    func held() async throws {
        let waiting = try await Waiting()
        try await waiting.workshop.upload("2.0")
        try await waiting.workshop.index.database.write {
            try $0.execute("UPDATE file SET state = 'held' WHERE filename = 'demo-2.0-py3-none-any.whl'")
        }
        let stage = try await waiting.stage()
        await #expect(throws: StageRefusal.held(waiting.demo, stage.version, "demo-2.0-py3-none-any.whl")) {
            try await waiting.approve([stage])
        }
    }

    @Test("is for owners to let out, or for maintainers as well, and for nobody else to know of")
    func roles() async throws {
        let waiting = try await Waiting()
        try await waiting.workshop.upload("2.0")
        let stage = try await waiting.stage()
        await #expect(throws: StageRefusal.notForYou(waiting.demo, .owners)) {
            try await waiting.approve([stage], by: waiting.bob)
        }
        await #expect(throws: StageRefusal.noSuchStage) { try await waiting.approve([stage], by: waiting.eve) }
        await #expect(throws: StageRefusal.noSuchStage) {
            try await waiting.stages.reject(stage.id, reason: "", by: waiting.eve, at: waiting.now)
        }
        #expect(try await waiting.stages.stages(for: #require(waiting.eve.userID)).isEmpty)
        #expect(try await waiting.stages.stages(for: #require(waiting.bob.userID)).map(\.id) == [stage.id])
        let open = try await Waiting(approvals: 1, .ownersAndMaintainers)
        try await open.workshop.upload("2.0")
        try await open.approve([try await open.stage()], by: open.bob)
        #expect(try await open.workshop.versions() == ["2.0", "1.0"])
    }

    @Test("takes two people where two are asked for, each of whom may at the end")
    func two() async throws {
        let waiting = try await Waiting(approvals: 2, .ownersAndMaintainers)
        try await waiting.workshop.upload("2.0")
        let stage = try await waiting.stage()
        #expect(try await waiting.approve([stage]).map(\.progress) == [.waitsForAnother])
        #expect(try await waiting.workshop.versions() == ["1.0"])
        #expect(try await waiting.stage().state(at: waiting.now) == .approvedByOne)
        await #expect(throws: StageRefusal.anotherHasTo(waiting.demo, stage.version)) {
            try await waiting.approve([stage])
        }
        // Bob approves, and is not one any more when ada's comes to count: nobody's is left but hers.
        #expect(try await waiting.stages.stage(stage.id)?.standingApprovals.map(\.user.display) == ["ada"])
        try await waiting.workshop.upload("2.0", "demo-2.0-cp314-cp314-win_amd64.whl")
        let more = try await waiting.stage()
        #expect(more.standingApprovals.isEmpty, "what joins undoes what was agreed to")
        #expect(try await waiting.approve([more], by: waiting.bob).map(\.progress) == [.waitsForAnother])
        try await waiting.workshop.index.database.write {
            try $0.execute("DELETE FROM role WHERE account_id = (SELECT id FROM account WHERE normalized = 'bob')")
        }
        #expect(try await waiting.approve([more]).map(\.progress) == [.waitsForAnother])
        try await waiting.stores.projects.addRole(
            .maintainer, on: waiting.demo, to: Username(parsing: "eve"), by: .operatorAtMachine, at: waiting.now)
        #expect(try await waiting.approve([more], by: waiting.eve).map(\.progress) == [.published])
        #expect(try await waiting.workshop.versions() == ["2.0", "1.0"])
    }

    @Test("is approved or rejected, whichever is first, and approved once of two at a time")
    func races() async throws {
        for round in 0..<10 {
            let waiting = try await Waiting(approvals: 1, .ownersAndMaintainers)
            try await waiting.workshop.upload("2.0")
            let stage = try await waiting.stage()
            async let approved: Bool = {
                do {
                    try await waiting.approve([stage])
                    return true
                } catch is StageRefusal { return false }
            }()
            async let other: Bool = {
                do {
                    if round.isMultiple(of: 2) {
                        try await waiting.stages.reject(
                            stage.id, reason: "", by: waiting.bob, at: waiting.now)
                    } else {
                        try await waiting.approve([stage], by: waiting.bob)
                    }
                    return true
                } catch is StageRefusal { return false }
            }()
            let (first, second) = (try await approved, try await other)
            #expect(first != second, "round \(round)")
            let isOut = try await waiting.workshop.versions() == ["2.0", "1.0"]
            #expect(isOut == (first || !round.isMultiple(of: 2)))
            #expect(try await waiting.open().isEmpty)
            #expect(try await waiting.workshop.contradictions() == [])
        }
    }

    @Test("is not let out by an owner who was removed while they touched their key")
    func removedOwner() async throws {
        let waiting = try await Waiting()
        try await waiting.workshop.upload("2.0")
        let stage = try await waiting.stage()
        let touching = waiting.touching(waiting.ada, [stage])
        try await waiting.workshop.index.database.write {
            try $0.execute("DELETE FROM role WHERE account_id = (SELECT id FROM account WHERE normalized = 'ada')")
        }
        await #expect(throws: StageRefusal.noSuchStage) {
            _ = try await waiting.stages.approve([SeenStage(stage)], by: touching, at: waiting.now)
        }
        #expect(try await waiting.workshop.versions() == ["1.0"])
    }

    @Test("that is rejected frees its version and its names, and leaves nothing but who sent what")
    func rejected() async throws {
        let waiting = try await Waiting()
        try await waiting.workshop.upload("2.0")
        let stage = try await waiting.stage()
        #expect(try await waiting.stores.inventory.isReferenced("of demo-2.0-py3-none-any.whl"))
        try await waiting.stages.reject(stage.id, reason: "not ours", by: waiting.bob, at: waiting.now)
        #expect(try await waiting.state("demo-2.0-py3-none-any.whl") == nil)
        #expect(try await !waiting.stores.inventory.isReferenced("of demo-2.0-py3-none-any.whl"))
        #expect(try await waiting.workshop.versions() == ["1.0"])
        let over = try #require(try await waiting.stages.stages(of: waiting.demo).first)
        #expect(over.end == Stage.End(.rejected, at: waiting.now, by: "user bob", reason: "not ours"))
        #expect(over.files.map(\.filename) == ["demo-2.0-py3-none-any.whl"])
        #expect(
            try await waiting.workshop.told("demo 2.0 was rejected").sorted() == ["ada@example.org", "bob@example.org"])
        #expect(try await waiting.workshop.contradictions() == [])
        // Other bytes can have the name now.
        try await waiting.workshop.upload("2.0", sha256: "other")
        try await waiting.approve([try await waiting.stage()])
        #expect(try await waiting.workshop.versions() == ["2.0", "1.0"])
        #expect(try await waiting.workshop.contradictions() == [])
        await #expect(throws: StageRefusal.over(waiting.demo, stage.version, .rejected, waiting.now.day)) {
            try await waiting.stages.reject(stage.id, reason: "", by: waiting.bob, at: waiting.now)
        }
    }

    @Test("of a new name that is rejected frees the name")
    func rejectedProject() async throws {
        let waiting = try await Waiting.critical()
        let ada = Actor(waiting.ada.identity, assurance: .phishingResistant, session: waiting.ada.session)
        try await waiting.workshop.upload("1.0", by: ada)
        try await waiting.stages.reject(
            try await waiting.stage("1.0").id, reason: "", by: .operatorAtMachine, at: waiting.now)
        #expect(try await waiting.stores.projects.all().isEmpty)
        #expect(try await waiting.stores.projects.listing().projects.isEmpty)
        let eve = Actor(waiting.eve.identity, assurance: .phishingResistant, session: waiting.eve.session)
        try await waiting.workshop.upload("1.0", by: eve)
        #expect(try await waiting.stages.stages(for: #require(eve.userID)).count == 1)
        #expect(try await waiting.stages.stages(for: #require(ada.userID)).isEmpty)
    }

    @Test("ends 14 days after its last file, and its names are free")
    func expires() async throws {
        let waiting = try await Waiting()
        try await waiting.workshop.upload("2.0")
        let stage = try await waiting.stage()
        #expect(try await waiting.stages.expire(at: stage.dueAt - .microseconds(1)) == 0)
        #expect(try await waiting.stages.expire(at: stage.dueAt) == 1)
        #expect(try await waiting.stages.stage(stage.id)?.end?.outcome == .expired)
        #expect(try await waiting.state("demo-2.0-py3-none-any.whl") == nil)
        #expect(try await waiting.stages.expire(at: stage.dueAt) == 0)
        #expect(try await waiting.workshop.told("demo 2.0 ended without an answer").count == 2)
        await #expect(throws: StageRefusal.over(waiting.demo, stage.version, .expired, stage.dueAt.day)) {
            try await waiting.approve([stage], at: stage.dueAt)
        }
        #expect(try await waiting.workshop.contradictions() == [])
    }

    @Test("is told of once, three minutes after its last file, to those who may let it out")
    func told() async throws {
        let waiting = try await Waiting()
        try await waiting.workshop.upload("2.0")
        try await waiting.workshop.upload("2.0", "demo-2.0-cp314-cp314-win_amd64.whl")
        let quiet = waiting.now + StagePolicy.quiet
        #expect(try await waiting.stages.tell(at: quiet - .microseconds(1)) == 0)
        #expect(try await waiting.stages.tell(at: quiet) == 1)
        #expect(try await waiting.stages.tell(at: quiet) == 0)
        #expect(try await waiting.workshop.told("demo 2.0 waits for you") == ["ada@example.org"])
        let letter = try #require(
            try await waiting.stores.mail.due(at: quiet, limit: 100).map(\.mail.letter).first {
                $0.subject == "demo 2.0 waits for you"
            })
        let stage = try await waiting.stage()
        #expect(letter.link?.path == "/manage/project/demo/stages/\(stage.id)/")
        #expect(letter.facts.filter { $0.name == "File" }.count == 2)
    }

    @Test("waits where the setting of its project binds, which it does for 72 hours after it was lowered")
    func lowered() async throws {
        let waiting = try await Waiting()
        let owner = Actor(
            waiting.ada.identity, assurance: .secondFactor,
            session: SessionStanding(proofs: [Proof(.secondFactor, at: waiting.now)], strongest: .secondFactor))
        try await waiting.stages.set(.off, on: waiting.demo, by: owner, at: waiting.now)
        #expect(try await waiting.workshop.told("Releases of demo do not wait").count == 2)
        try await waiting.workshop.upload("2.0")
        #expect(try await waiting.open().count == 1)
        let standing = try #require(try await waiting.stages.standing(of: waiting.demo, at: waiting.now)?.standing)
        #expect(standing.binding(at: waiting.now + .hours(72)) == .off)
        await #expect(throws: AccessRefusal.self) {
            try await waiting.stages.set(.off, on: waiting.demo, by: waiting.bob, at: waiting.now)
        }
    }
}

@Suite("The address of what waits") struct StageAddressTests {
    @Test("shows what it was made for while that waits, its maker holds a role, and no newer one was made")
    func shown() async throws {
        let waiting = try await Waiting()
        try await waiting.workshop.upload("2.0")
        try await waiting.workshop.upload("3.0")
        let (two, three) = (try await waiting.stage("2.0"), try await waiting.stage("3.0"))
        let bob = waiting.bob
        func shown(_ hash: [UInt8], at moment: Timestamp? = nil) async throws -> [String] {
            try await waiting.stages.stages(atAddress: hash, at: moment ?? waiting.now).map(\.version.description)
        }
        try await waiting.stages.makeAddress(secretHash: [1], for: [two.id], by: bob, at: waiting.now)
        try await waiting.stages.makeAddress(secretHash: [2], for: [three.id], by: bob, at: waiting.now)
        #expect(try await shown([1]) == ["2.0"])
        #expect(try await shown([2]) == ["3.0"])
        #expect(try await shown([3]) == [])
        // A new one for any of it takes its place, of the same person's.
        try await waiting.stages.makeAddress(secretHash: [4], for: [two.id, three.id], by: bob, at: waiting.now)
        try await waiting.stages.makeAddress(secretHash: [5], for: [two.id], by: waiting.ada, at: waiting.now)
        #expect(try await shown([1]) == [])
        #expect(try await shown([2]) == [])
        #expect(try await shown([4]) == ["2.0", "3.0"])
        #expect(try await shown([5]) == ["2.0"])
        let snapshot = try #require(
            try await waiting.stages.snapshot(
                of: waiting.demo, with: waiting.stages.stages(atAddress: [4], at: waiting.now)))
        #expect(snapshot.releases.map(\.version.description) == ["3.0", "2.0", "1.0"])
        #expect(snapshot.releases.allSatisfy { $0.files.count == 1 })
        try await waiting.approve([two])
        #expect(try await shown([4]) == ["3.0"])
        #expect(try await shown([5]) == [])
        #expect(try await shown([4], at: three.dueAt) == [])
        try await waiting.workshop.index.database.write {
            try $0.execute("DELETE FROM role WHERE account_id = (SELECT id FROM account WHERE normalized = 'bob')")
        }
        #expect(try await shown([4]) == [])
        await #expect(throws: StageRefusal.noSuchStage) {
            try await waiting.stages.makeAddress(secretHash: [6], for: [three.id], by: waiting.eve, at: waiting.now)
        }
    }
}
