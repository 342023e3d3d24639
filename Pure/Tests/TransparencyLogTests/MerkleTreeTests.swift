import Bytes
import Foundation
import Testing
import VectorSupport

@testable import TransparencyLog

/// A tree as RFC 9162 defines it, word for word and slowly.
private struct DefinedTree {
    let leaves: [TreeHash]

    /// MTH(D[start:end]), section 2.1.1.
    func root(_ start: Int, _ end: Int) -> TreeHash {
        guard end > start else { return .empty }
        guard end - start > 1 else { return leaves[start] }
        let k = split(end - start)
        return TreeHash(root(start, start + k), root(start + k, end))
    }

    /// PATH(m, D[start:end]), section 2.1.3.1.
    func path(_ m: Int, _ start: Int, _ end: Int) -> [TreeHash] {
        guard end - start > 1 else { return [] }
        let k = split(end - start)
        return m < k
            ? path(m, start, start + k) + [root(start + k, end)]
            : path(m - k, start + k, end) + [root(start, start + k)]
    }

    /// SUBPROOF(m, D[start:end], b), section 2.1.4.1.
    func subproof(_ m: Int, _ start: Int, _ end: Int, _ isKnown: Bool) -> [TreeHash] {
        guard m < end - start else { return isKnown ? [] : [root(start, end)] }
        let k = split(end - start)
        return m <= k
            ? subproof(m, start, start + k, isKnown) + [root(start + k, end)]
            : subproof(m - k, start + k, end, false) + [root(start, start + k)]
    }

    private func split(_ n: Int) -> Int {
        var k = 1
        while k * 2 < n { k *= 2 }
        return k
    }
}

/// Hashes of complete subtrees, kept: what a log has in its tiles.
private struct KeptHashes {
    private var rows: [[TreeHash]]

    init(_ leaves: [TreeHash]) {
        rows = [leaves]
        while let last = rows.last, last.count > 1 {
            rows.append(stride(from: 0, to: last.count - 1, by: 2).map { TreeHash(last[$0], last[$0 + 1]) })
        }
    }

    func hash(_ subtree: CompleteSubtree) -> TreeHash { rows[subtree.level][subtree.index] }
}

private func leaf(_ number: Int) -> TreeHash { TreeHash(ofEntry: Array("entry \(number)".utf8)) }

@Suite("A Merkle tree") struct MerkleTreeTests {
    static let leaves = (0..<2_000).map(leaf)

    @Test("has the roots and the proofs of the definition, for all sizes to 70 and all entries and earlier trees")
    func definition() throws {
        let tree = DefinedTree(leaves: Array(Self.leaves.prefix(70)))
        let hashes = KeptHashes(tree.leaves)
        for size in 0...70 {
            let root = MerkleTree.root(of: 0..<size, hash: hashes.hash)
            #expect(root == tree.root(0, size))
            for index in 0..<size {
                let proof = MerkleTree.inclusionProof(of: index, inTreeOf: size, hash: hashes.hash)
                #expect(proof == tree.path(index, 0, size))
                try MerkleTree.verifyInclusion(
                    of: tree.leaves[index], at: index, inTreeOf: size, root: root, proof: proof)
            }
            for old in 0...size {
                let proof = MerkleTree.consistencyProof(from: old, to: size, hash: hashes.hash)
                #expect(proof == (old == 0 ? [] : tree.subproof(old, 0, size, true)))
                guard old > 0 else { continue }
                try MerkleTree.verifyConsistency(from: old, tree.root(0, old), to: size, root, proof: proof)
            }
        }
    }

