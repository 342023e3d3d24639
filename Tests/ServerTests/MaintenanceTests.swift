import Accounts
import Acts
import Blobs
import Foundation
import Letters
import PackagingFormats
import Passwords
import Policy
import Ports
import Projects
import Secrets
import Server
import Stores
import Support
import Testing
import UTC

import struct GRDB.Configuration
import class GRDB.DatabaseQueue

@testable import Database

@Suite("Looking after an index") struct MaintenanceTests {
    let server: TestServer

    init() async throws {
        server = try await TestServer()
        try await server.upload(.wheel())
        try await server.upload(.sourceDistribution())
    }

    var wheel: DistributionFile {
        get async throws {
            let snapshot = try await server.index.stores.projects.snapshot(of: ProjectName(parsing: "demo-pkg"))
            return try #require(snapshot?.releases.first?.files.first { $0.packageType == .wheel })
        }
    }

    func blob(_ digest: String) -> URL { URL(filePath: server.index.path(ofBlob: digest)) }

    @Test("the doctor finds nothing wrong with a sound one")
    func sound() async throws {
        let findings = try await Doctor(server.index).examine()
        #expect(findings.files == 2 && findings.blobs == 3)
        #expect(findings.problems == [] && findings.orphans == [])
    }

    @Test("the doctor names the file whose bytes were changed")
    func flipped() async throws {
        let file = blob(try await wheel.digests.sha256)
        var bytes = try Data(contentsOf: file)
        bytes[bytes.count / 2] ^= 1
        try bytes.write(to: file)
        let problems = try await Doctor(server.index).examine().problems.map(\.what)
        #expect(problems.count == 1 && problems[0].contains("demo_pkg-1.0-py3-none-any.whl"))
    }

    @Test("the doctor names the file whose bytes, or whose metadata's, are gone", arguments: [false, true])
    func missing(metadata: Bool) async throws {
        let file = try await wheel
        let digest = metadata ? try #require(file.metadataSHA256) : file.digests.sha256
        try FileManager.default.removeItem(at: blob(digest))
        let problems = try await Doctor(server.index).examine().problems.map(\.what)
        #expect(problems.count == 1 && problems[0].contains(digest))
        #expect(problems[0].contains(".metadata") == metadata)
    }

    @Test("the doctor mentions bytes that belong to nothing, and finds nothing wrong with that")
    func orphan() async throws {
        let digest = try await server.index.blobs.store(Array("left over".utf8))
        let findings = try await Doctor(server.index).examine()
        #expect(findings.orphans == [digest] && findings.problems == [])
    }

    @Test("the doctor finds a secret that was sealed with a key that is not there, and warns of metadata that are old")
    func sealedElsewhere() async throws {
        let stores = server.index.stores
        let other = try KeyRing(at: server.folder.appending(path: "other-keys").path)
        for (number, keys) in [server.index.keys, other].enumerated() {
            let user = try await server.addUser("user\(number)")
            _ = try await stores.factors.addAuthenticatorApp(
                to: user.name, by: .operatorAtMachine, counter: 1, from: RequestOrigin(), at: server.now
            ) { id in try keys.seal([1, 2, 3], for: "totp \(id)").serialized }
        }
        try await stores.authenticators.replace(
            [], number: 1, nextUpdate: server.now.day, by: .operatorAtMachine, at: server.now)
        let findings = try await Doctor(server.index).examine()
        #expect(findings.problems.count == 1 && findings.problems[0].what.contains(other.currentKeyID))
        #expect(findings.warnings.count == 1 && findings.warnings[0].what.contains("rind authenticators import"))
    }

