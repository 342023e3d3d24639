import Foundation

/// Golden files: what everyone depends on (documents, pages, routes, tables of rules), byte for byte.
///
/// They are in a folder `Golden` beside the test that compares them. `RIND_GOLDEN=write swift test --filter SUITE`
/// writes them; review the difference as a change to the code, which it is.
public enum Golden {
    private static let isWriting = ProcessInfo.processInfo.environment["RIND_GOLDEN"] == "write"

    /// Compares a text with a golden file, and writes the file where that is asked for. A test that wrote one fails: it
    /// has compared nothing.
    ///
    /// - Parameter test: the file of the test, beside which the folder `Golden` is.
    /// - Throws: `GoldenDiffers`, with the first line that is different.
    public static func expect(_ text: String, _ name: String, beside test: String = #filePath) throws {
        try expect(Array(text.utf8), name, beside: test)
    }

    /// Compares bytes of UTF-8 with a golden file, or writes the file where that is asked for.
    public static func expect(_ bytes: [UInt8], _ name: String, beside test: String = #filePath) throws {
        let file = URL(filePath: test).deletingLastPathComponent().appending(path: "Golden/\(name)")
        let golden = (try? Data(contentsOf: file)) ?? Data()
        guard !golden.elementsEqual(bytes) else { return }
        if isWriting {
            try FileManager.default.createDirectory(
                at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
            try Data(bytes).write(to: file)
        }
        throw GoldenDiffers(name, golden: golden, tested: bytes, isWritten: isWriting)
    }
}

/// That something is not what its golden file holds.
public struct GoldenDiffers: Error, CustomStringConvertible {
    /// The name of the file, and its first line that is different.
    public let description: String

    init(_ name: String, golden: some Sequence<UInt8>, tested: some Sequence<UInt8>, isWritten: Bool) {
        let lines = [Array(golden), Array(tested)].map { $0.split(separator: 0x0A, omittingEmptySubsequences: false) }
        let number = zip(lines[0], lines[1]).prefix { $0 == $1 }.count
        let texts = lines.map {
            number < $0.count ? "'\(String(decoding: $0[number], as: UTF8.self))'" : "nothing more"
        }
        description =
            "Golden/\(name), line \(number + 1): the file \(isWritten ? "had" : "has") \(texts[0]), the test got \(texts[1])"
            + (isWritten ? ". It is written; read the difference." : "")
    }
}
