import Acts
import Administration
import AdvisoryAPI
import Descriptions
import Foundation
import Giveaways
import Guide
import Identity
import Intervals
import Jobs
import Journal
import KnownAdvisories
import LogPages
import Logging
import Passwords
import People
import Policy
import Ports
import Primitives
import Projects
import Removals
import Roles
import Sequencer
import ServiceLifecycle
import SimpleAPI
import Site
import SourcePages
import StagePages
import Stages
import Stores
import TimeTravel
import UTC
import UploadAPI
import Web

// The four steps by which an index is put together, each with what it needs of those before.

/// What an index holds in memory, and what it counts there.
struct IndexMemory: Sendable {
    let downloads: DownloadCounter
    let files: FileResponder
    let pages: PageCache
    /// What pages of the past are made of.
    let histories: HistoryCache
    /// What auditors asked for.
    let advisories = AdvisoryMemory()
    /// Keeps what is rendered in `pages`.
    let pageServer: PageServer
    let descriptions: DescriptionRenderer
    let edge: EdgeCounters

    /// - Parameters:
    ///   - node: names this process among those that serve the index.
    ///   - instruments: where requests are counted and timed.
    init(
        of index: LocalIndex, node: String, instruments: RequestInstruments, logger: Logger,
        now: @escaping @Sendable () -> Timestamp
    ) {
        edge = EdgeCounters(instruments: instruments)
        let proxies = index.settings.trustedProxies
        let downloads = DownloadCounter(
            store: index.stores.downloads, source: node, settings: index.settings.downloads, now: now, logger: logger)
        self.downloads = downloads
        files = FileResponder { file, request in
            downloads.count(file: FileID(file.id), of: ProjectID(file.project), userAgent: request.userAgent) {
                proxies.client(remote: request.remoteAddress ?? "", forwarded: request.forwardedFor.map { [$0] } ?? [])
            }
        }
        pages = PageCache(limit: Int(index.settings.pageCacheSize))
        histories = HistoryCache(past: index.stores.past)
        pageServer = PageServer(pages: pages, journal: index.stores.journal)
        descriptions = DescriptionRenderer(helper: index.settings.markupHelper { logger.warning("\($0)") })
    }

    /// What takes files out, or brings them back.
    private static let removing: Set<Act> = [
        .project(.deleteProject), .project(.deleteRelease), .project(.deleteFile), .project(.undoRemoval),
    ]

    /// Forgets what a change has made stale.
    func forget(_ change: JournalChange) {
        switch change.action {
        // Rare, and it decides whether files are served at all. What a newer version did may be like it.
        case nil, .project(.changeProjectStatus), .project(.quarantine), .project(.liftQuarantine),
            .project(.eraseFile), .project(.restore):
            files.forgetAll(serial: change.serial)
            pages.invalidateAll(serial: change.serial)
            histories.forgetAll(serial: change.serial)
            advisories.forget()
        case let action?:
            if action == .index(.setAdvisories) { advisories.forget() }
            // What is said with a file that was removed is another than before.
            if Self.removing.contains(action) { files.forgetAll(serial: change.serial) }
            var stale = SecurityRoutes.shows(action) ? SecurityRoutes.paths : []
            for project in change.concerned + (change.project.map { [$0] } ?? []) {
                stale += SimpleAPI.pathsShowing(project) + SiteRoutes.pathsShowing(project)
            }
            for path in stale { pages.invalidate(path, serial: change.serial) }
        }
    }
}

/// How people prove who they are, and what is given to them for that.
struct IndexPeople {
    let identity: Identity
    let giveaways: Giveaways

