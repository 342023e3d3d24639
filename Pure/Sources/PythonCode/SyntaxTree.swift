/// What a node of the tree is. `a` and `b` are other nodes, or places in `SyntaxTree.lists`, as is said here.
enum NodeKind: UInt8 {
    /// Nothing that is known: an error, or what is beyond a bound.
    case unknown
    // Expressions.
    /// a: the name.
    case name
    /// a: where it ends.
    case number
    /// a, b: its content in the source. flags: `StringFlags`.
    case string
    /// a: a list of strings and f-strings that are next to each other.
    case strings
    /// a: a list of strings and expressions.
    case format
    /// a: a node, b: a name.
    case attribute
    /// a: a node, b: the index.
    case element
    /// a: a list of three nodes, or 0 for what is left out.
    case slice
    /// a: a node, b: a list of pairs: what kind of argument (a name, or `ArgumentKind`), a node.
    case call
    /// a: a list.
    case tuple, list, set
    /// a: a list of pairs; a key of 0 is `**`.
    case dictionary
    /// a, b: nodes. op: `Operator`.
    case binary
    /// a: a node. op: `Operator`.
    case unary
    /// a: a list of then, condition, else.
    case choice
    /// a: a function.
    case lambda
    /// a: a list: element, value of a dictionary or 0, then clauses of three: target or 0 for a condition, node, 0.
    case comprehension
    /// a: a node.
    case star, doubleStar, await, yield
    /// a: a name, b: a node.
    case walrus
    // Statements.
    /// a: a node.
    case expression
    /// a: a list of targets, b: the value.
    case assign
    /// a: the target, b: the value. op: `Operator`.
    case augment
    case `return`
    case raise
    /// a: a list of targets.
    case delete
    /// a: a list of names.
    case global
    /// a: a list of pairs: the dotted name as a list, the alias or 0.
    case `import`
    /// a: the dotted name as a list, b: a list of pairs of a name and an alias; flags: how many dots.
    case importFrom
    /// a: a list of pairs of a condition, or 0, and a block.
    case `if`
    /// a: the target or 0, b: a list of the iterable or condition, the block, the block behind `else` or 0.
    case loop
    /// a: a list of blocks and, before each, an expression or 0 and a name or 0.
    case `try`
    /// a: a list of pairs of an expression and a target or 0, b: the block.
    case with
    /// a: a function.
    case function
    /// a: a type.
    case type
    /// a: a list of statements.
    case block
}

/// Operators of expressions.
enum Operator: UInt8 {
    case none, add, subtract, multiply, divide, floorDivide, modulo, power, matrix
    case bitAnd, bitOr, bitXor, shiftLeft, shiftRight, invert, negate, plus, not
    case and, or, compare, identity
}

/// What kind of argument it is, where it has no keyword.
enum ArgumentKind {
    static let positional: Int32 = -1
    static let star: Int32 = -2
    static let doubleStar: Int32 = -3
}

/// A node: 16 bytes, whatever it is.
struct Node {
    var kind: NodeKind
    var flags: UInt8 = 0
    var op = Operator.none
    var a: Int32 = 0
    var b: Int32 = 0
    /// Where it is in the source; of attributes, calls and binary operators where the name or the operator is.
    var position: Int32
}

/// A function or a lambda, as it is written.
struct FunctionSyntax {
    struct Parameter {
        enum Kind: UInt8 { case plain, star, doubleStar, keywordOnly }
        var name: Int32
        /// A node, or 0.
        var initial: Int32
        var kind: Kind
    }

    var name: Int32
    var parameters: [Parameter] = []
    /// A block; of a lambda, an expression.
    var body: Int32 = 0
    var isLambda: Bool
    var decorators: [Int32] = []
    var position: Int32
    var end: Int32 = 0
    var nodes: Int32 = 0
}

/// A class, as it is written.
struct TypeSyntax {
    var name: Int32
    /// As arguments of a call.
    var bases: Int32 = 0
    var body: Int32 = 0
    var decorators: [Int32] = []
    var position: Int32
    var end: Int32 = 0
}

/// The tree of a part of a file. Node 0 is unknown, list 0 is empty.
struct SyntaxTree {
    /// How many nodes are kept: 16 bytes each. A statement that has more is cut.
    static let mostNodes = 3_000_000

    private(set) var nodes: [Node] = [Node(kind: .unknown, position: 0)]
    /// Lists: how many there are, then each.
    private(set) var lists: [Int32] = [0]
    var functions: [FunctionSyntax] = []
    var types: [TypeSyntax] = []
    var isFull: Bool { nodes.count >= Self.mostNodes || lists.count >= 3 * Self.mostNodes }

    mutating func add(_ node: Node) -> Int32 {
        if isFull { return 0 }
        nodes.append(node)
        return Int32(truncatingIfNeeded: nodes.count - 1)
    }

    @inline(__always)
    mutating func add(
        _ kind: NodeKind, _ a: Int32 = 0, _ b: Int32 = 0, at position: Int32, op: Operator = .none, flags: UInt8 = 0
    ) -> Int32 {
        add(Node(kind: kind, flags: flags, op: op, a: a, b: b, position: position))
    }

    mutating func list(_ items: some Collection<Int32>) -> Int32 {
        if items.isEmpty || isFull { return 0 }
        let place = lists.count
        lists.append(Int32(truncatingIfNeeded: items.count))
        lists.append(contentsOf: items)
        return Int32(truncatingIfNeeded: place)
    }

    @inline(__always) subscript(_ node: Int32) -> Node { nodes[Int(node)] }

    func items(_ list: Int32) -> ArraySlice<Int32> {
        let place = Int(list)
        return lists[(place + 1)..<(place + 1 + Int(lists[place]))]
    }

    @inline(__always) func count(_ list: Int32) -> Int { Int(lists[Int(list)]) }
    @inline(__always) func item(_ list: Int32, _ index: Int) -> Int32 { lists[Int(list) + 1 + index] }

    /// Forgets all, and keeps the room.
    mutating func removeAll() {
        nodes.removeAll(keepingCapacity: true)
        nodes.append(Node(kind: .unknown, position: 0))
        lists.removeAll(keepingCapacity: true)
        lists.append(0)
        functions.removeAll(keepingCapacity: true)
        types.removeAll(keepingCapacity: true)
    }
}
