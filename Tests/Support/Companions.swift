import Foundation

/// Starts another process on the database of an index, as another node would be.
///
/// - Parameter arguments: what it does, and what that takes: see Tests/Companion.
package func startCompanion(on index: TestIndex, _ what: String, _ arguments: String...) throws -> Process {
    let process = Process()
    // It is built beside the tests.
    process.executableURL = URL(filePath: "/proc/self/exe").resolvingSymlinksInPath().deletingLastPathComponent()
        .appending(path: "Companion")
    process.arguments = [what, index.folder.path] + arguments
    try process.run()
    return process
}

extension Process {
    /// Waits for its end, and returns its status.
    package func ended() async throws -> Int32 {
        while isRunning { try await Task.sleep(for: .milliseconds(10)) }
        return terminationStatus
    }
}
