import Testing

@testable import Archives

@Suite("The members of an archive that was taken") struct ArchiveContentsTests {
    private static let tar = TarBuilder([
        .init("demo-1.0/", type: "5"), .init("demo-1.0/a.py", "one"), .init("demo-1.0/b.py", "two"),
        .init("demo-1.0/l", type: "2", target: "a.py"), .init("demo-1.0/empty"),
    ]).gzip
    private static let zip = ZipBuilder([
        .init("d/", ""), .init("d/a.py", "one"), .init("d/b.py", "two", deflated: false), .init("d/empty", ""),
    ]).bytes()

    private static func all(_ bytes: [UInt8], _ container: ArchiveContainer) throws -> [String] {
        var found: [String] = []
        try visitMembers(of: MemorySource(bytes), in: container) { (member, reader) throws(InspectionFailure) in
            let content = try reader.bytes(limit: 100)
            found.append("\(member.path) \(member.size) \(String(decoding: content, as: UTF8.self))")
            return .goOn
        }
        return found
    }

    @Test("are visited in their order, directories left out")
    func visit() throws {
        #expect(try Self.all(Self.zip, .zip) == ["d/a.py 3 one", "d/b.py 3 two", "d/empty 0 "])
        #expect(
            try Self.all(Self.tar, .gzippedTar) == [
                "demo-1.0/a.py 3 one", "demo-1.0/b.py 3 two", "demo-1.0/l 0 ", "demo-1.0/empty 0 ",
            ])
    }

    @Test("are passed by where nobody reads them, and read in part")
    func skip() throws {
        var found: [String] = []
        try visitMembers(of: MemorySource(Self.tar), in: .gzippedTar) { (member, reader) throws(InspectionFailure) in
            guard member.path.hasSuffix("b.py") else { return .goOn }
            found.append(String(decoding: try reader.bytes(limit: 3), as: UTF8.self))
            return .stop
        }
        #expect(found == ["two"])
    }

    @Test("are given by their paths, as far as they may be", arguments: [ArchiveContainer.zip, .gzippedTar])
    func contents(container: ArchiveContainer) throws {
        let (bytes, top) = container == .zip ? (Self.zip, "d") : (Self.tar, "demo-1.0")
        func read(_ names: [String], limit: Int = 100, total: Int = 100) throws -> [String: String] {
            let found = try Archives.contents(
                of: Set(names.map { ExactPath("\(top)/\($0)") }), from: MemorySource(bytes), in: container,
                limit: limit,
                total: total)
            return Dictionary(
                uniqueKeysWithValues: found.map {
                    (String($0.key.text.dropFirst(top.count + 1)), String(decoding: $0.value, as: UTF8.self))
                })
        }
        #expect(try read(["a.py", "b.py", "x", "l", "empty"]) == ["a.py": "one", "b.py": "two", "empty": ""])
        #expect(try read(["a.py", "b.py"], limit: 2) == [:])
        #expect(try read(["a.py", "b.py"], total: 5) == ["a.py": "one"])
    }

    @Test("Of two with one path in a tar the later counts, and paths that only look the same are two")
    func twice() throws {
        let bytes = TarBuilder([
            .init("d/a", "old"), .init("d/\u{E9}", "one"), .init("d/e\u{301}", "two"), .init("d/a", "new"),
        ]).gzip
        let paths = Set(["d/a", "d/\u{E9}", "d/e\u{301}"].map(ExactPath.init))
        let found = try Archives.contents(of: paths, from: MemorySource(bytes), in: .gzippedTar, limit: 9, total: 99)
        #expect(found[ExactPath("d/a")].map { String(decoding: $0, as: UTF8.self) } == "new")
        #expect(found[ExactPath("d/\u{E9}")].map { String(decoding: $0, as: UTF8.self) } == "one")
        #expect(found[ExactPath("d/e\u{301}")].map { String(decoding: $0, as: UTF8.self) } == "two")
    }

    @Test("of an archive that asks for too much are refused, as they are at an upload")
    func hostile() {
        var limits = ArchiveLimits()
        limits.unpackedBytes = 1_000
        limits.members = 10
        func failure(_ bytes: [UInt8], _ container: ArchiveContainer) -> ExceededLimit? {
            do {
                try visitMembers(of: MemorySource(bytes), in: container, limits: limits) { (_, _) in .goOn }
                return nil
            } catch {
                guard case .invalid(.limit(let limit)) = error else { return nil }
                return limit
            }
        }
        let bomb = String(repeating: "\0", count: 10_000)
        #expect(failure(ZipBuilder([.init("a", bomb)]).bytes(), .zip) == .unpackedBytes(limit: 1_000))
        #expect(failure(TarBuilder([.init("d/a", bomb)]).gzip, .gzippedTar) == .unpackedBytes(limit: 1_000))
        let many = (0..<20).map { "f\($0)" }
        #expect(failure(ZipBuilder(many.map { .init($0, "") }).bytes(), .zip) == .members(limit: 10))
        limits.unpackedBytes = 1 << 20
        #expect(failure(TarBuilder(many.map { .init("d/\($0)") }).gzip, .gzippedTar) == .members(limit: 10))
    }

    @Test("are not read once somebody has lost patience")
    func cancelled() {
        #expect(throws: InspectionFailure.self) {
            try visitMembers(of: MemorySource(Self.tar), in: .gzippedTar, isCancelled: { true }) { (_, _) in .goOn }
        }
    }

    @Test(
        "are in what a name says",
        arguments: [("a.whl", ArchiveContainer.zip), ("a.zip", .zip), ("a.tar.gz", .gzippedTar)])
    func container(name: String, container: ArchiveContainer) {
        #expect(ArchiveContainer(filename: name) == container)
        #expect(ArchiveContainer(filename: name + "x") == nil)
    }
}
