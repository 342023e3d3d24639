import PythonSyntax

/// Follows values through a file: expressions. Statements, calls and folding are in files of their own.
///
/// Every statement is looked at in its order, functions once after the module (and once more before, from the last to
/// the first, so that what callers give is known), and again with the arguments of a call as long as there are steps.
/// Both sides of a branch are taken; what a variable was before stays possible.
struct Flow {
    let base: UnsafePointer<UInt8>
    let vocabulary: Vocabulary
    let bounds: ReadingBounds
    let charset: Notes.Charset
    var tree = SyntaxTree()
    var names: NameTable
    var dotted: DottedNames

    // Values.
    /// 0 is no constant; then those that are keywords, each by its number.
    var constants: [Constant] = (0...3).map { Constant(kind: .other, start: $0) }
    var pool: [UInt8] = []
    var elements: [Value] = []
    var origins: OriginSets
    /// How many more bytes may be looked at or made by folding.
    var foldable: Int
    /// How many more nodes may be looked at beyond once.
    var steps: Int
    /// How many loops and calls are being repeated: each node costs a step.
    var repeating = 0
    var reachedBounds: Set<String> = []

    // Where we are.
    var module: [Value] = []
    var scope: Scope?
    /// The function that is looked at, or -1.
    var function: Int32 = -1
    var type: Int32 = -1
    var isMain = false
    /// How many branches are open in this function: what is assigned in one may or may not be.
    var branches = 0
    var depth = 0
    var statement: Int32 = 0
    var returned = Value.unknown
    var hasReturned = false
    /// Modules of which all names were imported.
    var stars: [Int32] = []

    // Functions and types, of the whole file; `chunk` is where those of this tree begin.
    var functions: [Function] = []
    var types: [LocalType] = []
    var functionChunk = 0
    var typeChunk = 0
    var waiting: [Int32] = []

    // What is found.
    var found = Findings()

    struct Function {
        var name: Int32 = 0
        var parent: Scope?
        var type: Int32 = -1
        /// The function that it is in, or -1.
        var outer: Int32 = -1
        var isDefined = false
        var arguments: [Value] = []
        var returned = Value.unknown
        var hasReturned = false
        /// Values of parameters that are not given.
        var defaults: [Value] = []
        /// How often it was looked at for the sake of one call, and nothing came of it.
        var fruitless = 0
        /// Who calls it: functions, -1 for the module, -2 for the part that runs as a program only.
        var callers: Set<Int32> = []
        var position: Int32 = 0
        var isRunning = false
    }

    struct LocalType {
        var name: Int32 = 0
        var attributes: [Int32: Value] = [:]
        /// Values of the bases.
        var bases: [Value] = []
    }

    private var spine: [Int32] = []
    var arguments: [Argument] = []

    struct Argument {
        var keyword: Int32
        var value: Value
        var position: Int32
    }

    init(
        _ buffer: UnsafeBufferPointer<UInt8>, vocabulary: Vocabulary, bounds: ReadingBounds, charset: Notes.Charset,
        names: NameTable
    ) {
        base = buffer.baseAddress ?? UnsafePointer(bitPattern: 1).unsafelyUnwrapped
        self.vocabulary = vocabulary
        self.bounds = bounds
        self.charset = charset
        self.names = names
        dotted = vocabulary.dotted
        origins = OriginSets(most: bounds.alternatives)
        foldable = min(bounds.foldedBytes, 32 * buffer.count + 65_536)
        steps = min(bounds.steps, 4 * buffer.count + 4_096)
    }

    static let mostDepth = 500

    // MARK: Names

    mutating func child(_ parent: Int32, _ word: Int32) -> Int32 { dotted.child(parent, word, vocabulary) }
    mutating func child(_ parent: Int32, _ word: String) -> Int32 { child(parent, names.intern(word)) }

    /// A dotted name from a text: `os.path.join`.
    mutating func name(_ text: String) -> Int32 {
        var name = DottedNames.root
        for part in text.split(separator: ".").prefix(12) { name = child(name, String(part)) }
        return name
    }

    func moduleValue(_ name: Int32) -> Value? {
        Int(name) < module.count && module[Int(name)].traits.contains(.defined) ? module[Int(name)] : nil
    }

    mutating func setModule(_ name: Int32, _ value: Value) {
        if Int(name) >= module.count {
            module.append(contentsOf: repeatElement(.unknown, count: names.count - module.count))
        }
        module[Int(name)] = value
    }

