import Foundation
import HTTPTypes
import Hummingbird
import HummingbirdCore
import Letters
import Logging
import NIOCore
import PackagingFormats
import Policy
import Primitives

extension RefusalKind {
    /// The one table from kinds of no to HTTP statuses. Anyone who uploads is told of a full disk with 507 instead.
    public var status: HTTPResponse.Status {
        switch self {
        case .invalid: .badRequest
        case .unauthenticated: .unauthorized
        case .forbidden: .forbidden
        case .notFound: .notFound
        case .gone: .gone
        case .methodNotAllowed: .methodNotAllowed
        case .conflict: .conflict
        case .tooLarge: .contentTooLarge
        case .timedOut: .requestTimeout
        case .tooMany: .tooManyRequests
        case .storageFull, .unavailable: .serviceUnavailable
        }
    }
}

/// What an error page shows.
public struct ErrorPageModel: Sendable {
    public let status: Int
    public let phrase: String
    /// For the person who asked.
    public let explanation: String
    /// Names the request in the log.
    public let requestID: String
    /// The path that was asked for.
    public let path: String
    /// Whether the explanation sends people to their second factors.
    public let leadsToFactors: Bool
}

/// Turns everything that is thrown into an answer: a `Refusal` with its reason, anything else into a 500 whose cause
/// is in the log only. Whatever is answered with 500 and above is one line of the log.
public struct RefusalMiddleware: RouterMiddleware {
    /// The request's context.
    public typealias Context = IndexContext
    private let baseURL: String
    private let contact: String?
    private let translate: @Sendable (any Error) -> (any Refusal)?
    private let instruments: RequestInstruments
    private let page: @Sendable (ErrorPageModel) async -> (html: [UInt8], headers: HTTPFields)

    /// - Parameters:
    ///   - baseURL: where people find the index, without a slash at the end.
    ///   - contact: who answers questions, a mail address or a web address; nil where nobody is named.
    ///   - translate: what is to be said of an error of the machine that people should know of; nil for others.
    ///   - instruments: where refusals are counted.
    ///   - page: writes the page for browsers, with the headers that its pages have.
    public init(
        baseURL: String, contact: String? = nil,
        translate: @escaping @Sendable (any Error) -> (any Refusal)? = { _ in nil },
        instruments: RequestInstruments = RequestInstruments(),
        page: @escaping @Sendable (ErrorPageModel) async -> (html: [UInt8], headers: HTTPFields)
    ) {
        self.baseURL = baseURL
        self.contact = contact
        self.translate = translate
        self.instruments = instruments
        self.page = page
    }

    /// Answers a request, whatever happens.
    public func handle(
        _ request: Request, context: IndexContext, next: (Request, IndexContext) async throws -> Response
    ) async throws -> Response {
        do {
            var response = try await next(request, context)
            let code = response.headers[.refusalCode]
            if let code {
                instruments.refused(code)
                response.headers[.refusalCode] = nil
            }
            if response.status.code >= 500 {
                let reason = response.headers[.failureCause] ?? code ?? response.headers[.reasonPhrase]
                log(response.status, reason ?? response.status.reasonPhrase, request, context)
                response.headers[.failureCause] = nil
            }
            return response
        } catch let refusal as any Refusal {
            return await answer(Answer(to: refusal, addressing(request), contact: contact), request, context)
        } catch let error as HTTPError where error.status == .notFound {
            return await answer(Answer(to: NotFound(hint: hint(for: request))), request, context)
        } catch let error as HTTPError where error.status.kind == .clientError {
            let explanation = error.body ?? "The request could not be answered as it was made."
            return await answer(
                Answer(status: error.status, code: "request.http-\(error.status.code)", explanation: explanation),
                request, context)
        } catch is NIOTooManyBytesError {
            return await answer(Answer(to: FormTooLarge()), request, context)
        } catch is CancellationError {
            log(.serviceUnavailable, "who asked has gone, or the server ends", request, context)
            return Response(status: .serviceUnavailable)
        } catch {
            if let refusal = translate(error) {
                return await answer(Answer(to: refusal, addressing(request)), request, context, cause: "\(error)")
            }
            return await answer(.internalError(requestID: context.requestID), request, context, cause: "\(error)")
        }
    }

    /// One line that says what went wrong, where, and how to find it from what the client was told.
    private func log(_ status: HTTPResponse.Status, _ cause: String, _ request: Request, _ context: IndexContext) {
        let path = request.uri.pathForLog
        // Too much to do passes by itself; a full disk and our own faults do not.
        let level: Logger.Level = status == .serviceUnavailable ? .warning : .error
        context.logger.log(
            level: level,
            "\(request.method) \(path) was answered \(status.code): \(cause) (request \(context.requestID))",
            metadata: [
                "request": "\(context.requestID)", "method": "\(request.method)", "path": "\(path)",
                "status": "\(status.code)", "cause": "\(cause)",
            ])
    }

    /// What is to be said, however it is written.
    private struct Answer {
        var status: HTTPResponse.Status
        var code: String
        var explanation: String
        /// What else helps, each in sentences of its own: for the body, for a status line is short.
        var otherWays: [String] = []
        /// Whether it sends people to their second factors.
        var leadsToFactors = false
        var headers: HTTPFields = [:]

        init(status: HTTPResponse.Status, code: String, explanation: String) {
            self.status = status
            self.code = code
            self.explanation = explanation
        }

