extension Parser {
    /// Reads statements of the module until there are no more, or until the tree is large enough to be looked at by
    /// itself.
    package mutating func moduleStatements(upTo most: Int) -> [Int32] {
        var statements: [Int32] = []
        while token.kind != .end && tree.nodes.count < most {
            statement(into: &statements)
        }
        return statements
    }

    /// One line of statements, or one with a block. Goes forward by one token at least.
    mutating func statement(into statements: inout [Int32]) {
        switch token.kind {
        case .newline, .indent, .dedent:
            advance()
            return
        case .end: return
        default: break
        }
        if at(.at) {
            statements.append(decorated(token.start))
            return
        }
        if word > 0, let compound = compound() {
            statements.append(compound)
            return
        }
        simpleStatements(into: &statements)
    }

    private mutating func simpleStatements(into statements: inout [Int32]) {
        while true {
            let start = token.start
            beginsCase = false
            if word > 0, word <= Keyword.last.rawValue, let compound = compound() {
                // `if x: for y in z: …` is not Python, but what is meant is clear.
                statements.append(compound)
                return
            }
            statements.append(simple())
            if take(.semicolon) {
                if token.kind == .newline { break }
                continue
            }
            if at(.colon) && token.start != start && (beginsCase || isBeginningBlock(statements.last)) {
                advance()
                statements.append(block())
                return
            }
            break
        }
        if token.kind == .newline {
            advance()
            return
        }
        if token.kind == .end || token.kind == .dedent || token.kind == .indent { return }
        refuse()
        skipLine()
    }

    /// Whether it is `match (x)` with its block behind the colon, and not an annotation.
    private func isBeginningBlock(_ statement: Int32?) -> Bool {
        guard let statement, statement != 0, tree[statement].kind == .expression else { return false }
        var node = tree[tree[statement].a]
        while let inner = head(of: node) { node = tree[inner] }
        return node.kind == .name && (node.a == Keyword.match.rawValue || node.a == Keyword.case.rawValue)
    }

    private func head(of node: Node) -> Int32? {
        switch node.kind {
        case .call, .element, .binary: node.a
        // A guard looks like a choice without its other side.
        case .choice: tree.item(node.a, 0)
        case .tuple: tree.count(node.a) > 0 ? tree.item(node.a, 0) : nil
        default: nil
        }
    }

    private mutating func skipLine() {
        while token.kind != .newline, token.kind != .end { advance() }
        if token.kind == .newline { advance() }
    }

    /// What follows a colon: a block, or statements on the same line.
    mutating func block() -> Int32 {
        let start = token.start
        var statements: [Int32] = []
        if token.kind == .newline {
            advance()
            guard token.kind == .indent else {
                refuse()
                return tree.add(.block, at: start)
            }
            advance()
            // Blocks are as deep as the lexer lets them be.
            while token.kind != .dedent && token.kind != .end { statement(into: &statements) }
            if token.kind == .dedent { advance() }
        } else {
            guard depth < mostDepth else {
                reachBound()
                skipLine()
                return 0
            }
            depth += 1
            simpleStatements(into: &statements)
            depth -= 1
        }
        return tree.add(.block, tree.list(statements), at: start)
    }

    private mutating func colonAndBlock() -> Int32 {
        if !take(.colon) {
            refuse()
            while !at(.colon), token.kind != .newline, token.kind != .end { advance() }
            if !take(.colon) { return 0 }
        }
        return block()
    }

    // MARK: Statements with blocks

    private mutating func compound() -> Int32? {
        let start = token.start
        guard let keyword = Keyword(rawValue: word) else { return nil }
        switch keyword {
        case .if:
            advance()
            return ifStatement(start)
        case .while:
            advance()
            let condition = expressions()
            let body = colonAndBlock()
            return tree.add(.loop, 0, tree.list([condition, body, elseBlock()]), at: start)
        case .for:
            advance()
            return forStatement(start)
        case .try:
            advance()
            return tryStatement(start)
        case .with:
            advance()
            return withStatement(start)
        case .def:
            advance()
            return function(start, decorators: [])
        case .class:
            advance()
            return type(start, decorators: [])
        case .async:
            advance()
            return compound() ?? 0
        case .elif, .else, .except, .finally:
            // Their beginning is missing.
            refuse()
            advance()
            if keyword != .else, !at(.colon) { _ = expressions() }
            return colonAndBlock()
        case .match: return match(start)
        default: return nil
        }
    }

