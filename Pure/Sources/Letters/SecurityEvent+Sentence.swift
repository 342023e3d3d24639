import Accounts
import Acts
import Journal
import Leaving
import PackagingFormats
import Policy
import UTC

// What happened to an account, for its holder: in a sentence of the event log, with which the mail begins, too.

extension SecurityEvent {
    /// Who did something, as letters and logs call them: those who run the index have one name there, and not the one
    /// that the machine knows them by.
    ///
    /// - Parameter inSentence: whether it stands within a sentence.
    static func naming(_ by: String, inSentence: Bool = false) -> String {
        guard by == Actor.operatorAtMachine.displayName else { return by }
        return inSentence ? "the people who run this index" : "The people who run this index"
    }

    /// The reason for a role that was given, after the sentence. People who are given one by those who run the index were not
    /// asked, and hear that no reason was given; of others there is an invitation.
    fileprivate static func given(_ reason: String?, _ by: String) -> String {
        if let reason { return " The reason given: “\(reason)”." }
        return by == Actor.operatorAtMachine.displayName ? " They gave no reason." : ""
    }

    /// What happened, in a sentence: `The security key “Blue” was added.`
    public var sentence: String {
        switch self {
        case .access(let event): event.sentence
        case .password(let event): event.sentence
        case .standing(let event, let by): event.sentence(by)
        case .address(let event): event.sentence
        case .factor(let event): event.sentence
        case .tokenIssued(let label, _): "The API token “\(label)” was made."
        case .tokenRevoked(let label): "The API token “\(label)” was revoked."
        case .recovery(let event): event.sentence
        case .ownRole(let change, let role, let project): change.sentence(role.rawValue, project.display)
        case .collaborator(let change, let user, let role, let project):
            change.sentence(user.display, role.rawValue, project.display)
        case .project(let change, let project, let by): change.sentence(project.display, by)
        case .mandateDelayed(let project, let until):
            "From your account, what the critical project \(project) asks of you was put off until \(until.day.readable)."
        case .mandateEased(let easing): easing.sentence
        case .giveawayCodeIssued(_, let sponsor, let country, _):
            "A code for free security keys from \(sponsor) was given out (\(country))."
        case .unknown(let record): "Something that this version of the index has no word for (\(record.act))."
        }
    }
}

extension SecurityEvent.Access {
    fileprivate var sentence: String {
        switch self {
        case .registered: "The account was made."
        case .signedIn(let means): "Signed in with \(means.words)."
        case .signedInFromNewBrowser(let means):
            "Signed in with \(means.words), in a new browser."
        case .signInFailed: "Somebody typed a wrong password."
        case .passwordMistyped: "A wrong password was typed in a browser in which you sign in."
        case .factorRefused(let code): "A second factor was refused (\(code))."
        case .factorNotShown:
            "Somebody typed the right password in a new browser, and did not show the second factor."
        case .signedOut: "Signed out."
        case .sessionEnded(let client): "A session was ended: \(client)."
        case .sessionsEnded: "All other sessions were ended."
        }
    }
}

extension SecurityEvent.Means {
    /// After "with".
    fileprivate var words: String {
        switch self {
        case .password: "the password"
        case .securityKey(let label): "the security key “\(label)”"
        case .authenticatorApp: "the authenticator app"
        case .recoveryCode: "a recovery code"
        case .recovery: "a recovery of the account"
        }
    }
}

extension SecurityEvent.PasswordChange {
    fileprivate var sentence: String {
        switch self {
        case .changed: "The password was changed."
        case .reset: "The password was reset by a link that was mailed."
        case .linkOffered(let by):
            "\(SecurityEvent.naming(by)) handed out a link with which the password can be set."
        case .resetAsked: "A link to reset the password was asked for."
        }
    }
}

extension SecurityEvent.StandingChange {
    fileprivate func sentence(_ actor: String) -> String {
        let by = SecurityEvent.naming(actor)
        return switch self {
        case .disabled(let reason): "\(by) disabled the account: \(reason)"
        case .enabled: "\(by) enabled the account again."
        case .administratorMade(nil): "\(by) made this account an administrator's."
        case .administratorMade(let until?):
            "\(by) made this account an administrator's. Its new second factor waits therefore, and counts from "
                + "\(until.readableMinute) on."
        case .administratorUnmade: "\(by) made this account an administrator's no longer."
        case .deletionAsked(let due):
            "\(by) asked for the account to be deleted. That is done on \(due.readableMinute)."
        case .deletionStopped(nil): "\(by) stopped the deletion of the account: it stays."
        case .deletionStopped(let reason?): "The account was not deleted on its day, and stays: \(reason)"
        case .deleted: "The account was deleted."
        }
    }
}

extension SecurityEvent.AddressChange {
    fileprivate var sentence: String {
        switch self {
        case .added(let address): "The address \(address) was added."
        case .removed(let address): "The address \(address) was removed."
        case .verified(let address): "The address \(address) was verified."
        case .primaryChanged(let before, let address):
            "The primary address was changed from \(before) to \(address)."
        }
    }
}

