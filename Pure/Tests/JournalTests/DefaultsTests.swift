import Foundation
import Testing
import VectorSupport

@Suite struct DefaultsTests {
    /// A switch over an enum of ours has no `default`: a new case would get what was meant for others, and nobody would
    /// be asked. The list holds those over texts, bytes and other people's enums; anyone who adds a line looks at it.
    @Test("no switch has a default but those that the list names")
    func defaults() throws {
        let root = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../../..").standardized
        var lines: [String] = []
        for folder in ["Pure/Sources", "Sources"] {
            let files = FileManager.default.enumerator(
                at: root.appending(path: folder), includingPropertiesForKeys: nil)
            while let file = files?.nextObject() as? URL {
                guard file.pathExtension == "swift" else { continue }
                let name = file.standardized.path.dropFirst(root.path.count)
                for line in try String(contentsOf: file, encoding: .utf8).split(separator: "\n") {
                    let text = line.trimmingCharacters(in: .whitespaces)
                    guard text.hasPrefix("default:") || text.hasPrefix("@unknown default:") else { continue }
                    lines.append("\(name.drop { $0 == "/" }): \(text)\n")
                }
            }
        }
        #expect(lines.count > 50)
        try Golden.expect(lines.sorted().joined(), "defaults.txt")
    }
}
