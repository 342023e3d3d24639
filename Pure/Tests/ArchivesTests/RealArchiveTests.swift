import Archives
import Foundation
import Testing

/// A folder of wheels and source distributions as `pip download` leaves it, named by `RIND_ARCHIVES`; never a part
/// of the project.
private let folder: URL? = ProcessInfo.processInfo.environment["RIND_ARCHIVES"].map { URL(filePath: $0) }

private func archives(withSuffix suffix: String) -> [String] {
    guard let folder else { return [] }
    let names = (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
    return names.filter { $0.hasSuffix(suffix) }.sorted()
}

/// Reads a file by `pread`, as the upload does.
private struct FileSource: ByteSource {
    let file: FileHandle
    let size: Int64

    init(_ url: URL) throws {
        file = try FileHandle(forReadingFrom: url)
        size = Int64(try file.seekToEnd())
    }

    func read(at offset: Int64, into buffer: UnsafeMutableRawBufferPointer) -> Int {
        pread(file.fileDescriptor, buffer.baseAddress, buffer.count, off_t(offset))
    }
}

private func normalized(_ text: some StringProtocol) -> String {
    text.lowercased().split { "-_.".contains($0) }.joined(separator: "-")
}

extension InspectionFailure {
    fileprivate var account: String {
        if case .invalid(let flaw) = self { "\(flaw.code): \(flaw.explanation)" } else { "\(self)" }
    }
}

@Suite("Archives out of the world", .enabled(if: folder != nil, "RIND_ARCHIVES names no folder of archives"))
struct RealArchiveTests {
    @Test("A published wheel is accepted", arguments: archives(withSuffix: ".whl"))
    func wheel(name: String) throws {
        let source = try FileSource(#require(folder).appending(path: name))
        let project = name.split(separator: "-").prefix(2).joined(separator: "-")
        let start = ContinuousClock.now
        do {
            let wheel = try inspectWheel(source, distInfoMatches: { normalized($0) == normalized(project) })
            #expect(String(decoding: wheel.metadata, as: UTF8.self).contains("Metadata-Version:"))
            print(name, "ok", ContinuousClock.now - start, wheel.unpackedSize >> 20, "MiB", wheel.licenseFiles.count)
        } catch {
            Issue.record("\(error.account)")
        }
    }

    @Test("A published source distribution is accepted", arguments: archives(withSuffix: ".tar.gz"))
    func sourceDistribution(name: String) throws {
        let source = try FileSource(#require(folder).appending(path: name))
        let start = ContinuousClock.now
        do {
            let found = try inspectSourceDistribution(source)
            #expect(normalized(found.topLevelDirectory) == normalized(name.dropLast(".tar.gz".count)))
            #expect(String(decoding: found.packageInfo, as: UTF8.self).contains("Metadata-Version:"))
            print(name, "ok", ContinuousClock.now - start, found.unpackedSize >> 20, "MiB")
        } catch {
            Issue.record("\(error.account)")
        }
    }
}
