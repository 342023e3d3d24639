import IndexDocuments
import PackagingFormats
import UTC

/// A small index, in which every optional thing is there once and absent once.
enum Samples {
    static let moment = Timestamp(microseconds: 1_795_338_309_000_123)
    static let hash = String(repeating: "0123456789abcdef", count: 4)

    static let files = [
        SimpleFile(
            filename: "demo_pkg-1.0-py3-none-any.whl",
            url: "https://index.example.org/packages/01/23/demo_pkg-1.0-py3-none-any.whl", sha256: hash,
            requiresPython: ">=3.8,<4", size: 1_620, uploadTime: moment, metadataSHA256: hash,
            provenanceURL: "https://index.example.org/integrity/demo-pkg/1.0/demo_pkg-1.0-py3-none-any.whl/provenance"),
        SimpleFile(
            filename: "demo_pkg-1.0.tar.gz", url: "https://index.example.org/packages/45/67/demo_pkg-1.0.tar.gz",
            sha256: hash, size: 0, uploadTime: Timestamp(seconds: 0), yanked: .yes(reason: "breaks \"<all>\" & more")),
        SimpleFile(
            filename: "demo_pkg-1.1.tar.gz", url: "https://index.example.org/packages/89/ab/demo_pkg-1.1.tar.gz",
            sha256: hash, size: 5_000_000_000, uploadTime: moment, yanked: .yes(reason: nil)),
    ]

    static let project = SimpleProject(
        name: "demo-pkg", status: .archived, statusReason: "see <new-pkg>", versions: ["1.0", "1.1"], files: files,
        lastSerial: 42)

    static let list = SimpleProjectList(
        projects: [
            .init(name: "Demo.Pkg", normalizedName: "demo-pkg", lastSerial: 42),
            .init(name: "zope", normalizedName: "zope", lastSerial: 7),
        ], lastSerial: 43)

    static let releaseFiles = [
        ReleaseFile(
            filename: "demo_pkg-1.0-py3-none-any.whl", packageType: "bdist_wheel", pythonVersion: "py3",
            comment: "for you", md5: "0123456789abcdef0123456789abcdef", sha256: hash, blake2b256: hash,
            requiresPython: ">=3.8", size: 1_620, uploadTime: moment,
            url: "https://index.example.org/packages/01/23/demo_pkg-1.0-py3-none-any.whl", metadataSHA256: hash),
        ReleaseFile(
            filename: "demo_pkg-1.0.tar.gz", packageType: "sdist", pythonVersion: "source",
            md5: "0123456789abcdef0123456789abcdef", sha256: hash, blake2b256: hash, size: 0,
            uploadTime: Timestamp(seconds: 0), url: "https://index.example.org/packages/45/67/demo_pkg-1.0.tar.gz",
            yanked: .yes(reason: "broken")),
    ]

    static var info: ReleaseInfo {
        var info = ReleaseInfo(name: "Demo.Pkg", version: "1!1.0")
        info.summary = "A demo \u{1F9C0}"
        info.description = "# Title\n\n\"Quoted\" \\ back\tslash\r\n\u{1}"
        info.descriptionContentType = "text/markdown"
        info.keywords = "alpha, beta"
        info.license = "MIT"
        info.licenseExpression = "MIT"
        info.licenseFiles = ["LICENSE"]
        info.classifiers = ["Programming Language :: Python :: 3"]
        info.author = "A Person"
        info.authorEmail = "A Person <a@example.org>"
        info.maintainer = "B Person"
        info.maintainerEmail = "b@example.org"
        info.platform = "any"
        info.homePage = "https://example.org/"
        info.downloadURL = "https://example.org/download"
        info.projectURLs = [
            .init(label: "Source", url: "https://example.org/src"),
            .init(label: "Docs", url: "https://example.org/docs"),
            .init(label: "Source", url: "https://example.org/other"),
        ]
        info.requiresDist = ["leaf-pkg>=1", "x; extra == \"all\""]
        info.requiresPython = ">=3.8"
        info.providesExtra = ["all"]
        info.dynamic = ["version"]
        info.yanked = .yes(reason: "broken")
        return info
    }

    static let ownership = Ownership(
        organization: "Example", roles: [.init(role: "Owner", user: "ada"), .init(role: "Maintainer", user: "grace")])

    static var projectDocument: JSONDocument {
        JSONDocument(
            info: info, files: releaseFiles,
            releases: [.init(version: "0.9", files: []), .init(version: "1!1.0", files: releaseFiles)],
            ownership: ownership, lastSerial: 42, baseURL: "https://index.example.org")
    }

    static var bareReleaseDocument: JSONDocument {
        JSONDocument(
            info: ReleaseInfo(name: "bare", version: "0"), files: [], releases: nil, ownership: Ownership(roles: []),
            lastSerial: 1, baseURL: "https://index.example.org")
    }

    static let items = [
        Feed.Item(
            name: "Demo.Pkg", normalizedName: "demo-pkg", version: "1!1.0", summary: "Fish & <chips>\u{0}\u{FFFF}",
            author: "a@example.org", moment: moment),
        Feed.Item(name: "zope", normalizedName: "zope", version: "2", moment: Timestamp(seconds: 0)),
    ]

    static func feed(_ subject: Feed.Subject, _ items: [Feed.Item] = items) -> Feed {
        Feed(subject: subject, items: items, siteName: "Rind", baseURL: "https://index.example.org")
    }

    static let feeds: [(file: String, subject: Feed.Subject)] = [
        ("packages.xml", .newestProjects), ("updates.xml", .latestUpdates),
        ("releases.xml", .releases(name: "Demo.Pkg", normalizedName: "demo-pkg")),
    ]
}
