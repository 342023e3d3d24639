import Glibc

/// Some bytes of a line: a view that lives no longer than the line.
///
/// A log has hundreds of millions of lines, so nothing here copies or allocates; `memchr` looks at 32 bytes at a time.
struct Text {
    let start: UnsafePointer<UInt8>
    let count: Int

    init(_ start: UnsafePointer<UInt8>, count: Int) {
        self.start = start
        self.count = count
    }

    @inline(__always) subscript(index: Int) -> UInt8 { start[index] }

    /// From an index to another.
    @inline(__always) subscript(range: Range<Int>) -> Text {
        Text(start + range.lowerBound, count: range.count)
    }

    /// The first place of a byte at or after an index; nil when there is none.
    @inline(__always) func first(_ byte: UInt8, from index: Int = 0) -> Int? {
        guard index < count, let found = memchr(start + index, Int32(byte), count - index) else { return nil }
        return UnsafeRawPointer(found) - UnsafeRawPointer(start)
    }

    /// The last place of a byte.
    @inline(__always) func last(_ byte: UInt8) -> Int? {
        var end = count
        let raw = UnsafeRawPointer(start)
        let ones: UInt64 = 0x0101_0101_0101_0101
        let pattern = ones &* UInt64(byte)
        while end >= 8 {
            // A byte of the difference that is zero leaves its highest bit behind.
            let difference = raw.loadUnaligned(fromByteOffset: end - 8, as: UInt64.self) ^ pattern
            if (difference &- ones) & ~difference & (ones << 7) != 0 { break }
            end -= 8
        }
        while end > 0, start[end - 1] != byte { end -= 1 }
        return end > 0 ? end - 1 : nil
    }

    /// The first quotation mark at or after an index that no backslash takes the meaning of.
    @inline(__always) func closingQuote(from index: Int) -> Int? {
        var index = index
        while let quote = first(UInt8(ascii: "\""), from: index) {
            if !isEscaped(quote, from: index) { return quote }
            index = quote + 1
        }
        return nil
    }

    /// Whether an odd number of backslashes stands before a place, none of them before `index`.
    @inline(__always) func isEscaped(_ place: Int, from index: Int) -> Bool {
        var before = place
        while before > index, start[before - 1] == UInt8(ascii: "\\") { before -= 1 }
        return (place - before) & 1 == 1
    }

    @inline(__always) func begins(with text: StaticString) -> Bool {
        count >= text.utf8CodeUnitCount && memcmp(start, text.utf8Start, text.utf8CodeUnitCount) == 0
    }

    @inline(__always) func ends(with text: StaticString) -> Bool {
        let size = text.utf8CodeUnitCount
        return count >= size && memcmp(start + (count - size), text.utf8Start, size) == 0
    }

    func contains(_ bytes: [UInt8]) -> Bool {
        guard let head = bytes.first else { return true }
        var index = 0
        while let found = first(head, from: index), found + bytes.count <= count {
            if memcmp(start + found, bytes, bytes.count) == 0 { return true }
            index = found + 1
        }
        return false
    }

    @inline(__always) func equals(_ bytes: UnsafePointer<UInt8>, count other: Int) -> Bool {
        count == other && memcmp(start, bytes, other) == 0
    }

    /// The number that so many digits from an index on spell; nil when one is not a digit.
    @inline(__always) func number(at index: Int, digits: Int) -> Int? {
        guard index + digits <= count else { return nil }
        var value = 0
        for place in index..<(index + digits) {
            let digit = start[place] &- 0x30
            guard digit < 10 else { return nil }
            value = value &* 10 &+ Int(digit)
        }
        return value
    }

    var string: String { String(decoding: UnsafeBufferPointer(start: start, count: count), as: UTF8.self) }

    /// A hash of the bytes; what it is used for compares the bytes as well, or has a seed that nobody outside knows.
    @inline(__always) func hash(seed: UInt64) -> UInt64 {
        let raw = UnsafeRawPointer(start)
        @inline(__always) func word(_ offset: Int) -> UInt64 {
            raw.loadUnaligned(fromByteOffset: offset, as: UInt64.self)
        }
        @inline(__always) func mixed(_ left: UInt64, _ right: UInt64) -> UInt64 {
            let product = left.multipliedFullWidth(by: right)
            return product.high ^ product.low
        }
        let (first, second): (UInt64, UInt64) = (0xA076_1D64_78BD_642F, 0xE703_7ED1_A0B4_28DB)
        var hash = mixed(seed ^ first, UInt64(count) ^ second)
        if count >= 16 {
            var offset = 0
            while offset + 16 < count {
                hash = mixed(word(offset) ^ first, word(offset + 8) ^ hash)
                offset += 16
            }
            return mixed(word(count - 16) ^ second, word(count - 8) ^ hash)
        }
        var (low, high): (UInt64, UInt64) = (0, 0)
        if count >= 8 {
            (low, high) = (word(0), word(count - 8))
        } else {
            for index in 0..<count { low = low << 8 | UInt64(start[index]) }
        }
        return mixed(low ^ second ^ hash, high ^ first ^ hash << 1)
    }
}
