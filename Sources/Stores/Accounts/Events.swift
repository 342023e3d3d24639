import Accounts
import Acts
import Database
import Foundation
import Journal
import Letters
import PackagingFormats
import Policy
import Primitives
import Projects
import UTC

// What an account's holder is told: the event log, and mail, in the transaction of what happened.

extension Transaction {
    /// Notes what happened to an account, and mails it to those who should hear of it.
    ///
    /// - Parameters:
    ///   - context: what it is about for this person.
    ///   - also: further addresses to tell: one that has just been taken away, for example.
    ///   - but: one that hears of it by another mail.
    ///   - disowning: the link by which anyone who reads the mail can say that it was not them, for those addresses that
    ///     may; nil where there is none.
    package func tell(
        _ event: SecurityEvent, about user: User, from origin: RequestOrigin,
        in context: LetterContext = LetterContext(), at now: Timestamp, also: [EmailAddress] = [],
        but: EmailAddress? = nil, disowning: MailedLink? = nil
    ) throws {
        // Most of what happens is no business of co-owners, and then nothing is looked up for them.
        let concernsCoOwners = event.letterToCoOwner(of: user.name, on: []) != nil
        let told = try concernsCoOwners ? event.kind.flatMap { try connection.last($0, about: user.id) } : nil
        let isAgain = try connection.wasTold(event.leavingDependency, user.id, since: now - .days(1))
        try note(event, about: user.id, from: origin, at: now)
        if let plain = event.letter(to: user.name, from: origin, in: context, at: now) {
            let addresses = try connection.addressesToTell(user, at: now)
            let told = addresses + also.filter { !addresses.contains($0) }
            let unverified = try connection.lacksVerifiedAddress(user.id) ? user.email : nil
            let trusted = disowning == nil ? [] : try connection.addressesThatDisown(user, at: now)
            let counted = event.mailGroup(isAgain: isAgain)
            func letter(to address: EmailAddress) -> Letter {
                guard let disowning, trusted.contains(address) else { return plain }
                return plain.disowning(by: disowning)
            }
            for address in told where address != but {
                let group = address == unverified ? .unverified : counted
                try enqueue(letter(to: address), to: address, of: user.name, in: group, at: now)
            }
            for former in try connection.formerAddresses(of: user.id, at: now)
            where former.address != but && !told.contains(former.address) {
                try enqueue(
                    letter(to: former.address).toFormerAddress(of: user.name, until: former.until),
                    to: former.address, of: user.name, in: counted, at: now)
            }
        }
        guard concernsCoOwners else { return }
        let group = event.mailGroupOfCoOwners(after: told, at: now)
        for (coOwner, shared) in try connection.coOwners(of: user.id) {
            guard var letter = event.letterToCoOwner(of: user.name, on: shared) else { continue }
            letter.name = coOwner.name.display
            try enqueue(letter, to: coOwner.email, of: coOwner.name, in: group, at: now)
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
    package func note(_ event: SecurityEvent, about user: UserID, from origin: RequestOrigin, at now: Timestamp) throws
    {
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
    package func addressesToTell(_ user: User, at now: Timestamp) throws -> [EmailAddress] {
        let verified = try addresses(of: user).filter { address in
            guard address.verifiedAt == nil else { return true }
            return try address.isPrimary && owner(of: address.address) == nil
        }.map(\.address)
        let standing = try standingAddress(of: user, at: now)
        return verified.contains(standing) || standing == user.email ? verified : verified + [standing]
    }

    /// The addresses that get the link by which a first factor is disowned: the standing one, and those, removed ones
    /// too, that were verified for long. Otherwise a thief who has the password would add an address of their own, wait
    /// for it to be removed, and take every later factor away with what is mailed to it.
    func addressesThatDisown(_ user: User, at now: Timestamp) throws -> [EmailAddress] {
        let since = (now - FirstFactorEvidence.addressAge).microseconds
        let old = try rows(
            """
            SELECT address FROM email_address WHERE account_id = $1 AND verified_at <= $2
            UNION SELECT address FROM former_address WHERE account_id = $1 AND verified_at <= $2
            """,
            user.id.number, since
        ).map { try EmailAddress(parsing: $0.text("address")) }
        return old + [try standingAddress(of: user, at: now)]
    }

    /// Addresses that were the account's, and still hear what happens to it.
    package func formerAddresses(of user: UserID, at now: Timestamp) throws -> [FormerAddress] {
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

    package func addresses(of user: User) throws -> [AccountAddress] {
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

    /// Those who hold a role on a project that the account has a role on, as owners, and not the account itself; nor those
    /// whose account is disabled, for they can do nothing about it.
    ///
    /// - Returns: each with those projects, by name.
    func coOwners(of user: UserID) throws -> [(User, on: [ProjectName])] {
        let rows = try rows(
            """
            SELECT \(User.columns), p.name AS project_name FROM role mine
            JOIN role theirs ON theirs.project_id = mine.project_id AND theirs.role = 'owner'
            JOIN account a ON a.id = theirs.account_id JOIN project p ON p.id = mine.project_id
            WHERE mine.account_id = $1 AND theirs.account_id <> $2 AND a.disabled_at IS NULL
            ORDER BY a.id, p.normalized
            """,
            user.number, user.number)
        return try rows.reduce(into: []) { found, row in
            let (coOwner, project) = (try User(row: row), try ProjectName(parsing: row.text("project_name")))
            if found.last?.0.id != coOwner.id { found.append((coOwner, [])) }
            found[found.count - 1].on.append(project)
        }
    }

    /// What the policy must know about an account and who asks, for an act.
    func accountFacts(_ user: User, _ actor: Actor, for action: AccountAct, at now: Timestamp) throws -> AccountFacts {
        let source = action.isVouching ? actor.userID : nil
        return AccountFacts(
            hasSecondFactor: action.has(.enrolment) ? try hasSecondFactor(user.id) : false,
            actorCanVouch: try source.map { try canVouch($0, for: user.id, at: now) } ?? false,
            actorProbationUntil: try source.flatMap(probationUntil(of:)),
            // Who enables an administrator's account gives away what an administrator can do.
            gain: action == .enableUser && user.isAdministrator ? .administration : .nothing,
            lacksVerifiedAddress: action.has(.verifiedAddress)
                ? try lacksVerifiedAddress(forActsOf: actor.userID) : false)
    }

    /// Whether an account has a second factor.
    func hasSecondFactor(_ user: UserID) throws -> Bool {
        try row("SELECT id FROM factor WHERE account_id = $1 AND disowned_at IS NULL LIMIT 1", user.number) != nil
    }

    /// Whether something has happened to an account since a moment.
    func has(_ kind: SecurityEvent.Kind, about user: UserID, since moment: Timestamp) throws -> Bool {
        try row(
            "SELECT id FROM account_event WHERE account_id = $1 AND at >= $2 AND kind = $3 LIMIT 1", user.number,
            moment.microseconds, kind.rawValue) != nil
    }

    /// Whether somebody heard since a moment that a project leaves which theirs need. True as well where so much of the kind
    /// is noted that nothing more would be.
    fileprivate func wasTold(_ leaving: ProjectName?, _ user: UserID, since moment: Timestamp) throws -> Bool {
        guard let leaving else { return false }
        let kind = SecurityEvent.Kind.dependencyLeaves
        let noted = try rows(
            "SELECT kind, details FROM account_event WHERE account_id = $1 AND at >= $2 AND kind = $3", user.number,
            moment.microseconds, kind.rawValue)
        return try noted.count >= kind.mostNotedADay ?? .max
            || noted.contains { row in
                let event = SecurityEvent(try EventRecord(row.text("kind"), details: row.text("details")))
                return event.leavingDependency == leaving
            }
    }

    /// When something happened to an account the last time; nil where it never did.
    func last(_ kind: SecurityEvent.Kind, about user: UserID) throws -> Timestamp? {
        let row = try row(
            "SELECT MAX(at) AS at FROM account_event WHERE account_id = $1 AND kind = $2", user.number, kind.rawValue)
        return try row?.optionalInteger("at").map(Timestamp.init(microseconds:))
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
