import Database

extension Migration {
    /// What is asked of accounts, how much they publish, which mails are counted, and what designations were.
    static let rates = Migration(
        "0022-rates",
        """
        -- What the settings of the last `rind serve` said, where that is not the usual. NULL is no limit.
        CREATE TABLE account_rule (
            id                     {integer} NOT NULL PRIMARY KEY CHECK (id = 1),
            needs_verified_address {integer} NOT NULL,
            projects_per_hour      {integer},
            projects_per_day       {integer},
            files_per_hour         {integer},
            files_per_day          {integer},
            bytes_per_hour         {integer},
            bytes_per_day          {integer}
        ) {strict};

        -- Of accounts that have limits of their own. NULL is no limit.
        CREATE TABLE account_allowance (
            account_id        {integer} NOT NULL PRIMARY KEY REFERENCES account (id),
            projects_per_hour {integer},
            projects_per_day  {integer},
            files_per_hour    {integer},
            files_per_day     {integer},
            bytes_per_hour    {integer},
            bytes_per_day     {integer}
        ) {strict};
        -- Whom the operator made an account, the operator knows.
        INSERT INTO account_allowance (account_id)
            SELECT DISTINCT a.id FROM account a
            JOIN journal j ON j.subject = 'user ' || a.normalized AND j.action = 'user.add';

        -- What an account published lately.
        CREATE TABLE account_published (
            account_id {integer} NOT NULL REFERENCES account (id),
            hour       {integer} NOT NULL,                       -- hours since 1970, UTC
            projects   {integer} NOT NULL,
            files      {integer} NOT NULL,
            bytes      {integer} NOT NULL,
            PRIMARY KEY (account_id, hour)
        ) {strict};

        -- By whom a mail is caused and whom it is for, where that is limited; NULL for what is always sent.
        ALTER TABLE mail_outbox ADD COLUMN counted_as TEXT;
        CREATE INDEX mail_outbox_counted ON mail_outbox (counted_as, queued_at) WHERE counted_as IS NOT NULL;

        -- Designations that were lifted, and made anew since.
        CREATE TABLE former_designation (
            id               {identity},
            normalized       TEXT      NOT NULL,
            name             TEXT      NOT NULL,
            reason           TEXT      NOT NULL,                 -- and so on as in critical_project
            rank             {integer},
            downloads        {integer},
            dependent        TEXT,
            as_of            {integer} NOT NULL,
            window_days      {integer} NOT NULL,
            designated_at    {integer} NOT NULL,
            lifted_at        {integer} NOT NULL,
            lifted_by        TEXT      NOT NULL,
            lifted_reason    TEXT      NOT NULL
        ) {strict};
        CREATE INDEX former_designation_name ON former_designation (normalized, id);

        -- For how many days a project must have been critical before its people get a code.
        ALTER TABLE giveaway ADD COLUMN critical_days {integer} NOT NULL DEFAULT 7;
        """)
}
