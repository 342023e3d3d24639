import Accounts
import Acts
import Database
import Journal
import Leaving
import PackagingFormats
import Policy
import Primitives
import Projects
import Roles
import Stores
import UTC

// What is done when something is taken away, at once or on its day.

extension Departure {
    /// The act that it is.
    var act: ProjectAct {
        switch self {
        case .file: .deleteFile
        case .release: .deleteRelease
        case .project: .deleteProject
        case .archiving, .hiding: .changeProjectStatus
        case .lastRole: .leaveProject
        }
    }

    /// What of a project it is about, as a step-up names it.
    func object(of name: ProjectName) -> String {
        switch self {
        case .file(let filename): "\(name.normalized) \(filename)"
        case .release(let version): "\(name.normalized) \(version.canonical)"
        case .project, .lastRole: name.normalized
        case .archiving: "\(name.normalized) \(ProjectStatus.archived.rawValue)"
        case .hiding: "\(name.normalized) private"
        }
    }
}

extension Connection {
    /// Throws where something was done to a project since somebody looked.
    func requireUnchanged(_ project: Project, since seen: Serial?) throws {
        guard let seen, seen != project.serial else { return }
        throw RemovalRefusal.changedSince(project.name)
    }

    /// Throws where somebody is not an owner, or not the only one who could act.
    func requireLastOwner(_ actor: Actor, of project: Project) throws {
        guard let user = actor.userID else { throw RemovalRefusal.notTheLastOwner(project.name) }
        let owners = try owners(of: project)
        guard owners.contains(user), owners.count == 1 else { throw RemovalRefusal.notTheLastOwner(project.name) }
    }

    /// The owners whose accounts can be used.
    func owners(of project: Project) throws -> [UserID] {
        try rows(
            """
            SELECT a.id FROM role o JOIN account a ON a.id = o.account_id
            WHERE o.project_id = $1 AND o.role = 'owner' AND a.disabled_at IS NULL ORDER BY a.id
            """,
            project.id.number
        ).map { UserID(try $0.integer("id")) }
    }
}

extension Transaction {
    /// Does what a departure is, by an act that was permitted.
    ///
    /// - Parameter asker: who asked for it, where it was asked for.
    func carryOut(
        _ departure: Departure, of project: Project, reason: String?, with permit: Permit, from origin: RequestOrigin,
        asker: UserID? = nil
    ) throws {
        switch departure {
        case .file(let filename): try removeFile(filename, of: project, with: permit, from: origin)
        case .release(let version): try removeRelease(version, of: project, with: permit, from: origin)
        case .project: try removeProject(project, with: permit, from: origin)
        case .archiving: try setStatus(.archived, reason: reason, of: project, with: permit)
        case .hiding: throw RemovalRefusal.noPrivateProjects
        case .lastRole: try takeLastRole(of: asker, on: project, with: permit, from: origin)
        }
        switch departure {
        case .file, .release, .project: try tellDependents(of: project, .gone(departure), by: permit)
        // They hear of the status.
        case .archiving, .hiding, .lastRole: break
        }
    }

    private func removeProject(_ project: Project, with permit: Permit, from origin: RequestOrigin) throws {
        let (actor, now) = (permit.actor, permit.at)
        let serial = try record(permit, .removal(.projectDeleted(project.name)))
        let by = actor.journalName
        try removeFiles("project_id", project.id.number, serial, permit)
        try execute(
            """
            UPDATE release SET removed_at = $1, removed_by = $2, removal = $3
            WHERE project_id = $4 AND removed_at IS NULL
            """,
            now.microseconds, by, serial, project.id.number)
        try execute(
            "UPDATE project SET removed_at = $1, removed_by = $2, latest_release_id = NULL WHERE id = $3",
            now.microseconds, by, project.id.number)
        // What else was asked for is done with it.
        try execute(
            "UPDATE removal_request SET outcome = $1, ended_at = $2 WHERE project_id = $3 AND outcome IS NULL",
            RemovalRequestEnd.carriedOut.rawValue, now.microseconds, project.id.number)
        try forgetWords(of: project)
        try voidInvitations(to: project, because: .projectDeleted, at: now)
        try tellHolders(
            of: project, .project(.deleted, project.name, by: actor.displayName), by: actor, from: origin, at: now)
    }

