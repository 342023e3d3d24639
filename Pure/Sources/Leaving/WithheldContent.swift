import PackagingFormats

/// Something that is in quarantine.
public struct WithheldContent: Sendable, Hashable {
    public let project: ProjectName
    /// A file, a release, or the project.
    public let what: Departure
    /// In the words of who put it there; nil where they gave none.
    public let reason: String?

    public init(project: ProjectName, what: Departure, reason: String?) {
        self.project = project
        self.what = what
        self.reason = reason?.cut(to: .line)
    }
}
