import PythonSyntax

/// Makes of what was found in numbers what `PythonFile` says.
struct Reading {
    private let flow: Flow
    private let lines: LineTable
    /// Of each function, when it runs.
    private let runs: [CodePlace.Run]

    init(_ flow: Flow, _ buffer: UnsafeBufferPointer<UInt8>) {
        self.flow = flow
        lines = LineTable(buffer)
        runs = Self.runs(flow.functions)
    }

    /// From the module and from the part that runs as a program, along who calls whom.
    private static func runs(_ functions: [Flow.Function]) -> [CodePlace.Run] {
        var runs = [CodePlace.Run](repeating: .whenCalled, count: functions.count)
        var called: [Int32: [Int]] = [:]
        for (index, function) in functions.enumerated() {
            for caller in function.callers { called[caller, default: []].append(index) }
        }
        for (root, run) in [(Int32(-1), CodePlace.Run.onImport), (-2, .asProgram)] {
            var open = called[root] ?? []
            while let index = open.popLast() {
                guard runs[index] == .whenCalled else { continue }
                runs[index] = run
                open += called[Int32(index)] ?? []
            }
        }
        return runs
    }

    func fill(_ file: inout PythonFile, _ bounds: ReadingBounds, _ vocabulary: Vocabulary) {
        let found = flow.found
        file.imports = found.imports.map { entry in
            PythonImport(
                name: text(entry.name) + (entry.isAll ? ".*" : ""), alias: flow.names.text(entry.alias),
                isIndirect: entry.isIndirect, position: lines.position(entry.position), place: place(entry.place))
        }
        file.calls = found.calls.map(call).sorted { isBefore($0.position, $1.position) }
        file.reads = found.reads.map { entry in
            PythonRead(
                name: text(entry.name), isIndirect: entry.isIndirect, key: detail(entry.key),
                position: lines.position(entry.position), statementLine: lines.position(entry.place.statement).line,
                place: place(entry.place))
        }.sorted { isBefore($0.position, $1.position) }
        file.assignments = found.assignments.map { entry in
            PythonAssignment(
                target: entry.isDotted ? text(entry.target) : flow.names.text(entry.target), key: detail(entry.key),
                value: value(entry.value), position: lines.position(entry.position), place: place(entry.place))
        }
        file.definitions = found.definitions.map { entry in
            PythonDefinition(
                kind: entry.isType ? .type : .function, name: text(entry.name),
                bases: entry.bases.map { $0.name > 0 ? text($0.name) : "?" },
                decorators: entry.decorators.map { $0.name > 0 ? text($0.name) : "?" },
                methods: entry.methods.map(flow.names.text), position: lines.position(entry.position),
                lastLine: lines.position(entry.end).line, place: place(entry.place))
        }
        file.folded = folded(bounds)
        embed(&file, bounds, vocabulary)
        for bound in flow.reachedBounds.sorted() {
            file.problems.append(CodeProblem(kind: .bound(bound), position: CodePosition(line: 1, column: 1)))
        }
        if found.isFull {
            file.problems.append(CodeProblem(kind: .bound("results"), position: CodePosition(line: 1, column: 1)))
        }
    }

    private func isBefore(_ one: CodePosition, _ other: CodePosition) -> Bool {
        (one.line, one.column) < (other.line, other.column)
    }

    private func text(_ name: Int32) -> String { flow.dotted.text(name, flow.names) }

    private func place(_ place: Findings.Place) -> CodePlace {
        var run: CodePlace.Run = place.isMain ? .asProgram : .onImport
        var function: String?
        var type: String?
        if place.function >= 0 {
            run = runs[Int(place.function)]
            function = text(flow.functions[Int(place.function)].name)
            let owner = flow.functions[Int(place.function)].type
            if owner >= 0 { type = text(flow.types[Int(owner)].name) }
        }
        if type == nil, place.type >= 0 { type = text(flow.types[Int(place.type)].name) }
        return CodePlace(run: run, function: function, type: type)
    }

