/// Makes a tree of tokens: expressions. Statements are in the other half.
///
/// It goes forward only, and it takes what it gets: where the grammar says no, what comes is skipped up to the end of
/// the statement. How deep it goes is bounded; what is deeper is unknown and skipped as fast as it is read.
package struct Parser {
    let base: UnsafePointer<UInt8>
    package var lexer: Lexer
    package var tree = SyntaxTree()
    package var names: NameTable
    /// The next token, not consumed.
    var token: Token
    /// The name that the next token is, or 0.
    var word: Int32 = 0
    var depth = 0
    let mostDepth: Int
    /// Items of lists that are being read, those of an outer list before those of an inner one.
    var scratch: [Int32] = []
    /// Whether the statement that was just read is the head of a case.
    var beginsCase = false
    /// Tokens behind the next one that were looked at already: two at most.
    private var ahead: [Token] = []
    /// Where the last consumed token ended.
    var lastEnd: Int32 = 0

    package init(_ buffer: UnsafeBufferPointer<UInt8>, notes: consuming Notes, nesting: Int, names: NameTable) {
        self.names = names
        base = buffer.baseAddress ?? UnsafePointer(bitPattern: 1).unsafelyUnwrapped
        lexer = Lexer(buffer, notes: notes, nesting: nesting)
        token = Token(kind: .end, start: 0, end: 0)
        mostDepth = nesting
        advance()
    }

    // MARK: Tokens

    @inline(__always) mutating func advance() {
        if token.kind.rawValue > TokenKind.dedent.rawValue { lastEnd = token.end }
        token = ahead.isEmpty ? lexer.next() : ahead.removeFirst()
        word = token.kind == .name ? intern(token) : 0
    }

    /// The token behind the next one, or one further behind.
    mutating func peek(_ distance: Int = 0) -> Token {
        while ahead.count <= distance { ahead.append(lexer.next()) }
        return ahead[distance]
    }

    mutating func intern(_ token: Token) -> Int32 {
        let bytes = UnsafeBufferPointer(start: base + Int(token.start), count: Int(token.end - token.start))
        if token.flags != 0, bytes.count <= 1_024, let plain = CompatibilityForm.ascii(bytes) {
            return names.intern(plain)
        }
        // A name of megabytes is no name.
        return names.intern(UnsafeBufferPointer(rebasing: bytes.prefix(1_024)))
    }

    @inline(__always) func at(_ op: Op) -> Bool { token.kind == .op && token.op == op }
    @inline(__always) func at(_ keyword: Keyword) -> Bool { word == keyword.rawValue }
    @inline(__always) var isAtName: Bool { token.kind == .name && word > Keyword.last.rawValue }

    mutating func take(_ op: Op) -> Bool {
        guard at(op) else { return false }
        advance()
        return true
    }

    mutating func take(_ keyword: Keyword) -> Bool {
        guard at(keyword) else { return false }
        advance()
        return true
    }

    /// This is not Python.
    mutating func refuse() {
        lexer.notes.addOnce(
            .notPython, CodePosition(line: lexer.line, column: max(1, Int(token.start) - lexer.lineStart + 1)))
    }

    mutating func reachBound() {
        lexer.notes.addOnce(
            .bound("nesting"), CodePosition(line: lexer.line, column: max(1, Int(token.start) - lexer.lineStart + 1)))
    }

    /// Goes to the end of what is too deep, or of what is no expression: a comma, colon, equals sign or closing bracket
    /// on this level, or the end of the statement.
    mutating func skipExpression(stoppingAtIf: Bool = false) -> Int32 {
        var open = 0
        while true {
            if stoppingAtIf && open == 0 && at(.if) { return 0 }
            switch token.kind {
            case .end, .newline, .indent, .dedent: return 0
            case .formatStart: open += 1
            case .formatText: if open == 0 { return 0 }
            case .formatEnd:
                if open == 0 { return 0 }
                open -= 1
            case .op:
                switch token.op {
                case .leftParen, .leftBracket, .leftBrace: open += 1
                case .rightParen, .rightBracket, .rightBrace:
                    if open == 0 { return 0 }
                    open -= 1
                case .comma, .colon, .assign, .semicolon, .exclamation: if open == 0 { return 0 }
                default: break
                }
            default: break
            }
            advance()
        }
    }

    // MARK: Expressions

    /// An expression list: one expression, or a tuple without parentheses.
    mutating func expressions() -> Int32 {
        let start = token.start
        let first = starred()
        guard at(.comma) else { return first }
        let mark = scratch.count
        scratch.append(first)
        while take(.comma) {
            guard beginsExpression else { break }
            scratch.append(starred())
        }
        return close(.tuple, mark, start)
    }

    /// A node of what was put into `scratch` since `mark`.
    mutating func close(_ kind: NodeKind, _ mark: Int, _ start: Int32) -> Int32 {
        let list = tree.list(scratch[mark...])
        scratch.removeSubrange(mark...)
        return tree.add(kind, list, at: start)
    }

    var beginsExpression: Bool {
        switch token.kind {
        case .name:
            word > Keyword.last.rawValue || at(.none) || at(.true) || at(.false) || at(.lambda) || at(.not)
                || at(.await)
                || at(.yield)
        case .number, .string, .formatStart: true
        case .op:
            switch token.op {
            case .leftParen, .leftBracket, .leftBrace, .minus, .plus, .invert, .star, .doubleStar, .ellipsis, .backtick:
                true
            default: false
            }
        default: false
        }
    }

    mutating func starred() -> Int32 {
        let start = token.start
        if take(.star) { return tree.add(.star, binary(6), at: start) }
        return expression()
    }

    /// One expression: what can be an argument, or an element of a list.
    mutating func expression() -> Int32 {
        guard depth < mostDepth else {
            reachBound()
            return skipExpression()
        }
        depth += 1
        defer { depth -= 1 }
        if word != 0 {
            if at(.lambda) { return lambda() }
            if at(.yield) { return yield() }
        }
        let start = token.start
        let value = binary(0)
        if at(.walrus) {
            advance()
            let node = tree[value]
            return tree.add(.walrus, node.kind == .name ? node.a : 0, expression(), at: start)
        }
        guard at(.if) else { return value }
        return choice(value, start)
    }

    private mutating func choice(_ first: Int32, _ start: Int32) -> Int32 {
        advance()
        let condition = binary(0)
        var otherwise: Int32 = 0
        if take(.else) { otherwise = expression() }
        return tree.add(.choice, tree.list([first, condition, otherwise]), at: start)
    }

    private mutating func yield() -> Int32 {
        let start = token.start
        advance()
        _ = take(.from)
        return tree.add(.yield, beginsExpression ? expressions() : 0, at: start)
    }

    private mutating func lambda() -> Int32 {
        let start = token.start
        advance()
        var function = FunctionSyntax(name: 0, isLambda: true, position: start)
        parameters(of: &function, annotated: false)
        if !take(.colon) { refuse() }
        let before = tree.nodes.count
        function.body = expression()
        function.nodes = Int32(truncatingIfNeeded: tree.nodes.count - before)
        function.end = lastEnd
        guard !tree.isFull else { return 0 }
        tree.functions.append(function)
        return tree.add(.lambda, Int32(truncatingIfNeeded: tree.functions.count - 1), at: start)
    }

    /// The parameters of a lambda, up to its colon, or of a function, up to the closing parenthesis.
    mutating func parameters(of function: inout FunctionSyntax, annotated: Bool) {
        var kind = FunctionSyntax.Parameter.Kind.plain
        while true {
            if take(.star) {
                if isAtName {
                    function.parameters.append(parameter(.star, annotated))
                }
                kind = .keywordOnly
            } else if take(.doubleStar) {
                if isAtName { function.parameters.append(parameter(.doubleStar, annotated)) }
            } else if isAtName {
                function.parameters.append(parameter(kind, annotated))
            } else if at(.slash) {
                advance()
            } else if at(.leftParen) {
                // Python 2 took tuples apart here.
                _ = atom()
                function.parameters.append(.init(name: 0, initial: 0, kind: kind))
            } else {
                break
            }
            if !take(.comma) { break }
        }
    }

    private mutating func parameter(
        _ kind: FunctionSyntax.Parameter.Kind, _ annotated: Bool
    ) -> FunctionSyntax.Parameter {
        var parameter = FunctionSyntax.Parameter(name: word, initial: 0, kind: kind)
        advance()
        if annotated, take(.colon) { _ = starred() }
        if take(.assign) { parameter.initial = expression() }
        return parameter
    }

    /// Operators that bind no less than `least`: 0 `or`, 1 `and`, 2 `not`, 3 comparisons, 4 to 6 of bits, 7 shifts, 8
    /// sums, 9 products.
    mutating func binary(_ least: Int) -> Int32 {
        var left = unary(least)
        while true {
            let (op, level) = binaryOperator()
            guard op != .none, level >= least else { return left }
            let position = token.start
            advance()
            if op == .compare, at(.not) || at(.in) { advance() }
            let right = level + 1 > 9 ? unary(10) : binary(level + 1)
            left = tree.add(.binary, left, right, at: position, op: op)
        }
    }

    @inline(__always) private func binaryOperator() -> (Operator, Int) {
        if token.kind == .op {
            switch token.op {
            case .plus: return (.add, 8)
            case .minus: return (.subtract, 8)
            case .star: return (.multiply, 9)
            case .slash: return (.divide, 9)
            case .doubleSlash: return (.floorDivide, 9)
            case .percent: return (.modulo, 9)
            case .at: return (.matrix, 9)
            case .ampersand: return (.bitAnd, 6)
            case .caret: return (.bitXor, 5)
            case .pipe: return (.bitOr, 4)
            case .shiftLeft: return (.shiftLeft, 7)
            case .shiftRight: return (.shiftRight, 7)
            case .less, .greater, .lessOrEqual, .greaterOrEqual, .equal, .notEqual: return (.compare, 3)
            default: return (.none, 0)
            }
        }
        guard word != 0 else { return (.none, 0) }
        if at(.and) { return (.and, 1) }
        if at(.or) { return (.or, 0) }
        if at(.in) || at(.not) || at(.is) { return (.compare, 3) }
        return (.none, 0)
    }

    /// Operators before their operand, then what binds closest. In a loop, since there may be any number of them.
    private mutating func unary(_ least: Int) -> Int32 {
        let mark = scratch.count
        while true {
            var op = Operator.none
            if at(.minus) {
                op = .negate
            } else if at(.plus) {
                op = .plus
            } else if at(.invert) {
                op = .invert
            } else if at(.not) {
                op = .not
            } else if at(.await) {
                op = .identity
            } else {
                break
            }
            scratch.append(Int32(op.rawValue))
            scratch.append(token.start)
            advance()
        }
        var value: Int32
        if scratch.count > mark && scratch[scratch.count - 2] == Int32(Operator.not.rawValue) {
            // `not` takes a comparison; at this depth only once.
            value = depth < mostDepth ? nested(3) : skipExpression()
        } else {
            value = power()
        }
        while scratch.count > mark {
            let start = scratch.removeLast()
            let op = Operator(rawValue: UInt8(truncatingIfNeeded: scratch.removeLast())) ?? .none
            if op != .identity { value = tree.add(.unary, value, at: start, op: op) }
        }
        return value
    }

    private mutating func nested(_ least: Int) -> Int32 {
        depth += 1
        defer { depth -= 1 }
        return binary(least)
    }

    private mutating func power() -> Int32 {
        let value = primary()
        guard at(.doubleStar) else { return value }
        let position = token.start
        advance()
        guard depth < mostDepth else {
            reachBound()
            return skipExpression()
        }
        depth += 1
        defer { depth -= 1 }
        let right = unary(10)
        return tree.add(.binary, value, right, at: position, op: .power)
    }

    /// An atom and what hangs on it: attributes, calls, subscripts.
    mutating func primary() -> Int32 { trailers(atom()) }

    /// An expression of which the first atom was read already.
    mutating func continued(_ first: Int32) -> Int32 {
        var left = trailers(first)
        while true {
            let (op, level) = binaryOperator()
            guard op != .none else { break }
            let position = token.start
            advance()
            if op == .compare, at(.not) || at(.in) { advance() }
            left = tree.add(.binary, left, binary(level + 1), at: position, op: op)
        }
        return left
    }

    private mutating func trailers(_ atom: Int32) -> Int32 {
        var value = atom
        while token.kind == .op {
            let start = token.start
            switch token.op {
            case .dot:
                advance()
                guard token.kind == .name else {
                    refuse()
                    return value
                }
                value = tree.add(.attribute, value, word, at: token.start)
                advance()
            case .leftParen:
                advance()
                value = tree.add(.call, value, arguments(), at: start)
            case .leftBracket:
                advance()
                let index = subscripts()
                if !take(.rightBracket) { recover(.rightBracket) }
                value = tree.add(.element, value, index, at: start)
            default: return value
            }
        }
        return value
    }

    /// Goes to the closing bracket that is missing here, or to the end of the statement.
    mutating func recover(_ closing: Op) {
        refuse()
        while true {
            _ = skipExpression()
            if take(closing) { return }
            switch token.kind {
            case .end, .newline, .indent, .dedent, .formatText, .formatEnd: return
            case .op where token.op == .rightParen || token.op == .rightBracket || token.op == .rightBrace: return
            default: advance()
            }
        }
    }

    /// The arguments of a call, behind its parenthesis, with the closing one.
    mutating func arguments() -> Int32 {
        let mark = scratch.count
        while !at(.rightParen) {
            let start = token.start
            if take(.star) {
                scratch.append(ArgumentKind.star)
                scratch.append(expression())
            } else if take(.doubleStar) {
                scratch.append(ArgumentKind.doubleStar)
                scratch.append(expression())
            } else if beginsExpression {
                let value = expression()
                let node = tree[value]
                if at(.assign) {
                    advance()
                    let given = expression()
                    scratch.append(node.kind == .name ? node.a : ArgumentKind.positional)
                    scratch.append(given)
                } else {
                    let element = at(.for) || at(.async) ? comprehension(value, 0, start) : value
                    scratch.append(ArgumentKind.positional)
                    scratch.append(element)
                }
            }
            if take(.comma) { continue }
            break
        }
        let list = tree.list(scratch[mark...])
        scratch.removeSubrange(mark...)
        if !take(.rightParen) { recover(.rightParen) }
        return list
    }

    private mutating func subscripts() -> Int32 {
        let start = token.start
        let mark = scratch.count
        var isTuple = false
        while !at(.rightBracket) {
            scratch.append(subscriptItem())
            guard take(.comma) else { break }
            isTuple = true
        }
        if !isTuple {
            let only = scratch.count > mark ? scratch[mark] : 0
            scratch.removeSubrange(mark...)
            return only
        }
        return close(.tuple, mark, start)
    }

    private mutating func subscriptItem() -> Int32 {
        let start = token.start
        let first = at(.colon) ? 0 : starred()
        guard take(.colon) else { return first }
        let second = beginsExpression ? expression() : 0
        let third = take(.colon) && beginsExpression ? expression() : 0
        return tree.add(.slice, tree.list([first, second, third]), at: start)
    }

    // MARK: Atoms

    mutating func atom() -> Int32 {
        let start = token.start
        switch token.kind {
        case .name:
            if word > Keyword.last.rawValue || at(.none) || at(.true) || at(.false) {
                let name = word
                advance()
                return tree.add(.name, name, at: start)
            }
            if at(.lambda) || at(.yield) { return expression() }
        case .number:
            let end = token.end
            advance()
            return tree.add(.number, end, at: start)
        case .string, .formatStart: return strings()
        case .op:
            switch token.op {
            case .leftParen: return bracketed(.leftParen)
            case .leftBracket: return bracketed(.leftBracket)
            case .leftBrace: return bracketed(.leftBrace)
            case .ellipsis:
                advance()
                return 0
            case .backtick:
                guard depth < mostDepth else { return skipExpression() }
                advance()
                _ = nested(0)
                _ = take(.backtick)
                return 0
            default: break
            }
        default: break
        }
        refuse()
        // A byte that begins nothing is passed over; whatever else it is, somebody further out knows what to do.
        if token.kind == .stray || at(.star) || at(.doubleStar) { advance() }
        return 0
    }

    private mutating func bracketed(_ op: Op) -> Int32 {
        let closing: Op = op == .leftParen ? .rightParen : op == .leftBracket ? .rightBracket : .rightBrace
        guard depth < mostDepth else {
            reachBound()
            advance()
            recoverSilently(closing)
            return 0
        }
        depth += 1
        defer { depth -= 1 }
        let start = token.start
        advance()
        let value =
            switch op {
            case .leftParen: parenthesized(start)
            case .leftBracket: listDisplay(start)
            default: braces(start)
            }
        if !take(closing) { recover(closing) }
        return value
    }

    private mutating func recoverSilently(_ closing: Op) {
        while true {
            _ = skipExpression()
            if take(closing) { return }
            switch token.kind {
            case .end, .newline, .indent, .dedent, .formatText, .formatEnd: return
            case .op where token.op == .rightParen || token.op == .rightBracket || token.op == .rightBrace: return
            default: advance()
            }
        }
    }

    private mutating func parenthesized(_ start: Int32) -> Int32 {
        if at(.rightParen) { return tree.add(.tuple, at: start) }
        let first = starred()
        if at(.for) || at(.async) { return comprehension(first, 0, start) }
        guard at(.comma) else { return first }
        let mark = scratch.count
        scratch.append(first)
        while take(.comma), beginsExpression { scratch.append(starred()) }
        return close(.tuple, mark, start)
    }

    private mutating func listDisplay(_ start: Int32) -> Int32 {
        let mark = scratch.count
        if beginsExpression {
            let first = starred()
            if at(.for) || at(.async) { return comprehension(first, 0, start) }
            scratch.append(first)
            while take(.comma), beginsExpression { scratch.append(starred()) }
        }
        return close(.list, mark, start)
    }

    private mutating func braces(_ start: Int32) -> Int32 {
        let mark = scratch.count
        guard beginsExpression else { return tree.add(.dictionary, at: start) }
        var isDictionary = false
        while beginsExpression {
            if take(.doubleStar) {
                isDictionary = true
                scratch.append(0)
                scratch.append(binary(4))
            } else {
                let key = starred()
                if take(.colon) {
                    let value = expression()
                    if scratch.count == mark && (at(.for) || at(.async)) { return comprehension(key, value, start) }
                    isDictionary = true
                    scratch.append(key)
                    scratch.append(value)
                } else {
                    if scratch.count == mark && (at(.for) || at(.async)) { return comprehension(key, 0, start) }
                    scratch.append(key)
                    if isDictionary { scratch.append(0) }
                }
            }
            guard take(.comma) else { break }
        }
        // A set that turned into a dictionary is neither; pairs it must be.
        if isDictionary && (scratch.count - mark) % 2 == 1 { scratch.append(0) }
        return close(isDictionary ? .dictionary : .set, mark, start)
    }

    /// Behind the element: `for x in y if z …`.
    mutating func comprehension(_ element: Int32, _ value: Int32, _ start: Int32) -> Int32 {
        let mark = scratch.count
        scratch.append(element)
        scratch.append(value)
        while true {
            if at(.async) { advance() }
            if take(.for) {
                scratch.append(targets())
                _ = take(.in)
                scratch.append(binary(0))
                scratch.append(0)
            } else if take(.if) {
                scratch.append(0)
                scratch.append(at(.lambda) ? expression() : conditionOfComprehension())
                scratch.append(0)
            } else {
                break
            }
        }
        return close(.comprehension, mark, start)
    }

    private mutating func conditionOfComprehension() -> Int32 {
        let start = token.start
        let value = binary(0)
        guard take(.walrus) else { return value }
        let node = tree[value]
        return tree.add(.walrus, node.kind == .name ? node.a : 0, binary(0), at: start)
    }

    /// The targets of a loop: no comparison, so that `in` ends them.
    mutating func targets() -> Int32 {
        let start = token.start
        let first = target()
        guard at(.comma) else { return first }
        let mark = scratch.count
        scratch.append(first)
        while take(.comma), beginsExpression { scratch.append(target()) }
        return close(.tuple, mark, start)
    }

    mutating func target() -> Int32 {
        let start = token.start
        if take(.star) { return tree.add(.star, primary(), at: start) }
        return primary()
    }

    /// String literals next to each other.
    private mutating func strings() -> Int32 {
        let start = token.start
        let first = string()
        guard token.kind == .string || token.kind == .formatStart else { return first }
        let mark = scratch.count
        scratch.append(first)
        while token.kind == .string || token.kind == .formatStart { scratch.append(string()) }
        return close(.strings, mark, start)
    }

    private mutating func string() -> Int32 {
        if token.kind == .formatStart { return format() }
        let content = token.content
        let node = tree.add(
            .string, Int32(truncatingIfNeeded: content.start), Int32(truncatingIfNeeded: content.end), at: token.start,
            flags: token.flags)
        advance()
        return node
    }

    private mutating func format() -> Int32 {
        let start = token.start
        guard depth < mostDepth else {
            reachBound()
            advance()
            skipFormat()
            return 0
        }
        depth += 1
        defer { depth -= 1 }
        advance()
        let mark = scratch.count
        while true {
            if token.kind == .formatText {
                scratch.append(
                    tree.add(.string, token.start, token.end, at: token.start, flags: token.flags))
                advance()
            } else if at(.leftBrace) {
                scratch.append(replacement())
            } else {
                break
            }
        }
        if token.kind == .formatEnd { advance() } else { skipFormat() }
        return close(.format, mark, start)
    }

    /// `{expression=!r:specification}`
    private mutating func replacement() -> Int32 {
        advance()
        let value = beginsExpression ? expressions() : 0
        _ = take(.assign)
        if take(.exclamation), token.kind == .name { advance() }
        if take(.colon) {
            while true {
                if token.kind == .formatText {
                    advance()
                } else if at(.leftBrace) {
                    guard depth < mostDepth else {
                        reachBound()
                        skipFormat()
                        return value
                    }
                    depth += 1
                    _ = replacement()
                    depth -= 1
                } else {
                    break
                }
            }
        }
        if !take(.rightBrace) {
            refuse()
            // To the end of this field.
            while token.kind != .formatEnd, token.kind != .end, token.kind != .newline {
                _ = skipExpression()
                if take(.rightBrace) { break }
                if token.kind == .formatText || token.kind == .formatEnd || token.kind == .end
                    || token.kind == .newline
                {
                    break
                }
                advance()
            }
        }
        return value
    }

    /// Behind the end of the f-string that the next token is in.
    private mutating func skipFormat() {
        var open = 1
        while token.kind != .end && token.kind != .newline {
            if token.kind == .formatStart { open += 1 }
            if token.kind == .formatEnd {
                open -= 1
                if open == 0 {
                    advance()
                    return
                }
            }
            advance()
        }
    }
}
