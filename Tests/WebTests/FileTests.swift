import Foundation
import NIOCore
import Testing

@testable import Web

extension EdgeTests {
    @Suite("GET /packages/…") struct FileTests {
        /// A server with a small and a large file, and the bytes of both.
        private static func run(
            _ test: @escaping @Sendable (EdgeServer, _ path: String, _ bytes: [UInt8]) async throws -> Void
        ) async throws {
            let folder = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString)
            try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
            defer { try? FileManager.default.removeItem(at: folder) }
            try await EdgeServer.run { server in
                for (name, size) in [("small", 1000), ("large", 300_000)] {
                    let bytes = (0..<size).map { UInt8(ascii: "a") + UInt8($0 * 31 / 8 % 23) }
                    let blob = folder.appendingPathComponent(name).path
                    try Data(bytes).write(to: URL(fileURLWithPath: blob))
                    let path = "/packages/\(name).whl"
                    #expect(server.files.admit(Self.file(size: size), at: blob, path: path, asOf: 1))
                    try await test(server, path, bytes)
                }
            }
        }

        private static func file(size: Int, isDownload: Bool = true) -> ServedFile {
            ServedFile(
                id: 9, size: size, sha256: "abc", contentType: "application/octet-stream",
                isDownload: isDownload)
        }

        /// Status, header lines and body of one answer.
        private static func get(
            _ path: String, _ headers: String = "", method: String = "GET", from server: EdgeServer
        ) async throws -> (status: Int, head: String, body: [UInt8]) {
            let client = try await server.connect()
            try await client.send("\(method) \(path) HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\(headers)\r\n")
            let reply = await client.reply()
            let bytes = client.receivedBytes
            let end = try #require(bytes.firstRange(of: Array("\r\n\r\n".utf8)))
            return (
                reply.statuses.first ?? 0, String(decoding: bytes[..<end.lowerBound], as: UTF8.self),
                Array(bytes[end.upperBound...])
            )
        }

        @Test("serves all of it, with what lets it be kept for ever")
        func whole() async throws {
            try await Self.run { server, path, bytes in
                let answer = try await Self.get(path, from: server)
                #expect(answer.status == 200)
                #expect(answer.body == bytes)
                for line in [
                    "Content-Length: \(bytes.count)", "Content-Type: application/octet-stream", "ETag: \"abc\"",
                    "Accept-Ranges: bytes", "Cache-Control: public, max-age=365000000, immutable",
                    "Access-Control-Allow-Origin: *", "Date: ",
                ] {
                    #expect(answer.head.lowercased().contains("\r\n" + line.lowercased()), "\(line) in \(answer.head)")
                }
                #expect(server.reached.all.isEmpty)
            }
        }

        // swift-format-ignore
        static let ranges: [(headers: String, status: Int, bytes: @Sendable (Int) -> Range<Int>)] = [
        ("Range: bytes=0-0\r\n",                        206, { _ in 0..<1 }),
        ("Range: bytes=10-19\r\n",                      206, { _ in 10..<20 }),
        ("Range: bytes=990-\r\n",                       206, { 990..<$0 }),
        ("Range: bytes=-16\r\n",                        206, { $0 - 16..<$0 }),
        ("Range: bytes=-999999999\r\n",                 206, { 0..<$0 }),
        ("Range: bytes=0-1,3-4\r\n",                    200, { 0..<$0 }),
        ("Range: bytes=3-1\r\n",                        200, { 0..<$0 }),
        ("Range: bytes=999999999-\r\n",                 416, { _ in 0..<0 }),
        ("Range: bytes=1-2\r\nIf-Range: \"abc\"\r\n",   206, { _ in 1..<3 }),
        ("Range: bytes=1-2\r\nIf-Range: \"old\"\r\n",   200, { 0..<$0 }),
        ("Range: bytes=1-2\r\nIf-Range: W/\"abc\"\r\n", 200, { 0..<$0 }),
        ("Range: bytes=1-2\r\nIf-Range: Sun, 22 Nov 2026 08:05:09 GMT\r\n", 200, { 0..<$0 }),
        ("Range: bytes=999999999-\r\nIf-Range: \"old\"\r\n", 200, { 0..<$0 }),
        ("If-None-Match: \"abc\"\r\nRange: bytes=1-2\r\n", 304, { _ in 0..<0 }),
        ("If-None-Match: \"old\"\r\nRange: bytes=1-2\r\n", 206, { _ in 1..<3 }),
        ("If-None-Match: *\r\n",                        304, { _ in 0..<0 }),
    ]

