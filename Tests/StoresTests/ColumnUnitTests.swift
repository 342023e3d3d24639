import Accounts
import Acts
import Database
import Foundation
import PackagingFormats
import Policy
import Ports
import Projects
import Support
import Testing
import UTC

@testable import Database
@testable import Stores

@Suite("The unit of a number in the database") struct ColumnUnitTests {
    /// A row of the table in docs/database.md: `…_at` stands for all names that end so, `is_…` for those that begin so.
    struct Unit {
        let names: [String]
        let words: String

        func isUnit(of column: String) -> Bool {
            names.contains { name in
                if name.hasPrefix("…") { return column.hasSuffix(name.dropFirst()) }
                if name.hasSuffix("…") { return column.hasPrefix(name.dropLast()) }
                return column == name
            }
        }
    }

    /// Names of what is counted, and of serials and positions. A new number whose name says no unit has to be one of these.
    static let counts: Set<String> = [
        "approvals", "attempts", "band", "block", "changed", "count", "critical", "dependency_depth", "downloads",
        "few_downloads",
        "files", "followed", "former_approvals", "from_serial", "key_count", "keys_per_code", "last_counter",
        "latest_downloads",
        "latest_rank", "line",
        "number", "people", "phishing_resistant", "place", "position", "projects", "rank", "removal", "sequence",
        "serial", "sign_count", "since_serial", "threshold", "until_serial", "with_factor",
    ]

    /// What is named as a number is, and is a text or bytes.
    static let others: Set<String> = [
        "challenge.bytes", "file.requires_python", "release.requires_python", "release_past.requires_python",
        "token.as_of",
    ]

    static func units() throws -> [Unit] {
        let file = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../../docs/database.md")
        return try String(contentsOf: file, encoding: .utf8).split(separator: "\n").compactMap { line in
            let cells = line.split(separator: "|").map { $0.trimmingCharacters(in: .whitespaces) }
            guard cells.count == 2, cells[0].hasPrefix("`") else { return nil }
            return Unit(
                names: cells[0].components(separatedBy: ", ").map { $0.replacing("`", with: "") }, words: cells[1])
        }
    }

    /// Every column, with its type; those that are the number of a row, of whatever table, are left out.
    private static func columns(_ connection: Connection) throws -> [(table: String, name: String, type: String)] {
        try connection.rows(
            """
            SELECT m.name AS t, c.name AS c, c.type AS type FROM sqlite_master m JOIN pragma_table_info(m.name) c
            WHERE m.type = 'table' AND m.name NOT LIKE 'sqlite_%' AND m.name NOT LIKE 'project_search_%'
                AND c.name NOT IN ('id', 'only') AND c.name NOT LIKE '%\\_id' ESCAPE '\\'
                AND c.name NOT IN (SELECT "from" FROM pragma_foreign_key_list(m.name))
            """
        ).map { (try $0.text("t"), try $0.text("c"), try $0.text("type")) }
    }

    @Test("is said by its name, as docs/database.md and the header of the schema have it, or it is a count")
    func names() async throws {
        let units = try Self.units()
        #expect(units.count == 9)
        let header = try #require(Migration.all.first?.sql).split(separator: "\n").prefix { $0.hasPrefix("--") }
        for unit in units {
            let line = "--   \(unit.names.map { "`\($0)`" }.joined(separator: ", ")): \(unit.words)"
            #expect(header.contains { $0 == line }, "the header lacks: \(line)")
        }
        let index = try await TestIndex()
        let columns = try await index.database.read { try Self.columns($0) }
        var (unnamed, others): (Set<String>, Set<String>) = ([], [])
        for column in columns {
            let isNamed = units.contains { $0.isUnit(of: column.name) }
            if column.type == "INTEGER" {
                if !isNamed { unnamed.insert(column.name) }
            } else if isNamed {
                others.insert("\(column.table).\(column.name)")
            }
        }
        #expect(unnamed == Self.counts && others == Self.others)
    }

    /// What a value of a unit can be, in an index that lives in this century.
    private static func range(_ unit: Unit) -> ClosedRange<Int64>? {
        let days = Int64(10_957)...47_482
        return switch unit.words {
        case "microseconds since 1970, UTC": days.lowerBound * 86_400_000_000...days.upperBound * 86_400_000_000
        case "days since 1970, UTC": days
        case "hours since 1970, UTC": days.lowerBound * 24...days.upperBound * 24
        case "1 for yes, 0 for no": 0...1
        case _: nil
        }
    }

    /// Much of what leaves a moment, a day or a yes in the database.
    private static func fill(_ people: People) async throws {
        let (index, stores, now, root) = (people.index, people.stores, people.now, Actor.operatorAtMachine)
        let (grace, key, session) = try await people.withKey("grace")
        _ = try await people.withApp(session, user: grace)
        _ = try await people.signIn(grace, key, count: 6)
        try await stores.factors.replaceRecoveryCodes(
            hashes: [[7]], of: grace.name, by: root, from: people.origin, at: now)
        for id in ["t", "u"] {
            _ = try await stores.tokens.add(
                NewAPIToken(
                    id: id, rootKey: [1], owner: grace.name, label: id, projects: nil, expiresAt: now + .days(30)),
                by: root, from: people.origin, at: now)
        }
        try await stores.tokens.revoke("u", by: root, from: people.origin, at: now)
        try await index.receive(.wheel())
        try await index.receive(.sourceDistribution())
        let demo = try ProjectName(parsing: "demo-pkg")
        try await stores.collaboration.invite(
            grace.name, as: .maintainer, to: demo, by: root, from: people.origin, at: now)
        try await stores.projects.yank(
            Version(parsing: "1.0"), of: demo, reason: "broken", by: root, at: now)
        try await stores.critical.designate(demo, by: root, at: now)
        let rule = try MandateRule(announcedFrom: now.day, enforcedFrom: now.day + 90)
        try await stores.critical.set(CriticalSettings(critical: .usual, mandate: rule), by: root, at: now)
    }

    @Test("is that of the values which the index writes")
    func values() async throws {
        let people = try await People()
        try await Self.fill(people)
        let units = try Self.units()
        var reached: [String: Int] = [:]
        let found = try await people.index.database.read { connection in
            try Self.columns(connection).filter { $0.type == "INTEGER" }.map { column in
                let sql = "SELECT \(column.name) AS v FROM \(column.table) WHERE \(column.name) IS NOT NULL"
                return (column, try connection.rows(sql).map { try $0.integer("v") })
            }
        }
        for (column, values) in found {
            guard let unit = units.first(where: { $0.isUnit(of: column.name) }), let range = Self.range(unit) else {
                continue
            }
            for value in values { #expect(range.contains(value), "\(column.table).\(column.name) = \(value)") }
            if !values.isEmpty { reached[unit.words, default: 0] += 1 }
        }
        // So that it is not content with an empty database.
        #expect(reached["microseconds since 1970, UTC", default: 0] >= 20, "\(reached)")
        #expect(reached["days since 1970, UTC", default: 0] >= 2, "\(reached)")
        #expect(reached["1 for yes, 0 for no", default: 0] >= 10, "\(reached)")
    }
}
