import UTC

/// Whether an account was signed in to from somewhere before. It gives no right: it decides what is news to its holder,
/// and that strangers who guess at a password do not use up the attempts of its holder. Of how long it is known in a
/// browser, `FirstFactorEvidence` makes something.
public enum KnownDevice: Sendable, Hashable {
    /// In this very browser.
    case browser
    /// In another browser of the same network.
    case network
    /// Neither.
    case unknown
}

/// A browser in which an account was signed in to, known again by a secret of its own.
public enum KnownBrowser {
    /// How long one is known after the last sign-in in it; as long as browsers keep a cookie (RFC 6265bis, section
    /// 5.5).
    public static let lifetime = Duration.days(400)
    /// How many of an account are known; beyond that, those of which it was longest ago are forgotten.
    public static let most = 100
}
