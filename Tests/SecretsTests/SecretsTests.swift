import Foundation
import Testing

@testable import Secrets

/// A folder of its own, which goes with the test.
private final class Folder: Sendable {
    let url = FileManager.default.temporaryDirectory.appending(path: "secrets-\(UUID().uuidString)")
    var keys: String { url.appending(path: "keys.json").path }

    init() throws { try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true) }
    deinit { try? FileManager.default.removeItem(at: url) }

    var names: [String] { (try? FileManager.default.contentsOfDirectory(atPath: url.path).sorted()) ?? [] }

    func mode(_ path: String) throws -> Int {
        try #require(FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int)
    }
}

private let secret = Array("twenty bytes, a code".utf8)

@Suite("The key ring") struct KeyRingTests {
    private let folder: Folder

    init() throws { folder = try Folder() }

    @Test("makes its file at the first start, for its owner only, and finds it at the next")
    func firstStart() throws {
        let sealed = try KeyRing(at: folder.keys).seal(secret, for: "totp 12")
        #expect(try folder.mode(folder.keys) == 0o600 && folder.names == ["keys.json"])
        #expect(try KeyRing(at: folder.keys).open(sealed, for: "totp 12") == secret)
    }

    @Test("opens a secret for what it was sealed for, and for nothing else")
    func context() throws {
        let ring = try KeyRing(at: folder.keys)
        let sealed = try ring.seal(secret, for: "totp 12")
        #expect(try ring.open(sealed, for: "totp 12") == secret)
        for other in ["totp 1", "totp 123", "", "totp 13"] {
            #expect(throws: SecretFailure.doesNotOpen) { try ring.open(sealed, for: other) }
        }
    }

    @Test("seals the same secret differently every time, and never shows it")
    func nonces() throws {
        let ring = try KeyRing(at: folder.keys)
        let sealed = try (0..<20).map { _ in try ring.seal(secret, for: "x").serialized }
        #expect(Set(sealed).count == 20)
        #expect(sealed.allSatisfy { $0.firstRange(of: secret.prefix(6)) == nil })
    }

    @Test("seals nothing, and as much as it takes", arguments: [0, 1, SealedSecret.maximumPlaintextBytes])
    func sizes(count: Int) throws {
        let ring = try KeyRing(at: folder.keys)
        let plaintext = [UInt8](repeating: 7, count: count)
        let sealed = try SealedSecret(serialized: ring.seal(plaintext, for: "x").serialized)
        #expect(try ring.open(sealed, for: "x") == plaintext)
    }

