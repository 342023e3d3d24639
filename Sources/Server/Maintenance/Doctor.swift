import Archives
import Blobs
import Crypto
import Model
import Passwords
import Secrets
import Stores

/// Verifies everything that is stored: every blob against its digest, every row against its blob, the METADATA that is
/// served beside a wheel against the one inside, the list of breached passwords, and that there is a key for every secret
/// that was sealed. The key file itself is verified by opening the index.
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
        /// What is wrong, in sentences.
        public var problems: [String] = []
        /// What is not wrong yet and has to be seen to, in sentences.
        public var warnings: [String] = []
        /// Bytes that no row names: left by a crash, and cleared away by the server in time. Nothing is wrong with it.
        public var orphans: [String] = []
    }

    /// Looks at everything. `progress` is told how many blobs of how many have been read.
    public func examine(progress: @Sendable (_ done: Int, _ of: Int) -> Void = { _, _ in }) async throws -> Findings {
        var findings = Findings()
        findings.problems += try await index.stores.inventory.contradictions()
        var named: [String: (size: Int64?, by: String, metadata: String?)] = [:]
        var after: Int64 = 0
        while true {
            let (entries, last) = try await index.stores.inventory.files(after: after, limit: 5_000)
            for entry in entries {
                findings.files += 1
                named[entry.sha256] = (entry.size, entry.filename, entry.metadataSHA256)
                if let metadata = entry.metadataSHA256 { named[metadata] = (nil, "\(entry.filename).metadata", nil) }
            }
            guard let last else { break }
            after = last
        }
        var seen = Set<String>()
        for try await blob in index.blobs.all() {
            seen.insert(blob.sha256)
            let name = named[blob.sha256]
            findings.blobs += 1
            findings.bytes += blob.size
            switch try await index.blobs.verify(blob.sha256) {
            case .intact:
                if let size = name?.size, let by = name?.by, size != blob.size {
                    findings.problems.append("file \(by): \(size) bytes noted, its blob has \(blob.size)")
                }
                if let metadata = name?.metadata, let by = name?.by {
                    findings.problems += try await disagreement(of: blob.sha256, named: by, with: metadata)
                }
                // An upload may have recorded it while we were reading.
                if name == nil, try await !index.stores.inventory.isReferenced(blob.sha256) {
                    findings.orphans.append(blob.sha256)
                }
            case .damaged:
                let what = name.map { "file \($0.by)" } ?? "an orphan"
                findings.problems.append("blob \(blob.sha256) (\(what)): its bytes do not have its digest")
            case .missing: break  // cleared away meanwhile
            }
            progress(findings.blobs, max(named.count, findings.blobs))
        }
        for (digest, name) in named where !seen.contains(digest) {
            // A blob that came after its folder was listed is there now.
            if try await index.blobs.size(of: digest) == nil {
                findings.problems.append("file \(name.by): its bytes (blob \(digest)) are missing")
            }
        }
        do {
            try index.breachedPasswords.current()?.verify()
        } catch {
            findings.problems.append(error.description)
        }
        findings.problems += try await sealedSecretsWithoutKey()
        if let metadata = try await index.stores.authenticators.metadata(), metadata.isOverdue(at: currentTimestamp()) {
            findings.warnings.append(metadata.overdueWords)
        }
        findings.problems.sort()
        return findings
    }

    /// Secrets in the database whose key is not in the key file: nobody can open them.
    private func sealedSecretsWithoutKey() async throws -> [String] {
        let known = Set(index.keys.keyIDs)
        return try await index.stores.inventory.sealedSecrets().compactMap { secret in
            guard let keyID = try? SealedSecret(serialized: secret.sealed).keyID else {
                return "the secret of the authenticator app \(secret.app) cannot be read"
            }
            return known.contains(keyID)
                ? nil
                : "the secret of the authenticator app \(secret.app) was sealed with the key \(keyID), which is not in "
                    + index.keys.path
        }
    }

    /// What is wrong with the METADATA that is served beside a wheel, given its digest.
    private func disagreement(
        of wheel: String, named filename: String, with metadataSHA256: String
    ) async throws -> [String] {
        do {
            let found = try await index.blobs.inspect(wheel) { source in
                SHA256.hash(data: try metadata(ofWheel: source)).hexadecimal
            }
            // Cleared away meanwhile.
            guard let found else { return [] }
            return found == metadataSHA256 ? [] : ["file \(filename): the METADATA served beside it is not its own"]
        } catch let failure as InspectionFailure {
            return ["file \(filename): its METADATA cannot be read: \(failure)"]
        }
    }
}
