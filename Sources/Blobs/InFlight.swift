import Synchronization

/// Which blobs must not be collected although no row names them yet.
///
/// An upload publishes its bytes before its row commits, and in between they look like an orphan. And an orphan of old
/// may be just what an upload brings again, at the moment at which it is collected. So:
///
/// - the collector *condemns* a blob before it asks whether a row names it,
/// - anyone who publishes *holds* the digest from before they look whether the blob is there until their row is
///   committed, which also ends a condemnation,
/// - the collector removes a blob only if it is marked still and nobody holds it, under the lock.
///
/// So a blob that is removed was named by no row at a moment after which nobody began to publish it.
final class InFlight: Sendable {
    private struct State {
        var holders: [SHA256Digest: Int] = [:]
        var marked: Set<SHA256Digest> = []
    }

    private let state = Mutex(State())

    func hold(_ digests: [SHA256Digest]) {
        state.withLock { state in
            for digest in digests {
                state.holders[digest, default: 0] += 1
                state.marked.remove(digest)
            }
        }
    }

    func release(_ digests: [SHA256Digest]) {
        state.withLock { state in
            for digest in digests {
                guard let count = state.holders[digest] else { continue }
                state.holders[digest] = count > 1 ? count - 1 : nil
            }
        }
    }

    /// False when somebody holds it.
    func mark(_ digest: SHA256Digest) -> Bool {
        state.withLock { state in
            guard state.holders[digest] == nil else { return false }
            state.marked.insert(digest)
            return true
        }
    }

    /// Ends the condemnation with `remove`, unless it has been ended before. Anyone who wants to hold the digest waits.
    ///
    /// True when `remove` says that it has removed something.
    func execute(_ digest: SHA256Digest, _ remove: () throws -> Bool) rethrows -> Bool {
        try state.withLock { state in
            guard state.marked.remove(digest) != nil else { return false }
            return try remove()
        }
    }

    func unmark(_ digest: SHA256Digest) { state.withLock { _ = $0.marked.remove(digest) } }
}
