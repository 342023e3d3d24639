import Bytes

/// All that it takes to check, without asking anybody, that an entry is in a log.
///
/// Source: C2SP, tlog-proof.
public struct LogProof: Sendable, Hashable {
    /// What it takes to know the entry; the log says nothing about it. Ours is the entry itself.
    public let extra: [UInt8]?
    /// The position of the entry.
    public let index: Int
    public let hashes: [TreeHash]
    /// A checkpoint of the log, as it was signed.
    public let checkpoint: String

    private static let header = "c2sp.org/tlog-proof@v1"
    /// The most bytes of a proof that is read.
    public static let maximumBytes = 1 << 21

    /// A proof for an entry.
    public init(index: Int, hashes: [TreeHash], checkpoint: String, extra: [UInt8]? = nil) {
        self.extra = extra
        self.index = index
        self.hashes = hashes
        self.checkpoint = checkpoint
    }

    /// The proof as it is stored and sent.
    public var written: String {
        var text = "\(Self.header)\n"
        if let extra { text += "extra \(Base64.standard.padded(extra))\n" }
        text += "index \(index)\n"
        for hash in hashes { text += "\(hash.base64)\n" }
        return "\(text)\n\(checkpoint)"
    }

    /// Reads a proof; nil for anything else.
    public init?(parsing bytes: some Collection<UInt8>) {
        guard bytes.count <= Self.maximumBytes, let all = String(validating: bytes, as: UTF8.self) else { return nil }
        var rest = Substring(all).utf8[...]
        func nextLine() -> Substring? {
            guard let end = rest.firstIndex(of: 0x0a) else { return nil }
            defer { rest = rest[rest.index(after: end)...] }
            return Substring(rest[..<end])
        }
        guard nextLine().map({ $0.utf8.elementsEqual(Self.header.utf8) }) == true, var line = nextLine() else {
            return nil
        }
        var extra: [UInt8]?
        if line.utf8.starts(with: "extra ".utf8) {
            guard let bytes = Base64.standard.bytes(line.utf8.dropFirst(6), padding: .required), let next = nextLine()
            else { return nil }
            (extra, line) = (bytes, next)
        }
        guard line.utf8.starts(with: "index ".utf8), let index = Int(decimal: Substring(line.utf8.dropFirst(6))) else {
            return nil
        }
        var hashes: [TreeHash] = []
        while true {
            guard let line = nextLine() else { return nil }
            if line.isEmpty { break }
            guard hashes.count < MerkleTree.maximumProofCount, let hash = TreeHash(base64: line) else { return nil }
            hashes.append(hash)
        }
        self.init(index: index, hashes: hashes, checkpoint: String(Substring(rest)), extra: extra)
    }

    /// Checks that an entry is where the proof says, in a tree that a policy trusts, and returns the checkpoint.
    public func verify(
        _ entry: [UInt8], by policy: LogPolicy
    ) throws(LogProofFailure) -> VerifiedCheckpoint {
        let head: VerifiedCheckpoint
        do throws(PolicyFailure) {
            head = try policy.verify(Array(checkpoint.utf8))
        } catch { throw .policy(error) }
        do throws(ProofFailure) {
            try MerkleTree.verifyInclusion(
                of: TreeHash(ofEntry: entry), at: index, inTreeOf: head.checkpoint.size, root: head.checkpoint.root,
                proof: hashes)
        } catch { throw .proof(error) }
        return head
    }
}

/// Why a proof shows nothing.
public enum LogProofFailure: Error, Hashable, Sendable, CustomStringConvertible {
    case policy(PolicyFailure)
    case proof(ProofFailure)

    public var description: String {
        switch self {
        case .policy(let failure): failure.description
        case .proof(let failure): failure.description
        }
    }
}
