import PackagingFormats
import Projects
import Search
import Testing
import VectorSupport
import Web

@testable import Descriptions
@testable import Site

@Suite("A page takes time in proportion to what it shows") struct PageGrowthTests {
    private static func times(_ count: Int, _ text: String) -> String { String(repeating: text, count: count) }

    /// Markup, again and again and within itself.
    static let shapes: [(what: String, source: @Sendable (Int) -> String)] = [
        ("text", { times($0, "a b\n") }), ("headings", { times($0, "# a\n") }), ("brackets", { times($0 * 4, "[") }),
        ("nested brackets", { times($0 * 2, "[") + times($0 * 2, "]") }), ("links", { times($0 / 2, "[a](b) ") }),
        ("nested links", { times($0 / 2, "[a](") }), ("images", { times($0 / 2, "![a](b)") }),
        ("emphasis", { times($0, "*a ") + times($0, "b* ") }),
        ("nested emphasis", { times($0, "**") + "a" + times($0, "**") }), ("mixed emphasis", { times($0, "*_") + "a" }),
        ("struck out", { times($0, "~~a ") }),
        ("backticks", { times($0, "`` `") }), ("quotations", { times($0, ">") + "a" }),
        ("lists", { times($0, "- ") + "a" }),
        ("long lists", { times($0, "- a\n") }),
        ("deepening lists", { (0..<$0 / 10).map { times($0 % 60, " ") + "- a\n" }.joined() }),
        ("tasks", { times($0 / 2, "- [ ] a\n") }), ("rows", { "|a|b|\n|-|-|\n" + times($0, "|c|\n") }),
        ("columns", { times($0, "|a") + "\n" + times($0, "|-") + "\n" }),
        ("definitions", { (0..<$0 / 4).map { "[\($0)]: /u\n" }.joined() }),
        ("uses of a definition", { "[a]: /u\n\n" + times($0, "[a] ") }),
        ("comments", { times($0, "<!--") }), ("instructions", { times($0, "<?a ") }),
        ("elements", { times($0, "<b>") }),
        ("closed elements", { times($0 / 2, "<b>a</b>") }), ("blocks", { times($0, "<div>\n") }),
        ("cells", { "<table>" + times($0, "<td>") }), ("tables", { times($0, "<table>") }),
        ("links in links", { times($0, "<a href=http://a>") }), ("attributes", { "<p " + times($0, "a=b ") + ">" }),
        ("anchors", { (0..<$0 / 4).map { "<i id=x-\($0)></i>" }.joined() + "\n\n" + times($0 / 4, "# x\n\n") }),
        ("references", { times($0, "&amp;") }), ("addresses", { times($0, "http://a ") }),
        ("an address", { "http://" + times($0 * 4, "a)") }), ("schemes", { times($0, "http://") }),
        ("accents", { times($0, "\u{301}\u{316}") }),
        ("accents of a tag", { "<b" + times($0, "\u{301}\u{316}") + ">" }),
        ("accents of an attribute", { "<p a" + times($0, "\u{301}\u{316}") + "=b>" }),
        (
            "accents of a value",
            { "<p align=c" + times($0, "&#x301;&#x316;") + "><a href=m" + times($0, "&#x301;&#x316;") + ">" }
        ),
        ("accents of a heading", { "# a" + times($0, "\u{301}\u{316}") + "\n" }),
        ("line ends", { times($0 * 4, "\n") }),
        ("hidden elements", { times($0, "<svg>") }), ("raw text", { times($0, "<script>") }),
        ("closed hidden elements", { times($0 / 2, "<svg>") + times($0 / 2, "</svg>") }),
        ("closed raw text", { times($0 / 2, "<xmp>a</xmp>") }), ("half tags", { times($0, "<a b='") + ">" }),
        ("half comments", { times($0, "<!-- a>") }), ("alerts", { times($0, "> [!NOTE]\n> a\n\n") }),
        ("notes", { (0..<$0 / 4).map { "[^\($0)]: a[^\($0)]\n\n" }.joined() }),
        ("uses of a note", { "[^a]: b\n\n" + times($0 / 2, "[^a] ") }),
    ]

    @Test("of a description", arguments: shapes.indices, ["text/markdown", "text/plain"])
    func description(index: Int, contentType: String) {
        let (what, source) = Self.shapes[index]
        let ratio = Growth.ratio(from: 2_000, of: source) {
            _ = DescriptionRenderer().html(of: $0, contentType: contentType)
        }
        #expect(ratio < Growth.most, "\(what) as \(contentType)")
    }

    @Test("of HTML alone", arguments: shapes.indices)
    func html(index: Int) {
        let (what, source) = Self.shapes[index]
        let ratio = Growth.ratio(from: 2_000, of: { Array(source($0).utf8) }) {
            _ = HTMLWriter.write(HTMLSanitizer.pieces(of: $0))
        }
        #expect(ratio < Growth.most, "\(what)")
    }

