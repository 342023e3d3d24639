import Downloads
import Testing
import VectorSupport

@Suite("A column of counts") struct CountColumnTests {
    static func decoded(_ bytes: [UInt8]) throws -> BlockSums {
        var sums = BlockSums()
        try bytes.withUnsafeBytes { try CountColumn($0).add(to: &sums) }
        return sums
    }

    /// Counts of which some have many digits, as downloads are.
    static func counts(using random: inout SplitMix64) -> BlockSums {
        var sums = BlockSums()
        let density = Double.random(in: 0...1, using: &random)
        let most = UInt64.random(in: 1...54, using: &random)
        for place in 0..<Int.random(in: 0...CountColumn.blockSize, using: &random)
        where Double.random(in: 0..<1, using: &random) < density {
            sums[place] = UInt64.random(in: 0...(1 << UInt64.random(in: 0...most, using: &random)), using: &random)
        }
        return sums
    }

    @Test("says what it was made of, as a whole and by place", arguments: 0..<60 as Range<UInt64>)
    func roundTrip(seed: UInt64) throws {
        var random = SplitMix64(seed: seed)
        let counts = Self.counts(using: &random)
        let bytes = CountColumn.encode(counts)
        #expect(try Self.decoded(bytes) == counts)
        try bytes.withUnsafeBytes { bytes in
            let column = try CountColumn(bytes)
            for place in stride(from: 0, to: CountColumn.blockSize, by: 7) {
                #expect(column.count(at: place) == counts[place])
            }
        }
    }

    @Test(
        "takes as few bytes as its counts need",
        arguments: [(0, 0, 8), (1, 8_192, 8_200), (255, 8_192, 8_200), (256, 8_192, 16_392), (7, 1, 9), (300, 10, 28)]
            as [(UInt64, Int, Int)])
    func size(count: UInt64, names: Int, bytes: Int) {
        var counts = BlockSums()
        for place in 0..<names { counts[place] = count }
        #expect(CountColumn.encode(counts).count == bytes)
    }

    @Test("keeps the largest count, and the edges of each width, exactly")
    func edges() throws {
        var counts = BlockSums()
        let edges: [UInt64] = [
            1, 255, 256, 65_535, 65_536, 1 << 24 - 1, 1 << 24, 1 << 32 - 1, 1 << 32, CountColumn.largestCount, .max,
        ]
        for (index, edge) in edges.enumerated() { counts[index * 819] = edge }
        #expect(try Self.decoded(CountColumn.encode(counts)) == counts)
        for place in 0..<CountColumn.blockSize where counts[place] == 0 { counts[place] = 9 }
        #expect(try Self.decoded(CountColumn.encode(counts)) == counts)
    }

    @Test("added up with others gives the sums, and taken away again the rest", arguments: 0..<20 as Range<UInt64>)
    func sums(seed: UInt64) throws {
        var random = SplitMix64(seed: seed)
        let days = (0..<9).map { _ in Self.counts(using: &random) }
        var expected = BlockSums()
        for day in days { expected.add(day) }

        var total = ColumnTotal()
        var sums = BlockSums()
        for day in days {
            try CountColumn.encode(day).withUnsafeBytes { bytes in
                let column = try CountColumn(bytes)
                total.add(column)
                column.add(to: &sums)
            }
        }
        var all: [UInt64] = []
        total.drain(into: &all)
        #expect(all == expected.values)
        #expect(sums == expected)
        try CountColumn.encode(days[0]).withUnsafeBytes { try CountColumn($0).subtract(from: &sums) }
        var rest = BlockSums()
        for day in days.dropFirst() { rest.add(day) }
        #expect(sums == rest)
    }

    @Test("that was damaged is refused or read within its block", arguments: 0..<200 as Range<UInt64>)
    func damaged(seed: UInt64) {
        var random = SplitMix64(seed: seed)
        var bytes = CountColumn.encode(Self.counts(using: &random))
        for _ in 0..<3 {
            bytes[Int.random(in: 0..<bytes.count, using: &random)] = UInt8.random(in: 0...255, using: &random)
        }
        if Bool.random(using: &random) { bytes.removeLast(Int.random(in: 0..<bytes.count, using: &random)) }
        // Nothing is expected of the sums but that they are as many as before.
        let sums = try? Self.decoded(bytes)
        #expect(sums.map { $0.values.count == CountColumn.blockSize } ?? true)
    }
}
