import Accounts
import Acts
import Database
import Journal
import Policy
import Primitives
import Secrets
import UTC
import WebAuthn

// Factors in use: what is shown is judged where it is kept, so that nobody can be faster.

extension Transaction {
    /// What was shown, once it has been judged and noted.
    struct UsedFactor {
        var assurance: Assurance
        var factor: FactorID?
        var means: SecurityEvent.Means
        var isRecovery = false
    }

    func use(
        _ use: FactorUse, of user: User, from origin: RequestOrigin, at now: Timestamp
    ) throws -> Result<UsedFactor, FactorRefusal> {
        exempt(.factorUse)
        return switch use {
        case .password: .success(UsedFactor(assurance: .password, factor: nil, means: .password))
        case .securityKey(let id, let count, let isBackedUp, let userWasVerified):
            try useKey(id, count, isBackedUp, userWasVerified, of: user, from: origin, at: now)
        case .authenticatorApp(let check): try useApp(of: user, at: now, check)
        case .recoveryCode(let hash): .success(try burnCode(hash, of: user, from: origin, at: now))
        }
    }

    func noteUse(of factor: FactorID?, at now: Timestamp) throws {
        guard let factor else { return }
        try execute(
            "UPDATE factor SET last_used_at = $1, lost_at = NULL WHERE id = $2", now.microseconds, factor.number)
    }

    /// The counter is judged here, where nobody can be faster: of two uses with one number, one fails. So is what the
    /// key is worth, which is less once its model is found broken, or the root gone that vouched for it.
    private func useKey(
        _ id: FactorID, _ count: UInt32, _ isBackedUp: Bool, _ userWasVerified: Bool, of user: User,
        from origin: RequestOrigin, at now: Timestamp
    ) throws -> Result<UsedFactor, FactorRefusal> {
        guard let key = try connection.securityKey(id, of: user.id) else { throw FactorRefusal.keyNotAccepted }
        guard key.frozenAt == nil else { throw FactorRefusal.keyFrozen }
        guard SignatureCounter(key.signCount).accepts(count) else {
            try freeze(key, of: user, received: count, from: origin, at: now)
            return .failure(.keyFrozen)
        }
        try execute(
            "UPDATE security_key SET sign_count = $1, is_backed_up = $2 WHERE factor_id = $3", Int64(count),
            isBackedUp, id.number)
        return .success(
            UsedFactor(
                assurance: key.assurance(userWasVerified: userWasVerified), factor: id,
                means: .securityKey(label: key.label)))
    }

    private func freeze(
        _ key: SecurityKey, of user: User, received: UInt32, from origin: RequestOrigin, at now: Timestamp
    ) throws {
        let (_, permit) = try connection.judged(
            .freezeSecurityKey, on: user.name, object: key.id.description, by: .index, at: now)
        try execute("UPDATE security_key SET frozen_at = $1 WHERE factor_id = $2", now.microseconds, key.id.number)
        // What the copy may have opened, and what was made there.
        try endSessions(restingOn: key.id)
        let tokens = try revokeTokens(restingOn: key.id, at: now)
        try record(permit, .factor(.keyFrozen(key.id, stored: key.signCount, received: received, tokensEnded: tokens)))
        try tell(
            .factor(.keyFrozen(label: key.label, tokensEnded: tokens)), about: user, from: origin,
            at: now)
    }

    private func useApp(
        of user: User, at now: Timestamp, _ check: CodeCheck
    ) throws -> Result<UsedFactor, FactorRefusal> {
        let apps = try connection.authenticatorApps(of: user.id)
        var refusal = FactorRefusal.noSuchFactor
        // The one that was there first says why, where none takes the code.
        for app in apps.reversed() {
            switch try judgeCode(of: app, check) {
            case .success:
                return .success(
                    UsedFactor(assurance: .secondFactor, factor: app.id, means: .authenticatorApp))
            case .failure(let why): refusal = why
            }
        }
        guard !apps.isEmpty else { throw refusal }
        return .failure(refusal)
    }

    private func burnCode(
        _ hash: [UInt8], of user: User, from origin: RequestOrigin, at now: Timestamp
    ) throws -> UsedFactor {
        try execute(
            "DELETE FROM recovery_code WHERE account_id = $1 AND hash = $2", user.id.number,
            try connection.authenticationCode(for: hash, purpose: SecretContext.recoveryCode))
        guard changes == 1 else { throw FactorRefusal.codeNotAccepted(hint: nil) }
        let holder = Actor(.user(user.id, user.name, isAdministrator: false), assurance: .password)
        let permit = try AccessPolicy.permit(
            .useRecoveryCode, on: user.name, to: holder, knowing: AccountFacts(), at: now)
        let left = try connection.factors(of: user.id).recoveryCodesLeft
        try beginProbation(.recoveryCode, of: user.id, at: now)
        try record(permit, .factor(.codeUsed(left: left)))
        try tell(
            .factor(.codeUsed(left: left)), about: user, from: origin,
            in: connection.projectsRequiring(of: user.id, at: now), at: now)
        return UsedFactor(assurance: .secondFactor, factor: nil, means: .recoveryCode, isRecovery: true)
    }
}
