import Accounts
import Database
import Giveaway
import PackagingFormats
import Primitives
import Stores
import UTC

/// What giveaways are about, put into a database: projects that are critical, and who maintains them.
package enum TestGiveaway {
    /// The programme of 2022, for half a day around a moment.
    package static func terms(
        around now: Timestamp, keys: Int = 4_000, eligibility: GiveawayEligibility = .criticalWithoutKey,
        opens: Duration = .hours(-1), closes: Duration = .hours(1),
        models: [String] = ["Titan Security Key"]
    ) throws -> GiveawayTerms {
        try GiveawayTerms(
            sponsor: "Google", models: models.map { try KeyModel(parsing: $0) }, keys: keys,
            countries: Country.list(parsing: "AT,BE,CA,FR,DE,IT,JP,ES,CH,GB,US"), opensAt: now + opens,
            closesAt: now + closes, eligibility: eligibility, orderAddress: "https://store.example.com/titan")
    }

    /// A file of codes.
    package static func codes(_ count: Int, prefix: String = "TITAN") -> [UInt8] {
        (0..<count).flatMap { Array("\(prefix)-\(100_000 + $0)\n".utf8) }
    }

    /// Makes a project with a name that has been critical for eight days, and these people its maintainers.
    package static func designate(
        _ project: String, maintainers: [UserID], in database: Database, at now: Timestamp
    ) async throws {
        let name = try ProjectName(parsing: project)
        try await database.byHand(
            """
            INSERT INTO project (name, normalized, ultranormalized, created_at, status, serial, size)
            VALUES ($1, $2, $3, $4, 'active', 0, 0) ON CONFLICT (normalized) DO NOTHING
            """,
            name.display, name.normalized, name.ultranormalized, now.microseconds)
        for user in maintainers {
            try await database.byHand(
                """
                INSERT INTO role (project_id, account_id, role, given_at)
                VALUES ((SELECT id FROM project WHERE normalized = $1), $2, 'maintainer', 0)
                """,
                name.normalized, user.number)
        }
        try await database.byHand(
            """
            INSERT INTO critical_project
                (normalized, name, reason, as_of, window_days, designated_at, is_in_top_share)
            VALUES ($1, $2, 'named', 0, 183, $3, 0) ON CONFLICT (normalized) DO NOTHING
            """,
            name.normalized, name.display, (now - .days(8)).microseconds)
    }

    /// Releases a name from being critical.
    package static func lift(_ project: String, in database: Database, at now: Timestamp) async throws {
        try await database.byHand(
            "UPDATE critical_project SET lifted_at = $1 WHERE normalized = $2", now.microseconds, project)
    }

    /// A security key on an account, as if it had been enrolled.
    package static func addKey(
        to user: UserID, model: String?, aaguid: String? = nil, isFrozen: Bool = false, in database: Database,
        at now: Timestamp
    ) async throws {
        let id = try await database.byHand(
            "INSERT INTO factor (account_id, kind, label, added_at) VALUES ($1, 'security-key', 'x', $2)",
            user.number, now.microseconds)
        try await database.byHand(
            """
            INSERT INTO security_key (factor_id, credential_id, public_key, sign_count, is_backup_eligible,
                is_backed_up, verifies_user, is_discoverable, transports, attestation_format, is_attested, aaguid,
                model_name, frozen_at)
            VALUES ($1, $2, x'', 0, 0, 0, 1, 0, '', 'none', 0, $3, $4, $5)
            """,
            id, Array("key \(id)".utf8), aaguid, model, isFrozen ? now.microseconds : nil)
    }
}
