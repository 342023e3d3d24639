import Accounts
import Acts
import PackagingFormats
import Policy
import Primitives
import Projects
import Testing
import UTC

// Each of these was found by Tests/Mutation/mutate.py: the rule could be broken, and all tests were content.

@Suite("Where the rules of access end") struct AccessEdgeTests {
    static let now = Timestamp(seconds: 1_000_000)
    static let microsecond = Duration.microseconds(1)

    @Test(
        "An archived project takes no release, as it takes no file", arguments: [ProjectStatus.archived, .quarantined])
    func releases(status: ProjectStatus) throws {
        let demo = try ProjectName(parsing: "demo")
        let owner = try AccountPolicyTests.actor(session: AccountPolicyTests.fresh())
        let facts = ProjectFacts(exists: true, role: .owner, status: status)
        #expect(throws: AccessRefusal.takesNoUploads(demo, status)) {
            try AccessPolicy.permit(.createRelease, on: demo, to: owner, knowing: facts, at: Self.now)
        }
    }

    @Test("Somebody whose factor is new vouches from the moment on that their probation ends")
    func endOfProbation() throws {
        let actor = try AccountPolicyTests.actor(
            "ada", .phishingResistant, session: AccountPolicyTests.fresh(.phishingResistant))
        func vouch(_ until: Timestamp) throws {
            _ = try AccessPolicy.permit(
                .approveRecovery, on: Username(parsing: "bob"), to: actor,
                knowing: AccountFacts(hasSecondFactor: true, actorCanVouch: true, actorProbationUntil: until),
                at: Self.now)
        }
        let until = Self.now + Self.microsecond
        #expect(throws: AccessRefusal.vouchesTooEarly(until: until)) { try vouch(until) }
        try vouch(Self.now)
    }

    @Test("Vouching on probation is refused as vouching, so that it is said until when")
    func vouchingOnProbation() throws {
        let until = Self.now + .hours(1)
        var session = AccountPolicyTests.fresh(.phishingResistant)
        session.probationUntil = until
        let actor = try AccountPolicyTests.actor("ada", .phishingResistant, session: session)
        let facts = AccountFacts(hasSecondFactor: true, actorCanVouch: true, actorProbationUntil: until)
        #expect(throws: AccessRefusal.vouchesTooEarly(until: until)) {
            try AccessPolicy.permit(
                .approveRecovery, on: Username(parsing: "bob"), to: actor, knowing: facts, at: Self.now)
        }
    }

    @Test("What a project asks for is held against making a token for it, and against no other act on an account")
    func mandatesOfTokens() throws {
        let ada = try Username(parsing: "ada")
        let facts = AccountFacts(
            mandates: [(try ProjectName(parsing: "demo"), MandateFacts(requiredByOwners: .attestedHardware))])
        let actor = try AccountPolicyTests.actor(session: AccountPolicyTests.fresh())
        _ = try AccessPolicy.permit(.revokeToken, on: ada, to: actor, knowing: facts, at: Self.now)
        _ = try AccessPolicy.permit(.addAddress, on: ada, to: actor, knowing: facts, at: Self.now)
        #expect(throws: AccessRefusal.self) {
            try AccessPolicy.permit(.issueToken, on: ada, to: actor, knowing: facts, at: Self.now)
        }
    }

    @Test("A token ends itself, and gets no code for a security key")
    func withoutSession() throws {
        let ada = try Username(parsing: "ada")
        let token = try AccountPolicyTests.actor(session: nil)
        let facts = AccountFacts(hasSecondFactor: true)
        _ = try AccessPolicy.permit(.revokeToken, on: ada, to: token, knowing: facts, at: Self.now)
        #expect(throws: AccessRefusal.sessionNeeded) {
            try AccessPolicy.permit(.issueGiveawayCode, on: ada, to: token, knowing: facts, at: Self.now)
        }
        let session = try AccountPolicyTests.actor(session: AccountPolicyTests.fresh())
        _ = try AccessPolicy.permit(.issueGiveawayCode, on: ada, to: session, knowing: facts, at: Self.now)
    }

    @Test("After a recovery code a factor is added without anything more, and nothing else is done")
    func enrolmentOnly() throws {
        let ada = try Username(parsing: "ada")
        let session = SessionStanding(restriction: .enrolmentOnly, strongest: .phishingResistant)
        let actor = try AccountPolicyTests.actor(session: session)
        let facts = AccountFacts(hasSecondFactor: true)
        _ = try AccessPolicy.permit(.addSecurityKey, on: ada, to: actor, knowing: facts, at: Self.now)
        _ = try AccessPolicy.permit(.addAuthenticatorApp, on: ada, to: actor, knowing: facts, at: Self.now)
        #expect(throws: AccessRefusal.restricted(.enrolmentOnly)) {
            try AccessPolicy.permit(.removeSecurityKey, on: ada, to: actor, knowing: facts, at: Self.now)
        }
        #expect(throws: AccessRefusal.restricted(.enrolmentOnly)) {
            try AccessPolicy.permit(.revokeToken, on: ada, to: actor, knowing: facts, at: Self.now)
        }
    }

    @Test(
        "Somebody known who has shown nothing is asked to sign in, but for the acts that a link or a password begins",
        arguments: AccountAct.allCases)
    func nothingShown(act: AccountAct) throws {
        let session = SessionStanding(proofs: [Proof(.anonymous, at: Self.now)], strongest: .anonymous)
        let root = try AccountPolicyTests.actor("root", .anonymous, isAdministrator: true, session: session)
        let whose = try Username(parsing: [.endProbation, .approveRecovery].contains(act) ? "bob" : "root")
        let begins: Set<AccountAct> = [.register, .signIn, .setPassword, .verifyAddress, .disownFactors]
        let refusal = begins.contains(act) ? AccessRefusal.tooWeak(needs: .password) : .notSignedIn
        #expect(throws: refusal) {
            try AccessPolicy.permit(act, on: whose, to: root, knowing: AccountFacts(), at: Self.now)
        }
    }

    @Test(
        "A token enrols no factor, whatever its account has: a session is asked for, not a link",
        arguments: [true, false])
    func enrolmentByToken(hasSecondFactor: Bool) throws {
        let token = try AccountPolicyTests.actor(session: nil)
        for act in [AccountAct.addSecurityKey, .addAuthenticatorApp] {
            #expect(throws: AccessRefusal.sessionNeeded) {
                try AccessPolicy.permit(
                    act, on: Username(parsing: "ada"), to: token,
                    knowing: AccountFacts(hasSecondFactor: hasSecondFactor), at: Self.now)
            }
        }
    }

    @Test("An account that an administrator registers takes no fresh proof, as none of a newcomer is there to be shown")
    func registering() throws {
        let session = SessionStanding(strongest: .password)
        let root = try AccountPolicyTests.actor("root", isAdministrator: true, session: session)
        _ = try AccessPolicy.permit(
            .register, on: Username(parsing: "ada"), to: root, knowing: AccountFacts(), at: Self.now)
    }
}

