import Accounts
import Archives
import Audit
import Blobs
import Bytes
import Crypto
import Descriptions
import Guide
import PackagingFormats
import Passwords
import Ports
import Primitives
import Projects
import Sequencer
import Stores
import UTC
import UploadAPI

/// Verifies everything that is stored: every blob against its digest, every row against its blob, against the journal
/// and against what follows from its file's name, the METADATA that is served beside a wheel against the one inside,
/// the verifiable log against the journal and what was signed, the list of breached passwords, and every sealed secret by opening it with the key file.
public struct Doctor: Sendable {
    private let index: LocalIndex

    /// A doctor for an index; it may be served from meanwhile.
    public init(_ index: LocalIndex) { self.index = index }

    /// What was found.
    public struct Findings: Sendable, Encodable {
        /// Files whose rows were looked at.
        public var files = 0
        /// Blobs that were read.
        public var blobs = 0
        /// Bytes that were read.
        public var bytes: Int64 = 0
        /// What is wrong.
        public var problems: [Finding] = []
        /// What is not wrong yet and has to be seen to.
        public var warnings: [Finding] = []
        /// Bytes that no row names: left by a crash, and cleared away by the server in time. Nothing is wrong with it.
        public var orphans: [String] = []

        mutating func add(_ kind: Finding.Kind, _ sentences: [String]) {
            problems += sentences.map { Finding(kind, $0) }
        }
    }

    /// Looks at everything. `progress` is told how many blobs of how many have been read.
    public func examine(progress: @Sendable (_ done: Int, _ of: Int) -> Void = { _, _ in }) async throws -> Findings {
        var findings = Findings()
        let inventory = index.stores.inventory
        findings.add(.damagedDatabase, try await inventory.damage())
        findings.add(.contradictingRows, try await inventory.contradictions())
        findings.add(.damagedCounts, try await inventory.contradictionsOfCounts())
        findings.add(.contradictedJournal, try await inventory.contradictionsWithJournal())
        let log = try await LogAudit(
            index.database, keys: index.keys, folder: LogFolder(path: index.settings.log)
        ).findings()
        findings.add(.contradictedLog, log.contradictions)
        findings.add(.damagedLog, log.damage)
        if let moment = log.waitsSince {
            findings.warnings.append(
                Finding(.waitingLog, "log: nothing is signed since the database was restored on \(moment.day)"))
        }
        var named: [String: Name] = [:]
        var after: Int64 = 0
        while true {
            let (entries, last) = try await inventory.files(after: after, limit: 5_000)
            for entry in entries {
                findings.files += 1
                named[entry.sha256, default: Name()].files.append(entry)
                if let metadata = entry.metadataSHA256 {
                    named[metadata, default: Name()].metadataOf = entry.filename
                }
            }
            guard let last else { break }
            after = last
        }
        var seen = Set<String>()
        for try await blob in index.blobs.census() {
            seen.insert(blob.sha256)
            let name = named[blob.sha256]
            findings.blobs += 1
            findings.bytes += blob.size
            if let digests = try await index.blobs.digests(of: blob.sha256) {  // else cleared away meanwhile
                if digests.sha256 != blob.sha256 {
                    let what = name.map { "file \($0.text)" } ?? "an orphan"
                    findings.add(
                        name == nil ? .damagedOrphan : .damagedBytes,
                        ["blob \(blob.sha256) (\(what)): its bytes do not have its digest"])
                } else {
                    for file in name?.files ?? [] {
                        findings.add(.contradictingFile, try await disagreement(of: file, with: digests, blob.size))
                    }
                }
                // An upload may have recorded it while we were reading.
                if name == nil, digests.sha256 == blob.sha256,
                    try await !inventory.isReferenced(blob.sha256)
                {
                    findings.orphans.append(blob.sha256)
                }
            }
            progress(findings.blobs, max(named.count, findings.blobs))
        }
        for (digest, name) in named where !seen.contains(digest) {
            // A blob that came after its folder was listed is there now.
            if try await index.blobs.size(of: digest) == nil {
                findings.add(.missingBytes, ["file \(name.text): its bytes (blob \(digest)) are missing"])
            }
        }
        do {
            try index.breachedPasswords.current()?.verify()
        } catch {
            findings.add(.damagedBreachedPasswords, [error.description])
        }
        findings.add(.unopenedSecret, try await inventory.secretsThatDoNotOpen())
        if let metadata = try await index.stores.authenticators.metadata(), metadata.isOverdue(at: currentTimestamp()) {
            findings.warnings.append(Finding(.overdueMetadata, metadata.overdueWords))
        }
        findings.warnings += try await index.stores.outbox.unknown().map { Finding(.unknownJobs, $0.words) }
        findings.warnings += await renderer()
        if let words = index.settings.profile.security?.expiryWords(at: currentTimestamp()) {
            findings.warnings.append(Finding(.expiringContact, words))
        }
        findings.problems.sort { $0.what < $1.what }
        return findings
    }

    /// That descriptions are not rendered as their authors meant, where that is so and nobody chose it.
    private func renderer() async -> [Finding] {
        guard let helper = index.settings.markupHelper() else { return [] }
        do {
            let versions = try await helper.versions()
            let missing = ["docutils", "pygments"].filter { !versions.contains($0) }
            return missing.isEmpty
                ? []
                : [
                    Finding(
                        .missingRenderer, "descriptions: \(versions) has no \(missing.joined(separator: " and no "))")
                ]
        } catch {
            return [Finding(.missingRenderer, "descriptions: \(error)")]
        }
    }

    /// Whose bytes a blob has.
    private struct Name {
        var files: [Inventory.Entry] = []
        var metadataOf: String?

        /// One of them.
        var text: String { files.first?.filename ?? "\(metadataOf ?? "").metadata" }
    }

    /// What is wrong with a row whose blob has its SHA-256.
    private func disagreement(
        of file: Inventory.Entry, with digests: Digests, _ size: Int64
    ) async throws -> [String] {
        var found: [String] = []
        if file.size != size { found.append("file \(file.filename): \(file.size) bytes noted, its blob has \(size)") }
        if file.blake2b256 != digests.blake2b256 {
            found.append("file \(file.filename): another BLAKE2b digest is noted than its bytes have")
        }
        if file.md5 != digests.md5 {
            found.append("file \(file.filename): another MD5 digest is noted than its bytes have")
        }
        if let metadata = file.metadataSHA256 { found += try await disagreement(ofWheel: file, with: metadata) }
        return found
    }

    /// What is wrong with the METADATA that is served beside a wheel, given its digest, and with what is taken from it.
    private func disagreement(ofWheel file: Inventory.Entry, with metadataSHA256: String) async throws -> [String] {
        do {
            let found = try await index.blobs.inspect(file.sha256) { source in try metadata(ofWheel: source) }
            // Cleared away meanwhile.
            guard let found else { return [] }
            guard SHA256.hash(data: found).hexadecimal == metadataSHA256 else {
                return ["file \(file.filename): the METADATA served beside it is not its own"]
            }
            let core = try? CoreMetadata(existing: RawMetadata(file: found))
            return core.flatMap { ReleaseMetadata($0).requiresPython } == file.requiresPython
                ? [] : ["file \(file.filename): its METADATA requires another Python than is noted"]
        } catch let failure as InspectionFailure {
            return ["file \(file.filename): its METADATA cannot be read: \(failure)"]
        }
    }
}
