import Policy
import UTC

/// Something that is tried, as it is counted.
public struct Attempt: Sendable, Hashable {
    /// What it is counted for.
    public let purpose: AttemptPurpose
    /// By what: an account, an address, a browser.
    public let key: String

    /// Something that is tried, as it is counted.
    public init(_ purpose: AttemptPurpose, _ key: String) {
        self.purpose = purpose
        self.key = key
    }
}

/// Counts attempts, and says when there were too many, by `AttemptPurpose.limits` (see `AttemptLedger`).
///
/// Each node of an index may have its own, in memory, or all of them one behind a network.
public protocol RateLimiter: Sendable {
    /// Counts all of these attempts, before it is known how they end, or none of them and throws `TooManyAttempts`.
    ///
    /// Also throws where the count cannot be asked: then nothing may be tried.
    func acquire(_ attempts: [Attempt], at now: Timestamp) async throws
    /// Gives back attempts that turned out to be right. Where that fails they stay counted: what was right is not
    /// undone for it.
    func refund(_ attempts: [Attempt]) async
    /// Forgets all attempts at something that is no longer there. Where that fails they leave with their window.
    func forget(_ attempt: Attempt) async
}
