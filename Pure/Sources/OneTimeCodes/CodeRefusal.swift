import UTC

/// Why a code of an authenticator app is not accepted.
public enum CodeRefusal: Error, Hashable, Sendable {
    /// It is not six digits.
    case malformed
    /// It is no code of this secret, or of another time.
    case wrong
    /// It, or a later one, was accepted before.
    case alreadyUsed
    /// A code of a clock that is ahead was typed before, so that codes count again in this many seconds.
    case notAgainYet(seconds: Int64)
    /// It was right this many seconds ago: the device's clock is behind ours.
    case clockBehind(seconds: Int64)
    /// It will be right in this many seconds: the device's clock is ahead of ours. `counter` is the code's.
    case clockAhead(seconds: Int64, counter: Int64)

    /// A counter that must be kept as the last accepted one although its code was refused.
    ///
    /// Somebody who guesses hears from the refusal that their code will be right in a few minutes, and could come back
    /// then. So it is used up now.
    public var burntCounter: Int64? {
        if case .clockAhead(_, let counter) = self { counter } else { nil }
    }

    /// For machines; never changes.
    public var code: String {
        switch self {
        case .malformed: "code.malformed"
        case .wrong: "code.wrong"
        case .alreadyUsed: "code.already-used"
        case .notAgainYet: "code.not-again-yet"
        case .clockBehind: "code.clock-behind"
        case .clockAhead: "code.clock-ahead"
        }
    }

    /// What is wrong and what to do, for a person.
    public var explanation: String {
        switch self {
        case .malformed: "A code has six digits. Type the one that your app shows now."
        case .wrong:
            "This code is not right. Type the one that your app shows now for this account; a new one comes every \(TOTPSecret.period) seconds."
        case .alreadyUsed: "This code was used already. Wait until your app shows the next one, and type that."
        case .notAgainYet(let seconds):
            "A code of a clock that is ahead was typed before, and codes up to that one are used up. Wait for \(Duration.seconds(seconds).words), and type the code of then."
        case .clockBehind(let seconds):
            "This code was right \(Duration.seconds(seconds).words) ago: the clock of your device is behind. Set it to automatic time, and type the next code."
        case .clockAhead(let seconds, _):
            "The clock of your device is \(Duration.seconds(seconds).words) ahead. Set it to automatic time, wait for \(Duration.seconds(seconds + TOTPSecret.period).words), and type the code of then."
        }
    }
}
