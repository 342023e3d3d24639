import Acts
import Findings
import PackagingFormats
import ReleaseDifferences
import Testing
import UTC
import VectorSupport
import Verdicts

@Suite("What becomes of an upload") struct VerdictPolicyTests {
    @Test("is what the golden table says")
    func golden() throws { try Golden.expect(VerdictTable.text, "verdicts.txt") }

    @Test("The style of code alone never holds a release, however much is found")
    func style() {
        let findings = Severity.allCases.flatMap { severity in
            (0..<50).map { VerdictTable.finding(severity, evidence: "x\($0)") }
        }
        for tier in ProjectTier.allCases {
            let row = VerdictTable.Case(words: "", findings: findings)
            let verdict = VerdictPolicy.decide(VerdictTable.facts(row, tier), under: VerdictTable.enforced)
            #expect(verdict.outcome == .queue)
        }
    }

    @Test("What tests and examples do makes a person look, and adds nothing to what the rest does")
    func aside() {
        let tests = (1...5).map { number in
            ReleaseDifference.firstPair(
                VerdictTable.pair(.credentials, .network), path: "demo/tests/test_\(number).py", line: 1, evidence: "")
        }
        let fair = ReleaseDifference.firstPair(
            VerdictTable.pair(.network, .execution), path: "demo/core.py", line: 1, evidence: "")
        for tier in ProjectTier.allCases {
            for differences in [tests, tests + [fair]] {
                let row = VerdictTable.Case(words: "", differences: differences)
                let verdict = VerdictPolicy.decide(VerdictTable.facts(row, tier), under: VerdictTable.enforced)
                #expect(verdict.outcome == .queue && verdict.points == VerdictPolicy.queuedFrom)
            }
        }
    }

    @Test("The way in which a release came alone holds it only where a rare fact meets a critical project")
    func circumstances() {
        let all: [ReleaseDifference] = [
            .newUploader("mallory"), .newTool("twine", instead: "uv"), .newAddressBlock, .woken(after: .days(800)),
            .weakerCredential(.password, instead: .phishingResistant),
        ]
        for tier in ProjectTier.allCases {
            let row = VerdictTable.Case(words: "", differences: all)
            #expect(VerdictPolicy.decide(VerdictTable.facts(row, tier), under: VerdictTable.enforced).outcome == .queue)
            let late = VerdictTable.Case(words: "", differences: [.lateFile(.days(40))])
            let outcome = VerdictPolicy.decide(VerdictTable.facts(late, tier), under: VerdictTable.enforced).outcome
            #expect(outcome.code == (tier == .critical ? "hold" : "queue"))
        }
    }

    @Test("A dry run says what would be done, and does not do it; off says nothing")
    func modes() {
        for row in VerdictTable.cases {
            for tier in ProjectTier.allCases {
                let facts = VerdictTable.facts(row, tier)
                let enforced = VerdictPolicy.decide(facts, under: VerdictTable.enforced)
                let reported = VerdictPolicy.decide(facts, under: DefenceSettings(whenNotLookedAt: .hold))
                #expect(enforced.effect == enforced.outcome)
                #expect(reported.outcome == enforced.outcome)
                #expect(["publish", "queue"].contains(reported.effect.code))
                let off = VerdictPolicy.decide(
                    facts, under: DefenceSettings(modes: [.critical: .off, .popular: .off, .other: .off]))
                #expect(off.outcome == .publish && off.effect == .publish && off.causes.isEmpty)
            }
        }
    }

    @Test("Every hold ends by a date, and says who decides until then")
    func ends() {
        for row in VerdictTable.cases {
            for tier in ProjectTier.allCases {
                let verdict = VerdictPolicy.decide(VerdictTable.facts(row, tier), under: VerdictTable.enforced)
                guard case .hold(let hold) = verdict.outcome else { continue }
                #expect(hold.lasts > .zero && hold.lasts <= VerdictPolicy.graveTime)
                // Nobody's release is lost because nobody of those who run the index had time, but where it is grave.
                if hold.decider == .administrator, hold.end == .rejected {
                    #expect(
                        verdict.causes.contains { $0.words.isEmpty == false } && hold.lasts == VerdictPolicy.graveTime)
                }
            }
        }
    }

    @Test("What could not be looked at is published or held, as the operator says, and always queued")
    func notLookedAt() {
        let row = VerdictTable.Case(words: "", end: .failed("it ran out of its time"))
        for tier in ProjectTier.allCases {
            let facts = VerdictTable.facts(row, tier)
            var settings = VerdictTable.enforced
            #expect(VerdictPolicy.decide(facts, under: settings).outcome.code == "hold")
            settings.whenNotLookedAt = .publish
            #expect(VerdictPolicy.decide(facts, under: settings).outcome == .queue)
        }
    }

    @Test("A verdict says by which rules, data and policy it came about")
    func versions() {
        let verdict = VerdictPolicy.decide(VerdictTable.facts(VerdictTable.cases[0], .other), under: .usual)
        #expect(verdict.rules == "rules 1" && verdict.data == "names 1" && verdict.policy == VerdictPolicy.version)
    }

    @Test("Two trusted people hold a young project, and nothing that others build on")
    func reports() {
        let day = Duration.days(1)
        // The columns are the point.
        // swift-format-ignore
        let table: [(trusted: Int, age: Duration, tier: ProjectTier, holds: Bool)] = [
            (1, day,                        .other,    false),
            (2, day,                        .other,    true),
            (2, .days(30) - .seconds(1),    .other,    true),
            (2, .days(30),                  .other,    false),
            (9, day,                        .popular,  false),
            (9, day,                        .critical, false),
        ]
        for row in table {
            #expect(ReportPolicy.holds(trusted: row.trusted, projectAge: row.age, tier: row.tier) == row.holds)
        }
        #expect(ReportPolicy.mayReport(madeToday: 4))
        #expect(!ReportPolicy.mayReport(madeToday: 5))
    }
}
