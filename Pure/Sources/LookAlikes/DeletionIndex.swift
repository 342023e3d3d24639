/// Texts by what is left of them when a byte or two are taken out: two texts that are a slip apart have a remainder in
/// common, so that a look compares a name with the few that may be near, and not with all.
///
/// Source of the idea: symmetric deletion, as SymSpell has it.
struct DeletionIndex: Sendable {
    /// A hash of a remainder above, the number of its text below; in order.
    private var entries: [UInt64] = []
    /// Where the entries begin whose first bits are this number.
    private var starts: [Int32] = []
    private let depth: Int

    /// The first bits that `starts` goes by: a hundred thousand entries are two to a place.
    private static let startBits = 16

    /// - Parameters:
    ///   - texts: a text's number, and the text.
    ///   - depth: how many bytes are taken out at most: 1 or 2.
    init(_ texts: some Sequence<(number: Int, text: [UInt8])>, depth: Int) {
        self.depth = depth
        for (number, text) in texts {
            Self.forEachRemainder(of: text, depth: depth) { entries.append($0 & ~0xFFFF_FFFF | UInt64(number)) }
        }
        entries.sort()
        starts = Array(repeating: 0, count: 1 << Self.startBits + 1)
        for entry in entries { starts[Int(entry >> (64 - Self.startBits)) + 1] += 1 }
        for place in 1..<starts.count { starts[place] += starts[place - 1] }
    }

    /// The numbers of the texts that may be up to `depth` slips away, each once, in order.
    func numbers(near text: [UInt8]) -> [Int] {
        var found: [Int] = []
        Self.forEachRemainder(of: text, depth: depth) { hash in
            let key = hash & ~0xFFFF_FFFF
            let bucket = Int(hash >> (64 - Self.startBits))
            for place in Int(starts[bucket])..<Int(starts[bucket + 1]) where entries[place] & ~0xFFFF_FFFF == key {
                let number = Int(entries[place] & 0xFFFF_FFFF)
                if !found.contains(number) { found.append(number) }
            }
        }
        return found.sorted()
    }

    /// The hashes (FNV-1a) of a text without up to `depth` of its bytes.
    private static func forEachRemainder(of text: [UInt8], depth: Int, _ body: (UInt64) -> Void) {
        func hash(without first: Int, _ second: Int) -> UInt64 {
            var hash: UInt64 = 0xcbf2_9ce4_8422_2325
            for place in text.indices where place != first && place != second {
                hash = (hash ^ UInt64(text[place])) &* 0x100_0000_01b3
            }
            // The upper half is what is kept, and the last bytes have not reached it yet.
            return (hash ^ hash >> 29) &* 0x9e37_79b9_7f4a_7c15
        }
        body(hash(without: -1, -1))
        for first in text.indices {
            body(hash(without: first, -1))
            guard depth > 1 else { continue }
            for second in text.indices where second > first { body(hash(without: first, second)) }
        }
    }
}
