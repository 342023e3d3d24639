import Guide
import Logging
import ServiceLifecycle
import UTC

/// Says in the log, when the server starts and once a day, that whom to tell of a weakness is not served any more, or
/// soon will not be.
struct ContactWatch: Service {
    let contact: SecurityContact?
    let now: @Sendable () -> Timestamp
    let logger: Logger

    var schedule: PeriodicRun {
        PeriodicRun(interval: .days(1), failure: "security.txt could not be looked at", logger: logger)
    }

    func run() async throws { await schedule.run { tell() } }

    func tell() {
        guard let words = contact?.expiryWords(at: now()) else { return }
        logger.warning("\(words): set a later day (--security-expires)")
    }
}
