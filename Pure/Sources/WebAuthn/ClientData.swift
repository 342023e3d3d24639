import Bytes

/// What the browser says it did: the `CollectedClientData` of a ceremony.
///
/// Members that are not listed here are ignored, as the specification demands: browsers add some to see whether anybody
/// compares against a template.
/// Source: WebAuthn Level 3, section 5.8.1.
struct ClientData: Sendable {
    /// `webauthn.create` or `webauthn.get`.
    let type: String
    /// The challenge, as text in base64url without padding.
    let challenge: String
    /// The origin that called, serialized.
    let origin: String
    /// True when a frame of another origin called. Absent counts as false.
    let crossOrigin: Bool
    /// The origin of the page around the frame.
    let topOrigin: String?

    /// Most bytes that are read.
    static let maximumBytes = 65_536

    init(parsing bytes: [UInt8]) throws(ClientDataRefusal) {
        guard bytes.count <= Self.maximumBytes else { throw .tooLong }
        let json: JSON
        // The decoder that the specification prescribes leaves out a byte order mark.
        let text = bytes.starts(with: [0xef, 0xbb, 0xbf]) ? Array(bytes.dropFirst(3)) : bytes
        do { json = try JSON(parsing: text) } catch { throw .json(error) }
        guard case .object(let members) = json else { throw .notAnObject }
        type = try Self.text("type", in: members)
        challenge = try Self.text("challenge", in: members)
        origin = try Self.text("origin", in: members)
        crossOrigin =
            switch members["crossOrigin"] {
            case nil: false
            case .boolean(let value): value
            case .null, .number, .string, .array, .object: throw .member("crossOrigin")
            }
        topOrigin = try members["topOrigin"] == nil ? nil : Self.text("topOrigin", in: members)
    }

    private static func text(_ name: String, in members: [String: JSON]) throws(ClientDataRefusal) -> String {
        guard case .string(let text) = members[name] else { throw .member(name) }
        return text
    }
}

/// Why client data cannot be read.
public enum ClientDataRefusal: Error, Hashable, Sendable {
    /// More than 64 KiB.
    case tooLong
    /// Not one JSON text.
    case json(MalformedJSON)
    /// JSON, but not an object.
    case notAnObject
    /// The member of this name is missing or of another type.
    case member(String)
}
