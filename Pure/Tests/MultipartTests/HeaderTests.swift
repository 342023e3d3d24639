import Multipart
import Testing

@Suite("The headers of a form") struct HeaderTests {
    // The columns are the point.
    // swift-format-ignore
    static let dispositions: [(value: String, name: String, filename: String?)] = [
        (#"form-data; name="x""#,                                  "x",        nil),
        (#"form-data; name=x"#,                                    "x",        nil),
        (#"form-data;name="x";filename="a""#,                      "x",        "a"),
        (#"FORM-DATA ; NAME = "x" ; FileName = "a" ;"#,            "x",        "a"),
        (#"form-data; name=""; filename="""#,                      "",         ""),
        (#"form-data; name="x"; filename="a;b=c""#,                "x",        "a;b=c"),
        (#"form-data; name="x"; filename="a\"b\\c""#,              "x",        #"a"b\c"#),
        (#"form-data; name="x"; filename="C:\dist\a.whl""#,        "x",        #"C:\dist\a.whl"#),
        (#"form-data; name="x"; filename="a%22b""#,                "x",        "a%22b"),
        (#"form-data; name="ü🧀"; filename="ü🧀""#,                 "ü🧀",       "ü🧀"),
        (#"form-data; name="x"; filename*=utf-8''%C3%BC.whl"#,     "x",        "ü.whl"),
        (#"form-data; name="x"; filename="u"; filename*=UTF-8'en'%C3%BC"#, "x", "ü"),
        (#"form-data; name="x"; future="y""#,                      "x",        nil),
    ]

    @Test("name the field and the file", arguments: dispositions)
    func disposition(value: String, name: String, filename: String?) throws {
        let part = try fields(read("--b\r\nContent-Disposition: \(value)\r\n\r\n\r\n--b--"))[0].part
        #expect(part.name == name)
        #expect(part.filename == filename)
    }

    // The columns are the point.
    // swift-format-ignore
    static let broken: [(value: String, error: MultipartError)] = [
        ("",                                                 .dispositionMalformed),
        (#"attachment; name="x""#,                           .dispositionMalformed),
        (#"form-data name="x""#,                             .dispositionMalformed),
        (#"form-data; name="x"#,                             .dispositionMalformed),
        (#"form-data; name="x\""#,                           .dispositionMalformed),
        (#"form-data; name="x"y"#,                           .dispositionMalformed),
        (#"form-data; name="x" y="z""#,                      .dispositionMalformed),
        (#"form-data; name=x"y""#,                           .dispositionMalformed),
        (#"form-data; name=x y"#,                            .dispositionMalformed),
        (#"form-data; name"#,                                .dispositionMalformed),
        (#"form-data; name="#,                               .dispositionMalformed),
        (#"form-data; ="x""#,                                .dispositionMalformed),
        (#"form-data;; name="x""#,                           .dispositionMalformed),
        (#"form-data; name="x"; name="y""#,                  .dispositionMalformed),
        (#"form-data; name="x"; Name="x""#,                  .dispositionMalformed),
        (#"form-data; name="x"; filename*=latin1''%FC"#,     .dispositionMalformed),
        (#"form-data; name="x"; filename*=utf-8''%FC"#,      .dispositionMalformed),
        (#"form-data; name="x"; filename*=utf-8''%0A"#,      .dispositionMalformed),
        (#"form-data; name="x"; filename*=utf-8''%4"#,       .dispositionMalformed),
        (#"form-data; name="x"; filename*=a"#,               .dispositionMalformed),
        (#"form-data"#,                                      .nameMissing),
        (#"form-data; filename="a""#,                        .nameMissing),
        (#"form-data; name*=utf-8''x"#,                      .nameMissing),
    ]

    @Test("are refused when they could be read in two ways", arguments: broken)
    func refusal(value: String, error: MultipartError) {
        #expect(throws: error) { try read("--b\r\nContent-Disposition: \(value)\r\n\r\n\r\n--b--") }
    }

    // The columns are the point.
    // swift-format-ignore
    static let boundaries: [(contentType: String?, boundary: String?, error: MultipartError?)] = [
        ("multipart/form-data; boundary=abc",                         "abc",     nil),
        ("Multipart/Form-Data;Boundary=\"a b\"",                      "a b",     nil),
        ("multipart/form-data; charset=utf-8; boundary=a=_/:?()+,.'", "a=_/:?()+,.'", nil),
        ("multipart/form-data; boundary=\(String(repeating: "a", count: 70))", String(repeating: "a", count: 70), nil),
        ("multipart/form-data; boundary=\(String(repeating: "a", count: 71))", nil, .boundaryInvalid),
        ("multipart/form-data; boundary=\"\"",                        nil,       .boundaryInvalid),
        ("multipart/form-data; boundary=\"a \"",                      nil,       .boundaryInvalid),
        ("multipart/form-data; boundary=ä",                           nil,       .boundaryInvalid),
        ("multipart/form-data; boundary=\"a\rb\"",                    nil,       .boundaryInvalid),
        ("multipart/form-data",                                       nil,       .boundaryMissing),
        ("multipart/form-data; charset=utf-8",                        nil,       .boundaryMissing),
        ("multipart/form-data; boundary=a; boundary=b",               nil,       .notAForm),
        ("multipart/mixed; boundary=a",                               nil,       .notAForm),
        ("application/x-www-form-urlencoded",                         nil,       .notAForm),
        ("",                                                          nil,       .notAForm),
        (nil,                                                         nil,       .notAForm),
    ]

    @Test("begin with a boundary that can be relied on", arguments: boundaries)
    func boundary(contentType: String?, boundary: String?, error: MultipartError?) {
        do throws(MultipartError) {
            #expect(try Boundary(contentType: contentType).text == boundary)
        } catch let refusal {
            #expect(refusal == error)
        }
    }
}
