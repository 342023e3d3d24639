public import UTC

/// How often a file was fetched on a day by one version of one installer.
public struct DownloadCount: Hashable, Sendable {
    public let file: Int64
    /// The UTC day of the requests.
    public let day: Day
    /// With what. The version may be empty.
    public let installer: Installer
    /// True for a mirror or a cache.
    public let isMirror: Bool
    /// How many downloads, at least 1.
    public let count: Int64
}

/// Downloads that are not stored yet, summed up.
///
/// A value: each event loop has its own, or one stands behind a lock, and anyone who stores the counts drains it. A
/// download is in exactly one drained batch. Adding to a key that is there allocates nothing.
public struct DownloadTally: Sendable {
    private struct Key: Hashable {
        let file: Int64
        let day: Int32
        let who: UInt16
    }

    private struct Who: Hashable {
        let installer: Installer
        let isMirror: Bool
    }

    /// Most distinct combinations of file, day and installer between two drains.
    public let maximumKeys: Int
    /// Most distinct installers with a version between two drains; a client that makes versions up is then counted
    /// without one.
    public let maximumInstallers: Int

    private var counts: [Key: Int64] = [:]
    private var indices: [Who: UInt16] = [:]
    private var installers: [Who] = []

    /// An empty tally. `maximumInstallers` is at most 60,000, so that an index fits into 16 bits with room to spare.
    public init(maximumKeys: Int = 65_536, maximumInstallers: Int = 1_024) {
        self.maximumKeys = maximumKeys
        self.maximumInstallers = min(maximumInstallers, 60_000)
    }

    /// True when there is nothing to store.
    public var isEmpty: Bool { counts.isEmpty }

    /// How many combinations there are.
    public var keyCount: Int { counts.count }

    /// Counts one download; `other` is not counted.
    ///
    /// False when the tally is full and knows nothing of this combination: then nothing was counted, and the caller
    /// drains it and adds again.
    public mutating func add(file: Int64, on day: Day, by downloader: Downloader) -> Bool {
        let who: Who
        switch downloader {
        case .installer(let installer): who = Who(installer: installer, isMirror: false)
        case .mirror(let installer): who = Who(installer: installer, isMirror: true)
        case .other: return true
        }
        let key = Key(file: file, day: day.number, who: index(of: who))
        guard counts.count < maximumKeys else {
            guard let position = counts.index(forKey: key) else { return false }
            counts.values[position] += 1
            return true
        }
        counts[key, default: 0] += 1
        return true
    }

    /// Takes all that was counted and leaves the tally empty, with room for as much again.
    public mutating func drain() -> [DownloadCount] {
        let drained = counts.map { key, count in
            let who = installers[Int(key.who)]
            return DownloadCount(
                file: key.file, day: Day(number: key.day), installer: who.installer, isMirror: who.isMirror,
                count: count)
        }
        counts.removeAll(keepingCapacity: true)
        indices.removeAll(keepingCapacity: true)
        installers.removeAll(keepingCapacity: true)
        return drained
    }

    private mutating func index(of who: Who) -> UInt16 {
        if let index = indices[who] { return index }
        // Names come from the operator's lists and are few: without versions there is room for all of them.
        guard installers.count < maximumInstallers || who.installer.version.isEmpty else {
            return index(of: Who(installer: Installer(name: who.installer.name, version: ""), isMirror: who.isMirror))
        }
        let index = UInt16(installers.count)
        indices[who] = index
        installers.append(who)
        return index
    }
}
