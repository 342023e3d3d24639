import Bytes

/// Where things are in the folder: `incoming/<random>` while they come, then `<aa>/<sha256>` for good, where `aa` are
/// the first digits of the digest: 256 directories, which are soon there and then cost nothing more, with some
/// thousands of files each in an index of a million.
struct BlobLayout: Sendable {
    /// Without a slash at its end.
    let root: String

    var incoming: String { "\(root)/incoming" }
    /// Empty; see `FolderBlobStore.lock`.
    var lock: String { "\(root)/lock" }

    /// A name of 128 random bits, so that nothing that is there can have it.
    func newIncomingPath() -> String {
        var random = SystemRandomNumberGenerator()
        let name = [random.next(), random.next()].map { bits in
            String(repeating: "0", count: bits.leadingZeroBitCount / 4) + String(bits, radix: 16)
        }
        return "\(incoming)/\(name.joined())"
    }

    func place(of digest: SHA256Digest) -> BlobPlace {
        let directory = "\(root)/\(digest.text.prefix(2))"
        return BlobPlace(root: root, directory: directory, path: "\(directory)/\(digest.text)")
    }
}

/// A blob's path with the directories above it.
struct BlobPlace {
    let root: String
    let directory: String
    let path: String
}

/// A SHA-256 in 64 lower-case hexadecimal digits. Whatever becomes part of a path has been one of these.
struct SHA256Digest: Hashable, Sendable, Comparable {
    let text: String

    init?(_ text: String) {
        guard text.utf8.count == 64, text.utf8.allSatisfy({ $0.hexadecimalValue != nil && $0 == $0.asciiLowercased })
        else { return nil }
        self.text = text
    }

    static func < (left: Self, right: Self) -> Bool { left.text < right.text }
}
