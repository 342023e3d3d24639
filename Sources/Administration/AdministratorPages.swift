import Giveaways
import Identity
import Ports
import Primitives
import Site

/// The pages on which administrators look after the index and its people, and the one on which a project's owners see
/// who could publish it.
public struct AdministratorPages: PersonalPages {
    let people: any PeopleStore
    let deletions: any AccountDeletionStore
    let mail: any MailQueue
    let authenticators: any AuthenticatorStore
    let giveaways: Giveaways
    let proposals: any ProposalStore
    let outbox: (@Sendable (MailID) -> String?)?

    /// - Parameters:
    ///   - people: the accounts, for those who run the index.
    ///   - deletions: accounts that go.
    ///   - mail: the mails on their way.
    ///   - authenticators: what is known of models of security keys.
    ///   - giveaways: security keys that are given away.
    ///   - proposals: what is proposed about projects.
    ///   - outbox: what a mail says that was written into a folder; nil where a mail server takes them, for then what they
    ///     say is nobody's business but that of whom they are for.
    public init(
        people: any PeopleStore, deletions: any AccountDeletionStore, mail: any MailQueue,
        authenticators: any AuthenticatorStore, giveaways: Giveaways, proposals: any ProposalStore,
        outbox: (@Sendable (MailID) -> String?)?
    ) {
        self.people = people
        self.deletions = deletions
        self.mail = mail
        self.authenticators = authenticators
        self.giveaways = giveaways
        self.proposals = proposals
        self.outbox = outbox
    }

    package func add(to router: AccountRouter, for site: ManageSite) {
        AdminRoutes(site: site.account, administration: self).add(to: router)
        UserRoutes(site: site.account, people: people).add(to: router)
        WhoRoutes(site: site, people: people).add(to: router)
        LeavingRoutes(site: site, removals: site.removals).add(to: router)
        ProposalRoutes(site: site, proposals: proposals).add(to: router)
        RoleReturnRoutes(site: site).add(to: router)
        AccountDeletionRoutes(site: site.account, deletions: deletions).add(to: router)
        CriticalAdminRoutes(site: site.account, critical: site.account.identity.critical).add(to: router)
        GiveawayAdminRoutes(site: site.account, giveaways: giveaways).add(to: router)
    }
}
