import Foundation
import Testing
import VectorSupport

@testable import Descriptions
@testable import Site

@Suite("A description") struct DescriptionTests {
    static func html(_ source: String, _ contentType: String? = "text/markdown") -> String {
        DescriptionRenderer().html(of: source, contentType: contentType)
    }

    // swift-format-ignore
    static let formats: [(contentType: String?, isMarkdown: Bool)] = [
        (nil, false), ("", false), ("text/x-rst", false), ("text/plain", false), ("text/html", false), ("nonsense", false),
        ("text/markdown", true), ("Text/Markdown; charset=UTF-8; variant=GFM", true),
        ("text/markdown; variant=\"CommonMark\"", true),
    ]

    @Test("is Markdown only when it says so", arguments: formats)
    func format(contentType: String?, isMarkdown: Bool) {
        #expect(Self.html("*a*", contentType).contains("<em>") == isMarkdown)
    }

    // swift-format-ignore
    static let markdown: [(source: String, html: String)] = [
        ("# A\n## B\n# A", "<h3 id=\"user-content-a\"><a class=\"anchor\" href=\"#user-content-a\">A</a></h3>\n<h4 id=\"user-content-b\"><a class=\"anchor\" href=\"#user-content-b\">B</a></h4>\n<h3 id=\"user-content-a-1\"><a class=\"anchor\" href=\"#user-content-a-1\">A</a></h3>\n"),
        ("## [Unreleased](https://example.org)", "<h3 id=\"user-content-unreleased\"><a rel=\"nofollow noopener ugc\" href=\"https://example.org\">Unreleased</a></h3>\n"),
        ("### C\n# A", "<h3 id=\"user-content-c\"><a class=\"anchor\" href=\"#user-content-c\">C</a></h3>\n<h3 id=\"user-content-a\"><a class=\"anchor\" href=\"#user-content-a\">A</a></h3>\n"),
        ("~~a~~ `b`", "<p><del>a</del> <code>b</code></p>\n"),
        ("```py x\n<a>\n```", "<pre><code class=\"language-py\">&lt;a&gt;\n</code></pre>\n"),
        ("- [x] a\n- [ ] b", "<ul>\n<li><span class=\"task\" role=\"img\" aria-label=\"done\">☑</span> a</li>\n<li><span class=\"task\" role=\"img\" aria-label=\"to do\">☐</span> b</li>\n</ul>\n"),
        ("|a|\n|-:|\n|b|", "<div class=\"scroll\"><table>\n<thead>\n<tr>\n<th class=\"align-right\">a</th>\n</tr>\n</thead>\n<tbody>\n<tr>\n<td class=\"align-right\">b</td>\n</tr>\n</tbody>\n</table></div>\n"),
        ("![a b](https://example.org/i.png)", "<p><a class=\"image\" rel=\"nofollow noopener ugc\" href=\"https://example.org/i.png\">a b</a></p>\n"),
        ("[![a](https://example.org/i.png)](https://example.org)", "<p><a rel=\"nofollow noopener ugc\" href=\"https://example.org\"><span class=\"image\">a</span></a></p>\n"),
        ("![a](i.png) ![](i.png) ![a](data:image/png;base64,AAAA)", "<p><span class=\"image\">a</span>  <span class=\"image\">a</span></p>\n"),
        ("see https://example.org/a_(b). And `https://x.org`", "<p>see <a rel=\"nofollow noopener ugc\" href=\"https://example.org/a_(b)\">https://example.org/a_(b)</a>. And <code>https://x.org</code></p>\n"),
        ("[a](#Use) [b](docs/x.md) [c](mailto:a@example.org)", "<p><a href=\"#user-content-Use\">a</a> <a>b</a> <a rel=\"nofollow noopener ugc\" href=\"mailto:a@example.org\">c</a></p>\n"),
        ("<center><b>x</b></center>", "<div class=\"align-center\"><b>x</b></div>\n"),
        ("<details open><summary>s</summary>t</details>", "<details open=\"\"><summary>s</summary>t</details>\n"),
        ("a&nbsp;b &copy; &unknown; &lt;", "<p>a\u{A0}b © &amp;unknown; &lt;</p>\n"),
        // Footnotes
        (
            "a[^x]\n\n[^x]: b",
            "<p>a<sup><a href=\"#user-content-fn-x\" id=\"user-content-fnref-x\">1</a></sup></p>\n<div class=\"footnotes\">\n<ol>\n<li id=\"user-content-fn-x\">\n<p>b <a href=\"#user-content-fnref-x\">↩</a></p>\n</li>\n</ol>\n</div>\n"
        ),
        ("a[^y]", "<p>a[^y]</p>\n"),
        // Alerts
        ("> [!NOTE]\n> a *b*\n>\n> c", "<div class=\"alert alert-note\"><p class=\"alert-title\">Note</p>\n<p>a <em>b</em></p>\n<p>c</p>\n</div>\n"),
        ("> [!caution]  \n> a", "<div class=\"alert alert-caution\"><p class=\"alert-title\">Caution</p>\n<p>\na</p>\n</div>\n"),
        ("> [!TIP]\n>\n> > a", "<div class=\"alert alert-tip\"><p class=\"alert-title\">Tip</p>\n<blockquote>\n<p>a</p>\n</blockquote>\n</div>\n"),
        ("> [!NOTE] a", "<blockquote>\n<p>[!NOTE] a</p>\n</blockquote>\n"), ("> [!OTHER]\n> a", "<blockquote>\n<p>[!OTHER]\na</p>\n</blockquote>\n"),
        ("> a\n> [!NOTE]", "<blockquote>\n<p>a\n[!NOTE]</p>\n</blockquote>\n"),
    ]

