import PythonSyntax

// Calls: of what rules can name, of what is folded, of functions of the file.
extension Flow {
    mutating func call(
        _ node: Node, _ callee: Value, receiver: Value, method: Int32, receiverNode: Int32
    ) -> Value {
        let mark = arguments.count
        defer { arguments.removeSubrange(mark...) }
        let count = tree.count(node.b)
        for index in stride(from: 0, to: count, by: 2) {
            let item = tree.item(node.b, index + 1)
            let value = evaluate(item)
            arguments.append(
                Argument(keyword: tree.item(node.b, index), value: value, position: tree[item].position))
        }
        var callee = callee
        var receiver = receiver
        if method > 0 {
            switch vocabulary.method(method) {
            case .callMethod where !receiver.isUnknown:
                callee = receiver
                callee.traits.insert(.indirect)
                receiver = .unknown
            case .getattribute where !receiver.isUnknown && arguments.count - mark >= 1:
                if let text = text(arguments[arguments.count - 1].value) {
                    return found(attribute(receiver, names.intern(text)), node)
                }
            default: break
            }
        }
        let result = invoke(callee, from: mark, receiver: receiver, method: method, node)
        if method > 0, tree[receiverNode].kind == .name || tree[receiverNode].kind == .attribute {
            change(receiverNode, receiver, method, from: mark)
        }
        return result
    }

    /// Something that was got at in a roundabout way.
    private mutating func found(_ value: Value, _ node: Node) -> Value {
        var value = value
        value.traits.insert(.indirect)
        noteRead(&value, node, nextIsAttribute: false)
        return value
    }

    /// A list to which something is added, a file that is written to.
    private mutating func change(_ id: Int32, _ receiver: Value, _ method: Int32, from mark: Int) {
        let fold = vocabulary.method(method)
        guard fold == .append || fold == .extend, arguments.count > mark else { return }
        let values = arguments[mark...].map(\.value)
        let made = made(of: values)
        var value = receiver
        if value.constant != 0, constants[Int(value.constant)].kind == .list {
            var new = [values[values.count - 1]]
            if fold == .extend, new[0].constant != 0, constants[Int(new[0].constant)].isContainer {
                new = Array(items(constants[Int(new[0].constant)]).prefix(4_096))
            }
            value = append(new, to: value, at: tree[id].position)
        } else if made.origins == 0 {
            return
        }
        value.name = receiver.name
        value.local = receiver.local
        value.traits = value.traits.union(receiver.traits.intersection([.instance, .indirect, .scope]))
        value.origins = origins.union(receiver.origins, made.origins)
        set(id, value, isChange: true)
    }

    // MARK: Whatever is called

    private mutating func invoke(
        _ callee: Value, from mark: Int, receiver: Value, method: Int32, _ node: Node
    ) -> Value {
        runTargets(from: mark)
        if callee.local > 0 { return callLocal(callee.local - 1, from: mark, receiver: receiver) }
        if callee.local < 0 { return makeInstance(callee, from: mark) }
        let values = arguments[mark...].map(\.value)
        var result = Value()
        var isAnswer = false
        let isThing = callee.name > 0 && !callee.traits.contains(.instance)
        if isThing {
            let entry = dotted[callee.name]
            result.name = callee.name
            result.traits.insert(.instance)
            isAnswer = entry.marks.contains(.answer)
            if entry.marks.contains(.match) {
                let detail = values.first?.constant ?? 0
                result.origins = origins.set(of: Origin(name: callee.name, position: node.position, detail: detail))
                emit(callee, from: mark, receiver: method > 0 ? receiver : nil, node)
            }
            // A method of a constant is that below, and not the function of its type.
            if entry.fold != .none, method == 0 || receiver.constant == 0,
                let folded = fold(entry.fold, callee, values, from: mark, node)
            {
                return folded.adding(result.origins, &origins)
            }
        }
        if method > 0, receiver.constant != 0,
            let folded = self.method(vocabulary.method(method), method, receiver, values, from: mark, node)
        {
            return folded.adding(result.origins, &origins)
        }
        if callee.traits.contains(.indirect) { result.traits.insert(.indirect) }
        if isAnswer { return result }
        let made = made(of: values)
        result.origins = origins.union(result.origins, made.origins)
        result.origins = origins.union(result.origins, method > 0 ? receiver.origins : callee.origins)
        let isAllKnown = values.isEmpty || made.traits.contains(.known)
        if isThing, !values.isEmpty, isAllKnown, isPure(callee) { result.traits.insert(.known) }
        if method > 0, receiver.traits.contains(.known), isAllKnown { result.traits.insert(.known) }
        return result
    }