    private func call(_ entry: Findings.Call) -> PythonCall {
        let written = UnsafeBufferPointer(
            start: flow.base + Int(entry.start), count: max(0, Int(entry.end - entry.start)))
        return PythonCall(
            name: text(entry.name), written: String(decoding: written.prefix(200), as: UTF8.self),
            isIndirect: entry.isIndirect,
            arguments: entry.arguments.map { argument in
                PythonArgument(
                    keyword: argument.keyword > 0 ? flow.names.text(argument.keyword) : nil,
                    isUnpacked: argument.keyword == ArgumentKind.star || argument.keyword == ArgumentKind.doubleStar,
                    value: value(argument.value), line: lines.position(argument.position).line)
            },
            receiver: entry.receiver.map { value($0) }, position: lines.position(entry.position),
            statementLine: lines.position(entry.place.statement).line, place: place(entry.place))
    }

    private func detail(_ constant: Int32) -> String? {
        guard constant != 0 else { return nil }
        let known = flow.constants[Int(constant)]
        if known.kind == .integer { return String(known.start) }
        guard known.isText else { return nil }
        return flow.withBytes(known) { String(decoding: $0.prefix(1_000), as: UTF8.self) }
    }

    // MARK: Values

    private func value(_ value: Value, depth: Int = 0) -> PythonValue {
        var result = PythonValue()
        if value.name > 0 && value.constant == 0 { result.name = text(value.name) }
        result.isMadeOfConstants = value.traits.contains(.known)
        result.origins = flow.origins.sets[Int(value.origins)].map { number in
            let origin = flow.origins.origins[Int(number)]
            return PythonOrigin(
                name: text(origin.name), detail: detail(origin.detail), line: lines.position(origin.position).line)
        }.sorted { ($0.line, $0.name) < ($1.line, $1.name) }
        guard value.constant != 0 else { return result }
        let known = flow.constants[Int(value.constant)]
        result.isContainer = known.isContainer
        if known.isContainer || known.kind == .oneOf {
            var left = flow.bounds.alternatives
            collect(known, into: &result, &left, depth: 0)
            if known.kind == .dictionary, depth < 2 { result.entries = entries(known, depth) }
        } else {
            result.constants = [constant(known)]
        }
        return result
    }

    private func collect(_ container: Constant, into result: inout PythonValue, _ left: inout Int, depth: Int) {
        for item in flow.items(container) {
            guard left > 0 else { return }
            if item.constant == 0 {
                if item.name > 0 {
                    left -= 1
                    result.names.append(text(item.name))
                }
                continue
            }
            let known = flow.constants[Int(item.constant)]
            if known.isContainer || known.kind == .oneOf {
                if depth < 3 { collect(known, into: &result, &left, depth: depth + 1) }
            } else {
                left -= 1
                result.constants.append(constant(known))
            }
        }
    }

    private func entries(_ dictionary: Constant, _ depth: Int) -> [PythonValue.Entry] {
        let items = flow.items(dictionary)
        var entries: [PythonValue.Entry] = []
        for index in stride(from: items.startIndex, to: items.endIndex - 1, by: 2) {
            guard entries.count < 64 else { break }
            guard let key = detail(items[index].constant) else { continue }
            entries.append(PythonValue.Entry(key: key, value: value(items[index + 1], depth: depth + 1)))
        }
        return entries
    }

    /// Of a very long constant the beginning.
    private func constant(_ known: Constant, upTo most: Int = 16_384) -> PythonConstant {
        let kind: PythonConstant.Kind
        var bytes: [UInt8]
        switch known.kind {
        case .string, .bytes:
            kind = known.kind == .string ? .string : .bytes
            bytes = flow.withBytes(known) { Array($0.prefix(most)) }
        case .integer:
            kind = .integer
            bytes = Array(String(known.start).utf8)
        case .other, .list, .tuple, .dictionary, .oneOf:
            kind = .other
            bytes = Array(flow.names.bytes(Int32(truncatingIfNeeded: known.start)))
        }
        return PythonConstant(
            kind: kind, bytes: bytes, length: known.isText ? Int(known.count) : bytes.count,
            isPartial: known.isPartial, steps: known.steps, decodings: Int(known.decodings))
    }

    // MARK: Constants that were put together

    private func folded(_ bounds: ReadingBounds) -> [FoldedConstant] {
        var folded: [FoldedConstant] = []
        var seen: Set<Int64> = []
        for known in flow.constants.reversed()
        where known.isText && !known.isUsed && !known.steps.isEmpty && known.count >= 4 {
            let key = Int64(known.position) << 32 | Int64(known.count)
            guard seen.insert(key).inserted else { continue }
            guard folded.count < bounds.results / 10 else { break }
            let place = Findings.Place(function: known.function, type: -1, isMain: false, statement: known.position)
            folded.append(
                FoldedConstant(
                    constant: constant(known), position: lines.position(known.position), place: self.place(place)))
        }
        return folded.sorted { isBefore($0.position, $1.position) }
    }

