import Accounts
import Journal
import PackagingFormats
import Policy
import UTC

// What happened to an account, for those who own projects together with its holder.

extension SecurityEvent {
    /// What is mailed to co-owners; nil where they are not concerned. Each gets it under their own name.
    ///
    /// - Parameters:
    ///   - user: whose account it is.
    ///   - projects: on which they hold a role, and which the one who is told owns.
    public func letterToCoOwner(of user: Username, on projects: [ProjectName]) -> Letter? {
        let names = LetterContext(on: projects).names
        let theirs = "\(user), who has a role on \(names)"
        let yours = projects.count == 1 ? "your project \(names)" : "your projects \(names)"
        let vouch = Letter.Link("Vouch for \(user)", to: .vouch(for: user))
        return switch self {
        case .factor(.firstAdded(_, .counts)):
            Letter(
                aboutCoOwner: user, names, subject: "\(user) added a second factor",
                paragraphs: [
                    "\(theirs), added a second factor to their account. It counts at once: their "
                        + "address, their browser and their account have been theirs for long enough.",
                    "There is nothing to do. If you doubt that it was \(user), ask them, and not by mail. All their addresses "
                        + "got a link that freezes it; the people who run this index can take it away.",
                ])
        case .factor(.firstAdded(_, .waits(let until, _))):
            Letter(
                aboutCoOwner: user, names, subject: "\(user) added a second factor",
                paragraphs: [
                    "\(theirs), added a second factor to their account. On projects that require "
                        + "two factors it counts from \(until.readableMinute) on, in case it is not theirs.",
                    "There is nothing to do. To spare them the wait, talk to \(user), not by mail, and vouch: it then counts on "
                        + "\(names). The page asks before it does anything. If it was not \(user), tell the people who run "
                        + "this index.",
                ], link: vouch)
        case .recovery(.requested(let due)):
            Letter(
                aboutCoOwner: user, names, subject: "\(user) asks to recover their account",
                paragraphs: [
                    "Somebody who knows the password of \(theirs), says that every second "
                        + "factor of the account is lost. On \(due.readableMinute) they will be let in without one.",
                    "To spare them the wait, talk to \(user), not by mail, and vouch. The page says whether you can, and asks "
                        + "before it does anything. If it was not \(user), tell them, who can cancel it, and the people who run "
                        + "this index.",
                ], link: vouch)
        case .recovery(.completed(let wasApproved)):
            Letter(
                aboutCoOwner: user, names, subject: "\(user) recovered their account",
                paragraphs: [
                    "\(theirs), was let into their account without a second factor, after "
                        + (wasApproved ? "somebody had vouched for them" : "the time in which everybody could object")
                        + ". For \(Probation.length.inHours) they cannot publish to projects that require two factors, nor change them.",
                    "There is nothing to do. If you doubt that it was \(user), ask them, and not by mail, and tell the people "
                        + "who run this index.",
                ])
        case .factor(.disowned):
            Letter(
                aboutCoOwner: user, names, subject: "The second factor of \(user) was frozen",
                paragraphs: [
                    "Somebody who reads the mail of \(theirs), said that the second factor of "
                        + "the account was not theirs. It is frozen, with all sessions and the API tokens that were made "
                        + "with it.",
                    "Look at what was done to \(yours) lately, and at who else has a role there now. If \(user) asks you to vouch for a new factor, be sure "
                        + "that it is them: talk to them, and not by mail.",
                ], link: Letter.Link("Look at your projects", to: .projects))
        case .mandateDelayed(let project, let until):
            Letter(
                aboutCoOwner: user, names, subject: "\(user) asked for more time for \(project)",
                paragraphs: [
                    "\(theirs), put off what the critical project \(project) asks of "
                        + "those who can change it. Until \(until.day.readable) they can publish to it as before. It can be "
                        + "done once, and is on record.",
                    "If you doubt that it was \(user), ask them, and not by mail, and tell the people who run "
                        + "this index.",
                ])
        case .standing(.disabled(let reason), let by):
            Letter(
                aboutCoOwner: user, names, subject: "The account of \(user) was disabled",
                paragraphs: [
                    "\(Self.naming(by)) disabled the account of \(theirs). The reason given: “\(reason)”.",
                    "Until it is enabled again \(user) publishes nothing and changes nothing. Their roles and "
                        + "\(yours) stay as they are. If you are the only other owner, think of asking somebody to be one, too.",
                ], link: Letter.Link("Look at your projects", to: .projects))
        case .standing(.enabled, let by):
            Letter(
                aboutCoOwner: user, names, subject: "The account of \(user) can be used again",
                paragraphs: [
                    "\(Self.naming(by)) enabled the account of \(theirs). Their roles and API tokens are as they "
                        + "were."
                ], link: Letter.Link("Look at your projects", to: .projects))
        // That they are an owner no longer is told of each project.
        case .standing(.administratorMade, _), .standing(.administratorUnmade, _), .standing(.deletionAsked, _),
            .standing(.deletionStopped, _), .standing(.deleted, _):
            nil
        case .recovery(.cancelled), .recovery(.approved): nil
        case .factor(.enrolmentAsked), .factor(.keyAdded), .factor(.keyRenamed), .factor(.keyRemoved),
            .factor(.keyFrozen), .factor(.attestationDowngraded), .factor(.appAdded), .factor(.appRemoved),
            .factor(.codesMade),
            .factor(.codeUsed), .factor(.probationEnded), .factor(.vouchingEnded), .factor(.probationOver):
            nil
        case .access, .password, .address, .tokenIssued, .tokenRevoked, .ownRole, .collaborator, .project,
            .mandateEased, .giveawayCodeIssued, .unknown:
            nil
        }
    }
}

extension Letter {
    fileprivate init(
        aboutCoOwner user: Username, _ projects: String, subject: String, paragraphs: [String], link: Link? = nil
    ) {
        self.init(
            subject: subject, name: nil, paragraphs: paragraphs, link: link,
            reason: "\(user) has a role on \(projects), and you are an owner there.")
    }
}
