import Accounts
import Passwords
import Synchronization

/// The way to the hasher of passwords, in which nobody stands with more than their share.
///
/// A hash takes tens of milliseconds, and few are computed at once. Anyone who sends right passwords as fast as they
/// can is refused by no count of wrong ones; that they have only so many places in the line keeps it open for everybody
/// else.
final class PasswordHashQueue: Sendable {
    /// How many hashes one network can wait for at a time: about a third of the line. Of this machine that is not
    /// counted: it is a proxy, or its operator.
    static let limitPerNetwork = 12
    /// How long one waits for a place.
    static let timeout = Duration.seconds(5)

    private let hasher: PasswordHasher
    private let taken = Mutex<[String: Int]>([:])

    init(_ hasher: PasswordHasher) { self.hasher = hasher }

    /// The hash of a new password. Throws `TooManyPasswords`.
    func hash(_ password: String, from origin: RequestOrigin) async throws -> String {
        try await queued(origin.network) { try await hasher.hash(password) }
    }

    /// Checks a password against a stored hash, or does the same work where there is none. Throws `TooManyPasswords`.
    func check(
        _ password: String, against stored: String?, from origin: RequestOrigin
    ) async throws -> PasswordHasher.Verdict {
        try await queued(origin.network) { try await hasher.check(String(password.prefix(2_000)), against: stored) }
    }

    /// Takes a place, if the network has one left.
    private func take(_ network: String) -> Bool {
        taken.withLock { taken in
            guard taken[network, default: 0] < Self.limitPerNetwork else { return false }
            taken[network, default: 0] += 1
            return true
        }
    }

    private func queued<Value: Sendable>(
        _ network: String, _ work: () async throws -> Value
    ) async throws -> Value {
        guard !["", "127.0.0.1", "0:0:0:0:0:0:0:0", "7f:0:0:1"].contains(network) else { return try await work() }
        let end = ContinuousClock.now + Self.timeout
        while !take(network) {
            guard ContinuousClock.now < end else { throw TooManyPasswords() }
            try await Task.sleep(for: .milliseconds(20))
        }
        defer {
            taken.withLock { taken in
                let left = taken[network, default: 1] - 1
                taken[network] = left > 0 ? left : nil
            }
        }
        return try await work()
    }
}
