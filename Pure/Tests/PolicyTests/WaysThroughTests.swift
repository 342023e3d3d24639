import Accounts
import Acts
import PackagingFormats
import Policy
import Primitives
import Testing
import UTC

@Suite("The ways on for somebody who was refused") struct WaysThroughTests {
    static let now = MandateTests.now
    static let until = now + .hours(30)

    static func name(_ text: String) throws -> Username { try Username(parsing: text) }

    /// What was refused to ada on demo, a critical project of which she was told long ago.
    static func refusal(
        _ shown: Assurance = .password, isToken: Bool = true, _ holdings: FactorHoldings = FactorHoldings(),
        required: Assurance = .secondFactor, needsSpare: Bool = false, boundSince: Duration = .days(1),
        change: (inout MandateFacts) throws -> Void = { _ in }
    ) throws -> MandateRefusal? {
        var facts = try MandateTests.facts(
            .enforced, required: required, needsSpare: needsSpare, bindsAt: now - boundSince, holdings: holdings)
        facts.person = WayFacts(user: try name("ada"))
        try change(&facts)
        let judgement = Mandate.judge(
            .uploadFile, on: try MandateTests.demo(), by: try MandateTests.actor(shown, isToken: isToken),
            knowing: facts, at: now)
        guard case .refused(let refusal) = judgement else { return nil }
        return refusal
    }

    static let app = FactorHoldings(strongest: .secondFactor)
    static let key = FactorHoldings(strongest: .phishingResistant, securityKeys: 1)

    /// Fourteen days after the day on which it began to bind.
    static func delay(boundSince: Duration = .days(1)) throws -> WayThrough {
        .delay(try MandateTests.demo(), until: now - boundSince + .days(14))
    }

    @Test("Where the owners ask for it too, a delay opens nothing, and is offered nowhere")
    func owners() throws {
        let demo = try MandateTests.demo()
        var facts = try MandateTests.facts(.enforced, bindsAt: MandateTests.now - .days(1))
        let person = WayFacts(user: try Username(parsing: "ada"), gaps: [.browser], vouchers: [])
        facts.person = person
        #expect(Mandate.ways(ofAccountOn: demo, knowing: facts, at: MandateTests.now).delayUntil != nil)
        facts.requiredByOwners = .secondFactor
        #expect(throws: Never.self) { try Mandate.delay(of: demo, knowing: facts, at: MandateTests.now) }
        #expect(Mandate.ways(ofAccountOn: demo, knowing: facts, at: MandateTests.now).delayUntil == nil)
    }

    @Test(
        "For what is asked later, they are those of its first day; what was refused once and is not now leads nowhere")
    func later() throws {
        let demo = try MandateTests.demo()
        let (first, second) = (Self.now + .days(20), Self.now + .days(40))
        var facts = try MandateTests.facts(.enforced, bindsAt: first)
        facts.demands.append(Demand(.phishingResistant, noticedAt: Self.now, bindsAt: second))
        facts.rule.required = .phishingResistant
        let ways = Mandate.ways(ofAccountOn: demo, knowing: facts, at: Self.now)
        #expect(ways == Mandate.refusal(ofAccountOn: demo, knowing: facts, at: first)?.ways)
        #expect(ways.contains(.addFactor(.secondFactor, .afterProbation, withNewToken: false)))
        var over = try MandateTests.facts(.enforced, holdings: Self.app)
        (over.probationUntil, over.probationReason) = (Self.now, .firstFactor)
        #expect(Mandate.refusal(ofAccountOn: demo, knowing: over, at: Self.now - .microseconds(1)) != nil)
        #expect(Mandate.ways(ofAccountOn: demo, knowing: over, at: Self.now).isEmpty)
    }

