import Accounts
import Acts
import Leaving
import PackagingFormats
import Policy
import Staging
import UTC

/// What was done to a project, or to a name that may become one.
public enum ProjectEvent: Sendable, Hashable {
    /// It was made; the owner is nil where the operator made it.
    case created(ProjectName, owner: Username?)
    /// It was made again under the name that it had, with its roles. Under a name that was freed, a project is
    /// `created`.
    case recreated(ProjectName)
    /// It was archived, deprecated or quarantined, or that was ended.
    case statusSet(ProjectStatus, reason: String?)
    /// Its owners ask for another assurance of those who publish to it.
    case assuranceRequired(Assurance, before: Assurance)
    /// The name is kept from being taken.
    case nameReserved
    /// The name is no longer kept.
    case nameUnreserved
    /// Everybody can have the name; the owners are those of the project that had it.
    case nameFreed(owners: [Username])
    /// Something became part of it, or was marked.
    case content(ContentEvent)
    /// Something was taken out of it, or brought back.
    case removal(RemovalEvent)
    /// Something was to be taken away, and what became of that.
    case departure(DepartureEvent)
    /// The people who run the index wanted something, and what became of that.
    case proposal(ProposalEvent)
    /// Something waits for a person, or did.
    case stage(StageEvent)
    /// Who may change it.
    case role(RoleEvent)
    /// Whether it is critical.
    case critical(CriticalEvent)
}

/// What became part of a project, or was marked.
public enum ContentEvent: Sendable, Hashable {
    /// A release was made by its first file.
    case releaseCreated(Version)
    /// A file was added, of so many bytes.
    case fileUploaded(FileOnRecord, size: Int64)
    /// A release is marked as not to be chosen.
    case yanked(Version, reason: String?)
    /// It is no longer.
    case unyanked(Version)
    /// A file is marked as not to be chosen.
    case fileYanked(FileOnRecord, reason: String?)
    /// It is no longer.
    case fileUnyanked(FileOnRecord)
}

/// What became of it that somebody asked for something to be taken away.
public enum DepartureEvent: Sendable, Hashable {
    /// It was asked for, and is to be done on a day.
    case asked(Departure, due: Timestamp, reason: String)
    /// Somebody else agreed.
    case confirmed(Departure)
    /// Somebody with a role stopped it; nil where they said nothing.
    case objected(Departure, reason: String?)
    /// Somebody with a role became an owner instead.
    case takenOver(Departure, by: Username)
    /// Its day came, and nobody had agreed.
    case lapsed(Departure)
}

/// What became of it that the people who run the index wanted something done to a project. `scope` is what of it.
public enum ProposalEvent: Sendable, Hashable {
    /// So many files are to come back; its owners are asked until a moment.
    case returnProposed(scope: Departure, files: Int, due: Timestamp, reason: String)
    /// An owner let them come back.
    case returnApproved(scope: Departure, files: Int)
    /// An owner did not; nil where they said nothing.
    case returnDeclined(scope: Departure, reason: String?)
    /// No owner answered, and they came back all the same.
    case returnDecided(scope: Departure, files: Int)
    case erasureProposed(scope: Departure, ErasureCategory, reason: String)
    /// Another administrator agreed.
    case erasureConfirmed(scope: Departure, ErasureCategory, files: Int)
    /// Those who owned the project are asked until a moment.
    case nameReleaseProposed(due: Timestamp, reason: String)
    /// One of them objected; nil where they said nothing.
    case nameReleaseObjected(reason: String?)
    case withdrawn(ProposalKind, scope: Departure)
    /// Its day came, and nothing came of it.
    case lapsed(ProposalKind, scope: Departure)
}

/// What became of releases that wait for a person.
public enum StageEvent: Sendable, Hashable {
    /// Whether releases wait, and for whom; a setting that asks for less binds from a moment on.
    case settingSet(StagingSetting, binds: Timestamp?)
    /// A file came that waits, of so many bytes.
    case fileStaged(FileOnRecord, size: Int64)
    /// Somebody let a release out that has so many files; the statement that they agreed to, by its digest, may be about
    /// several releases.
    case approved(Version, files: Int, statement: String, isLast: Bool)
    /// Somebody did not; nil where they said nothing.
    case rejected(Version, files: Int, reason: String?)
    /// Its time came, and nobody had answered.
    case expired(Version, files: Int)
    /// Somebody made an address to install it from.
    case addressMade(Version)
}

