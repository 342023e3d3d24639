import Database
import Model
import UTC

extension Connection {
    /// The API tokens of somebody that are good, the oldest first.
    func liveTokens(of user: UserID, at now: Timestamp) throws -> [LiveToken] {
        try rows(
            """
            SELECT id, label, assurance, projects FROM token
            WHERE account_id = $1 AND revoked_at IS NULL AND (expires_at IS NULL OR expires_at > $2)
            ORDER BY created_at, id
            """,
            user.number, now.microseconds
        ).map { row in
            let assurance = try row.text("assurance")
            return LiveToken(
                id: try row.text("id"), label: try row.text("label"),
                assurance: try stored(Assurance(rawValue: assurance), assurance),
                projects: try row.optionalText("projects").map { Set($0.split(separator: " ").map(String.init)) })
        }
    }
}
