import Accounts
import Acts
import Database
import Journal
import Leaving
import Letters
import PackagingFormats
import Policy
import Ports
import Primitives
import Projects
import Removals
import Stores
import Support
import Testing
import UTC

@Suite("What others depend on") struct DependedOnTests {
    let workshop: Workshop
    let zoe: Actor
    let bob: Actor
    var stores: Stores { workshop.stores }
    var ada: Actor { workshop.index.ada }
    var demo: ProjectName { workshop.demo }
    var now: Timestamp { workshop.now }
    let due: Timestamp

    /// demo of ada and bob, and zoe's app, whose newest release needs it.
    init() async throws {
        workshop = try await Workshop()
        zoe = try await workshop.person("zoe")
        bob = try await workshop.person("bob")
        due = workshop.now + .days(14)
        try await workshop.upload("1.0")
        try await workshop.upload("2.0")
        try await stores.projects.addRole(
            .owner, on: demo, to: Username(parsing: "bob"), by: .operatorAtMachine, at: now - .days(20))
        var metadata = ReleaseMetadata()
        metadata.requiresDist = ["Demo>=1"]
        let candidate = UploadCandidate(
            project: try ProjectName(parsing: "app"), version: try Version(parsing: "1.0"),
            filename: try DistributionFilename(lenient: "app-1.0-py3-none-any.whl"), packageType: .wheel,
            pythonTag: "py3", size: 10, digests: Digests(sha256: "a0", blake2b256: "bb", md5: "cc"),
            metadataSHA256: nil, metadata: metadata)
        _ = try await stores.projects.upload(candidate, by: zoe, at: now, limits: UploadLimits())
    }

    private func ask(_ departure: Departure = .project) async throws -> RemovalRequest {
        let outcome = try await stores.removals.remove(
            departure, of: demo, reason: "nobody needs it", seen: nil, by: ada, from: workshop.origin, at: now)
        guard case .asked(let request) = outcome else { throw RemovalRefusal.noSuchRequest(demo) }
        return request
    }

    private func told(_ what: String) async throws -> [String] {
        try await workshop.told("demo, which you depend on, \(what)")
    }

    @Test("is not changed unheard: its owners hear that it is leaving, that it stays, and that it has left")
    func heard() async throws {
        let first = try await ask()
        #expect(try await told("is leaving") == ["zoe@example.org"])
        try await stores.removals.object(
            to: first.id, of: demo, reason: "no", by: bob, from: workshop.origin, at: now)
        #expect(try await told("stays") == ["zoe@example.org"])
        let second = try await ask()
        try await stores.removals.confirm(
            second.id, of: demo, seen: nil, by: bob, from: workshop.origin, at: now)
        #expect(try await stores.removals.carryOutRequests(at: due) == 1)
        #expect(try await told("has left") == ["zoe@example.org"])
        #expect(try await workshop.contradictions() == [])
    }

    @Test(
        "has no other status unheard",
        arguments: [
            (ProjectStatus.deprecated, "was deprecated"), (.archived, "was archived"),
            (.quarantined, "was put into quarantine"),
        ])
    func statuses(status: ProjectStatus, what: String) async throws {
        try await stores.removals.setStatus(
            status, reason: "use other", of: demo, by: .operatorAtMachine, at: now)
        #expect(try await told(what) == ["zoe@example.org"])
        let event = try #require(try await workshop.lastEvent(of: zoe)?.event)
        #expect(event.sentence.contains("which is needed by app") && event.sentence.contains("use other"))
        // The same status again is no news.
        try await stores.removals.setStatus(status, reason: "use another", of: demo, by: .operatorAtMachine, at: now)
        #expect(try await told(what).count == 1)
        try await stores.removals.setStatus(.active, reason: nil, of: demo, by: .operatorAtMachine, at: now)
        #expect(try await told("is active again") == ["zoe@example.org"])
    }

