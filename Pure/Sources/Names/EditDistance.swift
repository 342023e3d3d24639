/// How many slips of the fingers lie between two texts: a byte too many, one too few, another one, or two neighbours in
/// the wrong order.
///
/// It is the restricted Damerau-Levenshtein distance ("optimal string alignment"): no byte is touched twice, so `ca` and
/// `abc` are three apart, and not two.
public enum EditDistance {
    /// The distance, where it is not greater than `limit`; nil where it is.
    ///
    /// Takes time in proportion to the product of the lengths at most, and next to none where these differ by more than
    /// `limit`.
    public static func between(_ a: some Sequence<UInt8>, _ b: some Sequence<UInt8>, limit: Int) -> Int? {
        between(ContiguousArray(a), ContiguousArray(b), limit: limit)
    }

    private static func between(_ a: ContiguousArray<UInt8>, _ b: ContiguousArray<UInt8>, limit: Int) -> Int? {
        guard abs(a.count - b.count) <= limit else { return nil }
        guard !a.isEmpty, !b.isEmpty else { return max(a.count, b.count) }
        // Three rows of the table are enough: a pair in the wrong order looks two rows back.
        var beforeLast = ContiguousArray(repeating: 0, count: b.count + 1)
        var last = ContiguousArray(0...b.count)
        var row = last
        for i in 1...a.count {
            row[0] = i
            var least = i
            for j in 1...b.count {
                var cost = min(last[j] + 1, row[j - 1] + 1, last[j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1))
                if i > 1, j > 1, a[i - 1] == b[j - 2], a[i - 2] == b[j - 1] { cost = min(cost, beforeLast[j - 2] + 1) }
                row[j] = cost
                least = min(least, cost)
            }
            // Later rows are no better than the best of two neighbouring ones.
            if least > limit, last.allSatisfy({ $0 > limit }) { return nil }
            (beforeLast, last, row) = (last, row, beforeLast)
        }
        return last[b.count] <= limit ? last[b.count] : nil
    }
}
