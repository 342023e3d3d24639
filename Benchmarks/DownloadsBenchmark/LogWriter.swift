import Foundation
import UTC
import VectorSupport

/// Writes an access log as a CDN in front of an index has it: the combined format, some 300 bytes a line, files by the
/// skew of real ones, installers of which most are pip with all that it says about itself, and one line in five that is
/// no download: metadata, pages of the Simple API, what is not there.
struct LogWriter {
    /// The moment that the log is read at.
    static let now = Timestamp(seconds: 1_795_348_800)

    let lines: Int
    /// Whether clients say no more of themselves than their name: lines of half the length.
    var isBrief = false

    /// All that pip says of itself.
    private static let pip =
        #"pip/26.3 {\"ci\":true,\"cpu\":\"x86_64\",\"distro\":{\"id\":\"bookworm\",\"libc\":{\"lib\":\"gli"#
        + #"bc\",\"version\":\"2.36\"},\"name\":\"Debian GNU/Linux\",\"version\":\"12\"},\"implementation\":"#
        + #"{\"name\":\"CPython\",\"version\":\"3.12.4\"},\"installer\":{\"name\":\"pip\",\"version\":\"26.3"#
        + #"\"},\"openssl_version\":\"OpenSSL 3.0.15\",\"python\":\"3.12.4\",\"system\":{\"name\":\"Linux\","#
        + #"\"release\":\"6.1.0\"}}"#

    private static let agents: [(weight: Int, text: String)] = [
        (70, Self.pip),
        (20, #"uv/0.9.1 {\"installer\":{\"name\":\"uv\",\"version\":\"0.9.1\"},\"python\":\"3.13.0\"}"#),
        (3, "Poetry/2.5.1 CPython/3.12.4"), (3, "bandersnatch/6.8.0 (cpython 3.12.4-final0, Linux x86_64)"),
        (4, "Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0"),
    ]

    func write(to path: String) throws {
        var random = SplitMix64(seed: 7)
        let file = try FileHandle.forWritingNew(path)
        var buffer: [UInt8] = []
        let start = 1_795_262_400  // 2026-11-21T12:00:00Z
        let agents = Self.agents.flatMap { agent in
            [String](repeating: isBrief ? String(agent.text.prefix { $0 != " " }) : agent.text, count: agent.weight)
        }
        for line in 0..<lines {
            let second = start + line * 3_600 / lines
            buffer += self.line(second, agents, &random).utf8
            if buffer.count > 1 << 20 {
                file.write(Data(buffer))
                buffer.removeAll(keepingCapacity: true)
            }
        }
        file.write(Data(buffer))
        try file.close()
    }

    private func line(_ second: Int, _ agents: [String], _ random: inout SplitMix64) -> String {
        // A power law over some 300,000 files: the first thousand are half of all.
        let unit = Double(random.next() >> 11) * 0x1p-53
        let rank = Int(pow(300_000, unit))
        let name = "project_\(rank / 6)"
        let file =
            rank % 6 == 0
            ? "\(name)-\(rank % 9).\(rank % 7).0.tar.gz"
            : "\(name)-\(rank % 9).\(rank % 7).\(rank % 5)-cp31\(rank % 4)-cp31\(rank % 4)-manylinux_2_17_x86_64.manylinux2014_x86_64.whl"
        let kind = Int(random.next() % 100)
        let path: String
        switch kind {
        case 0..<80:
            let digest =
                String(rank &* 0x9E37_79B9 & 0xFFFF_FFFF, radix: 16)
                + "a1b2c3d4e5f60718293a4b5c6d7e8f901112131415161718"
            path = "/packages/\(rank % 90 + 10)/\(rank % 89 + 10)/\(digest)/\(file)"
        case 80..<90: path = "/packages/\(rank % 90 + 10)/\(rank % 89 + 10)/aabbccdd/\(file).metadata"
        default: path = "/simple/project-\(rank / 6)/"
        }
        let status = kind == 99 ? 404 : kind >= 95 ? 304 : 200
        let clock = String(format: "%02d:%02d:%02d", second / 3_600 % 24, second / 60 % 60, second % 60)
        let agent = agents[Int(random.next() % UInt64(agents.count))]
        let address = "\(10 + random.next() % 90).\(random.next() % 256).\(random.next() % 256).\(random.next() % 256)"
        return "\(address) - - [21/Nov/2026:\(clock) +0000] \"GET \(path) HTTP/1.1\" \(status) "
            + "\(random.next() % 5_000_000) \"-\" \"\(agent)\"\n"
    }
}
