public import UTC

/// What becomes of the documents of one import: all of them are looked at before any is taken.
public struct AdvisoryBatch: Sendable {
    /// A document that is not taken, and why.
    public struct Fault: Sendable, Hashable, CustomStringConvertible {
        /// The file, or the member of an archive.
        public let file: String
        public let reason: String

        public var description: String { "\(file): \(reason)" }
    }

    /// What is wrong with some; nothing is imported where there is something, unless it is to be left out.
    public private(set) var faults: [Fault] = []
    /// How many are about no Python package.
    public private(set) var others = 0
    /// How many can be taken.
    public var count: Int { files.count }
    private var files: [AdvisoryID: String] = [:]

    /// A batch of nothing.
    public init() {}

    /// Looks at a document.
    ///
    /// - Returns: it, where it can be taken.
    public mutating func look(at bytes: [UInt8], from file: String) -> AdvisoryDocument? {
        let document: AdvisoryDocument
        do { document = try AdvisoryDocument(parsing: bytes) } catch {
            if error.isHarmless { others += 1 } else { note(file, error.description) }
            return nil
        }
        let id = document.advisory.id
        guard !id.isOwn else {
            note(file, UnreadableAdvisory.ownIdentifier(id.description).description)
            return nil
        }
        if let other = files[id] {
            note(file, "'\(id)' is the identifier of \(other), too")
            return nil
        }
        files[id] = file
        return document
    }

    /// Notes that a file cannot be read at all.
    public mutating func note(_ file: String, _ reason: String) { faults.append(Fault(file: file, reason: reason)) }
}

/// What is done with a document when one of the same identifier may be known.
public enum AdvisoryArrival: Sendable, Hashable {
    case new
    /// It takes the place of what is known.
    case newer
    /// It says what is known.
    case same
    /// What is known was changed later, and stays.
    case older

    /// - Parameters:
    ///   - modified: when the one that arrives was changed.
    ///   - known: the same of the one that is known, and whether both are the same bytes; nil where none is.
    public init(modified: Timestamp, known: (modified: Timestamp, isSame: Bool)?) {
        guard let known else {
            self = .new
            return
        }
        self = known.isSame ? .same : modified < known.modified ? .older : .newer
    }
}
