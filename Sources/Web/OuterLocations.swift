import HTTPTypes
import Hummingbird

/// Puts the base path before the paths that redirects lead to.
struct OuterLocations: RouterMiddleware {
    typealias Context = IndexContext
    let basePath: BasePath

    func handle(
        _ request: Request, context: IndexContext, next: (Request, IndexContext) async throws -> Response
    ) async throws -> Response {
        var response = try await next(request, context)
        if let location = response.headers[.location] { response.headers[.location] = basePath.outer(location) }
        return response
    }
}
