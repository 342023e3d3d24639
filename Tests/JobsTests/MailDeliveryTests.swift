import Accounts
import Database
import Foundation
import Letters
import Logging
import Mail
import Policy
import Ports
import Primitives
import ServiceLifecycle
import ServiceLifecycleTestKit
import Stores
import Support
import Synchronization
import Testing
import UTC

@testable import Jobs

/// Takes mails, or does what a test wants instead.
private final class Postman: MailTransport {
    typealias Answer = @Sendable (MailMessage) async throws -> String
    private let answer: Mutex<Answer>
    private let log = Mutex<[MailMessage]>([])

    init(_ answer: @escaping Answer = { _ in "250 OK" }) { self.answer = Mutex(answer) }

    var taken: [MailMessage] { log.withLock { $0 } }
    func answers(_ answer: @escaping Answer) { self.answer.withLock { $0 = answer } }

    func send(_ message: MailMessage) async throws -> String {
        log.withLock { $0.append(message) }
        return try await answer.withLock { $0 }(message)
    }
}

/// An outbox whose notes can be made to fail, as on a full disk.
private struct BrokenOutbox: Outbox {
    struct Full: Error {}
    let outbox: any Outbox
    let isFull: @Sendable () -> Bool

    func claim(_ kind: JobKind, limit: Int, under lease: Lease, at now: Timestamp) async throws -> [Job] {
        try await outbox.claim(kind, limit: limit, under: lease, at: now)
    }
    func claim(_ id: JobID, under lease: Lease, at now: Timestamp) async throws -> Job? {
        try await outbox.claim(id, under: lease, at: now)
    }
    func renew(_ id: JobID, under lease: Lease) async throws -> Bool { try await outbox.renew(id, under: lease) }
    func release(_ id: JobID, heldBy holder: String) async throws { try await outbox.release(id, heldBy: holder) }
    func end(_ id: JobID, with outcome: JobOutcome, heldBy holder: String, at now: Timestamp) async throws {
        if isFull() { throw Full() }
        try await outbox.end(id, with: outcome, heldBy: holder, at: now)
    }
    func unknown() async throws -> [UnknownJobs] { try await outbox.unknown() }
    func forget(endedBefore moment: Timestamp) async throws { try await outbox.forget(endedBefore: moment) }
}

@Suite("The delivery of mail") struct MailDeliveryTests {
    let index: TestIndex
    private let postman = Postman()
    private let clock: Clock
    var queue: any MailQueue { index.stores.mail }

    private final class Clock: Sendable {
        let now: Mutex<Timestamp>
        init(_ now: Timestamp) { self.now = Mutex(now) }
        func advance(by duration: Duration) { now.withLock { $0 = $0 + duration } }
    }

    init() async throws {
        index = try await TestIndex()
        clock = Clock(index.now)
    }

    func delivery(
        outbox: (any Outbox)? = nil, holder: String = "this", interval: Duration = .seconds(60), logger: Logger? = nil
    ) throws -> JobRunner {
        var quiet = Logger(label: "test")
        quiet.logLevel = .critical
        let clock = clock
        let mail = MailDelivery(
            queue: index.stores.mail, transport: postman,
            sender: MailSender(address: try EmailAddress(parsing: "rind@example.org")),
            head: LetterHead(baseURL: "https://packages.example.org"), atOnce: 3)
        return JobRunner(
            outbox: outbox ?? index.stores.outbox, handlers: [mail], holder: holder, interval: interval,
            now: { clock.now.withLock { $0 } }, logger: logger ?? quiet)
    }

    @discardableResult
    func added(_ subject: String = "Hello") async throws -> MailID {
        let mail = AddressedLetter(
            Letter(subject: subject, name: nil, paragraphs: ["text"], reason: "A test."),
            to: try EmailAddress(parsing: "ada@example.org"))
        return try #require(try await queue.add(mail, at: clock.now.withLock { $0 }))
    }

    func state(_ id: MailID) async throws -> MailState? { try await queue.record(of: id)?.state }

    @Test("sends all that is due, once")
    func all() async throws {
        for number in 0..<150 { try await added("\(number)") }
        let delivery = try delivery()
        await delivery.doWhatIsDue()
        await delivery.doWhatIsDue()
        #expect(Set(postman.taken.map(\.mail.subject)).count == 150 && postman.taken.count == 150)
        #expect(try await queue.recent(limit: 1_000).allSatisfy { $0.state == .delivered && $0.reply == "250 OK" })
    }

