import Accounts
import Acts
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
import Stores
import Support
import Testing
import UTC

@Suite("A request for a removal") struct RemovalRequestTests {
    let workshop: Workshop
    let bob: Actor
    let eve: Actor
    var stores: Stores { workshop.index.stores }
    var ada: Actor { workshop.index.ada }
    var demo: ProjectName { workshop.demo }
    var now: Timestamp { workshop.now }
    /// When what was uploaded is old, and bob is an owner for long.
    var later: Timestamp { now + .days(20) }
    var due: Timestamp { later + .days(14) }

    init() async throws {
        workshop = try await Workshop()
        bob = try await workshop.person("bob")
        eve = try await workshop.person("eve")
        try await workshop.upload("1.0")
        try await workshop.upload("1.0", "demo-1.0-1-py3-none-any.whl")
        try await workshop.upload("2.0")
        try await stores.projects.addRole(
            .owner, on: demo, to: Username(parsing: "bob"), by: .operatorAtMachine, at: now)
        try await stores.projects.addRole(
            .maintainer, on: demo, to: Username(parsing: "eve"), by: .operatorAtMachine, at: now)
    }

    /// The same person who has just signed in at another time.
    private func signedIn(_ actor: Actor, at moment: Timestamp, isAdministrator: Bool = false) throws -> Actor {
        let identity = Actor.Identity.user(
            try #require(actor.userID), try #require(actor.username), isAdministrator: isAdministrator)
        return Actor(
            identity, assurance: .password,
            session: SessionStanding(proofs: [Proof(.password, at: moment)], strongest: .password))
    }

    @discardableResult
    private func ask(
        _ departure: Departure = .project, reason: String = "nobody needs it", seen: Serial? = nil,
        by actor: Actor? = nil,
        at moment: Timestamp? = nil
    ) async throws -> RemovalRequest {
        let moment = moment ?? later
        let outcome = try await stores.removals.remove(
            departure, of: demo, reason: reason, seen: seen, by: signedIn(actor ?? ada, at: moment),
            from: workshop.origin, at: moment)
        guard case .asked(let request) = outcome else {
            Issue.record("\(departure) was done at once")
            throw RemovalRefusal.noSuchRequest(demo)
        }
        return request
    }

    private func confirm(_ request: RemovalRequest, by actor: Actor, at moment: Timestamp) async throws {
        try await stores.removals.confirm(
            request.id, of: demo, seen: nil, by: actor, from: workshop.origin, at: moment)
    }

    private func lastAct() async throws -> Acts.Act? { try await workshop.lastEntry()?.action }

    @Test(
        "takes nothing away, and says on the project's pages and to everybody with a role what is asked, when and why")
    func asked() async throws {
        let request = try await ask()
        #expect(request.dueAt == due && request.confirmer == .owner && request.confirmation == nil)
        let snapshot = try #require(try await stores.projects.snapshot(of: demo))
        #expect(snapshot.releases.count == 2 && snapshot.project.status == .active)
        #expect(snapshot.leaving == ["This project will be removed on \(due.day): nobody needs it"])
        #expect(snapshot.shownStatus == .deprecated && snapshot.shownStatusReason == snapshot.leaving.first)
        let told = try await workshop.told("demo: asked for the removal of demo")
        #expect(Set(told) == ["ada@example.org", "bob@example.org", "eve@example.org"])
        #expect(try await stores.removals.requests() == [request])
        let entry = try #require(try await workshop.lastEntry())
        #expect(entry.action == .project(.askRemoval) && entry.details["reason"] == "nobody needs it")
    }

    @Test("is refused without a reason, a second time, and from a page that is out of date, and nothing has changed")
    func refused() async throws {
        let serial = try #require(try await stores.projects.snapshot(of: demo)?.project.serial)
        await #expect(throws: RemovalRefusal.reasonNeeded) { try await ask(reason: " \t") }
        await #expect(throws: RemovalRefusal.changedSince(demo)) { try await ask(seen: serial - 1) }
        #expect(try await stores.removals.requests(of: demo) == [])
        try await ask(seen: serial)
        await #expect(throws: RemovalRefusal.alreadyAsked(demo, until: due.day)) { try await ask(by: bob) }
        await #expect(throws: RemovalRefusal.alreadyAsked(demo, until: due.day)) {
            try await ask(.release(Version(parsing: "2.0")))
        }
        #expect(try await stores.removals.requests(of: demo).count == 1)
    }

