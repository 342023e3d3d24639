import Blobs
import Database
import Foundation
import PackagingFormats
import Ports
import Projects
import Secrets
import Server
import Stores
import Support
import Testing

/// A backup of an index with a wheel and an sdist, and folders to restore into.
@Suite("A backup") final class BackupTests {
    let server: TestServer
    let folder: URL

    init() async throws {
        server = try await TestServer()
        try await server.upload(.wheel())
        try await server.upload(.sourceDistribution())
        folder = server.folder.appending(path: "backups")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    }

    var file: URL { folder.appending(path: "rind.tar") }

    /// A member of a tar archive, as its header says.
    struct Member {
        let name: String
        let size: Int
        var padding: Int { -size & 511 }
    }

    /// The members of the archive, with the offsets of their headers.
    func members(_ bytes: Data) -> [(offset: Int, member: Member)] {
        var members: [(Int, Member)] = []
        var offset = 0
        while offset < bytes.count, bytes[offset] != 0 {
            let name = String(decoding: bytes[offset..<offset + 100].prefix { $0 != 0 }, as: UTF8.self)
            let size = Int(String(decoding: bytes[offset + 124..<offset + 135], as: UTF8.self), radix: 8) ?? 0
            let member = Member(name: name, size: size)
            members.append((offset, member))
            offset += 512 + size + member.padding
        }
        return members
    }

    func settings(_ name: String) async throws -> Settings {
        try await Settings.read(data: folder.appending(path: name).path, flags: [:], environment: [:], file: nil)
    }

    func write() async throws -> Data {
        let report = try await Backup(server.index).write(to: file.path)
        #expect(report.damaged == [] && report.blobs == 3)
        return try Data(contentsOf: file)
    }

    func restore(_ bytes: Data, to settings: Settings) async throws -> Backup.RestoreReport {
        let damaged = folder.appending(path: "damaged.tar")
        try bytes.write(to: damaged)
        return try await Backup.restore(from: damaged.path, to: settings)
    }

    func examine(_ settings: Settings) async throws -> Doctor.Findings {
        let index = try await LocalIndex(settings, exclusively: true)
        let findings = try await Doctor(index).examine()
        try index.close()
        return findings
    }

    @Test("is read by other programs, and has both copies of what is single")
    func members() async throws {
        let names = members(try await write()).map(\.member.name)
        #expect(names.prefix(3) == ["manifest.json", "keys.json", "index.sqlite"])
        #expect(names.suffix(2) == ["keys.json", "manifest.json"])
        #expect(names.dropFirst(3).dropLast(2).allSatisfy { $0.hasPrefix("blobs/") } && names.count == 8)
        let listing = Process()
        listing.executableURL = URL(filePath: "/usr/bin/env")
        listing.arguments = ["tar", "tf", file.path]
        let output = Pipe()
        listing.standardOutput = output
        try listing.run()
        let listed = try output.fileHandleForReading.readToEnd() ?? Data()
        listing.waitUntilExit()
        #expect(listing.terminationStatus == 0)
        #expect(String(decoding: listed, as: UTF8.self).split(separator: "\n").map(String.init) == names)
    }

    /// Where a byte is flipped, and what comes of it.
    enum Place: String, CaseIterable, CustomTestStringConvertible {
        case manifest, databaseHeader, database, databasePadding, keysHeader, keys, blobHeader, blob, blobPadding
        case secondKeys, secondKeysHeader, secondManifest, secondManifestHeader, end
        var testDescription: String { rawValue }
    }

