import Bytes

/// What precedes the content of one part of a form.
public struct FormPart: Hashable, Sendable {
    /// One header of a part.
    public struct Header: Hashable, Sendable {
        /// In lower case.
        public let name: String
        /// Without white space around it.
        public let value: String
    }

    /// The name of the form field.
    public let name: String
    /// The name of the file as its sender calls it, when the part is a file: a claim, possibly with slashes in it.
    public let filename: String?
    /// All headers, Content-Disposition included, in the order in which they came.
    public let headers: [Header]

    /// The value of the first header with this name, which is to be given in lower case.
    public func header(_ name: String) -> String? { headers.first { $0.name == name }?.value }

    /// Reads the lines of a part's headers, each without its CR LF.
    ///
    /// Source: RFC 7578, sections 4.2 and 5.1: names and filenames are UTF-8 as they are. It forbids `filename*` (RFC
    /// 5987), which urllib3 before 2 sends nevertheless; where it comes it wins over `filename`, as RFC 6266 has it.
    init(headerLines lines: [[UInt8]]) throws(MultipartError) {
        var headers: [Header] = []
        for line in lines { headers.append(try Self.header(line)) }
        let dispositions = headers.filter { $0.name == "content-disposition" }
        guard let disposition = dispositions.first else { throw .dispositionMissing }
        guard dispositions.count == 1 else { throw .dispositionRepeated }
        guard let value = HeaderValue(parsing: disposition.value), value.first == "form-data" else {
            throw .dispositionMalformed
        }
        guard let name = value.parameters["name"] else { throw .nameMissing }
        self.name = name
        self.headers = headers
        guard let extended = value.parameters["filename*"] else {
            filename = value.parameters["filename"]
            return
        }
        guard let decoded = Self.decodeExtended(extended) else { throw .dispositionMalformed }
        filename = decoded
    }

    private static func header(_ line: [UInt8]) throws(MultipartError) -> Header {
        // A line that begins with white space continues the one before in old mail; HTTP has given that up, and readers
        // that differ about it see different forms. Such a line has no proper name before a colon and is refused.
        guard let colon = line.firstIndex(of: UInt8(ascii: ":")),
            line.allSatisfy({ ($0 >= 0x20 && $0 != 0x7f) || $0 == 0x09 }),
            let name = String(validating: line[..<colon], as: UTF8.self), HeaderValue.isToken(name),
            let value = String(validating: line[(colon + 1)...], as: UTF8.self)
        else { throw .headerMalformed }
        let trimmed = value.drop { $0 == " " || $0 == "\t" }
        let end = trimmed.lastIndex { $0 != " " && $0 != "\t" }.map(trimmed.index(after:)) ?? trimmed.startIndex
        return Header(name: name.lowercased(), value: String(trimmed[..<end]))
    }

    /// `utf-8'language'percent-encoded`; nil when it is another charset or malformed (RFC 5987, section 3.2).
    private static func decodeExtended(_ text: String) -> String? {
        let fields = text.split(separator: "'", maxSplits: 2, omittingEmptySubsequences: false)
        guard fields.count == 3, fields[0].lowercased() == "utf-8" else { return nil }
        let (bytes, isWellFormed) = fields[2].utf8.percentDecoded()
        // What a plain header could not have said, percent-encoding may not smuggle in.
        guard isWellFormed, bytes.allSatisfy({ $0 >= 0x20 && $0 != 0x7f }) else { return nil }
        return String(validating: bytes, as: UTF8.self)
    }
}
