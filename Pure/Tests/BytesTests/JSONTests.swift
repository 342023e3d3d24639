import Bytes
import Testing
import VectorSupport

@Suite("JSON, read strictly,") struct JSONTests {
    static func parsed(_ text: String) throws(MalformedJSON) -> JSON { try JSON(parsing: Array(text.utf8)) }

    // The columns are the point.
    // swift-format-ignore
    static let read: [(text: String, value: JSON)] = [
        ("null", .null), (" true\t", .boolean(true)), ("\r\nfalse", .boolean(false)), ("\"\"", .string("")),
        ("[]", .array([])), ("{ }", .object([:])), ("[1 , [ ] ]", .array([.number(1), .array([])])),
        (#"{"":{"a":[null]}}"#, .object(["": .object(["a": .array([.null])])])),
        ("0", .number(0)), ("-0", .number(0)), ("-17", .number(-17)),
        ("9223372036854775807", .number(.max)), ("9223372036854775808", .number(nil)),
        ("1.0", .number(nil)), ("1e2", .number(nil)), ("-0.5E-30", .number(nil)), ("1E+400", .number(nil)),
        (#""\"\\\/\b\f\n\r\t\u0000\u00e9""#, .string("\"\\/\u{8}\u{c}\n\r\t\0é")),
        (#""\ud83d\ude00\n\/ \u2028""#, .string("😀\n/ \u{2028}")), ("\"\u{7f}é\u{10ffff}\"", .string("\u{7f}é\u{10ffff}")),
        (#"{"\u0061":1,"A":2}"#, .object(["a": .number(1), "A": .number(2)])),
    ]

    @Test("is all that RFC 8259 allows", arguments: read)
    func value(text: String, value: JSON) throws { #expect(try Self.parsed(text) == value) }

    // The columns are the point.
    // swift-format-ignore
    static let refused: [(text: String, reason: MalformedJSON)] = [
        ("",            .syntax(at: 0)), (" ",        .syntax(at: 1)), ("\u{feff}1",  .syntax(at: 0)),
        ("1 2",         .syntax(at: 2)), ("[1,]",     .syntax(at: 3)), ("[,1]",       .syntax(at: 1)),
        ("[1 2]",       .syntax(at: 3)), ("[1",       .syntax(at: 2)), ("[1}",        .syntax(at: 2)),
        ("{\"a\"}",     .syntax(at: 4)), ("{a:1}",    .syntax(at: 1)), ("{\"a\":1,}", .syntax(at: 7)),
        ("{\"a\":}",    .syntax(at: 5)), ("{1:1}",    .syntax(at: 1)), ("{\"a\":1",  .syntax(at: 6)),
        ("// a\n1",     .syntax(at: 0)), ("1/**/",    .syntax(at: 1)), ("\u{a0}1",    .syntax(at: 0)),
        (".5",          .syntax(at: 0)), ("-",        .syntax(at: 1)), ("--1",        .syntax(at: 1)),
        ("0x10",        .syntax(at: 1)), ("1_000",    .syntax(at: 1)), ("-01",        .syntax(at: 3)),
        ("00",          .syntax(at: 2)), ("1.e1",     .syntax(at: 2)), ("1e+",        .syntax(at: 3)),
        ("Infinity",    .syntax(at: 0)), ("TRUE",     .syntax(at: 0)), ("nul",        .syntax(at: 0)),
        ("truefalse",   .syntax(at: 4)), ("١",        .syntax(at: 0)), ("'a'",        .syntax(at: 0)),
        (#""\u00"#,     .syntax(at: 5)), (#""\U0041""#, .syntax(at: 2)), (#""\'""#,  .syntax(at: 2)),
        ("\"\t\"",     .syntax(at: 1)), ("\"\u{1f}\"", .syntax(at: 1)), ("\"\\",     .syntax(at: 2)),
        (#"{"a":1,"a":1}"#, .duplicateName), (#"{"a":1,"\u0061":2}"#, .duplicateName),
        (#"{"x":[{"b":0,"b":0}]}"#, .duplicateName), ("{\"\u{e9}\":0,\"e\u{301}\":0}", .duplicateName),
        (#""\ud83d\n""#, .loneSurrogate), (#""\ude00\ud83d""#, .loneSurrogate), (#""\ud83d\ud83d""#, .loneSurrogate),
        (#"{"a":01}"#, .syntax(at: 7)),
        (#"{"a":1.}"#, .syntax(at: 7)),
        (#"{"a":-}"#, .syntax(at: 6)),
        (#"{"a":1e}"#, .syntax(at: 7)),
        (#"{"a":+1}"#, .syntax(at: 5)),
        (#"{"a":tru}"#, .syntax(at: 5)),
        (#"{"a":NaN}"#, .syntax(at: 5)),
        ("{\"a\":\"\n\"}", .syntax(at: 6)),
        (#"{"a":"\x41"}"#, .syntax(at: 7)),
        (#"{"a":"\u12g4"}"#, .syntax(at: 10)),
        (#"{"a":"\ud800"}"#, .loneSurrogate),
        (#"{"a":"\udc00"}"#, .loneSurrogate),
        (#"{"a":"\ud800\u0041"}"#, .loneSurrogate),
        (#"{"a":"b"#, .syntax(at: 7)),
        (String(repeating: "[", count: 18), .tooDeep),
        (String(repeating: "[", count: 60_000), .tooDeep),
        (String(repeating: "{\"a\":", count: 60_000), .tooDeep),
        ("\"" + String(repeating: "é", count: 2_049) + "\"", .longText),
    ]

    @Test("is nothing else, and the reason says where", arguments: refused)
    func refusal(text: String, reason: MalformedJSON) { #expect(throws: reason) { try Self.parsed(text) } }

    @Test(
        "is UTF-8",
        arguments: [[0xff], [0xc0, 0x80], [0xed, 0xa0, 0x80], [0xf4, 0x90, 0x80, 0x80], [0xc3]] as [[UInt8]])
    func encoding(_ bytes: [UInt8]) {
        for json in [[0x22] + bytes + [0x22], bytes] {
            #expect(throws: MalformedJSON.invalidUTF8) { try JSON(parsing: json) }
        }
    }

    @Test("may be 16 values deep")
    func depth() throws {
        _ = try Self.parsed(String(repeating: "[", count: 17) + String(repeating: "]", count: 17))
    }

    @Test("has every text that was quoted back", arguments: 0..<300 as Range<UInt64>)
    func quoted(seed: UInt64) throws {
        var random = SplitMix64(seed: seed)
        let scalars = (0..<20).compactMap { _ in
            Unicode.Scalar(UInt32.random(in: 0..<(Bool.random(using: &random) ? 0x80 : 0x11_0000), using: &random))
        }
        let text = String(String.UnicodeScalarView(scalars))
        #expect(try Self.parsed(JSON.quoted(text)).string?.utf8.elementsEqual(text.utf8) == true)
    }

    @Test("of any bytes is read or refused", arguments: 0..<500 as Range<UInt64>)
    func noise(seed: UInt64) {
        var random = SplitMix64(seed: seed)
        let characters = Array(#"{}[]",:\u0aedD8-+.1tfnrulse é"#.utf8)
        let bytes = (0..<Int.random(in: 0..<40, using: &random)).map { _ in
            characters[Int.random(in: 0..<characters.count, using: &random)]
        }
        guard let value = try? JSON(parsing: bytes) else { return }
        // What is read says the same again, with blanks around it.
        #expect((try? JSON(parsing: [0x20] + bytes + [0x0a])) == value)
    }

    private static func times(_ count: Int, _ text: String) -> String { String(repeating: text, count: count) }

    static let texts: [(what: String, text: @Sendable (Int) -> String)] = [
        ("names", { count in "{" + (0..<count).map { "\"n\($0)\":0" }.joined(separator: ",") + "}" }),
        ("items", { "[0" + times($0, ",0") + "]" }),
        ("arrays within each other", { times($0, "[") + times($0, "]") }),
        ("objects within each other", { times($0, "{\"a\":") + "0" + times($0, "}") }),
        ("a text", { "\"" + times($0, "x") + "\"" }), ("escapes", { "\"" + times($0, "\\ud83d\\ude00") + "\"" }),
        ("digits", { times($0, "9") }), ("blanks", { times($0, " ") }),
        ("accents", { "{\"" + times($0, "\u{301}\u{316}") + "\":0}" }),
    ]

    @Test("takes time in proportion to its length", arguments: texts.indices)
    func growth(index: Int) {
        let (what, text) = Self.texts[index]
        let ratio = Growth.ratio(from: 1_000, of: { Array(text($0).utf8) }) { _ = try? JSON(parsing: $0) }
        #expect(ratio < Growth.most, "\(what)")
    }
}
