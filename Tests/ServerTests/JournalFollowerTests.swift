import Acts
import Foundation
import Journal
import Logging
import Policy
import Ports
import Primitives
import Stores
import Support
import Synchronization
import Testing
import UTC

@testable import Database
@testable import Server

@Suite("Anyone who follows the journal") struct JournalFollowerTests {
    let index: TestIndex
    private let told = Told()

    private final class Told: Sendable {
        let changes = Mutex<[JournalChange]>([])
        var serials: [Serial] { changes.withLock { $0.map(\.serial) } }
    }

    init() async throws { index = try await TestIndex() }

    private func follower() -> JournalFollower {
        JournalFollower(journal: index.stores.journal, logger: Logger(label: "test")) { [told] changes in
            told.changes.withLock { $0 += changes }
        }
    }

    @Test("is told of 10,000 entries that two processes write together, each once and in their order")
    func twoWriters() async throws {
        let follower = follower()
        try await follower.skipToLatest()
        let before = follower.toldSerial
        let writers = try (0..<2).map { _ in try startCompanion(on: index, "journal", "5000") }
        defer { for writer in writers where writer.isRunning { writer.terminate() } }
        while writers.contains(where: \.isRunning) {
            try await follower.catchUp()
            try await Task.sleep(for: .milliseconds(5))
        }
        try await follower.catchUp()
        #expect(writers.map(\.terminationStatus) == [0, 0])
        #expect(told.serials == Array(before + 1...before + 10_000))
    }

    @Test("goes on past an entry of a newer version, and takes it for a change of anything")
    func newer() async throws {
        let follower = follower()
        try await follower.skipToLatest()
        let before = follower.toldSerial
        try await index.database.byHand(
            """
            INSERT INTO journal (serial, at, actor, action, subject, details)
            VALUES ($1, 0, 'robot 7', 'project.teleport', 'galaxy far-away', '[1, {}]')
            """,
            before + 1)
        try await index.database.byHand("UPDATE journal_serial SET serial = $1", before + 1)
        try await index.stores.journal.note(.keysRotated(key: "k"), by: .operatorAtMachine, at: index.now)
        try await follower.catchUp()
        #expect(told.serials == [before + 1, before + 2])
        #expect(told.changes.withLock { $0.map(\.action) } == [nil, .index(.rotateKeys)])
    }
}