extension SecurityEvent.FactorChange {
    fileprivate var sentence: String {
        switch self {
        case .enrolmentAsked: "The link to add a second factor was asked for."
        case .firstAdded(let label, .counts): "A second factor was added: \(label). It counts at once."
        case .firstAdded(let label, .waits(let until, _)):
            "A second factor was added: \(label). It counts from \(until.readableMinute) on."
        case .keyAdded(let label, let model):
            "The security key “\(label)” was added\(model.map { " (\($0))" } ?? "")."
        case .keyRenamed(let before, let label): "The security key “\(before)” is now called “\(label)”."
        case .keyRemoved(let label): "The security key “\(label)” was removed."
        case .keyFrozen(let label, _): "The security key “\(label)” was frozen: its counter went back."
        case .attestationDowngraded(let label): "The security key “\(label)” no longer counts as attested."
        case .appAdded: "An authenticator app was added."
        case .appRemoved: "The authenticator app was removed."
        case .codesMade: "Ten new recovery codes were made; the old ones are void."
        case .codeUsed(let left): "A recovery code was used; \(left) are left."
        case .probationEnded(let by, nil):
            "\(SecurityEvent.naming(by)) vouched for your new second factor: it counts from now on."
        case .probationEnded(let by, let elsewhere?):
            "\(by) vouched for your new second factor: it counts from now on, on the projects that \(by) owns, and elsewhere "
                + "from \(elsewhere.readableMinute) on."
        case .vouchingEnded(let by, let until):
            "\(by) does not vouch for your new second factor any more, or not everywhere: where nobody does, it counts from "
                + "\(until.readableMinute) on."
        case .probationOver: "Your second factor counts from now on: its waiting time is over."
        case .disowned(let ended):
            "Somebody who read the mail about the second factor said that it was not theirs. It is frozen, and all sessions "
                + "are ended; API tokens that were revoked: \(ended)."
        }
    }
}

extension SecurityEvent.RecoveryStep {
    fileprivate var sentence: String {
        switch self {
        case .requested: "Recovery of the account was asked for, because every second factor is lost."
        case .cancelled(nil): "The recovery of the account was cancelled."
        case .cancelled(let reason?): "An administrator cancelled the recovery of the account: \(reason)"
        case .approved(let by): "\(SecurityEvent.naming(by)) vouched for the recovery of the account."
        case .completed: "The account was recovered without a second factor."
        }
    }
}

extension SecurityEvent.RoleChange {
    fileprivate func sentence(_ role: String, _ project: String) -> String {
        switch self {
        case .given(let by, let reason):
            "\(SecurityEvent.naming(by)) made you \(role) of the project \(project)." + SecurityEvent.given(reason, by)
        case .taken(let by): "\(SecurityEvent.naming(by)) took your role of \(role) of the project \(project) away."
        case .ownershipTaken(let by, nil, _, _):
            "\(SecurityEvent.naming(by)) took your role of \(role) of the project \(project) away."
        case .ownershipTaken(let by, let became?, _, _):
            "\(SecurityEvent.naming(by)) made you \(became.rawValue) of the project \(project), of which you were \(role)."
        case .returned: "You took your role of \(role) of the project \(project) back."
        case .offered(let by, _): "\(by) invited you to be \(role) of the project \(project)."
        case .agreed:
            "You accepted the invitation to be \(role) of the project \(project)."
        case .invitationEnded(let end):
            "The invitation to be \(role) of the project \(project) has ended: \(end.words)."
        }
    }
}

extension SecurityEvent.EndOfInvitation {
    /// After a colon.
    fileprivate var words: String {
        switch self {
        case .takenBack(let by): "\(SecurityEvent.naming(by, inSentence: true)) took it back"
        case .projectDeleted: "the project was deleted"
        case .becameCritical: "the project is critical from now on, and roles there take more"
        case .inviterLeft: "the person who made it is no owner there any more"
        case .inviterDisowned:
            "somebody else was in the account that made it, and it may not have been its holder who did"
        case .waitedTooLong: "it was accepted, and what the project asks for did not come in time"
        }
    }
}

extension SecurityEvent.CollaboratorChange {
    fileprivate func sentence(_ user: String, _ role: String, _ project: String) -> String {
        switch self {
        case .added(let by, let reason):
            "\(SecurityEvent.naming(by)) made \(user) \(role) of the project \(project)."
                + SecurityEvent.given(reason, by)
        case .removed(let by):
            "\(SecurityEvent.naming(by)) took the role of \(role) of the project \(project) away from \(user)."
        case .returned: "\(user) took the role of \(role) of the project \(project) back, which they had lost."
        case .waits(let until?):
            "\(user) accepted to be \(role) of the project \(project), and is from \(until.readableMinute) on: their second "
                + "factor is new."
        case .waits(nil):
            "\(user) accepted to be \(role) of the project \(project), but their account does not have what it asks for yet."
        case .declined: "\(user) does not want to be \(role) of the project \(project)."
        }
    }
}

