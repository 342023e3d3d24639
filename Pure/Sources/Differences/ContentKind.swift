/// What a file's first bytes, or its name where they say nothing, say that it is.
public enum ContentKind: String, Sendable, Hashable, CaseIterable {
    /// What people read: no bytes in it that no text has.
    case text
    case empty
    /// Programs and libraries of Linux and others (ELF).
    case elf
    /// Programs and libraries of Windows.
    case portableExecutable
    /// Programs and libraries of macOS.
    case machO
    case webAssembly
    /// A library to link with (`.a`, `.lib`).
    case staticLibrary
    case javaClass
    /// Compiled Python.
    case bytecode
    /// An archive, which may hold any of the others.
    case archive
    /// A picture, a sound, a font, or a document.
    case media
    /// Anything else.
    case data
    /// A link to another member.
    case link

    /// Whether a machine or an interpreter runs it, or it may hold what one runs, and nobody reads it.
    public var isProgram: Bool {
        switch self {
        case .elf, .portableExecutable, .machO, .webAssembly, .staticLibrary, .javaClass, .bytecode, .archive: true
        case .text, .empty, .media, .data, .link: false
        }
    }

    /// Whether it can be shown and compared line by line.
    public var isText: Bool { self == .text || self == .empty }

    /// What it is, in words: `Linux program or library`.
    public var words: String {
        switch self {
        case .text: "text"
        case .empty: "empty"
        case .elf: "Linux program or library"
        case .portableExecutable: "Windows program or library"
        case .machO: "macOS program or library"
        case .webAssembly: "WebAssembly program"
        case .staticLibrary: "library to link with"
        case .javaClass: "Java class"
        case .bytecode: "compiled Python"
        case .archive: "archive"
        case .media: "picture, font or document"
        case .data: "binary data"
        case .link: "link"
        }
    }

    /// How many of a file's first bytes are enough.
    public static let sample = 8_192

    /// - Parameters:
    ///   - name: of the file, for kinds whose bytes say nothing.
    ///   - start: its first bytes, `sample` of them or all.
    public init(name: String, start: some RandomAccessCollection<UInt8>) {
        let head = Array(start.prefix(16))
        func begins(_ bytes: [UInt8]) -> Bool { head.starts(with: bytes) }
        func ends(_ suffix: String) -> Bool { name.utf8.suffix(suffix.utf8.count).elementsEqual(suffix.utf8) }
        if start.isEmpty {
            self = .empty
        } else if begins([0x7F, 0x45, 0x4C, 0x46]) {
            self = .elf
        } else if begins([0xCF, 0xFA, 0xED, 0xFE]) || begins([0xCE, 0xFA, 0xED, 0xFE])
            || begins([0xFE, 0xED, 0xFA, 0xCE]) || begins([0xFE, 0xED, 0xFA, 0xCF])
        {
            self = .machO
        } else if begins([0xCA, 0xFE, 0xBA, 0xBE]) {
            // A Mach-O for several processors counts them here, a Java class gives its version, which is above 40.
            self = head.count >= 8 && head[4] == 0 && head[5] == 0 && head[6] == 0 && head[7] < 40 ? .machO : .javaClass
        } else if begins([0x00, 0x61, 0x73, 0x6D]) {
            self = .webAssembly
        } else if begins(Array("!<arch>\n".utf8)) {
            self = .staticLibrary
        } else if begins([0x50, 0x4B, 3, 4]) || begins([0x1F, 0x8B]) || begins([0x28, 0xB5, 0x2F, 0xFD])
            || begins([0xFD, 0x37, 0x7A, 0x58, 0x5A])
            || begins(Array("BZh".utf8) + [head.dropFirst(3).first ?? 0])
                && Self.isBinary(start)
            || begins([0x37, 0x7A, 0xBC, 0xAF])
            || start.dropFirst(257).starts(with: "ustar".utf8)
        {
            self = .archive
        } else if begins(Array("MZ".utf8)), Self.isBinary(start) {
            self = .portableExecutable
        } else if ends(".pyc"), Self.isBinary(start) {
            self = .bytecode
        } else if begins([0x89, 0x50, 0x4E, 0x47]) || begins([0xFF, 0xD8, 0xFF]) || begins(Array("GIF8".utf8))
            || begins(Array("%PDF-".utf8)) || begins(Array("wOF".utf8)) || begins([0, 1, 0, 0])
            || begins(Array("OTTO".utf8)) || begins(Array("RIFF".utf8)) || begins(Array("OggS".utf8))
        {
            self = .media
        } else {
            self = Self.isBinary(start) ? .data : .text
        }
    }

    /// Whether some bytes are none that text has: a NUL, unless they are UTF-16, or more than a few control characters.
    private static func isBinary(_ start: some RandomAccessCollection<UInt8>) -> Bool {
        if start.starts(with: [0xFF, 0xFE]) || start.starts(with: [0xFE, 0xFF]) { return false }
        var controls = 0
        for byte in start {
            if byte == 0 { return true }
            // Tab, the line ends, form feed, and the escape that colours of terminals begin with are in texts.
            if byte < 0x20, byte != 0x09, byte != 0x0A, byte != 0x0D, byte != 0x0C, byte != 0x1B { controls += 1 }
        }
        return controls * 20 > start.count
    }
}
