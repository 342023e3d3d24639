import Accounts
import Acts
import Giveaway
import Leaving
import PackagingFormats
import Policy
import Primitives
import UTC

/// Something about an account that its holder should be able to look up, and often be told.
public enum SecurityEvent: Sendable, Hashable {
    /// Who came in, or tried to.
    case access(Access)
    case password(PasswordChange)
    /// Whether it can be used, and what it administrates; `by` is who decided it, as people are told of them.
    case standing(StandingChange, by: String)
    case address(AddressChange)
    case factor(FactorChange)
    /// An API token was made in a session with an assurance, or ended.
    case tokenIssued(label: String, Assurance)
    case tokenRevoked(label: String)
    /// Its recovery, after every factor was lost.
    case recovery(RecoveryStep)
    /// The holder's role on a project, or an invitation to take one. `by` is who decided it, as people are told of
    /// them.
    case ownRole(RoleChange, Role, on: ProjectName)
    /// What became of another's role on a project that the holder owns.
    case collaborator(CollaboratorChange, Username, Role, on: ProjectName)
    /// What somebody did to a project that the holder has a role on.
    case project(ProjectChange, ProjectName, by: String)
    /// The holder put off what a critical project asks.
    case mandateDelayed(ProjectName, until: Timestamp)
    /// The operator eased the rule for critical projects, of which the holder was told.
    case mandateEased(MandateEasing)
    /// The holder got a code for so many free security keys.
    case giveawayCodeIssued(GiveawayName, sponsor: String, Country, keys: Int)
    /// What this version has no word for: another one wrote it.
    case unknown(EventRecord)

    /// Who came in, or tried to.
    public enum Access: Sendable, Hashable {
        /// The account was made.
        case registered
        /// In a browser in which the account was before.
        case signedIn(Means)
        /// In one in which it never was.
        case signedInFromNewBrowser(Means)
        /// A wrong password, where the account was never signed in to.
        case signInFailed
        /// A wrong password in a browser, or a session, of its own.
        case passwordMistyped
        /// A second factor was refused, with the code of the refusal.
        case factorRefused(code: String)
        /// The password was right, where the account never was, and nothing came after it.
        case factorNotShown
        /// In the session itself.
        case signedOut
        /// From elsewhere. `client` is the browser, in words.
        case sessionEnded(client: String)
        case sessionsEnded
    }

    /// What was shown.
    public enum Means: Sendable, Hashable {
        case password
        case securityKey(label: String)
        case authenticatorApp
        case recoveryCode
        /// Nothing: the account was recovered.
        case recovery
    }

    /// What happened to the password.
    public enum PasswordChange: Sendable, Hashable {
        /// By its holder, which ended so many API tokens.
        case changed(tokensEnded: Int)
        /// By a link that was mailed.
        case reset(tokensEnded: Int)
        /// A link was handed out.
        case linkOffered(by: String)
        /// A link was asked for.
        case resetAsked
    }

    /// What became of whether the account can be used, and of what it administrates.
    public enum StandingChange: Sendable, Hashable {
        case disabled(reason: String)
        case enabled
        /// Where a first factor of theirs counted at once, it waits now until a moment: that of an administrator does.
        case administratorMade(waitingUntil: Timestamp?)
        case administratorUnmade
        /// It is to be deleted from a moment on; not after all, why in a sentence where nobody stopped it; and it is.
        case deletionAsked(due: Timestamp)
        case deletionStopped(reason: String?)
        case deleted
    }

    /// What happened to an address.
    public enum AddressChange: Sendable, Hashable {
        case added(EmailAddress)
        case removed(EmailAddress)
        case verified(EmailAddress)
        case primaryChanged(from: EmailAddress, to: EmailAddress)
    }

