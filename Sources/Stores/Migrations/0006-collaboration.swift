import Database

extension Migration {
    /// Removal as a mark, invitations, since when roles are held.
    static let collaboration = Migration(
        "0006-collaboration",
        """
        ALTER TABLE project ADD COLUMN removed_at {integer};         -- NULL while there is a project under the name
        ALTER TABLE project ADD COLUMN removed_by TEXT;              -- as the journal names him
        ALTER TABLE project ADD COLUMN freed_at {integer};           -- since when everybody can have the removed one's name
        ALTER TABLE release ADD COLUMN removed_at {integer};
        ALTER TABLE release ADD COLUMN removed_by TEXT;
        ALTER TABLE release ADD COLUMN removal {integer};            -- the journal's serial of what removed it
        ALTER TABLE file ADD COLUMN removed_at {integer};
        ALTER TABLE file ADD COLUMN removed_by TEXT;
        ALTER TABLE file ADD COLUMN removal {integer};
        CREATE INDEX project_removed ON project (removed_at) WHERE removed_at IS NOT NULL;
        CREATE INDEX release_removed ON release (project_id) WHERE removed_at IS NOT NULL;
        CREATE INDEX file_removed ON file (project_id) WHERE removed_at IS NOT NULL;

        ALTER TABLE role ADD COLUMN given_at {integer};
        UPDATE role SET given_at = COALESCE(
            (SELECT MAX(j.at) FROM journal j
             JOIN project p ON j.subject = 'project ' || p.normalized JOIN account a ON a.id = role.account_id
             WHERE p.id = role.project_id AND j.action = 'role.add'
               AND j.details LIKE '%"user":"' || a.normalized || '"%'),
            (SELECT p.created_at FROM project p WHERE p.id = role.project_id));

        CREATE TABLE invitation (
            project_id {integer} NOT NULL REFERENCES project (id),
            account_id {integer} NOT NULL REFERENCES account (id),   -- who was invited
            role       TEXT      NOT NULL,
            invited_by {integer} REFERENCES account (id),            -- NULL for the operator
            invited_at {integer} NOT NULL,
            expires_at {integer} NOT NULL,
            PRIMARY KEY (project_id, account_id)
        ) {strict};
        CREATE INDEX invitation_account ON invitation (account_id);
        """)
}
