import Database
import Foundation
import Ports
import Secrets
import TransparencyLog
import UTC

/// Signs the checkpoints of other logs, each of which goes on from the one before: so that they cannot tell some people
/// another story than others.
///
/// Which logs, a policy says (C2SP's tlog-policy), in a file beside the database: the lines `log` of it.
public struct SQLWitness: LogWitness {
    private let database: Database
    private let keys: KeyRing
    private let policy: String
    private let name: String
    private let now: @Sendable () -> Timestamp

    /// - Parameters:
    ///   - policy: the path of the policy; where there is no such file, no log is known.
    ///   - name: what the witness is called: where it is, without the scheme.
    public init(
        _ database: Database, keys: KeyRing, policy: String, name: String, now: @escaping @Sendable () -> Timestamp
    ) {
        self.database = database
        self.keys = keys
        self.policy = policy
        self.name = name
        self.now = now
    }

    /// Of the key file for good: what it signs is about other logs, and who trusts it trusts this one key.
    private func key() throws -> SigningKey {
        let secret = keys.authenticationCode(for: Array("key".utf8), purpose: "log witness")
        guard let key = SigningKey(name: name, kind: .cosignature, secret: secret) else {
            throw SequencerFailure.origin(name)
        }
        return key
    }

    /// The key by which others check what this witness signs. Throws `SequencerFailure` where it has no name.
    public func verifier() throws -> VerifierKey { try key().verifier }

    /// Signs a checkpoint that a log asks it for, and remembers its size. Throws a `Refusal` where the log is not known, the
    /// proof does not fit, or the size that is known is another one.
    ///
    /// Source: C2SP tlog-witness, add-checkpoint.
    public func cosign(_ request: AddCheckpoint) async throws -> NoteSignature {
        let (key, logs) = (try key(), try known())
        let head = try await database.keep(.log) { transaction in
            // Comparing and noting are one step: two requests at once cannot both go on from the same tree.
            let head = try request.decide(logs: logs) { origin in
                let row = try transaction.connection.row(
                    "SELECT size, root FROM log_witnessed WHERE origin = $1", origin)
                guard let row, let root = TreeHash(try row.blob("root")) else { return nil }
                return WitnessedTree(size: Int(try row.integer("size")), root: root)
            }
            try transaction.execute(
                """
                INSERT INTO log_witnessed (origin, size, root) VALUES ($1, $2, $3)
                ON CONFLICT (origin) DO UPDATE SET size = excluded.size, root = excluded.root
                """, head.checkpoint.origin, head.checkpoint.size, head.checkpoint.root.bytes)
            return head
        }
        return try head.cosignature(by: key, at: UInt64(max(0, now().microseconds / 1_000_000)))
    }

    private func known() throws -> [VerifierKey] {
        guard let data = FileManager.default.contents(atPath: policy) else { return [] }
        return try LogPolicy(parsing: data).logs.map(\.key)
    }
}
