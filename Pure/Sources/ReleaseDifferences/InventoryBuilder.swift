import Bytes
import Crypto
import PackagingFormats

/// Makes the inventory of an archive of the bytes of its members, one after the other.
public struct InventoryBuilder {
    private let kind: ReleaseInventory.Kind
    private var members: [ArchiveMember] = []
    private var hooks: Set<InstallHook> = []
    private var uses: [String: [CapabilityUse]] = [:]
    private var blobs: [String: [EmbeddedBlob]] = [:]
    private var requirements: Set<String> = []

    /// How many bytes of a member its entropy is measured on.
    private static let measuredBytes = 256 << 10
    /// The largest file whose code is read, in bytes.
    private static let readBytes = 8 << 20

    public init(kind: ReleaseInventory.Kind) { self.kind = kind }

    /// Takes a member.
    ///
    /// - Parameters:
    ///   - path: as the archive names it: with the directory at the top of an sdist.
    ///   - content: all of its bytes.
    ///   - uses: what a scanner found that its code can do; nil to have its words looked at.
    public mutating func add(path archivePath: String, content: [UInt8], uses found: [CapabilityUse]? = nil) {
        let path = Self.comparable(archivePath, in: kind)
        guard !path.isEmpty else { return }
        let kind = MemberKind(path: path, content: content)
        members.append(
            ArchiveMember(
                path: path, size: Int64(content.count), digest: Array(SHA256.hash(data: content)), kind: kind,
                entropyBits: Entropy.bitsPerByte(of: content.prefix(Self.measuredBytes))))
        switch kind {
        case .startCode:
            hooks.insert(.startCode(path: path))
            look(path, content, found)
        case .python: look(path, content, found)
        case .native, .script, .media, .disguised, .other: break
        }
        readMetadata(path, content)
    }

    /// What has been taken.
    public func inventory() -> ReleaseInventory {
        ReleaseInventory(
            kind: kind, members: members, hooks: hooks, uses: uses, blobs: blobs, requirements: requirements)
    }

    private mutating func look(_ path: String, _ content: [UInt8], _ found: [CapabilityUse]?) {
        guard content.count <= Self.readBytes else { return }
        let glance = PythonGlance(content)
        let uses = found ?? glance.uses
        if !uses.isEmpty { self.uses[path] = uses }
        if !glance.blobs.isEmpty { blobs[path] = glance.blobs }
        if path == "setup.py", glance.namesCommandClass { hooks.insert(.commandClass) }
    }

    private mutating func readMetadata(_ path: String, _ content: [UInt8]) {
        switch kind {
        case .wheel:
            if path == ".dist-info/METADATA" { readRequirements(content) }
            if path == ".dist-info/entry_points.txt" { readCommands(content) }
        case .sourceDistribution:
            if path == "setup.py" { hooks.insert(.setupScript) }
            if path == "PKG-INFO" { readRequirements(content) }
            if path == "pyproject.toml", Self.hasInTreeBackend(content) { hooks.insert(.inTreeBackend) }
        }
    }

    private mutating func readRequirements(_ content: [UInt8]) {
        for line in content.split(separator: 0x0A) {
            if line.isEmpty || line.elementsEqual([0x0D]) { continue }
            let header = Array("requires-dist:".utf8)
            guard line.prefix(header.count).map(\.asciiLowercased) == header else { continue }
            let text = String(decoding: line.dropFirst(header.count), as: UTF8.self)
            let name = text.drop { $0 == " " }.prefix {
                $0.isASCII && ($0.isLetter || $0.isNumber || "-_.".contains($0))
            }
            if let name = try? ProjectName(parsing: String(name)) { requirements.insert(name.normalized) }
        }
    }

    /// Commands that people have already, and type without thinking.
    private static let tools: Set<String> = [
        "bash", "cat", "conda", "curl", "docker", "git", "kubectl", "ls", "npm", "pip", "pip3", "python", "python3",
        "sh",
        "ssh", "sudo", "uv", "wget",
    ]

    private mutating func readCommands(_ content: [UInt8]) {
        for line in content.split(separator: 0x0A) {
            guard let end = line.firstIndex(of: UInt8(ascii: "=")) else { continue }
            let name = String(decoding: line[..<end], as: UTF8.self).filter { !$0.isWhitespace }
            if Self.tools.contains(name.lowercased()) { hooks.insert(.command(name: name)) }
        }
    }

    /// Whether a line `backend-path = …` is there: what it is set to does not matter.
    private static func hasInTreeBackend(_ content: [UInt8]) -> Bool {
        content.split(separator: 0x0A).contains { line in
            let text = line.drop { $0 == 0x20 || $0 == 0x09 }
            return text.starts(with: "backend-path".utf8)
        }
    }

    /// A path without what is different in every version: the directory at the top of an sdist, the name and version of
    /// a wheel's own directories.
    static func comparable(_ path: String, in kind: ReleaseInventory.Kind) -> String {
        let parts = path.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: true)
        guard let top = parts.first else { return "" }
        switch kind {
        case .sourceDistribution: return parts.count > 1 ? String(parts[1]) : ""
        case .wheel:
            for suffix in [".dist-info", ".data"] where top.hasSuffix(suffix) {
                return parts.count > 1 ? "\(suffix)/\(parts[1])" : suffix
            }
            return parts.joined(separator: "/")
        }
    }
}

