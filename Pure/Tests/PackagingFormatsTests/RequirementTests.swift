import Testing
import VectorSupport

@testable import PackagingFormats

@Suite("Requirement") struct RequirementTests {
    struct Table: Decodable {
        struct Valid: Decodable {
            let input, name, specifier, normalized: String
            let extras: [String]
            let url, marker: String?
        }
        struct Invalid: Decodable { let input: String }
        let valid: [Valid]
        let invalid: [Invalid]
    }

    @Test("The public vectors", .enabled(if: Vectors.arePresent, "no vectors"))
    func vectors() throws {
        let table = try Vectors.decode(Table.self, from: "packaging/requirements.json")
        for row in table.valid {
            let requirement = try Requirement(parsing: row.input)
            #expect(requirement.name.display == row.name)
            #expect(requirement.extras.map(\.display).sorted() == row.extras.sorted())
            #expect(requirement.specifier.text == row.specifier)
            #expect(requirement.url == row.url)
            #expect(requirement.marker?.text == row.marker)
            #expect(requirement.text == row.normalized)
            #expect(try Requirement(parsing: requirement.text) == requirement)
        }
        for row in table.invalid {
            #expect(throws: InvalidRequirement.self, "\(row.input)") { try Requirement(parsing: row.input) }
        }
        #expect(table.valid.count > 700 && table.invalid.count > 40)
        print("requirements.json: \(table.valid.count) valid, \(table.invalid.count) refused")
    }

    // The columns are the point.
    // swift-format-ignore
    static let equalities: [(String, String, Bool)] = [
        ("Foo_Bar",                       "foo.bar",                            true),
        ("foo[A,b_c]",                    "foo [b-c, a]",                       true),
        ("foo (>=1.0,<2)",                "foo<2.0,>=1",                        true),
        ("foo; extra == 'A_b'",           #"foo ; "a-B" == extra"#,             false),
        ("foo; extra == 'A_b'",           #"foo ; extra=="a-b""#,               true),
        ("foo; os_name=='a' and os_name=='b'", "foo; os.name == 'b' and (os_name == 'a')", true),
        ("foo; os_name=='a' or os_name=='b' and extra=='c'", "foo; (extra=='c' and os_name=='b') or os_name=='a'", true),
        ("foo; (os_name=='a' or os_name=='b') and extra=='c'", "foo; os_name=='a' or os_name=='b' and extra=='c'", false),
        ("foo; os_name=='a' and os_name=='a'", "foo; ((os_name == 'a'))",       true),
        ("foo; python_implementation=='x'", "foo; platform.python_implementation=='x'", true),
        ("foo",                           "foo; os_name == 'a'",                false),
        ("foo",                           "foo[a]",                             false),
        ("foo>=1",                        "foo>=1,<3",                          false),
        ("foo @ https://example.org/a",   "foo@https://example.org/a",          true),
        ("foo @ https://example.org/a",   "foo@https://example.org/b",          false),
    ]

    @Test("Requirements are compared as values", arguments: equalities)
    func equality(a: String, b: String, equal: Bool) throws {
        let (x, y) = try (Requirement(parsing: a), Requirement(parsing: b))
        #expect((x == y) == equal)
        if equal { #expect(x.hashValue == y.hashValue) }
    }

    // The columns are the point.
    // swift-format-ignore
    static let refusals: [(String, InvalidRequirement.Problem, offset: Int)] = [
        ("",                        .expected(.name),              0),
        ("  -x",                    .expected(.name),              2),
        ("x-",                      .name(.edge(of: "x-")),        0),
        ("x[",                      .expected(.extra),             2),
        ("x[a,]",                   .expected(.extra),             4),
        ("x[a b]",                  .expected(.endOfExtras),       4),
        ("x (>=1",                  .expected(.endOfSpecifiers),   6),
        ("x >=1 y",                 .expected(.endOfRequirement),  6),
        ("x @ ",                    .expected(.url),               4),
        ("x @ u y",                 .expected(.endOfURL),          6),
        ("x; ",                     .expected(.operand),           3),
        ("x; os_names == 'a'",      .expected(.operand),           3),
        ("x; os_name",              .expected(.comparison),        10),
        ("x; os_name == ",          .expected(.operand),           14),
        ("x; os_name == 'a",        .expected(.operand),           14),
        ("x; os_name == 'a' b",     .expected(.endOfMarker),       18),
        ("x; (os_name == 'a'",      .expected(.endOfGroup),        18),
        ("x; 'a' not os_name",      .expected(.isIn),              11),
        ("x; 'a' inos_name",        .expected(.comparison),        7),
        ("x; os_name == '\\x4'",    .quotedText,                   14),
        ("x>=1.*",                  .specifier(.wildcard(">=1.*")), 1),
    ]

    @Test("A refusal says what is wrong and where", arguments: refusals)
    func refusal(text: String, problem: InvalidRequirement.Problem, offset: Int) {
        #expect(throws: InvalidRequirement(problem: problem, offset: offset, text: text)) {
            try Requirement(parsing: text)
        }
    }

    @Test("Explanations show the text on one line and not without end")
    func explanation() {
        let long = "x @ a \u{7}\n\u{202E}" + String(repeating: "é", count: 10_000)
        #expect { try Requirement(parsing: long) } throws: { error in
            guard let explanation = (error as? InvalidRequirement)?.explanation else { return false }
            return explanation.count < 300
                && !explanation.unicodeScalars.contains { $0.value < 0x20 || $0.value == 0x202E }
        }
    }

    @Test("Parentheses nest thirty-two deep and no deeper")
    func nesting() throws {
        func nested(_ depth: Int) -> String {
            "x; " + String(repeating: "(", count: depth) + "os_name == 'a'" + String(repeating: ")", count: depth)
        }
        #expect(try Requirement(parsing: nested(Marker.maximumDepth)).text == #"x; os_name == "a""#)
        #expect(throws: InvalidRequirement.self) { try Requirement(parsing: nested(Marker.maximumDepth + 1)) }
        #expect(throws: InvalidRequirement.self) {
            try Requirement(parsing: "x; " + String(repeating: "(", count: 1_000_000))
        }
    }

