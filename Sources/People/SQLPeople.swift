import Accounts
import Acts
import Database
import Journal
import Letters
import PackagingFormats
import Policy
import Ports
import Primitives
import Projects
import Stores
import UTC

/// The people of the index, in SQL, for those who run it.
///
/// Rows and rules are those of `Stores`; here is what they are asked for alone.
public struct SQLPeople: PeopleStore {
    let database: Database

    /// Those of an index whose schema is up to date.
    public init(_ database: Database) { self.database = database }

    // MARK: Reading

    /// See `PeopleStore`: those who are found, a page of them.
    public func people(
        matching query: PersonQuery, after name: Username?, limit: Int, at now: Timestamp
    ) async throws -> [PersonLine] {
        try await database.read { connection in
            let rows = try connection.rows(
                """
                SELECT \(User.columns), a.probation_until,
                    EXISTS (SELECT 1 FROM email_address e WHERE e.account_id = a.id AND e.address = a.primary_address
                        AND e.verified_at IS NOT NULL) AS is_verified,
                    (SELECT COUNT(*) FROM token t WHERE t.account_id = a.id AND t.revoked_at IS NULL
                        AND (t.expires_at IS NULL OR t.expires_at > $1)) AS tokens,
                    (SELECT COUNT(*) FROM role o JOIN project p ON p.id = o.project_id
                        WHERE o.account_id = a.id AND p.removed_at IS NULL) AS projects,
                    (SELECT MAX(s.last_seen_at) FROM session s WHERE s.account_id = a.id AND s.expires_at > $1) AS seen_at
                FROM account a
                WHERE a.normalized > $2 AND (a.normalized LIKE $3 ESCAPE '!' OR EXISTS (
                    SELECT 1 FROM email_address e WHERE e.account_id = a.id AND e.normalized LIKE $3 ESCAPE '!'))
                    \(query.conditions)
                ORDER BY a.normalized LIMIT $4
                """,
                now.microseconds, name?.normalized ?? "", query.pattern, limit)
            let users = try rows.map(User.init(row:))
            let numbers = users.map { String($0.id.number) }.joined(separator: ", ")
            let held = users.isEmpty ? [:] : try connection.heldFactors("f.account_id IN (\(numbers))")
            return try zip(users, rows).map { user, row in
                PersonLine(
                    user: user, isVerified: try row.bool("is_verified"), factors: held[user.id] ?? HeldFactors(),
                    probationUntil: try row.moment("probation_until").flatMap { now < $0 ? $0 : nil },
                    tokens: Int(try row.integer("tokens")), projects: Int(try row.integer("projects")),
                    lastSeenAt: try row.moment("seen_at"))
            }
        }
    }

    /// See `PeopleStore`: what an account has; nil where there is none of that name.
    public func person(_ name: Username, at now: Timestamp) async throws -> Person? {
        try await database.read { connection in
            guard let user = try connection.user(named: name) else { return nil }
            let sessions = try connection.row(
                """
                SELECT COUNT(*) AS n, MAX(last_seen_at) AS seen_at FROM session
                WHERE account_id = $1 AND expires_at > $2 AND last_seen_at > $3
                """,
                user.id.number, now.microseconds, (now - SessionLifetime.idle).microseconds)
            let roles = try connection.rows(
                """
                SELECT p.name, o.role FROM role o JOIN project p ON p.id = o.project_id
                WHERE o.account_id = $1 AND p.removed_at IS NULL ORDER BY p.normalized
                """,
                user.id.number
            ).map {
                (
                    project: try ProjectName(parsing: $0.text("name")),
                    role: try stored(Role(rawValue: $0.text("role")), "role")
                )
            }
            return Person(
                user: user, addresses: try connection.addresses(of: user),
                factors: try connection.factors(of: user.id),
                tokens: try connection.tokens(of: user.id).filter { $0.isLive(at: now) }, roles: roles,
                sessions: Int(try sessions?.integer("n") ?? 0), lastSeenAt: try sessions?.moment("seen_at"),
                recovery: try connection.recovery(of: user.id))
        }
    }

