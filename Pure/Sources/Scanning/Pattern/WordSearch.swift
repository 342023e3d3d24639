import Bytes

/// Finds which of many words occur in some bytes, in one pass, without regard to the case of ASCII letters
/// (Aho and Corasick, 1975).
struct WordSearch: Sendable {
    /// How many words there are.
    let count: Int
    private let classes: [UInt8]
    private let width: Int
    /// For each state and class the next state's offset, and whether a word ends there.
    private let table: [UInt32]
    /// For each state the words that end there.
    private let ends: [[Int32]]

    private static let endsHere: UInt32 = 1 << 31

    /// - Parameter words: in lower case, none of them empty; a word's number is its place here.
    init(_ words: [[UInt8]]) {
        count = words.count
        var classes = [UInt8](repeating: 0, count: 256)
        var width = 1
        for byte in Set(words.joined()).sorted() where width < 256 {
            classes[Int(byte)] = UInt8(width)
            width += 1
        }
        for letter in UInt8(ascii: "A")...UInt8(ascii: "Z") { classes[Int(letter)] = classes[Int(letter | 0x20)] }

        var next: [[Int: Int]] = [[:]]
        var ends: [[Int32]] = [[]]
        for (number, word) in words.enumerated() {
            var state = 0
            for byte in word {
                let key = Int(classes[Int(byte)])
                if let known = next[state][key] {
                    state = known
                } else {
                    next.append([:])
                    ends.append([])
                    next[state][key] = next.count - 1
                    state = next.count - 1
                }
            }
            ends[state].append(Int32(number))
        }

        var full = [Int](repeating: 0, count: next.count * width)
        var failure = [Int](repeating: 0, count: next.count)
        var queue = [0]
        var head = 0
        while head < queue.count {
            let state = queue[head]
            head += 1
            if state != 0 { ends[state] += ends[failure[state]] }
            for key in 0..<width {
                let fallen = state == 0 ? 0 : full[failure[state] * width + key]
                if let child = next[state][key] {
                    full[state * width + key] = child
                    failure[child] = fallen
                    queue.append(child)
                } else {
                    full[state * width + key] = fallen
                }
            }
        }
        table = full.map { UInt32($0 * width) | (ends[$0].isEmpty ? 0 : Self.endsHere) }
        self.classes = classes
        self.width = width
        self.ends = ends
    }

    /// Marks in `found` which words occur.
    func mark(_ bytes: UnsafeBufferPointer<UInt8>, in found: inout WordsFound) {
        classes.withUnsafeBufferPointer { classes in
            table.withUnsafeBufferPointer { table in
                guard let classes = classes.baseAddress, let table = table.baseAddress else { return }
                var state: UInt32 = 0
                for byte in bytes {
                    let entry = table[Int(state) &+ Int(classes[Int(byte)])]
                    state = entry & ~Self.endsHere
                    if entry & Self.endsHere != 0 { for word in ends[Int(state) / width] { found.insert(Int(word)) } }
                }
            }
        }
    }
}

/// Which words occur in a file.
struct WordsFound {
    private var bits: [UInt64]
    /// How often each word ended somewhere is of no interest; whether any did, is.
    private(set) var isEmpty = true

    init(count: Int) { bits = Array(repeating: 0, count: (count + 63) / 64) }

    mutating func insert(_ word: Int) {
        bits[word >> 6] |= 1 << UInt64(word & 63)
        isEmpty = false
    }
    func contains(_ word: Int) -> Bool { bits[word >> 6] >> UInt64(word & 63) & 1 == 1 }
    func containsAny(of words: [Int]) -> Bool { words.contains { contains($0) } }
}
