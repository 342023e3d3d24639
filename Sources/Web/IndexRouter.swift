import Acts
import HTTPTypes
import Hummingbird
import Logging
import Primitives
import UTC

/// What belongs to one request: its identifier for logs and error pages.
public struct IndexContext: RequestContext {
    /// What Hummingbird keeps.
    public var coreContext: CoreRequestContextStorage
    /// Names the request in the log and on the error page.
    public let requestID: String
    /// Where the request comes from; nil when it comes from a test.
    public let remoteAddress: String?

    /// The context of one request.
    public init(source: ApplicationRequestContextSource) {
        coreContext = .init(source: source)
        requestID = String(UInt64.random(in: .min ... .max), radix: 36)
        remoteAddress = source.channel.remoteAddress?.ipAddress
    }

    /// The same, with parameters as the segments of the path mean them. A segment that is not UTF-8 stays as it is
    /// written; nothing has such a name.
    fileprivate var readingParameters: IndexContext {
        guard coreContext.parameters.contains(where: { $0.value.utf8.contains(UInt8(ascii: "%")) }) else { return self }
        var context = self
        context.coreContext.parameters = Parameters(
            coreContext.parameters.map { ($0.key, RequestTarget.said(by: $0.value).map { $0[...] } ?? $0.value) })
        return context
    }
}

/// Where routes are registered, each with the act that it performs.
///
/// `descriptions` lists them all for the golden file: who may do what is a visible diff.
public final class IndexRouter {
    /// The routes, in the order of registration.
    public private(set) var routes: [Route] = []
    private let router: Router<IndexContext>
    private let lanes: Lanes
    private let afterChange: @Sendable () async throws -> Void

    /// One route.
    public struct Route: Sendable, Hashable {
        /// GET includes HEAD.
        public let method: HTTPRequest.Method
        /// With parameters in braces.
        public let path: String
        /// What it does to the index.
        public let action: Action
    }

    /// - Parameters:
    ///   - refusals: makes responses of what is thrown.
    ///   - basePath: what redirects put before paths.
    ///   - afterChange: runs after a handler that changes the index and before its answer is sent: whoever hears
    ///     that something is done finds it done everywhere.
    ///   - lanes: the threads of what takes a while.
    public init(
        refusals: RefusalMiddleware, basePath: BasePath = .root, lanes: Lanes = Lanes(),
        afterChange: @escaping @Sendable () async throws -> Void
    ) {
        self.lanes = lanes
        self.afterChange = afterChange
        router = Router(context: IndexContext.self, options: [.autoGenerateHeadEndpoints])
        router.addMiddleware {
            RequestMetrics()
            OuterLocations(basePath: basePath)
            refusals
        }
    }

    /// Registers a route. Its handler asks the stores, which judge `action` again with the facts before they change
    /// anything.
    ///
    /// - Parameter effort: what answering takes. Whatever renders more than a form or a short list is no brief effort.
    ///   A request with a body is, for whoever sends it slowly would keep a place from others.
    public func on(
        _ method: HTTPRequest.Method, _ path: String, performs action: Action, takes effort: Effort = .brief,
        use handler: @Sendable @escaping (Request, IndexContext) async throws -> Response
    ) {
        routes.append(Route(method: method, path: path, action: action))
        guard action != .readIndex else {
            guard let lane = lanes[effort] else {
                router.on(RouterPath(path), method: method) { request, context in
                    try await handler(request, context.readingParameters)
                }
                return
            }
            router.on(RouterPath(path), method: method) { request, context in
                try await lane.run { try await handler(request, context.readingParameters) }
            }
            return
        }
        let afterChange = afterChange
        router.on(RouterPath(path), method: method) { request, context in
            let response = try await handler(request, context.readingParameters)
            do { try await afterChange() } catch {
                // The change is made, and is found within a quarter of a second anyway: its answer stands.
                context.logger.error("memory could not be told about a change: \(error)")
            }
            return response
        }
    }

    /// Says for every path which methods it takes, when it is asked with another.
    ///
    /// - Parameter hints: sentences for paths where a wrong method has a known cause.
    public func refuseOtherMethods(hints: [String: String] = [:]) {
        for (path, routes) in Dictionary(grouping: routes, by: \.path) {
            let taken = Set(routes.map(\.method))
            let allow = routes.flatMap { $0.method == .get ? ["GET", "HEAD"] : [$0.method.rawValue] }
            let refusal = MethodRefusal(allow: allow.joined(separator: ", "), hint: hints[path])
            for method in [HTTPRequest.Method.get, .post, .put, .patch, .delete] where !taken.contains(method) {
                router.on(RouterPath(path), method: method) { _, _ -> Response in throw refusal }
            }
        }
    }

    /// What answers requests.
    public func responder() -> some HTTPResponder<IndexContext> { router.buildResponder() }

    /// One line for each route: method, path, action, assurance.
    public var descriptions: [String] {
        routes.map { "\($0.method.rawValue) \($0.path) \($0.action.rawValue) \($0.action.assurance.rawValue)" }.sorted()
    }
}

/// A path was asked with a method that it does not take.
struct MethodRefusal: Refusal {
    let allow: String
    let hint: String?

    var kind: RefusalKind { .methodNotAllowed(allow: allow) }
    var code: String { "request.method" }
    var explanation: String { hint ?? "This address takes \(allow) only." }
}

/// There is nothing at an address.
public struct NothingHere: Refusal {
    /// What was looked for, for the sentence: `project 'flask'`; nil when not even that is known.
    public let what: String?
    /// What to do instead, where that is known.
    public let hint: String?

    /// There is nothing at an address.
    public init(what: String? = nil, hint: String? = nil) {
        self.what = what
        self.hint = hint
    }

    /// Always `notFound`.
    public var kind: RefusalKind { .notFound }
    /// `request.nothing-here`
    public var code: String { "request.nothing-here" }
    /// What is missing.
    public var explanation: String {
        (what.map { "There is no \($0) on this index." } ?? "There is nothing at this address.")
            + (hint.map { " \($0)" } ?? "")
    }
}
