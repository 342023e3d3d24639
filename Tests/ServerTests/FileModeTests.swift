import Blobs
import Database
import Foundation
import Glibc
import Ports
import Server
import Support
import Testing

@Suite("What Rind writes") struct FileModeTests {
    @Test("is not for others on the machine, however lax the umask and wherever it lies")
    func modes() async throws {
        // In a folder that everybody can look into, as where somebody has made it before.
        let folder = FileManager.default.temporaryDirectory.appending(path: "modes-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: folder) }
        try FileManager.default.createDirectory(
            at: folder, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o755])
        let before = umask(0)
        defer { umask(before) }
        var settings = try await Settings.read(
            data: folder.appending(path: "data").path, flags: [:], environment: [:], file: nil)
        settings.database = folder.appending(path: "elsewhere.sqlite").path
        settings.blobs = folder.appending(path: "blobs").path
        let index = try await LocalIndex(settings, exclusively: true)
        let digest = try await index.blobs.store(Array("bytes".utf8))
        let copy = folder.appending(path: "copy.sqlite").path
        try await index.database.backup(to: copy)
        let backup = folder.appending(path: "backup.tar").path
        _ = try await Backup(index).write(to: backup)
        let files = ["", "-wal", "-shm"].map { settings.database + $0 }
        for path in files + [settings.data, settings.keys, copy, backup] {
            #expect(try mode(path) & 0o077 == 0, "\(path)")
        }
        let blob = index.path(ofBlob: digest)
        for path in [
            settings.blobs, "\(settings.blobs)/incoming", URL(filePath: blob).deletingLastPathComponent().path, blob,
        ] {
            #expect(try mode(path) & 0o027 == 0, "\(path)")
        }
        try index.close()
    }

    private func mode(_ path: String) throws -> Int {
        let attributes = try FileManager.default.attributesOfItem(atPath: path)
        return try #require(attributes[.posixPermissions] as? Int)
    }
}
