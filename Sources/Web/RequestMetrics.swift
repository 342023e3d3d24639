import HTTPTypes
import Hummingbird
import HummingbirdCore
import Logging
import Metrics

/// Counts and times what reaches the router, and logs it at the level `debug`. What is answered from memory does not
/// come here: the edge counts that by itself.
struct RequestMetrics: RouterMiddleware {
    typealias Context = IndexContext

    func handle(
        _ request: Request, context: IndexContext, next: (Request, IndexContext) async throws -> Response
    ) async throws -> Response {
        let start = ContinuousClock.now
        let response = try await next(request, context)
        let duration = ContinuousClock.now - start
        let labels = [("method", request.method.rawValue), ("status", String(response.status.code))]
        Counter(label: "rind_requests_total", dimensions: labels).increment()
        Timer(label: "rind_request_seconds", dimensions: []).record(duration: duration)
        context.logger.debug(
            "\(request.method) \(request.uri.pathForLog) \(response.status.code)",
            metadata: [
                "request": "\(context.requestID)", "method": "\(request.method)", "path": "\(request.uri.pathForLog)",
                "status": "\(response.status.code)", "seconds": "\(duration.seconds)",
            ])
        return response
    }
}

extension Duration {
    fileprivate var seconds: Double { Double(components.seconds) + Double(components.attoseconds) / 1e18 }
}
