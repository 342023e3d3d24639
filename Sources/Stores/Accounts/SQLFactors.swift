import Accounts
import Acts
import Database
import Journal
import PackagingFormats
import Policy
import Ports
import Primitives
import Projects
import Secrets
import UTC

/// Second factors in SQL.
struct SQLFactors: FactorStore {
    let database: Database

    // MARK: Reading

    func factors(of user: UserID) async throws -> AccountFactors {
        try await database.read { try $0.factors(of: user) }
    }

    func firstFactorGaps(
        of user: User, in mark: [UInt8]?, at now: Timestamp
    ) async throws -> [FirstFactorEvidence.Gap] {
        try await database.read { try $0.firstFactorEvidence(of: user, in: mark, at: now).gaps(at: now) }
    }

    func securityKey(credentialID: [UInt8]) async throws -> (owner: User, userHandle: [UInt8], key: SecurityKey)? {
        try await database.read { try $0.securityKey(credentialID: credentialID) }
    }

    func userHandle(of user: UserID, candidate: [UInt8]) async throws -> [UInt8] {
        if let known = try await factors(of: user).userHandle { return known }
        return try await database.keep(.userHandles) { transaction in
            try transaction.execute(
                "UPDATE account SET user_handle = $1 WHERE id = $2 AND user_handle IS NULL", candidate, user.number)
            return try transaction.connection.factors(of: user).userHandle ?? candidate
        }
    }

    // MARK: Security keys

    func add(
        _ new: NewSecurityKey, to name: Username, newSecretHash: [UInt8], by actor: Actor, from origin: RequestOrigin,
        at now: Timestamp
    ) async throws -> SecurityKey {
        let (user, key) = try await database.change(by: actor, at: now) { door, actor, now in
            let (user, permit) = try door.connection.judged(.addSecurityKey, on: name, by: actor, at: now)
            let transaction = try door.open(with: permit)
            let before = try transaction.connection.factors(of: user.id)
            let first = try transaction.connection.outcomeOfFirst(after: before, of: user, by: actor, origin, at: now)
            try FactorPolicy.requireRoomForKey(among: before)
            try transaction.makeWay(for: new.key.credentialID, of: user.id, at: now)
            let judged = try transaction.connection.judgedAgain(new)
            var key = judged.key
            key.id = try transaction.insertFactor("security-key", label: key.label, of: user.id, at: now)
            try transaction.insert(key)
            for source in judged.attestationSources { try transaction.insert(source, for: key.id) }
            try transaction.record(
                permit,
                .factor(
                    .keyAdded(key.id, label: key.label, model: key.modelName, aaguid: key.aaguid, first: first)))
            try transaction.tell(
                .factor(.keyAdded(label: key.label, model: key.modelName)), isFirst: first != nil,
                about: user, from: origin,
                at: now)
            try transaction.noteEnrolment(
                of: key.label, for: user, first: first, as: key.id, by: actor, from: origin, at: now)
            try transaction.raise(
                actor.session?.id,
                byAdding: .init(
                    assurance: key.assurance(userWasVerified: key.verifiesUser), factor: key.id,
                    means: .securityKey(label: key.label)),
                newSecretHash, from: origin, at: now)
            return (user.id, key)
        }
        await giveAcceptedRoles(to: user, at: now)
        return key
    }

    func rename(
        _ id: FactorID, to label: String, of name: Username, by actor: Actor, at now: Timestamp
    ) async throws {
        try await database.change(by: actor, at: now) { door, actor, now in
            let (user, permit) = try door.connection.judged(
                .renameSecurityKey, on: name, object: id.description, by: actor, at: now)
            let transaction = try door.open(with: permit)
            guard let key = try transaction.connection.securityKey(id, of: user.id) else {
                throw FactorRefusal.noSuchFactor
            }
            guard key.label != label else { return }
            try FactorPolicy.requireLater(
                id, of: transaction.connection.factors(of: user.id),
                actorOnProbation: actor.session?.factorProbationUntil, at: now)
            try transaction.execute("UPDATE factor SET label = $1 WHERE id = $2", label, id.number)
            try transaction.record(permit, .factor(.keyRenamed(id, label: label)))
            try transaction.tell(
                .factor(.keyRenamed(from: key.label, to: label)), about: user,
                from: actor.origin(shownTo: user.id), at: now)
        }
    }

    // MARK: Authenticator apps

