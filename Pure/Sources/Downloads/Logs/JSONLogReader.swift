import Bytes

/// Reads lines that are a JSON object each (RFC 8259), as far as counting asks: values that no field is named after are
/// passed over.
///
/// What is passed over is not looked at closely: a line counts when its fields can be read and its brackets close. That
/// is why it is not `JSON`, the strict reader: a log has hundreds of millions of lines, nothing of them is copied, and
/// a request counts that a proxy has written with a name twice or with half a surrogate pair.
final class JSONLogReader {
    private final class Node {
        var role: LogFields.Role?
        /// By the length of the name: almost every name in a line is of no use, and its length says so.
        var children: [[(name: [UInt8], node: Node)]] = []

        func child(_ name: Text) -> Node? {
            guard name.count < children.count else { return nil }
            for (text, node) in children[name.count] where name.equals(text, count: text.count) { return node }
            return nil
        }

        func make(_ name: [UInt8]) -> Node {
            while children.count <= name.count { children.append([]) }
            if let (_, node) = children[name.count].first(where: { $0.name == name }) { return node }
            let node = Node()
            children[name.count].append((name, node))
            return node
        }
    }

    private struct Value {
        var text: Text
        var isEscaped: Bool
    }

    private let root = Node()
    private var time = LogTime()
    private var values = [Value?](repeating: nil, count: LogFields.Role.allCases.count)
    /// What escaped texts say, for as long as the line is looked at.
    private var unescaped: [UnsafeMutablePointer<UInt8>] = []

    init(_ fields: LogFields) {
        for role in LogFields.Role.allCases {
            for name in fields.names[role] ?? [] {
                var node = root
                for part in name.split(separator: ".") { node = node.make(Array(part.utf8)) }
                node.role = role
            }
        }
    }

    deinit { free() }

    private func free() {
        for memory in unescaped { memory.deallocate() }
        unescaped.removeAll(keepingCapacity: true)
    }

    /// Reads a line into `request`; says what is wrong when it cannot.
    func read(_ line: Text, into request: inout LogRequest) -> LogLineFlaw? {
        if !unescaped.isEmpty { free() }
        for index in values.indices { values[index] = nil }
        var index = 1
        if let flaw = readObject(line, &index, root) { return flaw }
        skipSpace(line, &index)
        guard index == line.count else { return .format }

        guard let when = text(.time) else { return .time }
        guard let seconds = time.any(when) else { return .time }
        request.time = seconds
        guard let status = text(.status), status.count == 3, let number = status.number(at: 0, digits: 3) else {
            return .format
        }
        request.status = number
        guard readTarget(into: &request) else { return .format }
        request.agent = text(.agent)
        request.address = text(.address) ?? Text(noBytes, count: 0)
        return nil
    }

    private func readTarget(into request: inout LogRequest) -> Bool {
        if let target = text(.path), let method = text(.method) {
            request.target = target
            request.isGet = method.count == 3 && method.begins(with: "GET")
            return true
        }
        guard let whole = text(.request) else { return false }
        request.isGet = whole.begins(with: "GET ")
        guard request.isGet else { return true }
        var end = whole.count
        if let space = whole.last(UInt8(ascii: " ")), whole[(space + 1)..<end].begins(with: "HTTP/") { end = space }
        request.target = whole[min(4, end)..<end]
        return true
    }

    /// What a field says; nil when the line has none.
    private func text(_ role: LogFields.Role) -> Text? {
        guard let value = values[Self.index(role)] else { return nil }
        return value.isEscaped ? unescape(value.text) : value.text
    }

    private static func index(_ role: LogFields.Role) -> Int {
        switch role {
        case .time: 0
        case .method: 1
        case .path: 2
        case .request: 3
        case .status: 4
        case .agent: 5
        case .address: 6
        }
    }

    /// Reads an object from behind its bracket to behind the closing one.
    private func readObject(_ line: Text, _ index: inout Int, _ node: Node) -> LogLineFlaw? {
        skipSpace(line, &index)
        guard index < line.count else { return .cut }
        if line[index] == UInt8(ascii: "}") {
            index += 1
            return nil
        }
        while true {
            skipSpace(line, &index)
            guard index < line.count else { return .cut }
            guard line[index] == UInt8(ascii: "\"") else { return .format }
            guard let nameEnd = line.closingQuote(from: index + 1) else { return .cut }
            let child = node.child(line[(index + 1)..<nameEnd])
            index = nameEnd + 1
            skipSpace(line, &index)
            guard index < line.count else { return .cut }
            guard line[index] == UInt8(ascii: ":") else { return .format }
            index += 1
            if let flaw = readValue(line, &index, child) { return flaw }
            skipSpace(line, &index)
            guard index < line.count else { return .cut }
            index += 1
            switch line[index - 1] {
            case UInt8(ascii: ","): continue
            case UInt8(ascii: "}"): return nil
            default: return .format
            }
        }
    }

