-- The schema, for SQLite 3.40 or later.
--
-- The name of a number says its unit; docs/database.md says the same.
--   `…_per_hour`, `…_per_day`: as many in such a time; of `bytes_…`, bytes
--   `at`, `until`, `…_at`, `…_since`, `…_until`: microseconds since 1970, UTC
--   `day`, `…_day`, `as_of`, `…_from`, `next_update`: days since 1970, UTC
--   `hour`: hours since 1970, UTC
--   `…_days`: days
--   `…_hours`: hours
--   `is_…`, `needs_…`, `requires_…`, `verifies_…`: 1 for yes, 0 for no
--   `size`, `…_size`, `bytes`: bytes; in `log_head` and `log_witnessed`, entries
--   `…_millionths`: millionths of all
-- Every other number is that of a row, a serial or a count. A column `normalized` is a name in the form in which it is compared.
-- docs/database.md says of every column what a reader of a copy could use it for.
--
-- From the first release on this file is frozen: what changes then is a file of its own (see CONTRIBUTING.md).

-- ============================================================================================ Accounts

CREATE TABLE account (
    id                   INTEGER PRIMARY KEY AUTOINCREMENT,
    name                 TEXT    NOT NULL,          -- as it was first written
    normalized           TEXT    NOT NULL UNIQUE,   -- lower case
    primary_address      TEXT    NOT NULL,          -- where mail goes
    standing_email       TEXT,                      -- the primary address before the last change
    standing_until       INTEGER,                   -- how long that one still hears and decides
    sealed_password_hash BLOB,                      -- argon2id in PHC form, sealed; NULL until one is set
    is_administrator     INTEGER NOT NULL,
    user_handle          BLOB,                      -- WebAuthn's: 64 random bytes; NULL before the first ceremony
    probation_until      INTEGER,
    probation_reason     TEXT,
    disowned_at          INTEGER,                   -- when its factors were last said not to be its holder's
    probation_because    TEXT,                      -- of a first factor: what lacked, with spaces between
    probation_voucher    INTEGER REFERENCES account (id),  -- on whose projects it is over, for they vouched
    probation_told_at    INTEGER,                   -- when its end was told; what counts is probation_until
    created_at           INTEGER NOT NULL,
    disabled_at          INTEGER,                   -- NULL while it can be used
    disabled_reason      TEXT                       -- in the words of who did it
) STRICT;
CREATE INDEX account_probation ON account (probation_until) WHERE probation_until IS NOT NULL;
CREATE INDEX account_probation_untold ON account (probation_until) WHERE probation_told_at IS NULL;

-- Anybody can name any address; it belongs to anyone who shows that its mail arrives.
CREATE TABLE email_address (
    id          INTEGER PRIMARY KEY AUTOINCREMENT,
    account_id  INTEGER NOT NULL REFERENCES account (id),
    address     TEXT    NOT NULL,
    normalized  TEXT    NOT NULL,                   -- ASCII letters in lower case
    verified_at INTEGER,
    added_at    INTEGER NOT NULL,
    UNIQUE (account_id, normalized)
) STRICT;
CREATE UNIQUE INDEX email_address_verified ON email_address (normalized) WHERE verified_at IS NOT NULL;

-- Accounts that are to be deleted, or were: of these the row stays, so that nobody else gets the name.
CREATE TABLE account_deletion (
    account_id INTEGER NOT NULL PRIMARY KEY REFERENCES account (id),
    asked_at   INTEGER NOT NULL,
    due_at     INTEGER NOT NULL,
    done_at    INTEGER                              -- NULL while it is not
) STRICT;
CREATE INDEX account_deletion_due ON account_deletion (due_at) WHERE done_at IS NULL;

-- Addresses that were removed, and still hear of the account.
CREATE TABLE former_address (
    account_id INTEGER NOT NULL REFERENCES account (id),
    address    TEXT    NOT NULL,
    normalized TEXT    NOT NULL,
    verified_at INTEGER,                            -- when it was verified
    until      INTEGER NOT NULL,                    -- how long it hears
    PRIMARY KEY (account_id, normalized)
) STRICT;

-- Browsers that an account signed in with before.
CREATE TABLE known_browser (
    account_id INTEGER NOT NULL REFERENCES account (id),
    mark       BLOB    NOT NULL,                    -- SHA-256 of the secret that the browser keeps for long
    network    TEXT    NOT NULL,                    -- where it was
    known_at   INTEGER NOT NULL,                    -- since when it is known
    seen_at    INTEGER NOT NULL,
    PRIMARY KEY (account_id, mark)
) STRICT;

-- What happened to an account, for its holder.
CREATE TABLE account_event (
    id         INTEGER PRIMARY KEY AUTOINCREMENT,
    account_id INTEGER NOT NULL REFERENCES account (id),
    at         INTEGER NOT NULL,
    kind       TEXT    NOT NULL,
    details    TEXT    NOT NULL,                    -- JSON object of texts
    address    TEXT    NOT NULL,                    -- of the network; empty where none is known
    client     TEXT    NOT NULL                     -- the browser or program, in its own words
) STRICT;
CREATE INDEX account_event_account ON account_event (account_id, at);
CREATE INDEX account_event_page ON account_event (account_id, id);
CREATE INDEX account_event_at ON account_event (at);

-- What the settings of the last `rind serve` said, where that is not the usual. NULL is no limit.
CREATE TABLE account_rule (
    id                     INTEGER NOT NULL PRIMARY KEY CHECK (id = 1),
    needs_verified_address INTEGER NOT NULL,
    projects_per_hour      INTEGER,
    projects_per_day       INTEGER,
    files_per_hour         INTEGER,
    files_per_day          INTEGER,
    bytes_per_hour         INTEGER,
    bytes_per_day          INTEGER,
    first_factor_evidence  TEXT    NOT NULL         -- on, off-for-top-share, off
) STRICT;

-- What the settings of the last `rind serve` said about removals, where that is not the usual.
CREATE TABLE removal_rule (
    id                 INTEGER NOT NULL PRIMARY KEY CHECK (id = 1),
    recent_hours       INTEGER NOT NULL,            -- how long something can be removed at once
    few_downloads      INTEGER NOT NULL,            -- and how often it may have been downloaded
    wait_days          INTEGER NOT NULL,            -- how long a request waits
    critical_wait_days INTEGER NOT NULL,
    retention_days     INTEGER NOT NULL             -- how long what was removed can be brought back
) STRICT;

-- How long that was before the settings made it shorter: what had been removed by then is kept for as long.
CREATE TABLE retention_promise (
    shortened_at   INTEGER NOT NULL,
    retention_days INTEGER NOT NULL,
    PRIMARY KEY (shortened_at, retention_days)
) STRICT;

-- Of accounts that have limits of their own. NULL is no limit.
CREATE TABLE account_allowance (
    account_id        INTEGER NOT NULL PRIMARY KEY REFERENCES account (id),
    projects_per_hour INTEGER,
    projects_per_day  INTEGER,
    files_per_hour    INTEGER,
    files_per_day     INTEGER,
    bytes_per_hour    INTEGER,
    bytes_per_day     INTEGER
) STRICT;

