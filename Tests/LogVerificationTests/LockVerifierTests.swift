import Foundation
import LockFiles
import PackagingFormats
import Synchronization
import Testing
import TransparencyLog

@testable import LogVerification

@Suite("rind verify") struct LockVerifierTests {
    let log: TestLog
    private let folder = "\(FileManager.default.temporaryDirectory.path)/\(UUID().uuidString)"
    private let witnesses: [SigningKey]

    init() throws {
        log = try TestLog()
        try log.publish("ant", "1.0", "2.0")
        try log.publish("bee", "1.0")
        witnesses = try (0..<2).map {
            try #require(
                SigningKey(
                    name: "w\($0).example", kind: .cosignature, secret: Array(repeating: UInt8(50 + $0), count: 32)))
        }
    }

    private static func locked(
        _ project: String, _ version: String, sha256: String? = nil, filename: String? = nil, isNamed: Bool = true
    ) throws -> LockedFile {
        LockedFile(
            name: try ProjectName(parsing: project), version: try Version(parsing: version),
            sha256: sha256 ?? TestLog.sha256(project, version),
            filename: isNamed ? filename ?? TestLog.name(project, version) : nil, url: nil)
    }

    private func verify(
        _ files: [LockedFile], policy: LogPolicy? = nil, isOffline: Bool = false, oldest: UInt64? = nil
    ) throws -> [String?] {
        try LockVerifier(
            policy: policy ?? LogPolicy(trusting: [log.key.verifier]), proofsIn: folder, index: log.url,
            isOffline: isOffline, oldest: oldest
        ).verify(files).map(\.problem)
    }

    private func witnessed(_ quorum: String = "both") throws -> LogPolicy {
        let text =
            "log \(log.key.verifier.text)\nwitness w0 \(witnesses[0].verifier.text)\n"
            + "witness w1 \(witnesses[1].verifier.text)\ngroup both all w0 w1\nquorum \(quorum)\n"
        return try LogPolicy(parsing: Array(text.utf8))
    }

    @Test("finds every file in the log, by its name or by its digest alone, and asks no page")
    func found() throws {
        // However a name and a version are written.
        let files = [
            try Self.locked("ant", "1.0"),
            try Self.locked(
                "Ant", "2.0.0", sha256: TestLog.sha256("ant", "2.0"), filename: TestLog.name("ant", "2.0")),
            try Self.locked("bee", "1", sha256: TestLog.sha256("bee", "1.0"), isNamed: false),
        ]
        #expect(try verify(files) == [nil, nil, nil])
        #expect(try log.asked.contains { $0.hasPrefix("/simple/") } == false)
        #expect(try verify(files, isOffline: true) == [nil, nil, nil])
        // Nothing is fetched twice.
        try log.server.forget()
        #expect(try verify(files) == [nil, nil, nil])
        #expect(try log.asked.allSatisfy { $0 == "/log/checkpoint" || $0.hasPrefix("/log/tile/0/") })
    }

    @Test("says of other bytes that they are other bytes, and of nothing that it was removed")
    func otherBytes() throws {
        let name = TestLog.name("ant", "1.0")
        let (other, own) = (String(repeating: "a", count: 64), TestLog.sha256("ant", "1.0"))
        for (file, problem) in [
            (
                try Self.locked("ant", "1.0", sha256: other),
                "it has another digest than in the log, where \(name) is sha256:\(own)"
            ),
            (
                try Self.locked("ant", "1.0", sha256: other, isNamed: false),
                "it has another digest than the log has for any of the 1 files of version 1.0"
            ),
            (
                try Self.locked("ant", "4.0", sha256: other, isNamed: false), "the log has no file of version 4.0"
            ),
            (try Self.locked("ant", "4.0", sha256: other), "the log has no file ant-4.0-py3-none-any.whl"),
            (
                try Self.locked("ant", "1.0", filename: "ant-1.0.tar.gz"),
                "its bytes are those of ant-1.0-py3-none-any.whl"
            ),
            (
                try Self.locked("ant", "3.0", sha256: own, filename: name), "its bytes are those of version 1.0"
            ),
            (try Self.locked("ant", "3.0", sha256: own, isNamed: false), "its bytes are those of version 1.0"),
            (try Self.locked("dog", "1.0"), "the log has no file of the project dog"),
        ] {
            #expect(try verify([file]) == [problem])
        }
    }

    /// What was done, and what is said of ant 1.0.
    static let withdrawals: [(acts: [(String, [String: String])], problem: String?)] = [
        ([], nil),
        (
            [("file.delete", ["filename": "ant-1.0-py3-none-any.whl", "version": "1.0"])],
            "it was removed by entry 5 of the log, at 2026-11-30T09:00:05.000000Z"
        ),
        (
            [("release.delete", ["version": "1.0"])],
            "it was removed by entry 5 of the log, at 2026-11-30T09:00:05.000000Z"
        ),
        ([("project.delete", [:])], "it was removed by entry 5 of the log, at 2026-11-30T09:00:05.000000Z"),
        (
            [("content.quarantine", ["version": "1.0", "what": "release"])],
            "it was quarantined by entry 5 of the log, at 2026-11-30T09:00:05.000000Z"
        ),
        (
            [("project.status", ["status": "quarantined"])],
            "its project was quarantined by entry 5 of the log, at 2026-11-30T09:00:05.000000Z"
        ),
        (
            [("file.erase", ["filename": "ant-1.0-py3-none-any.whl", "version": "1.0"])],
            "it was erased by entry 5 of the log, at 2026-11-30T09:00:05.000000Z"
        ),
        ([("project.delete", [:]), ("project.restore", ["files": "2", "releases": "2"])], nil),
        ([("release.delete", ["version": "2.0"]), ("release.yank", ["version": "1.0"])], nil),
    ]

    @Test("says what the log says became of a file, whatever pages show", arguments: withdrawals)
    func withdrawn(acts: [(String, [String: String])], problem: String?) throws {
        let file = try Self.locked("ant", "1.0")
        #expect(try verify([file]) == [nil])
        for (act, details) in acts { try log.say(act, "ant", details) }
        #expect(try verify([file], isOffline: true) == [nil])
        #expect(try verify([file]) == [problem])
        // That is known from then on, and what is not about it changes nothing.
        #expect(try verify([file], isOffline: true) == [problem])
        try log.publish("cow", "1.0")
        #expect(try verify([file]) == [problem])
    }

    @Test("reads all of the log again for a project that it was not asked about before")
    func another() throws {
        try log.say("release.delete", "bee", ["version": "1.0"])
        #expect(try verify([Self.locked("ant", "1.0")]) == [nil])
        #expect(try verify([Self.locked("bee", "1.0")])[0]?.hasPrefix("it was removed") == true)
        #expect(
            try verify([Self.locked("bee", "1.0"), Self.locked("ant", "1.0")])[0]?.hasPrefix("it was removed") == true)
    }

    @Test("offline, says what was never fetched")
    func offline() throws {
        let (ant, bee) = (try Self.locked("ant", "1.0"), try Self.locked("bee", "1.0"))
        #expect(try verify([ant], isOffline: true) == ["there is no proof of it in \(folder)"])
        #expect(try verify([ant]) == [nil])
        #expect(try verify([ant, bee], isOffline: true) == [nil, "there is no proof of it in \(folder)"])
        for name in try FileManager.default.contentsOfDirectory(atPath: folder) where name.hasSuffix(".log.json") {
            try FileManager.default.removeItem(atPath: "\(folder)/\(name)")
        }
        #expect(
            try verify([ant], isOffline: true) == [
                "whether it was taken away since is not in \(folder). Fetch it without --offline"
            ])
        // Of a log that is not trusted, and of one that is trusted by another key, nothing is believed.
        #expect(try verify([ant]) == [nil])
        let other = LogPolicy(trusting: [try TestLog(origin: "elsewhere.example/log").key.verifier])
        #expect(try verify([ant], policy: other, isOffline: true)[0]?.contains("another log") == true)
        let rekeyed = LogPolicy(trusting: [try TestLog(seed: 9).key.verifier])
        #expect(try verify([ant], policy: rekeyed, isOffline: true)[0]?.contains("no signature") == true)
    }

    // MARK: An index that lies

    @Test("finds that an index shows its log as it was before, and that it shows another one")
    func rollback() throws {
        let ant = try Self.locked("ant", "1.0")
        try log.say("release.delete", "ant", ["version": "1.0"])
        _ = try verify([ant])
        let all = log.state.withLock { $0.entries }
        // Without what was done last.
        log.state.withLock { _ = $0.entries.popLast() }
        #expect(throws: VerificationFailure.self) { try verify([ant]) }
        // Something else in its place.
        try log.say("release.yank", "ant", ["version": "2.0"])
        #expect(throws: VerificationFailure.self) { try verify([ant]) }
        try log.say("release.unyank", "ant", ["version": "2.0"])
        #expect(throws: VerificationFailure.self) { try verify([ant]) }
        // Also where all of it is read again.
        #expect(throws: VerificationFailure.self) { try verify([ant, Self.locked("bee", "1.0")]) }
        log.state.withLock { $0.entries = all }
        #expect(try verify([ant])[0]?.hasPrefix("it was removed") == true)
    }

    @Test("believes no proof of another file, and nothing that is no proof")
    func otherProofs() throws {
        let ant = try Self.locked("ant", "1.0")
        let path = TestLog.path(ant.sha256, TestLog.name("ant", "1.0")) + ".tlog-proof"
        #expect(try verify([Self.locked("bee", "1.0")]) == [nil])
        let kept = try Data(contentsOf: URL(filePath: "\(folder)/\(TestLog.sha256("bee", "1.0")).tlog-proof"))
        for (bytes, problem) in [
            (Array("<html>".utf8), "its proof cannot be read"), (Array(kept), "its proof is of other bytes"),
            ([], "its proof cannot be read"),
        ] {
            log.state.withLock { $0.others[path] = bytes }
            #expect(try verify([ant]) == [problem])
        }
        log.state.withLock { $0.others = [:] }
        #expect(try verify([ant]) == [nil])
        // A kept one that was damaged is fetched again.
        let place = "\(folder)/\(ant.sha256).tlog-proof"
        try Data("nonsense".utf8).write(to: URL(filePath: place))
        #expect(try verify([ant], isOffline: true) == ["its proof cannot be read"])
        #expect(try verify([ant]) == [nil])
    }

    @Test("believes what enough witnesses have signed, though the newest head has no signatures of theirs yet")
    func quorum() throws {
        let ant = try Self.locked("ant", "1.0")
        let policy = try witnessed()
        let failure = #expect(throws: VerificationFailure.self) { try verify([ant], policy: policy) }
        #expect(failure?.description.contains("too few") == true)
        log.state.withLock { $0.cosigned = (5, [(witnesses[0], 1_000)]) }
        #expect(throws: VerificationFailure.self) { try verify([ant], policy: policy) }
        log.state.withLock { $0.cosigned = (5, [(witnesses[0], 1_000), (witnesses[1], 2_000)]) }
        #expect(try verify([ant], policy: policy) == [nil])
        #expect(try verify([ant], policy: policy, isOffline: true) == [nil])
        // What came after it is not believed yet.
        try log.say("release.delete", "ant", ["version": "1.0"])
        #expect(try verify([ant], policy: policy) == [nil])
        log.state.withLock { $0.cosigned = (6, [(witnesses[0], 1_000), (witnesses[1], 2_000)]) }
        #expect(try verify([ant], policy: policy)[0]?.hasPrefix("it was removed") == true)
    }

    @Test("finds that an index shows only what its witnesses have signed long ago")
    func age() throws {
        let ant = try Self.locked("ant", "1.0")
        log.state.withLock { $0.cosigned = (5, [(witnesses[0], 1_000), (witnesses[1], 2_000)]) }
        #expect(try verify([ant], policy: witnessed(), oldest: 1_000) == [nil])
        #expect(try verify([ant], policy: witnessed(), isOffline: true, oldest: 1_000) == [nil])
        #expect(try verify([ant], policy: witnessed("w1"), oldest: 2_000) == [nil])
        for isOffline in [false, true] {
            let failure = #expect(throws: VerificationFailure.self) {
                try verify([ant], policy: witnessed(), isOffline: isOffline, oldest: 1_001)
            }
            #expect(failure?.description.contains("as it was at 1970-01-01T00:16:40Z") == true)
        }
        // Without a witness there is nobody who could say.
        let failure = #expect(throws: VerificationFailure.self) { try verify([ant], oldest: 1) }
        #expect(failure?.description.hasPrefix("the policy asks no witness") == true)
    }
}
