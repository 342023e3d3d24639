import Logging
import Synchronization
import Testing
import UTC

@testable import Server

@Suite("The daily ranking") struct DailyDesignationTests {
    static let midnight = Day(number: 20_779).start

    @Test("comes at the start and five minutes after each midnight; what fails is tried again, less and less often")
    func retries() async throws {
        struct Failure: Error {}
        let clock = Mutex(Self.midnight + .hours(23))
        let left = Mutex((failures: 9, sleeps: [Duration](), days: [Day]()))
        var logger = Logger(label: "test")
        logger.logLevel = .critical
        var service = DailyDesignation(
            compute: { day, _ in
                try left.withLock { left in
                    left.days.append(day)
                    left.failures -= 1
                    if left.failures >= 0, left.days.count > 1 { throw Failure() }
                }
                return []
            },
            now: { clock.withLock { $0 } }, logger: logger)
        service.sleep = { duration in
            clock.withLock { $0 = $0 + duration }
            try left.withLock { left in
                left.sleeps.append(duration)
                if left.sleeps.count == 12 { throw CancellationError() }
            }
        }
        await service.computeDaily()
        let (sleeps, days) = left.withLock { ($0.sleeps, $0.days) }
        // The first succeeds; then eight fail.
        let minutes: [Int] = [65, 1, 2, 4, 8, 16, 32, 64, 64]
        #expect(sleeps.prefix(9) == minutes.map { .seconds($0 * 60) }[...])
        #expect(days.first == Self.midnight.day && days.dropFirst().allSatisfy { $0 > Self.midnight.day })
        // Then one succeeds, and it is as it always is.
        #expect(sleeps[10] == .days(1))
    }

    @Test("that fails before its hour is tried again at its hour at the latest")
    func beforeItsHour() {
        let moment = Self.midnight + .minutes(4) + .seconds(30)
        #expect(DailyDesignation.pause(after: moment, failures: 0) == .seconds(30))
        #expect(DailyDesignation.pause(after: moment, failures: 1) == .seconds(30))
        #expect(DailyDesignation.pause(after: moment + .seconds(30), failures: 0) == .days(1))
        #expect(DailyDesignation.pause(after: moment + .seconds(30), failures: 100) == .minutes(64))
    }
}