    func find(_ name: Int32) -> Value? {
        var next = scope
        var isFirst = true
        while let scope = next {
            if isFirst || !scope.isType, let value = scope.find(name) { return value }
            isFirst = false
            next = scope.parent
        }
        return moduleValue(name)
    }

    mutating func load(_ name: Int32) -> Value {
        if let value = find(name) { return value }
        if name <= Keyword.true.rawValue { return Value(constant: name, traits: .known) }
        let own = child(DottedNames.root, name)
        if stars.isEmpty || dotted[own].fold != .none
            || (dotted[own].marks.contains(.match) && !vocabulary.isEverything)
        {
            return Value(name: own)
        }
        for star in stars {
            let below = child(star, name)
            if !dotted[below].marks.isDisjoint(with: [.match, .path]) || dotted[below].fold != .none {
                return Value(name: below)
            }
        }
        return Value(name: own)
    }

    /// A variable is given a value.
    mutating func assign(_ name: Int32, _ value: Value) {
        guard name > Keyword.last.rawValue else { return }
        var value = value
        value.traits.insert(.defined)
        if let scope, !scope.globals.contains(name) {
            if branches > 0, let old = scope.find(name) { value = join(old, value) }
            scope.set(name, value)
        } else {
            if branches > 0 || scope != nil, let old = moduleValue(name) { value = join(old, value) }
            setModule(name, value)
        }
    }

    // MARK: Several possibilities

    mutating func join(_ one: Value, _ other: Value) -> Value {
        if one == other { return one }
        var joined = Value()
        joined.origins = origins.union(one.origins, other.origins)
        joined.traits = one.traits.union(other.traits)
        if !(one.traits.contains(.known) && other.traits.contains(.known)) { joined.traits.remove(.known) }
        joined.local = other.local != 0 ? other.local : one.local
        joined.name = better(one.name, other.name)
        if one.constant == other.constant {
            joined.constant = one.constant
        } else if isNothing(one) {
            joined.constant = other.constant
        } else if isNothing(other) {
            joined.constant = one.constant
        } else {
            joined.constant = oneOf(one, other)
        }
        return joined
    }

    /// The name that rules can name.
    private func better(_ one: Int32, _ other: Int32) -> Int32 {
        if one == 0 || other == 0 || one == other { return max(one, other) }
        func rank(_ name: Int32) -> Int {
            let marks = dotted[name].marks
            return marks.contains(.match) ? 2 : marks.contains(.path) || dotted[name].fold != .none ? 1 : 0
        }
        return rank(one) > rank(other) ? one : other
    }

    /// Whether a value says nothing next to another: unknown, or `None`, an empty string, a number.
    private func isNothing(_ value: Value) -> Bool {
        guard value.constant != 0 else { return true }
        let constant = constants[Int(value.constant)]
        return constant.kind == .other || (constant.isText && constant.count == 0)
    }

    private mutating func oneOf(_ one: Value, _ other: Value) -> Int32 {
        var possible: [Value] = []
        for value in [one, other] {
            let constant = constants[Int(value.constant)]
            if constant.kind == .oneOf {
                possible += elements[constant.start..<(constant.start + Int(constant.count))]
            } else {
                possible.append(Value(constant: value.constant, traits: value.traits))
            }
        }
        var distinct: [Value] = []
        for value in possible where !distinct.contains(where: { isSame($0.constant, value.constant) }) {
            distinct.append(value)
        }
        if distinct.count == 1 { return distinct[0].constant }
        guard distinct.count <= bounds.alternatives else { return one.constant }
        return container(.oneOf, distinct, at: constants[Int(other.constant)].position).constant
    }

    func isSame(_ one: Int32, _ other: Int32) -> Bool {
        if one == other { return true }
        let (first, second) = (constants[Int(one)], constants[Int(other)])
        guard first.kind == second.kind, first.count == second.count else { return false }
        switch first.kind {
        case .integer: return first.start == second.start
        case .string, .bytes:
            return first.start == second.start && first.isInSource == second.isInSource
                || (first.count <= 4_096 && withBytes(first) { one in withBytes(second) { one.elementsEqual($0) } })
        default: return false
        }
    }

    // MARK: Expressions

