/// Where a file stands between its upload and its end.
public enum FileState: String, Sendable, CaseIterable {
    /// Its bytes are there, and anyone who uploads it has still to say that it is to be published.
    case staged
    /// It is kept back until somebody has looked at it, or until a time.
    case held
    /// Everybody can have it.
    case published
    /// Pages and lists leave it out. Its bytes keep their address for a time, for lock files that name it.
    case removed
    /// An administrator suspects harm: nobody gets it, and it can come back.
    case quarantined
    /// Its bytes are gone for good. Its name and its digest stay, so that neither is used for anything else.
    case erased

    /// Whether it is on pages, in lists and in counts.
    public var isListed: Bool {
        switch self {
        case .published: true
        case .staged, .held, .removed, .quarantined, .erased: false
        }
    }

    /// Whether everybody gets its bytes at its address.
    public var isServed: Bool {
        switch self {
        case .published, .removed: true
        case .staged, .held, .quarantined, .erased: false
        }
    }

    /// Whether it has still to become public: nobody outside knows of it.
    public var isAwaited: Bool {
        switch self {
        case .staged, .held: true
        case .published, .removed, .quarantined, .erased: false
        }
    }

    /// Whether it counts as one of its release's files when another one comes.
    public var isPartOfRelease: Bool {
        switch self {
        case .staged, .held, .published, .quarantined: true
        case .removed, .erased: false
        }
    }

    /// Whether the index has its bytes.
    public var hasBytes: Bool {
        switch self {
        case .staged, .held, .published, .removed, .quarantined: true
        case .erased: false
        }
    }
}
