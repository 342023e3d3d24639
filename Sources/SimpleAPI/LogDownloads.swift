import HTTPTypes
import Hummingbird
import Ports
import Primitives
import TransparencyLog
import Web

/// `/log/…`: the log that anybody can check, as C2SP's tlog-tiles has it.
public struct LogDownloads: Sendable {
    private let log: any PublicLog
    private let pages: PageServer

    /// - Parameter pages: keeps tiles.
    public init(log: any PublicLog, pages: PageServer) {
        self.log = log
        self.pages = pages
    }

    /// Registers the routes.
    public func add(to router: IndexRouter) {
        router.on(.get, "/log/checkpoint", guard: .everybody, use: checkpoint)
        router.on(.get, "/log/cosigned-checkpoint", guard: .everybody, use: cosignedCheckpoint)
        router.on(.get, "/log/keys", guard: .everybody, use: keys)
        router.on(.get, "/log/tile/**", guard: .everybody, takes: .document, use: tile)
    }

    /// The head of the tree. It changes every second where much is done, so nobody keeps it.
    @Sendable func checkpoint(_ request: Request, _ context: IndexContext) async throws -> Response {
        guard let checkpoint = try await log.checkpoint() else {
            throw NotFound(what: "checkpoint", hint: "The first one comes with the first change.")
        }
        return pages.answer(Array(checkpoint.utf8), contentType: "text/plain; charset=utf-8", to: request)
    }

    /// The newest head that witnesses have signed, too: where much is done, it is some seconds older.
    @Sendable func cosignedCheckpoint(_ request: Request, _ context: IndexContext) async throws -> Response {
        guard let checkpoint = try await log.cosignedCheckpoint() else {
            throw NotFound(what: "cosigned checkpoint", hint: "No witness has signed a checkpoint yet.")
        }
        return pages.answer(Array(checkpoint.utf8), contentType: "text/plain; charset=utf-8", to: request)
    }

    /// The public keys, one a line: for those who have none from elsewhere, and check what was signed by the same key.
    @Sendable func keys(_ request: Request, _ context: IndexContext) async throws -> Response {
        let text = try await log.keys().map { "\($0.text)\n" }.joined()
        return pages.answer(Array(text.utf8), contentType: "text/plain; charset=utf-8", to: request)
    }

    /// A tile never changes, and neither does a part of one.
    @Sendable func tile(_ request: Request, _ context: IndexContext) async throws -> Response {
        let path = request.uri.path
        guard let tile = Tile(path: path.dropFirst("/log/".count)), let bytes = try await log.bytes(of: tile) else {
            throw NotFound(what: "such tile", hint: "Tiles are those of the newest checkpoint.")
        }
        return try await pages.kept(path, for: request) {
            CachedPage(
                // Hashes are random: nothing is saved by packing them.
                .single(
                    contentType: "application/octet-stream", EncodedBody(bytes, compresses: tile.row == .entries)),
                serial: nil, cacheControl: CachedPage.immutable)
        }
    }
}
