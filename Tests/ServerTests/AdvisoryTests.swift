import Advisories
import Foundation
import HTTPTypes
import KnownAdvisories
import Leaving
import PackagingFormats
import Policy
import Ports
import Removals
import Server
import Stores
import Support
import Testing
import UTC

@Suite("What is known to be bad is said") struct AdvisoryTests {
    private static let withdrawal = #","withdrawn":"2026-03-01T00:00:00Z""#

    private static func document(
        _ id: String, modified: String = "2026-01-01T00:00:00Z", project: String = "demo-pkg", _ more: String = ""
    ) throws -> AdvisoryDocument {
        let text = #"""
            {"id":"\#(id)","modified":"\#(modified)","summary":"Reads any file","aliases":["CVE-2026-1"],"affected":[{"package":
            {"ecosystem":"PyPI","name":"\#(project)"},"ranges":[{"type":"ECOSYSTEM","events":[{"introduced":"0"},
            {"fixed":"1.1"}]}]}]\#(more)}
            """#
        return try AdvisoryDocument(parsing: Array(text.utf8))
    }

    private static func take(_ documents: AdvisoryDocument..., into server: TestServer) async throws {
        _ = try await server.index.stores.advisories.take(documents, by: .operatorAtMachine, at: server.now)
        try await server.server.follower.catchUp()
    }

    private static func post(_ server: TestServer, _ path: String, _ body: String) async throws -> TestServer.Answer {
        try await server.send(
            .post, path, headers: [.contentType: "application/json"], body: Array(body.utf8))
    }

    @Test("on the pages and in the JSON API, as soon as it is imported and until it is withdrawn")
    func pages() async throws {
        let server = try await TestServer()
        try await server.upload(.wheel())
        let paths = ["/project/demo-pkg/", "/project/demo-pkg/1.0/", "/pypi/demo-pkg/json", "/pypi/demo-pkg/1.0/json"]
        for path in paths {
            #expect(!(try await server.send(.get, path).text.contains("PYSEC-2026-1")))
            #expect(try await server.send(.get, path).isImmediate)
        }
        try await Self.take(Self.document("PYSEC-2026-1"), into: server)
        for path in paths {
            let answer = try await server.send(.get, path)
            #expect(answer.text.contains("PYSEC-2026-1") && !answer.isImmediate, "\(path)")
        }
        let page = try await server.send(.get, "/project/demo-pkg/").text
        #expect(page.contains("PYSEC-2026-1 (CVE-2026-1)") && page.contains("Reads any file. Fixed in 1.1."))
        #expect(page.contains("href=\"/osv/v1/vulns/PYSEC-2026-1\""))
        let json = try await server.send(.get, "/pypi/demo-pkg/json").text
        #expect(json.contains(#""fixed_in":["1.1"],"id":"PYSEC-2026-1","link":"https://packages.example.org/osv/"#))
        try await Self.take(
            Self.document("PYSEC-2026-1", modified: "2026-03-01T00:00:00Z", Self.withdrawal), into: server)
        #expect(!(try await server.send(.get, "/project/demo-pkg/").text.contains("PYSEC-2026-1")))
        #expect(
            try await server.send(.get, "/pypi/demo-pkg/json").text.contains(#""withdrawn":"2026-03-01T00:00:00Z""#))
    }

    @Test("of no page of a project that it is not about")
    func others() async throws {
        let server = try await TestServer()
        try await server.upload(.wheel())
        _ = try await server.send(.get, "/pypi/demo-pkg/json")
        try await Self.take(Self.document("PYSEC-2026-1", project: "other"), into: server)
        #expect(try await server.send(.get, "/pypi/demo-pkg/json").isImmediate)
    }

    @Test("to auditors, who ask as they ask OSV")
    func questions() async throws {
        let server = try await TestServer()
        let document = try Self.document("PYSEC-2026-1")
        let none = #"{"package":{"name":"demo-pkg","ecosystem":"PyPI"},"version":"1.1"}"#
        let some = #"{"package":{"name":"Demo_Pkg","ecosystem":"PyPI"},"version":"1.0"}"#
        #expect(try await Self.post(server, "/osv/v1/query", some).text == "{}")
        #expect(
            try await Self.post(server, "/osv/v1/querybatch", #"{"queries":[\#(some)]}"#).text == #"{"results":[{}]}"#)
        try await Self.take(document, into: server)
        let answer = try await Self.post(server, "/osv/v1/query", some)
        #expect(answer.status == 200 && answer.headers[.contentType] == "application/json")
        #expect(answer.body == Array(#"{"vulns":["#.utf8) + document.bytes + Array("]}".utf8))
        let batch = try await Self.post(server, "/osv/v1/querybatch", #"{"queries":[\#(none),\#(some)]}"#)
        #expect(
            batch.text
                == #"{"results":[{},{"vulns":[{"id":"PYSEC-2026-1","modified":"2026-01-01T00:00:00.000000Z"}]}]}"#)
        #expect(try await server.send(.get, "/osv/v1/vulns/PYSEC-2026-1").body == document.bytes)
        #expect(try await server.send(.get, "/osv/v1/vulns/PYSEC-2026-2").status == 404)
        #expect(try await server.send(.get, "/osv/v1/vulns/RIND-2026-1").status == 404)
        for (path, body) in [("query", "x"), ("querybatch", "{}"), ("query", "{}")] {
            #expect(try await Self.post(server, "/osv/v1/\(path)", body).status == 400)
        }
        // As uv asks that was told the address without a slash at its end.
        #expect(try await Self.post(server, "/v1/querybatch", #"{"queries":[\#(some)]}"#).text.contains("PYSEC-2026-1"))
        #expect(try await server.send(.get, "/v1/vulns/PYSEC-2026-1").body == document.bytes)
        let long = #"{"x":"\#(String(repeating: "x", count: 2 << 20))"}"#
        #expect(try await Self.post(server, "/osv/v1/query", long).status == 413)
    }

    @Test("of what is in quarantine here, and no longer once that ends")
    func quarantine() async throws {
        let server = try await TestServer()
        try await server.upload(.wheel())
        let name = try ProjectName(parsing: "demo-pkg")
        let query = #"{"queries":[{"package":{"purl":"pkg:pypi/demo-pkg@1.0"}}]}"#
        #expect(try await Self.post(server, "/osv/v1/querybatch", query).text == #"{"results":[{}]}"#)
        let removals = server.index.stores.removals
        try await removals.quarantine(.project, of: name, reason: "steals keys", by: .operatorAtMachine, at: server.now)
        try await server.server.follower.catchUp()
        let answer = try await Self.post(server, "/osv/v1/querybatch", query).text
        let id = String(try #require(answer.firstMatch(of: /RIND-[0-9]+-[0-9]+/)).0)
        let document = try await server.send(.get, "/osv/v1/vulns/\(id)").text
        #expect(document.contains("steals keys") && document.contains(#""name":"demo-pkg""#))
        #expect(try await server.send(.get, "/pypi/demo-pkg/json").text.contains(id))
        try await removals.liftQuarantine(of: .project, of: name, by: .operatorAtMachine, at: server.now)
        try await server.server.follower.catchUp()
        #expect(try await Self.post(server, "/osv/v1/querybatch", query).text == #"{"results":[{}]}"#)
        #expect(try await server.send(.get, "/osv/v1/vulns/\(id)").text.contains("withdrawn"))
    }
}
