import Accounts
import Acts
import Database
import Foundation
import Giveaway
import Giveaways
import Identity
import Journal
import Letters
import PackagingFormats
import Policy
import Ports
import Primitives
import Secrets
import Stores
import Support
import UTC

/// An index that gives keys away.
struct Giver {
    let index: TestIndex
    let keys: KeyRing
    let giveaways: Giveaways
    let titan: GiveawayName
    var stores: Stores { index.stores }
    var now: Timestamp { index.now }
    let origin = RequestOrigin(address: "192.0.2.1", client: "Firefox")

    init() async throws {
        index = try await TestIndex()
        keys = index.keys
        giveaways = Giveaways(store: index.stores.giveaways, keys: keys, limiter: MemoryRateLimiter())
        titan = try GiveawayName(parsing: "titan-2022")
    }

    /// The programme, with codes.
    @discardableResult
    func programme(
        codes: Int = 3, keys: Int = 4_000, eligibility: GiveawayEligibility = .criticalWithoutKey,
        opens: Duration = .hours(-1), closes: Duration = .hours(1)
    ) async throws -> GiveawayProgramme {
        let terms = try TestGiveaway.terms(
            around: now, keys: keys, eligibility: eligibility, opens: opens, closes: closes)
        let made = try await giveaways.create(titan, terms, by: .operatorAtMachine, at: now)
        if codes > 0 {
            _ = try await giveaways.importCodes(
                TestGiveaway.codes(codes), into: titan, by: .operatorAtMachine, at: now)
        }
        return made
    }

    /// Somebody with an account.
    func person(_ name: String, isAdministrator: Bool = false) async throws -> User {
        try await stores.accounts.add(
            NewUser(
                name: Username(parsing: name), email: EmailAddress(parsing: "\(name)@example.org"),
                isAdministrator: isAdministrator, passwordHash: nil),
            by: .operatorAtMachine, at: now)
    }

    /// Somebody who maintains a critical project.
    func maintainer(_ name: String) async throws -> User {
        let user = try await person(name)
        try await TestGiveaway.designate("core", maintainers: [user.id], in: index.database, at: now)
        return user
    }

    /// Where somebody has signed in just now.
    func session(_ user: User) -> Session {
        Session(
            id: SessionID(0), user: user, assurance: .password,
            standing: SessionStanding(proofs: [Proof(.password, at: now)], strongest: .password), createdAt: now,
            lastSeenAt: now, expiresAt: now + .hours(1), origin: origin)
    }

    func ask(_ user: User, in country: String = "AT", at moment: Timestamp? = nil) async throws -> String {
        try await giveaways.issueCode(
            of: titan, in: session(user), declaring: Country(parsing: country), from: origin, at: moment ?? now)
    }

    /// What the journal says, without the accounts that were made.
    func journal() async throws -> [JournalEntry] {
        try await stores.journal.entries(JournalQuery(limit: 10_000)).filter {
            $0.actionName.hasPrefix("giveaway.")
        }
    }

    func letters() async throws -> [OutgoingLetter] {
        try await stores.mail.due(at: now + .seconds(864_000), limit: 10_000).map {
            OutgoingLetter(to: $0.mail.to.text, letter: $0.mail.letter)
        }
    }

    struct OutgoingLetter {
        let to: String
        let letter: Letter
    }
}
