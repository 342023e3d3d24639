import Bytes
import NIOHTTP1

/// A request whose framing leaves no doubt: where it ends, and which host it is for.
struct JudgedRequest: Equatable {
    var request: EdgeRequest
    var hasBody: Bool
    var keepsAlive: Bool
    /// The client waits for `100 Continue` before it sends the body.
    var expectsContinue: Bool
}

/// The rules of RFC 9112 and RFC 9110 that NIO's parser leaves to us. Where the standard lets a server repair a request
/// we refuse it: a proxy in front might repair it differently.
struct RequestRules {
    var maximumTarget: Int
    var basePath: BasePath = .root

    func judge(_ head: HTTPRequestHead) throws(EdgeRefusal) -> JudgedRequest {
        let isVersion10 = head.version.minor == 0
        guard head.version.major == 1, head.version.minor <= 1 else { throw .versionUnknown }
        switch head.method {
        case .TRACE: throw .methodNotAllowed
        case .CONNECT: throw .methodUnknown
        default: break
        }

        var request = EdgeRequest(method: .other, target: head.uri)
        switch head.method {
        case .GET: request.method = .get
        case .HEAD: request.method = .head
        default: break
        }
        let framing = Framing(head.headers, into: &request)
        let hasBody = try framing.hasBody(isVersion10: isVersion10)
        try framing.checkHost(isVersion10: isVersion10)
        request.target = try target(of: head.uri, host: framing.host)

        // An expectation of HTTP/1.0 is ignored (RFC 9110, section 10.1.1).
        var expectsContinue = false
        if let expect = framing.expect, !isVersion10 {
            guard expect.isToken("100-continue") else { throw .expectationUnknown }
            expectsContinue = hasBody
        }
        // After a message that offers an upgrade NIO's parser stops for good. The offer may be ignored, the connection
        // cannot be used again.
        let keepsAlive = head.isKeepAlive && !framing.offersUpgrade
        return JudgedRequest(
            request: request, hasBody: hasBody, keepsAlive: keepsAlive, expectsContinue: expectsContinue)
    }

    /// A request's path and query as the routes know them.
    func target(of uri: String, host: String?) throws(EdgeRefusal) -> String {
        try RequestTarget(normalizing: try originForm(uri, host: host), below: basePath).text
    }

    /// The path and query of the target; an absolute `http` or `https` address loses its beginning.
    private func originForm(_ target: String, host: String?) throws(EdgeRefusal) -> String {
        guard target.utf8.count <= maximumTarget else { throw .targetTooLong }
        guard target.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7f && $0 != UInt8(ascii: "#") }) else {
            throw .malformedTarget
        }
        if target.utf8.first == UInt8(ascii: "/") { return target }
        if target == "*" { throw .asteriskTarget }
        let lowercased = target.prefix(8).lowercased()
        let length = lowercased == "https://" ? 8 : lowercased.hasPrefix("http://") ? 7 : 0
        guard length > 0 else { throw .foreignTarget }
        let rest = target.dropFirst(length)
        let authority = rest.prefix { $0 != "/" && $0 != "?" }
        guard authority.isHostWithPort else { throw .malformedTarget }
        guard host == nil || host?.lowercased() == authority.lowercased() else { throw .hostDiffersFromTarget }
        let path = rest.dropFirst(authority.count)
        return path.first == "/" ? String(path) : "/" + path
    }
}

/// The header fields that say where a request ends and whom it is for.
private struct Framing {
    var host: String?
    var hosts = 0
    var length: String?
    var lengths = 0
    var transferEncoding: String?
    var transferEncodings = 0
    var expect: String?
    var offersUpgrade = false

