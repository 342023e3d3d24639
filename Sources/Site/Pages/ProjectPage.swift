import Advisories
import Descriptions
import PackagingFormats
import Projects
import UTC

/// A project, and one of its releases in full.
struct ProjectPage {
    let name: String
    let version: String?
    let summary: String?
    let facts: [Fact]
    let critical: CriticalBadge?
    let notices: [Notice]
    let installing: Installing?
    let descriptionHTML: String?
    let files: FileList?
    let dependencies: Dependencies?
    let history: ReleaseHistory?
    let downloads: DownloadChart
    let about: About

    /// A short fact in the head of the page.
    struct Fact {
        let factLabel: String
        let factText: String
        let factTime: Moment?
    }

    /// How to install the release.
    struct Installing {
        let commands: [Snippet]
    }

    /// - Parameters:
    ///   - release: The release to show; nil for a project without any.
    ///   - isHosted: Whether a project of a normalized name is on this index.
    ///   - today: The last day of the chart.
    ///   - critical: That it is critical; nil where it is not.
    ///   - advisories: What is known to be bad about it.
    ///   - historyPage: Which page of its releases to show.
    ///   - past: What a page of the past says besides, and where installers find the index of then; nil for one of now.
    init(
        _ snapshot: ProjectSnapshot, release: Release?, metadata: ReleaseMetadata, descriptionHTML: String?,
        downloads: [(day: Day, count: Int64)], today: Day, address: IndexAddress, isHosted: (String) -> Bool,
        critical: CriticalBadge? = nil, advisories: [Advisory] = [], historyPage: Int = 1,
        past: (notices: [Notice], address: IndexAddress)? = nil
    ) {
        let project = snapshot.project
        let latest = snapshot.latest
        let isQuarantined = project.status == .quarantined
        name = project.name.display
        version = release?.version.description
        summary = metadata.summary?.cut(to: .line) ?? release?.summary
        facts = release.map { Self.facts(of: $0, metadata) } ?? []
        self.critical = critical
        notices =
            (past?.notices ?? [])
            + Notice.all(
                project: project, leaving: snapshot.leaving, erased: snapshot.erased, release: release, latest: latest)
            + (release.map { AdvisoryLine.all(advisories, of: project.name, $0.version) } ?? []).map(Notice.init)
        if let release, !isQuarantined {
            let isDefault = release == latest && release.yank == nil && !release.version.isPrerelease
            installing = Installing(
                commands: (past?.address ?? address).installCommands(
                    for: project.name, version: isDefault ? nil : release.version))
            files = FileList(release.files, of: project.name)
        } else {
            installing = nil
            files = nil
        }
        self.descriptionHTML = descriptionHTML
        dependencies = Dependencies(DependencyList(metadata), isHosted: isHosted)
        let path =
            release.map { $0 == latest ? Paths.project(project.name) : Paths.release(project.name, $0.version) }
            ?? Paths.project(project.name)
        history = ReleaseHistory(snapshot, current: release, latest: latest, page: historyPage, path: path)
        self.downloads = DownloadChart(downloads, today: today)
        about = About(project.name, release?.version, metadata, roles: snapshot.roles)
    }

    private static func facts(of release: Release, _ metadata: ReleaseMetadata) -> [Fact] {
        var facts = [Fact(factLabel: "Released", factText: "", factTime: Moment(release.createdAt))]
        if let python = release.requiresPython ?? metadata.requiresPython {
            facts.append(Fact(factLabel: "Python", factText: python.cut(to: .label), factTime: nil))
        }
        if let license = About.license(metadata), license.count <= About.shortLicense {
            facts.append(Fact(factLabel: "Licence", factText: license, factTime: nil))
        }
        return facts
    }
}

