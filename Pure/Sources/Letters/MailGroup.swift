import Accounts
import Journal
import PackagingFormats
import Policy
import UTC

/// Mails that others can cause as often as they like, counted by whom they reach: each group by itself, so that noise
/// of one kind holds back nothing of another.
///
/// What an account's holder does to the account is in none: those mails always go out, to every address that was
/// verified.
public enum MailGroup: String, Sendable, CaseIterable {
    /// Links that verify an address, and what its holder hears of it when somebody else names it; invitations to
    /// register.
    case verification
    /// What happens to an account, told to a primary address that nobody verified: it may be a stranger's.
    case unverified
    /// Invitations to projects, and their end.
    case invitations
    /// Roles on projects and what these ask for, changed by others.
    case roles
    /// What others delete and bring back.
    case removals
    /// What becomes of projects that the person's own need.
    case dependencies
    /// What the co-owner of a project does to their account.
    case coOwners = "co-owners"

    /// How many reach one address. Those of links are twice PyPI's, which counts them by account: strangers can name an
    /// address for many.
    public var limits: [AttemptLimit] {
        switch self {
        case .verification: [.init(6, per: .hours(6)), .init(10, per: .hours(24))]
        case .unverified: [.init(3, per: .hours(24))]
        case .invitations, .roles, .removals, .dependencies, .coOwners:
            [.init(10, per: .hours(1)), .init(30, per: .hours(24))]
        }
    }

    /// Whether the person is told, once for a while, that there was more; otherwise nothing is sent at all.
    public var isFolded: Bool {
        switch self {
        case .verification, .unverified: false
        case .invitations, .roles, .removals, .dependencies, .coOwners: true
        }
    }

    /// How long one mail stands for all that was folded.
    public static let fold = Duration.hours(6)

    /// Throws where the address has had its share for now.
    ///
    /// - Parameter sent: when mails of the group went to the address within the last day, in any order.
    public func admit(after sent: [Timestamp], at now: Timestamp) throws(TooManyAttempts) {
        var ledger = AttemptLedger<Int>(limits: limits, capacity: 1)
        for moment in sent.sorted() { try? ledger.acquire(0, at: moment) }
        try ledger.acquire(0, at: now)
    }
}

extension SecurityEvent {
    /// The group in which its mails to co-owners are counted; nil for what is mailed in any case: that an account has its
    /// first factor, and that one was frozen. Otherwise a thief would use up the co-owners' share first, with recoveries
    /// that are asked for and cancelled, and nobody would hear of the factor in time.
    ///
    /// In any case means once in a while, for a factor can be added, frozen and added again: one that waits once a day, a
    /// frozen one as long as it keeps evidence from counting. What comes again before that is counted like the rest. One that
    /// counts at once cannot come again at will: after a factor was frozen, none does for that time.
    ///
    /// - Parameter last: when the same happened to the account before; nil where it did not.
    public func mailGroupOfCoOwners(after last: Timestamp?, at now: Timestamp) -> MailGroup? {
        let patience: Duration
        switch self {
        case .factor(.firstAdded(_, .counts)): return nil
        case .factor(.firstAdded(_, .waits)): patience = .hours(24)
        case .factor(.disowned): patience = FirstFactorEvidence.calm
        case .factor, .access, .password, .standing, .address, .tokenIssued, .tokenRevoked, .recovery, .ownRole,
            .collaborator, .project, .mandateDelayed, .mandateEased, .giveawayCodeIssued, .unknown:
            return .coOwners
        }
        return last.map { now < $0 + patience } ?? false ? .coOwners : nil
    }
}

extension SecurityEvent {
    /// The project that is to be taken away, or a part of it, where others need it; nil for any other event.
    public var leavingDependency: ProjectName? {
        if case .project(.dependency(.leaves, _), let name, _) = self { name } else { nil }
    }

