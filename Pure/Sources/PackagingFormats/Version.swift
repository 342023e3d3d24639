/// A version of a project: `1!2.0rc1.post3.dev4+ubuntu.1`.
///
/// Kept as its normal text with the places where its parts end, so that numbers of any length order as numbers and a
/// usual version takes no memory of its own. Versions that differ only in trailing zeros of the release are equal:
/// `1.0` is `1`, and so is one release on an index.
///
/// Source: packaging.python.org, "Version specifiers" (PEP 440).
public struct Version: Sendable {
    /// The longest text taken, in bytes. Offsets into the normal text, a few bytes longer at most, fit in one byte.
    public static let maximumLength = 240

    /// The normal form: `1.0.RC-1` is `1.0rc1`. Trailing zeros stay.
    public let normalized: String
    let layout: Layout

    /// Offsets in the normal text. Absent parts are empty ranges.
    struct Layout: Sendable {
        /// 0 without an epoch, else behind the `!`.
        var releaseStart: UInt8 = 0
        /// Where the release ends when its trailing zeros are left out.
        var significantEnd: UInt8 = 0
        var releaseEnd: UInt8 = 0
        var preEnd: UInt8 = 0
        var postEnd: UInt8 = 0
        /// Where the public version ends: behind the dev part, before the `+`.
        var publicEnd: UInt8 = 0
    }

    init(normalized: String, layout: Layout) {
        self.normalized = normalized
        self.layout = layout
    }

    /// Reads a version in any of the spellings that PEP 440 allows, with white space around it.
    public init(parsing text: String) throws(InvalidVersion) {
        var reader = ByteReader(text)
        reader.skipWhitespace()
        guard !reader.isAtEnd else { throw .empty }
        guard let version = Version(from: &reader) else { throw .syntax(text, at: reader.position) }
        reader.skipWhitespace()
        guard reader.isAtEnd else { throw .syntax(text, at: reader.position) }
        guard version.fits else { throw .tooLong }
        self = version
    }
}

// MARK: - Parts

extension Version {
    /// The kinds of pre-releases, in their order.
    public enum PreReleaseKind: String, Sendable, CaseIterable {
        /// Alpha.
        case a
        /// Beta.
        case b
        /// Release candidate.
        case rc
    }

    /// The number before the `!`, 0 when there is none.
    public var epoch: VersionNumber {
        layout.releaseStart == 0 ? VersionNumber(digits: "0") : number(0..<Int(layout.releaseStart) - 1)
    }

    /// The numbers of the release, trailing zeros included: 1, 0 for `1.0rc1`. Never empty.
    public var release: [VersionNumber] {
        slice(Int(layout.releaseStart)..<Int(layout.releaseEnd)).split(separator: ".").map {
            VersionNumber(digits: String($0))
        }
    }

    /// Kind and number of a pre-release: rc, 1 for `1.0rc1`.
    public var pre: (kind: PreReleaseKind, number: VersionNumber)? {
        let part = slice(Int(layout.releaseEnd)..<Int(layout.preEnd))
        let letters = part.prefix { !("0"..."9").contains($0) }
        guard let kind = PreReleaseKind(rawValue: String(letters)) else { return nil }
        return (kind, VersionNumber(digits: String(part.dropFirst(letters.count))))
    }

    /// The number of a post-release: 3 for `1.0.post3`.
    public var post: VersionNumber? {
        isPostrelease ? number(Int(layout.preEnd) + Self.postPrefix..<Int(layout.postEnd)) : nil
    }

    /// The number of a development release: 4 for `1.0.dev4`.
    public var dev: VersionNumber? {
        isDevelopment ? number(Int(layout.postEnd) + Self.devPrefix..<Int(layout.publicEnd)) : nil
    }

    /// What stands behind the `+`: `ubuntu.1`.
    public var local: String? {
        hasLocal ? String(slice(Int(layout.publicEnd) + 1..<normalized.utf8.count)) : nil
    }

    /// True for alphas, betas, release candidates and development releases, which installers leave aside by default.
    public var isPrerelease: Bool { layout.preEnd > layout.releaseEnd || isDevelopment }

    /// True with a `.post` part.
    public var isPostrelease: Bool { layout.postEnd > layout.preEnd }

    /// True with a `.dev` part.
    public var isDevelopment: Bool { layout.publicEnd > layout.postEnd }

    var hasLocal: Bool { Int(layout.publicEnd) < normalized.utf8.count }

    static let postPrefix = ".post".utf8.count
    static let devPrefix = ".dev".utf8.count

    private func slice(_ range: Range<Int>) -> Substring {
        let bytes = normalized.utf8
        let start = bytes.index(bytes.startIndex, offsetBy: range.lowerBound)
        return normalized[start..<bytes.index(start, offsetBy: range.count)]
    }

    private func number(_ range: Range<Int>) -> VersionNumber { VersionNumber(digits: String(slice(range))) }
}

// MARK: - Derived versions

extension Version {
    /// The normal form without trailing zeros of the release: `1.0.0rc1` gives `1rc1`. Equal for equal versions, so
    /// this is what identifies a release on an index.
    public var canonical: String {
        guard layout.significantEnd < layout.releaseEnd else { return normalized }
        return String(slice(0..<Int(layout.significantEnd)))
            + slice(Int(layout.releaseEnd)..<normalized.utf8.count)
    }

    /// This version without its local part.
    public var publicVersion: Version {
        guard hasLocal else { return self }
        return Version(normalized: String(slice(0..<Int(layout.publicEnd))), layout: layout)
    }

    /// Epoch and release alone: `1!2.0` for `1!2.0rc1.post3`.
    public var base: Version {
        var layout = layout
        layout.preEnd = layout.releaseEnd
        layout.postEnd = layout.releaseEnd
        layout.publicEnd = layout.releaseEnd
        return Version(normalized: String(slice(0..<Int(layout.releaseEnd))), layout: layout)
    }

    /// The earliest development release of this version, which has neither dev nor local part: everything that leads up
    /// to it is not before this.
    var firstDevelopment: Version {
        var layout = layout
        layout.publicEnd += UInt8(Self.devPrefix + 1)
        return Version(normalized: normalized + ".dev0", layout: layout)
    }
}

extension Version: CustomStringConvertible {
    public var description: String { normalized }
}

/// One number of a version: a natural number of any length.
public struct VersionNumber: Hashable, Comparable, Sendable, CustomStringConvertible {
    /// Decimal digits without leading zeros.
    let digits: String

    /// The number, or nil when it is beyond `Int`.
    public var value: Int? { Int(digits) }

    public var description: String { digits }

    /// Orders as numbers do.
    public static func < (a: VersionNumber, b: VersionNumber) -> Bool {
        (a.digits.utf8.count, a.digits) < (b.digits.utf8.count, b.digits)
    }
}

/// Why a text is not a version.
public enum InvalidVersion: Error, Equatable, Sendable {
    /// There is no text at all.
    case empty
    /// The text is longer than ``Version/maximumLength``.
    case tooLong
    /// The text is not understood from this byte offset on.
    case syntax(String, at: Int)

    /// What is wrong and what to do, in a sentence that is safe to show to anyone.
    public var explanation: String {
        switch self {
        case .empty: "The version is empty."
        case .tooLong: "The version is longer than \(Version.maximumLength) characters."
        case .syntax(let text, _):
            "\(quoted(text)) is not a valid version. Write for example 1.0, 1.0rc1 or 1.0.post1 (PEP 440)."
        }
    }
}
