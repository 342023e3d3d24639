import Testing
import VectorSupport

@testable import Differences

@Suite("A line of source as it is shown") struct ShownLineTests {
    // The columns are the point.
    // swift-format-ignore
    static let table: [(line: String, plain: String, deceives: Bool)] = [
        ("",                            "", false),
        ("x = 1",                       "x = 1", false),
        ("\tx = \"é\"",                 "\tx = \"é\"", false),
        ("if a: # 日本語",              "if a: # 日本語", false),
        ("a \u{202E}b\u{202C}",         "a [U+202E]b[U+202C]", true),
        ("\u{2066}\u{2069}",            "[U+2066 U+2069]", true),
        ("a\u{200B}b",                  "a[U+200B]b", true),
        ("\u{FEFF}import os",           "[U+FEFF]import os", true),
        ("a\u{A0}b",                    "a[U+00A0]b", false),
        ("s = \"\u{E0101}\u{E0102}\"",  "s = \"[U+E0101 U+E0102]\"", true),
        ("\u{3164} = 1",                "[U+3164] = 1", true),
        ("a\u{1B}[2Kb",                 "a[U+001B][2Kb", true),
        ("a\rb",                        "a[U+000D]b", true),
        ("a\u{8}b",                     "a[U+0008]b", true),
        ("a\u{2028}b",                  "a[U+2028]b", true),
        ("\u{E000}",                    "[U+E000]", true),
        // An emoji is one, of two parts or of one.
        ("# \u{2764}\u{FE0F}",          "# \u{2764}\u{FE0F}", false),
        ("# \u{1F468}\u{200D}\u{1F4BB}", "# \u{1F468}\u{200D}\u{1F4BB}", false),
        ("a\u{FE0F}",                   "a[U+FE0F]", true),
        ("a\u{200D}b",                  "a[U+200D]b", true),
    ]

    @Test("has nothing in it that nobody sees", arguments: table.indices)
    func marks(index: Int) {
        let (line, plain, deceives) = Self.table[index]
        let shown = ShownLine(Array(line.utf8)[...])
        #expect(Array(shown.plain.utf8) == Array(plain.utf8))
        #expect(shown.hasDeception == deceives)
    }

    @Test("tells many such characters once, and long runs of spaces by their number")
    func runs() {
        let many = ShownLine(Array(String(repeating: "\u{E0101}", count: 5_000).utf8)[...])
        #expect(many.pieces.count == 1)
        #expect(many.plain == "[U+E0101 U+E0101 U+E0101 U+E0101 and 4996 more]")
        let spaces = ShownLine(Array(("a" + String(repeating: " ", count: 300) + "b").utf8)[...])
        #expect(spaces.plain == "a[300 spaces]b")
        #expect(spaces.hasDeception)
        let piled = ShownLine(Array(("a" + String(repeating: "\u{301}", count: 40)).utf8)[...])
        #expect(piled.hasDeception)
        #expect(piled.plain.unicodeScalars.count < 80)
    }

    @Test("is cut between characters, and says how many are left out")
    func cut() {
        let shown = ShownLine(Array("aéb日c".utf8)[...], limit: 4, from: 2)
        #expect(shown.plain == "éb")
        #expect(shown.leftOut.before == 1)
        #expect(shown.leftOut.behind == 2)
    }

    @Test("ends with a CR that is marked where that is what differs")
    func carriageReturn() {
        #expect(ShownLine(Array("a\r".utf8)[...]).plain == "a")
        #expect(ShownLine(Array("a\r".utf8)[...], marksReturn: true).plain == "a[U+000D]")
    }

    // swift-format-ignore
    static let texts: [(bytes: [UInt8], lines: [String], encoding: SourceText.Encoding)] = [
        ([], [], .utf8),
        (Array("a".utf8), ["a"], .utf8),
        (Array("a\nb\n".utf8), ["a", "b"], .utf8),
        (Array("a\r\nb".utf8), ["a\r", "b"], .utf8),
        (Array("a\n\n".utf8), ["a", ""], .utf8),
        ([0x61, 0xE9, 0x0A], ["aé"], .latin1),
        ([0xFF, 0xFE, 0x61, 0x00, 0x0A, 0x00, 0x62, 0x00], ["a", "b"], .utf16),
        ([0xFE, 0xFF, 0x00, 0x61], ["a"], .utf16),
        ([0xFF, 0xFE, 0x00, 0xD8], ["\u{FFFD}"], .utf16),
        ([0xFF, 0xFE], [], .utf16),
    ]

    @Test("comes of a text in any encoding", arguments: texts.indices)
    func text(index: Int) {
        let (bytes, lines, encoding) = Self.texts[index]
        let text = SourceText(bytes)
        #expect(text.lines.map { String(decoding: $0, as: UTF8.self) } == lines)
        #expect(text.encoding == encoding)
    }

    @Test("of random bytes is always text without anything unseen", arguments: 0..<50)
    func random(seed: Int) {
        var numbers = SplitMix64(seed: UInt64(seed))
        let bytes = (0..<2_000).map { _ in UInt8.random(in: 0...255, using: &numbers) }
        for line in SourceText(bytes).lines {
            for case .text(let text) in ShownLine(line, limit: 300).pieces {
                #expect(text.unicodeScalars.allSatisfy { UnseenCharacter.harm(of: $0) == nil })
            }
        }
    }

    @Test(
        "is made in time that grows with it",
        arguments: ["a", " ", "\u{301}\u{316}", "\u{202E}", "\u{E0101}a", "<", "日"])
    func growth(piece: String) {
        let ratio = Growth.ratio(from: 4_000, of: { Array(String(repeating: piece, count: $0).utf8) }) {
            _ = ShownLine(SourceText($0).bytes[...])
        }
        #expect(ratio < Growth.most)
    }
}
