/// Why a structure of a TPM is not taken.
public enum TPMStructureRefusal: Error, Hashable, Sendable {
    /// It ends before its last field, or a field is longer than it can be.
    case truncated
    /// Bytes follow its last field.
    case trailingBytes
    /// A key that is neither RSA nor on an elliptic curve, or a scheme that is not known, by its number.
    case unsupported(UInt16)
    /// `magic` does not say that a TPM made the structure.
    case magic
    /// It does not certify a key.
    case type
    /// The name's digest is not supported, by its number.
    case nameAlgorithm(UInt16)
}

/// Reads the big-endian fields of a TPM's structures off the front of a byte string.
private struct TPMReader {
    var rest: ArraySlice<UInt8>

    init(_ bytes: [UInt8]) { rest = bytes[...] }

    mutating func take(_ count: Int) throws(TPMStructureRefusal) -> [UInt8] {
        guard count <= rest.count else { throw .truncated }
        defer { rest = rest.dropFirst(count) }
        return Array(rest.prefix(count))
    }

    mutating func number(width: Int) throws(TPMStructureRefusal) -> UInt64 {
        try take(width).reduce(0) { $0 << 8 | UInt64($1) }
    }

    mutating func word() throws(TPMStructureRefusal) -> UInt16 { UInt16(try number(width: 2)) }

    /// A TPM2B: a length of 16 bits, and as many bytes.
    mutating func sized(atMost limit: Int) throws(TPMStructureRefusal) -> [UInt8] {
        let count = Int(try word())
        guard count <= limit else { throw .truncated }
        return try take(count)
    }

    func end() throws(TPMStructureRefusal) {
        guard rest.isEmpty else { throw .trailingBytes }
    }
}

/// The numbers of TPM_ALG_ID that are looked at.
///
/// Source: TCG, TPM 2.0 Library, Part 2, section 6.3.
private enum TPMAlgorithm {
    static let rsa: UInt16 = 0x0001
    static let xor: UInt16 = 0x000a
    static let null: UInt16 = 0x0010
    static let rsaEncryption: UInt16 = 0x0015
    static let ecdaa: UInt16 = 0x001a
    static let ecc: UInt16 = 0x0023
    /// RSASSA, RSAPSS, OAEP, ECDSA, ECDH, SM2, ECSCHNORR, ECMQV and the key derivations: a digest follows each.
    static let withDigest: Set<UInt16> = [0x0014, 0x0016, 0x0017, 0x0018, 0x0019, 0x001b, 0x001c, 0x001d]
    static let keyDerivations: Set<UInt16> = [0x0007, 0x0020, 0x0021, 0x0022]
}

/// TPMT_PUBLIC: the public area of a key.
///
/// Source: TCG, TPM 2.0 Library, Part 2, section 12.2.4.
struct TPMPublicArea {
    /// The digest of the key's name, by its number.
    let nameAlgorithm: UInt16
    let key: Key

    enum Key {
        /// The modulus, its announced bits and the exponent, where 0 stands for 65537.
        case rsa(modulus: [UInt8], bits: Int, exponent: UInt32)
        /// The curve by its number, and the coordinates.
        case ecc(curve: UInt16, x: [UInt8], y: [UInt8])
    }

    init(parsing bytes: [UInt8]) throws(TPMStructureRefusal) {
        var reader = TPMReader(bytes)
        let type = try reader.word()
        nameAlgorithm = try reader.word()
        _ = try reader.number(width: 4)  // attributes, of which the specification demands nothing
        _ = try reader.sized(atMost: 64)  // the policy's digest
        switch type {
        case TPMAlgorithm.rsa:
            try Self.skipSymmetric(&reader)
            try Self.skipScheme(&reader)
            let bits = Int(try reader.word())
            let exponent = UInt32(try reader.number(width: 4))
            key = .rsa(modulus: try reader.sized(atMost: 1_024), bits: bits, exponent: exponent)
        case TPMAlgorithm.ecc:
            try Self.skipSymmetric(&reader)
            try Self.skipScheme(&reader)
            let curve = try reader.word()
            try Self.skipKeyDerivation(&reader)
            key = .ecc(curve: curve, x: try reader.sized(atMost: 66), y: try reader.sized(atMost: 66))
        default: throw .unsupported(type)
        }
        try reader.end()
    }

    /// TPMT_SYM_DEF_OBJECT: of a key that wraps others, which no credential is; read for completeness.
    private static func skipSymmetric(_ reader: inout TPMReader) throws(TPMStructureRefusal) {
        let algorithm = try reader.word()
        guard algorithm != TPMAlgorithm.null else { return }
        _ = try reader.take(algorithm == TPMAlgorithm.xor ? 2 : 4)
    }

    private static func skipScheme(_ reader: inout TPMReader) throws(TPMStructureRefusal) {
        switch try reader.word() {
        case TPMAlgorithm.null, TPMAlgorithm.rsaEncryption: break
        case TPMAlgorithm.ecdaa: _ = try reader.take(4)
        case let scheme where TPMAlgorithm.withDigest.contains(scheme): _ = try reader.take(2)
        case let scheme: throw .unsupported(scheme)
        }
    }

    private static func skipKeyDerivation(_ reader: inout TPMReader) throws(TPMStructureRefusal) {
        switch try reader.word() {
        case TPMAlgorithm.null: break
        case let scheme where TPMAlgorithm.keyDerivations.contains(scheme): _ = try reader.take(2)
        case let scheme: throw .unsupported(scheme)
        }
    }
}

/// TPMS_ATTEST, of the kind that certifies a key.
///
/// `qualifiedSigner`, `clockInfo`, `firmwareVersion` and `qualifiedName` are read past and ignored, as WebAuthn has it.
/// Source: TCG, TPM 2.0 Library, Part 2, sections 10.12.8 and 10.12.3.
struct TPMCertification {
    /// What the caller had signed.
    let extraData: [UInt8]
    /// The name of the key: the number of a digest, and that digest of its public area.
    let name: [UInt8]

    /// Most bytes of a name: the number of a digest and its 64 bytes.
    private static let longestName = 66

    init(parsing bytes: [UInt8]) throws(TPMStructureRefusal) {
        var reader = TPMReader(bytes)
        guard try reader.number(width: 4) == 0xff54_4347 else { throw .magic }
        guard try reader.word() == 0x8017 else { throw .type }
        _ = try reader.sized(atMost: Self.longestName)
        extraData = try reader.sized(atMost: 64)
        _ = try reader.take(17 + 8)
        name = try reader.sized(atMost: Self.longestName)
        _ = try reader.sized(atMost: Self.longestName)
        try reader.end()
    }
}
