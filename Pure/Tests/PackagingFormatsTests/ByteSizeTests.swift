import PackagingFormats
import Testing
import VectorSupport

@Suite("A number of bytes") struct ByteSizeTests {
    // The columns are the point.
    // swift-format-ignore
    static let sizes: [(String, Int64?)] = [
        ("1", 1), ("1048576", 1_048_576), ("500MB", 500_000_000), ("2 GiB", 2_147_483_648), ("1kb", 1_000),
        ("7 b", 7), ("1TB", 1_000_000_000_000), ("1tib", 1 << 40),
        ("", nil), ("0", nil), ("-1", nil), ("1.5GB", nil), ("GB", nil), ("1XB", nil), ("99999999999TiB", nil),
        ("1 G", nil), ("1\u{660}", nil),
    ]

    @Test("is read as people write it", arguments: sizes)
    func reading(text: String, bytes: Int64?) { #expect(ByteSize(parsing: text)?.bytes == bytes) }

    // swift-format-ignore
    static let words: [(Int64, String)] = [
        (0, "0 bytes"), (1, "1 byte"), (999, "999 bytes"), (1_000, "1 kB"), (1_024, "1 KiB"), (1_000_000, "1 MB"),
        (1_048_576, "1 MiB"), (1_500_000, "1500 kB"), (1_610_612_736, "1536 MiB"), (1 << 30, "1 GiB"),
        (100 << 30, "100 GiB"), (1_000_000_000, "1 GB"), (1_234_567, "1234567 bytes"), (1 << 40, "1 TiB"),
    ]

    @Test("is told in the unit in which it was given", arguments: words)
    func telling(bytes: Int64, words: String) { #expect(ByteSize(bytes).description == words) }

    @Test("is the same when what is told is read again", arguments: 0..<200 as Range<UInt64>)
    func roundTrip(seed: UInt64) {
        var random = SplitMix64(seed: seed)
        let number = Int64.random(in: 1...1 << 40, using: &random) >> Int64.random(in: 0...40, using: &random) | 1
        let factors: [Int64] = [1, 1_000, 1_024, 1_000_000, 1_048_576]
        let factor = factors.randomElement(using: &random) ?? 1
        let size = ByteSize(number * factor)
        #expect(ByteSize(parsing: size.description.replacing(" bytes", with: "").replacing(" byte", with: "")) == size)
    }
}