    /// See `PeopleStore`: who could publish to a project, as the policy answers; nil where there is no such project.
    public func publishers(of name: ProjectName, at now: Timestamp) async throws -> [Publisher]? {
        try await database.read { connection in
            guard let project = try connection.project(named: name) else { return nil }
            let rows = try connection.rows(
                """
                SELECT \(User.columns), o.role FROM role o JOIN account a ON a.id = o.account_id
                WHERE o.project_id = $1 ORDER BY o.role DESC, a.normalized
                """,
                project.id.number
            ).map { (user: try User(row: $0), role: try stored(Role(rawValue: $0.text("role")), "role")) }
            let owners = Set(rows.filter { $0.role == .owner }.map(\.user.name))
            return try rows.map { user, role in
                // As they count on this project: a co-owner's word covers what is theirs.
                var factors = try connection.factors(of: user.id)
                let voucher = factors.probation?.voucher
                factors.probation = factors.probation?.onProject(voucherOwns: voucher.map(owners.contains) ?? false)
                let actor = Actor(
                    .user(user.id, user.name, isAdministrator: user.isAdministrator), assurance: .anonymous)
                return Publisher(
                    user, as: role, on: project.name, factors: factors, tokens: try connection.tokens(of: user.id),
                    knowing: try connection.projectFacts(project.name, actor), at: now)
            }
        }
    }

    /// See `PeopleStore`: what waits for a decision about people.
    public func waiting(at now: Timestamp) async throws -> WaitingPeople {
        try await database.read { connection in
            // Nobody makes so many accounts that those who matter are named no more.
            let recoveries =
                try connection.recoveries(of: User.matters, limit: nil, at: now)
                + connection.recoveries(
                    of: "\(User.holdsRole) AND NOT \(User.matters)", limit: WaitingPeople.mostNamed, at: now)
            func count(_ filter: PersonQuery.Filter) throws -> Int {
                let row = try connection.row(
                    "SELECT COUNT(*) AS n FROM account a WHERE \(filter.condition)", now.microseconds)
                return Int(try row?.integer("n") ?? 0)
            }
            return WaitingPeople(
                recoveries: recoveries, moreRecoveries: try count(.recovering) - recoveries.count,
                frozenKeys: try count(.frozen), disownedFactors: try count(.disowned), newFactors: try count(.waiting),
                administrators: try connection.administrators(besides: nil).count)
        }
    }

    // MARK: Changing

    /// See `PeopleStore`: ends all sessions, and keeps everything else.
    public func disable(_ name: Username, reason typed: String, by actor: Actor, at now: Timestamp) async throws {
        try await database.change(by: actor, at: now) { door, actor, now in
            let (user, permit) = try door.connection.judged(
                .disableUser, on: name, object: name.normalized, by: actor, at: now)
            let transaction = try door.open(with: permit)
            guard let reason = AccountDisabling.reason(typed: typed) else { throw AccountRefusal.reasonMissing }
            try StandingPolicy.decideDisabling(
                of: user, by: actor, others: transaction.connection.administrators(besides: user.id).count)
            guard user.disabling == nil else { return }
            try transaction.execute(
                "UPDATE account SET disabled_at = $1, disabled_reason = $2 WHERE id = $3", now.microseconds, reason,
                user.id.number)
            try transaction.endSessions(of: user.id, except: nil)
            try transaction.tellEndOfWord(of: user, at: now)
            // Nobody could object to it any more, and it would be ripe when the account is enabled.
            try transaction.cancelRecovery(of: user, from: RequestOrigin(), at: now)
            try transaction.record(permit, .disabled(reason: reason))
            let event = SecurityEvent.standing(.disabled(reason: reason), by: actor.displayName)
            try transaction.tell(event, about: user, from: RequestOrigin(), at: now)
            if user.isAdministrator { try transaction.tellAdministrators(of: event, about: user, at: now) }
        }
    }

