import Accounts
import Blobs
import Foundation
import Multipart
import NIOCore
import PackagingFormats
import Policy
import Ports
import Primitives
import Projects
import Stores
import Support
import Testing
import UploadAPI
import VectorSupport

@Suite("An upload") struct UploadsTests {
    let index: TestIndex

    init() async throws { index = try await TestIndex() }

    @Test("of a wheel becomes a file, with its metadata beside it as they are in the wheel")
    func wheel() async throws {
        let receipt = try await index.receive(.wheel())
        #expect(receipt.sentence == "Stored demo_pkg-1.0-py3-none-any.whl as demo-pkg 1.0.")
        let file = try #require(try await index.files().first)
        #expect(file.digests.sha256 == TestUpload.sha256(TestWheel().bytes))
        #expect(try await index.blobs.read(file.digests.sha256, limit: 100_000) == TestWheel().bytes)
        let metadata = try #require(file.metadataSHA256)
        #expect(try await index.blobs.read(metadata, limit: 100_000) == Array(testMetadata("demo-pkg", "1.0").utf8))
        #expect(file.requiresPython == ">=3.8")
        #expect(file.pythonTag == "py3")
        #expect(file.uploader?.normalized == "ada")
        #expect(index.incoming.isEmpty)
    }

    @Test("of an sdist becomes a file without metadata beside it")
    func sourceDistribution() async throws {
        try await index.receive(.sourceDistribution())
        let file = try #require(try await index.files().first)
        #expect(file.packageType == .sourceDistribution)
        #expect(file.metadataSHA256 == nil)
        #expect(try await index.blobDigests() == [file.digests.sha256])
    }

