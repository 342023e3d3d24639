import Accounts
import Acts
import Database
import Downloads
import Journal
import PackagingFormats
import Policy
import Ports
import Primitives
import Projects
import Removals
import Roles
import Search
import Stores
import Support
import Testing
import UTC

@testable import Database

@Suite("The projects of an index") struct ProjectStoreTests {
    let index: TestIndex
    var projects: any ProjectStore { index.stores.projects }

    init() async throws { index = try await TestIndex() }

    func candidate(
        _ project: String, _ version: String, _ filename: String? = nil, sha256: String = "aa", summary: String? = nil
    ) throws -> UploadCandidate {
        var metadata = ReleaseMetadata()
        metadata.summary = summary
        return UploadCandidate(
            project: try ProjectName(parsing: project), version: try Version(parsing: version),
            filename: try DistributionFilename(
                lenient: filename ?? "\(project.replacing("-", with: "_"))-\(version)-py3-none-any.whl"),
            packageType: .wheel, pythonTag: "py3",
            size: 10, digests: Digests(sha256: sha256, blake2b256: "bb", md5: "cc"), metadataSHA256: nil,
            metadata: metadata)
    }

    @discardableResult
    func upload(_ candidate: UploadCandidate, by actor: Actor? = nil) async throws -> UploadOutcome {
        try await projects.upload(
            candidate, by: actor ?? index.ada, at: index.now, limits: UploadLimits())
    }

    @Test("begin with an upload, whose sender becomes the owner")
    func firstUpload() async throws {
        try await upload(candidate("Demo_Pkg", "1.0"))
        let snapshot = try #require(try await projects.snapshot(of: ProjectName(parsing: "demo.pkg")))
        #expect(snapshot.project.name.display == "Demo_Pkg")
        #expect(snapshot.roles == [RoleHolder(user: try Username(parsing: "ada"), role: .owner)])
        #expect(snapshot.latest?.files.map(\.filename) == ["Demo_Pkg-1.0-py3-none-any.whl"])
        #expect(snapshot.latest?.files.first?.uploader == (try Username(parsing: "ada")))
    }

