import PythonSyntax

// Folding: constants of constants. All that is looked at or made is counted.
extension Flow {
    // MARK: Constants

    func withBytes<Result>(_ constant: Constant, _ body: (UnsafeBufferPointer<UInt8>) -> Result) -> Result {
        if constant.isInSource {
            return body(UnsafeBufferPointer(start: base + constant.start, count: Int(constant.count)))
        }
        return pool.withUnsafeBufferPointer {
            body(UnsafeBufferPointer(rebasing: $0[constant.start..<(constant.start + Int(constant.count))]))
        }
    }

    func bytes(_ constant: Constant) -> [UInt8] { withBytes(constant) { Array($0) } }

    /// The bytes of a text, if it is one and there is enough left to look at it.
    mutating func text(_ value: Value) -> [UInt8]? {
        guard value.constant != 0 else { return nil }
        let constant = constants[Int(value.constant)]
        guard constant.isText, spend(Int(constant.count)) else { return nil }
        constants[Int(value.constant)].isUsed = true
        return bytes(constant)
    }

    func integer(_ value: Value) -> Int? {
        guard value.constant != 0 else { return nil }
        let constant = constants[Int(value.constant)]
        return constant.kind == .integer ? constant.start : nil
    }

    /// False when no more may be folded.
    mutating func spend(_ count: Int) -> Bool {
        guard foldable >= count, constants.count < 1_000_000 else {
            reachedBounds.insert("foldedBytes")
            return false
        }
        foldable -= count + 1
        return true
    }

    /// Whether there would be plenty left after that much.
    func canSpend(_ count: Int) -> Bool { count < foldable / 2 }

    mutating func add(_ constant: Constant, traits: Value.Traits = .known) -> Value {
        guard constants.count < 1_000_000 else {
            reachedBounds.insert("foldedBytes")
            return Value(traits: traits)
        }
        constants.append(constant)
        return Value(constant: Int32(truncatingIfNeeded: constants.count - 1), traits: traits)
    }

    mutating func integer(_ value: Int, at position: Int32) -> Value {
        add(Constant(kind: .integer, start: value, position: position, function: function))
    }

    /// A text that was made of others.
    mutating func make(
        _ kind: Constant.Kind, _ text: [UInt8], of sources: [Value], _ steps: FoldingSteps, decodings: Int = 0,
        isPartial: Bool = false, at position: Int32
    ) -> Value {
        guard spend(text.count) else { return made(of: sources) }
        var constant = Constant(
            kind: kind, isPartial: isPartial, steps: steps, start: pool.count,
            count: Int32(truncatingIfNeeded: text.count), position: position, function: function)
        pool += text
        inherit(&constant, sources, decodings)
        var value = add(constant)
        let source = made(of: sources)
        value.origins = source.origins
        value.traits = source.traits.intersection([.known, .indirect])
        if !isPartial { value.traits.insert(.known) }
        return value
    }

    private mutating func inherit(_ constant: inout Constant, _ sources: [Value], _ decodings: Int) {
        var most = 0
        for source in sources where source.constant != 0 {
            let from = constants[Int(source.constant)]
            constants[Int(source.constant)].isUsed = true
            most = max(most, Int(from.decodings))
            constant.steps.formUnion(from.steps)
            if from.isPartial { constant.isPartial = true }
        }
        constant.decodings = UInt8(min(255, most + decodings))
    }

    /// What is known of something that was made of these, and of which no more is known.
    mutating func made(of sources: [Value]) -> Value {
        var value = Value(traits: sources.isEmpty ? [] : [.known])
        for source in sources {
            value.origins = origins.union(value.origins, source.origins)
            if !source.traits.contains(.known) { value.traits.remove(.known) }
            if source.traits.contains(.indirect) { value.traits.insert(.indirect) }
        }
        return value
    }

    mutating func container(_ kind: Constant.Kind, _ items: [Value], at position: Int32) -> Value {
        var value = made(of: items)
        value.traits.remove(.indirect)
        if items.isEmpty { value.traits.insert(.known) }
        guard elements.count + items.count < 4_000_000 else {
            reachedBounds.insert("foldedBytes")
            return value
        }
        let constant = Constant(
            kind: kind, start: elements.count, count: Int32(truncatingIfNeeded: items.count), position: position,
            function: function)
        elements += items
        value.constant = add(constant).constant
        return value
    }

    func items(_ constant: Constant) -> ArraySlice<Value> {
        elements[constant.start..<(constant.start + Int(constant.count))]
    }

