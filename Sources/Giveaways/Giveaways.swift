import Accounts
import Bytes
import Documents
import Giveaway
import Policy
import Ports
import Primitives
import Secrets
import UTC

/// Giveaways of security keys, as people and administrators use them: codes are sealed on their way in, and opened for
/// whom they belong to.
public struct Giveaways: Sendable {
    private let store: any GiveawayStore
    private let keys: KeyRing
    private let limiter: any RateLimiter

    /// Over a store, with the keys that codes are sealed with.
    ///
    /// - Parameter limiter: counts how often people ask.
    public init(store: any GiveawayStore, keys: KeyRing, limiter: any RateLimiter) {
        self.limiter = limiter
        self.store = store
        self.keys = keys
    }

    // MARK: What administrators do

    /// All giveaways with their figures, newest first.
    public func reports() async throws -> [GiveawayReport] { try await store.reports() }

    /// What came of one.
    public func report(on name: GiveawayName) async throws -> GiveawayReport { try await store.report(on: name) }

    /// Makes one.
    @discardableResult
    public func create(
        _ name: GiveawayName, _ terms: GiveawayTerms, by actor: Actor, at now: Timestamp
    ) async throws -> GiveawayProgramme {
        try await store.create(name, terms, by: actor, at: now)
    }

    /// Changes one.
    @discardableResult
    public func change(
        _ name: GiveawayName, _ change: GiveawayChange, by actor: Actor, at now: Timestamp
    ) async throws -> GiveawayProgramme {
        try await store.change(name, change, by: actor, at: now)
    }

    /// Closes one before its time.
    @discardableResult
    public func close(_ name: GiveawayName, by actor: Actor, at now: Timestamp) async throws -> GiveawayProgramme {
        try await store.close(name, by: actor, at: now)
    }

    /// Takes in a sponsor's file of codes, whole or not at all, and returns how many there are.
    public func importCodes(
        _ file: [UInt8], into name: GiveawayName, by actor: Actor, at now: Timestamp
    ) async throws -> Int {
        let codes = try CodeFile(file).lines.map { line in
            let fingerprint = keys.authenticationCode(for: Array(line.code.lowercased().utf8), purpose: Self.purpose)
            return SealedGiveawayCode(
                line: line.number, fingerprint: fingerprint,
                formerFingerprint: keys.authenticationCode(for: Array(line.code.utf8), purpose: Self.purpose),
                sealed: try keys.seal(Array(line.code.utf8), for: Self.context(fingerprint)).serialized)
        }
        return try await store.importCodes(codes, into: name, by: actor, at: now)
    }

    // MARK: What people do

    /// What somebody sees of a giveaway: how it stands to them, and their code where they have one.
    public struct View: Sendable {
        /// How it stands to them.
        public let standing: GiveawayStanding
        /// The code that they have.
        public let code: String?

        /// What somebody sees of a giveaway.
        public init(standing: GiveawayStanding, code: String?) {
            self.standing = standing
            self.code = code
        }

        /// Why they would get no code now; nil where they would get one, or has one. Where they are has not been asked.
        public func refusal(at now: Timestamp) -> GiveawayRefusal? { standing.refusal(at: now) }
    }

    /// The giveaways that are something to somebody: those that are not over, and those of which they have a code;
    /// where there are none, the one that was last. Newest first.
    public func views(for user: UserID?, at now: Timestamp) async throws -> [View] {
        let all = try await store.standings(of: user)
        let current = all.filter { $0.own != nil || $0.giveaway.phase(at: now) != .closed }
        return try (current.isEmpty ? Array(all.prefix(1)) : current).map { standing in
            View(standing: standing, code: try standing.own.map(open))
        }
    }

    /// The giveaways of which somebody would get a code now, or has one. Newest first.
    public func offers(to user: UserID, at now: Timestamp) async throws -> [GiveawayStanding] {
        try await store.standings(of: user).filter { $0.refusal(at: now) == nil }
    }

    /// Gives somebody a code in a session of their: a new one, or the one that they have.
    public func issueCode(
        of name: GiveawayName, in session: Session, declaring country: Country, from origin: RequestOrigin,
        at now: Timestamp
    ) async throws -> String {
        // Each is a write, whatever comes of it.
        try await limiter.acquire([Attempt(.giveawayByAccount, session.user.id.description)], at: now)
        return try open(
            await store.issueCode(
                of: name, to: session.user.name, in: country, by: session.actor, from: origin, at: now))
    }

    // MARK: Sealing

    private func open(_ code: IssuedGiveawayCode) throws -> String {
        let bytes = try keys.open(SealedSecret(serialized: code.sealed), for: Self.context(code.fingerprint))
        return String(decoding: bytes, as: UTF8.self)
    }

    private static let purpose = "giveaway-code"

    /// What a code is sealed for: the row with its fingerprint, and no other.
    private static func context(_ fingerprint: [UInt8]) -> String {
        SecretContext.giveawayCode(fingerprint: fingerprint.hexadecimal)
    }
}
