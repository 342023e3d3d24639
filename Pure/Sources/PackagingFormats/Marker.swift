/// A condition on the environment under which a requirement holds: `python_version < "3.11" and extra == "test"`.
///
/// Nested `and` in `and` and `or` in `or` are one, single conditions have no parentheses. Two markers are equal when
/// they say the same with their operands in any order.
///
/// Source: packaging.python.org, "Dependency specifiers" (PEP 508); extras by PEP 685; `extras` and `dependency_groups`
/// by PEP 751.
public indirect enum Marker: Sendable {
    /// One comparison.
    case comparison(MarkerComparison)
    /// True when all are. Two at least, none of them an `and`.
    case all([Marker])
    /// True when one is. Two at least, none of them an `or`.
    case any([Marker])

    /// The deepest nesting of parentheses that is read.
    public static let maximumDepth = 32

    /// Reads a marker: what stands behind the `;` of a requirement.
    public init(parsing text: String) throws(InvalidRequirement) {
        var parser = RequirementParser(text)
        self = try parser.marker()
        try parser.end(expecting: .endOfMarker)
    }

    /// The marker in normal form: double quotes, single blanks, no superfluous parentheses, extras normalized.
    public var text: String {
        switch self {
        case .comparison(let comparison): comparison.text
        case .all(let operands):
            operands.map { operand in
                if case .any = operand { "(\(operand.text))" } else { operand.text }
            }.joined(separator: " and ")
        case .any(let operands): operands.map(\.text).joined(separator: " or ")
        }
    }

    /// As `text` with operands sorted and without repetitions.
    private var key: String {
        switch self {
        case .comparison(let comparison): comparison.text
        case .all(let operands): Self.key(of: operands, with: " and ")
        case .any(let operands): Self.key(of: operands, with: " or ")
        }
    }

    private static func key(of operands: [Marker], with word: String) -> String {
        let keys = Set(operands.map(\.key))
        return keys.count == 1 ? keys.joined() : "(" + keys.sorted().joined(separator: word) + ")"
    }

    /// Every variable that the marker asks for.
    public var variables: Set<MarkerVariable> {
        switch self {
        case .comparison(let comparison): Set([comparison.left.variable, comparison.right.variable].compactMap { $0 })
        case .all(let operands), .any(let operands): operands.reduce(into: []) { $0.formUnion($1.variables) }
        }
    }
}

extension Marker: Hashable, CustomStringConvertible {
    /// True when both say the same, with their operands in any order.
    public static func == (a: Marker, b: Marker) -> Bool { a.key == b.key }

    /// Feeds what equality compares.
    public func hash(into hasher: inout Hasher) { hasher.combine(key) }

    /// The marker in normal form.
    public var description: String { text }
}

/// What a marker can ask for.
public enum MarkerVariable: String, Sendable, CaseIterable {
    /// `3.12`: major and minor number.
    case pythonVersion = "python_version"
    /// `3.12.4`.
    case pythonFullVersion = "python_full_version"
    /// `posix`, `nt`.
    case osName = "os_name"
    /// `linux`, `win32`, `darwin`.
    case sysPlatform = "sys_platform"
    case platformRelease = "platform_release"
    /// `Linux`, `Windows`, `Darwin`.
    case platformSystem = "platform_system"
    /// The kernel's version text.
    case platformVersion = "platform_version"
    /// `x86_64`, `arm64`.
    case platformMachine = "platform_machine"
    /// `CPython`, `PyPy`.
    case platformPythonImplementation = "platform_python_implementation"
    /// `cpython`, `pypy`.
    case implementationName = "implementation_name"
    /// The implementation's own version.
    case implementationVersion = "implementation_version"
    /// The extra that is being installed, empty for none.
    case extra = "extra"
    /// All extras that are being installed (lock files).
    case extras = "extras"
    /// All dependency groups that are being installed (lock files).
    case dependencyGroups = "dependency_groups"

    /// The variable of this name, old spellings included: `os.name`, `python_implementation`.
    init?(spelling: String) {
        switch spelling {
        case "os.name": self = .osName
        case "sys.platform": self = .sysPlatform
        case "platform.version": self = .platformVersion
        case "platform.machine": self = .platformMachine
        case "platform.python_implementation", "python_implementation": self = .platformPythonImplementation
        default: self.init(rawValue: spelling)
        }
    }

    private enum Values {
        case versions, names, texts
    }

    private var values: Values {
        switch self {
        case .pythonVersion, .pythonFullVersion, .implementationVersion, .platformRelease: .versions
        case .extra, .extras, .dependencyGroups: .names
        case .osName, .sysPlatform, .platformSystem, .platformVersion, .platformMachine, .platformPythonImplementation,
            .implementationName:
            .texts
        }
    }

    /// Values of these are compared as versions where they can be.
    var holdsVersion: Bool { values == .versions }

    /// Values of these are names, compared in normal form.
    var holdsNames: Bool { values == .names }
}

/// One comparison of a marker. Each side is a variable or a text.
public struct MarkerComparison: Hashable, Sendable {
    /// One side of a comparison.
    public enum Operand: Hashable, Sendable {
        /// A fact about the environment.
        case variable(MarkerVariable)
        /// A text in quotation marks.
        case literal(String)

        var variable: MarkerVariable? {
            if case .variable(let variable) = self { variable } else { nil }
        }

        var text: String {
            switch self {
            case .variable(let variable): variable.rawValue
            case .literal(let text): PythonString.literal(of: text)
            }
        }
    }

    /// How the sides are compared.
    public enum Comparison: Hashable, Sendable {
        /// As versions where both sides are such, else as texts.
        case version(Specifier.Comparison)
        /// The left text occurs in the right one, or in a set of names.
        case isIn
        /// The left text does not occur in the right one.
        case isNotIn

        var text: String {
            switch self {
            case .version(let comparison): comparison.rawValue
            case .isIn: "in"
            case .isNotIn: "not in"
            }
        }
    }

    public let left: Operand
    /// How the sides are compared.
    public let comparison: Comparison
    public let right: Operand

    /// A text that is compared with an extra is brought to the normal form of names.
    init(left: Operand, comparison: Comparison, right: Operand) {
        self.left = Self.normalized(left, beside: right)
        self.comparison = comparison
        self.right = Self.normalized(right, beside: left)
    }

    private static func normalized(_ operand: Operand, beside other: Operand) -> Operand {
        guard case .literal(let text) = operand, other.variable?.holdsNames == true else { return operand }
        return .literal(ProjectName.normalize(text))
    }

    var text: String { "\(left.text) \(comparison.text) \(right.text)" }
}
