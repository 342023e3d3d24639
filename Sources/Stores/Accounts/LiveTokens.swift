import Accounts
import Acts
import Database
import Policy
import Primitives
import UTC

extension Connection {
    /// The API tokens of somebody that are good, the oldest first.
    func liveTokens(of user: UserID, at now: Timestamp) throws -> [LiveToken] {
        try rows(
            """
            SELECT \(LiveToken.columns) FROM token t WHERE \(LiveToken.isLive) AND t.account_id = $2
            ORDER BY t.created_at, t.id
            """,
            now.microseconds, user.number
        ).map(LiveToken.init(row:))
    }
}

extension LiveToken {
    /// What `init(row:)` reads of the table `token`, named `t` in the query.
    static let columns = "t.id, t.label, t.assurance, t.projects"
    /// The condition that a token is good at the moment that the first placeholder is for.
    static let isLive = "t.revoked_at IS NULL AND (t.expires_at IS NULL OR t.expires_at > $1)"

    init(row: Row) throws {
        let assurance = try row.text("assurance")
        self.init(
            id: try row.text("id"), label: try row.text("label"),
            assurance: try stored(Assurance(rawValue: assurance), assurance),
            projects: try row.optionalText("projects").map { Set($0.split(separator: " ").map(String.init)) })
    }
}
