import Foundation
import Letters
import Synchronization
import Testing
import UTC

@testable import Mail

@Suite("The outbox folder") struct FolderTransportTests {
    let folder = FileManager.default.temporaryDirectory.appending(path: "outbox-\(UUID().uuidString)").path

    @Test("gets a file that only its owner can read, with the parts as they are, whole or not at all")
    func file() async throws {
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let transport = FolderTransport(folder: folder)
        let text = "Grüße\n\nhttps://packages.example.org/account/verify/0123456789abcdef/\n"
        let receipt = try await transport.send(message(text: text))
        let path = "\(folder)/20231114T221320Z-12.eml"
        #expect(receipt == "written to \(path)")
        let content = try String(contentsOfFile: path, encoding: .utf8)
        #expect(content.hasPrefix("From: rind@packages.example.org\nTo: ada@example.org\nSubject: A test\n"))
        #expect(content.contains("\n\n\(text)\n--part-12-"))
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder) == ["20231114T221320Z-12.eml"])
        let mode = { (path: String) in
            try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int
        }
        #expect(try mode(path) == 0o600 && mode(folder) == 0o700)
    }

    @Test("has one file for a mail, however often it is sent")
    func again() async throws {
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let transport = FolderTransport(folder: folder)
        #expect(try await transport.send(message()) == transport.send(message()))
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder).count == 1)
    }

    @Test("separates the parts by what is in neither of them")
    func boundary() throws {
        let boundary = "part-12-1700000000000000"
        let text = try FolderTransport.text(of: message(text: "--\(boundary)--\n", html: "\(boundary)-"))
        // The text has it with two hyphens more.
        #expect(text.contains("boundary=\"\(boundary)---\""))
    }

    @Test("that cannot be made is a failure that is tried again")
    func unwritable() async throws {
        let failure = await #expect(throws: MailFailure.self) {
            try await FolderTransport(folder: "/proc/nowhere/outbox").send(message())
        }
        #expect(failure?.isPermanent == false)
    }
}

/// A mail server that greets and then says nothing, or is not there at all. Those that answer are in Tests/Clients.
@Suite("A mail server") struct SMTPTransportTests {
    @Test("that is not there is tried again")
    func absent() async throws {
        // Nobody listens on port 1.
        let transport = SMTPTransport(SMTPServer(host: "127.0.0.1", port: 1, security: .none))
        let failure = await #expect(throws: MailFailure.self) { try await transport.send(message()) }
        #expect(failure?.isPermanent == false && failure?.code == nil)
        #expect(failure?.reason.contains("127.0.0.1") == true)
    }

    @Test("that says nothing is not waited for longer than allowed", .timeLimit(.minutes(15)))
    func silent() async throws {
        let port = try SilentServer()
        var timeouts = SMTPTransport.Timeouts()
        timeouts.total = .milliseconds(300)
        let transport = SMTPTransport(
            SMTPServer(host: "127.0.0.1", port: port.number, security: .none), timeouts: timeouts)
        let failure = await #expect(throws: MailFailure.self) { try await transport.send(message()) }
        #expect(failure?.isPermanent == false)
    }

    @Test("that says nothing is left when nobody waits any more", .timeLimit(.minutes(15)))
    func cancelled() async throws {
        let port = try SilentServer()
        var timeouts = SMTPTransport.Timeouts()
        timeouts.grace = .milliseconds(100)
        let transport = SMTPTransport(
            SMTPServer(host: "127.0.0.1", port: port.number, security: .none), atOnce: 1, timeouts: timeouts)
        let first = Task { try await transport.send(message()) }
        // It waits for the only thread, and does not begin.
        let second = Task { try await transport.send(message()) }
        try await Task.sleep(for: .milliseconds(200))
        first.cancel()
        second.cancel()
        for task in [first, second] {
            let result = await task.result
            #expect(throws: CancellationError.self) { try result.get() }
        }
    }
}

/// Listens on loopback and never accepts.
private final class SilentServer: Sendable {
    let number: Int
    private let descriptor: Int32

    init() throws {
        descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        var size = socklen_t(MemoryLayout<sockaddr_in>.size)
        let (descriptor, length) = (descriptor, size)
        let isOpen = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { pointer in
                bind(descriptor, pointer, length) == 0 && listen(descriptor, 8) == 0
                    && getsockname(descriptor, pointer, &size) == 0
            }
        }
        try #require(isOpen)
        number = Int(UInt16(bigEndian: address.sin_port))
    }

    deinit { close(descriptor) }
}
