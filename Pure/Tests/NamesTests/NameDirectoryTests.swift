import Names
import Testing
import VectorSupport

@Suite("A directory of names") struct NameDirectoryTests {
    private static func directory(_ names: [(String, Int)]) -> NameDirectory {
        var directory = NameDirectory()
        for (number, (name, weight)) in names.enumerated() {
            directory.put(.init(id: Int64(number), normalized: name, weight: weight))
        }
        return directory
    }

    @Test("finds names that are what was typed, begin with it or hold it, whatever is between the letters")
    func like() {
        let directory = Self.directory([
            ("scikit-learn", 27), ("learn", 3), ("scikit-learn-extra", 9), ("sci", 1), ("auto-scikit-learn", 2),
        ])
        let found = directory.names(like: FoldedName("Scikit_Learn"), limit: 9)
        #expect(found.map(\.entry.normalized) == ["scikit-learn", "scikit-learn-extra", "auto-scikit-learn"])
        #expect(found.map(\.match) == [.whole, .beginning, .inside])
        #expect(
            directory.names(like: FoldedName("sci"), limit: 1).map(\.entry.normalized) == [
                "sci", "scikit-learn", "auto-scikit-learn",
            ])
        #expect(directory.names(like: FoldedName("---"), limit: 9).isEmpty)
        // Two letters are inside of everything.
        #expect(directory.names(like: FoldedName("le"), limit: 9).map(\.entry.normalized) == ["learn"])
    }

    @Test(
        "answers the same whatever was put in first, and what is used most even where much is found",
        arguments: 0..<20 as Range<UInt64>)
    func order(seed: UInt64) {
        var random = SplitMix64(seed: seed)
        let entries = (0..<1_000).map {
            NameDirectory.Entry(id: $0, normalized: "py\($0)", weight: Int.random(in: 0..<9, using: &random))
        }
        let sorted = entries.sorted { $0.weight != $1.weight ? $0.weight > $1.weight : $0.id < $1.id }
        var directory = NameDirectory()
        // Some of them weighed something else before, as in a process that has run for weeks.
        for entry in entries.shuffled(using: &random) {
            directory.put(.init(id: entry.id, normalized: entry.normalized, weight: 9 - entry.weight))
        }
        for entry in entries.shuffled(using: &random) { directory.put(entry) }
        for limit in [1, 7, 100, 2_000] {
            #expect(
                directory.names(like: FoldedName("py"), limit: limit).map(\.entry) == Array(sorted.prefix(limit)))
        }
    }

    @Test("forgets what is taken out, and knows what is put in instead")
    func changes() {
        var directory = Self.directory([("alpha", 1), ("beta", 2)])
        directory.remove(0)
        directory.remove(0)
        directory.put(.init(id: 1, normalized: "gamma", weight: 3))
        #expect(directory.count == 1)
        #expect(directory.names(like: FoldedName("alpha"), limit: 9).isEmpty)
        #expect(directory.names(near: FoldedName("beta"), limit: 1).isEmpty)
        #expect(directory.names(like: FoldedName("gam"), limit: 9).map(\.entry.weight) == [3])
        // What was taken out is no slip of anything, not even of next to nothing.
        #expect(directory.names(near: FoldedName("ab"), limit: 2).isEmpty)
    }

    @Test(
        "finds all that is within two slips, which comparing with every name finds", arguments: 0..<40 as Range<UInt64>)
    func near(seed: UInt64) {
        var random = SplitMix64(seed: seed)
        let letters = Array("abcde019-".utf8)
        func name() -> String {
            let bytes = (0..<Int.random(in: 1...9, using: &random)).map { _ in
                letters.randomElement(using: &random) ?? 97
            }
            return String(decoding: bytes, as: UTF8.self)
        }
        let names = (0..<300).map { _ in name() }
        let directory = Self.directory(names.map { ($0, 0) })
        let typed = FoldedName(name())
        for limit in 1...2 {
            let all = names.enumerated().filter {
                EditDistance.between(FoldedName($1).bytes, typed.bytes, limit: limit) != nil
            }.map { Int64($0.offset) }
            #expect(directory.names(near: typed, limit: limit).map(\.entry.id) == all)
        }
    }

    // swift-format-ignore
    static let table: [(typed: String, names: [String])] = [
        ("reqeusts",     ["requests"]),
        ("scikitlearn",  ["scikit-learn"]),
        ("sklearn",      ["scikit-learn"]),          // by its module
        ("sklearn.svm",  ["scikit-learn"]),
        ("dateutil",     ["python-dateutil"]),
        ("pyrequests",   ["requests"]),              // an affix too many
        ("magic-python", []),
        ("requests",     []),                        // itself, and nothing is used far more
        ("request",      ["requests"]),              // there, but hardly used
        ("flsak",        ["flask"]),
        ("flak",         ["flask"]),
        ("rqeuesst",     ["requests"]),              // two slips, of a name that is much used
        ("obscrue",      ["obscure"]),               // one slip, of any
        ("obscrueed",    []),                        // two, of one that hardly anybody uses
        ("ab",           []),                        // of two letters everything is a slip
        ("",             []),
        ("日本",          []),
    ]

    @Test("knows what was meant", arguments: table)
    func meant(typed: String, names: [String]) {
        let directory = Self.directory([
            ("requests", 30), ("scikit-learn", 27), ("flask", 26), ("python-dateutil", 29), ("request", 9),
            ("obscure", 3),
            ("a-c", 2),
        ])
        #expect(LikelyNames.meant(by: typed, in: directory, limit: 3).map(\.normalized) == names)
    }

    @Test("takes time in proportion to its names, however they resemble each other")
    func growth() {
        let ratio = Growth.ratio(
            from: 2_000,
            of: { count in
                Self.directory((0..<count).map { ("aaaaaaaaaaaa-\($0 % 7)", 20) })
            }
        ) { directory in
            _ = directory.names(near: FoldedName("aaaaaaaaaaa"), limit: 2)
            _ = directory.names(like: FoldedName("aaaaaa-9"), limit: 100)
        }
        #expect(ratio < Growth.most)
    }
}