    /// The group in which its mails to the account's holder are counted; nil for what is mailed in any case. That a project
    /// leaves which theirs need is the mail that gives them time: nothing else holds the first of a day back, of each
    /// such project. Their projects chose it, so nobody can make that many without end.
    ///
    /// - Parameter isAgain: whether they heard within a day that the same project leaves.
    public func mailGroup(isAgain: Bool) -> MailGroup? {
        leavingDependency != nil && !isAgain ? nil : kind?.mailGroup
    }
}

extension SecurityEvent.Kind {
    /// The group in which its mails are counted; nil for what is always mailed.
    public var mailGroup: MailGroup? {
        switch self {
        case .roleOffered, .collaboratorWaits, .invitationEnded, .invitationDeclined: .invitations
        case .roleGiven, .roleTaken, .newOwnershipTaken, .collaboratorAdded, .collaboratorRemoved,
            .collaboratorReturned, .requirementRaised,
            .requirementLowered, .projectStatusSet, .designationLifted:
            .roles
        case .projectDeleted, .releaseDeleted, .fileDeleted, .projectRecreated, .projectRestored, .departureAsked,
            .departureConfirmed, .departureEnded, .contentQuarantined, .quarantineLifted, .proposalEnded:
            .removals
        case .dependencyLeaves, .dependencyStays, .dependencyGone, .dependencyStatusSet: .dependencies
        case .registered, .addressVerified, .signedIn, .signedInFromNewBrowser, .signInFailed, .passwordMistyped,
            .factorRefused,
            .factorNotShown, .signedOut, .sessionEnded, .sessionsEnded, .passwordChanged, .passwordReset,
            .passwordLinkOffered, .passwordResetAsked, .accountDisabled, .accountEnabled,
            .administratorMade, .administratorUnmade, .addressAdded, .addressRemoved, .primaryAddressChanged,
            .roleAgreed, .enrolmentAsked, .firstFactorAdded, .securityKeyAdded, .securityKeyRenamed,
            .securityKeyRemoved,
            .securityKeyFrozen, .attestationDowngraded, .authenticatorAppAdded, .authenticatorAppRemoved,
            .recoveryCodesMade, .recoveryCodeUsed, .probationEnded, .vouchingEnded, .probationOver, .factorsDisowned,
            .tokenIssued,
            .tokenRevoked,
            .recoveryRequested,
            .recoveryCancelled, .recoveryApproved, .recoveryCompleted, .mandateDelayed, .mandateEased,
            // An answer is asked for, or nothing comes back.
            .proposed, .contentErased,
            .giveawayCodeIssued, .ownershipReturned, .deletionAsked, .deletionStopped, .accountDeleted:
            nil
        // Who was an owner for long has three days to undo it: nothing holds that mail back. It cannot be repeated, for
        // anyone who is made an owner again is a new one.
        case .ownershipTaken: nil
        }
    }

    /// How often it is noted in a day, where others or programs can make it happen without end; nil for what is always
    /// noted. By then anyone who looks has seen what is going on.
    public var mostNotedADay: Int? {
        if mailGroup != nil { return 500 }
        return [.signedIn, .signInFailed, .passwordMistyped, .factorRefused, .factorNotShown, .signedOut].contains(self)
            ? 500 : nil
    }
}

extension Letter {
    /// The one mail that stands for those of a group that are not sent any more.
    public static func more(_ group: MailGroup, to user: Username) -> Letter {
        let what =
            switch group {
            case .verification, .unverified: "links"
            case .invitations: "invitations to projects"
            case .roles: "roles on your projects"
            case .removals: "what is deleted and brought back in your projects"
            case .dependencies: "projects that yours need"
            case .coOwners: "the accounts of those with whom you own projects"
            }
        return Letter(
            subject: "There is more about \(what)", name: user.display,
            paragraphs: [
                "So much has happened about \(what) that it is not mailed one by one for the moment, so that nobody can "
                    + "bury your other mail. Nothing is lost: your account's history has all of it."
            ],
            link: Link("Look at what happened", to: .accountEvents),
            afterLink: ["If this is somebody's mischief, tell the people who run this index."],
            reason: "This is an address of the account \(user).")
    }
}
