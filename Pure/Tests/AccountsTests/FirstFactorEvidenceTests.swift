import Accounts
import Acts
import Primitives
import Testing
import UTC

@Suite("What speaks for a first factor") struct FirstFactorEvidenceTests {
    typealias Evidence = FirstFactorEvidence
    static let now = Timestamp(seconds: 1_796_000_000)

    /// Moments at an age's edges, and whether so much is old enough. Nil is never, and what lies in the future is what a
    /// clock that went back has left.
    static func ages(_ age: Duration) -> [(moment: Timestamp?, isOld: Bool)] {
        [
            (nil, false), (now - age, true), (now - age + .microseconds(1), false), (now - age - .days(400), true),
            (now, false), (now + .days(1), false),
        ]
    }

    @Test("All combinations: it counts at once where everything speaks for it, and otherwise every reason is named")
    func table() {
        var (judged, counted) = (0, 0)
        for setting in Evidence.Setting.allCases {
            for (isInTopShare, isAdministrator) in [(false, false), (true, false), (false, true), (true, true)] {
                for address in Self.ages(Evidence.addressAge) {
                    for browser in Self.ages(Evidence.browserAge) {
                        for recovery in Self.ages(Evidence.calm) {
                            for reset in Self.ages(Evidence.calm) {
                                for change in Self.ages(Evidence.calm) {
                                    for disowning in Self.ages(Evidence.calm) {
                                        var evidence = Evidence(
                                            setting: setting, isInTopShare: isInTopShare,
                                            isAdministrator: isAdministrator,
                                            addressVerifiedAt: address.moment, browserKnownSince: browser.moment)
                                        evidence.upheavals[.recovery] = recovery.moment
                                        evidence.upheavals[.passwordReset] = reset.moment
                                        evidence.upheavals[.addressChange] = change.moment
                                        evidence.upheavals[.disowning] = disowning.moment
                                        // The same in other words: each reason by itself.
                                        func isNew(_ age: (moment: Timestamp?, isOld: Bool)) -> Bool {
                                            age.moment != nil && !age.isOld
                                        }
                                        let expected: [(Evidence.Gap, Bool)] = [
                                            (.switchedOff, setting == .off),
                                            (.topShare, setting == .offForTopShare && isInTopShare),
                                            (.administrator, isAdministrator), (.address, !address.isOld),
                                            (.browser, !browser.isOld),
                                            (.recovery, isNew(recovery)), (.passwordReset, isNew(reset)),
                                            (.addressChange, isNew(change)), (.disowning, isNew(disowning)),
                                        ]
                                        let gaps = Set(expected.filter(\.1).map(\.0))
                                        let found = evidence.gaps(at: Self.now)
                                        if Set(found) != gaps || found.count != gaps.count {
                                            Issue.record("\(evidence): \(found)")
                                        }
                                        let outcome = evidence.outcome(at: Self.now)
                                        if (outcome == .counts) != gaps.isEmpty || outcome.gaps != found {
                                            Issue.record("\(evidence): \(outcome)")
                                        }
                                        judged += 1
                                        counted += gaps.isEmpty ? 1 : 0
                                    }
                                }
                            }
                        }
                    }
                }
            }
        }
        #expect(judged == 3 * 4 * 6 * 6 * 6 * 6 * 6 * 6)
        // Of the settings three pairs, of address and browser two ages each, of what happened three each.
        #expect(counted == 3 * 2 * 2 * 3 * 3 * 3 * 3)
    }

    @Test("The ages are those of docs/decisions/0019: an address for 30 days, a browser for 7, and calm for 30")
    func lengths() {
        #expect(Evidence.addressAge == .days(30) && Evidence.browserAge == .days(7) && Evidence.calm == .days(30))
    }

    @Test("Otherwise it waits for 72 hours from its enrolment")
    func waiting() {
        let outcome = Evidence().outcome(at: Self.now)
        #expect(outcome == .waits(until: Self.now + .hours(72), because: [.address, .browser]))
    }

    @Test("A clock that goes back lets nothing count that did not count before")
    func clock() {
        let known = Self.now - Evidence.addressAge
        var evidence = Evidence(addressVerifiedAt: known, browserKnownSince: known)
        for back in [Duration.microseconds(1), .days(1), .days(40), .days(4_000)] {
            #expect(evidence.outcome(at: Self.now) == .counts)
            #expect(evidence.gaps(at: Self.now - back).contains(.address))
            evidence.upheavals[.recovery] = Self.now
            #expect(evidence.gaps(at: Self.now - back).contains(.recovery))
            evidence.upheavals = [:]
        }
    }

    @Test("Each reason has words of its own, and the answer names all of them")
    func words() {
        let gaps = Evidence.Gap.allCases
        #expect(Set(gaps.map(\.words)).count == gaps.count)
        let until = Self.now + Probation.length
        let all = Evidence.Outcome.waits(until: until, because: gaps).explanation
        #expect(all.hasPrefix("It counts from \(until.readableMinute) on") && all.hasSuffix("."))
        for gap in gaps { #expect(all.contains(gap.words)) }
        let one = Evidence.Outcome.waits(until: until, because: [.browser]).explanation
        #expect(one.contains("seven days") && !one.contains(", and "))
        #expect(Evidence.Outcome.counts.explanation.contains("at once"))
    }
}
