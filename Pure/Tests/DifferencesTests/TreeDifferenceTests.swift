import Archives
import Bytes
import Testing
import VectorSupport

@testable import Differences

@Suite("The files in which two releases differ") struct TreeDifferenceTests {
    private static func changes(_ old: [String: String], _ new: [String: String]) -> [String] {
        TreeDifference(from: inventory("demo-1.0.tar.gz", old), to: inventory("demo-1.1.tar.gz", new)).changes.map {
            "\($0.kind.rawValue) \($0.place)" + ($0.kind == .renamed ? " from \($0.old?.place ?? "")" : "")
        }
    }

    // The columns are the point.
    // swift-format-ignore
    static let table: [(old: [String: String], new: [String: String], changes: [String])] = [
        (["demo-1.0/a.py": "1"], ["demo-1.1/a.py": "1"], []),
        (["demo-1.0/a.py": "1"], ["demo-1.1/a.py": "2"], ["changed a.py"]),
        (["demo-1.0/a.py": "1"], ["demo-1.1/a.py": "1", "demo-1.1/b.py": "2"], ["added b.py"]),
        (["demo-1.0/a.py": "1", "demo-1.0/b.py": "2"], ["demo-1.1/a.py": "1"], ["removed b.py"]),
        (["demo-1.0/a.py": "1"], ["demo-1.1/x/a.py": "1"], ["renamed x/a.py from a.py"]),
        // Of several with the same bytes, the one with the same name.
        (["demo-1.0/a.py": "1", "demo-1.0/b.py": "1"], ["demo-1.1/x/b.py": "1"],
         ["removed a.py", "renamed x/b.py from b.py"]),
        // Empty files are not each other.
        (["demo-1.0/a.py": ""], ["demo-1.1/b.py": ""], ["removed a.py", "added b.py"]),
        // A name that only looks the same is another.
        (["demo-1.0/\u{E9}.py": "1"], ["demo-1.1/e\u{301}.py": "2"], ["added e\u{301}.py", "removed \u{E9}.py"]),
    ]

    @Test("are told by what became of them", arguments: table.indices)
    func kinds(index: Int) {
        let (old, new, changes) = Self.table[index]
        #expect(Set(Self.changes(old, new).map { Array($0.utf8) }) == Set(changes.map { Array($0.utf8) }))
    }

    // swift-format-ignore
    static let groups: [(name: String, path: String, content: String, FileGroup)] = [
        ("demo-1.0-py3-none-any.whl", "demo.pth", "import demo", .atStart),
        ("demo-1.0-py3-none-any.whl", "demo-1.0.data/purelib/demo.PTH", "import demo", .atStart),
        ("demo-1.0-py3-none-any.whl", "sitecustomize.py", "", .atStart),
        ("demo-1.0-py3-none-any.whl", "tests/evil.pth", "import demo", .atStart),
        ("demo-1.0-py3-none-any.whl", "demo/a.so", "\u{7F}ELF\0", .programs),
        // What it is counts, not what it is called.
        ("demo-1.0-py3-none-any.whl", "locale/de.mo", "\u{7F}ELF\0", .programs),
        ("demo-1.0-py3-none-any.whl", "demo/a.dll", "MZ\0\0", .programs),
        ("demo-1.0-py3-none-any.whl", "demo/mz.txt", "MZ is a text", .source),
        ("demo-1.0-py3-none-any.whl", "demo-1.0.dist-info/entry_points.txt", "[a]", .entryPoints),
        ("demo-1.0-py3-none-any.whl", "demo-1.0.data/scripts/demo", "#!python", .entryPoints),
        ("demo-1.0-py3-none-any.whl", "demo-1.0.dist-info/METADATA", "Name: demo", .metadata),
        ("demo-1.0-py3-none-any.whl", "demo-1.0.dist-info/RECORD", "a,,", .generated),
        ("demo-1.0-py3-none-any.whl", "demo-1.0.dist-info/licenses/LICENSE", "MIT", .documentation),
        // Where nothing builds, it is a module like others.
        ("demo-1.0-py3-none-any.whl", "setup.py", "import os", .source),
        ("demo-1.0.tar.gz", "demo-1.0/setup.py", "import os", .atInstall),
        ("demo-1.0.tar.gz", "demo-1.0/pyproject.toml", "[project]", .atInstall),
        ("demo-1.0.tar.gz", "demo-1.0/sub/setup.py", "import os", .source),
        ("demo-1.0.tar.gz", "demo-1.0/backend/build.py", "import os", .atInstall),
        ("demo-1.0.tar.gz", "demo-1.0/backends/build.py", "import os", .source),
        ("demo-1.0.tar.gz", "demo-1.0/PKG-INFO", "Name: demo", .metadata),
        ("demo-1.0.tar.gz", "demo-1.0/src/demo.egg-info/PKG-INFO", "Name: demo", .generated),
        // Nothing that runs is folded as generated.
        ("demo-1.0.tar.gz", "demo-1.0/src/demo.egg-info/run.py", "import os", .source),
        ("demo-1.0.tar.gz", "demo-1.0/demo/code.min.py", "import os", .source),
        ("demo-1.0.tar.gz", "demo-1.0/uv.lock", "version = 1", .generated),
        ("demo-1.0.tar.gz", "demo-1.0/demo/x.min.js", "a", .generated),
        ("demo-1.0.tar.gz", "demo-1.0/tests/test_a.py", "a", .tests),
        ("demo-1.0.tar.gz", "demo-1.0/README.md", "a", .documentation),
        ("demo-1.0.tar.gz", "demo-1.0/demo/readme.py", "a", .source),
        ("demo-1.0.tar.gz", "demo-1.0/demo/blob.bin", "\0\u{1}\u{2}", .data),
    ]

