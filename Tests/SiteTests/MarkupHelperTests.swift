import Foundation
import Synchronization
import Testing

@testable import Descriptions

/// A helper with a folder of its own.
private struct Workshop {
    let folder = FileManager.default.temporaryDirectory.appending(path: "rendered-\(UUID().uuidString)")
    let helper: MarkupHelper

    init(
        python: String? = nil, limits: HelperProcess.Limits = .init(), kept bytes: Int = 256 << 20,
        report: @escaping @Sendable (String) -> Void = { _ in }
    ) {
        helper = MarkupHelper(
            python: python ?? Self.python, kept: KeptAnswers(in: folder.path, limit: bytes), limits: limits,
            report: report)
    }

    /// The Python that has docutils: Debian's, unless the variable names another.
    static let python = ProcessInfo.processInfo.environment["RIND_PYTHON"] ?? "/usr/bin/python3"

    /// Whether tests of what docutils makes can be made here.
    static func isThere() async -> Bool {
        let versions = try? await Workshop().helper.versions()
        return versions?.contains("docutils") == true && versions?.contains("pygments") == true
    }

    func rendered(_ source: String, _ contentType: String? = "text/x-rst") async -> String {
        let rendered = await DescriptionRenderer(helper: helper).rendered(source, contentType: contentType)
        #expect(rendered.isLasting)
        return rendered.html
    }

    func remove() { try? FileManager.default.removeItem(at: folder) }

    /// The files with what was kept.
    var files: [URL] {
        let all = FileManager.default.enumerator(at: folder, includingPropertiesForKeys: nil)?.allObjects ?? []
        return all.compactMap { $0 as? URL }.filter { !$0.hasDirectoryPath }
    }
}

private let isThere = ConditionTrait.enabled("python3-docutils and python3-pygments are installed") {
    await Workshop.isThere()
}

@Suite("reStructuredText", isThere) struct ReStructuredTextTests {
    // swift-format-ignore
    static let texts: [(source: String, html: String)] = [
        ("A\n=\n\nb\n\nC\n-\n\n*d* **e** ``f``\n",
         "<h3 id=\"user-content-a\"><a class=\"anchor\" href=\"#user-content-a\">A</a></h3>\n<p>b</p>\n<h4 id=\"user-content-c\"><a class=\"anchor\" href=\"#user-content-c\">C</a></h4>\n<p><em>d</em> <strong>e</strong> <code>f</code></p>\n"),
        ("- a\n- b\n\n  c\n", "<ul><li>a</li>\n<li><p>b</p>\n<p>c</p>\n</li>\n</ul>\n"),
        ("b. a\nc. b\n", "<ol start=\"2\" type=\"a\">\n<li>a</li>\n<li>b</li>\n</ol>\n"),
        ("`a <https://a.org>`__ b_ https://c.org d@e.org\n\n.. _b: https://b.org\n",
         "<p><a rel=\"nofollow noopener ugc\" href=\"https://a.org\">a</a> <a rel=\"nofollow noopener ugc\" href=\"https://b.org\">b</a> <a rel=\"nofollow noopener ugc\" href=\"https://c.org\">https://c.org</a> <a rel=\"nofollow noopener ugc\" href=\"mailto:d@e.org\">d@e.org</a></p>\n"),
        (".. note:: a\n", "<div class=\"alert alert-note\"><p class=\"alert-title\">Note</p><p>a</p>\n</div>\n"),
        (".. admonition:: A\n\n   b\n", "<div class=\"alert alert-note\"><p class=\"alert-title\">A</p>\n<p>b</p>\n</div>\n"),
        (".. code-block:: python\n\n   a = 1  # b\n",
         "<pre><code class=\"language-python\">a = <span class=\"hl-m\">1</span>  <span class=\"hl-c\"># b</span></code></pre>\n"),
        ("::\n\n  a < b\n", "<pre><code>a &lt; b</code></pre>\n"),
        ("a [1]_\n\n.. [1] b\n",
         "<p>a <sup><a href=\"#user-content-footnote-1\" id=\"user-content-footnote-reference-1\">1</a></sup></p>\n<div class=\"footnotes\"><dl>\n<dt id=\"user-content-footnote-1\">[<a href=\"#user-content-footnote-reference-1\">1</a>]</dt>\n<dd><p>b</p>\n</dd>\n</dl></div>\n"),
        ("=  =\na  b\n=  =\n1  2\n=  =\n",
         "<div class=\"scroll\"><table><thead><tr><th>a</th><th>b</th></tr>\n</thead>\n<tbody><tr><td>1</td><td>2</td></tr>\n</tbody>\n</table></div>\n"),
        ("a\n  b\n\n:c: d\n", "<dl><dt>a</dt>\n<dd>b</dd>\n</dl>\n<dl><dt>c:</dt>\n<dd>d</dd>\n</dl>\n"),
        (".. image:: https://a.org/b.svg\n   :target: https://a.org\n   :alt: c\n\n.. image:: https://a.org/d.svg\n",
         "<p><a rel=\"nofollow noopener ugc\" href=\"https://a.org\"><span class=\"image\">c</span></a>\n<a class=\"image\" rel=\"nofollow noopener ugc\" href=\"https://a.org/d.svg\">image</a></p>\n"),
        ("| a\n|  b\n", "<p>a<br>\n\u{A0}\u{A0}\u{A0}\u{A0}b<br>\n</p>\n"), ("|a|\n\n.. |a| replace:: b *c*\n", "<p>b <em>c</em></p>\n"),
        (".. _here:\n\na here_\n", "<p id=\"user-content-here\">a <a href=\"#user-content-here\">here</a></p>\n"),
    ]

