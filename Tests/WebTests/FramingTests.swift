import Foundation
import NIOCore
import Testing

@testable import Web

/// All that goes over sockets runs one after the other, so that nobody is slow who is not meant to be.
@Suite("The edge", .serialized) enum EdgeTests {}

extension EdgeTests {
    @Suite("What is not beyond doubt a request is refused before any handler") struct FramingTests {
        // A second request follows in each row: after a refusal it must not be answered, whatever it is.
        // The columns are the point.
        // swift-format-ignore
        static let refused: [(request: RawRequest, status: Int, why: String)] = [
        ("GET /a HTTP/1.1\r\n\r\n", 400, "no Host header"),
        ("GET /a HTTP/1.1\r\nHost: a\r\nHost: a\r\n\r\n", 400, "more than one Host"),
        ("GET /a HTTP/1.0\r\nHost: a\r\nHost: b\r\n\r\n", 400, "more than one Host"),
        ("GET /a HTTP/1.1\r\nHost:\r\n\r\n", 400, "not a host name"),
        ("GET /a HTTP/1.1\r\nHost: a b\r\n\r\n", 400, "not a host name"),
        ("GET /a HTTP/1.1\r\nHost: a,b\r\n\r\n", 400, "not a host name"),
        ("GET /a HTTP/1.1\r\nHost: user@a\r\n\r\n", 400, "not a host name"),
        ("GET /a HTTP/1.1\r\nHost: a/b\r\n\r\n", 400, "not a host name"),
        ("GET /a HTTP/1.1\r\nHost: a:port\r\n\r\n", 400, "not a host name"),
        ("GET /a HTTP/1.1\r\nHost: [::1\r\n\r\n", 400, "not a host name"),
        ("POST /a HTTP/1.0\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400, "HTTP/1.0 has no"),
        ("POST /a HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400, ""),
        ("POST /a HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n0\r\n\r\n", 400, ""),
        ("POST /a HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nContent-Length: 1\r\n\r\nx", 400, ""),
        ("POST /a HTTP/1.1\r\nHost: a\r\nContent-Length: 1, 1\r\n\r\nx", 400, ""),
        ("POST /a HTTP/1.1\r\nHost: a\r\nContent-Length: +1\r\n\r\nx", 400, ""),
        ("POST /a HTTP/1.1\r\nHost: a\r\nContent-Length: -1\r\n\r\nx", 400, ""),
        ("POST /a HTTP/1.1\r\nHost: a\r\nContent-Length: 0x1\r\n\r\nx", 400, ""),
        ("POST /a HTTP/1.1\r\nHost: a\r\nContent-Length: 1 1\r\n\r\nx", 400, ""),
        ("POST /a HTTP/1.1\r\nHost: a\r\nContent-Length:\r\n\r\nx", 400, ""),
        ("POST /a HTTP/1.1\r\nHost: a\r\nContent-Length: 99999999999999999999999\r\n\r\nx", 400, ""),
        ("POST /a HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: xchunked\r\n\r\n0\r\n\r\n", 501, "only Transfer-Encoding"),
        ("POST /a HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: identity\r\n\r\n", 501, "only Transfer-Encoding"),
        ("POST /a HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n", 501, ""),
        ("POST /a HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked, chunked\r\n\r\n0\r\n\r\n", 400, ""),
        ("POST /a HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400, ""),
        ("POST /a HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked;q=1\r\n\r\n0\r\n\r\n", 501, ""),
        ("POST /a HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: \"chunked\"\r\n\r\n0\r\n\r\n", 501, ""),
        ("POST /a HTTP/1.1\r\nHost: a\r\nTransfer-Encoding:\r\n\r\n", 501, ""),
        ("POST /a HTTP/1.1\r\nHost: a\r\nTransfer-Encoding : chunked\r\n\r\n0\r\n\r\n", 400, ""),
        ("GET /a HTTP/1.1\r\nHost: a\r\nX-A: b\r\n c\r\n\r\n", 400, ""),
        ("GET /a HTTP/1.1\r\nHost: a\r\nX-A: b\r\n\tc\r\n\r\n", 400, ""),
        ("GET /a HTTP/1.1\r\n Host: a\r\n\r\n", 400, ""),
        ("GET /a HTTP/1.1\r\nHost: a\r\nX-A: b\nX-B: c\r\n\r\n", 400, ""),
        ("GET /a HTTP/1.1\r\nHost: a\r\nX-A: b\rX-B: c\r\n\r\n", 400, ""),
        ("GET /a HTTP/1.1\r\nHost: a\r\nX-A: b\0c\r\n\r\n", 400, ""),
        ("GET /a HTTP/1.1\r\nHost: a\r\nX-A\r\n\r\n", 400, ""),
        ("GET /a HTTP/1.1\r\nHost: a\r\n: b\r\n\r\n", 400, ""),
        ("GET /a HTTP/1.1\r\nHost: a\r\nX A: b\r\n\r\n", 400, ""),
        ("GET /a\u{1}b HTTP/1.1\r\nHost: a\r\n\r\n", 400, ""),
        ("GET /a b HTTP/1.1\r\nHost: a\r\n\r\n", 400, ""),
        ("GET /a\u{e4} HTTP/1.1\r\nHost: a\r\n\r\n", 400, ""),
        ("GET /a#b HTTP/1.1\r\nHost: a\r\n\r\n", 400, "percent-encoded"),
        ("GET ftp://a/b HTTP/1.1\r\nHost: a\r\n\r\n", 400, "must begin with a slash"),
        ("GET http://b/a HTTP/1.1\r\nHost: a\r\n\r\n", 400, "different hosts"),
        ("GET a HTTP/1.1\r\nHost: a\r\n\r\n", 400, ""),
        ("OPTIONS * HTTP/1.1\r\nHost: a\r\n\r\n", 400, "address *"),
        ("GET /\(String(repeating: "a", count: 9000)) HTTP/1.1\r\nHost: a\r\n\r\n", 414, "too long"),
        ("GET /\(String(repeating: "a", count: 20000)) HTTP/1.1\r\nHost: a\r\n\r\n", 431, "too large"),
        ("GET /a HTTP/1.1\r\nHost: a\r\nX-A: \(String(repeating: "a", count: 17000))\r\n\r\n", 431, "too large"),
        ("GET /a HTTP/1.1\r\nHost: a\r\n\(String(repeating: "X-A: a\r\n", count: 120))\r\n", 431, "too large"),
        ("GET /a HTTP/1.1\r\nHost: a\r\n\(String(repeating: "X-A: \(String(repeating: "a", count: 9000))\r\n", count: 8))\r\n", 431, "too large"),
        ("TRACE /a HTTP/1.1\r\nHost: a\r\n\r\n", 405, "not allowed"),
        ("CONNECT a:80 HTTP/1.1\r\nHost: a\r\n\r\n", 501, "not known"),
        ("BREW /a HTTP/1.1\r\nHost: a\r\n\r\n", 501, "not known"),
        ("POST /a HTTP/1.1\r\nHost: a\r\nExpect: tea\r\nContent-Length: 1\r\n\r\nx", 417, "100-continue"),
        ("GET /a HTTP/2.0\r\nHost: a\r\n\r\n", 505, "HTTP/1.1 and HTTP/1.0"),
        ("GET /a HTTP/0.9\r\n\r\n", 505, ""),
        ("GET /a HTTP/1.2\r\nHost: a\r\n\r\n", 505, ""),
        ("GET /a HTTP/11\r\nHost: a\r\n\r\n", 505, ""),
        ("GET /a\r\n\r\n", 505, ""),
        ("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 400, ""),
        ("\u{16}\u{3}\u{1}\u{2}\u{0}\u{1}\u{0}", 501, ""),
        ("GET /a HTTP/1.1\nHost: a\n\n", 505, ""),
    ]

        @Test("A doubtful request is refused with a reason, and the connection closed", arguments: refused)
        func refuse(request: RawRequest, status: Int, why: String) async throws {
            try await EdgeServer.run { server in
                server.put("/a", "page")
                server.put("/next", "page")
                let reply = try await server.exchange(
                    request.text + "GET /next HTTP/1.1\r\nHost: a\r\n\r\n", answers: .max)
                #expect(reply.statuses == [status], "\(reply.text)")
                #expect(reply.isClosed)
                #expect(reply.text.contains("Connection: close\r\n"))
                #expect(why.isEmpty || reply.text.contains(why))
                #expect(reply.text.hasSuffix(".\n"))
                #expect(server.reached.all.isEmpty)
                #expect(server.counters.snapshot.immediate == 0)
            }
        }

        // swift-format-ignore
        static let accepted: [(request: RawRequest, status: Int, closes: Bool)] = [
        ("GET /a HTTP/1.1\r\nHost: a\r\n\r\n", 200, false),
        ("GET /a HTTP/1.1\r\nhOsT: a:8080\r\n\r\n", 200, false),
        ("GET /a HTTP/1.1\r\nHost: [::1]:80\r\n\r\n", 200, false),
        ("GET http://a/a HTTP/1.1\r\nHost: a\r\n\r\n", 200, false),
        ("GET HTTPS://A/a HTTP/1.1\r\nHost: a\r\n\r\n", 200, false),
        ("GET /a HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n", 200, true),
        ("GET /a HTTP/1.1\r\nHost: a\r\nConnection: Close\r\n\r\n", 200, true),
        ("GET /a HTTP/1.0\r\n\r\n", 200, true),
        ("GET /a HTTP/1.0\r\nConnection: keep-alive\r\n\r\n", 200, false),
        ("GET /a HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n", 200, false),
        ("GET /a HTTP/1.1\r\nHost: a\r\nConnection: upgrade\r\nUpgrade: h2c\r\n\r\n", 200, true),
        ("\r\nGET /a HTTP/1.1\r\nHost: a\r\n\r\n", 200, false),
        ("GET /slow/a HTTP/1.0\r\n\r\n", 200, true),
        ("GET /slow/a HTTP/1.0\r\nConnection: keep-alive\r\n\r\n", 200, false),
        ("GET /slow/a HTTP/1.1\r\nHost: a\r\nConnection: CLOSE\r\n\r\n", 200, true),
        ("GET /stream HTTP/1.1\r\nHost: a\r\n\r\n", 200, false),
        ("GET /stream HTTP/1.0\r\nConnection: keep-alive\r\n\r\n", 200, true),
        ("POST /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: Chunked\r\n\r\n2\r\nhi\r\n0\r\n\r\n", 200, false),
    ]

        @Test("A plain request is answered, and the connection kept as long as both sides want it", arguments: accepted)
        func accept(request: RawRequest, status: Int, closes: Bool) async throws {
            try await EdgeServer.run { server in
                server.put("/a", "page")
                let reply = try await server.exchange(request.text, answers: closes ? .max : 1)
                #expect(reply.statuses == [status], "\(reply.text)")
                #expect(reply.isClosed == closes)
                #expect(reply.text.lowercased().contains("connection: close") == closes)
            }
        }

        @Test("A body that breaks its framing is refused while the handler reads it")
        func brokenChunk() async throws {
            try await EdgeServer.run { server in
                let reply = try await server.exchange(
                    "POST /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nhi\r\nzz\r\n",
                    answers: .max)
                #expect(reply.statuses == [400], "\(reply.text)")
                #expect(reply.isClosed)
            }
        }

        @Test(
            "A body that is cut off is never taken for a whole one",
            arguments: ["Content-Length: 10\r\n\r\nhi", "Transfer-Encoding: chunked\r\n\r\n2\r\nhi\r\n"])
        func cutBody(body: String) async throws {
            try await EdgeServer.run { server in
                let client = try await server.connect()
                try await client.send("POST /echo HTTP/1.1\r\nHost: a\r\n" + body)
                try await Task.sleep(for: .milliseconds(50))
                try await client.finishSending()
                let reply = await client.reply()
                #expect(reply.statuses == [400], "\(reply.text)")
                #expect(reply.isClosed)
            }
        }

        @Test("A refusal of a HEAD has no body, and neither has any other answer to one")
        func head() async throws {
            try await EdgeServer.run { server in
                server.put("/a", "page")
                #expect(try await server.exchange("HEAD /a HTTP/1.1\r\n\r\n").text.hasSuffix("\r\n\r\n"))
                for path in ["/a", "/slow/a", "/stream", "/none"] {
                    let reply = try await server.exchange(
                        "HEAD \(path) HTTP/1.1\r\nHost: a\r\n\r\nHEAD \(path) HTTP/1.1\r\nHost: a\r\n\r\n", answers: 2)
                    #expect(reply.statuses.count == 2, "\(reply.text)")
                    #expect(reply.text.hasSuffix("\r\n\r\n"))
                    #expect(reply.text.components(separatedBy: "\r\n\r\n").count == 3, "\(reply.text)")
                    #expect(!reply.isClosed)
                }
            }
        }

        @Test("100 Continue is sent when somebody reads the body, and only then")
        func expectation() async throws {
            try await EdgeServer.run { server in
                let client = try await server.connect()
                try await client.send(
                    "POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\nExpect: 100-continue\r\n\r\n")
                #expect(await client.wait { $0.received == "HTTP/1.1 100 Continue\r\n\r\n" })
                try await client.send("hi")
                let reply = await client.reply(answers: 2)
                #expect(reply.statuses == [100, 200], "\(reply.text)")
                #expect(!reply.isClosed)

                let refused = try await server.exchange(
                    "POST /deaf HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\nExpect: 100-continue\r\n\r\n", answers: .max
                )
                #expect(refused.statuses == [401], "\(refused.text)")
                #expect(refused.isClosed)
            }
        }

        @Test("An answer given before the body has arrived reaches a client that sends all of it first")
        func deafHandler() async throws {
            try await EdgeServer.run { server in
                let client = try await server.connect()
                let size = 3_000_000
                try await client.send("POST /deaf HTTP/1.1\r\nHost: a\r\nContent-Length: \(size)\r\n\r\n")
                try await client.send(ByteBuffer(repeating: 0x61, count: size))
                try await client.send("POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\nhi")
                let reply = await client.reply(answers: 2)
                #expect(reply.statuses == [401, 200], "\(reply.text)")
            }
        }
    }
}
