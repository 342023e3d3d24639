import CCurl
import Foundation

/// Asks others by HTTP, one request after the other, over one connection where they are at one place; by libcurl. Belongs
/// to one thread, which it blocks.
///
/// It is the only one that Rind has. Each request says how much of an answer is read and how long it may take. A POST is
/// sent where it was meant to be, and nowhere else: redirects are answers to it.
public final class HTTPClient {
    /// Who asks.
    public enum Caller: Sendable {
        /// Somebody at their own machine: whatever they may reach. Their environment may name a proxy.
        case person
        /// A server by itself. An address that is not public is asked only where it was written as it is, or as
        /// `localhost`: a name that leads into the networks around a server is somebody's way in.
        case server
    }

    /// What is asked.
    public struct Request: Sendable {
        let url: String
        var content: [UInt8]?
        var accept = "*/*"
        /// The most bytes of an answer that is read.
        let maximumBytes: Int
        /// For everything.
        let timeout: Duration

        /// A request for what is at an address. Redirects are followed, five at most, and never from https to http.
        public static func get(
            _ url: String, accept: String = "*/*", maximumBytes: Int, timeout: Duration = .seconds(120)
        ) -> Request {
            Request(url: url, accept: accept, maximumBytes: maximumBytes, timeout: timeout)
        }

        /// A request that brings something.
        public static func post(
            _ content: [UInt8], to url: String, maximumBytes: Int, timeout: Duration = .seconds(10)
        ) -> Request {
            Request(url: url, content: content, maximumBytes: maximumBytes, timeout: timeout)
        }
    }

    /// What was answered.
    public struct Answer: Sendable {
        public let status: Int
        public let body: [UInt8]
    }

    private let handle: UnsafeMutableRawPointer
    private let caller: Caller
    private var body: [UInt8] = []
    private var limit = 0
    private var isTooLong = false
    /// An address that was not asked; nil while all are.
    private var refused: NetworkAddress?
    private var isWrittenPlainly = false

    /// Once for the process, before anything else.
    private static let started: CURLcode = rind_curl_start()

    /// A client of somebody, without a connection so far.
    public init(_ caller: Caller) throws(HTTPFailure) {
        guard Self.started == CURLE_OK, let handle = curl_easy_init() else { throw .noLibrary }
        self.handle = handle
        self.caller = caller
        let me = Unmanaged.passUnretained(self).toOpaque()
        _ = rind_curl_set_text(handle, CURLOPT_PROTOCOLS_STR, "http,https")
        _ = rind_curl_set_number(handle, CURLOPT_NOSIGNAL, 1)
        _ = rind_curl_set_number(handle, CURLOPT_CONNECTTIMEOUT_MS, 15_000)
        _ = rind_curl_set_number(handle, CURLOPT_MAXREDIRS, 5)
        _ = rind_curl_set_number(handle, CURLOPT_SSLVERSION, CURL_SSLVERSION_TLSv1_2)
        _ = rind_curl_set_text(handle, CURLOPT_ACCEPT_ENCODING, "gzip")
        _ = rind_curl_set_text(handle, CURLOPT_USERAGENT, "rind")
        _ = rind_curl_set_pointer(handle, CURLOPT_WRITEDATA, me)
        _ = rind_curl_set_writer(handle, CURLOPT_WRITEFUNCTION, takeBytes)
        switch caller {
        case .person: break
        case .server:
            // What the environment says about proxies is meant for others, and a proxy would look names up for us.
            _ = rind_curl_set_text(handle, CURLOPT_PROXY, "")
            _ = rind_curl_set_pointer(handle, CURLOPT_OPENSOCKETDATA, me)
            _ = rind_curl_set_opener(handle, openSocket)
        }
    }

    deinit { curl_easy_cleanup(handle) }