    @Test("comes out as it is meant", arguments: texts)
    func renders(source: String, html: String) async {
        let workshop = Workshop()
        defer { workshop.remove() }
        #expect(await workshop.rendered(source) == html)
    }

    @Test("is what a text without a content type is taken for, where it is clean, and not where it says otherwise")
    func contentTypes() async {
        let workshop = Workshop()
        defer { workshop.remove() }
        for contentType in [nil, "", "text/x-rst", "text/x-rst; charset=UTF-8"] {
            #expect(await workshop.rendered("*a*", contentType) == "<p><em>a</em></p>\n")
        }
        for contentType in ["text/plain", "nonsense", "text/html"] {
            #expect(await workshop.rendered("*a*", contentType) == "<pre class=\"plain\">*a*</pre>")
        }
        // A warning: an underline that is too short. A mistake: a directive that nobody knows.
        for source in ["Title\n====\n\n*a*\n", ".. nothing:: a\n\n*a*\n", "*a\n"] {
            #expect(await workshop.rendered(source, nil) == PlainText.html(of: source, limit: 1_000))
        }
    }

    @Test("that says what it is is shown with its mistakes, and loses nothing")
    func mistakes() async {
        let workshop = Workshop()
        defer { workshop.remove() }
        let html = await workshop.rendered(".. nothing:: a\n\n   b\n\n:unknown:`c` *d* |e|\n")
        #expect(html == "<pre><code>.. nothing:: a\n\n   b</code></pre>\n<p>:unknown:`c` <em>d</em> |e|</p>\n")
        #expect(await workshop.rendered("T\n==\n\na\n~~~\n\nT\n--\n\nb\n===\n\nc\n").contains("c"))
        // Docutils gives up the whole of a text that has a line of more than 10,000 characters.
        let long = String(repeating: "a ", count: 6_000)
        #expect(await workshop.rendered(long) == "<pre class=\"plain\">\(long)</pre>")
    }

