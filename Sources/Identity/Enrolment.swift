import Accounts
import Acts
import Journal
import OneTimeCodes
import Policy
import Ports
import Primitives
import QRCode
import Secrets
import UTC
import WebAuthn

/// Adding and removing second factors.
public struct Enrolment: Sendable {
    let accounts: any AccountStore
    let factors: any FactorStore
    let sessions: any SessionStore
    let keys: KeyRing
    let models: any AuthenticatorModels
    let party: RelyingParty
    let limiter: any RateLimiter
    let now: @Sendable () -> Timestamp

    /// What an authenticator app is set up with: shown once, until the first code confirms it.
    public struct AppSetup: Sendable {
        /// What the form has to bring back with the first code.
        public let offer: String
        /// The secret in base32, in groups, for those who type it.
        public let secret: String
        /// The `otpauth:` address in the QR code.
        public let uri: String
        public let svg: String
    }

    // MARK: Security keys

    /// What a browser is asked for to enrol a key. Whether the session may is judged now, so that nobody touches their
    /// key in vain.
    public func keyOptions(in session: Session, _ browser: Browser) async throws -> [UInt8] {
        let known = try await factors.factors(of: session.user.id)
        try require(.addSecurityKey, in: session, known)
        guard known.securityKeys.count < FactorPolicy.maximumKeys else { throw FactorRefusal.tooManyKeys }
        let handle = try await factors.userHandle(of: session.user.id, candidate: [UInt8](randomBytes: 64))
        let challenge = Challenge(
            browser: browser.secret.hash, user: session.user.id, purpose: .enrol, bytes: [UInt8](randomBytes: 32),
            requiresUserVerification: false, expiresAt: now() + Challenge.lifetime)
        try await sessions.keep(challenge)
        return try CeremonyOptions.creation(
            for: session.user, handle: handle, challenge: challenge.bytes, excluding: known.securityKeys, party)
    }

    /// Enrols a key with a browser's answer, and returns the browser's new secret: the session rests on the key.
    public func addKey(
        _ response: [UInt8], label: String, in session: Session, _ browser: Browser
    ) async throws -> (key: SecurityKey, secret: OneTimeSecret) {
        let now = now()
        let challenge = try await sessions.take(browser: browser.secret.hash, purpose: .enrol, at: now)
        guard let challenge, challenge.user == session.user.id else {
            try await note(Self.refused(.challenge), in: session, browser, at: now)
            throw FactorRefusal.challengeGone
        }
        let answer: CeremonyResponse
        do {
            answer = try CeremonyResponse(parsing: response)
            _ = try answer.registration()
        } catch {
            try await note("7.1/1 response", in: session, browser, at: now)
            throw error
        }
        let credential: RegisteredCredential
        do {
            var expectations = Expectations(
                challenge: challenge.bytes, origins: [party.origin], relyingPartyID: party.id,
                requiresUserVerification: challenge.requiresUserVerification)
            // A statement is welcome and not demanded: one that nobody can read counts as none.
            expectations.ignoresUnknownAttestation = true
            credential = try RegisteredCredential(verifying: try answer.registration(), against: expectations)
        } catch let refusal as CeremonyRefusal {
            try await note(refusal.description, in: session, browser, at: now)
            throw FactorRefusal.keyNotAccepted
        }
        let judgement = try await models.judge(credential, at: now)
        guard !judgement.isRefused else {
            try await note("\(Self.refused(.attestationTrust)): revoked", in: session, browser, at: now)
            throw FactorRefusal.modelRefused
        }
        let key = SecurityKey(
            id: FactorID(0), label: Self.label(label, model: judgement.name), credentialID: credential.id,
            publicKey: credential.publicKey.encoded, signCount: credential.signCount,
            isBackupEligible: credential.flags.contains(.backupEligible),
            isBackedUp: credential.flags.contains(.backedUp), verifiesUser: credential.flags.contains(.userVerified),
            isDiscoverable: answer.clientExtensionResults?.credProps?.rk ?? false, transports: answer.transports,
            attestationFormat: credential.attestation.format.rawValue, isAttested: judgement.isAttested,
            aaguid: KnownAuthenticators.known(credential.aaguid.description), attestationKeyID: judgement.keyID,
            modelName: judgement.name,
            addedAt: now)
        let secret = OneTimeSecret()
        do {
            let added = try await factors.add(
                NewSecurityKey(key, attestationSources: judgement.attestationSources), to: session.user.name,
                newSecretHash: secret.hash, by: session.actor, from: browser.origin, at: now)
            return (added, secret)
        } catch FactorRefusal.keyTaken {
            try await note(Self.refused(.newCredential), in: session, browser, at: now)
            throw FactorRefusal.keyTaken
        }
    }

    /// Calls a key something else.
    public func rename(_ key: FactorID, to label: String, in session: Session) async throws {
        try await factors.rename(
            key, to: Self.label(label, model: nil), of: session.user.name, by: session.actor, at: now())
    }

