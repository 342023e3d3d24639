/// Which lines of two texts differ: an edit script of one text into the other.
///
/// Lines that only one of the texts has are changed without more ado; in what is left, lines that are there once in
/// each hold the texts together, and between them E. Myers's algorithm finds a shortest script in linear space ("An
/// O(ND) Difference Algorithm and Its Variations", 1986). It takes as many steps as the texts are long times the length
/// of the script, so the steps are counted: a part that takes more than it may is told as replaced as a whole.
public struct LineDifference: Sendable, Hashable {
    /// Lines of the old text that lines of the new one replace. One of the two may be none.
    public struct Block: Sendable, Hashable {
        /// Counted from 0.
        public let old: Range<Int>
        /// Counted from 0.
        public let new: Range<Int>
    }

    /// In the order of the texts. Between two of them, before the first and after the last the lines are the same.
    public let blocks: [Block]
    /// False where a part was too different to be compared line by line, and is told as replaced as a whole.
    public let isExact: Bool

    /// Lines of the old text that are not in the new one.
    public var removed: Int { blocks.reduce(0) { $0 + $1.old.count } }
    /// Lines of the new text that are not in the old one.
    public var added: Int { blocks.reduce(0) { $0 + $1.new.count } }

    /// How many steps a comparison takes at most where nothing else is said: some 30 ms of work.
    public static let steps = 4_000_000

    /// Compares two texts, each a list of lines without their ends.
    ///
    /// - Parameter steps: how many steps it may take; what it has taken is subtracted.
    public init(_ old: [ArraySlice<UInt8>], _ new: [ArraySlice<UInt8>], steps: inout Int) {
        let ids = LineNumbers(old, new)
        var script = EditScript(ids, steps: steps)
        script.compare()
        steps = script.steps
        blocks = script.blocks
        isExact = script.isExact
    }
}

/// The lines of both texts as numbers: the same number for the same bytes.
private struct LineNumbers {
    /// The lines that both texts have, and where they stand.
    var old: [Int32] = []
    var new: [Int32] = []
    var oldPlaces: [Int] = []
    var newPlaces: [Int] = []
    let oldCount: Int
    let newCount: Int
    /// How often each number is in the old text, and in the new one.
    var counts: [(old: Int32, new: Int32)] = []

    init(_ oldLines: [ArraySlice<UInt8>], _ newLines: [ArraySlice<UInt8>]) {
        var numbers: [LineKey: Int32] = [:]
        numbers.reserveCapacity(oldLines.count)
        var counts: [(old: Int32, new: Int32)] = []
        func number(_ line: ArraySlice<UInt8>) -> Int32 {
            let key = LineKey(bytes: line)
            if let known = numbers[key] { return known }
            let next = Int32(counts.count)
            numbers[key] = next
            counts.append((0, 0))
            return next
        }
        let oldNumbers = oldLines.map { line in
            let number = number(line)
            counts[Int(number)].old += 1
            return number
        }
        let newNumbers = newLines.map { line in
            let number = number(line)
            counts[Int(number)].new += 1
            return number
        }
        (oldCount, newCount) = (oldLines.count, newLines.count)
        self.counts = counts
        for (place, number) in oldNumbers.enumerated() where counts[Int(number)].new > 0 {
            old.append(number)
            oldPlaces.append(place)
        }
        for (place, number) in newNumbers.enumerated() where counts[Int(number)].old > 0 {
            new.append(number)
            newPlaces.append(place)
        }
    }
}

/// Bytes as a key. A `String` would be compared by canonical equivalence, and two lines that look the same need not be.
private struct LineKey: Hashable {
    let bytes: ArraySlice<UInt8>

    static func == (one: LineKey, other: LineKey) -> Bool {
        one.bytes.count == other.bytes.count
            && one.bytes.withUnsafeBytes { one in other.bytes.withUnsafeBytes { one.elementsEqual($0) } }
    }

    func hash(into hasher: inout Hasher) { bytes.withUnsafeBytes { hasher.combine(bytes: $0) } }
}

/// The comparison while it is under way.
private struct EditScript {
    private struct Box {
        var old: Range<Int>
        var new: Range<Int>
    }

    private let ids: LineNumbers
    private var oldStays: [Bool]
    private var newStays: [Bool]
    private(set) var steps: Int
    private(set) var isExact = true
    // Furthest points on the diagonals, from the beginning and from the end.
    private var forward: [Int] = []
    private var backward: [Int] = []

    init(_ ids: LineNumbers, steps: Int) {
        self.ids = ids
        self.steps = steps
        oldStays = Array(repeating: false, count: ids.oldCount)
        newStays = Array(repeating: false, count: ids.newCount)
    }

    mutating func compare() {
        var position = (old: 0, new: 0)
        for anchor in anchors() {
            compare(Box(old: position.old..<anchor.old, new: position.new..<anchor.new))
            keep(anchor.old, anchor.new)
            position = (anchor.old + 1, anchor.new + 1)
        }
        compare(Box(old: position.old..<ids.old.count, new: position.new..<ids.new.count))
    }

    private mutating func keep(_ old: Int, _ new: Int) {
        oldStays[ids.oldPlaces[old]] = true
        newStays[ids.newPlaces[new]] = true
    }

