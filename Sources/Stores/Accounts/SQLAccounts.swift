import Accounts
import Acts
import Database
import Journal
import Letters
import PackagingFormats
import Policy
import Ports
import Primitives
import Secrets
import UTC

/// Accounts in SQL.
struct SQLAccounts: AccountStore {
    let database: Database

    // MARK: Making accounts

    func add(_ user: NewUser, by actor: Actor, at now: Timestamp) async throws -> User {
        try await database.change(by: actor, at: now) { door, actor, now in
            let facts = AccountFacts(gain: user.isAdministrator ? .administration : .newAccount)
            let permit = try AccessPolicy.permit(.addUser, on: user.name, to: actor, knowing: facts, at: now)
            let transaction = try door.open(with: permit)
            guard try transaction.connection.owner(of: user.email) == nil else {
                throw AccountRefusal.emailTaken(user.email)
            }
            let added = try transaction.insert(user, isVerified: user.isAddressVouchedFor, with: permit)
            // Whom the operator makes an account, the operator knows.
            try transaction.setAllowance(.unlimited, of: added.id)
            return added
        }
    }

    func register(
        _ user: NewUser, invitation: [UInt8]?, verification: MailedLink, from origin: RequestOrigin, at now: Timestamp
    ) async throws -> User {
        try await database.change(by: .anonymous, at: now) { door, actor, now in
            let permit = try AccessPolicy.permit(.register, on: user.name, to: actor, knowing: AccountFacts(), at: now)
            let transaction = try door.open(with: permit)
            var isVerified = false
            if let invitation {
                let link = try transaction.connection.requireLink(invitation, [.invitation], at: now)
                try transaction.useUp(invitation, from: origin, at: now)
                // The invitation's own mail has shown that this address works.
                isVerified = try link.object == user.email.text && transaction.connection.owner(of: user.email) == nil
            }
            let added = try transaction.insert(user, isVerified: isVerified, with: permit)
            try transaction.note(.access(.registered), about: added.id, from: origin, at: now)
            try transaction.remember(origin, for: added.id, at: now)
            // Its holder hears of it otherwise; anyone who registers is told the same either way.
            if !isVerified, try transaction.connection.owner(of: user.email) == nil {
                do {
                    try transaction.mailLink(verification, .verifyAddress(user.email), to: added, at: now)
                } catch is TooManyAttempts {
                    // Somebody names this address again and again. The account is there; its holder asks for the link
                    // later.
                }
            }
            return added
        }
    }

    func tellAlreadyRegistered(_ address: EmailAddress, at now: Timestamp) async throws {
        try await database.keep(.outbox) { transaction in
            guard let id = try transaction.connection.owner(of: address), let user = try transaction.connection.user(id)
            else { return }
            // The address as it is known here: another spelling may be somebody else's.
            let known = try transaction.connection.address(address, of: user).address
            try transaction.enqueue(
                .alreadyRegistered(user.name), to: known, of: user.name, in: .verification, at: now)
        }
    }

    // MARK: Reading

    func user(named name: Username) async throws -> User? {
        try await database.read { connection in try connection.user(named: name) }
    }

    func credentials(of nameOrAddress: String) async throws -> (user: User, passwordHash: String?)? {
        try await database.read { connection in
            try connection.account(nameOrAddress).map { row in
                let user = try User(row: row)
                return (user, try connection.passwordHash(of: user.id, in: row))
            }
        }
    }

    func user(nameOrAddress: String) async throws -> User? {
        try await database.read { try $0.account(nameOrAddress).map(User.init(row:)) }
    }

    func users() async throws -> [User] {
        try await database.read { connection in
            try connection.rows("SELECT \(User.columns) FROM account a ORDER BY normalized").map(User.init(row:))
        }
    }

    func canVouch(_ owner: UserID, for user: UserID, at now: Timestamp) async throws -> Bool {
        try await database.read { try $0.canVouch(owner, for: user, at: now) }
    }

