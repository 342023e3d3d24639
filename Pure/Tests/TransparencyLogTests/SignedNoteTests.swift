import Bytes
import Testing
import TransparencyLog

/// Keys for the tests of this target.
enum TestKeys {
    static let origin = "packages.example.org/log"

    static func key(_ seed: UInt8, _ name: String = origin, _ kind: VerifierKey.Kind = .note) throws -> SigningKey {
        try #require(SigningKey(name: name, kind: kind, secret: Array(repeating: seed, count: 32)))
    }

    static func witness(_ seed: UInt8) throws -> SigningKey {
        try key(seed, "witness.example/w\(seed)", .cosignature)
    }
}

@Suite("A signed note") struct SignedNoteTests {
    @Test("of C2SP's example is verified with the key of the example")
    func example() throws {
        let key = try #require(
            VerifierKey(parsing: "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k"))
        #expect(key.name == "example.com/foo")
        #expect(key.text == "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k")
        let text = """
            This is an example message.

            — example.com/foo Uw2QOkn8srV1yJGh2VYRlL1Tnagv1YEq6TfXppzi2ONncAlTgK7Ztg1ERYNZXsYjOBH3mFXmRKuwHjG1Yu72IneyaQM=

            """
        let note = try SignedNote(parsing: Array(text.utf8))
        #expect(note.text == "This is an example message.\n")
        #expect(try note.verified(by: [key]) == [key])
        #expect(note.written == text)
        for bent in [
            text.replacing("example m", with: "other m"), text.replacing("Uw2QOkn8s", with: "Uw2QOkn9s"),
        ] {
            let note = try SignedNote(parsing: Array(bent.utf8))
            #expect(throws: InvalidNote.signature) { try note.verified(by: [key]) }
        }
    }

    @Test("may have empty lines in its text, and signatures of keys that nobody knows")
    func others() throws {
        let (known, unknown) = (try TestKeys.key(1), try TestKeys.key(2))
        let note = try Checkpoint(origin: TestKeys.origin, size: 3, root: .empty).signed(by: [unknown, known])
        let read = try SignedNote(parsing: Array(note.written.utf8))
        #expect(read == note)
        #expect(try read.verified(by: [known.verifier]) == [known.verifier])
        #expect(try read.verified(by: [try TestKeys.key(3).verifier]) == [])
        let text = "a\n\nb\n\n— k AAAAAAAA\n"
        #expect(try SignedNote(parsing: Array(text.utf8)).text == "a\n\nb\n")
    }

    static let malformed: [(String, InvalidNote)] = [
        ("", .form), ("a\n", .form), ("a\n\n", .form), ("a\n\n\n", .form), ("a\n— k AAAAAAAA\n", .form),
        ("a\n\n— k AAAAAAAA", .form), ("a\n\n- k AAAAAAAA\n", .signature), ("a\n\n— AAAAAAAA\n", .signature),
        ("a\n\n— k  AAAAAAAA\n", .signature), ("a\n\n— k AAAAAA==\n", .signature), ("a\n\n— k AAAAAAA\n", .signature),
        ("a\n\n— k+l AAAAAAAA\n", .signature), ("a\n\n— k\u{a0}l AAAAAAAA\n", .signature),
        ("a\n\n— k AAAAAAAA\nb\n", .signature), ("a\tb\n\n— k AAAAAAAA\n", .text), ("a\r\n\n— k AAAAAAAA\n", .text),
        ("a\n\n" + String(repeating: "— k AAAAAAAA\n", count: 101), .form),
        (String(repeating: "a", count: SignedNote.maximumBytes) + "\n\n— k AAAAAAAA\n", .text),
    ]

    @Test("is not read from anything else", arguments: malformed)
    func refused(text: String, failure: InvalidNote) {
        #expect(throws: failure) { try SignedNote(parsing: Array(text.utf8)) }
    }

    @Test("is UTF-8")
    func encoding() {
        #expect(throws: InvalidNote.text) { try SignedNote(parsing: [0xff] + Array("\n\n— k AAAAAAAA\n".utf8)) }
    }

    @Test(
        "has keys that are read in one form",
        arguments: [
            "", "example.com/foo", "example.com/foo+530d903a", "+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k",
            "example.com/foo+530d903b+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k",
            "example.com/foo+530D903A+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k",
            "example.com/bar+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k",
            "example.com/foo+530d903a+AukyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k",
            "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2",
            "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3Q==",
            "example.com/foo bar+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k",
        ])
    func keys(text: String) {
        #expect(VerifierKey(parsing: text) == nil)
    }
}

