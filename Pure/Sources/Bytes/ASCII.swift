// Bytes are compared as bytes, and only ASCII has a case.

extension UInt8 {
    /// `0` to `9`.
    @inlinable public var isASCIIDigit: Bool { self &- 0x30 < 10 }

    /// `A` to `Z` and `a` to `z`.
    @inlinable public var isASCIILetter: Bool { (self | 0x20) &- 0x61 < 26 }

    /// A letter or a digit.
    @inlinable public var isASCIIAlphanumeric: Bool { isASCIIDigit || isASCIILetter }

    /// The lower-case form of an ASCII letter; every other byte as it is.
    @inlinable public var asciiLowercased: UInt8 { self &- 0x41 < 26 ? self | 0x20 : self }

    /// `unreserved` of RFC 3986, section 2.3: what stands for itself wherever it is in an address.
    @inlinable public var isUnreserved: Bool {
        switch self {
        case UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"), UInt8(ascii: "~"): true
        default: isASCIIAlphanumeric
        }
    }

    /// What a hexadecimal digit of either case is worth; nil for anything else.
    @inlinable public var hexadecimalValue: UInt8? {
        if isASCIIDigit { return self &- 0x30 }
        let letter = (self | 0x20) &- 0x61
        return letter < 6 ? letter + 10 : nil
    }
}

extension Collection<UInt8> {
    /// Whether a text is short enough to be compared with others and to be a key.
    ///
    /// Swift compares strings by canonical equivalence and for that puts the accents of one letter in order, in
    /// quadratic time: a letter with thirty thousand accents takes seconds. ASCII has no accents and may be as long as
    /// it likes.
    public var isComparableText: Bool { count <= 4_096 || allSatisfy { $0 < 0x80 } }
}
