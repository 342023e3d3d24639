import Database
import Ports
import Primitives
import Secrets
import UTC

extension Transaction {
    /// Puts a job into the outbox, with the change that asks for it: both happen or neither.
    ///
    /// Nothing is put on record: the change is, and anyone who follows the journal looks for jobs.
    ///
    /// - Parameters:
    ///   - about: whom or what it is for.
    ///   - title: what those see of it who run the index. Nothing secret.
    ///   - payload: what it takes; it lies there sealed.
    ///   - key: what it is the only job of its kind for; nil for one that is always its own.
    /// - Returns: nil where there is one with this key.
    @discardableResult
    func enqueue(
        _ kind: JobKind, about: String, title: String, payload: [UInt8], key: String?, at now: Timestamp
    ) throws -> JobID? {
        exempt(.outbox)
        return try row(
            """
            INSERT INTO outbox (kind, about, title, sealed_payload, job_key, state, queued_at, due_at, attempts)
            VALUES ($1, $2, $3, $4, $5, $6, $7, $8, 0)
            ON CONFLICT (kind, job_key) DO NOTHING RETURNING id
            """,
            kind.rawValue, about, title, try connection.seal(payload, for: SecretContext.job(about: about)), key,
            JobState.waiting.rawValue, now.microseconds, now.microseconds
        ).map { JobID(try $0.integer("id")) }
    }
}

/// The outbox in SQL.
///
/// What becomes of a job is no change of the index, and is not in the journal.
struct SQLOutbox: Outbox {
    let database: Database

    func claim(_ kind: JobKind, limit: Int, under lease: Lease, at now: Timestamp) async throws -> [Job] {
        // Asked after every change, and there is seldom any: anyone who finds none has written nothing.
        let isDue = try await database.lookUp { try !$0.dueJobs(kind, limit: 1, at: now).isEmpty }
        guard isDue else { return [] }
        return try await database.keep(.outbox) { transaction in
            var jobs: [Job] = []
            while jobs.count < limit {
                let due = try transaction.connection.dueJobs(kind, limit: limit - jobs.count, at: now)
                guard !due.isEmpty else { break }
                for row in due {
                    if let job = try transaction.claim(row, kind, under: lease, at: now) { jobs.append(job) }
                }
            }
            return jobs
        }
    }

    func claim(_ id: JobID, under lease: Lease, at now: Timestamp) async throws -> Job? {
        try await database.keep(.outbox) { transaction in
            let waiting = try transaction.row(
                """
                SELECT \(Job.columns) FROM outbox
                WHERE id = $1 AND state = $2 AND (lease_until IS NULL OR lease_until <= $3)
                """,
                id.number, JobState.waiting.rawValue, now.microseconds)
            guard let waiting, let kind = JobKind(rawValue: try waiting.text("kind")) else { return nil }
            return try transaction.claim(waiting, kind, under: lease, at: now)
        }
    }

    func renew(_ id: JobID, under lease: Lease) async throws -> Bool {
        try await database.keep(.outbox) { transaction in
            try transaction.execute(
                "UPDATE outbox SET lease_until = $1 WHERE id = $2 AND lease_holder = $3",
                lease.until.microseconds, id.number, lease.holder)
            return transaction.changes > 0
        }
    }

    func release(_ id: JobID, heldBy holder: String) async throws {
        try await database.keep(.outbox) { transaction in
            try transaction.execute(
                "UPDATE outbox SET lease_holder = NULL, lease_until = NULL WHERE id = $1 AND lease_holder = $2",
                id.number, holder)
        }
    }

    func end(_ id: JobID, with outcome: JobOutcome, heldBy holder: String, at now: Timestamp) async throws {
        try await database.keep(.outbox) { transaction in
            switch outcome {
            case .done(let reply):
                // Anyone who holds it by now: it is done.
                try transaction.execute(
                    """
                    UPDATE outbox SET state = $1, sealed_payload = NULL, ended_at = $2, attempts = attempts + 1, reply = $3,
                        lease_holder = NULL, lease_until = NULL
                    WHERE id = $4 AND state <> $1
                    """,
                    JobState.done.rawValue, now.microseconds, reply, id.number)
            case .failed(let reason, _, .retry(let moment)):
                try transaction.fail(id, .waiting, due: moment, ended: nil, reason, heldBy: holder)
            case .failed(let reason, _, .giveUp):
                try transaction.fail(id, .givenUp, due: now, ended: now, reason, heldBy: holder)
            }
        }
    }

