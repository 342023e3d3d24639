import HTTPTypes

/// The cookie by which a browser is known again. Its value is a secret of 64 hexadecimal digits, which is there before
/// anybody signs in, so that forms can be bound to it.
///
/// Source: RFC 6265bis, section 4.1.3.2 (`__Host-`): such a cookie comes from this host over TLS, or not at all.
public struct BrowserCookie: Sendable, Hashable {
    /// `__Host-rind` on TLS, and `rind` where there is none.
    public let name: String
    private let isSecure: Bool

    /// - Parameter isSecure: whether browsers reach the index by TLS only.
    public init(isSecure: Bool) {
        self.isSecure = isSecure
        name = isSecure ? "__Host-rind" : "rind"
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

    /// The `Set-Cookie` field that gives a browser a value. It ends with the browser; what it stands for ends earlier.
    public func setting(_ value: String) -> String {
        "\(name)=\(value); Path=/; HttpOnly; SameSite=Lax\(isSecure ? "; Secure" : "")"
    }

    /// The `Set-Cookie` field that takes it back.
    public var removing: String { setting("") + "; Max-Age=0" }
}

extension Substring {
    fileprivate var trimmedOfBlanks: Substring {
        let isBlank: (Character) -> Bool = { $0 == " " || $0 == "\t" }
        var rest = drop(while: isBlank)
        while let last = rest.last, isBlank(last) { rest.removeLast() }
        return rest
    }
}
