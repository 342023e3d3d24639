import Accounts
import Journal
import UTC

extension SecurityEvent {
    /// What happened, in a sentence for the event log: `You added the security key “Blue”.`
    public var sentence: String {
        switch kind {
        case .registered: "The account was made."
        case .addressVerified: "The address \(of("address")) was verified."
        case .signedIn: "Signed in with \(of("means"))."
        case .signedInAnew: "Signed in with \(of("means")), in a browser in which this account was not before."
        case .signInFailed: "Somebody typed a wrong password."
        case .passwordMistyped: "A wrong password was typed in a browser in which you sign in."
        case .factorRefused: "A second factor was refused (\(of("code")))."
        case .factorNotShown:
            "Somebody typed the right password where this account never was, and did not show its second factor."
        case .signedOut: "Signed out."
        case .sessionEnded: "A session was ended: \(of("client"))."
        case .sessionsEnded: "All other sessions were ended."
        case .passwordChanged: "The password was changed."
        case .passwordReset: "The password was set anew by a link that was mailed."
        case .passwordLinkOffered: "\(of("by")) handed out a link with which the password can be set."
        case .passwordResetAsked: "A link to set the password anew was asked for."
        case .addressAdded: "The address \(of("address")) was added."
        case .addressRemoved: "The address \(of("address")) was removed."
        case .primaryAddressChanged: "The primary address was changed from \(of("before")) to \(of("address"))."
        case .enrolmentAsked: "The link to add a first second factor was asked for."
        case .firstFactorAdded: "The account got its first second factor: \(of("label"))."
        case .securityKeyAdded: "The security key “\(of("label"))” was added\(model)."
        case .securityKeyRenamed: "The security key “\(of("before"))” is now called “\(of("label"))”."
        case .securityKeyRemoved: "The security key “\(of("label"))” was removed."
        case .securityKeyFrozen: "The security key “\(of("label"))” was frozen: its counter went back."
        case .securityKeyLowered: "The make of the security key “\(of("label"))” is not vouched for any more."
        case .authenticatorAppAdded: "An authenticator app was added."
        case .authenticatorAppRemoved: "The authenticator app was removed."
        case .recoveryCodesMade: "Ten new recovery codes were made; those before are void."
        case .recoveryCodeUsed: "A recovery code was used; \(of("left")) are left."
        case .probationEnded: "\(of("by")) vouched for the new second factor: it counts from now on."
        case .tokenIssued: "The API token “\(of("label"))” was made."
        case .tokenRevoked: "The API token “\(of("label"))” was revoked."
        case .recoveryRequested: "Recovery of the account was asked for, because every second factor is lost."
        case .recoveryCancelled: "The recovery of the account was cancelled."
        case .recoveryApproved: "\(of("by")) vouched for the recovery of the account."
        case .recoveryCompleted: "The account was recovered without a second factor."
        case .roleGiven: "Became \(of("role")) of the project \(of("project")) (by \(of("by")))."
        case .mandateDelayed: "What the critical project \(of("project")) asks for was put off until \(of("until"))."
        case .roleTaken: "Is no \(of("role")) of the project \(of("project")) any more (by \(of("by")))."
        case .giveawayCodeIssued:
            "A code for free security keys from \(of("sponsor")) was given out (\(of("country")))."
        case .roleOffered: "\(of("by")) invited you to be \(of("role")) of the project \(of("project"))."
        case .invitationEnded:
            "The invitation to be \(of("role")) of the project \(of("project")) has ended: \(of("why"))."
        case .invitationDeclined: "\(of("user")) does not want to be \(of("role")) of the project \(of("project"))."
        case .collaboratorAdded:
            "\(of("user")) is now \(of("role")) of the project \(of("project")) (by \(of("by")))."
        case .collaboratorRemoved:
            "\(of("user")) is no \(of("role")) of the project \(of("project")) any more (by \(of("by")))."
        case .requirementRaised:
            "Publishing to the project \(of("project")) and changing it takes \(of("assurance")) from now on (by "
                + "\(of("by")))."
        case .projectDeleted: "The project \(of("project")) was deleted (by \(of("by")))."
        case .releaseDeleted:
            "The release \(of("version")) of the project \(of("project")) was deleted (by \(of("by")))."
        case .fileDeleted: "The file \(of("file")) of the project \(of("project")) was deleted (by \(of("by")))."
        case .projectRecreated: "The project \(of("project")), which was deleted, was made again (by \(of("by")))."
        case .projectRestored:
            "What was deleted of the project \(of("project")) was brought back: \(of("what")) (by \(of("by")))."
        }
    }

