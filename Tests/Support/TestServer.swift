import Accounts
import Foundation
import HTTPTypes
import Hummingbird
import Identity
import Logging
import NIOCore
import NIOEmbedded
import PackagingFormats
import Passwords
import Policy
import Ports
import Server
import Stores
import Synchronization
import UTC
import Web

/// A whole index as it is served, in a folder of its own and without a socket: what is in memory is answered as the
/// edge does, everything else by the router.
package final class TestServer: Sendable {
    package let folder: URL
    package let index: LocalIndex
    package let server: IndexServer
    package let baseURL: String
    /// As cheap as argon2 can be where nobody asks for another: tests are not about it.
    package let hasher: PasswordHasher
    /// An API token of ada's.
    package let token: String
    private let logger: Logger
    private let clock = TestClock(Timestamp(seconds: 1_700_000_000))

    /// What came back.
    package struct Answer {
        package let status: Int
        package let reason: String
        package let headers: HTTPFields
        package let body: [UInt8]
        /// Whether it was answered from memory.
        package let isImmediate: Bool

        package var text: String { String(decoding: body, as: UTF8.self) }
    }

    /// - Parameters:
    ///   - hasher: hashes passwords; nil for one as cheap as can be.
    ///   - other: where the server logs; nil for nowhere.
    ///   - blobs: where its files are; nil for the folder of its data.
    package init(
        baseURL: String = "https://packages.example.org", hasher: PasswordHasher? = nil, logger other: Logger? = nil,
        blobs: (any BlobStore)? = nil,
        settings edit: (inout Settings) -> Void = { _ in }
    ) async throws {
        self.baseURL = baseURL
        self.hasher = try hasher ?? PasswordHasher(parameters: PasswordParameters(memory: 8))
        folder = FileManager.default.temporaryDirectory.appending(path: "server-\(UUID().uuidString)")
        var settings = try await Settings.read(data: folder.path, flags: [:], environment: [:], file: nil)
        // Tests of what it renders say so.
        settings.python = nil
        // What the pages are about is not who may ask for figures.
        settings.metrics.isOpen = true
        edit(&settings)
        let clock = clock
        index = try await LocalIndex(
            settings, exclusively: true, blobs: blobs, credentials: TestCredentials(), clock: { clock.now })
        var logger = other ?? Logger(label: "test")
        if other == nil { logger.logLevel = .critical }
        self.logger = logger
        server = try await IndexServer(
            index, baseURL: baseURL, logger: logger,
            hasher: self.hasher, now: { clock.now })
        let ada = try Username(parsing: "ada")
        _ = try await index.stores.accounts.add(
            NewUser(
                name: ada, email: EmailAddress(parsing: "ada@example.org"), isAdministrator: false, passwordHash: nil),
            by: .operatorAtMachine, at: clock.now)
        token = try await TokenMint(accounts: index.stores.accounts, tokens: index.stores.tokens).issue(
            for: ada, label: "test", projects: nil, expiresAt: nil, by: .operatorAtMachine, at: clock.now
        ).text
    }

    /// The index's clock.
    package var now: Timestamp {
        get { clock.now }
        set { clock.now = newValue }
    }

    deinit {
        // Closing waits for reads under way, which may wait for a thread of Swift's: so it holds none of those.
        Thread.detachNewThread { [index, folder] in
            try? index.close()
            try? FileManager.default.removeItem(at: folder)
        }
    }

    /// Sends a request through the door.
    package func send(
        _ method: HTTPRequest.Method, _ target: String, headers: HTTPFields = [:], body: [UInt8] = []
    ) async throws -> Answer {
        try await send(method, target, headers: headers, streaming: RequestBody(buffer: ByteBuffer(bytes: body)))
    }

    /// Sends a request whose body comes bit by bit.
    package func send(
        _ method: HTTPRequest.Method, _ target: String, headers: HTTPFields = [:], streaming body: RequestBody
    ) async throws -> Answer {
        let normal: RequestTarget
        do {
            normal = try RequestTarget(normalizing: target, below: server.basePath)
        } catch {
            return Answer(
                status: error.status.code, reason: error.status.reason, headers: [:],
                body: Array(error.explanation.utf8),
                isImmediate: true)
        }
        let head = HTTPRequest(
            method: method, scheme: "http", authority: "packages.example.org", path: normal.text, headerFields: headers)
        if method == .get || method == .head, let answer = server.immediate.respond(to: EdgeRequest(head)) {
            return try await collect(answer.response(isHead: method == .head), isImmediate: true)
        }
        let context = IndexContext(source: ApplicationRequestContextSource(channel: EmbeddedChannel(), logger: logger))
        let request = Request(head: head, body: body)
        return try await collect(try await server.responder.respond(to: request, context: context), isImmediate: false)
    }

    /// Uploads as ada, or with another token.
    @discardableResult
    package func upload(
        _ upload: TestUpload, to path: String = "/legacy/", token: String? = nil
    ) async throws -> Answer {
        let credentials = Data("__token__:\(token ?? self.token)".utf8).base64EncodedString()
        return try await send(
            .post, path,
            headers: [.contentType: upload.contentType, .authorization: "Basic \(credentials)"], body: upload.body)
    }

    /// Uploads all but the last bytes, does something, and sends the rest.
    package func upload(
        _ upload: TestUpload, token: String? = nil, heldBack count: Int,
        meanwhile: @escaping @Sendable () async throws -> Void
    ) async throws -> Answer {
        let body = upload.body
        let pieces = Pieces([Array(body.dropLast(count)), Array(body.suffix(count))])
        let stream = AsyncThrowingStream<ByteBuffer, any Error> {
            guard let (piece, isLast) = pieces.next() else { return nil }
            // Asked for once more: who sends it has been let in, and all that came has been read.
            if isLast { try await meanwhile() }
            return ByteBuffer(bytes: piece)
        }
        let credentials = Data("__token__:\(token ?? self.token)".utf8).base64EncodedString()
        return try await send(
            .post, "/legacy/",
            headers: [.contentType: upload.contentType, .authorization: "Basic \(credentials)"],
            streaming: RequestBody(asyncSequence: stream))
    }

    private func collect(_ response: Response, isImmediate: Bool) async throws -> Answer {
        let writer = CollectingWriter()
        try await response.body.write(writer)
        return Answer(
            status: response.status.code, reason: response.headers[.reason] ?? response.status.reasonPhrase,
            headers: response.headers, body: writer.bytes, isImmediate: isImmediate)
    }
}

