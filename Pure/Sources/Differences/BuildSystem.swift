/// How an sdist is built: what stands in the table `build-system` of its pyproject.toml (PEP 518, PEP 517).
///
/// It is read line by line, as people and tools write it, to tell people what changed; nothing is decided by it.
struct BuildSystem: Hashable {
    var backend: String?
    var requires: [String] = []
    /// Places below which the backend is in the sdist itself; the empty one is its top.
    var paths: [String] = []

    init(_ pyproject: [UInt8]) {
        var isInside = false
        var pending: (key: String, values: [String])?
        for line in pyproject.prefix(1 << 20).split(separator: 0x0A) {
            let text = String(decoding: line, as: UTF8.self).trimmedOfBlanks
            if pending == nil, text.utf8.first == UInt8(ascii: "[") {
                isInside = text.utf8.starts(with: "[build-system]".utf8)
                continue
            }
            guard isInside else { continue }
            var rest = Substring(text)
            if pending == nil {
                guard let equals = text.utf8.firstIndex(of: UInt8(ascii: "=")) else { continue }
                pending = (String(text[..<equals]).trimmedOfBlanks, [])
                rest = text[text.utf8.index(after: equals)...]
            }
            let (values, isClosed) = Self.strings(in: rest)
            pending?.values += values
            let isList = rest.utf8.contains(UInt8(ascii: "[")) || (pending?.values.count ?? 0) > values.count
            guard isClosed || !isList && !values.isEmpty, let (key, values) = pending else { continue }
            set(key, values)
            pending = nil
        }
        if let (key, values) = pending { set(key, values) }
    }

    private mutating func set(_ key: String, _ values: [String]) {
        if key == "build-backend" { backend = values.first }
        if key == "requires" { requires = values }
        if key == "backend-path" {
            paths = values.map { path in
                path.utf8.split(separator: UInt8(ascii: "/")).map { String(Substring($0)) }.filter { $0 != "." }
                    .joined(separator: "/")
            }
        }
    }

    /// What stands between quotation marks, and whether a list ends.
    private static func strings(in text: Substring) -> (values: [String], isClosed: Bool) {
        var values: [String] = []
        var current: [UInt8] = []
        var quote: UInt8?
        for byte in text.utf8 {
            if let mark = quote {
                if byte == mark {
                    values.append(String(decoding: current, as: UTF8.self))
                    quote = nil
                } else {
                    current.append(byte)
                }
            } else if byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "'") {
                (quote, current) = (byte, [])
            } else if byte == UInt8(ascii: "]") {
                return (values, true)
            } else if byte == UInt8(ascii: "#") {
                break
            }
        }
        return (values, false)
    }
}

/// The entries of an `entry_points.txt`, to tell people what changed.
struct EntryPointTable: Hashable {
    /// What each calls, by `group` and `name` with a space between.
    private(set) var entries: [String: String] = [:]

    /// More than a wheel can use are not told.
    private static let most = 2_000

    init(_ file: [UInt8]) {
        var group = ""
        for line in file.prefix(1 << 20).split(whereSeparator: { $0 == 0x0A || $0 == 0x0D }) {
            // Names become keys: see `CombiningMarks`.
            guard line.count <= 1_024, entries.count < Self.most else { continue }
            let text = String(decoding: line, as: UTF8.self).trimmedOfBlanks
            guard let first = text.utf8.first, first != UInt8(ascii: "#"), first != UInt8(ascii: ";") else { continue }
            if first == UInt8(ascii: "["), text.utf8.last == UInt8(ascii: "]") {
                group = String(text.dropFirst().dropLast())
            } else if let equals = text.utf8.firstIndex(of: UInt8(ascii: "=")) {
                let name = String(text[..<equals]).trimmedOfBlanks
                entries["\(group) \(name)"] = String(text[text.utf8.index(after: equals)...]).trimmedOfBlanks
            }
        }
    }
}

extension String {
    /// Without spaces, tabs and line ends at both ends, by bytes.
    var trimmedOfBlanks: String {
        func isBlank(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x09 || byte == 0x0D || byte == 0x0A }
        let rest = utf8.drop(while: isBlank)
        let count = rest.reversed().prefix(while: isBlank).count
        return String(Substring(rest.dropLast(count)))
    }
}
