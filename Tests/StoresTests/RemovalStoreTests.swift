import Accounts
import Acts
import Audit
import Downloads
import Journal
import Leaving
import Letters
import PackagingFormats
import Policy
import Ports
import Primitives
import Projects
import Removals
import Roles
import Search
import Stores
import Support
import Testing
import UTC

/// An index with projects of ada's, and people around them.
struct Workshop {
    let index: TestIndex
    let demo: ProjectName
    var stores: Stores { index.stores }
    var now: Timestamp { index.now }
    let origin = RequestOrigin(address: "192.0.2.1", client: "Firefox")

    init() async throws {
        index = try await TestIndex()
        demo = try ProjectName(parsing: "demo")
    }

    func person(_ name: String, isAdministrator: Bool = false) async throws -> Actor {
        let actor = try await TestIndex.user(name, in: stores, at: now)
        guard isAdministrator, case .user(let id, let name, _) = actor.identity else { return actor }
        return Actor(.user(id, name, isAdministrator: true), assurance: .secondFactor, session: actor.session)
    }

    @discardableResult
    func upload(
        _ version: String, _ filename: String? = nil, of project: String = "demo", sha256: String? = nil,
        summary: String? = nil, by actor: Actor? = nil
    ) async throws -> UploadOutcome {
        var metadata = ReleaseMetadata()
        metadata.summary = summary
        let filename = filename ?? "\(project)-\(version)-py3-none-any.whl"
        let candidate = UploadCandidate(
            project: try ProjectName(parsing: project), version: try Version(parsing: version),
            filename: try DistributionFilename(lenient: filename), packageType: .wheel, pythonTag: "py3", size: 10,
            digests: Digests(sha256: sha256 ?? "of \(filename)", blake2b256: "bb", md5: "cc"), metadataSHA256: nil,
            metadata: metadata)
        return try await stores.projects.upload(
            candidate, by: actor ?? index.ada, at: now, limits: UploadLimits())
    }

    func delete(by actor: Actor? = nil) async throws {
        try await stores.removals.deleteProject(demo, by: actor ?? index.ada, from: origin, at: now)
    }

    func versions() async throws -> [String]? {
        try await stores.projects.snapshot(of: demo)?.releases.map(\.version.description)
    }

    func files() async throws -> [String] {
        try await stores.projects.snapshot(of: demo)?.releases.flatMap(\.files).map(\.filename) ?? []
    }

    func found(_ text: String) async throws -> [String] {
        try await stores.projects.search(SearchQuery(text: text)).results.map(\.summary.project.normalized)
    }

    /// What happened to somebody's account last.
    func lastEvent(of actor: Actor) async throws -> RecordedEvent? {
        try await stores.accounts.events(of: #require(actor.userID), before: nil, limit: 1).first
    }

    /// Who gets a mail with a subject.
    func told(_ subject: String) async throws -> [String] {
        try await stores.mail.due(at: now + .days(60), limit: 1_000)
            .filter { $0.mail.letter.subject == subject }.map(\.mail.to.text)
    }

    /// What the journal contradicts; these wheels were uploaded without METADATA.
    func contradictions() async throws -> [String] {
        try await stores.inventory.contradictionsWithJournal().filter { !$0.contains("METADATA") }
    }

    func lastEntry() async throws -> JournalEntry? {
        var query = JournalQuery(limit: 1)
        query.newestFirst = true
        return try await stores.journal.entries(query).first
    }
}

@Suite("What is deleted") struct RemovalStoreTests {
    let workshop: Workshop
    var index: TestIndex { workshop.index }
    var stores: Stores { index.stores }
    var demo: ProjectName { workshop.demo }
    var now: Timestamp { index.now }

    init() async throws { workshop = try await Workshop() }

