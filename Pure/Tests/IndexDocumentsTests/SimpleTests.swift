import Foundation
import IndexDocuments
import PackagingFormats
import Testing
import UTC
import VectorSupport

@Suite("The Simple API's pages") struct SimpleTests {
    @Test("hold in JSON what went in, however hostile", arguments: 0..<200 as Range<UInt64>)
    func json(seed: UInt64) throws {
        var random = SplitMix64(seed: seed)
        func hostile() -> String { .hostile(using: &random) }
        let file = SimpleFile(
            filename: hostile(), url: hostile(), sha256: hostile(), requiresPython: hostile(),
            size: .random(in: 0...(1 << 50), using: &random), uploadTime: Samples.moment,
            yanked: .yes(reason: "x" + hostile()), metadataSHA256: hostile(), provenanceURL: hostile())
        let project = SimpleProject(
            name: hostile(), status: .deprecated, statusReason: hostile(), versions: [hostile(), hostile()],
            files: [file],
            lastSerial: .random(in: 0...(1 << 50), using: &random))
        let read = try object(project.json())
        #expect(same(read["name"] as? String, project.name))
        let status = read["project-status"] as? [String: String]
        #expect(status?["status"] == "deprecated")
        #expect(same(status?["reason"], project.statusReason))
        let versions = try #require(read["versions"] as? [String])
        #expect(zip(versions, project.versions).allSatisfy { same($0, $1) } && versions.count == 2)
        #expect((read["meta"] as? [String: Any])?["_last-serial"] as? Int64 == project.lastSerial)

        let readFile = try #require((read["files"] as? [[String: Any]])?.first)
        #expect(same(readFile["filename"] as? String, file.filename))
        #expect(same(readFile["url"] as? String, file.url))
        #expect(same((readFile["hashes"] as? [String: String])?["sha256"], file.sha256))
        #expect(same(readFile["requires-python"] as? String, file.requiresPython))
        #expect(same((readFile["core-metadata"] as? [String: String])?["sha256"], file.metadataSHA256))
        #expect(same(readFile["provenance"] as? String, file.provenanceURL))
        #expect(readFile["size"] as? Int64 == file.size)
        #expect(readFile["upload-time"] as? String == file.uploadTime.iso8601)
        #expect(file.yanked == .yes(reason: readFile["yanked"] as? String))
    }

    @Test("hold in HTML what went in, however hostile", arguments: 0..<200 as Range<UInt64>)
    func html(seed: UInt64) throws {
        var random = SplitMix64(seed: seed)
        func hostile() -> String { .hostile(using: &random) }
        let reason = hostile()
        let file = SimpleFile(
            filename: hostile(), url: "https://example.org/" + hostile(), sha256: Samples.hash,
            requiresPython: hostile(),
            size: 1, uploadTime: Samples.moment, yanked: .yes(reason: reason), metadataSHA256: Samples.hash,
            provenanceURL: hostile())
        let project = SimpleProject(
            name: hostile(), status: .deprecated, statusReason: hostile(), versions: [], files: [file], lastSerial: 1)
        let anchors = htmlElements("a", project.html())
        #expect(anchors.count == 1)
        let anchor = try #require(anchors.first)
        #expect(same(anchor.attributes["href"], (file.url + "#sha256=" + file.sha256).withoutForbidden))
        #expect(same(anchor.attributes["data-requires-python"], file.requiresPython?.withoutForbidden))
        #expect(same(anchor.attributes["data-yanked"], reason.withoutForbidden))
        #expect(same(anchor.attributes["data-provenance"], file.provenanceURL?.withoutForbidden))
        #expect(same(anchor.text, file.filename.withoutForbidden))
        let reasons = htmlElements("meta", project.html()).filter {
            $0.attributes["name"] == "pypi:project-status-reason"
        }
        #expect(same(reasons.first?.attributes["content"], project.statusReason?.withoutForbidden))
    }

