/// The public key of a credential, as the authenticator wrote it.
///
/// Exactly the members that its kind of key needs, in CTAP2's canonical form: `alg` has to be there, and optional,
/// private or unknown members may not.
/// Source: WebAuthn Level 3, section 6.5.1.1 ("credentialPublicKey") and 5.8.5; RFC 9052, section 7; RFC 8230, section
/// 4.
public struct CredentialPublicKey: Sendable {
    /// The algorithm that the key is for.
    public let algorithm: Algorithm
    /// The COSE_Key, to be stored: `init(decoding:)` reads it again.
    public let encoded: [UInt8]

    let material: KeyMaterial
    /// 0x04, x and y, as U2F has it; only for a key on P-256.
    let uncompressedP256: [UInt8]?

    /// Reads a COSE_Key that was stored: exactly one, nothing after it. Its members may be in any order, as other
    /// libraries store them.
    public init(decoding encoded: [UInt8]) throws(KeyRefusal) {
        var rest = encoded[...]
        self = try Self.read(from: &rest, form: .relaxed)
        guard rest.isEmpty else { throw .cbor(.trailingBytes) }
    }

    /// Reads the key that `bytes` begins with and leaves in `bytes` what follows it.
    static func read(
        from bytes: inout ArraySlice<UInt8>, form: CBORForm = .canonical
    ) throws(KeyRefusal) -> CredentialPublicKey {
        let before = bytes
        let item: CBOR
        do { item = try CBOR.read(from: &bytes, form: form) } catch { throw .cbor(error) }
        guard case .map(let members) = item else { throw .notAMap }
        return try CredentialPublicKey(members, encoded: Array(before.prefix(before.count - bytes.count)))
    }

    private init(_ members: [CBOR: CBOR], encoded: [UInt8]) throws(KeyRefusal) {
        guard let number = members[Label.algorithm]?.integer else { throw .member(3) }
        guard let algorithm = Algorithm(rawValue: number) else { throw .unsupportedAlgorithm(number) }
        let fields = KeyFields(members)
        var point: [UInt8]?
        switch algorithm {
        case .es256:
            let encodedPoint = try fields.point(curve: 1, width: 32)
            material = try .p256(x963: encodedPoint)
            point = encodedPoint
        case .es384: material = try .p384(x963: fields.point(curve: 2, width: 48))
        case .es512: material = try .p521(x963: fields.point(curve: 3, width: 66))
        case .edDSA: material = try .ed25519(raw: fields.edwardsPoint())
        case .rs256, .rs384, .rs512, .ps256, .ps384, .ps512, .rs1:
            try fields.require(keyType: 3, labels: [1, 3, -1, -2])
            material = try .rsa(modulus: fields.bytes(-1), exponent: fields.bytes(-2))
        case .mlDSA65: material = try .mlDSA65(raw: fields.latticeKey())
        case .mlDSA87: material = try .mlDSA87(raw: fields.latticeKey())
        }
        self.algorithm = algorithm
        self.encoded = encoded
        uncompressedP256 = point
    }

    /// True when `signature` is this key's for `message`.
    public func verifies(_ signature: [UInt8], of message: [UInt8]) -> Bool {
        material.verifies(signature, of: message, with: algorithm)
    }
}

private enum Label {
    static let keyType = CBOR.integer(1)
    static let algorithm = CBOR.integer(3)
}

/// The members of a COSE_Key, taken out by what the key has to be.
private struct KeyFields {
    let members: [CBOR: CBOR]

    init(_ members: [CBOR: CBOR]) { self.members = members }

    /// The key's type, and exactly these labels.
    func require(keyType: Int, labels: [Int]) throws(KeyRefusal) {
        guard members[Label.keyType]?.integer == keyType else { throw .keyType }
        for label in labels where members[.integer(label)] == nil { throw .member(label) }
        guard members.count == labels.count else { throw .unexpectedMember }
    }

    func bytes(_ label: Int) throws(KeyRefusal) -> [UInt8] {
        guard let bytes = members[.integer(label)]?.bytes else { throw .member(label) }
        return bytes
    }

    /// An uncompressed point: the sign bit that stands for y in the compressed form is not a byte string.
    func point(curve: Int, width: Int) throws(KeyRefusal) -> [UInt8] {
        try require(keyType: 2, labels: [1, 3, -1, -2, -3])
        guard members[.integer(-1)]?.integer == curve else { throw .curve }
        let (x, y) = (try bytes(-2), try bytes(-3))
        guard x.count == width, y.count == width else { throw .point }
        return [0x04] + x + y
    }

    func edwardsPoint() throws(KeyRefusal) -> [UInt8] {
        try require(keyType: 1, labels: [1, 3, -1, -2])
        guard members[.integer(-1)]?.integer == 6 else { throw .curve }
        let x = try bytes(-2)
        guard x.count == 32 else { throw .point }
        return x
    }

    /// "AKP": a key type of its own for algorithms that need one string of bytes and no curve.
    func latticeKey() throws(KeyRefusal) -> [UInt8] {
        try require(keyType: 7, labels: [1, 3, -1])
        return try bytes(-1)
    }
}