    /// Takes a factor away.
    public func remove(_ factor: FactorID, in session: Session, _ browser: Browser) async throws {
        try await factors.remove(
            factor, of: session.user.name, by: session.actor, from: browser.origin, at: now())
    }

    // MARK: Authenticator app

    /// What an authenticator app is set up with, for anyone who may add one now. Nothing is stored before its first
    /// code.
    ///
    /// - Parameter offer: an earlier offer, to be shown once more; nil for another secret.
    public func offerApp(in session: Session, again offer: String? = nil) async throws -> AppSetup {
        let known = try await factors.factors(of: session.user.id)
        try require(.addAuthenticatorApp, in: session, known)
        guard session.standing.restriction == .enrolmentOnly || known.authenticatorApps.isEmpty else {
            throw FactorRefusal.appExists
        }
        let offer = offer.flatMap { OneTimeSecret(hex: $0) } ?? OneTimeSecret()
        let secret = try Self.secret(of: offer, session, keys)
        let uri = secret.uri(issuer: party.name, account: session.user.name.display)
        return AppSetup(
            offer: offer.hex, secret: secret.text, uri: uri,
            svg: try QRCode(uri).svg(title: "QR code for your authenticator app"))
    }

    /// Enrols the app of an offer with its first code, and returns the browser's new secret: the session rests on the
    /// app.
    public func addApp(
        _ offer: String, code: String, in session: Session, _ browser: Browser
    ) async throws -> OneTimeSecret {
        guard let offer = OneTimeSecret(hex: offer) else { throw FactorRefusal.challengeGone }
        let attempted = [Attempt(.codeByPlace, "\(session.user.id) in session \(session.id)")]
        let (keys, now) = (keys, now())
        try await limiter.acquire(attempted, at: now)
        let secret = try Self.secret(of: offer, session, keys)
        let counter: Int64
        do { counter = try secret.verify(code, at: now, after: nil) } catch {
            throw FactorRefusal.codeNotAccepted(hint: error.explanation)
        }
        let new = OneTimeSecret()
        _ = try await factors.addAuthenticatorApp(
            to: session.user.name, counter: counter, newSecretHash: new.hash, by: session.actor, from: browser.origin,
            at: now
        ) { id in
            try keys.seal(secret.bytes, for: SecretContext.authenticatorApp(factor: id.number)).serialized
        }
        await limiter.refund(attempted)
        return new
    }

    /// The secret of an offer, made of the offer's own, which stands in the form, and of our key: asking for the page
    /// writes nothing, and every page has another secret. It is good in this session only.
    private static func secret(of offer: OneTimeSecret, _ session: Session, _ keys: KeyRing) throws -> TOTPSecret {
        let message = offer.bytes + Array("\(session.user.id) \(session.id)".utf8)
        let code = keys.authenticationCode(for: message, purpose: "authenticator app")
        guard let secret = TOTPSecret(bytes: Array(code.prefix(20))) else { throw UnreadableSecret() }
        return secret
    }

    // MARK: Recovery codes

    /// How many there are.
    public static let recoveryCodeCount = RecoveryCode.count

    /// New codes, to be shown once. Those before are void.
    public func makeRecoveryCodes(in session: Session, _ browser: Browser) async throws -> [String] {
        var generator = SystemRandomNumberGenerator()
        let codes = RecoveryCode.codes(using: &generator)
        try await factors.replaceRecoveryCodes(
            hashes: codes.map { $0.hash(for: session.user.id.number) }, of: session.user.name, by: session.actor,
            from: browser.origin, at: now())
        return codes.map(\.text)
    }

    // MARK: Inside

    /// The code of a step that is judged here.
    private static func refused(_ step: CeremonyStep) -> String {
        CeremonyRefusal(ceremony: .registration, step: step).code
    }

    private func note(_ code: String, in session: Session, _ browser: Browser, at now: Timestamp) async throws {
        try await accounts.note(
            .access(.factorRefused(code: code)), about: session.user.id, from: browser.origin, at: now)
    }

    private func require(_ action: AccountAct, in session: Session, _ known: AccountFactors) throws {
        _ = try AccessPolicy.permit(
            action, on: session.user.name, to: session.actor,
            knowing: AccountFacts(hasSecondFactor: known.hasSecondFactor), at: now())
    }

    /// What a key is called: at most 60 characters on one line; its model where its holder wrote nothing.
    private static func label(_ text: String, model: String?) -> String {
        let line = text.unicodeScalars.filter { $0.properties.generalCategory != .control }
        let trimmed = String(String.UnicodeScalarView(line)).split(whereSeparator: \.isWhitespace).joined(
            separator: " ")
        return String((trimmed.isEmpty ? model ?? "Security key" : trimmed).prefix(60))
    }
}
