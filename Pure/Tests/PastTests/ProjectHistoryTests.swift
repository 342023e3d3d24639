import Accounts
import Acts
import PackagingFormats
import Past
import Primitives
import Projects
import Testing
import UTC

@Suite("The history of a project") struct ProjectHistoryTests {
    private static let moment = Timestamp(seconds: 1_700_000_000)

    private static func file(
        _ name: String, now: FileState = .published, _ standings: [During<ProjectHistory.FileStanding>]
    ) -> ProjectHistory.File {
        ProjectHistory.File(
            DistributionFile(
                id: FileID(1), filename: name, packageType: .wheel, pythonTag: "py3", size: 1,
                digests: Digests(sha256: String(repeating: "a", count: 64), blake2b256: "b", md5: "c"),
                requiresPython: nil, uploadedAt: moment, uploader: nil, metadataSHA256: nil),
            now: now, standings: standings)
    }

    private static func standing(
        _ state: FileState, _ from: Serial, _ until: Serial? = nil, yank: Yank? = nil
    ) -> During<ProjectHistory.FileStanding> {
        During(.init(state: state, yank: yank), Interval(from: from, until: until))
    }

    private static func there(_ from: Serial, _ until: Serial? = nil, yank: Yank? = nil, isThere: Bool = true)
        -> During<ProjectHistory.ReleaseState>
    {
        During(
            .init(createdAt: moment, yank: yank, requiresPython: nil, summary: nil, isThere: isThere),
            Interval(from: from, until: until))
    }

    private static func release(
        _ version: String, _ states: [During<ProjectHistory.ReleaseState>], _ files: [ProjectHistory.File]
    ) throws -> ProjectHistory.Release {
        ProjectHistory.Release(id: ReleaseID(1), version: try Version(parsing: version), states: states, files: files)
    }

    /// Its project is made at 1; at 10 its status becomes `then`.
    private static func history(
        _ releases: [ProjectHistory.Release], status then: ProjectStatus = .active,
        leaving: [During<String>] = [], roles: [During<RoleHolder>] = []
    ) throws -> ProjectHistory {
        let project = Project(
            id: ProjectID(1), name: try ProjectName(parsing: "Demo"), createdAt: moment, status: then,
            statusReason: "now", serial: 10)
        func state(_ status: ProjectStatus, _ reason: String?, _ serial: Serial) -> ProjectHistory.State {
            ProjectHistory.State(
                status: status, statusReason: reason, serial: serial, createdAt: moment, isThere: true)
        }
        return ProjectHistory(
            project: project,
            states: [
                During(state(then, "now", 10), Interval(from: 10, until: nil)),
                During(state(.active, nil, 1), Interval(from: 1, until: 10)),
            ], releases: releases, roles: roles, leaving: leaving)
    }

    private static func files(_ history: ProjectHistory, _ serial: Serial) -> [String]? {
        history.snapshot(at: serial)?.snapshot.releases.flatMap(\.files).map(\.filename)
    }

    @Test("begins with the serial that made it, and shows each thing from its first serial until before its last")
    func intervals() throws {
        let history = try Self.history([
            Self.release("1.0", [Self.there(1)], [Self.file("one", [Self.standing(.published, 1, 5)])]),
            Self.release("2.0", [Self.there(3)], [Self.file("two", [Self.standing(.published, 3)])]),
        ])
        #expect(Self.files(history, 0) == nil)
        #expect(Self.files(history, 1) == ["one"])
        #expect(Self.files(history, 2) == ["one"])
        #expect(Self.files(history, 3) == ["two", "one"])
        #expect(Self.files(history, 4) == ["two", "one"])
        #expect(Self.files(history, 5) == ["two"])
        #expect(history.snapshot(at: 9)?.snapshot.project.serial == 1)
        #expect([0, 1, 9, 10, 99].map { history.serial(at: $0) } == [nil, 1, 1, 10, 10])
        #expect(history.snapshot(at: 10)?.snapshot.project.serial == 10)
    }

    @Test("has yanks, reasons, roles and what was asked for as they were")
    func details() throws {
        let yank = Yank(reason: "wrong")
        let ada = RoleHolder(user: try Username(parsing: "ada"), role: .owner)
        let history = try Self.history(
            [
                Self.release(
                    "1.0", [Self.there(1, 4), Self.there(4, 6, yank: yank), Self.there(6)],
                    [Self.file("one", [Self.standing(.published, 1, 7), Self.standing(.published, 7, yank: yank)])])
            ], leaving: [During("It leaves.", Interval(from: 3, until: 5))],
            roles: [During(ada, Interval(from: 2, until: 8))])
        func shown(_ serial: Serial) throws -> ProjectSnapshot { try #require(history.snapshot(at: serial)).snapshot }
        #expect(try [3, 4, 5, 6].map { try shown($0).releases[0].yank } == [nil, yank, yank, nil])
        #expect(try [6, 7].map { try shown($0).releases[0].files[0].yank } == [nil, yank])
        #expect(try [2, 3, 4, 5].map { try shown($0).shownStatus } == [.active, .deprecated, .deprecated, .active])
        #expect(try [1, 2, 7, 8].map { try shown($0).roles } == [[], [ada], [ada], []])
    }

    @Test("never shows what is in quarantine or erased now, and says how much that is", arguments: FileState.allCases)
    func leftOut(now: FileState) throws {
        let history = try Self.history([
            Self.release(
                "1.0", [Self.there(1)],
                [
                    Self.file("bad", now: now, [Self.standing(.published, 1, 5), Self.standing(now, 5)]),
                    Self.file("good", [Self.standing(.published, 1)]),
                ]),
            Self.release(
                "2.0", [Self.there(1)],
                [Self.file("worse", now: now, [Self.standing(.published, 1, 5), Self.standing(now, 5)])]),
        ])
        let past = try #require(history.snapshot(at: 3))
        switch now {
        case .quarantined, .erased:
            #expect(past.leftOut == 2)
            #expect(past.snapshot.releases.map(\.version.description) == ["1.0"])
            #expect(past.snapshot.releases[0].files.map(\.filename) == ["good"])
        case .staged, .held, .published, .removed:
            #expect(past.leftOut == 0)
            #expect(Self.files(history, 3) == ["worse", "bad", "good"])
        }
    }

    @Test("of a project in quarantine now is in quarantine at every serial, with what is left out")
    func quarantined() throws {
        let history = try Self.history(
            [Self.release("1.0", [Self.there(1)], [Self.file("one", [Self.standing(.published, 1)])])],
            status: .quarantined)
        let past = try #require(history.snapshot(at: 3))
        #expect(past.snapshot.shownStatus == .quarantined && past.snapshot.shownStatusReason == "now")
        #expect(past.leftOut == 1)
        // Its pages showed no files then either.
        #expect(history.snapshot(at: 10)?.leftOut == 0)
    }

    @Test("knows nothing of a release all of whose files were still to be published")
    func awaited() throws {
        let history = try Self.history([
            Self.release(
                "1.0", [Self.there(1)],
                [Self.file("one", [Self.standing(.held, 1, 5), Self.standing(.published, 5)])])
        ])
        #expect(history.snapshot(at: 3)?.snapshot.releases == [])
        #expect(!history.isListed(at: 3) && history.isListed(at: 5) && !history.isListed(at: 0))
        #expect(Self.files(history, 5) == ["one"])
    }
}
