import Accounts
import Acts
import Journal
import PackagingFormats
import Policy
import UTC

// What is mailed to the holder of an account, beside the sentence: all of it in one row for each event.

extension SecurityEvent {
    /// What is mailed to the addresses of the account; nil where nothing is.
    ///
    /// - Parameters:
    ///   - user: the account.
    ///   - origin: where it was done, for the person to recognise.
    ///   - now: when it was done.
    public func letter(to user: Username, from origin: RequestOrigin, at now: Timestamp) -> Letter? {
        guard let words = wordsToHolder else { return nil }
        var facts = [Letter.Fact("When", now.minuteUTC)]
        if !origin.address.isEmpty { facts.append(Letter.Fact("From", origin.address)) }
        if !origin.client.isEmpty { facts.append(Letter.Fact("With", origin.clientWords)) }
        return Letter(
            subject: words.subject, name: user.display, paragraphs: [sentence] + words.follows, facts: facts,
            link: words.link, afterLink: [words.ifNot], reason: "This is an address of the account \(user).")
    }

    /// What belongs to the sentence in a letter; nil where none is written.
    private var wordsToHolder: Words? {
        switch self {
        case .access(let event): event.words
        case .password(let event): event.words
        case .address(let event): event.words
        case .factor(let event): event.words
        case .tokenIssued(_, let assurance):
            Words("An API token was made for your account", "It was made in a session with: \(assurance.words).")
        case .tokenRevoked: Words("An API token of your account was revoked")
        case .recovery(let event): event.words
        case .ownRole(let change, let role, let project): change.words(role.rawValue, project.display)
        case .collaborator(let change, let user, let role, let project):
            change.words(user.display, role.rawValue, project.display)
        case .project(let change, let project, _): change.words(project.display)
        case .mandateDelayed(let project, let until):
            Words(
                "You have until \(until.day.readable) for \(project)",
                "Until then you can publish to it and change it as before. This can be done once for each project; add a "
                    + "security key or an authenticator app before the time is over.")
        case .giveawayCodeIssued(_, _, _, let keys):
            Words(
                "Your code for free security keys",
                "It is good for \(keys == 1 ? "one key" : "\(keys) keys") once. It is not in this mail: the page below "
                    + "shows it to anyone who is signed in to your account, for as long as you need it. Order the keys with it, "
                    + "and add them to your account when they come.",
                link: Letter.Link("See the code", to: .giveaway),
                ifNot:
                    "If it was not you, somebody is signed in to your account: change your password at once and end all "
                    + "other sessions. The code stays yours; use it before they do.")
        case .unknown: nil
        }
    }

    /// What belongs to the sentence in a letter.
    fileprivate struct Words {
        /// What the mail is called.
        let subject: String
        /// What follows from it, a paragraph each.
        let follows: [String]
        let link: Letter.Link
        /// What to do if it was not the holder.
        let ifNot: String

        init(
            _ subject: String, _ follows: String...,
            link: Letter.Link = Letter.Link("Look at your account", to: .account),
            ifNot: String =
                "If it was not you, change your password at once, end all other sessions, and tell the people "
                + "who run this index."
        ) {
            self.subject = subject
            self.follows = follows
            self.link = link
            self.ifNot = ifNot
        }

        static let askThem = "If that surprises you, ask them."
        static let askThemAndTell = "If that surprises you, ask them, and tell the people who run this index."
        static let projects = Letter.Link("Look at your projects", to: .projects)
        /// Before "on projects that require two factors".
        static let noRight = "For \(Probation.length.inHours) the account has no right"

        /// How many API tokens ended, after what says that they did.
        static func ended(_ tokens: Int) -> String { tokens == 0 ? ": there were none." : ": \(tokens)." }
    }
}

