import Archives
import Foundation
import PackagingFormats
import Policy
import Ports
import Primitives
import Projects
import Stores
import Support
import Testing
import UploadAPI

/// An upload that is wrong in one way, and the answer that it must get.
struct BadUpload: Sendable, CustomTestStringConvertible {
    let what: String
    let kind: RefusalKind
    let code: String
    let upload: @Sendable () -> TestUpload

    var testDescription: String { what }

    init(
        _ what: String, _ code: String, _ kind: RefusalKind = .invalid,
        _ spoil: @escaping @Sendable (inout TestUpload) -> Void
    ) {
        self.what = what
        self.kind = kind
        self.code = code
        upload = {
            var upload = TestUpload.wheel()
            spoil(&upload)
            return upload
        }
    }

    /// The same for an sdist with other bytes.
    init(_ what: String, _ code: String, sourceDistribution: @escaping @Sendable () -> [UInt8]) {
        self.what = what
        kind = .invalid
        self.code = code
        upload = { .sourceDistribution(sourceDistribution()) }
    }

    /// The same for a wheel with other insides.
    init(_ what: String, _ code: String, wheel spoil: @escaping @Sendable (inout TestWheel) -> Void) {
        self.what = what
        kind = .invalid
        self.code = code
        upload = {
            var wheel = TestWheel()
            spoil(&wheel)
            return .wheel(wheel)
        }
    }
}

@Suite("A bad upload") struct BadUploadTests {
    static let form: [BadUpload] = [
        BadUpload("another content type", "form.content-type") { $0.contentType = "application/json" },
        BadUpload("no boundary", "form.boundary-missing") { $0.contentType = "multipart/form-data" },
        BadUpload("another boundary", "form.too-much-around") { $0.contentType = "multipart/form-data; boundary=x" },
        BadUpload("nothing at all", "form.truncated") { $0.editBody = { _ in [] } },
        BadUpload("cut off", "form.truncated") { $0.editBody = { $0.dropLast(10) } },
        BadUpload("no action", "upload.action") { $0[":action"] = nil },
        BadUpload("another action", "upload.action") { $0[":action"] = "file_download" },
        BadUpload("a registration", "upload.action", .gone) { $0[":action"] = "submit" },
        BadUpload("another registration", "upload.action", .gone) { $0[":action"] = "submit_pkg_info" },
        BadUpload("documentation", "upload.action", .gone) { $0[":action"] = "doc_upload" },
        BadUpload("a registration without a file", "upload.action", .gone) { upload in
            upload[":action"] = "submit"
            upload.editBody = { $0.replacing(Array("name=\"content\"".utf8), with: Array("name=\"contents\"".utf8)) }
        },
        BadUpload("a registration in a form without files", "upload.action", .gone) { upload in
            upload.contentType = "application/x-www-form-urlencoded"
            upload.editBody = { _ in Array("name=demo-pkg&version=1.0&description=a+b%26c&%3Aaction=submit".utf8) }
        },
        BadUpload("an upload in a form without files", "form.content-type") { upload in
            upload.contentType = "application/x-www-form-urlencoded; charset=utf-8"
            upload.editBody = { _ in Array(":action=file_upload&name=demo-pkg".utf8) }
        },
        BadUpload("two actions", "upload.repeated-field") { $0.fields.append((":action", "file_upload")) },
        BadUpload("protocol version 2", "upload.protocol-version") { $0["protocol_version"] = "2" },
        BadUpload("no file type", "upload.file-type") { $0["filetype"] = nil },
        BadUpload("an egg", "upload.file-type") { $0["filetype"] = "bdist_egg" },
        BadUpload("two file types", "upload.repeated-field") { $0.fields.append(("filetype", "sdist")) },
        BadUpload("a wheel without pyversion", "upload.python-version") { $0["pyversion"] = nil },
        BadUpload("a pyversion that is no tag", "upload.python-version") { $0["pyversion"] = "py3<script>" },
        BadUpload("a long pyversion", "upload.python-version") {
            $0["pyversion"] = String(repeating: "a", count: 101)
        },
        BadUpload("a field that is not UTF-8", "upload.not-text") { upload in
            upload["summary"] = "MARK"
            upload.editBody = { body in body.replacing(Array("MARK".utf8), with: [0xFF, 0xFE]) }
        },
        BadUpload("a field with a null character", "upload.not-text") { $0["summary"] = "a\u{0}b" },
        BadUpload("a field that is too long", "upload.field-too-long", .tooLarge) {
            $0["summary"] = String(repeating: "x", count: (64 << 10) + 1)
        },
        BadUpload("a description that is too long", "upload.field-too-long", .tooLarge) {
            $0["description"] = String(repeating: "x", count: (512 << 10) + 1)
        },
        BadUpload("many long fields", "upload.fields-too-long", .tooLarge) { upload in
            upload.fields += (0..<66).map { ("classifiers", "A :: \($0)" + String(repeating: "x", count: 64_000)) }
        },
        BadUpload("a field with a long name", "upload.long-field-name") {
            $0.fields.append((String(repeating: "e\u{301}", count: 34), "x"))
        },
        BadUpload("more fields than allowed", "form.too-many-parts") { upload in
            upload.fields += (0..<5_000).map { ("classifiers", "A :: \($0)") }
        },
    ]