    /// What happened to the second factors.
    public enum FactorChange: Sendable, Hashable {
        /// The link to the first one was asked for.
        case enrolmentAsked
        /// The first one was added, and counts at once or from a moment on.
        case firstAdded(label: String, FirstFactorEvidence.Outcome)
        case keyAdded(label: String, model: String?)
        case keyRenamed(from: String, to: String)
        case keyRemoved(label: String)
        /// Its counter went back; so many API tokens ended with it.
        case keyFrozen(label: String, tokensEnded: Int)
        /// Its make turned out to be broken, or nobody vouches for it any more.
        case attestationDowngraded(label: String)
        case appAdded
        case appRemoved
        case codesMade
        case codeUsed(left: Int)
        /// Somebody vouched for the first one: a co-owner for what is theirs, and it counts elsewhere from a moment on;
        /// where that is nil it counts everywhere.
        case probationEnded(by: String, elsewhere: Timestamp?)
        /// The word of somebody who vouched for the first one does not hold any more, or not on all that it did: where
        /// nobody else's does, it counts from a moment on.
        case vouchingEnded(by: String, until: Timestamp)
        /// Time passed, and it counts from now on.
        case probationOver
        /// By the link of the mail about the first one, somebody said that it was not theirs: all of them were frozen,
        /// and so many API tokens ended.
        case disowned(tokensEnded: Int)
    }

    /// What became of the recovery.
    public enum RecoveryStep: Sendable, Hashable {
        /// It was asked for, and will be done at a moment.
        case requested(due: Timestamp)
        /// By its holder; by an administrator, with a reason.
        case cancelled(reason: String?)
        case approved(by: String)
        /// It was done, because somebody had vouched or because time had passed.
        case completed(wasApproved: Bool)
    }

    /// What became of a role of one's own.
    public enum RoleChange: Sendable, Hashable {
        /// Without being asked; the reason is the one that they gave who did it.
        case given(by: String, reason: String?)
        case taken(by: String)
        /// They are an owner no longer, and have what was left to them; until a moment they can take it back. `isSettled`
        /// says that they were one for long.
        case ownershipTaken(by: String, became: Role?, until: Timestamp, isSettled: Bool)
        /// They took it back.
        case returned
        case offered(by: String, until: Timestamp)
        /// They accepted it, and have it once they have what the project asks for.
        case agreed
        case invitationEnded(EndOfInvitation)
    }

    /// Why an invitation ended that nobody answered.
    public enum EndOfInvitation: Sendable, Hashable {
        case takenBack(by: String)
        case projectDeleted
        case becameCritical
        /// The one who made it is no owner any more.
        case inviterLeft
        /// The account that made it had a factor then that was not its holder's.
        case inviterDisowned
        /// It was accepted, and what the project asks for did not come in time.
        case waitedTooLong
    }

    /// What became of another's role.
    public enum CollaboratorChange: Sendable, Hashable {
        /// The reason is the one that they gave who did it.
        case added(by: String, reason: String?)
        case removed(by: String)
        /// They took it back, after it had been taken from them.
        case returned
        /// They accepted the invitation, and lack what the project asks for; their factor counts from a moment on, or
        /// they have none yet.
        case waits(until: Timestamp?)
        case declined
    }

    /// What was done to a project.
    public enum ProjectChange: Sendable, Hashable {
        case requirementRaised(Assurance)
        case requirementLowered(Assurance)
        /// It was archived or quarantined, for example, or is as others are again.
        case statusSet(ProjectStatus, reason: String?)
        /// It is critical no more.
        case designationLifted(reason: String)
        case deleted
        case releaseDeleted(Version)
        case fileDeleted(DistributionFilename)
        case recreated
        case restored(Restored)
        /// Somebody asked for something to be taken away, on a day.
        case departureAsked(Departure, due: Timestamp, reason: String)
        /// Somebody else agreed.
        case departureConfirmed(Departure, due: Timestamp)
        /// Nothing comes of it.
        case departureEnded(Departure, RemovalRequestEnd, reason: String?)
        /// An administrator let nobody have it.
        case contentQuarantined(Departure, reason: String)
        /// Everybody can have it again.
        case quarantineLifted(Departure)
        /// The people who run the index want something, of so many files where it is about files, and an owner is asked
        /// until a moment.
        case proposed(ProposalKind, Departure, files: Int?, due: Timestamp, reason: String)
        /// What became of that.
        case proposalEnded(ProposalKind, Departure, ProposalOutcome)
        /// Something was erased for a legal reason.
        case contentErased(Departure, ErasureCategory)
        /// For who owns projects that need this one.
        case dependency(DependencyChange, dependents: [ProjectName])
    }

