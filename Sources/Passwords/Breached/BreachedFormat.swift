import CZlib

/// What is kept of a password's SHA-1: its first 51 bits.
///
/// Of a list of two thousand million passwords, that is one false alarm in a million.
struct Fingerprint: Hashable, Sendable {
    /// The number of bits.
    static let bits = 51
    /// The bits, the lowest last.
    let value: UInt64

    /// From the first 64 bits of the hash.
    init(_ hash: UInt64) { value = hash >> UInt64(64 - Self.bits) }
}

/// The file of a list of breached passwords. Numbers are little-endian.
///
///     header   64 bytes: "RINDPWND", version, checksum of the index, number of passwords, least count, length of the
///              file, bits of a bucket's number, zeros, checksum of the header
///     index    for each bucket, and once more for the end: 8 bytes where it begins in the data, 4 bytes checksum
///     data     the buckets
///
/// A bucket has the fingerprints that begin with its number, without those bits. It is nothing when it is empty, and
/// otherwise: a byte with the width k, 4 bytes with the number of its remainders, and for each of them, in their order,
/// what it is more than the one before and 1, in the code of Golomb and Rice: the part above k bits as so many zeros
/// and a one, then the k bits. That takes 23 bits a password for a list of nine hundred million; 21.2 are the least
/// that any structure can do at that rate of false alarms.
struct BreachedFormat: Hashable, Sendable {
    static let headerBytes = 64
    static let entryBytes = 12
    /// A list of four thousand million has buckets of 12 KiB.
    static let maximumBucketBytes: UInt64 = 1 << 24
    /// With 20, the buckets are the published ranges.
    static let possibleBits = 8...20

    /// How many bits the number of a bucket has.
    let bucketBits: Int

    /// Nil for a number of bits that no list has.
    init?(bucketBits: Int) {
        guard Self.possibleBits.contains(bucketBits) else { return nil }
        self.bucketBits = bucketBits
    }

    /// The format for a list of so many bytes, with some hundreds of passwords in a bucket; for the largest when nobody
    /// knows.
    init(forListOf bytes: Int) {
        // A line has 44 bytes.
        let buckets = bytes / 44 / 512
        let bits = bytes == 0 ? Self.possibleBits.upperBound : Int.bitWidth - buckets.leadingZeroBitCount
        bucketBits = min(max(bits, Self.possibleBits.lowerBound), Self.possibleBits.upperBound)
    }

    var bucketCount: Int { 1 << bucketBits }
    var remainderBits: Int { Fingerprint.bits - bucketBits }
    var dataOffset: Int { Self.headerBytes + (bucketCount + 1) * Self.entryBytes }

    /// The bucket that a fingerprint is in.
    func bucket(of fingerprint: Fingerprint) -> Int { Int(fingerprint.value >> UInt64(remainderBits)) }
    /// What is kept of it there.
    func remainder(of fingerprint: Fingerprint) -> UInt64 { fingerprint.value & (1 << UInt64(remainderBits) - 1) }

    struct Header {
        var count: UInt64
        var minimumCount: UInt64
        var fileBytes: Int64
        var indexChecksum: UInt32
        var format: BreachedFormat

        private static let magic = Array("RINDPWND".utf8)
        private static let version: UInt32 = 1

        init(
            count: UInt64, minimumCount: UInt64, fileBytes: Int64, indexChecksum: UInt32, format: BreachedFormat
        ) {
            self.format = format
            self.count = count
            self.minimumCount = minimumCount
            self.fileBytes = fileBytes
            self.indexChecksum = indexChecksum
        }

        /// Nil for another kind of file, another version, or a damaged header.
        init?(_ bytes: [UInt8]) {
            guard bytes.count == headerBytes, Array(bytes[0..<8]) == Self.magic,
                bytes[8..<12].number(UInt32.self) == Self.version,
                bytes[60...].number(UInt32.self) == Array(bytes[..<60]).crc32(),
                let format = BreachedFormat(bucketBits: Int(bytes[40..<44].number(UInt32.self)))
            else { return nil }
            self.init(
                count: bytes[16..<24].number(), minimumCount: bytes[24..<32].number(),
                fileBytes: bytes[32..<40].number(), indexChecksum: bytes[12..<16].number(),
                format: format)
        }

        var bytes: [UInt8] {
            var bytes = Self.magic + Self.version.bytes + indexChecksum.bytes + count.bytes + minimumCount.bytes
            bytes += fileBytes.bytes + UInt32(format.bucketBits).bytes
            bytes += [UInt8](repeating: 0, count: headerBytes - 4 - bytes.count)
            return bytes + bytes.crc32().bytes
        }
    }

    struct Entry {
        var offset: UInt64
        var checksum: UInt32

        init(offset: UInt64, checksum: UInt32) {
            self.offset = offset
            self.checksum = checksum
        }

        init(_ bytes: ArraySlice<UInt8>) {
            offset = bytes.prefix(8).number()
            checksum = bytes.dropFirst(8).number()
        }

        var bytes: [UInt8] { offset.bytes + checksum.bytes }
    }

    struct Bucket {
        private static let headBytes = 5
        private let remainderBits: Int
        private let width: Int
        private let count: Int
        private let bytes: [UInt8]

