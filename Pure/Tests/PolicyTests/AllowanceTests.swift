import Accounts
import Acts
import PackagingFormats
import Policy
import Primitives
import Testing
import UTC

@Suite("How much an account may publish") struct AllowanceTests {
    /// Ten minutes past an hour of the clock.
    static let now = Timestamp(seconds: 500_000 * 3_600 + 600)

    static let allowance = Allowance(
        projects: .init(perHour: 2, perDay: 3), files: .init(perHour: 10, perDay: 20),
        bytes: .init(perHour: 1_000, perDay: nil))

    /// What was published so many hours of the clock ago.
    static func ago(_ hours: Int64, projects: Int64 = 0, files: Int64 = 0, bytes: Int64 = 0) -> PublishedHour {
        PublishedHour(hour: 500_000 - hours, PublishedAmount(projects: projects, files: files, bytes: bytes))
    }

    // The columns are the point.
    // swift-format-ignore
    static let table: [(used: [PublishedHour], wanted: PublishedAmount, Allowance.Quantity?, seconds: Int?)] = [
        ([],                                         .init(projects: 1, files: 1, bytes: 1),     nil,       nil),
        ([ago(0, projects: 1, files: 1)],            .init(projects: 1, files: 1),               nil,       nil),
        ([ago(0, projects: 2, files: 2)],            .init(projects: 1, files: 1),               .projects, 3_000),
        ([ago(0, projects: 2, files: 2)],            .init(files: 1),                            nil,       nil),
        ([ago(1, projects: 2, files: 2)],            .init(projects: 1, files: 1),               nil,       nil),
        ([ago(1, projects: 2), ago(2, projects: 1)], .init(projects: 1, files: 1),               .projects, 22 * 3_600 - 600),
        ([ago(23, projects: 3)],                     .init(projects: 1, files: 1),               .projects, 3_000),
        ([ago(24, projects: 3)],                     .init(projects: 1, files: 1),               nil,       nil),
        ([ago(0, files: 9)],                         .init(files: 1),                            nil,       nil),
        ([ago(0, files: 10)],                        .init(files: 1),                            .files,    3_000),
        ([ago(1, files: 10), ago(2, files: 9)],      .init(files: 1),                            nil,       nil),
        ([ago(1, files: 10), ago(2, files: 10)],     .init(files: 1),                            .files,    22 * 3_600 - 600),
        ([ago(0, bytes: 400)],                       .init(files: 1, bytes: 600),                nil,       nil),
        ([ago(0, bytes: 400)],                       .init(files: 1, bytes: 601),                .bytes,    3_000),
        ([ago(0, bytes: 999)],                       .init(files: 1),                            nil,       nil),
        ([ago(0, bytes: 1_000)],                     .init(files: 1),                            .bytes,    3_000),
        ([ago(1, bytes: 9_999)],                     .init(files: 1, bytes: 1_000),              nil,       nil),
        // However large: how large a file may be is another rule.
        ([],                                         .init(files: 1, bytes: 5_000),              nil,       nil),
    ]

    @Test("An hour and a day of the clock, each quantity by itself, and when it may be tried again", arguments: table)
    func decide(
        used: [PublishedHour], wanted: PublishedAmount, quantity: Allowance.Quantity?, seconds: Int?
    ) {
        var refusal: AllowanceRefusal?
        do { try Self.allowance.decide(wanted, after: used, at: Self.now) } catch { refusal = error }
        #expect(refusal?.quantity == quantity && refusal?.retryAfterSeconds == seconds)
        if let refusal, let seconds { #expect(refusal.kind == .tooMany(retryAfterSeconds: seconds)) }
    }

    @Test("When the time that a refusal names has passed, the same is taken")
    func honestRetry() throws {
        for (used, wanted, _, seconds) in Self.table {
            guard let seconds else { continue }
            try Self.allowance.decide(wanted, after: used, at: Self.now + .seconds(seconds))
            #expect(throws: AllowanceRefusal.self) {
                try Self.allowance.decide(wanted, after: used, at: Self.now + .seconds(seconds - 1))
            }
        }
    }

    @Test("Anyone who has no limits publishes any amount")
    func unlimited() throws {
        try Allowance.unlimited.decide(
            PublishedAmount(projects: 1, files: 1, bytes: .max / 2),
            after: [Self.ago(0, projects: 1_000_000, files: 1_000_000, bytes: .max / 2 - 1)], at: Self.now)
    }

    @Test("The refusal says how much it was, and when to come again")
    func words() {
        var refusal: AllowanceRefusal?
        do { try Self.allowance.decide(.init(files: 1), after: [Self.ago(0, files: 10)], at: Self.now) } catch {
            refusal = error
        }
        #expect(
            refusal?.explanation == "Your account has published what it may for now: 10 files an hour. Try again in 50 "
                + "minutes, or ask the people who run this index for more (rind user limits).")
        #expect(refusal?.code == "allowance.files")
    }

    static let texts: [(String, Allowance.Limit?)] = [
        ("none", Allowance.Limit.none), ("5/hour", .init(perHour: 5, perDay: nil)),
        ("5/hour, 7/day", .init(perHour: 5, perDay: 7)), ("7/day,5/hour", .init(perHour: 5, perDay: 7)),
        ("", nil), ("5", nil), ("0/hour", nil), ("-1/day", nil), ("5/hour,6/hour", nil), ("5/week", nil),
        ("x/day", nil),
        ("5/hour,", nil),
    ]

    @Test("Limits are read as they are written", arguments: texts)
    func text(text: String, limit: Allowance.Limit?) {
        let read = Allowance.Limit(parsing: text, number: Int64.init)
        #expect(read == limit)
        if let limit { #expect(Allowance.Limit(parsing: limit.text, number: Int64.init) == limit) }
    }
}

