import Accounts
import Database
import Primitives
import UTC

// What a transaction reads about factors.

extension Connection {
    /// Everything that an account can be proven with beyond its password.
    package func factors(of user: UserID) throws -> AccountFactors {
        let keys = try rows("\(SecurityKey.query) AND f.account_id = $1 ORDER BY f.id", user.number)
            .map(SecurityKey.init(row:))
        let apps = try authenticatorApps(of: user)
        let codes = try row("SELECT COUNT(*) AS n FROM recovery_code WHERE account_id = $1", user.number)
        let account = try row(
            "SELECT user_handle, \(Probation.columns) FROM account a WHERE a.id = $1", user.number)
        let disowned = try rows(
            """
            SELECT id, kind, label, added_at, disowned_at FROM factor
            WHERE account_id = $1 AND disowned_at IS NOT NULL ORDER BY id
            """,
            user.number
        ).map(DisownedFactor.init(row:))
        return AccountFactors(
            securityKeys: keys, authenticatorApps: apps, recoveryCodesLeft: Int(try codes?.integer("n") ?? 0),
            userHandle: try account?.optionalBlob("user_handle"), probation: try account.flatMap(Probation.init(row:)),
            disowned: disowned)
    }

    /// What an account has of factors, as far as that decides what it can be proven with.
    func heldFactors(of user: UserID) throws -> HeldFactors {
        try heldFactors("f.account_id = $1", [user.number])[user] ?? HeldFactors()
    }

    /// The same of many accounts at once; those without a factor are left out.
    ///
    /// - Parameter condition: whose, of a factor named `f`; one of ours, never anything from outside.
    package func heldFactors(_ condition: String, _ arguments: [any Bindable] = []) throws -> [UserID: HeldFactors] {
        var held: [UserID: HeldFactors] = [:]
        for row in try rows(
            """
            SELECT f.account_id, f.kind, f.lost_at, k.is_attested, k.is_backup_eligible, k.verifies_user, k.frozen_at
            FROM factor f LEFT JOIN security_key k ON k.factor_id = f.id WHERE f.disowned_at IS NULL AND \(condition)
            """,
            arguments: arguments)
        {
            let user = UserID(try row.integer("account_id"))
            guard try row.text("kind") == "security-key" else {
                held[user, default: HeldFactors()].hasApp = true
                continue
            }
            held[user, default: HeldFactors()].keys.append(
                KeyStrength(
                    isAttested: try row.bool("is_attested"), isBackupEligible: try row.bool("is_backup_eligible"),
                    verifiesUser: try row.bool("verifies_user"), isFrozen: try row.optionalInteger("frozen_at") != nil,
                    isLost: try row.optionalInteger("lost_at") != nil))
        }
        return held
    }

    func securityKey(credentialID: [UInt8]) throws -> (owner: User, userHandle: [UInt8], key: SecurityKey)? {
        try row(
            """
            SELECT \(SecurityKey.columns), \(User.columns), a.user_handle
            FROM security_key k JOIN factor f ON f.id = k.factor_id JOIN account a ON a.id = f.account_id
            WHERE k.credential_id = $1 AND f.disowned_at IS NULL
            """,
            credentialID
        ).map { (try User(row: $0), try $0.blob("user_handle"), try SecurityKey(row: $0)) }
    }

    func securityKey(_ id: FactorID, of user: UserID) throws -> SecurityKey? {
        try row("\(SecurityKey.query) AND f.id = $1 AND f.account_id = $2", id.number, user.number)
            .map(SecurityKey.init(row:))
    }

    func authenticatorApps(of user: UserID) throws -> [AuthenticatorApp] {
        try rows("\(AuthenticatorApp.query) AND f.account_id = $1 ORDER BY f.id", user.number)
            .map(AuthenticatorApp.init(row:))
    }

    /// Whether a factor is on probation, because it came by a recovery code or a recovery.
    func isOnProbation(_ factor: FactorID, at now: Timestamp) throws -> Bool {
        try probationUntil(of: factor).map { now < $0 } ?? false
    }

    /// Until when a factor is on probation; it may be long ago, or nil.
    func probationUntil(of factor: FactorID) throws -> Timestamp? {
        try row("SELECT probation_until FROM factor WHERE id = $1", factor.number)?
            .optionalInteger("probation_until").map(Timestamp.init(microseconds:))
    }

