import Testing

@testable import Scanning

@Suite("A pattern") struct PatternTests {
    private static func range(_ pattern: String, _ text: String) throws -> String? {
        let matcher = PatternMatcher(try Pattern(parsing: pattern))
        let bytes = Array(text.utf8)
        return bytes.withUnsafeBufferPointer { buffer in
            matcher.range(in: buffer, from: 0, upTo: buffer.count).map { String(decoding: buffer[$0], as: UTF8.self) }
        }
    }

    // The columns are the point.
    // swift-format-ignore
    static let rows: [(String, String, String?)] = [
        ("/abc/",              "xxabcxx",        "abc"),
        ("/abc/",              "xxABCxx",        nil),
        ("/abc/i",             "xxABCxx",        "ABC"),
        ("/a.c/",              "a\nc abc",       "abc"),
        ("/ab*c/",             "ac",             "ac"),
        ("/ab+c/",             "ac abbbc",       "abbbc"),
        ("/ab?c/",             "abbc abc",       "abc"),
        ("/a{2,3}/",           "a aaaa",         "aaa"),
        ("/a{2}b/",            "ab aab",         "aab"),
        ("/(ab|cd)+e/",        "abcde",          "abcde"),
        ("/[a-c]+x/",          "zabcx",          "abcx"),
        ("/[^a-c]x/",          "ax bx dx",       "dx"),
        ("/\\bcat\\b/",        "concat cats cat", "cat"),
        ("/^b/",               "ab\nb",          "b"),
        ("/a$/",               "ab\na",          "a"),
        ("/\\d+\\.\\d+/",      "v1.25x",         "1.25"),
        ("/\\x41\\x42/",       "xAB",            "AB"),
        ("/ä|ö/",              "xö",             "ö"),
        ("/a\\/b/",            "a/b",            "a/b"),
        ("/[\\]]]/",           "]]",             "]]"),
        ("/(a|b)*c/",          "xxababc",        "ababc"),
        ("/x\\Bx/",            "x x xx",         "xx"),
    ]

    @Test("matches what it says", arguments: rows)
    func matches(pattern: String, text: String, found: String?) throws {
        #expect(try Self.range(pattern, text) == found)
    }

    @Test("that others blow up on is through in time that grows with the text")
    func growth() throws {
        let matcher = PatternMatcher(try Pattern(parsing: "/(a*)*(a|aa)+b/"))
        let text = [UInt8](repeating: UInt8(ascii: "a"), count: 1_000_000)
        #expect(!matcher.matches(text))
    }

    static let required: [(String, [String])] = [
        ("/abc/", ["abc"]),
        ("/ABC|def/i", ["abc", "def"]),
        ("/xy(abc)?z{3}/", ["zzz"]),
        ("/a.b/", []),
        ("/(foo|ba)x/", ["bax", "foox"]),
        ("/\\bexec\\s*\\(/", ["exec"]),
        ("/(abc){0,3}/", []),
    ]

    @Test("says a word that occurs in whatever it matches", arguments: required)
    func requiredWords(pattern: String, words: [String]) throws {
        #expect(try Pattern(parsing: pattern).words.map { String(decoding: $0, as: UTF8.self) } == words)
    }

    @Test("words are found in one pass, whatever their case")
    func search() {
        let words = ["exec", "executor", "cut", "os.system"]
        let search = WordSearch(words.map { Array($0.utf8) })
        func found(_ text: String) -> [String] {
            var found = WordsFound(count: search.count)
            Array(text.utf8).withUnsafeBufferPointer { search.mark($0, in: &found) }
            return words.indices.filter { found.contains($0) }.map { words[$0] }
        }
        #expect(found("an EXECUTOR") == ["exec", "executor", "cut"])
        #expect(found("os.systems") == ["os.system"])
        #expect(found("exe cu t") == [])
    }
}
