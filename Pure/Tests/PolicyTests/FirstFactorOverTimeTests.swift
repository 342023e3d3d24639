import Accounts
import Acts
import PackagingFormats
import Policy
import Primitives
import Testing
import UTC
import VectorSupport

/// What becomes of a first factor over time, with evidence, probation, the delay and vouching: a golden file that says
/// in a sentence for each row what a maintainer can do then. The rules themselves are asked, moment by moment.
@Suite("A first factor over time") struct FirstFactorOverTimeTests {
    /// The day on which a second factor began to be asked for.
    static let bound = Day(number: 20_000).start

    /// Ada's account, as far as the rule goes.
    struct Account {
        var facts: MandateFacts
        var evidence = FirstFactorEvidence(
            addressVerifiedAt: bound - .days(400), browserKnownSince: bound - .days(90))
        var vouchers: [Username] = []

        init() throws {
            facts = try MandateTests.facts(.enforced, bindsAt: FirstFactorOverTimeTests.bound)
            facts.rule = try MandateRule(
                announcedFrom: MandateTests.today - 90, enforcedFrom: MandateTests.today - 30)
        }

        /// Adds an app, the account's first factor.
        mutating func enrol(at now: Timestamp) {
            facts.holdings = FactorHoldings(strongest: .secondFactor)
            switch evidence.outcome(at: now) {
            case .counts: facts.probationUntil = nil
            case .waits(let until, _): (facts.probationUntil, facts.probationReason) = (until, .firstFactor)
            }
        }

        mutating func delay(at now: Timestamp) throws {
            facts.delay = try Mandate.delay(of: MandateTests.demo(), knowing: facts, at: now)
        }

        /// What an upload is answered with a token that was made in a session of some strength.
        func upload(_ assurance: Assurance, at now: Timestamp) throws -> MandateRefusal? {
            var facts = facts
            facts.person = WayFacts(
                user: try Username(parsing: "ada"), gaps: evidence.gaps(at: now), vouchers: vouchers)
            let judgement = Mandate.judge(
                .uploadFile, on: try MandateTests.demo(), by: try MandateTests.actor(assurance, isToken: true),
                knowing: facts, at: now)
            if case .refused(let refusal) = judgement { return refusal }
            return nil
        }
    }

    private static func words(_ way: WayThrough) -> String {
        switch way {
        case .showFactor: "show it"
        case .newToken: "a new token"
        case .addFactor(_, .atOnce, _), .addFactor(_, .atOnceInKnownBrowser, _): "add one, which counts at once"
        case .addFactor(_, .afterProbation, _): "add one, which waits"
        case .addFactor(_, .from, _): "add a better one, which waits"
        case .addSpare: "add a spare"
        case .delay(_, let until): "put it off until \(until.minuteUTC)"
        case .vouching(let by, _): "ask \(by.orWords) to vouch"
        case .wait(let until): "wait until \(until.minuteUTC)"
        case .administrators(canVouch: true): "ask the administrators to vouch"
        case .administrators(canVouch: false): "ask the administrators"
        }
    }

    /// A row: when, a sentence, what an upload is answered with the token of before and with one made with the factor,
    /// and the ways that the refusal names.
    private static func row(_ account: Account, at now: Timestamp, _ sentence: String) throws -> String {
        let (old, new) = (try account.upload(.password, at: now), try account.upload(.secondFactor, at: now))
        let hasFactor = account.facts.holdings.strongest > .password
        let said = !hasFactor ? old : new ?? old
        let ways = said?.ways.map(words).joined(separator: "; ") ?? "-"
        func answer(_ refusal: MandateRefusal?) -> String { refusal == nil ? "published" : "refused  " }
        return "  \(now.minuteUTC)  \(answer(old))  \(hasFactor ? answer(new) : "-        ")  \(sentence)\n"
            + "      open: \(ways)\n"
    }