-- What an account published lately.
CREATE TABLE account_published (
    account_id INTEGER NOT NULL REFERENCES account (id),
    hour       INTEGER NOT NULL,                    -- hours since 1970, UTC
    projects   INTEGER NOT NULL,
    files      INTEGER NOT NULL,
    bytes      INTEGER NOT NULL,
    PRIMARY KEY (account_id, hour)
) STRICT;

-- ============================================================================================ Factors

CREATE TABLE factor (
    id              INTEGER PRIMARY KEY AUTOINCREMENT,
    account_id      INTEGER NOT NULL REFERENCES account (id),
    kind            TEXT    NOT NULL,               -- security-key, authenticator-app
    label           TEXT    NOT NULL,               -- as its holder calls it
    probation_until INTEGER,                        -- how long it takes away no way back; NULL where it never did
    lost_at         INTEGER,                        -- the account was recovered without it; NULL again once it is used
    disowned_at     INTEGER,                        -- somebody said that it is not the holder's: it proves nothing
    added_at        INTEGER NOT NULL,
    last_used_at    INTEGER
) STRICT;
CREATE INDEX factor_account ON factor (account_id);

CREATE TABLE security_key (
    factor_id          INTEGER NOT NULL PRIMARY KEY REFERENCES factor (id),
    credential_id      BLOB    NOT NULL UNIQUE,
    public_key         BLOB    NOT NULL,            -- COSE
    sign_count         INTEGER NOT NULL,            -- the highest signature counter seen
    is_backup_eligible INTEGER NOT NULL,
    is_backed_up       INTEGER NOT NULL,
    verifies_user      INTEGER NOT NULL,            -- 1 or 0: whether it asks for a PIN or a finger
    is_discoverable    INTEGER NOT NULL,
    transports         TEXT    NOT NULL,            -- with spaces between
    attestation_format TEXT    NOT NULL,
    is_attested        INTEGER NOT NULL,
    aaguid             TEXT,                        -- lower case with hyphens; NULL where the key names none
    attestation_key_id TEXT,                        -- hexadecimal; how U2F names a model
    model_name         TEXT,
    frozen_at          INTEGER                      -- since when it is taken for a copy
) STRICT;

-- What vouches for a key's make.
CREATE TABLE security_key_voucher (
    factor_id INTEGER NOT NULL REFERENCES factor (id),
    kind      TEXT    NOT NULL,                     -- certificate, key, root
    digest    TEXT    NOT NULL,                     -- SHA-256; of a key, SHA-1; of a root, its label
    PRIMARY KEY (factor_id, kind, digest)
) STRICT;
CREATE INDEX security_key_voucher_digest ON security_key_voucher (digest);

CREATE TABLE authenticator_app (
    factor_id     INTEGER NOT NULL PRIMARY KEY REFERENCES factor (id),
    sealed_secret BLOB    NOT NULL,
    last_counter  INTEGER,                          -- the time step of the last code, in 30 seconds since 1970
    confirmed_at  INTEGER                           -- when its first code was seen
) STRICT;

CREATE TABLE recovery_code (
    account_id INTEGER NOT NULL REFERENCES account (id),
    hash       BLOB    NOT NULL,                    -- keyed with the key file
    made_at    INTEGER NOT NULL,
    PRIMARY KEY (account_id, hash)
) STRICT;

CREATE TABLE account_recovery (
    account_id   INTEGER NOT NULL PRIMARY KEY REFERENCES account (id),
    requested_at INTEGER NOT NULL,
    due_at       INTEGER NOT NULL,
    approved_by  TEXT,                              -- as the journal names them
    completed_at INTEGER                            -- until the new factor is there, the lost ones stay
) STRICT;

-- The models of authenticators, from the FIDO metadata.
CREATE TABLE authenticator_metadata (
    number      INTEGER NOT NULL PRIMARY KEY,       -- of the edition
    next_update INTEGER NOT NULL,                   -- days since 1970, UTC
    imported_at INTEGER NOT NULL
) STRICT;

CREATE TABLE authenticator_model (
    id     INTEGER PRIMARY KEY AUTOINCREMENT,
    aaguid TEXT    UNIQUE,                          -- NULL for a model of U2F
    name   TEXT    NOT NULL,
    breach TEXT,                                    -- why its keys are not to be trusted; NULL where they are
    entry  BLOB                                     -- JSON; NULL where only the name is known
) STRICT;

CREATE TABLE authenticator_key_id (
    key_id   TEXT    NOT NULL PRIMARY KEY,          -- hexadecimal
    model_id INTEGER NOT NULL REFERENCES authenticator_model (id)
) STRICT;

CREATE TABLE authenticator_root (
    label       TEXT NOT NULL PRIMARY KEY,
    certificate BLOB NOT NULL                       -- DER
) STRICT;

-- ============================================================================================ Sessions, links, tokens

CREATE TABLE session (
    id                    INTEGER PRIMARY KEY AUTOINCREMENT,
    secret_hash           BLOB    NOT NULL UNIQUE,  -- SHA-256
    account_id            INTEGER NOT NULL REFERENCES account (id),
    restriction           TEXT,                     -- NULL: none
    assurance             TEXT    NOT NULL,
    factor_id             INTEGER REFERENCES factor (id),
    is_password_breached  INTEGER NOT NULL,
    is_unknown_device            INTEGER NOT NULL,         -- waits for a factor on a device that the account is not known on
    first_enrolment_until INTEGER,                  -- how long the first factor may be added in it
    created_at            INTEGER NOT NULL,
    last_seen_at          INTEGER NOT NULL,
    expires_at            INTEGER NOT NULL,
    address               TEXT    NOT NULL,         -- of the network, where it began
    client                TEXT    NOT NULL          -- the browser, in its own words
) STRICT;
CREATE INDEX session_account ON session (account_id);
CREATE INDEX session_factor ON session (factor_id);

CREATE TABLE session_proof (
    session_id INTEGER NOT NULL REFERENCES session (id),
    action     TEXT    NOT NULL,                    -- empty: everything
    object     TEXT    NOT NULL,
    assurance  TEXT    NOT NULL,
    at         INTEGER NOT NULL,
    factor_id  INTEGER REFERENCES factor (id),      -- what was shown: a proof dies with its factor
    PRIMARY KEY (session_id, action, object)
) STRICT;
CREATE INDEX session_proof_factor ON session_proof (factor_id);

-- What a key is asked to sign.
CREATE TABLE challenge (
    browser           BLOB    NOT NULL,             -- SHA-256 of the browser's secret
    purpose           TEXT    NOT NULL,
    account_id        INTEGER REFERENCES account (id),
    bytes             BLOB    NOT NULL,
    requires_verified INTEGER NOT NULL,
    expires_at        INTEGER NOT NULL,
    PRIMARY KEY (browser, purpose)
) STRICT;

