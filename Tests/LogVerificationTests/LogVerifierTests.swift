import Foundation
import Outgoing
import Synchronization
import Testing
import TransparencyLog

@testable import LogVerification

@Suite("rind log verify") struct LogVerifierTests {
    let log: TestLog

    init() throws {
        log = try TestLog()
        try log.publish("ant", "1.0", "2.0")
        try log.publish("bee", "1.0")
        try log.publish("cow", "1.0")
    }

    private func verify(
        since kept: KeptLog? = nil, withState: Bool = true, pagesInTurn: Int = 0, pause: (Int) -> Bool = { _ in false }
    ) throws -> (report: LogVerifier.Report, kept: KeptLog) {
        try LogVerifier(log.url, keys: [log.key.verifier], pagesInTurn: pagesInTurn)
            .verify(since: kept?.checkpoint, kept: withState ? kept : nil, pause: pause)
    }

    private func remove(_ page: String) { log.state.withLock { $0.pages[page] = nil } }

    private static let gone = "there is no such page, and the log has files of it that nobody took away"
    private static let missing = "it is not in the list of all projects, and the log has files of it"

    @Test("finds nothing where the pages say what the log says")
    func agrees() throws {
        let report = try verify().report
        #expect(report.problems == [])
        #expect((report.size, report.read, report.pages, report.files) == (7, 7, 3, 4))
        #expect(report.isWhole)
    }

    @Test("finds a project that is hidden: on its page, in the list, or both")
    func hiddenProject() throws {
        log.state.withLock { $0.unlisted = ["bee"] }
        #expect(try verify().report.problems == ["bee: \(Self.missing)"])
        remove("bee")
        #expect(try verify().report.problems == ["bee: \(Self.missing)", "bee: \(Self.gone)"])
        // Reserved names have none.
        try log.say("name.reserve", "dog")
        #expect(try verify().report.problems.count == 2)
    }

