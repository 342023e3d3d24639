/// Why a sound ZIP archive is no wheel.
///
/// Source: packaging.python.org, "Binary distribution format" (from PEP 427) and "Recording installed projects"
/// (from PEP 376 and 627).
public enum WheelFlaw: Sendable, Equatable {
    /// No `.dist-info` directory at the top.
    case noDistInfo
    /// More than one `.dist-info` directory at the top.
    case severalDistInfos(NameSample)
    /// The `.dist-info` directory is not that of the project and version in the wheel's file name.
    case otherDistInfo(directory: String)
    /// A file that every wheel has is missing.
    case missing(path: String)
    /// WHEEL has no Wheel-Version, or one that no installer supports.
    case wheelVersion(String?)
    /// RECORD is not UTF-8.
    case recordEncoding
    /// A line of RECORD, counted from 1, is not a path, a hash and a size.
    case recordLine(Int)
    /// RECORD has two different lines for one path.
    case recordConflict(path: String)
    /// RECORD and the wheel are not the same.
    case record(RecordDifference)

    var code: String {
        switch self {
        case .noDistInfo: "wheel.no-dist-info"
        case .severalDistInfos: "wheel.several-dist-infos"
        case .otherDistInfo: "wheel.other-dist-info"
        case .missing: "wheel.missing-file"
        case .wheelVersion: "wheel.version"
        case .recordEncoding: "record.encoding"
        case .recordLine: "record.line"
        case .recordConflict: "record.conflict"
        case .record: "record.difference"
        }
    }

    var explanation: String {
        switch self {
        case .noDistInfo: "The wheel has no .dist-info directory at its top."
        case .severalDistInfos(let names): "The wheel has more than one .dist-info directory: \(names.text)."
        case .otherDistInfo(let directory):
            "The wheel's directory \(quoted(directory)) does not match the name and version in its file name."
        case .missing(let path): "The wheel has no \(quoted(path))."
        case .wheelVersion(nil): "WHEEL does not say which version of the wheel format it follows (Wheel-Version)."
        case .wheelVersion(let version?):
            "WHEEL says that it follows version \(quoted(version)) of the wheel format. Only version 1 is supported."
        case .recordEncoding: "RECORD is not valid UTF-8."
        case .recordLine(let line): "Line \(line) of RECORD is not a path, a hash and a size, separated by commas."
        case .recordConflict(let path): "RECORD has two different lines for \(quoted(path))."
        case .record(let difference): difference.explanation
        }
    }
}

/// Some names, and how many there are in all.
public struct NameSample: Sendable, Equatable {
    /// The first names in alphabetical order, at most five.
    public let first: [String]
    /// How many there are.
    public let count: Int

    /// The sample of these names.
    public init(_ names: some Collection<String>) {
        first = Array(names.sorted().prefix(5))
        count = names.count
    }

    var isEmpty: Bool { count == 0 }

    /// `'a', 'b' and 3 more`
    var text: String {
        let named = first.map(quoted).joined(separator: ", ")
        return count > first.count ? "\(named) and \(count - first.count) more" : named
    }
}

/// In what a wheel's RECORD differs from its members. At least one of the samples has a name.
public struct RecordDifference: Sendable, Equatable {
    /// Members that RECORD does not list.
    public var unlisted = NameSample([])
    /// Paths in RECORD of which there is no member.
    public var absent = NameSample([])
    /// Members whose bytes have another hash than RECORD says.
    public var wrongHash = NameSample([])
    /// Members whose size is another than RECORD says.
    public var wrongSize = NameSample([])
    /// Members whose line has no hash, or none that is accepted: SHA-256, SHA-384 and SHA-512 are. The wheel
    /// specification forbids MD5, SHA-1 and SHA-224.
    public var weakHash = NameSample([])

    var isEmpty: Bool { [unlisted, absent, wrongHash, wrongSize, weakHash].allSatisfy(\.isEmpty) }

    var explanation: String {
        let parts = [
            (unlisted, "in the wheel but not in RECORD"),
            (absent, "in RECORD but not in the wheel"),
            (wrongHash, "with a wrong hash in RECORD"),
            (wrongSize, "with a wrong size in RECORD"),
            (weakHash, "without a hash of sha256, sha384 or sha512 in RECORD"),
        ]
        let said = parts.filter { !$0.0.isEmpty }.map { "\($0.1): \($0.0.text)" }.joined(separator: "; ")
        return
            "RECORD does not agree with the wheel. Files \(said). Build the wheel again, or repack it with 'wheel pack'."
    }
}
