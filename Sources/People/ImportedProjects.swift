import Accounts
import Acts
import Database
import Foundation
import Journal
import Letters
import PackagingFormats
import Policy
import Ports
import Primitives
import Projects
import Secrets
import Stores
import UTC

// Who gets what an import brings, and how they hear of it: by one mail, however many projects it is about.

extension SQLPeople {
    /// Gives an owner a project of an import, and gathers it for the one mail of the run; see `PeopleStore`.
    public func giveImported(
        _ name: ProjectName, to owner: Username, by actor: Actor, at now: Timestamp
    ) async throws -> Bool {
        try await database.change(by: actor, at: now) { door, actor, now in
            let connection = door.connection
            let (project, permit) = try connection.judged(
                .addRole, on: name, object: "\(name.normalized) \(owner.normalized)", by: actor, at: now)
            let owned = try connection.row(
                "SELECT 1 AS n FROM role WHERE project_id = $1 AND role = 'owner' LIMIT 1", project.id.number)
            let transaction = try door.open(with: permit)
            guard owned == nil else { return false }
            let user = try connection.requireUser(named: owner)
            try connection.requireReady(user, for: project, at: now)
            // What critical projects ask is told once, of all of them, by `endImport`.
            try transaction.setRole(.owner, on: project.id, of: user.id, isToldLater: true, at: now)
            try transaction.execute(
                "DELETE FROM invitation WHERE project_id = $1 AND account_id = $2", project.id.number, user.id.number)
            try transaction.record(permit, .role(RoleEvent(.added, of: user.name, as: .owner)))
            let event = SecurityEvent.ownRole(.given(by: actor.displayName, reason: nil), .owner, on: project.name)
            try transaction.note(event, about: user.id, from: RequestOrigin(), at: now)
            try transaction.gather(project.name, for: user, at: now)
            return true
        }
    }

    /// Ends an import: the one mail about it is due now, and what the critical ones of its projects ask is told.
    ///
    /// After a run that was killed before, the daily computation tells it, or the next run.
    public func endImport(for owner: Username, at now: Timestamp) async throws {
        try await database.keep(.outbox) { transaction in
            guard let user = try transaction.connection.user(named: owner) else { return }
            transaction.exempt(.standings)
            try transaction.tellOfMandate(only: user.id, at: now)
            for address in try transaction.connection.addressesToTell(user, at: now) {
                // Without its key: what comes later is another mail.
                try transaction.execute(
                    """
                    UPDATE outbox SET due_at = $1, job_key = NULL WHERE kind = $2 AND job_key = $3 AND state = $4
                    """,
                    now.microseconds, JobKind.mail.rawValue, gatheringKey(user, address), JobState.waiting.rawValue)
            }
        }
    }
}

/// What the letter of an account is found by while it waits for more.
private func gatheringKey(_ user: User, _ address: EmailAddress) -> String {
    "imported projects \(user.id) \(address.normalized)"
}

extension Transaction {
    /// Adds a project to the letter that waits for more, to each address of its owner.
    fileprivate func gather(_ project: ProjectName, for user: User, at now: Timestamp) throws {
        exempt(.outbox)
        for address in try connection.addressesToTell(user, at: now) {
            let key = gatheringKey(user, address)
            // One that was sent meanwhile stands in nobody's way.
            try execute(
                "UPDATE outbox SET job_key = NULL WHERE kind = $1 AND job_key = $2 AND (state <> $3 OR lease_until > $4)",
                JobKind.mail.rawValue, key, JobState.waiting.rawValue, now.microseconds)
            let waiting = try row(
                "SELECT id, sealed_payload FROM outbox WHERE kind = $1 AND job_key = $2", JobKind.mail.rawValue, key)
            let context = SecretContext.job(about: address.text)
            var gathered = GatheredProjects()
            if let waiting {
                let payload = Data(try connection.open(waiting.blob("sealed_payload"), for: context))
                gathered = try JSONDecoder().decode(Letter.self, from: payload).gathered ?? gathered
            }
            gathered.add(project)
            let letter = gathered.letter(to: user.name)
            if let id = try waiting?.integer("id") {
                try execute(
                    "UPDATE outbox SET title = $1, sealed_payload = $2, due_at = $3 WHERE id = $4", letter.subject,
                    try connection.seal(Array(jsonText(letter).utf8), for: context),
                    (now + GatheredProjects.patience).microseconds, id)
            } else if let id = try enqueue(AddressedLetter(letter, to: address, key: key), at: now) {
                try execute(
                    "UPDATE outbox SET due_at = $1 WHERE id = $2", (now + GatheredProjects.patience).microseconds,
                    id.number)
            }
        }
    }
}
