import Archives
import ArgumentParser
import CommandSupport
import Findings
import Foundation
import PackagingFormats
import ReleaseDifferences
import Scanning

/// `rind scan FILE…`
public struct ScanCommand: ParsableCommand {
    public static let configuration = CommandConfiguration(
        commandName: "scan", abstract: "Look into wheels, sdists and source files by the rules of the index.",
        discussion: """
            Nothing of a file is run. Each finding says rule, severity, file and line, and why somebody should look; with --against, what is new in this release says so, too, and the verdict is what an index says of a project that others build on. With \
            --json there is an object a line; the last one is the verdict: publish, queue (published, and a person looks), \
            hold (waits for a person), refuse (cannot be read). The exit status is 1 on hold and refuse.

            Example: rind scan dist/*.whl dist/*.tar.gz
            """)

    @Argument(help: "Wheels, sdists, Python files, folders of sources.", completion: .file())
    var files: [String]
    @Option(help: "Tell only what the former release, a file or folder, has not got.", completion: .file())
    var against: String?
    @Option(
        help: "A folder with rules of your own (*.rule, *.names), besides the built-in ones.", completion: .directory)
    var rules: String?
    @Flag(help: "Print JSON, an object a line.") var json = false

    /// Read from the command line.
    public init() {}

    /// Looks, tells, and ends with the status that the verdict has.
    public func run() throws {
        let scanner = ReleaseScanner(try ruleSet())
        for path in files + [against].compactMap(\.self) where !FileManager.default.fileExists(atPath: path) {
            throw ValidationError("There is no file '\(path)'. Name wheels, sdists, Python files or folders.")
        }
        let formerFindings = try against.map { try look($0, by: scanner).findings } ?? []
        let former = Set(formerFindings.map(Known.init))
        let compared = ComparedRelease(files, against: against, bounds: scanner.bounds)
        var verdict = ScanVerdict.publish
        for path in files {
            let look = try look(path, by: scanner)
            let fresh = Look(
                findings: look.findings.filter { !former.contains(Known($0)) }, version: look.version, end: look.end)
            // Against a former release facts decide, as on an index; without one there is the code alone.
            verdict = verdict.worse(
                against == nil
                    ? ScanVerdict(fresh)
                    : ScanVerdict(compared.verdict(on: path, look, former: formerFindings), look))
            for finding in fresh.findings { try tell(finding, of: path) }
            for difference in compared.differences[path] ?? [] where difference.weight > .note {
                try tell(difference, of: path)
            }
            switch look.end {
            case .complete: break
            case .bounded(let words): complain("\(path): not all of it was looked at: \(words)")
            case .failed(let words): complain("\(path): \(words)")
            }
        }
        if json {
            try printJSONLine(VerdictLine(verdict: verdict, version: scanner.rules.version))
        } else {
            print("verdict: \(verdict.rawValue)")
        }
        if verdict.isRefusal { throw ExitCode(1) }
    }

    private func ruleSet() throws -> RuleSet {
        let builtIn = try RuleSet.builtIn()
        guard let rules else { return builtIn }
        let folder = URL(fileURLWithPath: rules)
        guard let names = try? FileManager.default.contentsOfDirectory(atPath: rules) else {
            throw ValidationError("There is no folder '\(rules)' with rules.")
        }
        let files = try names.filter { $0.hasSuffix(".rule") || $0.hasSuffix(".names") }.map { name in
            RuleSet.File(name: name, bytes: [UInt8](try Data(contentsOf: folder.appendingPathComponent(name))))
        }
        let all = try RuleSet(reading: files, addedTo: builtIn)
        if let mistake = all.checkCases(leavingOut: builtIn).first { throw mistake }
        return all
    }

