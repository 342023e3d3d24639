import Accounts
import Acts
import Database
import Journal
import Policy
import Ports
import Primitives
import UTC

/// Models of authenticators in SQL.
struct SQLAuthenticators: AuthenticatorStore {
    let database: Database

    func metadata() async throws -> AuthenticatorMetadata? {
        try await database.read { connection in
            let models = try connection.row("SELECT COUNT(*) AS n FROM authenticator_model WHERE entry IS NOT NULL")
            return try connection.row(
                "SELECT number, next_update, imported_at FROM authenticator_metadata ORDER BY number DESC LIMIT 1"
            ).map { row in
                AuthenticatorMetadata(
                    number: Int(try row.integer("number")),
                    nextUpdate: Day(number: Int32(clamping: try row.integer("next_update"))),
                    importedAt: Timestamp(microseconds: try row.integer("imported_at")),
                    models: Int(try models?.integer("n") ?? 0))
            }
        }
    }

    func replace(
        _ models: [AuthenticatorModel], number: Int, nextUpdate: Day, by actor: Actor, at now: Timestamp
    ) async throws {
        try await database.change(by: actor, at: now) { door, actor, now in
            let permit = try AccessPolicy.permit(.setAuthenticators, to: actor, at: now)
            let transaction = try door.open(with: permit)
            let newest = try transaction.row("SELECT MAX(number) AS number FROM authenticator_metadata")
            if let newest = try newest?.optionalInteger("number"), Int64(number) <= newest {
                throw AuthenticatorRefusal.notNewer(number)
            }
            try transaction.execute("DELETE FROM authenticator_key_id")
            try transaction.execute("DELETE FROM authenticator_model WHERE entry IS NOT NULL")
            for model in models { try transaction.insert(model) }
            try transaction.execute("DELETE FROM authenticator_metadata")
            try transaction.execute(
                "INSERT INTO authenticator_metadata (number, next_update, imported_at) VALUES ($1, $2, $3)", number,
                Int64(nextUpdate.number), now.microseconds)
            let revoked = Set(models.flatMap(\.revokedCertificates))
            try transaction.lowerBrokenModels(revoked: revoked, at: now)
            try transaction.record(permit, .authenticators(.metadata(number: number, models: models.count)))
        }
    }

    func setNames(_ names: [String: String], by actor: Actor, at now: Timestamp) async throws {
        try await database.change(by: actor, at: now) { door, actor, now in
            let permit = try AccessPolicy.permit(.setAuthenticators, to: actor, at: now)
            let transaction = try door.open(with: permit)
            for (aaguid, name) in names.sorted(by: { $0.key < $1.key }) {
                // What the metadata say of a model goes before what others say.
                try transaction.execute(
                    """
                    INSERT INTO authenticator_model (aaguid, name) VALUES ($1, $2)
                    ON CONFLICT (aaguid) DO UPDATE SET name = CASE WHEN authenticator_model.entry IS NULL
                        THEN excluded.name ELSE authenticator_model.name END
                    """,
                    aaguid, name)
            }
            try transaction.record(permit, .authenticators(.named(names.count)))
        }
    }

    func model(aaguid: String?, keyIDs: [String]) async throws -> AuthenticatorModel? {
        try await database.read { try $0.model(aaguid: aaguid, keyIDs: keyIDs) }
    }

    func models() async throws -> [AuthenticatorModel] {
        try await database.read { connection in
            try connection.rows("\(AuthenticatorModel.query) ORDER BY m.name, m.id").map(AuthenticatorModel.init(row:))
        }
    }

    func addRoot(_ certificate: [UInt8], label: String, by actor: Actor, at now: Timestamp) async throws {
        try await database.change(by: actor, at: now) { door, actor, now in
            let permit = try AccessPolicy.permit(.setAuthenticators, to: actor, at: now)
            let transaction = try door.open(with: permit)
            let former = try transaction.connection.root(label)
            try transaction.execute(
                """
                INSERT INTO authenticator_root (label, certificate) VALUES ($1, $2)
                ON CONFLICT (label) DO UPDATE SET certificate = excluded.certificate
                """,
                label, certificate)
            if let former, former != certificate { try transaction.lowerKeys(under: label, at: now) }
            try transaction.record(permit, .authenticators(.rootAdded(label: label)))
        }
    }

    func removeRoot(_ label: String, by actor: Actor, at now: Timestamp) async throws {
        try await database.change(by: actor, at: now) { door, actor, now in
            let permit = try AccessPolicy.permit(.setAuthenticators, to: actor, at: now)
            let transaction = try door.open(with: permit)
            try transaction.execute("DELETE FROM authenticator_root WHERE label = $1", label)
            guard transaction.changes > 0 else { throw AuthenticatorRefusal.noSuchRoot(label) }
            try transaction.lowerKeys(under: label, at: now)
            try transaction.record(permit, .authenticators(.rootRemoved(label: label)))
        }
    }

    func roots() async throws -> [(label: String, certificate: [UInt8])] {
        try await database.read { connection in
            try connection.rows("SELECT label, certificate FROM authenticator_root ORDER BY label").map {
                (try $0.text("label"), try $0.blob("certificate"))
            }
        }
    }
}

