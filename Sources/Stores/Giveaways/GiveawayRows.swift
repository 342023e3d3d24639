import Accounts
import Database
import Giveaway
import Primitives
import UTC

// What a transaction reads about giveaways.

extension Connection {
    /// All giveaways, newest first.
    func giveaways() throws -> [GiveawayProgramme] {
        try rows("SELECT \(GiveawayProgramme.columns) FROM giveaway ORDER BY id DESC").map(giveaway)
    }

    func requireGiveaway(_ name: GiveawayName) throws -> GiveawayProgramme {
        let found = try row("SELECT \(GiveawayProgramme.columns) FROM giveaway WHERE name = $1", name.text)
        guard let found else { throw GiveawayTermsRefusal.noSuchGiveaway(name.text) }
        return try giveaway(found)
    }

    private func giveaway(_ row: Row) throws -> GiveawayProgramme {
        let id = GiveawayID(try row.integer("id"))
        let eligibility = try row.text("eligibility")
        let order = try row.text("order_address")
        let models = try rows(
            "SELECT name, aaguids FROM giveaway_model WHERE giveaway_id = $1 ORDER BY position", id.number
        ).map {
            KeyModel(name: try $0.text("name"), aaguids: try $0.text("aaguids").split(separator: " ").map(String.init))
        }
        let countries = try rows("SELECT country FROM giveaway_country WHERE giveaway_id = $1", id.number)
            .map { try Country(parsing: $0.text("country")) }
        return GiveawayProgramme(
            id: id, name: try GiveawayName(parsing: row.text("name")),
            terms: try GiveawayTerms(
                sponsor: row.text("sponsor"), models: models, keys: Int(row.integer("key_count")),
                keysPerCode: Int(row.integer("keys_per_code")), countries: countries,
                opensAt: Timestamp(microseconds: row.integer("opens_at")),
                closesAt: Timestamp(microseconds: row.integer("closes_at")),
                eligibility: stored(GiveawayEligibility(rawValue: eligibility), eligibility),
                orderAddress: order.isEmpty ? nil : order, criticalDays: Int(row.integer("critical_days"))),
            createdAt: Timestamp(microseconds: try row.integer("created_at")),
            closedAt: try row.optionalInteger("closed_at").map(Timestamp.init(microseconds:)))
    }

    /// How many codes a giveaway has.
    func codes(of giveaway: GiveawayID) throws -> Int {
        let row = try row("SELECT COUNT(*) AS n FROM giveaway_code WHERE giveaway_id = $1", giveaway.number)
        return Int(try row?.integer("n") ?? 0)
    }

    /// How many of them nobody has.
    func codesLeft(of giveaway: GiveawayID) throws -> Int {
        let row = try row(
            "SELECT COUNT(*) AS n FROM giveaway_code WHERE giveaway_id = $1 AND account_id IS NULL", giveaway.number)
        return Int(try row?.integer("n") ?? 0)
    }

    /// The code that somebody has of a giveaway.
    func issuedCode(of giveaway: GiveawayID, to user: UserID) throws -> IssuedGiveawayCode? {
        try row(
            """
            SELECT fingerprint, sealed_code, country, issued_at FROM giveaway_code
            WHERE giveaway_id = $1 AND account_id = $2
            """,
            giveaway.number, user.number
        ).map(IssuedGiveawayCode.init(row:))
    }

    /// What a giveaway must know of somebody.
    func giveawayPerson(_ user: UserID, hasCode: Bool) throws -> GiveawayPerson {
        GiveawayPerson(
            criticalSince: try criticalSince(user), hasKey: try hasUsableKey(user), hasCode: hasCode)
    }

    /// Whether somebody could have a security key that is given away now, as far as is known before they say where they
    /// are.
    func offersFreeKey(to user: UserID, at now: Timestamp) throws -> Bool {
        try giveaways().contains { giveaway in
            guard giveaway.phase(at: now) != .closed else { return false }
            let person = try giveawayPerson(user, hasCode: issuedCode(of: giveaway.id, to: user) != nil)
            let left = try codesLeft(of: giveaway.id)
            do throws(GiveawayRefusal) {
                _ = try GiveawayPolicy.decide(giveaway, for: person, in: nil, codesLeft: left, at: now)
                return true
            } catch {
                // Whose project has just become critical hears of the key with it; the page says when to come.
                if case .criticalTooShortly(_, let until) = error { return left > 0 && until < giveaway.endsAt }
                return false
            }
        }
    }

    /// Since when a project on which somebody holds a role is critical, the earliest of those that are and were not
    /// released from that; nil where none is.
    private func criticalSince(_ user: UserID) throws -> Timestamp? {
        try row(
            """
            SELECT MIN(c.designated_at) AS since FROM role o JOIN project p ON p.id = o.project_id
            JOIN critical_project c ON c.normalized = p.normalized
            WHERE o.account_id = $1 AND c.lifted_at IS NULL AND p.removed_at IS NULL
            """,
            user.number
        )?.optionalInteger("since").map(Timestamp.init(microseconds:))
    }

    /// Nobody can sign in with a frozen key.
    private func hasUsableKey(_ user: UserID) throws -> Bool {
        try row(
            """
            SELECT f.id FROM factor f JOIN security_key k ON k.factor_id = f.id
            WHERE f.account_id = $1 AND k.frozen_at IS NULL AND f.disowned_at IS NULL LIMIT 1
            """,
            user.number) != nil
    }

    func giveawayReport(on giveaway: GiveawayProgramme) throws -> GiveawayReport {
        var issues: [Int64: GiveawayReport.Issue] = [:]
        for row in try rows(
            """
            SELECT c.id, c.country, c.issued_at, k.aaguid, k.model_name, k.is_attested, f.added_at
            FROM giveaway_code c
            LEFT JOIN factor f ON f.account_id = c.account_id AND f.kind = 'security-key'
            LEFT JOIN security_key k ON k.factor_id = f.id
            WHERE c.giveaway_id = $1 AND c.account_id IS NOT NULL
            """,
            giveaway.id.number)
        {
            let issue = GiveawayReport.Issue(
                country: try Country(parsing: row.text("country")),
                at: Timestamp(microseconds: try row.integer("issued_at")), keys: [])
            guard let added = try row.optionalInteger("added_at") else {
                issues[try row.integer("id")] = issue
                continue
            }
            issues[try row.integer("id"), default: issue].keys.append(
                GiveawayReport.EnrolledKey(
                    aaguid: try row.optionalText("aaguid"), modelName: try row.optionalText("model_name"),
                    addedAt: Timestamp(microseconds: added), isAttested: try row.optionalInteger("is_attested") == 1))
        }
        return GiveawayReport(of: giveaway, codes: try codes(of: giveaway.id), issues: Array(issues.values))
    }
}

extension GiveawayProgramme {
    fileprivate static let columns = """
        id, name, sponsor, key_count, keys_per_code, opens_at, closes_at, eligibility, order_address, created_at, closed_at, \
        critical_days
        """
}

extension IssuedGiveawayCode {
    init(row: Row) throws {
        self.init(
            fingerprint: try row.blob("fingerprint"), sealed: try row.blob("sealed_code"),
            country: try Country(parsing: row.text("country")),
            at: Timestamp(microseconds: try row.integer("issued_at")))
    }
}
