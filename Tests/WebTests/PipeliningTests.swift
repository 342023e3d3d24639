import Foundation
import NIOCore
import Testing

@testable import Web

extension EdgeTests {
    @Suite("Requests sent ahead") struct PipeliningTests {
        /// A request and the body of its answer.
        private static func exchange(_ number: Int, kind: Int) -> (request: String, body: String) {
            switch kind {
            case 0: ("GET /page/\(number) HTTP/1.1\r\nHost: a\r\n\r\n", "page \(number)")
            case 1: ("GET /slow/\(number) HTTP/1.1\r\nHost: a\r\n\r\n", "/slow/\(number)")
            case 2:
                (
                    "POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: \(number)\r\n\r\n"
                        + String(repeating: "x", count: number), "\(number)"
                )
            case 3: ("GET /stream HTTP/1.1\r\nHost: a\r\n\r\n", "7\r\none two")
            default: ("HEAD /page/\(number) HTTP/1.1\r\nHost: a\r\n\r\n", "")
            }
        }

        @Test(
            "are answered in their order, from memory or not, however they are cut", arguments: 0..<12 as Range<UInt64>)
        func order(seed: UInt64) async throws {
            try await EdgeServer.run { server in
                var random = SplitMix64(seed: seed)
                for number in 0..<20 { server.put("/page/\(number)", "page \(number)") }
                let exchanges = (0..<20).map { Self.exchange($0, kind: Int.random(in: 0..<5, using: &random)) }
                let client = try await server.connect()
                var rest = Array(exchanges.map(\.request).joined().utf8)[...]
                while !rest.isEmpty {
                    let size = Int.random(in: 1...400, using: &random)
                    try await client.send(ByteBuffer(bytes: rest.prefix(size)))
                    rest = rest.dropFirst(size)
                }
                let reply = await client.reply(answers: exchanges.count)
                #expect(reply.statuses.count == exchanges.count, "seed \(seed): \(reply.text)")
                #expect(Self.bodies(reply.text) == exchanges.map(\.body), "seed \(seed)")
                #expect(!reply.isClosed)
            }
        }

        /// The bodies of all answers, with chunks joined.
        private static func bodies(_ text: String) -> [String] {
            text.components(separatedBy: "HTTP/1.1 200 OK\r\n").dropFirst().map { answer in
                let body = answer.components(separatedBy: "\r\n\r\n").dropFirst().joined(separator: "\r\n\r\n")
                guard answer.contains("chunked") else { return body }
                let pieces = body.components(separatedBy: "\r\n").enumerated().filter { $0.offset % 2 == 1 }.map(
                    \.element)
                return "7\r\n" + pieces.joined()
            }
        }

        @Test("are dropped when one of them is refused, after those before it have been answered")
        func refusalInTheMiddle() async throws {
            try await EdgeServer.run { server in
                server.put("/a", "page")
                let good = "GET /a HTTP/1.1\r\nHost: a\r\n\r\n"
                let slow = "GET /slow/b HTTP/1.1\r\nHost: a\r\n\r\n"
                for bad in ["GET /a HTTP/1.1\r\n\r\n", "bad\0\r\n\r\n", "GET /a HTTP/1.1\r\nHost: a\r\nX : y\r\n\r\n"] {
                    let reply = try await server.exchange(slow + good + bad + good, answers: .max)
                    #expect(reply.statuses.prefix(2) == [200, 200], "\(reply.text)")
                    #expect(reply.statuses.count == 3 && (reply.statuses.last ?? 0) >= 400, "\(reply.text)")
                    #expect(reply.isClosed)
                }
            }
        }

        @Test("after one that closes are not answered")
        func afterClose() async throws {
            try await EdgeServer.run { server in
                server.put("/a", "page")
                for path in ["/a", "/slow/a"] {
                    let reply = try await server.exchange(
                        "GET \(path) HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\nGET /a HTTP/1.1\r\nHost: a\r\n\r\n",
                        answers: .max)
                    #expect(reply.statuses == [200], "\(reply.text)")
                    #expect(reply.isClosed)
                }
            }
        }

        @Test("are all answered to a client that has stopped sending")
        func halfClosed() async throws {
            try await EdgeServer.run { server in
                server.put("/a", "page")
                let client = try await server.connect()
                try await client.send(
                    "GET /slow/a HTTP/1.1\r\nHost: a\r\n\r\nGET /a HTTP/1.1\r\nHost: a\r\n\r\nGET /slow/b HTTP/1.1\r\nHost: a\r\n\r\n"
                )
                try await client.finishSending()
                let reply = await client.reply()
                #expect(reply.statuses == [200, 200, 200], "\(reply.text)")
                #expect(reply.isClosed)
            }
        }

        @Test("never make the server hold more than one answer that is not read")
        func floodOfLargeAnswers() async throws {
            try await EdgeServer.run { server in
                server.put("/large", [UInt8](repeating: 0x78, count: 1_000_000))
                let client = try await RawClient(port: server.port, reads: false, keepsBytes: false)
                let request = "GET /large HTTP/1.1\r\nHost: a\r\n\r\n"
                try await client.send(String(repeating: request, count: 300))
                try await Task.sleep(for: .milliseconds(300))
                // What the sockets hold is a few answers; the rest of the requests waits.
                #expect(server.counters.snapshot.immediate < 20)
                client.close()
            }
        }
    }

}

/// A small generator whose runs a seed repeats.
struct SplitMix64: RandomNumberGenerator {
    private var state: UInt64
    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xbf58_476d_1ce4_e5b9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94d0_49bb_1331_11eb
        return mixed ^ (mixed >> 31)
    }
}
