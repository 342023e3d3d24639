import Accounts
import Acts
import Journal
import Leaving
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
    ///   - context: what it is about for this person.
    ///   - now: when it was done.
    public func letter(
        to user: Username, from origin: RequestOrigin, in context: LetterContext = LetterContext(), at now: Timestamp
    ) -> Letter? {
        guard let words = wordsToHolder(in: context, at: now) else { return nil }
        var facts = [Letter.Fact("When", now.readableMinute)]
        if !origin.address.isEmpty { facts.append(Letter.Fact("IP address", origin.address)) }
        if !origin.client.isEmpty { facts.append(Letter.Fact("Browser", origin.clientWords)) }
        return Letter(
            subject: words.subject, name: user.display, paragraphs: [sentence] + words.follows, facts: facts,
            link: words.link, afterLink: [actor == user.display ? Words.ifNot() : words.ifNot],
            reason: "This is an address of the account \(user).")
    }

    /// Who did it to a project or another's role: it may have been the one who is told.
    private var actor: String? {
        switch self {
        case .project(_, _, let by), .collaborator(.added(let by, _), _, _, _),
            .collaborator(.removed(let by), _, _, _):
            by
        case .access, .password, .standing, .address, .factor, .tokenIssued, .tokenRevoked, .recovery, .ownRole,
            .collaborator(.declined, _, _, _), .collaborator(.returned, _, _, _), .collaborator(.waits, _, _, _),
            .mandateDelayed, .mandateEased,
            .giveawayCodeIssued, .unknown:
            nil
        }
    }

    /// What belongs to the sentence in a letter; nil where none is written.
    private func wordsToHolder(in context: LetterContext, at now: Timestamp) -> Words? {
        switch self {
        case .access(let event): event.words
        case .password(let event): event.words
        case .standing(let event, let by): event.words(by, in: context)
        case .address(let event): event.words
        case .factor(let event): event.words(in: context, at: now)
        case .tokenIssued(_, let assurance):
            Words(
                "An API token was made for your account",
                assurance <= .password
                    ? "It was made with a password only: projects that require two factors refuse it."
                    : "It was made by somebody who was signed in with \(assurance.words).",
                ifNot: Words.ifNot("revoke it"))
        case .tokenRevoked: Words("An API token of your account was revoked")
        case .recovery(let event): event.words(in: context, at: now)
        case .ownRole(let change, let role, let project): change.words(role.rawValue, project, in: context)
        case .collaborator(let change, let user, let role, let project):
            change.words(
                user.display, role.rawValue, project.display,
                vouching: Letter.Link("Look whether you can vouch", to: .vouch(for: user)))
        case .project(let change, let project, let by): change.words(project, by)
        case .mandateDelayed(let project, let until):
            Words(
                "You have until \(until.day.readable) for \(project)",
                "Until then you can publish to it and change it as before. \(context.toAdd) It can be put off only once.",
                link: Letter.Link(context.buttonToAdd, to: .factors))
        case .mandateEased(let easing):
            Words(
                easing.subject,
                "The people who run this index decided that, for all critical projects"
                    + (context.projects.isEmpty ? ". " : ": of yours, for \(context.names). ")
                    + "What the owners of a project ask for stays as it is, and so do your second factors: they protect "
                    + "your account all the same.",
                link: easing.leavesToAdd && context.missing != nil
                    ? Letter.Link(context.buttonToAdd, to: .factors) : Letter.Link("See what is asked", to: .security),
                ifNot: easing.leavesToAdd && context.missing != nil
                    ? "There is nothing to do today. \(context.toAdd)" : "There is nothing to do.")
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
            ifNot: String = Self.ifNot()
        ) {
            self.subject = subject
            self.follows = follows
            self.link = link
            self.ifNot = ifNot
        }

        /// - Parameter first: what undoes it.
        static func ifNot(_ first: String? = nil) -> String {
            "If it was not you, \(first.map { "\($0), " } ?? "")change your password at once, end all other sessions, and tell "
                + "\(people)."
        }

        private static let people = "the people who run this index"

        /// Whether somebody acted for the index: to ask them is to ask those who run it.
        private static func isOfIndex(_ by: String) -> Bool {
            [Actor.operatorAtMachine, .index].contains { $0.displayName == by }
        }

        /// - Parameter by: who did it.
        static func ask(_ by: String) -> String { "If that surprises you, ask \(isOfIndex(by) ? people : by)." }

        /// Likewise; where those who run the index did not do it themselves, they should know.
        static func askAndTell(_ by: String) -> String {
            isOfIndex(by) ? ask(by) : "If that surprises you, ask \(by), and tell \(people)."
        }

        static let projects = Letter.Link("Look at your projects", to: .projects)

        /// - Parameter doubt: what may not have been the holder: `used it`.
        static func noRight(unlessYou doubt: String, _ context: LetterContext, at now: Timestamp) -> String {
            "In case it was not you who \(doubt), your account cannot publish to projects that require two factors until "
                + "\((now + Probation.length).readableMinute), nor change them. \(context.requiring)"
        }

        /// From when a factor counts.
        static func countsNow(_ context: LetterContext) -> String {
            "You can publish to projects that require two factors, and change them. \(context.requiring) \(newTokens)"
        }

        /// What a factor that counts now does not change.
        static let newTokens =
            "API tokens that you made without your second factor stay refused there: sign in with it, and make new ones."

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
        case .linkOffered(let by):
            .init(
                "A link to set your password was handed out",
                "Anyone who has the link can set the password within \(OneTimeLink.Purpose.setPassword.lifetime.inDays), and "
                    + "needs your second factor all the same.", ifNot: SecurityEvent.Words.ask(by))
        case .resetAsked:
            .init(
                "Somebody asked to reset your password",
                "The link went to your primary address. It works once, for "
                    + "\(OneTimeLink.Purpose.resetPassword.lifetime.inLetters).")
        }
    }
}

