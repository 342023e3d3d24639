import Findings
import PythonCode

/// What of some code a match is tried on.
struct CodeTried {
    let file: PythonFile
    var call: PythonCall?
    var value: PythonValue?
    var key: String?
    var place: CodePlace?
    var isIndirect = false
    var methods: [String] = []
}

extension Matching {
    /// Tries all rules that are about Python code.
    func matchCode(_ code: PythonFile, _ file: FileTried, _ found: inout FindingsOfFile) {
        matchCode(code, file, at: nil, depth: 0, &found)
        matchStrings(code, file, at: nil, &found)
        for index in commentMatches where isPossible(index, file) {
            guard case .comment(let pattern) = rules.matches[index].match.subject else { continue }
            let matcher = matcher(pattern)
            for comment in code.comments where matcher.matches(code.bytes[comment.range]) {
                consider(
                    index, file, CodeTried(file: code), at: comment.position.line, secret: code.text(comment.range),
                    &found)
            }
        }
        for problem in code.problems {
            for index in problemMatches {
                guard case .problem(let kinds) = rules.matches[index].match.subject,
                    let kind = Rule.ProblemKind(problem.kind),
                    kinds.contains(kind)
                else { continue }
                consider(index, file, CodeTried(file: code), at: problem.position.line, secret: nil, &found)
            }
        }
    }

    /// - Parameter outer: the line that runs the code, where it is in a constant of the file.
    private func matchCode(
        _ code: PythonFile, _ file: FileTried, at outer: Int?, depth: Int, _ found: inout FindingsOfFile
    ) {
        for call in code.calls {
            for index in callMatches(for: call.name) {
                let tried = CodeTried(file: code, call: call, place: call.place, isIndirect: call.isIndirect)
                consider(index, file, tried, at: outer ?? call.position.line, secret: nil, &found)
            }
        }
        for read in code.reads {
            for index in readMatches(for: read.name) {
                let tried = CodeTried(file: code, key: read.key, place: read.place, isIndirect: read.isIndirect)
                consider(index, file, tried, at: outer ?? read.position.line, secret: nil, &found)
            }
        }
        for assignment in code.assignments {
            for index in assignmentMatches(for: assignment.target) {
                let tried = CodeTried(file: code, value: assignment.value, key: assignment.key, place: assignment.place)
                consider(index, file, tried, at: outer ?? assignment.position.line, secret: nil, &found)
            }
        }
        for imported in code.imports {
            for index in importMatches(for: imported.name) {
                let tried = CodeTried(file: code, place: imported.place, isIndirect: imported.isIndirect)
                consider(index, file, tried, at: outer ?? imported.position.line, secret: nil, &found)
            }
        }
        for definition in code.definitions where definition.kind == .type {
            for index in typeMatches {
                guard case .type(let names) = rules.matches[index].match.subject,
                    definition.bases.contains(where: { names.contains($0) })
                else { continue }
                let tried = CodeTried(file: code, place: definition.place, methods: definition.methods)
                consider(index, file, tried, at: outer ?? definition.position.line, secret: nil, &found)
            }
        }
        guard depth < 8 else { return }
        for embedded in code.embedded {
            let line = outer ?? embedded.position.line
            matchCode(embedded.file, file, at: line, depth: depth + 1, &found)
            matchStrings(embedded.file, file, at: line, &found)
        }
    }

    private func matchStrings(_ code: PythonFile, _ file: FileTried, at outer: Int?, _ found: inout FindingsOfFile) {
        let possible = stringMatches.filter { isPossible($0, file) }
        guard !possible.isEmpty else { return }
        code.bytes.withUnsafeBufferPointer { bytes in
            for string in code.strings where !string.isStatement && string.range.count >= 3 {
                let written = UnsafeBufferPointer(rebasing: bytes[string.range])
                matchString(written, possible, code, file, &found) { range in
                    let before = written[..<range.lowerBound].count { $0 == 0x0A }
                    return outer ?? string.position.line + before
                }
                guard written.contains(UInt8(ascii: "\\")) else { continue }
                code.content(of: string).withUnsafeBufferPointer { content in
                    matchString(content, possible, code, file, &found) { _ in outer ?? string.position.line }
                }
            }
        }
        for folded in code.folded {
            folded.constant.bytes.withUnsafeBufferPointer { content in
                matchString(content, possible, code, file, &found) { _ in outer ?? folded.position.line }
            }
        }
    }

    private func matchString(
        _ text: UnsafeBufferPointer<UInt8>, _ possible: [Int], _ code: PythonFile, _ file: FileTried,
        _ found: inout FindingsOfFile, line: (Range<Int>) -> Int
    ) {
        var words = WordsFound(count: rules.wordSearch.count)
        rules.wordSearch.mark(text, in: &words)
        guard !words.isEmpty else { return }
        for index in possible {
            guard case .string(let pattern) = rules.matches[index].match.subject,
                let group = rules.matches[index].groups.first,
                words.containsAny(of: group), let range = matcher(pattern).range(in: text, from: 0, upTo: text.count)
            else { continue }
            let secret = String(decoding: text[range].prefix(200), as: UTF8.self)
            consider(index, file, CodeTried(file: code), at: line(range), secret: secret, &found)
        }
    }

