import PackagingFormats
import Testing
import VectorSupport

@Suite("Specifiers") struct SpecifierTests {
    struct Table: Decodable {
        struct Contains: Decodable {
            let version, specifier: String
            let expected: Bool
            init(from decoder: any Decoder) throws {
                var container = try decoder.unkeyedContainer()
                version = try container.decode(String.self)
                specifier = try container.decode(String.self)
                expected = try container.decode(Bool.self)
            }
        }
        let valid: [[String]]
        let invalid: [String]
        let contains: [Contains]
    }

    @Test("The public vectors", .enabled(if: Vectors.arePresent, "no vectors"))
    func vectors() throws {
        let table = try Vectors.decode(Table.self, from: "packaging/specifiers.json")
        for row in table.valid {
            #expect(try Specifier(parsing: row[0]).text == row[1])
            #expect(try SpecifierSet(parsing: row[0]).text == row[1])
        }
        for text in table.invalid {
            #expect(throws: InvalidSpecifier.self, "\(text)") { try Specifier(parsing: text) }
            #expect(throws: InvalidSpecifier.self, "\(text)") { try SpecifierSet(parsing: text) }
        }
        for row in table.contains {
            let version = try Version(parsing: row.version)
            #expect(try Specifier(parsing: row.specifier).contains(version) == row.expected, "\(row)")
            #expect(try SpecifierSet(parsing: row.specifier).contains(version) == row.expected, "\(row)")
        }
        #expect(table.valid.count > 5 && table.invalid.count > 20 && table.contains.count > 150)
        print(
            "specifiers.json: \(table.valid.count) valid, \(table.invalid.count) refused, \(table.contains.count) contained or not"
        )
    }

    // The columns are the point.
    // swift-format-ignore
    static let edges: [(String, String, Bool)] = [
        (">=3.8,<4",        "3.8.0",           true),
        (">=3.8,<4",        "4.0.dev1",        false),
        (">=3.8,<4.0rc1",   "4.0a1",           true),
        (">1.0",            "1.0.post1",       false),
        (">1.0",            "1.0.post1+x",     false),
        (">1.0.post1",      "1.0.post2",       true),
        (">1.0a1",          "1.0a1.post1",     false),
        (">1.0a1",          "1.0a2.dev0",      true),
        ("<1.0.post1",      "1.0a1",           true),
        ("<1.0.post1",      "1.0.post1.dev3",  false),
        ("==1.*",           "1.0.dev0",        true),
        ("==1.*",           "0.9",             false),
        ("!=1.*",           "10",              true),
        ("~=1.4.2",         "1.4.10",          true),
        ("~=1.4.2",         "1.5.dev0",        false),
        ("~=2.2.post3",     "2.2",             false),
        ("~=2.2.post3",     "2.9",             true),
        ("===1.0",          "1.0.0",           false),
        ("=== 1.0+Ubuntu",  "1.0+ubuntu",      true),
        ("==1.0+ubuntu",    "1.0+ubuntu",      true),
        ("",                "1.0a1",           true),
        (",,>=1,,",         "1",               true),
        ("== 99999999999999999999999.*", "99999999999999999999999.1", true),
    ]

    @Test("Edges of each comparison", arguments: edges)
    func edge(specifier: String, version: String, expected: Bool) throws {
        #expect(try SpecifierSet(parsing: specifier).contains(Version(parsing: version)) == expected)
    }

    @Test("Pre-releases can be left out altogether")
    func prereleases() throws {
        let set = try SpecifierSet(parsing: ">=1.0a1")
        #expect(try set.contains(Version(parsing: "1.0rc1")))
        #expect(try !set.contains(Version(parsing: "1.0rc1"), prereleases: false))
        #expect(try set.contains(Version(parsing: "1.0"), prereleases: false))
    }

    @Test("Sets are equal as values, whatever their order and spelling")
    func equality() throws {
        #expect(try SpecifierSet(parsing: ">=1.0,<2") == SpecifierSet(parsing: "< 2.0.0, >= v1"))
        #expect(try SpecifierSet(parsing: "==1.0,==1.0.0").text == "==1.0")
        #expect(try SpecifierSet(parsing: "~=1.0") != SpecifierSet(parsing: "~=1.0.0"))
        #expect(try SpecifierSet(parsing: "==1.*") != SpecifierSet(parsing: "==1.0.*"))
        #expect(try SpecifierSet(parsing: ">=1") != SpecifierSet(parsing: ">=1,<2"))
    }

    @Test("A refusal says what to do about it")
    func explanations() {
        #expect(throws: InvalidSpecifier.compatibleNeedsTwoNumbers("~=1")) { try SpecifierSet(parsing: "~=1") }
        #expect(throws: InvalidSpecifier.wildcard(">=3.*")) { try SpecifierSet(parsing: ">=3.*, <4") }
        #expect(throws: InvalidSpecifier.local("<1+a.b")) { try SpecifierSet(parsing: "<1+a.b") }
        #expect(InvalidSpecifier.wildcard(">=3.*").explanation.contains("'>=3.*'"))
    }

    @Test("The text of a set is read back as the same set", arguments: 0..<100 as Range<UInt64>)
    func roundTrip(seed: UInt64) throws {
        var random = SplitMix64(seed: seed)
        let set = try SpecifierSet(parsing: .randomSpecifiers(using: &random))
        #expect(try SpecifierSet(parsing: set.text) == set)
        #expect(try SpecifierSet(parsing: set.text).text == set.text)
    }

    @Test("Each comparison agrees with its opposite and with the order", arguments: 0..<200 as Range<UInt64>)
    func laws(seed: UInt64) throws {
        var random = SplitMix64(seed: seed)
        let (a, b) = try (
            Version(parsing: .randomVersion(using: &random)), Version(parsing: .randomVersion(using: &random))
        )
        let (plain, wanted) = (a.publicVersion, b.publicVersion)
        func holds(_ comparison: String) throws -> Bool {
            try Specifier(parsing: comparison + wanted.normalized).contains(a)
        }
        #expect(try holds("==") != holds("!="))
        #expect(try holds("==") == (plain == wanted))
        #expect(try holds(">=") == (a >= wanted))
        #expect(try holds("<=") == (plain <= wanted))
        if try holds("<") { #expect(a < wanted) }
        if try holds(">") { #expect(a > wanted) }
    }
}

extension String {
    static func randomSpecifiers(using random: inout SplitMix64) -> String {
        (0..<Int.random(in: 0..<4, using: &random)).map { _ in
            let comparison = ["==", "!=", ">=", "<=", ">", "<", "==="].randomElement(using: &random) ?? "=="
            var version = String.randomVersion(using: &random)
            if comparison.count == 1 || comparison == ">=" || comparison == "<=" {
                version = String(version.prefix { $0 != "+" })
            }
            return comparison + (Bool.random(using: &random) ? " " : "") + version
        }.joined(separator: Bool.random(using: &random) ? "," : " , ")
    }
}
