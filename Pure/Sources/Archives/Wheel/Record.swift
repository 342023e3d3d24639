import PackagingFormats

/// A wheel's RECORD: a line of path, hash and size for each file.
struct Record {
    struct Line: Equatable {
        /// `sha256=` and the digest in base64url without padding; may be empty.
        let hash: String
        /// In bytes, decimal; may be empty.
        let size: String
    }

    /// Bytes of a hash, and of a size. A SHA-512 in hexadecimal digits has 135 with its name.
    private static let longestValue = 256

    /// By path, with `/` between directories.
    private(set) var lines: [String: Line] = [:]

    /// Parses the file as Python's csv module does. A line that is there twice counts once; some build tools write
    /// them. Of two different ones that are passed over, the first counts.
    init(
        parsing bytes: [UInt8], limits: ArchiveLimits, passingOver passedOver: inout PassedOver
    ) throws(InspectionFailure) {
        // Without it, pip installs nothing either.
        guard String(validating: bytes, as: UTF8.self) != nil else { throw .wheel(.recordEncoding) }
        var reader = CommaSeparated(bytes, lines: limits.recordLines)
        while let fields = try reader.next() {
            // No member has a longer path, and it must not become a key; nothing longer is a hash or a size.
            guard fields.count == 3, !fields[0].isEmpty, fields[0].utf8.count <= limits.nameBytes,
                !fields[0].hasExcessMarks, fields[1...].allSatisfy({ $0.utf8.count <= Self.longestValue })
            else {
                try passedOver.pass(.wheel(.recordLine(reader.line)))
                continue
            }
            // Old wheels built on Windows have backslashes here; PyPI takes them for slashes too.
            let isPlain = !fields[0].utf8.contains(UInt8(ascii: "\\"))
            let path = isPlain ? fields[0] : String(fields[0].map { $0 == "\\" ? "/" : $0 })
            let line = Line(hash: fields[1], size: fields[2])
            if let known = lines[path] {
                if known != line { try passedOver.pass(.wheel(.recordConflict(path: path))) }
            } else {
                lines[path] = line
            }
        }
    }
}

/// Rows of fields between commas (RFC 4180), with LF, CR LF or CR at the end of a row. Empty rows are skipped.
private struct CommaSeparated {
    private let bytes: [UInt8]
    private var position = 0
    /// Of the row read last, counted from 1; line ends in quotation marks do not count.
    private(set) var line = 0

    private let lines: Int

    init(_ bytes: [UInt8], lines: Int) {
        self.bytes = bytes
        self.lines = lines
    }

    private static let quote = UInt8(ascii: "\"")
    private static let comma = UInt8(ascii: ",")
    private static func isLineEnd(_ byte: UInt8) -> Bool { byte == 0x0A || byte == 0x0D }

    mutating func next() throws(InspectionFailure) -> [String]? {
        while position < bytes.count {
            line += 1
            guard line <= lines else { throw .limit(.recordLines(limit: lines)) }
            var fields = [try field()]
            while position < bytes.count, bytes[position] == Self.comma {
                // A line of nothing but commas is not kept to its end.
                guard fields.count < 3 else { throw .wheel(.recordLine(line)) }
                position += 1
                fields.append(try field())
            }
            if bytes[position...].starts(with: [0x0D, 0x0A]) { position += 2 } else { position += 1 }
            if fields.count > 1 || !fields[0].isEmpty { return fields }
        }
        return nil
    }

    /// A field up to a comma, a line end or the end.
    private mutating func field() throws(InspectionFailure) -> String {
        guard position < bytes.count, bytes[position] == Self.quote else {
            let start = position
            position = bytes[start...].firstIndex { $0 == Self.comma || Self.isLineEnd($0) } ?? bytes.count
            return String(decoding: bytes[start..<position], as: UTF8.self)
        }
        var text: [UInt8] = []
        position += 1
        while true {
            guard let end = bytes[position...].firstIndex(of: Self.quote) else { throw .wheel(.recordLine(line)) }
            text += bytes[position..<end]
            position = end + 1
            // A quotation mark is written as two.
            guard position < bytes.count, bytes[position] == Self.quote else { break }
            text.append(Self.quote)
            position += 1
        }
        guard position == bytes.count || bytes[position] == Self.comma || Self.isLineEnd(bytes[position]) else {
            throw .wheel(.recordLine(line))
        }
        return String(decoding: text, as: UTF8.self)
    }
}
