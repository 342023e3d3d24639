import Accounts
import Acts
import Bytes
import Journal
import OneTimeCodes
import Passwords
import Policy
import Ports
import Primitives
import Secrets
import UTC
import WebAuthn

/// Signing in, and showing once more who one is.
public struct SignIn: Sendable {
    let accounts: any AccountStore
    let factors: any FactorStore
    let sessions: any SessionStore
    let hashing: PasswordHashQueue
    let breached: BreachedPasswordFile
    let keys: KeyRing
    let party: RelyingParty
    let limiter: any RateLimiter
    /// Told the code of a ceremony that failed and is no account's: the event logs have no place for it.
    let report: @Sendable (String) -> Void
    let now: @Sendable () -> Timestamp

    // MARK: Password

    /// Signs in with a password. An account with a second factor gets a session that waits for it.
    ///
    /// Throws `SignInFailure.wrong`, after the same work whether there is such an account or not, and
    /// `TooManyAttempts`.
    public func password(_ nameOrAddress: String, _ password: String, from browser: Browser) async throws -> SignedIn {
        let now = now()
        let known = try await accounts.credentials(of: nameOrAddress)
        let knownDevice = try await sessions.knownDevice(
            of: browser.origin, to: known?.user.id ?? UserID(0), at: now)
        // Of strangers by what they type: one ledger for a name and an address would tell whose address it is.
        let typed = String(nameOrAddress.asciiLowercased.prefix(254))
        let account = known.map { Self.account($0.user.id, typed) } ?? "name \(typed)"
        let place = Self.place(account, knownDevice, browser.origin)
        let attempted = Self.attempts(at: place, knownDevice, browser.origin)
        try await limiter.acquire([Attempt(.signInByPlace, place)] + attempted, at: now)
        let verdict: PasswordHasher.Verdict
        do {
            verdict = try await hashing.check(password, against: known?.passwordHash, from: browser.origin)
        } catch {
            // Nothing was tried.
            await limiter.refund(attempted)
            throw error
        }
        guard let known, verdict != .wrong else {
            // The same work on disk for both.
            if let known {
                try await accounts.note(
                    .access(knownDevice == .browser ? .passwordMistyped : .signInFailed), about: known.user.id,
                    from: browser.origin, at: now)
            } else {
                try await accounts.equalizeWriteCost(at: now)
            }
            throw SignInFailure.wrong
        }
        await limiter.refund(attempted)
        var rehashed: String?
        if case .rightAndRehashed(let hash) = verdict { rehashed = hash }
        let secret = OneTimeSecret()
        let session = try await sessions.begin(
            NewSession(
                secretHash: secret.hash, user: known.user.id, use: .password,
                isPasswordBreached: breached.isKnown(password), verifiedHash: known.passwordHash,
                rehashedPassword: rehashed,
                origin: browser.origin),
            at: now)
        return SignedIn(session: session, secret: secret)
    }

    /// What an attempt at a password is counted for. Strangers share one ledger for an account; a browser in which it
    /// was signed in to has one of its own, which they cannot use up, and so has each of the networks of such browsers.
    private static func attempts(
        at place: String, _ knownDevice: KnownDevice, _ origin: RequestOrigin
    ) -> [Attempt] {
        switch knownDevice {
        case .browser: [Attempt(.passwordByPlace, place)]
        case .network: [Attempt(.passwordByAddress, origin.network), Attempt(.passwordByPlace, place)]
        case .unknown: [Attempt(.passwordByAddress, origin.network), Attempt(.passwordByAccount, place)]
        }
    }

    private static func place(_ account: String, _ knownDevice: KnownDevice, _ origin: RequestOrigin) -> String {
        switch knownDevice {
        case .browser: "\(account) in \((origin.mark ?? []).hexadecimal)"
        case .network: "\(account) from \(origin.network)"
        case .unknown: account
        }
    }

    private static func account(_ user: UserID, _ typed: String) -> String {
        "\(user) as \(typed.contains("@") ? typed : "")"
    }

    /// What attempts at an account's password were counted for: those of strangers, and those from the browser and the
    /// network of the one who resets it. Other browsers are not known any more then, and its sessions have ended.
    static func attempts(
        at user: UserID, with addresses: [EmailAddress], from origin: RequestOrigin
    ) -> [Attempt] {
        ([""] + addresses.map(\.text.asciiLowercased)).flatMap { typed in
            let account = account(user, typed)
            return [
                Attempt(.passwordByAccount, account),
                Attempt(.passwordByPlace, place(account, .browser, origin)),
                Attempt(.passwordByPlace, place(account, .network, origin)),
            ]
        }
    }

