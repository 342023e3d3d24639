import Crypto
import Testing

@testable import Archives

@Suite("A wheel's RECORD") struct RecordTests {
    struct Case: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let code: String
        let change: @Sendable (inout WheelBuilder) -> Void

        init(_ description: String, _ code: String, _ change: @escaping @Sendable (inout WheelBuilder) -> Void) {
            (testDescription, self.code, self.change) = (description, code, change)
        }
    }

    /// The line of demo/f.py with another hash or size.
    private static func changed(
        _ wheel: inout WheelBuilder, _ change: @escaping (_ hash: String, _ size: String) -> (String, String)?
    ) {
        wheel.line = { path, line in
            guard path == "demo/f.py" else { return line }
            let fields = line.split(separator: ",").map(String.init)
            return change(fields[1], fields[2]).map { "\(path),\($0),\($1)" }
        }
    }

    private static func hash(_ digest: some Sequence<UInt8>, _ name: String) -> String {
        "\(name)=\(base64url(digest))"
    }

    static let cases: [Case] = [
        Case("nothing wrong", "ok") { _ in },
        Case("SHA-384", "ok") { wheel in
            let digest = hash(SHA384.hash(data: wheel.files[1].content), "sha384")
            changed(&wheel) { (digest, $1) }
        },
        Case("SHA-512", "ok") { wheel in
            let digest = hash(SHA512.hash(data: wheel.files[1].content), "sha512")
            changed(&wheel) { (digest, $1) }
        },
        Case("a padded digest", "ok") { changed(&$0) { ($0 + "=", $1) } },
        Case("a hexadecimal digest", "ok") { wheel in
            let digest = SHA256.hash(data: wheel.files[1].content).map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }
            changed(&wheel) { ("sha256=" + digest.joined(), $1) }
        },
        Case("no size", "ok") { changed(&$0) { hash, _ in (hash, "") } },
        Case("a line twice", "ok") { $0.extraLines = [String($0.record.split(separator: "\n")[1])] },
        Case("an empty line", "ok") { $0.extraLines = ["", "\r"] },
        Case("quotation marks, commas and line ends in names", "member.control-character") { $0.set("demo/a\n", "") },
        Case("quotation marks and commas in names", "ok") { $0.set("demo/a \"b\", c", "x") },
        Case("backslashes for slashes", "ok") {
            $0.line = { $1.replacing("/", with: $0.contains("f.py") ? "\\" : "/") }
        },
        Case("signatures that are not listed", "ok") { wheel in
            wheel.set("demo-1.0.dist-info/RECORD.jws", "{}")
            wheel.set("demo-1.0.dist-info/RECORD.p7s", "")
            wheel.line = { $0.contains("RECORD.") ? nil : $1 }
        },
        Case("a file that is not listed", "record.difference") { changed(&$0) { _, _ in nil } },
        Case("a listed file that is not there", "record.difference") { $0.extraLines = ["demo/g.py,sha256=x,1"] },
        Case("a listed file outside", "record.difference") { $0.extraLines = ["../../bin/demo,sha256=x,1"] },
        Case("another digest", "record.difference") { changed(&$0) { (String($0.dropLast()) + "!", $1) } },
        Case("half a digest", "record.difference") { changed(&$0) { (String($0.prefix(20)), $1) } },
        Case("another size", "record.difference") { changed(&$0) { ($0, $1 + "0") } },
        Case("a size that is no number", "record.difference") { changed(&$0) { ($0, "x" + $1) } },
        Case("no hash", "record.difference") { changed(&$0) { _, size in ("", size) } },
        Case("MD5", "record.difference") { wheel in
            let digest = hash(Insecure.MD5.hash(data: wheel.files[1].content), "md5")
            changed(&wheel) { (digest, $1) }
        },
        Case("SHA-1", "record.difference") { wheel in
            let digest = hash(Insecure.SHA1.hash(data: wheel.files[1].content), "sha1")
            changed(&wheel) { (digest, $1) }
        },
        Case("two lines that differ", "record.conflict") { $0.extraLines = ["demo/f.py,,"] },
        Case("two fields", "record.line") { $0.extraLines = ["demo/f.py,"] },
        Case("four fields", "record.line") { $0.extraLines = ["demo/f.py,,,"] },
        Case("an open quotation mark", "record.line") { $0.extraLines = ["\"demo/f.py,,"] },
        Case("text behind a quotation mark", "record.line") { $0.extraLines = ["\"demo/f.py\"x,,"] },
        Case("no path", "record.line") { $0.extraLines = [",,"] },
    ]

    @Test("agrees with the members, or the wheel is refused", arguments: cases)
    func agreement(example: Case) {
        var wheel = WheelBuilder()
        example.change(&wheel)
        #expect(verdict(onWheel: wheel.zip.bytes()) == example.code)
    }

    @Test("is UTF-8")
    func encoding() {
        var zip = WheelBuilder().zip
        zip.members[zip.members.count - 1] = .init("demo-1.0.dist-info/RECORD", [0x61, 0xFF, 0x2C, 0x2C, 0x0A])
        #expect(verdict(onWheel: zip.bytes()) == "record.encoding")
    }

    @Test("is told what is different, with names and numbers")
    func names() throws {
        var wheel = WheelBuilder()
        for number in 1...7 { wheel.set("demo/n\(number).py", "") }
        wheel.line = { path, line in path.contains("/n") ? nil : line }
        wheel.extraLines = ["demo/ghost.py,sha256=x,1"]
        let bytes = wheel.zip.bytes()
        let failure = #expect(throws: InspectionFailure.self) {
            try inspectWheel(MemorySource(bytes), distInfoMatches: { _ in true })
        }
        guard case .invalid(.wheel(.record(let difference))) = failure else {
            Issue.record("another failure: \(String(describing: failure))")
            return
        }
        #expect(difference.unlisted.first == (1...5).map { "demo/n\($0).py" })
        #expect(difference.unlisted.count == 7)
        #expect(difference.absent == NameSample(["demo/ghost.py"]))
        #expect(difference.explanation.contains("'demo/n5.py' and 2 more"))
        #expect(difference.explanation.contains("in RECORD but not in the wheel: 'demo/ghost.py'"))
    }
}
