import Database

extension Migration {
    /// Factors that are on probation themselves, and addresses that were removed and still hear of the account.
    static let factorProbation = Migration(
        "0028-factor-probation",
        """
        -- Until when a factor that came by a recovery code or a recovery takes away no way back; NULL where it never did.
        ALTER TABLE factor ADD COLUMN probation_until {integer};
        UPDATE factor SET probation_until = (SELECT a.probation_until FROM account a WHERE a.id = factor.account_id)
        WHERE EXISTS (
            SELECT 1 FROM account a WHERE a.id = factor.account_id
            AND a.probation_reason IN ('recovery-code', 'recovery')
            AND factor.added_at >= a.probation_until - 259200000000);   -- 72 hours

        -- Since when it is said to be lost: the account was recovered without it. NULL where not, or where it was used again.
        ALTER TABLE factor ADD COLUMN lost_at {integer};

        CREATE TABLE former_address (
            account_id {integer} NOT NULL REFERENCES account (id),
            address    TEXT      NOT NULL,
            normalized TEXT      NOT NULL,
            until      {integer} NOT NULL,                       -- how long it hears
            PRIMARY KEY (account_id, normalized)
        ) {strict};
        """)
}