extension SecurityEvent.Access {
    fileprivate var words: SecurityEvent.Words? {
        switch self {
        // Of a new account its address hears by the link that verifies it. The others are what a person does day by day
        // in a browser of their own, and they give nobody anything.
        case .registered, .signedIn, .passwordMistyped, .signedOut: nil
        case .signedInFromNewBrowser: .init("Your account was signed in to in a new browser")
        case .signInFailed:
            .init(
                "Somebody typed a wrong password for your account",
                "If you mistyped it, there is nothing to do. You hear of this once a day at most, and never of what was "
                    + "typed in a browser in which you signed in before; the event log has each time.",
                ifNot:
                    "If it was not you, there is nothing to do as long as your password is good and used nowhere else.")
        case .factorRefused:
            .init(
                "Somebody failed to show your second factor",
                "Somebody knew the password or had the key. If you mistyped a code, there is nothing to do. You "
                    + "hear of this once a day at most; the event log has each time.")
        case .factorNotShown:
            .init(
                "Somebody knows your password",
                "If it was you, there is nothing to do. If it was not, the second factor kept them out: change the password, "
                    + "here and wherever else you use it. You hear of this once a day at most; the event log has each time."
            )
        case .sessionEnded: .init("A session of yours was ended")
        case .sessionsEnded: .init("Your other sessions were ended")
        }
    }
}

extension SecurityEvent.PasswordChange {
    fileprivate var words: SecurityEvent.Words {
        let tokens = "and so have the API tokens that were made with a password only"
        return switch self {
        case .changed(let ended):
            .init(
                "Your password was changed",
                "All other sessions have ended, \(tokens)\(SecurityEvent.Words.ended(ended))")
        case .reset(let ended):
            .init("Your password was changed", "All sessions have ended, \(tokens)\(SecurityEvent.Words.ended(ended))")
        case .linkOffered:
            .init(
                "A link to set your password was handed out",
                "Anyone who has the link can set the password within \(OneTimeLink.Purpose.setPassword.lifetime.inDays), and "
                    + "needs your second factor all the same.", ifNot: SecurityEvent.Words.askThem)
        case .resetAsked:
            .init(
                "Somebody asked to reset your password",
                "The link went to your primary address. It works once, for "
                    + "\(OneTimeLink.Purpose.resetPassword.lifetime.inLetters).")
        }
    }
}

extension SecurityEvent.AddressChange {
    fileprivate var words: SecurityEvent.Words {
        switch self {
        case .added: .init("An address was added to your account")
        case .removed: .init("An address was removed from your account")
        case .verified: .init("An address of your account was verified")
        case .primaryChanged: .init("Your primary address was changed")
        }
    }
}

extension SecurityEvent.FactorChange {
    fileprivate var words: SecurityEvent.Words {
        switch self {
        case .enrolmentAsked:
            .init(
                "Somebody asked for the link to your second factor",
                "The link went to your primary address. It works once, for "
                    + "\(OneTimeLink.Purpose.enrolFirstFactor.lifetime.inLetters).")
        case .firstAdded(_, let counts):
            .init(
                "Your account has a second factor",
                "From now on signing in takes it. Until \(counts.minuteUTC) it gives no right on projects that "
                    + "require two factors, in case it is not yours; a co-owner with a second factor can vouch for you before."
            )
        case .keyAdded: .init("A security key was added to your account")
        case .keyRenamed: .init("A security key of your account was renamed")
        case .keyRemoved: .init("A security key was removed from your account")
        case .keyFrozen(_, let ended):
            .init(
                "One of your security keys was frozen",
                "A key counts its uses. This one showed a lower number than before, which happens when there is a copy "
                    + "of it. It is not taken any more; sign in with another factor and remove it.",
                "The sessions that it opened have ended, and the API tokens that were made in them are revoked"
                    + SecurityEvent.Words.ended(ended))
        case .attestationDowngraded:
            .init(
                "One of your security keys counts for less",
                "It was found that keys of its model cannot be told from copies, or the people who run this index do not "
                    + "trust its manufacturer any more. It still signs you in; what takes a key whose model is attested, it no "
                    + "longer opens, nor do the API tokens that were made with it.", ifNot: SecurityEvent.Words.askThem)
        case .appAdded: .init("An authenticator app was added to your account")
        case .appRemoved: .init("The authenticator app was removed from your account")
        case .codesMade: .init("New recovery codes for your account")
        case .codeUsed:
            .init(
                "A recovery code of your account was used",
                "The session in which it was used can only add a security key or an authenticator app. "
                    + "\(SecurityEvent.Words.noRight) on projects that require two factors.")
        case .probationEnded: .init("Your second factor counts now", ifNot: SecurityEvent.Words.askThem)
        }
    }
}

