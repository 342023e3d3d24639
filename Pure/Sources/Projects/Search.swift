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

/// What is searched for.
public struct SearchQuery: Sendable, Hashable {
    /// What the person typed.
    public var text: String
    /// The page, 1 for the first.
    public var page: Int
    /// How many results a page has.
    public var pageSize: Int

    /// What is searched for.
    public init(text: String, page: Int = 1, pageSize: Int = 20) {
        self.text = text
        self.page = page
        self.pageSize = pageSize
    }
}

/// What a search found.
public struct SearchResults: Sendable, Hashable {
    /// One page of projects, each with its latest release.
    public var results: [ReleaseSummary]
    /// How many there are on all pages.
    public var total: Int

    /// What a search found.
    public init(results: [ReleaseSummary], total: Int) {
        self.results = results
        self.total = total
    }
}
