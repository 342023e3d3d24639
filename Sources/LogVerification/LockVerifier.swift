import Foundation
import LockFiles
import PackagingFormats
import TransparencyLog

/// Checks that every file of a lock is in a log that a policy trusts, with its name, version and digest, and that nothing
/// that the log says since took it away.
///
/// Nothing of it is asked of a page: an index could show that to one person only. All entries are read once, and what is new
/// the next time; what they say of the projects of the lock is kept beside the proofs.
public struct LockVerifier {
    private let policy: LogPolicy
    private let folder: String
    private let index: String?
    private let isOffline: Bool
    private let oldest: UInt64?

    /// - Parameters:
    ///   - folder: where proofs are kept, and what the log says: proofs that are there are not fetched.
    ///   - index: where the index is, for locks that name no addresses.
    ///   - isOffline: whether nothing may be fetched.
    ///   - oldest: since when enough witnesses must have said that the log has nothing newer, in seconds since 1970; nil for
    ///     any time. A policy that asks no witness cannot say.
    public init(policy: LogPolicy, proofsIn folder: String, index: String?, isOffline: Bool, oldest: UInt64? = nil)
        throws
    {
        self.policy = policy
        self.folder = folder
        self.index = index.map(IndexReader.base)
        self.isOffline = isOffline
        self.oldest = oldest
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
    ///
    /// - Throws: ``VerificationFailure`` where a log does not hold or is too old, and what reading throws.
    public func verify(_ files: [LockedFile]) throws -> [Result] {
        var sources: [String: Source] = [:]
        if !isOffline {
            try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
            for (base, files) in try Dictionary(grouping: files, by: base(of:)) {
                sources[base] = try source(at: base, of: Set(files.map(\.name.normalized)))
            }
        }
        let kept = isOffline ? try keptLogs() : []
        return try files.map { file in
            Result(
                name: file.name.normalized, version: "\(file.version)", file: file.filename ?? file.sha256,
                sha256: file.sha256,
                problem: isOffline
                    ? try offlineProblem(with: file, kept) : try problem(with: file, in: sources[base(of: file)]))
        }
    }

    // MARK: Online

    /// An index, and what its log says of the projects of the lock.
    private struct Source {
        let base: String
        let reader: LogReader
        let files: LoggedFiles
    }

    /// Reads what is new in the log of an index; all of it, where a project was not asked for before.
    private func source(at base: String, of projects: Set<String>) throws -> Source {
        let reader = try LogReader(base, policy: policy)
        let (verified, note) = try reader.head()
        let head = verified.checkpoint
        try requireFresh(verified)
        let path = path(of: head.origin)
        let kept = KeptLog(at: path)
        let old = try kept.map { try reader.older($0.checkpoint, than: head) }
        let covers = kept?.projects?.isSuperset(of: projects) ?? false
        let known = covers ? old : nil
        var files = known == nil ? LoggedFiles() : kept?.files ?? LoggedFiles()
        _ = try reader.readEntries(after: known, to: head) { position, statement in
            guard let project = statement.project, projects.contains(project) else { return }
            files.apply(statement, at: position)
        }
        // All of it was read, and what was kept has to be its beginning all the same.
        if !covers, let old { _ = try reader.readEntries(after: old, to: head) { _, _ in } }
        files = files.only(projects)
        try KeptLog(checkpoint: note, files: files, projects: projects).write(to: path)
        return Source(base: base, reader: reader, files: files)
    }

    private func problem(with file: LockedFile, in source: Source?) throws -> String? {
        guard let source else { return "nothing is known of its index" }
        if let problem = source.files.problem(with: file) { return problem }
        if let kept = keptProof(of: file), flaw(of: kept, for: file) == nil { return nil }
        guard let filename = source.files.filename(of: file),
            let bytes = try source.reader.read("\(source.base)\(Self.path(of: file.sha256, filename)).tlog-proof")
        else { return "the index has no proof of it" }
        if let problem = flaw(of: bytes, for: file) { return problem }
        try Data(bytes).write(to: URL(filePath: proofPath(of: file)), options: .atomic)
        return nil
    }

    private func requireFresh(_ head: VerifiedCheckpoint) throws {
        guard let oldest else { return }
        guard policy.asksWitnesses else {
            throw VerificationFailure(
                "the policy asks no witness, so that nothing says how old the log is that the index shows. Leave out --max-age, "
                    + "or name witnesses in the policy")
        }
        guard let since = policy.witnessed(head), since >= oldest else {
            let time = policy.witnessed(head).map { Date(timeIntervalSince1970: Double($0)).ISO8601Format() }
            throw VerificationFailure(
                "the index shows its log as it was at \(time ?? "an unknown time"), and nothing newer that the policy's "
                    + "witnesses have signed: either they were not asked since, or it hides what was done")
        }
    }

    /// The address of a file: of its digest and its name, for ever.
    private static func path(of sha256: String, _ filename: String) -> String {
        "/packages/\(sha256.prefix(2))/\(sha256.dropFirst(2).prefix(2))/\(sha256.dropFirst(4))/\(filename)"
    }

    // MARK: Offline

    private func keptLogs() throws -> [KeptLog] {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
        let logs = names.filter { $0.hasSuffix(Self.logSuffix) }.sorted().compactMap { KeptLog(at: "\(folder)/\($0)") }
        guard oldest != nil else { return logs }
        for log in logs {
            let head: VerifiedCheckpoint
            do throws(PolicyFailure) {
                head = try policy.verify(Array(log.checkpoint.utf8))
            } catch { throw VerificationFailure("what was kept of a log is not believed: \(error)") }
            try requireFresh(head)
        }
        return logs
    }

    private func offlineProblem(with file: LockedFile, _ logs: [KeptLog]) throws -> String? {
        let kept = keptProof(of: file)
        let origin = kept.flatMap { LogProof(parsing: $0) }.map { SignedNote.firstLine(of: $0.checkpoint) }
        let log = logs.first { log in
            guard log.projects?.contains(file.name.normalized) == true else { return false }
            return origin == nil || log.tree?.origin == origin
        }
        guard let log else {
            return kept == nil
                ? "there is no proof of it in \(folder)"
                : "whether it was taken away since is not in \(folder). Fetch it without --offline"
        }
        if let problem = log.files.problem(with: file) { return problem }
        return kept.map { flaw(of: $0, for: file) } ?? "there is no proof of it in \(folder)"
    }

    // MARK: Proofs

    private func keptProof(of file: LockedFile) -> [UInt8]? {
        FileManager.default.contents(atPath: proofPath(of: file)).map(Array.init)
    }

    private func proofPath(of file: LockedFile) -> String { "\(folder)/\(file.sha256).tlog-proof" }

    private static let logSuffix = ".log.json"

    /// Where it is kept what a log says. Names of logs have characters that no file's name has.
    private func path(of origin: String) -> String {
        let name = origin.map { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "." || $0 == "-") ? $0 : "_" }
        return "\(folder)/\(String(name).prefix(200))\(Self.logSuffix)"
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

    private func base(of file: LockedFile) throws -> String {
        guard let base = index ?? file.url.flatMap(Self.base) else {
            throw VerificationFailure("the lock does not say where \(file.name.normalized) is. Say it with --index")
        }
        return base
    }

    /// The index of an address below `/packages/`.
    private static func base(_ url: String) -> String? {
        url.firstRange(of: "/packages/").map { String(url[..<$0.lowerBound]) }
    }
}

extension LoggedFiles {
    /// What the log says against a file of a lock, in a sentence; nil for nothing.
    func problem(with locked: LockedFile) -> String? {
        guard let project = self[locked.name.normalized], !project.files.isEmpty else {
            return "the log has no file of the project \(locked.name.normalized)"
        }
        guard let filename = filename(of: locked) else { return project.strangeness(of: locked) }
        guard let file = project.files[filename] else { return nil }
        guard file.sha256 == locked.sha256 else {
            return "it has another digest than in the log, where \(filename) is sha256:\(file.sha256)"
        }
        guard let version = try? Version(parsing: file.version), version == locked.version else {
            return "its bytes are those of version \(file.version)"
        }
        return project.withdrawal(of: filename, file)
    }

