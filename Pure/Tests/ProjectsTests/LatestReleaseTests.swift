import PackagingFormats
import Primitives
import Projects
import Testing
import UTC

@Suite("Which release is shown first") struct LatestReleaseTests {
    // The columns are the point: highest version first, y for yanked.
    // swift-format-ignore
    static let table: [(releases: [String], first: String?)] = [
        ([],                            nil),
        (["2.0", "1.0"],                "2.0"),
        (["2.0y", "1.0"],               "1.0"),
        (["3.0a1", "2.0y", "1.0"],      "1.0"),
        (["3.0a1", "2.0y"],             "3.0a1"),
        (["3.0a1y", "2.0y"],            "3.0a1"),
    ]

    @Test("A final one before a pre-release, one that is not yanked before one that is", arguments: table)
    func first(releases: [String], first: String?) throws {
        let releases = try releases.enumerated().map { number, text in
            Release(
                id: ReleaseID(Int64(number)), version: try Version(parsing: text.filter { $0 != "y" }),
                createdAt: Timestamp(seconds: 0), yank: text.hasSuffix("y") ? Yank(reason: nil) : nil,
                requiresPython: nil, summary: nil, files: [])
        }
        #expect(Release.toShowFirst(of: releases)?.version.description == first)
    }
}
