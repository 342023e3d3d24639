import PackagingFormats
import Testing
import VectorSupport

@testable import LockFiles

@Suite("TOML of lock files") struct TOMLTests {
    static let documents: [(String, TOML)] = [
        ("", .table([:])), ("# nothing\n\n", .table([:])),
        ("a = 1\r\nb = true # yes\n", .table(["a": .other("1"), "b": .other("true")])),
        (#"a = "x\t\"\\\u00e9""#, .table(["a": .string("x\t\"\\é")])), ("a = 'C:\\x'", .table(["a": .string("C:\\x")])),
        ("a = \"\"\"\nx\ny\"\"\"", .table(["a": .string("x\ny")])), ("a = '''x'y'''", .table(["a": .string("x'y")])),
        ("a = \"\"\"x\\\n   y\"\"\"", .table(["a": .string("xy")])), ("a = \"\"", .table(["a": .string("")])),
        ("a = 2026-11-30 09:00:00Z", .table(["a": .other("2026-11-30 09:00:00Z")])),
        ("a = [1, 'x', # two\n]\n", .table(["a": .array([.other("1"), .string("x")])])),
        ("a = { b = 1, c.d = 'x' }", .table(["a": .table(["b": .other("1"), "c": .table(["d": .string("x")])])])),
        ("a.b = 1\na.c = 2", .table(["a": .table(["b": .other("1"), "c": .other("2")])])),
        (
            "[a]\nb = 1\n[a.c]\nd = 2\n",
            .table(["a": .table(["b": .other("1"), "c": .table(["d": .other("2")])])])
        ),
        (
            "[[p]]\nn = 1\n[p.x]\ny = 2\n[[p]]\nn = 3\n[p.x]\ny = 4\n[[p.q]]\n",
            .table([
                "p": .array([
                    .table(["n": .other("1"), "x": .table(["y": .other("2")])]),
                    .table(["n": .other("3"), "x": .table(["y": .other("4")]), "q": .array([.table([:])])]),
                ])
            ])
        ),
        (#""a b".'c' = 1"#, .table(["a b": .table(["c": .other("1")])])),
    ]

    @Test("is read as it is meant", arguments: documents)
    func read(text: String, value: TOML) throws {
        #expect(try TOML(parsing: text) == value)
    }

    static let mistakes: [(String, Int)] = [
        ("a", 1), ("a =", 1), ("= 1", 1), ("a = 1 b = 2", 1), ("a = 1\na = 2", 2), ("a = \"x", 1), ("a = \"x\ny\"", 1),
        ("a = 'x\n'", 1), (#"a = "\x""#, 1), (#"a = "\ud800""#, 1), ("a = [1", 1), ("a = [1 2]", 1), ("a = {b = 1", 1),
        ("[a", 1), ("[a]\n[a]", 2), ("[]", 1), ("a = 1\n[a]", 2), ("a = 1\n[[a]]", 2), ("a = 1\na.b = 2", 2),
        ("[[a]]\n[a.b]\n[a.b]", 3), ("a = \u{0}", 1), ("a = \"\u{1}\"", 1),
        ("a = " + String(repeating: "[", count: 40), 1),
    ]

    @Test("is refused with the line that is wrong", arguments: mistakes)
    func mistaken(text: String, line: Int) {
        let failure = #expect(throws: InvalidTOML.self) { try TOML(parsing: text) }
        #expect(failure?.line == line)
    }

    @Test("takes time that grows with it")
    func growth() {
        let lock = { (count: Int) in
            String(repeating: "[[package]]\nname = \"x\"\nwheels = [{ url = 'y' }]\n", count: count)
        }
        #expect(Growth.ratio(from: 400, of: lock) { _ = try? TOML(parsing: $0) } < Growth.most)
    }
}

@Suite("A lock file") struct LockFileTests {
    private static let digest = String(repeating: "0f", count: 32)
    private static let other = String(repeating: "a1", count: 32)

    private func file(_ filename: String?, _ sha256: String = digest, url: String? = nil) throws -> LockedFile {
        LockedFile(
            name: try ProjectName(parsing: "Demo"), version: try Version(parsing: "1.0"), sha256: sha256,
            filename: filename, url: url)
    }

    @Test("is known by its name")
    func kinds() {
        for (name, kind) in [
            ("uv.lock", LockFile.uv), ("pylock.toml", .pylock), ("pylock.dev.toml", .pylock),
            ("requirements.txt", .requirements), ("requirements-dev.lock", .requirements),
            ("pylock.txt", .requirements),
        ] { #expect(LockFile(filename: name) == kind) }
    }

    @Test("of uv names the files of indexes, and passes over what comes from elsewhere")
    func uv() throws {
        let text = """
            version = 1
            requires-python = ">=3.12"

            [[package]]
            name = "app"
            version = "0.1.0"
            source = { virtual = "." }

            [[package]]
            name = "demo"
            version = "1.0"
            source = { registry = "https://packages.example.org/simple/" }
            sdist = { url = "https://h/packages/demo-1.0.tar.gz", hash = "sha256:\(Self.digest)", size = 3 }
            wheels = [
                { url = "https://h/packages/demo-1.0-py3-none-any.whl#x", hash = "sha256:\(Self.other)", size = 2 },
            ]
            """
        #expect(
            try LockFile.uv.files(in: text) == [
                file("demo-1.0.tar.gz", url: "https://h/packages/demo-1.0.tar.gz"),
                file("demo-1.0-py3-none-any.whl", Self.other, url: "https://h/packages/demo-1.0-py3-none-any.whl#x"),
            ])
        #expect(throws: InvalidLockFile.package("demo")) {
            try LockFile.uv.files(in: text.replacing("sha256:0f", with: "sha512:0f"))
        }
        #expect(throws: InvalidLockFile.empty) { try LockFile.uv.files(in: "version = 1") }
        #expect(throws: InvalidLockFile.toml(InvalidTOML(line: 1))) { try LockFile.uv.files(in: "version") }
    }

    @Test("of PEP 751 names the files of indexes")
    func pylock() throws {
        let text = """
            lock-version = "1.0"
            created-by = "tool"
            [[packages]]
            name = "app"
            directory = { path = "." }
            [[packages]]
            name = "demo"
            version = "1.0"
            index = "https://packages.example.org/simple/"
            [[packages.wheels]]
            name = "demo-1.0-py3-none-any.whl"
            url = "https://h/x"
            hashes = { sha256 = "\(Self.digest)" }
            [packages.sdist]
            path = "demo-1.0.tar.gz"
            hashes.sha256 = "\(Self.other)"
            """
        #expect(
            try LockFile.pylock.files(in: text) == [
                file("demo-1.0.tar.gz", Self.other), file("demo-1.0-py3-none-any.whl", url: "https://h/x"),
            ])
    }

    @Test("of pip pins versions with hashes, and nothing else")
    func requirements() throws {
        let text = """
            # locked
            --index-url https://packages.example.org/simple/
            demo[extra]==1.0 ; python_version >= "3.8" \\
                --hash=sha256:\(Self.digest) \\
                --hash=sha256:\(Self.other)   # two files

            """
        #expect(try LockFile.requirements.files(in: text) == [file(nil), file(nil, Self.other)])
        for (text, line) in [
            ("demo", 1), ("\ndemo==1.0", 2), ("demo>=1.0 --hash=sha256:\(Self.digest)", 1), ("-e .", 1),
            ("-r other.txt", 1), ("demo==1.0 --hash=md5:00", 1), ("demo @ https://h/x --hash=sha256:\(Self.digest)", 1),
        ] {
            #expect(throws: InvalidLockFile.line(line)) { try LockFile.requirements.files(in: text) }
        }
    }
}
