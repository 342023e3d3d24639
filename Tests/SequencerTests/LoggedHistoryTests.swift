import Accounts
import Acts
import Foundation
import IndexDocuments
import Leaving
import PackagingFormats
import Policy
import Ports
import Primitives
import Projects
import Removals
import Sequencer
import SimpleAPI
import Stores
import Support
import Testing
import TransparencyLog
import UTC
import VectorSupport
import Web

/// An index in which things happen, and somebody outside who has its log alone.
private final class WatchedIndex {
    let notary: Notary
    private var random: SplitMix64
    private(set) var now: Timestamp
    private let people: [String: Actor]
    private var files = LoggedFiles()
    /// Begins to read in the middle.
    private var late: LoggedFiles?
    private var read = 0
    private let origin = RequestOrigin()
    static let names = ["ant", "bee"]
    private static let versions = ["1.0", "2.0", "3.0rc1"]

    private var stores: Stores { notary.index.stores }

    init(seed: UInt64) async throws {
        notary = try await Notary()
        random = SplitMix64(seed: seed)
        now = notary.index.now
        var people: [String: Actor] = [:]
        for (name, isAdministrator) in [("bob", false), ("root", true), ("grace", true)] {
            let user = try await notary.index.stores.accounts.add(
                NewUser(
                    name: Username(parsing: name), email: EmailAddress(parsing: "\(name)@example.org"),
                    isAdministrator: isAdministrator, passwordHash: nil), by: .operatorAtMachine, at: now)
            people[name] = Actor(.user(user.id, user.name, isAdministrator: isAdministrator), assurance: .password)
        }
        people["ada"] = notary.index.ada
        self.people = people
    }

    /// Somebody who has shown a second factor a moment ago.
    private func actor(_ name: String) throws -> Actor {
        let actor = try #require(people[name])
        return Actor(
            actor.identity, assurance: .secondFactor,
            session: SessionStanding(proofs: [Proof(.secondFactor, at: now)], strongest: .secondFactor))
    }

