import Testing
import VectorSupport

@testable import Differences

@Suite("The lines in which two texts differ") struct LineDifferenceTests {
    private static func lines(_ text: String) -> [[UInt8]] { text.map { Array(String($0).utf8) } }

    private static func difference(_ old: [[UInt8]], _ new: [[UInt8]]) -> LineDifference {
        var steps = LineDifference.steps
        return LineDifference(old.map { $0[...] }, new.map { $0[...] }, steps: &steps)
    }

    /// The new text, made of the old one and the difference.
    private static func applied(_ difference: LineDifference, to old: [[UInt8]], from new: [[UInt8]]) -> [[UInt8]] {
        var result: [[UInt8]] = []
        var position = 0
        for block in difference.blocks {
            result += old[position..<block.old.lowerBound] + new[block.new]
            position = block.old.upperBound
        }
        return result + old[position...]
    }

    /// How many lines a shortest script removes and adds, by the table that everybody knows.
    private static func shortest(_ old: [[UInt8]], _ new: [[UInt8]]) -> Int {
        var row = Array(repeating: 0, count: new.count + 1)
        for line in old {
            var diagonal = 0
            for (index, other) in new.enumerated() {
                let above = row[index + 1]
                row[index + 1] = line == other ? diagonal + 1 : max(above, row[index])
                diagonal = above
            }
        }
        return old.count + new.count - 2 * (row.last ?? 0)
    }

    // The columns are the point.
    // swift-format-ignore
    static let table: [(old: String, new: String, blocks: [(Range<Int>, Range<Int>)])] = [
        ("",      "",      []),
        ("abc",   "abc",   []),
        ("",      "a",     [(0..<0, 0..<1)]),
        ("a",     "",      [(0..<1, 0..<0)]),
        ("a",     "b",     [(0..<1, 0..<1)]),
        ("abc",   "axc",   [(1..<2, 1..<2)]),
        ("abc",   "abxc",  [(2..<2, 2..<3)]),
        ("abc",   "ac",    [(1..<2, 1..<1)]),
        ("abcde", "xbcdy", [(0..<1, 0..<1), (4..<5, 4..<5)]),
    ]

    @Test("are told as blocks", arguments: table.indices)
    func blocks(index: Int) {
        let (old, new, blocks) = Self.table[index]
        let found = Self.difference(Self.lines(old), Self.lines(new))
        #expect(found.blocks == blocks.map { LineDifference.Block(old: $0.0, new: $0.1) })
        #expect(found.isExact)
    }

    @Test("make the new text of the old one, and are as few as can be", arguments: 0..<40)
    func random(seed: Int) {
        var numbers = SplitMix64(seed: UInt64(seed + 1))
        for _ in 0..<50 {
            let letters = Array("abcdefgh".prefix(Int.random(in: 1...8, using: &numbers)))
            func text() -> [[UInt8]] {
                (0..<Int.random(in: 0...30, using: &numbers)).map { _ in
                    Array(String(letters.randomElement(using: &numbers) ?? "a").utf8)
                }
            }
            let (old, new) = (text(), text())
            let found = Self.difference(old, new)
            #expect(Self.applied(found, to: old, from: new) == new)
            #expect(found.removed + found.added == Self.shortest(old, new))
        }
    }

    @Test("of long texts are held together by lines that are there once")
    func long() {
        let old = (0..<5_000).map { Array("line \($0)".utf8) }
        var new = old
        new.replaceSubrange(100..<110, with: (0..<20).map { Array("other \($0)".utf8) })
        new.removeSubrange(4_000..<4_100)
        let found = Self.difference(old, new)
        #expect(Self.applied(found, to: old, from: new) == new)
        #expect((found.removed, found.added) == (110, 20))
    }

    @Test("that are too many are told as one, within the steps that were given")
    func tooDifferent() {
        var numbers = SplitMix64(seed: 7)
        let letters = Array("abcdefghijklmnopqrstuvwxyz")
        func text() -> [[UInt8]] {
            (0..<5_000).map { _ in Array(String(letters.randomElement(using: &numbers) ?? "a").utf8) }
        }
        let (old, new) = (text(), text())
        var steps = 100_000
        let found = LineDifference(old.map { $0[...] }, new.map { $0[...] }, steps: &steps)
        #expect(!found.isExact)
        #expect(Self.applied(found, to: old, from: new) == new)
        #expect(steps > -100_000)
    }

    @Test("are compared as bytes: what only looks the same differs")
    func bytes() {
        #expect(!Self.difference([Array("\u{E9}".utf8)], [Array("e\u{301}".utf8)]).blocks.isEmpty)
    }

    typealias Texts = ([[UInt8]], [[UInt8]])

    static let shapes: [(what: String, pair: @Sendable (Int) -> Texts)] = [
        (
            "equal texts",
            { count in ((0..<count).map { Array("\($0)".utf8) }, (0..<count).map { Array("\($0)".utf8) }) }
        ),
        (
            "texts without a common line",
            { count in ((0..<count).map { Array("a\($0)".utf8) }, (0..<count).map { Array("b\($0)".utf8) }) }
        ),
        (
            "the same lines backwards",
            { count in ((0..<count).map { Array("\($0)".utf8) }, (0..<count).reversed().map { Array("\($0)".utf8) }) }
        ),
        (
            "one line again and again",
            { count in
                (Array(repeating: [1], count: count), Array(repeating: [1], count: count / 2))
            }
        ),
        (
            "two lines in turn and in blocks",
            { count in
                ((0..<count).map { [UInt8($0 % 2)] }, (0..<count).map { [$0 < count / 2 ? 0 : 1] })
            }
        ),
    ]

    @Test("are found in time that grows with the texts", arguments: shapes.indices)
    func growth(index: Int) {
        let (what, pair) = Self.shapes[index]
        let slices = { (count: Int) in
            let (old, new) = pair(count)
            // As lines of one text lie: beside each other.
            return (
                SourceText(Array(old.joined(separator: [10]))).lines,
                SourceText(Array(new.joined(separator: [10]))).lines
            )
        }
        let ratio = Growth.ratio(from: 4_000, of: slices) { old, new in
            var steps = 4 * (old.count + new.count)
            _ = LineDifference(old, new, steps: &steps)
        }
        #expect(ratio < Growth.most, "\(what)")
    }
}
