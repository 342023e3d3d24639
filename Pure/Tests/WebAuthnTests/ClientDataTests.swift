import Testing

@testable import WebAuthn

@Suite("Client data") struct ClientDataTests {
    static let required = #""type":"a","challenge":"b","origin":"c""#

    // The columns are the point.
    // swift-format-ignore
    static let read: [(json: String, crossOrigin: Bool, topOrigin: String?)] = [
        ("{\(required)}", false, nil),
        ("\u{feff} {\(required)} \r\n\t", false, nil),
        ("{\(required),\"crossOrigin\":false}", false, nil),
        ("{\(required),\"crossOrigin\":true,\"topOrigin\":\"d\"}", true, "d"),
        ("{\(required),\"other\":[1,-0,2.5e-3,[],{},null,{\"a\":[\"\\u0041\"]}]}", false, nil),
        (#"{"\u0074ype":"\u0061","chall\u0065nge":"b","origin":"\u0063"}"#, false, nil),
    ]

    @Test("are read, whatever else is among them", arguments: read)
    func parsed(json: String, crossOrigin: Bool, topOrigin: String?) throws {
        let data = try ClientData(parsing: Array(json.utf8))
        #expect(data.type == "a" && data.challenge == "b" && data.origin == "c")
        #expect(data.crossOrigin == crossOrigin && data.topOrigin == topOrigin)
    }

    // The columns are the point.
    // swift-format-ignore
    static let refused: [(json: String, refusal: ClientDataRefusal)] = [
        ("", .json(.syntax(at: 0))),
        ("[]", .notAnObject),
        ("\"type\"", .notAnObject),
        ("{}", .member("type")),
        (#"{"type":"a","origin":"c"}"#, .member("challenge")),
        (#"{"type":"a","challenge":"b"}"#, .member("origin")),
        (#"{"type":1,"challenge":"b","origin":"c"}"#, .member("type")),
        (#"{"type":"a","challenge":"b","origin":["c"]}"#, .member("origin")),
        ("{\(required),\"crossOrigin\":null}", .member("crossOrigin")),
        ("{\(required),\"crossOrigin\":1}", .member("crossOrigin")),
        ("{\(required),\"topOrigin\":null}", .member("topOrigin")),
        ("{\(required),\"type\":\"a\"}", .json(.duplicateName)),
        ("{\(required),\"\\u0074ype\":\"a\"}", .json(.duplicateName)),
        ("{\(required),\"x\":{\"a\":1,\"a\":1}}", .json(.duplicateName)),
        ("{\(required),}", .json(.syntax(at: 41))),
        ("{\(required)} {}", .json(.syntax(at: 42))),
        ("{\(required)", .json(.syntax(at: 40))),
        ("{'type':1}", .json(.syntax(at: 1))),
        (#"{"type":"a" "b":1}"#, .json(.syntax(at: 12))),
        (#"{"a":01}"#, .json(.syntax(at: 7))),
        (#"{"a":1.}"#, .json(.syntax(at: 7))),
        (#"{"a":-}"#, .json(.syntax(at: 6))),
        (#"{"a":1e}"#, .json(.syntax(at: 7))),
        (#"{"a":+1}"#, .json(.syntax(at: 5))),
        (#"{"a":tru}"#, .json(.syntax(at: 5))),
        (#"{"a":NaN}"#, .json(.syntax(at: 5))),
        ("{\"a\":\"\n\"}", .json(.syntax(at: 6))),
        (#"{"a":"\x41"}"#, .json(.syntax(at: 7))),
        (#"{"a":"\u12g4"}"#, .json(.syntax(at: 10))),
        (#"{"a":"\ud800"}"#, .json(.loneSurrogate)),
        (#"{"a":"\udc00"}"#, .json(.loneSurrogate)),
        (#"{"a":"\ud800\u0041"}"#, .json(.loneSurrogate)),
        (#"{"a":"b"#, .json(.syntax(at: 7))),
        (String(repeating: "[", count: 17) + String(repeating: "]", count: 17), .notAnObject),
        (String(repeating: "[", count: 18), .json(.tooDeep)),
        (String(repeating: "[", count: 60_000), .json(.tooDeep)),
        (String(repeating: " ", count: 65_537), .tooLong),
    ]

    @Test("are refused where they are not one object with what is needed in it", arguments: refused)
    func refusal(json: String, refusal: ClientDataRefusal) {
        #expect(throws: refusal) { try ClientData(parsing: Array(json.utf8)) }
    }

    @Test("are UTF-8", arguments: [[0xff], [0xc0, 0x80], [0xed, 0xa0, 0x80], [0xf4, 0x90, 0x80, 0x80]] as [[UInt8]])
    func encoding(_ bytes: [UInt8]) {
        let json = Array("{\(Self.required),\"x\":\"".utf8) + bytes + Array("\"}".utf8)
        #expect(throws: ClientDataRefusal.json(.invalidUTF8)) { try ClientData(parsing: json) }
    }

    @Test("have surrogate pairs read as the one character that they are")
    func surrogates() throws {
        #expect(try JSON(parsing: Array(#""\ud83d\ude00\n\/""#.utf8)) == .string("😀\n/"))
    }

    @Test("compare their challenge as base64url without padding")
    func base64() {
        // The examples of RFC 4648, section 10, without their padding.
        let table = [
            "": "", "f": "Zg", "fo": "Zm8", "foo": "Zm9v", "foob": "Zm9vYg", "fooba": "Zm9vYmE", "foobar": "Zm9vYmFy",
        ]
        for (bytes, text) in table { #expect(base64URL(Array(bytes.utf8)) == Array(text.utf8)) }
        #expect(base64URL([0xfb, 0xff]) == Array("-_8".utf8))
    }
}
