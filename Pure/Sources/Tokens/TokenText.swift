import Bytes

/// The text of a token, as people paste it: `rind-` and the macaroon in base64url (RFC 4648, section 5).
///
/// The prefix tells people and secret scanners what they found.
extension Macaroon {
    /// What every token begins with.
    public static let prefix = "rind-"

    /// `rind-AgEL…`, without padding. This is the credential itself: never log it.
    public var text: String { Self.prefix + serialized.base64URL }

    /// Reads the text of a token, with the padding of base64 or without.
    public init(parsing text: String) throws(MalformedToken) {
        // Four characters carry three bytes; two more may be padding.
        guard text.utf8.count <= Self.prefix.utf8.count + (Self.maximumBytes + 2) / 3 * 4 else { throw .tooLong }
        guard text.hasPrefix(Self.prefix) else { throw .prefix }
        guard let bytes = Base64.url.bytes(text.utf8.dropFirst(Self.prefix.utf8.count), padding: .optional) else {
            throw .encoding
        }
        try self.init(serialized: bytes)
    }
}
