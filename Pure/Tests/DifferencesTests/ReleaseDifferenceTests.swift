import Archives
import Testing
import VectorSupport

@testable import Differences

@Suite("Of what is different between two releases, people hear first") struct ReleaseDifferenceTests {
    private static let plain = ["demo/__init__.py": "x = 1\n"]

    private static func told(_ difference: ReleaseDifference) -> [String] {
        difference.highlights.map { "\($0.weight.rawValue): \($0.text)" }
    }

    private static func wheel(_ files: [String: String], _ version: String) -> [String: String] {
        Dictionary(uniqueKeysWithValues: files.map { ($0.key.replacing("VERSION", with: version), $0.value) })
    }

    // The columns are the point.
    // swift-format-ignore
    static let wheels: [(what: String, old: [String: String], new: [String: String], told: [String])] = [
        ("nothing", [:], [:], []),
        ("a line", ["demo/a.py": "a\n"], ["demo/a.py": "b\n"], []),
        ("the first .pth", [:], ["demo.pth": "import demo\n"],
         ["grave: The first .pth file: demo.pth. Python runs the lines of it that begin with import, whenever it starts."]),
        ("another .pth", ["a.pth": ""], ["a.pth": "", "b.pth": "import demo\n"],
         ["grave: New: b.pth. Python runs the lines of it that begin with import, whenever it starts."]),
        ("sitecustomize", [:], ["sitecustomize.py": "x"],
         ["grave: New: sitecustomize.py. Python runs it whenever it starts."]),
        ("the first programs", [:], ["demo/a.so": "\u{7F}ELF1", "demo/b.so": "\u{7F}ELF2"],
         ["grave: The release has programs in it for the first time. 2 new programs that nobody can read: demo/a.so, demo/b.so."]),
        ("one more program", ["demo/a.so": "\u{7F}ELF1"], ["demo/a.so": "\u{7F}ELF1", "demo/b.so": "\u{7F}ELF2"],
         ["notable: 1 new program that nobody can read: demo/b.so."]),
        ("a text that became a program", ["demo/a.so": "\u{7F}ELF1", "demo/b": "text"],
         ["demo/a.so": "\u{7F}ELF1", "demo/b": "\u{7F}ELF2"],
         ["notable: 1 new program that nobody can read: demo/b."]),
        ("entry points",
         ["demo-VERSION.dist-info/entry_points.txt": "[console_scripts]\na = demo:a\nb = demo:b\nc = demo:c\n"],
         ["demo-VERSION.dist-info/entry_points.txt": "[console_scripts]\na = demo:a\nb = evil:b\nd = demo:d\n[pytest11]\ne = demo.e\n"],
         ["notable: New entry points: the command d, which calls demo:d; e of pytest11, which calls demo.e.",
          "notable: Changed entry points: the command b calls evil:b, before demo:b.",
          "plain: Gone are the command c."]),
        ("dependencies",
         ["demo-VERSION.dist-info/METADATA": "Name: demo\nRequires-Dist: a\nRequires-Dist: b>=1\n"],
         ["demo-VERSION.dist-info/METADATA": "Name: demo\nRequires-Dist: A>=2\nRequires-Dist: c; extra == 'x'\n"],
         ["notable: New dependencies: c.", "plain: Gone are the dependencies b."]),
        ("people",
         ["demo-VERSION.dist-info/METADATA": "Name: demo\nAuthor: Ada\n"],
         ["demo-VERSION.dist-info/METADATA": "Name: demo\nAuthor: Mallory\n"],
         ["notable: It names other authors or maintainers than before."]),
        ("what nobody sees", ["demo/a.py": "a\n"], ["demo/a.py": "a\nif x: # \u{202E}\n"],
         ["grave: Lines with characters that nobody sees were added: demo/a.py. They are marked."]),
        ("what nobody saw before either", ["demo/a.py": "a\n# \u{202E}\n"], ["demo/a.py": "b\n# \u{202E}\n"], []),
        ("a very long line", ["demo/a.py": "a\n"], ["demo/a.py": "a\n" + String(repeating: "b", count: 6_000) + "\n"],
         ["notable: A line of 6000 bytes was added: demo/a.py."]),
    ]

    @Test("what runs by itself, and what nobody can read", arguments: wheels.indices)
    func wheel(index: Int) {
        let (what, old, new, told) = Self.wheels[index]
        let found = difference(
            wheel: Self.wheel(Self.plain.merging(old) { $1 }, "1.0"), Self.wheel(Self.plain.merging(new) { $1 }, "1.1"))
        #expect(Self.told(found) == told, "\(what)")
    }

