/// What a node of the tree is. `a` and `b` are other nodes, or places in `SyntaxTree.lists`, as is said here.
package enum NodeKind: UInt8 {
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
package enum Operator: UInt8 {
    case none, add, subtract, multiply, divide, floorDivide, modulo, power, matrix
    case bitAnd, bitOr, bitXor, shiftLeft, shiftRight, invert, negate, plus, not
    case and, or, compare, identity
}

/// What kind of argument it is, where it has no keyword.
package enum ArgumentKind {
    package static let positional: Int32 = -1
    package static let star: Int32 = -2
    package static let doubleStar: Int32 = -3
}

/// A node: 16 bytes, whatever it is.
package struct Node {
    package var kind: NodeKind
    package var flags: UInt8 = 0
    package var op = Operator.none
    package var a: Int32 = 0
    package var b: Int32 = 0
    /// Where it is in the source; of attributes, calls and binary operators where the name or the operator is.
    package var position: Int32

    @inlinable
    package init(
        kind: NodeKind, flags: UInt8 = 0, op: Operator = .none, a: Int32 = 0, b: Int32 = 0, position: Int32
    ) {
        self.kind = kind
        self.flags = flags
        self.op = op
        self.a = a
        self.b = b
        self.position = position
    }
}

/// A function or a lambda, as it is written.
package struct FunctionSyntax {
    package struct Parameter {
        package enum Kind: UInt8 { case plain, star, doubleStar, keywordOnly }
        package var name: Int32
        /// A node, or 0.
        package var initial: Int32
        package var kind: Kind
    }

    package var name: Int32
    package var parameters: [Parameter] = []
    /// A block; of a lambda, an expression.
    package var body: Int32 = 0
    package var isLambda: Bool
    package var decorators: [Int32] = []
    package var position: Int32
    package var end: Int32 = 0
    package var nodes: Int32 = 0
}

/// A class, as it is written.
package struct TypeSyntax {
    package var name: Int32
    /// As arguments of a call.
    package var bases: Int32 = 0
    package var body: Int32 = 0
    package var decorators: [Int32] = []
    package var position: Int32
    package var end: Int32 = 0
}

/// The tree of a part of a file. Node 0 is unknown, list 0 is empty.
package struct SyntaxTree {
    package init() {}

    /// How many nodes are kept: 16 bytes each. A statement that has more is cut.
    package static let mostNodes = 3_000_000

    @usableFromInline package private(set) var nodes: [Node] = [Node(kind: .unknown, position: 0)]
    /// Lists: how many there are, then each.
    @usableFromInline package private(set) var lists: [Int32] = [0]
    package var functions: [FunctionSyntax] = []
    package var types: [TypeSyntax] = []
    package var isFull: Bool { nodes.count >= Self.mostNodes || lists.count >= 3 * Self.mostNodes }

    package mutating func add(_ node: Node) -> Int32 {
        if isFull { return 0 }
        nodes.append(node)
        return Int32(truncatingIfNeeded: nodes.count - 1)
    }

    @inline(__always)
    package mutating func add(
        _ kind: NodeKind, _ a: Int32 = 0, _ b: Int32 = 0, at position: Int32, op: Operator = .none, flags: UInt8 = 0
    ) -> Int32 {
        add(Node(kind: kind, flags: flags, op: op, a: a, b: b, position: position))
    }

    package mutating func list(_ items: some Collection<Int32>) -> Int32 {
        if items.isEmpty || isFull { return 0 }
        let place = lists.count
        lists.append(Int32(truncatingIfNeeded: items.count))
        lists.append(contentsOf: items)
        return Int32(truncatingIfNeeded: place)
    }

    @inlinable package subscript(_ node: Int32) -> Node { nodes[Int(node)] }

    @inlinable package func items(_ list: Int32) -> ArraySlice<Int32> {
        let place = Int(list)
        return lists[(place + 1)..<(place + 1 + Int(lists[place]))]
    }

    @inlinable package func count(_ list: Int32) -> Int { Int(lists[Int(list)]) }
    @inlinable package func item(_ list: Int32, _ index: Int) -> Int32 { lists[Int(list) + 1 + index] }

    /// Forgets all, and keeps the room.
    package mutating func removeAll() {
        nodes.removeAll(keepingCapacity: true)
        nodes.append(Node(kind: .unknown, position: 0))
        lists.removeAll(keepingCapacity: true)
        lists.append(0)
        functions.removeAll(keepingCapacity: true)
        types.removeAll(keepingCapacity: true)
    }
}
