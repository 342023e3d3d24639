import Multipart
import Testing
import VectorSupport

@Suite("A form") struct MultipartParserTests {
    static let form =
        "preamble\r\n--b \t\r\nContent-Disposition: form-data; name=\":action\"\r\n\r\nfile_upload\r\n"
        + "--b\r\nContent-Disposition: form-data; name=\"empty\"\r\n\r\n\r\n"
        + "--b\r\nContent-Type: application/octet-stream\r\n"
        + "Content-Disposition: form-data; name=\"content\"; filename=\"a.whl\"\r\n\r\n"
        + "\r\r\n\r\n--\r\n-b\r\n--\r\n--a\r--b\n--b--b\r\n\r\n--b--\r\nepilogue"
    static let content = "\r\r\n\r\n--\r\n-b\r\n--\r\n--a\r--b\n--b--b\r\n"

    @Test("is read part by part")
    func parts() throws {
        let happenings = try read(Self.form)
        let fields = fields(happenings)
        #expect(fields.map(\.part.name) == [":action", "empty", "content"])
        #expect(fields.map { String(decoding: $0.content, as: UTF8.self) } == ["file_upload", "", Self.content])
        #expect(fields.map(\.part.filename) == [nil, nil, "a.whl"])
        #expect(fields[2].part.header("content-type") == "application/octet-stream")
        #expect(fields[2].part.headers.map(\.name) == ["content-type", "content-disposition"])
        #expect(happenings.last == .finished)
        #expect(happenings.filter { $0 == .ended }.count == 3)
    }

    @Test("is the same form however it is cut")
    func cuts() throws {
        let body = Array(Self.form.utf8)
        let whole = try read(body)
        for size in 1...body.count {
            #expect(try read(body, size: size) == whole, "chunks of \(size)")
            #expect(try read(body, first: size) == whole, "cut at \(size)")
            #expect(try read(body, first: size, size: 7) == whole, "cut at \(size), then every 7")
        }
    }

    @Test(
        "with content that almost is its delimiter is read as it is, however it is cut",
        arguments: 0..<200 as Range<UInt64>)
    func nearMisses(seed: UInt64) throws {
        var random = SplitMix64(seed: seed)
        let pieces = ["\r", "\n", "\r\n", "-", "--", "a", "ab", "\r\n--a", "\r\n--ab"]
        var content = ""
        for _ in 0..<40 { content += pieces.randomElement(using: &random) ?? "" }
        // The delimiter itself must not occur, also not as "\r\n--ab" + "a".
        content = content.replacing("\r\n--aba", with: "\r\n--abb")
        let body = Array("--aba\r\nContent-Disposition: form-data; name=x\r\n\r\n\(content)\r\n--aba--".utf8)
        for _ in 0..<20 {
            let happenings = try read(
                body, boundary: "aba", first: .random(in: 1...body.count, using: &random),
                size: .random(in: 1...20, using: &random))
            #expect(fields(happenings).map(\.content) == [Array(content.utf8)])
        }
    }

    @Test("may have no parts")
    func empty() throws {
        #expect(try read("--b--") == [.finished])
        #expect(try read("--b--\r\n") == [.finished])
    }

    static let header = "Content-Disposition: form-data; name=\"x\"\r\n"

    // The columns are the point.
    // swift-format-ignore
    static let broken: [(body: String, error: MultipartError)] = [
        ("",                                                     .truncated),
        ("garbage",                                              .truncated),
        ("--b",                                                  .truncated),
        ("--b-",                                                 .truncated),
        ("--b\r\n",                                              .truncated),
        ("--b\r\n\(header)",                                     .truncated),
        ("--b\r\n\(header)\r\ncontent",                          .truncated),
        ("--b\r\n\(header)\r\ncontent\r\n--b",                   .truncated),
        ("--b\r\n\(header)\r\ncontent\r\n--c--\r\n",             .truncated),
        ("--b\r\n\(header)\r\ncontent\n--b--\r\n",               .truncated),
        ("--b\r\n\(header)\r\ncontent\r\n--bb--\r\n",            .delimiterLine),
        ("--b\r\n\(header)\r\ncontent\r\n--b-x\r\n",             .delimiterLine),
        ("--b \r \n\(header)\r\ncontent\r\n--b--",               .delimiterLine),
        ("--b --\r\n",                                           .delimiterLine),
        ("--b\n\(header)\r\ncontent\r\n--b--",                   .bareLineFeed),
        ("--b\r\nContent-Disposition: form-data; name=x\n\r\n",  .bareLineFeed),
        ("--b\r\n\(header)\n",                                   .bareLineFeed),
        ("--b\r\n\r\ncontent\r\n--b--",                          .dispositionMissing),
        ("--b\r\nContent-Type: text/plain\r\n\r\n",              .dispositionMissing),
        ("--b\r\n\(header)content-disposition: form-data; name=y\r\n\r\n", .dispositionRepeated),
        ("--b\r\n\(header) ; filename=a\r\n\r\n",                .headerMalformed),
        ("--b\r\nContent-Disposition : form-data; name=x\r\n\r\n", .headerMalformed),
        ("--b\r\nContent-Disposition\r\n\r\n",                   .headerMalformed),
        ("--b\r\n: x\r\n\r\n",                                   .headerMalformed),
        ("--b\r\nContent-Disposition: form-data; name=\"a\u{0}\"\r\n\r\n", .headerMalformed),
        ("--b\r\nContent-Disposition: form-data; name=\"a\rb\"\r\n\r\n", .headerMalformed),
    ]

