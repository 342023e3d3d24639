/// The counts of a block of names on one day, or the sums of several days, in few bytes that are quick to add up.
///
/// A column has the low bits of every count at a fixed width of 0, 1 or 2 bytes, side by side, so that adding it to
/// sums is a plain loop over two arrays; and for the few counts that do not fit, their high bits with their place. The
/// width is the one that takes the fewest bytes. Zeros at the end are left out.
///
///     byte 0     1, the format
///     byte 1     width w: 0, 1 or 2
///     bytes 2-7  how many low parts (n), short high parts (s), long high parts (l); 16 bits each, as all numbers here
///                the lowest byte first
///     n × w      low parts, from the first name of the block on
///     s × 2      places of short high parts, ascending; then s × 2 their values
///     l × 2      places of long high parts, ascending; then l × 8 their values
///
/// A count is its low part plus its high part times 2 to the power of 8 w.
public struct CountColumn {
    /// Names in a block. A day of 700,000 names has 86 blocks of about ten kilobytes: a download that comes in rewrites
    /// three pages of the database, and a row is large enough for its overhead not to matter.
    public static let blockSize = 8_192
    /// The largest count of a name on a day; more is kept as this much. So that no sum over the days that are kept can
    /// overflow.
    public static let largestCount: UInt64 = 1 << 54

    private static let headerSize = 8

    private let bytes: UnsafeRawBufferPointer
    private let width: Int
    private let lowCount: Int
    private let shortCount: Int
    private let longCount: Int

    /// Looks at the bytes of a column, which must stay where they are for as long as this is used.
    public init(_ bytes: UnsafeRawBufferPointer) throws(DamagedColumn) {
        guard bytes.count >= Self.headerSize, bytes[0] == 1, bytes[1] <= 2 else { throw DamagedColumn() }
        width = Int(bytes[1])
        lowCount = Self.word(bytes, 2)
        shortCount = Self.word(bytes, 4)
        longCount = Self.word(bytes, 6)
        guard lowCount <= Self.blockSize, width > 0 || lowCount == 0,
            bytes.count == Self.headerSize + lowCount * width + shortCount * 4 + longCount * 10
        else { throw DamagedColumn() }
        self.bytes = bytes
        try checkPlaces()
    }

    /// Places ascend and are within the block, so that nothing is written beside it whatever the bytes say.
    private func checkPlaces() throws(DamagedColumn) {
        for (start, count) in [(shortStart, shortCount), (longStart, longCount)] where count > 0 {
            var previous = -1
            var isAscending = true
            for index in 0..<count {
                let place = Self.word(bytes, start + index * 2)
                isAscending = isAscending && place > previous
                previous = place
            }
            guard isAscending, previous < Self.blockSize else { throw DamagedColumn() }
        }
    }

    private var shortStart: Int { Self.headerSize + lowCount * width }
    private var longStart: Int { shortStart + shortCount * 4 }

    private static func word(_ bytes: UnsafeRawBufferPointer, _ offset: Int) -> Int {
        Int(UInt16(littleEndian: bytes.loadUnaligned(fromByteOffset: offset, as: UInt16.self)))
    }