@Suite("Where the rule for critical projects ends") struct MandateEdgeTests {
    static let today = MandateTests.today
    static let now = MandateTests.now

    private func refusal(_ facts: MandateFacts, _ shown: Assurance = .password) throws -> MandateRefusal? {
        let actor = try MandateTests.actor(shown, isToken: true)
        let judgement = Mandate.judge(.uploadFile, on: try MandateTests.demo(), by: actor, knowing: facts, at: Self.now)
        guard case .refused(let refusal) = judgement else { return nil }
        return refusal
    }

    @Test("A refusal names the index where it asks for as much as the owners, and the owners where they ask for more")
    func cause() throws {
        var facts = try MandateTests.facts(.enforced, required: .secondFactor)
        let designation = try MandateTests.designation()
        let critical = MandateRefusal.Cause.critical(designation)
        // swift-format-ignore
        for (owners, cause) in [(Assurance.password, critical), (.secondFactor, critical), (.phishingResistant, .owners)] {
            facts.requiredByOwners = owners
            let refusal = try refusal(facts)
            #expect(refusal?.cause == cause, "\(owners)")
        }
    }

    @Test("After a recovery nobody is kept from a project that asks for nothing, or for a spare alone")
    func recoveredWhereNothingIsAsked() throws {
        let keys = FactorHoldings(strongest: .phishingResistant, securityKeys: 2)
        var facts = try MandateTests.facts(.enforced, needsSpare: true, holdings: keys)
        facts.demands = [
            Demand(.spare, noticedAt: Self.now - .days(30), bindsAt: Self.now),
            Demand(.secondFactor, noticedAt: Self.now, bindsAt: Self.now + .days(30)),
        ]
        for asked in [MandateFacts(holdings: keys), facts] {
            var recovered = asked
            (recovered.probationUntil, recovered.probationReason) = (Self.now + .hours(1), .recovery)
            #expect(try refusal(recovered, .phishingResistant) == nil)
        }
        // It is on probation where a factor is asked.
        facts.demands[1] = Demand(.secondFactor, noticedAt: Self.now - .days(30), bindsAt: Self.now)
        (facts.probationUntil, facts.probationReason) = (Self.now + .hours(1), .recovery)
        #expect(try refusal(facts, .phishingResistant)?.missing == .probation(until: Self.now + .hours(1)))
    }

