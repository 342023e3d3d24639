import Accounts
import Acts
import Descriptions
import PackagingFormats
import Primitives
import Projects
import Site
import UTC

/// A small index, always the same.
enum Fixture {
    static let today = Day(number: 20_779)  // 2026-11-22

    /// Where the index is that the pages are of.
    @TaskLocal static var baseURL = "https://packages.example.org"

    static func site(_ baseURL: String = Fixture.baseURL) throws -> SiteRenderer {
        try SiteRenderer(baseURL: baseURL)
    }

    static func name(_ text: String) throws -> ProjectName { try ProjectName(parsing: text) }
    static func version(_ text: String) throws -> Version { try Version(parsing: text) }
    static func user(_ text: String) throws -> Username { try Username(parsing: text) }

    static func moment(daysAgo: Int) -> Timestamp { (today - daysAgo).start + .hours(8) + .seconds(305) }

    static func file(_ number: Int64, _ filename: String, size: Int64 = 65_213, daysAgo: Int = 10) throws
        -> DistributionFile
    {
        let digit = String(number % 16, radix: 16)
        let isWheel = filename.hasSuffix(".whl")
        return DistributionFile(
            id: FileID(number), filename: filename, packageType: isWheel ? .wheel : .sourceDistribution,
            pythonTag: isWheel ? "py3" : "source", size: size,
            digests: Digests(
                sha256: String(repeating: digit, count: 64), blake2b256: String(repeating: "b", count: 64),
                md5: String(repeating: "5", count: 32)),
            requiresPython: ">=3.9", uploadedAt: moment(daysAgo: daysAgo), uploader: try user("Ada"),
            metadataSHA256: isWheel ? String(repeating: "c", count: 64) : nil)
    }

    static func release(
        _ number: Int64, _ text: String, daysAgo: Int, yank: Yank? = nil, summary: String? = "Cheese, counted.",
        files: [DistributionFile] = []
    ) throws -> Release {
        Release(
            id: ReleaseID(number), version: try version(text), createdAt: moment(daysAgo: daysAgo), yank: yank,
            requiresPython: ">=3.9", summary: summary, files: files)
    }

    static func project(
        _ text: String = "Cheese_Board", status: ProjectStatus = .active, reason: String? = nil
    ) throws -> Project {
        Project(
            id: ProjectID(1), name: try name(text), createdAt: moment(daysAgo: 400), status: status,
            statusReason: reason, serial: 7)
    }

    static func snapshot(
        of project: Project? = nil, yank: Yank? = Yank(reason: "Counts the holes twice.")
    ) throws -> ProjectSnapshot {
        let files = [
            try file(3, "cheese_board-2.0-cp312-cp312-manylinux_2_17_x86_64.manylinux2014_x86_64.whl", size: 1_234_567),
            try file(2, "cheese_board-2.0-py3-none-any.whl"),
            try file(1, "cheese_board-2.0.tar.gz", size: 901),
        ]
        return ProjectSnapshot(
            project: try project ?? self.project(),
            releases: [
                try release(4, "2.1rc1", daysAgo: 2), try release(3, "2.0", daysAgo: 10, files: files),
                try release(2, "1.1", daysAgo: 90, yank: yank), try release(1, "1.0", daysAgo: 400),
            ],
            roles: [
                RoleHolder(user: try user("Ada"), role: .owner), RoleHolder(user: try user("bob"), role: .maintainer),
            ])
    }

    /// As it is shown where there is no helper.
    static func descriptionHTML(_ metadata: ReleaseMetadata) -> String? {
        metadata.description.map {
            DescriptionRenderer().html(of: $0, contentType: metadata.descriptionContentType)
        }
    }

    static var metadata: ReleaseMetadata {
        var metadata = ReleaseMetadata()
        metadata.metadataVersion = "2.4"
        metadata.summary = "Cheese, counted."
        metadata.description = """
            # Cheese board

            [![Build](https://ci.example.org/badge.svg)](https://ci.example.org/) ![Logo](https://example.org/logo.png)

            Counts *cheese* at https://example.org/count (see [usage](#usage)).

            ## Usage

            ```python
            from cheese_board import count
            print(count("<brie>"))
            ```

            | Cheese | Holes |
            | :----- | ----: |
            | Brie   | 0     |

            - [x] counting
            - [ ] eating

            <script>alert(1)</script><p align="center" onclick="alert(1)">Bon appétit</p>
            """
        metadata.descriptionContentType = "text/markdown"
        metadata.keywords = "cheese,counting"
        metadata.author = "Ada"
        metadata.authorEmail = "ada@example.org"
        metadata.maintainerEmail = "\"Bob, the builder\" <bob@example.org>, cleo@example.org"
        metadata.licenseExpression = "MIT"
        metadata.classifiers = [
            "Development Status :: 5 - Production/Stable", "Programming Language :: Python :: 3",
            "Programming Language :: Python :: 3.12", "Topic :: Cheese",
        ]
        metadata.requiresPython = ">=3.9"
        metadata.requiresDist = [
            "requests[socks]>=2.8,<3", "numpy; python_version < \"3.12\"", "colorama ; sys_platform == 'win32'",
            "pytest>=7; extra == 'test'", "mypy; python_version >= '3.10' and extra == 'test'",
        ]
        metadata.providesExtra = ["test", "docs"]
        metadata.projectURLs = [
            .init(label: "Source", url: "https://www.github.example.org/ada/cheese"),
            .init(label: "Chat", url: "javascript:alert(1)"),
        ]
        metadata.homePage = "https://cheese.example.org/"
        return metadata
    }

    /// Some downloads on every third day of the last 200.
    static var downloads: [(day: Day, count: Int64)] {
        (0..<200).filter { $0.isMultiple(of: 3) }.map { (today - $0, Int64(1_000 - $0 * 4)) }
    }

    static func summaries() throws -> [ReleaseSummary] {
        [
            ReleaseSummary(
                project: try name("Cheese_Board"), version: try version("2.0"), summary: "Cheese, counted.",
                createdAt: moment(daysAgo: 10)),
            ReleaseSummary(
                project: try name("bread"), version: nil, summary: nil, createdAt: moment(daysAgo: 30)),
        ]
    }
}
