import Accounts
import Acts
import Journal
import Leaving
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

/// A project of ada's, with people around it.
private struct Office {
    let workshop: Workshop
    let ada: Actor
    let eve: Actor
    let root: Actor
    let grace: Actor
    let wheel = "demo-1.0-py3-none-any.whl"
    var stores: Stores { workshop.index.stores }
    var proposals: any ProposalStore { stores.proposals }
    var demo: ProjectName { workshop.demo }
    var now: Timestamp { workshop.now }

    init() async throws {
        workshop = try await Workshop()
        ada = Self.signedIn(workshop.index.ada, at: workshop.now)
        eve = Self.signedIn(try await workshop.person("eve"), at: workshop.now)
        root = Self.signedIn(
            try await workshop.person("root", isAdministrator: true), isAdministrator: true, at: workshop.now)
        grace = Self.signedIn(
            try await workshop.person("grace", isAdministrator: true), isAdministrator: true, at: workshop.now)
        for version in ["1.0", "2.0"] { try await workshop.upload(version, summary: "cheese") }
    }

    /// Somebody who has shown a second factor a moment ago.
    static func signedIn(_ actor: Actor, isAdministrator: Bool = false, at moment: Timestamp) -> Actor {
        guard let id = actor.userID, let name = actor.username else { return actor }
        return Actor(
            .user(id, name, isAdministrator: isAdministrator), assurance: .secondFactor,
            session: SessionStanding(proofs: [Proof(.secondFactor, at: moment)], strongest: .secondFactor))
    }

    func later(_ actor: Actor, at moment: Timestamp) -> Actor {
        let isAdministrator = if case .user(_, _, let isOne) = actor.identity { isOne } else { false }
        return Self.signedIn(actor, isAdministrator: isAdministrator, at: moment)
    }

    func proposeReturn(
        _ scope: Departure = .project, given: [GivenFile] = [], by actor: Actor? = nil, at moment: Timestamp? = nil
    ) async throws -> Proposal {
        let moment = moment ?? now
        return try await proposals.proposeReturn(
            of: scope, of: demo, given: given, reason: "many builds need it", by: later(actor ?? root, at: moment),
            from: workshop.origin, at: moment)
    }

    func approve(
        _ proposal: Proposal, seen: Serial? = nil, by actor: Actor? = nil, at moment: Timestamp? = nil
    ) async throws {
        let moment = moment ?? now
        try await proposals.approve(
            proposal.id, of: demo, seen: seen, by: later(actor ?? ada, at: moment), from: workshop.origin, at: moment)
    }

    func decide(_ proposal: Proposal, at moment: Timestamp) async throws {
        try await proposals.decide(
            proposal.id, of: demo, seen: nil, by: later(root, at: moment), from: workshop.origin, at: moment)
    }

    func state(_ file: String) async throws -> FileState? {
        try await stores.projects.file(named: file, sha256: "of \(file)")?.state
    }

    func entries() async throws -> [JournalEvent] {
        try await stores.journal.entries(JournalQuery(limit: 1_000)).map(\.event)
    }
}

@Suite("The return of what owners removed") struct ReturnTests {
    private let office: Office

    init() async throws { office = try await Office() }

