import Testing

@testable import Web

@Suite("What a client wants to have") struct NegotiationTests {
    static let pip =
        "application/vnd.pypi.simple.v1+json, application/vnd.pypi.simple.v1+html; q=0.1, text/html; q=0.01"
    static let uv = "application/vnd.pypi.simple.v1+json, application/vnd.pypi.simple.v1+html;q=0.2, text/html;q=0.01"

    // swift-format-ignore
    static let formats: [(accept: String?, format: SimpleFormat)] = [
        (nil,                                                              .legacyHTML),
        ("",                                                               .legacyHTML),
        ("*/*",                                                            .legacyHTML),
        ("text/html",                                                      .legacyHTML),
        ("text/*",                                                         .legacyHTML),
        ("image/png",                                                      .legacyHTML),
        ("application/json",                                               .legacyHTML),
        (pip,                                                              .json),
        (uv,                                                               .json),
        ("application/vnd.pypi.simple.v1+json",                            .json),
        ("application/vnd.pypi.simple.latest+json",                        .json),
        ("application/vnd.pypi.simple.v2+json",                            .legacyHTML),
        ("APPLICATION/VND.PYPI.SIMPLE.V1+JSON",                            .json),
        ("application/vnd.pypi.simple.v1+html",                            .html),
        ("application/vnd.pypi.simple.latest+html",                        .html),
        ("application/*",                                                  .html),
        ("text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8", .legacyHTML),
        ("text/html, application/vnd.pypi.simple.v1+json",                 .json),
        ("text/html;q=0.9, application/vnd.pypi.simple.v1+json;q=0.8",     .legacyHTML),
        ("text/html;q=0.5, application/vnd.pypi.simple.v1+json;q=0.501",   .json),
        ("application/vnd.pypi.simple.v1+json;q=0, text/html;q=0.1",       .legacyHTML),
        ("application/vnd.pypi.simple.v1+json;q=0, */*",                   .legacyHTML),
        ("text/html;q=0, */*;q=0.1",                                       .html),
        ("application/vnd.pypi.simple.v1+json;q=0.0",                      .legacyHTML),
        ("application/vnd.pypi.simple.v1+json; Q=0.4 , text/html; q=0.3",  .json),
        ("application/vnd.pypi.simple.v1+json;q=2, text/html;q=0.3",       .legacyHTML),
        ("application/vnd.pypi.simple.v1+json;q=abc, text/html;q=0.3",     .legacyHTML),
        ("application/vnd.pypi.simple.v1+json;q=0.0001, text/html",        .legacyHTML),
        (",,, application/vnd.pypi.simple.v1+json ,,",                     .json),
        ("application/vnd.pypi.simple.v1+json;charset=utf-8;q=0.9, text/html;q=0.8", .json),
    ]

    @Test("Which form of a page of the Simple API", arguments: formats)
    func format(accept: String?, format: SimpleFormat) {
        #expect(SimpleFormat.negotiate(accept: accept) == format)
        let negotiator = Negotiator()
        #expect(negotiator.format(accept: accept) == format)
        #expect(negotiator.format(accept: accept) == format, "remembered")
    }

    // swift-format-ignore
    static let parameters: [(parameter: String, format: SimpleFormat?)] = [
        ("application/vnd.pypi.simple.v1+json",         .json),
        ("application/vnd.pypi.simple.v1%2Bjson",       .json),
        ("application%2Fvnd.pypi.simple.latest%2bhtml", .html),
        ("text/html",                                   .legacyHTML),
        ("json",                                        nil),
        ("",                                            nil),
    ]

    @Test("Which form a format parameter names", arguments: parameters)
    func parameter(parameter: String, format: SimpleFormat?) {
        #expect(SimpleFormat(parameter: parameter) == format)
    }

