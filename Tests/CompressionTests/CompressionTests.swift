import Compression
import Testing
import VectorSupport

@Suite("Compression") struct CompressionTests {
    enum Format: CaseIterable {
        case gzip, zstandard

        func compress(_ bytes: [UInt8], level: Int) -> [UInt8] {
            switch self {
            case .gzip: Gzip.compress(bytes, level: level)
            case .zstandard: Zstandard.compress(bytes, level: level)
            }
        }

        func decompress(_ bytes: [UInt8], limit: Int) throws(DecompressionError) -> [UInt8] {
            switch self {
            case .gzip: try Gzip.decompress(bytes, limit: limit)
            case .zstandard: try Zstandard.decompress(bytes, limit: limit)
            }
        }
    }

    static func bytes(seed: UInt64) -> [UInt8] {
        var random = SplitMix64(seed: seed)
        let alphabet = UInt8.random(in: 1...255, using: &random)
        return (0..<Int.random(in: 0...100_000, using: &random)).map { _ in .random(in: 0..<alphabet, using: &random) }
    }

    @Test("What was compressed comes back, at every level", arguments: Format.allCases, 1...9)
    func roundTrip(format: Format, level: Int) throws {
        let plain = Self.bytes(seed: UInt64(level))
        let compressed = format.compress(plain, level: level)
        #expect(try format.decompress(compressed, limit: plain.count) == plain)
    }

    @Test("What was compressed quickly comes back, and does not grow by much", arguments: 0..<40 as Range<UInt64>)
    func quick(seed: UInt64) throws {
        let plain = seed == 0 ? [] : Self.bytes(seed: seed)
        let compressed = Gzip.quick(plain)
        #expect(try Gzip.decompress(compressed, limit: plain.count) == plain)
        #expect(compressed.count <= plain.count + plain.count / 1_000 + 1_024)
        #expect(Gzip.quick(plain) == compressed)
        let page = Array(String(repeating: "<a href=\"/packages/\">demo</a>\n", count: 1_000).utf8)
        #expect(Gzip.quick(page).count < page.count / 4)
    }

    @Test("The same bytes compress to the same bytes", arguments: Format.allCases, 0..<10 as Range<UInt64>)
    func deterministic(format: Format, seed: UInt64) {
        let plain = Self.bytes(seed: seed)
        #expect(format.compress(plain, level: 6) == format.compress(plain, level: 6))
    }

    @Test("Nothing compresses to something that holds nothing", arguments: Format.allCases)
    func empty(format: Format) throws {
        let compressed = format.compress([], level: 6)
        #expect(!compressed.isEmpty)
        #expect(try format.decompress(compressed, limit: 0).isEmpty)
    }

    @Test("Repetition becomes small", arguments: Format.allCases)
    func small(format: Format) {
        #expect(format.compress([UInt8](repeating: 65, count: 1_000_000), level: 6).count < 2_000)
    }

    @Test("A gzip header names no time (RFC 1952, section 2.3: MTIME at 4 to 7)")
    func noTime() {
        let compressed = Gzip.compress(Array("hello".utf8))
        #expect(compressed.prefix(3) == [0x1F, 0x8B, 8])
        #expect(compressed[4..<8] == [0, 0, 0, 0])
    }

    @Test("More than the limit is refused, exactly the limit is not", arguments: Format.allCases)
    func limit(format: Format) throws {
        let compressed = format.compress([UInt8](repeating: 7, count: 1_000), level: 1)
        #expect(try format.decompress(compressed, limit: 1_000).count == 1_000)
        #expect(throws: DecompressionError.tooLarge) { try format.decompress(compressed, limit: 999) }
    }

    @Test("What is cut off, changed or foreign is corrupt", arguments: Format.allCases)
    func corrupt(format: Format) {
        let compressed = format.compress(Self.bytes(seed: 1), level: 3)
        let broken = [Array(compressed.dropLast()), [0] + compressed, compressed + [1, 2, 3, 4, 5], [], [1, 2, 3]]
        for bytes in broken {
            #expect(throws: DecompressionError.corrupt) { try format.decompress(bytes, limit: 200_000) }
        }
    }
}