    @Test("that another owner confirms is carried out on its day and not before; an owner brings it back with one act")
    func carriedOut() async throws {
        let request = try await ask()
        let day = later + .days(1)
        await #expect(throws: RemovalRefusal.ownRequest(demo)) {
            try await confirm(request, by: signedIn(ada, at: day), at: day)
        }
        await #expect(throws: AccessRefusal.self) { try await confirm(request, by: signedIn(eve, at: day), at: day) }
        await #expect(throws: AccessRefusal.self) {
            try await confirm(request, by: signedIn(bob, at: day), at: day + .seconds(301))
        }
        try await confirm(request, by: signedIn(bob, at: day), at: day)
        await #expect(throws: RemovalRefusal.alreadyConfirmed(demo)) {
            try await confirm(request, by: signedIn(bob, at: day), at: day)
        }
        #expect(try await stores.removals.carryOutRequests(at: due - .microseconds(1)) == 0)
        #expect(try await workshop.versions() == ["2.0", "1.0"])
        #expect(try await stores.removals.carryOutRequests(at: due) == 1)
        #expect(try await workshop.versions() == nil)
        #expect(try await stores.removals.removedProjects().first?.removal.by == "index")
        #expect(try await stores.removals.requests() == [])
        #expect(try await stores.removals.carryOutRequests(at: due) == 0)
        #expect(try await workshop.contradictions() == [])
        try await stores.removals.undoRemoval(
            of: demo, by: signedIn(ada, at: due), from: workshop.origin, at: due)
        #expect(try await workshop.versions() == ["2.0", "1.0"])
    }

    @Test("that nobody confirmed until its day ends with it, and everybody with a role hears so")
    func lapsed() async throws {
        let request = try await ask(.file("demo-2.0-py3-none-any.whl"))
        #expect(try await stores.removals.carryOutRequests(at: due) == 1)
        #expect(try await lastAct() == .project(.lapseRemoval))
        #expect(try await workshop.files().count == 3)
        #expect(try await stores.projects.snapshot(of: demo)?.leaving == [])
        #expect(try await workshop.told("demo stays as it is").count == 3)
        await #expect(throws: RemovalRefusal.noSuchRequest(demo)) {
            try await confirm(request, by: signedIn(bob, at: due), at: due)
        }
    }

    @Test("is stopped by anybody with a role before its day, and by nobody on it")
    func objection() async throws {
        let first = try await ask()
        try await stores.removals.object(
            to: first.id, of: demo, reason: "I need it", by: signedIn(eve, at: later), from: workshop.origin, at: later)
        #expect(try await stores.removals.requests(of: demo) == [])
        #expect(try await workshop.lastEntry()?.details["reason"] == "I need it")
        let second = try await ask()
        try await confirm(second, by: signedIn(bob, at: later), at: later)
        for actor in [eve, bob, ada] {
            await #expect(throws: RemovalRefusal.dayHasCome(demo, due.day)) {
                try await stores.removals.object(
                    to: second.id, of: demo, reason: "too late", by: signedIn(actor, at: due), from: workshop.origin,
                    at: due)
            }
        }
        let stranger = try await workshop.person("zoe")
        await #expect(throws: AccessRefusal.self) {
            try await stores.removals.object(
                to: second.id, of: demo, reason: "", by: signedIn(stranger, at: later), from: workshop.origin, at: later
            )
        }
        #expect(try await stores.removals.requests(of: demo).map(\.id) == [second.id])
    }

    @Test("ends where a maintainer takes the project over, who is an owner then")
    func takeOver() async throws {
        let request = try await ask()
        await #expect(throws: RemovalRefusal.ownRequest(demo)) {
            try await stores.removals.takeOver(
                insteadOf: request.id, of: demo, by: signedIn(ada, at: later), from: workshop.origin, at: later)
        }
        try await stores.removals.takeOver(
            insteadOf: request.id, of: demo, by: signedIn(eve, at: later), from: workshop.origin, at: later)
        let roles = try #require(try await stores.projects.snapshot(of: demo)?.roles)
        #expect(roles.filter { $0.role == .owner }.map(\.user.normalized) == ["ada", "bob", "eve"])
        #expect(try await stores.removals.requests(of: demo) == [])
        #expect(try await lastAct() == .project(.takeOver))
    }

    @Test("is confirmed by no account that was made an owner shortly before; an administrator confirms it then")
    func newOwner() async throws {
        try await stores.roles.removeRole(
            on: demo, from: Username(parsing: "bob"), by: .operatorAtMachine, from: workshop.origin, at: now)
        try await stores.projects.addRole(
            .owner, on: demo, to: Username(parsing: "bob"), by: .operatorAtMachine, at: later - .days(13))
        let request = try await ask()
        #expect(request.confirmer == .administrator)
        await #expect(throws: RemovalRefusal.administratorsConfirm(demo)) {
            try await confirm(request, by: signedIn(bob, at: later), at: later)
        }
        let root = try await workshop.person("root")
        try await confirm(request, by: signedIn(root, at: later, isAdministrator: true), at: later)
        #expect(try await stores.removals.requests(of: demo).first?.confirmation?.by == "user root")
    }

    @Test("is made of what is new, too, where another project needs it; the owners of that one hear of it by name")
    func needed() async throws {
        var metadata = ReleaseMetadata()
        metadata.requiresDist = ["Demo>=1", "other; extra == 'x'"]
        let candidate = UploadCandidate(
            project: try ProjectName(parsing: "app"), version: try Version(parsing: "1.0"),
            filename: try DistributionFilename(lenient: "app-1.0-py3-none-any.whl"), packageType: .wheel,
            pythonTag: "py3", size: 10, digests: Digests(sha256: "a0", blake2b256: "bb", md5: "cc"),
            metadataSHA256: nil, metadata: metadata)
        let zoe = try await workshop.person("zoe")
        _ = try await stores.projects.upload(candidate, by: zoe, at: now, limits: UploadLimits())
        #expect(try await stores.removals.dependents(of: demo).map(\.normalized) == ["app"])
        #expect(try await stores.removals.dependents(of: ProjectName(parsing: "other")) == [])
        let request = try await ask(.release(Version(parsing: "2.0")), at: now)
        #expect(request.dueAt == now + .days(14))
        #expect(try await workshop.told("demo, which you depend on, is leaving") == ["zoe@example.org"])
        let event = try #require(try await workshop.lastEvent(of: zoe)?.event)
        #expect(event.sentence.contains("which is needed by app"))
        // Neither archiving nor giving up the last role is a way around it.
        await #expect(throws: RemovalRefusal.hasToBeAsked(demo)) {
            try await stores.removals.setStatus(.archived, reason: nil, of: demo, by: ada, at: now)
        }
        #expect(try await ask(.archiving, at: now).departure == .archiving)
        // What is gone needs nothing.
        try await stores.removals.deleteProject(
            ProjectName(parsing: "app"), by: .operatorAtMachine, from: workshop.origin, at: now)
        #expect(try await stores.removals.dependents(of: demo) == [])
    }

    @Test("of the last owner to leave ends their role on its day, and archives the project")
    func lastRole() async throws {
        await #expect(throws: RemovalRefusal.notTheLastOwner(demo)) { try await ask(.lastRole) }
        try await stores.roles.removeRole(
            on: demo, from: Username(parsing: "bob"), by: .operatorAtMachine, from: workshop.origin, at: now)
        let request = try await ask(.lastRole)
        let root = try await workshop.person("root")
        try await confirm(request, by: signedIn(root, at: later, isAdministrator: true), at: later)
        #expect(try await stores.removals.carryOutRequests(at: due) == 1)
        let snapshot = try #require(try await stores.projects.snapshot(of: demo))
        #expect(snapshot.project.status == .archived)
        #expect(snapshot.roles.map(\.user.normalized) == ["eve"])
        #expect(try await workshop.contradictions() == [])
    }

    @Test("of a file or a release is carried out as such, and what the operator does at the machine is no request")
    func parts() async throws {
        let file = try await ask(.file("demo-1.0-py3-none-any.whl"))
        let release = try await ask(.release(Version(parsing: "2")), by: bob)
        try await confirm(file, by: signedIn(bob, at: later), at: later)
        try await confirm(release, by: signedIn(ada, at: later), at: later)
        let snapshot = try #require(try await stores.projects.snapshot(of: demo))
        #expect(
            snapshot.shownStatusReason
                == "The file demo-1.0-py3-none-any.whl will be removed on \(due.day): nobody needs it; The release 2.0 will be "
                + "removed on \(due.day): nobody needs it")
        #expect(try await stores.removals.carryOutRequests(at: due) == 2)
        #expect(try await workshop.files() == ["demo-1.0-1-py3-none-any.whl"])
        #expect(try await workshop.contradictions() == [])
        let outcome = try await stores.removals.deleteProject(
            demo, by: .operatorAtMachine, from: workshop.origin, at: due)
        #expect(outcome == .done)
    }

    @Test("follows the rule that the operator set, which is on record and no owner's to set")
    func rule() async throws {
        let strict = RemovalRule(
            recentHours: 0, fewDownloads: 0, waitDays: 3, criticalWaitDays: 9, retentionDays: 10)
        await #expect(throws: AccessRefusal.self) { try await stores.removals.set(strict, by: ada, at: now) }
        try await stores.removals.set(strict, by: .operatorAtMachine, at: now)
        #expect(try await stores.removals.rule().hasNumbers(of: strict))
        #expect(try await lastAct() == .index(.setRemovalRule))
        let moment = now + .seconds(1)
        #expect(try await ask(at: moment).dueAt == moment + .days(3))
    }
}

