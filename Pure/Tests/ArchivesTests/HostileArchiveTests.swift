import Crypto
import Testing
import VectorSupport

@testable import Archives

@Suite("Hostile archives") struct HostileArchiveTests {
    @Test("A wheel cut off anywhere is refused")
    func cutWheel() {
        let bytes = WheelBuilder().zip.bytes()
        for length in bytes.indices {
            #expect(verdict(onWheel: Array(bytes.prefix(length))) == "zip.no-end-record", "at \(length)")
        }
    }

    @Test("A source distribution cut off anywhere is refused")
    func cutSourceDistribution() {
        let bytes = TarBuilder.usual.gzip
        for length in bytes.indices {
            let code = verdict(onSourceDistribution: Array(bytes.prefix(length)))
            #expect(code == (length < 2 ? "gzip.not-gzip" : "gzip.cut"), "at \(length)")
        }
    }

    @Test("A tar file cut off anywhere and then compressed is refused, but for its padding")
    func cutTar() {
        let tar = TarBuilder.usual
        let padding = tar.end.count - 512
        for length in stride(from: 0, to: tar.tar.count - padding, by: 37) {
            let code = verdict(onSourceDistribution: deflate(Array(tar.tar.prefix(length)), windowBits: 31))
            #expect(code == "tar.cut" || code == "tar.no-end-marker", "at \(length)")
        }
    }

    /// One to four bytes changed, a piece removed, doubled or moved.
    private func mutated(_ bytes: [UInt8], _ random: inout SplitMix64) -> [UInt8] {
        var bytes = bytes
        let place = Int.random(in: 0..<bytes.count, using: &random)
        let length = min(Int.random(in: 1...40, using: &random), bytes.count - place)
        switch Int.random(in: 0..<4, using: &random) {
        case 0: bytes.removeSubrange(place..<place + length)
        case 1: bytes.insert(contentsOf: bytes[place..<place + length], at: place)
        case 2:
            let other = Int.random(in: 0..<bytes.count - length, using: &random)
            bytes.replaceSubrange(other..<other + length, with: bytes[place..<place + length])
        default:
            for _ in 0..<Int.random(in: 1...4, using: &random) {
                let extremes: [UInt8] = [0, 1, 0x7F, 0x80, 0xFF, .random(in: 0...255, using: &random)]
                bytes[Int.random(in: 0..<bytes.count, using: &random)] = extremes.randomElement(using: &random) ?? 0
            }
        }
        return bytes
    }

    /// What installers read; a mutation that leaves it alone (a time stamp, a hint to the compressor) may pass.
    @Test("A mutated wheel is refused or still has the same contents", arguments: 0..<40 as Range<UInt64>)
    func mutatedWheels(seed: UInt64) throws {
        var random = SplitMix64(seed: seed)
        var zip = WheelBuilder().zip
        if seed % 3 == 1 { zip.usesZip64 = true }
        if seed % 3 == 2 {
            for index in zip.members.indices { zip.members[index].useDescriptor(signature: true, wide: false) }
        }
        let bytes = zip.bytes()
        let original = try inspectWheel(MemorySource(bytes), distInfoMatches: { $0 == "demo-1.0" })
        for _ in 0..<100 {
            let other = mutated(bytes, &random)
            guard let wheel = try? inspectWheel(MemorySource(other), distInfoMatches: { $0 == "demo-1.0" }) else {
                continue
            }
            #expect(wheel.metadata == original.metadata && wheel.record == original.record)
            #expect(wheel.unpackedSize == original.unpackedSize && other.count == bytes.count)
        }
    }

    @Test("A mutated tar file never crashes the reader", arguments: 0..<40 as Range<UInt64>)
    func mutatedTars(seed: UInt64) {
        var random = SplitMix64(seed: seed)
        let tar = TarBuilder(
            with: .pax([("path", "demo-1.0/a"), ("size", "3")]), .init("demo-1.0/x", "abc"),
            .init("L", "demo-1.0/long\0", type: "L"), .init("demo-1.0/l", type: "2", target: "LICENSE"))
        for _ in 0..<50 {
            let other = deflate(mutated(tar.tar, &random), windowBits: 31)
            let code = verdict(onSourceDistribution: other)
            #expect(code == "ok" || code.contains("."))
            #expect(verdict(onSourceDistribution: mutated(other, &random)) != "cancelled")
        }
    }