    func vouchable(among users: [Username], by voucher: User, at now: Timestamp) async throws -> Set<String> {
        guard !users.isEmpty else { return [] }
        return try await database.read { connection in
            guard try connection.heldFactors(of: voucher.id).strongest >= AccountAct.endProbation.assurance,
                try connection.probationUntil(of: voucher.id).map({ $0 <= now }) ?? true
            else { return [] }
            let waiting = try users.filter { $0 != voucher.name }.compactMap { name in
                try connection.row(
                    """
                    SELECT id, normalized, probation_reason FROM account
                    WHERE normalized = $1 AND probation_until > $2 AND disabled_at IS NULL
                      AND (probation_voucher IS NULL OR probation_voucher <> $3 OR $4 = 1)
                    """,
                    name.normalized, now.microseconds, voucher.id.number, voucher.isAdministrator)
            }
            return Set(
                try waiting.filter { row in
                    let reason = try row.optionalText("probation_reason").flatMap(Probation.Reason.init(rawValue:))
                    guard reason?.canBeEnded == true else { return false }
                    if voucher.isAdministrator { return true }
                    let user = UserID(try row.integer("id"))
                    return try connection.canVouch(voucher.id, for: user, at: now)
                        && connection.standingVoucher(of: user, at: now) == nil
                }.map { try $0.text("normalized") })
        }
    }

    func events(of user: UserID, before: EventID?, limit: Int) async throws -> [RecordedEvent] {
        try await database.read { try $0.events(of: user, before: before, limit: limit) }
    }

    func note(_ event: SecurityEvent, about user: UserID, from origin: RequestOrigin, at now: Timestamp) async throws {
        try await database.keep(.accountEvents) { transaction in
            try transaction.tellOnceADay(event, about: user, from: origin, at: now)
        }
    }

    func equalizeWriteCost(at now: Timestamp) async throws {
        let hash = (0..<32).map { _ in UInt8.random(in: 0...255) }
        try await database.keep(.links) { transaction in
            try transaction.keepLink(hash, .invitation, for: nil, object: "", at: now)
            try transaction.execute("DELETE FROM one_time_link WHERE secret_hash = $1", hash)
        }
    }

    // MARK: Passwords

    func setPassword(
        hash: String, of name: Username, newSecretHash: [UInt8], by actor: Actor, from origin: RequestOrigin,
        at now: Timestamp
    ) async throws {
        try await database.change(by: actor, at: now) { door, actor, now in
            let (user, permit) = try door.connection.judged(.setPassword, on: name, by: actor, at: now)
            let transaction = try door.open(with: permit)
            let ended = try transaction.setPassword(hash, of: user, with: permit)
            if let session = actor.session?.id { try transaction.renew(session, newSecretHash) }
            try transaction.forgetBrowsers(of: user.id, except: origin.mark)
            try transaction.knowAnew(origin.mark, of: user.id, at: now)
            try transaction.tell(
                .password(.changed(tokensEnded: ended)), about: user, from: origin, at: now)
        }
    }

    func usePasswordLink(
        secretHash: [UInt8], passwordHash: String, from origin: RequestOrigin, at now: Timestamp
    ) async throws -> User {
        try await database.change(by: .anonymous, at: now) { door, _, now in
            let link = try door.connection.requireLink(secretHash, [.setPassword, .resetPassword], at: now)
            guard let user = link.user else { throw LinkNotValid() }
            // Anyone who has the link's secret acts as the account, and only to set its password.
            let proof = Proof(.password, at: now, scope: .act(.account(.setPassword), object: ""))
            let holder = Actor(
                .user(user.id, user.name, isAdministrator: false), assurance: .password,
                session: SessionStanding(proofs: [proof], strongest: .password))
            let permit = try AccessPolicy.permit(
                .setPassword, on: user.name, to: holder, knowing: AccountFacts(), at: now)
            let transaction = try door.open(with: permit)
            try transaction.useUp(secretHash, from: origin, at: now)
            let ended = try transaction.setPassword(
                passwordHash, of: user, isReset: link.purpose == .resetPassword, with: permit)
            try transaction.forgetBrowsers(of: user.id, except: nil)
            // Anyone who has the link is its holder: strangers who guess at the new password do not keep them out here.
            // But a mail does not stand for a second factor: guesses at its codes count as a stranger's.
            if try !transaction.connection.hasSecondFactor(user.id) {
                try transaction.remember(origin, for: user.id, at: now)
            }
            // The mail that brought the link has shown that the address works.
            if link.purpose == .resetPassword, !link.object.isEmpty {
                try transaction.verify(try EmailAddress(parsing: link.object), of: user.id, at: now)
            }
            try transaction.tell(
                .password(.reset(tokensEnded: ended)), about: user, from: origin, at: now)
            return user
        }
    }

