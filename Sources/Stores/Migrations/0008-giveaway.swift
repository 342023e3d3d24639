import Database

extension Migration {
    /// Security keys that are given away, and the codes for them.
    static let giveaway = Migration(
        "0008-giveaway",
        """
        CREATE TABLE giveaway (
            id            {identity},
            name          TEXT      NOT NULL UNIQUE,
            sponsor       TEXT      NOT NULL,
            key_count     {integer} NOT NULL CHECK (key_count > 0),
            keys_per_code {integer} NOT NULL CHECK (keys_per_code > 0),
            opens_at      {integer} NOT NULL,
            closes_at     {integer} NOT NULL,
            eligibility   TEXT      NOT NULL,                  -- critical-without-key, critical, everybody
            order_address TEXT      NOT NULL,
            created_at    {integer} NOT NULL,
            closed_at     {integer},                           -- by an administrator, before its time
            CHECK (opens_at < closes_at)
        ) {strict};

        CREATE TABLE giveaway_model (
            giveaway_id {integer} NOT NULL REFERENCES giveaway (id),
            position    {integer} NOT NULL,
            name        TEXT      NOT NULL,
            aaguids     TEXT      NOT NULL,                    -- with spaces between
            PRIMARY KEY (giveaway_id, position)
        ) {strict};

        CREATE TABLE giveaway_country (
            giveaway_id {integer} NOT NULL REFERENCES giveaway (id),
            country     TEXT      NOT NULL,                    -- ISO 3166-1 alpha-2
            PRIMARY KEY (giveaway_id, country)
        ) {strict};

        CREATE TABLE giveaway_code (
            id          {identity},
            giveaway_id {integer} NOT NULL REFERENCES giveaway (id),
            fingerprint {bytes}   NOT NULL UNIQUE,             -- keyed hash: no code twice, in whichever giveaway
            sealed_code {bytes}   NOT NULL,
            imported_at {integer} NOT NULL,
            account_id  {integer} REFERENCES account (id),     -- NULL while nobody has it
            country     TEXT,                                  -- what the person declared
            issued_at   {integer},
            UNIQUE (giveaway_id, account_id),                  -- one for each person
            CHECK ((account_id IS NULL) = (issued_at IS NULL)),
            CHECK ((account_id IS NULL) = (country IS NULL))
        ) {strict};
        CREATE INDEX giveaway_code_left ON giveaway_code (giveaway_id, id) WHERE account_id IS NULL;
        CREATE INDEX giveaway_code_account ON giveaway_code (account_id) WHERE account_id IS NOT NULL;
        """)
}
