/// A security key that is to be recorded.
public struct NewSecurityKey: Sendable {
    /// What is known of it; its number is given by the store.
    public var key: SecurityKey
    /// What vouches for its make: when one of them turns out to be broken, the key is not attested any more.
    public var vouchers: Set<Voucher>

    /// What vouches for the make of a key.
    public enum Voucher: Sendable, Hashable {
        /// A certificate of the chain that was verified, by its SHA-256; hexadecimal.
        case certificate(String)
        /// The key of a certificate that the authenticator brought, by its SHA-1; hexadecimal.
        case keyID(String)
        /// A root that the operator added, by its label. Without it the key would not be attested.
        case root(String)
    }

    /// A key that is to be recorded; its number is not looked at.
    public init(_ key: SecurityKey, vouchers: Set<Voucher> = []) {
        self.key = key
        self.vouchers = vouchers
    }
}
