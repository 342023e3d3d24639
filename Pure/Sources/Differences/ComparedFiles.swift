import PackagingFormats

/// Which file of one release is compared with which of another.
public struct ComparedFiles: Sendable, Hashable {
    /// The file of the earlier release.
    public let old: String
    /// The file of the later release.
    public let new: String
    /// What names the choice in an address: `sdist`, or what a wheel's name says behind the version, `py3-none-any`.
    public let key: String
    /// How alike they are.
    public let likeness: Likeness

    /// How alike two files are by their names, the best first.
    public enum Likeness: Int, Sendable, Hashable, Comparable {
        /// Both are source distributions, or wheels for the same.
        case same
        /// Wheels for the same interpreter and processor, of systems of another age.
        case nearlySame
        /// Wheels for different things.
        case otherWheel
        /// A source distribution and a wheel.
        case otherKind

        /// `a` is more alike than `b`.
        public static func < (one: Likeness, other: Likeness) -> Bool { one.rawValue < other.rawValue }
    }

    /// All that can be compared sensibly, the one that is shown where nobody chose first: source distributions, then wheels
    /// for anything, then others by their names. Where no two files are for the same, the pair that is the most alike.
    public static func choices(from old: [String], to new: [String]) -> [ComparedFiles] {
        let (old, new) = (old.compactMap(Part.init), new.compactMap(Part.init))
        var byRest: [String: Part] = [:]
        var byFamily: [String: Part] = [:]
        // The first counts.
        for part in old.reversed() { (byRest[part.rest], byFamily[part.family]) = (part, part) }
        var choices: [ComparedFiles] = []
        for part in new {
            if let same = byRest[part.rest] {
                choices.append(ComparedFiles(old: same.name, new: part.name, key: part.rest, likeness: .same))
            } else if let near = byFamily[part.family] {
                choices.append(ComparedFiles(old: near.name, new: part.name, key: part.rest, likeness: .nearlySame))
            }
        }
        choices.sort { one, other in
            one.order == other.order ? one.key < other.key : one.order < other.order
        }
        guard choices.isEmpty, let (before, after) = mostAlike(old, new) else { return choices }
        let likeness: Likeness = before.isWheel == after.isWheel ? .otherWheel : .otherKind
        return [ComparedFiles(old: before.name, new: after.name, key: after.rest, likeness: likeness)]
    }

    private var order: Int {
        if key == Part.sourceDistribution { return 0 }
        return likeness.rawValue * 2 + (key.utf8.suffix(9).elementsEqual("-none-any".utf8) ? 1 : 2)
    }

    private static func mostAlike(_ old: [Part], _ new: [Part]) -> (Part, Part)? {
        if let before = old.first(where: \.isWheel), let after = new.first(where: \.isWheel) {
            let sameSystem = old.first { $0.isWheel && $0.system == after.system }
            return (sameSystem ?? before, after)
        }
        guard let before = old.first, let after = new.first else { return nil }
        return (before, after)
    }

    /// A file's name in its parts.
    private struct Part {
        static let sourceDistribution = "sdist"

        let name: String
        let isWheel: Bool
        /// What stands behind the version.
        let rest: String
        /// The same without the age of the system.
        let family: String
        /// The system and processor alone.
        let system: String

        init?(_ name: String) {
            guard let file = try? DistributionFilename(lenient: name) else { return nil }
            self.name = name
            switch file {
            case .sourceDistribution:
                isWheel = false
                (rest, family, system) = (Self.sourceDistribution, Self.sourceDistribution, Self.sourceDistribution)
            case .wheel(let wheel):
                isWheel = true
                let parts = name.utf8.dropLast(4).split(separator: UInt8(ascii: "-")).map { String(Substring($0)) }
                rest = parts.dropFirst(2).joined(separator: "-")
                let systems = Set(wheel.platforms.map(Self.withoutAge)).sorted().joined(separator: ".")
                family = (wheel.interpreters + wheel.abis + [systems]).joined(separator: "-")
                system = systems
            }
        }

        /// `manylinux_x86_64` for `manylinux_2_17_x86_64` and `manylinux2014_x86_64`.
        private static func withoutAge(_ platform: String) -> String {
            for system in ["manylinux", "musllinux", "macosx", "android", "ios"] where platform.hasPrefix(system) {
                let rest = platform.utf8.dropFirst(system.utf8.count)
                let processor = rest.drop { $0 == UInt8(ascii: "_") || (0x30...0x39).contains($0) }
                return "\(system)_\(String(Substring(processor)))"
            }
            return platform
        }
    }
}
