import Letters
import Mail
import Ports
import UTC

/// Sends mails.
public struct MailDelivery: JobHandler {
    private let queue: any MailQueue
    private let transport: any MailTransport
    private let sender: MailSender
    private let head: LetterHead
    /// Mails under way at most.
    public let atOnce: Int

    /// Mails.
    public var kind: JobKind { .mail }

    /// - Parameters:
    ///   - sender: who they come from.
    ///   - head: what stands at their foot, and where their links lead.
    ///   - atOnce: mails under way at most.
    public init(
        queue: any MailQueue, transport: any MailTransport, sender: MailSender, head: LetterHead, atOnce: Int = 4
    ) {
        self.queue = queue
        self.transport = transport
        self.sender = sender
        self.head = head
        self.atOnce = atOnce
    }

    /// Hands a mail over.
    public func perform(_ job: Job, at now: Timestamp) async throws(CancellationError) -> JobOutcome {
        let failure: MailFailure
        do {
            let message = MailMessage(try queue.mail(in: job), from: sender, head)
            return .done(reply: try await transport.send(message))
        } catch let cancellation as CancellationError {
            throw cancellation
        } catch {
            failure = error as? MailFailure ?? MailFailure(reason: "an error of our own: \(error)", isPermanent: false)
        }
        let next = MailRetryRule.next(after: failure, attempts: job.attempts + 1, at: now)
        return .failed(
            reason: failure.reason, logged: failure.loggable, then: next.map(JobFate.retry(at:)) ?? .giveUp)
    }
}
