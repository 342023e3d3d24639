import Synchronization

/// Values one after the other, the last one again and again.
final class Script<Value: Sendable>: Sendable {
    private let values: Mutex<[Value]>
    private let place = Mutex(0)

    init(_ values: [Value]) { self.values = Mutex(values) }

    var all: [Value] { values.withLock { $0 } }

    func add(_ value: Value) { values.withLock { $0.append(value) } }

    func next() -> Value {
        let place = place.withLock { place in
            defer { place += 1 }
            return place
        }
        return values.withLock { $0[min(place, $0.count - 1)] }
    }
}
