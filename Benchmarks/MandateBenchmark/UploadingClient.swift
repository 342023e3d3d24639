import Foundation
import Glibc
import Support

/// Uploads files one after the other over one connection, as a client in another thread would.
struct UploadingClient: Sendable {
    let port: Int
    let token: String

    struct Failed: Error, CustomStringConvertible {
        let description: String
    }

    /// What each upload took, in milliseconds, for each of the two projects.
    ///
    /// - Parameter files: the file with a number, of each project.
    func times(of count: Int, to files: [@Sendable (Int) -> TestUpload]) async throws -> [[Double]] {
        try await withCheckedThrowingContinuation { continuation in
            // Not on the threads that the server works on.
            Thread { continuation.resume(with: Result { try measure(count, files) }) }.start()
        }
    }

    private func measure(_ count: Int, _ files: [@Sendable (Int) -> TestUpload]) throws -> [[Double]] {
        let connection = try connect()
        defer { close(connection) }
        let clock = ContinuousClock()
        var times = files.map { _ in [Double]() }
        for number in 1...count {
            // In turns, and each as often the first.
            for which in number.isMultiple(of: 2) ? [0, 1] : [1, 0] {
                let request = request(files[which](number))
                let start = clock.now
                try send(request, over: connection)
                let answer = try receive(from: connection)
                times[which].append((clock.now - start) / .milliseconds(1))
                guard answer.hasPrefix("HTTP/1.1 200 ") else { throw Failed(description: answer) }
            }
        }
        return times
    }

    private func request(_ upload: TestUpload) -> [UInt8] {
        let body = upload.body
        let credentials = Data("__token__:\(token)".utf8).base64EncodedString()
        let head = """
            POST /legacy/ HTTP/1.1\r
            host: packages.example.org\r
            authorization: Basic \(credentials)\r
            content-type: \(upload.contentType)\r
            content-length: \(body.count)\r
            \r

            """
        return Array(head.utf8) + body
    }

    private func connect() throws -> Int32 {
        let connection = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = in_port_t(port).bigEndian
        address.sin_addr.s_addr = inet_addr("127.0.0.1")
        let result = withUnsafeBytes(of: &address) { bytes in
            bytes.withMemoryRebound(to: sockaddr.self) { address in
                Glibc.connect(connection, address.baseAddress, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        guard result == 0 else { throw Failed(description: "no connection: \(String(cString: strerror(errno)))") }
        return connection
    }

    private func send(_ bytes: [UInt8], over connection: Int32) throws {
        var rest = bytes[...]
        while !rest.isEmpty {
            let sent = rest.withUnsafeBytes { write(connection, $0.baseAddress, $0.count) }
            guard sent > 0 else { throw Failed(description: "the connection was closed") }
            rest = rest.dropFirst(sent)
        }
    }

    /// An answer, headers and all. Its body has a length, and comes with its last byte.
    private func receive(from connection: Int32) throws -> String {
        var answer: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 16_384)
        while true {
            let count = read(connection, &buffer, buffer.count)
            guard count > 0 else { throw Failed(description: "the connection was closed") }
            answer += buffer[..<count]
            let text = String(decoding: answer, as: UTF8.self)
            guard let end = text.range(of: "\r\n\r\n") else { continue }
            let length = text[..<end.lowerBound].lowercased().split(separator: "\r\n").lazy
                .compactMap {
                    $0.hasPrefix("content-length:") ? Int($0.dropFirst(15).trimmingCharacters(in: .whitespaces)) : nil
                }
                .first
            if text[end.upperBound...].utf8.count >= length ?? 0 { return text }
        }
    }
}
