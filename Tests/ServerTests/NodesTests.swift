import Accounts
import Foundation
import Letters
import Ports
import Primitives
import Stores
import Support
import Testing
import UTC

@Suite("Two processes with one outbox") struct NodesTests {
    let index: TestIndex

    init() async throws {
        index = try await TestIndex()
        let (queue, now) = (index.stores.mail, index.now)
        let address = try EmailAddress(parsing: "ada@example.org")
        try await withThrowingTaskGroup(of: Void.self) { group in
            for number in 0..<Self.mails {
                let letter = Letter(subject: "\(number)", name: nil, paragraphs: [], reason: "A test.")
                group.addTask { _ = try await queue.add(AddressedLetter(letter, to: address), at: now) }
            }
            try await group.waitForAll()
        }
    }

    static let mails = 1_000
    /// How many one process has under way.
    static let atOnce = 4

    /// The Message-IDs of what a process sent.
    private func sent(by process: Process) -> [String] {
        let path = index.folder.appending(path: "sent-\(process.processIdentifier)").path
        let text = (try? String(contentsOfFile: path, encoding: .utf8)) ?? ""
        return text.split(separator: "\n").map(String.init)
    }

    private func waiting() async throws -> Set<MailID> {
        Set(try await index.stores.mail.recent([.waiting], limit: 2 * Self.mails).map(\.id))
    }

    @Test("send each of 1,000 mails once")
    func once() async throws {
        let nodes = try (0..<2).map { _ in try startCompanion(on: index, "deliver", "0") }
        for node in nodes { #expect(try await node.ended() == 0) }
        let sent = nodes.map(sent(by:))
        #expect(sent.joined().count == Self.mails && Set(sent.joined()).count == Self.mails)
        #expect(sent.allSatisfy { $0.count > Self.atOnce }, "both have worked")
        #expect(try await waiting() == [])
    }

    @Test(
        "lose none where one is killed in the middle, and repeat only what that one was at, under the same Message-ID")
    func killed() async throws {
        // It stands still in the middle of the mails after the hundredth, however busy the machine is.
        let first = try startCompanion(on: index, "deliver", "0", "100")
        while sent(by: first).count < 101 {
            try #require(first.isRunning)
            try await Task.sleep(for: .milliseconds(2))
        }
        let second = try startCompanion(on: index, "deliver", "0")
        #expect(try await second.ended() == 0)
        try #require(first.isRunning)
        kill(first.processIdentifier, SIGKILL)
        #expect(try await first.ended() == SIGKILL)
        // What the dead one held is left alone until its lease has run out.
        let left = try await waiting()
        #expect((1...Self.atOnce).contains(left.count))
        let third = try startCompanion(on: index, "deliver", "61")
        #expect(try await third.ended() == 0)

        #expect(try await waiting() == [])
        let all = [first, second, third].map(sent(by:))
        #expect(Set(all.joined()).count == Self.mails)
        #expect(all[2].count == left.count)
        let twice = Dictionary(grouping: all.joined()) { $0 }.filter { $0.value.count > 1 }
        #expect(twice.allSatisfy { $0.value.count == 2 && all[0].contains($0.key) && all[2].contains($0.key) })
    }
}