@Suite("A checkpoint") struct CheckpointTests {
    static let head = Checkpoint(origin: TestKeys.origin, size: 5, root: TreeHash(ofEntry: [1]))

    @Test("is read as it was signed, and refused where log, key or text is another")
    func signed() throws {
        let key = try TestKeys.key(1)
        let note = try Self.head.signed(by: [key])
        let read = try VerifiedCheckpoint(parsing: Array(note.written.utf8), logs: [key.verifier])
        #expect(read.checkpoint == Self.head)
        #expect(read.signers == [key.verifier])
        func failure(_ text: String, _ logs: [VerifierKey]) -> CheckpointFailure? {
            #expect(throws: CheckpointFailure.self) { try VerifiedCheckpoint(parsing: Array(text.utf8), logs: logs) }
        }
        #expect(failure(note.written, [try TestKeys.key(2).verifier]) == .unsigned(TestKeys.origin))
        #expect(failure(note.written, [try TestKeys.key(1, "other.example").verifier]) == .origin(TestKeys.origin))
        #expect(failure(note.written, []) == .origin(TestKeys.origin))
        #expect(failure(note.written.replacing("\n5\n", with: "\n6\n"), [key.verifier]) == .note(.signature))
        #expect(failure("hello", [key.verifier]) == .note(.form))
        let noTree = try Checkpoint(origin: TestKeys.origin, size: 0, root: Self.head.root).signed(by: [key])
        #expect(failure(noTree.written, [key.verifier]) == .emptyTree)
        let empty = try Checkpoint(origin: TestKeys.origin, size: 0, root: .empty).signed(by: [key])
        _ = try VerifiedCheckpoint(parsing: Array(empty.written.utf8), logs: [key.verifier])
    }

    @Test("has a size in decimal and a root of 32 bytes; further lines are passed over")
    func form() {
        let text = Self.head.text
        #expect(Checkpoint(text: text) == Self.head)
        #expect(Checkpoint(text: text + "more\n") == Self.head)
        for bent in [
            "", "a\n", "a\n5\n", text.replacing("\n5\n", with: "\n05\n"), text.replacing("\n5\n", with: "\n-5\n"),
            text.replacing("\n5\n", with: "\n5 \n"), text.replacing("\n5\n", with: "\n9223372036854775808\n"),
            text.replacing("\n5\n", with: "\n99999999999999999999\n"), "\n" + text.drop { $0 != "\n" },
            String(text.dropLast()), text + "\n", text + "more", "a\n5\nAAAA\n",
        ] { #expect(Checkpoint(text: bent) == nil, "\(bent)") }
    }

    @Test("is cosigned by a witness with the time, which a key of a log cannot pass for")
    func cosigned() throws {
        let (log, witness) = (try TestKeys.key(1), try TestKeys.witness(2))
        var note = try Self.head.signed(by: [log])
        let head = try VerifiedCheckpoint(parsing: Array(note.written.utf8), logs: [log.verifier])
        let cosignature = try head.cosignature(by: witness, at: 1_679_315_147)
        #expect(Cosignature(cosignature)?.seconds == 1_679_315_147)
        note.signatures.append(cosignature)
        let read = try VerifiedCheckpoint(
            parsing: Array(note.written.utf8), logs: [log.verifier], witnesses: [witness.verifier])
        #expect(read.signers == [log.verifier, witness.verifier])
        // The same name and key as one that signs notes is another key.
        let other = try TestKeys.key(2, witness.verifier.name)
        #expect(try note.verified(by: [other.verifier]) == [])
        // A cosignature of another time is not one.
        let bent = cosignature.line.replacing("BkGFDL", with: "BkGFDM")
        #expect(bent != cosignature.line)
        let line = try #require(NoteSignature(line: Substring(bent.dropLast())))
        note.signatures[1] = line
        #expect(throws: InvalidNote.signature) { try note.verified(by: [witness.verifier]) }
    }
}