        /// Nil when it is damaged.
        init?(_ bytes: [UInt8], remainderBits: Int) {
            guard bytes.count > Self.headBytes, bytes[0] <= remainderBits else { return nil }
            self.remainderBits = remainderBits
            width = Int(bytes[0])
            count = Int(bytes[1..<5].number(UInt32.self))
            self.bytes = bytes
            // Each takes at least a bit more than its width.
            guard count > 0, count <= (bytes.count - Self.headBytes) * 8 / (width + 1) else { return nil }
        }

        /// The bytes of a bucket with these remainders, which rise.
        static func bytes(of remainders: [UInt64], remainderBits: Int) -> [UInt8] {
            guard !remainders.isEmpty else { return [] }
            // The mean distance, rounded down to a power of two.
            let mean = (UInt64(1) << UInt64(remainderBits)) / UInt64(remainders.count)
            let width = min(remainderBits, 63 - mean.leadingZeroBitCount)
            var writer = BitWriter([UInt8(width)] + UInt32(remainders.count).bytes)
            var least: UInt64 = 0
            for remainder in remainders {
                let distance = remainder - least
                writer.append(zeros: Int(distance >> UInt64(width)))
                writer.append(1, bits: 1)
                writer.append(distance & (1 << UInt64(width) - 1), bits: width)
                least = remainder + 1
            }
            return writer.finish()
        }

        func contains(_ wanted: UInt64) -> Bool {
            var found = false
            _ = read { remainder in
                found = remainder == wanted
                return remainder < wanted
            }
            return found
        }

        /// All of them; nil when they are damaged.
        func remainders() -> [UInt64]? {
            var remainders: [UInt64] = []
            let isSound = read { remainder in
                remainders.append(remainder)
                return true
            }
            return isSound ? remainders : nil
        }

        /// Hands out the remainders until there are no more, or `wantsMore` says no. False when they are damaged.
        private func read(_ wantsMore: (UInt64) -> Bool) -> Bool {
            var reader = BitReader(bytes, from: Self.headBytes)
            var least: UInt64 = 0
            for _ in 0..<count {
                guard let high = reader.zeros(), let low = reader.read(width) else { return false }
                let remainder = least + UInt64(high) << UInt64(width) + low
                guard remainder < 1 << UInt64(remainderBits) else { return false }
                guard wantsMore(remainder) else { return true }
                least = remainder + 1
            }
            return true
        }
    }
}

/// Writes bits, the highest first.
private struct BitWriter {
    private var bytes: [UInt8]
    private var buffer: UInt64 = 0
    private var bits = 0

    init(_ head: [UInt8]) { bytes = head }

    /// The lowest `count` bits of a number, at most 56.
    mutating func append(_ number: UInt64, bits count: Int) {
        buffer = buffer << UInt64(count) | number
        bits += count
        while bits >= 8 {
            bits -= 8
            bytes.append(UInt8(truncatingIfNeeded: buffer >> UInt64(bits)))
        }
    }

    mutating func append(zeros count: Int) {
        var rest = count
        while rest > 0 {
            let step = min(rest, 32)
            append(0, bits: step)
            rest -= step
        }
    }

    mutating func finish() -> [UInt8] {
        if bits > 0 { append(0, bits: 8 - bits) }
        return bytes
    }
}

/// Reads bits, the highest first.
private struct BitReader {
    private let bytes: [UInt8]
    private var position: Int
    private var buffer: UInt64 = 0
    private var bits = 0

    init(_ bytes: [UInt8], from position: Int) {
        self.bytes = bytes
        self.position = position
    }

    private mutating func fill() {
        while bits <= 56, position < bytes.count {
            buffer |= UInt64(bytes[position]) << UInt64(56 - bits)
            bits += 8
            position += 1
        }
    }

    /// A number of at most 56 bits; nil when there are not so many left.
    mutating func read(_ count: Int) -> UInt64? {
        fill()
        guard bits >= count else { return nil }
        guard count > 0 else { return 0 }
        let number = buffer >> UInt64(64 - count)
        buffer <<= UInt64(count)
        bits -= count
        return number
    }

    /// How many zeros there are before a one, which is passed over; nil when there is none.
    mutating func zeros() -> Int? {
        var count = 0
        while true {
            fill()
            guard bits > 0 else { return nil }
            let zeros = buffer.leadingZeroBitCount
            if zeros < bits {
                // One step after the other: a shift by 64 does nothing.
                buffer <<= UInt64(zeros)
                buffer <<= 1
                bits -= zeros + 1
                return count + zeros
            }
            count += bits
            buffer = 0
            bits = 0
        }
    }
}

extension FixedWidthInteger {
    var bytes: [UInt8] { withUnsafeBytes(of: littleEndian, Array.init) }
}

extension ArraySlice<UInt8> {
    fileprivate func number<Number: FixedWidthInteger>(_ type: Number.Type = Number.self) -> Number {
        reversed().reduce(0) { $0 << 8 | Number($1) }
    }
}

extension [UInt8] {
    /// The checksum of gzip and PNG, going on from that of what came before.
    func crc32(after checksum: UInt32 = 0) -> UInt32 {
        withUnsafeBufferPointer { UInt32(truncatingIfNeeded: crc32_z(UInt(checksum), $0.baseAddress, $0.count)) }
    }
}
