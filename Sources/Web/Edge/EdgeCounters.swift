import Synchronization

/// What the edge has done since it started, for `/metrics`.
public final class EdgeCounters: Sendable {
    let immediate = Atomic<Int>(0)
    let passedOn = Atomic<Int>(0)
    let refused = Atomic<Int>(0)
    let turnedAway = Atomic<Int>(0)
    /// Where requests are counted and timed.
    public let instruments: RequestInstruments
    private let failures = Mutex<[Failure: Int]>([:])

    /// An answer of the edge that says that this server cannot, as the log tells it.
    public struct Failure: Sendable, Hashable {
        /// 500 and above.
        public let status: Int
        /// What the client was told.
        public let explanation: String
    }

    /// All counters at one moment, or nearly.
    public struct Snapshot: Sendable, Equatable {
        /// Requests answered from memory.
        public var immediate: Int
        /// Requests given to the router.
        public var passedOn: Int
        /// Requests refused for their form or their slowness.
        public var refused: Int
        /// Connections refused because there were too many.
        public var turnedAway: Int
    }

    /// Counters at zero.
    public init(instruments: RequestInstruments = RequestInstruments()) { self.instruments = instruments }

    /// Counts a refusal by its code, and remembers for the log what is the server's own failure.
    func note(_ refusal: EdgeRefusal) {
        instruments.refused(refusal.code)
        let (status, _) = refusal.status
        guard status >= 500 else { return }
        let failure = Failure(status: status, explanation: refusal.explanation)
        failures.withLock { $0[failure, default: 0] += 1 }
    }

    /// The failures since this was last asked, with how often each.
    public func takeFailures() -> [(failure: Failure, count: Int)] {
        failures.withLock { failures in
            defer { failures = [:] }
            return failures.map { ($0.key, $0.value) }.sorted { $0.0.explanation < $1.0.explanation }
        }
    }

    public var snapshot: Snapshot {
        Snapshot(
            immediate: immediate.load(ordering: .relaxed), passedOn: passedOn.load(ordering: .relaxed),
            refused: refused.load(ordering: .relaxed), turnedAway: turnedAway.load(ordering: .relaxed))
    }
}