    /// What has been done to docutils, and what could be. None of it leaves a trace on the page but as words.
    // swift-format-ignore
    static let hostile: [(what: String, source: String)] = [
        ("raw", ".. raw:: html\n\n   <script>alert(1)</script>\n"), ("a file that is raw", ".. raw:: html\n   :file: /etc/passwd\n"),
        ("a raw role", ".. role:: r(raw)\n   :format: html\n\n:r:`<script>alert(1)</script>`\n"),
        ("a file", ".. include:: /etc/passwd\n"), ("a file of code", ".. include:: /etc/passwd\n   :code:\n"),
        ("a file of docutils", ".. include:: <s5defs.txt>\n"), ("a table of a file", ".. csv-table::\n   :file: /etc/passwd\n"),
        ("a table from elsewhere", ".. csv-table::\n   :url: file:///etc/passwd\n"), ("a picture's size", ".. figure:: /etc/passwd\n   :figwidth: image\n\n   a\n"),
        ("a script for an address", ".. image:: a\n   :target: javascript:alert(1)\n\n`a <javascript:alert(1)>`_ `b <data:text/html,c>`_\n"),
        ("classes", ".. class:: notice site-header\" onclick=\"alert(1)\n\na\n\n.. role:: b\n   :class: hl-k\" id=\"c\n\n:b:`d`\n"),
        ("a language", ".. code:: python\" onclick=\"alert(1)\n\n   a\n"), ("a picture's words", ".. image:: https://a.org\"onerror=alert(1)\n   :alt: \"><script>\n"),
        ("a refresh", ".. meta::\n   :refresh: 0;url=https://a.org\n\na\n"), ("a title", ".. title:: </title><script>\n\na\n"),
        ("a header", ".. header:: a\n\nb\n"), ("its settings", ".. _docutils.conf:\n\n:raw_enabled: yes\n"),
    ]

    @Test("does no harm", arguments: hostile)
    func harmless(what: String, source: String) async throws {
        let workshop = Workshop()
        defer { workshop.remove() }
        for contentType in ["text/x-rst", nil] {
            let html = await workshop.rendered(source, contentType)
            try SanitizerTests.expectSafe(html, source)
            #expect(!html.contains("root:") && !html.contains("<script"))
            #expect(html.contains("class=\"hl-k") == false && html.contains("class=\"notice") == false)
        }
    }

    private static func times(_ count: Int, _ text: (Int) -> String) -> String { (0..<count).map(text).joined() }

    /// What would take long, or much.
    static let costly: [(what: String, source: @Sendable () -> String)] = [
        (
            "a table of 100,000 cells",
            { ".. csv-table::\n\n" + times(1_000) { _ in "   a" + String(repeating: ",a", count: 99) + "\n" } }
        ),
        (
            "a list of as many",
            { ".. list-table::\n\n" + times(800) { _ in "   * - a\n" + String(repeating: "     - a\n", count: 30) } }
        ),
        ("deep lists", { times(350) { String(repeating: "  ", count: $0) + "- a\n\n" } }),
        ("deep quotations", { times(600) { String(repeating: " ", count: $0) + "a\n\n" } }),
        ("deep notes", { times(250) { String(repeating: "   ", count: $0) + ".. note::\n\n" } }),
        ("roles of roles", { ".. role:: r0(emphasis)\n" + times(8_000) { ".. role:: r\($0 + 1)(r\($0))\n" } }),
        ("roles", { times(3_000) { _ in ":code:`a` :math:`b` :sub:`c`\n" } }),
        (
            "substitutions of substitutions",
            {
                ".. |a0| replace:: aaaaaaaaaa\n"
                    + times(12) { ".. |a\($0 + 1)| replace:: " + String(repeating: "|a\($0)| ", count: 10) + "\n" }
                    + "\n|a12|\n"
            }
        ),
        (
            "many substitutions",
            { ".. |a| replace:: " + String(repeating: "b", count: 9_000) + "\n\n" + times(10_000) { _ in "|a|\n" } }
        ),
        ("contents of contents", { times(300) { _ in ".. contents::\n\n" } + times(1_000) { "h\($0)\n=====\n\n" } }),
        ("targets of targets", { times(8_000) { ".. _a\($0): a\($0 + 1)_\n" } }),
        ("titles", { times(20_000) { _ in "a\n=\n\n" } }), ("mistakes", { times(20_000) { _ in "*a\n\n" } }),
        ("code", { ".. code:: html\n\n" + times(20_000) { _ in "   <a b='\n" } }),
        ("notes", { times(6_000) { _ in "[#]_\n" } + "\n" + times(6_000) { _ in ".. [#] a\n" } }),
    ]

