import LookAlikes
import Testing

@Suite("A list of names") struct NameListTests {
    @Test(
        "is read with the columns in either order, headings or none, quoted or not",
        arguments: [
            "requests,12\nScikit_Learn,3\n", "12,requests\r\n3,scikit-learn\r\n",
            "project,download_count\nrequests,12\nscikit.learn,3",
            "\"download_count\",\"project\"\n12,\"requests\"\n3,scikit-learn",
            "\nrequests , 12\n\n scikit-learn,3\n\n",
        ])
    func read(text: String) throws {
        let names = try NameList.parse(text)
        #expect(names.map(\.name) == ["requests", "scikit-learn"])
        #expect(names.map(\.downloads) == [12, 3])
    }

    // The columns are the point.
    // swift-format-ignore
    @Test(
        "with a line that is none is not taken, and says which",
        arguments: [
            ("requests,12\nflask",            2, "Line 2 has 1 columns"),
            ("requests,12\nflask,1,2",        2, "Line 2 has 3 columns"),
            ("requests,12\nflask,many",       2, "Line 2 is no name"),
            ("requests,12\nflask,-1",         2, "Line 2 is no name"),
            ("requests,12\n-flask-,1",        2, "Line 2 is no name"),
            ("requests,12\nRequests,1",       2, "Line 2 names requests again, as line 1"),
            ("a b,12",                        1, "Line 1 is no name"),
            ("name,downloads\nname,downloads", 2, "Line 2 is no name"),
        ])
    func refused(text: String, line: Int, says: String) {
        let error = #expect(throws: NameList.Unreadable.self) { try NameList.parse(text) }
        #expect(error?.line == line)
        #expect(error?.description.hasPrefix(says) ?? false)
    }

    @Test("may be empty")
    func empty() throws { #expect(try NameList.parse("").isEmpty) }
}
