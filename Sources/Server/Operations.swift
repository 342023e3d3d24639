import Acts
import HTTPTypes
import Hummingbird
import Letters
import Logging
import Metrics
import NIOPosix
import Ports
import Projects
import Stores
import Web

/// What those who operate the index ask: does it serve, and how is it doing?
struct Operations: Sendable {
    let stores: Stores
    let metrics: PrometheusMetrics
    let access: MetricsAccess
    let edge: EdgeCounters
    let pages: PageCache
    let downloads: DownloadCounter
    let critical: CriticalGauges
    let disk: DiskProbe
    let disks: DiskFigures

    func add(to router: IndexRouter) {
        router.on(.get, "/healthz", guard: .everybody, use: health)
        router.on(.get, "/metrics", guard: monitoring, use: metricsText)
    }

    /// 200 when the database can be read and something can be written, and 503, which balancers look for, when not.
    ///
    /// Where only uploads are over, it is 200 and says so: a balancer shall not take away what does everything else.
    @Sendable func health(_ request: Request, _ context: IndexContext) async throws -> Response {
        let disk = disk
        let trouble = try await NIOThreadPool.singleton.runIfActive { disk.trouble() }
        if let trouble {
            if trouble.endsWriting { return unhealthy(trouble.rawValue) }
            context.logger.error("\(trouble.rawValue)")
        }
        do {
            _ = try await stores.journal.latestSerial()
            return plain(trouble.map { "ok, but \($0.rawValue)\n" } ?? "ok\n", "text/plain; charset=utf-8")
        } catch {
            return unhealthy("the database cannot be read", cause: "the database cannot be read: \(error)")
        }
    }

    /// - Parameter cause: what the log says of it, where that is more.
    private func unhealthy(_ why: String, cause: String? = nil) -> Response {
        var answer = plain("\(why)\n", "text/plain; charset=utf-8")
        answer.status = .serviceUnavailable
        return answer.failing(why, cause: cause)
    }

    private var monitoring: Guard<Void> {
        Guard(.monitoring) { [access] request, context, handler in
            guard access.admits(remote: context.remoteAddress, headers: request.headers) else {
                throw MetricsRefusal(takesToken: access.token != nil)
            }
            return try await handler(())
        }
    }

    @Sendable func metricsText(_ request: Request, _ context: IndexContext) async throws -> Response {
        let families =
            metrics.families() + [durationFamily()] + edgeFamilies() + [downloads.family()]
            + (try await contentFamilies()) + (try await critical.read()) + ProcessFigures.families()
            + disks.families()
        return plain(families.map(\.text).joined(), "text/plain; version=0.0.4; charset=utf-8")
    }

    private func contentFamilies() async throws -> [MetricFamily] {
        let totals = try await stores.projects.totals()
        let size = pages.size
        let mails = try await stores.mail.counts()
        return [
            MetricFamily("rind_projects", .gauge, "Projects that are there.", totals.projects),
            MetricFamily("rind_releases", .gauge, "Releases that are there.", totals.releases),
            MetricFamily("rind_files", .gauge, "Files that are there.", totals.files),
            MetricFamily("rind_users", .gauge, "Accounts.", totals.users),
            MetricFamily(
                "rind_serial", .gauge, "The number of the last change of the index.",
                try await stores.journal.latestSerial()),
            MetricFamily("rind_page_cache_pages", .gauge, "Rendered pages in memory.", size.pages),
            MetricFamily("rind_page_cache_bytes", .gauge, "Bytes of rendered pages in memory.", size.bytes),
            MetricFamily("rind_mail_waiting", .gauge, "Mails that wait to be sent.", mails.waiting),
            MetricFamily("rind_mail_given_up", .gauge, "Mails that were given up within thirty days.", mails.givenUp),
        ]
    }

    private func edgeFamilies() -> [MetricFamily] {
        let counts = edge.snapshot
        return [
            MetricFamily(
                "rind_edge_immediate_total", .counter, "Requests that were answered from memory.", counts.immediate),
            MetricFamily(
                "rind_edge_passed_on_total", .counter, "Requests that were passed on to the router.", counts.passedOn),
            MetricFamily(
                "rind_edge_refused_total", .counter, "Requests that were refused for their form or slowness.",
                counts.refused),
            MetricFamily(
                "rind_edge_turned_away_total", .counter, "Connections that were turned away, being too many.",
                counts.turnedAway),
        ]
    }

    /// Buckets count what took as long as their bound or less, as Prometheus has it.
    private func durationFamily() -> MetricFamily {
        let bounds = RequestDurations.bounds.map { "\(Double($0) / 1e9)" } + ["+Inf"]
        let samples = edge.instruments.durations.snapshot.flatMap { snapshot -> [MetricFamily.Sample] in
            let group = (name: "group", value: snapshot.group.rawValue)
            var count: UInt64 = 0
            let buckets = zip(bounds, snapshot.counts).map { bound, more in
                count += more
                return MetricFamily.Sample(suffix: "_bucket", labels: [group, ("le", bound)], value: String(count))
            }
            return buckets + [
                MetricFamily.Sample(suffix: "_sum", labels: [group], value: "\(Double(snapshot.sum) / 1e9)"),
                MetricFamily.Sample(suffix: "_count", labels: [group], value: String(count)),
            ]
        }
        return MetricFamily(
            "rind_request_seconds", .histogram,
            "How long answers took until they were begun to be sent, by group of routes; those from memory included.",
            samples: samples)
    }

    private func plain(_ text: String, _ contentType: String) -> Response {
        Response(
            status: .ok, headers: [.contentType: contentType, .cacheControl: "no-store"],
            body: .init(byteBuffer: ByteBuffer(string: text)))
    }
}
