/// What an account may do to a project.
public enum Role: String, Sendable, CaseIterable, Comparable {
    /// Uploads and yanks.
    case maintainer
    /// All of that, and decides who else may.
    case owner

    /// May less than.
    public static func < (left: Role, right: Role) -> Bool { left == .maintainer && right == .owner }
}