    private static func long(_ bytes: UnsafeRawBufferPointer, _ offset: Int) -> UInt64 {
        UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: offset, as: UInt64.self))
    }

    /// The count of the name at a place of the block.
    public func count(at place: Int) -> UInt64 {
        var count: UInt64 = 0
        if place < lowCount {
            if width == 1 { count = UInt64(bytes[Self.headerSize + place]) }
            if width == 2 { count = UInt64(Self.word(bytes, Self.headerSize + place * 2)) }
        }
        let shift = UInt64(width * 8)
        if let index = index(of: place, from: shortStart, count: shortCount) {
            count += UInt64(Self.word(bytes, shortStart + (shortCount + index) * 2)) << shift
        }
        if let index = index(of: place, from: longStart, count: longCount) {
            count += Self.long(bytes, longStart + longCount * 2 + index * 8) << shift
        }
        return count
    }

    private func index(of place: Int, from start: Int, count: Int) -> Int? {
        var (low, high) = (0, count)
        while low < high {
            let middle = (low + high) / 2
            if Self.word(bytes, start + middle * 2) < place { low = middle + 1 } else { high = middle }
        }
        return low < count && Self.word(bytes, start + low * 2) == place ? low : nil
    }

    /// Adds the low parts of all counts to `low`, and the high ones to `sums`. Both have a block's size. 65,536 columns
    /// fit into 32 bits.
    func add(low: UnsafeMutablePointer<UInt32>, sums: UnsafeMutablePointer<UInt64>) {
        guard let base = bytes.baseAddress else { return }
        if width == 1 {
            let bytes = (base + Self.headerSize).assumingMemoryBound(to: UInt8.self)
            for place in 0..<lowCount { low[place] &+= UInt32(truncatingIfNeeded: bytes[place]) }
        } else if width == 2 {
            let start = base + Self.headerSize
            for place in 0..<lowCount {
                let word = UInt16(littleEndian: start.loadUnaligned(fromByteOffset: place &* 2, as: UInt16.self))
                low[place] &+= UInt32(truncatingIfNeeded: word)
            }
        }
        addHigh(to: sums) { $0 &+= $1 }
    }

    /// Combines each count with the sum at its place.
    @inline(__always)
    private func combine(
        _ sums: UnsafeMutablePointer<UInt64>, with combination: (inout UInt64, UInt64) -> Void
    ) {
        guard let base = bytes.baseAddress else { return }
        if width == 1 {
            let bytes = (base + Self.headerSize).assumingMemoryBound(to: UInt8.self)
            for place in 0..<lowCount { combination(&sums[place], UInt64(truncatingIfNeeded: bytes[place])) }
        } else if width == 2 {
            let start = base + Self.headerSize
            for place in 0..<lowCount {
                let word = UInt16(littleEndian: start.loadUnaligned(fromByteOffset: place &* 2, as: UInt16.self))
                combination(&sums[place], UInt64(truncatingIfNeeded: word))
            }
        }
        addHigh(to: sums, with: combination)
    }

    @inline(__always)
    private func addHigh(
        to sums: UnsafeMutablePointer<UInt64>, with combination: (inout UInt64, UInt64) -> Void
    ) {
        let shift = UInt64(width * 8)
        for index in 0..<shortCount {
            let value = UInt64(Self.word(bytes, shortStart + (shortCount + index) * 2)) << shift
            combination(&sums[Self.word(bytes, shortStart + index * 2)], value)
        }
        for index in 0..<longCount {
            let value = Self.long(bytes, longStart + longCount * 2 + index * 8) << shift
            combination(&sums[Self.word(bytes, longStart + index * 2)], value)
        }
    }

    /// Adds the counts to the sums of the block's names. Sums wrap where they would not fit, which `largestCount` keeps
    /// from happening.
    public func add(to sums: inout BlockSums) { add(toBlock: 0, of: &sums.values) }

    /// Subtracts the counts from the sums of the block's names, which must hold them.
    public func subtract(from sums: inout BlockSums) { subtract(fromBlock: 0, of: &sums.values) }

    /// Adds the counts to those of a block among the sums of all names, which must have the whole block.
    public func add(toBlock block: Int, of sums: inout [UInt64]) {
        Self.withBlock(block, of: &sums) { combine($0) { $0 &+= $1 } }
    }

    /// Subtracts the counts from those of a block among the sums of all names, which must hold them.
    public func subtract(fromBlock block: Int, of sums: inout [UInt64]) {
        Self.withBlock(block, of: &sums) { combine($0) { $0 &-= $1 } }
    }

    @inline(__always)
    private static func withBlock(
        _ block: Int, of sums: inout [UInt64], _ body: (UnsafeMutablePointer<UInt64>) -> Void
    ) {
        let start = block * blockSize
        precondition(start >= 0 && start + blockSize <= sums.count, "no such block")
        sums.withUnsafeMutableBufferPointer { buffer in
            if let base = buffer.baseAddress { body(base + start) }
        }
    }
}

extension CountColumn {
    /// The bytes of a column with these counts.
    public static func encode(_ sums: BlockSums) -> [UInt8] { encode(block: 0, of: sums.values) }

    /// The bytes of a column with the counts of a block among those of all names, which must have the whole block.
    public static func encode(block: Int, of counts: [UInt64]) -> [UInt8] {
        counts.withUnsafeBufferPointer { counts in
            let values = UnsafeBufferPointer(rebasing: counts[(block * blockSize)..<((block + 1) * blockSize)])
            let sizes = Sizes(of: values)
            return encode(values, width: sizes.bestWidth, sizes: sizes)
        }
    }