        @Test("serves the part that is asked for", arguments: ranges.indices)
        func range(row: Int) async throws {
            let (headers, status, range) = Self.ranges[row]
            try await Self.run { server, path, bytes in
                let answer = try await Self.get(path, headers, from: server)
                let expected = range(bytes.count)
                #expect(answer.status == status, "\(headers)")
                #expect(answer.body == Array(bytes[expected]), "\(headers)")
                switch status {
                case 206:
                    #expect(
                        answer.head.contains(
                            "Content-Range: bytes \(expected.lowerBound)-\(expected.upperBound - 1)/\(bytes.count)"))
                case 416: #expect(answer.head.contains("Content-Range: bytes */\(bytes.count)"))
                default: #expect(!answer.head.contains("Content-Range"))
                }
                #expect(answer.head.contains("ETag: \"abc\"") || answer.head.contains("Etag: \"abc\""))
            }
        }

        @Test("answers HEAD as GET, without the body and without ranges")
        func head() async throws {
            try await Self.run { server, path, bytes in
                let answer = try await Self.get(path, "Range: bytes=1-2\r\n", method: "HEAD", from: server)
                #expect(answer.status == 200 && answer.body.isEmpty)
                #expect(answer.head.contains("Content-Length: \(bytes.count)"))
            }
        }

        @Test("counts a 200 to a GET of a distribution file as a download, and nothing else")
        func downloads() async throws {
            try await Self.run { server, path, _ in
                let before = server.downloads.all.count
                _ = try await Self.get(path, "Range: bytes=1-2\r\n", from: server)
                _ = try await Self.get(path, "If-None-Match: \"abc\"\r\n", from: server)
                _ = try await Self.get(path, method: "HEAD", from: server)
                #expect(server.downloads.all.count == before)
                _ = try await Self.get(path, "User-Agent: pip/26.3\r\n", from: server)
                #expect(server.downloads.all.dropFirst(before) == ["9 pip/26.3"])
            }
        }

        @Test("serves many files over one connection, to several clients at once")
        func concurrently() async throws {
            try await Self.run { server, path, bytes in
                try await withThrowingTaskGroup(of: Void.self) { group in
                    for _ in 0..<8 {
                        group.addTask {
                            let client = try await server.connect()
                            for number in 0..<5 {
                                try await client.send(
                                    "GET \(path) HTTP/1.1\r\nHost: a\r\n\(number == 4 ? "Connection: close\r\n" : "")\r\n"
                                )
                            }
                            let reply = await client.reply()
                            #expect(reply.statuses.count == 5)
                            #expect(client.receivedBytes.suffix(bytes.count) == bytes[...])
                        }
                    }
                    try await group.waitForAll()
                }
            }
        }

        @Test("is left to the router when the blob is gone, of the wrong size, or forgotten")
        func missing() async throws {
            let blob = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString)
            try Data(repeating: 1, count: 100_000).write(to: blob)
            var bounds = FileResponder.Bounds()
            bounds.descriptors = 0
            let files = FileResponder(bounds: bounds) { _, _ in }
            let request = EdgeRequest(method: .get, target: "/packages/a")
            #expect(!files.admit(Self.file(size: 99_999), at: blob.path, path: "/packages/a", asOf: 1))
            #expect(!files.admit(Self.file(size: 100_000), at: blob.path + "x", path: "/packages/a", asOf: 1))
            #expect(files.admit(Self.file(size: 100_000), at: blob.path, path: "/packages/a", asOf: 1))
            #expect(files.respond(to: request) != nil)
            try FileManager.default.removeItem(at: blob)
            #expect(files.respond(to: request) == nil)

            try Data(repeating: 1, count: 100_000).write(to: blob)
            defer { try? FileManager.default.removeItem(at: blob) }
            #expect(files.admit(Self.file(size: 100_000), at: blob.path, path: "/packages/a", asOf: 1))
            files.forget("/packages/a", serial: 2)
            #expect(files.respond(to: request) == nil)
            // Somebody looked the file up before it was removed, and is late.
            _ = files.admit(Self.file(size: 100_000), at: blob.path, path: "/packages/a", asOf: 1)
            #expect(files.respond(to: request) == nil)
        }
    }
}
