import Database
import Ports
import Primitives
import UTC

/// The leases of periodic tasks in SQL.
///
/// Who does what for a minute is no change of the index, and is not in the journal.
struct SQLLeases: LeaseStore {
    let database: Database

    func take(_ task: PeriodicTask, under lease: Lease, at now: Timestamp) async throws -> Lease {
        try await database.keep(.leases) { transaction in
            try transaction.execute(
                """
                INSERT INTO lease (name, holder, until) VALUES ($1, $2, $3)
                ON CONFLICT (name) DO UPDATE SET holder = excluded.holder, until = excluded.until
                WHERE lease.holder = excluded.holder OR lease.until <= $4
                """,
                task.rawValue, lease.holder, lease.until.microseconds, now.microseconds)
            let held = try transaction.row("SELECT holder, until FROM lease WHERE name = $1", task.rawValue)
            guard let held else { return lease }
            return Lease(
                of: try held.text("holder"), until: Timestamp(microseconds: try held.integer("until")))
        }
    }

    func release(_ task: PeriodicTask, heldBy holder: String) async throws {
        try await database.keep(.leases) { transaction in
            try transaction.execute("DELETE FROM lease WHERE name = $1 AND holder = $2", task.rawValue, holder)
        }
    }
}