extension StageEvent {
    /// What somebody did, after their name: `rejected what waited of 1.0`.
    public var words: String {
        switch self {
        case .settingSet(let setting, let binds):
            "set that releases \(setting.words)\(binds.map { ", from \($0.readableMinute) on" } ?? "")"
        case .fileStaged(let file, _): "uploaded \(file.filename.text), which waits"
        case .approved(let version, _, _, isLast: true): "approved \(version), which is published"
        case .approved(let version, _, _, isLast: false): "approved \(version), which waits for another person"
        case .rejected(let version, _, let reason):
            "rejected what waited of \(version)\(reason.map { ": ‘\($0)’" } ?? "")"
        case .expired(let version, _): "ended what waited of \(version): nobody had answered"
        case .addressMade(let version): "made an address to install what waits of \(version) from"
        }
    }
}

/// What was taken out of a project, or brought back.
public enum RemovalEvent: Sendable, Hashable {
    /// All of it was taken out.
    case projectDeleted(ProjectName)
    case releaseDeleted(Version)
    case fileDeleted(FileOnRecord)
    /// An administrator brought something back.
    case restored(Restored)
    /// An owner brought back what an owner had taken out.
    case undone(Restored)
    /// An administrator let nobody have a file, a release or the project.
    case quarantined(Departure, reason: String)
    /// An administrator ended that.
    case quarantineLifted(Departure)
    /// The bytes of a file were freed: for a legal reason, or, where that is nil, because it was removed longer ago than
    /// such bytes are kept.
    case erased(FileOnRecord, ErasureCategory?)

    /// What was brought back.
    public enum Restored: Sendable, Hashable {
        /// The project, with so many releases and files.
        case project(releases: Int, files: Int)
        /// A release, with so many files.
        case release(Version, files: Int)
        /// One file, and its release where that was taken out.
        case file(DistributionFilename, of: Version, files: Int)
    }
}

/// What became of a role, or of an invitation to take one.
public struct RoleEvent: Sendable, Hashable {
    /// What became of it.
    public enum Change: Sendable, Hashable {
        /// It was given without asking.
        case added
        /// It is another than before.
        case changed(from: Role)
        /// It was taken away.
        case removed
        /// Its holder gave it up.
        case left
        /// Somebody was asked to take it.
        case invited
        /// They are no longer asked.
        case invitationCancelled
        /// They said yes, and have it once they have what the project asks for.
        case agreed
        /// They took it; the one who asked is nil for the operator.
        case accepted(invitedBy: Username?)
        /// They did not take it.
        case declined
        /// Its holder took it back, which they had lost.
        case returned
    }

    /// What became of it.
    public let change: Change
    /// Whose it is, was, or would be.
    public let user: Username
    /// The role; after a change, the new one.
    public let role: Role

    /// What became of a role.
    public init(_ change: Change, of user: Username, as role: Role) {
        self.change = change
        self.user = user
        self.role = role
    }
}

/// What became of a designation as critical.
public enum CriticalEvent: Sendable, Hashable {
    /// The name is critical.
    case designated(DesignationRecord)
    /// An administrator says that it is not any more.
    case lifted(reason: String)
    /// Those who can change it were told that something is asked of them.
    case demanded(Demand.Requirement, binds: Timestamp)
    /// Somebody put off what is asked of them.
    case delayed(until: Timestamp, lacking: [Demand.Requirement])
}

/// A designation, as the journal has it.
public struct DesignationRecord: Sendable, Hashable {
    /// Why a name is critical; the figures stand beside it.
    public enum Reason: Sendable, Hashable {
        case downloads
        case dependency(of: ProjectName)
        case named
    }

    public let reason: Reason
    /// The day of the computation.
    public let asOf: Day
    /// Its rank by downloads then; nil where it is not known.
    public let rank: Int?
    /// Its downloads in the window then, likewise.
    public let downloads: Int64?
    /// Whose invitations to the project ended with it.
    public let voided: [Username]

