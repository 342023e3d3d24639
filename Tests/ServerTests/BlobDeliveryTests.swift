import Accounts
import BlobConformance
import Foundation
import HTTPTypes
import Leaving
import PackagingFormats
import Policy
import Ports
import Primitives
import Projects
import Removals
import Server
import Stores
import Support
import Testing
import UTC

@testable import Database

@Suite("A file of an index") struct BlobDeliveryTests {
    /// A wheel's address, in an index that has nothing else.
    private static func address(of server: TestServer) async throws -> String {
        #expect(try await server.upload(.wheel()).status == 200)
        let page = try await server.send(
            .get, "/simple/demo-pkg/", headers: [.accept: "application/vnd.pypi.simple.v1+json"])
        return try #require(page.text.firstMatch(of: /"url":"([^"]*)"/).map { String($0.1) })
    }

    private static let requests: [(HTTPRequest.Method, HTTPFields)] = {
        let etag = "\"\(TestUpload.sha256(TestWheel().bytes))\""
        let requests: [(HTTPRequest.Method, HTTPFields)] = [
            (.get, [:]), (.head, [:]), (.get, [.range: "bytes=1-3"]), (.head, [.range: "bytes=1-3"]),
            (.get, [.range: "bytes=-4"]), (.get, [.range: "bytes=9999999-"]), (.get, [.range: "nonsense"]),
            (.get, [.range: "bytes=1-3", .ifRange: etag]), (.get, [.range: "bytes=1-3", .ifRange: "\"other\""]),
            (.get, [.ifNoneMatch: etag]), (.head, [.ifNoneMatch: etag]), (.get, [.ifNoneMatch: "\"other\""]),
            (.get, [.ifNoneMatch: etag, .range: "bytes=1-3"]),
        ]
        return requests.map { method, headers in
            var headers = headers
            headers[.userAgent] = #"pip/26.3 {"installer":{"name":"pip","version":"26.3"}}"#
            return (method, headers)
        }
    }()

    /// How often it was downloaded. Nothing is counted afterwards.
    private static func downloads(of server: TestServer) async throws -> Int64 {
        try await server.stopCounting()
        let days = try await server.index.stores.downloads.perDay(
            of: ProjectName(parsing: "demo-pkg"), since: server.now.day)
        return days.reduce(0) { $0 + Int64($1.count) }
    }

    @Test("gets the same answers as a stream as it does from the disk, and counts the same downloads")
    func stream() async throws {
        let (disk, elsewhere) = try await (TestServer(), TestServer(blobs: MemoryBlobStore()))
        let (path, other) = try await (Self.address(of: disk), Self.address(of: elsewhere))
        #expect(path == other)
        for (method, headers) in Self.requests {
            let here = try await disk.send(method, path, headers: headers)
            let there = try await elsewhere.send(method, path, headers: headers)
            #expect(here.status == there.status, "\(method) \(headers)")
            #expect(here.headers == there.headers, "\(method) \(headers)")
            #expect(here.body == there.body, "\(method) \(headers)")
        }
        let metadata = try await (disk.send(.get, path + ".metadata"), elsewhere.send(.get, path + ".metadata"))
        #expect(metadata.0.status == 200)
        #expect(metadata.0.body == metadata.1.body)
        let counts = try await (Self.downloads(of: disk), Self.downloads(of: elsewhere))
        #expect(counts.0 == counts.1)
        #expect(counts.1 == 4)
    }

    @Test("that is elsewhere is found there, but for what can be said at once")
    func redirect() async throws {
        let server = try await TestServer(blobs: MemoryBlobStore(serving: .redirect(to: "https://elsewhere.example/")))
        let path = try await Self.address(of: server)
        for (method, headers) in Self.requests {
            let answer = try await server.send(method, path, headers: headers)
            let isKnown = headers[.ifNoneMatch]?.contains("other") == false
            switch (method, isKnown) {
            case (_, true): #expect(answer.status == 304)
            case (.head, _):
                #expect(answer.status == 200)
                #expect(answer.headers[.contentLength] == "\(TestWheel().bytes.count)")
            case _ where headers[.range] == "bytes=9999999-": #expect(answer.status == 416)
            default:
                #expect(answer.status == 302)
                #expect(
                    answer.headers[.location] == "https://elsewhere.example/\(TestUpload.sha256(TestWheel().bytes))")
                #expect(answer.headers[.cacheControl] == "no-store")
                #expect(answer.headers[.accessControlAllowOrigin] == "*")
            }
        }
        #expect(try await server.send(.get, path + ".metadata").status == 200)
        #expect(try await Self.downloads(of: server) > 0)
    }

    @Test("that is held is on no page and at no address, until it is published")
    func held() async throws {
        let server = try await TestServer()
        let path = try await Self.address(of: server)
        func move(to state: FileState) async throws {
            try await server.index.database.write { try $0.execute("UPDATE file SET state = $1", state.rawValue) }
        }
        for state in [FileState.staged, .held] {
            try await move(to: state)
            for path in [path, path + ".metadata", "/packages/source/d/demo-pkg/demo_pkg-1.0-py3-none-any.whl"] {
                #expect(try await server.send(.get, path).status == 404, "\(path)")
            }
            #expect(try await !server.send(.get, "/pypi/demo-pkg/json").text.contains(".whl"))
        }
        try await move(to: .published)
        #expect(try await server.send(.get, path).status == 200)
    }

    @Test("that is quarantined is refused with the reason; that was removed says until when it is sure to be there")
    func farewell() async throws {
        let server = try await TestServer()
        let path = try await Self.address(of: server)
        let (removals, now) = (server.index.stores.removals, server.now)
        let (demo, file) = (try ProjectName(parsing: "demo-pkg"), "demo_pkg-1.0-py3-none-any.whl")
        try await removals.quarantine(
            .file(file), of: demo, reason: "steals keys", by: .operatorAtMachine, at: now)
        for path in [path, path + ".metadata"] {
            let refused = try await server.send(.get, path)
            #expect(refused.status == 403 && refused.text.contains("steals keys"), "\(path)")
        }
        try await removals.liftQuarantine(of: .file(file), of: demo, by: .operatorAtMachine, at: now)
        try await removals.deleteFile(file, of: demo, by: .operatorAtMachine, from: RequestOrigin(), at: now)
        let answer = try await server.send(.get, path)
        #expect(answer.status == 200)
        let removed = try #require(try await removals.removedParts(of: demo).first).removal.at
        let sunset = removed + RemovalRule.usual.retention
        #expect(answer.headers[HTTPField.Name("Sunset") ?? .from] == sunset.httpDate)
        #expect(answer.headers[HTTPField.Name("Warning") ?? .from]?.hasPrefix("299 - \"This file was removed") == true)
        #expect(answer.headers[.cacheControl] == "public, max-age=3600")
    }

    @Test("that is not on this machine cannot be in a backup, and the backup says so")
    func backup() async throws {
        let server = try await TestServer(blobs: MemoryBlobStore())
        _ = try await Self.address(of: server)
        let archive = server.folder.appending(path: "backup.tar").path
        let failure = await #expect(throws: BackupFailure.self) { try await Backup(server.index).write(to: archive) }
        #expect(failure?.description.contains("not on this machine") == true)
    }
}
