import Advisories
import Bytes
import HTTPTypes
import Hummingbird
import PackagingFormats
import Ports
import UTC
import Web

/// What auditors of environments and lock files ask: the API of OSV, answered from what this index knows.
///
/// `uv audit --service-url https://…/osv` and `pip-audit --vulnerability-service osv --osv-url https://…/osv/v1/query` use it.
/// What is asked for is named by the question, so nothing is kept of it and nobody is sent elsewhere.
public struct OSVRoutes: Sendable {
    private let advisories: any AdvisoryStore
    private let memory: AdvisoryMemory

    /// How many bytes a question may have: a thousand queries take a tenth of it.
    private static let mostBytes = 1 << 20
    /// How many advisories one page of an answer has.
    let pageSize: Int
    /// How many projects are looked up at a time, so that memory does not depend on how many are asked for.
    private static let atOnce = 50

    /// - Parameters:
    ///   - advisories: what is known.
    ///   - memory: keeps what batches ask for.
    public init(advisories: any AdvisoryStore, memory: AdvisoryMemory, pageSize: Int = 1_000) {
        self.advisories = advisories
        self.memory = memory
        self.pageSize = pageSize
    }

    /// Registers the routes.
    public func add(to router: IndexRouter) {
        // uv takes the last part of an address without a slash at its end for a file, and asks beside it (RFC 3986,
        // section 5.2.3): anyone who is told `…/osv` means the same.
        for base in ["/osv", ""] {
            router.on(.post, "\(base)/v1/query", guard: .everybody, use: query)
            router.on(.post, "\(base)/v1/querybatch", guard: .everybody, use: batch)
            router.on(.get, "\(base)/v1/vulns/{id}", guard: .everybody, use: vulnerability)
        }
    }

    /// The documents of all that is known of a package or a version; an empty object where nothing is.
    @Sendable func query(_ request: Request, _ context: IndexContext) async throws -> Response {
        let query = try OSVQuery(parsing: try await body(of: request))
        guard let project = query.project else { return Self.json("{}") }
        let known = try await advisories.advisories(about: [project.normalized])[project.normalized] ?? []
        let found = known.filter { query.isAnswered(by: $0.advisory) }
        guard !found.isEmpty else { return Self.json("{}") }
        var answer = Array(#"{"vulns":["#.utf8)
        for (place, document) in found.prefix(pageSize).enumerated() {
            if place > 0 { answer.append(UInt8(ascii: ",")) }
            answer += document.bytes
        }
        answer.append(UInt8(ascii: "]"))
        answer += Self.nextPage(of: found.map(\.advisory.id), pageSize).utf8
        answer.append(UInt8(ascii: "}"))
        return Self.json(answer)
    }

    /// The identifiers alone, an answer for each query in the order of the queries.
    @Sendable func batch(_ request: Request, _ context: IndexContext) async throws -> Response {
        let queries = try OSVQuery.batch(parsing: try await body(of: request))
        var answer = #"{"results":["#
        for (number, start) in stride(from: 0, to: queries.count, by: Self.atOnce).enumerated() {
            let part = queries[start..<min(start + Self.atOnce, queries.count)]
            let known = try await memory.advisories(about: Set(part.compactMap { $0.project?.normalized })) {
                try await advisories.advisories(about: $0)
            }
            if number > 0 { answer += "," }
            answer += part.map { result(of: $0, known) }.joined(separator: ",")
        }
        return Self.json(answer + "]}")
    }

    private func result(of query: OSVQuery, _ known: [String: [Advisory]]) -> String {
        let found = (query.project.flatMap { known[$0.normalized] } ?? []).filter(query.isAnswered)
        guard !found.isEmpty else { return "{}" }
        let vulnerabilities = found.prefix(pageSize).map {
            #"{"id":\#(JSON.quoted($0.id.description)),"modified":"\#($0.modified.iso8601)"}"#
        }
        return
            #"{"vulns":[\#(vulnerabilities.joined(separator: ","))]\#(Self.nextPage(of: found.map(\.id), pageSize))}"#
    }

    private static func nextPage(of found: [AdvisoryID], _ size: Int) -> String {
        found.count > size ? #","next_page_token":\#(JSON.quoted(found[size - 1].description))"# : ""
    }

    /// The document of an advisory.
    @Sendable func vulnerability(_ request: Request, _ context: IndexContext) async throws -> Response {
        let text = try context.parameters.require("id")
        guard let id = AdvisoryID(text), let document = try await advisories.advisory(id) else {
            throw OSVRefusal.unknown(String(text.prefix(100)))
        }
        return Self.json(document.bytes)
    }

    private func body(of request: Request) async throws -> [UInt8] {
        Array(try await request.body.collect(upTo: Self.mostBytes).readableBytesView)
    }

    private static func json(_ text: String) -> Response { json(Array(text.utf8)) }

    private static func json(_ bytes: [UInt8]) -> Response {
        Response(
            status: .ok,
            headers: [
                .contentType: "application/json", .cacheControl: "no-cache", .accessControlAllowOrigin: "*",
                .xContentTypeOptions: "nosniff",
            ], body: .init(byteBuffer: ByteBuffer(bytes: bytes)))
    }
}
