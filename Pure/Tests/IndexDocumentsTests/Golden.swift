import Foundation
import Testing

/// Documents that readers everywhere depend on, compared byte for byte.
///
/// `RIND_GOLDEN=write swift test --filter IndexDocumentsTests` writes them anew; review the difference as a change to the
/// interface, which it is.
enum Golden {
    private static let folder = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Golden")
    private static let isWriting = ProcessInfo.processInfo.environment["RIND_GOLDEN"] == "write"

    static func expect(_ bytes: [UInt8], _ name: String, sourceLocation: SourceLocation = #_sourceLocation) throws {
        let file = folder.appending(path: name)
        if isWriting { try Data(bytes).write(to: file) }
        let golden = try String(contentsOf: file, encoding: .utf8)
        #expect(
            String(decoding: bytes, as: UTF8.self) == golden, "differs from \(name)", sourceLocation: sourceLocation)
    }
}
