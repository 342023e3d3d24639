import Testing
import TransparencyLog

@Suite("A policy") struct LogPolicyTests {
    static let head = Checkpoint(origin: TestKeys.origin, size: 5, root: TreeHash(ofEntry: [1]))

    private static func lines(_ words: String) throws -> String {
        var text = words.replacing("LOG", with: try TestKeys.key(9).verifier.text)
        for seed in 1...6 as ClosedRange<UInt8> {
            text = text.replacing("W\(seed)", with: "w\(seed) \(try TestKeys.witness(seed).verifier.text)")
        }
        return text
    }

    private static let twoLevels = """
        # Two of the first three, and one of the others.
        log LOG https://packages.example.org/log
        \twitness W1 https://one.example\t
        witness W2
        witness W3
        group X 2 w1 w2 w3

        witness W4
        witness W5
        witness W6
        group Y any w4 w5 w6
        group both all X Y
        quorum both
        """

    /// Who has cosigned, and whether it is enough.
    static let table: [(policy: String, signers: [UInt8], isEnough: Bool)] = [
        ("log LOG\nquorum none\n", [], true), ("log LOG\nwitness W1\nquorum w1\n", [], false),
        ("log LOG\nwitness W1\nquorum w1\n", [1], true), ("log LOG\nwitness W1\nquorum w1\n", [2], false),
        (twoLevels, [1, 2, 4], true), (twoLevels, [1, 3, 6], true), (twoLevels, [1, 2, 3], false),
        (twoLevels, [1, 4, 5, 6], false), (twoLevels, [1, 2, 3, 4, 5, 6], true), (twoLevels, [], false),
    ]

    @Test("says whose cosignatures are enough", arguments: table)
    func quorum(policy: String, signers: [UInt8], isEnough: Bool) throws {
        let policy = try LogPolicy(parsing: Array(Self.lines(policy).utf8))
        let log = try TestKeys.key(9)
        var note = try Self.head.signed(by: [log])
        let head = try VerifiedCheckpoint(parsing: Array(note.written.utf8), logs: [log.verifier])
        for seed in signers { note.signatures.append(try head.cosignature(by: TestKeys.witness(seed), at: 1)) }
        if isEnough {
            #expect(try policy.verify(Array(note.written.utf8)).checkpoint == Self.head)
        } else {
            #expect(throws: PolicyFailure.quorum) { try policy.verify(Array(note.written.utf8)) }
        }
    }

    @Test("knows where logs and witnesses are")
    func addresses() throws {
        let policy = try LogPolicy(parsing: Array(Self.lines(Self.twoLevels).utf8))
        #expect(policy.logs.map(\.url) == ["https://packages.example.org/log"])
        #expect(policy.witnesses.map(\.name) == ["w1", "w2", "w3", "w4", "w5", "w6"])
        #expect(policy.witnesses.map(\.url) == ["https://one.example", nil, nil, nil, nil, nil])
    }

    @Test("takes blanks and comments as they come, names as bytes, and as many of all as are there")
    func lenient() throws {
        var text = "#\u{a0}comment\n \t # another\n\n\tlog\t \(try TestKeys.key(9).verifier.text)  \n"
        for seed in 1...32 as ClosedRange<UInt8> {
            text += "witness w\u{e9}\(seed) \(try TestKeys.witness(seed).verifier.text) https://w.example/\(seed)\n"
            text += "group g\(seed) 1 w\u{e9}\(seed)\n"
        }
        // The same letter, written with two characters, is another name.
        let other = Array("witness we\u{301}1 \(try TestKeys.witness(40).verifier.text)\nquorum g32".utf8)
        let policy = try LogPolicy(parsing: Array(text.utf8) + other)
        #expect(policy.witnesses.count == 33)
        // A key may be that of a log and, under another kind, that of a witness.
        let both = "log LOG\nwitness it \(try TestKeys.witness(9).verifier.text)\nquorum it"
        #expect(try LogPolicy(parsing: Array(Self.lines(both).utf8)).witnesses.count == 1)
    }

    static let malformed: [(String, Int, InvalidPolicy.Reason)] = [
        ("", 1, .noQuorum), ("log LOG\n", 2, .noQuorum), ("quorum none\nquorum none", 2, .secondQuorum),
        ("quorum", 1, .words), ("quorum w1 w2", 1, .words), ("quorum w1\nwitness W1", 1, .undefined),
        ("logs LOG", 1, .unknown), ("log", 1, .words), ("log LOG a b", 1, .words), ("log x", 1, .key),
        ("witness w1 LOG", 1, .key), ("log LOG\nlog LOG", 2, .duplicateKey),
        ("log LOG\nlog \(renamed)", 2, .duplicateKey), ("witness W1\nlog W1", 2, .key),
        ("witness W1\nwitness W1", 2, .duplicateKey), ("witness w1", 1, .words),
        ("witness none \(w1)", 1, .duplicateName), ("witness W1\ngroup w1 any w1", 2, .duplicateName),
        ("witness W1\ngroup g any w1 w1", 2, .member), ("witness W1\ngroup g any w1\ngroup h any w1", 3, .member),
        ("witness W1\ngroup g 0 w1", 2, .threshold), ("witness W1\ngroup g 2 w1", 2, .threshold),
        ("witness W1\ngroup g 01 w1", 2, .threshold), ("witness W1\ngroup g some w1", 2, .threshold),
        ("group g any", 1, .words), ("group g any none", 1, .undefined), ("a\u{0}", 1, .characters),
        ("quorum none\r\n", 1, .characters), ("quorum none\u{7f}", 1, .characters),
    ]

