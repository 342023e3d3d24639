/// A complete subtree: 2 to the power of `level` entries, beginning with entry `index` times as many.
public struct CompleteSubtree: Sendable, Hashable {
    /// Its height; 0 is one entry.
    public let level: Int
    /// Its position among the subtrees of its height.
    public let index: Int

    /// A subtree by its height and its position.
    public init(level: Int, index: Int) {
        self.level = level
        self.index = index
    }
}

/// What a log can prove: that an entry is in a tree, and that a tree is the beginning of another.
///
/// Hashes are asked for one by one, so that a proof reads the few tiles that it is made of. What reads them may throw.
///
/// Source: RFC 9162, section 2.1 (the same proofs as RFC 6962, sections 2.1.1 and 2.1.2).
public enum MerkleTree {
    /// The most hashes that a proof can have: a tree has fewer than 2 to the power of 63 entries.
    public static let maximumProofCount = 63

    /// The hash of some entries, which begin where a complete subtree as large as the greatest power of two among them
    /// can: all of a tree, or a part that its halving gives.
    public static func root(
        of entries: Range<Int>, hash: (CompleteSubtree) throws -> TreeHash
    ) rethrows -> TreeHash {
        guard !entries.isEmpty else { return .empty }
        var parts: [TreeHash] = []
        var start = entries.lowerBound
        while start < entries.upperBound {
            let level = greatestPower(upTo: entries.upperBound - start)
            parts.append(try hash(CompleteSubtree(level: level, index: start >> level)))
            start += 1 << level
        }
        return folded(parts)
    }

    /// The hash of the last part stands on the right of all that come before it.
    private static func folded(_ parts: [TreeHash]) -> TreeHash {
        guard let last = parts.last else { return .empty }
        return parts.dropLast().reversed().reduce(last) { right, left in TreeHash(left, right) }
    }

    /// The hash of a tree over some hashes, as if they were those of entries.
    static func root(over hashes: some RandomAccessCollection<TreeHash>) -> TreeHash {
        guard !hashes.isEmpty else { return .empty }
        var level = Array(hashes)
        // Level by level: a hash without one on its right moves up as it is.
        while level.count > 1 {
            var above = stride(from: 0, to: level.count - 1, by: 2).map { TreeHash(level[$0], level[$0 + 1]) }
            if level.count % 2 == 1, let last = level.last { above.append(last) }
            level = above
        }
        return level[0]
    }

    /// Proves that an entry is in a tree: the hashes beside its way up, the lowest first.
    ///
    /// - Parameters:
    ///   - index: less than `size`.
    ///   - hash: gives the hash of a complete subtree of this tree.
    public static func inclusionProof(
        of index: Int, inTreeOf size: Int, hash: (CompleteSubtree) throws -> TreeHash
    ) rethrows -> [TreeHash] {
        precondition((0..<size).contains(index), "an entry of the tree")
        var proof: [TreeHash] = []
        var part = 0..<size
        while part.count > 1 {
            let middle = part.lowerBound + split(part.count)
            let (left, right) = (part.lowerBound..<middle, middle..<part.upperBound)
            proof.append(try root(of: left.contains(index) ? right : left, hash: hash))
            part = left.contains(index) ? left : right
        }
        return proof.reversed()
    }

    /// Proves that a tree is the beginning of another: empty where it is the same, or empty.
    ///
    /// - Parameters:
    ///   - old: the size of the earlier tree, no greater than `size`.
    ///   - hash: gives the hash of a complete subtree of the later tree.
    public static func consistencyProof(
        from old: Int, to size: Int, hash: (CompleteSubtree) throws -> TreeHash
    ) rethrows -> [TreeHash] {
        precondition((0...size).contains(old), "a beginning of the tree")
        guard old > 0, old < size else { return [] }
        var proof: [TreeHash] = []
        var part = 0..<size
        // While the old tree ends within this part.
        while old != part.upperBound {
            let middle = part.lowerBound + split(part.count)
            let (left, right) = (part.lowerBound..<middle, middle..<part.upperBound)
            proof.append(try root(of: old <= middle ? right : left, hash: hash))
            part = old <= middle ? left : right
        }
        // The caller knows the old tree: where this part is all of it, its hash is not sent.
        if part.lowerBound > 0 { proof.append(try root(of: part, hash: hash)) }
        return proof.reversed()
    }

    /// The greatest power of two that is less than a number of at least 2: where a tree is halved.
    private static func split(_ count: Int) -> Int { 1 << greatestPower(upTo: count - 1) }

