import Downloads
import PackagingFormats
import Policy
import Testing
import UTC

@Suite("Which projects are critical") struct RankingTests {
    @Test(
        "A share is per cent with at most four decimals, above nothing and at most all",
        arguments: [
            ("1", 10_000), ("1%", 10_000), ("1 %", 10_000), ("0.5", 5_000), ("0.0001 %", 1), ("100", 1_000_000),
            ("12.25%", 122_500), ("000000001", 10_000), (" 1 % ", 10_000),
        ])
    func share(text: String, millionths: Int64) throws {
        #expect(try Share(percent: text).millionths == millionths)
    }

    @Test(
        "A share of nothing, of more than all, or none at all is refused",
        arguments: [
            "0", "0%", "0.0000", "200", "100.0001", "-1", "", "%", "one", "1.00001", "1.", ".5", "1,5", "1%%",
            "99999999999", "0000000001", "1e2", "٣", "+1", "1.+5", "1.-5", "1 %%", "% 1",
        ])
    func badShare(text: String) {
        #expect(throws: CriticalRefusal.self) { try Share(percent: text) }
    }

    @Test("Shares are compared by how much they are")
    func order() throws {
        let (less, more) = (try Share(percent: "1"), try Share(percent: "1.0001"))
        #expect(less < more && !(more < less) && !(less < less))
    }

    @Test("A name whose number is newer than the counts was never downloaded")
    func newerThanCounts() {
        let ranking = Ranking(
            total: 2, extent: .number(2), candidates: [0, 1], counts: [5], following: [("a", 0), ("new", 1)],
            names: { _ in [0: "a"] })
        #expect(ranking.places.map(\.name) == ["a"])
        #expect(ranking.followed["new"] == Ranking.Place(rank: 2, name: "new", downloads: 0))
    }

    @Test(
        "A share of a number is rounded up",
        arguments: [
            (0, 0), (1, 1), (99, 1), (100, 1), (101, 2), (350, 4), (700_000, 7_000), (700_001, 7_001),
        ])
    func count(total: Int, expected: Int) throws {
        #expect(try Share(percent: "1").count(of: total) == expected)
    }

    @Test("Everybody with as many downloads as the last is in, and nobody without any")
    func ties() throws {
        func ranking(_ counts: [Int64], _ number: Int) -> Ranking {
            Ranking(of: counts.enumerated().map { ("p\($0.offset)", $0.element) }, extent: .number(number))
        }
        #expect(ranking([5, 9, 5, 1], 2).places.map(\.name) == ["p1", "p0", "p2"])
        #expect(ranking([5, 9, 5, 1], 2).places.map(\.rank) == [1, 2, 2])
        #expect(ranking([5, 9, 5, 1], 2).threshold == 5)
        #expect(ranking([0, 0, 0], 2).places.isEmpty)
        #expect(ranking([0, 3, 0], 3).places.map(\.name) == ["p1"])
        #expect(ranking([], 3).places.isEmpty)
        #expect(ranking([7], 100).quota == 1)
    }

    @Test("The ranking is what counting one by one gives, whatever the numbers")
    func property() throws {
        var seed: UInt64 = 42
        func next(_ bound: UInt64) -> UInt64 {
            seed = seed &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return (seed >> 33) % bound
        }
        for _ in 0..<300 {
            let size = Int(next(60))
            let spread = next(3) == 0 ? 3 : next(1_000) + 1
            let counts = (0..<size).map { ("n\($0)", Int64(next(spread))) }
            let share = try #require(Share(millionths: Int64(next(1_000_000)) + 1))
            let ranking = Ranking(of: counts, extent: .share(share), following: Set(counts.map(\.0)))
            let k = Int((Double(size) * Double(share.millionths) / 1_000_000).rounded(.up))
            for (name, count) in counts {
                let more = counts.filter { $0.1 > count }.count
                #expect(ranking.followed[name]?.rank == more + 1)
                // Among the top k, or equal to the k-th: fewer than k have more.
                let isCritical = count >= 1 && more < k
                #expect(ranking.places.contains { $0.name == name } == isCritical)
            }
        }
    }