    private func any<Value>(_ values: [Value]) throws -> Value { try #require(values.randomElement(using: &random)) }

    /// Does something, or is refused; both are part of a history.
    func step() async throws {
        now = now + .seconds(Int64.random(in: 1...3_000_000, using: &random))
        let name = try ProjectName(parsing: any(Self.names))
        let version = try Version(parsing: any(Self.versions))
        let filename = "\(name)-\(version)-\(Int.random(in: 1...2, using: &random))-py3-none-any.whl"
        let what = try any([Departure.project, .release(version), .file(filename), .file(filename)])
        do {
            switch Int.random(in: 0..<30, using: &random) {
            case 0...6: try await upload(name, version, filename, by: actor(any(["ada", "ada", "bob"])))
            case 7...10: try await yank(name, version, filename)
            case 11...13: try await remove(what, of: name)
            case 14...18: try await bringBack(what, of: name, version)
            case 19...22: try await quarantine(what, of: name)
            case 23...25: try await propose(what, of: name)
            case 26: _ = try await stores.removals.eraseRetained(by: .operatorAtMachine, at: now)
            case 27: try await stores.releaseName(name, at: now)
            case 28:
                _ = try await stores.removals.carryOutRequests(at: now)
                _ = try await stores.proposals.carryOutProposals(at: now)
            default:
                try await stores.projects.addRole(
                    .owner, on: name, to: Username(parsing: "bob"), by: .operatorAtMachine, at: now)
            }
        } catch is any Refusal {}
        // What is carried out on a day may be later.
        now = now + .days(Int64.random(in: 0...40, using: &random))
    }

    private func upload(_ name: ProjectName, _ version: Version, _ filename: String, by actor: Actor) async throws {
        _ = try await stores.projects.upload(
            UploadCandidate(
                project: name, version: version, filename: try DistributionFilename(lenient: filename),
                packageType: .wheel, pythonTag: "py3", size: 10,
                digests: Digests(
                    sha256: TestUpload.sha256(Array(filename.utf8)), blake2b256: "bb", md5: "cc"),
                metadataSHA256: nil, metadata: ReleaseMetadata()),
            by: actor, at: now, limits: UploadLimits())
    }

    private func yank(_ name: ProjectName, _ version: Version, _ filename: String) async throws {
        let reason = try any([nil, "", "wrong"])
        let operation = Int.random(in: 0..<6, using: &random)
        switch operation {
        case 0, 1: try await stores.projects.yank(version, of: name, reason: reason, by: actor("ada"), at: now)
        case 2: try await stores.projects.unyank(version, of: name, by: actor("ada"), at: now)
        case 3: try await stores.projects.yank(file: filename, of: name, reason: reason, by: actor("ada"), at: now)
        case 4: try await stores.projects.unyank(file: filename, of: name, by: actor("ada"), at: now)
        default:
            try await stores.removals.setStatus(
                any([.active, .archived, .deprecated]), reason: reason, of: name, by: .operatorAtMachine, at: now)
        }
    }

    private func remove(_ what: Departure, of name: ProjectName) async throws {
        let who = try Int.random(in: 0..<3, using: &random) == 0 ? Actor.operatorAtMachine : actor("ada")
        _ = try await stores.removals.remove(
            any([what, what, what, .archiving]), of: name, reason: "gone", seen: nil, by: who, from: origin, at: now)
        for request in try await stores.removals.requests(of: name) {
            switch Int.random(in: 0..<3, using: &random) {
            case 0:
                try await stores.removals.object(
                    to: request.id, of: name, reason: "no", by: actor("ada"), from: origin, at: now)
            case 1:
                try await stores.removals.confirm(
                    request.id, of: name, seen: nil, by: .operatorAtMachine, from: origin, at: now)
            default: break
            }
        }
    }

    private func bringBack(_ what: Departure, of name: ProjectName, _ version: Version) async throws {
        let removals = stores.removals
        switch (what, Bool.random(using: &random)) {
        case (.file(let filename), _):
            try await removals.undoRemoval(
                of: version, file: filename, of: name, by: actor("ada"), from: origin, at: now)
        case (.release, true):
            try await removals.restore(version, of: name, by: .operatorAtMachine, from: origin, at: now)
        case (.release, false):
            try await removals.undoRemoval(of: version, file: nil, of: name, by: actor("ada"), from: origin, at: now)
        case (_, true): try await removals.restore(name, by: .operatorAtMachine, from: origin, at: now)
        case (_, false): try await removals.undoRemoval(of: name, by: actor("ada"), from: origin, at: now)
        }
    }

    private func quarantine(_ what: Departure, of name: ProjectName) async throws {
        if Bool.random(using: &random) {
            try await stores.removals.quarantine(what, of: name, reason: "harm", by: .operatorAtMachine, at: now)
        } else {
            try await stores.removals.liftQuarantine(of: what, of: name, by: .operatorAtMachine, at: now)
        }
    }

    private func propose(_ what: Departure, of name: ProjectName) async throws {
        let proposals = stores.proposals
        guard Int.random(in: 0..<4, using: &random) > 0 else {
            let proposal = try await proposals.proposeErasure(
                of: what, of: name, because: .secret, reason: "by law", by: actor("root"), at: now)
            return try await proposals.confirmErasure(
                proposal.id, of: name, seen: nil, by: actor("grace"), from: origin, at: now)
        }
        var given: [GivenFile] = []
        if case .file(let filename) = what, Bool.random(using: &random) {
            given = [
                GivenFile(filename: filename, sha256: TestUpload.sha256(Array(filename.utf8)), locked: nil)
            ]
        }
        let proposal = try await proposals.proposeReturn(
            of: what, of: name, given: given, reason: "many need it", by: actor("root"), from: origin, at: now)
        try await proposals.approve(proposal.id, of: name, seen: nil, by: actor("ada"), from: origin, at: now)
    }

    // MARK: Outside

    /// Reads on in the log, and compares it with what the index shows.
    func compare(_ what: String) async throws {
        let size = try await notary.sequencer().advance()
        let new = try await notary.served.latest(size - read).reversed()
        read = size
        if late == nil, Int.random(in: 0..<20, using: &random) == 0 { late = LoggedFiles(isWhole: false) }
        for entry in new {
            files.apply(entry.statement, at: entry.position)
            late?.apply(entry.statement, at: entry.position)
        }
        let listing = Set(try await stores.projects.listing().projects.map(\.name.normalized))
        for name in Self.names {
            let snapshot = try await stores.projects.snapshot(of: ProjectName(parsing: name))
            let page = try snapshot.map {
                try #require(ListedProject(parsing: SimpleProject($0, below: BasePath.root).json()))
            }
            let acts = new.map(\.statement.act)
            let found = LoggedProject.discrepancies(of: page, with: files[name], isWhole: true)
            #expect(found == [], "\(what), \(name) after \(acts): \(found)")
            #expect((files[name]?.isThere ?? false) == listing.contains(name), "\(what), \(name) after \(acts)")
            guard let late else { continue }
            let known = LoggedProject.discrepancies(of: page, with: late[name], isWhole: false).filter {
                if case .unknownFile = $0 { false } else { true }
            }
            #expect(known == [], "\(what), \(name) after \(acts), read from the middle: \(known)")
        }
    }
}

@Suite("Who has the log alone") struct LoggedHistoryTests {
    /// More of them with `RIND_HISTORIES=200`.
    static let seeds = 0..<(ProcessInfo.processInfo.environment["RIND_HISTORIES"].flatMap { UInt64($0) } ?? 8)

    @Test("knows what every page shows, whatever happened, in whichever order", arguments: seeds)
    func random(seed: UInt64) async throws {
        let index = try await WatchedIndex(seed: seed)
        for number in 0..<80 {
            try await index.step()
            try await index.compare("\(seed): step \(number)")
        }
    }
}
