import Accounts
import Letters
import Ports
import Primitives
import Stores
import Support
import Synchronization
import Testing
import UTC

@testable import Jobs

@Suite("A lease") struct LeaseTests {
    let index: TestIndex
    var leases: any LeaseStore { index.stores.leases }

    init() async throws { index = try await TestIndex() }

    private func take(_ holder: String, _ task: PeriodicTask = .designation, after seconds: Int = 0) async throws
        -> Lease
    {
        let moment = index.now + .seconds(seconds)
        return try await leases.take(task, under: Lease(of: holder, from: moment), at: moment)
    }

    @Test("of a periodic task is one process's until it ends it, or dies and it runs out")
    func oneHolder() async throws {
        #expect(try await take("a").holder == "a")
        #expect(try await take("b").holder == "a")
        // Each task has its own.
        #expect(try await take("b", .sessionCleanup).holder == "b")
        // Renewed, it lasts as long as the last renewal says.
        #expect(try await take("a", after: 20).until == index.now + .seconds(20) + Lease.span)
        #expect(try await take("b", after: 79) == Lease(of: "a", until: index.now + .seconds(80)))
        // Dead, and what it wanted to end is another's by now.
        #expect(try await take("b", after: 80).holder == "b")
        try await leases.release(.designation, heldBy: "a")
        #expect(try await take("a", after: 81).holder == "b")
        try await leases.release(.designation, heldBy: "b")
        #expect(try await take("a", after: 82).holder == "a")
    }

    @Test("is given to one of many who ask at the same time")
    func many() async throws {
        let winners = try await withThrowingTaskGroup(of: Bool.self) { group in
            for number in 0..<50 { group.addTask { try await take("\(number)").holder == "\(number)" } }
            return try await group.reduce(0) { $0 + ($1 ? 1 : 0) }
        }
        #expect(winners == 1)
    }

    @Test("lets one do the task at a time, and is over with it, however that ends")
    func soleTask() async throws {
        struct Failure: Error {}
        let (leases, now) = (leases, index.now)
        let (a, b) = (
            SoleTask(.designation, leases, holder: "a", now: { now }),
            SoleTask(.designation, leases, holder: "b", now: { now })
        )
        try await a.run {
            _ = await #expect(throws: SoleTask.Held.self) { try await b.run { Issue.record("both are at it") } }
        }
        await #expect(throws: Failure.self) { try await b.run { throw Failure() } }
        #expect(try await a.run { 7 } == 7)
    }

    @Test("lasts as long as its task says: the log rests for ten seconds where who let it grow was killed")
    func spans() async throws {
        let (leases, start) = (leases, index.now)
        for task in PeriodicTask.allCases {
            let span = task == .sequencing ? Duration.seconds(10) : Lease.span
            // Killed while it is at it: nothing is released.
            _ = try await leases.take(task, under: Lease(of: "dead", from: start, for: task.span), at: start)
            func other(after time: Duration) -> SoleTask {
                SoleTask(task, leases, holder: "b", now: { start + time })
            }
            do {
                _ = try await other(after: span - .seconds(1)).run { Issue.record("\(task): both are at it") }
                Issue.record("\(task): the lease is over")
            } catch let held as SoleTask.Held {
                #expect(held.until == start + span)
                #expect(held.rest == .seconds(1))
            }
            #expect(try await other(after: span).run { 7 } == 7)
        }
    }

    @Test("that was lost ends the work: another process is at it")
    func lost() async throws {
        await #expect(throws: LeaseLost.self) {
            try await whileRenewing(
                every: .milliseconds(1), { false }, work: { try await Task.sleep(for: .seconds(600)) })
        }
    }

    @Test("that cannot be renewed ends the work when its span is over, and not before")
    func unrenewed() async throws {
        struct Failure: Error {}
        await #expect(throws: LeaseLost.self) {
            try await whileRenewing(every: .milliseconds(1), within: .milliseconds(50), { throw Failure() }) {
                try await Task.sleep(for: .seconds(600))
            }
        }
        // Nor does a renewal that hangs keep it.
        await #expect(throws: LeaseLost.self) {
            try await whileRenewing(every: .milliseconds(1), within: .milliseconds(50)) {
                try await Task.sleep(for: .seconds(600))
                return true
            } work: {
                try await Task.sleep(for: .seconds(600))
            }
        }
        // Until then the next one may get through. Half a minute, for a busy machine may be late by seconds.
        let asked = Mutex(0)
        let result = try await whileRenewing(every: .milliseconds(20), within: .seconds(30)) {
            let count = asked.withLock { asked in
                asked += 1
                return asked
            }
            if count % 2 == 1 { throw Failure() }
            return true
        } work: {
            try await Task.sleep(for: .seconds(31))
            return 7
        }
        #expect(result == 7)
    }

    @Test("leaves work that was cancelled from outside cancelled, and no more")
    func cancelled() async throws {
        let task = Task {
            try await whileRenewing({ true }, work: { try await Task.sleep(for: .seconds(600)) })
        }
        task.cancel()
        await #expect(throws: CancellationError.self) { try await task.value }
    }

    @Test("on a job is taken by one of many who ask at the same time")
    func jobs() async throws {
        let address = try EmailAddress(parsing: "ada@example.org")
        for number in 0..<100 {
            let letter = Letter(subject: "\(number)", name: nil, paragraphs: [], reason: "A test.")
            _ = try await index.stores.mail.add(AddressedLetter(letter, to: address), at: index.now)
        }
        let (outbox, now) = (index.stores.outbox, index.now)
        let claimed = try await withThrowingTaskGroup(of: [JobID].self) { group in
            for number in 0..<50 {
                group.addTask {
                    try await outbox.claim(.mail, limit: 3, under: Lease(of: "\(number)", from: now), at: now).map(\.id)
                }
            }
            return try await group.reduce(into: []) { $0 += $1 }
        }
        #expect(claimed.count == 100 && Set(claimed).count == 100)
        // Renewing one that is another's is no lease.
        let job = try #require(claimed.first)
        #expect(try await !outbox.renew(job, under: Lease(of: "nobody", from: now)))
    }
}
