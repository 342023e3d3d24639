import Foundation
import NIOCore
import Testing

@testable import Web

extension EdgeTests {
    @Suite("What one client may cost") struct LimitsTests {
        private static func limits(_ change: (inout EdgeLimits) -> Void) -> EdgeLimits {
            var limits = EdgeLimits()
            change(&limits)
            return limits
        }

        /// Sends `text` a byte at a time until the server answers or hangs up.
        private static func trickle(_ text: String, to client: RawClient) async -> RawClient.Reply {
            for byte in text.utf8 {
                guard client.count == 0, !client.isClosed else { break }
                // The server may hang up at any time; that is what the test is about.
                try? await client.send(ByteBuffer(bytes: [byte]))
                try? await Task.sleep(for: .milliseconds(20))
            }
            return await client.reply(answers: 1)
        }

        @Test("Headers that trickle in are cut off, and the client told so")
        func slowHeader() async throws {
            try await EdgeServer.run(limits: Self.limits { $0.header = .milliseconds(200) }) { server in
                let client = try await server.connect()
                let start = ContinuousClock.now
                let reply = await Self.trickle(
                    "GET / HTTP/1.1\r\nHost: a\r\n" + String(repeating: "X-A: b\r\n", count: 20), to: client)
                #expect(reply.statuses == [408], "\(reply.text)")
                #expect(reply.isClosed)
                #expect(ContinuousClock.now - start >= .milliseconds(200))
                #expect(server.reached.all.isEmpty)
            }
        }

        @Test("So are those of a second request")
        func slowSecondHeader() async throws {
            try await EdgeServer.run(limits: Self.limits { $0.header = .milliseconds(200) }) { server in
                server.put("/a", "page")
                let client = try await server.connect()
                try await client.send("GET /a HTTP/1.1\r\nHost: a\r\n\r\n")
                #expect(await client.wait { $0.received.hasSuffix("page") })
                try await client.send("GET /a HT")
                let reply = await client.reply()
                #expect(reply.statuses == [200, 408], "\(reply.text)")
            }
        }

        @Test("An idle connection is closed without a word, a new one and a used one")
        func idle() async throws {
            // Long enough that on a busy machine a request comes before its connection counts as idle.
            try await EdgeServer.run(limits: Self.limits { $0.idle = .seconds(2) }) { server in
                server.put("/a", "page")
                async let fresh = (try server.connect()).reply()
                try await withThrowingTaskGroup(of: Void.self) { group in
                    for path in ["/a", "/slow/a"] {
                        group.addTask {
                            let client = try await server.connect()
                            try await client.send("GET \(path) HTTP/1.1\r\nHost: a\r\n\r\n")
                            let used = await client.reply()
                            #expect(used.statuses == [200] && used.isClosed, "\(used.text)")
                        }
                    }
                    try await group.waitForAll()
                }
                let unused = try await fresh
                #expect(unused.text.isEmpty && unused.isClosed)
            }
        }

        @Test("The first connection is put together before anybody comes, and ends", .timeLimit(.minutes(15)))
        func warmUp() async throws { try await EdgeChannel.warmUp() }

        @Test("A body that trickles in is cut off; one that comes fast enough is not", arguments: [false, true])
        func slowBody(isFast: Bool) async throws {
            let limits = Self.limits {
                $0.bodyWindow = .milliseconds(500)
                $0.leastBodyRate = isFast ? 4 : 1000
            }
            try await EdgeServer.run(limits: limits) { server in
                let client = try await server.connect()
                try await client.send("POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 40\r\n\r\n")
                let reply = await Self.trickle(String(repeating: "x", count: 40), to: client)
                #expect(reply.statuses == [isFast ? 200 : 408], "\(reply.text)")
                #expect(reply.isClosed != isFast)
            }
        }

