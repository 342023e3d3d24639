import PythonCode
import Testing
import VectorSupport

@Suite("Reading a file takes time in proportion to its length") struct ReadingGrowthTests {
    typealias Shape = (what: String, size: Int, make: @Sendable (Int) -> String)

    private static func times(_ count: Int, _ text: String) -> String { String(repeating: text, count: count) }

    static let shapes: [Shape] = [
        ("one line of code", 400, { times($0, "f(1);") }),
        ("brackets", 400, { times($0, "(") + times($0, ")") }),
        ("brackets that nobody closes", 400, { times($0, "[(") }),
        ("f-strings", 400, { times($0, "f'{") + times($0, "}'") }),
        ("formats of formats", 400, { "f'" + times($0, "{x:") + times($0, "}") + "'" }),
        ("a sum of strings", 400, { "x = 'a'" + times($0, " + 'b'") + "\nexec(x)" }),
        ("a list that grows", 200, { "x = []\n" + times($0, "x.append('b')\n") + "exec(''.join(x))" }),
        ("blocks", 200, { times($0, "if x:\n  y\n") }),
        ("elif", 200, { "if x: y\n" + times($0, "elif x: y\n") }),
        ("lambdas", 200, { "x = " + times($0, "lambda: ") + "1" }),
        ("attributes", 400, { "x" + times($0, ".y") + "()" }),
        ("arguments", 400, { "f(" + times($0, "x,") + ")" }),
        ("functions", 50, { count in (0..<count).map { "def f\($0)(x): return f\($0 / 2)(x)\n" }.joined() }),
        ("calls of one function", 50, { "def f(x):\n  return x + 'a'\n" + times($0, "y = f('b')\n") }),
        ("origins", 200, { count in "x = 1\n" + (0..<count).map { "x = f\($0)(x)\n" }.joined() + "exec(x)" }),
        ("comprehensions", 20, { times($0, "x = [chr(c) for c in [1, 2, 3]]\n") }),
        ("decodings", 20, { times($0, "exec(base64.b64decode('cHJpbnQoMSk='))\n") }),
        ("comments", 400, { times($0, "# x\n") }),
        ("quotes", 400, { times($0, "'") }),
        ("characters that nobody sees", 400, { times($0, "\u{200b}\u{202e}") }),
        ("one long name of full width", 400, { times($0, "ｘ") }),
        ("code that is run", 30, { times($0, "exec('import os; os.x()')\n") }),
    ]

    @Test("whatever is in it", arguments: shapes.indices)
    func grows(index: Int) {
        let (what, size, make) = Self.shapes[index]
        let ratio = Growth.ratio(from: size, of: { Array(make($0).utf8) }, { _ = PythonFile(reading: $0) })
        #expect(ratio < Growth.most, "\(what)")
    }

    @Test(
        "and what is too deep is a problem, not a crash",
        arguments: [
            "(", "[", "{", "f'{", "lambda: ", "not ", "-", "x[", "x(", "1**", "x if y else ", "f'{x:{", "{x:", "await ",
            "*", "`",
        ])
    func deep(piece: String) {
        for count in [199, 201, 2_000] {
            let file = PythonFile(reading: Array(("x = " + Self.times(count, piece)).utf8))
            #expect(file.lineCount == 1)
        }
        let kinds = PythonFile(reading: Array(Self.times(100_000, "(").utf8)).problems.map(\.kind)
        #expect(kinds.contains(.bound("nesting")))
    }

    @Test("What is said of a file is bounded, and that it was is said")
    func bounded() {
        var bounds = ReadingBounds()
        bounds.results = 10
        let file = PythonFile(reading: Array(Self.times(100, "f()\n").utf8), within: bounds)
        #expect(file.calls.count == 10)
        #expect(file.problems.map(\.kind) == [.bound("results")])
    }
}