    /// What a file of a lock is called in the log; nil where no file of that name, or none of these bytes, is there.
    func filename(of locked: LockedFile) -> String? {
        guard let project = self[locked.name.normalized] else { return nil }
        if let filename = locked.filename { return project.files[filename] == nil ? nil : filename }
        let same = project.files.filter { $0.value.sha256 == locked.sha256 }
        return same.first { (try? Version(parsing: $0.value.version)) == locked.version }?.key ?? same.keys.min()
    }
}

extension LoggedProject {
    /// Why a file of a lock is not in the log.
    fileprivate func strangeness(of locked: LockedFile) -> String {
        if let same = files.first(where: { $0.value.sha256 == locked.sha256 }) {
            return "its bytes are those of \(same.key)"
        }
        if let filename = locked.filename { return "the log has no file \(filename)" }
        let others = files.filter { (try? Version(parsing: $0.value.version)) == locked.version }
        return others.isEmpty
            ? "the log has no file of version \(locked.version)"
            : "it has another digest than the log has for any of the \(others.count) files of version \(locked.version)"
    }

    /// By what a file was taken away; nil while everybody can have it.
    fileprivate func withdrawal(of filename: String, _ file: File) -> String? {
        func sentence(_ what: String, _ said: Saying?) -> String {
            guard let said else { return what }
            return "\(what) by entry \(said.entry) of the log, at \(said.at)"
        }
        if file.standing != .published { return sentence("it \(file.standing.words)", file.changed) }
        if let status, status.word == "quarantined" { return sentence("its project was quarantined", status.said) }
        if isThere == false { return sentence("its project was removed", presence) }
        return lists(filename) ? nil : "its release was removed by what the log says"
    }
}
