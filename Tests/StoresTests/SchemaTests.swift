import Bytes
import Crypto
import Foundation
import Testing
import VectorSupport

@testable import Database
@testable import Stores

/// A stored database for each release, as SQL: its schema, and a row in every table. `unreleased.sql` is what the next
/// release will have; `RIND_GOLDEN=write` writes it anew. CONTRIBUTING.md says what is done with it at a release.
@Suite("The schema") struct SchemaTests {
    private static let folder = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Golden/releases")
    private static let unreleased = folder.appending(path: "unreleased.sql")

    /// `table.column` of what a step dropped or changed on purpose, and no release after it keeps.
    private static let givenUp: Set<String> = []

    private let temporary = URL.temporaryDirectory.appending(path: "schema-\(UUID().uuidString).sqlite")

    private func open() throws -> Database { try Database(sqliteAt: temporary.path) }

    private func close(_ database: Database) throws {
        try database.close()
        try FileManager.default.removeItem(at: temporary)
    }

    @Test("of a new database is the golden one, with a row in every table")
    func golden() async throws {
        let database = try open()
        try await database.migrate(Migration.all)
        let schema = try await database.read { try Self.schema($0) }
        let rows = try await database.read { try Self.sample($0) }
        try close(database)
        try Golden.expect(schema + "\n" + rows, "releases/unreleased.sql")
    }

    @Test(
        "of every release's stored database becomes that of a new one, and its rows stay",
        arguments: try FileManager.default.contentsOfDirectory(atPath: folder.path).filter { $0.hasSuffix(".sql") }
            .sorted())
    func upgrade(file: String) async throws {
        let stored = try String(contentsOf: Self.folder.appending(path: file), encoding: .utf8)
        let database = try open()
        try await database.write { try $0.executeScript(stored) }
        let before = try await database.read { try Self.tables($0) }
        _ = try await Stores(database)
        let (after, schema) = try await database.read { (try Self.tables($0), try Self.schema($0)) }
        #expect(Self.lost(before, after) == [])
        #expect(try String(contentsOf: Self.unreleased, encoding: .utf8).hasPrefix(schema))
        try close(database)
    }

    @Test(
        "of a release is frozen: its stored database and its steps are those whose digests stand in releases/SHA256SUMS"
    )
    func frozen() throws {
        let files = try FileManager.default.contentsOfDirectory(atPath: Self.folder.path)
        let databases = try files.filter { $0.hasSuffix(".sql") && $0 != "unreleased.sql" }.map { file in
            (file, try String(contentsOf: Self.folder.appending(path: file), encoding: .utf8))
        }
        let sums = try String(contentsOf: Self.folder.appending(path: "SHA256SUMS"), encoding: .utf8)
        #expect(sums == Self.sums(of: Dictionary(uniqueKeysWithValues: databases), Migration.all))
    }