    /// Sorts all fields in one pass, those that choose an answer into `request`.
    init(_ headers: HTTPHeaders, into request: inout EdgeRequest) {
        for (name, value) in headers {
            switch name.utf8.count {
            case 4 where name.isToken("host"):
                host = value
                hosts += 1
            case 5 where name.isToken("range"): request.range = request.range.joined(to: value)
            case 6 where name.isToken("accept"): request.accept = request.accept.joined(to: value)
            case 6 where name.isToken("expect"): expect = expect.joined(to: value)
            case 7 where name.isToken("upgrade"): offersUpgrade = true
            case 8 where name.isToken("if-range"): request.ifRange = request.ifRange.joined(to: value)
            case 10 where name.isToken("user-agent"): request.userAgent = value
            case 13 where name.isToken("authorization"): request.isCredentialed = true
            case 13 where name.isToken("if-none-match"): request.ifNoneMatch = request.ifNoneMatch.joined(to: value)
            case 14 where name.isToken("content-length"):
                length = value
                lengths += 1
            case 15 where name.isToken("accept-encoding"):
                request.acceptEncoding = request.acceptEncoding.joined(to: value)
            case 15 where name.isToken("x-forwarded-for"):
                request.forwardedFor = request.forwardedFor.joined(to: value)
            case 17 where name.isToken("transfer-encoding"):
                transferEncoding = value
                transferEncodings += 1
            default: break
            }
        }
    }

    /// RFC 9112, section 6.1 and 6.3.
    func hasBody(isVersion10: Bool) throws(EdgeRefusal) -> Bool {
        if let transferEncoding {
            guard !isVersion10 else { throw .transferEncodingInHTTP10 }
            guard length == nil else { throw .doubtfulLength }
            guard transferEncodings == 1, transferEncoding.isToken("chunked") else { throw .unknownTransferEncoding }
            return true
        }
        guard let length else { return false }
        guard lengths == 1, !length.utf8.contains(UInt8(ascii: ",")) else { throw .doubtfulLength }
        guard (1...18).contains(length.utf8.count), length.utf8.allSatisfy(\.isASCIIDigit) else {
            throw .malformedLength
        }
        return length.utf8.contains { $0 != UInt8(ascii: "0") }
    }

    /// RFC 9112, section 3.2.
    func checkHost(isVersion10: Bool) throws(EdgeRefusal) {
        guard hosts <= 1 else { throw .severalHosts }
        guard let host else {
            if isVersion10 { return }
            throw .missingHost
        }
        guard host.isHostWithPort else { throw .malformedHost }
    }
}

extension Optional<String> {
    fileprivate func joined(to value: String) -> String {
        guard let self else { return value }
        return "\(self), \(value)"
    }
}

extension StringProtocol {
    /// Whether this is `lowercase`, written in any case. `lowercase` consists of lowercase ASCII.
    func isToken(_ lowercase: StaticString) -> Bool {
        guard utf8.count == lowercase.utf8CodeUnitCount else { return false }
        var expected = lowercase.utf8Start
        for byte in utf8 {
            guard byte.asciiLowercased == expected.pointee else { return false }
            expected += 1
        }
        return true
    }

    /// A registered name or address with an optional port, as in RFC 9110, section 7.2, without percent-encoding and
    /// punctuation, which no name in the DNS has.
    fileprivate var isHostWithPort: Bool {
        var rest = utf8[...]
        if rest.first == UInt8(ascii: "[") {
            guard let end = rest.firstIndex(of: UInt8(ascii: "]")) else { return false }
            let address = rest[rest.index(after: rest.startIndex)..<end]
            guard !address.isEmpty, address.allSatisfy({ $0.isUnreserved || $0 == UInt8(ascii: ":") }) else {
                return false
            }
            rest = rest[rest.index(after: end)...]
        } else {
            let name = rest.prefix { $0 != UInt8(ascii: ":") }
            guard !name.isEmpty, name.allSatisfy(\.isUnreserved) else { return false }
            rest = rest[name.endIndex...]
        }
        guard let colon = rest.first else { return true }
        let port = rest.dropFirst()
        return colon == UInt8(ascii: ":") && port.count <= 5 && port.allSatisfy(\.isASCIIDigit)
    }
}