    private var model: String { details["model"].map { " (\($0))" } ?? "" }

    private func of(_ name: String) -> String { details[name] ?? "?" }

    /// What is mailed to the addresses of the account; nil where nothing is.
    ///
    /// - Parameters:
    ///   - user: the account.
    ///   - origin: where it was done, for the person to recognise.
    ///   - now: when it was done.
    public func letter(to user: Username, from origin: RequestOrigin, at now: Timestamp) -> Letter? {
        guard kind.audience != .nobody else { return nil }
        return Letter(
            subject: subject, name: user.display, paragraphs: [sentence] + whatFollows, facts: facts(origin, now),
            link: link, afterLink: [whatIfNot], reason: "This is an address of the account \(user).")
    }

    /// What is mailed to those who own a project together with the account's holder; nil where nothing is.
    public func letter(toCoOwner coOwner: Username, of user: Username) -> Letter? {
        guard kind.audience == .accountAndCoOwners else { return nil }
        return switch kind {
        case .firstFactorAdded:
            Letter(
                subject: "\(user) added a second factor", name: coOwner.display,
                paragraphs: [
                    "\(user), with whom you own a project, has just added a first second factor to their account. "
                        + "Until \(of("until")) it gives no right on projects that require two factors, in case "
                        + "it is not theirs.",
                    "If you own each of their projects that ask for two factors, and know that it was \(user) (ask them by "
                        + "another way than mail), you can vouch for it and spare them the wait. If it was not, tell the "
                        + "people who run this index.",
                ], link: Letter.Link("Vouch for \(user)", path: "/account/vouch/\(user.normalized)/"),
                reason: "You own a project together with \(user).")
        case .recoveryRequested:
            Letter(
                subject: "\(user) asks to recover their account", name: coOwner.display,
                paragraphs: [
                    "Somebody who knows the password of \(user), with whom you own a project, says that every second "
                        + "factor of the account is lost. On \(of("until")) they will be let in without one.",
                    "If you own each of their projects that ask for two factors, and know that it is \(user) (ask them by "
                        + "another way than mail), you can vouch for them and spare them the wait. If it is not, tell \(user), who can cancel it, and the people who run "
                        + "this index.",
                ], link: Letter.Link("Vouch for \(user)", path: "/account/vouch/\(user.normalized)/"),
                reason: "You own a project together with \(user).")
        case .mandateDelayed:
            Letter(
                subject: "\(user) asked for more time for \(of("project"))", name: coOwner.display,
                paragraphs: [
                    "\(user), with whom you own a project, put off what the critical project \(of("project")) asks of "
                        + "those who can change it. Until \(of("until")) they can publish to it as before. It can be "
                        + "done once, and is on record.",
                    "If you doubt that it was \(user), ask them by another way than mail, and tell the people who run "
                        + "this index.",
                ], reason: "You own a project together with \(user).")
        default:
            Letter(
                subject: "\(user) recovered their account", name: coOwner.display,
                paragraphs: [
                    "\(user), with whom you own a project, was let into their account without a second factor, after "
                        + (details["approved"] == nil
                            ? "the time in which everybody could object" : "somebody had vouched for them")
                        + ". For 72 hours the account has no right on projects that require two factors."
                ], reason: "You own a project together with \(user).")
        }
    }

