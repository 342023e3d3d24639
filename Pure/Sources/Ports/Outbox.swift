import Primitives
import UTC

/// The number of a job in the outbox.
public typealias JobID = Identifier<Job>

/// The kinds of work that follow a commit, as they are stored. A row of another kind was written by a newer version.
public enum JobKind: String, Sendable, CaseIterable {
    /// A letter is sent to somebody. Its payload is the letter, in JSON.
    case mail
}

/// A job as anyone who holds the lease on it gets it.
public struct Job: Sendable, Hashable {
    public let id: JobID
    /// What there is to do.
    public let kind: JobKind
    /// Whom or what it is for: the address of a mail.
    public let about: String
    /// What it takes, in a form of its kind.
    public let payload: [UInt8]
    /// When it was put into the outbox.
    public let queuedAt: Timestamp
    /// How often it was tried before.
    public let attempts: Int

    /// A job as anyone who holds the lease on it gets it.
    public init(id: JobID, kind: JobKind, about: String, payload: [UInt8], queuedAt: Timestamp, attempts: Int) {
        self.id = id
        self.kind = kind
        self.about = about
        self.payload = payload
        self.queuedAt = queuedAt
        self.attempts = attempts
    }
}

/// What became of a job so far, as it is stored.
public enum JobState: String, Sendable, CaseIterable {
    /// It waits for its first or its next attempt.
    case waiting
    /// It is done, and what it took is forgotten.
    case done
    /// It is not tried any more, unless somebody says so.
    case givenUp = "given-up"
}

/// What came of an attempt.
public enum JobOutcome: Sendable, Hashable {
    /// The job is done. The reply is for those who run the index: what a mail server answered.
    case done(reply: String)
    /// It is not. The reason is for those who run the index; the log is told less, for it names nobody.
    case failed(reason: String, logged: String, then: JobFate)
}

/// What follows an attempt that failed.
public enum JobFate: Sendable, Hashable {
    /// It is tried again.
    case retry(at: Timestamp)
    /// It is not.
    case giveUp
}

/// Waiting jobs of a kind that this version does not know.
public struct UnknownJobs: Sendable, Hashable {
    /// The kind, as stored.
    public let kind: String
    /// How many there are.
    public let count: Int

    /// Waiting jobs of a kind that this version does not know.
    public init(kind: String, count: Int) {
        self.kind = kind
        self.count = count
    }

    /// What that means, and what to do.
    public var words: String {
        "\(count == 1 ? "1 job" : "\(count) jobs") of the kind '\(kind)' cannot be done by this version of Rind: a newer one "
            + "queued them. They are left alone until a version serves that knows them."
    }
}

/// The work that follows a commit and may be done by any node of the index: a row for each piece.
///
/// A job belongs to the change that asks for it, and is queued by the store that makes the change, in its transaction.
/// It is done at least once: anyone who does it holds a lease, and where they die, another one does it again once that
/// has run out. So every job must be safe to repeat.
public protocol Outbox: Sendable {
    /// Takes a lease on up to so many jobs of a kind that are due and that nobody has one on, those first that have
    /// been due for longest. What cannot be opened with the key file is given up.
    func claim(_ kind: JobKind, limit: Int, under lease: Lease, at now: Timestamp) async throws -> [Job]
    /// Takes a lease on one job, due or not; nil when it does not wait, or somebody has a lease on it.
    func claim(_ id: JobID, under lease: Lease, at now: Timestamp) async throws -> Job?
    /// Makes a lease last longer, and returns whether it was still the holder's.
    func renew(_ id: JobID, under lease: Lease) async throws -> Bool
    /// Ends a lease of a job that was not tried.
    func release(_ id: JobID, heldBy holder: String) async throws
    /// Notes what came of an attempt, and ends its lease. A failure is noted only as long as the lease was the
    /// holder's: after that it is for another one to say what follows.
    func end(_ id: JobID, with outcome: JobOutcome, heldBy holder: String, at now: Timestamp) async throws
    /// The waiting jobs that this version cannot do.
    func unknown() async throws -> [UnknownJobs]
    /// Removes what was done or given up before a moment. Their keys can be used again.
    func forget(endedBefore moment: Timestamp) async throws
}
