import Identity
import Policy
import Ports
import Testing
import UTC

/// What every rate limiter has to do, wherever it counts. One more is one more row of `makes`.
@Suite("A rate limiter") struct RateLimiterTests {
    /// How to make one that has counted nothing.
    struct Make: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let make: @Sendable () async throws -> any RateLimiter
    }
    static let makes = [Make(testDescription: "in memory") { MemoryRateLimiter() }]

    let now = Timestamp(seconds: 1_700_000_000)
    let address = Attempt(.passwordByAddress, "192.0.2.1")
    let account = Attempt(.codeByAccount, "7")

    private func isAdmitted(_ attempts: Attempt..., by limiter: any RateLimiter, after seconds: Int = 0) async -> Bool {
        (try? await limiter.acquire(attempts, at: now + .seconds(seconds))) != nil
    }

    @Test("admits what a purpose has room for, and says when there is room again", arguments: makes)
    func limits(make: Make) async throws {
        let limiter = try await make.make()
        for purpose in AttemptPurpose.allCases {
            let narrowest = try #require(purpose.limits.min { $0.attempts < $1.attempts })
            let attempt = Attempt(purpose, "one")
            for _ in 0..<narrowest.attempts { #expect(await isAdmitted(attempt, by: limiter), "\(purpose)") }
            let refusal = await #expect(throws: TooManyAttempts.self) { try await limiter.acquire([attempt], at: now) }
            #expect(refusal?.retryAfterSeconds == Int(narrowest.window.components.seconds), "\(purpose)")
            #expect(await isAdmitted(Attempt(purpose, "other"), by: limiter), "\(purpose)")
        }
    }

    @Test("counts all of several attempts or none", arguments: makes)
    func allOrNone(make: Make) async throws {
        let limiter = try await make.make()
        for _ in 0..<5 { #expect(await isAdmitted(account, by: limiter)) }
        for _ in 0..<20 { #expect(await !isAdmitted(address, account, by: limiter)) }
        for _ in 0..<10 { #expect(await isAdmitted(address, by: limiter)) }
        #expect(await !isAdmitted(address, by: limiter))
    }

    @Test("gives back what was right, and only that", arguments: makes)
    func refund(make: Make) async throws {
        let limiter = try await make.make()
        for _ in 0..<4 { #expect(await isAdmitted(account, by: limiter)) }
        for _ in 0..<10 {
            #expect(await isAdmitted(account, by: limiter, after: 1))
            await limiter.refund([account])
        }
        #expect(await isAdmitted(account, by: limiter, after: 2))
        #expect(await !isAdmitted(account, by: limiter, after: 2))
        // What was never counted is given back without harm.
        await limiter.refund([address])
        for _ in 0..<10 { #expect(await isAdmitted(address, by: limiter)) }
    }

    @Test("forgets one key of one purpose", arguments: makes)
    func forget(make: Make) async throws {
        let limiter = try await make.make()
        let other = Attempt(.codeByPlace, account.key)
        for _ in 0..<5 { #expect(await isAdmitted(account, other, by: limiter)) }
        await limiter.forget(account)
        #expect(await isAdmitted(account, by: limiter))
        #expect(await !isAdmitted(other, by: limiter))
    }

    @Test("admits no more than a limit of many who come at the same time", arguments: makes)
    func atOnce(make: Make) async throws {
        let limiter = try await make.make()
        let admitted = await withTaskGroup(of: Bool.self) { group in
            for _ in 0..<200 { group.addTask { await isAdmitted(address, by: limiter) } }
            return await group.reduce(0) { $0 + ($1 ? 1 : 0) }
        }
        #expect(admitted == 10)
    }
}