    @Test("are told in groups, what runs by itself first", arguments: groups.indices)
    func group(index: Int) throws {
        let (name, path, content, group) = Self.groups[index]
        let entry = try #require(inventory(name, [path: content]).entries.first)
        #expect(FileGroup(entry, isWheel: name.hasSuffix(".whl"), buildPaths: ["backend"]) == group)
    }

    @Test("of wheels are compared past the version in the names of their directories")
    func wheel() {
        let found = TreeDifference(
            from: inventory(
                "demo-1.0-py3-none-any.whl", ["demo-1.0.dist-info/METADATA": "1", "demo-1.0.data/scripts/demo": "x"]),
            to: inventory(
                "demo-1.1-py3-none-any.whl", ["demo-1.1.dist-info/METADATA": "2", "demo-1.1.data/scripts/demo": "x"]))
        #expect(found.changes.map(\.place) == [".dist-info/METADATA"])
        #expect(found.unchanged == 1)
    }

    @Test("of random trees account for every file of both", arguments: 0..<60)
    func random(seed: Int) {
        var numbers = SplitMix64(seed: UInt64(seed))
        func tree(_ top: String) -> [String: String] {
            let count = Int.random(in: 0...40, using: &numbers)
            return Dictionary(
                (0..<count).map { _ in
                    let path = (0..<Int.random(in: 1...3, using: &numbers)).map { _ in
                        ["a", "b", "setup.py", "x.pth", "tests", "e\u{301}", "\u{E9}"].randomElement(using: &numbers)
                            ?? ""
                    }.joined(separator: "/")
                    return ("\(top)/\(path)", String(Int.random(in: 0...6, using: &numbers)))
                }, uniquingKeysWith: { $1 })
        }
        let (old, new) = (
            inventory("demo-1.0.tar.gz", tree("demo-1.0")), inventory("demo-1.1.tar.gz", tree("demo-1.1"))
        )
        let found = TreeDifference(from: old, to: new)
        #expect(found.unchanged + found.changes.count { $0.old != nil } == old.entries.count)
        #expect(found.unchanged + found.changes.count { $0.new != nil } == new.entries.count)
        #expect(found.changes.map(\.group) == found.changes.map(\.group).sorted())
        for change in found.changes {
            switch change.kind {
            case .added: #expect(change.old == nil && change.new != nil)
            case .removed: #expect(change.old != nil && change.new == nil)
            case .changed: #expect(change.old?.digest != change.new?.digest && change.old?.place == change.new?.place)
            case .renamed:
                #expect(
                    change.old?.digest == change.new?.digest
                        && ExactPath(change.old?.place ?? "") != ExactPath(change.new?.place ?? ""))
            case .unknown: Issue.record("All has a digest.")
            }
        }
    }

    @Test("are found in time that grows with the trees")
    func growth() {
        func tree(_ count: Int, _ top: String, _ shift: Int) -> Inventory {
            inventory(
                "\(top).tar.gz",
                Dictionary(uniqueKeysWithValues: (0..<count).map { ("\(top)/d/f\($0 + shift)", "\($0 % 50)") }))
        }
        let ratio = Growth.ratio(from: 500, of: { (tree($0, "demo-1.0", 0), tree($0, "demo-1.1", $0 / 2)) }) {
            old, new in
            _ = TreeDifference(from: old, to: new)
        }
        #expect(ratio < Growth.most)
    }
}