    /// - Parameter hasher: hashes passwords; nil for one with the usual costs.
    init(
        of index: LocalIndex, baseURL: String, hasher: PasswordHasher?, logger: Logger,
        now: @escaping @Sendable () -> Timestamp
    ) throws {
        let stores = index.stores
        let limiter = MemoryRateLimiter()
        identity = Identity(
            accounts: stores.accounts, factors: stores.factors, sessions: stores.sessions,
            recoveries: stores.recoveries, tokens: stores.tokens, critical: stores.critical, keys: index.keys,
            hasher: try hasher ?? PasswordHasher(), breached: index.breachedPasswords,
            models: KnownAuthenticators(store: stores.authenticators), baseURL: baseURL,
            indexName: index.settings.profile.name, isAddressAssumed: index.settings.baseURL == nil,
            registration: index.settings.registration,
            limiter: limiter,
            report: { code in
                logger.notice("A sign-in with a passkey was refused at \(code)", metadata: ["code": "\(code)"])
            }, now: now)
        giveaways = Giveaways(store: stores.giveaways, keys: index.keys, limiter: limiter)
    }
}

/// Everything that can be asked.
struct IndexRoutes {
    let router: IndexRouter
    let site: SiteRoutes

    /// - Parameter afterChange: tells memory about a change before its answer is sent.
    init(
        of index: LocalIndex, baseURL: String, memory: IndexMemory, people: IndexPeople, metrics: PrometheusMetrics,
        now: @escaping @Sendable () -> Timestamp, afterChange: @escaping @Sendable () async throws -> Void
    ) throws {
        let stores = index.stores
        let renderer = try SiteRenderer(
            baseURL: baseURL, name: index.settings.profile.name, contact: index.settings.mail.answers,
            hasTerms: index.settings.profile.terms != nil,
            offersRegistration: index.settings.registration == .open)
        site = SiteRoutes(
            renderer: renderer, descriptions: memory.descriptions, projects: stores.projects, accounts: stores.accounts,
            downloads: stores.downloads, critical: stores.critical, advisories: stores.advisories,
            pages: memory.pageServer, now: now)
        router = IndexRouter(
            refusals: RefusalMiddleware(
                baseURL: baseURL, contact: index.settings.mail.answers, translate: Stores.refusal(for:),
                instruments: memory.edge.instruments, page: site.errorPage),
            basePath: BasePath(baseURL: baseURL), instruments: memory.edge.instruments, afterChange: afterChange)
        site.add(to: router)
        PersonalRoutes(
            identity: people.identity, giveaways: people.giveaways, projects: stores.projects,
            collaboration: stores.collaboration, roles: stores.roles, removals: stores.removals,
            journal: stores.journal, renderer: renderer, proxies: index.settings.trustedProxies, now: now
        ).add(
            to: router, with: AdministratorPages(for: index, people.giveaways),
            StagePages(stages: stores.stages(), baseURL: baseURL))
        SecurityRoutes(
            renderer: renderer, critical: stores.critical, projects: stores.projects, pages: memory.pageServer, now: now
        ).add(to: router)
        GuideRoutes(
            renderer: renderer, baseURL: baseURL, terms: index.settings.profile.terms,
            security: index.settings.profile.security, pages: memory.pageServer, now: now
        ).add(to: router)
        let log = ServedLog(of: index.sequencer(baseURL: baseURL))
        LogPageRoutes(renderer: renderer, log: log, projects: stores.projects, pages: memory.pageServer).add(to: router)
        SourceRoutes(
            renderer: renderer, projects: stores.projects, log: log, reader: SourceReader(blobs: index.blobs),
            pages: memory.pageServer
        ).add(to: router)
        addAPIs(of: index, log: log, baseURL: baseURL, memory: memory, renderer: renderer, now: now)
        let data = URL(filePath: index.settings.database).deletingLastPathComponent().path
        let folders = [("data", data), ("files", index.settings.blobs)]
        Operations(
            stores: stores, metrics: metrics, access: index.settings.metrics, edge: memory.edge, pages: memory.pages,
            downloads: memory.downloads,
            critical: CriticalGauges(critical: stores.critical, giveaways: stores.giveaways, now: now),
            disk: DiskProbe(folders: folders.map(\.1)), disks: DiskFigures(folders: folders)
        ).add(to: router)
        router.refuseOtherMethods(hints: [
            "/simple": UploadRoutes.hintForReaders(base: baseURL),
            "/simple/{name}": UploadRoutes.hintForReaders(base: baseURL),
        ])
    }