    @Test("finds a file that is hidden, and one that is shown and unknown")
    func hiddenFile() throws {
        log.list("ant", [TestLog.file("ant", "2.0"), TestLog.file("ant", "3.0")])
        #expect(
            try verify().report.problems == [
                "ant: ant-1.0-py3-none-any.whl is in the log, and is not listed",
                "ant: ant-3.0-py3-none-any.whl is listed, and is not in the log",
            ])
    }

    @Test("misses nothing that the log says was taken away")
    func takenAway() throws {
        try log.say("project.delete", "bee", ["name": "bee"])
        remove("bee")
        try log.say("content.quarantine", "cow", ["what": "project"])
        try log.say("project.status", "cow", ["status": "quarantined"])
        log.list("cow", [], status: #"{"status":"quarantined"}"#)
        try log.say("file.erase", "ant", ["filename": TestLog.name("ant", "1.0"), "version": "1.0"])
        log.list("ant", [TestLog.file("ant", "2.0")])
        #expect(try verify().report.problems == [])
        log.list("bee", [TestLog.file("bee", "1.0")])
        #expect(
            try verify().report.problems == [
                "bee: it is in the list of all projects, and was removed by what the log says",
                "bee: it is shown, and was removed by entry 7 of the log",
            ])
    }

    @Test("finds a project that no log knows, yanks and statuses that are told otherwise")
    func told() throws {
        log.list("dog", [TestLog.file("dog", "1.0")])
        log.list("ant", [TestLog.file("ant", "1.0", yanked: "true"), TestLog.file("ant", "2.0")])
        try log.say("release.yank", "bee", ["version": "1.0"])
        log.list("cow", [TestLog.file("cow", "1.0")], status: #"{"status":"archived"}"#)
        #expect(
            try verify().report.problems == [
                "ant: ant-1.0-py3-none-any.whl is listed as yanked, and is not by what the log says",
                "bee: bee-1.0-py3-none-any.whl is yanked by what the log says, and is not listed as such",
                "cow: its status is archived, and active by what the log says",
                "dog: it is in the list of all projects, and not in the log",
                "dog: it is shown, and is not in the log",
            ])
    }

    // MARK: Since a checkpoint

    @Test("reads only what is new with a checkpoint alone, and then misses nothing old")
    func checkpointAlone() throws {
        let kept = try verify().kept
        remove("bee")
        try log.publish("dog", "1.0")
        try log.server.forget()
        let report = try verify(since: kept, withState: false).report
        #expect(report.problems == [])
        #expect((report.read, report.pages, report.isWhole) == (2, 1, false))
        #expect(try log.asked.filter { $0.hasPrefix("/simple/") } == ["/simple/dog/"])
        // What is older is looked up by its proof.
        try log.upload("ant", "3.0")
        log.list("ant", ["1.0", "2.0", "3.0"].map { TestLog.file("ant", $0) })
        #expect(try verify(since: kept, withState: false).report.problems == [])
        log.list("ant", ["1.0", "3.0"].map { TestLog.file("ant", $0) } + [TestLog.file("ant", "2.0", sha256: "ff")])
        #expect(
            try verify(since: kept, withState: false).report.problems == [
                "ant: ant-2.0-py3-none-any.whl is listed, and is not in the log"
            ])
    }

    @Test("with what was kept, finds what is hidden and old: a project by the list, a file when its page's turn comes")
    func kept() throws {
        var kept = try verify().kept
        log.list("ant", [TestLog.file("ant", "1.0")])
        log.state.withLock { $0.unlisted = ["cow"] }
        var found: [[String]] = []
        for _ in 0..<3 {
            try log.server.forget()
            let (report, next) = try verify(since: kept, pagesInTurn: 1)
            #expect(report.read == 0)
            #expect(report.pages == 1)
            found.append(report.problems)
            kept = next
        }
        let hidden = "cow: \(Self.missing)"
        #expect(
            found == [["ant: ant-2.0-py3-none-any.whl is in the log, and is not listed", hidden], [hidden], [hidden]])
        // After the last comes the first.
        #expect(try verify(since: kept, pagesInTurn: 1).report.problems.count == 2)
    }

    @Test("with what was kept, asks for no more than what is new, the list and some pages")
    func cost() throws {
        for number in 0..<30 { try log.publish("p\(number)", "1.0") }
        let kept = try verify().kept
        try log.server.forget()
        let (report, next) = try verify(since: kept, pagesInTurn: 4)
        #expect(report.problems == [])
        #expect(try log.asked.count(where: { $0.hasPrefix("/simple/") }) == 5)
        #expect(try log.asked.count(where: { $0.hasPrefix("/log/") }) <= 3)
        try log.publish("dog", "1.0")
        try log.server.forget()
        let second = try verify(since: next, pagesInTurn: 0).report
        #expect((second.read, second.pages, second.isWhole) == (2, 1, true))
        #expect(try log.asked.count(where: { $0.hasPrefix("/simple/") }) == 2)
    }

    @Test("knows what was yanked and archived before, by what was kept, and passes over what is of another tree")
    func state() throws {
        try log.say("release.yank", "ant", ["version": "1.0"])
        log.list("ant", [TestLog.file("ant", "1.0", yanked: "true"), TestLog.file("ant", "2.0")])
        let kept = try verify().kept
        try log.upload("ant", "3.0")
        log.list("ant", ["1.0", "2.0", "3.0"].map { TestLog.file("ant", $0) })
        let wrong = ["ant: ant-1.0-py3-none-any.whl is yanked by what the log says, and is not listed as such"]
        #expect(try verify(since: kept).report.problems == wrong)
        #expect(try verify(since: kept, withState: false).report.problems == [])
        // Of another tree: as if nothing had been kept but the checkpoint.
        let other = KeptLog(checkpoint: log.head, files: LoggedFiles())
        let report = try LogVerifier(log.url, keys: []).verify(since: kept.checkpoint, kept: other).report
        #expect((report.problems, report.isWhole) == ([], false))
    }

    @Test("finds that a reason is another one than before, or than for another file, for the same entry of the log")
    func reasons() throws {
        func list(_ first: String, _ second: String) {
            log.list(
                "ant", [TestLog.file("ant", "1.0", yanked: first), TestLog.file("ant", "2.0", yanked: second)])
        }
        try log.say("release.yank", "ant", ["version": "1.0", "reason": "c1"])
        list(#""bad""#, "false")
        // Twice: at first the page may be older than the log.
        var kept = try verify().kept
        kept = try verify(since: kept, pagesInTurn: 9).kept
        list(#""not so bad""#, "false")
        #expect(
            try verify(since: kept, pagesInTurn: 9).report.problems == [
                "ant: the reason of entry 7 is shown as another one than before, and the log has the same"
            ])
        // A new entry, a new reason.
        try log.say("release.yank", "ant", ["version": "1.0", "reason": "c2"])
        #expect(try verify(since: kept).report.problems == [])
        try log.say("project.status", "bee", ["status": "archived", "reason": "c3"])
        try log.upload("ant", "1.0.0")
        log.list("bee", [TestLog.file("bee", "1.0")], status: #"{"reason":"done","status":"archived"}"#)
        log.list(
            "ant",
            [
                TestLog.file("ant", "1.0", yanked: #""a""#), TestLog.file("ant", "1.0.0", yanked: #""b""#),
                TestLog.file("ant", "2.0"),
            ])
        #expect(
            try verify().report.problems == [
                "ant: the reason of entry 8 is shown as another one than before, and the log has the same"
            ])
    }

    @Test("is written down and read again, with all that it takes to go on")
    func written() throws {
        let kept = try verify().kept
        let path = "\(FileManager.default.temporaryDirectory.path)/\(UUID().uuidString).state"
        try kept.write(to: path)
        defer { try? FileManager.default.removeItem(atPath: path) }
        remove("bee")
        let read: KeptLog = try #require(KeptLog(at: path))
        #expect(try verify(since: read).report.problems == ["bee: \(Self.missing)"])
        #expect(KeptLog(at: "\(path).none") == nil)
    }

    @Test("finds a rollback and a fork with a kept checkpoint, and another log")
    func rewritten() throws {
        let kept = try verify().kept
        let all = log.state.withLock { $0.entries }
        log.state.withLock { $0.entries = Array(all.dropLast()) }
        #expect(throws: VerificationFailure.self) { try verify(since: kept) }
        for bent in all.indices {
            log.state.withLock { state in
                state.entries = all
                state.entries[bent] = all[(bent + 1) % all.count]
            }
            let failure = #expect(throws: VerificationFailure.self) { try verify(since: kept) }
            #expect(failure?.description.contains("rewritten") == true)
        }
        let other = try TestLog(origin: "elsewhere.example/log")
        try other.publish("ant", "1.0")
        let failure = #expect(throws: VerificationFailure.self) {
            try LogVerifier(log.url, keys: [log.key.verifier]).verify(since: other.head)
        }
        #expect(failure?.description.contains("another log") == true)
    }

    @Test("goes on from a checkpoint that the key before has signed, and believes no other key")
    func rekeyed() throws {
        let before = try TestLog(seed: 9)
        before.state.withLock { $0.entries = log.state.withLock { $0.entries } }
        try log.publish("dog", "1.0")
        let report = try LogVerifier(log.url, keys: [log.key.verifier]).verify(since: before.head).report
        #expect((report.problems, report.read) == ([], 2))
        #expect(throws: VerificationFailure.self) {
            try LogVerifier(log.url, keys: [before.key.verifier]).verify(since: before.head)
        }
    }

    @Test("finds a byte that was changed, wherever: of entries that it reads, and of tiles that it goes on from")
    func flipped() throws {
        let kept = try verify().kept
        try log.publish("dog", "1.0", "2.0")
        let size = log.state.withLock { $0.entries.count }
        for (path, known) in [("/log/tile/entries/000.p/\(size)", nil), ("/log/tile/0/000.p/7", kept)] {
            let good = try HTTPClient(.person).send(.get(log.url + path, maximumBytes: 1 << 20)).body
            for place in stride(from: 0, to: good.count, by: 5) {
                var bent = good
                bent[place] ^= 1
                log.state.withLock { $0.others = [path: bent] }
                #expect(throws: VerificationFailure.self, "\(path) \(place)") { try verify(since: known) }
            }
        }
        log.state.withLock { $0.others = [:] }
        #expect(try verify(since: kept).report.problems == [])
    }

    // MARK: The log lags behind

    @Test("reads both again where the log lags behind the pages, and finds nothing wrong then")
    func lag() throws {
        try log.upload("ant", "3.0")
        log.list("ant", ["1.0", "2.0", "3.0"].map { TestLog.file("ant", $0) })
        try log.publish("dog", "1.0")
        let count = log.state.withLock { $0.entries.count }
        log.state.withLock { $0.heads = [7, 7, count] }
        var told: [Int] = []
        let (report, kept) = try verify {
            told.append($0)
            return true
        }
        #expect(report.problems == [])
        // At first the file, and the page and the listing of the new project.
        #expect(told == [3, 3])
        // What is kept is what was compared with all pages.
        #expect(report.size == 7)
        #expect(try verify(since: kept).report.problems == [])
    }

    @Test("reads again only for as long as is waited, and tells what was wrong each time")
    func persistent() throws {
        remove("bee")
        try log.upload("ant", "3.0")
        log.list("ant", ["1.0", "2.0", "3.0"].map { TestLog.file("ant", $0) })
        log.state.withLock { $0.heads = [7, 8] }
        var pauses = 0
        let report = try verify { _ in
            pauses += 1
            return pauses < 4
        }.report
        #expect(pauses == 4)
        #expect(report.problems == ["bee: \(Self.missing)", "bee: \(Self.gone)"])
    }

    @Test("finds nothing wrong with a project in which something is done all the time")
    func busy() throws {
        for version in 3...6 { try log.upload("ant", "\(version).0") }
        log.state.withLock { $0.heads = [7, 8, 9, 10, 11] }
        // The page is one ahead of the log, each time.
        func list(_ last: Int) { log.list("ant", (1...last).map { TestLog.file("ant", "\($0).0") }) }
        list(3)
        var last = 3
        let report = try verify { _ in
            last += 1
            if last <= 6 { list(last) }
            return last <= 6
        }.report
        #expect(report.problems == [])
    }

    @Test("does not wait where nothing is wrong, and finds a rollback while it waits")
    func rollback() throws {
        _ = try verify { _ in
            Issue.record("it waits")
            return false
        }
        remove("bee")
        log.state.withLock { $0.heads = [7, 6] }
        let failure = #expect(throws: VerificationFailure.self) { try verify { _ in true } }
        #expect(failure?.description.contains("rolled back") == true)
    }

    @Test("believes no page that cannot be read")
    func unreadable() throws {
        let list = #"{"projects":[{"name":"ant"},{"name":"bee"},{"name":"cow"}]}"#
        for (path, text) in [("/simple/ant/", "<html>"), ("/simple/", "nonsense"), ("/log/checkpoint", list)] {
            log.state.withLock { $0.others = [path: Array(text.utf8)] }
            #expect(throws: VerificationFailure.self, "\(path)") { try verify() }
        }
    }
}
