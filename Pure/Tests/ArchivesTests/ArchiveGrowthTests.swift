import Testing
import VectorSupport

@testable import Archives

@Suite("Looking into an archive takes time in proportion to its length") struct ArchiveGrowthTests {
    typealias Shape = (what: String, size: Int, members: @Sendable (Int) -> [TarBuilder.Member])

    private static func times(_ count: Int, _ text: String) -> String { String(repeating: text, count: count) }

    static let sources: [Shape] = [
        ("files", 200, { count in (0..<count).map { .init("demo-1.0/f\($0)") } }),
        ("one directory again and again", 200, { count in (0..<count).map { _ in .init("demo-1.0/d/", type: "5") } }),
        (
            "directories within each other", 10,
            { count in (0..<count).map { .init("demo-1.0/" + times($0, "a/"), type: "5") } }
        ),
        ("a file in more and more directories", 10, { [.init("demo-1.0/" + times($0, "a/") + "f")] }),
        (
            "files in directories of their own", 100,
            { count in (0..<count).map { .init("demo-1.0/\($0)/" + times(20, "a/") + "f") } }
        ),
        (
            "links up and down", 100,
            { count in
                (0..<count).map { .init("demo-1.0/l\($0)", type: "2", target: times(20, "./") + "x") }
            }
        ),
        ("pax records", 500, { [.pax((0..<$0).map { ("comment\($0)", "x") }), .init("demo-1.0/f")] }),
        ("one long pax record", 20_000, { [.pax([("comment", times($0, "x"))]), .init("demo-1.0/f")] }),
        ("global headers", 100, { count in (0..<count).map { .pax([("comment", "\($0)")], type: "g") } }),
        ("content", 50_000, { [.init("demo-1.0/f", times($0, "x"))] }),
        ("accents of a pax key", 2_000, { [.pax([(times($0, "\u{301}\u{316}"), "x")]), .init("demo-1.0/f")] }),
        (
            "accents of a name", 10,
            { count in
                (0..<count).map { .init("demo-1.0/\($0)" + times(20, "\u{301}\u{316}")) }
            }
        ),
        ("PKG-INFO", 50_000, { [.init("demo-1.0/PKG-INFO", times($0, "x"))] }),
    ]

    @Test("of a source distribution", arguments: sources.indices)
    func source(index: Int) {
        let (what, size, members) = Self.sources[index]
        let ratio = Growth.ratio(
            from: size,
            of: { count in
                TarBuilder([.init("demo-1.0/", type: "5")] + members(count)).gzip
            },
            { _ = verdict(onSourceDistribution: $0) })
        #expect(ratio < Growth.most, "\(what)")
    }

    static let wheels: [(what: String, size: Int, make: @Sendable (Int) -> ZipBuilder)] = [
        ("files", 100, { count in wheel { for number in 0..<count { $0.set("demo/f\(number)", "") } } }),
        (
            "files in directories of their own", 100,
            { count in wheel { for number in 0..<count { $0.set("demo/\(number)/" + times(20, "a/") + "f", "") } } }
        ),
        ("lines of RECORD for nothing", 500, { count in wheel { $0.extraLines = (0..<count).map { "f\($0),," } } }),
        (
            "one line of RECORD again and again", 500,
            { count in wheel { $0.extraLines = Array(repeating: "a,,", count: count) } }
        ),
        ("commas in RECORD", 5_000, { count in wheel { $0.extraLines = [times(count, ",")] } }),
        (
            "quotation marks in RECORD", 5_000,
            { count in wheel { $0.extraLines = ["\"" + times(count, "\"\"") + "\",,"] } }
        ),
        ("line ends in RECORD", 5_000, { count in wheel { $0.extraLines = [times(count, "\r\n")] } }),
        (
            "lines of WHEEL", 2_000,
            { count in
                wheel { $0.set("demo-1.0.dist-info/WHEEL", times(count, "Tag: a\n") + "Wheel-Version: 1.0\n") }
            }
        ),
        (
            "accents in WHEEL", 2_000,
            { count in
                wheel { $0.set("demo-1.0.dist-info/WHEEL", times(count, "\u{301}\u{316}") + "\nWheel-Version: 1.0\n") }
            }
        ),
        (
            "accents of a version in WHEEL", 2_000,
            { count in
                wheel { $0.set("demo-1.0.dist-info/WHEEL", "Wheel-Version: 1" + times(count, "\u{301}\u{316}") + "\n") }
            }
        ),
        ("accents alone in RECORD", 2_000, { count in wheel { $0.extraLines = [times(count, "\u{301}\u{316}")] } }),
        (
            "accents of a hash in RECORD", 2_000,
            { count in wheel { $0.extraLines = ["demo/__init__.py," + times(count, "\u{301}\u{316}") + ","] } }
        ),
        ("accents in RECORD", 2_000, { count in wheel { $0.extraLines = [times(count, "\u{301}\u{316}") + ",,"] } }),
        ("content", 50_000, { count in wheel { $0.set("demo/f", times(count, "x")) } }),
        (
            "a comment", 8_000,
            { count in
                var zip = wheel { _ in }
                zip.comment = Array(times(count, "P").utf8)
                return zip
            }
        ),
        (
            "extra fields", 1_000,
            { count in
                var zip = wheel { _ in }
                zip.members[0].centralExtra = Array(repeating: [7, 0, 0, 0], count: count).flatMap(\.self)
                return zip
            }
        ),
    ]

    private static func wheel(_ change: (inout WheelBuilder) -> Void) -> ZipBuilder {
        var wheel = WheelBuilder()
        change(&wheel)
        return wheel.zip
    }

    @Test("of a wheel", arguments: wheels.indices)
    func wheel(index: Int) {
        let (what, size, make) = Self.wheels[index]
        let ratio = Growth.ratio(from: size, of: { make($0).bytes() }, { _ = verdict(onWheel: $0) })
        #expect(ratio < Growth.most, "\(what)")
    }
}
