import OneTimeCodes
import Testing
import VectorSupport

@Suite("Base32") struct Base32Tests {
    /// RFC 4648, section 10.
    static let examples = [
        ("", ""), ("f", "MY======"), ("fo", "MZXQ===="), ("foo", "MZXW6==="), ("foob", "MZXW6YQ="),
        ("fooba", "MZXW6YTB"),
        ("foobar", "MZXW6YTBOI======"),
    ]

    @Test("is that of RFC 4648, without the padding, and read with it or without", arguments: examples)
    func example(plain: String, padded: String) {
        let bytes = Array(plain.utf8)
        let text = padded.replacing("=", with: "")
        #expect(Base32.rfc4648.encode(bytes) == text)
        #expect(Base32.rfc4648.decode(text) == bytes)
        #expect(Base32.rfc4648.decode(padded) == bytes)
    }

    @Test("is read as people type it", arguments: ["mzxw6ytb", "MZXW 6YTB", " mzxw-6YTB\n", "m z x w 6 y t b"])
    func typed(text: String) { #expect(Base32.rfc4648.decode(text) == Array("fooba".utf8)) }

    @Test(
        "is refused when it is not base32, was cut, or has spare bits",
        arguments: [
            "MZXW6YT1", "MZXW6YT8", "MZXW6YT.", "M", "MZX", "MZXW6Y", "MZ", "MZXW6YTB=", "MY=====", "=", "M=Y", "ſ",
            "é",
        ])
    func malformed(text: String) { #expect(Base32.rfc4648.decode(text) == nil) }

    @Test("of Crockford reads what looks alike as the same, and knows no u")
    func crockford() throws {
        let text = Base32.crockford.encode([0x08, 0x42, 0x10, 0x00, 0x00])
        #expect(text == "11110000")
        for typed in ["11110000", "iIlL0oO0", "1l-1i oOo0"] {
            #expect(Base32.crockford.decode(typed) == Base32.crockford.decode(text))
        }
        #expect(Base32.crockford.decode("u1110000") == nil && Base32.crockford.decode("U1110000") == nil)
    }

    @Test("comes back as the bytes that went in", arguments: 0..<100 as Range<UInt64>)
    func roundTrip(seed: UInt64) {
        var random = SplitMix64(seed: seed)
        let bytes = (0..<Int.random(in: 0...40, using: &random)).map { _ in
            UInt8.random(in: .min ... .max, using: &random)
        }
        for base32 in [Base32.rfc4648, Base32.crockford] {
            #expect(base32.decode(base32.encode(bytes)) == bytes)
            #expect(base32.decode(base32.encode(bytes).uppercased()) == bytes)
        }
    }
}