    /// The same key under another name is the same key.
    private static let renamed = (try? TestKeys.key(9, "elsewhere.example").verifier.text) ?? ""
    private static let w1 = (try? TestKeys.witness(1).verifier.text) ?? ""

    @Test("is refused with the line that is wrong, and why", arguments: malformed)
    func refused(text: String, line: Int, reason: InvalidPolicy.Reason) throws {
        let text = try Self.lines(text)
        let failure = #expect(throws: InvalidPolicy.self) { try LogPolicy(parsing: Array(text.utf8)) }
        #expect(failure?.line == line)
        #expect(failure?.reason == reason)
    }
}

@Suite("A proof that is kept") struct LogProofTests {
    let key: SigningKey
    let entries = (0..<11).map { Array("entry \($0)".utf8) }
    let root: TreeHash
    let hash: (CompleteSubtree) -> TreeHash

    init() throws {
        key = try TestKeys.key(1)
        let leaves = entries.map { TreeHash(ofEntry: $0) }
        hash = { subtree in
            var hashes = Array(leaves[subtree.index << subtree.level..<(subtree.index + 1) << subtree.level])
            while hashes.count > 1 {
                hashes = stride(from: 0, to: hashes.count, by: 2).map { TreeHash(hashes[$0], hashes[$0 + 1]) }
            }
            return hashes[0]
        }
        root = MerkleTree.root(of: 0..<11, hash: hash)
    }

    private func proof(_ index: Int, extra: [UInt8]? = nil) throws -> LogProof {
        LogProof(
            index: index, hashes: MerkleTree.inclusionProof(of: index, inTreeOf: 11, hash: hash),
            checkpoint: try Checkpoint(origin: TestKeys.origin, size: 11, root: root).signed(by: [key]).written,
            extra: extra)
    }

