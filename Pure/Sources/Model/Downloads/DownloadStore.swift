import Downloads
import UTC

/// What was counted. Counting is no change of the index, so it needs no permit and leaves no journal entry.
public protocol DownloadStore: Sendable {
    /// Adds the counts of one flush, all or none. `sequence` grows with every flush of `source`; a flush that was
    /// applied already (its answer was lost, and it is sent again) changes nothing.
    func add(_ counts: [DownloadCount], source: String, sequence: Int64) async throws
    /// Downloads of a project per day since a day, mirrors left out; days without any are missing.
    func perDay(of project: ProjectID, since day: Day) async throws -> [(day: Day, count: Int64)]
}