    @Test("is deprecated by an owner alone, with a reason, and archived by nobody alone")
    func deprecated() async throws {
        try await stores.removals.setStatus(.deprecated, reason: "use other", of: demo, by: ada, at: now)
        let snapshot = try #require(try await stores.projects.snapshot(of: demo))
        #expect(snapshot.shownStatus == .deprecated && snapshot.shownStatusReason == "use other")
        await #expect(throws: RemovalRefusal.hasToBeAsked(demo)) {
            try await stores.removals.setStatus(.archived, reason: "done", of: demo, by: ada, at: now)
        }
        await #expect(throws: SettingsRefusal.quarantine(demo)) {
            try await stores.removals.setStatus(.quarantined, reason: "no", of: demo, by: ada, at: now)
        }
    }

    @Test("is not yanked as a whole, release by release or file by file: others would find nothing to choose")
    func yanked() async throws {
        let (old, new) = (try Version(parsing: "1.0"), try Version(parsing: "2.0"))
        func yank(_ version: Version, by actor: Actor) async throws {
            try await stores.projects.yank(version, of: demo, reason: nil, by: actor, at: now)
        }
        try await yank(old, by: ada)
        await #expect(throws: RemovalRefusal.nothingLeftToChoose(demo)) { try await yank(new, by: ada) }
        await #expect(throws: RemovalRefusal.nothingLeftToChoose(demo)) {
            try await stores.projects.yank(
                file: "demo-2.0-py3-none-any.whl", of: demo, reason: nil, by: bob, at: now)
        }
        // What is yanked already can be yanked again, for another reason.
        try await yank(old, by: bob)
        // Where there is one release alone, it can be yanked.
        try await stores.removals.deleteRelease(
            old, of: demo, by: .operatorAtMachine, from: workshop.origin, at: now)
        try await yank(new, by: ada)
        try await stores.projects.unyank(new, of: demo, by: ada, at: now)
        // With a good release beside it the bad one goes at once.
        try await workshop.upload("3.0")
        try await yank(new, by: ada)
        // Who runs the machine does what they must.
        try await yank(Version(parsing: "3.0"), by: .operatorAtMachine)
    }

    @Test("is not yanked down to what others cannot use: of the versions that their newest releases need, one stays")
    func yankedForOne() async throws {
        func yank(_ version: String, by actor: Actor) async throws {
            try await stores.projects.yank(Version(parsing: version), of: demo, reason: nil, by: actor, at: now)
        }
        var metadata = ReleaseMetadata()
        metadata.requiresDist = [
            "demo>=2; python_version >= '3.9'", "demo<2; python_version < '3.9'", "demo; extra == 'x'",
        ]
        let candidate = UploadCandidate(
            project: try ProjectName(parsing: "app"), version: try Version(parsing: "2.0"),
            filename: try DistributionFilename(lenient: "app-2.0-py3-none-any.whl"), packageType: .wheel,
            pythonTag: "py3", size: 10, digests: Digests(sha256: "a1", blake2b256: "bb", md5: "cc"),
            metadataSHA256: nil, metadata: metadata)
        _ = try await stores.projects.upload(candidate, by: zoe, at: now, limits: UploadLimits())
        try await workshop.upload("3.0")
        let app = RemovalRefusal.nothingLeftFor(demo, [try ProjectName(parsing: "app")])
        // One of two that will do goes at once, and then the other one not, for the old one is no use.
        try await yank("2.0", by: ada)
        await #expect(throws: app) { try await yank("3.0", by: ada) }
        await #expect(throws: app) { try await yank("3.0", by: bob) }
        await #expect(throws: app) {
            try await stores.projects.yank(file: "demo-3.0-py3-none-any.whl", of: demo, reason: nil, by: ada, at: now)
        }
        // The only one that will do can be bad: anybody may find so.
        try await yank("1.0", by: ada)
        try await stores.projects.unyank(Version(parsing: "1.0"), of: demo, by: ada, at: now)
        // With a good one beside it the bad one goes.
        try await workshop.upload("3.1")
        try await yank("3.0", by: ada)
        try await yank("3.1", by: .operatorAtMachine)
    }

    @Test("leaves unheard behind no flood: the first mail of a day about it goes out, whatever else others cause")
    func flood() async throws {
        let name = try #require(zoe.username)
        let user = try #require(try await stores.accounts.user(named: name))
        let other = try ProjectName(parsing: "other")
        let noise: [SecurityEvent] = [
            .project(.deleted, other, by: "mallory"),
            .project(.dependency(.stays(.project), dependents: [other]), other, by: "mallory"),
        ]
        try await workshop.index.database.keep(.outbox) { [workshop, now] transaction in
            for event in noise + noise {
                for _ in 0..<40 { try transaction.tell(event, about: user, from: workshop.origin, at: now) }
            }
        }
        let request = try await ask()
        #expect(try await told("is leaving") == ["zoe@example.org"])
        // The same again is noise itself.
        try await stores.removals.object(
            to: request.id, of: demo, reason: "no", by: bob, from: workshop.origin, at: now)
        _ = try await ask()
        #expect(try await told("is leaving").count == 1)
        #expect(try await workshop.told("There is more about projects that yours need") == ["zoe@example.org"])
    }

    @Test("and became critical after somebody asked for it waits as long as what is critical")
    func critical() async throws {
        let request = try await ask()
        try await stores.removals.confirm(
            request.id, of: demo, seen: nil, by: bob, from: workshop.origin, at: now)
        try await stores.critical.designate(demo, by: .operatorAtMachine, at: now)
        let later = now + .days(30)
        #expect(try await stores.removals.requests().map(\.dueAt) == [later])
        #expect(try await stores.removals.carryOutRequests(at: due) == 0)
        #expect(try await stores.removals.carryOutRequests(at: later - .microseconds(1)) == 0)
        #expect(try await stores.removals.carryOutRequests(at: later) == 1)
    }

    @Test("is a matter for administrators, who hear of the request and can stop it, in whatever hands its accounts are")
    func administrators() async throws {
        let root = try await stores.accounts.add(
            NewUser(
                name: Username(parsing: "root"), email: EmailAddress(parsing: "root@example.org"),
                isAdministrator: true, passwordHash: nil),
            by: .operatorAtMachine, at: now)
        let request = try await ask()
        try await stores.removals.confirm(
            request.id, of: demo, seen: nil, by: bob, from: workshop.origin, at: now)
        #expect(try await workshop.told("demo: asked for the removal of demo").contains("root@example.org"))
        let administrator = Actor(
            .user(root.id, root.name, isAdministrator: true), assurance: .password,
            session: SessionStanding(proofs: [], strongest: .password))
        try await stores.removals.object(
            to: request.id, of: demo, reason: "app needs it", by: administrator, from: workshop.origin, at: now)
        #expect(try await stores.removals.requests() == [])
        let entry = try #require(try await workshop.lastEntry())
        #expect(entry.actor == "user root" && entry.action == .project(.objectToRemoval))
    }

    @Test("and was archived is archived again after a quarantine, and takes no uploads")
    func quarantined() async throws {
        try await stores.removals.setStatus(.archived, reason: "done", of: demo, by: .operatorAtMachine, at: now)
        try await stores.removals.quarantine(
            .project, of: demo, reason: "steals keys", by: .operatorAtMachine, at: now)
        try await stores.removals.liftQuarantine(of: .project, of: demo, by: .operatorAtMachine, at: now)
        let project = try #require(try await stores.projects.snapshot(of: demo)?.project)
        #expect(project.status == .archived && project.statusReason == "done")
        #expect(try await workshop.contradictions() == [])
    }
}
