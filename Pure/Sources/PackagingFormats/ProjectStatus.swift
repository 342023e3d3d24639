/// The state that a project is in for all its installers.
///
/// Source: PEP 792.
public enum ProjectStatus: String, Sendable, CaseIterable {
    /// Nothing to be said.
    case active
    /// No more releases are to be expected; files are served, uploads refused.
    case archived
    /// Suspected of harm: files are listed no more, uploads refused.
    case quarantined
    /// Something else should be used; nothing is refused.
    case deprecated

    /// Whether files can be added.
    public var takesUploads: Bool {
        switch self {
        case .active, .deprecated: true
        case .archived, .quarantined: false
        }
    }
}