    /// What was done to a project that others need.
    public enum DependencyChange: Sendable, Hashable {
        /// Somebody asked for something to be taken away, on a day.
        case leaves(Departure, due: Timestamp, reason: String)
        /// Nothing comes of it.
        case stays(Departure)
        /// It was done.
        case gone(Departure)
        case statusSet(ProjectStatus, reason: String?)
    }

    /// What was brought back.
    public enum Restored: Sendable, Hashable {
        case everything
        case release(Version)
        case file(DistributionFilename)
    }

    /// The kinds of events. The raw values are stored: they keep their meaning.
    public enum Kind: String, Sendable, CaseIterable {
        case registered
        case addressVerified = "address-verified"
        case signedIn = "signed-in"
        case signedInFromNewBrowser = "signed-in-anew"
        case signInFailed = "sign-in-failed"
        case passwordMistyped = "password-mistyped"
        case factorRefused = "factor-refused"
        case factorNotShown = "factor-not-shown"
        case signedOut = "signed-out"
        case sessionEnded = "session-ended"
        case sessionsEnded = "sessions-ended"
        case passwordChanged = "password-changed"
        case passwordReset = "password-reset"
        case passwordLinkOffered = "password-link-offered"
        case passwordResetAsked = "password-reset-asked"
        case accountDisabled = "account-disabled"
        case accountEnabled = "account-enabled"
        case administratorMade = "administrator-made"
        case administratorUnmade = "administrator-unmade"
        case addressAdded = "address-added"
        case addressRemoved = "address-removed"
        case primaryAddressChanged = "primary-address-changed"
        case enrolmentAsked = "enrolment-asked"
        case firstFactorAdded = "first-factor-added"
        case securityKeyAdded = "security-key-added"
        case securityKeyRenamed = "security-key-renamed"
        case securityKeyRemoved = "security-key-removed"
        case securityKeyFrozen = "security-key-frozen"
        case attestationDowngraded = "security-key-lowered"
        case authenticatorAppAdded = "authenticator-app-added"
        case authenticatorAppRemoved = "authenticator-app-removed"
        case recoveryCodesMade = "recovery-codes-made"
        case recoveryCodeUsed = "recovery-code-used"
        case probationEnded = "probation-ended"
        case vouchingEnded = "vouching-ended"
        case probationOver = "probation-over"
        case factorsDisowned = "factors-disowned"
        case tokenIssued = "token-issued"
        case tokenRevoked = "token-revoked"
        case recoveryRequested = "recovery-requested"
        case recoveryCancelled = "recovery-cancelled"
        case recoveryApproved = "recovery-approved"
        case recoveryCompleted = "recovery-completed"
        case roleGiven = "role-given"
        case roleTaken = "role-taken"
        case ownershipTaken = "ownership-taken"
        case newOwnershipTaken = "new-ownership-taken"
        case ownershipReturned = "ownership-returned"
        case collaboratorReturned = "collaborator-returned"
        case deletionAsked = "deletion-asked"
        case deletionStopped = "deletion-stopped"
        case accountDeleted = "account-deleted"
        case roleOffered = "role-offered"
        case roleAgreed = "role-agreed"
        case collaboratorWaits = "collaborator-waits"
        case invitationEnded = "invitation-ended"
        case invitationDeclined = "invitation-declined"
        case collaboratorAdded = "collaborator-added"
        case collaboratorRemoved = "collaborator-removed"
        case requirementRaised = "requirement-raised"
        case requirementLowered = "requirement-lowered"
        case projectStatusSet = "project-status-set"
        case designationLifted = "designation-lifted"
        case projectDeleted = "project-deleted"
        case releaseDeleted = "release-deleted"
        case fileDeleted = "file-deleted"
        case projectRecreated = "project-recreated"
        case projectRestored = "project-restored"
        case departureAsked = "removal-asked"
        case departureConfirmed = "removal-confirmed"
        case departureEnded = "removal-ended"
        case dependencyLeaves = "dependency-leaves"
        case dependencyStays = "dependency-stays"
        case dependencyGone = "dependency-gone"
        case dependencyStatusSet = "dependency-status-set"
        case contentQuarantined = "content-quarantined"
        case quarantineLifted = "quarantine-lifted"
        case proposed = "proposed"
        case proposalEnded = "proposal-ended"
        case contentErased = "content-erased"
        case mandateDelayed = "mandate-delayed"
        case mandateEased = "mandate-eased"
        case giveawayCodeIssued = "giveaway-code-issued"
    }

