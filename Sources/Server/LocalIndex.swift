import Blobs
import Database
import Foundation
import KnownNames
import Passwords
import People
import Ports
import Secrets
import Sequencer
import Stores
import UTC

/// An index in a data folder, opened: what the server serves from and the commands work on.
public struct LocalIndex: Sendable {
    public let settings: Settings
    public let database: Database
    public let stores: Stores
    /// The names that new ones may be look-alikes of.
    public let names: CorpusMemory
    /// Its people, for those who run it.
    public var people: any PeopleStore { SQLPeople(database) }
    public let blobs: any BlobStore
    /// The keys of the secrets in its database.
    public let keys: KeyRing
    /// The passwords that nobody may use, where a list was imported.
    public let breachedPasswords: BreachedPasswordFile
    private let folder: DataFolder
    private let serving: ServingLock?

    /// Opens the index that the settings describe, and makes what is missing.
    ///
    /// - Parameters:
    ///   - exclusively: as anyone who serves: what interrupted uploads left behind is cleared away. Commands open it
    ///     beside
    ///     the server.
    ///   - mustExist: whether to refuse a folder without an index: anyone who asks about one does not want a new one.
    ///   - blobs: where its files are; nil for the folder that the settings name.
    ///   - credentials: what reads sessions and tokens again, in the transaction of an act.
    ///   - clock: what time it is at a commit; nil where anyone who asks is taken at their word, as in tests.
    ///   - report: told when there is a list of breached passwords that is not taken because it is damaged.
    public init(
        _ settings: Settings, exclusively: Bool, mustExist: Bool = false, blobs other: (any BlobStore)? = nil,
        credentials: any CredentialReading = Stores.credentials, clock: (@Sendable () -> Timestamp)? = nil,
        report: @escaping @Sendable (BreachedPasswordsFailure) -> Void = { _ in }
    ) async throws {
        self.settings = settings
        try settings.requireNoHalfRestore()
        if mustExist, !FileManager.default.fileExists(atPath: settings.database) {
            throw DataFolder.Failure(
                description:
                    "There is no index in \(settings.data). Name its folder with --data, or make one with: rind serve")
        }
        folder = try DataFolder(path: settings.data, exclusively: exclusively)
        // A restore may have begun, and ended in the middle, before the lock was ours.
        try settings.requireNoHalfRestore()
        // Before the database: without its keys an index is not opened. A command that was not told where the server
        // has them makes none of its own: what it seals, or backs up, would have the wrong ones.
        keys = try KeyRing(
            at: settings.keys,
            makesOne: exclusively || !FileManager.default.fileExists(atPath: settings.database))
        if exclusively {
            // Before the database is opened and brought up to date, and before anything is cleared away.
            try FolderBlobStore.makeFolder(settings.blobs)
            serving = try ServingLock(settings)
        } else {
            serving = nil
        }
        try settings.requireDatabaseOfFiles()
        breachedPasswords = BreachedPasswordFile(at: settings.breachedPasswords, report: report)
        do {
            database = try Database(sqliteAt: settings.database, keys: keys, credentials: credentials, clock: clock)
            names = CorpusMemory(database, setting: settings.lookAlikes)
            stores = try await Stores(database, names: names)
        } catch {
            guard let sentence = DatabaseFailure.sentence(error, at: settings.database) else { throw error }
            throw DataFolder.Failure(description: sentence)
        }
        blobs = try other ?? FolderBlobStore(root: settings.blobs, ownsFolder: exclusively)
    }

    /// What lets the verifiable log grow.
    ///
    /// - Parameter baseURL: where people find the index: what a log that has no checkpoint yet is called after.
    public func sequencer(baseURL: String) -> LogSequencer {
        LogSequencer(
            database, keys: keys, folder: LogFolder(path: settings.log), origin: Settings.logOrigin(baseURL: baseURL))
    }

    /// Closes the database. Files need no closing.
    public func close() throws { try database.close() }
}

extension Settings {
    /// Throws a `DataFolder.Failure` where files are there and the database that names them is not, or is empty: a new
    /// one would be an index that has lost everything, and anyone who installs from it would be told that nothing
    /// exists.
    fileprivate func requireDatabaseOfFiles() throws {
        func isEmpty(_ path: String) -> Bool {
            let file = URL(filePath: path).resolvingSymlinksInPath()
            return ((try? file.resourceValues(forKeys: [.fileSizeKey]))?.fileSize ?? 0) == 0
        }
        guard isEmpty(database), isEmpty("\(database)-wal"), try FolderBlobStore.holdsBlobs(blobs) else { return }
        throw DataFolder.Failure(
            description: "There are files in \(blobs), and no database at \(database) that names them: it was lost, or "
                + "a restore did not end. Bring the database back to its place, or restore a backup into a new folder: "
                + "rind restore FILE --data FOLDER. For an empty index, move the files away first.")
    }
}

/// The moment that it is. Everything that needs one gets it from here, or from a test.
public func currentTimestamp() -> Timestamp {
    // A double tells microseconds apart for the next two hundred years.
    Timestamp(microseconds: Int64(Date().timeIntervalSince1970 * 1_000_000))
}
