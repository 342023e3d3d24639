import Accounts
import Acts
import Journal
import PackagingFormats
import Policy
import Testing
import UTC

@testable import Letters

/// A mail is often all that somebody reads: which project, what, until when and what to do stand in it, and not only on
/// the page that it leads to.
@Suite("A letter about an account says by itself") struct EventLetterTests {
    let ada: Username
    let demo: ProjectName
    let now = Timestamp(seconds: 1_764_489_600)
    var until: Timestamp { now + .days(14) }

    init() throws {
        ada = try Username(parsing: "ada")
        demo = try ProjectName(parsing: "demo")
    }

    /// All that is read, in one line.
    private func text(_ event: SecurityEvent, _ context: LetterContext = LetterContext()) throws -> String {
        let letter = try #require(event.letter(to: ada, from: RequestOrigin(), in: context, at: now))
        return (letter.paragraphs + [letter.link.map { "[\($0.label)] \($0.path)" } ?? ""] + letter.afterLink)
            .joined(separator: " ")
    }

    /// What a critical project asks: a second factor, and a spare where it is told to.
    private func facts(holding holdings: FactorHoldings = FactorHoldings(), spare: Bool = false) throws -> MandateFacts
    {
        var facts = MandateFacts(
            designation: Designation(name: demo, reason: .named, asOf: now.day, windowDays: 90, designatedAt: now),
            rule: try MandateRule(
                announcedFrom: now.day, enforcedFrom: now.day, noticeDays: 0, required: .secondFactor, needsSpare: spare
            ),
            demands: (spare ? [.secondFactor, .spare] : [.secondFactor]).map {
                Demand($0, noticedAt: now, bindsAt: now)
            })
        facts.holdings = holdings
        return facts
    }

    @Test("which projects wait, and why, after a code or a recovery", arguments: [true, false])
    func waits(byCode: Bool) throws {
        let event: SecurityEvent = byCode ? .factor(.codeUsed(left: 9)) : .recovery(.completed(wasApproved: false))
        let said = try text(event, LetterContext(on: [demo]))
        #expect(said.contains("In case it was not you who \(byCode ? "used" : "recovered") it"))
        #expect(said.contains("until \((now + Probation.length).readableMinute)"))
        #expect(said.contains("Of your projects this is demo."))
        #expect(try text(event).contains("None of your projects requires two factors now."))
    }

