import Bytes

extension Version: Hashable {
    /// True when the versions differ at most in trailing zeros of the release.
    public static func == (a: Version, b: Version) -> Bool {
        if a.normalized == b.normalized { return true }
        if a.layout.significantEnd == a.layout.releaseEnd, b.layout.significantEnd == b.layout.releaseEnd {
            return false
        }
        return a.canonical == b.canonical
    }

    /// Feeds the canonical form, which is what equality compares.
    public func hash(into hasher: inout Hasher) { hasher.combine(canonical) }
}

extension Version: Comparable {
    /// The order of PEP 440: epoch, release, then dev before pre-releases before the release before post-releases, and
    /// a local version behind the public one.
    public static func < (a: Version, b: Version) -> Bool { order(a, b) < 0 }

    /// Negative, zero or positive as `a` stands before, at or behind `b`.
    static func order(_ a: Version, _ b: Version) -> Int {
        let left = a.normalized.utf8.span
        let right = b.normalized.utf8.span
        var order = orderOfReleases(left, a.layout, right, b.layout)
        if order != 0 { return order }
        order = orderOfPreParts(left, a.layout, right, b.layout)
        if order != 0 { return order }
        // Without a post part before with one; without a dev part behind with one.
        order = orderOfNumbers(
            left, a.layout.preEnd..<a.layout.postEnd, right, b.layout.preEnd..<b.layout.postEnd, prefix: postPrefix)
        if order != 0 { return order }
        if a.isDevelopment != b.isDevelopment { return a.isDevelopment ? -1 : 1 }
        order = orderOfNumbers(
            left, a.layout.postEnd..<a.layout.publicEnd, right, b.layout.postEnd..<b.layout.publicEnd,
            prefix: devPrefix)
        if order != 0 { return order }
        return orderOfLocals(left, Int(a.layout.publicEnd), right, Int(b.layout.publicEnd))
    }

    /// True when this version has the epoch of `prefix` and its release begins with that of `prefix`, `count` numbers
    /// of it, where a missing number is 0.
    func hasReleasePrefix(_ prefix: Version, count: Int) -> Bool {
        let left = normalized.utf8.span
        let right = prefix.normalized.utf8.span
        guard Version.orderOfEpochs(left, layout, right, prefix.layout) == 0 else { return false }
        var a = NumberRuns(from: layout.releaseStart, to: layout.releaseEnd)
        var b = NumberRuns(from: prefix.layout.releaseStart, to: prefix.layout.releaseEnd)
        for _ in 0..<count {
            let (run, wanted) = (a.next(in: left), b.next(in: right))
            guard Version.order(left, run, right, wanted) == 0 else { return false }
        }
        return true
    }

    /// True when epoch, release and pre-release part are the same: the versions differ in post, dev and local at most.
    func isOfSameRelease(as other: Version) -> Bool {
        let left = normalized.utf8.span
        let right = other.normalized.utf8.span
        return Version.orderOfReleases(left, layout, right, other.layout) == 0
            && Version.textOrder(
                left, Int(layout.releaseEnd)..<Int(layout.preEnd),
                right, Int(other.layout.releaseEnd)..<Int(other.layout.preEnd)) == 0
    }

    /// How many numbers the release has.
    var releaseCount: Int {
        let bytes = normalized.utf8.span
        var count = 1
        for index in Int(layout.releaseStart)..<Int(layout.releaseEnd) where bytes[index] == UInt8(ascii: ".") {
            count += 1
        }
        return count
    }
}

/// The numbers of a release one by one; behind the last come empty ranges.
private struct NumberRuns {
    var position: Int
    let end: Int

    init(from start: UInt8, to end: UInt8) {
        position = Int(start)
        self.end = Int(end)
    }

    mutating func next(in bytes: Span<UInt8>) -> Range<Int> {
        let start = position
        while position < end, bytes[position] != UInt8(ascii: ".") { position += 1 }
        defer { position = min(position + 1, end) }
        return start..<position
    }
}

// MARK: - Comparing the parts where they stand

extension Version {
    /// Compares two runs of digits without leading zeros as numbers: the longer is greater. An empty run is 0.
    fileprivate static func order(
        _ a: Span<UInt8>, _ left: Range<Int>, _ b: Span<UInt8>, _ right: Range<Int>
    ) -> Int {
        if left.isEmpty || right.isEmpty {
            if left.isEmpty, right.isEmpty { return 0 }
            let isZero =
                left.isEmpty ? b[right.lowerBound] == UInt8(ascii: "0") : a[left.lowerBound] == UInt8(ascii: "0")
            return isZero ? 0 : left.isEmpty ? -1 : 1
        }
        if left.count != right.count { return left.count - right.count }
        for offset in 0..<left.count {
            let (x, y) = (a[left.lowerBound + offset], b[right.lowerBound + offset])
            if x != y { return Int(x) - Int(y) }
        }
        return 0
    }

