import Bytes

/// One condition on versions: `>=1.0`, `!=2.1.*`, `~=1.4.2`, `===whatever`.
///
/// Source: packaging.python.org, "Version specifiers" (PEP 440).
public struct Specifier: Sendable {
    /// How the version is compared.
    public enum Comparison: String, Sendable, CaseIterable {
        /// `~=1.4.2`: at least this, and the same release but for the last number.
        case compatible = "~="
        /// `==1.0`, or `==1.*` for all that begin so.
        case equal = "=="
        /// `!=1.0` or `!=1.*`.
        case notEqual = "!="
        /// `<=1.0`.
        case atMost = "<="
        /// `>=1.0`.
        case atLeast = ">="
        /// `<1.0`, which leaves out the pre-releases of 1.0.
        case below = "<"
        /// `>1.0`, which leaves out the post-releases of 1.0.
        case above = ">"
        /// `===text`: the same text but for case, whatever it means.
        case arbitrary = "==="
    }

    /// How the version is compared.
    public let comparison: Comparison
    /// The version as written, `.*` included.
    public let versionText: String
    /// The version without `.*`; nil for `===`.
    let version: Version?
    let isPrefix: Bool

    /// Reads one specifier, with white space around it.
    public init(parsing text: String) throws(InvalidSpecifier) {
        var reader = ByteReader(text)
        reader.skipWhitespace()
        guard let specifier = try Specifier(from: &reader) else { throw .syntax(text) }
        reader.skipWhitespace()
        guard reader.isAtEnd else { throw .syntax(text) }
        self = specifier
    }

    /// Comparison and version as written: `>=1.0`.
    public var text: String { comparison.rawValue + versionText }

    /// True when `version` meets the condition.
    ///
    /// - Parameter prereleases: whether a pre-release may meet it at all.
    public func contains(_ version: Version, prereleases: Bool = true) -> Bool {
        if !prereleases, version.isPrerelease { return false }
        guard let wanted = self.version else { return hasSameText(version.normalized) }
        if isPrefix {
            return version.hasReleasePrefix(wanted, count: wanted.releaseCount) == (comparison == .equal)
        }
        switch comparison {
        case .atLeast: return version >= wanted
        case .atMost: return version.publicVersion <= wanted
        case .above:
            return version.publicVersion > wanted && !(wanted.isFinalForAbove && version.isOfSameRelease(as: wanted))
        case .below: return version < (wanted.isPrerelease ? wanted : wanted.firstDevelopment)
        case .equal: return (wanted.hasLocal ? version : version.publicVersion) == wanted
        case .notEqual: return (wanted.hasLocal ? version : version.publicVersion) != wanted
        case .compatible: return version >= wanted && version.hasReleasePrefix(wanted, count: wanted.releaseCount - 1)
        case .arbitrary: return hasSameText(version.normalized)
        }
    }

    /// As `contains`, for text that need not be a version: only `===` can be met by such.
    func contains(text: String) -> Bool {
        if comparison == .arbitrary { return hasSameText(text) }
        guard let version = try? Version(parsing: text) else { return false }
        return contains(version)
    }

    private func hasSameText(_ text: String) -> Bool {
        text.utf8.lazy.map(\.asciiLowercased).elementsEqual(versionText.utf8.lazy.map(\.asciiLowercased))
    }

    /// What equal specifiers have in common. `~=1.0` is not `~=1.0.0`, elsewhere trailing zeros mean nothing.
    private var key: String {
        guard let version else { return versionText.lowercased() }
        if isPrefix { return version.normalized + ".*" }
        return comparison == .compatible ? version.normalized : version.canonical
    }
}

extension Version {
    /// `>1.0` leaves out the post-releases of 1.0, but `>1.0.post1` and `>1.0.dev1` do not.
    fileprivate var isFinalForAbove: Bool { !isPostrelease && !isDevelopment }
}

extension Specifier: Hashable, CustomStringConvertible {
    /// True when both mean the same: `==1.0` is `==1.0.0`.
    public static func == (a: Specifier, b: Specifier) -> Bool { a.comparison == b.comparison && a.key == b.key }

    /// Feeds what equality compares.
    public func hash(into hasher: inout Hasher) {
        hasher.combine(comparison)
        hasher.combine(key)
    }

    /// Comparison and version as written.
    public var description: String { text }
}