    private var subject: String {
        switch kind {
        case .signedInAnew: "Your account was signed in to in a new browser"
        case .signInFailed: "Somebody typed a wrong password for your account"
        case .sessionEnded: "A session of yours was ended"
        case .passwordLinkOffered: "A link to set your password was handed out"
        case .passwordResetAsked: "Somebody asked to set your password anew"
        case .enrolmentAsked: "Somebody asked for the link to your first second factor"
        case .securityKeyRenamed: "A security key of your account was renamed"
        case .securityKeyLowered: "One of your security keys counts for less"
        case .sessionsEnded: "Your other sessions were ended"
        case .passwordChanged, .passwordReset: "Your password was changed"
        case .addressAdded: "An address was added to your account"
        case .addressRemoved: "An address was removed from your account"
        case .primaryAddressChanged: "Your primary address was changed"
        case .firstFactorAdded: "Your account has its first second factor"
        case .securityKeyAdded: "A security key was added to your account"
        case .securityKeyRemoved: "A security key was removed from your account"
        case .securityKeyFrozen: "One of your security keys was frozen"
        case .authenticatorAppAdded: "An authenticator app was added to your account"
        case .authenticatorAppRemoved: "The authenticator app was removed from your account"
        case .recoveryCodesMade: "New recovery codes for your account"
        case .recoveryCodeUsed: "A recovery code of your account was used"
        case .probationEnded: "Your second factor counts now"
        case .tokenIssued: "An API token was made for your account"
        case .tokenRevoked: "An API token of your account was revoked"
        case .recoveryRequested: "Somebody asks to recover your account"
        case .recoveryCancelled: "The recovery of your account was cancelled"
        case .recoveryApproved: "Somebody vouched for the recovery of your account"
        case .recoveryCompleted: "Your account was recovered"
        case .roleGiven: "You are now \(of("role")) of \(of("project"))"
        case .mandateDelayed: "You have until \(of("until")) for \(of("project"))"
        case .roleTaken: "Your role on \(of("project")) was taken away"
        case .giveawayCodeIssued: "Your code for free security keys"
        case .roleOffered: "\(of("by")) invites you to \(of("project"))"
        case .invitationEnded: "The invitation to \(of("project")) has ended"
        case .invitationDeclined: "\(of("user")) declined the invitation to \(of("project"))"
        case .collaboratorAdded: "\(of("user")) is now \(of("role")) of \(of("project"))"
        case .collaboratorRemoved: "\(of("user")) is no longer \(of("role")) of \(of("project"))"
        case .requirementRaised: "\(of("project")) asks for more"
        case .projectDeleted: "The project \(of("project")) was deleted"
        case .releaseDeleted: "\(of("project")) \(of("version")) was deleted"
        case .fileDeleted: "A file of \(of("project")) was deleted"
        case .projectRecreated: "The project \(of("project")) was made again"
        case .projectRestored: "\(of("project")) was brought back"
        case .addressVerified: "An address of your account was verified"
        case .factorRefused: "Somebody failed to show your second factor"
        case .factorNotShown: "Somebody knows your password"
        case .registered, .signedIn, .passwordMistyped, .signedOut: "Your account"
        }
    }

    private var whatFollows: [String] {
        switch kind {
        case .firstFactorAdded:
            [
                "From now on signing in takes it. Until \(of("until")) it gives no right on projects that require two "
                    + "factors, in case it is not yours; a co-owner with a second factor can vouch for you before."
            ]
        case .signInFailed:
            [
                "If you mistyped it, there is nothing to do. You hear of this once a day at most, and never of what was "
                    + "typed in a browser in which you signed in before; the event log has each time."
            ]
        case .passwordLinkOffered:
            ["Whoever has the link can set the password within seven days, and needs your second factor all the same."]
        case .passwordResetAsked, .enrolmentAsked:
            ["The link went to your primary address. It works once, for an hour."]
        case .securityKeyLowered:
            [
                "It was found that keys of its make cannot be told from copies, or the people who run this index do not "
                    + "trust its maker any more. It still signs you in; what takes a key whose make is attested, it no "
                    + "longer opens, nor do the API tokens that were made with it."
            ]
        case .factorRefused:
            [
                "Whoever it was, they knew the password or had the key. If you mistyped a code, there is nothing to do. You "
                    + "hear of this once a day at most; the event log has each time."
            ]
        case .factorNotShown:
            [
                "If it was you, there is nothing to do. If it was not, the second factor kept them out: change the password, "
                    + "here and wherever else you use it. You hear of this once a day at most; the event log has each time."
            ]
        case .passwordReset, .passwordChanged:
            [
                (kind == .passwordReset ? "All sessions have ended" : "All other sessions have ended")
                    + ", and so have the API tokens that were made with a password only"
                    + (details["tokens"].map { $0 == "0" ? ": there were none." : ": \($0)." } ?? ".")
            ]
        case .securityKeyFrozen:
            [
                "A key counts its uses. This one showed a lower number than before, which happens when there is a copy "
                    + "of it. It is not taken any more; sign in with another factor and remove it.",
                "The sessions that it opened have ended, and the API tokens that were made in them are revoked"
                    + (details["tokens"].map { $0 == "0" ? ": there were none." : ": \($0)." } ?? "."),
            ]
        case .recoveryCodeUsed:
            [
                "The session in which it was used can only add a security key or an authenticator app. For 72 hours "
                    + "the account has no right on projects that require two factors."
            ]
        case .recoveryRequested:
            [
                "Whoever asked knows your password. On \(of("until")) they will be let in without a second factor, "
                    + "unless you cancel it from a session in which you are signed in."
            ]
        case .mandateDelayed:
            [
                "Until then you can publish to it and change it as before. This can be done once for each project; add a "
                    + "security key or an authenticator app before the time is over."
            ]
        case .recoveryCompleted:
            [
                "For 72 hours the account has no right on projects that require two factors. The factors that were there before "
                    + "stay for as long at least: whoever has one of them can sign in with it and remove the new one."
            ]
        case .tokenIssued:
            ["It was made in a session with: \(of("assurance"))."]
        case .giveawayCodeIssued:
            [
                "It is good for \(of("keys")) once. It is not in this mail: the page below shows it to whoever is signed in "
                    + "to your account, for as long as you need it. Order the keys with it, and add them to your account "
                    + "when they come."
            ]
        case .roleOffered:
            [
                "You can accept or decline it until \(of("until")). If you do nothing, nothing happens."
            ]
        case .projectDeleted, .releaseDeleted, .fileDeleted:
            [
                "It is gone from the pages and from the Simple API. Files keep their addresses, so that what asks for "
                    + "them by their hash goes on working, and their names are never given to others. The people who run "
                    + "this index can bring it back."
            ]
        case .requirementRaised:
            ["What you lack for it you can add at your second factors. Downloading and yanking are never refused."]
        default: []
        }
    }

