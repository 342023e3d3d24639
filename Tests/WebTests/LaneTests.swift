import Foundation
import HTTPTypes
import Synchronization
import Testing

@testable import Web

@Suite("Answers that take a while") struct LaneTests {
    private final class Count: Sendable {
        private let count = Atomic(0)
        var value: Int { count.load(ordering: .relaxed) }
        func next() { count.add(1, ordering: .relaxed) }
    }

    @Test("leave Swift's own threads to others, also where many wait for one rendering", .timeLimit(.minutes(15)))
    func threads() async throws {
        // More than Swift has threads: blocked there, nothing else would go on.
        let count = ProcessInfo.processInfo.activeProcessorCount * 4
        let lane = Lane(width: count, places: 1_000)
        let blocked = Count()
        let isOver = DispatchSemaphore(value: 0)
        try await withThrowingTaskGroup(of: Bool.self) { group in
            for number in 0..<count {
                group.addTask {
                    try await lane.run {
                        guard number.isMultiple(of: 2) else {
                            blocked.next()
                            return Self.wait(isOver)
                        }
                        // What a page server makes of it: a task of its own that others wait for as well.
                        return await Task(executorPreference: Lane.current) {
                            blocked.next()
                            return Self.wait(isOver)
                        }.value
                    }
                }
            }
            while blocked.value < count { try await Task.sleep(for: .milliseconds(2)) }
            #expect(await Task { 7 }.value == 7)
            for _ in 0..<count { isOver.signal() }
            // Nobody had to wait until the end of their patience.
            for try await isInTime in group { #expect(isInTime) }
        }
    }

    @Test("wait in a line that ends somewhere: then there is a sentence, and room again when one is done")
    func places() async throws {
        let lane = Lane(width: 1, places: 2)
        let isOver = DispatchSemaphore(value: 0)
        async let first: Void = lane.run { _ = Self.wait(isOver) }
        async let second: Void = lane.run {}
        while lane.count < 2 { try await Task.sleep(for: .milliseconds(2)) }
        let refusal = await #expect(throws: ServerBusy.self) { try await lane.run {} }
        #expect(refusal?.kind.status == .serviceUnavailable)
        isOver.signal()
        _ = try await (first, second)
        try await lane.run {}
        #expect(lane.count == 0)
    }

    @Test("whose client has gone lose their place, and those behind them have their turn", .timeLimit(.minutes(15)))
    func cancellation() async throws {
        let lane = Lane(width: 1, places: 3)
        let isOver = DispatchSemaphore(value: 0)
        async let first: Void = lane.run { _ = Self.wait(isOver) }
        while lane.count < 1 { try await Task.sleep(for: .milliseconds(2)) }
        let second = Task { try await lane.run {} }
        while lane.count < 2 { try await Task.sleep(for: .milliseconds(2)) }
        let third = Task { try await lane.run { 3 } }
        while lane.count < 3 { try await Task.sleep(for: .milliseconds(2)) }
        second.cancel()
        await #expect(throws: CancellationError.self) { try await second.value }
        #expect(lane.count == 2)
        isOver.signal()
        #expect(try await third.value == 3)
        try await first
        #expect(lane.count == 0)
    }

    private static func wait(_ semaphore: DispatchSemaphore) -> Bool {
        semaphore.wait(timeout: .now() + 600) == .success
    }
}
