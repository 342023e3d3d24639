import Downloads
import Logging
import Ports
import Primitives
import Projects
import ServiceLifecycle
import Synchronization
import UTC

/// Gathers downloads in memory and writes them down every second and at the end.
///
/// The read path only adds to a dictionary behind a lock. A crash loses what came since the last flush, a second at
/// most; a flush whose answer was lost is sent again under its number and applied once.
public final class DownloadCounter: Service {
    private let store: any DownloadStore
    private let now: @Sendable () -> Timestamp
    private let rules: DownloaderRules
    private let logger: Logger
    /// Downloads of one project that count from one address in an hour; nil for as many as there are.
    private let cap: Int?
    /// Names this run of the server among all that flush into the same database.
    private let source: String
    private let state = Mutex(State())

    /// Counts that are kept while the database cannot be written; what comes beyond is lost, and logged.
    private static let mostKept = 1 << 20
    /// Versions of installers that are told apart on one day. All that pip and uv ever released are about as many.
    private static let mostVersions = 512
    /// Counts in one transaction: the writer is not held for long.
    private static let flushSize = 2_000

    /// Downloads by who asked, and those that did not count.
    private struct Totals {
        var installers = 0
        var mirrors = 0
        var others = 0
        var beyondCap = 0
    }

    private struct State {
        var tally = DownloadTally()
        /// Taken out of the tally, and not yet written. The first `flushSize` of them are the next flush.
        var unwritten: [DownloadCount] = []
        /// The number of the next flush.
        var sequence: Int64 = 1
        /// Downloads that could not be kept.
        var lost: Int64 = 0
        /// Holds an address to the cap, where there is one. Two megabytes, for a hundred thousand addresses and
        /// projects.
        var repeats: RepeatCap?

        /// Who the last few hundred User-Agents were: they repeat.
        var downloaders: [String: Downloader] = [:]

        /// Whether somebody is writing.
        var isFlushing = false

        /// What was asked for since the start, for `/metrics`.
        var totals = Totals()

        /// The installers and versions that were counted on a day.
        var seen: Set<Installer> = []
        var seenOn = Day(number: 0)

        /// The downloader, without its version once a day has seen more of them than there are: anyone who makes
        /// versions up must not fill the database.
        mutating func bounded(_ downloader: Downloader, on day: Day) -> Downloader {
            guard case .installer(let installer) = downloader else { return downloader }
            if seenOn != day { (seen, seenOn) = ([], day) }
            if seen.count < DownloadCounter.mostVersions { seen.insert(installer) }
            return seen.contains(installer) ? downloader : .installer(Installer(name: installer.name, version: ""))
        }

        /// Takes what the tally has, for anyone who may write now.
        mutating func beginFlush() -> Bool {
            guard !isFlushing else { return false }
            isFlushing = true
            drain()
            return true
        }

        /// Takes what the tally has.
        mutating func drain() {
            let drained = tally.drain()
            let room = max(0, DownloadCounter.mostKept - unwritten.count)
            unwritten += drained.prefix(room)
            lost += drained.dropFirst(room).reduce(0) { $0 + $1.count }
        }
    }

    /// - Parameter source: unique to this run of the server.
    public init(
        store: any DownloadStore, source: String, settings: DownloadSettings = DownloadSettings(),
        now: @escaping @Sendable () -> Timestamp, logger: Logger
    ) {
        self.store = store
        self.source = source
        rules = settings.rules
        cap = settings.cap
        self.now = now
        self.logger = logger
        state.withLock { state in
            state.repeats = settings.cap.map { RepeatCap($0, capacity: 1 << 17, seed: .random(in: .min ... .max)) }
        }
    }

    /// Counts one download of a file. Called on the event loop: a look-up and an addition.
    ///
    /// - Parameter address: who asks; only called when there is a cap.
    public func count(file: FileID, of project: ProjectID, userAgent: String?, from address: () -> String) {
        let now = now()
        let day = now.day
        let address = cap == nil ? nil : address()
        state.withLock { state in
            let downloader = known(userAgent, in: &state)
            if case .installer = downloader, let address, let repeats = state.repeats,
                !repeats.allows(address, project: UInt64(bitPattern: project.number), time: now.seconds)
            {
                state.totals.beyondCap += 1
                return
            }
            switch downloader {
            case .installer: state.totals.installers += 1
            case .mirror: state.totals.mirrors += 1
            case .other: state.totals.others += 1
            }
            if state.tally.add(file: file.number, on: day, by: downloader) { return }
            state.drain()
            _ = state.tally.add(file: file.number, on: day, by: downloader)
        }
    }

    /// The files that were sent since the start.
    func family() -> MetricFamily {
        let totals = state.withLock { $0.totals }
        let values = [
            ("installer", totals.installers), ("mirror", totals.mirrors), ("other", totals.others),
            ("beyond-cap", totals.beyondCap),
        ]
        return MetricFamily(
            "rind_downloads_total", .counter,
            "Files that were sent, by who asked; beyond-cap are an installer's that do not count.",
            samples: values.map { .init(labels: [("client", $0.0)], value: String($0.1)) })
    }

    private func known(_ userAgent: String?, in state: inout State) -> Downloader {
        guard let userAgent else { return .other }
        if let known = state.downloaders[userAgent] { return known }
        let downloader = state.bounded(rules.downloader(userAgent: userAgent), on: now().day)
        // Strangers make up as many as they like; the honest ones come back at once.
        if state.downloaders.count >= 512 { state.downloaders.removeAll(keepingCapacity: true) }
        if userAgent.utf8.count <= 1_024 { state.downloaders[userAgent] = downloader }
        return downloader
    }

    /// Flushes every second until the server shuts down, and then once more.
    public func run() async throws {
        await cancelWhenGracefulShutdown {
            while !Task.isCancelled {
                try? await Task.sleep(for: .seconds(1))
                await self.flush()
            }
        }
        // A cancelled task must still be able to write, so the last flush is a task of its own.
        await Task { await self.flush() }.value
    }

    /// Writes what was counted, piece by piece. What cannot be written stays, under the same number. Flushes do not
    /// overlap: a second one waits for the first.
    func flush() async {
        while !state.withLock({ $0.beginFlush() }) { try? await Task.sleep(for: .milliseconds(10)) }
        defer { state.withLock { $0.isFlushing = false } }
        while true {
            let (counts, sequence) = state.withLock { ($0.unwritten.prefix(Self.flushSize), $0.sequence) }
            guard !counts.isEmpty else { return }
            do {
                try await store.add(Array(counts), source: source, sequence: sequence)
                state.withLock { state in
                    state.unwritten.removeFirst(counts.count)
                    state.sequence += 1
                }
            } catch is CancellationError {
                return  // The last flush takes it.
            } catch {
                let lost = state.withLock { $0.lost }
                logger.error(
                    "download counts could not be written, and are kept: \(error)", metadata: ["lost": "\(lost)"])
                return
            }
        }
    }
}
