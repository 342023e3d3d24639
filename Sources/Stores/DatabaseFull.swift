import Database
import Model

/// The disk under the database is full. Nothing of the change was kept.
struct DatabaseFull: Refusal {
    var kind: RefusalKind { .storageFull }
    var code: String { "storage.full" }
    var explanation: String {
        "The disk of this index is full, and nothing was changed. Tell its operator; reading goes on meanwhile."
    }
}

extension Database {
    /// Writes, as `write` does; a full disk becomes a refusal that says so.
    func change<Result: Sendable>(
        _ body: @escaping @Sendable (Transaction) throws -> Result
    ) async throws -> Result {
        do { return try await write(body) } catch  where DatabaseFailure.isStorageFull(error) { throw DatabaseFull() }
    }
}