    /// Whether a condition holds, its negation aside.
    func holds(_ test: Rule.Test, _ file: FileTried, _ code: CodeTried?, _ text: String?, _ line: Int?) -> Bool {
        switch test {
        case .indirect: code?.isIndirect ?? false
        case .argument(let selector, let test): code?.call.map { holds(test, of: values(selector, of: $0)) } ?? false
        case .key(let pattern): code?.key.map { matches(pattern, $0) } ?? false
        case .value(let test): code?.value.map { holds(test, of: [$0]) } ?? false
        case .method(let names): code?.methods.contains { names.contains($0) } ?? false
        case .runs(let kinds):
            switch code?.place?.run {
            case .onImport: kinds.contains(.onImport)
            case .asProgram: kinds.contains(.asProgram)
            case .whenCalled: kinds.contains(.whenCalled)
            case nil: false
            }
        case .insideFunction(let pattern): code?.place?.function.map { matches(pattern, $0) } ?? false
        case .insideType(let pattern): code?.place?.type.map { matches(pattern, $0) } ?? false
        case .fileCalls(let names): code?.file.calls.contains { names.contains($0.name) } ?? false
        case .fileReads(let names): code?.file.reads.contains { names.contains($0.name) } ?? false
        case .fileImports(let names): code?.file.imports.contains { names.contains($0.name) } ?? false
        case .fileText(let pattern): matcher(pattern).end(in: file.bytes, from: 0, upTo: file.bytes.count) != nil
        case .functionCalls(let names, let pattern): code.map { hasCall(in: $0, of: names, with: pattern) } ?? false
        case .written(let names): isWritten(code, from: names)
        case .path(let pattern): matches(pattern, file.path)
        case .subject(let kinds):
            switch subject {
            case .wheel(let isPure): kinds.contains(.wheel) || isPure && kinds.contains(.pureWheel)
            case .sdist: kinds.contains(.sdist)
            case .folder: kinds.contains(.folder)
            }
        case .text(let pattern): matcher(pattern).end(in: file.bytes, from: 0, upTo: file.bytes.count) != nil
        case .found(let pattern): text.map { matches(pattern, $0) } ?? false
        case .section(let pattern): line.map { matches(pattern, file.section(above: $0)) } ?? false
        case .entropy(let least): entropy(file.bytes) >= least
        case .bytes(let least): file.size >= Int64(least)
        // Decided when the file is through.
        case .count: true
        }
    }

    /// Whether the function that the match is in has a call of one of the names, with such a text as an argument.
    private func hasCall(in code: CodeTried, of names: NameSet, with pattern: Pattern?) -> Bool {
        let function = code.place?.function
        // A file may have several functions of one name, one after the other.
        let own = code.file.definitions.last { definition in
            guard definition.kind == .function, definition.name == function, let line = code.call?.position.line else {
                return false
            }
            return definition.position.line <= line && line <= definition.lastLine
        }
        return code.file.calls.contains { call in
            guard call.place.function == function, names.contains(call.name) else { return false }
            if let own, !(own.position.line...max(own.position.line, own.lastLine)).contains(call.position.line) {
                return false
            }
            return pattern.map { holds(.text($0), of: call.arguments.map(\.value)) } ?? true
        }
    }

    /// Whether a call of a method of what the call gives back, a `write`, has an argument from one of the names.
    private func isWritten(_ code: CodeTried?, from names: NameSet) -> Bool {
        guard let code, let call = code.call else { return false }
        return code.file.calls.contains { other in
            guard let receiver = other.receiver,
                receiver.origins.contains(where: { $0.name == call.name && $0.line == call.position.line })
            else { return false }
            return holds(.comes(from: names, detail: nil), of: other.arguments.map(\.value))
        }
    }

    private func values(_ selector: Rule.ArgumentSelector, of call: PythonCall) -> [PythonValue] {
        switch selector {
        case .any: call.arguments.map(\.value)
        case .position(let number): call.argument(number).map { [$0] } ?? []
        case .keyword(let name): call.arguments.filter { $0.keyword == name }.map(\.value)
        case .receiver: call.receiver.map { [$0] } ?? []
        }
    }

    private func holds(_ test: Rule.ValueTest, of values: [PythonValue]) -> Bool {
        values.contains { value in
            switch test {
            case .comes(let names, let detail):
                if detail == nil, let name = value.name, names.contains(name) { return true }
                return value.origins.contains { origin in
                    guard names.contains(origin.name) else { return false }
                    guard let detail else { return true }
                    return origin.detail.map { matches(detail, $0) } ?? false
                }
            case .isThing(let names):
                return value.name.map { names.contains($0) } ?? false || value.names.contains { names.contains($0) }
            case .text(let pattern):
                let matcher = matcher(pattern)
                if value.constants.contains(where: { matcher.matches($0.bytes) }) { return true }
                return value.constants.count > 1 && value.isContainer
                    && value.text.map { matcher.matches($0.utf8) } ?? false
            case .decoded: return value.constants.contains { $0.decodings >= 1 }
            case .assembled:
                return value.constants.contains {
                    !$0.steps.isDisjoint(with: [
                        .concatenation, .reversal, .characters, .replacement, .slicing, .base64, .hexadecimal, .rot13,
                        .escapes,
                    ])
                }
            case .entry(let keys): return value.entries.contains { keys.contains($0.key) }
            case .isConstant: return value.isMadeOfConstants
            case .isGiven: return true
            }
        }
    }
}

extension Rule.ProblemKind {
    /// The kind of a problem; nil for what no rule asks for.
    fileprivate init?(_ kind: CodeProblem.Kind) {
        switch kind {
        // Marks of direction are part of Arabic and Hebrew; what embeds, overrides or isolates turns code around.
        case .bidirectional(let scalar, _):
            guard (0x202A...0x202E).contains(scalar) || (0x2066...0x2069).contains(scalar) else { return nil }
            self = .bidirectional
        case .invisible: self = .invisible
        case .mixedScripts: self = .mixedScripts
        case .compatibilityForm: self = .compatibilityForm
        case .farRight: self = .farRight
        case .codec: self = .codec
        case .notUTF8: self = .notUTF8
        case .zeroByte: self = .zeroByte
        case .notPython, .bound: return nil
        }
    }
}
