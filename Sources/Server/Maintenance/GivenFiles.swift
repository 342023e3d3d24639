import Accounts
import Blobs
import Foundation
import Leaving
import PackagingFormats
import Policy
import Ports
import Primitives
import Projects
import Removals
import Stores
import UTC
import UploadAPI

/// Files that somebody gives who proposes that they come back: their bytes were freed, and mirrors have them.
///
/// Each is compared with what lock files name and with what the log has before anything is proposed. Then all are stored,
/// and kept from being collected while the proposal is open.
public struct GivenFiles: Sendable {
    private let index: LocalIndex
    private let uploads: Uploads

    public init(_ index: LocalIndex) {
        self.index = index
        uploads = Uploads(
            projects: index.stores.projects, classifiers: index.stores.classifiers, blobs: index.blobs,
            limits: index.settings.limits)
    }

    /// A file as lock files name it.
    public struct Locked: Sendable {
        /// Nil where they say only of which release it is.
        public let filename: String?
        public let project: ProjectName
        public let version: Version
        public let sha256: String

        public init(filename: String?, project: ProjectName, version: Version, sha256: String) {
            self.filename = filename
            self.project = project
            self.version = version
            self.sha256 = sha256
        }
    }

    /// Proposes that something of a project comes back, with files that are at paths.
    ///
    /// Throws `AccessRefusal` or `ProposalRefusal`, and what reading or storing throws.
    ///
    /// - Parameter locked: what lock files name; nil where none was given.
    public func proposeReturn(
        of scope: Departure, of name: ProjectName, from paths: [String], locked: [Locked]?, reason: String,
        by actor: Actor, at now: Timestamp
    ) async throws -> Proposal {
        var given: [GivenFile] = []
        var blobs: [any StagedBlob] = []
        do {
            for path in paths {
                let staged = try await stage(path, of: name, locked: locked)
                given.append(staged.file)
                blobs += staged.blobs
            }
            let files = given
            return try await index.blobs.publish(blobs) {
                try await index.stores.proposals.proposeReturn(
                    of: scope, of: name, given: files, reason: reason, by: actor, from: RequestOrigin(), at: now)
            }
        } catch {
            for blob in blobs { await blob.discard() }
            throw error
        }
    }

    /// A file's bytes and those of its METADATA, once it has shown that it is what was published.
    private func stage(
        _ path: String, of name: ProjectName, locked: [Locked]?
    ) async throws -> (file: GivenFile, blobs: [any StagedBlob]) {
        let text = URL(filePath: path).lastPathComponent
        let blob = try await index.blobs.stage(copyOf: path)
        do {
            let content = try await blob.finish()
            guard let filename = try? DistributionFilename(lenient: text) else {
                throw ProposalRefusal.neverPublished(name, text)
            }
            let given = GivenFile(
                filename: text, sha256: content.digests.sha256,
                locked: locked.map { Self.digests(of: filename, among: $0, having: content.digests.sha256) })
            guard let known = try await index.stores.proposals.known(given, of: name) else {
                throw ProposalRefusal.neverPublished(name, text)
            }
            try GivenFilePolicy.decide(text, of: name, knowing: known.facts)
            guard let digest = known.metadataSHA256 else { return (given, [blob]) }
            let metadata = index.blobs.stage()
            try await uploads.metadata(of: blob, named: filename).withUnsafeBytes(metadata.append)
            guard try await metadata.finish().digests.sha256 == digest else {
                await metadata.discard()
                throw ProposalRefusal.otherDigest("\(text).metadata", in: .log)
            }
            return (given, [blob, metadata])
        } catch {
            await blob.discard()
            throw error
        }
    }

    /// By which digests lock files name a file. Where they name the files of its release by digests alone, it is one of
    /// these, or none.
    private static func digests(
        of filename: DistributionFilename, among locked: [Locked], having sha256: String
    ) -> Set<String> {
        let byName = Set(locked.filter { $0.filename == filename.text }.map(\.sha256))
        guard byName.isEmpty else { return byName }
        let ofRelease = Set(
            locked.filter {
                $0.filename == nil && $0.project.normalized == filename.project.normalized
                    && $0.version == filename.version
            }.map(\.sha256))
        return ofRelease.contains(sha256) ? [sha256] : ofRelease
    }
}
