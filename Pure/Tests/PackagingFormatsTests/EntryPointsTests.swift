import PackagingFormats
import Testing

@Suite("The entry points of a wheel") struct EntryPointsTests {
    static func verdict(_ bytes: [UInt8]) -> InvalidEntryPoints? {
        do throws(InvalidEntryPoints) {
            try EntryPoints.check(bytes)
            return nil
        } catch { return error }
    }

    static let fine = [
        "", "\n", "# nothing\n", "; nothing\n", "[console_scripts]\n", "[console_scripts]\ndemo = demo:main\n",
        "[console_scripts]\r\ndemo = demo:main\r\n\r\n[gui_scripts]\r\ndemo-2.0 = demo.gui:App.run\r\n",
        "[console_scripts]\n  demo = demo:main\n  other=demo:other [extra, more]\n",
        "[console_scripts]\nd\u{E9}mo_1 = d\u{E9}mo:main\n",
        // Other groups than programs name what they like.
        "[mkdocs.plugins]\nmaterial/blog = material.plugins.blog:Plugin\n", "[a-b c]\nx y = z\n",
        "[x]\na = b.c\n[y]\na = b.c\n", "[x]\n    deep = a\nflat = b\n", "[x]\na = 3to2.main:f\n",
    ]

    @Test("are fine", arguments: fine)
    func taken(text: String) { #expect(Self.verdict(Array(text.utf8)) == nil) }

    // swift-format-ignore
    static let wrong: [(String, InvalidEntryPoints)] = [
        ("no section at all\n",                              .noGroup(line: 1)),
        ("demo = demo:main\n",                               .noGroup(line: 1)),
        ("\u{FEFF}[console_scripts]\ndemo = demo:main\n",    .noGroup(line: 1)),
        ("[console_scripts]\ndemo\n",                        .line(2)),
        ("[console_scripts]\n\ndemo: demo:main\n",           .line(3)),
        ("[console_scripts]\n= demo:main\n",                 .line(2)),
        ("[]\n",                                             .line(1)),
        ("[ console_scripts ]\n../evil = m:f\n",             .line(1)),
        ("[console_scripts\u{A0}]\nd = m:f\n",               .line(1)),
        ("[x]\n[y] = a:b\n",                                 .line(2)),
        ("[console_scripts\ndemo = demo:main\n",             .noGroup(line: 1)),
        ("[console_scripts]\n[console_scripts]\n",           .repeated("[console_scripts]")),
        ("[x]\na = b\na = c\n",                              .repeated("a")),
        ("[console_scripts]\n../../evil = m:f\n",            .name("../../evil", group: "console_scripts")),
        ("[gui_scripts]\na b = m:f\n",                       .name("a b", group: "gui_scripts")),
        ("[console_scripts]\n.. = m:f\n",                    .name("..", group: "console_scripts")),
        ("[console_scripts]\n/etc/x = m:f\n",                .name("/etc/x", group: "console_scripts")),
        ("[console_scripts]\na\\b = m:f\n",                 .name("a\\b", group: "console_scripts")),
        // The values of this group count in all others, for some readers.
        ("[DEFAULT]\n../x = m:f\n",                          .name("../x", group: "DEFAULT")),
        // A comment to one reader, an entry to another.
        ("[console_scripts]\n; ../x = m:f\n",                .name("; ../x", group: "console_scripts")),
        // A part of the value before to one reader, an entry or a group to another.
        ("[x]\na = m:f\n  ../x = m:f\n",                     .folded(line: 3)),
        ("[x]\na = m:f\n  [console_scripts]\n",              .folded(line: 3)),
        ("[console_scripts]\na = m:f\u{2028}../x = m:f\n",   .name("../x", group: "console_scripts")),
        ("[console_scripts]\na = m\n",                       .noFunction(name: "a", group: "console_scripts")),
        ("[console_scripts]\na = m:\n",                      .reference("m:", name: "a", group: "console_scripts")),
        ("[console_scripts]\na = m:f()\n",                   .reference("m:f()", name: "a", group: "console_scripts")),
        ("[console_scripts]\na = m-n:f\n",                   .reference("m-n:f", name: "a", group: "console_scripts")),
        ("[console_scripts]\na = 1m:f\n",                    .reference("1m:f", name: "a", group: "console_scripts")),
        ("[console_scripts]\na = m..n:f\n",                  .reference("m..n:f", name: "a", group: "console_scripts")),
        ("[console_scripts]\na = m:f [x\n",                  .reference("m:f [x", name: "a", group: "console_scripts")),
        ("[x]\na =\n",                                       .reference("", name: "a", group: "x")),
        ("[x]\na = not an object!\n",                        .reference("not an object!", name: "a", group: "x")),
        ("[x]\na = b:c:d\n",                                 .reference("b:c:d", name: "a", group: "x")),
    ]

    @Test("are refused with where and why", arguments: wrong)
    func refused(text: String, problem: InvalidEntryPoints) {
        let found = Self.verdict(Array(text.utf8))
        #expect(found == problem)
        #expect(found?.explanation.contains(where: \.isNewline) == false)
    }

    @Test("are UTF-8")
    func encoding() {
        #expect(Self.verdict(Array("[console_scripts]\nr".utf8) + [0xFC] + Array("n = m:f\n".utf8)) == .encoding)
    }
}