    /// A designation with whose invitations ended with it.
    public init(_ designation: Designation, voided: [Username]) {
        switch designation.reason {
        case .downloads: reason = .downloads
        case .dependency(let project): reason = .dependency(of: project)
        case .named: reason = .named
        }
        asOf = designation.asOf
        rank = designation.rank
        downloads = designation.downloads
        self.voided = voided
    }

    fileprivate init(_ record: EventRecord) throws(UnreadableEvent) {
        switch try record.read(.reason) as Kind {
        case .downloads: reason = .downloads
        case .dependency: reason = .dependency(of: try record.read(.dependent))
        case .named: reason = .named
        }
        asOf = try record.read(.asOf)
        rank = try record.readIfThere(.rank)
        downloads = try record.readIfThere(.downloads)
        voided = try record.readIfThere(.voided) ?? []
    }

    enum Kind: String, RecordedValue { case downloads, dependency, named }

    /// The reason in one word.
    var kind: Kind {
        switch reason {
        case .downloads: .downloads
        case .dependency: .dependency
        case .named: .named
        }
    }

    /// The project that needs it; nil where that is not the reason.
    var dependent: ProjectName? {
        switch reason {
        case .dependency(let project): project
        case .downloads, .named: nil
        }
    }
}

// MARK: - As they stand in the journal

extension ProjectEvent {
    var record: EventRecord {
        switch self {
        case .created(let name, let owner): EventRecord(.project(.createProject), [.name: name, .owner: owner])
        case .recreated(let name): EventRecord(.project(.recreateProject), [.name: name])
        case .statusSet(let status, let reason):
            EventRecord(.project(.changeProjectStatus), [.status: status, .reason: reason])
        case .assuranceRequired(let assurance, let before):
            EventRecord(.project(.requireAssurance), [.assurance: assurance, .before: before])
        case .nameReserved: EventRecord(.project(.reserveName))
        case .nameUnreserved: EventRecord(.project(.unreserveName))
        case .nameFreed(let owners): EventRecord(.project(.freeName), [.owners: owners])
        case .content(let event): event.record
        case .removal(let event): event.record
        case .departure(let event): event.record
        case .proposal(let event): event.record
        case .stage(let event): event.record
        case .role(let event): event.record
        case .critical(let event): event.record
        }
    }