    private static func encode(_ values: UnsafeBufferPointer<UInt64>, width: Int, sizes: Sizes) -> [UInt8] {
        let (shortCount, longCount) = sizes.high(width: width)
        let lowCount = width == 0 ? 0 : sizes.end
        let shortStart = headerSize + lowCount * width
        let longStart = shortStart + shortCount * 4
        let size = longStart + longCount * 10
        return [UInt8](unsafeUninitializedCapacity: size) { bytes, written in
            let raw = UnsafeMutableRawBufferPointer(bytes)
            func put(_ word: Int, at offset: Int) {
                raw.storeBytes(of: UInt16(truncatingIfNeeded: word).littleEndian, toByteOffset: offset, as: UInt16.self)
            }
            raw[0] = 1
            raw[1] = UInt8(width)
            put(lowCount, at: 2)
            put(shortCount, at: 4)
            put(longCount, at: 6)
            if width == 1 {
                for place in 0..<lowCount { bytes[headerSize + place] = UInt8(truncatingIfNeeded: values[place]) }
            } else if width == 2 {
                for place in 0..<lowCount {
                    put(Int(truncatingIfNeeded: values[place]), at: headerSize + place &* 2)
                }
            }
            var (short, long) = (0, 0)
            if shortCount + longCount > 0 {
                let shift = UInt64(width * 8)
                for place in 0..<sizes.end {
                    let high = values[place] >> shift
                    if high == 0 { continue }
                    if high <= 0xFFFF {
                        put(place, at: shortStart + short * 2)
                        put(Int(high), at: shortStart + (shortCount + short) * 2)
                        short += 1
                    } else {
                        put(place, at: longStart + long * 2)
                        raw.storeBytes(
                            of: high.littleEndian, toByteOffset: longStart + longCount * 2 + long * 8, as: UInt64.self)
                        long += 1
                    }
                }
            }
            written = size
        }
    }

    /// How many counts need how many bits.
    private struct Sizes {
        /// The place after the last count that is not zero.
        var end = 0
        /// Counts of at least 1, 2^8, 2^16, 2^24, 2^32.
        var atLeast: (Int, Int, Int, Int, Int) = (0, 0, 0, 0, 0)

        init(of values: UnsafeBufferPointer<UInt64>) {
            end = values.count
            while end > 0, values[end - 1] == 0 { end -= 1 }
            for place in 0..<end {
                let value = values[place]
                atLeast.0 &+= value == 0 ? 0 : 1
                atLeast.1 &+= value >> 8 == 0 ? 0 : 1
                atLeast.2 &+= value >> 16 == 0 ? 0 : 1
                atLeast.3 &+= value >> 24 == 0 ? 0 : 1
                atLeast.4 &+= value >> 32 == 0 ? 0 : 1
            }
        }

        func high(width: Int) -> (short: Int, long: Int) {
            switch width {
            case 0: (atLeast.0 - atLeast.2, atLeast.2)
            case 1: (atLeast.1 - atLeast.3, atLeast.3)
            default: (atLeast.2 - atLeast.4, atLeast.4)
            }
        }

        var bestWidth: Int {
            func size(_ width: Int) -> Int {
                let (short, long) = high(width: width)
                return end * width + short * 4 + long * 10
            }
            let sizes = [size(0), size(1), size(2)]
            return sizes.indices.min { sizes[$0] < sizes[$1] } ?? 1
        }
    }
}

/// The counts of a block's names, or sums of them: one number for each name, in their order.
public struct BlockSums: Sendable, Equatable {
    /// As many as a block has names.
    public internal(set) var values: [UInt64]

    public init() { values = [UInt64](repeating: 0, count: CountColumn.blockSize) }

    /// The sum at a place of the block.
    public subscript(place: Int) -> UInt64 {
        get { values[place] }
        set { values[place] = newValue }
    }

    /// Sets all to zero.
    public mutating func clear() {
        for place in values.indices { values[place] = 0 }
    }

    /// Adds the sums of another block.
    public mutating func add(_ other: BlockSums) {
        for place in values.indices { values[place] &+= other.values[place] }
    }
}

/// Adds up many columns of one block: the recount of a window.
///
/// Low parts are summed in 32 bits, twice as many at once as in 64.
public struct ColumnTotal {
    private var low = [UInt32](repeating: 0, count: CountColumn.blockSize)
    private var sums = BlockSums()
    private var columns = 0

    /// Nothing yet.
    public init() {}

    /// Adds a column.
    public mutating func add(_ column: CountColumn) {
        columns += 1
        if columns == 1 << 16 { carry() }
        low.withUnsafeMutableBufferPointer { low in
            sums.values.withUnsafeMutableBufferPointer { sums in
                if let low = low.baseAddress, let sums = sums.baseAddress { column.add(low: low, sums: sums) }
            }
        }
    }

    private mutating func carry() {
        columns = 0
        for place in low.indices {
            sums.values[place] &+= UInt64(low[place])
            low[place] = 0
        }
    }

    /// Appends the sums, and begins anew.
    public mutating func drain(into all: inout [UInt64]) {
        carry()
        all += sums.values
        sums.clear()
    }
}

/// The bytes of a column in the database are none.
public struct DamagedColumn: Error, CustomStringConvertible {
    /// One is made where a column is found that nobody wrote.
    public init() {}
    public var description: String {
        "Download counts in the database are damaged. Restore a backup, or ingest the logs again into a new index."
    }
}
