/// The version 2 binary format: a byte 2, then sections of fields, each field a type, a length and that many bytes.
/// Source: libmacaroons, doc/format.txt.
extension Macaroon {
    private enum Field {
        static let end: UInt8 = 0
        static let location: UInt8 = 1
        static let identifier: UInt8 = 2
        static let verification: UInt8 = 4
        static let signature: UInt8 = 6
    }

    private static let version: UInt8 = 2

    /// The macaroon in the version 2 binary format.
    public var serialized: [UInt8] {
        var bytes = [Self.version]
        func append(_ type: UInt8, _ data: some Collection<UInt8>) {
            bytes.append(type)
            var length = data.count
            while length >= 0x80 {
                bytes.append(UInt8(length & 0x7f) | 0x80)
                length >>= 7
            }
            bytes.append(UInt8(length))
            bytes.append(contentsOf: data)
        }
        append(Field.location, location.utf8)
        append(Field.identifier, identifier)
        bytes.append(Field.end)
        for caveat in caveats {
            append(Field.identifier, caveat)
            bytes.append(Field.end)
        }
        bytes.append(Field.end)
        append(Field.signature, signature)
        return bytes
    }

    /// Reads the version 2 binary format. One macaroon has one encoding: another spelling of a length, fields out of
    /// order and bytes after the signature are refused, and so are third-party caveats, which nobody here discharges.
    public init(serialized bytes: [UInt8]) throws(MalformedToken) {
        guard bytes.count <= Self.maximumBytes else { throw .tooLong }
        var reader = FieldReader(rest: bytes[...])
        guard try reader.byte() == Self.version else { throw .version }

        // Libraries leave out an empty location or write it with length 0; both mean none.
        var type = try reader.byte()
        var location = ""
        if type == Field.location {
            guard let text = String(validating: try reader.data(), as: UTF8.self) else { throw .structure }
            location = text
            type = try reader.byte()
        }
        guard type == Field.identifier else { throw .structure }
        let identifier = Array(try reader.data())
        guard try reader.byte() == Field.end else { throw .structure }

        let caveats = try Self.caveats(from: &reader)
        guard try reader.byte() == Field.signature else { throw .structure }
        let signature = Array(try reader.data())
        guard signature.count == 32, reader.rest.isEmpty else { throw .structure }
        self.init(location: location, identifier: identifier, caveats: caveats, signature: signature)
    }

    private static func caveats(from reader: inout FieldReader) throws(MalformedToken) -> [[UInt8]] {
        var caveats: [[UInt8]] = []
        while true {
            switch try reader.byte() {
            case Field.end: return caveats
            case Field.identifier: break
            case Field.location: throw .thirdPartyCaveat
            default: throw .structure
            }
            guard caveats.count < maximumCaveats else { throw .tooManyCaveats }
            caveats.append(Array(try reader.data()))
            switch try reader.byte() {
            case Field.end: continue
            case Field.verification: throw .thirdPartyCaveat
            default: throw .structure
            }
        }
    }
}

private struct FieldReader {
    var rest: ArraySlice<UInt8>

    mutating func byte() throws(MalformedToken) -> UInt8 {
        guard let byte = rest.popFirst() else { throw .structure }
        return byte
    }

    /// A length, seven bits to a byte with the lowest first, and that many bytes.
    mutating func data() throws(MalformedToken) -> ArraySlice<UInt8> {
        var length = 0
        for shift in stride(from: 0, through: 14, by: 7) {
            let byte = try byte()
            length |= Int(byte & 0x7f) << shift
            guard byte < 0x80 else { continue }
            guard byte != 0 || shift == 0, length <= rest.count else { throw .structure }
            defer { rest = rest.dropFirst(length) }
            return rest.prefix(length)
        }
        throw .structure  // Two million bytes and more, when 6,000 are allowed.
    }
}
