import Acts
import HTTPTypes
import Hummingbird
import Logging
import NIOCore
import NIOEmbedded
import Primitives
import Synchronization
import Testing

@testable import Web

@Suite("What is thrown") struct RefusalTests {
    private struct NoRoom: Refusal {
        var kind: RefusalKind { .storageFull }
        var code: String { "storage.full" }
        var explanation: String { "The disk is full." }
    }

    /// Something of another library.
    private struct ForeignError: Error {}

    private struct Busy: Refusal {
        var kind: RefusalKind { .unavailable(retryAfterSeconds: 7) }
        var code: String { "test.busy" }
        var explanation: String { "Too much to do." }
    }

    private func answer(_ path: String, _ error: any Error) async throws -> Response {
        let refusals = RefusalMiddleware(
            baseURL: "https://packages.example.org", translate: { $0 is ForeignError ? NoRoom() : nil },
            page: { _ in ([], [:]) })
        let router = IndexRouter(refusals: refusals, afterChange: {})
        router.on(.post, path, guard: .everybody) { _, _ in throw error }
        let context = IndexContext(
            source: ApplicationRequestContextSource(channel: EmbeddedChannel(), logger: Logger(label: "test")))
        let head = HTTPRequest(method: .post, scheme: "http", authority: "a", path: path)
        return try await router.responder().respond(
            to: Request(head: head, body: RequestBody(buffer: ByteBuffer())), context: context)
    }

    // swift-format-ignore
    static let requests: [(path: String, isTranslated: Bool, status: Int)] = [
        ("/legacy",        false, 507),
        ("/legacy",        true,  507),
        ("/account/login", false, 503),
        ("/account/login", true,  503),
    ]

    @Test(
        "A full disk is 507 to anyone who uploads and 503 to everybody else, always with the sentence",
        arguments: requests
    )
    func fullDisk(path: String, isTranslated: Bool, status: Int) async throws {
        let answer = try await answer(path, isTranslated ? ForeignError() : NoRoom())
        #expect(answer.status.code == status)
        #expect(answer.headers[.reasonPhrase] == "The disk is full.")
    }

    @Test("Too much to do is 503, and says when to come again")
    func busy() async throws {
        let answer = try await answer("/account/login", Busy())
        #expect(answer.status.code == 503 && answer.headers[.retryAfter] == "7")
    }

    /// What is logged.
    private final class Lines: LogHandler, Sendable {
        private let said = Mutex<[String]>([])
        var all: [String] { said.withLock { $0 } }
        var logLevel: Logger.Level {
            get { .notice }
            set {}
        }
        var metadata: Logger.Metadata {
            get { [:] }
            set {}
        }
        subscript(metadataKey _: String) -> Logger.Metadata.Value? {
            get { nil }
            set {}
        }
        func log(event: LogEvent) { said.withLock { $0.append("\(event.message)") } }
    }

    @Test("What a form's own page says instead is logged with the code of the refusal, which nobody outside gets")
    func saidByAPage() async throws {
        let lines = Lines()
        let refusals = RefusalMiddleware(baseURL: "https://packages.example.org", page: { _ in ([], [:]) })
        let context = IndexContext(
            source: ApplicationRequestContextSource(
                channel: EmbeddedChannel(), logger: Logger(label: "test") { _ in lines }))
        let head = HTTPRequest(method: .post, scheme: "http", authority: "a", path: "/account/login")
        let answer = try await refusals.handle(
            Request(head: head, body: RequestBody(buffer: ByteBuffer())), context: context
        ) { _, _ in Response(status: .serviceUnavailable, headers: [.refusalCode: Busy().code]) }
        #expect(answer.headers[.refusalCode] == nil)
        #expect(lines.all.count == 1 && lines.all[0].contains("POST /account/login was answered 503: test.busy"))
    }

    private struct Unforeseen: Error {}

    @Test("What nobody foresaw is 500 with the request's id, and its cause is not told")
    func unforeseen() async throws {
        let answer = try await answer("/account/login", Unforeseen())
        let reason = try #require(answer.headers[.reasonPhrase])
        #expect(answer.status.code == 500)
        #expect(reason.contains(/the request id [0-9a-z]+/) && !reason.contains("Unforeseen"))
    }
}