    // swift-format-ignore
    static let sdists: [(what: String, old: [String: String], new: [String: String], told: [String])] = [
        ("setup.py", [:], ["setup.py": "x"],
         ["notable: New code that runs when it is built or installed: setup.py."]),
        ("another backend",
         ["pyproject.toml": "[build-system]\nrequires = [\"setuptools\"]\nbuild-backend = \"setuptools.build_meta\"\n"],
         ["pyproject.toml": "[build-system]\nrequires = [\n  \"hatchling\", # \"x\"\n]\nbuild-backend = 'hatchling.build'\n[tool.x]\nrequires = [\"y\"]\n"],
         ["notable: It is built by hatchling.build, before by setuptools.build_meta.",
          "notable: Its build asks for hatchling."]),
        ("a backend of its own",
         ["pyproject.toml": "[build-system]\nrequires = []\nbuild-backend = \"backend\"\n", "tools/backend.py": "1\n"],
         ["pyproject.toml": "[build-system]\nrequires = []\nbuild-backend = \"backend\"\nbackend-path = [\"./tools\"]\n",
          "tools/backend.py": "2\n"],
         ["grave: Its build backend is in the release itself, in tools.",
          "notable: Changed code that runs when it is built or installed: tools/backend.py."]),
    ]

    @Test("what runs when it is built", arguments: sdists.indices)
    func sdist(index: Int) {
        let (what, old, new, told) = Self.sdists[index]
        func below(_ top: String, _ files: [String: String]) -> [String: String] {
            Dictionary(uniqueKeysWithValues: files.map { ("\(top)/\($0.key)", $0.value) })
        }
        let found = difference(sdist: below("demo-1.0", old), below("demo-1.1", new))
        #expect(Self.told(found) == told, "\(what)")
    }

    @Test("of names out of an archive only what can be seen, on one line")
    func names() {
        let found = difference(wheel: Self.plain, Self.plain.merging(["a\u{202E}b.pth": "import x"]) { $1 })
        #expect(found.highlights.map(\.text).allSatisfy { !$0.unicodeScalars.contains("\u{202E}") })
        #expect(found.highlights.first?.text.contains("a[U+202E]b.pth") == true)
    }

    @Test("which fields of the metadata say something else")
    func fields() {
        let found = difference(
            wheel: [
                "demo-1.0.dist-info/METADATA":
                    "Name: demo\nVersion: 1.0\nRequires-Python: >=3.8\nClassifier: A\nClassifier: B\n"
            ],
            ["demo-1.1.dist-info/METADATA": "Name: demo\nVersion: 1.1\nClassifier: B\nClassifier: C\n\nText\n"])
        #expect(
            Set(found.fields) == [
                .init(name: "Requires-Python", old: ">=3.8", new: nil), .init(name: "Classifier", old: "A", new: "C"),
            ])
    }

    @Test("that nothing was compared where there is nothing to compare with")
    func first() {
        let found = difference(wheel: nil, Self.plain)
        #expect(found.tree.changes.map(\.kind) == [.added])
        #expect(found.fields.isEmpty)
    }
}

@Suite("The lines of a changed file") struct TextDifferenceTests {
    private static func text(_ old: String?, _ new: String?, limit: Int = 1_000) -> TextDifference {
        var (limit, steps) = (limit, LineDifference.steps)
        return TextDifference(
            from: old.map { SourceText(Array($0.utf8)) }, to: new.map { SourceText(Array($0.utf8)) }, limit: &limit,
            steps: &steps)
    }

    private static func shown(_ text: TextDifference) -> [String] {
        text.hunks.map { hunk in
            hunk.lines.map { line in
                let sign = line.side == .both ? " " : line.side == .old ? "-" : "+"
                return
                    "\(sign)\(line.old.map(String.init) ?? "")|\(line.new.map(String.init) ?? "")|\(line.shown.plain)"
            }.joined(separator: "\n")
        }
    }

    private static func lines(_ range: ClosedRange<Int>) -> String { range.map { "\($0)\n" }.joined() }

