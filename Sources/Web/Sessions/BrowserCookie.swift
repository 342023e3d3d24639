import HTTPTypes

/// The cookie by which a browser is known again. Its value is a secret of 64 hexadecimal digits, which is there before
/// anybody signs in, so that forms can be bound to it.
///
/// Source: RFC 6265bis, section 4.1.3.2 (`__Host-`): such a cookie comes from this host over TLS, or not at all, and is
/// sent to all of it. An index that stands below a path shares its host: its cookie is sent to that path only, and
/// `__Secure-` is the prefix that allows for it (section 4.1.3.1).
public struct BrowserCookie: Sendable, Hashable {
    /// `__Host-rind` on TLS, `__Secure-rind` below a path there, and `rind` without TLS.
    public let name: String
    private let isSecure: Bool
    private let path: String
    private let seconds: Int64?
    private let isForScripts: Bool

    /// - Parameter isSecure: whether browsers reach the index by TLS only.
    /// - Parameter basePath: where the index stands.
    public init(isSecure: Bool, below basePath: BasePath = .root) {
        self.init("rind", isSecure: isSecure, below: basePath, seconds: nil)
    }

    /// The cookie by which a browser is known again in a year: `__Host-rind-known`. It lets nobody in.
    ///
    /// - Parameter lifetime: how long the browser keeps it.
    public static func known(
        isSecure: Bool, below basePath: BasePath = .root, for lifetime: Duration
    ) -> BrowserCookie {
        BrowserCookie("rind-known", isSecure: isSecure, below: basePath, seconds: lifetime.components.seconds)
    }

    /// The cookie that tells the script of public pages who is signed in, to show in their head: `__Host-rind-name`. It
    /// proves nothing, and the server believes nothing of it.
    public static func name(isSecure: Bool, below basePath: BasePath = .root) -> BrowserCookie {
        BrowserCookie("rind-name", isSecure: isSecure, below: basePath, seconds: nil, isForScripts: true)
    }

    private init(
        _ name: String, isSecure: Bool, below basePath: BasePath, seconds: Int64?, isForScripts: Bool = false
    ) {
        self.isForScripts = isForScripts
        let prefix = !isSecure ? "" : basePath == .root ? "__Host-" : "__Secure-"
        self.name = prefix + name
        path = basePath.cookiePath
        self.isSecure = isSecure
        self.seconds = seconds
    }

    /// The value that a request brings; nil when it brings none, or several that differ: one of them was planted.
    public func value(in headers: HTTPFields) -> String? {
        // `Cookie` fields are kept apart by the HTTP types; a browser sends one (RFC 6265bis, section 5.8.1).
        let pairs = headers[values: .cookie].flatMap { $0.split(separator: ";") }
        var values = Set<Substring>()
        for pair in pairs {
            let parts = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            guard parts.count == 2, parts[0].trimmedOfBlanks == name else { continue }
            values.insert(parts[1].trimmedOfBlanks)
        }
        return values.count == 1 ? values.first.map(String.init) : nil
    }

    /// The `Set-Cookie` field that gives a browser a value. That of a session ends with the browser; what it stands for
    /// ends earlier.
    public func setting(_ value: String) -> String { field(value, seconds: seconds) }

    /// The `Set-Cookie` field that takes it back.
    public var removing: String { field("", seconds: 0) }

    private func field(_ value: String, seconds: Int64?) -> String {
        "\(name)=\(value); Path=\(path)\(isForScripts ? "" : "; HttpOnly"); SameSite=Lax\(isSecure ? "; Secure" : "")"
            + (seconds.map { "; Max-Age=\($0)" } ?? "")
    }
}

extension Substring {
    fileprivate var trimmedOfBlanks: Substring {
        let isBlank: (Character) -> Bool = { $0 == " " || $0 == "\t" }
        var rest = drop(while: isBlank)
        while let last = rest.last, isBlank(last) { rest.removeLast() }
        return rest
    }
}
