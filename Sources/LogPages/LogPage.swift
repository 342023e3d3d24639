import PackagingFormats
import Ports
import Site
import TransparencyLog
import UTC

/// The log for people: how far it is, who has signed it, how it is checked, and what was done last.
struct LogPage {
    let notices: [Notice]
    /// Nil before the first.
    let head: Head?
    let keys: [Snippet]
    let commands: [Snippet]
    let latest: NonEmpty<Row>?

    struct Head {
        let entryCount: String
        let checkpoint: Snippet
        /// Nil where none has signed it.
        let witnesses: Witnesses?
    }

    struct Witnesses {
        let cosignedCount: String
        let witnessNames: String
    }

    struct Row {
        let entryNumber: String
        let entryWords: String
        let entryTime: Moment?
        /// Of the project that it is about; nil where it is about none.
        let entryPath: String?
    }

    /// - Parameters:
    ///   - checkpoint: the newest, as it was signed; nil before the first.
    ///   - cosigned: the newest that witnesses have signed, too; nil while there is none.
    ///   - waiting: since when the log waits for the operator; nil where it does not.
    init(
        checkpoint: String?, cosigned: String?, keys: [VerifierKey], latest: [LoggedEntry], waiting: Timestamp?,
        address: IndexAddress
    ) {
        notices =
            waiting.map { moment in
                [
                    Notice(
                        .warning, "The log stands still",
                        "The index was restored from a backup on \(moment.day.readable), and the people who run it have not "
                            + "said yet how its log goes on. What is done meanwhile comes into it then.")
                ]
            } ?? []
        head = checkpoint.flatMap { text in
            Self.head(of: text).map { head in
                Head(
                    entryCount: head.size.counted("entry", "entries"),
                    checkpoint: Snippet("checkpoint", "Checkpoint", text), witnesses: Self.witnesses(cosigned, keys))
            }
        }
        self.keys = keys.enumerated().map { number, key in Snippet("key-\(number)", "Key", key.text) }
        let known = keys.last.map { " --key '\($0.text)'" } ?? ""
        commands = [
            Snippet("verify", "All of it", "rind log verify \(address.base)\(known) --keep head"),
            Snippet("verify-new", "What is new", "rind log verify \(address.base)\(known) --since head --keep head"),
            Snippet(
                "monitor", "Releases",
                "rind log monitor your-project --index \(address.base)\(known) --keep seen --own SHA256SUMS"),
        ]
        self.latest = NonEmpty(
            latest.map { entry in
                Row(
                    entryNumber: entry.position.grouped, entryWords: entry.statement.words,
                    entryTime: Timestamp(iso8601: entry.statement.at).map(Moment.init(minuteOf:)),
                    entryPath: Self.path(of: entry.statement))
            })
    }

    /// The head of a checkpoint of our own, which was verified before it was signed.
    static func head(of text: String) -> Checkpoint? {
        (try? SignedNote(parsing: Array(text.utf8))).flatMap { Checkpoint(text: $0.text) }
    }

    private static func witnesses(_ cosigned: String?, _ keys: [VerifierKey]) -> Witnesses? {
        guard let cosigned, let note = try? SignedNote(parsing: Array(cosigned.utf8)), let head = head(of: cosigned)
        else { return nil }
        let own = Set(keys.map(\.name))
        let names = note.signatures.map(\.name).filter { !own.contains($0) }
        guard !names.isEmpty else { return nil }
        return Witnesses(
            cosignedCount: head.size.counted("entry", "entries"), witnessNames: names.joined(separator: ", "))
    }

    private static func path(of statement: LogStatement) -> String? {
        guard let name = statement.project.flatMap({ try? ProjectName(parsing: $0) }) else { return nil }
        return statement.published.map { Paths.file($0.filename, of: name) } ?? Paths.project(name)
    }
}

extension Int {
    /// `1 entry`, `2,000 entries`
    fileprivate func counted(_ one: String, _ many: String) -> String { "\(grouped) \(self == 1 ? one : many)" }
}
