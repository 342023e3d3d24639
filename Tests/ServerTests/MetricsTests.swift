import Accounts
import Acts
import Foundation
import HTTPTypes
import PackagingFormats
import Policy
import Ports
import Server
import Stores
import Support
import Testing

@Suite("The figures for Prometheus") struct MetricsTests {
    /// The sum of a family's samples whose labels have all of these.
    static func value(_ name: String, _ labels: String..., in text: String) -> Double? {
        let lines = text.split(separator: "\n").filter { line in
            line.hasPrefix("\(name){") || line.hasPrefix("\(name) ")
        }.filter { line in labels.allSatisfy(line.contains) }
        guard !lines.isEmpty else { return nil }
        return lines.compactMap { $0.split(separator: " ").last.flatMap { Double($0) } }.reduce(0, +)
    }

    @Test("keep the rules of the format, each with what it means")
    func rules() async throws {
        let server = try await TestServer()
        try await server.upload(.wheel())
        for path in ["/", "/simple/", "/simple/demo-pkg/", "/nowhere/\"\\", "/project/demo-pkg/", "/metrics"] {
            _ = try await server.send(.get, path)
        }
        let text = try await server.send(.get, "/metrics").text
        #expect(flawsOfExposition(text) == [])
        // What is checked can be wrong.
        #expect(flawsOfExposition(text + "rind_projects 1\n") != [])
        #expect(flawsOfExposition(text.replacing("# HELP rind_projects", with: "# HELP rind_project")) != [])
        #expect(flawsOfExposition(text.replacing("le=\"+Inf\"", with: "le=\"99\"")) != [])
    }

    @Test("say how long answers took, by a few groups of routes, whatever is asked for")
    func durations() async throws {
        let server = try await TestServer()
        try await server.upload(.wheel())
        let before = try await server.send(.get, "/metrics").text
        for number in 0..<20 { _ = try await server.send(.get, "/nowhere-\(number)/\(number)") }
        _ = try await server.send(.get, "/project/demo-pkg/")
        let text = try await server.send(.get, "/metrics").text
        func count(_ group: String, _ text: String) -> Double? {
            Self.value("rind_request_seconds_count", "group=\"\(group)\"", in: text)
        }
        #expect(count("upload", text) == 1)
        #expect(count("pages", text) == 1)
        #expect(count("other", text) == 20)
        let lines = { (text: String) in text.split(separator: "\n").count { $0.hasPrefix("rind_request_seconds") } }
        #expect(lines(before) == lines(text))
    }

    @Test("count uploads by outcome, refusals by code, and say what the process and the disk have")
    func counts() async throws {
        let server = try await TestServer()
        for _ in 0..<2 { #expect(try await server.upload(.wheel()).status == 200) }
        #expect(try await server.upload(.wheel(), token: "rind-nonsense").status == 403)
        #expect(try await server.send(.get, "/project/nobody/").status == 404)
        let text = try await server.send(.get, "/metrics").text
        #expect(Self.value("rind_uploads_total", "outcome=\"stored\"", in: text) == 1)
        #expect(Self.value("rind_uploads_total", "outcome=\"already-there\"", in: text) == 1)
        #expect(Self.value("rind_refusals_total", in: text) == 2)
        #expect(text.contains("rind_refusals_total{code=\""))
        for name in ["process_cpu_seconds_total", "process_resident_memory_bytes", "process_open_fds"] {
            #expect(try #require(Self.value(name, in: text)) > 0, "\(name)")
        }
        let started = try #require(Self.value("process_start_time_seconds", in: text))
        #expect(abs(Date().timeIntervalSince1970 - started) < 86_400)
        for folder in ["data", "files"] {
            let (free, used, size) = (
                Self.value("rind_disk_free_bytes", "\"\(folder)\"", in: text),
                Self.value("rind_disk_used_bytes", "\"\(folder)\"", in: text),
                Self.value("rind_disk_size_bytes", "\"\(folder)\"", in: text)
            )
            #expect(try #require(free) + #require(used) == #require(size))
        }
    }

    @Test("count a refusal once, by its code, where a form says it as where a page of its own does")
    func refusalsOnForms() async throws {
        let server = try await TestServer()
        try await server.upload(.wheel())
        for name in ["root", "grace"] { try await server.addUser(name, isAdministrator: name == "root") }
        try await server.index.stores.projects.addRole(
            .owner, on: ProjectName(parsing: "demo-pkg"), to: Username(parsing: "grace"), by: .operatorAtMachine,
            at: server.now)
        let (root, grace) = (TestBrowser(server), TestBrowser(server))
        for browser in [root, grace] { _ = try await browser.get("/account/login/") }
        func refusals() async throws -> [String: Double] {
            let text = try await server.send(.get, "/metrics").text
            return Dictionary(
                uniqueKeysWithValues: text.matches(of: /rind_refusals_total\{code="([^"]+)"\} ([0-9.]+)/).map {
                    (String($0.1), Double($0.2) ?? 0)
                })
        }
        func expect(_ code: String, _ status: Int, from act: () async throws -> TestServer.Answer) async throws {
            let before = try await refusals()
            let answer = try await act()
            #expect(answer.status == status, "\(code)")
            #expect(!answer.headers.contains { $0.name.canonicalName == "x-rind-refusal-code" })
            let after = try await refusals()
            let new = after.filter { $0.value != before[$0.key] ?? 0 }
            #expect(new == [code: (before[code] ?? 0) + 1])
        }
        for _ in 0..<2 { try await expect("sign-in.wrong", 400) { try await grace.signIn("grace", "wrong") } }
        try await expect("account.link-invalid", 404) { try await grace.get("/account/reset-password/00/") }
        #expect(try await grace.signIn("grace").status == 303)
        #expect(try await root.signIn("root").status == 303)
        try await server.raiseSessions(of: "root")
        _ = try await grace.get("/manage/project/demo-pkg/collaboration/")
        try await expect("manage.form-username", 400) {
            try await grace.post("/manage/project/demo-pkg/collaboration/", ["username": "?", "role_name": "Owner"])
        }
        _ = try await root.get("/admin/users/grace/")
        try await expect("account.reason-missing", 400) {
            try await root.post("/admin/users/grace/disable/", ["reason": " "])
        }
        // One that has a page of its own.
        try await expect("access.administrators-only", 403) { try await grace.get("/admin/") }
        // What was done is no refusal.
        let before = try await refusals()
        #expect(try await root.post("/admin/users/grace/disable/", ["reason": "left"]).status == 303)
        #expect(try await refusals() == before)
    }

    @Test("count downloads by who asked, at once")
    func downloads() async throws {
        let server = try await TestServer { $0.downloads.cap = 2 }
        try await server.upload(.wheel())
        let page = try await server.send(.get, "/simple/demo-pkg/").text
        let path = try #require(page.firstMatch(of: /href="([^"#]*\.whl)/)).1
        for (agent, times) in [("pip/25.0", 3), ("bandersnatch/6.5", 1), ("Mozilla/5.0", 1)] {
            for _ in 0..<times {
                #expect(try await server.send(.get, String(path), headers: [.userAgent: agent]).status == 200)
            }
        }
        let text = try await server.send(.get, "/metrics").text
        for (client, count) in [("installer", 2.0), ("mirror", 1), ("other", 1), ("beyond-cap", 1)] {
            #expect(Self.value("rind_downloads_total", "client=\"\(client)\"", in: text) == count, "\(client)")
        }
    }
}
