import Accounts
import Journal
import Policy
import UTC

// What happened to an account, for those who own projects together with its holder.

extension SecurityEvent {
    /// What is mailed to co-owners; nil where they are not concerned. Each gets it under their own name.
    ///
    /// - Parameter user: whose account it is.
    public func letterToCoOwners(of user: Username) -> Letter? {
        let vouch = Letter.Link("Vouch for \(user)", to: .vouch(for: user))
        return switch self {
        case .factor(.firstAdded(_, let counts)):
            Letter(
                aboutCoOwner: user, subject: "\(user) added a second factor",
                paragraphs: [
                    "\(user), with whom you own a project, has just added a second factor to their account. "
                        + "Until \(counts.minuteUTC) it gives no right on projects that require two factors, in case "
                        + "it is not theirs.",
                    "If you own each of their projects that ask for two factors, and know that it was \(user) (ask them by "
                        + "another way than mail), you can vouch for it and spare them the wait. If it was not, tell the "
                        + "people who run this index.",
                ], link: vouch)
        case .recovery(.requested(let due)):
            Letter(
                aboutCoOwner: user, subject: "\(user) asks to recover their account",
                paragraphs: [
                    "Somebody who knows the password of \(user), with whom you own a project, says that every second "
                        + "factor of the account is lost. On \(due.minuteUTC) they will be let in without one.",
                    "If you own each of their projects that ask for two factors, and know that it is \(user) (ask them by "
                        + "another way than mail), you can vouch for them and spare them the wait. If it is not, tell "
                        + "\(user), who can cancel it, and the people who run this index.",
                ], link: vouch)
        case .recovery(.completed(let wasApproved)):
            Letter(
                aboutCoOwner: user, subject: "\(user) recovered their account",
                paragraphs: [
                    "\(user), with whom you own a project, was let into their account without a second factor, after "
                        + (wasApproved ? "somebody had vouched for them" : "the time in which everybody could object")
                        + ". For \(Probation.length.inHours) the account has no right on projects that require two factors."
                ])
        case .mandateDelayed(let project, let until):
            Letter(
                aboutCoOwner: user, subject: "\(user) asked for more time for \(project)",
                paragraphs: [
                    "\(user), with whom you own a project, put off what the critical project \(project) asks of "
                        + "those who can change it. Until \(until.day.readable) they can publish to it as before. It can be "
                        + "done once, and is on record.",
                    "If you doubt that it was \(user), ask them by another way than mail, and tell the people who run "
                        + "this index.",
                ])
        case .recovery(.cancelled), .recovery(.approved): nil
        case .factor(.enrolmentAsked), .factor(.keyAdded), .factor(.keyRenamed), .factor(.keyRemoved),
            .factor(.keyFrozen), .factor(.attestationDowngraded), .factor(.appAdded), .factor(.appRemoved),
            .factor(.codesMade),
            .factor(.codeUsed), .factor(.probationEnded):
            nil
        case .access, .password, .address, .tokenIssued, .tokenRevoked, .ownRole, .collaborator, .project,
            .giveawayCodeIssued, .unknown:
            nil
        }
    }
}

extension Letter {
    fileprivate init(aboutCoOwner user: Username, subject: String, paragraphs: [String], link: Link? = nil) {
        self.init(
            subject: subject, name: nil, paragraphs: paragraphs, link: link,
            reason: "You own a project together with \(user).")
    }
}
