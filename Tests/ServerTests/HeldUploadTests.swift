import Accounts
import Acts
import Blobs
import Database
import Foundation
import Identity
import Journal
import PackagingFormats
import Policy
import Ports
import Projects
import Removals
import Roles
import Server
import Stores
import Support
import Testing
import UTC

@Suite("While an upload is coming in") struct HeldUploadTests {
    let server: TestServer
    let ada: User
    let demo: ProjectName

    init() async throws {
        server = try await TestServer()
        ada = try #require(try await server.index.stores.accounts.user(named: Username(parsing: "ada")))
        demo = try ProjectName(parsing: "demo-pkg")
    }

    enum Meanwhile: CaseIterable {
        case tokenRevoked, tokenExpires, factorRemoved, keyLowered, probation, roleTaken, requirementRaised,
            mandateBinds
        case projectArchived, accountDisabled
    }

    private func code(after event: Meanwhile) -> String {
        switch event {
        case .tokenRevoked, .factorRemoved: "revoked before the request with it was complete"
        // An hour after the index's clock began: the day of the token, not of the commit.
        case .tokenExpires: "expired on 2023-11-14 at 23:13 UTC"
        case .roleTaken: "isn't allowed to upload"
        case .requirementRaised, .keyLowered: "demo-pkg"
        case .probation: "it counts from"
        case .mandateBinds: "is critical"
        case .projectArchived: "is archived and takes no new files"
        case .accountDisabled: "This account is disabled since 14 Nov 2023: left the company."
        }
    }

    private func happen(_ event: Meanwhile, _ factor: FactorID, tokens: [String]) async throws {
        let (stores, now) = (server.index.stores, server.now)
        let origin = RequestOrigin()
        switch event {
        case .tokenRevoked:
            for token in tokens { try await stores.tokens.revoke(token, by: .operatorAtMachine, from: origin, at: now) }
        case .tokenExpires: server.now = now + .days(1)
        case .factorRemoved:
            try await stores.factors.remove(factor, of: ada.name, by: .operatorAtMachine, from: origin, at: now)
        case .keyLowered:
            try await server.index.database.byHand("UPDATE token SET assurance = 'password'")
        case .probation:
            try await server.index.database.byHand(
                "UPDATE account SET probation_until = $1, probation_reason = 'recovery'", (now + .days(1)).microseconds)
        case .mandateBinds:
            try await stores.critical.designate(demo, by: .operatorAtMachine, at: now)
            try await stores.critical.set(
                CriticalSettings(
                    critical: .usual,
                    mandate: try MandateRule(
                        announcedFrom: now.day, enforcedFrom: now.day, noticeDays: 0, required: .attestedHardware)),
                by: .operatorAtMachine, at: now)
        case .roleTaken:
            let bob = try await stores.accounts.add(
                NewUser(
                    name: Username(parsing: "bob"), email: EmailAddress(parsing: "bob@example.org"),
                    isAdministrator: false, passwordHash: nil), by: .operatorAtMachine, at: now)
            try await stores.projects.addRole(.owner, on: demo, to: bob.name, by: .operatorAtMachine, at: now)
            try await stores.roles.removeRole(
                on: demo, from: ada.name, by: .operatorAtMachine, from: origin, at: now)
        case .requirementRaised:
            try await stores.projects.requireAssurance(.attestedHardware, on: demo, by: .operatorAtMachine, at: now)
        case .projectArchived:
            try await stores.removals.setStatus(.archived, reason: nil, of: demo, by: .operatorAtMachine, at: now)
        case .accountDisabled:
            try await server.index.people.disable(
                ada.name, reason: "left the company", by: .operatorAtMachine, at: now)
        }
    }

    @Test("what it rests on can end, and then nothing of it is stored", arguments: Meanwhile.allCases)
    func ended(event: Meanwhile) async throws {
        let (stores, now) = (server.index.stores, server.now)
        try await server.upload(.wheel())
        try await TestGiveaway.addKey(to: ada.id, model: nil, in: server.index.database, at: now)
        let factor = try #require(try await stores.factors.factors(of: ada.id).securityKeys.first?.id)
        let actor = Actor(
            .user(ada.id, ada.name, isAdministrator: false), assurance: .phishingResistant,
            session: SessionStanding(
                proofs: [Proof(.phishingResistant, at: now)], strongest: .phishingResistant, factor: factor))
        let (token, record) = try await TokenMint(accounts: stores.accounts, tokens: stores.tokens).issue(
            for: ada.name, label: "", projects: nil, expiresAt: now + .hours(1), by: actor, at: now)
        if event == .keyLowered || event == .probation {
            try await stores.projects.requireAssurance(.phishingResistant, on: demo, by: .operatorAtMachine, at: now)
        }
        let before = try await blobs()
        let answer = try await server.upload(.sourceDistribution(), token: token, heldBack: 40) {
            try await happen(event, factor, tokens: [record.id])
        }
        #expect(answer.status == 403)
        #expect(answer.text.contains(code(after: event)), "\(answer.text)")
        #expect(try await stores.projects.snapshot(of: demo)?.releases.flatMap(\.files).count == 1)
        #expect(try await blobs() == before)
        #expect(try FileManager.default.contentsOfDirectory(atPath: incoming).isEmpty)
    }

    private func blobs() async throws -> [String] {
        var digests: [String] = []
        for try await blob in server.index.blobs.census() { digests.append(blob.sha256) }
        return digests.sorted()
    }

    private var incoming: String { server.folder.appending(path: "blobs/incoming").path }

    @Test("time goes by: the file and the journal have the time at which it became part of the index")
    func time() async throws {
        let later = server.now + .hours(5)
        let answer = try await server.upload(.wheel(), heldBack: 40) { [server] in server.now = later }
        #expect(answer.status == 200)
        let stores = server.index.stores
        let file = try #require(try await stores.projects.snapshot(of: demo)?.releases.first?.files.first)
        #expect(file.uploadedAt == later)
        let entries = try await stores.journal.entries(JournalQuery())
        #expect(
            entries.filter { $0.action == .project(.uploadFile) || $0.action == .project(.createProject) }.map(\.at)
                == [later, later])
    }
}
