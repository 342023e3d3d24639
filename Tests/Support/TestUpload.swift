import Blobs
import Crypto
import Foundation
import NIOCore

/// An upload as a client would send it, to be spoiled by tests.
package struct TestUpload {
    package var fields: [(name: String, value: String)]
    package var filename: String?
    package var content: [UInt8]
    package var contentType = "multipart/form-data; boundary=\(boundary)"
    /// Where `content` stands among the fields; nil for the end.
    package var contentPosition: Int? = nil
    /// Changes the body after it was written.
    package var editBody: ([UInt8]) -> [UInt8] = { $0 }

    package static let boundary = "c8b18f0fb94a4e79a56e8c0f670a8cc9"

    package init(fields: [(name: String, value: String)], filename: String?, content: [UInt8]) {
        self.fields = fields
        self.filename = filename
        self.content = content
    }

    package static func wheel(_ wheel: TestWheel = TestWheel()) -> TestUpload {
        TestUpload(
            fields: fields(type: "bdist_wheel", python: "py3", content: wheel.bytes),
            filename: "demo_pkg-1.0-py3-none-any.whl", content: wheel.bytes)
    }

    package static func sourceDistribution(_ content: [UInt8] = testSourceDistribution()) -> TestUpload {
        TestUpload(
            fields: fields(type: "sdist", python: "source", content: content), filename: "demo_pkg-1.0.tar.gz",
            content: content)
    }

    private static func fields(type: String, python: String, content: [UInt8]) -> [(name: String, value: String)] {
        [
            (":action", "file_upload"), ("protocol_version", "1"), ("metadata_version", "2.4"), ("name", "demo-pkg"),
            ("version", "1.0"), ("summary", "A demonstration"), ("filetype", type), ("pyversion", python),
            ("requires_python", ">=3.8"), ("requires_dist", "leaf-pkg>=1"),
            ("requires_dist", "other-pkg[extra]>=2,<3; python_version<'3.12'"), ("sha256_digest", sha256(content)),
        ]
    }

    package static func sha256(_ content: [UInt8]) -> String {
        SHA256.hash(data: content).map { String($0 >> 4, radix: 16) + String($0 & 15, radix: 16) }.joined()
    }

    package subscript(name: String) -> String? {
        get { fields.first { $0.name == name }?.value }
        set {
            let position = fields.firstIndex { $0.name == name } ?? fields.count
            fields.removeAll { $0.name == name }
            if let newValue { fields.insert((name, newValue), at: min(position, fields.count)) }
        }
    }

    /// Puts other bytes into the file, and their digest into the form.
    package mutating func replaceContent(_ content: [UInt8]) {
        self.content = content
        self["sha256_digest"] = Self.sha256(content)
    }

    package var body: [UInt8] {
        var parts = fields.map { name, value in
            Array("Content-Disposition: form-data; name=\"\(name)\"\r\n\r\n\(value)\r\n".utf8)
        }
        let file = filename.map { "; filename=\"\($0)\"" } ?? ""
        let head =
            "Content-Disposition: form-data; name=\"content\"\(file)\r\nContent-Type: application/octet-stream\r\n\r\n"
        parts.insert(Array(head.utf8) + content + Array("\r\n".utf8), at: contentPosition ?? parts.count)
        let body = parts.flatMap { Array("--\(Self.boundary)\r\n".utf8) + $0 } + Array("--\(Self.boundary)--\r\n".utf8)
        return editBody(body)
    }

    /// The body as it comes from a network.
    package func chunks(of size: Int = 4_096) -> AsyncStream<ByteBuffer> {
        let body = body
        return AsyncStream { continuation in
            for start in stride(from: 0, to: body.count, by: size) {
                continuation.yield(ByteBuffer(bytes: body[start..<min(start + size, body.count)]))
            }
            continuation.finish()
        }
    }
}