    @Test("is approved by an owner, who had a mail, and brings back files, roles, designation and counts as before")
    func approved() async throws {
        let before = try #require(try await office.stores.projects.snapshot(of: office.demo))
        try await office.stores.critical.designate(office.demo, by: .operatorAtMachine, at: office.now)
        try await office.workshop.delete(by: .operatorAtMachine)
        let proposal = try await office.proposeReturn()
        let subject = "Approve or decline: the return of demo"
        #expect(try await office.workshop.told(subject) == ["ada@example.org"])
        #expect(try await office.stores.projects.snapshot(of: office.demo) == nil, "nothing is back before")
        let asked = try #require(office.ada.userID)
        #expect(try await office.proposals.proposals(for: asked, endedAfter: office.now).map(\.id) == [proposal.id])
        try await office.approve(proposal)
        let after = try #require(try await office.stores.projects.snapshot(of: office.demo))
        #expect(after.releases == before.releases && after.roles == before.roles)
        #expect(after.project.status == .active && after.project.createdAt == before.project.createdAt)
        #expect(try await office.proposals.wasCritical(office.demo))
        #expect(try await office.workshop.contradictions() == [])
        #expect(try await office.workshop.found("cheese") == ["demo"])
        #expect(try await office.entries().contains(.project(.proposal(.returnApproved(scope: .project, files: 2)))))
        await #expect(throws: ProposalRefusal.over(office.demo, .approved, office.now.day), "the link is used twice") {
            try await office.approve(proposal)
        }
    }

    @Test("of a project that its owner made again brings the old releases beside the new one")
    func madeAgain() async throws {
        try await office.workshop.delete()
        try await office.workshop.upload("3.0")
        let proposal = try await office.proposeReturn()
        try await office.approve(proposal)
        #expect(try await office.workshop.versions() == ["3.0", "2.0", "1.0"])
        #expect(try await office.workshop.contradictions() == [])
    }

    @Test("of one release of a deleted project leaves the others away, and the journal says which are back")
    func part() async throws {
        try await office.workshop.delete()
        try await office.approve(try await office.proposeReturn(.release(try Version(parsing: "1.0"))))
        #expect(try await office.workshop.versions() == ["1.0"])
        #expect(try await office.state("demo-2.0-py3-none-any.whl") == .removed)
        let events = try await office.entries()
        #expect(events.contains(.project(.recreated(office.demo))))
        #expect(
            !events.contains { event in
                if case .project(.removal(.restored(.project))) = event { true } else { false }
            })
        #expect(try await office.workshop.contradictions() == [])
        // The rest can be proposed by itself.
        try await office.approve(try await office.proposeReturn())
        #expect(try await office.workshop.versions() == ["2.0", "1.0"])
        #expect(try await office.workshop.contradictions() == [])
    }

    @Test("is nobody else's to answer, takes a second factor, and nothing changes when it is refused")
    func refused() async throws {
        try await office.workshop.delete()
        let proposal = try await office.proposeReturn()
        for actor in [office.eve, office.root] {
            await #expect(throws: AccessRefusal.self) { try await office.approve(proposal, by: actor) }
        }
        let weak = office.workshop.index.ada
        await #expect(throws: AccessRefusal.self) {
            try await office.proposals.approve(
                proposal.id, of: office.demo, seen: nil, by: weak, from: office.workshop.origin, at: office.now)
        }
        await #expect(throws: ProposalRefusal.ownersAnswer(office.demo), "nobody says it for them") {
            try await office.proposals.approve(
                proposal.id, of: office.demo, seen: nil, by: .operatorAtMachine, from: office.workshop.origin,
                at: office.now)
        }
        await #expect(throws: ProposalRefusal.changedSince(office.demo)) { try await office.approve(proposal, seen: 1) }
        await #expect(throws: ProposalRefusal.alreadyProposed(office.demo, until: proposal.dueAt.day)) {
            _ = try await office.proposeReturn()
        }
        await #expect(throws: ProposalRefusal.alreadyProposed(office.demo, until: proposal.dueAt.day)) {
            _ = try await office.proposeReturn(.file(office.wheel))
        }
        await #expect(throws: AccessRefusal.self) { _ = try await office.proposeReturn(by: office.ada) }
        #expect(try await office.stores.projects.snapshot(of: office.demo) == nil)
    }

    @Test("is declined by an owner, and then nothing comes back")
    func declined() async throws {
        try await office.workshop.delete()
        let proposal = try await office.proposeReturn()
        try await office.proposals.decline(
            proposal.id, of: office.demo, reason: "it is broken", by: office.ada, from: office.workshop.origin,
            at: office.now)
        await #expect(throws: ProposalRefusal.over(office.demo, .declined, office.now.day)) {
            try await office.approve(proposal)
        }
        await #expect(throws: ProposalRefusal.self) { try await office.decide(proposal, at: proposal.dueAt) }
        #expect(try await office.stores.projects.snapshot(of: office.demo) == nil)
    }

    @Test("comes to nothing without an answer where the project is not critical")
    func unanswered() async throws {
        try await office.workshop.delete()
        let proposal = try await office.proposeReturn()
        #expect(proposal.dueAt == office.now + .days(14))
        await #expect(throws: ProposalRefusal.notCritical(office.demo)) {
            try await office.decide(proposal, at: office.now)
        }
        #expect(try await office.proposals.carryOutProposals(at: proposal.dueAt - .microseconds(1)) == 0)
        #expect(try await office.proposals.carryOutProposals(at: proposal.dueAt) == 1)
        await #expect(throws: ProposalRefusal.over(office.demo, .lapsed, proposal.dueAt.day)) {
            try await office.approve(proposal, at: proposal.dueAt)
        }
    }

    @Test(
        "is decided without an answer where it is critical: after the waiting time, to be installed and not uploaded to"
    )
    func decided() async throws {
        try await office.stores.critical.designate(office.demo, by: .operatorAtMachine, at: office.now)
        try await office.workshop.delete(by: .operatorAtMachine)
        let proposal = try await office.proposeReturn()
        #expect(proposal.dueAt == office.now + .days(30))
        await #expect(throws: ProposalRefusal.waitsUntil(office.demo, proposal.dueAt.day)) {
            try await office.decide(proposal, at: proposal.dueAt - .microseconds(1))
        }
        #expect(try await office.proposals.carryOutProposals(at: proposal.dueAt) == 0, "it waits for a person")
        try await office.decide(proposal, at: proposal.dueAt)
        let back = try #require(try await office.stores.projects.snapshot(of: office.demo))
        #expect(back.project.status == .archived && back.project.statusReason == ProposalPolicy.readOnly)
        #expect(back.releases.flatMap(\.files).count == 2)
        await #expect(throws: AccessRefusal.self) { try await office.workshop.upload("3.0") }
        #expect(try await office.workshop.contradictions() == [])
    }

    @Test("brings back what was freed only with the bytes that the log has, kept while it is open, and no others")
    func given() async throws {
        try await office.workshop.delete(by: .operatorAtMachine)
        let end = office.now + RemovalRule.usual.retention
        #expect(try await office.stores.removals.eraseRetained(by: .operatorAtMachine, at: end) == 2)
        await #expect(throws: ProposalRefusal.nothingToReturn(office.demo)) {
            _ = try await office.proposeReturn(at: end)
        }
        let digest = "of \(office.wheel)"
        func given(_ sha256: String, locked: Set<String>? = nil, _ file: String? = nil) -> [GivenFile] {
            [GivenFile(filename: file ?? office.wheel, sha256: sha256, locked: locked)]
        }
        await #expect(throws: ProposalRefusal.otherDigest(office.wheel, in: .log)) {
            _ = try await office.proposeReturn(given: given("other bytes"), at: end)
        }
        await #expect(throws: ProposalRefusal.otherDigest(office.wheel, in: .lockFiles)) {
            _ = try await office.proposeReturn(given: given(digest, locked: ["other bytes"]), at: end)
        }
        await #expect(throws: ProposalRefusal.neverPublished(office.demo, "demo-9.0-py3-none-any.whl")) {
            _ = try await office.proposeReturn(given: given(digest, "demo-9.0-py3-none-any.whl"), at: end)
        }
        #expect(try await !office.stores.inventory.isReferenced(digest))
        let proposal = try await office.proposeReturn(given: given(digest, locked: [digest]), at: end)
        #expect(try await office.stores.inventory.isReferenced(digest))
        #expect(try await office.stores.inventory.digests().contains(digest))
        try await office.approve(proposal, at: end)
        #expect(try await office.workshop.files() == [office.wheel])
        #expect(try await office.state(office.wheel) == .published)
        #expect(try await office.state("demo-2.0-py3-none-any.whl") == .erased)
        #expect(try await office.workshop.contradictions() == [])
        await #expect(throws: UploadRefusal.self, "the same name, other bytes") {
            try await office.workshop.upload("1.0", sha256: "other bytes")
        }
    }
}

