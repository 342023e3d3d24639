import Database

extension Migration {
    /// Critical projects, what is asked of those who can change them, and what they were told.
    static let critical = Migration(
        "0007-critical",
        """
        CREATE TABLE critical_rule (
            id                  {integer} NOT NULL PRIMARY KEY CHECK (id = 1),  -- no row: the usual rule
            share_millionths    {integer},                       -- of all projects; or
            number              {integer},                       -- so many of them
            window_days         {integer} NOT NULL,
            dependency_depth    {integer} NOT NULL,
            announced_from      {integer},                       -- days since 1970, UTC
            enforced_from       {integer},
            notice_days         {integer} NOT NULL,
            required            TEXT      NOT NULL,
            stricter_millionths {integer},                       -- of the critical projects
            stricter_assurance  TEXT,
            needs_spare         {integer} NOT NULL
        ) {strict};

        -- By name: whatever becomes of the project, its designation stays.
        CREATE TABLE critical_project (
            normalized       TEXT      NOT NULL PRIMARY KEY,
            name             TEXT      NOT NULL,                 -- as it was spelled at the designation
            reason           TEXT      NOT NULL,                 -- downloads, dependency, named
            rank             {integer},                          -- at the designation, as the next
            downloads        {integer},
            dependent        TEXT,                               -- the critical project that needs it
            as_of            {integer} NOT NULL,                 -- days since 1970, UTC; downloads before it counted
            window_days      {integer} NOT NULL,
            designated_at    {integer} NOT NULL,
            latest_rank      {integer},                          -- of the last computation, as the next
            latest_downloads {integer},
            is_in_top_share  {integer} NOT NULL,                 -- or ever was
            lifted_at        {integer},
            lifted_by        TEXT,
            lifted_reason    TEXT
        ) {strict};

        CREATE TABLE critical_demand (
            normalized TEXT      NOT NULL REFERENCES critical_project (normalized),
            what       TEXT      NOT NULL,                       -- second-factor, …, spare
            noticed_at {integer} NOT NULL,
            binds_at   {integer} NOT NULL,
            PRIMARY KEY (normalized, what)
        ) {strict};

        -- The one time that a person put a project off.
        CREATE TABLE critical_delay (
            account_id   {integer} NOT NULL REFERENCES account (id),
            normalized   TEXT      NOT NULL,
            requested_at {integer} NOT NULL,
            until        {integer} NOT NULL,
            PRIMARY KEY (account_id, normalized)
        ) {strict};

        -- What a person was told about a project: once each.
        CREATE TABLE critical_notice (
            account_id {integer} NOT NULL REFERENCES account (id),
            normalized TEXT      NOT NULL,
            what       TEXT      NOT NULL,                       -- the demand
            moment     TEXT      NOT NULL,                       -- designated, 30, 7, 1, binds
            sent_at    {integer} NOT NULL,
            PRIMARY KEY (account_id, normalized, what, moment)
        ) {strict};

        -- A computation, one a day, with the figures that the charts show.
        CREATE TABLE critical_day (
            day                {integer} NOT NULL PRIMARY KEY,   -- days since 1970, UTC
            computed_at        {integer} NOT NULL,
            projects           {integer} NOT NULL,               -- all that were ranked
            threshold          {integer} NOT NULL,               -- the downloads that made a project critical
            critical           {integer} NOT NULL,
            people             {integer} NOT NULL,               -- with a role on one of these
            with_factor        {integer} NOT NULL,
            phishing_resistant {integer} NOT NULL
        ) {strict};
        """)
}
