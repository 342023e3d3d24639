/// The mail server that takes the index's mail.
public struct SMTPServer: Sendable, Hashable {
    /// How the connection is kept from others.
    public enum Security: Sendable, Hashable {
        /// TLS from the first byte: `smtps`.
        case tls
        /// TLS after STARTTLS, or nothing is sent.
        case startTLS
        /// None.
        case none
    }

    public var host: String
    public var port: Int
    /// How the connection is kept from others.
    public var security: Security
    /// Whom to sign in as; nil does not sign in.
    public var user: String?
    /// The password to sign in with.
    public var password: Secret<String>?
    /// A PEM file with the authorities that its certificate may come from; nil means the system's.
    public var certificateAuthorities: String?

    public init(
        host: String, port: Int, security: Security, user: String? = nil, password: Secret<String>? = nil,
        certificateAuthorities: String? = nil
    ) {
        self.host = host
        self.port = port
        self.security = security
        self.user = user
        self.password = password
        self.certificateAuthorities = certificateAuthorities
    }
}

/// A value that must not be seen: it prints as `‹secret›`.
public struct Secret<Value: Sendable & Hashable>: Sendable, Hashable, CustomStringConvertible,
    CustomDebugStringConvertible, CustomReflectable
{
    private let value: Value

    /// Keeps a value from being seen.
    public init(_ value: Value) { self.value = value }

    /// The value itself, for anyone who has to have it.
    public func reveal() -> Value { value }

    /// `‹secret›`
    public var description: String { "‹secret›" }
    /// `‹secret›`
    public var debugDescription: String { description }
    /// Shows nothing.
    public var customMirror: Mirror { Mirror(self, children: []) }
}