    @Test("in Markdown comes out as it is meant", arguments: markdown)
    func renders(source: String, html: String) { #expect(Self.html(source) == html) }

    @Test("in Markdown comes out as it is meant while others are read")
    func rendersAtOnce() async {
        let wrong = await withTaskGroup(of: Int.self) { group in
            for _ in 0..<8 {
                group.addTask {
                    (0..<500).count { _ in Self.html("~~a~~ b") != "<p><del>a</del> b</p>\n" }
                }
            }
            return await group.reduce(0, +)
        }
        #expect(wrong == 0)
    }

    @Test("in plain text or reStructuredText keeps its lines, and its addresses become links")
    func plain() {
        #expect(
            Self.html("\n<b>  a & b\n(https://example.org/?a=1&b=\"2\")", nil)
                == "<pre class=\"plain\">\n\n&lt;b&gt;  a &amp; b\n(<a rel=\"nofollow noopener ugc\" href=\"https://example.org/?a=1&amp;b=\">https://example.org/?a=1&amp;b=</a>&quot;2&quot;)</pre>"
        )
    }

    @Test("in CommonMark has no footnotes and no alerts: it is another language")
    func commonMark() {
        let html = Self.html("> [!NOTE]\n> a[^x]\n\n[^x]: b", "text/markdown; variant=CommonMark")
        #expect(html.hasPrefix("<blockquote>") && !html.contains("<sup>"))
    }

    // swift-format-ignore
    static let addresses: [(text: String, links: [String])] = [
        ("https://a.org", ["https://a.org"]), ("xhttps://a.org", []), ("https://", []), ("http:// a", []), ("https://...", []),
        ("<https://a.org>", ["https://a.org"]), ("https://a.org/x,https://b.org.", ["https://a.org/x,https://b.org"]),
        ("(http://a.org/b(c)d)", ["http://a.org/b(c)d"]), ("[http://a.org]", ["http://a.org"]),
        ("ftp://a.org javascript://a.org", []), ("`https://a.org`_", ["https://a.org"]), ("é https://a.org/é!", ["https://a.org/é"]),
    ]

    @Test("has links where its text has web addresses", arguments: addresses)
    func finds(text: String, links: [String]) {
        let found = Linkifier.parts(of: text).compactMap { if case .link(let link) = $0 { String(link) } else { nil } }
        #expect(found == links)
        let all = Linkifier.parts(of: text).map { part in
            switch part {
            case .text(let text), .link(let text): String(text)
            }
        }
        #expect(all.joined() == text)
    }
}

@Suite("The sanitizer") struct SanitizerTests {
    static func clean(_ html: String) -> String { HTMLWriter.write(HTMLSanitizer.pieces(of: Array(html.utf8))) ?? "" }

