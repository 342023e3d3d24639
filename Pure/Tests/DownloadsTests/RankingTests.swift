import Downloads
import Testing
import VectorSupport

@Suite("The top k by downloads") struct RankingTests {
    /// What the words say, done slowly.
    static func naive(_ k: Int, of candidates: [NameNumber], by counts: [UInt64]) -> [NameNumber: UInt64] {
        let all = candidates.map { (number: $0, count: Int($0) < counts.count ? counts[Int($0)] : 0) }
        let sorted = all.map(\.count).sorted(by: >)
        guard k > 0 else { return [:] }
        let least = max(1, k <= sorted.count ? sorted[k - 1] : 0)
        return Dictionary(uniqueKeysWithValues: all.filter { $0.count >= least }.map { ($0.number, $0.count) })
    }

    // The columns are the point.
    // swift-format-ignore
    static let table: [(counts: [UInt64], k: Int, members: [NameNumber])] = [
        ([5, 3, 9, 1],       1, [2]),
        ([5, 3, 9, 1],       2, [2, 0]),
        ([5, 3, 9, 1],       4, [2, 0, 1, 3]),
        ([5, 3, 9, 1],       5, [2, 0, 1, 3]),
        ([5, 3, 9, 1],       0, []),
        ([5, 3, 9, 1],      -1, []),
        ([5, 9, 5, 5],       2, [1, 0, 2, 3]),  // ties at the edge are all in
        ([5, 9, 5, 5],       1, [1]),
        ([7, 7, 7],          1, [0, 1, 2]),
        ([0, 0, 0],          1, []),            // at least one download
        ([0, 2, 0],          2, [1]),
        ([0, 2, 0],          3, [1]),
        ([],                 1, []),
        ([.max, .max - 1],   1, [0]),
        ([1 << 40, 1 << 40 | 1], 1, [1]),
    ]

    @Test("are exactly those with at least the k-th's count, and at least one", arguments: table)
    func select(counts: [UInt64], k: Int, members: [NameNumber]) {
        let ranks = TopRanks.select(k, of: (0..<UInt32(counts.count)).map(\.self), by: counts)
        #expect(ranks.members.map(\.number) == members)
    }

    @Test("share a rank when they have the same count")
    func ranks() {
        let ranks = TopRanks.select(4, of: [0, 1, 2, 3, 4], by: [5, 9, 5, 2, 1])
        #expect(ranks.members.map(\.rank) == [1, 2, 2, 4])
        #expect(ranks.threshold == 2)
    }

    @Test(
        "are those of the candidates alone; one without a count is not among them", arguments: 0..<120 as Range<UInt64>)
    func random(seed: UInt64) {
        var random = SplitMix64(seed: seed)
        let size = Int.random(in: 0...3_000, using: &random)
        let bits = UInt64.random(in: 0...63, using: &random)
        let counts = (0..<size).map { _ in
            UInt64.random(in: 0...(1 << UInt64.random(in: 0...bits, using: &random)), using: &random)
        }
        let candidates = (0..<UInt32(size + 5)).filter { _ in Int.random(in: 0..<4, using: &random) > 0 }
        let k = Int.random(in: 0...(size + 2), using: &random)
        let ranks = TopRanks.select(k, of: candidates, by: counts)
        let expected = Self.naive(k, of: candidates, by: counts)
        #expect(Dictionary(uniqueKeysWithValues: ranks.members.map { ($0.number, $0.count) }) == expected)
        #expect(ranks.members.map(\.count) == expected.values.sorted(by: >))
    }
}
