import NIOPosix
import Ports
import Primitives
import Synchronization

/// The threads that look into archives: some for what is soon done, as nearly all are, and some for what takes long. So
/// a few archives that were made to take long, or that are large, keep nobody else from publishing; nor does anybody who
/// reads what is stored.
final class Inspectors: Sendable {
    private let short: Line
    private let long: Line
    private let stored: Line

    private struct Line: Sendable {
        let threads: NIOThreadPool
        let places: Int
        let taken: Counter

        init(threads count: Int, places: Int) {
            threads = NIOThreadPool(numberOfThreads: count)
            threads.start()
            self.places = places
            taken = Counter()
        }
    }

    private final class Counter: Sendable { let value = Atomic<Int>(0) }

    /// - Parameters:
    ///   - count: how many short ones are looked into at once, and half as many long ones, so that those leave cores to
    ///     others.
    ///   - places: how many of each length may be at work or wait.
    init(threads count: Int, places: Int = 64) {
        short = Line(threads: count, places: places)
        long = Line(threads: max(1, count / 2), places: places)
        stored = Line(threads: count, places: places)
    }

    deinit {
        short.threads.shutdownGracefully { _ in }
        long.threads.shutdownGracefully { _ in }
        stored.threads.shutdownGracefully { _ in }
    }

    private func line(_ length: InspectionLength) -> Line {
        switch length {
        case .short: short
        case .long: long
        }
    }

    /// How many are at work or wait.
    func waiting(_ length: InspectionLength) -> Int { line(length).taken.value.load(ordering: .relaxed) }

    /// - Throws: `TooManyInspections` when all places are taken, or what `body` throws.
    func run<Result: Sendable>(
        _ length: InspectionLength, _ body: @escaping @Sendable () throws -> Result
    ) async throws -> Result {
        try await run(in: line(length), body)
    }

    /// Looks into what was published before. Who asks for it says how much is asked at once.
    ///
    /// - Throws: `TooManyInspections` when all places are taken, or what `body` throws.
    func runStored<Result: Sendable>(_ body: @escaping @Sendable () throws -> Result) async throws -> Result {
        try await run(in: stored, body)
    }

    private func run<Result: Sendable>(
        in line: Line, _ body: @escaping @Sendable () throws -> Result
    ) async throws -> Result {
        guard line.taken.value.add(1, ordering: .relaxed).newValue <= line.places else {
            line.taken.value.subtract(1, ordering: .relaxed)
            throw TooManyInspections()
        }
        defer { line.taken.value.subtract(1, ordering: .relaxed) }
        return try await line.threads.runIfActive(body)
    }
}

/// So many archives wait to be looked into that another one would wait too long.
public struct TooManyInspections: Refusal {
    /// Always `unavailable`.
    public var kind: RefusalKind { .unavailable(retryAfterSeconds: 30) }
    /// `upload.too-many-inspections`
    public var code: String { "upload.too-many-inspections" }
    /// That it passes.
    public var explanation: String {
        "Too many uploads wait to be looked into, so this one was not stored. Send it again in a minute."
    }
}
