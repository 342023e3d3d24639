import PackagingFormats
import Testing
import VectorSupport

@Suite("Core metadata") struct CoreMetadataTests {
    static func raw(_ lines: String..., version: String = "2.6") -> RawMetadata {
        let head = "Metadata-Version: \(version)\nName: demo\nVersion: 1.0\n"
        return RawMetadata(file: Array((head + lines.joined(separator: "\n") + "\n").utf8))
    }

    static func reasons(_ raw: RawMetadata, publishing: Bool) -> [MetadataProblem.Reason] {
        do {
            _ = publishing ? try CoreMetadata(publishing: raw) : try CoreMetadata(strict: raw)
            return []
        } catch { return error.problems.map(\.reason) }
    }

    // Whether the letter of the specification allows the line, and whether it can be published.
    // swift-format-ignore
    static let lines: [(String, strict: Bool, publishing: Bool)] = [
        ("Summary: one line",                                 true,  true),
        ("Summary: one\n two",                                false, false),
        ("Summary: " + String(repeating: "é", count: 512),    true,  true),
        ("Summary: " + String(repeating: "é", count: 513),    true,  false),
        ("Requires-Dist: a>=1",                               true,  true),
        ("Requires-Dist: a @ https://example.org/a",          true,  false),
        ("Requires-Dist: a>=1.*",                             false, false),
        ("Requires-Python: >=3.8",                            true,  true),
        ("Requires-Python: 3.8",                              false, false),
        ("Provides-Dist: a @ https://example.org/a",          true,  false),
        ("Obsoletes-Dist: -a",                                true,  false),
        ("Provides-Extra: a b",                               false, false),
        ("License: MIT",                                      true,  true),
        ("License: MIT\nLicense-Expression: MIT",             true,  false),
        ("License-Expression: MIT\nClassifier: License :: OSI Approved :: MIT License", true, true),
        ("License-Expression: BSD",                           false, false),
        ("License-File: a/LICENSE",                           true,  true),
        ("License-File: a/../LICENSE",                        false, false),
        ("Dynamic: Requires-Dist",                            true,  true),
        ("Dynamic: Dynamic",                                  true,  false),
        ("Dynamic: Name",                                     false, false),
        ("Dynamic: Nothing",                                  false, false),
        ("Classifier: Topic :: Utilities",                    true,  true),
        ("Classifier: Private :: Do Not Upload",              true,  true),
        ("Classifier: Topic",                                 true,  false),
        ("Classifier: Topic :: Nonsense",                     true,  false),
        ("Classifier: topic :: utilities",                    true,  false),
        ("Classifier: Natural Language :: Ukranian",          true,  false),
        ("Import-Name: a\nImport-Namespace: b",               true,  true),
        ("Import-Name: a\nImport-Namespace: a",               true,  false),
        ("Import-Name: a.b ; private\nImport-Namespace: a\nImport-Namespace: a.b", true, false),
        ("Classifier: Topic ::  Utilities",                   true,  false),
        ("Project-URL: Source, https://example.org",          true,  true),
        ("Project-URL: Source, javascript:alert(1)",          true,  false),
        ("Project-URL: https://example.org",                  true,  false),
        ("Project-URL: , https://example.org",                true,  false),
        ("Project-URL: " + String(repeating: "x", count: 32) + ", https://example.org", true, true),
        ("Project-URL: " + String(repeating: "x", count: 33) + ", https://example.org", true, false),
        ("Project-URL: A, https://a.example.org\nProject-URL: A, https://b.example.org", false, false),
        ("Home-page: https://example.org/a?b#c",              true,  true),
        ("Home-page: example.org",                            true,  false),
        ("Home-page: https://example.org/\"onclick=",         true,  false),
        ("Author-email: a@example.org",                       true,  true),
        ("Author-email: \"A, B\" <a@example.org>, c@example.org", true, true),
        ("Author-email: A, B <a@localhost>",                  true,  true),
        ("Author-email: nobody",                              true,  false),
        ("Author-email: A <a@@example.org>",                  true,  false),
        ("Import-Name: a.b ; private",                        true,  true),
        ("Import-Name: a.class",                              false, false),
        ("Import-Name: ünïcode",                              true,  true),
        ("Import-Namespace: 1a",                              false, false),
        ("Description-Content-Type: text/markdown; variant=GFM", true, true),
        ("Description-Content-Type: text/html",               false, false),
        ("Unknown-Field: x",                                  false, false),
    ]

