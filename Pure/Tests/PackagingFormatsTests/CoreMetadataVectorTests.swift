import Foundation
import Testing
import VectorSupport

@testable import PackagingFormats

/// A value of any JSON shape that the metadata vectors have.
private enum Loose: Decodable, Equatable {
    case text(String)
    case bytes([UInt8])
    case list([Loose])
    case table([String: String])

    init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        if let text = try? container.decode(String.self) {
            self = .text(text)
        } else if let list = try? container.decode([Loose].self) {
            self = .list(list)
        } else {
            let table = try container.decode([String: String].self)
            if table.count == 1, let encoded = table["base64"], let data = Data(base64Encoded: encoded) {
                self = .bytes([UInt8](data))
            } else {
                self = .table(table)
            }
        }
    }

    var inputBytes: [UInt8] {
        switch self {
        case .text(let text): Array(text.utf8)
        case .bytes(let bytes): bytes
        case .list, .table: []
        }
    }

    /// Bytes that are no text are shown as Latin-1; parts of a MIME message are not taken apart.
    func matches(_ value: String) -> Bool {
        switch self {
        case .text(let text): text == value
        case .bytes(let bytes): bytes == value.unicodeScalars.map { UInt8(truncatingIfNeeded: $0.value) }
        case .list, .table: !value.isEmpty
        }
    }
}

@Suite("Core metadata, the public vectors", .enabled(if: Vectors.arePresent, "no vectors"))
struct CoreMetadataVectorTests {
    private struct Table: Decodable {
        struct About: Decodable {
            let metadata_versions: [String]
            let raw_to_header: [String: String]
        }
        struct Problem: Decodable { let field: String }
        struct Document: Decodable {
            let input: Loose
            let raw: [String: Loose]
            let unparsed: [String: [Loose]]
            let valid: Bool
            let errors: [Problem]?
        }
        struct Field: Decodable {
            let raw: [String: Loose]
            let email: String
            let valid: Bool
            let errors: [Problem]?
        }
        let about: About
        let documents: [Document]
        let fields: [Field]
        let tables: [String: Loose]

        enum CodingKeys: String, CodingKey {
            case about = "_about"
            case documents, fields, tables
        }
    }

    private let table: Table

    init() throws { table = try Vectors.decode(Table.self, from: "packaging/metadata.json") }

    /// The vectors' raw form of a value.
    private func matches(_ value: RawMetadata.Value?, _ expected: Loose) -> Bool {
        switch (value, expected) {
        case (.text(let text), .text(let wanted)): text == wanted
        case (.list(let list), .list(let wanted)): list.map(Loose.text) == wanted
        case (.urls(let urls), .table(let wanted)):
            urls.count == wanted.count && urls.allSatisfy { wanted[$0.label] == $0.url }
        default: false
        }
    }

    private func raw(from vector: [String: Loose]) throws -> RawMetadata {
        var raw = RawMetadata()
        for (name, value) in vector {
            guard let field = table.about.raw_to_header[name].flatMap(MetadataField.init(rawValue:)) else {
                raw.unparsed[name] = []
                continue
            }
            switch value {
            case .text(let text): raw.fields[field] = .text(text)
            case .list(let list):
                raw.fields[field] = .list(list.compactMap { if case .text(let text) = $0 { text } else { nil } })
            case .table(let urls): raw.fields[field] = .urls(urls.map { ProjectURL(label: $0.key, url: $0.value) })
            case .bytes: Issue.record("bytes in \(name)")
            }
        }
        return raw
    }

