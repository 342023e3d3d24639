import Foundation
import Synchronization

/// Threads of our own for what blocks: the cooperative pool has as many as there are cores, and a mail server may take
/// its time.
struct MailThreads: Sendable {
    private let queue: OperationQueue

    init(atOnce: Int) {
        queue = OperationQueue()
        queue.name = "mail"
        queue.maxConcurrentOperationCount = atOnce
    }

    /// Runs `work` on a thread. A task that is cancelled before its turn does nothing; later, `work` can ask.
    func run<Value: Sendable>(_ work: @escaping @Sendable (Cancellation) throws -> Value) async throws -> Value {
        let cancellation = Cancellation()
        return try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                queue.addOperation {
                    continuation.resume(
                        with: Result {
                            if cancellation.age != nil { throw CancellationError() }
                            return try work(cancellation)
                        })
                }
            }
        } onCancel: {
            cancellation.raise()
        }
    }
}

/// Whether nobody waits for the work any more, and since when. A class, because both sides of a continuation hold it.
final class Cancellation: Sendable {
    private let raisedAt = Mutex<ContinuousClock.Instant?>(nil)

    func raise() { raisedAt.withLock { $0 = $0 ?? .now } }

    /// How long ago; nil while somebody waits.
    var age: Duration? { raisedAt.withLock { $0 }.map { .now - $0 } }
}
