import Acts
import HTTPTypes
import Hummingbird
import Letters
import Policy
import Projects
import UTC
import Web

/// The address that publishers send their files to.
public struct UploadRoutes: Sendable {
    /// Where uploads go, as on PyPI.
    public static let path = "/legacy/"

    private let uploads: Uploads
    private let signIn: TokenSignIn
    private let address: String?
    private let baseURL: String
    private let instruments: RequestInstruments
    private let now: @Sendable () -> Timestamp

    /// The routes for uploads, with a clock.
    ///
    /// - Parameters:
    ///   - address: the index's own, without a slash at its end, as the operator set it; nil where they did not.
    ///   - baseURL: the same, or the best guess at it: what people read of pages leads there.
    ///   - instruments: where files are counted that were taken.
    public init(
        uploads: Uploads, signIn: TokenSignIn, address: String? = nil, baseURL: String,
        instruments: RequestInstruments = RequestInstruments(), now: @escaping @Sendable () -> Timestamp
    ) {
        self.uploads = uploads
        self.signIn = signIn
        self.address = address
        self.baseURL = baseURL
        self.instruments = instruments
        self.now = now
    }

    /// Registers the routes.
    public func add(to index: IndexRouter) {
        index.on(.post, Self.path, guard: token, performs: .project(.uploadFile), use: upload)
    }

    /// Lets through anyone who sends a good token, before a byte of the body is read. Which may take hours to come: who
    /// may is asked again at the end of it.
    private var token: Guard<Actor> {
        Guard(.token) { request, _, handler in
            // Without the slash it is a redirect that keeps method and body; uv follows it, twine shows it.
            guard request.uri.path.hasSuffix("/") else {
                return Response(status: .permanentRedirect, headers: [.location: uploadAddress(askedBy: request)])
            }
            return try await handler(
                try await signIn.actor(authorization: request.headers[.authorization], at: now()))
        }
    }

    /// `POST /legacy/` answers 200 with a line of text, when the file is stored for good or was there already; with a
    /// second one, where the same upload will be refused later.
    @Sendable func upload(_ request: Request, _ context: IndexContext, by actor: Actor) async throws -> Response {
        let receipt = try await uploads.receive(
            request.body, length: request.headers[.contentLength].flatMap { Int64($0) },
            contentType: request.headers[.contentType], by: actor, at: now)
        instruments.uploaded(isNew: receipt.outcome != .alreadyThere)
        let place = receipt.place.map { "Look at it, and approve it, at \(baseURL)\($0.path)\n" } ?? ""
        let notice = receipt.notice.map { "\($0.guidance.text { baseURL + $0.path })\n" } ?? ""
        return Response(
            status: .ok, headers: [.contentType: "text/plain; charset=utf-8"],
            body: .init(byteBuffer: ByteBuffer(string: "\(receipt.sentence)\n\(place)\(notice)")))
    }

    /// Where to publish to, whole: uv follows only an address on the origin that it asked, and a proxy may have kept
    /// the port from us. So the address that the operator set is taken, unless another host was asked.
    private func uploadAddress(askedBy request: Request) -> String {
        let authority = request.head.authority ?? ""
        let path = BasePath(baseURL: address ?? "").outer(Self.path)
        if let address {
            let own = address.firstRange(of: "://").map { address[$0.upperBound...].prefix { $0 != "/" } } ?? ""
            if authority.isEmpty || Self.host(of: authority) == Self.host(of: own) { return address + Self.path }
        }
        guard !authority.isEmpty else { return path }
        // Behind a proxy that ends TLS, its word is taken.
        let scheme = request.headers[.forwardedProto] == "https" ? "https" : "http"
        return "\(scheme)://\(authority)\(path)"
    }

    /// `[::1]` of `[::1]:8080`, in lower case.
    private static func host(of authority: some StringProtocol) -> String {
        let end = authority.lastIndex(of: "]") ?? authority.startIndex
        let colon = authority[end...].firstIndex(of: ":") ?? authority.endIndex
        return authority[..<colon].lowercased()
    }

    /// What to say to a POST to an address for readers, `/simple/` for example: a common mistake, and uv shows it.
    ///
    /// - Parameter base: the index's own address, without a slash at its end.
    public static func hintForReaders(base: String) -> String {
        "This address is for installers. Files are uploaded to \(base)\(path) instead: "
            + "use that as the publish URL (uv: --publish-url, twine: --repository-url)."
    }
}

extension HTTPField.Name {
    fileprivate static let forwardedProto = HTTPField.Name("X-Forwarded-Proto") ?? .via
}
