import Database

extension Migration {
    /// Addresses that are unique once they are verified, browsers that are known again, what vouches for a proof and for a
    /// make.
    static let accountsAgain = Migration(
        "0009-accounts",
        """
        -- The primary address, which is no longer unique before it is verified. SQLite takes UNIQUE from a column only by
        -- making the table anew, and a dozen tables refer to this one: so the old column stays, holds the name, and is
        -- not read.
        ALTER TABLE account ADD COLUMN primary_address TEXT NOT NULL DEFAULT '';
        UPDATE account SET primary_address = email;
        UPDATE account SET email = normalized;
        ALTER TABLE account RENAME COLUMN email TO unused_email;

        CREATE TABLE email_address_again (
            id          {identity},
            account_id  {integer} NOT NULL REFERENCES account (id),
            address     TEXT      NOT NULL,
            normalized  TEXT      NOT NULL,                      -- ASCII letters in lower case
            verified_at {integer},
            added_at    {integer} NOT NULL,
            UNIQUE (account_id, normalized)
        ) {strict};
        INSERT INTO email_address_again (id, account_id, address, normalized, verified_at, added_at)
            SELECT id, account_id, address, LOWER(address), verified_at, added_at FROM email_address;
        DROP TABLE email_address;
        ALTER TABLE email_address_again RENAME TO email_address;
        -- Anybody can name any address; it belongs to whoever shows that its mail arrives.
        CREATE UNIQUE INDEX email_address_verified ON email_address (normalized) WHERE verified_at IS NOT NULL;

        CREATE TABLE known_browser (
            account_id {integer} NOT NULL REFERENCES account (id),
            mark       {bytes}   NOT NULL,                       -- SHA-256 of the secret that the browser keeps for long
            network    TEXT      NOT NULL,
            seen_at    {integer} NOT NULL,
            PRIMARY KEY (account_id, mark)
        ) {strict};

        -- What was shown. A proof dies with its factor; of those that there are it is not known.
        ALTER TABLE session_proof ADD COLUMN factor_id {integer} REFERENCES factor (id);
        CREATE INDEX session_proof_factor ON session_proof (factor_id);
        DELETE FROM session_proof;

        -- What vouches for a key's make. Of keys that were enrolled before, nothing is known.
        CREATE TABLE security_key_voucher (
            factor_id {integer} NOT NULL REFERENCES factor (id),
            kind      TEXT      NOT NULL,                        -- certificate, key, root
            digest    TEXT      NOT NULL,                        -- SHA-256; of a key, SHA-1; of a root, its label
            PRIMARY KEY (factor_id, kind, digest)
        ) {strict};
        CREATE INDEX security_key_voucher_digest ON security_key_voucher (digest);

        -- An app is stored once its first code was seen.
        DELETE FROM authenticator_app WHERE confirmed_at IS NULL;
        DELETE FROM factor WHERE kind = 'authenticator-app' AND id NOT IN (SELECT factor_id FROM authenticator_app);

        CREATE INDEX account_event_page ON account_event (account_id, id);
        CREATE INDEX account_event_at ON account_event (at);
        """)
}
