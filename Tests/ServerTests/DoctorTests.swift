import Accounts
import Database
import Foundation
import PackagingFormats
import Policy
import Ports
import Removals
import Server
import Stores
import Support
import Testing

import struct GRDB.Configuration
import class GRDB.DatabaseQueue

@testable import Database

/// An index in which everything has happened that leaves a mark: uploads, a yank, a status, removals.
@Suite("The doctor, of one value that was changed in the database,") final class DoctorTests {
    let server: TestServer

    init() async throws {
        server = try await TestServer()
        try await server.upload(.wheel())
        try await server.upload(.sourceDistribution())
        let (projects, removals) = (server.index.stores.projects, server.index.stores.removals)
        let demo = try ProjectName(parsing: "demo-pkg")
        let now = server.now
        let folder = server.folder.appending(path: "packages")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        for (name, version) in [("demo_pkg", "2.0"), ("demo_pkg", "3.0"), ("gone_pkg", "1.0"), ("held_pkg", "1.0")] {
            try Data(TestWheel(name, version).bytes).write(
                to: folder.appending(path: "\(name)-\(version)-py3-none-any.whl"))
        }
        let imported = try await FolderImport(server.index, owner: Username(parsing: "ada")).run(folder.path)
        #expect(imported.imported == 4)
        let admin = Actor.operatorAtMachine
        try await projects.yank(Version(parsing: "2.0"), of: demo, reason: "broken", by: admin, at: now)
        try await removals.deleteRelease(
            Version(parsing: "3.0"), of: demo, by: admin, from: RequestOrigin(), at: now)
        try await removals.deleteProject(
            ProjectName(parsing: "gone-pkg"), by: admin, from: RequestOrigin(), at: now)
        try await server.index.stores.releaseName(ProjectName(parsing: "gone-pkg"), at: now)
        try await removals.setStatus(
            .archived, reason: "old", of: ProjectName(parsing: "held-pkg"), by: admin, at: now)
    }

    /// A column, and how it is changed. What refers to it stays as it is.
    struct Change: Sendable, CustomTestStringConvertible {
        let column: String
        let sql: String
        var testDescription: String { sql }

        init(_ table: String, _ column: String, _ value: String, where condition: String) {
            self.column = "\(table).\(column)"
            sql = "UPDATE \(table) SET \(column) = \(value) WHERE \(condition)"
        }
    }

    private static let wheel = "filename = 'demo_pkg-1.0-py3-none-any.whl'"
    private static let removedFile = "filename = 'demo_pkg-3.0-py3-none-any.whl'"
    private static let other = String(repeating: "0", count: 64)
    private static let upload = "action = 'file.upload' AND actor <> 'operator'"

