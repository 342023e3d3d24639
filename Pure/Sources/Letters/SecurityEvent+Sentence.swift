import Accounts
import Acts
import Journal
import PackagingFormats
import UTC

// What happened to an account, for its holder: in a sentence of the event log, with which the mail begins, too.

extension SecurityEvent {
    /// What happened, in a sentence: `The security key “Blue” was added.`
    public var sentence: String {
        switch self {
        case .access(let event): event.sentence
        case .password(let event): event.sentence
        case .address(let event): event.sentence
        case .factor(let event): event.sentence
        case .tokenIssued(let label, _): "The API token “\(label)” was made."
        case .tokenRevoked(let label): "The API token “\(label)” was revoked."
        case .recovery(let event): event.sentence
        case .ownRole(let change, let role, let project): change.sentence(role.rawValue, project.display)
        case .collaborator(let change, let user, let role, let project):
            change.sentence(user.display, role.rawValue, project.display)
        case .project(let change, let project, let by): change.sentence(project.display, "(by \(by))")
        case .mandateDelayed(let project, let until):
            "What the critical project \(project) asks for was put off until \(until.day.readable)."
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
            "Signed in with \(means.words), in a browser in which this account was not before."
        case .signInFailed: "Somebody typed a wrong password."
        case .passwordMistyped: "A wrong password was typed in a browser in which you sign in."
        case .factorRefused(let code): "A second factor was refused (\(code))."
        case .factorNotShown:
            "Somebody typed the right password where this account never was, and did not show its second factor."
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
        case .linkOffered(let by): "\(by) handed out a link with which the password can be set."
        case .resetAsked: "A link to reset the password was asked for."
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
        case .firstAdded(let label, _): "The account got its second factor: \(label)."
        case .keyAdded(let label, let model):
            "The security key “\(label)” was added\(model.map { " (\($0))" } ?? "")."
        case .keyRenamed(let before, let label): "The security key “\(before)” is now called “\(label)”."
        case .keyRemoved(let label): "The security key “\(label)” was removed."
        case .keyFrozen(let label, _): "The security key “\(label)” was frozen: its counter went back."
        case .attestationDowngraded(let label): "The security key “\(label)” no longer counts as attested."
        case .appAdded: "An authenticator app was added."
        case .appRemoved: "The authenticator app was removed."
        case .codesMade: "Ten new recovery codes were made; those before are void."
        case .codeUsed(let left): "A recovery code was used; \(left) are left."
        case .probationEnded(let by): "\(by) vouched for the new second factor: it counts from now on."
        }
    }
}

extension SecurityEvent.RecoveryStep {
    fileprivate var sentence: String {
        switch self {
        case .requested: "Recovery of the account was asked for, because every second factor is lost."
        case .cancelled: "The recovery of the account was cancelled."
        case .approved(let by): "\(by) vouched for the recovery of the account."
        case .completed: "The account was recovered without a second factor."
        }
    }
}

extension SecurityEvent.RoleChange {
    fileprivate func sentence(_ role: String, _ project: String) -> String {
        switch self {
        case .given(let by): "Became \(role) of the project \(project) (by \(by))."
        case .taken(let by): "Is no \(role) of the project \(project) any more (by \(by))."
        case .offered(let by, _): "\(by) invited you to be \(role) of the project \(project)."
        case .invitationEnded(let end):
            "The invitation to be \(role) of the project \(project) has ended: \(end.words)."
        }
    }
}

extension SecurityEvent.EndOfInvitation {
    /// After a colon.
    fileprivate var words: String {
        switch self {
        case .takenBack(let by): "\(by) took it back"
        case .projectDeleted: "the project was deleted"
        case .becameCritical: "the project is critical from now on, and roles there take more"
        }
    }
}

extension SecurityEvent.CollaboratorChange {
    fileprivate func sentence(_ user: String, _ role: String, _ project: String) -> String {
        switch self {
        case .added(let by): "\(user) is now \(role) of the project \(project) (by \(by))."
        case .removed(let by): "\(user) is no \(role) of the project \(project) any more (by \(by))."
        case .declined: "\(user) does not want to be \(role) of the project \(project)."
        }
    }
}

extension SecurityEvent.ProjectChange {
    fileprivate func sentence(_ project: String, _ by: String) -> String {
        switch self {
        case .requirementRaised(let assurance):
            "Publishing to the project \(project) and changing it takes \(assurance.words) from now on \(by)."
        case .deleted: "The project \(project) was deleted \(by)."
        case .releaseDeleted(let version): "The release \(version) of the project \(project) was deleted \(by)."
        case .fileDeleted(let file): "The file \(file.text) of the project \(project) was deleted \(by)."
        case .recreated: "The project \(project), which was deleted, was made again \(by)."
        case .restored(let what):
            "What was deleted of the project \(project) was brought back: \(what.words) \(by)."
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
