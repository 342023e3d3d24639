/// What an operator can choose of the rules for new releases. The defaults are those of an index for one's own
/// packages.
public struct PublishingRules: Sendable, Hashable {
    /// Whether versions can have a local part: `1.0+acme`. PyPI takes none, because it says what somebody has changed
    /// in another's release.
    public var takesLocalVersions = false
    /// Whether classifiers below `Private ::` are taken. They keep a package off the public index, not off one's own.
    public var takesPrivateClassifiers = true
    /// Classifiers beyond the list of this version.
    public var moreClassifiers: Set<String> = []

    public init() {}
}
