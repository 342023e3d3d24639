import ReleaseDifferences
import Testing
import UTC

@Suite("In what the files of a release are not like those before") struct ComparisonTests {
    static func inventory(
        _ files: [String: String], _ kind: ReleaseInventory.Kind = .wheel(isForAnyPlatform: true)
    ) -> ReleaseInventory {
        var builder = InventoryBuilder(kind: kind)
        for (path, text) in files.sorted(by: { $0.key < $1.key }) {
            builder.add(path: path, content: text.unicodeScalars.map { UInt8(truncatingIfNeeded: $0.value) })
        }
        return builder.inventory()
    }

    static func codes(
        _ before: [String: String]?, _ now: [String: String],
        _ kind: ReleaseInventory.Kind = .wheel(isForAnyPlatform: true)
    ) -> [String] {
        ReleaseDifference.between(before.map { inventory($0, kind) }, inventory(now, kind)).map(\.code)
    }

    @Test("A file that was moved is the same file")
    func moved() {
        let code = "import requests, os\nos.system(requests.get('x').text)\nexec(x)"
        #expect(Self.codes(["demo/a.py": code], ["other/b.py": code]) == [])
    }

    @Test("What the project could do before is not new in another file; two of them in one file are")
    func pairs() {
        let before = ["demo/a.py": "import requests", "demo/b.py": "import base64", "demo/c.py": "eval(x)"]
        var now = before
        now["demo/d.py"] = "import requests"
        #expect(Self.codes(before, now) == [])
        now["demo/d.py"] = "import requests\neval(x)"
        #expect(Self.codes(before, now) == ["first-pair"])
    }

    @Test("A capability is told once, of code rather than of tests")
    func once() {
        let found = ReleaseDifference.between(
            Self.inventory(["demo/a.py": ""]),
            Self.inventory([
                "demo/b.py": "import socket", "demo/c.py": "import socket", "demo/tests/a.py": "import ssl",
            ]))
        #expect(found == [.firstCapability(.network, path: "demo/b.py", line: 1, evidence: "socket")])
    }

    @Test("What only tests do weighs less")
    func aside() {
        func weight(_ path: String) -> Weight? {
            ReleaseDifference.between(
                Self.inventory(["demo/a.py": ""]), Self.inventory([path: "import requests\neval(x)"])
            )
            .first?.weight
        }
        #expect(weight("demo/a.py") == .strong)
        #expect(weight("demo/tests/a.py") == .fair)
    }

    @Test("A .pth file is told where it is new, and where it says something else")
    func startCode() {
        #expect(Self.codes(["a.py": ""], ["a.pth": "import a\n"]) == ["new-hook"])
        #expect(Self.codes(["a.pth": "import a\n"], ["a.pth": "import b\n"]) == ["changed-hook"])
        #expect(Self.codes(["a.pth": "import a\n"], ["a.pth": "import a\n"]) == [])
        #expect(Self.codes(["a.py": ""], ["a.pth": "lib\n"]) == [])
        #expect(Self.codes(nil, ["a.pth": "import a\n"]) == ["new-hook"])
    }

    @Test("How an sdist is built is told where that is new")
    func hooks() {
        let before = ["d-1.0/setup.py": "setup(name='d')"]
        #expect(
            Self.codes(before, ["d-1.1/setup.py": "setup(name='d', cmdclass=x)"], .sourceDistribution) == ["new-hook"])
        #expect(
            Self.codes(
                before,
                ["d-1.1/setup.py": "setup(name='d')", "d-1.1/pyproject.toml": "[build-system]\nbackend-path = ['.']"],
                .sourceDistribution) == ["new-hook"])
        #expect(Self.codes(nil, ["d-1.1/setup.py": "setup(cmdclass=x)"], .sourceDistribution) == [])
    }

    @Test("A wheel may have more than its sdist, but nothing that can do more")
    func source() {
        let source = Self.inventory(
            ["d-1.0/src/demo/a.py": "import requests", "d-1.0/src/demo/v.py": "1"], .sourceDistribution)
        func codes(_ files: [String: String]) -> [String] {
            ReleaseDifference.ofWheel(Self.inventory(files), against: source).map(\.code)
        }
        #expect(codes(["demo/a.py": "import requests"]) == [])
        #expect(codes(["demo/_version.py": "version = '1.0'"]) == [])
        #expect(codes(["demo/v.py": "import requests"]) == [])
        #expect(codes(["demo/v.py": "import subprocess"]) == ["not-in-source"])
        #expect(codes(["demo/_telemetry.py": "import requests  # not the same file"]) == ["not-in-source"])
    }

    @Test("A dependency is told where it is new and there is doubt about it")
    func dependencies() {
        let old = ["demo-1.0.dist-info/METADATA": "Requires-Dist: old\n"]
        let new = [
            "demo-1.1.dist-info/METADATA": "Requires-Dist: old\nRequires-Dist: New_One [x] >=1\nRequires-Dist: b\n"
        ]
        let found = ReleaseDifference.between(
            Self.inventory(old), Self.inventory(new), doubts: ["old": .unknown, "new-one": .young(.days(3))])
        #expect(found == [.dependency("new-one", .young(.days(3)))])
    }

    @Test("Every difference has words that name what is so")
    func words() {
        let all: [ReleaseDifference] = [
            .newHook(.setupScript), .firstNative(path: "a.so", isForAnyPlatform: true), .sizeJump(from: 1, to: 2),
            .embeddedBlob(path: "a.py", line: 3, length: 400, beside: .dynamicCode), .newUploader("mallory"),
            .lateFile(.days(20)),
        ]
        for difference in all { #expect(difference.words.hasSuffix(".") && !difference.code.isEmpty) }
    }
}
