import Jobs
import Logging
import Ports
import ServiceLifecycle
import Stores
import UTC

/// Clears away bytes that no row names: what a crash between storing a file and recording it leaves behind, and what was
/// erased. What was erased by law goes within minutes.
struct OrphanCollection: Service {
    let blobs: any BlobStore
    let inventory: Inventory
    let logger: Logger
    let sole: SoleTask
    /// Between two looks. The first is at the start.
    let interval = Duration.hours(6)
    /// Younger bytes are left alone: another process, an import for example, may be about to record them.
    let minimumAge = Duration.hours(1)
    /// Erases what is to be gone by law.
    let erasing: SoleTask
    private let erasureInterval = Duration.seconds(15)

    func run() async throws {
        async let erasures: Void = runErasures()
        await runCollection()
        await erasures
    }

    /// Bytes that came in the last minute stay for the next time: they may be on their way in again, under another name.
    private func runErasures() async {
        let schedule = PeriodicRun(
            interval: erasureInterval, failure: "erased bytes could not be freed", logger: logger, sole: erasing)
        await schedule.run {
            let now = currentTimestamp()
            let erased = try await inventory.erasedByLaw(since: now - .days(1))
            var left = false
            for digest in erased where try await blobs.size(of: digest) != nil {
                if try await !inventory.isReferenced(digest) { left = true }
            }
            guard left else { return }
            let freed = try await blobs.collectOrphans(
                olderThan: .seconds(60), now: now,
                isReferenced: { digest in
                    guard erased.contains(digest) else { return true }
                    return try await inventory.isReferenced(digest)
                })
            if !freed.isEmpty { logger.notice("freed \(freed.count) blobs that were erased") }
        }
    }

    private func runCollection() async {
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
