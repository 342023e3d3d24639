import Accounts
import Acts
import Leaving
import PackagingFormats
import Policy
import UTC

// How what happened to an account stands in its log: the kind, and what belongs to it as texts by name.

extension SecurityEvent {
    /// How it stands in the account's log; `act` is the kind.
    public var record: EventRecord {
        switch self {
        case .access(let event): event.record
        case .password(let event): event.record
        case .standing(let event, let by): event.record(by)
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
        case .mandateEased(let easing): easing.record
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
        func dependency(_ change: DependencyChange) throws(UnreadableEvent) -> SecurityEvent {
            .project(
                .dependency(change, dependents: try record.read(.projects)), try record.read(.project),
                by: try record.read(.by))
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
            case .accountDisabled:
                .standing(.disabled(reason: try record.read(.why)), by: try record.read(.by))
            case .accountEnabled: .standing(.enabled, by: try record.read(.by))
            case .administratorMade:
                .standing(
                    .administratorMade(waitingUntil: try record.readIfThere(.until)), by: try record.read(.by))
            case .administratorUnmade: .standing(.administratorUnmade, by: try record.read(.by))
            case .deletionAsked: .standing(.deletionAsked(due: try record.read(.due)), by: try record.read(.by))
            case .deletionStopped:
                .standing(.deletionStopped(reason: try record.readIfThere(.why)), by: try record.read(.by))
            case .accountDeleted: .standing(.deleted, by: try record.read(.by))
            case .addressAdded: .address(.added(try record.read(.address)))
            case .addressRemoved: .address(.removed(try record.read(.address)))
            case .addressVerified: .address(.verified(try record.read(.address)))
            case .primaryAddressChanged:
                .address(.primaryChanged(from: try record.read(.before), to: try record.read(.address)))
            case .enrolmentAsked: .factor(.enrolmentAsked)
            case .firstFactorAdded:
                .factor(.firstAdded(label: try record.read(.label), try FirstFactorEvidence.Outcome(record)))
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
            case .vouchingEnded:
                .factor(.vouchingEnded(by: try record.read(.by), until: try record.read(.until)))
            case .probationOver: .factor(.probationOver)
            case .probationEnded:
                .factor(.probationEnded(by: try record.read(.by), elsewhere: try record.readIfThere(.until)))
            case .factorsDisowned: .factor(.disowned(tokensEnded: try record.read(.tokens)))
            case .tokenIssued: .tokenIssued(label: try record.read(.label), try record.read(.assurance))
            case .tokenRevoked: .tokenRevoked(label: try record.read(.label))
            case .recoveryRequested: .recovery(.requested(due: try record.read(.until)))
            case .recoveryCancelled: .recovery(.cancelled(reason: try record.readIfThere(.why)))
            case .recoveryApproved: .recovery(.approved(by: try record.read(.by)))
            case .recoveryCompleted: .recovery(.completed(wasApproved: record.has(.approved)))
            case .roleGiven: try ownRole(.given(by: try record.read(.by), reason: try record.readIfThere(.reason)))
            case .roleTaken: try ownRole(.taken(by: try record.read(.by)))
            case .ownershipTaken: try ownRole(try RoleChange(ownershipTaken: record, isSettled: true))
            case .newOwnershipTaken: try ownRole(try RoleChange(ownershipTaken: record, isSettled: false))
            case .ownershipReturned: try ownRole(.returned)
            case .collaboratorReturned: try collaborator(.returned)
            case .roleOffered:
                try ownRole(.offered(by: try record.read(.by), until: try record.read(.until)))
            case .roleAgreed: try ownRole(.agreed)
            case .collaboratorWaits: try collaborator(.waits(until: try record.readIfThere(.until)))
            case .invitationEnded: try ownRole(.invitationEnded(try EndOfInvitation(record)))
            case .invitationDeclined: try collaborator(.declined)
            case .collaboratorAdded:
                try collaborator(.added(by: try record.read(.by), reason: try record.readIfThere(.reason)))
            case .collaboratorRemoved: try collaborator(.removed(by: try record.read(.by)))
            case .requirementRaised: try project(.requirementRaised(try record.read(.assurance)))
            case .requirementLowered: try project(.requirementLowered(try record.read(.assurance)))
            case .projectStatusSet:
                try project(.statusSet(try record.read(.status), reason: try record.readIfThere(.reason)))
            case .designationLifted: try project(.designationLifted(reason: try record.read(.reason)))
            case .projectDeleted: try project(.deleted)
            case .releaseDeleted: try project(.releaseDeleted(try record.read(.version)))
            case .fileDeleted: try project(.fileDeleted(try record.read(.file)))
            case .projectRecreated: try project(.recreated)
            case .projectRestored: try project(.restored(try Restored(record)))
            case .departureAsked:
                try project(
                    .departureAsked(
                        try Departure(record), due: try record.read(.due), reason: try record.read(.reason)))
            case .departureConfirmed:
                try project(.departureConfirmed(try Departure(record), due: try record.read(.due)))
            case .departureEnded:
                try project(
                    .departureEnded(
                        try Departure(record), try record.read(.why), reason: try record.readIfThere(.reason)))
            case .contentQuarantined:
                try project(.contentQuarantined(try Departure(record), reason: try record.read(.reason)))
            case .quarantineLifted: try project(.quarantineLifted(try Departure(record)))
            case .proposed:
                try project(
                    .proposed(
                        try record.read(.proposal), try Departure(record), files: try record.readIfThere(.files),
                        due: try record.read(.due), reason: try record.read(.reason)))
            case .proposalEnded:
                try project(
                    .proposalEnded(
                        try record.read(.proposal), try Departure(record), try record.read(.outcome)))
            case .contentErased:
                try project(.contentErased(try Departure(record), try record.read(.category)))
            case .dependencyLeaves:
                try dependency(
                    .leaves(try Departure(record), due: try record.read(.due), reason: try record.read(.reason)))
            case .dependencyStays: try dependency(.stays(try Departure(record)))
            case .dependencyGone: try dependency(.gone(try Departure(record)))
            case .dependencyStatusSet:
                try dependency(.statusSet(try record.read(.status), reason: try record.readIfThere(.reason)))
            case .mandateDelayed: .mandateDelayed(try record.read(.project), until: try record.read(.until))
            case .mandateEased: .mandateEased(try MandateEasing(record))
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

extension SecurityEvent.StandingChange {
    fileprivate func record(_ by: String) -> EventRecord {
        switch self {
        case .disabled(let reason): EventRecord(.accountDisabled, [.why: reason, .by: by])
        case .enabled: EventRecord(.accountEnabled, [.by: by])
        case .administratorMade(let until): EventRecord(.administratorMade, [.by: by, .until: until])
        case .administratorUnmade: EventRecord(.administratorUnmade, [.by: by])
        case .deletionAsked(let due): EventRecord(.deletionAsked, [.due: due, .by: by])
        case .deletionStopped(let reason): EventRecord(.deletionStopped, [.why: reason, .by: by])
        case .deleted: EventRecord(.accountDeleted, [.by: by])
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
        case .firstAdded(let label, let outcome):
            EventRecord(.firstFactorAdded, [.label: label].merging(outcome.details) { own, _ in own })
        case .keyAdded(let label, let model): EventRecord(.securityKeyAdded, [.label: label, .model: model])
        case .keyRenamed(let before, let label): EventRecord(.securityKeyRenamed, [.before: before, .label: label])
        case .keyRemoved(let label): EventRecord(.securityKeyRemoved, [.label: label])
        case .keyFrozen(let label, let ended): EventRecord(.securityKeyFrozen, [.label: label, .tokens: ended])
        case .attestationDowngraded(let label): EventRecord(.attestationDowngraded, [.label: label])
        case .appAdded: EventRecord(.authenticatorAppAdded)
        case .appRemoved: EventRecord(.authenticatorAppRemoved)
        case .codesMade: EventRecord(.recoveryCodesMade)
        case .codeUsed(let left): EventRecord(.recoveryCodeUsed, [.left: left])
        case .probationEnded(let by, let elsewhere):
            EventRecord(.probationEnded, [.by: by, .until: elsewhere])
        case .vouchingEnded(let by, let until): EventRecord(.vouchingEnded, [.by: by, .until: until])
        case .probationOver: EventRecord(.probationOver)
        case .disowned(let ended): EventRecord(.factorsDisowned, [.tokens: ended])
        }
    }
}

extension SecurityEvent.RecoveryStep {
    fileprivate var record: EventRecord {
        switch self {
        case .requested(let due): EventRecord(.recoveryRequested, [.until: due])
        case .cancelled(let reason): EventRecord(.recoveryCancelled, [.why: reason])
        case .approved(let by): EventRecord(.recoveryApproved, [.by: by])
        case .completed(let wasApproved): EventRecord(.recoveryCompleted, [.approved: wasApproved ? Yes.yes : nil])
        }
    }
}

extension SecurityEvent.RoleChange {
    fileprivate func record(_ role: Role, _ project: ProjectName) -> EventRecord {
        switch self {
        case .given(let by, let reason):
            EventRecord(.roleGiven, [.role: role, .project: project, .by: by, .reason: reason])
        case .taken(let by): EventRecord(.roleTaken, [.role: role, .project: project, .by: by])
        case .ownershipTaken(let by, let became, let until, let isSettled):
            EventRecord(
                isSettled ? .ownershipTaken : .newOwnershipTaken,
                [.role: role, .project: project, .by: by, .left: became, .until: until])
        case .returned: EventRecord(.ownershipReturned, [.role: role, .project: project])
        case .offered(let by, let until):
            EventRecord(.roleOffered, [.role: role, .project: project, .by: by, .until: until])
        case .agreed: EventRecord(.roleAgreed, [.role: role, .project: project])
        case .invitationEnded(let end):
            EventRecord(.invitationEnded, [.role: role, .project: project, .why: end.kind, .by: end.by])
        }
    }
}

extension SecurityEvent.RoleChange {
    fileprivate init(ownershipTaken record: EventRecord, isSettled: Bool) throws(UnreadableEvent) {
        self = .ownershipTaken(
            by: try record.read(.by), became: try record.readIfThere(.left), until: try record.read(.until),
            isSettled: isSettled)
    }
}

extension SecurityEvent.EndOfInvitation {
    fileprivate enum Kind: String, RecordedValue {
        case takenBack = "taken-back"
        case projectDeleted = "project-deleted"
        case becameCritical = "became-critical"
        case inviterLeft = "inviter-left"
        case inviterDisowned = "inviter-disowned"
        case waitedTooLong = "waited-too-long"
    }

    fileprivate var kind: Kind {
        switch self {
        case .takenBack: .takenBack
        case .projectDeleted: .projectDeleted
        case .becameCritical: .becameCritical
        case .inviterLeft: .inviterLeft
        case .inviterDisowned: .inviterDisowned
        case .waitedTooLong: .waitedTooLong
        }
    }

    fileprivate var by: String? {
        switch self {
        case .takenBack(let by): by
        case .projectDeleted, .becameCritical, .inviterLeft, .inviterDisowned, .waitedTooLong: nil
        }
    }

    fileprivate init(_ record: EventRecord) throws(UnreadableEvent) {
        switch try record.read(.why) as Kind {
        case .takenBack: self = .takenBack(by: try record.read(.by))
        case .projectDeleted: self = .projectDeleted
        case .becameCritical: self = .becameCritical
        case .inviterLeft: self = .inviterLeft
        case .inviterDisowned: self = .inviterDisowned
        case .waitedTooLong: self = .waitedTooLong
        }
    }
}

extension SecurityEvent.CollaboratorChange {
    fileprivate func record(_ user: Username, _ role: Role, _ project: ProjectName) -> EventRecord {
        func record(
            _ kind: SecurityEvent.Kind, by: String? = nil, reason: String? = nil, until: Timestamp? = nil
        ) -> EventRecord {
            // As its holder writes it: people read it.
            EventRecord(
                kind,
                [.user: user.display, .role: role, .project: project, .by: by, .reason: reason, .until: until])
        }
        return switch self {
        case .added(let by, let reason): record(.collaboratorAdded, by: by, reason: reason)
        case .removed(let by): record(.collaboratorRemoved, by: by)
        case .returned: record(.collaboratorReturned)
        case .waits(let until): record(.collaboratorWaits, until: until)
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
        case .requirementLowered(let assurance): record(.requirementLowered, [.assurance: assurance])
        case .statusSet(let status, let reason): record(.projectStatusSet, [.status: status, .reason: reason])
        case .designationLifted(let reason): record(.designationLifted, [.reason: reason])
        case .deleted: record(.projectDeleted)
        case .releaseDeleted(let version): record(.releaseDeleted, [.version: version])
        case .fileDeleted(let file): record(.fileDeleted, [.file: file])
        case .recreated: record(.projectRecreated)
        case .departureAsked(let departure, let due, let reason):
            record(.departureAsked, departure.details.merging([.due: due, .reason: reason]) { $1 })
        case .departureConfirmed(let departure, let due):
            record(.departureConfirmed, departure.details.merging([.due: due]) { $1 })
        case .departureEnded(let departure, let end, let reason):
            record(.departureEnded, departure.details.merging([.why: end, .reason: reason]) { $1 })
        case .contentQuarantined(let what, let reason):
            record(.contentQuarantined, what.details.merging([.reason: reason]) { $1 })
        case .quarantineLifted(let what): record(.quarantineLifted, what.details)
        case .proposed(let kind, let scope, let files, let due, let reason):
            record(
                .proposed,
                scope.details.merging([.proposal: kind, .files: files, .due: due, .reason: reason]) { $1 })
        case .proposalEnded(let kind, let scope, let outcome):
            record(.proposalEnded, scope.details.merging([.proposal: kind, .outcome: outcome]) { $1 })
        case .contentErased(let scope, let category):
            record(.contentErased, scope.details.merging([.category: category]) { $1 })
        case .dependency(let change, let dependents):
            switch change {
            case .leaves(let departure, let due, let reason):
                record(
                    .dependencyLeaves,
                    departure.details.merging([.due: due, .reason: reason, .projects: dependents]) { $1 })
            case .stays(let departure):
                record(.dependencyStays, departure.details.merging([.projects: dependents]) { $1 })
            case .gone(let departure):
                record(.dependencyGone, departure.details.merging([.projects: dependents]) { $1 })
            case .statusSet(let status, let reason):
                record(.dependencyStatusSet, [.status: status, .reason: reason, .projects: dependents])
            }
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

extension MandateEasing {
    private enum Kind: String, RecordedValue {
        case ended, lowered, postponed
        case dayTakenBack = "day-taken-back"
    }

    fileprivate var record: EventRecord {
        func record(_ kind: Kind, _ more: [Detail: (any RecordedValue)?] = [:]) -> EventRecord {
            EventRecord(.mandateEased, more.merging([.why: kind]) { _, new in new })
        }
        return switch self {
        case .ended: record(.ended)
        case .dayTakenBack: record(.dayTakenBack)
        case .postponed(let day): record(.postponed, [.until: day.start])
        case .lowered(let assurance): record(.lowered, [.assurance: assurance])
        }
    }

    fileprivate init(_ record: EventRecord) throws(UnreadableEvent) {
        switch try record.read(.why) as Kind {
        case .ended: self = .ended
        case .dayTakenBack: self = .dayTakenBack
        case .postponed:
            let start: Timestamp = try record.read(.until)
            self = .postponed(to: start.day)
        case .lowered: self = .lowered(to: try record.read(.assurance))
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

extension RemovalRequestEnd: RecordedValue {}
