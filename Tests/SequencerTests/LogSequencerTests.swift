import Accounts
import Database
import Foundation
import Journal
import Leaving
import PackagingFormats
import Policy
import Ports
import Primitives
import Projects
import Removals
import Secrets
import Sequencer
import Stores
import Support
import Synchronization
import Testing
import TransparencyLog
import UTC
import VectorSupport

/// An index whose journal is followed by a log.
struct Notary {
    let index: TestIndex
    let folder: LogFolder
    static let origin = "packages.example.org/log"

    init() async throws {
        index = try await TestIndex()
        folder = LogFolder(path: index.folder.appending(path: "log").path)
    }

    func sequencer(
        keys: KeyRing? = nil, interrupt: @escaping @Sendable (LogSequencer.Step) async throws -> Void = { _ in }
    ) -> LogSequencer {
        LogSequencer(
            index.database, keys: keys ?? index.keys, folder: folder, origin: Self.origin, interrupt: interrupt)
    }

    var served: ServedLog { ServedLog(of: sequencer()) }

    /// Publishes a file, which is two entries, or three where the project is new.
    func publish(_ number: Int, of project: String = "demo") async throws {
        let filename = "\(project)-\(number)-py3-none-any.whl"
        let candidate = UploadCandidate(
            project: try ProjectName(parsing: project), version: try Version(parsing: "\(number)"),
            filename: try DistributionFilename(lenient: filename), packageType: .wheel, pythonTag: "py3", size: 10,
            digests: Digests(sha256: Self.sha256(number), blake2b256: "bb", md5: "cc"), metadataSHA256: nil,
            metadata: ReleaseMetadata())
        _ = try await index.stores.projects.upload(candidate, by: index.ada, at: index.now, limits: UploadLimits())
    }

    static func sha256(_ number: Int) -> String {
        String(repeating: "0", count: 64 - String(number).count) + String(number)
    }

    /// The signed head, verified as somebody does who has the keys.
    func head() async throws -> VerifiedCheckpoint {
        let text = try #require(try await served.checkpoint())
        return try VerifiedCheckpoint(parsing: Array(text.utf8), logs: try await sequencer().verifiers())
    }

    /// All entries, as somebody reads them who has only what is served, and who checks each against the head.
    func readAll() async throws -> [LogStatement] {
        let head = try await head().checkpoint
        var statements: [LogStatement] = []
        var edge = TreeEdge()
        for tile in Tile.new(from: 0, to: head.size) where tile.row == .entries {
            let bytes = try #require(try await served.bytes(of: tile), "\(tile.path)")
            let entries = try #require(EntryBundle.entries(from: bytes, count: tile.width))
            statements += try entries.map { try #require(LogStatement($0)) }
            for (tile, hashes) in edge.append(entries.map { TreeHash(ofEntry: $0) }) where tile.isFull {
                #expect(try await served.bytes(of: tile) == Tile.bytes(of: hashes))
            }
        }
        #expect(edge.size == head.size)
        #expect(edge.root == head.root)
        return statements
    }

    func audit() async throws -> LogAudit.Findings {
        try await LogAudit(index.database, keys: index.keys, folder: folder).findings()
    }
}

/// A round that ends as if the process were killed.
private struct Killed: Error {}

@Suite("The verifiable log") struct LogSequencerTests {
    let notary: Notary

    init() async throws { notary = try await Notary() }

