import Crypto
import Foundation

/// What a key file says.
///
/// ```json
/// {
///   "authentication" : "…32 bytes in base64…",
///   "current" : "k2",
///   "keys" : { "k1" : "…", "k2" : "…" },
///   "log" : [ "…32 bytes in base64…" ],
///   "version" : 1
/// }
/// ```
struct KeyFile: Sendable {
    /// The id of the key that seals.
    var current: KeyID
    /// All keys by their ids: older ones open what they have sealed.
    var keys: [KeyID: SymmetricKey]
    /// For codes that prove that we have written something.
    var authentication: SymmetricKey
    /// What the log is signed with: Ed25519, the oldest first. Two while one takes the place of the other.
    var log: [SymmetricKey] = []

    /// Keys of this many bytes, for AES-256 and HMAC-SHA-256.
    static let keyBytes = 32

    /// A file with new keys.
    init() {
        authentication = SymmetricKey(size: .bits256)
        let id = Self.newID()
        current = id
        keys = [id: SymmetricKey(size: .bits256)]
    }

    /// Adds a key and makes it the one that seals.
    mutating func rotate() {
        current = Self.newID()
        keys[current] = SymmetricKey(size: .bits256)
    }

    /// Adds a key of the log. It signs beside the one that was the newest; older ones sign no more.
    mutating func rotateLog() { log = log.suffix(1) + [SymmetricKey(size: .bits256)] }

    /// Random rather than counted: two files that went apart must not call different keys by one name.
    private static func newID() -> KeyID {
        let digits = (0..<8).map { _ in String(UInt8.random(in: 0...15), radix: 16) }.joined()
        guard let id = KeyID("k\(digits)") else { preconditionFailure("hexadecimal digits make an id") }
        return id
    }

    private struct Document: Codable {
        var version: Int
        var current: String
        var keys: [String: Data]
        var authentication: Data
        var log: [Data]?
    }

    /// The most bytes of a file that is read; a thousand keys need less.
    static let maximumBytes = 1 << 17

    /// Reads a file's text; nil for anything else.
    init?(_ data: Data) {
        guard let document = try? JSONDecoder().decode(Document.self, from: data), document.version == 1,
            document.authentication.count == Self.keyBytes,
            document.keys.allSatisfy({ $0.value.count == Self.keyBytes }),
            document.log?.allSatisfy({ $0.count == Self.keyBytes }) ?? true,
            let current = KeyID(document.current), document.keys[document.current] != nil
        else { return nil }
        let pairs = document.keys.compactMap { id, key in KeyID(id).map { ($0, SymmetricKey(data: key)) } }
        guard pairs.count == document.keys.count else { return nil }
        self.current = current
        keys = Dictionary(uniqueKeysWithValues: pairs)
        authentication = SymmetricKey(data: document.authentication)
        log = document.log?.map { SymmetricKey(data: $0) } ?? []
    }

    /// The file's text.
    func data() throws -> Data {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        return try encoder.encode(
            Document(
                version: 1, current: current.text,
                keys: Dictionary(uniqueKeysWithValues: keys.map { ($0.key.text, Data($0.value.bytes)) }),
                authentication: Data(authentication.bytes),
                log: log.isEmpty ? nil : log.map { Data($0.bytes) })) + Data("\n".utf8)
    }
}

extension SymmetricKey {
    var bytes: [UInt8] { withUnsafeBytes { Array($0) } }
}