    // One after the other: on a busy machine fifteen at once would measure each other.
    @Test(
        "takes no more than it may, and keeps nobody else from being rendered", .serialized, arguments: costly.indices)
    func bounded(index: Int) throws {
        let (what, source) = Self.costly[index]
        // Without a pool of threads between: the helper answers in time, or this throws.
        let helper = try HelperProcess(python: Workshop.python)
        let answer = try helper.answer(to: Frame(kind: 1, payload: Array(source().utf8)))
        #expect(answer.kind == MarkupAnswer.html.rawValue || answer.payload.isEmpty, "\(what)")
        #expect(answer.payload.count <= HelperProcess.Limits().html, "\(what)")
        let pieces = HTMLSanitizer.pieces(of: answer.payload, limit: DescriptionRenderer.maximumPieces)
        let html = HTMLWriter.write(pieces, limit: DescriptionRenderer.maximumHTML) ?? ""
        try SanitizerTests.expectSafe(html, what)
        let next = try helper.answer(to: Frame(kind: 1, payload: Array("*a*".utf8)))
        #expect(next == Frame(kind: 0, payload: Array("<p><em>a</em></p>\n".utf8)), "after \(what)")
    }

    @Test("of one author means nothing to the next")
    func isolation() async {
        let workshop = Workshop()
        defer { workshop.remove() }
        _ = await workshop.rendered(
            ".. role:: mine(strong)\n.. role:: emphasis(strong)\n.. default-role:: strong\n\n:mine:`a` `b`\n")
        let html = await workshop.rendered(":mine:`a` `b` :emphasis:`c`\n")
        #expect(html == "<p>:mine:`a` <cite>b</cite> <em>c</em></p>\n")
    }
}

@Suite("Code in a description", isThere) struct HighlightedCodeTests {
    // swift-format-ignore
    static let texts: [(source: String, html: String)] = [
        ("```python\ndef a(): return \"<b>\"  # c\n```\n",
         "<pre><code class=\"language-python\"><span class=\"hl-k\">def</span> <span class=\"hl-f\">a</span>(): <span class=\"hl-k\">return</span> <span class=\"hl-s\">&quot;&lt;b&gt;&quot;</span>  <span class=\"hl-c\"># c</span>\n</code></pre>\n"),
        ("~~~yml\n\n\na: 1\n~~~\n", "<pre><code class=\"language-yml\">\n\n<span class=\"hl-b\">a</span>: 1\n</code></pre>\n"),
        ("```diff\n-a\n+b\n```\n", "<pre><code class=\"language-diff\"><span class=\"hl-d\">-a</span>\n<span class=\"hl-i\">+b</span>\n</code></pre>\n"),
        ("```nothing\ndef\n```\n\n```py\n1\n```\n", "<pre><code class=\"language-nothing\">def\n</code></pre>\n<pre><code class=\"language-py\"><span class=\"hl-m\">1</span>\n</code></pre>\n"),
        ("```\ndef\n```\n", "<pre><code>def\n</code></pre>\n"), ("`def`\n", "<p><code>def</code></p>\n"),
    ]

    @Test("has its words told apart by classes, where its language is named", arguments: texts)
    func marks(source: String, html: String) async {
        let workshop = Workshop()
        defer { workshop.remove() }
        #expect(await workshop.rendered(source, "text/markdown") == html)
    }