    /// The fields that the strict reading finds something wrong with; none when it is valid.
    private func refused(_ raw: RawMetadata) -> Set<String> {
        do {
            _ = try CoreMetadata(strict: raw)
            return []
        } catch {
            #expect(!error.problems.isEmpty)
            for problem in error.problems { #expect(problem.explanation.contains(": ")) }
            return Set(error.problems.map(\.field))
        }
    }

    @Test("Documents are read into the same raw fields, and judged the same, field by field")
    func documents() throws {
        for document in table.documents {
            let raw = RawMetadata(file: document.input.inputBytes)
            let names = Dictionary(uniqueKeysWithValues: table.about.raw_to_header.map { ($0.value, $0.key) })
            #expect(Set(raw.fields.keys.map { names[$0.rawValue] }) == Set(document.raw.keys), "\(document.input)")
            for (name, expected) in document.raw {
                let field = table.about.raw_to_header[name].flatMap(MetadataField.init(rawValue:))
                #expect(field.map { matches(raw.fields[$0], expected) } == true, "\(name) of \(document.input)")
            }
            #expect(Set(raw.unparsed.keys) == Set(document.unparsed.keys), "\(document.input)")
            for (name, expected) in document.unparsed {
                let found = raw.unparsed[name] ?? []
                #expect(found.count == expected.count && zip(expected, found).allSatisfy { $0.matches($1) }, "\(name)")
            }
            #expect(refused(raw).isEmpty == document.valid, "\(document.input)")
            #expect(refused(raw) == Set((document.errors ?? []).map(\.field)), "\(document.input)")
        }
        #expect(table.documents.count > 100)
        print("metadata.json: \(table.documents.count) documents")
    }

    @Test("Raw fields are judged the same, field by field, and so are their files where they can be written")
    func fields() throws {
        var files = 0
        for row in table.fields {
            let raw = try raw(from: row.raw)
            #expect(refused(raw).isEmpty == row.valid, "\(row.raw)")
            #expect(refused(raw) == Set((row.errors ?? []).map(\.field)), "\(row.raw)")
            let file = RawMetadata(file: Array(row.email.utf8))
            if file == raw {
                files += 1
                #expect(refused(file).isEmpty == row.valid)
            }
        }
        #expect(table.fields.count > 150 && files > 140)
        print("metadata.json: \(table.fields.count) fields, \(files) of them as files too")
    }

    @Test("The tables of single fields")
    func tables() throws {
        var checked = 0
        for (name, rows) in table.tables {
            guard case .list(let rows) = rows else { continue }
            for case .list(let row) in rows {
                try check(name, row)
                checked += 1
            }
        }
        #expect(checked > 50)
        print("metadata.json: \(checked) rows in \(table.tables.count) tables")
    }

    private func check(_ name: String, _ row: [Loose]) throws {
        guard case .text(let text)? = row.first else {
            // License files as a list.
            guard case .list(let paths)? = row.first else {
                Issue.record("\(name)")
                return
            }
            #expect(judge(.licenseFile, .list(paths.map { String(decoding: $0.inputBytes, as: UTF8.self) })))
            return
        }
        let file = { (text: String) in RawMetadata(file: Array(text.utf8)) }
        switch name.split(separator: ".").last {
        case "test_keywords": #expect(matches(file("Keywords: \(text)").fields[.keywords], row[1]))
        case "test_project_urls_parsing": #expect(matches(file("project-url: \(text)").fields[.projectURL], row[1]))
        case "test_description_multiple":
            #expect(file(text).unparsed["description"].map { Loose.list($0.map(Loose.text)) } == row[1])
        case "test_invalid_summary": #expect(!judge(.summary, .text(text)))
        case "test_valid_description_content_type": #expect(judge(.descriptionContentType, .text(text)))
        case "test_invalid_description_content_type": #expect(!judge(.descriptionContentType, .text(text)))
        case "test_valid_requires_python": #expect(judge(.requiresPython, .text(text)))
        case "test_valid_license_files": #expect(judge(.licenseFile, .list([text])))
        case "test_invalid_license_files": #expect(!judge(.licenseFile, .list([text])))
        default: Issue.record("nobody checks the table \(name)")
        }
    }

    private func judge(_ field: MetadataField, _ value: RawMetadata.Value) -> Bool {
        var raw = RawMetadata()
        raw.fields = [.metadataVersion: .text("2.6"), .name: .text("a"), .version: .text("1"), field: value]
        return refused(raw).isEmpty
    }

    @Test("Every field and version of the specification is known")
    func everything() {
        #expect(Set(MetadataField.allCases.map(\.rawValue)) == Set(table.about.raw_to_header.values))
        #expect(MetadataVersion.allCases.filter(\.isStandard).map(\.rawValue) == table.about.metadata_versions)
    }
}
