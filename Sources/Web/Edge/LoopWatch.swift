import Foundation
import NIOCore
import UTC

/// One clock for all connections of an event loop.
///
/// A timer for each connection would be rescheduled with each request; here a request only writes down its deadline,
/// and one task looks at all connections once a tick. It also knows the `Date` line of the current second.
///
/// Owned by one event loop and used only there.
final class LoopWatch {
    private let loop: any EventLoop
    private let tick: TimeAmount
    private var wires: [Wire] = []
    private var isRunning = false

    /// The time at the last tick.
    private(set) var now: NIODeadline
    /// `Date: …` with its line end, as of the last tick.
    private(set) var dateLine = ByteBuffer()

    init(loop: any EventLoop, tick: TimeAmount) {
        self.loop = loop
        self.tick = tick
        now = loop.now
        refreshDate()
    }

    /// A moment that is at least `delay` from now, whatever time has passed since the last tick.
    func deadline(in delay: TimeAmount) -> NIODeadline { now + delay + tick }

    func add(_ wire: Wire) {
        wire.watchIndex = wires.count
        wires.append(wire)
        guard !isRunning else { return }
        isRunning = true
        now = loop.now
        refreshDate()
        scheduleTick()
    }

    func remove(_ wire: Wire) {
        let index = wire.watchIndex
        guard wires.indices.contains(index), wires[index] === wire else { return }
        let last = wires.removeLast()
        guard last !== wire else { return }
        wires[index] = last
        last.watchIndex = index
    }

    private func scheduleTick() {
        loop.assumeIsolated().scheduleTask(in: tick) { self.strike() }
    }

    private func strike() {
        now = loop.now
        refreshDate()
        // From the end, since a connection that is closed here is replaced by the last one, which has been looked at.
        var index = wires.count - 1
        while index >= 0 {
            if index < wires.count { wires[index].look(at: now) }
            index -= 1
        }
        isRunning = !wires.isEmpty
        if isRunning { scheduleTick() }
    }

    private func refreshDate() {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        dateLine = ByteBuffer(string: "Date: \(Timestamp(seconds: Int64(time.tv_sec)).httpDate)\r\n")
    }
}