    /// Lines that both texts have once, as many as stand in the same order in both.
    private func anchors() -> [(old: Int, new: Int)] {
        // Short texts are compared without: then the script is a shortest one.
        guard ids.old.count + ids.new.count > 2_000 else { return [] }
        func isUnique(_ number: Int32) -> Bool { ids.counts[Int(number)] == (1, 1) }
        var places: [Int32: Int] = [:]
        for (place, number) in ids.new.enumerated() where isUnique(number) { places[number] = place }
        let pairs = ids.old.enumerated().compactMap { place, number in places[number].map { (old: place, new: $0) } }
        // The longest increasing sequence: on each pile the least last line of a sequence of its length.
        var piles: [Int] = []
        var before: [Int?] = []
        for (index, pair) in pairs.enumerated() {
            var (low, high) = (0, piles.count)
            while low < high {
                let middle = (low + high) / 2
                if pairs[piles[middle]].new < pair.new { low = middle + 1 } else { high = middle }
            }
            before.append(low > 0 ? piles[low - 1] : nil)
            if low == piles.count { piles.append(index) } else { piles[low] = index }
        }
        var chosen: [(old: Int, new: Int)] = []
        var next = piles.last
        while let index = next {
            chosen.append(pairs[index])
            next = before[index]
        }
        return chosen.reversed()
    }

    private mutating func compare(_ box: Box) {
        var boxes = [box]
        while var box = boxes.popLast() {
            while let old = box.old.first, let new = box.new.first, ids.old[old] == ids.new[new] {
                keep(old, new)
                box.old.removeFirst()
                box.new.removeFirst()
            }
            while let old = box.old.last, let new = box.new.last, ids.old[old] == ids.new[new] {
                keep(old, new)
                box.old.removeLast()
                box.new.removeLast()
            }
            steps -= 1
            if box.old.isEmpty || box.new.isEmpty { continue }
            guard let snake = middle(of: box) else {
                isExact = false
                continue
            }
            for offset in 0..<snake.length { keep(snake.old + offset, snake.new + offset) }
            boxes.append(
                Box(
                    old: snake.old + snake.length..<box.old.upperBound,
                    new: snake.new + snake.length..<box.new.upperBound))
            boxes.append(Box(old: box.old.lowerBound..<snake.old, new: box.new.lowerBound..<snake.new))
        }
    }

    /// Equal lines, perhaps none, in the middle of a shortest script for a box whose first lines differ and whose last
    /// ones do; nil when that takes too many steps.
    private mutating func middle(of box: Box) -> (old: Int, new: Int, length: Int)? {
        let (n, m) = (box.old.count, box.new.count)
        let delta = n - m
        let size = 2 * min(n, m) + 2
        steps -= size / 16
        forward = Array(repeating: 0, count: size)
        backward = forward
        func slot(_ diagonal: Int) -> Int {
            let rest = diagonal % size
            return rest < 0 ? rest + size : rest
        }
        for distance in 0...(n + m + 1) / 2 {
            let diagonals = stride(
                from: -(distance - 2 * max(0, distance - m)), through: distance - 2 * max(0, distance - n), by: 2)
            for isForward in [true, false] {
                for diagonal in diagonals {
                    let (below, above) = (slot(diagonal - 1), slot(diagonal + 1))
                    let goesDown: Bool
                    if isForward {
                        goesDown =
                            diagonal == -distance || (diagonal != distance && forward[below] < forward[above])
                    } else {
                        goesDown =
                            diagonal == -distance || (diagonal != distance && backward[below] < backward[above])
                    }
                    var x =
                        isForward
                        ? (goesDown ? forward[above] : forward[below] + 1)
                        : (goesDown ? backward[above] : backward[below] + 1)
                    var y = x - diagonal
                    let start = (x: x, y: y)
                    if isForward {
                        while x < n, y < m, ids.old[box.old.lowerBound + x] == ids.new[box.new.lowerBound + y] {
                            x += 1
                            y += 1
                        }
                        forward[slot(diagonal)] = x
                    } else {
                        while x < n, y < m,
                            ids.old[box.old.upperBound - 1 - x] == ids.new[box.new.upperBound - 1 - y]
                        {
                            x += 1
                            y += 1
                        }
                        backward[slot(diagonal)] = x
                    }
                    steps -= 1 + x - start.x
                    let other = delta - diagonal
                    let reach = isForward ? distance - 1 : distance
                    let mayMeet = (delta % 2 != 0) == isForward && other >= -reach && other <= reach
                    guard mayMeet, x + (isForward ? backward : forward)[slot(other)] >= n else { continue }
                    return isForward
                        ? (box.old.lowerBound + start.x, box.new.lowerBound + start.y, x - start.x)
                        : (box.old.upperBound - x, box.new.upperBound - y, x - start.x)
                }
                guard steps > 0 else { return nil }
            }
        }
        return nil
    }

    /// What stays, as what does not.
    var blocks: [LineDifference.Block] {
        var blocks: [LineDifference.Block] = []
        var (old, new) = (0, 0)
        while old < ids.oldCount || new < ids.newCount {
            let (oldStart, newStart) = (old, new)
            while old < ids.oldCount, !oldStays[old] { old += 1 }
            while new < ids.newCount, !newStays[new] { new += 1 }
            if old > oldStart || new > newStart {
                blocks.append(.init(old: oldStart..<old, new: newStart..<new))
            }
            while old < ids.oldCount, new < ids.newCount, oldStays[old], newStays[new] {
                old += 1
                new += 1
            }
        }
        return blocks
    }
}
