import PythonSyntax

/// What is known of a value, in numbers: 20 bytes that are cheap to copy.
struct Value: Equatable {
    /// What it is, a dotted name, or 0.
    var name: Int32 = 0
    /// Which constant it is, or 0.
    var constant: Int32 = 0
    /// Where it comes from: a set of origins; 0 is the empty one.
    var origins: Int32 = 0
    /// A function of the file and 1; or a type of the file and 1, negative; or 0.
    var local: Int32 = 0
    var traits: Traits = []

    struct Traits: OptionSet {
        let rawValue: UInt8
        /// Nothing unknown is in it.
        static let known = Traits(rawValue: 1)
        /// Got at in a roundabout way.
        static let indirect = Traits(rawValue: 2)
        /// What calling `name` or `local` gives, and not it itself.
        static let instance = Traits(rawValue: 4)
        /// Assigned, if only to what is unknown.
        static let defined = Traits(rawValue: 8)
        /// A namespace: `globals()`, `sys.modules`.
        static let scope = Traits(rawValue: 16)
        /// An attribute of what a call gave.
        static let member = Traits(rawValue: 32)
    }

    /// Something that nothing is known of.
    static let unknown = Value()

    var isUnknown: Bool { name == 0 && constant == 0 && local == 0 }
}

/// A constant, or a container.
struct Constant {
    enum Kind: UInt8 { case string, bytes, integer, other, list, tuple, dictionary, oneOf }
    var kind: Kind
    var isPartial = false
    /// Whether its bytes are in the source, not in the pool.
    var isInSource = false
    /// Whether something else was made of it.
    var isUsed = false
    var decodings: UInt8 = 0
    var steps: FoldingSteps = []
    /// Where its bytes or its elements begin; an integer's value.
    var start: Int = 0
    /// How many bytes or elements; of a dictionary keys and values.
    var count: Int32 = 0
    /// Where in the source it was made.
    var position: Int32 = 0
    /// The function in which it was made, or -1.
    var function: Int32 = -1

    var isText: Bool { kind == .string || kind == .bytes }
    var isContainer: Bool { kind == .list || kind == .tuple || kind == .dictionary }
}

/// Where a value comes from.
struct Origin: Hashable {
    var name: Int32
    var position: Int32
    /// A constant, or 0.
    var detail: Int32
}

/// Sets of origins, each once.
struct OriginSets {
    private(set) var origins: [Origin] = []
    private var originNumbers: [Origin: Int32] = [:]
    private(set) var sets: [[Int32]] = [[]]
    private var numbers: [[Int32]: Int32] = [[]: 0]
    private var unions: [UInt64: Int32] = [:]
    let most: Int

    init(most: Int) { self.most = most }

    /// How many there may be of everything, so that a file cannot make the tables large.
    private static let mostSets = 50_000

    mutating func set(of origin: Origin) -> Int32 {
        // A second detail of the same call is not another origin.
        let key = Origin(name: origin.name, position: origin.position, detail: 0)
        if let known = originNumbers[key] {
            if origins[Int(known)].detail == 0 { origins[Int(known)].detail = origin.detail }
            return number([known])
        }
        guard origins.count < Self.mostSets else { return 0 }
        let index = Int32(truncatingIfNeeded: origins.count)
        origins.append(origin)
        originNumbers[key] = index
        return number([index])
    }

    private mutating func number(_ set: [Int32]) -> Int32 {
        if let known = numbers[set] { return known }
        guard sets.count < Self.mostSets else { return 0 }
        let index = Int32(truncatingIfNeeded: sets.count)
        sets.append(set)
        numbers[set] = index
        return index
    }

    @inline(__always) mutating func union(_ one: Int32, _ other: Int32) -> Int32 {
        if one == other || other == 0 { return one }
        return one == 0 ? other : merge(min(one, other), max(one, other))
    }

    private mutating func merge(_ one: Int32, _ other: Int32) -> Int32 {
        let key = UInt64(UInt32(one)) << 32 | UInt64(UInt32(other))
        if let known = unions[key] { return known }
        var merged = sets[Int(one)]
        for origin in sets[Int(other)] where merged.count < most && !merged.contains(origin) { merged.append(origin) }
        merged.sort()
        let result = number(merged)
        if unions.count < 4 * Self.mostSets { unions[key] = result }
        return result == 0 ? one : result
    }
}

/// The variables of a function, a class body or a comprehension.
final class Scope {
    private var names: [Int32] = []
    private var values: [Value] = []
    private var places: [Int32: Int32] = [:]
    let parent: Scope?
    /// Whether it is a class body, which functions in it do not see.
    let isType: Bool
    /// Names that mean the module's.
    var globals: [Int32] = []

    init(parent: Scope?, isType: Bool) {
        self.parent = parent
        self.isType = isType
    }

    func find(_ name: Int32) -> Value? {
        if names.count <= 12 {
            for index in names.indices where names[index] == name { return values[index] }
            return nil
        }
        return places[name].map { values[Int($0)] }
    }

    func set(_ name: Int32, _ value: Value) {
        if names.count <= 12 {
            for index in names.indices where names[index] == name {
                values[index] = value
                return
            }
        } else if let place = places[name] {
            values[Int(place)] = value
            return
        }
        names.append(name)
        values.append(value)
        if names.count == 13 {
            for index in names.indices { places[names[index]] = Int32(index) }
        } else if names.count > 13 {
            places[name] = Int32(names.count - 1)
        }
    }

    var all: Zip2Sequence<[Int32], [Value]> { zip(names, values) }
}
