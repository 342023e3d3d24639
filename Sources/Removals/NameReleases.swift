import Accounts
import Acts
import Database
import Journal
import Leaving
import PackagingFormats
import Policy
import Ports
import Primitives
import Projects
import Stores
import UTC

// A name rests for those who owned its project; others get it when those had time to say no.

extension SQLProposals {
    func proposeRelease(
        of name: ProjectName, reason: String, by actor: Actor, from origin: RequestOrigin, at now: Timestamp
    ) async throws -> Proposal {
        try await database.change(by: actor, at: now) { door, actor, now in
            let connection = door.connection
            let (project, permit) = try connection.authorizeIncludingRemoved(
                .proposeNameRelease, on: name, object: name.normalized, by: actor, at: now)
            guard try connection.isAtRest(name) else { throw ProposalRefusal.nameIsNotAtRest(project.name) }
            let transaction = try door.open(with: permit)
            let proposal = try transaction.propose(
                .nameRelease, of: project, reason: reason,
                wait: ProposalPolicy.wait(
                    for: .nameRelease, isCritical: try connection.wasCritical(name), under: connection.removalRule()),
                with: permit)
            try transaction.record(
                permit, .proposal(.nameReleaseProposed(due: proposal.dueAt, reason: proposal.reason)))
            try transaction.tellHolders(
                of: project, atLeast: .owner,
                .project(
                    .proposed(.nameRelease, .project, files: nil, due: proposal.dueAt, reason: proposal.reason),
                    project.name, by: actor.displayName),
                by: actor, from: origin, at: now)
            return proposal
        }
    }

    func object(
        to id: ProposalID, of name: ProjectName, reason: String, by actor: Actor, from origin: RequestOrigin,
        at now: Timestamp
    ) async throws {
        try await answer(.object, .objectToNameRelease, id, of: name, by: actor, at: now) {
            transaction, project, proposal, permit in
            try transaction.record(permit, .proposal(.nameReleaseObjected(reason: reasonGiven(reason))))
            try transaction.end(proposal, of: project, as: .objected, by: permit, from: origin)
        }
    }

    func release(
        _ id: ProposalID, of name: ProjectName, seen: Serial?, by actor: Actor, from origin: RequestOrigin,
        at now: Timestamp
    ) async throws {
        try await answer(.release, .freeName, id, of: name, seen: seen, by: actor, at: now) {
            transaction, project, proposal, permit in
            guard try transaction.connection.isAtRest(project.name) else {
                throw ProposalRefusal.nameIsNotAtRest(project.name)
            }
            try transaction.free(project, by: proposal, with: permit, from: origin)
        }
    }
}

extension Transaction {
    /// Lets everybody have a name.
    func free(
        _ project: Project, by proposal: Proposal, with permit: Permit, from origin: RequestOrigin
    ) throws {
        try execute(
            "UPDATE project SET freed_at = $1 WHERE id = $2", permit.at.microseconds, project.id.number)
        let owners = try connection.roles(on: project.id).filter { $0.role == .owner }.map(\.user)
        try record(permit, .nameFreed(owners: owners))
        try end(proposal, of: project, as: .released, by: permit, from: origin)
    }
}
