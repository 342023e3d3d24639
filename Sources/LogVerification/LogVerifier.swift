import Bytes
import PackagingFormats
import TransparencyLog

/// Checks the log of an index from outside: that nothing was rewritten, and that pages and log say the same, both ways.
///
/// Without anything kept, all of the log is read, and all pages are. With a checkpoint, what is new is read, and the pages of
/// what it is about. With what was kept besides (``KeptLog``), also the list of all projects is, and some of the other
/// pages, in turn: so what is hidden is missed, after as many calls as it takes to come by all pages, and each call costs
/// what is new and no more than a fixed number of pages besides.
public struct LogVerifier {
    private let reader: LogReader
    private let pagesInTurn: Int

    /// How many pages are looked at, of those of which nothing is new.
    public static let usualPagesInTurn = 100

    /// - Parameters:
    ///   - base: where the index is.
    ///   - keys: whom to believe; empty believes the keys that the index names.
    ///   - pagesInTurn: how many pages are looked at, of those of which nothing is new.
    public init(_ base: String, keys: [VerifierKey], pagesInTurn: Int = Self.usualPagesInTurn) throws {
        reader = try LogReader(base, keys: keys)
        self.pagesInTurn = pagesInTurn
    }

    /// What was found.
    public struct Report: Sendable, Encodable {
        /// The log's name.
        public var log = ""
        /// How many entries it has.
        public var size = 0
        /// Those that were read.
        public var read = 0
        /// Pages of projects that were compared with it.
        public var pages = 0
        /// Files on those pages.
        public var files = 0
        /// What is wrong, in sentences.
        public var problems: [String] = []
        /// Whether everything was known that the log had said before: only then is missed what is hidden and not new.
        public var isWhole = false
    }

    /// Reads what is new since a checkpoint that the caller kept, or all of it; checks that the log goes on from there; and
    /// compares what the pages list with it.
    ///
    /// The log lags behind its index by seconds. So where they differ, `pause` is called, and both are read again, until it
    /// returns false: what is wrong is what was wrong each time.
    ///
    /// - Parameters:
    ///   - checkpoint: a checkpoint of this log, as it was signed; nil for none.
    ///   - kept: what was kept with that checkpoint. What is not about the same tree is passed over.
    ///   - progress: told how many of how many entries were read.
    ///   - pause: told how many things differ; waits, and returns whether they are to be read again.
    /// - Returns: what was found, and what to keep for the next time.
    /// - Throws: ``VerificationFailure`` where the log itself does not hold, and what reading throws.
    public func verify(
        since checkpoint: String?, kept: KeptLog? = nil, progress: (_ done: Int, _ of: Int) -> Void = { _, _ in },
        pause: (_ differences: Int) throws -> Bool = { _ in false }
    ) throws -> (report: Report, kept: KeptLog) {
        let (verified, note) = try reader.head()
        let head = verified.checkpoint
        let old = try checkpoint.map { try reader.older($0, than: head) }
        let known = kept.flatMap { old != nil && $0.tree == old && $0.projects == nil ? $0 : nil }
        var files = known?.files ?? LoggedFiles(isWhole: old == nil)
        var report = Report()
        report.log = head.origin
        report.size = head.size
        report.isWhole = files.isWhole
        var new: Set<String> = []
        report.read = try reader.readEntries(after: old, to: head, progress: progress) { position, statement in
            files.apply(statement, at: position)
            if let project = statement.project { new.insert(project) }
        }
        let listed = files.isWhole ? try listedProjects() : []
        let inTurn = old == nil ? [] : next(of: files, after: known?.lookedAt ?? "")
        let chosen = old == nil ? files.projects.union(listed) : new.union(inTurn)
        var problems: [String: Set<String>] = [:]
        // What was said before the last call, pages have had the time to show.
        var reasons = Reasons(known: known?.reasons ?? [:], before: old?.size ?? 0)
        for project in chosen {
            let found = try compare(project, files, listed, &report, &reasons)
            if !found.isEmpty { problems[project] = found }
        }
        if files.isWhole, old != nil {
            // Of the others the list alone is looked at.
            for project in files.projects.union(listed).subtracting(chosen) {
                let found = files.differences(ofListing: project, in: listed)
                if !found.isEmpty { problems[project] = found }
            }
        }
        try settle(&problems, files, head, reasons, pause)
        report.problems = problems.sorted { $0.key < $1.key }.flatMap { project, found in
            found.sorted().map { "\(project): \($0)" }
        }
        return (
            report,
            KeptLog(
                checkpoint: note, files: files, lookedAt: inTurn.last ?? known?.lookedAt ?? "", reasons: reasons.known)
        )
    }

