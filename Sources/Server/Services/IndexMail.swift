import Administration
import Foundation
import Giveaways
import Jobs
import Letters
import Logging
import Mail
import People
import Primitives
import Removals
import Stores
import UTC

extension JobRunner {
    /// What does the jobs of an index, as its settings say.
    ///
    /// - Parameters:
    ///   - baseURL: where people find it.
    ///   - holder: this run of this process, unlike any other.
    public convenience init(
        of index: LocalIndex, baseURL: String, holder: String = UUID().uuidString,
        now: @escaping @Sendable () -> Timestamp = currentTimestamp, logger: Logger
    ) throws {
        let settings = index.settings
        let transport: any MailTransport =
            if let server = settings.mail.server { SMTPTransport(server) } else {
                FolderTransport(folder: settings.outbox)
            }
        let mail = MailDelivery(
            queue: index.stores.mail, transport: transport,
            sender: try settings.mail.sender(forIndexAt: baseURL, named: settings.profile.name),
            head: LetterHead(
                baseURL: baseURL, indexName: settings.profile.name, contact: settings.mail.answers))
        self.init(outbox: index.stores.outbox, handlers: [mail], holder: holder, now: now, logger: logger)
    }
}

extension AdministratorPages {
    init(for index: LocalIndex, _ giveaways: Giveaways) {
        let folder = index.settings.outbox
        let read: @Sendable (MailID) -> String? = { FolderTransport.text(of: $0, in: folder) }
        self.init(
            people: index.people, deletions: index.stores.deletions, mail: index.stores.mail,
            authenticators: index.stores.authenticators, giveaways: giveaways, proposals: index.stores.proposals,
            outbox: index.settings.mail.server == nil ? read : nil)
    }
}

extension Settings {
    /// Where mails go while there is no mail server.
    public var outbox: String { "\(data)/outbox" }
}
