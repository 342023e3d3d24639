public import HTTPTypes

/// What an answer from memory depends on, taken from a request in one pass.
public struct EdgeRequest: Sendable, Equatable {
    /// The methods that can be answered from memory, and the rest.
    public enum Method: Sendable { case get, head, other }

    /// What the client wants done.
    public var method: Method
    /// The path with its query, as sent: it begins with a slash and holds only visible ASCII.
    public var target: String
    /// The value of `Accept`; several fields are joined with commas.
    public var accept: String?
    /// The value of `Accept-Encoding`; several fields are joined with commas.
    public var acceptEncoding: String?
    /// The value of `If-None-Match`; several fields are joined with commas.
    public var ifNoneMatch: String?
    /// The value of `Range`.
    public var range: String?
    /// The value of `If-Range`.
    public var ifRange: String?
    /// The value of `User-Agent`.
    public var userAgent: String?
    /// The value of `X-Forwarded-For`; several fields are joined with commas. Anybody can send one.
    public var forwardedFor: String?
    /// Whether it comes with `Authorization`: what somebody may have for themselves alone is no answer from memory.
    public var isCredentialed = false
    /// The address of the connection.
    public var remoteAddress: String?

    /// A request without any headers.
    public init(method: Method, target: String) {
        self.method = method
        self.target = target
    }

    /// The same facts of a request that has reached the router.
    public init(_ head: HTTPRequest) {
        self.init(method: head.method == .get ? .get : head.method == .head ? .head : .other, target: head.path ?? "/")
        accept = head.headerFields[.accept]
        acceptEncoding = head.headerFields[.acceptEncoding]
        ifNoneMatch = head.headerFields[.ifNoneMatch]
        range = head.headerFields[.range]
        ifRange = head.headerFields[.ifRange]
        userAgent = head.headerFields[.userAgent]
        forwardedFor = head.headerFields[.forwardedFor]
        isCredentialed = head.headerFields[.authorization] != nil
    }

    /// The target up to its question mark.
    public var path: Substring { target.prefix { $0 != "?" } }

    /// What follows the target's question mark, or nil without one.
    public var query: Substring? {
        guard let mark = target.utf8.firstIndex(of: UInt8(ascii: "?")) else { return nil }
        return target[target.index(after: mark)...]
    }
}

extension HTTPField.Name {
    /// Where a proxy says whom it speaks for; no standard has it.
    public static let forwardedFor = HTTPField.Name("X-Forwarded-For") ?? .from
}
