import Bytes
import Testing
import VectorSupport

@Suite("Bytes as text") struct EncodingTests {
    @Test("in hexadecimal digits have two of them each, in lower case")
    func hexadecimal() {
        #expect([UInt8]().hexadecimal == "")
        #expect([0x00, 0x0F, 0xA0, 0xFF, 0x10].map { UInt8($0) }.hexadecimal == "000fa0ff10")
        #expect((0...255).map { UInt8($0) }.hexadecimal.count == 512)
        #expect([UInt8](hexadecimal: "000fA0Ff10") == [0x00, 0x0F, 0xA0, 0xFF, 0x10] && [UInt8](hexadecimal: "") == [])
    }

    @Test(
        "are not read from what is no hexadecimal text", arguments: ["0", "0g", "g0", " 00", "0x00", "٠٠", "0\u{301}0"])
    func notHexadecimal(text: String) { #expect([UInt8](hexadecimal: text) == nil) }

    // RFC 4648, section 10.
    static let vectors = [
        ("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("foob", "Zm9vYg=="), ("fooba", "Zm9vYmE="),
        ("foobar", "Zm9vYmFy"),
    ]

    @Test("are in base64 as RFC 4648 has it", arguments: vectors)
    func base64(plain: String, text: String) {
        let bytes = Array(plain.utf8)
        let bare = String(text.prefix { $0 != "=" })
        #expect(bytes.base64URL == bare && Base64.standard.unpadded(bytes) == bare)
        for alphabet in [Base64.standard, .url] {
            #expect(alphabet.bytes(text.utf8, padding: .required) == bytes)
            #expect(alphabet.bytes(text.utf8, padding: .optional) == bytes)
            #expect(alphabet.bytes(bare.utf8, padding: .optional) == bytes)
            #expect(alphabet.bytes(bare.utf8, padding: .none) == bytes)
            if bare != text {
                #expect(alphabet.bytes(text.utf8, padding: .none) == nil)
                #expect(alphabet.bytes(bare.utf8, padding: .required) == nil)
            }
        }
    }

    @Test("have an alphabet of base64 each for texts and for addresses")
    func alphabets() {
        let bytes: [UInt8] = [0xfb, 0xff]
        #expect(bytes.base64URL == "-_8" && Base64.standard.unpadded(bytes) == "+/8")
        #expect([UInt8](base64URL: "-_8") == bytes && [UInt8](base64URL: "+/8") == nil)
        #expect(Base64.standard.bytes("+/8=".utf8, padding: .required) == bytes)
        #expect(Base64.standard.bytes("-_8=".utf8, padding: .required) == nil)
    }

    static let wrong = [
        "A", "AAAAA", "Zh", "Zm9", "Zg=", "Zg===", "=", "==", "Z=g=", "Zg==Zg==", "Zg\n", " Zg", "Zgé", "Zm9v====",
    ]

    @Test("are read from one base64 text only", arguments: wrong)
    func notBase64(text: String) {
        for padding in [Base64.Padding.none, .optional, .required] {
            #expect(Base64.url.bytes(text.utf8, padding: padding) == nil)
        }
    }

    @Test("come back from each of their texts", arguments: 0..<300 as Range<UInt64>)
    func roundTrip(seed: UInt64) {
        var random = SplitMix64(seed: seed)
        let bytes = (0..<Int(seed) % 40).map { _ in UInt8.random(in: .min ... .max, using: &random) }
        #expect([UInt8](hexadecimal: bytes.hexadecimal) == bytes && [UInt8](base64URL: bytes.base64URL) == bytes)
        #expect(Base64.standard.bytes(Base64.standard.unpadded(bytes).utf8, padding: .none) == bytes)
        let decoded = bytes.percentEncoded().utf8.percentDecoded()
        #expect(decoded.bytes == bytes && decoded.isWellFormed)
    }

    @Test("in an address are percent-encoded but for what means nothing there")
    func percentEncoding() {
        #expect("AZaz09-._~".utf8.percentEncoded() == "AZaz09-._~")
        #expect(" /?#%+!é\u{7f}".utf8.percentEncoded() == "%20%2F%3F%23%25%2B%21%C3%A9%7F")
        #expect("1!2 0".utf8.percentEncoded { $0.isUnreserved || $0 == UInt8(ascii: "!") } == "1!2%200")
    }

    // swift-format-ignore
    static let encoded: [(text: String, plain: String, isWellFormed: Bool)] = [
        ("a%2Fb%2f", "a/b/", true), ("%C3%A9", "é", true), ("a+b", "a+b", true), ("", "", true),
        ("%", "%", false), ("%2", "%2", false), ("%zz", "%zz", false), ("%2z%41", "%2zA", false), ("%%41", "%A", false),
    ]

    @Test("of an address are decoded once, and what is no encoding is said", arguments: encoded)
    func percentDecoding(text: String, plain: String, isWellFormed: Bool) {
        let decoded = text.utf8.percentDecoded()
        #expect(String(decoding: decoded.bytes, as: UTF8.self) == plain && decoded.isWellFormed == isWellFormed)
    }

    @Test("are of the classes that ASCII has", arguments: 0...255 as ClosedRange<UInt8>)
    func classes(byte: UInt8) {
        let character = Character(Unicode.Scalar(byte))
        #expect(byte.isASCIIDigit == ("0"..."9").contains(character))
        #expect(byte.isASCIILetter == (character.isASCII && character.isLetter))
        #expect(byte.asciiLowercased == (byte < 0x80 ? character.lowercased().utf8.first : byte))
        #expect(byte.hexadecimalValue.map(Int.init) == (byte < 0x80 ? character.hexDigitValue : nil))
    }
}
