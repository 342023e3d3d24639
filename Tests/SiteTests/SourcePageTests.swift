import Archives
import Differences
import PackagingFormats
import Projects
import Testing
import VectorSupport

@testable import Site
@testable import SourcePages

@Suite("Pages about sources") struct SourcePageTests {
    private static func page(of text: String, at place: SourcePage.Place = .line(1)) throws -> String {
        let bytes = Array(text.utf8)
        let entry = Inventory.Entry(path: "d/a.py", place: "a.py", size: Int64(bytes.count), digest: nil, kind: .text)
        let html = try Fixture.site().source(
            SourcePage(
                entry, content: bytes, at: place, of: try Fixture.file(1, "cheese_board-2.0.tar.gz"),
                try Fixture.name("cheese-board"), try Fixture.version("2.0")))
        #expect(html.count < LongListTests.largest)
        return String(decoding: html, as: UTF8.self)
    }

    @Test("show what an author wrote as text, whatever it is")
    func inert() throws {
        let page = try Self.page(of: "</code><script>alert(1)</script> \"'&\n\u{202E}<img src=x onerror=alert(1)>\n")
        #expect(!page.contains("<script>alert"))
        #expect(!page.contains("<img src=x"))
        #expect(page.contains("&lt;/code&gt;&lt;script&gt;alert(1)&lt;/script&gt; &quot;&#39;&amp;"))
        #expect(page.contains("<mark title=\"right-to-left override\">U+202E</mark>"))
        #expect(!page.unicodeScalars.contains("\u{202E}"))
        #expect(page.contains("There are characters here that nobody sees"))
    }

    @Test("have an anchor for each line")
    func anchors() throws {
        let page = try Self.page(of: "a\nb\n")
        #expect(page.contains("<div id=\"L2\"><a href=\"#L2\">2</a><code>b</code></div>"))
    }

    @Test(
        "are not too long, and show every line of a long text on one of them",
        arguments: [
            (1..<30_000).map { "x\($0)\n" }.joined(), String(repeating: "y", count: 1_000_000),
            String(repeating: "a\u{202E}", count: 100_000), String(repeating: "<", count: 400_000),
            String(repeating: "日", count: 100_000), String(repeating: "\n", count: 10_000),
            String(repeating: "a\u{1}", count: 60_000),
        ])
    func paging(text: String) throws {
        let source = SourceText(Array(text.utf8))
        let rows = SourceRows(source)
        var bytes: [UInt8] = []
        var line = 0
        for page in 0..<rows.count {
            for row in rows.rows(of: page) {
                #expect(row.line == line + (row.continues ? 0 : 1))
                line = row.line
                bytes += source.bytes[row.range]
            }
        }
        #expect(bytes == source.lines.flatMap(\.self))
        for page in [1, 2, rows.count, rows.count + 7] { _ = try Self.page(of: text, at: .page(page)) }
        let middle = max(1, line / 2)
        let found = rows.rows(of: rows.page(with: middle))
        #expect(found.contains { $0.line == middle && !$0.continues })
    }

    @Test("with the page of a line that is not there are the last, or the first", arguments: [-1, 0, 1, 3, 99])
    func lines(line: Int) throws {
        let rows = SourceRows(SourceText(Array("a\nb\nc\n".utf8)))
        #expect(rows.page(with: line) == 0)
    }

    @Test("take time in proportion to what they show", arguments: ["a = 1\n", "<\u{202E}", "日\n"])
    func growth(piece: String) throws {
        let site = try Fixture.site()
        let file = try Fixture.file(1, "cheese_board-2.0.tar.gz")
        let (name, version) = (try Fixture.name("cheese-board"), try Fixture.version("2.0"))
        let entry = Inventory.Entry(path: "d/a.py", place: "a.py", size: 1, digest: nil, kind: .text)
        let ratio = Growth.ratio(from: 3_000, of: { Array(String(repeating: piece, count: $0).utf8) }) { bytes in
            _ = site.source(SourcePage(entry, content: bytes, at: .line(1), of: file, name, version))
        }
        #expect(ratio < Growth.most)
    }
}

@Suite("Pages about differences") struct DifferencePageTests {
    private static func page(_ old: [String: String], _ new: [String: String], only place: String? = nil) throws
        -> String
    {
        let difference = SourcePagesUnderTest.difference(old, new, only: place)
        let html = try Fixture.site().comparison(try SourcePagesUnderTest.comparison(difference, only: place))
        #expect(html.count < LongListTests.largest)
        return String(decoding: html, as: UTF8.self)
    }

    static let large: [(what: String, old: [String: String], new: [String: String])] = [
        ("thousands of files", [:], Dictionary(uniqueKeysWithValues: (0..<5_000).map { ("a/f\($0).py", "x\($0)") })),
        (
            "long names", [:],
            Dictionary(
                uniqueKeysWithValues: (0..<2_000).map {
                    ("\(String(repeating: "\u{202E}é<", count: 120))/\($0).py", "x\($0)")
                })
        ),
        (
            "long texts",
            Dictionary(
                uniqueKeysWithValues: (0..<40).map { ("f\($0).py", String(repeating: "a\($0)\n", count: 5_000)) }),
            Dictionary(
                uniqueKeysWithValues: (0..<40).map { ("f\($0).py", String(repeating: "b<\($0)\n", count: 5_000)) })
        ),
        (
            "texts that are marked all over", [:],
            Dictionary(
                uniqueKeysWithValues: (0..<40).map {
                    ("f\($0).py", String(repeating: String(repeating: "a\u{202E}", count: 140) + "\n", count: 300))
                })
        ),
        (
            "much that it says", ["x-1.dist-info/METADATA": "Name: x\n"],
            [
                "x-1.dist-info/METADATA": "Name: x\n"
                    + (0..<9_000).map { "Requires-Dist: d\($0)\nClassifier: c\($0)\nPlatform: <\"\($0)\n" }.joined()
            ]
        ),
    ]

    @Test("are not too long, whatever is different", arguments: large.indices)
    func size(index: Int) throws {
        let (_, old, new) = Self.large[index]
        let page = try Self.page(old, new)
        #expect(page.contains("</html>"))
    }

    @Test("say of a file whose lines are not shown where they are")
    func alone() throws {
        let (_, old, new) = Self.large[2]
        #expect(try Self.page(old, new).contains("show this file alone"))
        let alone = try Self.page(old, new, only: "f7.py")
        #expect(alone.contains("f7.py") && !alone.contains("f8.py"))
        #expect(alone.contains("All that changed"))
    }

    @Test("lead from what is told first to the file that it is about")
    func links() throws {
        let page = try Self.page([:], ["demo.pth": "import os\n", "demo/a.py": "x\n"])
        #expect(page.contains("<a href=\"#f1\">See it</a>"))
        #expect(page.contains("<details class=\"change\" id=\"f1\" open>"))
    }

    @Test("take time in proportion to what is different")
    func growth() throws {
        let site = try Fixture.site()
        let ratio = Growth.ratio(
            from: 300,
            of: { count in
                SourcePagesUnderTest.difference(
                    [:], Dictionary(uniqueKeysWithValues: (0..<count).map { ("a/f\($0).py", "x\n") }))
            },
            {
                guard let page = try? SourcePagesUnderTest.comparison($0) else { return }
                _ = site.comparison(page)
            })
        #expect(ratio < Growth.most)
    }
}
