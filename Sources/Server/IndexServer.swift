import Foundation
import Glibc
import Guide
import HTTPTypes
import Hummingbird
import HummingbirdCore
import Identity
import Jobs
import KnownNames
import Logging
import Metrics
import NIOCore
import Passwords
import Policy
import Ports
import Removals
import ServiceLifecycle
import Stores
import TimeTravel
import UTC
import UnixSignals
import Web

/// An index put together from its parts, ready to answer.
public struct IndexServer: Sendable {
    /// All routes: who may ask what.
    public let routes: [Route]
    /// Answers what is not in memory.
    public let responder: any HTTPResponder<IndexContext>
    /// Answers what is.
    public let immediate: ImmediateResponders
    /// Counts downloads.
    public let downloads: DownloadCounter
    /// Tells memory about changes.
    public let follower: JournalFollower
    /// Does what follows a commit: sends mail.
    public let jobs: JobRunner
    /// Mails links to new passwords.
    public let resets: PasswordResets
    /// Where the index stands on its host.
    public let basePath: BasePath
    private let index: LocalIndex
    private let edge: EdgeCounters
    private let tasks: IndexTasks
    private let logger: Logger

    /// Puts an index together.
    ///
    /// - Parameters:
    ///   - index: the data folder, opened.
    ///   - baseURL: where people find it, without a slash at its end.
    ///   - hasher: hashes passwords; nil for one with the usual costs.
    ///   - now: the clock.
    public init(
        _ index: LocalIndex, baseURL: String, metrics: PrometheusMetrics = PrometheusMetrics(), logger: Logger,
        hasher: PasswordHasher? = nil, now: @escaping @Sendable () -> Timestamp = currentTimestamp
    ) async throws {
        self.index = index
        self.logger = logger
        basePath = BasePath(baseURL: baseURL)
        let stores = index.stores
        try await stores.accountRules.set(index.settings.accounts.rule, by: .operatorAtMachine, at: now())
        try await stores.removals.set(index.settings.removals, by: .operatorAtMachine, at: now())
        let node = UUID().uuidString
        let memory = IndexMemory(
            of: index, node: node, instruments: RequestInstruments(metrics: metrics), logger: logger, now: now)
        let jobs = try JobRunner(of: index, baseURL: baseURL, holder: node, now: now, logger: logger)
        follower = JournalFollower(journal: stores.journal, logger: logger) { changes in
            // Jobs are queued with the change that asks for them.
            jobs.wake()
            for change in changes { memory.forget(change) }
            index.names.follow(changes, at: now())
        }
        try await index.names.refresh(at: now())
        try await follower.skipToLatest()
        let people = try IndexPeople(of: index, baseURL: baseURL, hasher: hasher, logger: logger, now: now)
        let answers = try IndexRoutes(
            of: index, baseURL: baseURL, memory: memory, people: people, metrics: metrics, now: now,
            afterChange: follower.catchUp)
        tasks = IndexTasks(
            of: index, baseURL: baseURL, node: node, site: answers.site, pages: memory.pages, follower: follower,
            logger: logger, now: now)
        resets = PasswordResets(membership: people.identity.membership, jobs: jobs, logger: logger)
        self.jobs = jobs
        downloads = memory.downloads
        edge = memory.edge
        routes = answers.router.routes
        responder = PastByCredential(answers.router.responder())
        immediate = ImmediateResponders(files: memory.files, pages: memory.pages)
    }

    /// Serves until the process is asked to stop, and then ends what has begun, within ten seconds.
    ///
    /// - Parameter started: told the address once it answers.
    public static func run(_ settings: Settings, started: @escaping @Sendable (String) -> Void) async throws {
        let metrics = PrometheusMetrics()
        MetricsSystem.bootstrap(metrics)
        var logger = Logger(label: "rind") { label -> any LogHandler in
            if settings.logFormat == "json" { return JSONLogHandler() }
            return StreamLogHandler(label: label, stream: LineLogStream())
        }
        logger.logLevel = Logger.Level(rawValue: settings.logLevel) ?? .info
        let descriptors = raiseDescriptorLimit()
        let log = logger
        let index = try await LocalIndex(settings, exclusively: true, clock: currentTimestamp) { log.error("\($0)") }
        let port = try checkedPort(settings)
        let address = "http://\(displayHost(settings.host)):\(port)"
        let baseURL = settings.baseURL ?? address
        let server = try await IndexServer(index, baseURL: baseURL, metrics: metrics, logger: logger)

        var limits = EdgeLimits()
        limits.connections = settings.maxConnections
        limits.connectionsPerAddress = settings.maxConnectionsPerAddress
        limits.fit(descriptors: descriptors)
        try await EdgeChannel.warmUp()
        let application = server.application(host: settings.host, port: port, limits: limits) {
            do {
                try ServedAddress.note(baseURL, in: settings.data)
            } catch {
                log.warning("the address cannot be noted in \(settings.data): \(error.localizedDescription)")
            }
            if settings.mail.server == nil {
                log.notice("there is no mail server (--smtp): mails are written to \(settings.outbox)")
            }
            if settings.accounts.isVerificationWaived {
                log.warning(
                    "addresses need not be verified (--verified-address optional): anyone who registers can publish")
            }
            if !settings.hasEdge {
                log.warning("the edge is off (--edge off): slow and contradictory requests are not refused")
            }
            started("\(address)\(server.basePath.text)/")
        }
        // They end in the reverse order: the clock of the last resort starts, no more requests come, mails under way
        // are sent, the last counts are written.
        var group = ServiceGroupConfiguration(
            services: [
                server.downloads, server.follower, server.jobs, server.resets,
                EdgeFailureLog(counters: server.edge, logger: logger),
            ] as [any Service]
                + server.tasks.services + [application, ShutdownDeadline(downloads: server.downloads, logger: logger)],
            gracefulShutdownSignals: [.sigterm, .sigint], logger: logger)
        group.maximumGracefulShutdownDuration = .seconds(8)
        do {
            try await ServiceGroup(configuration: group).run()
        } catch let error as IOError {
            try? index.close()
            throw DataFolder.Failure(description: listeningSentence(error.errnoCode, host: settings.host, port: port))
        }
        try index.close()
    }