    @Test("Random bytes are never an archive", arguments: 0..<50 as Range<UInt64>)
    func noise(seed: UInt64) {
        var random = SplitMix64(seed: seed)
        let bytes = (0..<2000).map { _ in UInt8.random(in: 0...255, using: &random) }
        #expect(verdict(onWheel: bytes) == "zip.no-end-record")
        #expect(verdict(onWheel: bytes + ZipBuilder([]).bytes()) == "zip.directory-extent")
        #expect(verdict(onSourceDistribution: [0x1F, 0x8B, 8, 0] + bytes) != "ok")
    }
}

@Suite("Limits of archives") struct LimitTests {
    private func limits(_ change: (inout ArchiveLimits) -> Void) -> ArchiveLimits {
        var limits = ArchiveLimits()
        change(&limits)
        return limits
    }

    @Test("Each is exact: the most that is allowed passes, one more does not")
    func exact() throws {
        let zip = WheelBuilder().zip
        let bytes = zip.bytes()
        let wheel = try inspectWheel(MemorySource(bytes), distInfoMatches: { _ in true })
        let directory = zip.members.reduce(0) { $0 + 46 + Int64($1.name.count) }
        let longest = zip.members.map(\.name.count).max() ?? 0
        let largestKept = max(wheel.metadata.count, wheel.wheel.count, wheel.entryPoints?.count ?? 0)
        func code(_ change: (inout ArchiveLimits) -> Void) -> String { verdict(onWheel: bytes, limits: limits(change)) }
        for (spare, isEnough) in [(0, true), (-1, false)] {
            func expected(_ code: String) -> String { isEnough ? "ok" : code }
            #expect(code { $0.members = zip.members.count + spare } == expected("limit.members"))
            #expect(code { $0.directoryBytes = directory + Int64(spare) } == expected("limit.directory-size"))
            #expect(code { $0.unpackedBytes = wheel.unpackedSize + Int64(spare) } == expected("limit.unpacked-size"))
            #expect(code { $0.recordBytes = wheel.record.count + spare } == expected("limit.member-size"))
            #expect(code { $0.extractedBytes = largestKept + spare } == expected("limit.member-size"))
            #expect(code { $0.nameBytes = longest + spare } == expected("member.long-name"))
        }
    }

    /// A wheel and a source distribution with one more file each.
    private func code(_ path: String, _ change: (inout ArchiveLimits) -> Void = { _ in }) -> [String] {
        var wheel = WheelBuilder()
        wheel.set("demo/\(path)", "")
        let records: [TarBuilder.Member] =
            path.utf8.count < 80
            ? [.init("demo-1.0/\(path)")] : [.pax([("path", "demo-1.0/\(path)")]), .init("demo-1.0/x")]
        var tar = TarBuilder.usual
        tar.members += records
        return [
            verdict(onWheel: wheel.zip.bytes(), limits: limits(change)),
            verdict(onSourceDistribution: tar.gzip, limits: limits(change)),
        ]
    }

    @Test("Paths are bounded in their depth, their number of directories and the sum of their bytes")
    func paths() {
        let deep = Array(repeating: "a", count: 63).joined(separator: "/")
        #expect(code(deep) == ["ok", "ok"])
        #expect(code("a/" + deep) == ["member.deep-path", "member.deep-path"])
        // The wheel has three directories without these, the source distribution one.
        #expect(code("a/b/c/f") { $0.directories = 6 } == ["ok", "ok"])
        #expect(code("a/b/c/f") { $0.directories = 5 } == ["limit.directories", "ok"])
        #expect(code("a/b/c/f") { $0.directories = 3 } == ["limit.directories", "limit.directories"])
        #expect(code(deep) { $0.pathBytes = 1_000 } == ["limit.path-size", "limit.path-size"])
        #expect(code("f") { $0.pathBytes = 1_000 } == ["ok", "ok"])
    }

