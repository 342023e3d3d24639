import Accounts
import Acts
import Letters
import Policy
import Web

extension AccessRefusal {
    /// Where what a refusal asks for can be done; nil where it cannot be mended.
    func remedyPath(then next: String) -> String? {
        let then = "next=\(Paths.percentEncoded(next))"
        switch self {
        case .notSignedIn: return "\(Place.signIn.path)?\(then)"
        case .restricted(.secondFactorDue): return "\(Place.showFactor.path)?\(then)"
        case .restricted(.enrolmentOnly): return Place.factors.path
        case .restricted(.passwordChangeOnly): return "/manage/account/change-password/"
        case .freshProofNeeded(let stepUp): return ConfirmPath.path(for: stepUp, next: next)
        case .enrolmentLinkNeeded: return "/manage/account/enrolment-link/"
        // The account has what is asked for, and the session was begun before it had.
        case .mandate(let mandate) where mandate.asksToShowFactor: return "\(Place.showFactor.path)?\(then)"
        case .tooWeak, .sessionNeeded, .tokenEnded, .accountDisabled, .outOfScope, .noSuchProject, .noRole, .ownersOnly,
            .administratorsOnly, .anothersAccount, .anotherHasToVouch, .coOwnersOnly, .vouchesTooEarly, .onProbation,
            .factorOnProbation, .addressNotVerified, .takesNoUploads,
            .mandate:
            return nil
        }
    }
}

/// Where somebody shows once more who they are.
package enum ConfirmPath {
    static let page = "/account/confirm/"

    /// Where a proof can be given.
    package static func path(for stepUp: StepUp, next: String?) -> String {
        page + query(stepUp, next.map { [("next", $0)] } ?? [])
    }

    package static func query(_ stepUp: StepUp, _ more: [(name: String, value: String)]) -> String {
        let pairs = [(name: "action", value: stepUp.action.rawValue), (name: "object", value: stepUp.object)] + more
        return "?"
            + pairs.filter { !$0.value.isEmpty }.map { "\($0.name)=\(Paths.percentEncoded($0.value))" }.joined(
                separator: "&")
    }
}