    // MARK: Literals

    mutating func number(_ node: Node) -> Value {
        let source = UnsafeBufferPointer(start: base + Int(node.position), count: Int(node.a - node.position))
        if let value = Literal.integer(source) { return integer(value, at: node.position) }
        return Value(traits: .known)
    }

    mutating func string(_ node: Node) -> Value {
        let flags = StringFlags(rawValue: node.flags)
        let source = UnsafeBufferPointer(start: base + Int(node.a), count: Int(node.b - node.a))
        let kind = flags.contains(.bytes) ? Constant.Kind.bytes : .string
        if isPlain(source, flags) {
            return add(
                Constant(
                    kind: kind, isInSource: true, start: Int(node.a), count: Int32(source.count),
                    position: node.position, function: function))
        }
        guard spend(source.count) else { return Value(traits: .known) }
        let start = pool.count
        let isEscaped = Literal.resolve(source, flags, charset, into: &pool)
        return add(
            Constant(
                kind: kind, steps: isEscaped ? [.escapes] : [], start: start, count: Int32(pool.count - start),
                position: node.position, function: function))
    }

    /// Whether what is written is what is meant.
    private func isPlain(_ source: UnsafeBufferPointer<UInt8>, _ flags: StringFlags) -> Bool {
        if flags.contains(.format) { return false }
        let isRaw = flags.contains(.raw)
        for byte in source {
            if byte == 13 || (byte == 0x5c && !isRaw) || (byte >= 0x80 && charset == .latin1) { return false }
        }
        return true
    }

    mutating func strings(_ node: Node) -> Value {
        let parts = tree.items(node.a).map { evaluate($0) }
        var isBytes = false
        var text: [UInt8] = []
        var isPartial = false
        for part in parts {
            guard let bytes = self.text(part) else {
                isPartial = true
                text += Self.unknownPart
                continue
            }
            if constants[Int(part.constant)].kind == .bytes { isBytes = true }
            text += bytes
        }
        // Literals next to each other are one literal on several lines.
        return make(isBytes ? .bytes : .string, text, of: parts, [], isPartial: isPartial, at: node.position)
    }

    /// U+FFFC stands for what is not known.
    static let unknownPart: [UInt8] = [0xef, 0xbf, 0xbc]

    mutating func format(_ node: Node) -> Value {
        var parts: [Value] = []
        var text: [UInt8] = []
        var isPartial = false
        var hasExpressions = false
        for item in tree.items(node.a) {
            let part = evaluate(item)
            parts.append(part)
            if tree[item].kind != .string || item == 0 { hasExpressions = true }
            if let bytes = printed(part) {
                text += bytes
            } else {
                isPartial = true
                text += Self.unknownPart
            }
        }
        return make(
            .string, text, of: parts, hasExpressions ? [.formatting] : [], isPartial: isPartial, at: node.position)
    }

    /// What `str()` makes of a value.
    mutating func printed(_ value: Value) -> [UInt8]? {
        if let integer = integer(value) { return Array(String(integer).utf8) }
        if let text = text(value) { return text }
        guard value.constant != 0 else { return nil }
        let constant = constants[Int(value.constant)]
        guard constant.kind == .other else { return nil }
        return Array(names.bytes(Int32(truncatingIfNeeded: constant.start)))
    }

    mutating func display(_ node: Node) -> Value {
        let count = tree.count(node.a)
        var items: [Value] = []
        items.reserveCapacity(count)
        for index in 0..<count {
            let item = tree.item(node.a, index)
            let value = evaluate(item)
            if tree[item].kind == .star, value.constant != 0, constants[Int(value.constant)].isContainer {
                let inner = constants[Int(value.constant)]
                if items.count + Int(inner.count) < 4_096 { items += self.items(inner) } else { items.append(value) }
            } else {
                items.append(value)
            }
        }
        return container(node.kind == .tuple ? .tuple : .list, items, at: node.position)
    }

    mutating func dictionary(_ node: Node) -> Value {
        let count = tree.count(node.a)
        var items: [Value] = []
        items.reserveCapacity(count)
        for index in 0..<count { items.append(evaluate(tree.item(node.a, index))) }
        return container(.dictionary, items, at: node.position)
    }

    // MARK: Operators

    mutating func unary(_ node: Node) -> Value {
        let value = evaluate(node.a)
        if let number = integer(value) {
            switch node.op {
            case .negate: if number != .min { return integer(-number, at: node.position) }
            case .invert: return integer(~number, at: node.position)
            case .plus: return value
            default: break
            }
        }
        return node.op == .not ? Value(traits: value.traits.intersection(.known)) : made(of: [value])
    }

