import Accounts
import Foundation
import HTTPTypes
import Identity
import Policy
import UTC
import Web

/// What a person's page answers, before the gate adds what all of them say.
package struct Reply: Sendable {
    var status: HTTPResponse.Status
    var headers: HTTPFields = [:]
    var body: [UInt8] = []
    /// The code of the refusal that the page says; nil where nothing was refused.
    var refusalCode: String?
    /// Where the script goes on that asks keys; it is told so instead of a body.
    var next: NextStep?
    /// The browser's secret from now on, where somebody signed in, or their session rose.
    var secret: OneTimeSecret?
    /// The browser's session from now on, where somebody signed in.
    var session: Session?
    /// Whether the browser is to be known again, though nobody is signed in there now.
    var remembersBrowser = false
    /// Whether the browser is to be forgotten, because somebody signed out.
    var forgetsBrowser = false

    /// A page.
    package static func page(_ html: [UInt8], status: HTTPResponse.Status = .ok) -> Reply {
        Reply(status: status, headers: [.contentType: "text/html; charset=utf-8"], body: html)
    }

    /// Another page, to be asked for with GET.
    package static func seeOther(_ path: String, flash: FlashMessage? = nil) -> Reply {
        let mark = path.contains("?") ? "&" : "?"
        let location = flash.map { "\(path)\(mark)flash=\($0.rawValue)" } ?? path
        return Reply(status: .seeOther, headers: [.location: location, .contentLength: "0"])
    }

    /// The same form once more, to another path.
    static func sameForm(to path: String) -> Reply {
        Reply(status: .temporaryRedirect, headers: [.location: path, .contentLength: "0"])
    }

    /// For the script that asks keys.
    package static func json(_ bytes: [UInt8]) -> Reply {
        Reply(status: .ok, headers: [.contentType: "application/json"], body: bytes)
    }

    /// Tells the script where to go on.
    ///
    /// - Parameter token: what the forms of the page have to bring from now on; nil where that has not changed.
    package static func next(_ path: String, flash: FlashMessage? = nil, token: String? = nil) -> Reply {
        let mark = path.contains("?") ? "&" : "?"
        let path = flash.map { "\(path)\(mark)flash=\($0.rawValue)" } ?? path
        return Reply(status: .ok, next: NextStep(path: path, token: token))
    }

    /// The same, to a browser whose secret changes with it.
    package func keeping(_ secret: OneTimeSecret?) -> Reply {
        var reply = self
        reply.secret = secret
        return reply
    }

    /// The same, to a browser in which somebody has just signed in.
    func keeping(_ signedIn: SignedIn) -> Reply {
        var reply = keeping(signedIn.secret)
        reply.session = signedIn.session
        return reply
    }
}

/// Where a script goes on.
struct NextStep: Sendable {
    /// A path of the index.
    let path: String
    /// What the forms of the page have to bring from now on; nil where that has not changed.
    let token: String?