    private mutating func elseBlock() -> Int32 {
        guard take(.else) else { return 0 }
        return colonAndBlock()
    }

    private mutating func ifStatement(_ start: Int32) -> Int32 {
        let mark = scratch.count
        let condition = expressions()
        scratch.append(condition)
        scratch.append(colonAndBlock())
        while take(.elif) {
            let condition = expressions()
            scratch.append(condition)
            scratch.append(colonAndBlock())
        }
        if take(.else) {
            scratch.append(0)
            scratch.append(colonAndBlock())
        }
        return close(.if, mark, start)
    }

    private mutating func forStatement(_ start: Int32) -> Int32 {
        let target = targets()
        if !take(.in) { refuse() }
        let iterable = expressions()
        let body = colonAndBlock()
        return tree.add(
            .loop, target == 0 ? tree.add(.tuple, at: start) : target,
            tree.list([iterable, body, elseBlock()]), at: start)
    }

    private mutating func tryStatement(_ start: Int32) -> Int32 {
        let mark = scratch.count
        scratch.append(0)
        scratch.append(0)
        scratch.append(colonAndBlock())
        while at(.except) || at(.else) || at(.finally) {
            let isExcept = at(.except)
            advance()
            _ = take(.star)
            var caught: Int32 = 0
            var name: Int32 = 0
            if isExcept && beginsExpression {
                caught = expressions()
                if take(.as), isAtName {
                    name = word
                    advance()
                }
            }
            scratch.append(caught)
            scratch.append(name)
            scratch.append(colonAndBlock())
        }
        return close(.try, mark, start)
    }

    private mutating func withStatement(_ start: Int32) -> Int32 {
        let mark = scratch.count
        // Parentheses around the items look like a tuple until `as` comes.
        if at(.leftParen), let inner = parenthesizedItems() {
            for item in inner { scratch.append(item) }
        } else {
            items()
        }
        let list = tree.list(scratch[mark...])
        scratch.removeSubrange(mark...)
        return tree.add(.with, list, colonAndBlock(), at: start)
    }

    private mutating func items() {
        repeat {
            let value = expression()
            scratch.append(value)
            scratch.append(take(.as) ? target() : 0)
        } while take(.comma) && beginsExpression
    }

    /// `with (open(a) as b, open(c)):`; also `with (a):` and `with (a).b as c:`.
    private mutating func parenthesizedItems() -> [Int32]? {
        let mark = scratch.count
        let start = token.start
        guard depth < mostDepth else { return nil }
        depth += 1
        defer { depth -= 1 }
        advance()
        var hasTargets = false
        var hasComma = false
        while beginsExpression {
            var value = starred()
            if at(.for) || at(.async) { value = comprehension(value, 0, start) }
            scratch.append(value)
            if take(.as) {
                hasTargets = true
                scratch.append(target())
            } else {
                scratch.append(0)
            }
            guard take(.comma) else { break }
            hasComma = true
        }
        if !take(.rightParen) { recover(.rightParen) }
        let read = Array(scratch[mark...])
        scratch.removeSubrange(mark...)
        if hasTargets || at(.colon) { return read }
        // It was an expression in parentheses, and more of it comes.
        let inner = stride(from: 0, to: read.count, by: 2).map { read[$0] }
        let first = hasComma || inner.isEmpty ? tree.add(.tuple, tree.list(inner), at: start) : inner[0]
        var rest: [Int32] = [continued(first)]
        rest.append(take(.as) ? target() : 0)
        while take(.comma), beginsExpression {
            rest.append(expression())
            rest.append(take(.as) ? target() : 0)
        }
        return rest
    }

    private mutating func match(_ start: Int32) -> Int32? {
        // `match` is a name unless something follows that cannot follow a name.
        let next = peek()
        switch next.kind {
        case .string, .number, .formatStart: break
        case .name:
            let word = intern(next)
            guard word > Keyword.last.rawValue || word == Keyword.await.rawValue || word == Keyword.lambda.rawValue
            else { return nil }
        default: return nil
        }
        advance()
        let subject = expressions()
        return tree.add(.with, tree.list([subject, 0]), colonAndBlock(), at: start)
    }

    // MARK: Functions and classes

    private mutating func decorated(_ start: Int32) -> Int32 {
        var decorators: [Int32] = []
        while take(.at) {
            decorators.append(expression())
            while token.kind == .newline { advance() }
        }
        _ = take(.async)
        if take(.def) { return function(start, decorators: decorators) }
        if take(.class) { return type(start, decorators: decorators) }
        refuse()
        return decorators.first.map { tree.add(.expression, $0, at: start) } ?? 0
    }

