import Foundation
import Synchronization
import Testing

/// Listens on loopback, and answers each request as a test says.
final class ScriptedServer: Sendable {
    /// What was asked.
    struct Request: Sendable {
        let method: String
        let path: String
        let body: [UInt8]
    }

    /// What is answered.
    enum Reply: Sendable {
        case answer(Int, [UInt8], headers: [String] = [])
        /// The head of an answer, and then bytes without end.
        case endless
        /// Nothing, until the other side goes.
        case silence

        static func text(_ status: Int, _ text: String, headers: [String] = []) -> Reply {
            .answer(status, Array(text.utf8), headers: headers)
        }
    }

    private let port: Int
    private let descriptor: Int32
    private let seen = Mutex<[String]>([])

    var url: String { "http://127.0.0.1:\(port)" }
    /// The paths that were asked for, in their order.
    var asked: [String] { seen.withLock { $0 } }

    func forget() { seen.withLock { $0 = [] } }

    init(_ reply: @escaping @Sendable (Request) -> Reply) throws {
        descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        var size = socklen_t(MemoryLayout<sockaddr_in>.size)
        let (listener, length) = (descriptor, size)
        let isOpen = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { pointer in
                bind(listener, pointer, length) == 0 && listen(listener, 64) == 0
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
                if let request = Self.request(from: connection) {
                    self?.seen.withLock { $0.append(request.path) }
                    Self.send(reply(request), to: connection)
                }
                shutdown(connection, Int32(SHUT_WR))
                Self.drain(connection)
                close(connection)
            }
        }
    }

    deinit { shutdown(descriptor, Int32(SHUT_RDWR)) }

    private static func request(from connection: Int32) -> Request? {
        var bytes: [UInt8] = []
        var piece = [UInt8](repeating: 0, count: 65_536)
        let blank = Array("\r\n\r\n".utf8)
        while true {
            if let end = bytes.firstRange(of: blank) {
                let lines = String(decoding: bytes[..<end.lowerBound], as: UTF8.self).split(separator: "\r\n")
                let words = lines[0].split(separator: " ")
                let length = lines.first { $0.lowercased().hasPrefix("content-length:") }
                    .flatMap { Int($0.dropFirst(15).filter(\.isNumber)) }
                let body = bytes[end.upperBound...]
                if body.count >= length ?? 0, words.count > 1 {
                    return Request(method: String(words[0]), path: String(words[1]), body: Array(body))
                }
            }
            let count = recv(connection, &piece, piece.count, 0)
            guard count > 0 else { return nil }
            bytes += piece[..<count]
        }
    }

    private static func send(_ reply: Reply, to connection: Int32) {
        switch reply {
        case .answer(let status, let body, let headers):
            let head = (["HTTP/1.1 \(status) Said", "Content-Length: \(body.count)", "Connection: close"] + headers)
                .joined(separator: "\r\n")
            write(Array("\(head)\r\n\r\n".utf8) + body, to: connection)
        case .endless:
            write(Array("HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n".utf8), to: connection)
            while write([UInt8](repeating: 0x61, count: 4_096), to: connection) {}
        case .silence: drain(connection)
        }
    }

    @discardableResult
    private static func write(_ bytes: [UInt8], to connection: Int32) -> Bool {
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { Glibc.send(connection, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) }
            guard count > 0 else { return false }
            rest = rest.dropFirst(count)
        }
        return true
    }

    private static func drain(_ connection: Int32) {
        var piece = [UInt8](repeating: 0, count: 4_096)
        while recv(connection, &piece, piece.count, 0) > 0 {}
    }
}
