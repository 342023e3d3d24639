import Accounts
import Acts
import Database
import Journal
import Policy
import Primitives
import Projects
import UTC

// Who can answer for an account.

extension Connection {
    /// Whether somebody can answer for an account: they own every project of it that asks for two factors, or is to;
    /// where none does, one of its projects. What the account has accepted and waits for counts like what it has; and so
    /// does a project that asks for two factors on which it is only invited, for the role comes in the moment in which
    /// nothing lacks. Otherwise the thief of an account would first have an accomplice vouch, and accept then.
    ///
    /// One of several would not do: anyone who has stolen the account could take a role on a project of an accomplice,
    /// who then lets them in everywhere else.
    ///
    /// Anyone whose account is disabled answers for nobody; and a new owner for no owner who was one before them, for they
    /// would come into that account past its factors, or have a thief come.
    ///
    /// Of projects that were removed, those count that ask for two factors: anyone who makes them again has them as
    /// they were.
    func canVouch(_ owner: UserID, for user: UserID, at now: Timestamp) throws -> Bool {
        try whoCanVouch(for: user, among: owner, at: now).contains(owner)
    }

    /// Who vouched for an account on probation and still could: their word covers all that asks for two factors. Another's
    /// would not add to it, and must not take its place: they could leave the next minute.
    func standingVoucher(of user: UserID, at now: Timestamp) throws -> User? {
        let row = try row("SELECT probation_voucher FROM account WHERE id = $1", user.number)
        guard let id = try row?.optionalInteger("probation_voucher").map({ UserID($0) }) else { return nil }
        return try canVouch(id, for: user, at: now) ? self.user(id) : nil
    }

    /// Everybody who can answer for an account, as far as projects decide that.
    ///
    /// - Parameters:
    ///   - owner: of whom alone it is asked; nil for all.
    ///   - accepting: a project on which the account is invited, as if it had accepted; nil for none.
    func whoCanVouch(
        for user: UserID, among owner: UserID? = nil, accepting: ProjectID? = nil, at now: Timestamp
    ) throws -> Set<UserID> {
        let shared = try rows(
            """
            SELECT p.id, p.removed_at, theirs.account_id, p.id IN (\(Self.heldOrAccepted)) OR p.id = $2 AS is_held
            FROM project p
            JOIN role theirs ON theirs.project_id = p.id AND theirs.role = 'owner'
            JOIN account a ON a.id = theirs.account_id AND a.disabled_at IS NULL
            WHERE p.freed_at IS NULL AND theirs.account_id <> $1 AND ($3 = 0 OR theirs.account_id = $3)
              AND NOT (theirs.given_at > $4 AND EXISTS (
                SELECT 1 FROM role mine WHERE mine.project_id = p.id AND mine.account_id = $1 AND mine.role = 'owner'
                  AND mine.given_at < theirs.given_at))
              AND (p.id IN (\(Self.heldOrAccepted)) OR p.id IN (\(Self.invited(at: now))) OR p.id = $2)
            """,
            user.number, accepting?.number ?? 0, owner?.number ?? 0, (now - OwnerStanding.settling).microseconds)
        let protected = Set(
            try rows(
                """
                SELECT p.id FROM project p
                WHERE p.freed_at IS NULL
                  AND (p.id IN (\(Self.heldOrAccepted)) OR p.id IN (\(Self.invited(at: now))) OR p.id = $2)
                  AND (p.required_assurance <> 'password' OR EXISTS (
                    SELECT 1 FROM critical_project c WHERE c.normalized = p.normalized AND c.lifted_at IS NULL))
                """,
                user.number, accepting?.number ?? 0
            ).map { ProjectID(try $0.integer("id")) })
        var owners: [UserID: (owned: Set<ProjectID>, sharesOne: Bool)] = [:]
        for row in shared {
            let (owner, project) = (UserID(try row.integer("account_id")), ProjectID(try row.integer("id")))
            owners[owner, default: ([], false)].owned.insert(project)
            let isThere = try row.optionalInteger("removed_at") == nil || protected.contains(project)
            if try isThere && row.bool("is_held") { owners[owner]?.sharesOne = true }
        }
        return Set(
            owners.filter { _, shares in shares.sharesOne && protected.isSubset(of: shares.owned) }.keys)
    }

    /// The projects on which an account, $1, holds a role or has accepted one.
    private static let heldOrAccepted = """
        SELECT r.project_id FROM role r WHERE r.account_id = $1
        UNION SELECT i.project_id FROM invitation i WHERE i.account_id = $1 AND i.accepted_at IS NOT NULL
        """

    /// The projects on which an account, $1, is invited at a moment.
    private static func invited(at now: Timestamp) -> String {
        "SELECT i.project_id FROM invitation i WHERE i.account_id = $1 AND i.expires_at > \(now.microseconds)"
    }

    /// Everybody who could vouch for an account now, by name: those who can answer for it, and have a second factor that
    /// counts. Otherwise two stolen accounts would vouch for each other.
    ///
    /// - Parameter accepting: a project on which the account is invited, as if it had accepted; nil for none.
    func vouchers(for user: UserID, accepting: ProjectID? = nil, at now: Timestamp) throws -> [Username] {
        try whoCanVouch(for: user, accepting: accepting, at: now).compactMap { id -> Username? in
            guard try heldFactors(of: id).strongest > .password, let owner = try self.user(id) else { return nil }
            if let until = try probationUntil(of: id), now < until { return nil }
            return owner.name
        }.sorted { $0.normalized < $1.normalized }
    }
}

extension Transaction {
    /// Tells those for whom somebody vouched that this does not hold any more, before that is so.
    ///
    /// - Parameter project: the one that they own no longer; nil where it holds nowhere.
    package func tellEndOfWord(of voucher: User, on project: ProjectID? = nil, at now: Timestamp) throws {
        let waiting = try rows(
            """
            SELECT a.id, a.probation_until FROM account a
            WHERE a.probation_voucher = $1 AND a.probation_until > $2 AND a.disabled_at IS NULL
              AND ($3 = 0 OR EXISTS (SELECT 1 FROM role r WHERE r.account_id = a.id AND r.project_id = $3))
            ORDER BY a.id
            """,
            voucher.id.number, now.microseconds, project?.number ?? 0)
        for row in waiting {
            guard let user = try connection.user(UserID(row.integer("id"))) else { continue }
            let until = Timestamp(microseconds: try row.integer("probation_until"))
            try tell(
                .factor(.vouchingEnded(by: voucher.name.display, until: until)), about: user, from: RequestOrigin(),
                in: connection.projectsRequiring(of: user.id, ownedBy: voucher.id, among: project, at: now), at: now)
        }
    }
}