    mutating func operation(_ node: Node, _ left: Value, _ right: Value) -> Value {
        switch node.op {
        case .compare: return Value(traits: left.traits.intersection(right.traits).intersection(.known))
        case .and, .or: return join(left, right)
        case .add:
            if let sum = add(left, right, at: node.position) { return sum }
        case .modulo:
            if let text = percent(left, right, at: node.position) { return text }
        case .divide:
            if let path = joined(path: [left, right], at: node.position) { return path }
        case .multiply:
            if let text = times(left, right, at: node.position) ?? times(right, left, at: node.position) { return text }
        default: break
        }
        if let one = integer(left), let other = integer(right),
            let result = Self.arithmetic(node.op, one, other)
        {
            return integer(result, at: node.position)
        }
        return made(of: [left, right])
    }

    static func arithmetic(_ op: Operator, _ one: Int, _ other: Int) -> Int? {
        func checked(_ result: (partialValue: Int, overflow: Bool)) -> Int? {
            result.overflow ? nil : result.partialValue
        }
        switch op {
        case .add: return checked(one.addingReportingOverflow(other))
        case .subtract: return checked(one.subtractingReportingOverflow(other))
        case .multiply: return checked(one.multipliedReportingOverflow(by: other))
        case .bitAnd: return one & other
        case .bitOr: return one | other
        case .bitXor: return one ^ other
        case .shiftLeft: return other >= 0 && other < 32 && abs(one / 2) < 1 << 30 ? one << other : nil
        case .shiftRight: return other >= 0 ? one >> min(other, 63) : nil
        case .floorDivide, .modulo:
            guard other != 0, !(one == .min && other == -1) else { return nil }
            let remainder = one % other
            let isOff = remainder != 0 && (remainder < 0) != (other < 0)
            if op == .modulo { return isOff ? remainder + other : remainder }
            return one / other - (isOff ? 1 : 0)
        case .power:
            guard other >= 0, other < 64 else { return nil }
            var result = 1
            for _ in 0..<other {
                guard let next = checked(result.multipliedReportingOverflow(by: one)) else { return nil }
                result = next
            }
            return result
        default: return nil
        }
    }

    private mutating func add(_ left: Value, _ right: Value, at position: Int32) -> Value? {
        guard left.constant != 0 || right.constant != 0 else { return nil }
        let one = constants[Int(left.constant)]
        let other = constants[Int(right.constant)]
        if left.constant != 0, right.constant != 0 {
            if one.kind == .oneOf || other.kind == .oneOf { return addEach(left, right, at: position) }
            if one.isText && other.isText { return concatenate(left, one, right, other, at: position) }
            if one.isContainer && one.kind == other.kind && one.kind != .dictionary {
                return append(Array(items(other).prefix(100_000)), to: left, at: position)
            }
            return nil
        }
        // A text and something unknown is a text of which a part is known.
        let known = left.constant != 0 ? one : other
        guard known.isText, known.count <= 65_536 else { return nil }
        if left.constant != 0, !isUnknownPartAtEnd(one) {
            var value = make(
                known.kind, Self.unknownPart, of: [], [], isPartial: true, at: position)
            if value.constant == 0 { return nil }
            value.origins = right.origins
            value.traits.remove(.known)
            let part = constants[Int(value.constant)]
            return concatenate(left, one, value, part, at: position)
        }
        if left.constant != 0 {
            var same = left
            same.origins = origins.union(left.origins, right.origins)
            same.traits.remove(.known)
            return same
        }
        guard let text = text(right) else { return nil }
        var value = make(
            known.kind, Self.unknownPart + text, of: [left, right], [.concatenation], isPartial: true, at: position)
        value.traits.remove(.known)
        return value
    }

    private func isUnknownPartAtEnd(_ constant: Constant) -> Bool {
        withBytes(constant) { $0.suffix(3).elementsEqual(Self.unknownPart) }
    }

