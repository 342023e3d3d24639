import Accounts
import Logging
import Ports
import ServiceLifecycle
import UTC

/// Says in the log, when the server starts and once a day, that the metadata of security keys are too old.
struct MetadataWatch: Service {
    let authenticators: any AuthenticatorStore
    let now: @Sendable () -> Timestamp
    let logger: Logger

    func run() async throws {
        let schedule = PeriodicRun(
            interval: .days(1), failure: "the metadata of security keys could not be looked at", logger: logger)
        await schedule.run {
            let metadata = try await authenticators.metadata()
            if let metadata, metadata.isOverdue(at: now()) {
                logger.warning("\(metadata.overdueWords)", metadata: ["number": "\(metadata.number)"])
            }
        }
    }
}
