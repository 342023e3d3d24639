import Accounts
import Acts
import Database
import Foundation
import Journal
import Letters
import Policy
import Primitives
import Projects
import UTC

// What an account's holder is told: the event log, and mail, in the transaction of what happened.

extension Transaction {
    /// Notes what happened to an account, and mails it to those who should hear of it.
    ///
    /// - Parameters:
    ///   - also: further addresses to tell: one that has just been taken away, for example.
    ///   - but: one that hears of it by another mail.
    func tell(
        _ event: SecurityEvent, about user: User, from origin: RequestOrigin, at now: Timestamp,
        also: [EmailAddress] = [], but: EmailAddress? = nil
    ) throws {
        try note(event, about: user.id, from: origin, at: now)
        if let letter = event.letter(to: user.name, from: origin, at: now) {
            let addresses = try connection.addressesToTell(user, at: now)
            let told = addresses + also.filter { !addresses.contains($0) }
            let unverified = try connection.lacksVerifiedAddress(user.id) ? user.email : nil
            for address in told where address != but {
                let group = address == unverified ? .unverified : event.kind?.mailGroup
                try enqueue(letter, to: address, of: user.name, in: group, at: now)
            }
            for former in try connection.formerAddresses(of: user.id, at: now)
            where former.address != but && !told.contains(former.address) {
                try enqueue(
                    letter.toFormerAddress(of: user.name, until: former.until), to: former.address, of: user.name,
                    in: event.kind?.mailGroup, at: now)
            }
        }
        guard var letter = event.letterToCoOwners(of: user.name) else { return }
        for coOwner in try connection.coOwners(of: user.id) {
            letter.name = coOwner.name.display
            try enqueue(letter, to: coOwner.email, of: coOwner.name, in: .coOwners, at: now)
        }
    }

    /// The same, of what strangers can make happen as often as they like: the first of a day is mailed, and others
    /// noted.
    func tellOnceADay(
        _ event: SecurityEvent, about user: UserID, from origin: RequestOrigin, at now: Timestamp
    ) throws {
        let isEnough =
            try event.kind.map {
                try $0.isMailedOnceADay && connection.has($0, about: user, since: now - .days(1))
            } ?? false
        guard !isEnough, let holder = try connection.user(user) else {
            return try note(event, about: user, from: origin, at: now)
        }
        try tell(event, about: holder, from: origin, at: now)
    }

    /// Notes what happened to an account, and mails nobody.
    func note(_ event: SecurityEvent, about user: UserID, from origin: RequestOrigin, at now: Timestamp) throws {
        exempt(.accountEvents)
        let record = event.record
        if let most = event.kind?.mostNotedADay {
            let noted = try row(
                "SELECT COUNT(*) AS n FROM account_event WHERE account_id = $1 AND at >= $2 AND kind = $3", user.number,
                (now - .days(1)).microseconds, record.act)
            guard try noted?.integer("n") ?? 0 < most else { return }
        }
        try execute(
            "INSERT INTO account_event (account_id, at, kind, details, address, client) VALUES ($1, $2, $3, $4, $5, $6)",
            user.number, now.microseconds, record.act, record.detailsText, origin.address, origin.client)
    }
}

extension Connection {
    /// The addresses that hear what happens to an account: the primary one, all that are verified, and for a while the
    /// one that was primary before. A primary one that is not verified hears nothing once it is known to be another's.
    func addressesToTell(_ user: User, at now: Timestamp) throws -> [EmailAddress] {
        let verified = try addresses(of: user).filter { address in
            guard address.verifiedAt == nil else { return true }
            return try address.isPrimary && owner(of: address.address) == nil
        }.map(\.address)
        let standing = try standingAddress(of: user, at: now)
        return verified.contains(standing) || standing == user.email ? verified : verified + [standing]
    }

    /// Addresses that were the account's, and still hear what happens to it.
    func formerAddresses(of user: UserID, at now: Timestamp) throws -> [FormerAddress] {
        try rows(
            "SELECT address, until FROM former_address WHERE account_id = $1 AND until > $2 ORDER BY until, normalized",
            user.number, now.microseconds
        ).map {
            FormerAddress(
                try EmailAddress(parsing: $0.text("address")), until: Timestamp(microseconds: try $0.integer("until")))
        }
    }