        @Test("A client that does not read its answer is hung up on")
        func slowReader() async throws {
            let limits = Self.limits {
                $0.stalledWrite = .milliseconds(300)
                $0.honestReadRate = 1 << 40
            }
            try await EdgeServer.run(limits: limits) { server in
                server.put("/large", [UInt8](repeating: 0x78, count: 30_000_000))
                let client = try await RawClient(port: server.port, reads: false, keepsBytes: false)
                try await client.send("GET /large HTTP/1.1\r\nHost: a\r\n\r\n")
                try await Task.sleep(for: .seconds(1.5))
                // Only what the sockets had taken is left to read.
                #expect(
                    await client.wait {
                        $0.read()
                        return $0.isClosed
                    })
                #expect(client.count < 30_000_000)
            }
        }

        @Test("A client that reads a little now and then is hung up on as well")
        func tricklingReader() async throws {
            let limits = Self.limits {
                $0.stalledWrite = .milliseconds(300)
                $0.honestReadRate = 1 << 40
                $0.leastReadRate = 1 << 40
            }
            try await EdgeServer.run(limits: limits) { server in
                server.put("/large", [UInt8](repeating: 0x78, count: 100_000_000))
                let client = try await RawClient(port: server.port, reads: false, keepsBytes: false)
                try await client.send("GET /large HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
                for _ in 0..<15 {
                    client.read()
                    try await Task.sleep(for: .milliseconds(100))
                }
                #expect(
                    await client.wait {
                        $0.read()
                        return $0.isClosed
                    })
                #expect(client.count < 100_000_000)
            }
        }

        @Test("A client that reads slowly but steadily gets all of it")
        func steadyReader() async throws {
            let limits = Self.limits { $0.stalledWrite = .milliseconds(400) }
            try await EdgeServer.run(limits: limits) { server in
                server.put("/large", [UInt8](repeating: 0x78, count: 8_000_000))
                let client = try await RawClient(port: server.port, reads: false, keepsBytes: false)
                try await client.send("GET /large HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
                #expect(
                    await client.wait {
                        $0.read()
                        return $0.isClosed
                    })
                #expect(client.count > 8_000_000)
            }
        }

        @Test("A slow and honest client is not hung up on, although the system's buffers take nothing for seconds")
        func honestReader() async throws {
            let limits = Self.limits {
                $0.stalledWrite = .milliseconds(400)
                $0.leastReadRate = 50_000
                $0.honestReadRate = 250_000
            }
            let size = 24_000_000
            try await EdgeServer.run(limits: limits) { server in
                server.put("/large", [UInt8](repeating: 0x78, count: size))
                let client = try await RawClient(port: server.port, reads: false, keepsBytes: false)
                try await client.send("GET /large HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
                // At 500 KB/s the server's send buffer of megabytes takes more every few seconds only.
                let start = ContinuousClock.now
                while ContinuousClock.now - start < .seconds(6), !client.isClosed {
                    let due = (ContinuousClock.now - start) / .seconds(1) * 500_000
                    if Double(client.count) < due { client.read() }
                    try await Task.sleep(for: .milliseconds(20))
                }
                #expect(!client.isClosed, "after \(client.count) bytes")
                #expect(
                    await client.wait {
                        $0.read()
                        return $0.isClosed
                    })
                #expect(client.count > size)
            }
        }

        @Test("The longer a peer can be silent while its buffer is full, the longer it may be")
        func patience() {
            let limits = EdgeLimits()
            #expect(limits.patience(withPeerThatTook: 0) == .seconds(30))
            // A window of 6 MiB opens again when 384 KiB are free: 76.8 s at 5 KiB/s.
            #expect(limits.patience(withPeerThatTook: 6 << 20) == .milliseconds(106_800))
            #expect(limits.patience(withPeerThatTook: 1 << 40) == limits.patience(withPeerThatTook: 8 << 20))
        }

