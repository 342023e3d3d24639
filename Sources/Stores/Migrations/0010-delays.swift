import Database

extension Migration {
    /// What a delay was asked for: what the person had then goes on being asked.
    static let delays = Migration(
        "0010-delays",
        """
        -- What lacked then, a word each. Delays of before count for everything, as they did.
        ALTER TABLE critical_delay ADD COLUMN lacking TEXT NOT NULL
            DEFAULT 'second-factor phishing-resistant attested-hardware spare';
        """)
}
