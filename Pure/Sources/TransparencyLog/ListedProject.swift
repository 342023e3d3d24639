import Bytes

/// The page of a project, as an index shows it to installers.
///
/// Source: packaging.python.org, "Simple repository API", in JSON (PEP 691, PEP 700, PEP 792).
public struct ListedProject: Sendable, Hashable {
    /// A file that the page lists.
    public struct File: Sendable, Hashable {
        public let filename: String
        /// In lower-case hexadecimal.
        public let sha256: String
        /// Where it is, from the page.
        public let url: String
        public let isYanked: Bool
        /// Why it is yanked; nil where there is no reason.
        public let yankReason: String?
    }

    public let files: [File]
    /// How many are listed without a name, an address or a digest.
    public let unreadable: Int
    /// The word of PEP 792.
    public let status: String
    /// Why it has this status; nil where there is no reason.
    public let statusReason: String?

    /// Reads a page; nil for anything else.
    public init?(parsing bytes: [UInt8]) {
        guard let page = (try? JSON(parsing: bytes))?.object, let listed = page["files"]?.array else { return nil }
        let files = listed.map { $0.object.flatMap(File.init) }
        self.files = files.compactMap(\.self)
        unreadable = files.count { $0 == nil }
        let status = page["project-status"]?.object
        self.status = status?["status"]?.string ?? "active"
        statusReason = status?["reason"]?.string?.nonEmpty
    }
}

extension ListedProject.File {
    fileprivate init?(_ members: [String: JSON]) {
        guard let filename = members["filename"]?.string, let url = members["url"]?.string,
            let sha256 = members["hashes"]?.object?["sha256"]?.string
        else { return nil }
        self.filename = filename
        self.sha256 = sha256
        self.url = url
        // A reason, or whether.
        yankReason = members["yanked"]?.string?.nonEmpty
        isYanked = yankReason != nil || members["yanked"] == .boolean(true)
    }
}

extension String {
    /// Itself; nil where nothing is in it, for then it is no reason.
    fileprivate var nonEmpty: String? { isEmpty ? nil : self }
}

/// What a project's page and the log say otherwise.
public enum Discrepancy: Sendable, Hashable {
    /// The page is not there, and the log says that the project has files.
    case hidden
    /// The page is there, and the log says that the project was removed.
    case shown(LoggedProject.Saying)
    /// The page is there, and the log says nothing of the project.
    case unknownProject
    /// Something is listed without its name, address or digest.
    case unreadable(count: Int)
    /// A file is listed of which nothing is known: where not all of the log was read, it may be older.
    case unknownFile(ListedProject.File)
    /// A file is listed with other bytes than the log has.
    case otherDigest(ListedProject.File, logged: String)
    /// A file is listed that should not be.
    case withheld(filename: String, LoggedProject.Standing, LoggedProject.Saying)
    /// A file is published by what the log says, and not listed.
    case notListed(filename: String)
    /// The page says that a file is yanked, and the log that it is not.
    case yanked(filename: String)
    /// The log says that a file is yanked, and the page that it is not.
    case notYanked(filename: String)
    /// One of both has a reason for a yank, and the other one none.
    case yankReason(filename: String, isListed: Bool)
    /// The project has another status by what the log says.
    case status(listed: String, logged: String)
    /// One of both has a reason for the status, and the other one none.
    case statusReason(isListed: Bool)
}

extension LoggedProject {
    /// What a page says otherwise than the log, both ways.
    ///
    /// - Parameters:
    ///   - page: nil where the index says that there is no such page.
    ///   - known: what the log says of the project; nil where it says nothing.
    public static func discrepancies(
        of page: ListedProject?, with known: LoggedProject?, isWhole: Bool
    ) -> [Discrepancy] {
        guard let page else { return known.map { $0.listed.isEmpty ? [] : [.hidden] } ?? [] }
        guard let known, known.isThere != nil || !isWhole else {
            return isWhole ? [.unknownProject] : page.files.map(Discrepancy.unknownFile)
        }
        if known.isThere == false, let said = known.presence { return [.shown(said)] }
        var found: [Discrepancy] = page.unreadable > 0 ? [.unreadable(count: page.unreadable)] : []
        for file in page.files { found += known.discrepancies(of: file) }
        let hidden = known.listed.subtracting(page.files.map(\.filename))
        // Its status is told alone; what else is not known is not missed.
        if known.status != nil || page.status != "quarantined" {
            found += hidden.sorted().map(Discrepancy.notListed)
        }
        return found + known.discrepancies(ofStatus: page)
    }

