import Testing

@testable import Archives

/// Fails before `limit`, and gives seven bytes at a time.
private struct BrokenSource: ByteSource {
    struct Failure: Error {}
    let whole: MemorySource
    let limit: Int64
    var size: Int64 { whole.size }

    func read(at offset: Int64, into buffer: UnsafeMutableRawBufferPointer) throws -> Int {
        guard offset >= limit else { throw Failure() }
        return whole.read(at: offset, into: .init(rebasing: buffer.prefix(7)))
    }
}

@Suite("A wheel") struct WheelTests {
    @Test("gives its metadata, entry points and licence files")
    func contents() throws {
        var builder = WheelBuilder()
        builder.set("demo-1.0.dist-info/licenses/vendored/MIT", "MIT")
        let source = MemorySource(builder.zip.bytes())
        let wheel = try inspectWheel(source, distInfoMatches: { $0 == "demo-1.0" })
        #expect(wheel.distInfoDirectory == "demo-1.0.dist-info")
        #expect(String(decoding: wheel.metadata, as: UTF8.self) == "Metadata-Version: 2.4\nName: demo\nVersion: 1.0\n")
        #expect(String(decoding: wheel.wheel, as: UTF8.self).hasPrefix("Wheel-Version: 1.0\n"))
        #expect(String(decoding: wheel.record, as: UTF8.self) == builder.record)
        #expect(wheel.entryPoints.map { String(decoding: $0, as: UTF8.self) } == "[console_scripts]\ndemo = demo:f1\n")
        #expect(wheel.licenseFiles == ["LICENSE", "vendored/MIT"])
        #expect(wheel.contains("demo/f.py") && !wheel.contains("demo/g.py"))
        #expect(wheel.unpackedSize == Int64(builder.files.reduce(builder.record.utf8.count) { $0 + $1.content.count }))
    }

    @Test("need not have entry points")
    func noEntryPoints() throws {
        var builder = WheelBuilder()
        builder.remove("demo-1.0.dist-info/entry_points.txt")
        #expect(try inspectWheel(MemorySource(builder.zip.bytes()), distInfoMatches: { _ in true }).entryPoints == nil)
    }

    static let structures: [(String, code: String, @Sendable (inout WheelBuilder) -> Void)] = [
        ("no METADATA", "wheel.missing-file", { $0.remove("demo-1.0.dist-info/METADATA") }),
        ("no WHEEL", "wheel.missing-file", { $0.remove("demo-1.0.dist-info/WHEEL") }),
        ("no RECORD where it belongs", "wheel.missing-file", { $0.distInfo = "demo" }),
        ("two .dist-info directories", "wheel.several-dist-infos", { $0.set("other-1.0.dist-info/METADATA", "") }),
        ("a .dist-info directory in a vendored package", "ok", { $0.set("demo/v/other-1.0.dist-info/METADATA", "") }),
        ("a file that is called .dist-info", "ok", { $0.set("x.dist-info", "") }),
        ("no Wheel-Version", "wheel.version", { $0.set("demo-1.0.dist-info/WHEEL", "Tag: py3-none-any\n") }),
        ("Wheel-Version 1.9", "ok", { $0.set("demo-1.0.dist-info/WHEEL", "Wheel-Version: 1.9\r\n") }),
        ("Wheel-Version 2.0", "wheel.version", { $0.set("demo-1.0.dist-info/WHEEL", "Wheel-Version: 2.0\n") }),
        ("Wheel-Version 10", "wheel.version", { $0.set("demo-1.0.dist-info/WHEEL", "Wheel-Version: 10\n") }),
    ]

    @Test("has one .dist-info directory with all that belongs in it", arguments: structures.indices)
    func structure(index: Int) {
        let (description, code, change) = Self.structures[index]
        var builder = WheelBuilder()
        change(&builder)
        #expect(verdict(onWheel: builder.zip.bytes()) == code, "\(description)")
    }

    @Test("of another name or version is refused")
    func otherName() {
        #expect(verdict(onWheel: WheelBuilder().zip.bytes(), named: "demo-1.1") == "wheel.other-dist-info")
    }

    @Test("without a .dist-info directory is refused")
    func noDistInfo() {
        let zip = ZipBuilder([.init("demo/__init__.py", "")])
        #expect(verdict(onWheel: zip.bytes()) == "wheel.no-dist-info")
        #expect(verdict(onWheel: ZipBuilder([]).bytes()) == "wheel.no-dist-info")
        #expect(verdict(onWheel: []) == "zip.no-end-record")
    }

    @Test("that cannot be read is not the wheel's fault")
    func unreadable() {
        let whole = MemorySource(WheelBuilder().zip.bytes())
        func code(_ limit: Int64) -> String { verdict(onWheel: BrokenSource(whole: whole, limit: limit)) }
        // Short reads are no failures.
        #expect(code(0) == "ok")
        #expect(code(1) == "unreadable")
        #expect(code(whole.size) == "unreadable")
    }

    @Test("is not read on when cancelled, however far the reading is")
    func cancelled() {
        let source = MemorySource(WheelBuilder().zip.bytes())
        var asked = 0
        _ = try? inspectWheel(
            source, distInfoMatches: { _ in true },
            isCancelled: {
                asked += 1; return false
            })
        #expect(asked > 5)
        for limit in 0..<asked {
            var calls = 0
            let failure = #expect(throws: InspectionFailure.self) {
                try inspectWheel(
                    source, distInfoMatches: { _ in true },
                    isCancelled: {
                        calls += 1; return calls > limit
                    })
            }
            #expect(failure?.code == "cancelled")
        }
    }
}