    // MARK: Passkey

    /// What a browser is asked for to sign in with a passkey alone.
    public func passkeyOptions(for browser: Browser) async throws -> [UInt8] {
        try await limiter.acquire([Attempt(.passkeyByAddress, browser.origin.network)], at: now())
        let challenge = try await keepChallenge(.passkey, user: nil, verification: .required, browser)
        return try CeremonyOptions.request(challenge: challenge.bytes, allowing: [], .required, party)
    }

    /// Signs in with a passkey alone: the key says whose it is, and has verified its holder.
    public func passkey(_ response: [UInt8], from browser: Browser) async throws -> SignedIn {
        let (key, owner, assertion) = try await verify(response, .passkey, user: nil, browser)
        let secret = OneTimeSecret()
        let session = try await sessions.begin(
            NewSession(
                secretHash: secret.hash, user: owner.id, use: use(of: key, assertion),
                origin: browser.origin),
            at: now())
        return SignedIn(session: session, secret: secret)
    }

    // MARK: Second factor, and step-up

    /// What a browser is asked for to show a key of the session's account.
    public func keyOptions(for purpose: ProofPurpose, in session: Session, _ browser: Browser) async throws -> [UInt8] {
        let factors = try await factors.factors(of: session.user.id)
        let asksForStrongest = if case .stepUp = purpose { true } else { session.isLive }
        let keys = asksForStrongest ? factors.keys(proving: session.standing.strongest) : factors.usableKeys
        guard !keys.isEmpty else { throw FactorRefusal.noSuchFactor }
        // The server's own record decides: a key that verified its holder once has to do so again.
        let verification = UserVerification(asking: keys)
        let challenge = try await keepChallenge(
            purpose.challenge, user: session.user.id, verification: verification, browser)
        return try CeremonyOptions.request(challenge: challenge.bytes, allowing: keys, verification, party)
    }

    /// Finishes signing in, or proves for an act, with a key.
    public func key(
        _ response: [UInt8], for purpose: ProofPurpose, in session: Session, _ browser: Browser
    ) async throws -> SignedIn {
        let (key, _, assertion) = try await verify(response, purpose.challenge, user: session.user, browser)
        do {
            return try await prove(use(of: key, assertion), purpose, session, browser)
        } catch let refusal as FactorRefusal {
            // A key that was frozen just now is in the log already.
            if refusal != .keyFrozen { try await note(refusal.code, about: session.user.id, browser) }
            throw refusal
        }
    }

    /// Finishes signing in, or proves for an act, with a code of the authenticator app.
    public func code(
        _ code: String, for purpose: ProofPurpose, in session: Session, _ browser: Browser
    ) async throws -> SignedIn {
        try await guarded(session, browser) {
            try await prove(.authenticatorApp(check: check(code, at: now())), purpose, session, browser)
        }
    }

    /// Finishes signing in with a recovery code: the session can enrol a factor and nothing else.
    public func recoveryCode(_ text: String, in session: Session, _ browser: Browser) async throws -> SignedIn {
        try await guarded(session, browser) {
            guard let code = RecoveryCode(parsing: text) else { throw FactorRefusal.codeNotAccepted(hint: nil) }
            return try await prove(
                .recoveryCode(hash: code.hash(for: session.user.id.number)), .secondFactor, session, browser)
        }
    }

    /// Proves for an act with the password, where the account has nothing stronger.
    public func password(
        _ password: String, for stepUp: StepUp, in session: Session, _ browser: Browser
    ) async throws -> SignedIn {
        let place = "\(session.user.id) in session \(session.id)"
        let attempted = [Attempt(.passwordByPlace, place)]
        try await limiter.acquire([Attempt(.signInByPlace, place)] + attempted, at: now())
        let known = try await accounts.credentials(of: session.user.name.normalized)
        let verdict: PasswordHasher.Verdict
        do {
            verdict = try await hashing.check(password, against: known?.passwordHash, from: browser.origin)
        } catch {
            await limiter.refund(attempted)
            throw error
        }
        guard verdict != .wrong else {
            try await accounts.note(
                .access(.passwordMistyped), about: session.user.id, from: browser.origin, at: now())
            throw SignInFailure.wrong
        }
        await limiter.refund(attempted)
        return try await prove(.password, .stepUp(stepUp.action, object: stepUp.object), session, browser)
    }

