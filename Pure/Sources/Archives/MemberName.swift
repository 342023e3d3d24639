import PackagingFormats

/// A name of a member that an installer must not write to, and why.
public enum NameFlaw: Sendable, Equatable, CaseIterable {
    /// No name at all.
    case empty
    /// Longer than the limit.
    case tooLong
    /// In more directories than the limit.
    case tooDeep
    /// Not UTF-8, or not ASCII where the archive does not say that it is UTF-8.
    case encoding
    /// A letter with more accents than any language needs.
    case accents
    /// A control character in it; NUL is one.
    case controlCharacter
    /// A backslash, which is a separator on one system and a letter on another.
    case backslash
    /// An absolute path, or one with a drive letter.
    case absolute
    /// A `..` in it.
    case parent
    /// A `.` or an empty component in it, so that the same file has several names.
    case notNormal
    /// The name of an earlier member, or one that is equal to it after Unicode normalization.
    case duplicate
    /// A file in one place and a directory in another.
    case fileAndDirectory

    var code: String {
        switch self {
        case .empty: "member.no-name"
        case .tooLong: "member.long-name"
        case .tooDeep: "member.deep-path"
        case .encoding: "member.encoding"
        case .accents: "member.accents"
        case .controlCharacter: "member.control-character"
        case .backslash: "member.backslash"
        case .absolute: "member.absolute"
        case .parent: "member.parent"
        case .notNormal: "member.not-normal"
        case .duplicate: "member.duplicate"
        case .fileAndDirectory: "member.file-and-directory"
        }
    }

    func explanation(of name: String) -> String {
        switch self {
        case .empty: "The archive has a member without a name."
        case .tooLong: "The name of the member \(quoted(name)) is too long."
        case .tooDeep: "The member \(quoted(name)) is in too many directories within each other."
        case .encoding:
            "The name of the member \(quoted(name)) is not marked and valid as UTF-8. Rename it, or build the archive again."
        case .accents:
            "The name of the member \(quoted(name)) has a letter with more than \(CombiningMarks.most) accents in it."
        case .controlCharacter: "The name of the member \(quoted(name)) has a control character in it."
        case .backslash: "The name of the member \(quoted(name)) has a backslash in it. Use '/' between directories."
        case .absolute: "The member \(quoted(name)) has an absolute path; paths must be relative."
        case .parent: "The member \(quoted(name)) has '..' in its path."
        case .notNormal: "The path of the member \(quoted(name)) has a '.' or an empty part in it."
        case .duplicate: "The archive has more than one member with the name \(quoted(name))."
        case .fileAndDirectory: "The archive has \(quoted(name)) both as a file and as a directory."
        }
    }
}

/// The path of a member, safe to join to a directory on any system: relative, with `/` between its parts, none of
/// which is empty, `.` or `..`.
struct MemberName {
    /// Without a slash at the end.
    let path: String
    /// True if the archive wrote a slash at the end, which makes it a directory.
    let hasTrailingSlash: Bool

    /// What to make of parts that mean nothing, as in `./a//b`.
    enum EmptyParts { case refused, dropped }