    static let changes: [Change] = [
        Change("file", "release_id", "(SELECT id FROM release WHERE version = '2.0')", where: wheel),
        Change("file", "release_id", "4711", where: wheel),
        Change("file", "project_id", "(SELECT id FROM project WHERE name LIKE 'held%')", where: wheel),
        Change("file", "filename", "'demo_pkg-1.0-py2-none-any.whl'", where: wheel),
        Change("file", "filename", "'other-1.0-py3-none-any.whl'", where: wheel),
        Change("file", "filename", "'nonsense'", where: wheel),
        Change("file", "identity", "identity || 'x'", where: wheel),
        Change("file", "package_type", "'sdist'", where: wheel),
        Change("file", "python_tag", "'py3'", where: "package_type = 'sdist'"),
        Change("file", "size", "size + 1", where: wheel),
        Change("file", "sha256", "'\(other)'", where: wheel),
        Change("file", "sha256", "(SELECT sha256 FROM file WHERE package_type = 'sdist')", where: wheel),
        Change("file", "blake2b256", "'\(other)'", where: wheel),
        Change("file", "md5", "substr('\(other)', 1, 32)", where: wheel),
        Change("file", "requires_python", "'>=3.99'", where: wheel),
        Change("file", "uploaded_at", "uploaded_at + 1", where: wheel),
        Change("file", "uploader", "'mallory'", where: wheel),
        Change("file", "uploader", "NULL", where: wheel),
        Change("file", "metadata_sha256", "'\(other)'", where: wheel),
        Change("file", "metadata_sha256", "NULL", where: wheel),
        Change("file", "metadata_sha256", "sha256", where: "package_type = 'sdist'"),
        Change("file", "state", "'published', removed_at = NULL", where: removedFile),
        Change("file", "state", "'removed', removed_at = 1", where: wheel),
        Change("file", "state", "'held'", where: wheel),
        Change("file", "state", "'staged'", where: wheel),
        Change("file", "removed_at", "removed_at + 1", where: removedFile),
        Change("file", "removed_by", "'user mallory'", where: removedFile),
        Change("file", "removal", "1", where: removedFile),
        Change("file", "is_yanked", "1", where: wheel),
        Change("file", "yank_reason", "'none of your business'", where: wheel),
        Change("file", "withheld_reason", "'none of your business'", where: wheel),

        Change("release", "id", "4711", where: "version = '2.0'"),
        Change("release", "project_id", "(SELECT id FROM project WHERE name LIKE 'held%')", where: "version = '2.0'"),
        Change("release", "version", "'2.1'", where: "version = '2.0'"),
        Change("release", "version", "'2.0.0'", where: "version = '2.0'"),
        Change("release", "canonical", "'2.1'", where: "version = '2.0'"),
        Change("release", "created_at", "created_at + 1", where: "version = '1.0'"),
        Change("release", "is_yanked", "0", where: "version = '2.0'"),
        Change("release", "is_yanked", "1", where: "version = '1.0'"),
        Change("release", "yank_reason", "'none of your business'", where: "version = '2.0'"),
        Change("release", "requires_python", "'>=3.99'", where: "version = '2.0'"),
        Change("release", "summary", "'Send me money'", where: "version = '2.0'"),
        Change("release", "metadata", "'{'", where: "version = '2.0'"),
        Change("release", "removed_at", "NULL", where: "version = '3.0'"),
        Change("release", "removed_by", "'user mallory'", where: "version = '3.0'"),
        Change("release", "removal", "NULL", where: "version = '3.0'"),

        Change("project", "id", "4711", where: "name LIKE 'held%'"),
        Change("project", "name", "'other'", where: "name LIKE 'held%'"),
        Change("project", "normalized", "'other'", where: "name LIKE 'held%'"),
        Change("project", "ultranormalized", "'other'", where: "name LIKE 'held%'"),
        Change("project", "created_at", "created_at + 1", where: "name LIKE 'held%'"),
        Change("project", "status", "'active'", where: "name LIKE 'held%'"),
        Change("project", "status_reason", "'new'", where: "name LIKE 'held%'"),
        Change("project", "serial", "serial + 1", where: "name LIKE 'held%'"),
        Change("project", "size", "size + 1", where: "name LIKE 'held%'"),
        Change("project", "latest_release_id", "NULL", where: "name LIKE 'held%'"),
        Change(
            "project", "latest_release_id", "(SELECT id FROM release WHERE version = '2.0')",
            where: "normalized = 'demo-pkg'"),
        Change("project", "required_assurance", "'second-factor'", where: "name LIKE 'held%'"),
        Change("project", "removed_at", "NULL", where: "name LIKE 'gone%'"),
        Change("project", "removed_by", "'user mallory'", where: "name LIKE 'gone%'"),
        Change("project", "freed_at", "NULL", where: "name LIKE 'gone%'"),

        Change("journal", "serial", "serial + 1000", where: "serial = (SELECT MAX(serial) FROM journal)"),
        Change("journal", "serial", "-serial", where: "serial = 2"),
        Change("journal_serial", "serial", "serial - 1", where: "only = 1"),
        Change("journal_serial", "serial", "serial + 1", where: "only = 1"),
        Change("journal", "at", "at + 1", where: upload),
        Change("journal", "at", "at + 1", where: "action = 'project.create'"),
        Change("journal", "at", "at + 1", where: "action = 'release.delete'"),
        Change("journal", "actor", "'user mallory'", where: upload),
        Change("journal", "actor", "'user mallory'", where: "action = 'project.delete'"),
        Change("journal", "actor", "'Mallory'", where: "serial = 1"),
        Change("journal", "action", "'nonsense'", where: "serial = 1"),
        Change("journal", "action", "'release.unyank'", where: "action = 'release.yank'"),
        Change("journal", "action", "'role.add'", where: upload),
        Change("journal", "subject", "'project other'", where: upload),
        Change("journal", "subject", "'nonsense'", where: "serial = 1"),
        Change("journal", "details", "'{'", where: "serial = 1"),
        Change("journal", "details", "replace(details, 'sha256\":\"', 'sha256\":\"0')", where: upload),
        Change("journal", "details", "replace(details, 'broken', 'fine')", where: "action = 'release.yank'"),
    ]

