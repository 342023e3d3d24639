import Accounts
import Acts
import Leaving
import PackagingFormats
import Policy
import Primitives
import Testing
import UTC
import VectorSupport

@Suite("Who ends whose ownership, and when it comes back") struct RoleChangePolicyTests {
    static let now = Timestamp(seconds: 1_795_996_800)
    static let second = Duration.seconds(1)

    /// A case of the table: what is so, in words, and what is known.
    struct Case {
        let words: String
        let facts: OwnerChangeFacts
        var actor: Actor
    }

    static func cases() throws -> [Case] {
        let bob = Actor(.user(UserID(2), try Username(parsing: "bob"), isAdministrator: false), assurance: .password)
        let (old, older) = (now - .days(400), now - .days(800))
        func row(_ words: String, by actor: Actor? = nil, _ facts: OwnerChangeFacts) -> Case {
            Case(words: words, facts: facts, actor: actor ?? bob)
        }
        return [
            row("by an owner for long", OwnerChangeFacts(ownerSince: older, deciderSince: old, othersSince: [old])),
            row(
                "by an owner for a minute",
                OwnerChangeFacts(ownerSince: old, deciderSince: now - .minutes(1), othersSince: [now - .minutes(1)])),
            row(
                "by an owner for 14 days but a second",
                OwnerChangeFacts(
                    ownerSince: old, deciderSince: now - .days(14) + second, othersSince: [now - .days(14) + second])),
            row(
                "by an owner for exactly 14 days",
                OwnerChangeFacts(ownerSince: old, deciderSince: now - .days(14), othersSince: [now - .days(14)])),
            row(
                "by a new owner, of one who is newer",
                OwnerChangeFacts(
                    ownerSince: now - .minutes(1), deciderSince: now - .days(3), othersSince: [now - .days(3)])),
            row(
                "by a new owner, of one since the same moment",
                OwnerChangeFacts(
                    ownerSince: now - .days(3), deciderSince: now - .days(3), othersSince: [now - .days(3)])),
            row(
                "by their own leave, where the other owner is new",
                OwnerChangeFacts(
                    ownerSince: old, isOneself: true, deciderSince: old, othersSince: [now - .minutes(1)])),
            row(
                "critical: by their own leave, where the other owner is new",
                OwnerChangeFacts(
                    ownerSince: old, isOneself: true, deciderSince: old, othersSince: [now - .minutes(1)],
                    isCritical: true)),
            row(
                "critical: by their own leave, where the other owner is one for exactly 14 days",
                OwnerChangeFacts(
                    ownerSince: old, isOneself: true, deciderSince: old, othersSince: [now - .days(14)],
                    isCritical: true)),
            row(
                "critical: by their own leave, where one of the others is one for long",
                OwnerChangeFacts(
                    ownerSince: old, isOneself: true, deciderSince: old,
                    othersSince: [now - .minutes(1), now - .days(30)], isCritical: true)),
            row(
                "critical: a new one leaves again",
                OwnerChangeFacts(
                    ownerSince: now - .minutes(1), isOneself: true, deciderSince: now - .minutes(1),
                    othersSince: [now - .days(2)], isCritical: true)),
            row(
                "critical: by the operator at the machine", by: .operatorAtMachine,
                OwnerChangeFacts(ownerSince: old, othersSince: [now - .minutes(1)], isCritical: true)),
            row(
                "critical: by the index, on the day of a request", by: .index,
                OwnerChangeFacts(ownerSince: old, othersSince: [now - .minutes(1)], isCritical: true)),
        ]
    }

