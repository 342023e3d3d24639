import Bytes
import Crypto

/// A SHA-256 in a Merkle tree: of an entry, of two hashes below, or of a whole tree.
///
/// What is hashed begins with a byte that says which of the two it is, so that an entry can never be taken for a node.
///
/// Source: RFC 9162, section 2.1.1 (the same as RFC 6962, section 2.1).
public struct TreeHash: Sendable, Hashable {
    // Four words rather than an array: a tree of millions has no object for each of them.
    private let words: (UInt64, UInt64, UInt64, UInt64)

    /// How many bytes it has.
    public static let byteCount = 32

    /// Reads 32 bytes; nil for any other number.
    public init?(_ bytes: some Collection<UInt8>) {
        guard bytes.count == Self.byteCount else { return nil }
        self.init(exactly: bytes)
    }

    /// Reads base64 with padding (RFC 4648, section 4); nil for anything else, and for other than 32 bytes.
    public init?(base64 text: some StringProtocol) {
        guard let bytes = Base64.standard.bytes(text.utf8, padding: .required) else { return nil }
        self.init(bytes)
    }

    /// Of an entry of the log.
    public init(ofEntry entry: some Sequence<UInt8>) {
        var hash = SHA256()
        hash.update(data: [0x00])
        hash.update(data: Array(entry))
        self.init(hash.finalize())
    }

    /// Of two subtrees, side by side.
    public init(_ left: TreeHash, _ right: TreeHash) {
        // In one piece, and without an array: a tile takes 255 of these, and each proof out of another tile as many.
        self = withUnsafeTemporaryAllocation(byteCount: 1 + 2 * Self.byteCount, alignment: 1) { bytes in
            bytes[0] = 0x01
            left.withBytes { UnsafeMutableRawBufferPointer(rebasing: bytes[1...]).copyMemory(from: $0) }
            right.withBytes {
                UnsafeMutableRawBufferPointer(rebasing: bytes[(1 + Self.byteCount)...]).copyMemory(from: $0)
            }
            var hash = SHA256()
            hash.update(bufferPointer: UnsafeRawBufferPointer(bytes))
            return TreeHash(hash.finalize())
        }
    }

    /// Of a tree without entries: the SHA-256 of nothing.
    public static let empty = TreeHash(SHA256.hash(data: [UInt8]()))

    private init(_ digest: SHA256Digest) {
        var words = (UInt64(0), UInt64(0), UInt64(0), UInt64(0))
        withUnsafeMutableBytes(of: &words) { words in digest.withUnsafeBytes { words.copyMemory(from: $0) } }
        self.words = words
    }

    private init(exactly bytes: some Collection<UInt8>) {
        var words = (UInt64(0), UInt64(0), UInt64(0), UInt64(0))
        withUnsafeMutableBytes(of: &words) { $0.copyBytes(from: bytes) }
        self.words = words
    }

    /// The 32 bytes.
    public var bytes: [UInt8] { withBytes(Array.init) }

    /// In base64 with padding.
    public var base64: String { Base64.standard.padded(bytes) }

    private func withBytes<Result>(_ body: (UnsafeRawBufferPointer) -> Result) -> Result {
        withUnsafeBytes(of: words, body)
    }

    /// Whether all 32 bytes are the same.
    public static func == (a: Self, b: Self) -> Bool { a.words == b.words }

    /// Hashes the 32 bytes.
    public func hash(into hasher: inout Hasher) { withBytes { hasher.combine(bytes: $0) } }
}
