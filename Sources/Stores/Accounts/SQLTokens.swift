import Accounts
import Acts
import Database
import Journal
import PackagingFormats
import Policy
import Ports
import Primitives
import Secrets
import UTC

/// API tokens in SQL.
struct SQLTokens: TokenStore {
    let database: Database

    func add(
        _ token: NewAPIToken, by actor: Actor, from origin: RequestOrigin, at now: Timestamp
    ) async throws -> APIToken {
        try await database.change(by: actor, at: now) { door, actor, now in
            let (owner, permit) = try door.connection.judged(
                .issueToken, on: token.owner, object: token.object, for: token.projects ?? [], by: actor, at: now)
            let transaction = try door.open(with: permit)
            let live = try transaction.row(
                """
                SELECT COUNT(*) AS n FROM token
                WHERE account_id = $1 AND revoked_at IS NULL AND (expires_at IS NULL OR expires_at > $2)
                """,
                owner.id.number, now.microseconds)
            guard try live?.integer("n") ?? 0 < NewAPIToken.most else { throw TokenStoreRefusal.tooMany }
            // Those that were revoked stay, for the record.
            let today = try transaction.rows(
                "SELECT created_at FROM token WHERE account_id = $1 AND created_at > $2 ORDER BY created_at",
                owner.id.number, (now - .days(1)).microseconds)
            if actor.userID != nil, today.count >= NewAPIToken.mostADay, let first = today.first {
                let free = Timestamp(microseconds: try first.integer("created_at")) + .days(1)
                throw TooManyAttempts(retryAfterSeconds: Int(max(1, free.seconds - now.seconds)))
            }
            let projects = token.projects?.map(\.normalized).joined(separator: " ")
            try transaction.execute(
                """
                INSERT INTO token
                    (id, account_id, root_key, label, projects, created_at, expires_at, assurance, factor_id, as_of)
                VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
                """,
                token.id, owner.id.number,
                try transaction.connection.seal(token.rootKey, for: SecretContext.rootKey(token: token.id)),
                token.label, projects, now.microseconds,
                token.expiresAt?.microseconds, actor.assurance.rawValue, actor.session?.factor?.number, token.asOf)
            try transaction.record(
                permit,
                .token(
                    .issued(
                        id: token.id, label: token.label, projects: token.projects, expires: token.expiresAt,
                        actor.assurance)))
            guard let added = try transaction.connection.token(token.id) else {
                throw TokenStoreRefusal.noSuchToken(token.id)
            }
            try transaction.tell(
                .tokenIssued(label: added.nameForPeople, actor.assurance),
                about: owner,
                from: origin, at: now)
            return added
        }
    }

    func token(_ id: String) async throws -> APIToken? {
        try await database.lookUp { connection in try connection.token(id, isOpened: true) }
    }

    func tokens(of owner: Username) async throws -> [APIToken] {
        try await database.read { connection in
            try connection.tokens(of: connection.requireUser(named: owner).id).reversed()
        }
    }

    func revoke(_ id: String, by actor: Actor, from origin: RequestOrigin, at now: Timestamp) async throws {
        try await database.change(by: actor, at: now) { door, actor, now in
            guard let token = try door.connection.token(id) else { throw TokenStoreRefusal.noSuchToken(id) }
            let (owner, permit) = try door.connection.judged(
                .revokeToken, on: token.owner.name, by: actor, at: now)
            let transaction = try door.open(with: permit)
            guard token.revokedAt == nil else { return }
            try transaction.execute("UPDATE token SET revoked_at = $1 WHERE id = $2", now.microseconds, id)
            try transaction.record(permit, .token(.revoked(id: id, label: token.label)))
            try transaction.tell(
                .tokenRevoked(label: token.nameForPeople), about: owner,
                from: actor.userID == owner.id ? origin : RequestOrigin(), at: now)
        }
    }

    func noteUse(of id: String, at now: Timestamp) async throws {
        try await database.keep(.tokenUse) { transaction in
            try transaction.execute(
                "UPDATE token SET last_used_at = $1 WHERE id = $2 AND (last_used_at IS NULL OR last_used_at < $3)",
                now.microseconds, id, now.microseconds - 60_000_000)
        }
    }
}

extension Connection {
    /// All tokens of an account, ended ones too, the oldest first; without what they are verified with.
    package func tokens(of user: UserID) throws -> [APIToken] {
        try rows("\(APIToken.query) WHERE t.account_id = $1 ORDER BY t.created_at, t.id DESC", user.number)
            .map { try APIToken(row: $0, rootKey: []) }
    }

    /// - Parameter isOpened: whether its root key is wanted, which takes the key file that it was sealed with.
    func token(_ id: String, isOpened: Bool = false) throws -> APIToken? {
        try row("\(APIToken.query) WHERE t.id = $1", id).map { row in
            let context = SecretContext.rootKey(token: id)
            return try APIToken(row: row, rootKey: isOpened ? open(row.blob("root_key"), for: context) : [])
        }
    }
}

extension APIToken {
    fileprivate static let query = """
        SELECT t.id, t.root_key, t.label, t.projects, t.created_at, t.expires_at, t.revoked_at, t.last_used_at,
               t.assurance, t.factor_id, t.as_of, \(User.columns)
        FROM token t JOIN account a ON a.id = t.account_id
        """

    fileprivate init(row: Row, rootKey: [UInt8]) throws {
        let assurance = try row.text("assurance")
        let id = try row.text("id")
        self.init(
            id: id, owner: try User(row: row),
            rootKey: rootKey,
            label: try row.text("label"),
            projects: try row.optionalText("projects")?.split(separator: " ").map {
                try ProjectName(parsing: String($0))
            },
            createdAt: Timestamp(microseconds: try row.integer("created_at")),
            expiresAt: try row.optionalInteger("expires_at").map(Timestamp.init(microseconds:)),
            revokedAt: try row.optionalInteger("revoked_at").map(Timestamp.init(microseconds:)),
            lastUsedAt: try row.optionalInteger("last_used_at").map(Timestamp.init(microseconds:)),
            assurance: try stored(Assurance(rawValue: assurance), assurance),
            factor: try row.optionalInteger("factor_id").map { FactorID($0) }, asOf: try row.optionalText("as_of"))
    }
}