    @Test("are each change on record, in the order of the changes")
    func journal() async throws {
        let before = try await index.stores.journal.latestSerial()
        try await upload(candidate("demo", "1.0"))
        try await projects.yank(
            Version(parsing: "1.0"), of: ProjectName(parsing: "demo"), reason: "broken", by: index.ada, at: index.now)
        var query = JournalQuery()
        query.after = before
        let entries = try await index.stores.journal.entries(query)
        #expect(
            entries.map(\.action) == [
                .project(.createProject), .project(.createRelease), .project(.uploadFile), .project(.yankRelease),
            ])
        #expect(entries.allSatisfy { $0.actor == "user ada" && $0.subject == "project demo" && $0.at == index.now })
        #expect(
            entries.last?.details == ["version": "1", "reason": "broken"] || entries.last?.details["reason"] == "broken"
        )
        #expect(zip(entries, entries.dropFirst()).allSatisfy { $0.serial < $1.serial })
        let snapshot = try await projects.snapshot(of: ProjectName(parsing: "demo"))
        #expect(snapshot?.project.serial == entries.last?.serial)
    }

    @Test("have a history that goes on past an entry of a newer version, with details of other shapes")
    func newerEntries() async throws {
        let before = try await index.stores.journal.latestSerial()
        try await upload(candidate("demo", "1.0"))
        try await index.database.write {
            try $0.execute(
                "UPDATE journal SET action = 'file.teleport', details = $1 WHERE action = 'file.upload'",
                #"{"to":["the","moon"],"n":3,"why":null,"version":"1.0"}"#)
        }
        let entries = try await index.stores.journal.entries(JournalQuery(after: before, limit: 10))
        #expect(entries.count == 3)
        let details = ["to": #"["the","moon"]"#, "n": "3", "why": "null", "version": "1.0"]
        #expect(entries.last?.record == EventRecord(act: "file.teleport", details: details))
    }

    @Test("take the same file again without a change, and nothing else under its name")
    func sameName() async throws {
        try await upload(candidate("demo", "1.0", sha256: "aa"))
        let serial = try await index.stores.journal.latestSerial()
        #expect(try await upload(candidate("demo", "1.0", sha256: "aa")) == .alreadyThere)
        await #expect(throws: UploadRefusal.self) { try await upload(candidate("demo", "1.0", sha256: "ff")) }
        #expect(try await index.stores.journal.latestSerial() == serial)
    }

    @Test(
        "know a wheel again in every spelling of its name, and take another one",
        arguments: [
            ("Demo.Pkg-1.0.0-1-py2.py3-none-any.whl", false), ("demo_pkg-1.0-01-py3.py2-NONE-any.whl", false),
            ("demo_pkg-1.0-2-py2.py3-none-any.whl", true), ("demo_pkg-1.0-py2.py3-none-any.whl", true),
            ("demo_pkg-1.0-1-py3-none-any.whl", true), ("demo_pkg-1.1-1-py2.py3-none-any.whl", true),
        ])
    func spelling(filename: String, isAnother: Bool) async throws {
        try await upload(candidate("demo-pkg", "1.0", "demo_pkg-1.0-1-py2.py3-none-any.whl", sha256: "aa"))
        let other = try candidate("demo-pkg", "1.0", filename, sha256: "bb")
        if isAnother {
            #expect(try await upload(other) != .alreadyThere)
        } else {
            let refusal = await #expect(throws: UploadRefusal.self) { try await upload(other) }
            #expect(refusal?.code == "upload.file-exists")
        }
    }

    @Test("judge a file beforehand as they do when it comes, and change nothing")
    func judging() async throws {
        func judge(_ candidate: UploadCandidate) async throws -> UploadPolicy.Decision {
            try await projects.judge(candidate, by: index.ada, at: index.now, limits: UploadLimits()).decision
        }
        let before = try await index.stores.journal.latestSerial()
        #expect(try await judge(candidate("demo", "1.0")) == .store)
        await #expect(throws: UploadRefusal.self) { try await judge(candidate("demo", "1.0+local")) }
        #expect(try await index.stores.journal.latestSerial() == before)
        try await upload(candidate("demo", "1.0"))
        let serial = try await index.stores.journal.latestSerial()
        #expect(try await judge(candidate("demo", "1.0")) == .alreadyThere)
        await #expect(throws: UploadRefusal.self) { try await judge(candidate("demo", "1.0", sha256: "ff")) }
        #expect(try await index.stores.journal.latestSerial() == serial)
    }

    @Test("judge who uploads where before the file comes, and change nothing")
    func judgingPeople() async throws {
        func judge(_ name: String, by actor: Actor) async throws {
            try await projects.mayUpload(to: ProjectName(parsing: name), by: actor, at: index.now)
        }
        try await upload(candidate("demo", "1.0"))
        let bob = try await TestIndex.user("bob", in: index.stores, at: index.now)
        let serial = try await index.stores.journal.latestSerial()
        try await judge("demo", by: index.ada)
        try await judge("another", by: bob)
        await #expect(throws: NameRefusal.self) { try await judge("json", by: index.ada) }
        await #expect(throws: AccessRefusal.self) { try await judge("demo", by: bob) }
        #expect(try await index.stores.journal.latestSerial() == serial)
    }

    @Test("keep their releases apart by value, not by spelling")
    func releaseIdentity() async throws {
        try await upload(candidate("demo", "1.0", "demo-1.0-py3-none-any.whl"))
        try await upload(candidate("demo", "1.0.0", "demo-1.0.0-py2-none-any.whl", sha256: "dd"))
        let snapshot = try #require(try await projects.snapshot(of: ProjectName(parsing: "demo")))
        #expect(snapshot.releases.map(\.version.description) == ["1.0"])
        #expect(snapshot.releases[0].files.count == 2)
    }

    @Test("are not changed by strangers, nor by a token for another project")
    func strangers() async throws {
        try await upload(candidate("demo", "1.0"))
        let bob = try await TestIndex.user("bob", in: index.stores, at: index.now)
        let demo = try ProjectName(parsing: "demo")
        await #expect(throws: AccessRefusal.noRole(try Username(parsing: "bob"), demo)) {
            try await upload(candidate("demo", "2.0"), by: bob)
        }
        let narrow = Actor(index.ada.identity, assurance: .password, projects: ["other"])
        await #expect(throws: AccessRefusal.outOfScope(demo)) {
            try await upload(candidate("demo", "2.0"), by: narrow)
        }
        #expect(try await projects.snapshot(of: demo)?.releases.count == 1)
    }

    @Test("do not begin under the name of a module, a reserved name, or one that looks like another")
    func names() async throws {
        try await upload(candidate("flask", "1.0"))
        try await projects.reserve(ProjectName(parsing: "acme-core"), by: .operatorAtMachine, at: index.now)
        for name in ["json", "Acme.Core", "f1ask"] {
            await #expect(throws: NameRefusal.self, "\(name)") { try await upload(candidate(name, "1.0")) }
            #expect(try await projects.snapshot(of: ProjectName(parsing: name)) == nil)
        }
    }

    @Test("do not begin under a name that looks like one that is kept, or was removed")
    func lookAlikes() async throws {
        let eve = try await TestIndex.user("eve", in: index.stores, at: index.now)
        for name in ["our-company", "Ill-Oo"] {
            try await projects.reserve(ProjectName(parsing: name), by: .operatorAtMachine, at: index.now)
        }
        try await upload(candidate("gone-app", "1.0"))
        try await index.stores.removals.deleteProject(
            ProjectName(parsing: "gone-app"), by: .operatorAtMachine, from: RequestOrigin(), at: index.now)
        // swift-format-ignore
        let names: [(String, String?)] = [
            ("our-company", "name.reserved"), ("Our.Company", "name.reserved"),
            ("ourcompany", "name.resembles-reserved"), ("0ur-c0mpany", "name.resembles-reserved"),
            ("i11-00", "name.resembles-reserved"), ("our-company2", nil),
            ("goneapp", "name.too-similar"), ("g0ne_app", "name.too-similar"),
            ("requirements.txt", "name.file-of-requirements"), ("requirements_txt", "name.file-of-requirements"),
            ("RRequirements-TXT", "name.file-of-requirements"), ("requ1rementstxt", "name.file-of-requirements"),
            ("requirements", nil),
        ]
        for (name, code) in names {
            let name = try ProjectName(parsing: name)
            var found: String?
            do { try await projects.mayUpload(to: name, by: eve, at: index.now) } catch {
                found = (error as? any Refusal)?.code
            }
            #expect(found == code, "\(name)")
            found = nil
            do { try await upload(candidate(name.display, "1.0"), by: eve) } catch {
                found = (error as? any Refusal)?.code
            }
            #expect(found == code, "\(name)")
        }
        try await projects.unreserve(ProjectName(parsing: "our-company"), by: .operatorAtMachine, at: index.now)
        try await projects.mayUpload(to: ProjectName(parsing: "ourcompany"), by: eve, at: index.now)
    }

    @Test("have files of the time at which an import says that they were published, never of a later one")
    func dates() async throws {
        let projects = projects
        func put(_ version: String, _ build: Int, at date: Timestamp?) async throws {
            var candidate = try candidate("demo", version, "demo-\(version)-\(build)-py3-none-any.whl")
            candidate.publishedAt = date
            _ = try await projects.upload(
                candidate, by: .operatorAtMachine, at: index.now, limits: UploadLimits())
        }
        let (day, now) = (Timestamp(seconds: 1_500_000_000), index.now)
        try await put("1.0", 1, at: day + .seconds(60))
        try await put("1.0", 2, at: day)
        try await put("1.0", 3, at: nil)
        try await put("2.0", 1, at: now + .seconds(60))
        let snapshot = try #require(try await projects.snapshot(of: ProjectName(parsing: "demo")))
        let (second, first) = (snapshot.releases[0], snapshot.releases[1])
        #expect(first.files.map(\.uploadedAt) == [day + .seconds(60), day, now])
        #expect(first.createdAt == day)
        #expect(second.files.map(\.uploadedAt) == [now] && second.createdAt == now)
        #expect(snapshot.project.createdAt == now)
    }

    @Test("keep an owner")
    func lastOwner() async throws {
        try await upload(candidate("demo", "1.0"))
        let demo = try ProjectName(parsing: "demo")
        let ada = try Username(parsing: "ada")
        _ = try await TestIndex.user("bob", in: index.stores, at: index.now)
        let bob = try Username(parsing: "bob")
        await #expect(throws: RoleRefusal.lastOwner(ada, demo)) {
            try await index.stores.roles.removeRole(on: demo, from: ada, by: index.ada, at: index.now)
        }
        await #expect(throws: RoleRefusal.lastOwner(ada, demo)) {
            try await index.stores.roles.changeRole(
                of: ada, to: .maintainer, on: demo, by: index.ada, from: RequestOrigin(), at: index.now)
        }
        await #expect(throws: RoleRefusal.hasRole(ada, .owner, demo)) {
            try await projects.addRole(.maintainer, on: demo, to: ada, by: index.ada, at: index.now)
        }
        try await projects.addRole(.owner, on: demo, to: bob, by: index.ada, at: index.now)
        try await index.stores.roles.removeRole(on: demo, from: ada, by: index.ada, at: index.now)
        #expect(try await projects.snapshot(of: demo)?.roles == [RoleHolder(user: bob, role: .owner)])
    }

    @Test("show a final release first, and the one before it once it is yanked")
    func latest() async throws {
        let demo = try ProjectName(parsing: "demo")
        for (number, version) in ["1.0", "2.0", "3.0a1"].enumerated() {
            try await upload(candidate("demo", version, sha256: "a\(number)", summary: "summary of \(version)"))
        }
        #expect(try await projects.newestProjects(limit: 5).map(\.version?.description) == ["2.0"])
        try await projects.yank(Version(parsing: "2.0"), of: demo, reason: nil, by: index.ada, at: index.now)
        #expect(try await projects.newestProjects(limit: 5).map(\.summary) == ["summary of 1.0"])
        try await projects.unyank(Version(parsing: "2"), of: demo, by: index.ada, at: index.now)
        #expect(try await projects.newestProjects(limit: 5).map(\.version?.description) == ["2.0"])
        await #expect(throws: ReleaseRefusal.self) {
            try await projects.yank(Version(parsing: "9"), of: demo, reason: nil, by: index.ada, at: index.now)
        }
    }

    @Test("show the same release first, in whatever order their releases came, went and came again")
    func latestInAnyOrder() async throws {
        let demo = try ProjectName(parsing: "demo")
        /// What the lists say, and what all releases together say.
        func shown() async throws -> (String?, String?) {
            let listed = try await projects.search(SearchQuery(text: "demo")).results.first?.summary.version
            return (listed?.description, try await projects.snapshot(of: demo)?.latest?.version.description)
        }
        for (version, latest) in [
            ("1.0", "1.0"), ("0.9", "1.0"), ("2.0a1", "1.0"), ("1.10", "1.10"), ("1.9", "1.10"), ("2.0", "2.0"),
        ] {
            try await upload(candidate("demo", version, sha256: "a\(version)", summary: "this is \(version)"))
            #expect(try await shown() == (latest, latest))
        }
        #expect(try await projects.search(SearchQuery(text: "2.0")).results.first?.summary.summary == "this is 2.0")
        try await projects.yank(Version(parsing: "2.0"), of: demo, reason: nil, by: index.ada, at: index.now)
        #expect(try await shown() == ("1.10", "1.10"))
        // One that is there already adds a file, and no release.
        try await upload(
            candidate("demo", "2.0", "demo-2.0-py2-none-any.whl", sha256: "b2", summary: "this is another"))
        #expect(try await shown() == ("1.10", "1.10"))
        try await index.stores.removals.deleteRelease(
            Version(parsing: "1.10"), of: demo, by: index.ada, from: RequestOrigin(), at: index.now)
        #expect(try await shown() == ("1.9", "1.9"))
        try await upload(candidate("demo", "1.10", "demo-1.10-2-py3-none-any.whl", sha256: "b3", summary: "again"))
        #expect(try await shown() == ("1.10", "1.10"))
        #expect(
            try await projects.search(SearchQuery(text: "again")).results.first?.summary.version?.description == "1.10")
    }

    @Test("count each flush of downloads once, mirrors apart")
    func downloads() async throws {
        try await upload(candidate("demo", "1.0"))
        let snapshot = try #require(try await projects.snapshot(of: ProjectName(parsing: "demo")))
        let file = try #require(snapshot.releases.first?.files.first).id.number
        let day = index.now.day
        var tally = DownloadTally()
        let pip = Downloader.installer(Installer(name: "pip", version: "26.3"))
        for _ in 0..<3 { _ = tally.add(file: file, on: day, by: pip) }
        _ = tally.add(file: file, on: day, by: .mirror(Installer(name: "bandersnatch", version: "7")))
        _ = tally.add(file: 999, on: day, by: pip)
        let counts = tally.drain()
        for _ in 0..<2 { try await index.stores.downloads.add(counts, source: "run", sequence: 1) }
        func total() async throws -> [Int64] {
            try await index.stores.downloads.perDay(of: snapshot.project.name, since: day).map(\.count)
        }
        #expect(try await total() == [3])
        try await index.stores.downloads.add(counts, source: "run", sequence: 2)
        try await index.stores.downloads.add(counts, source: "another run", sequence: 1)
        #expect(try await total() == [9])
        #expect(try await index.stores.downloads.perDay(of: snapshot.project.name, since: day + 1).isEmpty)
    }

    @Test("come from many uploads at once without losing or doubling one")
    func concurrency() async throws {
        try await upload(candidate("demo", "0"))
        let index = index
        let candidates = try (1...60).map { try candidate("demo", "\($0 % 20 + 1).\($0)", sha256: "s\($0)") }
        try await withThrowingTaskGroup(of: Void.self) { group in
            for candidate in candidates {
                group.addTask {
                    _ = try await index.stores.projects.upload(
                        candidate, by: index.ada, at: index.now, limits: UploadLimits())
                }
            }
            try await group.waitForAll()
        }
        let snapshot = try #require(try await projects.snapshot(of: ProjectName(parsing: "demo")))
        #expect(snapshot.releases.flatMap(\.files).count == 61)
        #expect(try await index.stores.inventory.contradictions() == [])
        let versions = snapshot.releases.map(\.version)
        #expect(versions == versions.sorted(by: >))
    }
}