    @Test("is gone from everything that lists or finds, and its files keep their addresses")
    func gone() async throws {
        try await workshop.upload("1.0", summary: "cheese")
        try await workshop.upload("1.0", of: "other", summary: "cheese")
        let serial = try await stores.journal.latestSerial()
        try await workshop.delete()
        #expect(try await stores.projects.snapshot(of: demo) == nil)
        #expect(try await stores.projects.listing().projects.map(\.name.normalized) == ["other"])
        #expect(try await stores.projects.all().map(\.name.normalized) == ["other"])
        #expect(try await workshop.found("cheese") == ["other"])
        #expect(try await workshop.found("demo") == [])
        #expect(try await workshop.found("") == ["other"])
        #expect(try await stores.projects.newestProjects(limit: 5).map(\.project.normalized) == ["other"])
        #expect(try await stores.projects.newestReleases(limit: 5).map(\.project.normalized) == ["other"])
        #expect(try await stores.projects.hosted(among: ["demo", "other"]) == ["other"])
        let ada = try #require(index.ada.userID)
        #expect(try await stores.projects.projects(of: ada).map(\.project.name.normalized) == ["other"])
        let totals = try await stores.projects.totals()
        #expect(totals.projects == 1 && totals.releases == 1 && totals.files == 1)

        let filename = "demo-1.0-py3-none-any.whl"
        #expect(try await stores.projects.file(named: filename, sha256: "of \(filename)")?.file.filename == filename)
        #expect(try await stores.inventory.digests().contains("of \(filename)"), "its bytes are not cleared away")
        #expect(try await stores.inventory.contradictions() == [])
        let entry = try #require(try await workshop.lastEntry())
        #expect(entry.action == .project(.deleteProject) && entry.subject == "project demo" && entry.serial > serial)
        let removed = try await stores.removals.removedProjects()
        #expect(removed.map(\.project.name.display) == ["demo"])
        #expect(removed.first?.removal == Removal(at: now, by: "user ada") && removed.first?.isFreed == false)
        #expect(try await stores.removals.removedProjects(of: ada).count == 1)
    }

    @Test("is still counted where it is downloaded by its address")
    func counted() async throws {
        try await workshop.upload("1.0")
        let snapshot = try #require(try await stores.projects.snapshot(of: demo))
        let file = try #require(snapshot.latest?.files.first)
        try await workshop.delete()
        var tally = DownloadTally()
        _ = tally.add(file: file.id.number, on: now.day, by: .installer(Installer(name: "pip", version: "26")))
        try await stores.downloads.add(tally.drain(), source: "run", sequence: 1)
        #expect(try await stores.downloads.perDay(of: snapshot.project.name, since: now.day).map(\.count) == [1])
    }

