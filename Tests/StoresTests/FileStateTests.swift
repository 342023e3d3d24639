import Accounts
import Acts
import Foundation
import PackagingFormats
import Policy
import Ports
import Primitives
import Projects
import Support
import Testing

@testable import Database
@testable import Stores

@Suite("A file that is not published") struct FileStateTests {
    let index: TestIndex
    let demo: ProjectName
    private static let wheel = "demo_pkg-1.0-py3-none-any.whl"

    init() async throws {
        index = try await TestIndex()
        demo = try ProjectName(parsing: "demo-pkg")
        try await index.receive(.wheel())
        try await index.receive(.sourceDistribution())
    }

    private func move(to state: String) async throws {
        try await index.database.write {
            try $0.execute("UPDATE file SET state = $1 WHERE filename = $2", state, Self.wheel)
        }
    }

    private func listed() async throws -> [String] { try await index.files().map(\.filename) }

    @Test("is not listed, not counted and not served, and its bytes stay", arguments: [FileState.staged, .held])
    func hidden(state: FileState) async throws {
        let projects = index.stores.projects
        let wheel = try #require(try await index.files().first { $0.filename == Self.wheel })
        let sha256 = wheel.digests.sha256
        #expect(try await projects.totals().files == 2)
        try await move(to: state.rawValue)
        #expect(try await listed() == ["demo_pkg-1.0.tar.gz"])
        #expect(try await projects.totals().files == 1)
        #expect(try await projects.file(named: Self.wheel, sha256: sha256) == nil)
        #expect(try await projects.file(named: Self.wheel, in: demo) == nil)
        #expect(try await index.stores.inventory.digests().contains(sha256))
        #expect(try await index.stores.inventory.isReferenced(sha256))
        try await move(to: FileState.published.rawValue)
        #expect(try await listed().count == 2)
        #expect(try await projects.file(named: Self.wheel, sha256: sha256) != nil)
    }

    @Test(
        "is not removed with its project, and so not published when that is restored",
        arguments: [FileState.staged, .held])
    func removal(state: FileState) async throws {
        try await move(to: state.rawValue)
        let removals = index.stores.removals
        await #expect(throws: RemovalRefusal.self) {
            try await removals.deleteFile(
                Self.wheel, of: demo, by: .operatorAtMachine, from: RequestOrigin(), at: index.now)
        }
        try await removals.deleteProject(demo, by: .operatorAtMachine, from: RequestOrigin(), at: index.now)
        try await removals.restore(demo, by: .operatorAtMachine, from: RequestOrigin(), at: index.now)
        #expect(try await listed() == ["demo_pkg-1.0.tar.gz"])
    }

    @Test("has a state that there is, and is removed at a time, or the database refuses it")
    func checked() async throws {
        for state in ["nonsense", FileState.removed.rawValue] {
            await #expect(throws: (any Error).self, "\(state)") { try await move(to: state) }
        }
        for state in FileState.allCases where state != .removed { try await move(to: state.rawValue) }
    }

    @Test("is told by the index of the schema from one that is listed, as the model tells it")
    func unlisted() async throws {
        let found = try await index.database.read { connection in
            try FileState.allCases.filter { state in
                try connection.row(
                    "SELECT 1 AS x FROM (SELECT $1 AS state) f WHERE \(FileState.unlisted)", state.rawValue)
                    != nil
            }
        }
        #expect(found == FileState.allCases.filter { !$0.isListed })
    }
}