    @Test("name a file's metadata in JSON by one key and in HTML by two, as PEP 714 says")
    func metadataKeys() throws {
        let files = try #require(try object(Samples.project.json())["files"] as? [[String: Any]])
        #expect(files.contains { $0["core-metadata"] is [String: String] })
        // pip 22.3 to 23.1.2 installs nothing from a page that has this key.
        #expect(files.allSatisfy { $0["dist-info-metadata"] == nil })
        let anchor = try #require(htmlElements("a", Samples.project.html()).first)
        #expect(anchor.attributes["data-dist-info-metadata"] == anchor.attributes["data-core-metadata"])
        #expect(anchor.attributes["data-core-metadata"] != nil)
    }

    @Test("escape a Requires-Python in its attribute")
    func requiresPython() {
        let html = String(decoding: Samples.project.html(), as: UTF8.self)
        #expect(html.contains(#"data-requires-python="&gt;=3.8,&lt;4""#))
    }

    @Test("tell yanked files with a reason, with none, and with an empty one from the others")
    func yanked() throws {
        let yankings: [Yanking] = [.no, .yes(reason: nil), .yes(reason: ""), .yes(reason: "why")]
        var project = Samples.project
        project.files = yankings.map { yanking in
            var file = Samples.files[1]
            file.yanked = yanking
            return file
        }
        let files = try #require(object(project.json())["files"] as? [[String: Any]])
        #expect(files.map { $0["yanked"] as? Bool } == [false, true, true, nil])
        #expect(files.map { $0["yanked"] as? String } == [nil, nil, nil, "why"])
        let anchors = htmlElements("a", project.html())
        #expect(anchors.map { $0.attributes["data-yanked"] } == [nil, "", "", "why"])
    }

    @Test("of a quarantined project offer nothing and say why")
    func quarantined() throws {
        var project = Samples.project
        project.status = .quarantined
        let read = try object(project.json())
        #expect((read["files"] as? [Any])?.isEmpty == true)
        #expect((read["versions"] as? [Any])?.isEmpty == true)
        #expect(read["project-status"] as? [String: String] == ["status": "quarantined", "reason": "see <new-pkg>"])
        let html = String(decoding: project.html(), as: UTF8.self)
        #expect(!html.contains("<a "))
        #expect(html.contains(#"<meta name="pypi:project-status" content="quarantined">"#))
    }

    @Test("list every project with its serial, by its normal name", arguments: 0..<50 as Range<UInt64>)
    func list(seed: UInt64) throws {
        var random = SplitMix64(seed: seed)
        let list = SimpleProjectList(
            projects: (0..<5).map { _ in
                .init(
                    name: .hostile(using: &random), normalizedName: "a/b-\(seed)",
                    lastSerial: .random(in: 0...1_000, using: &random))
            }, lastSerial: 1_000)
        let read = try #require(object(list.json())["projects"] as? [[String: Any]])
        #expect(read.map { $0["_last-serial"] as? Int64 } == list.projects.map(\.lastSerial))
        #expect(zip(read, list.projects).allSatisfy { same($0["name"] as? String, $1.name) })
        let anchors = htmlElements("a", list.html())
        #expect(anchors.map { $0.attributes["href"] } == list.projects.map { _ in "a%2Fb-\(seed)/" })
        #expect(zip(anchors, list.projects).allSatisfy { same($0.text, $1.name.withoutForbidden) })
    }

    @Test("write every moment as it is written elsewhere", arguments: 0..<200 as Range<UInt64>)
    func moments(seed: UInt64) throws {
        var random = SplitMix64(seed: seed)
        var project = Samples.project
        project.files = [Samples.files[0]]
        // The years 1 to 9999.
        let moment = Timestamp(
            microseconds: .random(in: -62_135_596_800_000_000..<253_402_300_800_000_000, using: &random))
        project.files[0].uploadTime = moment
        let files = try object(project.json())["files"] as? [[String: Any]]
        #expect(files?.first?["upload-time"] as? String == moment.iso8601)
    }
}
