import Accounts
import Database
import Primitives
import UTC

// The browsers in which accounts were signed in to.

extension Transaction {
    /// Remembers a browser as a known device of an account, and forgets those that were used longest ago. One that was
    /// not used for so long that it is unknown is known from now on.
    func remember(_ origin: RequestOrigin, for user: UserID, at now: Timestamp) throws {
        guard let mark = origin.mark else { return }
        exempt(.knownBrowsers)
        try execute(
            """
            INSERT INTO known_browser (account_id, mark, network, known_at, seen_at) VALUES ($1, $2, $3, $4, $4)
            ON CONFLICT (account_id, mark) DO UPDATE SET network = excluded.network, seen_at = excluded.seen_at,
                known_at = CASE WHEN known_browser.seen_at < $5 THEN excluded.known_at ELSE known_browser.known_at END
            """,
            user.number, mark, origin.network, now.microseconds, (now - KnownBrowser.lifetime).microseconds)
        let surplus = try row(
            "SELECT seen_at FROM known_browser WHERE account_id = $1 ORDER BY seen_at DESC LIMIT 1 OFFSET $2",
            user.number, KnownBrowser.most)
        guard let surplus else { return }
        try execute(
            "DELETE FROM known_browser WHERE account_id = $1 AND seen_at <= $2", user.number,
            try surplus.integer("seen_at"))
    }

    /// Forgets an account's known devices, but for one browser: somebody else may have been there.
    func forgetBrowsers(of user: UserID, except mark: [UInt8]?) throws {
        exempt(.knownBrowsers)
        try execute("DELETE FROM known_browser WHERE account_id = $1 AND mark <> $2", user.number, mark ?? [])
    }

    /// Has an account known in a browser from now on, where it is known: a password that was changed there says nothing yet of
    /// who changed it, be it the holder, or a thief who has just locked them out.
    func knowAnew(_ mark: [UInt8]?, of user: UserID, at now: Timestamp) throws {
        exempt(.knownBrowsers)
        try execute(
            "UPDATE known_browser SET known_at = $1 WHERE account_id = $2 AND mark = $3", now.microseconds, user.number,
            mark ?? [])
    }
}

extension Connection {
    /// Since when an account is known in a browser; nil where it is not.
    ///
    /// - Parameter mark: which one; nil for the one that it is known in for longest.
    func browserKnownSince(_ mark: [UInt8]?, to user: UserID, at now: Timestamp) throws -> Timestamp? {
        try row(
            """
            SELECT MIN(known_at) AS known_at FROM known_browser
            WHERE account_id = $1 AND seen_at >= $2 AND ($3 = 1 OR mark = $4)
            """,
            user.number, (now - KnownBrowser.lifetime).microseconds, mark == nil, mark ?? []
        )?.optionalInteger("known_at").map(Timestamp.init(microseconds:))
    }

    func knownDevice(of origin: RequestOrigin, to user: UserID, at now: Timestamp) throws -> KnownDevice {
        let since = (now - KnownBrowser.lifetime).microseconds
        let isKnown = try origin.mark.map { mark in
            try row(
                "SELECT seen_at FROM known_browser WHERE account_id = $1 AND mark = $2 AND seen_at >= $3", user.number,
                mark, since) != nil
        }
        if isKnown == true { return .browser }
        guard !origin.network.isEmpty else { return .unknown }
        let isNear = try row(
            "SELECT seen_at FROM known_browser WHERE account_id = $1 AND network = $2 AND seen_at >= $3 LIMIT 1",
            user.number, origin.network, since)
        return isNear == nil ? .unknown : .network
    }
}
