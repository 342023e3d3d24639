import Accounts
import Acts
import PackagingFormats
import Policy
import Primitives
import Projects
import Testing
import UTC

@Suite("Whether an account can be used, and who could publish") struct PeoplePolicyTests {
    static let now = Timestamp(seconds: 1_800_000_000)
    static let left = AccountDisabling(since: now - .days(3), reason: "left the company")

    static func user(
        _ number: Int64 = 1, isAdministrator: Bool = false, disabling: AccountDisabling? = nil
    ) throws -> User {
        User(
            id: UserID(number), name: try Username(parsing: "user\(number)"),
            email: try EmailAddress(parsing: "user\(number)@example.org"), isAdministrator: isAdministrator,
            createdAt: now - .days(400), disabling: disabling)
    }

    static func actor(_ user: User) -> Actor {
        Actor(.user(user.id, user.name, isAdministrator: user.isAdministrator), assurance: .secondFactor)
    }

    static func key(frozenAt: Timestamp? = nil) -> SecurityKey {
        SecurityKey(
            id: FactorID(1), label: "Blue", credentialID: [1], publicKey: [2], signCount: 0, isBackupEligible: false,
            isBackedUp: false, verifiesUser: true, isDiscoverable: false, transports: [], attestationFormat: "none",
            isAttested: false, aaguid: nil, attestationKeyID: nil, modelName: nil, addedAt: now - .days(9),
            frozenAt: frozenAt)
    }

    static func token(
        of user: User, _ assurance: Assurance = .password, projects: [String]? = nil, expiresAt: Timestamp? = nil,
        revokedAt: Timestamp? = nil
    ) throws -> APIToken {
        APIToken(
            id: "t", owner: user, rootKey: [], label: "laptop",
            projects: try projects?.map { try ProjectName(parsing: $0) },
            createdAt: now - .days(9), expiresAt: expiresAt, revokedAt: revokedAt, lastUsedAt: nil, assurance: assurance
        )
    }

    // The columns are the point.
    // swift-format-ignore
    static let disabling: [(whose: Int64, isAdministrator: Bool, isDisabled: Bool, others: Int, refusal: AccountRefusal?)] = [
        (2, false, false, 0, nil),
        (2, true,  false, 2, nil),
        (2, true,  false, 1, .lastOtherAdministrator(try! Username(parsing: "user2"))),  // a literal that is a name
        (2, true,  false, 0, .lastAdministrator(try! Username(parsing: "user2"))),  // a literal that is a name
        (2, true,  true,  0, nil),
        (1, false, false, 1, .ownAccount),
        (1, true,  false, 1, .ownAccount),
    ]

    @Test(
        "Nobody disables the account that they use, or the only other administrator's, so that one of them is left to object",
        arguments: disabling)
    func disable(
        whose: Int64, isAdministrator: Bool, isDisabled: Bool, others: Int, refusal: AccountRefusal?
    ) throws {
        let root = Self.actor(try Self.user(1, isAdministrator: true))
        let user = try Self.user(whose, isAdministrator: isAdministrator, disabling: isDisabled ? Self.left : nil)
        var thrown: AccountRefusal?
        do throws(AccountRefusal) {
            try StandingPolicy.decideDisabling(of: user, by: root, others: others)
        } catch { thrown = error }
        #expect(thrown == refusal)
    }