    static let metadata: [BadUpload] = [
        BadUpload("no name", "upload.metadata") { $0["name"] = nil },
        BadUpload("two names", "upload.metadata") { $0.fields.append(("name", "demo-pkg")) },
        BadUpload("a name with a space", "upload.metadata") { $0["name"] = "demo pkg" },
        BadUpload("no version", "upload.metadata") { $0["version"] = nil },
        BadUpload("a version of words", "upload.metadata") { $0["version"] = "french toast" },
        BadUpload("a local version", "upload.metadata") { $0["version"] = "1.0+local" },
        BadUpload("no metadata version", "upload.metadata") { $0["metadata_version"] = nil },
        BadUpload("an unknown metadata version", "upload.metadata") { $0["metadata_version"] = "9.9" },
        BadUpload("more requirements than allowed", "upload.metadata") { upload in
            upload.fields += (0..<3_000).map { _ in ("requires_dist", "a") }
        },
        BadUpload("a letter of many accents", "upload.metadata") {
            $0["author"] = "A" + String(repeating: "\u{301}", count: 31)
        },
        BadUpload("a longer keyword than allowed", "upload.metadata") {
            $0["keywords"] = String(repeating: "k", count: 8_193)
        },
        BadUpload("a summary of two lines", "upload.metadata") { $0["summary"] = "a\nb" },
        BadUpload("a description of an unknown kind", "upload.metadata") {
            $0["description_content_type"] = "text/html"
        },
        BadUpload("a requirement by URL", "upload.metadata") { $0["requires_dist"] = "a @ https://example.org/a.whl" },
        BadUpload("what is not a requirement", "upload.metadata") { $0["requires_dist"] = "-x" },
        BadUpload("no Python at all", "upload.metadata") { $0["requires_python"] = "2.0" },
        BadUpload("an unknown classifier", "upload.metadata") { $0["classifiers"] = "Topic :: Nonsense" },
        BadUpload("a name that is an import name and a namespace", "upload.metadata") { upload in
            upload["metadata_version"] = "2.5"
            upload.fields += [("import_name", "demo"), ("import_namespace", "demo")]
        },
        BadUpload("an unknown licence", "upload.metadata") { $0["license_expression"] = "Mine" },
    ]

