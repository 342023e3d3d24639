import Foundation
import Synchronization

/// A bar on the terminal for what takes longer than two seconds; nothing when standard error is no terminal.
public final class ProgressBar: Sendable {
    private let label: String
    private let isShown: Bool
    private let started = ContinuousClock.now
    private let drawn = Mutex<ContinuousClock.Instant?>(nil)

    /// - Parameter label: what stands before it.
    public init(_ label: String) {
        self.label = label
        isShown = isatty(STDERR_FILENO) == 1
    }

    /// Shows how far it is. `total` is 0 while nobody knows.
    public func update(_ done: Int, of total: Int) {
        guard isShown, ContinuousClock.now - started > .seconds(2) else { return }
        let isDue = drawn.withLock { last in
            let now = ContinuousClock.now
            if let last, now - last < .milliseconds(100), done < total { return false }
            last = now
            return true
        }
        guard isDue else { return }
        let width = 30
        let filled = total > 0 ? min(width, done * width / total) : 0
        let bar = String(repeating: "█", count: filled) + String(repeating: "░", count: width - filled)
        let count = total > 0 ? "\(done)/\(total)" : "\(done)"
        try? FileHandle.standardError.write(contentsOf: Data("\r\(label) \(bar) \(count)".utf8))
    }

    /// Leaves the line.
    public func finish() {
        guard isShown, drawn.withLock({ $0 != nil }) else { return }
        try? FileHandle.standardError.write(contentsOf: Data("\n".utf8))
    }
}
