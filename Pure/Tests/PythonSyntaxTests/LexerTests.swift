import Testing

@testable import PythonSyntax

/// The tokens of a text, each as its kind and its text.
private func tokens(_ text: String) -> [String] {
    let bytes = Array(text.utf8)
    return bytes.withUnsafeBufferPointer { buffer in
        var lexer = Lexer(buffer, notes: Notes(most: 10), nesting: 200)
        var found: [String] = []
        while true {
            let token = lexer.next()
            if token.kind == .end { return found }
            let part = String(decoding: bytes[Int(token.start)..<Int(token.end)], as: UTF8.self)
            switch token.kind {
            case .newline: found.append("NEWLINE")
            case .indent: found.append("INDENT")
            case .dedent: found.append("DEDENT")
            case .formatStart, .formatText, .formatEnd: found.append("\(token.kind) \(part)")
            default: found.append(part)
            }
        }
    }
}

private func problems(_ text: [UInt8]) -> [CodeProblem] {
    text.withUnsafeBufferPointer { buffer in
        var notes = Notes(most: 10)
        notes.look(at: buffer)
        var lexer = Lexer(buffer, notes: notes, nesting: 200)
        while lexer.next().kind != .end {}
        lexer.notes.finish()
        return lexer.notes.problems
    }
}

@Suite("Tokens of Python") struct LexerTests {
    static let table: [(text: String, tokens: [String])] = [
        ("", []),
        ("x", ["x", "NEWLINE"]),
        ("x=1\n", ["x", "=", "1", "NEWLINE"]),
        ("# only\n\n  # comments\n", []),
        ("if x:\n  y\nz\n", ["if", "x", ":", "NEWLINE", "INDENT", "y", "NEWLINE", "DEDENT", "z", "NEWLINE"]),
        ("if x:\n\ty\n        z\n", ["if", "x", ":", "NEWLINE", "INDENT", "y", "NEWLINE", "z", "NEWLINE", "DEDENT"]),
        ("if x:\n  y\n\n# c\n  z", ["if", "x", ":", "NEWLINE", "INDENT", "y", "NEWLINE", "z", "NEWLINE", "DEDENT"]),
        ("\u{c}x\n", ["x", "NEWLINE"]),
        ("(a,\n\n b)\r\nc\rd", ["(", "a", ",", "b", ")", "NEWLINE", "c", "NEWLINE", "d", "NEWLINE"]),
        ("a \\\n b", ["a", "b", "NEWLINE"]),
        ("\u{feff}x", ["x", "NEWLINE"]),
        (
            "0xFF 0b1_0 0o17 1_000 1e5 1.5e-3j .5 5. 10L 0777",
            ["0xFF", "0b1_0", "0o17", "1_000", "1e5", "1.5e-3j", ".5", "5.", "10L", "0777", "NEWLINE"]
        ),
        ("1if x else 0xfor", ["1", "if", "x", "else", "0xf", "or", "NEWLINE"]),
        ("a**=b//=c>>=d<<=e", ["a", "**=", "b", "//=", "c", ">>=", "d", "<<=", "e", "NEWLINE"]),
        ("a<>b!=c->d:=e...f", ["a", "<>", "b", "!=", "c", "->", "d", ":=", "e", "...", "f", "NEWLINE"]),
        ("'a\\'b' \"c\"", ["'a\\'b'", "\"c\"", "NEWLINE"]),
        ("'''a\n'b''' x", ["'''a\n'b'''", "x", "NEWLINE"]),
        ("r'\\' x", ["r'\\' x", "NEWLINE"]),
        ("rb'a' Br'b' u'c' bx'd'", ["rb'a'", "Br'b'", "u'c'", "bx", "'d'", "NEWLINE"]),
        ("'a\nb", ["'a", "NEWLINE", "b", "NEWLINE"]),
        (
            "f'a{b!r:>{w}}c'",
            [
                "formatStart f'", "formatText a", "{", "b", "!", "r", ":", "formatText >", "{", "w", "}", "}",
                "formatText c", "formatEnd '", "NEWLINE",
            ]
        ),
        ("f'{{x}}'", ["formatStart f'", "formatText {{x}}", "formatEnd '", "NEWLINE"]),
        ("f\"{x[\"a\"]}\"", ["formatStart f\"", "{", "x", "[", "\"a\"", "]", "}", "formatEnd \"", "NEWLINE"]),
        (
            "f'{f'{x}'}'",
            ["formatStart f'", "{", "formatStart f'", "{", "x", "}", "formatEnd '", "}", "formatEnd '", "NEWLINE"]
        ),
        (
            "f'{(lambda x: 1)}'",
            ["formatStart f'", "{", "(", "lambda", "x", ":", "1", ")", "}", "formatEnd '", "NEWLINE"]
        ),
        ("f'''{\nx\n}'''", ["formatStart f'''", "{", "x", "}", "formatEnd '''", "NEWLINE"]),
        ("x = (1\nimport os", ["x", "=", "(", "1", "NEWLINE", "import", "os", "NEWLINE"]),
        ("x = )\ny", ["x", "=", ")", "NEWLINE", "y", "NEWLINE"]),
    ]

