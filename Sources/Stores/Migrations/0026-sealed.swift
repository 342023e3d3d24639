import Database

extension Migration {
    /// Secrets that are of no use to a reader of a copy: the columns for them beside the plain ones.
    static let sealed = Migration(
        "0026-sealed",
        """
        ALTER TABLE account ADD COLUMN sealed_password_hash {bytes};  -- argon2id in PHC form, sealed; NULL until one is set
        ALTER TABLE token ADD COLUMN sealed_root_key {bytes};
        ALTER TABLE mail_outbox ADD COLUMN sealed_letter {bytes};     -- JSON, sealed; NULL once delivered
        ALTER TABLE recovery_code ADD COLUMN is_keyed {integer} NOT NULL DEFAULT 0;

        -- By which the database knows its key file.
        CREATE TABLE key_file (
            only {integer} NOT NULL PRIMARY KEY CHECK (only = 1),
            mark {bytes}   NOT NULL
        ) {strict};
        """)

    /// The plain columns go, once what was in them is sealed.
    static let sealedOnly = Migration(
        "0027-sealed-only",
        """
        ALTER TABLE account DROP COLUMN password_hash;
        ALTER TABLE token DROP COLUMN root_key;
        -- Under the name that it had: whoever reads the table as before finds nothing that makes a token.
        ALTER TABLE token RENAME COLUMN sealed_root_key TO root_key;
        ALTER TABLE mail_outbox DROP COLUMN letter;
        ALTER TABLE recovery_code DROP COLUMN is_keyed;
        """,
        preparedBy: { database in try await database.write { try $0.sealPlainSecrets() } })
}

extension Transaction {
    /// Seals what the plain columns hold, and returns whether they held anything. Doing it again changes nothing.
    fileprivate func sealPlainSecrets() throws -> Bool {
        let accounts = try rows("SELECT id, password_hash FROM account WHERE password_hash IS NOT NULL")
        for row in accounts {
            let id = try row.integer("id")
            try execute(
                "UPDATE account SET sealed_password_hash = $1, password_hash = NULL WHERE id = $2",
                try connection.seal(Array(row.text("password_hash").utf8), for: "password \(id)"), id)
        }
        let tokens = try rows("SELECT id, root_key FROM token WHERE sealed_root_key IS NULL")
        for row in tokens {
            let id = try row.text("id")
            try execute(
                "UPDATE token SET sealed_root_key = $1, root_key = $2 WHERE id = $3",
                try connection.seal(row.blob("root_key"), for: "token \(id)"), [UInt8](), id)
        }
        let letters = try rows("SELECT id, recipient, letter FROM mail_outbox WHERE letter <> ''")
        for row in letters {
            let recipient = try row.text("recipient")
            try execute(
                "UPDATE mail_outbox SET sealed_letter = $1, letter = '' WHERE id = $2",
                try connection.seal(Array(row.text("letter").utf8), for: "letter \(recipient)"),
                try row.integer("id"))
        }
        let codes = try rows("SELECT account_id, hash FROM recovery_code WHERE is_keyed = 0")
        for row in codes {
            let hash = try row.blob("hash")
            try execute(
                "UPDATE recovery_code SET hash = $1, is_keyed = 1 WHERE account_id = $2 AND hash = $3",
                try connection.authenticationCode(for: hash, purpose: "recovery code"),
                try row.integer("account_id"), hash)
        }
        // After a crash all may be sealed, and the file still hold what was there: an index that has accounts is written
        // anew either way.
        return try row("SELECT id FROM account LIMIT 1") != nil
    }
}