    // MARK: Code in constants

    private static let runners: Set<String> = ["exec", "eval", "compile", "execfile", "timeit.timeit", "code.interact"]

    private func embed(_ file: inout PythonFile, _ bounds: ReadingBounds, _ vocabulary: Vocabulary) {
        guard bounds.embedding > 0 else { return }
        // What is read within shrinks from each to the next, and so does what it may cost.
        var left = bounds.embeddedBytes
        for entry in flow.found.calls {
            let name = text(entry.name)
            guard let code = code(of: entry, name) else { continue }
            let cost = Int(code.count) + 512
            guard left >= cost else { continue }
            left -= cost
            let source = flow.withBytes(code) { Array($0) }
            var inner = bounds
            inner.embedding -= 1
            inner.embeddedBytes = cost
            file.embedded.append(
                EmbeddedCode(
                    runner: name, constant: constant(code), position: lines.position(entry.position),
                    place: place(entry.place), file: PythonFile(reading: source, for: vocabulary, within: inner)))
        }
    }

    /// The code that a call runs, if it is a constant: `exec("…")`, `Popen([python, "-c", "…"])`.
    private func code(of entry: Findings.Call, _ name: String) -> Constant? {
        guard let first = entry.arguments.first?.value, first.constant != 0 else { return nil }
        let known = flow.constants[Int(first.constant)]
        if Self.runners.contains(name) {
            let alternative =
                known.kind == .oneOf ? flow.items(known).last.map { flow.constants[Int($0.constant)] } : known
            guard let alternative, alternative.isText, alternative.count >= 8 else { return nil }
            return alternative
        }
        guard known.kind == .list || known.kind == .tuple else { return nil }
        let parts = flow.items(known).map { flow.constants[Int($0.constant)] }
        guard parts.count >= 3 else { return nil }
        for index in 1..<(parts.count - 1)
        where parts[index].isText && parts[index].count == 2 && flow.withBytes(parts[index], { $0[1] }) == 0x63
            && parts[index + 1].isText && parts[index + 1].count >= 8
            && isPython(flow.items(known)[flow.items(known).startIndex])
        {
            return parts[index + 1]
        }
        return nil
    }

    private func isPython(_ value: Value) -> Bool {
        if value.name > 0 && text(value.name) == "sys.executable" { return true }
        return detail(value.constant)?.contains("python") ?? false
    }
}

/// Where the lines of a file are. It counts what is asked for, from marks that are close to each other.
struct LineTable {
    private static let distance = 256
    private let bytes: UnsafeBufferPointer<UInt8>
    /// How many lines ended before, and where the last of them did.
    private var marks: [(ended: Int32, start: Int32)] = [(0, 0)]

    init(_ bytes: UnsafeBufferPointer<UInt8>) {
        self.bytes = bytes
        marks.reserveCapacity(bytes.count / Self.distance + 1)
        var ended: Int32 = 0
        var start: Int32 = 0
        var block = 0
        while block < bytes.count {
            let end = min(block + Self.distance, bytes.count)
            for place in block..<end where bytes[place] == 10 || bytes[place] == 13 {
                if Self.isEnd(bytes, place) {
                    ended += 1
                    start = Int32(truncatingIfNeeded: place + 1)
                }
            }
            marks.append((ended, start))
            block = end
        }
    }

    @inline(__always) private static func isEnd(_ bytes: UnsafeBufferPointer<UInt8>, _ place: Int) -> Bool {
        bytes[place] == 10 || !(place + 1 < bytes.count && bytes[place + 1] == 10)
    }

    func position(_ offset: Int32) -> CodePosition {
        let offset = max(0, min(Int(offset), bytes.count))
        let mark = min(offset / Self.distance, marks.count - 1)
        var line = Int(marks[mark].ended) + 1
        var start = Int(marks[mark].start)
        for place in (mark * Self.distance)..<max(offset, mark * Self.distance)
        where bytes[place] == 10 || bytes[place] == 13 {
            if Self.isEnd(bytes, place) {
                line += 1
                start = place + 1
            }
        }
        return CodePosition(line: line, column: offset - start + 1)
    }
}
