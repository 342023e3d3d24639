import Foundation
import Glibc
import Logging
import Testing

@testable import Server

@Suite("Log lines for programs") struct JSONLogTests {
    private func logger(to output: FileHandle) -> Logger {
        Logger(label: "test") { _ in
            var handler = JSONLogHandler()
            handler.output = output
            return handler
        }
    }

    @Test("are one JSON object each, with the metadata beside the message")
    func lines() throws {
        let pipe = Pipe()
        logger(to: pipe.fileHandleForWriting).warning("a \"word\"\nand more", metadata: ["request": "abc"])
        try pipe.fileHandleForWriting.close()
        let line = try #require(try pipe.fileHandleForReading.readToEnd())
        #expect(line.filter { $0 == UInt8(ascii: "\n") }.count == 1)
        let fields = try JSONDecoder().decode([String: String].self, from: line)
        #expect(fields["message"] == "a \"word\"\nand more")
        #expect(fields["request"] == "abc" && fields["level"] == "warning" && fields["time"] != nil)
    }

    @Test("of either kind are one line each, and carry nothing that steers a terminal", arguments: [true, false])
    func terminal(isJSON: Bool) throws {
        let pipe = Pipe()
        let output = pipe.fileHandleForWriting
        let logger =
            isJSON
            ? logger(to: output)
            : Logger(label: "test") { StreamLogHandler(label: $0, stream: LineLogStream(output: output)) }
        logger.warning(
            "x\u{1B}[31m\u{7F}\u{9B}\u{202E}\n2026-01-01T00:00:00 error rind: forged", metadata: ["path": "/\u{9D}\n"])
        try output.close()
        let bytes = try #require(try pipe.fileHandleForReading.readToEnd())
        let text = String(decoding: bytes, as: UTF8.self)
        #expect(text.hasSuffix("\n") && text.filter(\.isNewline).count == 1)
        let foreign: ClosedRange<UInt32> = 0x80...0x9F
        #expect(
            text.dropLast().unicodeScalars.allSatisfy {
                $0.value >= 0x20 && $0.value != 0x7F && !foreign.contains($0.value) && $0.value != 0x202E
            })
    }

    @Test("that cannot be written are lost, and nothing else is: a full disk, a reader that has gone")
    func failing() throws {
        // As the server has it: its sockets want that, too.
        signal(SIGPIPE, SIG_IGN)
        let full = try #require(FileHandle(forWritingAtPath: "/dev/full"))
        let broken = Pipe()
        try broken.fileHandleForReading.close()
        let closed = Pipe().fileHandleForWriting
        try closed.close()
        for output in [full, broken.fileHandleForWriting, closed] {
            for _ in 0..<3 { logger(to: output).error("lost") }
        }
    }
}