    @Test("Somebody without a spare is told before one is asked for")
    func comingSpare() throws {
        let facts = try MandateTests.facts(
            .enforced, needsSpare: true, bindsAt: Self.now + .days(3),
            holdings: FactorHoldings(strongest: .phishingResistant, securityKeys: 1))
        let judgement = try Mandate.judge(
            .uploadFile, on: MandateTests.demo(), by: MandateTests.actor(.phishingResistant, isToken: true),
            knowing: facts, at: Self.now)
        guard case .allowedWithNotice(let notice) = judgement else {
            Issue.record("\(judgement)")
            return
        }
        #expect(notice.what == .spare && notice.bindsAt == Self.now + .days(3))
    }

    @Test("A delay is counted from the first of what is missing")
    func delayFromTheFirst() throws {
        var facts = try MandateTests.facts(.enforced, needsSpare: true)
        let (first, second) = (Self.now - .days(2), Self.now + .days(20))
        facts.demands = [
            Demand(.secondFactor, noticedAt: first, bindsAt: first), Demand(.spare, noticedAt: first, bindsAt: second),
        ]
        let delay = try Mandate.delay(of: try MandateTests.demo(), knowing: facts, at: Self.now)
        #expect(delay.until == first + .days(MandateRule.delayDays))
        #expect(delay.lacking.contains(.spare) && delay.lacking.contains(.secondFactor))
    }

    @Test("A notice is at most a year, and thirty days where nothing else is said")
    func notice() throws {
        #expect(MandateRule.usual.noticeDays == 30)
        #expect(try MandateRule(announcedFrom: nil, enforcedFrom: nil).noticeDays == 30)
        #expect(try MandateRule(announcedFrom: nil, enforcedFrom: nil, noticeDays: 365).noticeDays == 365)
        #expect(throws: CriticalRefusal.noticeOutOfRange(366)) {
            try MandateRule(announcedFrom: nil, enforcedFrom: nil, noticeDays: 366)
        }
    }

    @Test("A phase begins with its day")
    func phases() throws {
        let rule = try MandateRule(announcedFrom: Self.today, enforcedFrom: Self.today + 2)
        let (announced, enforced) = (Self.today.start, (Self.today + 2).start)
        // swift-format-ignore
        for (moment, phase) in [
            (announced - .microseconds(1), MandateRule.Phase.off), (announced, .announced),
            (enforced - .microseconds(1), .announced), (enforced, .enforced),
        ] {
            #expect(rule.phase(at: moment) == phase)
        }
    }

    @Test("What people were told already is not told again")
    func toldOnce() throws {
        let rule = try MandateRule(announcedFrom: nil, enforcedFrom: Self.today - 90, needsSpare: true)
        let told = [Demand(.secondFactor, noticedAt: Self.now - .days(9), bindsAt: Self.now)]
        let demands = rule.demands(told: told, isInTopShare: false, at: Self.now)
        #expect(demands.map(\.what) == [.secondFactor, .spare] && demands.first == told.first)
        #expect(rule.demands(told: demands, isInTopShare: false, at: Self.now + .days(1)) == demands)
    }

    @Test("What is asked is read as it is stored", arguments: Demand.Requirement.allCases)
    func stored(what: Demand.Requirement) {
        #expect(Demand.Requirement(rawValue: what.rawValue) == what)
        #expect(Demand.Requirement(rawValue: "\(what.rawValue) ") == nil)
    }
}

@Suite("Where the rules of publishing end") struct PublishingEdgeTests {
    @Test(
        "Names that look like a reserved one, or like the file of requirements, cannot be taken",
        arguments: ["requirements.txt", "Requirements-TXT", "rrequirements.txt"])
    func names(text: String) throws {
        let name = try ProjectName(parsing: text)
        let ada = try AccountPolicyTests.actor(session: nil)
        #expect(throws: NameRefusal.fileOfRequirements(name)) {
            try NamePolicy.decide(name, by: ada, knowing: NameFacts(isReserved: false, similar: nil))
        }
        let demo = try ProjectName(parsing: "our-company")
        #expect(throws: NameRefusal.resemblesReserved(demo)) {
            try NamePolicy.decide(
                demo, by: ada, knowing: NameFacts(isReserved: false, resemblesReserved: true, similar: nil))
        }
        try NamePolicy.decide(demo, by: ada, knowing: NameFacts(isReserved: false, similar: nil))
    }

    @Test("What a clock that was set back says of hours to come counts for nothing")
    func clockSetBack() throws {
        try AllowanceTests.allowance.decide(
            .init(projects: 1, files: 1), after: [AllowanceTests.ago(-1, projects: 3)], at: AllowanceTests.now)
    }

    @Test("It may be tried again when enough hours have left the day, not when the first has")
    func severalHours() {
        var allowance = AllowanceTests.allowance
        allowance.files = .init(perHour: nil, perDay: 20)
        var refusal: AllowanceRefusal?
        do {
            try allowance.decide(
                .init(files: 1), after: [9, 7, 5].map { AllowanceTests.ago($0, files: 10) }, at: AllowanceTests.now)
        } catch { refusal = error }
        #expect(refusal?.retryAfterSeconds == 17 * 3_600 - 600)
    }

    @Test("A limit may be one")
    func one() {
        #expect(Allowance.Limit(parsing: "1/hour", number: Int64.init) == Allowance.Limit(perHour: 1, perDay: nil))
    }
}