    /// The event that an entry stands for.
    init(_ act: ProjectAct, _ record: EventRecord) throws(UnreadableEvent) {
        switch act {
        case .createProject:
            self = .created(try record.read(.name), owner: try record.readIfThere(.owner))
        case .recreateProject:
            self = .recreated(try record.read(.name))
        case .changeProjectStatus:
            self = .statusSet(try record.read(.status), reason: try record.readIfThere(.reason))
        case .requireAssurance:
            self = .assuranceRequired(try record.read(.assurance), before: try record.read(.before))
        case .reserveName: self = .nameReserved
        case .unreserveName: self = .nameUnreserved
        case .freeName: self = .nameFreed(owners: try record.read(.owners))
        case .createRelease: self = .content(.releaseCreated(try record.read(.version)))
        case .uploadFile: self = .content(.fileUploaded(try FileOnRecord(record), size: try record.read(.size)))
        case .yankRelease:
            self = .content(.yanked(try record.read(.version), reason: try record.readIfThere(.reason)))
        case .unyankRelease: self = .content(.unyanked(try record.read(.version)))
        case .yankFile:
            self = .content(.fileYanked(try FileOnRecord(record), reason: try record.readIfThere(.reason)))
        case .unyankFile: self = .content(.fileUnyanked(try FileOnRecord(record)))
        case .askRemoval:
            self = .departure(
                .asked(
                    try Departure(record), due: try record.read(.due), reason: try record.read(.reason)))
        case .confirmRemoval: self = .departure(.confirmed(try Departure(record)))
        case .objectToRemoval:
            self = .departure(.objected(try Departure(record), reason: try record.readIfThere(.reason)))
        case .takeOver: self = .departure(.takenOver(try Departure(record), by: try record.read(.user)))
        case .lapseRemoval: self = .departure(.lapsed(try Departure(record)))
        case .deleteProject: self = .removal(.projectDeleted(try record.read(.name)))
        case .deleteRelease: self = .removal(.releaseDeleted(try record.read(.version)))
        case .deleteFile: self = .removal(.fileDeleted(try FileOnRecord(record)))
        case .restore: self = .removal(.restored(try RemovalEvent.Restored(record)))
        case .undoRemoval: self = .removal(.undone(try RemovalEvent.Restored(record)))
        case .quarantine:
            self = .removal(.quarantined(try Departure(record), reason: try record.read(.reason)))
        case .eraseFile:
            self = .removal(.erased(try FileOnRecord(record), try record.readIfThere(.category)))
        case .proposeReturn:
            self = .proposal(
                .returnProposed(
                    scope: try Departure(record), files: try record.read(.files), due: try record.read(.due),
                    reason: try record.read(.reason)))
        case .approveReturn:
            self = .proposal(.returnApproved(scope: try Departure(record), files: try record.read(.files)))
        case .declineReturn:
            self = .proposal(.returnDeclined(scope: try Departure(record), reason: try record.readIfThere(.reason)))
        case .decideReturn:
            self = .proposal(.returnDecided(scope: try Departure(record), files: try record.read(.files)))
        case .proposeErasure:
            self = .proposal(
                .erasureProposed(
                    scope: try Departure(record), try record.read(.category), reason: try record.read(.reason)))
        case .confirmErasure:
            self = .proposal(
                .erasureConfirmed(
                    scope: try Departure(record), try record.read(.category), files: try record.read(.files)))
        case .proposeNameRelease:
            self = .proposal(.nameReleaseProposed(due: try record.read(.due), reason: try record.read(.reason)))
        case .objectToNameRelease:
            self = .proposal(.nameReleaseObjected(reason: try record.readIfThere(.reason)))
        case .withdrawProposal:
            self = .proposal(.withdrawn(try record.read(.proposal), scope: try Departure(record)))
        case .lapseProposal:
            self = .proposal(.lapsed(try record.read(.proposal), scope: try Departure(record)))
        case .setStaging, .stageFile, .approveStage, .rejectStage, .expireStage, .addressStage:
            self = .stage(try StageEvent(act, record))
        case .liftQuarantine: self = .removal(.quarantineLifted(try Departure(record)))
        case .addRole: self = .role(try RoleEvent(.added, record))
        case .changeRole: self = .role(try RoleEvent(.changed(from: try record.read(.before)), record))
        case .removeRole: self = .role(try RoleEvent(.removed, record))
        case .leaveProject: self = .role(try RoleEvent(.left, record))
        case .inviteCollaborator: self = .role(try RoleEvent(.invited, record))
        case .cancelInvitation: self = .role(try RoleEvent(.invitationCancelled, record))
        case .acceptRole:
            self = .role(
                try RoleEvent(
                    record.has(.waits) ? .agreed : .accepted(invitedBy: try record.readIfThere(.invitedBy)), record))
        case .declineRole: self = .role(try RoleEvent(.declined, record))
        case .returnAsOwner: self = .role(try RoleEvent(.returned, record))
        case .designate: self = .critical(.designated(try DesignationRecord(record)))
        case .liftDesignation: self = .critical(.lifted(reason: try record.read(.reason)))
        case .demand: self = .critical(.demanded(try record.read(.what), binds: try record.read(.binds)))
        case .delayMandate:
            self = .critical(.delayed(until: try record.read(.until), lacking: try record.read(.lacking)))
        }
    }
}

extension ContentEvent {
    fileprivate var record: EventRecord {
        switch self {
        case .releaseCreated(let version): EventRecord(.project(.createRelease), [.version: version])
        case .fileUploaded(let file, let size):
            EventRecord(.project(.uploadFile), file.details.merging([.size: size]) { _, new in new })
        case .yanked(let version, let reason):
            EventRecord(.project(.yankRelease), [.version: version, .reason: reason])
        case .unyanked(let version): EventRecord(.project(.unyankRelease), [.version: version])
        case .fileYanked(let file, let reason):
            EventRecord(.project(.yankFile), file.details.merging([.reason: reason]) { _, new in new })
        case .fileUnyanked(let file): EventRecord(.project(.unyankFile), file.details)
        }
    }
}

