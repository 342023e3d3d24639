/// The facts about a Python installation that markers ask for.
public struct MarkerEnvironment: Sendable {
    /// The value of each variable that holds one text.
    public var values: [MarkerVariable: String]
    /// The names in each variable that holds a set (`extras`, `dependency_groups`).
    public var names: [MarkerVariable: Set<String>]

    /// An environment of these facts. Without a value for `extra`, no extra is being installed.
    public init(values: [MarkerVariable: String], names: [MarkerVariable: Set<String>] = [:]) {
        self.values = values
        self.names = names.mapValues { Set($0.map(ProjectName.normalize)) }
        let extra = self.values[.extra] ?? ""
        self.values[.extra] = ProjectName.normalize(extra)
        // What unreleased Pythons say of themselves is no version: "3.13.0a1+".
        if let full = self.values[.pythonFullVersion], full.utf8.last == UInt8(ascii: "+") {
            self.values[.pythonFullVersion] = full + "local"
        }
    }
}

/// Why a marker has no truth value in an environment.
public enum MarkerEvaluationError: Error, Equatable, Sendable {
    /// The environment says nothing about this variable.
    case undefined(MarkerVariable)
    /// The comparison means nothing between these sides.
    case undefinedComparison(String)

    /// What is wrong, in a sentence that is safe to show to anyone.
    public var explanation: String {
        switch self {
        case .undefined(let variable): "The environment has no value for \(variable.rawValue)."
        case .undefinedComparison(let text): "The comparison \(quoted(text)) has no meaning."
        }
    }
}

extension Marker {
    /// Whether the condition holds in `environment`.
    public func evaluate(in environment: MarkerEnvironment) throws(MarkerEvaluationError) -> Bool {
        switch self {
        case .comparison(let comparison): return try comparison.evaluate(in: environment)
        // Every operand is asked, so that a mistake shows whatever the others say.
        case .all(let operands):
            var result = true
            for operand in operands where try !operand.evaluate(in: environment) { result = false }
            return result
        case .any(let operands):
            var result = false
            for operand in operands where try operand.evaluate(in: environment) { result = true }
            return result
        }
    }
}

extension MarkerComparison {
    private enum Value {
        case text(String)
        case names(Set<String>)
    }

    func evaluate(in environment: MarkerEnvironment) throws(MarkerEvaluationError) -> Bool {
        guard let variable = left.variable ?? right.variable else { throw .undefinedComparison(text) }
        let (left, right) = (try value(of: left, in: environment), try value(of: right, in: environment))
        guard case .text(let wanted) = left else { throw .undefinedComparison(text) }
        switch (comparison, right) {
        case (.isIn, .names(let names)): return names.contains(wanted)
        case (.isNotIn, .names(let names)): return !names.contains(wanted)
        case (.version, .names): throw .undefinedComparison(text)
        case (.isIn, .text(let whole)): return whole.containsBytes(of: wanted)
        case (.isNotIn, .text(let whole)): return !whole.containsBytes(of: wanted)
        case (.version(let comparison), .text(let other)):
            return try compare(wanted, comparison, other, asVersions: variable.holdsVersion)
        }
    }

    private func value(
        of operand: Operand, in environment: MarkerEnvironment
    ) throws(MarkerEvaluationError) -> Value {
        switch operand {
        case .literal(let text): return .text(text)
        case .variable(let variable):
            if let names = environment.names[variable] { return .names(names) }
            guard let text = environment.values[variable] else { throw .undefined(variable) }
            return .text(text)
        }
    }

    /// Texts have no order: `<` and `>` are never true of them, `<=` and `>=` only of equal ones.
    private func compare(
        _ left: String, _ comparison: Specifier.Comparison, _ right: String, asVersions: Bool
    ) throws(MarkerEvaluationError) -> Bool {
        if asVersions, let specifier = try? Specifier(parsing: comparison.rawValue + right) {
            return specifier.contains(text: left)
        }
        switch comparison {
        case .equal, .atMost, .atLeast: return left == right
        case .notEqual: return left != right
        case .below, .above: return false
        case .compatible, .arbitrary: throw .undefinedComparison(text)
        }
    }
}

extension String {
    /// True when the bytes of `part` occur in the bytes of this text. Markers compare short texts.
    fileprivate func containsBytes(of part: String) -> Bool {
        let (whole, part) = (Array(utf8), Array(part.utf8))
        guard part.count <= whole.count else { return false }
        return (0...whole.count - part.count).contains { whole[$0..<$0 + part.count].elementsEqual(part) }
    }
}
