import Accounts
import Acts
import Advisories
import Database
import Foundation
import HTTPTypes
import Identity
import KnownAdvisories
import Leaving
import PackagingFormats
import Past
import Policy
import Ports
import Primitives
import Projects
import Removals
import Roles
import Server
import Stores
import Support
import Testing
import UTC
import VectorSupport

/// An index that has a history, and what it served at each point of it.
private final class RememberedIndex {
    let server: TestServer
    private(set) var kept: [Page] = []
    private var random: SplitMix64
    let names = ["ant", "bee", "cow"]
    private let people = ["ada", "bob"]

    /// An answer as it was served.
    struct Page {
        let serial: Serial
        let moment: Timestamp
        let path: String
        let accept: String
        let status: Int
        let body: [UInt8]
    }

    init(seed: UInt64) async throws {
        server = try await TestServer()
        random = SplitMix64(seed: seed)
        _ = try await TestIndex.user("bob", in: server.index.stores, at: server.now)
    }

    private func actor(_ name: String) async throws -> Actor {
        let user = try #require(try await server.index.stores.accounts.user(named: Username(parsing: name)))
        return Actor(
            .user(user.id, user.name, isAdministrator: false), assurance: .password,
            session: SessionStanding(proofs: [Proof(.password, at: server.now)], strongest: .password))
    }

    /// Does something, or is refused; both are part of a history.
    func step() async throws {
        server.now = server.now + .seconds(Int64.random(in: 1...500_000, using: &random))
        let stores = server.index.stores
        let (now, origin) = (server.now, RequestOrigin())
        let name = try ProjectName(parsing: names.randomElement(using: &random) ?? "")
        let version = try Version(parsing: ["1.0", "2.0", "3.0rc1"].randomElement(using: &random) ?? "")
        let build = Int.random(in: 1...3, using: &random)
        let filename = "\(name.normalized)-\(version)-\(build)-py3-none-any.whl"
        let reason = ["", "wrong <b>", "too \"new\""].randomElement(using: &random) ?? ""
        let ada = try await actor("ada")
        let operation = Int.random(in: 0..<22, using: &random)
        do {
            switch operation {
            case 0...5: try await upload(name, version, filename, by: ada)
            case 6: try await stores.projects.yank(version, of: name, reason: reason, by: ada, at: now)
            case 7: try await stores.projects.unyank(version, of: name, by: ada, at: now)
            case 8: try await stores.projects.yank(file: filename, of: name, reason: reason, by: ada, at: now)
            case 9: try await stores.projects.unyank(file: filename, of: name, by: ada, at: now)
            case 10:
                let status = [ProjectStatus.active, .archived, .deprecated].randomElement(using: &random) ?? .active
                try await stores.removals.setStatus(
                    status, reason: reason, of: name, by: .operatorAtMachine, at: now)
            case 11, 12:
                let departure = [Departure.project, .release(version), .file(filename)].randomElement(using: &random)
                _ = try await stores.removals.remove(
                    departure ?? .project, of: name, reason: "gone", seen: nil, by: .operatorAtMachine, from: origin,
                    at: now)
            case 13:
                let departure = [Departure.project, .release(version), .file(filename)].randomElement(using: &random)
                _ = try await stores.removals.remove(
                    departure ?? .project, of: name, reason: "nobody needs it", seen: nil, by: ada, from: origin,
                    at: now)
            case 14:
                for request in try await stores.removals.requests(of: name).prefix(1) {
                    try await stores.removals.object(
                        to: request.id, of: name, reason: "we do", by: ada, from: origin, at: now)
                }
            case 15: try await stores.removals.restore(name, by: .operatorAtMachine, from: origin, at: now)
            case 16: try await stores.removals.restore(version, of: name, by: .operatorAtMachine, from: origin, at: now)
            case 17:
                let what = [Departure.project, .release(version), .file(filename)].randomElement(using: &random)
                try await stores.removals.quarantine(
                    what ?? .project, of: name, reason: "harm", by: .operatorAtMachine, at: now)
            case 18:
                let what = [Departure.project, .release(version), .file(filename)].randomElement(using: &random)
                try await stores.removals.liftQuarantine(
                    of: what ?? .project, of: name, by: .operatorAtMachine, at: now)
            case 19:
                try await stores.projects.addRole(
                    build == 1 ? .owner : .maintainer, on: name, to: Username(parsing: "bob"), by: .operatorAtMachine,
                    at: now)
            case 20:
                try await stores.roles.removeRole(
                    on: name, from: Username(parsing: "bob"), by: .operatorAtMachine, at: now)
            // What is no change of a project has a serial, too.
            default: _ = try await TestIndex.user("user-\(kept.count)", in: stores, at: now)
            }
        } catch is any Refusal {}
        try await server.server.follower.catchUp()
    }

