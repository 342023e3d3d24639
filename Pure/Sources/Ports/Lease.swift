import UTC

/// Says that one process of an index does something, and until when no other one may.
///
/// It is renewed while the work goes on. Anyone who dies renews nothing, and another one takes over: so no lease is
/// ever in the way for longer than its span. The clocks of all nodes have to agree to within some seconds.
public struct Lease: Sendable, Hashable {
    /// Whose it is: one run of a process.
    public let holder: String
    /// When it ends, unless it is renewed.
    public let until: Timestamp

    /// How long it lasts without being renewed.
    public static let span = Duration.seconds(60)
    /// How often it is renewed.
    public static let renewal = Duration.seconds(20)
    /// How long before its end the work stops that could not renew it: to end takes a moment.
    public static let margin = Duration.seconds(5)

    public init(of holder: String, from now: Timestamp, for span: Duration = Lease.span) {
        self.init(of: holder, until: now + span)
    }

    public init(of holder: String, until: Timestamp) {
        self.holder = holder
        self.until = until
    }
}

/// What comes round by itself and is done by one process of an index at a time.
public enum PeriodicTask: String, Sendable, CaseIterable {
    /// Projects are ranked, and designated as critical.
    case designation
    /// Old counts of downloads go.
    case downloadRetention = "download-retention"
    /// Second factors count whose time of probation is over, and their holders are told.
    case probation
    /// Sessions, challenges and links that have ended go.
    case sessionCleanup = "session-cleanup"
    /// Roles that were accepted are given when nothing lacks any more.
    case acceptedRoles = "accepted-roles"
    /// What was asked to be removed is, when its day has come.
    case removals
    /// Accounts are deleted whose day has come.
    case accountDeletions = "account-deletions"
    /// Blobs that no row names go.
    case orphanCollection = "orphan-collection"
    /// Blobs that were erased by law go.
    case erasure
    /// The verifiable log grows by what is public in the journal.
    case sequencing

    /// How long its lease lasts without being renewed, which is how long it rests where its holder was killed.
    public var span: Duration {
        switch self {
        // People wait for it, and two at once do each other no harm: whose head is the first, is kept.
        case .sequencing: .seconds(10)
        case .designation, .downloadRetention, .probation, .sessionCleanup, .acceptedRoles, .removals,
            .accountDeletions, .orphanCollection, .erasure:
            Lease.span
        }
    }
}

/// The leases of periodic tasks.
public protocol LeaseStore: Sendable {
    /// Takes a lease, or renews it. Returns the one that holds now: another's where that has not ended.
    func take(_ task: PeriodicTask, under lease: Lease, at now: Timestamp) async throws -> Lease
    /// Ends a lease; nothing happens where it is another's.
    func release(_ task: PeriodicTask, heldBy holder: String) async throws
}
