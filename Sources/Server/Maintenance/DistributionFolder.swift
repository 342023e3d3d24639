import Foundation
import Glibc

/// A folder with wheels and sdists, perhaps in folders below it.
struct DistributionFolder {
    private let path: String

    /// Throws `NoSuchFolder`.
    init(_ path: String) throws {
        guard Self.kind(of: path, followingLinks: true) == S_IFDIR else { throw NoSuchFolder(path: path) }
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
    /// Links to files are followed, links to folders are not. A link that leads nowhere counts as a file: somebody meant
    /// one to be there, and should hear why there is none.
    func contents() -> Contents {
        var contents = Contents()
        var folders = [""]
        while let folder = folders.popLast() {
            do {
                for name in try FileManager.default.contentsOfDirectory(atPath: "\(path)/\(folder)") {
                    let found = folder + name
                    if Self.kind(of: "\(path)/\(found)") == S_IFDIR {
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
        [S_IFREG, nil].contains(kind(of: path, followingLinks: true))
    }

    /// The type bits of the file's mode; nil when there is no such file.
    private static func kind(of path: String, followingLinks: Bool = false) -> mode_t? {
        var facts = stat()
        guard (followingLinks ? stat(path, &facts) : lstat(path, &facts)) == 0 else { return nil }
        return facts.st_mode & S_IFMT
    }
}

/// The folder to be imported is not there.
struct NoSuchFolder: Error, CustomStringConvertible {
    let path: String
    var description: String { "There is no folder \(path)." }
}
