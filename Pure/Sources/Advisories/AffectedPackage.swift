import PackagingFormats

/// Which versions of a project an advisory is about: those of its ranges, and those that it lists.
public struct AffectedPackage: Sendable, Hashable {
    /// A place on the line of all versions at which a range begins or ends.
    public enum Event: Sendable, Hashable {
        /// From the first version on, whatever it is: `"introduced": "0"`.
        case fromTheFirst
        /// From this version on.
        case introduced(Version)
        /// No longer from this version on.
        case fixed(Version)
        /// No longer behind this version.
        case lastAffected(Version)
        /// Nothing is said of this version and those behind it.
        case limit(Version)
    }

    /// The project, as the document writes it.
    public let project: ProjectName
    /// The events of each range.
    public let ranges: [[Event]]
    /// Versions that are listed, as they are written: some are older than PEP 440.
    public let versions: [String]
    /// PEP 440's form of those of them that have one.
    private let canonical: Set<String>

    public init(project: ProjectName, ranges: [[Event]] = [], versions: [String]) {
        self.project = project
        self.ranges = ranges
        self.versions = versions
        canonical = Set(versions.compactMap { try? Version(parsing: $0).canonical })
    }

    /// The versions in which it is mended.
    var fixes: [Version] {
        ranges.joined().compactMap { if case .fixed(let version) = $0 { version } else { nil } }
    }

    /// Whether a version is among them.
    func includes(_ text: String, _ version: Version?) -> Bool {
        guard let version else { return versions.contains(text) }
        return canonical.contains(version.canonical) || ranges.contains { Self.includes(version, $0) }
    }

    /// The evaluation algorithm of the specification: the events in the order of their versions, and what the last of them
    /// that is not behind the version says.
    private static func includes(_ version: Version, _ events: [Event]) -> Bool {
        let limits = events.compactMap { if case .limit(let limit) = $0 { limit } else { nil } }
        guard limits.isEmpty || limits.contains(where: { version < $0 }) else { return false }
        var isAffected = false
        for event in events.sorted(by: isBefore) {
            switch event {
            case .fromTheFirst: isAffected = true
            case .introduced(let first): if version >= first { isAffected = true }
            case .fixed(let fixed): if version >= fixed { isAffected = false }
            case .lastAffected(let last): if version > last { isAffected = false }
            case .limit: break
            }
        }
        return isAffected
    }

    /// The specification leaves open which of two events of one version comes first. What ends a range does: a warning too
    /// many is better than one too few.
    private static func isBefore(_ a: Event, _ b: Event) -> Bool {
        guard let first = a.version, let second = b.version else { return a.version == nil && b.version != nil }
        return first < second || !(second < first) && a.ends && !b.ends
    }
}

extension AffectedPackage.Event {
    /// The version of it; nil for the beginning of all.
    var version: Version? {
        switch self {
        case .fromTheFirst: nil
        case .introduced(let version), .fixed(let version), .lastAffected(let version), .limit(let version): version
        }
    }

    fileprivate var ends: Bool {
        switch self {
        case .fixed, .lastAffected: true
        case .fromTheFirst, .introduced, .limit: false
        }
    }
}