@Suite("An inventory") struct InventoryTests {
    @Test("lists a directory, whatever its neighbours are called")
    func listing() throws {
        let found = inventory(
            "demo-1.0.tar.gz",
            ["demo-1.0/a/b.py": "12", "demo-1.0/a/c/d.py": "1", "demo-1.0/a-b/e.py": "1", "demo-1.0/a.py": "123"])
        let top = try #require(found.listing(of: "demo-1.0"))
        #expect(top.directories == [.init(name: "a-b", files: 1, size: 1), .init(name: "a", files: 2, size: 3)])
        #expect(top.files.map(\.name) == ["a.py"])
        #expect(found.listing(of: "demo-1.0/a")?.files.map(\.name) == ["b.py"])
        #expect(found.listing(of: "demo-1.0/x") == nil)
        #expect(found.entry(at: "demo-1.0/a.py")?.size == 3)
        #expect(found.entry(at: "demo-1.0/a") == nil)
    }

    /// A wheel of three stored files.
    private static let wheel =
        [UInt8](
            hexadecimal:
                "504b030414000000000000002158f1866c7a030000000300000004000000612e70796f6e65504b030414000000000000"
                + "00215834f1ab3a040000000400000004000000622e707974776f21504b0304140000000000000021582bb4c9ce050000"
                + "000500000004000000632e736f7f454c4600504b0102140314000000000000002158f1866c7a03000000030000000400"
                + "00000000000000000000a48100000000612e7079504b010214031400000000000000215834f1ab3a0400000004000000"
                + "040000000000000000000000a48125000000622e7079504b01021403140000000000000021582bb4c9ce050000000500"
                + "0000040000000000000000000000a4814b000000632e736f504b0506000000000300030096000000720000000000") ?? []

    private static func read(_ change: (inout InventoryLimits) -> Void = { _ in }) throws -> Inventory {
        var limits = InventoryLimits()
        change(&limits)
        return try Inventory(
            reading: MemorySource(wheel), filename: "demo-1.0-py3-none-any.whl", container: .zip, limits: limits)
    }

    @Test("is read with digests and kinds")
    func reading() throws {
        let found = try Self.read()
        #expect(found.entries.map(\.path) == ["a.py", "b.py", "c.so"])
        #expect(found.entries.map(\.kind) == [.text, .text, .elf])
        #expect(found.entries[0].digest == ContentDigest(of: Array("one".utf8)))
        #expect(found.isWhole)
    }

    @Test("lists no more files than it may, and says so")
    func tooMany() throws {
        let found = try Self.read { $0.files = 2 }
        #expect(found.entries.count == 2)
        #expect(!found.isWhole)
        let difference = DifferencePlan(from: found, to: try Self.read()).difference(old: [:], new: [:])
        #expect(difference.bounds.count == 1)
    }

    @Test("takes digests of no more bytes than it may; what is beyond them is told as not compared")
    func tooLarge() throws {
        let found = try Self.read { $0.digested = 7 }
        #expect(found.entries.map { $0.digest != nil } == [true, true, false])
        #expect(found.entries[2].size == 5)
        let tree = TreeDifference(from: found, to: try Self.read())
        #expect(tree.changes.map(\.kind) == [.unknown])
        #expect(tree.unchanged == 2)
    }
}