    static let file: [BadUpload] = [
        BadUpload("no file", "upload.no-content") { upload in
            upload.editBody = { $0.replacing(Array("name=\"content\"".utf8), with: Array("name=\"contents\"".utf8)) }
        },
        BadUpload("two files", "upload.several-contents") { $0.fields.insert(("content", "x"), at: 0) },
        BadUpload("a file without a name", "upload.no-filename") { $0.filename = nil },
        BadUpload("a file name that leads elsewhere", "upload.filename-is-path") {
            $0.filename = "../demo_pkg-1.0-py3-none-any.whl"
        },
        BadUpload("a file name with a backslash", "upload.filename-is-path") {
            $0.filename = "x\\demo_pkg-1.0-py3-none-any.whl"
        },
        BadUpload("an extension of old", "upload.filename") { $0.filename = "demo_pkg-1.0.exe" },
        BadUpload("an sdist as .zip", "upload.filename") { upload in
            upload.filename = "demo_pkg-1.0.zip"
            (upload["filetype"], upload["pyversion"]) = ("sdist", "source")
        },
        BadUpload("a platform that no installer knows", "upload.platform") {
            $0.filename = "demo_pkg-1.0-py3-none-nonsense.whl"
        },
        BadUpload("a platform that no installer knows beside others", "upload.platform") {
            $0.filename = "demo_pkg-1.0-py3-none-any.manylinux_2_17_nonsense.whl"
        },
        BadUpload("a file name without tags", "upload.filename") { $0.filename = "demo_pkg-1.0.whl" },
        BadUpload("the file name of an sdist", "upload.filename-of-other-type") { $0.filename = "demo_pkg-1.0.tar.gz" },
        BadUpload("the file name of another project", "upload.filename-of-other-project") {
            $0.filename = "other-1.0-py3-none-any.whl"
        },
        BadUpload("the file name of another version", "upload.filename-of-other-version") {
            $0.filename = "demo_pkg-1.1-py3-none-any.whl"
        },
        BadUpload("no digest", "upload.no-digest") { $0["sha256_digest"] = nil },
        BadUpload("what is not a digest", "upload.digest") { $0["sha256_digest"] = "abc" },
        BadUpload("a wrong SHA-256", "upload.digest-mismatch") {
            $0["sha256_digest"] = String(repeating: "0", count: 64)
        },
        BadUpload("a wrong BLAKE2 beside a right SHA-256", "upload.digest-mismatch") {
            $0["blake2_256_digest"] = String(repeating: "0", count: 64)
        },
        BadUpload("a wrong MD5 beside a right SHA-256", "upload.digest-mismatch") {
            $0["md5_digest"] = String(repeating: "0", count: 32)
        },
        BadUpload("a file that changed on its way", "upload.digest-mismatch") { $0.content[100] ^= 1 },
    ]