extension SecurityEvent.StandingChange {
    fileprivate func words(_ by: String, in context: LetterContext) -> SecurityEvent.Words {
        switch self {
        case .disabled:
            .init(
                "Your account was disabled",
                "All sessions have ended. Until it is enabled again nobody can sign in to it, and its API tokens are refused. "
                    + "Your projects, roles and files stay as they are, and other owners can go on.",
                link: Letter.Link("The page to sign in says the reason, too", to: .signIn),
                ifNot: "If that surprises you, ask the people who run this index: they can enable it.")
        case .enabled:
            .init(
                "Your account can be used again", "Your roles and API tokens are as they were. Sign in anew.",
                link: Letter.Link("Sign in", to: .signIn), ifNot: SecurityEvent.Words.ask(by))
        case .administratorMade(let until):
            .init(
                "You are an administrator of this index",
                "You can look after accounts, projects and what is asked of them. Most of it takes a second factor, and all of "
                    + "it is on record."
                    + (until == nil
                        ? ""
                        : " Until then you cannot publish to projects that require two factors either, nor change them: "
                            + "what could be done in the name of a new administrator is kept back for "
                            + "\(Probation.lengthWords). \(context.requiring)"),
                ifNot: SecurityEvent.Words.ask(by))
        case .administratorUnmade:
            .init("You are no administrator of this index any more", ifNot: SecurityEvent.Words.ask(by))
        case .deletionAsked(let due):
            .init(
                "Your account is to be deleted",
                "On \(due.readableMinute) your roles end, your addresses, your password, your second factors and your API "
                    + "tokens are deleted, and nobody signs in any more. What you published stays, with your name on it, and "
                    + "nobody else gets that name. Until then everything works as before.",
                link: Letter.Link("Look at it, and stop it", to: .accountDeletion),
                ifNot:
                    "If it was not you, stop it there, change your password, end all other sessions, and tell the people who "
                    + "run this index.")
        case .deletionStopped: .init("Your account stays", link: Letter.Link("Look at your account", to: .account))
        case .deleted:
            .init(
                "Your account was deleted",
                "This is the last mail about it. What you published stays, with your name on it, and nobody else gets that "
                    + "name.", link: Letter.Link("The page to sign in", to: .signIn),
                ifNot: "If that surprises you, ask the people who run this index.")
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
    fileprivate func words(in context: LetterContext, at now: Timestamp) -> SecurityEvent.Words {
        switch self {
        case .enrolmentAsked:
            .init(
                "Somebody asked for the link to your second factor",
                "The link went to your primary address. It works once, for "
                    + "\(OneTimeLink.Purpose.enrolFirstFactor.lifetime.inLetters).")
        case .firstAdded(_, let outcome):
            .init(
                "Your account has a second factor",
                outcome.followsInLetter(in: context))
        case .keyAdded: .init("A security key was added to your account", ifNot: SecurityEvent.Words.ifNot("remove it"))
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
                    + "longer opens, nor do the API tokens that were made with it.",
                ifNot: "If that surprises you, ask the people who run this index.")
        case .appAdded:
            .init("An authenticator app was added to your account", ifNot: SecurityEvent.Words.ifNot("remove it"))
        case .appRemoved: .init("The authenticator app was removed from your account")
        case .codesMade: .init("New recovery codes for your account", "Throw the old ones away.")
        case .codeUsed:
            .init(
                "A recovery code of your account was used",
                "All that it allows is to add a security key or an authenticator app. "
                    + SecurityEvent.Words.noRight(unlessYou: "used it", context, at: now))
        case .probationEnded(let by, let elsewhere):
            .init(
                elsewhere == nil ? "Your second factor counts now" : "Your second factor counts now on what \(by) owns",
                elsewhere == nil
                    ? SecurityEvent.Words.countsNow(context)
                    : "\(context.requiringOf(by)) \(SecurityEvent.Words.newTokens)",
                link: Letter.Link("Make new API tokens", to: .tokens), ifNot: SecurityEvent.Words.ask(by))
        case .vouchingEnded:
            .init(
                "Your second factor has to wait again",
                "It is nothing that you did: their word holds on the projects that they own, while their account is in use. "
                    + "Until then you cannot publish to projects of others that require two factors, nor change them"
                    + (context.projects.isEmpty ? ". " : ": of those on which they vouched for you, \(context.names). ")
                    + "Another owner can vouch for you; the page of your second factors has the address that you pass on.",
                link: Letter.Link("Look at your second factors", to: .factors),
                ifNot: "If that surprises you, ask the people who run this index.")
        case .probationOver:
            .init(
                "Your second factor counts now", SecurityEvent.Words.countsNow(context),
                link: Letter.Link("Make new API tokens", to: .tokens))
        case .disowned:
            .init(
                "Your second factor was frozen",
                "It proves nothing any more, and signing in takes the password alone again. Anyone who added the factor knows "
                    + "the password: reset it now. Then add a factor of your own, or this one again if it was yours; it "
                    + "counts \(Probation.lengthWords) after that." + context.rolesToLookAt,
                link: Letter.Link("Reset the password", to: .passwordReset),
                ifNot:
                    "If you did not say that, somebody reads the mail of one of your addresses, or of one that was yours. "
                    + "They cannot sign in by it, and a new factor waits.")
        }
    }
}

extension Letter {
    /// The same with the link by which everything can be frozen that a first factor made possible, if it was not the
    /// holder who added it.
    public func disowning(by link: MailedLink) -> Letter {
        var letter = self
        letter.link = Link("This was not me", path: link.path)
        letter.afterLink = [
            "If it was you, there is nothing to do. If not, press the button, within "
                + "\(OneTimeLink.Purpose.disownFactors.lifetime.inDays): it freezes the factor and everything that was added "
                + "since, ends all sessions, and revokes the API tokens that were made since. It asks once more before, and "
                + "takes no password."
        ]
        return letter
    }
}

extension SecurityEvent.RecoveryStep {
    fileprivate func words(in context: LetterContext, at now: Timestamp) -> SecurityEvent.Words {
        switch self {
        case .requested(let due):
            .init(
                "Somebody asks to recover your account",
                "Anyone who asked knows your password. On \(due.readableMinute) they will be let in without a second factor, "
                    + "unless you cancel it from a session in which you are signed in.",
                link: Letter.Link("Cancel the recovery", to: .recovery),
                ifNot: "If it was you, there is nothing to do but wait.")
        case .cancelled(nil): .init("The recovery of your account was cancelled")
        case .cancelled(.some):
            .init(
                "The recovery of your account was cancelled",
                "Nobody is let in by it. Anyone who asked knows your password: if that was not you, change it.",
                ifNot: "If it was you who asked, talk to an administrator, and ask again.")
        case .approved: .init("Somebody vouched for the recovery of your account")
        case .completed:
            .init(
                "Your account was recovered",
                "\(SecurityEvent.Words.noRight(unlessYou: "recovered it", context, at: now)) The factors that were there before "
                    + "stay for as long at least: anyone who has one of them can sign in with it and remove the new one."
            )
        }
    }
}

extension SecurityEvent.RoleChange {
    fileprivate func words(_ role: String, _ name: ProjectName, in context: LetterContext) -> SecurityEvent.Words {
        let project = name.display
        return switch self {
        case .given(let by, _):
            .init(
                "You are now \(role) of \(project)", link: SecurityEvent.Words.projects,
                ifNot: SecurityEvent.Words.ask(by))
        case .taken(let by): .init("Your role on \(project) was taken away", ifNot: SecurityEvent.Words.ask(by))
        case .ownershipTaken(_, _, let until, _):
            .init(
                "You are no longer an owner of \(project)",
                "Until \(until.readableMinute) you can undo it yourself, no matter who did it: one click on the page below, and your "
                    + "second factor, or your password where you have none. Nobody has to agree. Until then no account of "
                    + "yours can be deleted either.",
                link: Letter.Link("Take the role back", to: .returning(name)),
                ifNot:
                    "If somebody else did it in your name, change your password first and end all other sessions; then take "
                    + "the role back, look who else is an owner, and tell the people who run this index.")
        case .returned:
            .init(
                "You are an owner of \(project) again",
                "Look who else is one. Those who became owners after you can take your role away again only once they were "
                    + "owners for \(RoleChangePolicy.settling.inDays).",
                link: Letter.Link("Look at your projects", to: .projects))
        case .offered(let by, let until):
            .init(
                "\(by) invites you to \(project)",
                "Accept or decline it before \(until.readableMinute). If you do nothing, nothing happens.",
                link: Letter.Link("See the invitation", to: .projects), ifNot: "If you do not know them, decline.")
        case .agreed:
            .init(
                "You accepted the invitation to \(project)",
                [
                    context.outlook?.explanation(hasAccepted: true)
                        ?? "The role is yours as soon as your account has what the project asks for.",
                    context.until.map { "It stays open for you until \($0.readableMinute)." },
                    context.outlook?.asksToAdd == false ? "There is nothing to do but wait." : nil,
                ].compactMap(\.self).joined(separator: " "),
                link: context.outlook?.asksToAdd == true
                    ? Letter.Link("Add what is missing", to: .factors)
                    : Letter.Link("See your invitations", to: .projects),
                ifNot:
                    "If it was not you, decline it among your projects, change your password, and end all other sessions."
            )
        case .invitationEnded:
            .init("The invitation to \(project) has ended", ifNot: "There is nothing to do.")
        }
    }
}

extension SecurityEvent.CollaboratorChange {
    fileprivate func words(
        _ user: String, _ role: String, _ project: String, vouching: Letter.Link
    ) -> SecurityEvent.Words {
        typealias Words = SecurityEvent.Words
        return switch self {
        case .added(let by, _):
            Words("\(user) is now \(role) of \(project)", link: Words.projects, ifNot: Words.askAndTell(by))
        case .removed(let by):
            Words("\(user) is no longer \(role) of \(project)", link: Words.projects, ifNot: Words.askAndTell(by))
        case .returned:
            Words("\(user) is an owner of \(project) again", link: Words.projects, ifNot: Words.askAndTell(user))
        case .waits:
            Words(
                "\(user) accepted the invitation to \(project)",
                "There is nothing to do. Once they only wait for a new second factor to count, you can vouch for it, if you "
                    + "know that it is theirs.",
                link: vouching, ifNot: Words.ask(user))
        case .declined:
            Words("\(user) declined the invitation to \(project)", link: Words.projects, ifNot: Words.ask(user))
        }
    }
}

extension SecurityEvent.ProjectChange {
    fileprivate func words(_ name: ProjectName, _ by: String) -> SecurityEvent.Words {
        typealias Words = SecurityEvent.Words
        let (project, ask, askAndTell) = (name.display, Words.ask(by), Words.askAndTell(by))
        func gone(_ subject: String) -> Words {
            Words(
                subject,
                "It is gone from the pages and from the Simple API. Files keep their addresses, so that what asks for "
                    + "them by their hash goes on working, and their names are never given to others. The people who run "
                    + "this index can bring it back.", link: Words.projects, ifNot: askAndTell)
        }
        return switch self {
        case .requirementRaised:
            Words(
                "\(project) asks for more",
                "What you lack for it you can add at your second factors. Downloading and yanking are never refused for that.",
                link: Letter.Link("Look at your second factors", to: .factors), ifNot: ask)
        case .requirementLowered:
            Words(
                "\(project) asks for less",
                "If it is critical, what this index asks for goes on being asked.", link: Words.projects,
                ifNot: askAndTell)
        case .statusSet(let status, _):
            switch status {
            case .active: Words("\(project) is active again", link: Words.projects, ifNot: askAndTell)
            case .archived:
                Words(
                    "\(project) was archived",
                    "It takes no new files, a repair of what is out there among them. An owner can make it active again.",
                    link: Words.projects, ifNot: askAndTell)
            case .quarantined:
                Words(
                    "\(project) was put into quarantine",
                    "It takes no new files, and installers do not find those that are there.", link: Words.projects,
                    ifNot: askAndTell)
            case .deprecated: Words("\(project) was deprecated", link: Words.projects, ifNot: askAndTell)
            }
        case .designationLifted:
            Words(
                "\(project) is critical no more",
                "Publishing to it and changing it takes what its owners ask for, and nothing beyond: what you were told before "
                    + "is over, and there is nothing to do.",
                link: Words.projects, ifNot: ask)
        case .deleted: gone("The project \(project) was deleted")
        case .releaseDeleted(let version): gone("\(project) \(version) was deleted")
        case .fileDeleted: gone("A file of \(project) was deleted")
        case .recreated:
            Words("The project \(project) was made again", link: Words.projects, ifNot: askAndTell)
        case .restored: Words("\(project) was brought back", link: Words.projects, ifNot: askAndTell)
        case .departureAsked(let departure, let due, _):
            Words(
                "\(project): asked for \(departure.words(of: project))",
                "Until \(due.day.readable) everybody with a role can object to it, or take the project over; another owner, or "
                    + "the people who run this index, can confirm it. Without that, nothing comes of it.",
                link: Letter.Link("Look at the request", to: .leaving(name)), ifNot: askAndTell)
        case .departureConfirmed(_, let due):
            Words(
                "\(project): a request was confirmed",
                "It is carried out on \(due.day.readable). Until then everybody with a role can object to it, or take the "
                    + "project over.",
                link: Letter.Link("Look at the request", to: .leaving(name)), ifNot: askAndTell)
        case .departureEnded:
            Words("\(project) stays as it is", link: Words.projects, ifNot: askAndTell)
        case .contentQuarantined:
            Words(
                "\(project): something was put into quarantine",
                "Nobody gets it, and installers do not find it, until the people who run this index end that.",
                link: Words.projects, ifNot: askAndTell)
        case .quarantineLifted:
            Words("\(project): a quarantine was ended", link: Words.projects, ifNot: askAndTell)
        case .proposed(let kind, let scope, _, let due, _):
            switch kind {
            case .restoration:
                Words(
                    "Approve or decline: \(kind.words(of: scope, project))",
                    "Nothing comes back before an owner has approved it, with a second factor. Until \(due.day.readable) they "
                        + "can; what is critical the people who run this index can bring back after that without an answer, to "
                        + "be installed only.",
                    link: Letter.Link("Answer the proposal", to: .proposals), ifNot: ask)
            case .nameRelease:
                Words(
                    "Object or not: \(kind.words(of: scope, project))",
                    "Anyone who owned the project can keep its name, with one click, before \(due.day.readable). Otherwise "
                        + "others can have it; nothing that you published comes to them, and no name of a file.",
                    link: Letter.Link("Answer the proposal", to: .proposals), ifNot: ask)
            case .erasure: Words("\(project): an erasure was proposed", link: Words.projects, ifNot: ask)
            }
        case .proposalEnded(let kind, let scope, _):
            Words(
                "What became of \(kind.words(of: scope, project))",
                link: Letter.Link("Look at the proposal", to: .proposals), ifNot: ask)
        case .contentErased:
            Words(
                "\(project): something was erased",
                "Its bytes are gone for good, and its page, its address and the log say of which kind the reason is. No name of "
                    + "a file is given to another one.", link: Words.projects, ifNot: ask)
        case .dependency(let change, _): change.words(name, ifNot: ask)
        }
    }
}

extension SecurityEvent.DependencyChange {
    fileprivate func words(_ name: ProjectName, ifNot ask: String) -> SecurityEvent.Words {
        let project = name.display
        func words(_ subject: String, _ text: String, isThere: Bool = true) -> SecurityEvent.Words {
            SecurityEvent.Words(
                "\(project), which you depend on, \(subject)", text,
                link: isThere ? Letter.Link("Look at \(project)", to: .project(name)) : SecurityEvent.Words.projects,
                ifNot: ask)
        }
        let advice = "Ask its people whether you can look after it, or depend on something else."
        return switch self {
        case .leaves(let departure, _, _):
            words(
                departure.archives ? "is to be archived" : "is leaving",
                "\(departure.consequence(isOver: false)) \(advice)")
        case .stays: words("stays", "There is nothing to do.")
        case .gone(let departure):
            words(
                departure == .project ? "has left" : "has lost something",
                "\(departure.consequence(isOver: true)) \(advice)", isThere: departure != .project)
        case .statusSet(let status, _):
            switch status {
            case .active: words("is active again", "There is nothing to do.")
            case .archived: words("was archived", "Its files stay, and no new ones are to be expected. \(advice)")
            case .deprecated: words("was deprecated", "Its files stay. Better depend on something else.")
            case .quarantined:
                words(
                    "was put into quarantine",
                    "Installers do not find its files until the people who run this index end that, and builds that need "
                        + "it fail.")
            }
        }
    }
}

extension Departure {
    /// Whether all of it stays, and nothing new comes.
    fileprivate var archives: Bool {
        switch self {
        case .archiving, .lastRole: true
        case .file, .release, .project, .hiding: false
        }
    }

