import PackagingFormats
import Projects
import Testing

@Suite("What a release needs") struct ReleaseMetadataTests {
    @Test("is each project once, with each condition on its version once; extras are left out, and what cannot be read")
    func requirements() throws {
        var metadata = ReleaseMetadata()
        metadata.requiresDist = [
            "Demo>=2; python_version >= '3.9'", "demo <2 ; python_version < '3.9'", "demo>=2", "flask",
            "tool @ https://example.org/tool.zip", "other; extra == 'test'", "nothing ~~ at all", "flask[async]>=1,<3",
        ]
        let found = metadata.requirements
        #expect(found.map(\.project.normalized) == ["demo", "flask", "tool"])
        #expect(found.map { $0.specifiers.map(\.text) } == [[">=2", "<2"], ["<3,>=1"], []])
        #expect(metadata.needs == found.map(\.project))
        // As it is stored: blanks lie between, and none within.
        #expect(found.flatMap(\.specifiers).allSatisfy { !$0.text.contains(" ") })
    }
}