    /// Parses a name as the archive has it. With `dropped`, `./` is the empty path: the root itself.
    init(
        parsing bytes: some Collection<UInt8>, emptyParts: EmptyParts, limits: ArchiveLimits
    ) throws(InspectionFailure) {
        guard bytes.count <= limits.nameBytes else {
            throw .name(String(decoding: bytes.prefix(64), as: UTF8.self), .tooLong)
        }
        guard !bytes.isEmpty else { throw .name("", .empty) }
        guard let name = String(validating: bytes, as: UTF8.self) else {
            throw .name(String(decoding: bytes, as: UTF8.self), .encoding)
        }
        if let flaw = Self.flaw(in: name) { throw .name(name, flaw) }

        hasTrailingSlash = bytes.reversed().first == UInt8(ascii: "/")
        let written = Substring(hasTrailingSlash ? name.utf8.dropLast() : name.utf8[...])
        let parts = written.utf8.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false).map(
            Substring.init)
        if parts.contains("..") { throw .name(name, .parent) }
        guard parts.count <= limits.pathDepth else { throw .name(name, .tooDeep) }
        let meaningful = parts.filter { !$0.isEmpty && $0 != "." }
        if meaningful.count == parts.count {
            path = String(written)
        } else {
            guard emptyParts == .dropped else { throw .name(name, .notNormal) }
            path = meaningful.joined(separator: "/")
        }
    }

    private static func flaw(in name: String) -> NameFlaw? {
        let hasControl = name.unicodeScalars.contains { $0.properties.generalCategory == .control }
        if hasControl { return .controlCharacter }
        if name.hasExcessMarks { return .accents }
        let units = name.utf8
        if units.contains(UInt8(ascii: "\\")) { return .backslash }
        if units.first == UInt8(ascii: "/") || units.dropFirst().first == UInt8(ascii: ":") { return .absolute }
        return nil
    }
}

// Paths are taken apart by bytes: in Swift a slash and an accent behind it are one character, which is no slash.
extension String {
    /// What lies between the slashes.
    var pathParts: [Substring] { utf8.split(separator: UInt8(ascii: "/")).map(Substring.init) }

    /// What comes before the first slash.
    var topLevel: Substring { Substring(utf8.prefix { $0 != UInt8(ascii: "/") }) }

    /// True if both are the same bytes. Strings are equal in Swift when they are canonically equivalent, and the
    /// Kelvin sign is equivalent to a K.
    func hasSameBytes(as other: String) -> Bool { utf8.elementsEqual(other.utf8) }
}

/// The names of an archive so far: no file twice, nothing both file and directory.
///
/// Names are compared as Swift compares strings, by canonical equivalence, because some file systems do the same.
/// Names that differ by case alone are two names: real wheels have them.
struct MemberNames {
    /// Everything that is not a directory.
    private(set) var files: Set<String> = []
    private var directories: Set<String> = []
    private var declaredDirectories: Set<String> = []
    private let limits: ArchiveLimits
    /// Bytes of all that is kept.
    private var bytes = 0

    /// No names yet. Memory is bounded by `limits`: by the bytes of paths, and by the number of directories, which a
    /// path of a thousand bytes may name five hundred of.
    init(limits: ArchiveLimits) { self.limits = limits }

    mutating func insertFile(_ path: String) throws(InspectionFailure) {
        if directories.contains(path) { throw .name(path, .fileAndDirectory) }
        guard files.insert(path).inserted else { throw .name(path, .duplicate) }
        try count(path)
        try insertParents(of: path)
    }

    private mutating func count(_ path: String) throws(InspectionFailure) {
        bytes += path.utf8.count
        guard bytes <= limits.pathBytes else { throw .limit(.pathBytes(limit: limits.pathBytes)) }
    }

    /// False where the directory is known already.
    private mutating func insert(directory path: String) throws(InspectionFailure) -> Bool {
        guard directories.insert(path).inserted else { return false }
        guard directories.count <= limits.directories else {
            throw .limit(.directories(limit: limits.directories))
        }
        try count(path)
        return true
    }

    /// `repeatable`: a tar may name a directory more than once, and extracting it twice changes nothing.
    mutating func insertDirectory(_ path: String, repeatable: Bool) throws(InspectionFailure) {
        if files.contains(path) { throw .name(path, .fileAndDirectory) }
        guard declaredDirectories.insert(path).inserted || repeatable else { throw .name(path, .duplicate) }
        if try insert(directory: path) { try insertParents(of: path) }
    }

    private mutating func insertParents(of path: String) throws(InspectionFailure) {
        var rest = path[...]
        while let slash = rest.utf8.lastIndex(of: UInt8(ascii: "/")) {
            rest = rest[..<slash]
            let parent = String(rest)
            if files.contains(parent) { throw .name(parent, .fileAndDirectory) }
            // The ancestors of a known directory are known.
            guard try insert(directory: parent) else { return }
        }
    }
}
