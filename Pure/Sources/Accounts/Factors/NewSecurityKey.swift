/// A security key that is to be recorded.
public struct NewSecurityKey: Sendable {
    /// What is known of it; its number is given by the store.
    public var key: SecurityKey
    /// What vouches for its model: when one of them turns out to be broken, the key is not attested any more.
    public var attestationSources: Set<AttestationSource>

    /// What vouches for the model of a key.
    public enum AttestationSource: Sendable, Hashable {
        /// A certificate of the chain that was verified, by its SHA-256; hexadecimal.
        case certificate(String)
        /// The key of a certificate that the authenticator brought, by its SHA-1; hexadecimal.
        case keyID(String)
        /// A root that the operator added, by its label, and what was found under it, in DER. Without it the key would
        /// not be attested.
        case root(String, certificate: [UInt8])
    }

    /// A key that is to be recorded; its number is not looked at.
    public init(_ key: SecurityKey, attestationSources: Set<AttestationSource> = []) {
        self.key = key
        self.attestationSources = attestationSources
    }
}