/// Something that a reader must know before they install.
package struct Notice: Equatable {
    package enum Tone: String {
        case danger, warning, info
    }

    let tone: String
    let noticeTitle: String
    let noticeText: String
    let noticeReason: String?
    let noticeLink: String?
    let noticeLinkText: String

    package init(
        _ tone: Tone, _ title: String, _ text: String, reason: String? = nil, link: (path: String, text: String)? = nil
    ) {
        self.tone = tone.rawValue
        noticeTitle = title
        noticeText = text
        noticeReason = reason.flatMap { $0.trimmedOfWhitespace.isEmpty ? nil : $0 }
        noticeLink = link?.path
        noticeLinkText = link?.text ?? ""
    }

    init(_ line: AdvisoryLine) {
        self.init(
            line.isGrave ? .danger : .warning, line.title, line.text, link: line.path.map { ($0, "Read the advisory") })
    }

    /// What is to be said about a project and a release of it, the gravest first.
    static func all(
        project: Project, leaving: [String] = [], erased: [String] = [], release: Release?, latest: Release?
    ) -> [Notice] {
        var notices = status(of: project).map { [$0] } ?? []
        if !erased.isEmpty {
            notices.append(
                Notice(
                    .warning, "Something of this project was erased",
                    "It had to be, by law: its bytes are gone for good, and its name is never given to another file.",
                    reason: erased.joined(separator: " ")))
        }
        if !leaving.isEmpty {
            notices.append(
                Notice(
                    .warning, "A removal is asked for",
                    "It is done on its day, if somebody else confirms it until then. Builds that have chosen files by "
                        + "address and hash go on; others should look for something else.",
                    reason: leaving.joined(separator: "; ")))
        }
        guard let release else {
            return notices + [Notice(.info, "No release yet", "Nothing has been published under this name so far.")]
        }
        let other = latest.flatMap { latest in
            latest == release
                ? nil
                : (path: Paths.project(project.name), text: "See \(project.name.display) \(latest.version)")
        }
        if let yank = release.yank {
            notices.append(
                Notice(
                    .warning, "This release was yanked",
                    "Installers pass over it unless it is asked for by its exact version.", reason: yank.reason,
                    link: other))
        } else if release.version.isPrerelease {
            notices.append(
                Notice(
                    .info, "This is a pre-release",
                    "It may change before it is final. Installers pass over it unless it is asked for.", link: other))
        } else if other != nil {
            notices.append(Notice(.info, "There is a newer release", "This page shows an older one.", link: other))
        }
        return notices
    }

    private static func status(of project: Project) -> Notice? {
        let reason = project.statusReason
        return switch project.status {
        case .active: nil
        case .archived:
            Notice(
                .info, "This project is archived",
                "Its maintainers do not expect to publish again. What is there can still be installed.", reason: reason)
        case .deprecated:
            Notice(
                .warning, "This project is deprecated", "Its maintainers advise to use something else.",
                reason: reason)
        case .quarantined:
            Notice(
                .danger, "This project is quarantined",
                "It is suspected of doing harm and cannot be installed while that is looked into.", reason: reason)
        }
    }
}