    @Test("is refused for one reason, which it explains, however it is cut", arguments: broken)
    func refusal(body: String, error: MultipartError) {
        for size in 1...(body.utf8.count + 1) {
            #expect(throws: error) { try read(Array(body.utf8), size: size) }
        }
        #expect(error.explanation.hasSuffix("."))
    }

    @Test("with header bytes that are no UTF-8 is refused")
    func notUTF8() {
        let body = Array("--b\r\nContent-Disposition: form-data; name=\"".utf8) + [0xff] + Array("\"\r\n\r\n".utf8)
        #expect(throws: MultipartError.headerMalformed) { try read(body) }
    }

    @Test("may have so many bytes outside its parts and no more", arguments: [1, 5, 10_000])
    func around(size: Int) throws {
        var limits = MultipartLimits()
        limits.bytesAround = 10
        func body(_ before: Int, _ after: Int) -> [UInt8] {
            // The CR LF before the delimiter is its own.
            let preamble = String(repeating: "x", count: before)
            return Array("\(preamble)\r\n--b--\(String(repeating: "y", count: after))".utf8)
        }
        #expect(try read(body(10, 10), size: size, limits: limits) == [.finished])
        #expect(throws: MultipartError.tooMuchAround(limit: 10)) { try read(body(11, 0), size: size, limits: limits) }
        #expect(throws: MultipartError.tooMuchAround(limit: 10)) { try read(body(0, 11), size: size, limits: limits) }
        // Near misses count too.
        let misses = Array(String(repeating: "\r\n--c", count: 3).utf8)
        #expect(throws: MultipartError.tooMuchAround(limit: 10)) { try read(misses, size: size, limits: limits) }
    }

    @Test("may have so many bytes of headers in a part and no more", arguments: [1, 5, 10_000])
    func headerBytes(size: Int) throws {
        var limits = MultipartLimits()
        limits.headerBytes = Self.header.utf8.count + 2
        let exact = Array("--b\r\n\(Self.header)\r\nx\r\n--b\r\n\(Self.header)\r\nx\r\n--b--".utf8)
        #expect(try fields(read(exact, size: size, limits: limits)).count == 2)
        for more in ["X-More:\r\n", String(repeating: "x", count: 200)] {
            #expect(throws: MultipartError.headersTooLong(limit: limits.headerBytes)) {
                try read(Array("--b\r\n\(Self.header)\(more)".utf8), size: size, limits: limits)
            }
        }
        #expect(throws: MultipartError.headersTooLong(limit: limits.headerBytes)) {
            try read(Array("--b\(String(repeating: " ", count: 200))".utf8), size: size, limits: limits)
        }
    }

    @Test("may have so many parts and no more")
    func manyParts() throws {
        var limits = MultipartLimits()
        limits.parts = 3
        let part = "--b\r\n\(Self.header)\r\nx\r\n"
        #expect(try fields(read(String(repeating: part, count: 3) + "--b--", limits: limits)).count == 3)
        #expect(throws: MultipartError.tooManyParts(limit: 3)) {
            try read(String(repeating: part, count: 4) + "--b--", limits: limits)
        }
    }

    @Test("that was refused stays refused")
    func stays() throws {
        var parser = MultipartParser(boundary: try Boundary("b"))
        #expect(throws: MultipartError.delimiterLine) { try parser.consume(Array("--bx".utf8)[...]) { _ in } }
        #expect(throws: MultipartError.delimiterLine) { try parser.consume(Array("--b--".utf8)[...]) { _ in } }
        #expect(throws: MultipartError.delimiterLine) { try parser.finish() }
    }

    @Test("hands on what its reader throws")
    func readerThrows() throws {
        struct DiskFull: Error {}
        var parser = MultipartParser(boundary: try Boundary("b"))
        #expect(throws: DiskFull.self) { try parser.consume(Array("--b--".utf8)[...]) { _ in throw DiskFull() } }
    }

    @Test(
        "of noise never crashes its reader, and is read the same however it is cut", arguments: 0..<300 as Range<UInt64>
    )
    func noise(seed: UInt64) throws {
        var random = SplitMix64(seed: seed)
        let pieces = [
            "--b", "\r\n", "\r\n--b", "--", "-", "\r", "\n", " ", ":", ";", "\"", "=", "x", Self.header, "\r\n\r\n",
        ]
        var text = Bool.random(using: &random) ? "--b\r\n" + Self.header : ""
        for _ in 0..<Int.random(in: 0..<25, using: &random) { text += pieces.randomElement(using: &random) ?? "" }
        let body = Array(text.utf8)
        let whole = Result { try read(body) }
        for size in 1...8 {
            switch (whole, Result { try read(body, size: size) }) {
            case (.success(let first), .success(let second)): #expect(first == second)
            case (.failure(let first), .failure(let second)):
                #expect(first as? MultipartError == second as? MultipartError)
            default: Issue.record("read whole and in chunks of \(size) differ")
            }
        }
    }
}