    @Test("the doctor warns of jobs that only a newer version can do")
    func unknownJobs() async throws {
        for _ in 0..<2 {
            try await server.index.database.byHand(
                """
                INSERT INTO outbox (kind, about, title, sealed_payload, state, queued_at, due_at, attempts)
                VALUES ('dance', 'x', 'x', $1, 'waiting', 0, 0, 0)
                """,
                try server.index.keys.seal([], for: SecretContext.job(about: "x")).serialized)
        }
        let findings = try await Doctor(server.index).examine()
        #expect(findings.problems == [])
        #expect(
            findings.warnings.map(\.what) == [
                "2 jobs of the kind 'dance' cannot be done by this version of Rind: a newer one queued them. They are left "
                    + "alone until a version serves that knows them."
            ])
    }

    @Test(
        "a second server on the database or the files of another is refused, and told who serves them",
        arguments: [SettingName.database, .blobs])
    func secondServer(shared: SettingName) async throws {
        let other = FileManager.default.temporaryDirectory.appending(path: "second-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: other) }
        let first = server.index.settings
        let settings = try await Settings.read(
            data: other.path, flags: [shared: shared == .database ? first.database : first.blobs], environment: [:],
            file: nil)
        let failure = await #expect(throws: DataFolder.Failure.self) {
            _ = try await LocalIndex(settings, exclusively: true)
        }
        let words = try #require(failure?.description)
        #expect(words.contains("is being served by process \(getpid()) from the data folder"))
        #expect(words.contains("with --\(shared.rawValue)."))
        // Commands work beside it.
        _ = try await LocalIndex(first, exclusively: false)
    }

    @Test("the doctor finds rows that contradict each other")
    func contradiction() async throws {
        try await server.index.database.write { try $0.execute("UPDATE project SET size = size + 1") }
        #expect(try await Doctor(server.index).examine().problems.count == 1)
    }

    @Test("the doctor names the wheel beside which another METADATA is served than its own")
    func otherMetadata() async throws {
        let other = try await server.index.blobs.store(Array("Metadata-Version: 2.1\nName: other\n".utf8))
        try await server.index.database.write {
            try $0.execute("UPDATE file SET metadata_sha256 = $1 WHERE package_type = 'bdist_wheel'", other)
        }
        let problems = try await Doctor(server.index).examine().problems.map(\.what)
        #expect(problems.count == 1)
        #expect(problems.first?.contains("demo_pkg-1.0-py3-none-any.whl: the METADATA served beside it") == true)
    }

    @Test("the doctor finds rows that refer to rows that are not there")
    func danglingReference() async throws {
        // As a program that does not know our rules could leave them.
        var configuration = Configuration()
        configuration.foreignKeysEnabled = false
        let queue = try DatabaseQueue(path: server.index.settings.database, configuration: configuration)
        try await queue.write { try $0.execute(sql: "UPDATE role SET account_id = 4711") }
        try queue.close()
        let problems = try await Doctor(server.index).examine().problems.map(\.what)
        #expect(problems.count == 1)
        #expect(problems.first?.contains("role") == true && problems.first?.contains("account") == true)
    }

    func restored(_ backup: String) async throws -> (URL, Settings) {
        let folder = FileManager.default.temporaryDirectory.appending(path: "restored-\(UUID().uuidString)")
        let settings = try await Settings.read(data: folder.path, flags: [:], environment: [:], file: nil)
        _ = try await Backup.restore(from: backup, to: settings)
        return (folder, settings)
    }

    private func expectTheSame(_ settings: Settings) async throws {
        let index = try await LocalIndex(settings, exclusively: false)
        let findings = try await Doctor(index).examine()
        #expect(findings.problems == [] && findings.files == 2)
        let project = try ProjectName(parsing: "demo-pkg")
        let restored = try await index.stores.projects.snapshot(of: project)
        #expect(try await restored == server.index.stores.projects.snapshot(of: project))
        try index.close()
    }

    @Test("a backup brings everything back, and is itself complete")
    func backup() async throws {
        let file = server.folder.appending(path: "backup.tar").path
        _ = try await Backup(server.index).write(to: file)
        let (folder, settings) = try await restored(file)
        defer { try? FileManager.default.removeItem(at: folder) }
        try await expectTheSame(settings)
        await #expect(throws: BackupFailure.self) { try await Backup.restore(from: file, to: settings) }
    }

    @Test("a backup brings the keys back, wherever they are kept")
    func backupOfKeys() async throws {
        let server = try await TestServer { $0.keys = "\($0.data)-keys.json" }
        defer { try? FileManager.default.removeItem(atPath: server.index.settings.keys) }
        let sealed = try server.index.keys.seal(Array("secret".utf8), for: "totp 1")
        let file = server.folder.appending(path: "backup.tar").path
        _ = try await Backup(server.index).write(to: file)
        let (folder, settings) = try await restored(file)
        defer { try? FileManager.default.removeItem(at: folder) }
        let index = try await LocalIndex(settings, exclusively: false)
        #expect(try index.keys.open(sealed, for: "totp 1") == Array("secret".utf8))
        try index.close()
    }

    @Test("a backup is not restored over keys that it does not hold")
    func foreignKeys() async throws {
        let file = server.folder.appending(path: "backup.tar").path
        _ = try await Backup(server.index).write(to: file)
        let folder = FileManager.default.temporaryDirectory.appending(path: "restored-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: folder) }
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        let settings = try await Settings.read(data: folder.path, flags: [:], environment: [:], file: nil)
        let keys = try KeyRing(at: settings.keys).keyIDs
        await #expect(throws: KeyFileFailure.self) { try await Backup.restore(from: file, to: settings) }
        #expect(!FileManager.default.fileExists(atPath: settings.database))
        #expect(try KeyRing(at: settings.keys).keyIDs == keys)
    }

    @Test("an index whose keys others can read is not opened")
    func keysForAll() async throws {
        let settings = server.index.settings
        try FileManager.default.setAttributes([.posixPermissions: 0o644], ofItemAtPath: settings.keys)
        await #expect(throws: KeyFileFailure.self) { try await LocalIndex(settings, exclusively: false) }
    }

    @Test("a command that was not told where the keys are makes none of its own")
    func keysElsewhere() async throws {
        var settings = server.index.settings
        settings.keys += ".elsewhere"
        let misled = settings
        await #expect(throws: KeyFileFailure.self) { try await LocalIndex(misled, exclusively: false) }
        #expect(!FileManager.default.fileExists(atPath: misled.keys))
    }

    @Test("the doctor finds damage in the list of breached passwords")
    func damagedBreachedPasswords() async throws {
        let path = server.index.settings.breachedPasswords
        let source = server.folder.appending(path: "hashes")
        try Data("5BAA61E4C9B93F3F0682250B6CF8331B7EE68FD8:1\r\n".utf8).write(to: source)
        try BreachedPasswords.build(from: [source.path], to: path)
        #expect(try await Doctor(server.index).examine().problems == [])
        #expect(try server.index.breachedPasswords.contains("password"))
        var bytes = try Data(contentsOf: URL(filePath: path))
        bytes[bytes.count - 1] ^= 0x80
        try bytes.write(to: URL(filePath: path))
        let problems = try await Doctor(server.index).examine().problems.map(\.what)
        #expect(problems.count == 1 && problems[0].contains("rind passwords import"))
    }

    @Test("a backup is not put beside the log of a database that is gone", arguments: ["-wal", "-shm"])
    func staleLog(suffix: String) async throws {
        let file = server.folder.appending(path: "backup.tar").path
        _ = try await Backup(server.index).write(to: file)
        let folder = FileManager.default.temporaryDirectory.appending(path: "restored-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: folder) }
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        let settings = try await Settings.read(data: folder.path, flags: [:], environment: [:], file: nil)
        let stale = URL(filePath: settings.database + suffix)
        try Data("pages of another database".utf8).write(to: stale)
        let failure = await #expect(throws: BackupFailure.self) {
            try await Backup.restore(from: file, to: settings)
        }
        #expect(failure?.description.contains(stale.lastPathComponent) == true)
        #expect(!FileManager.default.fileExists(atPath: settings.database))
        try FileManager.default.removeItem(at: stale)
        _ = try await Backup.restore(from: file, to: settings)
        try await expectTheSame(settings)
    }

    @Test("a folder is imported, and passed over the second time; what cannot be taken is named")
    func folderImport() async throws {
        let source = server.folder.appending(path: "packages/below")
        try FileManager.default.createDirectory(at: source, withIntermediateDirectories: true)
        try Data(TestWheel("other_pkg", "2.0").bytes).write(
            to: source.appending(path: "other_pkg-2.0-py3-none-any.whl"))
        try Data(TestWheel("demo_pkg", "1.0").bytes).write(to: source.appending(path: "demo_pkg-1.0-py3-none-any.whl"))
        try Data("no wheel".utf8).write(to: source.appending(path: "bad-1.0-py3-none-any.whl"))
        let ada = try Username(parsing: "ada")
        let folder = source.deletingLastPathComponent().path
        let first = try await FolderImport(server.index, owner: ada).run(folder)
        #expect(first.imported == 1 && first.alreadyThere == 1)
        #expect(first.refused.map(\.file) == ["below/bad-1.0-py3-none-any.whl"])
        let second = try await FolderImport(server.index, owner: ada).run(folder)
        #expect(second.imported == 0 && second.alreadyThere == 2)
        let imported = try await server.index.stores.projects.snapshot(of: ProjectName(parsing: "other-pkg"))
        #expect(imported?.roles == [RoleHolder(user: ada, role: .owner)])
    }

    @Test(
        "of all that one import gives them, an owner hears by one mail; a run that is interrupted does not multiply it")
    func importMail() async throws {
        let folder = server.folder.appending(path: "many")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        func add(_ names: ClosedRange<Int>) throws {
            for number in names {
                try Data(TestWheel("many\(number)", "1.0").bytes).write(
                    to: folder.appending(path: "many\(number)-1.0-py3-none-any.whl"))
            }
        }
        let (ada, stores) = (try Username(parsing: "ada"), server.index.stores)
        func mails() async throws -> [QueuedMail] {
            try await stores.mail.due(at: currentTimestamp() + .days(1), limit: 1_000).filter {
                $0.mail.letter.subject.hasPrefix("You are now owner of")
            }
        }
        try add(1...30)
        _ = try await FolderImport(server.index, owner: ada).run(folder.path)
        let first = try await mails()
        #expect(first.map(\.mail.letter.subject) == ["You are now owner of 30 projects"])
        #expect(first.first?.mail.letter.paragraphs.first?.contains("many17") == true)
        #expect(try await stores.mail.due(at: currentTimestamp(), limit: 1_000).contains { $0.id == first.first?.id })
        _ = try await FolderImport(server.index, owner: ada).run(folder.path)
        #expect(try await mails().count == 1, "an import that gave nothing says nothing")

        // As where the process was killed: nothing said that it was over. The next run goes on with the same mail.
        try add(31...33)
        for number in 31...32 {
            let wheel = "many\(number)-1.0-py3-none-any.whl"
            let part = server.folder.appending(path: "part")
            try FileManager.default.createDirectory(at: part, withIntermediateDirectories: true)
            try FileManager.default.copyItem(at: folder.appending(path: wheel), to: part.appending(path: wheel))
        }
        _ = try await FolderImport(server.index, owner: nil).run(server.folder.appending(path: "part").path)
        for number in 31...32 {
            try await server.index.people.giveImported(
                ProjectName(parsing: "many\(number)"), to: ada, by: .operatorAtMachine, at: currentTimestamp())
        }
        let waiting = try await mails()
        #expect(waiting.map(\.mail.letter.subject).sorted().last == "You are now owner of 30 projects")
        #expect(waiting.contains { $0.mail.letter.subject == "You are now owner of 2 projects" })
        #expect(
            try await !stores.mail.due(at: currentTimestamp(), limit: 1_000).contains {
                $0.mail.letter.subject == "You are now owner of 2 projects"
            })
        _ = try await FolderImport(server.index, owner: ada).run(folder.path)
        #expect(
            try await Set(mails().map(\.mail.letter.subject)) == [
                "You are now owner of 30 projects", "You are now owner of 3 projects",
            ])
        #expect(try await mails().count == 2)
    }

    @Test("of all that critical ones among them ask, an owner hears by one mail, too")
    func importOfCriticalNames() async throws {
        let folder = server.folder.appending(path: "packages")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        let (ada, stores, now) = (try Username(parsing: "ada"), server.index.stores, currentTimestamp())
        // Named before their files come, as where an index moves house.
        for number in 1...5 {
            try Data(TestWheel("many\(number)", "1.0").bytes).write(
                to: folder.appending(path: "many\(number)-1.0-py3-none-any.whl"))
            guard number < 5 else { continue }
            let name = try ProjectName(parsing: "many\(number)")
            try await stores.projects.reserve(name, by: .operatorAtMachine, at: now)
            try await stores.critical.designate(name, by: .operatorAtMachine, at: now)
            try await stores.projects.unreserve(name, by: .operatorAtMachine, at: now)
        }
        try await stores.critical.set(
            CriticalSettings(
                critical: CriticalRule(extent: .number(1)),
                mandate: MandateRule(
                    announcedFrom: now.day, enforcedFrom: nil, noticeDays: 30, required: .secondFactor, stricter: nil,
                    needsSpare: false)),
            by: .operatorAtMachine, at: now)
        func letters() async throws -> [Letter] {
            try await stores.mail.due(at: currentTimestamp() + .days(1), limit: 1_000).map(\.mail.letter).filter {
                $0.subject.hasPrefix("You are now owner of") || $0.reason.hasPrefix("You hold a role")
            }
        }
        #expect(try await letters().isEmpty)
        _ = try await FolderImport(server.index, owner: ada).run(folder.path)
        let told = try await letters()
        let asked = told.filter { $0.reason.hasPrefix("You hold a role") }
        #expect(told.count == 2 && asked.count == 1, "\(told.map(\.subject))")
        let said = "\(asked)"
        for number in 1...4 { #expect(said.contains("many\(number)"), "\(said)") }
        #expect(!said.contains("many5"))
        _ = try await FolderImport(server.index, owner: ada).run(folder.path)
        #expect(try await letters().count == 2)
    }

    @Test("of a project that is not to be given to the owner nothing is imported")
    func importForSomebodyNotReady() async throws {
        let folder = server.folder.appending(path: "packages")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        for name in ["guarded", "free", "ours"] {
            try Data(TestWheel(name, "1.0").bytes).write(to: folder.appending(path: "\(name)-1.0-py3-none-any.whl"))
        }
        let (ada, stores) = (try Username(parsing: "ada"), server.index.stores)
        let now = server.now
        for name in ["guarded", "ours"] {
            let name = try ProjectName(parsing: name)
            try await stores.projects.reserve(name, by: .operatorAtMachine, at: now)
            try await stores.critical.designate(name, by: .operatorAtMachine, at: now)
        }
        // One of the two has an owner already, who keeps it.
        _ = try await FolderImport(server.index, owner: ada).run(folder.path)
        let critical = CriticalSettings(
            critical: .usual,
            mandate: try MandateRule(announcedFrom: now.day, enforcedFrom: now.day, noticeDays: 0))
        try await stores.critical.set(critical, by: .operatorAtMachine, at: now)
        try Data(TestWheel("guarded", "2.0").bytes).write(to: folder.appending(path: "guarded-2.0-py3-none-any.whl"))
        try Data(TestWheel("secret", "1.0").bytes).write(to: folder.appending(path: "secret-1.0-py3-none-any.whl"))
        let secret = try ProjectName(parsing: "secret")
        try await stores.projects.reserve(secret, by: .operatorAtMachine, at: now)
        try await stores.critical.designate(secret, by: .operatorAtMachine, at: now)
        let summary = try await FolderImport(server.index, owner: ada).run(folder.path)
        #expect(summary.imported == 1 && summary.alreadyThere == 3)
        #expect(summary.refused.map(\.file) == ["secret-1.0-py3-none-any.whl"])
        #expect(summary.refused.first?.reason.contains("second factor") == true)
        #expect(try await stores.projects.snapshot(of: secret) == nil)
    }

    @Test("an import names what cannot be read or is not taken, and goes on")
    func strangeFolder() async throws {
        let folder = server.folder.appending(path: "packages")
        let files = FileManager.default
        func path(_ name: String) -> String { folder.appending(path: name).path }
        try files.createDirectory(atPath: path("directory-1.0-py3-none-any.whl"), withIntermediateDirectories: true)
        try files.createSymbolicLink(atPath: path("gone-1.0-py3-none-any.whl"), withDestinationPath: "nowhere")
        try files.createSymbolicLink(atPath: path("loop"), withDestinationPath: ".")
        #expect(mkfifo(path("pipe-1.0.tar.gz"), 0o600) == 0)
        try Data(testSourceDistribution("old", "1.0")).write(to: folder.appending(path: "old-1.0.zip"))
        try Data(testSourceDistribution("egg", "1.0")).write(to: folder.appending(path: "egg-1.0.egg"))
        try Data(testSourceDistribution("local", "1.0+x")).write(to: folder.appending(path: "local-1.0+x.tar.gz"))
        try Data(TestWheel("zebra", "1.0").bytes).write(to: folder.appending(path: "stable"))
        try files.createSymbolicLink(atPath: path("zebra-1.0-py3-none-any.whl"), withDestinationPath: "stable")
        var steps: [Int] = []
        let summary = try await FolderImport(server.index, owner: nil).run(folder.path) { done, total in
            #expect(total == 4)
            steps.append(done)
        }
        #expect(summary.imported == 1 && summary.alreadyThere == 0 && steps == [1, 2, 3, 4])
        #expect(
            summary.refused.map(\.file) == ["gone-1.0-py3-none-any.whl", "local-1.0+x.tar.gz", "old-1.0.zip"])
        for (refused, words) in zip(summary.refused, ["No such file", "local versions", "not a ZIP archive"]) {
            #expect(refused.reason.contains(words) && refused.reason.hasSuffix("."))
        }
        await #expect(throws: (any Error).self) {
            try await FolderImport(server.index, owner: nil).run(path("nowhere"))
        }
    }

    @Test("an import dates files as it is told, and tells what it passed over")
    func importDates() async throws {
        let folder = server.folder.appending(path: "packages")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        let day = Timestamp(seconds: 1_500_000_000)
        func put(_ name: String, modified: Timestamp) throws {
            var wheel = TestWheel(name, "1.0")
            wheel.editRecord = { "\(name)/gone.py,sha256=AAAA,1\n" + $0 }
            let file = folder.appending(path: "\(name)-1.0-py3-none-any.whl")
            try Data(wheel.bytes).write(to: file)
            let date = Date(timeIntervalSince1970: Double(modified.microseconds) / 1_000_000)
            try FileManager.default.setAttributes([.modificationDate: date], ofItemAtPath: file.path)
        }
        func dates(_ names: String...) async throws -> [Timestamp?] {
            var dates: [Timestamp?] = []
            for name in names {
                let snapshot = try await server.index.stores.projects.snapshot(of: ProjectName(parsing: name))
                dates.append(snapshot?.releases.first?.files.first?.uploadedAt)
            }
            return dates
        }
        let before = currentTimestamp()
        try put("old", modified: day)
        // What archives write for no time, and a clock that was wrong.
        try put("epoch", modified: Timestamp(seconds: 315_532_800))
        try put("future", modified: before + .days(400))
        let first = try await FolderImport(server.index, owner: nil).run(folder.path)
        #expect(first.imported == 3 && first.noted.map(\.notes.count) == [1, 1, 1])
        let found = try await dates("old", "epoch", "future")
        #expect(found[0] == day)
        for date in found.dropFirst() { #expect(try #require(date) >= before && #require(date) <= currentTimestamp()) }

        try put("listed", modified: day)
        try put("unlisted", modified: day)
        let table = "file,uploaded\nlisted-1.0-py3-none-any.whl,2020-01-02T03:04:05.5Z\n"
        let second = try await FolderImport(server.index, owner: nil, dates: .listed(parsing: table)).run(folder.path)
        #expect(second.imported == 2 && second.noted.map(\.notes.count) == [1, 2])
        #expect(try await dates("listed") == [Timestamp(iso8601: "2020-01-02T03:04:05.500000Z")])
        #expect(try #require(try await dates("unlisted").first ?? nil) >= before)

        try put("today", modified: day)
        _ = try await FolderImport(server.index, owner: nil, dates: .now).run(folder.path)
        #expect(try #require(try await dates("today").first ?? nil) >= before)
        let notes = try await server.index.stores.inventory.notes()
        #expect(notes.count == 7 && notes.allSatisfy { $0.file.hasSuffix(".whl") && $0.note.hasSuffix(".") })
    }

    // swift-format-ignore
    static let tables: [(String, [String: String]?)] = [
        ("a.whl,2020-01-02\n",                             ["a.whl": "2020-01-02T00:00:00.000000Z"]),
        ("name,date\r\na.whl,2020-01-02 03:04:05 UTC\r\n", ["a.whl": "2020-01-02T03:04:05.000000Z"]),
        ("\"a.whl\",\"2020-01-02T03:04:05.123456789+00:00\"", ["a.whl": "2020-01-02T03:04:05.123456Z"]),
        ("a.whl,1577934245\n\nb.whl, 0\n",                ["a.whl": "2020-01-02T03:04:05.000000Z",
                                                           "b.whl": "1970-01-01T00:00:00.000000Z"]),
        ("",                                              [:]),
        ("a.whl,2020-01-02\nb.whl,yesterday\n",            nil),
        ("a.whl,2020-01-02T03:04:05+02:00\nb.whl,2020-01-02T03:04:05+02:00\n", nil),
        ("a.whl\n",                                       nil),
        ("a.whl,b,c\n",                                   nil),
    ]

    @Test("a table of dates has a file name and a time on each line", arguments: tables)
    func importTable(text: String, dates: [String: String]?) throws {
        guard case .listed(let found)? = try? ImportDates.listed(parsing: text) else {
            #expect(dates == nil)
            return
        }
        #expect(found.mapValues(\.iso8601) == dates)
    }

    @Test("an import of many projects comes out the same every time, the files of each in their order")
    func importOrder() async throws {
        let folder = server.folder.appending(path: "packages")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        for number in 0..<20 {
            let name = "many\(number)"
            for version in ["1.0", "2.0"] {
                try Data(TestWheel(name, version).bytes).write(
                    to: folder.appending(path: "\(name)-\(version)-py3-none-any.whl"))
            }
            // Two sdists of one release: the first path is taken.
            try Data(testSourceDistribution("Many\(number)", "1.0")).write(
                to: folder.appending(path: "Many\(number)-1.0.tar.gz"))
            try Data(testSourceDistribution(name, "1.0")).write(to: folder.appending(path: "\(name)-1.0.tar.gz"))
        }
        let ada = try Username(parsing: "ada")
        let summary = try await FolderImport(server.index, owner: ada).run(folder.path)
        #expect(summary.imported == 60)
        #expect(summary.refused.map(\.file) == (0..<20).map { "many\($0)-1.0.tar.gz" }.sorted())
        for number in 0..<20 {
            let project = try await server.index.stores.projects.snapshot(
                of: ProjectName(parsing: "many\(number)"))
            #expect(project?.project.name.display == "Many\(number)")
            #expect(project?.roles == [RoleHolder(user: ada, role: .owner)])
        }
        let again = try await FolderImport(server.index, owner: ada).run(folder.path)
        #expect(again.imported == 0 && again.alreadyThere == 60 && again.refused.count == 20)
        #expect(try await Doctor(server.index).examine().problems == [])
    }

    @Test("a second process does not serve from the same folder")
    func lock() async throws {
        let settings = server.index.settings
        await #expect(throws: DataFolder.Failure.self) { try await LocalIndex(settings, exclusively: true) }
        let beside = try await LocalIndex(settings, exclusively: false)
        try beside.close()
    }

    @Test(
        "a second server is refused the database, or the files, of another data folder", arguments: [true, false],
        [true, false])
    func servingLock(isDatabase: Bool, byLink: Bool) async throws {
        let other = FileManager.default.temporaryDirectory.appending(path: "other-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: other) }
        try FileManager.default.createDirectory(at: other, withIntermediateDirectories: true)
        var settings = try await Settings.read(data: other.path, flags: [:], environment: [:], file: nil)
        settings.keys = server.index.settings.keys
        let shared = isDatabase ? server.index.settings.database : server.index.settings.blobs
        let link = other.appending(path: "link").path
        if byLink { try FileManager.default.createSymbolicLink(atPath: link, withDestinationPath: shared) }
        if isDatabase { settings.database = byLink ? link : shared } else { settings.blobs = byLink ? link : shared }
        let failure = await #expect(throws: DataFolder.Failure.self) {
            try await LocalIndex(settings, exclusively: true)
        }
        let sentence = try #require(failure?.description)
        #expect(sentence.contains("process \(ProcessInfo.processInfo.processIdentifier) from the data folder"))
        #expect(sentence.contains(isDatabase ? "--database" : "--blobs"), "\(sentence)")
        // Commands work beside the server, where they find the database that names the files.
        if isDatabase {
            try await LocalIndex(settings, exclusively: false).close()
        } else {
            await #expect(throws: DataFolder.Failure.self) { try await LocalIndex(settings, exclusively: false) }
        }
        // The other folder is free for a database of its own.
        let own = try await Settings.read(data: other.path, flags: [:], environment: [:], file: nil)
        let index = try await LocalIndex(own, exclusively: true)
        try index.close()
    }

    @Test("the operator ranks the projects at no time at once with a server, and is told until when")
    func designationUnderWay() async throws {
        let settings = server.index.settings
        let index = try await LocalIndex(settings, exclusively: false)
        let now = currentTimestamp()
        let lease = Lease(of: "a server", from: now)
        _ = try await index.stores.leases.take(.designation, under: lease, at: now)
        let refusal = await #expect(throws: DesignationUnderWay.self) {
            try await index.computeCriticalProjects(asOf: now.day, at: now)
        }
        #expect(refusal?.explanation.contains(lease.until.hourAndMinute) == true)
        try await index.stores.leases.release(.designation, heldBy: "a server")
        let done = try await index.computeCriticalProjects(asOf: now.day, at: now)
        #expect(done.day == now.day)
        // And the lease is over with it.
        let next = Lease(of: "another", from: now)
        #expect(try await index.stores.leases.take(.designation, under: next, at: now).holder == "another")
        try index.close()
    }
}
