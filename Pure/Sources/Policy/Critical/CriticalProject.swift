import UTC

/// A name that is critical, or was, with its latest figures.
public struct CriticalProject: Sendable, Hashable {
    /// That an administrator lifted a designation.
    public struct Lifting: Sendable, Hashable {
        public let at: Timestamp
        /// Who, as the journal names them.
        public let by: String
        public let reason: String

        public init(at: Timestamp, by: String, reason: String) {
            self.at = at
            self.by = by
            self.reason = reason
        }
    }

    /// That it is critical, and why.
    public let designation: Designation
    /// Its rank by downloads at the last computation; nil where it was not ranked.
    public let latestRank: Int?
    /// Its downloads in the window of the last computation; nil where it was not ranked.
    public let latestDownloads: Int64?
    /// Whether it is, or ever was, in the share that is asked for more.
    public let isInTopShare: Bool
    /// That it is critical no more; nil where it is.
    public let lifting: Lifting?

    /// A name that is critical, or was.
    public init(
        designation: Designation, latestRank: Int? = nil, latestDownloads: Int64? = nil, isInTopShare: Bool = false,
        lifting: Lifting? = nil
    ) {
        self.designation = designation
        self.latestRank = latestRank
        self.latestDownloads = latestDownloads
        self.isInTopShare = isInTopShare
        self.lifting = lifting
    }
}

/// All that the operator sets about critical projects.
public struct CriticalSettings: Sendable, Hashable {
    /// Which projects are critical.
    public var critical: CriticalRule
    /// What is asked of those who can change them.
    public var mandate: MandateRule

    /// The top 1 % over 183 days; nothing asked yet.
    public static let usual = CriticalSettings(critical: .usual, mandate: .usual)

    /// These settings.
    public init(critical: CriticalRule, mandate: MandateRule) {
        self.critical = critical
        self.mandate = mandate
    }
}
