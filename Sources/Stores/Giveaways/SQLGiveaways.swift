import Accounts
import Acts
import Database
import Documents
import Giveaway
import Journal
import Policy
import Ports
import Primitives
import UTC

/// Giveaways in SQL.
struct SQLGiveaways: GiveawayStore {
    let database: Database

    // MARK: Reading

    func reports() async throws -> [GiveawayReport] {
        try await database.read { connection in
            try connection.giveaways().map { try connection.giveawayReport(on: $0) }
        }
    }

    func report(on name: GiveawayName) async throws -> GiveawayReport {
        try await database.read { connection in
            try connection.giveawayReport(on: try connection.requireGiveaway(name))
        }
    }

    func standings(of user: UserID?) async throws -> [GiveawayStanding] {
        try await database.read { connection in
            try connection.giveaways().map { giveaway in
                let own = try user.flatMap { try connection.issuedCode(of: giveaway.id, to: $0) }
                return GiveawayStanding(
                    giveaway: giveaway, codes: try connection.codes(of: giveaway.id),
                    left: try connection.codesLeft(of: giveaway.id),
                    person: try user.map { try connection.giveawayPerson($0, hasCode: own != nil) }, own: own)
            }
        }
    }

    // MARK: What administrators do

    func create(
        _ name: GiveawayName, _ terms: GiveawayTerms, by actor: Actor, at now: Timestamp
    ) async throws -> GiveawayProgramme {
        try await database.change(by: actor, at: now) { door, actor, now in
            let permit = try door.connection.judged(.createGiveaway, by: actor, at: now)
            let transaction = try door.open(with: permit)
            guard try transaction.row("SELECT id FROM giveaway WHERE name = $1", name.text) == nil else {
                throw GiveawayTermsRefusal.nameTaken(name)
            }
            let known = try transaction.rows("SELECT name FROM authenticator_model").map { try $0.text("name") }
            try terms.requireKnownModels(among: known)
            let row = try transaction.row(
                """
                INSERT INTO giveaway (name, sponsor, key_count, keys_per_code, opens_at, closes_at, eligibility,
                    order_address, created_at, critical_days)
                VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) RETURNING id
                """,
                name.text, terms.sponsor, terms.keys, terms.keysPerCode, terms.opensAt.microseconds,
                terms.closesAt.microseconds, terms.eligibility.rawValue, terms.orderAddress ?? "", now.microseconds,
                terms.criticalDays)
            let id = GiveawayID(try stored(row?.integer("id"), "giveaway"))
            for (position, model) in terms.models.enumerated() {
                try transaction.execute(
                    "INSERT INTO giveaway_model (giveaway_id, position, name, aaguids) VALUES ($1, $2, $3, $4)",
                    id.number, position, model.name, model.aaguids.joined(separator: " "))
            }
            try transaction.setCountries(terms.countries, of: id)
            try transaction.record(
                permit,
                .giveaway(
                    name,
                    .created(
                        sponsor: terms.sponsor, models: terms.models.map(\.name).joined(separator: ", "),
                        keysPerCode: terms.keysPerCode, GiveawayChange(all: terms))))
            return try transaction.connection.requireGiveaway(name)
        }
    }

    func change(
        _ name: GiveawayName, _ change: GiveawayChange, by actor: Actor, at now: Timestamp
    ) async throws -> GiveawayProgramme {
        try await database.change(by: actor, at: now) { door, actor, now in
            let permit = try door.connection.judged(.changeGiveaway, by: actor, at: now)
            let transaction = try door.open(with: permit)
            let giveaway = try transaction.connection.requireGiveaway(name)
            guard !change.isEmpty else { throw GiveawayTermsRefusal.nothingToChange }
            let codes = try transaction.connection.codes(of: giveaway.id)
            let terms = try change.applied(to: giveaway.terms, codes: codes)
            try transaction.execute(
                """
                UPDATE giveaway SET key_count = $1, opens_at = $2, closes_at = $3, eligibility = $4, order_address = $5,
                    closed_at = $6, critical_days = $7
                WHERE id = $8
                """,
                terms.keys, terms.opensAt.microseconds, terms.closesAt.microseconds, terms.eligibility.rawValue,
                terms.orderAddress ?? "", change.closesAt == nil ? giveaway.closedAt?.microseconds : nil,
                terms.criticalDays, giveaway.id.number)
            try transaction.setCountries(terms.countries, of: giveaway.id)
            try transaction.record(
                permit,
                .giveaway(
                    name,
                    .changed(
                        GiveawayChange(from: giveaway.terms, to: terms),
                        isReopened: change.closesAt != nil && giveaway.closedAt != nil)))
            return try transaction.connection.requireGiveaway(name)
        }
    }