    /// The exponent of the greatest power of two that is at most a number of at least 1.
    private static func greatestPower(upTo count: Int) -> Int { Int.bitWidth - 1 - count.leadingZeroBitCount }
}

/// What a proof does not show, although it claims so.
public enum ProofFailure: Error, Hashable, Sendable, CustomStringConvertible {
    /// A size or a position that no such proof can be about.
    case sizes
    /// It has more or fewer hashes than a proof for these sizes has.
    case length
    /// The hashes lead to another root.
    case root

    public var description: String {
        switch self {
        case .sizes: "the sizes do not fit each other"
        case .length: "the proof has too many or too few hashes"
        case .root: "the hashes of the proof lead to another tree"
        }
    }
}

extension MerkleTree {
    /// Checks that an entry is in a tree.
    ///
    /// Source: RFC 9162, section 2.1.3.2.
    public static func verifyInclusion(
        of leaf: TreeHash, at index: Int, inTreeOf size: Int, root: TreeHash, proof: [TreeHash]
    ) throws(ProofFailure) {
        guard index >= 0, index < size else { throw .sizes }
        var (position, last, hash) = (index, size - 1, leaf)
        for sibling in proof {
            guard last > 0 else { throw .length }
            if position & 1 == 1 || position == last {
                hash = TreeHash(sibling, hash)
                // A hash without one on its right went up as it was.
                while position & 1 == 0, position > 0 { (position, last) = (position >> 1, last >> 1) }
            } else {
                hash = TreeHash(hash, sibling)
            }
            (position, last) = (position >> 1, last >> 1)
        }
        guard last == 0 else { throw .length }
        guard hash == root else { throw .root }
    }

    /// Checks that a tree is the beginning of another. Nothing is said of a tree without entries, for it is the
    /// beginning of every other.
    ///
    /// Source: RFC 9162, section 2.1.4.2.
    public static func verifyConsistency(
        from old: Int, _ oldRoot: TreeHash, to size: Int, _ root: TreeHash, proof: [TreeHash]
    ) throws(ProofFailure) {
        guard old > 0 else { throw .sizes }
        try verifyConsistency(of: 0..<old, oldRoot, with: size, root, proof: proof)
    }

    /// Checks that the entries of a subtree are those of a tree in the same places.
    ///
    /// - Parameter subtree: begins at a multiple of the least power of two that is not less than its length, which is not 0.
    ///
    /// Source: draft-ietf-plants-merkle-tree-certs, "Verifying a Subtree Consistency Proof"; where it begins at 0, that is
    /// RFC 9162, section 2.1.4.2.
    static func verifyConsistency(
        of subtree: Range<Int>, _ subtreeRoot: TreeHash, with size: Int, _ root: TreeHash, proof: [TreeHash]
    ) throws(ProofFailure) {
        guard isSubtree(subtree), subtree.upperBound <= size else { throw .sizes }
        var (first, position, last) = (subtree.lowerBound, subtree.upperBound - 1, size - 1)
        func climb() { (first, position, last) = (first >> 1, position >> 1, last >> 1) }
        // The greatest part on the right of the subtree that is complete, or as wide as the tree has it.
        let isAtTheEnd = position == last
        while first != position, isAtTheEnd || position & 1 == 1 { climb() }
        var rest = proof[...]
        // Where that is all of the subtree, its hash is known.
        guard let start = first == position ? subtreeRoot : rest.popFirst() else { throw .length }
        var (subtreeHash, hash) = (start, start)
        for sibling in rest {
            guard last > 0 else { throw .length }
            if position & 1 == 1 || position == last {
                if first < position { subtreeHash = TreeHash(sibling, subtreeHash) }
                hash = TreeHash(sibling, hash)
                // A hash without one on its right went up as it was.
                while position & 1 == 0, position > 0 { climb() }
            } else {
                hash = TreeHash(hash, sibling)
            }
            climb()
        }
        guard last == 0 else { throw .length }
        guard subtreeHash == subtreeRoot, hash == root else { throw .root }
    }

    /// Whether a part of a tree is one of which something can be proven.
    static func isSubtree(_ part: Range<Int>) -> Bool {
        guard part.lowerBound >= 0, !part.isEmpty else { return false }
        let exponent = part.count == 1 ? 0 : greatestPower(upTo: part.count - 1) + 1
        return part.lowerBound & ((1 << exponent) - 1) == 0
    }
}
