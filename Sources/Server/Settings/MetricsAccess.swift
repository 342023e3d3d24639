import Crypto
import Foundation
import HTTPTypes
import Mail
import Primitives

/// Who may read the figures at `/metrics`: this machine itself, anyone who brings the token, or everybody if the
/// operator opens them. They tell how much is here, how busy it is and how safe its people are.
public struct MetricsAccess: Sendable {
    /// Whether everybody may.
    public var isOpen = false
    /// What a reader from elsewhere has to bring as `Authorization: Bearer …`; nil when nobody from elsewhere may.
    public var token: Secret<String>?

    /// This machine only.
    public init() {}

    init(_ reader: inout SettingsReader) {
        isOpen = reader.choice(.metrics, of: ["loopback", "open"]) == "open"
        guard let path = reader.text(.metricsTokenFile) else { return }
        guard let content = try? String(contentsOfFile: path, encoding: .utf8),
            let line = content.split(whereSeparator: \.isNewline).first?.trimmingCharacters(in: .whitespaces),
            line.utf8.count >= 16
        else {
            let _: Never? = reader.mistake(
                .metricsTokenFile, "there is no token of at least 16 characters in '\(path)', or it cannot be read")
            return
        }
        token = Secret(line)
    }

    /// Whether a request may read them.
    ///
    /// A request that says of itself that a proxy passed it on is not this machine's, whichever proxies are trusted:
    /// its connection comes from loopback all the same.
    ///
    /// - Parameter remote: the address of the connection.
    public func admits(remote: String?, headers: HTTPFields) -> Bool {
        if isOpen { return true }
        if let token, let given = headers[.authorization], given.lowercased().hasPrefix("bearer ") {
            let text = given.dropFirst("bearer ".count).trimmingCharacters(in: .whitespaces)
            // Of digests, a comparison that ends early says nothing of the token.
            if SHA256.hash(data: Data(text.utf8)) == SHA256.hash(data: Data(token.reveal().utf8)) { return true }
        }
        guard let remote, remote == "::1" || remote.hasPrefix("127.") || remote.hasPrefix("::ffff:127.") else {
            return false
        }
        return !headers.contains { field in
            let name = field.name.canonicalName
            return name == "forwarded" || name == "via" || name == "x-real-ip" || name.hasPrefix("x-forwarded-")
        }
    }
}

/// Somebody from elsewhere asked for the figures.
struct MetricsRefusal: Refusal {
    let takesToken: Bool

    var kind: RefusalKind { .forbidden }
    var code: String { "metrics.not-open" }
    var explanation: String {
        takesToken
            ? "These figures are for anyone who operates this index: bring the token as Authorization: Bearer TOKEN."
            : "These figures are for the machine that serves this index. Its operator can give you a token "
                + "(--metrics-token-file), or open them to everybody (--metrics open)."
    }
}
