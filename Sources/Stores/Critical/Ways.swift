import Accounts
import Acts
import Database
import PackagingFormats
import Policy
import Primitives
import UTC

// Which ways are open to somebody who is refused something: looked up where they are to be told, and nowhere else.

extension Connection {
    /// A permit of the policy for an act on a project.
    ///
    /// Where the rule for critical projects says no, it is asked once more with what says which ways are open: an upload
    /// that is let in pays nothing for that.
    package func permit(
        _ act: ProjectAct, on project: ProjectName, object: String = "", to actor: Actor, knowing facts: ProjectFacts,
        at now: Timestamp
    ) throws -> Permit {
        do throws(AccessRefusal) {
            return try AccessPolicy.permit(act, on: project, object: object, to: actor, knowing: facts, at: now)
        } catch {
            var facts = facts
            facts.mandate.person = try person(refused: error, actor, at: now)
            return try AccessPolicy.permit(act, on: project, object: object, to: actor, knowing: facts, at: now)
        }
    }

    /// The same for an act on an account.
    func permit(
        _ act: AccountAct, on user: Username, object: String, to actor: Actor, knowing facts: AccountFacts,
        at now: Timestamp
    ) throws -> Permit {
        do throws(AccessRefusal) {
            return try AccessPolicy.permit(act, on: user, object: object, to: actor, knowing: facts, at: now)
        } catch {
            var facts = facts
            let person = try person(refused: error, actor, at: now)
            for number in facts.mandates.indices { facts.mandates[number].facts.person = person }
            return try AccessPolicy.permit(act, on: user, object: object, to: actor, knowing: facts, at: now)
        }
    }

    /// What says which ways are open to anyone whom the rule refused something. Throws every other refusal on.
    private func person(refused refusal: AccessRefusal, _ actor: Actor, at now: Timestamp) throws -> WayFacts {
        guard case .mandate = refusal, let user = actor.userID.flatMap({ try? user($0) }) else { throw refusal }
        return try wayFacts(of: user, at: now)
    }

    /// What says which ways are open to a person.
    func wayFacts(of user: User, at now: Timestamp) throws -> WayFacts {
        WayFacts(
            user: user.name, gaps: try firstFactorEvidence(of: user, in: nil, at: now).gaps(at: now),
            vouchers: try vouchers(for: user.id, at: now))
    }
}
