import Identity
import Jobs
import Logging
import ServiceLifecycle

/// Mails the links to new passwords that were asked for, every second. Not in the requests: how long those take must
/// not tell which accounts there are.
public struct PasswordResets: Service {
    let membership: Membership
    let jobs: JobRunner
    let logger: Logger

    /// Answers what waits, until the server shuts down, and once more then.
    public func run() async throws {
        let schedule = PeriodicRun(
            interval: .seconds(1), failure: "links to new passwords could not be mailed", logger: logger)
        await schedule.run { try await answer() }
        try await answer()
    }

    /// Answers what waits.
    public func answer() async throws {
        if try await membership.answerResets() { jobs.wake() }
    }
}