    // swift-format-ignore
    static let table: [(source: String, clean: String)] = [
        // Elements
        ("<script>alert(1)</script>a", "a"), ("<SCRIPT src=x></ScRiPt >a", "a"), ("<style>p{}</style>a", "a"),
        ("<script></scripty></script >b", "b"), ("<iframe src=//x></iframe>a", "a"),
        ("<svg><script>alert(1)</script><g>x</g></svg>a", "a"), ("<svg><svg></svg>x</svg>a", "a"), ("<plaintext>a</plaintext>b", "b"),
        ("<object data=x>y</object>a", "a"), ("<form action=x>a<input name=y><button>b</button></form>", "a"),
        ("<input type=checkbox checked>", "<span class=\"task\" role=\"img\" aria-label=\"done\">☑</span>"),
        ("<base href=//x><meta http-equiv=refresh><link rel=stylesheet>a", "a"), ("<blink>a</blink>", "a"),
        ("<nav>a</nav><main>b</main>", "<div>a</div><div>b</div>"), ("<tt>a</tt>", "<code>a</code>"),
        // Attributes
        ("<p onclick=x style=y class=z id=i>a</p>", "<p id=\"user-content-i\">a</p>"),
        ("<p id=a>1</p><p id=a>2</p>", "<p id=\"user-content-a\">1</p><p>2</p>"),
        ("<a name=top></a>", "<a id=\"user-content-top\"></a>"),
        ("<td colspan=3>", ""), ("<table><td colspan=3 rowspan=99999>a", "<div class=\"scroll\"><table><tr><td colspan=\"3\">a</td></tr></table></div>"),
        ("<code class='language-x\"y'>a</code>", "<code class=\"language-x&quot;y\">a</code>"), ("<code class='a'>b</code>", "<code>b</code>"),
        ("<p align=CENTER>a</p><p align=x>b</p>", "<p class=\"align-center\">a</p><p>b</p>"),
        ("<ol start=3><li>a</ol>", "<ol start=\"3\"><li>a</li></ol>"),
        // Nesting
        ("<p>a<p>b", "<p>a</p><p>b</p>"), ("<b><i>a</b>b</i>", "<b><i>a</i></b>b"), ("</p></div>a", "a"),
        ("<ul><li>a<li>b<ul><li>c</ul></ul>", "<ul><li>a</li><li>b<ul><li>c</li></ul></li></ul>"), ("<li>a</li>", "a"),
        ("<table><tr><td>a<td>b<tr><td>c</table>d", "<div class=\"scroll\"><table><tr><td>a</td><td>b</td></tr><tr><td>c</td></tr></table></div>d"),
        ("<table><tr><td></table></table><p>a", "<div class=\"scroll\"><table><tr><td></td></tr></table></div><p>a</p>"),
        (
            "<table>a<tr>b<td>c</td>d<table>e</table><col></table>",
            "<div class=\"scroll\"><table><tr><td>a</td></tr><tr><td>b</td><td>c</td><td>d<div class=\"scroll\"><table><tr><td>e</td></tr></table></div></td></tr></table></div>"
        ),
        ("<table><colgroup><col>a", "<div class=\"scroll\"><table><colgroup><col></colgroup><tr><td>a</td></tr></table></div>"),
        ("<h1>a<h2>b", "<h3 id=\"user-content-a\"><a class=\"anchor\" href=\"#user-content-a\">a</a></h3><h4 id=\"user-content-b\"><a class=\"anchor\" href=\"#user-content-b\">b</a></h4>"),
        ("<a href=https://a.org>a<a href=https://b.org>b</a></a>", "<a rel=\"nofollow noopener ugc\" href=\"https://a.org\">a</a><a rel=\"nofollow noopener ugc\" href=\"https://b.org\">b</a>"),
        ("<p><div>a</div>", "<p></p><div>a</div>"), ("<summary>a</summary>", "a"), ("a<br/>b</br>c<hr>", "a<br>b<br>c<hr>"),
        // Broken markup
        ("a < b <c", "a &lt; b &lt;c"), ("<", "&lt;"), ("a</", "a&lt;/"), ("<!-- <p> --><!---->a<!-->b--!>c", "ab--!&gt;c"), ("<!doctype x>a<?php ?>b", "ab"),
        ("<p title=\">\" a='>'>x</p>", "<p>x</p>"), ("<p a=\"b>x</p>", "&lt;p a=&quot;b&gt;x"), ("<p/a/b>x", "<p>x</p>"), ("<b\u{0}>x</b>", "x"),
        ("&#60;script&#62; &#x3c;b&#x3E; &#0; &#xD800; &#99999999999;", "&lt;script&gt; &lt;b&gt; \u{FFFD} \u{FFFD} &amp;#99999999999;"),
    ]

