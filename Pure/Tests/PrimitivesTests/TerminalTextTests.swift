import Foundation
import Primitives
import Testing

@Suite("Foreign text on a terminal") struct TerminalTextTests {
    // swift-format-ignore: the columns are the point.
    static let table: [(text: String, shown: String)] = [
        ("demo 1.0, because", "demo 1.0, because"),
        ("Grüße, 你好, שלום, مرحبا", "Grüße, 你好, שלום, مرحبا"),
        ("👩\u{200D}💻 \u{200C}x", "👩\u{200D}💻 \u{200C}x"),
        ("\u{1B}[2J\u{1B}]0;x\u{07}", #"\u{1b}[2J\u{1b}]0;x\u{7}"#),
        ("a\nrind: b\r\nc\td", #"a\u{a}rind: b\u{d}\u{a}c\u{9}d"#),
        ("\u{7F}\u{80}\u{9B}31m", #"\u{7f}\u{80}\u{9b}31m"#),
        ("\u{202E}evil\u{2066}\u{200F}\u{61C}", #"\u{202e}evil\u{2066}\u{200f}\u{61c}"#),
        ("\u{2028}\u{2029}\u{85}\u{FEFF}\u{AD}", #"\u{2028}\u{2029}\u{85}\u{feff}\u{ad}"#),
        ("\u{E0041}", #"\u{e0041}"#),
        ("e\u{301}\u{1B}\u{301}", "e\u{301}\\u{1b}\u{301}"),
    ]

    @Test("is shown without what could steer it", arguments: table)
    func shown(text: String, shown: String) {
        #expect(Array(text.forTerminal.unicodeScalars) == Array(shown.unicodeScalars))
    }

    @Test("has no control character left, whichever it was")
    func every() {
        for value in [0...0x1F, 0x7F...0x9F, 0x200E...0x200F, 0x202A...0x202E, 0x2066...0x2069].joined() {
            guard let scalar = Unicode.Scalar(UInt32(value)) else { continue }
            #expect(!"a\(Character(scalar))b".forTerminal.unicodeScalars.contains(scalar), "\(value)")
        }
    }

    @Test("keeps the lines that are ours, and in JSON says the same to who parses it")
    func lines() throws {
        #expect("a\u{1B}\nb\n".linesForTerminal == "a\\u{1b}\nb\n")
        let foreign = ["\u{1B}[31m", "\u{7F}\u{9B}", "\u{202E}\u{E0041}", "a\nb"]
        let encoder = JSONEncoder()
        encoder.outputFormatting = .prettyPrinted
        let text = String(decoding: try encoder.encode(foreign), as: UTF8.self).jsonForTerminal
        #expect(text.split(separator: "\n").allSatisfy { $0.forTerminal == $0 })
        #expect(try JSONDecoder().decode([String].self, from: Data(text.utf8)) == foreign)
    }
}
