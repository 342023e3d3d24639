/// The head of a log's tree: all that was ever in it, in one hash.
///
/// Source: C2SP, tlog-checkpoint.
public struct Checkpoint: Sendable, Hashable {
    /// Which log, for ever: `packages.example.org/log`.
    public let origin: String
    /// How many entries the tree has.
    public let size: Int
    public let root: TreeHash

    /// The head of a tree. Lines that others put below it are not kept, for nobody can check them.
    public init(origin: String, size: Int, root: TreeHash) {
        self.origin = origin
        self.size = size
        self.root = root
    }

    /// What is signed.
    public var text: String { "\(origin)\n\(size)\n\(root.base64)\n" }

    /// Reads the text of a note; nil for anything else. Further lines are passed over.
    public init?(text: String) {
        let lines = text.utf8.split(separator: 0x0a, omittingEmptySubsequences: false)
        guard lines.count >= 4, lines.last?.isEmpty == true, lines.dropLast().allSatisfy({ !$0.isEmpty }),
            lines[0].count <= NoteSignature.maximumNameBytes, let size = Int(decimal: Substring(lines[1])),
            let root = TreeHash(base64: Substring(lines[2]))
        else { return nil }
        self.init(origin: String(Substring(lines[0])), size: size, root: root)
    }

    /// The head as a note, signed by keys of the log.
    public func signed(by keys: [SigningKey]) throws -> SignedNote {
        SignedNote(text: text, signatures: try keys.map { try $0.signature(of: text, at: 0) })
    }
}

/// A checkpoint with a signature of its log that was verified.
public struct VerifiedCheckpoint: Sendable, Hashable {
    public let checkpoint: Checkpoint
    /// As it was read, with all its signatures.
    public let note: SignedNote
    /// The keys among those that are known that have signed it.
    public let signers: Set<VerifierKey>

    /// Reads a note, and believes it where a key of the log has signed it.
    ///
    /// - Parameters:
    ///   - logs: the keys of logs; the name of each is the origin of its log.
    ///   - witnesses: the keys of witnesses. That they have signed it is not asked here.
    public init(
        parsing bytes: some Collection<UInt8>, logs: [VerifierKey], witnesses: [VerifierKey] = []
    ) throws(CheckpointFailure) {
        do {
            note = try SignedNote(parsing: bytes)
        } catch { throw .note(error) }
        guard let checkpoint = Checkpoint(text: note.text) else { throw .form }
        let own = logs.filter { $0.name == checkpoint.origin && $0.kind == .note }
        guard !own.isEmpty else { throw .origin(checkpoint.origin) }
        do {
            signers = Set(try note.verified(by: own + witnesses.filter { $0.kind == .cosignature }))
        } catch { throw .note(error) }
        guard own.contains(where: signers.contains) else { throw .unsigned(checkpoint.origin) }
        guard checkpoint.size > 0 || checkpoint.root == .empty else { throw .emptyTree }
        self.checkpoint = checkpoint
    }

    /// When a witness has signed it, in seconds since 1970; nil where it has not. What it signed twice it has signed last.
    public func cosigned(by witness: VerifierKey) -> UInt64? {
        guard signers.contains(witness), witness.kind == .cosignature else { return nil }
        return note.signatures.filter { $0.name == witness.name && $0.keyID == witness.id }
            .compactMap { Cosignature($0)?.seconds }.max()
    }

    /// Signs it as a witness, which has checked that it goes on from what it knew.
    ///
    /// - Parameter seconds: since 1970.
    public func cosignature(by witness: SigningKey, at seconds: UInt64) throws -> NoteSignature {
        try witness.signature(of: note.text, at: seconds)
    }
}

/// Why a checkpoint is not believed.
public enum CheckpointFailure: Error, Hashable, Sendable, CustomStringConvertible {
    case note(InvalidNote)
    /// The text is not that of a checkpoint.
    case form
    /// It has no entries, and the root of a tree that has some.
    case emptyTree
    /// It is of a log that is not known.
    case origin(String)
    /// No known key of the log has signed it.
    case unsigned(String)

    public var description: String {
        switch self {
        case .note(let failure): "the checkpoint cannot be read: \(failure)"
        case .form: "the note is not a checkpoint"
        case .emptyTree: "the checkpoint has no entries, and a root all the same"
        case .origin(let origin): "the checkpoint is of another log, \(origin)"
        case .unsigned(let origin): "the checkpoint has no signature of a known key of \(origin)"
        }
    }
}
