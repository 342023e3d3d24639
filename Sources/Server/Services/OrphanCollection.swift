import Jobs
import Logging
import Ports
import ServiceLifecycle
import Stores
import UTC

/// Clears away bytes that no row names: what a crash between storing a file and recording it leaves behind.
struct OrphanCollection: Service {
    let blobs: any BlobStore
    let inventory: Inventory
    let logger: Logger
    let sole: SoleTask
    /// Between two looks. The first is at the start.
    let interval = Duration.hours(6)
    /// Younger bytes are left alone: another process, an import for example, may be about to record them.
    let minimumAge = Duration.hours(1)

    func run() async throws {
        let schedule = PeriodicRun(
            interval: interval, failure: "orphaned blobs could not be cleared away", logger: logger, sole: sole)
        await schedule.run {
            let known = try await inventory.digests()
            let collected = try await blobs.collectOrphans(
                olderThan: minimumAge, now: currentTimestamp(),
                // What was unknown when we began may have been recorded since: ask again before it goes.
                isReferenced: { digest in
                    if known.contains(digest) { return true }
                    return try await inventory.isReferenced(digest)
                })
            if !collected.isEmpty { logger.notice("cleared away \(collected.count) blobs that no file names") }
        }
    }
}