    @Test("has what is public of the journal, in its order, and nobody's name")
    func entries() async throws {
        for number in 1...3 { try await notary.publish(number) }
        try await notary.sequencer().advance()
        let statements = try await notary.readAll()
        #expect(
            statements.map(\.act) == [
                "project.create", "release.create", "file.upload", "release.create", "file.upload", "release.create",
                "file.upload",
            ])
        #expect(
            statements[4].published
                == PublishedFile(
                    project: "demo", version: "2", filename: "demo-2-py3-none-any.whl", sha256: Notary.sha256(2)))
        #expect(statements.map(\.serial) == statements.map(\.serial).sorted())
        for statement in statements {
            #expect(!statement.details.values.contains { $0 == "ada" || $0.contains("@") }, "\(statement)")
        }
        #expect(try await notary.audit().contradictions == [])
        #expect(try await notary.audit().damage == [])
    }

    @Test("is signed by the key of the key file, under its first name")
    func signed() async throws {
        try await notary.publish(1)
        try await notary.sequencer().advance()
        let head = try await notary.head()
        #expect(head.checkpoint.origin == Notary.origin)
        let moved = LogSequencer(
            notary.index.database, keys: notary.index.keys, folder: notary.folder, origin: "elsewhere.example/log")
        try await notary.publish(2)
        try await moved.advance()
        #expect(try await notary.head().checkpoint.origin == Notary.origin)
    }

    @Test("has no head before the journal has an entry")
    func nothing() async throws {
        try await notary.index.database.byHand("DELETE FROM journal")
        try await notary.index.database.byHand("DELETE FROM journal_serial")
        #expect(try await notary.sequencer().advance() == 0)
        #expect(try await notary.served.checkpoint() == nil)
    }

    @Test("says what became of a file, of its release and its project, as far as it is signed")
    func aboutFiles() async throws {
        for number in 1...2 { try await notary.publish(number) }
        let (stores, ada, now) = (notary.index.stores, notary.index.ada, notary.index.now)
        let demo = try ProjectName(parsing: "demo")
        let (one, two) = (try Version(parsing: "1"), try Version(parsing: "2"))
        try await stores.projects.yank(one, of: demo, reason: "bad", by: ada, at: now)
        try await stores.projects.yank(two, of: demo, reason: nil, by: ada, at: now)
        try await stores.projects.yank(
            file: "demo-1-py3-none-any.whl", of: demo, reason: nil, by: ada, at: now)
        _ = try await stores.removals.remove(
            .project, of: demo, reason: "gone", seen: nil, by: .operatorAtMachine, from: RequestOrigin(), at: now)
        let file = PublishedFile(
            project: "demo", version: "1", filename: "demo-1-py3-none-any.whl", sha256: Notary.sha256(1))
        try await notary.sequencer().advance()
        let signed = try await notary.served.entries(about: file)
        #expect(signed.map(\.statement.act) == ["release.yank", "file.yank", "project.delete"])
        #expect(signed.map(\.position) == signed.map(\.position).sorted())
        try await stores.removals.restore(demo, by: .operatorAtMachine, from: RequestOrigin(), at: now)
        #expect(try await notary.served.entries(about: file) == signed)
        try await notary.sequencer().advance()
        #expect(try await notary.served.entries(about: file).last?.statement.act == "project.restore")
        let other = PublishedFile(project: "other", version: "1", filename: "x", sha256: "ff")
        #expect(try await notary.served.entries(about: other) == [])
    }

    @Test("does nothing where nothing is new")
    func idle() async throws {
        try await notary.publish(1)
        try await notary.sequencer().advance()
        let head = try await notary.served.checkpoint()
        try await notary.sequencer { step in #expect(step == .followed) }.advance()
        #expect(try await notary.served.checkpoint() == head)
    }

    @Test("grows past the tiles of 256, each head going on from all before it; parts of full tiles go")
    func growth() async throws {
        var heads: [Checkpoint] = []
        for number in 1...300 {
            try await notary.publish(number)
            guard number < 4 || number % 43 == 0 || (126...130).contains(number) else { continue }
            try await notary.sequencer().advance()
            heads.append(try await notary.head().checkpoint)
        }
        let last = try #require(heads.last)
        #expect(last.size > 512)
        var read: [Tile: ExpandedTile] = [:]
        for tile in Tile.new(from: 0, to: last.size) where tile.row != .entries {
            let bytes = try #require(try await notary.served.bytes(of: tile))
            read[tile] = ExpandedTile(try #require(tile.hashes(from: bytes)))
        }
        let tiles = read
        let hashes = TileHashes(ofTreeOf: last.size) { try #require(tiles[$0]) }
        for head in heads {
            try MerkleTree.verifyConsistency(
                from: head.size, head.root, to: last.size, last.root, proof: hashes.consistencyProof(from: head.size))
        }
        let parts = notary.index.folder.appending(path: "log/tile/0/000.p").path
        #expect(!FileManager.default.fileExists(atPath: parts))
        // What is cleared away is still served, out of the full tile.
        let part = try #require(try await notary.served.bytes(of: Tile(.entries, index: 0, width: 7)))
        #expect(EntryBundle.entries(from: part, count: 7)?.count == 7)
        #expect(try await notary.readAll().count == last.size)
    }

    @Test("shows nobody a tile that the signed tree does not have")
    func unsignedTiles() async throws {
        try await notary.publish(1)
        await #expect(throws: Killed.self) {
            try await notary.sequencer { if $0 == .tilesWritten { throw Killed() } }.advance()
        }
        #expect(try await notary.served.checkpoint() == nil)
        #expect(try await notary.served.bytes(of: Tile(.hashes(level: 0), index: 0, width: 3)) == nil)
        #expect(try await notary.served.proof(ofFile: "demo-1-py3-none-any.whl", sha256: Notary.sha256(1)) == nil)
    }

    @Test(
        "goes on after a kill at any step, with the same entries in the same places", arguments: 0..<12 as Range<UInt64>
    )
    func kills(seed: UInt64) async throws {
        var random = SplitMix64(seed: seed)
        var number = 0
        var last: Checkpoint?
        for _ in 0..<12 {
            for _ in 0..<Int.random(in: 1...40, using: &random) {
                number += 1
                try await notary.publish(number)
            }
            let step = LogSequencer.Step.allCases.randomElement(using: &random)
            _ = try? await notary.sequencer { if $0 == step { throw Killed() } }.advance()
            if try await notary.served.checkpoint() == nil { continue }
            let head = try await notary.head().checkpoint
            if let last, last.size > 0, last.size < head.size {
                let entries = try await notary.readAll()
                #expect(entries.count == head.size)
            }
            #expect(head.size >= last?.size ?? 0)
            #expect(try await notary.audit() == LogAudit.Findings(entries: head.size))
            last = head
        }
        try await notary.sequencer().advance()
        #expect(try await notary.readAll().compactMap(\.published?.version) == (1...number).map(String.init))
        #expect(try await notary.audit().contradictions == [])
    }

    @Test("is one log where two processes let it grow at the same time")
    func race() async throws {
        for number in 1...40 { try await notary.publish(number) }
        try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<4 { group.addTask { try await notary.sequencer().advance() } }
            try await group.waitForAll()
        }
        try await notary.sequencer().advance()
        #expect(try await notary.readAll().count == 81)
        #expect(try await notary.audit().damage == [])
    }

    @Test("is made again from the database where its folder is lost")
    func lostFolder() async throws {
        for number in 1...140 { try await notary.publish(number) }
        try await notary.sequencer().advance()
        let before = try await notary.readAll()
        try FileManager.default.removeItem(at: notary.index.folder.appending(path: "log/tile/entries"))
        #expect(try await notary.audit().damage.isEmpty == false)
        // All of it is not there after a restore, and is no damage.
        try FileManager.default.removeItem(at: notary.index.folder.appending(path: "log"))
        #expect(try await notary.audit().damage == [])
        try await notary.publish(141)
        try await notary.sequencer().advance()
        #expect(try await notary.readAll().prefix(before.count) == before[...])
        #expect(try await notary.audit().damage == [])
    }
}