    func close(_ name: GiveawayName, by actor: Actor, at now: Timestamp) async throws -> GiveawayProgramme {
        try await database.change(by: actor, at: now) { door, actor, now in
            let permit = try door.connection.judged(.closeGiveaway, by: actor, at: now)
            let transaction = try door.open(with: permit)
            let giveaway = try transaction.connection.requireGiveaway(name)
            guard giveaway.phase(at: now) != .closed else { throw GiveawayTermsRefusal.closedAlready }
            try transaction.execute(
                "UPDATE giveaway SET closed_at = $1 WHERE id = $2", now.microseconds, giveaway.id.number)
            let left = try transaction.connection.codesLeft(of: giveaway.id)
            try transaction.record(permit, .giveaway(name, .closed(left: Int(left))))
            return try transaction.connection.requireGiveaway(name)
        }
    }

    func importCodes(
        _ codes: [SealedGiveawayCode], into name: GiveawayName, by actor: Actor, at now: Timestamp
    ) async throws -> Int {
        try await database.change(by: actor, at: now) { door, actor, now in
            let permit = try door.connection.judged(.importGiveawayCodes, by: actor, at: now)
            let transaction = try door.open(with: permit)
            let giveaway = try transaction.connection.requireGiveaway(name)
            guard !codes.isEmpty else { throw CodeFileRefusal.empty }
            let problems = try codes.compactMap { code in
                try transaction.connection.holder(of: code).map {
                    CodeFileRefusal.Problem(line: code.line, fault: .imported($0))
                }
            }
            guard problems.isEmpty else { throw CodeFileRefusal.lines(problems) }
            let room = giveaway.terms.codes - (try transaction.connection.codes(of: giveaway.id))
            guard codes.count <= room else {
                throw CodeFileRefusal.tooManyForKeys(codes: codes.count, room: max(0, room))
            }
            for code in codes {
                try transaction.execute(
                    """
                    INSERT INTO giveaway_code (giveaway_id, fingerprint, sealed_code, imported_at)
                    VALUES ($1, $2, $3, $4)
                    """,
                    giveaway.id.number, code.fingerprint, code.sealed, now.microseconds)
            }
            try transaction.record(permit, .giveaway(name, .codesImported(codes.count)))
            return codes.count
        }
    }

    // MARK: What people do

    func issueCode(
        of name: GiveawayName, to user: Username, in country: Country, by actor: Actor, from origin: RequestOrigin,
        at now: Timestamp
    ) async throws -> IssuedGiveawayCode {
        try await database.change(by: actor, at: now) { door, actor, now in
            let connection = door.connection
            let (account, permit) = try connection.judged(.issueGiveawayCode, on: user, by: actor, at: now)
            let transaction = try door.open(with: permit)
            let giveaway = try connection.requireGiveaway(name)
            let own = try connection.issuedCode(of: giveaway.id, to: account.id)
            let decision = try GiveawayPolicy.decide(
                giveaway, for: try connection.giveawayPerson(account.id, hasCode: own != nil), in: country,
                codesLeft: try connection.codesLeft(of: giveaway.id), at: now)
            if let own, decision == .sameCode { return own }
            // One statement finds the code and takes it, so that no two can take the same, on whichever engine.
            let taken = try transaction.row(
                """
                UPDATE giveaway_code SET account_id = $1, country = $2, issued_at = $3
                WHERE account_id IS NULL AND id = (
                    SELECT id FROM giveaway_code WHERE giveaway_id = $4 AND account_id IS NULL ORDER BY id LIMIT 1)
                RETURNING fingerprint, sealed_code, country, issued_at
                """,
                account.id.number, country.code, now.microseconds, giveaway.id.number)
            guard let taken else { throw GiveawayRefusal.noneLeft }
            try transaction.record(permit, .giveawayCodeIssued(name, country))
            try transaction.tell(
                .giveawayCodeIssued(name, sponsor: giveaway.terms.sponsor, country, keys: giveaway.terms.keysPerCode),
                about: account, from: origin, at: now)
            return try IssuedGiveawayCode(row: taken)
        }
    }
}

// MARK: - In a transaction

extension Connection {
    /// Judges an act on the index as a whole.
    fileprivate func judged(_ action: IndexAct, by actor: Actor, at now: Timestamp) throws -> Permit {
        return try AccessPolicy.permit(action, to: actor, at: now)
    }

    /// The giveaway into which a code was imported; nil when it was into none.
    fileprivate func holder(of code: SealedGiveawayCode) throws -> GiveawayName? {
        try row(
            """
            SELECT g.name FROM giveaway_code c JOIN giveaway g ON g.id = c.giveaway_id
            WHERE c.fingerprint = $1 OR c.fingerprint = $2
            """,
            code.fingerprint, code.formerFingerprint
        ).map { try GiveawayName(parsing: $0.text("name")) }
    }
}

extension Transaction {
    fileprivate func setCountries(_ countries: [Country], of giveaway: GiveawayID) throws {
        try execute("DELETE FROM giveaway_country WHERE giveaway_id = $1", giveaway.number)
        for country in countries {
            try execute(
                "INSERT INTO giveaway_country (giveaway_id, country) VALUES ($1, $2)", giveaway.number, country.code)
        }
    }
}
