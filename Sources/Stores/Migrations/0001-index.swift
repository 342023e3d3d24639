import Database

extension Migration {
    /// Accounts, projects, the journal and the counts.
    static let index = Migration(
        "0001-index",
        """
        CREATE TABLE account (
            id                       {identity},
            name                     TEXT      NOT NULL,
            normalized               TEXT      NOT NULL UNIQUE,  -- lower case
            email                    TEXT      NOT NULL UNIQUE,
            password_hash            TEXT,                       -- argon2id in PHC form; NULL until one is set
            is_administrator         {integer} NOT NULL,
            created_at               {integer} NOT NULL,         -- microseconds since 1970, as all times here
            password_link_hash       {bytes},                    -- SHA-256 of the link's secret
            password_link_expires_at {integer}
        ) {strict};

        CREATE TABLE token (
            id           TEXT      NOT NULL PRIMARY KEY,
            account_id   {integer} NOT NULL REFERENCES account (id),
            root_key     {bytes}   NOT NULL,
            label        TEXT      NOT NULL,
            projects     TEXT,                                   -- normalized names with spaces between; NULL is all
            created_at   {integer} NOT NULL,
            expires_at   {integer},
            revoked_at   {integer},
            last_used_at {integer},
            assurance    TEXT      NOT NULL
        ) {strict};
        CREATE INDEX token_account ON token (account_id);

        CREATE TABLE project (
            id                {identity},
            name              TEXT      NOT NULL,                -- as its first uploader wrote it
            normalized        TEXT      NOT NULL UNIQUE,
            ultranormalized   TEXT      NOT NULL,                -- look-alike names are equal in it
            created_at        {integer} NOT NULL,
            status            TEXT      NOT NULL,
            status_reason     TEXT,
            serial            {integer} NOT NULL,                -- of its last change
            size              {integer} NOT NULL,                -- bytes of all its files
            latest_release_id {integer}                          -- the release to show first
        ) {strict};
        CREATE INDEX project_ultranormalized ON project (ultranormalized);
        CREATE INDEX project_created ON project (created_at);

        CREATE TABLE reserved_name (
            normalized      TEXT      NOT NULL PRIMARY KEY,
            name            TEXT      NOT NULL,
            reserved_at     {integer} NOT NULL
        ) {strict};

        CREATE TABLE role (
            project_id {integer} NOT NULL REFERENCES project (id),
            account_id {integer} NOT NULL REFERENCES account (id),
            role       TEXT      NOT NULL,
            PRIMARY KEY (project_id, account_id)
        ) {strict};
        CREATE INDEX role_account ON role (account_id);

        CREATE TABLE release (
            id              {identity},
            project_id      {integer} NOT NULL REFERENCES project (id),
            version         TEXT      NOT NULL,                  -- normal form
            canonical       TEXT      NOT NULL,                  -- without trailing zeros: 1.0 is 1.0.0
            created_at      {integer} NOT NULL,
            is_yanked       {integer} NOT NULL,
            yank_reason     TEXT,
            requires_python TEXT,
            summary         TEXT,
            metadata        TEXT      NOT NULL,                  -- JSON, what the release says about itself
            UNIQUE (project_id, canonical)
        ) {strict};
        CREATE INDEX release_created ON release (created_at);

        CREATE TABLE file (
            id              {identity},
            release_id      {integer} NOT NULL REFERENCES release (id),
            project_id      {integer} NOT NULL REFERENCES project (id),
            filename        TEXT      NOT NULL UNIQUE,
            identity        TEXT      NOT NULL UNIQUE,           -- the name without its spelling: one wheel, one row
            package_type    TEXT      NOT NULL,
            python_tag      TEXT      NOT NULL,
            size            {integer} NOT NULL,                  -- bytes
            sha256          TEXT      NOT NULL,
            blake2b256      TEXT      NOT NULL,
            md5             TEXT      NOT NULL,
            requires_python TEXT,
            uploaded_at     {integer} NOT NULL,
            uploader        TEXT,                                -- the account's name; NULL for the operator
            metadata_sha256 TEXT                                 -- of the METADATA served beside it
        ) {strict};
        CREATE INDEX file_project ON file (project_id);
        CREATE INDEX file_release ON file (release_id);

        CREATE TABLE journal (
            serial  {identity},
            at      {integer} NOT NULL,
            actor   TEXT      NOT NULL,
            action  TEXT      NOT NULL,
            subject TEXT      NOT NULL,
            details TEXT      NOT NULL                           -- JSON object of texts
        ) {strict};
        CREATE INDEX journal_subject ON journal (subject, serial);

        CREATE TABLE download (
            file_id           {integer} NOT NULL REFERENCES file (id),
            day               {integer} NOT NULL,                -- days since 1970, UTC
            installer         TEXT      NOT NULL,
            installer_version TEXT      NOT NULL,
            is_mirror         {integer} NOT NULL,
            count             {integer} NOT NULL,
            PRIMARY KEY (file_id, day, installer, installer_version)
        ) {strict};

        CREATE TABLE download_day (
            project_id {integer} NOT NULL REFERENCES project (id),
            day        {integer} NOT NULL,
            count      {integer} NOT NULL,                       -- without mirrors
            PRIMARY KEY (project_id, day)
        ) {strict};

        CREATE TABLE download_flush (
            source   TEXT      NOT NULL PRIMARY KEY,             -- a run of the server
            sequence {integer} NOT NULL                          -- of the last flush that was applied
        ) {strict};
        """)

    /// The words that a search looks at. Full text is where engines differ: this one is SQLite's FTS5.
    static let search = Migration(
        "0002-search",
        """
        CREATE VIRTUAL TABLE project_search USING fts5 (
            name, summary, keywords, description, tokenize = 'unicode61 remove_diacritics 2'
        );
        """)
}