    /// A case of coming back.
    static func returns() throws -> [(String, OwnershipLoss, ReturnFacts)] {
        let (ada, demo) = (try Self.ada, try Self.demo)
        let old = now - .days(400)
        func loss(
            since: Timestamp, takerSince: Timestamp? = old, takenAt: Timestamp = now - .hours(1),
            returnedAt: Timestamp? = nil
        ) -> OwnershipLoss {
            OwnershipLoss(
                project: demo, user: ada, ownerSince: since, became: nil, takenBy: "user bob", takerSince: takerSince,
                takenAt: takenAt, returnedAt: returnedAt)
        }
        let new = now - .days(2)
        return [
            ("an hour later", loss(since: old), ReturnFacts()),
            ("72 hours later but a second", loss(since: old, takenAt: now - .hours(72) + second), ReturnFacts()),
            ("exactly 72 hours later", loss(since: old, takenAt: now - .hours(72)), ReturnFacts()),
            ("for the second time", loss(since: old, returnedAt: now - .minutes(5)), ReturnFacts()),
            ("by who is an owner by now", loss(since: old), ReturnFacts(isOwner: true)),
            (
                "by an old owner, where somebody came back yesterday", loss(since: old),
                ReturnFacts(lastReturnAt: now - .days(1))
            ),
            ("by a new owner whom an older one removed", loss(since: new), ReturnFacts()),
            (
                "by a new owner whom an older one removed, where somebody came back yesterday", loss(since: new),
                ReturnFacts(lastReturnAt: now - .days(1))
            ),
            (
                "by a new owner whom an older one removed, where somebody came back 14 days ago", loss(since: new),
                ReturnFacts(lastReturnAt: now - .days(14))
            ),
            (
                "by a new owner whom a newer one removed, where somebody came back yesterday",
                loss(since: new, takerSince: now - .days(1)), ReturnFacts(lastReturnAt: now - .days(1))
            ),
            (
                "by a new owner whom the operator removed, where somebody came back yesterday",
                loss(since: new, takerSince: nil), ReturnFacts(lastReturnAt: now - .days(1))
            ),
        ]
    }

    static var ada: Username { get throws { try Username(parsing: "ada") } }
    static var demo: ProjectName { get throws { try ProjectName(parsing: "demo") } }

    static func sentence(_ body: () throws(RoleChangeRefusal) -> Void) -> String {
        do {
            try body()
            return "yes"
        } catch {
            return "Refused (\(error.code)): \(error.explanation)"
        }
    }

    @Test("are as the golden table says, with a sentence for each row")
    func golden() throws {
        let (ada, demo) = (try Self.ada, try Self.demo)
        var text = "That ada is an owner of demo no longer:\n"
        for row in try Self.cases() {
            let answer = Self.sentence { () throws(RoleChangeRefusal) in
                try RoleChangePolicy.decide(
                    endOf: ada, on: demo, by: row.actor, knowing: row.facts, at: Self.now)
            }
            text += "  \(row.words): \(answer)\n"
        }
        text += "That ada takes it back:\n"
        for (words, loss, facts) in try Self.returns() {
            let answer = Self.sentence { () throws(RoleChangeRefusal) in
                try RoleChangePolicy.decideReturn(after: loss, knowing: facts, at: Self.now)
            }
            text += "  \(words): \(answer)\n"
        }
        try Golden.expect(text, "role-changes.txt")
    }

