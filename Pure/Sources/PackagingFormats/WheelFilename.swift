import Bytes

/// The name of a wheel: `demo_pkg-1.0-1-py2.py3-none-any.whl`.
///
/// Source: packaging.python.org, "Binary distribution format" (PEP 427) and "Platform compatibility tags" (PEP 425).
public struct WheelFilename: Hashable, Sendable {
    /// The whole name as it was read.
    public let text: String
    /// The project; its display is the first part, `demo_pkg`.
    public let project: ProjectName
    public let version: Version
    /// The build tag, which breaks ties between wheels of one version.
    public let build: BuildTag?
    /// The tags for Pythons, `py2` and `py3`. All tags are in lower case here, whatever the name has.
    public let interpreters: [String]
    /// The tags for binary interfaces, `none`.
    public let abis: [String]
    /// The tags for platforms, `any`.
    public let platforms: [String]

    /// Reads the name of a wheel as PyPI accepts it: ASCII, one project, a version that is one, tags without gaps.
    ///
    /// - Parameter requiresSortedTags: refuse tag sets that are not in order, as PEP 425 asks. PyPI does not.
    public init(parsing text: String, requiresSortedTags: Bool = false) throws(InvalidFilename) {
        try DistributionFilename.checkCharacters(of: text)
        guard text.utf8.suffix(4).elementsEqual(".whl".utf8) else { throw .wrongExtension(text) }
        let parts = text.dropLast(4).split(separator: "-", omittingEmptySubsequences: false)
        guard parts.count == 5 || parts.count == 6 else { throw .wrongParts(text) }
        guard !parts[0].contains("__") else { throw .wrongParts(text) }
        do { project = try ProjectName(parsing: String(parts[0])) } catch { throw .project(text, error) }
        do { version = try Version(parsing: String(parts[1])) } catch { throw .version(text, error) }
        if parts.count == 6 {
            guard let tag = BuildTag(parts[2]) else { throw .build(text) }
            build = tag
        } else {
            build = nil
        }
        let tags = parts.suffix(3).map { $0.split(separator: ".", omittingEmptySubsequences: false).map(String.init) }
        let areWords = tags.joined().allSatisfy { !$0.isEmpty && $0.utf8.allSatisfy(\.isWordByte) }
        guard areWords, tags[0].allSatisfy({ $0.utf8.first?.isASCIIDigit == false }) else { throw .tag(text) }
        if requiresSortedTags, tags.contains(where: { $0 != $0.sorted() }) { throw .unsortedTags(text) }
        let lowered = tags.map { $0.map { $0.lowercased() } }
        (interpreters, abis, platforms) = (lowered[0], lowered[1], lowered[2])
        self.text = text
    }

    /// Equal for names that mean the same wheel: `Foo-1.0-py3-none-any.whl` and `foo-1.0.0-py3-none-any.whl`.
    public var identity: String {
        let sets = [interpreters, abis, platforms].map { Set($0).sorted().joined(separator: ".") }
        let parts = [project.normalized, version.canonical] + (build.map { ["\($0.number)\($0.suffix)"] } ?? []) + sets
        // A normalized name has hyphens of its own; a slash is in no part.
        return parts.joined(separator: "/") + ".whl"
    }

    /// Every combination of the tags: `py2-none-any` and `py3-none-any`.
    public var tags: Set<WheelTag> {
        var tags: Set<WheelTag> = []
        for interpreter in interpreters {
            for abi in abis {
                for platform in platforms {
                    tags.insert(WheelTag(interpreter: interpreter, abi: abi, platform: platform))
                }
            }
        }
        return tags
    }
}

/// What a wheel runs on: `cp312-cp312-manylinux_2_17_x86_64`.
public struct WheelTag: Hashable, Sendable, CustomStringConvertible {
    /// The Python, `cp312`.
    public let interpreter: String
    /// The binary interface, `cp312`.
    public let abi: String
    /// The platform, `manylinux_2_17_x86_64`.
    public let platform: String

    /// The three with hyphens between them.
    public var description: String { "\(interpreter)-\(abi)-\(platform)" }
}

/// The build tag of a wheel: digits, then anything. Ordered by number, then by text.
public struct BuildTag: Hashable, Comparable, Sendable {
    /// The digits it begins with.
    public let number: VersionNumber
    /// What follows the digits.
    public let suffix: String

    init?(_ text: Substring) {
        let digits = text.utf8.prefix(while: \.isASCIIDigit)
        guard !digits.isEmpty else { return nil }
        let significant = digits.drop { $0 == UInt8(ascii: "0") }
        number = VersionNumber(digits: significant.isEmpty ? "0" : String(Substring(significant)))
        suffix = String(text.utf8.dropFirst(digits.count)) ?? ""
    }

    /// The number decides, then the suffix.
    public static func < (a: BuildTag, b: BuildTag) -> Bool { (a.number, a.suffix) < (b.number, b.suffix) }
}
