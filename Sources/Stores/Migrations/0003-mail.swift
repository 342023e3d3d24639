import Database

extension Migration {
    /// The mails on their way out.
    static let mail = Migration(
        "0003-mail",
        """
        CREATE TABLE mail_outbox (
            id        {identity},
            recipient TEXT      NOT NULL,
            subject   TEXT      NOT NULL,
            letter    TEXT      NOT NULL,                        -- JSON; empty once delivered: its links are secrets
            mail_key  TEXT      UNIQUE,                          -- what it is about; NULL is always its own
            state     TEXT      NOT NULL,                        -- waiting, delivered, given-up
            queued_at {integer} NOT NULL,
            due_at    {integer} NOT NULL,                        -- the next attempt, while it waits
            ended_at  {integer},                                 -- delivered or given up
            attempts  {integer} NOT NULL,
            reply     TEXT                                       -- what the mail server answered last
        ) {strict};
        CREATE INDEX mail_outbox_due ON mail_outbox (state, due_at);
        """)
}