    @Test("tells the release what the file says of itself")
    func metadata() async throws {
        let more = "Project-URL: Source, https://example.org/src\nLicense-Expression: mit\nAuthor: UNKNOWN"
        try await index.receive(.wheel(TestWheel(metadata: testMetadata("demo-pkg", "1.0", and: more + "\n"))))
        let snapshot = try #require(try await index.stores.projects.snapshot(of: ProjectName(parsing: "demo-pkg")))
        let release = try #require(snapshot.latest)
        let metadata = try #require(try await index.stores.projects.metadata(of: release.id))
        #expect(metadata.summary == "A demonstration")
        #expect(metadata.description == "# Demonstration\n")
        #expect(metadata.requiresPython == ">=3.8")
        #expect(
            metadata.requiresDist == ["leaf-pkg>=1", "other-pkg[extra]<3,>=2; python_version < \"3.12\""])
        #expect(metadata.licenseExpression == "MIT")
        #expect(metadata.author == nil)
        #expect(metadata.projectURLs == [.init(label: "Source", url: "https://example.org/src")])
    }

    @Test("that comes again changes nothing, and says so")
    func again() async throws {
        try await index.receive(.wheel())
        let serial = try await index.stores.journal.latestSerial()
        let receipt = try await index.receive(.wheel())
        #expect(receipt.outcome == .alreadyThere)
        #expect(try await index.stores.journal.latestSerial() == serial)
    }

    /// A wheel with these lines in its metadata, and a form that says the same of them.
    private static func wheel(saying line: String, _ field: (name: String, value: String)) -> TestUpload {
        var upload = TestUpload.wheel(TestWheel(metadata: testMetadata("demo-pkg", "1.0", and: line + "\n")))
        upload.fields.append(field)
        return upload
    }

    @Test("that comes again is answered as before, whatever rule for names and metadata came since")
    func againAfterNewRules() async throws {
        var rules = UploadRules()
        rules.takesUnportableWheels = false
        rules.takesPrivateClassifiers = false
        rules.takesZipSourceDistributions = false
        let strict = UploadLimits(rules: rules)
        var linux = TestUpload.wheel()
        linux.filename = "demo_pkg-1.0-py3-none-linux_x86_64.whl"
        let line = "Private :: Do Not Upload"
        let secret = Self.wheel(saying: "Classifier: \(line)", ("classifiers", line))
        let info = testMetadata("demo-pkg", "1.0")
        var zip = TestUpload.sourceDistribution(storedZip([("demo_pkg-1.0/PKG-INFO", Array(info.utf8))]))
        zip.filename = "demo_pkg-1.0.zip"
        // An import takes what no rule for publishing takes, as if it had been published before there was the rule.
        let broken = Self.wheel(saying: "Requires-Dist: old-pkg>=1.*", ("requires_dist", "old-pkg>=1.*"))
        for (upload, code) in [
            (linux, "upload.unportable-wheel"), (secret, "upload.metadata"), (zip, "upload.filename"),
            (broken, "upload.metadata"),
        ] {
            let index = try await TestIndex()
            let refusal = await #expect(throws: UploadFormRefusal.self) {
                try await index.receive(upload, limits: strict)
            }
            #expect(refusal?.code == code)
            let file = index.blobs.stage()
            upload.content.withUnsafeBytes(file.append)
            _ = try await index.uploads().importFile(
                file, named: try #require(upload.filename), by: index.ada, at: index.now)
            let serial = try await index.stores.journal.latestSerial()
            #expect(try await index.receive(upload, limits: strict).outcome == .alreadyThere, "\(code)")
            #expect(try await index.stores.journal.latestSerial() == serial)
            #expect(index.incoming.isEmpty)
        }
    }

    @Test("that comes again is refused where its form is about something else, or who sends it has no role")
    func againWrongly() async throws {
        try await index.receive(.wheel())
        let others: [(field: String, value: String, code: String)] = [
            ("version", "2.0", "upload.filename-of-other-version"),
            ("name", "other", "upload.filename-of-other-project"),
            ("sha256_digest", TestUpload.sha256([1]), "upload.digest-mismatch"),
            ("sha256_digest", "x", "upload.digest"),
        ]
        for (field, value, code) in others {
            var upload = TestUpload.wheel()
            upload[field] = value
            let refusal = await #expect(throws: UploadFormRefusal.self) { try await index.receive(upload) }
            #expect(refusal?.code == code)
        }
        let eve = try await TestIndex.user("eve", in: index.stores, at: index.now)
        await #expect(throws: AccessRefusal.self) { try await index.receive(.wheel(), by: eve) }
        #expect(index.incoming.isEmpty)
    }

    @Test("with other bytes under a known name is refused in PyPI's words")
    func otherBytes() async throws {
        try await index.receive(.wheel())
        var wheel = TestWheel()
        wheel.files[0].content = Array("answer = 43\n".utf8)
        let refusal = await #expect(throws: UploadRefusal.self) { try await index.receive(.wheel(wheel)) }
        #expect(refusal?.explanation.hasPrefix("File already exists") == true)
        #expect(try await index.files().map(\.digests.sha256) == [TestUpload.sha256(TestWheel().bytes)])
    }

    @Test(
        "may come in chunks of any size, and the file before the fields", arguments: [1, 7, 100, 1 << 20], [0, 5, nil])
    func chunks(size: Int, contentPosition: Int?) async throws {
        var upload = TestUpload.wheel()
        upload.contentPosition = contentPosition
        try await index.receive(upload, chunk: size)
        #expect(try await index.files().map(\.digests.sha256) == [TestUpload.sha256(upload.content)])
    }

    @Test("to somebody else's project is refused before its file is read")
    func permission() async throws {
        try await index.receive(.wheel())
        let eve = try await TestIndex.user("eve", in: index.stores, at: index.now)
        var upload = TestUpload.sourceDistribution()
        // Nothing behind the fields: anyone who waits for the file fails otherwise.
        upload.editBody = { body in Array(body[..<(body.firstRange(of: Array("filename=".utf8))?.lowerBound ?? 0)]) }
        await #expect(throws: AccessRefusal.self) { try await index.receive(upload, by: eve) }
    }

    @Test("whose form leaves out what the file says is no disagreement")
    func leavingOut() async throws {
        var upload = TestUpload.wheel()
        for field in ["requires_python", "requires_dist", "summary"] { upload[field] = nil }
        try await index.receive(upload)
        #expect(try await index.files().first?.requiresPython == ">=3.8")
    }

    @Test("may have digests in upper case, and Flit's sdist without pyversion")
    func clientsWays() async throws {
        var upload = TestUpload.sourceDistribution()
        upload["pyversion"] = nil
        upload["sha256_digest"] = upload["sha256_digest"]?.uppercased()
        try await index.receive(upload)
        #expect(try await index.files().count == 1)
    }

    @Test("may leave the protocol's version out, as devpi does")
    func noProtocolVersion() async throws {
        var upload = TestUpload.wheel()
        upload["protocol_version"] = nil
        try await index.receive(upload)
        #expect(try await index.files().count == 1)
    }

    @Test(
        "is told that the attestations that came with it are not kept",
        arguments: [("[{\"version\": 1}]", true), ("[]", false), (" [ ]\n", false), ("", false), (nil, false)])
    func attestations(sent: String?, isTold: Bool) async throws {
        for _ in 0..<2 {
            var upload = TestUpload.wheel()
            upload["attestations"] = sent
            let sentence = try await index.receive(upload).sentence
            #expect(sentence.contains("attestations") == isTold)
            #expect(sentence.allSatisfy { !$0.isNewline })
        }
    }

    @Test("has its licences where PEP 639 says, and programs that mean the same to all")
    func insides() async throws {
        let metadata = testMetadata("demo-pkg", "1.0", and: "License-File: LICENSE\nLicense-File: vendored/MIT\n")
        var wheel = TestWheel(metadata: metadata)
        for name in ["LICENSE", "vendored/MIT"] {
            wheel.files.append(("\(wheel.directory)/licenses/\(name)", Array("Do as you like.\n".utf8)))
        }
        wheel.files.append(
            ("\(wheel.directory)/entry_points.txt", Array("[console_scripts]\ndemo = demo_pkg:f\n".utf8)))
        var upload = TestUpload.wheel(wheel)
        upload.fields += [("license_files", "LICENSE"), ("license_files", "vendored/MIT")]
        try await index.receive(upload)
        let source = sourceDistributionOf([
            ("PKG-INFO", metadata), ("LICENSE", "x"), ("vendored/MIT", "x"),
        ])
        try await index.receive(.sourceDistribution(source))
        #expect(try await index.files().count == 2)
    }

    @Test("of metadata before 2.4 may name licences that setuptools put elsewhere")
    func oldLicences() async throws {
        let metadata = testMetadata("demo-pkg", "1.0", and: "License-File: LICENSE\n").replacing("2.4", with: "2.1")
        var upload = TestUpload.wheel(TestWheel(metadata: metadata))
        upload["metadata_version"] = "2.1"
        try await index.receive(upload)
        #expect(try await index.files().count == 1)
    }

    private func sourceDistributionOf(_ files: [(path: String, content: String)]) -> [UInt8] {
        Support.sourceDistribution(files.map { ("demo_pkg-1.0/\($0.path)", Array($0.content.utf8)) })
    }

    @Test("shows what the file says, unfolded where it is a folded header")
    func foldedDescription() async throws {
        let metadata = "Metadata-Version: 2.1\nName: demo-pkg\nVersion: 1.0\nDescription: Title\n        =====\n"
        var upload = TestUpload.wheel(TestWheel(metadata: metadata))
        for field in ["requires_python", "requires_dist"] { upload[field] = nil }
        upload["metadata_version"] = "2.1"
        try await index.receive(upload)
        let snapshot = try #require(try await index.stores.projects.snapshot(of: ProjectName(parsing: "demo-pkg")))
        let release = try #require(snapshot.latest)
        #expect(try await index.stores.projects.metadata(of: release.id)?.description == "Title\n=====")
    }

    @Test("can have what the operator allows, and cannot have what they do not")
    func rules() async throws {
        var rules = UploadRules()
        func outcome(_ upload: TestUpload, on index: TestIndex) async throws -> String {
            do {
                try await index.receive(upload, limits: UploadLimits(rules: rules))
                return "taken"
            } catch let refusal as any Refusal { return refusal.code }
        }
        var local = TestUpload.wheel(TestWheel("demo_pkg", "1.0+acme"))
        local["version"] = "1.0+acme"
        local.filename = "demo_pkg-1.0+acme-py3-none-any.whl"
        let info = testMetadata("demo-pkg", "1.0")
        var zip = TestUpload.sourceDistribution(storedZip([("demo_pkg-1.0/PKG-INFO", Array(info.utf8))]))
        zip.filename = "demo_pkg-1.0.zip"
        var linux = TestUpload.wheel()
        linux.filename = "demo_pkg-1.0-py3-none-linux_x86_64.whl"
        let classified = testMetadata("demo-pkg", "1.0", and: "Classifier: Private :: Do Not Upload\n")
        let secret = TestUpload.wheel(TestWheel(metadata: classified))
        for (upload, refusal) in [(local, "upload.metadata"), (zip, "upload.filename")] {
            #expect(try await outcome(upload, on: index) == refusal)
        }
        for upload in [linux, secret] { #expect(try await outcome(upload, on: index) == "taken") }

        rules.takesLocalVersions = true
        rules.takesZipSourceDistributions = true
        rules.takesUnportableWheels = false
        rules.takesPrivateClassifiers = false
        let other = try await TestIndex()
        for upload in [local, zip] { #expect(try await outcome(upload, on: other) == "taken") }
        #expect(try await outcome(linux, on: other) == "upload.unportable-wheel")
        #expect(try await outcome(secret, on: other) == "upload.file-metadata")
        let names = try await other.files().map(\.filename)
        #expect(Set(names) == ["demo_pkg-1.0+acme-py3-none-any.whl", "demo_pkg-1.0.zip"])
    }

    @Test("can have the classifiers that the operator added, and those of the next list alone")
    func classifiers() async throws {
        let classified = testMetadata("demo-pkg", "1.0", and: "Classifier: Acme :: Team\n")
        var upload = TestUpload.wheel(TestWheel(metadata: classified))
        upload["classifiers"] = "Acme :: Team"
        await #expect(throws: UploadFormRefusal.self) { try await index.receive(upload) }
        let store = index.stores.classifiers
        await #expect(throws: AccessRefusal.self) {
            try await store.replace(with: ["A :: B"], by: index.ada, at: index.now)
        }
        try await store.replace(with: ["Acme :: Team", "Acme :: Tool"], by: .operatorAtMachine, at: index.now)
        try await index.receive(upload)
        #expect(try await store.added() == ["Acme :: Team", "Acme :: Tool"])
        try await store.replace(with: ["Acme :: Tool"], by: .operatorAtMachine, at: index.now)
        #expect(try await store.added(among: ["Acme :: Team", "Acme :: Tool"]) == ["Acme :: Tool"])
    }

    @Test("of many at once keeps every file")
    func atOnce() async throws {
        let index = index
        try await withThrowingTaskGroup(of: Void.self) { group in
            for number in 0..<20 {
                group.addTask {
                    var upload = TestUpload.wheel(TestWheel("demo_pkg", "1.\(number)"))
                    upload["version"] = "1.\(number)"
                    upload.filename = "demo_pkg-1.\(number)-py3-none-any.whl"
                    try await index.receive(upload)
                }
            }
            try await group.waitForAll()
        }
        let files = try await index.files()
        #expect(files.count == 20)
        for file in files { #expect(try await index.blobs.verify(file.digests.sha256) == .intact) }
    }

    @Test("of a file that is already out there takes name and metadata from the file")
    func importing() async throws {
        let file = index.blobs.stage()
        testSourceDistribution("Demo.Pkg", "1.0").withUnsafeBytes(file.append)
        let receipt = try await index.uploads().importFile(
            file, named: "Demo.Pkg-1.0.tar.gz", by: .operatorAtMachine, at: index.now)
        #expect(receipt.filename == "Demo.Pkg-1.0.tar.gz")
        #expect(try await index.files().count == 1)
    }

    @Test("of a file that is out there passes over what installers do not mind, and notes it")
    func importingWithNotes() async throws {
        var gone = TestWheel("gone_pkg", "1.0")
        gone.editRecord = { "gone_pkg/old.c,sha256=AAAA,1\n/abs.py,sha256=AAAA,1\ngone_pkg/,," + "\n" + $0 }
        var latin = TestWheel("latin_pkg", "1.0")
        latin.files[1].content += [0x72, 0xFC]
        let twice = sourceDistributionOf([("PKG-INFO", testMetadata("demo-pkg", "1.0")), ("a", "1"), ("a", "2")])
        let old = "Metadata-Version: 2.1\nName: old\nVersion: 1.0\nRequires-Dist: a>=1.*\n"
        let zip = storedZip([("zip-1.0/PKG-INFO", Array(testMetadata("zip", "1.0").utf8))])
        for (name, bytes, words) in [
            ("gone_pkg-1.0-py3-none-any.whl", gone.bytes, ["RECORD does not agree"]),
            ("latin_pkg-1.0-py3-none-any.whl", latin.bytes, ["not UTF-8"]),
            ("demo_pkg-1.0.tar.gz", twice, ["more than one member with the name 'demo_pkg-1.0/a'"]),
            ("old-1.0-py3-none-any.whl", TestWheel("old", "1.0", metadata: old).bytes, ["Requires-Dist"]),
            ("bare-1.0.tar.gz", Support.sourceDistribution([("bare-1.0/setup.py", [])]), ["PKG-INFO"]),
            ("zip-1.0.zip", zip, []),
            ("odd-1.0-py3-none-nonsense.whl", TestWheel("odd", "1.0").bytes, []),
        ] as [(String, [UInt8], [String])] {
            let file = index.blobs.stage()
            bytes.withUnsafeBytes(file.append)
            let receipt = try await index.uploads().importFile(
                file, named: name, by: .operatorAtMachine, at: index.now)
            #expect(receipt.notes.count == words.count, "\(name): \(receipt.notes)")
            for (note, words) in Swift.zip(receipt.notes, words) { #expect(note.contains(words), "\(name): \(note)") }
        }
        let notes = try await index.stores.inventory.notes()
        #expect(
            notes.map(\.file) == [
                "bare-1.0.tar.gz", "demo_pkg-1.0.tar.gz", "gone_pkg-1.0-py3-none-any.whl",
                "latin_pkg-1.0-py3-none-any.whl", "old-1.0-py3-none-any.whl",
            ])
    }

    @Test("of a file that is out there leaves out addresses that run something where they are followed, and notes it")
    func importingAddresses() async throws {
        let more = """
            Home-page: java\tScript:alert(1)
            Download-URL: www.example.org:8080/demo
            Project-URL: Data, DATA:text/html,x
            Project-URL: Source, https://example.org/
            """
        let file = index.blobs.stage()
        let metadata = "Metadata-Version: 2.1\nName: demo-pkg\nVersion: 1.0\n\(more)\n"
        TestWheel(metadata: metadata).bytes.withUnsafeBytes(file.append)
        let receipt = try await index.uploads().importFile(
            file, named: "demo_pkg-1.0-py3-none-any.whl", by: .operatorAtMachine, at: index.now)
        #expect(receipt.notes.contains { $0.contains("no address of the web") }, "\(receipt.notes)")
        let snapshot = try #require(try await index.stores.projects.snapshot(of: ProjectName(parsing: "demo-pkg")))
        let release = try #require(snapshot.latest)
        let stored = try #require(try await index.stores.projects.metadata(of: release.id))
        #expect(stored.homePage == nil)
        #expect(stored.downloadURL == "www.example.org:8080/demo")
        #expect(stored.projectURLs.map(\.url) == ["https://example.org/"])
    }

    @Test("of a file that is out there and here is not looked into again")
    func importingAgain() async throws {
        func staged() -> any StagedBlob {
            let file = index.blobs.stage()
            testSourceDistribution().withUnsafeBytes(file.append)
            return file
        }
        let name = "demo_pkg-1.0.tar.gz"
        _ = try await index.uploads().importFile(staged(), named: name, by: .operatorAtMachine, at: index.now)
        let blind = Uploads(
            projects: index.stores.projects, classifiers: index.stores.classifiers, blobs: index.blobs,
            limits: UploadLimits(), inspectionTime: .zero)
        let receipt = try await blind.importFile(staged(), named: name, by: .operatorAtMachine, at: index.now)
        #expect(receipt.outcome == .alreadyThere && receipt.filename == name)
        #expect(index.incoming.isEmpty)
        await #expect(throws: UploadFormRefusal.self) {
            try await blind.importFile(staged(), named: "demo_pkg-2.0.tar.gz", by: .operatorAtMachine, at: index.now)
        }
    }

    @Test("that ends in the middle leaves nothing", arguments: 1..<20)
    func cut(tenth: Int) async throws {
        var upload = TestUpload.wheel()
        upload.editBody = { body in Array(body.prefix(body.count * tenth / 20)) }
        await #expect(throws: UploadFormRefusal.form(.truncated)) { try await index.receive(upload) }
        #expect(try await index.blobDigests().isEmpty)
        #expect(index.incoming.isEmpty)
    }

    @Test("whose connection breaks leaves nothing")
    func broken() async throws {
        struct ConnectionReset: Error {}
        let upload = TestUpload.wheel()
        var chunks: [UInt8] = upload.body
        chunks.removeLast(100)
        let body = AsyncThrowingStream<ByteBuffer, any Error> { continuation in
            continuation.yield(ByteBuffer(bytes: chunks))
            continuation.finish(throwing: ConnectionReset())
        }
        await #expect(throws: ConnectionReset.self) {
            try await index.uploads().receive(
                body, contentType: upload.contentType, by: index.ada, at: { [index] in index.now })
        }
        #expect(try await index.blobDigests().isEmpty)
        #expect(index.incoming.isEmpty)
    }
}

