import Crypto
import Foundation

@testable import Archives

/// A small wheel as real build tools make them, whose RECORD can be made to lie.
struct WheelBuilder {
    var distInfo = "demo-1.0.dist-info"
    /// Path and content of every file but RECORD.
    var files: [(path: String, content: [UInt8])]
    /// Changes a line of RECORD, or removes it with nil.
    var line: (_ path: String, _ line: String) -> String? = { $1 }
    /// At the end of RECORD.
    var extraLines: [String] = []

    init() {
        let module = (0..<400).map { "def f\($0)(): return \($0)\n" }.joined()
        files = [
            ("demo/__init__.py", "from .f import *\n"), ("demo/f.py", module), ("demo/empty.py", ""),
            ("demo-1.0.dist-info/METADATA", "Metadata-Version: 2.4\nName: demo\nVersion: 1.0\n"),
            ("demo-1.0.dist-info/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n"),
            ("demo-1.0.dist-info/entry_points.txt", "[console_scripts]\ndemo = demo:f1\n"),
            ("demo-1.0.dist-info/licenses/LICENSE", "Do as you like.\n"),
        ].map { ($0, Array($1.utf8)) }
    }

    mutating func set(_ path: String, _ content: String) {
        files.removeAll { $0.path == path }
        files.append((path, Array(content.utf8)))
    }

    mutating func remove(_ path: String) { files.removeAll { $0.path == path } }

    var record: String {
        let lines = files.compactMap { path, content in
            let hash = base64url(SHA256.hash(data: content))
            return line(path, "\(quotedField(path)),sha256=\(hash),\(content.count)")
        }
        return (lines + extraLines + ["\(distInfo)/RECORD,,"]).map { $0 + "\n" }.joined()
    }

    var zip: ZipBuilder {
        let all = files + [("\(distInfo)/RECORD", Array(record.utf8))]
        return ZipBuilder(all.map { ZipBuilder.Member($0.path, $0.content) })
    }
}

func base64url(_ digest: some Sequence<UInt8>) -> String {
    Data(digest).base64EncodedString().replacing("+", with: "-").replacing("/", with: "_").replacing("=", with: "")
}

private func quotedField(_ path: String) -> String {
    path.contains { "\",\n".contains($0) } ? "\"\(path.replacing("\"", with: "\"\""))\"" : path
}

/// The code of what is wrong; `ok` if nothing is.
func verdict(
    onWheel bytes: [UInt8], named stem: String = "demo-1.0", limits: ArchiveLimits = .init()
) -> String {
    verdict(onWheel: MemorySource(bytes), named: stem, limits: limits)
}

func verdict(
    onWheel source: any ByteSource, named stem: String = "demo-1.0", limits: ArchiveLimits = .init()
) -> String {
    do {
        _ = try inspectWheel(source, distInfoMatches: { $0 == stem }, limits: limits)
        return "ok"
    } catch {
        return error.code
    }
}

func verdict(onSourceDistribution bytes: [UInt8], limits: ArchiveLimits = .init()) -> String {
    do {
        _ = try inspectSourceDistribution(MemorySource(bytes), limits: limits)
        return "ok"
    } catch {
        return error.code
    }
}

extension InspectionFailure {
    var code: String {
        switch self {
        case .invalid(let flaw):
            // Whatever is said about it fits in one line of a log and is a sentence.
            flaw.explanation.hasSuffix(".") && !flaw.explanation.contains(where: \.isNewline)
                ? flaw.code : "explains badly: \(flaw.explanation)"
        case .unreadable: "unreadable"
        case .cancelled: "cancelled"
        }
    }
}
