import Multipart
import Testing
import VectorSupport

/// A request as it was captured from a client; of files only the length was kept.
struct CapturedUpload: Decodable {
    struct Request: Decodable {
        let method: String
        let headers: [[String]]
        let form: [Field]?
    }
    struct Field: Decodable {
        let name: String
        let filename: String?
        let headers: [[String]]
        let len: Int
        let value: String?
    }
    let client: String
    let requests: [Request]
}

@Suite("The uploads of real clients", .enabled(if: Vectors.arePresent, "no ../shared/vectors beside the project"))
struct CapturedUploadTests {
    @Test("are read field by field", arguments: ["twine", "uv", "poetry", "hatch", "pdm", "flit"])
    func captured(client: String) throws {
        let captured = try Vectors.decode(CapturedUpload.self, from: "wire/upload-\(client).json")
        var random = SplitMix64(seed: 1)
        let uploads = captured.requests.filter { $0.method == "POST" }
        #expect(uploads.count == 2)
        for request in uploads {
            func header(_ name: String) -> String? { request.headers.first { $0[0].lowercased() == name }?[1] }
            let boundary = try Boundary(contentType: header("content-type"))
            let expected = try #require(request.form)
            var contents: [[UInt8]] = []
            var body: [UInt8] = []
            for field in expected {
                let content =
                    field.value.map { Array($0.utf8) }
                    ?? (0..<field.len).map { _ in .random(in: 0...255, using: &random) }
                contents.append(content)
                body += "--\(boundary.text)\r\n".utf8
                for header in field.headers { body += "\(header[0]): \(header[1])\r\n".utf8 }
                body += Array("\r\n".utf8) + content + Array("\r\n".utf8)
            }
            body += "--\(boundary.text)--\r\n".utf8
            // What we built has the length of what the client sent.
            #expect(header("content-length") == "\(body.count)")

            for size in [1, 61, 1_000, body.count] {
                let fields = fields(try read(body, boundary: boundary.text, size: size))
                #expect(fields.map(\.part.name) == expected.map(\.name))
                #expect(fields.map(\.part.filename) == expected.map(\.filename))
                #expect(fields.map(\.content) == contents)
                #expect(fields.map { $0.part.headers.map(\.value) } == expected.map { $0.headers.map { $0[1] } })
            }
        }
    }
}
