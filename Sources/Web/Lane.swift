import NIOCore
import NIOPosix
import Primitives
import Synchronization

/// What answering a request takes, which decides on whose threads it is done.
public enum Effort: Sendable, Hashable {
    /// A few rows and a short answer: done where the request arrives, as health, sign-in and uploads are.
    case brief
    /// A document for installers and mirrors, which may be long.
    case document
    /// A page for people, which may be long and takes text apart that others have written.
    case page
}

/// Threads of their own for answers that take a while, and a bounded queue before them.
///
/// Swift's own threads are as many as there are cores, and a rendering that does not wait for anything keeps one of
/// them to itself. On a lane it keeps one of the lane's, and the system shares the cores between all of them.
public final class Lane: TaskExecutor, Sendable {
    /// The lane that the present task is on; nil for none.
    @TaskLocal static var current: Lane?

    private struct Line {
        /// Requests that have their turn.
        var atWork = 0
        /// Those that wait for it, the first first.
        var waiting: [(id: Int, turn: CheckedContinuation<Bool, Never>)] = []
        var lastID = 0
    }

    private let threads: NIOThreadPool
    private let width: Int
    private let places: Int
    private let line = Mutex(Line())

    /// - Parameters:
    ///   - width: how many answers are made at once. It bounds what they take of the processor, and of the database's
    ///     readers, which all lanes share.
    ///   - places: how many requests may be on the lane, at work or waiting; beyond that they are refused.
    public init(width: Int = max(2, System.coreCount), places: Int = 256) {
        threads = NIOThreadPool(numberOfThreads: width)
        threads.start()
        self.width = width
        self.places = places
    }

    deinit { threads.shutdownGracefully { _ in } }

    /// Requests that are on the lane.
    public var count: Int { line.withLock { $0.atWork + $0.waiting.count } }

    /// Runs `body`, and all that it awaits and that has no threads of its own, on the lane's threads, when it is its
    /// turn.
    ///
    /// - Throws: `ServerBusy` when all places are taken, `CancellationError` when the task is cancelled while it waits,
    ///   or what `body` throws.
    public func run<Result: Sendable>(_ body: () async throws -> Result) async throws -> Result {
        try await takeTurn()
        defer { passTurn() }
        return try await Lane.$current.withValue(self) {
            try await withTaskExecutorPreference(self) { try await body() }
        }
    }

    private func takeTurn() async throws {
        let id = line.withLock { line in
            line.lastID += 1
            return line.lastID
        }
        let hasTurn: Bool = try await withTaskCancellationHandler {
            try await waitForTurn(as: id)
        } onCancel: {
            let turn = line.withLock { line in
                line.waiting.firstIndex { $0.id == id }.map { line.waiting.remove(at: $0).turn }
            }
            turn?.resume(returning: false)
        }
        guard hasTurn else { throw CancellationError() }
    }

    private func waitForTurn(as id: Int) async throws -> Bool {
        enum Step { case work, refuse, stop }
        // Nobody is given their turn before they wait for it, and nobody waits who could have it.
        let step: Step? = line.withLock { line in
            if Task.isCancelled { return .stop }
            if line.atWork < width {
                line.atWork += 1
                return .work
            }
            return line.atWork + line.waiting.count < places ? nil : .refuse
        }
        switch step {
        case .work: return true
        case .stop: return false
        case .refuse: throw ServerBusy()
        case nil: break
        }
        return await withCheckedContinuation { turn in
            let answer: Bool? = line.withLock { line in
                // Between the two looks a place may have become free, or the task been cancelled.
                if Task.isCancelled { return false }
                if line.atWork < width {
                    line.atWork += 1
                    return true
                }
                line.waiting.append((id, turn))
                return nil
            }
            if let answer { turn.resume(returning: answer) }
        }
    }

    private func passTurn() {
        let next = line.withLock { line in
            guard !line.waiting.isEmpty else {
                line.atWork -= 1
                return nil as CheckedContinuation<Bool, Never>?
            }
            return line.waiting.removeFirst().turn
        }
        next?.resume(returning: true)
    }

    /// Takes a piece of a task's work. Once the threads have ended, which they do after the last request, anyone who
    /// gave it does it.
    public func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        threads.submit { _ in job.runSynchronously(on: self.asUnownedTaskExecutor()) }
    }
}

/// The lanes of a server.
public struct Lanes: Sendable {
    /// For what installers and mirrors read, so that people's pages do not keep them waiting.
    public let documents: Lane
    /// For what people read.
    public let pages: Lane

    /// Lanes with as many threads each as there are cores.
    public init(documents: Lane = Lane(), pages: Lane = Lane()) {
        self.documents = documents
        self.pages = pages
    }

    /// The lane for an effort; nil where none is needed.
    subscript(effort: Effort) -> Lane? {
        switch effort {
        case .brief: nil
        case .document: documents
        case .page: pages
        }
    }
}

/// More is asked of the server than it can do.
public struct ServerBusy: Refusal {
    /// More is asked of the server than it can do.
    public init() {}

    /// Always `unavailable`.
    public var kind: RefusalKind { .unavailable(retryAfterSeconds: 5) }
    /// `server.busy`
    public var code: String { "server.busy" }
    /// That it passes.
    public var explanation: String {
        "This server has more to do than it can at the moment. Try again in a few seconds."
    }
}
