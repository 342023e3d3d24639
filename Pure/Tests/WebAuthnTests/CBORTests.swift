import Testing
import VectorSupport
import WebAuthn

@Suite("CBOR") struct CBORTests {
    // The columns are the point.
    // swift-format-ignore
    static let read: [(hex: String, item: CBOR)] = [
        ("00", .integer(0)),
        ("17", .integer(23)),
        ("1818", .integer(24)),
        ("1903e8", .integer(1000)),
        ("1bffffffffffffffff", .unsigned(.max)),
        ("20", .integer(-1)),
        ("3863", .integer(-100)),
        ("3bffffffffffffffff", .negative(.max)),
        ("40", .bytes([])),
        ("4401020304", .bytes([1, 2, 3, 4])),
        ("60", .text("")),
        ("63e6b0b4", .text("水")),
        ("80", .array([])),
        ("8301820203820405", .array([.integer(1), .array([.integer(2), .integer(3)]), .array([.integer(4), .integer(5)])])),
        ("a0", .map([:])),
        ("a26161016162820203", .map([.text("a"): .integer(1), .text("b"): .array([.integer(2), .integer(3)])])),
        ("a3010220036161f6", .map([.integer(1): .integer(2), .integer(-1): .integer(3), .text("a"): .null])),
        ("f4", .boolean(false)),
        ("f5", .boolean(true)),
        ("f6", .null),
    ]

    @Test("is read", arguments: read)
    func item(hex text: String, item: CBOR) throws {
        #expect(try CBOR(decoding: hex(text), form: .canonical) == item)
        #expect(try CBOR(decoding: hex(text), form: .relaxed) == item)
    }

    // What the relaxed form takes has nil in the last column.
    // swift-format-ignore
    static let refused: [(hex: String, canonical: MalformedCBOR, relaxed: MalformedCBOR?)] = [
        ("",                   .truncated,         .truncated),
        ("18",                 .truncated,         .truncated),
        ("4101ff",             .trailingBytes,     .trailingBytes),
        ("0000",               .trailingBytes,     .trailingBytes),
        ("1817",               .notShortest,       .notShortest),
        ("1900ff",             .notShortest,       .notShortest),
        ("1a0000ffff",         .notShortest,       .notShortest),
        ("1b00000000ffffffff", .notShortest,       .notShortest),
        ("580100",             .notShortest,       .notShortest),
        ("a202000100",         .keyOrder,          nil),
        ("a26161002000",       .keyOrder,          nil),
        ("a262616100616200",   .keyOrder,          nil),
        ("a201010102",         .duplicateKey,      .duplicateKey),
        ("a20101180102",       .notShortest,       .notShortest),
        ("5f4100ff",           .unsupported(0x5f), .unsupported(0x5f)),
        ("bf0101ff",           .unsupported(0xbf), .unsupported(0xbf)),
        ("c100",               .unsupported(0xc1), .unsupported(0xc1)),
        ("f7",                 .unsupported(0xf7), .unsupported(0xf7)),
        ("f818",               .unsupported(0xf8), .unsupported(0xf8)),
        ("f97e00",             .unsupported(0xf9), .unsupported(0xf9)),
        ("1c",                 .unsupported(0x1c), .unsupported(0x1c)),
        ("61ff",               .invalidUTF8,       .invalidUTF8),
        ("5b7fffffffffffffff", .truncated,         .truncated),
        ("5bffffffffffffffff", .truncated,         .truncated),
        ("9bffffffffffffffff", .truncated,         .truncated),
        ("bbffffffffffffffff", .truncated,         .truncated),
        ("818181818181818180", .tooDeep,           .tooDeep),
    ]

    @Test("is refused where it is not exactly one item in the form that is asked for", arguments: refused)
    func refusal(hex text: String, canonical: MalformedCBOR, relaxed: MalformedCBOR?) throws {
        #expect(throws: canonical) { try CBOR(decoding: hex(text), form: .canonical) }
        if let relaxed {
            #expect(throws: relaxed) { try CBOR(decoding: hex(text), form: .relaxed) }
        } else {
            #expect(throws: Never.self) { try CBOR(decoding: hex(text), form: .relaxed) }
        }
    }

    @Test("may be nested eight deep and have 64 KiB")
    func limits() throws {
        #expect(throws: Never.self) { try CBOR(decoding: hex("8181818181818180"), form: .canonical) }
        let longest = [0x59, 0xff, 0xfd] + [UInt8](repeating: 0, count: 65_533)
        #expect(try CBOR(decoding: longest, form: .canonical) == .bytes([UInt8](repeating: 0, count: 65_533)))
        #expect(throws: MalformedCBOR.tooLong) { try CBOR(decoding: longest + [0], form: .canonical) }
    }
}

@Suite("The CBOR vectors", .enabled(if: Vectors.arePresent, "no ../shared/vectors beside the project"))
struct CBORVectorTests {
    struct Item: Decodable {
        let hex: String
    }

    struct Malformed: Decodable {
        struct Item: Decodable {
            let hex: String
            let why: String
        }
        let notWellFormed: [Item]
        let notCanonical: [Item]

        enum CodingKeys: String, CodingKey {
            case notWellFormed = "not_well_formed"
            case notCanonical = "well_formed_but_not_ctap2_canonical"
        }
    }

    /// Those of appendix A that have no place in WebAuthn, by their first byte: tags, floats, undefined and other
    /// simple values, indefinite lengths; and the arrays that have one of those in them.
    static func isUnsupported(_ bytes: [UInt8]) -> Bool {
        switch bytes[0] {
        case 0xc0...0xdb, 0xe0...0xf3, 0xf7..., 0x5f, 0x7f, 0x9f, 0xbf: true
        case 0x82, 0x83: bytes.contains(0x9f) || bytes.contains(0xbf)
        default: false
        }
    }

    @Test("of RFC 8949, appendix A, are read, or refused as a kind that has no place here")
    func appendixA() throws {
        let items = try Vectors.decode([Item].self, from: "webauthn/cbor_rfc8949_appendix_a.json")
        var (read, refused) = (0, 0)
        for item in items {
            let bytes = hex(item.hex)
            let unsupported = Self.isUnsupported(bytes)
            do {
                _ = try CBOR(decoding: bytes, form: .canonical)
                read += 1
                #expect(!unsupported, "\(item.hex) was read")
            } catch {
                refused += 1
                guard case .unsupported = error else {
                    Issue.record("\(item.hex): \(error)")
                    continue
                }
                #expect(unsupported, "\(item.hex) was refused")
            }
        }
        print("CBOR, RFC 8949 appendix A: \(read) read, \(refused) refused as unsupported")
        #expect(read + refused == items.count && read > 30 && refused > 30)
    }

    @Test("of items that are not well-formed, or not canonical, are refused")
    func malformed() throws {
        let vectors = try Vectors.decode(Malformed.self, from: "webauthn/cbor_not_well_formed.json")
        for item in vectors.notWellFormed {
            #expect(throws: MalformedCBOR.self, "\(item.why)") { try CBOR(decoding: hex(item.hex), form: .relaxed) }
        }
        for item in vectors.notWellFormed + vectors.notCanonical {
            #expect(throws: MalformedCBOR.self, "\(item.why)") { try CBOR(decoding: hex(item.hex), form: .canonical) }
        }
        print(
            "CBOR: \(vectors.notWellFormed.count) not well-formed and",
            "\(vectors.notCanonical.count) not canonical, all refused")
    }
}
