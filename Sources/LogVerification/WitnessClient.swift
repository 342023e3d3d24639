import Outgoing
import TransparencyLog

/// Asks a witness to sign the checkpoints of a log, as C2SP's tlog-witness has it. Belongs to one thread, which it blocks.
public struct WitnessClient {
    private let witness: LogPolicy.Witness
    private let address: String
    private let client: HTTPClient
    private let timeout: Duration

    /// Of an answer: some signatures, or a number.
    private static let maximumBytes = 16 << 10

    /// Nil where the policy does not say where the witness is.
    ///
    /// - Parameter timeout: how long it may take to answer.
    public init?(_ witness: LogPolicy.Witness, timeout: Duration = .seconds(10)) throws {
        guard let url = witness.url else { return nil }
        self.witness = witness
        address = "\(IndexReader.base(url))/add-checkpoint"
        client = try HTTPClient(.server)
        self.timeout = timeout
    }

    /// The signature of a witness under a checkpoint.
    ///
    /// - Parameters:
    ///   - note: the checkpoint, as the log has signed it.
    ///   - proof: proves that a tree of a size is the beginning of the checkpoint's.
    /// - Throws: ``VerificationFailure`` where the witness does not sign, and says why; what reading throws.
    public func cosignature(
        under note: SignedNote, proof: (_ old: Int) throws -> [TreeHash]
    ) throws -> NoteSignature {
        guard let size = Checkpoint(text: note.text)?.size else { throw VerificationFailure("no checkpoint") }
        // The first request finds out which tree the witness has signed last, unless it has signed none.
        var old = 0
        for _ in 0..<2 {
            let request = AddCheckpoint(old: old, proof: try proof(old), checkpoint: note.written)
            let answer = try client.send(
                .post(Array(request.written.utf8), to: address, maximumBytes: Self.maximumBytes, timeout: timeout))
            let text = String(decoding: answer.body, as: UTF8.self)
            switch answer.status {
            case 200:
                for line in text.split(separator: "\n") {
                    guard let signature = NoteSignature(line: line) else { continue }
                    let signed = SignedNote(text: note.text, signatures: [signature])
                    guard (try? signed.verified(by: [witness.key])) == [witness.key] else { continue }
                    return signature
                }
                throw VerificationFailure("the witness \(witness.name) answers without a signature of its key")
            case 409:
                // That it knows nothing was said with the request.
                guard let knows = Int(text.prefix { $0 != "\n" }), knows > 0 else {
                    throw VerificationFailure("the witness \(witness.name) answers nonsense")
                }
                guard knows <= size else {
                    throw VerificationFailure(
                        "the witness \(witness.name) has seen \(knows) entries of this log, which has \(size): "
                            + "the database is an older one")
                }
                guard knows != old else {
                    throw VerificationFailure(
                        "the witness \(witness.name) has signed another tree of \(knows) entries of this log: there are two "
                            + "stories of it")
                }
                old = knows
            default: throw VerificationFailure("the witness \(witness.name) answers \(answer.status)")
            }
        }
        throw VerificationFailure("the witness \(witness.name) says another size each time")
    }
}