        /// - Parameter upload: the index's address, where a file was sent. Anyone who uploads reads this in a terminal,
        ///   where a path alone leads nowhere. And only anyone who stores something by what they send is told 507 (RFC
        ///   4918, section 11.5); to everybody else the service is not available.
        init(to refusal: any Refusal, _ upload: String? = nil, contact: String? = nil) {
            self.init(
                status: refusal.kind.status, code: refusal.code,
                explanation: refusal.sentence(base: upload ?? "", contact: contact))
            otherWays = refusal.otherWays(base: upload ?? "", contact: contact)
            leadsToFactors = refusal.leads(to: .factors)
            if refusal.kind == .storageFull, upload != nil {
                status = HTTPResponse.Status(code: 507, reasonPhrase: "Insufficient Storage")
            }
            switch refusal.kind {
            case .unauthenticated: headers[.wwwAuthenticate] = "Basic realm=\"rind\", charset=\"UTF-8\""
            case .methodNotAllowed(let allow): headers[.allow] = allow
            case .tooMany(let seconds), .unavailable(let seconds): headers[.retryAfter] = String(seconds)
            case .invalid, .forbidden, .notFound, .gone, .conflict, .tooLarge, .timedOut, .storageFull: break
            }
        }

        static func internalError(requestID: String) -> Answer {
            Answer(
                status: .internalServerError, code: "server.failure",
                explanation:
                    "Something went wrong on this server. If you meant to change something, look whether it is "
                    + "done before you try again. Tell its operator the request id \(requestID).")
        }
    }

    /// - Parameter cause: what the log says of it, where the answer says less; nil where it says all.
    private func answer(
        _ answer: Answer, _ request: Request, _ context: IndexContext, cause: String? = nil
    ) async -> Response {
        instruments.refused(answer.code)
        if answer.status.code >= 500 {
            log(
                answer.status, cause.map { "\(answer.code): \($0)" } ?? "\(answer.code): \(answer.explanation)",
                request, context)
        }
        var (headers, body) = await rendered(answer, request, context)
        headers.append(contentsOf: answer.headers)
        headers[.cacheControl] = "no-store"
        headers[.vary] = "Accept"
        headers[.reasonPhrase] = ReasonPhrase.line(answer.explanation)
        return Response(status: answer.status, headers: headers, body: .init(byteBuffer: ByteBuffer(bytes: body)))
    }

    /// Whether somebody uploads, or means to: below that address there are also pages that people look at.
    private static func isUpload(_ request: Request) -> Bool {
        let path = request.uri.path
        guard path.hasPrefix("/legacy") else { return false }
        return path == "/legacy" || path == "/legacy/" || ![.get, .head].contains(request.method)
    }

    /// The bare host as index URL is a common mistake: then installers ask for `/name/`.
    private func hint(for request: Request) -> String? {
        let steps = request.uri.path.split(separator: "/")
        guard request.method == .get || request.method == .head, steps.count == 1,
            (try? ProjectName(parsing: String(steps[0]))) != nil
        else { return nil }
        return
            "Installers look at \(baseURL)/simple/: use that as the index URL (pip: --index-url, uv: --default-index)."
    }

    /// The index's address for an upload; nil for other requests.
    private func addressing(_ request: Request) -> String? { Self.isUpload(request) ? baseURL : nil }

    /// Plain text for uploaders, and for others what they like best: see ``RefusalFormat``.
    private func rendered(
        _ answer: Answer, _ request: Request, _ context: IndexContext
    ) async -> (HTTPFields, [UInt8]) {
        let plain = (
            [.contentType: "text/plain; charset=utf-8"] as HTTPFields,
            Array(([answer.explanation] + answer.otherWays.map { "Or: \($0)" }).map { "\($0)\n" }.joined().utf8)
        )
        if Self.isUpload(request) { return plain }
        switch RefusalFormat.negotiate(accept: request.headers[.accept]) {
        case .text: return plain
        case .page:
            let (html, headers) = await page(
                ErrorPageModel(
                    status: answer.status.code, phrase: answer.status.reasonPhrase,
                    explanation: ([answer.explanation] + answer.otherWays).joined(separator: " "),
                    requestID: context.requestID, path: request.uri.path, leadsToFactors: answer.leadsToFactors))
            return (headers, html)
        case .problem:
            let problem = Problem(
                title: answer.status.reasonPhrase, status: answer.status.code, detail: answer.explanation,
                code: answer.code)
            let encoder = JSONEncoder()
            // An address is to be read by people, and copied; the same refusal is the same bytes.
            encoder.outputFormatting = [.withoutEscapingSlashes, .sortedKeys]
            guard let json = try? encoder.encode(problem) else { return plain }
            return ([.contentType: "application/problem+json"], Array(json))
        }
    }
}

extension Response {
    /// The same answer, whose reason the status line says and the log notes.
    ///
    /// - Parameter cause: what the log says of it, where that is more than people should hear.
    public func failing(_ reason: String, cause: String? = nil) -> Response {
        var response = self
        response.headers[.reasonPhrase] = ReasonPhrase.line(reason)
        response.headers[.failureCause] = cause.map(ReasonPhrase.line)
        return response
    }
}

/// A form of a page has more bytes than anybody types.
private struct FormTooLarge: Refusal {
    var kind: RefusalKind { .tooLarge }
    var code: String { "request.form-too-large" }
    var explanation: String { "What was sent is larger than this form can be." }
}

/// RFC 9457, section 3.1, with our permanent code beside it.
private struct Problem: Encodable {
    let title: String
    let status: Int
    let detail: String
    let code: String
}

extension URI {
    /// The path without the secrets that some have in them.
    var pathForLog: String {
        let steps = path.split(separator: "/")
        if steps.count > 1, steps[0] == "stage" { return (["/stage/…"] + steps.dropFirst(2)).joined(separator: "/") }
        // The others have the secret of a mailed link there.
        let haveNone: Set<Substring> = ["confirm", "login", "recover", "two-factor", "vouch"]
        guard steps.count > 2, steps[0] == "account", !haveNone.contains(steps[1]) else { return path }
        return "/account/\(steps[1])/…"
    }
}