/// Why a text is not a version specifier.
public enum InvalidSpecifier: Error, Equatable, Sendable {
    /// The text is not a comparison followed by a version.
    case syntax(String)
    /// `.*` stands where it may not: only behind `==` or `!=` and a plain release.
    case wildcard(String)
    /// A local version stands behind another comparison than `==` and `!=`.
    case local(String)
    /// `~=` with a release of one number, which says nothing.
    case compatibleNeedsTwoNumbers(String)
    /// The version is longer than ``Version/maximumLength``.
    case tooLong

    /// What is wrong and what to do, in a sentence that is safe to show to anyone.
    public var explanation: String {
        switch self {
        case .syntax(let text):
            "\(quoted(text)) is not a valid version specifier. Write for example '>=1.0', '==2.*' or '~=1.4.2' (PEP 440)."
        case .wildcard(let text):
            "\(quoted(text)) is not a valid version specifier: '.*' can only follow '==' or '!=' and a release number."
        case .local(let text):
            "\(quoted(text)) is not a valid version specifier: a local version can only follow '==' or '!='."
        case .compatibleNeedsTwoNumbers(let text):
            "\(quoted(text)) is not a valid version specifier: '~=' needs at least two numbers, as in '~=1.0'."
        case .tooLong: "A version in the specifier is longer than \(Version.maximumLength) characters."
        }
    }
}

// MARK: - Reading

extension Specifier {
    /// Reads the specifier that begins here; the reader then stands behind it. Nil when there is no comparison, or no
    /// version behind it, and then the reader stays where it was.
    init?(from reader: inout ByteReader) throws(InvalidSpecifier) {
        let start = reader.position
        guard let comparison = Self.comparison(from: &reader) else { return nil }
        reader.skipWhitespace()
        let versionStart = reader.position
        if comparison == .arbitrary {
            Self.skipArbitrary(&reader)
            self.init(
                comparison: comparison, versionText: reader.text(from: versionStart), version: nil, isPrefix: false)
            return
        }
        let takesLocal = comparison == .equal || comparison == .notEqual
        guard let version = Version(from: &reader, allowsLocal: takesLocal) else {
            reader.position = start
            return nil
        }
        guard version.fits else { throw .tooLong }
        if !takesLocal, reader.next == UInt8(ascii: "+"), reader.peek(1)?.isASCIIAlphanumeric == true {
            throw .local(Self.word(in: reader, from: start))
        }
        var isPrefix = false
        if reader.next == UInt8(ascii: "."), reader.peek(1) == UInt8(ascii: "*") {
            guard takesLocal, version.layout.releaseEnd == version.normalized.utf8.count else {
                throw .wildcard(Self.word(in: reader, from: start))
            }
            isPrefix = true
            reader.position += 2
        }
        if comparison == .compatible, version.releaseCount < 2 {
            throw .compatibleNeedsTwoNumbers(Self.word(in: reader, from: start))
        }
        self.init(
            comparison: comparison, versionText: reader.text(from: versionStart), version: version, isPrefix: isPrefix)
    }

    private init(comparison: Comparison, versionText: String, version: Version?, isPrefix: Bool) {
        self.comparison = comparison
        self.versionText = versionText
        self.version = version
        self.isPrefix = isPrefix
    }

    static func comparison(from reader: inout ByteReader) -> Comparison? {
        let second = reader.peek(1)
        let found: Comparison
        switch reader.next {
        case UInt8(ascii: "="):
            guard second == UInt8(ascii: "=") else { return nil }
            found = reader.peek(2) == UInt8(ascii: "=") ? .arbitrary : .equal
        case UInt8(ascii: "~"):
            guard second == UInt8(ascii: "=") else { return nil }
            found = .compatible
        case UInt8(ascii: "!"):
            guard second == UInt8(ascii: "=") else { return nil }
            found = .notEqual
        case UInt8(ascii: "<"): found = second == UInt8(ascii: "=") ? .atMost : .below
        case UInt8(ascii: ">"): found = second == UInt8(ascii: "=") ? .atLeast : .above
        default: return nil
        }
        reader.position += found.rawValue.utf8.count
        return found
    }

    /// The text of `===` ends at white space, `,`, `;` or `)`.
    private static func skipArbitrary(_ reader: inout ByteReader) {
        while let byte = reader.next, !",;)".utf8.contains(byte),
            Whitespace.width(at: reader.position, in: reader.bytes, end: reader.end) == nil
        {
            reader.position += 1
        }
    }

    /// The word around here, for an error to show.
    private static func word(in reader: ByteReader, from start: Int) -> String {
        var reader = reader
        reader.skip { $0 > 0x20 && $0 != UInt8(ascii: ",") && $0 != UInt8(ascii: ";") && $0 != UInt8(ascii: ")") }
        return reader.text(from: start)
    }
}
