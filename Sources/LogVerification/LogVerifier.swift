import Bytes
import PackagingFormats
import TransparencyLog

/// Checks the log of an index from outside: that nothing was rewritten, and that pages and log say the same.
public struct LogVerifier {
    private let reader: LogReader

    /// - Parameters:
    ///   - base: where the index is.
    ///   - keys: whom to believe; empty believes the keys that the index names.
    public init(_ base: String, keys: [VerifierKey]) throws { reader = try LogReader(base, keys: keys) }

    /// What was found.
    public struct Report: Sendable, Encodable {
        /// The log's name.
        public var log = ""
        /// How many entries it has.
        public var size = 0
        /// Those that were read.
        public var read = 0
        /// Files on pages that were compared with it.
        public var files = 0
        /// What is wrong, in sentences.
        public var problems: [String] = []
    }

    /// Reads what is new since a checkpoint that the caller kept, or all of it; checks that the log goes on from there; and
    /// compares what the pages list with it.
    ///
    /// - Parameters:
    ///   - kept: a checkpoint of this log, as it was signed; nil for none.
    ///   - progress: told how many of how many entries were read.
    /// - Returns: what was found, and the checkpoint to keep for the next time, as it was signed.
    /// - Throws: ``VerificationFailure`` where the log itself does not hold, and what reading throws.
    public func verify(
        since kept: String?, progress: (_ done: Int, _ of: Int) -> Void = { _, _ in }
    ) throws -> (report: Report, checkpoint: String) {
        let (head, note) = try reader.head()
        var report = Report()
        report.log = head.origin
        report.size = head.size
        var files = LoggedFiles()
        report.read = try reader.readEntries(
            after: kept.map { try reader.older($0, than: head) }, to: head, progress: progress
        ) { files.apply($1) }
        for project in try kept == nil ? listedProjects(and: files) : files.projects {
            try compare(project, files, isComplete: kept == nil, &report)
        }
        return (report, note)
    }

    // MARK: Pages

    private func listedProjects(and files: LoggedFiles) throws -> Set<String> {
        guard let bytes = try reader.page("\(reader.base)/simple/"), let list = (try? JSON(parsing: bytes))?.object,
            let projects = list["projects"]?.array
        else { throw VerificationFailure("\(reader.base)/simple/ cannot be read") }
        return files.projects.union(
            projects.compactMap { $0.object?["name"]?.string.flatMap { try? ProjectName(parsing: $0) }?.normalized })
    }

    /// - Parameter isComplete: whether all entries were read, and not only the newest.
    private func compare(
        _ project: String, _ files: LoggedFiles, isComplete: Bool, _ report: inout Report
    ) throws {
        let url = "\(reader.base)/simple/\(project)/"
        // A project that is not shown: what the log says of it stays true.
        guard let bytes = try reader.page(url) else { return }
        guard let page = (try? JSON(parsing: bytes))?.object, let listed = page["files"]?.array else {
            throw VerificationFailure("\(url) cannot be read")
        }
        var seen: Set<String> = []
        for file in listed {
            guard let filename = file.object?["filename"]?.string,
                let sha256 = file.object?["hashes"]?.object?["sha256"]?.string
            else {
                report.problems.append("\(project): a file is listed without its name or digest")
                continue
            }
            seen.insert(filename)
            report.files += 1
            guard let logged = files.file(filename, of: project) else {
                if try isComplete || !hasProof(project, filename, sha256, file.object?["url"]?.string, below: url) {
                    report.problems.append("\(project): \(filename) is listed, and is not in the log")
                }
                continue
            }
            if logged.sha256 != sha256 {
                report.problems.append("\(project): \(filename) is listed with another digest than it has in the log")
            } else if logged.isQuarantined {
                report.problems.append("\(project): \(filename) is listed, and is in quarantine by what the log says")
            } else if logged.isRemoved {
                report.problems.append("\(project): \(filename) is listed, and was removed by what the log says")
            }
        }
        guard page["project-status"]?.object?["status"]?.string != "quarantined" else { return }
        for filename in files.published(of: project).subtracting(seen).sorted() {
            report.problems.append("\(project): \(filename) is in the log, and is not listed")
        }
    }

    private func hasProof(
        _ project: String, _ filename: String, _ sha256: String, _ address: String?, below page: String
    ) throws -> Bool {
        guard let address, let url = WebAddress.joined(address, below: page),
            let bytes = try reader.read("\(url).tlog-proof"), let proof = LogProof(parsing: bytes),
            let entry = proof.extra,
            (try? proof.verify(entry, by: LogPolicy(trusting: reader.keys))) != nil,
            let file = LogStatement(entry)?.published
        else { return false }
        return file.project == project && file.filename == filename && file.sha256 == sha256
    }
}

/// Addresses as pages have them: whole, or from the root of their host.
enum WebAddress {
    static func joined(_ address: String, below page: String) -> String? {
        let address = String(address.prefix { $0 != "#" && $0 != "?" })
        if address.hasPrefix("http://") || address.hasPrefix("https://") { return address }
        let parts = page.split(separator: "/", maxSplits: 3, omittingEmptySubsequences: false)
        guard parts.count == 4 else { return nil }
        let host = parts[..<3].joined(separator: "/")
        if address.hasPrefix("/") { return host + address }
        // Relative ones climb from the page's folder.
        var folders = parts[3].split(separator: "/", omittingEmptySubsequences: true).map(String.init)
        for element in address.split(separator: "/") {
            switch element {
            case ".": continue
            case "..": _ = folders.popLast()
            default: folders.append(String(element))
            }
        }
        return "\(host)/\(folders.joined(separator: "/"))"
    }
}
