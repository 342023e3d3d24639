/// The first so many of what comes along, whatever the order in which it comes: most of it is looked at once and let go.
package struct Topmost<Element> {
    private let count: Int
    private let precedes: (Element, Element) -> Bool
    private var kept: [Element] = []
    /// The last of those that are in, once there were enough: what does not come before it is out.
    package private(set) var last: Element?

    /// - Parameters:
    ///   - count: how many are wanted.
    ///   - precedes: whether the first comes before the second; of two that are different, one does.
    package init(_ count: Int, precedes: @escaping (Element, Element) -> Bool) {
        self.count = max(0, count)
        self.precedes = precedes
    }

    /// One more.
    package mutating func add(_ element: Element) {
        if let last, !precedes(element, last) { return }
        kept.append(element)
        if kept.count >= 2 * count + 64 { cut() }
    }

    /// Those that are in, in order.
    package mutating func sorted() -> [Element] {
        cut()
        return kept
    }

    private mutating func cut() {
        kept.sort(by: precedes)
        if kept.count > count { kept.removeSubrange(count...) }
        if kept.count == count { last = kept.last }
    }
}
