import Foundation
import IndexDocuments
import Testing
import UTC
import VectorSupport

@Suite("PyPI's JSON documents") struct DocumentTests {
    @Test("hold what went in, however hostile", arguments: 0..<100 as Range<UInt64>)
    func hostile(seed: UInt64) throws {
        var random = SplitMix64(seed: seed)
        func hostile() -> String { .hostile(using: &random) }
        var document = Samples.projectDocument
        document.info.summary = hostile()
        document.info.description = hostile()
        document.info.classifiers = [hostile(), hostile()]
        document.info.projectURLs = [.init(label: hostile(), url: hostile())]
        document.ownership.roles[0].user = hostile()
        document.files[0].comment = hostile()
        let version = hostile()
        document.releases = [.init(version: version, files: document.files)]
        let read = try object(document.json())
        let info = try #require(read["info"] as? [String: Any])
        #expect(same(info["summary"] as? String, document.info.summary))
        #expect(same(info["description"] as? String, document.info.description))
        let classifiers = try #require(info["classifiers"] as? [String])
        #expect(zip(classifiers, document.info.classifiers).allSatisfy { same($0, $1) } && classifiers.count == 2)
        let urls = try #require(info["project_urls"] as? [String: String])
        #expect(same(urls.first?.key, document.info.projectURLs[0].label))
        #expect(same(urls.first?.value, document.info.projectURLs[0].url))
        let roles = (read["ownership"] as? [String: Any])?["roles"] as? [[String: String]]
        #expect(same(roles?.first?["user"], document.ownership.roles[0].user))
        #expect(same((read["urls"] as? [[String: Any]])?.first?["comment_text"] as? String, document.files[0].comment))
        #expect(same((read["releases"] as? [String: Any])?.first?.key, version))
    }

    @Test("have PyPI's keys, all of them, whatever is known")
    func keys() throws {
        for document in [Samples.projectDocument, Samples.bareReleaseDocument] {
            let info = try #require(object(document.json())["info"] as? [String: Any])
            #expect(
                info.keys.sorted() == [
                    "author", "author_email", "bugtrack_url", "classifiers", "description", "description_content_type",
                    "docs_url", "download_url", "downloads", "dynamic", "home_page", "keywords", "license",
                    "license_expression", "license_files", "maintainer", "maintainer_email", "name", "package_url",
                    "platform", "project_url", "project_urls", "provides_extra", "release_url", "requires_dist",
                    "requires_python", "summary", "version", "yanked", "yanked_reason",
                ])
        }
        let file = try #require((object(Samples.projectDocument.json())["urls"] as? [[String: Any]])?.first)
        #expect(
            file.keys.sorted() == [
                "comment_text", "core-metadata", "digests", "downloads", "filename", "has_sig", "md5_digest",
                "packagetype",
                "python_version", "requires_python", "size", "upload_time", "upload_time_iso_8601", "url", "yanked",
                "yanked_reason",
            ])
    }

    @Test("name all releases only in the project's")
    func releases() throws {
        let keys = ["info", "last_serial", "ownership", "urls", "vulnerabilities"]
        #expect(try object(Samples.bareReleaseDocument.json()).keys.sorted() == keys)
        #expect(try object(Samples.projectDocument.json()).keys.sorted() == (keys + ["releases"]).sorted())
    }

    @Test("say what is known to be bad, as PyPI's do")
    func vulnerabilities() throws {
        var document = Samples.bareReleaseDocument
        document.vulnerabilities = [
            ReleaseVulnerability(
                id: "PYSEC-1", aliases: ["CVE-1"], summary: nil, details: "a \"b\"", fixedIn: ["1.1", "2.0"],
                link: "https://index.example.org/osv/v1/vulns/PYSEC-1", source: "osv", withdrawn: nil),
            ReleaseVulnerability(
                id: "RIND-1", aliases: [], summary: "s", details: nil, fixedIn: [], link: "l", source: "rind",
                withdrawn: Timestamp(seconds: 0)),
        ]
        let text = String(decoding: document.json(), as: UTF8.self)
        #expect(
            text.hasSuffix(
                #""vulnerabilities":[{"aliases":["CVE-1"],"details":"a \"b\"","fixed_in":["1.1","2.0"],"id":"PYSEC-1","#
                    + #""link":"https://index.example.org/osv/v1/vulns/PYSEC-1","source":"osv","summary":null,"#
                    + #""withdrawn":null},{"aliases":[],"details":null,"fixed_in":[],"id":"RIND-1","link":"l","#
                    + #""source":"rind","summary":"s","withdrawn":"1970-01-01T00:00:00Z"}]}"#))
    }

    @Test("lead to pages whose addresses are escaped")
    func addresses() throws {
        let info = try #require(object(Samples.projectDocument.json())["info"] as? [String: Any])
        #expect(info["package_url"] as? String == "https://index.example.org/project/Demo.Pkg/")
        #expect(info["release_url"] as? String == "https://index.example.org/project/Demo.Pkg/1%211.0/")
    }

    @Test("give of two addresses with one label the first")
    func labels() throws {
        let info = try #require(object(Samples.projectDocument.json())["info"] as? [String: Any])
        #expect(
            info["project_urls"] as? [String: String]
                == ["Source": "https://example.org/src", "Docs": "https://example.org/docs"])
    }
}

@Suite("The feeds") struct FeedTests {
    @Test("are well-formed and hold what went in, however hostile", arguments: 0..<100 as Range<UInt64>)
    func hostile(seed: UInt64) throws {
        var random = SplitMix64(seed: seed)
        for (_, subject) in Samples.feeds {
            let item = Feed.Item(
                name: .hostile(using: &random), normalizedName: "demo", version: .hostile(using: &random),
                summary: .hostile(using: &random), author: .hostile(using: &random), moment: Samples.moment)
            let elements = try MarkupReader.elements(Samples.feed(subject, [item]).xml())
            func text(_ name: String) -> String? { elements.last { $0.name == name }?.text }
            let title: String
            switch subject {
            case .newestProjects: title = "\(item.name) added to Rind"
            case .latestUpdates: title = "\(item.name) \(item.version)"
            case .releases: title = item.version
            }
            #expect(same(text("title"), title.withoutForbidden))
            #expect(same(text("description"), item.summary?.withoutForbidden))
            #expect(same(text("author"), item.author?.withoutForbidden))
            #expect(text("guid") == text("link"))
            #expect(URL(string: try #require(text("link"))) != nil)
            #expect(text("pubDate") == item.moment.httpDate)
        }
    }

    @Test("show the first forty items", arguments: [0, 39, 40, 41])
    func length(count: Int) throws {
        let items = (0..<count).map { number in
            Feed.Item(name: "p\(number)", normalizedName: "p\(number)", version: "1", moment: Samples.moment)
        }
        let elements = try MarkupReader.elements(Samples.feed(.newestProjects, items).xml())
        let titles = elements.filter { $0.name == "title" }.dropFirst().map(\.text)
        #expect(titles == (0..<min(count, 40)).map { "p\($0) added to Rind" })
    }
}