    @Test("Each field's rule, by the letter and for publications", arguments: lines)
    func rule(line: String, strict: Bool, publishing: Bool) {
        let raw = Self.raw(line)
        #expect(Self.reasons(raw, publishing: false).isEmpty == strict)
        #expect(Self.reasons(raw, publishing: true).isEmpty == publishing)
        // A file out there is read whatever it says.
        #expect((try? CoreMetadata(existing: raw))?.problems.isEmpty ?? false || !publishing)
    }

    @Test(
        "A field that came later than the claimed version is refused, one version on it is taken",
        arguments: MetadataField.allCases)
    func age(field: MetadataField) throws {
        let versions = MetadataVersion.allCases.filter(\.isStandard)
        let value: RawMetadata.Value =
            switch field {
            case .description, .author, .license, .summary: .text("x")
            case .licenseExpression: .text("MIT")
            case .descriptionContentType: .text("text/plain")
            case .requiresPython: .text(">=3")
            case .homePage, .downloadURL: .text("https://example.org")
            case .authorEmail, .maintainerEmail: .text("a@example.org")
            case .maintainer: .text("x")
            case .name: .text("demo")
            case .version: .text("1.0")
            case .metadataVersion: .text("1.0")
            case .dynamic: .list(["summary"])
            case .classifier: .list(["Topic :: Utilities"])
            case .projectURL: .urls([ProjectURL(label: "a", url: "https://example.org")])
            default: .list(["x"])
            }
        for version in versions {
            var raw = Self.raw(version: version.rawValue)
            if field != .metadataVersion { raw.fields[field] = value }
            let expected =
                field.since > version ? [MetadataProblem.Reason.introducedLater(in: field.since, than: version)] : []
            #expect(Self.reasons(raw, publishing: true) == expected)
        }
    }

    @Test("All mistakes are told at once, each with its field and a sentence")
    func everythingAtOnce() throws {
        let text = "Metadata-Version: 9\nName: -x\nSummary: a\n b\nRequires-Dist: a>>1\nRequires-Dist: -b\nNo-Such: x\n"
        let raw = RawMetadata(file: Array(text.utf8))
        #expect {
            try CoreMetadata(publishing: raw)
        } throws: { error in
            guard let error = error as? InvalidMetadata else { return false }
            let lines = error.explanation.split(separator: "\n")
            return error.problems.map(\.field)
                == ["no-such", "metadata-version", "name", "version", "summary", "requires-dist", "requires-dist"]
                && lines.count == 7 && lines[3] == "Version: this field is required."
                && lines[5].hasPrefix("Requires-Dist: 'a>>1', position 2: ")
        }
    }

    @Test("A local version can exist but not be published")
    func localVersion() throws {
        let raw = RawMetadata(file: Array("Metadata-Version: 2.1\nName: a\nVersion: 1.0+x\n".utf8))
        #expect(try CoreMetadata(strict: raw).version.local == "x")
        #expect(Self.reasons(raw, publishing: true) == [.localVersion("1.0+x")])
    }

    @Test("A file out there is read with what is right in it, and the rest stays raw")
    func existing() throws {
        let text = """
            Metadata-Version: 2.0
            Name: Old.Thing
            Version: 0.1
            Requires-Dist: good (>=1)
            Requires-Dist: bad (>=dev)
            Requires-Python: whatever
            Provides-Extra: fine
            License-File: ../LICENSE
            Description-Content-Type: text/markdown; variant=gfm
            Project-URL: Bad, ftp://example.org
            Project-URL: Good, https://example.org

            body
            """
        let metadata = try CoreMetadata(existing: RawMetadata(file: Array(text.utf8)))
        #expect(metadata.metadataVersion == .v2_0)
        #expect(metadata.name.display == "Old.Thing")
        #expect(metadata.requiresDist.map(\.text) == ["good>=1"])
        #expect(metadata.raw.list(.requiresDist)?.count == 2)
        #expect(metadata.requiresPython == nil)
        #expect(metadata.raw.text(.requiresPython) == "whatever")
        #expect(metadata.descriptionContentType == .markdown(.gitHub))
        #expect(metadata.projectURLs == [ProjectURL(label: "Good", url: "https://example.org")])
        #expect(metadata.licenseFiles.isEmpty)
        #expect(metadata.description == "body")
        #expect(
            Set(metadata.problems.map(\.field)) == [
                "requires-dist", "requires-python", "license-file", "description-content-type", "project-url",
            ])
        #expect(Self.reasons(metadata.raw, publishing: false).contains(.metadataVersion("2.0")))
    }

    @Test("Even of a file out there, name and version must be right")
    func identity() {
        #expect(throws: InvalidMetadata.self) {
            try CoreMetadata(existing: RawMetadata(file: Array("Metadata-Version: 2.1\nName: a\nVersion: x\n".utf8)))
        }
        #expect(throws: InvalidMetadata.self) { try CoreMetadata(existing: RawMetadata(file: [])) }
    }
}

