/// Something that the doctor has found, and what to do about it.
public struct Finding: Sendable, Equatable, Encodable {
    /// What kind of thing it is: it decides what to do.
    public let kind: Kind
    /// What it is, in a sentence.
    public let what: String

    /// Something that was found.
    public init(_ kind: Kind, _ what: String) {
        self.kind = kind
        self.what = what
    }

    /// What to do, in sentences.
    public var remedy: String { kind.remedy }

    private enum Key: CodingKey { case kind, what, remedy }

    /// With what to do, for programs that pass it on to people.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: Key.self)
        try container.encode(kind.rawValue, forKey: .kind)
        try container.encode(what, forKey: .what)
        try container.encode(remedy, forKey: .remedy)
    }
}

extension Finding {
    /// What can be found. The words are for programs, and stay.
    public enum Kind: String, Sendable, CaseIterable {
        // MARK: What is wrong

        /// The file of the database is damaged.
        case damagedDatabase = "database-damaged"
        /// Rows contradict each other.
        case contradictingRows = "rows-contradict"
        /// Rows are not what the journal says.
        case contradictedJournal = "journal-contradicts"
        /// The verifiable log is not what the journal says, or not what was signed.
        case contradictedLog = "log-contradicts"
        /// Files of the verifiable log are damaged or missing.
        case damagedLog = "log-damaged"
        /// Counts of downloads are damaged.
        case damagedCounts = "counts-damaged"
        /// A file's bytes are not what was published.
        case damagedBytes = "bytes-damaged"
        /// A file's bytes are gone.
        case missingBytes = "bytes-missing"
        /// Bytes that no file has are not what they were.
        case damagedOrphan = "orphan-damaged"
        /// A row says something else of a file than its bytes.
        case contradictingFile = "file-contradicts"
        /// The list of breached passwords is damaged.
        case damagedBreachedPasswords = "breached-passwords-damaged"
        /// A secret cannot be opened with the keys that are there.
        case unopenedSecret = "secret-does-not-open"

        // MARK: What is to be seen to

        /// What is known of models of security keys is old.
        case overdueMetadata = "metadata-overdue"
        /// Work is queued that only a newer version can do.
        case unknownJobs = "jobs-unknown"
        /// Descriptions are shown as they are written, for want of what renders them.
        case missingRenderer = "renderer-missing"
        /// What is said of whom to tell of weaknesses is over, or soon will be.
        case expiringContact = "security-contact-expires"
        /// The verifiable log waits for somebody to say how it goes on.
        case waitingLog = "log-waits"

        // MARK: What is in order

        /// Bytes that no file has.
        case orphan

        /// What to do. Files are brought back first: what is deleted before is gone.
        public var remedy: String {
            switch self {
            case .damagedDatabase:
                "Stop the server, keep a copy of the data folder, and restore the newest backup into a new folder: "
                    + "rind restore FILE --data FOLDER. Then have the disk and the memory checked."
            case .contradictingRows, .contradictedJournal, .contradictingFile:
                "The database was changed by another program than Rind, or is damaged. Find out who had access to it, "
                    + "restore a backup into another folder (rind restore FILE --data FOLDER) and compare: "
                    + "rind log show --project NAME. Serve the backup if you cannot say what happened."
            case .contradictedLog:
                "The database was changed by another program than Rind, or is damaged: what was signed cannot be told again. "
                    + "Find out who had access to it, and restore the newest backup into another folder "
                    + "(rind restore FILE --data FOLDER)."
            case .damagedLog:
                "Stop the server, delete the folder log in the data folder, and start it again: all of it is made from the "
                    + "database. Then have the disk checked."
            case .damagedCounts:
                "Nothing but ranks and charts depends on it. Restore the newest backup if you need the counts; else go on: "
                    + "new downloads are counted."
            case .damagedBytes, .missingBytes:
                "Bring the same file back: rind import FOLDER, with the file in it as it was published, puts its bytes in "
                    + "place. Who has no copy finds it in a backup (rind restore FILE --data FOLDER). Then have the "
                    + "disk checked."
            case .damagedOrphan:
                "No file needs these bytes, and the server clears them away. Have the disk checked."
            case .damagedBreachedPasswords: "Import the list again: rind passwords import FILE."
            case .unopenedSecret:
                "Bring back the key file that belongs to this database, from a backup. Where there is none, their holders "
                    + "make new ones: passwords by rind user password-link NAME, API tokens and authenticator apps on "
                    + "their pages."
            case .overdueMetadata: "Import this month's: rind authenticators import FILE."
            case .unknownJobs: "Serve the newer version again. Nothing is lost until then."
            case .missingRenderer:
                "reStructuredText is shown as it is written, or code without colours. On Debian: apt-get install "
                    + "python3-docutils python3-pygments, then start the server again; elsewhere name a Python that has "
                    + "both with --python. Who wants neither says python: none in rind.yaml."
            case .expiringContact:
                "See whether somebody reads what is sent there, and set a later day, less than a year from now: "
                    + "security-expires in rind.yaml. Then start the server again."
            case .waitingLog:
                "Say whether this index is the only one that goes on with its log, or begin a new one: rind log resume "
                    + "--help. Installs and uploads go on meanwhile."
            case .orphan: "Nothing: the server clears them away in time."
            }
        }
    }
}
