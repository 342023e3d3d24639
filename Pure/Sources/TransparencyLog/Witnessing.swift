import Bytes

/// What a log asks of a witness: to sign a checkpoint, which goes on from the last one that the witness has signed.
///
/// Source: C2SP, tlog-witness, `add-checkpoint`.
public struct AddCheckpoint: Sendable, Hashable {
    /// The size of the tree that the witness has signed last, as far as the log knows.
    public let old: Int
    public let proof: [TreeHash]
    /// The checkpoint, as the log has signed it.
    public let checkpoint: String

    /// A request for a cosignature.
    public init(old: Int, proof: [TreeHash], checkpoint: String) {
        self.old = old
        self.proof = proof
        self.checkpoint = checkpoint
    }

    /// The most bytes of a request that is read.
    public static let maximumBytes = 1 << 16
    /// The media type of the answer with 409.
    public static let sizeMediaType = "text/x.tlog.size"

    /// The body of the request.
    public var written: String { "old \(old)\n\(proof.map { "\($0.base64)\n" }.joined())\n\(checkpoint)" }

    /// Reads the body of a request; nil for anything else.
    public init?(parsing bytes: some Collection<UInt8>) {
        guard bytes.count <= Self.maximumBytes, let all = String(validating: bytes, as: UTF8.self) else { return nil }
        var lines = all.utf8.split(separator: 0x0a, omittingEmptySubsequences: false)[...]
        guard let first = lines.popFirst(), first.starts(with: "old ".utf8),
            let old = Int(decimal: Substring(first.dropFirst(4)))
        else { return nil }
        var proof: [TreeHash] = []
        while let line = lines.popFirst() {
            if line.isEmpty {
                guard let start = lines.first?.startIndex else { return nil }
                self.init(old: old, proof: proof, checkpoint: String(Substring(all.utf8[start...])))
                return
            }
            guard proof.count < MerkleTree.maximumProofCount, let hash = TreeHash(base64: Substring(line)) else {
                return nil
            }
            proof.append(hash)
        }
        return nil
    }
}

/// What a witness remembers of a log: the last tree that it has signed.
public struct WitnessedTree: Sendable, Hashable {
    public let size: Int
    public let root: TreeHash

    /// A tree of a log.
    public init(size: Int, root: TreeHash) {
        self.size = size
        self.root = root
    }
}

/// Why a witness does not sign a checkpoint.
public enum WitnessRefusal: Error, Hashable, Sendable {
    /// The request cannot be read, or the old size is greater than the new one.
    case malformed
    /// It does not know the log.
    case unknownLog
    /// No key of the log has signed it.
    case unsigned
    /// The witness has signed a tree of another size, or another one of the same size.
    case conflict(size: Int)
    /// The proof does not show that the tree goes on from the one before.
    case inconsistent
}

extension AddCheckpoint {
    /// Decides whether a witness signs, and what it remembers then.
    ///
    /// - Parameters:
    ///   - logs: the keys of the logs that the witness knows.
    ///   - known: gives the last tree of a log that was signed, by its origin; nil for none.
    public func decide(
        logs: [VerifierKey], known: (_ origin: String) throws -> WitnessedTree?
    ) throws -> VerifiedCheckpoint {
        let head = try verified(logs)
        let (size, root) = (head.checkpoint.size, head.checkpoint.root)
        guard old <= size else { throw WitnessRefusal.malformed }
        let last = try known(head.checkpoint.origin)
        guard old == last?.size ?? 0 else { throw WitnessRefusal.conflict(size: last?.size ?? 0) }
        // Another tree of the same size is a fork: the answer is the same as to any other size, and nothing is signed.
        guard size != last?.size || root == last?.root else { throw WitnessRefusal.conflict(size: size) }
        guard let last, last.size > 0 else {
            guard proof.isEmpty else { throw WitnessRefusal.inconsistent }
            return head
        }
        do throws(ProofFailure) {
            try MerkleTree.verifyConsistency(from: last.size, last.root, to: size, root, proof: proof)
        } catch { throw WitnessRefusal.inconsistent }
        return head
    }

    private func verified(_ logs: [VerifierKey]) throws(WitnessRefusal) -> VerifiedCheckpoint {
        do throws(CheckpointFailure) {
            return try VerifiedCheckpoint(parsing: Array(checkpoint.utf8), logs: logs)
        } catch {
            switch error {
            case .note(.signature), .unsigned: throw .unsigned
            case .note, .form: throw .malformed
            case .emptyTree: throw .inconsistent
            case .origin: throw .unknownLog
            }
        }
    }
}

/// That witnesses were asked about a head of a log, and what came of it.
public struct WitnessRound: Sendable, Hashable {
    /// The text that they were asked to sign.
    public let head: String
    /// Whether all of them signed it.
    public let isComplete: Bool

    /// A round of all witnesses.
    public init(head: String, isComplete: Bool) {
        self.head = head
        self.isComplete = isComplete
    }

    /// After how long a head that is still the newest is signed again: so that who looks at a log in which nothing is done
    /// sees that nothing is kept from them.
    public static let renewal = Duration.seconds(3_600)
    /// After how long those are asked again who did not sign.
    public static let retry = Duration.seconds(60)

    /// Whether to ask again, for the head of now.
    ///
    /// - Parameter elapsed: since this round.
    public func isOver(for newest: String, after elapsed: Duration) -> Bool {
        newest != head || elapsed >= (isComplete ? Self.renewal : Self.retry)
    }
}
