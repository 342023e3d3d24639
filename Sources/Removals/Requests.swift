import Accounts
import Acts
import Database
import Journal
import Leaving
import Letters
import PackagingFormats
import Policy
import Ports
import Primitives
import Projects
import Roles
import Stores
import UTC

// What is asked for: noted, told, confirmed, stopped, and carried out on its day.

extension SQLRemovals {
    func requests(of name: ProjectName) async throws -> [RemovalRequest] {
        try await database.read { connection in
            try connection.project(named: name).map { try connection.openRequests(of: $0) } ?? []
        }
    }

    func requests() async throws -> [RemovalRequest] {
        try await database.read { connection in
            try connection.projectsWithRequests().flatMap { try connection.openRequests(of: $0) }
                .sorted { ($0.dueAt, $0.id) < ($1.dueAt, $1.id) }
        }
    }

    func dependents(of name: ProjectName) async throws -> [ProjectName] {
        try await database.read { try $0.dependents(of: name) }
    }

    func confirm(
        _ id: RemovalRequestID, of name: ProjectName, seen: Serial?, by actor: Actor, from origin: RequestOrigin,
        at now: Timestamp
    ) async throws {
        try await database.change(by: actor, at: now) { door, actor, now in
            let (project, permit) = try door.connection.judged(
                .confirmRemoval, on: name, object: "\(name.normalized) \(id)", by: actor, at: now)
            try door.connection.requireUnchanged(project, since: seen)
            let request = try door.connection.openRequest(id, of: project)
            try RemovalRequestPolicy.decideConfirmation(
                of: request, by: actor,
                ownerSince: try door.connection.ownerStanding(actor.userID, on: project.id).since, at: now)
            let transaction = try door.open(with: permit)
            try transaction.execute(
                "UPDATE removal_request SET confirmed_by = $1, confirmed_at = $2 WHERE id = $3", actor.journalName,
                now.microseconds, id.number)
            try transaction.record(permit, .departure(.confirmed(request.departure)))
            try transaction.tellHolders(
                of: project,
                .project(
                    .departureConfirmed(request.departure, due: request.dueAt), project.name, by: actor.displayName),
                by: actor, from: origin, at: now)
        }
    }

    func object(
        to id: RemovalRequestID, of name: ProjectName, reason: String, by actor: Actor, from origin: RequestOrigin,
        at now: Timestamp
    ) async throws {
        try await database.change(by: actor, at: now) { door, actor, now in
            let (project, permit) = try door.connection.judged(.objectToRemoval, on: name, by: actor, at: now)
            let request = try door.connection.openRequest(id, of: project)
            try RemovalRequestPolicy.decideObjection(to: request, at: now)
            let transaction = try door.open(with: permit)
            let reason = reasonGiven(reason)
            try transaction.record(permit, .departure(.objected(request.departure, reason: reason)))
            try transaction.end(request, of: project, as: .objected, reason: reason, by: permit, from: origin)
        }
    }

    func takeOver(
        insteadOf id: RemovalRequestID, of name: ProjectName, by actor: Actor, from origin: RequestOrigin,
        at now: Timestamp
    ) async throws {
        try await database.change(by: actor, at: now) { door, actor, now in
            let (project, permit) = try door.connection.judged(
                .takeOver, on: name, object: name.normalized, by: actor, at: now)
            let request = try door.connection.openRequest(id, of: project)
            try RemovalRequestPolicy.decideTakeOver(insteadOf: request, by: actor, at: now)
            // Who runs the machine has no role to take.
            guard let user = actor.userID, let name = actor.username else { throw AccessRefusal.noSuchProject(name) }
            let transaction = try door.open(with: permit)
            if try door.connection.role(of: user, on: project.id) != .owner {
                try transaction.setRole(.owner, on: project.id, of: user, at: now)
            }
            try transaction.record(permit, .departure(.takenOver(request.departure, by: name)))
            try transaction.end(request, of: project, as: .takenOver, reason: nil, by: permit, from: origin)
        }
    }

    func carryOutRequests(at now: Timestamp) async throws -> Int {
        let due = try await database.read { connection in
            try connection.rows(
                "\(RemovalRequest.query) WHERE q.outcome IS NULL AND q.due_at <= $1 ORDER BY q.due_at, q.id LIMIT 100",
                now.microseconds
            ).map(RemovalRequest.init(row:))
        }
        var count = 0
        // One after the other, so that one that cannot be carried out is in nobody's way.
        for request in due where try await settle(request, at: now) { count += 1 }
        return count
    }