extension DepartureEvent {
    fileprivate var record: EventRecord {
        func record(
            _ act: ProjectAct, _ departure: Departure, _ more: [Detail: (any RecordedValue)?] = [:]
        ) -> EventRecord { EventRecord(.project(act), departure.details.merging(more) { _, new in new }) }
        return switch self {
        case .asked(let departure, let due, let reason):
            record(.askRemoval, departure, [.due: due, .reason: reason])
        case .confirmed(let departure): record(.confirmRemoval, departure)
        case .objected(let departure, let reason): record(.objectToRemoval, departure, [.reason: reason])
        case .takenOver(let departure, let user): record(.takeOver, departure, [.user: user])
        case .lapsed(let departure): record(.lapseRemoval, departure)
        }
    }
}

extension ProposalEvent {
    fileprivate var record: EventRecord {
        func record(
            _ act: ProjectAct, _ scope: Departure, _ more: [Detail: (any RecordedValue)?] = [:]
        ) -> EventRecord { EventRecord(.project(act), scope.details.merging(more) { _, new in new }) }
        return switch self {
        case .returnProposed(let scope, let files, let due, let reason):
            record(.proposeReturn, scope, [.files: files, .due: due, .reason: reason])
        case .returnApproved(let scope, let files): record(.approveReturn, scope, [.files: files])
        case .returnDeclined(let scope, let reason): record(.declineReturn, scope, [.reason: reason])
        case .returnDecided(let scope, let files): record(.decideReturn, scope, [.files: files])
        case .erasureProposed(let scope, let category, let reason):
            record(.proposeErasure, scope, [.category: category, .reason: reason])
        case .erasureConfirmed(let scope, let category, let files):
            record(.confirmErasure, scope, [.category: category, .files: files])
        case .nameReleaseProposed(let due, let reason):
            EventRecord(.project(.proposeNameRelease), [.due: due, .reason: reason])
        case .nameReleaseObjected(let reason): EventRecord(.project(.objectToNameRelease), [.reason: reason])
        case .withdrawn(let kind, let scope): record(.withdrawProposal, scope, [.proposal: kind])
        case .lapsed(let kind, let scope): record(.lapseProposal, scope, [.proposal: kind])
        }
    }
}

extension StageEvent {
    fileprivate var record: EventRecord {
        switch self {
        case .settingSet(let setting, let binds):
            EventRecord(
                .project(.setStaging),
                [
                    .isOn: setting.isOn ? Yes.yes : nil, .approvals: setting.isOn ? setting.approvals : nil,
                    .approvers: setting.isOn ? setting.approvers : nil, .binds: binds,
                ])
        case .fileStaged(let file, let size):
            EventRecord(.project(.stageFile), file.details.merging([.size: size]) { _, new in new })
        case .approved(let version, let files, let statement, let isLast):
            EventRecord(
                .project(.approveStage),
                [.version: version, .files: files, .statement: statement, .waits: isLast ? nil : Yes.yes])
        case .rejected(let version, let files, let reason):
            EventRecord(.project(.rejectStage), [.version: version, .files: files, .reason: reason])
        case .expired(let version, let files):
            EventRecord(.project(.expireStage), [.version: version, .files: files])
        case .addressMade(let version): EventRecord(.project(.addressStage), [.version: version])
        }
    }

    fileprivate init(_ act: ProjectAct, _ record: EventRecord) throws(UnreadableEvent) {
        if act == .setStaging {
            let isOn = record.has(.isOn)
            let setting: StagingSetting
            do {
                setting = try StagingSetting(
                    isOn: isOn, approvals: isOn ? record.read(.approvals) : 1,
                    approvers: isOn ? record.read(.approvers) : .owners)
            } catch { throw UnreadableEvent() }
            self = .settingSet(setting, binds: try record.readIfThere(.binds))
            return
        }
        if act == .stageFile {
            self = .fileStaged(try FileOnRecord(record), size: try record.read(.size))
            return
        }
        let version: Version = try record.read(.version)
        if act == .addressStage {
            self = .addressMade(version)
            return
        }
        let files: Int = try record.read(.files)
        if act == .approveStage {
            self = .approved(
                version, files: files, statement: try record.read(.statement), isLast: !record.has(.waits))
        } else if act == .rejectStage {
            self = .rejected(version, files: files, reason: try record.readIfThere(.reason))
        } else {
            self = .expired(version, files: files)
        }
    }
}

extension StagingSetting.Approvers: RecordedValue {}

extension ProposalKind: RecordedValue {}
extension ProposalOutcome: RecordedValue {}
extension ErasureCategory: RecordedValue {}

