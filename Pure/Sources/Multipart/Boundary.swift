import Bytes

/// What separates the parts of a form.
///
/// Source: RFC 2046, section 5.1.1.
public struct Boundary: Hashable, Sendable {
    /// Without the hyphens that precede it in the body.
    public let text: String

    /// Takes the boundary from the value of a Content-Type header; nil stands for a missing header.
    public init(contentType: String?) throws(MultipartError) {
        guard let contentType, let value = HeaderValue(parsing: contentType), value.first == "multipart/form-data"
        else { throw .notAForm }
        guard let text = value.parameters["boundary"] else { throw .boundaryMissing }
        try self.init(text)
    }

    /// Checks length and characters.
    public init(_ text: String) throws(MultipartError) {
        guard (1...70).contains(text.utf8.count), text.utf8.last != UInt8(ascii: " "),
            text.utf8.allSatisfy(Self.isAllowed)
        else { throw .boundaryInvalid }
        self.text = text
    }

    private static func isAllowed(_ byte: UInt8) -> Bool {
        byte.isASCIIAlphanumeric || "'()+_,-./:=? ".utf8.contains(byte)
    }
}
