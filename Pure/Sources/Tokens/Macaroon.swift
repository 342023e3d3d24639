public import Crypto

/// A bearer token that anyone who holds it can narrow without asking the index: each caveat is signed with the
/// signature before it, which the next one replaces.
///
/// First-party caveats only. The construction, down to the derivation of the key, is libmacaroons', so that what
/// `pymacaroons` or `pypitoken` attenuate offline verifies here.
/// Source: Birgisson and others, "Macaroons" (NDSS 2014); libmacaroons, doc/format.txt.
///
/// A macaroon is a credential: printing one shows where it is for and nothing else.
public struct Macaroon: Sendable {
    /// Where the token is to be used. A hint for its holder: the format does not sign it, and nothing may hang on it.
    public let location: String
    /// What the issuer finds the root key by. Not secret, and until the signature is verified not to be believed.
    public let identifier: [UInt8]
    /// The caveats' own bytes, in the order of signing.
    public private(set) var caveats: [[UInt8]]
    /// 32 bytes: HMAC-SHA256 over the last caveat, keyed with the signature before it.
    private(set) var signature: [UInt8]

    /// Most bytes that a serialized macaroon may have: its text then fits the 8 KiB that proxies allow a header.
    public static let maximumBytes = 6_000
    /// Most caveats that a macaroon may carry.
    public static let maximumCaveats = 32

    /// Signs a new token. The caller draws the root key, 32 random bytes, and keeps it under `identifier`.
    ///
    /// Throws `tooLong` or `tooManyCaveats` for what `init(parsing:)` would not read back.
    public init(
        location: String, identifier: [UInt8], rootKey: SymmetricKey, caveats: [Caveat] = []
    ) throws(MalformedToken) {
        self.init(
            location: location, identifier: identifier, caveats: [],
            signature: Self.sign(identifier, with: Self.derivedKey(from: rootKey)))
        for caveat in caveats { try add(caveat) }
        guard serialized.count <= Self.maximumBytes else { throw .tooLong }
    }

    init(location: String, identifier: [UInt8], caveats: [[UInt8]], signature: [UInt8]) {
        self.location = location
        self.identifier = identifier
        self.caveats = caveats
        self.signature = signature
    }

    /// Narrows the token for ever. Throws `tooLong` or `tooManyCaveats` and then changes nothing.
    public mutating func add(_ caveat: Caveat) throws(MalformedToken) {
        guard caveats.count < Self.maximumCaveats else { throw .tooManyCaveats }
        var narrowed = self
        narrowed.caveats.append(caveat.bytes)
        narrowed.signature = Self.sign(caveat.bytes, with: SymmetricKey(data: signature))
        guard narrowed.serialized.count <= Self.maximumBytes else { throw .tooLong }
        self = narrowed
    }

    /// True when the holder of `rootKey` signed the identifier, and each caveat was added to what came before it.
    /// Takes the same time wherever the signatures differ.
    public func isSigned(with rootKey: SymmetricKey) -> Bool {
        var expected = Self.code(identifier, with: Self.derivedKey(from: rootKey))
        for caveat in caveats { expected = Self.code(caveat, with: SymmetricKey(data: expected)) }
        return expected == signature
    }

    private static func derivedKey(from rootKey: SymmetricKey) -> SymmetricKey {
        let generator = SymmetricKey(data: Array("macaroons-key-generator".utf8))
        return SymmetricKey(data: rootKey.withUnsafeBytes { code(Array($0), with: generator) })
    }

    private static func code(_ message: [UInt8], with key: SymmetricKey) -> HMAC<SHA256>.MAC {
        HMAC<SHA256>.authenticationCode(for: message, using: key)
    }

    private static func sign(_ message: [UInt8], with key: SymmetricKey) -> [UInt8] {
        Array(code(message, with: key))
    }
}

extension Macaroon: CustomStringConvertible, CustomReflectable {
    /// `‹token for example.org›`
    public var description: String { "‹token for \(location)›" }
    /// Nothing, so that a dump does not give the signature away either.
    public var customMirror: Mirror { Mirror(self, children: []) }
}
