import Acts
import HTTPTypes
import Journal
import KnownNames
import LookAlikes
import PackagingFormats
import Policy
import Ports
import Server
import Stores
import Support
import Testing
import UTC

@Suite("A new name that is like one that others use") struct LookAlikeUploadTests {
    private static func server(_ setting: LookAlikeSetting) async throws -> TestServer {
        let server = try await TestServer { $0.lookAlikes = setting }
        try await server.index.stores.knownNames.add(
            [("requests", 1_000), ("flask", 10)], by: .operatorAtMachine, at: server.now)
        try await server.index.names.refresh(at: server.now)
        return server
    }

    private static func upload(_ name: String, to server: TestServer) async throws -> TestServer.Answer {
        let metadata = testMetadata(name.replacing("_", with: "-"), "1.0")
        let wheel = TestWheel(name, "1.0", metadata: metadata)
        var upload = TestUpload.wheel(wheel)
        upload.filename = "\(name)-1.0-py3-none-any.whl"
        upload.fields = upload.fields.map { $0.name == "name" ? ($0.name, name) : $0 }
        return try await server.upload(upload)
    }

    private static func noted(_ server: TestServer) async throws -> [NotedName] {
        try await server.index.stores.knownNames.noted().map(\.noted)
    }

    @Test("is refused where its verdict is hold, with words that say of which and whom to ask")
    func held() async throws {
        let server = try await Self.server(.enforce)
        let answer = try await Self.upload("reqeusts", to: server)
        #expect(answer.status == 403)
        #expect(answer.text.contains("'reqeusts' is taken for 'requests'") && answer.text.contains("rind names allow"))
        #expect(try await Self.noted(server).isEmpty)
        #expect(try await server.send(.get, "/simple/reqeusts/").status == 404)
    }

    @Test("is published once an administrator allows it")
    func allowed() async throws {
        let server = try await Self.server(.enforce)
        let name = try ProjectName(parsing: "Reqeusts")
        try await server.index.stores.knownNames.allow(
            name, reason: "agreed", by: .operatorAtMachine, at: server.now)
        try await server.index.names.refresh(at: server.now)
        #expect(try await Self.upload("reqeusts", to: server).status == 200)
        #expect(try await Self.noted(server).isEmpty)
    }

    @Test(
        "is published and noted where the verdict is review, or where it is only reported",
        arguments: [
            (LookAlikeSetting.enforce, "python_requests", "review", "python-affix"),
            (.report, "reqeusts", "hold", "transposition"),
        ])
    func noted(setting: LookAlikeSetting, name: String, verdict: String, mechanism: String) async throws {
        let server = try await Self.server(setting)
        #expect(try await Self.upload(name, to: server).status == 200)
        let noted = try #require(try await Self.noted(server).first)
        #expect(noted.target == "requests" && noted.verdict == verdict && noted.mechanism == mechanism)
        #expect(noted.name == (try ProjectName(parsing: name)))
        try await server.index.stores.knownNames.allow(
            noted.name, reason: "looked at", by: .operatorAtMachine, at: server.now)
        #expect(try await Self.noted(server).isEmpty)
    }

    @Test(
        "is nothing to anybody where it is like none, or where nobody looks",
        arguments: [
            (LookAlikeSetting.enforce, "quite_another"), (.off, "reqeusts"),
        ])
    func clear(setting: LookAlikeSetting, name: String) async throws {
        let server = try await Self.server(setting)
        #expect(try await Self.upload(name, to: server).status == 200)
        #expect(try await Self.noted(server).isEmpty)
    }

    @Test("is the owner's of the other one to take")
    func own() async throws {
        let server = try await Self.server(.enforce)
        // The name itself is in the list, and so like none.
        #expect(try await Self.upload("requests", to: server).status == 200)
        #expect(try await Self.upload("reqeusts", to: server).status == 200)
        #expect(try await Self.noted(server).isEmpty)
    }

    @Test("is judged by what commands beside the server have changed")
    func followed() async throws {
        let server = try await Self.server(.enforce)
        try await server.index.stores.knownNames.protect(
            ProjectName(parsing: "billing"), by: .operatorAtMachine, at: server.now)
        try await server.server.follower.catchUp()
        let name = try ProjectName(parsing: "biling")
        // It is read beside everything else; it takes no longer than the database does.
        var verdict = server.index.names.judge(name) { [] }.verdict
        for _ in 0..<500 where verdict == .clear {
            await Task.yield()
            try await server.index.names.refresh(at: server.now)
            verdict = server.index.names.judge(name) { [] }.verdict
        }
        #expect(verdict > .clear)
    }
}