    static let archive: [BadUpload] = [
        BadUpload("no zip", "zip.no-end-record") { $0.replaceContent(Array("hello".utf8)) },
        BadUpload("nothing in the file", "zip.no-end-record") { $0.replaceContent([]) },
        BadUpload("a wheel without METADATA", "wheel.missing-file", wheel: { $0.files.remove(at: 1) }),
        BadUpload("a wheel of another project inside", "wheel.other-dist-info", wheel: { $0 = TestWheel("other") }),
        BadUpload("a member outside the wheel", "member.parent", wheel: { $0.files.append(("../evil.py", [])) }),
        BadUpload(
            "a RECORD that lacks a member", "record.difference",
            wheel: { wheel in
                wheel.editRecord = { $0.split(separator: "\n").dropFirst().map { $0 + "\n" }.joined() }
            }),
        BadUpload(
            "a RECORD with a wrong hash", "record.difference",
            wheel: { wheel in
                wheel.editRecord = { $0.replacing("sha256=", with: "sha256=A", maxReplacements: 1) }
            }),
        BadUpload(
            "METADATA with another name", "upload.metadata-disagreement",
            wheel: {
                $0 = TestWheel(metadata: testMetadata("other", "1.0"))
            }),
        BadUpload(
            "METADATA with another version", "upload.metadata-disagreement",
            wheel: {
                $0 = TestWheel(metadata: testMetadata("demo-pkg", "1.1"))
            }),
        BadUpload(
            "METADATA with one more requirement", "upload.metadata-disagreement",
            wheel: {
                $0 = TestWheel(metadata: testMetadata("demo-pkg", "1.0", and: "Requires-Dist: evil-pkg\n"))
            }),
        BadUpload("METADATA with another Requires-Python", "upload.metadata-disagreement") { upload in
            upload["requires_python"] = ">=3.9"
        },
        BadUpload(
            "METADATA with what is not a requirement", "upload.file-metadata",
            wheel: {
                $0 = TestWheel(metadata: testMetadata("demo-pkg", "1.0", and: "Requires-Dist: -x\n"))
            }),
        BadUpload(
            "METADATA with more extras than allowed", "upload.file-metadata",
            wheel: {
                let more = (0..<1_001).map { "Provides-Extra: e\($0)\n" }.joined()
                $0 = TestWheel(metadata: testMetadata("demo-pkg", "1.0", and: more))
            }),
        BadUpload(
            "METADATA with a longer summary than allowed", "upload.file-metadata",
            wheel: {
                let metadata = testMetadata("demo-pkg", "1.0")
                $0 = TestWheel(
                    metadata: metadata.replacing("A demonstration", with: String(repeating: "s", count: 2_049)))
            }),
        BadUpload(
            "METADATA of more bytes than allowed", "upload.file-metadata",
            wheel: {
                $0 = TestWheel(metadata: testMetadata("demo-pkg", "1.0") + String(repeating: "d", count: 768 << 10))
            }),
        BadUpload(
            "PKG-INFO with a longer description than allowed", "upload.file-metadata",
            sourceDistribution: {
                let body = String(repeating: "d", count: (512 << 10) + 1)
                return testSourceDistribution(info: testMetadata("demo-pkg", "1.0") + body)
            }),
        BadUpload(
            "METADATA that is not UTF-8", "upload.file-not-text",
            wheel: { $0.files[1].content += [0x72, 0xFC, 0x6E] }),
        BadUpload("METADATA with a null character", "upload.file-not-text", wheel: { $0.files[1].content += [0] }),
        BadUpload(
            "a home page that is a script", "upload.file-metadata",
            wheel: {
                $0 = TestWheel(metadata: testMetadata("demo-pkg", "1.0", and: "Home-page: javascript:alert(1)\n"))
            }),
        BadUpload(
            "a requirement by URL that the form leaves out", "upload.file-metadata",
            wheel: {
                let more = "Requires-Dist: evil @ https://example.org/evil.whl\n"
                $0 = TestWheel(metadata: testMetadata("demo-pkg", "1.0", and: more))
            }),
        BadUpload(
            "a PKG-INFO with a classifier that the form leaves out", "upload.file-metadata",
            sourceDistribution: {
                testSourceDistribution(info: testMetadata("demo-pkg", "1.0", and: "Classifier: nonsense\n"))
            }),
        BadUpload(
            "a text of a licence that is not there", "upload.license-file",
            wheel: {
                $0 = TestWheel(metadata: testMetadata("demo-pkg", "1.0", and: "License-File: LICENSE\n"))
                $0.files.append(("\($0.directory)/LICENSE", []))
            }),
        BadUpload("a text of a licence that the form alone names", "upload.license-file") {
            $0["license_files"] = "LICENSE"
        },
        BadUpload(
            "a text of a licence that is not in an sdist", "upload.license-file",
            sourceDistribution: {
                testSourceDistribution(info: testMetadata("demo-pkg", "1.0", and: "License-File: pyproject.tom\n"))
            }),
        BadUpload(
            "entry points that are not UTF-8", "upload.entry-points",
            wheel: { $0.files.append(("\($0.directory)/entry_points.txt", [0x5B, 0xFC, 0x5D])) }),
        BadUpload(
            "entry points that are not INI", "upload.entry-points",
            wheel: { $0.files.append(("\($0.directory)/entry_points.txt", Array("no section\n".utf8))) }),
        BadUpload(
            "a program elsewhere", "upload.entry-points",
            wheel: {
                let points = "[console_scripts]\n../../evil = m:f\n"
                $0.files.append(("\($0.directory)/entry_points.txt", Array(points.utf8)))
            }),
        BadUpload(
            "METADATA without a name", "upload.file-metadata",
            wheel: {
                $0 = TestWheel(metadata: "Metadata-Version: 2.4\nVersion: 1.0\n")
            }),
        BadUpload("an sdist that is no gzip", "gzip.not-gzip", sourceDistribution: { Array("hello".utf8) }),
        BadUpload(
            "an sdist without PKG-INFO", "sdist.no-pkg-info",
            sourceDistribution: {
                sourceDistribution([("demo_pkg-1.0/setup.py", [])])
            }),
        BadUpload(
            "an sdist with two directories", "sdist.several-top-levels",
            sourceDistribution: {
                sourceDistribution([("demo_pkg-1.0/PKG-INFO", []), ("evil/setup.py", [])])
            }),
        BadUpload(
            "a PKG-INFO of another project", "upload.metadata-disagreement",
            sourceDistribution: {
                testSourceDistribution(info: testMetadata("other", "1.0"))
            }),
        BadUpload(
            "a PKG-INFO with other requirements", "upload.metadata-disagreement",
            sourceDistribution: {
                testSourceDistribution(info: testMetadata("demo-pkg", "1.0", and: "Requires-Dist: evil-pkg\n"))
            }),
    ]

