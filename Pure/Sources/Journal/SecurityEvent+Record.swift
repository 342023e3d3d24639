import Accounts
import Acts
import PackagingFormats
import UTC

// How what happened to an account stands in its log: the kind, and what belongs to it as texts by name.

extension SecurityEvent {
    /// How it stands in the account's log; `act` is the kind.
    public var record: EventRecord {
        switch self {
        case .access(let event): event.record
        case .password(let event): event.record
        case .address(let event): event.record
        case .factor(let event): event.record
        case .tokenIssued(let label, let assurance):
            EventRecord(Kind.tokenIssued, [.label: label, .assurance: assurance])
        case .tokenRevoked(let label): EventRecord(Kind.tokenRevoked, [.label: label])
        case .recovery(let event): event.record
        case .ownRole(let change, let role, let project): change.record(role, project)
        case .collaborator(let change, let user, let role, let project): change.record(user, role, project)
        case .project(let change, let project, let by): change.record(project, by)
        case .mandateDelayed(let project, let until):
            EventRecord(Kind.mandateDelayed, [.project: project, .until: until])
        case .giveawayCodeIssued(let giveaway, let sponsor, let country, let keys):
            EventRecord(
                Kind.giveawayCodeIssued,
                [.giveaway: giveaway, .sponsor: sponsor, .country: country, .keys: keys])
        case .unknown(let record): record
        }
    }

    /// The event that an entry of the log stands for. Whatever the entry says, there is one.
    public init(_ record: EventRecord) {
        guard let kind = Kind(rawValue: record.act), let event = try? Self(kind, record) else {
            self = .unknown(record)
            return
        }
        self = event
    }

    private init(_ kind: Kind, _ record: EventRecord) throws(UnreadableEvent) {
        func ownRole(_ change: RoleChange) throws(UnreadableEvent) -> SecurityEvent {
            .ownRole(change, try record.read(.role), on: try record.read(.project))
        }
        func collaborator(_ change: CollaboratorChange) throws(UnreadableEvent) -> SecurityEvent {
            .collaborator(
                change, try record.read(.user), try record.read(.role), on: try record.read(.project))
        }
        func project(_ change: ProjectChange) throws(UnreadableEvent) -> SecurityEvent {
            .project(change, try record.read(.project), by: try record.read(.by))
        }
        self =
            switch kind {
            case .registered: .access(.registered)
            case .signedIn: .access(.signedIn(try Means(record)))
            case .signedInFromNewBrowser: .access(.signedInFromNewBrowser(try Means(record)))
            case .signInFailed: .access(.signInFailed)
            case .passwordMistyped: .access(.passwordMistyped)
            case .factorRefused: .access(.factorRefused(code: try record.read(.code)))
            case .factorNotShown: .access(.factorNotShown)
            case .signedOut: .access(.signedOut)
            case .sessionEnded: .access(.sessionEnded(client: try record.read(.client)))
            case .sessionsEnded: .access(.sessionsEnded)
            case .passwordChanged: .password(.changed(tokensEnded: try record.read(.tokens)))
            case .passwordReset: .password(.reset(tokensEnded: try record.read(.tokens)))
            case .passwordLinkOffered: .password(.linkOffered(by: try record.read(.by)))
            case .passwordResetAsked: .password(.resetAsked)
            case .addressAdded: .address(.added(try record.read(.address)))
            case .addressRemoved: .address(.removed(try record.read(.address)))
            case .addressVerified: .address(.verified(try record.read(.address)))
            case .primaryAddressChanged:
                .address(.primaryChanged(from: try record.read(.before), to: try record.read(.address)))
            case .enrolmentAsked: .factor(.enrolmentAsked)
            case .firstFactorAdded:
                .factor(.firstAdded(label: try record.read(.label), counts: try record.read(.until)))
            case .securityKeyAdded:
                .factor(.keyAdded(label: try record.read(.label), model: try record.readIfThere(.model)))
            case .securityKeyRenamed:
                .factor(.keyRenamed(from: try record.read(.before), to: try record.read(.label)))
            case .securityKeyRemoved: .factor(.keyRemoved(label: try record.read(.label)))
            case .securityKeyFrozen:
                .factor(.keyFrozen(label: try record.read(.label), tokensEnded: try record.read(.tokens)))
            case .attestationDowngraded: .factor(.attestationDowngraded(label: try record.read(.label)))
            case .authenticatorAppAdded: .factor(.appAdded)
            case .authenticatorAppRemoved: .factor(.appRemoved)
            case .recoveryCodesMade: .factor(.codesMade)
            case .recoveryCodeUsed: .factor(.codeUsed(left: try record.read(.left)))
            case .probationEnded: .factor(.probationEnded(by: try record.read(.by)))
            case .tokenIssued: .tokenIssued(label: try record.read(.label), try record.read(.assurance))
            case .tokenRevoked: .tokenRevoked(label: try record.read(.label))
            case .recoveryRequested: .recovery(.requested(due: try record.read(.until)))
            case .recoveryCancelled: .recovery(.cancelled)
            case .recoveryApproved: .recovery(.approved(by: try record.read(.by)))
            case .recoveryCompleted: .recovery(.completed(wasApproved: record.has(.approved)))
            case .roleGiven: try ownRole(.given(by: try record.read(.by)))
            case .roleTaken: try ownRole(.taken(by: try record.read(.by)))
            case .roleOffered:
                try ownRole(.offered(by: try record.read(.by), until: try record.read(.until)))
            case .invitationEnded: try ownRole(.invitationEnded(try EndOfInvitation(record)))
            case .invitationDeclined: try collaborator(.declined)
            case .collaboratorAdded: try collaborator(.added(by: try record.read(.by)))
            case .collaboratorRemoved: try collaborator(.removed(by: try record.read(.by)))
            case .requirementRaised: try project(.requirementRaised(try record.read(.assurance)))
            case .projectDeleted: try project(.deleted)
            case .releaseDeleted: try project(.releaseDeleted(try record.read(.version)))
            case .fileDeleted: try project(.fileDeleted(try record.read(.file)))
            case .projectRecreated: try project(.recreated)
            case .projectRestored: try project(.restored(try Restored(record)))
            case .mandateDelayed: .mandateDelayed(try record.read(.project), until: try record.read(.until))
            case .giveawayCodeIssued:
                .giveawayCodeIssued(
                    try record.read(.giveaway), sponsor: try record.read(.sponsor), try record.read(.country),
                    keys: try record.read(.keys))
            }
    }
}