    private func readValue(_ line: Text, _ index: inout Int, _ node: Node?) -> LogLineFlaw? {
        skipSpace(line, &index)
        guard index < line.count else { return .cut }
        switch line[index] {
        case UInt8(ascii: "\""):
            let start = index + 1
            guard let end = line.closingQuote(from: start) else { return .cut }
            keep(line[start..<end], isText: true, node)
            index = end + 1
        case UInt8(ascii: "{"):
            index += 1
            if let node, !node.children.isEmpty { return readObject(line, &index, node) }
            return skip(line, &index)
        case UInt8(ascii: "["):
            index += 1
            skipSpace(line, &index)
            let isScalar = index < line.count && !Self.isBracket(line[index])
            if let node, node.role != nil, isScalar, let flaw = readValue(line, &index, node) { return flaw }
            return skip(line, &index)
        default:
            let start = index
            while index < line.count, Self.isScalar(line[index]) { index += 1 }
            guard index > start else { return .format }
            keep(line[start..<index], isText: false, node)
        }
        return nil
    }

    /// The first name that a line has counts. `null` is as good as nothing.
    private func keep(_ text: Text, isText: Bool, _ node: Node?) {
        guard let role = node?.role, values[Self.index(role)] == nil else { return }
        if !isText, text.count == 4, text.begins(with: "null") { return }
        values[Self.index(role)] = Value(text: text, isEscaped: isText && text.first(UInt8(ascii: "\\")) != nil)
    }

    /// Passes over everything to behind the bracket that closes the one before.
    private func skip(_ line: Text, _ index: inout Int) -> LogLineFlaw? {
        var depth = 1
        while depth > 0 {
            guard index < line.count else { return .cut }
            switch line[index] {
            case UInt8(ascii: "\""):
                guard let end = line.closingQuote(from: index + 1) else { return .cut }
                index = end
            case UInt8(ascii: "{"), UInt8(ascii: "["): depth += 1
            case UInt8(ascii: "}"), UInt8(ascii: "]"): depth -= 1
            default: break
            }
            index += 1
        }
        return nil
    }

    @inline(__always) private func skipSpace(_ line: Text, _ index: inout Int) {
        while index < line.count, line[index] == 0x20 || line[index] == 0x09 { index += 1 }
    }

    private static func isBracket(_ byte: UInt8) -> Bool {
        byte == UInt8(ascii: "]") || byte == UInt8(ascii: "[") || byte == UInt8(ascii: "{")
    }

    private static func isScalar(_ byte: UInt8) -> Bool {
        byte.isASCIIAlphanumeric || byte == UInt8(ascii: "-") || byte == UInt8(ascii: "+")
            || byte == UInt8(ascii: ".")
    }

    /// What a text with backslashes says. A character beyond ASCII becomes a question mark: none of the fields may hold
    /// one.
    private func unescape(_ text: Text) -> Text {
        let memory = UnsafeMutablePointer<UInt8>.allocate(capacity: text.count)
        unescaped.append(memory)
        var (read, written) = (0, 0)
        while read < text.count {
            var byte = text[read]
            read += 1
            if byte == UInt8(ascii: "\\"), read < text.count {
                byte = text[read]
                read += 1
                switch byte {
                case UInt8(ascii: "n"), UInt8(ascii: "r"), UInt8(ascii: "t"), UInt8(ascii: "b"), UInt8(ascii: "f"):
                    byte = 0x20
                case UInt8(ascii: "u"):
                    let code = Self.hexadecimal(text, at: read, digits: 4)
                    read = min(read + 4, text.count)
                    byte = code.flatMap { $0 < 0x80 ? UInt8($0) : nil } ?? UInt8(ascii: "?")
                default: break
                }
            }
            memory[written] = byte
            written += 1
        }
        return Text(memory, count: written)
    }

    static func hexadecimal(_ text: Text, at index: Int, digits: Int) -> Int? {
        guard index + digits <= text.count else { return nil }
        var value = 0
        for place in index..<(index + digits) {
            guard let digit = text[place].hexadecimalValue else { return nil }
            value = value << 4 | Int(digit)
        }
        return value
    }
}
