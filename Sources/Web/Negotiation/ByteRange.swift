import Bytes

/// What a `Range` header asks for (RFC 9110, section 14).
public enum ByteRange: Sendable, Equatable {
    /// Everything: no range, one we need not understand, or several. A server may always answer with the whole.
    case whole
    /// These bytes; never empty.
    case part(Range<Int>)
    /// None that exist.
    case unsatisfiable

    /// - Parameters:
    ///   - header: the value of `Range`.
    ///   - size: the size of the whole in bytes.
    public init(_ header: String?, size: Int) {
        self = header.flatMap { Self.read($0, size: size) } ?? .whole
    }

    private static func read(_ header: String, size: Int) -> ByteRange? {
        guard header.utf8.count <= 64, header.lowercased().hasPrefix("bytes=") else { return nil }
        let range = header.utf8.dropFirst(6).trimmed
        guard let dash = range.firstIndex(of: UInt8(ascii: "-")) else { return nil }
        let first = range[..<dash]
        let last = range[dash...].dropFirst()
        if first.isEmpty {
            guard let length = number(last) else { return nil }
            return length == 0 || size == 0 ? .unsatisfiable : .part(max(0, size - length)..<size)
        }
        guard let start = number(first) else { return nil }
        let end: Int
        if last.isEmpty {
            end = size
        } else {
            guard let inclusive = number(last), inclusive >= start else { return nil }
            end = min(size, inclusive + 1)
        }
        return start < size ? .part(start..<end) : .unsatisfiable
    }

    private static func number(_ digits: Substring.UTF8View) -> Int? {
        guard (1...18).contains(digits.count), digits.allSatisfy(\.isASCIIDigit) else { return nil }
        return digits.reduce(0) { $0 * 10 + Int($1 - UInt8(ascii: "0")) }
    }
}
