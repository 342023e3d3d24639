import HTTPTypes
public import Hummingbird

/// What stands between Hummingbird's own HTTP server and the routes where nothing of ours reads HTTP: `--edge off`.
///
/// It does what the routes rely on, and nothing else of what the edge does: targets come in normal form and without the
/// index's base path, a `HEAD` gets no body, no client guesses what a body is, and the reason phrase stays inside, for
/// Hummingbird writes its own.
public struct PlainResponder: HTTPResponder {
    private let next: any HTTPResponder<IndexContext>
    private let rules: RequestRules

    /// - Parameters:
    ///   - next: the routes.
    ///   - basePath: the path below which the index stands; requests for another are refused.
    public init(_ next: any HTTPResponder<IndexContext>, below basePath: BasePath) {
        self.next = next
        rules = RequestRules(maximumTarget: EdgeLimits().target, basePath: basePath)
    }

    /// The answer of the routes, or a refusal of the address.
    public func respond(to request: Request, context: IndexContext) async throws -> Response {
        var head = request.head
        do throws(EdgeRefusal) {
            head.path = try rules.target(of: head.path ?? "/", host: head.authority)
        } catch {
            let refusal = Response(
                status: HTTPResponse.Status(code: error.status.code),
                headers: [.contentType: "text/plain; charset=utf-8"],
                body: ResponseBody(byteBuffer: ByteBuffer(string: error.explanation + "\n")))
            return framed(refusal, for: request)
        }
        var response = try await next.respond(to: Request(head: head, body: request.body), context: context)
        response.headers[.reasonPhrase] = nil
        return framed(response, for: request)
    }

    /// Hummingbird writes what it is given, after a `HEAD` as well.
    private func framed(_ response: Response, for request: Request) -> Response {
        var response = response
        // What is sent is what it is said to be, as at the edge.
        if ![204, 304].contains(response.status.code) { response.headers[.xContentTypeOptions] = "nosniff" }
        return request.method == .head ? response.createHeadResponse() : response
    }
}