    @Test("refuses more than it takes")
    func tooLarge() throws {
        let ring = try KeyRing(at: folder.keys)
        #expect(throws: SecretFailure.tooLarge) {
            try ring.seal([UInt8](repeating: 7, count: SealedSecret.maximumPlaintextBytes + 1), for: "x")
        }
    }

    @Test("after a rotation seals with the new key, and opens what the old ones sealed")
    func rotation() throws {
        let ring = try KeyRing(at: folder.keys)
        let old = try ring.seal(secret, for: "x")
        let first = ring.currentKeyID
        let second = try ring.rotate()
        #expect(second != first && ring.currentKeyID == second && ring.keyIDs == [first, second].sorted())
        #expect(old.keyID == first)
        let new = try ring.seal(secret, for: "x")
        #expect(new.keyID == second)
        for sealed in [old, new] { #expect(try KeyRing(at: folder.keys).open(sealed, for: "x") == secret) }
        #expect(try folder.mode(folder.keys) == 0o600 && folder.names == ["keys.json"])
    }

    @Test("that another process has rotated is noticed by one that runs")
    func rotationBeside() throws {
        let server = try KeyRing(at: folder.keys)
        let command = try KeyRing(at: folder.keys)
        let new = try command.rotate()
        let sealed = try command.seal(secret, for: "x")
        #expect(try server.open(sealed, for: "x") == secret)
        // Sealing follows as well, though nothing told it.
        let newer = try KeyRing(at: folder.keys).rotate()
        #expect(try server.seal(secret, for: "x").keyID == newer)
        #expect(server.keyIDs.contains(new))
    }

    @Test("loses no key when several rotate at once")
    func racingRotations() async throws {
        let folder = folder
        try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<8 { group.addTask { _ = try KeyRing(at: folder.keys).rotate() } }
            try await group.waitForAll()
        }
        #expect(try KeyRing(at: folder.keys).keyIDs.count == 9)
    }

    @Test("made by several at once is one")
    func racingStarts() async throws {
        let folder = folder
        let ids = try await withThrowingTaskGroup(of: [String].self) { group in
            for _ in 0..<8 { group.addTask { try KeyRing(at: folder.keys).keyIDs } }
            return try await group.reduce(into: Set<[String]>()) { $0.insert($1) }
        }
        #expect(ids.count == 1)
    }

    @Test("says which key is missing")
    func unknownKey() throws {
        let sealed = try KeyRing(at: folder.keys).seal(secret, for: "x")
        try FileManager.default.removeItem(atPath: folder.keys)
        let other = try KeyRing(at: folder.keys)
        #expect(throws: SecretFailure.unknownKey(sealed.keyID)) { try other.open(sealed, for: "x") }
    }

    @Test("does not seal with keys that are in no file any more")
    func goneFile() throws {
        let ring = try KeyRing(at: folder.keys)
        try FileManager.default.removeItem(atPath: folder.keys)
        #expect(throws: KeyFileFailure.self) { try ring.seal(secret, for: "x") }
        #expect(throws: KeyFileFailure.self) { try ring.rotate() }
        #expect(folder.names == [])
    }

    @Test("is refused when others than its owner can read it", arguments: [0o640, 0o604, 0o620, 0o666])
    func permissions(mode: Int) throws {
        _ = try KeyRing(at: folder.keys)
        try FileManager.default.setAttributes([.posixPermissions: mode], ofItemAtPath: folder.keys)
        let failure = #expect(throws: KeyFileFailure.self) { try KeyRing(at: folder.keys) }
        #expect(failure?.description.contains("chmod 600") == true)
    }

    @Test(
        "is refused when its file is damaged, and leaves it alone",
        arguments: ["", "{}", "no json", "null", "cut", "current", "short", "version", "id", "long", "folder"])
    func damaged(how: String) throws {
        _ = try KeyRing(at: folder.keys)
        var text = try String(contentsOfFile: folder.keys, encoding: .utf8)
        switch how {
        case "cut": text = String(text.prefix(100))
        case "current": text.replace(#/"current" : "k/#, with: "\"current\" : \"x")
        case "short": text.replace(#/"k.{8}" : "..../#, with: "\"k12345678\" : \"")
        case "version": text.replace("\"version\" : 1", with: "\"version\" : 2")
        case "id": text.replace(#/"k(.{8})"/#) { "\"k \($0.1)\"" }
        case "long": text += String(repeating: " ", count: 1 << 17)
        default: text = how
        }
        try FileManager.default.removeItem(atPath: folder.keys)
        if how == "folder" {
            try FileManager.default.createDirectory(atPath: folder.keys, withIntermediateDirectories: false)
        } else {
            #expect(
                FileManager.default.createFile(
                    atPath: folder.keys, contents: Data(text.utf8), attributes: [.posixPermissions: 0o600]))
        }
        #expect(throws: KeyFileFailure.self) { try KeyRing(at: folder.keys) }
        if how != "folder" { #expect(try String(contentsOfFile: folder.keys, encoding: .utf8) == text) }
    }

    @Test("says where it cannot be written")
    func unwritable() throws {
        let path = folder.url.appending(path: "nowhere/keys.json").path
        let failure = #expect(throws: KeyFileFailure.self) { try KeyRing(at: path) }
        #expect(failure?.description.contains("nowhere") == true)
    }

    @Test("takes what an interrupted write left for what it is")
    func interrupted() throws {
        try Data("half a f".utf8).write(to: folder.url.appending(path: "keys.json.new"))
        let ring = try KeyRing(at: folder.keys)
        _ = try ring.rotate()
        #expect(folder.names == ["keys.json"])
    }

    @Test("makes codes that prove a message, its purpose, and who wrote it")
    func authentication() throws {
        let ring = try KeyRing(at: folder.keys)
        let code = ring.authenticationCode(for: secret, purpose: "form")
        #expect(code.count == 32)
        #expect(ring.isAuthentic(code, for: secret, purpose: "form"))
        #expect(!ring.isAuthentic(code, for: secret, purpose: "for"))
        #expect(!ring.isAuthentic(code, for: secret + [0], purpose: "form"))
        #expect(!ring.isAuthentic(Array(code.dropLast()), for: secret, purpose: "form"))
        #expect(!ring.isAuthentic([], for: secret, purpose: "form"))
        // What ends the purpose and begins the message does not matter.
        #expect(
            ring.authenticationCode(for: Array("bc".utf8), purpose: "a")
                != ring.authenticationCode(for: Array("c".utf8), purpose: "ab"))
        _ = try ring.rotate()
        #expect(try KeyRing(at: folder.keys).isAuthentic(code, for: secret, purpose: "form"))
        let other = try Folder()
        #expect(try !KeyRing(at: other.keys).isAuthentic(code, for: secret, purpose: "form"))
    }

    @Test("comes back from a backup, and gives way to none that it does not hold")
    func restoring() throws {
        let ring = try KeyRing(at: folder.keys)
        let sealed = try ring.seal(secret, for: "x")
        let backup = try Data(contentsOf: URL(filePath: folder.keys))

        let elsewhere = try Folder()
        try KeyRing.restore(backup, to: elsewhere.keys)
        #expect(try elsewhere.mode(elsewhere.keys) == 0o600)
        #expect(try KeyRing(at: elsewhere.keys).open(sealed, for: "x") == secret)

        let rotated = try ring.rotate()
        try KeyRing.restore(backup, to: folder.keys)
        #expect(try KeyRing(at: folder.keys).currentKeyID == rotated)

        let other = try Folder()
        let otherID = try KeyRing(at: other.keys).currentKeyID
        #expect(throws: KeyFileFailure.self) { try KeyRing.restore(backup, to: other.keys) }
        #expect(throws: KeyFileFailure.self) { try KeyRing.restore(Data("{}".utf8), to: other.keys) }
        #expect(try KeyRing(at: other.keys).keyIDs == [otherID])
    }
}

@Suite("A sealed secret") struct SealedSecretTests {
    @Test("of any one bit changed does not open, and does no harm")
    func changed() throws {
        let folder = try Folder()
        let ring = try KeyRing(at: folder.keys)
        let bytes = try ring.seal(secret, for: "x").serialized
        for index in bytes.indices {
            for bit in 0..<8 {
                var changed = bytes
                changed[index] ^= 1 << UInt8(bit)
                #expect(throws: SecretFailure.self) {
                    try ring.open(SealedSecret(serialized: changed), for: "x")
                }
            }
        }
    }

    @Test("that was cut is not one, wherever")
    func cut() throws {
        let folder = try Folder()
        let ring = try KeyRing(at: folder.keys)
        let bytes = try ring.seal(secret, for: "x").serialized
        for count in bytes.indices {
            #expect(throws: SecretFailure.self) {
                try ring.open(SealedSecret(serialized: Array(bytes.prefix(count))), for: "x")
            }
        }
    }

    static let malformedBytes: [[UInt8]] = [
        [], [0], [0] + .init(repeating: 0, count: 28), [1], [1, 0x6B], [200, 0x6B, 0x31],
        [1, 0x20] + .init(repeating: 0, count: 28), [1, 0x6B] + .init(repeating: 0, count: 27),
        [65] + .init(repeating: 0x6B, count: 65) + .init(repeating: 0, count: 28),
        [1, 0x6B] + .init(repeating: 0, count: 28 + SealedSecret.maximumPlaintextBytes + 1),
    ]

    @Test("is refused when it is not one", arguments: malformedBytes)
    func malformed(bytes: [UInt8]) {
        #expect(throws: SecretFailure.malformed) { try SealedSecret(serialized: bytes) }
    }

    @Test("is read from the bytes that it wrote")
    func roundTrip() throws {
        let folder = try Folder()
        let sealed = try KeyRing(at: folder.keys).seal(secret, for: "x")
        #expect(try SealedSecret(serialized: sealed.serialized) == sealed)
        // Rows that are stored must be read by the next release.
        let stored: [UInt8] = [2, 0x6B, 0x31] + .init(repeating: 9, count: 30)
        let read = try SealedSecret(serialized: stored)
        #expect(read.keyID == "k1" && read.serialized == stored)
    }
}
