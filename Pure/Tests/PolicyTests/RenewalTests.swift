import Accounts
import Acts
import Policy
import Primitives
import Testing
import UTC

/// At the commit of an act, the credential that it began with is read once more.
@Suite("A credential that is read once more") struct RenewalTests {
    static let now = PeoplePolicyTests.now

    private static func withToken(_ user: User, expiresAt: Timestamp? = nil) -> Actor {
        Actor(
            .user(user.id, user.name, isAdministrator: false), assurance: .password,
            token: TokenStanding(id: "t", expiresAt: expiresAt))
    }

    @Test("proves nobody where the token is not there, is somebody else's, or was revoked, however long ago")
    func tokenEnded() throws {
        let (ada, eve) = (try PeoplePolicyTests.user(1), try PeoplePolicyTests.user(2))
        let records = [
            nil, try PeoplePolicyTests.token(of: eve), try PeoplePolicyTests.token(of: ada, revokedAt: Self.now),
            try PeoplePolicyTests.token(of: ada, revokedAt: Self.now - .days(400)),
        ]
        for record in records {
            #expect(throws: AccessRefusal.tokenEnded(.revoked)) {
                try Self.withToken(ada).renewed(by: record, at: Self.now)
            }
        }
    }

    @Test("lasts until the earliest of the ends that the token's caveats and the index name, and not at that moment")
    func tokenExpired() throws {
        let ada = try PeoplePolicyTests.user(1)
        let (end, later) = (Self.now, Self.now + .days(1))
        for (caveat, stored) in [(end, nil), (nil, end), (end, later), (later, end)] as [(Timestamp?, Timestamp?)] {
            let actor = Self.withToken(ada, expiresAt: caveat)
            let record = try PeoplePolicyTests.token(of: ada, expiresAt: stored)
            #expect(try actor.renewed(by: record, at: end - .microseconds(1)).userID == ada.id)
            #expect(throws: AccessRefusal.tokenEnded(.expired(at: end))) { try actor.renewed(by: record, at: end) }
        }
        let forEver = try PeoplePolicyTests.token(of: ada)
        #expect(try Self.withToken(ada).renewed(by: forEver, at: later + .days(10_000)).userID == ada.id)
    }

    @Test("proves nobody where the session has ended, or is somebody else's")
    func session() throws {
        func session(of user: User) -> Session {
            Session(
                id: SessionID(7), user: user, assurance: .password, standing: SessionStanding(strongest: .password),
                createdAt: Self.now, lastSeenAt: Self.now, expiresAt: Self.now + .days(1), origin: RequestOrigin())
        }
        let ada = session(of: try PeoplePolicyTests.user(1))
        for found in [nil, session(of: try PeoplePolicyTests.user(2))] {
            #expect(throws: AccessRefusal.notSignedIn) { try ada.actor.renewed(by: found) }
        }
        #expect(try ada.actor.renewed(by: ada) == ada.actor)
    }
}
