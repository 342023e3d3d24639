import Foundation

/// A folder with wheels and sdists, perhaps in folders below it.
struct DistributionFolder {
    private let path: String

    /// Throws `NoSuchFolder`.
    init(_ path: String) throws {
        guard Self.kind(of: Self.resolved(path)) == .typeDirectory else { throw NoSuchFolder(path: path) }
        self.path = path
    }

    /// What is below a folder.
    struct Contents {
        /// The paths of wheels and sdists, by their names, in order.
        var files: [String] = []
        /// The paths of folders that cannot be read, with why.
        var unreadable: [(folder: String, reason: String)] = []
    }

    /// Everything below the folder, with paths that begin there.
    ///
    /// Links to files are followed, links to folders are not. A link that leads nowhere counts as a file: somebody
    /// meant one to be there, and should hear why there is none.
    func contents() -> Contents {
        var contents = Contents()
        var folders = [""]
        while let folder = folders.popLast() {
            do {
                for name in try FileManager.default.contentsOfDirectory(atPath: "\(path)/\(folder)") {
                    let found = folder + name
                    if Self.kind(of: "\(path)/\(found)") == .typeDirectory {
                        folders.append("\(found)/")
                    } else if Self.isDistribution(name), Self.isFile("\(path)/\(found)") {
                        contents.files.append(found)
                    }
                }
            } catch {
                contents.unreadable.append((folder, "This folder cannot be read: \(error.localizedDescription)"))
            }
        }
        contents.files.sort()
        return contents
    }

    private static func isDistribution(_ name: String) -> Bool {
        name.hasSuffix(".whl") || name.hasSuffix(".tar.gz") || name.hasSuffix(".zip")
    }

    private static func isFile(_ path: String) -> Bool {
        switch kind(of: path) {
        case .typeRegular: true
        // What leads nowhere stays a link.
        case .typeSymbolicLink: [.typeRegular, .typeSymbolicLink, nil].contains(kind(of: resolved(path)))
        default: false
        }
    }

    /// What the name stands for, without following links; nil when there is nothing.
    private static func kind(of path: String) -> FileAttributeType? {
        (try? FileManager.default.attributesOfItem(atPath: path))?[.type] as? FileAttributeType
    }

    private static func resolved(_ path: String) -> String { URL(filePath: path).resolvingSymlinksInPath().path }
}

/// The folder to be imported is not there.
struct NoSuchFolder: Error, CustomStringConvertible {
    let path: String
    var description: String { "There is no folder \(path)." }
}
