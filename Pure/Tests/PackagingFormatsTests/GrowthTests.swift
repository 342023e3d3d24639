import PackagingFormats
import Testing
import VectorSupport

/// Something that can be written any number of times, and what is read out of it.
struct Repeated: Sendable, CustomTestStringConvertible {
    let testDescription: String
    /// How much of it there is at first.
    let size: Int
    let text: @Sendable (Int) -> String

    init(_ description: String, from size: Int, _ text: @escaping @Sendable (Int) -> String) {
        (testDescription, self.size, self.text) = (description, size, text)
    }
}

private func times(_ count: Int, _ text: String) -> String { String(repeating: text, count: count) }
private func numbered(_ count: Int, _ text: (Int) -> String) -> String { (0..<count).map(text).joined() }

@Suite("Reading metadata takes time in proportion to its length") struct GrowthTests {
    static let head = "Metadata-Version: 2.5\nName: demo\nVersion: 1\n"

    /// A value that is right for a field, the same one or another one each time.
    static func value(of field: MetadataField, _ number: Int) -> String {
        switch field {
        case .requiresDist, .providesDist, .obsoletesDist: "p\(number)[e]>=1; extra == 'e\(number)'"
        case .projectURL: "l\(number), https://example.org/\(number)"
        case .classifier: "Topic\(number) :: x"
        case .licenseFile: "licenses/\(number)"
        case .providesExtra, .importName, .importNamespace: "e\(number)"
        case .dynamic: "license"
        default: "v\(number)"
        }
    }

    static func read(_ file: [UInt8]) {
        let raw = RawMetadata(file: file)
        // As an upload and an import do: what is longer than anything may be is not read any further.
        guard (try? MetadataLimits.imports.check(raw)) != nil else { return }
        do { look(at: try CoreMetadata(existing: raw)) } catch { _ = error.explanation }
        do { look(at: try CoreMetadata(publishing: raw)) } catch { _ = error.explanation }
    }

    /// As an upload does when it compares the form with the file.
    private static func look(at metadata: CoreMetadata) {
        _ = Set(metadata.requiresDist).subtracting([]).map(\.text).sorted()
        _ = metadata.requiresPython?.text
    }

    static func expectLinear(_ what: Repeated) {
        let ratio = Growth.ratio(from: what.size, of: { Array((head + what.text($0)).utf8) }, read)
        #expect(ratio < Growth.most, "\(what.testDescription)")
    }

    @Test("Each field, again and again, with other values and with the same", arguments: MetadataField.allCases)
    func repeatedFields(field: MetadataField) {
        Self.expectLinear(
            Repeated("\(field), others", from: 200) { count in
                numbered(count) { "\(field.header): \(Self.value(of: field, $0))\n" }
            })
        Self.expectLinear(
            Repeated("\(field), equal", from: 200) { times($0, "\(field.header): \(Self.value(of: field, 1))\n") })
    }

    @Test(
        "Each field with a longer and longer value", arguments: MetadataField.allCases, ["a", "\u{301}\u{316}", "a, "])
    func longFields(field: MetadataField, piece: String) {
        Self.expectLinear(Repeated("\(field)", from: 4_000) { "\(field.header): \(times($0, piece))\n" })
    }

    static let structures: [Repeated] = [
        Repeated("headers that nobody knows", from: 2_000) { numbered($0) { "X-\($0): y\n" } },
        Repeated("one header that nobody knows", from: 2_000) { times($0, "X: y\n") },
        Repeated("lines of a value", from: 2_000) { "Summary: a\n" + times($0, "   b\n") },
        Repeated("lines without a header", from: 2_000) { times($0, " b\n") },
        Repeated("headers without a name", from: 2_000) { times($0, ": b\n") },
        Repeated("envelopes", from: 2_000) { times($0, "From x\n") },
        Repeated("carriage returns", from: 4_000) { "Summary: a" + times($0, "\r\r\n ") + "\n" },
        Repeated("a body", from: 20_000) { "\n" + times($0, "a\n") },
        Repeated("specifiers of a requirement", from: 500) { count in
            "Requires-Dist: a " + numbered(count) { ">=\($0)," } + "\n"
        },
        Repeated("equal specifiers of a requirement", from: 500) { "Requires-Dist: a " + times($0, ">=1,") + "\n" },
        Repeated("specifiers for Python", from: 500) { count in
            "Requires-Python: " + numbered(count) { "!=3.\($0).*," } + "\n"
        },
        Repeated("extras of a requirement", from: 500) { count in
            "Requires-Dist: a[" + numbered(count) { "e\($0)," } + "z]\n"
        },
        Repeated("separators in an extra", from: 2_000) { "Requires-Dist: a[b" + times($0, "_") + "c]\n" },
        Repeated("digits of a version", from: 4_000) { "Requires-Dist: a==" + times($0, "9") + "\n" },
        Repeated("numbers of a version", from: 4_000) { "Version: 1" + times($0, ".0") + "\n" },
        Repeated("parts of a local version", from: 4_000) { "Requires-Dist: a==1+a" + times($0, ".0") + "\n" },
        Repeated("conditions with and", from: 200) {
            "Requires-Dist: a; os_name=='x'" + times($0, " and os_name=='x'")
        },
        Repeated("conditions with or", from: 200) { count in
            "Requires-Dist: a; os_name=='x'" + numbered(count) { " or os_name=='\($0)'" }
        },
        Repeated("conditions with both", from: 200) { count in
            "Requires-Dist: a; os_name=='x'" + numbered(count) { " or os_name=='\($0)' and os_name<'\($0)'" }
        },
        Repeated("groups beside each other", from: 200) { count in
            "Requires-Dist: a; os_name=='x'" + numbered(count) { " and (os_name=='\($0)' or os_name=='y')" }
        },
        Repeated("groups within each other, to the end", from: 5) { deep($0, closed: true) },
        Repeated("groups within each other, beyond it", from: 5_000) { deep($0, closed: true) },
        Repeated("groups that are not closed", from: 5_000) { deep($0, closed: false) },
        Repeated("long texts in deep groups", from: 1_000) { deep(20, text: times($0, "x")) },
        Repeated("escapes in a marker", from: 2_000) { "Requires-Dist: a; os_name == '" + times($0, "\\x41") + "'\n" },
        Repeated("a URL", from: 4_000) { "Requires-Dist: a @ https://" + times($0, "a;") + "\n" },
        Repeated("licences", from: 500) { "License-Expression: MIT" + times($0, " OR MIT") + "\n" },
        Repeated("parentheses of licences", from: 2_000) {
            "License-Expression: " + times($0, "(") + "MIT" + times($0, ")") + "\n"
        },
        Repeated("parts of a path", from: 2_000) { "License-File: a" + times($0, "/a") + "\n" },
        Repeated("parts of a module", from: 2_000) { "Import-Name: a" + times($0, ".a") + "\n" },
        Repeated("parameters of a content type", from: 1_000) { count in
            "Description-Content-Type: text/plain" + numbered(count) { "; a\($0)=b" } + "\n"
        },
        Repeated("addresses", from: 1_000) { "Author-email: " + times($0, "a@b.c,") + "\n" },
        Repeated("addresses that are none", from: 1_000) { "Author-email: " + times($0, "<\",") + "\n" },
        Repeated("accents of a content type", from: 1_000) {
            "Content-Type: " + times($0, "\u{301}\u{316}") + "\n\nbody\n"
        },
        Repeated("accents of a type of many parts", from: 1_000) {
            "Content-Type: multipart/a" + times($0, "\u{301}\u{316}") + "\n\nbody\n"
        },
        Repeated("accents of a folded description", from: 1_000) {
            "Description: a\n        " + times($0, "\u{301}\u{316}") + "\n"
        },
        Repeated("labels of accents", from: 1_000) { "Project-URL: a" + times($0, "\u{301}\u{316}") + ", https://a\n" },
    ]

