import Bytes
import UTC

/// Grows a document byte by byte.
///
/// Written by hand, because a project's page is rendered inside the answer to an upload: runs of bytes that need no
/// escape are copied whole, and nothing between a value and its bytes is allocated.
struct ByteWriter {
    private(set) var bytes: [UInt8] = []

    init(capacity: Int) { bytes.reserveCapacity(capacity) }

    /// Text of our own, as it is.
    mutating func raw(_ text: StaticString) {
        bytes.append(contentsOf: UnsafeBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount))
    }

    mutating func number(_ value: Int64) {
        if value < 0 { bytes.append(UInt8(ascii: "-")) }
        digits(value.magnitude, width: 1)
    }

    /// `2026-11-22T08:05:09`, and when `microseconds` says so `.000123Z` behind it.
    mutating func timestamp(_ moment: Timestamp, microseconds: Bool) {
        let (year, month, day) = moment.day.civil
        // PEP 700's form has four digits for the year. Nothing is uploaded outside of them.
        digits(UInt64(clamping: year), width: 4)
        bytes.append(UInt8(ascii: "-"))
        digits(UInt64(month), width: 2)
        bytes.append(UInt8(ascii: "-"))
        digits(UInt64(day), width: 2)
        let clock = UInt64(clamping: moment.microseconds - moment.day.start.microseconds)
        bytes.append(UInt8(ascii: "T"))
        digits(clock / 3_600_000_000, width: 2)
        bytes.append(UInt8(ascii: ":"))
        digits(clock / 60_000_000 % 60, width: 2)
        bytes.append(UInt8(ascii: ":"))
        digits(clock / 1_000_000 % 60, width: 2)
        guard microseconds else { return }
        bytes.append(UInt8(ascii: "."))
        digits(clock % 1_000_000, width: 6)
        bytes.append(UInt8(ascii: "Z"))
    }

    private mutating func digits(_ value: UInt64, width: Int) {
        var first = bytes.count
        var rest = value
        while rest > 0 || bytes.count - first < width {
            bytes.append(UInt8(ascii: "0") + UInt8(rest % 10))
            rest /= 10
        }
        // Not `bytes[first...].reverse()`, which copies the slice.
        var last = bytes.count - 1
        while first < last {
            bytes.swapAt(first, last)
            first += 1
            last -= 1
        }
    }

    // MARK: - JSON

    /// A JSON string (RFC 8259, section 7), quotation marks included.
    mutating func json(_ text: String) {
        bytes.append(UInt8(ascii: "\""))
        escaped(text, special: Self.needsJSON) { writer, bytes in
            let byte = bytes[0]
            switch byte {
            case 0x22: writer.raw(#"\""#)
            case 0x5c: writer.raw(#"\\"#)
            case 0x0a: writer.raw(#"\n"#)
            case 0x0d: writer.raw(#"\r"#)
            case 0x09: writer.raw(#"\t"#)
            default:
                writer.raw(#"\u00"#)
                writer.bytes.append(contentsOf: CollectionOfOne(byte).hexadecimal.utf8)
            }
            return 1
        }
        bytes.append(UInt8(ascii: "\""))
    }

    private static let needsJSON: [Bool] = (0..<256).map { $0 < 0x20 || $0 == 0x22 || $0 == 0x5c }

    /// A JSON string, or `null`.
    mutating func json(_ text: String?) {
        guard let text else { return raw("null") }
        json(text)
    }

    mutating func json(_ flag: Bool) { flag ? raw("true") : raw("false") }

    /// A JSON array, each element written by `write`.
    mutating func array<Element>(_ elements: some Sequence<Element>, _ write: (inout ByteWriter, Element) -> Void) {
        bytes.append(UInt8(ascii: "["))
        commaSeparated(elements, write)
        bytes.append(UInt8(ascii: "]"))
    }

    mutating func commaSeparated<Element>(
        _ elements: some Sequence<Element>, _ write: (inout ByteWriter, Element) -> Void
    ) {
        var isFirst = true
        for element in elements {
            if !isFirst { bytes.append(UInt8(ascii: ",")) }
            isFirst = false
            write(&self, element)
        }
    }

    // MARK: - HTML and XML

    /// Text or an attribute's value in HTML or XML.
    ///
    /// Characters that XML 1.0 (section 2.2) forbids are left out, in HTML too: readers differ about them. CR is
    /// written as a reference, because an XML reader turns the bare character into LF.
    mutating func markup(_ text: String) {
        escaped(text, special: Self.needsMarkup) { writer, bytes in
            switch bytes[0] {
            case UInt8(ascii: "&"): writer.raw("&amp;")
            case UInt8(ascii: "<"): writer.raw("&lt;")
            case UInt8(ascii: ">"): writer.raw("&gt;")
            case UInt8(ascii: "\""): writer.raw("&#34;")
            case UInt8(ascii: "'"): writer.raw("&#39;")
            case UInt8(ascii: "\r"): writer.raw("&#13;")
            case 0xef:
                // U+FFFE and U+FFFF are EF BF BE and EF BF BF.
                if bytes[1] == 0xbf, bytes[2] >= 0xbe { return 3 }
                writer.bytes.append(0xef)
            default: break
            }
            return 1
        }
    }

    private static let needsMarkup: [Bool] = (0..<256).map { byte in
        byte < 0x20 && byte != 0x09 && byte != 0x0a || [0x22, 0x26, 0x27, 0x3c, 0x3e, 0xef].contains(byte)
    }

    // MARK: - Addresses

    /// One segment of a path: all but RFC 3986's unreserved characters is percent-encoded.
    mutating func pathSegment(_ text: String) {
        for byte in text.utf8 { bytes.append(percentEncoding: byte) { $0.isUnreserved } }
    }

    // MARK: -

    /// Copies `text`; where a byte is special (a table by byte), `replace` writes what stands for it and says how many
    /// bytes that was.
    private mutating func escaped(
        _ text: String, special: [Bool],
        _ replace: (inout ByteWriter, UnsafeBufferPointer<UInt8>) -> Int
    ) {
        var text = text
        text.withUTF8 { utf8 in
            var copied = 0
            var position = 0
            while position < utf8.count {
                guard special[Int(utf8[position])] else {
                    position += 1
                    continue
                }
                bytes.append(contentsOf: utf8[copied..<position])
                position += replace(&self, UnsafeBufferPointer(rebasing: utf8[position...]))
                copied = position
            }
            bytes.append(contentsOf: utf8[copied...])
        }
    }
}
