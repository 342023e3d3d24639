import Bytes

/// A value of TOML, as lock files have them. Numbers and dates are kept as they are written.
///
/// Source: TOML 1.0.0.
enum TOML: Sendable, Equatable {
    case table([String: TOML])
    case array([TOML])
    case string(String)
    /// A number, a date, or `true` or `false`: as it is written.
    case other(String)

    var table: [String: TOML]? { if case .table(let members) = self { members } else { nil } }
    var array: [TOML]? { if case .array(let items) = self { items } else { nil } }
    var string: String? { if case .string(let text) = self { text } else { nil } }

    /// Reads a document, strictly: what it does not understand is an error, never left out.
    init(parsing text: String) throws(InvalidTOML) {
        var reader = TOMLReader(bytes: Array(text.utf8))
        self = .table(try reader.document())
    }
}

/// Why a text is not TOML, and in which line.
public struct InvalidTOML: Error, Hashable, Sendable, CustomStringConvertible {
    /// Counted from 1.
    public let line: Int

    public var description: String { "line \(line) is not TOML that a lock file has" }
}

/// A table while it is read. An object, since later lines add to what earlier ones have made.
private final class TableBuilder {
    private var values: [String: TOML] = [:]
    private var tables: [String: TableBuilder] = [:]
    private var lists: [String: [TableBuilder]] = [:]

    /// What was read.
    var members: [String: TOML] {
        var members = values
        for (key, table) in tables { members[key] = .table(table.members) }
        for (key, list) in lists { members[key] = .array(list.map { .table($0.members) }) }
        return members
    }

    /// The table at a path, which is made where it is missing; of a list its last item. Nil where something else is there.
    func table(at path: some Collection<String>) -> TableBuilder? {
        guard let key = path.first else { return self }
        guard values[key] == nil else { return nil }
        let next = tables[key] ?? lists[key]?.last ?? TableBuilder()
        if lists[key] == nil { tables[key] = next }
        return next.table(at: path.dropFirst())
    }

    /// A new item of the list at a path; nil where something else is there.
    func newItem(at path: [String]) -> TableBuilder? {
        guard let key = path.last, let parent = table(at: path.dropLast()), parent.values[key] == nil,
            parent.tables[key] == nil
        else { return nil }
        let item = TableBuilder()
        parent.lists[key, default: []].append(item)
        return item
    }

    /// Whether there was nothing at a path, where the value is now.
    func set(_ value: TOML, at path: [String]) -> Bool {
        guard let key = path.last, let parent = table(at: path.dropLast()), parent.tables[key] == nil,
            parent.lists[key] == nil
        else { return false }
        return parent.values.updateValue(value, forKey: key) == nil
    }
}

private struct TOMLReader {
    let bytes: [UInt8]
    var position = 0
    private var depth = 0
    /// Tables that a line in brackets has opened: none may do so twice.
    private var opened: Set<[String]> = []

    init(bytes: [UInt8]) { self.bytes = bytes }

    private static let maximumDepth = 32

    private var next: UInt8? { position < bytes.count ? bytes[position] : nil }

    private var failure: InvalidTOML {
        InvalidTOML(line: 1 + bytes.prefix(position).count { $0 == 0x0a })
    }

    // MARK: Lines

    mutating func document() throws(InvalidTOML) -> [String: TOML] {
        let root = TableBuilder()
        var current = root
        while true {
            skipBlankLines()
            guard let byte = next else { return root.members }
            if byte == UInt8(ascii: "[") {
                position += 1
                let isItem = skip("[")
                skipSpace()
                let path = try keys()
                try expect("]")
                if isItem { try expect("]") }
                try endLine()
                if isItem {
                    opened = opened.filter { !$0.starts(with: path) }
                } else if !opened.insert(path).inserted {
                    throw failure
                }
                guard let table = isItem ? root.newItem(at: path) : root.table(at: path) else { throw failure }
                current = table
            } else {
                let keys = try keys()
                try expect("=")
                skipSpace()
                let value = try value()
                try endLine()
                guard current.set(value, at: keys) else { throw failure }
            }
        }
    }

    // MARK: Keys and values

    private mutating func keys() throws(InvalidTOML) -> [String] {
        var keys: [String] = []
        repeat {
            skipSpace()
            if next == UInt8(ascii: "\"") || next == UInt8(ascii: "'") {
                keys.append(try string(isKey: true))
            } else {
                let start = position
                while let byte = next,
                    byte.isASCIIAlphanumeric || byte == UInt8(ascii: "-") || byte == UInt8(ascii: "_")
                { position += 1 }
                guard position > start else { throw failure }
                keys.append(String(decoding: bytes[start..<position], as: UTF8.self))
            }
            skipSpace()
            guard keys.count <= Self.maximumDepth else { throw failure }
        } while skip(".")
        return keys
    }

