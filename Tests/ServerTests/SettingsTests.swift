import Foundation
import Model
import Server
import Testing

@Suite("The settings") struct SettingsTests {
    let folder = FileManager.default.temporaryDirectory.appending(path: "settings-\(UUID().uuidString)")

    func read(
        flags: [SettingName: String] = [:], environment: [String: String] = [:], file: String? = nil
    ) async throws -> Settings {
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        if let file { try file.write(to: folder.appending(path: "rind.yaml"), atomically: true, encoding: .utf8) }
        defer { try? FileManager.default.removeItem(at: folder) }
        return try await Settings.read(data: folder.path, flags: flags, environment: environment, file: nil)
    }

    @Test("serve without any of them given")
    func defaults() async throws {
        let settings = try await read()
        #expect(settings.host == "127.0.0.1" && settings.port == 8080)
        #expect(settings.database == "\(folder.path)/index.sqlite")
        #expect(settings.blobs == "\(folder.path)/blobs")
        #expect(settings.keys == "\(folder.path)/keys.json")
    }

    @Test("are taken from the flag, then the variable, then the file")
    func precedence() async throws {
        let settings = try await read(
            flags: [.port: "1"], environment: ["RIND_PORT": "2", "RIND_HOST": "::1"],
            file: "port: 3\nhost: 0.0.0.0\nmax-file-size: 5MB\nbase-url: https://packages.example.org/\n")
        #expect(settings.port == 1)
        #expect(settings.host == "::1")
        #expect(settings.limits.fileSize == 5_000_000)
        #expect(settings.baseURL == "https://packages.example.org")
    }

    @Test("report all mistakes together, by name")
    func mistakes() async throws {
        let error = await #expect(throws: SettingsMistakes.self) {
            try await read(
                flags: [.port: "http", .maxFileSize: "0"],
                environment: ["RIND_BASE_URL": "packages.example.org", "RIND_PROT": "1", "RIND_DATABASE": "mysql://x"],
                file: "log-level: loud\nprot: 1\n")
        }
        let text = error?.description ?? ""
        for name in [
            "--port", "--max-file-size", "RIND_BASE_URL", "RIND_PROT", "--database", "--log-level", "prot in ",
        ] {
            #expect(text.contains(name), "\(name) is not in: \(text)")
        }
        #expect(error?.mistakes.count == 7)
    }

    // The columns are the point.
    // swift-format-ignore
    static let sizes: [(String, Int64?)] = [
        ("1", 1), ("1048576", 1_048_576), ("500MB", 500_000_000), ("2 GiB", 2_147_483_648), ("1kb", 1_000),
        ("", nil), ("0", nil), ("-1", nil), ("1.5GB", nil), ("GB", nil), ("1XB", nil), ("99999999999TiB", nil),
    ]

    @Test("take sizes as people write them", arguments: sizes)
    func size(text: String, bytes: Int64?) { #expect(ByteSize(parsing: text)?.bytes == bytes) }
}
