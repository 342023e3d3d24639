import HTTPTypes
import Hummingbird
import Web

/// Answers a credential that reads the index as it was, at the addresses of now: `uv.lock` records where a package was
/// found, and should not say that it was found in the past.
///
/// It sends the request on to `/at/token/…`, where the credential is verified, and takes that out of what comes back. Nobody
/// else may have the answer from a cache on the way.
public struct PastByCredential<Inner: HTTPResponder<IndexContext>>: HTTPResponder {
    private let inner: Inner

    /// - Parameter inner: answers everything.
    public init(_ inner: Inner) { self.inner = inner }

    /// Answers as of the point in time that a credential says, where it says one.
    public func respond(to request: Request, context: IndexContext) async throws -> Response {
        guard let authorization = request.headers[.authorization], request.method == .get || request.method == .head,
            Self.isDated(request.uri.path), TokenSignIn.asksForPast(authorization)
        else { return try await inner.respond(to: request, context: context) }
        var head = request.head
        head.path = PastRoutes.byCredential + (head.path ?? "/")
        var response = try await inner.respond(to: Request(head: head, body: request.body), context: context)
        if let location = response.headers[.location] {
            response.headers[.location] = location.replacing(PastRoutes.byCredential, with: "", maxReplacements: 1)
        }
        return response
    }

    /// Whether what is at a path is also at `/at/…`.
    private static func isDated(_ path: String) -> Bool {
        path == "/simple" || ["/simple/", "/pypi/", "/project/"].contains { path.hasPrefix($0) }
    }
}
