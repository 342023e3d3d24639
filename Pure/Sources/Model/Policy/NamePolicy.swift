import PackagingFormats

/// What the decision about a free name rests on.
public struct NameFacts: Sendable, Hashable {
    /// Whether the operator keeps the name.
    public var isReserved: Bool
    /// A project whose name looks the same.
    public var similar: ProjectName?

    /// What the decision about a free name rests on.
    public init(isReserved: Bool, similar: ProjectName?) {
        self.isReserved = isReserved
        self.similar = similar
    }
}

/// Decides whether a free name can be taken.
public enum NamePolicy {
    /// Decides by the name itself and the names that are there.
    ///
    /// The operator, who imports what another index had, is not judged by it: his files come with the names they have.
    public static func decide(
        _ name: ProjectName, by actor: Actor, knowing facts: NameFacts
    ) throws(NameRefusal) {
        if actor.identity == .operatorAtMachine { return }
        guard !StandardLibrary.contains(name) else { throw .standardLibrary(name) }
        guard !facts.isReserved else { throw .reserved(name) }
        if let similar = facts.similar { throw .tooSimilar(name, to: similar) }
    }
}

/// Why a free name cannot be taken.
public enum NameRefusal: Refusal, Hashable {
    /// It is a module of Python's standard library.
    case standardLibrary(ProjectName)
    /// The operator keeps it.
    case reserved(ProjectName)
    /// People would confuse it with another project's.
    case tooSimilar(ProjectName, to: ProjectName)
    /// It is not kept, so that it cannot be given free.
    case notReserved(ProjectName)

    /// Mostly `invalid`, as on PyPI.
    public var kind: RefusalKind {
        switch self {
        case .standardLibrary, .reserved, .tooSimilar: .invalid
        case .notReserved: .notFound
        }
    }

    /// `name.…`
    public var code: String {
        switch self {
        case .standardLibrary: "name.standard-library"
        case .reserved: "name.reserved"
        case .tooSimilar: "name.too-similar"
        case .notReserved: "name.not-reserved"
        }
    }

    /// What was refused, and what to do.
    public var explanation: String {
        switch self {
        case .standardLibrary(let name):
            "The name '\(name.display)' isn't allowed (conflict with the Python standard library module name). "
                + "Choose another name."
        case .reserved(let name):
            "The name '\(name.display)' isn't allowed: the operator of this index keeps it. Ask the operator."
        case .tooSimilar(let name, let other):
            "The name '\(name.display)' is too similar to an existing project ('\(other.display)'). "
                + "Choose another name."
        case .notReserved(let name): "The name '\(name.display)' is not reserved."
        }
    }
}