    /// Whether a function only makes something of its arguments.
    private func isPure(_ callee: Value) -> Bool {
        switch dotted[callee.name].fold {
        case .none, .getattr, .importModule, .scope, .eval, .superclass, .partial, .home: false
        default: true
        }
    }

    /// Functions that are handed over run some time; `target=f, args=(…)` says with what.
    private mutating func runTargets(from mark: Int) {
        let index = arguments.count
        for place in mark..<index {
            let value = arguments[place].value
            guard value.local > 0 else { continue }
            callers(of: value.local - 1)
        }
        guard let target = arguments[mark...].first(where: { $0.keyword > 0 && isWord($0.keyword, "target") })?.value,
            !target.isUnknown
        else { return }
        let given = arguments[mark...].first { $0.keyword > 0 && isWord($0.keyword, "args") }?.value
        let position = arguments[mark].position
        let inner = arguments.count
        if let given, given.constant != 0, constants[Int(given.constant)].isContainer {
            for item in items(constants[Int(given.constant)]).prefix(16) {
                arguments.append(Argument(keyword: ArgumentKind.positional, value: item, position: position))
            }
        }
        if target.local > 0 {
            _ = callLocal(target.local - 1, from: inner, receiver: .unknown)
        } else if target.name > 0, dotted[target.name].marks.contains(.match) {
            emit(target, from: inner, receiver: nil, Node(kind: .call, position: position))
        }
        arguments.removeSubrange(inner...)
    }

