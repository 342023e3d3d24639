import PackagingFormats

/// A project, by what a log says of it: what each act did to its files is done again, as the index does it.
///
/// Where not all that was ever said of it was read, what is not known is nil.
public struct LoggedProject: Sendable, Hashable, Codable {
    /// An entry of the log, and when it was made.
    public struct Saying: Sendable, Hashable, Codable {
        /// Its place, from 0.
        public let entry: Int
        /// In UTC: `2026-11-30T09:00:00.000000Z`.
        public let at: String
    }

    /// Where a file stands.
    public enum Standing: String, Sendable, Hashable, Codable {
        case published, removed, quarantined, erased
    }

    /// That something is yanked. Why does not stand in the log; whether there was a reason does.
    public struct Yank: Sendable, Hashable, Codable {
        public let said: Saying
        /// What was committed to as the reason, in hexadecimal; nil where there was no reason.
        public let reason: String?
    }

    /// A file that was published.
    public struct File: Sendable, Hashable, Codable {
        /// As it is written.
        public let version: String
        /// In lower-case hexadecimal.
        public let sha256: String
        /// The entry that published it.
        public let upload: Saying
        public fileprivate(set) var standing = Standing.published
        /// The entry that changed its standing last; nil for the one that published it.
        public fileprivate(set) var changed: Saying?
        /// That it is yanked by itself, whatever is so of its release.
        public fileprivate(set) var yank: Yank?
        fileprivate var removal: Removal?
        /// The canonical form of its version.
        fileprivate let release: String
    }

    /// The status of a project, which installers are told.
    public struct Status: Sendable, Hashable, Codable {
        /// The word of PEP 792.
        public let word: String
        /// What was committed to as the reason, in hexadecimal; nil where there was no reason.
        public let reason: String?
        /// The entry that set it.
        public let said: Saying

        fileprivate static func active(_ said: Saying) -> Status {
            Status(word: "active", reason: nil, said: said)
        }
    }

    /// The act by which something was removed: with it, it comes back.
    fileprivate struct Removal: Sendable, Hashable, Codable {
        let serial: Int64
        let at: String
    }

    fileprivate struct Release: Sendable, Hashable, Codable {
        var removal: Removal?
        /// Nil where it is not yanked, or where nothing that was read says whether it is.
        var yank: Yank?
        /// Whether it is known whether it is yanked.
        var isYankKnown: Bool
        /// The names of its files.
        var files: [String] = []
    }

    /// That somebody asks for something to be taken away.
    fileprivate struct Request: Sendable, Hashable, Codable {
        let what: String
        let version: String?
        let filename: String?
    }

    /// Whether all that the log says of it was read.
    public let isWhole: Bool
    /// Whether it is there at all; nil where it is not known.
    public private(set) var isThere: Bool?
    /// The entry that said so.
    public private(set) var presence: Saying?
    /// Its status; nil where it is not known.
    public private(set) var status: Status?
    /// The files that were published, by their names.
    public private(set) var files: [String: File] = [:]
    private var createdAt = ""
    /// By the version's canonical form.
    private var releases: [String: Release] = [:]
    private var deletions: [Removal] = []
    private var requests: Set<Request> = []
    /// Those that may have been carried out: the log says that it was done, and not whether because of them.
    private var doubtful: Set<Request> = []
    /// Whether its files come back by what was proposed: what is said next of the project is not said of all its files,
    /// for each that comes back says so by itself.
    private var isReturning = false

    /// A project of which nothing was read so far.
    init(isWhole: Bool) { self.isWhole = isWhole }

    /// Takes in what an entry says of it. What says nothing of files is passed over, and so is what this version does not
    /// know.
    mutating func apply(_ statement: LogStatement, at entry: Int) {
        let said = Saying(entry: entry, at: statement.at)
        let wasReturning = isReturning
        isReturning = false
        switch statement.act {
        case "project.create", "project.recreate":
            if statement.act == "project.create" { createdAt = statement.at }
            (isThere, presence, status) = (true, said, .active(said))
        case "project.status":
            status = Status(
                word: statement.details["status"] ?? "", reason: statement.details["reason"], said: said)
            if status?.word == "archived" { doubt { $0.what == "archiving" } }
        case "role.leave": doubt { $0.what == "last-role" }
        case "release.create": change(statement.release) { $0.removal = nil }
        case "file.upload": publish(statement, said)
        case "release.yank", "release.unyank", "file.yank", "file.unyank": yank(statement, said)
        case "project.delete", "release.delete", "file.delete": remove(statement, said)
        case "file.erase": change(meant(by: statement), said) { $0.standing = .erased }
        case "project.restore", "project.undo-removal": restore(statement, said, wasReturning: wasReturning)
        case "return.approve", "return.decide": isReturning = true
        case "content.quarantine": quarantine(statement, said)
        case "content.lift-quarantine": lift(statement, said)
        case "removal.ask", "removal.object", "removal.take-over", "removal.lapse": ask(statement)
        default: return
        }
    }

