import PythonSyntax

// Statements: what they assign, define and import, and in which order they are looked at.
extension Flow {
    /// Looks at some statements of the module, and at the functions that they define.
    mutating func look(at statements: [Int32], of tree: SyntaxTree) {
        self.tree = tree
        functionChunk = functions.count
        typeChunk = types.count
        functions += [Function](repeating: Function(), count: tree.functions.count)
        types += [LocalType](repeating: LocalType(), count: tree.types.count)
        waiting.removeAll()
        for statement in statements { execute(statement) }
        // From the last to the first, since those that call come after those that are called mostly; then in their
        // order, since by now it is known what is given and what comes back.
        var first = 0
        while first < waiting.count {
            let last = waiting.count
            for index in (first..<last).reversed() { lookAtFunction(waiting[index]) }
            first = last
        }
        var index = 0
        while index < waiting.count {
            lookAtFunction(waiting[index])
            index += 1
        }
    }

    private mutating func lookAtFunction(_ index: Int32) {
        _ = run(index, functions[Int(index)].arguments, isRepeated: false)
    }

    mutating func execute(block id: Int32) {
        guard id != 0 else { return }
        let node = tree[id]
        for index in 0..<tree.count(node.a) { execute(tree.item(node.a, index)) }
    }

    private mutating func inBranch(_ body: (inout Flow) -> Void) {
        branches += 1
        body(&self)
        branches -= 1
    }

    mutating func execute(_ id: Int32) {
        guard id != 0 else { return }
        if repeating > 0 && steps < 0 { return }
        let node = tree[id]
        statement = node.position
        switch node.kind {
        case .expression: _ = evaluate(node.a)
        case .assign:
            let value = evaluate(node.b)
            for index in 0..<tree.count(node.a) { set(tree.item(node.a, index), value) }
        case .augment: augment(node)
        case .return:
            let value = evaluate(node.a)
            returned = hasReturned ? join(returned, value) : value
            hasReturned = true
        case .raise: _ = evaluate(node.a)
        case .delete: _ = tree[node.a].kind == .name ? .unknown : evaluate(node.a)
        case .global: scope?.globals += tree.items(node.a)
        case .import: importModules(node)
        case .importFrom: importNames(node)
        case .block: execute(block: id)
        default: executeCompound(node)
        }
    }

    private mutating func executeCompound(_ node: Node) {
        guard depth < Self.mostDepth else {
            reachedBounds.insert("nesting")
            return
        }
        depth += 1
        defer { depth -= 1 }
        switch node.kind {
        case .if: branch(node)
        case .loop: loop(node)
        case .try:
            for index in stride(from: 0, to: tree.count(node.a), by: 3) {
                _ = evaluate(tree.item(node.a, index))
                let name = tree.item(node.a, index + 1)
                if name > 0 { assign(name, .unknown) }
                let body = tree.item(node.a, index + 2)
                // What is tried first happens most of the time.
                if index == 0 { execute(block: body) } else { inBranch { $0.execute(block: body) } }
            }
        case .with:
            for index in stride(from: 0, to: tree.count(node.a), by: 2) {
                let value = evaluate(tree.item(node.a, index))
                let target = tree.item(node.a, index + 1)
                if target > 0 { set(target, value) }
            }
            execute(block: node.b)
        case .function: defineFunction(node)
        case .type: defineType(node)
        default: _ = evaluate(node.a)
        }
    }

    private mutating func branch(_ node: Node) {
        for index in stride(from: 0, to: tree.count(node.a), by: 2) {
            let condition = tree.item(node.a, index)
            let body = tree.item(node.a, index + 1)
            _ = evaluate(condition)
            let wasMain = isMain
            if function < 0 && isMainTest(condition) { isMain = true }
            inBranch { $0.execute(block: body) }
            isMain = wasMain
        }
    }

    /// `__name__ == "__main__"`
    private func isMainTest(_ id: Int32) -> Bool {
        let node = tree[id]
        guard node.kind == .binary, node.op == .compare else { return false }
        for side in [node.a, node.b] where tree[side].kind == .name && tree[side].a == vocabulary.known.name {
            return true
        }
        return false
    }

