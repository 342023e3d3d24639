import Testing

@testable import Archives

@Suite("A source distribution") struct SourceDistributionTests {
    typealias Member = TarBuilder.Member

    @Test("gives its PKG-INFO and says what else is there")
    func contents() throws {
        let found = try inspectSourceDistribution(MemorySource(TarBuilder(with: Member("demo-1.0/a/b", "c")).gzip))
        #expect(found.topLevelDirectory == "demo-1.0")
        #expect(String(decoding: found.packageInfo, as: UTF8.self) == "Metadata-Version: 2.4\nName: demo\n")
        #expect(found.contains("pyproject.toml"))
        #expect(found.contains("LICENSE") && found.contains("a/b") && !found.contains("a"))
        #expect(found.unpackedSize % 512 == 0)
    }

    struct Case: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let code: String
        let build: @Sendable () -> [UInt8]

        init(_ description: String, _ code: String, _ build: @escaping @Sendable () -> [UInt8]) {
            (testDescription, self.code, self.build) = (description, code, build)
        }

        /// The usual members and these.
        init(_ description: String, _ code: String, _ members: @autoclosure @escaping @Sendable () -> [Member]) {
            self.init(description, code) { TarBuilder(TarBuilder.usual.members + members()).gzip }
        }
    }

    private static let long = "demo-1.0/" + String(repeating: "long/", count: 40) + "name"
    private static func link(_ target: String, at name: String = "demo-1.0/a/link") -> [Member] {
        [Member(name, type: "2", target: target)]
    }
    private static func changed(_ change: @escaping (inout [UInt8], Bool) -> Void) -> [Member] {
        var member = Member("demo-1.0/x", "content")
        member.change = change
        return [member]
    }
    private static func sized(_ size: [UInt8], type: Character = "0") -> [Member] {
        var member = Member("demo-1.0/x", "content", type: type)
        member.size = size
        return [member]
    }
    private static func ended(_ end: [UInt8]) -> [UInt8] {
        var tar = TarBuilder(with: Member("demo-1.0/x", "content"))
        tar.end = end
        return tar.gzip
    }

    static let layout: [Case] = [
        Case("nothing wrong", "ok", []),
        Case("nothing", "sdist.empty") { TarBuilder([]).gzip },
        Case("only the root", "sdist.empty") { TarBuilder([Member("./", type: "5")]).gzip },
        Case("two directories at the top", "sdist.several-top-levels", [Member("other/x")]),
        Case("a file beside the directory", "sdist.several-top-levels", [Member("pax_global_header")]),
        Case("no PKG-INFO", "sdist.no-pkg-info") { TarBuilder([Member("demo-1.0/setup.py")]).gzip },
        Case("PKG-INFO further down", "sdist.no-pkg-info") {
            TarBuilder([Member("demo-1.0/demo.egg-info/PKG-INFO")]).gzip
        },
        Case("PKG-INFO with a Kelvin sign", "sdist.no-pkg-info") {
            TarBuilder([Member("demo-1.0/P\u{212A}G-INFO")]).gzip
        },
        Case("PKG-INFO is a link", "sdist.pkg-info-not-a-file") {
            TarBuilder([Member("demo-1.0/x"), Member("demo-1.0/PKG-INFO", type: "2", target: "x")]).gzip
        },
        Case("names that begin with ./", "ok") {
            TarBuilder([Member("./", type: "5"), Member("./d", type: "5"), Member("./d//PKG-INFO")]).gzip
        },
        Case("a directory twice", "ok", [Member("demo-1.0/d/", type: "5"), Member("demo-1.0/d", type: "5")]),
        Case("a file twice", "member.duplicate", [Member("demo-1.0/LICENSE")]),
        Case("a file twice under two names", "member.duplicate", [Member("demo-1.0/./LICENSE")]),
        Case("a file in a file", "member.file-and-directory", [Member("demo-1.0/LICENSE/x")]),
        Case("an absolute name", "member.absolute", [Member("/demo-1.0/x")]),
        Case("a name outside", "member.parent", [Member("demo-1.0/../x")]),
        Case("a name with a backslash", "member.backslash", [Member("demo-1.0\\x")]),
    ]

    static let links: [Case] = [
        Case("a link to a neighbour", "ok", link("b")),
        Case("a link up and down", "ok", link("../src/b")),
        Case("a link to where it is", "ok", link(".")),
        Case("a link to the top", "ok", link("..")),
        Case("a link out of the top-level directory", "tar.link-target", link("../..")),
        Case("a link to a neighbour of the top", "tar.link-target", link("../../other/x")),
        Case("a link out and in again", "ok", link("../../demo-1.0/x")),
        Case("a link out and in from above", "tar.link-target", link("../../../demo-1.0/x")),
        Case("a link down and up", "tar.link-target", link("b/../c")),
        Case("a link to an absolute path", "tar.link-target", link("/etc/passwd")),
        Case("a link to an absolute path with an accent", "tar.link-target", link("/\u{301}etc")),
        Case("a link to a drive", "tar.link-target", link("C:/x")),
        Case("a link to a share", "tar.link-target", link("\\\\host\\x")),
        Case("a link to nothing", "tar.link-target", link("")),
        Case("a link at the top", "tar.link-target") { TarBuilder([Member("demo", type: "2", target: "x")]).gzip },
        Case("a file beneath a link", "member.file-and-directory", link("b") + [Member("demo-1.0/a/link/x")]),
        Case("a link above a file", "member.file-and-directory", [Member("demo-1.0/a/link/x")] + link("b")),
        Case("a hard link", "ok", [Member("demo-1.0/h", type: "1", target: "demo-1.0/LICENSE")]),
        Case("a hard link outside", "tar.link-target", [Member("demo-1.0/h", type: "1", target: "../x")]),
        Case("a hard link to another top", "tar.link-target", [Member("demo-1.0/h", type: "1", target: "LICENSE")]),
        Case("a pax link out", "tar.link-target", [.pax([("linkpath", "../../../x")])] + link("b")),
        Case("a long link out", "tar.link-target", [Member("L", "../../../x\0", type: "K")] + link("b")),
        Case("a device", "tar.special-file", [Member("demo-1.0/x", type: "3")]),
        Case("a pipe", "tar.special-file", [Member("demo-1.0/x", type: "6")]),
        Case("a kind that nobody knows", "tar.special-file", [Member("demo-1.0/x", type: "M")]),
        Case("a sparse file of GNU's", "tar.sparse", [Member("demo-1.0/x", type: "S")]),
        Case("a sparse file of pax's", "tar.sparse", [.pax([("GNU.sparse.major", "1")]), Member("demo-1.0/x")]),
    ]

    static let headers: [Case] = [
        Case("GNU's long name", "ok", [Member("././@LongLink", long + "\0", type: "L"), Member("demo-1.0/long")]),
        Case("a pax name", "ok", [.pax([("path", long), ("mtime", "1.5")]), Member("demo-1.0/long")]),
        Case("a pax name outside", "member.parent", [.pax([("path", "../x")]), Member("demo-1.0/x")]),
        Case("a ustar prefix", "ok") {
            var member = Member("x")
            member.prefix = "demo-1.0/deep"
            return TarBuilder(with: member).gzip
        },
        Case("a prefix in GNU's format", "tar.header-prefix") {
            var member = Member("demo-1.0/x")
            (member.magic, member.prefix) = ("ustar  \0", "other")
            return TarBuilder(with: member).gzip
        },
        Case("Version 7", "ok") {
            var member = Member("demo-1.0/old/", type: "\0")
            member.magic = ""
            return TarBuilder(with: member).gzip
        },
        Case("a contiguous file", "ok", [Member("demo-1.0/x", "content", type: "7")]),
        Case("a global comment", "ok", [.pax([("comment", "0123abcd")], type: "g"), Member("demo-1.0/x")]),
        Case("a global name", "tar.global-path", [.pax([("path", "demo-1.0/y")], type: "g"), Member("demo-1.0/x")]),
        Case("a global size", "tar.global-path", [.pax([("size", "0")], type: "g"), Member("demo-1.0/x")]),
        Case(
            "two long names", "tar.stray-header",
            [
                Member("L", long, type: "L"), .pax([("path", long)]), Member("demo-1.0/x"),
            ]),
        Case(
            "two pax headers", "tar.stray-header",
            [.pax([("path", long)]), .pax([("path", long)]), Member("demo-1.0/x")]),
        Case("a long name without a member", "tar.stray-header", [Member("L", long, type: "L")]),
        Case("a pax size that is the same", "ok", [.pax([("size", "3")]), Member("demo-1.0/x", "abc")]),
        Case("a pax size that hides members", "tar.pax-size", [.pax([("size", "1024")]), Member("demo-1.0/x")]),
        Case("a pax size that shows members", "tar.pax-size", [.pax([("size", "0")]), Member("demo-1.0/x", "abc")]),
        Case(
            "a pax key twice", "tar.pax-key",
            [.pax([("path", "demo-1.0/y"), ("path", "demo-1.0/z")]), Member("demo-1.0/x")]),
        Case(
            "a harmless pax key twice", "tar.pax-key", [.pax([("mtime", "1"), ("mtime", "2")]), Member("demo-1.0/x")]),
        Case("a NUL in a pax key", "tar.pax-key", [.pax([("pa\0th", "demo-1.0/y")]), Member("demo-1.0/x")]),
        Case(
            "a global pax key twice", "tar.pax-key",
            [.pax([("comment", "1"), ("comment", "2")], type: "g"), Member("demo-1.0/x")]),
        Case("a negative pax size", "tar.pax-record", [.pax([("size", "-1")]), Member("demo-1.0/x", "abc")]),
        Case(
            "a pax record that is too long", "tar.pax-record",
            [Member("p", "99 path=x\n", type: "x"), Member("demo-1.0/x")]),
        Case(
            "a pax record without a key", "tar.pax-record", [Member("p", "6 =xx\n", type: "x"), Member("demo-1.0/x")]),
        Case(
            "a pax record of no length", "tar.pax-record", [Member("p", "0 path=x\n", type: "x"), Member("demo-1.0/x")]),
        Case("a size in base 256", "ok", sized([0x80] + .init(repeating: 0, count: 10) + [7])),
        Case("the largest size", "tar.header-number", sized([0x80, 0, 0, 0, 0x7F] + .init(repeating: 0xFF, count: 7))),
        Case("a size beyond all numbers", "tar.header-number", sized([0x80] + .init(repeating: 0xFF, count: 11))),
        Case("a negative size", "tar.header-number", sized(.init(repeating: 0xFF, count: 12))),
        Case("a size with spaces", "ok", sized(Array("         7 \0".utf8))),
        Case("a size that is no number", "tar.header-number", sized(Array("00000000009\0".utf8))),
        Case("a size larger than the archive", "tar.cut", sized(octal(1 << 30, 11))),
        Case("a directory with content", "tar.directory", sized(octal(7, 11), type: "5")),
        Case(
            "a link with content", "tar.directory",
            sized(octal(7, 11), type: "1").map {
                var member = $0
                member.target = "demo-1.0/LICENSE"
                return member
            }),
        Case("a file with a slash", "tar.directory", [Member("demo-1.0/x/", "content")]),
        Case("a wrong checksum", "tar.header-checksum", changed { header, isSummed in if isSummed { header[0] ^= 1 } }),
        Case("a mode that is no number", "tar.header-number", changed { header, _ in header[100] = 0x7A }),
        Case(
            "a time before 1970", "ok",
            changed { header, _ in header.replaceSubrange(136..<148, with: [UInt8](repeating: 0xFF, count: 12)) }),
    ]

    static let ends: [Case] = [
        Case("one zero block", "ok") { ended(.init(repeating: 0, count: 512)) },
        Case("twenty zero blocks", "ok") { ended(.init(repeating: 0, count: 10240)) },
        Case("no zero block", "tar.no-end-marker") { ended([]) },
        Case("half a zero block", "tar.cut") { ended(.init(repeating: 0, count: 256)) },
        Case("a member behind the end", "tar.trailing-data") {
            ended(.init(repeating: 0, count: 1024) + Member("x").bytes)
        },
        Case("a byte behind the end", "tar.trailing-data") { ended(.init(repeating: 0, count: 1024) + [1]) },
        Case("zeros behind gzip", "ok") { TarBuilder.usual.gzip + [0, 0, 0] },
        Case("a byte behind gzip", "gzip.trailing-data") { TarBuilder.usual.gzip + [0, 1] },
        Case("a second gzip member", "gzip.several-members") { TarBuilder.usual.gzip + TarBuilder.usual.gzip },
        Case("a wrong gzip checksum", "gzip.data") {
            var bytes = TarBuilder.usual.gzip
            bytes[bytes.count - 5] ^= 1
            return bytes
        },
        Case("no gzip", "gzip.not-gzip") { TarBuilder.usual.tar },
        Case("a wheel", "gzip.not-gzip") { WheelBuilder().zip.bytes() },
        Case("nothing at all", "gzip.not-gzip") { [] },
        Case("only two bytes", "gzip.cut") { [0x1F, 0x8B] },
    ]

    @Test("has one directory with PKG-INFO in it", arguments: layout)
    func hasLayout(example: Case) { check(example) }

    @Test("has no links that lead out of it, and nothing special", arguments: links)
    func hasHarmlessLinks(example: Case) { check(example) }

    @Test("is written in a dialect of tar that all readers understand alike", arguments: headers)
    func hasPlainHeaders(example: Case) { check(example) }

    @Test("is whole, with nothing behind it", arguments: ends)
    func isWhole(example: Case) { check(example) }

    private func check(_ example: Case) {
        #expect(verdict(onSourceDistribution: example.build()) == example.code)
    }
}
