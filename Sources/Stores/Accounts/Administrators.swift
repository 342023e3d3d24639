import Accounts
import Database
import Journal
import Letters
import Primitives
import UTC

extension Connection {
    /// Those who run the index by their accounts, which can be used.
    package func administrators(besides user: UserID?) throws -> [User] {
        try rows(
            """
            SELECT \(User.columns) FROM account a
            WHERE a.is_administrator = 1 AND a.disabled_at IS NULL AND a.id <> $1 ORDER BY a.id
            """,
            user?.number ?? 0
        ).map(User.init(row:))
    }
}

extension Transaction {
    /// Tells the other administrators, each under their own name.
    ///
    /// - Parameter group: with what it is counted; nil for what is always mailed.
    package func tellAdministrators(
        of event: SecurityEvent, about user: User, in group: MailGroup? = nil, at now: Timestamp
    ) throws {
        guard var letter = event.letterToAdministrators(about: user.name) else { return }
        for administrator in try connection.administrators(besides: user.id) {
            letter.name = administrator.name.display
            try enqueue(letter, to: administrator.email, of: administrator.name, in: group, at: now)
        }
    }
}
