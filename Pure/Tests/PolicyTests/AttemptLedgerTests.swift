import Policy
import Primitives
import Testing
import UTC
import VectorSupport

@Suite("The ledger of attempts") struct AttemptLedgerTests {
    static let start = Timestamp(seconds: 1_700_000_000)
    static let codes = AttemptPurpose.codeByAccount.limits

    private func refusal(_ ledger: inout AttemptLedger<String>, _ key: String, after seconds: Int64) -> TooManyAttempts?
    {
        do {
            try ledger.acquire(key, at: Self.start + .seconds(seconds))
            return nil
        } catch {
            return error
        }
    }

    @Test("admits five codes in five minutes, and says when the next one may come")
    func fiveMinutes() {
        var ledger = AttemptLedger<String>(limits: Self.codes)
        for second: Int64 in [0, 10, 20, 30, 40] { #expect(refusal(&ledger, "ada", after: second) == nil) }
        #expect(refusal(&ledger, "ada", after: 40)?.retryAfterSeconds == 260)
        #expect(refusal(&ledger, "ada", after: 299)?.retryAfterSeconds == 1)
        #expect(refusal(&ledger, "ada", after: 300) == nil)
        // The window slides: the next to leave it is the attempt of second 10.
        #expect(refusal(&ledger, "ada", after: 300)?.retryAfterSeconds == 10)
        #expect(refusal(&ledger, "grace", after: 40) == nil)
    }

    @Test("holds twenty an hour and fifty a day against anyone who keeps to five in five minutes")
    func longer() {
        var ledger = AttemptLedger<String>(limits: Self.codes)
        var admitted: [Int64] = []
        for second in stride(from: Int64(0), to: 86_400, by: 20) where refusal(&ledger, "ada", after: second) == nil {
            admitted.append(second)
        }
        #expect(admitted.count == 50)
        for (window, limit) in [(300, 5), (3_600, 20), (86_400, 50)] as [(Int64, Int)] {
            for (index, first) in admitted.enumerated() {
                #expect(admitted[index...].prefix { $0 < first + window }.count <= limit)
            }
        }
        // Nobody has to come more than once: what is said is when.
        let wait = refusal(&ledger, "ada", after: 80_000)?.retryAfterSeconds ?? 0
        #expect(refusal(&ledger, "ada", after: 80_000 + Int64(wait) - 1) != nil)
        #expect(refusal(&ledger, "ada", after: 80_000 + Int64(wait)) == nil)
    }

    @Test("does not count what it refuses, so that waiting helps anyone who keeps trying")
    func refusedAttempts() {
        var ledger = AttemptLedger<String>(limits: [AttemptLimit(1, per: .seconds(60))])
        #expect(refusal(&ledger, "ada", after: 0) == nil)
        for second: Int64 in 1..<60 { #expect(refusal(&ledger, "ada", after: second) != nil) }
        #expect(refusal(&ledger, "ada", after: 60) == nil)
    }

    @Test("a success gives back itself, and not the failures of others")
    func success() {
        var ledger = AttemptLedger<String>(limits: Self.codes)
        for _ in 0..<4 { #expect(refusal(&ledger, "ada", after: 0) == nil) }
        for _ in 0..<10 {
            #expect(refusal(&ledger, "ada", after: 1) == nil)
            ledger.refund("ada")
        }
        #expect(refusal(&ledger, "ada", after: 2) == nil)
        #expect(refusal(&ledger, "ada", after: 2) != nil)
        ledger.forget("ada")
        #expect(ledger.count == 0 && refusal(&ledger, "ada", after: 3) == nil)
        ledger.refund("ada")
        ledger.refund("ada")
        #expect(ledger.count == 0)
    }

    @Test("forgets keys whose attempts are too old to matter, and never holds more than its capacity")
    func bounded() {
        var ledger = AttemptLedger<String>(limits: [AttemptLimit(3, per: .seconds(60))], capacity: 100)
        for key in 0..<100 { #expect(refusal(&ledger, "\(key)", after: 0) == nil) }
        #expect(ledger.count == 100)
        #expect(refusal(&ledger, "later", after: 60) == nil)
        #expect(ledger.count == 1)
    }

    @Test("a flood of keys does not wipe out what is held against one")
    func flood() {
        var ledger = AttemptLedger<String>(limits: [AttemptLimit(3, per: .seconds(600))], capacity: 100)
        for _ in 0..<3 { #expect(refusal(&ledger, "ada", after: 0) == nil) }
        for key in 0..<5_000 {
            #expect(refusal(&ledger, "flood \(key)", after: 1) == nil)
            #expect(ledger.count <= 100)
        }
        #expect(refusal(&ledger, "ada", after: 2) != nil)
    }

    @Test("a clock that is set back makes nobody wait longer than a window")
    func clock() {
        var ledger = AttemptLedger<String>(limits: [AttemptLimit(2, per: .seconds(60))])
        for _ in 0..<2 { #expect(refusal(&ledger, "ada", after: 1_000_000) == nil) }
        #expect(refusal(&ledger, "ada", after: 0)?.retryAfterSeconds == 60)
        for moment in [Int64.min, .max] {
            _ = try? ledger.acquire("ada", at: Timestamp(microseconds: moment))
        }
    }

    @Test("admits no more than a limit in any window", arguments: 0..<20 as Range<UInt64>)
    func law(seed: UInt64) {
        var random = SplitMix64(seed: seed)
        let limits = [AttemptLimit(3, per: .seconds(10)), AttemptLimit(7, per: .seconds(60))]
        var ledger = AttemptLedger<String>(limits: limits)
        var second: Int64 = 0
        var admitted: [Int64] = []
        for _ in 0..<500 {
            second += .random(in: 0...8, using: &random)
            let wait = refusal(&ledger, "ada", after: second)?.retryAfterSeconds
            let wouldBe = limits.allSatisfy { limit in
                admitted.filter { $0 > second - limit.window.components.seconds }.count < limit.attempts
            }
            #expect((wait == nil) == wouldBe)
            if wait == nil { admitted.append(second) }
        }
    }

    @Test("has PyPI's limits for every purpose, and a refusal that says when to come again")
    func purposes() {
        #expect(
            AttemptPurpose.codeByAccount.limits == [
                AttemptLimit(5, per: .seconds(300)), AttemptLimit(20, per: .hours(1)),
                AttemptLimit(50, per: .days(1)),
            ])
        #expect(AttemptPurpose.allCases.allSatisfy { !$0.limits.isEmpty })
        #expect(TooManyAttempts(retryAfterSeconds: 260).explanation.contains("5 minutes"))
        #expect(TooManyAttempts(retryAfterSeconds: 60).explanation.contains("60 seconds"))
        #expect(TooManyAttempts(retryAfterSeconds: 80_000).explanation.contains("23 hours"))
        #expect(TooManyAttempts(retryAfterSeconds: 7).kind == .tooMany(retryAfterSeconds: 7))
    }
}