    private func look(_ path: String, by scanner: ReleaseScanner) throws -> Look {
        var isFolder: ObjCBool = false
        _ = FileManager.default.fileExists(atPath: path, isDirectory: &isFolder)
        if isFolder.boolValue { return scanner.look(at: FolderFiles(path, bounds: scanner.bounds)) }
        let source = try FileSource(path)
        let name = URL(fileURLWithPath: path).lastPathComponent
        var start = [UInt8](repeating: 0, count: 4)
        let count = try start.withUnsafeMutableBytes { try source.read(at: 0, into: $0) }
        let isNamedArchive = [".whl", ".zip", ".tar.gz", ".tgz", ".egg"].contains { name.hasSuffix($0) }
        guard let container = ArchivePacking(firstBytes: start.prefix(count)) else {
            guard !isNamedArchive else {
                return Look(
                    findings: [], version: scanner.rules.version,
                    end: .failed(
                        "It is called like an archive, and is no ZIP file and no gzipped tar file. Build it again."))
            }
            return scanner.look(at: [try FolderFiles.file(at: path, called: name, bounds: scanner.bounds)])
        }
        return scanner.look(at: source, in: container, of: subject(name))
    }

    private func subject(_ name: String) -> ReleaseScanner.Subject {
        guard name.hasSuffix(".whl") || name.hasSuffix(".egg") else { return .sdist }
        return .wheel(isPure: name.hasSuffix("-none-any.whl"))
    }

    private func tell(_ finding: Finding, of file: String) throws {
        if json {
            return try printJSONLine(
                Line(
                    file: file, rule: finding.rule, severity: finding.severity.rawValue, path: finding.path,
                    line: finding.line,
                    evidence: finding.evidence, why: finding.why, confidential: finding.isConfidential))
        }
        let place = finding.line.map { "\(finding.path):\($0)" } ?? finding.path
        print("\(file): \(place): \(finding.severity.rawValue): \(finding.rule): \(finding.why)")
        print("    \(finding.evidence)")
    }

    private func tell(_ difference: ReleaseDifference, of file: String) throws {
        if json {
            return try printJSONLine(
                Line(
                    file: file, rule: "difference.\(difference.code)", severity: difference.weight.severity.rawValue,
                    path: difference.place?.path ?? "", line: difference.place?.line, evidence: "",
                    why: difference.words, confidential: false))
        }
        print("\(file): \(difference.weight.severity.rawValue): difference.\(difference.code): \(difference.words)")
    }

    /// A finding, on a line of its own.
    private struct Line: Encodable {
        let file: String
        let rule: String
        let severity: String
        let path: String
        let line: Int?
        let evidence: String
        let why: String
        let confidential: Bool
    }

    /// The last line.
    private struct VerdictLine: Encodable {
        let verdict: ScanVerdict
        let version: String
    }

    /// What makes a finding the same in two releases: lines move, and the folder at the top has the version in its name.
    private struct Known: Hashable {
        let rule: String
        let path: Substring
        let evidence: String

        init(_ finding: Finding) {
            rule = finding.rule
            path = finding.path.firstIndex(of: "/").map { finding.path[$0...] } ?? finding.path[...]
            evidence = finding.evidence
        }
    }
}

/// The files below a folder, in the order of their paths, read as they are needed. Links are not followed.
struct FolderFiles: Sequence, IteratorProtocol {
    private let folder: String
    private let bounds: ScanBounds
    private var paths: ArraySlice<String>

    init(_ folder: String, bounds: ScanBounds) {
        self.folder = folder
        self.bounds = bounds
        let all = FileManager.default.enumerator(atPath: folder)?.compactMap { $0 as? String } ?? []
        paths = all.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }[...]
    }

    mutating func next() -> ArchiveFile? {
        while let path = paths.popFirst() {
            let full = folder + "/" + path
            let type = (try? FileManager.default.attributesOfItem(atPath: full))?[.type] as? FileAttributeType
            guard type == .typeRegular, let file = try? Self.file(at: full, called: path, bounds: bounds) else {
                continue
            }
            return file
        }
        return nil
    }

    /// A file with as much of it as is looked at.
    static func file(at path: String, called name: String, bounds: ScanBounds) throws -> ArchiveFile {
        let source = try FileSource(path)
        var bytes = [UInt8](repeating: 0, count: Int(Swift.min(source.size, Int64(bounds.fileBytes))))
        var filled = 0
        while filled < bytes.count {
            let count = try bytes.withUnsafeMutableBytes {
                try source.read(at: Int64(filled), into: UnsafeMutableRawBufferPointer(rebasing: $0[filled...]))
            }
            guard count > 0 else { break }
            filled += count
        }
        return ArchiveFile(path: name, content: Array(bytes.prefix(filled)), size: source.size)
    }
}