    private mutating func value() throws(InvalidTOML) -> TOML {
        depth += 1
        defer { depth -= 1 }
        guard depth <= Self.maximumDepth else { throw failure }
        switch next {
        case UInt8(ascii: "\""), UInt8(ascii: "'"): return .string(try string(isKey: false))
        case UInt8(ascii: "["): return .array(try array())
        case UInt8(ascii: "{"): return .table(try inlineTable())
        default:
            let start = position
            // A date may have a space before its time.
            while let byte = next,
                byte.isASCIIAlphanumeric || [0x2b, 0x2d, 0x2e, 0x3a, 0x5f].contains(byte)
                    || (byte == 0x20 && position - start == 10 && position + 1 < bytes.count
                        && bytes[position + 1].isASCIIDigit)
            { position += 1 }
            guard position > start else { throw failure }
            return .other(String(decoding: bytes[start..<position], as: UTF8.self))
        }
    }

    private mutating func array() throws(InvalidTOML) -> [TOML] {
        try expect("[")
        var items: [TOML] = []
        while true {
            skipBlankLines()
            if skip("]") { return items }
            items.append(try value())
            skipBlankLines()
            guard skip(",") else {
                try expect("]")
                return items
            }
        }
    }

    private mutating func inlineTable() throws(InvalidTOML) -> [String: TOML] {
        try expect("{")
        skipSpace()
        let table = TableBuilder()
        guard !skip("}") else { return [:] }
        repeat {
            let keys = try keys()
            try expect("=")
            skipSpace()
            let value = try value()
            guard table.set(value, at: keys) else { throw failure }
            skipSpace()
        } while skip(",")
        try expect("}")
        return table.members
    }

    private mutating func string(isKey: Bool) throws(InvalidTOML) -> String {
        guard let quote = next else { throw failure }
        let isLiteral = quote == UInt8(ascii: "'")
        position += 1
        var isLong = false
        if bytes[position...].starts(with: [quote, quote]), !isKey {
            isLong = true
            position += 2
            // The end of the line right after the quotes is not part of the text.
            if next == 0x0d { position += 1 }
            if next == 0x0a { position += 1 }
        }
        var text: [UInt8] = []
        while let byte = next {
            if byte == quote {
                if !isLong {
                    position += 1
                    return String(decoding: text, as: UTF8.self)
                }
                if bytes[position...].starts(with: [quote, quote, quote]) {
                    position += 3
                    // Up to two quotes may stand right before the end.
                    while next == quote { position += 1; text.append(quote) }
                    return String(decoding: text, as: UTF8.self)
                }
            }
            guard byte >= 0x20 || byte == 0x09 || (isLong && (byte == 0x0a || byte == 0x0d)) else { throw failure }
            position += 1
            if byte == UInt8(ascii: "\\"), !isLiteral {
                try escape(isLong: isLong, into: &text)
            } else {
                text.append(byte)
            }
        }
        throw failure
    }

    private mutating func escape(isLong: Bool, into text: inout [UInt8]) throws(InvalidTOML) {
        guard let byte = next else { throw failure }
        position += 1
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"): text.append(byte)
        case UInt8(ascii: "b"): text.append(0x08)
        case UInt8(ascii: "t"): text.append(0x09)
        case UInt8(ascii: "n"): text.append(0x0a)
        case UInt8(ascii: "f"): text.append(0x0c)
        case UInt8(ascii: "r"): text.append(0x0d)
        case UInt8(ascii: "u"), UInt8(ascii: "U"):
            let count = byte == UInt8(ascii: "u") ? 4 : 8
            guard position + count <= bytes.count else { throw failure }
            let digits = String(decoding: bytes[position..<position + count], as: UTF8.self)
            guard digits.utf8.allSatisfy({ $0.hexadecimalValue != nil }),
                let scalar = UInt32(digits, radix: 16).flatMap(Unicode.Scalar.init)
            else { throw failure }
            position += count
            text += String(Character(scalar)).utf8
        case 0x0a, 0x0d, 0x20, 0x09:
            guard isLong else { throw failure }
            while let byte = next, [0x0a, 0x0d, 0x20, 0x09].contains(byte) { position += 1 }
        default: throw failure
        }
    }

    // MARK: Characters

    private mutating func skipSpace() { while next == 0x20 || next == 0x09 { position += 1 } }

    /// White space, ends of lines and comments.
    private mutating func skipBlankLines() {
        while let byte = next {
            if byte == UInt8(ascii: "#") {
                while let byte = next, byte != 0x0a { _ = byte; position += 1 }
            } else if [0x20, 0x09, 0x0a, 0x0d].contains(byte) {
                position += 1
            } else {
                return
            }
        }
    }

    private mutating func endLine() throws(InvalidTOML) {
        skipSpace()
        guard let byte = next else { return }
        guard byte == 0x0a || byte == 0x0d || byte == UInt8(ascii: "#") else { throw failure }
    }

    private mutating func skip(_ character: Unicode.Scalar) -> Bool {
        guard next == UInt8(ascii: character) else { return false }
        position += 1
        return true
    }

    private mutating func expect(_ character: Unicode.Scalar) throws(InvalidTOML) {
        skipSpace()
        guard skip(character) else { throw failure }
    }
}