@Suite("One file that is yanked") struct YankedFileTests {
    @Test("is marked with its reason, and the others of its release are not; the journal says so")
    func yanked() async throws {
        let workshop = try await Workshop()
        let (stores, demo, ada, now) = (workshop.stores, workshop.demo, workshop.index.ada, workshop.now)
        try await workshop.upload("1.0")
        try await workshop.upload("1.0", "demo-1.0-1-py3-none-any.whl")
        let file = "demo-1.0-py3-none-any.whl"
        func yanks() async throws -> [String: Yank] {
            let files = try await stores.projects.snapshot(of: demo)?.releases.flatMap(\.files) ?? []
            return Dictionary(
                uniqueKeysWithValues: files.compactMap { file in file.yank.map { (file.filename, $0) } })
        }
        try await stores.projects.yank(file: file, of: demo, reason: "broken", by: ada, at: now)
        #expect(try await yanks() == [file: Yank(reason: "broken")])
        #expect(try await workshop.lastEntry()?.action == .project(.yankFile))
        #expect(try await workshop.contradictions() == [])
        try await stores.projects.unyank(file: file, of: demo, by: ada, at: now)
        #expect(try await yanks() == [:])
        await #expect(throws: RemovalRefusal.noSuchFile(demo, "other.whl")) {
            try await stores.projects.yank(file: "other.whl", of: demo, reason: nil, by: ada, at: now)
        }
        await #expect(throws: AccessRefusal.self) {
            try await stores.projects.yank(file: file, of: demo, reason: nil, by: .anonymous, at: now)
        }
    }
}