    @Test("proves some entries and earlier trees of every size to 2,000, and a wrong one of each is refused")
    func everySize() throws {
        let hashes = KeptHashes(Self.leaves)
        var random = SplitMix64(seed: 13)
        for size in 1...2_000 {
            let root = MerkleTree.root(of: 0..<size, hash: hashes.hash)
            for index in Set([0, size - 1, Int.random(in: 0..<size, using: &random)]) {
                let proof = MerkleTree.inclusionProof(of: index, inTreeOf: size, hash: hashes.hash)
                func verify(_ leaf: TreeHash) throws(ProofFailure) {
                    try MerkleTree.verifyInclusion(of: leaf, at: index, inTreeOf: size, root: root, proof: proof)
                }
                try verify(Self.leaves[index])
                #expect(throws: ProofFailure.root) { try verify(.empty) }
            }
            for old in Set([1, size, Int.random(in: 1...size, using: &random)]) {
                let proof = MerkleTree.consistencyProof(from: old, to: size, hash: hashes.hash)
                let oldRoot = MerkleTree.root(of: 0..<old, hash: hashes.hash)
                try MerkleTree.verifyConsistency(from: old, oldRoot, to: size, root, proof: proof)
                #expect(throws: ProofFailure.root) {
                    try MerkleTree.verifyConsistency(from: old, .empty, to: size, root, proof: proof)
                }
            }
        }
    }

    /// A tree in which all entries are the same has one hash for each height, and so can be as large as one likes.
    @Test(
        "proves entries and earlier trees around each power of 256",
        arguments: (1...7).flatMap { power in (-2...2).map { 1 << (8 * power) + $0 } })
    func powers(size: Int) throws {
        var rows = [leaf(0)]
        for _ in 0..<63 { rows.append(TreeHash(rows[rows.count - 1], rows[rows.count - 1])) }
        let hash = { (subtree: CompleteSubtree) in rows[subtree.level] }
        let root = MerkleTree.root(of: 0..<size, hash: hash)
        var random = SplitMix64(seed: UInt64(size))
        let near = (0...16).flatMap { [1 << $0, size >> $0] }.flatMap { [$0 - 1, $0, $0 + 1] }
        for index in near + (0..<20).map({ _ in Int.random(in: 0..<size, using: &random) })
        where (0..<size).contains(index) {
            let proof = MerkleTree.inclusionProof(of: index, inTreeOf: size, hash: hash)
            try MerkleTree.verifyInclusion(of: rows[0], at: index, inTreeOf: size, root: root, proof: proof)
            let old = index + 1
            try MerkleTree.verifyConsistency(
                from: old, MerkleTree.root(of: 0..<old, hash: hash), to: size, root,
                proof: MerkleTree.consistencyProof(from: old, to: size, hash: hash))
        }
    }

    @Test(
        "refuses every proof with a hash too many, too few, changed or out of its order", arguments: [2, 7, 64, 1_000])
    func bentProofs(size: Int) throws {
        let hashes = KeptHashes(Array(Self.leaves.prefix(size)))
        let root = MerkleTree.root(of: 0..<size, hash: hashes.hash)
        let index = size / 3
        let proof = MerkleTree.inclusionProof(of: index, inTreeOf: size, hash: hashes.hash)
        var bent = [Array(proof.dropLast()), Array(proof.dropFirst()), proof + [.empty], [.empty] + proof, []]
        for place in proof.indices {
            bent.append(proof)
            bent[bent.count - 1][place] = .empty
        }
        if proof.count > 1 { bent.append(Array(proof.reversed())) }
        for wrong in bent {
            #expect(throws: ProofFailure.self) {
                try MerkleTree.verifyInclusion(
                    of: Self.leaves[index], at: index, inTreeOf: size, root: root, proof: wrong)
            }
        }
        for (place, of) in [(index + 1, size), (index, size * 2), (-1, size), (size, size), (0, 0)] {
            #expect(throws: ProofFailure.self) {
                try MerkleTree.verifyInclusion(
                    of: Self.leaves[index], at: place, inTreeOf: of, root: root, proof: proof)
            }
        }
    }
}

private enum ProofVectors {
    static let folder = Vectors.folder.appending(path: "merkle/rfc6962")
    static var arePresent: Bool { FileManager.default.fileExists(atPath: folder.path) }
}

/// Vectors for proofs: https://github.com/transparency-dev/merkle (Apache License 2.0).
@Suite("Proofs of others", .enabled(if: ProofVectors.arePresent, "no ../shared/vectors/merkle beside the project"))
struct ProofVectorTests {

    private struct Vector: Decodable {
        let desc: String
        let wantErr: Bool
        let leafIdx, treeSize, size1, size2, start, end, size: UInt64?
        let root, leafHash, root1, root2: String?
        let proof: [String]?

        var subtree: Range<Int>? {
            guard let start = start.flatMap(Int.init(exactly:)), let end = end.flatMap(Int.init(exactly:)), start <= end
            else { return nil }
            return start..<end
        }

        /// Empty where a text is not a hash.
        var hashes: [TreeHash?] { (proof ?? []).map { TreeHash(base64: $0) } }
    }

    private static func vectors(_ kind: String) throws -> [Vector] {
        let files =
            FileManager.default.enumerator(
                at: ProofVectors.folder.appending(path: kind), includingPropertiesForKeys: nil)?.compactMap {
                $0 as? URL
            } ?? []
        return try files.filter { $0.pathExtension == "json" }.map {
            try JSONDecoder().decode(Vector.self, from: Data(contentsOf: $0))
        }
    }

