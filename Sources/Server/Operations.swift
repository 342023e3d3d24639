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
    let critical: CriticalGauges
    let disk: DiskProbe

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
            context.logger.error("\(trouble.rawValue)")
            if trouble.endsWriting { return unhealthy(trouble.rawValue) }
        }
        do {
            _ = try await stores.journal.latestSerial()
            return plain(trouble.map { "ok, but \($0.rawValue)\n" } ?? "ok\n", "text/plain; charset=utf-8")
        } catch {
            context.logger.error("the database cannot be read: \(error)")
            return unhealthy("the database cannot be read")
        }
    }

    private func unhealthy(_ why: String) -> Response {
        var answer = plain("\(why)\n", "text/plain; charset=utf-8")
        answer.status = .serviceUnavailable
        return answer
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
        let totals = try await stores.projects.totals()
        let counts = edge.snapshot
        let size = pages.size
        let mails = try await stores.mail.counts()
        let gauges: [(String, Int)] = [
            ("rind_projects", totals.projects), ("rind_releases", totals.releases), ("rind_files", totals.files),
            ("rind_users", totals.users), ("rind_serial", Int(try await stores.journal.latestSerial())),
            ("rind_page_cache_pages", size.pages), ("rind_page_cache_bytes", size.bytes),
            ("rind_mail_waiting", mails.waiting), ("rind_mail_given_up", mails.givenUp),
        ]
        let critical = try await critical.read()
        let counters: [(String, Int)] = [
            ("rind_edge_immediate_total", counts.immediate), ("rind_edge_passed_on_total", counts.passedOn),
            ("rind_edge_refused_total", counts.refused), ("rind_edge_turned_away_total", counts.turnedAway),
        ]
        let lines =
            (gauges + critical).map { "# TYPE \($0.0) gauge\n\($0.0) \($0.1)\n" }
            + counters.map { "# TYPE \($0.0) counter\n\($0.0) \($0.1)\n" }
        return plain(metrics.text() + lines.joined(), "text/plain; version=0.0.4; charset=utf-8")
    }

    private func plain(_ text: String, _ contentType: String) -> Response {
        Response(
            status: .ok, headers: [.contentType: contentType, .cacheControl: "no-store"],
            body: .init(byteBuffer: ByteBuffer(string: text)))
    }
}