    @Test("No time and nobody's word brings a spare")
    func spare() throws {
        let grace = try Self.name("grace")
        let ways = try Self.refusal(.phishingResistant, Self.key, needsSpare: true) {
            $0.demands.removeAll { $0.what != .spare }
            ($0.probationUntil, $0.probationReason) = (Self.until, .firstFactor)
            $0.person?.vouchers = [grace]
        }?.ways
        #expect(ways?.first == .addSpare(hasKey: true) && ways?.last == .administrators(canVouch: false))
        #expect(ways?.contains(.wait(until: Self.until)) == false)
    }

    @Test("begin with the quickest that is open to this person, and end with those who run the index")
    func order() throws {
        let (ada, grace) = (try Self.name("ada"), try Self.name("grace"))
        let delay = try Self.delay()
        // Everything speaks for a first factor.
        #expect(
            try Self.refusal { $0.person?.gaps = [] }?.ways == [
                .addFactor(.secondFactor, .atOnceInKnownBrowser, withNewToken: true), delay,
                .administrators(canVouch: false),
            ])
        // Something lacks: a delay is a press of a button, a colleague has to be asked.
        #expect(
            try Self.refusal { $0.person?.vouchers = [grace] }?.ways == [
                delay, .addFactor(.secondFactor, .afterProbation, withNewToken: true),
                .vouching(by: [grace], for: ada), .administrators(canVouch: true),
            ])
        // A sole owner, and it binds for too long to be put off.
        #expect(
            try Self.refusal(boundSince: .days(15))?.ways == [
                .addFactor(.secondFactor, .afterProbation, withNewToken: true), .administrators(canVouch: true),
            ])
        // The factor is there and waits.
        func waiting(_ reason: Probation.Reason, boundSince: Duration = .days(1)) throws -> [WayThrough]? {
            try Self.refusal(.secondFactor, Self.app, boundSince: boundSince) { facts in
                facts.probationUntil = Self.until
                facts.probationReason = reason
                facts.person?.vouchers = [grace]
            }?.ways
        }
        #expect(
            try waiting(.firstFactor) == [
                delay, .vouching(by: [grace], for: ada), .wait(until: Self.until), .administrators(canVouch: true),
            ])
        #expect(
            try waiting(.recoveryCode, boundSince: .days(15)) == [
                .wait(until: Self.until), .administrators(canVouch: false),
            ])
        // The account has it: in a session it is shown, for an upload a token is made anew.
        #expect(
            try Self.refusal(isToken: true, Self.app)?.ways == [
                .newToken(.secondFactor), .administrators(canVouch: false),
            ])
        #expect(
            try Self.refusal(isToken: false, Self.app)?.ways == [
                .showFactor(.secondFactor), .administrators(canVouch: false),
            ])
        // One that has a factor that counts adds a better one, which counts at once.
        #expect(
            try Self.refusal(.secondFactor, Self.app, required: .phishingResistant)?.ways == [
                .addFactor(.phishingResistant, .atOnce, withNewToken: true), delay, .administrators(canVouch: false),
            ])
        #expect(
            try Self.refusal(.phishingResistant, Self.key, needsSpare: true)?.ways == [
                .addSpare(hasKey: true), delay, .administrators(canVouch: false),
            ])
        // The delay is taken.
        #expect(
            try Self.refusal {
                $0.delay = MandateDelay(until: Self.now - .microseconds(1), lacking: [.secondFactor])
            }?.ways.contains { if case .delay = $0 { true } else { false } } == false)
    }

    @Test("All combinations: none is named that is not open, and each once")
    func table() throws {
        var judged = 0
        let grace = try Self.name("grace")
        for holdings in [FactorHoldings(), Self.app, Self.key] {
            for required in [Assurance.secondFactor, .phishingResistant, .attestedHardware] {
                for (shown, isToken) in Assurance.allCases.flatMap({ [($0, false), ($0, true)] })
                where shown > .anonymous && shown <= max(holdings.strongest, .password) {
                    for probation in [nil, Probation.Reason.firstFactor, .recoveryCode, .recovery] {
                        for (vouchers, hasEvidence) in [([Username](), false), ([grace], false), ([grace], true)] {
                            for (owners, boundSince) in [
                                (Assurance.password, Duration.days(1)), (.password, .days(15)),
                                (.secondFactor, .days(1)),
                            ] {
                                guard probation == nil || holdings.strongest > .password else { continue }
                                let found = try Self.refusal(
                                    shown, isToken: isToken, holdings, required: required, boundSince: boundSince
                                ) {
                                    $0.probationUntil = probation == nil ? nil : Self.until
                                    $0.requiredByOwners = owners
                                    $0.probationReason = probation
                                    $0.person = WayFacts(
                                        user: try Self.name("ada"), gaps: hasEvidence ? [] : [.address],
                                        vouchers: vouchers)
                                }
                                guard let refusal = found else { continue }
                                judged += 1
                                let ways = refusal.ways
                                #expect(Set(ways).count == ways.count)
                                guard case .administrators = ways.last else {
                                    Issue.record("\(ways)")
                                    continue
                                }
                                for way in ways {
                                    // The same in other words: when each is open.
                                    let isOpen =
                                        switch way {
                                        case .newToken(let needed):
                                            isToken && probation == nil && holdings.strongest >= needed
                                        case .showFactor(let needed):
                                            !isToken && probation == nil && holdings.strongest >= needed
                                        case .addFactor(let needed, let counting, _):
                                            holdings.strongest < needed
                                                && counting
                                                    == (probation != nil
                                                        ? .from(Self.until)
                                                        : holdings.strongest > .password
                                                            ? .atOnce
                                                            : hasEvidence ? .atOnceInKnownBrowser : .afterProbation)
                                        case .delay:
                                            // What the owners ask for cannot be put off.
                                            boundSince < .days(14)
                                                && (owners == .password || shown >= owners && probation == nil)
                                                // After a recovery a delay would let nobody in.
                                                && (probation == .firstFactor
                                                    || probation == nil && holdings.strongest < required)
                                        case .vouching(let by, _):
                                            by == vouchers && !by.isEmpty
                                                && (probation == .firstFactor
                                                    || probation == nil && holdings.strongest == .password
                                                        && !hasEvidence)
                                        case .wait(let moment): probation != nil && moment == Self.until
                                        case .addSpare: false
                                        case .administrators(let canVouch):
                                            canVouch
                                                == (probation == .firstFactor
                                                    || probation == nil && holdings.strongest == .password
                                                        && !hasEvidence)
                                        }
                                    #expect(
                                        isOpen,
                                        "\(way): \(holdings.strongest) \(shown) \(isToken) \(String(describing: probation)) \(vouchers) \(owners) \(boundSince)"
                                    )
                                }
                            }
                        }
                    }
                }
            }
        }
        #expect(judged > 500)
    }

    @Test("A way by which one is let in at once lets in")
    func delayLetsIn() throws {
        var facts = try MandateTests.facts(.enforced, holdings: Self.app)
        facts.probationUntil = Self.until
        facts.probationReason = .firstFactor
        facts.delay = try Mandate.delay(of: MandateTests.demo(), knowing: facts, at: Self.now)
        #expect(facts.delay?.until == Self.now - .days(1) + .days(14))
        // Also with the token that was made with a password.
        for shown in [Assurance.password, .secondFactor] {
            let judgement = Mandate.judge(
                .uploadFile, on: try MandateTests.demo(), by: try MandateTests.actor(shown, isToken: true),
                knowing: facts, at: Self.now)
            if case .refused = judgement { Issue.record("\(shown)") }
        }
        #expect(facts.pendingFactor(on: try MandateTests.demo(), at: Self.now) == nil)
        // It can be taken once, on probation as without.
        #expect(throws: CriticalRefusal.delayTaken(try MandateTests.demo(), until: Self.now + .days(13))) {
            try Mandate.delay(of: MandateTests.demo(), knowing: facts, at: Self.now)
        }
    }

    @Test("Nothing is put off after a recovery: what the account had goes on being asked for")
    func recovered() throws {
        for reason in [Probation.Reason.recoveryCode, .recovery] {
            var facts = try MandateTests.facts(.enforced, holdings: Self.app)
            facts.probationUntil = Self.until
            facts.probationReason = reason
            #expect(throws: CriticalRefusal.nothingToDelay(try MandateTests.demo())) {
                try Mandate.delay(of: MandateTests.demo(), knowing: facts, at: Self.now)
            }
        }
    }

    @Test("After a recovery nobody publishes until the probation is over, whatever was put off before")
    func recoveredWithDelay() throws {
        var facts = try MandateTests.facts(.enforced, required: .phishingResistant, holdings: Self.app)
        facts.delay = try Mandate.delay(of: MandateTests.demo(), knowing: facts, at: Self.now)
        func refusal() throws -> MandateRefusal? {
            let judgement = Mandate.judge(
                .uploadFile, on: try MandateTests.demo(), by: try MandateTests.actor(.secondFactor, isToken: true),
                knowing: facts, at: Self.now)
            if case .refused(let refusal) = judgement { return refusal }
            return nil
        }
        #expect(try refusal() == nil)
        (facts.probationUntil, facts.probationReason) = (Self.until, .recoveryCode)
        #expect(try refusal()?.missing == .probation(until: Self.until))
        facts.probationUntil = Self.now
        #expect(try refusal() == nil)
    }

    @Test("Nothing is put off for thirty days after a factor was said to be a stranger's")
    func disowned() throws {
        var facts = try MandateTests.facts(.enforced)
        for (ago, isOpen) in [(Duration.zero, false), (.days(30) - .microseconds(1), false), (.days(30), true)] {
            facts.disownedAt = Self.now - ago
            let delay = try? Mandate.delay(of: MandateTests.demo(), knowing: facts, at: Self.now)
            #expect((delay != nil) == isOpen)
        }
        #expect(
            try Self.refusal { $0.disownedAt = Self.now }?.ways.contains {
                if case .delay = $0 { true } else { false }
            } == false)
    }

    @Test("A refusal says in one line what is asked, when what waits counts, and the quickest way; its body the others")
    func words() throws {
        let base = "https://packages.example.org"
        let grace = try Self.name("grace")
        let refusal = try #require(
            try Self.refusal(.secondFactor, Self.app) {
                $0.probationUntil = Self.until
                $0.probationReason = .firstFactor
                $0.person = WayFacts(user: try Self.name("ada"), vouchers: [grace, try Self.name("bob")])
            })
        let line = refusal.guidance.text { "\(base)/\($0)" }
        #expect(line.contains("it counts from \(Self.until.minuteUTC)"))
        #expect(line.contains("Put it off until ") && line.contains("\(base)/delay"))
        #expect(!line.contains("\n") && line.utf8.count <= 500)
        let others = refusal.otherWays.map { $0.text(\.words) }
        #expect(others.count == 2)
        #expect(others[0].contains("Ask grace or bob to vouch for it at the page to vouch for ada"))
        #expect(others[1] == "Ask the people who run this index to vouch for it.")
        // Nobody is named to a sole owner.
        let alone = try #require(
            try Self.refusal(.secondFactor, Self.app, boundSince: .days(15)) {
                $0.probationUntil = Self.until
                $0.probationReason = .firstFactor
                $0.person = WayFacts(user: try Self.name("ada"))
            })
        let said = ([alone.guidance] + alone.otherWays).map { $0.text(\.words) }.joined(separator: " ")
        #expect(!said.contains("co-owner") && said.contains("Ask the people who run this index to vouch for it."))
        // Where a project has many owners, a few of them.
        let many = try (1...9).map { try Self.name("u\($0)") }
        #expect(many.orWords == "u1, u2, u3 or one of 6 more")
    }
}