    /// The address that gets the links to a first factor and to a new password: the primary one, or the one before it
    /// for a while after a change. Otherwise anyone who came into a session for a moment could make their own address
    /// primary and mail themselves the way in.
    func standingAddress(of user: User, at now: Timestamp) throws -> EmailAddress {
        try row(
            "SELECT standing_email FROM account WHERE id = $1 AND standing_email IS NOT NULL AND standing_until > $2",
            user.id.number, now.microseconds
        ).map { try EmailAddress(parsing: $0.text("standing_email")) } ?? user.email
    }

    func addresses(of user: User) throws -> [AccountAddress] {
        try rows(
            "SELECT address, verified_at FROM email_address WHERE account_id = $1 ORDER BY id", user.id.number
        ).map { row in
            let address = try EmailAddress(parsing: row.text("address"))
            return AccountAddress(
                address: address,
                verifiedAt: try row.optionalInteger("verified_at").map(Timestamp.init(microseconds:)),
                isPrimary: address == user.email)
        }.sorted { $0.isPrimary && !$1.isPrimary }
    }

    /// Those who hold a role on a project that the account has a role on, as owners, and not the account itself.
    func coOwners(of user: UserID) throws -> [User] {
        try rows(
            """
            SELECT DISTINCT \(User.columns) FROM role mine
            JOIN role theirs ON theirs.project_id = mine.project_id AND theirs.role = 'owner'
            JOIN account a ON a.id = theirs.account_id
            WHERE mine.account_id = $1 AND theirs.account_id <> $2 ORDER BY a.id
            """,
            user.number, user.number
        ).map(User.init(row:))
    }

    /// Whether somebody can answer for an account: they own every project of it that asks for two factors, or is to;
    /// where none does, one of its projects.
    ///
    /// One of several would not do: anyone who has stolen the account could take a role on a project of an accomplice,
    /// who then lets them in everywhere else.
    ///
    /// Of projects that were removed, those count that ask for two factors: anyone who makes them again has them as
    /// they were.
    func canVouch(_ owner: UserID, for user: UserID) throws -> Bool {
        let shared = try rows(
            """
            SELECT p.id, p.removed_at FROM role mine
            JOIN role theirs ON theirs.project_id = mine.project_id AND theirs.role = 'owner'
            JOIN project p ON p.id = mine.project_id AND p.freed_at IS NULL
            WHERE mine.account_id = $1 AND theirs.account_id = $2 AND theirs.account_id <> mine.account_id
            """,
            user.number, owner.number)
        let owned = Set(try shared.map { ProjectID(try $0.integer("id")) })
        let protected = try protectedProjects(of: user, includesRemoved: true)
        let sharesOne = try shared.contains { try $0.optionalInteger("removed_at") == nil }
        return (sharesOne || !protected.isEmpty) && protected.allSatisfy { owned.contains($0.id) }
    }

    /// What the policy must know about an account and who asks, for an act.
    func accountFacts(_ user: User, _ actor: Actor, for action: AccountAct) throws -> AccountFacts {
        let source = action.isVouching ? actor.userID : nil
        return AccountFacts(
            hasSecondFactor: action.has(.enrolment) ? try hasSecondFactor(user.id) : false,
            actorCanVouch: try source.map { try canVouch($0, for: user.id) } ?? false,
            actorProbationUntil: try source.flatMap(probationUntil(of:)),
            lacksVerifiedAddress: action.has(.verifiedAddress)
                ? try lacksVerifiedAddress(forActsOf: actor.userID) : false)
    }

    /// Whether an account has a second factor.
    func hasSecondFactor(_ user: UserID) throws -> Bool {
        try row("SELECT id FROM factor WHERE account_id = $1 LIMIT 1", user.number) != nil
    }

    /// Whether something has happened to an account since a moment.
    func has(_ kind: SecurityEvent.Kind, about user: UserID, since moment: Timestamp) throws -> Bool {
        try row(
            "SELECT id FROM account_event WHERE account_id = $1 AND at >= $2 AND kind = $3 LIMIT 1", user.number,
            moment.microseconds, kind.rawValue) != nil
    }

    func events(of user: UserID, before: EventID?, limit: Int) throws -> [RecordedEvent] {
        try rows(
            """
            SELECT id, at, kind, details, address, client FROM account_event
            WHERE account_id = $1 AND id < $2 ORDER BY id DESC LIMIT $3
            """,
            user.number, before?.number ?? .max, limit
        ).map { row in
            RecordedEvent(
                id: EventID(try row.integer("id")),
                event: SecurityEvent(try EventRecord(row.text("kind"), details: row.text("details"))),
                at: Timestamp(microseconds: try row.integer("at")),
                origin: RequestOrigin(address: try row.text("address"), client: try row.text("client")))
        }
    }
}
