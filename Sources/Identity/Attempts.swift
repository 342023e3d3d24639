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

    /// Counts an attempt for each, or throws `TooManyAttempts`.
    func admit(_ attempts: [(AttemptPurpose, String)], at now: Timestamp) throws {
        try ledgers.withLock { ledgers in
            for (purpose, key) in attempts { try ledgers[purpose]?.admit(key, at: now) }
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
    /// What attempts are counted by: an address, or the network that one household has of the newer kind (RFC 6177).
    var attemptKey: String {
        guard address.contains(":"), !address.contains(".") else { return address }
        return address.split(separator: ":", omittingEmptySubsequences: false).prefix(4).joined(separator: ":")
    }
}
