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
    /// The last round, and when it was.
    private let last = Mutex<(round: WitnessRound, at: ContinuousClock.Instant)?>(nil)

    /// - Parameter policy: the path of a policy (C2SP's tlog-policy), whose lines `witness NAME KEY URL` are asked; there may
    ///   be none.
    init(sequencer: LogSequencer, policy: String, logger: Logger) {
        self.sequencer = sequencer
        self.policy = policy
        self.logger = logger
    }

    /// Asks about the head: once, again where not all have signed it, and each hour where nothing is done, so that it is
    /// never older than that.
    func run() async throws {
        let now = ContinuousClock.now
        guard let data = FileManager.default.contents(atPath: policy), let head = try await sequencer.head(),
            last.withLock({ last in last.map { $0.round.isOver(for: head.note.text, after: now - $0.at) } ?? true })
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
        let asked = witnesses.count { $0.url != nil }
        last.withLock { $0 = (WitnessRound(head: note.text, isComplete: signed.count == asked), now) }
        guard !signed.isEmpty else { return }
        _ = try await sequencer.add(signed, to: note)
    }
}