    @Test("are these", arguments: table.indices)
    func tokensAre(index: Int) {
        #expect(tokens(Self.table[index].text) == Self.table[index].tokens)
    }

    @Test("cover whatever bytes there are, in order", arguments: 0..<300 as Range<UInt64>)
    func anything(seed: UInt64) {
        var state = seed &* 0x9e37_79b9_7f4a_7c15 | 1
        let alphabet = Array("()[]{}'\"f\\\n\r\t #:=!x0.e \0\u{202e}".utf8) + [0xff, 0x80]
        let bytes = (0..<200).map { _ in
            state ^= state << 13
            state ^= state >> 7
            state ^= state << 17
            return alphabet[Int(state % UInt64(alphabet.count))]
        }
        bytes.withUnsafeBufferPointer { buffer in
            var lexer = Lexer(buffer, notes: Notes(most: 10), nesting: 200)
            var last: Int32 = 0
            var depth = 0
            for _ in 0..<2_000 {
                let token = lexer.next()
                #expect(token.start >= last && token.end >= token.start && Int(token.end) <= bytes.count)
                last = token.start
                if token.kind == .indent { depth += 1 }
                if token.kind == .dedent { depth -= 1 }
                if token.kind == .end {
                    #expect(depth == 0)
                    return
                }
            }
            Issue.record("no end")
        }
    }
}

@Suite("What is odd about a file's text") struct ProblemTests {
    static let table: [(text: String, kinds: [CodeProblem.Kind])] = [
        ("x = 'a'", []),
        ("x = 1 # \u{202e}", [.bidirectional(0x202e, .comment)]),
        ("x = '\u{2066}'", [.bidirectional(0x2066, .string)]),
        ("x\u{200b} = 1", [.invisible(0x200b, .code)]),
        ("f'{x}\u{200d}'", [.invisible(0x200d, .string)]),
        ("ехec('x')", [.mixedScripts("ехec")]),
        ("σ_x = Δt", []),
        ("ｅｘｅｃ('x')", [.compatibilityForm(of: "exec")]),
        ("x = 1;" + String(repeating: " ", count: 250) + "exec('x')", [.farRight(blanks: 250)]),
        ("x = 1" + String(repeating: " ", count: 250) + "# comment", []),
        ("if x:\n" + String(repeating: " ", count: 220) + "y", [.farRight(blanks: 220)]),
        ("# coding: rot13\nx", [.codec("rot13")]),
        ("# -*- coding: utf-7 -*-\nx", [.codec("utf-7")]),
        ("\n# vim: fileencoding=unicode_escape\nx", [.codec("unicode_escape")]),
        ("# -*- coding: latin-1 -*-\nx", []),
        ("# -*- coding: UTF-8 -*-\nx", []),
        ("x\n\n# coding: rot13", []),
        ("x = 'a\n", [.notPython]),
        ("x = (", [.notPython]),
        ("x = $", [.notPython]),
        ("x\0", [.zeroByte]),
    ]

    @Test("is told", arguments: table.indices)
    func told(index: Int) {
        let (text, kinds) = Self.table[index]
        #expect(problems(Array(text.utf8)).map(\.kind) == kinds, "\(text)")
    }

    @Test("with its place")
    func place() {
        #expect(
            problems(Array("x\ny = '\u{202e}'\n".utf8)).map(\.position) == [CodePosition(line: 2, column: 6)])
        #expect(problems([0x78, 0x0a, 0x27, 0xff, 0x27]).map(\.kind) == [.notUTF8])
        #expect(problems([0x78, 0x0a, 0x27, 0xff, 0x27]).map(\.position) == [CodePosition(line: 2, column: 2)])
        #expect(problems(Array("# coding: latin-1\n'".utf8) + [0xff, 0x27]) == [])
    }
}
