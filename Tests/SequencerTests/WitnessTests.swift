import Foundation
import Ports
import Sequencer
import Support
import Testing
import TransparencyLog
import UTC

@Suite("A witness") struct WitnessTests {
    @Test("signs each log once for each size, also where two ask at the same time, and says what it knows otherwise")
    func cosigning() async throws {
        let notary = try await Notary()
        let log = try #require(
            SigningKey(name: "sister.example/log", kind: .note, secret: Array(repeating: 1, count: 32)))
        let policy = notary.index.folder.appending(path: "witness.policy")
        let now = notary.index.now
        let witness = SQLWitness(
            notary.index.database, keys: notary.index.keys, policy: policy.path, name: "packages.example.org/log",
            now: { now })
        var edge = TreeEdge()
        func head() throws -> String {
            try Checkpoint(origin: log.verifier.name, size: edge.size, root: edge.root).signed(by: [log]).written
        }
        _ = edge.append([TreeHash(ofEntry: [1])])
        let first = AddCheckpoint(old: 0, proof: [], checkpoint: try head())
        await #expect(throws: WitnessRefusal.unknownLog) { try await witness.cosign(first) }
        try Data("log \(log.verifier.text)\nquorum none\n".utf8).write(to: policy)
        var note = try SignedNote(parsing: Array(first.checkpoint.utf8))
        note.signatures.append(try await witness.cosign(first))
        #expect(try note.verified(by: [log.verifier, witness.verifier()]).count == 2)
        await #expect(throws: WitnessRefusal.conflict(size: 1)) { try await witness.cosign(first) }
        // The other entry is the proof that the first tree is the beginning of the second.
        let one = TreeHash(ofEntry: [2])
        _ = edge.append([one])
        let second = AddCheckpoint(old: 1, proof: [one], checkpoint: try head())
        let bent = AddCheckpoint(old: 1, proof: [TreeHash(ofEntry: [3])], checkpoint: try head())
        await #expect(throws: WitnessRefusal.inconsistent) { try await witness.cosign(bent) }
        let signed = await withTaskGroup(of: Bool.self) { group in
            for _ in 0..<8 { group.addTask { (try? await witness.cosign(second)) != nil } }
            return await group.reduce(0) { $0 + ($1 ? 1 : 0) }
        }
        #expect(signed == 1)
        await #expect(throws: WitnessRefusal.conflict(size: 2)) { try await witness.cosign(second) }
    }
}
