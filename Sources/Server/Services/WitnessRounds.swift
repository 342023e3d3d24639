import Foundation
import LogVerification
import Logging
import Sequencer
import Synchronization
import TransparencyLog

/// Asks the witnesses that `log.policy` in the data folder names to sign each new head, and puts what they sign below it.
///
/// A head is served before they have signed it: an index goes on without its witnesses, and anyone who asks for them sees that
/// they are missing.
final class WitnessRounds: Sendable {
    private let sequencer: LogSequencer
    private let policy: String
    private let logger: Logger
    /// Threads of its own, for a witness may take its time.
    private let queue = DispatchQueue(label: "log-witnesses")
    /// The text of the head that was asked about last.
    private let asked = Mutex("")

    /// - Parameter policy: the path of a policy (C2SP's tlog-policy), whose lines `witness NAME KEY URL` are asked; there may
    ///   be none.
    init(sequencer: LogSequencer, policy: String, logger: Logger) {
        self.sequencer = sequencer
        self.policy = policy
        self.logger = logger
    }

    /// Asks about the head, once.
    func run() async throws {
        guard let data = FileManager.default.contents(atPath: policy), let head = try await sequencer.head(),
            asked.withLock({ $0 != head.note.text })
        else { return }
        let (note, prove, logger) = (head.note, head.proof, logger)
        let witnesses = try LogPolicy(parsing: data).witnesses
        let signed = await withCheckedContinuation { continuation in
            queue.async {
                continuation.resume(
                    returning: witnesses.compactMap { witness -> NoteSignature? in
                        do {
                            return try WitnessClient(witness)?.cosignature(under: note, proof: prove)
                        } catch {
                            logger.error("a witness of the log has not signed: \(error)")
                            return nil
                        }
                    })
            }
        }
        asked.withLock { $0 = note.text }
        guard !signed.isEmpty else { return }
        _ = try await sequencer.add(signed, to: note)
    }
}