    private mutating func loop(_ node: Node) {
        let iterable = evaluate(tree.item(node.b, 0))
        let body = tree.item(node.b, 1)
        if node.a > 0 {
            if accumulates(body), let elements = sequence(iterable), steps > 8 * elements.count {
                // A loop that puts something together is gone through as it runs.
                repeating += 1
                for element in elements where steps > 0 {
                    set(node.a, element)
                    execute(block: body)
                }
                repeating -= 1
                if steps <= 0 { reachedBounds.insert("steps") }
            } else {
                let element = elementsJoined(of: iterable)
                set(node.a, element)
                inBranch { $0.execute(block: body) }
            }
        } else {
            inBranch { $0.execute(block: body) }
        }
        let otherwise = tree.item(node.b, 2)
        if otherwise > 0 { inBranch { $0.execute(block: otherwise) } }
    }

    /// Whether a block adds to something: `text += c`, `text = text + c`, `parts.append(c)`.
    private func accumulates(_ block: Int32) -> Bool {
        guard block != 0 else { return false }
        let node = tree[block]
        guard tree.count(node.a) <= 12 else { return false }
        for statement in tree.items(node.a) where statement != 0 {
            let node = tree[statement]
            if node.kind == .augment { return true }
            if node.kind == .assign, tree[node.b].kind == .binary { return true }
            if node.kind == .expression, tree[node.a].kind == .call {
                let callee = tree[tree[node.a].a]
                if callee.kind == .attribute, vocabulary.method(callee.b) == .append { return true }
            }
        }
        return false
    }

    private mutating func augment(_ node: Node) {
        let value = evaluate(node.b)
        let old = tree[node.a].kind == .name ? load(tree[node.a].a) : evaluate(node.a)
        let operation = Node(kind: .binary, op: node.op, position: node.position)
        set(node.a, self.operation(operation, old, value), isChange: true)
    }

    // MARK: Targets

    /// Gives a value to a variable, an attribute, an element, or to several of them.
    mutating func set(_ id: Int32, _ value: Value, isChange: Bool = false) {
        guard id != 0, depth < Self.mostDepth else { return }
        depth += 1
        defer { depth -= 1 }
        let node = tree[id]
        switch node.kind {
        case .name:
            assign(node.a, value)
            if function < 0, value.origins != 0 || isFolded(value) {
                found.assigned(node.a, key: 0, value, at: node.position, in: place, most: bounds.results)
            }
        case .tuple, .list: spread(node, value)
        case .star: set(node.a, value)
        case .attribute: setAttribute(node, value)
        case .element: setElement(node, value)
        default: _ = evaluate(id)
        }
    }

    private func isFolded(_ value: Value) -> Bool {
        value.constant > 3 && constants[Int(value.constant)].isText && !constants[Int(value.constant)].steps.isEmpty
    }

    private mutating func spread(_ node: Node, _ value: Value) {
        let count = tree.count(node.a)
        var given: [Value] = []
        if value.constant != 0 {
            let constant = constants[Int(value.constant)]
            if constant.kind == .tuple || constant.kind == .list, Int(constant.count) == count {
                given = Array(items(constant))
            }
        }
        if given.isEmpty {
            let each = elementsJoined(of: value)
            given = [Value](repeating: each, count: count)
        }
        for index in 0..<count { set(tree.item(node.a, index), given[index]) }
    }

    private mutating func setAttribute(_ node: Node, _ value: Value) {
        let owner = evaluate(node.a)
        if owner.local < 0, Int(-owner.local - 1) < types.count {
            let type = Int(-owner.local - 1)
            if let old = types[type].attributes[node.b] {
                types[type].attributes[node.b] = join(old, value)
            } else if types[type].attributes.count < 10_000 {
                types[type].attributes[node.b] = value
            }
            return
        }
        let name = attribute(owner, node.b).name
        if name > 0, dotted[name].marks.contains(.match) {
            found.assigned(
                name, isDotted: true, key: 0, value, at: node.position, in: place, most: bounds.results)
        }
        taint(node.a, value)
    }

    private mutating func setElement(_ node: Node, _ value: Value) {
        let owner = evaluate(node.a)
        let index = tree[node.b].kind == .slice ? Value.unknown : evaluate(node.b)
        if owner.name > 0, dotted[owner.name].marks.contains(.match), !owner.traits.contains(.instance) {
            found.assigned(
                owner.name, isDotted: true, key: index.constant, value, at: node.position, in: place,
                most: bounds.results)
        }
        if owner.constant != 0, constants[Int(owner.constant)].kind == .dictionary, tree[node.a].kind == .name {
            var changed = append([index, value], to: owner, at: node.position)
            changed.name = owner.name
            assign(tree[node.a].a, changed)
            return
        }
        taint(node.a, value)
    }

