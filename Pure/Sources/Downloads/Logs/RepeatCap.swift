import Glibc

/// Holds one address to so many downloads of a project in an hour of the clock (UTC).
///
/// Memory is bounded: a table of fixed size, in which each combination of address, project and hour has one of eight
/// places. When all eight are taken, the one of the oldest hour goes, and among those the one with the fewest
/// downloads. So an honest download is never held back; and more than the cap is counted only for somebody who fetches
/// so many projects from so many addresses in one hour that the table is full, or whose log is not in the order of
/// time.
public final class RepeatCap {
    private struct Place {
        var key: UInt64 = 0
        var hour: UInt32 = 0
        var count: UInt32 = 0
    }

    private static let ways = 8

    private let cap: UInt32
    private let seed: UInt64
    private let places: UnsafeMutableBufferPointer<Place>
    private let buckets: Int

    /// - Parameters:
    ///   - cap: how many downloads count, at least 1.
    ///   - capacity: how many combinations are remembered, at least; 16 bytes each.
    ///   - seed: a random number, so that nobody can find combinations that share a place.
    public init(_ cap: Int, capacity: Int, seed: UInt64) {
        self.cap = UInt32(clamping: max(1, cap))
        self.seed = seed
        var buckets = 1
        while buckets * Self.ways < capacity { buckets *= 2 }
        self.buckets = buckets
        places = .allocate(capacity: buckets * Self.ways)
        places.initialize(repeating: Place())
    }

    deinit { places.deallocate() }

    /// Whether one more download counts; if so, it is remembered.
    ///
    /// - Parameters:
    ///   - address: where it came from, in any writing that is always the same. Those of version 6 are counted by their
    ///     network.
    ///   - project: a number that stands for the project.
    ///   - time: seconds since 1970.
    public func allows(_ address: some StringProtocol, project: UInt64, time: Int64) -> Bool {
        var address = String(address)
        return address.withUTF8 { bytes in
            allows(Text(bytes.baseAddress ?? noBytes, count: bytes.count), project: project, time: time)
        }
    }

    func allows(_ address: Text, project: UInt64, time: Int64) -> Bool {
        guard let network = Self.network(of: address) else { return allows(from: address, project, time) }
        return network.withUnsafeBufferPointer { bytes in
            allows(from: Text(bytes.baseAddress ?? noBytes, count: bytes.count), project, time)
        }
    }

    /// What an address of version 6 is counted with: the 64 bits that one household has (RFC 6177), or the address of
    /// version 4 that stands in it. Nil for every other.
    private static func network(of address: Text) -> [UInt8]? {
        guard address.first(UInt8(ascii: ":")) != nil, address.count < Int(INET6_ADDRSTRLEN) else { return nil }
        var parsed = in6_addr()
        let text = address.string
        guard inet_pton(AF_INET6, text, &parsed) == 1 else { return nil }
        return withUnsafeBytes(of: parsed) { bytes in
            let isMapped = bytes.prefix(10).allSatisfy { $0 == 0 } && bytes[10] == 0xFF && bytes[11] == 0xFF
            return Array(
                isMapped ? Array(bytes[12...].map(String.init).joined(separator: ".").utf8) : Array(bytes.prefix(8)))
        }
    }

    private func allows(from address: Text, _ project: UInt64, _ time: Int64) -> Bool {
        let hour = UInt32(clamping: time / 3_600)
        let key = max(1, address.hash(seed: seed ^ project &* 0x9E37_79B9_7F4A_7C15 ^ UInt64(hour) << 32))
        let first = Int(truncatingIfNeeded: key >> 20) & (buckets - 1) &* Self.ways
        var weakest = first
        for place in first..<(first + Self.ways) {
            if places[place].key == key {
                guard places[place].count < cap else { return false }
                places[place].count += 1
                return true
            }
            let (one, other) = (places[place], places[weakest])
            if one.hour < other.hour || one.hour == other.hour && one.count < other.count { weakest = place }
        }
        places[weakest] = Place(key: key, hour: hour, count: 1)
        return true
    }

    /// Forgets everything.
    public func forgetAll() {
        for place in places.indices { places[place] = Place() }
    }
}