    fileprivate static func orderOfEpochs(_ a: Span<UInt8>, _ left: Layout, _ b: Span<UInt8>, _ right: Layout) -> Int {
        order(a, 0..<max(0, Int(left.releaseStart) - 1), b, 0..<max(0, Int(right.releaseStart) - 1))
    }

    fileprivate static func orderOfReleases(
        _ a: Span<UInt8>, _ left: Layout, _ b: Span<UInt8>, _ right: Layout
    ) -> Int {
        let epochs = orderOfEpochs(a, left, b, right)
        if epochs != 0 { return epochs }
        var (x, y) = (
            NumberRuns(from: left.releaseStart, to: left.significantEnd),
            NumberRuns(from: right.releaseStart, to: right.significantEnd)
        )
        while true {
            let (m, n) = (x.next(in: a), y.next(in: b))
            if m.isEmpty, n.isEmpty { return 0 }
            let order = order(a, m, b, n)
            if order != 0 { return order }
        }
    }

    fileprivate static func orderOfPreParts(
        _ a: Span<UInt8>, _ left: Layout, _ b: Span<UInt8>, _ right: Layout
    ) -> Int {
        let (x, y) = (preRank(a, left), preRank(b, right))
        if x != y { return x - y }
        // Equal ranks have equally long letters.
        let letters = x == 2 ? 2 : 1
        return orderOfNumbers(
            a, left.releaseEnd..<left.preEnd, b, right.releaseEnd..<right.preEnd, prefix: letters)
    }

    /// A development release of the release itself stands before its alphas, a release without any part behind its
    /// candidates.
    private static func preRank(_ bytes: Span<UInt8>, _ layout: Layout) -> Int {
        guard layout.preEnd > layout.releaseEnd else {
            return layout.postEnd == layout.preEnd && layout.publicEnd > layout.postEnd ? -1 : 3
        }
        switch bytes[Int(layout.releaseEnd)] {
        case UInt8(ascii: "a"): return 0
        case UInt8(ascii: "b"): return 1
        default: return 2
        }
    }

    /// Compares the numbers that follow `prefix` bytes of each part; an absent part stands before every present one.
    private static func orderOfNumbers(
        _ a: Span<UInt8>, _ left: Range<UInt8>, _ b: Span<UInt8>, _ right: Range<UInt8>, prefix: Int
    ) -> Int {
        if left.isEmpty || right.isEmpty { return left.count - right.count }
        return order(
            a, Int(left.lowerBound) + prefix..<Int(left.upperBound),
            b, Int(right.lowerBound) + prefix..<Int(right.upperBound))
    }

    /// Compares local versions part by part: words before numbers, words as text, a shorter version first.
    private static func orderOfLocals(_ a: Span<UInt8>, _ left: Int, _ b: Span<UInt8>, _ right: Int) -> Int {
        var (x, y) = (left, right)
        while true {
            // Each stands at a `+`, at a `.` or at the end.
            if x >= a.count || y >= b.count { return (x < a.count ? 1 : 0) - (y < b.count ? 1 : 0) }
            let (m, n) = (localPart(a, x + 1), localPart(b, y + 1))
            if m.isNumber != n.isNumber { return m.isNumber ? 1 : -1 }
            let order = m.isNumber ? order(a, m.range, b, n.range) : textOrder(a, m.range, b, n.range)
            if order != 0 { return order }
            (x, y) = (m.range.upperBound, n.range.upperBound)
        }
    }

    private static func localPart(_ bytes: Span<UInt8>, _ start: Int) -> (range: Range<Int>, isNumber: Bool) {
        var end = start
        var isNumber = true
        while end < bytes.count, bytes[end] != UInt8(ascii: ".") {
            if !bytes[end].isASCIIDigit { isNumber = false }
            end += 1
        }
        return (start..<end, isNumber)
    }

    private static func textOrder(_ a: Span<UInt8>, _ left: Range<Int>, _ b: Span<UInt8>, _ right: Range<Int>) -> Int {
        for offset in 0..<min(left.count, right.count) {
            let (x, y) = (a[left.lowerBound + offset], b[right.lowerBound + offset])
            if x != y { return Int(x) - Int(y) }
        }
        return left.count - right.count
    }
}