    /// The HTTP server, as a service.
    public func application(
        host: String, port: Int, limits: EdgeLimits, started: @escaping @Sendable () -> Void
    ) -> some ApplicationProtocol {
        let immediate = immediate
        let edge = edge
        let basePath = basePath
        var configuration = ApplicationConfiguration(
            address: .hostname(host, port: port), serverName: "rind", backlog: 1_024)
        let responder: any HTTPResponder<IndexContext>
        let builder: HTTPServerBuilder
        if index.settings.hasEdge {
            responder = self.responder
            builder = HTTPServerBuilder { responder in
                EdgeChannel(
                    immediate: immediate, basePath: basePath, limits: limits, counters: edge, responder: responder)
            }
        } else {
            responder = PlainResponder(self.responder, below: basePath)
            builder = .http1(configuration: HTTP1Channel.Configuration(idleTimeout: limits.idle))
            configuration.availableConnectionsDelegate = MaximumAvailableConnections(limits.connections)
        }
        return Application(
            responder: AnyResponder(responder: responder), server: builder, configuration: configuration,
            onServerRunning: { _ in started() }, logger: logger)
    }
}

/// Why nothing can listen there, and what to do.
private func listeningSentence(_ number: Int32, host: String, port: Int) -> String {
    switch number {
    case EADDRINUSE: "Port \(port) on \(host) is in use. Stop what uses it, or choose another with --port."
    case EACCES, EPERM:
        "Port \(port) on \(host) may not be used by this user. Choose one above 1023 with --port, and put a proxy in front."
    case EADDRNOTAVAIL:
        "\(host) is not an address of this machine. Choose another with --host, such as 127.0.0.1 or 0.0.0.0."
    default: "Port \(port) on \(host) cannot be listened on: \(String(cString: strerror(number)))."
    }
}

/// Hides which responder it is.
private struct AnyResponder: HTTPResponder {
    let responder: any HTTPResponder<IndexContext>

    func respond(to request: Request, context: IndexContext) async throws -> Response {
        try await responder.respond(to: request, context: context)
    }
}

/// Raises the number of files and connections that may be open to what the system allows, and returns it.
private func raiseDescriptorLimit() -> Int {
    var limit = rlimit()
    let resource = __rlimit_resource_t(RLIMIT_NOFILE.rawValue)
    guard getrlimit(resource, &limit) == 0 else { return 1_024 }
    limit.rlim_cur = min(limit.rlim_max, 1 << 20)
    setrlimit(resource, &limit)
    getrlimit(resource, &limit)
    return Int(limit.rlim_cur)
}

/// The port to listen on, after a look whether the host is an address at all.
private func checkedPort(_ settings: Settings) throws -> Int {
    do {
        if settings.port == 0 { return try freePort(host: settings.host) }
        _ = try SocketAddress.makeAddressResolvingHost(settings.host, port: settings.port)
        return settings.port
    } catch let error as IOError {
        throw DataFolder.Failure(
            description: listeningSentence(error.errnoCode, host: settings.host, port: settings.port))
    } catch  where error is SocketAddressError || error is SocketAddressError.UnknownHost {
        throw DataFolder.Failure(
            description:
                "There is no host \(settings.host). Choose an address with --host, such as 127.0.0.1 or 0.0.0.0.")
    }
}

/// A port that was free a moment ago. For tests and trials: the address must be known before anything is served.
private func freePort(host: String) throws -> Int {
    let address = try SocketAddress.makeAddressResolvingHost(host, port: 0)
    let descriptor = socket(Int32(address.protocol.rawValue), Int32(SOCK_STREAM.rawValue), 0)
    guard descriptor >= 0 else { throw IOError(errnoCode: errno, reason: "socket") }
    defer { close(descriptor) }
    let isBound = address.withSockAddr { bind(descriptor, $0, socklen_t($1)) }
    guard isBound == 0 else { throw IOError(errnoCode: errno, reason: "bind \(host)") }
    var storage = sockaddr_storage()
    var size = socklen_t(MemoryLayout<sockaddr_storage>.size)
    let isNamed = withUnsafeMutableBytes(of: &storage) { bytes in
        bytes.withMemoryRebound(to: sockaddr.self) { getsockname(descriptor, $0.baseAddress, &size) }
    }
    guard isNamed == 0 else { throw IOError(errnoCode: errno, reason: "getsockname") }
    return withUnsafeBytes(of: &storage) { bytes in
        // The port stands at the same place for both families, in network order.
        Int(bytes[2]) << 8 | Int(bytes[3])
    }
}

/// What to write for a host in an address.
private func displayHost(_ host: String) -> String {
    switch host {
    case "0.0.0.0", "::", "*": ProcessInfo.processInfo.hostName
    default: host.contains(":") ? "[\(host)]" : host
    }
}