    /// Names of elements that a sentence may speak of.
    static let names = [
        "iframe", "noembed", "noframes", "noscript", "script", "style", "textarea", "title", "xmp", "applet", "audio",
        "button", "canvas", "datalist", "dialog", "math", "object", "plaintext", "select", "svg", "template", "video",
    ]

    @Test("lets no word in angle brackets swallow what follows it", arguments: names)
    func swallowsNothing(name: String) {
        #expect(Self.clean("<p>The <\(name)> word</p><p>b</p>") == "<p>The &lt;\(name)&gt; word</p><p>b</p>")
        // It is left out where it is closed, and only there.
        #expect(Self.clean("a<\(name)>b</\(name)>c") == "ac")
        #expect(Self.clean("a<\(name)>b<\(name)>c</\(name)>d") == "a&lt;\(name)&gt;bd")
        #expect(Self.clean("a<\(name)>b</\(name)>c<\(name)>d") == "ac&lt;\(name)&gt;d")
        #expect(DescriptionTests.html("The `<a>` and <\(name)> word\n\n*b*").hasSuffix("<p><em>b</em></p>\n"))
    }

    // swift-format-ignore
    static let endless: [(source: String, clean: String)] = [
        ("a<!-- b", "a&lt;!-- b"), ("a<!-- b<!-- <b>c</b>", "a&lt;!-- b&lt;!-- <b>c</b>"), ("a<? b", "a&lt;? b"), ("a<!x b", "a&lt;!x b"),
        ("a<? b -> c", "a&lt;? b -&gt; c"), ("a<!x\nb -> c", "a&lt;!x\nb -&gt; c"), ("a<!x <b>c</b>", "a&lt;!x <b>c</b>"), ("a<?b >\n?>c", "ac"),
        ("a<p b", "a&lt;p b"), ("a<p b='>c<b>d</b>", "a&lt;p b=&#39;&gt;c<b>d</b>"), ("a<svg><select>b</svg>c</select>d", "acd"),
        ("<svg><style></svg></style></svg>a", "a"), ("<button class=x>a", "&lt;button class=x&gt;a"),
    ]

    /// What a line begins with, and nothing closes.
    static let beginnings = [
        "<?php is kept.", "<!DOCTYPE lines are kept.", "<!-- a comment", "<![CDATA[ a",
        "<script> is left out", "<pre>",
        "<style>", "<textarea>",
    ]