    func addAuthenticatorApp(
        to name: Username, counter: Int64, newSecretHash: [UInt8], by actor: Actor, from origin: RequestOrigin,
        at now: Timestamp,
        seal: @escaping @Sendable (FactorID) throws -> [UInt8]
    ) async throws -> AuthenticatorApp {
        let (user, app) = try await database.change(by: actor, at: now) { door, actor, now in
            let (user, permit) = try door.connection.judged(.addAuthenticatorApp, on: name, by: actor, at: now)
            let transaction = try door.open(with: permit)
            let before = try transaction.connection.factors(of: user.id)
            let first = try transaction.connection.outcomeOfFirst(after: before, of: user, by: actor, origin, at: now)
            try FactorPolicy.requireRoomForApp(
                among: before, isRecovered: actor.session?.restriction == .enrolmentOnly)
            let id = try transaction.insertFactor(
                "authenticator-app", label: "Authenticator app", of: user.id, at: now)
            try transaction.execute(
                """
                INSERT INTO authenticator_app (factor_id, sealed_secret, last_counter, confirmed_at)
                VALUES ($1, $2, $3, $4)
                """,
                id.number, try seal(id), counter, now.microseconds)
            try transaction.record(permit, .factor(.appAdded(id, first: first)))
            try transaction.tell(
                .factor(.appAdded), isFirst: first != nil, about: user, from: origin,
                at: now)
            try transaction.noteEnrolment(
                of: "authenticator app", for: user, first: first, as: id, by: actor, from: origin, at: now)
            try transaction.raise(
                actor.session?.id,
                byAdding: .init(assurance: .secondFactor, factor: id, means: .authenticatorApp), newSecretHash,
                from: origin, at: now)
            return (
                user.id,
                try stored(
                    transaction.connection.authenticatorApps(of: user.id).first { $0.id == id }, "authenticator app")
            )
        }
        await giveAcceptedRoles(to: user, at: now)
        return app
    }

    // MARK: Taking away

    func remove(
        _ id: FactorID, of name: Username, by actor: Actor, from origin: RequestOrigin, at now: Timestamp
    ) async throws {
        try await database.change(by: actor, at: now) { door, actor, now in
            let connection = door.connection
            let user = try connection.requireUser(named: name)
            let factors = try connection.factors(of: user.id)
            let disowned = factors.disowned.first { $0.id == id }
            let isApp = disowned?.isApp ?? factors.authenticatorApps.contains { $0.id == id }
            let (_, permit) = try connection.judged(
                isApp ? .removeAuthenticatorApp : .removeSecurityKey, on: name, object: id.description, by: actor,
                at: now)
            let transaction = try door.open(with: permit)
            // The operator may have to take away what a thief left as the last one.
            let binding =
                actor.identity == .operatorAtMachine
                ? [] : try connection.bindingProjects(of: user.id, at: now).map(\.name.display)
            try FactorPolicy.decideRemoval(
                of: id, from: factors, bindingProjects: binding,
                actorOnProbation: actor.session?.factorProbationUntil, at: now)
            let label = disowned?.label ?? factors.securityKeys.first { $0.id == id }?.label ?? "authenticator app"
            let ended = try transaction.endWhatRests(on: id, at: now)
            try transaction.deleteFactor(id)
            // Codes are a way around the factors that there are; without one they lead nowhere.
            if disowned == nil, factors.count == 1 {
                try transaction.execute("DELETE FROM recovery_code WHERE account_id = $1", user.id.number)
            }
            try transaction.record(
                permit,
                .factor(
                    isApp
                        ? .appRemoved(id, label: label, tokensEnded: ended)
                        : .keyRemoved(id, label: label, tokensEnded: ended)))
            let event =
                isApp ? SecurityEvent.factor(.appRemoved) : .factor(.keyRemoved(label: label))
            try transaction.tell(event, about: user, from: origin, at: now)
        }
    }

    // MARK: Recovery codes

