import PackagingFormats

/// Which files an index has, by what its log says.
public struct LoggedFiles: Sendable {
    /// A file that was published.
    public struct File: Sendable, Hashable {
        public let version: String
        /// In lower-case hexadecimal.
        public let sha256: String
        fileprivate var removal: Removal?
        public var isRemoved: Bool { removal != nil }
        /// Whether nobody is given it while something is looked into.
        public fileprivate(set) var isQuarantined = false
    }

    /// With what a file was removed: it comes back with that. What was erased comes back by itself alone.
    fileprivate enum Removal: Sendable, Hashable { case file, release, project, erasure }

    private var files: [String: [String: File]] = [:]
    /// Projects of which files come back by what was proposed: what is said next of the project is not said of all its
    /// files, for each that comes back says so by itself.
    private var returning: Set<String> = []

    /// Nothing yet.
    public init() {}

    /// The normalized names of the projects that something was said of.
    public var projects: Set<String> { Set(files.keys) }

    /// A file by its name; nil where nothing was said of it.
    public func file(_ filename: String, of project: String) -> File? { files[project]?[filename] }

    /// The names of the files that are published, and neither removed nor in quarantine.
    public func published(of project: String) -> Set<String> {
        Set((files[project] ?? [:]).filter { !$0.value.isRemoved && !$0.value.isQuarantined }.keys)
    }

    /// Takes in what an entry says. What says nothing of files is passed over, and so is what this version does not know.
    public mutating func apply(_ statement: LogStatement) {
        guard let project = statement.project else { return }
        if let file = statement.published {
            files[project, default: [:]][file.filename] = File(
                version: file.version, sha256: file.sha256, removal: nil)
            return
        }
        let (version, filename) = (statement.details["version"], statement.details["filename"])
        let isReturning = returning.remove(project) != nil
        switch statement.act {
        case "return.approve", "return.decide": returning.insert(project)
        case "content.quarantine", "content.lift-quarantine":
            let isQuarantined = statement.act == "content.quarantine"
            change(project) { file, name in
                let isMeant = filename.map { $0 == name } ?? version.map { Self.areSame(file.version, $0) } ?? true
                if isMeant { file.isQuarantined = isQuarantined }
            }
        case "file.erase": change(project) { file, name in if name == filename { file.removal = .erasure } }
        case "file.delete": set(.file, of: project) { $1 == filename }
        case "release.delete": set(.release, of: project) { file, _ in Self.areSame(file.version, version) }
        case "project.delete": set(.project, of: project) { _, _ in true }
        case "project.restore", "project.undo-removal":
            if let filename {
                change(project) { file, name in if name == filename { file.removal = nil } }
            } else if let version {
                change(project) { file, _ in
                    if file.removal == .release, Self.areSame(file.version, version) { file.removal = nil }
                }
            } else if !isReturning {
                change(project) { file, _ in if file.removal == .project { file.removal = nil } }
            }
        default: return
        }
    }

    private mutating func set(_ removal: Removal, of project: String, where isMeant: (File, String) -> Bool) {
        change(project) { file, name in
            if !file.isRemoved, isMeant(file, name) { file.removal = removal }
        }
    }

    private mutating func change(_ project: String, _ body: (inout File, String) -> Void) {
        // A project of which no upload was seen is one that something was said of all the same.
        for name in files[project, default: [:]].keys {
            guard var file = files[project]?[name] else { continue }
            body(&file, name)
            files[project]?[name] = file
        }
        if files[project] == nil { files[project] = [:] }
    }

    private static func areSame(_ a: String, _ b: String?) -> Bool {
        guard let b, let first = try? Version(parsing: a), let second = try? Version(parsing: b) else { return a == b }
        return first == second
    }
}

extension PublishedFile {
    /// Whether it is of this version, however that is written.
    public func isOf(_ version: Version) -> Bool { (try? Version(parsing: self.version)) == version }
}

extension Tile {
    /// As much of the tile with this place as a tree of this size has. The tree has something of it.
    public func part(ofTreeOf size: Int) -> Tile { row.tile(index, inTreeOf: size) ?? self }
}
