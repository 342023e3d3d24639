import Advisories
import Foundation
import Journal
import KnownAdvisories
import Leaving
import PackagingFormats
import Policy
import Ports
import Projects
import Removals
import Stores
import Support
import Testing
import UTC

@Suite("What is known to be bad") struct KnownAdvisoriesTests {
    private static func text(
        _ id: String, modified: String = "2026-01-01T00:00:00Z", project: String = "demo-pkg", _ more: String = ""
    ) -> String {
        #"""
        {"id":"\#(id)","modified":"\#(modified)","summary":"Bad",
         "affected":[{"package":{"ecosystem":"PyPI","name":"\#(project)"},"versions":["1.0"]}]\#(more)}
        """#
    }

    private static func document(_ text: String) throws -> AdvisoryDocument {
        try AdvisoryDocument(parsing: Array(text.utf8))
    }

    private static let demo = "demo-pkg"

    private func events(_ index: TestIndex) async throws -> [AdvisoriesEvent] {
        try await index.stores.journal.entries(JournalQuery(limit: 1_000)).compactMap {
            if case .index(.advisories(let event)) = $0.event { event } else { nil }
        }
    }

    @Test("comes in once, changes when it changes, and never goes back")
    func take() async throws {
        let index = try await TestIndex()
        try await index.receive(.wheel())
        let (advisories, now) = (index.stores.advisories, index.now)
        let name = try ProjectName(parsing: Self.demo)
        func take(_ texts: String...) async throws -> SQLAdvisories.Tally {
            try await advisories.take(try texts.map(Self.document), by: .operatorAtMachine, at: now)
        }
        let first = try await take(Self.text("PYSEC-1"), Self.text("PYSEC-2", project: "elsewhere"))
        #expect(first.added == 2 && first.changed == 0)
        #expect(try await events(index) == [AdvisoriesEvent(added: 2, projects: [name])])

        #expect(try await take(Self.text("PYSEC-1")).known == 1)
        #expect(try await take(Self.text("PYSEC-1", modified: "2025-01-01T00:00:00Z", #","x":1"#)).known == 1)
        #expect(try await events(index).count == 1)
        #expect(try await advisories.advisories(about: name).map(\.id.description) == ["PYSEC-1"])

        let changed = try await take(Self.text("PYSEC-1", modified: "2026-02-01T00:00:00Z", project: "other"))
        #expect(changed.changed == 1)
        #expect(try await advisories.advisories(about: name).isEmpty)
        #expect(try await events(index).last == AdvisoriesEvent(changed: 1, projects: [name]))

        let withdrawn = try await take(
            Self.text("PYSEC-1", modified: "2026-03-01T00:00:00Z", #","withdrawn":"2026-03-01T00:00:00Z""#))
        #expect(withdrawn.withdrawn == 1 && withdrawn.changed == 0)
        let known = try await advisories.advisories(about: name)
        #expect(known.map(\.withdrawn) == [Timestamp(iso8601: "2026-03-01T00:00:00Z")])
    }

    @Test("is given out as it came, and listed by project or all")
    func read() async throws {
        let index = try await TestIndex()
        let advisories = index.stores.advisories
        let text = Self.text("GHSA-1", #","unknown":{"a":[1.5]}"#)
        _ = try await advisories.take(
            [Self.document(text), Self.document(Self.text("MAL-1", project: "b"))], by: .operatorAtMachine,
            at: index.now)
        let id = try #require(AdvisoryID("GHSA-1"))
        #expect(try await advisories.advisory(id)?.bytes == Array(text.utf8))
        #expect(try await advisories.advisory(try #require(AdvisoryID("GHSA-2"))) == nil)
        #expect(try await advisories.list(about: nil).map(\.id.description) == ["GHSA-1", "MAL-1"])
        let name = try ProjectName(parsing: "B")
        #expect(try await advisories.list(about: name).map(\.id.description) == ["MAL-1"])
    }

    @Test("is nobody's to change but the operator's")
    func permit() async throws {
        let index = try await TestIndex()
        let document = try Self.document(Self.text("PYSEC-1"))
        await #expect(throws: AccessRefusal.self) {
            try await index.stores.advisories.take([document], by: index.ada, at: index.now)
        }
    }

    // MARK: Feeds

    private func folder(_ files: [String: String]) throws -> URL {
        let folder = FileManager.default.temporaryDirectory.appending(path: "feed-\(UUID().uuidString)")
        for (path, text) in files {
            let file = folder.appending(path: path)
            try FileManager.default.createDirectory(
                at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
            try Data(text.utf8).write(to: file)
        }
        return folder
    }

    @Test("comes from a folder, all of it or nothing, and each document that is wrong is named")
    func feed() async throws {
        let index = try await TestIndex()
        let advisories = index.stores.advisories
        let folder = try folder([
            "a/PYSEC-1.json": Self.text("PYSEC-1"), "b.json": Self.text("PYSEC-2"), "b/c.json": Self.text("PYSEC-2"),
            "d.json": "{", "e.txt": "{", "f.json": #"{"id":"GHSA-1","modified":"2026-01-01T00:00:00Z"}"#,
            "g.json": Self.text("RIND-2026-1"),
        ])
        defer { try? FileManager.default.removeItem(at: folder) }
        let feed = AdvisoryFeed(path: folder.path)
        let faulty = await #expect(throws: AdvisoryFeed.Faulty.self) {
            _ = try await feed.take(into: advisories, by: .operatorAtMachine, at: index.now)
        }
        #expect(faulty?.faults.map(\.file) == ["b/c.json", "d.json", "g.json"])
        #expect(try await advisories.list(about: nil).isEmpty)

        let outcome = try await feed.take(
            into: advisories, leavesOutFaulty: true, by: .operatorAtMachine, at: index.now)
        #expect(outcome.tally.added == 2 && outcome.others == 1 && outcome.faults.count == 3)
        let again = try await feed.take(into: advisories, leavesOutFaulty: true, by: .operatorAtMachine, at: index.now)
        #expect(again.tally.known == 2 && again.tally.added == 0)
    }

    @Test("comes from one file, and from an archive of many")
    func archive() async throws {
        let index = try await TestIndex()
        let advisories = index.stores.advisories
        let folder = try folder(["one.json": Self.text("PYSEC-0")])
        defer { try? FileManager.default.removeItem(at: folder) }
        let one = AdvisoryFeed(path: folder.appending(path: "one.json").path)
        #expect(try await one.take(into: advisories, by: .operatorAtMachine, at: index.now).tally.added == 1)

        let zip = folder.appending(path: "all.zip")
        var members = (1...1_001).map { (path: "PYSEC-\($0).json", content: Array(Self.text("PYSEC-\($0)").utf8)) }
        members.append((path: "README.md", content: Array("x".utf8)))
        try Data(storedZip(members)).write(to: zip)
        let all = AdvisoryFeed(path: zip.path)
        #expect(try await all.take(into: advisories, by: .operatorAtMachine, at: index.now).tally.added == 1_001)
        // Three transactions, and the one before.
        #expect(try await events(index).map(\.added) == [1, 500, 500, 1])

        try Data(storedZip(members).dropLast(30)).write(to: zip)
        let faulty = await #expect(throws: AdvisoryFeed.Faulty.self) {
            _ = try await all.take(into: advisories, by: .operatorAtMachine, at: index.now)
        }
        #expect(faulty?.faults.map(\.file) == [zip.path])
        await #expect(throws: AdvisoryFeed.Unreadable.self) {
            _ = try await AdvisoryFeed(path: folder.path + "/none").take(
                into: advisories, by: .operatorAtMachine, at: index.now)
        }
    }

    // MARK: Quarantine

    @Test("is what the index itself has in quarantine, under an identifier that stays, until it ends")
    func quarantine() async throws {
        let index = try await TestIndex()
        try await index.receive(.wheel())
        let (stores, now) = (index.stores, index.now)
        let name = try ProjectName(parsing: Self.demo)
        let version = try Version(parsing: "1.0")
        let file = try #require(try await index.files().first).filename
        func known() async throws -> [Advisory] { try await stores.advisories.advisories(about: name) }

        try await stores.removals.quarantine(
            .file(file), of: name, reason: "steals keys", by: .operatorAtMachine, at: now)
        let ofFile = try #require(try await known().first)
        #expect(ofFile.id.isOwn && ofFile.holds(for: name, "1.0") && !ofFile.holds(for: name, "1.1"))
        #expect(ofFile.details?.contains("steals keys") == true && ofFile.summary?.hasPrefix(file) == true)
        #expect(try await stores.advisories.advisory(ofFile.id)?.advisory == ofFile)
        #expect(try await stores.advisories.list(about: nil) == [ofFile])

        try await stores.removals.liftQuarantine(
            of: .release(version), of: name, by: .operatorAtMachine, at: now + .seconds(60))
        let ended = try await known()
        #expect(ended.map(\.id) == [ofFile.id] && ended.first?.withdrawn == now + .seconds(60))

        try await stores.removals.quarantine(
            .project, of: name, reason: "all of it", by: .operatorAtMachine, at: now + .seconds(120))
        let all = try await known()
        #expect(all.count == 2 && all.last?.holds(for: name, "99.dev1") == true && all.first?.withdrawn != nil)
        #expect(try await stores.advisories.advisory(try #require(AdvisoryID("RIND-2023-1"))) == nil)
    }
}
