/// Bytes by their SHA-256. What is stored never changes, and is on disk for good before its digest is given out.
public protocol BlobStore: Sendable {
    /// Stores some bytes, durably. Storing the same bytes again is harmless.
    func store(_ bytes: [UInt8]) async throws -> String
    /// How many bytes a blob has; nil when it is not there.
    func size(of sha256: String) async throws -> Int64?
    /// Reads a whole blob of at most `limit` bytes; nil when it is not there.
    func read(_ sha256: String, limit: Int) async throws -> [UInt8]?
}
