import CQrencode
import Glibc

/// A text as a QR code (ISO/IEC 18004), by libqrencode, drawn as SVG.
public struct QRCode: Sendable {
    /// Modules on a side, without the quiet zone.
    public let size: Int
    /// Row by row: whether a module is dark.
    private let modules: [Bool]
    /// The light border that the standard asks for, in modules.
    static let quietZone = 4

    /// The smallest code that holds a text and can still be read with 15 % of it damaged (level M).
    ///
    /// Throws `QRCodeFailure.doesNotFit` for a text of more than about 2,300 bytes, or one with a NUL in it.
    public init(_ text: String) throws(QRCodeFailure) {
        guard !text.isEmpty, !text.utf8.contains(0) else { throw .doesNotFit }
        // Its last parameter keeps lower case as it is.
        guard let code = QRcode_encodeString(text, 0, QR_ECLEVEL_M, QR_MODE_8, 1) else {
            throw errno == ENOMEM ? .outOfMemory : .doesNotFit
        }
        defer { QRcode_free(code) }
        size = Int(code.pointee.width)
        // The lowest bit is the colour; the others say what the module is for.
        modules = UnsafeBufferPointer(start: code.pointee.data, count: size * size).map { $0 & 1 == 1 }
    }

    /// Whether a module is dark; those outside are light.
    func isDark(_ column: Int, _ row: Int) -> Bool {
        (0..<size).contains(column) && (0..<size).contains(row) && modules[row * size + column]
    }

    /// The code as an SVG element, to stand in a page.
    ///
    /// It is black on white whatever the page's colours: many readers know no inverted codes. It has no size of its own
    /// and needs no style: a width is for the page to give.
    ///
    /// - Parameter title: what it is, for those who do not see it.
    public func svg(title: String) -> String {
        let side = size + 2 * Self.quietZone
        return """
            <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 \(side) \(side)" role="img" \
            shape-rendering="crispEdges"><title>\(Self.escaped(title))</title>\
            <rect width="\(side)" height="\(side)" fill="#fff"/><path fill="#000" d="\(path)"/></svg>
            """
    }

    /// A rectangle for each run of dark modules in a row.
    private var path: String {
        var path = ""
        for row in 0..<size {
            var column = 0
            while column < size {
                let start = column
                while isDark(column, row) { column += 1 }
                let length = column - start
                if length > 0 { path += "M\(start + Self.quietZone) \(row + Self.quietZone)h\(length)v1h-\(length)z" }
                column += 1
            }
        }
        return path
    }

    private static func escaped(_ text: String) -> String {
        text.replacing("&", with: "&amp;").replacing("<", with: "&lt;").replacing(">", with: "&gt;")
    }
}

/// Why there is no code.
public enum QRCodeFailure: Error, Hashable {
    /// The text is empty, too long, or holds a NUL.
    case doesNotFit
    /// There is no memory.
    case outOfMemory
}