/// How evenly bytes are spread.
public enum Entropy {
    /// In bits per byte, from 0 to 8; 0 of nothing.
    ///
    /// Source: Shannon, "A Mathematical Theory of Communication", 1948.
    public static func bitsPerByte(of bytes: some Collection<UInt8>) -> Double {
        guard !bytes.isEmpty else { return 0 }
        var counts = [Int](repeating: 0, count: 256)
        for byte in bytes { counts[Int(byte)] += 1 }
        let total = Double(bytes.count)
        return counts.reduce(0) { sum, count in
            count == 0 ? sum : sum - Double(count) / total * binaryLogarithm(Double(count) / total)
        }
    }

    /// The logarithm to the base 2 of a number between 0 and 1, by its exponent and a series: the standard library has
    /// one in Foundation only.
    private static func binaryLogarithm(_ number: Double) -> Double {
        // ln(m) = 2·artanh((m - 1) / (m + 1)) converges fast for m between 1 and 2.
        let ratio = (number.significand - 1) / (number.significand + 1)
        var (sum, power) = (0.0, ratio)
        for step in 0..<12 {
            sum += power / Double(2 * step + 1)
            power *= ratio * ratio
        }
        return Double(number.exponent) + 2 * sum / 0.693_147_180_559_945_3
    }
}

extension MemberKind {
    /// What a file is by its name and its first bytes.
    public init(path: String, content: [UInt8]) {
        let name = path.split(separator: "/").last.map { $0.lowercased() } ?? ""
        let suffix = name.split(separator: ".").count > 1 ? String(name.split(separator: ".").last ?? "") : ""
        if suffix == "pth" {
            self = Self.hasImportLine(content) ? .startCode : .other
        } else if ["sitecustomize.py", "usercustomize.py"].contains(name), Self.isAtTop(path) {
            self = .startCode
        } else if ["py", "pyw", "pyi", "pyx"].contains(suffix) {
            self = .python
        } else if Self.nativeSigns.contains(where: { content.starts(with: $0) }) {
            self = .native
        } else if Self.mediaSigns.contains(where: { content.starts(with: $0) }) || Self.isBoxed(content) {
            self = .media
        } else if Self.mediaSuffixes.contains(suffix), content.count > 16 {
            self = .disguised
        } else if ["sh", "bash", "bat", "cmd", "ps1", "js", "mjs", "cjs", "vbs", "pl", "rb", "lua"].contains(suffix) {
            self = .script
        } else if content.starts(with: "#!".utf8) {
            self =
                content.prefix(64).split(separator: 0x0A).first.map { String(decoding: $0, as: UTF8.self) }?
                    .contains("python") == true ? .python : .script
        } else {
            self = .other
        }
    }

    /// Lines of a `.pth` file that begin with `import` and a space or a tab are run.
    ///
    /// Source: docs.python.org, "site: Site-specific configuration hook".
    private static func hasImportLine(_ content: [UInt8]) -> Bool {
        content.split { $0 == 0x0A || $0 == 0x0D }.contains {
            $0.starts(with: "import ".utf8) || $0.starts(with: "import\t".utf8)
        }
    }

    private static func isAtTop(_ path: String) -> Bool {
        !path.contains("/")
            || [".data/purelib/", ".data/platlib/", "src/"].contains {
                path.hasPrefix($0) && path.dropFirst($0.count).contains("/") == false
            }
    }

    /// MP4 and its like say what they are behind the length of their first box.
    private static func isBoxed(_ content: [UInt8]) -> Bool { content.dropFirst(4).starts(with: "ftyp".utf8) }

    /// ELF; PE; Mach-O in both orders and widths, and several in one; archives of object files; WebAssembly.
    private static let nativeSigns: [[UInt8]] = [
        [0x7F, 0x45, 0x4C, 0x46], [0x4D, 0x5A], [0xFE, 0xED, 0xFA, 0xCE], [0xFE, 0xED, 0xFA, 0xCF],
        [0xCE, 0xFA, 0xED, 0xFE], [0xCF, 0xFA, 0xED, 0xFE], [0xCA, 0xFE, 0xBA, 0xBE], Array("!<arch>\n".utf8),
        [0x00, 0x61, 0x73, 0x6D],
    ]

    /// Pictures, sounds, fonts, what is compressed, and databases.
    private static let mediaSigns: [[UInt8]] = [
        [0x89, 0x50, 0x4E, 0x47], [0xFF, 0xD8, 0xFF], [0x1F, 0x8B], [0xFD, 0x37, 0x7A, 0x58, 0x5A],
        [0x28, 0xB5, 0x2F, 0xFD], [0x00, 0x01, 0x00, 0x00], [0x00, 0x00, 0x01, 0x00], [0xFF, 0xFB], [0xFF, 0xF3],
        [0x37, 0x7A, 0xBC, 0xAF], [0xDE, 0x12, 0x04, 0x95], [0x93, 0x4E, 0x55, 0x4D, 0x50, 0x59],
        [0x89, 0x48, 0x44, 0x46], Array("GIF8".utf8), Array("RIFF".utf8), Array("PK".utf8), Array("BZh".utf8),
        Array("wOFF".utf8), Array("wOF2".utf8), Array("OTTO".utf8), Array("%PDF".utf8), Array("OggS".utf8),
        Array("ID3".utf8), Array("fLaC".utf8), Array("PAR1".utf8), Array("SQLite format 3".utf8), Array("II*".utf8),
        Array("MM".utf8), Array("BM".utf8),
    ]

    /// Names of what is a picture or a sound by its first bytes, and is run by nobody.
    private static let mediaSuffixes: Set<String> = ["png", "jpg", "jpeg", "gif", "wav", "woff", "woff2", "flac"]
}