    // MARK: Addresses

    func addresses(of user: UserID) async throws -> [AccountAddress] {
        try await database.read { connection in try connection.user(user).map(connection.addresses(of:)) ?? [] }
    }

    func addAddress(
        _ address: EmailAddress, to name: Username, verification: MailedLink, by actor: Actor,
        from origin: RequestOrigin, at now: Timestamp
    ) async throws {
        try await database.change(by: actor, at: now) { door, actor, now in
            let (user, permit) = try door.connection.judged(
                .addAddress, on: name, object: address.text, by: actor, at: now)
            let transaction = try door.open(with: permit)
            let known = try transaction.connection.addresses(of: user).map(\.address)
            guard !known.contains(where: { $0.normalized == address.normalized }) else {
                throw AccountRefusal.addressKnown(address)
            }
            guard known.count < AccountAddress.most else { throw AccountRefusal.tooManyAddresses }
            try transaction.insert(address, of: user.id, isVerified: false, at: now)
            try transaction.record(permit, .address(.added))
            try transaction.tell(
                .address(.added(address)), about: user, from: origin, at: now)
            try transaction.mailLink(verification, .verifyAddress(address), to: user, at: now)
        }
    }

    func removeAddress(
        _ address: EmailAddress, from name: Username, by actor: Actor, from origin: RequestOrigin, at now: Timestamp
    ) async throws {
        try await database.change(by: actor, at: now) { door, actor, now in
            let (user, permit) = try door.connection.judged(
                .removeAddress, on: name, object: address.text, by: actor, at: now)
            let transaction = try door.open(with: permit)
            let known = try transaction.connection.address(address, of: user)
            guard !known.isPrimary else { throw AccountRefusal.primaryAddress }
            try transaction.execute(
                "DELETE FROM email_address WHERE account_id = $1 AND normalized = $2", user.id.number,
                known.address.normalized)
            try transaction.execute(
                "DELETE FROM one_time_link WHERE account_id = $1 AND object = $2", user.id.number, known.address.text)
            // Who knows no more than the password could have made their own address primary: then it goes on being the
            // one that links go to.
            if actor.assurance > .password {
                try transaction.execute(
                    "UPDATE account SET standing_email = NULL, standing_until = NULL WHERE id = $1 AND standing_email = $2",
                    user.id.number, known.address.text)
            }
            try transaction.record(permit, .address(.removed))
            // Its holder may be losing the account this way, and could say so.
            if known.verifiedAt != nil { try transaction.keepTelling(known, of: user.id, at: now) }
            try transaction.tell(
                .address(.removed(known.address)), about: user, from: origin, at: now)
        }
    }

