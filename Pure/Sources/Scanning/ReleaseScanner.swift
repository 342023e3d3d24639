import Archives
import Findings
import PythonCode

/// Looks at files of releases by rules. A pure function of their bytes: the same bytes under the same version of the
/// rules give the same findings.
public struct ReleaseScanner: Sendable {
    public let rules: RuleSet
    public let bounds: ScanBounds

    public init(_ rules: RuleSet, within bounds: ScanBounds = ScanBounds()) {
        self.rules = rules
        self.bounds = bounds
    }

    /// What is looked at.
    public enum Subject: Sendable, Hashable {
        /// A wheel; a pure one, `none-any`, has no reason to bring machine code.
        case wheel(isPure: Bool)
        case sdist
        /// Files in a folder, or one of them.
        case folder
    }

    /// Looks at files in their order.
    public func look(at files: some Sequence<ArchiveFile>, in subject: Subject = .folder) -> Look {
        let work = LookAtFiles(self, subject)
        for file in files where !work.take(file) { break }
        return work.finish()
    }

    /// Looks at an archive as it is read, in one pass. What cannot be read is how the look ends, with what was found up
    /// to there.
    ///
    /// - Parameter isCancelled: asked at least once for every 256 KiB; true ends the look as one that did not come to its
    ///   end.
    public func look(
        at source: any ByteSource, in container: ArchivePacking, of subject: Subject,
        isCancelled: @escaping () -> Bool = { false }
    ) -> Look {
        let work = LookAtFiles(self, subject)
        do {
            try readFiles(
                of: source, in: container, leniency: .asInstallers, isCancelled: isCancelled,
                wanted: { path, size in work.wanted(path, size) }, visit: { work.take($0) })
        } catch {
            switch error {
            case .invalid(let flaw): return work.finish(.failed("The archive cannot be read: \(flaw.explanation)"))
            case .unreadable: return work.finish(.failed("The file could not be read."))
            case .cancelled: return work.finish(.failed("The look ran out of its time."))
            }
        }
        return work.finish()
    }

    /// What is wrong with a case of a rule: nil if the rule does what the case says.
    func mistake(in example: Rule.Case, of rule: Rule) -> RuleMistake? {
        let bytes = Array(example.text.utf8)
        let subject: Subject =
            example.path.contains(".dist-info/") ? .wheel(isPure: true) : example.path.contains("/") ? .sdist : .folder
        let work = LookAtFiles(self, subject)
        _ = work.take(ArchiveFile(path: example.path, content: bytes, size: Int64(bytes.count)))
        let found = work.finish().findings.filter { $0.rule == rule.id }
        let lines = Set(found.compactMap(\.line))
        func mistake(_ expected: String) -> RuleMistake {
            RuleMistake(file: "\(rule.id).rule", line: example.lineOfRule, expected: expected)
        }
        if example.isBad {
            if found.isEmpty { return mistake("that the rule finds something in this bad example") }
            guard example.lines.isEmpty || lines == Set(example.lines) else {
                let (has, wants) = (lines.sorted(), example.lines)
                return mistake("that the rule finds lines \(wants) of this bad example; it finds \(has)")
            }
        } else if !found.isEmpty {
            return mistake("that the rule finds nothing in this good example; it finds lines \(lines.sorted())")
        }
        return nil
    }
}

/// A look that is under way. Not for several threads.
final class LookAtFiles {
    private let scanner: ReleaseScanner
    private let subject: ReleaseScanner.Subject
    private let matching: Matching
    private var findings: [Finding] = []
    private var fileCount = 0
    private var totalBytes: Int64 = 0
    private var bound: String?

    init(_ scanner: ReleaseScanner, _ subject: ReleaseScanner.Subject) {
        self.scanner = scanner
        self.subject = subject
        matching = Matching(scanner.rules, subject)
    }

    /// How many bytes of a file are read.
    func wanted(_ path: String, _ size: Int64) -> Int {
        if Self.pictures.contains(where: { path.hasSuffix($0) }) { return 64 << 10 }
        let limit =
            Self.archives.contains { path.hasSuffix($0) } ? scanner.bounds.nestedBytes : scanner.bounds.fileBytes
        return Int(min(size, Int64(limit)))
    }

    /// Endings of files that are seldom text: their beginning says what they are.
    private static let pictures = [
        ".so", ".dll", ".pyd", ".dylib", ".exe", ".a", ".lib", ".o", ".png", ".jpg", ".jpeg", ".gif", ".ico", ".webp",
        ".tiff",
        ".tif", ".bmp", ".woff", ".woff2", ".ttf", ".otf", ".pdf", ".mp3", ".mp4", ".npy", ".npz", ".h5", ".parquet",
        ".mo",
        ".bin", ".dat", ".fits", ".icns", ".psd", ".j2k", ".jp2", ".dds", ".fli", ".wav",
    ]
    private static let archives = [".zip", ".whl", ".egg", ".tar.gz", ".tgz", ".jar"]

    /// Looks at a file; false when no more are looked at.
    func take(_ file: ArchiveFile) -> Bool { take(file, within: "", depth: 0) }

    private func take(_ file: ArchiveFile, within prefix: String, depth: Int) -> Bool {
        fileCount += 1
        totalBytes += Int64(file.content.count)
        guard fileCount <= scanner.bounds.files else { return stop("more than \(scanner.bounds.files) files") }
        guard totalBytes <= scanner.bounds.totalBytes else {
            return stop("more than \(scanner.bounds.totalBytes >> 20) MiB")
        }
        let path = prefix + file.path
        let matched = matching.findings(in: file, at: path, bounds: scanner.bounds)
        findings += matched.findings
        if let bound = matched.bound { self.bound = self.bound ?? "\(path): \(bound)" }
        guard findings.count <= scanner.bounds.findings else {
            return stop("more than \(scanner.bounds.findings) findings")
        }
        return open(file, at: path, depth: depth)
    }

    /// Looks into an archive within the archive.
    private func open(_ file: ArchiveFile, at path: String, depth: Int) -> Bool {
        guard Self.archives.contains(where: { path.hasSuffix($0) }),
            let container = ArchivePacking(firstBytes: file.content)
        else { return true }
        guard depth < scanner.bounds.nesting, file.isWhole else {
            bound = bound ?? "\(path): an archive within the archive that is too large or too deep"
            return true
        }
        var goesOn = true
        // What is no sound archive is a file like any other.
        try? readFiles(
            of: MemorySource(file.content), in: container, leniency: .asInstallers,
            wanted: { path, size in self.wanted(path, size) },
            visit: {
                goesOn = self.take($0, within: path + "/", depth: depth + 1)
                return goesOn
            })
        return goesOn
    }

    private func stop(_ reason: String) -> Bool {
        bound = bound ?? reason
        return false
    }

    func finish(_ end: Look.End? = nil) -> Look {
        let ordered = findings.enumerated().sorted {
            let (one, other) = ($0.element, $1.element)
            if !one.path.utf8.elementsEqual(other.path.utf8) {
                return one.path.utf8.lexicographicallyPrecedes(other.path.utf8)
            }
            return (one.line ?? 0, $0.offset) < (other.line ?? 0, $1.offset)
        }
        return Look(
            findings: ordered.map(\.element), version: scanner.rules.version,
            end: end ?? bound.map { .bounded($0) } ?? .complete)
    }
}
