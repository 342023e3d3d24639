CREATE TABLE migration (name TEXT NOT NULL PRIMARY KEY) STRICT;
CREATE TABLE account (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    name TEXT NOT NULL,
    normalized TEXT NOT NULL UNIQUE,
    primary_address TEXT NOT NULL,
    standing_email TEXT,
    standing_until INTEGER,
    sealed_password_hash BLOB,
    is_administrator INTEGER NOT NULL,
    user_handle BLOB,
    probation_until INTEGER,
    probation_reason TEXT,
    disowned_at INTEGER,
    probation_because TEXT,
    probation_voucher INTEGER REFERENCES account (id),
    probation_told_at INTEGER,
    created_at INTEGER NOT NULL,
    disabled_at INTEGER,
    disabled_reason TEXT
) STRICT;
CREATE INDEX account_probation ON account (probation_until) WHERE probation_until IS NOT NULL;
CREATE INDEX account_probation_untold ON account (probation_until) WHERE probation_told_at IS NULL;
CREATE TABLE email_address (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    account_id INTEGER NOT NULL REFERENCES account (id),
    address TEXT NOT NULL,
    normalized TEXT NOT NULL,
    verified_at INTEGER,
    added_at INTEGER NOT NULL,
    UNIQUE (account_id, normalized)
) STRICT;
CREATE UNIQUE INDEX email_address_verified ON email_address (normalized) WHERE verified_at IS NOT NULL;
CREATE TABLE account_deletion (
    account_id INTEGER NOT NULL PRIMARY KEY REFERENCES account (id),
    asked_at INTEGER NOT NULL,
    due_at INTEGER NOT NULL,
    done_at INTEGER
) STRICT;
CREATE INDEX account_deletion_due ON account_deletion (due_at) WHERE done_at IS NULL;
CREATE TABLE former_address (
    account_id INTEGER NOT NULL REFERENCES account (id),
    address TEXT NOT NULL,
    normalized TEXT NOT NULL,
    verified_at INTEGER,
    until INTEGER NOT NULL,
    PRIMARY KEY (account_id, normalized)
) STRICT;
CREATE TABLE known_browser (
    account_id INTEGER NOT NULL REFERENCES account (id),
    mark BLOB NOT NULL,
    network TEXT NOT NULL,
    known_at INTEGER NOT NULL,
    seen_at INTEGER NOT NULL,
    PRIMARY KEY (account_id, mark)
) STRICT;
CREATE TABLE account_event (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    account_id INTEGER NOT NULL REFERENCES account (id),
    at INTEGER NOT NULL,
    kind TEXT NOT NULL,
    details TEXT NOT NULL,
    address TEXT NOT NULL,
    client TEXT NOT NULL
) STRICT;
CREATE INDEX account_event_account ON account_event (account_id, at);
CREATE INDEX account_event_page ON account_event (account_id, id);
CREATE INDEX account_event_at ON account_event (at);
CREATE TABLE account_rule (
    id INTEGER NOT NULL PRIMARY KEY CHECK (id = 1),
    needs_verified_address INTEGER NOT NULL,
    projects_per_hour INTEGER,
    projects_per_day INTEGER,
    files_per_hour INTEGER,
    files_per_day INTEGER,
    bytes_per_hour INTEGER,
    bytes_per_day INTEGER,
    first_factor_evidence TEXT NOT NULL
) STRICT;
CREATE TABLE removal_rule (
    id INTEGER NOT NULL PRIMARY KEY CHECK (id = 1),
    recent_hours INTEGER NOT NULL,
    few_downloads INTEGER NOT NULL,
    wait_days INTEGER NOT NULL,
    critical_wait_days INTEGER NOT NULL,
    retention_days INTEGER NOT NULL
) STRICT;
CREATE TABLE retention_promise (
    shortened_at INTEGER NOT NULL,
    retention_days INTEGER NOT NULL,
    PRIMARY KEY (shortened_at, retention_days)
) STRICT;
CREATE TABLE account_allowance (
    account_id INTEGER NOT NULL PRIMARY KEY REFERENCES account (id),
    projects_per_hour INTEGER,
    projects_per_day INTEGER,
    files_per_hour INTEGER,
    files_per_day INTEGER,
    bytes_per_hour INTEGER,
    bytes_per_day INTEGER
) STRICT;
CREATE TABLE account_published (
    account_id INTEGER NOT NULL REFERENCES account (id),
    hour INTEGER NOT NULL,
    projects INTEGER NOT NULL,
    files INTEGER NOT NULL,
    bytes INTEGER NOT NULL,
    PRIMARY KEY (account_id, hour)
) STRICT;
CREATE TABLE factor (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    account_id INTEGER NOT NULL REFERENCES account (id),
    kind TEXT NOT NULL,
    label TEXT NOT NULL,
    probation_until INTEGER,
    lost_at INTEGER,
    disowned_at INTEGER,
    added_at INTEGER NOT NULL,
    last_used_at INTEGER
) STRICT;
CREATE INDEX factor_account ON factor (account_id);
CREATE TABLE security_key (
    factor_id INTEGER NOT NULL PRIMARY KEY REFERENCES factor (id),
    credential_id BLOB NOT NULL UNIQUE,
    public_key BLOB NOT NULL,
    sign_count INTEGER NOT NULL,
    is_backup_eligible INTEGER NOT NULL,
    is_backed_up INTEGER NOT NULL,
    verifies_user INTEGER NOT NULL,
    is_discoverable INTEGER NOT NULL,
    transports TEXT NOT NULL,
    attestation_format TEXT NOT NULL,
    is_attested INTEGER NOT NULL,
    aaguid TEXT,
    attestation_key_id TEXT,
    model_name TEXT,
    frozen_at INTEGER
) STRICT;
CREATE TABLE security_key_voucher (
    factor_id INTEGER NOT NULL REFERENCES factor (id),
    kind TEXT NOT NULL,
    digest TEXT NOT NULL,
    PRIMARY KEY (factor_id, kind, digest)
) STRICT;
CREATE INDEX security_key_voucher_digest ON security_key_voucher (digest);
CREATE TABLE authenticator_app (
    factor_id INTEGER NOT NULL PRIMARY KEY REFERENCES factor (id),
    sealed_secret BLOB NOT NULL,
    last_counter INTEGER,
    confirmed_at INTEGER
) STRICT;
CREATE TABLE recovery_code (
    account_id INTEGER NOT NULL REFERENCES account (id),
    hash BLOB NOT NULL,
    made_at INTEGER NOT NULL,
    PRIMARY KEY (account_id, hash)
) STRICT;
CREATE TABLE account_recovery (
    account_id INTEGER NOT NULL PRIMARY KEY REFERENCES account (id),
    requested_at INTEGER NOT NULL,
    due_at INTEGER NOT NULL,
    approved_by TEXT,
    completed_at INTEGER
) STRICT;
CREATE TABLE authenticator_metadata (
    number INTEGER NOT NULL PRIMARY KEY,
    next_update INTEGER NOT NULL,
    imported_at INTEGER NOT NULL
) STRICT;
CREATE TABLE authenticator_model (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    aaguid TEXT UNIQUE,
    name TEXT NOT NULL,
    breach TEXT,
    entry BLOB
) STRICT;
CREATE TABLE authenticator_key_id (
    key_id TEXT NOT NULL PRIMARY KEY,
    model_id INTEGER NOT NULL REFERENCES authenticator_model (id)
) STRICT;
CREATE TABLE authenticator_root (
    label TEXT NOT NULL PRIMARY KEY,
    certificate BLOB NOT NULL
) STRICT;
CREATE TABLE session (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    secret_hash BLOB NOT NULL UNIQUE,
    account_id INTEGER NOT NULL REFERENCES account (id),
    restriction TEXT,
    assurance TEXT NOT NULL,
    factor_id INTEGER REFERENCES factor (id),
    is_password_breached INTEGER NOT NULL,
    is_unknown_device INTEGER NOT NULL,
    first_enrolment_until INTEGER,
    created_at INTEGER NOT NULL,
    last_seen_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL,
    address TEXT NOT NULL,
    client TEXT NOT NULL
) STRICT;
CREATE INDEX session_account ON session (account_id);
CREATE INDEX session_factor ON session (factor_id);
CREATE TABLE session_proof (
    session_id INTEGER NOT NULL REFERENCES session (id),
    action TEXT NOT NULL,
    object TEXT NOT NULL,
    assurance TEXT NOT NULL,
    at INTEGER NOT NULL,
    factor_id INTEGER REFERENCES factor (id),
    PRIMARY KEY (session_id, action, object)
) STRICT;
CREATE INDEX session_proof_factor ON session_proof (factor_id);
CREATE TABLE challenge (
    browser BLOB NOT NULL,
    purpose TEXT NOT NULL,
    account_id INTEGER REFERENCES account (id),
    bytes BLOB NOT NULL,
    requires_verified INTEGER NOT NULL,
    expires_at INTEGER NOT NULL,
    PRIMARY KEY (browser, purpose)
) STRICT;
CREATE TABLE one_time_link (
    secret_hash BLOB NOT NULL PRIMARY KEY,
    purpose TEXT NOT NULL,
    account_id INTEGER REFERENCES account (id),
    object TEXT NOT NULL,
    expires_at INTEGER NOT NULL,
    used_at INTEGER,
    used_with TEXT
) STRICT;
CREATE INDEX one_time_link_account ON one_time_link (account_id);
CREATE TABLE token (
    id TEXT NOT NULL PRIMARY KEY,
    account_id INTEGER NOT NULL REFERENCES account (id),
    root_key BLOB NOT NULL,
    label TEXT NOT NULL,
    projects TEXT,
    assurance TEXT NOT NULL,
    factor_id INTEGER REFERENCES factor (id),
    created_at INTEGER NOT NULL,
    expires_at INTEGER,
    revoked_at INTEGER,
    last_used_at INTEGER,
    as_of TEXT
) STRICT;
CREATE INDEX token_account ON token (account_id);
CREATE INDEX token_factor ON token (factor_id);
CREATE TABLE key_file (
    only INTEGER NOT NULL PRIMARY KEY CHECK (only = 1),
    mark BLOB NOT NULL
) STRICT;
CREATE TABLE project (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    name TEXT NOT NULL,
    normalized TEXT NOT NULL UNIQUE,
    ultranormalized TEXT NOT NULL,
    status TEXT NOT NULL,
    status_reason TEXT,
    required_assurance TEXT NOT NULL DEFAULT 'password',
    serial INTEGER NOT NULL,
    size INTEGER NOT NULL,
    latest_release_id INTEGER,
    created_at INTEGER NOT NULL,
    removed_at INTEGER,
    removed_by TEXT,
    freed_at INTEGER,
    since_serial INTEGER
) STRICT;
CREATE INDEX project_ultranormalized ON project (ultranormalized);
CREATE INDEX project_created ON project (created_at);
CREATE INDEX project_removed ON project (removed_at) WHERE removed_at IS NOT NULL;
CREATE INDEX project_present ON project (normalized, removed_at);
CREATE TABLE reserved_name (
    normalized TEXT NOT NULL PRIMARY KEY,
    ultranormalized TEXT NOT NULL,
    name TEXT NOT NULL,
    reserved_at INTEGER NOT NULL
) STRICT;
CREATE INDEX reserved_name_ultranormalized ON reserved_name (ultranormalized);
CREATE TABLE role (
    project_id INTEGER NOT NULL REFERENCES project (id),
    account_id INTEGER NOT NULL REFERENCES account (id),
    role TEXT NOT NULL,
    given_at INTEGER NOT NULL,
    since_serial INTEGER,
    PRIMARY KEY (project_id, account_id)
) STRICT;
CREATE INDEX role_account ON role (account_id);
CREATE TABLE invitation (
    project_id INTEGER NOT NULL REFERENCES project (id),
    account_id INTEGER NOT NULL REFERENCES account (id),
    role TEXT NOT NULL,
    invited_by INTEGER REFERENCES account (id),
    invited_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL,
    accepted_at INTEGER,
    PRIMARY KEY (project_id, account_id)
) STRICT;
CREATE INDEX invitation_account ON invitation (account_id);
CREATE INDEX invitation_accepted ON invitation (accepted_at) WHERE accepted_at IS NOT NULL;
CREATE TABLE lost_role (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    project_id INTEGER NOT NULL REFERENCES project (id),
    account_id INTEGER NOT NULL REFERENCES account (id),
    owner_since INTEGER NOT NULL,
    became TEXT,
    taken_by TEXT NOT NULL,
    taker_since INTEGER,
    taken_at INTEGER NOT NULL,
    returned_at INTEGER
) STRICT;
CREATE INDEX lost_role_account ON lost_role (account_id, taken_at);
CREATE INDEX lost_role_project ON lost_role (project_id);
CREATE TABLE release (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    project_id INTEGER NOT NULL REFERENCES project (id),
    version TEXT NOT NULL,
    canonical TEXT NOT NULL,
    is_yanked INTEGER NOT NULL,
    yank_reason TEXT,
    requires_python TEXT,
    summary TEXT,
    metadata TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    removed_at INTEGER,
    removed_by TEXT,
    removal INTEGER,
    since_serial INTEGER,
    UNIQUE (project_id, canonical)
) STRICT;
CREATE INDEX release_created ON release (created_at);
CREATE INDEX release_removed ON release (project_id) WHERE removed_at IS NOT NULL;
CREATE TABLE file (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    release_id INTEGER NOT NULL REFERENCES release (id),
    project_id INTEGER NOT NULL REFERENCES project (id),
    filename TEXT NOT NULL UNIQUE,
    identity TEXT NOT NULL UNIQUE,
    package_type TEXT NOT NULL,
    python_tag TEXT NOT NULL,
    size INTEGER NOT NULL,
    sha256 TEXT NOT NULL,
    blake2b256 TEXT NOT NULL,
    md5 TEXT NOT NULL,
    metadata_sha256 TEXT,
    requires_python TEXT,
    uploader TEXT,
    uploaded_at INTEGER NOT NULL,
    state TEXT NOT NULL
        CHECK (state IN ('staged', 'held', 'published', 'removed', 'quarantined', 'erased')),
    removed_at INTEGER,
    removed_by TEXT,
    removal INTEGER,
    is_yanked INTEGER NOT NULL DEFAULT 0,
    yank_reason TEXT,
    withheld_reason TEXT,
    since_serial INTEGER,
    CHECK (state <> 'removed' OR removed_at IS NOT NULL),
    CHECK (state IN ('removed', 'quarantined', 'erased') OR removed_at IS NULL)
) STRICT;
CREATE INDEX file_project ON file (project_id);
CREATE INDEX file_release ON file (release_id);
CREATE INDEX file_unlisted ON file (project_id) WHERE state <> 'published';
CREATE TABLE needed_project (
    project_id INTEGER NOT NULL REFERENCES project (id),
    normalized TEXT NOT NULL,
    specifiers TEXT NOT NULL,
    PRIMARY KEY (project_id, normalized)
) STRICT;
CREATE INDEX needed_project_name ON needed_project (normalized);
CREATE TABLE removal_request (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    project_id INTEGER NOT NULL REFERENCES project (id),
    kind TEXT NOT NULL,
    version TEXT,
    filename TEXT,
    reason TEXT NOT NULL,
    asked_by INTEGER NOT NULL REFERENCES account (id),
    asked_at INTEGER NOT NULL,
    due_at INTEGER NOT NULL,
    confirmer TEXT NOT NULL,
    confirmed_by TEXT,
    confirmed_at INTEGER,
    outcome TEXT,
    ended_at INTEGER,
    since_serial INTEGER,
    CHECK ((confirmed_by IS NULL) = (confirmed_at IS NULL)),
    CHECK ((outcome IS NULL) = (ended_at IS NULL))
) STRICT;
CREATE UNIQUE INDEX removal_request_open
    ON removal_request (project_id, kind, COALESCE(version, ''), COALESCE(filename, '')) WHERE outcome IS NULL;