    @Test("where a factor counts now: everywhere, or where somebody vouched")
    func counts() throws {
        let both = LetterContext(on: [demo, try ProjectName(parsing: "tool")])
        #expect(try text(.factor(.probationOver), both).contains("Of your projects these are demo and tool."))
        #expect(
            try text(.factor(.probationEnded(by: "bob", elsewhere: nil)), both).contains(
                "Of your projects these are demo and tool."))
        #expect(
            try text(.factor(.probationEnded(by: "bob", elsewhere: until)), LetterContext(on: [demo])).contains(
                "There you can publish to demo."))
        #expect(
            try text(.factor(.vouchingEnded(by: "bob", until: until)), LetterContext(on: [demo])).contains(
                "of those on which they vouched for you, demo"))
    }

    @Test("what to add before what was put off is asked for, or that there is nothing to add")
    func delay() throws {
        let event = SecurityEvent.mandateDelayed(demo, until: until)
        func said(_ facts: MandateFacts) throws -> String {
            try text(event, LetterContext(on: [demo], knowing: [facts], bindsAt: until, at: now))
        }
        // A first factor counts three days after it was added.
        let first = try said(facts())
        #expect(
            first.contains(
                "Add a second factor (a security key, a passkey or an authenticator app) before "
                    + "\((until - Probation.length).day.readable): it counts three days after it was added."))
        #expect(first.contains("[Add a second factor] /manage/account/two-factor/"))
        let app = FactorHoldings(strongest: .secondFactor)
        #expect(
            try said(facts(holding: app, spare: true)).contains(
                "Add a security key and a spare (a second key, or printed recovery codes) before \(until.day.readable)."
            ))
        var waits = try facts(holding: app)
        waits.probationUntil = now + .days(3)
        #expect(
            try said(waits).contains("There is nothing to add: the second factor that your account has counts from"))
        #expect(try said(facts(holding: app)).contains("There is nothing to add: your account has what is asked for."))
    }

    @Test("which critical projects are asked for less or later, and what lacks until then")
    func eased() throws {
        let lacking = LetterContext(on: [demo], knowing: [try facts()], bindsAt: until, at: now)
        let later = try text(.mandateEased(.postponed(to: until.day)), lacking)
        #expect(later.contains("of yours, for demo.") && later.contains("There is nothing to do today. Add a second"))
        #expect(later.contains("before \((until - Probation.length).day.readable)"))
        for easing in [MandateEasing.ended, .dayTakenBack, .lowered(to: .secondFactor)] {
            let said = try text(.mandateEased(easing), lacking)
            #expect(said.contains("of yours, for demo.") && said.hasSuffix("There is nothing to do."))
        }
        let ready = LetterContext(
            on: [demo],
            knowing: [
                try facts(holding: FactorHoldings(strongest: .secondFactor))
            ], bindsAt: until, at: now)
        #expect(try text(.mandateEased(.postponed(to: until.day)), ready).hasSuffix("There is nothing to do."))
    }

    @Test("what keeps somebody from a role that they accepted, what to do, and how long it stays open")
    func agreed() throws {
        let event = SecurityEvent.ownRole(.agreed, .maintainer, on: demo)
        func said(_ facts: MandateFacts) throws -> String {
            let outlook = InvitationOutlook(on: demo, knowing: facts, vouchers: [], at: now)
            return try text(event, LetterContext(accepted: outlook, until: until))
        }
        let lacking = try said(facts())
        #expect(lacking.contains("Publishing to it takes a second factor, and your account has none."))
        #expect(lacking.contains("It stays open for you until \(until.readableMinute)."))
        #expect(lacking.contains("[Add what is missing] /manage/account/two-factor/"))
        var waiting = try facts(
            holding: FactorHoldings(strongest: .secondFactor))
        (waiting.probationUntil, waiting.probationReason) = (now + .days(3), .firstFactor)
        let waits = try said(waiting)
        #expect(waits.contains("it counts from \((now + .days(3)).readableMinute) on"))
        #expect(waits.contains("There is nothing to do but wait.") && waits.contains("[See your invitations]"))
    }

    @Test("why those who run the index gave a role, or that they gave no reason, to its holder and to owners")
    func reasons() throws {
        let machine = Actor.operatorAtMachine.displayName
        let bob = try Username(parsing: "bob")
        func both(_ by: String, _ reason: String?) throws -> [String] {
            [
                try text(.ownRole(.given(by: by, reason: reason), .owner, on: demo)),
                try text(.collaborator(.added(by: by, reason: reason), bob, .owner, on: demo)),
            ]
        }
        for said in try both(machine, "takes over") {
            #expect(said.hasPrefix("The people who run this index made") && said.contains("given: “takes over”."))
        }
        for said in try both(machine, nil) { #expect(said.contains("They gave no reason.")) }
        // Of others there was an invitation.
        for said in try both("eve", nil) { #expect(said.hasPrefix("eve made") && !said.contains("reason")) }
    }

    @Test("to co-owners on which projects: the first few, and how many more there are")
    func coOwners() throws {
        let waits = SecurityEvent.factor(.firstAdded(label: "Blue", .waits(until: until, because: [])))
        let names = try (1...7).map { try ProjectName(parsing: "p\($0)") }
        for event in [
            waits, .factor(.firstAdded(label: "Blue", .counts)), .factor(.disowned(tokensEnded: 0)),
            .recovery(.requested(due: until)), .recovery(.completed(wasApproved: true)),
            .mandateDelayed(demo, until: until),
            .standing(.disabled(reason: "left"), by: "root"), .standing(.enabled, by: "root"),
        ] {
            let one = try #require(event.letterToCoOwner(of: ada, on: [demo]))
            #expect(one.paragraphs[0].contains("ada, who has a role on demo"), "\(one.paragraphs)")
            #expect(one.reason == "ada has a role on demo, and you are an owner there.")
            let many = try #require(event.letterToCoOwner(of: ada, on: names))
            #expect(many.paragraphs[0].contains("a role on p1, p2, p3, p4, p5 and 2 more"))
        }
        #expect(waits.letterToCoOwner(of: ada, on: [demo])?.paragraphs[1].contains("it then counts on demo.") == true)
    }

    @Test("which roles were given away by somebody who was in the account")
    func rolesGiven() throws {
        var context = LetterContext()
        #expect(try !text(.factor(.disowned(tokensEnded: 0)), context).contains("Roles"))
        context.rolesGiven = (1...6).map { "eve is owner of p\($0)" }
        let said = try text(.factor(.disowned(tokensEnded: 0)), context)
        #expect(
            said.contains("since the factor was added stay: eve is owner of p1, ") && said.contains("p5 and 1 more."))
    }
}