@Suite("What may do harm") struct QuarantineTests {
    let workshop: Workshop
    var stores: Stores { workshop.stores }
    var demo: ProjectName { workshop.demo }
    var now: Timestamp { workshop.now }
    let file = "demo-1.0-py3-none-any.whl"

    init() async throws {
        workshop = try await Workshop()
        try await workshop.upload("1.0")
        try await workshop.upload("1.0", "demo-1.0-1-py3-none-any.whl")
        try await workshop.upload("2.0")
    }

    private func quarantine(_ what: Departure, by actor: Actor = .operatorAtMachine) async throws {
        try await stores.removals.quarantine(what, of: demo, reason: "steals keys", by: actor, at: now)
    }

    private func lift(_ what: Departure) async throws {
        try await stores.removals.liftQuarantine(of: what, of: demo, by: .operatorAtMachine, at: now)
    }

    private func state() async throws -> FileState? {
        try await stores.projects.file(named: file, sha256: "of \(file)")?.state
    }

    @Test("is quarantined by an administrator at once, a file, a release or the project, and comes back as it was")
    func quarantined() async throws {
        for what in [Departure.file(file), .release(try Version(parsing: "1.0"))] {
            try await quarantine(what)
            #expect(try await !workshop.files().contains(file))
            let found = try #require(try await stores.projects.file(named: file, sha256: "of \(file)"))
            #expect(found.state == .quarantined && found.withheldReason == "steals keys")
            await #expect(throws: RemovalRefusal.nothingToQuarantine(demo)) { try await quarantine(what) }
            #expect(try await workshop.contradictions() == [])
            try await lift(what)
            #expect(try await workshop.files().count == 3)
            #expect(try await state() == .published)
            await #expect(throws: RemovalRefusal.nothingToQuarantine(demo)) { try await lift(what) }
        }
        try await quarantine(.project)
        #expect(try await stores.projects.snapshot(of: demo)?.project.status == .quarantined)
        try await lift(.project)
        #expect(try await stores.projects.snapshot(of: demo)?.project.status == .active)
        #expect(try await workshop.contradictions() == [])
        #expect(try await workshop.told("demo: something was put into quarantine").count == 2)
    }