extension Departure {
    var details: [Detail: (any RecordedValue)?] { [.what: kind, .version: version, .file: filename] }

    init(_ record: EventRecord) throws(UnreadableEvent) {
        let kind: DepartureKind = try record.read(.what)
        let read = Departure(
            kind, version: try record.readIfThere(.version), filename: try record.readIfThere(.file))
        guard let read else { throw UnreadableEvent() }
        self = read
    }
}

extension DepartureKind: RecordedValue {}

extension FileOnRecord {
    var details: [Detail: (any RecordedValue)?] { [.version: version, .filename: filename, .sha256: sha256] }

    fileprivate init(_ record: EventRecord) throws(UnreadableEvent) {
        self.init(
            version: try record.read(.version), filename: try record.read(.filename), sha256: try record.read(.sha256))
    }
}

extension RemovalEvent {
    fileprivate var record: EventRecord {
        switch self {
        case .projectDeleted(let name): EventRecord(.project(.deleteProject), [.name: name])
        case .releaseDeleted(let version): EventRecord(.project(.deleteRelease), [.version: version])
        case .fileDeleted(let file): EventRecord(.project(.deleteFile), file.details)
        case .restored(let what): EventRecord(.project(.restore), what.details)
        case .undone(let what): EventRecord(.project(.undoRemoval), what.details)
        case .quarantined(let what, let reason):
            EventRecord(.project(.quarantine), what.details.merging([.reason: reason]) { _, new in new })
        case .quarantineLifted(let what): EventRecord(.project(.liftQuarantine), what.details)
        case .erased(let file, let category):
            EventRecord(.project(.eraseFile), file.details.merging([.category: category]) { _, new in new })
        }
    }
}

extension RemovalEvent.Restored {
    var details: [Detail: (any RecordedValue)?] {
        switch self {
        case .project(let releases, let files): [.releases: releases, .files: files]
        case .release(let version, let files): [.version: version, .files: files]
        case .file(let filename, let version, let files):
            [.version: version, .filename: filename, .files: files]
        }
    }

    fileprivate init(_ record: EventRecord) throws(UnreadableEvent) {
        let files: Int = try record.read(.files)
        if record.has(.filename) {
            self = .file(try record.read(.filename), of: try record.read(.version), files: files)
        } else if record.has(.version) {
            self = .release(try record.read(.version), files: files)
        } else {
            self = .project(releases: try record.read(.releases), files: files)
        }
    }
}

extension RoleEvent {
    fileprivate var record: EventRecord {
        func record(_ act: ProjectAct, _ more: [Detail: (any RecordedValue)?] = [:]) -> EventRecord {
            EventRecord(act.act, ([.user: user, .role: role] as [Detail: (any RecordedValue)?]).merging(more) { $1 })
        }
        return switch change {
        case .added: record(.addRole)
        case .changed(let before): record(.changeRole, [.before: before])
        case .removed: record(.removeRole)
        case .left: record(.leaveProject)
        case .invited: record(.inviteCollaborator)
        case .invitationCancelled: record(.cancelInvitation)
        case .agreed: record(.acceptRole, [.waits: Yes.yes])
        case .accepted(let inviter): record(.acceptRole, [.invitedBy: inviter])
        case .declined: record(.declineRole)
        case .returned: record(.returnAsOwner)
        }
    }

    fileprivate init(_ change: Change, _ record: EventRecord) throws(UnreadableEvent) {
        self.init(change, of: try record.read(.user), as: try record.read(.role))
    }
}

extension CriticalEvent {
    fileprivate var record: EventRecord {
        switch self {
        case .designated(let designation):
            EventRecord(
                .project(.designate),
                [
                    .reason: designation.kind, .dependent: designation.dependent, .asOf: designation.asOf,
                    .rank: designation.rank, .downloads: designation.downloads,
                    .voided: designation.voided.isEmpty ? nil : designation.voided,
                ])
        case .lifted(let reason): EventRecord(.project(.liftDesignation), [.reason: reason])
        case .demanded(let what, let binds): EventRecord(.project(.demand), [.what: what, .binds: binds])
        case .delayed(let until, let lacking): EventRecord(.project(.delayMandate), [.until: until, .lacking: lacking])
        }
    }
}