@Suite("Erasure for a legal reason") struct ErasureTests {
    private let office: Office

    init() async throws { office = try await Office() }

    private func propose(_ scope: Departure) async throws -> Proposal {
        try await office.proposals.proposeErasure(
            of: scope, of: office.demo, because: .courtOrder, reason: "file 7 of 2026", by: office.root,
            at: office.now)
    }

    private func confirm(_ proposal: Proposal, seen: Serial? = nil, by actor: Actor, at moment: Timestamp? = nil)
        async throws
    {
        let moment = moment ?? office.now
        try await office.proposals.confirmErasure(
            proposal.id, of: office.demo, seen: seen, by: office.later(actor, at: moment),
            from: office.workshop.origin, at: moment)
    }

    @Test("takes two administrators, and leaves a tombstone in page, log and address")
    func erased() async throws {
        let proposal = try await propose(.file(office.wheel))
        #expect(try await office.state(office.wheel) == .published, "nothing is done before")
        await #expect(throws: ProposalRefusal.ownProposal(office.demo)) { try await confirm(proposal, by: office.root) }
        for actor in [office.ada, office.eve] {
            await #expect(throws: AccessRefusal.self) { try await confirm(proposal, by: actor) }
        }
        await #expect(throws: ProposalRefusal.changedSince(office.demo)) {
            try await confirm(proposal, seen: 1, by: office.grace)
        }
        try await confirm(proposal, by: office.grace)
        let found = try #require(
            try await office.stores.projects.file(named: office.wheel, sha256: "of \(office.wheel)"))
        #expect(found.state == .erased && found.withheldReason?.contains("court-order") == true)
        let snapshot = try #require(try await office.stores.projects.snapshot(of: office.demo))
        #expect(snapshot.erased.count == 1 && snapshot.erased[0].contains("by order of a court"))
        #expect(try await office.workshop.files() == ["demo-2.0-py3-none-any.whl"])
        #expect(try await !office.stores.inventory.digests().contains("of \(office.wheel)"))
        let kept = try await office.stores.inventory.files(after: 0, limit: 10).entries.map(\.filename)
        #expect(kept == ["demo-2.0-py3-none-any.whl"], "the doctor does not miss its bytes")
        #expect(
            try await office.stores.inventory.erasedByLaw(since: office.now).contains("of \(office.wheel)"))
        #expect(try await office.workshop.contradictions() == [])
        #expect(try await office.workshop.told("demo: something was erased") == ["ada@example.org"])
        let erased = try await office.entries().compactMap { event -> ErasureCategory? in
            if case .project(.removal(.erased(_, let category))) = event { category } else { nil }
        }
        #expect(erased == [.courtOrder])
        await #expect(throws: ProposalRefusal.over(office.demo, .confirmed, office.now.day)) {
            try await confirm(proposal, by: office.grace)
        }
    }

    @Test("of what was removed takes its words, too, and never comes back: not by an owner, a proposal or an upload")
    func never() async throws {
        try await office.workshop.delete()
        try await confirm(try await propose(.project), by: .operatorAtMachine)
        #expect(try await office.stores.projects.tombstones(of: office.demo).count == 2)
        let given = [GivenFile(filename: office.wheel, sha256: "of \(office.wheel)", locked: nil)]
        await #expect(throws: ProposalRefusal.erasedByLaw(office.wheel, .courtOrder)) {
            _ = try await office.proposeReturn(given: given)
        }
        await #expect(throws: ProposalRefusal.nothingToReturn(office.demo)) { _ = try await office.proposeReturn() }
        try await office.stores.removals.restore(
            office.demo, by: .operatorAtMachine, from: office.workshop.origin, at: office.now)
        #expect(try await office.workshop.files() == [])
        let release = try #require(try await office.stores.projects.snapshot(of: office.demo)?.releases.first)
        #expect(release.summary == nil)
        #expect(try await office.stores.projects.metadata(of: release.id)?.summary == nil)
        for bytes in ["of \(office.wheel)", "other bytes"] {
            await #expect(throws: UploadRefusal.self) { try await office.workshop.upload("1.0", sha256: bytes) }
        }
        #expect(try await office.workshop.contradictions() == [])
    }

    @Test("that nobody confirms until its day is over, and cannot be confirmed after it")
    func lapsed() async throws {
        let proposal = try await propose(.release(try Version(parsing: "1.0")))
        await #expect(throws: ProposalRefusal.dayHasCome(office.demo, proposal.dueAt.day)) {
            try await confirm(proposal, by: office.grace, at: proposal.dueAt)
        }
        #expect(try await office.proposals.carryOutProposals(at: proposal.dueAt) == 1)
        #expect(try await office.state(office.wheel) == .published)
        let asked = try #require(office.ada.userID)
        #expect(try await office.proposals.proposals(for: asked, endedAfter: office.now) == [], "nobody hears of it")
    }

    @Test("does not stop owners from bringing back what else they removed")
    func undone() async throws {
        try await office.workshop.delete()
        try await confirm(try await propose(.file(office.wheel)), by: office.grace)
        try await office.stores.removals.undoRemoval(
            of: office.demo, by: office.ada, from: office.workshop.origin, at: office.now)
        #expect(try await office.workshop.files() == ["demo-2.0-py3-none-any.whl"])
        #expect(try await office.workshop.contradictions() == [])
    }
}

