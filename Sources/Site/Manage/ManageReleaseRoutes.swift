import Accounts
import Acts
import Descriptions
import Identity
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
            on: .above,
            use: restore)
        let release = "/manage/project/{name}/release/{version}"
        router.page(release, guard: .role(.maintainer), use: show)
        router.form(
            "\(release)/yank", guard: .role(.maintainer), performs: .project(.yankRelease), on: .above, use: yank)
        router.form(
            "\(release)/unyank", guard: .role(.maintainer), performs: .project(.unyankRelease), on: .above, use: unyank)
        router.form(
            "\(release)/delete", guard: .role(.owner), performs: .project(.deleteRelease), on: .above, use: delete)
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
        guard let snapshot = try await site.projects.snapshot(of: visit.managed.name) else { throw NotFound() }
        let model = ManageReleasesPage(
            managed, snapshot, removed: try await site.removals.removedParts(of: visit.managed.name), at: visit.now)
        return site.page(model, .manageReleases, "Releases", visit, refusal: refusal)
    }

    /// What somebody deleted themselves comes back by their own hand.
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
        page(visit, try await found(visit))
    }

    private func found(_ visit: ProjectVisit) async throws -> Release {
        let name = visit.managed.name
        let text = try visit.parameter("version")
        guard let version = try? Version(parsing: text),
            let release = try await site.projects.snapshot(of: name)?.release(version)
        else { throw NotFound(what: "release '\(text)' of '\(name.display)'") }
        return release
    }

    private func page(_ visit: ProjectVisit, _ release: Release, refusal: (any Refusal)? = nil) -> Reply {
        site.page(
            ManageReleasePage(visit.managed, release), .manageRelease, release.version.description, visit,
            refusal: refusal)
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

    @Sendable func delete(_ visit: ProjectVisit) async throws -> Reply {
        try await act(visit, flash: .releaseDeleted, isGone: true) { release in
            let typed = (visit.form["confirm_delete_version"] ?? "").trimmedOfWhitespace
            guard let version = try? Version(parsing: typed), version == release.version else {
                throw ManageFormRefusal.notConfirmed(release.version.description)
            }
            try await site.removals.deleteRelease(
                release.version, of: visit.managed.name, by: visit.managed.actor, from: visit.browser.origin,
                at: visit.now)
        }
    }

    @Sendable func deleteFile(_ visit: ProjectVisit) async throws -> Reply {
        try await act(visit, flash: .fileDeleted) { release in
            let filename = visit.form["file"] ?? ""
            guard release.files.contains(where: { $0.filename == filename }) else {
                throw RemovalRefusal.noSuchFile(visit.managed.name, filename)
            }
            try await site.removals.deleteFile(
                filename, of: visit.managed.name, by: visit.managed.actor, from: visit.browser.origin, at: visit.now)
        }
    }

    /// - Parameter isGone: whether the release has no page afterwards.
    private func act(
        _ visit: ProjectVisit, flash: FlashMessage, isGone: Bool = false, _ act: (Release) async throws -> Void
    ) async throws -> Reply {
        let release = try await found(visit)
        let managed = visit.managed
        let path = isGone ? managed.path(.releases) : ManagePaths.release(managed.name, release.version)
        return try await site.act(visit, then: path, flash: flash) {
            page(visit, release, refusal: $0)
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

    init(_ managed: ManagedProject, _ snapshot: ProjectSnapshot, removed: [RemovedPart], at now: Timestamp) {
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
                    && RemovalPolicy.canUndo(part.removal, by: managed.session.user.name, at: now)
                return Deleted(
                    deletedName: name, deletedBy: journalPerson(part.removal.by),
                    deletedAt: Moment(minuteOf: part.removal.at),
                    undo: canUndo
                        ? Undo(
                            undonePath: "\(managed.path(.releases))restore/", undoneVersion: part.version.description,
                            undoneFile: part.filename ?? "", undoneName: name,
                            undoUntil: Moment(minuteOf: RemovalPolicy.canUndo(until: part.removal))) : nil)
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
    }

    let head: ProjectHead
    let version: String
    let publicPath: String
    let path: String
    let isYanked: Bool
    let yankReason: String?
    let files: [File]
    /// Whether this person may delete, and anything can be.
    let canDelete: Bool
    let isOnlyForOwners: Bool
    let isQuarantined: Bool

    init(_ managed: ManagedProject, _ release: Release) {
        head = ProjectHead(managed, .releases)
        version = release.version.description
        publicPath = Paths.release(managed.name, release.version)
        path = ManagePaths.release(managed.name, release.version)
        isYanked = release.yank != nil
        yankReason = release.yank?.reason
        files = release.files.map {
            File(
                filename: $0.filename, filePath: $0.path, fileSize: readableSize($0.size),
                fileTime: Moment($0.uploadedAt), uploader: $0.uploader?.display)
        }
        isQuarantined = managed.project.status == .quarantined
        isOnlyForOwners = !managed.isOwner && !isQuarantined
        canDelete = managed.isOwner && !isQuarantined
    }
}
