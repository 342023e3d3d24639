/// Why a request is turned away before any handler sees it.
///
/// After a refusal the connection is closed and nothing more is read from it as a request: when the two sides disagree
/// about where one request ends, what follows is not to be trusted (RFC 9112, section 11.2).
package enum EdgeRefusal: Error, Equatable {
    case missingHost
    case severalHosts
    case malformedHost
    case hostDiffersFromTarget
    case transferEncodingInHTTP10
    case doubtfulLength
    case malformedLength
    case unknownTransferEncoding
    case malformedTarget
    case foreignTarget
    case asteriskTarget
    case targetTooLong
    case malformedEncoding
    case encodedSlash
    case encodedControl
    case dotSegment
    /// The index stands below a path of its host, and the request is for another.
    case outside(base: String)
    case headerTooLarge
    case methodNotAllowed
    case methodUnknown
    case expectationUnknown
    case versionUnknown
    case malformed
    case truncated
    case slowHeader
    case slowBody
    case tooManyFromAddress
    case full
    case tooMuchUnreadFromAddress
    case tooMuchUnread

    package var status: (code: Int, reason: String) {
        switch self {
        case .missingHost, .severalHosts, .malformedHost, .hostDiffersFromTarget, .transferEncodingInHTTP10,
            .doubtfulLength, .malformedLength, .malformedTarget, .foreignTarget, .asteriskTarget,
            .malformedEncoding, .encodedSlash, .encodedControl, .dotSegment, .malformed, .truncated:
            (400, "Bad Request")
        case .outside: (404, "Not Found")
        case .methodNotAllowed: (405, "Method Not Allowed")
        case .slowHeader, .slowBody: (408, "Request Timeout")
        case .targetTooLong: (414, "URI Too Long")
        case .expectationUnknown: (417, "Expectation Failed")
        case .headerTooLarge: (431, "Request Header Fields Too Large")
        case .methodUnknown, .unknownTransferEncoding: (501, "Not Implemented")
        case .tooManyFromAddress, .full, .tooMuchUnreadFromAddress, .tooMuchUnread: (503, "Service Unavailable")
        case .versionUnknown: (505, "HTTP Version Not Supported")
        }
    }

    /// For machines: the name of the case, `edge.slow-header` of `slowHeader`.
    package var code: String {
        let name = "\(self)".prefix { $0 != "(" }
        return "edge." + name.map { $0.isUppercase ? "-\($0.lowercased())" : "\($0)" }.joined()
    }

    /// What was wrong, and what to do, for the person who reads it in a terminal.
    package var explanation: String {
        switch self {
        case .missingHost: "The request has no Host header. HTTP/1.1 requires exactly one."
        case .severalHosts: "The request has more than one Host header. Send exactly one."
        case .malformedHost: "The Host header is not a host name with an optional port."
        case .hostDiffersFromTarget: "The request line and the Host header name different hosts."
        case .transferEncodingInHTTP10: "HTTP/1.0 has no Transfer-Encoding. Send a Content-Length, or use HTTP/1.1."
        case .doubtfulLength: "The request says twice how long it is. Send one Content-Length or Transfer-Encoding."
        case .malformedLength: "The Content-Length is not a whole number of bytes."
        case .unknownTransferEncoding: "The only Transfer-Encoding understood here is: chunked."
        case .malformedTarget: "The address in the request line has characters that must be percent-encoded."
        case .foreignTarget: "The address in the request line is not one of this server: it must begin with a slash."
        case .asteriskTarget: "The address * is not served here."
        case .malformedEncoding: "The address in the request line has a % without the two hexadecimal digits of a byte."
        case .encodedSlash: "The address in the request line has a percent-encoded slash, which no address here has."
        case .encodedControl: "The address in the request line has a percent-encoded control character."
        case .dotSegment: "The address in the request line has . or .. for a step: send it without."
        case .outside(let base): "There is nothing at this address. The index on this host begins at \(base)/."
        case .targetTooLong: "The address in the request line is too long."
        case .headerTooLarge: "The request line and headers are too large."
        case .methodNotAllowed: "This method is not allowed here."
        case .methodUnknown: "This method is not known here."
        case .expectationUnknown: "The only expectation understood here is: 100-continue."
        case .versionUnknown: "This server speaks HTTP/1.1 and HTTP/1.0."
        case .malformed: "This is not a request that HTTP/1.1 allows."
        case .truncated: "The connection ended before the whole request had arrived."
        case .slowHeader: "The headers of the request took too long to arrive."
        case .slowBody: "The request body arrived too slowly."
        case .tooManyFromAddress: "There are too many open connections from your address. Close some and try again."
        case .full: "The server has too many open connections. Try again in a moment."
        case .tooMuchUnreadFromAddress:
            "Too many answers to your address wait to be read. Read those that you have asked for, then ask again."
        case .tooMuchUnread: "Too many answers of this server wait to be read. Try again in a moment."
        }
    }
}