    mutating func evaluate(_ id: Int32) -> Value {
        if id == 0 { return .unknown }
        let node = tree[id]
        if repeating > 0 {
            steps -= 1
            if steps < 0 {
                reachedBounds.insert("steps")
                return .unknown
            }
        }
        switch node.kind {
        case .name: return read(node)
        case .string: return string(node)
        case .number: return number(node)
        default: break
        }
        guard depth < Self.mostDepth else {
            reachedBounds.insert("nesting")
            return .unknown
        }
        depth += 1
        defer { depth -= 1 }
        switch node.kind {
        case .attribute, .element, .call, .binary: return evaluateSpine(id)
        case .strings: return strings(node)
        case .format: return format(node)
        case .tuple, .list, .set: return display(node)
        case .dictionary: return dictionary(node)
        case .unary: return unary(node)
        case .choice:
            let value = evaluate(tree.item(node.a, 0))
            _ = evaluate(tree.item(node.a, 1))
            let otherwise = evaluate(tree.item(node.a, 2))
            return join(value, otherwise)
        case .lambda: return define(node.a)
        case .comprehension: return comprehension(node)
        case .star, .doubleStar, .await: return evaluate(node.a)
        case .yield:
            let value = evaluate(node.a)
            returned = hasReturned ? join(returned, value) : value
            hasReturned = true
            return .unknown
        case .walrus:
            let value = evaluate(node.b)
            assign(node.a, value)
            found.assigned(node.a, key: 0, value, at: node.position, in: place)
            return value
        default: return .unknown
        }
    }

    /// A name that is not called, and has no attribute taken.
    private mutating func read(_ node: Node) -> Value {
        var value = load(node.a)
        noteRead(&value, node, nextIsAttribute: false)
        return value
    }

    /// Attributes, calls, subscripts and operators from the left to the right, without recursion on the left side:
    /// there may be a million of them.
    private mutating func evaluateSpine(_ id: Int32) -> Value {
        let mark = spine.count
        var next = id
        while true {
            let node = tree[next]
            guard node.kind == .attribute || node.kind == .element || node.kind == .call || node.kind == .binary else {
                break
            }
            spine.append(next)
            next = node.a
        }
        let first = tree[next]
        let following = tree[spine[spine.count - 1]].kind
        var value: Value
        if first.kind == .name {
            value = load(first.a)
            if following != .call { noteRead(&value, first, nextIsAttribute: following == .attribute) }
        } else {
            value = evaluate(next)
        }
        var receiver = Value.unknown
        var receiverNode = next
        var method: Int32 = 0
        while spine.count > mark {
            let id = spine.removeLast()
            let node = tree[id]
            if repeating > 0 {
                steps -= 1
                if steps < 0 { continue }
            }
            let followed: NodeKind? = spine.count > mark ? tree[spine[spine.count - 1]].kind : nil
            switch node.kind {
            case .attribute:
                receiver = value
                receiverNode = node.a
                method = node.b
                value = attribute(value, node.b)
                if followed != .call { noteRead(&value, node, nextIsAttribute: followed == .attribute) }
                continue
            case .call:
                value = call(node, value, receiver: receiver, method: method, receiverNode: receiverNode)
            case .element: value = element(node, value)
            default: value = operation(node, value, evaluate(node.b))
            }
            receiver = .unknown
            method = 0
            receiverNode = 0
        }
        return value
    }

    var place: Findings.Place {
        Findings.Place(function: function, type: type, isMain: isMain, statement: statement)
    }

    /// What is read and not called may be what rules name.
    mutating func noteRead(_ value: inout Value, _ node: Node, nextIsAttribute: Bool) {
        guard value.name > 0, !value.traits.contains(.instance),
            node.kind != .name || !value.traits.contains(.member)
        else { return }
        let entry = dotted[value.name]
        guard entry.marks.contains(.match) else { return }
        if nextIsAttribute && (node.kind == .name || entry.marks.contains(.matchBelow)) { return }
        value.origins = origins.union(
            value.origins, origins.set(of: Origin(name: value.name, position: node.position, detail: 0)))
        found.read(
            value.name, isIndirect: value.traits.contains(.indirect), at: node.position, in: place,
            most: bounds.results)
    }

    // MARK: Attributes and elements