extension SecurityEvent.Access {
    fileprivate var record: EventRecord {
        switch self {
        case .registered: EventRecord(.registered)
        case .signedIn(let means): EventRecord(.signedIn, means.details)
        case .signedInFromNewBrowser(let means): EventRecord(.signedInFromNewBrowser, means.details)
        case .signInFailed: EventRecord(.signInFailed)
        case .passwordMistyped: EventRecord(.passwordMistyped)
        case .factorRefused(let code): EventRecord(.factorRefused, [.code: code])
        case .factorNotShown: EventRecord(.factorNotShown)
        case .signedOut: EventRecord(.signedOut)
        case .sessionEnded(let client): EventRecord(.sessionEnded, [.client: client])
        case .sessionsEnded: EventRecord(.sessionsEnded)
        }
    }
}

extension SecurityEvent.Means {
    private enum Kind: String, RecordedValue {
        case password
        case securityKey = "security-key"
        case authenticatorApp = "authenticator-app"
        case recoveryCode = "recovery-code"
        case recovery
    }

    fileprivate var details: [Detail: (any RecordedValue)?] {
        switch self {
        case .password: [.means: Kind.password]
        case .securityKey(let label): [.means: Kind.securityKey, .label: label]
        case .authenticatorApp: [.means: Kind.authenticatorApp]
        case .recoveryCode: [.means: Kind.recoveryCode]
        case .recovery: [.means: Kind.recovery]
        }
    }

    fileprivate init(_ record: EventRecord) throws(UnreadableEvent) {
        switch try record.read(.means) as Kind {
        case .password: self = .password
        case .securityKey: self = .securityKey(label: try record.read(.label))
        case .authenticatorApp: self = .authenticatorApp
        case .recoveryCode: self = .recoveryCode
        case .recovery: self = .recovery
        }
    }
}

extension SecurityEvent.PasswordChange {
    fileprivate var record: EventRecord {
        switch self {
        case .changed(let ended): EventRecord(.passwordChanged, [.tokens: ended])
        case .reset(let ended): EventRecord(.passwordReset, [.tokens: ended])
        case .linkOffered(let by): EventRecord(.passwordLinkOffered, [.by: by])
        case .resetAsked: EventRecord(.passwordResetAsked)
        }
    }
}

extension SecurityEvent.AddressChange {
    fileprivate var record: EventRecord {
        switch self {
        case .added(let address): EventRecord(.addressAdded, [.address: address])
        case .removed(let address): EventRecord(.addressRemoved, [.address: address])
        case .verified(let address): EventRecord(.addressVerified, [.address: address])
        case .primaryChanged(let before, let address):
            EventRecord(.primaryAddressChanged, [.before: before, .address: address])
        }
    }
}

