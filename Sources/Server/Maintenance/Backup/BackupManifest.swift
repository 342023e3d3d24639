import Archives
import Bytes
import Crypto
import Foundation
import Primitives

/// What a backup says about itself, at its beginning and once more at its end: with either, the database and the keys
/// are found and verified, whatever has become of their headers.
struct BackupManifest: Hashable, Codable {
    /// A member of which there is one.
    struct Member: Hashable, Codable {
        /// Bytes.
        let size: Int64
        /// In lower-case hexadecimal.
        let sha256: String
    }

    /// 2; what Rind 0.1.0 wrote has no manifest.
    let format: Int
    let database: Member
    let keys: Member

    static let name = "manifest.json"
    /// Always so many bytes, so that the one at the end is found from there.
    static let length = 1_024

    init(database: Member, keys: Member) {
        format = 2
        self.database = database
        self.keys = keys
    }

    /// One line of JSON, one with its SHA-256, and blanks.
    func text() throws -> [UInt8] {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys]
        let json = try encoder.encode(self)
        let text = Array(json) + Array("\n\(SHA256.hash(data: json).hexadecimal)\n".utf8)
        return text + [UInt8](repeating: UInt8(ascii: " "), count: Self.length - text.count - 1) + [0x0A]
    }

    /// Nil for anything but an undamaged manifest.
    init?(text: [UInt8]) {
        let lines = text.split(separator: 0x0A)
        guard lines.count > 1, SHA256.hash(data: Data(lines[0])).hexadecimal.utf8.elementsEqual(lines[1]),
            let manifest = try? JSONDecoder().decode(Self.self, from: Data(lines[0]))
        else { return nil }
        self = manifest
    }

    // MARK: - Where things are

    static let member = PlainTarMember(name: name, size: Int64(length))
    var databaseMember: PlainTarMember { PlainTarMember(name: Self.databaseName, size: database.size) }
    var keysMember: PlainTarMember { PlainTarMember(name: Self.keysName, size: keys.size) }

    static let databaseName = "index.sqlite"
    static let keysName = "keys.json"
    /// Of a blob's member, before its digest.
    static let blobPrefix = "blobs/"

    /// The offset of the header of the second copy of the manifest.
    static func secondOffset(in size: Int64) -> Int64 { size - Int64(PlainTarMember.endLength) - member.length }

    /// The offset of the header of the first blob.
    var blobsOffset: Int64 { Self.member.length + databaseMember.length + keysMember.length }
}