@Suite("The verifiable log signs nothing") struct LogRefusalTests {
    let notary: Notary

    init() async throws {
        notary = try await Notary()
        for number in 1...5 { try await notary.publish(number) }
        try await notary.sequencer().advance()
    }

    private func failure() async throws -> SequencerFailure? {
        try await notary.publish(6)
        let head = try await notary.served.checkpoint()
        let failure = await #expect(throws: SequencerFailure.self) { try await notary.sequencer().advance() }
        #expect(try await notary.served.checkpoint() == head)
        return failure
    }

    @Test("where an entry in the database was changed, which its tiles do not have")
    func changedEntry() async throws {
        try await notary.index.database.byHand("UPDATE log_entry SET entry = $1 WHERE position = 2", [UInt8]([1]))
        try FileManager.default.removeItem(at: notary.index.folder.appending(path: "log"))
        #expect(try await failure() == .otherTree(size: 11))
        #expect(try await notary.audit().contradictions.count == 2)
    }

    @Test("where an entry in the database is gone")
    func lostEntry() async throws {
        try await notary.index.database.byHand("DELETE FROM log_entry WHERE position = 2")
        #expect(try await failure() == .entries(0..<13))
    }

    @Test("where the head in the database was signed by another key, or says another size")
    func otherHead() async throws {
        let other = try KeyRing(at: notary.index.folder.appending(path: "other.json").path)
        await #expect(throws: SequencerFailure.self) { try await notary.sequencer(keys: other).advance() }
        try await notary.index.database.byHand("UPDATE log_head SET size = 4")
        guard case .head = try await failure() else {
            Issue.record("a head of another size is believed")
            return
        }
        #expect(try await notary.audit().contradictions.isEmpty == false)
    }

