import Bytes

/// Whether 32 bytes can be a public key of Ed25519: the canonical encoding of a y, and not of one of the eight points
/// of small order, under which anybody can make signatures.
///
/// The libraries that verify do not look at either. That the y belongs to a point of the curve they do look at: under a
/// key that is none, no signature verifies.
/// Source: RFC 8032, section 5.1.3; small orders: Chalkias and others, "Taming the many EdDSAs" (2020), table 3.
func isEdwards25519PublicKey(_ bytes: [UInt8]) -> Bool {
    guard bytes.count == 32 else { return false }
    // Little-endian; the highest bit is the sign of x.
    let y = bytes[..<31] + [bytes[31] & 0x7f]
    let isBelowModulus = y[0] < 0xed || y[31] < 0x7f || y[1..<31].contains { $0 < 0xff }
    return isBelowModulus && !smallOrders.contains(Array(y).hexadecimal)
}

/// The y of orders 1, 2, 4 and 8. Those of 4 and 8 have two points each, which differ in the sign of x.
private let smallOrders: Set<String> = [
    "0100000000000000000000000000000000000000000000000000000000000000",
    "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
    "0000000000000000000000000000000000000000000000000000000000000000",
    "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
    "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
]