CREATE INDEX removal_request_due ON removal_request (due_at) WHERE outcome IS NULL;
CREATE TABLE proposal (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    project_id INTEGER NOT NULL REFERENCES project (id),
    kind TEXT NOT NULL,
    what TEXT NOT NULL,
    version TEXT,
    filename TEXT,
    category TEXT,
    reason TEXT NOT NULL,
    proposed_by TEXT NOT NULL,
    proposed_at INTEGER NOT NULL,
    due_at INTEGER NOT NULL,
    outcome TEXT,
    ended_at INTEGER,
    CHECK (kind <> 'erasure' OR category IS NOT NULL),
    CHECK ((outcome IS NULL) = (ended_at IS NULL))
) STRICT;
CREATE UNIQUE INDEX proposal_open
    ON proposal (project_id, kind, what, COALESCE(version, ''), COALESCE(filename, '')) WHERE outcome IS NULL;
CREATE INDEX proposal_project ON proposal (project_id);
CREATE INDEX proposal_due ON proposal (due_at) WHERE outcome IS NULL;
CREATE TABLE proposal_file (
    proposal_id INTEGER NOT NULL REFERENCES proposal (id),
    file_id INTEGER NOT NULL REFERENCES file (id),
    is_given INTEGER NOT NULL,
    PRIMARY KEY (proposal_id, file_id)
) STRICT;
CREATE INDEX proposal_file_file ON proposal_file (file_id);
CREATE TABLE erased_file (
    file_id INTEGER NOT NULL PRIMARY KEY REFERENCES file (id),
    category TEXT NOT NULL,
    erased_at INTEGER NOT NULL
) STRICT;
CREATE INDEX erased_file_at ON erased_file (erased_at);
CREATE TABLE staging_setting (
    project_id INTEGER NOT NULL PRIMARY KEY REFERENCES project (id),
    approvals INTEGER,
    approvers TEXT,
    former_approvals INTEGER,
    former_approvers TEXT,
    former_until INTEGER
) STRICT;
CREATE TABLE staging_rule (
    id INTEGER NOT NULL PRIMARY KEY CHECK (id = 1),
    asked_at INTEGER NOT NULL
) STRICT;
CREATE TABLE stage (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    project_id INTEGER NOT NULL REFERENCES project (id),
    version TEXT NOT NULL,
    canonical TEXT NOT NULL,
    approvals INTEGER NOT NULL,
    approvers TEXT NOT NULL,
    metadata TEXT,
    opened_at INTEGER NOT NULL,
    last_file_at INTEGER NOT NULL,
    due_at INTEGER NOT NULL,
    told_at INTEGER,
    outcome TEXT,
    ended_at INTEGER,
    ended_by TEXT,
    end_reason TEXT,
    CHECK ((outcome IS NULL) = (ended_at IS NULL))
) STRICT;
CREATE UNIQUE INDEX stage_open ON stage (project_id, canonical) WHERE outcome IS NULL;
CREATE INDEX stage_project ON stage (project_id);
CREATE INDEX stage_due ON stage (due_at) WHERE outcome IS NULL;
CREATE TABLE stage_file (
    stage_id INTEGER NOT NULL REFERENCES stage (id),
    file_id INTEGER NOT NULL,
    filename TEXT NOT NULL,
    sha256 TEXT NOT NULL,
    size INTEGER NOT NULL,
    sender TEXT NOT NULL,
    token_label TEXT,
    assurance TEXT NOT NULL,
    uploaded_at INTEGER NOT NULL,
    PRIMARY KEY (stage_id, file_id)
) STRICT;
CREATE INDEX stage_file_file ON stage_file (file_id);
CREATE TABLE stage_approval (
    stage_id INTEGER NOT NULL REFERENCES stage (id),
    account_id INTEGER NOT NULL REFERENCES account (id),
    assurance TEXT NOT NULL,
    digest TEXT NOT NULL,
    approved_at INTEGER NOT NULL,
    PRIMARY KEY (stage_id, account_id)
) STRICT;
CREATE TABLE stage_address (
    secret_hash BLOB NOT NULL PRIMARY KEY,
    account_id INTEGER NOT NULL REFERENCES account (id),
    made_at INTEGER NOT NULL
) STRICT;
CREATE INDEX stage_address_account ON stage_address (account_id);
CREATE TABLE stage_address_stage (
    secret_hash BLOB NOT NULL REFERENCES stage_address (secret_hash),
    stage_id INTEGER NOT NULL REFERENCES stage (id),
    PRIMARY KEY (secret_hash, stage_id)
) STRICT;
CREATE INDEX stage_address_stage_stage ON stage_address_stage (stage_id);
CREATE TABLE file_note (
    file_id INTEGER NOT NULL REFERENCES file (id),
    position INTEGER NOT NULL,
    note TEXT NOT NULL,
    PRIMARY KEY (file_id, position)
) STRICT;
CREATE TABLE classifier (
    name TEXT NOT NULL PRIMARY KEY
) STRICT;
CREATE TABLE known_name (
    normalized TEXT NOT NULL PRIMARY KEY,
    downloads INTEGER NOT NULL,
    noted_at INTEGER NOT NULL
) STRICT;
CREATE TABLE protected_name (
    normalized TEXT NOT NULL PRIMARY KEY,
    name TEXT NOT NULL,
    protected_at INTEGER NOT NULL
) STRICT;
CREATE TABLE allowed_name (
    normalized TEXT NOT NULL PRIMARY KEY,
    reason TEXT NOT NULL,
    allowed_at INTEGER NOT NULL
) STRICT;
CREATE TABLE advisory (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    identifier TEXT NOT NULL UNIQUE,
    modified_at INTEGER NOT NULL,
    withdrawn_at INTEGER,
    document TEXT NOT NULL,
    imported_at INTEGER NOT NULL
) STRICT;
CREATE TABLE advisory_project (
    normalized TEXT NOT NULL,
    advisory_id INTEGER NOT NULL REFERENCES advisory (id),
    PRIMARY KEY (normalized, advisory_id)
) STRICT;
CREATE INDEX advisory_project_advisory ON advisory_project (advisory_id);
CREATE TABLE search_entry (
    project_id INTEGER NOT NULL PRIMARY KEY REFERENCES project (id),
    normalized TEXT NOT NULL,
    words TEXT NOT NULL,
    facets TEXT NOT NULL,
    band INTEGER NOT NULL,
    downloads INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    is_critical INTEGER NOT NULL,
    is_discouraged INTEGER NOT NULL,
    is_listed INTEGER NOT NULL,
    changed INTEGER NOT NULL
) STRICT;
CREATE INDEX search_entry_changed ON search_entry (changed);
CREATE INDEX search_entry_name ON search_entry (normalized) WHERE is_listed = 1;
CREATE VIRTUAL TABLE project_search USING fts5 (words, tokenize = 'ascii', detail = none, prefix = '3 4 5 6 7 8');
CREATE TABLE project_past (
    project_id INTEGER NOT NULL REFERENCES project (id),
    from_serial INTEGER NOT NULL,
    until_serial INTEGER,
    status TEXT NOT NULL,
    status_reason TEXT,
    serial INTEGER NOT NULL,
    created_at INTEGER NOT NULL,
    removed_at INTEGER,
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
    release_id INTEGER NOT NULL REFERENCES release (id),
    project_id INTEGER NOT NULL REFERENCES project (id),
    from_serial INTEGER NOT NULL,
    until_serial INTEGER,
    created_at INTEGER NOT NULL,
    is_yanked INTEGER NOT NULL,
    yank_reason TEXT,
    requires_python TEXT,
    summary TEXT,
    metadata TEXT,
    removed_at INTEGER,
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
CREATE TRIGGER release_metadata_changed AFTER UPDATE OF metadata ON release
WHEN OLD.since_serial IS NULL AND OLD.metadata <> NEW.metadata
BEGIN
    UPDATE release_past SET metadata = OLD.metadata
    WHERE release_id = OLD.id AND until_serial IS NULL AND metadata IS NULL;
END;
CREATE TABLE file_past (
    file_id INTEGER NOT NULL REFERENCES file (id),
    project_id INTEGER NOT NULL REFERENCES project (id),
    from_serial INTEGER NOT NULL,
    until_serial INTEGER,
    state TEXT NOT NULL,
    is_yanked INTEGER NOT NULL,
    yank_reason TEXT,
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
    project_id INTEGER NOT NULL REFERENCES project (id),
    account_id INTEGER NOT NULL REFERENCES account (id),
    from_serial INTEGER NOT NULL,
    until_serial INTEGER,
    role TEXT NOT NULL,
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
CREATE TABLE removal_request_past (
    request_id INTEGER NOT NULL PRIMARY KEY REFERENCES removal_request (id),
    project_id INTEGER NOT NULL REFERENCES project (id),
    from_serial INTEGER NOT NULL,
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
CREATE TABLE journal (
    serial INTEGER NOT NULL PRIMARY KEY,
    at INTEGER NOT NULL,
    actor TEXT NOT NULL,
    action TEXT NOT NULL,
    subject TEXT NOT NULL,
    details TEXT NOT NULL
) STRICT;
CREATE INDEX journal_subject ON journal (subject, serial);
CREATE INDEX journal_at ON journal (at, serial);
CREATE TABLE journal_serial (
    only INTEGER NOT NULL PRIMARY KEY CHECK (only = 1),
    serial INTEGER NOT NULL
) STRICT;
CREATE TABLE log_entry (
    position INTEGER NOT NULL PRIMARY KEY,
    serial INTEGER NOT NULL UNIQUE,
    entry BLOB NOT NULL,
    salt BLOB,
    filename TEXT
) STRICT;
CREATE INDEX log_entry_filename ON log_entry (filename, position) WHERE filename IS NOT NULL;
CREATE TABLE log_head (
    only INTEGER NOT NULL PRIMARY KEY CHECK (only = 1),
    followed INTEGER NOT NULL,
    size INTEGER NOT NULL,
    checkpoint TEXT,
    cosigned TEXT,
    restored_at INTEGER,
    origin TEXT
) STRICT;
CREATE TABLE log_witnessed (
    origin TEXT NOT NULL PRIMARY KEY,
    size INTEGER NOT NULL,
    root BLOB NOT NULL
) STRICT;
CREATE TABLE outbox (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    kind TEXT NOT NULL,
    about TEXT NOT NULL,
    title TEXT NOT NULL,
    sealed_payload BLOB,
    job_key TEXT,
    counted_as TEXT,
    state TEXT NOT NULL,
    queued_at INTEGER NOT NULL,
    due_at INTEGER NOT NULL,
    ended_at INTEGER,
    attempts INTEGER NOT NULL,
    reply TEXT,
    lease_holder TEXT,
    lease_until INTEGER,
    UNIQUE (kind, job_key),
    CHECK ((state = 'done') = (sealed_payload IS NULL))
) STRICT;
CREATE INDEX outbox_due ON outbox (state, due_at);
CREATE INDEX outbox_counted ON outbox (counted_as, queued_at) WHERE counted_as IS NOT NULL;
CREATE TABLE lease (
    name TEXT NOT NULL PRIMARY KEY,
    holder TEXT NOT NULL,
    until INTEGER NOT NULL
) STRICT;
CREATE TABLE download (
    file_id INTEGER NOT NULL REFERENCES file (id),
    day INTEGER NOT NULL,
    installer TEXT NOT NULL,
    installer_version TEXT NOT NULL,
    is_mirror INTEGER NOT NULL,
    count INTEGER NOT NULL,
    PRIMARY KEY (file_id, day, installer, installer_version)
) STRICT;
CREATE INDEX download_by_day ON download (day);
CREATE TABLE download_flush (
    source TEXT NOT NULL PRIMARY KEY,
    sequence INTEGER NOT NULL
) STRICT;
CREATE TABLE counted_name (
    number INTEGER NOT NULL PRIMARY KEY,
    normalized TEXT NOT NULL UNIQUE
) STRICT;
CREATE TABLE download_column (
    place INTEGER NOT NULL PRIMARY KEY,
    counts BLOB NOT NULL
) STRICT;
CREATE TABLE download_window (
    only INTEGER NOT NULL PRIMARY KEY CHECK (only = 1),
    first_day INTEGER NOT NULL,
    last_day INTEGER NOT NULL
) STRICT;
CREATE TABLE download_window_sum (
    block INTEGER NOT NULL PRIMARY KEY,
    counts BLOB NOT NULL
) STRICT;
CREATE TABLE download_segment (
    digest BLOB NOT NULL PRIMARY KEY,
    kind TEXT NOT NULL,
    file_digest BLOB NOT NULL,
    file_size INTEGER NOT NULL,
    first_line BLOB NOT NULL,
    size INTEGER NOT NULL,
    file TEXT NOT NULL,
    applied_at INTEGER NOT NULL,
    last_day INTEGER NOT NULL,
    summary TEXT NOT NULL
) STRICT;
CREATE INDEX download_segment_file ON download_segment (file_size);
CREATE INDEX download_segment_first_line ON download_segment (first_line);
CREATE TABLE download_bad_line (
    digest BLOB NOT NULL REFERENCES download_segment (digest),
    line INTEGER NOT NULL,
    reason TEXT NOT NULL,
    text TEXT NOT NULL,
    PRIMARY KEY (digest, line)
) STRICT;
CREATE TABLE download_set_aside (
    path TEXT NOT NULL PRIMARY KEY,
    at INTEGER NOT NULL,
    reason TEXT NOT NULL
) STRICT;
CREATE TABLE critical_rule (
    id INTEGER NOT NULL PRIMARY KEY CHECK (id = 1),
    share_millionths INTEGER,
    number INTEGER,
    window_days INTEGER NOT NULL,
    dependency_depth INTEGER NOT NULL,
    announced_from INTEGER,
    enforced_from INTEGER,
    notice_days INTEGER NOT NULL,
    required TEXT NOT NULL,
    stricter_millionths INTEGER,
    stricter_assurance TEXT,
    needs_spare INTEGER NOT NULL
) STRICT;
CREATE TABLE critical_project (
    normalized TEXT NOT NULL PRIMARY KEY,
    name TEXT NOT NULL,
    reason TEXT NOT NULL,
    rank INTEGER,
    downloads INTEGER,
    dependent TEXT,
    as_of INTEGER NOT NULL,
    window_days INTEGER NOT NULL,
    designated_at INTEGER NOT NULL,
    latest_rank INTEGER,
    latest_downloads INTEGER,
    is_in_top_share INTEGER NOT NULL,
    lifted_at INTEGER,
    lifted_by TEXT,
    lifted_reason TEXT
) STRICT;
CREATE TABLE former_designation (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    normalized TEXT NOT NULL,
    name TEXT NOT NULL,
    reason TEXT NOT NULL,
    rank INTEGER,
    downloads INTEGER,
    dependent TEXT,
    as_of INTEGER NOT NULL,
    window_days INTEGER NOT NULL,
    designated_at INTEGER NOT NULL,
    lifted_at INTEGER NOT NULL,
    lifted_by TEXT NOT NULL,
    lifted_reason TEXT NOT NULL
) STRICT;
CREATE INDEX former_designation_name ON former_designation (normalized, id);
CREATE TABLE critical_demand (
    normalized TEXT NOT NULL REFERENCES critical_project (normalized),
    what TEXT NOT NULL,
    noticed_at INTEGER NOT NULL,
    binds_at INTEGER NOT NULL,
    PRIMARY KEY (normalized, what)
) STRICT;
CREATE TABLE critical_delay (
    account_id INTEGER NOT NULL REFERENCES account (id),
    normalized TEXT NOT NULL,
    requested_at INTEGER NOT NULL,
    until INTEGER NOT NULL,
    lacking TEXT NOT NULL,
    PRIMARY KEY (account_id, normalized)
) STRICT;
CREATE TABLE critical_notice (
    account_id INTEGER NOT NULL REFERENCES account (id),
    normalized TEXT NOT NULL,
    what TEXT NOT NULL,
    moment TEXT NOT NULL,
    sent_at INTEGER NOT NULL,
    PRIMARY KEY (account_id, normalized, what, moment)
) STRICT;
CREATE TABLE critical_day (
    day INTEGER NOT NULL PRIMARY KEY,
    computed_at INTEGER NOT NULL,
    projects INTEGER NOT NULL,
    threshold INTEGER NOT NULL,
    critical INTEGER NOT NULL,
    people INTEGER NOT NULL,
    with_factor INTEGER NOT NULL,
    phishing_resistant INTEGER NOT NULL
) STRICT;
CREATE TABLE giveaway (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    name TEXT NOT NULL UNIQUE,
    sponsor TEXT NOT NULL,
    key_count INTEGER NOT NULL CHECK (key_count > 0),
    keys_per_code INTEGER NOT NULL CHECK (keys_per_code > 0),
    opens_at INTEGER NOT NULL,
    closes_at INTEGER NOT NULL,
    eligibility TEXT NOT NULL,
    critical_days INTEGER NOT NULL,
    order_address TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    closed_at INTEGER,
    CHECK (opens_at < closes_at)
) STRICT;
CREATE TABLE giveaway_model (
    giveaway_id INTEGER NOT NULL REFERENCES giveaway (id),
    position INTEGER NOT NULL,
    name TEXT NOT NULL,
    aaguids TEXT NOT NULL,
    PRIMARY KEY (giveaway_id, position)
) STRICT;
CREATE TABLE giveaway_country (
    giveaway_id INTEGER NOT NULL REFERENCES giveaway (id),
    country TEXT NOT NULL,
    PRIMARY KEY (giveaway_id, country)
) STRICT;
CREATE TABLE giveaway_code (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    giveaway_id INTEGER NOT NULL REFERENCES giveaway (id),
    fingerprint BLOB NOT NULL UNIQUE,
    sealed_code BLOB NOT NULL,
    imported_at INTEGER NOT NULL,
    account_id INTEGER REFERENCES account (id),
    country TEXT,
    issued_at INTEGER,
    UNIQUE (giveaway_id, account_id),
    CHECK ((account_id IS NULL) = (issued_at IS NULL)),
    CHECK ((account_id IS NULL) = (country IS NULL))
) STRICT;
CREATE INDEX giveaway_code_left ON giveaway_code (giveaway_id, id) WHERE account_id IS NULL;
CREATE INDEX giveaway_code_account ON giveaway_code (account_id) WHERE account_id IS NOT NULL;

INSERT INTO migration (name) VALUES ('0001-first');
INSERT INTO account (id, name, normalized, primary_address, standing_email, standing_until, sealed_password_hash, is_administrator, user_handle, probation_until, probation_reason, disowned_at, probation_because, probation_voucher, probation_told_at, created_at, disabled_at, disabled_reason) VALUES (1, 'name', 'normalized', 'primary_address', 'standing_email', 1, x'01', 1, x'01', 1, 'probation_reason', 1, 'probation_because', 1, 1, 1, 1, 'disabled_reason');
INSERT INTO email_address (id, account_id, address, normalized, verified_at, added_at) VALUES (1, 1, 'address', 'normalized', 1, 1);
INSERT INTO account_deletion (account_id, asked_at, due_at, done_at) VALUES (1, 1, 1, 1);
INSERT INTO former_address (account_id, address, normalized, verified_at, until) VALUES (1, 'address', 'normalized', 1, 1);
INSERT INTO known_browser (account_id, mark, network, known_at, seen_at) VALUES (1, x'01', 'network', 1, 1);
INSERT INTO account_event (id, account_id, at, kind, details, address, client) VALUES (1, 1, 1, 'kind', 'details', 'address', 'client');
INSERT INTO account_rule (id, needs_verified_address, projects_per_hour, projects_per_day, files_per_hour, files_per_day, bytes_per_hour, bytes_per_day, first_factor_evidence) VALUES (1, 1, 1, 1, 1, 1, 1, 1, 'first_factor_evidence');
INSERT INTO removal_rule (id, recent_hours, few_downloads, wait_days, critical_wait_days, retention_days) VALUES (1, 1, 1, 1, 1, 1);
INSERT INTO retention_promise (shortened_at, retention_days) VALUES (1, 1);
INSERT INTO account_allowance (account_id, projects_per_hour, projects_per_day, files_per_hour, files_per_day, bytes_per_hour, bytes_per_day) VALUES (1, 1, 1, 1, 1, 1, 1);
INSERT INTO account_published (account_id, hour, projects, files, bytes) VALUES (1, 1, 1, 1, 1);
INSERT INTO factor (id, account_id, kind, label, probation_until, lost_at, disowned_at, added_at, last_used_at) VALUES (1, 1, 'kind', 'label', 1, 1, 1, 1, 1);
INSERT INTO security_key (factor_id, credential_id, public_key, sign_count, is_backup_eligible, is_backed_up, verifies_user, is_discoverable, transports, attestation_format, is_attested, aaguid, attestation_key_id, model_name, frozen_at) VALUES (1, x'01', x'01', 1, 1, 1, 1, 1, 'transports', 'attestation_format', 1, 'aaguid', 'attestation_key_id', 'model_name', 1);
INSERT INTO security_key_voucher (factor_id, kind, digest) VALUES (1, 'kind', 'digest');
INSERT INTO authenticator_app (factor_id, sealed_secret, last_counter, confirmed_at) VALUES (1, x'01', 1, 1);
INSERT INTO recovery_code (account_id, hash, made_at) VALUES (1, x'01', 1);
INSERT INTO account_recovery (account_id, requested_at, due_at, approved_by, completed_at) VALUES (1, 1, 1, 'approved_by', 1);
INSERT INTO authenticator_metadata (number, next_update, imported_at) VALUES (1, 1, 1);
INSERT INTO authenticator_model (id, aaguid, name, breach, entry) VALUES (1, 'aaguid', 'name', 'breach', x'01');
INSERT INTO authenticator_key_id (key_id, model_id) VALUES ('key_id', 1);
INSERT INTO authenticator_root (label, certificate) VALUES ('label', x'01');
INSERT INTO session (id, secret_hash, account_id, restriction, assurance, factor_id, is_password_breached, is_unknown_device, first_enrolment_until, created_at, last_seen_at, expires_at, address, client) VALUES (1, x'01', 1, 'restriction', 'assurance', 1, 1, 1, 1, 1, 1, 1, 'address', 'client');
INSERT INTO session_proof (session_id, action, object, assurance, at, factor_id) VALUES (1, 'action', 'object', 'assurance', 1, 1);
INSERT INTO challenge (browser, purpose, account_id, bytes, requires_verified, expires_at) VALUES (x'01', 'purpose', 1, x'01', 1, 1);
INSERT INTO one_time_link (secret_hash, purpose, account_id, object, expires_at, used_at, used_with) VALUES (x'01', 'purpose', 1, 'object', 1, 1, 'used_with');
INSERT INTO token (id, account_id, root_key, label, projects, assurance, factor_id, created_at, expires_at, revoked_at, last_used_at, as_of) VALUES ('id', 1, x'01', 'label', 'projects', 'assurance', 1, 1, 1, 1, 1, 'as_of');
INSERT INTO key_file (only, mark) VALUES (1, x'01');
INSERT INTO project (id, name, normalized, ultranormalized, status, status_reason, required_assurance, serial, size, latest_release_id, created_at, removed_at, removed_by, freed_at, since_serial) VALUES (1, 'name', 'normalized', 'ultranormalized', 'status', 'status_reason', 'required_assurance', 1, 1, 1, 1, 1, 'removed_by', 1, 1);
INSERT INTO reserved_name (normalized, ultranormalized, name, reserved_at) VALUES ('normalized', 'ultranormalized', 'name', 1);
INSERT INTO role (project_id, account_id, role, given_at, since_serial) VALUES (1, 1, 'role', 1, 1);
INSERT INTO invitation (project_id, account_id, role, invited_by, invited_at, expires_at, accepted_at) VALUES (1, 1, 'role', 1, 1, 1, 1);
INSERT INTO lost_role (id, project_id, account_id, owner_since, became, taken_by, taker_since, taken_at, returned_at) VALUES (1, 1, 1, 1, 'became', 'taken_by', 1, 1, 1);
INSERT INTO release (id, project_id, version, canonical, is_yanked, yank_reason, requires_python, summary, metadata, created_at, removed_at, removed_by, removal, since_serial) VALUES (1, 1, 'version', 'canonical', 1, 'yank_reason', 'requires_python', 'summary', 'metadata', 1, 1, 'removed_by', 1, 1);
INSERT INTO file (id, release_id, project_id, filename, identity, package_type, python_tag, size, sha256, blake2b256, md5, metadata_sha256, requires_python, uploader, uploaded_at, state, removed_at, removed_by, removal, is_yanked, yank_reason, withheld_reason, since_serial) VALUES (1, 1, 1, 'filename', 'identity', 'package_type', 'python_tag', 1, 'sha256', 'blake2b256', 'md5', 'metadata_sha256', 'requires_python', 'uploader', 1, 'removed', 1, 'removed_by', 1, 1, 'yank_reason', 'withheld_reason', 1);
INSERT INTO needed_project (project_id, normalized, specifiers) VALUES (1, 'normalized', 'specifiers');
INSERT INTO removal_request (id, project_id, kind, version, filename, reason, asked_by, asked_at, due_at, confirmer, confirmed_by, confirmed_at, outcome, ended_at, since_serial) VALUES (1, 1, 'kind', 'version', 'filename', 'reason', 1, 1, 1, 'confirmer', 'confirmed_by', 1, 'outcome', 1, 1);
INSERT INTO proposal (id, project_id, kind, what, version, filename, category, reason, proposed_by, proposed_at, due_at, outcome, ended_at) VALUES (1, 1, 'kind', 'what', 'version', 'filename', 'category', 'reason', 'proposed_by', 1, 1, 'outcome', 1);
INSERT INTO proposal_file (proposal_id, file_id, is_given) VALUES (1, 1, 1);
INSERT INTO erased_file (file_id, category, erased_at) VALUES (1, 'category', 1);
INSERT INTO staging_setting (project_id, approvals, approvers, former_approvals, former_approvers, former_until) VALUES (1, 1, 'approvers', 1, 'former_approvers', 1);
INSERT INTO staging_rule (id, asked_at) VALUES (1, 1);
INSERT INTO stage (id, project_id, version, canonical, approvals, approvers, metadata, opened_at, last_file_at, due_at, told_at, outcome, ended_at, ended_by, end_reason) VALUES (1, 1, 'version', 'canonical', 1, 'approvers', 'metadata', 1, 1, 1, 1, 'outcome', 1, 'ended_by', 'end_reason');
INSERT INTO stage_file (stage_id, file_id, filename, sha256, size, sender, token_label, assurance, uploaded_at) VALUES (1, 1, 'filename', 'sha256', 1, 'sender', 'token_label', 'assurance', 1);
INSERT INTO stage_approval (stage_id, account_id, assurance, digest, approved_at) VALUES (1, 1, 'assurance', 'digest', 1);
INSERT INTO stage_address (secret_hash, account_id, made_at) VALUES (x'01', 1, 1);
INSERT INTO stage_address_stage (secret_hash, stage_id) VALUES (x'01', 1);
INSERT INTO file_note (file_id, position, note) VALUES (1, 1, 'note');
INSERT INTO classifier (name) VALUES ('name');
INSERT INTO known_name (normalized, downloads, noted_at) VALUES ('normalized', 1, 1);
INSERT INTO protected_name (normalized, name, protected_at) VALUES ('normalized', 'name', 1);
INSERT INTO allowed_name (normalized, reason, allowed_at) VALUES ('normalized', 'reason', 1);
INSERT INTO advisory (id, identifier, modified_at, withdrawn_at, document, imported_at) VALUES (1, 'identifier', 1, 1, 'document', 1);
INSERT INTO advisory_project (normalized, advisory_id) VALUES ('normalized', 1);
INSERT INTO search_entry (project_id, normalized, words, facets, band, downloads, updated_at, is_critical, is_discouraged, is_listed, changed) VALUES (1, 'normalized', 'words', 'facets', 1, 1, 1, 1, 1, 1, 1);
INSERT INTO project_search (words) VALUES ('words');
INSERT INTO project_past (project_id, from_serial, until_serial, status, status_reason, serial, created_at, removed_at) VALUES (1, 1, 1, 'status', 'status_reason', 1, 1, 1);
INSERT INTO release_past (release_id, project_id, from_serial, until_serial, created_at, is_yanked, yank_reason, requires_python, summary, metadata, removed_at) VALUES (1, 1, 1, 1, 1, 1, 'yank_reason', 'requires_python', 'summary', 'metadata', 1);
INSERT INTO file_past (file_id, project_id, from_serial, until_serial, state, is_yanked, yank_reason) VALUES (1, 1, 1, 1, 'state', 1, 'yank_reason');
INSERT INTO role_past (project_id, account_id, from_serial, until_serial, role) VALUES (1, 1, 1, 1, 'role');
INSERT INTO removal_request_past (request_id, project_id, from_serial, until_serial) VALUES (1, 1, 1, 1);
INSERT INTO journal (serial, at, actor, action, subject, details) VALUES (1, 1, 'actor', 'action', 'subject', 'details');
INSERT INTO journal_serial (only, serial) VALUES (1, 1);
INSERT INTO log_entry (position, serial, entry, salt, filename) VALUES (1, 1, x'01', x'01', 'filename');
INSERT INTO log_head (only, followed, size, checkpoint, cosigned, restored_at, origin) VALUES (1, 1, 1, 'checkpoint', 'cosigned', 1, 'origin');
INSERT INTO log_witnessed (origin, size, root) VALUES ('origin', 1, x'01');
INSERT INTO outbox (id, kind, about, title, sealed_payload, job_key, counted_as, state, queued_at, due_at, ended_at, attempts, reply, lease_holder, lease_until) VALUES (1, 'kind', 'about', 'title', x'01', 'job_key', 'counted_as', 'state', 1, 1, 1, 1, 'reply', 'lease_holder', 1);
INSERT INTO lease (name, holder, until) VALUES ('name', 'holder', 1);
INSERT INTO download (file_id, day, installer, installer_version, is_mirror, count) VALUES (1, 1, 'installer', 'installer_version', 1, 1);
INSERT INTO download_flush (source, sequence) VALUES ('source', 1);
INSERT INTO counted_name (number, normalized) VALUES (1, 'normalized');
INSERT INTO download_column (place, counts) VALUES (1, x'01');
INSERT INTO download_window (only, first_day, last_day) VALUES (1, 1, 1);
INSERT INTO download_window_sum (block, counts) VALUES (1, x'01');
INSERT INTO download_segment (digest, kind, file_digest, file_size, first_line, size, file, applied_at, last_day, summary) VALUES (x'01', 'kind', x'01', 1, x'01', 1, 'file', 1, 1, 'summary');
INSERT INTO download_bad_line (digest, line, reason, text) VALUES (x'01', 1, 'reason', 'text');
INSERT INTO download_set_aside (path, at, reason) VALUES ('path', 1, 'reason');
INSERT INTO critical_rule (id, share_millionths, number, window_days, dependency_depth, announced_from, enforced_from, notice_days, required, stricter_millionths, stricter_assurance, needs_spare) VALUES (1, 1, 1, 1, 1, 1, 1, 1, 'required', 1, 'stricter_assurance', 1);
INSERT INTO critical_project (normalized, name, reason, rank, downloads, dependent, as_of, window_days, designated_at, latest_rank, latest_downloads, is_in_top_share, lifted_at, lifted_by, lifted_reason) VALUES ('normalized', 'name', 'reason', 1, 1, 'dependent', 1, 1, 1, 1, 1, 1, 1, 'lifted_by', 'lifted_reason');
INSERT INTO former_designation (id, normalized, name, reason, rank, downloads, dependent, as_of, window_days, designated_at, lifted_at, lifted_by, lifted_reason) VALUES (1, 'normalized', 'name', 'reason', 1, 1, 'dependent', 1, 1, 1, 1, 'lifted_by', 'lifted_reason');
INSERT INTO critical_demand (normalized, what, noticed_at, binds_at) VALUES ('normalized', 'what', 1, 1);
INSERT INTO critical_delay (account_id, normalized, requested_at, until, lacking) VALUES (1, 'normalized', 1, 1, 'lacking');
INSERT INTO critical_notice (account_id, normalized, what, moment, sent_at) VALUES (1, 'normalized', 'what', 'moment', 1);
INSERT INTO critical_day (day, computed_at, projects, threshold, critical, people, with_factor, phishing_resistant) VALUES (1, 1, 1, 1, 1, 1, 1, 1);
INSERT INTO giveaway (id, name, sponsor, key_count, keys_per_code, opens_at, closes_at, eligibility, critical_days, order_address, created_at, closed_at) VALUES (1, 'name', 'sponsor', 1, 1, 1, 2, 'eligibility', 1, 'order_address', 1, 1);
INSERT INTO giveaway_model (giveaway_id, position, name, aaguids) VALUES (1, 1, 'name', 'aaguids');
INSERT INTO giveaway_country (giveaway_id, country) VALUES (1, 'country');
INSERT INTO giveaway_code (id, giveaway_id, fingerprint, sealed_code, imported_at, account_id, country, issued_at) VALUES (1, 1, x'01', x'01', 1, 1, 'country', 1);