    // MARK: Inside

    /// Runs an attempt at a code: a refused one counts, for the account and for the address.
    private func guarded(
        _ session: Session, _ browser: Browser, _ attempt: () async throws -> SignedIn
    ) async throws -> SignedIn {
        // Strangers who know the password share one ledger, so that they cannot use up its holder's attempts.
        let place: String? =
            if session.isLive {
                "\(session.user.id) in session \(session.id)"
            } else if try await sessions.knownDevice(of: browser.origin, to: session.user.id, at: now()) == .browser {
                "\(session.user.id) in \((browser.origin.mark ?? []).hexadecimal)"
            } else {
                nil
            }
        let attempted =
            place.map { [Attempt(.codeByPlace, $0)] }
            ?? [Attempt(.codeByAddress, browser.origin.network), Attempt(.codeByAccount, session.user.id.description)]
        try await limiter.acquire(attempted, at: now())
        do {
            let result = try await attempt()
            await limiter.refund(attempted)
            return result
        } catch let refusal as FactorRefusal {
            try await note(refusal.code, about: session.user.id, browser)
            throw refusal
        }
    }

    private func check(_ code: String, at now: Timestamp) -> CodeCheck {
        let keys = keys
        return { app in
            let secret = try keys.totpSecret(of: app)
            do {
                return .accepted(counter: try secret.verify(code, at: now, after: app.lastCounter))
            } catch let error as CodeRefusal {
                return .refused(.codeNotAccepted(hint: error.explanation), burnt: error.burntCounter)
            }
        }
    }

    private func keepChallenge(
        _ purpose: ChallengePurpose, user: UserID?, verification: UserVerification, _ browser: Browser
    ) async throws -> Challenge {
        let challenge = Challenge(
            browser: browser.secret.hash, user: user, purpose: purpose, bytes: Self.bytes(for: purpose),
            requiresUserVerification: verification == .required, expiresAt: now() + Challenge.lifetime)
        try await sessions.keep(challenge)
        return challenge
    }

    /// Random; for an act, bound to it and to what it is about.
    private static func bytes(for purpose: ChallengePurpose) -> [UInt8] {
        let random = [UInt8](randomBytes: BoundChallenge.nonceLength)
        return switch purpose {
        case .enrol, .secondFactor, .passkey: random
        case .stepUp: BoundChallenge(nonce: random, for: purpose.text).bytes
        }
    }

    /// Whether a challenge that was kept is one for this purpose.
    private static func isMeant(_ bytes: [UInt8], for purpose: ChallengePurpose) -> Bool {
        switch purpose {
        case .enrol, .secondFactor, .passkey: true
        case .stepUp: BoundChallenge.isBound(bytes, to: purpose.text)
        }
    }

    /// Verifies an assertion. The challenge is used up first, whatever comes of it.
    private func verify(
        _ response: [UInt8], _ purpose: ChallengePurpose, user: User?, _ browser: Browser
    ) async throws -> (SecurityKey, User, VerifiedAssertion) {
        let challenge = try await sessions.take(browser: browser.secret.hash, purpose: purpose, at: now())
        guard let challenge, challenge.user == user?.id, Self.isMeant(challenge.bytes, for: purpose) else {
            try await note(
                CeremonyRefusal(ceremony: .authentication, step: .challenge).code, about: user?.id, browser)
            throw FactorRefusal.challengeGone
        }
        let answer: AuthenticationResponse
        do { answer = try CeremonyResponse(parsing: response).assertion() } catch {
            try await note("7.2/1 response", about: user?.id, browser)
            throw error
        }
        guard let (owner, handle, key) = try await factors.securityKey(credentialID: answer.credentialID),
            user == nil || owner.id == user?.id
        else {
            try await note("7.2/5 credential", about: user?.id, browser)
            throw FactorRefusal.keyNotAccepted
        }
        guard key.frozenAt == nil else {
            try await note(FactorRefusal.keyFrozen.code, about: owner.id, browser)
            throw FactorRefusal.keyFrozen
        }
        var expectations = Expectations(
            challenge: challenge.bytes, origins: [party.origin], relyingPartyID: party.id,
            requiresUserVerification: challenge.requiresUserVerification || (user != nil && key.verifiesUser))
        expectations.userHandle = user == nil ? nil : handle
        do {
            let stored = StoredCredential(
                id: key.credentialID, publicKey: try CredentialPublicKey(decoding: key.publicKey),
                // The store judges the counter, so that of two uses at a time one fails, and a fall freezes the key.
                signCount: nil, backupEligible: key.isBackupEligible, userHandle: handle)
            return (key, owner, try VerifiedAssertion(verifying: answer, by: stored, against: expectations))
        } catch let refusal as CeremonyRefusal {
            try await note(refusal.description, about: owner.id, browser)
            throw FactorRefusal.keyNotAccepted
        }
    }

