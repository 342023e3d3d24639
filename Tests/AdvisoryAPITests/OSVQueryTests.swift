import Advisories
import PackagingFormats
import Testing

@testable import AdvisoryAPI

@Suite("What auditors ask") struct OSVQueryTests {
    private static func parsed(_ text: String) throws -> OSVQuery {
        try OSVQuery(parsing: Array(text.utf8))
    }

    // The columns are the point.
    // swift-format-ignore
    static let known: [(String, project: String?, version: String?)] = [
        (#"{"package":{"name":"Jinja_2","ecosystem":"PyPI"},"version":"3.1"}"#,             "jinja-2", "3.1"),
        (#"{"package":{"name":"jinja2","ecosystem":"PyPI"}}"#,                              "jinja2",  nil),
        (#"{"package":{"name":"jinja2","ecosystem":"PyPI"},"version":""}"#,                 "jinja2",  nil),
        (#"{"version":"3.1","package":{"purl":"pkg:pypi/jinja2"}}"#,                        "jinja2",  "3.1"),
        (#"{"package":{"purl":"pkg:pypi/jinja2@3.1.3"}}"#,                                  "jinja2",  "3.1.3"),
        (#"{"package":{"purl":"pkg:PyPI/jinja2@1%211.0?x=y#z"}}"#,                          "jinja2",  "1!1.0"),
        (#"{"package":{"purl":"pkg://pypi/jinja2@3"},"page_token":"","more":[1]}"#,         "jinja2",  "3"),
        (#"{"package":{"purl":"pkg:npm/%40babel/core@7.0.0"}}"#,                            nil,       "7.0.0"),
        (#"{"package":{"name":"lodash","ecosystem":"npm"},"version":"4"}"#,                 nil,       "4"),
        (#"{"package":{"name":"a b","ecosystem":"PyPI"},"version":"4"}"#,                   nil,       "4"),
        (#"{"commit":"6879efc2c1596d11a6a6ad296f80063b558d5e0f"}"#,                         nil,       nil),
    ]

    @Test("names a package by name or package URL, and a version or none", arguments: known)
    func read(text: String, project: String?, version: String?) throws {
        let query = try Self.parsed(text)
        #expect(query.project?.normalized == project)
        #expect(query.version == version)
    }

    // The columns are the point.
    // swift-format-ignore
    static let refused: [(String, OSVRefusal)] = [
        ("",                                                                                      .notJSON),
        (#"{"package":{},"package":{}}"#,                                                         .notJSON),
        ("[]",                                                                                    .noPackage),
        ("{}",                                                                                    .noPackage),
        (#"{"version":"1"}"#,                                                                     .noPackage),
        (#"{"package":{"name":"x"}}"#,                                                            .noPackage),
        (#"{"package":{"ecosystem":"PyPI"}}"#,                                                    .noPackage),
        (#"{"package":{"name":"x","ecosystem":"PyPI","purl":"pkg:pypi/x"}}"#,                     .twoPackages),
        (#"{"version":"1","package":{"purl":"pkg:pypi/x@1"}}"#,                                   .twoVersions),
        (#"{"package":{"purl":"pypi/x"}}"#,                                                       .unreadablePackage),
        (#"{"package":{"purl":"pkg:pypi"}}"#,                                                     .unreadablePackage),
        (#"{"package":{"purl":"pkg:pypi/"}}"#,                                                    .unreadablePackage),
        (#"{"package":{"name":"x","ecosystem":"PyPI"},"version":1}"#,                             .notText("version")),
        (#"{"package":{"name":"x","ecosystem":"PyPI"},"page_token":"a b"}"#,                      .unknownPage),
    ]

    @Test("that names none, or two, is refused", arguments: refused)
    func refuse(text: String, refusal: OSVRefusal) {
        #expect(throws: refusal) { try Self.parsed(text) }
        #expect(!refusal.explanation.isEmpty && refusal.code.hasPrefix("osv."))
    }

    @Test("comes in batches of at most a thousand")
    func batches() throws {
        func batch(_ count: Int) throws -> Int {
            let query = #"{"package":{"name":"x","ecosystem":"PyPI"},"version":"1"}"#
            let queries = Array(repeating: query, count: count).joined(separator: ",")
            return try OSVQuery.batch(parsing: Array(#"{"queries":[\#(queries)]}"#.utf8)).count
        }
        #expect(try batch(0) == 0)
        #expect(try batch(1_000) == 1_000)
        #expect(throws: OSVRefusal.tooManyQueries) { try batch(1_001) }
        #expect(throws: OSVRefusal.noQueries) { try OSVQuery.batch(parsing: Array("{}".utf8)) }
    }

    @Test("is answered by what holds for the version, behind the page before")
    func answers() throws {
        func advisory(_ id: String, _ more: String = "") throws -> Advisory {
            let text = #"""
                {"id":"\#(id)","modified":"2026-01-01T00:00:00Z"\#(more),
                 "affected":[{"package":{"ecosystem":"PyPI","name":"demo"},"versions":["1.0"]}]}
                """#
            return try AdvisoryDocument(parsing: Array(text.utf8)).advisory
        }
        let query = try Self.parsed(#"{"package":{"name":"demo","ecosystem":"PyPI"},"version":"1.0.0"}"#)
        #expect(try query.isAnswered(by: advisory("A-1")))
        #expect(try !query.isAnswered(by: advisory("A-1", #","withdrawn":"2026-01-01T00:00:00Z""#)))
        let other = try Self.parsed(#"{"package":{"name":"demo","ecosystem":"PyPI"},"version":"2.0"}"#)
        #expect(try !other.isAnswered(by: advisory("A-1")))
        let all = try Self.parsed(#"{"package":{"name":"demo","ecosystem":"PyPI"},"page_token":"A-1"}"#)
        #expect(try !all.isAnswered(by: advisory("A-1")) && all.isAnswered(by: advisory("A-2")))
    }
}

@Suite("What is kept of advisories in memory") struct AdvisoryMemoryTests {
    private static func document(_ name: String) throws -> AdvisoryDocument {
        let text = #"""
            {"id":"A-\#(name)","modified":"2026-01-01T00:00:00Z","details":"long",
             "affected":[{"package":{"ecosystem":"PyPI","name":"\#(name)"},"versions":["1.0"]}]}
            """#
        return try AdvisoryDocument(parsing: Array(text.utf8))
    }

    @Test("is read once, until what is known changes, and never more than there is room for")
    func kept() async throws {
        let memory = AdvisoryMemory(limit: 3)
        func read(_ names: Set<String>) async throws -> [String] {
            var asked: Set<String> = []
            let found = try await memory.advisories(about: names) { missing in
                asked = missing
                return missing.contains("bad") ? ["bad": [try Self.document("bad")]] : [:]
            }
            #expect(Set(found.keys) == names)
            #expect(found["bad"].map { $0.map(\.id.description) == ["A-bad"] && $0[0].details == nil } ?? true)
            return asked.sorted()
        }
        #expect(try await read(["bad", "good"]) == ["bad", "good"])
        #expect(try await read(["bad", "good"]) == [])
        #expect(try await read(["bad", "other"]) == ["other"])
        memory.forget()
        #expect(try await read(["bad"]) == ["bad"])
        #expect(try await read(["a", "b", "c"]) == ["a", "b", "c"])
        #expect(try await read(["bad"]) == ["bad"])
    }

    @Test("is not what was read before a change")
    func race() async throws {
        let memory = AdvisoryMemory()
        _ = try await memory.advisories(about: ["bad"]) { _ in
            memory.forget()
            return [:]
        }
        let found = try await memory.advisories(about: ["bad"]) { _ in ["bad": [try Self.document("bad")]] }
        #expect(found["bad"]?.count == 1)
    }
}
