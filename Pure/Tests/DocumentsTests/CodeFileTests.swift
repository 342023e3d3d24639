import Documents
import Giveaway
import Testing
import UTC

@Suite("A file of codes") struct CodeFileTests {
    // swift-format-ignore: a column for each
    static let good: [(file: String, codes: [String])] = [
        ("ABCD-1\nABCD-2\n", ["ABCD-1", "ABCD-2"]),
        ("ABCD-1\nABCD-2", ["ABCD-1", "ABCD-2"]),
        ("\u{FEFF}ABCD-1\r\nABCD-2\r\n\r\n\n", ["ABCD-1", "ABCD-2"]),
        ("ABCD-1\rABCD-2\r", ["ABCD-1", "ABCD-2"]),
        ("  ABCD-1\t\n\"ABCD-2\"\n", ["ABCD-1", "ABCD-2"]),
        ("code\nABCD-1\n", ["ABCD-1"]),
        ("No, Code ,Batch\n1,ABCD-1,a\n2,ABCD-2,", ["ABCD-1", "ABCD-2"]),
        ("\"code\",\"x, \"\"y\"\"\"\n\"ABCD-1\",\"a,b\"\nABCD-2,\n", ["ABCD-1", "ABCD-2"]),
        ("abcd\nABCE\n", ["abcd", "ABCE"]),
        ("Code-ABCD\nCODE-EFGH\n", ["Code-ABCD", "CODE-EFGH"]),
        ("promo-code-1\nABCD-1\n", ["promo-code-1", "ABCD-1"]),
        ("code\npromo_code\nABCD-1\n", ["promo_code", "ABCD-1"]),
        ("code\ncode-1\n", ["code-1"]),
        ("a/b+c=:._-\n", ["a/b+c=:._-"]),
    ]

    @Test("holds codes, alone or in a column of that name", arguments: good)
    func read(file: String, codes: [String]) throws {
        #expect(try CodeFile(Array(file.utf8)).lines.map(\.code) == codes)
    }

    // swift-format-ignore: a column for each
    static let bad: [(file: String, problems: [(Int, CodeFileRefusal.Fault)])] = [
        ("ABCD-1\nABCD-1\n", [(2, .sameAs(line: 1))]),
        ("ABCD-1\nABCD-2\n ABCD-1\nABCD-1", [(3, .sameAs(line: 1)), (4, .sameAs(line: 1))]),
        ("ABCD-1\n\nABCD-2\n", [(2, .empty)]),
        ("\nABCD-1\n", [(1, .empty)]),
        ("ABCD-1\n\"\"\nABCD-2\n", [(2, .empty)]),
        ("code\r\n\r\nABCD-2\r\n", [(2, .empty)]),
        ("code,x\n,a\nABCD-1,b\n", [(2, .empty)]),
        ("x,code\na\nb,ABCD-1\n", [(2, .cells(1, inFirst: 2))]),
        ("code,x\nABCD-1,2,3\n\nABCD-2,2\n", [(2, .cells(3, inFirst: 2)), (3, .empty)]),
        ("AAAA-5\nAAAA-6\naaaa-5\n", [(3, .sameAs(line: 1))]),
        ("ABC\n", [(1, .malformed)]),
        ("ABCD EFGH\n", [(1, .malformed)]),
        ("ABCD;x\n", [(1, .malformed)]),
        ("-ABCD\n", [(1, .malformed)]),
        ("ÄBCDE\nABCD-1\nABCD\u{0}x\n", [(1, .malformed), (3, .malformed)]),
        ("=1+1\n", [(1, .malformed)]),
        ("ABCD-1\nABCD-2,ABCD-3\n", [(2, .cells(2, inFirst: 1))]),
        ("\"ABCD-1\nABCD-2\n", [(1, .quotes)]),
        ("\"ABCD-1\"x\nABCD-2\n", [(1, .quotes)]),
        ("ABCD-1\n\nX\nABCD-1\n", [(2, .empty), (3, .malformed), (4, .sameAs(line: 1))]),
    ]

    @Test("with anything wrong is not taken, and each line is named", arguments: bad)
    func refuse(file: String, problems: [(Int, CodeFileRefusal.Fault)]) {
        let expected = problems.map { CodeFileRefusal.Problem(line: $0.0, fault: $0.1) }
        #expect(throws: CodeFileRefusal.lines(expected)) { try CodeFile(Array(file.utf8)) }
    }

    @Test("without codes is refused", arguments: ["", "\n\n", "\u{FEFF}", "code\n", " \r\n\"\"\n", "code,x\n,\n"])
    func empty(file: String) {
        #expect(throws: CodeFileRefusal.empty) { try CodeFile(Array(file.utf8)) }
    }

    @Test("with several columns says which one has the codes")
    func columns() {
        #expect(throws: CodeFileRefusal.columns(2)) { try CodeFile(Array("1,ABCD-1\n2,ABCD-2\n".utf8)) }
    }

    @Test(
        "whose first line is another word for “code” is refused: what is imported cannot be taken back",
        arguments: [
            "promo_code\nABCD-1\nABCD-2\n", "Promo Code\r\nABCD-1\r\n", "\"AttestationSource\"\nABCD-1\n",
            "coupons\nABCD-1\n",
            "promo_code\n", "codes\nCODE-1\nABCD-2\n",
        ])
    func heading(file: String) {
        #expect(throws: CodeFileRefusal.heading) { try CodeFile(Array(file.utf8)) }
    }

    @Test("of bytes that are no text is refused with the line")
    func binary() {
        #expect(throws: CodeFileRefusal.lines([.init(line: 2, fault: .malformed)])) {
            try CodeFile(Array("ABCD-1\n".utf8) + [0xFF, 0xFE, 0x41, 0x42, 0x43])
        }
    }

    @Test("has a largest size, in codes and in bytes")
    func size() throws {
        func file(_ count: Int) -> [UInt8] { (0..<count).flatMap { Array("C-\(100_000 + $0)\n".utf8) } }
        #expect(try CodeFile(file(20_000)).lines.count == 20_000)
        #expect(throws: CodeFileRefusal.tooMany(20_001)) { try CodeFile(file(20_001)) }
        #expect(throws: CodeFileRefusal.tooLarge) { try CodeFile(Array(repeating: 0x41, count: (4 << 20) + 1)) }
    }

    @Test("is refused in words that name lines and no code, twenty of them at most")
    func words() throws {
        let few = CodeFileRefusal.lines([
            .init(line: 3, fault: .empty), .init(line: 9, fault: .sameAs(line: 1)),
            .init(line: 11, fault: .imported(try GiveawayName(parsing: "titan"))),
        ])
        #expect(
            few.explanation
                == "No code was imported. Line 3: there is no code. Line 9: the same code stands in line 1. "
                + "Line 11: this code was imported already, into titan.")
        #expect(few.summary == "No code was imported: 3 lines are wrong.")
        #expect(CodeFileRefusal.empty.summary == CodeFileRefusal.empty.explanation)
        let cells = CodeFileRefusal.lines([.init(line: 2, fault: .cells(3, inFirst: 2))])
        #expect(cells.explanation == "No code was imported. Line 2: it has 3 cells, and line 1 has 2.")
        #expect(CodeFileRefusal.heading.explanation.contains("put a line “code” above it"))
        let many = CodeFileRefusal.lines((1...50).map { .init(line: $0, fault: .empty) })
        #expect(many.explanation.contains("Line 20:") && !many.explanation.contains("Line 21:"))
        #expect(many.explanation.hasSuffix("And 30 more lines."))
    }
}
