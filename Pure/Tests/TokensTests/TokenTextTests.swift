import Testing
import Tokens
import UTC
import VectorSupport

@Suite("The text of a token") struct TokenTextTests {
    @Test("is read with padding and without, and never otherwise", arguments: 1...4)
    func padding(length: Int) throws {
        let token = try Macaroon(
            location: "", identifier: [UInt8](repeating: 0xff, count: length), rootKey: rootKey)
        let text = token.text
        #expect(!text.contains("="))
        let missing = (4 - (text.utf8.count - 5) % 4) % 4
        #expect(try Macaroon(parsing: text + String(repeating: "=", count: missing)).serialized == token.serialized)
        for wrong in 1...3 where wrong != missing {
            #expect(throws: MalformedToken.encoding) {
                try Macaroon(parsing: text + String(repeating: "=", count: wrong))
            }
        }
    }

    @Test("is refused when one character differs, spare bits included")
    func characters() throws {
        let text = try mint([.user("7")]).text
        let use = TokenUse(now: Timestamp(seconds: 0), userID: "7")
        // Behind "rind-" and the characters that carry the unsigned location.
        for index in text.indices.dropFirst(5 + 19) {
            for other in "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_" where other != text[index] {
                let changed = text.replacingCharacter(at: index, with: other)
                let accepted = (try? Macaroon(parsing: changed)).map { refusal($0, use) == nil } ?? false
                #expect(!accepted, "\(changed)")
            }
        }
    }

    // The columns are the point.
    // swift-format-ignore
    static let notTokens: [(text: String, error: MalformedToken)] = [
        ("",                                          .prefix),
        ("pypi-AgEIcHlwaS5vcmc",                      .prefix),
        ("RIND-AgEA",                                 .prefix),
        ("rind-",                                     .structure),
        ("rind-A",                                    .encoding),
        ("rind-AgEA\n",                               .encoding),
        ("rind-Ag+/",                                 .encoding),
        ("rind-AgEÄ",                                 .encoding),
        ("rind-AgEA",                                 .structure),
        ("rind-AQ",                                   .version),
        ("rind-" + String(repeating: "A", count: 8001), .tooLong),
    ]

    @Test("is refused for one reason, which it explains", arguments: notTokens)
    func refused(text: String, error: MalformedToken) {
        #expect(throws: error) { try Macaroon(parsing: text) }
        #expect(error.explanation.hasSuffix("."))
    }

    @Test("is never longer than can be read back")
    func bounds() throws {
        let names = Set((0..<1000).map { "project-with-a-long-name-\($0)" })
        #expect(throws: MalformedToken.tooLong) { try mint([.projects(names)]) }
        var token = try mint()
        for _ in 0..<Macaroon.maximumCaveats { try token.add(.user("7")) }
        #expect(throws: MalformedToken.tooManyCaveats) { try token.add(.user("7")) }
        #expect(try Macaroon(parsing: token.text).caveats.count == Macaroon.maximumCaveats)
    }

    @Test("of random bytes never crashes the reader and never verifies", arguments: 0..<500 as Range<UInt64>)
    func noise(seed: UInt64) {
        var random = SplitMix64(seed: seed)
        // Mostly bytes that mean something to the format.
        let bytes =
            [2] + (0..<Int.random(in: 0..<80, using: &random)).map { _ in UInt8.random(in: 0..<8, using: &random) }
        guard let token = try? Macaroon(serialized: bytes) else { return }
        #expect(!token.isSigned(with: rootKey))
    }
}

@Suite("A caveat") struct CaveatTests {
    // The columns are the point.
    // swift-format-ignore
    static let table: [(text: String, caveat: Caveat)] = [
        ("[0,2,1]",                       .window(expiry: Timestamp(seconds: 2), notBefore: Timestamp(seconds: 1))),
        (" [ 0 , 2 ,\t-1 ]\r\n",          .window(expiry: Timestamp(seconds: 2), notBefore: Timestamp(seconds: -1))),
        ("[1,[]]",                        .projects([])),
        (#"[1, ["a", "b", "a"]]"#,        .projects(["a", "b"])),
        (#"[3,"\u00e9\ud83e\uddc0\n\/"]"#, .user("é🧀\n/")),
        (#"[100,"-7d"]"#,                 .asOf("-7d")),
    ]

    @Test("is read in any JSON spelling", arguments: table)
    func read(text: String, caveat: Caveat) throws {
        #expect(try Caveat(parsing: Array(text.utf8)) == caveat)
        #expect(try Caveat(parsing: caveat.bytes) == caveat)
    }

    @Test(
        "that is unknown is refused as such",
        arguments: [#"[2,["1"]]"#, "[4]", #"[5,"x"]"#, "[-1,1,2]", "[99,[]]"])
    func unknown(text: String) {
        #expect(throws: TokenRefusal.unknownCaveat) { try Caveat(parsing: Array(text.utf8)) }
    }

    @Test(
        "that is not exactly a known form is refused",
        arguments: [
            "", "[]", "0", "null", "[0]", "[0,2]", "[0,2,1,0]", "[0,2.0,1]", "[0,2e3,1]", #"[0,"2",1]"#, "[00,2,1]",
            "[0,02,1]", "[0,2,1]]", "[0,2,1,]", "[0,2 1]", "[0,2,1", "[0,99999999999999999999,1]", "[0,-,1]",
            "[0,+2,1]",
            #"[1,"a"]"#, #"[1,["a",1]]"#, #"[1,["a"],2]"#, #"[1,[["a"]]]"#, #"[1,["a",]]"#, "[true,1,2]",
            "[100,7]", #"[100,"-7d","-8d"]"#, "[100]", "[3,7]", #"[3,"7","8"]"#, #"[3,"7]"#, #"[3,"\x"]"#,
            #"[3,"\ud800"]"#, #"[3,"\udc00"]"#, "[3,\"\n\"]",
            #"{"version":1,"permissions":"user"}"#, "[0,2,1]\u{0}", "['3','7']",
        ])
    func malformed(text: String) {
        #expect(throws: TokenRefusal.malformedCaveat) { try Caveat(parsing: Array(text.utf8)) }
    }

    @Test("of bytes that are no UTF-8 is refused")
    func notUTF8() {
        #expect(throws: TokenRefusal.malformedCaveat) {
            try Caveat(parsing: Array("[3,\"".utf8) + [0xff] + Array("\"]".utf8))
        }
    }

    @Test("of a hostile user id or name is read back as it was", arguments: 0..<100 as Range<UInt64>)
    func hostile(seed: UInt64) throws {
        var random = SplitMix64(seed: seed)
        let scalars = (0..<12).compactMap { _ in Unicode.Scalar(UInt32.random(in: 0..<0x300, using: &random)) }
        let text = String(String.UnicodeScalarView(scalars))
        #expect(try Caveat(parsing: Caveat.user(text).bytes) == .user(text))
        #expect(try Caveat(parsing: Caveat.projects([text]).bytes) == .projects([text]))
    }
}

extension String {
    func replacingCharacter(at index: Index, with character: Character) -> String {
        String(self[..<index]) + String(character) + String(self[self.index(after: index)...])
    }
}
