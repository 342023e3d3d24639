import Accounts
import Acts
import Descriptions
import Identity
import Leaving
import PackagingFormats
import Policy
import Ports
import Primitives
import Projects
import UTC
import Web

/// The releases of a project, for those who hold roles on it: yanking, and for owners, deleting.
struct ManageReleaseRoutes: Sendable {
    let site: ManageSite

    func add(to router: AccountRouter) {
        router.page("/manage/project/{name}", guard: .role(.maintainer), use: first)
        router.page("/manage/project/{name}/releases", guard: .role(.maintainer), use: list)
        router.form(
            "/manage/project/{name}/releases/restore", guard: .role(.owner), performs: .project(.undoRemoval),
            on: .above, use: restore)
        let release = "/manage/project/{name}/release/{version}"
        router.page(release, guard: .role(.maintainer), use: show)
        router.form(
            "\(release)/yank", guard: .role(.maintainer), performs: .project(.yankRelease), on: .above, use: yank)
        router.form(
            "\(release)/unyank", guard: .role(.maintainer), performs: .project(.unyankRelease), on: .above, use: unyank)
        router.form(
            "\(release)/delete", guard: .role(.owner), performs: .project(.deleteRelease), on: .above, use: delete)
        router.form(
            "\(release)/yank-file", guard: .role(.maintainer), performs: .project(.yankFile), on: .above, use: yankFile)
        router.form(
            "\(release)/unyank-file", guard: .role(.maintainer), performs: .project(.unyankFile), on: .above,
            use: unyankFile)
        router.form(
            "\(release)/delete-file", guard: .role(.owner), performs: .project(.deleteFile), on: .above, use: deleteFile
        )
    }

    @Sendable func first(_ visit: ProjectVisit) async throws -> Reply {
        .seeOther(visit.managed.path(.releases))
    }

    @Sendable func list(_ visit: ProjectVisit) async throws -> Reply { try await page(visit) }

    private func page(_ visit: ProjectVisit, refusal: (any Refusal)? = nil) async throws -> Reply {
        let managed = visit.managed
        // Nobody sees a project of which all waits, but those who hold a role: here is what waits.
        guard let snapshot = try await site.projects.snapshot(of: managed.name) else {
            return .seeOther(managed.path(.stages))
        }
        let model = ManageReleasesPage(
            managed, snapshot, removed: try await site.removals.removedParts(of: visit.managed.name),
            under: try await site.removals.rule(), at: visit.now)
        return site.page(model, .manageReleases, "Releases", visit, refusal: refusal)
    }

    /// What an owner deleted comes back by an owner's hand.
    @Sendable func restore(_ visit: ProjectVisit) async throws -> Reply {
        try await site.act(visit, then: visit.managed.path(.releases), flash: .projectRestored) {
            try await page(visit, refusal: $0)
        } _: {
            let text = visit.form["version"] ?? ""
            guard let version = try? Version(parsing: text) else { throw ManageFormRefusal.version }
            let filename = visit.form["file"] ?? ""
            try await site.removals.undoRemoval(
                of: version, file: filename.isEmpty ? nil : filename, of: visit.managed.name, by: visit.managed.actor,
                from: visit.browser.origin, at: visit.now)
        }
    }

    // MARK: One release

    @Sendable func show(_ visit: ProjectVisit) async throws -> Reply {
        try await page(visit, try await found(visit))
    }

    private func found(_ visit: ProjectVisit) async throws -> Release {
        let name = visit.managed.name
        let text = try visit.parameter("version")
        guard let version = try? Version(parsing: text),
            let release = try await site.projects.snapshot(of: name)?.release(version)
        else { throw NotFound(what: "release '\(text)' of '\(name.display)'") }
        return release
    }

    private func page(
        _ visit: ProjectVisit, _ release: Release, refusal: (any Refusal)? = nil
    ) async throws -> Reply {
        let outlook = try await site.outlook(on: .release(release.version), visit)
        return site.page(
            ManageReleasePage(visit.managed, release, deletion: outlook), .manageRelease,
            release.version.description, visit, refusal: refusal)
    }

    @Sendable func yank(_ visit: ProjectVisit) async throws -> Reply {
        try await act(visit, flash: .yanked) { release in
            let reason = (visit.form["yanked_reason"] ?? "").trimmedOfWhitespace
            try await site.projects.yank(
                release.version, of: visit.managed.name, reason: reason.isEmpty ? nil : reason.cut(to: .line),
                by: visit.managed.actor, at: visit.now)
        }
    }

    @Sendable func unyank(_ visit: ProjectVisit) async throws -> Reply {
        try await act(visit, flash: .unyanked) { release in
            try await site.projects.unyank(
                release.version, of: visit.managed.name, by: visit.managed.actor, at: visit.now)
        }
    }

    @Sendable func yankFile(_ visit: ProjectVisit) async throws -> Reply {
        try await act(visit, flash: .fileYanked) { release in
            let reason = (visit.form["yanked_reason"] ?? "").trimmedOfWhitespace
            try await site.projects.yank(
                file: file(visit, of: release), of: visit.managed.name,
                reason: reason.isEmpty ? nil : reason.cut(to: .line), by: visit.managed.actor, at: visit.now)
        }
    }

    @Sendable func unyankFile(_ visit: ProjectVisit) async throws -> Reply {
        try await act(visit, flash: .fileUnyanked) { release in
            try await site.projects.unyank(
                file: file(visit, of: release), of: visit.managed.name, by: visit.managed.actor, at: visit.now)
        }
    }

