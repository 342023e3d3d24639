/// Writes tar files out of headers whose every field can be made to lie.
struct TarBuilder {
    struct Member {
        var name: String
        var type: Character = "0"
        var content: [UInt8] = []
        var target = ""
        var magic = "ustar\u{0}00"
        var prefix = ""
        /// Instead of the size of the content.
        var size: [UInt8]?
        /// Changes the header before (`false`) and after (`true`) its checksum is computed.
        var change: (_ header: inout [UInt8], _ isSummed: Bool) -> Void = { _, _ in }

        init(_ name: String, _ content: String = "", type: Character = "0", target: String = "") {
            (self.name, self.type, self.target) = (name, type, target)
            self.content = Array(content.utf8)
        }

        /// A pax header with these records.
        static func pax(_ records: [(String, String)], type: Character = "x") -> Member {
            let content = records.map { key, value in
                let rest = " \(key)=\(value)\n"
                let short = rest.utf8.count + String(rest.utf8.count).count
                let length = rest.utf8.count + String(short).count
                return "\(length)\(rest)"
            }
            return Member("./PaxHeaders/x", content.joined(), type: type)
        }

        var bytes: [UInt8] {
            var header = [UInt8](repeating: 0, count: 512)
            func put(_ bytes: some Sequence<UInt8>, at offset: Int) {
                for (index, byte) in bytes.enumerated() { header[offset + index] = byte }
            }
            put(name.utf8.prefix(100), at: 0)
            put("0000644\0".utf8, at: 100)
            put("0000000\0".utf8, at: 108)
            put("0000000\0".utf8, at: 116)
            put(size ?? octal(content.count, 11), at: 124)
            put("14000000000\0".utf8, at: 136)
            put("        ".utf8, at: 148)
            put(String(type).utf8, at: 156)
            put(target.utf8.prefix(100), at: 157)
            put(magic.utf8, at: 257)
            put(prefix.utf8, at: 345)
            change(&header, false)
            put(octal(header.reduce(0) { $0 + Int($1) }, 6), at: 148)
            change(&header, true)
            return header + content + [UInt8](repeating: 0, count: (512 - content.count % 512) % 512)
        }
    }

    var members: [Member]
    var end = [UInt8](repeating: 0, count: 1024)

    init(_ members: [Member]) { self.members = members }

    /// A source distribution with these members behind the usual ones.
    init(with members: Member...) {
        self.init(Self.usual.members + members)
    }

    /// A source distribution.
    static var usual: TarBuilder {
        TarBuilder([
            Member("demo-1.0/", type: "5"), Member("demo-1.0/PKG-INFO", "Metadata-Version: 2.4\nName: demo\n"),
            Member("demo-1.0/pyproject.toml", "[project]\n"), Member("demo-1.0/LICENSE", "Do as you like.\n"),
        ])
    }

    var tar: [UInt8] { members.flatMap(\.bytes) + end }
    var gzip: [UInt8] { deflate(tar, windowBits: 31) }
}

/// Octal digits and a NUL.
func octal(_ value: Int, _ digits: Int) -> [UInt8] {
    let text = String(value, radix: 8)
    return Array((String(repeating: "0", count: digits - text.count) + text + "\0").utf8)
}
