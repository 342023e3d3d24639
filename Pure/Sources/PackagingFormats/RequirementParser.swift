import Bytes

/// Reads requirements and markers by recursive descent, each byte once.
///
/// Source: packaging.python.org, "Dependency specifiers", grammar (PEP 508).
struct RequirementParser {
    private let text: String
    private var reader: ByteReader
    private var depth = 0

    init(_ text: String) {
        self.text = text
        reader = ByteReader(text)
    }

    private func invalid(_ problem: InvalidRequirement.Problem, at offset: Int? = nil) -> InvalidRequirement {
        InvalidRequirement(problem: problem, offset: offset ?? reader.position, text: text)
    }

    private func expected(_ expectation: InvalidRequirement.Expectation) -> InvalidRequirement {
        invalid(.expected(expectation))
    }

    func end(expecting expectation: InvalidRequirement.Expectation) throws(InvalidRequirement) {
        guard reader.isAtEnd else { throw expected(expectation) }
    }

    // MARK: Requirements

    mutating func requirement() throws(InvalidRequirement) -> Requirement {
        reader.skipBlanks()
        let name = try name(expecting: .name)
        reader.skipBlanks()
        let extras = try extras()
        reader.skipBlanks()
        var url: String?
        var specifier = SpecifierSet([])
        if reader.consume(UInt8(ascii: "@")) { url = try readURL() } else { specifier = try specifiers() }
        reader.skipBlanks()
        var marker: Marker?
        if !reader.isAtEnd {
            guard reader.consume(UInt8(ascii: ";")) else { throw expected(url == nil ? .endOfRequirement : .endOfURL) }
            marker = try self.marker()
            try end(expecting: .endOfMarker)
        }
        return Requirement(name: name, extras: extras, specifier: specifier, url: url, marker: marker)
    }

    private mutating func name(expecting expectation: InvalidRequirement.Expectation) throws(InvalidRequirement)
        -> ProjectName
    {
        let start = reader.position
        guard let first = reader.next, first.isASCIIAlphanumeric else { throw expected(expectation) }
        reader.skip { $0.isASCIIAlphanumeric || $0.isSeparator }
        do { return try ProjectName(parsing: reader.text(from: start)) } catch {
            throw invalid(.name(error), at: start)
        }
    }

    private mutating func extras() throws(InvalidRequirement) -> Set<ProjectName> {
        guard reader.consume(UInt8(ascii: "[")) else { return [] }
        var extras: Set<ProjectName> = []
        reader.skipBlanks()
        if reader.consume(UInt8(ascii: "]")) { return extras }
        while true {
            extras.insert(try name(expecting: .extra))
            reader.skipBlanks()
            if reader.consume(UInt8(ascii: "]")) { return extras }
            guard reader.consume(UInt8(ascii: ",")) else { throw expected(.endOfExtras) }
            reader.skipBlanks()
        }
    }

    /// A URL ends at a blank, not at a `;`.
    private mutating func readURL() throws(InvalidRequirement) -> String {
        reader.skipBlanks()
        let start = reader.position
        reader.skip { $0 != 0x20 && $0 != 0x09 }
        guard reader.position > start else { throw expected(.url) }
        return reader.text(from: start)
    }

    private mutating func specifiers() throws(InvalidRequirement) -> SpecifierSet {
        let isEnclosed = reader.consume(UInt8(ascii: "("))
        reader.skipBlanks()
        var specifiers: [Specifier] = []
        while let found = try specifier() {
            specifiers.append(found)
            reader.skipBlanks()
            guard reader.consume(UInt8(ascii: ",")) else { break }
            reader.skipBlanks()
        }
        if isEnclosed, !reader.consume(UInt8(ascii: ")")) { throw expected(.endOfSpecifiers) }
        return SpecifierSet(specifiers)
    }

    private mutating func specifier() throws(InvalidRequirement) -> Specifier? {
        let start = reader.position
        do { return try Specifier(from: &reader) } catch { throw invalid(.specifier(error), at: start) }
    }

    // MARK: Markers

    /// `and` binds more tightly than `or`.
    mutating func marker() throws(InvalidRequirement) -> Marker {
        var alternatives: [Marker] = []
        var conditions = [try condition()]
        while true {
            if word("and") {
                conditions.append(try condition())
            } else if word("or") {
                alternatives.append(Self.joined(conditions))
                conditions = [try condition()]
            } else {
                break
            }
        }
        alternatives.append(Self.joined(conditions))
        if alternatives.count == 1 { return alternatives[0] }
        return .any(
            alternatives.flatMap { alternative in
                if case .any(let inner) = alternative { inner } else { [alternative] }
            })
    }

    private static func joined(_ conditions: [Marker]) -> Marker {
        if conditions.count == 1 { return conditions[0] }
        return .all(
            conditions.flatMap { condition in
                if case .all(let inner) = condition { inner } else { [condition] }
            })
    }

    /// One comparison, or a group in parentheses, with the blanks around it.
    private mutating func condition() throws(InvalidRequirement) -> Marker {
        reader.skipBlanks()
        let result: Marker
        if reader.consume(UInt8(ascii: "(")) {
            guard depth < Marker.maximumDepth else { throw invalid(.nestedTooDeeply) }
            depth += 1
            result = try marker()
            depth -= 1
            guard reader.consume(UInt8(ascii: ")")) else { throw expected(.endOfGroup) }
        } else {
            let left = try operand()
            reader.skipBlanks()
            let comparison = try comparison()
            reader.skipBlanks()
            result = .comparison(MarkerComparison(left: left, comparison: comparison, right: try operand()))
        }
        reader.skipBlanks()
        return result
    }

    private mutating func operand() throws(InvalidRequirement) -> MarkerComparison.Operand {
        let start = reader.position
        guard let first = reader.next else { throw expected(.operand) }
        if first == UInt8(ascii: "'") || first == UInt8(ascii: "\"") {
            reader.position += 1
            reader.skip { $0 != first }
            let inside = start + 1..<reader.position
            guard reader.consume(first) else {
                reader.position = start
                throw expected(.operand)
            }
            guard let text = PythonString.text(of: reader.bytes[inside]) else { throw invalid(.quotedText, at: start) }
            return .literal(text)
        }
        reader.skip { $0.isWordByte }
        let spelling = reader.text(from: start)
        if reader.next == UInt8(ascii: "."), ["os", "sys", "platform"].contains(spelling) {
            reader.position += 1
            reader.skip { $0.isWordByte }
        }
        guard let variable = MarkerVariable(spelling: reader.text(from: start)) else {
            reader.position = start
            throw expected(.operand)
        }
        return .variable(variable)
    }

    private mutating func comparison() throws(InvalidRequirement) -> MarkerComparison.Comparison {
        if let comparison = Specifier.comparison(from: &reader) { return .version(comparison) }
        if word("in") { return .isIn }
        guard word("not") else { throw expected(.comparison) }
        let start = reader.position
        reader.skipBlanks()
        guard reader.position > start, word("in") else { throw expected(.isIn) }
        return .isNotIn
    }

    /// Consumes `word` where it stands as a whole word.
    private mutating func word(_ word: StaticString) -> Bool {
        if let after = reader.peek(word.utf8CodeUnitCount), after.isWordByte { return false }
        return reader.consume(word)
    }
}
