import Foundation
import LockFiles
import PackagingFormats
import TransparencyLog

/// Checks that every file of a lock is in a log that a policy trusts, with its name, version and digest.
public struct LockVerifier {
    private let policy: LogPolicy
    private let folder: String
    private let reader: IndexReader?
    private let index: String?

    /// - Parameters:
    ///   - folder: where proofs are kept: those that are there are not fetched.
    ///   - index: where the index is, for locks that name no addresses.
    ///   - isOffline: whether nothing may be fetched.
    public init(policy: LogPolicy, proofsIn folder: String, index: String?, isOffline: Bool) throws {
        self.policy = policy
        self.folder = folder
        self.index = index.map(IndexReader.base)
        reader = isOffline ? nil : try IndexReader()
    }

    /// What a lock's file turned out to be.
    public struct Result: Sendable, Encodable {
        public let name: String
        public let version: String
        public let file: String
        public let sha256: String
        /// What is wrong with it, in a sentence; nil for nothing.
        public let problem: String?
    }

    /// Checks the files, in their order.
    public func verify(_ files: [LockedFile]) throws -> [Result] {
        if reader != nil {
            try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        }
        var pages = Pages()
        return try files.map { file in
            Result(
                name: file.name.normalized, version: "\(file.version)", file: file.filename ?? file.sha256,
                sha256: file.sha256, problem: try problem(with: file, &pages))
        }
    }

    /// What pages of projects list, by their addresses: each is asked for once.
    private typealias Pages = [String: [SimplePage.File]]

    private func problem(with file: LockedFile, _ pages: inout Pages) throws -> String? {
        let path = "\(folder)/\(file.sha256).tlog-proof"
        let kept = (try? Data(contentsOf: URL(filePath: path))).map(Array.init)
        let problem: String? = kept.map { flaw(of: $0, for: file) } ?? "there is no proof of it in \(folder)"
        guard let reader else { return problem }
        // A proof says what was published, and the page whether it still is.
        guard let listed = try listing(of: file, reader, &pages) else {
            return "it is not on the page of its project any more: it was removed, or is quarantined"
        }
        guard problem != nil else { return nil }
        guard let bytes = try reader.read("\(listed).tlog-proof") else { return "the index has no proof of it" }
        if let problem = flaw(of: bytes, for: file) { return problem }
        try Data(bytes).write(to: URL(filePath: path), options: .atomic)
        return nil
    }

    private func flaw(of bytes: [UInt8], for file: LockedFile) -> String? {
        guard let proof = LogProof(parsing: bytes), let entry = proof.extra else { return "its proof cannot be read" }
        do throws(LogProofFailure) {
            _ = try proof.verify(entry, by: policy)
        } catch { return "its proof shows nothing: \(error)" }
        guard let published = LogStatement(entry)?.published else { return "its proof is of something else" }
        guard published.sha256 == file.sha256 else { return "its proof is of other bytes" }
        guard published.project == file.name.normalized else { return "its bytes are those of \(published.project)" }
        guard file.filename ?? published.filename == published.filename else {
            return "its bytes are those of \(published.filename)"
        }
        guard published.isOf(file.version) else { return "its bytes are those of version \(published.version)" }
        return nil
    }

    /// The address of a file on the page of its project, where it is listed with its digest; nil where it is not.
    private func listing(
        of file: LockedFile, _ reader: IndexReader, _ pages: inout Pages
    ) throws -> String? {
        guard let base = index ?? file.url.flatMap(Self.base) else {
            throw VerificationFailure("the lock does not say where \(file.name.normalized) is. Say it with --index")
        }
        let page = "\(base)/simple/\(file.name.normalized)/"
        let files = try pages[page] ?? reader.page(page).flatMap(SimplePage.files) ?? []
        pages[page] = files
        guard let listed = files.first(where: { $0.sha256 == file.sha256 }) else { return nil }
        return WebAddress.joined(listed.url, below: page)
    }

    /// The index of an address below `/packages/`.
    private static func base(_ url: String) -> String? {
        url.firstRange(of: "/packages/").map { String(url[..<$0.lowerBound]) }
    }
}
