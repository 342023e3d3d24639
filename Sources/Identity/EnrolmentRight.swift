import Accounts
import Acts
import Policy
import Ports

extension Enrolment {
    /// Asks whether a session may enrol a factor now, before anybody is asked for one. Throws `AccessRefusal`.
    public func requireRight(to action: AccountAct, in session: Session) async throws {
        let known = try await factors.factors(of: session.user.id)
        _ = try AccessPolicy.permit(
            action, on: session.user.name, to: session.actor,
            knowing: AccountFacts(hasSecondFactor: known.hasSecondFactor), at: now())
    }
}