    private mutating func addEach(_ left: Value, _ right: Value, at position: Int32) -> Value? {
        func each(_ value: Value) -> [Value] {
            let constant = constants[Int(value.constant)]
            return constant.kind == .oneOf ? Array(items(constant)) : [value]
        }
        let (lefts, rights) = (each(left), each(right))
        guard lefts.count * rights.count <= bounds.alternatives, depth < Self.mostDepth else { return nil }
        depth += 1
        defer { depth -= 1 }
        var sums: [Value] = []
        for one in lefts {
            for other in rights {
                // What stands in a choice is no choice itself.
                guard constants[Int(one.constant)].kind != .oneOf, constants[Int(other.constant)].kind != .oneOf,
                    let sum = add(one, other, at: position)
                else { continue }
                sums.append(sum)
            }
        }
        guard !sums.isEmpty else { return nil }
        var value = container(.oneOf, sums, at: position)
        value.origins = origins.union(left.origins, right.origins)
        return value
    }

    /// In place where the left one is the last in the pool: a million of them take time in proportion.
    private mutating func concatenate(
        _ left: Value, _ one: Constant, _ right: Value, _ other: Constant, at position: Int32
    ) -> Value {
        let sources = [left, right]
        let isLast = !one.isInSource && one.start + Int(one.count) == pool.count
        guard spend(Int(other.count) + (isLast ? 0 : Int(one.count))) else { return made(of: sources) }
        var sum = one
        sum.isUsed = false
        if !isLast {
            sum.start = pool.count
            sum.isInSource = false
            pool += bytes(one)
        }
        pool += bytes(other)
        sum.count = Int32(truncatingIfNeeded: pool.count - sum.start)
        sum.position = position
        sum.function = function
        sum.steps.insert(.concatenation)
        inherit(&sum, sources, 0)
        var value = add(sum)
        let source = made(of: sources)
        value.origins = source.origins
        value.traits = source.traits
        return value
    }

    /// In place where the list is the last one.
    mutating func append(_ new: [Value], to list: Value, at position: Int32) -> Value {
        let old = constants[Int(list.constant)]
        var sum = old
        guard spend(new.count), elements.count + new.count + Int(old.count) < 4_000_000 else {
            return made(of: [list] + new)
        }
        if old.start + Int(old.count) != elements.count {
            guard spend(Int(old.count)) else { return made(of: [list] + new) }
            sum.start = elements.count
            elements += Array(items(old))
        }
        elements += new
        sum.count = Int32(truncatingIfNeeded: elements.count - sum.start)
        var value = add(sum)
        let source = made(of: [list] + new)
        value.origins = source.origins
        value.traits = source.traits.intersection(.known)
        return value
    }

    private mutating func times(_ text: Value, _ count: Value, at position: Int32) -> Value? {
        guard let count = integer(count), text.constant != 0, constants[Int(text.constant)].isText else { return nil }
        let length = Int(constants[Int(text.constant)].count)
        guard count <= 0 || length == 0 || count <= 1_000_000 / length, let bytes = self.text(text) else { return nil }
        let kind = constants[Int(text.constant)].kind
        let repeated = Array(repeatElement(bytes, count: max(0, count)).joined())
        return make(kind, repeated, of: [text], [.concatenation], at: position)
    }

    /// `"%s" % x`
    private mutating func percent(_ left: Value, _ right: Value, at position: Int32) -> Value? {
        guard left.constant != 0, constants[Int(left.constant)].isText else { return nil }
        let kind = constants[Int(left.constant)].kind
        guard let pattern = text(left) else { return nil }
        var values = [right]
        if right.constant != 0 {
            let constant = constants[Int(right.constant)]
            if constant.kind == .tuple { values = Array(items(constant).prefix(1_000)) }
        }
        var made: [UInt8] = []
        var isPartial = false
        var next = 0
        var place = 0
        while place < pattern.count {
            let byte = pattern[place]
            place += 1
            guard byte == 0x25, place < pattern.count else {
                made.append(byte)
                continue
            }
            if pattern[place] == 0x25 {
                made.append(0x25)
                place += 1
                continue
            }
            var argument: Value? = nil
            if pattern[place] == 0x28 {
                let key = Array(pattern[(place + 1)...].prefix { $0 != 0x29 })
                place = min(pattern.count, place + key.count + 2)
                argument = entry(of: right, key)
            } else if next < values.count {
                argument = values[next]
                next += 1
            }
            while place < pattern.count,
                pattern[place].isDigit || [0x23, 0x20, 0x2b, 0x2d, 0x2e].contains(pattern[place])
            {
                place += 1
            }
            let conversion = place < pattern.count ? pattern[place] : 0
            place += 1
            if let argument, let text = converted(argument, conversion) {
                made += text
            } else {
                isPartial = true
                made += Self.unknownPart
            }
            if made.count > 2_000_000 { return nil }
        }
        return make(kind, made, of: [left, right] + values, [.formatting], isPartial: isPartial, at: position)
    }

