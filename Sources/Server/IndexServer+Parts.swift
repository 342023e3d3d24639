import Acts
import Foundation
import Giveaways
import Identity
import Jobs
import Journal
import Logging
import Passwords
import Policy
import Ports
import Primitives
import Projects
import ServiceLifecycle
import SimpleAPI
import Site
import Stores
import UTC
import UploadAPI
import Web

// The four steps by which an index is put together, each with what it needs of those before.

/// What an index holds in memory, and what it counts there.
struct IndexMemory: Sendable {
    let downloads: DownloadCounter
    let files: FileResponder
    let pages: PageCache
    /// Keeps what is rendered in `pages`.
    let pageServer: PageServer
    let edge = EdgeCounters()

    /// - Parameter node: names this process among those that serve the index.
    init(of index: LocalIndex, node: String, logger: Logger, now: @escaping @Sendable () -> Timestamp) {
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
        pageServer = PageServer(pages: pages, journal: index.stores.journal)
    }

    /// Forgets what a change has made stale.
    func forget(_ change: JournalChange) {
        switch change.action {
        // Rare, and it decides whether files are served at all. What a newer version did may be like it.
        case nil, .project(.changeProjectStatus):
            files.forgetAll(serial: change.serial)
            pages.invalidateAll(serial: change.serial)
        case let action?:
            var stale = SecurityRoutes.shows(action) ? SecurityRoutes.paths : []
            if let project = change.project {
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
            isAddressAssumed: index.settings.baseURL == nil, registration: index.settings.registration,
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
        let renderer = try SiteRenderer(baseURL: baseURL, contact: index.settings.mail.answers)
        site = SiteRoutes(
            renderer: renderer, projects: stores.projects, accounts: stores.accounts, downloads: stores.downloads,
            critical: stores.critical, pages: memory.pageServer, now: now)
        router = IndexRouter(
            refusals: RefusalMiddleware(baseURL: baseURL, translate: Stores.refusal(for:), page: site.errorPage),
            basePath: BasePath(baseURL: baseURL), afterChange: afterChange)
        site.add(to: router)
        PersonalRoutes(
            identity: people.identity, giveaways: people.giveaways, projects: stores.projects,
            collaboration: stores.collaboration, removals: stores.removals, journal: stores.journal,
            administration: Administration(for: index), renderer: renderer, proxies: index.settings.trustedProxies,
            now: now
        ).add(to: router)
        SecurityRoutes(
            renderer: renderer, critical: stores.critical, projects: stores.projects, pages: memory.pageServer, now: now
        ).add(to: router)
        addAPIs(of: index, baseURL: baseURL, memory: memory, now: now)
        Operations(
            stores: stores, metrics: metrics, access: index.settings.metrics, edge: memory.edge, pages: memory.pages,
            critical: CriticalGauges(critical: stores.critical, giveaways: stores.giveaways, now: now),
            disk: DiskProbe(folders: [
                URL(filePath: index.settings.database).deletingLastPathComponent().path, index.settings.blobs,
            ])
        ).add(to: router)
        router.refuseOtherMethods(hints: [
            "/simple": UploadRoutes.hintForReaders(base: baseURL),
            "/simple/{name}": UploadRoutes.hintForReaders(base: baseURL),
        ])
    }

    /// What installers and uploaders ask.
    private func addAPIs(
        of index: LocalIndex, baseURL: String, memory: IndexMemory, now: @escaping @Sendable () -> Timestamp
    ) {
        let stores = index.stores
        SimpleAPI(projects: stores.projects, journal: stores.journal, pages: memory.pageServer, baseURL: baseURL)
            .add(to: router)
        FileDownloads(
            projects: stores.projects, journal: stores.journal, blobs: index.blobs, files: memory.files,
            pages: memory.pageServer
        ).add(to: router)
        UploadRoutes(
            uploads: Uploads(
                projects: stores.projects, classifiers: stores.classifiers, blobs: index.blobs,
                limits: index.settings.limits),
            signIn: TokenSignIn(tokens: stores.tokens), address: index.settings.baseURL, now: now
        ).add(to: router)
    }
}

/// What is done from time to time, by one node at a time where that matters.
struct IndexTasks: Sendable {
    /// They end in the reverse order.
    let services: [any Service]

    init(
        of index: LocalIndex, node: String, site: SiteRoutes, pages: PageCache, follower: JournalFollower,
        logger: Logger, now: @escaping @Sendable () -> Timestamp
    ) {
        let stores = index.stores
        func sole(_ task: PeriodicTask) -> SoleTask { SoleTask(task, stores.leases, holder: node, now: now) }
        services = [
            PageRefresh(site: site, pages: pages, follower: follower),
            SessionCleanup(sessions: stores.sessions, now: now, logger: logger, sole: sole(.sessionCleanup)),
            MetadataWatch(authenticators: stores.authenticators, now: now, logger: logger),
            DailyDesignation(critical: stores.critical, sole: sole(.designation), now: now, logger: logger),
            DownloadRetention(
                downloads: stores.downloads, now: now, logger: logger, sole: sole(.downloadRetention)),
            OrphanCollection(
                blobs: index.blobs, inventory: stores.inventory, logger: logger, sole: sole(.orphanCollection)),
        ]
    }
}
