import Crypto

/// What is stored of a secret that is random enough that nothing slower is needed: its SHA-256.
public enum SecretHash {
    /// Of a secret's bytes.
    public static func of(_ secret: [UInt8]) -> [UInt8] { Array(SHA256.hash(data: secret)) }
}