    private mutating func converted(_ value: Value, _ conversion: UInt8) -> [UInt8]? {
        switch conversion {
        case 0x63:
            guard let scalar = integer(value), scalar >= 0, scalar < 0x11_0000 else { return text(value) }
            return Decoding.text([UInt32(scalar)])
        case 0x78: return integer(value).map { Array(String($0, radix: 16).utf8) }
        case 0x58: return integer(value).map { Array(String($0, radix: 16, uppercase: true).utf8) }
        default: return printed(value)
        }
    }

    /// What a dictionary has for a key.
    mutating func entry(of dictionary: Value, _ key: [UInt8]) -> Value? {
        guard dictionary.constant != 0 else { return nil }
        let constant = constants[Int(dictionary.constant)]
        guard constant.kind == .dictionary, spend(Int(constant.count)) else { return nil }
        var found: Value?
        for index in stride(from: constant.start, to: constant.start + Int(constant.count) - 1, by: 2) {
            let candidate = elements[index].constant
            guard candidate != 0 else { continue }
            let known = constants[Int(candidate)]
            if known.isText && Int(known.count) == key.count && withBytes(known, { $0.elementsEqual(key) }) {
                found = elements[index + 1]
            }
        }
        return found
    }

    // MARK: Elements and slices

    mutating func slice(_ value: Value, _ parts: [Value], _ isGiven: [Bool], at position: Int32) -> Value {
        guard value.constant != 0 else {
            var result = made(of: [value])
            result.name = value.name
            result.traits = value.traits.intersection([.known])
            return result
        }
        let constant = constants[Int(value.constant)]
        let numbers = parts.map { integer($0) }
        guard zip(numbers, isGiven).allSatisfy({ $0 != nil || !$1 }), numbers[2] != 0 else { return made(of: [value]) }
        let steps: FoldingSteps = (numbers[2] ?? 1) < 0 ? [.reversal] : [.slicing]
        if constant.isText {
            guard let text = text(value) else { return made(of: [value]) }
            if constant.kind == .string && text.contains(where: { $0 >= 0x80 }) {
                let scalars = Decoding.scalars(text)
                let chosen = Self.indices(scalars.count, numbers).map { scalars[$0] }
                return make(.string, Decoding.text(chosen), of: [value], steps, at: position)
            }
            let chosen = Self.indices(text.count, numbers).map { text[$0] }
            return make(constant.kind, chosen, of: [value], steps, at: position)
        }
        guard constant.kind == .list || constant.kind == .tuple, spend(Int(constant.count)) else {
            return made(of: [value])
        }
        let all = Array(items(constant))
        return container(constant.kind, Self.indices(all.count, numbers).map { all[$0] }, at: position)
    }

    /// Which elements a slice takes.
    ///
    /// Source: Python's `slice.indices`.
    static func indices(_ count: Int, _ parts: [Int?]) -> StrideTo<Int> {
        let step = max(-0x7fff_ffff, min(0x7fff_ffff, parts[2] ?? 1))
        func clamp(_ index: Int, _ low: Int, _ high: Int) -> Int {
            max(low, min(high, index < 0 ? max(index, -count - 1) + count : index))
        }
        if step > 0 {
            let start = clamp(parts[0] ?? 0, 0, count)
            let end = clamp(parts[1] ?? count, 0, count)
            return stride(from: start, to: max(start, end), by: step)
        }
        let start = clamp(parts[0] ?? count - 1, -1, count - 1)
        let end = parts[1].map { clamp($0, -1, count - 1) } ?? -1
        return stride(from: start, to: min(start, end), by: step)
    }

    /// An element by its index or key.
    mutating func pick(_ value: Value, _ index: Value, at position: Int32) -> Value? {
        let constant = constants[Int(value.constant)]
        switch constant.kind {
        case .string, .bytes:
            guard let number = integer(index) else { return nil }
            return character(value, constant, number, at: position)
        case .list, .tuple:
            let all = items(constant)
            if let number = integer(index) {
                let place = number < 0 ? number &+ all.count : number
                return place >= 0 && place < all.count ? all[all.startIndex + place] : nil
            }
            return anyOf(all.prefix(bounds.alternatives))
        case .dictionary:
            if let key = text(index) { return entry(of: value, key) }
            guard let number = integer(index), spend(Int(constant.count)) else { return nil }
            for place in stride(from: constant.start, to: constant.start + Int(constant.count) - 1, by: 2)
            where integer(elements[place]) == number {
                return elements[place + 1]
            }
            return nil
        case .oneOf:
            return anyOf(
                items(constant).prefix(bounds.alternatives).filter {
                    $0.constant != 0 && constants[Int($0.constant)].isContainer
                }.compactMap { pick($0, index, at: position) }[...])
        case .integer, .other: return nil
        }
    }