    @Test(
        "lets no line that begins with what nothing closes swallow the lines behind it",
        arguments: beginnings)
    func swallowsNoLines(beginning: String) {
        let shown = beginning.replacing("<", with: "&lt;").replacing(">", with: "&gt;")
        let html = DescriptionTests.html(
            "# A\n\n\(beginning)\n\n## B\n\nCall it -> *so*.\n\n```\n\(beginning)\n```\n")
        #expect(html.contains("<p>\(shown)</p>\n<h4 id=\"user-content-b\">"), "\(html)")
        #expect(
            html.contains("<p>Call it -&gt; <em>so</em>.</p>\n<pre><code>\(shown)\n</code></pre>"),
            "\(html)")
        // Twice, in a list, and behind another line end.
        let list = DescriptionTests.html("- \(beginning)\n- *a*\r\n\r\n\(beginning)\r\n\r\n*b*")
        #expect(list.contains("<em>a</em>") && list.contains("<p><em>b</em></p>"), "\(list)")
        #expect(list.split(separator: shown).count == 3, "\(list)")
    }

    @Test("shows as it is written what nothing ends", arguments: endless)
    func shows(source: String, clean: String) { #expect(Self.clean(source) == clean) }

    @Test("keeps what is allowed and closes what is open", arguments: table)
    func keeps(source: String, clean: String) { #expect(Self.clean(source) == clean) }

    // swift-format-ignore
    static let addresses: [(address: String, href: String?)] = [
        ("https://a.org/?b&c", "https://a.org/?b&c"), ("HTTP://A.org", "HTTP://A.org"), (" https://a.org\n", "https://a.org"),
        ("ht\ntps://a.org", "https://a.org"), ("mailto:a@b.org", "mailto:a@b.org"), ("#x", "#user-content-x"), ("#", nil), ("", nil),
        ("javascript:alert(1)", nil), ("JAVASCRIPT:alert(1)", nil), ("java\tscript:alert(1)", nil), ("\u{1}javascript:alert(1)", nil),
        ("data:text/html,<script>", nil), ("vbscript:x", nil), ("file:///etc/passwd", nil), ("//a.org", nil), ("/a", nil), ("a.md", nil),
        ("https:a.org", nil), ("https://", nil), ("https:\\\\a.org", nil), ("https://a.org/\u{7}x", nil), ("javascript&colon;alert(1)", nil),
        ("blob:https://a.org", nil), ("x-https://a.org", nil), ("\u{A0}https://a.org", nil),
    ]

    @Test("lets a link lead to the web, to a mailbox and to an anchor, and nowhere else", arguments: addresses)
    func leads(address: String, href: String?) { #expect(DescriptionLink(address)?.href == href) }

    /// Inputs on which sanitizers have failed because a browser read their output, or their input, in another way: raw
    /// text elements, foreign content, comments, half tags, quotes of all kinds, references, odd nesting.
    static let tricks = [
        "<noscript><p title=\"</noscript><img src=x onerror=alert(1)>\">",
        "<math><mtext><table><mglyph><style><img src onerror=alert(1)>",
        "<svg></p><style><a id=\"</style><img src=1 onerror=alert(1)>\">",
        "<form><math><mtext></form><form><mglyph><style></math><img src onerror=alert(1)>",
        "<style><!--</style><img src=x onerror=alert(1)>--></style>", "<!--><img src=x onerror=alert(1)>-->",
        "<!--a--!><img src=x onerror=alert(1)>",
        "<title></title><img src=x onerror=alert(1)></title>", "<textarea></textarea><script>alert(1)</script>",
        "<xmp><p title=\"</xmp><script>alert(1)</script>\">",
        "<img src=x/onerror=alert(1)>", "<img src=\"x\"onerror=\"alert(1)\">",
        "<a href='https://a.org' onclick=\n'alert(1)'>x", "<p \u{2028}onclick=alert(1)>x",
        "<a href=\"&#106;avascript:alert(1)\">x</a>", "<a href=\"jav&Tab;ascript:alert(1)\">x</a>",
        "<a href=\"javascript&#x3A;alert(1)\">x</a>", "<a href=javascript&NewLine;:alert(1)>x</a>",
        "<a title='\"\u{301} onclick=alert(1)' href=https://a.org>x</a>",
        "<abbr title=\"`onmouseover=alert(1)\">x</abbr>", "<<script>script>alert(1)</script>",
        "<scr<script>ipt>alert(1)</scr</script>ipt>", "<script\u{0}>alert(1)</script>", "</script><script>alert(1)",
        "<plaintext><p>a", "<template><script>alert(1)</script></template>",
        "<svg><foreignObject><p onclick=alert(1)>x</p></foreignObject></svg>",
        "<table><a href=javascript:x><tr><td></a><svg onload=alert(1)>",
        "<select><style></select><script>alert(1)</script></style>",
        "<b><p></b><i></p></i><table></b><tr></i><td></table></p>", "<h1><table><tr><td><h2><table><h3></h1></table>",
        "<a><table><a><td><a href=https://a.org></table></a>",
        "<details><summary><details><summary></details></summary></details>", "<dl><dt><dl><dd></dl><dt></dl>",
        "<p id=main><p id='a b'><p id=\"\">", "<input type=image src=x onerror=alert(1)>",
    ]

    @Test("is not outwitted", arguments: tricks)
    func withstands(source: String) throws {
        try Self.expectSafe(Self.clean(source), source)
        try Self.expectSafe(DescriptionTests.html(source), source)
        try Self.expectSafe(DescriptionTests.html("- a\n\n  > " + source + "\n\n# " + source), source)
    }

    /// Where tables are made of anything but their parts, browsers take them apart, and our end tags end other elements
    /// than they began.
    private static func expectPlaced(_ element: StrictHTML.Element, _ source: String) {
        let around = Element(rawValue: element.parent ?? "")
        let parents: Set<Element>? =
            switch Element(rawValue: element.name) {
            case .td, .th: [.tr]
            case .tr: [.table, .tbody, .thead, .tfoot]
            case .tbody, .thead, .tfoot, .caption, .colgroup: [.table]
            case .col: [.table, .colgroup]
            default: nil
            }
        if let parents {
            #expect(around.map(parents.contains) == true, "\(element) from \(source.debugDescription)")
        } else {
            let isInCell = around == .td || around == .th || around == .caption
            #expect(around?.isTablePart != true || isInCell, "\(element) from \(source.debugDescription)")
            #expect(around != .table, "\(element) from \(source.debugDescription)")
        }
    }

    /// What is true of every description, whatever its source.
    static func expectSafe(_ html: String, _ source: String) throws {
        let elements: [StrictHTML.Element]
        do {
            elements = try StrictHTML(html).elements
        } catch {
            Issue.record("\(error) in \(html.prefix(500)) from \(source.prefix(500).debugDescription)")
            return
        }
        let attributes: Set<String> = [
            "align", "aria-label", "class", "colspan", "href", "id", "open", "rel", "role", "rowspan", "start", "title",
        ]
        for element in elements {
            let known = Element(rawValue: element.name)
            #expect(known != nil && known != .img && known != .input && known != .h1 && known != .h2, "\(element)")
            #expect(attributes.isSuperset(of: element.attributes.keys), "\(element)")
            expectPlaced(element, source)
            if let address = element.attributes["href"] {
                #expect(
                    DescriptionLink.hasWebScheme(address) || address.lowercased().hasPrefix("mailto:")
                        || address.hasPrefix("#user-content-"))
                #expect(address.hasPrefix("#") || element.attributes["rel"] == "nofollow noopener ugc")
            }
            if let identifier = element.attributes["id"] { #expect(identifier.hasPrefix("user-content-")) }
        }
        let identifiers = elements.compactMap { $0.attributes["id"] }
        #expect(Set(identifiers).count == identifiers.count)
    }
}

@Suite("Hostile descriptions") struct HostileDescriptionTests {
    /// Bits that mean something to Markdown or HTML.
    static let bits = [
        "<", ">", "</", "/>", "<!--", "-->", "<![CDATA[", "]]>", "<?", "&", "&#", ";", "\"", "'", "=", " ", "\n",
        "\n\n", "\t", "    ",
        "<p>", "</p>", "<b>", "</b>", "<a href=", "</a>", "<h1>", "</h2>", "<table>", "<td>", "</table>", "<tr>",
        "<th>", "<tbody>", "<thead>", "</tr>", "</td>", "<caption>", "<colgroup>", "<col>", "<div>", "</div>", "<li>",
        "<dl><dt>", "<dd>", "</dl>", "<details>", "<summary>", "</summary>", "<br>", "<hr>", "<pre>", "<center>", "<i>",
        "</i>", "<h3>", "</h3>", "<ul><li>",
        "</ul>", "<svg>", "</svg>", "<select>", "<title>", "</title>", "> [!NOTE]\n> ", "[^a]", "\n\n[^a]: ",
        "<script>",
        "</script>", "<style>", "<img src=x onerror=alert(1) alt=", "javascript:", "https://a.org", "mailto:", "# ",
        "> ", "- ", "1. ", "|", "|-|\n", "[", "](",
        ")", "![", "[a]: ", "*", "**", "_", "~~", "`", "```\n", "\\", "\u{0}", "\u{FFFD}", "\u{301}", "é", "\u{202E}",
        "onclick=", "id=x", "a", "word", "1",
    ]

    @Test("End in a safe page, whatever they are made of", arguments: 0..<300 as Range<UInt64>)
    func random(seed: UInt64) throws {
        var random = SplitMix64(seed: seed)
        let source = (0..<Int.random(in: 1...120, using: &random)).map { _ in
            Self.bits[Int.random(in: 0..<Self.bits.count, using: &random)]
        }.joined()
        for contentType in ["text/markdown", "text/markdown; variant=CommonMark", nil] {
            try SanitizerTests.expectSafe(DescriptionTests.html(source, contentType), source)
        }
        try SanitizerTests.expectSafe(SanitizerTests.clean(source), source)
    }

    @Test("Bytes that are no UTF-8 come out as U+FFFD", arguments: 0..<100 as Range<UInt64>)
    func invalidUTF8(seed: UInt64) throws {
        var random = SplitMix64(seed: seed)
        let markup = Array("<a\"'>=&#;/!-p \n".utf8)
        let bytes = (0..<400).map { _ in
            Bool.random(using: &random)
                ? UInt8.random(in: 0...255, using: &random) : markup[Int.random(in: 0..<markup.count, using: &random)]
        }
        try SanitizerTests.expectSafe(HTMLWriter.write(HTMLSanitizer.pieces(of: bytes)) ?? "", "\(seed)")
        try SanitizerTests.expectSafe(DescriptionTests.html(String(decoding: bytes, as: UTF8.self)), "\(seed)")
    }

    /// Large texts, each of which costs some Markdown or HTML parser quadratic time or a deep stack.
    static let size = 250_000
    static let costly: [(name: String, source: @Sendable () -> String)] = [
        ("brackets", { fill("[") }), ("images in images", { fill("![[]()") }), ("nested brackets", { fill("[", "]") }),
        ("quotations", { fill("> ") + "a" }), ("lists", { fill("- ") + "a" }), ("numbers", { fill("1. ") + "a" }),
        ("deep and lazy", { fill(">", to: 5_000) + "a\n" + fill("b\n") }), ("emphasis", { fill("*a _b ") }),
        ("instructions", { "a " + fill("<?") }), ("declarations", { "a " + fill("<!A ") }),
        ("CDATA", { fill("a <![CDATA[") }),
        ("comments", { "a " + fill("<!--") }),
        ("wide table", { fill("|", to: size / 3) + "\n" + fill("|-", to: size / 3) }),
        ("long table", { fill("x|", to: 1_000) + "\n" + fill("-|", to: 1_000) + "\n" + fill("x\n") }),
        ("big definition", { "[a]: /" + fill("u", to: size / 2) + "\n\n" + fill("[a]", to: size / 3) }),
        ("many definitions", { (0..<22_000).map { "[\($0)]: /u\n" }.joined() }),
        ("elements", { fill("<b>") }), ("blocks", { fill("<div>") }),
        ("end tags", { fill("<b>", to: 300) + fill("</i>") }),
        ("attributes", { "<p " + (0..<36_000).map { " a\($0)" }.joined() + ">" }), ("half tags", { fill("<a ") }),
        ("scripts", { fill("<script>") }), ("selections", { fill("<select>") }),
        ("half comments", { fill("<p><!--</p>") }),
        ("quotes in tags", { "<div>" + fill("<a b='") }), ("notes", { "[^a]: b\n\n" + fill("[^a] ") }),
        ("many notes", { (0..<12_000).map { "[^\($0)]: a[^\($0)]\n\n" }.joined() }),
        ("notes in notes", { fill("[^a]: [^a]\n\n") }), ("alerts", { fill("> [!NOTE]\n\n") }),
        ("anchors", { fill("<a name=x>") }),
        ("long titles", { "[a]: /u \"" + fill("t]:\n", to: size / 2) + "\"\n\n" + fill("[a]", to: size / 3) }),
        ("headings", { fill("# a\n") }),
        ("addresses", { fill("https://a.org/ ") }),
        ("one address", { "https://" + fill("a") }), ("brackets behind an address", { "https://a" + fill(")") }),
        ("colons", { fill("http://:") }),
        ("references", { fill("&amp") }), ("backticks", { (1..<700).map { "e" + fill("`", to: $0) }.joined() }),
        ("NULs", { fill("\u{0}") }),
    ]

    static func fill(_ bit: String, to size: Int = size) -> String {
        String(repeating: bit, count: size / bit.utf8.count)
    }

    static func fill(_ open: String, _ close: String) -> String { fill(open, to: size / 2) + fill(close, to: size / 2) }

    @Test("Take no more than some seconds", arguments: costly.indices)
    func cost(index: Int) throws {
        let source = Self.costly[index].source()
        #expect(source.utf8.count < DescriptionRenderer.maximumMarkupSize)
        let clock = ContinuousClock()
        var html = ""
        let time = clock.measure { html = DescriptionTests.html(source) }
        // Several times what the slowest takes without optimization; quadratic time would be minutes.
        #expect(time < .seconds(30), "\(Self.costly[index].name)")
        // The end of the element, and what was written when the limit was passed.
        #expect(html.utf8.count < DescriptionRenderer.maximumHTML + 100_000, "\(Self.costly[index].name)")
    }

    @Test("Beyond 256 KiB, Markdown is shown as plain text")
    func bound() {
        #expect(DescriptionTests.html(String(repeating: "aaa\n", count: 65_536)).hasPrefix("<p>"))
        #expect(
            DescriptionTests.html(String(repeating: "aaa\n", count: 65_537)).hasPrefix("<pre class=\"plain\">"))
    }

    @Test("What would become too much HTML is shown as it is written, then without links, then cut")
    func expansion() {
        let limit = DescriptionRenderer.maximumHTML
        #expect(DescriptionTests.html(String(repeating: "# a\n", count: 5_000)).hasPrefix("<h3"))
        let headings = DescriptionTests.html(String(repeating: "# a\n", count: 50_000))
        #expect(headings.hasPrefix("<pre class=\"plain\"># a\n") && headings.hasSuffix("# a\n</pre>"))
        let links = DescriptionTests.html(String(repeating: "http://a ", count: 50_000), nil)
        #expect(links == "<pre class=\"plain\">" + String(repeating: "http://a ", count: 50_000) + "</pre>")
        let quotes = DescriptionTests.html(String(repeating: "\"", count: 500_000), nil)
        #expect(quotes.hasSuffix("&quot;…</pre>") && (limit..<limit + 100).contains(quotes.utf8.count))
        let large = DescriptionTests.html(String(repeating: "é", count: 4 << 20), nil)
        #expect(large.hasSuffix("é…</pre>") && large.utf8.count < limit + 100)
    }

    /// A piece of Markdown, how many of it are rendered, and how many are too many.
    static let repeated: [(piece: String, taken: Int, tooMany: Int)] = [
        ("a\n\n", 9_000, 87_000), ("a*", 20_000, 130_000), ("a_", 20_000, 130_000), ("~a~ ", 9_000, 65_000),
        ("`a` ", 9_000, 65_000),
    ]

    @Test("What has too many elements or marks is shown as it is written", arguments: repeated.indices)
    func tooMany(index: Int) {
        let (piece, taken, tooMany) = Self.repeated[index]
        let excess = String(repeating: piece, count: tooMany)
        #expect(excess.utf8.count <= DescriptionRenderer.maximumMarkupSize)
        #expect(DescriptionTests.html(excess).hasPrefix("<pre class=\"plain\">"), "\(piece)")
        let plenty = DescriptionTests.html(String(repeating: piece, count: taken))
        #expect(!plenty.hasPrefix("<pre class=\"plain\">"), "\(piece)")
    }

    // swift-format-ignore
    static let ordinary: [(name: String, source: String)] = [
        ("a large change log", (0..<2_000).map { "## [1.\($0).0]\n\n- Fix [#\($0)] by [@ada]\n- See <https://a.org>, `x[0]: y`\n" }.joined()
            + "\n" + (0..<2_000).map { "[1.\($0).0]: https://a.org/compare/v1.\($0)...v1.\($0 + 1)\n" }.joined()),
        ("a large table", "|a|b|c|\n|-|-|-|\n" + String(repeating: "|[x](https://a.org)|`y`|*z*|\n", count: 2_000)),
        ("an embedded picture", "<img src=\"data:image/png;base64," + String(repeating: "QUJD", count: 50_000) + "\">\n\n*a*"),
    ]

    @Test("Large but ordinary ones are rendered all the same", arguments: ordinary)
    func renders(name: String, source: String) {
        #expect(!DescriptionTests.html(source).hasPrefix("<pre class=\"plain\">"), "\(name)")
    }
}