    @Test("is read as it was written, and shows that its entry is in the log")
    func verified() throws {
        let policy = LogPolicy(trusting: [key.verifier])
        for index in entries.indices {
            let proof = try proof(index, extra: index.isMultiple(of: 2) ? entries[index] : nil)
            let read = try #require(LogProof(parsing: Array(proof.written.utf8)))
            #expect(read == proof)
            #expect(try read.verify(entries[index], by: policy).checkpoint.size == 11)
            #expect(throws: LogProofFailure.proof(.root)) { try read.verify([1], by: policy) }
            let other = LogPolicy(trusting: [try TestKeys.key(2).verifier])
            #expect(throws: LogProofFailure.policy(.checkpoint(.unsigned(TestKeys.origin)))) {
                try read.verify(entries[index], by: other)
            }
        }
    }

    @Test("begins with the name of its format, and has its parts in their order")
    func form() throws {
        let text = try proof(3, extra: [1]).written
        #expect(text.hasPrefix("c2sp.org/tlog-proof@v1\nextra AQ==\nindex 3\n"))
        for bent in [
            "", "c2sp.org/tlog-proof@v1", text.replacing("@v1", with: "@v2"),
            text.replacing("index 3", with: "index 03"),
            text.replacing("index 3\n", with: ""), text.replacing("extra AQ==", with: "extra AQ"),
            text.replacing("extra AQ==", with: "extra  AQ=="), text.replacing("\n\n", with: "\n"),
        ] { #expect(LogProof(parsing: Array(bent.utf8)) == nil, "\(bent)") }
    }

    @Test("is asked of a witness once: what goes on from what it knew is signed, anything else is refused")
    func witness() throws {
        func note(_ size: Int, _ key: SigningKey) throws -> String {
            let root = size == 0 ? .empty : MerkleTree.root(of: 0..<size, hash: hash)
            return try Checkpoint(origin: key.verifier.name, size: size, root: root).signed(by: [key]).written
        }
        func request(_ old: Int, _ size: Int, _ key: SigningKey) throws -> AddCheckpoint {
            let proof = MerkleTree.consistencyProof(from: old, to: size, hash: hash)
            return AddCheckpoint(old: old, proof: proof, checkpoint: try note(size, key))
        }
        func refusal(_ request: AddCheckpoint, known: WitnessedTree?) -> WitnessRefusal? {
            do {
                _ = try request.decide(logs: [key.verifier]) { _ in known }
                return nil
            } catch { return error as? WitnessRefusal }
        }
        let five = WitnessedTree(size: 5, root: MerkleTree.root(of: 0..<5, hash: hash))
        let good = try request(5, 11, key)
        #expect(AddCheckpoint(parsing: Array(good.written.utf8)) == good)
        #expect(refusal(good, known: five) == nil)
        #expect(refusal(try request(0, 11, key), known: nil) == nil)
        #expect(refusal(try request(5, 5, key), known: five) == nil)
        #expect(refusal(try request(0, 0, key), known: nil) == nil)
        #expect(refusal(good, known: nil) == .conflict(size: 0))
        #expect(refusal(good, known: WitnessedTree(size: 7, root: root)) == .conflict(size: 7))
        #expect(refusal(good, known: WitnessedTree(size: 5, root: root)) == .inconsistent)
        // A fork is answered as a conflict.
        #expect(refusal(try request(5, 5, key), known: WitnessedTree(size: 5, root: root)) == .conflict(size: 5))
        let padded = AddCheckpoint(old: 0, proof: good.proof, checkpoint: good.checkpoint)
        #expect(refusal(padded, known: nil) == .inconsistent)
        let larger = AddCheckpoint(old: 12, proof: [], checkpoint: good.checkpoint)
        #expect(refusal(larger, known: five) == .malformed)
        #expect(refusal(try request(5, 11, TestKeys.key(1, "other.example")), known: five) == .unknownLog)
        #expect(refusal(try request(5, 11, TestKeys.key(2)), known: five) == .unsigned)
        let bent = AddCheckpoint(
            old: 5, proof: good.proof, checkpoint: good.checkpoint.replacing("\n11\n", with: "\n12\n"))
        #expect(refusal(bent, known: five) == .unsigned)
        let noTree = try Checkpoint(origin: TestKeys.origin, size: 0, root: root).signed(by: [key]).written
        #expect(refusal(AddCheckpoint(old: 0, proof: [], checkpoint: noTree), known: nil) == .inconsistent)
        for text in [
            "", "old 5", "old 5\n", "old 05\n\n\(good.checkpoint)", "old\n\n\(good.checkpoint)", "old 5\nAAAA\n\nx",
            "old 5\n" + String(repeating: "\(root.base64)\n", count: 64) + "\n\(good.checkpoint)",
        ] { #expect(AddCheckpoint(parsing: Array(text.utf8)) == nil, "\(text)") }
    }
}

@Suite("How old a checkpoint is") struct WitnessedTests {
    private static func policy(_ quorum: String) throws -> LogPolicy {
        let witnesses = try (1...3 as ClosedRange<UInt8>).map {
            "witness w\($0) \(try TestKeys.witness($0).verifier.text)\n"
        }
        let text =
            "log \(try TestKeys.key(9).verifier.text)\n\(witnesses.joined())group two 2 w1 w2 w3\nquorum \(quorum)\n"
        return try LogPolicy(parsing: Array(text.utf8))
    }

    /// What is enough, who signed when (in seconds since 1970), and since when enough have.
    static let table: [(quorum: String, signed: [(UInt8, UInt64)], since: UInt64?)] = [
        ("none", [(1, 100)], nil), ("w1", [(1, 100)], 100), ("w1", [(1, 100), (2, 900)], 100), ("w1", [], nil),
        ("two", [(1, 100), (2, 200)], 100), ("two", [(1, 100), (2, 200), (3, 300)], 200), ("two", [(3, 300)], nil),
        // A witness that is asked again and again counts by its last signature.
        ("w1", [(1, 100), (1, 900), (1, 500)], 900),
        // A key that no policy names says nothing.
        ("two", [(1, 100), (5, 200)], nil),
    ]

    @Test("is what enough witnesses say of it, and unknown where none is asked", arguments: table)
    func since(quorum: String, signed: [(UInt8, UInt64)], since: UInt64?) throws {
        let policy = try Self.policy(quorum)
        let log = try TestKeys.key(9)
        var note = try LogPolicyTests.head.signed(by: [log])
        let head = try VerifiedCheckpoint(parsing: Array(note.written.utf8), logs: [log.verifier])
        for (seed, time) in signed {
            note.signatures.append(try head.cosignature(by: TestKeys.witness(seed), at: time))
        }
        let read = try VerifiedCheckpoint(
            parsing: Array(note.written.utf8), logs: [log.verifier], witnesses: policy.witnesses.map(\.key))
        #expect(policy.witnessed(read) == since)
        #expect(policy.asksWitnesses == (quorum != "none"))
    }
}

@Suite("A round of witnesses") struct WitnessRoundTests {
    static let table: [(isComplete: Bool, newest: String, seconds: Int, isOver: Bool)] = [
        (true, "b", 0, true), (false, "b", 0, true),
        (true, "a", 3_599, false), (true, "a", 3_600, true),
        (false, "a", 59, false), (false, "a", 60, true),
    ]

    @Test(
        "is over where there is a newer head, a minute later where one did not sign, and after an hour",
        arguments: table)
    func over(isComplete: Bool, newest: String, seconds: Int, isOver: Bool) {
        let round = WitnessRound(head: "a", isComplete: isComplete)
        #expect(round.isOver(for: newest, after: .seconds(seconds)) == isOver)
    }
}
