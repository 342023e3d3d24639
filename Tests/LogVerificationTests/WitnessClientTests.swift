import Outgoing
import Testing
import TransparencyLog

@testable import LogVerification

@Suite("A witness that is asked") struct WitnessClientTests {
    private let log: SigningKey
    private let witness: SigningKey
    private let other: SigningKey
    private let entries = (0..<5).map { TreeHash(ofEntry: [UInt8($0)]) }

    init() throws {
        func key(_ seed: UInt8, _ name: String, _ kind: VerifierKey.Kind) throws -> SigningKey {
            try #require(SigningKey(name: name, kind: kind, secret: Array(repeating: seed, count: 32)))
        }
        log = try key(1, "packages.example.org/log", .note)
        witness = try key(2, "witness.example", .cosignature)
        other = try key(3, "witness.example", .cosignature)
    }

    private func note(_ size: Int, _ key: SigningKey? = nil) throws -> SignedNote {
        var edge = TreeEdge()
        _ = edge.append(entries.prefix(size))
        let key = key ?? log
        return try Checkpoint(origin: key.verifier.name, size: size, root: edge.root).signed(by: [key])
    }

    private func line(_ note: SignedNote, by key: SigningKey, of log: SigningKey? = nil) throws -> String {
        let head = try VerifiedCheckpoint(
            parsing: Array(note.written.utf8), logs: [(log ?? self.log).verifier])
        return try head.cosignature(by: key, at: 1_700_000_000).line
    }

    private func ask(
        _ server: ScriptedServer, timeout: Duration = .seconds(10)
    ) throws -> NoteSignature {
        let text = "witness w \(witness.verifier.text) \(server.url)/log\nquorum w\n"
        let policy = try LogPolicy(parsing: Array(text.utf8))
        let client = try #require(try WitnessClient(policy.witnesses[0], timeout: timeout))
        return try client.cosignature(under: try note(5)) { old in Array(entries.prefix(old)) }
    }

    private func failure(_ replies: [ScriptedServer.Reply], timeout: Duration = .seconds(10)) throws -> String {
        let script = Script(replies)
        let server = try ScriptedServer { _ in script.next() }
        var text = ""
        do {
            _ = try ask(server, timeout: timeout)
            Issue.record("it is believed")
        } catch { text = "\(error)" }
        #expect(server.asked.allSatisfy { $0 == "/log/add-checkpoint" })
        #expect(server.asked.count <= 2)
        return text
    }

    @Test("signs, and is told from which tree the new one goes on, once it has said which it knows")
    func signs() throws {
        let good = try line(note(5), by: witness)
        // Signatures of others, and lines that mean nothing, are passed over.
        let others = "\u{2014} nobody AAAAAAAA\nnonsense\n\(try line(note(5), by: other))"
        let script = Script<ScriptedServer.Reply>([.text(409, "3\n"), .text(200, others + good)])
        let bodies = Script<[UInt8]>([])
        let server = try ScriptedServer { request in
            bodies.add(request.body)
            return script.next()
        }
        let signature = try ask(server)
        #expect(signature.line == good)
        let requests = bodies.all.compactMap { AddCheckpoint(parsing: $0) }
        #expect(requests.map(\.old) == [0, 3])
        #expect(requests.map(\.proof.count) == [0, 3])
    }

    @Test("and signs nothing that is of its key, and of this checkpoint, is not believed")
    func nonsense() throws {
        let good = try line(note(5), by: witness)
        let elsewhere = try #require(
            SigningKey(name: "elsewhere.example/log", kind: .note, secret: Array(repeating: 4, count: 32)))
        let bent = good.replacing(/[A-Za-z0-9]==\n/, with: "").dropLast(6) + "AAAA==\n"
        for body in [
            "", "\n", "OK\n", "<html><body><h1>Welcome</h1></body></html>", "{}",
            String(repeating: "a\n", count: 2_000),
            try line(note(5), by: other), try line(note(4), by: witness),
            try line(note(5, elsewhere), by: witness, of: elsewhere), String(bent),
        ] {
            #expect(
                try failure([.text(200, body)]) == "the witness w answers without a signature of its key",
                "\(body.prefix(60))")
        }
    }

    @Test("and says what it knows in a way that means nothing, or that cannot be, gets no further")
    func conflicts() throws {
        for body in ["", "\n", "<html>", "-1\n", "five\n", "0\n", "99999999999999999999999\n", " 3\n"] {
            #expect(try failure([.text(409, body)]) == "the witness w answers nonsense", "\(body)")
        }
        #expect(try failure([.text(409, "6\n")]).hasSuffix("the database is an older one"))
        #expect(try failure([.text(409, "3\n"), .text(409, "4\n")]) == "the witness w says another size each time")
        // It has signed as many entries, and others.
        #expect(try failure([.text(409, "5\n"), .text(409, "5\n")]).hasSuffix("there are two stories of it"))
    }

    @Test("and refuses, or sends elsewhere, is not followed")
    func statuses() throws {
        let there = try ScriptedServer { _ in .text(200, "") }
        for status in [400, 403, 404, 422, 500, 301, 302, 303, 307, 308] {
            let reply = ScriptedServer.Reply.text(status, "5\n", headers: ["Location: \(there.url)/"])
            #expect(try failure([reply]) == "the witness w answers \(status)")
        }
        #expect(there.asked == [])
    }

    @Test("and answers too much, without end, or nothing at all, is left")
    func endless() throws {
        let huge = try failure([.text(200, String(repeating: "a", count: 16 << 10) + "a")])
        #expect(huge.hasSuffix("it answers more than 16384 bytes"))
        #expect(try failure([.endless]).hasSuffix("it answers more than 16384 bytes"))
        #expect(try failure([.silence], timeout: .milliseconds(200)).contains("cannot be read"))
        #expect(try failure([.text(409, String(repeating: "1", count: 20_000))]).contains("more than"))
    }
}
