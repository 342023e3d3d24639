import Projects

/// Decides where a file goes that is taken: whether everybody can have it at once, whether it waits for a person, or
/// whether it is kept back. This is the one place that knows.
public enum UploadDestination {
    /// What the decision rests on.
    public struct Facts: Sendable, Hashable {
        /// Whether the releases of the project wait for a person: its own setting says so, or the rule of the index.
        public var waits: Bool
        /// Whether files of its release wait already: all of a release is published together.
        public var joins: Bool
        /// Whether what was found in the file, or in its name, keeps it back.
        public var isHeld: Bool
        /// Whether anyone who runs the index brings it in from elsewhere, where it was published already.
        public var isImport: Bool

        public init(waits: Bool = false, joins: Bool = false, isHeld: Bool = false, isImport: Bool = false) {
            self.waits = waits
            self.joins = joins
            self.isHeld = isHeld
            self.isImport = isImport
        }
    }

    /// The state in which a file comes in: `published`, `staged` or `held`.
    ///
    /// What is held stays so whatever the project says: a touch of its owner says that they sent it, and not that it does
    /// no harm. What an operator imports was published before, and has nobody who would touch a key for it.
    public static func decide(_ facts: Facts) -> FileState {
        if facts.isHeld { return .held }
        return facts.joins || facts.waits && !facts.isImport ? .staged : .published
    }

    /// The state of a file that is held no longer: it goes where it would have gone.
    public static func afterHold(_ facts: Facts) -> FileState {
        var facts = facts
        facts.isHeld = false
        return decide(facts)
    }
}
