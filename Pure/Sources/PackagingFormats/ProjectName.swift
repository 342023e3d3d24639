import Bytes

/// The name of a project, as its owner wrote it. Names of extras follow the same rule.
///
/// Two names are the same project when their normalized forms are equal:
/// `Flask_Login`, `flask.login` and `flask-login` are one project.
///
/// Source: packaging.python.org, "Names and normalization" (from PEP 503 and PEP 508); for extras PEP 685.
public struct ProjectName: Sendable {
    /// The longest name taken, in bytes. A longer one could not stand in a file name.
    public static let maximumLength = 250

    /// As written, for people to read: `Flask_Login`.
    public let display: String
    /// For URLs, look-ups and comparison: `flask-login`.
    public let normalized: String

    /// Reads a name of ASCII letters, digits, `.`, `-` and `_` that begins and ends with a letter or digit.
    public init(parsing text: String) throws(InvalidProjectName) {
        let bytes = text.utf8
        guard let first = bytes.first, let last = bytes.last else { throw .empty }
        guard bytes.count <= Self.maximumLength else { throw .tooLong }
        guard bytes.allSatisfy({ $0.isASCIIAlphanumeric || $0.isSeparator }) else { throw .character(in: text) }
        guard first.isASCIIAlphanumeric, last.isASCIIAlphanumeric else { throw .edge(of: text) }
        display = text
        normalized = Self.normalize(text)
    }

    /// The normal form of any text by the rule for names: lower case, and each run of separators one `-`.
    ///
    /// For text that is not a valid name this says nothing; markers compare such text all the same.
    static func normalize(_ text: String) -> String {
        var isNormal = true
        var previous: UInt8 = 0
        for byte in text.utf8 {
            if byte &- 0x41 < 26 || byte == 0x5F || byte == 0x2E || (byte == 0x2D && previous == 0x2D) || byte >= 0x80 {
                isNormal = false
                break
            }
            previous = byte
        }
        if isNormal { return text }
        // Only text that is no name can hold other letters with a case.
        let lowered = text.utf8.allSatisfy { $0 < 0x80 } ? text : text.lowercased()
        var result: [UInt8] = []
        result.reserveCapacity(lowered.utf8.count)
        for byte in lowered.utf8 {
            if !byte.isSeparator {
                result.append(byte.asciiLowercased)
            } else if result.last != UInt8(ascii: "-") {
                result.append(UInt8(ascii: "-"))
            }
        }
        return String(decoding: result, as: UTF8.self)
    }

    /// The form in which look-alike names are equal: no separators, `1` for `l` and `i`, `0` for `o`.
    ///
    /// A new project whose form equals that of an existing one is "too similar" to it. The rule is PyPI's
    /// (`ultranormalize_name`): `flask-1ogin` looks like `Flask_Login`.
    public var ultranormalized: String {
        var result: [UInt8] = []
        result.reserveCapacity(normalized.utf8.count)
        for byte in normalized.utf8 {
            switch byte {
            case UInt8(ascii: "-"): continue
            case UInt8(ascii: "l"), UInt8(ascii: "i"): result.append(UInt8(ascii: "1"))
            case UInt8(ascii: "o"): result.append(UInt8(ascii: "0"))
            default: result.append(byte)
            }
        }
        return String(decoding: result, as: UTF8.self)
    }

    /// The form that stands in file names: the normalized name with `_` for `-`.
    ///
    /// Source: "Binary distribution format" and "Source distribution format" (PEP 427, PEP 625).
    public var filenameComponent: String {
        String(decoding: normalized.utf8.map { $0 == UInt8(ascii: "-") ? UInt8(ascii: "_") : $0 }, as: UTF8.self)
    }
}

extension ProjectName: Hashable {
    /// True when both name the same project, however they are written.
    public static func == (a: ProjectName, b: ProjectName) -> Bool { a.normalized == b.normalized }

    /// Feeds the normalized name, which is what equality compares.
    public func hash(into hasher: inout Hasher) { hasher.combine(normalized) }
}

extension ProjectName: CustomStringConvertible {
    /// The name as written.
    public var description: String { display }
}

/// Why a text is not the name of a project or of an extra.
public enum InvalidProjectName: Error, Equatable, Sendable {
    /// There is no text at all.
    case empty
    /// The text is longer than ``ProjectName/maximumLength``.
    case tooLong
    /// The text holds a character that no name may hold.
    case character(in: String)
    /// The text begins or ends with a separator.
    case edge(of: String)

    /// What is wrong and what to do, in a sentence that is safe to show to anyone.
    public var explanation: String {
        switch self {
        case .empty: "The name is empty."
        case .tooLong: "The name is longer than \(ProjectName.maximumLength) characters."
        case .character(let text):
            "\(quoted(text)) is not a valid name: use only ASCII letters, digits, '.', '-' and '_'."
        case .edge(let text):
            "\(quoted(text)) is not a valid name: it must start and end with an ASCII letter or digit."
        }
    }
}