@Suite("The release of a name") struct NameReleaseTests {
    private let office: Office

    init() async throws {
        office = try await Office()
        try await office.workshop.delete(by: .operatorAtMachine)
    }

    private func propose() async throws -> Proposal {
        try await office.proposals.proposeRelease(
            of: office.demo, reason: "abandoned", by: office.root, from: office.workshop.origin, at: office.now)
    }

    private func object(_ proposal: Proposal, by actor: Actor, at moment: Timestamp) async throws {
        try await office.proposals.object(
            to: proposal.id, of: office.demo, reason: "", by: office.later(actor, at: moment),
            from: office.workshop.origin, at: moment)
    }

    private func isFreed() async throws -> Bool {
        try await office.stores.removals.removedProjects().first?.isFreed == true
    }

    @Test("asks those who owned it, and takes effect on its day, when others can have the name and no file of it")
    func released() async throws {
        await #expect(throws: ProposalRefusal.reasonNeeded) {
            _ = try await office.proposals.proposeRelease(
                of: office.demo, reason: " ", by: office.root, from: office.workshop.origin, at: office.now)
        }
        let proposal = try await propose()
        #expect(proposal.dueAt == office.now + .days(30))
        #expect(
            try await office.workshop.told("Object or not: the release of the name demo") == ["ada@example.org"])
        await #expect(throws: RemovalRefusal.nameHeld(office.demo)) {
            try await office.workshop.upload("3.0", by: office.eve)
        }
        #expect(try await office.proposals.carryOutProposals(at: proposal.dueAt - .microseconds(1)) == 0)
        #expect(try await office.proposals.carryOutProposals(at: proposal.dueAt) == 1)
        #expect(try await isFreed())
        #expect(try await office.workshop.contradictions() == [])
        try await office.workshop.upload("3.0", by: office.eve)
        await #expect(throws: UploadRefusal.self) { try await office.workshop.upload("1.0", by: office.eve) }
        await #expect(throws: UploadRefusal.self) {
            try await office.workshop.upload("1.0", sha256: "other bytes", by: office.eve)
        }
    }

    @Test("ends where anyone who owned it objects, before its day and not after it, and is nobody else's to stop")
    func objected() async throws {
        let proposal = try await propose()
        await #expect(throws: AccessRefusal.self) { try await object(proposal, by: office.eve, at: office.now) }
        try await object(proposal, by: office.ada, at: proposal.dueAt - .microseconds(1))
        #expect(try await office.proposals.carryOutProposals(at: proposal.dueAt) == 0)
        #expect(try await !isFreed())
        let again = try await propose()
        await #expect(throws: ProposalRefusal.dayHasCome(office.demo, again.dueAt.day)) {
            try await object(again, by: office.ada, at: again.dueAt)
        }
    }

    @Test("comes to nothing where somebody who owned it uses the name again")
    func used() async throws {
        let proposal = try await propose()
        try await office.workshop.upload("3.0")
        #expect(try await office.proposals.carryOutProposals(at: proposal.dueAt) == 1)
        #expect(try await office.proposals.proposals() == [])
        #expect(try await office.workshop.versions() == ["3.0"])
    }

    @Test("never happens by itself to a name that was critical: another administrator does it, after the day")
    func critical() async throws {
        try await office.stores.critical.designate(office.demo, by: .operatorAtMachine, at: office.now)
        try await office.stores.critical.lift(office.demo, reason: "by mistake", by: .operatorAtMachine, at: office.now)
        let proposal = try await propose()
        #expect(try await office.proposals.carryOutProposals(at: proposal.dueAt + .days(365)) == 0)
        #expect(try await !isFreed())
        func release(by actor: Actor, at moment: Timestamp) async throws {
            try await office.proposals.release(
                proposal.id, of: office.demo, seen: nil, by: office.later(actor, at: moment),
                from: office.workshop.origin, at: moment)
        }
        await #expect(throws: ProposalRefusal.waitsUntil(office.demo, proposal.dueAt.day)) {
            try await release(by: office.grace, at: office.now)
        }
        await #expect(throws: ProposalRefusal.ownProposal(office.demo)) {
            try await release(by: office.root, at: proposal.dueAt)
        }
        try await release(by: office.grace, at: proposal.dueAt)
        #expect(try await isFreed())
    }
}
