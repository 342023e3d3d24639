import Accounts

/// Who asks, as far as a browser tells: its secret, and where it is.
public struct Browser: Sendable {
    /// The secret in its cookie.
    public var secret: OneTimeSecret
    public var origin: RequestOrigin

    /// A browser with its secret.
    public init(secret: OneTimeSecret, origin: RequestOrigin) {
        self.secret = secret
        self.origin = origin
    }
}

/// A session that has begun or risen: the browser gets a new secret with it, so that one that was planted before is
/// worth nothing.
public struct SignedIn: Sendable {
    public let session: Session
    /// The browser's secret from now on.
    public let secret: OneTimeSecret
}