    private mutating func character(_ value: Value, _ constant: Constant, _ number: Int, at position: Int32) -> Value? {
        let count = Int(constant.count)
        guard let isASCII = constant.kind == .bytes ? true : isASCII(constant) else { return nil }
        if isASCII {
            let place = number < 0 ? number &+ count : number
            guard place >= 0, place < count else { return nil }
            let byte = withBytes(constant) { $0[place] }
            if constant.kind == .bytes { return integer(Int(byte), at: position) }
            return make(.string, [byte], of: [value], [.slicing], at: position)
        }
        guard let text = text(value) else { return nil }
        let scalars = Decoding.scalars(text)
        let place = number < 0 ? number &+ scalars.count : number
        guard place >= 0, place < scalars.count else { return nil }
        return make(.string, Decoding.text([scalars[place]]), of: [value], [.slicing], at: position)
    }

    /// Nil when there is not enough left to look.
    private mutating func isASCII(_ constant: Constant) -> Bool? {
        guard spend(Int(constant.count) / 8) else { return nil }
        return withBytes(constant) { $0.allSatisfy { $0 < 0x80 } }
    }

    /// One of several values, not known which.
    mutating func anyOf(_ values: ArraySlice<Value>) -> Value {
        guard var joined = values.first else { return .unknown }
        if values.count > 2, values.allSatisfy({ $0.constant != 0 && $0.name == 0 && $0.local == 0 }),
            values.allSatisfy({ !constants[Int($0.constant)].isContainer && constants[Int($0.constant)].kind != .oneOf }
            )
        {
            return container(.oneOf, Array(values.prefix(bounds.alternatives)), at: statement)
        }
        for value in values.dropFirst() { joined = join(joined, value) }
        return joined
    }

    // MARK: Joining

    mutating func join(_ separator: Value, _ list: Value, at position: Int32) -> Value? {
        guard separator.constant != 0, list.constant != 0 else { return nil }
        let kind = constants[Int(separator.constant)].kind
        guard let between = text(separator) else { return nil }
        let constant = constants[Int(list.constant)]
        var made: [UInt8] = []
        var isPartial = false
        if constant.isText {
            guard let text = text(list) else { return nil }
            if between.isEmpty { return list }
            for (index, scalar) in Decoding.scalars(text).enumerated() {
                if index > 0 { made += between }
                Literal.append(scalar, to: &made)
                if made.count > 2_000_000 { return nil }
            }
            return make(kind, made, of: [separator, list], [.concatenation], at: position)
        }
        guard constant.isContainer, spend(Int(constant.count)) else { return nil }
        let step = constant.kind == .dictionary ? 2 : 1
        var sources = [separator, list]
        for index in stride(from: constant.start, to: constant.start + Int(constant.count), by: step) {
            if index > constant.start { made += between }
            let item = elements[index]
            if let text = text(item) {
                made += text
                if constants[Int(item.constant)].steps != [] { sources.append(item) }
            } else {
                isPartial = true
                made += Self.unknownPart
            }
            if made.count > 2_000_000 { return nil }
        }
        return make(kind, made, of: sources, [.concatenation], isPartial: isPartial, at: position)
    }

    /// Paths one behind the other, with a slash between them. Nil if no part is known.
    mutating func joined(path parts: [Value], at position: Int32) -> Value? {
        guard parts.contains(where: { $0.constant != 0 && constants[Int($0.constant)].isText }) else { return nil }
        if parts.count == 1 { return parts[0] }
        var made: [UInt8] = []
        var isPartial = false
        for part in parts.prefix(64) {
            var piece = text(part)
            if piece == nil { isPartial = true }
            if piece?.first == 0x2f { made = [] }
            if !made.isEmpty && made.last != 0x2f { made.append(0x2f) }
            made += piece ?? Self.unknownPart
            piece = nil
        }
        // Numbers are divided, not joined.
        var value = make(.string, made, of: parts, [.concatenation], isPartial: isPartial, at: position)
        if isPartial { value.traits.remove(.known) }
        return value
    }
}
