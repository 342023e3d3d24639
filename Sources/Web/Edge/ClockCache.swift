/// A dictionary bounded by the cost of its values; what has not been asked for lately goes first.
///
/// The bound is kept by the clock algorithm: a hand goes round the entries, spares those asked for since it last
/// passed, and evicts the others. It forgets nearly as well as least-recently-used does, and a look-up only sets a
/// flag.
struct ClockCache<Key: Hashable, Value> {
    private struct Slot {
        var key: Key
        var value: Value
        var cost: Int
        var wasAskedFor: Bool
    }

    /// The most that all values together may cost.
    let limit: Int
    private(set) var cost = 0
    private var slots: [Slot] = []
    private var positions: [Key: Int] = [:]
    private var hand = 0

    init(limit: Int) { self.limit = limit }

    var count: Int { slots.count }

    mutating func value(for key: Key) -> Value? {
        guard let position = positions[key] else { return nil }
        slots[position].wasAskedFor = true
        return slots[position].value
    }

    /// Keeps `value`, unless it alone costs more than the limit.
    mutating func put(_ value: Value, for key: Key, cost valueCost: Int) {
        remove(key)
        guard valueCost <= limit else { return }
        while cost + valueCost > limit { evictOne() }
        positions[key] = slots.count
        slots.append(Slot(key: key, value: value, cost: valueCost, wasAskedFor: false))
        cost += valueCost
    }

    mutating func remove(_ key: Key) {
        guard let position = positions.removeValue(forKey: key) else { return }
        cost -= slots[position].cost
        let last = slots.removeLast()
        guard position < slots.count else { return }
        slots[position] = last
        positions[last.key] = position
    }

    mutating func removeAll() { self = ClockCache(limit: limit) }

    private mutating func evictOne() {
        while true {
            if hand >= slots.count { hand = 0 }
            guard slots[hand].wasAskedFor else { return remove(slots[hand].key) }
            slots[hand].wasAskedFor = false
            hand += 1
        }
    }
}
