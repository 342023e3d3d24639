import Foundation
import HTTPTypes
import Logging
import Ports
import Server
import Support
import Testing

@testable import Database

@Suite("What this server cannot do") struct FailureLogTests {
    let log = CollectedLog()
    let server: TestServer

    init() async throws {
        let log = log
        server = try await TestServer(logger: Logger(label: "test") { _ in log })
        try await server.upload(.wheel())
    }

    @Test("is one line of the log, with the method, the path, the status, the cause and what the client was told")
    func failure() async throws {
        try await server.index.database.write { try $0.execute("ALTER TABLE release RENAME TO lost") }
        let answer = try await server.send(.get, "/project/demo-pkg/?secret=x", headers: [.accept: "text/plain"])
        #expect(answer.status == 500)
        let line = try #require(log.lines.first)
        #expect(log.lines.count == 1)
        let id = try #require(answer.text.firstMatch(of: /request id ([0-9a-z]+)/)).1
        for part in ["GET /project/demo-pkg/ ", "500", "no such table", String(id)] {
            #expect(line.contains(part), "\(part) is not in \(line)")
        }
        #expect(!line.contains("secret=x") && !answer.text.contains("no such table"))
    }

    @Test(
        "is told without the secret of a link, whatever the link is for",
        arguments: ["verify-email", "password", "enrol", "a-kind-of-link-that-is-not-made-yet"])
    func secrets(kind: String) async throws {
        try await server.index.database.write { try $0.execute("ALTER TABLE one_time_link RENAME TO lost") }
        let answer = try await server.send(.get, "/account/\(kind)/c2VjcmV0c2VjcmV0/")
        #expect((answer.status == 500) == (log.lines.count == 1))
        #expect(log.lines.allSatisfy { !$0.contains("c2VjcmV0c2VjcmV0") && $0.contains("/account/\(kind)/…") })
    }

    @Test("is told of a full disk, too, and nothing is told of what a client does wrong")
    func fullDisk() async throws {
        let database = server.index.database
        let pages = try await database.read { try $0.row("PRAGMA page_count")?.integer("page_count") } ?? 0
        try await database.write { try $0.executeScript("PRAGMA max_page_count = \(pages)") }
        let words = (0..<20_000).map { "word\($0)" }.joined(separator: " ")
        var upload = TestUpload.wheel(
            TestWheel("demo_pkg", "2.0", metadata: testMetadata("demo-pkg", "2.0", and: "\n\(words)")))
        upload["version"] = "2.0"
        upload.filename = "demo_pkg-2.0-py3-none-any.whl"
        #expect(try await server.upload(upload).status == 507)
        #expect(log.lines.count == 1 && log.lines[0].contains("POST /legacy/ was answered 507: storage."))
        #expect(try await server.upload(.wheel(), token: "rind-nonsense").status == 403)
        #expect(try await server.send(.get, "/project/nobody/").status == 404)
        #expect(log.lines.count == 1)
    }
}
