import Foundation
import PackagingFormats
import Primitives
import Projects
import Support
import Testing
import UploadAPI
import VectorSupport

/// The tables of the packaging library, through the upload form.
@Suite(
    "The packaging tables, as upload forms", .enabled(if: Vectors.arePresent, "no ../shared/vectors beside the project")
)
struct PackagingVectorTests {
    private static let digests = Digests(
        sha256: String(repeating: "a", count: 64), blake2b256: String(repeating: "b", count: 64),
        md5: String(repeating: "c", count: 32))

    /// Nil when the form is taken; else what is wrong with it.
    private static func verdict(
        _ fields: [(name: String, value: String)], filename: String? = nil, type: String = "sdist"
    ) -> UploadFormRefusal? {
        var all = fields
        for (name, value) in [("metadata_version", "2.4"), ("name", "foo"), ("version", "1.0")]
        where !fields.contains(where: { $0.name == name }) {
            all.append((name, value))
        }
        all += [
            (":action", "file_upload"), ("protocol_version", "1"), ("filetype", type),
            ("pyversion", type == "sdist" ? "source" : "py3"), ("sha256_digest", digests.sha256),
        ]
        func value(_ name: String) -> String { all.first { $0.name == name }?.value ?? "" }
        let name = (try? ProjectName(parsing: value("name")))?.filenameComponent ?? "foo"
        let version = (try? Version(parsing: value("version")))?.normalized ?? "1.0"
        do throws(UploadFormRefusal) {
            let form = try UploadForm(all)
            _ = try UploadChecks.check(form, filename: filename ?? "\(name)-\(version).tar.gz", digests: digests)
            return nil
        } catch { return error }
    }

    struct Names: Decodable {
        let canonicalize, own_valid: [[String]]
        let invalid, own_invalid: [String]
    }

    @Test("Names")
    func names() throws {
        let names = try Vectors.decode(Names.self, from: "packaging/names.json")
        for name in (names.canonicalize + names.own_valid).compactMap(\.first) {
            #expect(Self.verdict([("name", name)]) == nil, "\(name)")
        }
        for name in names.invalid + names.own_invalid { expectRefused([("name", name)], name) }
    }

    struct Versions: Decodable {
        struct Valid: Decodable {
            let input: String
            let local: String?
        }
        let valid: [Valid]
        let invalid: [String]
    }

    @Test("Versions, of which no local one is published")
    func versions() throws {
        let versions = try Vectors.decode(Versions.self, from: "packaging/versions.json")
        for version in versions.valid {
            if version.local == nil {
                #expect(Self.verdict([("version", version.input)]) == nil, "\(version.input)")
            } else {
                expectRefused([("version", version.input)], version.input)
            }
        }
        for version in versions.invalid { expectRefused([("version", version)], version) }
    }

    struct Requirements: Decodable {
        struct Valid: Decodable {
            let input: String
            let url: String?
        }
        struct Invalid: Decodable { let input: String }
        let valid: [Valid]
        let invalid: [Invalid]
    }

    @Test("Requirements, of which none by URL is published")
    func requirements() throws {
        let requirements = try Vectors.decode(Requirements.self, from: "packaging/requirements.json")
        for requirement in requirements.valid {
            if requirement.url == nil {
                #expect(Self.verdict([("requires_dist", requirement.input)]) == nil, "\(requirement.input)")
            } else {
                expectRefused([("requires_dist", requirement.input)], requirement.input)
            }
        }
        // An empty field is an absent one.
        for requirement in requirements.invalid where !requirement.input.isEmpty {
            expectRefused([("requires_dist", requirement.input)], requirement.input)
        }
    }

    struct Specifiers: Decodable {
        let valid: [[String]]
        let invalid: [String]
    }

    @Test("Specifiers, as Requires-Python")
    func specifiers() throws {
        let specifiers = try Vectors.decode(Specifiers.self, from: "packaging/specifiers.json")
        for text in specifiers.valid.compactMap(\.first) {
            #expect(Self.verdict([("requires_python", text)]) == nil, "\(text)")
        }
        for text in specifiers.invalid { expectRefused([("requires_python", text)], text) }
    }

    struct Licenses: Decodable {
        let valid, invalid: [[String]]
    }

    @Test("Licence expressions")
    func licenses() throws {
        let licenses = try Vectors.decode(Licenses.self, from: "packaging/licenses.json")
        for text in licenses.valid.compactMap(\.first) {
            #expect(Self.verdict([("license_expression", text)]) == nil, "\(text)")
        }
        for text in licenses.invalid.compactMap(\.first) where !text.isEmpty {
            expectRefused([("license_expression", text)], text)
        }
    }