    func setPrimaryAddress(
        _ address: EmailAddress, of name: Username, by actor: Actor, from origin: RequestOrigin, at now: Timestamp
    ) async throws {
        try await database.change(by: actor, at: now) { door, actor, now in
            let (user, permit) = try door.connection.judged(
                .setPrimaryAddress, on: name, object: address.text, by: actor, at: now)
            let transaction = try door.open(with: permit)
            let known = try transaction.connection.address(address, of: user)
            guard known.verifiedAt != nil else { throw AccountRefusal.notVerified(known.address) }
            guard !known.isPrimary else { return }
            let before = try transaction.connection.standingAddress(of: user, at: now)
            let former = try transaction.connection.addresses(of: user).first { $0.isPrimary }
            // One that nobody ever verified may be a stranger's: it gets no links for having been named.
            let standing = before == user.email && former?.verifiedAt == nil ? nil : before
            try transaction.execute(
                "UPDATE account SET primary_address = $1, standing_email = $2, standing_until = $3 WHERE id = $4",
                known.address.text, standing?.text, (now + FirstEnrolment.standing).microseconds, user.id.number)
            // A link that is on its way to the old address is no way in any more.
            try transaction.execute(
                """
                DELETE FROM one_time_link
                WHERE account_id = $1 AND purpose NOT IN ('verify-address', 'disown-factors')
                """,
                user.id.number)
            try transaction.record(permit, .address(.madePrimary))
            let changed = try transaction.connection.requireUser(named: name)
            // Nor does it hear of the account any more: but that it was left behind, its holder hears, who may have
            // lost the account this way. Unless it turned out to be somebody else's.
            let isForgotten =
                try former?.verifiedAt == nil && transaction.connection.owner(of: user.email) == nil
            try transaction.tell(
                .address(.primaryChanged(from: user.email, to: known.address)),
                about: changed, from: origin, at: now, also: isForgotten ? [user.email] : [])
        }
    }

    // MARK: Links

    func offerLink(
        secretHash: [UInt8], _ purpose: OneTimeLink.Purpose, to name: Username, by actor: Actor, at now: Timestamp
    ) async throws {
        try await database.change(by: actor, at: now) { door, actor, now in
            let (user, permit) = try door.connection.judged(.offerPasswordLink, on: name, by: actor, at: now)
            let transaction = try door.open(with: permit)
            try transaction.keepLink(secretHash, purpose, for: user.id, object: "", at: now)
            try transaction.record(permit, .passwordLinkOffered(until: now + purpose.lifetime))
            let event = SecurityEvent.password(.linkOffered(by: actor.displayName))
            let origin = actor.origin(shownTo: user.id)
            let account = try transaction.row("SELECT sealed_password_hash FROM account WHERE id = $1", user.id.number)
            // With the first link of a new account there is nothing yet that anybody could lose.
            if try account?.optionalBlob("sealed_password_hash") == nil {
                try transaction.note(event, about: user.id, from: origin, at: now)
            } else {
                try transaction.tell(event, about: user, from: origin, at: now)
            }
        }
    }

    func mailLink(
        _ link: MailedLink, _ request: OneTimeLink.Request, to user: UserID, from origin: RequestOrigin,
        at now: Timestamp
    ) async throws {
        try await database.keep(.links) { transaction in
            guard let user = try transaction.connection.user(user) else { return }
            try transaction.mailLink(link, request, to: user, at: now)
            let event: SecurityEvent
            switch request {
            case .resetPassword: event = .password(.resetAsked)
            case .enrolFirstFactor: event = .factor(.enrolmentAsked)
            case .verifyAddress: return
            }
            try transaction.tell(
                event, about: user, from: origin, at: now,
                but: transaction.connection.standingAddress(of: user, at: now))
        }
    }

    func invite(_ address: EmailAddress, _ link: MailedLink, by actor: Actor, at now: Timestamp) async throws {
        try await database.change(by: actor, at: now) { door, actor, now in
            let permit = try AccessPolicy.permit(.invite, object: address.text, to: actor, at: now)
            let transaction = try door.open(with: permit)
            guard try transaction.connection.owner(of: address) == nil else { throw AccountRefusal.emailTaken(address) }
            try transaction.execute(
                "DELETE FROM one_time_link WHERE purpose = 'invitation' AND object = $1", address.text)
            try transaction.keepLink(link.secretHash, .invitation, for: nil, object: address.text, at: now)
            try transaction.record(permit, .invited)
            try transaction.enqueueAsked(
                .invitation(by: actor.displayName, link: link), to: address, in: .verification, at: now)
        }
    }

    func link(secretHash: [UInt8], at now: Timestamp) async throws -> OneTimeLink? {
        try await database.read { try $0.link(secretHash, at: now) }
    }

    func use(ofLink secretHash: [UInt8]) async throws -> OneTimeLink.Use? {
        try await database.read { try $0.use(ofLink: secretHash) }
    }

