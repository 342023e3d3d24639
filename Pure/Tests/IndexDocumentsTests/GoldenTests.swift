import IndexDocuments
import Testing
import UTC
import VectorSupport

@Suite("What readers get is, byte for byte, what it was:") struct GoldenTests {
    @Test("a project's page")
    func project() throws {
        try Golden.expect(Samples.project.json(), "project.json")
        try Golden.expect(Samples.project.html(), "project.html")
    }

    @Test("the page of a project without releases")
    func emptyProject() throws {
        let project = SimpleProject(name: "empty", versions: [], files: [], lastSerial: 1)
        try Golden.expect(project.json(), "empty-project.json")
        try Golden.expect(project.html(), "empty-project.html")
    }

    @Test("the list of projects")
    func list() throws {
        try Golden.expect(Samples.list.json(), "list.json")
        try Golden.expect(Samples.list.html(), "list.html")
    }

    @Test("the JSON documents of a project and of a release of which little is known")
    func documents() throws {
        try Golden.expect(Samples.projectDocument.json(), "document-project.json")
        try Golden.expect(Samples.bareReleaseDocument.json(), "document-release.json")
    }

    @Test("the feeds", arguments: Samples.feeds)
    func feeds(file: String, subject: Feed.Subject) throws { try Golden.expect(Samples.feed(subject).xml(), file) }
}