CREATE TABLE one_time_link (
    secret_hash BLOB    NOT NULL PRIMARY KEY,       -- SHA-256
    purpose     TEXT    NOT NULL,
    account_id  INTEGER REFERENCES account (id),
    object      TEXT    NOT NULL,                   -- the address that it is about
    expires_at  INTEGER NOT NULL,
    used_at     INTEGER,                            -- kept until it would have expired
    used_with   TEXT                                -- the browser, in words
) STRICT;
CREATE INDEX one_time_link_account ON one_time_link (account_id);

CREATE TABLE token (
    id           TEXT    NOT NULL PRIMARY KEY,
    account_id   INTEGER NOT NULL REFERENCES account (id),
    root_key     BLOB    NOT NULL,                  -- sealed
    label        TEXT    NOT NULL,                  -- as its holder calls it
    projects     TEXT,                              -- normalized names with spaces between; NULL is all
    assurance    TEXT    NOT NULL,                  -- of the session that issued it
    factor_id    INTEGER REFERENCES factor (id),    -- the factor that it rests on
    created_at   INTEGER NOT NULL,
    expires_at   INTEGER,
    revoked_at   INTEGER,
    last_used_at INTEGER,
    as_of        TEXT                               -- as of when it reads the index; NULL for one that publishes
) STRICT;
CREATE INDEX token_account ON token (account_id);
CREATE INDEX token_factor ON token (factor_id);

-- By which the database knows its key file.
CREATE TABLE key_file (
    only INTEGER NOT NULL PRIMARY KEY CHECK (only = 1),
    mark BLOB    NOT NULL                           -- keyed with the key file
) STRICT;

-- ============================================================================================ Projects

CREATE TABLE project (
    id                 INTEGER PRIMARY KEY AUTOINCREMENT,
    name               TEXT    NOT NULL,            -- as its first uploader wrote it
    normalized         TEXT    NOT NULL UNIQUE,
    ultranormalized    TEXT    NOT NULL,            -- look-alike names are equal in it
    status             TEXT    NOT NULL,            -- PEP 792
    status_reason      TEXT,
    required_assurance TEXT    NOT NULL DEFAULT 'password',     -- that its own people ask of themselves
    serial             INTEGER NOT NULL,            -- the journal's, of its last change
    size               INTEGER NOT NULL,            -- of all its files
    latest_release_id  INTEGER,                     -- the release to show first
    created_at         INTEGER NOT NULL,
    removed_at         INTEGER,                     -- NULL while there is a project under the name
    removed_by         TEXT,                        -- as the journal names them
    freed_at           INTEGER,                     -- since when everybody can have the removed one's name
    since_serial       INTEGER                      -- see "What the index was"
) STRICT;
CREATE INDEX project_ultranormalized ON project (ultranormalized);
CREATE INDEX project_created ON project (created_at);
CREATE INDEX project_removed ON project (removed_at) WHERE removed_at IS NOT NULL;
-- The ranking asks of all of them once a day which are there, and reads this alone.
CREATE INDEX project_present ON project (normalized, removed_at);

-- Names that nobody can have.
CREATE TABLE reserved_name (
    normalized      TEXT    NOT NULL PRIMARY KEY,
    ultranormalized TEXT    NOT NULL,
    name            TEXT    NOT NULL,
    reserved_at     INTEGER NOT NULL
) STRICT;
CREATE INDEX reserved_name_ultranormalized ON reserved_name (ultranormalized);

CREATE TABLE role (
    project_id INTEGER NOT NULL REFERENCES project (id),
    account_id INTEGER NOT NULL REFERENCES account (id),
    role       TEXT    NOT NULL,                    -- owner, maintainer
    given_at   INTEGER NOT NULL,
    since_serial INTEGER,                         -- see "What the index was"
    PRIMARY KEY (project_id, account_id)
) STRICT;
CREATE INDEX role_account ON role (account_id);

CREATE TABLE invitation (
    project_id INTEGER NOT NULL REFERENCES project (id),
    account_id INTEGER NOT NULL REFERENCES account (id),    -- who was invited
    role       TEXT    NOT NULL,
    invited_by INTEGER REFERENCES account (id),             -- NULL for the operator
    invited_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL,
    accepted_at INTEGER,                                    -- set while what the project asks for lacks
    PRIMARY KEY (project_id, account_id)
) STRICT;
CREATE INDEX invitation_account ON invitation (account_id);
CREATE INDEX invitation_accepted ON invitation (accepted_at) WHERE accepted_at IS NOT NULL;

-- That an owner became a maintainer, or nothing: for some days they can undo it themselves.
CREATE TABLE lost_role (
    id          INTEGER PRIMARY KEY AUTOINCREMENT,
    project_id  INTEGER NOT NULL REFERENCES project (id),
    account_id  INTEGER NOT NULL REFERENCES account (id),   -- whose role it was
    owner_since INTEGER NOT NULL,                   -- since when they were an owner
    became      TEXT,                               -- what was left to them; NULL for nothing
    taken_by    TEXT    NOT NULL,                   -- as the journal names them
    taker_since INTEGER,                            -- since when that one was an owner; NULL where they were not
    taken_at    INTEGER NOT NULL,
    returned_at INTEGER                             -- when they took it back
) STRICT;
CREATE INDEX lost_role_account ON lost_role (account_id, taken_at);
CREATE INDEX lost_role_project ON lost_role (project_id);

CREATE TABLE release (
    id              INTEGER PRIMARY KEY AUTOINCREMENT,
    project_id      INTEGER NOT NULL REFERENCES project (id),
    version         TEXT    NOT NULL,               -- normal form (PEP 440)
    canonical       TEXT    NOT NULL,               -- without trailing zeros: 1.0 is 1.0.0
    is_yanked       INTEGER NOT NULL,
    yank_reason     TEXT,
    requires_python TEXT,
    summary         TEXT,
    metadata        TEXT    NOT NULL,               -- JSON, what the release says about itself
    created_at      INTEGER NOT NULL,
    removed_at      INTEGER,
    removed_by      TEXT,                           -- as the journal names them
    removal         INTEGER,                        -- the journal's serial of what removed it
    since_serial    INTEGER,                        -- see "What the index was"
    UNIQUE (project_id, canonical)
) STRICT;
CREATE INDEX release_created ON release (created_at);
CREATE INDEX release_removed ON release (project_id) WHERE removed_at IS NOT NULL;

