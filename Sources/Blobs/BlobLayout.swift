/// Where things are in the folder: `incoming/<random>` while they come, then `<aa>/<bb>/<sha256>` for good, where `aa`
/// and `bb` are the first digits of the digest.
struct BlobLayout: Sendable {
    /// Without a slash at its end.
    let root: String

    var incoming: String { "\(root)/incoming" }
    /// Empty; see `FolderBlobStore.lock`.
    var lock: String { "\(root)/lock" }

    /// A name of 128 random bits, so that nothing that is there can have it.
    func newIncomingPath() -> String {
        var random = SystemRandomNumberGenerator()
        return "\(incoming)/\(hexadecimal((0..<16).map { _ in UInt8.random(in: .min ... .max, using: &random) }))"
    }

    func place(of digest: SHA256Digest) -> BlobPlace {
        let outer = "\(root)/\(digest.text.prefix(2))"
        let inner = "\(outer)/\(digest.text.dropFirst(2).prefix(2))"
        return BlobPlace(root: root, outer: outer, inner: inner, path: "\(inner)/\(digest.text)")
    }
}

/// A blob's path with the directories above it.
struct BlobPlace {
    let root: String
    let outer: String
    let inner: String
    let path: String
}

/// A SHA-256 in 64 lower-case hexadecimal digits. Whatever becomes part of a path has been one of these.
struct SHA256Digest: Hashable, Sendable, Comparable {
    let text: String

    init?(_ text: String) {
        guard text.utf8.count == 64, text.utf8.allSatisfy({ (0x30...0x39).contains($0) || (0x61...0x66).contains($0) })
        else { return nil }
        self.text = text
    }

    static func < (left: Self, right: Self) -> Bool { left.text < right.text }
}