@Suite("The memory of the ledger of attempts") struct LedgerMemoryTests {
    static let start = Timestamp(seconds: 1_700_000_000)

    private func ledger(_ capacity: Int) -> AttemptLedger<Int> {
        AttemptLedger(limits: [AttemptLimit(5, per: .seconds(60))], capacity: capacity)
    }

    @Test("is never more than its capacity, however small that is", arguments: [1, 2, 7, 8, 16])
    func capacity(capacity: Int) throws {
        var ledger = ledger(capacity)
        for key in 0..<100 {
            try ledger.acquire(key, at: Self.start)
            #expect(ledger.count <= capacity)
        }
    }

    @Test("forgets nobody for one who is known already, nor while what has passed makes room")
    func nobodyForgotten() throws {
        var ledger = ledger(16)
        for key in 0..<16 { try ledger.acquire(key, at: Self.start) }
        try ledger.acquire(0, at: Self.start)
        #expect(ledger.count == 16)
        var other = self.ledger(16)
        try other.acquire(0, at: Self.start)
        for key in 1..<16 { try other.acquire(key, at: Self.start + .seconds(30)) }
        try other.acquire(16, at: Self.start + .seconds(60))
        #expect(other.count == 16)
    }
}

@Suite("What a setting lets an index take") struct UploadRuleEdgeTests {
    private func decide(
        _ version: String, filename: String, beside other: String?, edit: (inout UploadLimits) -> Void = { _ in }
    ) throws -> UploadPolicy.Decision {
        var limits = UploadPolicyTests.limits
        edit(&limits)
        let facts = UploadFacts(sameName: nil, sourceDistribution: other, projectSize: 0)
        var candidate = try UploadPolicyTests.candidate(version, type: .sourceDistribution)
        candidate.filename = try DistributionFilename(strict: filename, takesZip: true)
        return try UploadPolicy.decide(candidate, knowing: facts, limits: limits)
    }

    @Test("A local version where the operator takes them, and not otherwise")
    func localVersions() throws {
        #expect(throws: UploadRefusal.localVersion(try Version(parsing: "1.0+acme"))) {
            try decide("1.0+acme", filename: "demo-1.0+acme.tar.gz", beside: nil)
        }
        #expect(
            try decide("1.0+acme", filename: "demo-1.0+acme.tar.gz", beside: nil) { $0.rules.takesLocalVersions = true }
                == .store)
    }

    // The columns are the point.
    // swift-format-ignore
    static let second: [(filename: String, beside: String, takesBoth: Bool, isTaken: Bool)] = [
        ("demo-1.0.tar.gz", "demo-1.0.zip",    false, false),
        ("demo-1.0.tar.gz", "demo-1.0.zip",    true,  true),
        ("demo-1.0.zip",    "demo-1.0.tar.gz", true,  true),
        ("demo-1.0.zip",    "Demo-1.0.zip",    true,  false),
        ("demo-1.0.tar.gz", "Demo-1.0.tar.gz", true,  false),
    ]

    @Test(
        "A second sdist of a release only beside one of the other kind, and where the operator takes both",
        arguments: second)
    func secondSourceDistribution(filename: String, beside: String, takesBoth: Bool, isTaken: Bool) throws {
        func decide() throws -> UploadPolicy.Decision {
            try self.decide("1.0", filename: filename, beside: beside) {
                $0.rules.takesBothKindsOfSourceDistribution = takesBoth
            }
        }
        if isTaken {
            #expect(try decide() == .store)
        } else {
            #expect(throws: UploadRefusal.secondSourceDistribution(beside)) { try decide() }
        }
    }
}

@Suite("When something is asked") struct DatedDemandTests {
    @Test("is said of the day from which it binds, and of no day while none is set")
    func when() {
        let now = MandateTests.now
        let demand = Demand(.secondFactor, noticedAt: now, bindsAt: now)
        #expect(DatedDemand(demand, from: nil).when(at: now) == "no day is set yet")
        #expect(DatedDemand(demand, from: now).when(at: now) == "since \(now.day.readable)")
        let later = now + .microseconds(1)
        #expect(DatedDemand(demand, from: later).when(at: now) == "from \(later.day.readable) on")
    }
}
