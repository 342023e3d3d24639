import Primitives

/// There is no room for what was sent. Nothing of it is kept, and reading goes on.
public struct StorageFull: Refusal {
    /// The call that found out. For the log.
    public let cause: FileSystemFailure

    /// Always `storageFull`.
    public var kind: RefusalKind { .storageFull }
    /// `storage.full`
    public var code: String { "storage.full" }
    /// What happened, and who can help.
    public var explanation: String {
        "The disk of this index is full, so nothing was stored. Its operator has to make room; then send it again."
    }
}