    // swift-format-ignore
    static let codings: [(header: String?, order: [ContentCoding])] = [
        (nil,                             [.identity]),
        ("",                              [.identity]),
        ("identity",                      [.identity]),
        ("br",                            [.identity]),
        ("gzip",                          [.gzip, .identity]),
        ("GZIP",                          [.gzip, .identity]),
        ("x-gzip",                        [.gzip, .identity]),
        ("gzip, deflate",                 [.gzip, .identity]),
        ("gzip, deflate, zstd",           [.zstd, .gzip, .identity]),
        ("gzip;q=1, zstd;q=0.5",          [.gzip, .zstd, .identity]),
        ("gzip;q=0",                      [.identity]),
        ("gzip;q=0, *",                   [.zstd, .identity]),
        ("*",                             [.zstd, .gzip, .identity]),
        ("*;q=0",                         [.identity]),
        ("identity;q=0",                  [.identity]),
        ("identity;q=0, gzip;q=0.5",      [.gzip]),
        ("gzip;q=0.2, identity;q=0.8",    [.identity, .gzip]),
        ("zstd;q=0.001",                  [.zstd, .identity]),
    ]

    @Test("Which codings of a body, best first", arguments: codings)
    func coding(header: String?, order: [ContentCoding]) {
        #expect(CodingPreference(acceptEncoding: header).order == order)
    }

    // swift-format-ignore
    static let conditions: [(ifNoneMatch: String?, isFresh: Bool)] = [
        (nil,                   false),
        ("",                    false),
        (#""abc""#,             true),
        (#"W/"abc""#,           true),
        (#""x", "abc""#,        true),
        (#""x",W/"abc" , "y""#, true),
        ("*",                   true),
        ("abc",                 false),
        (#""ab""#,              false),
        (#""abc"#,              false),
        (#""x,"abc""#,          false),
        (#""a, "abc""#,         false),
        (#"w/"abc""#,           false),
    ]

    @Test("Whether a client has it already", arguments: conditions)
    func fresh(ifNoneMatch: String?, isFresh: Bool) {
        #expect(Conditions.isFresh(ifNoneMatch: ifNoneMatch, etag: #""abc""#) == isFresh)
    }

    // swift-format-ignore
    static let ranges: [(header: String?, size: Int, range: ByteRange)] = [
        (nil,                        100, .whole),
        ("bytes=0-0",                100, .part(0..<1)),
        ("bytes=0-99",               100, .part(0..<100)),
        ("bytes=0-100",              100, .part(0..<100)),
        ("bytes=10-",                100, .part(10..<100)),
        ("bytes=99-",                100, .part(99..<100)),
        ("bytes=100-",               100, .unsatisfiable),
        ("bytes=100-200",            100, .unsatisfiable),
        ("bytes=-1",                 100, .part(99..<100)),
        ("bytes=-100",               100, .part(0..<100)),
        ("bytes=-101",               100, .part(0..<100)),
        ("bytes=-0",                 100, .unsatisfiable),
        ("bytes=0-",                 0,   .unsatisfiable),
        ("bytes=-5",                 0,   .unsatisfiable),
        ("Bytes=5-6",                100, .part(5..<7)),
        ("bytes= 5-6 ",              100, .part(5..<7)),
        ("bytes=6-5",                100, .whole),
        ("bytes=0-1,5-6",            100, .whole),
        ("bytes=",                   100, .whole),
        ("bytes=-",                  100, .whole),
        ("bytes=a-b",                100, .whole),
        ("bytes=--1",                100, .whole),
        ("bytes=+1-2",               100, .whole),
        ("lines=1-2",                100, .whole),
        ("bytes 1-2",                100, .whole),
        ("bytes=999999999999999999-", 100, .unsatisfiable),
        ("bytes=99999999999999999999-", 100, .whole),
        ("bytes=0-999999999999999999", 100, .part(0..<100)),
    ]

    @Test("Which bytes of a file", arguments: ranges)
    func range(header: String?, size: Int, range: ByteRange) {
        #expect(ByteRange(header, size: size) == range)
    }
}
