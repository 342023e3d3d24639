/// Where a file stands between its upload and its removal.
public enum FileState: String, Sendable, CaseIterable {
    /// Its bytes are there, and anyone who uploads it has still to say that it is to be published.
    case staged
    /// It is kept back until somebody has looked at it, or until a time.
    case held
    /// Everybody can have it.
    case published
    /// Pages and lists leave it out. Its bytes keep their address, for lock files that name it.
    case removed

    /// Whether it is on pages, in lists and in counts.
    public var isListed: Bool {
        switch self {
        case .published: true
        case .staged, .held, .removed: false
        }
    }

    /// Whether everybody gets its bytes at its address.
    public var isServed: Bool {
        switch self {
        case .published, .removed: true
        case .staged, .held: false
        }
    }

    /// Whether it counts as one of its release's files when another one comes.
    public var isPartOfRelease: Bool {
        switch self {
        case .staged, .held, .published: true
        case .removed: false
        }
    }
}
