import Names
import Testing
import VectorSupport

@Suite("The distance between names") struct EditDistanceTests {
    // The columns are the point.
    // swift-format-ignore
    static let table: [(String, String, limit: Int, distance: Int?)] = [
        ("requests", "requests", 2, 0),
        ("reqeusts", "requests", 2, 1),   // two neighbours in the wrong order are one slip
        ("requsts",  "requests", 2, 1),   // one too few
        ("requestss", "requests", 2, 1),  // one too many
        ("requesrs", "requests", 2, 1),   // another one
        ("rqeuests", "requests", 1, 1),
        ("pnadsa",   "pandas",   2, 2),
        ("pnadsa",   "pandas",   1, nil),
        ("ca",       "abc",      3, 3),   // no letter is touched twice
        ("",         "ab",       2, 2),
        ("ab",       "",         1, nil),
        ("",         "",         0, 0),
        ("flask",    "django",   2, nil),
    ]

    @Test("is counted in slips, up to a bound", arguments: table)
    func distance(a: String, b: String, limit: Int, distance: Int?) {
        #expect(EditDistance.between(a.utf8, b.utf8, limit: limit) == distance)
        #expect(EditDistance.between(b.utf8, a.utf8, limit: limit) == distance)
    }

    /// The same by its definition: the whole table, without bounds.
    private static func plain(_ a: [UInt8], _ b: [UInt8]) -> Int {
        var table = Array(repeating: Array(repeating: 0, count: b.count + 1), count: a.count + 1)
        for i in 0...a.count {
            for j in 0...b.count {
                if i == 0 || j == 0 {
                    table[i][j] = i + j
                    continue
                }
                table[i][j] = min(
                    table[i - 1][j] + 1, table[i][j - 1] + 1, table[i - 1][j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1))
                if i > 1, j > 1, a[i - 1] == b[j - 2], a[i - 2] == b[j - 1] {
                    table[i][j] = min(table[i][j], table[i - 2][j - 2] + 1)
                }
            }
        }
        return table[a.count][b.count]
    }

    @Test("is that of the definition wherever it is within the bound", arguments: 0..<300 as Range<UInt64>)
    func definition(seed: UInt64) {
        var random = SplitMix64(seed: seed)
        func word() -> [UInt8] {
            (0..<Int.random(in: 0...7, using: &random)).map { _ in UInt8.random(in: 97...99, using: &random) }
        }
        let (a, b) = (word(), word())
        let distance = Self.plain(a, b)
        for limit in 0...8 {
            #expect(EditDistance.between(a, b, limit: limit) == (distance <= limit ? distance : nil), "\(a) \(b)")
        }
    }
}