    func probationUntil(of user: UserID) throws -> Timestamp? {
        try row("SELECT probation_until FROM account WHERE id = $1", user.number)?
            .optionalInteger("probation_until").map(Timestamp.init(microseconds:))
    }
}

extension Probation {
    /// What `init(row:)` reads of the table `account`, named `a` in the query.
    ///
    /// Anyone whose account is disabled answers for nobody any more.
    static let columns = """
        a.probation_until, a.probation_reason, a.probation_because,
        (SELECT v.name FROM account v WHERE v.id = a.probation_voucher AND v.disabled_at IS NULL) AS probation_voucher_name
        """

    init?(row: Row) throws {
        guard let until = try row.optionalInteger("probation_until"),
            let reason = try row.optionalText("probation_reason")
        else { return nil }
        let because = try row.optionalText("probation_because") ?? ""
        self.init(
            try stored(Reason(rawValue: reason), reason), until: Timestamp(microseconds: until),
            because: try because.split(separator: " ").map {
                try stored(FirstFactorEvidence.Gap(rawValue: String($0)), String($0))
            }, voucher: try row.optionalText("probation_voucher_name").map { try Username(parsing: $0) })
    }
}

extension DisownedFactor {
    init(row: Row) throws {
        self.init(
            id: FactorID(try row.integer("id")), label: try row.text("label"),
            isApp: try row.text("kind") == "authenticator-app",
            addedAt: Timestamp(microseconds: try row.integer("added_at")),
            disownedAt: Timestamp(microseconds: try row.integer("disowned_at")))
    }
}

extension SecurityKey {
    static let columns = """
        f.id AS factor_id, f.label AS factor_label, f.added_at AS factor_added_at, \
        f.last_used_at AS factor_last_used_at, f.probation_until AS factor_probation_until, \
        f.lost_at AS factor_lost_at, k.credential_id, k.public_key, k.sign_count, k.is_backup_eligible, \
        k.is_backed_up, k.verifies_user, k.is_discoverable, k.transports, k.attestation_format, k.is_attested, \
        k.aaguid, k.attestation_key_id, k.model_name, k.frozen_at
        """
    /// Those that prove something; a condition can follow.
    fileprivate static let query = """
        SELECT \(columns) FROM security_key k JOIN factor f ON f.id = k.factor_id WHERE f.disowned_at IS NULL
        """

    init(row: Row) throws {
        self.init(
            id: FactorID(try row.integer("factor_id")), label: try row.text("factor_label"),
            credentialID: try row.blob("credential_id"), publicKey: try row.blob("public_key"),
            signCount: UInt32(clamping: try row.integer("sign_count")),
            isBackupEligible: try row.bool("is_backup_eligible"), isBackedUp: try row.bool("is_backed_up"),
            verifiesUser: try row.bool("verifies_user"), isDiscoverable: try row.bool("is_discoverable"),
            transports: try row.text("transports").split(separator: " ").map(String.init),
            attestationFormat: try row.text("attestation_format"), isAttested: try row.bool("is_attested"),
            aaguid: try row.optionalText("aaguid"), attestationKeyID: try row.optionalText("attestation_key_id"),
            modelName: try row.optionalText("model_name"),
            addedAt: Timestamp(microseconds: try row.integer("factor_added_at")),
            lastUsedAt: try row.optionalInteger("factor_last_used_at").map(Timestamp.init(microseconds:)),
            frozenAt: try row.optionalInteger("frozen_at").map(Timestamp.init(microseconds:)),
            probationUntil: try row.optionalInteger("factor_probation_until").map(Timestamp.init(microseconds:)),
            isLost: try row.optionalInteger("factor_lost_at") != nil)
    }
}

extension AuthenticatorApp {
    fileprivate static let query = """
        SELECT f.id AS factor_id, f.added_at, f.last_used_at, f.probation_until, p.sealed_secret, p.last_counter
        FROM authenticator_app p JOIN factor f ON f.id = p.factor_id WHERE f.disowned_at IS NULL
        """

    init(row: Row) throws {
        self.init(
            id: FactorID(try row.integer("factor_id")), sealedSecret: try row.blob("sealed_secret"),
            lastCounter: try row.optionalInteger("last_counter"),
            addedAt: Timestamp(microseconds: try row.integer("added_at")),
            lastUsedAt: try row.optionalInteger("last_used_at").map(Timestamp.init(microseconds:)),
            probationUntil: try row.optionalInteger("probation_until").map(Timestamp.init(microseconds:)))
    }
}
