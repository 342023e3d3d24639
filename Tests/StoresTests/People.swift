import Accounts
import Acts
import Journal
import Letters
import Policy
import Ports
import Primitives
import Stores
import Support
import Testing
import UTC

/// People who sign in, in an index of their own.
struct People {
    let index: TestIndex
    var stores: Stores { index.stores }
    var now: Timestamp { index.now }
    /// A browser that is known again.
    let origin = RequestOrigin(address: "192.0.2.1", client: "Firefox", mark: [0xAA])

    init() async throws { index = try await TestIndex() }

    func user(_ name: String) async throws -> User {
        let name = try Username(parsing: name)
        if let user = try await stores.accounts.user(named: name) { return user }
        return try await stores.accounts.add(
            NewUser(
                name: name, email: EmailAddress(parsing: "\(name)@example.org"), isAdministrator: false,
                passwordHash: "hash"),
            by: .operatorAtMachine, at: now)
    }

    /// Shows the password.
    func password(
        _ user: User, secret: UInt8 = 1, from place: RequestOrigin? = nil, at moment: Timestamp? = nil
    ) async throws -> Session {
        try await stores.sessions.begin(
            NewSession(secretHash: [secret], user: user.id, use: .password, origin: place ?? origin), at: moment ?? now)
    }

    static func key(_ number: UInt8, label: String? = nil) -> NewSecurityKey {
        NewSecurityKey(
            SecurityKey(
                id: FactorID(0), label: label ?? "Key \(number)", credentialID: [number], publicKey: [1], signCount: 5,
                isBackupEligible: false, isBackedUp: false, verifiesUser: true, isDiscoverable: false,
                transports: ["usb", "nfc"], attestationFormat: "packed", isAttested: true, aaguid: "aa",
                attestationKeyID: nil, modelName: "Model", addedAt: Timestamp(seconds: 0)))
    }

    /// The hash of the link that `allowEnrolment` follows: another for each session, for used ones are kept.
    static func enrolmentLink(in session: Session) -> [UInt8] {
        [0xEE, UInt8(truncatingIfNeeded: session.id.number)]
    }

    /// Follows the mailed link in a session.
    func allowEnrolment(in session: Session, at moment: Timestamp? = nil) async throws -> Session {
        let link = MailedLink(path: "/account/enrol/00/", secretHash: Self.enrolmentLink(in: session))
        try await stores.accounts.mailLink(
            link, .enrolFirstFactor, to: session.user.id, from: origin, at: moment ?? now)
        try await stores.accounts.useEnrolmentLink(
            secretHash: link.secretHash, by: session.actor,
            newSecretHash: [0xEF, UInt8(truncatingIfNeeded: session.id.number)],
            at: moment ?? now)
        return try await refreshed(session)
    }

    func refreshed(_ session: Session) async throws -> Session {
        let all = try await stores.sessions.sessions(of: session.user.id, at: now)
        return try #require(all.first { $0.id == session.id })
    }

    /// An account with one key, and the session in which it was enrolled.
    func withKey(_ name: String, number: UInt8 = 1, secret: UInt8 = 1) async throws -> (User, SecurityKey, Session) {
        let user = try await user(name)
        let session = try await allowEnrolment(in: try await password(user, secret: secret))
        let key = try await stores.factors.add(
            Self.key(number), to: user.name, by: session.actor, from: origin, at: now)
        return (user, key, try await refreshed(session))
    }

    func use(_ key: SecurityKey, count: UInt32) -> FactorUse {
        .securityKey(key.id, signCount: count, isBackedUp: false, userWasVerified: true)
    }

    /// Signs in with password and key.
    func signIn(
        _ user: User, _ key: SecurityKey, count: UInt32, secret: UInt8 = 8, at moment: Timestamp? = nil
    ) async throws -> Session {
        let waiting = try await password(user, secret: secret &- 1, at: moment)
        return try await stores.sessions.prove(
            use(key, count: count), for: .signIn(newSecretHash: [secret]), in: waiting.id, from: origin,
            at: moment ?? now)
    }

    func withApp(_ session: Session, user: User) async throws -> AuthenticatorApp {
        try await stores.factors.addAuthenticatorApp(
            to: user.name, by: session.actor, counter: 10, from: origin, at: now
        ) { id in Array("sealed \(id)".utf8) }
    }

    /// A code of a time step, judged as the real one is.
    static func code(_ counter: Int64) -> CodeCheck {
        { app in
            counter > app.lastCounter ?? -1
                ? .accepted(counter: counter) : .refused(.codeNotAccepted(hint: nil), burnt: nil)
        }
    }

    /// To whom the letters with a subject went.
    func recipients(_ subject: String) async throws -> [String] {
        try await stores.mail.due(at: now + .seconds(864_000), limit: 1_000)
            .filter { $0.mail.letter.subject == subject }.map(\.mail.to.text)
    }

    func events(_ user: User) async throws -> [SecurityEvent.Kind] {
        try await stores.accounts.events(of: user.id, before: nil, limit: 100).compactMap(\.event.kind)
    }
}