CREATE TABLE file (
    id              INTEGER PRIMARY KEY AUTOINCREMENT,
    release_id      INTEGER NOT NULL REFERENCES release (id),
    project_id      INTEGER NOT NULL REFERENCES project (id),
    filename        TEXT    NOT NULL UNIQUE,
    identity        TEXT    NOT NULL UNIQUE,        -- the name without its spelling: one wheel, one row
    package_type    TEXT    NOT NULL,               -- bdist_wheel, sdist
    python_tag      TEXT    NOT NULL,
    size            INTEGER NOT NULL,
    sha256          TEXT    NOT NULL,               -- digests in hexadecimal
    blake2b256      TEXT    NOT NULL,
    md5             TEXT    NOT NULL,
    metadata_sha256 TEXT,                           -- of the METADATA served beside it
    requires_python TEXT,
    uploader        TEXT,                           -- the account's name; NULL for the operator
    uploaded_at     INTEGER NOT NULL,
    state           TEXT    NOT NULL
        CHECK (state IN ('staged', 'held', 'published', 'removed', 'quarantined', 'erased')),
    removed_at      INTEGER,
    removed_by      TEXT,                           -- as the journal names them
    removal         INTEGER,                        -- the journal's serial of what removed it
    is_yanked       INTEGER NOT NULL DEFAULT 0,     -- by itself, whatever is so of its release
    yank_reason     TEXT,
    withheld_reason TEXT,                           -- why nobody gets it
    since_serial    INTEGER,                        -- see "What the index was"
    -- What is quarantined or erased may have been removed before.
    CHECK (state <> 'removed' OR removed_at IS NOT NULL),
    CHECK (state IN ('removed', 'quarantined', 'erased') OR removed_at IS NULL)
) STRICT;
CREATE INDEX file_project ON file (project_id);
CREATE INDEX file_release ON file (release_id);
-- What is listed is counted as all without these.
CREATE INDEX file_unlisted ON file (project_id) WHERE state <> 'published';

-- The projects that the release of a project that is shown first needs, hosted or not; kept up with every change of it.
CREATE TABLE needed_project (
    project_id INTEGER NOT NULL REFERENCES project (id),
    normalized TEXT    NOT NULL,                    -- the name of what it needs
    specifiers TEXT    NOT NULL,                    -- which versions of it, with a blank between them; empty for any
    PRIMARY KEY (project_id, normalized)
) STRICT;
CREATE INDEX needed_project_name ON needed_project (normalized);

-- That somebody asked for something to be taken away.
CREATE TABLE removal_request (
    id           INTEGER PRIMARY KEY AUTOINCREMENT,
    project_id   INTEGER NOT NULL REFERENCES project (id),
    kind         TEXT    NOT NULL,                  -- file, release, project, archiving, hiding, last-role
    version      TEXT,                              -- of a release
    filename     TEXT,                              -- of a file
    reason       TEXT    NOT NULL,                  -- in the words of who asked
    asked_by     INTEGER NOT NULL REFERENCES account (id),
    asked_at     INTEGER NOT NULL,
    due_at       INTEGER NOT NULL,                  -- from when on it is carried out, or over
    confirmer    TEXT    NOT NULL,                  -- who has to agree: owner, administrator
    confirmed_by TEXT,                              -- as the journal names them
    confirmed_at INTEGER,
    outcome      TEXT,                              -- NULL while it is open; carried-out, objected, taken-over, lapsed
    ended_at     INTEGER,
    since_serial INTEGER,                           -- see "What the index was"
    CHECK ((confirmed_by IS NULL) = (confirmed_at IS NULL)),
    CHECK ((outcome IS NULL) = (ended_at IS NULL))
) STRICT;
CREATE UNIQUE INDEX removal_request_open
    ON removal_request (project_id, kind, COALESCE(version, ''), COALESCE(filename, '')) WHERE outcome IS NULL;
CREATE INDEX removal_request_due ON removal_request (due_at) WHERE outcome IS NULL;

-- That the people who run the index want something done, and somebody else is asked.
CREATE TABLE proposal (
    id          INTEGER PRIMARY KEY AUTOINCREMENT,
    project_id  INTEGER NOT NULL REFERENCES project (id),
    kind        TEXT    NOT NULL,                   -- return, erasure, name-release
    what        TEXT    NOT NULL,                   -- of the project: file, release, project
    version     TEXT,                               -- of a release
    filename    TEXT,                               -- of a file
    category    TEXT,                               -- why something is to be erased
    reason      TEXT    NOT NULL,                   -- in the words of who proposed it
    proposed_by TEXT    NOT NULL,                   -- as the journal names them
    proposed_at INTEGER NOT NULL,
    due_at      INTEGER NOT NULL,                   -- until when somebody else is asked
    outcome     TEXT,                               -- NULL while it is open
    ended_at    INTEGER,
    CHECK (kind <> 'erasure' OR category IS NOT NULL),
    CHECK ((outcome IS NULL) = (ended_at IS NULL))
) STRICT;
CREATE UNIQUE INDEX proposal_open
    ON proposal (project_id, kind, what, COALESCE(version, ''), COALESCE(filename, '')) WHERE outcome IS NULL;
CREATE INDEX proposal_project ON proposal (project_id);
CREATE INDEX proposal_due ON proposal (due_at) WHERE outcome IS NULL;

-- The files that are proposed to come back.
CREATE TABLE proposal_file (
    proposal_id INTEGER NOT NULL REFERENCES proposal (id),
    file_id     INTEGER NOT NULL REFERENCES file (id),
    is_given    INTEGER NOT NULL,                   -- its bytes were gone, and were given
    PRIMARY KEY (proposal_id, file_id)
) STRICT;
CREATE INDEX proposal_file_file ON proposal_file (file_id);

-- The files that were erased for a legal reason: they never come back.
CREATE TABLE erased_file (
    file_id   INTEGER NOT NULL PRIMARY KEY REFERENCES file (id),
    category  TEXT    NOT NULL,                     -- court-order, copyright, personal-data, secret, unlawful
    erased_at INTEGER NOT NULL
) STRICT;
CREATE INDEX erased_file_at ON erased_file (erased_at);

-- Whether the releases of a project wait for a person. No row: they do not. A NULL for how many people: neither.
CREATE TABLE staging_setting (
    project_id       INTEGER NOT NULL PRIMARY KEY REFERENCES project (id),
    approvals        INTEGER,                       -- how many people have to approve
    approvers        TEXT,                          -- owners, owners-and-maintainers
    former_approvals INTEGER,                       -- what was asked for before, which binds for a while longer
    former_approvers TEXT,
    former_until     INTEGER
) STRICT;

-- Since when the operator asks for it of critical projects. No row: they do not.
CREATE TABLE staging_rule (
    id       INTEGER NOT NULL PRIMARY KEY CHECK (id = 1),
    asked_at INTEGER NOT NULL
) STRICT;

