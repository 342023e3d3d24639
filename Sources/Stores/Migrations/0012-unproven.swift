import Database

extension Migration {
    /// Which sessions wait for a second factor in a place where the account never was.
    static let unproven = Migration(
        "0012-unproven",
        "ALTER TABLE session ADD COLUMN is_strange {integer} NOT NULL DEFAULT 0;")
}
