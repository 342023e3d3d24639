import PackagingFormats
import Testing
import VectorSupport

@Suite("ProjectName") struct ProjectNameTests {
    struct Table: Decodable { let canonicalize, own_valid: [[String]]; let invalid, own_invalid: [String] }

    @Test("The public vectors", .enabled(if: Vectors.arePresent, "no vectors"))
    func vectors() throws {
        let table = try Vectors.decode(Table.self, from: "packaging/names.json")
        let valid = table.canonicalize + table.own_valid
        let invalid = table.invalid + table.own_invalid
        for row in valid {
            let name = try ProjectName(parsing: row[0])
            #expect(name.normalized == row[1])
            #expect(name.display == row[0])
        }
        for text in invalid { #expect(throws: InvalidProjectName.self, "\(text)") { try ProjectName(parsing: text) } }
        #expect(valid.count > 15 && invalid.count > 20)
        print("names.json: \(valid.count) valid, \(invalid.count) refused")
    }

    @Test("Names of one project are equal and hash alike, and keep their spelling")
    func equality() throws {
        let names = try ["Flask_Login", "flask.login", "FLASK-LOGIN", "flask--login"].map {
            try ProjectName(parsing: $0)
        }
        #expect(Set(names).count == 1)
        #expect(names.map(\.display) == ["Flask_Login", "flask.login", "FLASK-LOGIN", "flask--login"])
        #expect(names[0].filenameComponent == "flask_login")
    }

    @Test(
        "Look-alikes have one form",
        arguments: [
            ("Flask_Login", "f1ask10g1n"), ("flask-1ogin", "f1ask10g1n"), ("O0-oL1i.I", "0001111"), ("numpy", "numpy"),
        ])
    func lookAlikes(name: String, form: String) throws {
        #expect(try ProjectName(parsing: name).ultranormalized == form)
    }

    @Test(
        "Modules of the standard library are known, submodules and old modules included",
        arguments: [
            ("os", true), ("OS.Path", true), ("xml-etree", true), ("tomllib", true), ("StringIO", true),
            ("distutils", true),
            ("compression.zstd", true), ("_thread", false), ("thread", true), ("requests", false), ("flask", false),
            ("o-s", false), ("main", true),
        ])
    func standardLibrary(name: String, isModule: Bool) {
        #expect((try? ProjectName(parsing: name)).map(StandardLibrary.contains) ?? false == isModule)
    }

    @Test("Too long a name is refused, the longest is taken")
    func length() throws {
        let longest = String(repeating: "a", count: ProjectName.maximumLength)
        #expect(try ProjectName(parsing: longest).normalized == longest)
        #expect(throws: InvalidProjectName.tooLong) { try ProjectName(parsing: longest + "a") }
    }

    @Test("Normalizing twice changes nothing", arguments: 0..<200 as Range<UInt64>)
    func normalizingIsIdempotent(seed: UInt64) throws {
        var random = SplitMix64(seed: seed)
        let name = try ProjectName(parsing: .randomName(using: &random))
        #expect(try ProjectName(parsing: name.normalized).normalized == name.normalized)
        #expect(try ProjectName(parsing: name.normalized) == name)
        #expect(try ProjectName(parsing: name.ultranormalized).ultranormalized == name.ultranormalized)
    }
}

extension String {
    static func randomName(using random: inout SplitMix64) -> String {
        let inner = Array("aBlLiIoO01zZ9-_.")
        let edge = Array("aBlIoO01zZ9")
        let length = Int.random(in: 1..<20, using: &random)
        return String(
            (0..<length).map { index in
                (index == 0 || index == length - 1 ? edge : inner).randomElement(using: &random) ?? "a"
            })
    }
}