    func unknown() async throws -> [UnknownJobs] {
        try await database.read { connection in
            try connection.rows(
                "SELECT kind, COUNT(*) AS jobs FROM outbox WHERE state = $1 GROUP BY kind ORDER BY kind",
                JobState.waiting.rawValue
            ).map { UnknownJobs(kind: try $0.text("kind"), count: Int(try $0.integer("jobs"))) }
                .filter { JobKind(rawValue: $0.kind) == nil }
        }
    }

    func forget(endedBefore moment: Timestamp) async throws {
        try await database.keep(.outbox) { transaction in
            try transaction.execute(
                "DELETE FROM outbox WHERE state IN ($1, $2) AND ended_at < $3",
                JobState.done.rawValue, JobState.givenUp.rawValue, moment.microseconds)
        }
    }
}

extension Connection {
    /// The jobs of a kind that anybody may claim, those first that have been due for longest.
    fileprivate func dueJobs(_ kind: JobKind, limit: Int, at now: Timestamp) throws -> [Row] {
        try rows(
            """
            SELECT \(Job.columns) FROM outbox
            WHERE state = $1 AND due_at <= $2 AND kind = $3 AND (lease_until IS NULL OR lease_until <= $2)
            ORDER BY due_at, id LIMIT $4
            """,
            JobState.waiting.rawValue, now.microseconds, kind.rawValue, limit)
    }
}

extension Transaction {
    /// Takes the lease on a job that is free. What nobody can read without the key file that it was sealed with is
    /// given up instead, for others wait behind it; that is nil.
    fileprivate func claim(_ row: Row, _ kind: JobKind, under lease: Lease, at now: Timestamp) throws -> Job? {
        let job: Job
        do { job = try Job(row: row, kind, connection) } catch is SecretFailure {
            try execute(
                """
                UPDATE outbox SET state = $1, due_at = $2, ended_at = $2, attempts = attempts + 1, reply = $3,
                    lease_holder = NULL, lease_until = NULL
                WHERE id = $4
                """,
                JobState.givenUp.rawValue, now.microseconds,
                "It does not open with the key file. Bring that back from a backup, and run: rind mail retry",
                try row.integer("id"))
            return nil
        }
        // Asked again as it is written: on an engine with several writers another one may have taken it since it was read.
        try execute(
            """
            UPDATE outbox SET lease_holder = $1, lease_until = $2
            WHERE id = $3 AND state = $4 AND (lease_until IS NULL OR lease_until <= $5)
            """,
            lease.holder, lease.until.microseconds, job.id.number, JobState.waiting.rawValue, now.microseconds)
        return changes > 0 ? job : nil
    }

    /// Notes an attempt that failed. What is given up keeps its payload, so that it can be tried again.
    fileprivate func fail(
        _ id: JobID, _ state: JobState, due: Timestamp, ended: Timestamp?, _ reason: String, heldBy holder: String
    ) throws {
        try execute(
            """
            UPDATE outbox SET state = $1, due_at = $2, ended_at = $3, attempts = attempts + 1, reply = $4,
                lease_holder = NULL, lease_until = NULL
            WHERE id = $5 AND state = $6 AND lease_holder = $7
            """,
            state.rawValue, due.microseconds, ended?.microseconds, reason, id.number, JobState.waiting.rawValue, holder)
    }
}

extension Job {
    static let columns = "id, kind, about, sealed_payload, queued_at, attempts"

    /// Throws `SecretFailure` where it does not open with the key file.
    init(row: Row, _ kind: JobKind, _ connection: Connection) throws {
        let about = try row.text("about")
        self.init(
            id: JobID(try row.integer("id")), kind: kind, about: about,
            payload: try connection.open(row.blob("sealed_payload"), for: SecretContext.job(about: about)),
            queuedAt: Timestamp(microseconds: try row.integer("queued_at")),
            attempts: Int(try row.integer("attempts")))
    }
}