    // MARK: Published and yanked

    private mutating func publish(_ statement: LogStatement, _ said: Saying) {
        guard let file = statement.published else { return }
        if isThere != true { (isThere, presence) = (true, said) }
        let release = Self.canonical(file.version)
        if files[file.filename] == nil { change(release) { $0.files.append(file.filename) } }
        files[file.filename] = File(version: file.version, sha256: file.sha256, upload: said, release: release)
    }

    private mutating func yank(_ statement: LogStatement, _ said: Saying) {
        let isYank = statement.act.hasSuffix(".yank")
        let yank = isYank ? Yank(said: said, reason: statement.details["reason"]) : nil
        if statement.act.hasPrefix("file."), let filename = statement.details["filename"] {
            files[filename]?.yank = yank
        } else {
            change(statement.release) {
                $0.yank = yank
                $0.isYankKnown = true
            }
        }
    }

    // MARK: Taken away

    private mutating func remove(_ statement: LogStatement, _ said: Saying) {
        let removal = Removal(serial: statement.serial, at: statement.at)
        if let filename = statement.details["filename"] {
            change([filename], said) { $0.remove(by: removal) }
            doubt { $0.what == "file" && $0.filename == filename }
        } else if let version = statement.release {
            change(version) { $0.removal = removal }
            change(releases[version]?.files ?? [], said) { $0.remove(by: removal) }
            doubt { $0.what == "release" && $0.version == version }
        } else {
            (isThere, presence, requests, doubtful) = (false, said, [], [])
            deletions.append(removal)
            for version in releases.keys where releases[version]?.removal == nil {
                releases[version]?.removal = removal
            }
            change(files.keys, said) { $0.remove(by: removal) }
        }
    }

    // MARK: Brought back

    private mutating func restore(_ statement: LogStatement, _ said: Saying, wasReturning: Bool) {
        let isUndone = statement.act == "project.undo-removal"
        if let filename = statement.details["filename"] {
            if isUndone {
                bringBack([filename], removedBy: files[filename]?.removal, said)
            } else {
                // By what was proposed, with its release, and also where its bytes had been freed.
                change(statement.release) { $0.removal = nil }
                change([filename], said) { $0.comeBack() }
            }
        } else if let version = statement.release {
            restore(version, said, isUndone: isUndone)
        } else {
            if !wasReturning {
                // Those of before the name was given to somebody else stay away.
                let acts = isUndone ? deletions.suffix(1) : deletions.filter { $0.at >= createdAt }[...]
                for act in acts { bringBack(act, said) }
            }
            (isThere, presence) = (true, said)
        }
    }

    private mutating func restore(_ version: String, _ said: Saying, isUndone: Bool) {
        let removal = releases[version]?.removal
        if isUndone {
            // With what went with it, and nothing else that the same act took out.
            change(version) { $0.removal = nil }
            bringBack(releases[version]?.files ?? [], removedBy: removal, said)
            return
        }
        let createdAt = createdAt
        change(version) { $0.removal = nil }
        change(releases[version]?.files ?? [], said) { file in
            guard file.standing == .removed, let own = file.removal else { return }
            if removal.map({ $0 == own }) ?? (own.at >= createdAt) { file.comeBack() }
        }
    }

    /// All that one act removed.
    private mutating func bringBack(_ removal: Removal?, _ said: Saying) {
        guard let removal else { return }
        for version in releases.keys where releases[version]?.removal == removal { releases[version]?.removal = nil }
        bringBack(Array(files.keys), removedBy: removal, said)
    }

    /// Of some files, those that one act removed.
    private mutating func bringBack(_ names: [String], removedBy removal: Removal?, _ said: Saying) {
        guard let removal else { return }
        change(names, said) { file in
            if file.standing == .removed, file.removal == removal { file.comeBack() }
        }
    }

