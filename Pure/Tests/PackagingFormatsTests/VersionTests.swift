import PackagingFormats
import Testing
import VectorSupport

@Suite("Version") struct VersionTests {
    struct Table: Decodable {
        struct Valid: Decodable {
            let input, normalized, canonical, `public`, base: String
            let epoch: Int
            let release: [Int]
            let pre: Pre?
            let post, dev: Int?
            let local: String?
            let is_prerelease, is_postrelease, is_devrelease: Bool
        }
        struct Pre: Decodable {
            let kind: String
            let number: Int
            init(from decoder: any Decoder) throws {
                var container = try decoder.unkeyedContainer()
                kind = try container.decode(String.self)
                number = try container.decode(Int.self)
            }
        }
        let ordered: [String]
        let valid: [Valid]
        let invalid: [String]
        let normalize: [[String]]
        let canonicalize: [[String]]
    }

    static let vectors = Result { try Vectors.decode(Table.self, from: "packaging/versions.json") }

    @Test("The public vectors: every part of every valid version", .enabled(if: Vectors.arePresent, "no vectors"))
    func parts() throws {
        let valid = try Self.vectors.get().valid
        for row in valid {
            let version = try Version(parsing: row.input)
            #expect(version.normalized == row.normalized)
            #expect(version.canonical == row.canonical)
            #expect(version.publicVersion.normalized == row.public)
            #expect(version.base.normalized == row.base)
            #expect(version.epoch.value == row.epoch)
            #expect(version.release.map(\.value) == row.release)
            #expect(version.pre?.kind.rawValue == row.pre?.kind)
            #expect(version.pre?.number.value == row.pre?.number)
            #expect(version.post?.value == row.post)
            #expect(version.dev?.value == row.dev)
            #expect(version.local == row.local)
            #expect(version.isPrerelease == row.is_prerelease)
            #expect(version.isPostrelease == row.is_postrelease)
            #expect(version.isDevelopment == row.is_devrelease)
        }
        #expect(valid.count > 200)
        print("versions.json: \(valid.count) valid versions")
    }