    func useVerificationLink(
        secretHash: [UInt8], in session: SessionID?, newSecretHash: [UInt8], from origin: RequestOrigin,
        at now: Timestamp
    ) async throws -> Bool {
        try await database.change(by: .anonymous, at: now) { door, _, now in
            let link = try door.connection.requireLink(secretHash, [.verifyAddress], at: now)
            guard let user = link.user else { throw LinkNotValid() }
            let isFirst =
                try link.object == user.email.text
                && door.connection.addresses(of: user).allSatisfy { $0.verifiedAt == nil }
            let holder = Actor(.user(user.id, user.name, isAdministrator: false), assurance: .password)
            let permit = try AccessPolicy.permit(
                .verifyAddress, on: user.name, to: holder, knowing: AccountFacts(), at: now)
            let transaction = try door.open(with: permit)
            try transaction.useUp(secretHash, from: origin, at: now)
            let address = try EmailAddress(parsing: link.object)
            guard try transaction.verify(address, of: user.id, at: now) else { throw LinkNotValid() }
            try transaction.record(permit, .address(.verified))
            // The first one of a new account is no news to anybody.
            let event = SecurityEvent.address(.verified(try EmailAddress(parsing: link.object)))
            if isFirst {
                try transaction.note(event, about: user.id, from: origin, at: now)
            } else {
                try transaction.tell(event, about: user, from: origin, at: now)
            }
            // Of a new account this mail is what the enrolment link would be: it went to the primary address.
            guard isFirst, let session else { return false }
            return try transaction.allowFirstEnrolment(in: session, of: user, newSecretHash, at: now)
        }
    }

    func useEnrolmentLink(
        secretHash: [UInt8], by actor: Actor, newSecretHash: [UInt8], at now: Timestamp
    ) async throws {
        try await database.change(by: actor, at: now) { door, actor, now in
            let link = try door.connection.requireLink(secretHash, [.enrolFirstFactor], at: now)
            guard let user = link.user, user.id == actor.userID, let session = actor.session?.id else {
                throw LinkNotValid()
            }
            let transaction = door.open(for: .links)
            try transaction.useUp(secretHash, from: actor.session?.origin ?? RequestOrigin(), at: now)
            guard try transaction.allowFirstEnrolment(in: session, of: user, newSecretHash, at: now) else {
                throw LinkNotValid()
            }
        }
    }
}

// MARK: - In a transaction

extension Transaction {
    fileprivate func insert(_ user: NewUser, isVerified: Bool, with permit: Permit) throws -> User {
        guard try connection.user(named: user.name) == nil else { throw AccountRefusal.nameTaken(user.name) }
        try execute(
            """
            INSERT INTO account
                (name, normalized, primary_address, is_administrator, created_at)
            VALUES ($1, $2, $3, $4, $5)
            """,
            user.name.display, user.name.normalized, user.email.text, user.isAdministrator, permit.at.microseconds)
        let added = try connection.requireUser(named: user.name)
        if let hash = user.passwordHash { try keepPasswordHash(hash, of: added.id) }
        try insert(user.email, of: added.id, isVerified: isVerified, at: permit.at)
        try record(
            permit,
            permit.action == .account(.register)
                ? .registered(isAdministrator: user.isAdministrator) : .made(isAdministrator: user.isAdministrator))
        return added
    }

    fileprivate func insert(
        _ address: EmailAddress, of user: UserID, isVerified: Bool, at now: Timestamp
    ) throws {
        try execute(
            """
            INSERT INTO email_address (account_id, address, normalized, verified_at, added_at) VALUES ($1, $2, $3, $4, $5)
            """,
            user.number, address.text, address.normalized, isVerified ? now.microseconds : nil as Int64?,
            now.microseconds)
    }

