import Testing
import VectorSupport

@testable import WebAuthn

@Suite("Reading what an authenticator sends takes time in proportion to its length") struct ReadingGrowthTests {
    private static func times(_ count: Int, _ text: String) -> String { String(repeating: text, count: count) }

    private static func head(_ major: UInt8, _ count: Int) -> [UInt8] {
        [major << 5 | 25, UInt8(count >> 8), UInt8(count & 0xFF)]
    }

    static let items: [(what: String, bytes: @Sendable (Int) -> [UInt8])] = [
        ("items", { head(4, $0) + [UInt8](repeating: 0, count: $0) }),
        ("members", { count in head(5, count) + (0..<count).flatMap { head(0, $0 + 256) + [0] } }),
        ("arrays within each other", { [UInt8](repeating: 0x81, count: $0) + [0] }),
        ("maps within keys", { [UInt8](repeating: 0xA1, count: $0) + [0] }),
        ("a text", { head(3, $0) + [UInt8](repeating: 0x61, count: $0) }),
        ("accents as a key", { [0xA1] + head(3, $0 * 4) + Array(times($0, "\u{301}\u{316}").utf8) + [0] }),
        ("a text as a key", { [0xA1] + head(3, $0) + [UInt8](repeating: 0x61, count: $0) + [0] }),
    ]

    @Test("as CBOR", arguments: items.indices)
    func cbor(index: Int) {
        let (what, bytes) = Self.items[index]
        let ratio = Growth.ratio(from: 1_000, of: bytes) { _ = try? CBOR(decoding: $0, form: .canonical) }
        #expect(ratio < Growth.most, "\(what)")
    }
}
