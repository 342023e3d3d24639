import Bytes

/// A share of a number of projects, above nothing and at most all: `1 %`.
///
/// Kept in millionths, so that the k-th of N projects is the same on every machine.
public struct Share: Sendable, Hashable, Comparable {
    /// 1 to 1,000,000.
    public let millionths: Int64

    /// A share in millionths; nil for none of it and for more than all.
    public init?(millionths: Int64) {
        guard (1...1_000_000).contains(millionths) else { return nil }
        self.millionths = millionths
    }

    /// Reads `1 %`, `0.5%` or `12.25`: per cent, with at most four decimals.
    ///
    /// - Throws: what is wrong with the text, for anyone who wrote it.
    public init(percent text: String) throws(CriticalRefusal) {
        let number = text.trimmingSuffix("%")
        let parts = number.split(separator: ".", maxSplits: 1, omittingEmptySubsequences: false)
        let decimals = parts.count == 2 ? parts[1] : ""
        guard let whole = parts.first, !whole.isEmpty, whole.utf8.count <= 9, parts.count == 1 || !decimals.isEmpty,
            decimals.utf8.count <= 4, whole.utf8.allSatisfy(\.isASCIIDigit), decimals.utf8.allSatisfy(\.isASCIIDigit),
            let units = Int64(whole),
            let fraction = Int64(decimals + String(repeating: "0", count: 4 - decimals.utf8.count))
        else { throw .unreadableShare(text) }
        guard let share = Share(millionths: units * 10_000 + fraction) else { throw .shareOutOfRange(text) }
        self = share
    }

    /// How many of `total` that is, rounded up: ⌈share × total⌉.
    public func count(of total: Int) -> Int {
        Int((Int64(total) * millionths + 999_999) / 1_000_000)
    }

    /// `1 %`, `0.25 %`.
    public var words: String {
        let fraction = String(millionths % 10_000 + 10_000).dropFirst()
        let decimals = fraction.reversed().drop { $0 == "0" }.reversed()
        return "\(millionths / 10_000)\(decimals.isEmpty ? "" : "." + String(decimals)) %"
    }

    /// Less of the whole.
    public static func < (left: Share, right: Share) -> Bool { left.millionths < right.millionths }
}

extension String {
    /// Without one sign at its end and the spaces around both.
    fileprivate func trimmingSuffix(_ sign: Character) -> Substring {
        var text = Substring(self)
        while text.last == " " { text.removeLast() }
        if text.last == sign { text.removeLast() }
        while text.last == " " { text.removeLast() }
        while text.first == " " { text.removeFirst() }
        return text
    }
}
