import Search
import Testing
import VectorSupport

@Suite("What somebody typed") struct AskedTextTests {
    // swift-format-ignore
    static let named: [(text: String, names: [String])] = [
        ("requests",                                             ["requests"]),
        ("  Requests,",                                          ["Requests"]),
        ("\"requests\"",                                         ["requests"]),
        ("`requests`",                                           ["requests"]),
        ("“requests”",                                           ["requests"]),
        ("scikit learn",                                         ["scikit-learn"]),
        ("requests==1.0",                                        ["requests"]),
        ("requests >= 2, < 3",                                   ["requests"]),
        ("requests[socks]~=2.0; python_version < '3.9'",         ["requests"]),
        ("requests @ https://example.org/a.whl",                 ["requests"]),
        ("requests@2.0",                                         ["requests"]),
        ("pip install requests",                                 ["requests"]),
        ("$ pip3 install -U \"requests[socks]>=2\" flask",       ["requests", "flask"]),
        ("sudo python3 -m pip install --index-url https://x.org/simple requests", ["requests"]),
        ("!pip install requests",                                ["requests"]),
        ("uv add requests",                                      ["requests"]),
        ("uv pip install requests",                              ["requests"]),
        ("poetry add requests@^2.0",                             ["requests"]),
        ("pip install -r requirements.txt requests",             ["requests"]),
        ("import requests",                                      ["requests"]),
        ("import numpy as np",                                   ["numpy"]),
        ("import yaml",                                          ["pyyaml"]),
        ("from google.protobuf.message import Message",          ["protobuf"]),
        ("from flask import Flask, request",                     ["flask"]),
        ("https://packages.example.org/project/requests/2.0/#files",         ["requests"]),
        ("packages.example.org/project/requests",                            ["requests"]),
        ("https://example.org/rind/simple/Flask_Login/",         ["Flask_Login"]),
        ("https://github.com/psf/requests/tree/main/docs",       ["requests"]),
        ("https://github.com/psf/requests.git",                  ["requests"]),
        ("requests-2.31.0-py3-none-any.whl",                     ["requests"]),
        ("requests-2.31.0.tar.gz",                               ["requests"]),
        // No name can have these.
        ("what is this?",                                        ["what-is-this"]),
        ("c++ parser",                                           []),
        ("日本語",                                                []),
        ("***",                                                  []),
        ("",                                                     []),
        ("==1.0",                                                []),
        ("https://",                                             []),
        ("\u{202E}requests\0",                                   ["requests"]),
    ]

    @Test("is read as the names in it, however it is pasted", arguments: named)
    func names(text: String, names: [String]) { #expect(AskedText(text).names == names) }

    // swift-format-ignore
    static let worded: [(text: String, words: [String], telling: [String])] = [
        ("HTTP client",                          ["http", "client"], ["http", "client"]),
        ("a library for parsing HTML in Python", ["a", "library", "for", "parsing", "html", "in", "python"], ["parsing", "html"]),
        ("the python library",                   ["the", "python", "library"], ["the", "python", "library"]),
        ("a a A á",                              ["a"], ["a"]),
        ("Straße Ärger",                         ["straße", "arger"], ["straße", "arger"]),
        ("日本語 parser",                         ["日", "本", "語", "parser"], ["日", "本", "語", "parser"]),
        ("\" OR 1=1 --",                         ["or", "1"], ["1"]),
        ("*** --- \"\"",                         [], []),
        ("re\0quests",                           ["requests"], ["requests"]),
    ]

    @Test("is words, in which those that say nothing count only where there are no others", arguments: worded)
    func words(text: String, words: [String], telling: [String]) {
        #expect(AskedText(text).words == words)
        #expect(AskedText(text).tellingWords == telling)
    }

    @Test("is looked at up to a bound, in words as in length")
    func bounds() {
        let many = AskedText((0..<1_000).map { "w\($0)" }.joined(separator: " "))
        #expect(many.words.count == AskedText.mostWords)
        let long = AskedText(String(repeating: "x", count: 10_000))
        #expect(long.words == [String(repeating: "x", count: SearchWords.longest)])
        let accents = SearchWords.words(of: "e" + String(repeating: "\u{301}", count: 100_000))
        #expect(accents == ["e"])
        #expect(SearchWords.words(of: "one two three", limit: 2) == ["one", "two"])
    }

    @Test(
        "takes time in proportion to its length, whatever it is",
        arguments: ["a", "\u{301}", "a ", "/", "\"", "=", "pip ", "日"])
    func growth(piece: String) {
        let ratio = Growth.ratio(from: 20_000, of: { String(repeating: piece, count: $0) }) { text in
            _ = AskedText(text)
            _ = SearchWords.words(of: text)
        }
        #expect(ratio < Growth.most)
    }

    // swift-format-ignore
    static let shown: [(text: String, shown: String)] = [
        ("reqests", "reqests"), ("Flask_Login", "Flask_Login"), ("requests==1.0", "requests"), ("a b c", "a b c"),
        ("pip install a b", "a b"), ("<script>", "script"), ("", ""),
    ]

    @Test("is shown as it was understood", arguments: shown)
    func understood(text: String, shown: String) { #expect(AskedText(text).understood == shown) }
}
