import Accounts
import Acts
import Blobs
import Database
import Foundation
import PackagingFormats
import Policy
import Ports
import Projects
import Secrets
import Stores
import UTC
import UploadAPI

/// A whole index in a folder of its own, with one user, which goes with the test.
package final class TestIndex: Sendable {
    package let folder: URL
    package let keys: KeyRing
    package let database: Database
    package let stores: Stores
    package let blobs: FolderBlobStore
    package let ada: Actor
    package let now = Timestamp(seconds: 1_700_000_000)

    package init() async throws {
        folder = FileManager.default.temporaryDirectory.appending(path: "uploads-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        keys = try KeyRing(at: folder.appending(path: "keys.json").path)
        database = try Database(
            sqliteAt: folder.appending(path: "test.sqlite").path, keys: keys, credentials: TestCredentials())
        stores = try await Stores(database)
        blobs = try FolderBlobStore(root: folder.appending(path: "blobs").path, ownsFolder: true, threads: 2)
        ada = try await Self.user("ada", in: stores, at: now)
    }

    deinit {
        // Closing waits for reads under way, which may wait for a thread of Swift's: so it holds none of those.
        Thread.detachNewThread { [database, folder] in
            try? database.close()
            try? FileManager.default.removeItem(at: folder)
        }
    }

    package static func user(_ name: String, in stores: Stores, at now: Timestamp) async throws -> Actor {
        let user = try await stores.accounts.add(
            NewUser(
                name: Username(parsing: name), email: EmailAddress(parsing: "\(name)@example.org"),
                isAdministrator: false, passwordHash: nil),
            by: .operatorAtMachine, at: now)
        // As somebody who signed in just now.
        return Actor(
            .user(user.id, user.name, isAdministrator: false), assurance: .password,
            session: SessionStanding(proofs: [Proof(.password, at: now)], strongest: .password))
    }

    package func uploads(_ limits: UploadLimits = UploadLimits()) -> Uploads {
        Uploads(projects: stores.projects, classifiers: stores.classifiers, blobs: blobs, limits: limits)
    }

    @discardableResult
    package func receive(
        _ upload: TestUpload, by actor: Actor? = nil, limits: UploadLimits = UploadLimits(), chunk: Int = 4_096
    ) async throws -> Uploads.Receipt {
        try await uploads(limits).receive(
            upload.chunks(of: chunk), contentType: upload.contentType, by: actor ?? ada, at: { [now] in now })
    }

    package func files(of project: String = "demo-pkg") async throws -> [DistributionFile] {
        try await stores.projects.snapshot(of: ProjectName(parsing: project))?.releases.flatMap(\.files) ?? []
    }

    /// What is stored beside the database.
    package func blobDigests() async throws -> [String] {
        var digests: [String] = []
        for try await blob in blobs.census() { digests.append(blob.sha256) }
        return digests
    }

    /// What is still coming, or was left over.
    package var incoming: [String] {
        (try? FileManager.default.contentsOfDirectory(atPath: folder.appending(path: "blobs/incoming").path)) ?? []
    }
}

extension ProjectStore {
    /// Gives an account a role, without a reason: what most tests need.
    package func addRole(
        _ role: Role, on project: ProjectName, to user: Username, by actor: Actor, at now: Timestamp
    ) async throws {
        try await addRole(role, on: project, to: user, because: nil, by: actor, at: now)
    }
}