    @Test("The public vectors: refused, normal and canonical forms", .enabled(if: Vectors.arePresent, "no vectors"))
    func forms() throws {
        let table = try Self.vectors.get()
        for text in table.invalid { #expect(throws: InvalidVersion.self, "\(text)") { try Version(parsing: text) } }
        for row in table.normalize { #expect(try Version(parsing: row[0]).normalized == row[1]) }
        for row in table.canonicalize {
            // The reference leaves alone what is no version.
            let canonical = (try? Version(parsing: row[0]))?.canonical ?? row[0]
            #expect(canonical == row[1])
        }
        #expect(table.invalid.count > 10 && table.normalize.count > 100 && table.canonicalize.count > 10)
        print(
            "versions.json: \(table.invalid.count) refused, \(table.normalize.count) normal, \(table.canonicalize.count) canonical"
        )
    }

    @Test("The public vectors: each stands before all that follow", .enabled(if: Vectors.arePresent, "no vectors"))
    func ordered() throws {
        let versions = try Self.vectors.get().ordered.map { try Version(parsing: $0) }
        var pairs = 0
        for (i, a) in versions.enumerated() {
            for (j, b) in versions.enumerated() {
                #expect((a < b) == (i < j), "\(a) \(b)")
                #expect((a == b) == (i == j), "\(a) \(b)")
                pairs += 1
            }
        }
        #expect(pairs > 8000)
        print("versions.json: \(pairs) ordered pairs")
    }

    // The columns are the point.
    // swift-format-ignore
    static let edges: [(String, String?)] = [
        ("1.0a.",               "1.0a0"),
        ("1.0a.post",           "1.0a0.post0"),
        ("1.0a--1",             "1.0a0.post1"),
        ("1.0-1",               "1.0.post1"),
        ("1.0-",                nil),
        ("1.0+",                nil),
        ("1.0+a.",              nil),
        ("1.0+0A.00-B_c",       "1.0+0a.0.b.c"),
        ("00!01.00",            "1.0"),
        ("1!",                  nil),
        ("!1",                  nil),
        ("v",                   nil),
        ("V1",                  "1"),
        ("vv1",                 nil),
        ("",                    nil),
        (" ",                   nil),
        ("1.0r",                "1.0.post0"),
        ("1.0re1",              nil),
        ("1.0preview-2",        "1.0rc2"),
        ("1.0 dev",             nil),
        ("1\u{661}",            nil),
    ]

    @Test("Edges of the grammar", arguments: edges)
    func edge(text: String, normalized: String?) {
        #expect((try? Version(parsing: text))?.normalized == normalized)
    }

    @Test("Numbers of any length are numbers, and a version that is too long is refused")
    func longNumbers() throws {
        let long = String(repeating: "9", count: 100)
        let version = try Version(parsing: "\(long)!\(long).0\(long)rc\(long).post\(long)".prefix(230).description)
        #expect(version.epoch.description == long)
        #expect(version.epoch.value == nil)
        #expect(try Version(parsing: "1.\(long)") < Version(parsing: "1.1\(long)"))
        #expect(try Version(parsing: "1.\(long)") > Version(parsing: "1.2"))
        #expect(throws: InvalidVersion.tooLong) { try Version(parsing: String(repeating: "1", count: 241)) }
        #expect(throws: InvalidVersion.tooLong) { try Version(parsing: "1.0" + String(repeating: ".1", count: 500)) }
        let longest = String(repeating: "1", count: 236) + "-1"
        #expect(try Version(parsing: longest).normalized.hasSuffix(".post1"))
        #expect(try Version(parsing: String(repeating: "1", count: 236) + "c.r.").post?.value == 0)
    }

    @Test("Trailing zeros mean nothing, for equality, order and hash alike")
    func trailingZeros() throws {
        let same = try ["1", "1.0", "1.0.0.00", "v1.0", "0!1"].map { try Version(parsing: $0) }
        #expect(Set(same).count == 1)
        #expect(try Version(parsing: "0") == Version(parsing: "0.0"))
        #expect(try Version(parsing: "10") != Version(parsing: "1"))
        #expect(try Version(parsing: "1.0+a") != Version(parsing: "1.0"))
        #expect(try Version(parsing: "1.0rc1").canonical == "1rc1")
    }

    @Test("The normal form is read back as itself", arguments: 0..<200 as Range<UInt64>)
    func normalizedIsStable(seed: UInt64) throws {
        var random = SplitMix64(seed: seed)
        let version = try Version(parsing: .randomVersion(using: &random))
        let again = try Version(parsing: version.normalized)
        #expect(again.normalized == version.normalized)
        #expect(again == version)
        #expect(try Version(parsing: version.canonical) == version)
        #expect(try Version(parsing: version.canonical).canonical == version.canonical)
        #expect(version.publicVersion <= version)
    }

    @Test("The order is a strict weak order that agrees with equality", arguments: 0..<60 as Range<UInt64>)
    func strictWeakOrder(seed: UInt64) throws {
        var random = SplitMix64(seed: seed)
        let versions = try (0..<12).map { _ in try Version(parsing: .randomVersion(using: &random)) }
        for a in versions {
            #expect(!(a < a))
            for b in versions {
                #expect((a < b ? 1 : 0) + (b < a ? 1 : 0) + (a == b ? 1 : 0) == 1, "\(a) \(b)")
                if a == b { #expect(a.hashValue == b.hashValue) }
                for c in versions where a < b && b < c { #expect(a < c, "\(a) \(b) \(c)") }
            }
        }
    }
}

extension String {
    /// A valid version in one of its many spellings, from few numbers so that parts collide.
    static func randomVersion(using random: inout SplitMix64) -> String {
        func number() -> String {
            ["0", "1", "2", "10", "007", "20231231235959999999999"].randomElement(using: &random) ?? "0"
        }
        func maybe(_ text: () -> String) -> String {
            Bool.random(using: &random) && Bool.random(using: &random) ? text() : ""
        }
        func pick(_ texts: String...) -> String { texts.randomElement(using: &random) ?? "" }
        func separator() -> String { pick("", ".", "-", "_") }
        var text = maybe { "v" } + maybe { number() + "!" } + number()
        for _ in 0..<Int.random(in: 0..<4, using: &random) { text += "." + pick("0", number()) }
        text += maybe {
            separator() + pick("a", "ALPHA", "b", "beta", "c", "rc", "pre", "preview") + separator() + number()
        }
        text += maybe { pick("-" + number(), separator() + pick("post", "rev", "R") + separator() + number()) }
        text += maybe { separator() + "dev" + separator() + number() }
        text += maybe { "+" + pick("a", "1", "ubuntu.1", "AB-2_x.03") }
        return text
    }
}
