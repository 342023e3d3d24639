import Accounts
import Journal
import Leaving
import PackagingFormats
import UTC

// What happened to an account, for the administrators of the index.

extension SecurityEvent {
    /// What is mailed to the other administrators; nil where it is no business of theirs. Each gets it under their own
    /// name.
    ///
    /// - Parameter user: whose account it is; that of an administrator, where it is disabled or enabled.
    public func letterToAdministrators(about user: Username) -> Letter? {
        if case .project(.departureAsked(let departure, let due, let reason), let project, let by) = self {
            return Letter(
                subject: "\(project.display): asked for \(departure.words(of: project.display))", name: nil,
                paragraphs: [
                    "\(by) asked for \(departure.words(of: project.display)), on \(due.day.readable). The reason given: "
                        + "“\(reason)”.",
                    "Until then it can be confirmed, or stopped. Others build on it, or nobody else can confirm it.",
                ], link: Letter.Link("Look at the requests", path: "/admin/removals/"),
                reason: "You are an administrator of this index.")
        }
        guard case .standing(let change, let by) = self else { return nil }
        switch change {
        case .administratorMade:
            return Letter(
                aboutAdministrator: user, subject: "\(user) is now an administrator",
                "\(by) made \(user) an administrator.")
        case .administratorUnmade:
            return Letter(
                aboutAdministrator: user, subject: "\(user) is no administrator any more",
                "\(by) made \(user) an administrator no longer.")
        case .disabled(let reason):
            return Letter(
                aboutAdministrator: user, subject: "The administrator \(user) was disabled",
                "\(by) disabled the account of \(user), who is an administrator: \(reason)")
        case .enabled:
            return Letter(
                aboutAdministrator: user, subject: "The administrator \(user) can act again",
                "\(by) enabled the account of \(user), who is an administrator.")
        // No administrator's account is deleted.
        case .deletionAsked, .deletionStopped, .deleted: return nil
        }
    }
}

extension Letter {
    fileprivate init(aboutAdministrator user: Username, subject: String, _ sentence: String) {
        self.init(
            subject: subject, name: nil,
            paragraphs: [
                sentence,
                "If you did not expect that, ask them by another way than mail, and look at who the administrators are.",
            ], link: Link("See the administrators", path: "/admin/users/?q=is:admin"),
            reason: "You are an administrator of this index.")
    }
}