    /// See `PeopleStore`: the account can be used as before.
    public func enable(_ name: Username, by actor: Actor, at now: Timestamp) async throws {
        try await database.change(by: actor, at: now) { door, actor, now in
            let (user, permit) = try door.connection.judged(
                .enableUser, on: name, object: name.normalized, by: actor, at: now)
            let transaction = try door.open(with: permit)
            guard let disabling = user.disabling else { return }
            try door.connection.requireNotDeleted(user)
            try transaction.restartProbation(of: user.id, runningAt: disabling.since, at: now)
            try transaction.execute(
                "UPDATE account SET disabled_at = NULL, disabled_reason = NULL WHERE id = $1", user.id.number)
            try transaction.record(permit, .enabled)
            let event = SecurityEvent.standing(.enabled, by: actor.displayName)
            try transaction.tell(event, about: user, from: RequestOrigin(), at: now)
            if user.isAdministrator { try transaction.tellAdministrators(of: event, about: user, at: now) }
        }
    }

    /// See `PeopleStore`: the last administrator stays one.
    public func setAdministrator(
        _ isAdministrator: Bool, _ name: Username, by actor: Actor, at now: Timestamp
    ) async throws {
        try await database.change(by: actor, at: now) { door, actor, now in
            let (user, permit) = try door.connection.judged(
                isAdministrator ? .makeAdministrator : .unmakeAdministrator, on: name, object: name.normalized,
                by: actor, at: now)
            let transaction = try door.open(with: permit)
            guard user.isAdministrator != isAdministrator else { return }
            let others = try transaction.connection.administrators(besides: user.id)
            var waitsUntil: Timestamp?
            if isAdministrator {
                // It would be one that nobody can use.
                if user.disabling != nil { throw AccountRefusal.disabled(user.name) }
                // The first factor of an administrator waits, whatever speaks for it: also where they become one later.
                let counted = try transaction.connection.firstFactorCounted(of: user.id, since: now - Probation.length)
                if let counted {
                    try transaction.beginProbation(.firstFactor, because: [.administrator], of: user.id, at: counted)
                    waitsUntil = counted + Probation.length
                }
            } else {
                try StandingPolicy.decideUnmaking(of: user, by: actor, others: others.count)
            }
            try transaction.execute(
                "UPDATE account SET is_administrator = $1 WHERE id = $2", isAdministrator, user.id.number)
            try transaction.record(permit, isAdministrator ? .administratorMade : .administratorUnmade)
            let event = SecurityEvent.standing(
                isAdministrator ? .administratorMade(waitingUntil: waitsUntil) : .administratorUnmade,
                by: actor.displayName)
            try transaction.tell(
                event, about: user, from: actor.origin(shownTo: user.id),
                in: waitsUntil == nil
                    ? LetterContext() : transaction.connection.projectsRequiring(of: user.id, at: now), at: now)
            try transaction.tellAdministrators(of: event, about: user, at: now)
        }
    }
}

extension Transaction {
    /// Begins a probation anew that ran when the account was disabled: in the days since nobody could say that a factor
    /// is not theirs.
    fileprivate func restartProbation(of user: UserID, runningAt disabledAt: Timestamp, at now: Timestamp) throws {
        let until = (now + Probation.length).microseconds
        try execute(
            """
            UPDATE account SET probation_until = $1, probation_voucher = NULL, probation_told_at = NULL
            WHERE id = $2 AND probation_until > $3
            """,
            until, user.number, disabledAt.microseconds)
        try execute(
            "UPDATE factor SET probation_until = $1 WHERE account_id = $2 AND probation_until > $3", until, user.number,
            disabledAt.microseconds)
    }
}

extension AccountRecovery {
    /// Whether a row `r` is of one that nobody has vouched for, and by which somebody can come in, now or later than
    /// `$1`.
    fileprivate static let isOpen = """
        r.completed_at IS NULL AND r.approved_by IS NULL AND r.due_at + \(wait.components.seconds * 1_000_000) > $1
        """
}