    func replaceRecoveryCodes(
        hashes: [[UInt8]], of name: Username, by actor: Actor, from origin: RequestOrigin, at now: Timestamp
    ) async throws {
        let user = try await database.change(by: actor, at: now) { door, actor, now in
            let (user, permit) = try door.connection.judged(.makeRecoveryCodes, on: name, by: actor, at: now)
            let transaction = try door.open(with: permit)
            guard try transaction.connection.hasSecondFactor(user.id) else { throw FactorRefusal.noSuchFactor }
            try transaction.execute("DELETE FROM recovery_code WHERE account_id = $1", user.id.number)
            // What one of those opened is void as well.
            try transaction.endRestrictedSessions(of: user.id, .enrolmentOnly)
            for hash in hashes {
                try transaction.execute(
                    "INSERT INTO recovery_code (account_id, hash, made_at) VALUES ($1, $2, $3)", user.id.number,
                    try transaction.connection.authenticationCode(for: hash, purpose: SecretContext.recoveryCode),
                    now.microseconds)
            }
            try transaction.record(permit, .factor(.codesMade))
            try transaction.tell(.factor(.codesMade), about: user, from: origin, at: now)
            return user.id
        }
        await giveAcceptedRoles(to: user, at: now)
    }

    // MARK: Probation

    func endProbation(of name: Username, by actor: Actor, from origin: RequestOrigin, at now: Timestamp) async throws {
        let user = try await database.change(by: actor, at: now) { door, actor, now -> UserID in
            let (user, permit) = try door.connection.judged(
                .endProbation, on: name, object: name.normalized, by: actor, at: now)
            let transaction = try door.open(with: permit)
            // It would be over without beginning anew when the account is enabled.
            guard user.disabling == nil else { throw AccountRefusal.disabled(user.name) }
            let probation = try transaction.connection.factors(of: user.id).probation
            guard let probation, probation.until > now else { return user.id }
            guard probation.reason.canBeEnded else { throw FactorRefusal.probationStays(until: probation.until) }
            var elsewhere: Timestamp?
            if case .user(let voucher, let name, isAdministrator: false) = actor.identity {
                guard probation.voucher != name else { return user.id }
                if let other = try transaction.connection.standingVoucher(of: user.id, at: now) {
                    throw FactorRefusal.isVouchedFor(by: other.name)
                }
                try transaction.execute(
                    "UPDATE account SET probation_voucher = $1 WHERE id = $2", voucher.number, user.id.number)
                elsewhere = probation.until
            } else {
                try transaction.clearProbation(of: user.id)
            }
            try transaction.record(permit, .factor(.probationEnded))
            try transaction.tell(
                .factor(.probationEnded(by: actor.displayName, elsewhere: elsewhere)), about: user,
                from: actor.userID == user.id ? origin : RequestOrigin(),
                in: transaction.connection.projectsRequiring(
                    of: user.id, ownedBy: elsewhere == nil ? nil : actor.userID, at: now), at: now)
            return user.id
        }
        await giveAcceptedRoles(to: user, at: now)
    }

    func endProbations(at now: Timestamp) async throws {
        let due = try await database.lookUp { connection in
            try connection.rows(
                """
                SELECT id FROM account
                WHERE probation_until <= $1 AND probation_told_at IS NULL AND disabled_at IS NULL
                ORDER BY probation_until
                """,
                now.microseconds
            ).map { UserID(try $0.integer("id")) }
        }
        try await due.eachByItself { id in
            try await database.change(by: .index, at: now) { door, actor, now in
                guard let name = try door.connection.user(id)?.name else { return }
                let (user, permit) = try door.connection.judged(
                    .endProbation, on: name, object: name.normalized, by: actor, at: now)
                // That of a disabled account begins anew when it is enabled.
                guard user.disabling == nil else { return }
                // Meanwhile somebody may have vouched, or another probation may have begun.
                guard try door.connection.hasUntoldEnd(of: id, at: now) else { return }
                let transaction = try door.open(with: permit)
                // Until when it lasts stays: where the clock jumped for a minute, what is judged by it waits again.
                try transaction.execute(
                    "UPDATE account SET probation_told_at = $1 WHERE id = $2", now.microseconds, id.number)
                try transaction.record(permit, .factor(.probationEnded))
                guard try transaction.connection.heldFactors(of: id).strongest > .password else { return }
                try transaction.tell(
                    .factor(.probationOver), about: user, from: RequestOrigin(),
                    in: transaction.connection.projectsRequiring(of: id, at: now), at: now)
            }
        }
    }

    /// Gives an account the roles that it accepted and that wait for nothing any more, after an act that may have brought
    /// it what lacked. What fails here keeps nobody from that act: it is tried again within a minute, with all that time
    /// brings about, and logged there.
    private func giveAcceptedRoles(to user: UserID, at now: Timestamp) async {
        try? await SQLCollaboration(database: database).giveAcceptedRoles(to: user, at: now)
    }
}

// MARK: - In a transaction