    @Test("by an owner only, and tells everybody who holds a role")
    func byOwners() async throws {
        try await workshop.upload("1.0")
        let bob = try await workshop.person("bob")
        let eve = try await workshop.person("eve")
        try await stores.projects.addRole(
            .maintainer, on: demo, to: Username(parsing: "bob"), by: .operatorAtMachine, at: now)
        for actor in [bob, eve, .anonymous] {
            await #expect(throws: AccessRefusal.self) { try await workshop.delete(by: actor) }
            await #expect(throws: AccessRefusal.self) {
                try await stores.removals.deleteRelease(
                    Version(parsing: "1.0"), of: demo, by: actor, from: workshop.origin, at: now)
            }
            await #expect(throws: AccessRefusal.self) {
                try await stores.removals.deleteFile(
                    "demo-1.0-py3-none-any.whl", of: demo, by: actor, from: workshop.origin, at: now)
            }
            await #expect(throws: AccessRefusal.self) {
                try await stores.removals.restore(demo, by: actor, from: workshop.origin, at: now)
            }
        }
        #expect(try await workshop.versions() == ["1.0"])
        // A session that has shown who it is more than five minutes ago is not enough.
        await #expect(throws: AccessRefusal.self) {
            try await stores.removals.deleteProject(
                demo, by: index.ada, from: workshop.origin, at: now + .seconds(301))
        }
        try await workshop.delete()
        #expect(try await workshop.told("The project demo was deleted") == ["ada@example.org", "bob@example.org"])
        let bobs = try await workshop.lastEvent(of: bob)
        #expect(bobs?.event.kind == .projectDeleted)
        #expect(bobs?.origin == RequestOrigin(), "from where ada acted is not for bob")
        #expect(try await workshop.lastEvent(of: index.ada)?.origin == workshop.origin)
    }

    @Test("is nothing of a project in quarantine")
    func quarantined() async throws {
        try await workshop.upload("1.0")
        try await stores.removals.setStatus(
            .quarantined, reason: "harm", of: demo, by: .operatorAtMachine, at: now)
        await #expect(throws: RemovalRefusal.quarantined(demo)) { try await workshop.delete() }
        await #expect(throws: RemovalRefusal.quarantined(demo)) {
            try await stores.removals.deleteRelease(
                Version(parsing: "1.0"), of: demo, by: .operatorAtMachine, from: workshop.origin, at: now)
        }
        await #expect(throws: SettingsRefusal.quarantine(demo)) {
            try await stores.removals.setStatus(.active, reason: nil, of: demo, by: index.ada, at: now)
        }
    }

    @Test("as a release gives way to the one before it, and its version can begin again with another file")
    func release() async throws {
        try await workshop.upload("1.0", summary: "old")
        try await workshop.upload("2.0", summary: "new")
        try await stores.removals.deleteRelease(
            Version(parsing: "2"), of: demo, by: index.ada, from: workshop.origin, at: now)
        #expect(try await workshop.versions() == ["1.0"])
        #expect(try await workshop.found("old") == ["demo"])
        #expect(try await workshop.found("new") == [])
        #expect(try await workshop.told("demo 2.0 was deleted") == ["ada@example.org"])
        let parts = try await stores.removals.removedParts(of: demo)
        #expect(parts.map(\.version.description) == ["2.0"] && parts.first?.filename == nil)
        await #expect(throws: ReleaseRefusal.self) {
            try await stores.removals.deleteRelease(
                Version(parsing: "2.0"), of: demo, by: index.ada, from: workshop.origin, at: now)
        }
        await #expect(throws: ReleaseRefusal.self) {
            try await stores.projects.yank(Version(parsing: "2.0"), of: demo, reason: nil, by: index.ada, at: now)
        }
        for sha256 in ["other bytes", "of demo-2.0-py3-none-any.whl"] {
            let refusal = await #expect(throws: UploadRefusal.self) {
                try await workshop.upload("2.0", sha256: sha256)
            }
            #expect(refusal?.code == "upload.file-removed")
        }
        try await workshop.upload("2.0", "demo-2.0-1-py3-none-any.whl", summary: "newer")
        #expect(try await workshop.versions() == ["2.0", "1.0"])
        #expect(try await workshop.found("newer") == ["demo"])
        #expect(try await workshop.files() == ["demo-2.0-1-py3-none-any.whl", "demo-1.0-py3-none-any.whl"])
        // The files of a release that is there come back into it.
        try await stores.removals.restore(
            Version(parsing: "2.0"), of: demo, by: .operatorAtMachine, from: workshop.origin, at: now)
        #expect(try await workshop.files().count == 3)
        #expect(try await stores.inventory.contradictions() == [])
    }

    @Test("as a file leaves its release, and comes back with it")
    func file() async throws {
        try await workshop.upload("1.0")
        try await workshop.upload("1.0", "demo-1.0-1-py3-none-any.whl")
        try await stores.removals.deleteFile(
            "demo-1.0-py3-none-any.whl", of: demo, by: index.ada, from: workshop.origin, at: now)
        #expect(try await workshop.files() == ["demo-1.0-1-py3-none-any.whl"])
        await #expect(throws: RemovalRefusal.noSuchFile(demo, "demo-1.0-py3-none-any.whl")) {
            try await stores.removals.deleteFile(
                "demo-1.0-py3-none-any.whl", of: demo, by: index.ada, from: workshop.origin, at: now)
        }
        // What went by itself does not come back with the project.
        try await workshop.delete()
        try await stores.removals.restore(demo, by: .operatorAtMachine, from: workshop.origin, at: now)
        #expect(try await workshop.files() == ["demo-1.0-1-py3-none-any.whl"])
        #expect(try await stores.removals.removedParts(of: demo).map(\.filename) == ["demo-1.0-py3-none-any.whl"])
        try await stores.removals.restore(
            Version(parsing: "1.0"), of: demo, by: .operatorAtMachine, from: workshop.origin, at: now)
        #expect(try await workshop.files().count == 2)
        await #expect(throws: RemovalRefusal.notRemoved(demo)) {
            try await stores.removals.restore(
                Version(parsing: "1.0"), of: demo, by: .operatorAtMachine, from: workshop.origin, at: now)
        }
    }

    @Test("of a project leaves one without a release, which says so and takes new ones")
    func lastRelease() async throws {
        try await workshop.upload("1.0", summary: "cheese")
        try await stores.removals.deleteRelease(
            Version(parsing: "1.0"), of: demo, by: index.ada, from: workshop.origin, at: now)
        #expect(try await workshop.versions() == [])
        #expect(try await workshop.found("cheese") == [])
        #expect(try await workshop.found("demo") == ["demo"])
        try await workshop.upload("1.1")
        #expect(try await workshop.versions() == ["1.1"])
    }

    @Test("comes back whole: releases, files, yanks, roles, what is found")
    func restored() async throws {
        try await workshop.upload("1.0", summary: "cheese")
        try await workshop.upload("2.0")
        try await stores.projects.yank(Version(parsing: "2.0"), of: demo, reason: "bad", by: index.ada, at: now)
        let before = try #require(try await stores.projects.snapshot(of: demo))
        try await workshop.delete()
        await #expect(throws: RemovalRefusal.projectIsRemoved(demo)) {
            try await stores.removals.restore(
                Version(parsing: "1.0"), of: demo, by: .operatorAtMachine, from: workshop.origin, at: now)
        }
        let admin = try await workshop.person("root", isAdministrator: true)
        // What owners removed is theirs to bring back, or to approve.
        await #expect(throws: ProposalRefusal.askOwners(demo)) {
            try await stores.removals.restore(demo, by: admin, from: workshop.origin, at: now)
        }
        try await stores.removals.restore(demo, by: .operatorAtMachine, from: workshop.origin, at: now)
        let after = try #require(try await stores.projects.snapshot(of: demo))
        #expect(after.releases == before.releases && after.roles == before.roles)
        #expect(after.project.serial > before.project.serial && after.project.createdAt == before.project.createdAt)
        #expect(try await workshop.found("cheese") == ["demo"])
        #expect(try await workshop.told("demo was brought back") == ["ada@example.org"])
        #expect(try await stores.removals.removedProjects() == [])
        #expect(try await stores.inventory.contradictions() == [])
        await #expect(throws: RemovalRefusal.notRemoved(demo)) {
            try await stores.removals.restore(demo, by: admin, from: workshop.origin, at: now)
        }
    }
}

