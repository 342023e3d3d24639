import Accounts
import Acts
import Database
import Journal
import Policy
import Ports
import Primitives
import UTC

/// What is asked of accounts, in SQL.
struct SQLAccountRules: AccountRuleStore {
    let database: Database

    func rule() async throws -> AccountRule {
        try await database.read { try $0.accountRule() }
    }

    func set(_ rule: AccountRule, by actor: Actor, at now: Timestamp) async throws {
        try await database.change(by: actor, at: now) { door, actor, now in
            let permit = try AccessPolicy.permit(.setAccountRule, to: actor, at: now)
            let transaction = try door.open(with: permit)
            guard try transaction.connection.accountRule() != rule else { return }
            try transaction.execute("DELETE FROM account_rule")
            let limits = rule.allowance
            try transaction.execute(
                """
                INSERT INTO account_rule
                    (id, needs_verified_address, projects_per_hour, projects_per_day, files_per_hour, files_per_day,
                     bytes_per_hour, bytes_per_day, first_factor_evidence)
                VALUES (1, $1, $2, $3, $4, $5, $6, $7, $8)
                """,
                rule.needsVerifiedAddress, limits.projects.perHour, limits.projects.perDay, limits.files.perHour,
                limits.files.perDay, limits.bytes.perHour, limits.bytes.perDay, rule.firstFactorEvidence.rawValue)
            try transaction.record(permit, .accountRuleSet(rule))
        }
    }

    func allowance(of name: Username) async throws -> (allowance: Allowance, isItsOwn: Bool) {
        try await database.read { connection in
            let user = try connection.requireUser(named: name)
            let own = try connection.ownAllowance(of: user.id)
            return (try own ?? connection.accountRule().allowance, own != nil)
        }
    }

    func setAllowance(
        _ allowance: Allowance?, of name: Username, by actor: Actor, at now: Timestamp
    ) async throws {
        try await database.change(by: actor, at: now) { door, actor, now in
            let (user, permit) = try door.connection.judged(
                .setAllowance, on: name, object: name.normalized, by: actor, at: now)
            let transaction = try door.open(with: permit)
            try transaction.setAllowance(allowance, of: user.id)
            try transaction.record(permit, .allowanceSet(allowance))
        }
    }

    func published(by name: Username, at now: Timestamp) async throws -> [PublishedHour] {
        try await database.read { connection in
            try connection.published(by: connection.requireUser(named: name).id, at: now)
        }
    }

    func verifyPrimaryAddress(of name: Username, by actor: Actor, at now: Timestamp) async throws -> EmailAddress {
        try await database.change(by: actor, at: now) { door, actor, now in
            let (user, permit) = try door.connection.judged(.verifyAddress, on: name, by: actor, at: now)
            let transaction = try door.open(with: permit)
            guard try transaction.connection.lacksVerifiedAddress(user.id) else { return user.email }
            if let owner = try transaction.connection.owner(of: user.email), owner != user.id {
                throw AccountRefusal.emailTaken(user.email)
            }
            try transaction.execute(
                "UPDATE email_address SET verified_at = $1 WHERE account_id = $2 AND normalized = $3",
                now.microseconds, user.id.number, user.email.normalized)
            try transaction.record(permit, .address(.verified))
            try transaction.note(
                .address(.verified(user.email)), about: user.id,
                from: actor.origin(shownTo: user.id), at: now)
            return user.email
        }
    }
}

extension Transaction {
    func setAllowance(_ allowance: Allowance?, of user: UserID) throws {
        try execute("DELETE FROM account_allowance WHERE account_id = $1", user.number)
        guard let allowance else { return }
        try execute(
            """
            INSERT INTO account_allowance
                (account_id, projects_per_hour, projects_per_day, files_per_hour, files_per_day, bytes_per_hour,
                 bytes_per_day)
            VALUES ($1, $2, $3, $4, $5, $6, $7)
            """,
            user.number, allowance.projects.perHour, allowance.projects.perDay, allowance.files.perHour,
            allowance.files.perDay, allowance.bytes.perHour, allowance.bytes.perDay)
    }

