import Bytes

extension CBOR {
    /// Most bytes that are read: far more than any authenticator sends.
    public static let maximumBytes = 65_536
    /// Most arrays and maps within each other. A compound attestation needs five.
    public static let maximumDepth = 8

    /// Reads exactly one item: nothing may follow it.
    public init(decoding bytes: [UInt8], form: CBORForm) throws(MalformedCBOR) {
        var rest = bytes[...]
        self = try CBOR.read(from: &rest, form: form)
        guard rest.isEmpty else { throw .trailingBytes }
    }

    /// Reads the item that `bytes` begins with and leaves in `bytes` what follows it.
    static func read(from bytes: inout ArraySlice<UInt8>, form: CBORForm) throws(MalformedCBOR) -> CBOR {
        guard bytes.count <= maximumBytes else { throw .tooLong }
        var reader = CBORReader(rest: bytes, form: form)
        let item = try reader.item(depth: 0)
        bytes = reader.rest
        return item
    }
}

/// Reads items off the front of a slice.
///
/// Nothing is allocated for a length before it is known that as many bytes are left, so what a hostile input makes us
/// allocate is bounded by the input.
private struct CBORReader {
    var rest: ArraySlice<UInt8>
    let form: CBORForm

    mutating func item(depth: Int) throws(MalformedCBOR) -> CBOR {
        guard let initial = rest.popFirst() else { throw .truncated }
        let major = initial >> 5
        if major == 7 { return try Self.simple(initial) }
        guard major != 6 else { throw .unsupported(initial) }
        let argument = try argument(of: initial)
        switch major {
        case 0: return .unsigned(argument)
        case 1: return .negative(argument)
        case 2: return .bytes(Array(try take(argument)))
        case 3:
            let bytes = try take(argument)
            guard bytes.isComparableText else { throw .unsupported(initial) }
            guard let text = String(validating: bytes, as: UTF8.self) else { throw .invalidUTF8 }
            return .text(text)
        case 4: return .array(try array(of: argument, depth: depth + 1))
        default: return .map(try map(of: argument, depth: depth + 1))
        }
    }

    private static func simple(_ initial: UInt8) throws(MalformedCBOR) -> CBOR {
        switch initial {
        case 0xf4: .boolean(false)
        case 0xf5: .boolean(true)
        case 0xf6: .null
        default: throw .unsupported(initial)
        }
    }

    /// The number that the first byte carries or that follows it.
    private mutating func argument(of initial: UInt8) throws(MalformedCBOR) -> UInt64 {
        let information = initial & 0x1f
        guard information >= 24 else { return UInt64(information) }
        guard information <= 27 else { throw .unsupported(initial) }
        let width = 1 << Int(information - 24)
        let value = try take(UInt64(width)).reduce(0 as UInt64) { $0 << 8 | UInt64($1) }
        // The smallest value that needs this width.
        let least: UInt64 = width == 1 ? 24 : 1 << UInt64(width * 4)
        guard value >= least else { throw .notShortest }
        return value
    }

    private mutating func take(_ length: UInt64) throws(MalformedCBOR) -> ArraySlice<UInt8> {
        guard length <= UInt64(rest.count) else { throw .truncated }
        let taken = rest.prefix(Int(length))
        rest = rest.dropFirst(Int(length))
        return taken
    }

    private mutating func array(of count: UInt64, depth: Int) throws(MalformedCBOR) -> [CBOR] {
        guard depth <= CBOR.maximumDepth else { throw .tooDeep }
        guard count <= UInt64(rest.count) else { throw .truncated }  // every item takes a byte or more
        var items: [CBOR] = []
        for _ in 0..<count { items.append(try item(depth: depth)) }
        return items
    }

    private mutating func map(of count: UInt64, depth: Int) throws(MalformedCBOR) -> [CBOR: CBOR] {
        guard depth <= CBOR.maximumDepth else { throw .tooDeep }
        guard count <= UInt64(rest.count / 2) else { throw .truncated }
        var members: [CBOR: CBOR] = [:]
        var previous: ArraySlice<UInt8>?
        for _ in 0..<count {
            let before = rest
            let key = try item(depth: depth)
            let encoded = before.prefix(before.count - rest.count)
            guard members[key] == nil else { throw .duplicateKey }
            if form == .canonical, let previous, !Self.isOrdered(previous, encoded) { throw .keyOrder }
            previous = encoded
            members[key] = try item(depth: depth)
        }
        return members
    }

    /// CTAP2's order of keys: by major type, then the shorter one first, then byte by byte.
    private static func isOrdered(_ left: ArraySlice<UInt8>, _ right: ArraySlice<UInt8>) -> Bool {
        let (leftMajor, rightMajor) = ((left.first ?? 0) >> 5, (right.first ?? 0) >> 5)
        guard leftMajor == rightMajor else { return leftMajor < rightMajor }
        guard left.count == right.count else { return left.count < right.count }
        return left.lexicographicallyPrecedes(right)
    }
}
