import Bytes

/// The name of a source distribution: `demo_pkg-1.0.tar.gz`.
///
/// Source: packaging.python.org, "Source distribution format" (PEP 625).
public struct SourceDistributionFilename: Hashable, Sendable {
    /// The whole name as it was read.
    public let text: String
    /// The project; its display is spelled as in the name.
    public let project: ProjectName
    public let version: Version

    /// Reads the name of a *new* upload, exactly as PEP 625 has it: the normalized name with `_` for `-`, one hyphen,
    /// the normalized version, `.tar.gz`.
    ///
    /// - Parameter takesZip: whether `.zip` will do as well.
    public init(strict text: String, takesZip: Bool = false) throws(InvalidFilename) {
        try self.init(lenient: text)
        let isZip = takesZip && text.utf8.suffix(4).elementsEqual(".zip".utf8)
        let expected = "\(project.filenameComponent)-\(version.normalized)\(isZip ? ".zip" : ".tar.gz")"
        guard text.utf8.elementsEqual(expected.utf8) else { throw .notNormal(text, expected: expected) }
    }

    /// Reads the name of a file that is *already out there*: any spelling of name and version, `.tar.gz` or `.zip`. The
    /// last hyphen divides name and version: `Flask-1.0.tar.gz`, `zope.interface-5.0.zip`.
    public init(lenient text: String) throws(InvalidFilename) {
        try DistributionFilename.checkCharacters(of: text)
        let stem: Substring
        if text.utf8.suffix(7).elementsEqual(".tar.gz".utf8) {
            stem = text.dropLast(7)
        } else if text.utf8.suffix(4).elementsEqual(".zip".utf8) {
            stem = text.dropLast(4)
        } else {
            throw .wrongExtension(text)
        }
        guard let hyphen = stem.lastIndex(of: "-") else { throw .wrongParts(text) }
        do { project = try ProjectName(parsing: String(stem[..<hyphen])) } catch { throw .project(text, error) }
        do { version = try Version(parsing: String(stem[stem.index(after: hyphen)...])) } catch {
            throw .version(text, error)
        }
        self.text = text
    }
}

/// The name of a file that an index serves.
public enum DistributionFilename: Hashable, Sendable {
    /// A built distribution that is ready to install.
    case wheel(WheelFilename)
    case sourceDistribution(SourceDistributionFilename)

    /// The longest name taken, in bytes: what file systems take.
    public static let maximumLength = 255

    /// Reads the name of a *new* upload: a wheel, or a source distribution exactly as PEP 625 has it.
    ///
    /// - Parameter takesZip: whether a source distribution can be a `.zip`.
    public init(strict text: String, takesZip: Bool = false) throws(InvalidFilename) {
        self =
            text.utf8.suffix(4).elementsEqual(".whl".utf8)
            ? .wheel(try WheelFilename(parsing: text))
            : .sourceDistribution(try SourceDistributionFilename(strict: text, takesZip: takesZip))
    }

    /// Reads the name of a file that is *already out there*: as `init(strict:)`, with old spellings of source
    /// distributions as well. For imports and mirrors.
    public init(lenient text: String) throws(InvalidFilename) {
        self =
            text.utf8.suffix(4).elementsEqual(".whl".utf8)
            ? .wheel(try WheelFilename(parsing: text))
            : .sourceDistribution(try SourceDistributionFilename(lenient: text))
    }

    /// The whole name as it was read.
    public var text: String {
        switch self {
        case .wheel(let wheel): wheel.text
        case .sourceDistribution(let source): source.text
        }
    }

    /// The project that the name belongs to.
    public var project: ProjectName {
        switch self {
        case .wheel(let wheel): wheel.project
        case .sourceDistribution(let source): source.project
        }
    }

    /// The version that the name belongs to.
    public var version: Version {
        switch self {
        case .wheel(let wheel): wheel.version
        case .sourceDistribution(let source): source.version
        }
    }

    /// Equal for names that mean the same file, however they are spelled. For a source distribution that is the name
    /// itself: a release has only one.
    public var identity: String {
        switch self {
        case .wheel(let wheel): wheel.identity
        case .sourceDistribution(let source): source.text
        }
    }

    /// Names become URLs and files: only characters that mean nothing in either are taken.
    static func checkCharacters(of text: String) throws(InvalidFilename) {
        guard text.utf8.count <= maximumLength else { throw .tooLong }
        let isHarmless = text.utf8.allSatisfy {
            $0.isASCIIAlphanumeric || $0.isSeparator || $0 == UInt8(ascii: "+") || $0 == UInt8(ascii: "!")
        }
        guard isHarmless else { throw .character(text) }
    }
}

extension DistributionFilename: CustomStringConvertible {
    /// The whole name as it was read.
    public var description: String { text }
}

/// Why a text is not the name of a distribution file.
public enum InvalidFilename: Error, Equatable, Sendable {
    /// The name is longer than ``DistributionFilename/maximumLength``.
    case tooLong
    /// The name holds something else than ASCII letters, digits, `.`, `-`, `_`, `+` and `!`.
    case character(String)
    /// The name does not end as one of a distribution does.
    case wrongExtension(String)
    /// The name does not have as many parts as it should.
    case wrongParts(String)
    /// The first part is not the name of a project.
    case project(String, InvalidProjectName)
    /// The second part is not a version.
    case version(String, InvalidVersion)
    /// The build tag does not begin with a digit.
    case build(String)
    /// A tag is missing or not one.
    case tag(String)
    /// A set of tags is not in order.
    case unsortedTags(String)
    /// The name of a source distribution is not the one that its project and version give.
    case notNormal(String, expected: String)

    /// What is wrong and what to do, in a sentence that is safe to show to anyone.
    public var explanation: String {
        switch self {
        case .tooLong: "The file name is longer than \(DistributionFilename.maximumLength) characters."
        case .character(let name):
            "\(quoted(name)) is not a valid file name: only ASCII letters, digits and . - _ + ! may occur."
        case .wrongExtension(let name):
            "\(quoted(name)) is neither a wheel nor a source distribution: the name must end with .whl or .tar.gz."
        case .wrongParts(let name):
            "\(quoted(name)) is not a valid file name: expected name-version.tar.gz or name-version[-build]-python-abi-platform.whl, with '_' for '-' in the name (PEP 427, PEP 625)."
        case .project(let name, let error): "\(quoted(name)) is not a valid file name. \(error.explanation)"
        case .version(let name, let error): "\(quoted(name)) is not a valid file name. \(error.explanation)"
        case .build(let name):
            "\(quoted(name)) is not a valid wheel name: the build tag must start with a digit (PEP 427)."
        case .tag(let name):
            "\(quoted(name)) is not a valid wheel name: a compatibility tag is missing or invalid (PEP 425)."
        case .unsortedTags(let name):
            "\(quoted(name)) is not a valid wheel name: compressed tags must be sorted (PEP 425)."
        case .notNormal(let name, let expected):
            "\(quoted(name)) is not a valid name for a new source distribution: it must be \(quoted(expected)) (PEP 625)."
        }
    }
}