    /// What installers and uploaders ask.
    private func addAPIs(
        of index: LocalIndex, log: ServedLog, baseURL: String, memory: IndexMemory, renderer: SiteRenderer,
        now: @escaping @Sendable () -> Timestamp
    ) {
        let stores = index.stores
        SimpleAPI(
            projects: stores.projects, journal: stores.journal, advisories: stores.advisories,
            pages: memory.pageServer, baseURL: baseURL, name: index.settings.profile.name
        ).add(to: router)
        OSVRoutes(advisories: stores.advisories, memory: memory.advisories).add(to: router)
        FileDownloads(
            projects: stores.projects, journal: stores.journal, blobs: index.blobs, files: memory.files,
            pages: memory.pageServer, log: log
        ).add(to: router)
        PastRoutes(
            past: stores.past, histories: memory.histories, journal: stores.journal, downloads: stores.downloads,
            advisories: stores.advisories, renderer: renderer, descriptions: memory.descriptions,
            signIn: TokenSignIn(tokens: stores.tokens), pages: memory.pageServer, baseURL: baseURL, now: now
        ).add(to: router)
        LogDownloads(log: log, pages: memory.pageServer).add(to: router)
        WitnessRoutes(
            witness: SQLWitness(
                index.database, keys: index.keys, policy: index.settings.witnessPolicy,
                name: Settings.logOrigin(baseURL: baseURL), now: now)
        ).add(to: router)
        StageIndexRoutes(
            stages: stores.stages(), blobs: index.blobs, pages: memory.pageServer, baseURL: baseURL,
            secretHash: { OneTimeSecret(hex: $0)?.hash }, now: now
        ).add(to: router)
        UploadRoutes(
            uploads: Uploads(
                projects: stores.projects, classifiers: stores.classifiers, blobs: index.blobs,
                limits: index.settings.limits),
            signIn: TokenSignIn(tokens: stores.tokens), address: index.settings.baseURL, baseURL: baseURL,
            instruments: memory.edge.instruments, now: now
        ).add(to: router)
    }
}

/// What is done from time to time, by one node at a time where that matters.
struct IndexTasks: Sendable {
    /// They end in the reverse order.
    let services: [any Service]

    init(
        of index: LocalIndex, baseURL: String, node: String, site: SiteRoutes, pages: PageCache,
        follower: JournalFollower, logger: Logger, now: @escaping @Sendable () -> Timestamp
    ) {
        let stores = index.stores
        let sequencer = index.sequencer(baseURL: baseURL)
        func sole(_ task: PeriodicTask) -> SoleTask { SoleTask(task, stores.leases, holder: node, now: now) }
        services = [
            LogSequencing(
                sequencer: sequencer,
                witnesses: WitnessRounds(sequencer: sequencer, policy: index.settings.logPolicy, logger: logger),
                logger: logger, sole: sole(.sequencing)),
            PageRefresh(site: site, pages: pages, follower: follower),
            SessionCleanup(sessions: stores.sessions, now: now, logger: logger, sole: sole(.sessionCleanup)),
            ProbationEnds(factors: stores.factors, now: now, logger: logger, sole: sole(.probation)),
            AcceptedRoles(
                collaboration: stores.collaboration, now: now, logger: logger, sole: sole(.acceptedRoles)),
            DueRemovals(
                removals: stores.removals, proposals: stores.proposals, stages: stores.stages(), now: now,
                logger: logger, sole: sole(.removals)),
            AccountDeletions(deletions: stores.deletions, now: now, logger: logger, sole: sole(.accountDeletions)),
            MetadataWatch(authenticators: stores.authenticators, now: now, logger: logger),
            ContactWatch(contact: index.settings.profile.security, now: now, logger: logger),
            DailyDesignation(
                critical: stores.critical, projects: stores.projects, sole: sole(.designation), now: now,
                logger: logger),
            DownloadRetention(
                downloads: stores.downloads, now: now, logger: logger, sole: sole(.downloadRetention)),
            OrphanCollection(
                blobs: index.blobs, inventory: stores.inventory, logger: logger, sole: sole(.orphanCollection),
                erasing: sole(.erasure)),
        ]
    }
}
