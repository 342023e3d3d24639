import Database

extension Migration {
    /// Addresses, factors, sessions, links, recovery, the event log.
    static let accounts = Migration(
        "0004-accounts",
        """
        ALTER TABLE account ADD COLUMN user_handle {bytes};          -- 64 random bytes; NULL before the first ceremony
        ALTER TABLE account ADD COLUMN probation_until {integer};
        ALTER TABLE account ADD COLUMN probation_reason TEXT;
        ALTER TABLE account ADD COLUMN standing_email TEXT;          -- the primary address before the last change
        ALTER TABLE account ADD COLUMN standing_until {integer};     -- how long that one still hears and decides
        ALTER TABLE account DROP COLUMN password_link_hash;
        ALTER TABLE account DROP COLUMN password_link_expires_at;
        ALTER TABLE project ADD COLUMN required_assurance TEXT NOT NULL DEFAULT 'password';

        CREATE TABLE email_address (
            id          {identity},
            account_id  {integer} NOT NULL REFERENCES account (id),
            address     TEXT      NOT NULL,
            normalized  TEXT      NOT NULL UNIQUE,               -- lower case
            verified_at {integer},
            added_at    {integer} NOT NULL
        ) {strict};
        CREATE INDEX email_address_account ON email_address (account_id);
        INSERT INTO email_address (account_id, address, normalized, verified_at, added_at)
            SELECT id, email, LOWER(email), created_at, created_at FROM account;

        CREATE TABLE factor (
            id           {identity},
            account_id   {integer} NOT NULL REFERENCES account (id),
            kind         TEXT      NOT NULL,                     -- security-key, authenticator-app
            label        TEXT      NOT NULL,
            added_at     {integer} NOT NULL,
            last_used_at {integer}
        ) {strict};
        CREATE INDEX factor_account ON factor (account_id);

        CREATE TABLE security_key (
            factor_id          {integer} NOT NULL PRIMARY KEY REFERENCES factor (id),
            credential_id      {bytes}   NOT NULL UNIQUE,
            public_key         {bytes}   NOT NULL,               -- COSE
            sign_count         {integer} NOT NULL,
            is_backup_eligible {integer} NOT NULL,
            is_backed_up       {integer} NOT NULL,
            verifies_user      {integer} NOT NULL,
            is_discoverable    {integer} NOT NULL,
            transports         TEXT      NOT NULL,               -- with spaces between
            attestation_format TEXT      NOT NULL,
            is_attested        {integer} NOT NULL,
            aaguid             TEXT,
            attestation_key_id TEXT,
            model_name         TEXT,
            frozen_at          {integer}
        ) {strict};

        CREATE TABLE authenticator_app (
            factor_id     {integer} NOT NULL PRIMARY KEY REFERENCES factor (id),
            sealed_secret {bytes}   NOT NULL,
            last_counter  {integer},
            confirmed_at  {integer}
        ) {strict};

        CREATE TABLE recovery_code (
            account_id {integer} NOT NULL REFERENCES account (id),
            hash       {bytes}   NOT NULL,
            made_at    {integer} NOT NULL,
            PRIMARY KEY (account_id, hash)
        ) {strict};

        CREATE TABLE session (
            id                    {identity},
            secret_hash           {bytes}   NOT NULL UNIQUE,
            account_id            {integer} NOT NULL REFERENCES account (id),
            restriction           TEXT,                          -- NULL: none
            assurance             TEXT      NOT NULL,
            factor_id             {integer} REFERENCES factor (id),
            is_password_breached  {integer} NOT NULL,
            first_enrolment_until {integer},
            created_at            {integer} NOT NULL,
            last_seen_at          {integer} NOT NULL,
            expires_at            {integer} NOT NULL,
            address               TEXT      NOT NULL,
            client                TEXT      NOT NULL
        ) {strict};
        CREATE INDEX session_account ON session (account_id);
        CREATE INDEX session_factor ON session (factor_id);

        CREATE TABLE session_proof (
            session_id {integer} NOT NULL REFERENCES session (id),
            action     TEXT      NOT NULL,                       -- empty: everything
            object     TEXT      NOT NULL,
            assurance  TEXT      NOT NULL,
            at         {integer} NOT NULL,
            PRIMARY KEY (session_id, action, object)
        ) {strict};

        CREATE TABLE challenge (
            browser           {bytes}   NOT NULL,                -- SHA-256 of the browser's secret
            purpose           TEXT      NOT NULL,
            account_id        {integer} REFERENCES account (id),
            bytes             {bytes}   NOT NULL,
            requires_verified {integer} NOT NULL,
            expires_at        {integer} NOT NULL,
            PRIMARY KEY (browser, purpose)
        ) {strict};

        CREATE TABLE one_time_link (
            secret_hash {bytes}   NOT NULL PRIMARY KEY,
            purpose     TEXT      NOT NULL,
            account_id  {integer} REFERENCES account (id),
            object      TEXT      NOT NULL,
            expires_at  {integer} NOT NULL
        ) {strict};
        CREATE INDEX one_time_link_account ON one_time_link (account_id);

        CREATE TABLE account_recovery (
            account_id   {integer} NOT NULL PRIMARY KEY REFERENCES account (id),
            requested_at {integer} NOT NULL,
            due_at       {integer} NOT NULL,
            approved_by  TEXT,
            completed_at {integer}                               -- until the new factor is there, the lost ones stay
        ) {strict};

        CREATE TABLE account_event (
            id         {identity},
            account_id {integer} NOT NULL REFERENCES account (id),
            at         {integer} NOT NULL,
            kind       TEXT      NOT NULL,
            details    TEXT      NOT NULL,                       -- JSON object of texts
            address    TEXT      NOT NULL,
            client     TEXT      NOT NULL
        ) {strict};
        CREATE INDEX account_event_account ON account_event (account_id, at);

        CREATE TABLE authenticator_metadata (
            number      {integer} NOT NULL PRIMARY KEY,
            next_update {integer} NOT NULL,                      -- days since 1970, UTC
            imported_at {integer} NOT NULL
        ) {strict};

        CREATE TABLE authenticator_model (
            id     {identity},
            aaguid TEXT UNIQUE,
            name   TEXT NOT NULL,
            breach TEXT,
            entry  {bytes}                                       -- JSON; NULL where only the name is known
        ) {strict};

        CREATE TABLE authenticator_key_id (
            key_id   TEXT      NOT NULL PRIMARY KEY,             -- hexadecimal
            model_id {integer} NOT NULL REFERENCES authenticator_model (id)
        ) {strict};

        CREATE TABLE authenticator_root (
            label       TEXT    NOT NULL PRIMARY KEY,
            certificate {bytes} NOT NULL                         -- DER
        ) {strict};

        ALTER TABLE token ADD COLUMN factor_id {integer} REFERENCES factor (id);
        CREATE INDEX token_factor ON token (factor_id);
        """)
}