    @Test("Many files in deep directories of their own are refused before they fill the memory")
    func manyDirectories() {
        // As many as 365 KiB of a source distribution can name, each in 62 directories that no other is in.
        let members = (0..<2_000).flatMap { number in
            let path = "demo-1.0/\(number)/" + String(repeating: "a/", count: 61)
            return [TarBuilder.Member.pax([("path", "\(path)f")]), .init("demo-1.0/x")]
        }
        #expect(verdict(onSourceDistribution: TarBuilder(members).gzip) == "limit.directories")
    }

    @Test("A RECORD is bounded in its lines, and a line in its fields")
    func record() {
        var wheel = WheelBuilder()
        let lines = wheel.files.count + 1
        #expect(verdict(onWheel: wheel.zip.bytes(), limits: limits { $0.recordLines = lines }) == "ok")
        #expect(
            verdict(onWheel: wheel.zip.bytes(), limits: limits { $0.recordLines = lines - 1 }) == "limit.record-lines")
        wheel.extraLines = Array(repeating: "", count: 10)
        #expect(
            verdict(onWheel: wheel.zip.bytes(), limits: limits { $0.recordLines = lines + 9 }) == "limit.record-lines")
        wheel.extraLines = [String(repeating: ",", count: 1_000_000)]
        #expect(verdict(onWheel: wheel.zip.bytes()) == "record.line")
    }

    @Test("WHEEL and entry_points.txt are bounded by themselves")
    func smallFiles() {
        for name in ["WHEEL", "entry_points.txt"] {
            var wheel = WheelBuilder()
            wheel.set("demo-1.0.dist-info/\(name)", "Wheel-Version: 1.0\n" + String(repeating: "x\n", count: 1 << 19))
            #expect(verdict(onWheel: wheel.zip.bytes()) == "limit.member-size")
        }
    }

    @Test("A wheel may not be a bomb: 50 times its size is the most, from 64 MiB on")
    func wheelBomb() {
        func bomb(_ mebibytes: Int) -> [UInt8] {
            var wheel = WheelBuilder()
            wheel.files.append(("demo/zeros", [UInt8](repeating: 0, count: mebibytes << 20)))
            return wheel.zip.bytes()
        }
        #expect(verdict(onWheel: bomb(63)) == "ok")
        #expect(verdict(onWheel: bomb(64)) == "limit.compression-ratio")
        #expect(verdict(onWheel: bomb(65), limits: limits { $0.ratio = 1100 }) == "ok")
    }

    @Test("A wheel that hides how much it unpacks to is refused when it has unpacked as much as it said")
    func hiddenBomb() {
        var zip = WheelBuilder().zip
        zip.members.append(.init("demo/zeros", [UInt8](repeating: 0, count: 32 << 20)))
        zip.members[zip.members.count - 1].size = 10
        var read = 0
        let archive = try? ZipArchive(MemorySource(zip.bytes()), limits: .init(), isCancelled: { false })
        let failure = #expect(throws: InspectionFailure.self) {
            guard let member = archive?.members.last else { return }
            try archive?.read(member) { (bytes) throws(InspectionFailure) in read += bytes.count }
        }
        #expect(failure?.code == "zip.unpacked-size")
        #expect(read == 0)
    }

    @Test("Sizes that overflow when added are too large")
    func overflow() {
        var zip = WheelBuilder().zip
        for index in [0, 1, 3] {
            let sizes = [UInt64(Int64.max), UInt64(zip.members[index].data.count)]
            zip.members[index].size = .max
            zip.members[index].centralExtra = little(UInt16(1)) + little(UInt16(8)) + little(sizes[0])
        }
        #expect(verdict(onWheel: zip.bytes()) == "limit.unpacked-size")
    }

    @Test("A source distribution may not be a bomb")
    func sourceDistributionBomb() {
        func bomb(_ mebibytes: Int) -> [UInt8] {
            var member = TarBuilder.Member("demo-1.0/zeros")
            member.content = [UInt8](repeating: 0, count: mebibytes << 20)
            return TarBuilder(with: member).gzip
        }
        #expect(verdict(onSourceDistribution: bomb(63)) == "ok")
        #expect(verdict(onSourceDistribution: bomb(64)) == "limit.compression-ratio")
        #expect(
            verdict(onSourceDistribution: bomb(2), limits: limits { $0.unpackedBytes = 1 << 20 })
                == "limit.unpacked-size")
    }

    @Test("Headers of a tar are counted and measured")
    func tarHeaders() {
        let tar = TarBuilder(with: .pax([("comment", String(repeating: "x", count: 2000))]), .init("demo-1.0/x"))
        let count = tar.members.count
        #expect(verdict(onSourceDistribution: tar.gzip, limits: limits { $0.members = count }) == "ok")
        #expect(verdict(onSourceDistribution: tar.gzip, limits: limits { $0.members = count - 1 }) == "limit.members")
        #expect(
            verdict(onSourceDistribution: tar.gzip, limits: limits { $0.headerBytes = 2000 }) == "limit.header-size")
        #expect(
            verdict(onSourceDistribution: tar.gzip, limits: limits { $0.extractedBytes = 10 }) == "limit.member-size")
    }

    /// Bytes that are not there: an archive of which only the beginning and the end are in memory, and zeros between.
    private final class HollowSource: ByteSource {
        let head, tail: [UInt8]
        let size: Int64
        var largestRead = 0
        var total: Int64 = 0

        init(head: [UInt8], zeros: Int64, tail: [UInt8]) {
            (self.head, self.tail) = (head, tail)
            size = Int64(head.count) + zeros + Int64(tail.count)
        }

        func read(at offset: Int64, into buffer: UnsafeMutableRawBufferPointer) -> Int {
            largestRead = max(largestRead, buffer.count)
            let tailStart = size - Int64(tail.count)
            let count: Int
            if offset < head.count {
                count = MemorySource(head).read(at: offset, into: buffer)
            } else if offset < tailStart {
                count = Int(min(Int64(buffer.count), tailStart - offset))
                _ = buffer.prefix(count).initializeMemory(as: UInt8.self, repeating: 0)
            } else {
                count = MemorySource(tail).read(at: offset - tailStart, into: buffer)
            }
            total += Int64(count)
            return count
        }
    }

    @Test("A member of 512 MiB is read in small pieces and none is kept")
    func flatMemory() throws {
        let size = 512 << 20
        let piece = [UInt8](repeating: 0, count: 1 << 20)
        var hash = SHA256()
        var crc: UInt32 = 0
        for _ in 0..<512 {
            hash.update(data: piece)
            crc = piece.withUnsafeBytes { crc32(crc, $0) }
        }
        var wheel = WheelBuilder()
        wheel.extraLines = ["demo/zeros,sha256=\(base64url(hash.finalize())),\(size)"]
        var zip = wheel.zip
        // The first member says that it has the data; the data is left out here and put in by the source.
        var member = ZipBuilder.Member("demo/zeros", "", deflated: false)
        (member.size, member.crc, member.centralCompressedSize) = (UInt32(size), crc, UInt32(size))
        member.local.compressedSize = UInt32(size)
        zip.members.insert(member, at: 0)
        for index in zip.members.indices.dropFirst() { zip.members[index].offsetShift = UInt32(size) }
        zip.directoryShift = UInt32(size)
        let bytes = zip.bytes()
        let headLength = 30 + member.name.count

        let source = HollowSource(
            head: Array(bytes.prefix(headLength)), zeros: Int64(size), tail: Array(bytes.dropFirst(headLength)))
        let found = try inspectWheel(source, distInfoMatches: { _ in true })
        #expect(found.unpackedSize > size)
        #expect(source.largestRead <= 256 << 10)
        #expect(source.total < source.size + 2 << 20)
    }
}
