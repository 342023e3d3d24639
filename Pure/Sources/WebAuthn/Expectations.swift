/// What the relying party expects of a response. All of it comes from the server's own record of the ceremony, nothing
/// from the response.
public struct Expectations: Sendable {
    /// The bytes that the server drew for this ceremony: at least 16 random ones. Use them up before verifying.
    public var challenge: [UInt8]
    /// The origins that may call, serialized as browsers do (`https://example.org`): compared byte for byte.
    public var origins: [String]
    /// The relying party's id, a domain: `example.org`.
    public var relyingPartyID: String
    /// Whether the authenticator has to have verified who uses it.
    public var requiresUserVerification: Bool
    /// The algorithms that were offered. Only registration looks at them.
    public var algorithms: [Algorithm] = Algorithm.allCases
    /// The credential ids that were asked for; empty where any will do. Only authentication looks at them.
    public var allowedCredentials: [[UInt8]] = []
    /// The user handle of the account that is signing in, where the server knew it before the ceremony: nil for a
    /// sign-in with a passkey alone, which then has to say whose it is. Only authentication looks at it.
    public var userHandle: [UInt8]?
    /// Whether another site may have shown our page in a frame.
    public var framing = Framing.refused
    /// The U2F AppID that the `appid` extension was given, for keys from before WebAuthn. Only authentication looks at
    /// it.
    public var appID: String?

    /// Where SHA-1 is taken.
    public var sha1 = SHA1.tpmStatements
    /// Whether a statement of a format that is not known is taken for none at all, where attestation is not demanded.
    /// Only registration looks at it.
    public var ignoresUnknownAttestation = false

    /// Expects the given, with every algorithm offered and any credential allowed.
    public init(challenge: [UInt8], origins: [String], relyingPartyID: String, requiresUserVerification: Bool) {
        self.challenge = challenge
        self.origins = origins
        self.relyingPartyID = relyingPartyID
        self.requiresUserVerification = requiresUserVerification
    }

    /// Where the calling page may stand.
    public enum Framing: Hashable, Sendable {
        /// Not in a frame of another origin.
        case refused
        /// In a frame of another origin; where the browser names the origin around it, it has to be one of these.
        case allowed(topOrigins: [String])
    }

    /// Where signatures with SHA-1 are taken.
    public enum SHA1: Hashable, Sendable {
        /// Nowhere.
        case refused
        /// Within a TPM's attestation, as most TPMs under Windows make it. The statement is about one ceremony, so two
        /// messages of one digest that are found later are of no use.
        case tpmStatements
        /// From credentials too, where `algorithms` offers it: for keys from before 2019 that make nothing else.
        case everywhere
    }
}