    /// Reads the log and what differs from it again, for as long as the caller waits, and leaves what was wrong each time.
    private func settle(
        _ problems: inout [String: Set<String>], _ files: LoggedFiles, _ head: Checkpoint, _ reasons: Reasons,
        _ pause: (Int) throws -> Bool
    ) throws {
        var (files, head, reasons) = (files, head, reasons)
        while !problems.isEmpty, try pause(problems.values.reduce(0) { $0 + $1.count }) {
            let newer = try reader.head().head.checkpoint
            try reader.requireGrowth(from: head, to: newer)
            _ = try reader.readEntries(after: head, to: newer) { files.apply($1, at: $0) }
            head = newer
            let listed = files.isWhole ? try listedProjects() : []
            var report = Report()
            for (project, before) in problems {
                let found = try compare(project, files, listed, &report, &reasons).intersection(before)
                problems[project] = found.isEmpty ? nil : found
            }
        }
    }

    // MARK: Pages

    private func listedProjects() throws -> Set<String> {
        guard let bytes = try reader.page("\(reader.base)/simple/"), let list = (try? JSON(parsing: bytes))?.object,
            let projects = list["projects"]?.array
        else { throw VerificationFailure("\(reader.base)/simple/ cannot be read") }
        return Set(
            projects.compactMap { $0.object?["name"]?.string.flatMap { try? ProjectName(parsing: $0) }?.normalized })
    }

    /// The projects whose turn it is, in the order of their names, from the one after the last.
    private func next(of files: LoggedFiles, after last: String) -> [String] {
        guard files.isWhole, pagesInTurn > 0 else { return [] }
        let all = files.projects.sorted()
        let start = all.firstIndex { $0 > last } ?? 0
        return Array((all[start...] + all[..<start]).prefix(pagesInTurn))
    }

    private func compare(
        _ project: String, _ files: LoggedFiles, _ listed: Set<String>, _ report: inout Report,
        _ reasons: inout Reasons
    ) throws -> Set<String> {
        let url = "\(reader.base)/simple/\(project)/"
        let bytes = try reader.page(url)
        let page = bytes.flatMap(ListedProject.init(parsing:))
        guard bytes == nil || page != nil else { throw VerificationFailure("\(url) cannot be read") }
        report.pages += 1
        report.files += page?.files.count ?? 0
        var found = files.differences(ofListing: project, in: listed)
        for difference in LoggedProject.discrepancies(of: page, with: files[project], isWhole: files.isWhole) {
            if !files.isWhole, case .unknownFile(let file) = difference, try hasProof(file, of: project, below: url) {
                continue
            }
            found.insert(difference.description)
        }
        if let page, let known = files[project] {
            found.formUnion(known.shownReasons(on: page).compactMap { reasons.difference($0) })
        }
        return found
    }

    /// Whether a file that is older than what was read is in the log.
    private func hasProof(_ listed: ListedProject.File, of project: String, below page: String) throws -> Bool {
        guard let url = WebAddress.joined(listed.url, below: page),
            let bytes = try reader.read("\(url).tlog-proof"), let proof = LogProof(parsing: bytes),
            let entry = proof.extra, (try? proof.verify(entry, by: reader.policy)) != nil,
            let file = LogStatement(entry)?.published
        else { return false }
        return file.project == project && file.filename == listed.filename && file.sha256 == listed.sha256
    }
}

/// Which reasons pages showed for what the log says, of which it has salted digests alone.
private struct Reasons {
    /// Their digests, by what the log has of them.
    private(set) var known: [String: String]
    /// Those of this call, also of entries that are too new to be kept.
    private var seen: [String: String] = [:]
    private let before: Int

    /// - Parameter before: the entries that pages have had the time to show.
    init(known: [String: String], before: Int) {
        self.known = known
        self.before = before
    }

    /// What a page says otherwise than it did, or than another line of it does; nil for nothing.
    mutating func difference(_ shown: LoggedProject.ShownReason) -> String? {
        let digest = TreeHash(ofEntry: Array(shown.text.utf8)).base64
        if let other = known[shown.commitment] ?? seen[shown.commitment], other != digest {
            return "the reason of entry \(shown.entry) is shown as another one than before, and the log has the same"
        }
        seen[shown.commitment] = digest
        if shown.entry < before { known[shown.commitment] = digest }
        return nil
    }
}

extension LoggedFiles {
    /// What the list of all projects says otherwise of one, where all is known.
    fileprivate func differences(ofListing project: String, in listed: Set<String>) -> Set<String> {
        guard isWhole else { return [] }
        let isListed = listed.contains(project)
        guard let known = self[project], let isThere = known.isThere else {
            return isListed ? ["it is in the list of all projects, and not in the log"] : []
        }
        if isListed {
            return isThere ? [] : ["it is in the list of all projects, and was removed by what the log says"]
        }
        return known.listed.isEmpty ? [] : ["it is not in the list of all projects, and the log has files of it"]
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