    @Test("has a digest of each step that a release took, whatever the step does")
    func frozenSteps() {
        let steps = [Migration("0001-first", "CREATE TABLE a (b);"), Migration("0002-second", "UPDATE a SET b = 1;")]
        let coming = Migration("0003-coming", "DELETE FROM a;")
        let database =
            "INSERT INTO migration (name) VALUES ('0001-first');\nINSERT INTO migration (name) VALUES ('0002-second');\n"
        let sums = Self.sums(of: ["0.1.0.sql": database], steps + [coming])
        #expect(
            sums.split(separator: "\n").map { $0.split(separator: " ").last } == [
                "0.1.0.sql", "0001-first", "0002-second",
            ])
        // A step whose rows alone changed is another one.
        #expect(Self.sums(of: ["0.1.0.sql": database], [steps[0], Migration("0002-second", "SELECT 1;")]) != sums)
    }

    /// The lines of SHA256SUMS: the stored databases of releases, and the steps that they have taken.
    private static func sums(of databases: [String: String], _ steps: [Migration]) -> String {
        let released = steps.filter { step in
            databases.values.contains { $0.contains("INSERT INTO migration (name) VALUES ('\(step.name)');") }
        }
        let named = databases.sorted { $0.key < $1.key }.map { ($0.key, $0.value) } + released.map { ($0.name, $0.sql) }
        return named.map { name, text in
            "\(Array(SHA256.hash(data: Data(text.utf8))).hexadecimal)  \(name)\n"
        }.joined()
    }

    @Test("test sees a step that loses a row, a column or a value, and lets one pass that adds")
    func losses() async throws {
        let stored = try String(contentsOf: Self.unreleased, encoding: .utf8)
        let database = try open()
        try await database.write { try $0.executeScript(stored) }
        let before = try await database.read { try Self.tables($0) }
        let steps: [(sql: String, lost: Set<String>)] = [
            ("ALTER TABLE token ADD COLUMN note TEXT; CREATE TABLE other (a TEXT) STRICT;", []),
            ("DELETE FROM file_note;", ["file_note"]),
            ("UPDATE account SET name = 'x';", ["account"]),
            ("ALTER TABLE release DROP COLUMN removed_by;", ["release"]),
            ("DROP TABLE download_flush;", ["download_flush"]),
        ]
        var lost: Set<String> = []
        for (number, step) in steps.enumerated() {
            try await database.migrate(
                Migration.all + steps[...number].enumerated().map { Migration("9\($0)", $1.sql) })
            lost.formUnion(step.lost)
            let after = try await database.read { try Self.tables($0) }
            #expect(Set(Self.lost(before, after)) == lost, "\(step.sql)")
        }
        try close(database)
    }

    @Test("of a version before the first release is refused with what to do, and nothing is changed")
    func unreleasedVersion() async throws {
        let database = try open()
        try await database.write {
            try $0.executeScript(
                """
                CREATE TABLE migration (name TEXT NOT NULL PRIMARY KEY);
                INSERT INTO migration VALUES ('0001-index'), ('0002-search');
                CREATE TABLE account (id INTEGER PRIMARY KEY, unused_email TEXT NOT NULL);
                INSERT INTO account VALUES (1, 'x');
                """)
        }
        let before = try await database.read { (try Self.tables($0), try Self.schema($0)) }
        let refusal = await #expect(throws: DatabaseIsUnreleased.self) { _ = try await Stores(database) }
        #expect(refusal?.description.contains("0001-index") == true)
        #expect(refusal?.description.contains("rind import") == true)
        let after = try await database.read { (try Self.tables($0), try Self.schema($0)) }
        #expect(before.0 == after.0)
        #expect(before.1 == after.1)
        try close(database)
    }

    // MARK: - What is in a database

    /// The rows of each table, each with its columns as SQL writes their values.
    private typealias Tables = [String: Set<[String: String]>]

    /// The tables that rows are put into, in the order in which they were made: what a row refers to comes first.
    private static func tableNames(_ connection: Connection) throws -> [String] {
        try connection.rows(
            """
            SELECT name FROM sqlite_schema
            WHERE type = 'table' AND name NOT LIKE 'sqlite_%' AND name NOT LIKE 'project_search_%' ORDER BY rowid
            """
        ).map { try $0.text("name") }
    }

    private static func columns(of table: String, _ connection: Connection) throws -> [(name: String, type: String)] {
        try connection.rows("SELECT name, type FROM pragma_table_info($1) ORDER BY cid", table).map {
            (try $0.text("name"), try $0.text("type"))
        }
    }

    private static func tables(_ connection: Connection) throws -> Tables {
        var tables: Tables = [:]
        for table in try tableNames(connection) {
            let columns = try columns(of: table, connection).map(\.name)
            let values = columns.map { "quote(\($0)) AS \($0)" }.joined(separator: ", ")
            tables[table] = Set(
                try connection.rows("SELECT \(values) FROM \(table)").map { row in
                    Dictionary(uniqueKeysWithValues: try columns.map { ($0, try row.text($0)) })
                })
        }
        return tables
    }

    /// The tables of which a row is not there as it was.
    private static func lost(_ before: Tables, _ after: Tables) -> [String] {
        before.filter { table, rows in
            !rows.allSatisfy { row in
                (after[table] ?? []).contains { now in
                    row.allSatisfy { now[$0.key] == $0.value || givenUp.contains("\(table).\($0.key)") }
                }
            }
        }.map(\.key)
    }

    /// The statements that make what there is, without comments.
    private static func schema(_ connection: Connection) throws -> String {
        try connection.rows(
            """
            SELECT sql FROM sqlite_schema
            WHERE sql IS NOT NULL AND name NOT LIKE 'sqlite_%' AND name NOT LIKE 'project_search_%' ORDER BY rowid
            """
        ).map { row in
            try row.text("sql").split(separator: "\n").compactMap { line in
                let code = line.replacing(/\s*--.*/, with: "")
                let indent = code.prefix { $0 == " " }
                let words = code.split(separator: " ").joined(separator: " ")
                return words.isEmpty ? nil : indent + words
            }.joined(separator: "\n") + ";\n"
        }.joined()
    }

    /// Statements that put one row into every table but those of the search's own, which refer to each other.
    private static func sample(_ connection: Connection) throws -> String {
        // What a rule of the table asks for.
        let special = ["giveaway.closes_at": "2", "file.state": "'removed'"]
        let steps = try connection.rows("SELECT name FROM migration ORDER BY name").map {
            "INSERT INTO migration (name) VALUES ('\(try $0.text("name"))');\n"
        }
        return try steps.joined()
            + tableNames(connection).filter { $0 != "migration" }.map { table in
                let columns = try columns(of: table, connection)
                let values = columns.map { column in
                    switch column.type {
                    case "INTEGER": special["\(table).\(column.name)"] ?? "1"
                    case "BLOB": "x'01'"
                    default: special["\(table).\(column.name)"] ?? "'\(column.name)'"
                    }
                }
                return "INSERT INTO \(table) (\(columns.map(\.name).joined(separator: ", "))) "
                    + "VALUES (\(values.joined(separator: ", ")));\n"
            }.joined()
    }
}
