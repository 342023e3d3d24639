import Accounts
import Policy
import UTC

extension Letter {
    /// The mail that carries a link.
    ///
    /// - Parameter object: the address that the link is about.
    public static func link(_ link: MailedLink, _ purpose: OneTimeLink.Purpose, to user: Username, object: String)
        -> Letter
    {
        let reason = "Somebody named this address for the account \(user)."
        let works = "The link works once, for \(purpose.lifetime.inLetters)."
        return switch purpose {
        case .verifyAddress:
            Letter(
                subject: "Is this your address?", name: user.display,
                paragraphs: ["Somebody, probably you, gave \(object) as the address of the account \(user)."],
                link: Link("Yes, verify it", path: link.path),
                afterLink: [
                    "\(works) If it was not you, ignore this mail and nothing happens."
                ],
                reason: reason)
        case .resetPassword, .setPassword:
            Letter(
                subject: "Reset your password", name: user.display,
                paragraphs: [
                    "Somebody, probably you, asked for a way to reset the password of the account \(user) at \(Letter.index)."
                ],
                link: Link("Set a new password", path: link.path),
                afterLink: [
                    "\(works) Signing in will still take your second factor, if you have one. "
                        + "If it was not you, ignore this mail and nothing happens."
                ], reason: reason)
        case .enrolFirstFactor:
            Letter(
                subject: "Add your second factor", name: user.display,
                paragraphs: [
                    "You asked for this link to add a security key, a passkey or an authenticator app to the account \(user). "
                        + "Open it in the browser in which you are signed in."
                ],
                link: Link("Add a second factor", path: link.path),
                afterLink: [
                    "\(works) It comes by mail so that nobody who merely knows your password can do this. If you did not "
                        + "ask, somebody knows your password: sign in as you always do, and change it."
                ], reason: "This is the primary address of the account \(user).")
        case .disownFactors:
            // It stands in the mail that says what happened.
            Letter(
                subject: "Was this you?", name: user.display,
                paragraphs: ["A second factor was added to the account \(user)."], reason: reason
            ).disowning(by: link)
        case .invitation:
            Letter.invitation(by: user.display, link: link)
        }
    }

    /// The mail that invites somebody to register.
    public static func invitation(by inviter: String, link: MailedLink) -> Letter {
        Letter(
            subject: "\(inviter) invites you to \(Letter.index)", name: nil,
            paragraphs: [
                "\(inviter) invites you to make an account at \(Letter.index), so that you can publish packages."
            ],
            link: Link("Make an account", path: link.path),
            afterLink: [
                "The link works once, for \(OneTimeLink.Purpose.invitation.lifetime.inLetters). If you expected no invitation, "
                    + "ignore this mail."
            ],
            reason: "\(inviter) gave this address.")
    }

    /// The mail that goes to the holder of an address that somebody named for another account.
    public static func addressTaken(_ owner: Username, wantedBy other: Username) -> Letter {
        Letter(
            subject: "Somebody named your address for another account", name: owner.display,
            paragraphs: [
                "Somebody gave this address as one of the account \(other). It belongs to your account \(owner), so "
                    + "nothing came of it, and they were not told why."
            ],
            link: Link("Look at your account", to: .account),
            afterLink: [
                "If it was you, and the address is to move, remove it from \(owner) first. If not, ignore this mail."
            ],
            reason: "This is an address of the account \(owner).")
    }

    /// The mail that goes to the holder of an address with which somebody tried to register again.
    public static func alreadyRegistered(_ user: Username) -> Letter {
        Letter(
            subject: "You have an account already", name: user.display,
            paragraphs: [
                "Somebody, probably you, tried to make a new account with this address. It belongs to your account "
                    + "\(user) already."
            ],
            link: Link("Sign in", to: .signIn),
            afterLink: ["If you forgot your password, you can reset it there. If it was not you, ignore this mail."],
            reason: "This is an address of the account \(user).")
    }
}