    struct Filenames: Decodable {
        struct Valid: Decodable { let filename, name, version: String }
        let wheel_valid, sdist_valid: [Valid]
        let wheel_invalid, sdist_invalid: [String]
    }

    @Test("File names, of which only ASCII ones are published, and no .zip")
    func filenames() throws {
        let filenames = try Vectors.decode(Filenames.self, from: "packaging/filenames.json")
        for wheel in filenames.wheel_valid {
            let fields = [("name", wheel.name), ("version", wheel.version)]
            if wheel.filename.utf8.allSatisfy({ $0 < 0x80 }), !wheel.version.contains("+") {
                #expect(Self.verdict(fields, filename: wheel.filename, type: "bdist_wheel") == nil, "\(wheel.filename)")
            } else {
                #expect(Self.verdict(fields, filename: wheel.filename, type: "bdist_wheel") != nil, "\(wheel.filename)")
            }
        }
        for filename in filenames.wheel_invalid {
            #expect(Self.verdict([], filename: filename, type: "bdist_wheel") != nil, "\(filename)")
        }
        for sdist in filenames.sdist_valid {
            let fields = [("name", sdist.name), ("version", sdist.version)]
            #expect((Self.verdict(fields, filename: sdist.filename) == nil) == sdist.filename.hasSuffix(".tar.gz"))
        }
        for filename in filenames.sdist_invalid { #expect(Self.verdict([], filename: filename) != nil, "\(filename)") }
    }

    struct Metadata: Decodable {
        struct Case: Decodable {
            let raw: [String: FieldValue]
            let valid: Bool
        }
        let fields: [Case]
    }

    enum FieldValue: Decodable {
        case text(String)
        case list([String])
        case labelled([String: String])

        init(from decoder: any Decoder) throws {
            let container = try decoder.singleValueContainer()
            if let text = try? container.decode(String.self) {
                self = .text(text)
            } else if let list = try? container.decode([String].self) {
                self = .list(list)
            } else {
                self = .labelled(try container.decode([String: String].self))
            }
        }

        func texts(of field: String) -> [String] {
            switch self {
            case .text(let text): [text]
            case .list(let list): field == "keywords" ? [list.joined(separator: ",")] : list
            case .labelled(let urls): urls.sorted { $0.key < $1.key }.map { "\($0.key), \($0.value)" }
            }
        }
    }

    /// What the standard allows and an index does not publish.
    private static let unpublished: [String: @Sendable (String) -> Bool] = [
        "author_email": { !$0.contains("@") }, "maintainer_email": { !$0.contains("@") },
        "home_page": { !$0.hasPrefix("http") }, "download_url": { !$0.hasPrefix("http") },
        "project_urls": { !$0.contains("://") }, "classifiers": { !$0.contains("::") },
        "requires_dist": { $0.contains("@") }, "provides_dist": { $0.contains(" ") },
        "obsoletes_dist": { $0.contains(" ") }, "dynamic": { $0.lowercased() == "dynamic" },
    ]

    @Test("Metadata: what is invalid is refused, what is valid is taken unless an index does not publish it")
    func metadata() throws {
        let cases = try Vectors.decode(Metadata.self, from: "packaging/metadata.json").fields
        var taken = 0
        for item in cases {
            let fields = item.raw.flatMap { name, value in value.texts(of: name).map { (name: name, value: $0) } }
            // A form says "absent" where a file would say "empty", and has no fields that it does not know.
            let isSayable = fields.allSatisfy { !$0.value.isEmpty && MetadataField(formName: $0.name) != nil }
            let verdict = Self.verdict(fields)
            if !item.valid, isSayable {
                #expect(verdict != nil, "\(fields)")
            } else if item.valid, !fields.contains(where: { Self.unpublished[$0.name]?($0.value) == true }) {
                #expect(verdict == nil, "\(fields): \(verdict?.explanation ?? "")")
                taken += 1
            }
        }
        #expect(taken > 50)
    }

    private func expectRefused(_ fields: [(name: String, value: String)], _ text: String) {
        guard let refusal = Self.verdict(fields) else {
            Issue.record("taken: \(text.debugDescription)")
            return
        }
        #expect(refusal.kind == .invalid)
        #expect(refusal.code == "upload.metadata", "\(text.debugDescription)")
        #expect(refusal.explanation.hasSuffix("."), "\(refusal.explanation)")
    }
}
