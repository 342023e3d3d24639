import Testing

@testable import Archives

@Suite("A plain member of a tar archive") struct PlainTarMemberTests {
    static let members = [
        PlainTarMember(name: "keys.json", size: 0), PlainTarMember(name: "a", size: 1),
        PlainTarMember(name: String(repeating: "x", count: 100), size: 512),
        PlainTarMember(name: "just-octal", size: (1 << 33) - 1), PlainTarMember(name: "beyond-octal", size: 1 << 33),
        PlainTarMember(name: "huge", size: 1 << 50),
    ]

    @Test("is read as it was written", arguments: members)
    func roundTrip(member: PlainTarMember) {
        let header = member.header
        #expect(header.count == 512)
        #expect(header.withUnsafeBytes { PlainTarMember(header: $0) } == member)
    }

    @Test("is not read from a header with any one bit flipped", arguments: members)
    func flipped(member: PlainTarMember) {
        for position in 0..<512 * 8 {
            var header = member.header
            header[position / 8] ^= 1 << (position % 8)
            let read = header.withUnsafeBytes { PlainTarMember(header: $0) }
            // What surrounds the number of the checksum is not part of it.
            #expect(read == nil || (read == member && (148..<156).contains(position / 8)))
        }
    }

    @Test("is padded to whole blocks", arguments: [(0, 0), (1, 511), (511, 1), (512, 0), (513, 511)])
    func padding(size: Int64, zeros: Int) {
        let member = PlainTarMember(name: "a", size: size)
        #expect(member.padding == zeros)
        #expect(member.length == 512 + size + Int64(zeros))
    }

    @Test("is not read from what is no header: zeros, text, a directory")
    func others() {
        var directory = PlainTarMember(name: "a", size: 0).header
        directory[156] = UInt8(ascii: "5")
        // The sum is one for each step from 0 to 5.
        let sum = directory.enumerated().reduce(0) { $0 + ((148..<156).contains($1.offset) ? 32 : Int($1.element)) }
        let digits = String(sum, radix: 8)
        directory.replaceSubrange(148..<154, with: (String(repeating: "0", count: 6 - digits.count) + digits).utf8)
        for block in [[UInt8](repeating: 0, count: 512), [UInt8](repeating: 0x41, count: 512), directory] {
            #expect(block.withUnsafeBytes { PlainTarMember(header: $0) } == nil)
        }
    }
}
