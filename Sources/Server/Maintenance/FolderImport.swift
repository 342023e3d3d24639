import Accounts
import Acts
import Blobs
import Foundation
import Letters
import PackagingFormats
import Policy
import Ports
import Primitives
import Projects
import Stores
import UTC
import UploadAPI

/// Loads the wheels and sdists below a folder.
///
/// What is there already is passed over by its name and digest, without being looked into, so that an import that was
/// interrupted goes on.
public struct FolderImport: Sendable {
    private let index: LocalIndex
    private let owner: Username?
    private let dates: ImportDates
    private let uploads: Uploads

    /// - Parameters:
    ///   - owner: becomes the owner of projects that have none afterwards.
    ///   - dates: where it is found when a file was published first.
    public init(_ index: LocalIndex, owner: Username?, dates: ImportDates = .modified) {
        self.index = index
        self.owner = owner
        self.dates = dates
        uploads = Uploads(
            projects: index.stores.projects, classifiers: index.stores.classifiers, blobs: index.blobs,
            limits: index.settings.limits)
    }

    /// What came of it.
    public struct Summary: Sendable, Encodable {
        /// Files that are part of the index now.
        public var imported = 0
        /// Files that were there already.
        public var alreadyThere = 0
        /// Files that are part of the index now although something is wrong with them.
        public var noted: [Noted] = []
        /// Files that were not taken.
        public var refused: [Refused] = []

        /// A file that was taken although something is wrong with it.
        public struct Noted: Sendable, Encodable {
            /// Its path below the folder.
            public let file: String
            /// What is wrong, in sentences. `rind doctor --notes` tells it again.
            public let notes: [String]
        }

        /// A file that was not taken.
        public struct Refused: Sendable, Encodable {
            /// Its path below the folder.
            public let file: String
            public let reason: String
        }
    }

    /// Imports everything. One refused file does not stop the others; a full disk or a failing database does.
    ///
    /// Several projects at a time, so that their files share the waiting for the disk; the files of one project in the
    /// order of their paths, so that it comes out the same every time: which sdist is the first, how the name is
    /// spelled. Their new owner hears of all of it by one mail.
    public func run(
        _ folder: String, progress: (_ done: Int, _ of: Int) -> Void = { _, _ in }
    ) async throws -> Summary {
        guard let owner else { return try await importAll(folder, progress) }
        guard try await index.stores.accounts.user(named: owner) != nil else { throw AccountRefusal.noSuchUser(owner) }
        let summary: Summary
        do {
            summary = try await importAll(folder, progress)
        } catch {
            // They own what was imported until then. Where not even this can be written, the mail goes out by itself.
            try? await index.people.endImport(for: owner, at: currentTimestamp())
            throw error
        }
        try await index.people.endImport(for: owner, at: currentTimestamp())
        return summary
    }

    private func importAll(
        _ folder: String, _ progress: (_ done: Int, _ of: Int) -> Void
    ) async throws -> Summary {
        let contents = try DistributionFolder(folder).contents()
        var outcomes = contents.unreadable.map { (file: $0.folder, outcome: Outcome.refused($0.reason)) }
        var waiting = Self.projects(of: contents.files)[...]
        try await withThrowingTaskGroup(of: Step.self) { group in
            func goOn(with project: PendingProject?) {
                guard let project else { return }
                group.addTask { try await importFirst(of: project, in: folder) }
            }
            for _ in 0..<Self.projectsAtOnce { goOn(with: waiting.popFirst()) }
            var done = 0
            while let step = try await group.next() {
                outcomes.append((step.file, step.outcome))
                done += 1
                progress(done, contents.files.count)
                goOn(with: step.rest.files.isEmpty ? waiting.popFirst() : step.rest)
            }
        }
        return Summary(outcomes.sorted { $0.file < $1.file })
    }

    /// Enough for the disk to have always something to sync.
    private static let projectsAtOnce = 8

