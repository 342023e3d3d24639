/// Why a public key is not taken.
public enum KeyRefusal: Error, Hashable, Sendable {
    /// It is not one CBOR item in canonical form.
    case cbor(MalformedCBOR)
    /// It is not a map.
    case notAMap
    /// The member with this label is missing or of another type.
    case member(Int)
    /// A member is there that this kind of key does not have: private, optional or unknown.
    case unexpectedMember
    /// The algorithm, by its COSE number, is not one of `Algorithm`.
    case unsupportedAlgorithm(Int)
    /// The key's type does not go with its algorithm.
    case keyType
    /// The curve does not go with the algorithm.
    case curve
    /// Coordinates of the wrong length, or no point of the curve.
    case point
    /// The modulus has fewer than 2048 bits, more than 8192, a leading zero, or is even.
    case rsaModulus
    /// The exponent is even, not above 2^16, or does not fit 32 bits.
    case rsaExponent
    /// Not a key of ML-DSA.
    case latticeKey
}