    func isWord(_ name: Int32, _ text: StaticString) -> Bool {
        names.bytes(name).elementsEqual(UnsafeBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount))
    }

    private mutating func emit(_ callee: Value, from mark: Int, receiver: Value?, _ node: Node) {
        let given = Array(arguments[mark...])
        let calleeNode = node.a > 0 ? tree[node.a] : node
        let position = calleeNode.position
        guard let number = found.number(ofCallAt: position, callee.name) else {
            found.add(
                Findings.Call(
                    name: callee.name, isIndirect: callee.traits.contains(.indirect), arguments: given,
                    receiver: receiver, start: node.a > 0 ? start(of: node.a) : position, position: position,
                    end: node.position, place: place),
                most: bounds.results)
            return
        }
        var known = found.call(number)
        if callee.traits.contains(.indirect) { known.isIndirect = true }
        for index in given.indices where index < known.arguments.count {
            known.arguments[index].value = join(known.arguments[index].value, given[index].value)
        }
        if known.arguments.count < given.count { known.arguments += given[known.arguments.count...] }
        if let receiver, let old = known.receiver { known.receiver = join(old, receiver) }
        found.replace(number, known)
    }

    /// Where an expression begins, as far left as it goes.
    private func start(of id: Int32) -> Int32 {
        var node = tree[id]
        var steps = 0
        while node.kind == .attribute || node.kind == .element || node.kind == .call || node.kind == .binary {
            node = tree[node.a]
            steps += 1
            if steps > 64 { break }
        }
        return node.position
    }

    // MARK: Functions of the file

    private mutating func callers(of index: Int32) {
        guard Int(index) < functions.count else { return }
        functions[Int(index)].callers.insert(function >= 0 ? function : isMain ? -2 : -1)
    }

    private mutating func makeInstance(_ callee: Value, from mark: Int) -> Value {
        let instance = Value(
            name: callee.name, origins: made(of: arguments[mark...].map(\.value)).origins, local: callee.local,
            traits: .instance)
        let type = -callee.local - 1
        if let initializer = member(of: type, vocabulary.known.initializer, depth: 0), initializer.local > 0 {
            _ = callLocal(initializer.local - 1, from: mark, receiver: instance)
        }
        return instance
    }

    /// A function of the file is called: what it is given is known when it is looked at; if that says more about this
    /// call, it is looked at right now.
    private mutating func callLocal(_ index: Int32, from mark: Int, receiver: Value) -> Value {
        let place = Int(index)
        guard place < functions.count, place >= functionChunk, place - functionChunk < tree.functions.count else {
            return made(of: arguments[mark...].map(\.value))
        }
        callers(of: index)
        let syntax = tree.functions[place - functionChunk]
        let (values, isConstant) = bind(syntax, functions[place], from: mark, receiver)
        if functions[place].arguments.isEmpty {
            functions[place].arguments = values
        } else {
            for number in values.indices where number < functions[place].arguments.count {
                let old = functions[place].arguments[number]
                functions[place].arguments[number] =
                    old.isUnknown && old.origins == 0
                    ? values[number] : join(old, values[number])
            }
        }
        let isNew = !functions[place].hasReturned
        let cost = Int(syntax.nodes)
        if !functions[place].isRunning, steps > 2 * cost, depth < 100, cost < 5_000,
            isNew || (isConstant && functions[place].fruitless < 2)
        {
            let value = run(index, values, isRepeated: true)
            if value.constant == 0 || !constants[Int(value.constant)].isText { functions[place].fruitless += 1 }
            if !value.isUnknown || value.origins != 0 { return value }
        }
        if functions[place].hasReturned { return functions[place].returned }
        var value = made(of: values)
        value.traits.remove(.known)
        return value
    }

    /// The arguments of a call in the order of the parameters, and whether all that is given is constant.
    private mutating func bind(
        _ syntax: FunctionSyntax, _ state: Function, from mark: Int, _ receiver: Value
    ) -> ([Value], Bool) {
        var values = [Value](repeating: .unknown, count: syntax.parameters.count)
        var isGiven = [Bool](repeating: false, count: syntax.parameters.count)
        var next = 0
        if receiver.local < 0, state.type >= 0, !syntax.parameters.isEmpty {
            values[0] = receiver
            isGiven[0] = true
            next = 1
        }
        var isConstant = arguments.count > mark
        var rest: [Value] = []
        for argument in arguments[mark...] {
            if argument.value.constant == 0 && argument.value.local == 0 { isConstant = false }
            if argument.keyword > 0 {
                if let place = syntax.parameters.firstIndex(where: { $0.name == argument.keyword }) {
                    values[place] = argument.value
                    isGiven[place] = true
                } else if let place = syntax.parameters.firstIndex(where: { $0.kind == .doubleStar }) {
                    values[place].origins = origins.union(values[place].origins, argument.value.origins)
                }
            } else if argument.keyword == ArgumentKind.positional, next < syntax.parameters.count,
                syntax.parameters[next].kind == .plain
            {
                values[next] = argument.value
                isGiven[next] = true
                next += 1
            } else {
                rest.append(argument.value)
            }
        }
        if !rest.isEmpty, let place = syntax.parameters.firstIndex(where: { $0.kind == .star }) {
            values[place] = container(.tuple, Array(rest.prefix(64)), at: statement)
            isGiven[place] = true
        }
        for place in values.indices where !isGiven[place] && place < state.defaults.count {
            values[place] = join(state.defaults[place], values[place])
        }
        return (values, isConstant)
    }

    /// Looks at the body of a function.
    mutating func run(_ index: Int32, _ values: [Value], isRepeated: Bool) -> Value {
        let place = Int(index)
        let syntax = tree.functions[place - functionChunk]
        let saved = (scope, function, type, branches, returned, hasReturned, isMain, statement)
        functions[place].isRunning = true
        let own = Scope(parent: functions[place].parent, isType: false)
        for (number, parameter) in syntax.parameters.enumerated() where parameter.name > 0 {
            var value = number < values.count ? values[number] : .unknown
            value.traits.insert(.defined)
            own.set(parameter.name, value)
        }
        (scope, function, type, branches) = (own, index, functions[place].type, 0)
        (returned, hasReturned, isMain) = (.unknown, false, false)
        if isRepeated { repeating += 1 }
        if syntax.isLambda {
            returned = evaluate(syntax.body)
            hasReturned = true
        } else {
            execute(block: syntax.body)
        }
        if isRepeated { repeating -= 1 }
        let value = hasReturned ? returned : .unknown
        functions[place].returned =
            functions[place].hasReturned ? join(functions[place].returned, value) : value
        functions[place].hasReturned = true
        functions[place].isRunning = false
        (scope, function, type, branches, returned, hasReturned, isMain, statement) = saved
        return value
    }

    // MARK: Folding calls

    private mutating func fold(
        _ fold: Fold, _ callee: Value, _ values: [Value], from mark: Int, _ node: Node
    ) -> Value? {
        let position = node.position
        switch fold {
        case .getattr: return getattr(values, node)
        case .importModule: return importModule(callee, values, node)
        case .scope:
            if values.isEmpty { return Value(traits: [.scope, .indirect]) }
            var value = values[0]
            value.traits.formUnion([.scope, .indirect])
            return value
        case .attributeGetter:
            return values.isEmpty ? nil : Value(name: callee.name, constant: values[0].constant, traits: .instance)
        case .partial:
            guard let first = values.first, !first.isUnknown else { return nil }
            let inner = arguments.count
            arguments += arguments[(mark + 1)...]
            _ = invoke(first, from: inner, receiver: .unknown, method: 0, Node(kind: .call, position: position))
            arguments.removeSubrange(inner...)
            var value = first
            value.origins = made(of: values).origins
            return value
        case .eval: return evalName(values, node)
        case .superclass:
            guard type >= 0, let base = outsideBase(of: type, depth: 0) else { return nil }
            return Value(name: base, traits: .instance)
        case .opaque: return Value(name: callee.name, traits: .instance)
        case .map: return map(values, node)
        case .filter: return values.count == 2 ? values[1] : nil
        case .joinPath: return joined(path: values, at: position)
        case .firstArgument: return values.first.flatMap { $0.constant != 0 ? $0 : nil }
        case .home: return make(.string, [0x7e], of: [], [], at: position)
        default: return foldPure(fold, values, from: mark, at: position)
        }
    }

    private mutating func getattr(_ values: [Value], _ node: Node) -> Value? {
        guard values.count >= 2, let text = text(values[1]) else { return nil }
        var value = attribute(values[0], names.intern(Array(text.prefix(200))))
        value.origins = origins.union(value.origins, values[0].origins)
        return found(value, node)
    }

    private mutating func importModule(_ callee: Value, _ values: [Value], _ node: Node) -> Value? {
        guard let first = values.first, let text = text(first), !text.isEmpty else { return nil }
        let module = String(decoding: text.prefix(200), as: UTF8.self)
        let isPlain = isWord(dotted[callee.name].word, "__import__") && values.count < 4
        let path = name(module)
        found.imported(
            Findings.Import(name: path, alias: 0, isIndirect: true, position: node.position, place: place),
            most: bounds.results)
        let value = isPlain ? name(String(module.prefix { $0 != "." })) : path
        return found(Value(name: value), node)
    }

    /// `eval("os.system")` is `os.system`.
    private mutating func evalName(_ values: [Value], _ node: Node) -> Value? {
        guard let first = values.first, first.constant != 0, constants[Int(first.constant)].count <= 200,
            let text = text(first), !text.isEmpty, text.allSatisfy({ $0.isNamePart || $0 == 0x2e }), !text[0].isDigit
        else { return nil }
        let parts = text.split(separator: 0x2e)
        guard let head = parts.first else { return nil }
        var value = load(names.intern(Array(head)))
        for part in parts.dropFirst() { value = attribute(value, names.intern(Array(part))) }
        return found(value, node)
    }

    private mutating func map(_ values: [Value], _ node: Node) -> Value? {
        guard values.count >= 2 else { return nil }
        let function = values[0]
        if values.count == 2, let elements = sequence(values[1]), elements.count <= max(64, steps / 4) {
            var results: [Value] = []
            results.reserveCapacity(elements.count)
            repeating += 1
            defer { repeating -= 1 }
            for element in elements {
                steps -= 1
                guard steps > 0 else {
                    reachedBounds.insert("steps")
                    return made(of: values)
                }
                results.append(apply(function, [element], node))
            }
            return container(.list, results, at: node.position)
        }
        let each = values[1...].map { elementsJoined(of: $0) }
        let one = apply(function, each, node)
        return made(of: [one] + values[1...])
    }

    /// Calls a value with others.
    private mutating func apply(_ function: Value, _ values: [Value], _ node: Node) -> Value {
        let mark = arguments.count
        for value in values {
            arguments.append(Argument(keyword: ArgumentKind.positional, value: value, position: node.position))
        }
        defer { arguments.removeSubrange(mark...) }
        guard depth < Self.mostDepth else { return .unknown }
        depth += 1
        defer { depth -= 1 }
        return invoke(function, from: mark, receiver: .unknown, method: 0, Node(kind: .call, position: node.position))
    }

    /// The elements of a constant that can be gone through one by one; nil for any other, and for one that is too long.
    mutating func sequence(_ value: Value) -> [Value]? {
        guard value.constant != 0 else { return nil }
        let constant = constants[Int(value.constant)]
        guard constant.count <= 40_000, canSpend(32 * Int(constant.count)) else { return nil }
        switch constant.kind {
        case .list, .tuple: return spend(Int(constant.count)) ? Array(items(constant)) : nil
        case .dictionary:
            guard spend(Int(constant.count)) else { return nil }
            return stride(from: constant.start, to: constant.start + Int(constant.count), by: 2).map { elements[$0] }
        case .bytes:
            guard let bytes = text(value), spend(32 * bytes.count) else { return nil }
            return bytes.map { integer(Int($0), at: constant.position) }
        case .string:
            guard let bytes = text(value), spend(32 * bytes.count) else { return nil }
            return Decoding.scalars(bytes).map { scalar in
                make(.string, Decoding.text([scalar]), of: [value], [.slicing], at: constant.position)
            }
        case .integer, .other, .oneOf: return nil
        }
    }

    /// What an element of a value can be.
    mutating func elementsJoined(of value: Value) -> Value {
        var result = Value()
        if value.constant != 0 {
            let constant = constants[Int(value.constant)]
            switch constant.kind {
            case .list, .tuple: result = anyOf(items(constant).prefix(bounds.alternatives))
            case .dictionary:
                let keys = stride(from: constant.start, to: constant.start + Int(constant.count), by: 2)
                    .prefix(bounds.alternatives).map { elements[$0] }
                result = anyOf(keys[...])
            case .oneOf:
                let inner = items(constant).filter { $0.constant != 0 && constants[Int($0.constant)].isContainer }
                result = anyOf(inner.prefix(8).map { anyOf(items(constants[Int($0.constant)]).prefix(8)) }[...])
            default: break
            }
        }
        result.origins = origins.union(result.origins, value.origins)
        result.traits = result.traits.union(value.traits.intersection(.known))
        if result.isUnknown && value.name > 0 { result.name = value.name; result.traits.insert(.instance) }
        return result
    }
}

extension Value {
    /// With more origins.
    func adding(_ more: Int32, _ sets: inout OriginSets) -> Value {
        var value = self
        value.origins = sets.union(origins, more)
        return value
    }
}
