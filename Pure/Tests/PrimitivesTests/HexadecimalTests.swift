import Primitives
import Testing

@Suite("Bytes in hexadecimal digits") struct HexadecimalTests {
    @Test("have two of them each, in lower case")
    func digits() {
        #expect([UInt8]().hexadecimal == "")
        #expect([0x00, 0x0F, 0xA0, 0xFF, 0x10].map { UInt8($0) }.hexadecimal == "000fa0ff10")
        #expect((0...255).map { UInt8($0) }.hexadecimal.count == 512)
    }
}
