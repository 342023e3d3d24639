import Crypto
import Testing
import Tokens
import UTC
import VectorSupport

let rootKey = SymmetricKey(data: [UInt8](repeating: 7, count: 32))

func mint(_ caveats: [Caveat] = []) throws -> Macaroon {
    try Macaroon(location: "example.org", identifier: Array("id-1".utf8), rootKey: rootKey, caveats: caveats)
}

/// The refusal, or nil when the token allows the use.
func refusal(_ token: Macaroon, _ use: TokenUse) -> TokenRefusal? {
    do {
        _ = try token.authority(rootKey: rootKey, for: use)
        return nil
    } catch {
        return error
    }
}

@Suite("A token") struct TokenTests {
    static let window = Caveat.window(expiry: Timestamp(seconds: 200), notBefore: Timestamp(seconds: 100))

    // The columns are the point.
    // swift-format-ignore
    static let table: [(caveats: [Caveat], now: Int64, user: String, project: String?, refusal: TokenRefusal?)] = [
        ([],                                          0,   "7", "flask", nil),
        ([window],                                    99,  "7", "flask", .notYetValid(from: Timestamp(seconds: 100))),
        ([window],                                    100, "7", "flask", nil),
        ([window],                                    199, "7", "flask", nil),
        ([window],                                    200, "7", "flask", .expired(at: Timestamp(seconds: 200))),
        ([.projects(["flask"])],                      0,   "7", "flask", nil),
        ([.projects(["flask"])],                      0,   "7", nil,     nil),
        ([.projects(["flask"])],                      0,   "7", "flask2", .otherProject("flask2")),
        ([.projects([])],                             0,   "7", "flask", .otherProject("flask")),
        ([.projects(["flask"]), .projects(["rind"])], 0,   "7", "flask", .otherProject("flask")),
        ([.projects(["flask"]), .projects(["rind"])], 0,   "7", "rind",  .otherProject("rind")),
        ([.user("7")],                                0,   "7", "flask", nil),
        ([.user("7")],                                0,   "8", "flask", .otherUser),
        ([.user("7"), .user("8")],                    0,   "8", "flask", .otherUser),
    ]

    @Test("allows what all its caveats allow", arguments: table)
    func caveats(caveats: [Caveat], now: Int64, user: String, project: String?, expected: TokenRefusal?) throws {
        let use = TokenUse(now: Timestamp(seconds: now), userID: user, project: project)
        #expect(refusal(try mint(caveats), use) == expected)
    }

    @Test("says what remains: the projects in common and the first expiry")
    func remains() throws {
        let token = try mint([
            .projects(["a", "b"]), .window(expiry: Timestamp(seconds: 300), notBefore: Timestamp(seconds: 0)),
            .projects(["b", "c"]), .window(expiry: Timestamp(seconds: 200), notBefore: Timestamp(seconds: 0)),
            .asOf("4711"), .asOf("-7d"),
        ])
        let authority = try token.authority(
            rootKey: rootKey, for: TokenUse(now: Timestamp(seconds: 1), userID: "7"))
        #expect(authority.projects == .only(["b"]))
        #expect(authority.projects.contains("b") && !authority.projects.contains("a"))
        #expect(authority.expiry == Timestamp(seconds: 200))
        #expect(authority.asOf == ["4711", "-7d"])
    }

    @Test("is refused with another root key")
    func foreignKey() throws {
        let other = SymmetricKey(data: [UInt8](repeating: 8, count: 32))
        #expect(throws: TokenRefusal.signature) {
            try mint().authority(rootKey: other, for: TokenUse(now: Timestamp(seconds: 0), userID: "7"))
        }
    }

    @Test("is refused when any byte is changed; only the location, which the format leaves unsigned, may vary")
    func tampering() throws {
        let caveats: [Caveat] = [.projects(["flask"]), .user("7"), Self.window]
        let bytes = try mint(caveats).serialized
        let use = TokenUse(now: Timestamp(seconds: 150), userID: "7", project: "flask")
        let location = 3..<(3 + "example.org".utf8.count)
        for position in bytes.indices {
            for flip in 1...255 as ClosedRange<UInt8> {
                var tampered = bytes
                tampered[position] ^= flip
                let accepted = (try? Macaroon(serialized: tampered)).map { refusal($0, use) == nil } ?? false
                let isHarmless =
                    location.contains(position) && String(validating: tampered[location], as: UTF8.self) != nil
                #expect(accepted == isHarmless, "byte \(position) changed by \(flip)")
            }
        }
    }

    @Test("is refused when it is cut short, or longer, anywhere")
    func truncation() throws {
        let bytes = try mint([.user("7")]).serialized
        for end in bytes.indices {
            #expect(throws: MalformedToken.self) { try Macaroon(serialized: Array(bytes[..<end])) }
        }
        #expect(throws: MalformedToken.structure) { try Macaroon(serialized: bytes + [0]) }
    }

    @Test("loses no restriction when a holder takes a caveat out")
    func removal() throws {
        let narrowed = try mint([.projects(["flask"]), .user("7")])
        let caveat = [2, UInt8(Caveat.user("7").bytes.count)] + Caveat.user("7").bytes + [0]
        let bytes = narrowed.serialized
        let start = try #require(bytes.indices.first { bytes[$0...].starts(with: caveat) })
        let widened = try Macaroon(serialized: Array(bytes[..<start] + bytes[(start + caveat.count)...]))
        #expect(widened.caveats.count == 1)
        #expect(!widened.isSigned(with: rootKey))
    }

    @Test("can only be narrowed by a caveat", arguments: 0..<300 as Range<UInt64>)
    func attenuation(seed: UInt64) throws {
        var random = SplitMix64(seed: seed)
        let original = try mint((0..<Int.random(in: 0...3, using: &random)).map { _ in .random(using: &random) })
        let added = Caveat.random(using: &random)
        var narrowed = try Macaroon(parsing: original.text)
        try narrowed.add(added)
        narrowed = try Macaroon(parsing: narrowed.text)
        let onlyAdded = try mint([added])
        for _ in 0..<20 {
            let use = TokenUse(
                now: Timestamp(seconds: .random(in: 0...5, using: &random)),
                userID: ["7", "8"].randomElement(using: &random) ?? "",
                project: ["a", "b", "c", nil].randomElement(using: &random) ?? nil)
            let before = try? original.authority(rootKey: rootKey, for: use)
            let after = try? narrowed.authority(rootKey: rootKey, for: use)
            #expect((after != nil) == (before != nil && refusal(onlyAdded, use) == nil))
            if let before, let after {
                for name in ["a", "b", "c"] where after.projects.contains(name) {
                    #expect(before.projects.contains(name))
                }
                #expect(before.expiry.map { after.expiry ?? Timestamp(microseconds: .max) <= $0 } ?? true)
            }
        }
    }

    @Test("does not show its signature when it is printed")
    func printing() throws {
        var dumped = ""
        dump(try mint(), to: &dumped)
        #expect("\(try mint())" == "‹token for example.org›")
        #expect(!dumped.contains("signature"))
    }
}

extension Caveat {
    static func random(using random: inout SplitMix64) -> Caveat {
        switch Int.random(in: 0..<3, using: &random) {
        case 0:
            .window(
                expiry: Timestamp(seconds: .random(in: 0...6, using: &random)),
                notBefore: Timestamp(seconds: .random(in: 0...3, using: &random)))
        case 1: .projects(Set(["a", "b", "c"].filter { _ in Bool.random(using: &random) }))
        default: .user(["7", "8"].randomElement(using: &random) ?? "")
        }
    }
}
