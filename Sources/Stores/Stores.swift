import Database
import Ports

/// The promises of the model, kept in SQL.
public struct Stores: Sendable {
    /// What they are kept in, for other modules that keep promises there.
    package let database: Database
    /// Accounts.
    public let accounts: any AccountStore
    /// What the operator asks of accounts.
    public let accountRules: any AccountRuleStore
    /// Second factors.
    public let factors: any FactorStore
    /// Sessions.
    public let sessions: any SessionStore
    /// The models of authenticators.
    public let authenticators: any AuthenticatorStore
    /// The recovery of accounts whose factors are lost.
    public let recoveries: any RecoveryStore
    /// API tokens.
    public let tokens: any TokenStore
    /// Projects, releases, files.
    public let projects: any ProjectStore
    /// Classifiers beyond the list of this version.
    public let classifiers: any ClassifierStore
    /// Who works together on them.
    public let collaboration: any CollaborationStore
    /// Critical projects.
    public let critical: any CriticalStore
    /// The record of all changes.
    public let journal: any JournalStore
    public let downloads: any DownloadStore
    /// Security keys that are given away.
    public let giveaways: any GiveawayStore
    /// The mails on their way out.
    public let mail: any MailQueue
    /// What follows a commit.
    public let outbox: any Outbox
    /// Who does what only one process may do at a time.
    public let leases: any LeaseStore
    /// What is stored, for those who verify it.
    public let inventory: Inventory

    /// The stores over a database that was opened with its keys, whose schema is brought up to date first.
    ///
    /// - Parameter names: says which new names are like others'; nil where nobody looks.
    public init(_ database: Database, names: (any NameJudging)? = nil) async throws {
        try await database.migrate(Migration.all)
        try await database.markKeyFile()
        self.database = database
        accounts = SQLAccounts(database: database)
        accountRules = SQLAccountRules(database: database)
        factors = SQLFactors(database: database)
        authenticators = SQLAuthenticators(database: database)
        sessions = SQLSessions(database: database)
        recoveries = SQLRecovery(database: database)
        tokens = SQLTokens(database: database)
        projects = SQLProjects(database: database, names: names)
        classifiers = SQLClassifiers(database: database)
        collaboration = SQLCollaboration(database: database)
        critical = SQLCritical(database: database)
        journal = SQLJournal(database: database)
        giveaways = SQLGiveaways(database: database)
        downloads = SQLDownloads(database: database)
        mail = SQLMailQueue(database: database)
        outbox = SQLOutbox(database: database)
        leases = SQLLeases(database: database)
        inventory = Inventory(database)
    }
}
