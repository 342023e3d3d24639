import Crypto
import CryptoExtras

/// A public key that swift-crypto has accepted, with what it can be used for.
enum KeyMaterial: Sendable {
    case p256(P256.Signing.PublicKey)
    case p384(P384.Signing.PublicKey)
    case p521(P521.Signing.PublicKey)
    case ed25519(Curve25519.Signing.PublicKey)
    case rsa(RSAKey)
    case mlDSA65(MLDSA65.PublicKey)
    case mlDSA87(MLDSA87.PublicKey)

    /// The most bits that an RSA modulus may have. Verifying takes time with their square, and no authenticator comes
    /// near.
    static let maximumRSABits = 8_192

    /// An RSA key: 2048 bits or more, and a public exponent as FIPS 186-5 (appendix A.1.1) wants it, odd and above
    /// 2^16, which fits 32 bits. Both integers without leading zeros.
    static func rsa(modulus: [UInt8], exponent: [UInt8]) throws(KeyRefusal) -> KeyMaterial {
        guard let first = modulus.first, first != 0, let last = modulus.last, last & 1 == 1 else { throw .rsaModulus }
        let bits = modulus.count * 8 - first.leadingZeroBitCount
        guard (2_048...maximumRSABits).contains(bits) else { throw .rsaModulus }
        guard let leading = exponent.first, leading != 0, exponent.count <= 4 else { throw .rsaExponent }
        let value = exponent.reduce(0 as UInt64) { $0 << 8 | UInt64($1) }
        guard value > 65_536, value & 1 == 1 else { throw .rsaExponent }
        do {
            let key = try _RSA.Signing.PublicKey(n: modulus, e: exponent)
            return .rsa(RSAKey(key: key, modulus: modulus, exponent: exponent))
        } catch { throw .rsaModulus }
    }

    static func p256(x963 point: [UInt8]) throws(KeyRefusal) -> KeyMaterial {
        do { return .p256(try P256.Signing.PublicKey(x963Representation: point)) } catch { throw .point }
    }

    static func p384(x963 point: [UInt8]) throws(KeyRefusal) -> KeyMaterial {
        do { return .p384(try P384.Signing.PublicKey(x963Representation: point)) } catch { throw .point }
    }

    static func p521(x963 point: [UInt8]) throws(KeyRefusal) -> KeyMaterial {
        do { return .p521(try P521.Signing.PublicKey(x963Representation: point)) } catch { throw .point }
    }

    static func ed25519(raw: [UInt8]) throws(KeyRefusal) -> KeyMaterial {
        guard isEdwards25519PublicKey(raw) else { throw .point }
        do { return .ed25519(try Curve25519.Signing.PublicKey(rawRepresentation: raw)) } catch { throw .point }
    }

    static func mlDSA65(raw: [UInt8]) throws(KeyRefusal) -> KeyMaterial {
        do { return .mlDSA65(try MLDSA65.PublicKey(rawRepresentation: raw)) } catch { throw .latticeKey }
    }

    static func mlDSA87(raw: [UInt8]) throws(KeyRefusal) -> KeyMaterial {
        do { return .mlDSA87(try MLDSA87.PublicKey(rawRepresentation: raw)) } catch { throw .latticeKey }
    }

    /// True when `signature` is this key's for `message`, made with `algorithm`. False for an algorithm that does not
    /// go with the key and for a signature that is not even well-formed, which swift-crypto tells by an error.
    func verifies(_ signature: [UInt8], of message: [UInt8], with algorithm: Algorithm) -> Bool {
        switch (self, algorithm) {
        case (.p256(let key), .es256):
            (try? P256.Signing.ECDSASignature(derRepresentation: signature)).map {
                key.isValidSignature($0, for: message)
            } ?? false
        case (.p384(let key), .es384):
            (try? P384.Signing.ECDSASignature(derRepresentation: signature)).map {
                key.isValidSignature($0, for: message)
            } ?? false
        case (.p521(let key), .es512):
            (try? P521.Signing.ECDSASignature(derRepresentation: signature)).map {
                key.isValidSignature($0, for: message)
            } ?? false
        case (.ed25519(let key), .edDSA): key.isValidSignature(signature, for: message)
        case (.mlDSA65(let key), .mlDSA65): key.isValidSignature(signature, for: message)
        case (.mlDSA87(let key), .mlDSA87): key.isValidSignature(signature, for: message)
        case (.rsa(let key), _): Self.verifies(signature, of: message, with: algorithm, key.key)
        default: false
        }
    }

    private static func verifies(
        _ signature: [UInt8], of message: [UInt8], with algorithm: Algorithm, _ key: _RSA.Signing.PublicKey
    ) -> Bool {
        let signature = _RSA.Signing.RSASignature(rawRepresentation: signature)
        return switch algorithm {
        case .rs256: key.isValidSignature(signature, for: SHA256.hash(data: message), padding: .insecurePKCS1v1_5)
        case .rs384: key.isValidSignature(signature, for: SHA384.hash(data: message), padding: .insecurePKCS1v1_5)
        case .rs512: key.isValidSignature(signature, for: SHA512.hash(data: message), padding: .insecurePKCS1v1_5)
        case .ps256: key.isValidSignature(signature, for: SHA256.hash(data: message), padding: .PSS)
        case .ps384: key.isValidSignature(signature, for: SHA384.hash(data: message), padding: .PSS)
        case .ps512: key.isValidSignature(signature, for: SHA512.hash(data: message), padding: .PSS)
        case .rs1: key.isValidSignature(signature, for: Insecure.SHA1.hash(data: message), padding: .insecurePKCS1v1_5)
        case .es256, .es384, .es512, .edDSA, .mlDSA65, .mlDSA87: false
        }
    }

    /// Whether the two are one key.
    func isSameKey(as other: KeyMaterial) -> Bool {
        switch (self, other) {
        case (.p256(let left), .p256(let right)): areEqual(left.rawRepresentation, right.rawRepresentation)
        case (.p384(let left), .p384(let right)): areEqual(left.rawRepresentation, right.rawRepresentation)
        case (.p521(let left), .p521(let right)): areEqual(left.rawRepresentation, right.rawRepresentation)
        case (.ed25519(let left), .ed25519(let right)): areEqual(left.rawRepresentation, right.rawRepresentation)
        case (.rsa(let left), .rsa(let right)): left.modulus == right.modulus && left.exponent == right.exponent
        case (.mlDSA65(let left), .mlDSA65(let right)): areEqual(left.rawRepresentation, right.rawRepresentation)
        case (.mlDSA87(let left), .mlDSA87(let right)): areEqual(left.rawRepresentation, right.rawRepresentation)
        default: false
        }
    }
}

/// An RSA key with its two numbers, big-endian and without leading zeros.
struct RSAKey: Sendable {
    let key: _RSA.Signing.PublicKey
    let modulus: [UInt8]
    let exponent: [UInt8]
}
