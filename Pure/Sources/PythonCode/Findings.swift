import PythonSyntax

/// What is found in a file, in numbers.
struct Findings {
    /// Where something is.
    struct Place {
        /// A function, or -1.
        var function: Int32
        /// A type, or -1.
        var type: Int32
        var isMain: Bool
        /// Where the statement begins.
        var statement: Int32
    }

    struct Call {
        var name: Int32
        var isIndirect: Bool
        var arguments: [Flow.Argument]
        var receiver: Value?
        /// Where what is called begins, and where its last word does.
        var start: Int32
        var position: Int32
        var end: Int32
        var place: Place
    }

    struct Read {
        var name: Int32
        var isIndirect: Bool
        var key: Int32
        var position: Int32
        var place: Place
    }

    struct Assignment {
        /// A name of a variable, or a dotted name and `isDotted`.
        var target: Int32
        var isDotted: Bool
        var key: Int32
        var value: Value
        var position: Int32
        var place: Place
    }

    struct Import {
        var name: Int32
        var alias: Int32
        var isAll = false
        var isIndirect: Bool
        var position: Int32
        var place: Place
    }

    struct Definition {
        var isType: Bool
        var name: Int32
        var bases: [Value]
        var decorators: [Value]
        var methods: [Int32]
        var position: Int32
        var end: Int32
        var place: Place
    }

    struct Key: Hashable {
        var position: Int32
        var name: Int32
    }

    private(set) var calls: [Call] = []
    private var callNumbers: [Key: Int] = [:]
    private(set) var reads: [Read] = []
    private var readNumbers: [Key: Int] = [:]
    private(set) var assignments: [Assignment] = []
    private var assignmentNumbers: [Key: Int] = [:]
    var imports: [Import] = []
    private var importNumbers: [Key: Int] = [:]
    var definitions: [Definition] = []
    private(set) var isFull = false

    /// The call that was found there before.
    func number(ofCallAt position: Int32, _ name: Int32) -> Int? { callNumbers[Key(position: position, name: name)] }

    func call(_ number: Int) -> Call { calls[number] }

    mutating func replace(_ number: Int, _ call: Call) { calls[number] = call }

    mutating func add(_ call: Call, most: Int) {
        guard calls.count < most else {
            isFull = true
            return
        }
        callNumbers[Key(position: call.position, name: call.name)] = calls.count
        calls.append(call)
    }

    mutating func read(_ name: Int32, isIndirect: Bool, at position: Int32, in place: Place, most: Int) {
        let key = Key(position: position, name: name)
        guard readNumbers[key] == nil else { return }
        guard reads.count < most else {
            isFull = true
            return
        }
        readNumbers[key] = reads.count
        reads.append(Read(name: name, isIndirect: isIndirect, key: 0, position: position, place: place))
    }

    mutating func key(_ constant: Int32, ofReadAt position: Int32, _ name: Int32) {
        if let number = readNumbers[Key(position: position, name: name)] { reads[number].key = constant }
    }

    mutating func assigned(
        _ target: Int32, isDotted: Bool = false, key: Int32, _ value: Value, at position: Int32, in place: Place,
        most: Int = 20_000
    ) {
        let number = Key(position: position, name: target)
        if let known = assignmentNumbers[number] {
            if assignments[known].value.origins == 0 { assignments[known].value = value }
            return
        }
        guard assignments.count < most else {
            isFull = true
            return
        }
        assignmentNumbers[number] = assignments.count
        assignments.append(
            Assignment(
                target: target, isDotted: isDotted, key: key, value: value, position: position, place: place))
    }

    mutating func imported(_ found: Import, most: Int) {
        let key = Key(position: found.position, name: found.name)
        guard importNumbers[key] == nil else { return }
        guard imports.count < most else {
            isFull = true
            return
        }
        importNumbers[key] = imports.count
        imports.append(found)
    }
}
