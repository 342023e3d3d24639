/// A cache of things made from the database, which never keeps one that is older than a change to it.
///
/// Anyone who makes a value first reads the index's serial, and says so with `asOf`; anyone who changes something
/// invalidates with the serial of the change, after the commit. A value that was being made meanwhile is refused,
/// whichever of the two comes first.
///
/// Values may belong to a *scope*, which is a key too: a change of the scope makes all of them stale, however many
/// there are and whatever their keys. They are not looked for; each is found to be too old when it is next asked for.
package struct VersionedCache<Value> {
    private struct Entry {
        var value: Value
        var scope: String?
        var serial: Int64
    }

    private var values: ClockCache<String, Entry>
    /// The newest change of each key that is known to have changed.
    private var changes: [String: Int64] = [:]
    /// Nothing older than this is kept, whatever its key.
    private var floor: Int64 = .min
    private let maximumChanges: Int

    /// - Parameters:
    ///   - limit: the most that all values may cost.
    ///   - maximumChanges: how many changed keys are remembered. Beyond that all are forgotten, and for safety
    ///     everything
    ///     made before the newest of them is refused.
    package init(limit: Int, maximumChanges: Int = 8192) {
        values = ClockCache(limit: limit)
        self.maximumChanges = maximumChanges
    }

    var count: Int { values.count }
    var cost: Int { values.cost }

    package mutating func value(for key: String) -> Value? {
        guard let entry = values.value(for: key) else { return nil }
        guard let scope = entry.scope, !isNew(entry.serial, for: scope) else { return entry.value }
        values.remove(key)
        return nil
    }

    /// Keeps `value`, and answers whether it was new enough.
    @discardableResult
    package mutating func put(
        _ value: Value, for key: String, in scope: String? = nil, asOf serial: Int64, cost: Int
    ) -> Bool {
        guard isNew(serial, for: key), scope.map({ isNew(serial, for: $0) }) ?? true else { return false }
        values.put(Entry(value: value, scope: scope, serial: serial), for: key, cost: cost)
        return true
    }

    private func isNew(_ serial: Int64, for key: String) -> Bool { serial >= floor && serial >= changes[key] ?? .min }

    /// Drops a value that has turned out to be of no use, without saying that it changed.
    mutating func remove(_ key: String) { values.remove(key) }

    mutating func invalidate(_ key: String, serial: Int64) {
        values.remove(key)
        if changes.count >= maximumChanges, changes[key] == nil {
            floor = max(floor, changes.values.max() ?? floor)
            changes.removeAll(keepingCapacity: true)
        }
        changes[key] = max(changes[key] ?? .min, serial)
    }

    package mutating func invalidateAll(serial: Int64) {
        values.removeAll()
        floor = max(floor, serial)
        changes.removeAll()
    }
}