    // The columns are the point.
    // swift-format-ignore
    static let literals: [(String, String)] = [
        (#"'a\x20b'"#,        #""a b""#),
        (#"'\u00e9\101\0'"#,  #""éA\x00""#),
        (#"'a"b'"#,           #"'a"b'"#),
        (#""\x27\x22""#,      #""'\x22""#),
        (#"'C:\\d'"#,         #""C:\\d""#),
        (#"'C:\d'"#,          #""C:\\d""#),
        (#"'\n'"#,            #""\x0a""#),
    ]

    @Test("Quoted texts are Python's string literals, and are written so that they are read back", arguments: literals)
    func literal(written: String, normal: String) throws {
        let marker = try Marker(parsing: "os_name == \(written)")
        #expect(marker.text == "os_name == \(normal)")
        #expect(try Marker(parsing: marker.text) == marker)
    }

    // The columns are the point.
    // swift-format-ignore
    static let conditions: [(String, Bool?)] = [
        ("python_version >= '3.9'",                       true),
        ("python_version < '3.9'",                        false),
        ("'3.9' <= python_version",                       true),
        ("python_version == '3.12.*'",                    true),
        ("python_version in '3.11 3.12'",                 true),
        ("python_version not in '3.11'",                  true),
        ("python_full_version > '3.12.4'",                false),
        ("platform_release >= '6'",                       false),
        ("platform_release == '6.1-generic'",             true),
        ("sys_platform == 'linux' and extra == 'Te_st'",  true),
        ("sys_platform == 'win32' or extra == 'x'",       false),
        ("sys_platform < 'z'",                            false),
        ("sys_platform >= 'linux'",                       true),
        ("'te.st' in extras",                             true),
        ("'other' not in extras",                         true),
        ("extras == 'test'",                              nil),
        ("sys_platform ~= 'linux'",                       nil),
        ("os_name == 'posix'",                            nil),
        ("'a' == 'a'",                                    nil),
        ("sys_platform == 'linux' or os_name == 'posix'", nil),
        ("python_version ~= '3.9' and (extra == 'a' or extra == 'test')", false),
    ]

    @Test("Markers are evaluated; nil where they have no value", arguments: conditions)
    func evaluate(marker: String, expected: Bool?) throws {
        let environment = MarkerEnvironment(
            values: [
                .pythonVersion: "3.12", .pythonFullVersion: "3.12.4+", .sysPlatform: "linux", .extra: "te.st",
                .platformRelease: "6.1-generic",
            ], names: [.extras: ["Te_St"]])
        let parsed = try Marker(parsing: marker)
        #expect((try? parsed.evaluate(in: environment)) == expected)
    }

    @Test("The text of a requirement is read back as the same requirement", arguments: 0..<300 as Range<UInt64>)
    func roundTrip(seed: UInt64) throws {
        var random = SplitMix64(seed: seed)
        let written = String.randomRequirement(using: &random)
        let requirement = try Requirement(parsing: written)
        let again = try Requirement(parsing: requirement.text)
        #expect(again == requirement, "\(written)")
        #expect(again.text == requirement.text)
    }
}

extension String {
    static func randomMarker(depth: Int, using random: inout SplitMix64) -> String {
        if depth == 0 || Bool.random(using: &random) {
            let variable = MarkerVariable.allCases.randomElement(using: &random)?.rawValue ?? "extra"
            let comparison =
                ["==", "!=", "<", ">=", "~=", "===", "in", "not  in"].randomElement(using: &random) ?? "in"
            let literal =
                [#"'3.8'"#, #""A_b""#, #"'a"b'"#, #"'\x41\\'"#, "\"it's\""].randomElement(using: &random) ?? "''"
            return Bool.random(using: &random)
                ? "\(variable) \(comparison) \(literal)" : "\(literal)\t\(comparison) \(variable)"
        }
        let parts = (0..<Int.random(in: 1..<4, using: &random)).map { _ in
            randomMarker(depth: depth - 1, using: &random)
        }
        let joined = parts.joined(separator: Bool.random(using: &random) ? " and " : " or ")
        return Bool.random(using: &random) ? "( \(joined))" : joined
    }

    static func randomRequirement(using random: inout SplitMix64) -> String {
        var text = String.randomName(using: &random)
        if Bool.random(using: &random) {
            text += "[" + (0..<2).map { _ in String.randomName(using: &random) }.joined(separator: " , ") + "]"
        }
        if Bool.random(using: &random) {
            text += " (" + String.randomSpecifiers(using: &random) + ")"
        } else if Bool.random(using: &random) {
            text += " @ https://example.org/a;b "
        }
        if Bool.random(using: &random) { text += ";" + randomMarker(depth: 3, using: &random) }
        return text
    }
}
