import Accounts
import CCurl
import Foundation
import Letters

/// One connection to a mail server, for one mail. Belongs to one thread, which it blocks.
final class SMTPExchange {
    private let handle: UnsafeMutableRawPointer
    private let server: SMTPServer
    private let timeouts: SMTPTransport.Timeouts
    private let cancellation: Cancellation
    private var replies = SMTPReplies()
    /// What libcurl reads until the end.
    private var mime: OpaquePointer?
    private var lists: [UnsafeMutablePointer<curl_slist>] = []
    /// Where libcurl writes what went wrong, in words.
    private let complaint = UnsafeMutablePointer<CChar>.allocate(capacity: Int(CURL_ERROR_SIZE))

    /// Once for the process, before anything else.
    private static let started: CURLcode = rind_curl_start()

    init(
        _ server: SMTPServer, _ timeouts: SMTPTransport.Timeouts, _ cancellation: Cancellation
    ) throws(MailFailure) {
        guard Self.started == CURLE_OK, let handle = curl_easy_init() else {
            throw MailFailure(reason: "libcurl could not be started", isPermanent: false)
        }
        self.handle = handle
        self.server = server
        self.timeouts = timeouts
        self.cancellation = cancellation
        complaint.initialize(repeating: 0, count: Int(CURL_ERROR_SIZE))
    }

    deinit {
        // It says goodbye to the server, whose answer must not come to an object that goes.
        _ = rind_curl_set_writer(handle, CURLOPT_HEADERFUNCTION, dropBytes)
        _ = rind_curl_set_number(handle, CURLOPT_NOPROGRESS, 1)
        curl_easy_cleanup(handle)
        if let mime { curl_mime_free(mime) }
        for list in lists { curl_slist_free_all(list) }
        complaint.deallocate()
    }

    /// Sends the mail and returns the server's last words.
    func send(_ message: MailMessage, _ header: MailHeader) throws -> String {
        try connect(as: message.sender.domain)
        try set(CURLOPT_MAIL_FROM, "<\(message.sender.address.text)>")
        try set(CURLOPT_MAIL_RCPT, list(["<\(message.mail.to.text)>"]))
        // The root's type is a header field here; libcurl adds the boundary.
        try set(CURLOPT_HTTPHEADER, list(header.lines + ["Content-Type: multipart/alternative"]))
        try check(rind_curl_set_mime(handle, parts(of: message.mail)))

        let me = Unmanaged.passUnretained(self).toOpaque()
        try check(rind_curl_set_pointer(handle, CURLOPT_HEADERDATA, me))
        try check(rind_curl_set_writer(handle, CURLOPT_HEADERFUNCTION, takeReply))
        try check(rind_curl_set_writer(handle, CURLOPT_WRITEFUNCTION, dropBytes))
        try check(rind_curl_set_pointer(handle, CURLOPT_XFERINFODATA, me))
        try check(rind_curl_set_progress(handle, shouldStop))
        try set(CURLOPT_NOPROGRESS, 0)
        try check(rind_curl_set_pointer(handle, CURLOPT_ERRORBUFFER, complaint))

        let result = curl_easy_perform(handle)
        if result == CURLE_OK { return replies.last?.text ?? "taken without a word" }
        if result == CURLE_ABORTED_BY_CALLBACK { throw CancellationError() }
        throw failure(result)
    }

    private func connect(as name: String) throws {
        let scheme = server.security == .tls ? "smtps" : "smtp"
        let host = server.host.contains(":") ? "[\(server.host)]" : server.host
        // The path is the name that we greet with.
        try set(CURLOPT_URL, "\(scheme)://\(host):\(server.port)/\(name)")
        try set(CURLOPT_PROTOCOLS_STR, "smtp,smtps")
        // What the environment says about proxies is meant for others.
        try set(CURLOPT_PROXY, "")
        try set(CURLOPT_NOSIGNAL, 1)
        let security = server.security == .none ? CURLUSESSL_NONE : CURLUSESSL_ALL
        try set(CURLOPT_USE_SSL, Int(security.rawValue))
        try set(CURLOPT_SSLVERSION, CURL_SSLVERSION_TLSv1_2)
        if let file = server.certificateAuthorities { try set(CURLOPT_CAINFO, file) }
        if let user = server.user {
            try set(CURLOPT_USERNAME, user)
            try set(CURLOPT_PASSWORD, server.password?.reveal() ?? "")
        }
        try set(CURLOPT_CONNECTTIMEOUT_MS, timeouts.connect.milliseconds)
        try set(CURLOPT_TIMEOUT_MS, timeouts.total.milliseconds)
    }

