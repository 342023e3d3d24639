import Foundation
import Jobs
import Logging
import Ports
import Stores
import Support
import Synchronization
import Testing
import UTC

@testable import Server

@Suite("A duty that comes round") struct PeriodicRunTests {
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
        var schedule = PeriodicRun(interval: .seconds(60), failure: "nothing was done", logger: logger)
        let rounds = Mutex(0)
        schedule.sleep = { _ in if rounds.withLock({ $0 == 3 }) { throw CancellationError() } }
        // In a task of its own: a round may cancel it.
        await Task { [schedule] in
            await schedule.runOnce {
                let number = rounds.withLock { rounds in
                    rounds += 1
                    return rounds
                }
                try round(number)
            }
        }.value
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
        let (rounds, log) = try await log { _ in
            withUnsafeCurrentTask { $0?.cancel() }
            throw CancellationError()
        }
        #expect(rounds == 1)
        #expect(log.isEmpty)
    }

    @Test("runs again where the work was cancelled and the server goes on: a lease was lost")
    func lost() async throws {
        let index = try await TestIndex()
        let (stores, now) = (index.stores, index.now)
        let pauses = Mutex<[Duration]>([])
        var schedule = PeriodicRun(
            interval: .hours(6), failure: "nothing was done", logger: Logger(label: "test"),
            sole: SoleTask(.sessionCleanup, stores.leases, holder: "this", renewing: .milliseconds(5), now: { now }))
        schedule.sleep = { pause in
            let count = pauses.withLock { pauses in
                pauses.append(pause)
                return pauses.count
            }
            if count == 2 { throw CancellationError() }
            try await stores.leases.release(.sessionCleanup, heldBy: "other")
        }
        let rounds = Mutex(0)
        await schedule.runOnce {
            let number = rounds.withLock { rounds in
                rounds += 1
                return rounds
            }
            guard number == 1 else { return }
            let late = now + Lease.span
            _ = try await stores.leases.take(.sessionCleanup, under: Lease(of: "other", from: late), at: late)
            try await Task.sleep(for: .seconds(600))
        }
        #expect(rounds.withLock { $0 } == 2)
        #expect(pauses.withLock { $0 } == [Lease.span, .hours(6)])
    }

    @Test("is left to another process that is at it, and asked for again when that one could be dead")
    func held() async throws {
        let index = try await TestIndex()
        let pauses = Mutex<[Duration]>([])
        let clock = Mutex(index.now)
        let now: @Sendable () -> Timestamp = { clock.withLock { $0 } }
        _ = try await index.stores.leases.take(
            .sessionCleanup, under: Lease(of: "dead", from: index.now), at: index.now)
        var schedule = PeriodicRun(
            interval: .hours(6), failure: "nothing was done", logger: Logger(label: "test"),
            sole: SoleTask(.sessionCleanup, index.stores.leases, holder: "this", now: now))
        schedule.sleep = { pause in
            let count = pauses.withLock { pauses in
                pauses.append(pause)
                return pauses.count
            }
            if count == 3 { throw CancellationError() }
            clock.withLock { $0 = $0 + pause }
        }
        let rounds = Mutex<[Timestamp]>([])
        await schedule.runOnce { rounds.withLock { $0.append(now()) } }
        #expect(pauses.withLock { $0 } == [Lease.span, .hours(6), .hours(6)])
        #expect(rounds.withLock { $0 } == [index.now + Lease.span, index.now + Lease.span + .hours(6)])
    }
}