    @Test(
        "of a form that is sent to it",
        arguments: ["\u{301}\u{316}", "%CC%81%CC%96", "a=\u{301}&", "a=b&", "&", "=", "+", "%"])
    func form(piece: String) {
        let ratio = Growth.ratio(from: 4_000, of: { Self.times($0, piece) }) { _ = FormFields($0)["name"] }
        #expect(ratio < Growth.most)
    }

    /// A release that says `count` times what can be said more than once.
    static func metadata(_ count: Int) -> ReleaseMetadata {
        var metadata = ReleaseMetadata()
        metadata.providesExtra = (0..<count).map { "e\($0)" }
        metadata.requiresDist = (0..<count).map { "a\($0); extra == 'e\($0)'" } + (0..<count).map { "b\($0)>=1" }
        metadata.classifiers = (0..<count).map { "T\($0) :: \($0)" } + (0..<count).map { "License :: \($0)" }
        metadata.projectURLs = (0..<count).map { .init(label: "l\($0)", url: "https://a.org/\($0)") }
        metadata.keywords = (0..<count).map { "k\($0)" }.joined(separator: ",")
        metadata.author = times(count, "Ada, ")
        metadata.authorEmail = times(count, "Ada <a@example.org>, ")
        metadata.maintainerEmail = (0..<count).map { "a\($0)@example.org" }.joined(separator: ",")
        metadata.license = times(count, "All rights reserved.\n")
        metadata.summary = times(count, "summary ")
        metadata.requiresPython = times(count, ">=3,")
        metadata.homePage = "https://a.org/" + times(count, "a")
        return metadata
    }

    private static func page(_ metadata: ReleaseMetadata) throws -> [UInt8] {
        let snapshot = try Fixture.snapshot()
        return try Fixture.site().project(
            snapshot, release: snapshot.latest, metadata: metadata, downloads: [], today: Fixture.today, hosted: [])
    }

    @Test("of a release, whatever it says")
    func release() throws {
        let snapshot = try Fixture.snapshot()
        let site = try Fixture.site()
        let ratio = Growth.ratio(from: 500, of: Self.metadata) { metadata in
            _ = SiteRenderer.dependencyNames(of: metadata)
            _ = site.project(
                snapshot, release: snapshot.latest, metadata: metadata, downloads: [], today: Fixture.today, hosted: [])
        }
        #expect(ratio < Growth.most)
    }

    @Test("Of a release that says too much, its page shows the beginning, and that there is more")
    func excess() throws {
        let few = String(decoding: try Self.page(Self.metadata(10)), as: UTF8.self)
        #expect(!few.contains("These are not all"))
        #expect(few.contains("With the extra <code>e9</code>") && few.contains("b9"))
        let much = try Self.page(Self.metadata(200_000))
        #expect(
            String(decoding: much, as: UTF8.self).contains("These are not all: the file&#39;s metadata lists the rest.")
        )
        #expect(much.count < 400_000)
        // Each requirement for itself is cut too.
        var long = ReleaseMetadata()
        long.requiresDist = (0..<400).map {
            "a\($0)[\(Self.times(5_000, "x"))]; os_name == '\(Self.times(5_000, "y"))'"
        }
        long.classifiers = (0..<100).map { "T\($0) :: \(Self.times(5_000, "x"))" }
        long.projectURLs = (0..<100).map { .init(label: Self.times(5_000, "l"), url: "https://a.org/\($0)") }
        #expect(try Self.page(long).count < 1 << 20)
    }

    @Test("Lists show as much of a summary, and of a reason, as a summary may have")
    func lists() throws {
        let summary = Self.times(1_000_000, "s")
        let item = ReleaseSummary(
            project: try Fixture.name("a"), version: nil, summary: summary, createdAt: Fixture.moment(daysAgo: 1))
        #expect(item.summary?.count == 513)
        let site = try Fixture.site()
        let home = site.home(
            totals: IndexTotals(projects: 1, releases: 1, files: 1, users: 1), newestProjects: [item],
            newestReleases: [item])
        #expect(home.count < 20_000)
        let found = site.search(
            SearchQuery(text: "a"),
            results: SearchResults(results: Array(repeating: FoundProject(item), count: 20), total: 20))
        #expect(found.count < 40_000)
        let yanked = try Fixture.release(1, "1.0", daysAgo: 1, yank: Yank(reason: summary), summary: summary)
        #expect(yanked.summary?.count == 513 && yanked.yank?.reason?.count == 513)
        #expect(try Fixture.project(reason: summary).statusReason?.count == 513)
    }
}
