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
