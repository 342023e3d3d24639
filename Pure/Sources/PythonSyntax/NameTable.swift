/// Names of a file, each with a number. The keywords are the first ones.
package struct NameTable: Sendable {
    private struct Entry {
        var hash: UInt32
        var start: Int32
        var length: Int32
    }

    private var entries: [Entry] = []
    private var text: [UInt8] = []
    private var slots: [Int32]
    private var mask: Int

    package init() {
        slots = [Int32](repeating: -1, count: 1_024)
        mask = 1_023
        // 0 is no name.
        _ = intern("")
        for keyword in Keyword.allCases { _ = intern(keyword.text) }
    }

    package var count: Int { entries.count }

    package mutating func intern(_ word: String) -> Int32 {
        var word = word
        return word.withUTF8 { intern($0) }
    }

    package mutating func intern(_ bytes: [UInt8]) -> Int32 { bytes.withUnsafeBufferPointer { intern($0) } }

    package mutating func intern(_ word: UnsafeBufferPointer<UInt8>) -> Int32 {
        let hash = Self.hash(word)
        var slot = Int(hash) & mask
        while true {
            let index = slots[slot]
            if index < 0 { break }
            let entry = entries[Int(index)]
            if entry.hash == hash && Int(entry.length) == word.count && isEqual(entry, word) { return index }
            slot = (slot + 1) & mask
        }
        let index = Int32(truncatingIfNeeded: entries.count)
        entries.append(
            Entry(
                hash: hash, start: Int32(truncatingIfNeeded: text.count),
                length: Int32(truncatingIfNeeded: word.count)))
        text.append(contentsOf: word)
        slots[slot] = index
        if entries.count * 2 > mask { grow() }
        return index
    }

    package func find(_ word: String) -> Int32? {
        var word = word
        return word.withUTF8 { find($0) }
    }

    /// The number of a word, if it has one.
    package func find(_ word: UnsafeBufferPointer<UInt8>) -> Int32? {
        let hash = Self.hash(word)
        var slot = Int(hash) & mask
        while slots[slot] >= 0 {
            let entry = entries[Int(slots[slot])]
            if entry.hash == hash && Int(entry.length) == word.count && isEqual(entry, word) { return slots[slot] }
            slot = (slot + 1) & mask
        }
        return nil
    }

    @inline(__always) private func isEqual(_ entry: Entry, _ word: UnsafeBufferPointer<UInt8>) -> Bool {
        text.withUnsafeBufferPointer { text in
            var place = Int(entry.start)
            for byte in word {
                if text[place] != byte { return false }
                place += 1
            }
            return true
        }
    }

    private mutating func grow() {
        mask = mask * 2 + 1
        slots = [Int32](repeating: -1, count: mask + 1)
        for (index, entry) in entries.enumerated() {
            var slot = Int(entry.hash) & mask
            while slots[slot] >= 0 { slot = (slot + 1) & mask }
            slots[slot] = Int32(truncatingIfNeeded: index)
        }
    }

    @inline(__always) package static func hash(_ word: UnsafeBufferPointer<UInt8>) -> UInt32 {
        var hash: UInt64 = 0xcbf2_9ce4_8422_2325 ^ UInt64(truncatingIfNeeded: word.count)
        guard let base = word.baseAddress else { return UInt32(truncatingIfNeeded: hash) }
        let raw = UnsafeRawPointer(base)
        var place = 0
        while place + 8 <= word.count {
            hash = (hash ^ raw.loadUnaligned(fromByteOffset: place, as: UInt64.self)) &* 0x9e37_79b9_7f4a_7c15
            hash ^= hash &>> 29
            place += 8
        }
        var rest: UInt64 = 0
        while place < word.count {
            rest = rest << 8 | UInt64(word[place])
            place += 1
        }
        hash = (hash ^ rest) &* 0x9e37_79b9_7f4a_7c15
        return UInt32(truncatingIfNeeded: hash &>> 32)
    }

    package func bytes(_ name: Int32) -> ArraySlice<UInt8> {
        let entry = entries[Int(name)]
        return text[Int(entry.start)..<Int(entry.start + entry.length)]
    }

    package func text(_ name: Int32) -> String { String(decoding: bytes(name), as: UTF8.self) }
}

/// Words that are no names, with the numbers that `NameTable` gives them. The last ones are names in most places.
package enum Keyword: Int32, CaseIterable {
    case `false` = 1, none, `true`, and, `as`, assert, async, await, `break`, `class`, `continue`, def, del, elif,
        `else`,
        except, finally, `for`, from, global, `if`, `import`, `in`, `is`, lambda, nonlocal, not, or, pass, raise,
        `return`,
        `try`, `while`, with, yield
    /// Names that mean something in one place only.
    case match, `case`, type, print, exec

    /// The last that is never a name.
    package static let last = Keyword.yield

    package var text: String {
        switch self {
        case .false: "False"
        case .none: "None"
        case .true: "True"
        case .and: "and"
        case .as: "as"
        case .assert: "assert"
        case .async: "async"
        case .await: "await"
        case .break: "break"
        case .class: "class"
        case .continue: "continue"
        case .def: "def"
        case .del: "del"
        case .elif: "elif"
        case .else: "else"
        case .except: "except"
        case .finally: "finally"
        case .for: "for"
        case .from: "from"
        case .global: "global"
        case .if: "if"
        case .import: "import"
        case .in: "in"
        case .is: "is"
        case .lambda: "lambda"
        case .nonlocal: "nonlocal"
        case .not: "not"
        case .or: "or"
        case .pass: "pass"
        case .raise: "raise"
        case .return: "return"
        case .try: "try"
        case .while: "while"
        case .with: "with"
        case .yield: "yield"
        case .match: "match"
        case .case: "case"
        case .type: "type"
        case .print: "print"
        case .exec: "exec"
        }
    }
}