        @Test(
            "What waits for readers that do not read is bounded, for one address and in all; beyond it is a sentence",
            arguments: [true, false], ["/large", "/long"])
        func unreadAnswers(isOneAddress: Bool, path: String) async throws {
            let limits = Self.limits {
                $0.countsLoopback = isOneAddress
                if isOneAddress { $0.unreadBytesPerAddress = 10_000_000 } else { $0.unreadBytes = 10_000_000 }
            }
            try await EdgeServer.run(limits: limits) { server in
                server.put("/large", [UInt8](repeating: 0x78, count: EdgeServer.longAnswer))
                server.put("/small", "page")
                let deaf = try await RawClient(port: server.port, reads: false, keepsBytes: false)
                try await deaf.send("GET \(path) HTTP/1.1\r\nHost: a\r\n\r\n")
                // Its answer comes first. Otherwise the next request's could be what waits, and this one be refused.
                deaf.read()
                #expect(await deaf.wait { $0.count > 0 })
                // It waits as soon as the system's buffers are full.
                var refused = try await server.exchange("GET \(path) HTTP/1.1\r\nHost: a\r\n\r\n")
                for _ in 0..<10 where refused.statuses == [200] {
                    refused = try await server.exchange("GET \(path) HTTP/1.1\r\nHost: a\r\n\r\n")
                }
                #expect(refused.statuses == [503] && refused.isClosed, "\(refused.text.prefix(300))")
                #expect(refused.text.contains("wait to be read") && refused.text.contains("Retry-After: 5"))
                // Nothing of these waits here.
                #expect(try await server.exchange("GET /small HTTP/1.1\r\nHost: a\r\n\r\n").statuses == [200])
                #expect(try await server.exchange("HEAD \(path) HTTP/1.1\r\nHost: a\r\n\r\n").statuses == [200])
                deaf.close()
                try await Task.sleep(for: .milliseconds(200))
                let client = try await RawClient(port: server.port, keepsBytes: false)
                try await client.send("GET \(path) HTTP/1.1\r\nHost: a\r\n\r\n")
                #expect(await client.wait { $0.count > EdgeServer.longAnswer })
                client.close()
            }
        }

        @Test("Anyone who reads what they ask for may ask as often as they like")
        func readAnswers() async throws {
            let limits = Self.limits {
                $0.countsLoopback = true
                $0.unreadBytesPerAddress = 2_000_000
            }
            try await EdgeServer.run(limits: limits) { server in
                server.put("/large", [UInt8](repeating: 0x78, count: 1_500_000))
                let client = try await RawClient(port: server.port, keepsBytes: false)
                for number in 1...20 {
                    try await client.send("GET /large HTTP/1.1\r\nHost: a\r\n\r\n")
                    #expect(await client.wait { $0.count >= number * 1_500_000 })
                }
                client.close()
            }
        }

        @Test("One address gets so many connections, and a sentence beyond; when one closes there is room again")
        func connectionsPerAddress() async throws {
            let limits = Self.limits {
                $0.connectionsPerAddress = 2
                $0.countsLoopback = true
            }
            try await EdgeServer.run(limits: limits) { server in
                server.put("/a", "page")
                let first = try await server.connect()
                let second = try await server.connect()
                try await Task.sleep(for: .milliseconds(50))
                let third = try await server.exchange("GET /a HTTP/1.1\r\nHost: a\r\n\r\n")
                #expect(third.statuses == [503], "\(third.text)")
                #expect(third.isClosed && third.text.contains("from your address"))
                #expect(server.counters.snapshot.turnedAway == 1)
                first.close()
                try await Task.sleep(for: .milliseconds(50))
                #expect(try await server.exchange("GET /a HTTP/1.1\r\nHost: a\r\n\r\n").statuses == [200])
                second.close()
            }
        }