    @Test("where the database is older than the log's folder")
    func olderDatabase() async throws {
        let (index, copy) = (notary.index, notary.index.folder.appending(path: "copy.sqlite").path)
        try await index.database.backup(to: copy)
        try await notary.publish(6)
        try await notary.sequencer().advance()
        let old = try Database(sqliteAt: copy, keys: index.keys)
        let sequencer = LogSequencer(old, keys: index.keys, folder: notary.folder, origin: Notary.origin)
        let stores = try await Stores(old)
        try await stores.journal.note(.keysRotated(key: "k1"), by: .operatorAtMachine, at: index.now)
        try await stores.classifiers.replace(with: ["A :: B"], by: .operatorAtMachine, at: index.now)
        await #expect(throws: SequencerFailure.older(database: 11, folder: 13)) { try await sequencer.advance() }
        try old.close()
    }

    @Test("and its audit finds a byte that was changed in any of its files")
    func flippedBytes() async throws {
        let log = notary.index.folder.appending(path: "log")
        let files = FileManager.default.enumerator(at: log, includingPropertiesForKeys: [.isRegularFileKey])?
            .compactMap { $0 as? URL }
            .filter { (try? $0.resourceValues(forKeys: [.isRegularFileKey]))?.isRegularFile == true }
        for file in try #require(files) where file.lastPathComponent != "checkpoint" {
            let bytes = try Data(contentsOf: file)
            for place in [0, bytes.count / 2, bytes.count - 1] {
                var bent = bytes
                bent[place] ^= 1
                try bent.write(to: file)
                #expect(try await notary.audit().damage.count == 1, "\(file.path)")
            }
            try bytes.write(to: file)
        }
        #expect(try await notary.audit().damage == [])
    }

    @Test("and its audit finds what the journal says otherwise")
    func changedJournal() async throws {
        let database = notary.index.database
        try await database.byHand("UPDATE journal SET at = at + 1 WHERE serial = (SELECT MAX(serial) FROM journal)")
        #expect(try await notary.audit().contradictions == ["log: entry 10 is not what the journal says (entry 12)"])
        try await database.byHand("UPDATE journal SET at = at - 1 WHERE serial = (SELECT MAX(serial) FROM journal)")
        try await database.byHand("DELETE FROM journal WHERE serial = (SELECT MAX(serial) FROM journal)")
        #expect(
            try await notary.audit().contradictions == [
                "log: entry 10 is about entry 12 of the journal, which is not there"
            ])
    }

    @Test("with a key that took the place of another, before both have signed one head")
    func rotation() async throws {
        let (first, keys) = (try await notary.head(), notary.index.keys)
        try keys.rotateLogKey()
        await #expect(throws: SequencerFailure.keyTooNew) { try await notary.sequencer().requireSigned() }
        try await notary.sequencer().advance()
        try await notary.sequencer().requireSigned()
        let both = try await notary.head()
        #expect(both.checkpoint == first.checkpoint)
        #expect(both.signers.count == 2)
        #expect(both.signers.isSuperset(of: first.signers))
        try keys.retireLogKeys()
        try await notary.publish(6)
        try await notary.sequencer().advance()
        let new = try await notary.head()
        #expect(new.signers.count == 1)
        #expect(new.signers.isDisjoint(with: first.signers))
        #expect(new.signers.isSubset(of: both.signers))
    }
}

@Suite("The log of a restored database") struct RestoredLogTests {
    let notary: Notary

    init() async throws {
        notary = try await Notary()
        for number in 1...5 { try await notary.publish(number) }
        try await notary.sequencer().advance()
    }

    @Test("does not grow, says why, and keeps what was signed before")
    func waits() async throws {
        let head = try await notary.served.checkpoint()
        try await LogSequencer.noteRestored(notary.index.database, at: notary.index.now)
        try await notary.publish(6)
        await #expect(throws: SequencerFailure.restored(notary.index.now)) { try await notary.sequencer().advance() }
        #expect(try await notary.served.checkpoint() == head)
        #expect(try await notary.sequencer().waitsSince() == notary.index.now)
        #expect(try await notary.audit().waitsSince == notary.index.now)
        #expect(try await notary.audit().contradictions == [])
    }

