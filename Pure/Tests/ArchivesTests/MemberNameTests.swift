import Testing

@testable import Archives

@Suite("A member's name") struct MemberNameTests {
    // swift-format-ignore: the columns are the point
    static let table: [(name: String, flaw: NameFlaw?)] = [
        ("a", nil), ("a/b.py", nil), ("a/...", nil), ("a/..b", nil), ("a b", nil), ("ä/ö", nil), ("-", nil),
        (".a", nil),
        ("", .empty),
        ("/", .absolute), ("/a", .absolute), ("C:a", .absolute), ("C:/a", .absolute), ("/\u{301}a", .absolute),
        ("..", .parent), ("../a", .parent), ("a/..", .parent), ("a/../b", .parent), ("a/../", .parent),
        ("../\u{301}a", .parent), ("\u{600}/../a", .parent),
        (".", .notNormal), ("./a", .notNormal), ("a//b", .notNormal), ("a/./b", .notNormal), ("a//", .notNormal),
        ("a\\b", .backslash), ("..\\b", .backslash),
        ("a\0b", .controlCharacter), ("a\nb", .controlCharacter), ("a\u{7F}", .controlCharacter),
        ("a\u{85}", .controlCharacter), ("a\u{1B}[2J", .controlCharacter),
        (String(repeating: "a", count: 1024), nil), (String(repeating: "a", count: 1025), .tooLong),
    ]

    @Test("is relative, plain and printable, or refused", arguments: table)
    func rules(name: String, flaw: NameFlaw?) {
        var zip = WheelBuilder().zip
        zip.members[0] = .init(name, "", deflated: false)
        // An accepted name is then found not to be in RECORD.
        #expect(verdict(onWheel: zip.bytes()) == flaw?.code ?? "record.difference")
    }

    @Test("is UTF-8 and says so, or ASCII")
    func encoding() {
        var zip = WheelBuilder().zip
        zip.members[0] = .init("demo/ä.py", "")
        zip.members[0].flags = 0
        #expect(verdict(onWheel: zip.bytes()) == "member.encoding")
        zip.members[0].name = [0xE4]
        zip.members[0].flags = 1 << 11
        #expect(verdict(onWheel: zip.bytes()) == "member.encoding")
    }

    static let pairs: [(String, String, String)] = [
        ("demo/x", "demo/x", "member.duplicate"),
        ("demo/caf\u{E9}", "demo/cafe\u{301}", "member.duplicate"),
        ("demo/\u{212A}", "demo/K", "member.duplicate"),
        ("demo/d/", "demo/d/", "member.duplicate"),
        ("demo/x", "demo/x/", "member.file-and-directory"),
        ("demo/x/", "demo/x", "member.file-and-directory"),
        ("demo/x", "demo/x/y/z", "member.file-and-directory"),
        ("demo/x/y/z", "demo/x", "member.file-and-directory"),
        ("demo/x", "demo/X", "ok"),
        ("demo/x/", "demo/x/y", "ok"),
        ("demo/x/y", "demo/x/", "ok"),
    ]

    @Test("belongs to one member", arguments: pairs)
    func uniqueness(first: String, second: String, code: String) {
        var wheel = WheelBuilder()
        for name in [first, second] where name.last != "/" { wheel.set(name, "") }
        var zip = wheel.zip
        for name in [first, second] where name.last == "/" {
            zip.members.insert(.init(name, "", deflated: false), at: name == second ? zip.members.count : 0)
        }
        if first == second, first.last != "/" { zip.members.append(.init(second, "")) }
        #expect(verdict(onWheel: zip.bytes()) == code)
    }

    @Test("cannot break the sentence it is quoted in")
    func quoting() {
        #expect(quoted("a\nb\u{202E}c") == "'a\\u{a}b\\u{202e}c'")
        #expect(quoted(String(repeating: "x", count: 500)).count == 123)
    }
}