extension AccountPolicyTests {
    @Test(
        "Without a verified address nobody makes tokens, publishes or takes a role; all else goes on",
        arguments: Act.allCases)
    func verifiedAddress(action: Act) throws {
        let ada = try Username(parsing: "ada")
        let demo = try ProjectName(parsing: "demo")
        let holder = Actor(
            .user(UserID(1), ada, isAdministrator: true), assurance: .attestedHardware,
            session: Self.fresh(.attestedHardware))
        func judge(_ actor: Actor, _ isLacking: Bool) throws -> Permit {
            switch action {
            case .project(let act):
                try AccessPolicy.permit(
                    act, on: demo, to: actor,
                    knowing: ProjectFacts(exists: true, role: .owner, lacksVerifiedAddress: isLacking), at: Self.now)
            case .account(let act):
                try AccessPolicy.permit(
                    act, on: ada, to: actor,
                    knowing: AccountFacts(hasSecondFactor: true, lacksVerifiedAddress: isLacking), at: Self.now)
            case .index(let act): try AccessPolicy.permit(act, to: actor, at: Self.now)
            }
        }
        let needing = Set(
            [
                .createProject, .createRelease, .uploadFile, .unyankRelease, .unyankFile, .recreateProject, .addRole,
                .changeRole, .inviteCollaborator, .acceptRole, .takeOver, .stageFile, .approveStage,
            ].map(Act.project) + [.issueToken, .issueGiveawayCode].map(Act.account))
        func isRefused(_ isLacking: Bool) -> Bool {
            if case .failure(AccessRefusal.addressNotVerified) = Result(catching: { try judge(holder, isLacking) }) {
                true
            } else {
                false
            }
        }
        #expect(isRefused(true) == needing.contains(action))
        #expect(!isRefused(false))
        // Anyone who runs commands on the machine answers for what they do.
        _ = try judge(.operatorAtMachine, true)
    }

    @Test("A token for a project that asks for more takes what an upload would")
    func tokenForBoundProject() throws {
        let ada = try Username(parsing: "ada")
        let demo = try ProjectName(parsing: "demo")
        let bound = MandateFacts(
            requiredByOwners: .secondFactor, holdings: FactorHoldings(strongest: .phishingResistant))
        func make(_ assurance: Assurance, _ facts: MandateFacts) throws {
            let actor = try Self.actor("ada", assurance, session: Self.fresh(assurance))
            _ = try AccessPolicy.permit(
                .issueToken, on: ada, to: actor, knowing: AccountFacts(mandates: [(demo, facts)]), at: Self.now)
        }
        try make(.secondFactor, bound)
        try make(.password, .none)
        let refusal = #expect(throws: AccessRefusal.self) { try make(.password, bound) }
        guard case .mandate(let why) = refusal else {
            Issue.record("\(String(describing: refusal))")
            return
        }
        #expect(why.explanation.contains("demo"))
        var onProbation = bound
        onProbation.probationUntil = Self.now + .seconds(1)
        #expect(throws: AccessRefusal.self) { try make(.secondFactor, onProbation) }
    }

    @Test("A session that is weaker than its account is asked for the proof that raises it, not refused the token")
    func tokenInWeakSession() throws {
        let ada = try Username(parsing: "ada")
        let demo = try ProjectName(parsing: "demo")
        func refusal(accountHas: Assurance, proofs: [Proof]) throws -> AccessRefusal? {
            let actor = try Self.actor(
                "ada", .password, session: SessionStanding(proofs: proofs, strongest: .secondFactor))
            let bound = MandateFacts(
                requiredByOwners: .phishingResistant, holdings: FactorHoldings(strongest: accountHas))
            return #expect(throws: AccessRefusal.self) {
                try AccessPolicy.permit(
                    .issueToken, on: ada, object: "for demo", to: actor,
                    knowing: AccountFacts(mandates: [(demo, bound)]), at: Self.now)
            }
        }
        let stepUp = StepUp(action: .account(.issueToken), object: "for demo", assurance: .secondFactor)
        #expect(try refusal(accountHas: .phishingResistant, proofs: []) == .freshProofNeeded(stepUp))
        // Shown already, it was not enough: asked again, it would not be more.
        let shown = Proof(.secondFactor, at: Self.now)
        #expect(try refusal(accountHas: .phishingResistant, proofs: [shown])?.asksToShowFactor == true)
        // Nobody shows anything for what the account has not.
        #expect(try refusal(accountHas: .secondFactor, proofs: [])?.asksForFactor == true)
    }
}
