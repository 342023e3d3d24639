import Foundation
import Model
import Synchronization
import UTC

/// The attempts of late, counted in memory: a restart forgets them, which helps nobody who cannot restart the index.
public final class Attempts: Sendable {
    private let ledgers: Mutex<[AttemptPurpose: AttemptLedger<String>]>

    /// No attempts yet.
    public init() {
        ledgers = Mutex(
            Dictionary(
                uniqueKeysWithValues: AttemptPurpose.allCases.map { ($0, AttemptLedger(limits: $0.limits)) }))
    }

    /// Counts an attempt for each, or for none and throws `TooManyAttempts`.
    func admit(_ attempts: [(AttemptPurpose, String)], at now: Timestamp) throws {
        try ledgers.withLock { ledgers in
            var admitted: [(AttemptPurpose, String)] = []
            do {
                for (purpose, key) in attempts {
                    try ledgers[purpose]?.admit(key, at: now)
                    admitted.append((purpose, key))
                }
            } catch {
                for (purpose, key) in admitted { ledgers[purpose]?.takeBack(key) }
                throw error
            }
        }
    }

    /// Takes back attempts that turned out to be right.
    func takeBack(_ attempts: [(AttemptPurpose, String)]) {
        ledgers.withLock { ledgers in
            for (purpose, key) in attempts { ledgers[purpose]?.takeBack(key) }
        }
    }

    /// Forgets what was tried on something that is no longer there.
    func forget(_ purpose: AttemptPurpose, _ key: String) {
        ledgers.withLock { $0[purpose]?.forget(key) }
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
