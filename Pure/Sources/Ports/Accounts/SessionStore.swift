import Accounts
import Policy
import UTC

/// The sessions of the index, and what is under way in them. They are no part of what the index holds, so no journal
/// entry is written for them; what matters to a person is in the account's event log.
public protocol SessionStore: Sendable {
    /// Begins a session. An account with a second factor gets one that is held to showing it, unless a key was shown.
    func begin(_ session: NewSession, at now: Timestamp) async throws -> Session
    /// The live session of the browser with a secret, by its SHA-256; nil when there is none.
    func session(secretHash: [UInt8], at now: Timestamp) async throws -> Session?
    /// Uses a factor, and finishes signing in or proves for an act, in one transaction. The session has the new secret
    /// then. Throws `FactorRefusal` or what
    /// `check` throws.
    func prove(
        _ use: FactorUse, for purpose: FactorPurpose, in session: SessionID, from origin: RequestOrigin,
        at now: Timestamp
    ) async throws -> Session
    /// The live sessions of an account, the last used first.
    func sessions(of user: UserID, at now: Timestamp) async throws -> [Session]
    /// Ends one session of an account. Its holder is told, unless they do it in that very session.
    func end(_ session: SessionID, of user: Username, by actor: Actor, at now: Timestamp) async throws
    /// Ends all sessions of an account but one, and forgets the browsers in which it was, but the actor's.
    func endAll(of user: Username, except kept: SessionID?, by actor: Actor, at now: Timestamp) async throws
    /// Whether an account was signed in to from somewhere before.
    func knownDevice(of origin: RequestOrigin, to user: UserID, at now: Timestamp) async throws -> KnownDevice

    /// Keeps a challenge, in place of an earlier one of the same browser for the same purpose, and forgets the oldest
    /// beyond `Challenge.mostPerBrowser`.
    func keep(_ challenge: Challenge) async throws
    /// Takes a challenge out, so that it can be answered once; nil when there is none or it is too old.
    func take(browser: [UInt8], purpose: ChallengePurpose, at now: Timestamp) async throws -> Challenge?
    /// Removes what has ended: sessions, challenges, links, old events, browsers that did not come for long.
    func removeEnded(at now: Timestamp) async throws
}
