import Scanning
import Testing

@Suite("A rule's file") struct RuleReaderTests {
    private static let head = "rule: own\nseverity: low\nwhy: Something that people should know.\n"
    private static let cases = "bad:\n  abc\ngood:\n  xyz\n"

    /// What is wrong with a file; nil if nothing is.
    private static func mistake(_ text: String, file: String = "own.rule") -> String? {
        do throws(RuleMistake) {
            _ = try RuleReader.rule(Array(text.utf8), file: file, sets: ["@run": ["os.system"]])
            return nil
        } catch {
            return error.description
        }
    }

    @Test("is read when it has all that a rule needs")
    func sound() {
        #expect(Self.mistake(Self.head + "match: line /abc/\n" + Self.cases) == nil)
        #expect(
            Self.mistake(
                Self.head + "match: call @run subprocess.* *.recv\n  argument 1 from @run /abc/\n" + Self.cases) == nil)
        #expect(Self.mistake("# first\n\n" + Self.head + "match: path /abc/i\n" + Self.cases) == nil)
    }

    static let rows: [(text: String, line: Int, says: String)] = [
        ("rule: other\n", 1, "rule: own, as the file is called"),
        ("rule: own\nseverity: bad\n", 1, "severity: and one of note, low, medium, high"),
        ("rule: own\nseverity: low\nwhy: No.\n", 1, "why: and a sentence"),
        (head + cases, 1, "at least one match:"),
        (head + "match: line /abc/\ngood:\n  a\n", 1, "at least one bad:"),
        (head + "match: line /abc/\nbad:\n  a\n", 1, "at least one good:"),
        (head + "match: lines /abc/\n", 4, "not lines"),
        (head + "match: line abc\n", 4, "a pattern between slashes"),
        (head + "match: line /a.c/\n", 4, "a word of three letters"),
        (head + "match: line /(abc/\n", 4, ") after ("),
        (head + "match: line /abc)/\n", 4, "( before )"),
        (head + "match: line /[abc/\n", 4, "] after ["),
        (head + "match: line /abc{9999}/\n", 4, "at most 500"),
        (head + "match: line /abc**/\n", 4, "one of * + ? {"),
        (head + "match: call @fun\n", 4, "one of the lists @run, not @fun"),
        (head + "match: call *\n", 4, "a name with at most one *"),
        (head + "match: call os.system\n  sometimes\n", 5, "not sometimes"),
        (head + "match: call os.system\n  argument 1 was abc\n", 5, "from, is, text, decoded"),
        (head + "match: call os.system\n  runs always\n", 5, "one of on-import, as-program, when-called, not always"),
        (head + "match: line /abc/\nbad:\n", 5, "an example below"),
        (head + "match: line /abc/\ngood:\n  abc  # found\n", 5, "no '# found'"),
        (head + "severity: high\n", 4, "severity: once only"),
        ("rule: own\n severity: low\n", 2, "one of bad: confidential:"),
        ("  abc\n", 1, "a key at the beginning of a line"),
    ]

    @Test("that is no rule is refused with the line and what was expected there", arguments: rows)
    func broken(text: String, line: Int, says: String) throws {
        let mistake = try #require(Self.mistake(text))
        #expect(mistake.hasPrefix("own.rule, line \(line): expected "), "\(mistake)")
        #expect(mistake.contains(says), "\(mistake)")
    }

    @Test("has a name of small letters")
    func name() {
        #expect(Self.mistake(Self.head, file: "Own.rule")?.contains("small letters") == true)
    }
}
