import Foundation
import Synchronization
import Testing

@testable import Outgoing

@Suite("An address") struct NetworkAddressTests {
    @Test(
        "is on the Internet or not, also in the clothes of another kind",
        arguments: [
            ("8.8.8.8", true), ("9.255.255.255", true), ("11.0.0.0", true), ("100.63.255.255", true),
            ("100.128.0.0", true), ("172.15.0.1", true), ("172.32.0.1", true), ("192.0.1.1", true),
            ("223.255.255.255", true),
            ("0.0.0.0", false), ("10.1.2.3", false), ("127.0.0.1", false), ("127.255.0.1", false),
            ("100.64.0.1", false), ("100.127.255.255", false), ("169.254.169.254", false), ("172.16.0.1", false),
            ("172.31.255.255", false), ("192.168.1.1", false), ("192.0.0.8", false), ("192.0.2.1", false),
            ("198.18.0.1", false), ("198.19.0.1", false), ("198.51.100.1", false), ("203.0.113.9", false),
            ("224.0.0.1", false), ("255.255.255.255", false),
            ("2606:4700::1111", true), ("2a00::1", true), ("::ffff:8.8.8.8", true), ("64:ff9b::8.8.8.8", true),
            ("2002:808:808::", true),
            ("::", false), ("::1", false), ("::ffff:127.0.0.1", false), ("::ffff:169.254.169.254", false),
            ("64:ff9b::10.0.0.1", false), ("2002:a00:1::", false), ("fe80::1", false), ("fd00::1", false),
            ("ff02::1", false), ("2001:db8::1", false), ("2001::1", false), ("3fff::1", false), ("4000::1", false),
        ])
    func places(text: String, isPublic: Bool) throws {
        var bytes = [UInt8](repeating: 0, count: text.contains(":") ? 16 : 4)
        #expect(inet_pton(text.contains(":") ? AF_INET6 : AF_INET, text, &bytes) == 1)
        #expect(try #require(NetworkAddress(bytes)).isPublic == isPublic)
    }

    @Test("has four or sixteen bytes") func lengths() {
        for count in [0, 3, 5, 15, 17] { #expect(NetworkAddress(Array(repeating: 8, count: count)) == nil) }
    }
}

@Suite("Asking by HTTP") struct HTTPClientTests {
    @Test("reads an answer, and no more of it than was said")
    func bounds() throws {
        let server = try OneAnswer("HTTP/1.1 200 OK\r\nContent-Length: 5\r\nConnection: close\r\n\r\nhello")
        let client = try HTTPClient(.person)
        let answer = try client.send(.get(server.url, maximumBytes: 5))
        #expect(answer.status == 200)
        #expect(String(decoding: answer.body, as: UTF8.self) == "hello")
        #expect(throws: HTTPFailure.tooLong(url: server.url, maximumBytes: 4)) {
            try client.send(.get(server.url, maximumBytes: 4))
        }
    }

    @Test("unpacks what is packed, and counts the bytes that come out")
    func packed() throws {
        // 20,000 zeros in gzip.
        let packed = Array(Data(base64Encoded: Self.zeros) ?? Data())
        let head =
            "HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: \(packed.count)\r\n"
            + "Connection: close\r\n\r\n"
        let server = try OneAnswer(Array(head.utf8) + packed)
        let client = try HTTPClient(.person)
        #expect(try client.send(.get(server.url, maximumBytes: 20_000)).body.count == 20_000)
        #expect(throws: HTTPFailure.tooLong(url: server.url, maximumBytes: 19_999)) {
            try client.send(.get(server.url, maximumBytes: 19_999))
        }
    }

    private static let zeros =
        "H4sIAAAAAAACA+3BMQEAAADCoErrn84aHkABAAAAAAAAAAAAAAAAAAAAAAAA8GC9DxuMIE4AAA=="

    @Test("follows redirects of what it gets, and none of what it brings")
    func redirects() throws {
        let there = try OneAnswer("HTTP/1.1 200 OK\r\nContent-Length: 5\r\nConnection: close\r\n\r\nthere")
        for status in [301, 302, 303, 307, 308] {
            let here = try OneAnswer(
                "HTTP/1.1 \(status) Moved\r\nLocation: \(there.url)\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
            let client = try HTTPClient(.person)
            #expect(try client.send(.get(here.url, maximumBytes: 100)).status == 200)
            let before = there.asked
            #expect(try client.send(.post([1, 2], to: here.url, maximumBytes: 100)).status == status)
            #expect(there.asked == before)
        }
    }

    @Test("asks by a server what is written as it is, and no name that leads to this machine")
    func names() throws {
        let server = try OneAnswer("HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
        for host in ["127.0.0.1", "localhost"] {
            let url = "http://\(host):\(server.port)/"
            #expect(try HTTPClient(.server).send(.get(url, maximumBytes: 0)).status == 200)
        }
        #expect(HTTPClient.isWrittenPlainly("http://[::1]:80/"))
        #expect(HTTPClient.isWrittenPlainly("http://10.0.0.1/log"))
        for url in ["http://witness.example/", "http://10.0.0.1.example.org/", "http://localhost.example.org/", "no"] {
            #expect(!HTTPClient.isWrittenPlainly(url))
        }
        // libcurl reads it as 127.0.0.1; nobody who means that writes it so.
        let asked = server.asked
        let odd = "http://2130706433:\(server.port)/"
        #expect(throws: HTTPFailure.notPublic(url: odd)) {
            try HTTPClient(.server).send(.get(odd, maximumBytes: 0))
        }
        #expect(server.asked == asked)
    }

    @Test("takes nothing but HTTP")
    func schemes() throws {
        for url in ["file:///etc/passwd", "ftp://127.0.0.1/", "gopher://127.0.0.1/", "", "nonsense://"] {
            #expect(throws: HTTPFailure.self) { try HTTPClient(.person).send(.get(url, maximumBytes: 100)) }
        }
    }
}

/// Listens on loopback, and gives everybody the same answer.
private final class OneAnswer: Sendable {
    let port: Int
    private let descriptor: Int32
    private let count = Mutex(0)

    var url: String { "http://127.0.0.1:\(port)/" }
    /// How many connections there were.
    var asked: Int { count.withLock { $0 } }

    convenience init(_ answer: String) throws { try self.init(Array(answer.utf8)) }

    init(_ answer: [UInt8]) throws {
        descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        var size = socklen_t(MemoryLayout<sockaddr_in>.size)
        let (listener, length) = (descriptor, size)
        let isOpen = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { pointer in
                bind(listener, pointer, length) == 0 && listen(listener, 8) == 0
                    && getsockname(listener, pointer, &size) == 0
            }
        }
        try #require(isOpen)
        port = Int(UInt16(bigEndian: address.sin_port))
        Thread.detachNewThread { [weak self] in
            while true {
                let connection = accept(listener, nil, nil)
                guard connection >= 0 else {
                    // Not before: its number would be another's, whose connections would be taken here.
                    close(listener)
                    return
                }
                self?.count.withLock { $0 += 1 }
                var request = [UInt8](repeating: 0, count: 4_096)
                _ = recv(connection, &request, request.count, 0)
                _ = answer.withUnsafeBytes { send(connection, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) }
                shutdown(connection, Int32(SHUT_WR))
                while recv(connection, &request, request.count, 0) > 0 {}
                close(connection)
            }
        }
    }

    deinit { shutdown(descriptor, Int32(SHUT_RDWR)) }
}