extension Connection {
    /// The recoveries that wait for a decision of accounts named `a` of which something is so, the first to be due first.
    fileprivate func recoveries(
        of condition: String, limit: Int?, at now: Timestamp
    ) throws -> [(user: Username, recovery: AccountRecovery)] {
        try rows(
            """
            SELECT a.name, r.requested_at, r.due_at, r.approved_by
            FROM account_recovery r JOIN account a ON a.id = r.account_id
            WHERE \(AccountRecovery.isOpen) AND a.disabled_at IS NULL AND \(condition)
            ORDER BY r.due_at, a.id LIMIT $2
            """,
            now.microseconds, limit ?? Int.max
        ).map { row in
            (
                user: try Username(parsing: row.text("name")),
                recovery: AccountRecovery(
                    requestedAt: Timestamp(microseconds: try row.integer("requested_at")),
                    dueAt: Timestamp(microseconds: try row.integer("due_at")),
                    approvedBy: try row.optionalText("approved_by"))
            )
        }
    }

}

extension PersonQuery {
    /// For `LIKE`, with `!` before what would be a wildcard.
    fileprivate var pattern: String {
        let literal = text.map { "!%_".contains($0) ? "!\($0)" : String($0) }.joined()
        return "%\(literal)%"
    }

    /// What else is asked of an account named `a`; `$1` is the moment.
    fileprivate var conditions: String {
        filters.sorted { $0.rawValue < $1.rawValue }.map { "AND \($0.condition)" }.joined(separator: " ")
    }
}

extension PersonQuery.Filter {
    /// What it asks of an account named `a`; `$1` is the moment.
    fileprivate var condition: String {
        let lately = "$1 - \(WaitingPeople.window.components.seconds * 1_000_000)"
        return switch self {
        case .administrators: "a.is_administrator = 1"
        case .disabled: "a.disabled_at IS NOT NULL"
        case .recovering:
            """
            a.disabled_at IS NULL AND EXISTS (SELECT 1 FROM account_recovery r WHERE r.account_id = a.id
                AND \(AccountRecovery.isOpen))
            """
        case .waiting:
            """
            a.disabled_at IS NULL AND a.probation_until > $1
                AND NOT EXISTS (SELECT 1 FROM account v WHERE v.id = a.probation_voucher AND v.disabled_at IS NULL)
                AND a.probation_reason = '\(Probation.Reason.firstFactor.rawValue)' AND \(User.holdsRole)
            """
        case .frozen:
            """
            a.disabled_at IS NULL AND \(User.holdsRole) AND EXISTS (
                SELECT 1 FROM factor f JOIN security_key k ON k.factor_id = f.id
                WHERE f.account_id = a.id AND f.disowned_at IS NULL AND k.frozen_at > \(lately))
            """
        case .disowned:
            """
            a.disabled_at IS NULL AND \(User.holdsRole) AND EXISTS (
                SELECT 1 FROM factor f WHERE f.account_id = a.id AND f.disowned_at > \(lately))
            """
        }
    }
}

extension User {
    /// Whether the account named `a` administrates the index or holds a role on a critical project.
    fileprivate static let matters = """
        (a.is_administrator = 1 OR EXISTS (SELECT 1 FROM role o JOIN project p ON p.id = o.project_id
            JOIN critical_project k ON k.normalized = p.normalized
            WHERE o.account_id = a.id AND p.removed_at IS NULL AND k.lifted_at IS NULL))
        """

    /// Whether the account named `a` administrates the index or holds a role on a project that is there.
    fileprivate static let holdsRole = """
        (a.is_administrator = 1 OR EXISTS (SELECT 1 FROM role o JOIN project p ON p.id = o.project_id
            WHERE o.account_id = a.id AND p.removed_at IS NULL))
        """
}

extension Row {
    func moment(_ column: String) throws -> Timestamp? {
        try optionalInteger(column).map(Timestamp.init(microseconds:))
    }
}