    /// What it means for a build.
    fileprivate func consequence(isOver: Bool) -> String {
        let find = isOver ? "do not find it any more" : "will not find it any more"
        return switch self {
        case .file, .release, .project:
            "Builds that have chosen its files by address and hash go on; others \(find)."
        case .archiving, .lastRole: "Its files stay, and no new ones are to be expected."
        case .hiding: "Builds of those who hold no role \(find)."
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
        let isToPress = OneTimeLink.Purpose.disownFactors.leads(to: link)
        letter.afterLink = [
            "This address was removed from the account. If it was not you, \(isToPress ? "press the button, and " : "")tell "
                + "the people who run this index, who can end what was done."
        ]
        letter.reason =
            "This was an address of the account \(user) until it was removed. Until \(until.day) it hears what happens to "
            + "the account."
        return letter
    }
}

extension LetterContext {
    /// What to add and by when, in whole sentences.
    fileprivate var toAdd: String {
        if let missing {
            let when = missing.before.map { " before \($0.readable)" } ?? ""
            return "Add \(missing.explained)\(when)"
                + (missing.isDueEarlier ? ": it counts \(Probation.lengthWords) after it was added." : ".")
        }
        if let countsFrom {
            return
                "There is nothing to add: the second factor that your account has counts from \(countsFrom.readableMinute) on."
        }
        return "There is nothing to add: your account has what is asked for."
    }