    @Test("is refused with its code, in a sentence, and leaves nothing", arguments: form + metadata + file + archive)
    func refused(bad: BadUpload) async throws {
        let index = try await TestIndex()
        do {
            try await index.receive(bad.upload(), chunk: 60_000)
            Issue.record("taken: \(bad.what)")
        } catch let refusal as any Refusal {
            #expect(refusal.kind == bad.kind)
            #expect(refusal.code == bad.code)
            #expect(refusal.explanation.count > 20)
            #expect(!refusal.explanation.contains(index.folder.path))
        }
        #expect(try await index.stores.journal.latestSerial() == 1, "only the account was made")
        #expect(try await index.blobDigests().isEmpty)
        #expect(index.incoming.isEmpty)
    }

    @Test("that is larger than the limit is refused while it comes, one byte less is taken")
    func size() async throws {
        let size = Int64(TestWheel().bytes.count)
        let index = try await TestIndex()
        await #expect(throws: UploadRefusal.fileTooLarge(limit: size - 1)) {
            try await index.receive(.wheel(), limits: UploadLimits(fileSize: size - 1))
        }
        try await index.receive(.wheel(), limits: UploadLimits(fileSize: size))
        #expect(try await index.files().count == 1)
    }

    @Test("names the first twenty of many mistakes, and how many more there are", arguments: [true, false])
    func many(inForm: Bool) async throws {
        let index = try await TestIndex()
        let lines = (0..<1_000).map { "-bad\($0)" }
        var upload = TestUpload.wheel()
        if inForm {
            upload.fields += lines.map { ("requires_dist", $0) }
        } else {
            let more = lines.map { "Requires-Dist: \($0)\n" }.joined()
            upload.replaceContent(TestWheel(metadata: testMetadata("demo-pkg", "1.0", and: more)).bytes)
        }
        let refusal = await #expect(throws: UploadFormRefusal.self) { try await index.receive(upload) }
        let sentence = try #require(refusal?.explanation)
        #expect(sentence.contains("-bad19'") && !sentence.contains("-bad20'"))
        #expect(sentence.hasSuffix("And 980 more."))
        #expect(sentence.utf8.count < 10_000)
    }

    @Test("names the difference between form and file")
    func difference() async throws {
        let index = try await TestIndex()
        var upload = TestUpload.wheel()
        upload["requires_dist"] = "leaf-pkg>=2"
        let refusal = await #expect(throws: UploadFormRefusal.self) { try await index.receive(upload) }
        let sentence = try #require(refusal?.explanation)
        #expect(sentence.contains("Requires-Dist"))
        #expect(sentence.contains("leaf-pkg>=2"))
        #expect(sentence.contains("leaf-pkg>=1"))
        #expect(sentence.contains("other-pkg"))
    }

    /// Sentences that people find when they search for them, and that tools look for.
    @Test(
        "is refused in PyPI's words where people know them",
        arguments: [
            ("protocol_version", "2", "Unknown protocol version"),
            ("filetype", "bdist_dumb", "Invalid value for filetype. Error: Use a known file type."),
            (":action", "submit", "Project pre-registration is no longer required or supported"),
            (
                "sha256_digest", "x",
                "Invalid value for sha256_digest. Error: Use a valid, hex-encoded, SHA256 message digest."
            ),
            (
                "md5_digest", "00000000000000000000000000000000",
                "The digest supplied does not match a digest calculated"
            ),
        ])
    func words(field: String, value: String, words: String) async throws {
        let index = try await TestIndex()
        var upload = TestUpload.wheel()
        upload[field] = value
        let refusal = await #expect(throws: UploadFormRefusal.self) { try await index.receive(upload) }
        #expect(refusal?.explanation.hasPrefix(words) == true)
    }
}
