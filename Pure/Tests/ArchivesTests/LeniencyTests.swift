import Testing

@testable import Archives

@Suite("An archive that is already out there") struct LeniencyTests {
    typealias Member = TarBuilder.Member

    /// The codes of what was passed over; the code of why not, if it is refused all the same.
    static func flaws(ofSourceDistribution bytes: [UInt8]) -> [String] {
        do {
            return try inspectSourceDistribution(MemorySource(bytes), leniency: .asInstallers).flaws.map(\.code)
        } catch { return ["refused: \(error.code)"] }
    }

    static func flaws(ofWheel wheel: WheelBuilder) -> [String] {
        do {
            return try inspectWheel(
                MemorySource(wheel.zip.bytes()), distInfoMatches: { $0 == "demo-1.0" }, leniency: .asInstallers
            ).flaws.map(\.code)
        } catch { return ["refused: \(error.code)"] }
    }

    private static func ended(_ end: [UInt8]) -> [UInt8] {
        var tar = TarBuilder.usual
        tar.end = end
        return tar.gzip
    }

    @Test("is read as installers do, and what is wrong is told")
    func sourceDistributions() {
        let zeros = [UInt8](repeating: 0, count: 1024)
        let usual = TarBuilder.usual
        let tar = usual.tar
        let halves = deflate(Array(tar[..<700]), windowBits: 31) + deflate(Array(tar[700...]), windowBits: 31)
        let (path, twice) = ([Member("demo-1.0/LICENSE", "other")], [("path", "demo-1.0/y"), ("path", "demo-1.0/z")])
        for (what, bytes, flaws) in [
            ("nothing wrong", usual.gzip, []),
            ("a file twice", TarBuilder(usual.members + path).gzip, ["member.duplicate"]),
            ("a file three times", TarBuilder(usual.members + path + path).gzip, ["member.duplicate"]),
            ("several gzip members", halves, ["gzip.several-members"]),
            (
                "zeros between gzip members",
                deflate(Array(tar[..<700]), windowBits: 31) + [0, 0, 0] + deflate(Array(tar[700...]), windowBits: 31),
                ["gzip.several-members"]
            ),
            ("data behind gzip", usual.gzip + [0, 0, 1], ["gzip.trailing-data"]),
            ("no end marker", Self.ended([]), ["tar.no-end-marker"]),
            ("data behind the end", Self.ended(zeros + [1]), ["tar.trailing-data"]),
            ("a pax key twice", TarBuilder(usual.members + [.pax(twice), Member("demo-1.0/x")]).gzip, ["tar.pax-key"]),
            ("no PKG-INFO", TarBuilder([Member("demo-1.0/setup.py")]).gzip, ["sdist.no-pkg-info"]),
            (
                "a member outside", TarBuilder(usual.members + [Member("demo-1.0/../x")]).gzip,
                ["refused: member.parent"]
            ),
            ("a damaged member", Array(usual.gzip.dropLast(9)) + [0, 0, 0, 0, 0, 0, 0, 0, 0], ["refused: gzip.cut"]),
        ] as [(String, [UInt8], [String])] {
            #expect(Self.flaws(ofSourceDistribution: bytes) == flaws, "\(what)")
        }
    }

    @Test("has the later of two files with one name, as extracting it would leave it")
    func later() throws {
        let tar = TarBuilder(TarBuilder.usual.members + [Member("demo-1.0/PKG-INFO", "Name: later\n")])
        let found = try inspectSourceDistribution(MemorySource(tar.gzip), leniency: .asInstallers)
        #expect(String(decoding: found.packageInfo, as: UTF8.self) == "Name: later\n")
    }

    @Test("may have a RECORD that does not agree, which no installer minds")
    func record() {
        let f = "demo/f.py"
        // swift-format-ignore
        let cases: [(String, [String], (inout WheelBuilder) -> Void)] = [
            ("nothing wrong",           [], { _ in }),
            ("an absolute path",        ["record.difference"], { $0.line = { $0 == f ? "/" + $1 : $1 } }),
            ("a directory",             ["record.difference"], { $0.extraLines = ["demo-1.0.dist-info/licenses/,sha256=x,0"] }),
            ("a file that is gone",     ["record.difference"], { $0.extraLines = ["demo/gone.c,sha256=x,1"] }),
            ("a file that is not listed", ["record.difference"], { $0.line = { $0 == f ? nil : $1 } }),
            ("a wrong hash",            ["record.difference"], { $0.line = { $0 == f ? f + ",sha256=AAAA,1" : $1 } }),
            ("two lines that differ",   ["record.conflict"], { $0.extraLines = [f + ",,"] }),
            ("two fields",              ["record.line"], { $0.extraLines = ["demo/f.py,"] }),
        ]
        for (what, flaws, change) in cases {
            var wheel = WheelBuilder()
            change(&wheel)
            let found = Self.flaws(ofWheel: wheel)
            // A wrong hash and a wrong size are two differences.
            #expect(Set(found) == Set(flaws), "\(what): \(found)")
        }
        var wheel = WheelBuilder()
        wheel.distInfo = "demo"
        #expect(Self.flaws(ofWheel: wheel) == ["refused: wheel.missing-file"])
    }

    @Test("of many gzip members costs no more than its bytes", .timeLimit(.minutes(1)))
    func manyMembers() {
        let empty = deflate([], windowBits: 31)
        let bytes = [[UInt8]](repeating: empty, count: 50_000).flatMap(\.self) + TarBuilder.usual.gzip
        #expect(Self.flaws(ofSourceDistribution: bytes) == ["gzip.several-members"])
    }
}

@Suite("A source distribution as .zip") struct ZipSourceDistributionTests {
    private static func verdict(_ members: [(String, String)]) -> String {
        let zip = ZipBuilder(members.map { ZipBuilder.Member($0.0, $0.1) })
        do {
            let found = try inspectZipSourceDistribution(MemorySource(zip.bytes()))
            return "\(found.topLevelDirectory) \(found.packageInfo.count)"
        } catch { return error.code }
    }

    @Test("has one directory with PKG-INFO in it")
    func layout() {
        #expect(Self.verdict([("demo-1.0/PKG-INFO", "Name"), ("demo-1.0/a/b.py", "")]) == "demo-1.0 4")
        #expect(Self.verdict([("demo-1.0/setup.py", "")]) == "sdist.no-pkg-info")
        #expect(Self.verdict([("demo-1.0/PKG-INFO", ""), ("other/x", "")]) == "sdist.several-top-levels")
        #expect(Self.verdict([("demo-1.0/PKG-INFO", ""), ("demo-1.0/../x", "")]) == "member.parent")
        #expect(Self.verdict([]) == "sdist.empty")
    }
}