    @Test("is no owner's to quarantine, and says why")
    func refused() async throws {
        await #expect(throws: AccessRefusal.self) { try await quarantine(.file(file), by: workshop.index.ada) }
        await #expect(throws: RemovalRefusal.reasonNeeded) {
            try await stores.removals.quarantine(
                .file(file), of: demo, reason: " ", by: .operatorAtMachine, at: now)
        }
        #expect(try await workshop.files().count == 3)
    }

    @Test("is removed where its release was removed meanwhile, and not served again")
    func removed() async throws {
        try await quarantine(.file(file))
        try await stores.removals.deleteRelease(
            Version(parsing: "1.0"), of: demo, by: .operatorAtMachine, from: workshop.origin, at: now)
        #expect(try await state() == .quarantined)
        try await lift(.file(file))
        let found = try #require(try await stores.projects.file(named: file, sha256: "of \(file)"))
        #expect(found.state == .removed && found.removal?.by == "operator")
        #expect(found.sunset == now + RemovalRule.usual.retention)
        #expect(try await workshop.contradictions() == [])
    }

    @Test("stays in quarantine while its project is removed, and when that comes back")
    func removedProject() async throws {
        try await quarantine(.file(file))
        try await workshop.delete(by: .operatorAtMachine)
        #expect(try await state() == .quarantined)
        await #expect(throws: AccessRefusal.noSuchProject(demo)) { try await lift(.file(file)) }
        try await stores.removals.restore(demo, by: .operatorAtMachine, from: workshop.origin, at: now)
        #expect(try await state() == .quarantined)
        try await lift(.file(file))
        #expect(try await state() == .published)
        #expect(try await workshop.contradictions() == [])
    }

    @Test("and was removed is kept as long as was said when it was removed, or since, however short the settings get")
    func promised() async throws {
        func set(_ days: Int, at moment: Timestamp) async throws {
            let rule = RemovalRule(
                recentHours: 72, fewDownloads: 100, waitDays: 14, criticalWaitDays: 30, retentionDays: days)
            try await stores.removals.set(rule, by: .operatorAtMachine, at: moment)
        }
        func sunset(_ file: String) async throws -> Timestamp? {
            try await stores.projects.file(named: file, sha256: "of \(file)")?.sunset
        }
        try await stores.removals.deleteRelease(
            Version(parsing: "1.0"), of: demo, by: .operatorAtMachine, from: workshop.origin, at: now)
        let end = now + .days(180)
        #expect(try await sunset(file) == end)
        // Shorter, longer again, and shorter: what was said of it stays.
        try await set(10, at: now + .days(1))
        #expect(try await sunset(file) == end)
        let second = now + .days(2)
        try await stores.removals.deleteRelease(
            Version(parsing: "2.0"), of: demo, by: .operatorAtMachine, from: workshop.origin, at: second)
        let other = "demo-2.0-py3-none-any.whl"
        #expect(try await sunset(other) == second + .days(10), "what is removed later has the new time")
        try await set(30, at: now + .days(3))
        #expect(try await sunset(other) == second + .days(30), "and a longer one holds for all")
        try await set(5, at: now + .days(4))
        #expect(try await sunset(other) == second + .days(30))
        #expect(try await sunset(file) == end)
        // What is freed goes by the same.
        func erased(at moment: Timestamp) async throws -> Int {
            try await stores.removals.eraseRetained(by: .operatorAtMachine, at: moment)
        }
        #expect(try await erased(at: second + .days(30) - .microseconds(1)) == 0)
        #expect(try await erased(at: second + .days(30)) == 1)
        #expect(try await erased(at: end - .microseconds(1)) == 0)
        #expect(try await erased(at: end) > 0)
    }

    @Test(
        "and was removed is freed after the time of retention, by nobody but who runs the index, and never comes back")
    func erased() async throws {
        try await workshop.delete(by: .operatorAtMachine)
        let end = now + RemovalRule.usual.retention
        #expect(try await stores.removals.eraseRetained(by: .operatorAtMachine, at: end - .microseconds(1)) == 0)
        await #expect(throws: AccessRefusal.self) {
            try await stores.removals.eraseRetained(by: workshop.index.ada, at: end)
        }
        #expect(try await state() == .removed)
        #expect(try await stores.removals.eraseRetained(by: .operatorAtMachine, at: end) == 3)
        #expect(try await state() == .erased)
        #expect(try await !stores.inventory.digests().contains("of \(file)"), "nothing holds its bytes any more")
        #expect(try await workshop.contradictions() == [])
        #expect(try await stores.removals.eraseRetained(by: .operatorAtMachine, at: end) == 0)
        await #expect(throws: (any Error).self, "its name stays used") {
            try await workshop.upload("1.0", sha256: "other bytes")
        }
    }
}