    /// What is put into something comes out of it.
    private mutating func taint(_ id: Int32, _ value: Value) {
        guard value.origins != 0, tree[id].kind == .name else { return }
        var owner = load(tree[id].a)
        guard owner.local == 0 else { return }
        owner.origins = origins.union(owner.origins, value.origins)
        owner.traits.remove(.known)
        assign(tree[id].a, owner)
    }

    // MARK: Imports

    private mutating func importModules(_ node: Node) {
        for index in stride(from: 0, to: tree.count(node.a), by: 2) {
            let path = Array(tree.items(tree.item(node.a, index)))
            guard let first = path.first else { continue }
            let alias = tree.item(node.a, index + 1)
            var name = DottedNames.root
            for word in path.prefix(12) { name = child(name, word) }
            let head = child(DottedNames.root, first)
            assign(alias > 0 ? alias : first, Value(name: alias > 0 ? name : head))
            found.imported(
                Findings.Import(
                    name: name, alias: alias > 0 ? alias : first, isIndirect: false,
                    position: node.position + Int32(index), place: place),
                most: bounds.results)
        }
    }

    private mutating func importNames(_ node: Node) {
        var module = DottedNames.root
        if node.flags > 0 {
            module = child(DottedNames.root, String(repeating: ".", count: Int(node.flags)))
        }
        for word in tree.items(node.a).prefix(12) { module = child(module, word) }
        for index in stride(from: 0, to: tree.count(node.b), by: 2) {
            let word = tree.item(node.b, index)
            var entry = Findings.Import(
                name: module, alias: 0, isIndirect: false, position: node.position + Int32(index), place: place)
            if word == 0 {
                if stars.count < 16 { stars.append(module) }
                entry.isAll = true
            } else {
                let alias = tree.item(node.b, index + 1)
                entry.alias = alias > 0 ? alias : word
                // What is built in is called by its own name.
                entry.name =
                    vocabulary.known.builtins.contains(module)
                    ? child(DottedNames.root, word) : child(module, word)
                var value = Value(name: entry.name)
                if vocabulary.known.builtins.contains(module) { value.traits.insert(.indirect) }
                assign(entry.alias, value)
            }
            found.imported(entry, most: bounds.results)
        }
    }

    // MARK: Definitions

    /// A function as a value. The first time that it is come to, it is put in the line of those that are looked at.
    mutating func define(_ syntaxIndex: Int32) -> Value {
        let syntax = tree.functions[Int(syntaxIndex)]
        let index = functionChunk + Int(syntaxIndex)
        if !functions[index].isDefined {
            functions[index].isDefined = true
            functions[index].parent = scope
            functions[index].type = scope?.isType == true ? type : -1
            functions[index].outer = function
            functions[index].position = syntax.position
            let outer =
                scope?.isType == true && type >= 0
                ? types[Int(type)].name : function >= 0 ? functions[Int(function)].name : DottedNames.local
            functions[index].name = syntax.isLambda ? child(outer, "<lambda>") : child(outer, syntax.name)
            waiting.append(Int32(truncatingIfNeeded: index))
            var defaults: [Value] = []
            for parameter in syntax.parameters { defaults.append(evaluate(parameter.initial)) }
            functions[index].defaults = defaults
            functions[index].arguments = defaults
            if functions[index].type >= 0, !syntax.parameters.isEmpty, !isStatic(syntax) {
                functions[index].arguments[0] = Value(
                    name: types[Int(type)].name, local: -(functions[index].type + 1), traits: .instance)
            }
        } else if scope != nil {
            // Of a function that is defined again and again the variables around it are those of the last time.
            functions[index].parent = scope
        }
        return Value(
            name: functions[index].name, local: Int32(truncatingIfNeeded: index + 1), traits: .known)
    }

    private func isStatic(_ syntax: FunctionSyntax) -> Bool {
        syntax.decorators.contains { tree[$0].kind == .name && isWord(tree[$0].a, "staticmethod") }
    }

