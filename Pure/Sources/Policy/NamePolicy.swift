import PackagingFormats
import Primitives

/// What the decision about a free name rests on.
public struct NameFacts: Sendable, Hashable {
    /// Whether the operator keeps the name.
    public var isReserved: Bool
    /// Whether the operator keeps a name that looks the same.
    public var resemblesReserved: Bool
    /// A project whose name looks the same, removed ones included.
    public var similar: ProjectName?

    /// What the decision about a free name rests on.
    public init(isReserved: Bool, resemblesReserved: Bool = false, similar: ProjectName?) {
        self.isReserved = isReserved
        self.resemblesReserved = resemblesReserved
        self.similar = similar
    }
}

/// Decides whether a free name can be taken.
public enum NamePolicy {
    /// Decides by the name itself and the names that are there.
    ///
    /// The operator, who imports what another index had, is not judged by it: their files come with the names they
    /// have.
    public static func decide(
        _ name: ProjectName, by actor: Actor, knowing facts: NameFacts
    ) throws(NameRefusal) {
        if actor.identity == .operatorAtMachine { return }
        guard !StandardLibrary.contains(name) else { throw .standardLibrary(name) }
        guard !filesOfRequirements.contains(name.ultranormalized) else { throw .fileOfRequirements(name) }
        guard !facts.isReserved else { throw .reserved(name) }
        guard !facts.resemblesReserved else { throw .resemblesReserved(name) }
        if let similar = facts.similar { throw .tooSimilar(name, to: similar) }
    }

    /// What people mean to be a file when they forget the `-r`, or type it twice: nobody's projects, on PyPI neither.
    private static let filesOfRequirements: Set<String> = Set(
        ["requirements.txt", "rrequirements.txt"].compactMap { try? ProjectName(parsing: $0).ultranormalized })
}

/// Why a free name cannot be taken.
public enum NameRefusal: Refusal, Hashable {
    /// It is a module of Python's standard library.
    case standardLibrary(ProjectName)
    /// Somebody who wants the requirements of a file would get it.
    case fileOfRequirements(ProjectName)
    /// The operator keeps it.
    case reserved(ProjectName)
    /// The operator keeps one that looks the same.
    case resemblesReserved(ProjectName)
    /// People would confuse it with another project's.
    case tooSimilar(ProjectName, to: ProjectName)
    /// It is not kept, so that it cannot be given free.
    case notReserved(ProjectName)
    /// It is not protected, so that its protection cannot end.
    case notProtected(ProjectName)

    /// Mostly `invalid`, as on PyPI.
    public var kind: RefusalKind {
        switch self {
        case .standardLibrary, .fileOfRequirements, .reserved, .resemblesReserved, .tooSimilar: .invalid
        case .notReserved, .notProtected: .notFound
        }
    }

    /// `name.…`
    public var code: String {
        switch self {
        case .standardLibrary: "name.standard-library"
        case .fileOfRequirements: "name.file-of-requirements"
        case .reserved: "name.reserved"
        case .resemblesReserved: "name.resembles-reserved"
        case .tooSimilar: "name.too-similar"
        case .notReserved: "name.not-reserved"
        case .notProtected: "name.not-protected"
        }
    }

    /// What was refused, and what to do.
    public var explanation: String {
        switch self {
        case .standardLibrary(let name):
            "The name '\(name.display)' isn't allowed (conflict with the Python standard library module name). "
                + "Choose another name."
        case .fileOfRequirements(let name):
            "The name '\(name.display)' isn't allowed: who forgets the -r of 'pip install -r \(name.display)' would install "
                + "it. Choose another name."
        case .resemblesReserved(let name):
            "The name '\(name.display)' isn't allowed: it is too similar to one that the operator of this index keeps. "
                + "Choose another name, or ask the operator."
        case .reserved(let name):
            "The name '\(name.display)' isn't allowed: the operator of this index keeps it. Ask the operator."
        case .tooSimilar(let name, let other):
            "The name '\(name.display)' is too similar to an existing project ('\(other.display)'). "
                + "Choose another name."
        case .notReserved(let name): "The name '\(name.display)' is not reserved."
        case .notProtected(let name): "The name '\(name.display)' is not protected."
        }
    }
}