    /// Groups of both kinds in turn, for a group of its own kind would be none.
    static func deep(_ count: Int, closed: Bool = true, text: String = "x") -> String {
        let open = (0..<count).map { "os_name == '\(text)' \($0 % 2 == 0 ? "and" : "or") (" }.joined()
        return "Requires-Dist: a; \(open)os_name == 'x'\(closed ? times(count, ")") : "")\n"
    }

    @Test("Each structure, repeated, extended and nested", arguments: structures)
    func structure(what: Repeated) { Self.expectLinear(what) }

    @Test(
        "The programs of a wheel",
        arguments: ["\u{301}\u{316}", "\u{301}\n", "a=b:c\n", "[a]\n", "\r\n", "\r", "# a\n", "="])
    func entryPoints(piece: String) {
        let ratio = Growth.ratio(from: 1_000, of: { Array(("[g]\n" + times($0, piece)).utf8) }) {
            _ = try? EntryPoints.check($0)
        }
        #expect(ratio < Growth.most)
    }

    @Test("The fields of an upload form", arguments: [true, false])
    func form(equal: Bool) {
        let ratio = Growth.ratio(
            from: 1_000,
            of: { count in (0..<count).map { (name: "requires_dist", value: equal ? "a" : "a\($0)") } },
            { fields in
                let raw = RawMetadata(form: fields)
                _ = MetadataLimits.uploads.problems(in: raw)
            })
        #expect(ratio < Growth.most)
    }
}

@Suite("The measure of growth") struct GrowthMeasureTests {
    /// How many times a byte is there: linear work.
    private static func count(of byte: UInt8, in bytes: [UInt8]) -> Int {
        var count = 0
        for other in bytes where other == byte { count += 1 }
        return count
    }

    /// How many pairs of equal bytes there are, each looked for among all: quadratic work.
    private static func pairs(in bytes: [UInt8]) -> Int {
        var pairs = 0
        for byte in bytes { pairs += count(of: byte, in: bytes) }
        return pairs
    }

    /// The ratio of some work that, where it is disturbed, takes three times as long now and then.
    private static func ratio(from size: Int, isDisturbed: Bool, of work: ([UInt8]) -> Int) -> Double {
        var random = SplitMix64(seed: 1)
        var found = 0
        let ratio = Growth.ratio(from: size, of: { [UInt8](repeating: 1, count: $0) }) { bytes in
            let runs = isDisturbed && Int.random(in: 0..<4, using: &random) == 0 ? 3 : 1
            for _ in 0..<runs { found &+= work(bytes) }
        }
        // So that no optimizer leaves the work out.
        #expect(found != 0)
        return ratio
    }

    @Test("Linear work is linear, also where it is disturbed", arguments: [false, true])
    func linear(isDisturbed: Bool) {
        let ratio = Self.ratio(from: 20_000, isDisturbed: isDisturbed) { Self.count(of: 1, in: $0) }
        #expect(ratio < Growth.most)
    }

    @Test("Quadratic work is found, however often it is measured", arguments: [false, true])
    func quadratic(isDisturbed: Bool) {
        let ratio = Self.ratio(from: 100, isDisturbed: isDisturbed) { Self.pairs(in: $0) }
        #expect(ratio > 3)
    }

    @Test("Quadratic work is found behind linear work")
    func mixed() {
        let ratio = Self.ratio(from: 100, isDisturbed: false) { bytes in
            var found = Self.pairs(in: bytes)
            for _ in 0..<30 { found += Self.count(of: 1, in: bytes) }
            return found
        }
        #expect(ratio > Growth.most)
    }
}