extension SecurityEvent.FactorChange {
    fileprivate var record: EventRecord {
        switch self {
        case .enrolmentAsked: EventRecord(.enrolmentAsked)
        case .firstAdded(let label, let counts): EventRecord(.firstFactorAdded, [.label: label, .until: counts])
        case .keyAdded(let label, let model): EventRecord(.securityKeyAdded, [.label: label, .model: model])
        case .keyRenamed(let before, let label): EventRecord(.securityKeyRenamed, [.before: before, .label: label])
        case .keyRemoved(let label): EventRecord(.securityKeyRemoved, [.label: label])
        case .keyFrozen(let label, let ended): EventRecord(.securityKeyFrozen, [.label: label, .tokens: ended])
        case .attestationDowngraded(let label): EventRecord(.attestationDowngraded, [.label: label])
        case .appAdded: EventRecord(.authenticatorAppAdded)
        case .appRemoved: EventRecord(.authenticatorAppRemoved)
        case .codesMade: EventRecord(.recoveryCodesMade)
        case .codeUsed(let left): EventRecord(.recoveryCodeUsed, [.left: left])
        case .probationEnded(let by): EventRecord(.probationEnded, [.by: by])
        }
    }
}

extension SecurityEvent.RecoveryStep {
    fileprivate var record: EventRecord {
        switch self {
        case .requested(let due): EventRecord(.recoveryRequested, [.until: due])
        case .cancelled: EventRecord(.recoveryCancelled)
        case .approved(let by): EventRecord(.recoveryApproved, [.by: by])
        case .completed(let wasApproved): EventRecord(.recoveryCompleted, [.approved: wasApproved ? Yes.yes : nil])
        }
    }
}

extension SecurityEvent.RoleChange {
    fileprivate func record(_ role: Role, _ project: ProjectName) -> EventRecord {
        switch self {
        case .given(let by): EventRecord(.roleGiven, [.role: role, .project: project, .by: by])
        case .taken(let by): EventRecord(.roleTaken, [.role: role, .project: project, .by: by])
        case .offered(let by, let until):
            EventRecord(.roleOffered, [.role: role, .project: project, .by: by, .until: until])
        case .invitationEnded(let end):
            EventRecord(.invitationEnded, [.role: role, .project: project, .why: end.kind, .by: end.by])
        }
    }
}

extension SecurityEvent.EndOfInvitation {
    fileprivate enum Kind: String, RecordedValue {
        case takenBack = "taken-back"
        case projectDeleted = "project-deleted"
        case becameCritical = "became-critical"
    }

    fileprivate var kind: Kind {
        switch self {
        case .takenBack: .takenBack
        case .projectDeleted: .projectDeleted
        case .becameCritical: .becameCritical
        }
    }

    fileprivate var by: String? {
        switch self {
        case .takenBack(let by): by
        case .projectDeleted, .becameCritical: nil
        }
    }

    fileprivate init(_ record: EventRecord) throws(UnreadableEvent) {
        switch try record.read(.why) as Kind {
        case .takenBack: self = .takenBack(by: try record.read(.by))
        case .projectDeleted: self = .projectDeleted
        case .becameCritical: self = .becameCritical
        }
    }
}

extension SecurityEvent.CollaboratorChange {
    fileprivate func record(_ user: Username, _ role: Role, _ project: ProjectName) -> EventRecord {
        func record(_ kind: SecurityEvent.Kind, by: String? = nil) -> EventRecord {
            // As its holder writes it: people read it.
            EventRecord(kind, [.user: user.display, .role: role, .project: project, .by: by])
        }
        return switch self {
        case .added(let by): record(.collaboratorAdded, by: by)
        case .removed(let by): record(.collaboratorRemoved, by: by)
        case .declined: record(.invitationDeclined)
        }
    }
}

extension SecurityEvent.ProjectChange {
    fileprivate func record(_ project: ProjectName, _ by: String) -> EventRecord {
        func record(_ kind: SecurityEvent.Kind, _ more: [Detail: (any RecordedValue)?] = [:]) -> EventRecord {
            EventRecord(kind, more.merging([.project: project, .by: by]) { _, new in new })
        }
        return switch self {
        case .requirementRaised(let assurance): record(.requirementRaised, [.assurance: assurance])
        case .deleted: record(.projectDeleted)
        case .releaseDeleted(let version): record(.releaseDeleted, [.version: version])
        case .fileDeleted(let file): record(.fileDeleted, [.file: file])
        case .recreated: record(.projectRecreated)
        case .restored(.everything): record(.projectRestored)
        case .restored(.release(let version)): record(.projectRestored, [.version: version])
        case .restored(.file(let file)): record(.projectRestored, [.file: file])
        }
    }
}

extension SecurityEvent.Restored {
    fileprivate init(_ record: EventRecord) throws(UnreadableEvent) {
        if let file: DistributionFilename = try record.readIfThere(.file) {
            self = .file(file)
        } else if let version: Version = try record.readIfThere(.version) {
            self = .release(version)
        } else {
            self = .everything
        }
    }
}

extension EmailAddress: RecordedValue {
    var recorded: String { text }
    init?(recorded text: String) { try? self.init(parsing: text) }
}

extension EventRecord {
    fileprivate init(_ kind: SecurityEvent.Kind, _ details: [Detail: (any RecordedValue)?] = [:]) {
        self.init(name: kind.rawValue, details)
    }
}