    mutating func attribute(_ value: Value, _ word: Int32) -> Value {
        if value.local < 0 {
            if let found = member(of: -value.local - 1, word, depth: 0) {
                var found = found
                found.origins = origins.union(found.origins, value.origins)
                return found
            }
            if let base = outsideBase(of: -value.local - 1, depth: 0) {
                return Value(
                    name: child(base, word), origins: value.origins, traits: value.traits.intersection(.indirect))
            }
        }
        var result = Value()
        result.origins = value.origins
        result.traits = value.traits.intersection([.indirect, .known])
        if value.constant != 0 {
            let constant = constants[Int(value.constant)]
            result.name = child(vocabulary.known.kinds[Int(constant.kind.rawValue)], word)
            return result
        }
        guard value.name > 0 else {
            result.name = child(DottedNames.unknown, word)
            return result
        }
        // `__dict__` is a namespace, and so is what `__builtins__` is.
        if word == vocabulary.known.dict {
            result = value
            result.traits.formUnion([.scope, .indirect])
            return result
        }
        if isBuiltins(value) {
            result.name = child(DottedNames.root, word)
            result.traits.insert(.indirect)
            return result
        }
        if value.traits.contains(.scope), isOutside(value.name) {
            result.name = child(value.name, word)
            return result
        }
        result.name = child(value.name, word)
        if !value.traits.isDisjoint(with: [.instance, .member]) { result.traits.insert(.member) }
        if result.name == sysModules { result.traits.formUnion([.scope, .indirect]) }
        return result
    }

    private func isOutside(_ name: Int32) -> Bool { name > DottedNames.local }

    private func isBuiltins(_ value: Value) -> Bool { vocabulary.known.builtins.contains(value.name) }

    private var sysModules: Int32 { vocabulary.known.sysModules }

    func member(of type: Int32, _ word: Int32, depth: Int) -> Value? {
        guard depth < 4, Int(type) < types.count else { return nil }
        if let value = types[Int(type)].attributes[word] { return value }
        for base in types[Int(type)].bases.prefix(4) where base.local < 0 {
            if let value = member(of: -base.local - 1, word, depth: depth + 1) { return value }
        }
        return nil
    }

    /// The first base of a class that the file does not define.
    func outsideBase(of type: Int32, depth: Int) -> Int32? {
        guard depth < 4, Int(type) < types.count else { return nil }
        for base in types[Int(type)].bases.prefix(4) {
            if base.local < 0 {
                if let name = outsideBase(of: -base.local - 1, depth: depth + 1) { return name }
            } else if base.name > DottedNames.local {
                return base.name
            }
        }
        return nil
    }

    private mutating func element(_ node: Node, _ value: Value) -> Value {
        let indexNode = tree[node.b]
        if indexNode.kind == .slice {
            let parts = (0..<3).map { evaluate(tree.item(indexNode.a, $0)) }
            let isGiven = (0..<3).map { tree.item(indexNode.a, $0) != 0 }
            return slice(value, parts, isGiven, at: node.position)
        }
        let index = evaluate(node.b)
        var result = Value()
        result.origins = origins.union(value.origins, index.constant != 0 ? 0 : index.origins)
        if value.traits.contains(.scope) || (value.name > 0 && isBuiltins(value)) {
            if let text = text(index) {
                var found = value.traits.contains(.scope) ? inScope(value, text) : attribute(value, names.intern(text))
                found.traits.insert(.indirect)
                noteRead(&found, node, nextIsAttribute: true)
                return found
            }
        }
        if value.constant != 0, let found = pick(value, index, at: node.position) {
            var found = found
            found.origins = origins.union(found.origins, value.origins)
            return found
        }
        if value.name > 0 {
            // `os.environ["HOME"]`: what is read is the dictionary, and the key says which part.
            result.name = value.name
            result.traits = value.traits.intersection([.indirect]).union(.instance)
            let marks = dotted[value.name].marks
            if marks.contains(.match), !value.traits.contains(.instance), index.constant != 0 {
                let position = tree[node.a].position
                result.origins = origins.union(
                    result.origins,
                    origins.set(of: Origin(name: value.name, position: position, detail: index.constant)))
                found.key(index.constant, ofReadAt: position, value.name)
            }
        }
        if value.traits.contains(.known), index.traits.contains(.known) { result.traits.insert(.known) }
        return result
    }

    /// Something by its name in a namespace.
    mutating func inScope(_ scope: Value, _ text: [UInt8]) -> Value {
        let word = names.intern(text)
        if scope.name == 0 {
            // The module's own, and behind it what is built in.
            return load(word)
        }
        if scope.name == sysModules { return Value(name: name(String(decoding: text.prefix(200), as: UTF8.self))) }
        return attribute(Value(name: scope.name, traits: scope.traits.subtracting(.scope)), word)
    }
}