    @Test("The last administrator stays one, at anyone's wish, and the last other one unless the operator decides")
    func unmake() throws {
        let (root, eve) = (try Self.user(1, isAdministrator: true), try Self.user(2, isAdministrator: true))
        for actor in [Self.actor(root), Self.actor(eve), .operatorAtMachine] {
            #expect(throws: AccountRefusal.lastAdministrator(root.name)) {
                try StandingPolicy.decideUnmaking(of: root, by: actor, others: 0)
            }
        }
        #expect(throws: AccountRefusal.lastOtherAdministrator(root.name)) {
            try StandingPolicy.decideUnmaking(of: root, by: Self.actor(eve), others: 1)
        }
        try StandingPolicy.decideUnmaking(of: root, by: Self.actor(eve), others: 2)
        try StandingPolicy.decideUnmaking(of: root, by: Self.actor(root), others: 1)
        try StandingPolicy.decideUnmaking(of: root, by: .operatorAtMachine, others: 1)
        try StandingPolicy.decideDisabling(of: root, by: .operatorAtMachine, others: 1)
    }

    @Test("A session or a token of a disabled account proves nobody at the commit, whatever it did before")
    func renewal() throws {
        let (able, disabled) = (try Self.user(), try Self.user(disabling: Self.left))
        func session(_ user: User) -> Session {
            Session(
                id: SessionID(7), user: user, assurance: .secondFactor,
                standing: SessionStanding(strongest: .secondFactor),
                createdAt: Self.now, lastSeenAt: Self.now, expiresAt: Self.now + .days(1), origin: RequestOrigin())
        }
        let inSession = session(able).actor
        _ = try inSession.renewed(by: session(able))
        #expect(throws: AccessRefusal.accountDisabled(Self.left)) { try inSession.renewed(by: session(disabled)) }
        let withToken = Actor(
            .user(able.id, able.name, isAdministrator: false), assurance: .password, token: TokenStanding(id: "t"))
        _ = try withToken.renewed(by: Self.token(of: able), at: Self.now)
        #expect(throws: AccessRefusal.accountDisabled(Self.left)) {
            try withToken.renewed(by: Self.token(of: disabled), at: Self.now)
        }
        let words = AccessRefusal.accountDisabled(Self.left).explanation
        #expect(words.contains("left the company.") && words.contains("Ask the people who run this index"))
        #expect(AccessRefusal.accountDisabled(Self.left).kind == .forbidden)
    }

    @Test("A reason is one line, and never empty")
    func reasons() {
        #expect(AccountDisabling.reason(typed: " left\r\nthe  company ") == "left the company")
        #expect(AccountDisabling.reason(typed: " \n\t") == nil)
        #expect(
            AccountDisabling.reason(typed: String(repeating: "a", count: 900))?.count == AccountDisabling.longestReason)
    }

    /// A project that asks for two factors.
    static func facts(
        required: Assurance = .secondFactor, strongest: Assurance = .phishingResistant,
        probationUntil: Timestamp? = nil,
        status: ProjectStatus = .active, lacksVerifiedAddress: Bool = false
    ) -> ProjectFacts {
        ProjectFacts(
            exists: true, role: .maintainer, status: status,
            mandate: MandateFacts(
                requiredByOwners: required, holdings: FactorHoldings(strongest: strongest, securityKeys: 1),
                probationUntil: probationUntil),
            lacksVerifiedAddress: lacksVerifiedAddress)
    }

    static func publisher(
        _ user: User, factors: AccountFactors, tokens: [APIToken], _ facts: ProjectFacts
    ) throws -> Publisher {
        Publisher(
            user, as: .maintainer, on: try ProjectName(parsing: "demo"), factors: factors, tokens: tokens,
            knowing: facts, at: now)
    }

    @Test("Who could publish, and with what, is what the policy would answer each credential")
    func publishers() throws {
        let ada = try Self.user()
        let factors = AccountFactors(securityKeys: [Self.key()])
        let tokens = [
            try Self.token(of: ada, .phishingResistant), try Self.token(of: ada, .password),
            try Self.token(of: ada, .phishingResistant, projects: ["Demo"]),
            // Those are no way in, and are left out.
            try Self.token(of: ada, .phishingResistant, projects: ["other"]),
            try Self.token(of: ada, .phishingResistant, revokedAt: Self.now),
            try Self.token(of: ada, .phishingResistant, expiresAt: Self.now),
        ]
        let ready = try Self.publisher(ada, factors: factors, tokens: tokens, Self.facts())
        #expect(ready.refusal == nil && ready.couldPublish)
        #expect(ready.tokens.map { $0.refusal == nil } == [true, false, true])
        #expect(ready.tokens[1].refusal?.whyNotPublished == "takes a second factor, which the account has")

        let open = try Self.publisher(ada, factors: AccountFactors(), tokens: tokens, Self.facts(required: .password))
        #expect(open.couldPublish && open.refusal == nil && open.tokens.allSatisfy { $0.refusal == nil })

        let without = try Self.publisher(
            ada, factors: AccountFactors(), tokens: [tokens[1]], Self.facts(strongest: .password))
        #expect(!without.couldPublish)
        #expect(without.refusal?.whyNotPublished == "takes a second factor, which the account has not")

        // A session is enough, and so is a token that was made when there was more to show.
        let session = try Self.publisher(ada, factors: factors, tokens: [], Self.facts())
        #expect(session.refusal == nil && session.couldPublish)
        let token = try Self.publisher(
            ada, factors: AccountFactors(), tokens: [tokens[0]], Self.facts(strongest: .password))
        #expect(token.refusal != nil && token.couldPublish)
    }

    @Test("Probation, a missing address, an archived project and a disabled account keep everybody out")
    func keptOut() throws {
        let ada = try Self.user()
        let factors = AccountFactors(securityKeys: [Self.key()])
        let until = Self.now + .hours(5)
        for (facts, words) in [
            (Self.facts(probationUntil: until), "the second factor counts from \(until.readableMinute) on"),
            (Self.facts(status: .archived), "the project is archived"),
            (Self.facts(lacksVerifiedAddress: true), "the account's primary address is not verified"),
        ] {
            let kept = try Self.publisher(
                ada, factors: factors, tokens: [Self.token(of: ada, .phishingResistant)], facts)
            #expect(!kept.couldPublish && kept.refusal?.whyNotPublished == words)
            #expect(kept.tokens.map { $0.refusal?.whyNotPublished } == [words])
        }
        let disabled = try Self.user(disabling: Self.left)
        let kept = try Self.publisher(
            disabled, factors: factors, tokens: [Self.token(of: disabled, .phishingResistant)], Self.facts())
        #expect(!kept.couldPublish)
        #expect(kept.refusal == .accountDisabled(Self.left))
        #expect(kept.tokens.map(\.refusal) == [.accountDisabled(Self.left)])
    }

    @Test(
        "Owners are told of each other who could publish and with how much of what, and nothing to attack somebody by")
    func outline() throws {
        let ada = try Self.user()
        let red = DisownedFactor(
            id: FactorID(3), label: "Red", isApp: false, addedAt: Self.now, disownedAt: Self.now)
        var lost = Self.key()
        (lost.isLost, lost.label) = (true, "Lost one")
        let factors = AccountFactors(
            securityKeys: [Self.key(frozenAt: Self.now), lost, Self.key()],
            authenticatorApps: [
                AuthenticatorApp(
                    id: FactorID(9), sealedSecret: [], lastCounter: nil, addedAt: Self.now, lastUsedAt: nil)
            ],
            disowned: [red])
        let tokens = [
            try Self.token(of: ada, .phishingResistant), try Self.token(of: ada), try Self.token(of: ada),
        ]
        let outline = PublisherOutline(
            try Self.publisher(ada, factors: factors, tokens: tokens, Self.facts()), at: Self.now)
        #expect(outline.couldPublish && outline.whyNotOnTheWeb == nil && outline.role == .maintainer)
        #expect(
            outline.factors.map { "\($0.count) \($0.kind) \($0.counts)" } == [
                "2 Security key or passkey true", "1 Authenticator app true", "1 Security key or passkey false",
            ])
        #expect(outline.tokens.map { "\($0.count) \($0.counts)" } == ["1 true", "2 false"])

        func whyNot(_ user: User, _ facts: ProjectFacts) throws -> String? {
            PublisherOutline(try Self.publisher(user, factors: factors, tokens: [], facts), at: Self.now).whyNotOnTheWeb
        }
        #expect(try whyNot(Self.user(disabling: Self.left), Self.facts()) == "the account is disabled")
        #expect(try whyNot(ada, Self.facts(status: .archived)) == "the project is archived")
        #expect(
            try whyNot(ada, Self.facts(lacksVerifiedAddress: true))
                == "the account lacks something that its holder is told of")
    }

    @Test("A list says of each factor whether it counts")
    func factorLines() {
        let until = Self.now + .hours(1)
        func lines(_ factors: AccountFactors) -> [String] { factors.lines(at: Self.now).map(\.state) }
        #expect(lines(AccountFactors(securityKeys: [Self.key()])) == ["counts"])
        #expect(
            lines(AccountFactors(securityKeys: [Self.key()], probation: Probation(.firstFactor, until: until)))
                == ["counts from \(until.readableMinute) on"])
        #expect(
            lines(AccountFactors(securityKeys: [Self.key()], probation: Probation(.firstFactor, until: Self.now))) == [
                "counts"
            ])
        #expect(
            lines(AccountFactors(securityKeys: [Self.key(frozenAt: Self.now)]))
                == ["not taken since \(Self.now.readableMinute): there may be a copy of it"])
    }

    @Test("A factor that waits for itself and with its account counts when both are over")
    func laterOfBoth() {
        let (early, late) = (Self.now + .hours(1), Self.now + .hours(2))
        for (own, account) in [(early, late), (late, early)] {
            var key = Self.key()
            key.probationUntil = own
            let factors = AccountFactors(securityKeys: [key], probation: Probation(.recovery, until: account))
            #expect(factors.lines(at: Self.now).map(\.state) == ["counts from \(late.readableMinute) on"])
        }
    }

    @Test("What waits for a decision is looked at for thirty days, and twenty recoveries are named")
    func numbers() { #expect(WaitingPeople.window == .days(30) && WaitingPeople.mostNamed == 20) }

    @Test("What needs a decision comes in the order of its haste, and what has begun or is well is left out")
    func decisions() throws {
        let (bob, due) = (try Username(parsing: "bob"), Self.now + .days(3))
        let recovery = AccountRecovery(requestedAt: Self.now, dueAt: due, approvedBy: nil)
        func forecast(_ days: Int) throws -> RefusalForecast {
            let day = Self.now.day + days
            let rule = try MandateRule(announcedFrom: day, enforcedFrom: day, noticeDays: 0)
            return RefusalForecast(
                rule, toldUnder: rule, at: [RefusalForecast.Project(told: [], isInTopShare: false)], now: Self.now)
        }
        func list(_ people: WaitingPeople, givenUp: Int = 0, _ forecast: RefusalForecast) -> [AwaitedDecision] {
            AwaitedDecision.list(
                people, mail: (givenUp, 3), metadata: givenUp > 0 ? "too old" : nil, forecast: forecast, at: Self.now)
        }
        let none = WaitingPeople(recoveries: [], newFactors: 0, administrators: 2)
        #expect(list(none, try forecast(-9)).isEmpty)
        let ripe = AccountRecovery(requestedAt: Self.now - .days(9), dueAt: Self.now, approvedBy: nil)
        let late = WaitingPeople(recoveries: [(bob, ripe)], newFactors: 0, administrators: 2)
        #expect(
            list(late, try forecast(-9)).map(\.sentence) == [
                "bob lost every second factor, and can come in since \(Self.now.readableMinute) unless somebody cancels it."
            ])
        let strangers = WaitingPeople(recoveries: [], moreRecoveries: 1, newFactors: 0, administrators: 2)
        #expect(
            list(strangers, try forecast(-9)).map(\.sentence) == ["One account is recovered, unless somebody objects."])
        let all = WaitingPeople(
            recoveries: [(bob, recovery)], moreRecoveries: 7, frozenKeys: 1, disownedFactors: 3, newFactors: 2,
            administrators: 1)
        let decisions = list(all, givenUp: 1, try forecast(9))
        #expect(
            decisions.map(\.sentence) == [
                "bob lost every second factor, and is let in on \(due.readableMinute) unless somebody objects.",
                "7 other accounts are recovered, unless somebody objects.",
                "A security key of somebody with a role was frozen in the last thirty days: there may be a copy.",
                "Second factors of 3 people with a role were said not to be theirs in the last thirty days: "
                    + "somebody else may be in the account.",
                "A mail was given up, and 3 more wait.", "too old",
                "From \((Self.now.day + 9).readable) on, anyone who lacks a second factor is refused at a critical project.",
                "2 people with a role wait until their first second factors count.",
                "There is one administrator. If they lose their factors, nobody can approve their recovery on the web.",
            ])
    }

    @Test(
        "Metadata of security keys are renewed in time", arguments: [(20, false), (14, false), (13, true), (-1, true)])
    func metadata(days: Int, isAsked: Bool) {
        let metadata = AuthenticatorMetadata(
            number: 1, nextUpdate: Self.now.day + days, importedAt: Self.now - .days(30), models: 9)
        #expect((metadata.renewalWords(at: Self.now) != nil) == isAsked)
    }

    @Test("What is looked for is a text, and what only some accounts are")
    func queries() {
        #expect(PersonQuery(" Ada@Example.org  is:ADMIN ") == PersonQuery("is:admin ada@example.org"))
        #expect(PersonQuery("ada").filters.isEmpty && PersonQuery("ada").text == "ada")
        #expect(PersonQuery("is:nonsense").text == "is:nonsense")
        #expect(PersonQuery("").filters.isEmpty)
    }
}