extension Transaction {
    /// Ends a probation for good.
    func clearProbation(of user: UserID) throws {
        try execute(
            """
            UPDATE account SET probation_until = NULL, probation_reason = NULL, probation_because = NULL,
                probation_voucher = NULL, probation_told_at = NULL
            WHERE id = $1
            """,
            user.number)
    }

    /// Throws `FactorRefusal.keyTaken` where a key is known. One of the account itself that was said not to be its holder's
    /// goes: they show now that it is theirs, and it waits like any that is added after that.
    fileprivate func makeWay(for credentialID: [UInt8], of user: UserID, at now: Timestamp) throws {
        let known = try row(
            """
            SELECT f.id, f.account_id, f.disowned_at FROM security_key k JOIN factor f ON f.id = k.factor_id
            WHERE k.credential_id = $1
            """,
            credentialID)
        guard let known else { return }
        guard try known.integer("account_id") == user.number, try known.optionalInteger("disowned_at") != nil else {
            throw FactorRefusal.keyTaken
        }
        let id = FactorID(try known.integer("id"))
        try endWhatRests(on: id, at: now)
        try deleteFactor(id)
    }
}

extension Connection {
    /// Whether the probation of an account is over, and its holder does not know yet.
    fileprivate func hasUntoldEnd(of user: UserID, at now: Timestamp) throws -> Bool {
        try row(
            "SELECT id FROM account WHERE id = $1 AND probation_until <= $2 AND probation_told_at IS NULL", user.number,
            now.microseconds) != nil
    }

    /// A new key by what is known of its model now: since its attestation was judged, its model may have been found
    /// broken, or the root taken away that vouched for it. Throws `FactorRefusal.modelRefused`.
    fileprivate func judgedAgain(_ new: NewSecurityKey) throws -> NewSecurityKey {
        var (new, keyIDs) = (new, [new.key.attestationKeyID].compactMap { $0 })
        for source in new.attestationSources {
            switch source {
            case .certificate: break
            case .keyID(let id): keyIDs.append(id)
            case .root(let label, let certificate):
                guard try root(label) != certificate else { continue }
                new.attestationSources.remove(source)
                new.key.isAttested = false
            }
        }
        guard try model(aaguid: new.key.aaguid, keyIDs: keyIDs)?.breach == nil else { throw FactorRefusal.modelRefused }
        return new
    }
}

extension Transaction {
    fileprivate func insertFactor(
        _ kind: String, label: String, of user: UserID, at now: Timestamp
    ) throws -> FactorID {
        let row = try row(
            "INSERT INTO factor (account_id, kind, label, added_at) VALUES ($1, $2, $3, $4) RETURNING id",
            user.number, kind, label, now.microseconds)
        return FactorID(try stored(row?.integer("id"), "factor"))
    }

    fileprivate func insert(_ key: SecurityKey) throws {
        try execute(
            """
            INSERT INTO security_key
                (factor_id, credential_id, public_key, sign_count, is_backup_eligible, is_backed_up, verifies_user,
                 is_discoverable, transports, attestation_format, is_attested, aaguid, attestation_key_id, model_name)
            VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)
            """,
            key.id.number, key.credentialID, key.publicKey, Int64(key.signCount), key.isBackupEligible, key.isBackedUp,
            key.verifiesUser, key.isDiscoverable, key.transports.joined(separator: " "), key.attestationFormat,
            key.isAttested, key.aaguid, key.attestationKeyID, key.modelName)
    }

    fileprivate func insert(_ source: NewSecurityKey.AttestationSource, for key: FactorID) throws {
        let (kind, digest) =
            switch source {
            case .certificate(let digest): ("certificate", digest)
            case .keyID(let digest): ("key", digest)
            case .root(let label, _): ("root", label)
            }
        try execute(
            "INSERT INTO security_key_voucher (factor_id, kind, digest) VALUES ($1, $2, $3)", key.number, kind, digest)
    }

    /// That there is a new factor. Of the first one its addresses hear by the mail that says what that means.
    fileprivate func tell(
        _ event: SecurityEvent, isFirst: Bool, about user: User, from origin: RequestOrigin, at now: Timestamp
    ) throws {
        guard isFirst else { return try tell(event, about: user, from: origin, at: now) }
        try note(event, about: user.id, from: origin, at: now)
    }

