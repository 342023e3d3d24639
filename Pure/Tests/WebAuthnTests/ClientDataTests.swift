import Bytes
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
        ("{\"a\":\"\n\"}", .json(.syntax(at: 6))),
        (#"{"a":"\ud800"}"#, .json(.loneSurrogate)),
        (String(repeating: "[", count: 60_000), .json(.tooDeep)),
        ("\u{feff}\u{feff}{}", .json(.syntax(at: 0))),
        (String(repeating: " ", count: 65_537), .tooLong),
    ]

    @Test("are refused where they are not one object with what is needed in it", arguments: refused)
    func refusal(json: String, refusal: ClientDataRefusal) {
        #expect(throws: refusal) { try ClientData(parsing: Array(json.utf8)) }
    }

    @Test("are UTF-8")
    func encoding() {
        let json = Array("{\(Self.required),\"x\":\"".utf8) + [0xff] + Array("\"}".utf8)
        #expect(throws: ClientDataRefusal.json(.invalidUTF8)) { try ClientData(parsing: json) }
    }
}