    /// Asks, and returns what is answered.
    ///
    /// - Throws: ``HTTPFailure`` where there is no answer, or not one that may be read.
    public func send(_ request: Request) throws(HTTPFailure) -> Answer {
        (body, limit, isTooLong, refused) = ([], request.maximumBytes, false, nil)
        isWrittenPlainly = Self.isWrittenPlainly(request.url)
        _ = rind_curl_set_text(handle, CURLOPT_URL, request.url)
        let isSecure = request.url.lowercased().hasPrefix("https://")
        _ = rind_curl_set_text(handle, CURLOPT_REDIR_PROTOCOLS_STR, isSecure ? "https" : "http,https")
        _ = rind_curl_set_number(handle, CURLOPT_TIMEOUT_MS, Int(request.timeout / .milliseconds(1)))
        let headers = curl_slist_append(nil, "Accept: \(request.accept)")
        _ = rind_curl_set_list(handle, CURLOPT_HTTPHEADER, headers)
        defer {
            _ = rind_curl_set_list(handle, CURLOPT_HTTPHEADER, nil)
            curl_slist_free_all(headers)
        }
        let result: CURLcode
        if let content = request.content {
            _ = rind_curl_set_number(handle, CURLOPT_FOLLOWLOCATION, 0)
            result = content.withUnsafeBytes { bytes in
                _ = rind_curl_set_number(handle, CURLOPT_POSTFIELDSIZE, bytes.count)
                _ = rind_curl_set_pointer(
                    handle, CURLOPT_POSTFIELDS, UnsafeMutableRawPointer(mutating: bytes.baseAddress))
                return curl_easy_perform(handle)
            }
        } else {
            _ = rind_curl_set_number(handle, CURLOPT_FOLLOWLOCATION, 1)
            _ = rind_curl_set_number(handle, CURLOPT_HTTPGET, 1)
            result = curl_easy_perform(handle)
        }
        if refused != nil { throw .notPublic(url: request.url) }
        if isTooLong { throw .tooLong(url: request.url, maximumBytes: request.maximumBytes) }
        guard result == CURLE_OK else {
            throw .transfer(url: request.url, String(cString: curl_easy_strerror(result)))
        }
        var status = 0
        rind_curl_get_number(handle, CURLINFO_RESPONSE_CODE, &status)
        defer { body = [] }
        return Answer(status: status, body: body)
    }

    /// Whether the host is an address, or `localhost`: those who wrote it knew where it leads.
    static func isWrittenPlainly(_ url: String) -> Bool {
        guard let host = URLComponents(string: url)?.host?.lowercased() else { return false }
        if host == "localhost" || host.contains(":") { return true }
        let parts = host.split(separator: ".", omittingEmptySubsequences: false)
        return parts.count == 4 && parts.allSatisfy { UInt8($0) != nil }
    }

    fileprivate func take(_ bytes: UnsafeMutablePointer<CChar>, _ count: Int) -> Int {
        guard body.count + count <= limit else {
            isTooLong = true
            return 0
        }
        body.append(contentsOf: UnsafeRawBufferPointer(start: bytes, count: count))
        return count
    }

    /// Judges the very address that is about to be connected to: what a name led to before does not count.
    fileprivate func mayConnect(to address: NetworkAddress?) -> Bool {
        guard let address else { return false }
        // A redirect may lead elsewhere, so that a plain first address lets no other one pass.
        var redirects = 0
        rind_curl_get_number(handle, CURLINFO_REDIRECT_COUNT, &redirects)
        if address.isPublic || (isWrittenPlainly && redirects == 0) { return true }
        refused = address
        return false
    }
}

/// Why there is no answer.
public enum HTTPFailure: Error, Hashable, Sendable, CustomStringConvertible {
    case noLibrary
    /// The answer is longer than what is read of it.
    case tooLong(url: String, maximumBytes: Int)
    /// A server does not ask there by itself.
    case notPublic(url: String)
    /// What libcurl says.
    case transfer(url: String, String)

    public var description: String {
        switch self {
        case .noLibrary: "libcurl could not be started"
        case .tooLong(let url, let bytes): "\(url) cannot be read: it answers more than \(bytes) bytes"
        case .notPublic(let url):
            "\(url) is not asked: its name leads to an address that is not on the Internet. Write the address itself, if "
                + "that is meant"
        case .transfer(let url, let why): "\(url) cannot be read: \(why)"
        }
    }
}

private let takeBytes: curl_write_callback = { bytes, size, count, client in
    guard let bytes, let client else { return 0 }
    return Unmanaged<HTTPClient>.fromOpaque(client).takeUnretainedValue().take(bytes, size * count)
}

/// Told each address before it is connected to.
private let openSocket: curl_opensocket_callback = { client, _, address in
    guard let client, let address,
        let offset = MemoryLayout<curl_sockaddr>.offset(of: \.addr),
        Unmanaged<HTTPClient>.fromOpaque(client).takeUnretainedValue().mayConnect(
            to: networkAddress(UnsafeRawPointer(address) + offset, family: address.pointee.family))
    else { return curl_socket_t(-1) }
    let flags = Int32(SOCK_CLOEXEC.rawValue)
    return socket(address.pointee.family, address.pointee.socktype | flags, address.pointee.protocol)
}

private func networkAddress(_ address: UnsafeRawPointer, family: Int32) -> NetworkAddress? {
    switch family {
    case AF_INET:
        let number = address.loadUnaligned(as: sockaddr_in.self).sin_addr
        return NetworkAddress(withUnsafeBytes(of: number) { Array($0) })
    case AF_INET6:
        let number = address.loadUnaligned(as: sockaddr_in6.self).sin6_addr
        return NetworkAddress(withUnsafeBytes(of: number) { Array($0) })
    default: return nil
    }
}
