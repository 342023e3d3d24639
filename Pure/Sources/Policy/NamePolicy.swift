import LookAlikes
import PackagingFormats
import Primitives

/// What becomes of new names that are like those that others use.
public enum LookAlikeSetting: String, Sendable, Hashable, CaseIterable {
    /// Nobody looks.
    case off
    /// They can be taken, and are noted for a person.
    case report
    /// The likest cannot be taken, unless an administrator allows it; others are noted.
    case enforce
}

/// What the decision about a free name rests on.
public struct NameFacts: Sendable, Hashable {
    /// Whether the operator keeps the name.
    public var isReserved: Bool
    /// Whether the operator keeps a name that looks the same.
    public var resemblesReserved: Bool
    /// A project whose name looks the same, removed ones included.
    public var similar: ProjectName?
    /// What a look at the names that others use says; nil where nobody looked.
    public var likeness: LookAlike?
    /// What becomes of it.
    public var lookAlikes: LookAlikeSetting

    /// What the decision about a free name rests on.
    public init(
        isReserved: Bool, resemblesReserved: Bool = false, similar: ProjectName?, likeness: LookAlike? = nil,
        lookAlikes: LookAlikeSetting = .report
    ) {
        self.likeness = likeness
        self.lookAlikes = lookAlikes
        self.isReserved = isReserved
        self.resemblesReserved = resemblesReserved
        self.similar = similar
    }
}

/// Decides whether a free name can be taken.
public enum NamePolicy {
    /// Decides by the name itself and the names that are there: look-alikes of projects of this index always by the form in
    /// which they look the same, as PyPI does; those of names that others use, here or elsewhere, by what the operator
    /// chose.
    ///
    /// The operator, who imports what another index had, is not judged by it: their files come with the names they
    /// have.
    ///
    /// - Returns: what is to be noted for a person; nil where there is nothing.
    @discardableResult
    public static func decide(
        _ name: ProjectName, by actor: Actor, knowing facts: NameFacts
    ) throws(NameRefusal) -> LookAlike? {
        if actor.identity == .operatorAtMachine { return nil }
        guard !StandardLibrary.contains(name) else { throw .standardLibrary(name) }
        guard !filesOfRequirements.contains(name.ultranormalized) else { throw .fileOfRequirements(name) }
        guard !facts.isReserved else { throw .reserved(name) }
        guard !facts.resemblesReserved else { throw .resemblesReserved(name) }
        if let similar = facts.similar { throw .tooSimilar(name, to: similar) }
        guard facts.lookAlikes != .off, let likeness = facts.likeness, likeness.verdict > .clear else { return nil }
        if likeness.verdict == .hold, facts.lookAlikes == .enforce { throw .lookAlike(name, likeness) }
        return likeness
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
    /// It is like one that others use, here or elsewhere.
    case lookAlike(ProjectName, LookAlike)
    /// It is not kept, so that it cannot be given free.
    case notReserved(ProjectName)
    /// It is not protected, so that its protection cannot end.
    case notProtected(ProjectName)

    /// Mostly `invalid`, as on PyPI.
    public var kind: RefusalKind {
        switch self {
        case .standardLibrary, .fileOfRequirements, .reserved, .resemblesReserved, .tooSimilar: .invalid
        // Anybody may have it whom an administrator lets.
        case .lookAlike: .forbidden
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
        case .lookAlike: "name.look-alike"
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
        case .lookAlike(let name, let likeness):
            "The name '\(name.display)' is taken for '\(likeness.target ?? "")', which others use: \(likeness.words). "
                + "Choose another name, or ask an administrator of this index to allow it "
                + "(rind names allow \(name.display) --reason ...)."
        case .notReserved(let name): "The name '\(name.display)' is not reserved."
        case .notProtected(let name): "The name '\(name.display)' is not protected."
        }
    }
}