@Suite("Core metadata of an upload form") struct UploadFormTests {
    private struct Capture: Decodable {
        struct Request: Decodable {
            struct Part: Decodable {
                let name: String
                let value: String?
            }
            let form: [Part]?
        }
        let requests: [Request]
        let metadata_2_5_upload: [Request]?
    }

    static func form(_ fields: (String, String)...) -> RawMetadata {
        RawMetadata(
            form: [("metadata_version", "2.6"), ("name", "demo"), ("version", "1.0")].map { (name: $0.0, value: $0.1) }
                + fields.map { (name: $0.0, value: $0.1) })
    }

    @Test(
        "What each client really sent can be published", .enabled(if: Vectors.arePresent, "no vectors"),
        arguments: ["flit", "hatch", "pdm", "poetry", "twine", "uv"])
    func captured(client: String) throws {
        let capture = try Vectors.decode(Capture.self, from: "wire/upload-\(client).json")
        let forms = (capture.requests + (capture.metadata_2_5_upload ?? [])).compactMap(\.form)
        for form in forms {
            let raw = RawMetadata(form: form.compactMap { part in part.value.map { (name: part.name, value: $0) } })
            let metadata = try CoreMetadata(publishing: raw)
            #expect(!metadata.requiresDist.isEmpty || metadata.name.normalized != "demo-pkg")
            #expect(metadata.summary?.isEmpty == false)
            #expect(metadata.raw.unparsed.isEmpty)
        }
        #expect(!forms.isEmpty)
        print("upload-\(client).json: \(forms.count) forms")
    }

    @Test("Empty and UNKNOWN fields are absent, and what is no metadata is passed over")
    func absent() throws {
        let raw = Self.form(
            ("home_page", ""), ("license", "UNKNOWN"), ("author", " UNKNOWN\n"), (":action", "file_upload"),
            ("content", "x"),
            ("comment", ""), ("md5_digest", "0"), ("classifiers", ""), ("platform", "UNKNOWN"), ("gpg_signature", "x"))
        #expect(Set(raw.fields.keys) == [.metadataVersion, .name, .version])
        #expect(raw.unparsed.isEmpty)
        #expect(try CoreMetadata(publishing: raw).license == nil)
    }

    @Test("Lists repeat their field; texts must not")
    func repeated() throws {
        let raw = Self.form(
            ("classifiers", "Topic :: Utilities"), ("requires_dist", "a"), ("classifiers", "Environment :: Console"),
            ("requires_dist", "b"),
            ("project_urls", "A, https://example.org"), ("project_urls", "B,https://example.org/b"),
            ("keywords", "x, y"))
        let metadata = try CoreMetadata(publishing: raw)
        #expect(metadata.classifiers == ["Topic :: Utilities", "Environment :: Console"])
        #expect(metadata.requiresDist.map(\.text) == ["a", "b"])
        #expect(metadata.projectURLs.map(\.label) == ["A", "B"])
        #expect(metadata.keywords == ["x", "y"])
        let twice = Self.form(("name", "other"))
        #expect(twice.unparsed == ["name": ["demo", "other"]])
        #expect(CoreMetadataTests.reasons(twice, publishing: true) == [.unreadable])
    }

    @Test(
        "uv's plurals are the same fields",
        arguments: [
            ("import_name", MetadataField.importName), ("import_names", .importName),
            ("import_namespace", .importNamespace),
            ("import_namespaces", .importNamespace), ("license_file", .licenseFile), ("license_files", .licenseFile),
            ("platform", .platform), ("supported_platform", .supportedPlatform),
            ("description_content_type", .descriptionContentType),
        ])
    func spellings(name: String, field: MetadataField) {
        #expect(MetadataField(formName: name) == field)
    }

    @Test("A form and a file that say the same are equal as raw metadata")
    func sameAsFile() {
        let form = Self.form(
            ("summary", "x"), ("requires_dist", "a"), ("classifiers", "A :: B"), ("keywords", "a,b"),
            ("description", "body"))
        let file = CoreMetadataTests.raw(
            "Summary: x", "Requires-Dist: a", "Classifier: A :: B", "Keywords: a,b", "", "body")
        #expect(form.fields[.description] == .text("body"))
        #expect(file.fields[.description] == .text("body\n"))
        #expect(form.fields.filter { $0.key != .description } == file.fields.filter { $0.key != .description })
    }
}