    /// Has a removed address hear what happens to the account for a while.
    fileprivate func keepTelling(_ known: AccountAddress, of user: UserID, at now: Timestamp) throws {
        try execute(
            """
            INSERT INTO former_address (account_id, address, normalized, verified_at, until)
            VALUES ($1, $2, $3, $4, $5)
            ON CONFLICT (account_id, normalized) DO UPDATE SET address = excluded.address,
                verified_at = excluded.verified_at, until = excluded.until
            """,
            user.number, known.address.text, known.address.normalized, known.verifiedAt?.microseconds,
            (now + FormerAddress.hears).microseconds)
    }

    /// Marks an address of an account as verified, and returns whether it is: not when it is another's, or not there.
    @discardableResult
    fileprivate func verify(_ address: EmailAddress, of user: UserID, at now: Timestamp) throws -> Bool {
        if let owner = try connection.owner(of: address) { return owner == user }
        try execute(
            "UPDATE email_address SET verified_at = $1 WHERE account_id = $2 AND normalized = $3", now.microseconds,
            user.number, address.normalized)
        return changes > 0
    }

    /// Sets a password, voids the links that could, ends the account's sessions but the one in which it is done, and
    /// revokes the tokens that rested on the password before; returns how many those were.
    fileprivate func setPassword(
        _ hash: String, of user: User, isReset: Bool = false, with permit: Permit
    ) throws -> Int {
        let session = permit.actor.session?.id
        let account = try row("SELECT sealed_password_hash FROM account WHERE id = $1", user.id.number)
        var ended = 0
        // With the first password of an account, which nobody can have known, nothing ends.
        if try isReset || account?.optionalBlob("sealed_password_hash") != nil {
            try execute(
                """
                UPDATE token SET revoked_at = $1
                WHERE account_id = $2 AND assurance = 'password' AND revoked_at IS NULL
                """,
                permit.at.microseconds, user.id.number)
            ended = changes
        }
        try keepPasswordHash(hash, of: user.id)
        // Anyone who knew the password before may have accepted roles in its holder's name.
        if isReset { try forgetAcceptances(of: user.id) }
        try execute(
            """
            DELETE FROM one_time_link
            WHERE account_id = $1 AND purpose IN ('set-password', 'reset-password') AND used_at IS NULL
            """,
            user.id.number)
        try endSessions(of: user.id, except: session)
        if let session {
            try execute(
                """
                UPDATE session SET is_password_breached = 0,
                    restriction = CASE WHEN restriction = 'password-change-only' THEN NULL ELSE restriction END
                WHERE id = $1
                """,
                session.number)
        }
        try record(permit, .passwordSet(tokensEnded: ended))
        return ended
    }

    /// Mails a link, and keeps the hash of its secret.
    fileprivate func mailLink(
        _ link: MailedLink, _ request: OneTimeLink.Request, to user: User, at now: Timestamp
    ) throws {
        let (purpose, address) =
            switch request {
            case .verifyAddress(let address): (request.purpose, address)
            case .enrolFirstFactor, .resetPassword:
                (request.purpose, try connection.standingAddress(of: user, at: now))
            }
        // Anyone who asks is told the same whether the address is another's or not.
        if purpose == .verifyAddress { try requireShare(of: .verification, for: address, at: now) }
        if purpose == .verifyAddress, let owner = try connection.owner(of: address), owner != user.id {
            // Anyone who asks is not told that it is another's; that other hears of it.
            guard let holder = try connection.user(owner) else { return }
            let known = try connection.address(address, of: holder).address
            return try enqueue(
                .addressTaken(holder.name, wantedBy: user.name), to: known, of: holder.name, in: .verification, at: now)
        }
        try keepLink(link.secretHash, purpose, for: user.id, object: address.text, at: now)
        try enqueue(
            .link(link, purpose, to: user.name, object: address.text), to: address, of: user.name,
            in: purpose == .verifyAddress ? .verification : nil, at: now)
    }

    /// Lets a session enrol the account's first factor, under a new secret; false when it is not one of the account's, or
    /// has ended.
    fileprivate func allowFirstEnrolment(
        in session: SessionID, of user: User, _ newSecretHash: [UInt8], at now: Timestamp
    ) throws -> Bool {
        guard try connection.session(session, at: now) != nil else { return false }
        exempt(.sessions)
        try execute(
            """
            UPDATE session SET first_enrolment_until = $1, secret_hash = $2
            WHERE id = $3 AND account_id = $4 AND restriction IS NULL
            """,
            (now + FirstEnrolment.lifetime).microseconds, newSecretHash, session.number, user.id.number)
        return changes > 0
    }
}

