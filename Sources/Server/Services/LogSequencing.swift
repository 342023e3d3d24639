import Jobs
import Logging
import Sequencer
import ServiceLifecycle

/// Lets the verifiable log grow, a second after what it is about.
///
/// What is done in that second is signed at once: uploads wait for nothing of it.
struct LogSequencing: Service {
    let sequencer: LogSequencer
    let witnesses: WitnessRounds
    let logger: Logger
    let sole: SoleTask
    /// Between two checkpoints.
    var interval = Duration.seconds(1)

    func run() async throws {
        // The lease is kept as long as all is well: to take it every second would be two writes more.
        let schedule = PeriodicRun(
            interval: .seconds(10), failure: "the verifiable log does not grow", logger: logger, sole: sole)
        await schedule.run {
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask {
                    while true {
                        try await sequencer.advance()
                        try await Task.sleep(for: interval)
                    }
                }
                // Apart from the log's growth, for a witness may take its time.
                group.addTask {
                    while true {
                        do {
                            try await witnesses.run()
                        } catch  where !(error is CancellationError) {
                            logger.error("the log's witnesses could not be asked: \(error)")
                        }
                        try await Task.sleep(for: interval)
                    }
                }
                defer { group.cancelAll() }
                try await group.next()
            }
        }
    }
}