    @Test("What was designated once is not designated again, lifted or not")
    func known() {
        let ranking = Ranking(of: [("a", 5), ("b", 4), ("c", 3)], extent: .number(2))
        #expect(DesignationPolicy.choices(from: ranking, known: []).map(\.name) == ["a", "b"])
        #expect(
            DesignationPolicy.choices(from: ranking, known: ["a"]) == [
                .init(name: "b", reason: .downloads(rank: 2, count: 4))
            ])
    }

    @Test("Dependencies are followed to a depth, each with the one that needs it, and circles end")
    func dependencies() throws {
        let needs = ["a": ["b", "c"], "b": ["d", "a"], "c": ["d"], "d": ["e"], "e": ["a"]]
        let root = try ProjectName(parsing: "a")
        func found(_ depth: Int, known: Set<String> = ["a"]) -> [String] {
            DesignationPolicy.dependencies(of: [root], known: known, depth: depth) { needs[$0] ?? [] }.map(\.name)
        }
        #expect(found(0) == [])
        #expect(found(1) == ["b", "c"])
        #expect(found(2) == ["b", "c", "d"])
        #expect(found(20) == ["b", "c", "d", "e"])
        // One that is known is passed through, not designated again.
        #expect(found(2, known: ["a", "b"]) == ["c", "d"])
    }

    @Test(
        "Settings that cannot be are refused",
        arguments: [
            (CriticalRule.Extent.number(0), 183, 0), (.number(-3), 183, 0), (.number(1), 0, 0), (.number(1), 401, 0),
            (.number(1), 183, -1), (.number(1), 183, 21),
        ])
    func badRule(extent: CriticalRule.Extent, window: Int, depth: Int) {
        #expect(throws: CriticalRefusal.self) {
            try CriticalRule(extent: extent, windowDays: window, dependencyDepth: depth)
        }
    }

    @Test("The edges of the settings are taken, and the usual ones are those that PyPI announced")
    func goodRule() throws {
        for (window, depth) in [(1, 0), (400, 20)] {
            let rule = try CriticalRule(extent: .number(1), windowDays: window, dependencyDepth: depth)
            #expect(rule.windowDays == window && rule.dependencyDepth == depth)
        }
        #expect(try CriticalRule.usual == CriticalRule(extent: .share(Share(percent: "1"))))
        #expect(CriticalRule.usual.windowDays == 183 && CriticalRule.usual.dependencyDepth == 0)
        #expect(CriticalRule.Extent.number(7).count(of: 5) == 5 && CriticalRule.Extent.number(5).count(of: 7) == 5)
    }

    @Test("The window is the whole days before the day")
    func window() throws {
        let day = Day(number: 1_000)
        #expect(CriticalRule.usual.window(asOf: day) == Day(number: 817)...Day(number: 999))
    }
}

@Suite("The critical projects that more is asked of") struct TopShareTests {
    @Test("are the first by rank, rounded up, and none without a rank")
    func topShare() throws {
        let ranking = Ranking(
            of: [("a", 9), ("b", 7), ("c", 7), ("d", 5), ("e", 0)], extent: .number(2), following: ["d", "e"])
        #expect(ranking.places.map(\.name) == ["a", "b", "c"])
        func top(_ percent: String, _ names: String...) throws -> Set<String> {
            DesignationPolicy.topShare(of: ranking.places(of: names), share: try Share(percent: percent))
        }
        #expect(try top("1", "a", "b", "c", "d") == ["a"])
        #expect(try top("25", "a", "b", "c", "d") == ["a"])
        #expect(try top("26", "a", "b", "c", "d") == ["a", "b"])
        #expect(try top("100", "a", "d", "e", "gone") == ["a", "d", "e"])
        #expect(try top("50", "gone", "lost", "d") == ["d"])
        #expect(try top("50") == [])
    }
}

extension Ranking {
    /// A ranking of names with their counts; those without downloads were never counted.
    fileprivate init(
        of counts: [(name: String, downloads: Int64)], extent: CriticalRule.Extent, following: Set<String> = []
    ) {
        let counted = counts.filter { $0.downloads > 0 }
        let number = Dictionary(
            uniqueKeysWithValues: counted.enumerated().map { ($0.element.name, NameNumber($0.offset)) })
        self.init(
            total: counts.count, extent: extent, candidates: counted.indices.map { NameNumber($0) },
            counts: counted.map { UInt64($0.downloads) },
            following: counts.map(\.name).filter(following.contains).map { ($0, number[$0]) },
            names: { numbers in Dictionary(uniqueKeysWithValues: numbers.map { ($0, counted[Int($0)].name) }) })
    }
}