    /// What the script reads.
    func json(below base: BasePath) -> [UInt8] {
        let token = token.map { #","token":"\#($0)""# } ?? ""
        return Array(#"{"next":"\#(Self.escaped(base.outer(path)))"\#(token)}"#.utf8)
    }

    private static func escaped(_ path: String) -> String {
        path.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"")
    }
}

/// What is said on the page after something was done. It travels as a word in the address, so it can say nothing but
/// these sentences.
package enum FlashMessage: String, CaseIterable {
    case signedOut = "signed-out"
    case registered
    case registeredInvited = "registered-invited"
    case verified
    case linkMailed = "link-mailed"
    case resetMailed = "reset-mailed"
    case passwordSet = "password-set"
    case passwordChanged = "password-changed"
    case addressAdded = "address-added"
    case addressRemoved = "address-removed"
    case primaryChanged = "primary-changed"
    case keyAdded = "key-added"
    case keyRenamed = "key-renamed"
    case appAdded = "app-added"
    case factorRemoved = "factor-removed"
    case firstFactorCounts = "first-factor-counts"
    case disowned
    case sessionEnded = "session-ended"
    case sessionsEnded = "sessions-ended"
    case tokenRevoked = "token-revoked"
    case recoveryRequested = "recovery-requested"
    case recoveryCancelled = "recovery-cancelled"
    case vouched
    case invited
    case mailRetried = "mail-retried"
    case signedOutUser = "signed-out-user"
    case userDisabled = "user-disabled"
    case userEnabled = "user-enabled"
    case administratorMade = "administrator-made"
    case administratorUnmade = "administrator-unmade"
    case codeIssued = "code-issued"
    case giveawayMade = "giveaway-made"
    case giveawayMadeOver = "giveaway-made-over"
    case giveawayChanged = "giveaway-changed"
    case giveawayClosed = "giveaway-closed"
    case codesImported = "codes-imported"

    case yanked, unyanked, erased
    case fileYanked = "file-yanked"
    case fileUnyanked = "file-unyanked"
    case removalAsked = "removal-asked"
    case removalConfirmed = "removal-confirmed"
    case removalStopped = "removal-stopped"
    case projectTakenOver = "project-taken-over"
    case quarantined
    case quarantineLifted = "quarantine-lifted"
    case returnProposed = "return-proposed"
    case returnApproved = "return-approved"
    case returnDeclined = "return-declined"
    case returnDecided = "return-decided"
    case erasureProposed = "erasure-proposed"
    case nameReleaseProposed = "name-release-proposed"
    case nameKept = "name-kept"
    case proposalWithdrawn = "proposal-withdrawn"
    case fileDeleted = "file-deleted"
    case releaseDeleted = "release-deleted"
    case projectDeleted = "project-deleted"
    case projectRestored = "project-restored"
    case collaboratorInvited = "collaborator-invited"
    case invitationCancelled = "invitation-cancelled"
    case invitationAccepted = "invitation-accepted"
    case invitationWaits = "invitation-waits"
    case invitationDeclined = "invitation-declined"
    case roleChanged = "role-changed"
    case roleRemoved = "role-removed"
    case projectLeft = "project-left"
    case roleReturned = "role-returned"
    case deletionAsked = "deletion-asked"
    case deletionStopped = "deletion-stopped"
    case requirementSet = "requirement-set"
    case archived, unarchived, deprecated, undeprecated
    case nameFreed = "name-freed"
    case nameReserved = "name-reserved"
    case nameUnreserved = "name-unreserved"

    case designated
    case designationLifted = "designation-lifted"
    case criticalRuleSet = "critical-rule-set"
    case mandateDelayed = "mandate-delayed"

    /// Whether it answers somebody who has just added a second factor.
    var answersEnrolment: Bool { [.keyAdded, .appAdded, .firstFactorCounts].contains(self) }

    var sentence: String {
        switch self {
        case .signedOut: "You are signed out."
        case .registered:
            "Check your e-mail: a link there finishes the registration. You can sign in already."
        case .registeredInvited: "Your account is made, and its address is verified. Sign in."
        case .verified: "The address is verified."
        case .linkMailed: "The link is on its way. Check your e-mail."
        case .resetMailed:
            "If there is such an account, a link is on its way to its primary address. Check your e-mail."
        case .passwordSet: "The password is set. Sign in with it."
        case .passwordChanged: "The password is changed, and your other sessions are ended."
        case .addressAdded: "The address is added. A link was mailed to it; follow it to verify the address."
        case .addressRemoved: "The address is removed."
        case .primaryChanged: "The primary address is changed."
        case .keyAdded: "The security key is added."
        case .keyRenamed: "The security key has its new name."
        case .appAdded: "The authenticator app is added."
        case .factorRemoved: "It is removed, and so are the sessions and API tokens that it vouched for."
        case .firstFactorCounts: "It is added. \(FirstFactorEvidence.Outcome.counts.explanation)"
        case .disowned:
            "It is frozen, and everybody is signed out. Now reset the password: anyone who added the factor knows it."
        case .sessionEnded: "The session is ended."
        case .sessionsEnded: "All other sessions are ended."
        case .tokenRevoked: "The API token is revoked."
        case .recoveryRequested: "The recovery is under way. Everybody who should know has been told."
        case .recoveryCancelled: "The recovery is cancelled."
        case .vouched: "You have vouched for them. They have been told."
        case .invited: "The invitation is on its way."
        case .mailRetried: "It is tried again now."
        case .signedOutUser: "Their sessions are ended."
        case .userDisabled: "The account is disabled. Its holder and those who own projects with them have been told."
        case .userEnabled: "The account can be used again. Its holder has been told."
        case .administratorMade:
            "They are an administrator now, and all administrators have been told. If their second factor is new, it waits, also on projects."
        case .administratorUnmade: "They are no administrator any more, and the others have been told."
        case .codeIssued: "Here is your code."
        case .giveawayMade: "The giveaway is made. Now import its codes."
        case .giveawayMadeOver:
            "The giveaway is made, but it is over already: nobody gets a code before you change when it closes."
        case .giveawayChanged: "The giveaway is changed."
        case .giveawayClosed: "The giveaway is closed."
        case .codesImported: "The codes are imported."
        case .designated: "It is critical now. Who can change it will be told what is asked."
        case .designationLifted: "The designation is lifted, with your reason on record."
        case .criticalRuleSet: "The rule is set."
        case .mandateDelayed: "It is put off by \(MandateRule.delayDays) days."
        case .yanked: "The release is yanked. Installers pass it over."
        case .unyanked: "The release is no longer yanked."
        case .fileYanked: "The file is yanked. Installers pass it over."
        case .fileUnyanked: "The file is no longer yanked."
        case .removalAsked:
            "It is asked for. Everybody who holds a role has been told, and everybody who owns what depends on it."
        case .removalConfirmed: "It is confirmed. Everybody who holds a role has been told."
        case .removalStopped: "It is stopped, and nothing was removed. Everybody who holds a role has been told."
        case .projectTakenOver:
            "You are an owner now, and nothing is removed. Everybody who holds a role has been told."
        case .quarantined: "It is quarantined: nobody gets it. Everybody who holds a role has been told."
        case .quarantineLifted: "The quarantine is ended. Everybody who holds a role has been told."
        case .returnProposed: "It is proposed. Its owners have a mail, and are asked to approve it."
        case .returnApproved: "It is back. Everybody who holds a role has been told."
        case .returnDeclined: "It stays away. Those who own the project have been told."
        case .returnDecided: "It is back, to be installed only. Everybody who holds a role has been told."
        case .erasureProposed: "It is proposed. Another administrator has to confirm it."
        case .erased: "It is erased: nobody gets it any more, and its bytes are freed within minutes."
        case .nameReleaseProposed: "It is proposed. Those who owned the project have a mail, and can object."
        case .nameKept: "The name stays yours. The people who run this index see it."
        case .proposalWithdrawn: "The proposal is taken back."
        case .fileDeleted: "The file is deleted. Everybody who holds a role has been told."
        case .releaseDeleted: "The release is deleted. Everybody who holds a role has been told."
        case .projectDeleted: "The project is deleted. Everybody who held a role has been told."
        case .projectRestored: "It is back. Everybody who holds a role has been told."
        case .collaboratorInvited: "The invitation is on its way."
        case .invitationCancelled: "The invitation is taken back."
        case .invitationAccepted: "The role is yours. The owners have been told."
        case .invitationWaits: "You have accepted. The role is yours as soon as nothing is missing."
        case .invitationDeclined: "The invitation is declined."
        case .roleChanged: "The role is changed. The owners have been told."
        case .roleRemoved: "The role is taken away. The owners have been told."
        case .projectLeft: "You hold no role on the project any more."
        case .roleReturned: "You are an owner again, as you were. The other owners have been told."
        case .deletionAsked: "The account will be deleted, unless you stop it. All its addresses have been told."
        case .deletionStopped: "The account stays."
        case .requirementSet: "That is what it takes from now on. Everybody who holds a role has been told."
        case .archived: "The project is archived."
        case .unarchived: "The project is no longer archived."
        case .deprecated:
            "The project is deprecated. Everybody who holds a role has been told, and everybody who owns what depends on it."
        case .undeprecated: "The project is no longer deprecated."
        case .nameFreed: "Everybody can have the name now."
        case .nameReserved: "The name is reserved."
        case .nameUnreserved: "The name is no longer reserved."
        }
    }
}
