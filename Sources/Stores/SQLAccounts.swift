import Database
import Model
import UTC

/// Accounts in SQL.
struct SQLAccounts: AccountStore {
    let database: Database

    func add(_ user: NewUser, by actor: Actor, at now: Timestamp) async throws -> User {
        try await database.change { transaction in
            let permit = try AccessPolicy.permit(.addUser, on: user.name, to: actor, at: now)
            let connection = transaction.connection
            guard try connection.user(named: user.name) == nil else { throw AccountRefusal.nameTaken(user.name) }
            guard try connection.row("SELECT id FROM account WHERE LOWER(email) = LOWER($1)", user.email.text) == nil
            else { throw AccountRefusal.emailTaken(user.email) }
            try transaction.execute(
                """
                INSERT INTO account (name, normalized, email, password_hash, is_administrator, created_at)
                VALUES ($1, $2, $3, $4, $5, $6)
                """,
                user.name.display, user.name.normalized, user.email.text, user.passwordHash, user.isAdministrator,
                now.microseconds)
            try transaction.record(permit, ["administrator": user.isAdministrator ? "yes" : nil])
            return try connection.requireUser(named: user.name)
        }
    }

    func user(named name: Username) async throws -> User? {
        try await database.read { connection in try connection.user(named: name) }
    }

    func users() async throws -> [User] {
        try await database.read { connection in
            try connection.rows("SELECT \(User.columns) FROM account a ORDER BY normalized").map(User.init(row:))
        }
    }

    func setPassword(hash: String, of name: Username, by actor: Actor, at now: Timestamp) async throws {
        try await database.change { transaction in
            let permit = try AccessPolicy.permit(.setPassword, on: name, to: actor, at: now)
            let user = try transaction.connection.requireUser(named: name)
            try transaction.setPassword(hash, of: user, with: permit)
        }
    }

    func offerPasswordLink(
        secretHash: [UInt8], to name: Username, until expiresAt: Timestamp, by actor: Actor, at now: Timestamp
    ) async throws {
        try await database.change { transaction in
            let permit = try AccessPolicy.permit(.offerPasswordLink, on: name, to: actor, at: now)
            let user = try transaction.connection.requireUser(named: name)
            try transaction.execute(
                "UPDATE account SET password_link_hash = $1, password_link_expires_at = $2 WHERE id = $3",
                secretHash, expiresAt.microseconds, user.id.number)
            try transaction.record(permit, ["until": expiresAt.iso8601])
        }
    }

    func passwordLink(secretHash: [UInt8], at now: Timestamp) async throws -> User? {
        try await database.read { connection in try connection.user(withPasswordLink: secretHash, at: now) }
    }

    func usePasswordLink(secretHash: [UInt8], passwordHash: String, at now: Timestamp) async throws -> User {
        try await database.change { transaction in
            guard let user = try transaction.connection.user(withPasswordLink: secretHash, at: now) else {
                throw AccountRefusal.linkInvalid
            }
            // Whoever has the link's secret acts as the account, and only to set its password.
            let holder = Actor(
                .user(user.id, user.name, isAdministrator: false), assurance: .anonymous)
            let permit = try AccessPolicy.permit(.setPassword, on: user.name, to: holder, at: now)
            try transaction.setPassword(passwordHash, of: user, with: permit)
            return user
        }
    }
}

extension Transaction {
    /// Sets a password and voids the account's link, if it has one.
    fileprivate func setPassword(_ hash: String, of user: User, with permit: Permit) throws {
        try execute(
            """
            UPDATE account SET password_hash = $1, password_link_hash = NULL, password_link_expires_at = NULL
            WHERE id = $2
            """,
            hash, user.id.number)
        try record(permit)
    }
}

extension Connection {
    func user(named name: Username) throws -> User? {
        try row("SELECT \(User.columns) FROM account a WHERE normalized = $1", name.normalized).map(User.init(row:))
    }

    func requireUser(named name: Username) throws -> User {
        guard let user = try user(named: name) else { throw AccountRefusal.noSuchUser(name) }
        return user
    }

    fileprivate func user(withPasswordLink secretHash: [UInt8], at now: Timestamp) throws -> User? {
        try row(
            "SELECT \(User.columns) FROM account a WHERE password_link_hash = $1 AND password_link_expires_at > $2",
            secretHash, now.microseconds
        ).map(User.init(row:))
    }
}

extension User {
    /// What `init(row:)` reads of the table `account`, named `a` in the query.
    static let columns = """
        a.id AS user_id, a.name AS user_name, a.email AS user_email, a.is_administrator AS user_is_administrator, \
        a.created_at AS user_created_at
        """

    init(row: Row) throws {
        self.init(
            id: UserID(try row.integer("user_id")), name: try Username(parsing: row.text("user_name")),
            email: try EmailAddress(parsing: row.text("user_email")),
            isAdministrator: try row.bool("user_is_administrator"),
            createdAt: Timestamp(microseconds: try row.integer("user_created_at")))
    }
}
