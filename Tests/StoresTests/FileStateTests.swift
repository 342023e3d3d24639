import Accounts
import Acts
import Foundation
import Leaving
import PackagingFormats
import Policy
import Ports
import Primitives
import Projects
import Removals
import Search
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
        "is in no list with its release, nor with its project, when all others of it are not published either",
        arguments: [FileState.staged, .held])
    func alone(state: FileState) async throws {
        let projects = index.stores.projects
        var newer = TestUpload.wheel(TestWheel("demo_pkg", "2.0"))
        newer.filename = "demo_pkg-2.0-py3-none-any.whl"
        newer["version"] = "2.0"
        try await index.receive(newer)
        /// What lists say of releases and projects, after whatever notes which release is shown first.
        func lists() async throws -> [String] {
            let old = try Version(parsing: "1.0")
            try await projects.yank(old, of: demo, reason: nil, by: .operatorAtMachine, at: index.now)
            try await projects.unyank(old, of: demo, by: .operatorAtMachine, at: index.now)
            let totals = try await projects.totals()
            var lists = ["\(totals.projects) project, \(totals.releases) releases"]
            lists += try await projects.newestReleases(limit: 9).map { "newest \($0.version?.description ?? "")" }
            lists += try await projects.newestProjects(limit: 9).map { "latest \($0.version?.description ?? "")" }
            for text in ["", "demo", "demo-pkg"] {
                let found = try await projects.search(SearchQuery(text: text))
                lists += found.results.map { "found \($0.summary.version?.description ?? "")" }
                lists.append("total \(found.total)")
            }
            lists += try await projects.listing().projects.map { "listed \($0.name.normalized)" }
            lists += try await projects.snapshot(of: demo)?.releases.map { "release \($0.version)" } ?? []
            let spelling = try await projects.spelling(of: Version(parsing: "2"), in: demo)
            return lists + ["spelling \(spelling?.description ?? "none")"]
        }
        func move(_ files: String, to state: FileState) async throws {
            try await index.database.write {
                try $0.execute("UPDATE file SET state = $1 WHERE filename LIKE $2", state.rawValue, files)
            }
        }
        let before = try await lists()
        #expect(before.contains("1 project, 2 releases") && before.contains("latest 2.0"))
        #expect(before.filter { $0 == "found 2.0" }.count == 3)
        try await move("%-2.0-%", to: state)
        let old = try await lists()
        #expect(
            old
                == before.filter { !$0.hasPrefix("newest 2") && !$0.hasPrefix("release 2") }.map {
                    $0.replacing("2 releases", with: "1 releases").replacing("latest 2.0", with: "latest 1.0")
                        .replacing("found 2.0", with: "found 1.0").replacing("spelling 2.0", with: "spelling none")
                })
        try await move("%", to: state)
        #expect(
            try await lists() == ["0 project, 0 releases", "total 0", "total 0", "total 0", "spelling none"])
        try await move("%", to: .published)
        #expect(try await lists() == before)
    }

    @Test("that was removed leaves its release in the lists, as it was")
    func removed() async throws {
        for file in try await index.files() {
            try await index.stores.removals.deleteFile(
                file.filename, of: demo, by: .operatorAtMachine, from: RequestOrigin(), at: index.now)
        }
        #expect(try await index.stores.projects.totals().releases == 1)
        #expect(try await index.stores.projects.newestReleases(limit: 9).count == 1)
        #expect(try await index.stores.projects.listing().projects.count == 1)
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