    // MARK: In quarantine

    /// That of a whole project is its status, which an entry of its own sets.
    private mutating func quarantine(_ statement: LogStatement, _ said: Saying) {
        change(meant(by: statement), said) { file in
            switch file.standing {
            case .published, .removed: file.standing = .quarantined
            case .quarantined, .erased: break
            }
        }
    }

    private mutating func lift(_ statement: LogStatement, _ said: Saying) {
        let releases = releases
        change(meant(by: statement), said) { file in
            guard file.standing == .quarantined else { return }
            // What was removed around it meanwhile is removed with it.
            file.removal = file.removal ?? releases[file.release]?.removal
            file.standing = file.removal == nil ? .published : .removed
        }
    }

    /// The names of the files that it is about: one, or those of a release.
    private func meant(by statement: LogStatement) -> [String] {
        if let filename = statement.details["filename"] { return [filename] }
        return statement.release.flatMap { releases[$0]?.files } ?? []
    }

    // MARK: Asked for

    private mutating func ask(_ statement: LogStatement) {
        guard let what = statement.details["what"] else { return }
        let request = Request(what: what, version: statement.release, filename: statement.details["filename"])
        doubtful.remove(request)
        if statement.act == "removal.ask" { requests.insert(request) } else { requests.remove(request) }
    }

    private mutating func doubt(_ isMeant: (Request) -> Bool) {
        let meant = requests.filter(isMeant)
        requests.subtract(meant)
        doubtful.formUnion(meant)
    }

    // MARK: What is so

    /// Whether its page lists a file.
    public func lists(_ filename: String) -> Bool {
        guard let file = files[filename], isThere != false, status?.word != "quarantined" else { return false }
        return file.standing == .published && releases[file.release]?.removal == nil
    }

    /// The names of the files that its page lists.
    public var listed: Set<String> { Set(files.keys.filter(lists)) }

    /// Whether a file is yanked, by itself or with its release, as installers are told it.
    public enum Yanked: Sendable, Hashable {
        case unknown
        case no
        /// By which act; nil where one of two that are not known says the reason.
        case yes(Yank?)
    }

    /// Whether a file is yanked. What is said of the release comes first.
    public func yanked(_ filename: String) -> Yanked {
        guard let file = files[filename] else { return .unknown }
        let release = releases[file.release]
        if let yank = release?.yank { return .yes(yank) }
        guard release?.isYankKnown ?? isWhole else { return file.yank == nil ? .unknown : .yes(nil) }
        return file.yank.map { .yes($0) } ?? .no
    }

    /// The words of PEP 792 that its page may show; nil where it is not known. What is about to leave is shown as deprecated,
    /// unless there is something graver to say.
    var shownStatuses: Set<String>? {
        guard let status else { return nil }
        guard status.word != "quarantined" else { return [status.word] }
        if !requests.isEmpty { return ["deprecated"] }
        // What was asked for before the first entry that was read is not known.
        return doubtful.isEmpty && isWhole ? [status.word] : [status.word, "deprecated"]
    }

    /// Whether the page says the reason of its own status, and nothing of what was asked for.
    var showsOwnReason: Bool { isWhole && requests.isEmpty && doubtful.isEmpty }

    // MARK: Changes

    private mutating func change(_ version: String?, _ body: (inout Release) -> Void) {
        guard let version else { return }
        body(&releases[version, default: Release(isYankKnown: isWhole)])
    }

    /// Changes files, and notes by what, where it changes their standing.
    private mutating func change(_ names: some Sequence<String>, _ said: Saying, _ body: (inout File) -> Void) {
        for name in names {
            guard var file = files[name] else { continue }
            let before = file.standing
            body(&file)
            if file.standing != before { file.changed = said }
            files[name] = file
        }
    }

    fileprivate static func canonical(_ version: String) -> String {
        (try? Version(parsing: version))?.canonical ?? version
    }
}

extension LoggedProject.File {
    /// Nothing is removed but what is published.
    fileprivate mutating func remove(by act: LoggedProject.Removal) {
        guard standing == .published else { return }
        (standing, removal) = (.removed, act)
    }

    fileprivate mutating func comeBack() { (standing, removal) = (.published, nil) }
}

extension LogStatement {
    /// The canonical form of the version that it is about.
    fileprivate var release: String? { details["version"].map(LoggedProject.canonical) }
}
