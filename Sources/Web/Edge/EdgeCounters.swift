import Synchronization

/// What the edge has done since it started, for `/metrics`.
public final class EdgeCounters: Sendable {
    let immediate = Atomic<Int>(0)
    let passedOn = Atomic<Int>(0)
    let refused = Atomic<Int>(0)
    let turnedAway = Atomic<Int>(0)

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
    public init() {}

    public var snapshot: Snapshot {
        Snapshot(
            immediate: immediate.load(ordering: .relaxed), passedOn: passedOn.load(ordering: .relaxed),
            refused: refused.load(ordering: .relaxed), turnedAway: turnedAway.load(ordering: .relaxed))
    }
}