    /// Carries out one request, or ends it. False where it is over by now, or has to wait for the end of a quarantine.
    private func settle(_ found: RemovalRequest, at now: Timestamp) async throws -> Bool {
        try await database.change(by: .index, at: now) { door, actor, now in
            let connection = door.connection
            guard let project = try connection.project(named: found.project),
                let request = try connection.openRequests(of: project).first(where: { $0.id == found.id }),
                request.dueAt <= now, project.status != .quarantined
            else { return false }
            if request.confirmation != nil, try connection.canBeDone(request, of: project) {
                let (_, permit) = try connection.judged(
                    request.departure.act, on: project.name, by: actor, at: now)
                let transaction = try door.open(with: permit)
                try transaction.carryOut(
                    request.departure, of: project, reason: request.reason, with: permit, from: RequestOrigin(),
                    asker: try connection.asker(of: request))
                try transaction.note(.carriedOut, of: request, at: now)
            } else {
                let (_, permit) = try connection.judged(.lapseRemoval, on: project.name, by: actor, at: now)
                let transaction = try door.open(with: permit)
                try transaction.record(permit, .departure(.lapsed(request.departure)))
                try transaction.end(
                    request, of: project, as: .lapsed, reason: nil, by: permit, from: RequestOrigin())
            }
            return true
        }
    }
}

extension Connection {
    /// The projects of which something is asked for.
    fileprivate func projectsWithRequests() throws -> [Project] {
        try rows(
            """
            SELECT \(Project.columns) FROM project p
            WHERE p.id IN (SELECT project_id FROM removal_request WHERE outcome IS NULL) ORDER BY p.id
            """
        ).map(Project.init(row:))
    }

    fileprivate func openRequest(_ id: RemovalRequestID, of project: Project) throws -> RemovalRequest {
        guard let request = try openRequests(of: project).first(where: { $0.id == id }) else {
            throw RemovalRefusal.noSuchRequest(project.name)
        }
        return request
    }

    fileprivate func asker(of request: RemovalRequest) throws -> UserID? {
        try row("SELECT asked_by FROM removal_request WHERE id = $1", request.id.number)
            .map { UserID(try $0.integer("asked_by")) }
    }

    /// Whether what was asked for is still there to be done.
    fileprivate func canBeDone(_ request: RemovalRequest, of project: Project) throws -> Bool {
        switch request.departure {
        case .project: true
        case .archiving: project.status != .archived
        case .hiding: false
        case .lastRole: try asker(of: request).map { try owners(of: project) == [$0] } ?? false
        case .release(let version):
            try row(
                "SELECT id FROM release WHERE project_id = $1 AND canonical = $2 AND removed_at IS NULL",
                project.id.number, version.canonical) != nil
        case .file(let filename):
            try row(
                "SELECT f.id FROM file f WHERE f.project_id = $1 AND f.filename = $2 AND \(FileState.listed("f"))",
                project.id.number, filename) != nil
        }
    }
}

extension Transaction {
    /// Notes that something is asked for, and tells those whom it concerns.
    func ask(
        for departure: Departure, of project: Project, reason: String, on terms: DepartureTerms, with permit: Permit,
        from origin: RequestOrigin
    ) throws -> RemovalRequest {
        guard let asker = permit.actor.userID, let name = permit.actor.username else {
            throw AccessRefusal.notSignedIn
        }
        let (now, due) = (permit.at, permit.at + terms.wait)
        let row = try row(
            """
            INSERT INTO removal_request
                (project_id, kind, version, filename, reason, asked_by, asked_at, due_at, confirmer)
            VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) RETURNING id
            """,
            project.id.number, departure.kind.rawValue, departure.version?.description, departure.filename, reason,
            asker.number, now.microseconds, due.microseconds, terms.confirmer.rawValue)
        guard let row else { throw RemovalRefusal.alreadyAsked(project.name, until: due.day) }
        try record(permit, .departure(.asked(departure, due: due, reason: reason)))
        let event = SecurityEvent.project(
            .departureAsked(departure, due: due, reason: reason), project.name, by: permit.actor.displayName)
        try tellHolders(of: project, event, by: permit.actor, from: origin, at: now)
        if terms.concernsAdministrators, let user = try connection.user(asker) {
            try tellAdministrators(of: event, about: user, in: .removals, at: now)
        }
        try tellDependents(of: project, .leaves(departure, due: due, reason: reason), by: permit)
        return RemovalRequest(
            id: RemovalRequestID(try row.integer("id")), project: project.name, departure: departure, reason: reason,
            askedBy: name, askedAt: now, dueAt: due, confirmer: terms.confirmer, confirmation: nil)
    }

    /// Ends a request of which nothing comes, and tells those with a role and those who heard that it was asked for.
    fileprivate func end(
        _ request: RemovalRequest, of project: Project, as end: RemovalRequestEnd, reason: String?, by permit: Permit,
        from origin: RequestOrigin
    ) throws {
        try note(end, of: request, at: permit.at)
        try tellHolders(
            of: project,
            .project(
                .departureEnded(request.departure, end, reason: reason), project.name, by: permit.actor.displayName),
            by: permit.actor, from: origin, at: permit.at)
        try tellDependents(of: project, .stays(request.departure), by: permit)
    }

    fileprivate func note(_ end: RemovalRequestEnd, of request: RemovalRequest, at now: Timestamp) throws {
        try execute(
            "UPDATE removal_request SET outcome = $1, ended_at = $2 WHERE id = $3", end.rawValue, now.microseconds,
            request.id.number)
    }
}
