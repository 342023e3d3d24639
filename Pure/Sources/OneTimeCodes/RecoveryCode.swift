import Crypto

/// A code that stands in for a second factor once, when the factor is lost: 80 random bits.
///
/// Shown like `7k3m-qx0v-9ah2-c5tw`, in Crockford's base32: read in either case, with or without hyphens and spaces,
/// and `o` for `0`, `i` or `l` for `1`.
///
/// It never prints itself.
public struct RecoveryCode: Sendable, CustomStringConvertible, CustomDebugStringConvertible {
    /// How many an account gets at a time.
    public static let count = 10
    private static let byteCount = 10

    private let bytes: [UInt8]

    /// Reads a code as somebody typed it; nil for anything else.
    public init?(parsing text: String) {
        // Sixteen characters, and whatever a page or a printer puts between them.
        guard text.utf8.count <= 128, let bytes = Base32.crockford.decode(text), bytes.count == Self.byteCount else {
            return nil
        }
        self.bytes = bytes
    }

    private init(using generator: inout some RandomNumberGenerator) {
        bytes = (0..<Self.byteCount).map { _ in .random(in: .min ... .max, using: &generator) }
    }

    /// Ten new codes. The generator must be a cryptographic one, such as the system's.
    public static func codes(using generator: inout some RandomNumberGenerator) -> [RecoveryCode] {
        (0..<count).map { _ in RecoveryCode(using: &generator) }
    }

    /// The code itself, to be shown once.
    public var text: String { grouped(Base32.crockford.encode(bytes), by: 4, separator: "-") }

    /// What is stored of it, and looked up by: 32 bytes.
    ///
    /// One round of SHA-256, and no salt: a slow hash makes up for passwords that can be guessed, and nobody guesses 80
    /// random bits. The account's number is part of it, so that who has stolen the table has to search for each account
    /// by itself, and a code is good for no other account whatever the store does.
    ///
    /// - Parameter account: the number of the account that it belongs to.
    public func hash(for account: Int64) -> [UInt8] {
        var hash = SHA256()
        hash.update(data: Array("rind recovery code 1\0\(account)\0".utf8))
        hash.update(data: bytes)
        return Array(hash.finalize())
    }

    /// `‹secret›`
    public var description: String { "‹secret›" }
    /// `‹secret›`
    public var debugDescription: String { description }
}