    /// The file of a release that a form names.
    private func file(_ visit: ProjectVisit, of release: Release) throws(RemovalRefusal) -> String {
        let filename = visit.form["file"] ?? ""
        guard release.files.contains(where: { $0.filename == filename }) else {
            throw .noSuchFile(visit.managed.name, filename)
        }
        return filename
    }

    @Sendable func delete(_ visit: ProjectVisit) async throws -> Reply {
        let release = try await found(visit)
        return try await site.remove(
            .release(release.version), visit, then: visit.managed.path(.releases), flash: .releaseDeleted
        ) {
            try await page(visit, release, refusal: $0)
        } check: {
            let typed = (visit.form["confirm_delete_version"] ?? "").trimmedOfWhitespace
            guard let version = try? Version(parsing: typed), version == release.version else {
                throw ManageFormRefusal.notConfirmed(release.version.description)
            }
        }
    }

    @Sendable func deleteFile(_ visit: ProjectVisit) async throws -> Reply {
        let release = try await found(visit)
        return try await site.remove(
            .file(visit.form["file"] ?? ""), visit,
            then: ManagePaths.release(visit.managed.name, release.version), flash: .fileDeleted
        ) {
            try await page(visit, release, refusal: $0)
        } check: {
            _ = try file(visit, of: release)
        }
    }

    private func act(
        _ visit: ProjectVisit, flash: FlashMessage, _ act: (Release) async throws -> Void
    ) async throws -> Reply {
        let release = try await found(visit)
        let path = ManagePaths.release(visit.managed.name, release.version)
        return try await site.act(visit, then: path, flash: flash) {
            try await page(visit, release, refusal: $0)
        } _: {
            try await act(release)
        }
    }
}

/// The releases of a project.
struct ManageReleasesPage {
    struct Row {
        let version: String
        let releasePath: String
        let facts: String
        let made: Moment
        let isYanked: Bool
        let yankReason: String?
        let isPrerelease: Bool
        let isLatest: Bool
    }

    struct Deleted {
        let deletedName: String
        let deletedBy: String
        let deletedAt: Moment
        let undo: Undo?
    }

    /// How to bring it back oneself.
    struct Undo {
        let undonePath: String
        let undoneVersion: String
        /// Empty for the whole release.
        let undoneFile: String
        let undoneName: String
        let undoUntil: Moment
    }

    let head: ProjectHead
    let rows: [Row]
    let deleted: NonEmpty<Deleted>?

    init(
        _ managed: ManagedProject, _ snapshot: ProjectSnapshot, removed: [RemovedPart], under rule: RemovalRule,
        at now: Timestamp
    ) {
        head = ProjectHead(managed, .releases)
        rows = snapshot.releases.map { release in
            Row(
                version: release.version.description,
                releasePath: ManagePaths.release(managed.name, release.version),
                facts:
                    "\(release.files.count.counted("file")), \(readableSize(release.files.reduce(0) { $0 + $1.size }))",
                made: Moment(release.createdAt), isYanked: release.yank != nil, yankReason: release.yank?.reason,
                isPrerelease: release.version.isPrerelease, isLatest: release.id == snapshot.latest?.id)
        }
        deleted = NonEmpty(
            removed.map { part in
                let name = part.filename ?? "Release \(part.version)"
                let canUndo =
                    managed.isOwner && managed.project.status != .quarantined
                    && (part.filename == nil || snapshot.release(part.version) != nil)
                    && RemovalPolicy.canUndo(part.removal, under: rule, at: now)
                return Deleted(
                    deletedName: name, deletedBy: journalPerson(part.removal.by),
                    deletedAt: Moment(minuteOf: part.removal.at),
                    undo: canUndo
                        ? Undo(
                            undonePath: "\(managed.path(.releases))restore/", undoneVersion: part.version.description,
                            undoneFile: part.filename ?? "", undoneName: name,
                            undoUntil: Moment(minuteOf: RemovalPolicy.canUndo(until: part.removal, under: rule))) : nil)
            })
    }
}

/// One release of a project.
struct ManageReleasePage {
    struct File {
        let filename: String
        let filePath: String
        let fileSize: String
        let fileTime: Moment
        let uploader: String?
        /// Its place in the list, for what must be called by one name on a page.
        let fileNumber: Int
        let isFileYanked: Bool
        let fileYankReason: String?
    }

    let head: ProjectHead
    let version: String
    let publicPath: String
    let path: String
    let isYanked: Bool
    let yankReason: String?
    let files: [File]
    /// Whether this person may delete files.
    let canDelete: Bool
    let isOnlyForOwners: Bool
    let isQuarantined: Bool
    /// What comes of deleting it, and when; nil where it is not for them.
    let deletion: Outlook?
    /// The serial that it is decided by.
    let seen: String

    init(_ managed: ManagedProject, _ release: Release, deletion: Outlook) {
        seen = String(managed.project.serial)
        head = ProjectHead(managed, .releases)
        version = release.version.description
        publicPath = Paths.release(managed.name, release.version)
        path = ManagePaths.release(managed.name, release.version)
        isYanked = release.yank != nil
        yankReason = release.yank?.reason
        files = release.files.enumerated().map { number, file in
            File(
                filename: file.filename, filePath: file.path, fileSize: readableSize(file.size),
                fileTime: Moment(file.uploadedAt), uploader: file.uploader?.display, fileNumber: number,
                isFileYanked: file.yank != nil, fileYankReason: file.yank?.reason)
        }
        isQuarantined = managed.project.status == .quarantined
        isOnlyForOwners = !managed.isOwner && !isQuarantined
        canDelete = managed.isOwner && !isQuarantined
        self.deletion = canDelete ? deletion : nil
    }
}
