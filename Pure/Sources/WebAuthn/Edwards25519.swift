/// Whether 32 bytes are a public key of Ed25519: the canonical encoding of a point of the curve that is not one of the
/// eight of small order, under which anybody can make signatures.
///
/// The libraries that verify leave this to the signature, or do not look at all.
/// Source: RFC 8032, sections 5.1.2 and 5.1.3; small orders: Chalkias and others, "Taming the many EdDSAs" (2020).
func isEdwards25519PublicKey(_ bytes: [UInt8]) -> Bool {
    guard bytes.count == 32, let y = Field25519(canonical: bytes) else { return false }
    let one = Field25519(1)
    let y2 = y * y
    // x² = (y² - 1) / (dy² + 1) has a root exactly when the product of the two is a square. With d = -121665/121666, and
    // times 121666² for whole numbers:
    let product = (y2 - one) * (Field25519(121_666) - Field25519(121_665) * y2) * Field25519(121_666)
    guard product.isSquare else { return false }
    // Orders 1 and 2 have x = 0, so y² = 1; order 4 has y = 0; order 8 doubles to those: dy⁴ + 2y² - 1 = 0.
    let doubled = Field25519(243_332) * y2 - Field25519(121_665) * y2 * y2 - Field25519(121_666)
    return !(y2 - one).isZero && !y.isZero && !doubled.isZero
}

/// An integer modulo 2^255 - 19, in five limbs of 51 bits. Not constant in time: for public values only.
private struct Field25519 {
    private var limbs: (UInt64, UInt64, UInt64, UInt64, UInt64)

    private static let mask: UInt64 = 1 << 51 - 1

    init(_ small: UInt64) { limbs = (small, 0, 0, 0, 0) }

    private init(_ l0: UInt128, _ l1: UInt128, _ l2: UInt128, _ l3: UInt128, _ l4: UInt128) {
        let mask = UInt128(Self.mask)
        let c1 = l1 + l0 >> 51
        let c2 = l2 + c1 >> 51
        let c3 = l3 + c2 >> 51
        let c4 = l4 + c3 >> 51
        let low = (l0 & mask) + (c4 >> 51) * 19
        limbs = (
            UInt64(low & mask), UInt64((c1 & mask) + low >> 51), UInt64(c2 & mask), UInt64(c3 & mask), UInt64(c4 & mask)
        )
    }

    /// The y of an encoded point, little-endian; its highest bit is the sign of x. Nil where y is not below 2^255 - 19.
    init?(canonical bytes: [UInt8]) {
        var value: [UInt64] = [0, 0, 0, 0, 0]
        for bit in 0..<255 where bytes[bit / 8] >> UInt8(bit % 8) & 1 == 1 { value[bit / 51] |= 1 << UInt64(bit % 51) }
        let isAbove = value[0] >= Self.mask - 18 && value[1...].allSatisfy { $0 == Self.mask }
        guard !isAbove else { return nil }
        limbs = (value[0], value[1], value[2], value[3], value[4])
    }

    static func * (a: Field25519, b: Field25519) -> Field25519 {
        func times(_ x: UInt64, _ y: UInt64) -> UInt128 { UInt128(x) * UInt128(y) }
        let (a0, a1, a2, a3, a4) = a.limbs
        let (b0, b1, b2, b3, b4) = b.limbs
        let (w1, w2, w3, w4) = (b1 * 19, b2 * 19, b3 * 19, b4 * 19)  // 2^255 is 19
        return Field25519(
            times(a0, b0) + times(a1, w4) + times(a2, w3) + times(a3, w2) + times(a4, w1),
            times(a0, b1) + times(a1, b0) + times(a2, w4) + times(a3, w3) + times(a4, w2),
            times(a0, b2) + times(a1, b1) + times(a2, b0) + times(a3, w4) + times(a4, w3),
            times(a0, b3) + times(a1, b2) + times(a2, b1) + times(a3, b0) + times(a4, w4),
            times(a0, b4) + times(a1, b3) + times(a2, b2) + times(a3, b1) + times(a4, b0))
    }

    static func - (a: Field25519, b: Field25519) -> Field25519 {
        // Twice the modulus is added, so that no limb goes below zero.
        let (first, other) = (2 * UInt128(mask) - 36, 2 * UInt128(mask))
        return Field25519(
            UInt128(a.limbs.0) + first - UInt128(b.limbs.0), UInt128(a.limbs.1) + other - UInt128(b.limbs.1),
            UInt128(a.limbs.2) + other - UInt128(b.limbs.2), UInt128(a.limbs.3) + other - UInt128(b.limbs.3),
            UInt128(a.limbs.4) + other - UInt128(b.limbs.4))
    }

    /// Zero is written as 0 or as the modulus, once every limb is below 2^51.
    var isZero: Bool {
        var (l0, l1, l2, l3, l4) = limbs
        while max(l0, l1, l2, l3, l4) > Self.mask {
            let carried = Field25519(UInt128(l0), UInt128(l1), UInt128(l2), UInt128(l3), UInt128(l4))
            (l0, l1, l2, l3, l4) = carried.limbs
        }
        let (mask, isNothing) = (Self.mask, l0 | l1 | l2 | l3 | l4 == 0)
        return isNothing || (l0 == mask - 18 && l1 & l2 & l3 & l4 == mask)
    }

    /// Euler's criterion: the power (p - 1) / 2 = 2^254 - 10 of a square is 0 or 1.
    var isSquare: Bool {
        var power = Field25519(1)
        for _ in 0..<250 { power = power * power * self }
        for bit in [false, true, true, false] { power = bit ? power * power * self : power * power }
        return power.isZero || (power - Field25519(1)).isZero
    }
}