    @Test("with one byte flipped anywhere says so, and gives back all that is sound", arguments: Place.allCases)
    func flipped(at place: Place) async throws {
        var bytes = try await write()
        let members = members(bytes)
        let blob = try #require(
            members.filter { $0.member.name.hasPrefix("blobs/") }.max { $0.member.size < $1.member.size })
        func content(_ index: Int) -> Int { members[index].offset + 512 + members[index].member.size / 2 }
        func padding(_ found: (offset: Int, member: Member)) -> Int {
            found.offset + 512 + found.member.size + found.member.padding - 1
        }
        let position =
            switch place {
            case .manifest: members[0].offset + 512 + 20
            case .databaseHeader: members[2].offset + 126
            case .database: content(2)
            // The database is whole blocks, so nothing follows it; what follows the top keys is as good.
            case .databasePadding: padding(members[1])
            case .keysHeader: members[1].offset + 3
            case .keys: content(1)
            case .blobHeader: blob.offset + 130
            case .blob: blob.offset + 512 + blob.member.size / 2
            case .blobPadding: padding(blob)
            case .secondKeys: content(members.count - 2)
            case .secondKeysHeader: members[members.count - 2].offset + 3
            case .secondManifest: members[members.count - 1].offset + 512 + 20
            case .secondManifestHeader: members[members.count - 1].offset + 3
            case .end: bytes.count - 100
            }
        bytes[position] ^= 0x10
        let settings = try await settings("restored")
        switch place {
        case .database:
            let failure = await #expect(throws: BackupFailure.self) { try await restore(bytes, to: settings) }
            #expect(failure?.description.contains("The database in") == true)
            let refusal = await #expect(throws: BackupFailure.self) { try await examine(settings) }
            #expect(refusal?.description.contains("rind restore") == true)
            // The blobs are there, and the same folder takes the database from another backup.
            let again = try await Backup.restore(from: file.path, to: settings)
            #expect(again.lost == [] && again.flaws == [])
            let findings = try await examine(settings)
            #expect(findings.problems == [] && findings.orphans == [])
        case .blob, .blobHeader:
            let report = try await restore(bytes, to: settings)
            #expect(report.blobs == 2 && report.lost.count == 1)
            let digest = String(blob.member.name.dropFirst("blobs/".count))
            #expect(report.lost.first?.contains(digest) == true && report.lost.first?.contains("demo_pkg-1.0") == true)
            #expect((report.flaws != []) == (place == .blobHeader))
            let findings = try await examine(settings)
            #expect(findings.problems.count == 1 && findings.problems.first?.what.contains(digest) == true)
        case .manifest, .databaseHeader, .databasePadding, .keysHeader, .keys, .blobPadding, .secondKeys,
            .secondKeysHeader, .secondManifest, .secondManifestHeader, .end:
            let report = try await restore(bytes, to: settings)
            #expect(report.blobs == 3 && report.lost == [] && report.flaws != [])
            #expect(try await examine(settings).problems == [])
        }
    }

    @Test("notices every flipped byte of a sample of all of them", arguments: 0..<40)
    func sample(number: Int) async throws {
        var bytes = try await write()
        bytes[(bytes.count - 1) * number / 39] ^= 1
        let settings = try await settings("restored")
        do {
            let report = try await restore(bytes, to: settings)
            #expect(report.lost != [] || report.flaws != [])
            #expect(try await examine(settings).problems.count == report.lost.count)
        } catch let failure as BackupFailure {
            #expect(failure.description.contains("The database in"))
        }
    }

    @Test(
        "that was cut gives back what it has, or says that its database is not whole", arguments: [1, 40, 75, 95, 99])
    func cut(percent: Int) async throws {
        let bytes = try await write()
        let settings = try await settings("restored")
        do {
            let report = try await restore(bytes.prefix(bytes.count * percent / 100), to: settings)
            #expect(report.flaws != [])
            #expect(try await examine(settings).problems.count == report.lost.count)
        } catch let failure as BackupFailure {
            #expect(failure.description.contains("The database in"))
            await #expect(throws: BackupFailure.self) { try await LocalIndex(settings, exclusively: true) }
        }
    }

    @Test("of an index with damaged and missing blobs has all the rest, and names these")
    func ofDamaged() async throws {
        let snapshot = try await server.index.stores.projects.snapshot(of: ProjectName(parsing: "demo-pkg"))
        let files = try #require(snapshot?.releases.first?.files)
        let paths = files.map { server.index.path(ofBlob: $0.digests.sha256) }
        var damaged = try Data(contentsOf: URL(filePath: paths[0]))
        damaged[damaged.count - 1] ^= 1
        try damaged.write(to: URL(filePath: paths[0]))
        try FileManager.default.removeItem(atPath: paths[1])
        let report = try await Backup(server.index).write(to: file.path)
        #expect(report.blobs == 1 && report.damaged.count == 2)
        #expect(report.damaged.contains { $0.contains(files[0].filename) && $0.hasSuffix("damaged") })
        #expect(report.damaged.contains { $0.contains(files[1].filename) && $0.hasSuffix("missing") })
        let settings = try await settings("restored")
        let restored = try await Backup.restore(from: file.path, to: settings)
        #expect(restored.blobs == 1 && restored.lost.count == 2 && restored.flaws == [])
    }

    @Test("is written beside others, to the same file and to another one, and what killed ones have left goes")
    func sideBySide() async throws {
        let left = ["", ".sqlite", ".sqlite-wal"].map {
            folder.appending(path: ".rind-backup-00000000-0000-0000-0000-000000000000\($0)")
        }
        let alone = folder.appending(path: ".rind-backup-00000000-0000-0000-0000-000000000001.sqlite")
        for path in left + [alone] { try Data("left".utf8).write(to: path) }
        let index = server.index
        let paths = [file.path, file.path, folder.appending(path: "other.tar").path]
        try await withThrowingTaskGroup(of: Backup.Report.self) { group in
            for path in paths { group.addTask { try await Backup(index).write(to: path, replacing: true) } }
            for try await report in group { #expect(report.blobs == 3 && report.damaged == []) }
        }
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted() == ["other.tar", "rind.tar"])
        for (number, path) in Set(paths).enumerated() {
            let settings = try await settings("restored-\(number)")
            #expect(try await Backup.restore(from: path, to: settings).flaws == [])
        }
    }

    @Test("takes the place of no file unasked, whether it is there before or comes meanwhile")
    func noPlace() async throws {
        let precious = Data("precious".utf8)
        try precious.write(to: file)
        let refused = await #expect(throws: BackupFailure.self) { try await Backup(server.index).write(to: file.path) }
        #expect(refused?.description.contains("--force") == true)
        let late = folder.appending(path: "late.tar")
        let given = await #expect(throws: BackupFailure.self) {
            try await Backup(server.index).write(to: late.path) { _, _ in
                try? precious.write(to: late)
            }
        }
        #expect(given?.description.contains("--force") == true)
        #expect(try Data(contentsOf: file) == precious && Data(contentsOf: late) == precious)
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted() == ["late.tar", "rind.tar"])
        _ = try await Backup(server.index).write(to: file.path, replacing: true)
        #expect(try await Backup.restore(from: file.path, to: settings("replaced")).flaws == [])
    }

    @Test("that cannot be written says why", arguments: ["no/such/folder/rind.tar", "."])
    func unwritable(path: String) async throws {
        let failure = await #expect(throws: BackupFailure.self) {
            try await Backup(server.index).write(to: folder.appending(path: path).path)
        }
        #expect(failure?.description.contains(folder.path) == true)
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == [])
    }

    @Test(
        "takes the place of nothing that the index is made of",
        arguments: ["index.sqlite", "index.sqlite-wal", "keys.json", "lock", "blobs/backup.tar", "link/index.sqlite"])
    func ownFiles(name: String) async throws {
        let settings = server.index.settings
        try FileManager.default.createSymbolicLink(
            atPath: "\(settings.data)/link", withDestinationPath: settings.data)
        let before = FileManager.default.contents(atPath: settings.keys)
        let failure = await #expect(throws: BackupFailure.self) {
            try await Backup(server.index).write(to: "\(settings.data)/\(name)")
        }
        #expect(failure?.description.contains("the index's own") == true)
        #expect(FileManager.default.contents(atPath: settings.keys) == before)
        #expect(try await Doctor(server.index).examine().problems == [])
    }

    @Test("takes the place of nothing that a setting names, wherever it is, and of no folder's content")
    func namedFiles() async throws {
        let elsewhere = folder.appending(path: "elsewhere").path
        try FileManager.default.createDirectory(atPath: elsewhere, withIntermediateDirectories: true)
        let content = Data("sixteen letters or more".utf8)
        let named: [SettingName: String] = [
            .terms: "terms.md", .metricsTokenFile: "token", .smtpPasswordFile: "password", .smtpCAFile: "ca.pem",
            .python: "python",
        ]
        var file = "smtp: smtp://rind@mail.example.org\nmail-from: rind@example.org\n"
        for (setting, name) in named {
            try content.write(to: URL(filePath: "\(elsewhere)/\(name)"))
            file += "\(setting.rawValue): \(elsewhere)/\(name)\n"
        }
        // Through a link, too: what it leads to is what is read.
        try FileManager.default.createSymbolicLink(
            atPath: "\(elsewhere)/linked", withDestinationPath: "\(elsewhere)/terms.md")
        file = file.replacing("\(elsewhere)/terms.md", with: "\(elsewhere)/linked")
        try Data(file.utf8).write(to: URL(filePath: "\(elsewhere)/config.yaml"))
        let data = folder.appending(path: "data").path
        let settings = try await Settings.read(
            data: data, flags: [:], environment: [:], file: "\(elsewhere)/config.yaml")
        let index = try await LocalIndex(settings, exclusively: true)
        defer { try? index.close() }
        let paths =
            (Array(named.values) + ["linked", "config.yaml"]).map { "\(elsewhere)/\($0)" }
            + ["\(data)/outbox/x.tar", "\(data)/rendered/x.tar"]
        for path in paths {
            let failure = await #expect(throws: BackupFailure.self, "\(path)") {
                try await Backup(index).write(to: path, replacing: true)
            }
            #expect(failure?.description.contains("the index's own") == true, "\(path)")
        }
        for name in named.values { #expect(FileManager.default.contents(atPath: "\(elsewhere)/\(name)") == content) }
        _ = try await Backup(index).write(to: "\(elsewhere)/rind.tar", replacing: true)
    }

    @Test("may be called what stands for no Python in the settings, which is no path")
    func calledNone() async throws {
        func named(_ flags: [SettingName: String]) async throws -> [String] {
            try await Settings.read(
                data: folder.appending(path: "data").path, flags: flags, environment: [:], file: nil
            ).namedPaths
        }
        #expect(try await !named([.python: "none"]).contains("none"))
        #expect(try await named([.python: "/opt/python"]).contains("/opt/python"))
    }

    // MARK: Where it is restored to

    @Test("files whose database is gone, or empty, are not served as a new index", arguments: [true, false])
    func lostDatabase(isEmpty: Bool) async throws {
        let bytes = try await write()
        let settings = try await settings("restored")
        _ = try await restore(bytes, to: settings)
        try FileManager.default.removeItem(atPath: settings.database)
        if isEmpty { try Data().write(to: URL(filePath: settings.database)) }
        for exclusively in [true, false] {
            let refusal = await #expect(throws: DataFolder.Failure.self) {
                try await LocalIndex(settings, exclusively: exclusively)
            }
            #expect(refusal?.description.contains("rind restore") == true)
        }
        #expect(FileManager.default.fileExists(atPath: settings.database) == isEmpty)
        // Without files it is a new one.
        try FileManager.default.moveItem(atPath: settings.blobs, toPath: "\(settings.blobs)-before")
        #expect(try await examine(settings).problems == [])
    }

    @Test("a folder with a half restore is not opened until the restore was done again")
    func halfRestore() async throws {
        let bytes = try await write()
        let settings = try await settings("restored")
        // As a restore is that was killed: begun, with bytes of blobs, published and on their way.
        try FileManager.default.createDirectory(atPath: settings.data, withIntermediateDirectories: true)
        try Data().write(to: URL(filePath: "\(settings.database).restoring"))
        let blobs = try FolderBlobStore(root: settings.blobs, ownsFolder: true)
        let wheel = try #require(
            try await server.index.stores.projects.snapshot(of: ProjectName(parsing: "demo-pkg"))?.releases.first?
                .files.first)
        let path = server.index.path(ofBlob: wheel.digests.sha256)
        _ = try await blobs.store(Array(Data(contentsOf: URL(filePath: path))))
        try Data("half".utf8).write(to: URL(filePath: "\(settings.blobs)/incoming/half"))

        for exclusively in [true, false] {
            let refusal = await #expect(throws: BackupFailure.self) {
                try await LocalIndex(settings, exclusively: exclusively)
            }
            #expect(refusal?.description.contains("rind restore") == true)
        }
        #expect(!FileManager.default.fileExists(atPath: settings.database))
        let report = try await restore(bytes, to: settings)
        #expect(report.blobs == 3 && report.lost == [])
        let findings = try await examine(settings)
        #expect(findings.problems == [] && findings.orphans == [])
        #expect(try FileManager.default.contentsOfDirectory(atPath: "\(settings.blobs)/incoming") == [])
    }

    @Test("is refused by a folder that holds something else", arguments: ["notes.txt", "blobs/ab"])
    func foreignFolder(name: String) async throws {
        let bytes = try await write()
        let settings = try await settings("restored")
        let foreign = URL(filePath: settings.data).appending(path: name)
        try FileManager.default.createDirectory(
            at: foreign.deletingLastPathComponent(), withIntermediateDirectories: true)
        try Data("mine".utf8).write(to: foreign)
        let failure = await #expect(throws: BackupFailure.self) { try await restore(bytes, to: settings) }
        #expect(failure?.description.contains("is not empty") == true)
        #expect(failure?.description.contains(foreign.lastPathComponent) == true)
        #expect(!FileManager.default.fileExists(atPath: "\(settings.database).restoring"))
    }

    @Test("is taken by a folder that has only what an index has before it has anything, and refused by one in use")
    func preparedFolder() async throws {
        let bytes = try await write()
        let settings = try await settings("restored")
        try FileManager.default.createDirectory(atPath: settings.data, withIntermediateDirectories: true)
        try Data("port: 9000\n".utf8).write(to: URL(filePath: "\(settings.data)/rind.yaml"))
        let holder = try DataFolder(path: settings.data, exclusively: true)
        await #expect(throws: DataFolder.Failure.self) { try await restore(bytes, to: settings) }
        #expect(!FileManager.default.fileExists(atPath: "\(settings.database).restoring"))
        withExtendedLifetime(holder) {}
    }

    @Test("of Rind 0.1.0, which has no manifest, is restored")
    func withoutManifest() async throws {
        let bytes = try await write()
        let members = members(bytes)
        let (keys, database, blobs) = (members[1].offset, members[2].offset, members[3].offset)
        let end = members[members.count - 2].offset
        let old = bytes[database..<blobs] + bytes[keys..<database] + bytes[blobs..<end] + Data(count: 10_240)
        let settings = try await settings("restored")
        let report = try await restore(old, to: settings)
        #expect(report.blobs == 3 && report.lost == [] && report.flaws == [])
        #expect(try await examine(settings).problems == [])
    }

    @Test("is not taken from anything else: no file, a folder, a text, another archive")
    func noBackup() async throws {
        let settings = try await settings("restored")
        let text = folder.appending(path: "text")
        try Data("not a tar archive, but long enough to be looked at".utf8).write(to: text)
        let other = folder.appending(path: "other.tar")
        try (try await write()).suffix(from: 3 * 512).write(to: other)
        var bytes = try Data(contentsOf: other)
        bytes.replaceSubrange(bytes.count - 2_000..<bytes.count, with: Data(count: 2_000))
        bytes[0] ^= 1
        try bytes.write(to: other)
        for path in [folder.appending(path: "none").path, folder.path, text.path, other.path] {
            let failure = await #expect(throws: BackupFailure.self) {
                try await Backup.restore(from: path, to: settings)
            }
            #expect(failure?.description.contains(path) == true)
        }
        #expect(!FileManager.default.fileExists(atPath: settings.data))
    }
}