    /// Its kind; nil for what this version has no word for.
    public var kind: Kind? { Kind(rawValue: record.act) }
}

/// The number of an event in an account's log.
public typealias EventID = Identifier<RecordedEvent>

/// An event as it was recorded.
public struct RecordedEvent: Sendable, Hashable {
    /// How long one is kept: a year. An account's holder looks for what they did not do within days or weeks.
    public static let lifetime = Duration.days(366)

    public var id: EventID
    public var event: SecurityEvent
    public var at: Timestamp
    public var origin: RequestOrigin

    /// An event as it was recorded.
    public init(id: EventID, event: SecurityEvent, at: Timestamp, origin: RequestOrigin) {
        self.id = id
        self.event = event
        self.at = at
        self.origin = origin
    }
}

extension SecurityEvent.Kind {
    /// What it is that could have given the account to somebody else, where a first factor is to count at once; nil
    /// where it could not.
    public var upheaval: FirstFactorEvidence.Upheaval? {
        switch self {
        case .recoveryCompleted, .recoveryCodeUsed: .recovery
        case .passwordReset: .passwordReset
        case .addressAdded, .addressRemoved, .primaryAddressChanged: .addressChange
        case .factorsDisowned: .disowning
        case .registered, .addressVerified, .signedIn, .signedInFromNewBrowser, .signInFailed, .passwordMistyped,
            .factorRefused, .factorNotShown, .signedOut, .sessionEnded, .sessionsEnded, .passwordChanged,
            .passwordLinkOffered, .passwordResetAsked, .enrolmentAsked, .firstFactorAdded, .securityKeyAdded,
            .securityKeyRenamed, .securityKeyRemoved, .securityKeyFrozen, .attestationDowngraded,
            .authenticatorAppAdded, .authenticatorAppRemoved, .recoveryCodesMade, .probationEnded, .vouchingEnded,
            .probationOver, .tokenIssued, .tokenRevoked, .recoveryRequested, .recoveryCancelled, .recoveryApproved,
            .roleGiven,
            .roleTaken, .roleOffered, .roleAgreed, .collaboratorWaits, .invitationEnded, .invitationDeclined,
            .collaboratorAdded, .collaboratorRemoved, .requirementRaised, .requirementLowered, .projectStatusSet,
            .designationLifted, .projectDeleted, .releaseDeleted, .fileDeleted, .projectRecreated, .projectRestored,
            .departureAsked, .departureConfirmed, .departureEnded, .dependencyLeaves, .dependencyStays, .dependencyGone,
            .dependencyStatusSet, .contentQuarantined, .quarantineLifted, .proposed, .proposalEnded, .contentErased,
            .mandateDelayed, .mandateEased,
            .giveawayCodeIssued, .accountDisabled, .accountEnabled,
            .administratorMade, .administratorUnmade, .ownershipTaken, .newOwnershipTaken, .ownershipReturned,
            .collaboratorReturned, .deletionAsked, .deletionStopped, .accountDeleted:
            nil
        }
    }

    /// Whether strangers can make it happen as often as they like: then only the first of a day is mailed.
    public var isMailedOnceADay: Bool { [.signInFailed, .factorRefused, .factorNotShown].contains(self) }
}
