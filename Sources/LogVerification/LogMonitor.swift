import PackagingFormats
import TransparencyLog

/// Watches the log of an index for what is published under some names. Belongs to one thread, which it blocks.
///
/// What it tells of is in the signed tree, which goes on from the one that it has seen before: so who stole the index, or
/// runs it, cannot publish to some people only without a trace.
public struct LogMonitor {
    private let reader: LogReader
    private let projects: Set<String>
    private let own: Set<String>

    /// - Parameters:
    ///   - base: where the index is.
    ///   - keys: whom to believe; empty believes the keys that the index names.
    ///   - projects: whose releases are told.
    ///   - own: digests (SHA-256, hexadecimal) of files that the maintainer has made: they are no news.
    public init(_ base: String, keys: [VerifierKey], projects: [ProjectName], own: Set<String>) throws {
        reader = try LogReader(base, keys: keys)
        self.projects = Set(projects.map(\.normalized))
        self.own = own
    }

    /// A file that was published.
    public struct News: Sendable, Hashable, Encodable {
        /// Its place in the log.
        public let entry: Int
        /// When, in UTC, as the log says.
        public let at: String
        public let project: String
        public let version: String
        public let filename: String
        public let sha256: String
    }

    /// What was seen at one look.
    public struct Look: Sendable {
        /// The log's name.
        public let log: String
        /// How many entries it has.
        public let size: Int
        /// What was published, and is not the maintainer's own.
        public let news: [News]
        /// To keep for the next look, as it was signed.
        public let checkpoint: String
    }

    /// Looks at what is new since a checkpoint that was kept, or at all of the log.
    ///
    /// - Throws: ``VerificationFailure`` where the log does not hold what it promised, and what reading throws.
    public func look(since kept: String?) throws -> Look {
        let (verified, note) = try reader.head()
        let head = verified.checkpoint
        var news: [News] = []
        _ = try reader.readEntries(after: kept.map { try reader.older($0, than: head) }, to: head) {
            position, statement in
            guard let file = statement.published, projects.contains(file.project), !own.contains(file.sha256) else {
                return
            }
            news.append(
                News(
                    entry: position, at: statement.at, project: file.project, version: file.version,
                    filename: file.filename, sha256: file.sha256))
        }
        return Look(log: head.origin, size: head.size, news: news, checkpoint: note)
    }

    /// The digests in the output of `sha256sum`: of each line the first word, where it is one.
    public static func digests(inSums text: String) -> Set<String> {
        Set(
            text.split(whereSeparator: \.isNewline).compactMap { line in
                guard let word = line.split(separator: " ").first?.lowercased(), word.utf8.count == 64,
                    word.allSatisfy(\.isHexDigit)
                else { return nil }
                return word
            })
    }
}