    private func upload(_ name: ProjectName, _ version: Version, _ filename: String, by actor: Actor) async throws {
        var metadata = ReleaseMetadata()
        metadata.summary = "made at \(server.now.seconds)"
        metadata.description = "# \(name.display) at \(server.now.seconds)"
        let digest = { (text: String) in TestUpload.sha256(Array("\(text) \(filename)".utf8)) }
        _ = try await server.index.stores.projects.upload(
            UploadCandidate(
                project: name, version: version, filename: try DistributionFilename(lenient: filename),
                packageType: .wheel, pythonTag: "py3", size: 10,
                digests: Digests(
                    sha256: digest("sha256"), blake2b256: digest("blake2"), md5: String(digest("md5").prefix(32))),
                metadataSHA256: nil, metadata: metadata),
            by: actor, at: server.now, limits: UploadLimits())
    }

    /// Keeps all that is served now.
    func remember() async throws {
        let serial = try await server.index.stores.journal.latestSerial()
        var paths = ["/simple/"]
        for name in names {
            paths += ["/simple/\(name)/", "/pypi/\(name)/json", "/pypi/\(name)/1.0/json", "/pypi/\(name)/2.0/json"]
        }
        for path in paths {
            for accept in path.hasPrefix("/simple/") ? [Self.json, "text/html"] : ["*/*"] {
                let answer = try await server.send(.get, path, headers: [.accept: accept])
                kept.append(
                    Page(
                        serial: serial, moment: server.now, path: path, accept: accept, status: answer.status,
                        body: answer.body))
            }
        }
    }

    /// Lifts all quarantines.
    func liftAll() async throws {
        // Later than the last of what is remembered.
        server.now = server.now + .seconds(1)
        for name in try names.map({ try ProjectName(parsing: $0) }) {
            var all: [Departure] = [.project]
            for version in ["1.0", "2.0", "3.0rc1"] { all.append(.release(try Version(parsing: version))) }
            for what in all {
                try? await server.index.stores.removals.liftQuarantine(
                    of: what, of: name, by: .operatorAtMachine, at: server.now)
            }
        }
        try await server.server.follower.catchUp()
    }

    static let json = "application/vnd.pypi.simple.v1+json"
}

@Suite("The index as it was,") struct TimeTravelTests {
    /// More of them with `RIND_HISTORIES=200`.
    static let seeds = 0..<(ProcessInfo.processInfo.environment["RIND_HISTORIES"].flatMap { UInt64($0) } ?? 6)

    @Test("by serial and by moment, is byte for byte what was served then, whatever happened since", arguments: seeds)
    func random(seed: UInt64) async throws {
        let index = try await RememberedIndex(seed: seed)
        for _ in 0..<40 {
            try await index.step()
            try await index.remember()
        }
        try await index.liftAll()
        for page in index.kept {
            for point in [String(page.serial), page.moment.iso8601Seconds + "Z"] {
                let answer = try await index.server.send(
                    .get, "/at/\(point)\(page.path)", headers: [.accept: page.accept])
                #expect(answer.status == page.status, "\(seed): \(point) \(page.path)")
                guard page.status == 200 else { continue }
                #expect(answer.headers[.asOf] != nil)
                // What is known to be bad is that of now.
                guard Self.withoutWarnings(answer.body) != Self.withoutWarnings(page.body) else { continue }
                Issue.record(
                    """
                    \(seed): \(point) \(page.path) \(page.accept)
                    \(String(decoding: page.body, as: UTF8.self))
                    \(answer.text)
                    """)
                return
            }
        }
    }