    @Test("stays as it is where the helper says something else, or anything but words and marks")
    func unchanged() {
        let pieces = HTMLSanitizer.pieces(of: Array("<pre><code class=language-a>b&lt;c</code></pre>d".utf8))
        let blocks = HighlightedCode.blocks(in: pieces)
        #expect(blocks.map(\.code) == [.init(language: "a", text: "b<c")])
        func answered(_ html: String) -> String? {
            let answer = Frame.number(html.utf8.count) + Array(html.utf8)
            return HTMLWriter.write(HighlightedCode.pieces(pieces, with: answer, for: blocks))
        }
        let plain = HTMLWriter.write(pieces)
        for html in ["b", "b&lt;cc", "<b>b&lt;c</b>", "b&lt;c<img src=x>", "b<c"] { #expect(answered(html) == plain) }
        #expect(HTMLWriter.write(HighlightedCode.pieces(pieces, with: [], for: blocks)) == plain)
        #expect(HTMLWriter.write(HighlightedCode.pieces(pieces, with: [255, 255, 255, 255], for: blocks)) == plain)
        #expect(answered("<span class=hl-k>b</span>&lt;c")?.contains("<span class=\"hl-k\">b</span>&lt;c") == true)
    }
}

@Suite("The helper", isThere) struct MarkupHelperTests {
    @Test("is asked once for a text: not for the next reader, nor for many at once, nor after a new start")
    func once() async {
        let workshop = Workshop()
        defer { workshop.remove() }
        await withTaskGroup(of: String.self) { group in
            for _ in 0..<50 { group.addTask { await workshop.rendered("*a*") } }
            for await html in group { #expect(html == "<p><em>a</em></p>\n") }
        }
        for source in ["*a*", "*b\n", "*a*", "*b\n"] { _ = await workshop.rendered(source) }
        // Of a text that is refused, too, it is known.
        for _ in 0..<2 { _ = await workshop.rendered("*b\n", nil) }
        for _ in 0..<2 { _ = await workshop.rendered("```py\n1\n```", "text/markdown") }
        #expect(workshop.helper.asked == 4)
        let next = MarkupHelper(python: Workshop.python, folder: workshop.folder.path)
        let html = await DescriptionRenderer(helper: next).rendered("*a*", contentType: nil).html
        #expect(html == "<p><em>a</em></p>\n")
        // Held to be clean, it is another question.
        #expect(next.asked == 1)
    }

    @Test("is asked again for what was thrown away or damaged, and what was written into its folder harms nobody")
    func damage() async throws {
        let workshop = Workshop()
        defer { workshop.remove() }
        _ = await workshop.rendered("*a*")
        let file = try #require(workshop.files.first)
        let whole = try Data(contentsOf: file)
        for bytes in [Data(), whole.dropLast(), whole + [0], Data(repeating: 0, count: 100)] {
            try bytes.write(to: file)
            #expect(await workshop.rendered("*a*") == "<p><em>a</em></p>\n")
        }
        workshop.remove()
        #expect(await workshop.rendered("*a*") == "<p><em>a</em></p>\n")
        #expect(workshop.helper.asked == 6)
        // Anyone who can write there could write the database as well; all the same it goes through the sanitizer.
        let key = KeptAnswers.Key(
            Frame(kind: 1, payload: Array("*a*".utf8)), versions: try await workshop.helper.versions())
        KeptAnswers(in: workshop.folder.path).keep(
            Frame(kind: 0, payload: Array("<script>alert(1)</script><p onclick=x>b</p>".utf8)), for: key)
        #expect(await workshop.rendered("*a*") == "<p>b</p>")
    }

    @Test("keeps no more than it may: what was used least lately goes")
    func room() async throws {
        let workshop = Workshop(kept: 4_000)
        defer { workshop.remove() }
        for number in 0..<20 {
            _ = await workshop.rendered("\(number) " + String(repeating: "a", count: 400))
            // It is used all the time.
            _ = await workshop.rendered("0 " + String(repeating: "a", count: 400))
            try await Task.sleep(for: .milliseconds(5))
        }
        let sizes = try workshop.files.map { try $0.resourceValues(forKeys: [.fileSizeKey]).fileSize ?? 0 }
        #expect(sizes.reduce(0, +) <= 4_000 && sizes.count > 4)
        #expect(workshop.helper.asked == 20)
    }

    // swift-format-ignore
    /// On a machine with much else to do, what is late has not gone beyond a limit.
    private static let patient = Duration.seconds(150)

    static let limits: [(what: String, limits: HelperProcess.Limits, source: String)] = [
        (
            "time", .init(processorSeconds: 1, silence: patient),
            ".. csv-table::\n\n" + String(repeating: "   a,a,a,a,a,a,a,a,a,a,a,a,a,a,a,a,a,a,a,a\n", count: 5_000)
        ),
        ("memory", .init(memory: 80 << 20, silence: patient), String(repeating: "- a\n", count: 50_000)),
        ("output", .init(html: 2_000), String(repeating: "*a* ", count: 500)),
    ]

    @Test("shows a text as it is written that goes beyond a limit, remembers that, and goes on", arguments: limits)
    func limited(what: String, limits: HelperProcess.Limits, source: String) async {
        let workshop = Workshop(limits: limits)
        defer { workshop.remove() }
        for _ in 0..<2 { #expect(await workshop.rendered(source).hasPrefix("<pre class=\"plain\">"), "\(what)") }
        #expect(await workshop.rendered("*a*") == "<p><em>a</em></p>\n")
        #expect(workshop.helper.asked == 2)
    }
}

@Suite("A helper that fails") struct FailingHelperTests {
    /// A program that is no Python.
    private static func program(_ script: String) throws -> String {
        let file = FileManager.default.temporaryDirectory.appending(path: "helper-\(UUID().uuidString)")
        // Written by another process: a file that is open for writing here cannot be run, and what other tests start
        // has our files open for a moment.
        let shell = Process()
        shell.executableURL = URL(filePath: "/bin/sh")
        shell.arguments = [
            "-c", "printf '%s\\n' '#!/bin/sh' \"$2\" > \"$1\" && chmod 700 \"$1\"", "sh", file.path, script,
        ]
        try shell.run()
        shell.waitUntilExit()
        return file.path
    }

    /// Programs that end, say nothing, say too much, or stop in the middle; none at all.
    static let failures: [String?] = [
        nil, "exit 1", "sleep 60", #"printf '\377\377\377\377aaaa' >&0; sleep 60"#,
        #"printf '\0\0\0\1\0a' >&0; exit 0"#,
        #"printf '\0\0\0\1\0a' >&0; sleep 60"#, #"printf '\0\0\0\1\0a\0\0\0\0\77' >&0; sleep 60"#,
    ]

    @Test("leaves a text as it is written, and nothing of it is kept", arguments: failures)
    func fails(script: String?) async throws {
        let python = try script.map(Self.program) ?? "/nowhere/python3"
        defer { try? FileManager.default.removeItem(atPath: python) }
        let reports = Reports()
        let workshop = Workshop(python: python, limits: .init(silence: .seconds(2)), report: { reports.add($0) })
        defer { workshop.remove() }
        for _ in 0..<3 {
            let rendered = await DescriptionRenderer(helper: workshop.helper).rendered("*a*", contentType: nil)
            #expect(rendered == .init(html: "<pre class=\"plain\">*a*</pre>", isLasting: false))
        }
        #expect(workshop.files.isEmpty)
        #expect(!reports.all.isEmpty)
        // The same is said once.
        if script == nil {
            #expect(reports.all == ["/nowhere/python3 cannot be started: No such file or directory"])
        }
    }

    /// A helper in which each text's process first runs some Python.
    private static func helper(runningInEachProcess python: String) throws -> String {
        let fork = [
            "import os, signal", "def fork(real=os.fork):", "  child = real()", "  if child == 0: \(python)",
            "  return child", "os.fork = fork", "",
        ]
        // Its arguments are -I -B -c, the program, and four numbers.
        return try program(
            "exec \(Workshop.python) -I -B -c \"\(fork.joined(separator: "\n"))$4\" \"$5\" \"$6\" \"$7\" \"$8\"")
    }

    // swift-format-ignore
    static let ends: [(python: String, answer: MarkupAnswer)] = [
        ("pass", .html), ("os.kill(os.getpid(), signal.SIGXCPU)", .refused), ("os.kill(os.getpid(), signal.SIGALRM)", .late),
        ("os.kill(os.getpid(), signal.SIGKILL)", .late), ("os.kill(os.getpid(), signal.SIGTERM)", .late),
        ("os.kill(os.getpid(), signal.SIGSEGV)", .late), ("os._exit(0)", .late), ("os._exit(1)", .late),
    ]

    @Test(
        "holds against a text that it took too much processor time, and not that its process was killed", isThere,
        arguments: ends)
    func killed(inside: String, answer: MarkupAnswer) throws {
        let python = try Self.helper(runningInEachProcess: inside)
        defer { try? FileManager.default.removeItem(atPath: python) }
        let helper = try HelperProcess(python: python)
        for _ in 0..<2 {
            #expect(try helper.answer(to: Frame(kind: 1, payload: Array("*a*".utf8))).kind == answer.rawValue)
        }
    }

    @Test("is not asked again by the next view for what came late", isThere)
    func late() async throws {
        let python = try Self.helper(runningInEachProcess: "os.kill(os.getpid(), signal.SIGALRM)")
        let workshop = Workshop(python: python)
        defer {
            workshop.remove()
            try? FileManager.default.removeItem(atPath: python)
        }
        let renderer = DescriptionRenderer(helper: workshop.helper)
        for (source, asked) in [("*a*", 1), ("*a*", 1), ("*b*", 2), ("*a*", 2)] {
            #expect(await renderer.rendered(source, contentType: nil).isLasting == false)
            #expect(workshop.helper.asked == asked, "\(source)")
        }
        #expect(workshop.files.isEmpty)
    }

    @Test("waits twice as long with each answer that comes late, an hour at most, and forgets what came in time")
    func pauses() {
        func key(_ number: Int) -> KeptAnswers.Key {
            KeptAnswers.Key(Frame(kind: 1, payload: Array("\(number)".utf8)), versions: "")
        }
        var postponed = Postponed()
        var now = ContinuousClock.now
        #expect(!postponed.contains(key(0), at: now))
        for minutes in [1, 2, 4, 8, 16, 32, 60, 60] {
            postponed.insert(key(0), at: now)
            #expect(postponed.contains(key(0), at: now + .seconds(minutes * 60 - 1)))
            now += .seconds(minutes * 60)
            #expect(!postponed.contains(key(0), at: now))
        }
        postponed.remove(key(0))
        postponed.insert(key(0), at: now)
        #expect(!postponed.contains(key(0), at: now + .seconds(60)))
        for number in 0..<1_200 { postponed.insert(key(number), at: now) }
        #expect(postponed.count == Postponed.capacity)
    }

    /// A program that notes each start in a file, and what it does then.
    private func counted(_ script: String, _ body: (String, () -> Int) async throws -> Void) async throws {
        let starts = FileManager.default.temporaryDirectory.appending(path: "starts-\(UUID().uuidString)").path
        let python = try Self.program("echo >> \(starts)\n\(script)")
        defer { for path in [starts, python] { try? FileManager.default.removeItem(atPath: path) } }
        try await body(python) { FileManager.default.contents(atPath: starts)?.count ?? 0 }
    }

    @Test("that says nothing at its start is started once for all who wait, and not again for a while")
    func silent() async throws {
        try await counted("exec sleep 600") { python, starts in
            let workshop = Workshop(
                python: python, limits: .init(silence: .seconds(5), pause: .seconds(86_400)))
            defer { workshop.remove() }
            let helper = workshop.helper
            await withTaskGroup(of: Void.self) { group in
                for _ in 0..<40 {
                    group.addTask { await #expect(throws: HelperFailure.silent) { try await helper.versions() } }
                }
            }
            await #expect(throws: HelperFailure.silent) { try await helper.versions() }
            let rendered = await DescriptionRenderer(helper: helper).rendered("*a*", contentType: nil)
            // On a busy machine it is killed before it has noted its start.
            #expect(rendered.isLasting == false && starts() <= 1)
        }
    }

    @Test("that ends at its start is known to have ended, however long it might be silent, and started again at once")
    func endedAtOnce() async throws {
        try await counted("exit 1") { python, starts in
            let workshop = Workshop(python: python, limits: .init(silence: .seconds(600)))
            defer { workshop.remove() }
            for number in 1...3 {
                await #expect(throws: HelperFailure.ended) { try await workshop.helper.versions() }
                #expect(starts() == number)
            }
        }
    }

    @Test("is replaced by the next", isThere)
    func replaced() async throws {
        let flag = FileManager.default.temporaryDirectory.appending(path: "flag-\(UUID().uuidString)").path
        let python = try Self.program("[ -e \(flag) ] || exit 1\nexec \(Workshop.python) \"$@\"")
        let workshop = Workshop(python: python)
        defer {
            workshop.remove()
            for path in [flag, python] { try? FileManager.default.removeItem(atPath: path) }
        }
        let renderer = DescriptionRenderer(helper: workshop.helper)
        #expect(await renderer.rendered("*a*", contentType: nil).isLasting == false)
        #expect(FileManager.default.createFile(atPath: flag, contents: nil))
        #expect(await workshop.rendered("*a*") == "<p><em>a</em></p>\n")
    }

    private final class Reports: Sendable {
        private let sentences = Mutex<[String]>([])
        func add(_ sentence: String) { sentences.withLock { $0.append(sentence) } }
        var all: [String] { sentences.withLock { $0 } }
    }
}