extension Connection {
    /// What is known of a model of authenticators; nil where nothing is.
    func model(aaguid: String?, keyIDs: [String]) throws -> AuthenticatorModel? {
        if let aaguid, let row = try row("\(AuthenticatorModel.query) WHERE m.aaguid = $1", aaguid) {
            return try AuthenticatorModel(row: row)
        }
        for keyID in keyIDs {
            let row = try row(
                "\(AuthenticatorModel.query) JOIN authenticator_key_id i ON i.model_id = m.id WHERE i.key_id = $1",
                keyID)
            if let row { return try AuthenticatorModel(row: row) }
        }
        return nil
    }

    /// A certificate that the operator trusts, in DER.
    func root(_ label: String) throws -> [UInt8]? {
        try row("SELECT certificate FROM authenticator_root WHERE label = $1", label)?.blob("certificate")
    }
}

extension Transaction {
    /// Keys of models that are known to be broken count as not attested from now on, and so do those for which one of
    /// these certificates vouches.
    fileprivate func lowerBrokenModels(revoked certificates: Set<String>, at now: Timestamp) throws {
        let broken = try rows(
            """
            \(Self.attestedKeys) AND (
                k.aaguid IN (SELECT aaguid FROM authenticator_model WHERE breach IS NOT NULL AND aaguid IS NOT NULL)
                OR EXISTS (
                    SELECT 1 FROM authenticator_key_id i JOIN authenticator_model m ON m.id = i.model_id
                    WHERE m.breach IS NOT NULL AND (i.key_id = k.attestation_key_id OR i.key_id IN (
                        SELECT v.digest FROM security_key_voucher v WHERE v.factor_id = f.id AND v.kind = 'key'))))
            """)
        try lower(broken, at: now)
        for certificate in certificates.sorted() {
            let revoked = try rows(
                """
                \(Self.attestedKeys) AND f.id IN (
                    SELECT factor_id FROM security_key_voucher WHERE digest = $1 AND kind = 'certificate')
                """, certificate)
            try lower(revoked, at: now)
        }
    }

    /// Keys for which a root of the operator's vouched count as not attested from now on. Of a key that was enrolled
    /// before attestationSources were kept it is not known; where the metadata do not know its model, it was one of
    /// these roots.
    fileprivate func lowerKeys(under root: String, at now: Timestamp) throws {
        let orphaned = try rows(
            """
            \(Self.attestedKeys) AND (
                f.id IN (SELECT factor_id FROM security_key_voucher WHERE digest = $1 AND kind = 'root')
                OR (NOT EXISTS (SELECT 1 FROM security_key_voucher v WHERE v.factor_id = f.id)
                    AND (k.aaguid IS NULL OR k.aaguid NOT IN (
                        SELECT aaguid FROM authenticator_model WHERE entry IS NOT NULL AND aaguid IS NOT NULL))))
            """, root)
        try lower(orphaned, at: now)
    }

    private static let attestedKeys = """
        SELECT f.id, f.label, f.account_id FROM factor f JOIN security_key k ON k.factor_id = f.id
        WHERE k.is_attested = 1
        """

    /// Takes the attestation from keys, and from what they vouched for; their owners hear of it.
    private func lower(_ keys: [Row], at now: Timestamp) throws {
        for key in keys {
            let id = try key.integer("id")
            try execute("UPDATE security_key SET is_attested = 0 WHERE factor_id = $1", id)
            for table in ["session", "session_proof", "token"] {
                try execute(
                    """
                    UPDATE \(table) SET assurance = 'phishing-resistant'
                    WHERE assurance = 'attested-hardware' AND factor_id = $1
                    """, id)
            }
            guard let user = try connection.user(UserID(try key.integer("account_id"))) else { continue }
            try tell(
                .factor(.attestationDowngraded(label: try key.text("label"))), about: user,
                from: RequestOrigin(), at: now)
        }
    }

    fileprivate func insert(_ model: AuthenticatorModel) throws {
        // A name that was given before the metadata knew the model makes way.
        if let aaguid = model.aaguid {
            try execute("DELETE FROM authenticator_model WHERE aaguid = $1", aaguid)
        }
        let row = try row(
            "INSERT INTO authenticator_model (aaguid, name, breach, entry) VALUES ($1, $2, $3, $4) RETURNING id",
            model.aaguid, model.name, model.breach, model.entry)
        let id = try stored(row?.integer("id"), "authenticator model")
        for keyID in model.keyIDs {
            try execute(
                "INSERT INTO authenticator_key_id (key_id, model_id) VALUES ($1, $2) ON CONFLICT (key_id) DO NOTHING",
                keyID, id)
        }
    }
}

extension AuthenticatorModel {
    fileprivate static let query = "SELECT m.aaguid, m.name, m.breach, m.entry FROM authenticator_model m"

    fileprivate init(row: Row) throws {
        self.init(
            aaguid: try row.optionalText("aaguid"), keyIDs: [], name: try row.text("name"),
            breach: try row.optionalText("breach"), entry: try row.optionalBlob("entry"))
    }
}