    @Test("What counts when, and what to do meanwhile, is what the golden file says")
    func table() throws {
        let bound = Self.bound
        let grace = try Username(parsing: "grace")
        var text = """
            # What becomes of a first factor over time. A second factor is asked for on demo since \(bound.minuteUTC).
            # Columns: when; what an upload is answered with the token made before, with a password; what with one made
            # with the new factor; what a maintainer has to know. Below it, the ways that the refusal names, or would.
            # RIND_GOLDEN=write swift test --package-path Pure --filter FirstFactorOverTimeTests writes this file.

            """
        func story(_ title: String, _ rows: (inout Account, (Account, Timestamp, String) throws -> Void) throws -> Void)
            throws
        {
            var account = try Account()
            text += "\n\(title)\n"
            try rows(&account) { account, moment, sentence in text += try Self.row(account, at: moment, sentence) }
        }
        let monday = bound + .hours(10)

        try story("Evidence: a mailbox verified for long, a browser known for long, nothing happened") { ada, row in
            try row(ada, bound - .hours(1), "Nothing is asked yet.")
            try row(ada, monday, "Refused; the quickest way is to add a factor in this browser.")
            ada.enrol(at: monday + .seconds(60))
            try row(ada, monday + .seconds(60), "It counts at once: only the token has to be made anew.")
        }
        try story("A new browser, a co-owner who can vouch") { ada, row in
            ada.evidence.browserKnownSince = monday - .days(2)
            ada.vouchers = [grace]
            try row(ada, monday, "Refused; the delay is one press of a button, Grace has to be asked.")
            ada.enrol(at: monday)
            try row(ada, monday, "The factor waits: it could be a thief's who has just signed in for the first time.")
            var vouched = ada
            vouched.facts.take(
                Probation(.firstFactor, until: monday + Probation.length, voucher: grace), voucherOwns: true)
            try row(vouched, monday + .hours(5), "Grace, who owns demo, has vouched: it counts there from now on.")
            try row(ada, monday + .hours(72) - .microseconds(1), "Nobody vouched: the last moment of waiting.")
            try row(ada, monday + .hours(72), "72 hours are over: it counts.")
        }
        try story("Somebody vouched who does not own demo, and the role on demo came after that") { ada, row in
            ada.evidence.browserKnownSince = nil
            ada.facts.designation = nil
            ada.facts.requiredByOwners = .secondFactor
            ada.enrol(at: monday)
            let vouched = Probation(.firstFactor, until: monday + Probation.length, voucher: grace)
            ada.facts.take(vouched, voucherOwns: false)
            try row(ada, monday + .hours(5), "Grace's word covers what Grace owns: on demo the factor waits as before.")
            var owned = ada
            owned.facts.take(vouched, voucherOwns: true)
            try row(owned, monday + .hours(5), "If Grace owned demo, it would count there.")
            try row(ada, monday + .hours(72), "72 hours are over: it counts everywhere.")
        }
        try story("A new browser, and the delay is taken while the factor waits") { ada, row in
            ada.evidence.browserKnownSince = monday - .days(2)
            ada.enrol(at: monday)
            try row(ada, monday, "The factor waits, and the page that says so has the button.")
            try ada.delay(at: monday + .seconds(30))
            try row(ada, monday + .seconds(30), "Put off: the token of before publishes, and one made with the factor.")
            try row(ada, monday + .hours(72), "The factor counts; the delay goes on.")
            try row(ada, bound + .days(14) - .microseconds(1), "The last moment of the delay.")
            try row(ada, bound + .days(14), "The delay is over: the old token is refused, a new one is let in.")
        }
        try story("The delay was taken first, and the factor added while it lasted") { ada, row in
            ada.evidence.addressVerifiedAt = monday - .days(1)
            try ada.delay(at: monday)
            try row(ada, monday, "Put off: nothing is refused.")
            ada.enrol(at: bound + .days(12))
            try row(ada, bound + .days(12), "The factor waits, and nothing is refused meanwhile.")
            try row(ada, bound + .days(14), "It was added too late: for a day it waits, and the one delay is taken.")
            try row(ada, bound + .days(15), "It counts.")
        }
        try story("A sole owner who comes a month later, from a new address") { ada, row in
            let late = bound + .days(30)
            ada.evidence.addressVerifiedAt = late - .days(3)
            try row(
                ada, late, "The time for the delay is over, and there is nobody who could vouch but administrators.")
            ada.enrol(at: late)
            try row(ada, late, "The factor waits.")
            try row(ada, late + .hours(72), "It counts.")
        }
        try story("The project's owners ask for it themselves, since this morning; the index does not") { ada, row in
            ada.facts.designation = nil
            ada.facts.requiredByOwners = .secondFactor
            ada.evidence.browserKnownSince = nil
            ada.vouchers = [grace]
            try row(ada, monday, "What owners ask for cannot be put off: they set it themselves.")
            ada.enrol(at: monday)
            try row(ada, monday, "The factor waits, or Grace vouches.")
            try row(ada, monday + .hours(72), "It counts.")
        }
        try story("A recovery code was used: there may be a thief who talks to others, too") { ada, row in
            ada.facts.holdings = FactorHoldings(strongest: .secondFactor)
            ada.facts.probationUntil = monday + Probation.length
            ada.facts.probationReason = .recoveryCode
            ada.vouchers = [grace]
            ada.evidence.upheavals[.recovery] = monday
            try row(ada, monday, "Nobody can vouch, and what one had before proves nothing for 72 hours.")
            try row(ada, monday + .hours(72), "It counts.")
        }
        for (upheaval, sentence) in [
            (FirstFactorEvidence.Upheaval.recovery, "The account was recovered nine days ago"),
            (.passwordReset, "The password was reset nine days ago: by the holder, or by anyone who reads the mail"),
            (.addressChange, "An address was added nine days ago: a thief's first step"),
            (.disowning, "The last factor was disowned nine days ago: somebody knows the password"),
        ] {
            try story("\(sentence), and everything else speaks for a first factor") { ada, row in
                ada.evidence.upheavals[upheaval] = monday - .days(9)
                if upheaval == .disowning { ada.facts.disownedAt = monday - .days(9) }
                ada.enrol(at: monday)
                try row(ada, monday, "It waits all the same.")
                try row(ada, monday + .hours(72), "It counts.")
                ada.facts.probationUntil = nil
                ada.facts.holdings = FactorHoldings()
                try row(ada, monday + .days(21), "Thirty days later the next one would count at once.")
            }
        }
        try story("The operator lets nobody's evidence count: first-factor-evidence off") { ada, row in
            ada.evidence.setting = .off
            try row(ada, monday, "Refused; what is added waits.")
            ada.enrol(at: monday)
            try row(ada, monday, "It waits.")
        }
        try story("It was not Ada: she presses the button of the mail a day later") { ada, row in
            ada.enrol(at: monday)
            try row(ada, monday, "Somebody with malware on her machine has all the evidence: it counts.")
            ada.facts.holdings = FactorHoldings()
            ada.evidence.upheavals[.disowning] = monday + .days(1)
            ada.facts.disownedAt = monday + .days(1)
            ada.evidence.browserKnownSince = nil
            try row(ada, monday + .days(1), "Frozen, as if it had never been: sessions and tokens are ended as well.")
            ada.enrol(at: monday + .days(1))
            try row(
                ada, monday + .days(1), "Anyone who adds the next one waits, Ada or the thief; the mails go out again.")
        }
        try story("The clock goes back by an hour, and on again") { ada, row in
            ada.evidence.browserKnownSince = monday - FirstFactorEvidence.browserAge
            try row(ada, monday, "The browser is known for seven days to the minute.")
            try row(ada, monday - .hours(1), "An hour less: it is not known for long enough.")
            ada.enrol(at: monday - .hours(1))
            try row(
                ada, monday - .hours(1), "What is enrolled then waits; it is not judged again when the clock is right.")
            try row(
                ada, monday + .hours(71) - .microseconds(1),
                "The last moment of waiting, by the clock that it was begun by.")
            try row(ada, monday + .hours(71), "It counts.")
            try row(ada, monday + .hours(70), "The clock goes back once more: it waits once more, for as long as that.")
        }
        try Golden.expect(text, "first-factor-over-time.txt")
    }
}
