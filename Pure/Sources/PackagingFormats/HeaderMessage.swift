/// The headers and the body of a `METADATA` or `PKG-INFO` file.
///
/// The format is that of RFC 822 mail as Python's `email` package reads it with the `compat32` policy, since that is
/// what every tool uses: a line that is no header begins the body, a folded line keeps its line end and indentation.
struct HeaderMessage {
    /// Name (in lower case) and value of each header, in order. The value's bytes need not be UTF-8.
    private(set) var headers: [(name: String, value: ArraySlice<UInt8>)] = []
    private(set) var body: ArraySlice<UInt8> = []

    init(_ bytes: [UInt8]) {
        var position = 0
        var isFirstLine = true
        while position < bytes.count {
            let line = Self.line(of: bytes, from: position)
            guard let colon = Self.headerLine(bytes[position..<line.end]) else {
                // An empty line divides; another is the beginning of the body.
                body = bytes[(line.isEmpty ? line.next : position)...]
                break
            }
            let start = position
            position = Self.endOfFolded(bytes, from: line.next)
            switch colon {
            case .continuation: continue  // Of nothing: a folded line before any header.
            case .envelope:
                // As in a mailbox file. Behind all headers it is the body.
                if !isFirstLine, position >= bytes.count || Self.beginsBody(bytes, at: position) {
                    body = bytes[start...]
                    return
                }
            case .colon(let colon) where colon > start:
                let name = String(decoding: bytes[start..<colon], as: UTF8.self).lowercased()
                headers.append((name, Self.value(of: bytes, from: colon + 1, to: position)))
            case .colon: break  // No name.
            }
            isFirstLine = false
        }
    }

    private enum HeaderLine {
        case continuation, envelope
        case colon(Int)
    }

    /// What kind of header the line is, or nil for anything else: then the headers are at their end.
    private static func headerLine(_ line: ArraySlice<UInt8>) -> HeaderLine? {
        guard let first = line.first else { return nil }
        if first == 0x20 || first == 0x09 { return .continuation }
        for (index, byte) in zip(line.indices, line) {
            if byte == UInt8(ascii: ":") { return .colon(index) }
            guard byte > 0x20, byte < 0x7F else { break }
        }
        return line.starts(with: "From ".utf8) ? .envelope : nil
    }

    private static func beginsBody(_ bytes: [UInt8], at position: Int) -> Bool {
        let line = line(of: bytes, from: position)
        return headerLine(bytes[position..<line.end]) == nil
    }

    /// The line from `position` on: its end, and where the next one begins. Lines end with CR, LF or both.
    private static func line(of bytes: [UInt8], from position: Int) -> (end: Int, next: Int, isEmpty: Bool) {
        var end = position
        while end < bytes.count, bytes[end] != 0x0A, bytes[end] != 0x0D { end += 1 }
        var next = end
        if next < bytes.count {
            next += bytes[next] == 0x0D && next + 1 < bytes.count && bytes[next + 1] == 0x0A ? 2 : 1
        }
        return (end, next, end == position)
    }

    private static func endOfFolded(_ bytes: [UInt8], from position: Int) -> Int {
        var position = position
        while position < bytes.count, bytes[position] == 0x20 || bytes[position] == 0x09 {
            position = line(of: bytes, from: position).next
        }
        return position
    }

    private static func value(of bytes: [UInt8], from start: Int, to end: Int) -> ArraySlice<UInt8> {
        let isBlank = { (byte: UInt8) in byte == 0x20 || byte == 0x09 || byte == 0x0A || byte == 0x0D }
        var value = bytes[start..<end].drop(while: isBlank)
        while let last = value.last, last == 0x0A || last == 0x0D { value.removeLast() }
        return value
    }
}