        @Test("All together get so many connections, this machine included")
        func connections() async throws {
            try await EdgeServer.run(limits: Self.limits { $0.connections = 1 }) { server in
                let first = try await server.connect()
                try await Task.sleep(for: .milliseconds(50))
                let second = await (try server.connect()).reply()
                #expect(second.statuses == [503], "\(second.text)")
                #expect(second.isClosed)
                first.close()
            }
        }

        // swift-format-ignore
        static let sources: [(address: String, other: String, isSame: Bool)] = [
        ("192.0.2.1", "192.0.2.1",          true),
        ("192.0.2.1", "192.0.2.2",          false),
        ("192.0.2.1", "::ffff:192.0.2.1",   true),
        ("2001:db8::1", "2001:db8::ffff:1", true),
        ("2001:db8::1", "2001:db8:0:1::1",  false),
    ]

        @Test("An address is one IPv4 address or one IPv6 network", arguments: sources)
        func source(address: String, other: String, isSame: Bool) throws {
            let first = ConnectionLedger.Source(try SocketAddress(ipAddress: address, port: 1), countsLoopback: false)
            let second = ConnectionLedger.Source(try SocketAddress(ipAddress: other, port: 2), countsLoopback: false)
            #expect(first != nil && second != nil)
            #expect((first == second) == isSame)
        }

        @Test(
            "This machine is not counted unless asked for",
            arguments: ["127.0.0.1", "127.9.9.9", "::1", "::ffff:127.0.0.1"])
        func loopback(address: String) throws {
            let loopback = try SocketAddress(ipAddress: address, port: 1)
            #expect(ConnectionLedger.Source(loopback, countsLoopback: false) == nil)
            #expect(ConnectionLedger.Source(loopback, countsLoopback: true) != nil)
        }

        @Test("At shutdown idle connections close at once, and answers on their way are finished")
        func shutdown() async throws {
            let idleReply = Box<RawClient.Reply, Never>()
            let busyReply = Box<RawClient.Reply, Never>()
            let largeIsRead = Box<Void, any Error>()
            let started = ContinuousClock.now
            try await EdgeServer.run { server in
                server.put("/large", [UInt8](repeating: 0x78, count: 5_000_000))
                let idle = try await server.connect()
                let slow = try await server.connect()
                let large = try await RawClient(port: server.port, reads: false, keepsBytes: false)
                try await slow.send("GET /last HTTP/1.1\r\nHost: a\r\n\r\n")
                try await large.send("GET /large HTTP/1.1\r\nHost: a\r\n\r\n")
                // Both answers are on their way when the server begins to shut down, and neither has ended.
                let areOnTheirWay = await slow.wait { _ in
                    server.reached.all.contains("/last waits") && server.counters.snapshot.immediate == 1
                }
                #expect(areOnTheirWay)
                idleReply.task = Task { await idle.reply() }
                busyReply.task = Task { await slow.reply() }
                // It begins to read only when the server is already shutting down.
                largeIsRead.task = Task {
                    try await Task.sleep(for: .milliseconds(100))
                    #expect(
                        await large.wait {
                            $0.read()
                            return $0.isClosed
                        })
                    #expect(large.count > 5_000_000)
                }
            }
            let idle = await idleReply.task?.value
            #expect(idle?.isClosed == true && idle?.text.isEmpty == true)
            try await largeIsRead.task?.value
            let busy = await busyReply.task?.value
            #expect(busy?.statuses == [200] && busy?.isClosed == true)
            #expect(busy?.text.contains("Connection: close") == true)
            #expect(ContinuousClock.now - started < .seconds(8))
        }

        @Test("The number of connections is lowered to what the process can open")
        func descriptors() {
            var limits = EdgeLimits()
            limits.fit(descriptors: 1024)
            #expect(limits.connections == 768)
            limits.fit(descriptors: 1_048_576)
            #expect(limits.connections == 768)
        }
    }

}

/// Carries a task out of a closure; used by one test at a time.
private final class Box<Success: Sendable, Failure: Error>: @unchecked Sendable {
    var task: Task<Success, Failure>?
}