    @Test("tries again what failed, when its time has come, and not before")
    func retries() async throws {
        let id = try await added()
        postman.answers { _ in throw MailFailure(reason: "451 later", code: 451, isPermanent: false) }
        let delivery = try delivery()
        await delivery.doWhatIsDue()
        clock.advance(by: .seconds(59))
        await delivery.doWhatIsDue()
        #expect(postman.taken.count == 1)
        #expect(try await queue.record(of: id)?.reply == "451 later")
        clock.advance(by: .seconds(1))
        postman.answers { _ in "250 OK" }
        await delivery.doWhatIsDue()
        #expect(try await state(id) == .delivered)
        #expect(Set(postman.taken.map(\.messageID)).count == 1 && postman.taken.count == 2)
    }

    @Test("gives up what is refused for good at once, and everything after three days")
    func givesUp() async throws {
        let refused = try await added("refused")
        let unlucky = try await added("unlucky")
        postman.answers { message in
            throw MailFailure(reason: "no", code: nil, isPermanent: message.mail.subject == "refused")
        }
        let delivery = try delivery()
        await delivery.doWhatIsDue()
        #expect(try await state(refused) == .givenUp)
        #expect(try await state(unlucky) == .waiting)
        for _ in 0..<72 {
            clock.advance(by: .hours(1))
            await delivery.doWhatIsDue()
        }
        #expect(try await state(unlucky) == .givenUp)
        #expect(postman.taken.filter { $0.mail.subject == "refused" }.count == 1)
    }

    @Test("survives an error that nobody thought of, and tries again")
    func unknown() async throws {
        struct Surprise: Error {}
        let id = try await added()
        postman.answers { _ in throw Surprise() }
        let delivery = try delivery()
        await delivery.doWhatIsDue()
        #expect(try await state(id) == .waiting)
        #expect(try await queue.record(of: id)?.attempts == 1)
    }

    @Test("does not send again what it could not write down, and writes it down as soon as that is possible")
    func fullDisk() async throws {
        let id = try await added()
        let isFull = Flag(true)
        let delivery = try delivery(
            outbox: BrokenOutbox(outbox: index.stores.outbox, isFull: { isFull.value }))
        for _ in 0..<5 { await delivery.doWhatIsDue() }
        #expect(postman.taken.count == 1)
        #expect(try await state(id) == .waiting)
        isFull.value = false
        await delivery.doWhatIsDue()
        #expect(try await state(id) == .delivered)
        #expect(postman.taken.count == 1)
    }

    @Test("has no more under way than allowed")
    func bounded() async throws {
        for _ in 0..<20 { try await added() }
        let gauge = Gauge()
        postman.answers { _ in
            gauge.enter()
            try await Task.sleep(for: .milliseconds(100))
            gauge.leave()
            return "250 OK"
        }
        await (try delivery()).doWhatIsDue()
        #expect(gauge.most == 3)
    }

    @Test("hears of a mail when told, and finds the others by itself")
    func wakes() async throws {
        try await testGracefulShutdown { trigger in
            try await withThrowingTaskGroup(of: Void.self) { group in
                let slow = try delivery(interval: .seconds(600))
                group.addTask { try await slow.run() }
                // The look at the start must be over.
                try await Task.sleep(for: .milliseconds(200))
                let id = try await added()
                slow.wake()
                try await reaches(.delivered, id)
                trigger.triggerGracefulShutdown()
                try await group.waitForAll()
            }
        }
        try await testGracefulShutdown { trigger in
            try await withThrowingTaskGroup(of: Void.self) { group in
                let fast = try delivery(interval: .milliseconds(50))
                group.addTask { try await fast.run() }
                try await Task.sleep(for: .milliseconds(200))
                try await reaches(.delivered, try await added())
                trigger.triggerGracefulShutdown()
                try await group.waitForAll()
            }
        }
    }

    @Test("notes at the end what has arrived, and leaves the rest in the queue")
    func shutdown() async throws {
        let first = try await added("arrives")
        let second = try await added("is cut off")
        let gauge = Gauge()
        postman.answers { message in
            gauge.enter()
            if message.mail.subject == "arrives" {
                // Not cancellable, as what a mail server has begun to take; and not done before the other one is begun.
                await Task {
                    while gauge.most < 2 { try? await Task.sleep(for: .milliseconds(10)) }
                    try? await Task.sleep(for: .milliseconds(300))
                }.value
                return "250 OK"
            }
            try await Task.sleep(for: .seconds(600))
            return "never"
        }
        try await testGracefulShutdown { trigger in
            try await withThrowingTaskGroup(of: Void.self) { group in
                let delivery = try delivery()
                group.addTask { try await delivery.run() }
                while gauge.most < 2 { try await Task.sleep(for: .milliseconds(100)) }
                trigger.triggerGracefulShutdown()
                try await group.waitForAll()
            }
        }
        #expect(try await state(first) == .delivered)
        #expect(try await state(second) == .waiting)
        #expect(try await queue.record(of: second)?.attempts == 0)
    }

