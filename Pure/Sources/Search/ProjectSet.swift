/// Some of the projects that can be found, by their numbers: a bit for each.
public struct ProjectSet: Sendable, Hashable {
    private var bits: [UInt64]

    /// None of the projects with numbers below one.
    init(below end: Int) { bits = Array(repeating: 0, count: (end + 63) / 64) }

    /// How many there are.
    public var count: Int { bits.reduce(0) { $0 + $1.nonzeroBitCount } }

    /// Whether a project is one of them; false for any number that none has.
    public func contains(_ project: Int64) -> Bool {
        let place = Int(project)
        guard place >= 0, place < bits.count * 64 else { return false }
        return bits[place >> 6] & 1 << UInt64(place & 63) != 0
    }

    /// Puts in a project whose number is below the end.
    mutating func insert(_ place: Int) { bits[place >> 6] |= 1 << UInt64(place & 63) }

    /// Keeps those that are in another set of as many, too.
    mutating func formIntersection(_ other: ProjectSet) { combine(other) { $0 & $1 } }
    mutating func formUnion(_ other: ProjectSet) { combine(other) { $0 | $1 } }
    mutating func subtract(_ other: ProjectSet) { combine(other) { $0 & ~$1 } }

    private mutating func combine(_ other: ProjectSet, _ operation: (UInt64, UInt64) -> UInt64) {
        for place in bits.indices { bits[place] = operation(bits[place], other.bits[place]) }
    }
}
