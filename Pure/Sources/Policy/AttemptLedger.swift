import UTC

/// The attempts of late, by account or by address, and whether one more is admitted.
///
/// Windows slide: within any five minutes there are no more than five, wherever they begin. An attempt counts from the
/// moment that it is admitted, before it is known how it ends, so that a hundred at the same time are not all the
/// first; anyone who was right gets theirs back (`refund`). One that was not admitted does not count, so that waiting
/// helps.
///
/// A success does not clear what others did: with the owner signing in every day, a thief who has the password would
/// get fresh guesses at the code every day. `forget` is for when what was guessed at is gone, a password that was
/// changed.
public struct AttemptLedger<Key: Hashable & Sendable>: Sendable {
    /// How many keys are remembered at most.
    public let capacity: Int
    private let limits: [AttemptLimit]
    /// Microseconds of each admitted attempt, in their order, none older than the longest window when it was last used.
    private var attempts: [Key: [Int64]] = [:]

    /// An empty ledger.
    ///
    /// - Parameters:
    ///   - limits: all of them hold.
    ///   - capacity: how many keys are remembered at most. Beyond that, those with the fewest attempts are forgotten,
    ///     among them the oldest: a flood of keys drives out its own, not the one that it is to distract from.
    public init(limits: [AttemptLimit], capacity: Int = 50_000) {
        precondition(capacity > 0 && limits.allSatisfy { $0.attempts > 0 }, "a limit that admits nothing is no limit")
        self.limits = limits
        self.capacity = capacity
    }

    /// How many keys are remembered.
    public var count: Int { attempts.count }

    /// Counts an attempt, or throws without counting it.
    public mutating func acquire(_ key: Key, at now: Timestamp) throws(TooManyAttempts) {
        var times = current(attempts[key] ?? [], at: now)
        let wait = limits.map { microseconds(until: $0, after: times, at: now) }.max() ?? 0
        guard wait == 0 else {
            throw TooManyAttempts(retryAfterSeconds: Int(clamping: (wait + 999_999) / 1_000_000))
        }
        if attempts[key] == nil { makeRoom(at: now) }
        // A clock that was set back must not put them out of order.
        times.append(max(now.microseconds, times.last ?? .min))
        attempts[key] = times
    }

    /// Gives back the last attempt of `key`, which turned out to be right: only failures use up what is allowed.
    public mutating func refund(_ key: Key) {
        guard var times = attempts[key] else { return }
        times.removeLast()
        attempts[key] = times.isEmpty ? nil : times
    }

    /// Forgets the attempts of `key`, because what they were guesses at is no longer there.
    public mutating func forget(_ key: Key) { attempts[key] = nil }

    /// Microseconds until the limit admits one more; 0 when it does now.
    private func microseconds(until limit: AttemptLimit, after times: [Int64], at now: Timestamp) -> Int64 {
        guard times.count >= limit.attempts else { return 0 }
        // The one that has to leave the window first.
        let blocking = Timestamp(microseconds: times[times.count - limit.attempts])
        let end = blocking + limit.window
        // At most a window, though the clock was set back by a year.
        return min(max(0, end.microseconds.subtracting(now.microseconds)), limit.window.microseconds)
    }

    /// Without those that no limit asks about any more.
    private func current(_ times: [Int64], at now: Timestamp) -> [Int64] {
        let longest = limits.map(\.window).max() ?? .zero
        return Array(times.drop { (Timestamp(microseconds: $0) + longest) <= now })
    }

    private mutating func makeRoom(at now: Timestamp) {
        guard attempts.count >= capacity else { return }
        attempts = attempts.compactMapValues { times in
            let times = current(times, at: now)
            return times.isEmpty ? nil : times
        }
        guard attempts.count >= capacity else { return }
        // An eighth at a time, so that the work is shared by many attempts.
        let surplus = attempts.count - (capacity - max(1, capacity / 8))
        let leastMissed = attempts.sorted { left, right in
            (left.value.count, left.value.last ?? 0) < (right.value.count, right.value.last ?? 0)
        }
        for (key, _) in leastMissed.prefix(surplus) { attempts[key] = nil }
    }
}

extension Int64 {
    /// Never overflows; moments from outside can be as far apart as there are numbers.
    fileprivate func subtracting(_ other: Int64) -> Int64 {
        let (difference, overflow) = subtractingReportingOverflow(other)
        return overflow ? (self < 0 ? .min : .max) : difference
    }
}

extension Duration {
    fileprivate var microseconds: Int64 { (Timestamp(microseconds: 0) + self).microseconds }
}
