import Bytes
import PackagingFormats
import Policy
import Projects
import Search

/// That something was not done, and what to do instead.
struct ErrorPage {
    let heading: String
    let explanation: String
    let requestID: String?
    let status: Int
    /// Whether the cure is another factor, which is added elsewhere.
    let leadsToFactors: Bool
}

/// That there is nothing at an address, with a search for what was probably meant.
struct NotFoundPage {
    let explanation: String
    let guess: String
    let suggestions: NonEmpty<ResultRow>?

    /// The name of the project that the person who typed `path` probably meant; empty when it names none.
    static func guess(from path: String) -> String {
        let segments = path.split(separator: "/").prefix(6).map {
            String(decoding: $0.utf8.percentDecoded().bytes, as: UTF8.self)
        }
        let isKnown = ["project", "simple", "pypi", "p", "user", "search"].contains(segments.first?.lowercased() ?? "")
        let name = (isKnown ? segments.dropFirst().first : segments.last) ?? ""
        let asked = AskedText(name.hasSuffix(".metadata") ? name.dropLast(".metadata".count) : name[...])
        return String(asked.understood.prefix(80))
    }
}

extension SiteRenderer {
    /// The page for an address that names nothing.
    ///
    /// - Parameters:
    ///   - path: What was asked for, as it came.
    ///   - explanation: What is missing, if more is known: a refusal's own words.
    ///   - suggestions: What was meant by `guess(from:)`.
    public func notFound(path: String, explanation: String? = nil, suggestions: [ReleaseSummary] = []) -> [UInt8] {
        let page = NotFoundPage(
            explanation: explanation
                ?? "There is nothing at this address. It may be misspelt, or what was here is gone.",
            guess: Self.guess(from: path), suggestions: NonEmpty(suggestions.prefix(5).map(ResultRow.init)))
        return render(page, as: .notFound, titled: "Not found", .init(hasSearch: false, isPrivate: true))
    }

    /// The name of the project that an address that names nothing was probably meant for, to search for; may be empty.
    public static func guess(from path: String) -> String { NotFoundPage.guess(from: path) }

    /// The page for a refusal, or for a fault of ours.
    ///
    /// - Parameters:
    ///   - status: The HTTP status, 400 to 599.
    ///   - explanation: A refusal's own words; for 500 and above, nil is better than a cause.
    ///   - requestID: What to tell the operator, so that they find it in the log.
    ///   - leadsToFactors: Whether the words send people to their second factors.
    public func error(
        status: Int, explanation: String? = nil, requestID: String? = nil, leadsToFactors: Bool = false
    ) -> [UInt8] {
        let heading = Self.heading(of: status)
        let fallback =
            status >= 500
            ? "That is our fault, not yours. Try again in a moment; if it stays, tell the operator."
            : "The request could not be answered as it was made."
        let page = ErrorPage(
            heading: heading, explanation: explanation ?? fallback, requestID: requestID, status: status,
            leadsToFactors: leadsToFactors)
        return render(page, as: .error, titled: heading, .init(isPrivate: true))
    }

    private static func heading(of status: Int) -> String {
        switch status {
        case 401: "Sign in first"
        case 403: "That is not allowed"
        case 404, 410: "Not found"
        case 405: "That cannot be done here"
        case 408: "That took too long"
        case 409: "That contradicts what is there"
        case 413: "That is too large"
        case 429: "Too many requests"
        case 503: "Not available just now"
        case 507: "The disk is full"
        case 500...: "Something went wrong"
        default: "That did not work"
        }
    }
}
