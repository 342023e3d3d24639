import Foundation
import Logging
import Synchronization
import Testing

@testable import Server

@Suite("A duty that comes round") struct UpkeepTests {
    /// Rounds until three have begun; what the log said of them.
    private func log(ofRounds round: @Sendable @escaping (Int) throws -> Void) async throws -> (
        rounds: Int, log: String
    ) {
        let pipe = Pipe()
        let logger = Logger(label: "test") { _ in
            var handler = JSONLogHandler()
            handler.output = pipe.fileHandleForWriting
            return handler
        }
        var upkeep = Upkeep(interval: .seconds(60), failure: "nothing was done", logger: logger)
        let rounds = Mutex(0)
        upkeep.sleep = { _ in if rounds.withLock({ $0 == 3 }) { throw CancellationError() } }
        await upkeep.comeRound {
            let number = rounds.withLock { rounds in
                rounds += 1
                return rounds
            }
            try round(number)
        }
        try pipe.fileHandleForWriting.close()
        let said = try pipe.fileHandleForReading.readToEnd().map { String(decoding: $0, as: UTF8.self) } ?? ""
        return (rounds.withLock { $0 }, said)
    }

    @Test("goes on after a round that failed, and the log says so")
    func failing() async throws {
        struct Failure: Error {}
        let (rounds, log) = try await log { if $0 == 1 { throw Failure() } }
        #expect(rounds == 3)
        #expect(log.split(separator: "\n").count == 1 && log.contains("nothing was done: Failure()"))
    }

    @Test("ends without a word when the server does")
    func cancelled() async throws {
        let (rounds, log) = try await log { _ in throw CancellationError() }
        #expect(rounds == 1)
        #expect(log.isEmpty)
    }
}
