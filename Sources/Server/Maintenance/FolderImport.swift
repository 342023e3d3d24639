import Blobs
import Foundation
import Model
import Stores
import UploadAPI

/// Loads the wheels and sdists below a folder.
///
/// What is there already is passed over by its name and digest, so that an import that was interrupted goes on.
public struct FolderImport: Sendable {
    private let index: LocalIndex
    private let owner: Username?
    private let uploads: Uploads

    /// - Parameter owner: becomes the owner of projects that have none afterwards.
    public init(_ index: LocalIndex, owner: Username?) {
        self.index = index
        self.owner = owner
        uploads = Uploads(projects: index.stores.projects, blobs: index.blobs, limits: index.settings.limits)
    }

    /// What came of it.
    public struct Summary: Sendable, Encodable {
        /// Files that are part of the index now.
        public var imported = 0
        /// Files that were there already.
        public var alreadyThere = 0
        /// Files that were not taken.
        public var refused: [Refused] = []

        /// A file that was not taken.
        public struct Refused: Sendable, Encodable {
            /// Its path below the folder.
            public let file: String
            /// Why.
            public let reason: String
        }
    }

    /// Imports everything. One refused file does not stop the others; a full disk or a failing database does.
    public func run(
        _ folder: String, progress: (_ done: Int, _ of: Int) -> Void = { _, _ in }
    ) async throws -> Summary {
        if let owner, try await index.stores.accounts.user(named: owner) == nil {
            throw AccountRefusal.noSuchUser(owner)
        }
        let files = try distributionFiles(below: folder)
        var summary = Summary()
        for (number, file) in files.enumerated() {
            do {
                switch try await importFile(at: "\(folder)/\(file)").outcome {
                case .stored: summary.imported += 1
                case .alreadyThere: summary.alreadyThere += 1
                }
            } catch let refusal as any Refusal where refusal.kind != .storageFull {
                summary.refused.append(Summary.Refused(file: file, reason: refusal.explanation))
            }
            progress(number + 1, files.count)
        }
        return summary
    }

    private func importFile(at path: String) async throws -> Uploads.Receipt {
        let staged = index.blobs.stage()
        let handle = try FileHandle(forReadingFrom: URL(filePath: path))
        defer { try? handle.close() }
        while let chunk = try handle.read(upToCount: 1 << 20), !chunk.isEmpty {
            chunk.withUnsafeBytes(staged.append)
            try await staged.flush()
        }
        let now = currentTimestamp()
        let receipt = try await uploads.importFile(
            staged, named: URL(filePath: path).lastPathComponent, by: .operatorAtMachine, at: now)
        if let owner, let snapshot = try await index.stores.projects.snapshot(of: receipt.project),
            !snapshot.roles.contains(where: { $0.role == .owner })
        {
            try await index.stores.projects.addRole(
                .owner, on: receipt.project, to: owner, by: .operatorAtMachine, at: now)
        }
        return receipt
    }

    /// Paths of wheels and sdists below a folder, in order.
    private func distributionFiles(below folder: String) throws -> [String] {
        var isDirectory: ObjCBool = false
        guard FileManager.default.fileExists(atPath: folder, isDirectory: &isDirectory), isDirectory.boolValue,
            let all = FileManager.default.enumerator(atPath: folder)
        else { throw NoSuchFolder(path: folder) }
        var files: [String] = []
        for case let path as String in all
        where path.hasSuffix(".whl") || path.hasSuffix(".tar.gz") || path.hasSuffix(".zip") {
            files.append(path)
        }
        return files.sorted()
    }
}

/// The folder to be imported is not there.
struct NoSuchFolder: Error, CustomStringConvertible {
    let path: String
    var description: String { "There is no folder \(path)." }
}
