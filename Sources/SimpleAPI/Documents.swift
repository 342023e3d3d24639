import Accounts
import Acts
import Advisories
import IndexDocuments
import PackagingFormats
import Primitives
import Projects
import Web

// From what the stores give to what readers get. Pure functions.

extension SimpleProject {
    /// A project's page of the Simple API.
    ///
    /// Addresses of files begin with a slash, so that they are right whatever the host is called, and the same page
    /// serves everybody.
    ///
    /// - Parameter leftOut: how many files a page of the past does not show.
    package init(_ snapshot: ProjectSnapshot, below base: BasePath, leftOut: Int = 0) {
        self.init(
            name: snapshot.project.name.normalized, status: snapshot.shownStatus,
            statusReason: snapshot.shownStatusReason,
            versions: snapshot.releases.reversed().map(\.version.description),
            files: snapshot.releases.reversed().flatMap { release in
                release.files.map { SimpleFile($0, yank: release.yank, below: base) }
            },
            lastSerial: snapshot.project.serial, leftOut: leftOut)
    }
}

extension SimpleFile {
    init(_ file: DistributionFile, yank: Yank?, below base: BasePath) {
        self.init(
            filename: file.filename, url: base.outer(file.path), sha256: file.digests.sha256,
            requiresPython: file.requiresPython, size: file.size, uploadTime: file.uploadedAt,
            yanked: Yanking(yank ?? file.yank), metadataSHA256: file.metadataSHA256)
    }
}

extension Yanking {
    init(_ yank: Yank?) { self = yank.map { .yes(reason: $0.reason) } ?? .no }
}

extension SimpleProjectList {
    /// The list of all projects.
    package init(_ listing: [ProjectListing], serial: Serial) {
        self.init(
            projects: listing.map {
                Project(name: $0.name.display, normalizedName: $0.name.normalized, lastSerial: $0.serial)
            },
            lastSerial: serial)
    }
}

extension JSONDocument {
    /// The document of one release, or of a project by its latest one.
    ///
    /// - Parameters:
    ///   - leftOut: how many files a document of the past does not show.
    ///   - advisories: what is known to be bad about the project.
    package init(
        _ snapshot: ProjectSnapshot, release: Projects.Release, metadata: ReleaseMetadata, wholeProject: Bool,
        baseURL: String, leftOut: Int = 0, advisories: [Advisory] = []
    ) {
        func files(of release: Projects.Release) -> [ReleaseFile] {
            // PEP 792: nothing of a quarantined project is offered.
            if snapshot.project.status == .quarantined { return [] }
            return release.files.map { ReleaseFile($0, yank: release.yank, baseURL: baseURL) }
        }
        self.init(
            info: ReleaseInfo(snapshot, release: release, metadata: metadata), files: files(of: release),
            releases: wholeProject
                ? snapshot.releases.reversed().map {
                    JSONDocument.Release(version: $0.version.description, files: files(of: $0))
                } : nil,
            ownership: Ownership(
                roles: snapshot.roles.map { holder in
                    Ownership.Role(role: holder.role == .owner ? "Owner" : "Maintainer", user: holder.user.display)
                }),
            lastSerial: snapshot.project.serial, baseURL: baseURL, leftOut: leftOut,
            vulnerabilities: advisories.filter {
                $0.isAbout(snapshot.project.name, release.version.normalized)
            }.map { ReleaseVulnerability($0, of: snapshot.project.name, baseURL: baseURL) })
    }
}

extension ReleaseVulnerability {
    init(_ advisory: Advisory, of project: ProjectName, baseURL: String) {
        self.init(
            id: advisory.id.description, aliases: advisory.aliases, summary: advisory.summary,
            details: advisory.details, fixedIn: advisory.fixes(of: project).map(\.description),
            link: baseURL + advisory.id.path, source: advisory.id.isOwn ? "rind" : "osv",
            withdrawn: advisory.withdrawn)
    }
}

extension ReleaseFile {
    init(_ file: DistributionFile, yank: Yank?, baseURL: String) {
        self.init(
            filename: file.filename, packageType: file.packageType.rawValue, pythonVersion: file.pythonTag,
            md5: file.digests.md5, sha256: file.digests.sha256, blake2b256: file.digests.blake2b256,
            requiresPython: file.requiresPython, size: file.size, uploadTime: file.uploadedAt,
            url: baseURL + file.path, yanked: Yanking(yank ?? file.yank), metadataSHA256: file.metadataSHA256)
    }
}

extension ReleaseInfo {
    init(_ snapshot: ProjectSnapshot, release: Projects.Release, metadata: ReleaseMetadata) {
        self.init(name: snapshot.project.name.display, version: release.version.description)
        summary = metadata.summary
        description = metadata.description
        descriptionContentType = metadata.descriptionContentType
        keywords = metadata.keywords
        license = metadata.license
        licenseExpression = metadata.licenseExpression
        licenseFiles = metadata.licenseFiles
        classifiers = metadata.classifiers
        author = metadata.author
        authorEmail = metadata.authorEmail
        maintainer = metadata.maintainer
        maintainerEmail = metadata.maintainerEmail
        platform = metadata.platforms.isEmpty ? nil : metadata.platforms.joined(separator: ",")
        homePage = metadata.homePage
        downloadURL = metadata.downloadURL
        projectURLs = metadata.projectURLs.map { ProjectURL(label: $0.label, url: $0.url) }
        // PyPI lists the older fields among the labelled addresses, and people read them there.
        let labels = Set(projectURLs.map { $0.label.lowercased() })
        if let homePage, !labels.contains("homepage") {
            projectURLs.append(ProjectURL(label: "Homepage", url: homePage))
        }
        if let downloadURL, !labels.contains("download") {
            projectURLs.append(ProjectURL(label: "Download", url: downloadURL))
        }
        requiresDist = metadata.requiresDist
        requiresPython = metadata.requiresPython
        providesExtra = metadata.providesExtra
        dynamic = metadata.dynamic
        yanked = Yanking(release.yank)
    }
}

extension Feed.Item {
    init(_ summary: ReleaseSummary) {
        self.init(
            name: summary.project.display, normalizedName: summary.project.normalized,
            version: summary.version?.description ?? "", summary: summary.summary, moment: summary.createdAt)
    }
}