    private func use(of key: SecurityKey, _ assertion: VerifiedAssertion) -> FactorUse {
        .securityKey(
            key.id, signCount: assertion.signCount, isBackedUp: assertion.flags.contains(.backedUp),
            userWasVerified: assertion.flags.contains(.userVerified))
    }

    private func prove(
        _ use: FactorUse, _ purpose: ProofPurpose, _ session: Session, _ browser: Browser
    ) async throws -> SignedIn {
        let secret = OneTimeSecret()
        let purpose: FactorPurpose =
            switch purpose {
            case .secondFactor: .signIn(newSecretHash: secret.hash)
            case .stepUp(let action, let object): .stepUp(action, object: object, newSecretHash: secret.hash)
            }
        let proven = try await sessions.prove(use, for: purpose, in: session.id, from: browser.origin, at: now())
        return SignedIn(session: proven, secret: secret)
    }

    private func note(_ code: String, about user: UserID?, _ browser: Browser) async throws {
        guard let user else { return report(code) }
        try await accounts.note(
            .access(.factorRefused(code: code)), about: user, from: browser.origin, at: now())
    }
}

/// What a factor is shown for.
public enum ProofPurpose: Sendable, Hashable {
    /// To finish signing in, or to sign in with more than before.
    case secondFactor
    /// For an act that asks for a fresh proof.
    case stepUp(Act, object: String)

    var challenge: ChallengePurpose {
        switch self {
        case .secondFactor: .secondFactor
        case .stepUp(let action, let object): .stepUp(action, object: object)
        }
    }
}

/// Why signing in failed.
public enum SignInFailure: Refusal, Hashable {
    /// The account or the password is wrong; which, nobody is told.
    case wrong

    /// Always `invalid`.
    public var kind: RefusalKind { .invalid }
    /// `sign-in.wrong`
    public var code: String { "sign-in.wrong" }
    public var explanation: String {
        "The user name or the password is not right. Check both, or reset your password."
    }
}

/// Whether authenticators are asked to verify their holder.
///
/// Source: WebAuthn Level 3, section 5.8.6.
enum UserVerification: String {
    case required, preferred, discouraged

    /// What to ask of some keys: what all of them did when they were enrolled.
    init(asking keys: [SecurityKey]) {
        self =
            keys.allSatisfy(\.verifiesUser)
            ? .required : keys.contains(where: \.verifiesUser) ? .preferred : .discouraged
    }
}

/// What is known of authenticator models, where the operator imported it.
public protocol AuthenticatorModels: Sendable {
    /// What a new key's attestation is worth.
    func judge(_ credential: RegisteredCredential, at now: Timestamp) async throws -> ModelJudgement
}

/// What a new key's attestation is worth.
public struct ModelJudgement: Sendable, Hashable {
    /// Whether it leads to a trusted anchor.
    public var isAttested: Bool
    /// Whether keys of the model are known to be broken.
    public var isRefused: Bool
    /// The model's name, where it is known.
    public var name: String?
    /// SHA-1 of the attestation certificate's public key; hexadecimal.
    public var keyID: String?
    /// What vouches for the model.
    public var attestationSources: Set<NewSecurityKey.AttestationSource> = []

    /// What a new key's attestation is worth.
    public init(isAttested: Bool = false, isRefused: Bool = false, name: String? = nil, keyID: String? = nil) {
        self.isAttested = isAttested
        self.isRefused = isRefused
        self.name = name
        self.keyID = keyID
    }
}

extension KeyRing {
    func totpSecret(of app: AuthenticatorApp) throws -> TOTPSecret {
        let bytes = try open(
            SealedSecret(serialized: app.sealedSecret), for: SecretContext.authenticatorApp(factor: app.id.number))
        guard let secret = TOTPSecret(bytes: bytes) else { throw UnreadableSecret() }
        return secret
    }
}

/// A secret opened to something else: another version wrote it.
struct UnreadableSecret: Error {}
