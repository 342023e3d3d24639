import Accounts
import Foundation
import Policy
import Ports
import Synchronization
import UTC

/// Counts attempts in memory: a restart forgets them, which helps nobody who cannot restart the index.
public final class MemoryRateLimiter: RateLimiter {
    private let ledgers: Mutex<[AttemptPurpose: AttemptLedger<String>]>

    /// No attempts yet.
    public init() {
        ledgers = Mutex(
            Dictionary(
                uniqueKeysWithValues: AttemptPurpose.allCases.map { ($0, AttemptLedger(limits: $0.limits)) }))
    }

    /// Counts all of these attempts, or none of them and throws `TooManyAttempts`.
    public func acquire(_ attempts: [Attempt], at now: Timestamp) async throws {
        try ledgers.withLock { ledgers in
            var acquired: [Attempt] = []
            do {
                for attempt in attempts {
                    try ledgers[attempt.purpose]?.acquire(attempt.key, at: now)
                    acquired.append(attempt)
                }
            } catch {
                for attempt in acquired { ledgers[attempt.purpose]?.refund(attempt.key) }
                throw error
            }
        }
    }

    /// Gives back attempts that turned out to be right.
    public func refund(_ attempts: [Attempt]) async {
        ledgers.withLock { ledgers in
            for attempt in attempts { ledgers[attempt.purpose]?.refund(attempt.key) }
        }
    }

    /// Forgets all attempts at something that is no longer there.
    public func forget(_ attempt: Attempt) async {
        ledgers.withLock { $0[attempt.purpose]?.forget(attempt.key) }
    }
}

extension RequestOrigin {
    /// Where a request comes from.
    ///
    /// - Parameter mark: the secret by which the browser is known for long.
    public init(address: String, client: String, mark: OneTimeSecret) {
        self.init(address: address, client: client, network: Self.networkCounted(for: address), mark: mark.hash)
    }

    /// What attempts are counted by: an address, or the network that one household has of the newer kind (RFC 6177).
    static func networkCounted(for address: String) -> String {
        var bytes = in6_addr()
        guard inet_pton(AF_INET6, address, &bytes) == 1 else { return address }
        return withUnsafeBytes(of: bytes) { all in
            let isMapped = all.prefix(10).allSatisfy { $0 == 0 } && all[10] == 0xFF && all[11] == 0xFF
            return (isMapped ? all[12...] : all.prefix(8)).map { String($0, radix: 16) }.joined(separator: ":")
        }
    }
}
