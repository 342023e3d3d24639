import Multipart
import Testing
import VectorSupport

@Suite("Reading a form takes time in proportion to its length") struct FormGrowthTests {
    private static let line = "\r\n--b\r\n"
    private static let disposition = "Content-Disposition: form-data; name=\"a\"\r\n"
    private static func times(_ count: Int, _ text: String) -> String { String(repeating: text, count: count) }

    static let shapes: [(what: String, size: Int, body: @Sendable (Int) -> String)] = [
        ("parts", 300, { times($0, line + disposition + "\r\nx") }),
        ("content", 50_000, { line + disposition + "\r\n" + times($0, "x") }),
        ("carriage returns in content", 20_000, { line + disposition + "\r\n" + times($0, "\r") }),
        ("beginnings of delimiters in content", 5_000, { line + disposition + "\r\n" + times($0, "\r\n--") }),
        ("headers of a part", 500, { line + disposition + times($0, "A: b\r\n") + "\r\n" }),
        ("a long header", 1_500, { line + disposition + "A: " + times($0, "b") + "\r\n\r\n" }),
        (
            "parameters", 200,
            { count in
                line + "Content-Disposition: form-data; name=a" + (0..<count).map { "; a\($0)=b" }.joined() + "\r\n\r\n"
            }
        ),
        ("semicolons", 1_500, { line + "Content-Disposition: form-data" + times($0, ";") + "\r\n\r\n" }),
        (
            "quoted characters", 700,
            { line + "Content-Disposition: form-data; name=\"" + times($0, "\\\"") + "\"\r\n\r\n" }
        ),
        ("blanks behind a delimiter", 1_500, { "\r\n--b" + times($0, " ") + "\r\n" + disposition + "\r\n" }),
        ("what comes before", 200, { times($0, "x") + line + disposition + "\r\n" }),
    ]

    @Test("whatever there is much of", arguments: shapes.indices, [1, 4_096])
    func linear(index: Int, chunk: Int) throws {
        let (what, size, body) = Self.shapes[index]
        let boundary = try Boundary("b")
        let ratio = Growth.ratio(from: size, of: { Array((body($0) + "\r\n--b--").utf8) }) { bytes in
            var parser = MultipartParser(boundary: boundary)
            for start in stride(from: 0, to: bytes.count, by: chunk) {
                // What is refused is refused; it is about how long that takes.
                guard (try? parser.consume(bytes[start..<min(start + chunk, bytes.count)]) { _ in }) != nil else {
                    return
                }
            }
        }
        #expect(ratio < Growth.most, "\(what), in chunks of \(chunk)")
    }
}
