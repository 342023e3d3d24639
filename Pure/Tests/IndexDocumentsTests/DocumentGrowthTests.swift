import IndexDocuments
import PackagingFormats
import Testing
import UTC
import VectorSupport

@Suite("Writing a document takes time in proportion to what it says") struct DocumentGrowthTests {
    @Test("a project's pages, by their files and versions")
    func simple() {
        let ratio = Growth.ratio(from: 100) { count in
            SimpleProject(
                name: "demo", versions: (0..<count).map { "1.\($0)" },
                files: (0..<count).map { number in
                    SimpleFile(
                        filename: "demo-1.\(number).tar.gz", url: "/packages/\(number)",
                        sha256: String(repeating: "a", count: 64), requiresPython: ">=3.8", size: 1,
                        uploadTime: Timestamp(microseconds: 0), yanked: .yes(reason: "because"))
                }, lastSerial: 1)
        } _: { project in
            _ = project.json()
            _ = project.html()
        }
        #expect(ratio < Growth.most)
    }

    @Test(
        "the JSON document, by the lists and the text of its release", arguments: ["a", "\"", "\u{1}", "é", "\u{FFFF}"])
    func json(piece: String) {
        let ratio = Growth.ratio(from: 2_000) { count in
            var info = ReleaseInfo(name: "demo", version: "1")
            info.description = String(repeating: piece, count: count)
            info.requiresDist = (0..<count / 10).map { "a\($0)" }
            info.classifiers = info.requiresDist
            info.projectURLs = (0..<count / 10).map { .init(label: "l\($0)", url: "https://a\(piece)") }
            return JSONDocument(
                info: info, files: [], releases: nil, ownership: Ownership(roles: []), lastSerial: 1, baseURL: "")
        } _: {
            _ = $0.json()
        }
        #expect(ratio < Growth.most)
    }

    @Test("a feed, by its summaries, which are cut")
    func feed() {
        let item = Feed.Item(
            name: "demo", normalizedName: "demo", version: "1", summary: String(repeating: "s", count: 1_000_000),
            author: String(repeating: "a", count: 1_000_000), moment: Timestamp(microseconds: 0))
        let feed = Feed(
            subject: .latestUpdates, items: Array(repeating: item, count: 50), siteName: "Rind",
            baseURL: "https://a.org")
        #expect(feed.xml().count < 100_000)
    }
}