@Suite("What an owner deleted") struct UndoRemovalTests {
    let workshop: Workshop
    var stores: Stores { workshop.index.stores }
    var ada: Actor { workshop.index.ada }
    var demo: ProjectName { workshop.demo }
    var now: Timestamp { workshop.now }

    init() async throws {
        workshop = try await Workshop()
        try await workshop.upload("1.0")
        try await workshop.upload("1.0", "demo-1.0-1-py3-none-any.whl")
        try await workshop.upload("2.0")
    }

    func undo(_ version: String? = nil, file: String? = nil, by actor: Actor? = nil, at moment: Timestamp? = nil)
        async throws
    {
        let (actor, moment) = (actor ?? ada, moment ?? now)
        guard let version else {
            return try await stores.removals.undoRemoval(of: demo, by: actor, from: workshop.origin, at: moment)
        }
        try await stores.removals.undoRemoval(
            of: Version(parsing: version), file: file, of: demo, by: actor, from: workshop.origin, at: moment)
    }

    /// The same person who has just signed in at another time.
    func signedIn(_ actor: Actor, at moment: Timestamp) -> Actor {
        Actor(
            actor.identity, assurance: .password,
            session: SessionStanding(proofs: [Proof(.password, at: moment)], strongest: .password))
    }

    @Test("comes back as it went, project, release or file, and everybody with a role hears of it")
    func back() async throws {
        let all = try await workshop.files()
        let file = "demo-1.0-py3-none-any.whl"
        try await stores.removals.deleteFile(file, of: demo, by: ada, from: workshop.origin, at: now)
        try await stores.removals.deleteRelease(
            Version(parsing: "2.0"), of: demo, by: ada, from: workshop.origin, at: now)
        try await workshop.delete()
        try await undo()
        // What went by itself before stays out, though it went at the same moment by the same hand.
        #expect(try await workshop.files() == ["demo-1.0-1-py3-none-any.whl"])
        #expect(try await workshop.told("demo was brought back") == ["ada@example.org"])
        try await undo("2.0")
        try await undo("1.0", file: file)
        #expect(try await Set(workshop.files()) == Set(all))
        let entry = try #require(try await workshop.lastEntry())
        #expect(
            entry.action == .project(.undoRemoval) && entry.actor == "user ada" && entry.details["filename"] == file)
        #expect(try await stores.inventory.contradictions() == [])
        for (version, name) in [(nil, nil), ("2.0", nil), ("1.0", file)] as [(String?, String?)] {
            await #expect(throws: RemovalRefusal.notRemoved(demo)) { try await undo(version, file: name) }
        }
    }

    @Test("comes back alone, a release or a file, where more went by the same act: what is not asked for stays out")
    func alone() async throws {
        let (one, other) = ("demo-1.0-py3-none-any.whl", "demo-1.0-1-py3-none-any.whl")
        try await workshop.delete()
        try await workshop.upload("3.0")
        #expect(try await workshop.versions() == ["3.0"])
        try await undo("2.0")
        #expect(try await workshop.versions() == ["3.0", "2.0"])
        let entry = try #require(try await workshop.lastEntry())
        #expect(entry.details["version"] == "2.0" && entry.details["files"] == "1")
        // The other release begins again; the files that it had are brought back one by one.
        try await workshop.upload("1.0", "demo-1.0-2-py3-none-any.whl")
        try await undo("1.0", file: one)
        #expect(try await workshop.files().contains(one))
        #expect(try await !workshop.files().contains(other))
        try await undo("1.0", file: other)
        #expect(try await workshop.files().contains(other))
        #expect(try await stores.inventory.contradictions() == [])
    }

    @Test("is another owner's to bring back, and not an administrator's by that office, nor a maintainer's")
    func others() async throws {
        let bob = try await workshop.person("bob")
        let eve = try await workshop.person("eve")
        let root = try await workshop.person("root", isAdministrator: true)
        try await stores.projects.addRole(
            .owner, on: demo, to: Username(parsing: "bob"), by: .operatorAtMachine, at: now)
        try await stores.projects.addRole(
            .maintainer, on: demo, to: Username(parsing: "eve"), by: .operatorAtMachine, at: now)
        try await stores.removals.deleteRelease(
            Version(parsing: "2.0"), of: demo, by: ada, from: workshop.origin, at: now)
        for actor in [eve, root, .anonymous] {
            await #expect(throws: AccessRefusal.self) { try await undo("2.0", by: actor) }
        }
        try await undo("2.0", by: bob)
        try await workshop.delete(by: .operatorAtMachine)
        await #expect(throws: RemovalRefusal.anothersRemoval(demo)) { try await undo() }
        try await stores.removals.restore(demo, by: .operatorAtMachine, from: workshop.origin, at: now)
        try await workshop.delete(by: bob)
        // Who lost the role lost the right.
        try await undo()
        try await stores.roles.removeRole(
            on: demo, from: Username(parsing: "ada"), by: .operatorAtMachine, from: workshop.origin, at: now)
        await #expect(throws: AccessRefusal.self) { try await undo("2.0") }
    }

    @Test("comes back for the time of retention, and not where the project asks for more than was shown")
    func limits() async throws {
        try await stores.removals.deleteRelease(
            Version(parsing: "2.0"), of: demo, by: ada, from: workshop.origin, at: now)
        let end = now + RemovalRule.usual.retention
        await #expect(throws: RemovalRefusal.undoneTooLate(demo, until: end)) {
            try await undo("2.0", by: signedIn(ada, at: end), at: end)
        }
        await #expect(throws: AccessRefusal.self) { try await undo("2.0", at: now + .seconds(301)) }
        try await stores.projects.requireAssurance(.secondFactor, on: demo, by: .operatorAtMachine, at: now)
        let refusal = await #expect(throws: AccessRefusal.self) { try await undo("2.0") }
        #expect(refusal?.code.hasPrefix("mandate.") == true || refusal?.asksForFactor == true)
        try await stores.projects.requireAssurance(.password, on: demo, by: .operatorAtMachine, at: now)
        let last = end + .microseconds(-1)
        try await undo("2.0", by: signedIn(ada, at: last), at: last)
        #expect(try await workshop.versions() == ["2.0", "1.0"])
    }

    @Test(
        "does not come back into a release that is gone, nor out of quarantine, nor to somebody who took a freed name")
    func edges() async throws {
        let file = "demo-2.0-py3-none-any.whl"
        try await stores.removals.deleteFile(file, of: demo, by: ada, from: workshop.origin, at: now)
        let version = try Version(parsing: "2.0")
        try await stores.removals.deleteRelease(version, of: demo, by: ada, from: workshop.origin, at: now)
        await #expect(throws: RemovalRefusal.releaseIsRemoved(demo, version)) { try await undo("2.0", file: file) }
        try await stores.removals.setStatus(
            .quarantined, reason: "harm", of: demo, by: .operatorAtMachine, at: now)
        await #expect(throws: RemovalRefusal.quarantined(demo)) { try await undo("2.0") }
        try await stores.removals.setStatus(.active, reason: nil, of: demo, by: .operatorAtMachine, at: now)
        try await workshop.delete()
        try await stores.releaseName(demo, at: now)
        await #expect(throws: RemovalRefusal.notRemoved(demo)) { try await undo() }
    }
}

