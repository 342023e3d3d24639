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