    /// Columns whose values follow from nothing else that is stored.
    static let unchecked: [String: String] = [
        "file.id": "no row refers to it", "journal_serial.only": "there is one row",
        // Any change, and this hand's too, leaves it open until its door fills it in; nothing else says what it was.
        "project.since_serial": "only pages of the past go by it",
        "release.since_serial": "only pages of the past go by it",
        "file.since_serial": "only pages of the past go by it",
    ]

    /// As a program would that does not know our rules.
    func execute(_ sql: String) async throws {
        var configuration = Configuration()
        configuration.foreignKeysEnabled = false
        let queue = try DatabaseQueue(path: server.index.settings.database, configuration: configuration)
        let changed = try await queue.write { database in
            try database.execute(sql: sql)
            return database.changesCount
        }
        try queue.close()
        #expect(changed > 0, "the change has changed nothing: \(sql)")
    }

    @Test("finds nothing wrong as long as there is none")
    func sound() async throws {
        #expect(try await Doctor(server.index).examine().problems == [])
    }

    @Test("finds it", arguments: changes)
    func changed(change: Change) async throws {
        try await execute(change.sql)
        #expect(try await Doctor(server.index).examine().problems != [])
    }

    @Test("has a look at every column that it can know something about")
    func columns() async throws {
        let columns = try await server.index.database.read { connection in
            try ["file", "release", "project", "journal", "journal_serial"].flatMap { table in
                try connection.rows("SELECT name FROM pragma_table_info('\(table)')").map {
                    "\(table).\(try $0.text("name"))"
                }
            }
        }
        #expect(Set(columns) == Set(Self.changes.map(\.column)).union(Self.unchecked.keys))
    }

    @Test("names the entries of the journal that are gone, at the beginning, in the middle and at the end")
    func gaps() async throws {
        let last = try await server.index.stores.journal.latestSerial()
        try await execute("DELETE FROM journal WHERE serial IN (1, 2, 4, \(last))")
        let problems = try await Doctor(server.index).examine().problems.map(\.what)
        #expect(problems.contains("the journal's entries 1 to 2 are gone"))
        #expect(problems.contains("the journal's entry 4 is gone"))
        #expect(problems.contains("the journal's entry \(last) is gone"))
    }

    @Test("names a file that the journal knows and that has no row any more")
    func fileWithoutRow() async throws {
        try await execute("DELETE FROM file WHERE \(Self.wheel)")
        let problems = try await Doctor(server.index).examine().problems.map(\.what)
        #expect(problems.contains { $0.contains("demo_pkg-1.0-py3-none-any.whl") && $0.hasSuffix("has no row") })
    }

    @Test("is not misled by an act that was undone: it leaves no gap")
    func rolledBack() async throws {
        struct Undone: Error {}
        await #expect(throws: Undone.self) {
            try await server.index.database.write { transaction in
                try transaction.execute(
                    "INSERT INTO journal (at, actor, action, subject, details) VALUES (1, 'index', 'x', 'index', '{}')")
                throw Undone()
            }
        }
        try await server.index.stores.projects.unyank(
            Version(parsing: "2.0"), of: ProjectName(parsing: "demo-pkg"), by: .operatorAtMachine, at: server.now)
        #expect(try await Doctor(server.index).examine().problems == [])
    }

    @Test("finds nothing wrong with what was removed and made again in another spelling")
    func madeAgain() async throws {
        let demo = try ProjectName(parsing: "demo-pkg")
        let now = server.now
        try await server.index.stores.removals.deleteProject(
            demo, by: .operatorAtMachine, from: RequestOrigin(), at: now)
        try await server.index.stores.removals.restore(demo, by: .operatorAtMachine, from: RequestOrigin(), at: now)
        let folder = server.folder.appending(path: "more")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        try Data(TestWheel("demo_pkg", "3.0.0").bytes).write(
            to: folder.appending(path: "demo_pkg-3.0.0-py2-none-any.whl"))
        let imported = try await FolderImport(server.index, owner: nil).run(folder.path)
        #expect(imported.refused.map(\.reason) == [])
        #expect(try await Doctor(server.index).examine().problems == [])
        // Its owner may have brought it back, which is another act with the same marks.
        try await execute("UPDATE journal SET action = 'project.undo-removal' WHERE action = 'project.restore'")
        #expect(try await Doctor(server.index).examine().problems == [])
    }
}