    @Test("of inclusion are judged as their authors say")
    func inclusion() throws {
        let vectors = try Self.vectors("inclusion")
        #expect(vectors.count == 98)
        for vector in vectors {
            let isValid: Bool
            do {
                guard let leaf = vector.leafHash.flatMap({ TreeHash(base64: $0) }),
                    let root = vector.root.flatMap({ TreeHash(base64: $0) }),
                    let index = vector.leafIdx.flatMap(Int.init(exactly:)),
                    let size = vector.treeSize.flatMap(Int.init(exactly:))
                else { throw ProofFailure.sizes }
                let proof = vector.hashes.compactMap(\.self)
                guard proof.count == vector.hashes.count else { throw ProofFailure.length }
                try MerkleTree.verifyInclusion(of: leaf, at: index, inTreeOf: size, root: root, proof: proof)
                isValid = true
            } catch { isValid = false }
            #expect(isValid != vector.wantErr, "\(vector.desc)")
        }
    }

    @Test("of consistency are judged as their authors say; what is no hash is refused")
    func consistency() throws {
        let vectors = try Self.vectors("consistency")
        #expect(vectors.count == 98)
        var refused: [String] = []
        for vector in vectors {
            let isValid: Bool
            do {
                guard let root1 = vector.root1.flatMap({ TreeHash(base64: $0) }),
                    let root2 = vector.root2.flatMap({ TreeHash(base64: $0) }),
                    let size1 = vector.size1.flatMap(Int.init(exactly:)),
                    let size2 = vector.size2.flatMap(Int.init(exactly:))
                else { throw ProofFailure.sizes }
                let proof = vector.hashes.compactMap(\.self)
                guard proof.count == vector.hashes.count else { throw ProofFailure.length }
                try MerkleTree.verifyConsistency(from: size1, root1, to: size2, root2, proof: proof)
                isValid = true
            } catch { isValid = false }
            if !isValid, !vector.wantErr { refused.append(vector.desc) }
            #expect(!(isValid && vector.wantErr), "\(vector.desc)")
        }
        // Its roots are texts of twelve bytes.
        #expect(refused == ["sizes are equal (one) and proof is empty"])
    }

    @Test("of inclusion in a part of a tree are judged as their authors say")
    func subtreeInclusion() throws {
        let vectors = try Self.vectors("subtreeinclusion")
        #expect(vectors.count == 204)
        for vector in vectors {
            let isValid: Bool
            do {
                guard let leaf = vector.leafHash.flatMap({ TreeHash(base64: $0) }),
                    let root = vector.root.flatMap({ TreeHash(base64: $0) }), let subtree = vector.subtree,
                    let index = vector.leafIdx.flatMap(Int.init(exactly:))
                else { throw ProofFailure.sizes }
                let proof = vector.hashes.compactMap(\.self)
                guard proof.count == vector.hashes.count else { throw ProofFailure.length }
                guard MerkleTree.isSubtree(subtree) else { throw ProofFailure.sizes }
                // A part of a tree is a tree.
                try MerkleTree.verifyInclusion(
                    of: leaf, at: index - subtree.lowerBound, inTreeOf: subtree.count, root: root, proof: proof)
                isValid = true
            } catch { isValid = false }
            #expect(isValid != vector.wantErr, "\(vector.desc)")
        }
    }

    @Test(
        "that a part of a tree is in it are judged as their authors say; parts of no size, and what is no hash, are refused"
    )
    func subtreeConsistency() throws {
        let vectors = try Self.vectors("subtreeconsistency")
        #expect(vectors.count == 118)
        var refused: Set<String> = []
        for vector in vectors {
            let isValid: Bool
            do {
                guard let root1 = vector.root1.flatMap({ TreeHash(base64: $0) }),
                    let root2 = vector.root2.flatMap({ TreeHash(base64: $0) }), let subtree = vector.subtree,
                    let size = vector.size.flatMap(Int.init(exactly:))
                else { throw ProofFailure.sizes }
                let proof = vector.hashes.compactMap(\.self)
                guard proof.count == vector.hashes.count else { throw ProofFailure.length }
                try MerkleTree.verifyConsistency(of: subtree, root1, with: size, root2, proof: proof)
                isValid = true
            } catch { isValid = false }
            if !isValid, !vector.wantErr { refused.insert(vector.desc) }
            #expect(!(isValid && vector.wantErr), "\(vector.desc)")
        }
        // A part has entries: of nothing, everything could be said. The roots of the last are texts of twelve bytes.
        #expect(
            refused == [
                "subtree is empty sizes are equal (zero) subtree root valid proof is empty",
                "subtree is empty sizes are equal (zero) subtree root valid tree root random proof is empty",
                "subtree is empty sizes are equal (one) subtree root valid proof is empty",
                "subtree is empty sizes are equal (one) subtree root valid tree root random proof is empty",
                "subtree is empty subtree root valid proof is empty",
                "subtree is empty subtree root valid tree root random proof is empty",
                "sizes are equal (one) and proof is empty",
            ])
    }
}
