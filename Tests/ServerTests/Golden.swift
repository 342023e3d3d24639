import Foundation
import Testing

/// What everyone depends on, compared byte for byte.
///
/// `RIND_GOLDEN=write swift test --filter ServerTests` writes it anew; review the difference as a change to the code.
enum Golden {
    private static let folder = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Golden")

    static func expect(_ text: String, _ name: String, sourceLocation: SourceLocation = #_sourceLocation) throws {
        let file = folder.appending(path: name)
        if ProcessInfo.processInfo.environment["RIND_GOLDEN"] == "write" {
            try text.write(to: file, atomically: true, encoding: .utf8)
        }
        let golden = try String(contentsOf: file, encoding: .utf8)
        #expect(text == golden, "differs from \(name)", sourceLocation: sourceLocation)
    }
}
