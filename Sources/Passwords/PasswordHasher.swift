import Foundation
import Primitives
import Synchronization

/// Hashes and checks passwords away from the threads that answer requests, few at once.
///
/// One hash takes 46 MiB and tens of milliseconds of a core. On the cooperative pool a handful of them would stop
/// every other task, and without a bound a burst of sign-ins would take all memory. The queue has threads of its own
/// and a width; anyone who comes later waits in order, and is sent away where too many wait already.
public struct PasswordHasher: Sendable {
    /// What a new hash costs.
    public let parameters: PasswordParameters
    private let queue: OperationQueue
    private let line = Line()
    private let longestLine: Int
    /// What an unknown account's password is checked against. Nothing matches it: its tag is no hash of anything.
    private let decoy: PasswordHash

    /// A hasher that computes `atOnce` hashes at most at the same time, while at most `waiting` others wait.
    public init(
        parameters: PasswordParameters = PasswordParameters(), atOnce: Int = 2, waiting: Int = 32
    ) throws(PasswordHashError) {
        self.parameters = parameters
        decoy = try PasswordHash(
            parsing: "$argon2id$v=19$m=\(parameters.memory),t=\(parameters.iterations),p=\(parameters.lanes)"
                + "$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")
        queue = OperationQueue()
        queue.name = "passwords"
        queue.maxConcurrentOperationCount = atOnce
        longestLine = atOnce + waiting
    }

    /// What a check found.
    public enum Verdict: Sendable, Hashable {
        /// Another password, or no such account.
        case wrong
        case right
        /// The right one, under costs that are no longer ours: store this hash instead.
        case rightAndRehashed(String)
    }

    /// The hash of a new password, in PHC form. Throws `TooManyPasswords` where too many wait.
    public func hash(_ password: String, salt: [UInt8] = PasswordHash.randomSalt()) async throws -> String {
        let parameters = parameters
        return try await away { try PasswordHash(of: password, salt: salt, parameters: parameters).description }
    }

    /// Checks a password against a stored hash in PHC form.
    ///
    /// Throws `TooManyPasswords` where too many wait.
    ///
    /// Pass nil for an account that does not exist or has no password: the answer is no, after the same work, so that
    /// the time does not tell which accounts there are.
    public func check(_ password: String, against stored: String?) async throws -> Verdict {
        let (parameters, decoy) = (parameters, decoy)
        return try await away {
            let hash = try stored.map { text in try PasswordHash(parsing: text) }
            guard try (hash ?? decoy).matches(password), let hash else { return .wrong }
            guard hash.needsRehash(parameters) else { return .right }
            return .rightAndRehashed(try PasswordHash(of: password, parameters: parameters).description)
        }
    }

    /// A task that is cancelled while it waits for its turn does no work.
    private func away<Value: Sendable>(_ work: @escaping @Sendable () throws -> Value) async throws -> Value {
        guard line.length.add(1, ordering: .relaxed).newValue <= longestLine else {
            line.length.subtract(1, ordering: .relaxed)
            throw TooManyPasswords()
        }
        defer { line.length.subtract(1, ordering: .relaxed) }
        let flag = CancellationFlag()
        return try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                queue.addOperation {
                    continuation.resume(
                        with: Result {
                            if flag.isRaised.load(ordering: .relaxed) { throw CancellationError() } else { try work() }
                        })
                }
            }
        } onCancel: {
            flag.isRaised.store(true, ordering: .relaxed)
        }
    }
}

/// So many passwords wait to be hashed or checked that one more would wait for seconds, and hold memory meanwhile.
public struct TooManyPasswords: Refusal, Hashable {
    /// One more than there is room for.
    public init() {}
    /// Always `tooMany`.
    public var kind: RefusalKind { .tooMany(retryAfterSeconds: 5) }
    /// `password.too-many`
    public var code: String { "password.too-many" }
    public var explanation: String {
        "Too many people are signing in at this moment. Nothing was changed; try again in a few seconds."
    }
}

/// How many are being hashed or wait. A class, because the copies of a hasher share it.
private final class Line: Sendable {
    let length = Atomic(0)
}

/// That nobody waits for the result any more. A class, because both sides of a continuation hold it.
private final class CancellationFlag: Sendable {
    let isRaised = Atomic(false)
}
