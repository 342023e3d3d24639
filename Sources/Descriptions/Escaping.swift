/// Text made safe for HTML, both between tags and inside a quoted attribute.
///
/// It works on bytes. A replacement by `Character` would miss a `"` that a combining accent follows, because the two
/// are one `Character`, while a browser ends the attribute there.
public enum Escaping {
    /// Appends `text`, escaped. Control characters that HTML forbids become U+FFFD.
    public static func append(_ text: some Sequence<UInt8>, to html: inout [UInt8]) {
        for byte in text {
            switch byte {
            case UInt8(ascii: "&"): html += "&amp;".utf8
            case UInt8(ascii: "<"): html += "&lt;".utf8
            case UInt8(ascii: ">"): html += "&gt;".utf8
            case UInt8(ascii: "\""): html += "&quot;".utf8
            case UInt8(ascii: "'"): html += "&#39;".utf8
            case 0x09, 0x0A, 0x0D, 0x20...0x7E, 0x80...0xFF: html.append(byte)
            default: html += "\u{FFFD}".utf8
            }
        }
    }

    /// `text`, escaped.
    public static func escape(_ text: String) -> String {
        var html: [UInt8] = []
        html.reserveCapacity(text.utf8.count)
        append(text.utf8, to: &html)
        return String(decoding: html, as: UTF8.self)
    }
}
