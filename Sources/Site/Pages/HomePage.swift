import PackagingFormats
import Projects
import UTC

/// The first page: search, what is new, how to use the index.
struct HomePage {
    let totals: String
    let isEmpty: Bool
    let newestProjects: [ResultRow]
    let newestReleases: [ResultRow]
    let installing: [Snippet]
    let publishing: [Snippet]

    init(
        totals: IndexTotals, newestProjects: [ReleaseSummary], newestReleases: [ReleaseSummary], address: IndexAddress
    ) {
        self.totals = [
            totals.projects.counted("project"), totals.releases.counted("release"), totals.files.counted("file"),
        ].joined(separator: " · ")
        isEmpty = totals.projects == 0
        self.newestProjects = newestProjects.map(ResultRow.init)
        self.newestReleases = newestReleases.map { ResultRow($0, linksToRelease: true) }
        installing = address.configurationCommands
        publishing = address.publishCommands
    }
}

/// A project or a release in a list.
struct ResultRow {
    let rowName: String
    let rowVersion: String?
    let rowSummary: String?
    let rowPath: String
    let rowTime: Moment
    /// What somebody should know before they choose it.
    var rowMarks: [RowMark] = []

    struct RowMark {
        let markText: String
        /// Of `mark-…`, in the style sheet.
        let markKind: String
    }

    init(_ summary: ReleaseSummary) { self.init(summary, linksToRelease: false) }

    init(_ summary: ReleaseSummary, linksToRelease: Bool) {
        rowName = summary.project.display
        rowVersion = summary.version?.description
        rowSummary = summary.summary
        rowTime = Moment(summary.createdAt)
        if linksToRelease, let version = summary.version {
            rowPath = Paths.release(summary.project, version)
        } else {
            rowPath = Paths.project(summary.project)
        }
    }
}

extension SiteRenderer {
    /// `GET /`
    public func home(
        totals: IndexTotals, newestProjects: [ReleaseSummary], newestReleases: [ReleaseSummary]
    ) -> [UInt8] {
        let page = HomePage(
            totals: totals, newestProjects: newestProjects, newestReleases: newestReleases, address: address)
        let feed = Frame.Feed(feedTitle: "New projects", feedPath: "/rss/packages.xml")
        return render(
            page, as: .home, titled: nil,
            .init(
                description: "Find, install and publish Python packages at \(place).", feed: feed, hasSearch: false))
    }
}