-- Files of one release that wait for a person, and are published together or not at all.
CREATE TABLE stage (
    id           INTEGER PRIMARY KEY AUTOINCREMENT,
    project_id   INTEGER NOT NULL REFERENCES project (id),
    version      TEXT    NOT NULL,                  -- normal form (PEP 440)
    canonical    TEXT    NOT NULL,
    approvals    INTEGER NOT NULL,                  -- how many people have to approve
    approvers    TEXT    NOT NULL,                  -- owners, owners-and-maintainers
    metadata     TEXT,                              -- what a removed release will say about itself; NULL for others
    opened_at    INTEGER NOT NULL,
    last_file_at INTEGER NOT NULL,
    due_at       INTEGER NOT NULL,                  -- from when on nobody's answer is awaited
    told_at      INTEGER,                           -- when people heard of what it holds; NULL where they have not
    outcome      TEXT,                              -- NULL while it waits; approved, rejected, expired
    ended_at     INTEGER,
    ended_by     TEXT,                              -- as the journal names them
    end_reason   TEXT,                              -- in the words of who rejected it
    CHECK ((outcome IS NULL) = (ended_at IS NULL))
) STRICT;
CREATE UNIQUE INDEX stage_open ON stage (project_id, canonical) WHERE outcome IS NULL;
CREATE INDEX stage_project ON stage (project_id);
CREATE INDEX stage_due ON stage (due_at) WHERE outcome IS NULL;

-- Who sent what, and what with. Of a file that was never published no other row is left.
CREATE TABLE stage_file (
    stage_id    INTEGER NOT NULL REFERENCES stage (id),
    file_id     INTEGER NOT NULL,                   -- of its row in file, while there is one
    filename    TEXT    NOT NULL,
    sha256      TEXT    NOT NULL,
    size        INTEGER NOT NULL,
    sender      TEXT    NOT NULL,                   -- as the journal names them
    token_label TEXT,                               -- as its holder calls it
    assurance   TEXT    NOT NULL,
    uploaded_at INTEGER NOT NULL,
    PRIMARY KEY (stage_id, file_id)
) STRICT;
CREATE INDEX stage_file_file ON stage_file (file_id);

CREATE TABLE stage_approval (
    stage_id    INTEGER NOT NULL REFERENCES stage (id),
    account_id  INTEGER NOT NULL REFERENCES account (id),
    assurance   TEXT    NOT NULL,                   -- what they were proven with
    digest      TEXT    NOT NULL,                   -- of the statement about the release that they agreed to
    approved_at INTEGER NOT NULL,
    PRIMARY KEY (stage_id, account_id)
) STRICT;

-- Where somebody installs from what waits.
CREATE TABLE stage_address (
    secret_hash BLOB    NOT NULL PRIMARY KEY,       -- SHA-256
    account_id  INTEGER NOT NULL REFERENCES account (id),
    made_at     INTEGER NOT NULL
) STRICT;
CREATE INDEX stage_address_account ON stage_address (account_id);

CREATE TABLE stage_address_stage (
    secret_hash BLOB    NOT NULL REFERENCES stage_address (secret_hash),
    stage_id    INTEGER NOT NULL REFERENCES stage (id),
    PRIMARY KEY (secret_hash, stage_id)
) STRICT;
CREATE INDEX stage_address_stage_stage ON stage_address_stage (stage_id);

-- What was passed over when a file was imported.
CREATE TABLE file_note (
    file_id  INTEGER NOT NULL REFERENCES file (id),
    position INTEGER NOT NULL,                      -- from 0
    note     TEXT    NOT NULL,                      -- a sentence
    PRIMARY KEY (file_id, position)
) STRICT;

-- Classifiers beyond the list of this version.
CREATE TABLE classifier (
    name TEXT NOT NULL PRIMARY KEY
) STRICT;

-- Names that a new one may be a look-alike of: of lists from elsewhere, and those that the operator protects.
CREATE TABLE known_name (
    normalized TEXT    NOT NULL PRIMARY KEY,
    downloads  INTEGER NOT NULL,                    -- the most that a list ever had
    noted_at   INTEGER NOT NULL                     -- when a list last had it
) STRICT;

CREATE TABLE protected_name (
    normalized   TEXT    NOT NULL PRIMARY KEY,
    name         TEXT    NOT NULL,                  -- a name or a brand, as the operator wrote it
    protected_at INTEGER NOT NULL
) STRICT;

-- Names that are nobody's look-alikes, as an administrator decided.
CREATE TABLE allowed_name (
    normalized TEXT    NOT NULL PRIMARY KEY,
    reason     TEXT    NOT NULL,
    allowed_at INTEGER NOT NULL
) STRICT;

-- What is known to be bad, as documents of the Open Source Vulnerability format say.
CREATE TABLE advisory (
    id           INTEGER PRIMARY KEY AUTOINCREMENT,
    identifier   TEXT    NOT NULL UNIQUE,           -- as its database calls it: GHSA-…, PYSEC-…, MAL-…
    modified_at  INTEGER NOT NULL,
    withdrawn_at INTEGER,                           -- NULL while it holds
    document     TEXT    NOT NULL,                  -- JSON, as it came
    imported_at  INTEGER NOT NULL
) STRICT;

-- The projects that each is about, here or elsewhere.
CREATE TABLE advisory_project (
    normalized  TEXT    NOT NULL,
    advisory_id INTEGER NOT NULL REFERENCES advisory (id),
    PRIMARY KEY (normalized, advisory_id)
) STRICT;
CREATE INDEX advisory_project_advisory ON advisory_project (advisory_id);

-- The projects that a search finds, each with what it is found, ranked and listed by; kept up with every change of them.
-- All of it is in the memory of who searches.
CREATE TABLE search_entry (
    project_id     INTEGER NOT NULL PRIMARY KEY REFERENCES project (id),
    normalized     TEXT    NOT NULL,                -- the project's name
    words          TEXT    NOT NULL,                -- name, keywords, summary, topics: a line each, every word once
    facets         TEXT    NOT NULL,                -- what filters ask for, each a word
    band           INTEGER NOT NULL,                -- the logarithm of its downloads to the base of 2
    downloads      INTEGER NOT NULL,                -- in the window of days that sums are kept of
    updated_at     INTEGER NOT NULL,                -- when the release that is shown first was made
    is_critical    INTEGER NOT NULL,
    is_discouraged INTEGER NOT NULL,                -- archived or deprecated
    is_listed      INTEGER NOT NULL,                -- 0: it is removed, quarantined, or waits to be published
    changed        INTEGER NOT NULL                 -- greater for each change that who searches has to hear of
) STRICT;
CREATE INDEX search_entry_changed ON search_entry (changed);
CREATE INDEX search_entry_name ON search_entry (normalized) WHERE is_listed = 1;

-- All words of the listed ones, those of descriptions, too, at (63 - band) * 2^40 + project_id: the most downloaded come
-- first. They are in lower case and without accents already: a word is what stands between two spaces. A beginning of up to
-- eight letters has a list of its own. Full text is where engines differ: this is SQLite's FTS5.
CREATE VIRTUAL TABLE project_search USING fts5 (words, tokenize = 'ascii', detail = none, prefix = '3 4 5 6 7 8');

-- ============================================================================================ What the index was

-- What pages show of a row is so from since_serial on, the journal's serial of the last entry of the change that made it so.
-- What it was before stands here, by intervals: from one such serial until another, which is not in it any more. Triggers
-- write that down, so that no change can forget to; until its end neither serial is known, and both are NULL. A change
-- fills them in when it ends, in its own transaction. Triggers are where engines differ.

