import Downloads
import PackagingFormats

/// The order of projects by downloads, as far as it decides who is critical.
///
/// A project's rank is one more than the number of projects with more downloads, so equal counts share a rank.
public struct Ranking: Sendable, Hashable {
    /// A ranked name with its downloads.
    public struct Place: Sendable, Hashable {
        /// One more than the number of names with more downloads.
        public let rank: Int
        /// Normalized.
        public let name: String
        /// In the window.
        public let downloads: Int64

        public init(rank: Int, name: String, downloads: Int64) {
            self.rank = rank
            self.name = name
            self.downloads = downloads
        }
    }

    /// How many names were ranked: projects, removed ones among them, and reserved names.
    public let total: Int
    /// How many are critical by the rule, before ties.
    public let quota: Int
    /// The downloads that make a project critical: those of the quota's last, and at least one.
    public let threshold: Int64
    /// The names that reach the threshold, most downloads first, and by name where these are equal.
    public let places: [Place]

    /// Where the names that were asked about stand, by name; those that are not ranked are missing.
    public let followed: [String: Place]

    /// Ranks names.
    ///
    /// - Parameters:
    ///   - total: how many names are ranked, those that were never downloaded among them.
    ///   - extent: how many of them are critical.
    ///   - candidates: the numbers of those that were ever downloaded, each once.
    ///   - counts: the downloads, by number.
    ///   - following: ranked names whose place is asked for, wherever it is; without a number where one was never
    ///     downloaded.
    ///   - names: the normalized names of numbers.
    public init(
        total: Int, extent: CriticalRule.Extent, candidates: [NameNumber], counts: [UInt64],
        following: [(name: String, number: NameNumber?)] = [],
        names: ([NameNumber]) throws -> [NameNumber: String]
    ) rethrows {
        self.total = total
        quota = extent.count(of: total)
        let top = TopRanks.select(quota, of: candidates, by: counts)
        threshold = quota == 0 ? 1 : Int64(clamping: top.threshold)
        let spelled = try names(top.members.map(\.number))
        places = top.members.compactMap { member in
            spelled[member.number].map { Place(rank: member.rank, name: $0, downloads: Int64(clamping: member.count)) }
        }.sorted { ($0.rank, $0.name) < ($1.rank, $1.name) }

        let followedCounts = following.map { entry in
            entry.number.flatMap { Int($0) < counts.count ? counts[Int($0)] : nil } ?? 0
        }
        let ranks = Self.ranks(of: followedCounts, among: candidates, by: counts)
        followed = Dictionary(
            zip(following, zip(followedCounts, ranks)).map { entry, place in
                (entry.name, Place(rank: place.1, name: entry.name, downloads: Int64(clamping: place.0)))
            }
        ) { first, _ in first }
    }

    /// Where some names stand; nil for those that are neither among the places nor followed.
    public func places(of names: some Sequence<String>) -> [String: Place?] {
        let reaching = Dictionary(places.map { ($0.name, $0) }) { first, _ in first }
        return Dictionary(names.map { ($0, reaching[$0] ?? followed[$0]) }) { first, _ in first }
    }

    /// One more than how many candidates have more, for each of some counts: one pass over the candidates.
    private static func ranks(of wanted: [UInt64], among candidates: [NameNumber], by counts: [UInt64]) -> [Int] {
        guard !wanted.isEmpty else { return [] }
        let levels = Set(wanted).sorted()
        // How many candidates lie above exactly so many of the levels.
        var above = [Int](repeating: 0, count: levels.count + 1)
        for number in candidates where Int(number) < counts.count {
            let count = counts[Int(number)]
            var (low, high) = (0, levels.count)
            while low < high {
                let middle = (low + high) / 2
                if levels[middle] < count { low = middle + 1 } else { high = middle }
            }
            above[low] += 1
        }
        var more: [UInt64: Int] = [:]
        var sum = 0
        for index in levels.indices.reversed() {
            sum += above[index + 1]
            more[levels[index]] = sum
        }
        return wanted.map { (more[$0] ?? 0) + 1 }
    }
}

/// Decides which names become critical.
public enum DesignationPolicy {
    /// A name that is to be designated.
    public struct Choice: Sendable, Hashable {
        /// Normalized.
        public let name: String
        public let reason: Designation.Reason

        /// A name to designate.
        public init(name: String, reason: Designation.Reason) {
            self.name = name
            self.reason = reason
        }
    }

    /// The names that a computation designates: those that the ranking makes critical and are not yet.
    ///
    /// A name that was designated before is not designated again: it is critical still, or an administrator lifted it,
    /// and only naming it brings it back.
    ///
    /// - Parameter known: the names that were ever designated, normalized.
    public static func choices(from ranking: Ranking, known: Set<String>) -> [Choice] {
        ranking.places.filter { !known.contains($0.name) }.map {
            Choice(name: $0.name, reason: .downloads(rank: $0.rank, count: $0.downloads))
        }
    }

    /// The names that critical ones need, to a depth.
    ///
    /// - Parameters:
    ///   - critical: the names that are critical, without those that are so only because others need them.
    ///   - known: the names that were ever designated, normalized.
    ///   - depth: how far dependencies are followed; 0 is not at all.
    ///   - dependencies: what the newest release of a name needs, normalized; only names that are ranked.
    public static func dependencies(
        of critical: [ProjectName], known: Set<String>, depth: Int,
        dependencies: (String) throws -> [String]
    ) rethrows -> [Choice] {
        var seen = Set(critical.map(\.normalized))
        var choices: [Choice] = []
        var level = critical
        for _ in 0..<max(0, depth) {
            var next: [ProjectName] = []
            for dependent in level {
                for name in try dependencies(dependent.normalized) where seen.insert(name).inserted {
                    if !known.contains(name) {
                        choices.append(Choice(name: name, reason: .dependency(of: dependent)))
                    }
                    if let parsed = try? ProjectName(parsing: name) { next.append(parsed) }
                }
            }
            level = next
        }
        return choices
    }

    /// The names, among the critical ones, that are asked for more: the first ⌈share × critical⌉ by rank, and by name
    /// where ranks are equal. A name that is not ranked is not among them.
    ///
    /// - Parameter critical: the names that are critical, normalized, with their places.
    public static func topShare(of critical: [String: Ranking.Place?], share: Share) -> Set<String> {
        let ranked = critical.values.compactMap(\.self).sorted { ($0.rank, $0.name) < ($1.rank, $1.name) }
        return Set(ranked.prefix(share.count(of: critical.count)).map(\.name))
    }
}