@Suite("The name of a deleted project") struct FormerNameTests {
    let workshop: Workshop
    var index: TestIndex { workshop.index }
    var stores: Stores { index.stores }
    var demo: ProjectName { workshop.demo }
    var now: Timestamp { index.now }

    init() async throws {
        workshop = try await Workshop()
        try await workshop.upload("1.0")
    }

    @Test("waits for its owners; nobody else can use it, in no spelling and in none that looks the same")
    func held() async throws {
        let bob = try await workshop.person("bob")
        let eve = try await workshop.person("eve")
        try await stores.projects.addRole(
            .maintainer, on: demo, to: Username(parsing: "bob"), by: .operatorAtMachine, at: now)
        try await workshop.delete()
        for actor in [bob, eve, try await workshop.person("root", isAdministrator: true)] {
            await #expect(throws: RemovalRefusal.nameHeld(demo)) {
                try await stores.projects.mayUpload(to: ProjectName(parsing: "DEMO"), by: actor, at: now)
            }
            await #expect(throws: RemovalRefusal.nameHeld(demo)) {
                try await workshop.upload("2.0", of: "Demo", by: actor)
            }
        }
        await #expect(throws: NameRefusal.tooSimilar(try ProjectName(parsing: "dem0"), to: demo)) {
            try await workshop.upload("2.0", of: "dem0", by: eve)
        }
        #expect(try await stores.projects.snapshot(of: demo) == nil)
    }

    @Test("is the same project again when an owner uses it: number, spelling, roles, requirement and history stay")
    func again() async throws {
        let before = try #require(try await stores.projects.snapshot(of: demo))
        let bob = try await workshop.person("bob")
        try await stores.projects.addRole(
            .owner, on: demo, to: Username(parsing: "bob"), by: .operatorAtMachine, at: now)
        let roles = try await stores.projects.snapshot(of: demo)?.roles
        try await stores.removals.setStatus(.archived, reason: nil, of: demo, by: index.ada, at: now)
        try await workshop.delete()
        try await stores.projects.mayUpload(to: ProjectName(parsing: "DeMo"), by: bob, at: now)
        try await workshop.upload("2.0", of: "DeMo", by: bob)
        let after = try #require(try await stores.projects.snapshot(of: demo))
        #expect(after.project.id == before.project.id && after.project.name.display == "demo")
        #expect(after.roles == roles && after.roles.count == 2)
        #expect(after.releases.map(\.version.description) == ["2.0"])
        #expect(after.project.status == .active)
        var query = JournalQuery(limit: 10)
        query.subject = "project demo"
        query.newestFirst = true
        let actions = try await stores.journal.entries(query).map(\.action)
        #expect(
            actions.prefix(4) == [
                .project(.uploadFile), .project(.createRelease), .project(.recreateProject), .project(.deleteProject),
            ])
        #expect(try await workshop.told("The project demo was made again") == ["ada@example.org", "bob@example.org"])
        // What was deleted with it stays deleted, and can still come back.
        await #expect(throws: UploadRefusal.self) { try await workshop.upload("1.0", sha256: "other") }
        try await stores.removals.restore(demo, by: .operatorAtMachine, from: workshop.origin, at: now)
        #expect(try await workshop.versions() == ["2.0", "1.0"])
        #expect(try await stores.inventory.contradictions() == [])
    }

    @Test("keeps what the project asked for: deleting it is no way around")
    func requirement() async throws {
        try await stores.projects.requireAssurance(.secondFactor, on: demo, by: .operatorAtMachine, at: now)
        await #expect(throws: AccessRefusal.self) { try await workshop.delete() }
        try await workshop.delete(by: .operatorAtMachine)
        await #expect(throws: AccessRefusal.self) {
            try await stores.projects.mayUpload(to: demo, by: index.ada, at: now)
        }
        await #expect(throws: AccessRefusal.self) { try await workshop.upload("2.0") }
        #expect(try await stores.projects.snapshot(of: demo) == nil)
    }

    @Test("stays critical and is ranked, deleted or made again, in every spelling: to delete it is no way out")
    func critical() async throws {
        try await stores.critical.designate(demo, by: .operatorAtMachine, at: now)
        let designation = try #require(try await stores.critical.critical(demo)?.project.designation)
        func projects() async throws -> Int {
            try await stores.critical.compute(asOf: now.day, by: .index, at: now).ranking.total
        }
        #expect(try await projects() == 1)
        // An owner alone only asks for it.
        try await workshop.delete(by: .operatorAtMachine)
        #expect(try await projects() == 1)
        #expect(try await stores.critical.explain(demo, asOf: now.day, at: now).isRanked)
        #expect(try await stores.critical.critical(demo)?.project.designation == designation)
        let ada = try #require(index.ada.userID)
        #expect(try await stores.critical.obligations(of: ada, at: now).isEmpty)
        try await workshop.upload("2.0", of: "DEMO")
        #expect(try await stores.critical.critical(ProjectName(parsing: "Demo"))?.project.designation == designation)
        #expect(try await projects() == 1)
    }

    @Test("can be freed by an administrator: then it is somebody else's project, and nothing old comes back into it")
    func freed() async throws {
        let eve = try await workshop.person("eve")
        let admin = try await workshop.person("root", isAdministrator: true)
        await #expect(throws: ProposalRefusal.nameIsNotAtRest(demo)) {
            _ = try await stores.proposals.proposeRelease(
                of: demo, reason: "abandoned", by: admin, from: workshop.origin, at: now)
        }
        try await workshop.delete()
        await #expect(throws: AccessRefusal.self) {
            _ = try await stores.proposals.proposeRelease(
                of: demo, reason: "abandoned", by: index.ada, from: workshop.origin, at: now)
        }
        try await stores.releaseName(demo, at: now)
        #expect(try await stores.removals.removedProjects().first?.isFreed == true)
        try await stores.projects.mayUpload(to: demo, by: eve, at: now)
        let later = now + .seconds(60)
        let candidate = UploadCandidate(
            project: demo, version: try Version(parsing: "1.0"),
            filename: try DistributionFilename(lenient: "demo-1.0-7-py3-none-any.whl"), packageType: .wheel,
            pythonTag: "py3", size: 10, digests: Digests(sha256: "ee", blake2b256: "bb", md5: "cc"),
            metadataSHA256: nil, metadata: ReleaseMetadata())
        _ = try await stores.projects.upload(candidate, by: eve, at: later, limits: UploadLimits())
        let snapshot = try #require(try await stores.projects.snapshot(of: demo))
        #expect(snapshot.roles == [RoleHolder(user: try Username(parsing: "eve"), role: .owner)])
        #expect(snapshot.releases.flatMap(\.files).map(\.filename) == ["demo-1.0-7-py3-none-any.whl"])
        await #expect(throws: RemovalRefusal.notRemoved(demo)) {
            try await stores.removals.restore(demo, by: .operatorAtMachine, from: workshop.origin, at: later)
        }
        await #expect(throws: RemovalRefusal.notRemoved(demo)) {
            try await stores.removals.restore(
                Version(parsing: "1.0"), of: demo, by: .operatorAtMachine, from: workshop.origin, at: later)
        }
        #expect(try await stores.removals.removedParts(of: demo) == [])
        await #expect(throws: UploadRefusal.self) { try await workshop.upload("1.0", by: eve) }
        await #expect(throws: AccessRefusal.self) { try await workshop.upload("3.0") }
    }

    @Test("that is reserved meanwhile is nobody's, until it is not")
    func reserved() async throws {
        try await workshop.delete()
        try await stores.projects.reserve(demo, by: .operatorAtMachine, at: now)
        #expect(try await stores.projects.reservedNames() == [demo])
        await #expect(throws: RemovalRefusal.reserved(demo)) { try await workshop.upload("2.0") }
        try await stores.projects.unreserve(ProjectName(parsing: "DEMO"), by: .operatorAtMachine, at: now)
        await #expect(throws: NameRefusal.notReserved(demo)) {
            try await stores.projects.unreserve(demo, by: .operatorAtMachine, at: now)
        }
        try await workshop.upload("2.0")
    }

    @Test("is not changed by an upload in another spelling")
    func spelling() async throws {
        try await workshop.upload("2.0", of: "DEMO")
        #expect(try await stores.projects.snapshot(of: demo)?.project.name.display == "demo")
        #expect(try await stores.projects.totals().projects == 1)
    }
}