    /// Both parts, the one that says more last (RFC 2046, section 5.1.4).
    private func parts(of mail: OutgoingMail) throws(MailFailure) -> OpaquePointer {
        guard let mime = curl_mime_init(handle) else { throw Self.outOfMemory }
        self.mime = mime
        for (type, content) in [("text/plain", mail.text), ("text/html", mail.html)] {
            let bytes = Array(content.replacing("\r\n", with: "\n").replacing("\n", with: "\r\n").utf8)
            guard let part = curl_mime_addpart(mime),
                bytes.withUnsafeBytes({ curl_mime_data(part, $0.baseAddress, $0.count) }) == CURLE_OK,
                curl_mime_type(part, "\(type); charset=utf-8") == CURLE_OK,
                curl_mime_encoder(part, "quoted-printable") == CURLE_OK
            else { throw Self.outOfMemory }
        }
        return mime
    }

    private func list(_ texts: [String]) throws(MailFailure) -> UnsafeMutablePointer<curl_slist> {
        var list: UnsafeMutablePointer<curl_slist>?
        for text in texts {
            guard let longer = curl_slist_append(list, text) else {
                curl_slist_free_all(list)
                throw Self.outOfMemory
            }
            list = longer
        }
        guard let list else { throw Self.outOfMemory }
        lists.append(list)
        return list
    }

    private func failure(_ result: CURLcode) -> MailFailure {
        var code = 0
        rind_curl_get_number(handle, CURLINFO_RESPONSE_CODE, &code)
        if let reply = replies.lastRefusal, reply.code == code, result != CURLE_USE_SSL_FAILED {
            return MailFailure(
                reason: reply.text, code: code,
                isPermanent: result != CURLE_LOGIN_DENIED && replies.refusesTheMail(reply))
        }
        let words = String(cString: complaint)
        return MailFailure(
            reason: words.isEmpty ? String(cString: curl_easy_strerror(result)) : words, isPermanent: false)
    }

    private func set(_ option: CURLoption, _ text: String) throws(MailFailure) {
        try check(rind_curl_set_text(handle, option, text))
    }

    private func set(_ option: CURLoption, _ number: Int) throws(MailFailure) {
        try check(rind_curl_set_number(handle, option, number))
    }

    private func set(_ option: CURLoption, _ list: UnsafeMutablePointer<curl_slist>) throws(MailFailure) {
        try check(rind_curl_set_list(handle, option, list))
    }

    private func check(_ result: CURLcode) throws(MailFailure) {
        guard result == CURLE_OK else {
            throw MailFailure(reason: String(cString: curl_easy_strerror(result)), isPermanent: false)
        }
    }

    private static let outOfMemory = MailFailure(reason: "out of memory", isPermanent: false)

    fileprivate func take(line: UnsafeRawBufferPointer) { replies.add(line: String(decoding: line, as: UTF8.self)) }

    fileprivate var isTimeUp: Bool { cancellation.age.map { $0 > timeouts.grace } ?? false }
}

/// Told every line that the server says.
private let takeReply: curl_write_callback = { bytes, size, count, exchange in
    if let bytes, let exchange {
        Unmanaged<SMTPExchange>.fromOpaque(exchange).takeUnretainedValue().take(
            line: UnsafeRawBufferPointer(start: bytes, count: size * count))
    }
    return size * count
}

/// A mail server has no body to give; libcurl would write one to standard output.
private let dropBytes: curl_write_callback = { _, size, count, _ in size * count }

/// Asked about once a second, and whenever something happens.
private let shouldStop: curl_xferinfo_callback = { exchange, _, _, _, _ in
    guard let exchange else { return 0 }
    return Unmanaged<SMTPExchange>.fromOpaque(exchange).takeUnretainedValue().isTimeUp ? 1 : 0
}

extension Duration {
    fileprivate var milliseconds: Int {
        Int(components.seconds) * 1_000 + Int(components.attoseconds / 1_000_000_000_000_000)
    }
}
