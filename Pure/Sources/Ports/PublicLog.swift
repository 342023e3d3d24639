import TransparencyLog
import UTC

/// The log that anybody can check, as it is served: files that never change, and the signed head of the tree.
public protocol PublicLog: Sendable {
    /// The newest checkpoint, as it was signed; nil before the first.
    func checkpoint() async throws -> String?
    /// The newest checkpoint that witnesses have signed, too, as it was signed; nil while there is none.
    func cosignedCheckpoint() async throws -> String?
    /// The public keys that sign it, the newest last.
    func keys() async throws -> [VerifierKey]
    /// The bytes of a tile; nil where the signed tree has none there.
    func bytes(of tile: Tile) async throws -> [UInt8]?
    /// The newest entries of the signed tree, the newest first.
    func latest(_ count: Int) async throws -> [LoggedEntry]
    /// The entry that published a file; nil where the signed tree has none.
    func entry(ofFile filename: String) async throws -> LoggedEntry?
    /// What is said of a file since it was published, or of all of its release or project: the last of it, the oldest first.
    func entries(about file: PublishedFile) async throws -> [LoggedEntry]
    /// Since when the log waits for the operator to say how it goes on; nil where it does not.
    func waitsSince() async throws -> Timestamp?
    /// Proves that a distribution file is in the log; nil where the signed tree does not have it, or has other bytes under
    /// its name.
    func proof(ofFile filename: String, sha256: String) async throws -> LogProof?
}

/// An entry of the log in its place.
public struct LoggedEntry: Sendable, Hashable {
    /// From 0.
    public let position: Int
    /// As it is hashed and published.
    public let bytes: [UInt8]
    public let statement: LogStatement

    /// Nil where it is not a statement of an index.
    public init?(position: Int, bytes: [UInt8]) {
        guard let statement = LogStatement(bytes) else { return nil }
        self.position = position
        self.bytes = bytes
        self.statement = statement
    }
}

/// Signs the checkpoints of other logs, as C2SP's tlog-witness has it.
public protocol LogWitness: Sendable {
    /// The public key of the witness.
    func verifier() throws -> VerifierKey
    /// Signs a checkpoint that goes on from the last one that was signed of its log, and remembers it first. Throws
    /// `WitnessRefusal`.
    func cosign(_ request: AddCheckpoint) async throws -> NoteSignature
}