    /// Counts what an account publishes, in the transaction in which it does, and forgets what no limit asks about any
    /// more.
    ///
    /// Anyone who holds no account is not counted: the operator answers for what they import.
    func countPublished(_ amount: PublishedAmount, by actor: Actor, at now: Timestamp) throws {
        guard let user = actor.userID else { return }
        let hour = PublishedHour.number(of: now)
        try execute(
            """
            INSERT INTO account_published (account_id, hour, projects, files, bytes) VALUES ($1, $2, $3, $4, $5)
            ON CONFLICT (account_id, hour) DO UPDATE SET projects = account_published.projects + excluded.projects,
                files = account_published.files + excluded.files, bytes = account_published.bytes + excluded.bytes
            """,
            user.number, hour, amount.projects, amount.files, amount.bytes)
        try execute("DELETE FROM account_published WHERE account_id = $1 AND hour <= $2", user.number, hour - 24)
    }
}

extension Connection {
    func accountRule() throws -> AccountRule {
        try row("SELECT * FROM account_rule WHERE id = 1").map { row in
            let evidence = try row.text("first_factor_evidence")
            return AccountRule(
                needsVerifiedAddress: try row.bool("needs_verified_address"), allowance: try Allowance(row: row),
                firstFactorEvidence: try stored(FirstFactorEvidence.Setting(rawValue: evidence), evidence))
        } ?? .usual
    }

    func ownAllowance(of user: UserID) throws -> Allowance? {
        try row("SELECT * FROM account_allowance WHERE account_id = $1", user.number).map(Allowance.init(row:))
    }

    func published(by user: UserID, at now: Timestamp) throws -> [PublishedHour] {
        try rows(
            "SELECT hour, projects, files, bytes FROM account_published WHERE account_id = $1 AND hour > $2 ORDER BY hour",
            user.number, PublishedHour.number(of: now) - 24
        ).map { row in
            PublishedHour(
                hour: try row.integer("hour"),
                PublishedAmount(
                    projects: try row.integer("projects"), files: try row.integer("files"),
                    bytes: try row.integer("bytes")))
        }
    }

    /// Throws where an account has published as much as it may for now.
    func requireAllowance(_ amount: PublishedAmount, by actor: Actor, at now: Timestamp) throws {
        guard let user = actor.userID else { return }
        let allowance = try ownAllowance(of: user) ?? accountRule().allowance
        guard allowance != .unlimited else { return }
        try allowance.decide(amount, after: try published(by: user, at: now), at: now)
    }

    /// Whether an account's primary address was never verified, where the operator asks for that.
    func lacksVerifiedAddress(forActsOf user: UserID?) throws -> Bool {
        guard let user, try lacksVerifiedAddress(user) else { return false }
        return try accountRule().needsVerifiedAddress
    }

    /// Whether an account's primary address was never verified.
    func lacksVerifiedAddress(_ user: UserID) throws -> Bool {
        try row(
            """
            SELECT a.id FROM account a WHERE a.id = $1 AND NOT EXISTS (
                SELECT 1 FROM email_address e
                WHERE e.account_id = a.id AND e.address = a.primary_address AND e.verified_at IS NOT NULL)
            """,
            user.number) != nil
    }
}

extension Allowance {
    fileprivate init(row: Row) throws {
        self.init(
            projects: Limit(
                perHour: try row.optionalInteger("projects_per_hour"),
                perDay: try row.optionalInteger("projects_per_day")),
            files: Limit(
                perHour: try row.optionalInteger("files_per_hour"), perDay: try row.optionalInteger("files_per_day")),
            bytes: Limit(
                perHour: try row.optionalInteger("bytes_per_hour"), perDay: try row.optionalInteger("bytes_per_day")))
    }
}
