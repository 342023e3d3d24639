import PackagingFormats
import Testing
import VectorSupport

@Suite("File names") struct FilenameTests {
    struct Table: Decodable {
        struct Wheel: Decodable {
            struct Build: Decodable {
                var number: Int?
                var suffix: String?
                init(from decoder: any Decoder) throws {
                    var container = try decoder.unkeyedContainer()
                    if container.isAtEnd { return }
                    number = try container.decode(Int.self)
                    suffix = try container.decode(String.self)
                }
            }
            let filename, name, version: String
            let build: Build
            let tags: [String]
        }
        struct Source: Decodable { let filename, name, version: String }
        let wheel_valid: [Wheel]
        let wheel_invalid, wheel_unsorted_tags, sdist_invalid: [String]
        let sdist_valid: [Source]
    }

    @Test("The public vectors", .enabled(if: Vectors.arePresent, "no vectors"))
    func vectors() throws {
        let table = try Vectors.decode(Table.self, from: "packaging/filenames.json")
        for row in table.wheel_valid {
            // The reference takes letters of all scripts, an index does not.
            guard row.filename.utf8.allSatisfy({ $0 < 0x80 }) else {
                #expect(throws: InvalidFilename.character(row.filename)) { try WheelFilename(parsing: row.filename) }
                continue
            }
            let wheel = try WheelFilename(parsing: row.filename)
            #expect(wheel.project.normalized == row.name)
            #expect(try wheel.version == Version(parsing: row.version))
            #expect(wheel.build?.number.value == row.build.number)
            #expect(wheel.build?.suffix == row.build.suffix)
            #expect(Set(wheel.tags.map(\.description)) == Set(row.tags))
            #expect(try DistributionFilename(strict: row.filename) == .wheel(wheel))
        }
        for name in table.wheel_invalid {
            #expect(throws: InvalidFilename.self, "\(name)") { try WheelFilename(parsing: name) }
            #expect(throws: InvalidFilename.self, "\(name)") { try DistributionFilename(lenient: name) }
        }
        for name in table.wheel_unsorted_tags {
            #expect(try WheelFilename(parsing: name).text == name)
            #expect(throws: InvalidFilename.unsortedTags(name)) {
                try WheelFilename(parsing: name, requiresSortedTags: true)
            }
        }
        for row in table.sdist_valid {
            let name = try SourceDistributionFilename(lenient: row.filename)
            #expect(name.project.normalized == row.name)
            #expect(try name.version == Version(parsing: row.version))
        }
        for name in table.sdist_invalid {
            #expect(throws: InvalidFilename.self, "\(name)") { try SourceDistributionFilename(lenient: name) }
        }
        let counts = [
            table.wheel_valid.count, table.wheel_invalid.count, table.wheel_unsorted_tags.count,
            table.sdist_valid.count,
            table.sdist_invalid.count,
        ]
        #expect(counts.allSatisfy { $0 >= 2 })
        print("filenames.json: \(counts.reduce(0, +)) names")
    }

    // The columns are the point.
    // swift-format-ignore
    static let sources: [(String, strict: Bool, lenient: Bool)] = [
        ("demo_pkg-1.0.tar.gz",              true,  true),
        ("boto3-1.35.0.tar.gz",              true,  true),
        ("foo-1.0+ubuntu.1.tar.gz",          true,  true),
        ("foo-1!2.0rc1.post1.dev3.tar.gz",   true,  true),
        ("Flask-1.0.tar.gz",                 false, true),
        ("zope.interface-5.0.tar.gz",        false, true),
        ("demo-pkg-1.0.tar.gz",              false, true),
        ("demo__pkg-1.0.tar.gz",             false, true),
        ("foo-1.0.RC1.tar.gz",               false, true),
        ("foo-01.0.tar.gz",                  false, true),
        ("foo-1.0.zip",                      false, true),
        ("foo-1.0.TAR.GZ",                   false, false),
        ("foo-1.0.tar.bz2",                  false, false),
        ("foo-1.0.tgz",                      false, false),
        ("foo.tar.gz",                       false, false),
        ("-1.0.tar.gz",                      false, false),
        (".tar.gz",                          false, false),
        ("foo-1.0/x-1.tar.gz",               false, false),
        ("foo-1.0 .tar.gz",                  false, false),
        ("foo%2d-1.0.tar.gz",                false, false),
        ("",                                 false, false),
    ]

    @Test("New source distributions are named exactly as PEP 625 says, old ones are taken", arguments: sources)
    func source(name: String, strict: Bool, lenient: Bool) {
        #expect(((try? DistributionFilename(strict: name)) != nil) == strict)
        #expect(((try? DistributionFilename(lenient: name)) != nil) == lenient)
    }

    @Test("The refusal of an old name says the right one")
    func rightName() {
        let error = InvalidFilename.notNormal("Foo.Bar-1.0-1.tar.gz", expected: "foo_bar_1_0-1.tar.gz")
        #expect(throws: error) { try DistributionFilename(strict: "Foo.Bar-1.0-1.tar.gz") }
        #expect(error.explanation.contains("'foo_bar_1_0-1.tar.gz'"))
    }

    @Test("Build tags are ordered by number, of any length")
    func buildTags() throws {
        let tags = try ["2", "10", "10a", "99999999999999999999999"].map { tag in
            try #require(try WheelFilename(parsing: "a-1-\(tag)-py3-none-any.whl").build)
        }
        #expect(tags == tags.sorted())
        #expect(try WheelFilename(parsing: "a-1-007-py3-none-any.whl").build?.number.value == 7)
    }

    @Test("The longest name is taken, a longer one refused, and tags are not multiplied before somebody asks")
    func length() throws {
        let many = (0..<27).map { "a\($0)" }.joined(separator: ".")
        let name = "a-1-\(many)-\(many)-b.whl"
        #expect(try WheelFilename(parsing: name).tags.count == 729)
        #expect(throws: InvalidFilename.tooLong) {
            try WheelFilename(parsing: "a-1-\(many)-\(many)-\(many).whl" + name)
        }
    }
}