CREATE TABLE project_past (
    project_id    INTEGER NOT NULL REFERENCES project (id),
    from_serial   INTEGER NOT NULL,
    until_serial  INTEGER,
    status        TEXT    NOT NULL,
    status_reason TEXT,
    serial        INTEGER NOT NULL,
    created_at    INTEGER NOT NULL,
    removed_at    INTEGER,
    PRIMARY KEY (project_id, from_serial)
) STRICT;
CREATE INDEX project_past_until ON project_past (until_serial);
CREATE INDEX project_open ON project (id) WHERE since_serial IS NULL;
CREATE TRIGGER project_changed AFTER UPDATE OF status, status_reason, serial, created_at, removed_at ON project
WHEN OLD.since_serial IS NOT NULL
BEGIN
    INSERT INTO project_past (project_id, from_serial, status, status_reason, serial, created_at, removed_at)
    VALUES (OLD.id, OLD.since_serial, OLD.status, OLD.status_reason, OLD.serial, OLD.created_at, OLD.removed_at);
    UPDATE project SET since_serial = NULL WHERE id = OLD.id;
END;

CREATE TABLE release_past (
    release_id      INTEGER NOT NULL REFERENCES release (id),
    project_id      INTEGER NOT NULL REFERENCES project (id),
    from_serial     INTEGER NOT NULL,
    until_serial    INTEGER,
    created_at      INTEGER NOT NULL,
    is_yanked       INTEGER NOT NULL,
    yank_reason     TEXT,
    requires_python TEXT,
    summary         TEXT,
    metadata        TEXT,                           -- NULL: as in the next interval that has one, or as it is
    removed_at      INTEGER,
    PRIMARY KEY (release_id, from_serial)
) STRICT;
CREATE INDEX release_past_project ON release_past (project_id);
CREATE INDEX release_past_open ON release_past (release_id) WHERE until_serial IS NULL;
CREATE INDEX release_open ON release (id) WHERE since_serial IS NULL;
CREATE TRIGGER release_changed
AFTER UPDATE OF created_at, is_yanked, yank_reason, requires_python, summary, metadata, removed_at ON release
WHEN OLD.since_serial IS NOT NULL
BEGIN
    INSERT INTO release_past
        (release_id, project_id, from_serial, created_at, is_yanked, yank_reason, requires_python, summary, metadata,
         removed_at)
    VALUES (OLD.id, OLD.project_id, OLD.since_serial, OLD.created_at, OLD.is_yanked, OLD.yank_reason,
        OLD.requires_python, OLD.summary, CASE WHEN OLD.metadata <> NEW.metadata THEN OLD.metadata END, OLD.removed_at);
    UPDATE release SET since_serial = NULL WHERE id = OLD.id;
END;
-- Descriptions are long, and change next to never. Here they do after something else has, in the same change.
CREATE TRIGGER release_metadata_changed AFTER UPDATE OF metadata ON release
WHEN OLD.since_serial IS NULL AND OLD.metadata <> NEW.metadata
BEGIN
    UPDATE release_past SET metadata = OLD.metadata
    WHERE release_id = OLD.id AND until_serial IS NULL AND metadata IS NULL;
END;

CREATE TABLE file_past (
    file_id      INTEGER NOT NULL REFERENCES file (id),
    project_id   INTEGER NOT NULL REFERENCES project (id),
    from_serial  INTEGER NOT NULL,
    until_serial INTEGER,
    state        TEXT    NOT NULL,
    is_yanked    INTEGER NOT NULL,
    yank_reason  TEXT,
    PRIMARY KEY (file_id, from_serial)
) STRICT;
CREATE INDEX file_past_project ON file_past (project_id);
CREATE INDEX file_past_open ON file_past (file_id) WHERE until_serial IS NULL;
CREATE INDEX file_past_awaited ON file_past (project_id) WHERE state IN ('staged', 'held');
CREATE INDEX file_open ON file (id) WHERE since_serial IS NULL;
CREATE TRIGGER file_changed AFTER UPDATE OF state, is_yanked, yank_reason ON file WHEN OLD.since_serial IS NOT NULL
BEGIN
    INSERT INTO file_past (file_id, project_id, from_serial, state, is_yanked, yank_reason)
    VALUES (OLD.id, OLD.project_id, OLD.since_serial, OLD.state, OLD.is_yanked, OLD.yank_reason);
    UPDATE file SET since_serial = NULL WHERE id = OLD.id;
END;

CREATE TABLE role_past (
    project_id   INTEGER NOT NULL REFERENCES project (id),
    account_id   INTEGER NOT NULL REFERENCES account (id),
    from_serial  INTEGER NOT NULL,
    until_serial INTEGER,
    role         TEXT    NOT NULL,
    PRIMARY KEY (project_id, account_id, from_serial)
) STRICT;
CREATE INDEX role_past_open ON role_past (project_id) WHERE until_serial IS NULL;
CREATE INDEX role_open ON role (project_id) WHERE since_serial IS NULL;
CREATE TRIGGER role_changed AFTER UPDATE OF role ON role WHEN OLD.since_serial IS NOT NULL
BEGIN
    INSERT INTO role_past (project_id, account_id, from_serial, role)
    VALUES (OLD.project_id, OLD.account_id, OLD.since_serial, OLD.role);
    UPDATE role SET since_serial = NULL WHERE project_id = OLD.project_id AND account_id = OLD.account_id;
END;
CREATE TRIGGER role_taken AFTER DELETE ON role WHEN OLD.since_serial IS NOT NULL
BEGIN
    INSERT INTO role_past (project_id, account_id, from_serial, role)
    VALUES (OLD.project_id, OLD.account_id, OLD.since_serial, OLD.role);
END;

-- When a request was open; what it asks for never changes.
CREATE TABLE removal_request_past (
    request_id   INTEGER NOT NULL PRIMARY KEY REFERENCES removal_request (id),
    project_id   INTEGER NOT NULL REFERENCES project (id),
    from_serial  INTEGER NOT NULL,
    until_serial INTEGER
) STRICT;
CREATE INDEX removal_request_past_project ON removal_request_past (project_id);
CREATE INDEX removal_request_past_open ON removal_request_past (request_id) WHERE until_serial IS NULL;
CREATE INDEX removal_request_open_interval ON removal_request (id) WHERE since_serial IS NULL;
CREATE TRIGGER removal_request_ended AFTER UPDATE OF outcome ON removal_request
WHEN OLD.since_serial IS NOT NULL AND OLD.outcome IS NULL
BEGIN
    INSERT INTO removal_request_past (request_id, project_id, from_serial)
    VALUES (OLD.id, OLD.project_id, OLD.since_serial);
    UPDATE removal_request SET since_serial = NULL WHERE id = OLD.id;
END;

-- ============================================================================================ Journal and mail

CREATE TABLE journal (
    serial  INTEGER NOT NULL PRIMARY KEY,           -- from journal_serial
    at      INTEGER NOT NULL,
    actor   TEXT    NOT NULL,
    action  TEXT    NOT NULL,
    subject TEXT    NOT NULL,
    details TEXT    NOT NULL                        -- JSON object of texts
) STRICT;
CREATE INDEX journal_subject ON journal (subject, serial);
CREATE INDEX journal_at ON journal (at, serial);