    @Test("stand with three lines around them")
    func hunks() {
        let old = Self.lines(1...30)
        let new = old.replacing("\n10\n", with: "\nten\n").replacing("\n25\n", with: "\n")
        #expect(
            Self.shown(Self.text(old, new)) == [
                " 7|7|7\n 8|8|8\n 9|9|9\n-10||10\n+|10|ten\n 11|11|11\n 12|12|12\n 13|13|13",
                " 22|22|22\n 23|23|23\n 24|24|24\n-25||25\n 26|25|26\n 27|26|27\n 28|27|28",
            ])
    }

    @Test("that are near each other stand together")
    func near() {
        let old = Self.lines(1...12)
        let new = old.replacing("\n3\n", with: "\nx\n").replacing("\n9\n", with: "\ny\n")
        #expect(Self.text(old, new).hunks.count == 1)
    }

    @Test("of a new file, and of one that is gone, are all of it")
    func whole() {
        #expect(Self.shown(Self.text(nil, "a\nb\n")) == ["+|1|a\n+|2|b"])
        #expect(Self.shown(Self.text("a\n", nil)) == ["-1||a"])
    }

    @Test("are shown as far as there is room, and the others are counted", arguments: [1, 2, 5, 9, 20])
    func room(limit: Int) {
        let text = Self.text(Self.lines(1...40), Self.lines(1...20) + Self.lines(100...120), limit: limit)
        let shown = text.hunks.reduce(0) { $0 + $1.lines.count { $0.side != .both } }
        #expect(shown + text.leftOut == text.added + text.removed)
        #expect(text.hunks.reduce(0) { $0 + $1.lines.count } <= limit + 3)
    }

    @Test("are shown from where they begin to differ, if they are long")
    func long() {
        let start = String(repeating: "a", count: 5_000)
        let shown = Self.shown(Self.text("\(start)old\n", "\(start)new\n"))
        #expect(shown[0].contains("old") && shown[0].contains("new"))
        #expect(shown[0].utf8.count < 2_000)
    }

    @Test("say what no line shows")
    func notes() {
        #expect(Self.text("a\nb\n", "a\r\nb\r\n").notes == ["Its line ends changed."])
        #expect(Self.text("a\n", "a").notes == ["The last line has no line end now."])
        #expect(Self.shown(Self.text("a\nb\n", "a\nb\r\n"))[0].contains("b[U+000D]"))
    }

    @Test("make the new text of the old one, in whatever texts", arguments: 0..<40)
    func random(seed: Int) {
        var numbers = SplitMix64(seed: UInt64(seed))
        func text() -> String {
            (0..<Int.random(in: 0...60, using: &numbers)).map { _ in
                ["a\n", "b\n", "c\r\n", "\n", "d\n"].randomElement(using: &numbers) ?? ""
            }.joined()
        }
        let (old, new) = (text(), text())
        let found = Self.text(old, new, limit: .max)
        #expect(found.isExact && found.leftOut == 0)
        let (before, after) = (SourceText(Array(old.utf8)).lines, SourceText(Array(new.utf8)).lines)
        // All that no hunk tells is the same; a hunk's numbers are those of its lines.
        var (one, other) = (0, 0)
        for line in found.hunks.flatMap(\.lines) {
            let (oldIndex, newIndex) = ((line.old ?? one + 1) - 1, (line.new ?? other + 1) - 1)
            if line.side != .new {
                #expect(Array(before[one..<oldIndex]) == Array(after[other..<other + oldIndex - one]))
                other += oldIndex - one
                one = oldIndex + 1
            } else {
                #expect(newIndex - other == 0 || before[one..<one + newIndex - other] == after[other..<newIndex])
                one += newIndex - other
                other = newIndex
            }
            if line.side != .old { other += 1 }
        }
        #expect(Array(before[one...]) == Array(after[other...]))
    }
}

@Suite("Which files of two releases are compared") struct ComparedFilesTests {
    // The columns are the point.
    // swift-format-ignore
    static let table: [(old: [String], new: [String], choices: [String])] = [
        ([], [], []),
        (["demo-1.0.tar.gz"], [], []),
        (["demo-1.0.tar.gz", "demo-1.0-py3-none-any.whl"], ["demo-1.1-py3-none-any.whl", "demo-1.1.tar.gz"],
         ["sdist demo-1.0.tar.gz demo-1.1.tar.gz", "py3-none-any demo-1.0-py3-none-any.whl demo-1.1-py3-none-any.whl"]),
        (["demo-1.0.zip"], ["demo-1.1.tar.gz"], ["sdist demo-1.0.zip demo-1.1.tar.gz"]),
        (["demo-1.0-cp311-cp311-manylinux2014_x86_64.whl"],
         ["demo-1.1-cp311-cp311-manylinux_2_17_x86_64.manylinux2014_x86_64.whl", "demo-1.1-cp311-cp311-win32.whl"],
         ["cp311-cp311-manylinux_2_17_x86_64.manylinux2014_x86_64 demo-1.0-cp311-cp311-manylinux2014_x86_64.whl demo-1.1-cp311-cp311-manylinux_2_17_x86_64.manylinux2014_x86_64.whl"]),
        (["demo-1.0-cp310-cp310-win32.whl", "demo-1.0-cp310-cp310-macosx_10_9_x86_64.whl"],
         ["demo-1.1-cp311-cp311-macosx_11_0_x86_64.whl"],
         ["cp311-cp311-macosx_11_0_x86_64 demo-1.0-cp310-cp310-macosx_10_9_x86_64.whl demo-1.1-cp311-cp311-macosx_11_0_x86_64.whl"]),
        (["demo-1.0.tar.gz"], ["demo-1.1-py3-none-any.whl"],
         ["py3-none-any demo-1.0.tar.gz demo-1.1-py3-none-any.whl"]),
        (["whatever"], ["demo-1.1.tar.gz"], []),
    ]

    @Test("are those for the same, sdists first", arguments: table.indices)
    func choices(index: Int) {
        let (old, new, choices) = Self.table[index]
        #expect(ComparedFiles.choices(from: old, to: new).map { "\($0.key) \($0.old) \($0.new)" } == choices)
    }
}
