import PackagingFormats
import Testing
import VectorSupport

/// What strangers send must cost little and stop nothing, whatever it is.
@Suite("No text stops a parser") struct RobustnessTests {
    /// Reads the text by everything that reads text, and looks at what comes out.
    static func readByAll(_ text: String) {
        let name = try? ProjectName(parsing: text)
        _ = name.map { StandardLibrary.contains($0) || $0.ultranormalized.isEmpty }
        if let version = try? Version(parsing: text) {
            _ = (version.canonical, version.base, version.publicVersion, version.release, version.pre, version.post)
            _ = (version.dev, version.local, version.epoch, version.hashValue, version < version)
        }
        if let set = try? SpecifierSet(parsing: text), let version = try? Version(parsing: "1.0+a") {
            _ = (set.text, set.contains(version), set.hashValue)
        }
        if let requirement = try? Requirement(parsing: text) { _ = (requirement.text, requirement.hashValue) }
        if let marker = try? Marker(parsing: text) {
            _ = try? marker.evaluate(in: MarkerEnvironment(values: [.pythonVersion: "3.12", .osName: "posix"]))
        }
        if let file = try? DistributionFilename(lenient: text) { _ = (file.project, file.version) }
        if let file = try? WheelFilename(parsing: text) { _ = file.tags }
        _ = try? LicenseExpression(parsing: text)
        _ = try? DescriptionContentType(parsing: text)
        for field in MetadataField.allCases {
            var raw = RawMetadata(form: [(name: "metadata_version", value: "2.6")])
            switch field.shape {
            case .text: raw.fields[field] = .text(text)
            case .list, .words: raw.fields[field] = .list([text])
            case .urls: raw.fields[field] = .urls([ProjectURL(label: text, url: text)])
            }
            do { _ = try CoreMetadata(publishing: raw) } catch { _ = error.explanation }
        }
    }

    static let seeds: [String] = [
        "1!2.0rc1.post3.dev4+ubuntu.1", "demo_pkg-1.0-1abc-py2.py3-none-any.whl", "Flask-1.0.tar.gz",
        "requests[socks,a_b] (>=2.8.1,==2.8.*) ; python_version < \"2.7\" and ('x' in extras or os_name == '\\x41')",
        "a @ https://example.org/x;y ; extra == 'z'",
        "mit or (Apache-2.0+ and GPL-2.0-only WITH Classpath-exception-2.0)",
        "text/markdown; charset=\"UTF-8\"; variant=GFM", "~=1.4.2, !=1.5.*, ===x", "Label, https://example.org/a?b#c",
        "\"A, B\" <a@example.org>, c@example.org", "licenses/LICENSE.txt", "pkg.sub ; private",
    ]

    @Test("Not random bytes", arguments: 0..<150 as Range<UInt64>)
    func randomBytes(seed: UInt64) {
        var random = SplitMix64(seed: seed)
        let bytes = (0..<Int.random(in: 0..<120, using: &random)).map { _ in UInt8.random(in: 0...255, using: &random) }
        Self.readByAll(String(decoding: bytes, as: UTF8.self))
        let raw = RawMetadata(file: bytes)
        _ = try? CoreMetadata(existing: raw)
    }

    @Test("Not valid text with a few changes", arguments: 0..<400 as Range<UInt64>)
    func mutations(seed: UInt64) {
        var random = SplitMix64(seed: seed)
        var bytes = Array((Self.seeds.randomElement(using: &random) ?? "").utf8)
        let signs = Array("()[]<>=!~.,;-_+*'\"\\ \t\n\r019aZvx@:/%é".utf8)
        for _ in 0..<Int.random(in: 1..<6, using: &random) {
            let place = Int.random(in: 0...bytes.count, using: &random)
            switch Int.random(in: 0..<3, using: &random) {
            case 0: bytes.insert(signs.randomElement(using: &random) ?? 0, at: place)
            case 1 where place < bytes.count: bytes.remove(at: place)
            default: bytes.insert(contentsOf: bytes.prefix(place), at: place)
            }
        }
        Self.readByAll(String(decoding: bytes, as: UTF8.self))
    }

    @Test("Not a metadata file with a few changes", arguments: 0..<300 as Range<UInt64>)
    func mutatedFiles(seed: UInt64) throws {
        var random = SplitMix64(seed: seed)
        var bytes = Array(
            "From x\nMetadata-Version: 2.4\r\nName: a\nVersion: 1\rSummary: x\n y\nProject-URL: a, b\nFrom y\n: z\n\nbody\n"
                .utf8)
        for _ in 0..<Int.random(in: 1..<8, using: &random) {
            let place = Int.random(in: 0..<bytes.count, using: &random)
            bytes[place] = [10, 13, 32, 58, 0, 255, 65].randomElement(using: &random) ?? 0
        }
        let raw = RawMetadata(file: bytes)
        if let metadata = try? CoreMetadata(existing: raw) { #expect(metadata.raw == raw) }
    }

    @Test(
        "Not thirty kilobytes of one thing, and it takes no more than its length",
        arguments: [
            "(", ")", "[", "a", "1", "1.", "a.", "a-", ",", ">=1,", "===", "'", "\"", "\\", " ", "\t", "\u{2028}", "é",
            "+a", "mit ",
            "mit or ", "( mit ", "a,", "a, ", "; ", "os_name == 'a' and ", "(os_name == 'a' or ", "-1", "\"\\",
            "<a@b>,", "../", "..",
        ])
    func longTexts(piece: String) {
        let text = String(repeating: piece, count: 30_000 / piece.utf8.count)
        let clock = ContinuousClock()
        let time = clock.measure {
            Self.readByAll(text)
            Self.readByAll("a; " + text)
            Self.readByAll("1+" + text)
            _ = try? CoreMetadata(existing: RawMetadata(file: Array(text.utf8)))
            _ = try? CoreMetadata(existing: RawMetadata(file: Array(("Name: " + text + "\n\n").utf8)))
        }
        // Each piece takes well below a second, unoptimised; the bound leaves room for a busy machine.
        #expect(time < .seconds(10), "\(piece) took \(time)")
    }

    @Test("Not many headers, continuations or labels")
    func manyLines() throws {
        let lines = (0..<20_000).map { "Project-URL: l\($0), https://example.org/\($0)\nClassifier: A :: \($0)\n x\n" }
        let raw = RawMetadata(file: Array(("Metadata-Version: 2.1\nName: a\nVersion: 1\n" + lines.joined()).utf8))
        #expect(try CoreMetadata(existing: raw).projectURLs.count == 20_000)
    }
}