    /// What may have been given away, after the rest of a paragraph.
    fileprivate var rolesToLookAt: String {
        guard !rolesGiven.isEmpty else { return "" }
        let more = rolesGiven.count - Self.mostNamed
        return
            " Roles that were given from your account since the factor was added stay: "
            + rolesGiven.prefix(Self.mostNamed).joined(separator: ", ") + (more > 0 ? " and \(more) more" : "")
            + ". If that was not you, take them away."
    }

    /// What the button says that leads to where it is added.
    fileprivate var buttonToAdd: String { missing.map { "Add \($0.words)" } ?? "Look at your second factors" }

    /// Where the word of somebody who vouched holds now, in a sentence.
    fileprivate func requiringOf(_ voucher: String) -> String {
        projects.isEmpty ? "None of their projects requires two factors now." : "There you can publish to \(names)."
    }
}

extension MandateEasing {
    /// Whether what was asked will be asked later.
    fileprivate var leavesToAdd: Bool {
        switch self {
        case .postponed: true
        case .ended, .dayTakenBack, .lowered: false
        }
    }

    fileprivate var subject: String {
        switch self {
        case .ended: "Critical projects ask for nothing any more"
        case .dayTakenBack: "Critical projects refuse nobody for now"
        case .postponed(let day): "Critical projects refuse nobody before \(day.readable)"
        case .lowered: "Critical projects ask for less"
        }
    }
}

extension FirstFactorEvidence.Outcome {
    /// What the event's own sentence does not say.
    fileprivate func followsInLetter(in context: LetterContext) -> String {
        let takes = "From now on signing in takes it"
        switch self {
        case .counts:
            return
                "\(takes). It need not wait: your address, this browser and your account have been yours for long enough."
        case .waits(_, let gaps):
            return
                "\(takes), together with your password. Before it counts you cannot publish to projects that require two "
                + "factors, nor change them, in case it is not yours" + (gaps.isEmpty ? ". " : ": \(gaps.listed). ")
                + context.requiring
        }
    }
}