    @Test("are never that somebody who is an owner for less than 14 days ends the role of one before them")
    func never() throws {
        let actor = try #require(try Self.cases().first).actor
        let (ada, demo) = (try Self.ada, try Self.demo)
        for hours in [0, 1, 71, 72, 14 * 24 - 1] {
            let since = Self.now - .hours(hours)
            #expect(throws: RoleChangeRefusal.ownerForTooShort(ada, demo, until: since + .days(14))) {
                try RoleChangePolicy.decide(
                    endOf: ada, on: demo, by: actor,
                    knowing: OwnerChangeFacts(
                        ownerSince: since - .microseconds(1), deciderSince: since, othersSince: [since]),
                    at: Self.now)
            }
        }
    }

    @Test("are left to one's own leave by a new owner, and to one of two who came at the same moment")
    func leave() throws {
        let actor = try #require(try Self.cases().first).actor
        let new = Self.now - .days(2)
        try RoleChangePolicy.decide(
            endOf: Self.ada, on: Self.demo, by: actor,
            knowing: OwnerChangeFacts(ownerSince: new - .days(9), isOneself: true, deciderSince: new), at: Self.now)
        try RoleChangePolicy.decide(
            endOf: Self.ada, on: Self.demo, by: actor,
            knowing: OwnerChangeFacts(
                ownerSince: new, isOneself: true, deciderSince: new, othersSince: [new], isCritical: true),
            at: Self.now)
    }

    static func loss(since: Timestamp, takerSince: Timestamp? = nil, returnedAt: Timestamp? = nil) throws
        -> OwnershipLoss
    {
        OwnershipLoss(
            project: try demo, user: try ada, ownerSince: since, became: nil, takenBy: "user bob",
            takerSince: takerSince,
            takenAt: now, returnedAt: returnedAt)
    }

    @Test("are open to be undone for 72 hours, and once")
    func open() throws {
        let loss = try Self.loss(since: Self.now - .days(400))
        #expect(loss.isOpen(at: Self.now + .hours(72) - .microseconds(1)))
        #expect(!loss.isOpen(at: Self.now + .hours(72)))
        #expect(!(try Self.loss(since: loss.ownerSince, returnedAt: Self.now)).isOpen(at: Self.now))
    }

    @Test("are of a settled owner from 14 days on, and one whom nobody before them removed comes back each time")
    func settled() throws {
        #expect(try Self.loss(since: Self.now - .days(14)).isOfSettledOwner)
        let new = Self.now - .days(14) + .microseconds(1)
        #expect(try !Self.loss(since: new).isOfSettledOwner)
        let again = ReturnFacts(lastReturnAt: Self.now)
        let settled = try Self.loss(since: Self.now - .days(14), takerSince: Self.now - .days(800))
        try RoleChangePolicy.decideReturn(after: settled, knowing: again, at: Self.now)
        try RoleChangePolicy.decideReturn(
            after: try Self.loss(since: new, takerSince: new), knowing: again, at: Self.now)
        #expect(throws: RoleChangeRefusal.olderOwnerDecided(try Self.demo)) {
            try RoleChangePolicy.decideReturn(
                after: try Self.loss(since: new, takerSince: new - .microseconds(1)), knowing: again, at: Self.now)
        }
    }
}

@Suite("Whether an account can be deleted") struct AccountDeletionPolicyTests {
    @Test("is as the golden table says, with what to do first")
    func golden() throws {
        let (now, ada) = (RoleChangePolicyTests.now, try RoleChangePolicyTests.ada)
        let (demo, tool) = (try RoleChangePolicyTests.demo, try ProjectName(parsing: "Tool"))
        let rows: [(String, AccountDeletionFacts)] = [
            ("nothing stands against it", AccountDeletionFacts()),
            ("an administrator", AccountDeletionFacts(isAdministrator: true)),
            ("disabled", AccountDeletionFacts(isDisabled: true)),
            ("sole owner of one", AccountDeletionFacts(soleOwned: [demo])),
            ("sole owner of two", AccountDeletionFacts(soleOwned: [demo, tool])),
            ("asked for a removal", AccountDeletionFacts(askedFor: [demo])),
            ("lost a role that they can take back", AccountDeletionFacts(lost: [demo], undoneUntil: now + .seconds(1))),
            ("lost a role, and the time is over", AccountDeletionFacts(lost: [demo], undoneUntil: now)),
            (
                "all of it",
                AccountDeletionFacts(
                    isAdministrator: true, isDisabled: true, soleOwned: [demo], askedFor: [demo], lost: [demo],
                    undoneUntil: now + .days(1))
            ),
        ]
        var text = ""
        for (words, facts) in rows {
            do throws(AccountDeletionRefusal) {
                try AccountDeletionPolicy.decide(ada, knowing: facts, at: now)
                text += "\(words): yes\n"
            } catch { text += "\(words): Refused (\(error.code)): \(error.explanation)\n" }
        }
        try Golden.expect(text, "account-deletions.txt")
    }

    @Test("waits no shorter than what was done to its roles can be undone")
    func wait() { #expect(AccountDeletionPolicy.wait >= RoleChangePolicy.undoing) }
}
