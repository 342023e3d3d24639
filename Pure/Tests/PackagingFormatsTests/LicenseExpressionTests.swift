import PackagingFormats
import Testing
import VectorSupport

@Suite("LicenseExpression") struct LicenseExpressionTests {
    struct Table: Decodable { let valid, invalid: [[String]] }

    @Test("The public vectors", .enabled(if: Vectors.arePresent, "no vectors"))
    func vectors() throws {
        let table = try Vectors.decode(Table.self, from: "packaging/licenses.json")
        for row in table.valid { #expect(try LicenseExpression(parsing: row[0]).normalized == row[1]) }
        for row in table.invalid {
            #expect(throws: InvalidLicenseExpression.self, "\(row[0])") { try LicenseExpression(parsing: row[0]) }
        }
        #expect(table.valid.count > 20 && table.invalid.count > 30)
        print("licenses.json: \(table.valid.count) valid, \(table.invalid.count) refused")
    }

    // The columns are the point.
    // swift-format-ignore
    static let refusals: [(String, InvalidLicenseExpression)] = [
        ("",                          .syntax(at: nil)),
        ("MIT OR",                    .syntax(at: nil)),
        ("MIT ISC",                   .syntax(at: "ISC")),
        ("MIT (ISC)",                 .syntax(at: "(")),
        ("(MIT))",                    .syntax(at: ")")),
        ("MIT++",                     .unknownLicense("MIT++")),
        ("+",                         .unknownLicense("+")),
        ("BSD",                       .unknownLicense("BSD")),
        ("MIT WITH ISC",              .unknownException("ISC")),
        ("Bison-exception-2.2",       .unknownLicense("Bison-exception-2.2")),
        ("LicenseRef-ä",              .licenseReference("LicenseRef-ä")),
    ]

    @Test("What is refused, and for what", arguments: refusals)
    func refusal(text: String, error: InvalidLicenseExpression) {
        #expect(throws: error) { try LicenseExpression(parsing: text) }
        #expect(!error.explanation.isEmpty)
    }

    @Test("The licenses of an expression are told apart")
    func identifiers() throws {
        let expression = try LicenseExpression(
            parsing: "gpl-3.0 or (mit+ and licenseref-X.1) or GPL-2.0-only with Classpath-exception-2.0")
        #expect(expression.licenses == ["GPL-3.0", "MIT", "LicenseRef-X.1", "GPL-2.0-only"])
    }

    @Test("A hundred thousand parentheses are no danger")
    func deep() throws {
        let (open, close) = (String(repeating: "(", count: 100_000), String(repeating: ")", count: 100_000))
        #expect(try LicenseExpression(parsing: open + "mit" + close).licenses == ["MIT"])
        #expect(throws: InvalidLicenseExpression.syntax(at: nil)) { try LicenseExpression(parsing: open) }
    }

    @Test("The normal form is read back as itself", arguments: 0..<100 as Range<UInt64>)
    func roundTrip(seed: UInt64) throws {
        var random = SplitMix64(seed: seed)
        func expression(_ depth: Int) -> String {
            let simple = ["mit", "Apache-2.0", "gpl-2.0+", "LicenseRef-a.B", "GPL-2.0-only with bison-exception-2.2"]
            if depth == 0 || Bool.random(using: &random) { return simple.randomElement(using: &random) ?? "mit" }
            let inner = (0..<Int.random(in: 1..<4, using: &random)).map { _ in expression(depth - 1) }
            return "(" + inner.joined(separator: Bool.random(using: &random) ? " and " : "  OR ") + ")"
        }
        let parsed = try LicenseExpression(parsing: expression(3))
        #expect(try LicenseExpression(parsing: parsed.normalized) == parsed)
    }
}
