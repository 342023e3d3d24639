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

extension Stores {
    /// What people are told of an error that is neither theirs nor ours: that the disk is full. Even reading can fail of it,
    /// where SQLite has to make its index of the log. Nil for all else.
    public static func refusal(for error: any Error) -> (any Refusal)? {
        DatabaseFailure.isStorageFull(error) ? DatabaseFull() : nil
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
