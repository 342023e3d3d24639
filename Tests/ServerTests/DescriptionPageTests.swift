import Descriptions
import Foundation
import HTTPTypes
import Server
import Support
import Testing

@Suite("The page of a project, where its description takes a helper") struct DescriptionPageTests {
    private static let python = "/usr/bin/python3"

    private static func isThere() async -> Bool {
        let folder = FileManager.default.temporaryDirectory.appending(path: "rendered-\(UUID().uuidString)").path
        return (try? await MarkupHelper(python: python, folder: folder).versions())?.contains("docutils") == true
    }

    @Test(
        "is not kept while the helper is missing, and shows what it renders as soon as it is there",
        .enabled("python3-docutils is installed") { await isThere() })
    func provisional() async throws {
        let link = FileManager.default.temporaryDirectory.appending(path: "python-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: link) }
        let server = try await TestServer { $0.python = link.path }
        try await server.upload(.wheel(TestWheel(metadata: testMetadata("demo-pkg", "1.0"))))
        for _ in 0..<2 {
            let page = try await server.send(.get, "/project/demo-pkg/")
            #expect(page.status == 200 && !page.isImmediate)
            #expect(page.text.contains("<pre class=\"plain\"># Demonstration"))
        }
        try FileManager.default.createSymbolicLink(at: link, withDestinationURL: URL(filePath: Self.python))
        #expect(try await server.send(.get, "/project/demo-pkg/").text.contains("<p># Demonstration</p>"))
        #expect(try await server.send(.get, "/project/demo-pkg/").isImmediate)
    }

    @Test("is kept as it is where nobody wants one")
    func none() async throws {
        let server = try await TestServer { $0.python = nil }
        try await server.upload(.wheel())
        #expect(try await server.send(.get, "/project/demo-pkg/").text.contains("<pre class=\"plain\">"))
        #expect(try await server.send(.get, "/project/demo-pkg/").isImmediate)
        #expect(!FileManager.default.fileExists(atPath: server.folder.appending(path: "rendered").path))
        #expect(try await Doctor(server.index).examine().warnings == [])
    }

    @Test("is something that the doctor has a word about, where it is wanted and not there")
    func doctor() async throws {
        let server = try await TestServer { $0.python = "/nowhere/python3" }
        let warnings = try await Doctor(server.index).examine().warnings
        #expect(
            warnings.map(\.what) == [
                "descriptions: /nowhere/python3 cannot be started: No such file or directory"
            ])
        #expect(warnings.allSatisfy { $0.remedy.contains("apt-get install python3-docutils") })
    }
}
