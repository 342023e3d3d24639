/// Names in memory, to be found by what somebody typed: those that begin with it, hold it, or are a slip or two away.
///
/// A look goes through all names in their order, but past most of them by one comparison of 64 bits: a hundred thousand
/// take less than a millisecond, and nothing is kept but the names. What it answers does not depend on the order in which
/// they were put in. A copy of it shares nearly everything with what it was copied from.
public struct NameDirectory: Sendable {
    /// What the owner of the directory knows a name by.
    public typealias ID = Int64

    /// A name in it.
    public struct Entry: Sendable, Hashable {
        public let id: ID
        /// In the form in which names are compared: `scikit-learn`.
        public let normalized: String
        /// How much it is asked for: greater for more.
        public let weight: Int

        public init(id: ID, normalized: String, weight: Int) {
            self.id = id
            self.normalized = normalized
            self.weight = weight
        }
    }

    /// How what was typed is found in a name.
    public enum Match: Sendable {
        /// It is the name, separators aside.
        case whole
        /// The name begins with it.
        case beginning
        /// It is somewhere in the name.
        case inside
    }

    /// Names whose numbers follow each other: what is copied when one of them changes in a copy of the directory.
    ///
    /// A look goes through all signatures, and through the letters of some names, so these stand together.
    private struct Page {
        static let size = 1 << 14

        private(set) var entries: [Entry?] = []
        /// Of each name; 0 where there is none.
        private var signatures: [UInt64] = []
        /// The letters of all names, one behind the other.
        private var letters: [UInt8] = []
        /// Where the letters of each name end.
        private var ends: [Int] = []

        mutating func put(_ entry: Entry?, at place: Int) {
            if place >= entries.count {
                let more = place + 1 - entries.count
                entries += repeatElement(nil, count: more)
                signatures += repeatElement(0, count: more)
                ends += repeatElement(letters.count, count: more)
            }
            let name = FoldedName(entry?.normalized ?? "")
            let before = (place == 0 ? 0 : ends[place - 1])..<ends[place]
            letters.replaceSubrange(before, with: name.bytes)
            let longer = name.bytes.count - before.count
            if longer != 0 { for place in place..<ends.count { ends[place] += longer } }
            (entries[place], signatures[place]) = (entry, name.signature)
        }

        /// The names that something is true of, in their order, with what it said.
        ///
        /// - Parameters:
        ///   - mayBe: whether a name of this signature may be one of them.
        ///   - match: what is said of a name; nil for a name to be left out.
        @inline(__always)
        func forEach<Found>(
            where mayBe: (_ signature: UInt64) -> Bool, _ match: (_ name: UnsafeBufferPointer<UInt8>) -> Found?,
            _ body: (Entry, Found) -> Void
        ) {
            signatures.withUnsafeBufferPointer { signatures in
                ends.withUnsafeBufferPointer { ends in
                    letters.withUnsafeBufferPointer { letters in
                        for place in signatures.indices where mayBe(signatures[place]) {
                            let start = place == 0 ? 0 : ends[place - 1]
                            let name = UnsafeBufferPointer(rebasing: letters[start..<ends[place]])
                            if let found = match(name), let entry = entries[place] { body(entry, found) }
                        }
                    }
                }
            }
        }
    }

    private var pages: [Page] = []
    /// How many names there are.
    public private(set) var count = 0

    /// A directory without names.
    public init() {}

    /// Puts a name in, instead of the one with the same number. Numbers are given one after the other, from 0 on.
    public mutating func put(_ entry: Entry) { put(entry, of: entry.id) }

    /// Takes a name out.
    public mutating func remove(_ id: ID) { if name(of: id) != nil { put(nil, of: id) } }

    private mutating func put(_ entry: Entry?, of id: ID) {
        count += (entry == nil ? 0 : 1) - (name(of: id) == nil ? 0 : 1)
        let (page, place) = Int(id).quotientAndRemainder(dividingBy: Page.size)
        while page >= pages.count { pages.append(Page()) }
        pages[page].put(entry, at: place)
    }

    private func name(of id: ID) -> Entry? {
        let (page, place) = Int(id).quotientAndRemainder(dividingBy: Page.size)
        return pages.indices.contains(page) && pages[page].entries.indices.contains(place)
            ? pages[page].entries[place] : nil
    }

    private static func isBefore(_ a: Entry, _ b: Entry) -> Bool {
        a.weight != b.weight ? a.weight > b.weight : a.id < b.id
    }

    /// The names that are this one, begin with it or hold it, separators aside: up to `limit` of each kind, those that are
    /// asked for most, and these first; among equals, the lower number first.
    public func names(like typed: FoldedName, limit: Int) -> [(entry: Entry, match: Match)] {
        guard !typed.bytes.isEmpty else { return [] }
        var (beginning, holding) = (
            Topmost(limit, precedes: Self.isBefore), Topmost(limit, precedes: Self.isBefore)
        )
        // A letter or two are in every second name, and mean none of them.
        let inside = typed.bytes.count >= 3
        typed.bytes.withUnsafeBufferPointer { letters in
            for page in pages {
                page.forEach(where: { typed.signature & ~$0 == 0 }) { name -> Match? in
                    guard name.count > letters.count else { return nil }
                    return name.holds(letters, at: 0) ? .beginning : inside && name.holds(letters) ? .inside : nil
                } _: { entry, match in
                    if match == .beginning { beginning.add(entry) } else { holding.add(entry) }
                }
            }
        }
        return names(whole: typed, limit: limit).map { ($0, .whole) } + beginning.sorted().map { ($0, .beginning) }
            + holding.sorted().map { ($0, .inside) }
    }

    /// The names that are this one, separators aside: up to `limit`, in the same order.
    public func names(whole typed: FoldedName, limit: Int) -> [Entry] {
        guard !typed.bytes.isEmpty else { return [] }
        var whole = Topmost(limit, precedes: Self.isBefore)
        for page in pages {
            page.forEach(where: { $0 == typed.signature }) { name in
                name.elementsEqual(typed.bytes) ? () : nil
            } _: { entry, _ in
                whole.add(entry)
            }
        }
        return whole.sorted()
    }

    /// The names that are up to `limit` slips away, separators aside, in the order of their numbers.
    ///
    /// - Parameter limit: 1 or 2; more is another name.
    public func names(near typed: FoldedName, limit: Int) -> [(entry: Entry, distance: Int)] {
        var found: [(Entry, Int)] = []
        for page in pages {
            page.forEach(where: { (typed.signature ^ $0).nonzeroBitCount <= 2 * limit }) { name in
                abs(name.count - typed.bytes.count) > limit
                    ? nil : EditDistance.between(typed.bytes, name, limit: limit)
            } _: { entry, distance in
                found.append((entry, distance))
            }
        }
        return found
    }
}

extension UnsafeBufferPointer<UInt8> {
    /// Whether other bytes, no more than these, stand somewhere in these.
    fileprivate func holds(_ other: Self) -> Bool { (0...count - other.count).contains { holds(other, at: $0) } }

    /// Whether other bytes stand at a place, from which on there are as many.
    fileprivate func holds(_ other: Self, at start: Int) -> Bool {
        var place = 0
        while place < other.count, self[start + place] == other[place] { place += 1 }
        return place == other.count
    }
}