extension SecurityEvent.ProjectChange {
    fileprivate func sentence(_ project: String, _ actor: String) -> String {
        let by = SecurityEvent.naming(actor)
        return switch self {
        case .requirementRaised(let assurance):
            "\(by) set that publishing to the project \(project) and changing it takes \(assurance.words) from now on."
        case .requirementLowered(let assurance):
            "\(by) lowered what the owners of the project \(project) ask for: \(assurance.words) from now on."
        case .statusSet(let status, let reason):
            "\(by) \(status.words(project))." + (reason.map { " The reason given: “\($0)”." } ?? "")
        case .designationLifted(let reason):
            "\(by) took the project \(project) off the critical projects. The reason given: “\(reason)”."
        case .deleted: "\(by) deleted the project \(project)."
        case .releaseDeleted(let version): "\(by) deleted the release \(version) of the project \(project)."
        case .fileDeleted(let file): "\(by) deleted the file \(file.text) of the project \(project)."
        case .recreated: "\(by) made the deleted project \(project) again."
        case .restored(let what):
            "\(by) brought back what was deleted of the project \(project): \(what.words)."
        case .departureAsked(let departure, let due, let reason):
            "\(by) asked for \(departure.words(of: project)), on \(due.day.readable). The reason given: “\(reason)”."
        case .departureConfirmed(let departure, let due):
            "\(by) confirmed \(departure.words(of: project)), on \(due.day.readable)."
        case .departureEnded(let departure, let end, let reason):
            "\(by) \(end.words) \(departure.words(of: project))."
                + (reason.map { " The reason given: “\($0)”." } ?? "")
        case .contentQuarantined(let what, let reason):
            "\(by) put \(what.subject(of: project)) into quarantine. The reason given: “\(reason)”."
        case .quarantineLifted(let what): "\(by) ended the quarantine of \(what.subject(of: project))."
        case .proposed(let kind, let scope, let files, let due, let reason):
            "\(by) proposed \(kind.words(of: scope, project))\(files.map { " (\($0) \($0 == 1 ? "file" : "files"))" } ?? ""). "
                + "Its owners are asked until \(due.day.readable). The reason given: “\(reason)”."
        case .proposalEnded(let kind, let scope, let outcome):
            "What was proposed, \(kind.words(of: scope, project)), \(outcome.words)."
        case .contentErased(let scope, let category):
            "\(by) erased \(scope.subject(of: project)), \(category.words)."
        case .dependency(let change, let dependents):
            change.sentence(project, by, neededBy: dependents.map(\.display).joined(separator: ", "))
        }
    }
}

extension SecurityEvent.DependencyChange {
    fileprivate func sentence(_ project: String, _ by: String, neededBy dependents: String) -> String {
        switch self {
        case .leaves(let departure, let due, let reason):
            "\(by) asked for \(departure.words(of: project)), on \(due.day.readable), which is needed by \(dependents). "
                + "The reason given: “\(reason)”."
        case .stays(let departure):
            "Nothing comes of \(departure.words(of: project)), which is needed by \(dependents): the request is over."
        case .gone(let departure):
            "\(by) carried out \(departure.words(of: project)), which is needed by \(dependents)."
        case .statusSet(let status, let reason):
            "\(by) \(status.words(project)), which is needed by \(dependents)."
                + (reason.map { " The reason given: “\($0)”." } ?? "")
        }
    }
}

extension ProjectStatus {
    /// After who did it.
    fileprivate func words(_ project: String) -> String {
        switch self {
        case .active: "made the project \(project) active again"
        case .archived: "archived the project \(project)"
        case .quarantined: "put the project \(project) into quarantine"
        case .deprecated: "deprecated the project \(project)"
        }
    }
}

extension RemovalRequestEnd {
    /// Between whose act it was and what was asked for.
    fileprivate var words: String {
        switch self {
        case .carriedOut: "carried out"
        case .objected: "stopped"
        case .takenOver: "became an owner, and so ended"
        case .lapsed: "ended, because nobody had confirmed it when its day came,"
        }
    }
}

extension MandateEasing {
    fileprivate var sentence: String {
        switch self {
        case .ended: "The rule for critical projects was ended: it asks for nothing any more."
        case .dayTakenBack: "Critical projects refuse nobody for now: the day from which they would was taken back."
        case .postponed(let day):
            "What critical projects ask for was put off: nobody is refused before \(day.readable)."
        case .lowered(let assurance): "Critical projects ask for less from now on: \(assurance.words) at most."
        }
    }
}

extension SecurityEvent.Restored {
    fileprivate var words: String {
        switch self {
        case .everything: "all of it"
        case .release(let version): "the release \(version)"
        case .file(let file): "the file \(file.text)"
        }
    }
}
