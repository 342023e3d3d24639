/// What a file of a release is for, in the order in which people should look: what runs by itself comes first.
public enum FileGroup: Int, Sendable, Hashable, CaseIterable, Comparable {
    /// Python runs it at each start, whatever is asked for: `.pth` files, `sitecustomize`.
    case atStart
    /// It runs when the release is built or installed: `setup.py`, what `pyproject.toml` names, build scripts.
    case atInstall
    /// What is called by a command or by other programs.
    case entryPoints
    /// Programs that nobody can read, and archives that may hold some.
    case programs
    /// What the release says of itself.
    case metadata
    /// Everything else that people write.
    case source
    /// Data that nobody can read.
    case data
    case tests
    case documentation
    /// What tools write of the rest.
    case generated

    /// `a` is looked at before `b`.
    public static func < (one: FileGroup, other: FileGroup) -> Bool { one.rawValue < other.rawValue }

    /// Its title: `Runs when it is installed`.
    public var title: String {
        switch self {
        case .atStart: "Runs whenever Python starts"
        case .atInstall: "Runs when it is built or installed"
        case .entryPoints: "Commands and entry points"
        case .programs: "Programs that cannot be read"
        case .metadata: "Metadata"
        case .source: "Source"
        case .data: "Other data"
        case .tests: "Tests"
        case .documentation: "Documentation"
        case .generated: "Generated files"
        }
    }

    /// Whether it is folded at first: nobody reads it line by line.
    public var isFolded: Bool {
        switch self {
        case .atStart, .atInstall, .entryPoints, .programs, .metadata, .source: false
        case .data, .tests, .documentation, .generated: true
        }
    }

    /// What a file of a release is for.
    ///
    /// By its place and its kind alone, so a name can say something wrong; but nothing that Python runs is ever told as
    /// generated, and nothing that cannot be read as source.
    ///
    /// - Parameter buildPaths: places of an sdist below which its build backend is (`backend-path` of pyproject.toml).
    public init(_ entry: Inventory.Entry, isWheel: Bool, buildPaths: [String] = []) {
        let place = entry.place
        let parts = place.utf8.split(separator: UInt8(ascii: "/")).map { String(Substring($0)).lowercased() }
        let name = parts.last ?? ""
        let directories = parts.dropLast()
        if name.hasSuffix(".pth") || ["sitecustomize.py", "usercustomize.py"].contains(name) {
            self = .atStart
        } else if entry.kind.isProgram {
            self = .programs
        } else if !isWheel, Self.isBuilding(place, name, isAtTop: directories.isEmpty, buildPaths) {
            self = .atInstall
        } else if isWheel, place.utf8.starts(with: ".data/scripts/".utf8) || place == ".dist-info/entry_points.txt" {
            self = .entryPoints
        } else if Self.isGenerated(name, directories) {
            self = .generated
        } else if Self.isMetadata(place, isWheel: isWheel) {
            self = .metadata
        } else if Self.isTest(name, directories) {
            self = .tests
        } else if Self.isDocumentation(name, directories, place) {
            self = .documentation
        } else {
            self = entry.kind.isText || entry.kind == .link ? .source : .data
        }
    }

    private static let buildFiles: Set<String> = [
        "setup.py", "setup.cfg", "pyproject.toml", "hatch_build.py", "pdm_build.py", "build.py", "cmakelists.txt",
        "meson.build", "makefile", "build.rs", "cargo.toml", "configure", "versioneer.py",
    ]

    private static func isBuilding(_ place: String, _ name: String, isAtTop: Bool, _ buildPaths: [String]) -> Bool {
        if isAtTop, buildFiles.contains(name) { return true }
        guard name.hasSuffix(".py") else { return false }
        return buildPaths.contains { path in
            path.isEmpty ? isAtTop : place.utf8.starts(with: (path + "/").utf8)
        }
    }

    private static let runs = [".py", ".pyx", ".pxd", ".pyi", ".pth", ".sh", ".ps1", ".bat", ".cmd", ".c", ".rs"]

    private static let lockFiles: Set<String> = [
        "uv.lock", "pylock.toml", "poetry.lock", "pdm.lock", "pipfile.lock", "cargo.lock", "package-lock.json",
        "yarn.lock", "pnpm-lock.yaml", "sources.txt", "requirements.lock", "go.sum", "gemfile.lock", "composer.lock",
    ]

    private static func isGenerated(_ name: String, _ directories: some Collection<String>) -> Bool {
        if runs.contains(where: name.hasSuffix) { return false }
        if directories.contains(where: { $0.hasSuffix(".egg-info") }) { return true }
        if directories.first == ".dist-info", directories.count == 1, name == "record" { return true }
        return lockFiles.contains(name) || [".po", ".pot", ".mo", ".map"].contains(where: name.hasSuffix)
            || name.contains(".min.")
    }

    private static func isMetadata(_ place: String, isWheel: Bool) -> Bool {
        guard isWheel else { return place == "PKG-INFO" }
        return place.utf8.starts(with: ".dist-info/".utf8) && !place.utf8.dropFirst(11).contains(UInt8(ascii: "/"))
    }

    private static func isTest(_ name: String, _ directories: some Collection<String>) -> Bool {
        name.hasPrefix("test_") || name.hasSuffix("_test.py") || name == "conftest.py"
            || directories.contains { ["test", "tests", "testing"].contains($0) }
    }

    private static func isDocumentation(_ name: String, _ directories: some Collection<String>, _ place: String) -> Bool
    {
        if runs.contains(where: name.hasSuffix) { return directories.first == "docs" || directories.first == "doc" }
        if ["docs", "doc", "examples"].contains(directories.first) { return true }
        if place.utf8.starts(with: ".dist-info/licenses/".utf8) { return true }
        let words = ["license", "licence", "copying", "authors", "changelog", "changes", "history", "news", "readme"]
        return [".md", ".rst"].contains(where: name.hasSuffix) || words.contains(where: name.hasPrefix)
    }
}
