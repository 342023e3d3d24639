import Bytes

/// Matches a pattern, and remembers what it found out about it: a table of states that is written as it is needed.
final class PatternMatcher {
    private let program: [PatternStep]
    /// Which bytes the pattern treats alike.
    private let classes: [UInt8]
    private let classCount: Int
    /// One byte of each class.
    private let samples: [UInt8]
    private let anywhere: Table
    private let here: Table

    init(_ pattern: Pattern) {
        program = pattern.program
        var sets: [ByteSet] = [.wordBytes, .lineEnd]
        for case .byte(let set) in pattern.program where !sets.contains(set) { sets.append(set) }
        var numbers: [[Bool]: UInt8] = [:]
        var classes: [UInt8] = []
        var samples: [UInt8] = []
        for byte in UInt8.min...UInt8.max {
            let key = sets.map { $0.contains(byte) }
            let number = numbers[key] ?? UInt8(numbers.count)
            if numbers[key] == nil {
                numbers[key] = number
                samples.append(byte)
            }
            classes.append(number)
        }
        self.classes = classes
        self.samples = samples
        classCount = samples.count
        anywhere = Table(isAnywhere: true, classCount: samples.count)
        here = Table(isAnywhere: false, classCount: samples.count)
    }

    /// Whether it matches somewhere in the bytes.
    func matches(_ bytes: some Collection<UInt8>) -> Bool {
        bytes.withContiguousStorageIfAvailable { end(in: $0, from: 0, upTo: $0.count) != nil }
            ?? Array(bytes).withUnsafeBufferPointer { end(in: $0, from: 0, upTo: $0.count) != nil }
    }

    /// Where the first match to end ends, in the bytes from `start` up to `limit`.
    func end(in bytes: UnsafeBufferPointer<UInt8>, from start: Int, upTo limit: Int) -> Int? {
        run(anywhere, bytes, from: start, upTo: limit, takesLongest: false)
    }

    /// The first match: where it begins, and where the longest from there ends.
    func range(in bytes: UnsafeBufferPointer<UInt8>, from start: Int, upTo limit: Int) -> Range<Int>? {
        guard let end = end(in: bytes, from: start, upTo: limit) else { return nil }
        // It begins somewhere before, hardly ever far away.
        for first in max(start, end - 4_096)...end {
            guard run(here, bytes, from: first, upTo: end, takesLongest: false, sees: limit) != nil else { continue }
            let longest = run(here, bytes, from: first, upTo: min(limit, first + 65_536), takesLongest: true) ?? end
            return first..<max(end, longest)
        }
        return end..<end
    }

    private func run(
        _ table: Table, _ bytes: UnsafeBufferPointer<UInt8>, from start: Int, upTo limit: Int, takesLongest: Bool,
        sees horizon: Int? = nil
    ) -> Int? {
        let horizon = horizon ?? limit
        let before: Before = start == 0 ? .lineEnd : Before(bytes[start - 1])
        var state = table.state(TableState(steps: [0], before: before))
        var found: Int?
        var index = start
        while true {
            // The class one beyond the last is the end of the text.
            let number = index < horizon ? Int(classes[Int(bytes[index])]) : classCount
            var next = table.next(state, number)
            if next == Table.unknown { next = step(table, state, number) }
            if next & Table.matched != 0 {
                found = index
                if !takesLongest { return found }
            }
            if index >= limit { return found }
            state = next & ~Table.matched
            if state == Table.dead { return found }
            index += 1
        }
    }

    /// Works out one entry of the table.
    private func step(_ table: Table, _ state: Int, _ number: Int) -> Int {
        let from = table.states[state]
        let byte = number < classCount ? samples[number] : nil
        var reached: Set<Int> = []
        var isMatch = false
        var after: Set<Int> = []
        var pending = from.steps
        while let place = pending.popLast() {
            guard reached.insert(place).inserted else { continue }
            switch program[place] {
            case .byte(let set): if let byte, set.contains(byte) { after.insert(place + 1) }
            case .either(let one, let other): pending += [other, one]
            case .jump(let target): pending.append(target)
            case .check(let check): if holds(check, from.before, byte) { pending.append(place + 1) }
            case .match: isMatch = true
            }
        }
        if table.isAnywhere { after.insert(0) }
        var next = Table.dead
        if let byte, !after.isEmpty {
            if table.states.count >= 4_000 {
                // Forgets what it knows rather than grow without end.
                table.forget()
                return table.state(TableState(steps: after.sorted(), before: Before(byte)))
                    | (isMatch ? Table.matched : 0)
            }
            next = table.state(TableState(steps: after.sorted(), before: Before(byte)))
        }
        let entry = next | (isMatch ? Table.matched : 0)
        table.set(state, number, entry)
        return entry
    }

    private func holds(_ check: PatternCheck, _ before: Before, _ next: UInt8?) -> Bool {
        let nextIsWord = next.map { ByteSet.wordBytes.contains($0) } ?? false
        return switch check {
        case .lineStart: before == .lineEnd
        case .lineEnd: next == nil || next == 0x0A
        case .wordEdge: (before == .word) != nextIsWord
        case .noWordEdge: (before == .word) == nextIsWord
        }
    }
}

/// What stands before a place in a text.
private enum Before: Hashable {
    case word, lineEnd, other
    init(_ byte: UInt8) { self = byte == 0x0A ? .lineEnd : ByteSet.wordBytes.contains(byte) ? .word : .other }
}

private struct TableState: Hashable {
    let steps: [Int]
    let before: Before
}

/// States by number, and what follows on each class of bytes.
private final class Table {
    static let unknown = -1
    static let dead = 0
    static let matched = 1 << 40

    let isAnywhere: Bool
    private let width: Int
    private(set) var states: [TableState] = []
    private var numbers: [TableState: Int] = [:]
    private var entries: [Int] = []

    init(isAnywhere: Bool, classCount: Int) {
        self.isAnywhere = isAnywhere
        width = classCount + 1
        forget()
    }

    func forget() {
        states = [TableState(steps: [], before: .other)]
        numbers = [:]
        entries = Array(repeating: Table.dead, count: width)
    }

    func state(_ state: TableState) -> Int {
        if let number = numbers[state] { return number }
        let number = states.count
        states.append(state)
        numbers[state] = number
        entries += Array(repeating: Table.unknown, count: width)
        return number
    }

    func next(_ state: Int, _ number: Int) -> Int { entries[state * width + number] }
    func set(_ state: Int, _ number: Int, _ entry: Int) { entries[state * width + number] = entry }
}