    private func facts(_ origin: RequestOrigin, _ now: Timestamp) -> [Letter.Fact] {
        var facts = [Letter.Fact("When", "\(now.day) \(now.hourAndMinute) UTC")]
        if !origin.address.isEmpty { facts.append(Letter.Fact("From", origin.address)) }
        if !origin.client.isEmpty { facts.append(Letter.Fact("With", origin.clientWords)) }
        return facts
    }

    private var link: Letter.Link {
        switch kind {
        case .recoveryRequested: Letter.Link("Cancel the recovery", path: "/account/recover/")
        case .giveawayCodeIssued: Letter.Link("See the code", path: "/security-key-giveaway/")
        case .roleOffered: Letter.Link("See the invitation", path: "/manage/projects/")
        case .requirementRaised: Letter.Link("Look at your second factors", path: "/manage/account/two-factor/")
        case .invitationDeclined, .collaboratorAdded, .collaboratorRemoved, .projectDeleted, .releaseDeleted,
            .fileDeleted, .projectRecreated, .projectRestored:
            Letter.Link("Look at your projects", path: "/manage/projects/")
        default: Letter.Link("Look at your account", path: "/manage/account/")
        }
    }

    private var whatIfNot: String {
        switch kind {
        case .probationEnded, .roleGiven, .roleTaken, .invitationDeclined, .requirementRaised, .securityKeyLowered,
            .passwordLinkOffered:
            "If that surprises you, ask them."
        case .roleOffered: "If you do not know them, decline."
        case .invitationEnded: "There is nothing to do."
        case .collaboratorAdded, .collaboratorRemoved, .projectDeleted, .releaseDeleted, .fileDeleted,
            .projectRecreated, .projectRestored:
            "If that surprises you, ask them, and tell the people who run this index."
        case .signInFailed:
            "If it was not you, there is nothing to do as long as your password is good and used nowhere else."
        case .recoveryRequested: "If it was you, there is nothing to do but wait."
        case .giveawayCodeIssued:
            "If it was not you, somebody is signed in to your account: change your password at once and end all other "
                + "sessions. The code stays yours; use it before they do."
        default:
            "If it was not you, change your password at once, end all other sessions, and tell the people who run this "
                + "index."
        }
    }
}

extension Letter {
    /// The same for an address that was removed from the account: whoever reads it there cannot sign in any more, perhaps.
    ///
    /// - Parameter until: how long that address hears of the account.
    public func toFormerAddress(of user: Username, until: Timestamp) -> Letter {
        var letter = self
        letter.afterLink = [
            "This address was removed from the account. If it was not you, tell the people who run this index, who can end "
                + "what was done."
        ]
        letter.reason =
            "This was an address of the account \(user) until it was removed. Until \(until.day) it hears what happens to "
            + "the account."
        return letter
    }
}