extension SecurityEvent.RecoveryStep {
    fileprivate var words: SecurityEvent.Words {
        switch self {
        case .requested(let due):
            .init(
                "Somebody asks to recover your account",
                "Anyone who asked knows your password. On \(due.minuteUTC) they will be let in without a second factor, "
                    + "unless you cancel it from a session in which you are signed in.",
                link: Letter.Link("Cancel the recovery", to: .recovery),
                ifNot: "If it was you, there is nothing to do but wait.")
        case .cancelled: .init("The recovery of your account was cancelled")
        case .approved: .init("Somebody vouched for the recovery of your account")
        case .completed:
            .init(
                "Your account was recovered",
                "\(SecurityEvent.Words.noRight) on projects that require two factors. The factors that were there before "
                    + "stay for as long at least: anyone who has one of them can sign in with it and remove the new one."
            )
        }
    }
}

extension SecurityEvent.RoleChange {
    fileprivate func words(_ role: String, _ project: String) -> SecurityEvent.Words {
        switch self {
        case .given: .init("You are now \(role) of \(project)", ifNot: SecurityEvent.Words.askThem)
        case .taken: .init("Your role on \(project) was taken away", ifNot: SecurityEvent.Words.askThem)
        case .offered(let by, let until):
            .init(
                "\(by) invites you to \(project)",
                "You can accept or decline it until \(until.minuteUTC). If you do nothing, nothing happens.",
                link: Letter.Link("See the invitation", to: .projects), ifNot: "If you do not know them, decline.")
        case .invitationEnded:
            .init("The invitation to \(project) has ended", ifNot: "There is nothing to do.")
        }
    }
}

extension SecurityEvent.CollaboratorChange {
    fileprivate func words(_ user: String, _ role: String, _ project: String) -> SecurityEvent.Words {
        typealias Words = SecurityEvent.Words
        return switch self {
        case .added:
            Words("\(user) is now \(role) of \(project)", link: Words.projects, ifNot: Words.askThemAndTell)
        case .removed:
            Words("\(user) is no longer \(role) of \(project)", link: Words.projects, ifNot: Words.askThemAndTell)
        case .declined:
            Words("\(user) declined the invitation to \(project)", link: Words.projects, ifNot: Words.askThem)
        }
    }
}

extension SecurityEvent.ProjectChange {
    fileprivate func words(_ project: String) -> SecurityEvent.Words {
        typealias Words = SecurityEvent.Words
        func gone(_ subject: String) -> Words {
            Words(
                subject,
                "It is gone from the pages and from the Simple API. Files keep their addresses, so that what asks for "
                    + "them by their hash goes on working, and their names are never given to others. The people who run "
                    + "this index can bring it back.", link: Words.projects, ifNot: Words.askThemAndTell)
        }
        return switch self {
        case .requirementRaised:
            Words(
                "\(project) asks for more",
                "What you lack for it you can add at your second factors. Downloading and yanking are never refused.",
                link: Letter.Link("Look at your second factors", to: .factors), ifNot: Words.askThem)
        case .deleted: gone("The project \(project) was deleted")
        case .releaseDeleted(let version): gone("\(project) \(version) was deleted")
        case .fileDeleted: gone("A file of \(project) was deleted")
        case .recreated:
            Words("The project \(project) was made again", link: Words.projects, ifNot: Words.askThemAndTell)
        case .restored: Words("\(project) was brought back", link: Words.projects, ifNot: Words.askThemAndTell)
        }
    }
}

extension Letter {
    /// The same for an address that was removed from the account: anyone who reads it there cannot sign in any more,
    /// perhaps.
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