    private func discrepancies(of listed: ListedProject.File) -> [Discrepancy] {
        let name = listed.filename
        guard let file = files[name] else { return [.unknownFile(listed)] }
        guard file.sha256 == listed.sha256 else { return [.otherDigest(listed, logged: file.sha256)] }
        guard lists(name) else {
            if file.standing == .published, let status, status.word == "quarantined" {
                return [.withheld(filename: name, .quarantined, status.said)]
            }
            let standing = file.standing == .published ? Standing.removed : file.standing
            return [.withheld(filename: name, standing, file.changed ?? file.upload)]
        }
        switch yanked(name) {
        case .unknown: return []
        case .no: return listed.isYanked ? [.yanked(filename: name)] : []
        case .yes(let yank):
            guard listed.isYanked else { return [.notYanked(filename: name)] }
            guard let yank, (yank.reason != nil) != (listed.yankReason != nil) else { return [] }
            return [.yankReason(filename: name, isListed: listed.yankReason != nil)]
        }
    }

    private func discrepancies(ofStatus page: ListedProject) -> [Discrepancy] {
        guard let status, let shown = shownStatuses else { return [] }
        guard shown.contains(page.status) else {
            return [.status(listed: page.status, logged: shown.sorted().joined(separator: " or "))]
        }
        guard page.status == status.word, status.word == "quarantined" || showsOwnReason,
            (status.reason != nil) != (page.statusReason != nil)
        else { return [] }
        return [.statusReason(isListed: page.statusReason != nil)]
    }
}

extension LoggedProject {
    /// A reason that a page shows for what an entry says.
    public struct ShownReason: Sendable, Hashable {
        /// What the entry commits to.
        public let commitment: String
        public let entry: Int
        public let text: String
    }

    /// The reasons that a page shows, each with the entry that it is of. What was committed to cannot be opened from outside,
    /// but one commitment has one reason: on all files of a release, and at all times.
    public func shownReasons(on page: ListedProject) -> [ShownReason] {
        var shown = page.files.compactMap { file -> ShownReason? in
            guard case .yes(let yank?) = yanked(file.filename), let commitment = yank.reason,
                let text = file.yankReason
            else { return nil }
            return ShownReason(commitment: commitment, entry: yank.said.entry, text: text)
        }
        if let status, let commitment = status.reason, let text = page.statusReason, page.status == status.word,
            status.word == "quarantined" || showsOwnReason
        {
            shown.append(ShownReason(commitment: commitment, entry: status.said.entry, text: text))
        }
        return shown
    }
}

extension Discrepancy: CustomStringConvertible {
    /// The end of a sentence that begins with the project's name.
    public var description: String {
        switch self {
        case .hidden: "there is no such page, and the log has files of it that nobody took away"
        case .shown(let said): "it is shown, and was removed by entry \(said.entry) of the log"
        case .unknownProject: "it is shown, and is not in the log"
        case .unreadable(let count): "\(count) of its files are listed without name, address or digest"
        case .unknownFile(let file): "\(file.filename) is listed, and is not in the log"
        case .otherDigest(let file, let logged):
            "\(file.filename) is listed with another digest, \(file.sha256), than it has in the log, \(logged)"
        case .withheld(let filename, let standing, let said):
            "\(filename) is listed, and \(standing.words) by entry \(said.entry) of the log"
        case .notListed(let filename): "\(filename) is in the log, and is not listed"
        case .yanked(let filename): "\(filename) is listed as yanked, and is not by what the log says"
        case .notYanked(let filename): "\(filename) is yanked by what the log says, and is not listed as such"
        case .yankReason(let filename, let isListed):
            isListed
                ? "\(filename) is listed as yanked for a reason, and the log has none"
                : "\(filename) is listed as yanked without a reason, and the log has one"
        case .status(let listed, let logged): "its status is \(listed), and \(logged) by what the log says"
        case .statusReason(let isListed):
            isListed ? "its status has a reason, and none in the log" : "its status has no reason, and one in the log"
        }
    }
}

extension LoggedProject.Standing {
    /// As the end of a sentence about a file: `was removed`.
    public var words: String {
        switch self {
        case .published: "was published"
        case .removed: "was removed"
        case .quarantined: "was quarantined"
        case .erased: "was erased"
        }
    }
}
