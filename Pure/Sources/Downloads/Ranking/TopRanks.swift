/// Names are counted by number: 0, 1, 2, …, given when a name is seen for the first time and kept for ever.
public typealias NameNumber = UInt32

/// Those who come first among many, exactly.
///
/// Everybody whose count is at least that of the k-th is in, so ties at the edge are all in; and nobody without a count
/// of at least 1.
public struct TopRanks: Sendable, Equatable {
    /// One of those who are in.
    public struct Member: Sendable, Equatable {
        public let number: NameNumber
        public let count: UInt64
        /// One more than there are candidates with a greater count: equals share a rank.
        public let rank: Int
    }

    /// The least count that is in, at least 1.
    public let threshold: UInt64
    /// The greatest counts first; among equals, the lower number first.
    public let members: [Member]

    /// Selects the top `k` of `candidates`, and anyone who equals the last of them.
    ///
    /// Two passes over the candidates, and more over the few that share the leading bits of the k-th: no sorting but of
    /// those who are in.
    ///
    /// - Parameters:
    ///   - k: how many; with 0 or less nobody is in, with as many as there are candidates everybody with a count.
    ///   - candidates: who is ranked, each once. Anyone who has no number has no count either: leave them out, and let
    ///     `k`
    ///     count them.
    ///   - counts: by number; a number beyond its end has none.
    public static func select(_ k: Int, of candidates: [NameNumber], by counts: [UInt64]) -> TopRanks {
        guard k > 0 else { return TopRanks(threshold: .max, members: []) }
        return counts.withUnsafeBufferPointer { counts in
            candidates.withUnsafeBufferPointer { candidates in select(k, of: candidates, by: counts) }
        }
    }

    private static func select(
        _ k: Int, of candidates: UnsafeBufferPointer<NameNumber>, by counts: UnsafeBufferPointer<UInt64>
    ) -> TopRanks {
        var histogram = [Int](repeating: 0, count: Magnitude.all)
        histogram.withUnsafeMutableBufferPointer { histogram in
            for number in candidates where Int(number) < counts.count {
                histogram[Magnitude.of(counts[Int(number)])] &+= 1
            }
        }
        // Magnitude 0 is the count 0, which nobody is in with.
        var edge = Magnitude.all - 1
        var above = 0
        while edge > 1, above + histogram[edge] < k {
            above += histogram[edge]
            edge -= 1
        }
        var chosen: [(count: UInt64, number: NameNumber)] = []
        var atEdge: [(count: UInt64, number: NameNumber)] = []
        chosen.reserveCapacity(above + 64)
        let least = Magnitude.least(edge)
        for number in candidates where Int(number) < counts.count {
            let count = counts[Int(number)]
            if count < least { continue }
            if Magnitude.of(count) > edge {
                chosen.append((count, number))
            } else {
                atEdge.append((count, number))
            }
        }
        // Fewer than k with a count: the k-th has none, and everybody who has one is in.
        let wanted = k - above
        let threshold = wanted > atEdge.count ? 1 : nthLargest(wanted, of: atEdge.map(\.count))
        chosen += atEdge.lazy.filter { $0.count >= threshold }
        chosen.sort { $0.count != $1.count ? $0.count > $1.count : $0.number < $1.number }
        return TopRanks(threshold: threshold, members: ranked(chosen))
    }

    private static func ranked(_ chosen: [(count: UInt64, number: NameNumber)]) -> [Member] {
        var members: [Member] = []
        members.reserveCapacity(chosen.count)
        for (place, one) in chosen.enumerated() {
            let rank = members.last.flatMap { $0.count == one.count ? $0.rank : nil } ?? place + 1
            members.append(Member(number: one.number, count: one.count, rank: rank))
        }
        return members
    }

    /// The n-th largest of values, n from 1 to their number: narrows the range that it is in by eleven bits at a time.
    private static func nthLargest(_ n: Int, of all: [UInt64]) -> UInt64 {
        var (values, n) = (all, n)
        while let least = values.min(), let greatest = values.max() {
            if least == greatest { return least }
            let shift = UInt64(max(0, 64 - (greatest - least).leadingZeroBitCount - 11))
            var histogram = [Int](repeating: 0, count: 2_048)
            for value in values { histogram[Int((value - least) >> shift)] += 1 }
            var piece = histogram.count - 1
            while histogram[piece] < n {
                n -= histogram[piece]
                piece -= 1
            }
            values = values.filter { Int(($0 - least) >> shift) == piece }
        }
        return 1  // Of no values there is no n-th; nobody asks.
    }

    /// The leading bit of a count and the five bits after it, as a number that grows with the count.
    private enum Magnitude {
        static let all = 64 * 32 + 32

        @inline(__always)
        static func of(_ count: UInt64) -> Int {
            // Small counts are their own magnitude.
            if count < 32 { return Int(count) }
            let bits = 63 - count.leadingZeroBitCount  // at least 5
            return (bits - 4) << 5 + Int((count >> UInt64(bits - 5)) & 31)
        }

        /// The least count of a magnitude.
        static func least(_ magnitude: Int) -> UInt64 {
            if magnitude < 32 { return UInt64(magnitude) }
            return UInt64(32 + magnitude & 31) << UInt64(magnitude >> 5 - 1)
        }
    }
}
