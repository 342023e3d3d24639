import Advisories
import Bytes
import PackagingFormats
import Primitives

/// What somebody asks of a package, as the API of OSV has it (google.github.io/osv.dev/post-v1-query).
struct OSVQuery: Hashable {
    /// The project; nil for a package of another world, or a commit: of these nothing is known here.
    let project: ProjectName?
    /// As it was written; nil for all versions.
    let version: String?
    /// The identifier behind which the answer begins; nil for the first of its pages.
    let after: AdvisoryID?

    /// How many queries one request may have.
    static let most = 1_000

    /// Reads a query of its own.
    init(parsing bytes: [UInt8]) throws(OSVRefusal) { try self.init(Self.json(bytes)) }

    /// Reads the queries of a batch.
    static func batch(parsing bytes: [UInt8]) throws(OSVRefusal) -> [OSVQuery] {
        guard let items = try json(bytes).object?["queries"]?.array else { throw .noQueries }
        guard items.count <= most else { throw .tooManyQueries }
        var queries: [OSVQuery] = []
        for item in items { queries.append(try OSVQuery(item)) }
        return queries
    }

    private static func json(_ bytes: [UInt8]) throws(OSVRefusal) -> JSON {
        do { return try JSON(parsing: bytes) } catch { throw .notJSON }
    }

    private init(_ json: JSON) throws(OSVRefusal) {
        guard let members = json.object else { throw .noPackage }
        var version = try Self.text("version", of: members)
        if let token = try Self.text("page_token", of: members), !token.isEmpty {
            guard let id = AdvisoryID(token) else { throw .unknownPage }
            after = id
        } else {
            after = nil
        }
        if try Self.text("commit", of: members) != nil {
            (project, self.version) = (nil, version)
            return
        }
        guard let package = members["package"]?.object else { throw .noPackage }
        let (name, ecosystem) = (try Self.text("name", of: package), try Self.text("ecosystem", of: package))
        if let text = try Self.text("purl", of: package) {
            guard name == nil, ecosystem == nil else { throw .twoPackages }
            guard let purl = PackageURL(parsing: text) else { throw .unreadablePackage }
            guard purl.version == nil || version == nil else { throw .twoVersions }
            version = version ?? purl.version
            project = purl.project
        } else {
            guard let name, !name.isEmpty, let ecosystem, !ecosystem.isEmpty else { throw .noPackage }
            project = ecosystem == pythonEcosystem ? try? ProjectName(parsing: name) : nil
        }
        self.version = version.flatMap { $0.isEmpty ? nil : $0 }
    }

    private static func text(_ name: String, of members: [String: JSON]) throws(OSVRefusal) -> String? {
        switch members[name] {
        case nil, .null: return nil
        case .string(let text): return text
        case .object, .array, .number, .boolean: throw .notText(name)
        }
    }

    /// Whether an advisory is an answer to it. What is withdrawn is none.
    func isAnswered(by advisory: Advisory) -> Bool {
        guard let project, advisory.withdrawn == nil else { return false }
        if let after, !(after < advisory.id) { return false }
        guard let version else { return advisory.projects.contains(project.normalized) }
        return advisory.isAbout(project, version)
    }
}

/// `pkg:pypi/jinja2@3.1.3`, as far as it names a package and a version (github.com/package-url/purl-spec).
struct PackageURL: Hashable {
    /// Nil for a package of another world.
    let project: ProjectName?
    let version: String?

    /// Reads one; nil for what is none.
    init?(parsing text: String) {
        guard text.utf8.count <= 1_024, text.hasPrefix("pkg:") else { return nil }
        let end = text.firstIndex { $0 == "?" || $0 == "#" } ?? text.endIndex
        let parts = text[..<end].dropFirst(4).drop { $0 == "/" }.split(
            separator: "@", maxSplits: 1, omittingEmptySubsequences: false)
        guard let path = parts.first, let slash = path.firstIndex(of: "/") else { return nil }
        version = parts.count == 2 ? Self.decoded(parts[1]) : nil
        guard path[..<slash].lowercased() == "pypi" else {
            project = nil
            return
        }
        guard let project = try? ProjectName(parsing: Self.decoded(path[path.index(after: slash)...])) else {
            return nil
        }
        self.project = project
    }

    private static func decoded(_ text: some StringProtocol) -> String {
        String(decoding: text.utf8.percentDecoded().bytes, as: UTF8.self)
    }
}

/// Why a question is not answered.
enum OSVRefusal: Refusal, Hashable {
    case notJSON
    case noQueries
    case tooManyQueries
    case noPackage
    case twoPackages
    case twoVersions
    case unreadablePackage
    case notText(String)
    case unknownPage
    case unknown(String)

    var kind: RefusalKind {
        switch self {
        case .notJSON, .noQueries, .tooManyQueries, .noPackage, .twoPackages, .twoVersions, .unreadablePackage,
            .notText, .unknownPage:
            .invalid
        case .unknown: .notFound
        }
    }

    var code: String {
        switch self {
        case .notJSON: "osv.not-json"
        case .noQueries: "osv.no-queries"
        case .tooManyQueries: "osv.too-many-queries"
        case .noPackage: "osv.no-package"
        case .twoPackages: "osv.two-packages"
        case .twoVersions: "osv.two-versions"
        case .unreadablePackage: "osv.unreadable-package"
        case .notText: "osv.not-text"
        case .unknownPage: "osv.unknown-page"
        case .unknown: "osv.unknown"
        }
    }

    var explanation: String {
        switch self {
        case .notJSON: "The question is no JSON object (RFC 8259) in UTF-8, or has a name twice."
        case .noQueries: #"A batch is an object with a list of "queries"."#
        case .tooManyQueries: "A batch has at most \(OSVQuery.most) queries. Send the rest in another."
        case .noPackage: #"A query names a "package", by its "name" and "ecosystem" or by its "purl", or a "commit"."#
        case .twoPackages: #"A package is named by its "purl" or by its "name" and "ecosystem", not by both."#
        case .twoVersions: #"The version stands in the "purl" or beside the package, not in both."#
        case .unreadablePackage: "The purl is no package URL, such as pkg:pypi/jinja2@3.1.3."
        case .notText(let name): #"The member "\#(name)" is no text."#
        case .unknownPage: "The page token is not one that this index gave. Ask again without it."
        case .unknown(let id): "There is no advisory '\(id)' on this index."
        }
    }
}