extension Transaction {
    /// Keeps the hash of a password, sealed: a weak password could be guessed by it.
    func keepPasswordHash(_ hash: String, of user: UserID) throws {
        try execute(
            "UPDATE account SET sealed_password_hash = $1 WHERE id = $2",
            try connection.seal(Array(hash.utf8), for: SecretContext.password(account: user.number)), user.number)
    }
}

extension Connection {
    /// The hash of an account's password, from a row with `sealed_password_hash`; nil where none is set.
    func passwordHash(of user: UserID, in row: Row) throws -> String? {
        try row.optionalBlob("sealed_password_hash").map { sealed in
            String(
                decoding: try open(sealed, for: SecretContext.password(account: user.number)), as: UTF8.self)
        }
    }

    /// The account with a name or a verified address, with the sealed hash of its password.
    fileprivate func account(_ nameOrAddress: String) throws -> Row? {
        let text = nameOrAddress.asciiLowercased
        return try row(
            """
            SELECT \(User.columns), a.sealed_password_hash FROM account a WHERE a.normalized = $1
               OR a.id = (SELECT account_id FROM email_address WHERE normalized = $2 AND verified_at IS NOT NULL)
            """,
            text, text)
    }

    package func user(named name: Username) throws -> User? {
        try row("SELECT \(User.columns) FROM account a WHERE normalized = $1", name.normalized).map(User.init(row:))
    }

    package func requireUser(named name: Username) throws -> User {
        guard let user = try user(named: name) else { throw AccountRefusal.noSuchUser(name) }
        return user
    }

    /// The account, and the permit to do something to it.
    ///
    /// - Parameter projects: those that it is done for.
    package func judged(
        _ action: AccountAct, on name: Username, object: String = "", for projects: [ProjectName] = [], by actor: Actor,
        at now: Timestamp
    ) throws -> (User, Permit) {
        let user = try requireUser(named: name)
        var facts = try accountFacts(user, actor, for: action, at: now)
        facts.mandates = try projects.map { ($0, try projectFacts($0, actor).mandate) }
        let permit = try self.permit(action, on: user.name, object: object, to: actor, knowing: facts, at: now)
        return (user, permit)
    }

    /// The account that has shown that an address is its own; nil when none has.
    func owner(of address: EmailAddress) throws -> UserID? {
        try row(
            "SELECT account_id FROM email_address WHERE normalized = $1 AND verified_at IS NOT NULL", address.normalized
        ).map { UserID(try $0.integer("account_id")) }
    }

    fileprivate func address(_ address: EmailAddress, of user: User) throws -> AccountAddress {
        let wanted = address.normalized
        guard let known = try addresses(of: user).first(where: { $0.address.normalized == wanted }) else {
            throw AccountRefusal.noSuchAddress(address)
        }
        return known
    }
}

extension User {
    /// What `init(row:)` reads of the table `account`, named `a` in the query.
    package static let columns = """
        a.id AS user_id, a.name AS user_name, a.primary_address AS user_email, a.is_administrator AS user_is_administrator, \
        a.created_at AS user_created_at, a.disabled_at AS user_disabled_at, a.disabled_reason AS user_disabled_reason
        """

    package init(row: Row) throws {
        self.init(
            id: UserID(try row.integer("user_id")), name: try Username(parsing: row.text("user_name")),
            email: try EmailAddress(parsing: row.text("user_email")),
            isAdministrator: try row.bool("user_is_administrator"),
            createdAt: Timestamp(microseconds: try row.integer("user_created_at")),
            disabling: try row.optionalInteger("user_disabled_at").map { since in
                AccountDisabling(
                    since: Timestamp(microseconds: since), reason: try row.optionalText("user_disabled_reason") ?? "")
            })
    }
}