    @Test("forgets after thirty days what has ended")
    func forgets() async throws {
        let id = try await added()
        let delivery = try delivery(interval: .milliseconds(20))
        await delivery.doWhatIsDue()
        for (days, isKnown) in [(29, true), (2, false)] {
            clock.advance(by: .days(days))
            try await testGracefulShutdown { trigger in
                try await withThrowingTaskGroup(of: Void.self) { group in
                    // A new one, as after a start: it looks at once.
                    let delivery = try self.delivery(interval: .seconds(600))
                    group.addTask { try await delivery.run() }
                    try await Task.sleep(for: .milliseconds(200))
                    trigger.triggerGracefulShutdown()
                    try await group.waitForAll()
                }
            }
            #expect((try await queue.record(of: id) != nil) == isKnown)
        }
    }

    @Test("leaves alone what another process is at, and does it again once that one's lease has run out")
    func leases() async throws {
        let id = try await added()
        let gauge = Gauge()
        postman.answers { _ in
            gauge.enter()
            try await Task.sleep(for: .seconds(600))
            return "never"
        }
        // It dies: anyone who dies notes nothing and gives nothing back.
        let first = try delivery(holder: "first")
        let dying = Task { await first.doWhatIsDue() }
        while gauge.most < 1 { try await Task.sleep(for: .milliseconds(100)) }

        postman.answers { _ in "250 OK" }
        let second = try delivery(holder: "second")
        clock.advance(by: Lease.span - .seconds(1))
        await second.doWhatIsDue()
        #expect(postman.taken.count == 1)
        clock.advance(by: .seconds(1))
        await second.doWhatIsDue()
        #expect(try await state(id) == .delivered)
        #expect(postman.taken.count == 2 && Set(postman.taken.map(\.messageID)).count == 1)

        // What the first one has to say of it comes too late.
        dying.cancel()
        await dying.value
        #expect(try await state(id) == .delivered)
        #expect(try await queue.record(of: id)?.attempts == 1)
    }

    @Test("sends nothing twice at the same time, though its own lease is over: a clock was set")
    func underWay() async throws {
        let id = try await added()
        let gauge = Gauge()
        let (answers, answer) = AsyncStream<Void>.makeStream()
        postman.answers { _ in
            gauge.enter()
            for await _ in answers { break }
            return "250 OK"
        }
        let delivery = try delivery(holder: "this")
        let first = Task { await delivery.doWhatIsDue() }
        while gauge.most < 1 { try await Task.sleep(for: .milliseconds(5)) }
        clock.advance(by: Lease.span + .seconds(1))
        postman.answers { _ in "250 OK" }
        await delivery.doWhatIsDue()
        #expect(postman.taken.count == 1)
        #expect(try await state(id) == .waiting)

        answer.finish()
        await first.value
        #expect(try await state(id) == .delivered)
        #expect(try await queue.record(of: id)?.attempts == 1)
    }

    @Test("leaves alone what a newer version queued, says so, and does all the rest")
    func unknownKind() async throws {
        try await index.database.byHand(
            """
            INSERT INTO outbox (kind, about, title, sealed_payload, state, queued_at, due_at, attempts)
            VALUES ('dance', 'x', 'x', x'00', 'waiting', 0, 0, 0)
            """)
        let id = try await added()
        let delivery = try delivery()
        await delivery.doWhatIsDue()
        #expect(try await state(id) == .delivered)
        let unknown = try await index.stores.outbox.unknown()
        #expect(unknown == [UnknownJobs(kind: "dance", count: 1)])
        #expect(unknown.first?.words.hasPrefix("1 job of the kind 'dance' cannot be done by this version") == true)
        #expect(try await queue.counts().waiting == 0, "it is no mail")
    }

    private func reaches(_ wanted: MailState, _ id: MailID) async throws {
        for _ in 0..<500 where try await state(id) != wanted { try await Task.sleep(for: .milliseconds(10)) }
        #expect(try await state(id) == wanted)
    }
}

/// A flag that two tasks share.
private final class Flag: Sendable {
    private let state: Mutex<Bool>
    init(_ value: Bool) { state = Mutex(value) }
    var value: Bool {
        get { state.withLock { $0 } }
        set { state.withLock { $0 = newValue } }
    }
}

/// How many were in at once.
private final class Gauge: Sendable {
    private let counts = Mutex((now: 0, most: 0))
    var most: Int { counts.withLock { $0.most } }
    func enter() {
        counts.withLock { counts in
            counts.now += 1
            counts.most = max(counts.most, counts.now)
        }
    }
    func leave() { counts.withLock { $0.now -= 1 } }
}
