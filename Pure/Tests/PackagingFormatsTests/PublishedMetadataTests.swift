import Testing

@testable import PackagingFormats

@Suite("The metadata in a file that is published") struct PublishedMetadataTests {
    static func problems(
        _ lines: String, version: String = "2.4", by rules: PublishingRules = PublishingRules()
    ) -> [String] {
        let head = "Metadata-Version: \(version)\nName: demo\nVersion: 1.0\n"
        let raw = RawMetadata(file: Array((head + lines + "\n").utf8))
        return CoreMetadata.problems(publishedIn: raw, by: rules).map(\.field)
    }

    // What the line says, in which version of the format, and the field that is refused.
    // swift-format-ignore
    static let lines: [(String, version: String, refused: String?)] = [
        ("Home-page: javascript:alert(1)",                 "2.4", "home-page"),
        ("Download-URL: ftp://example.org",                "2.4", "download-url"),
        ("Project-URL: Source, data:text/html,x",          "2.4", "project-url"),
        ("Requires-Dist: a @ https://example.org/a.whl",   "2.4", "requires-dist"),
        ("Summary: " + String(repeating: "x", count: 513), "2.4", "summary"),
        ("Summary: one\n two",                             "2.4", "summary"),
        ("Author-email: nobody",                           "2.4", "author-email"),
        ("Classifier: nonsense",                           "2.4", "classifier"),
        ("Classifier: Topic :: Nonsense",                  "2.4", "classifier"),
        ("License-Expression: Mine",                       "2.4", "license-expression"),
        ("License-File: ../LICENSE",                       "2.4", "license-file"),
        ("Description-Content-Type: text/html",            "2.4", "description-content-type"),
        ("Provides-Dist: a @ https://example.org/a.whl",   "2.4", "provides-dist"),
        ("Import-Name: a\nImport-Namespace: a",            "2.5", "import-namespace"),
        // Before their time: many a build tool has written them. But they are served, so that they are judged.
        ("Project-URL: Source, javascript:alert(1)",       "1.0", "project-url"),
        ("Requires-Dist: a @ https://example.org/a.whl",   "1.0", "requires-dist"),
        ("Import-Name: a\nImport-Namespace: a",            "2.1", "import-namespace"),
        ("License-File: LICENSE",                          "2.1", nil),
        ("Project-URL: Source, https://example.org",       "1.0", nil),
        // What tools write for nothing.
        ("Home-page: UNKNOWN",                             "2.1", nil),
        ("Home-page:",                                     "2.1", nil),
        ("Author-email: UNKNOWN\nLicense: UNKNOWN",        "2.1", nil),
        ("Platform: UNKNOWN",                              "2.1", nil),
        ("Import-Name:",                                   "2.5", nil),
        // Nothing of these is served.
        ("No-Such-Field: x",                               "2.4", nil),
        ("Home-page: javascript:x\nHome-page: javascript:y", "2.4", nil),
    ]

    @Test("is held to the rules for what is published, whatever a form leaves out", arguments: lines)
    func judged(lines: String, version: String, refused: String?) {
        #expect(Self.problems(lines, version: version) == [refused].compactMap(\.self))
    }

    @Test("is held to what the operator chose")
    func chosen() {
        var rules = PublishingRules()
        #expect(Self.problems("Classifier: Private :: Do Not Upload").isEmpty)
        rules.takesPrivateClassifiers = false
        #expect(Self.problems("Classifier: Private :: Do Not Upload", by: rules) == ["classifier"])
        #expect(Self.problems("Classifier: Acme :: Team", by: rules) == ["classifier"])
        rules.moreClassifiers = ["Acme :: Team"]
        #expect(Self.problems("Classifier: Acme :: Team", by: rules).isEmpty)
    }

    @Test("can have a local version where the operator takes these", arguments: [false, true])
    func local(isTaken: Bool) {
        let raw = RawMetadata(file: Array("Metadata-Version: 2.4\nName: demo\nVersion: 1.0+acme\n".utf8))
        var rules = PublishingRules()
        rules.takesLocalVersions = isTaken
        #expect(CoreMetadata.problems(publishedIn: raw, by: rules).isEmpty == isTaken)
        #expect(((try? CoreMetadata(publishing: raw, by: rules)) != nil) == isTaken)
    }

    @Test("says by what a deprecated classifier is to be replaced")
    func deprecated() throws {
        let raw = CoreMetadataTests.raw("Classifier: Natural Language :: Ukranian")
        let error = #expect(throws: InvalidMetadata.self) { try CoreMetadata(publishing: raw) }
        #expect(error?.explanation.contains("'Natural Language :: Ukrainian'") == true)
    }

    // swift-format-ignore
    static let descriptions: [(header: String, text: String)] = [
        ("one line",                                         "one line"),
        ("Title\n        =====\n        \n          code",    "Title\n=====\n\n  code"),
        ("Title\n       |=====\n       |\n       |  code",    "Title\n=====\n\n  code"),
        ("Title\r\n        =====\r\n        text",          "Title\n=====\ntext"),
        ("Title\r        =====\r\n        \r        text",   "Title\n=====\n\ntext"),
        ("Title\n  kept",                                    "Title\n  kept"),
    ]

    @Test("has its description unfolded, if it is a header", arguments: descriptions)
    func unfolded(header: String, text: String) {
        let raw = CoreMetadataTests.raw("Description: " + header)
        #expect(raw.text(.description) == text)
    }

    @Test("has its description as it is, if it is the body")
    func body() {
        #expect(CoreMetadataTests.raw("", "    code\n        more").text(.description) == "    code\n        more\n")
    }
}