    private mutating func defineFunction(_ node: Node) {
        let syntax = tree.functions[Int(node.a)]
        let isNew = !functions[functionChunk + Int(node.a)].isDefined
        let decorators = syntax.decorators.map { evaluate($0) }
        let value = define(node.a)
        if isNew {
            add(
                Findings.Definition(
                    isType: false, name: value.name, bases: [], decorators: decorators, methods: [],
                    position: syntax.position, end: syntax.end, place: place))
        }
        var bound = value
        for decorator in decorators.reversed() where decorator.local > 0 {
            // A decorator of the file is called with the function, and may call it.
            functions[Int(value.local - 1)].callers.insert(decorator.local - 1)
            functions[Int(decorator.local - 1)].callers.insert(function >= 0 ? function : isMain ? -2 : -1)
            bound = value
        }
        assign(syntax.name, bound)
    }

    private mutating func add(_ definition: Findings.Definition) {
        if found.definitions.count < bounds.results { found.definitions.append(definition) }
    }

    private mutating func defineType(_ node: Node) {
        let syntax = tree.types[Int(node.a)]
        let index = typeChunk + Int(node.a)
        let isNew = types[index].name == 0
        let decorators = syntax.decorators.map { evaluate($0) }
        var bases: [Value] = []
        for place in stride(from: 0, to: tree.count(syntax.bases), by: 2) {
            let value = evaluate(tree.item(syntax.bases, place + 1))
            if tree.item(syntax.bases, place) == ArgumentKind.positional { bases.append(value) }
        }
        let outer =
            scope?.isType == true && type >= 0
            ? types[Int(type)].name : function >= 0 ? functions[Int(function)].name : DottedNames.local
        if isNew {
            types[index].name = child(outer, syntax.name)
            types[index].bases = bases
        }
        let saved = (scope, type, branches)
        let own = Scope(parent: scope, isType: true)
        (scope, type, branches) = (own, Int32(truncatingIfNeeded: index), 0)
        execute(block: syntax.body)
        (scope, type, branches) = saved
        var methods: [Int32] = []
        for (name, value) in own.all {
            types[index].attributes[name] = value
            if value.local > 0 { methods.append(name) }
        }
        if isNew {
            add(
                Findings.Definition(
                    isType: true, name: types[index].name, bases: bases, decorators: decorators, methods: methods,
                    position: syntax.position, end: syntax.end, place: place))
        }
        assign(syntax.name, Value(name: types[index].name, local: -(Int32(truncatingIfNeeded: index) + 1)))
    }

    // MARK: Comprehensions

    mutating func comprehension(_ node: Node) -> Value {
        let saved = scope
        defer { scope = saved }
        scope = Scope(parent: saved, isType: false)
        let element = tree.item(node.a, 0)
        let value = tree.item(node.a, 1)
        let count = tree.count(node.a)
        // One loop without a condition over something constant is gone through as it runs.
        if value == 0, count == 5, tree.item(node.a, 2) > 0 {
            let iterable = evaluate(tree.item(node.a, 3))
            if let elements = sequence(iterable), steps > 4 * elements.count {
                return unrolled(element, tree.item(node.a, 2), elements, iterable, at: node.position)
            }
            setTargets(tree.item(node.a, 2), elementsJoined(of: iterable))
        } else {
            for index in stride(from: 2, to: count, by: 3) {
                let target = tree.item(node.a, index)
                let iterable = evaluate(tree.item(node.a, index + 1))
                if target > 0 { setTargets(target, elementsJoined(of: iterable)) }
            }
        }
        var sources = [evaluate(element)]
        if value > 0 { sources.append(evaluate(value)) }
        // One element stands for all.
        var result = made(of: sources)
        result.traits.remove(.known)
        if sources[0].constant != 0 || sources[0].name > 0 {
            let one = container(.list, [sources[0], .unknown], at: node.position)
            result.constant = one.constant
        }
        return result
    }

    /// The variables of a comprehension are its own.
    private mutating func setTargets(_ id: Int32, _ value: Value) {
        let saved = branches
        branches = 0
        set(id, value)
        branches = saved
    }

    private mutating func unrolled(
        _ element: Int32, _ target: Int32, _ elements: [Value], _ iterable: Value, at position: Int32
    ) -> Value {
        var results: [Value] = []
        results.reserveCapacity(elements.count)
        repeating += 1
        defer { repeating -= 1 }
        for item in elements {
            guard steps > 0 else {
                reachedBounds.insert("steps")
                break
            }
            setTargets(target, item)
            results.append(evaluate(element))
        }
        if results.count < elements.count { results.append(.unknown) }
        return container(.list, results, at: position).adding(iterable.origins, &origins)
    }
}
