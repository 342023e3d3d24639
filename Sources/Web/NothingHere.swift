import PackagingFormats
import Primitives

/// There is nothing at an address.
public struct NotFound: Refusal {
    /// What was looked for, for the sentence: `project 'flask'`; nil when not even that is known.
    public let what: String?
    /// What to do instead, where that is known.
    public let hint: String?

    /// There is nothing at an address.
    public init(what: String? = nil, hint: String? = nil) {
        self.what = what
        self.hint = hint
    }

    /// Always `notFound`.
    public var kind: RefusalKind { .notFound }
    /// `request.nothing-here`
    public var code: String { "request.nothing-here" }
    public var explanation: String {
        (what.map { "There is no \($0) on this index." } ?? "There is nothing at this address.")
            + (hint.map { " \($0)" } ?? "")
    }
}

/// A project that is gone, of which something was erased by law: its page says so instead of nothing.
public struct ErasedProject: Refusal {
    let name: ProjectName
    let tombstones: [String]

    private static let shown = 20

    /// Nil where nothing was erased.
    ///
    /// - Parameter tombstones: what was erased, a sentence each.
    public init?(name: ProjectName, tombstones: [String]) {
        guard !tombstones.isEmpty else { return nil }
        self.name = name
        self.tombstones = tombstones
    }

    /// Always `gone`.
    public var kind: RefusalKind { .gone }
    /// `project.erased`
    public var code: String { "project.erased" }
    public var explanation: String {
        let more = tombstones.count > Self.shown ? " The same is so of \(tombstones.count - Self.shown) more." : ""
        return
            "There is no project '\(name.display)' any more. \(tombstones.prefix(Self.shown).joined(separator: " "))\(more)"
    }
}