    /// What a new factor brings with it: the first one begins the account's probation, where the evidence is not enough,
    /// and tells its co-owners; one that comes by a recovery is on probation itself, and so is one that such a one adds.
    ///
    /// - Parameter first: what becomes of the account's first factor; nil where it is not the first.
    fileprivate func noteEnrolment(
        of label: String, for user: User, first: FirstFactorEvidence.Outcome?, as new: FactorID, by actor: Actor,
        from origin: RequestOrigin, at now: Timestamp
    ) throws {
        if let first {
            switch first {
            case .counts: break
            case .waits(_, let gaps): try beginProbation(.firstFactor, because: gaps, of: user.id, at: now)
            }
            // What was proven before needed no factor; from now on everybody else signs in with it.
            try endSessions(of: user.id, except: actor.session?.id)
            try forgetBrowsers(of: user.id, except: origin.mark)
            try execute(
                "UPDATE session SET first_enrolment_until = NULL WHERE account_id = $1", user.id.number)
            try tell(
                .factor(.firstAdded(label: label, first)), about: user, from: origin,
                in: connection.projectsRequiring(of: user.id, at: now), at: now,
                disowning: try keepDisowningLink(from: new, of: user.id, at: now))
        }
        guard let session = actor.session else { return }
        if session.restriction == .enrolmentOnly || session.factorProbationUntil.map({ now < $0 }) == true {
            try execute(
                """
                UPDATE factor SET probation_until = (SELECT probation_until FROM account WHERE id = $1) WHERE id = $2
                """,
                user.id.number, new.number)
        }
        guard session.restriction == .enrolmentOnly else { return }
        // The recovery is over. The factors that were lost stay: anyone who recovered the account may be a thief whom
        // its owner, on a journey, did not stop.
        try execute(
            "DELETE FROM account_recovery WHERE account_id = $1 AND completed_at IS NOT NULL", user.id.number)
    }

    /// Judges a code, and keeps the counter that is used up by it, whatever came of it.
    func judgeCode(of app: AuthenticatorApp, _ check: CodeCheck) throws -> Result<Int64, FactorRefusal> {
        func keep(_ counter: Int64) throws {
            try execute(
                "UPDATE authenticator_app SET last_counter = $1 WHERE factor_id = $2", counter, app.id.number)
        }
        switch try check(app) {
        case .accepted(let counter):
            try keep(counter)
            return .success(counter)
        case .refused(let refusal, let burnt):
            if let burnt { try keep(burnt) }
            return .failure(refusal)
        }
    }

    /// Bars an account from projects that require two factors. One that lasts already ends no sooner for it.
    ///
    /// - Parameters:
    ///   - gaps: of a first factor, what evidence was lacking.
    ///   - now: when it begins, or began.
    package func beginProbation(
        _ reason: Probation.Reason, because gaps: [FirstFactorEvidence.Gap] = [], of user: UserID, at now: Timestamp
    ) throws {
        let new = Probation(reason, until: now + Probation.length, because: gaps)
        let probation = new.after(try connection.factors(of: user).probation, at: now)
        let because = probation.because.map(\.rawValue).joined(separator: " ")
        try execute(
            """
            UPDATE account SET probation_until = $1, probation_reason = $2, probation_because = $3,
                probation_voucher = NULL, probation_told_at = NULL
            WHERE id = $4
            """,
            probation.until.microseconds, probation.reason.rawValue, because.isEmpty ? nil : because, user.number)
        // With a second code a thief's factor must not come to be one that was there before.
        if !reason.canBeEnded {
            try execute(
                "UPDATE factor SET probation_until = $1 WHERE account_id = $2 AND probation_until > $3",
                new.until.microseconds, user.number, now.microseconds)
        }
    }

    /// Ends the sessions and tokens that a factor vouched for, and returns how many tokens that were.
    @discardableResult
    fileprivate func endWhatRests(on factor: FactorID, at now: Timestamp) throws -> Int {
        try endSessions(restingOn: factor)
        let count = try revokeTokens(restingOn: factor, at: now)
        try execute("UPDATE token SET factor_id = NULL WHERE factor_id = $1", factor.number)
        return count
    }

    fileprivate func deleteFactor(_ id: FactorID) throws {
        try execute("DELETE FROM security_key_voucher WHERE factor_id = $1", id.number)
        try execute("DELETE FROM security_key WHERE factor_id = $1", id.number)
        try execute("DELETE FROM authenticator_app WHERE factor_id = $1", id.number)
        try execute("DELETE FROM factor WHERE id = $1", id.number)
    }
}