/// The releases of a project, a page at a time: the newest in sight, the others at hand.
package struct ReleaseHistory {
    /// How many releases are in sight.
    static let visible = 20
    /// How many releases are on a page. There are projects with thousands.
    static let pageSize = 200

    /// The page that an address asks for. There are no more than a thousand: other numbers there are as many as anybody
    /// likes, and each is kept.
    package static func page(asked text: String?) -> Int { min(max(1, text.flatMap { Int($0) } ?? 1), 1_000) }

    /// How many pages there are, at least one.
    package static func pages(of snapshot: ProjectSnapshot) -> Int {
        max(1, (snapshot.releases.count + pageSize - 1) / pageSize)
    }

    struct Row {
        let releaseVersion: String
        let releasePath: String
        let releaseTime: Moment
        let isShown: Bool
        let isLatest: Bool
        let isPrerelease: Bool
        let isYanked: Bool
        let yankReason: String?
    }

    let recent: [Row]
    let older: NonEmpty<Row>?
    let olderCount: String
    let releaseCount: String
    let feedPath: String
    let paging: Paging?

    /// Nil when there is no release.
    ///
    /// - Parameters:
    ///   - page: which page of them.
    ///   - path: of the page that they are on.
    init?(_ snapshot: ProjectSnapshot, current: Release?, latest: Release?, page: Int, path: String) {
        guard !snapshot.releases.isEmpty else { return nil }
        let rows = snapshot.releases.dropFirst((page - 1) * Self.pageSize).prefix(Self.pageSize).map { release in
            Row(
                releaseVersion: release.version.description,
                releasePath: Paths.release(snapshot.project.name, release.version),
                releaseTime: Moment(release.createdAt), isShown: release == current, isLatest: release == latest,
                isPrerelease: release.version.isPrerelease, isYanked: release.yank != nil,
                yankReason: release.yank?.reason)
        }
        recent = Array(rows.prefix(Self.visible))
        older = NonEmpty(Array(rows.dropFirst(Self.visible)))
        olderCount = max(rows.count - Self.visible, 0).counted("older release")
        releaseCount = snapshot.releases.count.grouped
        paging = Paging(page: page, of: Self.pages(of: snapshot)) { page in
            (page == 1 ? path : "\(path)?releases=\(page)") + "#history"
        }
        feedPath = "/rss/project/\(snapshot.project.name.normalized)/releases.xml"
    }
}

extension SiteRenderer {
    /// `GET /project/{name}/` and `GET /project/{name}/{version}/`
    ///
    /// - Parameters:
    ///   - snapshot: The project.
    ///   - release: Which release to show, mostly `snapshot.latest`; nil for a project without releases.
    ///   - metadata: What that release says about itself.
    ///   - descriptionHTML: Its description as a `DescriptionRenderer` made it; nil for none.
    ///   - downloads: Counts per day, in any order; what is older than six months is left out.
    ///   - today: The last day that the chart shows.
    ///   - hosted: The normalized names of those of the release's dependencies that are on this index; see
    ///     `dependencyNames(of:)`.
    ///   - critical: That the project is critical; nil where it is not.
    ///   - advisories: What is known to be bad about it.
    ///   - historyPage: Which page of the project's releases to show.
    ///   - past: What a page of the past says besides, and where installers find the index of then; nil for one of now.
    package func project(
        _ snapshot: ProjectSnapshot, release: Release?, metadata: ReleaseMetadata, descriptionHTML: String? = nil,
        downloads: [(day: Day, count: Int64)], today: Day, hosted: Set<String>, critical: CriticalBadge? = nil,
        advisories: [Advisory] = [], historyPage: Int = 1, past: (notices: [Notice], address: IndexAddress)? = nil
    ) -> [UInt8] {
        let project = snapshot.project
        let page = ProjectPage(
            snapshot, release: release, metadata: metadata, descriptionHTML: descriptionHTML, downloads: downloads,
            today: today, address: address, isHosted: hosted.contains, critical: critical,
            advisories: advisories, historyPage: historyPage, past: past)
        let title = [project.name.display, page.version].compactMap(\.self).joined(separator: " ")
        let feed = Frame.Feed(
            feedTitle: "Releases of \(project.name.display)",
            feedPath: "/rss/project/\(project.name.normalized)/releases.xml")
        return render(
            page, as: .project, titled: title,
            .init(
                description: page.summary.flatMap { $0.isEmpty ? nil : $0 },
                canonical: address.base + Paths.project(project.name), feed: feed))
    }

    /// The normalized names of the projects that a release depends on: what to look up before its page is made.
    public static func dependencyNames(of metadata: ReleaseMetadata) -> Set<String> {
        DependencyList(metadata).names
    }
}

extension DescriptionRenderer {
    /// The description of a release as it is shown; nil where it says nothing.
    package func rendered(_ metadata: ReleaseMetadata) async -> Rendered? {
        guard let text = metadata.description, !text.trimmedOfWhitespace.isEmpty else { return nil }
        return await rendered(text, contentType: metadata.descriptionContentType)
    }
}
