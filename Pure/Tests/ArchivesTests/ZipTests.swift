import Testing

@testable import Archives

@Suite("A wheel's ZIP records") struct ZipTests {
    /// What a wheel is made to be, and the verdict.
    struct Lie: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let code: String
        let tell: @Sendable (inout ZipBuilder) -> Void

        init(_ description: String, _ code: String, _ tell: @escaping @Sendable (inout ZipBuilder) -> Void) {
            (testDescription, self.code, self.tell) = (description, code, tell)
        }
    }

    static func zip64(_ values: UInt64...) -> [UInt8] {
        little(UInt16(1)) + little(UInt16(values.count * 8)) + values.flatMap(little)
    }

    static func unicodePath(_ name: String) -> [UInt8] {
        little(UInt16(0x7075)) + little(UInt16(5 + name.utf8.count)) + [1, 0, 0, 0, 0] + Array(name.utf8)
    }

    // Member 0 is demo/__init__.py, member 1 demo/f.py, member 2 the empty demo/empty.py.
    static let end: [Lie] = [
        Lie("nothing wrong", "ok") { _ in },
        Lie("a comment", "ok") { $0.comment = Array("built by hand".utf8) },
        Lie("the longest comment", "ok") { $0.comment = .init(repeating: 65, count: 65535) },
        Lie("a comment that speaks of PK", "ok") { $0.comment = Array("PK and PKZIP".utf8) },
        Lie("an end record in the comment", "zip.directory-extent") {
            $0.comment = little(UInt32(0x0605_4B50)) + [UInt8](repeating: 0, count: 18)
        },
        Lie("an end record in the midst of the comment", "zip.no-end-record") {
            $0.comment = little(UInt32(0x0605_4B50)) + [UInt8](repeating: 0, count: 19)
        },
        Lie("a whole archive in the comment", "zip.directory-extent") { $0.comment = WheelBuilder().zip.bytes() },
        Lie("a local header in the comment", "zip.comment") { $0.comment = little(UInt32(0x0403_4B50)) },
        Lie("half an end record in the comment", "zip.comment") { $0.comment = [65] + little(UInt32(0x0605_4B50)) },
        Lie("a comment longer than the file", "zip.no-end-record") { $0.end.commentLength = 1 },
        Lie("data after the end", "zip.no-end-record") { $0.trailing = [0] },
        Lie("another archive after the end", "zip.directory-extent") { $0.trailing = WheelBuilder().zip.bytes() },
        Lie("data before the first member", "zip.directory-extent") { zip in
            zip.prefix = [0, 1]
            zip.end.offset = UInt32(zip.bytes().count)
        },
        Lie("data before the first member, offsets right", "zip.gap") {
            $0.prefix = Array("#!/usr/bin/env python".utf8)
        },
        Lie("another archive before the first member", "zip.gap") { $0.prefix = WheelBuilder().zip.bytes() },
        Lie("no end record", "zip.no-end-record") { $0.end.signature = 0 },
        Lie("a second disk", "zip.several-disks") { $0.end.disk = 1 },
        Lie("members on another disk", "zip.several-disks") { $0.end.countHere = 1 },
        Lie("a member on another disk", "zip.several-disks") { $0.members[0].disk = 1 },
        Lie("too few members promised", "zip.member-count") { $0.end.count = 3 },
        Lie("too many members promised", "zip.member-count") { $0.end.count = 9 },
        Lie("a directory that is too small", "zip.directory-extent") { $0.end.size = 100 },
        Lie("a directory at zero", "zip.directory-extent") { $0.end.offset = 0 },
        Lie("bytes before the directory", "zip.gap") { $0.gapBeforeDirectory = [0] },
        Lie("bytes after the directory", "zip.directory-extent") { $0.gapAfterDirectory = [0] },
        Lie("members on either side of a gap", "zip.gap") { $0.members[1].gap = [0] },
        Lie("a member that the directory does not have", "zip.gap") { zip in
            zip.members[1].gap = ZipBuilder([.init("demo/hidden.py", "evil()")]).bytes().dropLast(22 + 46 + 14)
        },
        Lie("sentinels without ZIP64 records", "zip.zip64") { $0.end.count = .max },
    ]

    static let zip64Records: [Lie] = [
        Lie("ZIP64 records", "ok") { $0.usesZip64 = true },
        Lie("ZIP64 records and the same in the end record", "ok") { zip in
            zip.usesZip64 = true
            zip.end.count = UInt16(zip.members.count)
        },
        Lie("ZIP64 and end record disagree on the number", "zip.zip64") { zip in
            zip.usesZip64 = true
            zip.end.count = 1
        },
        Lie("ZIP64 and end record disagree on the size", "zip.zip64") { ($0.usesZip64, $0.end.size) = (true, 46) },
        Lie("ZIP64 and end record disagree on the offset", "zip.zip64") { ($0.usesZip64, $0.end.offset) = (true, 0) },
        Lie("a locator that points elsewhere", "zip.zip64") { ($0.usesZip64, $0.end.locatorOffset) = (true, 0) },
        Lie("a locator that points nowhere", "zip.zip64") { ($0.usesZip64, $0.end.locatorOffset) = (true, .max) },
        Lie("a locator of two disks", "zip.several-disks") { ($0.usesZip64, $0.end.locatorDisks) = (true, 2) },
        Lie("extensible data", "zip.zip64") { ($0.usesZip64, $0.end.length64) = (true, 50) },
        Lie("no ZIP64 record", "zip.zip64") { ($0.usesZip64, $0.end.signature64) = (true, 0) },
        Lie("an enormous directory", "zip.directory-extent") { ($0.usesZip64, $0.end.size64) = (true, .max) },
        Lie("an enormous offset", "zip.directory-extent") { ($0.usesZip64, $0.end.offset64) = (true, .max - 1) },
        Lie("an enormous number of members", "limit.members") { ($0.usesZip64, $0.end.count64) = (true, .max) },
        Lie("wide sizes in both headers", "ok") { zip in
            let sizes = (UInt64(zip.members[1].size), UInt64(zip.members[1].data.count))
            zip.members[1].localExtra = zip64(sizes.0, sizes.1)
            (zip.members[1].local.size, zip.members[1].local.compressedSize) = (.max, .max)
        },
        Lie("wide sizes that nobody needs", "ok") { zip in
            let sizes = (UInt64(zip.members[1].size), UInt64(zip.members[1].data.count))
            zip.members[1].localExtra = zip64(sizes.0, sizes.1)
        },
        Lie("wide sizes that contradict the header", "zip.extra-field") { $0.members[1].localExtra = zip64(1, 1) },
        Lie("a wide size that is not there", "zip.extra-field") { $0.members[1].local.size = .max },
        Lie("a wide size too many", "zip.extra-field") { zip in
            zip.members[1].local.size = .max
            zip.members[1].localExtra = zip64(UInt64(zip.members[1].size), UInt64(zip.members[1].data.count))
        },
        Lie("a wide offset", "ok") { zip in
            zip.members[0].centralOffset = .max
            zip.members[0].centralExtra = zip64(0)
        },
        Lie("a negative offset", "zip.extra-field") { zip in
            zip.members[0].centralOffset = .max
            zip.members[0].centralExtra = zip64(.max)
        },
        Lie("a compressed size beyond all numbers", "zip.overlap") { zip in
            zip.members[1].centralCompressedSize = .max
            zip.members[1].centralExtra = zip64(UInt64(Int64.max))
            zip.members[1].local.compressedSize = .max
            zip.members[1].local.size = .max
            zip.members[1].localExtra = zip64(UInt64(zip.members[1].size), UInt64(Int64.max))
        },
    ]

    static let members: [Lie] = [
        Lie("stored members", "ok") { zip in
            zip.members = zip.members.map { member in
                var member = member
                if member.size == 0 { (member.data, member.method) = ([], 0) }
                return member
            }
        },
        Lie("a directory member", "ok") { $0.members.insert(.init("demo/", "", deflated: false), at: 0) },
        Lie("members in another order than the directory's", "ok") { $0.reversesDirectory = true },
        Lie("times in extra fields", "ok") { $0.members[0].localExtra = [0x55, 0x54, 5, 0, 1, 0, 0, 0, 0] },
        Lie("the name again in an extra field", "ok") { $0.members[0].localExtra = unicodePath("demo/__init__.py") },
        Lie("another name in an extra field", "zip.extra-field") { $0.members[0].localExtra = unicodePath("demo/x") },
        Lie("another name in the directory's extra field", "zip.extra-field") {
            $0.members[0].centralExtra = unicodePath("../x")
        },
        Lie("an extra field twice", "zip.extra-field") {
            $0.members[0].localExtra = unicodePath("demo/__init__.py") + unicodePath("demo/__init__.py")
        },
        Lie("an extra field longer than its place", "zip.extra-field") { $0.members[0].localExtra = [1, 2, 9, 0, 1] },
        Lie("a piece of an extra field", "zip.extra-field") { $0.members[0].centralExtra = [1, 2] },
        Lie("a comment on a member", "zip.member-comment") { $0.members[0].memberComment = [65] },
        Lie("another name before the data", "zip.header-disagreement") {
            $0.members[0].local.name = Array("demo/__init__.pY".utf8)
        },
        Lie("other flags before the data", "zip.header-disagreement") { $0.members[0].local.flags = 1 << 3 },
        Lie("another method before the data", "zip.header-disagreement") { $0.members[0].local.method = 0 },
        Lie("another checksum before the data", "zip.header-disagreement") { $0.members[0].local.crc = 1 },
        Lie("another size before the data", "zip.header-disagreement") { $0.members[0].local.size = 1 },
        Lie("another compressed size before the data", "zip.header-disagreement") {
            $0.members[0].local.compressedSize = 1
        },
        Lie("no local header", "zip.local-header") { $0.members[0].local.signature = 0 },
        Lie("two members with the same data", "zip.overlap") { $0.members[1].centralOffset = 0 },
        Lie("a member that begins in another", "zip.overlap") { $0.members[2].centralOffset = 60 },
        Lie("a member that ends in the next", "zip.overlap") { zip in
            zip.members[0].centralCompressedSize = 90
            zip.members[0].local.compressedSize = 90
        },
        Lie("a member that begins in the directory", "zip.gap") { $0.members[0].centralOffset = 10_000_000 },
        Lie("encrypted", "zip.encrypted") { $0.members[0].flags = 1 },
        Lie("strongly encrypted", "zip.encrypted") { $0.members[0].flags = 1 << 6 },
        Lie("patched", "zip.feature") { $0.members[0].flags = 1 << 5 },
        Lie("bzip2", "zip.method") { $0.members[0].method = 12 },
        Lie("deflate64", "zip.method") { $0.members[0].method = 9 },
        Lie("a symbolic link", "zip.special-file") { $0.members[0].attributes = 0o120777 << 16 },
        Lie("a symbolic link by another maker", "zip.special-file") {
            ($0.members[0].attributes, $0.members[0].madeBy) = (0o120777 << 16, 0)
        },
        Lie("a pipe", "zip.special-file") { $0.members[0].attributes = 0o010644 << 16 },
        Lie("no mode at all", "ok") { $0.members[0].attributes = 0 },
        Lie("a directory named like a file", "zip.directory") { $0.members[0].attributes = 0o040755 << 16 },
        Lie("a file named like a directory", "zip.directory") { zip in
            zip.members.append(.init("demo/x/", "", deflated: false))
            zip.members[zip.members.count - 1].attributes = 0o100644 << 16
        },
        Lie("a directory with content", "zip.directory") { $0.members.append(.init("demo/x/", "content")) },
    ]

    static let data: [Lie] = [
        Lie("a data descriptor with signature", "ok") { $0.members[1].useDescriptor(signature: true, wide: false) },
        Lie("a data descriptor without signature", "ok") { $0.members[1].useDescriptor(signature: false, wide: false) },
        Lie("a wide data descriptor", "ok") { $0.members[1].useDescriptor(signature: true, wide: true) },
        Lie("a wide data descriptor without signature", "ok") {
            $0.members[1].useDescriptor(signature: false, wide: true)
        },
        Lie("sizes before and behind the data", "ok") { zip in
            zip.members[1].useDescriptor(signature: true, wide: false)
            zip.members[1].local = .init()
        },
        Lie("a wrong data descriptor", "zip.data-descriptor") { zip in
            zip.members[1].useDescriptor(signature: true, wide: false)
            zip.members[1].descriptor[8] ^= 1
        },
        Lie("no data descriptor", "zip.data-descriptor") { zip in
            zip.members[1].useDescriptor(signature: true, wide: false)
            zip.members[1].descriptor = []
        },
        Lie("bytes behind the data descriptor", "zip.data-descriptor") { zip in
            zip.members[1].useDescriptor(signature: true, wide: false)
            zip.members[1].descriptor += [0]
        },
        Lie("stored data with sizes behind it", "zip.data-descriptor") { zip in
            zip.members[0] = .init("demo/__init__.py", "from .f import *\n", deflated: false)
            zip.members[0].useDescriptor(signature: true, wide: false)
        },
        Lie("a wrong checksum in both headers", "zip.checksum") { $0.members[1].crc ^= 1 },
        Lie("a larger size in both headers", "zip.unpacked-size") { $0.members[6].size += 1 },
        Lie("a smaller size in both headers", "zip.unpacked-size") { $0.members[6].size -= 1 },
        Lie("stored data of another size", "zip.unpacked-size") { zip in
            zip.members[0] = .init("demo/__init__.py", "from .f import *\n", deflated: false)
            zip.members[0].size += 1
        },
        Lie("data that is no deflate", "zip.data") { $0.members[6].data[0] = 0xFF },
        Lie("data that ends too early", "zip.data") { $0.members[6].data.removeLast() },
        Lie("data behind the end of deflate", "zip.data") { $0.members[6].data.append(0) },
        Lie("no data", "zip.data") { $0.members[6].data = [] },
    ]

    @Test("At the end of the file", arguments: end)
    func atTheEnd(lie: Lie) { check(lie) }

    @Test("Beyond 32 bits", arguments: zip64Records)
    func zip64(lie: Lie) { check(lie) }

    @Test("Of members", arguments: members)
    func ofMembers(lie: Lie) { check(lie) }

    @Test("And their data", arguments: data)
    func ofData(lie: Lie) {
        // RECORD may leave sizes out; with them in, it would be found wrong before the data is read.
        check(lie, keepsSizes: false)
    }

    private func check(_ lie: Lie, keepsSizes: Bool = true) {
        var wheel = WheelBuilder()
        if !keepsSizes {
            wheel.line = { _, line in String(line.prefix(through: line.lastIndex(of: ",") ?? line.startIndex)) }
        }
        var zip = wheel.zip
        lie.tell(&zip)
        #expect(verdict(onWheel: zip.bytes()) == lie.code)
    }
}