    /// A document without what it ends with.
    private static func withoutWarnings(_ body: [UInt8]) -> [UInt8] {
        body.ranges(of: Array(#","vulnerabilities":["#.utf8)).last.map { Array(body[..<$0.lowerBound]) } ?? body
    }

    @Test("warns of what is known now, whatever was known then")
    func warnings() async throws {
        let server = try await TestServer()
        try await server.upload(.wheel())
        let serial = try await server.index.stores.journal.latestSerial()
        #expect(
            try await server.send(.get, "/at/\(serial)/pypi/demo-pkg/json").text.hasSuffix(#""vulnerabilities":[]}"#))
        let text = #"""
            {"id":"PYSEC-1","modified":"2026-01-01T00:00:00Z",
             "affected":[{"package":{"ecosystem":"PyPI","name":"demo-pkg"},"versions":["1.0"]}]}
            """#
        _ = try await server.index.stores.advisories.take(
            [AdvisoryDocument(parsing: Array(text.utf8))], by: .operatorAtMachine, at: server.now)
        #expect(try await server.send(.get, "/at/\(serial)/pypi/demo-pkg/json").text.contains(#""id":"PYSEC-1""#))
    }

    @Test("shows nothing of what is in quarantine now, on any page, and says so", arguments: 0..<3 as Range<UInt64>)
    func quarantined(seed: UInt64) async throws {
        let index = try await RememberedIndex(seed: seed)
        let stores = index.server.index.stores
        for _ in 0..<30 {
            try await index.step()
            try await index.remember()
        }
        try await index.liftAll()
        var shown = 0
        for name in index.names {
            let project = try ProjectName(parsing: name)
            guard let file = try await stores.projects.snapshot(of: project)?.releases.flatMap(\.files).first else {
                continue
            }
            try await stores.removals.quarantine(
                .file(file.filename), of: project, reason: "harm", by: .operatorAtMachine, at: index.server.now)
            try await index.server.server.follower.catchUp()
            for page in index.kept where page.path == "/simple/\(name)/" && page.status == 200 {
                let answer = try await index.server.send(
                    .get, "/at/\(page.serial)\(page.path)", headers: [.accept: page.accept])
                let had = String(decoding: page.body, as: UTF8.self).contains(file.filename)
                #expect(!answer.text.contains(file.filename))
                let mark = page.accept == RememberedIndex.json ? #""_left-out":"# : "Left out, because"
                #expect(answer.text.contains(mark) == had, "\(seed): \(page.serial) \(page.path)")
                if !had { #expect(answer.body == page.body) }
                if had { shown += 1 }
            }
        }
        #expect(shown > 0)
    }

    // MARK: Addresses

    private func index() async throws -> TestServer {
        let server = try await TestServer()
        try await server.upload(.wheel())
        return server
    }

    @Test("is sent on from a day, and from days before today, to the serial of that day; its pages are for everybody")
    func days() async throws {
        let server = try await index()
        let serial = try await server.index.stores.journal.latestSerial()
        let day = server.now.day
        server.now = server.now + .days(8)
        _ = try await server.index.stores.projects.yank(
            Version(parsing: "1.0"), of: ProjectName(parsing: "demo-pkg"), reason: nil, by: .operatorAtMachine,
            at: server.now)
        for point in ["\(day + 1)", "-7d"] {
            let answer = try await server.send(.get, "/at/\(point)/simple/demo-pkg/?x=1")
            #expect(answer.status == 302)
            #expect(answer.headers[.location] == "/at/\(serial)/simple/demo-pkg/?x=1")
            #expect(answer.headers[.cacheControl] == "public, max-age=\(point == "-7d" ? 300 : 3_600)")
        }
        let then = try await server.send(.get, "/at/\(serial)/simple/demo-pkg/")
        #expect(then.status == 200 && !then.text.contains("data-yanked"))
        #expect(then.headers[.asOf] == String(serial))
        #expect(then.headers[.vary] == "Accept, Accept-Encoding, Authorization")
        // Minutes, never for good: what is quarantined or erased goes from them. One that is fresh still says so.
        let etag = try #require(then.headers[.eTag])
        for (path, headers, status) in [
            ("simple/demo-pkg/", [:], 200), ("simple/demo-pkg/", [.ifNoneMatch: etag], 304), ("simple/", [:], 200),
            ("pypi/demo-pkg/json", [:], 200), ("project/demo-pkg/", [:], 200), ("", [:], 200),
            ("simple/Demo_Pkg/", [:], 301),
        ] as [(String, HTTPFields, Int)] {
            let answer = try await server.send(.get, "/at/\(serial)/\(path)", headers: headers)
            #expect(answer.status == status, "\(path)")
            #expect(answer.headers[.cacheControl] == "public, max-age=300", "\(path) \(status)")
        }
        #expect(try await server.send(.get, "/simple/demo-pkg/").text.contains("data-yanked"))
        #expect(try await server.send(.get, "/simple/demo-pkg/").headers[.asOf] == nil)
    }

    @Test("is refused with a sentence, and nothing kept, where there was none, will be, or the address means nothing")
    func refused() async throws {
        let server = try await index()
        let latest = try await server.index.stores.journal.latestSerial()
        for (point, status, words) in [
            ("0", 404, "before the index began"), ("2001-01-01", 404, "before the index began"),
            ("2001-01-01T00:00:00Z", 404, "before the index began"), ("-36500d", 404, "before the index began"),
            ("\(latest + 1)", 404, "not come yet"), ("2222-01-01", 404, "not come yet"),
            ("2222-01-01T00:00:00Z", 404, "not come yet"), ("999999999999999999", 404, "not come yet"),
            ("yesterday", 400, "no point in time"), ("-1", 400, "no point in time"),
            ("2026-02-30", 400, "no point in time"), ("%20", 400, "no point in time"),
        ] {
            for path in ["simple/", "simple/demo-pkg/", "pypi/demo-pkg/json", "project/demo-pkg/", ""] {
                let answer = try await server.send(.get, "/at/\(point)/\(path)")
                #expect(answer.status == status, "\(point) \(path)")
                #expect(answer.text.contains(words), "\(point) \(path): \(answer.text)")
                #expect(answer.headers[.cacheControl] == "no-store")
            }
        }
        // Before the project, and with names that there are none of.
        for path in ["/at/1/simple/demo-pkg/", "/at/\(latest)/simple/other/", "/at/\(latest)/pypi/demo-pkg/9.9/json"] {
            #expect(try await server.send(.get, path).status == 404, "\(path)")
        }
    }

    @Test("leads to one spelling of an address, at the point that was asked for")
    func spelling() async throws {
        let server = try await index()
        let serial = try await server.index.stores.journal.latestSerial()
        for (path, location) in [
            ("simple", "simple/"), ("simple/Demo_Pkg/", "simple/demo-pkg/"),
            ("pypi/Demo.Pkg/json", "pypi/demo-pkg/json"),
            ("pypi/demo-pkg/1.0.0/json", "pypi/demo-pkg/1.0/json"), ("project/demo-pkg", "project/demo-pkg/"),
            ("project/demo-pkg/1/", "project/demo-pkg/1.0/"),
        ] {
            let answer = try await server.send(.get, "/at/\(serial)/\(path)")
            #expect(answer.status == 301)
            #expect(answer.headers[.location] == "/at/\(serial)/\(location)", "\(path)")
        }
    }

    @Test("is shown to people with what it is, links to pages of the same point, one to now, and how to install")
    func people() async throws {
        let server = try await index()
        let serial = try await server.index.stores.journal.latestSerial()
        let page = try await server.send(.get, "/at/\(serial)/project/demo-pkg/").text
        #expect(page.contains("This is the past") && page.contains("change \(serial)"))
        #expect(page.contains("https://packages.example.org/at/\(serial)/simple/"))
        #expect(page.contains("href=\"/at/\(serial)/project/demo-pkg/1.0/\""))
        #expect(page.contains("href=\"/project/demo-pkg/\"") && !page.contains("/at/now/"))
        let guide = try await server.send(.get, "/at/?project=demo-pkg").text
        #expect(guide.contains("-7d/simple/ demo-pkg") && guide.contains("UV_DEFAULT_INDEX="))
        let sent = try await server.send(.get, "/at/?on=\(serial)&project=Demo_Pkg")
        #expect(sent.status == 303 && sent.headers[.location] == "/at/\(serial)/project/demo-pkg/")
        #expect(try await server.send(.get, "/at/?on=never").status == 400)
        #expect(try await server.send(.get, "/at/\(serial)/").text.contains("/at/\(serial)/simple/ PROJECT"))
        #expect(try await server.send(.get, "/project/demo-pkg/").text.contains("/at/?project=demo-pkg"))
    }

    // MARK: By credential

    private func credential(_ server: TestServer, asOf point: PointInTime) async throws -> (field: String, id: String) {
        let stores = server.index.stores
        let issued = try await TokenMint(accounts: stores.accounts, tokens: stores.tokens).issue(
            for: Username(parsing: "ada"), label: "past", projects: [], expiresAt: nil, asOf: point,
            by: .operatorAtMachine, at: server.now)
        let text = Data("__token__:\(issued.text)".utf8).base64EncodedString()
        return ("Basic \(text)", issued.record.id)
    }

    @Test("is what a token that says so reads at the addresses of now, and nobody else, from no cache")
    func token() async throws {
        let server = try await index()
        let serial = try await server.index.stores.journal.latestSerial()
        let (field, id) = try await credential(server, asOf: .serial(serial))
        _ = try await server.index.stores.projects.yank(
            Version(parsing: "1.0"), of: ProjectName(parsing: "demo-pkg"), reason: "new", by: .operatorAtMachine,
            at: server.now)
        try await server.server.follower.catchUp()
        for _ in 0..<2 {
            // Once each is in memory, too.
            #expect(try await server.send(.get, "/simple/demo-pkg/").text.contains("data-yanked"))
            let then = try await server.send(.get, "/simple/demo-pkg/", headers: [.authorization: field])
            #expect(then.status == 200 && !then.text.contains("data-yanked") && !then.isImmediate)
            #expect(then.headers[.asOf] == String(serial))
            #expect(then.headers[.cacheControl] == "private, no-cache")
            #expect(then.headers[.vary]?.contains("Authorization") == true)
        }
        let moved = try await server.send(.get, "/simple/Demo_Pkg/", headers: [.authorization: field])
        #expect(moved.status == 301 && moved.headers[.location] == "/simple/demo-pkg/")
        let document = try await server.send(.get, "/pypi/demo-pkg/json", headers: [.authorization: field])
        #expect(document.text.contains(#""yanked":false"#) && document.headers[.cacheControl] == "private, no-cache")
        #expect(try await server.send(.head, "/simple/", headers: [.authorization: field]).headers[.asOf] != nil)

        // It publishes nothing.
        let upload = TestUpload.sourceDistribution()
        let refused = try await server.send(
            .post, "/legacy/", headers: [.contentType: upload.contentType, .authorization: field], body: upload.body)
        #expect(refused.status == 403 && refused.text.contains("reads the index as it was"))

        // Once it has ended it reads nothing, instead of the index of now.
        try await server.index.stores.tokens.revoke(
            id, by: .operatorAtMachine, from: RequestOrigin(), at: server.now)
        let ended = try await server.send(.get, "/simple/demo-pkg/", headers: [.authorization: field])
        #expect(ended.status == 403 && ended.headers[.cacheControl] == "no-store" && !ended.text.contains("<a href"))
    }

    @Test("is not what other credentials read: they read the index of now, good or not")
    func otherCredentials() async throws {
        let server = try await index()
        for password in [server.token, "rind-nonsense", "x"] {
            let text = Data("__token__:\(password)".utf8).base64EncodedString()
            let answer = try await server.send(.get, "/simple/demo-pkg/", headers: [.authorization: "Basic \(text)"])
            #expect(answer.status == 200 && answer.headers[.asOf] == nil)
        }
        // Nobody has a point from the address without a credential.
        #expect(try await server.send(.get, "/at/token/simple/").status == 401)
    }

    @Test("keeps a row of what was by intervals that follow each other, with no change left open")
    func intervals() async throws {
        let index = try await RememberedIndex(seed: 7)
        for _ in 0..<60 { try await index.step() }
        let database = index.server.index.database
        for table in ["project", "release", "file", "role", "removal_request"] {
            let open = try await database.read { connection in
                try connection.numbers("SELECT COUNT(*) FROM \(table) WHERE since_serial IS NULL")
                    + connection.numbers("SELECT COUNT(*) FROM \(table)_past WHERE until_serial IS NULL")
                    + connection.numbers("SELECT COUNT(*) FROM \(table)_past WHERE until_serial <= from_serial")
            }
            #expect(open == [0, 0, 0], "\(table)")
        }
        for (table, key) in [("project", "id"), ("release", "id"), ("file", "id")] {
            // What it was ends where it began to be something else.
            let gaps = try await database.read { connection in
                try connection.numbers(
                    """
                    SELECT COUNT(*) FROM \(table)_past h JOIN \(table) t ON t.\(key) = h.\(table)_id
                    WHERE h.until_serial <> t.since_serial AND NOT EXISTS (
                        SELECT 1 FROM \(table)_past n
                        WHERE n.\(table)_id = h.\(table)_id AND n.from_serial = h.until_serial)
                    """)
            }
            #expect(gaps == [0], "\(table)")
        }
    }
}

extension HTTPField.Name {
    fileprivate static let asOf = HTTPField.Name("X-Rind-As-Of") ?? .server
}

extension Connection {
    /// The whole numbers of a query that has nothing else in its rows.
    fileprivate func numbers(_ sql: String) throws -> [Int64] {
        var numbers: [Int64] = []
        try forEachNumber(sql) { number in
            numbers.append(number)
            return true
        }
        return numbers
    }
}