    @Test("also where a round was under way when it was restored")
    func race() async throws {
        let (database, now) = (notary.index.database, notary.index.now)
        try await notary.publish(6)
        let head = try await notary.served.checkpoint()
        let sequencer = notary.sequencer { step in
            guard step == .signed else { return }
            // The very step before the head is replaced.
            try await LogSequencer.noteRestored(database, at: now)
        }
        await #expect(throws: SequencerFailure.restored(now)) { try await sequencer.advance() }
        #expect(try await notary.served.checkpoint() == head)
    }

    @Test("goes on from its head where the operator says that it is the only one, also without its folder")
    func resumes() async throws {
        let first = try await notary.head().checkpoint
        try await LogSequencer.noteRestored(notary.index.database, at: notary.index.now)
        try FileManager.default.removeItem(at: notary.index.folder.appending(path: "log"))
        try await notary.sequencer().mendFolder()
        #expect(try await notary.audit().damage == [])
        try await notary.sequencer().resume()
        try await notary.publish(6)
        try await notary.sequencer().advance()
        let head = try await notary.head().checkpoint
        #expect(head.origin == first.origin)
        #expect(head.size == first.size + 2)
        #expect(try await notary.readAll().count == head.size)
    }

    @Test("or is a new one, with the same entries under another name, in the old folder as well")
    func restarts() async throws {
        let (first, entries) = (try await notary.head().checkpoint, try await notary.readAll())
        let keys = try await notary.sequencer().verifiers()
        try await LogSequencer.noteRestored(notary.index.database, at: notary.index.now)
        // The folder has seen more than the backup.
        let unknown = try Checkpoint(origin: first.origin, size: first.size + 9, root: .empty).signed(
            by: notary.index.keys.logSecrets().compactMap {
                SigningKey(name: first.origin, kind: .note, secret: $0)
            })
        try Data(unknown.written.utf8).write(to: notary.index.folder.appending(path: "log/checkpoint"))
        let new = try await notary.sequencer().restart(at: notary.index.now)
        #expect(Set(new).isDisjoint(with: keys))
        let head = try await notary.head().checkpoint
        #expect(head.origin.hasPrefix("\(first.origin)/"))
        #expect(head.origin != first.origin)
        #expect(head.root == first.root)
        #expect(try await notary.readAll() == entries)
        try await notary.publish(6)
        try await notary.sequencer().advance()
        #expect(try await notary.head().checkpoint.origin == head.origin)
        // Once more, a day later: one name and one moment.
        try await LogSequencer.noteRestored(notary.index.database, at: notary.index.now)
        try await notary.sequencer().restart(at: notary.index.now + .days(1))
        let later = try await notary.head().checkpoint.origin
        #expect(later != head.origin)
        #expect(later.utf8.count == head.origin.utf8.count)
        #expect(try await notary.audit().contradictions == [])
    }

    @Test("that nobody has seen yet goes on by itself")
    func none() async throws {
        let fresh = try await Notary()
        try await LogSequencer.noteRestored(fresh.index.database, at: fresh.index.now)
        try await fresh.publish(1)
        try await fresh.sequencer().advance()
        #expect(try await fresh.sequencer().waitsSince() == nil)
        #expect(try await fresh.served.checkpoint() != nil)
    }
}

@Suite("A head that witnesses have signed") struct CosignedHeadTests {
    let notary: Notary
    private let witness: SigningKey
    /// The keys that the log begins with.
    private let logs: [VerifierKey]

