import PackagingFormats
import UTC

/// How much there is.
public struct IndexTotals: Sendable, Hashable {
    /// Projects.
    public var projects: Int
    /// Releases.
    public var releases: Int
    /// Files.
    public var files: Int
    /// Accounts.
    public var users: Int

    /// How much there is.
    public init(projects: Int, releases: Int, files: Int, users: Int) {
        self.projects = projects
        self.releases = releases
        self.files = files
        self.users = users
    }
}

/// A release in a list or a feed.
public struct ReleaseSummary: Sendable, Hashable {
    public var project: ProjectName
    /// Its version; nil for a project without a release.
    public var version: Version?
    /// Its one-line summary, as long as is shown in a list.
    public let summary: String?
    /// When it, or its project, was made.
    public var createdAt: Timestamp

    /// A release in a list or a feed.
    public init(project: ProjectName, version: Version?, summary: String?, createdAt: Timestamp) {
        self.project = project
        self.version = version
        self.summary = summary?.cut(to: .line)
        self.createdAt = createdAt
    }
}
