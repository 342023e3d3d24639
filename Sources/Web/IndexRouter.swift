import Acts
import HTTPTypes
import Hummingbird
import Logging
import Primitives
import UTC

/// What a form does about a mailed link where that is no act: what the link is for is judged when it is done.
public enum LinkStep: String, Sendable {
    /// Has one mailed, which the account's holder gets, no matter who asked.
    case mail = "link.mail"
    /// Follows one.
    case follow = "link.follow"
}

/// One route: whom it is for, and what it does.
public struct Route: Sendable, Hashable, CustomStringConvertible {
    /// GET includes HEAD.
    public let method: HTTPRequest.Method
    /// With parameters in braces.
    public let path: String
    /// Whom its guard lets through.
    public let audience: Audience
    /// What it does to the index; nil where it does nothing to it.
    public let action: Act?
    /// What it does about a mailed link; nil where it is an act, or only reads.
    public let link: LinkStep?
    /// The act whose form it shows, where the proof for that is asked before anybody fills it in.
    public let prepared: Act?

    /// What the columns of `description` are.
    public static let columns = "method path guard act whose assurance proof"

    /// `POST /admin/invite administrator user.invite administrator password fresh`. A reading is judged by the guard
    /// alone.
    public var description: String {
        let assurance = action?.assurance ?? audience.assurance
        let whose = action?.holderWords.replacing(", ", with: "|") ?? "-"
        let act = action?.rawValue ?? link?.rawValue ?? audience.reading
        return "\(method.rawValue) \(path) \(audience.name) \(act) \(whose) \(assurance.rawValue) \(proof)"
    }

    /// What is shown for it: the secret of a mailed link, something fresh of the account's strongest, or nothing.
    private var proof: String {
        path.hasSuffix("{secret}") ? "link" : asksFreshProof ? "fresh" : "-"
    }

    /// Whether anyone who comes with a proof that is old is asked for a new one.
    public var asksFreshProof: Bool {
        !path.hasSuffix("{secret}") && audience != .everybody && (action ?? prepared)?.needsFreshProof ?? false
    }
}

/// Where routes are registered, each with its guard and the act that it performs.
///
/// The golden file lists them all: who may do what is a visible diff.
public final class IndexRouter {
    /// The routes, in the order of registration.
    public private(set) var routes: [Route] = []
    private let router: Router<IndexContext>
    private let lanes: Lanes
    private let afterChange: @Sendable () async throws -> Void

    /// - Parameters:
    ///   - refusals: makes responses of what is thrown.
    ///   - basePath: what redirects put before paths.
    ///   - afterChange: runs after a handler that changes the index and before its answer is sent: anyone who hears
    ///     that something is done finds it done everywhere.
    ///   - instruments: where requests are counted and timed.
    ///   - lanes: the threads of what takes a while.
    public init(
        refusals: RefusalMiddleware, basePath: BasePath = .root,
        instruments: RequestInstruments = RequestInstruments(), lanes: Lanes = Lanes(),
        afterChange: @escaping @Sendable () async throws -> Void
    ) {
        self.lanes = lanes
        self.afterChange = afterChange
        router = Router(context: IndexContext.self, options: [.autoGenerateHeadEndpoints])
        router.addMiddleware {
            RequestMetrics(instruments: instruments)
            OuterLocations(basePath: basePath)
            refusals
        }
    }

    /// Registers a route. Its handler runs for whom the guard lets through, and asks the stores, which judge `action`
    /// with the facts before they change anything.
    ///
    /// - Parameters:
    ///   - action: what it does; nil where it does nothing to the index.
    ///   - link: what it does about a mailed link, where that is no act.
    ///   - prepared: the act whose form it shows, where the guard asks for the proof that this takes.
    ///   - effort: what answering takes. Whatever renders more than a form or a short list is no brief effort. Only
    ///     what
    ///     reads can be more: a request with a body, sent slowly, would keep a place from others.
    public func on<Visitor>(
        _ method: HTTPRequest.Method, _ path: String, guard gate: Guard<Visitor>, performs action: Act? = nil,
        link: LinkStep? = nil, prepares prepared: Act? = nil, takes effort: Effort = .brief,
        use handler: @Sendable @escaping (Request, IndexContext, Visitor) async throws -> Response
    ) {
        routes.append(
            Route(
                method: method, path: path, audience: gate.audience, action: action, link: link, prepared: prepared))
        let answer = { @Sendable (request: Request, context: IndexContext) in
            let context = context.readingParameters
            return try await gate.pass(request, context) { try await handler(request, context, $0) }
        }
        guard action != nil || link != nil else {
            let lane = lanes[effort]
            router.on(RouterPath(path), method: method) { request, context in
                guard let lane else { return try await answer(request, context) }
                return try await lane.run { try await answer(request, context) }
            }
            return
        }
        let afterChange = afterChange
        router.on(RouterPath(path), method: method) { request, context in
            let response = try await answer(request, context)
            do { try await afterChange() } catch {
                // The change is made, and is found within a quarter of a second anyway: its answer stands.
                context.logger.error("memory could not be told about a change: \(error)")
            }
            return response
        }
    }

    /// The same, where nothing of anyone who is let through is needed.
    public func on(
        _ method: HTTPRequest.Method, _ path: String, guard gate: Guard<Void>, performs action: Act? = nil,
        takes effort: Effort = .brief,
        use handler: @Sendable @escaping (Request, IndexContext) async throws -> Response
    ) {
        on(method, path, guard: gate, performs: action, takes: effort) { request, context, _ in
            try await handler(request, context)
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
}

/// A path was asked with a method that it does not take.
struct MethodRefusal: Refusal {
    let allow: String
    let hint: String?

    var kind: RefusalKind { .methodNotAllowed(allow: allow) }
    var code: String { "request.method" }
    var explanation: String { hint ?? "This address takes \(allow) only." }
}