    /// What is still to be imported of a project.
    private struct PendingProject: Sendable {
        /// Never empty where it waits.
        var files: ArraySlice<String>
        /// Whether it is known to have an owner.
        var isOwned = false
    }

    /// A file that is done.
    private struct Step: Sendable {
        let file: String
        let outcome: Outcome
        let rest: PendingProject
    }

    /// What became of a file.
    fileprivate enum Outcome: Sendable {
        case imported(notes: [String])
        case alreadyThere
        case refused(String)
    }

    /// The projects in the order of their first files. What has no name of a distribution is alone; it will be refused.
    private static func projects(of files: [String]) -> [PendingProject] {
        var order: [String] = []
        var projects: [String: [String]] = [:]
        for file in files {
            let filename = try? DistributionFilename(lenient: name(of: file))
            // A path ends in what no name of a project ends in.
            let key = filename?.project.normalized ?? file
            if projects[key] == nil { order.append(key) }
            projects[key, default: []].append(file)
        }
        return order.compactMap { projects[$0] }.map { PendingProject(files: $0[...]) }
    }

    private static func name(of path: String) -> String { path.split(separator: "/").last.map(String.init) ?? path }

    private func importFirst(of project: PendingProject, in folder: String) async throws -> Step {
        var rest = project
        let file = rest.files.removeFirst()
        let path = "\(folder)/\(file)"
        do {
            let now = currentTimestamp()
            if let owner, !rest.isOwned, let name = try? DistributionFilename(lenient: Self.name(of: file)) {
                // Before the file goes in: afterwards it could not be said any more that it was refused.
                try await requireReady(owner, for: name.project, at: now)
            }
            let name = Self.name(of: file)
            let (date, note) = dates.date(of: name, modified: Self.modified(path), now: now)
            let receipt = try await uploads.importFile(
                try await index.blobs.stage(copyOf: path), named: name, publishedAt: date,
                notes: [note].compactMap(\.self), by: .operatorAtMachine, at: now)
            if let owner, !rest.isOwned {
                try await index.people.giveImported(receipt.project, to: owner, by: .operatorAtMachine, at: now)
                rest.isOwned = true
            }
            let isThere = receipt.outcome == .alreadyThere
            return Step(file: file, outcome: isThere ? .alreadyThere : .imported(notes: receipt.notes), rest: rest)
        } catch let refusal as any Refusal where refusal.kind != .storageFull {
            return Step(file: file, outcome: .refused(refusal.sentence()), rest: rest)
        } catch let failure as FileSystemFailure where failure.path == path {
            return Step(file: file, outcome: .refused("It cannot be read: \(failure.reason)."), rest: rest)
        }
    }

    /// When a file was changed last, of a link the file that it leads to; nil when it cannot be told.
    private static func modified(_ path: String) -> Timestamp? {
        let resolved = URL(filePath: path).resolvingSymlinksInPath().path
        let date = (try? FileManager.default.attributesOfItem(atPath: resolved))?[.modificationDate] as? Date
        return date.map { Timestamp(microseconds: Int64($0.timeIntervalSince1970 * 1_000_000)) }
    }

    /// Whether somebody could become the owner of a project that has none.
    private func requireReady(_ owner: Username, for project: ProjectName, at now: Timestamp) async throws {
        let roles = try await index.stores.projects.snapshot(of: project)?.roles ?? []
        guard !roles.contains(where: { $0.role == .owner }) else { return }
        try await index.stores.projects.requireReady(owner, for: project, at: now)
    }
}

extension FolderImport.Summary {
    fileprivate init(_ outcomes: [(file: String, outcome: FolderImport.Outcome)]) {
        for (file, outcome) in outcomes {
            switch outcome {
            case .imported(let notes):
                imported += 1
                if !notes.isEmpty { noted.append(Noted(file: file, notes: notes)) }
            case .alreadyThere: alreadyThere += 1
            case .refused(let reason): refused.append(Refused(file: file, reason: reason))
            }
        }
    }
}