@Suite("The accounts of an index") struct AccountStoreTests {
    let index: TestIndex

    init() async throws { index = try await TestIndex() }

    func add(_ name: String, _ email: String) async throws -> User {
        try await index.stores.accounts.add(
            NewUser(
                name: Username(parsing: name), email: EmailAddress(parsing: email), isAdministrator: false,
                passwordHash: nil),
            by: .operatorAtMachine, at: index.now)
    }

    @Test("have a name and an address of their own, whatever the case")
    func unique() async throws {
        await #expect(throws: AccountRefusal.nameTaken(try Username(parsing: "ADA"))) {
            try await add("ADA", "other@example.org")
        }
        await #expect(throws: AccountRefusal.emailTaken(try EmailAddress(parsing: "Ada@Example.org"))) {
            try await add("other", "Ada@Example.org")
        }
    }

    @Test("take a password by a link that works once and in time, and only the latest one")
    func passwordLink() async throws {
        let accounts = index.stores.accounts
        let ada = try Username(parsing: "ada")
        func offer(_ hash: [UInt8]) async throws {
            try await accounts.offerLink(
                secretHash: hash, .setPassword, to: ada, by: .operatorAtMachine, at: index.now)
        }
        try await offer([1])
        try await offer([2])
        let late = index.now + OneTimeLink.Purpose.setPassword.lifetime
        func use(at now: Timestamp) async throws -> User {
            try await accounts.usePasswordLink(
                secretHash: [2], passwordHash: "h", from: RequestOrigin(), at: now)
        }
        #expect(try await accounts.link(secretHash: [1], at: index.now) == nil)
        #expect(try await accounts.link(secretHash: [2], at: index.now)?.user?.name == ada)
        #expect(try await accounts.link(secretHash: [2], at: late) == nil)
        await #expect(throws: LinkNotValid()) { try await use(at: late) }
        #expect(try await use(at: index.now).name == ada)
        await #expect(throws: LinkNotValid()) { try await use(at: index.now) }
    }
}
