import Bytes
import Crypto
import PackagingFormats
import Primitives

/// A SHA-256.
public struct ContentDigest: Sendable, Hashable {
    /// 64 lower-case digits.
    public let hexadecimal: String

    /// Of bytes.
    init(of bytes: [UInt8]) { hexadecimal = SHA256.hash(data: bytes).hexadecimal }

    /// Reads 64 lower-case digits; nil for anything else.
    public init?(hexadecimal text: String) {
        guard text.utf8.count == 64, text.utf8.allSatisfy("0123456789abcdef".utf8.contains) else { return nil }
        hexadecimal = text
    }
}

/// A file, as the journal names it.
public struct FileOnRecord: Sendable, Hashable {
    public let version: Version
    public let filename: DistributionFilename
    /// The SHA-256 of its bytes, in lower-case hexadecimal.
    public let sha256: String

    public init(version: Version, filename: DistributionFilename, sha256: String) {
        self.version = version
        self.filename = filename
        self.sha256 = sha256
    }
}
