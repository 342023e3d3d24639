import Accounts
import Acts
import IndexDocuments
import PackagingFormats
import Primitives
import Projects
import Testing
import UTC
import Web

@testable import SimpleAPI

/// A project with an older release, which is yanked, and a newer one.
private struct Sample {
    let snapshot: ProjectSnapshot
    let older: Release
    let newer: Release

    init(status: ProjectStatus = .active) throws {
        func file(_ number: Int64, _ filename: String) -> DistributionFile {
            DistributionFile(
                id: FileID(number), filename: filename, packageType: .wheel, pythonTag: "py3", size: 12,
                digests: Digests(
                    sha256: String(repeating: "\(number)", count: 64), blake2b256: String(repeating: "b", count: 64),
                    md5: String(repeating: "c", count: 32)),
                requiresPython: ">=3.9", uploadedAt: Timestamp(seconds: 1_000), uploader: nil,
                metadataSHA256: String(repeating: "d", count: 64))
        }
        func release(_ number: Int64, _ version: String, _ yank: Yank?) throws -> Release {
            Release(
                id: ReleaseID(number), version: try Version(parsing: version), createdAt: Timestamp(seconds: number),
                yank: yank, requiresPython: ">=3.9", summary: "A demo",
                files: [file(number, "demo_pkg-\(version)-py3-none-any.whl")])
        }
        older = try release(1, "1.0", Yank(reason: "wrong <b>"))
        newer = try release(2, "2.0", nil)
        let project = Project(
            id: ProjectID(1), name: try ProjectName(parsing: "Demo_Pkg"), createdAt: Timestamp(seconds: 1),
            status: status, statusReason: status == .active ? nil : "looked into", serial: 7)
        snapshot = ProjectSnapshot(
            project: project, releases: [newer, older],
            roles: [RoleHolder(user: try Username(parsing: "Ada"), role: .owner)])
    }

    func document(_ metadata: ReleaseMetadata = ReleaseMetadata(), wholeProject: Bool = true) -> JSONDocument {
        JSONDocument(
            snapshot, release: newer, metadata: metadata, wholeProject: wholeProject,
            baseURL: "https://packages.example.org/pypi")
    }
}

@Suite("What readers get of a project") struct DocumentTests {
    @Test("A page for installers goes from the oldest release to the newest, by the normalized name")
    func forInstallers() throws {
        let page = SimpleProject(try Sample().snapshot, below: .root)
        #expect(page.name == "demo-pkg" && page.lastSerial == 7)
        #expect(page.versions == ["1.0", "2.0"])
        #expect(page.files.map(\.filename) == ["demo_pkg-1.0-py3-none-any.whl", "demo_pkg-2.0-py3-none-any.whl"])
        #expect(page.files.map(\.requiresPython) == [">=3.9", ">=3.9"])
        #expect(page.files.allSatisfy { $0.metadataSHA256 == String(repeating: "d", count: 64) })
    }

    @Test("A yank is a release's, with its reason, and all of its files have it")
    func yank() throws {
        let sample = try Sample()
        #expect(
            SimpleProject(sample.snapshot, below: .root).files.map(\.yanked) == [.yes(reason: "wrong <b>"), .no])
        #expect(Yanking(Yank(reason: nil)) == .yes(reason: nil))
        #expect(sample.document().info.yanked == .no)
        #expect(sample.document().releases?.map { $0.files.map(\.yanked) } == [[.yes(reason: "wrong <b>")], [.no]])
    }

    @Test("Addresses in a page have no host; those in the JSON API, which leaves the index, are whole")
    func addresses() throws {
        let sample = try Sample()
        let path = sample.newer.files[0].path
        #expect(path.hasPrefix("/packages/22/22/"))
        let base = BasePath(baseURL: "https://packages.example.org/pypi")
        #expect(SimpleProject(sample.snapshot, below: .root).files.last?.url == path)
        #expect(SimpleProject(sample.snapshot, below: base).files.last?.url == "/pypi" + path)
        #expect(sample.document().files.map(\.url) == ["https://packages.example.org/pypi" + path])
        let list = SimpleProjectList(
            [ProjectListing(name: try ProjectName(parsing: "Demo_Pkg"), serial: 7)], serial: 9)
        #expect(list.lastSerial == 9)
        #expect(list.projects.map(\.name) == ["Demo_Pkg"] && list.projects.map(\.normalizedName) == ["demo-pkg"])
    }

    @Test("The document of a project has all releases, that of a release its own files only")
    func wholeProject() throws {
        let sample = try Sample()
        #expect(sample.document().releases?.map(\.version) == ["1.0", "2.0"])
        #expect(sample.document(wholeProject: false).releases == nil)
        #expect(sample.document().files.map(\.filename) == ["demo_pkg-2.0-py3-none-any.whl"])
        #expect(sample.document().info.name == "Demo_Pkg")
        #expect(sample.document().ownership.roles.map(\.user) == ["Ada"])
        #expect(sample.document().ownership.roles.map(\.role) == ["Owner"])
    }

    @Test("Nothing of a quarantined project is offered, in any document")
    func quarantined() throws {
        let sample = try Sample(status: .quarantined)
        #expect(sample.document().files.isEmpty)
        #expect(sample.document().releases?.allSatisfy(\.files.isEmpty) == true)
        #expect(!String(decoding: SimpleProject(sample.snapshot, below: .root).json(), as: UTF8.self).contains(".whl"))
    }

    // The columns are the point.
    // swift-format-ignore
    static let projectURLLabels: [(labelled: [ReleaseMetadata.ProjectURL], shown: [String])] = [
        ([], ["Homepage home", "Download files"]),
        ([.init(label: "Source", url: "source")], ["Source source", "Homepage home", "Download files"]),
        ([.init(label: "homepage", url: "other")], ["homepage other", "Download files"]),
        ([.init(label: "Download", url: "x"), .init(label: "HOMEPAGE", url: "y")], ["Download x", "HOMEPAGE y"]),
    ]

    @Test(
        "The older fields stand among the labelled addresses, unless one has their label", arguments: projectURLLabels)
    func projectURLs(labelled: [ReleaseMetadata.ProjectURL], shown: [String]) throws {
        var metadata = ReleaseMetadata()
        metadata.homePage = "home"
        metadata.downloadURL = "files"
        metadata.projectURLs = labelled
        #expect(try Sample().document(metadata).info.projectURLs.map { "\($0.label) \($0.url)" } == shown)
    }
}
