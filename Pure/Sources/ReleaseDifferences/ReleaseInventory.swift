/// What a file of an archive is, as far as its name and its first bytes tell.
public enum MemberKind: String, Sendable, Hashable, CaseIterable {
    /// Python's source.
    case python
    /// A `.pth` file, `sitecustomize` or `usercustomize` with code: it runs whenever an interpreter starts.
    case startCode = "start-code"
    /// Machine code: a library or a program.
    case native
    /// A program in another language than Python: a shell script, JavaScript.
    case script
    /// Compressed, or a picture, a font, a sound, by its first bytes.
    case media
    /// Its name says that it is compressed, a picture, a font or a sound, and its first bytes do not.
    case disguised
    /// Anything else.
    case other
}

/// A file in an archive.
public struct ArchiveMember: Sendable, Hashable {
    /// From the top of what is installed or built, the same for every version: `demo/__init__.py`, `.dist-info/METADATA`.
    public let path: String
    /// Bytes.
    public let size: Int64
    /// SHA-256 of its bytes.
    public let digest: [UInt8]
    public let kind: MemberKind
    /// Of its beginning, in bits per byte, from 0 to 8.
    public let entropyBits: Double

    public init(path: String, size: Int64, digest: [UInt8], kind: MemberKind, entropyBits: Double) {
        self.path = path
        self.size = size
        self.digest = digest
        self.kind = kind
        self.entropyBits = entropyBits
    }

    /// Whether it is a test, an example or a page: it is not what a user of the package runs.
    public var isAside: Bool { Self.isAside(path) }

    /// Whether what is at a path is a test, an example or a page.
    public static func isAside(_ path: String) -> Bool {
        let parts = path.split(separator: "/").map { $0.lowercased() }
        return parts.dropLast().contains { aside.contains($0) } || parts.last.map(isTestName) ?? false
    }

    private static func isTestName(_ name: String) -> Bool {
        name.hasPrefix("test_") || name.hasSuffix("_test.py") || name == "conftest.py"
    }

    private static let aside: Set<String> = [
        "test", "tests", "testing", "doc", "docs", "example", "examples", "benchmark", "benchmarks", "tools", ".github",
        "samples",
    ]
}

/// A long text in code that is made of other bytes than people write.
public struct EmbeddedBlob: Sendable, Hashable {
    /// Counted from 1: where it begins.
    public let line: Int
    /// In bytes.
    public let length: Int
    /// What it is compared by: a hash of it.
    public let fingerprint: UInt64

    public init(line: Int, length: Int, fingerprint: UInt64) {
        self.line = line
        self.length = length
        self.fingerprint = fingerprint
    }
}

/// A way in which a release has code run without being imported.
public enum InstallHook: Sendable, Hashable, Comparable {
    /// `setup.py`: runs when an sdist is built.
    case setupScript
    /// `cmdclass` in `setup.py`: replaces a step of the installation.
    case commandClass
    /// `backend-path` in `pyproject.toml`: the sdist is built by a program that it brings along.
    case inTreeBackend
    /// Runs whenever an interpreter starts.
    case startCode(path: String)
    /// A command that is called like a tool that people have already.
    case command(name: String)

    /// As part of a sentence: `it has …`.
    public var words: String {
        switch self {
        case .setupScript: "a setup.py, which runs when it is built"
        case .commandClass: "a cmdclass in setup.py, which replaces a step of the installation"
        case .inTreeBackend: "a build backend of its own, which runs when it is built"
        case .startCode(let path): "\(path), which runs whenever Python starts"
        case .command(let name): "a command '\(name)', which takes the place of a tool of that name"
        }
    }

    private var order: String {
        switch self {
        case .setupScript: "1"
        case .commandClass: "2"
        case .inTreeBackend: "3"
        case .startCode(let path): "4\(path)"
        case .command(let name): "5\(name)"
        }
    }
    /// In the order in which they are told.
    public static func < (one: InstallHook, other: InstallHook) -> Bool { one.order < other.order }
}

/// What is in one file of a release: all that differences are found by.
public struct ReleaseInventory: Sendable, Hashable {
    /// Which file of a release.
    public enum Kind: Sendable, Hashable {
        /// - isForAnyPlatform: whether its name says that it has no machine code.
        case wheel(isForAnyPlatform: Bool)
        case sourceDistribution
    }

    public let kind: Kind
    /// By path.
    public let members: [String: ArchiveMember]
    public let hooks: Set<InstallHook>
    /// By path; of one capability, the first place.
    public let uses: [String: [CapabilityUse]]
    /// By path.
    public let blobs: [String: [EmbeddedBlob]]
    /// Normalized names of what it depends on, extras included.
    public let requirements: Set<String>

    public init(
        kind: Kind, members: [ArchiveMember], hooks: Set<InstallHook>, uses: [String: [CapabilityUse]],
        blobs: [String: [EmbeddedBlob]], requirements: Set<String>
    ) {
        self.kind = kind
        self.members = Dictionary(members.map { ($0.path, $0) }, uniquingKeysWith: { $1 })
        self.hooks = hooks
        self.uses = uses
        self.blobs = blobs
        self.requirements = requirements
    }

    /// Bytes of all members.
    public var unpackedSize: Int64 { members.values.reduce(0) { $0 + $1.size } }

    /// What the file at a path can do.
    public func capabilities(of path: String) -> Set<Capability> { Set((uses[path] ?? []).map(\.capability)) }
}
