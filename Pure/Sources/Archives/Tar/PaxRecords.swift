import Bytes

/// The records of a pax extended header that change what a member is (POSIX.1-2017, pax, "pax Extended Header").
struct PaxRecords {
    var path: [UInt8]?
    var linkTarget: [UInt8]?
    var size: Int64?
    var isSparse = false
    /// A key that is there twice, or has a NUL in it. Readers differ in which of two records counts, and in whether a
    /// key ends at a NUL; uv refuses both.
    private(set) var doubtfulKey: String?

    /// Records are `length key=value` and a line feed, the length counting all of it. Malformed ones give nil. Of
    /// two with the same key the later counts.
    init?(_ bytes: [UInt8]) {
        var rest = bytes[...]
        var keys: Set<[UInt8]> = []
        while !rest.isEmpty {
            guard
                let space = rest.firstIndex(of: 0x20), space - rest.startIndex < 10,
                rest[..<space].allSatisfy(\.isASCIIDigit),
                let length = Int(String(decoding: rest[..<space], as: UTF8.self)),
                length <= rest.count, length > space - rest.startIndex + 1
            else { return nil }
            let record = rest[..<(rest.startIndex + length)]
            rest = rest[record.endIndex...]
            guard record.last == 0x0A else { return nil }
            let body = record[(space + 1)...].dropLast()
            guard let equals = body.firstIndex(of: UInt8(ascii: "=")), equals > body.startIndex,
                equals - body.startIndex <= Self.longestKey
            else { return nil }
            let key = String(decoding: body[..<equals], as: UTF8.self)
            if !keys.insert(Array(body[..<equals])).inserted || body[..<equals].contains(0) { doubtfulKey = key }
            guard set(key, Array(body[(equals + 1)...])) else { return nil }
        }
    }

    /// Keys are compared as text, which must not be long (see `CombiningMarks`). Those of attributes have some hundred
    /// bytes.
    private static let longestKey = 1_024

    private mutating func set(_ key: String, _ value: [UInt8]) -> Bool {
        switch key {
        case "path": path = value
        case "linkpath": linkTarget = value
        case "size":
            guard
                !value.isEmpty, value.allSatisfy(\.isASCIIDigit),
                let number = Int64(String(decoding: value, as: UTF8.self))
            else { return false }
            size = number
        case _ where key.hasPrefix("GNU.sparse."): isSparse = true
        default: break
        }
        return true
    }
}
