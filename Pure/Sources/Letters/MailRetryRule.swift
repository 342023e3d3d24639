import UTC

/// Why a mail was not taken.
public struct MailFailure: Error, Sendable, Hashable {
    /// For administrators: what the mail server answered, or why there was no answer. It may name the recipient.
    public let reason: String
    /// The code of the mail server's answer, 451 for example; nil when there was none.
    public let code: Int?
    /// Whether trying again cannot help.
    public let isPermanent: Bool

    /// Why a mail was not taken.
    public init(reason: String, code: Int? = nil, isPermanent: Bool) {
        self.reason = reason
        self.code = code
        self.isPermanent = isPermanent
    }

    /// For the log, which names nobody: only what we say ourselves.
    public var loggable: String { code.map { "the mail server answered \($0)" } ?? reason }
}

/// When a mail is tried again: after 1, 5 and 30 minutes, after 2 hours, then every 6 hours until about three days have
/// passed. RFC 5321, section 4.5.4.1, asks for four to five days of a mail server; what we send is of no use by then.
public enum MailRetryRule {
    private static let first: [Duration] = [
        .seconds(60), .minutes(5), .minutes(30), .hours(2),
    ]
    private static let later = Duration.hours(6)
    /// 2 hours 36 minutes for the first five attempts, and eleven times six hours more: 68.6 hours.
    static let mostAttempts = 16

    /// When to try again after an attempt that failed; nil to give up.
    ///
    /// Attempts count and not the age, so that a mail is not given up because the index was switched off.
    ///
    /// - Parameter attempts: how many there were, with this one.
    public static func next(after failure: MailFailure, attempts: Int, at now: Timestamp) -> Timestamp? {
        guard !failure.isPermanent, attempts < mostAttempts else { return nil }
        let made = max(1, attempts)
        return now + (made <= first.count ? first[made - 1] : later)
    }
}