@Suite("What publishers really send") struct ClientUploadTests {
    struct Capture: Decodable {
        struct Request: Decodable {
            let method: String
            let form: [Field]?
        }
        struct Field: Decodable {
            let name: String
            let filename: String?
            let value: String?
        }
        let requests: [Request]
    }

    @Test(
        "is taken, in their order and with their empty fields",
        .enabled(if: Vectors.arePresent, "no ../shared/vectors beside the project"),
        arguments: ["flit", "hatch", "pdm", "poetry", "twine", "uv"])
    func captured(client: String) async throws {
        let index = try await TestIndex()
        let capture = try Vectors.decode(Capture.self, from: "wire/upload-\(client).json")
        let forms = capture.requests.compactMap(\.form)
        #expect(forms.count == 2)
        for form in forms {
            let upload = try #require(Self.upload(form))
            #expect(try await index.receive(upload).outcome != .alreadyThere)
        }
        let totals = try await index.stores.projects.totals()
        #expect(totals.files == 2)
        #expect(totals.releases == 1)
    }

    /// The captured form, around a file of our own: the captures have no files.
    private static func upload(_ form: [Capture.Field]) -> TestUpload? {
        func value(_ name: String) -> String { form.first { $0.name == name }?.value ?? "" }
        guard let position = form.firstIndex(where: { $0.name == "content" }), let filename = form[position].filename
        else { return nil }
        let name = String(filename.prefix { $0 != "-" })
        let requirements = form.filter { $0.name == "requires_dist" }.compactMap(\.value)
        let licenses = form.filter { $0.name == "license_file" }.compactMap(\.value)
        let metadata =
            "Metadata-Version: 2.4\nName: \(value("name"))\nVersion: 1.0\nRequires-Python: \(value("requires_python"))\n"
            + requirements.map { "Requires-Dist: \($0)\n" }.joined()
        let content = archive(filename, of: name, metadata: metadata, licenses: licenses)
        var upload = TestUpload(
            fields: form.filter { $0.name != "content" && !$0.name.hasSuffix("_digest") }.map {
                ($0.name, $0.value ?? "")
            },
            filename: filename, content: content)
        upload.fields.append(("sha256_digest", TestUpload.sha256(content)))
        upload.contentPosition = min(position, upload.fields.count)
        return upload
    }

    /// A wheel or an sdist with the texts of licences where PEP 639 has them.
    private static func archive(_ filename: String, of name: String, metadata: String, licenses: [String]) -> [UInt8] {
        let text = Array("Do as you like.\n".utf8)
        guard filename.hasSuffix(".whl") else {
            let files = [("PKG-INFO", Array(metadata.utf8))] + licenses.map { ($0, text) }
            return Support.sourceDistribution(files.map { ("\(name)-1.0/\($0.0)", $0.1) })
        }
        var wheel = TestWheel(name, "1.0", metadata: metadata)
        for license in licenses { wheel.files.append(("\(wheel.directory)/licenses/\(license)", text)) }
        return wheel.bytes
    }
}