-- The serial of the last entry. A transaction that writes one counts here first, and anyone who comes after it waits for its
-- end: so serials are in the order of commits, and none is left out.
CREATE TABLE journal_serial (
    only   INTEGER NOT NULL PRIMARY KEY CHECK (only = 1),
    serial INTEGER NOT NULL
) STRICT;

-- What is public of the journal, in the places that it has in the verifiable log for ever.
CREATE TABLE log_entry (
    position INTEGER NOT NULL PRIMARY KEY,          -- from 0, without gaps
    serial   INTEGER NOT NULL UNIQUE,               -- of the journal
    entry    BLOB    NOT NULL,                      -- the bytes of the leaf
    salt     BLOB,                                  -- of its commitments; NULL: it has none, or it is forgotten
    filename TEXT                                   -- of the file that it publishes
) STRICT;
CREATE INDEX log_entry_filename ON log_entry (filename, position) WHERE filename IS NOT NULL;

-- The head of the log's tree. It is replaced in the order of its sizes, each time by who has it as it is here.
CREATE TABLE log_head (
    only        INTEGER NOT NULL PRIMARY KEY CHECK (only = 1),
    followed    INTEGER NOT NULL,                   -- the journal's serial up to which entries have their places
    size        INTEGER NOT NULL,                   -- entries of the signed tree
    checkpoint  TEXT,                               -- the signed head; NULL before the first
    cosigned    TEXT,                               -- the newest head that witnesses have signed, too; NULL: none
    restored_at INTEGER,                            -- since it came out of a backup, nothing is signed; NULL: it did not
    origin      TEXT                                -- what a log without a head is called; NULL: after the address
) STRICT;

-- Other logs, whose checkpoints this index signs as a witness: the last tree of each that it has signed.
CREATE TABLE log_witnessed (
    origin TEXT    NOT NULL PRIMARY KEY,
    size   INTEGER NOT NULL,
    root   BLOB    NOT NULL
) STRICT;

-- What follows a commit and may be done by any node, twice if need be: mails on their way out.
CREATE TABLE outbox (
    id             INTEGER PRIMARY KEY AUTOINCREMENT,
    kind           TEXT    NOT NULL,                -- mail; what this version does not know is left alone
    about          TEXT    NOT NULL,                -- whom or what it is for: the address of a mail
    title          TEXT    NOT NULL,                -- what administrators see of it: the subject of a mail
    sealed_payload BLOB,                            -- JSON, sealed; NULL once done
    job_key        TEXT,                            -- what it is the only one for; NULL is always its own
    counted_as     TEXT,                            -- by whom it is caused and whom it is for; NULL: always sent
    state          TEXT    NOT NULL,                -- waiting, done, given-up
    queued_at      INTEGER NOT NULL,
    due_at         INTEGER NOT NULL,                -- the next attempt, while it waits
    ended_at       INTEGER,                         -- done or given up
    attempts       INTEGER NOT NULL,
    reply          TEXT,                            -- what the last attempt came to
    lease_holder   TEXT,                            -- a run of a process that is at it; NULL: nobody
    lease_until    INTEGER,
    UNIQUE (kind, job_key),
    CHECK ((state = 'done') = (sealed_payload IS NULL))
) STRICT;
CREATE INDEX outbox_due ON outbox (state, due_at);
CREATE INDEX outbox_counted ON outbox (counted_as, queued_at) WHERE counted_as IS NOT NULL;

-- Who does what only one process may do at a time.
CREATE TABLE lease (
    name   TEXT    NOT NULL PRIMARY KEY,            -- a periodic task
    holder TEXT    NOT NULL,                        -- a run of a process
    until  INTEGER NOT NULL                         -- when it ends, unless it is renewed
) STRICT;

-- ============================================================================================ Downloads

CREATE TABLE download (
    file_id           INTEGER NOT NULL REFERENCES file (id),
    day               INTEGER NOT NULL,             -- days since 1970, UTC
    installer         TEXT    NOT NULL,
    installer_version TEXT    NOT NULL,
    is_mirror         INTEGER NOT NULL,
    count             INTEGER NOT NULL,
    PRIMARY KEY (file_id, day, installer, installer_version)
) STRICT;
CREATE INDEX download_by_day ON download (day);

CREATE TABLE download_flush (
    source   TEXT    NOT NULL PRIMARY KEY,          -- a run of the server
    sequence INTEGER NOT NULL                       -- of the last flush that was applied
) STRICT;

CREATE TABLE counted_name (
    number     INTEGER NOT NULL PRIMARY KEY,        -- 0, 1, 2, ... without gaps, for ever
    normalized TEXT    NOT NULL UNIQUE              -- hosted or not
) STRICT;

CREATE TABLE download_column (
    place  INTEGER NOT NULL PRIMARY KEY,            -- kind * 2^48 + block * 2^24 + day
    counts BLOB    NOT NULL                         -- docs/decisions/0009-counts-in-columns.md
) STRICT;

-- The sums of a window of days, kept up with every change of a day in it.
CREATE TABLE download_window (
    only      INTEGER NOT NULL PRIMARY KEY CHECK (only = 1),
    first_day INTEGER NOT NULL,                     -- days since 1970, UTC
    last_day  INTEGER NOT NULL
) STRICT;

CREATE TABLE download_window_sum (
    block  INTEGER NOT NULL PRIMARY KEY,
    counts BLOB    NOT NULL
) STRICT;

-- What was counted from outside, each once.
CREATE TABLE download_segment (
    digest      BLOB    NOT NULL PRIMARY KEY,       -- XXH3-128 of what it says, unpacked
    kind        TEXT    NOT NULL,                   -- log, history
    file_digest BLOB    NOT NULL,                   -- XXH3-128 of the file as it was, packed or not
    file_size   INTEGER NOT NULL,                   -- of the file as it was
    first_line  BLOB    NOT NULL,                   -- XXH3-128 of its first line
    size        INTEGER NOT NULL,                   -- unpacked
    file        TEXT    NOT NULL,                   -- what it was called
    applied_at  INTEGER NOT NULL,
    last_day    INTEGER NOT NULL,                   -- the last that a line of it tells of, in days since 1970
    summary     TEXT    NOT NULL                    -- JSON
) STRICT;
CREATE INDEX download_segment_file ON download_segment (file_size);
CREATE INDEX download_segment_first_line ON download_segment (first_line);

CREATE TABLE download_bad_line (
    digest BLOB    NOT NULL REFERENCES download_segment (digest),
    line   INTEGER NOT NULL,                        -- from 1
    reason TEXT    NOT NULL,
    text   TEXT    NOT NULL,                        -- its beginning
    PRIMARY KEY (digest, line)
) STRICT;