    init() async throws {
        notary = try await Notary()
        witness = try #require(
            SigningKey(name: "witness.example", kind: .cosignature, secret: Array(repeating: 7, count: 32)))
        logs = try await notary.sequencer().verifiers()
        for number in 1...5 { try await notary.publish(number) }
        try await notary.sequencer().advance()
    }

    private func cosign(_ note: SignedNote, at seconds: UInt64 = 1) async throws -> Bool {
        let head = try VerifiedCheckpoint(
            parsing: Array(note.written.utf8), logs: logs)
        return try await notary.sequencer().add([head.cosignature(by: witness, at: seconds)], to: note)
    }

    private func proof(_ number: Int) async throws -> LogProof? {
        try await notary.served.proof(ofFile: "demo-\(number)-py3-none-any.whl", sha256: Notary.sha256(number))
    }

    @Test("is kept and served beside a newer one, and proofs lead to it")
    func kept() async throws {
        let head = try #require(try await notary.sequencer().head())
        #expect(try await notary.served.cosignedCheckpoint() == nil)
        // While the witness was asked, the log went on.
        for number in 6...300 { try await notary.publish(number) }
        try await notary.sequencer().advance()
        #expect(try await cosign(head.note))
        let cosigned = try #require(try await notary.served.cosignedCheckpoint())
        #expect(cosigned != (try await notary.served.checkpoint()))
        let policy = try LogPolicy(
            parsing: Array(
                """
                log \(try await notary.sequencer().verifiers()[0].text)
                witness w \(witness.verifier.text)
                quorum w

                """.utf8))
        for number in 1...5 {
            let proof = try #require(try await proof(number))
            #expect(proof.checkpoint == cosigned)
            _ = try proof.verify(try #require(proof.extra), by: policy)
        }
        // What came later is proven by the head.
        #expect(try await proof(6)?.checkpoint == notary.served.checkpoint())
        #expect(try await notary.audit().contradictions == [])
    }

    @Test("is the head itself while nothing is newer, and has one signature of each witness")
    func again() async throws {
        let head = try #require(try await notary.sequencer().head())
        #expect(try await cosign(head.note))
        #expect(try await notary.served.checkpoint() == notary.served.cosignedCheckpoint())
        let second = try #require(try await notary.sequencer().head())
        #expect(try await cosign(second.note, at: 2))
        let note = try SignedNote(parsing: Array(try #require(try await notary.served.checkpoint()).utf8))
        #expect(note.signatures.count == 2)
        #expect(try note.verified(by: [witness.verifier]) == [witness.verifier])
    }

    @Test("is not replaced by a smaller one, and goes where the log gets another key")
    func replaced() async throws {
        let first = try #require(try await notary.sequencer().head())
        try await notary.publish(6)
        try await notary.sequencer().advance()
        let second = try #require(try await notary.sequencer().head())
        #expect(try await cosign(second.note))
        #expect(try await !cosign(first.note))
        let kept = try #require(try await notary.served.cosignedCheckpoint())
        #expect(kept.hasPrefix(second.note.text))
        try notary.index.keys.rotateLogKey()
        try await notary.sequencer().advance()
        #expect(try await notary.served.cosignedCheckpoint() == nil)
        // It was signed by the key before alone.
        #expect(try await !cosign(second.note))
    }

    @Test("and is of another tree is found by the audit")
    func audited() async throws {
        let head = try #require(try await notary.sequencer().head())
        #expect(try await cosign(head.note))
        let other = try Checkpoint(origin: Notary.origin, size: 3, root: .empty).signed(by: [witness])
        try await notary.index.database.byHand("UPDATE log_head SET cosigned = $1", other.written)
        #expect(
            try await notary.audit().contradictions == ["log: the head that witnesses have signed is of another tree"])
    }
}

@Suite("A proof of the log") struct LogProofTests {
    @Test("of each file says what the file is, and is verified with the key alone")
    func files() async throws {
        let notary = try await Notary()
        for number in 1...140 { try await notary.publish(number) }
        try await notary.sequencer().advance()
        let policy = LogPolicy(trusting: try await notary.sequencer().verifiers())
        for number in 1...140 {
            let filename = "demo-\(number)-py3-none-any.whl"
            let proof = try #require(
                try await notary.served.proof(ofFile: filename, sha256: Notary.sha256(number)))
            let read = try #require(LogProof(parsing: Array(proof.written.utf8)))
            let entry = try #require(read.extra)
            _ = try read.verify(entry, by: policy)
            #expect(
                LogStatement(entry)?.published
                    == PublishedFile(
                        project: "demo", version: "\(number)", filename: filename, sha256: Notary.sha256(number)))
        }
        #expect(try await notary.served.proof(ofFile: "demo-1-py3-none-any.whl", sha256: Notary.sha256(2)) == nil)
        #expect(try await notary.served.proof(ofFile: "other-1-py3-none-any.whl", sha256: Notary.sha256(1)) == nil)
    }
}