    private mutating func function(_ start: Int32, decorators: [Int32]) -> Int32 {
        var function = FunctionSyntax(name: word, isLambda: false, decorators: decorators, position: token.start)
        if token.kind == .name { advance() }
        typeParameters()
        if take(.leftParen) {
            parameters(of: &function, annotated: true)
            if !take(.rightParen) { recover(.rightParen) }
        } else {
            refuse()
        }
        if take(.arrow) { _ = expression() }
        let before = tree.nodes.count
        function.body = colonAndBlock()
        function.nodes = Int32(truncatingIfNeeded: tree.nodes.count - before)
        function.end = lastEnd
        guard !tree.isFull else { return 0 }
        tree.functions.append(function)
        return tree.add(.function, Int32(truncatingIfNeeded: tree.functions.count - 1), at: start)
    }

    private mutating func type(_ start: Int32, decorators: [Int32]) -> Int32 {
        var type = TypeSyntax(name: word, decorators: decorators, position: token.start)
        if token.kind == .name { advance() }
        typeParameters()
        if take(.leftParen) { type.bases = arguments() }
        type.body = colonAndBlock()
        type.end = lastEnd
        guard !tree.isFull else { return 0 }
        tree.types.append(type)
        return tree.add(.type, Int32(truncatingIfNeeded: tree.types.count - 1), at: start)
    }

    /// `[T: int, *Ts]`
    private mutating func typeParameters() {
        guard at(.leftBracket) else { return }
        _ = atom()
    }

    // MARK: Simple statements

    private mutating func simple() -> Int32 {
        let start = token.start
        if word > 0, word <= Keyword.last.rawValue, let keyword = Keyword(rawValue: word),
            let statement = keywordStatement(keyword, start)
        {
            return statement
        }
        if at(.print) || at(.exec), let statement = pythonTwo(start) { return statement }
        if at(.type), let alias = alias(start) { return alias }
        if at(.case) { return casePattern(start) }
        guard beginsExpression else {
            refuse()
            // A statement is always one token at least.
            if token.kind != .newline && token.kind != .end { advance() }
            return 0
        }
        return assignment(start)
    }

    private mutating func keywordStatement(_ keyword: Keyword, _ start: Int32) -> Int32? {
        switch keyword {
        case .return:
            advance()
            return tree.add(.return, beginsExpression ? expressions() : 0, at: start)
        case .raise, .assert:
            advance()
            var value = beginsExpression ? expressions() : 0
            if take(.from) {
                let cause = expression()
                value = tree.add(.tuple, tree.list([value, cause]), at: start)
            }
            return tree.add(.raise, value, at: start)
        case .del:
            advance()
            let target = expressions()
            return tree.add(.delete, target, at: start)
        case .global, .nonlocal:
            advance()
            let mark = scratch.count
            while isAtName {
                scratch.append(word)
                advance()
                guard take(.comma) else { break }
            }
            return close(.global, mark, start)
        case .import:
            advance()
            return importStatement(start)
        case .from:
            advance()
            return importFrom(start)
        case .pass, .break, .continue:
            advance()
            return 0
        default: return nil
        }
    }

    /// `a.b.c` as a list of names.
    private mutating func dottedName() -> Int32 {
        let mark = scratch.count
        while token.kind == .name {
            scratch.append(word)
            advance()
            guard take(.dot) else { break }
        }
        let list = tree.list(scratch[mark...])
        scratch.removeSubrange(mark...)
        return list
    }

    private mutating func importStatement(_ start: Int32) -> Int32 {
        let mark = scratch.count
        repeat {
            let name = dottedName()
            scratch.append(name)
            scratch.append(importAlias())
        } while take(.comma)
        return close(.import, mark, start)
    }

    private mutating func importAlias() -> Int32 {
        guard take(.as), isAtName else { return 0 }
        defer { advance() }
        return word
    }

    private mutating func importFrom(_ start: Int32) -> Int32 {
        var dots = 0
        while at(.dot) || at(.ellipsis) {
            dots += at(.dot) ? 1 : 3
            advance()
        }
        let module = at(.import) ? 0 : dottedName()
        if !take(.import) { refuse() }
        let mark = scratch.count
        if take(.star) {
            scratch.append(0)
            scratch.append(0)
        } else {
            let isParenthesized = take(.leftParen)
            while token.kind == .name {
                scratch.append(word)
                advance()
                scratch.append(importAlias())
                guard take(.comma) else { break }
            }
            if isParenthesized, !take(.rightParen) { recover(.rightParen) }
        }
        let list = tree.list(scratch[mark...])
        scratch.removeSubrange(mark...)
        return tree.add(.importFrom, module, list, at: start, flags: UInt8(min(dots, 255)))
    }