extension HTTPField.Name {
    fileprivate static let reason = HTTPField.Name("x-rind-reason-phrase") ?? .server
}

/// A clock that tests set.
private final class TestClock: Sendable {
    private let moment: Mutex<Timestamp>

    init(_ moment: Timestamp) { self.moment = Mutex(moment) }

    var now: Timestamp {
        get { moment.withLock { $0 } }
        set { moment.withLock { $0 = newValue } }
    }
}

/// The pieces of a body, one after the other.
private final class Pieces: Sendable {
    private let left: Mutex<[[UInt8]]>

    init(_ pieces: [[UInt8]]) { left = Mutex(pieces) }

    func next() -> (piece: [UInt8], isLast: Bool)? {
        left.withLock { left in
            left.isEmpty ? nil : (left.removeFirst(), left.isEmpty)
        }
    }
}

/// Gathers a response's body.
private final class CollectingWriter: ResponseBodyWriter {
    private let collected = Mutex<[UInt8]>([])

    var bytes: [UInt8] { collected.withLock { $0 } }

    func write(_ buffer: ByteBuffer) async throws {
        collected.withLock { $0.append(contentsOf: buffer.readableBytesView) }
    }
    func finish(_ trailingHeaders: HTTPFields?) async throws {}
}

extension TestServer {
    /// Another token of ada's.
    package func issue(projects: [String]? = nil, expires: Duration? = nil) async throws -> String {
        try await TokenMint(accounts: index.stores.accounts, tokens: index.stores.tokens).issue(
            for: Username(parsing: "ada"), label: "", projects: try projects?.map { try ProjectName(parsing: $0) },
            expiresAt: expires.map { now + $0 }, by: .operatorAtMachine, at: now
        ).text
    }

    /// The path of a link to set a password with.
    package func passwordLink(for name: String) async throws -> String {
        try await PasswordLink.offer(
            to: Username(parsing: name), by: .operatorAtMachine, in: index.stores.accounts, at: now)
    }

    /// Ends the counting of downloads as a shutdown does, which writes down the rest.
    package func stopCounting() async throws {
        let downloads = server.downloads
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await downloads.run() }
            group.cancelAll()
            try await group.waitForAll()
        }
    }
}

extension LocalIndex {
    /// Where a blob is in the folder of the index, whether or not it is there.
    package func path(ofBlob sha256: String) -> String { "\(settings.blobs)/\(sha256.prefix(2))/\(sha256)" }
}
