import Ports
import Primitives

/// What administrators see and do on the web beside accounts.
public struct Administration: Sendable {
    let mail: any MailQueue
    let authenticators: any AuthenticatorStore
    let outbox: (@Sendable (MailID) -> String?)?

    /// - Parameters:
    ///   - mail: the mails on their way.
    ///   - authenticators: what is known of models of security keys.
    ///   - outbox: what a mail says that was written into a folder; nil where a mail server takes them, for then what
    ///     they
    ///     say is nobody's business but that of whom they are for.
    public init(
        mail: any MailQueue, authenticators: any AuthenticatorStore, outbox: (@Sendable (MailID) -> String?)?
    ) {
        self.mail = mail
        self.authenticators = authenticators
        self.outbox = outbox
    }
}