    /// `print "x"` and `exec code in scope`, which Python 2 wrote without parentheses.
    private mutating func pythonTwo(_ start: Int32) -> Int32? {
        let next = peek()
        switch next.kind {
        case .string, .number, .formatStart: break
        case .name:
            guard intern(next) > Keyword.last.rawValue else { return nil }
        case .op where next.op == .shiftRight || next.op == .backtick: break
        default: return nil
        }
        let name = word
        let isExec = at(.exec)
        advance()
        if take(.shiftRight) {
            _ = expression()
            _ = take(.comma)
        }
        let mark = scratch.count
        while beginsExpression {
            var value = expression()
            if isExec, tree[value].kind == .binary, tree[value].op == .compare { value = tree[value].a }
            scratch.append(ArgumentKind.positional)
            scratch.append(value)
            guard take(.comma) else { break }
        }
        let list = tree.list(scratch[mark...])
        scratch.removeSubrange(mark...)
        let callee = tree.add(.name, name, at: start)
        return tree.add(.expression, tree.add(.call, callee, list, at: start), at: start)
    }

    /// `type X[T] = int`
    private mutating func alias(_ start: Int32) -> Int32? {
        guard peek().kind == .name else { return nil }
        let following = peek(1)
        guard following.kind == .op, following.op == .assign || following.op == .leftBracket else { return nil }
        advance()
        advance()
        typeParameters()
        _ = take(.assign)
        return tree.add(.expression, expression(), at: start)
    }

    /// A pattern, and its guard. What a pattern binds is unknown.
    private mutating func casePattern(_ start: Int32) -> Int32 {
        let next = peek()
        if next.kind == .op {
            // After the others it may be a name: `case(x)`, `case[x]`, `case - 1`; a pattern reads like these.
            guard next.op == .leftBrace else { return assignment(start) }
        } else if next.kind == .newline || next.kind == .end {
            return assignment(start)
        }
        advance()
        var value: Int32 = 0
        while true {
            _ = skipExpression(stoppingAtIf: true)
            if take(.if) {
                value = expression()
                break
            }
            guard take(.comma) else { break }
        }
        if take(.assign) { return tree.add(.expression, expressions(), at: start) }
        beginsCase = true
        return tree.add(.expression, value, at: start)
    }

    private mutating func assignment(_ start: Int32) -> Int32 {
        let first = expressions()
        if token.kind == .op {
            if token.op == .augmented {
                let op = Self.operation(Op(rawValue: token.flags) ?? .absent)
                advance()
                return tree.add(.augment, first, expressions(), at: start, op: op)
            }
            if token.op == .colon, !isMatchHead(first) {
                // An annotation.
                advance()
                _ = expression()
                guard take(.assign) else { return tree.add(.expression, 0, at: start) }
                return tree.add(.assign, tree.list([first]), expressions(), at: start)
            }
        }
        guard at(.assign) else { return tree.add(.expression, first, at: start) }
        let mark = scratch.count
        var value = first
        while take(.assign) {
            scratch.append(value)
            value = expressions()
        }
        let list = tree.list(scratch[mark...])
        scratch.removeSubrange(mark...)
        return tree.add(.assign, list, value, at: start)
    }

    private mutating func isMatchHead(_ node: Int32) -> Bool {
        var node = tree[node]
        while let inner = head(of: node) { node = tree[inner] }
        guard node.kind == .name, node.a == Keyword.match.rawValue || node.a == Keyword.case.rawValue else {
            return false
        }
        return peek().kind == .newline
    }

    static func operation(_ op: Op) -> Operator {
        switch op {
        case .plus: .add
        case .minus: .subtract
        case .star: .multiply
        case .slash: .divide
        case .doubleSlash: .floorDivide
        case .percent: .modulo
        case .doubleStar: .power
        case .at: .matrix
        case .ampersand: .bitAnd
        case .pipe: .bitOr
        case .caret: .bitXor
        case .shiftLeft: .shiftLeft
        case .shiftRight: .shiftRight
        default: .none
        }
    }
}
