import Database
import Primitives

extension Stores {
    /// What people are told of an error that is neither theirs nor ours: that the disk is full. Even reading can fail
    /// of it, where SQLite has to make its index of the log. Nil for all else.
    public static func refusal(for error: any Error) -> (any Refusal)? {
        DatabaseFailure.isStorageFull(error) ? StorageIsFull() : nil
    }
}
