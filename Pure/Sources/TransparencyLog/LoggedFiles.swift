import PackagingFormats

/// What an index has, by what its log says: project by project.
public struct LoggedFiles: Sendable, Hashable, Codable {
    /// Whether all of the log was read, from its first entry on.
    public let isWhole: Bool
    private var known: [String: LoggedProject] = [:]

    /// Nothing yet.
    ///
    /// - Parameter isWhole: whether the first entry that is taken in is the log's first.
    public init(isWhole: Bool = true) { self.isWhole = isWhole }

    /// The normalized names of the projects that something was said of.
    public var projects: Set<String> { Set(known.keys) }

    /// What is said of a project; nil where nothing is.
    public subscript(project: String) -> LoggedProject? { known[project] }

    /// A file by its name; nil where nothing was said of it.
    public func file(_ filename: String, of project: String) -> LoggedProject.File? { known[project]?.files[filename] }

    /// Takes in what an entry says.
    ///
    /// - Parameter entry: its place in the log.
    public mutating func apply(_ statement: LogStatement, at entry: Int) {
        guard let project = statement.project else { return }
        known[project, default: LoggedProject(isWhole: isWhole)].apply(statement, at: entry)
    }

    /// What is said of some projects alone.
    public func only(_ projects: Set<String>) -> LoggedFiles {
        var copy = self
        copy.known = known.filter { projects.contains($0.key) }
        return copy
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
