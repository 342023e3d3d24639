import UTC

/// How often a file was downloaded with an installer on a day, to be added to what was counted before.
public struct DownloadCount: Sendable, Hashable {
    /// Which file.
    public var file: FileID
    /// On which UTC day.
    public var day: Day
    /// With what: `pip`, `uv`.
    public var installer: String
    /// Which version of it; empty when unknown.
    public var installerVersion: String
    /// Whether it was a mirror or cache, which are counted apart.
    public var isMirror: Bool
    /// How often.
    public var count: Int64

    /// How often a file was downloaded.
    public init(
        file: FileID, day: Day, installer: String, installerVersion: String, isMirror: Bool, count: Int64
    ) {
        self.file = file
        self.day = day
        self.installer = installer
        self.installerVersion = installerVersion
        self.isMirror = isMirror
        self.count = count
    }
}

/// What was counted. Counting is no change of the index, so it needs no permit and leaves no journal entry.
public protocol DownloadStore: Sendable {
    /// Adds the counts of one flush, all or none. `sequence` grows with every flush of `source`; a flush that was
    /// applied already (its answer was lost, and it is sent again) changes nothing.
    func add(_ counts: [DownloadCount], source: String, sequence: Int64) async throws
    /// Downloads of a project per day since a day, mirrors left out; days without any are missing.
    func perDay(of project: ProjectID, since day: Day) async throws -> [(day: Day, count: Int64)]
}
