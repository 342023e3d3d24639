import HTTPTypes
import Hummingbird
import HummingbirdCore
import Logging
import Metrics

/// Counts and times what reaches the router, and logs it at the level `debug`. What is answered from memory does not
/// come here: the edge counts that by itself.
struct RequestMetrics: RouterMiddleware {
    typealias Context = IndexContext
    let instruments: RequestInstruments

    func handle(
        _ request: Request, context: IndexContext, next: (Request, IndexContext) async throws -> Response
    ) async throws -> Response {
        let start = RequestDurations.clock()
        let response = try await next(request, context)
        let path = request.uri.path
        instruments.durations.record(path, since: start)
        let method = Self.known.contains(request.method) ? request.method.rawValue : "other"
        let labels = [("method", method), ("status", String(response.status.code))]
        Counter(label: "rind_requests_total", dimensions: labels, factory: instruments.metrics).increment()
        context.logger.debug(
            "\(request.method) \(request.uri.pathForLog) \(response.status.code)",
            metadata: [
                "request": "\(context.requestID)", "method": "\(request.method)", "path": "\(request.uri.pathForLog)",
                "status": "\(response.status.code)",
                "seconds": "\(Double(RequestDurations.clock() &- start) / 1e9)",
            ])
        return response
    }

    /// Others are counted as one: without the edge, anybody can make up as many as they like.
    private static let known: Set<HTTPRequest.Method> = [.get, .head, .post, .put, .patch, .delete, .options]
}
