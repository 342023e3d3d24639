import PackagingFormats
import Testing

@Suite("How much metadata may say") struct MetadataLimitsTests {
    static let head = "Metadata-Version: 2.4\nName: demo\nVersion: 1\n"

    static func problems(_ file: String, _ limits: MetadataLimits) -> [MetadataProblem] {
        limits.problems(in: RawMetadata(file: Array(file.utf8)))
    }

    /// A header that occurs `count` times, each with a value of `bytes` bytes that differs from the others in its first
    /// ones.
    static func lines(_ field: MetadataField, count: Int, bytes: Int) -> String {
        if field == .keywords {
            return "Keywords: "
                + Array(repeating: String(repeating: "k", count: bytes), count: count).joined(separator: ",")
                + "\n"
        }
        return (0..<count).map { number in
            let text = field == .projectURL ? "\(number)," : "\(number)"
            return "\(field.header): \(text)\(String(repeating: "x", count: bytes - text.utf8.count))\n"
        }.joined()
    }

    static let fields = MetadataField.allCases.filter { $0 != .name && $0 != .version && $0 != .metadataVersion }

    @Test("A field may occur as often as its bound says, and no more often", arguments: fields, [1, 8])
    func count(field: MetadataField, room: Int) throws {
        let limits: MetadataLimits = room == 1 ? .uploads : .imports
        let most = limits[field].count
        #expect(most == (field.shape == .text ? 1 : MetadataLimits.uploads[field].count * room))
        #expect(Self.problems(Self.head + Self.lines(field, count: most, bytes: 7), limits).isEmpty)
        // A field of one text that occurs twice is refused by the rules of the format.
        guard field.shape != .text else { return }
        let problem = try #require(
            Self.problems(Self.head + Self.lines(field, count: most + 1, bytes: 7), limits).first)
        #expect(problem.field == field.rawValue && problem.reason == .tooMany(limit: most))
        #expect(
            problem.explanation
                == "\(field.header): there are more than \(most) of these, the most that this index accepts.")
    }

    @Test("A value may be as long as its bound says, and no longer", arguments: fields, [1, 8])
    func length(field: MetadataField, room: Int) throws {
        let limits: MetadataLimits = room == 1 ? .uploads : .imports
        let most = limits[field].bytes
        #expect(most == min(MetadataLimits.uploads[field].bytes * room, limits.total / 4 * 3))
        // Of a project URL label and address count each for themselves, and one byte is the label.
        let written = field == .projectURL ? most + 2 : most
        #expect(Self.problems(Self.head + Self.lines(field, count: 1, bytes: written), limits).isEmpty)
        let problem = try #require(
            Self.problems(Self.head + Self.lines(field, count: 1, bytes: written + 1), limits).first)
        #expect(problem.field == field.rawValue && problem.reason == .tooLarge(limit: most))
    }

    @Test("All fields together are bounded, the description among them, whether in the body or twice")
    func total() {
        let limits = MetadataLimits.uploads
        let body = String(repeating: "d", count: limits[.description].bytes)
        #expect(Self.problems(Self.head + "\n" + body, limits).isEmpty)
        #expect(Self.problems(Self.head + "\n" + body + "d", limits).map(\.field) == ["description"])
        let much = Self.lines(.requiresDist, count: 2_800, bytes: 100)
        #expect(
            Self.problems(Self.head + much + "\n" + body, limits).map(\.explanation)
                == ["All fields together: they are larger than 768 KiB, the most that this index accepts."])
        #expect(
            Self.problems(Self.head + "Description: a\n" + "\n" + body + "d", limits).map(\.field) == ["description"])
        #expect(throws: InvalidMetadata.self) { try limits.read(file: Array(repeating: 0x61, count: limits.total + 1)) }
    }

    @Test("A control character weighs as much as JSON takes to write it")
    func controls() {
        let body = String(repeating: "\u{1}", count: MetadataLimits.uploads.total / 6 + 1)
        #expect(
            Self.problems(Self.head + "\n" + body, .uploads) == [Self.problems(Self.head + "\n" + body, .uploads)[0]])
        #expect(Self.problems(Self.head + "\n" + body, .uploads).first?.reason == .allTooLarge(limit: 768 << 10))
        #expect(Self.problems(Self.head + "\n" + body.replacing("\u{1}", with: "\n"), .uploads).isEmpty)
    }

    @Test("Headers that nobody knows are bounded together: how many, how long, and how long their names")
    func unknown() {
        func headers(_ count: Int) -> String { (0..<count).map { "X-\($0): y\n" }.joined() }
        #expect(Self.problems(Self.head + headers(256), .uploads).isEmpty)
        #expect(
            Self.problems(Self.head + headers(257), .uploads).map(\.explanation) == [
                "Headers that are no field of the core metadata: there are more than 256 of these, the most that this index accepts."
            ])
        #expect(Self.problems(Self.head + "X: y\n" + String(repeating: "X: z\n", count: 256), .uploads).count == 1)
        #expect(Self.problems(Self.head + "X: " + String(repeating: "y", count: 4_097) + "\n", .uploads).count == 1)
        #expect(Self.problems(Self.head + String(repeating: "y", count: 4_097) + ": X\n", .uploads).count == 1)
    }

    @Test("A letter has thirty accents at most, in every field", arguments: fields)
    func accents(field: MetadataField) throws {
        func text(_ count: Int) -> String {
            let value = "l" + String(repeating: "\u{301}\u{316}", count: count / 2)
            return field == .projectURL ? "\(value), https://a.org" : value
        }
        #expect(Self.problems(Self.head + "\(field.header): \(text(30))\n", .uploads).isEmpty)
        for limits in [MetadataLimits.uploads, .imports] {
            let problems = Self.problems(Self.head + "\(field.header): \(text(32))\n", limits)
            #expect(problems.map(\.field) == [field.rawValue] && problems.first?.reason == .excessMarks)
        }
        #expect(text(40).withoutExcessMarks.utf8.count == text(30).utf8.count)
        #expect(text(30).withoutExcessMarks == text(30))
    }

    /// The shapes of the largest packages that PyPI has, as the type's documentation lists them.
    static let real: [String] = [
        lines(.requiresDist, count: 882, bytes: 90) + lines(.providesExtra, count: 439, bytes: 35) + "\n"
            + String(repeating: "d", count: 60_000),
        lines(.requiresDist, count: 1_414, bytes: 70) + lines(.providesExtra, count: 123, bytes: 20),
        lines(.license, count: 1, bytes: 47_559) + lines(.classifier, count: 28, bytes: 72),
        lines(.keywords, count: 72, bytes: 43) + lines(.projectURL, count: 12, bytes: 103) + "\n"
            + String(repeating: "d", count: 179_285),
    ]

    @Test("The largest packages of PyPI have twice the room at least", arguments: real)
    func realPackages(fields: String) { #expect(Self.problems(Self.head + fields, .uploads).isEmpty) }
}

@Suite("Where a stranger's text is one of many") struct ShownTextTests {
    @Test("it is cut to its bound, and not a character earlier", arguments: ShownText.allCases)
    func cut(length: ShownText) {
        for scalar in ["a", "é", "漢", "😀", "\u{301}"] {
            let whole = String(repeating: scalar, count: length.rawValue)
            #expect(whole.cut(to: length) == whole)
            #expect((whole + scalar).cut(to: length).unicodeScalars.count == length.rawValue + 1)
            #expect((whole + scalar).cut(to: length).unicodeScalars.last == "…")
        }
        #expect("".cut(to: length) == "")
        // One character of a thousand accents.
        let accents = "e" + String(repeating: "\u{301}", count: 100_000)
        #expect(accents.cut(to: length).utf8.count < length.rawValue * 4)
    }
}
