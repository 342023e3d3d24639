import Blobs
import Crypto
import Database
import Foundation
import Model
import PackagingFormats
import Passwords
import Site
import Stores
import Tokens
import UTC

/// An index in a data folder, opened: what the server serves from and the commands work on.
public struct LocalIndex: Sendable {
    /// Its settings.
    public let settings: Settings
    /// Its database.
    public let database: Database
    /// Its stores.
    public let stores: Stores
    /// Its files.
    public let blobs: FolderBlobStore
    private let folder: DataFolder

    /// Opens the index that the settings describe, and makes what is missing.
    ///
    /// - Parameters:
    ///   - exclusively: as whoever serves: what interrupted uploads left behind is cleared away. Commands open it beside
    ///     the server.
    ///   - mustExist: whether to refuse a folder without an index: whoever asks about one does not want a new one.
    public init(_ settings: Settings, exclusively: Bool, mustExist: Bool = false) async throws {
        self.settings = settings
        if mustExist, !FileManager.default.fileExists(atPath: settings.database) {
            throw DataFolder.Failure(
                description:
                    "There is no index in \(settings.data). Name its folder with --data, or make one with: rind serve")
        }
        folder = try DataFolder(path: settings.data, exclusively: exclusively)
        database = try Database(sqliteAt: settings.database)
        stores = try await Stores(database)
        blobs = try FolderBlobStore(root: settings.blobs, ownsFolder: exclusively)
    }

    /// Closes the database. Files need no closing.
    public func close() throws { try database.close() }
}

/// The moment that it is. Everything that needs one gets it from here, or from a test.
public func currentTimestamp() -> Timestamp {
    // A double tells microseconds apart for the next two hundred years.
    Timestamp(microseconds: Int64(Date().timeIntervalSince1970 * 1_000_000))
}

// MARK: Tokens

/// Makes API tokens.
public enum TokenMint {
    /// Makes a token and records it. The text is shown once and is nowhere else.
    public static func issue(
        for owner: Username, label: String, projects: [ProjectName]?, expiresAt: Timestamp?, by actor: Actor,
        in stores: Stores, at now: Timestamp
    ) async throws -> (text: String, record: APIToken) {
        guard let user = try await stores.accounts.user(named: owner) else { throw AccountRefusal.noSuchUser(owner) }
        let rootKey = [UInt8](randomBytes: 32)
        let id = Data([UInt8](randomBytes: 16)).base64EncodedString()
            .replacing("+", with: "-").replacing("/", with: "_").replacing("=", with: "")
        var caveats: [Caveat] = [.user(user.id.description)]
        if let projects { caveats.append(.projects(Set(projects.map(\.normalized)))) }
        if let expiresAt { caveats.append(.window(expiry: expiresAt, notBefore: Timestamp(seconds: now.seconds))) }
        let macaroon = try Macaroon(
            location: "rind", identifier: Array(id.utf8), rootKey: SymmetricKey(data: rootKey), caveats: caveats)
        let record = try await stores.tokens.add(
            NewAPIToken(
                id: id, rootKey: rootKey, owner: owner, label: label, projects: projects, expiresAt: expiresAt,
                assurance: .password),
            by: actor, at: now)
        return (macaroon.text, record)
    }
}

/// Makes links with which a password can be set once.
public enum PasswordLink {
    /// How long a link is good for.
    public static let lifetime = Duration.seconds(7 * 86_400)

    /// Offers a link to an account and returns its path, which holds a secret.
    public static func offer(
        to name: Username, by actor: Actor, in stores: Stores, at now: Timestamp
    ) async throws -> String {
        let secret = [UInt8](randomBytes: 32)
        try await stores.accounts.offerPasswordLink(
            secretHash: hash(secret), to: name, until: now + lifetime, by: actor, at: now)
        return "/account/password/\(secret.map { String($0 >> 4, radix: 16) + String($0 & 15, radix: 16) }.joined())/"
    }

    /// What is stored of a secret.
    public static func hash(_ secret: [UInt8]) -> [UInt8] { Array(SHA256.hash(data: secret)) }

    /// The secret in a link's path; nil when it is none.
    public static func secret(fromHex text: some StringProtocol) -> [UInt8]? {
        let digits = text.utf8.compactMap { Character(UnicodeScalar($0)).hexDigitValue.map(UInt8.init) }
        guard digits.count == 64, text.utf8.count == 64 else { return nil }
        return stride(from: 0, to: 64, by: 2).map { digits[$0] << 4 | digits[$0 + 1] }
    }
}

/// Links to set a password with, over the accounts of an index.
struct StoredPasswordLinks: PasswordLinks {
    let accounts: any AccountStore
    let hasher: PasswordHasher
    let now: @Sendable () -> Timestamp

    func holder(of secret: String) async throws -> User? {
        guard let secret = PasswordLink.secret(fromHex: secret) else { return nil }
        return try await accounts.passwordLink(secretHash: PasswordLink.hash(secret), at: now())
    }

    func use(_ secret: String, password: String) async throws {
        guard (8...1024).contains(password.count) else { throw AccountRefusal.passwordLength }
        guard let secret = PasswordLink.secret(fromHex: secret) else { throw AccountRefusal.linkInvalid }
        let hash = try await hasher.hash(password)
        _ = try await accounts.usePasswordLink(
            secretHash: PasswordLink.hash(secret), passwordHash: hash, at: now())
    }
}

extension [UInt8] {
    /// Bytes from the system's source of randomness.
    init(randomBytes count: Int) {
        var generator = SystemRandomNumberGenerator()
        self = (0..<count).map { _ in UInt8.random(in: .min ... .max, using: &generator) }
    }
}
