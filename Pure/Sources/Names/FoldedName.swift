import Bytes

/// A name without what people write in several ways: no separators, no capitals. `Scikit_Learn` and `scikitlearn` are
/// one.
public struct FoldedName: Sendable, Hashable {
    /// ASCII letters in lower case, and digits. Other characters than these are left out.
    public let bytes: [UInt8]
    /// Which letters and digits are in it, and which letters more than once: bits, of which an edit changes two at most.
    let signature: UInt64

    /// A name, or what somebody took for one.
    public init(_ text: some StringProtocol) {
        self.init(bytes: text.utf8.lazy.filter(\.isASCIIAlphanumeric).map(\.asciiLowercased))
    }

    init(bytes: some Sequence<UInt8>) {
        self.bytes = Array(bytes)
        signature = Self.signature(of: self.bytes)
    }

    /// A letter has a bit for its first place, and one for all others; a digit has one.
    private static func signature(of bytes: [UInt8]) -> UInt64 {
        bytes.reduce(0) { bits, byte in
            if byte.isASCIIDigit { return bits | 1 << UInt64(byte - 0x30 + 52) }
            let first: UInt64 = 1 << UInt64(byte - 0x61)
            return bits & first == 0 ? bits | first : bits | first << 26
        }
    }
}