CREATE TABLE download_set_aside (
    path   TEXT    NOT NULL PRIMARY KEY,
    at     INTEGER NOT NULL,
    reason TEXT    NOT NULL
) STRICT;

-- ============================================================================================ Critical projects

CREATE TABLE critical_rule (
    id                  INTEGER NOT NULL PRIMARY KEY CHECK (id = 1),    -- no row: the usual rule
    share_millionths    INTEGER,                    -- of all projects; or
    number              INTEGER,                    -- so many of them
    window_days         INTEGER NOT NULL,
    dependency_depth    INTEGER NOT NULL,
    announced_from      INTEGER,                    -- days since 1970, UTC
    enforced_from       INTEGER,                    -- days since 1970, UTC
    notice_days         INTEGER NOT NULL,
    required            TEXT    NOT NULL,           -- the assurance
    stricter_millionths INTEGER,                    -- of the critical projects
    stricter_assurance  TEXT,
    needs_spare         INTEGER NOT NULL
) STRICT;

-- By name: whatever becomes of the project, its designation stays.
CREATE TABLE critical_project (
    normalized       TEXT    NOT NULL PRIMARY KEY,
    name             TEXT    NOT NULL,              -- as it was spelled at the designation
    reason           TEXT    NOT NULL,              -- downloads, dependency, named
    rank             INTEGER,                       -- at the designation, as the next
    downloads        INTEGER,
    dependent        TEXT,                          -- the critical project that needs it
    as_of            INTEGER NOT NULL,              -- days since 1970, UTC; downloads before it counted
    window_days      INTEGER NOT NULL,
    designated_at    INTEGER NOT NULL,
    latest_rank      INTEGER,                       -- of the last computation, as the next
    latest_downloads INTEGER,
    is_in_top_share  INTEGER NOT NULL,              -- or ever was
    lifted_at        INTEGER,
    lifted_by        TEXT,                          -- as the journal names them
    lifted_reason    TEXT
) STRICT;

-- Designations that were lifted, and made anew since; columns as in critical_project.
CREATE TABLE former_designation (
    id            INTEGER PRIMARY KEY AUTOINCREMENT,
    normalized    TEXT    NOT NULL,
    name          TEXT    NOT NULL,
    reason        TEXT    NOT NULL,
    rank          INTEGER,
    downloads     INTEGER,
    dependent     TEXT,
    as_of         INTEGER NOT NULL,
    window_days   INTEGER NOT NULL,
    designated_at INTEGER NOT NULL,
    lifted_at     INTEGER NOT NULL,
    lifted_by     TEXT    NOT NULL,
    lifted_reason TEXT    NOT NULL
) STRICT;
CREATE INDEX former_designation_name ON former_designation (normalized, id);

CREATE TABLE critical_demand (
    normalized TEXT    NOT NULL REFERENCES critical_project (normalized),
    what       TEXT    NOT NULL,                    -- second-factor, …, spare
    noticed_at INTEGER NOT NULL,
    binds_at   INTEGER NOT NULL,
    PRIMARY KEY (normalized, what)
) STRICT;

-- The one time that somebody put a project's demands off.
CREATE TABLE critical_delay (
    account_id   INTEGER NOT NULL REFERENCES account (id),
    normalized   TEXT    NOT NULL,
    requested_at INTEGER NOT NULL,
    until        INTEGER NOT NULL,
    lacking      TEXT    NOT NULL,                  -- the demands that they lacked then, with spaces between
    PRIMARY KEY (account_id, normalized)
) STRICT;

-- What somebody was told about a project: once each.
CREATE TABLE critical_notice (
    account_id INTEGER NOT NULL REFERENCES account (id),
    normalized TEXT    NOT NULL,
    what       TEXT    NOT NULL,                    -- the demand
    moment     TEXT    NOT NULL,                    -- designated, 30, 7, 1, binds
    sent_at    INTEGER NOT NULL,
    PRIMARY KEY (account_id, normalized, what, moment)
) STRICT;

-- A computation, one a day, with the figures that the charts show.
CREATE TABLE critical_day (
    day                INTEGER NOT NULL PRIMARY KEY,    -- days since 1970, UTC
    computed_at        INTEGER NOT NULL,
    projects           INTEGER NOT NULL,            -- all that were ranked
    threshold          INTEGER NOT NULL,            -- the downloads that made a project critical
    critical           INTEGER NOT NULL,
    people             INTEGER NOT NULL,            -- with a role on one of these
    with_factor        INTEGER NOT NULL,
    phishing_resistant INTEGER NOT NULL
) STRICT;

-- ============================================================================================ Giveaways

CREATE TABLE giveaway (
    id            INTEGER PRIMARY KEY AUTOINCREMENT,
    name          TEXT    NOT NULL UNIQUE,
    sponsor       TEXT    NOT NULL,
    key_count     INTEGER NOT NULL CHECK (key_count > 0),
    keys_per_code INTEGER NOT NULL CHECK (keys_per_code > 0),
    opens_at      INTEGER NOT NULL,
    closes_at     INTEGER NOT NULL,
    eligibility   TEXT    NOT NULL,                 -- critical-without-key, critical, everybody
    critical_days INTEGER NOT NULL,                 -- for how long a project must have been critical
    order_address TEXT    NOT NULL,                 -- a URL
    created_at    INTEGER NOT NULL,
    closed_at     INTEGER,                          -- by an administrator, before its time
    CHECK (opens_at < closes_at)
) STRICT;

CREATE TABLE giveaway_model (
    giveaway_id INTEGER NOT NULL REFERENCES giveaway (id),
    position    INTEGER NOT NULL,
    name        TEXT    NOT NULL,
    aaguids     TEXT    NOT NULL,                   -- with spaces between
    PRIMARY KEY (giveaway_id, position)
) STRICT;

CREATE TABLE giveaway_country (
    giveaway_id INTEGER NOT NULL REFERENCES giveaway (id),
    country     TEXT    NOT NULL,                   -- ISO 3166-1 alpha-2
    PRIMARY KEY (giveaway_id, country)
) STRICT;

CREATE TABLE giveaway_code (
    id          INTEGER PRIMARY KEY AUTOINCREMENT,
    giveaway_id INTEGER NOT NULL REFERENCES giveaway (id),
    fingerprint BLOB    NOT NULL UNIQUE,            -- keyed hash: no code twice, in whichever giveaway
    sealed_code BLOB    NOT NULL,
    imported_at INTEGER NOT NULL,
    account_id  INTEGER REFERENCES account (id),    -- NULL while nobody has it
    country     TEXT,                               -- what its holder declared
    issued_at   INTEGER,
    UNIQUE (giveaway_id, account_id),               -- one for each person
    CHECK ((account_id IS NULL) = (issued_at IS NULL)),
    CHECK ((account_id IS NULL) = (country IS NULL))
) STRICT;
CREATE INDEX giveaway_code_left ON giveaway_code (giveaway_id, id) WHERE account_id IS NULL;
CREATE INDEX giveaway_code_account ON giveaway_code (account_id) WHERE account_id IS NOT NULL;
