/// One data item of CBOR, of the kinds that WebAuthn uses.
///
/// Floats, tags, indefinite lengths and simple values other than false, true and null have no place in an attestation
/// object, a key or an extension, so the reader refuses them and there is no case for them.
/// Source: RFC 8949; the FIDO Client to Authenticator Protocol 2.2, section 8 ("Message Encoding").
public enum CBOR: Hashable, Sendable {
    /// 0 to 2^64 - 1.
    case unsigned(UInt64)
    /// The integer -1 - n: the argument as encoded, since -2^64 fits no integer of ours.
    case negative(UInt64)
    /// A byte string.
    case bytes([UInt8])
    /// A text string; its UTF-8 was valid.
    case text(String)
    case array([CBOR])
    /// A map, whose keys differ.
    case map([CBOR: CBOR])
    /// False or true.
    case boolean(Bool)
    /// Null.
    case null

    /// The item for a small integer, as the labels and algorithms of COSE are.
    public static func integer(_ value: Int) -> CBOR {
        value < 0 ? .negative(UInt64(-(value + 1))) : .unsigned(UInt64(value))
    }

    /// The integer, where the item is one that fits `Int`.
    public var integer: Int? {
        switch self {
        case .unsigned(let value): Int(exactly: value)
        case .negative(let value): Int(exactly: value).map { -1 - $0 }
        case .bytes, .text, .array, .map, .boolean, .null: nil
        }
    }

    var bytes: [UInt8]? {
        if case .bytes(let bytes) = self { bytes } else { nil }
    }

    var text: String? {
        if case .text(let text) = self { text } else { nil }
    }

    var array: [CBOR]? {
        if case .array(let items) = self { items } else { nil }
    }

    var map: [CBOR: CBOR]? {
        if case .map(let members) = self { members } else { nil }
    }
}

/// How strictly an item has to be encoded.
public enum CBORForm: Sendable {
    /// CTAP2's canonical form: every integer and length in its shortest form, the keys of a map in order.
    /// Authenticators have to write it.
    case canonical
    /// The same with the keys of a map in any order: attestation objects are put together by browsers and platforms,
    /// and of some of them that is what they send.
    case relaxed
}

/// Why bytes are not the one CBOR item that was asked for.
public enum MalformedCBOR: Error, Hashable, Sendable {
    /// The input ends inside an item, or a length says more than there is.
    case truncated
    /// Bytes follow the item.
    case trailingBytes
    /// The input is longer than `CBOR.maximumBytes`.
    case tooLong
    /// Arrays and maps are nested deeper than `CBOR.maximumDepth`.
    case tooDeep
    /// A kind of item that has no place here: a float, a tag, undefined, an unassigned simple value, an indefinite
    /// length, a reserved form, or a text that is not ASCII and longer than any. The item's first byte is attached.
    case unsupported(UInt8)
    /// A text string is not UTF-8.
    case invalidUTF8
    /// A map has a key twice.
    case duplicateKey
    /// An integer or a length is not in its shortest form.
    case notShortest
    /// The keys of a map are not in canonical order.
    case keyOrder
}
