import NIOPosix
import Synchronization

/// Renders reStructuredText and highlights code, by a program in processes of its own: docutils and Pygments are large,
/// in Python, and made for texts of one's own.
///
/// Nothing is asked twice: answers are kept, and those who ask the same at the same time wait for one answer. The
/// program is started when it is first needed.
public final class MarkupHelper: Sendable {
    /// How many texts may be at work or wait. With three seconds for each at most, the last of them waits for half a
    /// minute.
    static let places = 16

    private let python: String
    private let limits: HelperProcess.Limits
    private let kept: KeptAnswers
    private let report: @Sendable (String) -> Void
    private let threads: NIOThreadPool
    private let state = Mutex(State())

    private struct State {
        /// Those that nobody asks at the moment.
        var idle: [HelperProcess] = []
        /// What the last one that was started works with.
        var versions: String?
        var underWay: [MarkupRequest: Task<Frame, any Error>] = [:]
        /// How often a process was asked, since the start.
        var asked = 0
        var failure: HelperFailure?
        var postponed = Postponed()
        /// The start that those wait for who ask what it works with.
        var starting: Task<String, any Error>?
        /// Until when none is started: the last one that was had said nothing. One that ended is replaced at once.
        var startsAgain: ContinuousClock.Instant?
    }

    /// - Parameters:
    ///   - python: the path of a Python, `/usr/bin/python3`.
    ///   - folder: where answers are kept.
    ///   - width: how many texts are rendered at once.
    ///   - report: told what went wrong with the helper, once until something else does.
    public convenience init(
        python: String, folder: String, width: Int = 2, report: @escaping @Sendable (String) -> Void = { _ in }
    ) {
        self.init(python: python, kept: KeptAnswers(in: folder), limits: .init(), width: width, report: report)
    }

    init(
        python: String, kept: KeptAnswers, limits: HelperProcess.Limits, width: Int = 2,
        report: @escaping @Sendable (String) -> Void = { _ in }
    ) {
        self.python = python
        self.limits = limits
        self.kept = kept
        self.report = report
        threads = NIOThreadPool(numberOfThreads: width)
        threads.start()
    }

    deinit { threads.shutdownGracefully { _ in } }

    /// How often a process was asked. What was kept is not asked for again.
    public var asked: Int { state.withLock { $0.asked } }

    /// What the program works with, `python 3.11, docutils 0.19`: asked of a process that is started for that where
    /// none runs, once for all who ask meanwhile.
    ///
    /// - Throws: why there is none.
    public func versions() async throws -> String {
        if let versions = state.withLock({ $0.versions }) { return versions }
        let start = state.withLock { state in
            if let start = state.starting { return start }
            let start = Task {
                defer { self.state.withLock { $0.starting = nil } }
                return try await self.threads.runIfActive { try self.withProcess { $0.versions } }
            }
            state.starting = start
            return start
        }
        return try await start.value
    }

    /// The answer to a request.
    ///
    /// - Returns: what kind it is, and for `html` the HTML.
    /// - Throws: `HelperFailure` when nobody can be asked.
    func answer(to request: MarkupRequest) async throws -> (MarkupAnswer, [UInt8]) {
        let frame = Frame(kind: request.kind, payload: request.payload)
        let found = known(for: KeptAnswers.Key(frame, versions: try await versions()))
        let answer = if let found { found } else { try await newAnswer(to: request, frame) }
        guard let kind = MarkupAnswer(rawValue: answer.kind) else { throw HelperFailure.broken }
        return (kind, answer.payload)
    }

    /// What is known without asking: an answer that was kept, or that it came late a while ago.
    private func known(for key: KeptAnswers.Key) -> Frame? {
        if let answer = kept.answer(for: key) { return answer }
        let isPostponed = state.withLock { $0.postponed.contains(key, at: .now) }
        return isPostponed ? Frame(kind: MarkupAnswer.late.rawValue, payload: []) : nil
    }

    private func newAnswer(to request: MarkupRequest, _ frame: Frame) async throws -> Frame {
        let task = try state.withLock { state in
            if let task = state.underWay[request] { return task }
            guard state.underWay.count < Self.places else { throw HelperFailure.busy }
            // Not of this task: its client may go while others wait for the same answer.
            let task = Task {
                defer { _ = self.state.withLock { $0.underWay.removeValue(forKey: request) } }
                return try await self.threads.runIfActive { try self.ask(frame) }
            }
            state.underWay[request] = task
            return task
        }
        return try await task.value
    }

    /// Asks a process, and keeps what it answers. Blocks.
    private func ask(_ request: Frame) throws -> Frame {
        try withProcess { process in
            let key = KeptAnswers.Key(request, versions: process.versions)
            // Another may have asked between our look and now.
            if let answer = known(for: key) { return answer }
            state.withLock { $0.asked += 1 }
            let answer: Frame
            do {
                answer = try process.answer(to: request)
            } catch {
                state.withLock { $0.postponed.insert(key, at: .now) }
                throw error
            }
            guard let kind = MarkupAnswer(rawValue: answer.kind) else { throw HelperFailure.broken }
            if kind.isKept { kept.keep(answer, for: key) }
            state.withLock { state in
                if kind == .late { state.postponed.insert(key, at: .now) } else { state.postponed.remove(key) }
            }
            return answer
        }
    }

    /// Lends one of the processes that nobody uses, or a new one. After a failure it is not lent again.
    private func withProcess<Result>(_ body: (HelperProcess) throws -> Result) throws -> Result {
        do {
            let idle = state.withLock { $0.idle.popLast() }
            let process = try idle ?? started()
            let result = try body(process)
            state.withLock { state in
                state.idle.append(process)
                state.versions = process.versions
                state.failure = nil
            }
            return result
        } catch let failure as HelperFailure {
            let isNew = state.withLock { state in
                defer { state.failure = failure }
                return state.failure != failure
            }
            if isNew { report(failure.description) }
            throw failure
        }
    }

    /// A new process. After one that said nothing, none is started for a while: each would hold a thread, and those who
    /// wait for it, for as long as it may be silent.
    private func started() throws(HelperFailure) -> HelperProcess {
        if let again = state.withLock({ $0.startsAgain }), .now < again { throw .silent }
        do {
            return try HelperProcess(python: python, limits: limits)
        } catch {
            if error == .silent { state.withLock { $0.startsAgain = .now + limits.pause } }
            throw error
        }
    }
}