    private func removeRelease(
        _ version: Version, of project: Project, with permit: Permit, from origin: RequestOrigin
    ) throws {
        let (actor, now) = (permit.actor, permit.at)
        let release = try row(
            "SELECT id, version FROM release WHERE project_id = $1 AND canonical = $2 AND removed_at IS NULL",
            project.id.number, version.canonical)
        guard let release else { throw ReleaseRefusal.noSuchRelease(project.name, version) }
        let known = try Version(parsing: release.text("version"))
        let serial = try record(permit, .removal(.releaseDeleted(known)))
        try execute(
            "UPDATE release SET removed_at = $1, removed_by = $2, removal = $3 WHERE id = $4",
            now.microseconds, actor.journalName, serial, try release.integer("id"))
        try removeFiles("release_id", release.integer("id"), serial, permit)
        try refreshLatest(of: project)
        try tellHolders(
            of: project, .project(.releaseDeleted(known), project.name, by: actor.displayName), by: actor,
            from: origin, at: now)
    }

    private func removeFile(
        _ filename: String, of project: Project, with permit: Permit, from origin: RequestOrigin
    ) throws {
        let (actor, now) = (permit.actor, permit.at)
        let file = try row(
            """
            SELECT f.id, f.sha256, r.version FROM file f JOIN release r ON r.id = f.release_id
            WHERE f.project_id = $1 AND f.filename = $2 AND \(FileState.listed("f"))
            """,
            project.id.number, filename)
        guard let file else { throw RemovalRefusal.noSuchFile(project.name, filename) }
        let name = try DistributionFilename(lenient: filename)
        let serial = try record(
            permit,
            .removal(
                .fileDeleted(
                    FileOnRecord(
                        version: Version(parsing: file.text("version")), filename: name, sha256: file.text("sha256")))))
        try removeFiles("id", file.integer("id"), serial, permit)
        try tellHolders(
            of: project, .project(.fileDeleted(name), project.name, by: actor.displayName), by: actor, from: origin,
            at: now)
    }

    /// Marks the files that have a number in a column as removed, by an entry of the journal.
    private func removeFiles(_ column: String, _ number: Int64, _ serial: Serial, _ permit: Permit) throws {
        try execute(
            """
            UPDATE file SET state = $1, removed_at = $2, removed_by = $3, removal = $4
            WHERE \(column) = $5 AND \(FileState.removable("file"))
            """,
            FileState.removed.rawValue, permit.at.microseconds, permit.actor.journalName, serial, number)
    }

    /// Ends the role of a last owner, and archives the project that nobody answers for any more.
    private func takeLastRole(
        of asker: UserID?, on project: Project, with permit: Permit, from origin: RequestOrigin
    ) throws {
        guard let asker, let user = try connection.user(asker), try connection.owners(of: project) == [asker] else {
            throw RemovalRefusal.notTheLastOwner(project.name)
        }
        let now = permit.at
        let since = try connection.ownerStanding(asker, on: project.id).since ?? now
        try noteLoss(of: user, since: since, on: project, becoming: nil, with: permit, from: origin)
        try dropRole(of: asker, on: project)
        try record(permit, .role(RoleEvent(.left, of: user.name, as: .owner)))
        let archiving = try connection.permit(
            .changeProjectStatus, on: project.name, to: permit.actor,
            knowing: try connection.projectFacts(project.name, permit.actor), at: now)
        try setStatus(.archived, reason: "Its last owner left.", of: project, with: archiving)
    }
}

/// A reason as long as is shown; nil where there are no words in it.
func reasonGiven(_ text: String) -> String? {
    text.allSatisfy(\.isWhitespace) ? nil : text.cut(to: .line)
}
