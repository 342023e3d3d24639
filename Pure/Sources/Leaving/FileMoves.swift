import Projects

/// Who moves a file from one state to another.
public enum FileMover: String, Sendable, CaseIterable {
    /// Anyone who may upload to the project.
    case uploader
    /// Anyone who may delete files of the project.
    case owner
    /// An administrator, or the operator at the machine.
    case administrator
    /// The index itself, by a rule: what it finds in a file, or a time that has passed.
    case index
}

/// A way from one state of a file to another, and who may go it.
public struct FileMove: Sendable, Hashable {
    /// Nil for a file that comes.
    public let from: FileState?
    /// Nil where no trace is left: of what was never published, the bytes go and the name is free.
    public let to: FileState?
    /// Who may go it.
    public let movers: Set<FileMover>

    /// All of them. What is not here nobody does.
    public static let all: [FileMove] = [
        FileMove(nil, .staged, [.uploader]),
        FileMove(nil, .held, [.index]),
        FileMove(nil, .published, [.uploader, .administrator]),
        FileMove(.staged, .held, [.index]),
        // Anyone who runs the machine can do it, too, and it is on record as theirs.
        FileMove(.staged, .published, [.uploader, .administrator]),
        FileMove(.staged, nil, [.uploader, .owner, .administrator, .index]),
        FileMove(.held, .published, [.administrator, .index]),
        // It is held no longer, and waits for a person as it would have before.
        FileMove(.held, .staged, [.administrator, .index]),
        FileMove(.held, nil, [.administrator, .index]),
        FileMove(.published, .held, [.administrator, .index]),
        // What is removed is served and can be brought back: so nothing is removed but what was published.
        FileMove(.published, .removed, [.owner, .administrator]),
        FileMove(.removed, .published, [.owner, .administrator]),
        // What does harm is stopped by those who look after the index, wherever it stands, and comes back to there.
        FileMove(.published, .quarantined, [.administrator]),
        FileMove(.removed, .quarantined, [.administrator]),
        FileMove(.quarantined, .published, [.administrator]),
        FileMove(.quarantined, .removed, [.administrator]),
        // The bytes are gone. What was freed after its time comes back where somebody gives the same bytes, for an
        // administrator proposes it; what was erased by law never does (`GivenFilePolicy`).
        FileMove(.erased, .published, [.administrator]),
        FileMove(.published, .erased, [.administrator]),
        FileMove(.removed, .erased, [.administrator]),
        FileMove(.quarantined, .erased, [.administrator]),
    ]

    private init(_ from: FileState?, _ to: FileState?, _ movers: Set<FileMover>) {
        self.from = from
        self.to = to
        self.movers = movers
    }

    /// Whether somebody may move a file from one state to another.
    public static func isAllowed(from: FileState?, to: FileState?, by mover: FileMover) -> Bool {
        all.contains { $0.from == from && $0.to == to && $0.movers.contains(mover) }
    }
}
